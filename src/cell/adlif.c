// The adaptive LIF neuron: a LIF unit (cell/lif_unit.h) with a slow variable w that holds it back after its spikes, as in Bittar and
// Garner (2022, Frontiers in Neuroscience 16:865897), with the reset of the published LIF.
//
//     z = w[t-1] + b s[t-1],   v[t] = decay v[t-1] (1 - s[t-1]) + I[t] - z,   s[t] = [v[t] > threshold]
//     w[t] = rho z + (1 - rho) a v[t]
#include "cell/lif_unit.h"

enum { RHO, A, B }; // adlif.lanes.h has the same list

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_x, double *ret_s)
{
    double *ret_v = ret_x, *ret_w = ret_x + k->window, v = 0, w = 0, s = 0;

    (void)rates;
    (void)mix;
    for (int t = 0; t < k->window; t++) {
        double z = w + k->own[B] * s;

        v = ret_v[t] = h4l_lif_unit_step(k, v, s, input[t] + k->drive) - z;
        w = ret_w[t] = k->own[RHO] * z + (1 - k->own[RHO]) * k->own[A] * v;
        s = ret_s[t] = h4l_cell_spike(k, v);
    }
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *x, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    double rho = k->own[RHO], later_v = 0, dz = 0; // gradients to v[t+1] and to z of step t + 1

    (void)rates;
    (void)mix;
    (void)dmix;
    for (int t = k->window - 1; t >= 0; t--) {
        double dv = (ds[t] + dz * k->own[B]) * h4l_cell_inside(k, x[t]) +
                    later_v * h4l_lif_unit_slope(k, x[t], s[t]) + dz * (1 - rho) * k->own[A];

        dz = dz * rho - dv;
        later_v = ret_dinput[t] = dv;
        if (k->cut)
            dz = later_v = 0;
    }
}

// Sums and products of the lines above.
static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    (void)k;
    return (struct h4l_operations){.add = 6, .mul = 6};
}

// Never published in such a network: the published LIF; rho for 60 steps, the middle of Bittar and Garner's range, no adaptation by the
// potential, and by a spike as much as the threshold (their range is 0 to 2 thresholds).
#define ADAPTATION 0.98347145382161749 /* exp(-1 / 60) */
static const struct h4l_cell_published published[H4L_CELL_EXPERIMENTS] = {
    [H4L_CELL_FC] = {15, 0.3, 0.5, 0.2, true, .own = {ADAPTATION, 0, 0.3}},
    [H4L_CELL_CONV] = {15, 0.3, 0.5, 0.2, true, .own = {ADAPTATION, 0, 0.3}},
    [H4L_CELL_MI] = {15, 0.2, 0.4, 0.2, true, .own = {ADAPTATION, 0, 0.2}},
    [H4L_CELL_IP] = {15, 0.2, 0.4, 0.2, true, .own = {ADAPTATION, 0, 0.2}},
    [H4L_CELL_IDP] = {15, 0.2, 0.4, 0.2, true, .own = {ADAPTATION, 0, 0.2}},
};

const struct h4l_cell h4l_cell_adlif = {
    .name = "adlif",
    .label = "adLIF",
    .description = "adaptive LIF neuron: a slow variable holds it back after its spikes",
    .uses = H4L_CELL_DECAY | H4L_CELL_RESET,
    .own = {[RHO] = {"rho", "1", "decay of the adaptation in a step"},
            [A] = {"a", "1", "adaptation by the potential"},
            [B] = {"b", "1", "adaptation by a spike"}},
    .published = published,
    .variables = 2,
    .forward = forward,
    .backward = backward,
    .operations = operations,
};
