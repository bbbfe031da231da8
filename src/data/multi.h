// Multi-(Fashion+MNIST): two-task images of 36 x 36 pixels, an MNIST digit near the top-left corner (task 1) and a Fashion-MNIST
// item near the bottom-right corner (task 2), composed after the recipe of Lin et al. (NeurIPS 2019).
//
// The paper used that public set, which is not at hand, so ours is another draw of the same recipe: a deviation that results must name. The
// source gives corners and shifts; that the larger pixel wins, each image is used twice and partners are permutations is our completion.
#ifndef H4L_DATA_MULTI_H
#define H4L_DATA_MULTI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    H4L_BASE_SIDE = 28,
    H4L_MULTI_SIDE = 36,
    H4L_MULTI_PIXELS = H4L_MULTI_SIDE * H4L_MULTI_SIDE,
    H4L_MULTI_TASKS = 2,
    H4L_MULTI_CLASSES = 10, // of each task
    H4L_MULTI_MAX_SHIFT = 4
};

enum h4l_base_set { H4L_MNIST, H4L_FASHION_MNIST };
enum h4l_split { H4L_TRAIN, H4L_TEST };

// Images and labels of one split of one base set.
struct h4l_images {
    size_t n;
    uint8_t *pixels; // [n][28][28]
    uint8_t *labels; // [n], 0..9
    char *images_path, *labels_path;
    char images_sha256[65], labels_sha256[65];
};

// Reads a split from dir, or, where dir is NULL, from the first of these folders that holds its images:
//   data/mnist or data/fashion-mnist of the source tree (or of the installed suite), $XDG_DATA_HOME/hh4lif/ (default
//   ~/.local/share/hh4lif/) mnist or fashion-mnist, and for Fashion-MNIST /usr/share/datasets/fashion-mnist (Debian's dataset-fashion-mnist).
// Files have their usual names (train-images-idx3-ubyte, ...), with or without .gz. The SHA-256 of the uncompressed content
// must be that of the published data. H4L_E_DATA with file, expected, found and where to get it; H4L_E_NOMEM.
int h4l_images_read(enum h4l_base_set set, enum h4l_split split, const char *dir,
                    struct h4l_images *ret, struct h4l_err *err);
void h4l_images_free(struct h4l_images *images); // zeroed structs are allowed

struct h4l_multi {
    size_t n;
    uint8_t *pixels; // [n][36][36], 0..255
    uint8_t *labels; // [n][2]: digit, item (timing.h: one)
};

// Composes 2 n two-task images from n digits and n items, or the first `most` of these where they are more: each base image is
// used twice, partners come from random permutations; digit offset in {0..4}^2, item offset in {4..8}^2 (row, column); where they
// overlap the larger pixel wins. The draw depends on seed and split only, and image i of it not on n's other images beyond the
// permutations. H4L_E_RANGE (different numbers, none, more than 2^31), H4L_E_NOMEM.
int h4l_multi_compose(const struct h4l_images *digits, const struct h4l_images *items,
                      uint64_t seed, enum h4l_split split, size_t most, struct h4l_multi *ret,
                      struct h4l_err *err);
// Keeps the first n images (all if there are not more).
void h4l_multi_limit(struct h4l_multi *multi, size_t n);
void h4l_multi_free(struct h4l_multi *multi);

#endif
