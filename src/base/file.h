// Files that are either complete or not there, and whole-file reading with limits.
#ifndef H4L_BASE_FILE_H
#define H4L_BASE_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

// A file under construction: written beside its place as ".NAME.PID.tmp", shown under its name by commit only. Pipes and
// devices are written in place.
struct h4l_file {
    FILE *stream;     // write here; not for fileno()
    char *path, *tmp; // final name, temporary name (NULL: written in place)
    char *old;        // name for an earlier file of that name while this one takes its place
    struct h4l_sink *sink;
};

// Makes the folders above path as needed, removes what killed writers of the same file left more than an hour ago, and opens the
// temporary file. H4L_E_IO (message with path and errno text) / NOMEM.
int h4l_file_begin(const char *path, struct h4l_file *ret, struct h4l_err *err);
// Flush, fsync and close: everything that may fail for want of space. The stream is gone then; commit or abort must follow.
// For files that are to appear together: finish all, then commit all. On failure nothing new is left: H4L_E_IO.
int h4l_file_finish(struct h4l_file *file, struct h4l_err *err);
// Finish (if that is still to be done), rename, fsync of the folder. On failure (full disk, ...) nothing new is left, and an
// earlier complete file of that name stays as it was: H4L_E_IO. (Where the file system has no hard links a folder that cannot be
// synced leaves the new file, complete.)
int h4l_file_commit(struct h4l_file *file, struct h4l_err *err);
// The same for n > 0 files of one folder that belong together, all or none. The last one is for those who look whether they
// are there: it is shown last, and is away while the others change.
int h4l_files_commit(struct h4l_file *const *files, size_t n, struct h4l_err *err);
// Removes the temporary file; harmless after commit or on a zeroed struct.
void h4l_file_abort(struct h4l_file *file);
// Begin, this text, commit: the file holds the text, or it is as it was before. H4L_E_IO / NOMEM.
int h4l_file_write(const char *path, const char *text, struct h4l_err *err);

// mkdir -p. H4L_E_IO.
int h4l_make_dirs(const char *path, struct h4l_err *err);

// Reads a whole file (at most `limit` bytes) into malloc'ed memory, with a 0 byte behind it. H4L_E_DATA if missing,
// not for us to read or longer than limit (message: what was expected); NOMEM; H4L_E_IO: the system could not (too many open files,
// a disk that does not answer), which says nothing about the file.
int h4l_read_file(const char *path, size_t limit, char **ret_bytes, size_t *ret_n,
                  struct h4l_err *err);
// The same for a gzip or plain file: bytes are inflated, limit holds for the inflated size.
int h4l_read_gz(const char *path, size_t limit, char **ret_bytes, size_t *ret_n,
                struct h4l_err *err);

// Where a text begins: behind the UTF-8 byte-order mark that some editors and spreadsheets put first (3), or at once (0).
size_t h4l_text_start(const char *text);

// SHA-256 of a buffer or a file as 64 hex digits and a 0 byte.
void h4l_sha256(const void *bytes, size_t n, char ret_hex[65]);
int h4l_sha256_file(const char *path, char ret_hex[65], struct h4l_err *err);

#endif
