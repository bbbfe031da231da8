// Sub-networks of any topology as learning neurons: the inside of neuron/learning.h for H4L_LEARNING_TOPOLOGY.
#ifndef H4L_NEURON_LEARNING_TOPOLOGY_H
#define H4L_NEURON_LEARNING_TOPOLOGY_H

#include "neuron/learning.h"

// As h4l_learning_forward and h4l_learning_backward, ret_s as real numbers. ramp: a is clamp(v - threshold + 1/2, 0, 1) in place of
// the step. With half_width 1/2 the surrogate is that ramp's derivative, so the backward pass is then the gradient of the
// forward one, which is how the tests check it against finite differences.
void h4l_learning_topology_forward(const struct h4l_learning_neuron *neuron, bool ramp,
                                   const double *mix, const double *input, double *ret_v,
                                   double *ret_s);
void h4l_learning_topology_backward(const struct h4l_learning_neuron *neuron, bool ramp,
                                    const double *mix, const double *v, const double *ds,
                                    double *ret_dinput, double *dmix);

#endif
