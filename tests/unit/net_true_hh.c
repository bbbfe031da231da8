// Networks of true HH neurons: the plain one against finite differences, the fast one against the plain one for every membrane and
// readout, the same bytes for any number of threads; and what holds for every kind of neuron: parts of an image one after
// another, their mean, the gradient cut to one step.
#include "check.h"

#include "base/simd.h"
#include "net/engine.h"
#include "net/plain.h"

enum { SIDE = 12, PIXELS = SIDE * SIDE, SAMPLES = 20, CHANNELS = 20 };
static uint8_t pixels[SAMPLES * PIXELS], labels[2 * SAMPLES];
static double images[SAMPLES * PIXELS];
static struct h4l_err err;

static void make_images(void)
{
    for (int i = 0; i < SAMPLES * PIXELS; i++) {
        pixels[i] = (uint8_t)(127.5 * (1 + sin(0.31 * i + 0.002 * i * (i % 17))));
        images[i] = pixels[i] / 255.0;
    }
    for (int b = 0; b < 2 * SAMPLES; b++)
        labels[b] = (uint8_t)((7 * b + b / 3) % 10);
}

// A small network: 6 ms, projections that take the neurons across the threshold and back.
static struct h4l_net_spec small(const char *name, enum h4l_task_shows shows)
{
    struct h4l_net_spec spec;

    CHECK_OK(h4l_net_published(name, &spec, &err), err);
    spec.task.side = SIDE;
    spec.task.shows = shows;
    spec.channels = CHANNELS;
    spec.parts = shows == H4L_TASK_SHOWS_IMAGE ? 1 : SIDE;
    if (spec.neuron.cell)
        spec.neuron.window = shows == H4L_TASK_SHOWS_IMAGE ? 15 : SIDE;
    spec.true_hh.window_ms = 6;
    spec.projection_scale = shows == H4L_TASK_SHOWS_IMAGE ? 12 : 20;
    return spec;
}

struct plain {
    struct h4l_net_layout at;
    double *parameters, *constants, *gradient;
    struct h4l_net_plain_out out;
};

static void run_plain(const struct h4l_net_spec *spec, struct plain *p)
{
    p->at = h4l_net_layout(spec);
    p->parameters = calloc(p->at.parameters, sizeof(double));
    p->constants = calloc(p->at.constants + 1, sizeof(double));
    p->gradient = calloc(p->at.parameters, sizeof(double));
    assert_true(p->parameters && p->constants && p->gradient);
    h4l_net_init(spec, 5, p->parameters, p->constants);
    for (size_t i = 0; i < p->at.n_own; i++) // neurons that differ
        p->parameters[p->at.own + i] = 0.6 * sin(1.7 * (double)i);
    p->out = (struct h4l_net_plain_out){.gradient = p->gradient};
    CHECK_OK(
        h4l_net_plain(spec, p->parameters, p->constants, SAMPLES, images, labels, &p->out, &err),
        err);
}

static void free_plain(struct plain *p)
{
    free(p->parameters);
    free(p->constants);
    free(p->gradient);
}

// ---- plain: finite differences ----

static double loss_at(const struct h4l_net_spec *spec, const struct plain *p, size_t i, double by)
{
    struct h4l_net_plain_out out = {0};
    double was = p->parameters[i];

    p->parameters[i] = was + by;
    CHECK_OK(h4l_net_plain(spec, p->parameters, p->constants, 4, images, labels, &out, &err), err);
    p->parameters[i] = was;
    return out.loss;
}

