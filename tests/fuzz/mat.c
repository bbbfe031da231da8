// MATLAB files: what is taken is finite.
#include <math.h>

#include "data/mat.h"
#include "fuzz.h"

enum { ROWS = 3, COLUMNS = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_err err = {0};
    double *values = NULL;
    int code = h4l_mat_read(file.path, "W", ROWS, COLUMNS, &values, &err);

    if (code != H4L_E_SKIP)
        fuzz_answer(code, &err);
    for (size_t i = 0; code == H4L_OK && i < ROWS * COLUMNS; i++)
        FUZZ_CHECK(isfinite(values[i]));
    free(values);
    fuzz_close(&file);
    return 0;
}
