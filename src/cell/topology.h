// Inside of cell "topology", for the tests of its gradient.
#ifndef H4L_CELL_TOPOLOGY_H
#define H4L_CELL_TOPOLOGY_H

#include "cell/cell.h"

// As h4l_cell_forward and h4l_cell_backward, ret_s as real numbers. ramp: a is clamp(v - threshold + 1/2, 0, 1) in place of
// the step. With half_width 1/2 the surrogate is that ramp's derivative, so the backward pass is then the gradient of the
// forward one, which is how the tests check it against finite differences.
void h4l_cell_topology_forward(const struct h4l_cell_constants *k, bool ramp, const double *mix,
                               const double *input, double *ret_v, double *ret_s);
void h4l_cell_topology_backward(const struct h4l_cell_constants *k, bool ramp, const double *mix,
                                const double *v, const double *ds, double *ret_dinput,
                                double *dmix);

#endif
