// CSV tables: what is taken has a name for each column and a value for each cell.
#include "base/csv.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_table table = {0};
    struct h4l_err err = {0};
    int code = h4l_table_read(file.path, &table, &err);

    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        for (size_t i = 0; i < table.rows * table.columns; i++)
            (void)*(volatile double *)&table.values[i]; // read, whatever the compiler makes of it
        for (size_t c = 0; c < table.columns; c++)
            FUZZ_CHECK(h4l_table_column(&table, table.names[c]) >= 0);
        h4l_table_free(&table);
    }
    fuzz_close(&file);
    return 0;
}
