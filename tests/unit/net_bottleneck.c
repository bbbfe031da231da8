// The networks with a Gaussian before their heads (Fig. 5d): the plain gradient against central differences, the fast engine against
// the plain networks with every cell on every instruction set, the same bytes for any number of threads and however often a run is
// stopped, the published start and schedule, and the scores.
#include "net.h"

#include <unistd.h>

#include "base/rng.h"
#include "base/simd.h"
#include "cell/hh.h"
#include "net/plain.h"
#include "net/train.h"

enum { SIDE = 8, D = SIDE * SIDE, SAMPLES = 37, Z = 6, MAX_LOGITS = SAMPLES * 20 };
static uint8_t pixels[SAMPLES * D], labels[2 * SAMPLES];
static double images[SAMPLES * D], eps[SAMPLES * Z];
static const struct h4l_net_input input = {.scale = 1, .sample_seed = 3, .sample_first = 100};

// Images of bars whose places are the classes, and the samples that the engine draws for them.
static void make_images(void)
{
    struct h4l_rng rng;
    float one[Z];

    h4l_rng_init(&rng, 1, "bars", 0);
    for (size_t b = 0; b < SAMPLES; b++) {
        labels[2 * b] = (uint8_t)h4l_rng_below(&rng, SIDE);
        labels[2 * b + 1] = (uint8_t)h4l_rng_below(&rng, SIDE);
        for (size_t i = 0; i < D; i++) {
            bool bar = i / SIDE == labels[2 * b] || i % SIDE == labels[2 * b + 1];

            pixels[b * D + i] = (uint8_t)(h4l_rng_below(&rng, 40) + (bar ? 200 : 0));
            images[b * D + i] = pixels[b * D + i];
        }
        h4l_bottleneck_draw(input.sample_seed, input.sample_first + b, 0, Z, 1, one);
        for (size_t j = 0; j < Z; j++)
            eps[b * Z + j] = (double)one[j];
    }
}

static struct h4l_net_spec spec_of(const char *model, int channels)
{
    struct h4l_net_spec spec;
    struct h4l_err err = {0};

    CHECK_OK(h4l_net_bottleneck_published(model, &spec, &err), err);
    spec.task.side = SIDE;
    spec.task.hidden = 2 * Z;
    spec.channels = channels;
    spec.bottleneck.beta = 0.3;
    return spec;
}

