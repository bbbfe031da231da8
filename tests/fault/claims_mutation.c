// The checker is checked: every way in which a registry or its results can be wrong, applied one at a time to a registry and
// results that are right. Each mutation of results must turn the claim red (verdict changed, figure outside, or error); each
// moved bound must turn its check; each edited registration must show.
//
//     fault-claims_mutation                       on the synthetic registry below
//     fault-claims_mutation CLAIMS.json RESULTS   on a registry and the folder of its family's result files
//
// Prints what was tried and detected, kind by kind, and every mutation that went unnoticed. Exit status 1 if there is one.
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claims/claims.h"
#include "base/json.h"
#include "claims/registry_file.h"

// A mutation that was not made would pass for one that nobody noticed.
static void must(int failed)
{
    if (failed)
        abort();
}

static const char synthetic_registry[] =
    "{'schema': 'hh4lif.claims/3', 'family': 'f', 'cases': {"
    "'a': {'seed': 7, 'parameters': {'epochs': {'quick': 3, 'full': 40}, 'model': 'hh', 'dt': [1, "
    "2], 'image': null, 'deep': true}}, 'b': {}, 'c': {}}, 'claims': ["
    "{'id': 'S1', 'title': 't', 'source': 's', 'kind': 'claim', 'statement': 's', 'rows': ["
    "{'id': 'S1', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', 'headline': "
    "'{better}', 'seed': 7, 'n': 5, 'checks': ["
    "{'id': 'alike', 'role': 'criterion', 'title': 't', 'why': 'w', 'x': [{'case': 'a', 'metric': "
    "'accuracy', 'reduce': 'last'}, {'case': 'c', 'metric': 'accuracy', 'reduce': 'last', 'times': "
    "-1}], 'statistic': 'mean_interval', 'direction': 'alike', 'margin': 2, 'n': 5, 'pairs': "
    "'seeds', 'guard': 'better'},"
    "{'id': 'better', 'role': 'criterion', 'title': 't', 'why': 'w', 'x': [{'case': 'a', 'metric': "
    "'accuracy', 'reduce': 'last'}, {'case': 'c', 'metric': 'accuracy', 'reduce': 'first', "
    "'times': "
    "-1}], 'statistic': 'mean_interval', 'direction': 'above', 'delta': 1, 'n': 5, 'pairs': "
    "'seeds'},"
    "{'id': 'welch', 'role': 'caveat', 'title': 't', 'why': 'w', 'x': {'case': 'a', 'metric': "
    "'gain'}, 'y': {'case': 'c', 'metric': 'gain'}, 'statistic': 'welch_interval', 'direction': "
    "'greater', 'bound': 1, 'n': 5},"
    "{'id': 'shown', 'role': 'criterion', 'title': 't', 'why': 'w', 'x': {'case': 'a', 'metric': "
    "'gain'}, 'statistic': 'mean_interval', 'direction': 'shown_above', 'bound': 1, 'n': 5}],"
    "'registered': {'verdict': 'reproduced', 'date': '2025-01-31', 'reason': 'r'}},"
    "{'id': 'S1.not', 'kind': 'question', 'statement': 's', 'setting': 's', 'criterion': 'c', "
    "'tier': 'full', 'headline': 'h', 'seed': 7, 'n': 5, 'checks': ["
    "{'id': 'worse', 'role': 'criterion', 'title': 't', 'why': 'w', 'x': {'case': 'c', 'metric': "
    "'gain'}, 'statistic': 'mean_interval', 'direction': 'above', 'delta': 5, 'n': 5}],"
    "'registered': {'verdict': 'no', 'date': '2025-01-31', 'reason': 'r'}}], 'checks': ["
    "{'id': 'deep', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'a', 'metric': "
    "'table/lif/add'}, 'statistic': 'value', 'direction': 'within', 'reference': 9.99419, "
    "'tolerance': 5e-6},"
    "{'id': 'relative', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', "
    "'metric': 'rate'}, 'statistic': 'value', 'direction': 'within', 'reference': 0.3, "
    "'relative_tolerance': 0.01},"
    "{'id': 'speed', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'a', 'timing': "
    "'per_s'}, 'y': {'case': 'b', 'timing': 'per_s'}, 'statistic': 'ratio_interval', 'direction': "
    "'greater', 'bound': 1, 'n': 3, 'pairs': 'rounds'},"
    "{'id': 'at', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'error', 'at': {'dt': 0.01}}, 'statistic': 'value', 'direction': 'at_most', 'bound': 0.03},"
    "{'id': 'least', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'rate'}, 'statistic': 'value', 'direction': 'at_least', 'bound': 0.2},"
    "{'id': 'each', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'error'}, 'statistic': 'each', 'direction': 'within', 'reference': [0.2, 0.02, 0.002], "
    "'tolerance': 1e-6},"
    "{'id': 'text', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'name'}, 'statistic': 'value', 'direction': 'equal', 'reference': 'lif'},"
    "{'id': 'flag', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'fine'}, 'statistic': 'value', 'direction': 'equal', 'reference': true}]},"
    "{'id': 'S2', 'title': 't', 'source': 's', 'kind': 'claim', 'statement': 's', 'rows': ["
    "{'id': 'S2', 'statement': 's', 'setting': 's', 'criterion': 'c', 'tier': 'full', 'headline': "
    "'h', 'checks': ["
    "{'id': 'trains', 'role': 'criterion', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'spikes'}, 'y': {'case': 'b', 'metric': 'other_spikes'}, 'statistic': 'differing', "
    "'direction': "
    "'equal', 'reference': 0, 'agreement': true},"
    "{'id': 'exists', 'role': 'criterion', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'maybe'}, 'statistic': 'value', 'direction': 'less', 'bound': 0.2, 'null': 'unmet'}],"
    "'registered': {'verdict': 'not-reproduced', 'date': '2025-01-31', 'reason': 'r'}}], 'checks': "
    "["
    "{'id': 'times', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'spikes'}, 'statistic': 'each', 'direction': 'equal', 'reference': [1, 2.5, 4]},"
    "{'id': 'count', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'spikes'}, 'statistic': 'count', 'direction': 'equal', 'reference': 3},"
    "{'id': 'worst', 'role': 'reference', 'title': 't', 'why': 'w', 'x': {'case': 'b', 'metric': "
    "'error'}, 'statistic': 'max', 'direction': 'less', 'bound': 1, 'n': 3}]}]}";

