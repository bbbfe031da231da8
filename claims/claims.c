// The claims of one registry: their registered figures here, their rows in rows.c.
#include "claims.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char *h4l_claims_text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

int h4l_claims_no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory to evaluate the claims");
}

bool h4l_claims_is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

#define text_of h4l_claims_text_of
#define is h4l_claims_is
#define no_memory h4l_claims_no_memory

// ---- one result file ----

// Two JSON values are the same parameter: numbers by value (1 and 1.0), arrays element by element.
static bool same_parameter(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_is_array(a) && json_is_array(b)) {
        if (json_array_size(a) != json_array_size(b))
            return false;
        for (size_t i = 0; i < json_array_size(a); i++)
            if (!same_parameter(json_array_get(a, i), json_array_get(b, i)))
                return false;
        return true;
    }
    return a && b && json_equal(a, b);
}

// A pin {"any": [values]} lets a parameter be one of several: results of an older version write one thing otherwise.
static bool pin_allows(const json_t *pinned, const json_t *found)
{
    const json_t *any = json_object_get(pinned, "any");

    for (size_t i = 0; i < json_array_size(any); i++)
        if (same_parameter(json_array_get(any, i), found))
            return true;
    return !any && same_parameter(pinned, found);
}

static int expect_text(const json_t *object, const char *key, const char *expected,
                       struct h4l_err *err)
{
    const char *found = text_of(object, key);

    if (!is(found, expected))
        return h4l_fail(err, H4L_E_DATA, "expected %s \"%s\", found %s%s%s", key, expected,
                        found ? "\"" : "", found ? found : "none", found ? "\"" : "");
    return H4L_OK;
}

// Adds what patterns with a slash pin for "RUN/CASE"; only: of that name; NULL: of all. Non-zero without memory.
static int add_run_pins(const struct evaluation *e, const char *key, const char *only, json_t *pins)
{
    const char *pattern;
    json_t *value, *one;
    int failed = 0;

    json_object_foreach(json_object_get(e->registry, "pins"), pattern, value)
    {
        if (failed || !strchr(pattern, '/') || fnmatch(pattern, key, 0) != 0)
            continue;
        one = only ? json_object_get(value, only) : NULL;
        if (!only)
            failed = json_object_update(pins, value);
        else if (one)
            failed = json_object_set(pins, only, one);
    }
    return failed;
}

struct asked {
    const struct evaluation *e;
    const char *key;
    json_t *pins;
    int failed;
};

// A folder's result stands under its case alone. What it was asked for may be what the row's own run is registered for.
static bool pin_asked(void *ctx, const char *name)
{
    struct asked *a = ctx;
    char key[500];

    snprintf(key, sizeof key, "%s/%s", a->e->source.flat_run, a->key);
    a->failed = add_run_pins(a->e, key, name, a->pins);
    return a->failed;
}

// What is pinned for a result: by its case, and then by patterns with a slash for "RUN/CASE". A new reference; NULL: no memory.
static json_t *pins_of(const struct evaluation *e, const char *name, const char *key,
                       const json_t *result)
{
    json_t *row = json_object_get(json_object_get(e->registry, "cases"), name);
    json_t *base = json_object_get(row, "parameters");
    json_t *pins = json_object();
    struct asked asked = {e, key, pins, 0};

    asked.failed =
        !pins || (base && json_object_update(pins, base)) || add_run_pins(e, key, NULL, pins);
    if (!asked.failed && e->source.flat_run && !strchr(key, '/'))
        h4l_claims_each_asked(result, pin_asked, &asked);
    if (asked.failed) {
        json_decref(pins);
        return NULL;
    }
    return pins;
}

