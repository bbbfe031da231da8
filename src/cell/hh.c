// The HH neuron of the learning code: an Euler step of the Hodgkin-Huxley membrane whose gates have constant rates, so that the
// conductances do not depend on the data; no reset.
//
//     v[t] = v[t-1] + dt (I[t] - g[t] v[t-1] + e[t]),   s[t] = [v[t] > threshold]
#include "cell/hh.h"

#include <stdbool.h>

enum { DT = H4L_CELL_HH_DT, MOST = H4L_CELL_MAX_WINDOW };

void h4l_cell_hh_gates(const struct h4l_cell_constants *k, const double *rates, double *ret_n,
                       double *ret_m, double *ret_h)
{
    bool swapped = k->own[H4L_CELL_HH_SWAPPED] != 0;
    double a_n = rates[H4L_CELL_HH_A_N], b_n = rates[H4L_CELL_HH_B_N];
    double a_m = rates[H4L_CELL_HH_A_M], b_m = rates[H4L_CELL_HH_B_M];
    double a_h = rates[swapped ? H4L_CELL_HH_B_H : H4L_CELL_HH_A_H];
    double b_h = rates[swapped ? H4L_CELL_HH_A_H : H4L_CELL_HH_B_H];
    double dt = k->own[DT], n = 0, m = 0, h = 0;

    for (int t = 0; t < k->window; t++) {
        ret_n[t] = n;
        ret_m[t] = m;
        ret_h[t] = h;
        n += dt * (a_n * (1 - n) - b_n * n);
        m += dt * (a_m * (1 - m) - b_m * m);
        h += dt * (a_h * (1 - h) - b_h * h);
    }
}

void h4l_cell_hh_channels(const struct h4l_cell_constants *k, const double *rates, double *ret_na,
                          double *ret_k)
{
    double n[MOST], m[MOST], h[MOST];

    h4l_cell_hh_gates(k, rates, n, m, h);
    for (int t = 0; t < k->window; t++) {
        ret_na[t] = k->own[H4L_CELL_HH_G_NA] * (m[t] * m[t] * m[t]) * h[t];
        ret_k[t] = k->own[H4L_CELL_HH_G_K] * (n[t] * n[t] * n[t] * n[t]);
    }
}

void h4l_cell_hh_currents(const struct h4l_cell_constants *k, const double *rates, double *ret_g,
                          double *ret_e)
{
    double na[MOST], potassium[MOST], leak = k->own[H4L_CELL_HH_G_L];

    h4l_cell_hh_channels(k, rates, na, potassium);
    for (int t = 0; t < k->window; t++) {
        ret_g[t] = na[t] + potassium[t] + leak;
        ret_e[t] = na[t] * k->own[H4L_CELL_HH_E_NA] + potassium[t] * k->own[H4L_CELL_HH_E_K] +
                   leak * k->own[H4L_CELL_HH_E_L];
    }
}

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_v, double *ret_s)
{
    double g[MOST], e[MOST], v = 0;

    (void)mix;
    h4l_cell_hh_currents(k, rates, g, e);
    for (int t = 0; t < k->window; t++) {
        v += k->own[DT] * (input[t] + k->drive - g[t] * v + e[t]);
        ret_v[t] = v;
        ret_s[t] = h4l_cell_spike(k, v);
    }
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *v, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    double g[MOST], e[MOST], dv = 0;

    (void)mix;
    (void)s;
    (void)dmix;
    h4l_cell_hh_currents(k, rates, g, e);
    for (int t = k->window - 1; t >= 0; t--) {
        if (t + 1 < k->window && k->own[H4L_CELL_HH_DETACHED] == 0)
            dv *= 1 - k->own[DT] * g[t + 1];
        dv += ds[t] * h4l_cell_inside(k, v[t]);
        ret_dinput[t] = k->own[DT] * dv;
        if (k->cut)
            dv = 0;
    }
}

// Two tables: v <- a v + (dt I + b).
static void tabulate(const struct h4l_cell_constants *k, const double *rates, double *ret)
{
    double g[MOST], e[MOST];

    h4l_cell_hh_currents(k, rates, g, e);
    for (int t = 0; t < k->window; t++) {
        ret[t] = 1 - k->own[DT] * g[t];
        ret[k->window + t] = k->own[DT] * e[t];
    }
}

static double gain(const struct h4l_cell_constants *k)
{
    return k->own[DT];
}

static int check(const struct h4l_cell_constants *k, struct h4l_err *err)
{
    return k->own[DT] > 0 ? H4L_OK
                          : h4l_fail(err, H4L_E_RANGE, "dt is %g; it must be positive", k->own[DT]);
}

static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    (void)k;
    return (struct h4l_operations){.add = 16, .mul = 23};
}

static int kept(const struct h4l_cell_constants *k)
{
    (void)k;
    return 4; // the potential and three gates
}

#define CHANNELS 120, 36, 0.3, 115, -12, 10.6
static const struct h4l_cell_published published[H4L_CELL_EXPERIMENTS] = {
    [H4L_CELL_FC] = {15, 0.2, 0.3, .own = {0.01, CHANNELS}, .projection_scale = 0.01},
    [H4L_CELL_CONV] = {15, 2.3, 0.5, .own = {0.1, CHANNELS, [H4L_CELL_HH_DETACHED] = 1, 1}},
    [H4L_CELL_MI] = {15, 2.3, 0.4, .own = {0.01, CHANNELS}, .xavier = true},
    // dt is the mean of what is drawn, the rates' bound is the policy's
    [H4L_CELL_IP] = {15, 2.0, 0.4, .own = {0.1, CHANNELS}, .dt_max = 0.2, .rate_max = 0.1},
    [H4L_CELL_IDP] = {15, 2.3, 0.4, .own = {0.1, CHANNELS}, .dt_max = 0.2, .rate_max = 0.01},
};

const struct h4l_cell h4l_cell_hh = {
    .name = "hh",
    .label = "HH",
    .description = "Euler step of the Hodgkin-Huxley membrane, gates with constant rates, no reset",
    .own = {[DT] = {"dt", "ms", "step"},
            [H4L_CELL_HH_G_NA] = {"g_na", "mS/cm2", "peak conductance of sodium"},
            [H4L_CELL_HH_G_K] = {"g_k", "mS/cm2", "peak conductance of potassium"},
            [H4L_CELL_HH_G_L] = {"g_l", "mS/cm2", "conductance of the leak"},
            [H4L_CELL_HH_E_NA] = {"e_na", "mV", "reversal potential of sodium"},
            [H4L_CELL_HH_E_K] = {"e_k", "mV", "reversal potential of potassium"},
            [H4L_CELL_HH_E_L] = {"e_l", "mV", "reversal potential of the leak"},
            [H4L_CELL_HH_DETACHED] = {"detached", "1", "1: currents take no part in the gradient"},
            [H4L_CELL_HH_SWAPPED] = {"swapped", "1", "1: alpha and beta of h exchanged"}},
    .published = published,
    .rates = H4L_CELL_RATES,
    .tables = 2,
    .forward = forward,
    .backward = backward,
    .tabulate = tabulate,
    .gain = gain,
    .check = check,
    .operations = operations,
    .kept = kept,
};
