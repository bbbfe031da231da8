// Descriptive statistics, intervals, tests and power: hand counts, exact small-sample combinatorics, certified NIST
// values (StRD, univariate: Michelso, NumAcc1 to NumAcc4), and values computed once with mpmath 1.2 (t quantiles, power: 40 digits)
// and SciPy 1.10 (the rest).
#include "check.h"

#include "analysis/hypothesis.h"
#include "analysis/statistics.h"

static const double d8[] = {1.2, -0.4, 0.7, 2.1, 0.3, -0.9, 1.5, 0.8};
static const double welch_a[] = {20.1, 19.4, 22.3, 21.0, 20.7};
static const double welch_b[] = {18.2, 19.9, 17.1, 18.8, 19.3, 16.4};
// Ten pairs with ties among the differences and one zero.
static const double tied[] = {15, -7, 5, 20, 0, -9, 17, -12, 5, -10};

static void nist_accuracy(void **state)
{
    // km/s above 299000, in the order of the experiment (Michelson 1879).
    static const double light[100] = {
        850,  740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000,
        1000, 960, 960, 960,  940, 960, 940, 880, 800, 850, 880,  900, 840, 830, 790, 810, 880,
        880,  830, 800, 790,  760, 800, 880, 880, 880, 860, 720,  720, 620, 860, 970, 950, 880,
        910,  850, 870, 840,  840, 850, 840, 840, 840, 890, 810,  810, 820, 800, 770, 760, 740,
        750,  760, 910, 920,  890, 860, 880, 720, 840, 850, 850,  780, 890, 840, 780, 810, 760,
        810,  790, 810, 820,  850, 870, 870, 810, 740, 810, 940,  950, 800, 810, 870};
    static const double whole[] = {10000001, 10000003, 10000002};
    // base, deviation; the last digits of base + deviation in binary bound what any algorithm can get of the sd.
    static const struct {
        double base, sd_tolerance;
    } hard[] = {{1.2, 1e-15}, {1000000.2, 1e-10}, {10000000.2, 1e-9}};
    double x[1001];

    (void)state;
    for (size_t i = 0; i < 100; i++)
        x[i] = (299000 + light[i]) / 1000;
    CHECK_REL(h4l_mean(x, 100), 299.852400000000, 1e-15);
    CHECK_REL(h4l_sd(x, 100), 0.0790105478190518, 1e-13);
    CHECK_CLOSE(h4l_mean(whole, 3), 10000002, 0);
    CHECK_CLOSE(h4l_sd(whole, 3), 1, 0);
    for (size_t k = 0; k < 3; k++) {
        x[0] = hard[k].base;
        for (size_t i = 1; i <= 1000; i++)
            x[i] = hard[k].base + (i % 2 ? -0.1 : 0.1);
        CHECK_REL(h4l_mean(x, 1001), hard[k].base, 2.3e-16);
        CHECK_CLOSE(h4l_sd(x, 1001), 0.1, hard[k].sd_tolerance);
    }
}

static void sums_are_compensated(void **state)
{
    static const double x[] = {1, 1e100, 1, -1e100};
    static const double huge[] = {1e308, 1e308, -1};

    (void)state;
    CHECK_CLOSE(h4l_sum(x, 4), 2, 0);
    CHECK_CLOSE(h4l_sum(x, 0), 0, 0);
    CHECK_TRUE(isinf(h4l_sum(huge, 3)));
}

static void order_statistics(void **state)
{
    double squares[10], again[10], same[] = {3, 3, 3}, x[8];

    (void)state;
    memcpy(x, d8, sizeof x);
    CHECK_CLOSE(h4l_quantile(x, 8, 0), -0.9, 0);
    CHECK_CLOSE(h4l_quantile(x, 8, 0.1), -0.55, 1e-15);
    CHECK_CLOSE(h4l_quantile(x, 8, 0.25), 0.125, 1e-15);
    CHECK_CLOSE(h4l_median(x, 8), 0.75, 1e-15);
    CHECK_CLOSE(h4l_quantile(x, 8, 0.9), 1.68, 1e-14);
    CHECK_CLOSE(h4l_quantile(x, 8, 1), 2.1, 0);
    CHECK_CLOSE(h4l_min(d8, 8), -0.9, 0);
    CHECK_CLOSE(h4l_max(d8, 8), 2.1, 0);
    CHECK_CLOSE(h4l_median(x, 1), -0.9, 0); // the least: x is sorted by now
    for (size_t i = 0; i < 10; i++)
        squares[9 - i] = (double)(i * i);
    memcpy(again, squares, sizeof again);
    CHECK_CLOSE(h4l_iqm(squares, 10), (4 + 9 + 16 + 25 + 36 + 49) / 6.0, 1e-14);
    CHECK_CLOSE(h4l_iqm(again + 3, 7), (1 + 4 + 9 + 16 + 25) / 5.0, 1e-14);
    CHECK_CLOSE(h4l_iqm(same, 3), 3, 0);
}

