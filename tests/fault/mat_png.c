// Damaged, foreign and misshapen .mat and .png files: always H4L_E_DATA with the file's name, never a crash, never a half-read result.
#include "check.h"

#include <unistd.h>

#include "data/mat.h"
#include "data/png_image.h"
#include "hh4lif_config.h"

static char folder[] = "mat-png-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[2][200];
    static int turn;

    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *file;

    unlink(
        path); // ext4 flushes a file that is truncated and rewritten; a thousand of those take seconds
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static size_t read_whole(const char *path, char *ret, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t n;

    assert_non_null(file);
    n = fread(ret, 1, room, file);
    assert_true(n < room);
    fclose(file);
    return n;
}

static void check_refusal(int code, const struct h4l_err *err, const char *file, const char *words)
{
    h4l_check(code == H4L_E_DATA && strstr(err->message, file) && strstr(err->message, words),
              __FILE__, __LINE__, "refused: %s", err->message);
}

#if H4L_HAVE_MATIO
#include <matio.h>

enum { ROWS = 12, COLUMNS = 5 };
static double values[ROWS * COLUMNS]; // column-major

static void write_mat(const char *path, int compressed, const char *name, size_t rows,
                      size_t columns, enum matio_classes class_type, enum matio_types type,
                      void *data)
{
    mat_t *mat = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
    size_t dims[2] = {rows, columns};
    matvar_t *var = Mat_VarCreate(name, class_type, type, 2, dims, data, 0);

    assert_non_null(mat);
    assert_non_null(var);
    assert_int_equal(
        Mat_VarWrite(mat, var, compressed ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE), 0);
    Mat_VarFree(var);
    Mat_Close(mat);
}

static void check_values(const double *W)
{
    int wrong = 0;

    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++)
            wrong += W[r * COLUMNS + c] != values[c * ROWS + r];
    CHECK_INT(wrong, 0);
}

static void test_mat_whole(void **state)
{
    struct h4l_err err;

    (void)state;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        values[i] = 0.25 * i - 3;
    for (int compressed = 0; compressed < 2; compressed++) {
        double *W = NULL;

        write_mat(in_folder("whole.mat"), compressed, "W01", ROWS, COLUMNS, MAT_C_DOUBLE,
                  MAT_T_DOUBLE, values);
        CHECK_OK(h4l_mat_read(in_folder("whole.mat"), "W01", ROWS, COLUMNS, &W, &err), err);
        check_values(W);
        free(W);
    }
}

// The same variable twice, as a file that was appended to: refused, whatever stands in them.
static void test_mat_twice(void **state)
{
    static char bytes[1 << 14], more[1 << 14];
    double untouched = 7, *W = &untouched;
    struct h4l_err err;

    (void)state;
    for (int compressed = 0; compressed < 2; compressed++) {
        size_t n, n_more;

        write_mat(in_folder("whole.mat"), compressed, "W01", ROWS, COLUMNS, MAT_C_DOUBLE,
                  MAT_T_DOUBLE, values);
        n = read_whole(in_folder("whole.mat"), bytes, sizeof bytes);
        write_mat(in_folder("other.mat"), compressed, "W02", ROWS, COLUMNS, MAT_C_DOUBLE,
                  MAT_T_DOUBLE, values);
        n_more = read_whole(in_folder("other.mat"), more, sizeof more) - 128;
        memcpy(bytes + n, more + 128, n_more);
        write_file(in_folder("both.mat"), bytes, n + n_more);
        CHECK_OK(h4l_mat_read(in_folder("both.mat"), "W01", ROWS, COLUMNS, &W, &err), err);
        check_values(W);
        free(W);
        W = &untouched;
        memcpy(bytes + n, bytes + 128, n - 128);
        write_file(in_folder("twice.mat"), bytes, 2 * n - 128);
        check_refusal(h4l_mat_read(in_folder("twice.mat"), "W01", ROWS, COLUMNS, &W, &err), &err,
                      "twice.mat", "found 2 of that name");
        CHECK_TRUE(W == &untouched);
    }
}

// Cut at every byte: each must be refused, and the output stay as it was.
static void test_mat_truncated(void **state)
{
    static char bytes[1 << 14];
    struct h4l_err err;

    (void)state;
    for (int compressed = 0; compressed < 2; compressed++) {
        size_t n, refused = 0;

        write_mat(in_folder("whole.mat"), compressed, "W01", ROWS, COLUMNS, MAT_C_DOUBLE,
                  MAT_T_DOUBLE, values);
        n = read_whole(in_folder("whole.mat"), bytes, sizeof bytes);
        for (size_t cut = 0; cut < n; cut++) {
            double untouched = 7, *W = &untouched;
            int code;

            write_file(in_folder("cut.mat"), bytes, cut);
            code = h4l_mat_read(in_folder("cut.mat"), "W01", ROWS, COLUMNS, &W, &err);
            refused +=
                code == H4L_E_DATA && W == &untouched && strstr(err.message, "cut.mat") != NULL;
        }
        CHECK_INT(refused, n);
    }
}

