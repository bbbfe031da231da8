#include "data/png_image.h"

#include "hh4lif_config.h"

#if H4L_HAVE_PNG

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { LIMIT = 1 << 24 };

struct source {
    const char *bytes;
    size_t n, at;
    char message[200]; // of libpng's error
};

static void read_bytes(png_structp png, png_bytep ret, size_t n)
{
    struct source *source = png_get_io_ptr(png);

    if (n > source->n - source->at)
        png_error(png, "the file ends too early");
    memcpy(ret, source->bytes + source->at, n);
    source->at += n;
}

static void note_error(png_structp png, png_const_charp message)
{
    struct source *source = png_get_error_ptr(png);

    snprintf(source->message, sizeof source->message, "%s", message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static const char *colour_name(int colour)
{
    switch (colour) {
    case PNG_COLOR_TYPE_GRAY:
        return "greyscale";
    case PNG_COLOR_TYPE_GRAY_ALPHA:
        return "greyscale with alpha";
    case PNG_COLOR_TYPE_PALETTE:
        return "palette";
    case PNG_COLOR_TYPE_RGB:
        return "RGB";
    default:
        return "RGBA";
    }
}

// libpng leaves by longjmp on an error: nothing here owns memory, and nothing changed after setjmp is read behind it.
static int decode(png_structp png, png_infop info, const char *path, struct source *source,
                  size_t rows, size_t columns, uint8_t *pixels, png_bytep *row_at,
                  struct h4l_err *err)
{
    png_uint_32 width, height;
    int depth, colour;

    if (setjmp(png_jmpbuf(png)))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: truncated or corrupt PNG image at byte %zu of %zu: %s", path,
                        source->at, source->n, source->message);
    png_set_read_fn(png, source, read_bytes);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, info);
    png_get_IHDR(png, info, &width, &height, &depth, &colour, NULL, NULL, NULL);
    if (width != columns || height != rows || depth != 8 || colour != PNG_COLOR_TYPE_GRAY)
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: expected a greyscale PNG image of %zu x %zu pixels, 8 bits each, found %s, "
            "%u x %u pixels, %d bits each",
            path, columns, rows, colour_name(colour), (unsigned)width, (unsigned)height, depth);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    for (size_t r = 0; r < rows; r++)
        row_at[r] = pixels + r * columns;
    png_read_image(png, row_at);
    png_read_end(png, NULL);
    return H4L_OK;
}

int h4l_png_read_grey(const char *path, size_t rows, size_t columns, uint8_t *ret_pixels,
                      struct h4l_err *err)
{
    struct source source = {0};
    char *bytes = NULL;
    uint8_t *pixels = NULL;
    png_bytep *row_at = NULL;
    png_structp png = NULL;
    png_infop info = NULL;
    int code = h4l_read_file(path, LIMIT, &bytes, &source.n, err);

    if (code)
        return code;
    source.bytes = bytes;
    if (source.n < 8 || png_sig_cmp((png_const_bytep)bytes, 0, 8) != 0) {
        code =
            h4l_fail(err, H4L_E_DATA, "%s: expected a PNG image, found another format (%zu bytes)",
                     path, source.n);
        goto end;
    }
    pixels = malloc(rows * columns);
    row_at = malloc(rows * sizeof *row_at);
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, note_error, ignore_warning);
    info = png ? png_create_info_struct(png) : NULL;
    if (!pixels || !row_at || !info) {
        code = h4l_fail(err, H4L_E_NOMEM, "%s: no memory for an image of %zu x %zu", path, columns,
                        rows);
        goto end;
    }
    code = decode(png, info, path, &source, rows, columns, pixels, row_at, err);
    if (!code)
        memcpy(ret_pixels, pixels, rows * columns);
end:
    if (png)
        png_destroy_read_struct(&png, info ? &info : NULL, NULL);
    free(row_at);
    free(pixels);
    free(bytes);
    return code;
}

#else

int h4l_png_read_grey(const char *path, size_t rows, size_t columns, uint8_t *ret_pixels,
                      struct h4l_err *err)
{
    (void)rows;
    (void)columns;
    (void)ret_pixels;
    return h4l_fail(
        err, H4L_E_SKIP,
        "%s: this build cannot read PNG images: install libpng-dev, then configure and build again",
        path);
}

#endif