static void undefined_is_nan(void **state)
{
    static const double inf[] = {1, INFINITY};
    double bad[] = {1, NAN, 2}, x[] = {1, 2, 3};

    (void)state;
    CHECK_TRUE(isnan(h4l_mean(bad, 0)));
    CHECK_TRUE(isnan(h4l_mean(bad, 3)));
    CHECK_TRUE(isnan(h4l_mean(inf, 2)));
    CHECK_TRUE(isnan(h4l_sd(d8, 1)));
    CHECK_TRUE(isnan(h4l_sd(bad, 3)));
    CHECK_TRUE(isnan(h4l_min(bad, 3)));
    CHECK_TRUE(isnan(h4l_max(bad, 0)));
    CHECK_TRUE(isnan(h4l_median(bad, 3)));
    CHECK_TRUE(isnan(h4l_quantile(x, 3, 1.01)));
    CHECK_TRUE(isnan(h4l_quantile(x, 3, NAN)));
    CHECK_TRUE(isnan(h4l_iqm(bad, 3)));
    CHECK_TRUE(isnan(h4l_slope(d8, d8, 1)));
    CHECK_TRUE(isnan(h4l_slope((double[]){2, 2}, d8, 2)));
}

static void slope_of_a_line(void **state)
{
    static const double x[] = {0, 1, 2, 3}, y[] = {1, 2.9, 5.1, 7};

    (void)state;
    CHECK_CLOSE(h4l_slope(x, y, 4), 2.02, 1e-14); // sum (x - 1.5) (y - 4) / 5
}

static void intervals(void **state)
{
    struct h4l_err err = {0};
    struct h4l_interval i;

    (void)state;
    CHECK_OK(h4l_t_interval(d8, 8, 0.95, &i, &err), err);
    CHECK_CLOSE(i.lo, -0.160202722753558, 1e-14);
    CHECK_CLOSE(i.hi, 1.485202722753558, 1e-14);
    CHECK_OK(h4l_wilson_interval(8, 10, 0.95, &i, &err), err);
    CHECK_CLOSE(i.lo, 0.4901624715366418, 1e-14);
    CHECK_CLOSE(i.hi, 0.9433178485456248, 1e-14);
    CHECK_OK(h4l_wilson_interval(33, 50, 0.95, &i, &err), err);
    CHECK_CLOSE(i.lo, 0.521538260502326, 1e-14);
    CHECK_CLOSE(i.hi, 0.7756305077749992, 1e-14);
    CHECK_OK(h4l_wilson_interval(0, 10, 0.95, &i, &err), err);
    CHECK_CLOSE(i.lo, 0, 0);
    CHECK_CLOSE(i.hi, 0.27753279986288926, 1e-14);
    CHECK_OK(h4l_wilson_interval(10, 10, 0.95, &i, &err), err);
    CHECK_CLOSE(i.lo, 0.7224672001371109, 1e-14);
    CHECK_CLOSE(i.hi, 1, 0);
}

