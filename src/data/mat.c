#include "data/mat.h"

#include "hh4lif_config.h"

#if H4L_HAVE_MATIO

#include <math.h>
#include <matio.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"

enum { HEADER = 128, TAG = 8, LIMIT = 1 << 28 };
enum { MI_INT32 = 5, MI_UINT32 = 6, MI_MATRIX = 14, MI_COMPRESSED = 15 };
enum { SPARSE = 5, OPAQUE = 17 }; // classes of arrays
enum { MOST_DIMENSIONS = 32 };
enum { HEAD = 5 * TAG + 4 * MOST_DIMENSIONS }; // bytes of a compressed matrix that are looked at

// ---- the container: a header, then elements of (type, length, bytes) ----

static uint32_t read_u32(const char *bytes, bool swapped)
{
    uint32_t x;

    memcpy(&x, bytes, sizeof x);
    return swapped ? __builtin_bswap32(x) : x;
}

// True if the n bytes are exactly one whole zlib stream whose checksum holds. ret_head: its first HEAD bytes; *ret_size: all of them.
static bool inflates(const char *bytes, size_t n, char ret_head[HEAD], size_t *ret_size)
{
    unsigned char scratch[16384];
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (unsigned)n};
    int code;

    *ret_size = 0;
    if (inflateInit(&stream) != Z_OK)
        return false;
    do {
        size_t got, room = *ret_size < HEAD ? HEAD - *ret_size : 0;

        stream.next_out = scratch;
        stream.avail_out = sizeof scratch;
        code = inflate(&stream, Z_NO_FLUSH);
        got = sizeof scratch - stream.avail_out;
        if (room)
            memcpy(ret_head + *ret_size, scratch, got < room ? got : room);
        *ret_size += got;
    } while (code == Z_OK);
    inflateEnd(&stream);
    return code == Z_STREAM_END && stream.avail_in == 0;
}

// True if the name whose tag is at byte `at` fits a matrix of `size` bytes. A tag of up to four bytes has them in itself, and their
// number in its upper half.
static bool name_fits(const char *head, size_t at, size_t size, bool swapped)
{
    return size >= at + TAG && (read_u32(head + at, swapped) >> 16 != 0 ||
                                read_u32(head + at + 4, swapped) <= size - at - TAG);
}

// A matrix of `size` bytes begins with array flags (8 bytes), its dimensions of 4 bytes each and its name; head holds these up to the
// name's tag. libmatio makes room for as many dimensions, cells and letters as a file says: gigabytes if it says so.
static bool sizes_fit(const char *head, size_t size, bool swapped)
{
    uint32_t class, length;
    size_t count = 1;

    if (size < 3 * TAG || read_u32(head, swapped) != MI_UINT32 ||
        read_u32(head + 4, swapped) != TAG)
        return false;
    class = read_u32(head + TAG, swapped) & 0xff;
    length = read_u32(head + 2 * TAG + 4, swapped);
    if (read_u32(head + 2 * TAG, swapped) != MI_INT32)
        return class == OPAQUE; // which has none
    if (length > 4 * MOST_DIMENSIONS || length % 4 != 0 || length > size - 3 * TAG)
        return false;
    for (size_t i = 0; i < length / 4 && count > 0; i++) {
        uint32_t side = read_u32(head + 3 * TAG + 4 * i, swapped);

        // Each entry takes a byte or more, but for the zeros of a sparse matrix.
        if (class != SPARSE && side > size / count)
            return false;
        count = class == SPARSE ? 1 : count * side;
    }
    return name_fits(head, 3 * TAG + (length + 7) / 8 * 8, size, swapped);
}

// The element of that type and length at byte `at`: a matrix, or one in a zlib stream.
static int check_element(const char *path, const char *bytes, size_t at, uint32_t type,
                         uint32_t length, bool swapped, struct h4l_err *err)
{
    char head[HEAD] = {0};
    const char *matrix = bytes + at + TAG;
    size_t size = length;

    if (type == MI_COMPRESSED) {
        if (!inflates(matrix, length, head, &size))
            return h4l_fail(err, H4L_E_DATA,
                            "%s: corrupt: the compressed element at byte %zu does not inflate",
                            path, at);
        if (size < TAG || read_u32(head, swapped) != MI_MATRIX)
            return h4l_fail(err, H4L_E_DATA,
                            "%s: corrupt: expected a matrix in the compressed element at byte %zu",
                            path, at);
        matrix = head + TAG;
        size -= TAG;
    }
    if (!sizes_fit(matrix, size, swapped))
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: corrupt: expected up to %d dimensions and a name that fit the %zu bytes of the "
            "matrix at byte %zu",
            path, MOST_DIMENSIONS, size, at);
    return H4L_OK;
}

// libmatio 1.5.23 takes many truncated files for whole ones, so lengths and checksums are looked at first.
static int check_container(const char *path, const char *bytes, size_t n, struct h4l_err *err)
{
    bool swapped;
    size_t at = HEADER;
    int code;

    if (n < HEADER || memcmp(bytes, "MATLAB 5.0 MAT-file", 19) != 0)
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: expected a MATLAB 5.0 MAT-file (save -v6 or -v7), found another format "
            "(%zu bytes)",
            path, n);
    if (memcmp(bytes + 126, "IM", 2) != 0 && memcmp(bytes + 126, "MI", 2) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected the byte-order mark IM or MI at byte 126, found %02x %02x",
                        path, (unsigned char)bytes[126], (unsigned char)bytes[127]);
    swapped =
        memcmp(bytes + 126, "MI", 2) == 0; // the file's order is not this machine's (little endian)
    while (at < n) {
        uint32_t type, length;

        if (n - at < TAG)
            return h4l_fail(
                err, H4L_E_DATA,
                "%s: truncated: expected an element's 8-byte tag at byte %zu, found %zu bytes",
                path, at, n - at);
        type = read_u32(bytes + at, swapped);
        length = read_u32(bytes + at + 4, swapped);
        if (type != MI_MATRIX && type != MI_COMPRESSED)
            return h4l_fail(
                err, H4L_E_DATA,
                "%s: corrupt: expected a matrix element (type 14 or 15) at byte %zu, found type %u",
                path, at, type);
        if (length > n - at - TAG)
            return h4l_fail(
                err, H4L_E_DATA,
                "%s: truncated: expected %u bytes of an element from byte %zu on, found %zu", path,
                length, at + TAG, n - at - TAG);
        code = check_element(path, bytes, at, type, length, swapped, err);
        if (code)
            return code;
        at += TAG + length;
    }
    return H4L_OK;
}

