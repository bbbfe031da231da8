// The fast engine against the plain networks, on every instruction set of this machine, and the same bytes for any number of threads.
//
// Float and double part where a potential lies within rounding of a threshold or of an edge of the surrogate window: then a
// spike or a term of the gradient comes or goes. So rates are compared by the share of readout inputs that differ at all by
// more than rounding, and gradients row by row (a row: all weights of a neuron or map): nearly all rows must agree to 1e-4 of
// the row's norm, and the whole gradient within the bound of its kind.
#include "net.h"

#include <stdbool.h>

#include "base/simd.h"
#include "data/multi.h"
#include "net/plain.h"

enum { SAMPLES = 20, MAX_OUTPUTS = 40 };
static uint8_t pixels[SAMPLES * H4L_MULTI_PIXELS], labels[2 * SAMPLES];
static double images[SAMPLES * H4L_MULTI_PIXELS];

static void make_images(void)
{
    for (int b = 0; b < SAMPLES; b++) {
        for (int i = 0; i < H4L_MULTI_PIXELS; i++) {
            double r = i / H4L_MULTI_SIDE, c = i % H4L_MULTI_SIDE;
            double x = 127.5 * (1 + sin(0.13 * (b + 1) * r + b) * cos(0.11 * (b + 2) * c));

            pixels[b * H4L_MULTI_PIXELS + i] = (uint8_t)x;
            images[b * H4L_MULTI_PIXELS + i] = (uint8_t)x;
        }
        labels[2 * b] = (uint8_t)(3 * b % 10);
        labels[2 * b + 1] = (uint8_t)((7 * b + 1) % 10);
    }
}

struct pair {
    struct h4l_net_spec spec;
    struct h4l_net_layout at;
    const uint8_t *labels;
    double *parameters, *constants, *gradient, logits[SAMPLES * MAX_OUTPUTS];
    struct h4l_net_plain_out plain;
    float fast_logits[SAMPLES * MAX_OUTPUTS];
};

// A published network by its name, or a topology behind "fc " or "conv ".
static void spec_of(const char *name, struct h4l_net_spec *ret)
{
    const char *text = strchr(name, ' ');
    struct h4l_topology topology;
    struct h4l_err err = {0};

    if (!text) {
        CHECK_OK(h4l_net_published(name, ret, &err), err);
        return;
    }
    CHECK_OK(h4l_topology_parse(text, &topology, &err), err);
    CHECK_OK(h4l_net_of_topology(name[0] == 'c', &topology, ret, &err), err);
}

static const char *const topologies[] = {"fc 2+2",
                                         "fc 2+2 reset own arrow spike",
                                         "fc ring 4 output all reset own",
                                         "fc 3+1 output all reset own",
                                         "conv 3+1 output all reset own",
                                         "conv 1+2+1 output 2,4",
                                         NULL};

// Runs the plain network of p->spec.
static void run_plain(struct pair *p)
{
    struct h4l_err err = {0};

    p->at = h4l_net_layout(&p->spec);
    p->parameters = zeros(p->at.parameters, sizeof(double));
    p->constants = zeros(p->at.constants, sizeof(double));
    p->gradient = zeros(p->at.parameters, sizeof(double));
    h4l_net_init(&p->spec, 5, p->parameters, p->constants);
    p->plain = (struct h4l_net_plain_out){.logits = p->logits, .gradient = p->gradient};
    CHECK_OK(h4l_net_plain(&p->spec, p->parameters, p->constants, SAMPLES, images, p->labels,
                           &p->plain, &err),
             err);
}

// Networks of reduced width (not a multiple of the engine's blocks), so that the plain ones take little time.
static void setup_pair(const char *name, struct pair *p)
{
    spec_of(name, &p->spec);
    p->labels = labels;
    if (p->spec.conv)
        p->spec.channels = strstr(name, "4lif") ? 13 : 6;
    else
        p->spec.channels = strstr(name, "4lif") ? 200 : 100;
    run_plain(p);
}

static void free_pair(struct pair *p)
{
    free(p->parameters);
    free(p->constants);
    free(p->gradient);
}