static void paired_t(void **state)
{
    static const double same[] = {2, 2, 2}, zero[] = {0, 0, 0};
    struct h4l_err err = {0};
    struct h4l_t_test t;

    (void)state;
    CHECK_OK(h4l_paired_t(d8, 8, 0.95, &t, &err), err);
    CHECK_CLOSE(t.estimate, 0.6625, 1e-15);
    CHECK_CLOSE(t.standard_error, 0.34792112201310393, 1e-15);
    CHECK_CLOSE(t.t, 1.9041672324080623, 1e-14);
    CHECK_CLOSE(t.df, 7, 0);
    CHECK_CLOSE(t.p.two_sided, 0.09859989279275529, 1e-14);
    CHECK_CLOSE(t.p.greater, 0.04929994639637764, 1e-14);
    CHECK_CLOSE(t.p.less, 1 - 0.04929994639637764, 1e-14);
    CHECK_CLOSE(t.interval.lo, -0.160202722753558, 1e-14);
    CHECK_OK(h4l_paired_t(same, 3, 0.95, &t, &err), err);
    CHECK_CLOSE(t.p.two_sided, 0, 0);
    CHECK_CLOSE(t.p.less, 1, 0);
    CHECK_CLOSE(t.interval.hi - t.interval.lo, 0, 0);
    CHECK_OK(h4l_paired_t(zero, 3, 0.95, &t, &err), err);
    CHECK_CLOSE(t.p.two_sided, 1, 0);
    CHECK_CLOSE(t.t, 0, 0);
}

static void welch_t(void **state)
{
    struct h4l_err err = {0};
    struct h4l_t_test t;

    (void)state;
    CHECK_OK(h4l_welch_t(welch_a, 5, welch_b, 6, 0.95, &t, &err), err);
    CHECK_CLOSE(t.t, 3.317634830571164, 1e-13);
    CHECK_CLOSE(t.df, 8.999911423167461, 1e-12);
    CHECK_CLOSE(t.standard_error, 0.7284305808456365, 1e-14);
    CHECK_CLOSE(t.p.two_sided, 0.008974186640093914, 1e-14);
    CHECK_CLOSE(t.interval.lo, 0.76883973842831703, 1e-13);
    CHECK_CLOSE(t.interval.hi, 4.0644935949050163, 1e-13);
    // The scale of the values changes nothing, until their squares overflow.
    for (int power = -90; power <= 290; power += 190) {
        double a[5], b[6], scale = pow(10, power);

        for (int i = 0; i < 6; i++) {
            a[i % 5] = welch_a[i % 5] * scale;
            b[i] = welch_b[i] * scale;
        }
        if (power > 150) {
            CHECK_TRUE(isnan(h4l_sd(a, 5))); // no 0
            CHECK_INT(h4l_welch_t(a, 5, b, 6, 0.95, &t, &err), H4L_E_RANGE);
            continue;
        }
        CHECK_OK(h4l_welch_t(a, 5, b, 6, 0.95, &t, &err), err);
        CHECK_CLOSE(t.df, 8.999911423167461, 1e-10);
        CHECK_CLOSE(t.p.two_sided, 0.008974186640093914, 1e-12);
    }
}

static void equivalence(void **state)
{
    static const double zero[] = {0, 0, 0}, same[] = {1, 1, 1};
    struct h4l_err err = {0};
    struct h4l_tost t;

    (void)state;
    CHECK_OK(h4l_tost_paired(d8, 8, 1.5, 0.05, &t, &err), err);
    CHECK_CLOSE(t.p_above, 0.00021929676397921776, 1e-15);
    CHECK_CLOSE(t.p_below, 0.023484933375753567, 1e-14);
    CHECK_CLOSE(t.p, t.p_below, 0);
    CHECK_TRUE(t.equivalent && !t.different);
    CHECK_CLOSE(t.test.interval.lo, 0.0033360859750633177, 1e-14);
    CHECK_CLOSE(t.test.interval.hi, 1.3216639140249367, 1e-14);
    CHECK_OK(h4l_tost_paired(d8, 8, 0.5, 0.05, &t, &err), err);
    CHECK_CLOSE(t.p, 0.6726768785418304, 1e-14);
    CHECK_TRUE(!t.equivalent && !t.different);
    CHECK_OK(h4l_tost_paired(d8, 8, 0.003, 0.05, &t, &err), err);
    CHECK_TRUE(!t.equivalent && t.different);
    // Identical runs are equivalent under any margin; a constant difference at the margin is not.
    CHECK_OK(h4l_tost_paired(zero, 3, 1e-6, 0.05, &t, &err), err);
    CHECK_TRUE(t.equivalent && t.p == 0);
    CHECK_OK(h4l_tost_paired(same, 3, 1, 0.05, &t, &err), err);
    CHECK_TRUE(!t.equivalent);
    CHECK_CLOSE(t.p, 0.5, 0);
    CHECK_OK(h4l_tost_welch(welch_a, 5, welch_b, 6, 4, 0.05, &t, &err), err);
    CHECK_TRUE(t.equivalent);
    CHECK_OK(h4l_tost_welch(welch_b, 6, welch_a, 5, 1, 0.05, &t, &err), err);
    CHECK_TRUE(!t.equivalent && t.different && t.test.interval.hi < 0);
}

