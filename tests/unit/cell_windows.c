// The driver of windows (cell/window.h) as the policies use it, in double: every cell on every instruction level of this machine
// against its plain definition, spikes and gradients.
#define H4L_REAL double
#include "cell/window.h"

#include "check.h"

#include "base/lanes.h"
#include "base/rng.h"

enum { N = 3, W = 5, REPEAT = 3, T = W * REPEAT, ROW = 16, MOST = N * W * ROW };

struct work {
    struct h4l_cell_constants k;
    size_t P, R, M;
    double rates[ROW][H4L_CELL_RATES], gains[ROW], decays[ROW];
    double tables[H4L_CELL_MAX_TABLES * T * ROW];
    double mix[64], dmix[64], plain_dmix[64];
    double input[H4L_CELL_MAX_INPUTS * MOST], dinput[H4L_CELL_MAX_INPUTS * MOST];
    double z[H4L_CELL_MAX_UNITS * N * ROW], dz[H4L_CELL_MAX_UNITS * N * ROW];
};

static void draw(uint64_t number, double lo, double hi, size_t n, double *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, number, "test windows", 0);
    for (size_t i = 0; i < n; i++)
        ret[i] = h4l_rng_between(&rng, lo, hi);
}

static void set_up(struct work *w)
{
    double gain = w->k.cell->gain ? w->k.cell->gain(&w->k) : 1;

    w->k.window = T;
    w->P = (size_t)h4l_cell_inputs(&w->k);
    w->R = (size_t)h4l_cell_trains(&w->k);
    w->M = (size_t)h4l_cell_mixing(&w->k);
    draw(1, 0, 0.01, sizeof w->rates / sizeof(double), w->rates[0]);
    draw(2, -0.2 * w->k.threshold / gain, 1.3 * w->k.threshold / gain, w->P * MOST, w->input);
    draw(3, -0.3, 0.7, w->M, w->mix);
    draw(4, -1, 1, w->R * N * ROW, w->dz);
    for (size_t h = 0; h < ROW; h++) {
        w->gains[h] = gain;
        w->decays[h] = w->k.decay;
        if (w->k.cell->tables > 0)
            h4l_window_tabulate_double(&w->k, w->rates[h], h, ROW, w->tables);
    }
}

static struct h4l_policy_layer_double layer_of(const struct work *w, bool each)
{
    return (struct h4l_policy_layer_double){
        .w = h4l_window_of_double(&w->k, w->mix, w->tables, ROW),
        .observations = W,
        .repeat = REPEAT,
        .row = ROW,
        .decays = each ? w->decays : NULL,
        .gains = each ? w->gains : NULL,
        .projection = MOST,
    };
}

// Neuron h of sample i: the largest errors of its spikes and of the gradients to its inputs.
static void compare(struct work *w, size_t i, size_t h, double *ret_spikes, double *ret_gradient)
{
    static double in[H4L_CELL_MAX_INPUTS * T], din[H4L_CELL_MAX_INPUTS * T];
    static double x[H4L_CELL_MAX_STATES * T], ds[H4L_CELL_MAX_UNITS * T];
    static uint8_t s[H4L_CELL_MAX_UNITS * T];

    for (size_t p = 0; p < w->P; p++)
        for (size_t t = 0; t < T; t++)
            in[p * T + t] = w->input[p * MOST + (i * W + t / REPEAT) * ROW + h];
    h4l_cell_forward(&w->k, w->rates[h], w->mix, in, x, s);
    for (size_t u = 0; u < w->R; u++) {
        size_t at = (i * ROW + h) * w->R + u, count = 0;

        for (size_t t = 0; t < T; t++) {
            count += s[u * T + t];
            ds[u * T + t] = w->dz[at] / T;
        }
        *ret_spikes = h4l_worst(*ret_spikes, fabs(w->z[at] * T - (double)count));
    }
    h4l_cell_backward(&w->k, w->rates[h], w->mix, x, s, ds, din, w->plain_dmix);
    for (size_t p = 0; p < w->P; p++)
        for (size_t o = 0; o < W; o++) {
            double sum = 0, got = w->dinput[p * MOST + (i * W + o) * ROW + h];

            for (size_t r = 0; r < REPEAT; r++)
                sum += din[p * T + o * REPEAT + r];
            *ret_gradient = h4l_worst(*ret_gradient, fabs(sum - got));
        }
}

