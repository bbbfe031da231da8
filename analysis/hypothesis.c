#include "analysis/hypothesis.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>

static struct h4l_p_values t_p_values(double t, double df)
{
    struct h4l_p_values p;

    if (isinf(t))
        return t > 0 ? (struct h4l_p_values){0, 0, 1} : (struct h4l_p_values){0, 1, 0};
    p.greater = gsl_cdf_tdist_Q(t, df);
    p.less = gsl_cdf_tdist_P(t, df);
    p.two_sided = fmin(1, 2 * fmin(p.greater, p.less));
    return p;
}

// t for a difference against a hypothesis: 0 / 0 counts as 0.
static double t_value(double difference, double standard_error)
{
    if (standard_error > 0)
        return difference / standard_error;
    return difference == 0 ? 0 : difference > 0 ? INFINITY : -INFINITY;
}

// Everything that follows from estimate, standard error and degrees of freedom.
static struct h4l_t_test finish_t(double estimate, double standard_error, double df, double level)
{
    double half = gsl_cdf_tdist_Pinv(0.5 + level / 2, df) * standard_error;
    struct h4l_t_test r = {.estimate = estimate, .standard_error = standard_error, .df = df};

    r.t = t_value(estimate, standard_error);
    r.p =
        standard_error > 0 || estimate != 0 ? t_p_values(r.t, df) : (struct h4l_p_values){1, 1, 1};
    r.interval = (struct h4l_interval){estimate - half, estimate + half};
    return r;
}

static int check_sample(const char *what, const double *x, size_t n, struct h4l_err *err)
{
    if (n < 2)
        return h4l_fail(err, H4L_E_RANGE, "%s: needs at least 2 values, got %zu", what, n);
    if (!h4l_all_finite(x, n))
        return h4l_fail(err, H4L_E_RANGE, "%s: a value is not finite", what);
    return H4L_OK;
}

static int check_level(const char *what, double level, struct h4l_err *err)
{
    if (!(level > 0 && level < 1))
        return h4l_fail(err, H4L_E_RANGE, "%s: level must be between 0 and 1, got %g", what, level);
    return H4L_OK;
}

int h4l_paired_t(const double *d, size_t n, double level, struct h4l_t_test *ret,
                 struct h4l_err *err)
{
    int code = check_sample("paired t test", d, n, err);

    if (!code)
        code = check_level("paired t test", level, err);
    if (!code)
        *ret = finish_t(h4l_mean(d, n), h4l_sd(d, n) / sqrt((double)n), (double)(n - 1), level);
    return code;
}

int h4l_welch_t(const double *a, size_t n_a, const double *b, size_t n_b, double level,
                struct h4l_t_test *ret, struct h4l_err *err)
{
    double va, vb, share, df;
    int code = check_sample("Welch test, first sample", a, n_a, err);

    if (!code)
        code = check_sample("Welch test, second sample", b, n_b, err);
    if (!code)
        code = check_level("Welch test", level, err);
    if (code)
        return code;
    va = pow(h4l_sd(a, n_a), 2) / (double)n_a;
    vb = pow(h4l_sd(b, n_b), 2) / (double)n_b;
    if (!isfinite(va + vb))
        return h4l_fail(err, H4L_E_RANGE, "Welch test: the values are too large for a variance");
    share = va + vb > 0 ? va / (va + vb) : 0; // by shares, whose squares do not overflow
    df = share * share / (double)(n_a - 1) + (1 - share) * (1 - share) / (double)(n_b - 1);
    df = va + vb > 0 ? 1 / df : (double)(n_a + n_b - 2);
    *ret = finish_t(h4l_mean(a, n_a) - h4l_mean(b, n_b), sqrt(va + vb), df, level);
    return H4L_OK;
}

int h4l_t_of(double estimate, double standard_error, double df, double level,
             struct h4l_t_test *ret, struct h4l_err *err)
{
    int code = check_level("t test", level, err);

    if (!code && !(isfinite(estimate) && isfinite(standard_error) && standard_error >= 0 && df > 0))
        code = h4l_fail(err, H4L_E_RANGE,
                        "t test: expected a finite estimate, a standard error of 0 or more and df "
                        "above 0, got %g, %g, %g",
                        estimate, standard_error, df);
    if (!code)
        *ret = finish_t(estimate, standard_error, df, level);
    return code;
}

// Mean of each row, and of each column, of x[rows][columns].
static void means_of(const double *x, size_t rows, size_t columns, double *by_row,
                     double *by_column)
{
    for (size_t j = 0; j < columns; j++)
        by_column[j] = 0;
    for (size_t i = 0; i < rows; i++) {
        by_row[i] = h4l_mean(x + i * columns, columns);
        for (size_t j = 0; j < columns; j++)
            by_column[j] += x[i * columns + j] / (double)rows;
    }
}

static double share(double sd, size_t n)
{
    return sd * sd / (double)n;
}

