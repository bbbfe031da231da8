#include "analysis/bootstrap.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

struct resampling {
    const double *x;
    const size_t *sizes;
    size_t groups, total;
    h4l_statistic_fn statistic;
    void *ctx;
    uint64_t seed;
    double *scratch; // workers x total
    double *values;  // one per resample
};

static int one_resample(void *ctx, size_t r, int worker, struct h4l_err *err)
{
    const struct resampling *s = ctx;
    double *sample = s->scratch + (size_t)worker * s->total;
    struct h4l_rng rng;
    size_t start = 0;

    h4l_rng_init(&rng, s->seed, "bootstrap", r);
    for (size_t g = 0; g < s->groups; start += s->sizes[g++])
        for (size_t i = 0; i < s->sizes[g]; i++)
            sample[start + i] = s->x[start + h4l_rng_below(&rng, s->sizes[g])];
    s->values[r] = s->statistic(sample, s->sizes, s->groups, s->ctx);
    if (!isfinite(s->values[r]))
        return h4l_fail(err, H4L_E_NUMERIC,
                        "bootstrap: the statistic is not finite in resample %zu", r);
    return H4L_OK;
}

// Acceleration from the statistics with one value left out; 0 where they do not vary.
static int acceleration(const struct resampling *s, double *ret, struct h4l_err *err)
{
    size_t *sizes = malloc(s->groups * sizeof *sizes);
    double *left = malloc(s->total * sizeof *left), *value = malloc(s->total * sizeof *value);
    double second = 0, third = 0;
    size_t start = 0;
    int code = H4L_OK;

    if (!sizes || !left || !value) {
        code = h4l_fail(err, H4L_E_NOMEM, "bootstrap: no memory for %zu values", s->total);
        goto done;
    }
    memcpy(sizes, s->sizes, s->groups * sizeof *sizes);
    for (size_t g = 0; g < s->groups; start += s->sizes[g++]) {
        size_t n = s->sizes[g];
        double mean;

        sizes[g]--;
        for (size_t i = 0; i < n; i++) {
            size_t hole = start + i;
            memcpy(left, s->x, hole * sizeof *left);
            memcpy(left + hole, s->x + hole + 1, (s->total - hole - 1) * sizeof *left);
            value[i] = s->statistic(left, sizes, s->groups, s->ctx);
            if (!isfinite(value[i])) {
                code = h4l_fail(err, H4L_E_NUMERIC,
                                "bootstrap: the statistic is not finite without value %zu of "
                                "group %zu",
                                i, g);
                goto done;
            }
        }
        sizes[g]++;
        mean = h4l_mean(value, n);
        for (size_t i = 0; i < n; i++) {
            // influence / size: (n - 1) (mean - value) / n
            double l = (double)(n - 1) / (double)n * (mean - value[i]);
            second += l * l;
            third += l * l * l;
        }
    }
    *ret = second > 0 ? third / (6 * pow(second, 1.5)) : 0;
done:
    free(sizes);
    free(left);
    free(value);
    return code;
}

// The order of the resampled statistics at which the BCa interval has the end that belongs to normal quantile z.
static double bca_order(double z0, double a, double z)
{
    double shifted = z0 + z, denominator = 1 - a * shifted;

    // Beyond the pole of the correction the end is the extreme of the resamples.
    if (denominator <= 0)
        return z > 0 ? 1 : 0;
    return gsl_cdf_ugaussian_P(z0 + shifted / denominator);
}

static int intervals(const struct resampling *s, const struct h4l_bootstrap_options *options,
                     struct h4l_bootstrap *ret, struct h4l_err *err)
{
    size_t n = options->resamples;
    double below = 0, limit = 0.5 / (double)n, tail = (1 - options->level) / 2;
    struct h4l_bootstrap b = {0};
    int code;

    memcpy(s->scratch, s->x, s->total * sizeof *s->scratch);
    b.estimate = s->statistic(s->scratch, s->sizes, s->groups, s->ctx);

