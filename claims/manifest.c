// SHA-256 of every raw result, and of what its archives hold.
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/paths.h"
#include "archive.h"
#include "texts.h"

enum { LARGEST = 16 << 20 };

static int by_path(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x + 66, *y + 66);
}

struct listing {
    json_t *lines; // array of "SHA256  PATH"
    const char *archive;
};

static int add_line(struct listing *list, const char *sum, const char *path, struct h4l_err *err)
{
    if (json_array_append_new(list->lines, json_sprintf("%s  %s", sum, path)))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the line of %s", path);
    return H4L_OK;
}

static int add_member(void *ctx, const char *name, const char *bytes, size_t n, struct h4l_err *err)
{
    struct listing *list = ctx;
    char sum[65], path[1000];

    h4l_sha256(bytes, n, sum);
    snprintf(path, sizeof path, "%s/%s", list->archive, name);
    return add_line(list, sum, path, err);
}

// path: below the folder of the reference results.
static int add_file(struct listing *list, const char *folder, const char *path, struct h4l_err *err)
{
    char full[4096], sum[65];
    int code;

    snprintf(full, sizeof full, "%s/%s", folder, path);
    code = h4l_sha256_file(full, sum, err);
    if (!code)
        code = add_line(list, sum, path, err);
    if (code || fnmatch("*.tar.gz", path, 0) != 0)
        return code;
    list->archive = path;
    return h4l_archive_walk(full, add_member, list, err);
}

static int joined(const json_t *lines, char **ret, struct h4l_err *err)
{
    size_t n = json_array_size(lines), size;
    const char **sorted = malloc((n + 1) * sizeof *sorted);
    FILE *out = sorted ? open_memstream(ret, &size) : NULL;

    for (size_t i = 0; out && i < n; i++)
        sorted[i] = json_string_value(json_array_get(lines, i));
    if (out)
        qsort(sorted, n, sizeof *sorted, by_path);
    for (size_t i = 0; out && i < n; i++)
        fprintf(out, "%s\n", sorted[i]);
    free(sorted);
    return out && !fclose(out) ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a manifest");
}

int h4l_manifest_make(const char *root, char **ret, struct h4l_err *err)
{
    char folder[3000];
    struct h4l_paths files = {0};
    struct listing list = {.lines = json_array()};
    int code = list.lines ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a manifest");

    snprintf(folder, sizeof folder, "%s/results/reference", root);
    if (!code)
        code = h4l_paths_below(folder, 8, &files, err);
    for (size_t i = 0; i < files.n && !code; i++) {
        const char *path = files.path[i] + strlen(folder) + 1, *slash = strchr(path, '/');

        if (slash && strchr(slash + 1, '/')) // only TIER/FAMILY/FILE is a raw result
            code = add_file(&list, folder, path, err);
    }
    if (!code && json_array_size(list.lines) == 0)
        code = h4l_fail(err, H4L_E_DATA, "%s: expected raw results, found none", folder);
    if (!code)
        code = joined(list.lines, ret, err);
    h4l_paths_free(&files);
    json_decref(list.lines);
    return code;
}

int h4l_manifest_check(const char *root, struct h4l_err *err)
{
    char path[3000], *is = NULL, *ought = NULL;
    const char *a, *b;
    size_t n;
    int code;

    snprintf(path, sizeof path, "%s/results/reference/MANIFEST", root);
    code = h4l_read_file(path, LARGEST, &is, &n, err);
    if (!code)
        code = h4l_manifest_make(root, &ought, err);
    for (a = is, b = ought; !code && (*a || *b);) {
        size_t na = strcspn(a, "\n"), nb = strcspn(b, "\n");

        if (na != nb || strncmp(a, b, na) != 0)
            code =
                h4l_fail(err, H4L_E_CHECK,
                         "%s: found \"%.*s\", expected \"%.*s\": a raw result was changed, added "
                         "or taken away; a new one gets its line by hh4lif-claims --texts",
                         path, (int)na, a, (int)nb, b);
        a += na + (a[na] != 0);
        b += nb + (b[nb] != 0);
    }
    free(is);
    free(ought);
    return code;
}
