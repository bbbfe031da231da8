#include "measures.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"

const char *const h4l_measure_names[H4L_MEASURES] = {
    "isi_distance", "spike_distance", "spike_synchronization_loss",   "victor_purpura",
    "van_rossum",   "gamma_loss",     "isi_distribution_distance_ms", "cv_difference",
    "lv_difference"};

static int interval_distance(struct h4l_spikes a, struct h4l_spikes b, double *ret,
                             struct h4l_err *err)
{
    size_t n = a.n > 1 ? a.n - 1 : 0, m = b.n > 1 ? b.n - 1 : 0;
    double *x = malloc((n + m + 1) * sizeof *x);
    int code = H4L_OK;

    if (!x)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu intervals", n + m);
    h4l_spikes_intervals(a, x);
    h4l_spikes_intervals(b, x + n);
    if (n && m)
        code = h4l_sample_distance(x, n, x + n, m, NULL, ret, err);
    else
        *ret = n == m ? 0 : NAN;
    free(x);
    return code;
}

static double difference(double a, double b)
{
    return isnan(a) && isnan(b) ? 0 : fabs(a - b);
}

int h4l_measure_all(struct h4l_spikes a, struct h4l_spikes b, const struct h4l_measure_options *o,
                    double ret[H4L_MEASURES], struct h4l_err *err)
{
    struct h4l_window w = {0, o->duration_ms};
    struct h4l_gamma_options gamma = {o->delta_ms, H4L_MATCH_ONE_TO_ONE, 0};
    struct h4l_isi_stats s[2];
    struct h4l_gamma g;
    double d[H4L_MEASURES];
    int code;

    if ((code = h4l_isi_distance(a, b, w, H4L_EDGE_MAX, &d[H4L_MEASURE_ISI], err)) ||
        (code = h4l_spike_distance(a, b, w, H4L_EDGE_MAX, &d[H4L_MEASURE_SPIKE], err)) ||
        (code = h4l_spike_synchronization(a, b, w, 0, &d[H4L_MEASURE_UNSYNC], err)) ||
        (code = h4l_victor_purpura(a, b, o->q_per_ms, &d[H4L_MEASURE_VP], err)) ||
        (code = h4l_van_rossum(a, b, o->tau_ms, H4L_VAN_ROSSUM_2001, &d[H4L_MEASURE_VR], err)) ||
        (code = h4l_gamma(a, b, w, &gamma, &g, err)) ||
        (code = interval_distance(a, b, &d[H4L_MEASURE_ISI_W1], err)) ||
        (code = h4l_spikes_isi(a, &s[0], err)) || (code = h4l_spikes_isi(b, &s[1], err)))
        return code;
    d[H4L_MEASURE_UNSYNC] = 1 - d[H4L_MEASURE_UNSYNC];
    d[H4L_MEASURE_GAMMA] = a.n + b.n ? 1 - g.gamma : 0;
    d[H4L_MEASURE_CV] = difference(s[0].cv, s[1].cv);
    d[H4L_MEASURE_LV] = difference(s[0].lv, s[1].lv);
    for (int m = 0; m < H4L_MEASURES; m++)
        ret[m] = d[m];
    return H4L_OK;
}