static const char synthetic_results[] =
    "{'a': {'schema': 'hh4lif.result/1', 'family': 'f', 'case': 'a', 'tier': 'full', 'seed': 7, "
    "'parameters': {'epochs': 40, 'model': 'hh', 'dt': [1, 2.0], 'image': null, 'deep': true, "
    "'free': 1}, 'metrics': {'rounds': [1, 2, 3], 'seeds': [7, 8, 9, 10, 11], 'accuracy': [[50, "
    "70.1], [51, 71.2], [52, 70.7], [50, 69.8], [51, 70.5]], 'gain': [2.1, 2.4, 1.9, 2.2, 2.3], "
    "'table': {'lif': {'add': 9.99419}}}, 'provenance': {'version': '@', 'git_commit': 'abc', "
    "'seconds': 1, 'timings': {'per_s': [5, 6, 7]}}},"
    "'b': {'schema': 'hh4lif.result/1', 'family': 'f', 'case': 'b', 'tier': 'full', 'seed': 1, "
    "'parameters': {}, 'metrics': {'rounds': [1, 2, 3], 'rate': 0.301, 'error': [0.2, 0.02, "
    "0.002], "
    "'dt': [0.1, 0.01, 0.001], 'name': 'lif', 'fine': true, 'spikes': [1, 2.5, 4], 'other_spikes': "
    "[1, 2.5, 4], 'maybe': null}, 'provenance': {'version': '@', 'git_commit': 'abc', 'seconds': "
    "2, "
    "'timings': {'per_s': [2, 2.5, 3]}}},"
    "'c': {'schema': 'hh4lif.result/1', 'family': 'f', 'case': 'c', 'tier': 'full', 'seed': 7, "
    "'parameters': {}, 'metrics': {'seeds': [7, 8, 9, 10, 11], 'accuracy': [[50, 70.4], [51, "
    "70.9], "
    "[52, 70.5], [50, 70.2], [51, 70.8]], 'gain': [0.1, 0.4, -0.2, 0.2, 0.3]}, 'provenance': "
    "{'version': '@', 'git_commit': 'abc', 'seconds': 2}}}";

