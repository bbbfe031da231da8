// The true HH neuron's window: the adjoint against complex-step derivatives of the same steps, written here once more from the
// equations, and against central differences; the fast version against the plain one at every instruction level.
//
// Complex step (Squire and Trapp, SIAM Rev. 40 (1998)): Im f(x + i e) / e is f'(x) without cancellation, with e = 1e-200.
#include "check.h"

#include <complex.h>
#undef I

#include "neuron/true_hh.h"

enum { OWN = H4L_TRUE_HH_OWN, PIECES = 5 };
static struct h4l_err err;

// ---- the equations in complex numbers ----

// sum_n z^n / (n + 1)! = (exp(z) - 1) / z
static double complex c_phi(double complex z)
{
    double complex sum = 0, term = 1;

    if (cabs(z) > 0.5)
        return (cexp(z) - 1) / z;
    for (int n = 0; n < 20; n++) {
        sum += term;
        term *= z / (n + 2);
    }
    return sum;
}

struct c_gates {
    double complex a[3], b[3];
};

static struct c_gates c_rates(double complex V)
{
    return (struct c_gates){
        .a = {1 / c_phi(-(V + 40) / 10), 0.07 * cexp(-(V + 65) / 20), 0.1 / c_phi(-(V + 55) / 10)},
        .b = {4 * cexp(-(V + 65) / 18), 1 / (1 + cexp(-(V + 35) / 10)),
              0.125 * cexp(-(V + 65) / 80)}};
}

struct c_state {
    double complex V, x[3];
};

static const double c_ENa = 50, c_EK = -77, c_EL = -54.387;

// Increments per ms and the rates z of the exponential rule; t: tangent point, or NULL.
static void c_rhs(const double complex *own, struct c_state s, double complex current,
                  const struct c_state *t, double complex d[4], double complex z[4])
{
    struct c_gates r = c_rates(t ? t->V : s.V);
    double complex m = t ? t->x[0] : s.x[0], h = t ? t->x[1] : s.x[1], n = t ? t->x[2] : s.x[2];
    double complex gNa = own[0] * m * m * m * h, gK = own[1] * n * n * n * n, gL = own[2];
    double complex V = t ? t->V : s.V;

    d[0] = current - gNa * (V - c_ENa) - gK * (V - c_EK) - gL * (V - c_EL);
    if (t)
        d[0] -= (gNa + gK + gL) * (s.V - V) +
                own[0] * (V - c_ENa) * m * m * (3 * h * (s.x[0] - m) + m * (s.x[1] - h)) +
                own[1] * (V - c_EK) * 4 * n * n * n * (s.x[2] - n);
    z[0] = gNa + gK + gL;
    for (int g = 0; g < 3; g++) {
        d[1 + g] = r.a[g] * (1 - s.x[g]) - r.b[g] * s.x[g];
        if (t) { // the slopes of the rates, by a complex step of their own: they are real
            struct c_gates e = c_rates(creal(t->V) + 1e-200 * _Complex_I);
            d[1 + g] +=
                (cimag(e.a[g]) * (1 - t->x[g]) - cimag(e.b[g]) * t->x[g]) / 1e-200 * (s.V - t->V);
        }
        d[1 + g] *= own[3 + g];
        z[1 + g] = own[3 + g] * (r.a[g] + r.b[g]);
    }
}

// The smooth readout with equal weights or a trace's. linear_weights not NULL: sum of linear_weights[k] V_k instead.
static double complex c_window(const struct h4l_true_hh *w, const double complex *own,
                               const double complex *currents, const double *linear_weights)
{
    struct c_state s = {.V = w->start}, t;
    struct c_gates r = c_rates(w->start);
    double complex rate = 0, d[4], z[4];
    double sum = 0;

    for (int g = 0; g < 3; g++)
        s.x[g] = r.a[g] / (r.a[g] + r.b[g]);
    t = s;
    for (size_t k = 0; k < w->steps; k++) {
        double age = (double)(w->steps - 1 - k) * w->dt;
        double weight = w->trace_ms > 0 ? exp(-age / w->trace_ms) : 1;

        c_rhs(own, s, currents[k * w->pieces / w->steps], w->linear ? &t : NULL, d, z);
        for (int i = 0; i < 4; i++)
            d[i] *= w->dt * (w->exponential ? c_phi(-w->dt * z[i]) : 1);
        s.V += d[0];
        for (int g = 0; g < 3; g++)
            s.x[g] += d[1 + g];
        rate += linear_weights ? linear_weights[k] * s.V
                               : weight / (1 + cexp(-(s.V - w->theta) / w->k));
        sum += weight;
    }
    return linear_weights ? rate : rate / sum;
}

