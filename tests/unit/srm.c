// Spike response model: against its integral taken literally, the HH neuron's own responses, and lanes against plain.
#include "check.h"

#include "base/rng.h"
#include "sim/integrators.h"
#include "sim/srm.h"

enum { LANES = H4L_SUBNET_LANES };

static double mode_sum(const struct h4l_srm *m, const double amplitude[4], double t)
{
    return amplitude[H4L_SRM_FAST] * exp(-m->a * t) + amplitude[H4L_SRM_SLOW] * exp(-m->b * t) +
           exp(-m->c * t) * (amplitude[H4L_SRM_COS] * cos(m->omega * t) +
                             amplitude[H4L_SRM_SIN] * sin(m->omega * t));
}

static const struct h4l_srm example = {.dt = 0.2,
                                       .a = 2,
                                       .b = 0.05,
                                       .c = 0.2,
                                       .omega = 0.4,
                                       .kappa = {0.1, -0.01, 0.15, 0.03},
                                       .eta = {1, -3, -4, 2},
                                       .theta = 1,
                                       .forget = 0,
                                       .refractory_ms = 3};

static void random_input(double *x, int n, uint64_t index)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "srm test", index);
    for (int k = 0; k < n; k++)
        x[k] = h4l_rng_between(&rng, -8, 14);
}

// u by summing kernels over the past; the integral of kappa over a step by Simpson's rule on 20 intervals.
static size_t literal(const struct h4l_srm *m, const double *x, int steps, double *t)
{
    double *kernel = malloc((size_t)steps * sizeof *kernel);
    size_t n = 0;
    int last = -1; // step of the last spike

    for (int k = 0; k < steps; k++) {
        double sum = 0, h = m->dt / 20;

        for (int i = 0; i < 20; i++) {
            double s = k * m->dt + i * h;

            sum += h / 6 *
                   (mode_sum(m, m->kappa, s) + 4 * mode_sum(m, m->kappa, s + h / 2) +
                    mode_sum(m, m->kappa, s + h));
        }
        kernel[k] = sum;
    }
    for (int k = 0; k < steps; k++) {
        double u = last < 0 ? 0 : mode_sum(m, m->eta, (k - last) * m->dt), theta = m->theta;

        for (int j = m->forget == 1 && last >= 0 ? last + 1 : 0; j <= k; j++)
            u += kernel[k - j] * x[j];
        for (size_t i = 0; i < n; i++) // all spikes so far raise it
            theta += m->theta_jump * exp(-m->theta_rate * (k * m->dt - t[i]));
        if (u > theta && (last < 0 || (k - last - 1) * m->dt >= m->refractory_ms - 1e-9)) {
            t[n++] = k * m->dt;
            last = k;
        }
    }
    free(kernel);
    return n;
}

static void test_is_the_integral(void **state)
{
    enum { STEPS = 2000 };
    double x[STEPS], t[STEPS], expected[STEPS];
    size_t n, spikes = 0, by_threshold[2] = {0, 0};

    (void)state;
    for (int f = 0; f < 4; f++) // with and without forgetting, fixed and dynamic threshold
        for (uint64_t i = 0; i < 3; i++) {
            struct h4l_srm m = example;
            struct h4l_err err;

            m.forget = f % 2;
            m.theta_jump = f / 2 * 0.7;
            m.theta_rate = 0.03;
            CHECK_OK(h4l_srm_check(&m, &err), err);
            random_input(x, STEPS, i);
            h4l_srm_run(&m, x, STEPS, STEPS, t, &n);
            CHECK_INT(n, literal(&m, x, STEPS, expected));
            CHECK_TRUE(memcmp(t, expected, n * sizeof *t) == 0);
            spikes += n;
            by_threshold[f / 2] += n;
        }
    CHECK_AT_LEAST((double)spikes, 60);
    CHECK_TRUE(by_threshold[1] < by_threshold[0]); // a rise costs spikes
}

static void test_lanes(void **state)
{
    enum { STEPS = 1500, CAPACITY = 40 };
    double *x = malloc(sizeof(double[STEPS * LANES])),
           *margin = malloc(sizeof(double[STEPS * LANES]));
    double column[STEPS], plain[CAPACITY], fast[LANES * CAPACITY];
    uint16_t fires[STEPS] = {0};
    size_t n, n_fast[LANES], over = 0;
    int wrong = 0, unlike = 0;
    struct h4l_srm m = example;

    (void)state;
    m.forget = 0.3;
    m.theta_jump = 0.4;
    m.theta_rate = 0.05;
    random_input(x, STEPS * LANES, 9);
    h4l_srm_run_lanes(&m, x, STEPS, CAPACITY, fast, n_fast);
    for (size_t l = 0; l < LANES; l++) {
        for (size_t k = 0; k < STEPS; k++)
            column[k] = x[k * LANES + l];
        h4l_srm_run(&m, column, STEPS, CAPACITY, plain, &n);
        wrong += n != n_fast[l];
        wrong +=
            memcmp(plain, fast + l * CAPACITY, (n < CAPACITY ? n : CAPACITY) * sizeof *plain) != 0;
        over += n > CAPACITY;
        for (size_t k = 0; k < n && k < CAPACITY; k++)
            fires[(size_t)llround(plain[k] / m.dt)] |= (uint16_t)(1u << l);
    }
    CHECK_INT(wrong, 0);
    printf("%zu lanes beyond the capacity\n", over);
    // With its own spikes imposed the margin is positive exactly in the steps in which it fires.
    if (over == 0) {
        h4l_srm_margin_lanes(&m, x, fires, STEPS, margin);
        for (size_t k = 0; k < STEPS; k++)
            for (size_t l = 0; l < LANES; l++)
                unlike += (margin[k * LANES + l] > 0) != (fires[k] >> l & 1);
    }
    CHECK_INT(over, 0);
    CHECK_INT(unlike, 0);
    free(x);
    free(margin);
}

