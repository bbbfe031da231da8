// Where a number came from: version, commit, compiler, flags, libraries, CPU, time, command line.
#ifndef H4L_BASE_PROVENANCE_H
#define H4L_BASE_PROVENANCE_H

#include "base/err.h"
#include "base/json.h"

// A new JSON object with the keys of the interface's provenance block: version, git_commit, git_dirty, compiler, flags,
// libraries {name: version}, cpu, simd, threads, hostname_hash, started (UTC, ISO 8601), seconds (0, to be set at the end),
// peak_rss_bytes, argv, data {}; also program_sha256 where the sources have no commit that names them. The caller owns *ret.
// H4L_E_NOMEM; H4L_E_IO: the program or /proc is there and cannot be read.
int h4l_provenance(int argc, char *const *argv, int threads, json_t **ret, struct h4l_err *err);
// Sets seconds and peak_rss_bytes to what has been used since the program started. H4L_E_NOMEM.
int h4l_provenance_finish(json_t *provenance, struct h4l_err *err);

// The text of --version: version, git commit, compiler, libraries, SIMD level, one a line. Static storage.
const char *h4l_version_text(void);

// Defined where products are OpenBLAS's (src/net/engine.c): its version and kernel count in programs that link it.
extern const char h4l_net_openblas[];

// Whether two provenance blocks name the same program: version, commit (of a changed tree the program's own hash), compiler, flags,
// SIMD level, and the libraries that compute (OpenBLAS with its kernel, where it is used). H4L_E_DATA: not; the message says what differs.
int h4l_provenance_same_program(const json_t *found, const json_t *here, struct h4l_err *err);
// SHA-256 over just that of the program that runs, as 64 hex digits and a 0 byte: what a checkpoint is bound to. H4L_E_NOMEM,
// H4L_E_IO (the program cannot be read).
int h4l_program_identity(char ret_hex[65], struct h4l_err *err);

// Monotonic clock, seconds.
double h4l_now(void);

#endif
