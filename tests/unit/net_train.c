// Training runs: they learn, follow the published schedule, and end with the same bytes however often they are stopped.
#include "check.h"

#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/simd.h"
#include "data/multi.h"
#include "net/train.h"

enum { N = 150, TEST = 50, EPOCHS = 3 };
static uint8_t train_pixels[N * H4L_MULTI_PIXELS], train_labels[2 * N];
static uint8_t test_pixels[TEST * H4L_MULTI_PIXELS], test_labels[2 * TEST];
static char path[] = "/tmp/h4l-train-XXXXXX";

// Images whose classes are the places of two bright bars in noise, so that they can be learned.
static void make(uint64_t stream, size_t n, uint8_t *pixels, uint8_t *labels)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "bars", stream);
    for (size_t i = 0; i < n; i++) {
        size_t row = h4l_rng_below(&rng, 10), column = h4l_rng_below(&rng, 10);
        uint8_t *image = pixels + i * H4L_MULTI_PIXELS;

        for (size_t k = 0; k < H4L_MULTI_PIXELS; k++)
            image[k] = (uint8_t)h4l_rng_below(&rng, 40);
        for (size_t k = 0; k < H4L_MULTI_SIDE; k++) {
            image[(3 * row + 3) * H4L_MULTI_SIDE + k] = 255;
            image[k * H4L_MULTI_SIDE + 3 * column + 3] = 200;
        }
        labels[2 * i] = (uint8_t)row;
        labels[2 * i + 1] = (uint8_t)column;
    }
}

static const struct h4l_training_data data = {.n_train = N,
                                              .n_test = TEST,
                                              .train_pixels = train_pixels,
                                              .train_labels = train_labels,
                                              .test_pixels = test_pixels,
                                              .test_labels = test_labels};

static struct h4l_training_options options(void)
{
    return (struct h4l_training_options){.seed = 4,
                                         .epochs = EPOCHS,
                                         .batch = 32,
                                         .input_scale = 1,
                                         .noise = 20,
                                         .noise_kind = H4L_NOISE_FRESH,
                                         .validation = 0.2,
                                         .evaluate_each = true,
                                         .checkpoint = path,
                                         .checkpoint_s = 1e9,
                                         .data_name = "bars"};
}

static struct h4l_net *network(const char *name, int channels, int workers,
                               struct h4l_pool **ret_pool)
{
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    struct h4l_net *net;

    CHECK_OK(h4l_net_published(name, &spec, &err), err);
    spec.channels = channels;
    spec.learning_rate = 1e-3;
    CHECK_OK(h4l_pool_create(workers, ret_pool, &err), err);
    CHECK_OK(h4l_net_create(&spec, 32, *ret_pool, &net, &err), err);
    return net;
}

struct countdown {
    int left;
};

static bool tick(void *ctx, double done, int epoch)
{
    assert_true(done >= 0 && done <= 1 && epoch < EPOCHS);
    return --((struct countdown *)ctx)->left != 0;
}

static void check_same(const struct h4l_training_epoch *a, const struct h4l_training_epoch *b)
{
    CHECK_INT(memcmp(a, b, EPOCHS * sizeof *a), 0);
}

// An unbroken run on two threads, then runs on 1, 3, 7 threads that are stopped after every few batches.
static void test_resume(void **state)
{
    struct h4l_training_epoch whole[EPOCHS], pieces[EPOCHS];
    struct h4l_training_options o = options();
    struct h4l_err err = {0};
    struct h4l_pool *pool;
    struct h4l_net *net = network(*state, strstr(*state, "conv") ? 3 : 70, 2, &pool);
    size_t n = h4l_net_places(net)->parameters * sizeof(float);
    float *expected = malloc(n);

    o.checkpoint = NULL;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, whole, &err), err);
    memcpy(expected, h4l_net_state(net).parameters, n);
    h4l_net_destroy(net);
    h4l_pool_destroy(pool);
    for (int every = 1; every <= 5; every += 2) { // 4 batches in an epoch
        int stops = 0, code = H4L_E_INTERRUPT;

        unlink(path);
        o.checkpoint = path;
        o.resume = true;
        for (; code == H4L_E_INTERRUPT && stops < 100; stops++) {
            struct countdown left = {every};
            struct h4l_training_watch watch = {.ctx = &left, .progress = tick};

            net = network(*state, strstr(*state, "conv") ? 3 : 70, every == 5 ? 7 : every, &pool);
            code = h4l_training_run(net, &data, &o, &watch, pieces, &err);
            if (code == H4L_OK)
                CHECK_INT(memcmp(expected, h4l_net_state(net).parameters, n), 0);
            h4l_net_destroy(net);
            h4l_pool_destroy(pool);
        }
        CHECK_OK(code, err);
        CHECK_INT(stops, 4 * EPOCHS / every + 1);
        check_same(whole, pieces);
    }
    free(expected);
    for (int e = 0; e < EPOCHS; e++)
        CHECK_TRUE(isfinite(whole[e].train_loss) && isfinite(whole[e].validation_loss) &&
                   isfinite(whole[e].test_loss));
    CHECK_AT_MOST(whole[EPOCHS - 1].train_loss, whole[0].train_loss);
}

