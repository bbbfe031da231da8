// tv-LIF2HH: the identity with HH as an equation, the published order's defect, the flow for Lyapunov exponents, and rebasing.
#include "check.h"

#include "base/rng.h"
#include "neuron/tv_lif.h"
#include "neuron/tv_lif_flow.h"

static void random_state(struct h4l_rng *rng, double y[H4L_TV_DIM])
{
    for (int i = 0; i < H4L_TV_CORE_DIM; i++)
        y[i] = h4l_rng_between(rng, -90, 60);
    y[H4L_TV_U4] = h4l_rng_between(rng, -90, 60) - y[H4L_TV_F];
    for (int i = H4L_TV_M; i < H4L_TV_DIM; i++)
        y[i] = h4l_rng_uniform(rng);
}

static void hh_state_of(const double y[H4L_TV_DIM], double ret_x[H4L_HH_DIM])
{
    ret_x[H4L_HH_V] = h4l_tv_potential(y);
    for (int i = 0; i < 3; i++)
        ret_x[H4L_HH_M + i] = y[H4L_TV_M + i];
}

// f' + u_4' is the HH membrane equation, and the gates' equations are HH's, at any state and for any capacitance.
static void test_sum_is_the_membrane_equation(void **state)
{
    double worst = 0, worst_gates = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 1, "tv test", 0);
    for (int sample = 0; sample < 5000; sample++) {
        struct h4l_hh hh = h4l_hh_form_a;
        double y[H4L_TV_DIM], dy[H4L_TV_DIM], x[H4L_HH_DIM], dx[H4L_HH_DIM];
        double I = h4l_rng_between(&rng, -50, 150);

        hh.C = h4l_rng_between(&rng, 0.5, 2);
        random_state(&rng, y);
        hh_state_of(y, x);
        h4l_tv_own_rhs(&hh, I, y, dy);
        h4l_hh_rhs(&hh, x, I, dx);
        // currents of up to 120 mS/cm^2 * 140 mV enter the sums
        worst = h4l_worst(worst, fabs(dy[H4L_TV_F] + dy[H4L_TV_U4] - dx[H4L_HH_V]) / 2e4);
        for (int i = 0; i < 3; i++)
            worst_gates = h4l_worst(worst_gates, fabs(dy[H4L_TV_M + i] - dx[H4L_HH_M + i]));
    }
    CHECK_AT_MOST(worst, 1e-15);
    CHECK_AT_MOST(worst_gates, 0);
}

// One step in both orders from the same state: u_4 differs by -(dt/C)^2 gs D, everything else agrees.
static void test_defect_of_the_published_order(void **state)
{
    double worst = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 2, "tv test", 0);
    for (int sample = 0; sample < 2000; sample++) {
        struct h4l_hh hh = h4l_hh_form_a;
        double exact[H4L_TV_DIM], published[H4L_TV_DIM], g[3], gs, D, I, z, read[2], V, f;

        hh.C = h4l_rng_between(&rng, 0.5, 2);
        I = h4l_rng_between(&rng, -50, 150);
        z = exp(h4l_rng_between(&rng, log(1e-3), log(0.05))) / hh.C;
        random_state(&rng, exact);
        memcpy(published, exact, sizeof exact);
        V = h4l_tv_potential(exact);
        f = exact[H4L_TV_F];
        h4l_hh_conductances(&hh, exact + H4L_TV_M, g);
        gs = g[0] + g[1] + g[2];
        D = g[0] * (hh.ENa - exact[0]) + g[1] * (hh.EK - exact[1]) + g[2] * (hh.EL - exact[2]) + I;
        read[0] = h4l_tv_step(&hh, H4L_TV_EXACT_ORDER, g, I, z, z * gs, exact);
        read[1] = h4l_tv_step(&hh, H4L_TV_PUBLISHED_ORDER, g, I, z, z * gs, published);
        for (int i = 0; i < H4L_TV_U4; i++)
            assert_true(published[i] == exact[i]);
        assert_true(read[0] == V);
        assert_true(read[1] ==
                        V + (published[H4L_TV_F] - f) || // f[k+1] + u_4[k], rounded either way
                    fabs(read[1] - V - z * D) < 1e-12 * (1e3 + fabs(z * D)));
        worst = h4l_worst(worst, fabs(published[H4L_TV_U4] - exact[H4L_TV_U4] + z * z * gs * D) /
                                     (1e2 + fabs(z * z * gs * D)));
    }
    CHECK_AT_MOST(worst, 1e-14);
}

// A forward Euler step of the tv neuron moves f + u_4 as the HH neuron's potential.
static void test_euler_step_is_the_hh_step(void **state)
{
    double worst = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 3, "tv test", 0);
    for (int sample = 0; sample < 5000; sample++) {
        double y[H4L_TV_DIM], x[H4L_HH_DIM], dx[H4L_HH_DIM], g[3];
        double dt = 0.01, I = h4l_rng_between(&rng, -50, 150);

        random_state(&rng, y);
        hh_state_of(y, x);
        h4l_hh_conductances(&h4l_hh_form_a, x + H4L_HH_M, g);
        h4l_hh_rhs(&h4l_hh_form_a, x, I, dx);
        h4l_tv_step(&h4l_hh_form_a, H4L_TV_EXACT_ORDER, g, I, dt, dt * (g[0] + g[1] + g[2]), y);
        worst = h4l_worst(worst, fabs(h4l_tv_potential(y) - (x[H4L_HH_V] + dt * dx[H4L_HH_V])));
    }
    CHECK_AT_MOST(worst, 5e-13);
}

