// Where the two sides come from: machine, kernels, versions, data; and what they were asked to do.
#include <stdlib.h>
#include <string.h>

#include "compare/internal.h"

static const struct fact {
    const char *group, *path; // "libraries/openblas" or a key of the provenance
} facts[] = {
    {"machine", "cpu"},
    {"machine", "hostname_hash"},
    {"machine", "threads"},
    {"kernels", "simd"},
    {"kernels", "libraries/openblas"},
    {"versions", "version"},
    {"versions", "git_commit"},
    {"versions", "git_dirty"},
    {"versions", "program_sha256"},
    {"versions", "compiler"},
    {"versions", "flags"},
};

// A value of any kind as one text; its numbers with no more digits than read back the same.
static char *as_text(const json_t *value)
{
    char *text = NULL;

    if (json_is_string(value))
        return strdup(json_string_value(value));
    for (size_t digits = 15; digits <= 17; digits++) {
        json_t *again = NULL;
        json_error_t error;
        bool same;

        free(text);
        text = h4l_json_dump(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
        if (!text || h4l_json_parse(text, strlen(text), JSON_DECODE_ANY, &again, &error)) {
            free(text);
            return NULL;
        }
        same = json_equal(again, value);
        json_decref(again);
        if (same)
            break;
    }
    return text;
}

static const json_t *follow(const json_t *object, const char *path)
{
    const char *slash = strchr(path, '/');
    char first[60];

    if (!slash)
        return json_object_get(object, path);
    snprintf(first, sizeof first, "%.*s", (int)(slash - path), path);
    return json_object_get(json_object_get(object, first), slash + 1);
}

// Adds a value of one side to those seen under its name. sides: what -> {"a": {text: null}, "b": ...}
static int note(json_t *sides, const char *what, const char *side, const json_t *value)
{
    json_t *both = json_object_get(sides, what);
    char *text = value ? as_text(value) : strdup("not there");
    int failed = !text;

    if (!both && !failed) {
        both = json_pack("{s:{}, s:{}}", "a", "b");
        failed = !both || json_object_set_new(sides, what, both);
    }
    if (!failed)
        failed = json_object_set_new(json_object_get(both, side), text, json_null());
    free(text);
    return failed;
}

static json_t *keys(const json_t *object)
{
    json_t *list = json_array(), *value;
    const char *key;

    json_object_foreach((json_t *)object, key, value) h4l_json_add(&list, json_string(key));
    return list;
}

// Appends those whose values are not the same on both sides.
static int put_differences(const json_t *sides, const char *group, json_t *list,
                           struct h4l_err *err)
{
    const char *what;
    json_t *both;
    int code = H4L_OK;

    json_object_foreach((json_t *)sides, what, both)
    {
        const json_t *a = json_object_get(both, "a"), *b = json_object_get(both, "b");

        if (!code && !json_equal(a, b))
            code = h4l_compare_append(list,
                                      json_pack("{s:s, s:s, s:o, s:o}", "group", group, "what",
                                                what, "a", keys(a), "b", keys(b)),
                                      err);
    }
    return code;
}

// Notes the libraries (but OpenBLAS, whose kernels are noted by themselves) or the data files of one result.
static int note_all(json_t *sides, const char *key, const char *side, const json_t *provenance)
{
    const char *name;
    json_t *value;
    int failed = 0;

    json_object_foreach(json_object_get(provenance, key), name, value) failed =
        failed || (strcmp(name, "openblas") != 0 && note(sides, name, side, value));
    return failed;
}

static int note_result(json_t *groups[], const char *side, const json_t *result)
{
    const json_t *provenance = json_object_get(result, "provenance");
    int failed = 0;

    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *slash = strchr(facts[i].path, '/');
        int g = *facts[i].group == 'm' ? 0 : *facts[i].group == 'k' ? 1 : 2;

        failed = failed || note(groups[g], slash ? slash + 1 : facts[i].path, side,
                                follow(provenance, facts[i].path));
    }
    return failed || note_all(groups[2], "libraries", side, provenance) ||
           note_all(groups[3], "data", side, provenance);
}

int h4l_compare_provenance(const json_t *a, const json_t *b, json_t *list, struct h4l_err *err)
{
    static const char *const names[] = {"machine", "kernels", "versions", "data"};
    json_t *groups[] = {json_object(), json_object(), json_object(), json_object()}, *result;
    const char *name;
    int failed = 0, code = H4L_OK;

    json_object_foreach((json_t *)a, name, result)
    {
        const json_t *other = json_object_get(b, name);

        if (other && !failed)
            failed = note_result(groups, "a", result) || note_result(groups, "b", other);
    }
    if (failed)
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for the provenance");
    for (int g = 0; g < 4; g++) {
        if (!code)
            code = put_differences(groups[g], names[g], list, err);
        json_decref(groups[g]);
    }
    return code;
}

// ---- parameters ----

// A parameter that is a number is the same one however it is written: 1 and 1.0.
static bool same(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return a == b || (a && b && json_equal(a, b));
}

static int put_parameter(const char *name, const char *what, const json_t *a, const json_t *b,
                         json_t *list, struct h4l_err *err)
{
    char *x, *y;
    int code;

    if (same(a, b))
        return H4L_OK;
    x = a ? as_text(a) : strdup("not there");
    y = b ? as_text(b) : strdup("not there");
    code = h4l_compare_append(
        list,
        x && y ? json_pack("{s:s, s:s, s:s, s:s}", "case", name, "what", what, "a", x, "b", y)
               : NULL,
        err);
    free(x);
    free(y);
    return code;
}

int h4l_compare_parameters(const struct h4l_pair_of_results *pair, json_t *list,
                           struct h4l_err *err)
{
    static const char *const own[] = {"tier", "seed"};
    const json_t *a = json_object_get(pair->a, "parameters"),
                 *b = json_object_get(pair->b, "parameters");
    const char *key;
    json_t *value;
    int code = H4L_OK;

    for (int i = 0; i < 2 && !code; i++)
        code = put_parameter(pair->name, own[i], json_object_get(pair->a, own[i]),
                             json_object_get(pair->b, own[i]), list, err);
    json_object_foreach((json_t *)a, key, value)
    {
        if (!code)
            code = put_parameter(pair->name, key, value, json_object_get(b, key), list, err);
    }
    json_object_foreach((json_t *)b, key, value)
    {
        if (!code && !json_object_get(a, key))
            code = put_parameter(pair->name, key, NULL, value, list, err);
    }
    return code;
}