static void test_differences(void **state)
{
    static const enum h4l_task_shows shows[] = {H4L_TASK_SHOWS_IMAGE, H4L_TASK_SHOWS_ROWS,
                                                H4L_TASK_SHOWS_MEAN};

    (void)state;
    for (size_t k = 0; k < 6; k++) {
        struct h4l_net_spec spec = small("fc-truehh", shows[k % 3]);
        const double step = 1e-5;
        struct plain p;
        double error = 0, all = 0;

        spec.channels = 3;
        spec.true_hh.clip = 0;
        spec.true_hh.own = k >= 3;
        run_plain(&spec, &p);
        CHECK_OK(h4l_net_plain(&spec, p.parameters, p.constants, 4, images, labels, &p.out, &err),
                 err);
        for (size_t i = 0; i < p.at.parameters; i += i < p.at.readout_weight ? 7 : 61) {
            double d = (loss_at(&spec, &p, i, step) - loss_at(&spec, &p, i, -step)) / (2 * step);

            error += (d - p.gradient[i]) * (d - p.gradient[i]);
            all += d * d;
        }
        CHECK_AT_LEAST(all, 1e-6);
        CHECK_AT_MOST(sqrt(error / all), 1e-6);
        for (size_t i = p.at.own; i < p.at.own + p.at.n_own; i++) {
            double d = (loss_at(&spec, &p, i, step) - loss_at(&spec, &p, i, -step)) / (2 * step);

            CHECK_CLOSE(p.gradient[i], d, 1e-9 + 1e-6 * fabs(d));
        }
        free_plain(&p);
    }
}

// ---- fast against plain ----

static struct h4l_net *create(const struct h4l_net_spec *spec, struct h4l_pool *pool)
{
    struct h4l_net *net;

    CHECK_OK(h4l_net_create(spec, SAMPLES, pool, &net, &err), err);
    return net;
}

static const struct h4l_net_input input = {.scale = 1 / 255.0};
static const struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = labels};

// The error of a part of the gradient in proportion to its norm.
static double part_error(const float *got, const double *expected, size_t at, size_t n)
{
    double error = 0, all = 0;

    for (size_t i = at; i < at + n; i++) {
        double d = (double)got[i] - expected[i];

        error += d * d;
        all += expected[i] * expected[i];
    }
    CHECK_TRUE(all > 0);
    return sqrt(error / all);
}

// The larger error of the projections' gradient and of that of trained constants; the loss within 1e-5.
static double compare(const struct h4l_net_spec *spec, struct h4l_net_windows *ret_windows)
{
    struct h4l_net_stats stats = {0}, infer = {0};
    struct h4l_net *net = create(spec, NULL);
    double error;
    struct plain p;

    run_plain(spec, &p);
    h4l_net_set(net, p.parameters, p.constants);
    CHECK_OK(h4l_net_differentiate(net, &samples, &input, &stats, &err), err);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &infer, NULL, &err), err);
    CHECK_CLOSE(stats.loss / SAMPLES, p.out.loss, 1e-5 * p.out.loss);
    CHECK_CLOSE(infer.loss, stats.loss, 1e-6 * stats.loss);
    CHECK_CLOSE(stats.rate / SAMPLES, p.out.mean_rate, 1e-4 * (fabs(p.out.mean_rate) + 0.01));
    error = part_error(h4l_net_gradient(net), p.gradient, 0, p.at.layer2_weight);
    if (p.at.n_own > 0)
        error = fmax(error, part_error(h4l_net_gradient(net), p.gradient, p.at.own, p.at.n_own));
    *ret_windows = stats.windows;
    h4l_net_destroy(net);
    free_plain(&p);
    return error;
}

static void test_membranes(void **state)
{
    (void)state;
    for (int membrane = H4L_TRUE_FULL; membrane <= H4L_TRUE_PASSIVE; membrane++)
        for (int shows = H4L_TASK_SHOWS_IMAGE; shows <= H4L_TASK_SHOWS_MEAN; shows++) {
            struct h4l_net_spec spec = small("fc-truehh", (enum h4l_task_shows)shows);
            struct h4l_net_windows windows;

            spec.true_hh.membrane = (enum h4l_true_membrane)membrane;
            if (membrane >= H4L_TRUE_LINEAR || membrane == H4L_TRUE_FROZEN)
                spec.true_hh.drive = 12; // near theta without spikes
            printf("-- membrane %d, shows %d\n", membrane, shows);
            CHECK_AT_MOST(compare(&spec, &windows), 2e-4);
            CHECK_INT(windows.blown_up, 0);
            CHECK_INT(windows.run, CHANNELS * 32);
        }
}

