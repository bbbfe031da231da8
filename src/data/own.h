// Images of the user's in place of the published ones. Nothing is compared with a published file; what is not of the right shape is
// refused. A result made with them says so (provenance.data_check), and no registered claim is judged on it.
#ifndef H4L_DATA_OWN_H
#define H4L_DATA_OWN_H

#include "data/multi.h"

enum { H4L_OWN_IMAGES_MIN = 2 }; // in each split

// A base set: train-images-idx3-ubyte (N x 28 x 28) with train-labels-idx1-ubyte (N, 0 to 9) in dir, or t10k-... for the test, plain or
// .gz, any N: for example KMNIST. H4L_E_DATA with file, expected and found; H4L_E_NOMEM.
int h4l_own_base_read(const char *dir, enum h4l_split split, struct h4l_images *ret,
                      struct h4l_err *err);

enum { H4L_OWN_SIDE_MIN = 8, H4L_OWN_SIDE_MAX = 64 };

// Two-task images that are ready: train-images-idx3-ubyte (N x S x S, S from 8 to 64) with train-labels-idx2-ubyte (N x 2, 0 to 9) in dir,
// or t10k-... for the test, plain or .gz. Images of another side than 36 are scaled to it (mean over the area). ret_files: paths and
// hashes, without pixels and labels. H4L_E_DATA with file, expected and found; H4L_E_NOMEM.
int h4l_own_multi_read(const char *dir, enum h4l_split split, struct h4l_multi *ret,
                       struct h4l_images *ret_files, struct h4l_err *err);

// One image of S x S pixels as one of 36 x 36: each pixel is the mean over its share of the image's area, rounded to the nearest.
void h4l_own_scale(const uint8_t *image, size_t side, uint8_t *ret);

#endif