#define VERSION "mutation"

static const char *run_tier; // of the results

static struct {
    const char *kind;
    int tried, detected;
} table[64];
static int kinds;

static void fatal(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    exit(1);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void note(const char *kind, const char *what, bool detected)
{
    int k = 0;

    while (k < kinds && strcmp(table[k].kind, kind) != 0)
        k++;
    if (k == kinds)
        table[kinds++].kind = kind;
    table[k].tried++;
    table[k].detected += detected;
    if (!detected)
        printf("NOT DETECTED  %s: %s\n", kind, what);
}

// The evaluated claim; NULL where the registry is refused.
static json_t *evaluate(const json_t *registry, const json_t *results, const char *claim)
{
    const struct h4l_claims_query query = {.claim = claim, .tier = run_tier, .version = VERSION};
    struct h4l_err err = {0};
    json_t *all = NULL, *one;

    if (h4l_claims_validate(registry, &err))
        return NULL;
    if (h4l_claims_evaluate(registry, results, &query, &all, &err))
        fatal("evaluation", err.message);
    one = json_incref(json_array_get(json_object_get(all, "claims"), 0));
    json_decref(all);
    return one;
}

// A row that has no verdict is not green here: something that was there is gone.
static bool green(const json_t *claim)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(claim, "rows"), i, row)
    {
        if (strcmp(text_of(row, "state"), "as registered") != 0)
            return false;
    }
    return claim && strcmp(text_of(claim, "state"), "as registered") == 0;
}

struct subject {
    json_t *registry, *results;
    const char *claim;   // id
    const json_t *row;   // of the registry
    const json_t *right; // the evaluation of what is right
    const char *tier;
};

// Results in which one case is a copy that may be changed.
static json_t *with_copy(const struct subject *s, const char *name, json_t **ret_case)
{
    json_t *results = json_copy(s->results);

    *ret_case = json_deep_copy(json_object_get(s->results, name));
    must(json_object_set_new(results, name, *ret_case));
    return results;
}

static void must_be_red(const struct subject *s, json_t *results_stolen, const char *kind,
                        const char *what)
{
    json_t *claim = evaluate(s->registry, results_stolen, s->claim);
    char text[300];

    snprintf(text, sizeof text, "claim %s, %s", s->claim, what);
    note(kind, text, claim && !green(claim));
    json_decref(claim);
    json_decref(results_stolen);
}

// ---- cases ----

static void replace_text(const struct subject *s, const char *name, const char *object,
                         const char *key, json_t *value_stolen, const char *kind)
{
    json_t *one, *results = with_copy(s, name, &one);
    json_t *place = *object ? json_object_get(one, object) : one;

    if (value_stolen)
        must(json_object_set_new(place, key, value_stolen));
    else
        json_object_del(place, key);
    must_be_red(s, results, kind, name);
}

static void whole_case(const struct subject *s, const char *name, json_t *value_stolen,
                       const char *kind)
{
    json_t *results = json_copy(s->results);

    if (value_stolen)
        must(json_object_set_new(results, name, value_stolen));
    else
        json_object_del(results, name);
    must_be_red(s, results, kind, name);
}

static json_t *another(const json_t *value)
{
    json_t *changed;

    if (json_is_number(value))
        return json_real(json_number_value(value) * 1.01 + 1e-3);
    if (json_is_string(value))
        return json_sprintf("%sx", json_string_value(value));
    if (json_is_boolean(value))
        return json_boolean(!json_is_true(value));
    if (json_is_array(value)) {
        changed = json_deep_copy(value);
        must(json_array_append_new(changed, json_integer(1)));
        return changed;
    }
    return json_integer(1);
}

