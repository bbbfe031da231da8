// The cells of a sweep: comments, braces, ranges, what is wrong.
#include "check.h"
#include "tests/scratch.h"

#include <limits.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "hh4lif_config.h"
#include "sweep/join.h"
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
    CHECK_INT(cells.cell[0].line, 3);
    CHECK_INT(cells.cell[6].line, 4);
    h4l_sweep_cells_free(&cells);
    // An empty choice leaves a word out; the folder depends on the cell alone.
    CHECK_OK(h4l_sweep_cells_parse("a {,--x}\n", &cells, &err), err);
    CHECK_STR(cells.cell[0].text, "a");
    CHECK_STR(cells.cell[1].text, "a --x");
    h4l_sweep_cells_free(&cells);
    // A range that is none is a list of one; a byte-order mark and negative numbers.
    CHECK_OK(h4l_sweep_cells_parse("\xef\xbb\xbf"
                                   "a {1..x} {-1..1}\r\n",
                                   &cells, &err),
             err);
    CHECK_INT(cells.n, 3);
    CHECK_STR(cells.cell[0].text, "a 1..x -1");
    CHECK_STR(cells.cell[2].text, "a 1..x 1");
    h4l_sweep_cells_free(&cells);
    CHECK_OK(h4l_sweep_cells_parse("a {9223372036854775806..9223372036854775807}", &cells, &err),
             err);
    CHECK_INT(cells.n, 2);
    CHECK_STR(cells.cell[1].text, "a 9223372036854775807");
    h4l_sweep_cells_free(&cells);
}

// A list of n values.
static char *list_of(int n)
{
    char *text = malloc(8 * (size_t)n + 32), *end = stpcpy(text, "a {");

    for (int i = 0; i < n; i++)
        end += sprintf(end, "%sv%d", i ? "," : "", i);
    strcpy(end, "}");
    return text;
}

// Processor seconds of reading n cells from one list of as many values.
static double seconds_of(int n)
{
    struct h4l_sweep_cells cells;
    struct h4l_err err = {0};
    char *text = list_of(n), last[16];
    clock_t start = clock();

    CHECK_OK(h4l_sweep_cells_parse(text, &cells, &err), err);
    CHECK_INT(cells.n, n);
    snprintf(last, sizeof last, "a v%d", n - 1);
    CHECK_STR(cells.cell[n - 1].text, last);
    h4l_sweep_cells_free(&cells);
    free(text);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

// As many cells as are allowed take about ten times as long as a tenth of them: the square of their number would be a hundred times.
static void test_many(void **state)
{
    enum { MOST = 100000 };
    struct h4l_sweep_cells cells;
    struct h4l_err err = {0};
    double few = seconds_of(MOST / 10), many = seconds_of(MOST);
    char *text = list_of(MOST);

    (void)state;
    CHECK_AT_MOST(many / few, 40);
    strcpy(text + strlen(text) - 1, ",more}");
    CHECK_INT(h4l_sweep_cells_parse(text, &cells, &err), H4L_E_USAGE);
    CHECK_TRUE(strstr(err.message, "line 1: its braces give more than 100000 cells") != NULL);
    free(text);
}

// One long line many times over: refused by its length, not when the memory is full.
static void test_long(void **state)
{
    enum { LENGTH = 1 << 20 };
    struct h4l_sweep_cells cells;
    struct h4l_err err = {0};
    char *text = malloc(LENGTH + 16);

    (void)state;
    memset(text, 'x', LENGTH);
    memcpy(text, "a ", 2);
    strcpy(text + LENGTH, "{1..90000}");
    CHECK_INT(h4l_sweep_cells_parse(text, &cells, &err), H4L_E_USAGE);
    CHECK_TRUE(strstr(err.message, "line 1: the cells are longer than") != NULL);
    free(text);
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
                 {"a\n{,}", "line 2: \"\" is no experiment family"},
                 {"a {1..9223372036854775807}", "must rise and have at most"},
                 {"a {-9223372036854775808..9223372036854775807}", "must rise and have at most"},
                 {"a {9223372036854775807..9223372036854775808}", "must rise and have at most"},
                 {"a {1..99999999999999999999}", "must rise and have at most"},
                 {"a\na {1..1000}{1..1000}", "line 2: its braces give more than 100000 cells"},
                 {"a {1..60000}\na {1..40001} x", "line 2: with it the file has more than"},
                 {"a {x,y,x}\nb", "line 1: the cell \"a x\" is there twice"},
                 {"a 1\nb\na {1..2}", "line 3: the cell \"a 1\" is there twice"},
                 {"a x\na   x\n", "twice"},
                 {"--case fc-hh", "no experiment family"},
                 {"a # \xe4\na \xe4", "line 2: expected text in UTF-8"}};

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

static const char *const joined[] = {"toy/a.json", "toy/table.csv", "sweep.csv"};
enum { JOINED = 3 };

// What the two cells of a sweep over seeds left.
static void leave(const struct h4l_sweep_cell *cell, int seed, const char *metrics)
{
    struct h4l_err err = {0};
    char path[300], text[700];

    snprintf(path, sizeof path, "%s/%s", dir, cell->id);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/%s/toy", dir, cell->id);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/%s/toy/a.json", dir, cell->id);
    snprintf(text, sizeof text,
             "{\"schema\": \"hh4lif.result/1\", \"family\": \"toy\", \"case\": \"a\", \"tier\": "
             "\"quick\", \"seed\": %d, \"parameters\": {\"seeds\": 1}, \"metrics\": {%s, \"of\": "
             "{\"x\": [%d], \"same\": 2}, \"flag\": true, \"m_over_seeds\": [7], \"seeds\": [%d]}, "
             "\"series\": [], \"provenance\": {\"git_commit\": \"unknown\"}}",
             seed, metrics, 3 * seed, seed);
    CHECK_OK(h4l_file_write(path, text, &err), err);
    snprintf(path, sizeof path, "%s/%s/toy/table.csv", dir, cell->id);
    snprintf(text, sizeof text, "value\n%d\n", seed);
    CHECK_OK(h4l_file_write(path, text, &err), err);
    snprintf(path, sizeof path, "%s/%s/done", dir, cell->id);
    snprintf(text, sizeof text, "status 0 seconds 1.000\n%s\n", cell->text);
    CHECK_OK(h4l_file_write(path, text, &err), err);
}

