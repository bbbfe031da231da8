// The claims evaluator on small registries and results: every statistic and direction, and everything that
// must be refused.
#include "check.h"
#include "json.h"

#include <jansson.h>

#include "claims/claims.h"

static const char metrics_text[] =
    "{'one': 3, 'text': 'chaos', 'yes': true, 'none': null, 'empty': [], 'flat': [1, -4, 2.5],"
    " 'flat2': [1, -4, 3.5, 9], 'dt': [0.1, 0.01, 0.001], 'error': [0.2, 0.02, 0.002],"
    " 'nested': {'deep': {'value': 7}}, 'seeds': [1, 2, 3, 4, 5],"
    " 'accuracy': [[50, 70], [51, 71], [50, 72], [52, 73], [49, 74]],"
    " 'near': [70.1, 71.3, 71.8, 73.2, 73.9], 'far': [60, 61, 63, 62, 64], 'hole': [1, null],"
    " 'many': [1, 1.1, 0.9, 1.2, 0.8, 1.05, 0.95, 1.3, 0.7, 1, 1.1, 0.9, 1.2, 0.8, 1.05, 0.95, "
    "1.3, "
    "0.7, 1, 1, 1.02, 0.98, 1.01, 0.99], 'more': [3, 3.1, 2.9, 3.2, 2.8, 3.05, 2.95, 3.3, 2.7, 3, "
    "3.1, "
    "2.9, 3.2, 2.8, 3.05, 2.95, 3.3, 2.7, 3, 3, 3.02, 2.98, 3.01, 2.99],"
    " 'given': [2, 1, 3], 'given_reversed': [2, 3, 1], 'string_array': ['a'], 'same': [70, 71, 72, "
    "73, 74]}";

// A row that is valid and not judged here.
static const char row_text[] =
    "{'id': 'X1', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', 'headline': "
    "'h', 'registered': {}, 'checks': [{'id': 'r', 'role': 'criterion', 'title': 't', 'why': 'w', "
    "'x': {'case': 'a', 'metric': 'one'}, 'statistic': 'value', 'direction': 'less', 'bound': 4}]}";

// The only registered figure of the only claim, merged from the given text, evaluated on the metrics above.
static json_t *run(const char *check_text)
{
    json_t *check = J(check_text), *defaults, *registry, *results, *out = NULL, *first;
    struct h4l_claims_query query = {.no_rows = true};
    struct h4l_err err = {0};

    defaults = J("{'id': 'c', 'role': 'reference', 'title': 't', 'why': 'w'}");
    assert_int_equal(json_object_update_missing(check, defaults), 0);
    registry = json_pack("{s:s, s:s, s:{s:{}}, s:[{s:s, s:s, s:s, s:s, s:s, s:[o], s:[o]}]}",
                         "schema", H4L_CLAIMS_SCHEMA, "family", "f", "cases", "a", "claims", "id",
                         "X1", "title", "t", "source", "s", "kind", "claim", "statement", "s",
                         "checks", check, "rows", J(row_text));
    results =
        json_pack("{s:{s:s, s:s, s:s, s:s, s:i, s:{}, s:o, s:{s:s, s:s, s:f, s:{s:f}}}}", "a",
                  "schema", H4L_RESULT_SCHEMA, "family", "f", "case", "a", "tier", "quick", "seed",
                  1, "parameters", "metrics", J(metrics_text), "provenance", "version", "1",
                  "git_commit", "abc", "seconds", 1.5, "timings", "train_s", 2.0);
    assert_non_null(registry);
    assert_non_null(results);
    CHECK_OK(h4l_claims_validate(registry, &err), err);
    CHECK_OK(h4l_claims_evaluate(registry, results, &query, &out, &err), err);
    first = json_array_get(
        json_object_get(json_array_get(json_object_get(out, "claims"), 0), "checks"), 0);
    json_incref(first);
    printf("       %s: %s, got %s, expected %s; %s\n", check_text,
           json_string_value(json_object_get(first, "outcome")),
           json_string_value(json_object_get(first, "got_text")),
           json_string_value(json_object_get(first, "expected_text")),
           json_string_value(json_object_get(first, "message")));
    json_decref(out);
    json_decref(defaults);
    json_decref(registry);
    json_decref(results);
    return first;
}