static void parameters(const struct subject *s, const char *name)
{
    const json_t *row = json_object_get(json_object_get(s->registry, "cases"), name);
    const char *key;
    json_t *pinned;

    json_object_foreach(json_object_get(row, "parameters"), key, pinned)
    {
        const json_t *found =
            json_object_get(json_object_get(json_object_get(s->results, name), "parameters"), key);
        replace_text(s, name, "parameters", key, another(found), "changed parameter");
        replace_text(s, name, "parameters", key, NULL, "missing parameter");
        if (json_is_number(found))
            replace_text(s, name, "parameters", key,
                         json_sprintf("%.17g", json_number_value(found)),
                         "parameter as text instead of number");
    }
}

static void mutate_case(const struct subject *s, const char *name)
{
    whole_case(s, name, NULL, "result file removed");
    whole_case(s, name, json_string("cannot be read"), "result file unreadable");
    whole_case(s, name, json_array(), "result file holds no object");
    replace_text(s, name, "", "schema", json_string("hh4lif.result/0"), "stale schema");
    replace_text(s, name, "", "schema", NULL, "no schema");
    replace_text(s, name, "", "family", json_string("other"), "other family");
    replace_text(s, name, "", "case", json_string("other"), "other case");
    replace_text(s, name, "", "metrics", NULL, "no metrics");
    replace_text(s, name, "", "provenance", NULL, "no provenance");
    replace_text(s, name, "provenance", "version", json_string("0.0.0"), "stale version");
    replace_text(s, name, "provenance", "seconds", NULL, "no cost");
    replace_text(
        s, name, "", "seed",
        json_integer(
            json_integer_value(json_object_get(json_object_get(s->results, name), "seed")) + 1),
        "other seed");
    replace_text(s, name, "", "seed", json_string("1"), "seed as text");
    parameters(s, name);
}

static void mutate_tier(const struct subject *s, const char *name)
{
    static const char *const tiers[] = {"quick", "standard", "full", "fast"};

    for (int t = 0; t < 4; t++)
        if (strcmp(s->tier, tiers[t]) != 0)
            replace_text(s, name, "", "tier", json_string(tiers[t]), "other tier");
}

static void swap_cases(const struct subject *s, const char *a, const char *b)
{
    json_t *results = json_copy(s->results), *x, *y;
    char what[200];

    snprintf(what, sizeof what, "%s and %s", a, b);
    must(json_object_set(results, a, json_object_get(s->results, b)));
    must(json_object_set(results, b, json_object_get(s->results, a)));
    must_be_red(s, results, "two result files swapped", what);
    // As if the models had been swapped inside the program: everything is labelled right, the numbers are the other's.
    results = json_copy(s->results);
    x = json_deep_copy(json_object_get(s->results, a));
    y = json_deep_copy(json_object_get(s->results, b));
    must(json_object_set(x, "metrics", json_object_get(json_object_get(s->results, b), "metrics")));
    must(json_object_set(y, "metrics", json_object_get(json_object_get(s->results, a), "metrics")));
    must(json_object_set_new(results, a, x));
    must(json_object_set_new(results, b, y));
    must_be_red(s, results, "two models swapped", what);
}

static const json_t *called(const json_t *checks, const char *id)
{
    const json_t *check;
    size_t i;

    json_array_foreach(checks, i, check)
    {
        if (strcmp(text_of(check, "id"), id) == 0)
            return check;
    }
    return NULL;
}

// The evaluated check: among the figures, or in a row.
static const json_t *outcome_of(const json_t *claim, const char *id)
{
    const json_t *found = called(json_object_get(claim, "checks"), id), *row;
    size_t i;

    json_array_foreach(json_object_get(claim, "rows"), i, row)
    {
        if (!found)
            found = called(json_object_get(row, "checks"), id);
    }
    return found;
}

