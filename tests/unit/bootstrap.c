// Bootstrap intervals: closed cases, the acceleration by hand, equivariance, independence of threads, bad input.
#include "check.h"

#include "analysis/bootstrap.h"

static const double x8[] = {1.2, -0.4, 0.7, 2.1, 0.3, -0.9, 1.5, 0.8};
static const size_t n8[] = {8};
static const struct h4l_bootstrap_options plain = {.level = 0.95, .resamples = 20000, .seed = 1};

static void two_values(void **state)
{
    static const double x[] = {0, 1};
    static const size_t n[] = {2};
    struct h4l_err err = {0};
    struct h4l_bootstrap b;

    (void)state;
    // The resampled mean is 0, 1/2, 1 with probability 1/4, 1/2, 1/4: sd sqrt(1/8).
    CHECK_OK(h4l_bootstrap(x, n, 1, h4l_stat_mean, NULL, &plain, &b, &err), err);
    CHECK_CLOSE(b.estimate, 0.5, 0);
    CHECK_CLOSE(b.percentile.lo, 0, 0);
    CHECK_CLOSE(b.percentile.hi, 1, 0);
    CHECK_CLOSE(b.bca.lo, 0, 0);
    CHECK_CLOSE(b.bca.hi, 1, 0);
    CHECK_CLOSE(b.acceleration, 0, 1e-16);
    CHECK_CLOSE(b.standard_error, sqrt(0.125), 0.01);
}

static void one_sample_mean(void **state)
{
    struct h4l_err err = {0};
    struct h4l_bootstrap b, again;
    double second = 0, third = 0;

    (void)state;
    CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_mean, NULL, &plain, &b, &err), err);
    for (size_t i = 0; i < 8; i++) {
        second += pow(x8[i] - 0.6625, 2);
        third += pow(x8[i] - 0.6625, 3);
    }
    CHECK_CLOSE(b.acceleration, third / (6 * pow(second, 1.5)), 1e-15);
    CHECK_CLOSE(b.standard_error, sqrt(second / 8 / 8), 0.01);
    // 100000 resamples by SciPy 1.10: BCa (-0.025, 1.25), percentile (0.0125, 1.2875); the means lie on a grid of 0.0125.
    CHECK_CLOSE(b.bca.lo, -0.025, 0.025);
    CHECK_CLOSE(b.bca.hi, 1.25, 0.025);
    CHECK_CLOSE(b.percentile.lo, 0.0125, 0.025);
    CHECK_CLOSE(b.percentile.hi, 1.2875, 0.025);
    CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_mean, NULL, &plain, &again, &err), err);
    CHECK_TRUE(memcmp(&b, &again, sizeof b) == 0);
}

static void seed_matters(void **state)
{
    struct h4l_bootstrap_options other = plain;
    struct h4l_err err = {0};
    struct h4l_bootstrap a, b;

    (void)state;
    other.seed = 2;
    CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_mean, NULL, &plain, &a, &err), err);
    CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_mean, NULL, &other, &b, &err), err);
    CHECK_TRUE(a.standard_error != b.standard_error);
}

static void moves_with_the_data(void **state)
{
    struct h4l_err err = {0};
    struct h4l_bootstrap a, b;
    double y[8];

    (void)state;
    for (size_t i = 0; i < 8; i++)
        y[i] = 4 * x8[i] + 3;
    CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_median, NULL, &plain, &a, &err), err);
    CHECK_OK(h4l_bootstrap(y, n8, 1, h4l_stat_median, NULL, &plain, &b, &err), err);
    CHECK_CLOSE(b.bca.lo, 4 * a.bca.lo + 3, 1e-12);
    CHECK_CLOSE(b.bca.hi, 4 * a.bca.hi + 3, 1e-12);
    CHECK_CLOSE(b.percentile.lo, 4 * a.percentile.lo + 3, 1e-12);
    CHECK_CLOSE(b.standard_error, 4 * a.standard_error, 1e-12);
}

static void constant_data(void **state)
{
    static const double x[] = {5, 5, 5};
    static const size_t n[] = {3};
    struct h4l_err err = {0};
    struct h4l_bootstrap b;

    (void)state;
    CHECK_OK(h4l_bootstrap(x, n, 1, h4l_stat_mean, NULL, &plain, &b, &err), err);
    CHECK_CLOSE(b.bca.lo, 5, 0);
    CHECK_CLOSE(b.bca.hi, 5, 0);
    CHECK_CLOSE(b.bias_z, 0, 1e-15);
}

static void groups_are_resampled_apart(void **state)
{
    // Within a group all values are equal, so a resample that mixed groups would move the difference.
    static const double x[] = {3, 3, 3, 1, 1};
    static const size_t n[] = {3, 2};
    struct h4l_err err = {0};
    struct h4l_bootstrap b;

    (void)state;
    CHECK_OK(h4l_bootstrap(x, n, 2, h4l_stat_mean_difference, NULL, &plain, &b, &err), err);
    CHECK_CLOSE(b.bca.lo, 2, 0);
    CHECK_CLOSE(b.bca.hi, 2, 0);
    CHECK_OK(h4l_bootstrap(x, n, 2, h4l_stat_mean_ratio, NULL, &plain, &b, &err), err);
    CHECK_CLOSE(b.percentile.lo, 3, 0);
    CHECK_CLOSE(b.percentile.hi, 3, 0);
}