struct expectation {
    const char *check, *outcome;
    double got, used; // NaN: not a number
};

static void expect(const struct expectation *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_t *o = run(rows[i].check);
        const json_t *got = json_object_get(o, "got"), *used = json_object_get(o, "used");

        CHECK_STR(json_string_value(json_object_get(o, "outcome")), rows[i].outcome);
        if (isnan(rows[i].got))
            CHECK_TRUE(!json_is_number(got));
        else
            CHECK_REL(json_number_value(got), rows[i].got, 1e-12);
        if (isnan(rows[i].used))
            CHECK_TRUE(json_is_null(used));
        else
            CHECK_CLOSE(json_number_value(used), rows[i].used, 1e-6);
        json_decref(o);
    }
}
#define EXPECT(rows) expect(rows, sizeof rows / sizeof rows[0])

#define X(metric) "'x': {'case': 'a', 'metric': '" metric "'}"
#define Y(metric) "'y': {'case': 'a', 'metric': '" metric "'}"

static void one_number(void **state)
{
    static const struct expectation rows[] = {
        {"{" X("one") ", 'statistic': 'value', 'direction': 'at_most', 'bound': 4}", "met", 3,
         0.75},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'at_most', 'bound': 3}", "met", 3, 1},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'less', 'bound': 3}", "unmet", 3, 1},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'at_least', 'bound': 1}", "met", 3,
         1 / 3.0},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'greater', 'bound': 3}", "unmet", 3, 1},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'greater', 'bound': -1}", "met", 3, 0},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'at_most', 'bound': 0}", "unmet", 3,
         NAN},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'at_most', 'bound': {'quick': 4, "
                      "'full': 1}}",
         "met", 3, 0.75},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'within', 'reference': 3.5, "
                      "'tolerance': 1}",
         "met", 3, 0.5},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'within', 'reference': 3.5, "
                      "'relative_tolerance': 0.1}",
         "unmet", 3, 0.5 / 0.35},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'within', 'reference': 4, "
                      "'tolerance': 0}",
         "unmet", 3, NAN},
        {"{" X("one") ", 'statistic': 'value', 'direction': 'equal', 'reference': 3.0}", "met", 3,
         0},
        {"{" X("nested/deep/value") ", 'statistic': 'value', 'direction': 'equal', 'reference': 7}",
         "met", 7, 0},
        {"{" X("text") ", 'statistic': 'value', 'direction': 'equal', 'reference': 'chaos'}", "met",
         NAN, 0},
        {"{" X("text") ", 'statistic': 'value', 'direction': 'equal', 'reference': 'order'}",
         "unmet", NAN, NAN},
        {"{" X("yes") ", 'statistic': 'value', 'direction': 'equal', 'reference': true}", "met",
         NAN, 0},
        {"{" X("none") ", 'statistic': 'value', 'direction': 'less', 'bound': 1, 'null': 'unmet'}",
         "unmet", NAN, NAN},
    };

    (void)state;
    EXPECT(rows);
}