static int other_parameter(const char *name, const json_t *found, const char *wanted,
                           struct h4l_err *err)
{
    char *text = h4l_json_dump(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    int code = h4l_fail(err, H4L_E_DATA, "parameter %s: the claim is registered for %s, found %s",
                        name, wanted, text ? text : "none");

    free(text);
    return code;
}

struct unpinned {
    const json_t *pins;
    char name[120]; // of the parameter that was found
};

static bool is_unpinned(void *ctx, const char *name)
{
    struct unpinned *u = ctx;

    snprintf(u->name, sizeof u->name, "%s", name);
    return !json_object_get(u->pins, name);
}

// What is registered holds for the values that a case has by itself, whether or not somebody thought of pinning them.
static int check_unpinned(const json_t *pins, const json_t *result, struct h4l_err *err)
{
    struct unpinned u = {.pins = pins};

    if (!h4l_claims_each_asked(result, is_unpinned, &u))
        return H4L_OK;
    return other_parameter(u.name, json_object_get(json_object_get(result, "parameters"), u.name),
                           "the case's own value (a claim of one's own pins another)", err);
}

static int check_parameters(const struct evaluation *e, const json_t *pins, const json_t *result,
                            struct h4l_err *err)
{
    const json_t *parameters = json_object_get(result, "parameters");
    const char *name;
    json_t *pinned;

    json_object_foreach((json_t *)pins, name, pinned)
    {
        const json_t *wanted = h4l_claims_for_tier(pinned, e->source.tier);
        const json_t *found = json_object_get(parameters, name);
        char *text;
        int code;

        if (pin_allows(wanted, found))
            continue;
        text = h4l_json_dump(wanted, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
        code = other_parameter(name, found, text ? text : "nothing", err);
        free(text);
        return code;
    }
    return check_unpinned(pins, result, err);
}

// A registry that asks for data of one's own says so by pinning data_check.
static int check_data(const json_t *pins, const json_t *result, struct h4l_err *err)
{
    const json_t *provenance = json_object_get(result, "provenance");

    if (is(text_of(provenance, "data_check"), "none") && !is(text_of(pins, "data_check"), "none"))
        return h4l_fail(err, H4L_E_DATA,
                        "made on data of the user's own (data_check none), on which no registered "
                        "claim is judged");
    return H4L_OK;
}

static int check_provenance(const struct evaluation *e, const json_t *result, struct h4l_err *err)
{
    const json_t *provenance = json_object_get(result, "provenance");
    const char *version = text_of(provenance, "version");
    double seconds = json_number_value(json_object_get(provenance, "seconds"));

    if (!version || !text_of(provenance, "git_commit"))
        return h4l_fail(err, H4L_E_DATA, "expected provenance with version and git_commit");
    if (!json_is_number(json_object_get(provenance, "seconds")) || !(seconds >= 0))
        return h4l_fail(err, H4L_E_DATA, "expected provenance with the seconds it took");
    if (e->query->version && strcmp(version, e->query->version) != 0)
        return h4l_fail(err, H4L_E_DATA, "made by version %s, this is version %s: run it again",
                        version, e->query->version);
    return H4L_OK;
}

static int check_seed(const struct evaluation *e, const char *name, const json_t *result,
                      struct h4l_err *err)
{
    const json_t *row = json_object_get(json_object_get(e->registry, "cases"), name);
    // The first round began with seed 1, as every case does that nothing else is said of.
    const json_t *own = json_object_get(e->row ? e->row : row, "seed");
    const json_t *seed = json_object_get(result, "seed");
    json_int_t wanted = own ? json_integer_value(own) : 1;

