// Current files: what is taken has finite values and means.
#include <math.h>

#include "fuzz.h"
#include "sim/waveform.h"

static void try_one(const char *path, enum h4l_wave_join join)
{
    struct h4l_wave wave = {0};
    struct h4l_err err = {0};
    int code = h4l_wave_file(path, join, &wave, &err);

    fuzz_answer(code, &err);
    if (code)
        return;
    FUZZ_CHECK(h4l_wave_check(&wave, &err) == H4L_OK);
    for (double t = -1; t < 20; t += 0.7)
        FUZZ_CHECK(isfinite(h4l_wave_value(&wave, t)));
    FUZZ_CHECK(isfinite(h4l_wave_mean(&wave, 0, 3)));
    h4l_wave_free(&wave);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);

    try_one(file.path, H4L_WAVE_HOLD);
    try_one(file.path, H4L_WAVE_LINEAR);
    fuzz_close(&file);
    return 0;
}