static void one_number_of_several(void **state)
{
    static const struct expectation rows[] = {
        {"{" X("flat") ", 'statistic': 'max', 'direction': 'equal', 'reference': 2.5}", "met", 2.5,
         0},
        {"{" X("flat") ", 'statistic': 'min', 'direction': 'equal', 'reference': -4}", "met", -4,
         0},
        {"{" X("flat") ", 'statistic': 'max_abs', 'direction': 'equal', 'reference': 4}", "met", 4,
         0},
        {"{" X("flat") ", 'statistic': 'mean', 'direction': 'less', 'bound': 0}", "met", -0.5 / 3,
         0},
        {"{" X("flat") ", 'statistic': 'median', 'direction': 'equal', 'reference': 1}", "met", 1,
         0},
        {"{" X("flat") ", 'statistic': 'iqm', 'direction': 'at_most', 'bound': 0}", "met", -0.5 / 3,
         0},
        {"{" X("flat") ", 'statistic': 'sum', 'direction': 'equal', 'reference': -0.5}", "met",
         -0.5, 0},
        {"{" X("flat") ", 'statistic': 'count', 'direction': 'equal', 'reference': 3}", "met", 3,
         0},
        {"{" X("empty") ", 'statistic': 'count', 'direction': 'equal', 'reference': 0}", "met", 0,
         0},
        {"{'x': {'case': 'a', 'timing': 'train_s'}, 'statistic': 'value', 'direction': 'less', "
         "'bound': 4}",
         "met", 2, 0.5},
        {"{'x': {'case': 'a', 'metric': 'error', 'at': {'dt': 0.01}}, 'statistic': 'value', "
         "'direction': 'equal', 'reference': 0.02}",
         "met", 0.02, 0},
        {"{'x': {'case': 'a', 'metric': 'flat', 'at': {'index': 1}}, 'statistic': 'value', "
         "'direction': 'equal', 'reference': -4}",
         "met", -4, 0},
        {"{'x': {'case': 'a', 'metric': 'flat', 'reduce': 'count'}, 'statistic': 'value', "
         "'direction': 'equal', 'reference': 3}",
         "met", 3, 0},
        {"{'x': [{'case': 'a', 'metric': 'flat', 'reduce': 'count'}, {'case': 'a', 'metric': "
         "'flat2', 'reduce': 'count', 'times': -2}], 'statistic': 'value', 'direction': 'equal', "
         "'reference': -5}",
         "met", -5, 0},
        {"{'x': {'case': 'a', 'metric': 'flat', 'reduce': 'mean_last_half'}, 'statistic': 'value', "
         "'direction': 'equal', 'reference': -0.75}", // of three, the last two
         "met", -0.75, 0},
        {"{'x': {'case': 'a', 'metric': 'accuracy', 'reduce': 'last'}, 'statistic': 'mean', "
         "'direction': 'equal', 'reference': 72, 'n': 5, 'pairs': 'seeds'}",
         "met", 72, 0},
        {"{'x': {'case': 'a', 'metric': 'accuracy', 'reduce': 'max'}, 'statistic': 'each', "
         "'direction': 'within', 'reference': [70, 71, 72, 73.5, 74.25], 'tolerance': 1}",
         "met", 73, 0.5},
        {"{" X("flat") ", 'statistic': 'each', 'direction': 'equal', 'reference': [1, -4, 2.5]}",
         "met", 1, 0},
        {"{" X("flat") ", 'statistic': 'each', 'direction': 'equal', 'reference': [1, -4, 2]}",
         "unmet", 2.5, NAN},
    };

    (void)state;
    EXPECT(rows);
}

static void two_arrays(void **state)
{
    static const struct expectation rows[] = {
        {"{" X("flat") "," Y("flat") ", 'statistic': 'differing', 'direction': 'equal', "
                                     "'reference': 0}",
         "met", 0, 0},
        {"{" X("flat") "," Y("flat2") ", 'statistic': 'differing', 'direction': 'equal', "
                                      "'reference': 0}",
         "unmet", 2, NAN},
        {"{" X("flat") "," Y("empty") ", 'statistic': 'differing', 'direction': 'at_most', "
                                      "'bound': 3}",
         "met", 3, 1},
        {"{" X("error") "," Y(
             "dt") ", 'statistic': 'order', 'direction': 'within', 'reference': 1, "
                   "'tolerance': 1e-9}",
         "met", 1, 0},
        {"{" X("one") "," Y("nested/deep/value") ", 'statistic': 'ratio', 'direction': 'at_most', "
                                                 "'bound': 1}",
         "met", 3.0 / 7, 3.0 / 7},
    };

    (void)state;
    EXPECT(rows);
}

