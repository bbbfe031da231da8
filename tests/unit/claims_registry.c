// A registry must be well formed: each row of the table breaks one thing in a good one and must be refused, with a message
// that names the place.
#include "check.h"
#include "json.h"

#include <jansson.h>

#include "claims/claims.h"

static const char good[] =
    "{'schema': 'hh4lif.claims/3', 'family': 'f', 'cases': {'a': {'seed': 3, 'parameters': {'p': "
    "1}}, 'b': {}}, 'pins': {'r/*': {'p': 2}}, 'claims': [{'id': 'X1', 'title': 't', 'source': "
    "'s', "
    "'kind': 'claim', 'statement': 's', 'figures': [{'file': 'trace', 'caption': 'c', 'alt': "
    "'a'}], "
    "'command': 'x', 'checks': [{'id': 'X1.f', 'role': 'reference', 'title': 't', 'why': 'w', "
    "'x': {'case': 'b', 'metric': 'm'}, 'tiers': ['quick'], 'statistic': 'value', 'direction': "
    "'less', 'bound': {'quick': 7}}], 'rows': [{'id': 'X1.r', 'kind': 'question', 'statement': "
    "'one "
    "two', 'setting': 's', 'criterion': 'c', 'tier': 'full', 'results': 'r', 'first_round': "
    "'full', "
    "'seed': 101, 'n': 5, 'of': 'seeds', 'power': '0.9', 'headline': '{X1.a}, {b:interval90}', "
    "'effect': "
    "'X1.a', 'ceiling': 9, 'edition': {'number': 2, 'date': '2026-01-31', 'reason': 'r'}, "
    "'caveats': "
    "[{'row': 'X1.r', 'is': 'no', 'text': 't'}], 'registered': {'verdict': 'yes', 'date': "
    "'2025-01-31', 'reason': 'r', 'first_round': {'tier': 'full', 'verdict': 'open', 'date': "
    "'2024-01-31', 'reason': 'q'}}, 'checks': [{'id': 'X1.a', 'role': 'criterion', 'title': 't', "
    "'why': 'w', 'unit': 'mV', 'x': [{'case': 'a', 'run': 'r', 'metric': 'm', 'reduce': 'last'}, "
    "{'case': 'b', 'metric': 'm', 'times': -1, 'at': {'index': 0}, 'where': {'k': 'v'}, 'over': "
    "'o'}], 'statistic': 'mean_interval', 'n': 5, 'pairs': 'seeds', 'direction': 'equivalent', "
    "'margin': 2, 'level': 0.95, 'interval': 't', 'holm': 'h', 'agreement': true}, {'id': 'X1.g', "
    "'role': 'criterion', 'title': 't', 'why': 'w', 'x': {'case': 'a', 'metric': 'm'}, "
    "'statistic': "
    "'mean_interval', 'n': 5, 'direction': 'alike', 'margin': 1, 'guard': 'X1.a'}]}]}]}";