// ---- metrics ----

// The object that holds the last name of a path ("table/lif/add"), and that name.
static json_t *holder(json_t *metrics, const char *path, const char **ret_key)
{
    const char *slash;

    while (!json_object_get(metrics, path) && (slash = strchr(path, '/'))) {
        char key[128];
        snprintf(key, sizeof key, "%.*s", (int)(slash - path), path);
        metrics = json_object_get(metrics, key);
        path = slash + 1;
    }
    *ret_key = path;
    return metrics;
}

// Where the value of a term stands in a result: the object, and its key in it.
static json_t *place_of(json_t *result, const json_t *term, const char **ret_key)
{
    if (*text_of(term, "timing"))
        return holder(json_object_get(json_object_get(result, "provenance"), "timings"),
                      text_of(term, "timing"), ret_key);
    return holder(json_object_get(result, "metrics"), text_of(term, "metric"), ret_key);
}

static void replace_metric(const struct subject *s, const json_t *term, json_t *value_stolen,
                           const char *kind)
{
    json_t *one, *results = with_copy(s, text_of(term, "case"), &one), *place;
    const char *key;
    char what[200];

    place = place_of(one, term, &key);
    if (value_stolen)
        must(json_object_set_new(place, key, value_stolen));
    else
        json_object_del(place, key);
    snprintf(what, sizeof what, "%s: %s%s", text_of(term, "case"), text_of(term, "metric"),
             text_of(term, "timing"));
    must_be_red(s, results, kind, what);
}

// Every element, or the first one, replaced.
static json_t *spoiled(const json_t *value, bool all, json_t *element_stolen)
{
    json_t *changed = json_deep_copy(value);

    for (size_t i = 0; i < (all ? json_array_size(value) : 1); i++)
        json_array_set(changed, i, element_stolen);
    json_decref(element_stolen);
    return changed;
}

static void mutate_array(const struct subject *s, const json_t *term, const json_t *value)
{
    size_t n = json_array_size(value);
    const json_t *at = json_object_get(term, "at"), *index = json_object_get(at, "index");
    size_t keep = index ? (size_t)json_integer_value(index) : n - 1;
    bool one_is_read = at != NULL;
    json_t *changed = json_deep_copy(value);

    // Where one element is read by its number, those behind it do not matter.
    while (json_array_size(changed) > keep)
        json_array_remove(changed, json_array_size(changed) - 1);
    replace_metric(s, term, changed, "last value (seed) missing");
    changed = json_deep_copy(value);
    must(json_array_append(changed, json_array_get(value, n - 1)));
    if (index)
        json_decref(changed);
    else
        replace_metric(s, term, changed, "a value too many");
    replace_metric(s, term, spoiled(value, one_is_read, json_null()), "null (NaN) in an array");
    replace_metric(s, term, spoiled(value, one_is_read, json_string("1")), "text in an array");
    if (json_is_array(json_array_get(value, 0))) {
        changed = json_deep_copy(value);
        json_array_clear(json_array_get(changed, 0));
        replace_metric(s, term, changed, "empty array inside");
    }
    replace_metric(s, term, json_array(), "empty array");
}

static void mutate_term(const struct subject *s, const json_t *term, const json_t *check)
{
    const char *key;
    const json_t *place = place_of(json_object_get(s->results, text_of(term, "case")), term, &key);
    const json_t *value = json_object_get(place, key);
    bool null_allowed = json_object_get(check, "null") != NULL;

    replace_metric(s, term, NULL, "metric deleted");
    // A row that says "null": "unmet" takes null for unmet: a check that is unmet already stays so.
    if (!(null_allowed &&
          strcmp(text_of(outcome_of(s->right, text_of(check, "id")), "outcome"), "refuted") == 0))
        replace_metric(s, term, json_null(), "null (NaN) for a value");
    replace_metric(s, term, json_string("3.0x"), "text for a value");
    replace_metric(s, term, json_object(), "object for a value");
    if (json_array_size(value))
        mutate_array(s, term, value);
}