static void test_gaussian(void **state)
{
    const double h = 1e-5;

    (void)state;
    for (double x = -40; x <= 40; x += 0.7) {
        struct h4l_gaussian g = h4l_gaussian_of(x), less = h4l_gaussian_of(x - h),
                            more = h4l_gaussian_of(x + h);

        CHECK_REL(g.sd, (double)log1pl(expl((long double)x)), 1e-14);
        CHECK_REL(g.log_sd, (double)logl(log1pl(expl((long double)x))), 1e-13);
        CHECK_REL(g.slope, (more.sd - less.sd) / (2 * h), 1e-8);
        CHECK_REL(g.share, (more.log_sd - less.log_sd) / (2 * h), 1e-8);
    }
    CHECK_REL(h4l_gaussian_of(-1000).log_sd, -1000, 1e-15);
    CHECK_REL(h4l_gaussian_of(-1000).share, 1, 1e-15);
    CHECK_REL(h4l_gaussian_of(1000).sd, 1000, 1e-15);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

// The samples' numbers follow N(0, 1): their distribution function within the Kolmogorov-Smirnov bound of 1 in 1000, their moments,
// no correlation of neighbours; the streams of shots follow each other; an odd Z takes half of a pair.
static void test_draw(void **state)
{
    enum { N = 200000, ODD = 7 };
    float *x = zeros(N, sizeof *x), pieces[4 * ODD], spread[2 * ODD];
    double mean = 0, square = 0, fourth = 0, neighbour = 0, worst = 0;

    (void)state;
    h4l_bottleneck_draw(9, 4, 0, N, 1, x);
    for (size_t i = 0; i < N; i++) {
        double v = (double)x[i];

        mean += v / N;
        square += v * v / N;
        fourth += v * v * v * v / N;
        neighbour += i > 0 ? v * (double)x[i - 1] / N : 0;
    }
    CHECK_CLOSE(mean, 0, 4 / sqrt(N));
    CHECK_CLOSE(square, 1, 4 * sqrt(2.0 / N));
    CHECK_CLOSE(fourth, 3, 4 * sqrt(96.0 / N));
    CHECK_CLOSE(neighbour, 0, 4 / sqrt(N));
    qsort(x, N, sizeof *x, by_size);
    for (size_t i = 0; i < N; i++)
        worst = h4l_worst(worst, fabs(0.5 * erfc(-(double)x[i] / sqrt(2)) - ((double)i + 0.5) / N));
    CHECK_AT_MOST(worst, 1.95 / sqrt(N));
    CHECK_TRUE(x[0] < -4 && x[N - 1] > 4 && x[N - 1] < 6.8f);
    for (size_t shot = 0; shot < 2; shot++)
        h4l_bottleneck_draw(9, 4, shot, ODD + 1, 1, pieces + shot * (ODD + 1));
    h4l_bottleneck_draw(9, 4, 0, 2 * (ODD + 1), 1, x);
    CHECK_INT(memcmp(x, pieces, 2 * (ODD + 1) * sizeof *x), 0);
    h4l_bottleneck_draw(9, 4, 1, ODD, 2, spread);
    for (size_t j = 0; j < ODD; j++)
        assert_true(spread[2 * j] == pieces[ODD + 1 + j]);
    free(x);
}

// Two Gaussians of two numbers each, and the divergence of the same ones doubled.
static void test_divergence(void **state)
{
    static const double mean[4] = {0.5, -1, 2, 0}, sd[4] = {0.1, 1, 0.7, 2};
    struct h4l_bottleneck_sums sums = {0};
    double kl = 0, doubled = 0, best;

    (void)state;
    for (int i = 0; i < 4; i++) {
        double m = mean[i], s = sd[i];

        sums.squares += m * m + s * s;
        sums.logs += 2 * log(s);
        kl += 0.5 * (m * m + s * s - 1 - 2 * log(s)) / 2;
        doubled += 0.5 * (4 * m * m + 4 * s * s - 1 - 2 * log(2 * s)) / 2;
    }
    CHECK_REL(h4l_bottleneck_kl(&sums, 2, 2, 1), kl, 1e-14);
    CHECK_REL(h4l_bottleneck_kl(&sums, 2, 2, 2), doubled, 1e-14);
    best = h4l_bottleneck_best_scale(&sums, 2, 2);
    for (double off = 0.9; off < 1.2; off += 0.2)
        CHECK_AT_LEAST(h4l_bottleneck_kl(&sums, 2, 2, off * best),
                       h4l_bottleneck_kl(&sums, 2, 2, best));
}

// ---- the plain gradient ----

struct plain {
    struct h4l_net_spec spec;
    struct h4l_net_layout at;
    double *parameters, *constants, *gradient, logits[MAX_LOGITS];
    struct h4l_net_plain_out out;
};

static void run(struct plain *p, size_t n, const double *shown)
{
    struct h4l_err err = {0};

    CHECK_INT(h4l_net_plain(&p->spec, p->parameters, p->constants, n, shown, labels, &p->out, &err),
              H4L_OK);
}

static void begin(struct plain *p, size_t n, const double *shown)
{
    p->at = h4l_net_layout(&p->spec);
    p->parameters = zeros(p->at.parameters, sizeof(double));
    p->constants = zeros(p->at.constants, sizeof(double));
    p->gradient = zeros(p->at.parameters, sizeof(double));
    h4l_net_init(&p->spec, 5, p->parameters, p->constants);
    p->out = (struct h4l_net_plain_out){.logits = p->logits, .gradient = p->gradient, .eps = eps};
    run(p, n, shown);
}

static void end(struct plain *p)
{
    free(p->parameters);
    free(p->constants);
    free(p->gradient);
}

// The gradient of loss + beta kl by parameters first .. last - 1 is that of central differences, within `bound` of the largest entry.
static void check_differences(struct plain *p, size_t n, const double *shown, size_t first,
                              size_t last, double bound)
{
    const double h = 1e-5;
    double worst = 0, largest = 0;

    p->out.gradient = NULL;
    for (size_t i = first; i < last; i++) {
        double value = p->parameters[i], total[2], difference;

        for (int side = 0; side < 2; side++) {
            struct h4l_err err = {0};

            p->parameters[i] = value + (side ? h : -h);
            assert_int_equal(h4l_net_plain(&p->spec, p->parameters, p->constants, n, shown, labels,
                                           &p->out, &err),
                             H4L_OK);
            total[side] = p->out.loss + p->spec.bottleneck.beta * p->out.kl;
        }
        p->parameters[i] = value;
        difference = (total[1] - total[0]) / (2 * h);
        largest = h4l_worst(largest, fabs(difference));
        worst = h4l_worst(worst, fabs(difference - p->gradient[i]));
    }
    p->out.gradient = p->gradient;
    CHECK_TRUE(largest > 0);
    CHECK_AT_MOST(worst / largest, bound);
}

// Every parameter of a network whose neurons are smooth: true HH. Its spikes have a derivative, so the whole chain does.
static void test_differences_smooth(void **state)
{
    double shown[4 * D];
    static struct plain p;
    struct h4l_err err = {0};

    (void)state;
    for (size_t i = 0; i < 4 * D; i++)
        shown[i] = images[i] / 255;
    CHECK_OK(h4l_net_published("fc-truehh", &p.spec, &err), err);
    p.spec.task.side = SIDE;
    p.spec.task.hidden = 2 * Z;
    p.spec.channels = 3;
    p.spec.true_hh.clip = 0;
    p.spec.bottleneck = (struct h4l_net_bottleneck){true, -1, 0.3};
    begin(&p, 4, shown);
    CHECK_TRUE(p.out.kl > 0);
    check_differences(&p, 4, shown, 0, p.at.parameters, 1e-7);
    end(&p);
}

// Of every cell: all parameters behind the spikes, which these do not change.
static void test_differences_cells(void **state)
{
    (void)state;
    for (size_t i = 0; h4l_cells[i]; i++) {
        static struct plain p;

        printf("-- %s\n", h4l_cells[i]->name);
        p.spec = spec_of(h4l_cells[i]->name, 5);
        begin(&p, 4, images);
        check_differences(&p, 4, images, p.at.readout_weight, p.at.parameters, 1e-8);
        end(&p);
    }
}

// Without beta the divergence has no gradient, which is what the published program does; the samples' means are what eps 0 gives.
static void test_switches(void **state)
{
    static struct plain with, without;
    double *zero = zeros(SAMPLES * Z, sizeof(double)), difference = 0;

    (void)state;
    with.spec = without.spec = spec_of("lif", 9);
    without.spec.bottleneck.beta = 0;
    begin(&with, SAMPLES, images);
    begin(&without, SAMPLES, images);
    CHECK_REL(with.out.kl, without.out.kl, 0);
    CHECK_REL(with.out.loss, without.out.loss, 0);
    for (size_t i = 0; i < with.at.parameters; i++)
        difference = h4l_worst(difference, fabs(with.gradient[i] - without.gradient[i]));
    CHECK_TRUE(difference > 1e-3);
    without.out.eps = zero;
    run(&without, SAMPLES, images);
    difference = without.out.loss;
    without.out.eps = NULL;
    run(&without, SAMPLES, images);
    CHECK_REL(without.out.loss, difference, 0);
    CHECK_TRUE(difference != with.out.loss);
    end(&with);
    end(&without);
    free(zero);
}

// ---- the fast engine ----

static double relative_error(const double *expected, const float *got, size_t n)
{
    double all = 0, error = 0;

    for (size_t i = 0; i < n; i++) {
        all += expected[i] * expected[i];
        error += (expected[i] - (double)got[i]) * (expected[i] - (double)got[i]);
    }
    return sqrt(error / all);
}

// The bounds of tests/unit/net_engine.c: float and double part at a spike where a potential lies within rounding of the threshold.
static void check_engine(const struct plain *p)
{
    struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = labels};
    struct h4l_net_stats stats = {0}, infer = {0};
    struct h4l_err err = {0};
    struct h4l_net *net;
    float logits[MAX_LOGITS];
    double worst = 0;

    CHECK_OK(h4l_net_create(&p->spec, 64, NULL, &net, &err), err);
    h4l_net_set(net, p->parameters, p->constants);
    CHECK_OK(h4l_net_differentiate(net, &samples, &input, &stats, &err), err);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &infer, logits, &err), err);
    CHECK_REL(stats.loss / SAMPLES, p->out.loss, 1e-4);
    CHECK_REL(stats.losses[0] + stats.losses[1], stats.loss, 1e-12);
    CHECK_REL(infer.loss, stats.loss, 1e-5);
    CHECK_REL(h4l_bottleneck_kl(&stats.gaussian, stats.n, Z, 1), p->out.kl, 1e-4);
    CHECK_REL(h4l_bottleneck_kl(&infer.gaussian, infer.n, Z, 1), p->out.kl, 1e-4);
    for (size_t i = 0; i < MAX_LOGITS; i++)
        worst = h4l_worst(worst, fabs((double)logits[i] - p->logits[i]));
    CHECK_AT_MOST(worst, 1e-3);
    CHECK_AT_MOST(relative_error(p->gradient, h4l_net_gradient(net), p->at.readout_weight), 1e-2);
    CHECK_AT_MOST(relative_error(p->gradient + p->at.readout_weight,
                                 h4l_net_gradient(net) + p->at.readout_weight,
                                 p->at.parameters - p->at.readout_weight),
                  1e-3);
    h4l_net_destroy(net);
}

