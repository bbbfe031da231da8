// The paths below a folder that fit a pattern. glob() passes some failed allocations off as "no match" and dies of others.
#ifndef H4L_BASE_PATHS_H
#define H4L_BASE_PATHS_H

#include <stddef.h>

#include "base/err.h"

struct h4l_paths {
    char **path; // sorted by bytes
    size_t n, room;
};

// Those of FOLDER/PATTERN, where the pattern is one for fnmatch per name, such as "*/*.json" (hidden names must be asked for). A
// folder that is not there, or not for us to read, holds none. *ret must be freed. H4L_E_NOMEM, H4L_E_IO.
int h4l_paths_find(const char *folder, const char *pattern, struct h4l_paths *ret,
                   struct h4l_err *err);
// Harmless on a zeroed struct.
void h4l_paths_free(struct h4l_paths *paths);

#endif
