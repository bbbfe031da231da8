// The comparison of two sets of results: which registered tolerance belongs to which number, and when seeds are judged.
#include "check.h"

#include <jansson.h>
#include <string.h>

#include "compare/compare.h"

// A reference per place of an axis, one by index, one only of the full tier, one per tier, and an upper bound on an error.
static const char registry[] =
    "[{'schema': 'hh4lif.claims/3', 'family': 'f', 'cases': {'c': {}}, 'claims': [{'id': 'X1', "
    "'title': 't', 'source': 's', "
    "'kind': 'claim', 'statement': 's', 'checks': ["
    "{'id': 'X1.axis', 'role': 'reference', 'title': 't', 'why': 'w', 'statistic': 'value', "
    "'direction': 'within', "
    "'reference': 2, 'tolerance': 0.5, 'x': {'case': 'c', 'metric': 'by_dt', 'at': {'dt_ms': "
    "0.1}}},"
    "{'id': 'X1.index', 'role': 'reference', 'title': 't', 'why': 'w', 'statistic': 'value', "
    "'direction': 'within', "
    "'reference': 3, 'relative_tolerance': 0.1, 'x': {'case': 'c', 'metric': 'by_dt', 'at': "
    "{'index': 2}}},"
    "{'id': 'X1.full', 'role': 'reference', 'title': 't', 'why': 'w', 'statistic': 'value', "
    "'direction': 'within', "
    "'tiers': ['full'], 'reference': 1, 'tolerance': 1, 'x': {'case': 'c', 'metric': 'late'}},"
    "{'id': 'X1.tiers', 'role': 'reference', 'title': 't', 'why': 'w', 'statistic': 'each', "
    "'direction': 'within', "
    "'reference': [1, 1], 'tolerance': {'quick': 0.25, 'standard': 2, 'full': 2}, 'x': [{'case': "
    "'c', 'metric': 'arm/a'}]}"
    "], 'rows': [{'id': 'X1', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "
    "'headline': 'h', 'registered': {}, 'checks': ["
    "{'id': 'X1.error', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'max', "
    "'direction': 'less', "
    "'bound': 1e-9, 'x': {'case': 'c', 'metric': 'error_mV'}},"
    "{'id': 'X1.claim', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'value', "
    "'direction': 'less', "
    "'bound': 9, 'x': {'case': 'c', 'metric': 'effect'}}]}]}]}]";

static json_t *parse(const char *text)
{
    char *copy = strdup(text);
    json_error_t error;
    json_t *value;

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    value = json_loads(copy, 0, &error);
    if (!value)
        fail_msg("%s", error.text);
    free(copy);
    return value;
}

static json_t *set_of(const char *metrics)
{
    char text[2000];

    snprintf(text, sizeof text,
             "{'f/c': {'schema': 'hh4lif.result/1', 'family': 'f', 'case': 'c', 'tier': 'quick', "
             "'seed': 1, 'parameters': {}, "
             "'metrics': {%s}, 'provenance': {}}}",
             metrics);
    return parse(text);
}

static json_t *compare(const char *a, const char *b)
{
    json_t *x = set_of(a), *y = set_of(b), *registries = parse(registry), *found = NULL;
    struct h4l_err err = {0};

    CHECK_INT(h4l_compare(x, y, registries, &found, &err), H4L_OK);
    json_decref(x);
    json_decref(y);
    json_decref(registries);
    return found;
}

// The only metric whose two values are not the same; what is said of it.
static void is_judged(const char *a, const char *b, const char *outcome)
{
    json_t *found = compare(a, b);
    const json_t *row = json_array_get(json_object_get(found, "metrics"), 0);

    printf("  %s | %s\n", a, b);
    CHECK_STR(json_string_value(json_object_get(row, "outcome")), outcome);
    json_decref(found);
}

static void a_tolerance_belongs_to_its_element(void **state)
{
    (void)state;
#define AXIS ", 'dt_ms': [0.5, 0.1, 0.05]"
    is_judged("'by_dt': [1, 2, 3]" AXIS, "'by_dt': [1, 2.4, 3]" AXIS, "within");
    is_judged("'by_dt': [1, 2, 3]" AXIS, "'by_dt': [1, 2.6, 3]" AXIS, "differs");
    is_judged("'by_dt': [1, 2, 3]" AXIS, "'by_dt': [1, 2, 3.29]" AXIS, "within");
    is_judged("'by_dt': [1, 2, 3]" AXIS, "'by_dt': [1, 2, 3.31]" AXIS, "differs");
    is_judged("'by_dt': [1, 2, 3]" AXIS, "'by_dt': [1.001, 2, 3]" AXIS,
              "differs"); // nothing is registered for it
    is_judged("'by_dt': [1, 2, 3]" AXIS, "'by_dt': [1, 2]" AXIS, "differs");
}

