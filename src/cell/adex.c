// The adaptive exponential integrate-and-fire neuron (Brette and Gerstner 2005; simulated: neuron/adex.c) as a learning cell: Euler steps
// of dt in units that make rest 0, the exponential threshold VT 1 and the leak 1. A second variable w remembers the spikes.
//
//     u = (1 - s[t-1]) v[t-1],   z = w[t-1] + b s[t-1]                                      after a spike: reset, w steps up
//     v[t] = u + g (D exp((u - 1) / D) - u - z + I[t]),   w[t] = z + h (a u - z),   s[t] = [v[t] > threshold]
//     g = dt gL / C,   h = dt / tau_w
#include "cell/cell.h"

#include <math.h>

enum { DT, TAU_M, TAU_W, D, A, B, MOST = 5 }; // adex.lanes.h has the same list

static double gain(const struct h4l_cell_constants *k)
{
    return k->own[DT] / k->own[TAU_M];
}

// exp((u - 1) / D), which no potential below the published threshold takes beyond the 5th power.
static double upstroke(const struct h4l_cell_constants *k, double u)
{
    return exp(fmin((u - 1) / k->own[D], MOST));
}

// D times that has this slope.
static double upstroke_slope(const struct h4l_cell_constants *k, double u)
{
    return (u - 1) / k->own[D] < MOST ? upstroke(k, u) : 0;
}

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_x, double *ret_s)
{
    double g = gain(k), h = k->own[DT] / k->own[TAU_W];
    double *v = ret_x, *w = ret_x + k->window, old_v = 0, old_w = 0, s = 0;

    (void)rates;
    (void)mix;
    for (int t = 0; t < k->window; t++) {
        double u = k->reset ? (1 - s) * old_v : old_v, z = old_w + k->own[B] * s;

        old_v = v[t] = u + g * (k->own[D] * upstroke(k, u) - u - z + input[t] + k->drive);
        old_w = w[t] = z + h * (k->own[A] * u - z);
        s = ret_s[t] = h4l_cell_spike(k, v[t]);
    }
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *x, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    double g = gain(k), h = k->own[DT] / k->own[TAU_W];
    double dv = 0, dw = 0; // of step t + 1

    (void)rates;
    (void)mix;
    (void)dmix;
    for (int t = k->window - 1; t >= 0; t--) {
        double v = x[t], keep = k->reset ? 1 - s[t] : 1, u = keep * v;
        double du = dv * (1 + g * (upstroke_slope(k, u) - 1)) + dw * h * k->own[A];
        double dz = dw * (1 - h) - dv * g, dspike = ds[t] + dz * k->own[B];

        if (k->reset)
            dspike -= du * v;
        dv = du * keep + dspike * h4l_cell_inside(k, v);
        dw = dz;
        ret_dinput[t] = g * dv;
        if (k->cut)
            dv = dw = 0;
    }
}

static int check(const struct h4l_cell_constants *k, struct h4l_err *err)
{
    static const struct {
        int at;
        const char *name;
    } rows[] = {{DT, "dt"}, {TAU_M, "tau_m"}, {TAU_W, "tau_w"}, {D, "sharpness"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!(k->own[rows[i].at] > 0))
            return h4l_fail(err, H4L_E_RANGE, "%s is %g; it must be positive", rows[i].name,
                            k->own[rows[i].at]);
    return H4L_OK;
}

// Sums and products of the three lines above, the exponential as one product.
static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    (void)k;
    return (struct h4l_operations){.add = 10, .mul = 8};
}

// Never published in such a network: the 2005 constants (C 281 pF, gL 30 nS, EL -70.6 mV, VT -50.4 mV, D 2 mV, tau_w 144 ms, a 4 nS, b
// 0.0805 nA) in the units above, with steps of 1 ms, the simulated neuron's cut at VT + 5 D, and LIF's surrogate.
#define UNIT_MV (-50.4 + 70.6)
static const struct h4l_cell_published published[H4L_CELL_EXPERIMENTS] = {
    [H4L_CELL_FC] = {15, .threshold = 1 + MOST * 2 / UNIT_MV, .half_width = 0.5, .reset = true,
                     .own = {[DT] = 1,
                             [TAU_M] = 281.0 / 30,
                             [TAU_W] = 144,
                             [D] = 2 / UNIT_MV,
                             [A] = 4.0 / 30,
                             [B] = 80.5 / (30 * UNIT_MV)}},
};

const struct h4l_cell h4l_cell_adex = {
    .name = "adex",
    .label = "AdEx",
    .description =
        "adaptive exponential integrate-and-fire neuron, reset and adaptation by its spikes",
    .uses = H4L_CELL_RESET,
    .own = {[DT] = {"dt", "ms", "step"},
            [TAU_M] = {"tau_m", "ms", "time constant of the membrane, C / gL"},
            [TAU_W] = {"tau_w", "ms", "time constant of the adaptation"},
            [D] = {"sharpness", "1", "D, width of the upstroke"},
            [A] = {"a", "1", "adaptation by the potential"},
            [B] = {"b", "1", "adaptation by a spike"}},
    .published = published,
    .variables = 2,
    .forward = forward,
    .backward = backward,
    .gain = gain,
    .check = check,
    .operations = operations,
};