// The flow whose Jacobian the Lyapunov exponents use is the same system.
static void test_flow_is_the_same_system(void **state)
{
    struct h4l_hh_flow flow;
    double worst = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_hh_flow_init(&h4l_hh_form_a, &flow);
    h4l_rng_init(&rng, 4, "tv test", 0);
    for (int sample = 0; sample < 1000; sample++) {
        double y[H4L_TV_DIM], dy[H4L_TV_DIM], flow_dy[H4L_TV_DIM];
        double I = h4l_rng_between(&rng, -20, 60);

        random_state(&rng, y);
        h4l_tv_own_rhs(&flow.hh, I, y, dy);
        h4l_tv_flow_eval(&flow, y, I, flow_dy, NULL);
        for (int i = 0; i < H4L_TV_DIM; i++)
            worst = h4l_worst(worst, fabs(flow_dy[i] - dy[i]) / (1e3 + fabs(dy[i])));
    }
    CHECK_AT_MOST(worst, 1e-14);
}

static void test_start_and_rebase(void **state)
{
    const double x[H4L_HH_DIM] = {-70, 0.0289, 0.7541, 0.2446};
    const struct h4l_tv_options never = h4l_tv_as_stated, at = {.rebase = H4L_TV_REBASE};
    double y[H4L_TV_DIM];

    (void)state;
    h4l_tv_start(x, y);
    for (int i = 0; i < H4L_TV_U4; i++)
        CHECK_CLOSE(y[i], 0, 0);
    CHECK_CLOSE(y[H4L_TV_U4], -70, 0);
    CHECK_CLOSE(y[H4L_TV_M], 0.0289, 0);
    CHECK_CLOSE(y[H4L_TV_H], 0.7541, 0);
    CHECK_CLOSE(y[H4L_TV_N], 0.2446, 0);
    CHECK_INT(h4l_tv_as_stated.order, H4L_TV_EXACT_ORDER);
    CHECK_INT(h4l_tv_as_published.order, H4L_TV_PUBLISHED_ORDER);

    const double split[][2] = {{-760.1, 700.3}, {64.5, -100}, {-1e6, 1e6 - 65.3}};
    for (size_t i = 0; i < sizeof split / sizeof *split; i++) {
        double V;

        y[H4L_TV_F] = split[i][0];
        y[H4L_TV_U4] = split[i][1];
        V = h4l_tv_potential(y);
        h4l_tv_rebase(&never, y);
        CHECK_CLOSE(y[H4L_TV_F], split[i][0], 0);
        h4l_tv_rebase(&at, y);
        CHECK_CLOSE(y[H4L_TV_F], 0, 0);
        CHECK_CLOSE(h4l_tv_potential(y), V, 0);
    }
    y[H4L_TV_F] = 63;
    h4l_tv_rebase(&at, y);
    CHECK_CLOSE(y[H4L_TV_F], 63, 0); // small enough: left alone
}

// The float twin follows the double one step to float's precision.
static void test_single_precision(void **state)
{
    struct h4l_hh_float hh_float;
    struct h4l_rng rng;
    double worst = 0;

    (void)state;
    h4l_hh_to_float(&h4l_hh_form_a, &hh_float);
    h4l_rng_init(&rng, 5, "tv test", 0);
    for (int sample = 0; sample < 5000; sample++) {
        double y[H4L_TV_DIM], g[3];
        float z[H4L_TV_DIM], g_float[3], I = (float)h4l_rng_between(&rng, -50, 150);

        random_state(&rng, y);
        for (int i = 0; i < H4L_TV_DIM; i++)
            y[i] = z[i] = (float)y[i];
        h4l_hh_conductances(&h4l_hh_form_a, y + H4L_TV_M, g);
        h4l_hh_conductances_float(&hh_float, z + H4L_TV_M, g_float);
        h4l_tv_step(&h4l_hh_form_a, H4L_TV_PUBLISHED_ORDER, g, (double)I, 0.01,
                    0.01 * (g[0] + g[1] + g[2]), y);
        h4l_tv_step_float(&hh_float, H4L_TV_PUBLISHED_ORDER, g_float, I, 0.01f,
                          0.01f * (g_float[0] + g_float[1] + g_float[2]), z);
        for (int i = 0; i < H4L_TV_CORE_DIM; i++)
            worst = h4l_worst(worst, fabs((double)z[i] - y[i]));
    }
    CHECK_AT_MOST(worst, 2e-4); // steps of up to 200 mV
    CHECK_AT_LEAST(worst, 1e-7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_is_the_membrane_equation),
        cmocka_unit_test(test_defect_of_the_published_order),
        cmocka_unit_test(test_euler_step_is_the_hh_step),
        cmocka_unit_test(test_flow_is_the_same_system),
        cmocka_unit_test(test_start_and_rebase),
        cmocka_unit_test(test_single_precision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
