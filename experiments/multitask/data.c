#include "multitask.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/own.h"
#include "data/timing.h"

// Loaded once per process: all cases of a run share --set, so they share the data too.
static struct {
    bool loaded;
    struct h4l_images digits[2], items[2]; // by split; pixels given back after composing
    struct h4l_multi multi[2];
} shared;

// One of the two sets; with data_check=none a folder that is named may hold any.
static int load_base(const struct h4l_multitask_options *o, enum h4l_base_set set,
                     enum h4l_split split, struct h4l_images *ret, struct h4l_err *err)
{
    const char *dir = set == H4L_MNIST ? o->mnist_dir : o->fashion_dir;

    return o->any_data && dir ? h4l_own_base_read(dir, split, ret, err)
                              : h4l_images_read(set, split, dir, ret, err);
}

static int load_split(const struct h4l_multitask_options *o, enum h4l_split split,
                      struct h4l_err *err)
{
    struct h4l_images *digits = &shared.digits[split], *items = &shared.items[split];
    int code;

    if (o->data_dir)
        return h4l_own_multi_read(o->data_dir, split, &shared.multi[split], digits, err);
    code = load_base(o, H4L_MNIST, split, digits, err);
    if (code == H4L_OK)
        code = load_base(o, H4L_FASHION_MNIST, split, items, err);
    if (code == H4L_OK &&
        o->any_data) // sets of different sizes: the first images of the larger one
        digits->n = items->n = digits->n < items->n ? digits->n : items->n;
    if (code == H4L_OK)
        code = h4l_multi_compose(digits, items, (uint64_t)o->data_seed, split, &shared.multi[split],
                                 err);
    free(digits->pixels);
    free(items->pixels);
    digits->pixels = items->pixels = NULL;
    return code;
}

static void forget(void)
{
    for (int split = 0; split < 2; split++) {
        h4l_images_free(&shared.digits[split]);
        h4l_images_free(&shared.items[split]);
        h4l_multi_free(&shared.multi[split]);
    }
}

static void note_files(struct h4l_run *run, const struct h4l_images *images)
{
    if (!images->images_path)
        return;
    h4l_provenance_data(run, images->images_path, images->images_sha256);
    h4l_provenance_data(run, images->labels_path, images->labels_sha256);
}

int h4l_multitask_load(struct h4l_run *run, size_t train, size_t test,
                       struct h4l_multitask_data *ret, struct h4l_err *err)
{
    const struct h4l_multitask_options *o = h4l_run_options(run);
    int code = H4L_OK;

    if (o->data_dir && (o->mnist_dir || o->fashion_dir))
        return h4l_fail(err, H4L_E_USAGE,
                        "data_dir holds two-task images that are ready: it goes without mnist_dir "
                        "and fashion_dir");
    for (int split = 0; split < 2 && !shared.loaded && code == H4L_OK; split++)
        code = load_split(o, (enum h4l_split)split, err);
    if (code) {
        forget();
        return code;
    }
    shared.loaded = true;
    for (int split = 0; split < 2; split++) {
        note_files(run, &shared.digits[split]);
        note_files(run, &shared.items[split]);
    }
    ret->owned = false;
    ret->train = shared.multi[H4L_TRAIN];
    ret->test = shared.multi[H4L_TEST];
    h4l_multi_limit(&ret->train, train);
    h4l_multi_limit(&ret->test, test);
    if (o->data_dir || o->any_data)
        h4l_provenance_own_data(run);
    if (o->data_dir || o->any_data) // the published labels follow from the images, others need not
        snprintf(ret->name, sizeof ret->name, "seed %ld, %.16s %.16s %.16s %.16s", o->data_seed,
                 shared.digits[0].images_sha256, shared.digits[0].labels_sha256,
                 shared.items[0].images_sha256, shared.items[0].labels_sha256);
    else
        snprintf(ret->name, sizeof ret->name, "seed %ld, %.16s %.16s", o->data_seed,
                 shared.digits[0].images_sha256, shared.items[0].images_sha256);
    return H4L_OK;
}

int h4l_multitask_timing(const struct h4l_run *run, size_t train, size_t test,
                         struct h4l_multitask_data *ret, struct h4l_err *err)
{
    const struct h4l_multitask_options *o = h4l_run_options(run);
    struct h4l_multi made[2];
    int code =
        h4l_timing_make(H4L_MULTI_SIDE, train, (uint64_t)o->data_seed, H4L_TRAIN, &made[0], err);

    if (code)
        return code;
    code = h4l_timing_make(H4L_MULTI_SIDE, test, (uint64_t)o->data_seed, H4L_TEST, &made[1], err);
    if (code) {
        h4l_multi_free(&made[0]);
        return code;
    }
    *ret = (struct h4l_multitask_data){.train = made[0], .test = made[1], .owned = true};
    snprintf(ret->name, sizeof ret->name, "spike times, seed %ld", o->data_seed);
    return H4L_OK;
}

static const struct h4l_column sample_columns[] = {
    {"image", "1", "image, from 0"},
    {"row", "1", "row of the pixel, from 0"},
    {"column", "1", "column of the pixel, from 0"},
    {"pixel", "0..255", "grey value"},
    {"label_task1", "0..9", "class of the image in task 1: the digit"},
    {"label_task2", "0..9", "class of the image in task 2: the piece of clothing"},
};
const struct h4l_series h4l_multitask_samples_series =
    H4L_SERIES("samples-images.csv", "pixel", sample_columns);

// Eight training images side by side (fewer where there are not as many), as a table: row, column, pixel, and what the image shows.
int h4l_multitask_samples(struct h4l_run *run, struct h4l_err *err)
{
    enum { MOST = 8 };
    struct h4l_multitask_data data;
    struct h4l_csv *csv;
    long long labels[2][MOST];
    char sha256[65];
    size_t images;
    int code = h4l_multitask_load(run, (size_t)-1, (size_t)-1, &data, err);

    if (code)
        return code;
    csv = h4l_series_begin(run, &h4l_multitask_samples_series, NULL, err);
    images = data.train.n < MOST ? data.train.n : MOST;
    for (size_t i = 0; csv && i < images * H4L_MULTI_PIXELS; i++) {
        size_t pixel = i % H4L_MULTI_PIXELS;
        const uint8_t *shown = data.train.labels + 2 * (i / H4L_MULTI_PIXELS);
        double row[6] = {(double)(i / H4L_MULTI_PIXELS),
                         (double)(pixel / H4L_MULTI_SIDE),
                         (double)(pixel % H4L_MULTI_SIDE),
                         data.train.pixels[i],
                         shown[0],
                         shown[1]};

        h4l_csv_row(csv, row);
    }
    for (size_t i = 0; i < images; i++)
        for (size_t task = 0; task < 2; task++)
            labels[task][i] = data.train.labels[2 * i + task];
    h4l_metric_int(run, "train_images", (long long)data.train.n);
    h4l_metric_int(run, "test_images", (long long)data.test.n);
    h4l_metric_ints(run, "labels_task1", labels[0], images);
    h4l_metric_ints(run, "labels_task2", labels[1], images);
    h4l_sha256(data.train.pixels, data.train.n * H4L_MULTI_PIXELS, sha256);
    h4l_metric_text(run, "train_pixels_sha256", sha256);
    h4l_sha256(data.test.pixels, data.test.n * H4L_MULTI_PIXELS, sha256);
    h4l_metric_text(run, "test_pixels_sha256", sha256);
    return csv ? H4L_OK : err ? err->code : H4L_E_IO;
}
