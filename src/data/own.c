#include "data/own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/idx.h"

// Images and labels of a split as they lie in the folder.
struct files {
    struct h4l_idx images, labels;
    char *images_path, *labels_path;
};

static void files_free(struct files *f)
{
    h4l_idx_free(&f->images);
    h4l_idx_free(&f->labels);
    free(f->images_path);
    free(f->labels_path);
    *f = (struct files){0};
}

static int read_one(const char *dir, enum h4l_split split, const char *what, int dims,
                    struct h4l_idx *ret, char **ret_path, struct h4l_err *err)
{
    char name[60];
    int code;

    snprintf(name, sizeof name, "%s-%s-ubyte", split == H4L_TRAIN ? "train" : "t10k", what);
    code = h4l_idx_find(dir, name, ret_path, err);
    if (code)
        return code;
    if (!*ret_path)
        return h4l_fail(err, H4L_E_DATA, "%s: expected the file %s (or .gz) in this folder", dir,
                        name);
    return h4l_idx_read(*ret_path, dims, ret, err);
}

static int check_labels(const struct files *f, struct h4l_err *err)
{
    size_t n = f->labels.shape[0] * (f->labels.dims == 2 ? f->labels.shape[1] : 1);

    if (f->labels.shape[0] != f->images.shape[0])
        return h4l_fail(err, H4L_E_DATA, "%s: expected labels of %zu images as in %s, found %zu",
                        f->labels_path, f->images.shape[0], f->images_path, f->labels.shape[0]);
    if (f->labels.dims == 2 && f->labels.shape[1] != 2)
        return h4l_fail(err, H4L_E_DATA, "%s: expected two labels per image, found %zu",
                        f->labels_path, f->labels.shape[1]);
    for (size_t i = 0; i < n; i++)
        if (f->labels.values[i] > 9)
            return h4l_fail(err, H4L_E_DATA,
                            "%s: expected labels from 0 to 9, found %d at place %zu",
                            f->labels_path, f->labels.values[i], i);
    return H4L_OK;
}

static int read_files(const char *dir, enum h4l_split split, int tasks, size_t min, size_t max,
                      struct files *ret, struct h4l_err *err)
{
    struct files f = {0};
    int code = read_one(dir, split, "images-idx3", 3, &f.images, &f.images_path, err);

    if (!code)
        code = read_one(dir, split, tasks == 2 ? "labels-idx2" : "labels-idx1", tasks, &f.labels,
                        &f.labels_path, err);
    if (!code && (f.images.shape[1] != f.images.shape[2] || f.images.shape[1] < min ||
                  f.images.shape[1] > max))
        code = h4l_fail(err, H4L_E_DATA,
                        min == max ? "%s: expected images of %zu x %zu pixels, found %zu x %zu"
                                   : "%s: expected square images of %zu to %zu pixels a side, "
                                     "found %zu x %zu",
                        f.images_path, min, max, f.images.shape[1], f.images.shape[2]);
    if (!code)
        code = check_labels(&f, err);
    if (!code && f.images.shape[0] < H4L_OWN_IMAGES_MIN)
        code = h4l_fail(err, H4L_E_DATA, "%s: expected at least %d images, found %zu",
                        f.images_path, H4L_OWN_IMAGES_MIN, f.images.shape[0]);
    if (code)
        files_free(&f);
    else
        *ret = f;
    return code;
}

// The paths and hashes; they belong to ret from now on.
static void hand_over(struct files *f, struct h4l_images *ret)
{
    *ret = (struct h4l_images){
        .n = f->images.shape[0], .images_path = f->images_path, .labels_path = f->labels_path};
    memcpy(ret->images_sha256, f->images.sha256, sizeof ret->images_sha256);
    memcpy(ret->labels_sha256, f->labels.sha256, sizeof ret->labels_sha256);
    f->images_path = f->labels_path = NULL;
}

int h4l_own_base_read(const char *dir, enum h4l_split split, struct h4l_images *ret,
                      struct h4l_err *err)
{
    struct files f;
    int code = read_files(dir, split, 1, H4L_BASE_SIDE, H4L_BASE_SIDE, &f, err);

    if (code)
        return code;
    hand_over(&f, ret);
    ret->pixels = f.images.values;
    ret->labels = f.labels.values;
    f.images.values = f.labels.values = NULL;
    files_free(&f);
    return H4L_OK;
}

// In units of 1/36 of an image's pixel: pixel y of 36 covers [y S, (y + 1) S), pixel i of the image [36 i, 36 (i + 1)).
static uint32_t shared_length(size_t y, size_t side, size_t i)
{
    size_t from = y * side, to = from + side, low = i * H4L_MULTI_SIDE, high = low + H4L_MULTI_SIDE;

    from = from > low ? from : low;
    to = to < high ? to : high;
    return to > from ? (uint32_t)(to - from) : 0;
}

void h4l_own_scale(const uint8_t *image, size_t side, uint8_t *ret)
{
    uint32_t area = (uint32_t)(side * side);

    for (size_t y = 0; y < H4L_MULTI_SIDE; y++)
        for (size_t x = 0; x < H4L_MULTI_SIDE; x++) {
            uint32_t sum = 0;

            for (size_t i = y * side / H4L_MULTI_SIDE; i < side && shared_length(y, side, i); i++)
                for (size_t j = x * side / H4L_MULTI_SIDE; j < side && shared_length(x, side, j);
                     j++)
                    sum +=
                        shared_length(y, side, i) * shared_length(x, side, j) * image[i * side + j];
            ret[y * H4L_MULTI_SIDE + x] = (uint8_t)((sum + area / 2) / area);
        }
}

int h4l_own_multi_read(const char *dir, enum h4l_split split, struct h4l_multi *ret,
                       struct h4l_images *ret_files, struct h4l_err *err)
{
    const size_t pixels = (size_t)H4L_MULTI_SIDE * H4L_MULTI_SIDE;
    struct h4l_multi multi = {0};
    struct files f;
    int code = read_files(dir, split, 2, H4L_OWN_SIDE_MIN, H4L_OWN_SIDE_MAX, &f, err);

    if (code)
        return code;
    size_t n = f.images.shape[0], side = f.images.shape[1];
    multi.n = n;
    multi.pixels = malloc(n * pixels);
    if (!multi.pixels) {
        files_free(&f);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu images of 36 x 36 pixels", n);
    }
    for (size_t i = 0; i < n; i++)
        h4l_own_scale(f.images.values + i * side * side, side, multi.pixels + i * pixels);
    multi.labels = f.labels.values;
    f.labels.values = NULL;
    hand_over(&f, ret_files);
    files_free(&f);
    *ret = multi;
    return H4L_OK;
}