static void test_engine(void **state)
{
    (void)state;
    for (size_t i = 0; h4l_cells[i]; i++) {
        static struct plain p;

        p.spec = spec_of(h4l_cells[i]->name, 70);
        begin(&p, SAMPLES, images);
        for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
            if (!h4l_simd_available((enum h4l_simd)level))
                continue;
            printf("-- %s %s\n", h4l_cells[i]->name, h4l_simd_name((enum h4l_simd)level));
            setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
            check_engine(&p);
        }
        unsetenv("H4L_SIMD");
        end(&p);
    }
}

// Several samples of an image: the first is that of one, the others differ; more than one without a bottleneck is refused.
static void test_shots(void **state)
{
    enum { SHOTS = 3 };
    struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = labels};
    struct h4l_net_input several = input;
    struct h4l_net_spec spec = spec_of("lif", 40);
    struct h4l_net_stats one = {0}, all = {0};
    float logits[MAX_LOGITS], shots[SHOTS * MAX_LOGITS];
    struct h4l_err err = {0};
    struct h4l_net *net;
    int same = 0;

    (void)state;
    several.shots = SHOTS;
    CHECK_OK(h4l_net_create(&spec, 64, NULL, &net, &err), err);
    CHECK_OK(h4l_net_start(net, 2, &err), err);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &one, logits, &err), err);
    CHECK_OK(h4l_net_infer(net, &samples, &several, &all, shots, &err), err);
    CHECK_REL(all.loss, one.loss, 0);
    for (size_t b = 0; b < SAMPLES; b++)
        for (size_t k = 0; k < 20; k++) {
            assert_true(shots[b * SHOTS * 20 + k] == logits[b * 20 + k]);
            same += shots[(b * SHOTS + 1) * 20 + k] == logits[b * 20 + k];
        }
    CHECK_AT_MOST(same, 20);
    several.shots = H4L_BOTTLENECK_MAX_SHOTS + 1;
    CHECK_INT(h4l_net_infer(net, &samples, &several, &all, NULL, &err), H4L_E_RANGE);
    h4l_net_destroy(net);
}

