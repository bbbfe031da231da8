// The cells of a sweep: comments, braces, ranges, what is wrong.
#include "check.h"

#include "base/file.h"
#include "hh4lif_config.h"
#include "sweep/sweep.h"

static void test_cells(void **state)
{
    struct h4l_sweep_cells cells;
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_sweep_cells_parse(
                 "# a sweep\n\n  multitask   --case {fc-lif,fc-hh} --seed {1..3} # six cells\n"
                 "dynamics --case fi-curve\r\n",
                 &cells, &err),
             err);
    CHECK_INT(cells.n, 7);
    CHECK_STR(cells.cell[0].text, "multitask --case fc-lif --seed 1");
    CHECK_STR(cells.cell[2].text, "multitask --case fc-lif --seed 3");
    CHECK_STR(cells.cell[5].text, "multitask --case fc-hh --seed 3");
    CHECK_STR(cells.cell[6].text, "dynamics --case fi-curve");
    CHECK_STR(cells.cell[6].words[0], "dynamics");
    CHECK_STR(cells.cell[6].words[2], "fi-curve");
    CHECK_TRUE(cells.cell[6].words[3] == NULL);
    CHECK_INT(strlen(cells.cell[0].id), 12);
    CHECK_TRUE(strcmp(cells.cell[0].id, cells.cell[1].id) != 0);
    h4l_sweep_cells_free(&cells);
    // An empty choice leaves a word out; the folder depends on the cell alone.
    CHECK_OK(h4l_sweep_cells_parse("a {,--x}\n", &cells, &err), err);
    CHECK_STR(cells.cell[0].text, "a");
    CHECK_STR(cells.cell[1].text, "a --x");
    h4l_sweep_cells_free(&cells);
}

static void test_wrong(void **state)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {{"", "no cell"},
                 {"# nothing\n", "no cell"},
                 {"a\nb {1,2", "line 2"},
                 {"a {1,{2}}", "expected {a,b,c}"},
                 {"a {}", "expected {a,b,c}"},
                 {"a {5..3}", "must rise"},
                 {"a {0..100000}", "at most"},
                 {"a x\na   x\n", "twice"},
                 {"--case fc-hh", "no experiment family"}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct h4l_sweep_cells cells = {.n = 77};
        struct h4l_err err = {0};

        CHECK_INT(h4l_sweep_cells_parse(wrong[i].text, &cells, &err), H4L_E_USAGE);
        printf("%s\n", err.message);
        CHECK_TRUE(strstr(err.message, wrong[i].says) != NULL);
        CHECK_INT(cells.n, 77);
    }
}

// The committed sweeps are what their comments say.
static void test_committed(void **state)
{
    static const struct {
        const char *path;
        size_t cells;
    } files[] = {{H4L_SOURCE_DIR "/experiments/multitask/width.cells", 2 * 3},
                 {H4L_SOURCE_DIR "/experiments/multitask/reference.cells", 25 + 12 + 12 + 10 + 12}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct h4l_sweep_cells cells;
        struct h4l_err err = {0};
        char *text;
        size_t n;

        CHECK_OK(h4l_read_file(files[i].path, 1 << 20, &text, &n, &err), err);
        CHECK_OK(h4l_sweep_cells_parse(text, &cells, &err), err);
        CHECK_INT(cells.n, files[i].cells);
        h4l_sweep_cells_free(&cells);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_committed),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