static void two_sample_acceleration(void **state)
{
    static const double x[] = {1, 2, 6, 0, 1};
    static const size_t n[] = {3, 2};
    struct h4l_err err = {0};
    struct h4l_bootstrap b;
    // influence / size: (x - mean) / 3 in group 0, -(x - mean) / 2 in group 1.
    double l[] = {-2.0 / 3, -1.0 / 3, 1, 0.25, -0.25}, second = 0, third = 0;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        second += l[i] * l[i];
        third += l[i] * l[i] * l[i];
    }
    CHECK_OK(h4l_bootstrap(x, n, 2, h4l_stat_mean_difference, NULL, &plain, &b, &err), err);
    CHECK_CLOSE(b.acceleration, third / (6 * pow(second, 1.5)), 1e-15);
}

static void probability_of_improvement(void **state)
{
    // Task 1: {2, 3} against {1, 2, 4}: wins 1 + 0.5 + 1 + 1 = 3.5 of 6. Task 2: {0, 0} against {1, 1}: none.
    static double x[] = {2, 3, 1, 2, 4, 0, 0, 1, 1};
    static const size_t n[] = {2, 3, 2, 2};

    (void)state;
    CHECK_CLOSE(h4l_stat_improvement(x, n, 2, NULL), 3.5 / 6, 1e-16);
    CHECK_CLOSE(h4l_stat_improvement(x, n, 4, NULL), 3.5 / 12, 1e-16);
    CHECK_TRUE(isnan(h4l_stat_improvement(x, n, 3, NULL)));
    CHECK_TRUE(isnan(h4l_stat_mean_difference(x, n, 3, NULL)));
    CHECK_TRUE(isnan(h4l_stat_mean_ratio(x, n, 1, NULL)));
}

static void threads_do_not_matter(void **state)
{
    static const int workers[] = {1, 2, 3, 7};
    struct h4l_bootstrap_options options = plain;
    struct h4l_err err = {0};
    struct h4l_bootstrap serial, b;

    (void)state;
    options.resamples = 2000;
    CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_iqm, NULL, &options, &serial, &err), err);
    for (size_t i = 0; i < 4; i++) {
        CHECK_OK(h4l_pool_create(workers[i], &options.pool, &err), err);
        CHECK_OK(h4l_bootstrap(x8, n8, 1, h4l_stat_iqm, NULL, &options, &b, &err), err);
        h4l_pool_destroy(options.pool);
        CHECK_TRUE(memcmp(&b, &serial, sizeof b) == 0);
    }
}

// A statistic that does not exist without variation.
static double inverse_sd(double *x, const size_t *sizes, size_t groups, void *ctx)
{
    (void)groups;
    (void)ctx;
    return 1 / h4l_sd(x, sizes[0]);
}

static void bad_input(void **state)
{
    static const double nan2[] = {1, NAN};
    static const size_t two[] = {2}, one[] = {1};
    struct h4l_bootstrap_options options = plain;
    struct h4l_err err = {0};
    struct h4l_bootstrap b = {.estimate = 7};

    (void)state;
    CHECK_INT(h4l_bootstrap(x8, n8, 0, h4l_stat_mean, NULL, &plain, &b, &err), H4L_E_RANGE);
    CHECK_INT(h4l_bootstrap(x8, one, 1, h4l_stat_mean, NULL, &plain, &b, &err), H4L_E_RANGE);
    CHECK_INT(h4l_bootstrap(nan2, two, 1, h4l_stat_mean, NULL, &plain, &b, &err), H4L_E_RANGE);
    options.level = 1;
    CHECK_INT(h4l_bootstrap(x8, n8, 1, h4l_stat_mean, NULL, &options, &b, &err), H4L_E_RANGE);
    options = plain;
    options.resamples = 99;
    CHECK_INT(h4l_bootstrap(x8, n8, 1, h4l_stat_mean, NULL, &options, &b, &err), H4L_E_RANGE);
    CHECK_INT(h4l_bootstrap(x8, two, 1, inverse_sd, NULL, &plain, &b, &err), H4L_E_NUMERIC);
    CHECK_TRUE(strlen(err.message) > 0);
    CHECK_CLOSE(b.estimate, 7, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_values),
        cmocka_unit_test(one_sample_mean),
        cmocka_unit_test(seed_matters),
        cmocka_unit_test(moves_with_the_data),
        cmocka_unit_test(constant_data),
        cmocka_unit_test(groups_are_resampled_apart),
        cmocka_unit_test(two_sample_acceleration),
        cmocka_unit_test(probability_of_improvement),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