static void mutate_terms(const struct subject *s, const json_t *check)
{
    static const char *const sides[] = {"x", "y"};

    for (int i = 0; i < 2; i++) {
        const json_t *terms = json_object_get(check, sides[i]), *term;
        size_t j;
        if (json_is_object(terms))
            mutate_term(s, terms, check);
        json_array_foreach(terms, j, term) mutate_term(s, term, check);
    }
}

// ---- bounds ----

// The check's row in a registry that may be changed.
static json_t *row_in(json_t *registry, const char *claim, const char *check)
{
    json_t *c, *row;
    const json_t *found = NULL;
    size_t i, j;

    json_array_foreach(json_object_get(registry, "claims"), i, c)
    {
        if (strcmp(text_of(c, "id"), claim) != 0)
            continue;
        found = called(json_object_get(c, "checks"), check);
        json_array_foreach(json_object_get(c, "rows"), j, row)
        {
            if (!found)
                found = called(json_object_get(row, "checks"), check);
        }
    }
    return (json_t *)found; // of a registry that may be changed
}

// With this key of the row changed the check's outcome must change; a reference must turn the claim red as well.
static void must_turn(const struct subject *s, const json_t *check, const char *key,
                      json_t *value_stolen, const char *kind)
{
    json_t *registry = json_deep_copy(s->registry), *claim;
    const char *id = text_of(check, "id");
    const json_t *was = outcome_of(s->right, id), *is;
    char what[200];
    bool detected;

    must(json_object_set_new(row_in(registry, s->claim, id), key, value_stolen));
    claim = evaluate(registry, s->results, s->claim);
    is = claim ? outcome_of(claim, id) : NULL;
    detected = !claim || (is && strcmp(text_of(is, "outcome"), text_of(was, "outcome")) != 0);
    if (claim && strcmp(text_of(was, "role"), "reference") == 0)
        detected = detected && !green(claim);
    snprintf(what, sizeof what, "claim %s, check %s", s->claim, id);
    note(kind, what, detected);
    json_decref(claim);
    json_decref(registry);
}

// A bound on the other side of everything measured.
static void move_bound(const struct subject *s, const json_t *check, const json_t *out)
{
    const char *direction = text_of(check, "direction");
    const json_t *interval = json_object_get(out, "interval");
    double got = json_number_value(json_object_get(out, "got"));
    double lo = interval ? json_number_value(json_array_get(interval, 0)) : got;
    double hi = interval ? json_number_value(json_array_get(interval, 1)) : got;
    bool upper = strcmp(direction, "at_most") == 0 || strcmp(direction, "less") == 0 ||
                 strcmp(direction, "not_greater") == 0 || strcmp(direction, "shown_below") == 0;
    bool met = strcmp(text_of(out, "outcome"), "met") == 0;
    bool below = upper == met; // the new bound lies below everything

    must_turn(s, check, "bound",
              json_real(below ? lo - 1e-3 * fabs(lo) - 1e-12 : hi + 1e-3 * fabs(hi) + 1e-12),
              "bound moved beyond the measured value");
}

static void move_reference(const struct subject *s, const json_t *check, const json_t *out)
{
    const json_t *reference = json_object_get(check, "reference"),
                 *got = json_object_get(out, "got");
    double tolerance = json_number_value(json_object_get(out, "tolerance")), first;
    json_t *moved;

    if (strcmp(text_of(out, "outcome"), "met") != 0) {
        must_turn(s, check, "reference", json_incref((json_t *)got),
                  "reference set to the measured value");
        return;
    }
    if (json_is_array(reference)) {
        first = json_number_value(json_array_get(reference, 0));
        moved = json_deep_copy(reference);
        if (json_object_get(check, "relative_tolerance"))
            tolerance =
                json_number_value(json_object_get(check, "relative_tolerance")) * fabs(first);
        // The measured value is within one tolerance of it: two more are missed.
        must(json_array_set_new(
            moved, 0,
            json_real(first + (tolerance > 0 ? 3 * tolerance : 1e-9 + 1e-12 * fabs(first)))));
        must_turn(s, check, "reference", moved, "reference moved by twice its tolerance");
    } else if (json_is_number(got)) {
        must_turn(s, check, "reference",
                  json_real(json_number_value(got) + (tolerance > 0 ? 2 * tolerance : 1)),
                  "reference moved by twice its tolerance");
    } else {
        must_turn(s, check, "reference", another(reference), "reference text or flag changed");
    }
}