#define DIFFERENCE(a, b)                                                                           \
    "'x': [{'case': 'a', 'metric': '" a "'}, {'case': 'a', 'metric': '" b "', 'times': -1}]"
#define MEAN "'statistic': 'mean_interval', 'n': 5"

static void intervals(void **state)
{
    // same - far: 10 10 9 11 10, mean 10, sd 0.7071, t(0.975, 4) = 2.776445: half width 0.877989.
    // near - same: 0.1 0.3 -0.2 0.2 -0.1, mean 0.06, sd 0.207364, se 0.092736; t(0.95, 4) = 2.131847: half 0.197699.
    double half = 2.7764451051977987 * sqrt(0.5 / 5), se = sqrt(0.043 / 5);
    const struct expectation rows[] = {
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'greater', 'bound': 0}", "met", 10,
         half / 10},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'greater', 'bound': 9.5}",
         "undecided", 10, half / 0.5},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'greater', 'bound': 12}", "unmet",
         10, NAN},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'less', 'bound': 12}", "met", 10,
         half / 2},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'at_most', 'bound': 8}", "unmet",
         10, NAN},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'at_least', 'bound': 9}", "met", 10,
         half / 1},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'not_greater', 'bound': 9.5}",
         "met", 10, NAN},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'not_greater', 'bound': 0}",
         "unmet", 10, NAN},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'different'}", "met", 10,
         half / 10},
        {"{" DIFFERENCE("near", "same") "," MEAN ", 'direction': 'different'}", "undecided", 0.06,
         NAN},
        {"{" DIFFERENCE("near", "same") "," MEAN ", 'direction': 'different', 'margin': 1}",
         "unmet", 0.06, NAN},
        {"{" DIFFERENCE("near", "near") "," MEAN ", 'direction': 'different'}", "unmet", 0, NAN},
        {"{" DIFFERENCE("near", "same") "," MEAN ", 'direction': 'equivalent', 'margin': 2}", "met",
         0.06, (0.06 + 2.13184678632665 * se) / 2},
        {"{" DIFFERENCE("near", "same") "," MEAN ", 'direction': 'equivalent', 'margin': 0.2}",
         "undecided", 0.06, (0.06 + 2.13184678632665 * se) / 0.2},
        {"{" DIFFERENCE("same", "far") "," MEAN ", 'direction': 'equivalent', 'margin': 2}",
         "unmet", 10, (10 + 2.13184678632665 * sqrt(0.1)) / 2},
        {"{" DIFFERENCE("near", "near") "," MEAN ", 'direction': 'equivalent', 'margin': 1e-6}",
         "met", 0, 0},
    };

    (void)state;
    EXPECT(rows);
}

static void other_intervals(void **state)
{
    json_t *o = run("{" X("same") "," Y("far") ", 'statistic': 'welch_interval', 'n': 5, "
                                               "'direction': 'greater', 'bound': 5}");

    (void)state;
    CHECK_STR(json_string_value(json_object_get(o, "outcome")), "met");
    CHECK_CLOSE(json_number_value(json_object_get(o, "got")), 10, 1e-12);
    CHECK_CLOSE(json_number_value(json_object_get(o, "level")), 0.95, 0);
    CHECK_TRUE(json_number_value(json_object_get(o, "p")) < 0.01);
    json_decref(o);
    o = run("{" X("same") "," Y("far") ", 'statistic': 'ratio_interval', 'n': 5, "
                                       "'direction': 'greater', 'bound': 1.1, 'unit': 'x'}");
    CHECK_STR(json_string_value(json_object_get(o, "outcome")), "met");
    // exp of the mean of the logarithms
    CHECK_REL(json_number_value(json_object_get(o, "got")),
              pow(70.0 * 71 * 72 * 73 * 74 / (60.0 * 61 * 63 * 62 * 64), 0.2), 1e-12);
    CHECK_STR(json_string_value(json_object_get(o, "expected_text")), "interval above 1.1 x");
    CHECK_TRUE(json_number_value(json_array_get(json_object_get(o, "interval"), 0)) > 1.1);
    json_decref(o);
    o = run("{" X("same") "," Y("far") ", 'statistic': 'ratio_interval', 'n': 5, "
                                       "'direction': 'different'}");
    CHECK_STR(json_string_value(json_object_get(o, "outcome")), "met");
    json_decref(o);
    o = run("{" DIFFERENCE("near", "same") "," MEAN ", 'direction': 'equivalent', 'margin': 2}");
    CHECK_CLOSE(json_number_value(json_object_get(o, "level")), 0.9, 1e-12);
    CHECK_CLOSE(json_number_value(json_object_get(o, "tolerance")), 2, 0);
    CHECK_CLOSE(json_number_value(json_object_get(o, "minimum_detectable_difference")),
                1.6819969659555549 * sqrt(0.043), 1e-9);
    json_decref(o);
}

