#include "lead.h"

#include <math.h>
#include <stdlib.h>

#include "sim/subnet.h"

enum { LANES = H4L_SUBNET_LANES };
static const double mu = 2;

int h4l_lead_begin(const struct h4l_stim_set *set, const struct h4l_stim_input *input,
                   double delta_ms, struct h4l_lead *ret, struct h4l_err *err)
{
    struct h4l_lead lead = {
        .set = set, .dt_ms = input->dt_ms, .delta_ms = delta_ms, .steps = input->steps};
    size_t spikes = 0, n = 0;

    for (size_t i = 0; i < set->n; i++)
        spikes += set->stim[i].hh.n;
    lead.fires = calloc(input->groups * input->steps, sizeof *lead.fires);
    lead.windows = malloc((spikes + 1) * sizeof *lead.windows);
    lead.first = malloc((set->n + 1) * sizeof *lead.first);
    if (!lead.fires || !lead.windows || !lead.first) {
        h4l_lead_end(&lead);
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for imposed spikes");
    }
    for (size_t i = 0; i < set->n; i++) {
        lead.first[i] = n;
        for (size_t k = 0; k < set->stim[i].hh.n; k++) {
            double t = set->stim[i].hh.t[k];
            size_t last = (size_t)(t / lead.dt_ms);

            if (last >= lead.steps)
                continue;
            lead.fires[i / LANES * lead.steps + last] |= (uint16_t)(1u << i % LANES);
            lead.windows[n++] = (struct h4l_lead_window){
                .first = (uint32_t)(fmax(t - delta_ms, 0) / lead.dt_ms), .last = (uint32_t)last};
        }
    }
    lead.first[set->n] = n;
    *ret = lead;
    return H4L_OK;
}

void h4l_lead_end(struct h4l_lead *lead)
{
    free(lead->fires);
    free(lead->windows);
    free(lead->first);
    *lead = (struct h4l_lead){0};
}

static double hinge(double x)
{
    x = x > 0 ? x : 0;
    return x < 1 ? x * x : 2 * x - 1;
}

void h4l_lead_losses(const struct h4l_lead *lead, size_t g, const double *margin, double scale,
                     double ret[])
{
    double quiet[LANES] = {0}, factor = 1 / scale;

    // All steps first, as that loop is one of vectors; then the windows are taken out again.
    for (size_t s = 0; s < lead->steps; s++)
        for (int l = 0; l < LANES; l++)
            quiet[l] += hinge(margin[s * LANES + (size_t)l] * factor + mu);
    for (size_t l = 0; l < LANES; l++) {
        size_t i = g * LANES + l;
        double missed = 0;

        ret[l] = 0;
        if (i >= lead->set->n)
            continue;
        for (size_t w = lead->first[i]; w < lead->first[i + 1]; w++) {
            double largest = -HUGE_VAL;

            for (size_t s = lead->windows[w].first; s <= lead->windows[w].last; s++) {
                double m = margin[s * LANES + l] * factor;

                quiet[l] -= hinge(m + mu);
                largest = m > largest ? m : largest;
            }
            missed += hinge(mu - largest);
        }
        ret[l] = (quiet[l] * lead->dt_ms / lead->delta_ms + missed) /
                 (double)(lead->first[i + 1] - lead->first[i] + 1);
    }
}

static double hinge_slope(double x)
{
    return x <= 0 ? 0 : x < 1 ? 2 * x : 2;
}

void h4l_lead_gradient(const struct h4l_lead *lead, size_t g, const double *margin, double scale,
                       const double weight[], double ret[], double *ret_gradient)
{
    double factor = 1 / scale, spike[LANES] = {0}, quiet[LANES] = {0};

    h4l_lead_losses(lead, g, margin, scale, ret);
    for (size_t l = 0; l < LANES && g * LANES + l < lead->set->n; l++) {
        size_t i = g * LANES + l;

        spike[l] = weight[l] * factor / (double)(lead->first[i + 1] - lead->first[i] + 1);
        quiet[l] = spike[l] * lead->dt_ms / lead->delta_ms;
    }
    for (size_t s = 0; s < lead->steps; s++)
        for (int l = 0; l < LANES; l++)
            ret_gradient[s * LANES + (size_t)l] =
                quiet[l] * hinge_slope(margin[s * LANES + (size_t)l] * factor + mu);
    for (size_t l = 0; l < LANES && g * LANES + l < lead->set->n; l++)
        for (size_t w = lead->first[g * LANES + l]; w < lead->first[g * LANES + l + 1]; w++) {
            size_t best = lead->windows[w].first;

            for (size_t s = lead->windows[w].first; s <= lead->windows[w].last; s++) {
                ret_gradient[s * LANES + l] = 0;
                best = margin[s * LANES + l] > margin[best * LANES + l] ? s : best;
            }
            ret_gradient[best * LANES + l] =
                -spike[l] * hinge_slope(mu - margin[best * LANES + l] * factor);
        }
}
