// What the drivers of tests/fuzz share. A driver is LLVMFuzzerTestOneInput in a file of its own: bytes of a file of one kind go
// through the code that reads such files. It ends the program where the reader breaks its promise; the sanitizers see the rest.
//
// Each is built twice: with main.c it runs on the committed inputs (suite fault), and with -Dfuzz=true under libFuzzer.
#ifndef H4L_TESTS_FUZZ_H
#define H4L_TESTS_FUZZ_H

#include <gsl/gsl_errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// As every program begins (h4l_args_parse).
__attribute__((constructor)) static void fuzz_begin(void)
{
    gsl_set_error_handler_off();
}

#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

// A reader's answer is success, or one of the codes for bad input with a message that says so.
static inline void fuzz_answer(int code, const struct h4l_err *err)
{
    FUZZ_CHECK(code == H4L_OK || code == H4L_E_DATA || code == H4L_E_USAGE || code == H4L_E_RANGE ||
               code == H4L_E_CHECK);
    FUZZ_CHECK(code == H4L_OK || (err->code == code && err->message[0]));
}

// The bytes as a file in memory, under a name that can be opened any number of times until it is closed.
struct fuzz_file {
    int fd;
    char path[40];
};

static inline struct fuzz_file fuzz_open(const uint8_t *data, size_t size)
{
    struct fuzz_file file = {.fd = memfd_create("input", 0)};

    FUZZ_CHECK(file.fd >= 0);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(file.fd, data + done, size - done);

        FUZZ_CHECK(n > 0);
        done += (size_t)n;
    }
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static inline void fuzz_close(struct fuzz_file *file)
{
    close(file->fd);
}

// The bytes as a text with a 0 byte behind it, to be freed.
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    FUZZ_CHECK(text);
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    return text;
}

#endif