// An image has the same sample wherever it stands in a batch; a batch leaves nothing to a smaller one behind it.
static void test_places(void **state)
{
    struct h4l_net_samples all = {.n = SAMPLES, .pixels = pixels, .labels = labels}, turned = all;
    struct h4l_net_spec spec = spec_of("lif", 40);
    struct h4l_net_stats stats = {0};
    float logits[MAX_LOGITS], other[MAX_LOGITS];
    uint32_t index[SAMPLES];
    struct h4l_err err = {0};
    struct h4l_net *net;
    double worst = 0;

    (void)state;
    for (uint32_t i = 0; i < SAMPLES; i++)
        index[i] = SAMPLES - 1 - i;
    turned.index = index;
    CHECK_OK(h4l_net_create(&spec, 64, NULL, &net, &err), err);
    CHECK_OK(h4l_net_start(net, 2, &err), err);
    check_small_batch(net, &all, 9, &input);
    CHECK_OK(h4l_net_infer(net, &all, &input, &stats, logits, &err), err);
    CHECK_OK(h4l_net_infer(net, &turned, &input, &stats, other, &err), err);
    for (size_t b = 0; b < SAMPLES; b++)
        for (size_t k = 0; k < 20; k++)
            worst = h4l_worst(worst, fabs((double)(logits[b * 20 + k] - other[index[b] * 20 + k])));
    CHECK_AT_MOST(worst, 1e-4); // products of another order differ in their last bits
    h4l_net_destroy(net);
}

