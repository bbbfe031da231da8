// Tables made from noise and from files.
#include <math.h>
#include <stdlib.h>

#include "base/csv.h"
#include "sim/waveform.h"

int h4l_wave_noise(struct h4l_rng *rng, double mean, double sd, double tau, double step, size_t n,
                   struct h4l_wave *ret, struct h4l_err *err)
{
    double r, kick, *t, *I;
    int code;

    if (n < 1 || !isfinite(mean) || !(isfinite(sd) && sd >= 0) || !(isfinite(tau) && tau > 0) ||
        !(isfinite(step) && step > 0))
        return h4l_fail(err, H4L_E_RANGE,
                        "Ornstein-Uhlenbeck noise: mean %g, sd %g, tau %g ms, step %g ms, %zu "
                        "samples: expected finite "
                        "values, sd >= 0, tau > 0, step > 0 and at least one sample",
                        mean, sd, tau, step, n);
    t = calloc(2 * n, sizeof *t);
    if (!t)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu samples of noise", n);
    I = t + n;
    r = exp(-step / tau);
    kick = sd * sqrt(-expm1(-2 * step / tau)); // sd sqrt(1 - r^2) without its cancellation
    for (size_t k = 0; k < n; k++) {
        double xi = h4l_rng_normal(rng);
        t[k] = (double)k * step;
        I[k] = k ? mean + r * (I[k - 1] - mean) + kick * xi : mean + sd * xi;
    }
    code = h4l_wave_samples(t, I, n, H4L_WAVE_HOLD, ret, err);
    free(t);
    return code;
}

// Copies the two columns of a table, row by row, to ret_t and ret_I.
static int from_table(const char *path, const struct h4l_table *table, enum h4l_wave_join join,
                      struct h4l_wave *ret, struct h4l_err *err)
{
    int t = h4l_table_column(table, "t_ms"), I = h4l_table_column(table, "I_uA_per_cm2"), code;
    double *copy;

    if (t < 0 || I < 0) {
        t = 0;
        I = 1;
    }
    if (table->columns < 2 || table->rows < 1)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected at least one row with the columns t_ms and I_uA_per_cm2, "
                        "found %zu rows of %zu columns",
                        path, table->rows, table->columns);
    copy = calloc(2 * table->rows, sizeof *copy);
    if (!copy)
        return h4l_fail(err, H4L_E_NOMEM, "%s: no memory for %zu samples", path, table->rows);
    for (size_t k = 0; k < table->rows; k++) {
        copy[k] = table->values[k * table->columns + (size_t)t];
        copy[table->rows + k] = table->values[k * table->columns + (size_t)I];
    }
    code = h4l_wave_samples(copy, copy + table->rows, table->rows, join, ret, err);
    free(copy);
    return code == H4L_E_RANGE ? h4l_fail_context(err, H4L_E_DATA, "%s", path) : code;
}

int h4l_wave_file(const char *path, enum h4l_wave_join join, struct h4l_wave *ret,
                  struct h4l_err *err)
{
    struct h4l_table table;
    int code = h4l_table_read(path, &table, err);

    if (code)
        return code;
    code = from_table(path, &table, join, ret, err);
    h4l_table_free(&table);
    return code;
}