#define GIVEN X("given") ", 'statistic': 'given_interval'"

static void given_intervals(void **state)
{
    const struct expectation rows[] = {
        {"{" GIVEN ", 'direction': 'greater', 'bound': 0}", "met", 2, 0.5},
        {"{" GIVEN ", 'direction': 'greater', 'bound': 1.5}", "undecided", 2, 2},
        {"{" GIVEN ", 'direction': 'greater', 'bound': 3}", "unmet", 2, NAN},
        {"{" GIVEN ", 'direction': 'greater', 'bound': 1}", "undecided", 2, 1}, // ends on the bound
        {"{" GIVEN ", 'direction': 'at_least', 'bound': 1}", "met", 2, 1},
        {"{" GIVEN ", 'direction': 'less', 'bound': 3}", "undecided", 2, 1},
        {"{" GIVEN ", 'direction': 'at_most', 'bound': 3}", "met", 2, 1},
        {"{" GIVEN ", 'direction': 'at_most', 'bound': 1}", "unmet", 2, NAN},
        {"{" GIVEN ", 'direction': 'not_greater', 'bound': 1}", "met", 2, NAN},
        {"{" GIVEN ", 'direction': 'not_greater', 'bound': 0.9}", "unmet", 2, NAN},
        {"{" GIVEN ", 'direction': 'equivalent', 'margin': 4}", "met", 2, 0.75},
        {"{" GIVEN ", 'direction': 'equivalent', 'margin': 2}", "undecided", 2, 1.5},
        {"{" GIVEN ", 'direction': 'equivalent', 'margin': 0.5}", "unmet", 2, 6},
    };
    json_t *o = run("{" GIVEN ", 'direction': 'equivalent', 'margin': 4, 'level': 0.99}");

    (void)state;
    CHECK_CLOSE(json_number_value(json_array_get(json_object_get(o, "interval"), 0)), 1, 0);
    CHECK_CLOSE(json_number_value(json_array_get(json_object_get(o, "interval"), 1)), 3, 0);
    CHECK_CLOSE(json_number_value(json_object_get(o, "level")), 0.99, 0); // as the row says
    json_decref(o);
    EXPECT(rows);
}

#define BCA "'interval': 'bca', 'n': 24"