static void fits_from_means(const double *by_fit_a, size_t fits_a, const double *by_fit_b,
                            size_t fits_b, const double *by_stimulus, size_t stimuli, double level,
                            struct h4l_t_test *ret)
{
    double va = share(h4l_sd(by_fit_a, fits_a), fits_a);
    double vb = fits_b ? share(h4l_sd(by_fit_b, fits_b), fits_b) : 0;
    double vs = share(h4l_sd(by_stimulus, stimuli), stimuli), all = va + vb + vs;
    double sum = va * va / (double)(fits_a - 1) + (fits_b ? vb * vb / (double)(fits_b - 1) : 0) +
                 vs * vs / (double)(stimuli - 1);

    *ret = finish_t(h4l_mean(by_stimulus, stimuli), sqrt(all),
                    sum > 0 ? all * all / sum : (double)(stimuli - 1), level);
}

int h4l_fits_t(const double *a, size_t fits_a, const double *b, size_t fits_b, size_t stimuli,
               double level, struct h4l_t_test *ret, struct h4l_err *err)
{
    double *work = calloc(fits_a + fits_b + 2 * stimuli + 1, sizeof *work);
    double *by_fit_b = work + fits_a, *difference = by_fit_b + fits_b,
           *other = difference + stimuli;
    int code = work ? check_level("fits and stimuli", level, err)
                    : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu fits", fits_a);

    if (!code && (fits_a < 2 || fits_b == 1 || stimuli < 2))
        code = h4l_fail(err, H4L_E_RANGE,
                        "fits and stimuli: needs at least 2 of each, got %zu and %zu fits of %zu "
                        "stimuli",
                        fits_a, fits_b, stimuli);
    if (!code)
        code = check_sample("fits, first model", a, fits_a * stimuli, err);
    if (!code && fits_b)
        code = check_sample("fits, second model", b, fits_b * stimuli, err);
    if (!code) {
        means_of(a, fits_a, stimuli, work, difference);
        if (fits_b)
            means_of(b, fits_b, stimuli, by_fit_b, other);
        for (size_t j = 0; j < stimuli; j++)
            difference[j] -= other[j];
        fits_from_means(work, fits_a, by_fit_b, fits_b, difference, stimuli, level, ret);
    }
    free(work);
    return code;
}

static int check_margin(double margin, double alpha, struct h4l_err *err)
{
    if (!(margin > 0 && isfinite(margin)))
        return h4l_fail(err, H4L_E_RANGE, "TOST: margin must be above 0 and finite, got %g",
                        margin);
    if (!(alpha > 0 && alpha < 0.5))
        return h4l_fail(err, H4L_E_RANGE, "TOST: alpha must be between 0 and 0.5, got %g", alpha);
    return H4L_OK;
}

static struct h4l_tost finish_tost(const struct h4l_t_test *test, double margin, double alpha)
{
    struct h4l_tost r = {.test = *test};

    r.p_above =
        t_p_values(t_value(test->estimate + margin, test->standard_error), test->df).greater;
    r.p_below = t_p_values(t_value(test->estimate - margin, test->standard_error), test->df).less;
    r.p = fmax(r.p_above, r.p_below);
    r.equivalent = r.p < alpha;
    r.different = test->interval.lo > margin || test->interval.hi < -margin;
    return r;
}

int h4l_tost_paired(const double *d, size_t n, double margin, double alpha, struct h4l_tost *ret,
                    struct h4l_err *err)
{
    struct h4l_t_test test;
    int code = check_margin(margin, alpha, err);

    if (!code)
        code = h4l_paired_t(d, n, 1 - 2 * alpha, &test, err);
    if (!code)
        *ret = finish_tost(&test, margin, alpha);
    return code;
}

int h4l_tost_welch(const double *a, size_t n_a, const double *b, size_t n_b, double margin,
                   double alpha, struct h4l_tost *ret, struct h4l_err *err)
{
    struct h4l_t_test test;
    int code = check_margin(margin, alpha, err);

    if (!code)
        code = h4l_welch_t(a, n_a, b, n_b, 1 - 2 * alpha, &test, err);
    if (!code)
        *ret = finish_tost(&test, margin, alpha);
    return code;
}

struct ranked {
    double p;
    size_t index;
};

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

int h4l_holm(const double *p, size_t n, double *ret_adjusted, struct h4l_err *err)
{
    struct ranked *order;
    double floor_p = 0;

    for (size_t i = 0; i < n; i++)
        if (!(p[i] >= 0 && p[i] <= 1))
            return h4l_fail(err, H4L_E_RANGE, "Holm: p value %zu is %g, not between 0 and 1", i,
                            p[i]);
    order = malloc((n + 1) * sizeof *order);
    if (!order)
        return h4l_fail(err, H4L_E_NOMEM, "Holm: no memory for %zu p values", n);
    for (size_t i = 0; i < n; i++)
        order[i] = (struct ranked){p[i], i};
    qsort(order, n, sizeof *order, by_p);
    for (size_t i = 0; i < n; i++) {
        floor_p = fmax(floor_p, fmin(1, (double)(n - i) * order[i].p));
        ret_adjusted[order[i].index] = floor_p;
    }
    free(order);
    return H4L_OK;
}

