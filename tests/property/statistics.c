// Statistics under simulation: coverage of the intervals, size of the tests, uniformity of permutation p values, power.
// Every bound is the nominal value plus or minus what 4 standard errors of that many simulations allow, unless a comment
// says otherwise; seeds are fixed. With the argument "slow": ten times as many simulations, so bounds 3 times as narrow.
#include "check.h"

#include "analysis/bootstrap.h"
#include "analysis/hypothesis.h"
#include "base/rng.h"

static size_t scale = 1;

static void normal_sample(struct h4l_rng *rng, double mean, double sd, double *ret_x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ret_x[i] = mean + sd * h4l_rng_normal(rng);
}

// Four standard errors of a proportion p over n simulations.
static double four_se(double p, size_t n)
{
    return 4 * sqrt(p * (1 - p) / (double)n);
}

static void t_interval_covers(void **state)
{
    static const size_t sizes[] = {2, 5, 30};
    size_t simulations = 10000 * scale;
    struct h4l_err err = {0};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        size_t covered = 0;
        for (size_t s = 0; s < simulations; s++) {
            struct h4l_rng rng;
            struct h4l_interval i;
            double x[30];
            h4l_rng_init(&rng, 11, "t coverage", s);
            normal_sample(&rng, 3, 2, x, sizes[k]);
            if (h4l_t_interval(x, sizes[k], 0.95, &i, &err))
                fail_msg("%s", err.message);
            covered += i.lo <= 3 && 3 <= i.hi;
        }
        CHECK_CLOSE((double)covered / (double)simulations, 0.95, four_se(0.95, simulations));
    }
}

// The bootstrap is first-order on n = 100 (94.4 % expected for the mean of normal values): inside 94 to 96 %, plus the
// noise of the simulation in the quick run.
static void bootstrap_covers(void **state)
{
    enum { N = 100 };
    static const size_t n[] = {N};
    const struct h4l_bootstrap_options options = {.level = 0.95, .resamples = 999, .seed = 5};
    size_t simulations = 1000 * scale, bca = 0, percentile = 0;
    double noise = scale == 1 ? four_se(0.95, simulations) : 0;
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_bootstrap b;
        double x[N];
        h4l_rng_init(&rng, 12, "bootstrap coverage", s);
        normal_sample(&rng, 0, 1, x, N);
        if (h4l_bootstrap(x, n, 1, h4l_stat_mean, NULL, &options, &b, &err))
            fail_msg("%s", err.message);
        bca += b.bca.lo <= 0 && 0 <= b.bca.hi;
        percentile += b.percentile.lo <= 0 && 0 <= b.percentile.hi;
    }
    CHECK_CLOSE((double)bca / (double)simulations, 0.95, 0.01 + noise);
    CHECK_CLOSE((double)percentile / (double)simulations, 0.95, 0.01 + noise);
}

// On skewed data BCa must miss more evenly on both sides than the percentile interval does.
static void bca_helps_on_skewed_data(void **state)
{
    enum { N = 40 };
    static const size_t n[] = {N};
    const struct h4l_bootstrap_options options = {.level = 0.9, .resamples = 999, .seed = 6};
    size_t simulations = 600 * scale, bca_low = 0, bca_high = 0, low = 0, high = 0;
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_bootstrap b;
        double x[N];
        h4l_rng_init(&rng, 13, "skewed", s);
        for (size_t i = 0; i < N; i++)
            x[i] = -log1p(-h4l_rng_uniform(&rng)); // exponential, mean 1
        if (h4l_bootstrap(x, n, 1, h4l_stat_mean, NULL, &options, &b, &err))
            fail_msg("%s", err.message);
        bca_low += b.bca.hi < 1;
        bca_high += b.bca.lo > 1;
        low += b.percentile.hi < 1;
        high += b.percentile.lo > 1;
    }
    CHECK_TRUE(
        low >
        high); // the long tail is on the right: an interval that lies too low is the usual miss
    CHECK_TRUE(bca_low + high < low + bca_high);
}

