// The cells of a sweep: what is taken has a family, a folder each and a bounded number.
#include "fuzz.h"
#include "sweep/sweep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct h4l_sweep_cells cells = {0};
    struct h4l_err err = {0};
    int code = h4l_sweep_cells_parse(text, &cells, &err);

    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        FUZZ_CHECK(cells.n > 0 && cells.n <= 100000);
        for (size_t i = 0; i < cells.n; i++)
            FUZZ_CHECK(cells.cell[i].words[0] && strlen(cells.cell[i].id) == 12);
        h4l_sweep_cells_free(&cells);
    }
    free(text);
    return 0;
}
