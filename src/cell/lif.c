// The leaky integrate-and-fire neuron: one LIF unit (cell/lif_unit.h).
#include "cell/lif_unit.h"

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_v, double *ret_s)
{
    double v = 0, s = 0;

    (void)rates;
    (void)mix;
    for (int t = 0; t < k->window; t++) {
        v = h4l_lif_unit_step(k, v, s, input[t] + k->drive);
        s = h4l_cell_spike(k, v);
        ret_v[t] = v;
        ret_s[t] = s;
    }
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *v, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    double dv = 0;

    (void)rates;
    (void)mix;
    (void)dmix;
    for (int t = k->window - 1; t >= 0; t--) {
        dv = ds[t] * h4l_cell_inside(k, v[t]) + dv * h4l_lif_unit_slope(k, v[t], s[t]);
        ret_dinput[t] = dv;
        if (k->cut)
            dv = 0;
    }
}

static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    (void)k;
    return (struct h4l_operations){.add = 3, .mul = 3};
}

static const struct h4l_cell_published published[H4L_CELL_EXPERIMENTS] = {
    [H4L_CELL_FC] = {15, .threshold = 0.3, .half_width = 0.5, .decay = 0.2, .reset = true},
    [H4L_CELL_CONV] = {15, .threshold = 0.3, .half_width = 0.5, .decay = 0.2, .reset = true},
    [H4L_CELL_MI] = {15, .threshold = 0.2, .half_width = 0.4, .decay = 0.2, .reset = true,
                     .xavier = true},
    [H4L_CELL_IP] = {15, .threshold = 0.2, .half_width = 0.4, .decay = 0.2, .reset = true},
    [H4L_CELL_IDP] = {15, .threshold = 0.2, .half_width = 0.4, .decay = 0.2, .reset = true},
};

const struct h4l_cell h4l_cell_lif = {
    .name = "lif",
    .label = "LIF",
    .description = "leaky integrate-and-fire neuron, cleared in the step after its spike",
    .uses = H4L_CELL_DECAY | H4L_CELL_RESET,
    .published = published,
    .forward = forward,
    .backward = backward,
    .operations = operations,
};
