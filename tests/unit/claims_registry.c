// A registry must be well formed: each row of the table breaks one thing in a good one and must be refused, with a message
// that names the place.
#include "check.h"

#include <jansson.h>

#include "claims/claims.h"

static const char good[] =
    "{'schema': 'hh4lif.claims/2', 'family': 'f', 'cases': {'a': {'seed': 3, 'parameters': {'p': "
    "1}}, "
    "'b': {}}, 'claims': [{'id': 'X1', 'title': 't', 'source': 's', 'beyond_paper': false, "
    "'statement': 's', 'criterion': 'c', 'audit': 'w', 'surrogate': {'quick': 'small'}, 'parts': "
    "['sine'], 'figures': [{'file': 'trace', 'caption': 'c', 'alt': 'a'}], 'command': 'x', "
    "'checks': [{'id': 'X1.a', 'role': 'criterion', 'title': 't', 'part': 'sine', 'why': 'w', "
    "'unit': 'mV', 'tiers': ['quick'], 'x': [{'case': 'a', 'metric': 'm', 'reduce': 'last'}, "
    "{'case': 'b', 'metric': 'm', 'times': -1, 'at': {'index': 0}}], 'statistic': "
    "'mean_interval', 'n': {'quick': 5}, 'pairs': 'seeds', 'direction': 'equivalent', 'margin': 2, "
    "'level': 0.95, 'interval': 't', 'holm': 'h'}], 'registered': {'quick': {'verdict': "
    "'reproduced', 'date': '2025-01-31', 'reason': 'r', 'parts': {'sine': 'reproduced'}}}}]}";

