// Members of a .tar.gz archive of raw results, without unpacking it.
#ifndef H4L_CLAIMS_ARCHIVE_H
#define H4L_CLAIMS_ARCHIVE_H

#include <stddef.h>

#include "base/err.h"

// Is called for each plain file of an archive in its order; bytes are followed by a 0 byte that may be changed and must be put
// back. A result other than H4L_OK ends the walk and is returned.
typedef int (*h4l_member_fn)(void *ctx, const char *name, const char *bytes, size_t n,
                             struct h4l_err *err);
// Walks an archive in the ustar form as tar and gzip write it (names up to 255 bytes; 64 MiB inflated at most). H4L_E_DATA:
// missing, not such an archive, cut short. H4L_E_NOMEM.
int h4l_archive_walk(const char *path, h4l_member_fn visit, void *ctx, struct h4l_err *err);

// One member as a text with a 0 byte behind it, to be freed. H4L_E_DATA: no such member, or as above.
int h4l_archive_read(const char *path, const char *member, char **ret, size_t *ret_n,
                     struct h4l_err *err);

#endif