// What the images of a pass are shown with: noise of their own from `first` on.
static struct h4l_net_input shown(const struct h4l_training_options *o, uint64_t first)
{
    return (struct h4l_net_input){.scale = o->input_scale,
                                  .fresh_amplitude = o->noise,
                                  .fresh_seed = o->seed,
                                  .fresh_first = first,
                                  .sample_seed = o->seed,
                                  .sample_first = first};
}

static void shuffled(uint64_t seed, const char *purpose, uint64_t index, uint32_t *items, size_t n)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, purpose, index);
    h4l_rng_shuffle(&rng, items, n);
}

static void check_pass(struct h4l_net *net, const struct h4l_training_options *o,
                       const struct h4l_net_samples *samples, uint64_t first, double loss,
                       const double *accuracy)
{
    struct h4l_net_input input = shown(o, first);
    struct h4l_net_stats stats = {0};
    struct h4l_err err = {0};

    CHECK_OK(h4l_net_infer(net, samples, &input, &stats, NULL, &err), err);
    CHECK_CLOSE(loss, stats.loss / (double)samples->n, 0);
    for (int task = 0; task < 2; task++)
        CHECK_CLOSE(accuracy[task], 100 * (double)stats.correct[task] / (double)samples->n, 0);
}

// A run by hand: the order is the seed's, another one in each epoch; an epoch's sums are its own; validation images are kept out of
// training; training, validation and test have noise of their own.
static void test_loop(void **state)
{
    enum { VALIDATION = N / 5, TRAIN = N - VALIDATION };
    const struct h4l_net_samples test = {.n = TEST, .pixels = test_pixels, .labels = test_labels};
    struct h4l_training_epoch epochs[EPOCHS];
    struct h4l_training_options o = options();
    struct h4l_err err = {0};
    struct h4l_pool *pool;
    struct h4l_net *net = network("fc-lif", 20, 1, &pool);
    uint32_t split[N], order[TRAIN];
    struct h4l_net_samples validation = {
        .n = VALIDATION, .pixels = train_pixels, .labels = train_labels, .index = split + TRAIN};

    (void)state;
    o.checkpoint = NULL;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
    CHECK_OK(h4l_net_start(net, o.seed, &err), err);
    for (uint32_t i = 0; i < N; i++)
        split[i] = i;
    shuffled(o.seed, "validation split", 0, split, N);
    for (int e = 0; e < EPOCHS; e++) {
        struct h4l_net_stats stats = {0};
        struct h4l_net_input input = shown(&o, (uint64_t)e * N);

        memcpy(order, split, sizeof order);
        shuffled(o.seed, "training order", (uint64_t)e, order, TRAIN);
        for (size_t at = 0; at < TRAIN; at += o.batch) {
            struct h4l_net_samples batch = {.n = TRAIN - at < o.batch ? TRAIN - at : o.batch,
                                            .pixels = train_pixels,
                                            .labels = train_labels,
                                            .index = order + at};

            CHECK_OK(h4l_net_train(net, &batch, &input, 1e-3, &stats, &err), err);
        }
        CHECK_INT(stats.n, TRAIN);
        CHECK_CLOSE(epochs[e].train_loss, stats.loss / TRAIN, 0);
        for (int task = 0; task < 2; task++)
            CHECK_CLOSE(epochs[e].train_accuracy[task], 100 * (double)stats.correct[task] / TRAIN,
                        0);
        check_pass(net, &o, &validation, (uint64_t)2 << 62, epochs[e].validation_loss,
                   epochs[e].validation_accuracy);
        check_pass(net, &o, &test, (uint64_t)1 << 62, epochs[e].test_loss, epochs[e].test_accuracy);
    }
    h4l_net_destroy(net);
    h4l_pool_destroy(pool);
}

static void note_why(void *ctx, const char *why)
{
    snprintf(ctx, 200, "%s", why);
}

