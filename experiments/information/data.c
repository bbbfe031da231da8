#include "information.h"

#include <stdio.h>
#include <stdlib.h>

// Loaded once per process: all cases of a run share --set, so they share the images too.
static struct {
    bool loaded;
    struct h4l_images digits[2], items[2]; // by split; pixels given back after composing
    struct h4l_multi multi[2];
} shared;

static int load_split(const struct h4l_information_options *o, enum h4l_split split,
                      struct h4l_err *err)
{
    struct h4l_images *digits = &shared.digits[split], *items = &shared.items[split];
    int code = h4l_images_read(H4L_MNIST, split, o->mnist_dir, digits, err);

    if (code == H4L_OK)
        code = h4l_images_read(H4L_FASHION_MNIST, split, o->fashion_dir, items, err);
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
    h4l_provenance_data(run, images->images_path, images->images_sha256);
    h4l_provenance_data(run, images->labels_path, images->labels_sha256);
}

int h4l_information_load(struct h4l_run *run, const struct h4l_information_options *o,
                         struct h4l_multi *ret_train, struct h4l_multi *ret_test, char *ret_name,
                         struct h4l_err *err)
{
    int code = H4L_OK;

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
    *ret_train = shared.multi[H4L_TRAIN];
    *ret_test = shared.multi[H4L_TEST];
    h4l_multi_limit(ret_train, o->train_images);
    h4l_multi_limit(ret_test, o->test_images);
    snprintf(ret_name, 200, "seed %ld, %.16s %.16s%s", o->data_seed, shared.digits[0].images_sha256,
             shared.items[0].images_sha256, o->shuffled ? ", labels shuffled" : "");
    return H4L_OK;
}
