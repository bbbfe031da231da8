#include "base/json.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/visible.h"

enum { LIMIT = 1 << 30 }; // bytes of a JSON file; ours are far below

// A byte below 0x20 but line end and tab, or 0x7f, or a control character of two bytes (U+0080 to U+009F).
static bool has_control(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
            return true;
    return false;
}

// Whoever prints a text of the file must not have the terminal obey it. False: no memory.
static bool spell_out(json_t *value)
{
    const char *text = json_string_value(value), *name;
    json_t *member;
    size_t i;
    bool ok = true;

    json_object_foreach(value, name, member) ok = ok && spell_out(member);
    json_array_foreach(value, i, member) ok = ok && spell_out(member);
    if (text && has_control(text)) {
        size_t size = 6 * strlen(text) + 1;
        char *shown = malloc(size);

        if (shown)
            h4l_visible(text, shown, size);
        ok = shown && json_string_set(value, shown) == 0;
        free(shown);
    }
    return ok;
}

// jansson (2.14) does not stand a failed allocation while it reads: it goes on without the letter that it wanted to keep, and where
// that was the one that ends a text, it writes behind its memory. So none fails that it could see: the reading is left by
// longjmp, and what it had is given back. While it writes it goes on without a name; there it is enough to know.
static json_malloc_t allocate; // what was in use before, and is below
static json_free_t release;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static _Thread_local struct {
    bool reading, ran_out;
    jmp_buf left;
    void **blocks; // of the reading
    size_t n, room;
} memory;

static void *watched_malloc(size_t n)
{
    void *block = allocate(n);

    if (block && memory.reading && memory.n == memory.room) {
        size_t room = memory.room ? 2 * memory.room : 256;
        void **blocks = realloc(memory.blocks, room * sizeof *blocks);

        if (blocks) {
            memory.blocks = blocks;
            memory.room = room;
        } else {
            release(block);
            block = NULL;
        }
    }
    if (!block)
        memory.ran_out = true;
    if (!block && memory.reading)
        longjmp(memory.left, 1);
    if (memory.reading)
        memory.blocks[memory.n++] = block;
    return block;
}

static void watched_free(void *block)
{
    size_t i = memory.reading ? memory.n : 0;

    while (i > 0 && memory.blocks[i - 1] != block) // most are given back soon
        i--;
    if (i > 0)
        memory.blocks[i - 1] = memory.blocks[--memory.n];
    release(block);
}

static void watch(void)
{
    json_malloc_t used;
    json_free_t with;

    pthread_mutex_lock(&lock);
    json_get_alloc_funcs(&used, &with);
    if (used != watched_malloc) {
        allocate = used;
        release = with;
        json_set_alloc_funcs(watched_malloc, watched_free);
    }
    pthread_mutex_unlock(&lock);
    memory.ran_out = false;
}

int h4l_json_parse(const char *bytes, size_t n, size_t flags, json_t **ret, json_error_t *error)
{
    json_t *volatile value = NULL;

    watch();
    memory.n = memory.room = 0;
    memory.blocks = NULL;
    memory.reading = true;
    if (setjmp(memory.left) == 0)
        value = json_loadb(bytes, n, flags, error);
    memory.reading = false;
    for (size_t i = 0; i < memory.n && memory.ran_out; i++)
        release(memory.blocks[i]);
    free(memory.blocks);
    if (memory.ran_out)
        return H4L_E_NOMEM;
    if (!value)
        return H4L_E_DATA;
    *ret = value;
    return H4L_OK;
}

char *h4l_json_dump(const json_t *value, size_t flags)
{
    char *text;

    watch();
    text = value ? json_dumps(value, flags) : NULL;
    if (memory.ran_out) {
        free(text);
        text = NULL;
    }
    return text;
}

int h4l_json_sha256(const json_t *value, size_t flags, char ret_hex[65])
{
    char *text = h4l_json_dump(value, flags);

    if (!text)
        return H4L_E_NOMEM;
    h4l_sha256(text, strlen(text), ret_hex);
    free(text);
    return H4L_OK;
}

int h4l_json_read(const char *path, json_t **ret, struct h4l_err *err)
{
    json_error_t error;
    json_t *value;
    char *bytes;
    size_t n, start;
    int code = h4l_read_file(path, LIMIT, &bytes, &n, err);

    if (code)
        return code;
    start = h4l_text_start(bytes);
    code = h4l_json_parse(bytes + start, n - start, JSON_REJECT_DUPLICATES, &value, &error);
    free(bytes);
    if (code == H4L_E_NOMEM)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading %s", path);
    if (code)
        return h4l_fail(err, H4L_E_DATA, "%s:%d:%d: expected JSON, found an error: %s", path,
                        error.line, error.column, error.text);
    if (!spell_out(value)) {
        json_decref(value);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading %s", path);
    }
    *ret = value;
    return H4L_OK;
}

