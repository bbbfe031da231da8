// What the parts of a training case share: its plan (plan.c), the training of its arms on its seeds (train.c), and what is
// reported of it (metrics.c, tables.c). run.c puts them in order.
#ifndef H4L_MULTITASK_WORK_H
#define H4L_MULTITASK_WORK_H

#include "multitask.h"

struct h4l_multitask_work {
    struct h4l_run *run;
    const struct h4l_multitask_case *c;
    struct h4l_multitask_data data;
    size_t n_arms;
    int seeds, epochs;
    struct h4l_multitask_options *arms; // [arm]: the parameters in effect, the network among them

    struct h4l_training_epoch *results;   // [arm][seed][epoch]
    char (*sha256)[65];                   // [arm][seed], of the trained parameters
    float **trained;                      // [arm][seed], where parameters are compared
    double *levels;                       // [arm][seed], fully connected: output levels
    double *inside;                       // [arm]: share inside the surrogate window at the start
    struct h4l_membranes (*membranes)[2]; // [arm][seed], true HH: before and after training
    struct h4l_horizon (*horizons)[2];    // [arm], the same of the first seed
    struct h4l_subnet fitted;             // of the transfers
    struct h4l_transfer *transfers;       // [arm][seed], true HH
    struct h4l_channel_traces traces;     // of the first arm and seed, where the case asks for them

    // What is trained at the moment. For the progress line, in operations per image:
    size_t arm;
    int seed;      // from 0
    double *costs; // [arm], of one seed
    double total, before,
        found;           // of all arms and seeds; of those done; of those found in checkpoints
    bool started;        // the training at work has reported
    double seen, seen_s; // its share and the time at its last report
    int seen_epoch;
};

// ---- plan.c ----

// Reads the case's tier, seeds and parameters, makes and records the options of each arm, loads the data and allocates room
// for the results. H4L_E_USAGE, H4L_E_RANGE, H4L_E_DATA, H4L_E_NOMEM. h4l_multitask_unplan frees what a failed plan holds, too.
int h4l_multitask_plan(struct h4l_run *run, struct h4l_multitask_work *ret, struct h4l_err *err);
void h4l_multitask_unplan(struct h4l_multitask_work *w);

// Of an arm and a seed: its place in the lists above, and its epochs.
size_t h4l_multitask_at(const struct h4l_multitask_work *w, size_t arm, int seed);
const struct h4l_training_epoch *h4l_multitask_epochs(const struct h4l_multitask_work *w,
                                                      size_t arm, int seed);
// The seed's number.
unsigned long long h4l_multitask_seed(const struct h4l_multitask_work *w, int seed);
// Trainable parameters of an arm's network.
size_t h4l_multitask_parameters(const struct h4l_multitask_work *w, size_t arm);

// ---- train.c ----

// Trains every arm on every seed, or takes it from a checkpoint. H4L_E_INTERRUPT: the checkpoint of the one at work is written.
int h4l_multitask_train(struct h4l_multitask_work *w, struct h4l_err *err);
// Removes the checkpoints of a case that is done.
void h4l_multitask_forget(struct h4l_multitask_work *w);

// ---- metrics.c ----

// What is told of an epoch.
enum h4l_quantity {
    H4L_TASK1,
    H4L_TASK2,
    H4L_TRAIN_LOSS,
    H4L_TEST_LOSS,
    H4L_MEAN_RATE,
    H4L_VALIDATION1,
    H4L_VALIDATION2,
    H4L_TRAIN1,
    H4L_TRAIN2,
    H4L_RATE,
    H4L_QUANTITIES
};
// The columns of *-epochs.csv: what tells the rows apart, then the quantities.
enum { H4L_EPOCH_KEYS = 3 };
extern const struct h4l_column h4l_epoch_columns[H4L_EPOCH_KEYS + H4L_QUANTITIES];
double h4l_multitask_quantity(const struct h4l_training_epoch *e, int which);

// A quantity of the epoch that counts: the last one as published, or the best one on the validation split.
double h4l_multitask_chosen(const struct h4l_multitask_work *w, size_t arm, int seed, int which);
// How much of the way from the first arm's accuracy to that of gap_to this arm goes, with the same seed; NaN without a gap.
double h4l_multitask_share_of_gap(const struct h4l_multitask_work *w, size_t arm, int seed,
                                  int which);
int h4l_multitask_metrics(struct h4l_multitask_work *w, struct h4l_err *err);

// ---- tables.c ----

int h4l_multitask_tables(struct h4l_multitask_work *w, struct h4l_err *err);

#endif
