// The rows of a claim: the tests that decide them, with known answers, and the verdicts that follow (docs/second-round.md, section 1).
#include "check.h"
#include "json.h"

#include <jansson.h>

#include "claims/claims.h"
#include "claims/fill.h"
#include "claims/internal.h"
#include "claims/print.h"

// One case with six seeds. d: mean 1.15, standard error 0.2262. a, b: two groups. A, B: fits x stimuli.
static const char metrics_text[] =
    "{'seeds': [101, 102, 103, 104, 105, 106], 'd': [1.2, 0.7, 1.9, 0.4, 1.1, 1.6], 'zero': [0, 0, "
    "0, 0, 0, 0], 'small': [0.1, -0.1, 0.2, 0, -0.2, 0.05], 'near': [0.3, 0.5, -0.1, 0.4, 0.2, "
    "0.1], "
    "'base': [2, 2, 4, 4, 5, 5], 'a': [7.4, 7.1, 6.9, 7.3], 'b': [6.2, 6.8, 5.9, 6.6, 6.3], 'A': "
    "[[0.5, 0.7, 0.6, 0.9], [0.4, 0.8, 0.5, 1.0], [0.6, 0.6, 0.7, 0.8]], 'B': [[0.2, 0.5, 0.3, "
    "0.7],"
    " [0.3, 0.4, 0.5, 0.6]], 'class': ['n', 'x', 'n', 'x'], 'returns': [[0, 0, 4, 6], [9, 9, 1, "
    "3], "
    "[0, 0, 2, 2]], 'ten': [0, 0, 0.1, 0, 3, 0, 0, -0.1, 0, 0], 'nine': [0, 0, 0.1, 0, 3, 0, 0, 5, "
    "0, 0]}";

static json_t *result_of(const char *name, const char *metrics)
{
    json_t *result = J("{'schema': 'hh4lif.result/1', 'family': 'f', 'tier': 'full', 'seed': 101, "
                       "'parameters': {'p': 1, 'fits': 3}, 'provenance': {'version': '1', "
                       "'git_commit': 'c', 'seconds': 2, 'timings': {'ratio': 2, 'ratio_low': "
                       "1.5}}}");

    must(json_object_set_new(result, "case", json_string(name)));
    must(json_object_set_new(result, "metrics", J(metrics)));
    return result;
}

// A registry whose claim C has these rows (JSON).
static json_t *registry_of(const char *rows)
{
    json_t *registry =
        J("{'schema': 'hh4lif.claims/3', 'family': 'f', 'cases': {'a': {}, 'b': {}}, "
          "'claims': [{'id': 'C', 'title': 't', 'source': 's', 'kind': 'claim', "
          "'statement': 's', 'checks': []}]}");

    must(json_object_set_new(json_array_get(json_object_get(registry, "claims"), 0), "rows",
                             J(rows)));
    return registry;
}

static json_t *evaluate_as(const char *rows, json_t *results_stolen,
                           const struct h4l_claims_query *query)
{
    json_t *registry = registry_of(rows), *out = NULL, *claim;
    struct h4l_err err = {0};

    CHECK_OK(h4l_claims_validate(registry, &err), err);
    CHECK_OK(h4l_claims_evaluate(registry, results_stolen, query, &out, &err), err);
    claim = json_incref(json_array_get(json_object_get(out, "claims"), 0));
    json_decref(out);
    json_decref(registry);
    json_decref(results_stolen);
    return claim;
}

static const struct h4l_claims_query by_run = {.by_run = true};

// The claim with these rows on the two cases of the run "r".
static json_t *evaluate(const char *rows)
{
    json_t *results = json_object();

    must(json_object_set_new(results, "r/a", result_of("a", metrics_text)));
    return evaluate_as(rows, results, &by_run);
}

static const json_t *row_of(const json_t *claim, size_t i)
{
    return json_array_get(json_object_get(claim, "rows"), i);
}

static const json_t *check_of(const json_t *claim, size_t i)
{
    return json_array_get(json_object_get(row_of(claim, 0), "checks"), i);
}

