// The adaptive exponential integrate-and-fire neuron (Brette and Gerstner 2005, J. Neurophysiol. 94:3637, equations 2 and 3).
#include <string.h>

#include "neuron/adaptive.h"

static void constants(void *ret_c)
{
    // Beyond VT + 5 D the spike takes less than 0.1 ms to any higher cut (theirs is 20 mV); a lower one keeps the flow tame.
    const struct h4l_adaptive p = h4l_adaptive_published(2, -50.4 + 5 * 2);

    memcpy(ret_c, &p, sizeof p);
}

const struct h4l_model h4l_model_adex = {
    .name = "adex",
    .label = "AdEx",
    .summary = "adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005)",
    .dim = H4L_ADAPTIVE_DIM,
    .exponents = H4L_ADAPTIVE_DIM,
    .scale = (const double[]){100, 1},
    .constants = constants,
    .settable = h4l_adaptive_settable,
    .check = h4l_adaptive_check,
    .rest_mV = -70.6,
    .step_ms = 0.005,
    .start = h4l_adaptive_start,
    .eval = h4l_adaptive_eval,
    .potential = h4l_adaptive_potential,
    .event = h4l_adaptive_event,
    .jump = h4l_adaptive_jump,
};
