// Exchange rates: monotone curves by hand, rates of curves whose rate is known in closed form, bounds where a curve does not reach.
#include "check.h"

#include <math.h>

#include "analysis/exchange.h"
#include "analysis/statistics.h"

static void isotonic_by_hand(void **state)
{
    static const double y[] = {1, 3, 2, 2, 5, 4, 4, 6};
    static const double monotone[] = {1,        7.0 / 3,  7.0 / 3,  7.0 / 3,
                                      13.0 / 3, 13.0 / 3, 13.0 / 3, 6};
    static const double falling[] = {5, 4, 3, 0};
    double got[8];

    (void)state;
    h4l_isotonic(y, 8, got);
    for (int i = 0; i < 8; i++)
        CHECK_CLOSE(got[i], monotone[i], 1e-15);
    h4l_isotonic(falling, 4, got);
    for (int i = 0; i < 4; i++)
        CHECK_CLOSE(got[i], 3, 1e-15); // all in one block
    h4l_isotonic(got, 4, got);
    CHECK_CLOSE(got[3], 3, 0); // in place, twice is once
}

static void a_level_is_reached_between_two_points(void **state)
{
    static const double x[] = {6, 7, 8, 9};
    static const double y[] = {40, 50, 50, 70};
    struct h4l_err err = {0};
    enum h4l_reach reach;
    double at;

    (void)state;
    CHECK_OK(h4l_reach_of(x, y, 4, 42.5, &at, &reach, &err), err);
    CHECK_INT(reach, H4L_REACHED);
    CHECK_CLOSE(at, 6.25, 1e-15);
    CHECK_OK(h4l_reach_of(x, y, 4, 50, &at, &reach, &err), err);
    CHECK_CLOSE(at, 7, 0); // the least x of a level stretch
    CHECK_OK(h4l_reach_of(x, y, 4, 70, &at, &reach, &err), err);
    CHECK_INT(reach, H4L_REACHED);
    CHECK_CLOSE(at, 9, 0);
    CHECK_OK(h4l_reach_of(x, y, 4, 70.001, &at, &reach, &err), err);
    CHECK_INT(reach, H4L_REACH_ABOVE);
    CHECK_CLOSE(at, 9, 0);
    CHECK_OK(h4l_reach_of(x, y, 4, 39.9, &at, &reach, &err), err);
    CHECK_INT(reach, H4L_REACH_BELOW);
    CHECK_CLOSE(at, 6, 0);
}

// accuracy = a + b log2(width) for LIF and the same with k times the width for HH: the rate is k at every width.
static void a_known_rate_comes_out(void **state)
{
    static const double k[] = {3.5, 4, 5};
    double x[7], y[7], log2_k[3];
    enum h4l_reach reach[3];
    struct h4l_err err = {0};
    struct h4l_interval interval;
    struct h4l_rate rate;

    (void)state;
    for (int i = 0; i < 7; i++) {
        x[i] = 6 + i;
        y[i] = 20 + 4.5 * x[i];
    }
    for (int s = 0; s < 3; s++) {
        double level = 20 + 4.5 * (log2(k[s]) + 9), at; // of 512 HH neurons
        CHECK_OK(h4l_reach_of(x, y, 7, level, &at, &reach[s], &err), err);
        log2_k[s] = at - 9;
        CHECK_CLOSE(exp2(log2_k[s]), k[s], 1e-13);
    }
    CHECK_OK(h4l_exchange_rate(log2_k, reach, 3, 0.95, &rate, &err), err);
    CHECK_OK(h4l_t_interval(log2_k, 3, 0.95, &interval, &err), err);
    CHECK_INT(rate.reach, H4L_REACHED);
    CHECK_CLOSE(rate.k, cbrt(3.5 * 4 * 5), 1e-13); // the geometric mean
    CHECK_REL(rate.lo, exp2(interval.lo), 1e-15);
    CHECK_REL(rate.hi, exp2(interval.hi), 1e-15);
    CHECK_OK(h4l_exchange_rate(log2_k, reach, 1, 0.95, &rate, &err), err);
    CHECK_CLOSE(rate.k, 3.5, 1e-13);
    CHECK_TRUE(isnan(rate.lo) && isnan(rate.hi)); // one seed has no interval
}

static void what_is_not_reached_is_a_bound(void **state)
{
    static const double log2_k[] = {3, 2.5, 3};
    static const enum h4l_reach above[] = {H4L_REACH_ABOVE, H4L_REACHED, H4L_REACH_ABOVE};
    static const enum h4l_reach below[] = {H4L_REACH_BELOW, H4L_REACHED, H4L_REACH_BELOW};
    static const enum h4l_reach both[] = {H4L_REACH_BELOW, H4L_REACHED, H4L_REACH_ABOVE};
    struct h4l_err err = {0};
    struct h4l_rate rate = {.k = -1};

    (void)state;
    CHECK_INT(h4l_exchange_rate(log2_k, both, 3, 0.95, &rate, &err), H4L_E_RANGE);
    CHECK_CLOSE(rate.k, -1, 0); // untouched
    err = (struct h4l_err){0};
    CHECK_OK(h4l_exchange_rate(log2_k, above, 3, 0.95, &rate, &err), err);
    CHECK_INT(rate.reach, H4L_REACH_ABOVE);
    CHECK_CLOSE(rate.k, exp2(2.5), 1e-14); // holds in every seed
    CHECK_TRUE(isnan(rate.lo) && isnan(rate.hi));
    CHECK_OK(h4l_exchange_rate(log2_k, below, 3, 0.95, &rate, &err), err);
    CHECK_INT(rate.reach, H4L_REACH_BELOW);
    CHECK_CLOSE(rate.k, 8, 1e-14);
}

static void bad_curves_are_refused(void **state)
{
    static const double x[] = {6, 6, 8}, y[] = {1, 2, 3}, bad[] = {1, NAN, 3}, good[] = {6, 7, 8};
    struct h4l_err err = {0};
    enum h4l_reach reach = H4L_REACH_BELOW;
    double at = -1;

    (void)state;
    CHECK_INT(h4l_reach_of(x, y, 3, 2, &at, &reach, &err), H4L_E_RANGE);
    CHECK_INT(h4l_reach_of(good, bad, 3, 2, &at, &reach, &err), H4L_E_RANGE);
    CHECK_INT(h4l_reach_of(good, y, 3, NAN, &at, &reach, &err), H4L_E_RANGE);
    CHECK_INT(h4l_reach_of(good, y, 0, 2, &at, &reach, &err), H4L_E_RANGE);
    CHECK_CLOSE(at, -1, 0);
    CHECK_INT(reach, H4L_REACH_BELOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(isotonic_by_hand),
        cmocka_unit_test(a_level_is_reached_between_two_points),
        cmocka_unit_test(a_known_rate_comes_out),
        cmocka_unit_test(what_is_not_reached_is_a_bound),
        cmocka_unit_test(bad_curves_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
