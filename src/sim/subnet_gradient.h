// Derivatives of a loss of a sub-network's margins with respect to its constants, by one sweep backwards through the steps.
//
// For fitting (see h4l_subnet_step_imposed): the forward sweep computes the margins with imposed spikes and keeps what the backward sweep
// needs (the tape). Which units are above, and so which of them reset themselves or send spikes, counts as fixed: along a
// membrane arrow, through leaks, weights, thresholds of output units and reset values the derivative is exact; that of a spike's
// moment with respect to the constants of the unit that makes it is left out, and so is that of refractory times (whole
// steps). The cost is about that of two or three runs, whatever the number of constants.
#ifndef H4L_SIM_SUBNET_GRADIENT_H
#define H4L_SIM_SUBNET_GRADIENT_H

#include "sim/subnet.h"

struct h4l_subnet_tape {
    size_t steps;
    int units;
    double *before;  // [steps * units * LANES], aligned to 64 bytes
    uint16_t *above; // [steps * units]: bit per lane
    uint16_t *held;  // [steps * units]
};

// Memory for `steps` steps of up to `units` units. H4L_E_NOMEM.
int h4l_subnet_tape_create(size_t steps, int units, struct h4l_subnet_tape *ret,
                           struct h4l_err *err);
void h4l_subnet_tape_free(struct h4l_subnet_tape *tape);

// As h4l_subnet_margin_lanes (the same bits), and fills the tape; net->topology.units <= tape->units.
void h4l_subnet_margin_tape(const struct h4l_subnet *net, const double *x, const uint16_t *fires,
                            struct h4l_subnet_tape *tape, double *ret_margin);

struct h4l_subnet_gradient {
    double leak[H4L_TOPOLOGY_UNITS], input[H4L_TOPOLOGY_UNITS], threshold[H4L_TOPOLOGY_UNITS],
        rest[H4L_TOPOLOGY_UNITS], reset[H4L_TOPOLOGY_UNITS];
    double weight[H4L_TOPOLOGY_EDGES];
};

// Adds to *gradient the derivatives of a loss whose derivatives with respect to the margins are margin_gradient[steps * LANES]
// (aligned to 64 bytes). net, x, fires and tape as in the forward sweep.
void h4l_subnet_backward(const struct h4l_subnet *net, const double *x, const uint16_t *fires,
                         const struct h4l_subnet_tape *tape, const double *margin_gradient,
                         struct h4l_subnet_gradient *gradient);

#endif
