// Where a number came from: version, commit, compiler, flags, libraries, CPU, time, command line.
#ifndef H4L_BASE_PROVENANCE_H
#define H4L_BASE_PROVENANCE_H

#include <jansson.h>

// A new JSON object with the keys of the interface's provenance block: version, git_commit, git_dirty, compiler, flags,
// libraries {name: version}, cpu, simd, threads, hostname_hash, started (UTC, ISO 8601), seconds (0, to be set at the end),
// peak_rss_bytes, argv, data {}. NULL when out of memory.
json_t *h4l_provenance(int argc, char *const *argv, int threads);
// Sets seconds and peak_rss_bytes to what has been used since the program started.
void h4l_provenance_finish(json_t *provenance);

// The text of --version: version, git commit, compiler, libraries, SIMD level, one a line. Static storage.
const char *h4l_version_text(void);

// SHA-256 of the program that runs, in hexadecimal with a final 0 byte. Not 0 where it cannot be read.
int h4l_program_sha256(char ret_hex[65]);

// Monotonic clock, seconds.
double h4l_now(void);

#endif