// Share of rows of length n whose error is above 1e-4 of their norm, and the relative error of all.
static void compare_rows(const double *expected, const float *got, size_t rows, size_t n,
                         double *ret_bad, double *ret_error)
{
    double all = 0, error = 0;
    size_t bad = 0;

    for (size_t r = 0; r < rows; r++) {
        double square = 0, diff = 0;

        for (size_t i = 0; i < n; i++) {
            double e = expected[r * n + i], d = (double)got[r * n + i] - e;

            square += e * e;
            diff += d * d;
        }
        bad += sqrt(diff) > 1e-4 * sqrt(square);
        all += square;
        error += diff;
    }
    *ret_bad = (double)bad / (double)rows;
    *ret_error = all > 0 ? sqrt(error / all) : sqrt(error);
}

static void check_engine(struct pair *p)
{
    struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = p->labels};
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_stats stats = {0}, infer = {0};
    struct h4l_err err = {0};
    struct h4l_net *net;
    bool conv = p->spec.conv;
    size_t rows = (size_t)(h4l_cell_inputs(&p->spec.neuron) * p->spec.channels);
    double worst = 0, bad, error;

    CHECK_OK(h4l_net_create(&p->spec, SAMPLES, NULL, &net, &err), err);
    h4l_net_set(net, p->parameters, p->constants);
    CHECK_OK(h4l_net_differentiate(net, &samples, &input, &stats, &err), err);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &infer, p->fast_logits, &err), err);
    CHECK_INT(stats.n, SAMPLES);
    // Inference takes wider matrix products; with some of OpenBLAS's kernels their last bits depend on the width.
    CHECK_REL(infer.loss, stats.loss, 1e-5);
    CHECK_REL(infer.rate, stats.rate, 1e-4);
    CHECK_REL(stats.loss / SAMPLES, p->plain.loss, 1e-4);
    CHECK_CLOSE(stats.rate / SAMPLES, p->plain.mean_rate, 1e-4);
    for (size_t i = 0; i < SAMPLES * h4l_task_outputs(&p->spec.task); i++)
        worst = h4l_worst(worst, fabs((double)p->fast_logits[i] - p->logits[i]));
    CHECK_AT_MOST(worst, 1e-3);
    compare_rows(p->gradient + p->at.layer1_weight, h4l_net_gradient(net) + p->at.layer1_weight,
                 rows,
                 conv ? 9 : h4l_task_step_pixels(&p->spec.task, (size_t)p->spec.neuron.window),
                 &bad, &error);
    CHECK_AT_MOST(error, conv ? 2e-2 : 1e-2);
    if (!conv)
        CHECK_AT_MOST(bad, 0.02);
    compare_rows(p->gradient + p->at.layer1_bias, h4l_net_gradient(net) + p->at.layer1_bias, rows,
                 1, &bad, &error);
    CHECK_AT_MOST(error, 2e-2);
    if (conv) {
        compare_rows(p->gradient + p->at.layer2_weight, h4l_net_gradient(net) + p->at.layer2_weight,
                     rows, (size_t)p->spec.channels * 9, &bad, &error);
        CHECK_AT_MOST(error, 5e-3);
        compare_rows(p->gradient + p->at.layer2_bias, h4l_net_gradient(net) + p->at.layer2_bias,
                     rows, 1, &bad, &error);
        CHECK_AT_MOST(error, 5e-3);
    }
    // Mixing weights, readout, heads.
    compare_rows(p->gradient + p->at.mix, h4l_net_gradient(net) + p->at.mix, 1,
                 p->at.readout_weight - p->at.mix, &bad, &error);
    CHECK_AT_MOST(error, 2e-2);
    compare_rows(p->gradient + p->at.readout_weight, h4l_net_gradient(net) + p->at.readout_weight,
                 p->spec.task.hidden, p->at.width, &bad, &error);
    CHECK_AT_MOST(error, 1e-3);
    compare_rows(p->gradient + p->at.readout_bias, h4l_net_gradient(net) + p->at.readout_bias, 1,
                 p->at.parameters - p->at.readout_bias, &bad, &error);
    CHECK_AT_MOST(error, 1e-3);
    h4l_net_destroy(net);
}

