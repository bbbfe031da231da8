// The information plane of Fig. 5d (I1): networks with a Gaussian before their heads, what passes through it, and how far apart the
// networks of HH, s-LIF2HH and LIF end in the plane.
#ifndef H4L_INFORMATION_H
#define H4L_INFORMATION_H

#include "base/family.h"
#include "data/multi.h"
#include "net/train.h"

enum { H4L_INFORMATION_MAX_SEEDS = 64 };

enum h4l_information_variant {
    H4L_INFORMATION_AS_PUBLISHED,
    H4L_INFORMATION_AS_STATED,
    H4L_INFORMATION_VARIANTS
};
extern const char *const h4l_information_variants[H4L_INFORMATION_VARIANTS];

// How much a case trains in each tier, unless --set or --seeds say otherwise.
enum h4l_information_budget { H4L_ONE_NETWORK, H4L_CURVE };

struct h4l_information_case {
    const char *name;   // for its files
    const char *model;  // a learning neuron, or 4 and one; NULL: --set neuron
    const char *arm;    // of a case of several networks; NULL: the only one
    const double *beta; // of this arm; NULL: --set beta
    enum h4l_information_budget budget;
};

// Values of the parameters, which main.c lists. Those of the four surprises come from the variant where --set does not say otherwise.
struct h4l_information_options {
    const char *mnist_dir, *fashion_dir; // NULL: the folders that data/idx.h searches
    long data_seed;
    size_t train_images, test_images;
    bool shuffled; // labels
    const char *neuron;
    enum h4l_information_variant variant;
    bool total_gradient; // of the cross-entropies plus beta KL; else of the cross-entropies alone
    bool two_entropies;  // I(Z;Y) from the entropy of both tasks' labels; else from one
    enum h4l_score score;
    bool last_epoch; // is reported; else the one with the best score on the test images
    double beta;
    struct h4l_reals betas; // of the curve
    size_t latent;          // Z
    double decay;           // of cells that have one; NaN: none
    struct h4l_training_options training;
    struct h4l_net_spec spec;
};

// A network of a training case at work.
struct h4l_information {
    struct h4l_run *run;
    const struct h4l_information_case *c;
    struct h4l_information_options o;
    struct h4l_multi train, test; // belong to the process
    uint8_t *labels;              // of the training images, where they are shuffled
    int seeds;
    struct h4l_training_epoch *epochs; // [seed][epoch]
    struct h4l_training_epoch *before; // [seed], the test before training
    char data_name[200];
    // For the progress line, in seeds: those of earlier arms, those of all arms.
    int done, all;
    int seed;      // under way, from 0
    bool started;  // it has reported
    double test_s; // what the test before training took
};

// A case of struct h4l_information_case.
int h4l_information_run(struct h4l_run *run, struct h4l_err *err);
// beta: the three published networks with each beta of a list.
int h4l_information_beta(struct h4l_run *run, struct h4l_err *err);
// distance: from the results of other cases in the same folder.
int h4l_information_distance(struct h4l_run *run, struct h4l_err *err);

// ---- run.c ----

// Sets *w for a case: its parameters (recorded), images, room for results; w->done and w->all are the caller's. h4l_information_end
// frees what a failed one holds, too. H4L_E_USAGE, H4L_E_RANGE, H4L_E_DATA, H4L_E_NOMEM.
int h4l_information_begin(struct h4l_run *run, const struct h4l_information_case *c,
                          struct h4l_information *w, struct h4l_err *err);
// Trains on every seed, or takes it from a checkpoint. H4L_E_INTERRUPT: the checkpoint of the one at work is written.
int h4l_information_train(struct h4l_information *w, struct h4l_err *err);
// Removes the checkpoints of a case that is done.
void h4l_information_forget(struct h4l_information *w);
void h4l_information_end(struct h4l_information *w);

// ---- data.c ----

// Reads and composes the images at the first case that asks, gives the first that the options want, and notes the files in the
// provenance. ret_name (200 characters): names them. H4L_E_DATA, H4L_E_NOMEM.
int h4l_information_load(struct h4l_run *run, const struct h4l_information_options *o,
                         struct h4l_multi *ret_train, struct h4l_multi *ret_test, char *ret_name,
                         struct h4l_err *err);

// ---- report.c ----

// Of an epoch's test, in bits. I(Z;X) is at most the mean divergence of the image's Gaussian from N(0, 1), both times `scale`.
double h4l_information_zx(const struct h4l_information *w, const struct h4l_training_epoch *e,
                          double scale);
// I(Z;Y) is at least the labels' entropy, log2(10) a task, less the cross-entropies: of one task (0, 1), or as the variant has it (-1).
double h4l_information_zy(const struct h4l_information *w, const struct h4l_training_epoch *e,
                          int task);
// The epoch that is reported for a seed (number from 0).
int h4l_information_reported(const struct h4l_information *w, int seed);
int h4l_information_report(struct h4l_information *w, struct h4l_err *err);
extern const struct h4l_series h4l_information_plane_series, h4l_information_distance_series,
    h4l_information_beta_series;

#endif
