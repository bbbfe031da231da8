#include "analysis/spike_coincidence.h"

#include <float.h>
#include <math.h>

// -1: b too early for a, 0: they coincide, 1: b too late.
static int compare(double a, double b, const struct h4l_gamma_options *o)
{
    double gap = b - a, slack = 4 * DBL_EPSILON * fmax(fabs(a), fabs(b));
    double reach = o->strict ? o->delta_ms - slack : o->delta_ms + slack;

    if (o->strict ? fabs(gap) < reach : fabs(gap) <= reach)
        return 0;
    return gap < 0 ? -1 : 1;
}

static size_t match_greedy(struct h4l_spikes data, struct h4l_spikes model,
                           const struct h4l_gamma_options *o)
{
    size_t count = 0;

    for (size_t i = 0, j = 0; i < data.n; i++) {
        while (j < model.n && compare(data.t[i], model.t[j], o) < 0)
            j++;
        count += j < model.n && compare(data.t[i], model.t[j], o) == 0;
    }
    return count;
}

// All windows are equally long, so giving each data spike the earliest free model spike in reach is optimal.
static size_t match_one_to_one(struct h4l_spikes data, struct h4l_spikes model,
                               const struct h4l_gamma_options *o)
{
    size_t count = 0;

    for (size_t i = 0, j = 0; i < data.n && j < model.n;) {
        int order = compare(data.t[i], model.t[j], o);
        if (order < 0) {
            j++;
        } else if (order > 0) {
            i++;
        } else {
            count++;
            i++;
            j++;
        }
    }
    return count;
}

int h4l_gamma(struct h4l_spikes data, struct h4l_spikes model, struct h4l_window window,
              const struct h4l_gamma_options *o, struct h4l_gamma *ret, struct h4l_err *err)
{
    struct h4l_gamma g;
    int code;

    if ((code = h4l_spikes_check_window(data, window, err)))
        return h4l_fail_context(err, code, "data train");
    if ((code = h4l_spikes_check_window(model, window, err)))
        return h4l_fail_context(err, code, "model train");
    if (!(o->delta_ms >= 0) || !isfinite(o->delta_ms))
        return h4l_fail(err, H4L_E_RANGE, "Gamma: precision %g ms, expected a finite value >= 0",
                        o->delta_ms);
    double rate = (double)model.n / (window.end - window.start);
    g.coincidences = o->matching == H4L_MATCH_GREEDY ? match_greedy(data, model, o)
                                                     : match_one_to_one(data, model, o);
    g.expected = 2 * rate * o->delta_ms * (double)data.n;
    g.norm = 1 - 2 * rate * o->delta_ms;
    g.gamma = NAN;
    if (data.n + model.n > 0 && g.norm > 0)
        g.gamma = ((double)g.coincidences - g.expected) / ((double)(data.n + model.n) / 2) / g.norm;
    *ret = g;
    return H4L_OK;
}
