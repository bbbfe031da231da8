// Lyapunov spectra of systems with known exponents; QR against GSL; saltation matrices against closed forms.
#include "check.h"

#include <gsl/gsl_linalg.h>

#include "analysis/hybrid.h"
#include "analysis/lyapunov.h"
#include "neuron/tv_lif_flow.h"

static struct h4l_err err;

// ---- maps ----

static void henon(const void *ctx, size_t n, const double *x, double *y, double *J)
{
    (void)ctx;
    (void)n;
    y[0] = 1 - 1.4 * x[0] * x[0] + x[1];
    y[1] = 0.3 * x[0];
    if (J) {
        J[0] = -2.8 * x[0];
        J[1] = 1;
        J[2] = 0.3;
        J[3] = 0;
    }
}

static void test_henon(void **state)
{
    const struct h4l_map map = {2, NULL, henon};
    struct h4l_lyapunov_options o = {.exponents = 2,
                                     .steps_per_qr = 1,
                                     .transient_qr = 1000,
                                     .qr_per_block = 20000,
                                     .blocks = 50};
    double x[2] = {0.1, 0.1}, blocks[100], mean[2], error[2];

    (void)state;
    CHECK_OK(h4l_lyapunov_map(&map, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 50, 2, mean, error);
    CHECK_CLOSE(mean[0], 0.41922, 1e-3); // Sprott, Chaos and Time-Series Analysis (2003)
    CHECK_CLOSE(mean[1], log(0.3) - 0.41922, 1e-3);
    CHECK_CLOSE(mean[0] + mean[1], log(0.3), 1e-12); // constant divergence
    CHECK_AT_MOST(error[0], 5e-4);
    CHECK_AT_LEAST(error[0], 1e-5);
    CHECK_CLOSE(h4l_kaplan_yorke(mean, 2), 1 + 0.41922 / 1.62319, 1e-3);
}

static void reset_map(const void *ctx, size_t n, const double *x, double *y, double *J)
{
    (void)ctx;
    int reset = n % 10 == 9; // one of two variables is set to a constant in every tenth step
    y[0] = reset ? 0 : 0.9 * x[0] + 1;
    y[1] = 0.5 * x[1] + x[0];
    J[0] = reset ? 0 : 0.9;
    J[1] = 0;
    J[2] = 1;
    J[3] = 0.5;
}

static void test_map_with_reset(void **state)
{
    const struct h4l_map map = {2, NULL, reset_map};
    struct h4l_lyapunov_options o = {
        .exponents = 2, .steps_per_qr = 1, .transient_qr = 20, .qr_per_block = 10, .blocks = 3};
    double x[2] = {0, 0}, blocks[6], mean[2];

    (void)state;
    CHECK_OK(h4l_lyapunov_map(&map, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 3, 2, mean, NULL);
    CHECK_CLOSE(mean[0], log(0.5), 1e-12);
    CHECK_TRUE(isinf(mean[1]) && mean[1] < 0);
}

// ---- flows ----

static void lorenz(const void *ctx, double t, const double *x, double *dx, double *J)
{
    (void)ctx;
    (void)t;
    dx[0] = 10 * (x[1] - x[0]);
    dx[1] = x[0] * (28 - x[2]) - x[1];
    dx[2] = x[0] * x[1] - 8.0 / 3 * x[2];
    if (J) {
        const double jacobian[9] = {-10, 10, 0, 28 - x[2], -1, -x[0], x[1], x[0], -8.0 / 3};
        memcpy(J, jacobian, sizeof jacobian);
    }
}

static void test_lorenz(void **state)
{
    const struct h4l_flow flow = {.dim = 3, .eval = lorenz};
    struct h4l_lyapunov_options o = {.exponents = 3,
                                     .step = 0.01,
                                     .steps_per_qr = 20,
                                     .transient_qr = 100,
                                     .qr_per_block = 3000,
                                     .blocks = 60};
    double x[3] = {1, 1, 20}, blocks[180], mean[3], error[3], pair, pair_error;

    (void)state;
    CHECK_OK(h4l_lyapunov_flow(&flow, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 60, 3, mean, error);
    CHECK_CLOSE(mean[0], 0.9056, 1e-3); // Sprott (2003): 0.9056, 0, -14.5723
    CHECK_CLOSE(mean[1], 0, 1e-3);
    CHECK_CLOSE(mean[2], -14.5723, 1e-3);
    CHECK_CLOSE(mean[0] + mean[1] + mean[2], -41.0 / 3,
                2e-4); // constant divergence, up to the step
    CHECK_AT_MOST(error[0], 1e-3);
    o.qr_per_block = 1500;
    CHECK_OK(h4l_lyapunov_two_trajectories(&flow, &o, 1e-7, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 60, 1, &pair, &pair_error);
    CHECK_CLOSE(pair, mean[0], 4 * hypot(pair_error, error[0]));
    CHECK_AT_MOST(pair_error, 2e-3);
}

// ---- ensembles ----

enum { ENSEMBLE = 3 };
static const struct h4l_flow lorenz_flow = {.dim = 3, .eval = lorenz};

// Three Lorenz systems, advanced one by one by the plain stepper.
static void lorenz_advance(const void *ctx, long first, long steps, double *state)
{
    struct h4l_rk4 rk4;

    (void)ctx;
    CHECK_OK(h4l_rk4_create(&lorenz_flow, 3, &rk4, &err), err);
    for (int j = 0; j < ENSEMBLE; j++) {
        double y[12];
        for (int i = 0; i < 12; i++)
            y[i] = state[i * ENSEMBLE + j];
        for (long s = 0; s < steps; s++)
            h4l_rk4_step(&rk4, 0.01 * (double)(first + s), 0.01, y, y + 3);
        for (int i = 0; i < 12; i++)
            state[i * ENSEMBLE + j] = y[i];
    }
    h4l_rk4_destroy(&rk4);
}

static void test_ensemble(void **state)
{
    const struct h4l_ensemble ensemble = {
        .dim = 3, .exponents = 3, .n = ENSEMBLE, .advance = lorenz_advance};
    struct h4l_lyapunov_options o = {.exponents = 3,
                                     .step = 0.01,
                                     .steps_per_qr = 20,
                                     .transient_qr = 10,
                                     .qr_per_block = 15,
                                     .blocks = 2};
    double x[9], blocks[18], single[6], worst = 0;

    (void)state;
    for (int i = 0; i < 9; i++)
        x[i] = 1 + i;
    CHECK_OK(h4l_lyapunov_ensemble(&ensemble, &o, x, blocks, &err), err);
    for (int j = 0; j < ENSEMBLE; j++) {
        double y[3] = {1 + j, 4 + j, 7 + j};
        assert_int_equal(h4l_lyapunov_flow(&lorenz_flow, &o, y, single, &err), 0);
        for (int i = 0; i < 6; i++)
            worst = h4l_worst(worst, fabs(single[i] - blocks[j * 6 + i]));
        for (int i = 0; i < 3; i++)
            worst = h4l_worst(worst, fabs(y[i] - x[i * ENSEMBLE + j]));
    }
    CHECK_AT_MOST(worst, 0.0); // the same operations, one by one
    o.qr_per_block = 0;
    CHECK_INT(h4l_lyapunov_ensemble(&ensemble, &o, x, blocks, &err), H4L_E_RANGE);
}

static int stop_now(void *ctx)
{
    return ++*(int *)ctx == 2;
}

// Asked after each block whether to go on; a trajectory that leaves the numbers is named; more exponents than dimensions are refused.
static void test_ensemble_ends(void **state)
{
    struct h4l_ensemble ensemble = {
        .dim = 3, .exponents = 3, .n = ENSEMBLE, .advance = lorenz_advance};
    int asked = 0;
    struct h4l_lyapunov_options o = {.exponents = 3,
                                     .step = 0.01,
                                     .steps_per_qr = 5,
                                     .qr_per_block = 2,
                                     .blocks = 4,
                                     .stop = stop_now,
                                     .stop_ctx = &asked};
    double x[9], blocks[36];

    (void)state;
    for (int i = 0; i < 9; i++)
        x[i] = 1 + 0.1 * i;
    CHECK_INT(h4l_lyapunov_ensemble(&ensemble, &o, x, blocks, &err), H4L_E_INTERRUPT);
    CHECK_INT(asked, 2);
    o.stop = NULL;
    x[1] = 1e200;
    CHECK_INT(h4l_lyapunov_ensemble(&ensemble, &o, x, blocks, &err), H4L_E_NUMERIC);
    CHECK_TRUE(strstr(err.message, "trajectory 2") != NULL);
    ensemble.exponents = 4;
    CHECK_INT(h4l_lyapunov_ensemble(&ensemble, &o, x, blocks, &err), H4L_E_RANGE);
    // All sums of a spectrum that grows in every direction are positive: the dimension is that of the space.
    CHECK_CLOSE(h4l_kaplan_yorke((const double[]){0.3, 0.2, -0.1}, 3), 3, 0);
}

static void linear(const void *ctx, double t, const double *x, double *dx, double *J)
{
    // Upper triangular up to a rotation in the first two coordinates: eigenvalues 0.3, -0.2 +- 3 i, -1.
    static const double A[16] = {-0.2, 3, 0.7, 0.1, -3, -0.2, 0.4, 2, 0, 0, 0.3, 1, 0, 0, 0, -1};

    (void)ctx;
    (void)t;
    for (int i = 0; i < 4; i++) {
        dx[i] = 0;
        for (int j = 0; j < 4; j++)
            dx[i] += A[4 * i + j] * x[j];
    }
    if (J)
        memcpy(J, A, sizeof A);
}

static void test_linear(void **state)
{
    const struct h4l_flow flow = {.dim = 4, .eval = linear};
    const double pi = acos(-1);
    struct h4l_lyapunov_options o = {
        .exponents = 4,
        .step = pi / 3 / 200, // blocks of whole half turns: a pair does not split
        .steps_per_qr = 20,
        .transient_qr = 2000,
        .qr_per_block = 10,
        .blocks = 20};
    double x[4] = {0, 0, 0, 0}, blocks[80], mean[4], error[4];
    const double expected[4] = {0.3, -0.2, -0.2, -1};

    (void)state;
    CHECK_OK(h4l_lyapunov_flow(&flow, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 20, 4, mean, error);
    for (int i = 0; i < 4; i++)
        CHECK_CLOSE(mean[i], expected[i], 1e-7);
    x[0] = x[1] = x[2] = x[3] = 0;
    CHECK_OK(h4l_lyapunov_two_trajectories(&flow, &o, 1e-6, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 20, 1, mean, error);
    CHECK_CLOSE(mean[0], 0.3, 1e-7);
}

static void growing(const void *ctx, double t, const double *x, double *dx, double *J)
{
    (void)ctx;
    dx[0] = t * x[0];
    if (J)
        J[0] = t;
}

// A driven flow sees the time that has passed, the transient's included: x' = t x grows in a block by the block's middle.
static void test_driven_time(void **state)
{
    const struct h4l_flow flow = {.dim = 1, .eval = growing};
    const struct h4l_lyapunov_options o = {.exponents = 1,
                                           .start = 3,
                                           .step = 0.01,
                                           .steps_per_qr = 5,
                                           .transient_qr = 7,
                                           .qr_per_block = 4,
                                           .blocks = 3};
    double x = 1e-9, blocks[3];

    (void)state;
    CHECK_OK(h4l_lyapunov_flow(&flow, &o, &x, blocks, &err), err);
    for (int b = 0; b < 3; b++)
        CHECK_CLOSE(blocks[b], 3 + 0.05 * (7 + 4 * (b + 0.5)), 1e-7); // the step's own error: 4e-8
    x = 1e-9;
    CHECK_OK(h4l_lyapunov_two_trajectories(&flow, &o, 1e-6, &x, blocks, &err), err);
    for (int b = 0; b < 3; b++)
        CHECK_CLOSE(blocks[b], 3 + 0.05 * (7 + 4 * (b + 0.5)), 1e-6);
}

// ---- QR ----

static void test_orthonormalise_against_gsl(void **state)
{
    enum { D = 7, K = 5 };
    double W[D * K], norms[K], worst = 0, off = 0;
    gsl_matrix *A = gsl_matrix_alloc(D, K);
    gsl_vector *tau = gsl_vector_alloc(K);

    (void)state;
    for (int i = 0; i < D * K; i++)
        W[i] = sin(1.7 * i * i + 0.3);
    for (int i = 0; i < D; i++)
        W[i * K + 3] = W[i * K + 1] + 1e-9 * sin(5.0 * i); // nearly dependent
    for (int i = 0; i < D; i++)
        for (int v = 0; v < K; v++)
            gsl_matrix_set(A, (size_t)i, (size_t)v, W[i * K + v]);
    gsl_linalg_QR_decomp(A, tau);
    h4l_orthonormalise(W, D, K, norms);
    for (int v = 0; v < K; v++)
        worst =
            h4l_worst(worst, fabs(norms[v] / fabs(gsl_matrix_get(A, (size_t)v, (size_t)v)) - 1));
    for (int u = 0; u < K; u++)
        for (int v = 0; v < K; v++) {
            double sum = u == v ? -1 : 0;
            for (int i = 0; i < D; i++)
                sum += W[i * K + u] * W[i * K + v];
            off = h4l_worst(off, fabs(sum));
        }
    CHECK_AT_MOST(worst, 1e-6); // the small norm is a difference of numbers 1e9 times as large
    CHECK_AT_MOST(off, 1e-14);
    gsl_matrix_free(A);
    gsl_vector_free(tau);

    double Z[6] = {1, 2, 1, 2, 1, 2}; // second column depends on the first
    h4l_orthonormalise(Z, 3, 2, norms);
    CHECK_CLOSE(norms[0], sqrt(3), 1e-15);
    CHECK_CLOSE(norms[1], 0, 0);
    CHECK_CLOSE(Z[0] * Z[1] + Z[2] * Z[3] + Z[4] * Z[5], 0, 1e-15);
    CHECK_CLOSE(Z[1] * Z[1] + Z[3] * Z[3] + Z[5] * Z[5], 1, 1e-15);
}

// ---- jumps ----

// Two LIF neurons u' = -u + I, threshold 1, reset to 0, that move each other by `pulse` when they fire.
struct pair {
    double I, pulse;
};

static void pair_eval(const void *ctx, double t, const double *x, double *dx, double *J)
{
    const struct pair *p = ctx;

    (void)t;
    for (int i = 0; i < 2; i++)
        dx[i] = p->I - x[i];
    if (J) {
        J[0] = J[3] = -1;
        J[1] = J[2] = 0;
    }
}

static void pair_values(const void *ctx, double t, const double *x, double *g)
{
    (void)ctx;
    (void)t;
    g[0] = x[0] - 1;
    g[1] = x[1] - 1;
}

static void pair_gradient(const void *ctx, int e, double t, const double *x, double *g)
{
    (void)ctx;
    (void)t;
    (void)x;
    g[0] = e == 0;
    g[1] = e == 1;
}

static void pair_jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    const struct pair *p = ctx;

    (void)t;
    x[e] = 0;
    x[1 - e] += p->pulse;
    for (int v = 0; v < k; v++)
        W[e * k + v] = 0;
}

static struct h4l_hybrid pair_system(const struct pair *p)
{
    return (struct h4l_hybrid){.flow = {.dim = 2, .ctx = p, .eval = pair_eval},
                               .events = 2,
                               .values = pair_values,
                               .gradient = pair_gradient,
                               .jump = pair_jump};
}

static void test_pulse_coupled_pair(void **state)
{
    // Inhibition makes the antiphase state stable. Half a period T/2 takes u from 0 to I (1 - z), z = exp(-T/2); the other's pulse
    // adds e; another half period must reach 1: I z^2 - e z - (I - 1) = 0. Per spike det S = I / (I - 1), and the flow contracts
    // areas by exp(-2 t), so the exponents are 0 and 2 (log(I / (I - 1)) - T) / T.
    const struct pair p = {1.3, -0.2};
    const struct h4l_hybrid system = pair_system(&p);
    double z = (p.pulse + sqrt(p.pulse * p.pulse + 4 * p.I * (p.I - 1))) / (2 * p.I);
    double T = -2 * log(z), expected = 2 * (log(p.I / (p.I - 1)) - T) / T;
    struct h4l_lyapunov_options o = {.exponents = 2,
                                     .step = T / 500,
                                     .steps_per_qr = 50,
                                     .transient_qr = 4000,
                                     .qr_per_block = 10,
                                     .blocks = 20};
    double x[2] = {0.05, 0.7}, blocks[40], mean[2];

    (void)state;
    assert_true(expected < -0.01);
    CHECK_OK(h4l_lyapunov_hybrid(&system, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 20, 2, mean, NULL);
    CHECK_CLOSE(mean[0], 0, 1e-9);
    CHECK_CLOSE(mean[1], expected, 1e-9);
}

static void test_avalanche(void **state)
{
    // Strong excitation: neuron 1 lifts neuron 2 over its threshold, both fire at once and end at (e, 0); one finite exponent.
    const struct pair p = {1.3, 0.5};
    const struct h4l_hybrid system = pair_system(&p);
    struct h4l_lyapunov_options o = {.exponents = 2,
                                     .step = 0.01,
                                     .steps_per_qr = 10,
                                     .transient_qr = 200,
                                     .qr_per_block = 1000,
                                     .blocks = 4};
    double x[2] = {0.9, 0.7}, blocks[8], mean[2];

    (void)state;
    CHECK_OK(h4l_lyapunov_hybrid(&system, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 4, 2, mean, NULL);
    CHECK_CLOSE(mean[0], 0, 2e-2); // over a part of a period at the ends
    CHECK_TRUE(isinf(mean[1]) && mean[1] < 0);
}

// One LIF neuron under a sine, locked 1:1. Its spike map is known in closed form, and with it the exponent
// log(f+ / f- exp(-T)) / T, f-+ = drive minus potential before and after the reset.
struct forced {
    double I, a, w;
};

static void forced_eval(const void *ctx, double t, const double *x, double *dx, double *J)
{
    const struct forced *p = ctx;

    dx[0] = p->I + p->a * sin(p->w * t) - x[0];
    if (J)
        J[0] = -1;
}

static void one_value(const void *ctx, double t, const double *x, double *g)
{
    (void)ctx;
    (void)t;
    g[0] = x[0] - 1;
}

static void one_gradient(const void *ctx, int e, double t, const double *x, double *g)
{
    (void)ctx;
    (void)e;
    (void)t;
    (void)x;
    g[0] = 1;
}

static void one_jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    (void)ctx;
    (void)e;
    (void)t;
    x[0] = 0;
    for (int v = 0; v < k; v++)
        W[v] = 0;
}

static void last_spike(void *observer, double t, int e, const double *x)
{
    (void)e;
    (void)x;
    *(double *)observer = t;
}

static void test_forced_lif(void **state)
{
    const struct forced p = {1.5, 0.4, 2 * 3.14159265358979324 / 1.1};
    const struct h4l_hybrid system = {.flow = {.dim = 1, .ctx = &p, .eval = forced_eval},
                                      .events = 1,
                                      .values = one_value,
                                      .gradient = one_gradient,
                                      .jump = one_jump};
    double T = 2 * 3.14159265358979324 / p.w, t = 0;

    (void)state;
    // The locked phase: u(T) = 1 from u(0) = 0 at phase t, by the closed solution and bisection in the stable half.
    double c = p.a / (1 + p.w * p.w), E = exp(-T);
    // u(T) = I (1 - E) + c (sin(wt) - w cos(wt)) (1 - E) = 1
    double target = (1 / (1 - E) - p.I) / c / hypot(1, p.w), lag = atan(p.w);
    double phases[2] = {lag + asin(target), lag + acos(-1) - asin(target)}, best = 0;
    for (int i = 0; i < 2; i++) {
        double drive = p.I + p.a * sin(phases[i]);
        double exponent = log(drive / (drive - 1)) / T - 1;
        if (exponent < best)
            best = exponent;
    }
    assert_true(best < -0.05);
    struct h4l_lyapunov_options o = {.exponents = 1,
                                     .step = T / 400,
                                     .steps_per_qr = 400,
                                     .transient_qr = 400,
                                     .qr_per_block = 5,
                                     .blocks = 10};
    double x[1] = {0}, blocks[10], mean;
    CHECK_OK(h4l_lyapunov_hybrid(&system, &o, x, blocks, &err), err);
    h4l_lyapunov_summary(blocks, 10, 1, &mean, NULL);
    CHECK_CLOSE(mean, best, 1e-8);

    struct h4l_hybrid_run run; // and the spike itself comes at that phase
    x[0] = 0;
    CHECK_OK(h4l_hybrid_create(&system, 0, last_spike, &t, &run, &err), err);
    for (int i = 0; i < 400 * 200; i++)
        assert_int_equal(h4l_hybrid_step(&run, i * T / 400, T / 400, x, NULL, &err), 0);
    h4l_hybrid_destroy(&run);
    double miss = fmin(fabs(remainder(p.w * t - phases[0], 2 * acos(-1))),
                       fabs(remainder(p.w * t - phases[1], 2 * acos(-1))));
    CHECK_CLOSE(miss, 0, 1e-8);
}

static void two_rising(const void *ctx, double t, const double *x, double *dx, double *J)
{
    (void)ctx;
    (void)t;
    (void)x;
    dx[0] = dx[1] = 1;
    if (J)
        memset(J, 0, 4 * sizeof *J);
}

static void two_values(const void *ctx, double t, const double *x, double *g)
{
    (void)ctx;
    (void)t;
    g[0] = x[0] - 1;
    g[1] = x[1] - 1;
}

static void two_jumps(const void *ctx, int e, double t, double *x, double *W, int k)
{
    (void)ctx;
    (void)t;
    (void)W;
    (void)k;
    x[e] -= 1;
}

struct order {
    int n, e[8];
    double t[8];
};

static void note_event(void *observer, double t, int e, const double *x)
{
    struct order *order = observer;

    (void)x;
    assert_true(order->n < 8);
    order->e[order->n] = e;
    order->t[order->n++] = t;
}

// Several events in one step come in the order of their times, not of their numbers.
static void test_events_in_a_step(void **state)
{
    const struct h4l_hybrid two = {.flow = {.dim = 2, .eval = two_rising},
                                   .events = 2,
                                   .values = two_values,
                                   .jump = two_jumps};
    const int e[] = {1, 0, 1};
    const double t[] = {0.3, 0.8, 1.3};
    struct h4l_hybrid_run run;
    struct order order = {0};
    double x[2] = {0.2, 0.7};

    (void)state;
    CHECK_OK(h4l_hybrid_create(&two, 0, note_event, &order, &run, &err), err);
    CHECK_OK(h4l_hybrid_step(&run, 0, 1.5, x, NULL, &err), err);
    CHECK_INT(order.n, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(order.e[i], e[i]);
        CHECK_CLOSE(order.t[i], t[i], 1e-12);
    }
    CHECK_CLOSE(x[0], 0.7, 1e-12);
    CHECK_CLOSE(x[1], 0.2, 1e-12);
    h4l_hybrid_destroy(&run);
}

// Means and standard errors over blocks, exponent by exponent; one block has no error.
static void test_summary(void **state)
{
    const double blocks[8] = {1, 10, 2, 10, 3, 14, 6, 14};
    double mean[2], error[2];

    (void)state;
    h4l_lyapunov_summary(blocks, 4, 2, mean, error);
    CHECK_CLOSE(mean[0], 3, 1e-15);
    CHECK_CLOSE(mean[1], 12, 1e-15);
    CHECK_REL(error[0], sqrt(14.0 / 3 / 4), 1e-14);
    CHECK_REL(error[1], sqrt(16.0 / 3 / 4), 1e-14);
    h4l_lyapunov_summary(blocks, 1, 2, mean, error);
    CHECK_CLOSE(mean[1], 10, 0);
    CHECK_TRUE(isnan(error[0]) && isnan(error[1]));
}

static void stuck_jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    (void)ctx;
    (void)e;
    (void)t;
    (void)x;
    (void)W;
    (void)k;
}

static int stop_at_once(void *ctx)
{
    (void)ctx;
    return 1;
}

static void explode(const void *ctx, double t, const double *x, double *dx, double *J)
{
    (void)ctx;
    (void)t;
    dx[0] = x[0] * x[0];
    if (J)
        J[0] = 2 * x[0];
}

static void test_errors(void **state)
{
    const struct forced p = {1.5, 0, 1};
    struct h4l_hybrid system = {.flow = {.dim = 1, .ctx = &p, .eval = forced_eval},
                                .events = 1,
                                .values = one_value,
                                .gradient = one_gradient,
                                .jump = stuck_jump};
    struct h4l_lyapunov_options o = {.exponents = 1,
                                     .step = 0.01,
                                     .steps_per_qr = 10,
                                     .transient_qr = 0,
                                     .qr_per_block = 100,
                                     .blocks = 1};
    struct h4l_flow blow_up = {.dim = 1, .eval = explode};
    double x[1] = {0}, block = 7;

    (void)state;
    CHECK_INT(h4l_lyapunov_hybrid(&system, &o, x, &block, &err), H4L_E_NUMERIC);
    CHECK_TRUE(strstr(err.message, "endless") != NULL);
    x[0] = 1;
    CHECK_INT(h4l_lyapunov_flow(&blow_up, &o, x, &block, &err), H4L_E_NUMERIC);
    o.exponents = 2;
    x[0] = 0;
    CHECK_INT(h4l_lyapunov_flow(&system.flow, &o, x, &block, &err), H4L_E_RANGE);
    o.exponents = 1;
    o.step = 0;
    CHECK_INT(h4l_lyapunov_flow(&system.flow, &o, x, &block, &err), H4L_E_RANGE);
    CHECK_INT(h4l_lyapunov_two_trajectories(&system.flow, &o, 1e-7, x, &block, &err), H4L_E_RANGE);
    o.step = 0.01;
    CHECK_INT(h4l_lyapunov_two_trajectories(&system.flow, &o, 0, x, &block, &err), H4L_E_RANGE);
    o.stop = stop_at_once;
    CHECK_INT(h4l_lyapunov_flow(&system.flow, &o, x, &block, &err), H4L_E_INTERRUPT);
    CHECK_CLOSE(block, 7, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_henon),
        cmocka_unit_test(test_map_with_reset),
        cmocka_unit_test(test_lorenz),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_ensemble),
        cmocka_unit_test(test_ensemble_ends),
        cmocka_unit_test(test_orthonormalise_against_gsl),
        cmocka_unit_test(test_pulse_coupled_pair),
        cmocka_unit_test(test_avalanche),
        cmocka_unit_test(test_forced_lif),
        cmocka_unit_test(test_events_in_a_step),
        cmocka_unit_test(test_driven_time),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