// ---- the plain version ----

struct gradient {
    double rate, current[PIECES], own[OWN];
};

static struct gradient plain(const struct h4l_true_hh *w, const double *own, const double *I)
{
    struct gradient g;
    struct h4l_true_hh_result ret = {.rate = &g.rate, .d_current = g.current, .d_own = g.own};

    CHECK_OK(h4l_true_hh_run(w, own, I, &ret, &err), err);
    return g;
}

static struct gradient complex_step(const struct h4l_true_hh *w, const double *own, const double *I,
                                    const double *linear_weights)
{
    const double e = 1e-200;
    double complex co[OWN], ci[PIECES] = {0};
    struct gradient g;

    for (int i = 0; i < OWN; i++)
        co[i] = own[i];
    for (size_t p = 0; p < w->pieces; p++)
        ci[p] = I[p];
    g.rate = creal(c_window(w, co, ci, linear_weights));
    for (size_t p = 0; p < w->pieces; p++) {
        ci[p] += e * _Complex_I;
        g.current[p] = cimag(c_window(w, co, ci, linear_weights)) / e;
        ci[p] = I[p];
    }
    for (int i = 0; i < OWN; i++) {
        co[i] += e * _Complex_I;
        g.own[i] = cimag(c_window(w, co, ci, linear_weights)) / e;
        co[i] = own[i];
    }
    return g;
}

// Largest difference in proportion to the largest entry of its kind. A constant's entry counts for a change by the whole constant, or by 1
// where that is 0.
static double difference(const struct h4l_true_hh *w, const double *own, const struct gradient *a,
                         const struct gradient *b)
{
    double worst = fabs(a->rate - b->rate) / fabs(b->rate), norm = 0, own_norm = 0;

    for (size_t p = 0; p < w->pieces; p++)
        norm = fmax(norm, fabs(b->current[p]));
    for (size_t p = 0; p < w->pieces; p++)
        worst = h4l_worst(worst, fabs(a->current[p] - b->current[p]) / norm);
    for (int i = 0; i < OWN; i++)
        own_norm = fmax(own_norm, fabs(b->own[i]) * (own[i] != 0 ? own[i] : 1));
    for (int i = 0; i < OWN; i++)
        worst =
            h4l_worst(worst, fabs(a->own[i] - b->own[i]) * (own[i] != 0 ? own[i] : 1) / own_norm);
    return worst;
}

static const double shared[OWN] = {120, 36, 0.3, 1, 1, 1};
static const double I_5[PIECES] = {7, 14, -2, 9.5, 11};

// The ladder's arms and one neuron with constants of its own.
static const struct arm {
    const char *name;
    double own[OWN];
    bool linear;
} arms[] = {
    {"true HH", {120, 36, 0.3, 1, 1, 1}, false},
    {"gates frozen", {120, 36, 0.3, 0, 0, 0}, false},
    {"sodium only", {120, 0, 0.3, 1, 1, 1}, false},
    {"potassium only", {0, 36, 0.3, 1, 1, 1}, false},
    {"passive", {0, 0, 0.3, 1, 1, 1}, false},
    {"linearised", {120, 36, 0.3, 1, 1, 1}, true},
    {"its own constants", {95, 41, 0.2, 0.8, 1.3, 0.7}, false},
    {"linearised, its own constants", {95, 41, 0.2, 0.8, 1.3, 0.7}, true},
};
enum { ARMS = sizeof arms / sizeof *arms };

static void test_complex_step(void **state)
{
    (void)state;
    for (int exponential = 0; exponential < 2; exponential++)
        for (size_t a = 0; a < ARMS; a++) {
            struct h4l_true_hh w = h4l_true_hh_default;

            w.pieces = PIECES;
            w.exponential = exponential;
            w.linear = arms[a].linear;
            w.trace_ms = a % 2 ? 5 : 0;
            struct gradient ours = plain(&w, arms[a].own, I_5),
                            expected = complex_step(&w, arms[a].own, I_5, NULL);
            printf("%s, %s Euler: rate %.6g, by I %.6g\n", arms[a].name,
                   exponential ? "exponential" : "forward", ours.rate, ours.current[0]);
            CHECK_AT_MOST(difference(&w, arms[a].own, &ours, &expected), 1e-12);
        }
}