static void test_network(void **state)
{
    struct pair p;

    setup_pair(*state, &p);
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        printf("-- %s\n", h4l_simd_name((enum h4l_simd)level));
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        check_engine(&p);
    }
    unsetenv("H4L_SIMD");
    if (strstr(*state, "slif")) { // audit A3's readout
        p.spec.readout = H4L_NET_READ_LAST;
        p.at = h4l_net_layout(&p.spec);
        h4l_net_init(&p.spec, 5, p.parameters, p.constants);
        CHECK_OK(h4l_net_plain(&p.spec, p.parameters, p.constants, SAMPLES, images, labels,
                               &p.plain, NULL),
                 (struct h4l_err){0});
        check_engine(&p);
    }
    free_pair(&p);
}

// Three steps of Adam with uneven batches: all parameters the same, to the bit, for 1, 2, 3 and 7 threads; the network of three has
// its products timed.
static void test_threads(void **state)
{
    static const int workers[] = {1, 2, 3, 7};
    struct h4l_net_input input = {.scale = 1, .fresh_amplitude = 25, .fresh_seed = 3};
    uint32_t index[SAMPLES];
    float *first = NULL;
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    size_t n;

    spec_of(*state, &spec);
    spec.channels = spec.conv ? 6 : 200;
    n = h4l_net_layout(&spec).parameters;
    for (uint32_t i = 0; i < SAMPLES; i++)
        index[i] = (7 * i + 3) % SAMPLES;
    for (size_t k = 0; k < 4; k++) {
        struct h4l_net_stats stats = {0};
        struct h4l_pool *pool;
        struct h4l_net *net;

        CHECK_OK(h4l_pool_create(workers[k], &pool, &err), err);
        CHECK_OK(h4l_net_create(&spec, 64, pool, &net, &err), err);
        CHECK_OK(h4l_net_start(net, 9, &err), err);
        if (workers[k] == 3)
            h4l_net_time_products(net);
        for (size_t step = 0; step < 3; step++) {
            struct h4l_net_samples samples = {
                .n = SAMPLES - step, .pixels = pixels, .labels = labels, .index = index};

            CHECK_OK(h4l_net_train(net, &samples, &input, 1e-3, &stats, &err), err);
        }
        CHECK_INT(stats.n, 3 * SAMPLES - 3);
        CHECK_INT(h4l_net_product_seconds(net) > 0, workers[k] == 3);
        if (first)
            CHECK_INT(memcmp(first, h4l_net_state(net).parameters, n * sizeof(float)), 0);
        else {
            first = zeros(n, sizeof(float));
            memcpy(first, h4l_net_state(net).parameters, n * sizeof(float));
            for (size_t i = 0; i < n; i++)
                assert_true(isfinite(first[i]));
        }
        h4l_net_destroy(net);
        h4l_pool_destroy(pool);
    }
    free(first);
}

// One step of Adam from the engine's own gradient is the plain Adam's.
static void test_adam(void **state)
{
    struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = labels};
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_stats stats = {0};
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    struct h4l_net *net;
    size_t n;
    double *p, *m, *v, *g, worst = 0;

    (void)state;
    CHECK_OK(h4l_net_published("fc-hh", &spec, &err), err);
    spec.channels = 70;
    n = h4l_net_layout(&spec).parameters;
    p = zeros(n, sizeof *p);
    m = zeros(n, sizeof *p);
    v = zeros(n, sizeof *p);
    g = zeros(n, sizeof *p);
    CHECK_OK(h4l_net_create(&spec, SAMPLES, NULL, &net, &err), err);
    CHECK_OK(h4l_net_start(net, 1, &err), err);
    for (size_t i = 0; i < n; i++)
        p[i] = (double)h4l_net_state(net).parameters[i];
    for (long step = 1; step <= 3; step++) {
        CHECK_OK(h4l_net_train(net, &samples, &input, 1e-4, &stats, &err), err);
        for (size_t i = 0; i < n; i++)
            g[i] = (double)h4l_net_gradient(net)[i];
        h4l_adam_plain(1e-4, spec.l2, 0.9, step, n, g, p, m, v);
    }
    for (size_t i = 0; i < n; i++)
        worst = h4l_worst(worst, fabs(p[i] - (double)h4l_net_state(net).parameters[i]));
    CHECK_AT_MOST(worst, 3e-7); // steps of 1e-4, parameters up to 0.15
    CHECK_INT(*h4l_net_state(net).step, 3);
    h4l_net_destroy(net);
    free(p);
    free(m);
    free(v);
    free(g);
}

