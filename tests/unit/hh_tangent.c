// The ensemble kernels of HH and tv-LIF2HH against the plain flows stepped by h4l_rk4_step, at every instruction level.
#include "check.h"

#include "analysis/flow.h"
#include "neuron/hh_tangent.h"
#include "sim/wave_lanes.h"

enum { N = 16, STEPS = 400 };
static const double h = 0.02;
static struct h4l_err err;

// Trajectory j: its own start, phase and mean current, so that some rest, some fire.
static double current(int j, double t)
{
    return j + 3 * sin(0.9 * t + j);
}

struct plain {
    struct h4l_hh_flow flow;
    int j;
};

static void hh_eval(const void *ctx, double t, const double *x, double *dx, double *J)
{
    const struct plain *p = ctx;

    h4l_hh_flow_eval(&p->flow, x, current(p->j, t), dx, J);
}

static void tv_eval(const void *ctx, double t, const double *x, double *dx, double *J)
{
    const struct plain *p = ctx;

    h4l_tv_flow_eval(&p->flow, x, current(p->j, t), dx, J);
}

static double compare(enum h4l_simd level, int tv)
{
    enum { MOST = H4L_TV_TANGENT_ROWS };
    int dim = tv ? H4L_TV_DIM : H4L_HH_DIM,
        k = tv ? H4L_TV_TANGENT_VECTORS : H4L_HH_TANGENT_VECTORS;
    int rows = dim * (1 + k);
    static double state[MOST * N], start[MOST * N], I[(2 * STEPS + 1) * N];
    struct h4l_hh_tangent *tangent;
    double worst = 0;

    CHECK_OK(h4l_hh_tangent_create(&h4l_hh_form_a, level, &tangent, &err), err);
    for (int j = 0; j < N; j++) {
        double hh[H4L_HH_DIM], x[H4L_TV_DIM];
        h4l_hh_steady_state(&h4l_hh_form_a, -75 + 2 * j, hh);
        if (tv)
            h4l_tv_flow_from_hh(hh, x);
        else
            memcpy(x, hh, sizeof hh);
        for (int i = 0; i < rows; i++)
            start[i * N + j] = state[i * N + j] = i < dim ? x[i] : sin(1.7 * i * i + j);
        for (int s = 0; s <= 2 * STEPS; s++)
            I[s * N + j] = current(j, s * h / 2);
    }
    (tv ? h4l_tv_tangent_run : h4l_hh_tangent_run)(tangent, h, N, STEPS, I, state);
    h4l_hh_tangent_destroy(tangent);
    for (int j = 0; j < N; j++) {
        struct plain p = {.j = j};
        struct h4l_flow flow = {.dim = dim, .ctx = &p, .eval = tv ? tv_eval : hh_eval};
        struct h4l_rk4 rk4;
        double x[MOST], norm = 0;
        h4l_hh_flow_init(&h4l_hh_form_a, &p.flow);
        CHECK_OK(h4l_rk4_create(&flow, k, &rk4, &err), err);
        for (int i = 0; i < rows; i++)
            x[i] = start[i * N + j];
        for (int s = 0; s < STEPS; s++)
            h4l_rk4_step(&rk4, s * h, h, x, x + dim);
        h4l_rk4_destroy(&rk4);
        for (int i = dim; i < rows; i++)
            norm = fmax(norm, fabs(x[i]));
        for (int i = 0; i < rows; i++)
            worst = h4l_worst(worst, fabs(state[i * N + j] - x[i]) /
                                         (i < dim ? fmax(1, fabs(x[i])) : norm));
    }
    return worst;
}

static void test_levels(void **state)
{
    int levels = 0;

    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++)
        if (h4l_simd_available((enum h4l_simd)level)) {
            printf("%s\n", h4l_simd_name((enum h4l_simd)level));
            CHECK_AT_MOST(compare((enum h4l_simd)level, 0), 1e-12);
            CHECK_AT_MOST(compare((enum h4l_simd)level, 1), 1e-12);
            levels++;
        }
    CHECK_AT_LEAST(levels, 1);
}