// One flipped bit anywhere: refused, or harmless (a compressed file's checksum guards its values).
static void test_mat_flipped(void **state)
{
    static char bytes[1 << 14];
    struct h4l_err err;
    size_t n, refused = 0, harmless = 0;

    (void)state;
    write_mat(in_folder("whole.mat"), 1, "W01", ROWS, COLUMNS, MAT_C_DOUBLE, MAT_T_DOUBLE, values);
    n = read_whole(in_folder("whole.mat"), bytes, sizeof bytes);
    for (size_t at = 0; at < n; at++) {
        double *W = NULL;
        int code, wrong = 0;

        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        write_file(in_folder("flip.mat"), bytes, n);
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        code = h4l_mat_read(in_folder("flip.mat"), "W01", ROWS, COLUMNS, &W, &err);
        for (int r = 0; code == H4L_OK && r < ROWS; r++)
            for (int c = 0; c < COLUMNS; c++)
                wrong += W[r * COLUMNS + c] != values[c * ROWS + r];
        harmless += code == H4L_OK && wrong == 0;
        refused += code == H4L_E_DATA;
        free(W);
    }
    CHECK_INT(refused + harmless, n);
    CHECK_AT_LEAST(refused, n / 2); // all but the header's text
}

static void test_mat_wrong_content(void **state)
{
    static float singles[ROWS * COLUMNS];
    double bad[ROWS * COLUMNS], untouched = 7, *W = &untouched;
    char text[100] = "MATLAB 5.0 MAT-file, but not quite";
    struct h4l_err err;
    int code;

    (void)state;
    code = h4l_mat_read(in_folder("absent.mat"), "W01", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "absent.mat", "No such file");
    write_file(in_folder("foreign.mat"), "PK\3\4 something else", 19);
    code = h4l_mat_read(in_folder("foreign.mat"), "W01", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "foreign.mat", "MATLAB 5.0");
    write_file(in_folder("short.mat"), text, sizeof text);
    code = h4l_mat_read(in_folder("short.mat"), "W01", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "short.mat", "MATLAB 5.0");

    write_mat(in_folder("a.mat"), 1, "W01", ROWS, COLUMNS, MAT_C_DOUBLE, MAT_T_DOUBLE, values);
    code = h4l_mat_read(in_folder("a.mat"), "W12", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "a.mat", "W12");
    code = h4l_mat_read(in_folder("a.mat"), "W01", COLUMNS, ROWS, &W, &err);
    check_refusal(code, &err, "a.mat", "expected W01 to be 5 x 12, found 12 x 5");
    write_mat(in_folder("s.mat"), 0, "W01", ROWS, COLUMNS, MAT_C_SINGLE, MAT_T_SINGLE, singles);
    code = h4l_mat_read(in_folder("s.mat"), "W01", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "s.mat", "real doubles, found single");
    memcpy(bad, values, sizeof bad);
    bad[2 * ROWS + 3] = NAN;
    write_mat(in_folder("nan.mat"), 1, "W01", ROWS, COLUMNS, MAT_C_DOUBLE, MAT_T_DOUBLE, bad);
    code = h4l_mat_read(in_folder("nan.mat"), "W01", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "nan.mat", "at (4, 3)");
    bad[2 * ROWS + 3] = INFINITY;
    write_mat(in_folder("inf.mat"), 0, "W01", ROWS, COLUMNS, MAT_C_DOUBLE, MAT_T_DOUBLE, bad);
    code = h4l_mat_read(in_folder("inf.mat"), "W01", ROWS, COLUMNS, &W, &err);
    check_refusal(code, &err, "inf.mat", "finite");
    // A few hundred bytes that announce gigabytes of dimensions, cells or letters: libmatio would make room for them.
    static const char *const beyond[] = {"dimensions_beyond", "cells_beyond", "opaque_beyond",
                                         "name_beyond"};
    for (int i = 0; i < 4; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/tests/fuzz/corpus/mat/%s", H4L_SOURCE_DIR, beyond[i]);
        code = h4l_mat_read(path, "W", ROWS, COLUMNS, &W, &err);
        check_refusal(code, &err, beyond[i], "up to 32 dimensions");
    }
    assert_true(W == &untouched);
}
#else
static void test_mat_without_library(void **state)
{
    double *W = NULL;
    struct h4l_err err;

    (void)state;
    CHECK_INT(h4l_mat_read("any.mat", "W01", 1, 1, &W, &err), H4L_E_SKIP);
    CHECK_TRUE(strstr(err.message, "libmatio") != NULL);
}
#endif

#if H4L_HAVE_PNG
#include <png.h>

enum { SIDE = 28 };
static uint8_t pixels[SIDE * SIDE];

// Writes an image of the given size and format whose bytes are those of `pixels`, over and over.
static void write_png(const char *path, int width, int height, int depth, int colour)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    FILE *file = fopen(path, "wb");
    static uint8_t row[8 * SIDE * 8];

    assert_non_null(file);
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, depth, colour,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (colour == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, (png_color[2]){{0, 0, 0}, {255, 255, 255}}, 2);
    png_write_info(png, info);
    for (int r = 0; r < height; r++) {
        for (size_t i = 0; i < sizeof row; i++)
            row[i] = colour == PNG_COLOR_TYPE_PALETTE
                         ? 0
                         : pixels[((size_t)r * SIDE + i) % sizeof pixels];
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    fclose(file);
}