// In a good registry, `from` (which must be there) becomes `to`.
static const struct {
    const char *from, *to;
} broken[] = {
    {"hh4lif.claims/3", "hh4lif.claims/0"},
    {"'schema': 'hh4lif.claims/3',", ""},
    {"'family': 'f',", ""},
    {"'family': 'f'", "'family': ''"},
    {"'family': 'f'", "'familie': 'f'"},
    {"'seed': 3", "'seed': 3.5"},
    {"'seed': 3", "'sed': 3"},
    {"'b': {}", "'b': {}, '../c': {}"},
    {"'id': 'X1',", ""},
    {"'id': 'X1'", "'id': 1"},
    {"'kind': 'claim'", "'kind': 'statement'"},
    {"'kind': 'claim',", ""},
    {"'rows': [{", "'rows': [], 'row': [{"},
    {"'file': 'trace'", "'file': '../trace'"},
    {"'file': 'trace'", "'file': 'trace.svg'"},
    {", 'alt': 'a'", ""},
    {"'role': 'reference'", "'role': 'criterion'"},
    {"'role': 'reference'", "'role': 'reference', 'agreement': true"},
    {"'x': {'case': 'b'", "'x': {'run': 'r', 'case': 'b'"},
    {"'bound': {'quick': 7}", "'bound': {'fast': 7}"},
    {"'id': 'X1.r'", "'id': 1"},
    {"'kind': 'question'", "'kind': 'open'"},
    {"'statement': 'one two'",
     "'statement': 'one two three four five six seven eight nine ten eleven twelve thirteen'"},
    {"'setting': 's', ", ""},
    {"'criterion': 'c', 'tier'", "'criterium': 'c', 'tier'"},
    {"'tier': 'full', 'results'", "'tier': 'quick', 'results'"},
    {"'tier': 'full', 'results'", "'tier': 'complete', 'results'"},
    {"'results': 'r', 'first_round'", "'first_round'"},
    {"'n': 5, 'of'", "'n': 0, 'of'"},
    {"'n': 5, 'of'", "'n': 5.5, 'of'"},
    {"'{X1.a}, {b:interval90}'",
     "'{X1.a} points and very many words behind it that do not fit on one line "
     "of the table of verdicts, not even nearly'"},
    {"'ceiling': 9", "'ceiling': 'nine'"},
    {"'ceiling': 9", "'needs': {'yes': ['X9'], 'text': 't'}"},
    {"'ceiling': 9", "'needs': {'yes': ['X1.r']}"},
    {"'ceiling': 9", "'needs': {'yes': [1], 'text': 't'}"},
    {"'number': 2, ", ""},
    {"2026-01-31", "January"},
    {"'is': 'no', ", ""},
    {"'verdict': 'yes'", "'verdict': 'reproduced'"},
    {"'verdict': 'yes', 'date': '2025-01-31', 'reason': 'r'",
     "'verdict': 'yes', 'date': '2025-01-31'"},
    {"2025-01-31", "31.1.2025"},
    {"2025-01-31", "2025-01-3"},
    {"'tier': 'full', 'verdict': 'open'", "'tier': 'full', 'verdict': 'inconclusive'"},
    {"'tier': 'full', 'verdict': 'open'", "'tier': 'long', 'verdict': 'open'"},
    {"'verdict': 'open', ", ""},
    {"'id': 'X1.a', 'role': 'criterion'", "'id': 'X1.a', 'role': 'reference'"},
    {"'id': 'X1.a', 'role': 'criterion'", "'id': 'X1.a', 'role': 'audit'"},
    {"'why': 'w', 'unit'", "'unit'"},
    {"'case': 'a', 'run'", "'case': 'c', 'run'"},
    {"'metric': 'm', 'reduce'", "'reduce'"},
    {"'metric': 'm', 'reduce'", "'metric': 'm', 'timing': 'm', 'reduce'"},
    {"'reduce': 'last'", "'reduce': 'latest'"},
    {"'times': -1", "'times': '-1'"},
    {"'at': {'index': 0}", "'at': {'index': 0.5}"},
    {"'at': {'index': 0}", "'at': {'index': -1}"},
    {"'at': {'index': 0}", "'at': {'index': 0, 'dt': 1}"},
    {"'at': {'index': 0}", "'at': {}"},
    {"'at': {'index': 0}", "'at': {'dt': 'x'}"},
    {"'where': {'k': 'v'}", "'where': {}"},
    {"'where': {'k': 'v'}", "'where': {'k': 'v', 'l': 'w'}"},
    {"'over': 'o'", "'over': 2"},
    {"'statistic': 'mean_interval'", "'statistic': 'average'"},
    {"'statistic': 'mean_interval'", "'statistic': 'mean'"},
    {"'statistic': 'mean_interval'", "'statistic': 'welch_interval'"},
    {"'statistic': 'mean_interval'", "'statistic': 'each'"},
    {"'n': 5, 'pairs'", "'pairs'"},
    {"'n': 5, 'pairs'", "'n': {'fast': 5}, 'pairs'"},
    {"'n': 5, 'pairs'", "'n': {'quick': 5.5}, 'pairs'"},
    {"'n': 5, 'pairs'", "'n': 0, 'pairs'"},
    {"'pairs': 'seeds', ", ""},
    {"'direction': 'equivalent'", "'direction': 'similar'"},
    {"'direction': 'equivalent'", "'direction': 'greater'"},
    {"'direction': 'equivalent'", "'direction': 'above'"},
    {"'direction': 'equivalent'", "'direction': 'above', 'delta': 0"},
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
    {"'holm': 'h'", "'holm': 'h', 'rounds': 3"},
    {"'agreement': true}", "'agreement': 1}"},
    {"'agreement': true}", "'agreement': true}, 7"},
    {"'guard': 'X1.a'", "'guard': 'X1.g'"},
    {"'guard': 'X1.a'", "'guard': 'X1.b'"},
    {"'id': 'X1.g'", "'id': 'X1.a'"},
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
    {1, "'statistic': 'mean_interval', 'direction': 'above', 'delta': 1, 'n': 5"},
    {0, "'statistic': 'mean_interval', 'direction': 'above', 'bound': 1, 'n': 5"},
    {0, "'statistic': 'mean_interval', 'direction': 'above', 'delta': 1"},
    {0, "'statistic': 'mean_interval', 'direction': 'above', 'delta': 1, 'n': 5, 'guard': 'X1.a'"},
    {0, "'statistic': 'value', 'direction': 'above', 'delta': 1"},
    {0, "'statistic': 'given_interval', 'direction': 'above', 'delta': 1"},
    {1, "'statistic': 'fits_interval', 'direction': 'shown_above', 'bound': 1, 'n': 5, 'id': "
        "'X1.r.b'"},
    {0, "'statistic': 'fits_interval', 'direction': 'above', 'delta': 1, 'n': 5, 'id': 'X1.r.b'"},
    {1, "'statistic': 'fits_interval', 'direction': 'above', 'delta': 1, 'n': 5"},
    {1, "'statistic': 'mean_interval', 'direction': 'mostly_within', 'margin': 1, 'n': 5"},
    {1, "'statistic': 'low_interval', 'direction': 'greater', 'bound': 1, 'rounds': 20, 'y': "
        "{'case': 'a', 'metric': 'n'}"},
    {0, "'statistic': 'low_interval', 'direction': 'greater', 'bound': 1, 'y': {'case': 'a', "
        "'metric': 'n'}"},
};

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
        char text[6000];

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
    static const char end[] = "}]}]}]}";
    const char *at = strstr(good, end);

    (void)state;
    assert_non_null(at);
    for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++) {
        struct h4l_err err = {0};
        char text[6000];

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
    CHECK_STR(h4l_verdict_name(0, 2), "reproduced-with-caveat");
    CHECK_STR(h4l_verdict_name(1, 2), "yes");
    assert_null(h4l_verdict_name(1, -1));
    CHECK_INT(h4l_verdict_rank("open"), 1);
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