// Over the range of currents. Where the contributions of the steps cancel, the derivative has lost those digits in any order of adding
// up, so it is held in proportion to the sum of their magnitudes. (The range leaves out 2 to 3 uA/cm^2, where the first spike hangs
// in the balance: there the last bit of the current moves the derivative by 3e-12.)
static void test_constant_current(void **state)
{
    static const double dt[] = {0.01, 0.02, 0.05};

    (void)state;
    for (int i = 0; i < 3; i++)
        for (double current = -10; current <= 60; current += 5) {
            struct h4l_true_hh w = h4l_true_hh_default;
            double rate, d_current, *d_V, magnitude = 0;

            w.dt = dt[i];
            w.steps = (size_t)(20 / dt[i] + 0.5);
            d_V = calloc(w.steps + 1, sizeof *d_V);
            assert_non_null(d_V);
            struct h4l_true_hh_result ret = {.rate = &rate, .d_current = &d_current, .d_V = d_V};
            CHECK_OK(h4l_true_hh_run(&w, NULL, &current, &ret, &err), err);
            struct gradient expected = complex_step(&w, shared, &current, NULL);
            for (size_t k = 1; k <= w.steps; k++)
                magnitude += fabs(d_V[k]) * w.dt;
            CHECK_REL(rate, expected.rate, 1e-12);
            CHECK_CLOSE(d_current, expected.current[0], 1e-12 * magnitude);
            free(d_V);
        }
}

static void test_central_differences(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;

    (void)state;
    w.pieces = PIECES;
    struct gradient g = plain(&w, arms[6].own, I_5);
    for (int i = 0; i < PIECES + OWN; i++) {
        double I[PIECES], own[OWN], e = 1e-5, at[2];

        for (int side = 0; side < 2; side++) {
            memcpy(I, I_5, sizeof I);
            memcpy(own, arms[6].own, sizeof own);
            *(i < PIECES ? &I[i] : &own[i - PIECES]) += side ? -e : e;
            at[side] = plain(&w, own, I).rate;
        }
        CHECK_CLOSE((at[0] - at[1]) / (2 * e), i < PIECES ? g.current[i] : g.own[i - PIECES], 1e-8);
    }
}

// Spikes: crossings counted by hand; the derivative is that of sum_k u_k V_k with u_k the surrogate's slopes along the way.
static void test_spikes(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    double *states = calloc((w.steps + 1) * H4L_HH_DIM, sizeof *states);
    double *slopes = calloc(w.steps, sizeof *slopes), crossings = 0;
    struct gradient ours, expected;
    struct h4l_true_hh_result ret = {
        .rate = &ours.rate, .d_current = ours.current, .d_own = ours.own, .states = states};

    (void)state;
    assert_non_null(states);
    assert_non_null(slopes);
    w.spikes = true;
    w.pieces = PIECES;
    CHECK_OK(h4l_true_hh_run(&w, arms[6].own, I_5, &ret, &err), err);
    for (size_t k = 0; k < w.steps; k++) {
        double before = states[H4L_HH_DIM * k], after = states[H4L_HH_DIM * (k + 1)];

        crossings += before <= -20 && after > -20;
        slopes[k] = before <= -20 && fabs(after + 20) < 10 ? 1.0 / 20 / 20 : 0;
    }
    CHECK_AT_LEAST(crossings, 1);
    CHECK_REL(ours.rate, crossings / 20, 1e-12);
    expected = complex_step(&w, arms[6].own, I_5, slopes);
    CHECK_TRUE(expected.current[0] != 0);
    expected.rate = ours.rate; // that one is a sum of potentials
    CHECK_AT_MOST(difference(&w, arms[6].own, &ours, &expected), 1e-12);
    free(states);
    free(slopes);
}

// d rate / d V_k along the window: its first entry is the derivative with respect to the start of V alone.
static void test_horizon(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    double current = 9, d_current, *d_V = calloc(w.steps + 1, sizeof *d_V), sum = 0;
    struct h4l_true_hh_result ret = {.d_current = &d_current, .d_V = d_V};

    (void)state;
    assert_non_null(d_V);
    CHECK_OK(h4l_true_hh_run(&w, NULL, &current, &ret, &err), err);
    for (size_t k = 1; k <= w.steps; k++)
        sum += d_V[k] * w.dt; // a current acts through the potential of each step
    CHECK_REL(sum, d_current, 1e-12);
    CHECK_TRUE(isfinite(d_V[0]) && d_V[0] != 0);
    free(d_V);
}

