// The adaptive exponential integrate-and-fire neuron in fixed short steps, for fits: the row "adex" of h4l_models (neuron/adaptive.h) with
// two constants more that fits of it have, an absolute refractory time and the share of w that a spike keeps.
//
//     V and w follow the row by Euler's method, I held over a step;  where V > cut at the end of a part: a spike,
//     w <- keep w + b, V <- reset, and V stays there for the refractory time while w goes on.
//
// With keep = 1 and no refractory time it is the row, as far as short steps go. Source of the model: Brette and Gerstner 2005, J.
// Neurophysiol. 94:3637. Units: ms, mV, uA/cm^2.
#ifndef H4L_SIM_AEIF_H
#define H4L_SIM_AEIF_H

#include <stddef.h>

#include "base/err.h"
#include "neuron/adaptive.h"
#include "sim/subnet.h" // H4L_SUBNET_LANES

enum { H4L_AEIF_PARTS = 2 }; // Euler steps in a step of the input

struct h4l_aeif {
    struct h4l_adaptive adaptive; // D > 0
    double keep;                  // 0..1
    double refractory_ms;         // >= 0
    double dt;                    // ms, of the input
};

// dt > 0 and so short that a part is at most half of C / gL and of tau_w; refractory 0..1e6 dt; D > 0; what the row's own check asks.
// H4L_E_RANGE.
int h4l_aeif_check(const struct h4l_aeif *aeif, struct h4l_err *err);

// Plain version, from rest: `steps` steps with the input x[s] held over step s. A spike is recorded at the start of its part. The first
// `capacity` times go to ret_t, *ret_n is their number, which may be more.
void h4l_aeif_run(const struct h4l_aeif *aeif, const double *x, size_t steps, size_t capacity,
                  double *ret_t, size_t *ret_n);

// H4L_SUBNET_LANES stimuli side by side, arguments as h4l_subnet_run_lanes. It has an exponential of its own, so that it goes with
// h4l_aeif_run to rounding; the same bits at every instruction level.
void h4l_aeif_run_lanes(const struct h4l_aeif *aeif, const double *x, size_t steps, size_t capacity,
                        double *ret_t, size_t ret_n[H4L_SUBNET_LANES]);

#endif
