// The paths below a folder. glob(), nftw() and fts_read() pass some failed allocations off as "no match" and die of others.
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
// All files below the folder, hidden ones and folders left out, in it and in folders up to `deepest` below it (0: in it alone; of links
// what they lead to). Else as h4l_paths_find.
int h4l_paths_below(const char *folder, int deepest, struct h4l_paths *ret, struct h4l_err *err);
// Harmless on a zeroed struct.
void h4l_paths_free(struct h4l_paths *paths);

#endif