static bool holds_objects(const json_t *array)
{
    return json_is_object(json_array_get(array, 0));
}

static int write_value(FILE *stream, const json_t *value, int indent);

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int write_object(FILE *stream, const json_t *object, int indent)
{
    size_t n = json_object_size(object), i = 0;
    const char **keys = calloc(n, sizeof *keys), *key;
    int failed = !keys;
    json_t *value;

    if (keys) {
        json_object_foreach((json_t *)object, key, value) keys[i++] = key;
        qsort(keys, n, sizeof *keys, by_key);
    }
    for (i = 0; i < n && !failed; i++) {
        json_t *text = json_string(keys[i]);

        fprintf(stream, "%s\n%*s", i ? "," : "{", indent + 2, "");
        failed = !text || json_dumpf(text, stream, JSON_ENCODE_ANY);
        json_decref(text);
        fputs(": ", stream);
        if (!failed)
            failed = write_value(stream, json_object_get(object, keys[i]), indent + 2);
    }
    fprintf(stream, "\n%*s}", indent, "");
    free(keys);
    return failed;
}

static int write_array(FILE *stream, const json_t *array, int indent)
{
    int failed = 0;

    for (size_t i = 0; i < json_array_size(array) && !failed; i++) {
        fprintf(stream, "%s\n%*s", i ? "," : "[", indent + 2, "");
        failed = write_value(stream, json_array_get(array, i), indent + 2);
    }
    fprintf(stream, "\n%*s]", indent, "");
    return failed;
}

// One member a line, and arrays of numbers on the line of their name: jansson's own indentation would give each number of
// a series a line.
static int write_value(FILE *stream, const json_t *value, int indent)
{
    if (json_object_size(value))
        return write_object(stream, value, indent);
    if (json_is_array(value) && holds_objects(value))
        return write_array(stream, value, indent);
    return json_dumpf(value, stream, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
}

int h4l_json_prepare(const char *path, const json_t *value, struct h4l_file *ret,
                     struct h4l_err *err)
{
    struct h4l_file file;
    int code = h4l_file_begin(path, &file, err);

    if (code)
        return code;
    // write errors of the stream show when it is finished; a failure without one is memory
    if (write_value(file.stream, value, 0) && !ferror(file.stream)) {
        h4l_file_abort(&file);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory while writing %s", path);
    }
    fputc('\n', file.stream);
    code = h4l_file_finish(&file, err);
    if (!code)
        *ret = file;
    return code;
}

int h4l_json_write(const char *path, const json_t *value, struct h4l_err *err)
{
    struct h4l_file file;
    int code = h4l_json_prepare(path, value, &file, err);

    return code ? code : h4l_file_commit(&file, err);
}

json_t *h4l_json_real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

bool h4l_is_utf8(const char *text)
{
    for (size_t n; *text; text += n)
        if (h4l_visible_character(text, &n) == UINT32_MAX)
            return false;
    return true;
}

json_t *h4l_json_text(const char *text)
{
    json_t *value;
    char *copy;

    if (h4l_is_utf8(text))
        return json_string(text);
    copy = strdup(text);
    if (!copy)
        return NULL;
    for (char *c = copy; *c; c++)
        if (*c & 0x80)
            *c = '?';
    value = json_string(copy);
    free(copy);
    return value;
}

void h4l_json_set(json_t **object, const char *name, json_t *value_stolen)
{
    if (json_object_set_new(*object, name, value_stolen)) {
        json_decref(*object);
        *object = NULL;
    }
}

void h4l_json_update(json_t **object, json_t *other_stolen)
{
    if (json_object_update_new(*object, other_stolen)) {
        json_decref(*object);
        *object = NULL;
    }
}

void h4l_json_add(json_t **array, json_t *value_stolen)
{
    if (json_array_append_new(*array, value_stolen)) {
        json_decref(*array);
        *array = NULL;
    }
}

json_t *h4l_json_copy(const json_t *value)
{
    json_t *copy = json_deep_copy(value);

    if (!json_equal(copy, value)) {
        json_decref(copy);
        return NULL;
    }
    return copy;
}

json_t *h4l_json_reals(const double *x, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        h4l_json_add(&array, h4l_json_real(x[i]));
    return array;
}