// Two-sided and one-sided p: scipy 1.10.1, mannwhitneyu(method="exact"); the first example is that of R's wilcox.test (permeability
// of the membrane, Hollander & Wolfe 1973: W = 35, p-value = 0.1272). With ties: splits counted by itertools.combinations.
static void rank_sum(void **state)
{
    static const double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    static const double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    static const double tied_x[] = {1, 2, 2, 3, 5}, tied_y[] = {2, 2, 4, 1, 0, 3};
    static const double low[] = {1, 2, 3}, high[] = {4, 5};
    struct h4l_err err = {0};
    struct h4l_rank_sum r;

    (void)state;
    CHECK_OK(h4l_mann_whitney(x, 10, y, 5, &r, &err), err);
    CHECK_CLOSE(r.u, 35, 0);
    CHECK_CLOSE(r.p.greater, 0.1272061272061272, 1e-15);
    CHECK_OK(h4l_mann_whitney(tied_x, 5, tied_y, 6, &r, &err), err);
    CHECK_CLOSE(r.u, 18, 0);
    CHECK_CLOSE(r.p.less, 345.0 / 462, 1e-15);
    CHECK_CLOSE(r.p.greater, 153.0 / 462, 1e-15);
    CHECK_CLOSE(r.p.two_sided, 306.0 / 462, 1e-15);
    CHECK_OK(h4l_mann_whitney(low, 3, high, 2, &r, &err), err);
    CHECK_CLOSE(r.u, 0, 0);
    CHECK_CLOSE(r.p.less, 0.1, 1e-16); // one of ten splits
    CHECK_INT(h4l_mann_whitney(low, 1, high, 2, &r, &err), H4L_E_RANGE);
    CHECK_INT(h4l_mann_whitney(x, 10, (double[]){1, NAN}, 2, &r, &err), H4L_E_RANGE);
}

// The bounds are roots of the method's own polynomial, found by scipy.optimize.brentq.
static void improvement(void **state)
{
    struct h4l_err err = {0};
    struct h4l_interval interval;
    double p;

    (void)state;
    CHECK_OK(h4l_improvement(89, 10, 10, 0.95, &p, &interval, &err), err);
    CHECK_CLOSE(p, 0.89, 1e-15);
    CHECK_CLOSE(interval.lo, 0.6436260272017122, 1e-12);
    CHECK_CLOSE(interval.hi, 0.969905159521791, 1e-12);
    CHECK_OK(h4l_improvement(400, 20, 20, 0.95, &p, &interval, &err), err);
    CHECK_CLOSE(p, 1, 0);
    CHECK_CLOSE(interval.lo, 0.898668135763534, 1e-12);
    CHECK_CLOSE(interval.hi, 1, 0);
    CHECK_OK(h4l_improvement(0, 20, 20, 0.95, &p, &interval, &err), err);
    CHECK_CLOSE(interval.lo, 0, 0);
    CHECK_CLOSE(interval.hi, 1 - 0.898668135763534, 1e-12);
    CHECK_INT(h4l_improvement(101, 10, 10, 0.95, &p, &interval, &err), H4L_E_RANGE);
    CHECK_INT(h4l_improvement(1, 10, 10, 1, &p, &interval, &err), H4L_E_RANGE);
}