// The bytes of a joined file, to be freed; NULL: it is not there.
static char *bytes_of(const char *name)
{
    char path[300], *text = NULL;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return h4l_read_file(path, 1 << 20, &text, &n, NULL) == H4L_OK ? text : NULL;
}

static int asked, stop_at;

static bool stops(void)
{
    return ++asked >= stop_at;
}

// Whenever the user stops a join: it says so, a joined file is whole or not there, and the next join makes all of them.
static void test_stopped(void **state)
{
    struct h4l_sweep_cells cells;
    struct h4l_err err = {0};
    char *whole[JOINED], path[300];
    json_t *root, *all;
    int questions;

    (void)state;
    CHECK_OK(h4l_sweep_cells_parse("toy --seed {1,2}", &cells, &err), err);
    leave(&cells.cell[0], 1, "\"m\": [10]");
    leave(&cells.cell[1], 2, "\"m\": [20]");
    stop_at = INT_MAX;
    CHECK_OK(h4l_sweep_join(dir, &cells, stops, &err), err);
    questions = asked;
    CHECK_TRUE(questions >= 4); // two tables and two results at least
    for (int i = 0; i < JOINED; i++) {
        whole[i] = bytes_of(joined[i]);
        CHECK_TRUE(whole[i] != NULL);
    }
    CHECK_OK(h4l_json_parse(whole[0], strlen(whole[0]), 0, &root, NULL), err);
    all = json_object_get(root, "metrics");
    CHECK_INT(json_integer_value(json_array_get(json_object_get(all, "m"), 1)), 20);
    CHECK_INT(
        json_integer_value(json_array_get(json_object_get(json_object_get(all, "of"), "x"), 1)), 6);
    CHECK_INT(json_integer_value(json_object_get(json_object_get(all, "of"), "same")), 2);
    CHECK_TRUE(!json_object_get(all, "m_over_seeds"));
    CHECK_TRUE(strstr(whole[2], ",true,") != NULL);
    json_decref(root);
    for (stop_at = 1; stop_at <= questions; stop_at++) {
        for (int over = 0; over < 2; over++) { // into a folder without joined files, and over them
            for (int i = 0; !over && i < JOINED; i++) {
                snprintf(path, sizeof path, "%s/%s", dir, joined[i]);
                unlink(path);
            }
            asked = 0;
            CHECK_INT(h4l_sweep_join(dir, &cells, stops, &err), H4L_E_INTERRUPT);
            CHECK_TRUE(strstr(err.message, "--join does it again") != NULL);
            for (int i = 0; i < JOINED; i++) {
                char *now = bytes_of(joined[i]);

                CHECK_TRUE(!now || strcmp(now, whole[i]) == 0);
                free(now);
            }
            CHECK_OK(h4l_sweep_join(dir, &cells, NULL, &err), err);
            for (int i = 0; i < JOINED; i++) {
                char *now = bytes_of(joined[i]);

                CHECK_STR(now, whole[i]);
                free(now);
            }
        }
    }
    for (int i = 0; i < JOINED; i++)
        free(whole[i]);
    h4l_sweep_cells_free(&cells);
}

// Cells of one case whose results have different metrics are not joined, and the file is named.
static void test_apart(void **state)
{
    struct h4l_sweep_cells cells;
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_sweep_cells_parse("toy --seed {3,4}", &cells, &err), err);
    leave(&cells.cell[0], 3, "\"m\": [10]");
    leave(&cells.cell[1], 4, "\"other\": [20]");
    CHECK_INT(h4l_sweep_join(dir, &cells, NULL, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "toy/a.json: the cells' results have different metrics"));
    h4l_sweep_cells_free(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_committed), cmocka_unit_test(test_cells),
        cmocka_unit_test(test_wrong),     cmocka_unit_test(test_many),
        cmocka_unit_test(test_long),      cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_apart),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
