// The plain HH neuron: rates to full precision, fixed point, Jacobian, forms, and its single-precision twin.
#include "check.h"

#include <float.h>

#include "base/rng.h"
#include "neuron/hh.h"

// x / (1 - exp(-x)) in long double: Taylor series with Bernoulli numbers near 0, the closed form elsewhere.
static long double linoid_reference(long double x)
{
    if (fabsl(x) < 0.3L) {
        long double y = x * x;
        // B_2k / (2k)!: 1/12, -1/720, 1/30240, -1/1209600, 1/47900160, -691/1307674368000, 1/74724249600
        return 1 + x / 2 +
               y * (1.0L / 12 + y * (-1.0L / 720 +
                                     y * (1.0L / 30240 +
                                          y * (-1.0L / 1209600 +
                                               y * (1.0L / 47900160 + y * (-691.0L / 1307674368000 +
                                                                           y / 74724249600.0L))))));
    }
    return x / -expm1l(-x);
}

// Its derivative: (E - 1 - x) E / (E - 1)^2 with E = exp(x), divided by E^2 for x > 0; the series' derivative near 0.
static long double linoid_derivative_reference(long double x)
{
    if (fabsl(x) < 0.3L) {
        long double y = x * x;
        return 0.5L + x * (2 / 12.0L +
                           y * (-4 / 720.0L +
                                y * (6 / 30240.0L + y * (-8 / 1209600.0L +
                                                         y * (10 / 47900160.0L +
                                                              y * (-12 * 691 / 1307674368000.0L +
                                                                   y * (14 / 74724249600.0L)))))));
    }
    if (x < 0) {
        long double d = expm1l(x);
        return (d - x) * expl(x) / (d * d);
    }
    long double e = expl(-x), d = -expm1l(-x);
    return (d - x * e) / (d * d);
}

static double relative(double got, long double expected)
{
    return expected == 0 ? fabs(got) : (double)fabsl((got - expected) / expected);
}

static void test_linoid(void **state)
{
    static const double points[] = {0,    5e-324, -5e-324, 1e-300, -1e-300, 1e-16, -1e-16,
                                    1e-8, -1e-8,  1e-4,    -1e-4,  0.2,     -0.2,  0.3,
                                    -0.3, 700,    -700,    1e4,    -1e4};
    double worst = 0, worst_derivative = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 1, "linoid test", 0);
    for (size_t i = 0; i < 200000; i++) {
        double x = i < sizeof points / sizeof *points ? points[i]
                   : i % 2                            ? h4l_rng_between(&rng, -30, 30)
                           : exp(h4l_rng_between(&rng, -40, 0)) * (i % 4 ? 1 : -1);
        long double value = linoid_reference(x), slope = linoid_derivative_reference(x);

        if (fabsl(value) >= (long double)DBL_MIN)
            worst = h4l_worst(worst, relative(h4l_hh_linoid(x), value));
        if (fabsl(slope) >= (long double)DBL_MIN)
            worst_derivative =
                h4l_worst(worst_derivative, relative(h4l_hh_linoid_derivative(x), slope));
    }
    CHECK_AT_MOST(worst, 2 * DBL_EPSILON);
    CHECK_AT_MOST(worst_derivative,
                  24 * DBL_EPSILON); // E - 1 - x cancels up to 10-fold just above the series' range
    CHECK_CLOSE(h4l_hh_linoid(0), 1, 0);
    CHECK_CLOSE(h4l_hh_linoid(-1e4), 0, 0);
    CHECK_CLOSE(h4l_hh_linoid(1e300), 1e300, 0);
    CHECK_CLOSE(h4l_hh_linoid_derivative(0), 0.5, 0);
    CHECK_CLOSE(h4l_hh_linoid_derivative(1e4), 1, 0);
    CHECK_CLOSE(h4l_hh_linoid_derivative(-1e4), 0, 0);
}

