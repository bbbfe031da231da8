// The neurons of the learning experiments one by one: closed forms, known responses, ranges.
#include "check.h"

#include "base/rng.h"
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

// What the gradient of a cell is tested with: a window of ramps and its loss, a fixed linear function of them.
enum { MOST = H4L_CELL_MAX_INPUTS * 15, PAIRS = 20 };
struct window {
    struct h4l_cell_constants k;
    double rates[H4L_CELL_RATES], input[MOST], mix[64], ds[MOST];
    double x[H4L_CELL_MAX_STATES * 15], s[MOST], din[MOST], dmix[64];
};

static void draw(uint64_t number, double lo, double hi, int n, double *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, number, "test cell", 0);
    for (int i = 0; i < n; i++)
        ret[i] = h4l_rng_between(&rng, lo, hi);
}

static double loss(struct window *w)
{
    int spikes = h4l_cell_trains(&w->k) * w->k.window;
    double sum = 0;

    w->k.cell->forward(&w->k, w->rates, w->mix, w->input, w->x, w->s);
    for (int i = 0; i < spikes; i++)
        sum += w->ds[i] * w->s[i];
    return sum;
}

// Number of the n gradients that are not the central differences of x; *ret_nonzero: of those that are not 0, added to.
static int misses(struct window *w, double *x, const double *gradient, int n, double step,
                  int *ret_nonzero)
{
    int bad = 0;

    for (int i = 0; i < n; i++) {
        double keep = x[i], up, slope;

        x[i] = keep + step;
        up = loss(w);
        x[i] = keep - step;
        slope = (up - loss(w)) / (2 * step);
        x[i] = keep;
        bad += !(fabs(slope - gradient[i]) <= 1e-6 * (fabs(gradient[i]) + 1e-3));
        *ret_nonzero += gradient[i] != 0;
    }
    return bad;
}

// The backward pass of every cell is the derivative of its forward pass where spikes are ramps. A difference across a corner of
// a ramp is not the derivative; of the steps one in hundreds may lie there.
static void test_gradient(void **state)
{
    (void)state;
    for (size_t c = 0; h4l_cells[c]; c++)
        for (int experiment = 0; experiment < H4L_CELL_EXPERIMENTS; experiment++) {
            static struct window w;
            int bad = 0, nonzero = 0, inputs, mixing;

            w.k = h4l_cell_published(h4l_cells[c], (enum h4l_cell_experiment)experiment);
            w.k.window = 15;
            w.k.half_width = 0.5; // the ramp's
            w.k.ramp = true;
            h4l_cell_set(&w.k, "detached", 0); // which is no derivative
            inputs = h4l_cell_inputs(&w.k) * w.k.window;
            mixing = h4l_cell_mixing(&w.k);
            for (uint64_t i = 0; i < PAIRS; i++) {
                double most = 1.3 * w.k.threshold * (double)(i + 1) / PAIRS;

                if (w.k.cell->gain)
                    most /= w.k.cell->gain(&w.k);
                draw(5 * i, 0, 0.01, H4L_CELL_RATES, w.rates);
                draw(5 * i + 1, 0, most, inputs, w.input);
                draw(5 * i + 2, -0.3, 0.7, mixing, w.mix);
                draw(5 * i + 3, -1, 1, MOST, w.ds);
                memset(w.dmix, 0, sizeof w.dmix);
                loss(&w);
                w.k.cell->backward(&w.k, w.rates, w.mix, w.x, w.s, w.ds, w.din, w.dmix);
                bad += misses(&w, w.input, w.din, inputs, 1e-6 * most, &nonzero);
                bad += misses(&w, w.mix, w.dmix, mixing, 1e-6, &nonzero);
            }
            printf("-- %s, experiment %d\n", h4l_cells[c]->name, experiment);
            CHECK_AT_MOST(bad, 0.005 * PAIRS * (inputs + mixing));
            CHECK_AT_LEAST(nonzero, PAIRS * inputs / 10);
        }
}

// A row says the same as its functions and its vector file.
static void test_rows(void **state)
{
    (void)state;
    for (size_t c = 0; h4l_cells[c]; c++)
        for (int experiment = 0; experiment < H4L_CELL_EXPERIMENTS; experiment++) {
            const struct h4l_cell *cell = h4l_cells[c];
            struct h4l_cell_constants k =
                h4l_cell_published(cell, (enum h4l_cell_experiment)experiment);
            struct h4l_cell_value values[H4L_CELL_MAX_VALUES];
            struct h4l_err err = {0};
            int n = h4l_cell_values(&k, values), arrows = 0, mixers = 0;

            CHECK_TRUE(h4l_cell_find(cell->name) == cell);
            CHECK_TRUE(cell->label && cell->description && cell->published && cell->operations);
            CHECK_OK(h4l_cell_check(&k, &err), err);
            for (int i = 0; i < n; i++) {
                double *at = h4l_cell_constant(&k, values[i].name);

                assert_true(!at || *at == values[i].value);
            }
            CHECK_TRUE(h4l_cell_constant(&k, "nothing") == NULL);
            for (int u = 0; u < h4l_cell_units(&k); u++) {
                arrows += h4l_cell_arrows(&k, u);
                mixers += h4l_cell_arrows(&k, u) > 0;
            }
            CHECK_INT(h4l_cell_mixing(&k), arrows + mixers);
            CHECK_TRUE(h4l_cell_states(&k) <= H4L_CELL_MAX_STATES);
            CHECK_INT(cell->tables > 0, cell->tabulate != NULL);
        }
    CHECK_TRUE(h4l_cell_find("no cell") == NULL);
}

static void test_range(void **state)
{
    struct h4l_cell_constants n = published("hh", H4L_CELL_FC);
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_cell_check(&n, &err), err);
    n.window = 65;
    CHECK_INT(h4l_cell_check(&n, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "window is 65") != NULL);
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
        cmocka_unit_test(test_response_levels),
        cmocka_unit_test(test_gates),
        cmocka_unit_test(test_hh_window),
        cmocka_unit_test(test_slif_chain),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
