// JSON files: read with a message that names file, line and column; written atomically, keys sorted, doubles with 17 digits.
#ifndef H4L_BASE_JSON_H
#define H4L_BASE_JSON_H

#include <jansson.h>

#include "base/file.h"

// Reads a JSON file (duplicate keys rejected; a byte-order mark skipped; control characters in texts spelt out, see visible.h). H4L_E_DATA: missing file, syntax (line, column). The caller owns *ret.
int h4l_json_read(const char *path, json_t **ret, struct h4l_err *err);
// Writes value to path (atomic, see file.h). H4L_E_IO.
// prepare stops before the commit: *ret is a finished file.
int h4l_json_prepare(const char *path, const json_t *value, struct h4l_file *ret,
                     struct h4l_err *err);
int h4l_json_write(const char *path, const json_t *value, struct h4l_err *err);
// A json_t real, or null where x is not finite.
json_t *h4l_json_real(double x);
// An array of them; NULL: no memory.
json_t *h4l_json_reals(const double *x, size_t n);

#endif