static const char *text(const json_t *object, const char *key)
{
    const char *found = json_string_value(json_object_get(object, key));

    return found ? found : "(none)";
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

#define ROW_OF(more, checks)                                                                       \
    "[{'id': 'C.x', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "          \
    "'results': 'r', 'seed': 101, 'headline': 'h', 'registered': {}, " more "'checks': [" checks   \
    "]}]"
#define ROW(checks) ROW_OF("", checks)
#define CHECK(id, metric, rest)                                                                    \
    "{'id': '" id "', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': "                \
    "'mean_interval', 'n': 6, 'pairs': 'seeds', 'x': {'run': 'r', 'case': 'a', 'metric': '" metric \
    "'}, " rest "}"

struct answer {
    const char *rest, *outcome;
    double p, p_refuted;
};

// The p values come from the density of t integrated by Simpson's rule and sums of fractions, apart from this library.
static void tests_have_known_answers(void **state)
{
    static const struct answer rows[] = {
        {"'direction': 'above', 'delta': 0.5", "met", 0.003821531291, 1},
        {"'direction': 'above', 'delta': 3", "met small", 0.003821531291, 1},
        {"'direction': 'above', 'delta': 1.6", "met", 0.003821531291,
         1}, // 90 % interval ends at 1.6058
        {"'direction': 'above', 'delta': 1.61", "met small", 0.003821531291, 1},
        {"'direction': 'alike', 'margin': 2", "met", 0.006594162526, 0.9934058375},
        {"'direction': 'alike', 'margin': 1.5", "undecided", 0.09123241026, 0.9087675897},
        {"'direction': 'alike', 'margin': 0.5", "refuted", 0.9825752913, 0.01742470868},
        {"'direction': 'alike', 'margin': 0.2", "refuted", 0.9957544593, 0.004245540671},
        {"'direction': 'shown_above', 'bound': 0.5", "met", 0.01742470868, 0.9825752913},
        {"'direction': 'shown_below', 'bound': 0.2", "refuted", 0.9957544593, 0.004245540671},
        {"'direction': 'shown_below', 'bound': 3", "met", 0.0002221867451, 0.9997778132549},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char checks[600];
        json_t *claim;
        const json_t *check;

        snprintf(checks, sizeof checks, ROW(CHECK("k", "d", "%s")), rows[i].rest);
        claim = evaluate(checks);
        check = check_of(claim, 0);
        printf("       %s\n", rows[i].rest);
        CHECK_STR(text(check, "outcome"), rows[i].outcome);
        CHECK_CLOSE(number(check, "got"), 1.15, 1e-12);
        CHECK_CLOSE(number(check, "standard_error"), 0.226200501031, 1e-11);
        CHECK_CLOSE(number(check, "p"), rows[i].p, 1e-9);
        CHECK_CLOSE(number(check, "p_refuted"), rows[i].p_refuted, 1e-9);
        json_decref(claim);
    }
}

static void intervals_say_their_level(void **state)
{
    json_t *claim = evaluate(ROW(CHECK("k", "d", "'direction': 'above', 'delta': 1") "," CHECK(
        "l", "d", "'direction': 'alike', 'margin': 1")));
    const json_t *interval = json_object_get(check_of(claim, 0), "interval");

    (void)state;
    CHECK_CLOSE(json_number_value(json_array_get(interval, 0)), 0.568533100838, 1e-9);
    CHECK_CLOSE(json_number_value(json_array_get(interval, 1)), 1.73146689916, 1e-9);
    CHECK_CLOSE(number(check_of(claim, 0), "level"), 0.95, 0);
    CHECK_CLOSE(number(check_of(claim, 1), "level"), 0.9, 1e-15);
    CHECK_INT(json_integer_value(json_object_get(check_of(claim, 0), "n")), 6);
    CHECK_CLOSE(json_number_value(json_array_get(json_object_get(check_of(claim, 0), "values"), 2)),
                1.9, 0);
    CHECK_CLOSE(number(row_of(claim, 0), "effect"), 1.15, 1e-12);
    json_decref(claim);
}

static void groups_and_fits(void **state)
{
    json_t *claim = evaluate(ROW(
        "{'id': 'k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'fits_interval', "
        "'n': 3, 'x': {'run': 'r', 'case': 'a', 'metric': 'A', 'reduce': 'matrix'}, 'direction': "
        "'at_least', 'bound': 0.5}"));

    (void)state;
    CHECK_CLOSE(number(check_of(claim, 0), "got"), 0.675, 1e-12); // one model alone
    CHECK_INT(json_integer_value(json_object_get(check_of(claim, 0), "n")), 3);
    json_decref(claim);
    // n of x and y must be the registered one: three fits of A, two of B.
    claim = evaluate(ROW(
        "{'id': 'k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'fits_interval', "
        "'n': 3, 'x': {'run': 'r', 'case': 'a', 'metric': 'A', 'reduce': 'matrix'}, 'y': {'run': "
        "'r', "
        "'case': 'a', 'metric': 'B', 'reduce': 'matrix'}, 'direction': 'above', 'delta': 1}"));
    CHECK_STR(text(check_of(claim, 0), "outcome"), "error");
    json_decref(claim);
    // One class of stimuli, and all the others.
    claim = evaluate(ROW(
        "{'id': 'k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'fits_interval', "
        "'n': 3, 'x': {'run': 'r', 'case': 'a', 'metric': 'A', 'reduce': 'matrix', 'where': "
        "{'class': "
        "'n'}}, 'direction': 'at_least', 'bound': 0.5}, {'id': 'l', 'role': 'criterion', 'title': "
        "'t', 'why': 'w', 'statistic': 'fits_interval', 'n': 3, 'x': {'run': 'r', 'case': 'a', "
        "'metric': 'A', 'reduce': 'matrix', 'where': {'class': {'not': 'n'}}}, 'direction': "
        "'at_least', 'bound': 0.5}"));
    CHECK_CLOSE(number(check_of(claim, 0), "got"), 0.55, 1e-12);
    CHECK_CLOSE(number(check_of(claim, 1), "got"), 0.8, 1e-12);
    json_decref(claim);
}

// A ratio of speeds with the lower end of its interval over 20 rounds.
static void ratio_with_its_lower_end(void **state)
{
    static const char format[] =
        "[{'id': 'C.x', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "
        "'results': 'r', 'seed': 101, 'headline': 'h', 'registered': {}, 'checks': [{'id': 'k', "
        "'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'low_interval', 'rounds': 20, "
        "'x': {'run': 'r', 'case': 'a', 'timing': 'ratio'}, 'y': {'run': 'r', 'case': 'a', "
        "'timing': "
        "'ratio_low'}, 'direction': 'greater', 'bound': %s}]}]";
    static const struct {
        const char *bound, *outcome;
        double p;
    } rows[] = {
        {"1", "met", 7.22315e-05}, {"2.6", "undecided", 0.0715071}, {"3", "refuted", 0.00822}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char checks[900];
        json_t *claim;

        snprintf(checks, sizeof checks, format, rows[i].bound);
        claim = evaluate(checks);
        CHECK_STR(text(check_of(claim, 0), "outcome"), rows[i].outcome);
        CHECK_CLOSE(number(check_of(claim, 0), "got"), 2, 1e-12);
        CHECK_CLOSE(number(check_of(claim, 0), "p"), rows[i].p, 1e-4);
        CHECK_CLOSE(
            json_number_value(json_array_get(json_object_get(check_of(claim, 0), "interval"), 1)),
            2.666666667, 1e-8);
        json_decref(claim);
    }
}

static void terms_divide_filter_and_halve(void **state)
{
    json_t *claim = evaluate(
        ROW("{'id': 'k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'each', 'x': "
            "{'run': 'r', 'case': 'a', 'metric': 'd', 'over': 'base', 'times': 10}, 'direction': "
            "'within', 'tolerance': 1e-12, 'reference': [6, 3.5, 4.75, 1, 2.2, 3.2]}, {'id': 'l', "
            "'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'each', 'x': {'run': 'r', "
            "'case': 'a', 'metric': 'returns', 'reduce': 'mean_last_half'}, 'direction': 'equal', "
            "'reference': [5, 2, 2]}"));

    (void)state;
    CHECK_STR(text(check_of(claim, 0), "outcome"), "met");
    CHECK_STR(text(check_of(claim, 1), "outcome"), "met");
    json_decref(claim);
    claim = evaluate(
        ROW("{'id': 'k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': 'mean', 'x': "
            "{'run': "
            "'r', 'case': 'a', 'metric': 'd', 'over': 'zero'}, 'direction': 'less', 'bound': 1}"));
    CHECK_STR(text(row_of(claim, 0), "state"), "error"); // nothing is divided by 0
    json_decref(claim);
}

// ---- verdicts ----

static void check_verdict(const char *rows, const char *verdict, const char *state)
{
    json_t *claim = evaluate(rows);

    CHECK_STR(text(row_of(claim, 0), "verdict"), verdict);
    CHECK_STR(text(row_of(claim, 0), "state"), state);
    CHECK_STR(text(claim, "verdict"), verdict);
    json_decref(claim);
}

#define QUESTION "'kind': 'question', "

static void verdicts_follow(void **state)
{
    (void)state;
    check_verdict(ROW(CHECK("k", "d", "'direction': 'above', 'delta': 0.5")), "reproduced",
                  "not registered");
    check_verdict(ROW_OF(QUESTION, CHECK("k", "d", "'direction': 'above', 'delta': 0.5")), "yes",
                  "not registered");
    check_verdict(ROW(CHECK("k", "d", "'direction': 'above', 'delta': 3")),
                  "reproduced-with-caveat", "not registered");
    check_verdict(ROW_OF(QUESTION, CHECK("k", "d", "'direction': 'above', 'delta': 3")), "yes",
                  "not registered");
    check_verdict(ROW(CHECK("k", "small", "'direction': 'above', 'delta': 0.01")), "inconclusive",
                  "not registered");
    check_verdict(ROW(CHECK("k", "small", "'direction': 'above', 'delta': 2")), "not-reproduced",
                  "not registered");
    check_verdict(ROW_OF(QUESTION, CHECK("k", "small", "'direction': 'above', 'delta': 2")), "no",
                  "not registered");
    // One refuted decides against one met; registered verdicts are compared.
    check_verdict(
        "[{'id': 'C.x', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "
        "'results': "
        "'r', 'seed': 101, 'headline': 'h', 'registered': {'verdict': 'not-reproduced', 'date': "
        "'2025-01-31', 'reason': 'r'}, 'checks': [" CHECK(
            "k", "d",
            "'direction': 'above', 'delta': 1") "," CHECK("l", "small",
                                                          "'direction': 'above', 'delta': 2") "]}]",
        "not-reproduced", "as registered");
    check_verdict(
        "[{'id': 'C.x', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "
        "'results': 'r', 'seed': 101, 'headline': 'h', 'registered': {'verdict': "
        "'not-reproduced', 'date': '2025-01-31', 'reason': 'r'}, 'checks': "
        "[" CHECK("k", "d", "'direction': 'above', 'delta': 1") "]}]",
        "reproduced", "verdict changed");
}

// p of a refutation is 0.0174: three such checks refute (0.0174 x 3 is above 0.05, so none does), one alone does.
static void holm_over_the_row(void **state)
{
#define REFUTED "'direction': 'alike', 'margin': 0.5"
    json_t *claim = evaluate(ROW(CHECK("k", "d", REFUTED)));

    (void)state;
    CHECK_STR(text(row_of(claim, 0), "verdict"), "not-reproduced");
    json_decref(claim);
    claim = evaluate(ROW(CHECK("k", "d", REFUTED) "," CHECK("l", "d", REFUTED)));
    CHECK_STR(text(row_of(claim, 0), "verdict"), "not-reproduced"); // 0.0348
    CHECK_CLOSE(number(check_of(claim, 0), "p_refuted_adjusted"), 2 * 0.01742470868, 1e-9);
    json_decref(claim);
    claim = evaluate(
        ROW(CHECK("k", "d", REFUTED) "," CHECK("l", "d", REFUTED) "," CHECK("m", "d", REFUTED)));
    CHECK_STR(text(row_of(claim, 0), "verdict"), "inconclusive"); // 0.0523
    CHECK_STR(text(check_of(claim, 0), "outcome"), "undecided");
    json_decref(claim);
}

// "small" and "near" are both within 1: then "small within 1" says nothing.
static void guard_makes_a_margin_say_nothing(void **state)
{
    json_t *claim = evaluate(
        ROW(CHECK("k", "small", "'direction': 'alike', 'margin': 1, 'guard': 'l'") "," CHECK(
            "l", "near", "'direction': 'above', 'delta': 0.1")));

    (void)state;
    CHECK_STR(text(check_of(claim, 0), "outcome"), "undecided");
    CHECK_TRUE(strstr(text(check_of(claim, 0), "message"), "the margin says nothing") != NULL);
    json_decref(claim);
    claim = evaluate(
        ROW(CHECK("k", "small", "'direction': 'alike', 'margin': 1, 'guard': 'l'") "," CHECK(
            "l", "d", "'direction': 'above', 'delta': 1")));
    CHECK_STR(text(check_of(claim, 0), "outcome"), "met");
    CHECK_STR(text(row_of(claim, 0), "verdict"), "reproduced");
    json_decref(claim);
}

#define TEN(metric)                                                                                \
    "{'id': 'n', 'role': 'against', 'title': 't', 'why': 'w', 'statistic': 'mean_interval', 'n': " \
    "10, 'x': {'run': 'r', 'case': 'a', 'metric': '" metric                                        \
    "'}, 'direction': 'mostly_within', 'margin': 2}"

// The answer no has checks of its own where exact zeros leave a t interval without meaning: nine of ten, p 0.0107.
static void against_shows_a_no(void **state)
{
    json_t *claim = evaluate(
        ROW_OF(QUESTION, CHECK("k", "small", "'direction': 'above', 'delta': 2") "," TEN("ten")));

    (void)state;
    CHECK_STR(text(row_of(claim, 0), "verdict"), "no");
    CHECK_CLOSE(number(check_of(claim, 1), "p"), 0.0107421875, 1e-12);
    json_decref(claim);
    // Eight of ten (p 0.0547) do not show it, and that the advantage is refuted does not either.
    claim = evaluate(
        ROW_OF(QUESTION, CHECK("k", "small", "'direction': 'above', 'delta': 2") "," TEN("nine")));
    CHECK_STR(text(row_of(claim, 0), "verdict"), "open");
    CHECK_CLOSE(number(check_of(claim, 1), "p"), 0.0546875, 1e-12);
    json_decref(claim);
}

// Checks that describe decide nothing, whatever they find; a claim of the paper cannot rest on them alone.
static void descriptions_decide_nothing(void **state)
{
    static const char described[] =
        "{'id': 'k', 'role': 'description', 'title': 't', 'why': 'w', 'statistic': "
        "'mean_interval', 'n': 6, 'pairs': 'seeds', 'x': {'run': 'r', 'case': 'a', 'metric': "
        "'d'}, 'direction': 'greater', 'bound': 4}";
    char rows[1200];
    json_t *claim, *registry;
    struct h4l_err err = {0};

    (void)state;
    snprintf(rows, sizeof rows, ROW_OF(QUESTION, "%s"), described);
    claim = evaluate(rows);
    CHECK_STR(text(row_of(claim, 0), "verdict"), "open");
    CHECK_STR(text(check_of(claim, 0), "outcome"), "described");
    CHECK_CLOSE(number(check_of(claim, 0), "got"), 1.15, 1e-12);
    json_decref(claim);
    snprintf(rows, sizeof rows, ROW_OF(QUESTION, "%s,%s"), described,
             CHECK("l", "d", "'direction': 'above', 'delta': 0.5"));
    claim = evaluate(rows);
    CHECK_STR(text(row_of(claim, 0), "verdict"), "yes");
    json_decref(claim);
    snprintf(rows, sizeof rows, ROW_OF("", "%s"), described);
    registry = registry_of(rows);
    CHECK_INT(h4l_claims_validate(registry, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "no check has the role criterion") != NULL);
    json_decref(registry);
}

#define TWO_ROWS(is)                                                                               \
    "[{'id': 'C.x', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "          \
    "'results': 'r', 'seed': 101, 'headline': '{k} of {C.y:verdict}', 'registered': {}, "          \
    "'caveats': [{'row': 'C.y', 'is': '" is                                                        \
    "', 'text': 'the reason is another'}], 'checks': [" CHECK(                                     \
        "k", "d",                                                                                  \
        "'direction': 'above', 'delta': 0.5") "]}, {'id': 'C.y', 'kind': 'question', "             \
                                              "'statement': 's', 'setting': 's', 'criterion': "    \
                                              "'c', 'tier': 'full', "                              \
                                              "'results': 'r', 'seed': 101, 'headline': 'h', "     \
                                              "'registered': {}, 'checks': [" CHECK(               \
                                                  "l", "small",                                    \
                                                  "'direction': 'above', 'delta': 2") "]}]"

static void caveats_come_from_other_rows(void **state)
{
    json_t *claim = evaluate(TWO_ROWS("no"));

    (void)state;
    CHECK_STR(text(row_of(claim, 0), "verdict"), "reproduced-with-caveat");
    CHECK_STR(json_string_value(json_array_get(json_object_get(row_of(claim, 0), "caveats"), 0)),
              "the reason is another");
    CHECK_STR(text(row_of(claim, 0), "headline"), "1.15 of no");
    CHECK_STR(text(row_of(claim, 1), "verdict"), "no");
    json_decref(claim);
    claim = evaluate(TWO_ROWS("yes"));
    CHECK_STR(text(row_of(claim, 0), "verdict"), "reproduced");
    json_decref(claim);
}

// A question on "d" (yes) that needs a yes of C.y: of the question on `metric`, above 0.
#define NEEDING(metric)                                                                            \
    "[{'id': 'C.x', 'kind': 'question', 'statement': 's', 'setting': 's', 'criterion': 'c', "      \
    "'tier': 'full', 'results': 'r', 'seed': 101, 'headline': 'h', 'registered': {}, 'needs': "    \
    "{'yes': ['C.y'], 'text': 'nothing is asked'}, 'checks': [" CHECK(                             \
        "k", "d",                                                                                  \
        "'direction': 'above', 'delta': 0.5") "]}, {'id': 'C.y', 'kind': 'question', "             \
                                              "'statement': 's', 'setting': 's', 'criterion': "    \
                                              "'c', 'tier': 'full', 'results': 'r', 'seed': 101, " \
                                              "'headline': 'h', 'registered': {}, 'checks': "      \
                                              "[" CHECK(                                           \
                                                  "l", metric,                                     \
                                                  "'direction': 'above', 'delta': 0.1") "]}]"

static void a_question_needs_anothers_yes(void **state)
{
    json_t *claim = evaluate(NEEDING("near"));

    (void)state;
    CHECK_STR(text(row_of(claim, 1), "verdict"), "yes");
    CHECK_STR(text(row_of(claim, 0), "verdict"), "yes");
    CHECK_INT((int)json_array_size(json_object_get(row_of(claim, 0), "caveats")), 0);
    json_decref(claim);
    claim = evaluate(NEEDING("small"));
    CHECK_TRUE(strcmp(text(row_of(claim, 1), "verdict"), "yes") != 0);
    CHECK_STR(text(row_of(claim, 0), "verdict"), "open");
    CHECK_STR(json_string_value(json_array_get(json_object_get(row_of(claim, 0), "caveats"), 0)),
              "nothing is asked");
    json_decref(claim);
}

#define CEILING(x, y)                                                                              \
    ROW_OF("'ceiling': 1000, ",                                                                    \
           "{'id': 'k', 'role': 'criterion', 'title': 't', 'why': 'w', "                           \
           "'statistic': 'welch_interval', 'n': 3, 'x': {'run': 'r', 'case': 'a', 'metric': '" x   \
           "'}, 'y': {'run': 'r', 'case': 'a', 'metric': '" y                                      \
           "'}, 'direction': 'above', 'delta': 50}")

static void at_the_ceiling_nothing_shows(void **state)
{
    static const char returns[] =
        "{'seeds': [101, 102, 103], 'top': [1000, 999, 998], 'also': [1000, 1000, 999], "
        "'below': [951, 952, 953], 'low': [700, 720, 710]}";
    static const struct {
        const char *rows, *verdict;
        bool reversed;
    } rows[] = {{CEILING("top", "also"), "inconclusive", false},
                {CEILING("below", "also"), "not-reproduced", true},
                {CEILING("low", "also"), "not-reproduced", true}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        json_t *results = json_object(), *claim;

        must(json_object_set_new(results, "r/a", result_of("a", returns)));
        claim = evaluate_as(rows[i].rows, results, &by_run);
        CHECK_STR(text(row_of(claim, 0), "verdict"), rows[i].verdict);
        CHECK_TRUE(json_is_true(json_object_get(row_of(claim, 0), "reversed")) == rows[i].reversed);
        json_decref(claim);
    }
}

// ---- seeds that are missing, too many, or others ----

#define PLANNED(n) ROW_OF("'n': " n ", ", CHECK("k", "d", "'direction': 'above', 'delta': 0.5"))

static void incomplete_rows_have_no_verdict(void **state)
{
    json_t *claim = evaluate_as(PLANNED("6"), json_object(), &by_run);

    (void)state;
    CHECK_STR(text(row_of(claim, 0), "verdict"), "inconclusive");
    CHECK_STR(text(row_of(claim, 0), "state"), "incomplete");
    CHECK_STR(text(row_of(claim, 0), "headline"), "0 of 6 seeds");
    CHECK_STR(text(check_of(claim, 0), "outcome"), "not measured");
    CHECK_STR(text(claim, "state"), "as registered");
    json_decref(claim);
    claim = evaluate(PLANNED("10")); // six are there, ten are registered
    CHECK_STR(text(row_of(claim, 0), "headline"), "6 of 10 seeds");
    CHECK_TRUE(json_is_null(json_object_get(row_of(claim, 0), "effect")));
    json_decref(claim);
    claim = evaluate(PLANNED("5"));
    CHECK_STR(text(row_of(claim, 0), "state"), "error");
    CHECK_TRUE(
        strstr(json_string_value(json_array_get(json_object_get(row_of(claim, 0), "errors"), 0)),
               "6 seeds are there, 5 are registered: --seeds-as-found judges them") != NULL);
    json_decref(claim);
}

static void seeds_as_found(void **state)
{
    const struct h4l_claims_query query = {.by_run = true, .as_found = true};
    json_t *results = json_object(), *claim;

    (void)state;
    must(json_object_set_new(results, "r/a", result_of("a", metrics_text)));
    claim = evaluate_as(PLANNED("10"), results, &query);
    CHECK_STR(text(row_of(claim, 0), "verdict"), "reproduced");
    CHECK_STR(text(row_of(claim, 0), "state"), "as found");
    CHECK_INT(json_integer_value(json_object_get(row_of(claim, 0), "n")), 6);
    json_decref(claim);
}

static void seeds_are_those_registered(void **state)
{
    json_t *results = json_object(), *claim, *result = result_of("a", metrics_text);

    (void)state;
    must(json_array_set_new(json_object_get(json_object_get(result, "metrics"), "seeds"), 3,
                            json_integer(1)));
    must(json_object_set_new(results, "r/a", result));
    claim = evaluate_as(PLANNED("6"), results, &by_run);
    CHECK_STR(text(row_of(claim, 0), "state"), "error");
    CHECK_TRUE(strstr(text(check_of(claim, 0), "message"),
                      "expected the seeds from 101 on, found 1 at place 3") != NULL);
    json_decref(claim);
}

// The first round's results stand beside a row whose own are not there, and decide nothing.
static void first_round_is_shown_beside(void **state)
{
    json_t *results = json_object(), *claim, *first, *old = result_of("a", metrics_text);

    (void)state;
    must(json_object_set_new(old, "seed", json_integer(1)));
    must(json_object_set_new(results, "full/a", old));
    claim = evaluate_as(
        "[{'id': 'C.x', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', "
        "'results': "
        "'r', 'first_round': 'full', 'seed': 101, 'n': 10, 'headline': 'h', 'registered': "
        "{'first_round': {'tier': 'full', 'verdict': 'not-reproduced', 'date': '2025-01-31', "
        "'reason': "
        "'why'}}, 'checks': [" CHECK("k", "d", "'direction': 'above', 'delta': 0.5") "]}]",
        results, &by_run);
    first = json_object_get(row_of(claim, 0), "first_round");
    CHECK_STR(text(row_of(claim, 0), "verdict"), "inconclusive");
    CHECK_STR(text(first, "verdict"), "not-reproduced");
    first = json_array_get(json_object_get(first, "checks"), 0);
    CHECK_CLOSE(number(first, "got"), 1.15, 1e-12);
    CHECK_CLOSE(number(first, "n"), 6, 0);
    json_decref(claim);
}

#define TEN_A "7.4, 7.1, 6.9, 7.3, 8.0, 6.5, 7.7, 7.2, 6.6, 7.9"
#define TEN_B "6.2, 6.8, 5.9, 6.65, 6.3, 7.0, 6.1, 7.15, 6.0, 6.4"

// The row on ten seeds (or another number of values that it asks for) with the first round's three.
static json_t *with_both_rounds(const char *metrics)
{
    json_t *results = json_object(),
           *old = result_of("a", "{'seeds': [1, 2, 3], 'd': [0.5, 1.5, 0.8], 'a': [7.0, 7.5, 7.2], "
                                 "'b': [6.5, 6.9, 6.6]}");

    must(json_object_set_new(old, "seed", json_integer(1)));
    must(json_object_set_new(results, "full/a", old));
    must(json_object_set_new(results, "r/a", result_of("a", metrics)));
    return results;
}

#define BOTH_ROUNDS(n)                                                                             \
    ROW_OF("'first_round': 'full', 'n': " n ", ",                                                  \
           "{'id': 'C.k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': "            \
           "'mean_interval', 'n': " n ", 'pairs': 'seeds', 'x': {'run': 'r', 'case': 'a', "        \
           "'metric': 'd'}, 'direction': 'above', 'delta': 0.5}, {'id': 'C.w', 'role': "           \
           "'criterion', 'title': 't', 'why': 'w', 'statistic': 'welch_interval', 'n': " n         \
           ", 'x': {'run': 'r', 'case': 'a', 'metric': 'a'}, 'y': {'run': 'r', 'case': 'a', "      \
           "'metric': 'b'}, 'direction': 'above', 'delta': 0.1}")

static void check_estimate(const json_t *of, double estimate, double lo, double hi)
{
    const json_t *interval = json_object_get(of, "interval");

    CHECK_CLOSE(number(of, "estimate"), estimate, 1e-12);
    CHECK_CLOSE(json_number_value(json_array_get(interval, 0)), lo, 1e-9);
    CHECK_CLOSE(json_number_value(json_array_get(interval, 1)), hi, 1e-9);
    CHECK_CLOSE(number(of, "level"), 0.95, 0);
}

// The claims as Markdown. The caller frees it.
static char *markdown_of(const json_t *claim)
{
    json_t *claims = json_pack("[O]", claim);
    struct h4l_err err = {0};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    CHECK_OK(h4l_print_markdown(stream, claims, &err), err);
    fclose(stream);
    json_decref(claims);
    return text;
}

static void check_shown(const json_t *claim)
{
    char *page = markdown_of(claim);

    CHECK_TRUE(strstr(page, "both rounds pooled, a description") != NULL);
    CHECK_TRUE(strstr(page, "| t | Wilcoxon signed rank, p 0.014 | 0.8 [0.49, 0.943] | 0.919 "
                            "[0.436, 1.4], n = 13 |") != NULL);
    CHECK_TRUE(strstr(page, "| t | Mann-Whitney, p 0.0021 | 0.89 [0.644, 0.97] | 0.754 [0.409, "
                            "1.1], n = 13 |") != NULL);
    free(page);
}

// By scipy 1.10.1: wilcoxon and mannwhitneyu (method="exact"), binomtest(8, 10).proportion_ci("wilson"), stats.t, Welch by its formula.
static void beside_stands_what_decides_nothing(void **state)
{
    json_t *claim = evaluate_as(
        BOTH_ROUNDS("10"),
        with_both_rounds("{'seeds': [101, 102, 103, 104, 105, 106, 107, 108, 109, 110], 'd': [1.2, "
                         "0.7, 1.9, 0.4, 1.1, 1.6, -0.3, 0.9, 2.2, -0.55], 'a': [" TEN_A
                         "], 'b': [" TEN_B "]}"),
        &by_run);
    const json_t *pairs = json_object_get(check_of(claim, 0), "beside");
    const json_t *groups = json_object_get(check_of(claim, 1), "beside");

    (void)state;
    CHECK_STR(text(json_object_get(pairs, "rank_test"), "name"), "Wilcoxon signed rank");
    CHECK_CLOSE(number(json_object_get(pairs, "rank_test"), "statistic"), 51, 0);
    CHECK_CLOSE(number(json_object_get(pairs, "rank_test"), "p"), 0.013671875, 1e-15);
    check_estimate(json_object_get(pairs, "improvement"), 0.8, 0.4901624715366418,
                   0.9433178485456248);
    CHECK_STR(text(json_object_get(groups, "rank_test"), "name"), "Mann-Whitney");
    CHECK_CLOSE(number(json_object_get(groups, "rank_test"), "p"), 0.0020892420273225226, 1e-15);
    check_estimate(json_object_get(groups, "improvement"), 0.89, 0.6436260272017122,
                   0.969905159521791);
    check_estimate(json_object_get(check_of(claim, 0), "pooled"), 0.9192307692307692,
                   0.43618313080778887, 1.4022784076537496);
    check_estimate(json_object_get(check_of(claim, 1), "pooled"), 0.7538461538461538,
                   0.40934795486576986, 1.0983443528265378);
    CHECK_INT(
        json_integer_value(json_object_get(json_object_get(check_of(claim, 1), "pooled"), "n")),
        13);
    CHECK_INT(json_integer_value(
                  json_object_get(json_object_get(check_of(claim, 1), "pooled"), "first_round")),
              3);
    check_shown(claim);
    json_decref(claim);
}

// Of four seeds a rank test says little; both rounds are pooled all the same.
static void below_ten_nothing_stands_beside(void **state)
{
    json_t *claim =
        evaluate_as(BOTH_ROUNDS("4"),
                    with_both_rounds("{'seeds': [101, 102, 103, 104], 'd': [1.2, 0.7, 1.9, 0.4], "
                                     "'a': [7.4, 7.1, 6.9, 7.3], 'b': [6.2, 6.8, 5.9, 6.6]}"),
                    &by_run);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CHECK_TRUE(json_object_get(check_of(claim, i), "beside") == NULL);
        CHECK_INT(
            json_integer_value(json_object_get(json_object_get(check_of(claim, i), "pooled"), "n")),
            7);
    }
    json_decref(claim);
}

