#include "data/idx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { HEADER = 4, PER_DIMENSION = 4, UNSIGNED_BYTE = 8 };
static const size_t limit = (size_t)256 << 20;

static size_t big_endian(const unsigned char *b)
{
    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

int h4l_idx_parse(const char *name, const char *bytes, size_t n, int dims, struct h4l_idx *ret,
                  struct h4l_err *err)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t header = HEADER + PER_DIMENSION * (size_t)dims, count = 1;
    struct h4l_idx idx = {.dims = dims};

    if (n < HEADER || b[0] != 0 || b[1] != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: this is not an IDX file: expected two zero bytes at its start", name);
    if (b[2] != UNSIGNED_BYTE || b[3] != dims)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected IDX type 0x08 (unsigned bytes) with %d dimension(s), found "
                        "type 0x%02x with %d",
                        name, dims, b[2], b[3]);
    if (n < header)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: the file is cut off in its header: expected %zu bytes, found %zu",
                        name, header, n);
    for (int i = 0; i < dims; i++) {
        idx.shape[i] = big_endian(b + HEADER + PER_DIMENSION * i);
        if (idx.shape[i] == 0 || idx.shape[i] > limit / count)
            return h4l_fail(err, H4L_E_DATA,
                            "%s: dimension %d has size %zu; expected at least 1 and at most %zu "
                            "values in all",
                            name, i + 1, idx.shape[i], limit);
        count *= idx.shape[i];
    }
    if (n - header != count)
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: its header announces %zu values, so expected %zu bytes, found %zu (%s)", name,
            count, header + count, n,
            n - header < count ? "the file is cut off" : "there is more behind them");
    idx.values = malloc(count);
    if (!idx.values)
        return h4l_fail(err, H4L_E_NOMEM, "%s: no memory for %zu values", name, count);
    memcpy(idx.values, b + header, count);
    h4l_sha256(bytes, n, idx.sha256);
    *ret = idx;
    return H4L_OK;
}

int h4l_idx_read(const char *path, int dims, struct h4l_idx *ret, struct h4l_err *err)
{
    char *bytes;
    size_t n;
    int code = h4l_read_gz(path, limit, &bytes, &n, err);

    if (code)
        return code;
    code = h4l_idx_parse(path, bytes, n, dims, ret, err);
    free(bytes);
    return code;
}

int h4l_idx_find(const char *dir, const char *name, char **ret, struct h4l_err *err)
{
    char *path = NULL;

    for (int gz = 0; gz < 2; gz++) {
        if (asprintf(&path, "%s/%s%s", dir, name, gz ? ".gz" : "") < 0)
            return h4l_fail(err, H4L_E_NOMEM, "no memory for the name of %s", name);
        if (access(path, F_OK) == 0) {
            *ret = path;
            return H4L_OK;
        }
        free(path);
    }
    *ret = NULL;
    return H4L_OK;
}

void h4l_idx_free(struct h4l_idx *idx)
{
    if (!idx)
        return;
    free(idx->values);
    *idx = (struct h4l_idx){0};
}
