// The fast engine: the networks of net/spec.h in single precision, trained in batches, on any number of threads.
//
// What is computed is net/plain.h; the order of sums differs, and nothing else. Work is cut into fixed blocks (64 or 128 neurons, 16
// samples) that do not depend on the number of threads, and reduced in fixed order: same seed, same bytes on one machine.
// Across machines the last bits depend on the CPU (OpenBLAS and the vector kernels choose their code by it; see H4L_SIMD).
#ifndef H4L_NET_ENGINE_H
#define H4L_NET_ENGINE_H

#include "base/threads.h"
#include "net/bottleneck.h"
#include "net/spec.h"

struct h4l_net;

// Samples to run: n of them, sample i is number index[i] (index NULL: i) of pixels [..][side][side] and labels
// [..][tasks], each below the task's classes.
struct h4l_net_samples {
    size_t n;
    const uint8_t *pixels, *labels;
    const uint32_t *index;
};

// How pixels become inputs: scale * (pixel + noise).
struct h4l_net_input {
    double scale;       // 1: raw pixels, as published
    const float *noise; // [side][side], one image added to every sample; NULL: none
    double
        fresh_amplitude; // noise of each sample's own: fresh_amplitude * N(0, 1) per pixel, from the stream
    uint64_t fresh_seed; // (fresh_seed, "fresh noise", fresh_first + number of the sample); 0: none
    uint64_t fresh_first;
    // The bottleneck's samples, from the stream (sample_seed, "latent sample", sample_first + number of the image). shots, 0: 1: so many
    // of them for each image in inference; the first one gives the loss.
    uint64_t sample_seed, sample_first;
    size_t shots; // up to H4L_BOTTLENECK_MAX_SHOTS
};

// Windows of true HH neurons, those of a batch that is filled up to a multiple of 16 samples included: how many were run, those that left
// the finite numbers (they send 0), currents taken into the range, derivatives taken into the clip.
struct h4l_net_windows {
    size_t run, blown_up, outside, clipped;
};

// Sums over the samples that were run; added to, so start with zeros.
struct h4l_net_stats {
    size_t n;
    size_t correct[H4L_TASK_MAX_TASKS];
    double loss;                       // sum over samples of the tasks' cross-entropies
    double losses[H4L_TASK_MAX_TASKS]; // the same, task by task
    double rate; // sum over samples of the mean of what the readout sees (spikes per step)
    struct h4l_bottleneck_sums gaussian; // zeros without a bottleneck
    struct h4l_net_windows windows;      // zeros for cells
};

// Makes a network with zero parameters. batch: largest training batch, 1..4096 (published: 128). pool: used until the network is
// destroyed; NULL: one thread. H4L_E_RANGE, H4L_E_USAGE (H4L_SIMD), H4L_E_NOMEM. Sets OpenBLAS to one thread per call, for the
// whole process: threads come from the pool.
int h4l_net_create(const struct h4l_net_spec *spec, size_t batch, struct h4l_pool *pool,
                   struct h4l_net **ret, struct h4l_err *err);
void h4l_net_destroy(struct h4l_net *net); // NULL is allowed

const struct h4l_net_spec *h4l_net_spec(const struct h4l_net *net);
const struct h4l_net_layout *h4l_net_places(const struct h4l_net *net);

// Sets parameters and constants (rounded to float) and forgets what Adam remembers.
void h4l_net_set(struct h4l_net *net, const double *parameters, const double *constants);
// The same with h4l_net_init's values. H4L_E_NOMEM.
int h4l_net_start(struct h4l_net *net, uint64_t seed, struct h4l_err *err);

// What training changes: parameters, Adam's two moments, the parameters' exponential average (NULL: the spec has none), Adam's step
// count. The arrays have layout.parameters entries and may be written to (to restore a checkpoint).
struct h4l_net_state {
    float *parameters, *m, *v, *average;
    long *step;
};
struct h4l_net_state h4l_net_state(struct h4l_net *net);
// Parameters and average change places: before a test with the average, and after it. Nothing happens without an average.
void h4l_net_swap_average(struct h4l_net *net);
// Gradient of the last batch that was trained on or differentiated.
const float *h4l_net_gradient(const struct h4l_net *net);

// One step of Adam on a batch (1..batch samples) with the L2 of the spec. stats (not NULL) is added to. H4L_E_RANGE.
int h4l_net_train(struct h4l_net *net, const struct h4l_net_samples *samples,
                  const struct h4l_net_input *input, double learning_rate,
                  struct h4l_net_stats *stats, struct h4l_err *err);
// The gradient only, parameters untouched.
int h4l_net_differentiate(struct h4l_net *net, const struct h4l_net_samples *samples,
                          const struct h4l_net_input *input, struct h4l_net_stats *stats,
                          struct h4l_err *err);
// Runs any number of samples forward. logits: [n][shots][O] or NULL.
int h4l_net_infer(struct h4l_net *net, const struct h4l_net_samples *samples,
                  const struct h4l_net_input *input, struct h4l_net_stats *stats, float *logits,
                  struct h4l_err *err);

// For benchmarks: from here on adds up what the threads spend in the products of a fully connected network (image by weights,
// readout, and the gradients of both; with OpenBLAS's packing), starting at 0. Costs two readings of the clock per product and
// changes no result. Convolutional networks: the readout's forward product only.
void h4l_net_time_products(struct h4l_net *net);
// Seconds of wall-clock time since, summed over threads; 0 without h4l_net_time_products.
double h4l_net_product_seconds(const struct h4l_net *net);

// Bytes that the network holds: parameters, gradient and moments; and everything else (activations, scratch of all threads).
void h4l_net_bytes(const struct h4l_net *net, size_t *ret_parameters, size_t *ret_rest);

#endif
