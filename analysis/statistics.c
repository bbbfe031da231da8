#include "analysis/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

double h4l_sum(const double *x, size_t n)
{
    double sum = 0, lost = 0;

    for (size_t i = 0; i < n; i++) {
        double next = sum + x[i];
        lost += fabs(sum) >= fabs(x[i]) ? (sum - next) + x[i] : (x[i] - next) + sum;
        sum = next;
    }
    // With an infinite or overflowing sum the correction is NaN and would hide the infinity.
    return isfinite(sum) ? sum + lost : sum;
}

int h4l_all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return 0;
    return 1;
}

// Compensated sum of (x[i] - c)^power, power 1 or 2.
static double centred_sum(const double *x, size_t n, double c, int power)
{
    double sum = 0, lost = 0;

    for (size_t i = 0; i < n; i++) {
        double term = x[i] - c, next;
        if (power == 2)
            term *= term;
        next = sum + term;
        lost += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return sum + lost;
}

double h4l_mean(const double *x, size_t n)
{
    double mean;

    if (n < 1 || !h4l_all_finite(x, n))
        return NAN;
    mean = h4l_sum(x, n) / (double)n;
    return mean + centred_sum(x, n, mean, 1) / (double)n;
}

double h4l_sd(const double *x, size_t n)
{
    double mean, first, second;

    if (n < 2 || !h4l_all_finite(x, n))
        return NAN;
    mean = h4l_mean(x, n);
    first = centred_sum(x, n, mean, 1); // what rounding left of the mean
    second = centred_sum(x, n, mean, 2) - first * first / (double)n;
    return sqrt((second < 0 ? 0 : second) / (double)(n - 1)); // not fmax: an overflow is no 0
}

double h4l_min(const double *x, size_t n)
{
    return n < 1 || !h4l_all_finite(x, n) ? NAN : gsl_stats_min(x, 1, n);
}

double h4l_max(const double *x, size_t n)
{
    return n < 1 || !h4l_all_finite(x, n) ? NAN : gsl_stats_max(x, 1, n);
}

void h4l_sort(double *x, size_t n)
{
    gsl_sort(x, 1, n);
}

double h4l_quantile_sorted(const double *x, size_t n, double q)
{
    if (n < 1 || !(q >= 0 && q <= 1) || !h4l_all_finite(x, n))
        return NAN;
    return gsl_stats_quantile_from_sorted_data(x, 1, n, q);
}

double h4l_quantile(double *x, size_t n, double q)
{
    if (!h4l_all_finite(x, n))
        return NAN;
    h4l_sort(x, n);
    return h4l_quantile_sorted(x, n, q);
}

double h4l_median(double *x, size_t n)
{
    return h4l_quantile(x, n, 0.5);
}

double h4l_iqm(double *x, size_t n)
{
    size_t cut = n / 4;

    if (!h4l_all_finite(x, n))
        return NAN;
    h4l_sort(x, n);
    return h4l_mean(x + cut, n - 2 * cut);
}

int h4l_t_interval(const double *x, size_t n, double level, struct h4l_interval *ret,
                   struct h4l_err *err)
{
    double mean, half;

    if (n < 2)
        return h4l_fail(err, H4L_E_RANGE, "t interval: needs at least 2 values, got %zu", n);
    if (!(level > 0 && level < 1))
        return h4l_fail(err, H4L_E_RANGE, "t interval: level must be between 0 and 1, got %g",
                        level);
    if (!h4l_all_finite(x, n))
        return h4l_fail(err, H4L_E_RANGE, "t interval: a value is not finite");
    mean = h4l_mean(x, n);
    half = gsl_cdf_tdist_Pinv(0.5 + level / 2, (double)(n - 1)) * h4l_sd(x, n) / sqrt((double)n);
    *ret = (struct h4l_interval){mean - half, mean + half};
    return H4L_OK;
}

int h4l_wilson_interval(size_t successes, size_t trials, double level, struct h4l_interval *ret,
                        struct h4l_err *err)
{
    double n = (double)trials, p, z, centre, half;

    if (trials < 1 || successes > trials)
        return h4l_fail(err, H4L_E_RANGE, "Wilson interval: %zu successes of %zu trials", successes,
                        trials);
    if (!(level > 0 && level < 1))
        return h4l_fail(err, H4L_E_RANGE, "Wilson interval: level must be between 0 and 1, got %g",
                        level);
    p = (double)successes / n;
    z = gsl_cdf_ugaussian_Pinv(0.5 + level / 2);
    centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    // The two ends are exactly 0 and 1 there; rounding must not put them outside.
    *ret = (struct h4l_interval){successes == 0 ? 0 : centre - half,
                                 successes == trials ? 1 : centre + half};
    return H4L_OK;
}

double h4l_slope(const double *x, const double *y, size_t n)
{
    double mx, my, sxx = 0, sxy = 0;

    if (n < 2 || !h4l_all_finite(x, n) || !h4l_all_finite(y, n))
        return NAN;
    mx = h4l_mean(x, n);
    my = h4l_mean(y, n);
    for (size_t i = 0; i < n; i++) {
        sxx += (x[i] - mx) * (x[i] - mx);
        sxy += (x[i] - mx) * (y[i] - my);
    }
    return sxx > 0 ? sxy / sxx : NAN;
}
