// The memoryless binary neuron of the ANN: v = max(I, 0), s = [v > threshold].
#include "cell/cell.h"

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_v, double *ret_s)
{
    (void)rates;
    (void)mix;
    for (int t = 0; t < k->window; t++) {
        double in = input[t] + k->drive;

        ret_v[t] = in > 0 ? in : 0;
        ret_s[t] = h4l_cell_spike(k, ret_v[t]);
    }
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *v, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    (void)rates;
    (void)mix;
    (void)s;
    (void)dmix;
    for (int t = 0; t < k->window; t++) // the slope of max(I, 0) at v = 0 is 0
        ret_dinput[t] = v[t] > 0 ? ds[t] * h4l_cell_inside(k, v[t]) : 0;
}

static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    (void)k;
    return (struct h4l_operations){0}; // a comparison
}

static int kept(const struct h4l_cell_constants *k)
{
    (void)k;
    return 0;
}

// The policies show every observation for as many steps as those of the other cells.
static const struct h4l_cell_published published[H4L_CELL_EXPERIMENTS] = {
    [H4L_CELL_FC] = {1, .threshold = 0.5, .half_width = 0.5},
    [H4L_CELL_CONV] = {1, .threshold = 0.5, .half_width = 0.5, .learning_rate = 1e-3, .l2 = 1e-4},
    [H4L_CELL_MI] = {1, .threshold = 0.5, .half_width = 0.4},
    [H4L_CELL_IP] = {15, .threshold = 0.5, .half_width = 0.5},
    [H4L_CELL_IDP] = {15, .threshold = 0.5, .half_width = 0.5},
};

const struct h4l_cell h4l_cell_ann = {
    .name = "ann",
    .label = "ANN",
    .description = "binary neuron without memory",
    .published = published,
    .forward = forward,
    .backward = backward,
    .operations = operations,
    .kept = kept,
};