// ---- training ----

static const struct h4l_training_data data = {.n_train = SAMPLES,
                                              .n_test = SAMPLES,
                                              .train_pixels = pixels,
                                              .train_labels = labels,
                                              .test_pixels = pixels,
                                              .test_labels = labels};
enum { EPOCHS = 4 };
static char path[] = "/tmp/h4l-bottleneck-XXXXXX";

struct countdown {
    int left;
};

static bool tick(void *ctx, double done, int epoch)
{
    (void)done;
    (void)epoch;
    return --((struct countdown *)ctx)->left != 0;
}

// Runs to the end, stopped after every `every` batches (0: never), with parameters and their average into ret.
static void train(int workers, int every, struct h4l_training_epoch *ret_epochs, float *ret)
{
    struct h4l_training_options o = {.seed = 4,
                                     .epochs = EPOCHS,
                                     .batch = 16,
                                     .shots = 3,
                                     .input_scale = 1,
                                     .evaluate_each = true,
                                     .checkpoint = path,
                                     .checkpoint_s = 1e9,
                                     .resume = true,
                                     .data_name = "bars"};
    struct h4l_net_spec spec = spec_of("slif2hh", 70);
    size_t n = h4l_net_layout(&spec).parameters;
    int code = H4L_E_INTERRUPT;

    unlink(path);
    spec.learning_rate = 3e-3;
    while (code == H4L_E_INTERRUPT) {
        struct countdown left = {every};
        struct h4l_training_watch watch = {.ctx = &left, .progress = tick};
        struct h4l_err err = {0};
        struct h4l_pool *pool;
        struct h4l_net *net;

        CHECK_OK(h4l_pool_create(workers, &pool, &err), err);
        CHECK_OK(h4l_net_create(&spec, o.batch, pool, &net, &err), err);
        code = h4l_training_run(net, &data, &o, every ? &watch : NULL, ret_epochs, &err);
        memcpy(ret, h4l_net_state(net).parameters, n * sizeof(float));
        memcpy(ret + n, h4l_net_state(net).average, n * sizeof(float));
        h4l_net_destroy(net);
        h4l_pool_destroy(pool);
    }
    CHECK_INT(code, H4L_OK);
}

