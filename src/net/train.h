// Training of one network on one seed: epochs, schedule, noise, validation split, checkpoints.
#ifndef H4L_NET_TRAIN_H
#define H4L_NET_TRAIN_H

#include "net/engine.h"

// Noise of the Fig. 4h experiments, in units of pixels (0..255).
enum h4l_noise_kind {
    H4L_NOISE_FIXED, // as published: one image A N(0, 1) per seed, added to every training and test image
    H4L_NOISE_FRESH, // an image of its own for every sample, new in each epoch, in training and test
    H4L_NOISE_UNSEEN, // training without noise, test with an image of its own for every sample
};

struct h4l_training_options {
    uint64_t
        seed; // initial parameters, order, split, noise; the noise image is the same for all networks of a seed
    int epochs;   // 1..10000
    size_t batch; // 1..4096; published 128
    size_t
        shots; // samples of a bottleneck for each test image, from which the scores come, 0..64; 0: no scores
    double input_scale; // pixels (with noise) times this; published 1
    double noise;       // A >= 0; 0: none
    enum h4l_noise_kind noise_kind;
    double
        validation; // share of the training images kept out of training and evaluated after each epoch, 0..0.5
    bool evaluate_each;     // test after each epoch; else after the last one only
    const char *checkpoint; // file; NULL: none
    bool resume;            // go on from the checkpoint if there is one
    bool keep; // write it at the end too: who resumes from it has the result without training
    double checkpoint_s; // seconds between checkpoints within an epoch (also one after each epoch)
    const char *data_name; // names the data: from a checkpoint of other data nothing goes on
};

struct h4l_training_data {
    size_t n_train, n_test;
    const uint8_t *train_pixels, *train_labels, *test_pixels,
        *test_labels; // as in struct h4l_net_samples
};

// What one epoch gave; percentages. Test and validation: NaN where not evaluated.
struct h4l_training_epoch {
    double learning_rate;
    double
        train_loss; // mean over the epoch of the sum of the tasks' cross-entropies, while training
    double train_accuracy[H4L_TASK_MAX_TASKS]; // by task; behind the last: NaN
    double validation_accuracy[H4L_TASK_MAX_TASKS], validation_loss;
    double test_accuracy[H4L_TASK_MAX_TASKS], test_loss;
    double test_losses[H4L_TASK_MAX_TASKS]; // the test loss by task
    double score[H4L_SCORES]
                [H4L_TASK_MAX_TASKS]; // test accuracy of several samples (net/bottleneck.h)
    struct h4l_bottleneck_sums train_gaussian,
        test_gaussian; // over the images of training and test
    double mean_rate;  // spikes per step of what the readout sees, on the test images
    // Windows of true HH neurons while training, as in struct h4l_net_windows; zeros for cells.
    double windows_run, windows_blown_up, currents_outside, derivatives_clipped;
};

struct h4l_training_watch {
    void *ctx;
    // Called after each batch with the share of the run that is done and the epoch (from 0); false asks to stop.
    bool (*progress)(void *ctx, double done, int epoch);
    // Called where there is a checkpoint to go on from, but of another run or program: training starts anew. NULL: nobody is told.
    void (*anew)(void *ctx, const char *why);
};

// Trains net (its spec: the network, learning rate, L2, milestones, decay) from h4l_net_start(seed) on, or from the checkpoint. Test and
// validation are those of the parameters' average, where the spec has one.
// ret_epochs[0..epochs-1] is filled; with resume also with what earlier processes measured. However often a run is stopped and
// resumed, and on however many threads, it ends with the same bytes as an unbroken one on the same machine.
// H4L_E_RANGE; H4L_E_DATA: the checkpoint is damaged; H4L_E_IO; H4L_E_NOMEM;
// H4L_E_INTERRUPT: progress asked to stop, the checkpoint is written; H4L_E_NUMERIC: the loss left the finite numbers.
int h4l_training_run(struct h4l_net *net, const struct h4l_training_data *data,
                     const struct h4l_training_options *options,
                     const struct h4l_training_watch *watch, struct h4l_training_epoch *ret_epochs,
                     struct h4l_err *err);

// Tests the network as it is: *ret gets what is said of the test images (all but the test's is NaN or 0). epoch: the one after which it is tested, from
// 0, for the samples of a bottleneck; -1: before the first. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_training_test(struct h4l_net *net, const struct h4l_training_data *data,
                      const struct h4l_training_options *options, int epoch,
                      struct h4l_training_epoch *ret, struct h4l_err *err);
// Learning rate of an epoch (from 0): the spec's, times 0.1 after each milestone, and its decay.
double h4l_training_rate(const struct h4l_net_spec *spec, int epoch);
// The noise image A N(0, 1) of a seed; n pixels.
void h4l_training_noise(uint64_t seed, double amplitude, size_t n, float *ret);

#endif
