#include "net/true_layer.h"

#include <math.h>
#include <stddef.h>

enum { OWN = H4L_TRUE_HH_OWN, MOST_STEPS = 1000000 };

const struct h4l_true_layer h4l_true_layer_default = {
    .window_ms = 20, .dt_ms = 0.02, .drive = 6, .gain = 1, .scale = 10, .clip = 1};

static double steps_of(const struct h4l_true_layer *layer)
{
    return layer->window_ms / layer->dt_ms;
}

int h4l_true_layer_check(const struct h4l_true_layer *l, size_t parts, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value;
        bool positive, from_0;
    } rows[] = {{"window_ms", l->window_ms, true, true}, {"dt_ms", l->dt_ms, true, true},
                {"trace_ms", l->trace_ms, false, true},  {"clip", l->clip, false, true},
                {"drive", l->drive, false, false},       {"gain", l->gain, false, false},
                {"scale", l->scale, false, false}};
    double steps = steps_of(l);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!isfinite(rows[i].value) || (rows[i].from_0 && rows[i].value < 0) ||
            (rows[i].positive && rows[i].value == 0))
            return h4l_fail(err, H4L_E_RANGE, "%s is %g; it must be a finite number%s",
                            rows[i].name, rows[i].value,
                            rows[i].positive ? " above 0"
                            : rows[i].from_0 ? " from 0 on"
                                             : "");
    if (fabs(steps - round(steps)) > 1e-6 * steps || steps > MOST_STEPS ||
        round(steps) < (double)parts)
        return h4l_fail(err, H4L_E_RANGE,
                        "a window of %g ms has %g steps of %g ms; it must be a whole number of "
                        "them, %zu to %d",
                        l->window_ms, steps, l->dt_ms, parts, MOST_STEPS);
    return H4L_OK;
}

struct h4l_true_hh h4l_true_layer_window(const struct h4l_true_layer *l, size_t parts, bool cut)
{
    struct h4l_true_hh w = h4l_true_hh_default;

    w.dt = l->dt_ms;
    w.steps = (size_t)lround(steps_of(l));
    w.pieces = parts;
    w.linear = l->membrane == H4L_TRUE_LINEAR;
    w.spikes = l->spikes;
    w.cut = cut;
    w.trace_ms = l->trace_ms;
    return w;
}

static bool frozen(const struct h4l_true_layer *l)
{
    return l->membrane == H4L_TRUE_FROZEN || l->membrane == H4L_TRUE_PASSIVE;
}

void h4l_true_layer_own(const struct h4l_true_layer *l, double ret[OWN])
{
    bool passive = l->membrane == H4L_TRUE_PASSIVE;

    h4l_true_hh_shared(&h4l_true_hh_default.hh, ret);
    if (passive || l->membrane == H4L_TRUE_POTASSIUM)
        ret[H4L_TRUE_HH_G_NA] = 0;
    if (passive || l->membrane == H4L_TRUE_SODIUM)
        ret[H4L_TRUE_HH_G_K] = 0;
    for (int gate = H4L_TRUE_HH_SPEED_M; gate < OWN && frozen(l); gate++)
        ret[gate] = 0;
}

void h4l_true_layer_currents(const struct h4l_true_layer *l, double ret[2])
{
    struct h4l_true_hh w = h4l_true_layer_window(l, 1, false);

    if (frozen(l) || l->membrane == H4L_TRUE_LINEAR) {
        ret[1] = 1e6;
        ret[0] = -ret[1];
        return;
    }
    h4l_true_hh_currents(&w, ret);
}
