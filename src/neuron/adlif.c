// The adaptive leaky integrate-and-fire neuron: the neuron of adex.c without its upstroke (the limit D -> 0), which spikes where V
// reaches the threshold VT.
#include <string.h>

#include "neuron/adaptive.h"

static void constants(void *ret_c)
{
    const struct h4l_adaptive p = h4l_adaptive_published(0, -50.4);

    memcpy(ret_c, &p, sizeof p);
}

const struct h4l_model h4l_model_adlif = {
    .name = "adlif",
    .label = "adLIF",
    .summary = "adaptive leaky integrate-and-fire neuron: AdEx without its upstroke",
    .dim = H4L_ADAPTIVE_DIM,
    .exponents = H4L_ADAPTIVE_DIM,
    .scale = (const double[]){100, 1},
    .constants = constants,
    .settable = h4l_adaptive_settable + H4L_ADAPTIVE_UPSTROKE,
    .check = h4l_adaptive_check,
    .rest_mV = -70.6,
    .start = h4l_adaptive_start,
    .eval = h4l_adaptive_eval,
    .potential = h4l_adaptive_potential,
    .event = h4l_adaptive_event,
    .jump = h4l_adaptive_jump,
};