// Without a response to spikes and with a strong current it fires as soon as it may: a step after the refractory time.
static void test_refractory(void **state)
{
    enum { STEPS = 200 };
    double x[STEPS], all[STEPS * LANES], t[STEPS], fast[STEPS * LANES];
    size_t n, n_fast[LANES];
    struct h4l_srm m = example;

    (void)state;
    for (int i = 0; i < H4L_SRM_MODES; i++)
        m.eta[i] = 0;
    for (int k = 0; k < STEPS; k++)
        x[k] = 50;
    for (int k = 0; k < STEPS * LANES; k++)
        all[k] = 50;
    h4l_srm_run(&m, x, STEPS, STEPS, t, &n);
    CHECK_AT_LEAST((double)n, 10);
    for (size_t i = 1; i < n; i++)
        CHECK_CLOSE(t[i] - t[i - 1], m.refractory_ms + m.dt, 1e-12);
    h4l_srm_run_lanes(&m, all, STEPS, STEPS, fast, n_fast);
    for (size_t l = 0; l < LANES; l++) {
        CHECK_INT(n_fast[l], n);
        CHECK_INT(memcmp(fast + l * STEPS, t, n * sizeof *t), 0);
    }
}

// kappa is what a small current pulse does to the HH neuron at rest; eta is what follows a spike.
static void test_kernels_of_hh(void **state)
{
    const double h = 0.01, charge = 1e-3;
    double x[4], worst = 0, V_rest;
    struct h4l_srm_source source;
    struct h4l_srm m;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_srm_record(&h4l_hh_form_a, &source, &err), err);
    CHECK_OK(h4l_srm_from_hh(&source, 0.1, 6, &m, &err), err);
    CHECK_OK(h4l_srm_check(&(struct h4l_srm){.dt = 1, .theta = 1}, &err), err);
    CHECK_CLOSE(m.a, 4.675027302854125,
                1e-11); // minus the eigenvalues at rest (50-digit arithmetic)
    CHECK_CLOSE(m.b, 0.1206650680144783, 1e-12);
    CHECK_CLOSE(m.c, 0.2026388504575031, 1e-12);
    CHECK_CLOSE(m.omega, 0.3832245117541997, 1e-12);
    CHECK_CLOSE(mode_sum(&m, m.kappa, 0), 1, 1e-12); // 1/C
    h4l_hh_steady_state(&h4l_hh_form_a, -64.99637933119206, x);
    for (int k = 0; k < 500000; k++) // onto the rest itself
        h4l_hh_step(&h4l_hh_form_a, H4L_RK4, h, (const double[3]){0, 0, 0}, x);
    V_rest = x[H4L_HH_V];
    x[H4L_HH_V] += charge;
    for (int k = 1; k <= 4000; k++) {
        double error;

        h4l_hh_step(&h4l_hh_form_a, H4L_RK4, h, (const double[3]){0, 0, 0}, x);
        error = fabs((x[H4L_HH_V] - V_rest) / charge - mode_sum(&m, m.kappa, k * h));
        worst = error > worst ? error : worst;
    }
    CHECK_AT_MOST(worst, 1e-3);                 // the second order is of the size of the charge
    CHECK_AT_MOST(mode_sum(&m, m.eta, 10), -3); // after-hyperpolarisation, mV
    CHECK_CLOSE(mode_sum(&m, m.eta, 60), 0, 0.05);
    CHECK_INT(h4l_srm_from_hh(&source, 0, 6, &m, &err), H4L_E_RANGE);
    CHECK_INT(h4l_srm_from_hh(&source, 0.1, 60, &m, &err), H4L_E_RANGE);
}

static void test_check(void **state)
{
    struct h4l_srm m;
    struct h4l_err err;

    (void)state;
    m = example, m.dt = 0;
    CHECK_INT(h4l_srm_check(&m, &err), H4L_E_RANGE);
    m = example, m.b = -1;
    CHECK_INT(h4l_srm_check(&m, &err), H4L_E_RANGE);
    m = example, m.forget = 1.5;
    CHECK_INT(h4l_srm_check(&m, &err), H4L_E_RANGE);
    m = example, m.eta[2] = NAN;
    CHECK_INT(h4l_srm_check(&m, &err), H4L_E_RANGE);
    m = example, m.theta = NAN;
    CHECK_INT(h4l_srm_check(&m, &err), H4L_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_the_integral), cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_refractory),      cmocka_unit_test(test_kernels_of_hh),
        cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests_name("srm", tests, NULL, NULL);
}