// Without tangent vectors: the same trajectories, with a row of currents per half step and with one row for all.
static double compare_bare(enum h4l_simd level, int constant)
{
    static double with[H4L_HH_TANGENT_ROWS * N], state[H4L_HH_DIM * N], I[(2 * STEPS + 1) * N];
    struct h4l_hh_tangent *tangent;
    double worst = 0;

    CHECK_OK(h4l_hh_tangent_create(&h4l_hh_form_a, level, &tangent, &err), err);
    memset(with, 0, sizeof with);
    for (int j = 0; j < N; j++) {
        double hh[H4L_HH_DIM];
        h4l_hh_steady_state(&h4l_hh_form_a, -75 + 2 * j, hh);
        for (int i = 0; i < H4L_HH_DIM; i++)
            state[i * N + j] = with[i * N + j] = hh[i];
        for (int s = 0; s <= 2 * STEPS; s++)
            I[s * N + j] = constant ? j : current(j, s * h / 2);
    }
    h4l_hh_tangent_run(tangent, h, N, STEPS, I, with);
    h4l_hh_rk4_run(tangent, h, N, STEPS, I, constant ? 0 : N, state);
    h4l_hh_tangent_destroy(tangent);
    for (int i = 0; i < H4L_HH_DIM * N; i++)
        worst = h4l_worst(worst, fabs(state[i] - with[i]) / fmax(1, fabs(with[i])));
    return worst;
}

static void test_bare(void **state)
{
    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++)
        if (h4l_simd_available((enum h4l_simd)level)) {
            CHECK_AT_MOST(compare_bare((enum h4l_simd)level, 0), 1e-12);
            CHECK_AT_MOST(compare_bare((enum h4l_simd)level, 1), 1e-12);
        }
}

// Through both removable singularities of the rates, exactly and nearly: one step from there is finite and as the plain one.
static void test_singularities(void **state)
{
    static const double offsets[8] = {0, 1e-300, 1e-13, -1e-9, 1e-5, 0.3, -0.99, 1.01};
    double worst = 0;

    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        struct h4l_hh_tangent *tangent;
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        CHECK_OK(h4l_hh_tangent_create(&h4l_hh_form_a, (enum h4l_simd)level, &tangent, &err), err);
        for (int which = 0; which < 2; which++) {
            double s[H4L_HH_TANGENT_ROWS * 8] = {0}, I[3 * 8] = {0}, tiny = 1e-7;
            for (int j = 0; j < 8; j++) {
                double x[4];
                h4l_hh_steady_state(&h4l_hh_form_a, (which ? -55 : -40) + offsets[j], x);
                for (int i = 0; i < 4; i++) {
                    s[i * 8 + j] = x[i];
                    s[(4 + 5 * i) * 8 + j] = 1; // W = identity
                }
            }
            double before[H4L_HH_TANGENT_ROWS * 8];
            memcpy(before, s, sizeof before);
            h4l_hh_tangent_run(tangent, tiny, 8, 1, I, s);
            for (int j = 0; j < 8; j++) { // (W - 1) / h is the Jacobian up to O(h)
                double x[4], J[16];
                for (int i = 0; i < 4; i++)
                    x[i] = before[i * 8 + j];
                h4l_hh_jacobian(&h4l_hh_form_a, x, J);
                for (int i = 0; i < 16; i++) {
                    double ours = (s[(4 + i) * 8 + j] - before[(4 + i) * 8 + j]) / tiny;
                    assert_true(isfinite(ours));
                    worst = h4l_worst(worst, fabs(ours - J[i]) / fmax(1, fabs(J[i])));
                }
            }
        }
        h4l_hh_tangent_destroy(tangent);
    }
    CHECK_AT_MOST(worst, 1e-3);
}

static void test_wave_lanes(void **state)
{
    const struct h4l_wave waves[3] = {
        h4l_wave_sine(10, 2.5, 0.17, 0.3),
        h4l_wave_const(7),
        {.kind = H4L_WAVE_TRIANGLE, .offset = 1, .amplitude = 4, .period_ms = 8.5}};
    double start[5], I[201 * 5], worst = 0;

    (void)state;
    for (int j = 0; j < 5; j++)
        start[j] = 1000.3 * j;
    for (int w = 0; w < 3; w++) {
        h4l_wave_lanes(&waves[w], start, 5, 0.01, 201, I);
        for (int i = 0; i <= 200; i++)
            for (int j = 0; j < 5; j++)
                worst = h4l_worst(
                    worst, fabs(I[i * 5 + j] - h4l_wave_value(&waves[w], start[j] + 0.01 * i)));
    }
    CHECK_AT_MOST(worst, 1e-11); // the phase itself is only known to 1e-12 at t = 4000
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_levels), cmocka_unit_test(test_bare),
                                       cmocka_unit_test(test_singularities),
                                       cmocka_unit_test(test_wave_lanes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