static void signed_rank(void **state)
{
    // Ranks 1 to n all positive: only 1 of 2^n patterns reaches the sum.
    static const double positive[] = {0.1, 0.2, 0.3, 0.4, 0.5};
    static const double zero[] = {0, 0, 0};
    struct h4l_err err = {0};
    struct h4l_rank_test r;
    double big[60];

    (void)state;
    CHECK_OK(h4l_wilcoxon_signed_rank(positive, 5, &r, &err), err);
    CHECK_CLOSE(r.w, 15, 0);
    CHECK_CLOSE(r.p.greater, 1.0 / 32, 0);
    CHECK_CLOSE(r.p.less, 1, 0);
    CHECK_CLOSE(r.p.two_sided, 2.0 / 32, 0);
    CHECK_OK(h4l_wilcoxon_signed_rank(d8, 8, &r, &err), err);
    CHECK_CLOSE(r.w, 29, 0);
    CHECK_CLOSE(r.p.two_sided, 0.1484375, 0);
    CHECK_CLOSE(r.p.greater, 0.07421875, 0);
    CHECK_CLOSE(r.p.less, 0.9453125, 0);
    // With ties: tails counted over all 2^9 patterns of the middle ranks.
    CHECK_OK(h4l_wilcoxon_signed_rank(tied, 10, &r, &err), err);
    CHECK_INT(r.n, 9);
    CHECK_CLOSE(r.w, 27, 0);
    CHECK_CLOSE(r.p.less, 0.705078125, 0);
    CHECK_CLOSE(r.p.greater, 0.31640625, 0);
    CHECK_OK(h4l_wilcoxon_signed_rank(zero, 3, &r, &err), err);
    CHECK_CLOSE(r.p.two_sided, 1, 0);
    for (int i = 0; i < 60; i++)
        big[i] = ((i * 37) % 61) - 22.5 + 0.25 * ((i * i) % 3);
    CHECK_OK(h4l_wilcoxon_signed_rank(big, 60, &r, &err), err);
    CHECK_TRUE(!r.exact);
    CHECK_CLOSE(r.w, 1320.5, 0);
    CHECK_CLOSE(r.p.two_sided, 0.002868592409893284, 1e-14);
    CHECK_CLOSE(r.p.less, 0.9985998117732338, 1e-14);
}

static void sign_flip(void **state)
{
    static const double zero[] = {0, 0};
    struct h4l_err err = {0};
    struct h4l_flip_test f;
    double x[20];

    (void)state;
    CHECK_OK(h4l_sign_flip(d8, 8, 1, 0, &f, &err), err);
    CHECK_TRUE(f.exact);
    CHECK_INT(f.arrangements, 256);
    CHECK_CLOSE(f.p.greater, 14.0 / 256, 0);
    CHECK_CLOSE(f.p.less, 243.0 / 256, 0);
    CHECK_CLOSE(f.p.two_sided, 28.0 / 256, 0);
    for (int i = 0; i < 20; i++)
        x[i] = 1 + 0.01 * i;
    CHECK_OK(h4l_sign_flip(x, 20, 1, 0, &f, &err), err);
    CHECK_CLOSE(f.p.greater, ldexp(1, -20), 0);
    CHECK_CLOSE(f.p.two_sided, ldexp(2, -20), 0);
    for (int i = 0; i < 20; i++)
        x[i] = 0.1; // equal sums that round differently must count as equal: C(20, 0) pattern only
    CHECK_OK(h4l_sign_flip(x, 20, 1, 0, &f, &err), err);
    CHECK_CLOSE(f.p.greater, ldexp(1, -20), 0);
    x[19] = -0.1; // patterns with at most one minus: 1 + 20
    CHECK_OK(h4l_sign_flip(x, 20, 1, 0, &f, &err), err);
    CHECK_CLOSE(f.p.greater, ldexp(21, -20), 0);
    CHECK_OK(h4l_sign_flip(zero, 2, 1, 0, &f, &err), err);
    CHECK_CLOSE(f.p.two_sided, 1, 0);
}

// More values than all patterns can be tried of: random ones, and the observed pattern among them.
static void sign_flip_random(void **state)
{
    enum { MANY = 70, RESAMPLES = 999 };
    struct h4l_err err = {0};
    struct h4l_flip_test f, other;
    double x[MANY], mixed[MANY];

    (void)state;
    for (int i = 0; i < MANY; i++) {
        x[i] = 1 + 0.01 * i;
        mixed[i] = i % 2 ? x[i] : -x[i];
    }
    CHECK_OK(h4l_sign_flip(x, MANY, 1, RESAMPLES, &f, &err), err);
    CHECK_TRUE(!f.exact);
    CHECK_INT(f.arrangements, RESAMPLES);
    CHECK_CLOSE(f.p.greater, 1.0 / (RESAMPLES + 1), 0); // no other pattern has a sum as large
    CHECK_CLOSE(f.p.two_sided, 1.0 / (RESAMPLES + 1), 0);
    CHECK_CLOSE(f.p.less, 1, 0);
    CHECK_OK(h4l_sign_flip(mixed, MANY, 1, RESAMPLES, &f, &err), err);
    CHECK_CLOSE(f.p.greater, 0.5, 0.1); // the sum is 0.35 beside a deviation of 11.4
    CHECK_OK(h4l_sign_flip(mixed, MANY, 2, RESAMPLES, &other, &err), err);
    CHECK_TRUE(f.p.greater != other.p.greater);
}