    if (json_is_integer(seed) && (json_integer_value(seed) == wanted || e->query->as_found))
        return H4L_OK;
    return h4l_fail(err, H4L_E_DATA, "expected seed %lld, found %lld", (long long)wanted,
                    (long long)json_integer_value(seed));
}

// Is this the result of that case, in that tier, with that seed and those parameters?
static int inspect_result(const struct evaluation *e, const char *name, const char *key,
                          const json_t *result, struct h4l_err *err)
{
    json_t *pins;
    int code;

    if (json_is_string(result))
        return h4l_fail(err, H4L_E_DATA, "%s", json_string_value(result));
    if (!json_is_object(result) || !json_is_object(json_object_get(result, "metrics")))
        return h4l_fail(err, H4L_E_DATA, "expected an object with metrics");
    code = expect_text(result, "schema", H4L_RESULT_SCHEMA, err);
    if (!code)
        code = expect_text(result, "family", text_of(e->registry, "family"), err);
    if (!code)
        code = expect_text(result, "case", name, err);
    if (!code)
        code = expect_text(result, "tier", e->source.tier, err);
    if (!code)
        code = check_seed(e, name, result, err);
    if (code)
        return code;
    pins = pins_of(e, name, key, result);
    code = pins ? check_data(pins, result, err) : no_memory(err);
    if (!code) // after the data, of which a smaller number of images follows
        code = check_parameters(e, pins, result, err);
    if (!code)
        code = check_provenance(e, result, err);
    json_decref(pins);
    return code;
}

// ---- the results of a row, or of the registered figures ----

int h4l_claims_begin_cases(struct evaluation *e, struct h4l_err *err)
{
    e->usable = json_object();
    e->case_errors = json_object();
    e->missing = json_object();
    return e->usable && e->case_errors && e->missing ? H4L_OK : no_memory(err);
}

void h4l_claims_end_cases(struct evaluation *e)
{
    json_decref(e->usable);
    json_decref(e->case_errors);
    json_decref(e->missing);
    e->usable = e->case_errors = e->missing = NULL;
}

// The message of a result that is not there (claims.h); NULL for one that is. A folder of results of other seeds than a row is
// registered for has none of its results: that is no error of theirs.
static const char *why_missing(const struct evaluation *e, const char *name, const json_t *result)
{
    struct h4l_err err = {0};

    if (!result)
        return "missing";
    if (!e->query->by_run && json_object_get(e->row, "n") &&
        json_is_integer(json_object_get(result, "seed")) && check_seed(e, name, result, &err))
        return "of other seeds than the registered ones (--seeds-as-found judges them)";
    return text_of(result, "missing");
}

static json_t *message_of(const struct evaluation *e, const char *key, const char *message)
{
    char path[600];

    return h4l_claims_text("%s: %s", h4l_claims_path(e, key, path, sizeof path), message);
}

static int note_case(void *ctx, const json_t *term)
{
    struct evaluation *e = ctx;
    const char *name = text_of(term, "case"), *why;
    char key[400];
    json_t *result =
        json_object_get(e->results, h4l_claims_case_key(&e->source, term, key, sizeof key));
    struct h4l_err err = {0};

    if (json_object_get(e->usable, key) || json_object_get(e->case_errors, key) ||
        json_object_get(e->missing, key))
        return 0;
    why = why_missing(e, name, result);
    if (why)
        return json_object_set_new(e->missing, key, message_of(e, key, why));
    if (inspect_result(e, name, key, result, &err))
        return err.code == H4L_E_NOMEM ||
               json_object_set_new(e->case_errors, key, message_of(e, key, err.message));
    return json_object_set(e->usable, key, result) || json_object_set(e->used, key, result);
}

int h4l_claims_note_cases(struct evaluation *e, const json_t *check)
{
    return h4l_claims_each_term(check, note_case, e);
}

struct finder {
    const struct evaluation *e;
    const char *message;
};

static int find_broken(void *ctx, const json_t *term)
{
    struct finder *f = ctx;
    char key[400];

    h4l_claims_case_key(&f->e->source, term, key, sizeof key);
    f->message = text_of(f->e->case_errors, key);
    if (!f->message)
        f->message = text_of(f->e->missing, key);
    return f->message != NULL;
}

int h4l_claims_one_check(const struct evaluation *e, const json_t *check, json_t **ret,
                         struct h4l_err *err)
{
    struct source source = e->source;
    struct finder broken = {e, NULL};

