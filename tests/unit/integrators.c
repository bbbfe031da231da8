// The integration schemes: orders against adaptive reference solutions, invariants, and the closed form of a leaky membrane.
#include "check.h"

#include "adaptive.h"
#include "base/rng.h"
#include "sim/integrators.h"
#include "sim/layered.h"

struct problem {
    struct h4l_hh hh;
    double I;
};

static void hh_rhs(const void *ctx, const double *x, double *ret_dx)
{
    const struct problem *p = ctx;

    h4l_hh_rhs(&p->hh, x, p->I, ret_dx);
}

static void tv_rhs(const void *ctx, const double *y, double *ret_dy)
{
    const struct problem *p = ctx;

    h4l_tv_own_rhs(&p->hh, p->I, y, ret_dy);
}

static const struct problem spiking = {.hh = {.C = 1,
                                              .gNa = 120,
                                              .gK = 36,
                                              .gL = 0.3,
                                              .ENa = 50,
                                              .EK = -77,
                                              .EL = -54.387,
                                              .v_0 = 65,
                                              .v_n = 55,
                                              .v_m = 40,
                                              .v_h = 35},
                                       .I = 10};

static void test_adaptive_solutions_agree(void **state)
{
    const struct adaptive hh = {H4L_HH_DIM, hh_rhs, &spiking};
    const struct adaptive tv = {H4L_TV_DIM, tv_rhs, &spiking};
    double x[H4L_HH_DIM], y[H4L_TV_DIM];

    (void)state;
    memcpy(x, h4l_published_start, sizeof x);
    h4l_tv_start(x, y);
    CHECK_INT(adaptive_gsl(&hh, 40, 1e-13, x), 0);
    CHECK_INT(adaptive_gsl(&tv, 40, 1e-13, y), 0);
    CHECK_CLOSE(h4l_tv_potential(y), x[H4L_HH_V],
                1e-8); // the two systems are one, solved to a tight tolerance
#if H4L_TESTS_CVODE
    double z[H4L_HH_DIM];

    memcpy(z, h4l_published_start, sizeof z);
    CHECK_INT(adaptive_cvode(&hh, 40, 1e-13, z), 0);
    for (int i = 0; i < H4L_HH_DIM; i++)
        CHECK_CLOSE(z[i], x[i], 1e-7);
#else
    printf("  without SUNDIALS: GSL alone\n");
#endif
}

// |V - reference| after 12 ms (a spike and its refractory phase) with steps of dt.
static double error_after_spike(enum h4l_scheme scheme, double dt, double reference)
{
    const double I[3] = {10, 10, 10};
    double x[H4L_HH_DIM];

    memcpy(x, h4l_published_start, sizeof x);
    for (long i = 0, n = lround(12 / dt); i < n; i++)
        h4l_hh_step(&spiking.hh, scheme, dt, I, x);
    return fabs(x[H4L_HH_V] - reference);
}

static void test_orders_of_convergence(void **state)
{
    static const struct {
        enum h4l_scheme scheme;
        double dt, order;
    } rows[] = {
        {H4L_EULER, 0.001, 1},
        {H4L_EXP_EULER, 0.001, 1},
        {H4L_RK4, 0.01, 4},
        {H4L_RK4_BY_NEURON, 0.01, 4}}; // by_neuron: the HH neuron itself has the whole method
    const struct adaptive hh = {H4L_HH_DIM, hh_rhs, &spiking};
    double x[H4L_HH_DIM];

    (void)state;
    memcpy(x, h4l_published_start, sizeof x);
    CHECK_INT(adaptive_gsl(&hh, 12, 1e-13, x), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double coarse = error_after_spike(rows[i].scheme, rows[i].dt, x[H4L_HH_V]);
        double fine = error_after_spike(rows[i].scheme, rows[i].dt / 2, x[H4L_HH_V]);

        printf("  %s: error %g at dt %g, %g at half of it\n", h4l_scheme_name(rows[i].scheme),
               coarse, rows[i].dt, fine);
        CHECK_CLOSE(log2(coarse / fine), rows[i].order, 0.1);
    }
}

// Time-varying input: the stage times matter. x' of V sees I(t); order 4 would break if the middle were taken at an end.
static void test_rk4_reads_input_at_stage_times(void **state)
{
    struct h4l_hh leak = h4l_hh_form_a; // C V' = I(t) - gL (V - EL) with I = t^3
    double V[2];

    (void)state;
    leak.gNa = leak.gK = 0;
    for (int fine = 0; fine < 2; fine++) {
        double dt = fine ? 0.025 : 0.05, x[H4L_HH_DIM] = {leak.EL, 0, 0, 0};

        for (long i = 0, n = lround(4 / dt); i < n; i++) {
            double t = (double)i * dt, I[3];
            for (int k = 0; k < 3; k++)
                I[k] = pow(t + k * dt / 2, 3);
            h4l_hh_step(&leak, H4L_RK4, dt, I, x);
        }
        // V - EL = e^{-gt} int_0^t s^3 e^{gs} ds, by parts, with g = gL / C
        double g = 0.3, t = 4;
        double exact = t * t * t / g - 3 * t * t / (g * g) + 6 * t / (g * g * g) -
                       6 / (g * g * g * g) * (1 - exp(-g * t));
        V[fine] = fabs(x[H4L_HH_V] - leak.EL - exact);
    }
    CHECK_AT_MOST(V[0], 1e-6);
    CHECK_CLOSE(log2(V[0] / V[1]), 4, 0.3);
}