// A tolerance stands in the row only where it holds for every number that differs.
static void a_tolerance_of_one_number_is_not_anothers(void **state)
{
    static const char *const right[] = {"'by_dt': [1, 2.1, 3]" AXIS,
                                        "'by_dt': [1.001, 2.1, 3]" AXIS};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        json_t *found = compare("'by_dt': [1, 2, 3]" AXIS, right[i]);
        const json_t *row = json_array_get(json_object_get(found, "metrics"), 0);

        CHECK_INT(json_is_null(json_object_get(row, "tolerance")), i == 1);
        json_decref(found);
    }
}

static void a_tolerance_belongs_to_its_tier(void **state)
{
    (void)state;
    is_judged("'late': 1", "'late': 1.5", "differs");
    is_judged("'arm': {'a': [1, 1]}", "'arm': {'a': [1, 1.25]}", "within");
    is_judged("'arm': {'a': [1, 1]}", "'arm': {'a': [1, 1.26]}", "differs");
    is_judged("'arm': {'a': [1, 1]}", "'arm': {'b': [1, 1]}", "differs");
}

static void a_bound_is_one_of_an_error(void **state)
{
    (void)state;
    is_judged("'error_mV': [1e-12, 3e-12]", "'error_mV': [5e-10, 2e-12]", "within");
    is_judged("'error_mV': [1e-12, 3e-12]", "'error_mV': [2e-9, 2e-12]", "differs");
    is_judged("'effect': 1", "'effect': 2",
              "differs"); // 9 is what the claim asks, not how far the number may move
}

static void only_the_value_counts(void **state)
{
    (void)state;
    is_judged("'x': 1", "'x': 1.0", "same");
    is_judged("'x': [0.1, null, 'a']", "'x': [0.1, null, 'a']", "same");
    is_judged("'x': 0.0", "'x': -0.0", "differs");
    is_judged("'x': 0.1", "'x': 0.10000000000000002", "differs");
    is_judged("'x': null", "'x': 0", "differs");
    is_judged("'x': 'a'", "'x': 'b'", "differs");
}

static const json_t *seeds(const json_t *comparison, size_t row)
{
    return json_object_get(json_array_get(json_object_get(comparison, "metrics"), row), "seeds");
}

static void seeds_are_tested_where_there_are_some(void **state)
{
    json_t *c;

    (void)state;
    c = compare("'acc': [1, 2, 3], 'other': [1, 2], 'seeds': [1, 2, 3]",
                "'acc': [[9, 1], [9, 2], [9, 4], [9, 3]], 'other': [1, 3], 'seeds': [4, 5, 6, 7]");
    CHECK_CLOSE(json_number_value(json_object_get(seeds(c, 0), "difference")), 0.5, 1e-15);
    CHECK_INT(json_integer_value(json_object_get(seeds(c, 0), "n_b")), 4);
    CHECK_STR(json_string_value(json_object_get(seeds(c, 0), "judged")), "no difference seen");
    CHECK_INT(json_is_null(seeds(c, 1)), 1); // two values are not one per seed
    CHECK_INT(json_is_null(seeds(c, 2)), 1); // nor are the seeds themselves a measurement
    json_decref(c);
    c = compare("'acc': [1], 'seeds': [1]", "'acc': [2], 'seeds': [1]");
    CHECK_INT(json_is_null(seeds(c, 0)), 1); // one seed has no spread
    json_decref(c);
}

static void one_case_must_be_in_both(void **state)
{
    json_t *a = set_of("'x': 1"), *b = parse("{'f/d': {'metrics': {}}}"), *none = json_array(),
           *found = NULL;
    struct h4l_err err = {0};

    (void)state;
    CHECK_INT(h4l_compare(a, b, none, &found, &err), H4L_E_DATA);
    CHECK_INT(found == NULL, 1);
    json_decref(a);
    json_decref(b);
    json_decref(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tolerance_belongs_to_its_element),
        cmocka_unit_test(a_tolerance_of_one_number_is_not_anothers),
        cmocka_unit_test(a_tolerance_belongs_to_its_tier),
        cmocka_unit_test(a_bound_is_one_of_an_error),
        cmocka_unit_test(only_the_value_counts),
        cmocka_unit_test(seeds_are_tested_where_there_are_some),
        cmocka_unit_test(one_case_must_be_in_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