    if (h4l_claims_each_term(check, find_broken, &broken)) {
        *ret = h4l_claims_check_error(check, broken.message);
        return *ret ? H4L_OK : no_memory(err);
    }
    source.results = e->usable;
    source.null_unmet = json_object_get(check, "null") != NULL;
    return h4l_claims_check(&source, check, ret, err);
}

// ---- the registered figures of a claim ----

static bool active(const json_t *check, const char *tier)
{
    const json_t *tiers = json_object_get(check, "tiers"), *t;
    size_t i;

    if (!tiers)
        return true;
    json_array_foreach(tiers, i, t)
    {
        if (is(json_string_value(t), tier))
            return true;
    }
    return false;
}

// The first tier that a result of the claim names, where none is asked for.
static int note_tier(void *ctx, const json_t *term)
{
    struct evaluation *e = ctx;
    const char *tier = text_of(json_object_get(e->results, text_of(term, "case")), "tier");

    for (size_t i = 0; i < 3; i++)
        if (is(tier, h4l_claims_tiers[i]))
            e->source.tier = h4l_claims_tiers[i];
    return e->source.tier != NULL;
}

// Calls visit for each check that is a registered figure: the claim's own, and those of its rows that say so.
typedef int (*check_fn)(struct evaluation *e, const json_t *check, json_t *list,
                        struct h4l_err *err);

static int each_figure(struct evaluation *e, check_fn visit, json_t *list, struct h4l_err *err)
{
    const json_t *row, *check;
    size_t i, j;
    int code = H4L_OK;

    e->source.flat_run = NULL;
    json_array_foreach(json_object_get(e->claim, "checks"), i, check)
    {
        code = code ? code : visit(e, check, list, err);
    }
    // Judged by their run, these stand in the rows already.
    json_array_foreach(e->query->by_run ? NULL : json_object_get(e->claim, "rows"), i, row)
    {
        e->source.flat_run = text_of(row, "results");
        json_array_foreach(json_object_get(row, "checks"), j, check)
        {
            if (!code && json_is_true(json_object_get(check, "agreement")))
                code = visit(e, check, list, err);
        }
    }
    return code;
}

static int find_tier(struct evaluation *e, const json_t *check, json_t *list, struct h4l_err *err)
{
    (void)list;
    (void)err;
    if (!e->source.tier)
        h4l_claims_each_term(check, note_tier, e);
    return H4L_OK;
}

static int note_figure(struct evaluation *e, const json_t *check, json_t *list, struct h4l_err *err)
{
    (void)list;
    return active(check, e->source.tier) && h4l_claims_note_cases(e, check) ? no_memory(err)
                                                                            : H4L_OK;
}

static int is_there(void *ctx, const json_t *term)
{
    struct evaluation *e = ctx;
    char key[400];

    return !json_object_get(e->missing, h4l_claims_case_key(&e->source, term, key, sizeof key));
}

static int run_figure(struct evaluation *e, const json_t *check, json_t *list, struct h4l_err *err)
{
    json_t *outcome = NULL;
    int code;

    if (!active(check, e->source.tier) ||
        (e->query->by_run && !h4l_claims_each_term(check, is_there, e)))
        return H4L_OK;
    code = h4l_claims_one_check(e, check, &outcome, err);
    if (!code && json_object_set_new(outcome, "role", json_string("reference")))
        code = no_memory(err);
    if (code) {
        json_decref(outcome);
        return code;
    }
    return json_array_append_new(list, outcome) ? no_memory(err) : H4L_OK;
}

// The run whose files hold a claim's figures where results go by their run: the first round's, or that which decides.
static void set_figure_run(struct evaluation *e)
{
    const json_t *row = json_array_get(json_object_get(e->claim, "rows"), 0);
    const char *first = text_of(row, "first_round");

    e->source.figure_run = first ? first : text_of(row, "results");
    e->source.tier = text_of(row, "tier");
    for (size_t i = 0; i < 3; i++)
        if (is(e->source.figure_run, h4l_claims_tiers[i]))
            e->source.tier = h4l_claims_tiers[i];
}

int h4l_claims_put_errors(const json_t *by_key, json_t *errors)
{
    const char *key;
    json_t *message;
    int failed = 0;

    json_object_foreach((json_t *)by_key, key, message) failed |=
        json_array_append(errors, message);
    return failed;
}

static int check_errors(const struct evaluation *e, const json_t *checks, json_t *errors)
{
    const json_t *check;
    const char *key;
    json_t *message;
    size_t i;
    int failed = 0;

    json_array_foreach(checks, i, check)
    {
        bool told = false;

        // One line per broken file is enough; the checks that read it say so themselves.
        json_object_foreach(e->case_errors, key, message) told |=
            is(text_of(check, "message"), json_string_value(message));
        json_object_foreach(e->missing, key, message) told |=
            is(text_of(check, "message"), json_string_value(message));
        if (!told && is(text_of(check, "outcome"), "error"))
            failed |= json_array_append_new(
                errors, h4l_claims_text("%s: %s", text_of(check, "id"), text_of(check, "message")));
    }
    return failed;
}

static int evaluate_figures(struct evaluation *e, json_t *checks, json_t *errors,
                            struct h4l_err *err)
{
    int code = h4l_claims_begin_cases(e, err);