// Neurons with constants of their own, and their gradient.
static void test_trained_constants(void **state)
{
    struct h4l_net_spec spec;
    struct h4l_net_windows windows;

    (void)state;
    for (int membrane = H4L_TRUE_FULL; membrane <= H4L_TRUE_PASSIVE; membrane++) {
        spec = small("fc-truehh", H4L_TASK_SHOWS_ROWS);
        spec.true_hh.own = true;
        spec.true_hh.membrane = (enum h4l_true_membrane)membrane;
        if (membrane >= H4L_TRUE_LINEAR || membrane == H4L_TRUE_FROZEN)
            spec.true_hh.drive = 12;
        printf("-- membrane %d\n", membrane);
        CHECK_AT_MOST(compare(&spec, &windows), 5e-4);
        CHECK_INT(windows.blown_up, 0);
    }
    spec = small("fc-truehh", H4L_TASK_SHOWS_IMAGE);
    spec.true_hh.own = true;
    spec.true_hh.clip = 1e-3;
    CHECK_AT_MOST(compare(&spec, &windows), 5e-4);
    CHECK_TRUE(windows.clipped > 0);
}

// Between 2/3 and 3/2 of the layer's constants, wherever training goes; their currents leave the steps stable.
static void test_bounds_of_constants(void **state)
{
    static const double dt[] = {0.005, 0.01, 0.02};
    const double far[H4L_TRUE_HH_OWN] = {-50, 50, -1, 1, 0, 0.3};
    double own[H4L_TRUE_HH_OWN], slope[H4L_TRUE_HH_OWN], shared[H4L_TRUE_HH_OWN];
    struct h4l_true_layer layer = h4l_true_layer_default;

    (void)state;
    layer.own = true;
    h4l_true_layer_own(&layer, shared);
    h4l_true_layer_trained(&layer, far, own, slope);
    for (int k = 0; k < H4L_TRUE_HH_OWN; k++) {
        CHECK_CLOSE(own[k], shared[k] * pow(1.5, tanh(far[k])), 1e-12 * shared[k]);
        CHECK_CLOSE(slope[k], own[k] * log(1.5) / pow(cosh(far[k]), 2), 1e-12 * shared[k]);
    }
    for (size_t i = 0; i < 3; i++) {
        double range[2], narrow[2];
        struct h4l_true_hh w;
        int blown_up = 0;

        layer.dt_ms = dt[i];
        layer.own = false;
        h4l_true_layer_currents(&layer, range);
        layer.own = true;
        h4l_true_layer_currents(&layer, narrow);
        CHECK_TRUE(narrow[0] > range[0] && narrow[0] < 0 && narrow[1] <= range[1]);
        for (int corner = 0; corner < 1 << H4L_TRUE_HH_OWN; corner++)
            for (int kind = 0; kind < 6; kind++) { // constant, or to and fro between the ends
                const double I[] = {narrow[0], 0, 10, 100, narrow[1]};
                double pieces[10], rate;
                struct h4l_true_hh_result ret = {.rate = &rate};

                w = h4l_true_layer_window(&layer, kind < 5 ? 1 : 10, false);
                for (int p = 0; p < 10; p++)
                    pieces[p] = kind < 5 ? I[kind] : narrow[p % 2];
                for (int k = 0; k < H4L_TRUE_HH_OWN; k++)
                    own[k] = corner >> k & 1 ? shared[k] * 1.5 : shared[k] / 1.5;
                CHECK_OK(h4l_true_hh_run(&w, own, pieces, &ret, &err), err);
                blown_up += !isfinite(rate);
            }
        CHECK_INT(blown_up, 0);
    }
}