static void wilson_covers(void **state)
{
    size_t simulations = 20000 * scale, covered = 0;
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_interval i;
        size_t hits = 0;
        h4l_rng_init(&rng, 14, "wilson", s);
        for (size_t k = 0; k < 50; k++)
            hits += h4l_rng_uniform(&rng) < 0.3;
        if (h4l_wilson_interval(hits, 50, 0.95, &i, &err))
            fail_msg("%s", err.message);
        covered += i.lo <= 0.3 && 0.3 <= i.hi;
    }
    // Summed over the binomial distribution of 50 trials with p = 0.3 the interval covers 0.956660.
    CHECK_CLOSE((double)covered / (double)simulations, 0.956660, four_se(0.957, simulations));
}

// With the true difference exactly on the margin, TOST may call it equivalent in at most alpha of the cases.
static void tost_keeps_its_size(void **state)
{
    size_t simulations = 20000 * scale, paired = 0, welch = 0, inside = 0;
    double limit = 0.05 + four_se(0.05, simulations);
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_tost t;
        double a[8], b[8];
        h4l_rng_init(&rng, 15, "tost", s);
        normal_sample(&rng, 2, 1, a, 8);
        normal_sample(&rng, 0, 0.5, b, 8);
        if (h4l_tost_paired(a, 8, 2, 0.05, &t, &err))
            fail_msg("%s", err.message);
        paired += (size_t)t.equivalent;
        if (h4l_tost_welch(a, 8, b, 8, 2, 0.05, &t, &err))
            fail_msg("%s", err.message);
        welch += (size_t)t.equivalent;
        if (h4l_tost_paired(b, 8, 2, 0.05, &t, &err))
            fail_msg("%s", err.message);
        inside += (size_t)t.equivalent;
    }
    CHECK_AT_MOST((double)paired / (double)simulations, limit);
    CHECK_AT_LEAST((double)paired / (double)simulations, 0.05 - four_se(0.05, simulations));
    CHECK_AT_MOST((double)welch / (double)simulations, limit);
    CHECK_AT_LEAST((double)inside / (double)simulations,
                   0.99); // a true 0 with margin 4 sd is found
}

// Greatest distance between the empirical distribution of p[0..n-1] (sorted here) and the uniform one on (0, 1].
static double ks_distance(double *p, size_t n)
{
    double distance = 0;

    h4l_sort(p, n);
    for (size_t i = 0; i < n; i++)
        distance = h4l_worst(
            distance, fmax((double)(i + 1) / (double)n - p[i], p[i] - (double)i / (double)n));
    return distance;
}

static void permutation_p_is_uniform(void **state)
{
    size_t simulations = 4000 * scale;
    double *exact = calloc(simulations, sizeof *exact);
    double *sampled = calloc(simulations, sizeof *sampled);
    // Kolmogorov's 0.1 % critical value, plus the step of the p values (1/1024 exact, 1/400 sampled).
    double critical = 1.95 / sqrt((double)simulations);
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_flip_test f;
        double x[24];
        h4l_rng_init(&rng, 16, "permutation", s);
        for (size_t i = 0; i < 24; i++) // symmetric, heavy tails, not normal
            x[i] = pow(h4l_rng_normal(&rng), 3);
        if (h4l_sign_flip(x, 10, 1, 0, &f, &err))
            fail_msg("%s", err.message);
        exact[s] = f.p.greater;
        if (h4l_sign_flip(x, 24, s, 399, &f, &err))
            fail_msg("%s", err.message);
        sampled[s] = f.p.greater;
    }
    CHECK_AT_MOST(ks_distance(exact, simulations), critical + 1.0 / 1024);
    CHECK_AT_MOST(ks_distance(sampled, simulations), critical + 1.0 / 400);
    free(exact);
    free(sampled);
}

