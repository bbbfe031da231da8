#include "multitask.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/multi_set.h"
#include "data/timing.h"

// Of the process: all cases of a run share --set, so they share the data too.
static struct h4l_multi_set shared;

// One sum of what the files of both splits hold.
static void sum_of_all(const struct h4l_multi_set *set, char ret_hex[65])
{
    char all[8 * 64 + 1] = "";
    size_t n = 0;

    for (int split = 0; split < 2; split++) {
        const struct h4l_images *digits = &set->digits[split], *items = &set->items[split];

        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s%s%s", digits->images_sha256,
                              digits->labels_sha256, items->images_sha256, items->labels_sha256);
    }
    h4l_sha256(all, n, ret_hex);
}

int h4l_multitask_load(struct h4l_run *run, size_t train, size_t test,
                       struct h4l_multitask_data *ret, struct h4l_err *err)
{
    const struct h4l_multitask_options *o = h4l_run_options(run);
    const struct h4l_multi_source source = {.mnist_dir = o->mnist_dir,
                                            .fashion_dir = o->fashion_dir,
                                            .data_dir = o->data_dir,
                                            .any_data = o->any_data,
                                            .seed = (uint64_t)o->data_seed};
    int code;

    if (o->data_dir && (o->mnist_dir || o->fashion_dir))
        return h4l_fail(err, H4L_E_USAGE,
                        "data_dir holds two-task images that are ready: it goes without mnist_dir "
                        "and fashion_dir");
    code = h4l_multi_set_load(&source, train, test, &shared, &ret->train, &ret->test, err);
    if (code)
        return code;
    h4l_multi_set_note(&shared, run);
    ret->owned = false;
    if (o->data_dir || o->any_data)
        h4l_provenance_own_data(run);
    // The published labels and test images follow from the training images, others need not.
    if (o->data_dir || o->any_data) {
        char hex[65];

        sum_of_all(&shared, hex);
        snprintf(ret->name, sizeof ret->name, "seed %ld, %s", o->data_seed, hex);
    } else {
        snprintf(ret->name, sizeof ret->name, "seed %ld, %.16s %.16s", o->data_seed,
                 shared.digits[0].images_sha256, shared.items[0].images_sha256);
    }
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