static void test_rates_at_rest(void **state)
{
    struct h4l_hh_rates r;

    (void)state;
    h4l_hh_rates(&h4l_hh_form_a, -65, &r);
    CHECK_REL(r.an, 0.1 / (exp(1) - 1), 1e-15);
    CHECK_REL(r.bn, 0.125, 1e-15);
    CHECK_REL(r.am, 2.5 / (exp(2.5) - 1), 1e-15);
    CHECK_REL(r.bm, 4, 1e-15);
    CHECK_REL(r.ah, 0.07, 1e-15);
    CHECK_REL(r.bh, 1 / (1 + exp(3)), 1e-15);
    h4l_hh_rates(&h4l_hh_form_a, -55,
                 &r); // the removable singularities: alpha_n(-55) = 0.1, alpha_m(-40) = 1
    CHECK_CLOSE(r.an, 0.1, 0);
    h4l_hh_rates(&h4l_hh_form_a, -40, &r);
    CHECK_CLOSE(r.am, 1, 0);
}

// Form B is form A with the potential counted from -65 mV: the rates must agree at V and V + 65.
static void test_forms_are_a_shift(void **state)
{
    struct h4l_rng rng;
    double worst = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "forms test", 0);
    for (int i = 0; i < 20000; i++) {
        double V = h4l_rng_between(&rng, -120, 80);
        struct h4l_hh_rates a, b;

        h4l_hh_rates(&h4l_hh_form_a, V, &a);
        h4l_hh_rates(&h4l_hh_form_b, V + 65, &b);
        worst = h4l_worst(worst, relative(a.am, b.am));
        worst = h4l_worst(worst, relative(a.bm, b.bm));
        worst = h4l_worst(worst, relative(a.ah, b.ah));
        worst = h4l_worst(worst, relative(a.bh, b.bh));
        worst = h4l_worst(worst, relative(a.an, b.an));
        worst = h4l_worst(worst, relative(a.bn, b.bn));
    }
    CHECK_AT_MOST(worst, 1e-14);
    CHECK_CLOSE(h4l_hh_form_a.ENa + 65, h4l_hh_form_b.ENa, 0);
    CHECK_CLOSE(h4l_hh_form_a.EK + 65, h4l_hh_form_b.EK, 0);
    CHECK_CLOSE(h4l_hh_form_a.EL + 65, h4l_hh_form_b.EL, 1e-13);
}

