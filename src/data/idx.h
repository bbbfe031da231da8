// IDX files (the format of MNIST): 4 bytes of type and number of dimensions, big-endian sizes, raw bytes.
#ifndef H4L_DATA_IDX_H
#define H4L_DATA_IDX_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct h4l_idx {
    int dims;
    size_t shape[3];
    uint8_t *values; // row-major, shape[0] * shape[1] * ...
    char sha256[65]; // of the whole uncompressed file
};

// Reads an IDX file of unsigned bytes with exactly `dims` (1..3) dimensions, plain or gzip. H4L_E_DATA, with file, expected
// and found: missing, not IDX, another type or number of dimensions, an empty dimension, more than 256 MiB, shorter or
// longer than its header says. H4L_E_NOMEM.
int h4l_idx_read(const char *path, int dims, struct h4l_idx *ret, struct h4l_err *err);
// The same from memory; name stands for the file in messages. The bytes are copied.
int h4l_idx_parse(const char *name, const char *bytes, size_t n, int dims, struct h4l_idx *ret,
                  struct h4l_err *err);
// *ret: "DIR/NAME" or "DIR/NAME.gz", whichever exists, to be freed; NULL if neither does. H4L_E_NOMEM.
int h4l_idx_find(const char *dir, const char *name, char **ret, struct h4l_err *err);
void h4l_idx_free(struct h4l_idx *idx); // NULL and zeroed structs are allowed

#endif
