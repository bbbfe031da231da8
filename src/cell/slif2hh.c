// The sub-network s-LIF2HH: three LIF units (cell/lif_unit.h) with inputs of their own, and a fourth that sees the others'
// potentials of the step before, mixed: I4[t] = c1 v1[t-1] + c2 v2[t-1] + c3 v3[t-1] + c0. All four send their spikes on.
// Mixing weights, shared by all neurons of a layer: c1, c2, c3, c0.
#include "cell/slif2hh.h"

#include "cell/lif_unit.h"

enum { UNITS = 4, INPUTS = 3 };

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_v, double *ret_s)
{
    const int T = k->window;
    double v[UNITS] = {0}, s[UNITS] = {0};

    (void)rates;
    for (int t = 0; t < T; t++) {
        double fourth = mix[0] * v[0] + mix[1] * v[1] + mix[2] * v[2] + mix[3];

        for (int u = 0; u < UNITS; u++) {
            v[u] =
                h4l_lif_unit_step(k, v[u], s[u], u < INPUTS ? input[u * T + t] + k->drive : fourth);
            s[u] = h4l_cell_spike(k, v[u]);
            ret_v[u * T + t] = v[u];
            ret_s[u * T + t] = s[u];
        }
    }
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *v, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    const int T = k->window;
    double dv[UNITS] = {0};

    (void)rates;
    for (int t = T - 1; t >= 0; t--) {
        double later_fourth = dv[3]; // gradient to v4[t+1], hence to its input

        for (int u = 0; u < UNITS; u++) {
            int at = u * T + t;

            dv[u] =
                ds[at] * h4l_cell_inside(k, v[at]) + dv[u] * h4l_lif_unit_slope(k, v[at], s[at]);
            if (u < INPUTS) {
                dv[u] += mix[u] * later_fourth;
                ret_dinput[at] = dv[u];
            }
        }
        for (int u = 0; u < INPUTS && t > 0; u++)
            dmix[u] += dv[3] * v[u * T + t - 1];
        dmix[3] += dv[3];
        for (int u = 0; u < UNITS && k->cut; u++)
            dv[u] = 0;
    }
}

static int four(const struct h4l_cell_constants *k)
{
    (void)k;
    return UNITS;
}

static int three(const struct h4l_cell_constants *k)
{
    (void)k;
    return INPUTS;
}

static int arrows(const struct h4l_cell_constants *k, int u)
{
    (void)k;
    return u == UNITS - 1 ? INPUTS : 0;
}

static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    (void)k;
    return (struct h4l_operations){.add = 14, .mul = 15};
}

const struct h4l_cell_published h4l_cell_slif2hh_published[H4L_CELL_EXPERIMENTS] = {
    [H4L_CELL_FC] = {15, .threshold = 2, .half_width = 0.4, .decay = 0.5, .reset = true},
    [H4L_CELL_CONV] = {10, .threshold = 0.3, .half_width = 0.4, .decay = 0.2, .reset = true},
    [H4L_CELL_MI] = {15, .threshold = 0.8, .half_width = 0.4, .decay = 0.2, .reset = true},
    [H4L_CELL_IP] = {15, .threshold = 0.8, .half_width = 0.4, .decay = 0.2, .reset = true},
    [H4L_CELL_IDP] = {15, .threshold = 0.8, .half_width = 0.4, .decay = 0.2, .reset = true},
};

const struct h4l_cell h4l_cell_slif2hh = {
    .name = "slif2hh",
    .label = "s-LIF2HH",
    .description = "three LIF units and a fourth that mixes their potentials",
    .uses = H4L_CELL_DECAY | H4L_CELL_RESET,
    .published = h4l_cell_slif2hh_published,
    .counter_slips = true,
    .units = four,
    .inputs = three,
    .trains = four,
    .mixing = four,
    .arrows = arrows,
    .forward = forward,
    .backward = backward,
    .operations = operations,
};