static void test_same_bytes(void **state)
{
    static const int workers[] = {2, 3, 7, 1, 2}, every[] = {0, 0, 0, 1, 2};
    struct h4l_net_spec spec = spec_of("slif2hh", 70);
    size_t bytes = 2 * h4l_net_layout(&spec).parameters * sizeof(float);
    struct h4l_training_epoch first[EPOCHS], epochs[EPOCHS];
    float *expected = zeros(bytes, 1), *got = zeros(bytes, 1);

    (void)state;
    train(1, 0, first, expected);
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++) {
        train(workers[i], every[i], epochs, got);
        CHECK_INT(memcmp(got, expected, bytes), 0);
        CHECK_INT(memcmp(epochs, first, sizeof first), 0);
    }
    CHECK_AT_MOST(first[EPOCHS - 1].train_loss, first[0].train_loss);
    CHECK_TRUE(first[0].test_gaussian.squares > 0 && isfinite(first[0].test_gaussian.logs));
    CHECK_TRUE(first[0].score[H4L_SCORE_CLASSES][1] >= 0 && isnan(first[0].score[0][2]));
    // x 0.97 after every second epoch
    CHECK_REL(first[1].learning_rate, 3e-3, 1e-15);
    CHECK_REL(first[2].learning_rate, 0.97 * 3e-3, 1e-15);
    CHECK_INT(memcmp(got, got + bytes / (2 * sizeof(float)), bytes / 2) != 0, 1);
    free(expected);
    free(got);
    unlink(path);
}

// The average after two steps, from the parameters after each; and the test is the average's.
static void test_average(void **state)
{
    struct h4l_net_samples samples = {.n = SAMPLES, .pixels = pixels, .labels = labels};
    struct h4l_net_spec spec = spec_of("hh", 30);
    size_t n = h4l_net_layout(&spec).parameters;
    double *average = zeros(n, sizeof *average), worst = 0;
    struct h4l_net_stats stats = {0}, own = {0}, averaged = {0};
    struct h4l_err err = {0};
    struct h4l_net *net;

    (void)state;
    spec.average = 0.75;
    CHECK_OK(h4l_net_create(&spec, 64, NULL, &net, &err), err);
    CHECK_OK(h4l_net_start(net, 1, &err), err);
    for (size_t i = 0; i < n; i++)
        average[i] = (double)h4l_net_state(net).parameters[i];
    for (int step = 0; step < 2; step++) {
        CHECK_OK(h4l_net_train(net, &samples, &input, 1e-2, &stats, &err), err);
        for (size_t i = 0; i < n; i++)
            average[i] = 0.75 * average[i] + 0.25 * (double)h4l_net_state(net).parameters[i];
    }
    for (size_t i = 0; i < n; i++)
        worst = h4l_worst(worst, fabs(average[i] - (double)h4l_net_state(net).average[i]));
    CHECK_AT_MOST(worst, 1e-7);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &own, NULL, &err), err);
    h4l_net_swap_average(net);
    CHECK_OK(h4l_net_infer(net, &samples, &input, &averaged, NULL, &err), err);
    CHECK_TRUE(own.loss != averaged.loss);
    h4l_net_swap_average(net);
    averaged = (struct h4l_net_stats){0};
    CHECK_OK(h4l_net_infer(net, &samples, &input, &averaged, NULL, &err), err);
    CHECK_REL(averaged.loss, own.loss, 0);
    h4l_net_destroy(net);
    free(average);
}

// ---- the published networks ----

static double largest(const double *x, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++)
        most = h4l_worst(most, fabs(x[i]));
    return most;
}

