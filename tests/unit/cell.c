// The neurons of the learning experiments one by one: closed forms, known responses, ranges.
#include "check.h"

#include "cell/hh.h"

static const double some_rates[H4L_CELL_RATES] = {
    [H4L_CELL_HH_A_N] = 0.004, [H4L_CELL_HH_B_N] = 0.007, [H4L_CELL_HH_A_M] = 0.009,
    [H4L_CELL_HH_B_M] = 0.001, [H4L_CELL_HH_A_H] = 0.006, [H4L_CELL_HH_B_H] = 0.003};

static struct h4l_cell_constants published(const char *cell, enum h4l_cell_experiment experiment)
{
    return h4l_cell_published(h4l_cell_find(cell), experiment);
}

static int count_spikes(const struct h4l_cell_constants *n, double constant_input)
{
    double input[H4L_CELL_MAX_WINDOW], v[H4L_CELL_MAX_WINDOW];
    uint8_t s[H4L_CELL_MAX_WINDOW];
    int count = 0;

    for (int t = 0; t < n->window; t++)
        input[t] = constant_input;
    h4l_cell_forward(n, some_rates, NULL, input, v, s);
    for (int t = 0; t < n->window; t++)
        count += s[t];
    return count;
}

// Which numbers of spikes a constant input can give, as a bit mask.
static unsigned levels(const struct h4l_cell_constants *n, double lo, double hi)
{
    unsigned mask = 0;

    for (int i = 0; i <= 200000; i++)
        mask |= 1U << count_spikes(n, lo + (hi - lo) * i / 200000);
    return mask;
}

static void test_response_levels(void **state)
{
    struct h4l_cell_constants lif = published("lif", H4L_CELL_FC);
    struct h4l_cell_constants hh = published("hh", H4L_CELL_FC);

    (void)state;
    // A constant image drives LIF to 0, 1, 2, 3, 5, 7 or 15 spikes only; HH, which has no reset, to every number.
    // (one spike only within 1e-6 of 0.24, hence the second, finer scan).
    CHECK_INT(levels(&lif, 0, 1) | levels(&lif, 0.239999, 0.240001),
              1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 15);
    CHECK_INT(levels(&hh, -4, 20), 0xffff);
    CHECK_INT(count_spikes(&lif, 0.239), 0);
    CHECK_INT(count_spikes(&lif, 0.301), 15);
    lif.reset = false; // v tends to I / 0.8
    CHECK_INT(count_spikes(&lif, 0.3 * 0.8 - 1e-6), 0);
    CHECK_INT(count_spikes(&lif, 0.3 * 0.8 + 1e-6), 15 - 7);
}

// Gates with constant rates follow x_t = a / (a + b) (1 - (1 - dt (a + b))^t).
static double gate(double a, double b, double dt, int t)
{
    return a / (a + b) * (1 - pow(1 - dt * (a + b), t));
}

static void test_gates(void **state)
{
    (void)state;
    for (int conv = 0; conv < 2; conv++) {
        struct h4l_cell_constants n = published("hh", conv ? H4L_CELL_CONV : H4L_CELL_FC);
        const double *r = some_rates;
        double na[15], k[15], g[15], e[15];

        h4l_cell_hh_channels(&n, r, na, k);
        h4l_cell_hh_currents(&n, r, g, e);
        for (int t = 0; t < 15; t++) {
            double m = gate(r[H4L_CELL_HH_A_M], r[H4L_CELL_HH_B_M], n.own[H4L_CELL_HH_DT], t),
                   q = gate(r[H4L_CELL_HH_A_N], r[H4L_CELL_HH_B_N], n.own[H4L_CELL_HH_DT], t);
            double h = conv
                           ? gate(r[H4L_CELL_HH_B_H], r[H4L_CELL_HH_A_H], n.own[H4L_CELL_HH_DT], t)
                           : gate(r[H4L_CELL_HH_A_H], r[H4L_CELL_HH_B_H], n.own[H4L_CELL_HH_DT], t);

            // (1 - x)^t loses digits to cancellation where dt (a + b) is small: 1e-9 is what is left.
            CHECK_REL(na[t], 120 * m * m * m * h, 1e-9);
            CHECK_REL(k[t], 36 * pow(q, 4), 1e-9);
            CHECK_REL(g[t], na[t] + k[t] + 0.3, 1e-15);
            CHECK_REL(e[t], na[t] * 115 - k[t] * 12 + 0.3 * 10.6, 1e-15);
        }
    }
}