static void test_png_whole(void **state)
{
    uint8_t got[SIDE * SIDE];
    struct h4l_err err;

    (void)state;
    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = (uint8_t)(i * 7 + i / 28);
    write_png(in_folder("whole.png"), SIDE, SIDE, 8, PNG_COLOR_TYPE_GRAY);
    CHECK_OK(h4l_png_read_grey(in_folder("whole.png"), SIDE, SIDE, got, &err), err);
    CHECK_INT(memcmp(got, pixels, sizeof got), 0);
}

static void test_png_damaged(void **state)
{
    static char bytes[1 << 14];
    uint8_t got[SIDE * SIDE];
    struct h4l_err err;
    size_t n, refused = 0, flips_refused = 0, harmless = 0;

    (void)state;
    write_png(in_folder("whole.png"), SIDE, SIDE, 8, PNG_COLOR_TYPE_GRAY);
    n = read_whole(in_folder("whole.png"), bytes, sizeof bytes);
    for (size_t cut = 0; cut < n; cut++) {
        int code;

        memset(got, 99, sizeof got);
        write_file(in_folder("cut.png"), bytes, cut);
        code = h4l_png_read_grey(in_folder("cut.png"), SIDE, SIDE, got, &err);
        refused += code == H4L_E_DATA && got[0] == 99 && got[SIDE * SIDE - 1] == 99 &&
                   strstr(err.message, "cut.png") != NULL;
    }
    CHECK_INT(refused, n);
    for (size_t at = 0; at < n; at++) {
        int code;

        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        write_file(in_folder("flip.png"), bytes, n);
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        code = h4l_png_read_grey(in_folder("flip.png"), SIDE, SIDE, got, &err);
        flips_refused += code == H4L_E_DATA;
        harmless += code == H4L_OK && memcmp(got, pixels, sizeof got) == 0;
    }
    CHECK_INT(flips_refused + harmless, n);
    CHECK_AT_LEAST(flips_refused, n * 9 / 10); // every chunk has a checksum
}

static void test_png_wrong_content(void **state)
{
    static const struct {
        int width, height, depth, colour;
        const char *found;
    } rows[] = {{27, 28, 8, PNG_COLOR_TYPE_GRAY, "27 x 28"},
                {28, 29, 8, PNG_COLOR_TYPE_GRAY, "28 x 29"},
                {28, 28, 16, PNG_COLOR_TYPE_GRAY, "16 bits"},
                {28, 28, 8, PNG_COLOR_TYPE_RGB, "RGB"},
                {28, 28, 8, PNG_COLOR_TYPE_RGB_ALPHA, "RGBA"},
                {28, 28, 8, PNG_COLOR_TYPE_GRAY_ALPHA, "alpha"},
                {28, 28, 8, PNG_COLOR_TYPE_PALETTE, "palette"}};
    uint8_t got[SIDE * SIDE];
    struct h4l_err err;
    int code;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_png(in_folder("other.png"), rows[i].width, rows[i].height, rows[i].depth,
                  rows[i].colour);
        code = h4l_png_read_grey(in_folder("other.png"), SIDE, SIDE, got, &err);
        check_refusal(code, &err, "other.png", rows[i].found);
    }
    write_file(in_folder("foreign.png"), "GIF89a and more", 15);
    code = h4l_png_read_grey(in_folder("foreign.png"), SIDE, SIDE, got, &err);
    check_refusal(code, &err, "foreign.png", "expected a PNG image");
    code = h4l_png_read_grey(in_folder("absent.png"), SIDE, SIDE, got, &err);
    check_refusal(code, &err, "absent.png", "No such file");
}
#else
static void test_png_without_library(void **state)
{
    uint8_t pixel;
    struct h4l_err err;

    (void)state;
    CHECK_INT(h4l_png_read_grey("any.png", 1, 1, &pixel, &err), H4L_E_SKIP);
    CHECK_TRUE(strstr(err.message, "libpng") != NULL);
}
#endif

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {
        "whole.mat", "cut.mat", "flip.mat", "foreign.mat", "short.mat", "a.mat",
        "s.mat",     "nan.mat", "inf.mat",  "both.mat",    "other.mat", "twice.mat",
        "whole.png", "cut.png", "flip.png", "foreign.png", "other.png"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#if H4L_HAVE_MATIO
        cmocka_unit_test(test_mat_whole),
        cmocka_unit_test(test_mat_twice),
        cmocka_unit_test(test_mat_truncated),
        cmocka_unit_test(test_mat_flipped),
        cmocka_unit_test(test_mat_wrong_content),
#else
        cmocka_unit_test(test_mat_without_library),
#endif
#if H4L_HAVE_PNG
        cmocka_unit_test(test_png_whole),
        cmocka_unit_test(test_png_damaged),
        cmocka_unit_test(test_png_wrong_content),
#else
        cmocka_unit_test(test_png_without_library),
#endif
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
