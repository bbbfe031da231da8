#include "data/multi_set.h"

#include <stdlib.h>

#include "base/family.h"
#include "data/own.h"

// One of the two sets; with any_data a folder that is named may hold any.
static int load_base(const struct h4l_multi_source *s, enum h4l_base_set set, enum h4l_split split,
                     struct h4l_images *ret, struct h4l_err *err)
{
    const char *dir = set == H4L_MNIST ? s->mnist_dir : s->fashion_dir;

    return s->any_data && dir ? h4l_own_base_read(dir, split, ret, err)
                              : h4l_images_read(set, split, dir, ret, err);
}

static int read_split(const struct h4l_multi_source *s, enum h4l_split split,
                      struct h4l_multi_set *set, struct h4l_err *err)
{
    struct h4l_images *digits = &set->digits[split], *items = &set->items[split];
    int code;

    if (s->data_dir)
        return h4l_own_multi_read(s->data_dir, split, &set->multi[split], digits, err);
    code = load_base(s, H4L_MNIST, split, digits, err);
    if (code == H4L_OK)
        code = load_base(s, H4L_FASHION_MNIST, split, items, err);
    if (code == H4L_OK &&
        s->any_data) // sets of different sizes: the first images of the larger one
        digits->n = items->n = digits->n < items->n ? digits->n : items->n;
    return code;
}

// At least the first n images of the split, or all. A quick run uses few of them, and composing all of them took half of its time.
static int compose_split(const struct h4l_multi_source *s, enum h4l_split split, size_t n,
                         struct h4l_multi_set *set, struct h4l_err *err)
{
    struct h4l_images *digits = &set->digits[split], *items = &set->items[split];
    struct h4l_multi *multi = &set->multi[split], more;
    int code;

    if (!digits->pixels || n <= multi->n) // without pixels all are there
        return H4L_OK;
    code = h4l_multi_compose(digits, items, s->seed, split, n, &more, err);
    if (code)
        return code;
    h4l_multi_free(multi);
    *multi = more;
    if (multi->n == 2 * digits->n) {
        free(digits->pixels);
        free(items->pixels);
        digits->pixels = items->pixels = NULL;
    }
    return H4L_OK;
}

int h4l_multi_set_load(const struct h4l_multi_source *source, size_t train, size_t test,
                       struct h4l_multi_set *set, struct h4l_multi *ret_train,
                       struct h4l_multi *ret_test, struct h4l_err *err)
{
    int code = H4L_OK;

    for (int split = 0; split < 2 && !set->loaded && code == H4L_OK; split++)
        code = read_split(source, (enum h4l_split)split, set, err);
    for (int split = 0; split < 2 && code == H4L_OK; split++)
        code = compose_split(source, (enum h4l_split)split, split == H4L_TRAIN ? train : test, set,
                             err);
    for (int split = 0; split < 2 && code; split++) {
        h4l_images_free(&set->digits[split]);
        h4l_images_free(&set->items[split]);
        h4l_multi_free(&set->multi[split]);
    }
    set->loaded = !code;
    if (code)
        return code;
    *ret_train = set->multi[H4L_TRAIN];
    *ret_test = set->multi[H4L_TEST];
    h4l_multi_limit(ret_train, train);
    h4l_multi_limit(ret_test, test);
    return H4L_OK;
}

static void note_files(struct h4l_run *run, const struct h4l_images *images)
{
    if (!images->images_path)
        return;
    h4l_provenance_data(run, images->images_path, images->images_sha256);
    h4l_provenance_data(run, images->labels_path, images->labels_sha256);
}

void h4l_multi_set_note(const struct h4l_multi_set *set, struct h4l_run *run)
{
    for (int split = 0; split < 2; split++) {
        note_files(run, &set->digits[split]);
        note_files(run, &set->items[split]);
    }
}
