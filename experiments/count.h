// Operations per image of a network of net/spec.h, in the convention of the paper's Fig. 5b (analysis/operations.h).
#ifndef H4L_EXPERIMENTS_COUNT_H
#define H4L_EXPERIMENTS_COUNT_H

#include "analysis/operations.h"
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

#endif
