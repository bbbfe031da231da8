#include "net/true_layer.h"

#include <math.h>
#include <stddef.h>

enum { OWN = H4L_TRUE_HH_OWN, MOST_STEPS = 1000000 };
// Of trained constants: how far they go from those they begin at, and the longest step that is stable with them (tests/unit/net_true_hh.c).
static const double most_factor = 1.5, longest_step_ms = 0.02;

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
    if (l->own && l->dt_ms > longest_step_ms)
        return h4l_fail(err, H4L_E_RANGE,
                        "dt_ms is %g; with trained constants it must be at most %g", l->dt_ms,
                        longest_step_ms);
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

void h4l_true_layer_trained(const struct h4l_true_layer *l, const double c[OWN],
                            double ret_own[OWN], double ret_slope[OWN])
{
    h4l_true_layer_own(l, ret_own);
    for (int i = 0; i < OWN; i++) {
        double t = tanh(c[i]);

        ret_own[i] *= pow(most_factor, t);
        if (ret_slope)
            ret_slope[i] = ret_own[i] * log(most_factor) * (1 - t * t);
    }
}

// The narrowest range over what trained constants can become.
static void currents_of_own(struct h4l_true_hh w, double ret[2])
{
    const struct h4l_hh hh = w.hh;

    w.dt *= most_factor; // the step of a faster gate counts as a longer one
    for (unsigned corner = 0; corner < 8; corner++) {
        double range[2];

        w.hh.gNa = corner & 1 ? hh.gNa * most_factor : hh.gNa / most_factor;
        w.hh.gK = corner & 2 ? hh.gK * most_factor : hh.gK / most_factor;
        w.hh.gL = corner & 4 ? hh.gL * most_factor : hh.gL / most_factor;
        h4l_true_hh_currents(&w, range);
        ret[0] = corner == 0 ? range[0] : fmax(ret[0], range[0]);
        ret[1] = corner == 0 ? range[1] : fmin(ret[1], range[1]);
    }
}

void h4l_true_layer_currents(const struct h4l_true_layer *l, double ret[2])
{
    struct h4l_true_hh w = h4l_true_layer_window(l, 1, false);

    if (frozen(l) || l->membrane == H4L_TRUE_LINEAR) {
        ret[1] = 1e6;
        ret[0] = -ret[1];
        return;
    }
    if (l->own)
        currents_of_own(w, ret);
    else
        h4l_true_hh_currents(&w, ret);
}