// Potential at which the ionic current in steady state is I, by bisection.
static double rest_potential(const struct h4l_hh *hh, double lo, double hi)
{
    double x[H4L_HH_DIM];

    for (int i = 0; i < 200; i++) {
        double mid = 0.5 * (lo + hi);
        h4l_hh_steady_state(hh, mid, x);
        if (h4l_hh_ionic_current(hh, x) < 0)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static void test_rest_is_a_fixed_point(void **state)
{
    double x[H4L_HH_DIM], dx[H4L_HH_DIM], V = rest_potential(&h4l_hh_form_a, -80, -50);

    (void)state;
    CHECK_CLOSE(V, -65.0, 0.005);
    CHECK_CLOSE(rest_potential(&h4l_hh_form_b, -15, 15), V + 65, 1e-10);
    h4l_hh_steady_state(&h4l_hh_form_a, V, x);
    h4l_hh_rhs(&h4l_hh_form_a, x, 0, dx);
    for (int i = 0; i < H4L_HH_DIM; i++)
        CHECK_CLOSE(dx[i], 0, 1e-12);
    for (int i = H4L_HH_M; i <= H4L_HH_N; i++)
        CHECK_TRUE(x[i] > 0 && x[i] < 1);
}

static void random_state(struct h4l_rng *rng, double x[H4L_HH_DIM])
{
    x[H4L_HH_V] = h4l_rng_between(rng, -90, 50);
    for (int i = H4L_HH_M; i <= H4L_HH_N; i++)
        x[i] = h4l_rng_uniform(rng);
}

static void test_jacobian(void **state)
{
    double worst = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 1, "jacobian test", 0);
    for (int sample = 0; sample < 500; sample++) {
        double x[H4L_HH_DIM], J[16], up[H4L_HH_DIM], down[H4L_HH_DIM], w[H4L_HH_DIM];

        random_state(&rng, x);
        h4l_hh_jacobian(&h4l_hh_form_a, x, J);
        for (int k = 0; k < H4L_HH_DIM; k++) {
            double h = k == H4L_HH_V ? 1e-4 : 1e-6;

            memcpy(w, x, sizeof w);
            w[k] = x[k] + h;
            h4l_hh_rhs(&h4l_hh_form_a, w, 10, up);
            w[k] = x[k] - h;
            h4l_hh_rhs(&h4l_hh_form_a, w, 10, down);
            for (int i = 0; i < H4L_HH_DIM; i++) {
                double slope = (up[i] - down[i]) / (2 * h);
                worst = h4l_worst(worst, fabs(J[4 * i + k] - slope) / (1 + fabs(slope)));
            }
        }
    }
    CHECK_AT_MOST(worst, 1e-6);
}

// Without the two active conductances the neuron is a leaky integrator: C V' = I - gL (V - EL).
static void test_no_conductance_is_a_leaky_integrator(void **state)
{
    struct h4l_hh hh = h4l_hh_form_a;
    double x[H4L_HH_DIM] = {-30, 0.5, 0.5, 0.5}, dx[H4L_HH_DIM];

    (void)state;
    hh.gNa = hh.gK = 0;
    hh.C = 2;
    h4l_hh_rhs(&hh, x, 7, dx);
    CHECK_CLOSE(dx[H4L_HH_V], (7 - 0.3 * (-30 + 54.387)) / 2, 1e-15);
}

static void test_single_precision(void **state)
{
    struct h4l_hh_float hh;
    struct h4l_rng rng;
    double worst_rate = 0, worst_rhs = 0;

    (void)state;
    h4l_hh_to_float(&h4l_hh_form_a, &hh);
    h4l_rng_init(&rng, 1, "float test", 0);
    for (int i = 0; i < 20000; i++) {
        double x[H4L_HH_DIM], dx[H4L_HH_DIM];
        float y[H4L_HH_DIM], dy[H4L_HH_DIM];
        struct h4l_hh_rates r;
        struct h4l_hh_rates_float s;

        random_state(&rng, x);
        for (int k = 0; k < H4L_HH_DIM; k++)
            x[k] = y[k] = (float)x[k];
        h4l_hh_rates(&h4l_hh_form_a, x[0], &r);
        h4l_hh_rates_float(&hh, y[0], &s);
        worst_rate = h4l_worst(worst_rate, relative((double)s.am, r.am));
        worst_rate = h4l_worst(worst_rate, relative((double)s.bm, r.bm));
        worst_rate = h4l_worst(worst_rate, relative((double)s.ah, r.ah));
        worst_rate = h4l_worst(worst_rate, relative((double)s.bh, r.bh));
        worst_rate = h4l_worst(worst_rate, relative((double)s.an, r.an));
        worst_rate = h4l_worst(worst_rate, relative((double)s.bn, r.bn));
        h4l_hh_rhs(&h4l_hh_form_a, x, 10, dx);
        h4l_hh_rhs_float(&hh, y, 10, dy);
        // relative to the largest current that enters the sum
        worst_rhs = h4l_worst(worst_rhs, fabs((double)dy[0] - dx[0]) / (120.0 * 140));
    }
    // arguments near -9 carry half an ulp of |V| ~ 120 mV over 10 mV: 9 ulp and the function's own
    CHECK_AT_MOST(worst_rate, 16 * (double)FLT_EPSILON);
    CHECK_AT_MOST(worst_rhs, 2 * (double)FLT_EPSILON);
    CHECK_TRUE(worst_rate > 0.25 * (double)FLT_EPSILON); // float indeed
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linoid),
        cmocka_unit_test(test_rates_at_rest),
        cmocka_unit_test(test_forms_are_a_shift),
        cmocka_unit_test(test_rest_is_a_fixed_point),
        cmocka_unit_test(test_jacobian),
        cmocka_unit_test(test_no_conductance_is_a_leaky_integrator),
        cmocka_unit_test(test_single_precision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
