// Reading greyscale images from PNG files with libpng, an optional library.
#ifndef H4L_DATA_PNG_IMAGE_H
#define H4L_DATA_PNG_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Reads a greyscale PNG image of 8 bits a pixel, rows x columns, into ret_pixels[row * columns + column] (caller's memory).
// H4L_E_DATA names the file, what was expected and what was found (missing, not a PNG file, truncated or corrupt, another size or
// pixel format). H4L_E_SKIP: built without libpng. H4L_E_NOMEM.
int h4l_png_read_grey(const char *path, size_t rows, size_t columns, uint8_t *ret_pixels,
                      struct h4l_err *err);

#endif