static void rank_test_keeps_its_size(void **state)
{
    size_t simulations = 20000 * scale, exact = 0, approximate = 0, welch = 0;
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_rank_test r;
        struct h4l_t_test t;
        double x[51];
        h4l_rng_init(&rng, 17, "rank", s);
        normal_sample(&rng, 0, 1, x, 51);
        if (h4l_wilcoxon_signed_rank(x, 10, &r, &err))
            fail_msg("%s", err.message);
        exact += r.p.two_sided <= 0.05;
        if (h4l_wilcoxon_signed_rank(x, 51, &r, &err))
            fail_msg("%s", err.message);
        approximate += r.p.two_sided <= 0.05;
        if (h4l_welch_t(x, 10, x + 10, 20, 0.95, &t, &err))
            fail_msg("%s", err.message);
        welch += t.p.two_sided <= 0.05;
    }
    // The greatest attainable size below 5 % with 10 ranks is 2 * 25 / 1024.
    CHECK_CLOSE((double)exact / (double)simulations, 50.0 / 1024, four_se(0.05, simulations));
    CHECK_CLOSE((double)approximate / (double)simulations, 0.05,
                0.002 + four_se(0.05, simulations));
    CHECK_CLOSE((double)welch / (double)simulations, 0.05, 0.002 + four_se(0.05, simulations));
}

static void holm_keeps_the_family(void **state)
{
    size_t simulations = 20000 * scale, any = 0;
    struct h4l_err err = {0};

    (void)state;
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        double p[6], adjusted[6], least;
        h4l_rng_init(&rng, 18, "holm", s);
        for (size_t i = 0; i < 6; i++)
            p[i] = h4l_rng_uniform(&rng);
        if (h4l_holm(p, 6, adjusted, &err))
            fail_msg("%s", err.message);
        least = h4l_min(adjusted, 6);
        for (size_t i = 0; i < 6; i++)
            if (adjusted[i] < p[i])
                fail_msg("adjusted p below p");
        any += least <= 0.05;
    }
    // Under six true null hypotheses: 1 - (1 - 0.05 / 6)^6.
    CHECK_CLOSE((double)any / (double)simulations, 1 - pow(1 - 0.05 / 6, 6),
                four_se(0.05, simulations));
}

static void power_is_what_is_computed(void **state)
{
    size_t simulations = 20000 * scale, found = 0;
    struct h4l_err err = {0};
    double delta, power;

    (void)state;
    CHECK_OK(h4l_minimum_detectable_difference(6, 2, 0.05, 0.7, &delta, &err), err);
    CHECK_OK(h4l_paired_t_power(6, 2, delta, 0.05, &power, &err), err);
    CHECK_CLOSE(power, 0.7, 1e-11);
    for (size_t s = 0; s < simulations; s++) {
        struct h4l_rng rng;
        struct h4l_t_test t;
        double d[6];
        h4l_rng_init(&rng, 19, "power", s);
        normal_sample(&rng, delta, 2, d, 6);
        if (h4l_paired_t(d, 6, 0.95, &t, &err))
            fail_msg("%s", err.message);
        found += t.p.two_sided < 0.05;
    }
    CHECK_CLOSE((double)found / (double)simulations, 0.7, four_se(0.7, simulations));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_interval_covers),         cmocka_unit_test(bootstrap_covers),
        cmocka_unit_test(bca_helps_on_skewed_data),  cmocka_unit_test(wilson_covers),
        cmocka_unit_test(tost_keeps_its_size),       cmocka_unit_test(permutation_p_is_uniform),
        cmocka_unit_test(rank_test_keeps_its_size),  cmocka_unit_test(holm_keeps_the_family),
        cmocka_unit_test(power_is_what_is_computed),
    };

    if (argc > 1 && strcmp(argv[1], "slow") == 0)
        scale = 10;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
