// What the drivers of checkpoints share: a file of their own, and the checksum that a checkpoint ends with.
#ifndef H4L_TESTS_FUZZ_SEALED_H
#define H4L_TESTS_FUZZ_SEALED_H

#include "base/file.h"
#include "fuzz.h"

enum { HASH = 64 };
static char path[] = "/tmp/hh4lif-fuzz-XXXXXX";

static inline void remove_file(void)
{
    unlink(path);
}

// Makes the name. What stands there at the end goes away with the program.
static inline void name_file(void)
{
    int fd = mkstemp(path);

    FUZZ_CHECK(fd >= 0);
    close(fd);
    unlink(path);
    atexit(remove_file);
}

// Writes the bytes with their checksum behind them.
static inline void write_sealed(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    char hex[HASH + 1];

    FUZZ_CHECK(file);
    h4l_sha256(bytes, n, hex);
    fwrite(bytes, 1, n, file);
    fwrite(hex, 1, HASH, file);
    FUZZ_CHECK(fclose(file) == 0);
}

#endif
