// JSON files: read with a message that names file, line and column; written atomically, keys sorted, doubles with 17 digits.
#ifndef H4L_BASE_JSON_H
#define H4L_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/file.h"

// Reads a JSON file (duplicate keys rejected; a byte-order mark skipped; control characters in texts spelt out, see visible.h). H4L_E_DATA: missing file, syntax (line, column). The caller owns *ret.
int h4l_json_read(const char *path, json_t **ret, struct h4l_err *err);
// The value of a text of n bytes; flags as of json_loadb. Unlike that function it never passes a failed allocation off as an error of
// the text, or a text without a letter off as the value. H4L_E_DATA: *error has line, column and text; NOMEM.
int h4l_json_parse(const char *bytes, size_t n, size_t flags, json_t **ret, json_error_t *error);
// The text of a value, to be freed; flags as of json_dumps, which leaves out a name for which it has no memory. NULL: no memory.
char *h4l_json_dump(const json_t *value, size_t flags);
// SHA-256 of that text as 64 hex digits and a 0 byte. H4L_E_NOMEM, also where value is NULL; the caller says for what.
int h4l_json_sha256(const json_t *value, size_t flags, char ret_hex[65]);
// Writes value to path (atomic, see file.h). H4L_E_IO.
// prepare stops before the commit: *ret is a finished file.
int h4l_json_prepare(const char *path, const json_t *value, struct h4l_file *ret,
                     struct h4l_err *err);
int h4l_json_write(const char *path, const json_t *value, struct h4l_err *err);
// A json_t real, or null where x is not finite. NULL: no memory.
json_t *h4l_json_real(double x);
// An array of them; NULL: no memory.
json_t *h4l_json_reals(const double *x, size_t n);

// Whether json_string takes the text. Where it does and json_string fails, memory is short.
bool h4l_is_utf8(const char *text);
// A JSON text of any bytes, as names of files may hold: where they are no UTF-8, '?' stands for each beyond ASCII. NULL: no memory.
json_t *h4l_json_text(const char *text);

// Building without a check a line: a value that lacks a part is no value. The first part that cannot be added (no memory, or a NULL
// part) frees what was built and leaves NULL, and NULL takes no more parts. Whoever gets the value at the end (h4l_metric_json,
// json_pack, json_dumps, ...) refuses NULL, and the failure is told once. The caller must own *object alone.
void h4l_json_set(json_t **object, const char *name, json_t *value_stolen);
void h4l_json_update(json_t **object, json_t *other_stolen); // every member of other
void h4l_json_add(json_t **array, json_t *value_stolen);

// A deep copy; NULL: no memory, or value is NULL. jansson's own copies lose what they have no memory for, and tell nobody.
json_t *h4l_json_copy(const json_t *value);

// jansson's own ways to change a value: whoever takes them must look at what they return, or the compiler stops him.
#define H4L_LOOK __attribute__((warn_unused_result))
int json_object_set_new(json_t *, const char *, json_t *) H4L_LOOK;
int json_object_update(json_t *, json_t *) H4L_LOOK;
int json_array_set_new(json_t *, size_t, json_t *) H4L_LOOK;
int json_array_append_new(json_t *, json_t *) H4L_LOOK;
int json_array_insert_new(json_t *, size_t, json_t *) H4L_LOOK;
int json_array_extend(json_t *, json_t *) H4L_LOOK;
#ifndef __clang__ // which takes no attribute behind a definition, as jansson.h has of these
static inline int json_object_set(json_t *, const char *, json_t *) H4L_LOOK;
static inline int json_object_update_new(json_t *, json_t *) H4L_LOOK;
static inline int json_array_append(json_t *, json_t *) H4L_LOOK;
#endif
#undef H4L_LOOK

#endif
