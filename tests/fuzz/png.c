// PNG images of the one size that the suite reads.
#include "data/png_image.h"
#include "fuzz.h"

enum { SIDE = 28 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_err err = {0};
    uint8_t *pixels = malloc((size_t)SIDE * SIDE); // of its own, so that a write behind it is seen
    int code = h4l_png_read_grey(file.path, SIDE, SIDE, pixels, &err);

    if (code != H4L_E_SKIP)
        fuzz_answer(code, &err);
    free(pixels);
    fuzz_close(&file);
    return 0;
}