// Other data: sides, numbers of tasks and classes, and widths before the heads that nobody published.
static void test_shapes(void **state)
{
    static const struct {
        const char *net;
        struct h4l_task task;
    } rows[] = {{"fc-slif2hh", {.side = 28, .tasks = 1, .classes = 7, .hidden = 20}},
                {"fc-hh", {.side = 17, .tasks = 4, .classes = 10, .hidden = 50}},
                {"fc-lif", {36, 2, 10, 50, H4L_TASK_SHOWS_ROWS}},
                {"fc-hh", {36, 2, 10, 50, H4L_TASK_SHOWS_ROWS}},
                {"fc-lif", {36, 2, 10, 50, H4L_TASK_SHOWS_MEAN}},
                {"fc-slif2hh", {24, 1, 10, 30, H4L_TASK_SHOWS_ROWS}},
                {"conv-hh", {.side = 28, .tasks = 1, .classes = 10, .hidden = 50}},
                {"conv-slif2hh", {.side = 8, .tasks = 3, .classes = 5, .hidden = 33}}};
    static struct pair p;
    uint8_t own[H4L_TASK_MAX_TASKS * SAMPLES];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        spec_of(rows[i].net, &p.spec);
        p.spec.task = rows[i].task;
        p.spec.channels = p.spec.conv ? 6 : 100;
        if (p.spec.task.shows != H4L_TASK_SHOWS_IMAGE)
            p.spec.neuron.window = 12;
        for (size_t k = 0; k < sizeof own; k++)
            own[k] = (uint8_t)(3 * k % p.spec.task.classes);
        p.labels = own;
        run_plain(&p);
        check_engine(&p);
        free_pair(&p);
    }
}

// A window of one step shows all rows at once; one of more steps does not compute the same.
static void test_rows_are_the_image(void **state)
{
    static struct pair image, rows;

    (void)state;
    for (int T = 1; T <= 2; T++) {
        spec_of("fc-lif", &image.spec);
        image.spec.channels = 30;
        image.spec.neuron.window = T;
        image.labels = rows.labels = labels;
        rows.spec = image.spec;
        rows.spec.task.shows = H4L_TASK_SHOWS_ROWS;
        run_plain(&image);
        run_plain(&rows);
        CHECK_INT(image.at.layer1_bias, (size_t)T * rows.at.layer1_bias);
        CHECK_INT(image.plain.loss == rows.plain.loss, T == 1);
        for (size_t i = 0; i < rows.at.parameters && T == 1; i++)
            assert_true(image.gradient[i] == rows.gradient[i]);
        free_pair(&image);
        free_pair(&rows);
    }
}

// Where the columns of an image have constants that differ much, each pixel of a pooled cell is computed with those of its own.
static void test_columns(void **state)
{
    struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = labels};
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_stats stats = {0};
    static struct pair p;
    struct h4l_err err = {0};
    struct h4l_net *net;
    double worst = 0;

    (void)state;
    spec_of("conv-hh", &p.spec);
    p.spec.channels = 4;
    p.labels = labels;
    p.at = h4l_net_layout(&p.spec);
    p.parameters = zeros(p.at.parameters, sizeof(double));
    p.constants = zeros(p.at.constants, sizeof(double));
    h4l_net_init(&p.spec, 5, p.parameters, p.constants);
    for (size_t i = 0; i < p.at.constants; i++) // every second column ten times as fast
        p.constants[i] *= i % 2 ? 50 : 5;
    p.plain = (struct h4l_net_plain_out){.logits = p.logits};
    CHECK_OK(
        h4l_net_plain(&p.spec, p.parameters, p.constants, SAMPLES, images, labels, &p.plain, &err),
        err);
    CHECK_OK(h4l_net_create(&p.spec, SAMPLES, NULL, &net, &err), err);
    h4l_net_set(net, p.parameters, p.constants);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &stats, p.fast_logits, &err), err);
    CHECK_CLOSE(stats.rate / SAMPLES, p.plain.mean_rate, 1e-4);
    for (size_t i = 0; i < SAMPLES * h4l_task_outputs(&p.spec.task); i++)
        worst = h4l_worst(worst, fabs((double)p.fast_logits[i] - p.logits[i]));
    CHECK_AT_MOST(worst, 1e-3);
    h4l_net_destroy(net);
    free(p.parameters);
    free(p.constants);
}

