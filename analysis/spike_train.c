#include "analysis/spike_train.h"

#include <math.h>

int h4l_spikes_check(struct h4l_spikes train, struct h4l_err *err)
{
    for (size_t i = 0; i < train.n; i++) {
        if (!isfinite(train.t[i]))
            return h4l_fail(err, H4L_E_RANGE, "spike %zu: time %g, expected a finite number", i + 1,
                            train.t[i]);
        if (i && !(train.t[i] > train.t[i - 1]))
            return h4l_fail(err, H4L_E_RANGE,
                            "spike %zu: time %.17g after %.17g, expected ascending times without "
                            "repeats",
                            i + 1, train.t[i], train.t[i - 1]);
    }
    return H4L_OK;
}

int h4l_spikes_check_window(struct h4l_spikes train, struct h4l_window window, struct h4l_err *err)
{
    int code;

    if (!isfinite(window.start) || !isfinite(window.end) || !(window.start < window.end))
        return h4l_fail(err, H4L_E_RANGE, "window [%g, %g]: expected a finite start < end",
                        window.start, window.end);
    if ((code = h4l_spikes_check(train, err)))
        return code;
    if (train.n && (train.t[0] < window.start || train.t[train.n - 1] > window.end))
        return h4l_fail(err, H4L_E_RANGE,
                        "spikes from %.17g to %.17g reach beyond the window [%.17g, %.17g]",
                        train.t[0], train.t[train.n - 1], window.start, window.end);
    return H4L_OK;
}

int h4l_detector_init(double level, double rearm, enum h4l_crossing how, struct h4l_detector *ret,
                      struct h4l_err *err)
{
    if (!isfinite(level) || !isfinite(rearm) || rearm > level)
        return h4l_fail(err, H4L_E_RANGE,
                        "detector: level %g, rearm %g; expected finite numbers, rearm <= level",
                        level, rearm);
    *ret = (struct h4l_detector){.level = level, .rearm = rearm, .how = how};
    return H4L_OK;
}

int h4l_detector_push(struct h4l_detector *d, double t, double V, double *ret_t)
{
    if (isnan(V))
        return 0;
    int above = V > d->level, crossed = d->started && d->armed && above;

    if (crossed) {
        double share = 1;
        if (d->how == H4L_CROSSING_LINEAR)
            share = (d->level - d->previous_V) / (V - d->previous_V);
        *ret_t = share >= 1 ? t : d->previous_t + share * (t - d->previous_t);
    }
    if (above)
        d->armed = 0;
    else if (V <= d->rearm)
        d->armed = 1;
    d->started = 1;
    d->previous_t = t;
    d->previous_V = V;
    return crossed;
}

int h4l_detect(const double *V, size_t n, double start, double step,
               const struct h4l_detector *detector, size_t capacity, double *ret_t, size_t *ret_n,
               struct h4l_err *err)
{
    struct h4l_detector d = *detector;
    size_t found = 0;
    double t;

    if (!(step > 0) || !isfinite(step) || !isfinite(start))
        return h4l_fail(err, H4L_E_RANGE, "detection: start %g, step %g; expected finite, step > 0",
                        start, step);
    d.armed = d.started = 0;
    for (size_t k = 0; k < n; k++)
        found += (size_t)h4l_detector_push(&d, start + (double)k * step, V[k], &t);
    if (found > capacity)
        return h4l_fail(err, H4L_E_RANGE, "detection: %zu spikes found, room for %zu", found,
                        capacity);
    d.armed = d.started = 0;
    for (size_t k = 0, i = 0; k < n; k++)
        if (h4l_detector_push(&d, start + (double)k * step, V[k], &t))
            ret_t[i++] = t;
    *ret_n = found;
    return H4L_OK;
}

int h4l_spikes_rate(struct h4l_spikes train, struct h4l_window window, double *ret_per_ms,
                    struct h4l_err *err)
{
    int code = h4l_spikes_check_window(train, window, err);