// The range of currents: everything finite at its ends and inside, for a constant current and, in short steps, for one that changes
// between the ends.
static void test_currents(void **state)
{
    static const double dt[] = {0.01, 0.02, 0.05};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct h4l_true_hh w = h4l_true_hh_default;
        double range[2];

        w.dt = dt[i];
        w.steps = (size_t)(50 / dt[i]);
        w.pieces = PIECES;
        h4l_true_hh_currents(&w, range);
        printf("dt %g ms: %.4g to %.4g uA/cm^2\n", dt[i], range[0], range[1]);
        for (int j = 0; j <= 40; j++) {
            double I[PIECES];

            for (int p = 0; p < PIECES; p++)
                I[p] = p % 2 && dt[i] < 0.05 ? range[j % 3 > 0]
                                             : range[0] + (range[1] - range[0]) * j / 40;
            struct gradient g = plain(&w, NULL, I);
            CHECK_TRUE(isfinite(g.rate) && isfinite(g.current[0]) && isfinite(g.own[3]));
        }
        double below = range[0] - 3, rate;
        struct h4l_true_hh_result ret = {.rate = &rate};
        w.pieces = 1;
        CHECK_OK(h4l_true_hh_run(&w, NULL, &below, &ret, &err), err);
        CHECK_TRUE(!isfinite(rate));
    }
}

// Cut to one step, V_k depends on the input and the conductances through its own step only; and what each channel moves.
static void test_cut_and_charge(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    double *states = calloc((w.steps + 1) * H4L_HH_DIM, sizeof *states), charge[3], net = 0;
    double expected = 0, by_gNa = 0, moved[3] = {0};
    struct gradient g;
    struct h4l_true_hh_result ret = {.rate = &g.rate,
                                     .d_current = g.current,
                                     .d_own = g.own,
                                     .states = states,
                                     .charge = charge};

    (void)state;
    assert_non_null(states);
    w.cut = true;
    CHECK_OK(h4l_true_hh_run(&w, NULL, I_5, &ret, &err), err);
    for (size_t k = 0; k < w.steps; k++) {
        const double *x = states + H4L_HH_DIM * k;
        double e = exp(-(x[4] + 20) / 2), slope = e / (2 * (1 + e) * (1 + e)) / (double)w.steps;
        double m3h = x[1] * x[1] * x[1] * x[2], n4 = x[3] * x[3] * x[3] * x[3];
        double currents[3] = {120 * m3h * (x[0] - 50), 36 * n4 * (x[0] + 77),
                              0.3 * (x[0] + 54.387)};

        expected += slope * w.dt;
        by_gNa -= slope * w.dt * m3h * (x[0] - 50);
        for (int c = 0; c < 3; c++) {
            moved[c] += fabs(currents[c]) * w.dt;
            net += currents[c] * w.dt;
        }
    }
    CHECK_REL(g.current[0], expected, 1e-12);
    CHECK_REL(g.own[H4L_TRUE_HH_G_NA], by_gNa, 1e-12);
    CHECK_TRUE(g.own[H4L_TRUE_HH_SPEED_M] == 0);
    for (int c = 0; c < 3; c++)
        CHECK_REL(charge[c], moved[c], 1e-12);
    // what came in less what went out charges the membrane
    CHECK_CLOSE(I_5[0] * 20 - net, states[H4L_HH_DIM * w.steps] - states[0], 1e-9);
    free(states);
}

static void test_pieces(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;

    (void)state;
    w.pieces = 36;
    for (size_t k = 0; k < w.steps; k++) {
        size_t p = k * w.pieces / w.steps;
        assert_true(h4l_true_hh_piece(&w, p) <= k && k < h4l_true_hh_piece(&w, p + 1));
    }
    CHECK_INT(h4l_true_hh_piece(&w, 36), w.steps);
}

static void test_refusals(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    double rate = 0;
    struct h4l_true_hh_result ret = {.rate = &rate};

    (void)state;
    for (int i = 0; i < 6; i++) {
        struct h4l_true_hh bad = w;
        double *const wrong[] = {&bad.dt, &bad.hh.C, &bad.k, &bad.half_width, &bad.trace_ms};

        if (i < 5)
            *wrong[i] = i == 4 ? -1 : 0;
        else
            bad.pieces = w.steps + 1;
        CHECK_INT(h4l_true_hh_run(&bad, NULL, I_5, &ret, &err), H4L_E_RANGE);
    }
    w.hh.gK = NAN;
    CHECK_INT(h4l_true_hh_run(&w, NULL, I_5, &ret, &err), H4L_E_RANGE);
    CHECK_TRUE(rate == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complex_step),
        cmocka_unit_test(test_constant_current),
        cmocka_unit_test(test_central_differences),
        cmocka_unit_test(test_spikes),
        cmocka_unit_test(test_horizon),
        cmocka_unit_test(test_currents),
        cmocka_unit_test(test_cut_and_charge),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