// Spikes, a trace, the cut gradient, a clip and currents outside the range.
static void test_readouts(void **state)
{
    struct h4l_net_spec spec = small("fc-truehh", H4L_TASK_SHOWS_ROWS);
    struct h4l_net_windows windows;

    (void)state;
    spec.true_hh.spikes = true;
    CHECK_AT_MOST(compare(&spec, &windows), 1e-2);
    spec.true_hh.spikes = false;
    spec.true_hh.trace_ms = 5;
    CHECK_AT_MOST(compare(&spec, &windows), 2e-4);
    spec.cut = true;
    CHECK_AT_MOST(compare(&spec, &windows), 2e-4);
    spec.cut = false;
    CHECK_INT(windows.clipped, 0);
    spec.true_hh.clip = 1e-3;
    CHECK_AT_MOST(compare(&spec, &windows), 2e-4);
    CHECK_TRUE(windows.clipped > 0);
    CHECK_INT(windows.outside, 0);
    spec.true_hh.gain = 40;
    compare(&spec, &windows);
    CHECK_TRUE(windows.outside > 0);
}

// A step of training is Adam on that gradient.
static void test_step(void **state)
{
    struct h4l_net_spec spec = small("fc-truehh", H4L_TASK_SHOWS_IMAGE);
    struct h4l_net *net = create(&spec, NULL);
    struct plain p;
    struct h4l_net_stats stats = {0};
    double worst = 0, *m, *v;

    (void)state;
    run_plain(&spec, &p);
    m = calloc(p.at.parameters, sizeof *m);
    v = calloc(p.at.parameters, sizeof *v);
    assert_true(m && v);
    h4l_net_set(net, p.parameters, p.constants);
    CHECK_OK(h4l_net_train(net, &samples, &input, 1e-3, &stats, &err), err);
    h4l_adam_plain(1e-3, spec.l2, 0.9, 1, p.at.parameters, p.gradient, p.parameters, m, v);
    for (size_t i = 0; i < p.at.parameters; i++) // where the gradient is large beside rounding
        if (fabs(p.gradient[i]) > 1e-5)
            worst = fmax(worst, fabs((double)h4l_net_state(net).parameters[i] - p.parameters[i]));
    CHECK_AT_MOST(worst, 2e-5);
    h4l_net_destroy(net);
    free(m);
    free(v);
    free_plain(&p);
}

static void test_threads(void **state)
{
    static const int workers[] = {1, 2, 3, 7};
    struct h4l_net_spec spec = small("fc-truehh", H4L_TASK_SHOWS_ROWS);
    struct h4l_net_stats first_stats = {0};
    struct h4l_net_layout at;
    double moved = 0;
    float *first;
    size_t bytes;

    (void)state;
    spec.channels = 70;
    spec.true_hh.own = true;
    at = h4l_net_layout(&spec);
    bytes = at.parameters * sizeof(float);
    first = malloc(bytes);
    assert_non_null(first);
    for (size_t k = 0; k < 4; k++) {
        struct h4l_net_stats stats = {0};
        struct h4l_pool *pool;
        struct h4l_net *net;

        CHECK_OK(h4l_pool_create(workers[k], &pool, &err), err);
        net = create(&spec, pool);
        CHECK_OK(h4l_net_start(net, 9, &err), err);
        for (int step = 0; step < 2; step++)
            CHECK_OK(h4l_net_train(net, &samples, &input, 1e-2, &stats, &err), err);
        if (k == 0) {
            memcpy(first, h4l_net_state(net).parameters, bytes);
            first_stats = stats;
        }
        CHECK_INT(memcmp(first, h4l_net_state(net).parameters, bytes), 0);
        CHECK_INT(memcmp(&first_stats, &stats, sizeof stats), 0);
        h4l_net_destroy(net);
        h4l_pool_destroy(pool);
    }
    for (size_t i = 0; i < at.n_own; i++)
        moved += first[at.own + i] != 0;
    CHECK_AT_LEAST(moved, (double)at.n_own * 0.9);
    free(first);
}

// ---- every kind of neuron ----