static void mutate_bound(const struct subject *s, const json_t *check)
{
    const json_t *out = outcome_of(s->right, text_of(check, "id"));
    const char *direction = text_of(check, "direction");
    const json_t *n = json_object_get(check, "n");

    if (!out)
        return; // not in this tier
    if (json_is_integer(n))
        must_turn(s, check, "n", json_integer(json_integer_value(n) + 1), "one more seed demanded");
    if (json_is_null(json_object_get(out, "got")))
        return; // "does not exist" is unmet whatever the bound
    if (strcmp(direction, "equal") == 0 || strcmp(direction, "within") == 0)
        move_reference(s, check, out);
    else if (json_object_get(check, "bound"))
        move_bound(s, check, out);
    else if (json_object_get(check, "delta")) {
        // A large enough delta makes "met" small, a small enough one is not excluded any more.
        must_turn(s, check, "delta",
                  json_real(strcmp(text_of(out, "outcome"), "met") == 0 ? 1e9 : 1e-9),
                  "smallest advantage of interest moved");
    } else if (json_object_get(check, "margin")) {
        // An interval within the margin meets "equivalent" and fails "different"; with no margin left it does neither.
        const char *within = strcmp(direction, "different") == 0 ? "unmet" : "met";
        must_turn(s, check, "margin",
                  json_real(strcmp(text_of(out, "outcome"), within) == 0 ? 1e-9 : 1e9),
                  "margin of equivalence moved");
    }
}

// ---- registration ----

static void must_differ(const struct subject *s, json_t *registry_stolen, const char *kind)
{
    json_t *claim = evaluate(registry_stolen, s->results, s->claim);

    note(kind, s->claim, !green(claim));
    json_decref(claim);
    json_decref(registry_stolen);
}

// The row of that place in a copy of the registry.
static json_t *copied_row(const struct subject *s, size_t index, json_t **ret_registry)
{
    json_t *c;
    size_t i;

    *ret_registry = json_deep_copy(s->registry);
    json_array_foreach(json_object_get(*ret_registry, "claims"), i, c)
    {
        if (strcmp(text_of(c, "id"), s->claim) == 0)
            return json_array_get(json_object_get(c, "rows"), index);
    }
    return NULL;
}

static void mutate_registration(const struct subject *s)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(s->right, "rows"), i, row)
    {
        int question = strcmp(text_of(row, "kind"), "question") == 0;
        json_t *registry, *own;

        for (int v = 0; v < H4L_VERDICTS; v++) {
            if (strcmp(text_of(row, "verdict"), h4l_verdict_name(question, v)) == 0)
                continue;
            own = json_object_get(copied_row(s, i, &registry), "registered");
            must(json_object_set_new(own, "verdict", json_string(h4l_verdict_name(question, v))));
            must_differ(s, registry, "registered verdict edited");
        }
        own = copied_row(s, i, &registry);
        must(json_object_set_new(own, "registered", json_object()));
        must_differ(s, registry, "registered verdict removed");
        if (!json_is_integer(json_object_get(row, "planned")))
            continue;
        for (int more = -1; more <= 1; more += 2) {
            own = copied_row(s, i, &registry);
            must(json_object_set_new(
                own, "n", json_integer(json_integer_value(json_object_get(own, "n")) + more)));
            must_differ(s, registry, "planned n edited");
        }
        own = copied_row(s, i, &registry);
        must(json_object_set_new(
            own, "seed", json_integer(json_integer_value(json_object_get(own, "seed")) + 1)));
        must_differ(s, registry, "first seed edited");
    }
}

// ---- all of it ----

