// From a folder or a file to its results.
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "claims/claims.h"
#include "claims/print.h"
#include "base/json.h"
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

// One file of a folder, `level` folders deep. Its cell is the first folder on the way where there are two.
static int read_entry(json_t *set, const FTSENT *entry, size_t root, struct h4l_err *err)
{
    const char *below = entry->fts_path + root;
    size_t n = strlen(entry->fts_name);
    json_t *value;
    int code;

    if (entry->fts_info != FTS_F || n < 6 || strcmp(entry->fts_name + n - 5, ".json") != 0)
        return H4L_OK;
    code = h4l_json_read(entry->fts_path, &value, err);
    if (code)
        return code;
    if (!is_result(value)) {
        json_decref(value);
        return H4L_OK;
    }
    below += strspn(below, "/");
    return add(set, below, entry->fts_level == 3 ? strcspn(below, "/") : 0, entry->fts_path, value,
               err);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int read_folder(json_t *set, const char *path, struct h4l_err *err)
{
    char *copy = strdup(path), *roots[] = {copy, NULL};
    FTS *tree = copy ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
    FTSENT *entry;
    int code = tree ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "out of memory for %s", path);

    while (!code && (entry = fts_read(tree))) {
        code = read_entry(set, entry, strlen(path), err);
        if (entry->fts_info == FTS_D && entry->fts_level == 3)
            fts_set(tree, entry, FTS_SKIP);
    }
    if (tree)
        fts_close(tree);
    free(copy);
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
