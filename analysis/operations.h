// Counting connections and synaptic operations as NeuroBench does (Yik et al. 2025): synaptic operations, one per connection that
// is used: multiply-accumulates (MACs) where the inputs have any values, accumulates (ACs) where they are spikes; dense: all
// connections; effective: only those with an input and a weight other than 0.
#ifndef H4L_ANALYSIS_OPERATIONS_H
#define H4L_ANALYSIS_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>

struct h4l_synapses {
    double dense, macs, acs; // dense operations; effective ones by kind
    double connections;      // weights (a convolution's are counted once)
    double zero_weights;
};

// One use of a layer: y = W x with W [n_out][n_in], added to *ret (connections and zero weights are set, not added). spikes:
// the inputs are 0, 1 or -1.
void h4l_synapses_linear(size_t n_in, size_t n_out, const double *weights, const double *inputs,
                         bool spikes, struct h4l_synapses *ret);
// The same for a 3x3 convolution with padding 1: weights [n_out][n_in][3][3], inputs [n_in][side][side]. The padding is no input:
// connections that lead out of the image are neither dense nor effective operations.
void h4l_synapses_conv3(size_t n_in, size_t n_out, size_t side, const double *weights,
                        const double *inputs, bool spikes, struct h4l_synapses *ret);

#endif
