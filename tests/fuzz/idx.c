// IDX files, plain and gzip: what is taken holds what its shape says.
#include "data/idx.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);

    for (int dims = 1; dims <= 3; dims++) {
        struct h4l_idx idx = {0};
        struct h4l_err err = {0};
        int code = h4l_idx_read(file.path, dims, &idx, &err);
        size_t n = 1;
        unsigned sum = 0;

        fuzz_answer(code, &err);
        for (int i = 0; code == H4L_OK && i < dims; i++)
            n *= idx.shape[i];
        for (size_t i = 0; code == H4L_OK && i < n; i++)
            sum += idx.values[i];
        FUZZ_CHECK(code || sum <= 255 * n);
        h4l_idx_free(&idx);
    }
    fuzz_close(&file);
    return 0;
}