    e->row = NULL;
    e->source = (struct source){.tier = e->query->tier};
    if (e->query->by_run)
        set_figure_run(e);
    if (!code && !e->source.tier)
        code = each_figure(e, find_tier, NULL, err);
    if (!e->source.tier)
        e->source.tier = h4l_claims_tiers[0];
    if (!code)
        code = each_figure(e, note_figure, NULL, err);
    if (!code)
        code = each_figure(e, run_figure, checks, err);
    if (!code)
        code = h4l_claims_adjust(checks, err);
    if (!code && (h4l_claims_put_errors(e->case_errors, errors) ||
                  (!e->query->by_run && h4l_claims_put_errors(e->missing, errors)) ||
                  check_errors(e, checks, errors)))
        code = no_memory(err);
    h4l_claims_end_cases(e);
    return code;
}

// ---- one claim ----

static int copy_claim(const struct evaluation *e, json_t *out, const char *tier)
{
    static const char *const kept[] = {"id",        "title",   "source", "kind",
                                       "statement", "figures", "command"};
    int failed = 0;

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_t *value = json_object_get(e->claim, kept[i]);
        failed |= value && json_object_set(out, kept[i], value);
    }
    failed |= json_object_set(out, "family", json_object_get(e->registry, "family"));
    return failed | json_object_set_new(out, "tier", tier ? json_string(tier) : json_null());
}

// A folder of results of one tier, asked for or found, decides the rows of that tier alone.
static bool is_judged(struct evaluation *e, const json_t *row)
{
    const json_t *check;
    size_t i;

    if (e->query->by_run)
        return true;
    if (e->query->tier)
        return is(text_of(row, "tier"), e->query->tier);
    e->source = (struct source){.flat_run = text_of(row, "results")};
    json_array_foreach(json_object_get(row, "checks"), i, check)
    {
        if (!e->source.tier)
            h4l_claims_each_term(check, note_tier, e);
    }
    return !e->source.tier || is(text_of(row, "tier"), e->source.tier);
}

static int evaluate_rows(struct evaluation *e, json_t *rows, struct h4l_err *err)
{
    const json_t *row;
    size_t i;
    int code = H4L_OK;

    json_array_foreach(json_object_get(e->claim, "rows"), i, row)
    {
        json_t *out = NULL;

        if (code || !is_judged(e, row))
            continue;
        e->row = row;
        code = h4l_claims_row(e, &out, err);
        if (!code && out && json_array_append_new(rows, out))
            code = no_memory(err);
    }
    return code;
}

static int evaluate_claim(struct evaluation *e, json_t *out, struct h4l_err *err)
{
    json_t *checks = json_array(), *errors = json_array(), *rows = json_array();
    const char *tier = NULL;
    int code = H4L_OK;

    e->used = json_object();
    // Each of these takes its value over, also when it fails: all three are called.
    if (json_object_set_new(out, "checks", checks) | json_object_set_new(out, "errors", errors) |
            json_object_set_new(out, "rows", rows) ||
        !e->used)
        code = no_memory(err);
    if (!code && !e->query->no_figures && !e->query->row) {
        code = evaluate_figures(e, checks, errors, err);
        tier = e->source.tier;
    }
    if (!code && !e->query->no_rows)
        code = evaluate_rows(e, rows, err);
    if (!code && (copy_claim(e, out, tier) || h4l_claims_describe_runs(e, out)))
        code = no_memory(err);
    json_decref(e->used);
    e->used = NULL;
    return code;
}

// Only the element of that id stays. NULL: all of them.
static int keep(json_t *array, const char *id)
{
    for (size_t i = json_array_size(array); id && i-- > 0;)
        if (!is(text_of(json_array_get(array, i), "id"), id) && json_array_remove(array, i))
            return -1;
    return 0;
}

static bool has_row(const json_t *claim, const char *id)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(claim, "rows"), i, row)
    {
        if (is(text_of(row, "id"), id))
            return true;
    }
    return false;
}

