// The whole comparison: provenance first, then every case that both sides have, then the verdicts.
#include "compare/compare.h"

#include <string.h>

#include "claims/claims.h"
#include "compare/internal.h"

int h4l_compare_append(json_t *list, json_t *value_stolen, struct h4l_err *err)
{
    return json_array_append_new(list, value_stolen)
               ? h4l_fail(err, H4L_E_NOMEM, "out of memory for the comparison")
               : H4L_OK;
}

// ---- verdicts ----

// The registry's results of one side by case; those of a sweep's cells belong to no claim.
static json_t *of_family(const json_t *set, const char *family)
{
    json_t *results = json_object(), *result;
    const char *name;
    size_t n = strlen(family);

    json_object_foreach((json_t *)set, name, result)
    {
        if (results && strncmp(name, family, n) == 0 && name[n] == '/' &&
            json_object_set(results, name + n + 1, result)) {
            json_decref(results);
            results = NULL;
        }
    }
    return results;
}

static int evaluate(const json_t *set, const json_t *registry, json_t **ret, struct h4l_err *err)
{
    const struct h4l_claims_query query = {.no_figures = true, .as_found = true};
    json_t *results = of_family(set, json_string_value(json_object_get(registry, "family")));
    int code = results ? h4l_claims_evaluate(registry, results, &query, ret, err)
                       : h4l_fail(err, H4L_E_NOMEM, "out of memory for the verdicts");

    json_decref(results);
    return code;
}

// Rows that both sides judge and that come out differently.
static int put_row(const json_t *row, const json_t *other, json_t *list, size_t *ret_compared,
                   struct h4l_err *err)
{
    const json_t *x = json_object_get(row, "verdict"), *y = json_object_get(other, "verdict");

    if (!json_is_true(json_object_get(row, "complete")) ||
        !json_is_true(json_object_get(other, "complete")) || !json_is_string(x) ||
        !json_is_string(y))
        return H4L_OK;
    ++*ret_compared;
    if (json_equal(x, y))
        return H4L_OK;
    return h4l_compare_append(list,
                              json_pack("{s:O, s:O, s:O, s:O}", "claim", json_object_get(row, "id"),
                                        "tier", json_object_get(row, "tier"), "a", x, "b", y),
                              err);
}

static int put_verdicts(const json_t *a, const json_t *b, json_t *list, size_t *ret_compared,
                        struct h4l_err *err)
{
    const json_t *claim, *row;
    size_t i, j;
    int code = H4L_OK;

    json_array_foreach(json_object_get(a, "claims"), i, claim)
    {
        const json_t *others =
            json_object_get(json_array_get(json_object_get(b, "claims"), i), "rows");

        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            code = code ? code : put_row(row, json_array_get(others, j), list, ret_compared, err);
        }
    }
    return code;
}

int h4l_compare_verdicts(const json_t *a, const json_t *b, const json_t *registries, json_t *list,
                         size_t *ret_compared, struct h4l_err *err)
{
    const json_t *registry;
    size_t i;
    int code = H4L_OK;

    json_array_foreach(registries, i, registry)
    {
        json_t *x = NULL, *y = NULL;

        if (!code)
            code = evaluate(a, registry, &x, err);
        if (!code)
            code = evaluate(b, registry, &y, err);
        if (!code)
            code = put_verdicts(x, y, list, ret_compared, err);
        json_decref(x);
        json_decref(y);
    }
    return code;
}

// ---- all ----

static json_t *list_of(const json_t *comparison, const char *key)
{
    return json_object_get(comparison, key);
}

static int compare_cases(const json_t *a, const json_t *b, const json_t *registries, json_t *ret,
                         size_t *ret_cases, struct h4l_err *err)
{
    const char *name;
    json_t *result;
    int code = H4L_OK;

    json_object_foreach((json_t *)a, name, result)
    {
        const struct h4l_pair_of_results pair = {name, result, json_object_get(b, name),
                                                 registries};

        if (code)
            break;
        if (!pair.b) {
            code = h4l_compare_append(list_of(ret, "only_a"), json_string(name), err);
            continue;
        }
        ++*ret_cases;
        code = h4l_compare_parameters(&pair, list_of(ret, "parameters"), err);
        if (!code)
            code = h4l_compare_metrics(&pair, list_of(ret, "metrics"), err);
    }
    json_object_foreach((json_t *)b, name, result)
    {
        if (!code && !json_object_get(a, name))
            code = h4l_compare_append(list_of(ret, "only_b"), json_string(name), err);
    }
    if (!code && *ret_cases == 0)
        code = h4l_fail(err, H4L_E_DATA,
                        "nothing to compare: A has %zu results, B has %zu, and no case is in both",
                        json_object_size(a), json_object_size(b));
    return code;
}

static int put_counts(json_t *ret, size_t cases, size_t verdicts, struct h4l_err *err)
{
    const json_t *rows = list_of(ret, "metrics"), *row;
    size_t i;
    json_int_t same = 0, within = 0, differs = 0, tested = 0, different = 0;
    json_t *counts;

    json_array_foreach(rows, i, row)
    {
        const char *outcome = json_string_value(json_object_get(row, "outcome")),
                   *judged =
                       json_string_value(json_object_get(json_object_get(row, "seeds"), "judged"));

        same += strcmp(outcome, "same") == 0;
        within += strcmp(outcome, "within") == 0;
        differs += strcmp(outcome, "differs") == 0;
        tested += judged != NULL;
        different += judged && strcmp(judged, "different") == 0;
    }
    counts = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "cases", (json_int_t)cases, "metrics",
                       (json_int_t)json_array_size(rows), "same", same, "within", within, "differs",
                       differs, "tested", tested, "judged_different", different);
    return json_object_set_new(ret, "counts", counts) ||
                   json_object_set_new(ret, "verdicts_compared", json_integer((json_int_t)verdicts))
               ? h4l_fail(err, H4L_E_NOMEM, "out of memory for the comparison")
               : H4L_OK;
}

int h4l_compare(const json_t *a, const json_t *b, const json_t *registries, json_t **ret,
                struct h4l_err *err)
{
    json_t *c =
        json_pack("{s:s, s:[], s:[], s:[], s:[], s:[], s:[]}", "schema", H4L_COMPARISON_SCHEMA,
                  "provenance", "parameters", "only_a", "only_b", "metrics", "verdicts");
    size_t cases = 0, verdicts = 0;
    int code = c ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "out of memory for the comparison");

    if (!code)
        code = h4l_compare_provenance(a, b, list_of(c, "provenance"), err);
    if (!code)
        code = compare_cases(a, b, registries, c, &cases, err);
    if (!code)
        code = h4l_compare_judge_seeds(list_of(c, "metrics"), err);
    if (!code)
        code = h4l_compare_verdicts(a, b, registries, list_of(c, "verdicts"), &verdicts, err);
    if (!code)
        code = put_counts(c, cases, verdicts, err);
    if (code)
        json_decref(c);
    else
        *ret = c;
    return code;
}

int h4l_compare_status(const json_t *comparison, struct h4l_err *err)
{
    const json_t *counts = json_object_get(comparison, "counts");
    json_int_t differs = json_integer_value(json_object_get(counts, "differs"));

    if (differs == 0)
        return H4L_OK;
    return h4l_fail(err, H4L_E_CHECK, "%lld of %lld metrics differ beyond a registered tolerance",
                    (long long)differs,
                    (long long)json_integer_value(json_object_get(counts, "metrics")));
}