// What is seen of the layers of a plain network.
struct seen {
    size_t calls[2];
    double potentials; // sum over the first layer
};

static void see(void *ctx, const struct h4l_net_plain_layer *layer)
{
    struct seen *to = ctx;

    to->calls[layer->layer]++;
    for (size_t i = 0; i < layer->neurons && layer->layer == 0; i++)
        to->potentials += layer->v[i];
}

static void test_first_layer_alone(void **state)
{
    struct seen seen[2] = {0};
    struct pair p;

    (void)state;
    spec_of("conv-lif", &p.spec);
    p.spec.channels = 3;
    p.labels = labels;
    run_plain(&p);
    for (int alone = 0; alone < 2; alone++) {
        struct h4l_net_plain_out out = {.loss = -1,
                                        .logits = p.logits,
                                        .gradient = p.gradient,
                                        .watch = see,
                                        .watch_ctx = &seen[alone],
                                        .first_only = alone == 1};
        struct h4l_err err = {0};

        p.logits[0] = p.gradient[0] = 77;
        CHECK_OK(
            h4l_net_plain(&p.spec, p.parameters, p.constants, SAMPLES, images, labels, &out, &err),
            err);
        assert_int_equal(seen[alone].calls[0], SAMPLES);
        assert_int_equal(seen[alone].calls[1], alone ? 0 : SAMPLES);
        assert_true((out.loss == -1) == alone);
        assert_true((p.logits[0] == 77) == alone && (p.gradient[0] == 77) == alone);
    }
    assert_true(seen[0].potentials != 0);
    assert_true(seen[0].potentials == seen[1].potentials);
    free_pair(&p);
}

static void test_small_batch(void **state)
{
    struct h4l_net_samples all = {.n = SAMPLES, .pixels = pixels, .labels = labels};
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    struct h4l_net *net;

    spec_of(*state, &spec);
    spec.channels = 6;
    CHECK_OK(h4l_net_create(&spec, SAMPLES, NULL, &net, &err), err);
    CHECK_OK(h4l_net_start(net, 3, &err), err);
    check_small_batch(net, &all, 5, &input);
    h4l_net_destroy(net);
}

// A noise image of whole numbers is the images with it added, to the bit: each pixel has its own noise, row by row.
static void test_noise_image(void **state)
{
    static uint8_t dim[SAMPLES * H4L_MULTI_PIXELS], noisy[SAMPLES * H4L_MULTI_PIXELS];
    static float noise[H4L_MULTI_PIXELS];
    struct h4l_net_samples plain = {.n = SAMPLES, .pixels = noisy, .labels = labels}, seen = plain;
    struct h4l_net_input none = {.scale = 1}, added = {.scale = 1, .noise = noise};
    struct h4l_net_stats stats = {0};
    float expected[SAMPLES * 20], got[SAMPLES * 20];
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    struct h4l_net *net;

    for (size_t i = 0; i < H4L_MULTI_PIXELS; i++)
        noise[i] = (float)((7 * (i / H4L_MULTI_SIDE) + 3 * (i % H4L_MULTI_SIDE)) % 100);
    for (size_t i = 0; i < SAMPLES * H4L_MULTI_PIXELS; i++) {
        dim[i] = pixels[i] / 2;
        noisy[i] = (uint8_t)(dim[i] + (int)noise[i % H4L_MULTI_PIXELS]);
    }
    seen.pixels = dim;
    spec_of(*state, &spec);
    spec.channels = 6;
    CHECK_OK(h4l_net_create(&spec, SAMPLES, NULL, &net, &err), err);
    CHECK_OK(h4l_net_start(net, 3, &err), err);
    CHECK_OK(h4l_net_infer(net, &plain, &none, &stats, expected, &err), err);
    CHECK_OK(h4l_net_infer(net, &seen, &added, &stats, got, &err), err);
    CHECK_INT(memcmp(got, expected, sizeof got), 0);
    CHECK_OK(h4l_net_infer(net, &seen, &none, &stats, got, &err), err);
    CHECK_TRUE(memcmp(got, expected, sizeof got) != 0);
    h4l_net_destroy(net);
}

