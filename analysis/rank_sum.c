// The Mann-Whitney test of hypothesis.h: exact over all splits of the ranks, and P(x > y) with its interval.
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/ranks_internal.h"

// P(W <= w) and P(W >= w) over all choices of n_a of the n ranks: count[k][s] choices of k ranks have the doubled sum s.
static int choice_tails(const size_t *rank, size_t n, size_t n_a, size_t w, double *ret_le,
                        double *ret_ge)
{
    size_t width = n * (n + 1) + 1;
    double *count = calloc((n_a + 1) * width, sizeof *count), le = 0, ge = 0, all = 0;

    if (!count)
        return -1;
    count[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1 < n_a ? i + 1 : n_a; k > 0; k--)
            for (size_t s = rank[i]; s < width; s++)
                count[k * width + s] += count[(k - 1) * width + s - rank[i]];
    for (size_t s = 0; s < width; s++) {
        double c = count[n_a * width + s];

        all += c;
        le += s <= w ? c : 0;
        ge += s >= w ? c : 0;
    }
    free(count);
    *ret_le = le / all;
    *ret_ge = ge / all;
    return 0;
}

int h4l_mann_whitney(const double *a, size_t n_a, const double *b, size_t n_b,
                     struct h4l_rank_sum *ret, struct h4l_err *err)
{
    enum { MOST = 100 }; // the table has n^3 / 2 numbers
    size_t n = n_a + n_b, w, *rank;
    struct h4l_ranked *all;
    double le = 1, ge = 1;
    int failed;

    if (n_a < 2 || n_b < 2 || n > MOST || !h4l_all_finite(a, n_a) || !h4l_all_finite(b, n_b))
        return h4l_fail(err, H4L_E_RANGE,
                        "rank-sum test: needs groups of at least 2 finite values, %d together; got "
                        "%zu and %zu",
                        MOST, n_a, n_b);
    all = malloc(n * sizeof *all);
    rank = malloc(n * sizeof *rank);
    failed = !all || !rank;
    if (!failed) {
        for (size_t i = 0; i < n; i++)
            all[i] = (struct h4l_ranked){i < n_a ? a[i] : b[i - n_a], i < n_a};
        h4l_ranks_doubled(all, n, rank, &w);
        failed = choice_tails(rank, n, n_a, w, &le, &ge);
        ret->u = ((double)w - (double)n_a * ((double)n_a + 1)) / 2;
        ret->p = h4l_ranks_p(le, ge);
    }
    free(all);
    free(rank);
    return failed ? h4l_fail(err, H4L_E_NOMEM, "rank-sum test: no memory for %zu values", n)
                  : H4L_OK;
}

// Where the variance that theta itself would have puts the estimate: (estimate - theta)^2 - z^2 V(theta), below 0 inside.
static double outside(double theta, double estimate, double z, double n_a, double n_b)
{
    double more = (n_a + n_b) / 2 - 1;
    double spread = 1 + more * ((1 - theta) / (2 - theta) + theta / (1 + theta));

    return (estimate - theta) * (estimate - theta) -
           z * z * theta * (1 - theta) * spread / (n_a * n_b);
}

// The root between `in`, the estimate itself, and `out`, 0 or 1.
static double root(double in, double out, double z, double n_a, double n_b)
{
    double estimate = in;

    if (in == out)
        return out;
    for (int i = 0; i < 100; i++) {
        double middle = (in + out) / 2;

        if (outside(middle, estimate, z, n_a, n_b) > 0)
            out = middle;
        else
            in = middle;
    }
    return in;
}

int h4l_improvement(double u, size_t n_a, size_t n_b, double level, double *ret,
                    struct h4l_interval *ret_interval, struct h4l_err *err)
{
    double a = (double)n_a, b = (double)n_b, z;

    if (n_a < 2 || n_b < 2 || !(u >= 0 && u <= a * b) || !(level > 0 && level < 1))
        return h4l_fail(err, H4L_E_RANGE,
                        "probability of improvement: U = %g of %zu and %zu values, level %g", u,
                        n_a, n_b, level);
    z = gsl_cdf_ugaussian_Pinv((1 + level) / 2);
    *ret = u / (a * b);
    ret_interval->lo = root(*ret, 0, z, a, b);
    ret_interval->hi = root(*ret, 1, z, a, b);
    return H4L_OK;
}
