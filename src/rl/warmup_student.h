// The policy of rl/warmup.h while it learns: float, batches, back-propagation through time. Internal to rl/warmup_train.c.
#ifndef H4L_RL_WARMUP_STUDENT_H
#define H4L_RL_WARMUP_STUDENT_H

#include <stddef.h>

#include "base/rng.h"
#include "rl/warmup.h"

struct h4l_student;

// Observations are taken as (obs - center) / scale [O each], which h4l_student_export folds into the first layer. batch is a
// multiple of 16. Weights are drawn from rng. NULL: out of memory.
struct h4l_student *h4l_student_create(int n_obs, int hidden, int batch, const double *center,
                                       const double *scale, struct h4l_rng *rng);
void h4l_student_destroy(struct h4l_student *s); // NULL is allowed

// One step of Adam on a batch: obs [batch][O], the teacher's mean and log_std [batch]. Per sample the loss is Huber's of
// (mean - teacher's) / teacher's std with its corner at 1, plus half the squared difference of log_std. Returns its mean over
// the batch, before the step.
double h4l_student_step(struct h4l_student *s, const float *obs, const float *mean,
                        const float *log_std, double learning_rate);

// The policy as it stands, with doubles of its own (h4l_warmup_free). H4L_E_NOMEM.
int h4l_student_export(const struct h4l_student *s, double action_limit, struct h4l_warmup *ret,
                       struct h4l_err *err);

#endif