static void test_range(void **state)
{
    struct h4l_net_samples samples = {.n = 17, .pixels = pixels, .labels = labels};
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_stats stats = {0};
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    struct h4l_net *net = NULL;

    (void)state;
    CHECK_OK(h4l_net_published("fc-lif", &spec, &err), err);
    CHECK_INT(h4l_net_published("fc-relu", &spec, &err), H4L_E_USAGE);
    CHECK_INT(h4l_net_create(&spec, 0, NULL, &net, &err), H4L_E_RANGE);
    spec.channels = 0;
    CHECK_INT(h4l_net_create(&spec, 16, NULL, &net, &err), H4L_E_RANGE);
    spec.channels = 64;
    spec.task.side = 65;
    CHECK_INT(h4l_net_create(&spec, 16, NULL, &net, &err), H4L_E_RANGE);
    spec.task = h4l_task_published;
    spec.task.classes = 1;
    CHECK_INT(h4l_net_create(&spec, 16, NULL, &net, &err), H4L_E_RANGE);
    spec.task = h4l_task_published;
    spec.task.shows = H4L_TASK_SHOWS_ROWS;
    CHECK_INT(h4l_net_create(&spec, 16, NULL, &net, &err), H4L_E_RANGE); // 15 steps, 36 rows
    spec.task = h4l_task_published;
    spec.task.side = 30;
    spec.conv = true;
    CHECK_INT(h4l_net_create(&spec, 16, NULL, &net, &err), H4L_E_RANGE); // two layers pool it
    CHECK_TRUE(net == NULL);
    spec.task = h4l_task_published;
    spec.conv = false;
    CHECK_OK(h4l_net_create(&spec, 16, NULL, &net, &err), err);
    CHECK_INT(h4l_net_train(net, &samples, &input, 1e-4, &stats, &err), H4L_E_RANGE);
    CHECK_INT(stats.n, 0);
    h4l_net_destroy(net);
}

// Every cell's networks, and those that are four times as wide.
static const char *network_name(size_t cell, bool conv, bool wide)
{
    static char names[4][32][32];

    snprintf(names[2 * conv + wide][cell], sizeof names[0][0], "%s-%s%s", conv ? "conv" : "fc",
             wide ? "4" : "", h4l_cells[cell]->name);
    return names[2 * conv + wide][cell];
}

int main(void)
{
    struct CMUnitTest tests[160];
    size_t n = 0;

    make_images();
    for (size_t i = 0; h4l_cells[i]; i++)
        for (int which = 0; which < 8; which++) {
            const char *name = network_name(i, which & 1, which & 2);

            if (which & 2 && i > 0) // one cell stands for the wide ones
                continue;
            tests[n++] = (struct CMUnitTest){.name = name,
                                             .test_func = which & 4 ? test_threads : test_network,
                                             .initial_state = (void *)(uintptr_t)name};
        }
    for (size_t i = 0; topologies[i]; i++)
        for (int threads = 0; threads < 2; threads++)
            tests[n++] = (struct CMUnitTest){.name = topologies[i],
                                             .test_func = threads ? test_threads : test_network,
                                             .initial_state = (void *)(uintptr_t)topologies[i]};
    for (size_t i = 0; i < 2; i++)
        tests[n++] = (struct CMUnitTest){.name = i ? "noise conv-lif" : "noise fc-lif",
                                         .test_func = test_noise_image,
                                         .initial_state = i ? "conv-lif" : "fc-lif"};
    for (size_t i = 0; i < 2; i++)
        tests[n++] = (struct CMUnitTest){.name = i ? "small batch conv-lif" : "small batch fc-lif",
                                         .test_func = test_small_batch,
                                         .initial_state = i ? "conv-lif" : "fc-lif"};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_columns);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_first_layer_alone);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_adam);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_shapes);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_rows_are_the_image);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_range);
    return _cmocka_run_group_tests("net_engine", tests, n, NULL, NULL);
}
