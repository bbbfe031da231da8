// The led objective: how well a candidate predicts each spike when the HH neuron's own spikes are imposed on it.
//
// In a free run one wrong spike shifts all later ones, so the distance of spike trains is rugged in the constants. Imposing
// the recorded spikes (teacher forcing) makes every spike a question of its own: the margin (sim/subnet.h) has to stay below 0
// until it rises above 0 within delta before the spike. With h(x) = x^2 for 0 < x < 1, 2 x - 1 beyond, 0 for x < 0,
//
//     loss of a stimulus = ( dt/delta sum over quiet steps of h(margin + mu)  +  sum over spikes of h(mu - largest margin in
//                            the delta before it) ) / (spikes + 1)
//
// with margins in units of `scale`. The loss is piecewise smooth, so a gradient method finds its way.
#ifndef H4L_FITTING_LEAD_H
#define H4L_FITTING_LEAD_H

#include <stdint.h>

#include "base/err.h"
#include "stimulus.h"

struct h4l_lead_window {
    uint32_t first, last; // steps; the spike is imposed in the last
};

struct h4l_lead {
    const struct h4l_stim_set *set; // not owned
    double dt_ms, delta_ms;
    size_t steps;
    uint16_t *fires;                 // [groups * steps], for h4l_subnet_margin_lanes
    struct h4l_lead_window *windows; // of all spikes, stimulus by stimulus
    size_t *first; // [stimuli + 1]: windows of stimulus i are first[i] .. first[i+1] - 1
};

int h4l_lead_begin(const struct h4l_stim_set *set, const struct h4l_stim_input *input,
                   double delta_ms, struct h4l_lead *ret, struct h4l_err *err);
void h4l_lead_end(struct h4l_lead *lead);

// Losses of the stimuli of group g from their margins [steps * LANES], in `scale` units, into ret[LANES] (0 for lanes
// without a stimulus). Not finite where the margins are not.
void h4l_lead_losses(const struct h4l_lead *lead, size_t g, const double *margin, double scale,
                     double ret[]);

// The same, and the derivatives of sum over lanes of weight[lane] * loss with respect to the margins into
// ret_gradient[steps * LANES].
void h4l_lead_gradient(const struct h4l_lead *lead, size_t g, const double *margin, double scale,
                       const double weight[], double ret[], double *ret_gradient);

#endif