// Inputs that put a potential exactly on its threshold or on an edge of the surrogate's window, or a little inside.
static void put_on_edges(struct work *w)
{
    for (size_t i = 0; i < w->P * MOST; i++)
        w->input[i] = i % 3 == 0   ? w->k.threshold
                      : i % 3 == 1 ? w->k.threshold + w->k.half_width
                                   : w->k.threshold + w->k.half_width * 0.999;
}

static void check_cell(const char *name, const char *topology, enum h4l_simd level, bool each,
                       bool edges)
{
    static struct work w;
    const struct h4l_policy_windows_double *windows;
    double spikes = 0, gradient = 0, mixing = 0;
    struct h4l_err err = {0};
    struct h4l_policy_layer_double l;

    w = (struct work){.k = h4l_cell_published(h4l_cell_find(name), H4L_CELL_IP)};
    if (topology)
        CHECK_OK(h4l_topology_parse(topology, &w.k.topology, &err), err);
    if (edges) {
        w.k.threshold = 0.25; // so that sums with it are exact
        w.k.half_width = 0.5;
    }
    set_up(&w);
    if (edges)
        put_on_edges(&w);
    l = layer_of(&w, each || w.k.cell->gain || w.k.cell->tables > 0);
    windows = h4l_cell_policy_windows_double(w.k.cell, level);
    windows->forward(&l, N, w.input, w.z);
    windows->backward(&l, N, w.input, w.dz, w.dinput, w.dmix);
    for (size_t i = 0; i < N; i++)
        for (size_t h = 0; h < ROW; h++)
            compare(&w, i, h, &spikes, &gradient);
    for (size_t m = 0; m < w.M; m++)
        mixing = h4l_worst(mixing, fabs(w.dmix[m] - w.plain_dmix[m]));
    printf("-- %s %s, %s\n", name, topology ? topology : "", h4l_simd_name(level));
    CHECK_CLOSE(spikes, 0, 1e-12);
    CHECK_CLOSE(gradient, 0, 1e-12);
    CHECK_CLOSE(mixing, 0, 1e-10);
}

// lanes_exp against the C library, over its range and around the roundings of its power of 2.
static void test_exp(void **state)
{
    double worst = 0;
    lanes least = SPLAT(-1e4), most = SPLAT(1e4);

    (void)state;
    for (int i = -70000; i < 70000; i++) {
        lanes x;

        for (int k = 0; k < LANES; k++)
            x[k] = 0.01 * i + 0.00123 * k;
        lanes y = x;
        lanes_exp(&y);
        for (int k = 0; k < LANES; k++)
            worst = h4l_worst(worst, fabs(y[k] / exp(x[k]) - 1));
    }
    CHECK_AT_MOST(worst, 5e-16);
    lanes_exp(&least);
    lanes_exp(&most);
    CHECK_REL(least[0], exp(-708), 1e-15); // held
    CHECK_REL(most[0], exp(708), 1e-15);
}

static void test_cells(void **state)
{
    static const char *const topologies[] = {"6+1", "2+2 arrow spike",
                                             "ring 5 output all reset own"};
    static const char *const exact[] = {"ann", "lif", "slif2hh"}; // whose potential is the input

    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        for (size_t i = 0; h4l_cells[i]; i++)
            for (int each = 0; each < 2; each++)
                check_cell(h4l_cells[i]->name, NULL, (enum h4l_simd)level, each, false);
        for (size_t i = 0; i < sizeof topologies / sizeof *topologies; i++)
            check_cell("topology", topologies[i], (enum h4l_simd)level, false, false);
        for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
            check_cell(exact[i], NULL, (enum h4l_simd)level, false, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exp), cmocka_unit_test(test_cells)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