// In a good registry, `from` (which must be there) becomes `to`.
static const struct {
    const char *from, *to;
} broken[] = {
    {"hh4lif.claims/2", "hh4lif.claims/0"},
    {"'schema': 'hh4lif.claims/2',", ""},
    {"'family': 'f',", ""},
    {"'family': 'f'", "'family': ''"},
    {"'family': 'f'", "'familie': 'f'"},
    {"'seed': 3", "'seed': 3.5"},
    {"'seed': 3", "'sed': 3"},
    {"'b': {}", "'b': {}, '../c': {}"},
    {"'id': 'X1',", ""},
    {"'id': 'X1'", "'id': 1"},
    {"'beyond_paper': false", "'beyond_paper': 'no'"},
    {"'criterion': 'c',", ""},
    {"'criterion': 'c'", "'criterium': 'c'"},
    {"'surrogate': {'quick'", "'surrogate': {'fast'"},
    {"'surrogate': {'quick': 'small'}", "'surrogate': {'quick': true}"},
    {"'parts': ['sine']", "'parts': []"},
    {"'parts': ['sine']", "'parts': ['sine', 'square']"},
    {"'parts': ['sine']", "'parts': ['square']"},
    {"'parts': ['sine'],", ""},
    {"'parts': ['sine']", "'parts': [1]"},
    {"'sine': 'reproduced'", "'sine': 'machine dependent'"},
    {"'registered': {'quick': {'verdict': 'reproduced'",
     "'registered': {'full': {'verdict': 'machine-dependent'"},
    {"'file': 'trace'", "'file': '../trace'"},
    {"'file': 'trace'", "'file': 'trace.svg'"},
    {", 'alt': 'a'", ""},
    {"'role': 'criterion'", "'role': 'audit'"},
    {"'role': 'criterion'", "'role': 'criteria'"},
    {"'part': 'sine'", "'part': 'square'"},
    {"'why': 'w', ", ""},
    {"'tiers': ['quick']", "'tiers': ['fast']"},
    {"'tiers': ['quick']", "'tiers': []"},
    {"'case': 'a'", "'case': 'c'"},
    {"'metric': 'm', 'reduce'", "'reduce'"},
    {"'metric': 'm', 'reduce'", "'metric': 'm', 'timing': 'm', 'reduce'"},
    {"'reduce': 'last'", "'reduce': 'latest'"},
    {"'times': -1", "'times': '-1'"},
    {"'at': {'index': 0}", "'at': {'index': 0.5}"},
    {"'at': {'index': 0}", "'at': {'index': -1}"},
    {"'at': {'index': 0}", "'at': {'index': 0, 'dt': 1}"},
    {"'at': {'index': 0}", "'at': {}"},
    {"'at': {'index': 0}", "'at': {'dt': 'x'}"},
    {"'statistic': 'mean_interval'", "'statistic': 'average'"},
    {"'statistic': 'mean_interval'", "'statistic': 'mean'"},
    {"'statistic': 'mean_interval'", "'statistic': 'welch_interval'"},
    {"'statistic': 'mean_interval'", "'statistic': 'each'"},
    {"'n': {'quick': 5}, ", ""},
    {"'n': {'quick': 5}", "'n': {'fast': 5}"},
    {"'n': {'quick': 5}", "'n': {'quick': 5.5}"},
    {"'n': {'quick': 5}", "'n': 0"},
    {"'n': {'quick': 5}", "'n': {}"},
    {"'pairs': 'seeds', ", ""},
    {"'direction': 'equivalent'", "'direction': 'similar'"},
    {"'direction': 'equivalent'", "'direction': 'greater'"},
    {"'direction': 'equivalent'", "'direction': 'equal', 'reference': 1"},
    {", 'margin': 2", ""},
    {"'margin': 2", "'margin': 0"},
    {"'margin': 2", "'margin': -2"},
    {"'margin': 2", "'margin': '2'"},
    {"'margin': 2", "'margin': 2, 'tolerance': -1"},
    {"'level': 0.95", "'level': 1"},
    {"'level': 0.95", "'level': 0.05"},
    {"'interval': 't'", "'interval': 'z'"},
    {"'interval': 't'", "'interval': 'bca'"},
    {"'holm': 'h'", "'holm': 'h', 'null': 'met'"},
    {"'holm': 'h'", "'holm': 'h', 'bonferroni': 'h'"},
    {"'holm': 'h'}", "'holm': 'h'}, 7"},
    {"'quick': {'verdict'", "'fast': {'verdict'"},
    {"'verdict': 'reproduced'", "'verdict': 'holds'"},
    {"2025-01-31", "31.1.2025"},
    {"2025-01-31", "2025-01-3"},
    {"'reason': 'r', ", ""},
    {"'parts': {'sine': 'reproduced'}", "'parts': {}"},
    {"'parts': {'sine': 'reproduced'}", "'parts': {'sine': 'fine'}"},
    {"'parts': {'sine': 'reproduced'}", "'parts': {'sine': 'reproduced', 'x': 'reproduced'}"},
};

