// Reading matrices from MATLAB files of format version 5 (save -v6 and -v7) with libmatio, an optional library.
#ifndef H4L_DATA_MAT_H
#define H4L_DATA_MAT_H

#include <stddef.h>

#include "base/err.h"

// Reads the rows x columns matrix `name` of real doubles into malloc'ed memory, ret_row_major[row * columns + column]; all values
// are finite. The file's container (element lengths, checksums of compressed elements) is checked before libmatio sees it.
// H4L_E_DATA names the file, what was expected and what was found: missing, not a MATLAB 5 file, truncated or corrupt, no such
// variable, another shape or class, a value that is not finite. H4L_E_SKIP: built without libmatio. H4L_E_NOMEM.
int h4l_mat_read(const char *path, const char *name, size_t rows, size_t columns,
                 double **ret_row_major, struct h4l_err *err);

#endif
