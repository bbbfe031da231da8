#include "base/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/grow.h"

static int find_below(const char *folder, const char *pattern, struct h4l_paths *ret,
                      struct h4l_err *err);

static int no_memory(const char *folder, struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "out of memory for the files of %s", folder);
}

// *ret NULL: it is not there, or not for us to read.
static int open_folder(const char *folder, DIR **ret, struct h4l_err *err)
{
    *ret = opendir(folder);
    if (*ret || errno == ENOENT || errno == ENOTDIR || errno == EACCES)
        return H4L_OK;
    return errno == ENOMEM ? no_memory(folder, err)
                           : h4l_fail(err, H4L_E_IO, "cannot read %s: %s", folder, strerror(errno));
}

// Takes the path over.
static int keep(char *path, struct h4l_paths *ret, struct h4l_err *err)
{
    int code;

    if (h4l_grow(&ret->path, ret->n, &ret->room, sizeof *ret->path)) {
        ret->path[ret->n++] = path;
        return H4L_OK;
    }
    code = no_memory(path, err);
    free(path);
    return code;
}

// FOLDER/NAME, or what fits below it where the pattern goes on.
static int take(const char *folder, const char *name, const char *rest, struct h4l_paths *ret,
                struct h4l_err *err)
{
    char *path;
    int code;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return no_memory(folder, err);
    if (!*rest)
        return keep(path, ret, err);
    code = find_below(path, rest + 1, ret, err);
    free(path);
    return code;
}

static int find_below(const char *folder, const char *pattern, struct h4l_paths *ret,
                      struct h4l_err *err)
{
    size_t n = strcspn(pattern, "/");
    char *part = strndup(pattern, n);
    DIR *dir = NULL;
    struct dirent *entry;
    int code = part ? open_folder(folder, &dir, err) : no_memory(folder, err);

    while (!code && dir && (entry = readdir(dir)))
        if (fnmatch(part, entry->d_name, FNM_PERIOD) == 0)
            code = take(folder, entry->d_name, pattern + n, ret, err);
    if (dir)
        closedir(dir);
    free(part);
    return code;
}

static int walk(const char *folder, int deepest, struct h4l_paths *ret, struct h4l_err *err);

static int take_entry(const char *folder, const char *name, int deepest, struct h4l_paths *ret,
                      struct h4l_err *err)
{
    struct stat status;
    char *path;
    int code = H4L_OK;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return no_memory(folder, err);
    if (stat(path, &status))
        status.st_mode = 0; // gone, or a link to nothing
    if (S_ISREG(status.st_mode))
        return keep(path, ret, err);
    if (S_ISDIR(status.st_mode) && deepest > 0)
        code = walk(path, deepest - 1, ret, err);
    free(path);
    return code;
}

static int walk(const char *folder, int deepest, struct h4l_paths *ret, struct h4l_err *err)
{
    struct dirent *entry;
    DIR *dir;
    int code = open_folder(folder, &dir, err);

    while (!code && dir && (entry = readdir(dir)))
        if (*entry->d_name != '.')
            code = take_entry(folder, entry->d_name, deepest, ret, err);
    if (dir)
        closedir(dir);
    return code;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int sorted(int code, struct h4l_paths *paths, struct h4l_paths *ret)
{
    if (code) {
        h4l_paths_free(paths);
        return code;
    }
    if (paths->n)
        qsort(paths->path, paths->n, sizeof *paths->path, by_bytes);
    *ret = *paths;
    return H4L_OK;
}

int h4l_paths_find(const char *folder, const char *pattern, struct h4l_paths *ret,
                   struct h4l_err *err)
{
    struct h4l_paths paths = {0};

    return sorted(find_below(folder, pattern, &paths, err), &paths, ret);
}

int h4l_paths_below(const char *folder, int deepest, struct h4l_paths *ret, struct h4l_err *err)
{
    struct h4l_paths paths = {0};

    return sorted(walk(folder, deepest, &paths, err), &paths, ret);
}

void h4l_paths_free(struct h4l_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->path[i]);
    free(paths->path);
    *paths = (struct h4l_paths){0};
}