static void bootstrap_intervals(void **state)
{
    static const struct {
        const char *check, *outcome;
        double got;
    } rows[] = {
        {"{" X("many") ", 'statistic': 'mean_interval', " BCA ", 'direction': 'greater', 'bound': "
                       "0.9}",
         "met", 1},
        {"{" X("many") ", 'statistic': 'mean_interval', " BCA
                       ", 'direction': 'greater', 'bound': 1}",
         "undecided", 1},
        {"{" X("many") ", 'statistic': 'mean_interval', " BCA
                       ", 'direction': 'less', 'bound': 0.9}",
         "unmet", 1},
        {"{" X("many") ", 'statistic': 'mean_interval', " BCA ", 'direction': 'equivalent', "
                       "'margin': 1.2}",
         "met", 1},
        {"{" X("many") ", 'statistic': 'mean_interval', " BCA ", 'direction': 'equivalent', "
                       "'margin': 1}",
         "undecided", 1},
        {"{" X("many") ", 'statistic': 'mean_interval', " BCA ", 'direction': 'equivalent', "
                       "'margin': 0.5}",
         "unmet", 1},
        {"{" X("more") "," Y("many") ", 'statistic': 'welch_interval', " BCA ", 'direction': "
                                     "'greater', 'bound': 1.9}",
         "met", 2},
        {"{" X("more") "," Y("many") ", 'statistic': 'ratio_interval', " BCA
                                     ", 'direction': 'less', "
                                     "'bound': 4}",
         "met", 3.04},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *o = run(rows[i].check);
        const json_t *interval = json_object_get(o, "interval");
        double lo = json_number_value(json_array_get(interval, 0));
        double hi = json_number_value(json_array_get(interval, 1));

        CHECK_STR(json_string_value(json_object_get(o, "outcome")), rows[i].outcome);
        CHECK_CLOSE(json_number_value(json_object_get(o, "got")), rows[i].got, 0.02);
        CHECK_TRUE(lo < rows[i].got && rows[i].got < hi);
        CHECK_AT_MOST(hi - lo, 0.3);
        json_decref(o);
    }
}

// Rows that are fine in themselves and meet data that are not: an error, never an outcome.
#define EXPECT_ERRORS(rows) expect_errors(rows, sizeof(rows) / sizeof *(rows))
static void expect_errors(const char *const *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_t *o = run(rows[i]);
        CHECK_STR(json_string_value(json_object_get(o, "outcome")), "error");
        CHECK_TRUE(json_string_length(json_object_get(o, "message")) > 0);
        json_decref(o);
    }
}

static void errors_of_values(void **state)
{
    static const char *const rows[] = {
        "{" X("absent") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("nested/absent") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("nested") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("none") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("text") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("yes") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("text") ", 'statistic': 'value', 'direction': 'equal', 'reference': 1}",
        "{" X("one") ", 'statistic': 'value', 'direction': 'equal', 'reference': 'three'}",
        "{" X("one") ", 'statistic': 'value', 'direction': 'less', 'bound': {'full': 4}}",
        "{" X("one") ", 'statistic': 'value', 'direction': 'within', 'reference': 3, 'tolerance': "
                     "{'full': 4}}",
        "{" X("one") ", 'statistic': 'value', 'direction': 'equal', 'reference': {'full': 3}}",
        "{" X("flat") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("empty") ", 'statistic': 'max', 'direction': 'less', 'bound': 1}",
        "{" X("hole") ", 'statistic': 'max', 'direction': 'less', 'bound': 1}",
        "{" X("hole") ", 'statistic': 'max', 'direction': 'less', 'bound': 1, 'null': 'unmet'}",
        "{" X("string_array") ", 'statistic': 'max', 'direction': 'less', 'bound': 1}",
        "{" X("accuracy") ", 'statistic': 'max', 'direction': 'less', 'bound': 1}",
        "{'x': {'case': 'a', 'metric': 'one', 'reduce': 'last'}, 'statistic': 'value', "
        "'direction': "
        "'less', 'bound': 1}",
        "{'x': {'case': 'a', 'metric': 'empty', 'reduce': 'last'}, 'statistic': 'value', "
        "'direction': 'less', 'bound': 1}",
        "{'x': {'case': 'a', 'metric': 'flat', 'at': {'index': 3}}, 'statistic': 'value', "
        "'direction': 'less', 'bound': 1}",
        "{'x': {'case': 'a', 'metric': 'error', 'at': {'dt': 0.5}}, 'statistic': 'value', "
        "'direction': 'less', 'bound': 1}",
        "{'x': {'case': 'a', 'metric': 'error', 'at': {'seeds': 1}}, 'statistic': 'value', "
        "'direction': 'less', 'bound': 1}",
        "{'x': {'case': 'a', 'metric': 'one', 'at': {'index': 0}}, 'statistic': 'value', "
        "'direction': 'less', 'bound': 1}",
        "{'x': {'case': 'a', 'timing': 'infer_s'}, 'statistic': 'value', 'direction': 'less', "
        "'bound': 4}",
        "{" DIFFERENCE("flat", "flat2") ", 'statistic': 'max', 'direction': 'less', 'bound': 1}",
        "{" DIFFERENCE("one", "text") ", 'statistic': 'value', 'direction': 'less', 'bound': 1}",
        "{" X("flat") ", 'statistic': 'each', 'direction': 'within', 'reference': [1, -4, 2.5], "
                      "'tolerance': {'full': 1}}",
        "{" X("flat") ", 'statistic': 'each', 'direction': 'equal', 'reference': [1, -4]}",
        "{" X("flat") ", 'statistic': 'each', 'direction': 'equal', 'reference': 1}",
    };

    (void)state;
    EXPECT_ERRORS(rows);
}