// A run may go on from a checkpoint only where every option that it depends on is the same.
static void test_options_of_a_checkpoint(void **state)
{
    struct h4l_training_epoch epochs[EPOCHS + 1];
    struct h4l_err err = {0};
    struct h4l_pool *pool;
    struct h4l_net *net = network("fc-lif", 20, 1, &pool);

    (void)state;
    for (int change = 0; change < 9; change++) {
        struct h4l_training_options o = options();
        char why[200] = "";
        struct h4l_training_watch watch = {.ctx = why, .anew = note_why};

        o.checkpoint_s = 0;
        unlink(path);
        CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
        o.resume = true;
        o.seed += change == 1;
        o.epochs += change == 2;
        o.batch -= change == 3;
        o.input_scale = change == 4 ? 0.5 : o.input_scale;
        o.noise = change == 5 ? 10 : o.noise;
        o.noise_kind = change == 6 ? H4L_NOISE_UNSEEN : o.noise_kind;
        o.validation = change == 7 ? 0.1 : o.validation;
        o.evaluate_each = change != 8;
        CHECK_OK(h4l_training_run(net, &data, &o, &watch, epochs, &err), err);
        h4l_check(!!*why == !!change, __FILE__, __LINE__, "option %d: %s", change,
                  *why ? why : "goes on");
    }
    h4l_net_destroy(net);
    h4l_pool_destroy(pool);
}

static void write_bytes(const char *bytes, size_t n)
{
    struct h4l_file file;
    struct h4l_err err = {0};

    CHECK_OK(h4l_file_begin(path, &file, &err), err);
    assert_int_equal(fwrite(bytes, 1, n, file.stream), n);
    CHECK_OK(h4l_file_commit(&file, &err), err);
}

static void test_refused(void **state)
{
    struct h4l_training_epoch epochs[EPOCHS];
    struct h4l_training_options o = options();
    struct h4l_err err = {0};
    struct h4l_pool *pool;
    struct h4l_net *net = network("fc-lif", 20, 1, &pool);
    char *bytes;
    size_t n;

    (void)state;
    unlink(path);
    o.checkpoint_s = 0;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
    o.resume = true;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err),
             err); // complete: nothing left to do
    CHECK_OK(h4l_read_file(path, 1 << 24, &bytes, &n, &err), err);
    for (int damage = 0; damage < 3; damage++) {
        size_t keep = damage == 0 ? n / 2 : damage == 1 ? 10 : n;

        if (damage == 2)
            bytes[n / 2] = (char)(bytes[n / 2] ^ 1);
        write_bytes(bytes, keep);
        CHECK_INT(h4l_training_run(net, &data, &o, NULL, epochs, &err), H4L_E_DATA);
        printf("%s\n", err.message);
        CHECK_TRUE(strstr(err.message, path) != NULL);
    }
    free(bytes);
    o.resume = false; // without --resume the damaged file does not matter
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
    o.checkpoint = "/proc/no/such/place";
    CHECK_INT(h4l_training_run(net, &data, &o, NULL, epochs, &err), H4L_E_IO);
    o.epochs = 0;
    CHECK_INT(h4l_training_run(net, &data, &o, NULL, epochs, &err), H4L_E_RANGE);
    o.epochs = EPOCHS;
    o.checkpoint = NULL;
    o.validation = 0.6;
    CHECK_INT(h4l_training_run(net, &data, &o, NULL, epochs, &err), H4L_E_RANGE);
    o.validation = 0.99 / N; // a split of no image is not no split
    CHECK_INT(h4l_training_run(net, &data, &o, NULL, epochs, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "keeps none") != NULL);
    o.validation = 1.01 / N;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
    h4l_net_destroy(net);
    h4l_pool_destroy(pool);
}

// A run that finds a checkpoint of something else is told so and ends as if there were none.
static void check_anew(struct h4l_net *net, const struct h4l_training_options *o, const char *says)
{
    struct h4l_training_epoch found[EPOCHS], expected[EPOCHS];
    struct h4l_training_options alone = *o;
    struct h4l_err err = {0};
    char why[200] = "";
    struct h4l_training_watch watch = {.ctx = why, .anew = note_why};

    alone.checkpoint = NULL;
    CHECK_OK(h4l_training_run(net, &data, &alone, NULL, expected, &err), err);
    CHECK_OK(h4l_training_run(net, &data, o, &watch, found, &err), err);
    printf("%s\n", why);
    CHECK_TRUE(says ? strstr(why, says) != NULL : !*why);
    check_same(expected, found);
}