// Names of the cases that the claim's active checks read.
static json_t *cases_of(const struct subject *s)
{
    json_t *names = json_object();
    const json_t *run;
    size_t i;

    json_array_foreach(json_object_get(s->right, "runs"), i, run)
        must(json_object_set_new(names, text_of(run, "case"), json_true()));
    return names;
}

// Those of the checks that were evaluated.
static void mutate_checks(const struct subject *s, const json_t *checks)
{
    const json_t *check;
    size_t i;

    json_array_foreach(checks, i, check)
    {
        if (!outcome_of(s->right, text_of(check, "id")))
            continue;
        mutate_terms(s, check);
        mutate_bound(s, check);
    }
}

static void mutate_claim(struct subject *s)
{
    json_t *cases, *right = evaluate(s->registry, s->results, s->claim), *value, *other;
    const char *name, *second;
    const json_t *row;
    size_t i;

    s->right = right;
    s->tier = run_tier;
    if (strcmp(text_of(right, "state"), "nothing measured") == 0) { // no figure in this tier
        json_decref(right);
        return;
    }
    if (!green(right))
        fatal(s->claim, "not as registered to begin with");
    cases = cases_of(s);
    json_object_foreach(cases, name, value)
    {
        mutate_case(s, name);
        mutate_tier(s, name);
        json_object_foreach(cases, second, other)
        {
            if (strcmp(name, second) < 0)
                swap_cases(s, name, second);
        }
    }
    mutate_checks(s, json_object_get(s->row, "checks"));
    json_array_foreach(json_object_get(s->row, "rows"), i, row)
        mutate_checks(s, json_object_get(row, "checks"));
    mutate_registration(s);
    json_decref(cases);
    json_decref(right);
}

static json_t *parse(const char *text)
{
    char *copy = strdup(text);
    json_error_t error;
    json_t *value;

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    value = json_loads(copy, 0, &error);
    if (!value)
        fatal("synthetic JSON", error.text);
    free(copy);
    return value;
}

static json_t *read_results(const json_t *registry, const char *folder)
{
    json_t *results = json_object(), *row;
    const char *name;

    json_object_foreach(json_object_get(registry, "cases"), name, row)
    {
        char path[4096];
        struct h4l_err err = {0};
        json_t *result = NULL;

        snprintf(path, sizeof path, "%s/%s.json", folder, name);
        if (access(path, F_OK) != 0)
            continue; // of a row that this tier does not judge; what a figure reads must be there
        if (h4l_json_read(path, &result, &err))
            fatal("result", err.message);
        must(json_object_set_new(results, name, result));
    }
    return results;
}

int main(int argc, char **argv)
{
    struct subject s = {0};
    struct h4l_err err = {0};
    json_t *result;
    const char *name;
    size_t i;
    int tried = 0, detected = 0;

    if (argc == 3) {
        if (h4l_registry_read(argv[1], &s.registry, &err))
            fatal("registry", err.message);
        s.results = read_results(s.registry, argv[2]);
    } else {
        s.registry = parse(synthetic_registry);
        s.results = parse(synthetic_results);
    }
    if (h4l_claims_validate(s.registry, &err))
        fatal("registry", err.message);
    json_object_foreach(s.results, name, result)
    {
        must(json_object_set_new(json_object_get(result, "provenance"), "version",
                                 json_string(VERSION)));
        run_tier = text_of(result, "tier");
    }
    json_array_foreach(json_object_get(s.registry, "claims"), i, s.row)
    {
        s.claim = text_of(s.row, "id");
        mutate_claim(&s);
    }
    printf("%-45s %6s %9s\n", "mutation", "tried", "detected");
    for (int k = 0; k < kinds; k++) {
        printf("%-45s %6d %9d\n", table[k].kind, table[k].tried, table[k].detected);
        tried += table[k].tried;
        detected += table[k].detected;
    }
    printf("%-45s %6d %9d\n", "all", tried, detected);
    json_decref(s.registry);
    json_decref(s.results);
    return tried == 0 || detected < tried;
}