// The potential follows the Euler steps written out, and the gradient to the input its chain rule.
static void test_hh_window(void **state)
{
    (void)state;
    for (int conv = 0; conv < 2; conv++) {
        struct h4l_cell_constants n = published("hh", conv ? H4L_CELL_CONV : H4L_CELL_FC);
        double input[15], v[15], g[15], e[15], ds[15], din[15], expected = 0, potential = 0;
        uint8_t s[15];

        h4l_cell_hh_currents(&n, some_rates, g, e);
        for (int t = 0; t < 15; t++) {
            input[t] = 2 + sin(t);
            ds[t] = t == 14;
        }
        n.threshold = 0.3;
        n.half_width = 100;
        h4l_cell_forward(&n, some_rates, NULL, input, v, s);
        for (int t = 0; t < 15; t++) {
            potential = potential + n.own[H4L_CELL_HH_DT] * (input[t] - g[t] * potential + e[t]);
            CHECK_REL(v[t], potential, 1e-14);
            CHECK_INT(s[t], potential > 0.3);
        }
        h4l_cell_backward(&n, some_rates, NULL, v, s, ds, din, NULL);
        expected = n.own[H4L_CELL_HH_DT];
        for (int t = 14; t >= 0; t--) {
            CHECK_REL(din[t], expected, 1e-14);
            expected *= conv ? 1 : 1 - n.own[H4L_CELL_HH_DT] * g[t];
        }
    }
}

// s-LIF2HH far below threshold is linear, so the gradients of its last potential are differences of runs.
static void test_slif_chain(void **state)
{
    struct h4l_cell_constants n = published("slif2hh", H4L_CELL_FC);
    double mix[4] = {0.5, -0.25, 0.125, 0.75}, dmix[4] = {0}, input[45], v[60], w[60];
    double ds[60] = {0}, din[45];
    uint8_t s[60];

    (void)state;
    for (int i = 0; i < 45; i++)
        input[i] = 0.01 * (i % 7);
    n.threshold = 1000;
    n.half_width = 2000; // the surrogate passes everything, no spike is fired
    n.reset = false;     // so that the way through the reset factor is closed
    ds[3 * 15 + 14] = 1;
    h4l_cell_forward(&n, NULL, mix, input, v, s);
    h4l_cell_backward(&n, NULL, mix, v, s, ds, din, dmix);
    for (int i = 0; i < 45; i++) {
        input[i] += 1;
        h4l_cell_forward(&n, NULL, mix, input, w, s);
        input[i] -= 1;
        CHECK_CLOSE(din[i], w[59] - v[59], 1e-12);
    }
    for (int i = 0; i < 4; i++) {
        mix[i] += 1;
        h4l_cell_forward(&n, NULL, mix, input, w, s);
        mix[i] -= 1;
        CHECK_CLOSE(dmix[i], w[59] - v[59], 1e-12);
    }
}

static void test_range(void **state)
{
    struct h4l_cell_constants n = published("hh", H4L_CELL_FC);
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_cell_check(&n, &err), err);
    n.window = 33;
    CHECK_INT(h4l_cell_check(&n, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "window is 33") != NULL);
    n.window = 15;
    n.own[H4L_CELL_HH_G_NA] = NAN;
    CHECK_INT(h4l_cell_check(&n, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "g_na") != NULL);
    n.own[H4L_CELL_HH_G_NA] = 0;
    n.half_width = 0;
    CHECK_INT(h4l_cell_check(&n, &err), H4L_E_RANGE);
    n.half_width = 0.3;
    n.own[H4L_CELL_HH_DT] = 0;
    CHECK_INT(h4l_cell_check(&n, &err), H4L_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response_levels), cmocka_unit_test(test_gates),
        cmocka_unit_test(test_hh_window),       cmocka_unit_test(test_slif_chain),
        cmocka_unit_test(test_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
