#include "neuron/lif.h"

#include <math.h>

const struct h4l_lif h4l_lif_learning = {.decay = 0.2, .threshold = 0.3};
const struct h4l_lif h4l_lif_learning_rl = {.decay = 0.2, .threshold = 0.2};

int h4l_lif_step(const struct h4l_lif *lif, double I, double *v)
{
    double kept = *v > lif->threshold ? 0 : *v;

    *v = lif->decay * kept + I;
    return *v > lif->threshold;
}

size_t h4l_lif_run(const struct h4l_lif *lif, const double *I, size_t T, double *ret_v,
                   uint8_t *ret_s)
{
    double v = 0;
    size_t count = 0;

    for (size_t t = 0; t < T; t++) {
        int s = h4l_lif_step(lif, I[t], &v);
        count += (size_t)s;
        if (ret_v)
            ret_v[t] = v;
        if (ret_s)
            ret_s[t] = (uint8_t)s;
    }
    return count;
}

size_t h4l_lif_count(const struct h4l_lif *lif, double I, size_t T)
{
    double sum = 0;

    // The geometric sum by Horner's rule, which is the recursion itself, so that ties round as in the simulation.
    for (size_t k = 1; k <= T; k++) {
        sum = lif->decay * sum + I;
        if (sum > lif->threshold)
            return T / k;
    }
    return 0;
}

int h4l_lif_ct_check(const struct h4l_lif_ct *lif, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value;
        int ok;
    } fields[] = {
        {"tau_ms", lif->tau_ms, isfinite(lif->tau_ms) && lif->tau_ms > 0},
        {"R", lif->R, isfinite(lif->R)},
        {"rest", lif->rest, isfinite(lif->rest)},
        {"threshold", lif->threshold, isfinite(lif->threshold)},
        {"reset", lif->reset, isfinite(lif->reset) && lif->reset < lif->threshold},
        {"refractory_ms", lif->refractory_ms,
         isfinite(lif->refractory_ms) && lif->refractory_ms >= 0},
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!fields[i].ok)
            return h4l_fail(err, H4L_E_RANGE,
                            "LIF neuron: %s = %g is outside its valid range (tau > 0, reset < "
                            "threshold, refractory >= 0)",
                            fields[i].name, fields[i].value);
    return H4L_OK;
}

double h4l_lif_ct_relax(const struct h4l_lif_ct *lif, double V, double I, double dt)
{
    double V_inf = lif->rest + lif->R * I;

    return V_inf + (V - V_inf) * exp(-dt / lif->tau_ms);
}

double h4l_lif_ct_time_to_threshold(const struct h4l_lif_ct *lif, double V, double I)
{
    double V_inf = lif->rest + lif->R * I;

    if (V >= lif->threshold)
        return 0;
    if (V_inf <= lif->threshold)
        return INFINITY;
    // ln((V_inf - V) / (V_inf - threshold)), with log1p so that a drive far above threshold keeps its digits
    return lif->tau_ms * log1p((lif->threshold - V) / (V_inf - lif->threshold));
}

double h4l_lif_ct_isi(const struct h4l_lif_ct *lif, double I)
{
    return lif->refractory_ms + h4l_lif_ct_time_to_threshold(lif, lif->reset, I);
}

size_t h4l_lif_ct_advance(const struct h4l_lif_ct *lif, struct h4l_lif_ct_state *state, double I,
                          double dt, size_t capacity, double *ret_times)
{
    double now = 0;
    size_t n = 0;

    for (;;) {
        double wait = fmin(state->held_for_ms, dt - now), rise;
        now += wait;
        state->held_for_ms -= wait;
        if (state->held_for_ms > 0)
            return n;
        rise = h4l_lif_ct_time_to_threshold(lif, state->V, I);
        if (rise > dt - now) {
            state->V = h4l_lif_ct_relax(lif, state->V, I, dt - now);
            return n;
        }
        now += rise;
        if (n < capacity)
            ret_times[n] = now;
        n++;
        state->V = lif->reset;
        state->held_for_ms = lif->refractory_ms;
    }
}
