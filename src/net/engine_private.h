// Inside of the fast engine; see engine.h.
#ifndef H4L_NET_ENGINE_PRIVATE_H
#define H4L_NET_ENGINE_PRIVATE_H

#include <stdatomic.h>

#include "base/provenance.h"
#include "cell/window.h"
#include "net/engine.h"
#include "net/kernels.h"
#include "neuron/true_hh_fast.h"

enum {
    H4L_NET_COLUMNS = 32, // fc: samples per block of the readout
    H4L_NET_WIDE = 256,   // fc, inference: samples per matrix product
    H4L_NET_WIDE_BLOCK =
        128, // and neurons: OpenBLAS packs images and weights less often (12 % of the time)
};

// What one batch is asked to do.
struct h4l_net_job {
    struct h4l_net *net;
    const struct h4l_net_samples *samples;
    const struct h4l_net_input *input;
    size_t first, n; // samples first .. first + n - 1
    size_t padded;   // n rounded up to lanes
    size_t shots;    // samples of the bottleneck for each image, 1 in training
    bool backward, update;
    bool wide;            // fc: inference by h4l_fc_infer
    float scale1, scale2; // Adam
    float *logits;        // of sample `first`, or NULL
};

// What one block of samples found; summed in fixed order.
struct h4l_net_part {
    double loss, rate, losses[H4L_TASK_MAX_TASKS];
    struct h4l_bottleneck_sums gaussian;
    uint32_t correct[H4L_TASK_MAX_TASKS];
};

// A bottleneck's numbers of a batch, [Z][B] each.
struct h4l_net_gaussian {
    float *z, *dz, *eps;
    float *sd, *slope, *share; // see struct h4l_gaussian
};

struct h4l_net {
    struct h4l_net_spec spec;
    struct h4l_net_layout at;
    const struct h4l_net_kernels *kernels;
    const struct h4l_windows_float *windows;
    struct h4l_pool *pool;
    size_t H, P, S, R, T, D, E, O, batch; // batch: rounded up to lanes
    size_t pieces,
        shown;    // fc: inputs of a window (h4l_net_pieces); pixels of each
    size_t block; // fc: neurons per block of work, by H alone
    size_t group; // fc: neurons whose gradients of the mixing weights are summed first, by H alone
    size_t asked; // the largest batch as asked for
    struct h4l_window_float window1, window2;
    float *table1, *table2; // of the windows
    float *w, *m, *v, *g;
    float *average; // NULL: none
    double beta1;   // of Adam
    long step;
    struct h4l_net_part *parts;
    float *ones;
    bool timed; // see h4l_net_time_products
    atomic_ullong product_ns;

    // fc: whole batch
    float *x;                // [B][D]
    float *z;                // [pieces][P][H][B]: inputs, then their gradient
    float *r;                // [W][B]
    float *hidden, *dhidden; // [E][B]
    float *logits, *dlogits; // [O][B]
    struct h4l_net_gaussian gaussian;
    float *dr;    // per worker [64 R][B]
    double *dmix; // per block of neurons, or per tile: [M]

    struct h4l_net_true *true_hh;       // engine_true.c; NULL: the neurons are cells
    struct h4l_true_hh_report *reports; // of these, per block of neurons

    // fc, inference in batches of WIDE samples: made by the first one
    struct h4l_net_wide {
        float *x, *r, *hidden, *logits; // as above, for WIDE samples
        struct h4l_net_gaussian gaussian;
        float *z;   // per worker, the inputs of one block: [pieces][P][WIDE_BLOCK][WIDE]
        float *all; // per worker, all its trains, where not all are read
    } wide;

    // conv: one tile of 16 samples
    float *packed1, *packed2, *packed_back, *bias2;
    struct h4l_conv_scratch *scratch; // per worker
    float *tile_g;                    // [tiles][parameters]

    void **owned; // everything to be freed
    size_t n_owned, owned_room, bytes_parameters, bytes_rest;
};

// Around a matrix product, where products are timed: the time now, to be given to the second when it is done.
static inline double h4l_net_product_begin(const struct h4l_net *net)
{
    return net->timed ? h4l_now() : 0;
}

static inline void h4l_net_product_end(struct h4l_net *net, double began)
{
    if (net->timed)
        atomic_fetch_add_explicit(&net->product_ns, (unsigned long long)((h4l_now() - began) * 1e9),
                                  memory_order_relaxed);
}

// Zeroed, aligned memory for n floats (or things of their size) that the network owns; NULL when out of memory.
float *h4l_net_floats(struct h4l_net *net, size_t n);

int h4l_fc_create(struct h4l_net *net, struct h4l_err *err);
int h4l_conv_create(struct h4l_net *net, struct h4l_err *err);
void h4l_fc_run(const struct h4l_net_job *job);
// Forward in batches of up to H4L_NET_WIDE samples; for networks whose batch is a multiple of H4L_NET_COLUMNS, so that results are
// summed over the same groups of samples. H4L_E_NOMEM: h4l_fc_infer_begin.
int h4l_fc_infer_begin(struct h4l_net *net, struct h4l_err *err);
void h4l_fc_infer(const struct h4l_net_job *job);
void h4l_conv_run(const struct h4l_net_job *job);

// Layers of true HH neurons. Forward: the projections in z of `rows` neurons from number `first` on become currents, and r what they
// send; backward: from dr [rows][B] to the projections' gradient in z. The forward run keeps what the backward one needs.
int h4l_true_create(struct h4l_net *net, struct h4l_err *err);
void h4l_true_destroy(struct h4l_net_true *t); // NULL is allowed
void h4l_true_forward(const struct h4l_net_job *job, size_t first, size_t rows, int worker,
                      struct h4l_true_hh_report *report);
void h4l_true_backward(const struct h4l_net_job *job, size_t first, size_t rows, const float *dr);

// Writes sample i (0..n-1 of the job) as side x side inputs, pixels `stride` floats apart, rows `pitch` pixels.
void h4l_net_load(const struct h4l_net_job *job, size_t i, float *to, size_t stride, size_t pitch);

// Readout and heads for `columns` samples (a multiple of 16) from number `first` of the job on: r [W][ld], hidden [E][ld], logits
// [O][ld], and backward dlogits, dhidden. Samples behind the job's last get no loss and zero gradients.
void h4l_net_head(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                  const float *r, float *hidden, float *logits, float *dlogits, float *dhidden,
                  struct h4l_net_part *part);
// Gradients of heads and the readout's bias from these, into g (laid out like the parameters). seen: what the heads saw, hidden or z.
void h4l_net_head_gradient(const struct h4l_net_job *job, size_t columns, size_t ld,
                           const float *seen, const float *dlogits, const float *dhidden, float *g);

// ---- engine_bottleneck.c ----

// Room for B samples; without a bottleneck nothing. False: no memory.
bool h4l_gaussian_create(struct h4l_net *net, size_t B, bool backward,
                         struct h4l_net_gaussian *ret);
// The Gaussians of `columns` samples from number `first` of the job on, hidden [E][ld] from the first one on: their sums are added to
// part.
void h4l_gaussian_of_hidden(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                            const float *hidden, struct h4l_net_part *part);
// Their samples of a shot, into z.
void h4l_gaussian_sample(const struct h4l_net_job *job, size_t shot, size_t first, size_t columns,
                         size_t ld, const float *hidden);
// From dz to dhidden, with the gradient of beta KL.
void h4l_gaussian_back(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                       const float *hidden, float *dhidden);
// Adam on parameters[at .. at + n - 1].
void h4l_net_update(const struct h4l_net_job *job, size_t at, size_t n);

#endif
