// One training run of a soft actor-critic agent on a pendulum: the published loop, and the loop as one would state it.
//
// Published loop (as_published): the first W steps of every episode are played by a frozen warm-up policy; they are not
// counted and their rewards are not recorded. Counted steps below start_steps act uniformly at random, later ones sample the
// agent on the last W observations. One update comes before each environment step as soon as the memory holds more
// than a batch. The transition of a step is stored from the W-th step of the episode on. mask = 1 at the time limit,
// else 0 if the episode ended. The shaped reward gets -10 whenever the episode is over, the time limit included.
// Without a warm-up policy all steps are counted and stored, and the first windows repeat the first observation.
#ifndef H4L_RL_TRAIN_H
#define H4L_RL_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "rl/pendulum.h"
#include "rl/replay.h"
#include "rl/sac.h"
#include "rl/warmup.h"

struct h4l_train_spec {
    enum h4l_pendulum_kind kind;
    struct h4l_sac_spec sac;
    uint64_t seed;
    long steps;               // counted steps; published 101100 (IP), 301100 (IDP)
    long start_steps;         // published 2000
    bool intended_reward;     // IP: the reward reads the pole's angle, not the cart's velocity
    bool limit_is_no_failure; // no -10 at the time limit if the pole still stands
    double
        state_noise; // added to each entry of the next observation from the (W+1)-th step of an episode on; published 0.002
    double
        reward_noise; // added to each entry of what the stored reward is computed from; published 0.1
    long evaluate_every; // counted steps between evaluations, 0: none
    int evaluate_episodes; // episodes of an evaluation: mean action, starts fixed by the seed 20240816, the same for all runs
};

// The published spec of a model ("lif", ...): see h4l_sac_published. as_stated: intended reward, the limit is no failure,
// heads and critics of 128 for every model. seed, evaluate_* and noise are left 0.
int h4l_train_published(const char *model, enum h4l_pendulum_kind kind, bool as_stated,
                        struct h4l_train_spec *ret, struct h4l_err *err);

struct h4l_train_episode {
    long counted;         // counted steps when it ended
    int length;           // environment steps, warm-up included
    double native_return; // sum of native rewards, warm-up included
    double shaped_return;
};

struct h4l_train_evaluation {
    long counted;
    double mean_return, mean_length; // native return and length, mean over the episodes
};

// One evaluation episode with the agent as it is now: mean action, the start that the fixed seed gives for `start` (the
// evaluations during training use starts 0 to evaluate_episodes - 1). Changes nothing of the run. see (NULL: none) is called
// after the reset (step NULL, action NaN) and after each step, with positions q and velocities v of the joints.
typedef void (*h4l_train_see)(void *ctx, const double *q, const double *v, double action,
                              const struct h4l_pendulum_step *step);
struct h4l_train_trial {
    double native_return;
    int length;
    bool terminated; // false: the time limit ended it
};

struct h4l_train;

// warmup NULL: none. The policy is only read and must outlive the run. H4L_E_RANGE, H4L_E_NOMEM, H4L_E_SKIP (no MuJoCo).
int h4l_train_create(const struct h4l_train_spec *spec, const struct h4l_warmup *warmup,
                     struct h4l_train **ret, struct h4l_err *err);
void h4l_train_destroy(struct h4l_train *run); // NULL is allowed

// Goes on until an episode ends with at least `until` counted steps, or spec.steps are done. H4L_E_NUMERIC if the agent's
// losses are no longer finite (message: step and loss).
int h4l_train_advance(struct h4l_train *run, long until, struct h4l_err *err);

// From now on calls step(ctx, k) behind each environment step, k of its episode; step NULL: no more. For a caller that wants to know
// how long a step takes. It must not touch the run but by the functions that take it const.
void h4l_train_watch(struct h4l_train *run, void (*step)(void *ctx, int k), void *ctx);

long h4l_train_counted(const struct h4l_train *run);
bool h4l_train_done(const struct h4l_train *run);
// Shaped reward of each counted step [counted]; episodes and evaluations so far. Valid until the next advance.
const float *h4l_train_rewards(const struct h4l_train *run);
size_t h4l_train_episodes(const struct h4l_train *run, const struct h4l_train_episode **ret);
size_t h4l_train_evaluations(const struct h4l_train *run, const struct h4l_train_evaluation **ret);
struct h4l_sac *h4l_train_agent(struct h4l_train *run);
const struct h4l_replay *h4l_train_replay(const struct h4l_train *run);
struct h4l_train_trial h4l_train_try(struct h4l_train *run, uint64_t start, h4l_train_see see,
                                     void *ctx);

// Checkpoint, allowed whenever advance has returned with an episode's end, and when the run is done: what follows has the
// same bytes as an unbroken run. Load refuses a file of another spec, warm-up policy, model or program, or a damaged one
// (H4L_E_DATA) and leaves the run as it was.
int h4l_train_save(const struct h4l_train *run, const char *path, struct h4l_err *err);
int h4l_train_load(struct h4l_train *run, const char *path, struct h4l_err *err);
// H4L_E_DATA: there is a checkpoint, but of another run or program, and the message says so: a run like this one has to start anew.
// H4L_OK: it is one of such a run by this program, or there is none, or it is none (load then says what is wrong).
int h4l_train_belongs(const struct h4l_train_spec *spec, const struct h4l_warmup *warmup,
                      const char *path, struct h4l_err *err);

#endif