static void test_published(void **state)
{
    static const struct {
        const char *model;
        size_t parameters;
        double threshold, half_width, bound, bias;
    } rows[] = {{"lif", 931860, 0.2, 0.4, 0.057608, 0},
                {"hh", 931860, 2.3, 0.4, 0.057608, 0},
                {"4lif", 3710484, 0.2, 0.4, 0.042358, 0},
                {"slif2hh", 3046424, 0.8, 0.4, 1 / 36.0, 1 / 36.0}};
    struct h4l_net_spec spec;
    struct h4l_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_OK(h4l_net_bottleneck_published(rows[i].model, &spec, &err), err);
        struct h4l_net_layout at = h4l_net_layout(&spec);
        double *p = zeros(at.parameters, sizeof *p), *c = zeros(at.constants, sizeof *c);

        CHECK_INT(at.parameters, rows[i].parameters);
        CHECK_REL(spec.neuron.threshold, rows[i].threshold, 0);
        CHECK_REL(spec.neuron.half_width, rows[i].half_width, 0);
        CHECK_INT(spec.neuron.window, 15);
        h4l_net_init(&spec, 1, p, c);
        CHECK_REL(largest(p + at.layer1_weight, at.layer1_bias - at.layer1_weight), rows[i].bound,
                  1e-4);
        CHECK_CLOSE(largest(p + at.layer1_bias, (size_t)spec.channels), rows[i].bias,
                    0.05 * rows[i].bias);
        CHECK_REL(largest(p + at.head_weight, at.head_bias - at.head_weight), 1 / 16.0, 1e-2);
        if (spec.neuron.cell == &h4l_cell_hh)
            CHECK_REL(largest(c, at.constants), 0.01, 1e-2);
        free(p);
        free(c);
    }
    CHECK_INT(h4l_net_bottleneck_published("relu", &spec, &err), H4L_E_USAGE);
    CHECK_OK(h4l_net_bottleneck_published("lif", &spec, &err), err);
    spec.task.hidden = 11;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
    spec.task.hidden = 10;
    spec.average = 1;
    CHECK_INT(h4l_net_check(&spec, &err), H4L_E_RANGE);
}

// Two images of a batch, one shot, one task of two classes. Over the classes both are class 0; over the batch each class goes to the
// image whose logit for it is larger.
static void test_scores(void **state)
{
    static const float one[] = {3, 2, 4, 0}; // image 0: 3 2, image 1: 4 0
    static const float two[] = {3, 2, -9, 9, 4, 0, 9, -9};
    static const uint8_t classes[] = {0, 0}, across[] = {1, 0};
    size_t right;

    (void)state;
    h4l_bottleneck_score(H4L_SCORE_CLASSES, 2, 2, 1, 1, 2, one, classes, &right);
    CHECK_INT(right, 2);
    h4l_bottleneck_score(H4L_SCORE_CLASSES, 2, 2, 1, 1, 2, one, across, &right);
    CHECK_INT(right, 1);
    h4l_bottleneck_score(H4L_SCORE_BATCH, 2, 2, 1, 1, 2, one, across, &right);
    CHECK_INT(right, 2);
    // alone in its batch an image has the same share, 1, of every class: the first class
    h4l_bottleneck_score(H4L_SCORE_BATCH, 2, 1, 1, 1, 2, one, classes, &right);
    CHECK_INT(right, 2);
    // a second shot that is surer than the first decides
    h4l_bottleneck_score(H4L_SCORE_CLASSES, 2, 2, 2, 1, 2, two, across, &right);
    CHECK_INT(right, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gaussian),
                                       cmocka_unit_test(test_divergence),
                                       cmocka_unit_test(test_draw),
                                       cmocka_unit_test(test_differences_smooth),
                                       cmocka_unit_test(test_differences_cells),
                                       cmocka_unit_test(test_switches),
                                       cmocka_unit_test(test_engine),
                                       cmocka_unit_test(test_shots),
                                       cmocka_unit_test(test_places),
                                       cmocka_unit_test(test_same_bytes),
                                       cmocka_unit_test(test_average),
                                       cmocka_unit_test(test_published),
                                       cmocka_unit_test(test_scores)};
    int file = mkstemp(path);

    make_images();
    if (file >= 0)
        close(file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
