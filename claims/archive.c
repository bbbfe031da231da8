// The ustar form (POSIX.1-1988): a head of 512 bytes a member, its content, filled up to a multiple of 512.
#include "archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum {
    BLOCK = 512,
    SIZE_AT = 124,
    KIND_AT = 156,
    MAGIC_AT = 257,
    PREFIX_AT = 345,
    LARGEST = 64 << 20
};

static void name_of(const char *head, char name[257])
{
    char prefix[156] = "", rest[101] = "";

    memcpy(rest, head, 100);
    if (memcmp(head + MAGIC_AT, "ustar\0", 6) == 0)
        memcpy(prefix, head + PREFIX_AT, 155);
    snprintf(name, 257, "%s%s%s", prefix, *prefix ? "/" : "", rest);
}

// The member whose head lies at `at`: its size, if the archive holds all of it.
static int size_of(const char *path, const char *bytes, size_t n, size_t at, size_t *ret,
                   struct h4l_err *err)
{
    char text[13] = "";
    unsigned long long size;

    if (n - at < BLOCK || memcmp(bytes + at + MAGIC_AT, "ustar", 5) != 0)
        return h4l_fail(err, H4L_E_DATA, "%s: byte %zu: expected the head of a tar member", path,
                        at);
    memcpy(text, bytes + at + SIZE_AT, 12);
    size = strtoull(text, NULL, 8);
    if (size > n - at - BLOCK)
        return h4l_fail(err, H4L_E_DATA, "%s: a member of %llu bytes is cut short", path, size);
    *ret = (size_t)size;
    return H4L_OK;
}

// The visitor of a member may parse it as a text: the byte behind it is 0 meanwhile.
static int visit_one(char *content, size_t n, const char *name, h4l_member_fn visit, void *ctx,
                     struct h4l_err *err)
{
    char behind = content[n];
    int code;

    content[n] = 0;
    code = visit(ctx, name, content, n, err);
    content[n] = behind;
    return code;
}

int h4l_archive_walk(const char *path, h4l_member_fn visit, void *ctx, struct h4l_err *err)
{
    char *bytes = NULL, name[257];
    size_t n, size = 0, at = 0;
    int code = h4l_read_gz(path, LARGEST, &bytes, &n, err);

    if (code)
        return code;
    while (!code && at < n && bytes[at]) {
        code = size_of(path, bytes, n, at, &size, err);
        if (code)
            break;
        name_of(bytes + at, name);
        if (bytes[at + KIND_AT] == '0' || bytes[at + KIND_AT] == 0)
            code = visit_one(bytes + at + BLOCK, size, name, visit, ctx, err);
        at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    free(bytes);
    return code;
}

struct wanted {
    const char *name;
    char *bytes;
    size_t n;
};

static int keep(void *ctx, const char *name, const char *bytes, size_t n, struct h4l_err *err)
{
    struct wanted *wanted = ctx;

    if (wanted->bytes || strcmp(name, wanted->name) != 0)
        return H4L_OK;
    wanted->bytes = malloc(n + 1);
    if (!wanted->bytes)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %s", name);
    memcpy(wanted->bytes, bytes, n + 1);
    wanted->n = n;
    return H4L_OK;
}

int h4l_archive_read(const char *path, const char *member, char **ret, size_t *ret_n,
                     struct h4l_err *err)
{
    struct wanted wanted = {.name = member};
    int code = h4l_archive_walk(path, keep, &wanted, err);

    if (!code && !wanted.bytes)
        code = h4l_fail(err, H4L_E_DATA, "%s: expected a member %s, found none", path, member);
    if (code) {
        free(wanted.bytes);
        return code;
    }
    *ret = wanted.bytes;
    *ret_n = wanted.n;
    return H4L_OK;
}