// Rows that are right or wrong by how their words fit together; appended to the checks of the good registry.
static const struct {
    int valid;
    const char *row;
} fits[] = {
    {1, "'statistic': 'value', 'direction': 'within', 'reference': 1, 'tolerance': 0"},
    {0, "'statistic': 'value', 'direction': 'within', 'reference': 1"},
    {0, "'statistic': 'value', 'direction': 'within', 'tolerance': 1"},
    {0, "'statistic': 'value', 'direction': 'within', 'reference': 1, 'tolerance': 1, "
        "'relative_tolerance': 1"},
    {1, "'statistic': 'value', 'direction': 'equal', 'reference': 'text'"},
    {0, "'statistic': 'value', 'direction': 'equal', 'bound': 1"},
    {0, "'statistic': 'value', 'direction': 'different'"},
    {0, "'statistic': 'value', 'direction': 'less'"},
    {0, "'statistic': 'differing', 'direction': 'equal', 'reference': 0"},
    {1, "'statistic': 'differing', 'direction': 'equal', 'reference': 0, 'y': {'case': 'a', "
        "'metric': 'n'}"},
    {0, "'statistic': 'value', 'direction': 'equal', 'reference': 0, 'y': {'case': 'a', "
        "'metric': 'n'}"},
    {0, "'statistic': 'each', 'direction': 'at_most', 'bound': 1"},
    {1, "'statistic': 'each', 'direction': 'within', 'reference': [1], 'tolerance': 1"},
    {0, "'statistic': 'mean_interval', 'direction': 'greater', 'bound': 0"},
    {1, "'statistic': 'mean_interval', 'direction': 'greater', 'bound': 0, 'n': 5"},
    {0,
     "'statistic': 'mean_interval', 'direction': 'within', 'reference': 0, 'tolerance': 1, 'n': 5"},
    {0, "'statistic': 'value', 'direction': 'less', 'bound': 0, 'holm': 'h'"},
    {0,
     "'statistic': 'mean_interval', 'direction': 'not_greater', 'bound': 0, 'n': 5, 'holm': 'h'"},
    {0, "'statistic': 'ratio_interval', 'direction': 'equivalent', 'margin': 1, 'n': 5, 'y': "
        "{'case': 'a', 'metric': 'n'}"},
    {1, "'statistic': 'given_interval', 'direction': 'greater', 'bound': 0, 'level': 0.99"},
    {1, "'statistic': 'given_interval', 'direction': 'equivalent', 'margin': 1"},
    {0, "'statistic': 'given_interval', 'direction': 'greater', 'bound': 0, 'n': 3"},
    {0, "'statistic': 'given_interval', 'direction': 'greater', 'bound': 0, 'holm': 'h'"},
    {0, "'statistic': 'given_interval', 'direction': 'greater', 'bound': 0, 'interval': 't'"},
    {0, "'statistic': 'given_interval', 'direction': 'within', 'reference': 0, 'tolerance': 1"},
    {0, "'statistic': 'value', 'direction': 'less', 'bound': 0, 'id': 'X1.a'"},
};

static json_t *J(const char *text)
{
    char *copy = strdup(text);
    json_error_t error;
    json_t *value;

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    value = json_loads(copy, 0, &error);
    if (!value)
        fail_msg("%s in %s", error.text, copy);
    free(copy);
    return value;
}

static int validate(const char *text, struct h4l_err *err)
{
    json_t *registry = J(text);
    int code = h4l_claims_validate(registry, err);

    json_decref(registry);
    return code;
}

static void good_one_passes(void **state)
{
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(validate(good, &err), err);
}

static void broken_ones_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const char *at = strstr(good, broken[i].from);
        struct h4l_err err = {0};
        char text[4000];

        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, broken[i].to,
                 at + strlen(broken[i].from));
        printf("       %s -> %s\n", broken[i].from, broken[i].to);
        CHECK_INT(validate(text, &err), H4L_E_DATA);
        printf("       %s\n", err.message);
        CHECK_TRUE(strlen(err.message) > 10);
    }
}

static void words_must_fit(void **state)
{
    static const char end[] = "}], 'registered'";
    const char *at = strstr(good, end);

    (void)state;
    assert_non_null(at);
    for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++) {
        struct h4l_err err = {0};
        char text[4000];

        snprintf(text, sizeof text,
                 "%.*s}, {%s'role': 'criterion', 'title': 't', 'why': 'w', 'x': {'case': 'a', "
                 "'metric': 'm'}, %s%s",
                 (int)(at - good), good, strstr(fits[i].row, "'id'") ? "" : "'id': 'X1.b', ",
                 fits[i].row, at);
        printf("       %s\n", fits[i].row);
        CHECK_INT(validate(text, &err), fits[i].valid ? H4L_OK : H4L_E_DATA);
        printf("       %s\n", err.message);
    }
}

static void foreign_values(void **state)
{
    static const char *const texts[] = {"[]", "{}", "{'schema': 1}"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct h4l_err err = {0};
        CHECK_INT(validate(texts[i], &err), H4L_E_DATA);
    }
    CHECK_INT(h4l_verdict_rank("reproduced"), 3);
    CHECK_INT(h4l_verdict_rank("not-reproduced"), 0);
    CHECK_INT(h4l_verdict_rank("unknown"), -1);
    CHECK_INT(h4l_verdict_rank(NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_one_passes),
        cmocka_unit_test(broken_ones_are_refused),
        cmocka_unit_test(words_must_fit),
        cmocka_unit_test(foreign_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
