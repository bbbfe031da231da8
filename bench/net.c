// Training of the multi-task networks as published, batch 128, and inference of 512 samples at a time, on random images.
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "data/multi.h"
#include "net/engine.h"
#include "rows.h"

enum { BATCH = 128, TESTED = 512 };

struct work {
    struct h4l_net *net;
    struct h4l_net_stats stats;
    uint8_t pixels[BATCH * H4L_MULTI_PIXELS], labels[BATCH * H4L_MULTI_TASKS];
    uint32_t again[TESTED]; // the batch over and over
};

static void make_images(struct work *w)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "bench images", 0);
    for (size_t i = 0; i < sizeof w->pixels; i++) // two pixels of three are dark, as in the data
        w->pixels[i] = (uint8_t)(h4l_rng_below(&rng, 3) ? 0 : h4l_rng_below(&rng, 256));
    for (size_t i = 0; i < sizeof w->labels; i++)
        w->labels[i] = (uint8_t)h4l_rng_below(&rng, H4L_MULTI_CLASSES);
    for (uint32_t i = 0; i < TESTED; i++)
        w->again[i] = i % BATCH;
}

static int train(void *ctx, struct h4l_err *err)
{
    struct work *w = ctx;
    struct h4l_net_samples samples = {.n = BATCH, .pixels = w->pixels, .labels = w->labels};
    struct h4l_net_input input = {.scale = 1};

    return h4l_net_train(w->net, &samples, &input, 1e-4, &w->stats, err);
}

static int infer(void *ctx, struct h4l_err *err)
{
    struct work *w = ctx;
    struct h4l_net_samples samples = {
        .n = TESTED, .pixels = w->pixels, .labels = w->labels, .index = w->again};
    struct h4l_net_input input = {.scale = 1};

    return h4l_net_infer(w->net, &samples, &input, &w->stats, NULL, err);
}

// Floating-point operations of a sample's matrix products: image and readout forward, and for training both gradients of the
// readout and the one of the image's projection. conv: 0, as its convolutions are not OpenBLAS's.
static double flop(const struct h4l_net_spec *s, bool training)
{
    double image =
        2.0 * (double)h4l_task_pixels(&s->task) * s->channels * h4l_cell_inputs(&s->neuron);
    double readout = 2.0 * (double)s->task.hidden * (double)h4l_net_layout(s).width;

    if (s->conv)
        return 0;
    return training ? 2 * image + 3 * readout : image + readout;
}

static int run(struct h4l_bench *bench, const char *name, bool training, struct h4l_err *err)
{
    struct work *w = calloc(1, sizeof *w);
    struct h4l_net_spec spec;
    int code = w ? h4l_net_published(name, &spec, err)
                 : h4l_fail(err, H4L_E_NOMEM, "out of memory for a batch of images");

    if (code == H4L_OK)
        code = h4l_net_create(&spec, BATCH, bench->pool, &w->net, err);
    if (code == H4L_OK)
        code = h4l_net_start(w->net, 1, err);
    if (code == H4L_OK) {
        make_images(w);
        bench->flop_per_unit = flop(&spec, training);
        if (!spec.conv)
            h4l_net_time_products(w->net);
        code = training ? h4l_bench_time(bench, train, w, BATCH, err)
                        : h4l_bench_time(bench, infer, w, TESTED, err);
    }
    if (code == H4L_OK && !(isfinite(w->stats.loss) && w->stats.loss > 0))
        code = h4l_fail(err, H4L_E_INTERNAL, "%s: the loss is %g", name, w->stats.loss);
    if (code == H4L_OK)
        bench->product_seconds_per_unit = h4l_net_product_seconds(w->net) / (double)w->stats.n;
    if (w)
        h4l_net_destroy(w->net);
    free(w);
    return code;
}

#define ROW(kind, model)                                                                           \
    int h4l_bench_##kind##_##model##_train(struct h4l_bench *bench, struct h4l_err *err)           \
    {                                                                                              \
        return run(bench, #kind "-" #model, true, err);                                            \
    }                                                                                              \
    int h4l_bench_##kind##_##model##_infer(struct h4l_bench *bench, struct h4l_err *err)           \
    {                                                                                              \
        return run(bench, #kind "-" #model, false, err);                                           \
    }
H4L_BENCH_NETS(ROW)
