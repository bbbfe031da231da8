// A neuron of h4l_models as a candidate: with the constants that it has, nothing to fit.
#ifndef H4L_FITTING_NEURON_H
#define H4L_FITTING_NEURON_H

#include "base/err.h"
#include "neuron/model.h"

// Spikes of the neuron from near its rest under x[s * stride], held over step s of dt ms (a stepped neuron: of its map_ms). A smooth
// neuron spikes where its potential rises through level_mV, a resetting one at its event, a stepped one at the start of the step. The
// first `capacity` times go to ret_t, *ret_n is their number, which may be more. H4L_E_NOMEM, H4L_E_NUMERIC.
int h4l_fitting_neuron_run(const struct h4l_neuron *neuron, double level_mV, const double *x,
                           size_t stride, size_t steps, double dt, size_t capacity, double *ret_t,
                           size_t *ret_n, struct h4l_err *err);

#endif
