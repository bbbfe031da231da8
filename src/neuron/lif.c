#include "neuron/lif.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

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

// ---- as a row of h4l_models ----

static void constants(void *ret_c)
{
    const struct h4l_lif_ct lif = {
        .tau_ms = 10, .R = 10, .rest = -65, .threshold = 5, .reset = -65, .refractory_ms = 0};

    memcpy(ret_c, &lif, sizeof lif);
}

static void start(const void *c, double V, double *ret_x)
{
    (void)c;
    ret_x[0] = V;
}

static void eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                 double *ret_J, double *ret_by)
{
    const struct h4l_lif_ct *lif = c;
    double V = x[0], per_current = lif->R / lif->tau_ms;

    ret_dx[0] = (lif->rest - V) / lif->tau_ms + per_current * h4l_input_current(in, 0, V);
    if (ret_J)
        ret_J[0] = -1 / lif->tau_ms - per_current * (in->g[0] + in->g[1]);
    if (ret_by) {
        ret_by[0] = per_current;
        ret_by[1] = per_current * (in->E[0] - V);
        ret_by[2] = per_current * (in->E[1] - V);
    }
}

static double potential(const void *c, const double *x, double *ret_gradient)
{
    (void)c;
    if (ret_gradient)
        ret_gradient[0] = 1;
    return x[0];
}

static double event(const void *c, const double *x, double *ret_gradient)
{
    const struct h4l_lif_ct *lif = c;

    return potential(c, x, ret_gradient) - lif->threshold;
}

static void jump(const void *c, double *x, double *W, int k)
{
    const struct h4l_lif_ct *lif = c;

    x[0] = lif->reset;
    for (int v = 0; v < k; v++)
        W[v] = 0; // only the time of the spike is kept (analysis/hybrid.h)
}

#define AT(constant) offsetof(struct h4l_lif_ct, constant)

// Without a refractory time, which the row does not have.
static const struct h4l_model_constant settable[] = {
    {"tau", "ms", "time constant of the membrane", AT(tau_ms), 0.1, 1000},
    {"R", "mV cm^2/uA", "potential per current", AT(R), 0.01, 1000},
    {"rest", "mV", "potential without input", AT(rest), -120, 50},
    {"threshold", "mV", "potential at which it spikes", AT(threshold), -120, 50},
    {"reset", "mV", "potential after a spike", AT(reset), -120, 50},
    {0}};

static int check(const void *c, struct h4l_err *err)
{
    const struct h4l_lif_ct *lif = c;

    if (lif->reset < lif->threshold)
        return H4L_OK;
    return h4l_fail(err, H4L_E_RANGE, "reset is %g mV; it must lie below the threshold, %g mV",
                    lif->reset, lif->threshold);
}

const struct h4l_model h4l_model_lif = {
    .name = "lif",
    .label = "LIF",
    .summary = "leaky integrate-and-fire neuron: one unit of s-LIF2HH, alone",
    .dim = 1,
    .exponents = 1,
    .scale = (const double[]){100},
    .constants = constants,
    .settable = settable,
    .check = check,
    .rest_mV = -65,
    .start = start,
    .eval = eval,
    .potential = potential,
    .event = event,
    .jump = jump,
};