// ---- the variable ----

static const char *class_name(enum matio_classes class_type)
{
    static const struct {
        enum matio_classes type;
        const char *name;
    } classes[] = {
        {MAT_C_DOUBLE, "double"}, {MAT_C_SINGLE, "single"}, {MAT_C_CHAR, "char"},
        {MAT_C_CELL, "cell"},     {MAT_C_STRUCT, "struct"}, {MAT_C_SPARSE, "sparse"},
    };

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].type == class_type)
            return classes[i].name;
    return "another class (integers?)";
}

static int check_variable(const char *path, const char *name, const matvar_t *var, size_t rows,
                          size_t columns, struct h4l_err *err)
{
    if (var->rank != 2 || !var->dims || var->dims[0] != rows || var->dims[1] != columns)
        return h4l_fail(err, H4L_E_DATA, "%s: expected %s to be %zu x %zu, found %zu x %zu%s", path,
                        name, rows, columns, var->dims && var->rank > 0 ? var->dims[0] : 0,
                        var->dims && var->rank > 1 ? var->dims[1] : 0,
                        var->rank > 2 ? " x ..." : "");
    if (var->class_type != MAT_C_DOUBLE || var->isComplex)
        return h4l_fail(err, H4L_E_DATA, "%s: expected %s to hold real doubles, found %s%s", path,
                        name, class_name(var->class_type), var->isComplex ? " (complex)" : "");
    return H4L_OK;
}

// libmatio gives the first of two variables of one name: which of them was meant nobody knows.
static int check_once(mat_t *mat, const char *path, const char *name, struct h4l_err *err)
{
    size_t found = 0;
    matvar_t *var;

    Mat_Rewind(mat);
    while ((var = Mat_VarReadNextInfo(mat))) {
        found += var->name && strcmp(var->name, name) == 0;
        Mat_VarFree(var);
    }
    Mat_Rewind(mat);
    if (found > 1)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected one variable %s, found %zu of that name; save it once", path,
                        name, found);
    return H4L_OK;
}

static int copy_values(const char *path, const char *name, const matvar_t *var, size_t rows,
                       size_t columns, double **ret, struct h4l_err *err)
{
    const double *data = var->data;
    double *values;

    if (!data || var->data_size != (int)sizeof(double) ||
        var->nbytes != rows * columns * sizeof(double))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: corrupt: expected %zu bytes of values in %s, found %zu", path,
                        rows * columns * sizeof(double), name, data ? var->nbytes : 0);
    values = malloc(rows * columns * sizeof *values);
    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "%s: no memory for %zu x %zu values", path, rows,
                        columns);
    for (size_t c = 0; c < columns; c++)
        for (size_t r = 0; r < rows; r++) {
            double x = data[c * rows + r]; // column-major in the file
            if (!isfinite(x)) {
                free(values);
                return h4l_fail(err, H4L_E_DATA,
                                "%s: expected finite values in %s, found %g at (%zu, %zu)", path,
                                name, x, r + 1, c + 1);
            }
            values[r * columns + c] = x;
        }
    *ret = values;
    return H4L_OK;
}

int h4l_mat_read(const char *path, const char *name, size_t rows, size_t columns,
                 double **ret_row_major, struct h4l_err *err)
{
    char *bytes = NULL;
    size_t n = 0;
    mat_t *mat;
    matvar_t *var = NULL;
    int code = h4l_read_file(path, LIMIT, &bytes, &n, err);

    if (code)
        return code;
    code = check_container(path, bytes, n, err);
    free(bytes);
    if (code)
        return code;
    mat = Mat_Open(path, MAT_ACC_RDONLY);
    if (!mat)
        return h4l_fail(err, H4L_E_DATA, "%s: libmatio cannot open it as a MATLAB 5.0 MAT-file",
                        path);
    var = Mat_VarReadInfo(mat, name);
    if (!var)
        code = h4l_fail(err, H4L_E_DATA, "%s: expected a variable %s, found none of that name",
                        path, name);
    if (!code)
        code = check_once(mat, path, name, err);
    if (!code)
        code = check_variable(path, name, var, rows, columns, err);
    if (!code && Mat_VarReadDataAll(mat, var) != 0)
        code =
            h4l_fail(err, H4L_E_DATA, "%s: corrupt: the values of %s cannot be read", path, name);
    if (!code)
        code = copy_values(path, name, var, rows, columns, ret_row_major, err);
    Mat_VarFree(var);
    Mat_Close(mat);
    return code;
}

#else

int h4l_mat_read(const char *path, const char *name, size_t rows, size_t columns,
                 double **ret_row_major, struct h4l_err *err)
{
    (void)name;
    (void)rows;
    (void)columns;
    (void)ret_row_major;
    return h4l_fail(err, H4L_E_SKIP,
                    "%s: this build cannot read MATLAB files: install libmatio-dev, then configure "
                    "and build again",
                    path);
}

#endif
