// Operations per image of a network of net/spec.h, in the convention of the paper's Fig. 5b: a linear map of n_in to n_out has
// n_in n_out multiplications and (n_in - 1) n_out additions; biases do not count; a convolution counts its padding.
#ifndef H4L_NET_COUNT_H
#define H4L_NET_COUNT_H

#include "net/spec.h"

enum h4l_count {
    H4L_COUNT_AS_PUBLISHED, // every projection in every one of 15 steps, with the published counter's slip
    H4L_COUNT_CORRECTED, // without the slip
    H4L_COUNT_HOISTED // the first layer's projection, which is constant, once; the network's own window
};

struct h4l_operations h4l_count_operations(const struct h4l_net_spec *spec, enum h4l_count way);

// Numbers that the network's neurons keep from one step to the next: a potential per LIF unit, for HH also three gates, for the
// memoryless binary neuron none.
size_t h4l_count_state(const struct h4l_net_spec *spec);

// A linear map; a 3x3 convolution with padding 1 on side x side pixels. All arguments >= 1.
struct h4l_operations h4l_count_linear(size_t n_in, size_t n_out);
struct h4l_operations h4l_count_conv3(size_t n_in, size_t n_out, size_t side);
// a + times b.
struct h4l_operations h4l_count_sum(struct h4l_operations a, double times, struct h4l_operations b);

#endif