static void errors_of_comparisons(void **state)
{
    static const char *const rows[] = {
        "{" X("empty") "," Y("empty") ", 'statistic': 'differing', 'direction': 'equal', "
                                      "'reference': 0}",
        "{" X("text") "," Y("empty") ", 'statistic': 'differing', 'direction': 'equal', "
                                     "'reference': 0}",
        "{" X("flat") "," Y("dt") ", 'statistic': 'order', 'direction': 'less', 'bound': 1}",
        "{" X("flat2") "," Y("dt") ", 'statistic': 'order', 'direction': 'less', 'bound': 1}",
        "{" X("flat") "," Y("dt") ", 'statistic': 'ratio', 'direction': 'less', 'bound': 1}",
        "{" X("one") "," Y("flat2") ", 'statistic': 'ratio', 'direction': 'less', 'bound': 1}",
        "{" X("same") ", 'statistic': 'given_interval', 'direction': 'greater', 'bound': 1}",
        "{" X("given_reversed") ", 'statistic': 'given_interval', 'direction': 'less', 'bound': 9}",
        "{" X("near") ", 'statistic': 'mean_interval', 'n': 6, 'direction': 'greater', 'bound': 1}",
        "{" X("one") ", 'statistic': 'mean_interval', 'n': 1, 'direction': 'greater', 'bound': 1}",
        "{" X("near") ", 'statistic': 'mean_interval', 'n': {'full': 5}, 'direction': 'greater', "
                      "'bound': 1}",
        "{" X("near") ", 'statistic': 'mean_interval', 'n': 5, 'interval': 'bca', 'direction': "
                      "'greater', 'bound': 1}",
        "{" X("near") ", 'statistic': 'mean_interval', 'n': 5, 'pairs': 'absent', 'direction': "
                      "'greater', 'bound': 1}",
        "{" X("near") ", 'statistic': 'mean_interval', 'n': 5, 'pairs': 'flat', 'direction': "
                      "'greater', 'bound': 1}",
        "{" X("same") "," Y("flat") ", 'statistic': 'welch_interval', 'n': 5, 'direction': "
                                    "'greater', 'bound': 1}",
        "{" X("flat") "," Y("flat") ", 'statistic': 'ratio_interval', 'n': 3, 'direction': "
                                    "'greater', 'bound': 1}",
        "{" X("flat") "," Y("near") ", 'statistic': 'ratio_interval', 'n': 3, 'direction': "
                                    "'greater', 'bound': 1}",
        "{" X("near") "," Y("same") ", 'statistic': 'welch_interval', 'n': 5, 'interval': 'bca', "
                                    "'direction': 'greater', 'bound': 1}",
        "{" X(
            "near") ", 'statistic': 'mean_interval', 'n': 5, 'direction': 'equivalent', 'margin': "
                    "{'full': 1}}",
        "{" X("near") ", 'statistic': 'mean_interval', 'n': 5, 'direction': 'greater', 'bound': "
                      "{'full': 1}}",
    };

    (void)state;
    EXPECT_ERRORS(rows);
}

