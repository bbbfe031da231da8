// The declaration of a series: what its header takes from it, and what it refuses.
#include <stdlib.h>
#include <string.h>

#include "base/series.h"
#include "check.h"

static const struct h4l_column columns[] = {{"t_ms", "ms", "time"},
                                            {"rate_*_Hz", "Hz", "rate of *"},
                                            {"model", "*", "which neuron"},
                                            {"name", "", "a text"}};
static const struct h4l_series series = H4L_SERIES("run-*.csv", "step", columns);

static void test_header(void **state)
{
    struct h4l_header header = {.series = &series};
    struct h4l_err err = {0};
    char *file = h4l_series_file(&series, "const");
    (void)state;

    h4l_header_add(&header, "t_ms", NULL);
    h4l_header_add(&header, "rate_*_Hz", "hh");
    h4l_header_add(&header, "rate_*_Hz", "adex");
    h4l_header_add(&header, "model", "0 HH, 1 AdEx");
    CHECK_OK(h4l_header_check(&header, &err), err);
    CHECK_INT(header.n, 4);
    CHECK_STR(header.name[1], "rate_hh_Hz");
    CHECK_STR(header.name[2], "rate_adex_Hz");
    CHECK_STR(header.unit[2], "Hz");
    CHECK_STR(header.name[3], "model");
    CHECK_STR(header.unit[3], "0 HH, 1 AdEx");
    CHECK_STR(file, "run-const.csv");
    free(file);
}

// The message of the first wrong column.
static void refuses(const char *column, const char *star, const char *message)
{
    struct h4l_header header = {.series = &series};
    struct h4l_err err = {0};

    h4l_header_add(&header, column, star);
    h4l_header_add(&header, "none of these", NULL);
    CHECK_INT(h4l_header_check(&header, &err), H4L_E_INTERNAL);
    CHECK_TRUE(strstr(err.message, message));
    CHECK_TRUE(strstr(err.message, column));
}

static void test_refusals(void **state)
{
    struct h4l_header header = {.series = &series};
    struct h4l_err err = {0};
    (void)state;

    refuses("t_s", NULL, "not declared");
    refuses("rate_*_Hz", NULL, "nothing stands for its '*'");
    refuses("model", NULL, "nothing stands for its '*'");
    refuses("rate_*_Hz", "a name of sixty letters and more, which no neuron should have here",
            "too long");
    for (int i = 0; i <= H4L_COLUMNS; i++)
        h4l_header_add(&header, "t_ms", NULL);
    CHECK_INT(h4l_header_check(&header, &err), H4L_E_INTERNAL);
    CHECK_TRUE(strstr(err.message, "too many"));
    CHECK_INT(header.n, H4L_COLUMNS);
}

static void test_list(void **state)
{
    const struct h4l_series *const list[] = {&series};
    char text[1000] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    (void)state;

    h4l_series_list(to, list, 1);
    fclose(to);
    CHECK_STR(text, "### `run-*.csv`\n\nA row for each step.\n\n| column | unit | meaning |\n"
                    "|---|---|---|\n| `t_ms` | ms | time |\n| `rate_*_Hz` | Hz | rate of * |\n"
                    "| `model` | key | which neuron |\n| `name` | — | a text |\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_header),
                                       cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_list)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