static void holm(void **state)
{
    static const double p[] = {0.01, 0.04, 0.03, 0.005}, all[] = {0.6, 0.9};
    struct h4l_err err = {0};
    double adjusted[4];

    (void)state;
    CHECK_OK(h4l_holm(p, 4, adjusted, &err), err);
    CHECK_CLOSE(adjusted[3], 0.02, 1e-17);
    CHECK_CLOSE(adjusted[0], 0.03, 1e-17);
    CHECK_CLOSE(adjusted[2], 0.06, 1e-17);
    CHECK_CLOSE(adjusted[1], 0.06, 1e-17);
    CHECK_OK(h4l_holm(all, 2, adjusted, &err), err);
    CHECK_CLOSE(adjusted[0], 1, 0);
    CHECK_CLOSE(adjusted[1], 1, 0);
    CHECK_OK(h4l_holm(p, 0, adjusted, &err), err);
    CHECK_INT(h4l_holm((double[]){0.5, 1.5}, 2, adjusted, &err), H4L_E_RANGE);
    CHECK_INT(h4l_holm((double[]){NAN}, 1, adjusted, &err), H4L_E_RANGE);
    CHECK_CLOSE(adjusted[0], 1, 0);
}

static void power_of_paired_t(void **state)
{
    static const struct {
        size_t n;
        double sd, delta, alpha, power, tolerance;
    } rows[] = {{10, 1, 1, 0.05, 0.80309685663272163, 1e-12},
                {5, 1, 2, 0.05, 0.90888486810094023, 1e-12},
                {2, 1, 3, 0.05, 0.26077071422910972, 1e-12},
                {30, 2, 1, 0.01, 0.50255549712716002, 1e-12},
                {5, 1, 0, 0.05, 0.05, 1e-12}};
    struct h4l_err err = {0};
    double got;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_OK(
            h4l_paired_t_power(rows[i].n, rows[i].sd, rows[i].delta, rows[i].alpha, &got, &err),
            err);
        CHECK_CLOSE(got, rows[i].power, rows[i].tolerance);
    }
    CHECK_OK(h4l_minimum_detectable_difference(5, 1, 0.05, 0.8, &got, &err), err);
    CHECK_REL(got, 1.6819969659555549, 1e-12);
    CHECK_OK(h4l_minimum_detectable_difference(10, 1, 0.05, 0.9, &got, &err), err);
    CHECK_REL(got, 1.1545649888852995, 1e-12);
    CHECK_OK(h4l_minimum_detectable_difference(20, 2, 0.05, 0.8, &got, &err), err);
    CHECK_REL(got, 1.3208833092460529, 1e-12);
}