// Only the row of that id stays (NULL: all), and stands for its claim. claims: evaluated, one for each of the registry. Not before
// the other rows gave it their caveats and numbers.
static int keep_row(const json_t *registry, json_t *claims, const char *id)
{
    const json_t *all = json_object_get(registry, "claims");
    int failed = 0;

    for (size_t i = json_array_size(claims); id && i-- > 0 && !failed;) {
        json_t *claim = json_array_get(claims, i);

        if (has_row(json_array_get(all, i), id))
            failed = keep(json_object_get(claim, "rows"), id) || h4l_claims_finish_claim(claim);
        else
            failed = json_array_remove(claims, i);
    }
    return failed;
}

int h4l_claims_evaluate(const json_t *registry, const json_t *results,
                        const struct h4l_claims_query *query, json_t **ret, struct h4l_err *err)
{
    struct evaluation e = {.registry = registry, .results = results, .query = query};
    json_t *claims = json_array(), *all;
    const json_t *claim;
    size_t i;
    int code = claims ? H4L_OK : no_memory(err);

    json_array_foreach(json_object_get(registry, "claims"), i, claim)
    {
        json_t *out = code ? NULL : json_object();

        if (code)
            break;
        e.claim = claim;
        code = !out || json_array_append_new(claims, out) ? no_memory(err)
                                                          : evaluate_claim(&e, out, err);
    }
    if (!code)
        code = h4l_claims_finish_rows(registry, claims, err);
    if (!code && (keep_row(registry, claims, query->row) || keep(claims, query->claim)))
        code = no_memory(err);
    if (!code && json_array_size(claims) == 0)
        code = h4l_fail(err, H4L_E_USAGE, "family %s has no %s \"%s\"", text_of(registry, "family"),
                        query->row ? "row" : "claim", query->row ? query->row : query->claim);
    // Not by json_pack, which loses a reference when memory runs out.
    all = json_object();
    if (!code && (json_object_set_new(all, "schema", json_string(H4L_VERDICTS_SCHEMA)) ||
                  json_object_set(all, "family", json_object_get(registry, "family")) ||
                  json_object_set(all, "claims", claims)))
        code = no_memory(err);
    json_decref(claims);
    if (code)
        json_decref(all);
    else
        *ret = all;
    return code;
}
