// The two-task images of a program: read once and composed as far as they are asked for, with the files that they come from.
#ifndef H4L_DATA_MULTI_SET_H
#define H4L_DATA_MULTI_SET_H

#include <stdbool.h>

#include "data/multi.h"

struct h4l_run; // base/family.h

// Where they come from.
struct h4l_multi_source {
    const char *mnist_dir, *fashion_dir; // NULL: the folders that data/idx.h searches
    const char *data_dir;                // two-task images that are ready; NULL: composed ones
    bool any_data;                       // mnist_dir and fashion_dir need not be the published sets
    uint64_t seed;                       // of the composition
};

// By split. Zeroed: nothing loaded yet.
struct h4l_multi_set {
    bool loaded;
    struct h4l_images digits[2],
        items[2]; // sums and paths; their pixels are given back when all images are composed
    struct h4l_multi multi[2];
};

// Gives the first train and test images of the two splits, or all where there are not more. All calls for one set have the same
// source; the images of an earlier call are gone. On failure the set is empty. Errors: those of h4l_images_read,
// h4l_multi_compose and data/own.h.
int h4l_multi_set_load(const struct h4l_multi_source *source, size_t train, size_t test,
                       struct h4l_multi_set *set, struct h4l_multi *ret_train,
                       struct h4l_multi *ret_test, struct h4l_err *err);
// Notes the files in the run's provenance.
void h4l_multi_set_note(const struct h4l_multi_set *set, struct h4l_run *run);

#endif