int h4l_paired_t_power(size_t n, double sd, double delta, double alpha, double *ret_power,
                       struct h4l_err *err)
{
    gsl_integration_glfixed_table *table;
    double df = (double)n - 1, shift, critical, lo, hi, power = 0;

    if (n < 2 || !(sd > 0 && isfinite(sd)) || !isfinite(delta))
        return h4l_fail(err, H4L_E_RANGE, "power: needs n >= 2, sd > 0 and a finite difference");
    if (!(alpha > 0 && alpha < 1))
        return h4l_fail(err, H4L_E_RANGE, "power: alpha must be between 0 and 1, got %g", alpha);
    table = gsl_integration_glfixed_table_alloc(256);
    if (!table)
        return h4l_fail(err, H4L_E_NOMEM, "power: no memory for the quadrature");
    shift = delta / sd * sqrt((double)n);
    critical = gsl_cdf_tdist_Qinv(alpha / 2, df);
    // The noncentral t variable is (Z + shift) / S with S^2 = chi^2 / df: given S = s the test rejects with the normal
    // probability below; the density of S is integrated between quantiles beyond which nothing is left.
    lo = sqrt(gsl_cdf_chisq_Pinv(1e-16, df) / df);
    hi = sqrt(gsl_cdf_chisq_Qinv(1e-16, df) / df);
    for (size_t i = 0; i < 256; i++) {
        double s, weight;
        gsl_integration_glfixed_point(lo, hi, i, &s, &weight, table);
        power += weight * 2 * df * s * gsl_ran_chisq_pdf(df * s * s, df) *
                 (gsl_cdf_ugaussian_P(shift - critical * s) +
                  gsl_cdf_ugaussian_P(-shift - critical * s));
    }
    gsl_integration_glfixed_table_free(table);
    *ret_power = fmin(power, 1);
    return H4L_OK;
}

// What the root finder below sees: the power at a difference of so many standard deviations, less the wanted one.
struct power_gap {
    size_t n;
    double alpha, power;
    struct h4l_err *err;
    int code; // of the last evaluation that failed
};

static double power_gap(double delta, void *params)
{
    struct power_gap *gap = params;
    double got = 0;
    int code = h4l_paired_t_power(gap->n, 1, delta, gap->alpha, &got, gap->err);

    if (code)
        gap->code = code;
    return got - gap->power;
}

// The difference between lo and hi, where the power is below and above the wanted one, by Brent's method to 1e-13.
static int solve_power(struct power_gap *gap, double lo, double hi, double *ret_delta)
{
    gsl_function function = {power_gap, gap};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    int status = solver ? gsl_root_fsolver_set(solver, &function, lo, hi) : GSL_ENOMEM;

    for (int i = 0; i < 200 && status == GSL_SUCCESS && hi - lo > 1e-13 * hi; i++) {
        status = gsl_root_fsolver_iterate(solver);
        lo = gsl_root_fsolver_x_lower(solver);
        hi = gsl_root_fsolver_x_upper(solver);
    }
    if (status == GSL_SUCCESS)
        *ret_delta = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    if (gap->code)
        return gap->code;
    if (status != GSL_SUCCESS)
        return h4l_fail(gap->err, status == GSL_ENOMEM ? H4L_E_NOMEM : H4L_E_NUMERIC,
                        "minimum detectable difference: %s", gsl_strerror(status));
    return H4L_OK;
}

int h4l_minimum_detectable_difference(size_t n, double sd, double alpha, double power,
                                      double *ret_delta, struct h4l_err *err)
{
    struct power_gap gap = {.n = n, .alpha = alpha, .power = power, .err = err};
    double lo = 0, hi, delta = 0;
    int code;

    if (!(power > alpha && power < 1))
        return h4l_fail(err, H4L_E_RANGE,
                        "minimum detectable difference: power must be between alpha and 1, got %g",
                        power);
    if (!(sd > 0 && isfinite(sd)))
        return h4l_fail(err, H4L_E_RANGE,
                        "minimum detectable difference: sd must be above 0 and finite, got %g", sd);
    // Power grows with the difference, and depends on it by way of delta / sd alone.
    for (hi = 1; power_gap(hi, &gap) < 0; hi *= 2) {
        if (gap.code)
            return gap.code;
        if (!isfinite(2 * hi))
            return h4l_fail(err, H4L_E_NUMERIC,
                            "minimum detectable difference: no finite difference has power %g",
                            power);
        lo = hi;
    }
    code = gap.code ? gap.code : solve_power(&gap, lo, hi, &delta);
    if (code == H4L_OK)
        *ret_delta = sd * delta;
    return code;
}
