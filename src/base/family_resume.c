// --resume: whether the result that is there is what this run would make again, and if not, why.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/family_internal.h"
#include "base/json.h"
#include "base/provenance.h"
#include "base/root.h"

static int check_series(const struct h4l_run *run, const json_t *list, struct h4l_err *err)
{
    if (!json_is_array(list))
        return h4l_fail(err, H4L_E_DATA, "not whole: it names no tables");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *file = json_string_value(json_object_get(json_array_get(list, i), "file"));
        char *path;
        bool there;

        if (!file || asprintf(&path, "%s/%s", run->dir, file) < 0)
            return h4l_fail(err, H4L_E_DATA, "not whole: table %zu has no name", i + 1);
        there = access(path, R_OK) == 0;
        free(path);
        if (!there)
            return h4l_fail(err, H4L_E_DATA, "not whole: its table %s is not there", file);
    }
    return H4L_OK;
}

enum found { MISSING, SAME, OTHER };

static bool has_sha256(const char *file, const char *sha256)
{
    char hex[65];

    return h4l_sha256_file(file, hex, NULL) == H4L_OK && strcmp(hex, sha256) == 0;
}

// The same of the inflated bytes: a data set's sums are those of its plain files.
static bool has_inflated_sha256(const char *file, const char *sha256)
{
    const char *end = strrchr(file, '.');
    char hex[65] = "", *bytes;
    size_t n;

    if (!end || strcmp(end, ".gz") != 0 || h4l_read_gz(file, (size_t)1 << 30, &bytes, &n, NULL))
        return false;
    h4l_sha256(bytes, n, hex);
    free(bytes);
    return strcmp(hex, sha256) == 0;
}

static enum found find_data(const char *file, const char *sha256)
{
    if (access(file, F_OK) != 0)
        return MISSING;
    return sha256 && (has_sha256(file, sha256) || has_inflated_sha256(file, sha256)) ? SAME : OTHER;
}

// A file's name starts from the folder where the program runs or from that of the suite. Files that are gone say nothing.
static int check_data(const json_t *data, struct h4l_err *err)
{
    const char *file;
    json_t *value;

    json_object_foreach((json_t *)data, file, value)
    {
        const char *sha256 = json_string_value(value);
        enum found here = find_data(file, sha256), there;
        char *of_source = NULL;

        if (here == SAME)
            continue;
        if (asprintf(&of_source, "%s/%s", h4l_root(), file) < 0)
            return h4l_fail(err, H4L_E_NOMEM, "no memory to look at its data");
        there = find_data(of_source, sha256);
        free(of_source);
        if (there != SAME && (here == OTHER || there == OTHER))
            return h4l_fail(err, H4L_E_DATA, "made from other data: %s has changed", file);
    }
    return H4L_OK;
}

// What was asked for: the parameters, and the number of seeds where it was given.
static int check_asked(const struct h4l_run *run, const json_t *result, struct h4l_err *err)
{
    const json_t *was = json_object_get(json_object_get(result, "provenance"), "asked");
    const json_t *asked = json_object_get(run->provenance, "asked");
    const char *tier = json_string_value(json_object_get(result, "tier"));

    if (!tier || strcmp(tier, h4l_tier_names[run->options->tier]) != 0)
        return h4l_fail(err, H4L_E_DATA, "of another tier: %s", tier ? tier : "none");
    if ((uint64_t)json_integer_value(json_object_get(result, "seed")) != run->options->seed ||
        !json_equal(json_object_get(was, "seeds"), json_object_get(asked, "seeds")))
        return h4l_fail(err, H4L_E_DATA, "of other seeds");
    if (!was || !json_equal(was, asked))
        return h4l_fail(err, H4L_E_DATA, "of other parameters");
    return H4L_OK;
}

static int check_result(const struct h4l_run *run, const json_t *result, struct h4l_err *err)
{
    const json_t *provenance = json_object_get(result, "provenance");
    int code;

    if (json_object_size(json_object_get(result, "metrics")) == 0)
        return h4l_fail(err, H4L_E_DATA, "not whole: it has no metrics");
    if ((code = check_asked(run, result, err)) ||
        (code = h4l_provenance_same_program(provenance, run->provenance, err)) ||
        (code = check_series(run, json_object_get(result, "series"), err)))
        return code;
    return check_data(json_object_get(provenance, "data"), err);
}

bool h4l_run_is_done(const struct h4l_run *run, struct h4l_err *ret_why)
{
    json_t *result;
    int code;

    *ret_why = (struct h4l_err){0};
    if (access(run->path, F_OK) != 0)
        return false;
    if (h4l_json_read(run->path, &result, NULL)) {
        h4l_fail(ret_why, H4L_E_DATA, "not whole: it is no JSON");
        return false;
    }
    code = check_result(run, result, ret_why);
    json_decref(result);
    return code == H4L_OK;
}
