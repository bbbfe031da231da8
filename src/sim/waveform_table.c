#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/waveform.h"

static bool is_last(const struct h4l_wave_table *table, size_t k, double t)
{
    return table->t[k] <= t && (k + 1 == table->n || t < table->t[k + 1]);
}

// Index of the last sample with t[k] <= t, or 0 if all come later. Samples that are evenly spaced are found at once.
static size_t find(const struct h4l_wave_table *table, double t)
{
    size_t low = 0, high = table->n;

    if (high > 1) {
        double span = table->t[high - 1] - table->t[0],
               place = (t - table->t[0]) / span * (double)(high - 1);

        if (place >= 1 && place < (double)(high - 1))
            for (size_t k = (size_t)place - 1; k < (size_t)place + 2; k++)
                if (is_last(table, k, t))
                    return k;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (table->t[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// Value at t, given that sample k is the last one at or before it.
static double value_at(const struct h4l_wave_table *table, size_t k, double t)
{
    const double *x = table->t, *I = table->I;

    if (table->join == H4L_WAVE_HOLD || k + 1 == table->n || t <= x[0])
        return I[k];
    return I[k] + (I[k + 1] - I[k]) * ((t - x[k]) / (x[k + 1] - x[k]));
}

double h4l_wave_table_value(const struct h4l_wave_table *table, double t)
{
    return value_at(table, find(table, t), t);
}

double h4l_wave_table_mean(const struct h4l_wave_table *table, double t0, double t1)
{
    double sum = 0, from = t0;
    size_t k = find(table, t0);

    if (t0 < table->t[0] && table->n > 0) { // the stretch before the first sample
        double to = fmin(table->t[0], t1);
        sum += (to - from) * table->I[0];
        from = to;
    }
    for (; from < t1; k++) {
        double to = k + 1 < table->n ? fmin(table->t[k + 1], t1) : t1;
        if (to <= from)
            continue;
        // the function is a line within [from, to], so its middle is its mean
        sum += (to - from) * value_at(table, k, from + (to - from) / 2);
        from = to;
    }
    return sum / (t1 - t0);
}

// Room for n samples.
static int allocate(size_t n, enum h4l_wave_join join, struct h4l_wave *ret, struct h4l_err *err)
{
    struct h4l_wave w = {.kind = H4L_WAVE_TABLE};

    w.table.t = calloc(n, sizeof *w.table.t);
    w.table.I = calloc(n, sizeof *w.table.I);
    if (!w.table.t || !w.table.I) {
        free(w.table.t);
        free(w.table.I);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a waveform of %zu samples", n);
    }
    w.table.n = n;
    w.table.join = join;
    *ret = w;
    return H4L_OK;
}

int h4l_wave_samples(const double *t, const double *I, size_t n, enum h4l_wave_join join,
                     struct h4l_wave *ret, struct h4l_err *err)
{
    struct h4l_wave w;
    int code;

    if (n < 1)
        return h4l_fail(err, H4L_E_RANGE, "a waveform needs at least one sample");
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(t[k]) || !isfinite(I[k]))
            return h4l_fail(err, H4L_E_RANGE, "waveform sample %zu: (%g ms, %g) is not finite",
                            k + 1, t[k], I[k]);
        if (!(fabs(t[k]) <= H4L_WAVE_LATEST_MS) || !(fabs(I[k]) <= H4L_WAVE_LARGEST))
            return h4l_fail(err, H4L_E_RANGE,
                            "waveform sample %zu: (%g ms, %g) is not a time within +-%g ms and a "
                            "current within +-%g",
                            k + 1, t[k], I[k], H4L_WAVE_LATEST_MS, H4L_WAVE_LARGEST);
        if (k && t[k] <= t[k - 1])
            return h4l_fail(
                err, H4L_E_RANGE,
                "waveform sample %zu: time %g ms does not come after the one before it, %g ms",
                k + 1, t[k], t[k - 1]);
    }
    code = allocate(n, join, &w, err);
    if (code)
        return code;
    memcpy(w.table.t, t, n * sizeof *t);
    memcpy(w.table.I, I, n * sizeof *I);
    *ret = w;
    return H4L_OK;
}

void h4l_wave_free(struct h4l_wave *wave)
{
    free(wave->table.t);
    free(wave->table.I);
    wave->table = (struct h4l_wave_table){0};
}