// Each call is invalid in one way, must say so and must leave its output alone.
static void bad_input(void **state)
{
    static const double nan2[] = {1, NAN};
    struct h4l_err err = {0};
    struct h4l_interval i = {7, 7};
    struct h4l_t_test t = {.estimate = 7};
    struct h4l_tost e = {.p = 7};
    struct h4l_rank_test r = {.w = 7};
    struct h4l_flip_test f = {.mean = 7};
    double x = 7;

    (void)state;
    CHECK_INT(h4l_t_interval(d8, 1, 0.95, &i, &err), H4L_E_RANGE);
    CHECK_INT(h4l_t_interval(d8, 8, 1, &i, &err), H4L_E_RANGE);
    CHECK_INT(h4l_t_interval(nan2, 2, 0.95, &i, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wilson_interval(3, 2, 0.95, &i, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wilson_interval(0, 0, 0.95, &i, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wilson_interval(1, 2, NAN, &i, &err), H4L_E_RANGE);
    CHECK_INT(h4l_paired_t(d8, 1, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_paired_t(nan2, 2, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_paired_t(d8, 8, 0, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_welch_t(d8, 8, d8, 1, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_welch_t(nan2, 2, d8, 8, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_tost_paired(d8, 8, 0, 0.05, &e, &err), H4L_E_RANGE);
    CHECK_INT(h4l_tost_paired(d8, 8, 1, 0.5, &e, &err), H4L_E_RANGE);
    CHECK_INT(h4l_tost_welch(d8, 8, d8, 8, NAN, 0.05, &e, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wilcoxon_signed_rank(d8, 1, &r, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wilcoxon_signed_rank(nan2, 2, &r, &err), H4L_E_RANGE);
    CHECK_INT(h4l_sign_flip(d8, 1, 1, 0, &f, &err), H4L_E_RANGE);
    CHECK_INT(h4l_sign_flip(nan2, 2, 1, 0, &f, &err), H4L_E_RANGE);
    CHECK_INT(h4l_paired_t_power(1, 1, 1, 0.05, &x, &err), H4L_E_RANGE);
    CHECK_INT(h4l_paired_t_power(5, 0, 1, 0.05, &x, &err), H4L_E_RANGE);
    CHECK_INT(h4l_paired_t_power(5, 1, 1, 1, &x, &err), H4L_E_RANGE);
    CHECK_INT(h4l_minimum_detectable_difference(5, 1, 0.05, 0.05, &x, &err), H4L_E_RANGE);
    CHECK_INT(h4l_minimum_detectable_difference(1, 1, 0.05, 0.8, &x, &err), H4L_E_RANGE);
    CHECK_TRUE(strlen(err.message) > 0);
    CHECK_TRUE(i.lo == 7 && i.hi == 7 && t.estimate == 7 && e.p == 7 && r.w == 7 && f.mean == 7 &&
               x == 7);
}

// Fits x stimuli: the numbers follow from docs/second-round.md, section 5, by sums of fractions and Simpson's rule.
static void fits_and_stimuli(void **state)
{
    static const double a[] = {0.5, 0.7, 0.6, 0.9, 0.4, 0.8, 0.5, 1.0, 0.6, 0.6, 0.7, 0.8};
    static const double b[] = {0.2, 0.5, 0.3, 0.7, 0.3, 0.4, 0.5, 0.6};
    struct h4l_err err = {0};
    struct h4l_t_test t;

    (void)state;
    CHECK_OK(h4l_fits_t(a, 3, b, 2, 4, 0.95, &t, &err), err);
    CHECK_CLOSE(t.estimate, 0.2375, 1e-14);
    CHECK_CLOSE(t.standard_error, 0.0176776695297, 1e-12);
    CHECK_CLOSE(t.df, 3, 1e-9);
    CHECK_CLOSE(t.p.two_sided, 0.0008915798699, 1e-9);
    CHECK_OK(h4l_fits_t(a, 3, NULL, 0, 4, 0.95, &t, &err), err);
    CHECK_CLOSE(t.estimate, 0.675, 1e-14);
    CHECK_INT(h4l_fits_t(a, 3, b, 1, 4, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_fits_t(a, 1, NULL, 0, 4, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_t_of(1, -1, 3, 0.95, &t, &err), H4L_E_RANGE);
    CHECK_INT(h4l_t_of(1, 1, 0, 0.95, &t, &err), H4L_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_and_stimuli),
        cmocka_unit_test(nist_accuracy),
        cmocka_unit_test(sums_are_compensated),
        cmocka_unit_test(order_statistics),
        cmocka_unit_test(undefined_is_nan),
        cmocka_unit_test(slope_of_a_line),
        cmocka_unit_test(intervals),
        cmocka_unit_test(paired_t),
        cmocka_unit_test(welch_t),
        cmocka_unit_test(equivalence),
        cmocka_unit_test(rank_sum),
        cmocka_unit_test(improvement),
        cmocka_unit_test(signed_rank),
        cmocka_unit_test(sign_flip),
        cmocka_unit_test(sign_flip_random),
        cmocka_unit_test(holm),
        cmocka_unit_test(power_of_paired_t),
        cmocka_unit_test(bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