// Checkpoints are bound to settings, data and program: each of them changed, a run starts anew and says so.
static void test_anew(void **state)
{
    struct h4l_training_epoch epochs[EPOCHS];
    struct h4l_training_options o = options(), other = o;
    struct h4l_err err = {0};
    struct h4l_pool *pool;
    struct h4l_net *net = network("fc-lif", 20, 1, &pool);
    char *level = getenv("H4L_SIMD") ? strdup(getenv("H4L_SIMD")) : NULL, *bytes, *at, hex[65];
    size_t n;

    (void)state;
    unlink(path);
    o.checkpoint_s = 0;
    o.keep = true;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
    CHECK_OK(h4l_read_file(path, 1 << 24, &bytes, &n, &err), err);
    o.resume = true;
    o.keep = false;
    o.checkpoint_s = 1e9;
    check_anew(net, &o, NULL);
    other = o;
    other.seed++;
    check_anew(net, &other, "other settings or data");
    other = o;
    other.data_name = "other bars";
    check_anew(net, &other, "other settings or data");
    if (h4l_simd_level_id() != H4L_SIMD_GENERIC) {
        setenv("H4L_SIMD", "generic", 1);
        check_anew(net, &o, "another program");
        if (level)
            setenv("H4L_SIMD", level, 1);
        else
            unsetenv("H4L_SIMD");
    }
    at = strstr(bytes, "\"program\":\"");
    CHECK_TRUE(at != NULL);
    at[11] = at[11] == '0' ? '1' : '0';
    h4l_sha256(bytes, n - 64, hex);
    memcpy(bytes + n - 64, hex, 64);
    write_bytes(bytes, n);
    check_anew(net, &o, "another program");
    free(bytes);
    free(level);
    h4l_net_destroy(net);
    h4l_pool_destroy(pool);
}

// With enough steps the classes are learned far above chance (10 %), also on the test images.
static void test_learns(void **state)
{
    struct h4l_training_epoch epochs[40];
    struct h4l_training_options o = options();
    struct h4l_err err = {0};
    struct h4l_pool *pool;
    struct h4l_net *net = network("fc-hh", 100, 1, &pool);

    (void)state;
    o.epochs = 40;
    o.noise = 0;
    o.validation = 0;
    o.checkpoint = NULL;
    CHECK_OK(h4l_training_run(net, &data, &o, NULL, epochs, &err), err);
    CHECK_AT_LEAST(epochs[39].train_accuracy[0], 90);
    CHECK_AT_LEAST(epochs[39].test_accuracy[0], 50);
    CHECK_AT_LEAST(epochs[39].test_accuracy[1], 50);
    CHECK_TRUE(isnan(epochs[39].validation_loss));
    h4l_net_destroy(net);
    h4l_pool_destroy(pool);
}

static void test_schedule_and_noise(void **state)
{
    struct h4l_net_spec fc, conv;
    struct h4l_err err = {0};
    float a[H4L_MULTI_PIXELS], b[H4L_MULTI_PIXELS];
    double sum = 0, square = 0;

    (void)state;
    CHECK_OK(h4l_net_published("fc-hh", &fc, &err), err);
    CHECK_OK(h4l_net_published("conv-hh", &conv, &err), err);
    CHECK_REL(h4l_training_rate(&fc, 9), 1e-4, 1e-14);
    CHECK_REL(h4l_training_rate(&fc, 10), 1e-5, 1e-14);
    CHECK_REL(h4l_training_rate(&fc, 39), 1e-7, 1e-14);
    CHECK_REL(h4l_training_rate(&conv, 19), 3e-3, 1e-14);
    CHECK_REL(h4l_training_rate(&conv, 20), 3e-4, 1e-14);
    CHECK_REL(h4l_training_rate(&conv, 39), 3e-5, 1e-14);
    h4l_training_noise(1, 25, H4L_MULTI_PIXELS, a);
    h4l_training_noise(1, 50, H4L_MULTI_PIXELS, b);
    for (size_t i = 0; i < H4L_MULTI_PIXELS; i++) {
        assert_true(b[i] == 2 * a[i]); // the same image for each amplitude
        sum += (double)a[i];
        square += (double)a[i] * (double)a[i];
    }
    CHECK_CLOSE(sum / H4L_MULTI_PIXELS, 0, 25 * 4 / 36.0); // four standard errors
    CHECK_CLOSE(square / H4L_MULTI_PIXELS, 625, 625 * 4 * sqrt(2) / 36.0);
}

static int setup(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    make(1, N, train_pixels, train_labels);
    make(2, TEST, test_pixels, test_labels);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"resume fc-hh", test_resume, NULL, NULL, "fc-hh"},
        {"resume fc-slif2hh", test_resume, NULL, NULL, "fc-slif2hh"},
        {"resume conv-lif", test_resume, NULL, NULL, "conv-lif"},
        cmocka_unit_test(test_loop),
        cmocka_unit_test(test_options_of_a_checkpoint),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_anew),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_schedule_and_noise),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