static void test_gates_stay_in_their_range(void **state)
{
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 1, "gates test", 0);
    for (enum h4l_scheme scheme = 0; scheme < H4L_SCHEMES; scheme++) {
        double x[H4L_HH_DIM], lowest = 1, highest = 0;

        memcpy(x, h4l_published_start, sizeof x);
        for (int i = 0; i < 50000; i++) {
            double level = h4l_rng_between(&rng, -40, 100), I[3] = {level, level, level};
            h4l_hh_step(&h4l_hh_form_a, scheme, 0.02, I, x);
            for (int k = H4L_HH_M; k <= H4L_HH_N; k++) {
                lowest = fmin(lowest, x[k]);
                highest = h4l_worst(highest, x[k]);
            }
        }
        printf("  %s: gates from %g to %g\n", h4l_scheme_name(scheme), lowest, highest);
        CHECK_AT_LEAST(lowest, 0);
        CHECK_AT_MOST(highest, 1);
    }
}

static void test_rest_stays(void **state)
{
    (void)state;
    for (enum h4l_scheme scheme = 0; scheme < H4L_SCHEMES; scheme++) {
        struct h4l_pair pair = {.hh = h4l_hh_form_a, .scheme = scheme, .dt = 0.02};
        double x[H4L_HH_DIM], y[H4L_TV_DIM], start[H4L_HH_DIM], I[3] = {0};

        h4l_hh_steady_state(&h4l_hh_form_a, -65, x);
        for (int i = 0; i < 20000; i++) // settles at rest
            h4l_hh_step(&h4l_hh_form_a, scheme, 0.02, I, x);
        memcpy(start, x, sizeof x);
        h4l_tv_start(x, y);
        for (int i = 0; i < 20000; i++)
            h4l_pair_step(&pair, I, I, x, y);
        for (int i = 0; i < H4L_HH_DIM; i++)
            CHECK_CLOSE(x[i], start[i], 1e-10);
        if (scheme == H4L_EULER || scheme == H4L_RK4)
            CHECK_CLOSE(h4l_tv_potential(y), start[H4L_HH_V], 1e-10);
    }
}

// With gNa = gK = 0 both neurons are one leaky membrane; Euler and exponential Euler then have closed forms.
static void test_leaky_membrane(void **state)
{
    static const enum h4l_scheme schemes[] = {H4L_EULER, H4L_EXP_EULER};

    (void)state;
    for (int s = 0; s < 2; s++) {
        struct h4l_pair pair = {.hh = h4l_hh_form_a, .scheme = schemes[s], .dt = 0.1};
        double x[H4L_HH_DIM], y[H4L_TV_DIM], I[3] = {2, 2, 2}, end, factor;
        int steps = 57;

        pair.hh.gNa = pair.hh.gK = 0;
        pair.hh.C = 1.5;
        memcpy(x, h4l_published_start, sizeof x);
        h4l_tv_start(x, y);
        for (int i = 0; i < steps; i++)
            h4l_pair_step(&pair, I, I, x, y);
        end = pair.hh.EL + 2 / 0.3;
        factor = s ? exp(-0.1 * 0.3 / 1.5 * steps) : pow(1 - 0.1 * 0.3 / 1.5, steps);
        CHECK_CLOSE(x[H4L_HH_V], end + (-70 - end) * factor, 1e-12);
        if (s == 0)
            CHECK_CLOSE(h4l_tv_potential(y), end + (-70 - end) * factor, 1e-12);
    }
}

// Own gates and shared gates are the same neuron in the exact order.
static void test_own_and_shared_gates(void **state)
{
    static const enum h4l_scheme schemes[] = {H4L_EULER, H4L_RK4};

    (void)state;
    for (int s = 0; s < 2; s++) {
        struct h4l_pair pair = {.hh = h4l_hh_form_a, .scheme = schemes[s], .dt = 0.01};
        double x[2][H4L_HH_DIM], y[2][H4L_TV_DIM], I[3] = {10, 10, 10}, worst = 0;

        for (int own = 0; own < 2; own++) {
            memcpy(x[own], h4l_published_start, sizeof x[own]);
            h4l_tv_start(x[own], y[own]);
        }
        for (int i = 0; i < 5000; i++)
            for (int own = 0; own < 2; own++) {
                pair.tv.gates = own ? H4L_TV_OWN_GATES : H4L_TV_SHARED_GATES;
                h4l_pair_step(&pair, I, I, x[own], y[own]);
                worst = h4l_worst(worst, fabs(h4l_tv_potential(y[own]) - x[0][H4L_HH_V]));
            }
        CHECK_AT_MOST(worst, 1e-9);
        for (int i = 0; i < 3; i++)
            CHECK_CLOSE(y[1][H4L_TV_M + i], x[1][H4L_HH_M + i], 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adaptive_solutions_agree),
        cmocka_unit_test(test_orders_of_convergence),
        cmocka_unit_test(test_rk4_reads_input_at_stage_times),
        cmocka_unit_test(test_gates_stay_in_their_range),
        cmocka_unit_test(test_rest_stays),
        cmocka_unit_test(test_leaky_membrane),
        cmocka_unit_test(test_own_and_shared_gates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
