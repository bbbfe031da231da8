// The two tests of hypothesis.h that run over sign patterns: Wilcoxon's signed ranks and the sign-flip test.
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ranks_internal.h"
#include "base/rng.h"

enum { EXACT_RANKS = 50, EXACT_FLIPS = 20 };

// P(W <= w) and P(W >= w) over all sign patterns, by counting the patterns that reach each doubled rank sum.
static int exact_tails(const size_t *rank, size_t n, size_t w, double *ret_le, double *ret_ge)
{
    size_t total = n * (n + 1), sum = 0;
    double *count = calloc(total + 1, sizeof *count), le = 0, ge = 0;

    if (!count)
        return -1;
    count[0] = 1;
    for (size_t i = 0; i < n; i++) {
        sum += rank[i];
        for (size_t s = sum + 1; s-- > rank[i];)
            count[s] += count[s - rank[i]]; // at most 2^50: exact in double
    }
    for (size_t s = 0; s <= total; s++) {
        le += s <= w ? count[s] : 0;
        ge += s >= w ? count[s] : 0;
    }
    free(count);
    *ret_le = ldexp(le, -(int)n);
    *ret_ge = ldexp(ge, -(int)n);
    return 0;
}

static int rank_test(struct h4l_ranked *m, size_t *rank, struct h4l_rank_test *r)
{
    size_t w, n = r->n;
    double ties = h4l_ranks_doubled(m, n, rank, &w), mean, sd, le, ge;

    r->w = (double)w / 2;
    r->exact = n <= EXACT_RANKS;
    if (r->exact) {
        if (exact_tails(rank, n, w, &le, &ge))
            return -1;
    } else {
        mean = (double)n * ((double)n + 1) / 4;
        sd = sqrt((double)n * ((double)n + 1) * (2 * (double)n + 1) / 24 - ties / 48);
        le = gsl_cdf_ugaussian_P((r->w - mean + 0.5) / sd);
        ge = gsl_cdf_ugaussian_Q((r->w - mean - 0.5) / sd);
    }
    r->p = h4l_ranks_p(le, ge);
    return 0;
}

int h4l_wilcoxon_signed_rank(const double *d, size_t n, struct h4l_rank_test *ret,
                             struct h4l_err *err)
{
    struct h4l_rank_test r = {.exact = 1, .p = {1, 1, 1}};
    struct h4l_ranked *m;
    size_t *rank;
    int failed;

    if (n < 2 || !h4l_all_finite(d, n))
        return h4l_fail(err, H4L_E_RANGE,
                        "signed-rank test: needs at least 2 values, all finite; got %zu", n);
    m = malloc(n * sizeof *m);
    rank = malloc(n * sizeof *rank);
    failed = !m || !rank;
    for (size_t i = 0; i < n && !failed; i++)
        if (d[i] != 0)
            m[r.n++] = (struct h4l_ranked){fabs(d[i]), d[i] > 0};
    if (!failed && r.n > 0)
        failed = rank_test(m, rank, &r);
    free(m);
    free(rank);
    if (failed)
        return h4l_fail(err, H4L_E_NOMEM, "signed-rank test: no memory for %zu values", n);
    *ret = r;
    return H4L_OK;
}

// All sums of +-d[0..n-1], pattern by pattern: bit i of the index set means minus.
static void signed_sums(const double *d, size_t n, double *ret_sum)
{
    ret_sum[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t half = (size_t)1 << i;
        for (size_t k = 0; k < half; k++) {
            ret_sum[half + k] = ret_sum[k] - d[i];
            ret_sum[k] += d[i];
        }
    }
}

struct hits {
    size_t greater, less, two_sided;
};

static void count_hit(struct hits *hits, double sum, double observed, double tolerance)
{
    hits->greater += sum >= observed - tolerance;
    hits->less += sum <= observed + tolerance;
    hits->two_sided += fabs(sum) >= fabs(observed) - tolerance;
}

// Every pattern as one of the first half's sums plus one of the second half's.
static struct hits all_patterns(const double *d, size_t n, double tolerance)
{
    double low[1 << (EXACT_FLIPS / 2)], high[1 << (EXACT_FLIPS / 2)];
    size_t first = n / 2;
    struct hits hits = {0};

    signed_sums(d, first, low);
    signed_sums(d + first, n - first, high);
    for (size_t i = 0; i < (size_t)1 << first; i++)
        for (size_t j = 0; j < (size_t)1 << (n - first); j++)
            count_hit(&hits, low[i] + high[j], low[0] + high[0], tolerance);
    return hits;
}

static struct hits random_patterns(const double *d, size_t n, uint64_t seed, size_t resamples,
                                   double tolerance)
{
    struct h4l_rng rng;
    struct hits hits = {1, 1, 1}; // the observed pattern itself
    double observed = h4l_sum(d, n);

    h4l_rng_init(&rng, seed, "sign flip", 0);
    for (size_t r = 0; r < resamples; r++) {
        uint64_t bits = 0;
        double sum = 0;
        for (size_t i = 0; i < n; i++, bits >>= 1) {
            if (i % 64 == 0)
                bits = h4l_rng_u64(&rng);
            sum += bits & 1 ? -d[i] : d[i];
        }
        count_hit(&hits, sum, observed, tolerance);
    }
    return hits;
}

int h4l_sign_flip(const double *d, size_t n, uint64_t seed, size_t resamples,
                  struct h4l_flip_test *ret, struct h4l_err *err)
{
    struct h4l_flip_test r = {.exact = n <= EXACT_FLIPS};
    struct hits hits;
    double tolerance = 0, patterns;

    if (n < 2 || !h4l_all_finite(d, n))
        return h4l_fail(err, H4L_E_RANGE,
                        "sign-flip test: needs at least 2 values, all finite; got %zu", n);
    if (!r.exact && resamples < 100)
        return h4l_fail(err, H4L_E_RANGE, "sign-flip test: at least 100 resamples, got %zu",
                        resamples);
    for (size_t i = 0; i < n; i++)
        tolerance += 1e-12 * fabs(d[i]);
    r.mean = h4l_mean(d, n);
    r.arrangements = r.exact ? (size_t)1 << n : resamples;
    hits =
        r.exact ? all_patterns(d, n, tolerance) : random_patterns(d, n, seed, resamples, tolerance);
    patterns = (double)r.arrangements + (r.exact ? 0 : 1);
    r.p.two_sided = (double)hits.two_sided / patterns;
    r.p.greater = (double)hits.greater / patterns;
    r.p.less = (double)hits.less / patterns;
    *ret = r;
    return H4L_OK;
}