    if (!isfinite(b.estimate))
        return h4l_fail(err, H4L_E_NUMERIC, "bootstrap: the statistic of the data is not finite");
    code = acceleration(s, &b.acceleration, err);
    if (code)
        return code;
    b.standard_error = h4l_sd(s->values, n);
    h4l_sort(s->values, n);
    for (size_t i = 0; i < n; i++)
        below += s->values[i] < b.estimate ? 1 : s->values[i] == b.estimate ? 0.5 : 0;
    b.bias_z = gsl_cdf_ugaussian_Pinv(fmin(fmax(below / (double)n, limit), 1 - limit));
    b.percentile.lo = h4l_quantile_sorted(s->values, n, tail);
    b.percentile.hi = h4l_quantile_sorted(s->values, n, 1 - tail);
    b.bca.lo = h4l_quantile_sorted(
        s->values, n, bca_order(b.bias_z, b.acceleration, gsl_cdf_ugaussian_Pinv(tail)));
    b.bca.hi = h4l_quantile_sorted(
        s->values, n, bca_order(b.bias_z, b.acceleration, gsl_cdf_ugaussian_Qinv(tail)));
    *ret = b;
    return H4L_OK;
}

static int check_input(const double *x, const size_t *sizes, size_t groups,
                       const struct h4l_bootstrap_options *options, size_t *ret_total,
                       struct h4l_err *err)
{
    size_t total = 0;

    if (groups < 1)
        return h4l_fail(err, H4L_E_RANGE, "bootstrap: no data");
    for (size_t g = 0; g < groups; g++) {
        if (sizes[g] < 2)
            return h4l_fail(err, H4L_E_RANGE,
                            "bootstrap: group %zu has %zu values, at least 2 are needed", g,
                            sizes[g]);
        total += sizes[g];
    }
    if (!h4l_all_finite(x, total))
        return h4l_fail(err, H4L_E_RANGE, "bootstrap: a value is not finite");
    if (!(options->level > 0 && options->level < 1))
        return h4l_fail(err, H4L_E_RANGE, "bootstrap: level must be between 0 and 1, got %g",
                        options->level);
    if (options->resamples < 100)
        return h4l_fail(err, H4L_E_RANGE, "bootstrap: at least 100 resamples, got %zu",
                        options->resamples);
    *ret_total = total;
    return H4L_OK;
}

int h4l_bootstrap(const double *x, const size_t *sizes, size_t groups, h4l_statistic_fn statistic,
                  void *ctx, const struct h4l_bootstrap_options *options, struct h4l_bootstrap *ret,
                  struct h4l_err *err)
{
    struct resampling s = {.x = x,
                           .sizes = sizes,
                           .groups = groups,
                           .statistic = statistic,
                           .ctx = ctx,
                           .seed = options->seed};
    size_t workers = options->pool ? (size_t)h4l_pool_workers(options->pool) : 1;
    int code = check_input(x, sizes, groups, options, &s.total, err);

    if (code)
        return code;
    s.scratch = calloc(workers * s.total, sizeof *s.scratch);
    s.values = calloc(options->resamples, sizeof *s.values);
    if (!s.scratch || !s.values)
        code = h4l_fail(err, H4L_E_NOMEM, "bootstrap: no memory for %zu resamples",
                        options->resamples);
    if (!code)
        code = h4l_parallel_for(options->pool, options->resamples, one_resample, &s, err);
    if (!code)
        code = intervals(&s, options, ret, err);
    free(s.scratch);
    free(s.values);
    return code;
}

static size_t total_size(const size_t *sizes, size_t groups)
{
    size_t total = 0;

    for (size_t g = 0; g < groups; g++)
        total += sizes[g];
    return total;
}

double h4l_stat_mean(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    (void)ctx;
    return h4l_mean(x, total_size(sizes, groups));
}

double h4l_stat_median(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    (void)ctx;
    return h4l_median(x, total_size(sizes, groups));
}

double h4l_stat_iqm(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    (void)ctx;
    return h4l_iqm(x, total_size(sizes, groups));
}

double h4l_stat_mean_difference(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    (void)ctx;
    return groups == 2 ? h4l_mean(x, sizes[0]) - h4l_mean(x + sizes[0], sizes[1]) : NAN;
}

double h4l_stat_mean_ratio(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    (void)ctx;
    return groups == 2 ? h4l_mean(x, sizes[0]) / h4l_mean(x + sizes[0], sizes[1]) : NAN;
}

double h4l_stat_improvement(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    double sum = 0;

    (void)ctx;
    if (groups < 2 || groups % 2)
        return NAN;
    for (size_t g = 0; g < groups; g += 2) {
        double *a = x, *b = x + sizes[g];
        double wins = 0;

        for (size_t i = 0; i < sizes[g]; i++)
            for (size_t j = 0; j < sizes[g + 1]; j++)
                wins += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
        sum += wins / ((double)sizes[g] * (double)sizes[g + 1]);
        x = b + sizes[g + 1];
    }
    return sum / ((double)groups / 2);
}