// Rows, their mean and the cut gradient, fast against plain, for every cell.
static void test_cells(void **state)
{
    (void)state;
    for (size_t i = 0; h4l_cells[i]; i++)
        for (int which = 0; which < 4; which++) {
            char name[64];
            struct h4l_net_windows windows;
            struct h4l_net_spec spec;

            snprintf(name, sizeof name, "fc-%s", h4l_cells[i]->name);
            printf("-- %s, %s%s\n", name, which & 1 ? "mean" : "rows", which & 2 ? ", cut" : "");
            spec = small(name, which & 1 ? H4L_TASK_SHOWS_MEAN : H4L_TASK_SHOWS_ROWS);
            spec.projection_scale = strcmp(name, "fc-adex") == 0 ? 1000 : 1; // it takes mV
            spec.cut = which & 2;
            CHECK_AT_MOST(compare(&spec, &windows), 2e-4);
            CHECK_INT(windows.run, 0);
        }
}

// What a cut gradient is: of a cell alone, the derivative of a step's spike by that step's input, whatever the other steps' spikes are
// asked for.
static void test_cut_cells(void **state)
{
    enum { T = 9, INPUTS = H4L_CELL_MAX_INPUTS * T, UNITS = H4L_CELL_MAX_UNITS * T };

    (void)state;
    for (size_t i = 0; h4l_cells[i]; i++) {
        struct h4l_cell_constants k = h4l_cell_published(h4l_cells[i], H4L_CELL_FC);
        double rates[H4L_CELL_RATES], mix[H4L_CELL_MAX_MIXING], in[INPUTS],
            x[H4L_CELL_MAX_STATES * T * 2];
        double ds[UNITS], din[INPUTS], cut[INPUTS], dmix[H4L_CELL_MAX_MIXING] = {0};
        uint8_t s[UNITS];

        k.window = T;
        for (int j = 0; j < H4L_CELL_RATES; j++)
            rates[j] = 0.004 + 0.001 * j;
        for (int j = 0; j < H4L_CELL_MAX_MIXING; j++)
            mix[j] = 0.3 + 0.05 * j;
        for (int j = 0; j < INPUTS; j++)
            in[j] = 0.3 + 0.3 * sin(1.3 * j);
        for (int j = 0; j < UNITS; j++)
            ds[j] = cos(0.7 * j);
        h4l_cell_forward(&k, rates, mix, in, x, s);
        k.cut = true;
        h4l_cell_backward(&k, rates, mix, x, s, ds, cut, dmix);
        k.cut = false;
        for (int t = 0; t < T; t++) { // asked for nothing but this step's spikes
            double only[UNITS] = {0};

            for (int r = 0; r < h4l_cell_trains(&k); r++)
                only[r * T + t] = ds[r * T + t];
            h4l_cell_backward(&k, rates, mix, x, s, only, din, dmix);
            for (int p = 0; p < h4l_cell_inputs(&k); p++)
                CHECK_CLOSE(cut[p * T + t], din[p * T + t], 1e-15);
        }
    }
}

// ---- what is refused ----

static void test_range(void **state)
{
    struct h4l_net_spec spec;

    (void)state;
    spec = small("fc-truehh", H4L_TASK_SHOWS_ROWS);
    spec.true_hh.dt_ms = 0.035;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    assert_non_null(strstr(err.message, "whole number"));
    spec = small("fc-truehh", H4L_TASK_SHOWS_ROWS);
    spec.parts = 5;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    spec = small("fc-truehh", H4L_TASK_SHOWS_IMAGE);
    spec.true_hh.clip = -1;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    assert_non_null(strstr(err.message, "clip"));
    spec.true_hh.clip = 0;
    spec.true_hh.own = true;
    spec.true_hh.dt_ms = 0.03;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    assert_non_null(strstr(err.message, "at most 0.02"));
    spec.true_hh = h4l_true_layer_default;
    spec.conv = true;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    CHECK_OK(h4l_net_published("conv-lif", &spec, &err), err);
    spec.cut = true;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    CHECK_INT(h4l_net_published("conv-truehh", &spec, &err), H4L_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences),       cmocka_unit_test(test_membranes),
        cmocka_unit_test(test_readouts),          cmocka_unit_test(test_step),
        cmocka_unit_test(test_trained_constants), cmocka_unit_test(test_bounds_of_constants),
        cmocka_unit_test(test_threads),           cmocka_unit_test(test_cells),
        cmocka_unit_test(test_cut_cells),         cmocka_unit_test(test_range),
    };

    make_images();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