    if (code)
        return code;
    *ret_per_ms = (double)train.n / (window.end - window.start);
    return H4L_OK;
}

int h4l_spikes_histogram(struct h4l_spikes train, struct h4l_window window, size_t bins,
                         double *ret_per_ms, struct h4l_err *err)
{
    int code = h4l_spikes_check_window(train, window, err);

    if (code)
        return code;
    if (bins < 1)
        return h4l_fail(err, H4L_E_RANGE, "histogram: 0 bins, expected at least 1");
    double width = (window.end - window.start) / (double)bins;
    for (size_t k = 0; k < bins; k++)
        ret_per_ms[k] = 0;
    for (size_t i = 0; i < train.n; i++) {
        size_t k = (size_t)((train.t[i] - window.start) / width);
        ret_per_ms[k < bins ? k : bins - 1]++;
    }
    for (size_t k = 0; k < bins; k++)
        ret_per_ms[k] /= width;
    return H4L_OK;
}

int h4l_spikes_smooth_rate(struct h4l_spikes train, double tau, double start, double step,
                           size_t points, double *ret_per_ms, struct h4l_err *err)
{
    int code = h4l_spikes_check(train, err);
    double sum = 0, at = start;
    size_t i = 0;

    if (code)
        return code;
    if (!(tau > 0) || !(step > 0) || !isfinite(start) || !isfinite(step))
        return h4l_fail(err, H4L_E_RANGE,
                        "smoothed rate: tau %g, start %g, step %g; expected tau > 0, step > 0", tau,
                        start, step);
    for (size_t k = 0; k < points; k++) {
        double t = start + (double)k * step;
        sum *= exp(-(t - at) / tau);
        for (; i < train.n && train.t[i] <= t; i++)
            sum += exp(-(t - train.t[i]) / tau);
        at = t;
        ret_per_ms[k] = sum / tau;
    }
    return H4L_OK;
}

void h4l_spikes_intervals(struct h4l_spikes train, double *ret_ms)
{
    for (size_t i = 1; i < train.n; i++)
        ret_ms[i - 1] = train.t[i] - train.t[i - 1];
}

// Standard deviation of the intervals over their mean, where their squares leave the range of a double.
static double scaled_deviation(struct h4l_spikes train, double mean)
{
    double squares = 0;

    for (size_t i = 0; i + 1 < train.n; i++) {
        double share = (train.t[i + 1] - train.t[i]) / mean - 1;
        squares += share * share;
    }
    return sqrt(squares / (double)(train.n - 1));
}

int h4l_spikes_isi(struct h4l_spikes train, struct h4l_isi_stats *ret, struct h4l_err *err)
{
    int code = h4l_spikes_check(train, err);
    struct h4l_isi_stats s = {train.n > 1 ? train.n - 1 : 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    double squares = 0, cv2 = 0, lv = 0, previous = 0;

    if (code)
        return code;
    if (s.n > 0) {
        s.mean = (train.t[s.n] - train.t[0]) / (double)s.n;
        s.min = INFINITY;
        s.max = 0;
        for (size_t i = 0; i < s.n; i++) {
            double isi = train.t[i + 1] - train.t[i];
            squares += (isi - s.mean) * (isi - s.mean);
            s.min = fmin(s.min, isi);
            s.max = fmax(s.max, isi);
            if (i) {
                double share = (isi - previous) / (isi + previous);
                cv2 += 2 * fabs(share);
                lv += 3 * share * share;
            }
            previous = isi;
        }
        s.sd = sqrt(squares / (double)s.n);
        if (!(s.mean > 1e-140 && s.mean < 1e140))
            s.sd = scaled_deviation(train, s.mean) * s.mean;
    }
    if (s.n > 1) {
        s.cv = s.sd / s.mean;
        s.cv2 = cv2 / (double)(s.n - 1);
        s.lv = lv / (double)(s.n - 1);
    }
    *ret = s;
    return H4L_OK;
}
