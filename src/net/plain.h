// The networks in double precision, one sample and one neuron at a time: the definition that the fast engine is tested against.
#ifndef H4L_NET_PLAIN_H
#define H4L_NET_PLAIN_H

#include <stdbool.h>

#include "net/spec.h"
#include "net/stand_in.h"

// What a layer of neurons did in one sample, for those who want to look inside: its input currents [neuron][P][T] (without the
// drive), states after each step [neuron][S][T], potentials first, spikes [neuron][R][T]. The arrays are the network's: valid in the call only.
struct h4l_net_plain_layer {
    size_t sample; // number in the batch
    int layer;     // 0, conv: or 1
    size_t neurons;
    const double *input, *v;
    const uint8_t *s;
};

struct h4l_net_plain_out {
    const double *
        eps; // bottleneck: what the sample is drawn with, [B][Z]; NULL: zeros, so that the heads see the means
    double loss; // sum of the tasks' cross-entropies, mean over the batch
    double kl;   // bottleneck: its KL, mean over the batch
    double
        mean_rate;  // mean of what the readout sees: spikes per step, over batch and readout inputs
    double *logits; // [B][O], or NULL if not wanted
    double *rates;  // [B][W]: the readout's input, or NULL
    double *gradient; // [parameters], the gradient of loss + beta kl, or NULL: forward only
    void (*watch)(
        void *ctx,
        const struct h4l_net_plain_layer *layer); // called per sample and layer of neurons, or NULL
    void *watch_ctx;
    // True HH: runs in the place of each neuron, which has the same current; forward only (gradient is NULL). NULL: the layer's own.
    h4l_stand_in_fn stand_in;
    const void *stand_in_ctx;
    // Runs the first layer of neurons alone and shows it: nothing else of *out is read or written.
    bool first_only;
};

// One batch through the network and, if gradient is wanted, back. images: [B][side][side], any finite values; labels: [B][tasks], 0..K-1.
// The arrays of *out belong to the caller and are written only on success; so are its numbers.
// H4L_E_RANGE (spec, labels, B = 0, a stand-in for cells or with a gradient), H4L_E_NOMEM; what a stand-in returns.
int h4l_net_plain(const struct h4l_net_spec *spec, const double *parameters,
                  const double *constants, size_t batch, const double *images,
                  const uint8_t *labels, struct h4l_net_plain_out *out, struct h4l_err *err);

// Adam (Kingma & Ba 2015) with L2 added to the gradient, betas beta1 (published: 0.9) and 0.999, epsilon 1e-8, as torch.optim.Adam
// does it. step: number of this step, from 1; m, v: moments, zero before step 1; n entries each.
void h4l_adam_plain(double learning_rate, double l2, double beta1, long step, size_t n,
                    const double *gradient, double *parameters, double *m, double *v);

#endif