// A folder of results: rows of its tier are judged under the case alone, those of another tier are left out.
static void rows_of_a_folder(void **state)
{
    struct h4l_claims_query query = {.tier = "full", .no_figures = true};
    json_t *results = json_object(), *claim;

    (void)state;
    must(json_object_set_new(results, "a", result_of("a", metrics_text)));
    claim = evaluate_as(PLANNED("6"), json_incref(results), &query);
    CHECK_STR(text(row_of(claim, 0), "verdict"), "reproduced");
    json_decref(claim);
    query.tier = "quick";
    claim = evaluate_as(PLANNED("6"), results, &query);
    CHECK_INT((long long)json_array_size(json_object_get(claim, "rows")), 0);
    CHECK_TRUE(json_is_null(json_object_get(claim, "verdict")));
    json_decref(claim);
}

static void names_are_filled(void **state)
{
    static const struct {
        const char *text, *filled; // NULL: refused
    } rows[] = {
        {"plain", "plain"},
        {"{C.k} of {C.k:n} at {C.k:level}: {C.k:interval}", "1.15 of 6 at 95 %: 0.569 to 1.73"},
        {"{C.k:.1} ({C.k:interval:.2}), p {C.k:p:e0}", "1.1 (0.57 to 1.73), p 4·10⁻³"},
        {"{k}", "1.15"},
        {"{C.x:verdict}, {C.x:n}, {C.x:planned}", "reproduced, 6, 6"},
        {"{nothing}", NULL},
        {"{C.k:size}", NULL},
        {"{C.k n}", NULL},
        {"{full/fam/a:x}", NULL},
        {"{k} and {3}", NULL},
        {"{C.x}", NULL},
        {"{never ends", NULL}};
    json_t *claim =
        evaluate(ROW_OF("'n': 6, ", CHECK("C.k", "d", "'direction': 'above', 'delta': 0.5")));
    json_t *claims = json_pack("[O]", claim), *row = json_deep_copy(row_of(claim, 0));

    (void)state;
    must(json_object_set_new(row, "id", json_string("C"))); // so that "k" alone is "C.k"
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct h4l_err err = {0};
        char *made = NULL;
        int code = h4l_fill_row_text(rows[i].text, claims, row, &made, &err);

        printf("       %s: %s\n", rows[i].text, code ? err.message : made);
        CHECK_INT(code, rows[i].filled ? H4L_OK : H4L_E_DATA);
        if (rows[i].filled)
            CHECK_STR(made, rows[i].filled);
        free(made);
    }
    json_decref(claims);
    json_decref(claim);
    json_decref(row);
}

