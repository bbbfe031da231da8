// From a folder or a file to its results.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "claims/claims.h"
#include "claims/print.h"
#include "base/json.h"
#include "base/paths.h"
#include "compare/compare.h"

static int is_result(const json_t *value)
{
    return h4l_text_is(value, "schema", H4L_RESULT_SCHEMA);
}

// Adds a result under "[CELL/]FAMILY/CASE" (cell: n characters, none: 0). Takes value.
static int add(json_t *set, const char *cell, size_t n, const char *path, json_t *value,
               struct h4l_err *err)
{
    char name[600];
    int code = H4L_OK;

    snprintf(name, sizeof name, "%.*s%s%s/%s", (int)n, cell, n ? "/" : "",
             h4l_text(value, "family"), h4l_text(value, "case"));
    if (!json_is_object(json_object_get(value, "metrics")) || !*h4l_text(value, "family") ||
        !*h4l_text(value, "case"))
        code =
            h4l_fail(err, H4L_E_DATA, "%s: expected a result with family, case and metrics", path);
    else if (json_object_get(set, name))
        code = h4l_fail(err, H4L_E_DATA, "%s: a second result of %s; expected one of each case",
                        path, name);
    else if (json_object_set(set, name, value))
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for %s", path);
    json_decref(value);
    return code;
}

static int read_file(json_t *set, const char *path, struct h4l_err *err)
{
    json_t *value;
    int code = h4l_json_read(path, &value, err);

    if (code)
        return code;
    if (is_result(value))
        return add(set, "", 0, path, value, err);
    json_decref(value);
    return h4l_fail(err, H4L_E_DATA, "%s: expected a result file (schema %s), found another", path,
                    H4L_RESULT_SCHEMA);
}

// One file of a folder. Its cell is the first folder on the way where there are two.
static int read_entry(json_t *set, const char *path, size_t root, struct h4l_err *err)
{
    const char *below = path + root, *slash = strchr(below, '/');
    bool in_cell = slash && strchr(slash + 1, '/');
    size_t n = strlen(path);
    json_t *value;
    int code;

    if (n < 6 || strcmp(path + n - 5, ".json") != 0)
        return H4L_OK;
    code = h4l_json_read(path, &value, err);
    if (code)
        return code;
    if (!is_result(value)) {
        json_decref(value);
        return H4L_OK;
    }
    return add(set, below, in_cell ? strcspn(below, "/") : 0, path, value, err);
}

static int read_folder(json_t *set, const char *path, struct h4l_err *err)
{
    size_t n = strlen(path);
    char *folder;
    struct h4l_paths found = {0};
    int code;

    while (n > 1 && path[n - 1] == '/')
        n--;
    folder = strndup(path, n);
    code = folder ? h4l_paths_below(folder, 2, &found, err)
                  : h4l_fail(err, H4L_E_NOMEM, "out of memory for %s", path);
    for (size_t i = 0; i < found.n && !code; i++)
        code = read_entry(set, found.path[i], n + 1, err);
    h4l_paths_free(&found);
    free(folder);
    if (!code && json_object_size(set) == 0)
        code = h4l_fail(err, H4L_E_DATA,
                        "%s: expected results (FAMILY/CASE.json as the programs write with --out), "
                        "found none",
                        path);
    return code;
}

int h4l_compare_read(const char *path, json_t **ret, struct h4l_err *err)
{
    json_t *set;
    struct stat status;
    int code;

    if (stat(path, &status))
        return h4l_fail(err, H4L_E_DATA, "%s: no such file or folder", path);
    set = json_object();
    if (!set)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for %s", path);
    code = S_ISDIR(status.st_mode) ? read_folder(set, path, err) : read_file(set, path, err);
    if (code)
        json_decref(set);
    else
        *ret = set;
    return code;
}