static void order_and_summary(void **state)
{
    json_t *claims = J(
        "[{'id': 'A2', 'kind': 'question', 'verdict': 'yes', 'state': 'as registered', 'rows': "
        "[1]},"
        "{'id': 'F1', 'kind': 'claim', 'verdict': 'inconclusive', 'state': 'as registered', "
        "'rows': "
        "[{'state': 'incomplete'}]},"
        "{'id': 'E2', 'kind': 'claim', 'verdict': 'not-reproduced', 'state': 'as registered', "
        "'rows': [1], 'checks': [{'outcome': 'met'}]},"
        "{'id': 'E10', 'kind': 'claim', 'verdict': 'reproduced', 'state': 'as registered', 'rows': "
        "[1]},"
        "{'id': 'R1', 'kind': 'claim', 'verdict': 'reproduced-with-caveat', 'state': 'outside "
        "tolerance', 'rows': [1], 'checks': [{'outcome': 'unmet'}]},"
        "{'id': 'A1', 'kind': 'question', 'verdict': 'no', 'state': 'verdict changed', 'rows': "
        "[{'state': 'verdict changed'}]},"
        "{'id': 'L1', 'kind': 'claim', 'verdict': null, 'state': 'error', 'errors': ['x'], 'rows': "
        "[1], 'checks': [{'outcome': 'error'}]},"
        "{'id': 'D1', 'kind': 'claim', 'verdict': 'reproduced', 'state': 'not registered', 'rows': "
        "[{'state': 'not registered'}]}]");
    static const char *const order[] = {"L1", "D1", "R1", "A1", "E2", "E10", "F1", "A2"};
    static const struct {
        const char *key;
        int n;
    } counts[] = {{"claims", 6},
                  {"reproduced", 2},
                  {"with_caveat", 1},
                  {"not_reproduced", 1},
                  {"inconclusive", 1},
                  {"error", 1},
                  {"questions", 2},
                  {"yes", 1},
                  {"no", 1},
                  {"open", 0},
                  {"rows", 8},
                  {"incomplete", 1},
                  {"changed", 1},
                  {"unregistered", 1},
                  {"figures", 3},
                  {"figures_agree", 1},
                  {"figures_outside", 1},
                  {"figures_not_measured", 1}};
    struct h4l_err err = {0};
    json_t *summary, *none = json_array();

    (void)state;
    CHECK_OK(h4l_claims_sort(claims, &err), err);
    for (size_t i = 0; i < 8; i++)
        CHECK_STR(json_string_value(json_object_get(json_array_get(claims, i), "id")), order[i]);
    summary = h4l_claims_summary(claims);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        CHECK_INT(json_integer_value(json_object_get(summary, counts[i].key)), counts[i].n);
    CHECK_INT(h4l_claims_status(claims, &err), H4L_E_DATA);
    CHECK_INT(json_array_remove(claims, 0), 0);
    CHECK_INT(h4l_claims_status(claims, &err), H4L_E_CHECK);
    CHECK_INT(json_array_remove(claims, 1), 0);
    CHECK_INT(json_array_remove(claims, 1), 0);
    CHECK_INT(h4l_claims_status(claims, &err), H4L_E_CHECK); // only "D1" is left to object to
    CHECK_TRUE(strstr(err.message, "1 of 5 claims have a verdict that is not registered yet"));
    CHECK_INT(json_array_remove(claims, 0), 0);
    CHECK_OK(h4l_claims_status(claims, &err), err); // a row that is not complete is no failure
    CHECK_INT(h4l_claims_status(none, &err), H4L_E_DATA); // nothing measured is no pass
    json_decref(none);
    json_decref(summary);
    json_decref(claims);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_number),
        cmocka_unit_test(one_number_of_several),
        cmocka_unit_test(two_arrays),
        cmocka_unit_test(intervals),
        cmocka_unit_test(other_intervals),
        cmocka_unit_test(given_intervals),
        cmocka_unit_test(bootstrap_intervals),
        cmocka_unit_test(errors_of_values),
        cmocka_unit_test(errors_of_comparisons),
        cmocka_unit_test(order_and_summary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
