#include "base/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

static int find_below(const char *folder, const char *pattern, struct h4l_paths *ret,
                      struct h4l_err *err);

static int no_memory(const char *folder, struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "out of memory for the files of %s", folder);
}

// FOLDER/NAME, or what fits below it where the pattern goes on.
static int take(const char *folder, const char *name, const char *rest, struct h4l_paths *ret,
                struct h4l_err *err)
{
    char *path;
    int code;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return no_memory(folder, err);
    if (!*rest && h4l_grow(&ret->path, ret->n, &ret->room, sizeof *ret->path)) {
        ret->path[ret->n++] = path;
        return H4L_OK;
    }
    code = *rest ? find_below(path, rest + 1, ret, err) : no_memory(folder, err);
    free(path);
    return code;
}

static int find_below(const char *folder, const char *pattern, struct h4l_paths *ret,
                      struct h4l_err *err)
{
    size_t n = strcspn(pattern, "/");
    char *part = strndup(pattern, n);
    DIR *dir = part ? opendir(folder) : NULL;
    struct dirent *entry;
    int code = H4L_OK;

    if (!part || (!dir && errno == ENOMEM))
        code = no_memory(folder, err);
    else if (!dir && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
        code = h4l_fail(err, H4L_E_IO, "cannot read %s: %s", folder, strerror(errno));
    while (!code && dir && (entry = readdir(dir)))
        if (fnmatch(part, entry->d_name, FNM_PERIOD) == 0)
            code = take(folder, entry->d_name, pattern + n, ret, err);
    if (dir)
        closedir(dir);
    free(part);
    return code;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int h4l_paths_find(const char *folder, const char *pattern, struct h4l_paths *ret,
                   struct h4l_err *err)
{
    struct h4l_paths paths = {0};
    int code = find_below(folder, pattern, &paths, err);

    if (code) {
        h4l_paths_free(&paths);
        return code;
    }
    if (paths.n)
        qsort(paths.path, paths.n, sizeof *paths.path, by_bytes);
    *ret = paths;
    return H4L_OK;
}

void h4l_paths_free(struct h4l_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->path[i]);
    free(paths->path);
    *paths = (struct h4l_paths){0};
}