// A setting that is one value is given, one that is to be chosen is named; each run has the folder that the row reads.
static void commands_give_settings_and_folders(void **state)
{
    json_t *registry = registry_of(
        ROW("{'id': 'C.k', 'role': 'criterion', 'title': 't', 'why': 'w', 'statistic': "
            "'mean_interval', 'n': 6, 'pairs': 'seeds', 'x': [{'run': 'best/hh', 'case': 'a', "
            "'metric': 'd'}, {'run': 'one', 'case': 'b', 'metric': 'd', 'times': -1}], "
            "'direction': 'above', 'delta': 1}"));
    const struct evaluation e = {.registry = registry};
    json_t *list = json_array();

    (void)state;
    must(json_object_set_new(
        registry, "pins",
        J("{'best/*': {'scale': {'any': [1, 2]}, 'd': 3}, 'one/*': {'p': 0.5}}")));
    CHECK_INT(h4l_claims_commands(
                  &e, row_of(json_array_get(json_object_get(registry, "claims"), 0), 0), list),
              0);
    CHECK_INT(json_array_size(list), 2);
    CHECK_STR(strstr(json_string_value(json_array_get(list, 0)), " --seed"),
              " --seed 101 --case a --set scale=SCALE --out results/reference/best/hh");
    CHECK_STR(strstr(json_string_value(json_array_get(list, 1)), " --seed"),
              " --seed 101 --case b --set p=0.5 --out results/reference/one");
    json_decref(list);
    json_decref(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_have_known_answers),
        cmocka_unit_test(intervals_say_their_level),
        cmocka_unit_test(groups_and_fits),
        cmocka_unit_test(ratio_with_its_lower_end),
        cmocka_unit_test(terms_divide_filter_and_halve),
        cmocka_unit_test(verdicts_follow),
        cmocka_unit_test(holm_over_the_row),
        cmocka_unit_test(guard_makes_a_margin_say_nothing),
        cmocka_unit_test(against_shows_a_no),
        cmocka_unit_test(descriptions_decide_nothing),
        cmocka_unit_test(caveats_come_from_other_rows),
        cmocka_unit_test(a_question_needs_anothers_yes),
        cmocka_unit_test(at_the_ceiling_nothing_shows),
        cmocka_unit_test(incomplete_rows_have_no_verdict),
        cmocka_unit_test(seeds_as_found),
        cmocka_unit_test(seeds_are_those_registered),
        cmocka_unit_test(first_round_is_shown_beside),
        cmocka_unit_test(beside_stands_what_decides_nothing),
        cmocka_unit_test(below_ten_nothing_stands_beside),
        cmocka_unit_test(rows_of_a_folder),
        cmocka_unit_test(names_are_filled),
        cmocka_unit_test(commands_give_settings_and_folders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
