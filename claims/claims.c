#include "claims.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "analysis/hypothesis.h"
#include "base/root.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory to evaluate the claims");
}

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

// ---- one result file ----

struct evaluation {
    const json_t *registry, *results;
    const struct h4l_claims_query *query;
    const json_t *claim;
    const char *tier;    // of this claim
    json_t *usable;      // case -> result, those that passed inspection
    json_t *case_errors; // case -> message, those that did not
    json_t *out;
};

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

static int check_parameters(const struct evaluation *e, const json_t *row, const json_t *result,
                            struct h4l_err *err)
{
    const json_t *parameters = json_object_get(result, "parameters");
    const char *name;
    json_t *pinned;

    json_object_foreach(json_object_get(row, "parameters"), name, pinned)
    {
        const json_t *wanted = h4l_claims_for_tier(pinned, e->tier);
        const json_t *found = json_object_get(parameters, name);
        char *a, *b;
        int code;

        if (pin_allows(wanted, found))
            continue;
        a = wanted ? json_dumps(wanted, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        b = found ? json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        code = h4l_fail(err, H4L_E_DATA, "parameter %s: the claim is registered for %s, found %s",
                        name, a ? a : "nothing", b ? b : "none");
        free(a);
        free(b);
        return code;
    }
    return H4L_OK;
}

// A registry that asks for data of one's own says so by pinning data_check.
static int check_provenance(const struct evaluation *e, const json_t *row, const json_t *result,
                            struct h4l_err *err)
{
    const json_t *provenance = json_object_get(result, "provenance");
    const char *version = text_of(provenance, "version");
    double seconds = json_number_value(json_object_get(provenance, "seconds"));

    if (is(text_of(provenance, "data_check"), "none") &&
        !is(text_of(json_object_get(row, "parameters"), "data_check"), "none"))
        return h4l_fail(err, H4L_E_DATA,
                        "made on data of the user's own (data_check none), on which no registered "
                        "claim is judged");
    if (!version || !text_of(provenance, "git_commit"))
        return h4l_fail(err, H4L_E_DATA, "expected provenance with version and git_commit");
    if (!json_is_number(json_object_get(provenance, "seconds")) || !(seconds >= 0))
        return h4l_fail(err, H4L_E_DATA, "expected provenance with the seconds it took");
    if (e->query->version && strcmp(version, e->query->version) != 0)
        return h4l_fail(err, H4L_E_DATA, "made by version %s, this is version %s: run it again",
                        version, e->query->version);
    return H4L_OK;
}

// Is this the result of that case, in that tier, with that seed and those parameters?
static int inspect_result(const struct evaluation *e, const char *name, const json_t *result,
                          struct h4l_err *err)
{
    const json_t *row = json_object_get(json_object_get(e->registry, "cases"), name);
    const json_t *seed = json_object_get(result, "seed"), *own = json_object_get(row, "seed");
    json_int_t wanted = own ? json_integer_value(own) : 1;
    int code;

    if (!result)
        return h4l_fail(err, H4L_E_DATA, "missing");
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
        code = expect_text(result, "tier", e->tier, err);
    if (!code && (!json_is_integer(seed) || json_integer_value(seed) != wanted))
        code = h4l_fail(err, H4L_E_DATA, "expected seed %lld, found %lld", (long long)wanted,
                        (long long)json_integer_value(seed));
    if (!code)
        code = check_parameters(e, row, result, err);
    if (!code)
        code = check_provenance(e, row, result, err);
    return code;
}

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

// Sorts the case of a term into usable or case_errors. Non-zero without memory.
static int note_case(void *ctx, const json_t *term)
{
    struct evaluation *e = ctx;
    const char *name = text_of(term, "case");
    json_t *result = json_object_get(e->results, name);
    struct h4l_err err = {0};

    if (json_object_get(e->usable, name) || json_object_get(e->case_errors, name))
        return 0;
    if (inspect_result(e, name, result, &err))
        return json_object_set_new(
            e->case_errors, name,
            h4l_claims_text("%s/%s.json: %s", text_of(e->registry, "family"), name, err.message));
    return json_object_set(e->usable, name, result);
}

// The first tier that a result of the claim names, where none is asked for.
static int note_tier(void *ctx, const json_t *term)
{
    struct evaluation *e = ctx;
    const char *tier = text_of(json_object_get(e->results, text_of(term, "case")), "tier");

    for (size_t i = 0; i < 3; i++)
        if (is(tier, h4l_claims_tiers[i]))
            e->tier = h4l_claims_tiers[i];
    return e->tier != NULL;
}

struct finder {
    const json_t *among;
    const json_t *found;
};

static int find_case(void *ctx, const json_t *term)
{
    struct finder *f = ctx;

    f->found = json_object_get(f->among, text_of(term, "case"));
    return f->found != NULL;
}

// ---- the checks of a claim ----

static int run_checks(struct evaluation *e, json_t *checks, struct h4l_err *err)
{
    const struct source plain = {e->usable, e->tier, false}, lenient = {e->usable, e->tier, true};
    const json_t *check;
    size_t i;

    json_array_foreach(json_object_get(e->claim, "checks"), i, check)
    {
        struct finder broken = {e->case_errors, NULL};
        json_t *outcome = NULL;

        if (!active(check, e->tier))
            continue;
        if (h4l_claims_each_term(check, find_case, &broken)) {
            outcome = h4l_claims_check_error(check, json_string_value(broken.found));
        } else {
            const struct source *source = json_object_get(check, "null") ? &lenient : &plain;
            int code = h4l_claims_check(source, check, &outcome, err);
            if (code)
                return code;
        }
        if (json_array_append_new(checks, outcome))
            return no_memory(err);
    }
    return H4L_OK;
}

// Holm's adjustment over the checks that carry the same text under "holm", for the first member at `first`.
static int adjust_family(json_t *checks, size_t first, struct h4l_err *err)
{
    size_t n = json_array_size(checks), members = 0;
    const char *family = text_of(json_array_get(checks, first), "holm");
    double *p = malloc(n * sizeof *p), alpha = 0.05;
    json_t **member = malloc(n * sizeof *member);
    int code = p && member ? H4L_OK : no_memory(err);

    for (size_t i = first; i < n && !code; i++) {
        json_t *check = json_array_get(checks, i);
        if (!is(text_of(check, "holm"), family) || is(text_of(check, "outcome"), "error"))
            continue;
        member[members] = check;
        p[members++] = json_number_value(json_object_get(check, "p"));
    }
    if (!code)
        code = h4l_holm(p, members, p, err);
    for (size_t i = 0; i < members && !code; i++) {
        double level = json_number_value(json_object_get(member[i], "level"));
        int failed = json_object_set_new(member[i], "p_adjusted", json_real(p[i]));

        // The interval of an equivalence test has level 1 - 2 alpha.
        alpha = is(text_of(member[i], "direction"), "equivalent") ? (1 - level) / 2 : 1 - level;
        // A tenth of a billionth: alpha itself is the difference of two rounded numbers.
        if (!failed && is(text_of(member[i], "outcome"), "met") && p[i] > alpha + 1e-10)
            failed = json_object_set_new(member[i], "outcome", json_string("undecided")) ||
                     json_object_set_new(
                         member[i], "message",
                         h4l_claims_text("met alone (p %.3g), not after Holm's "
                                         "adjustment for %zu tests (p %.3g)",
                                         json_number_value(json_object_get(member[i], "p")),
                                         members, p[i]));
        if (failed)
            code = no_memory(err);
    }
    free(p);
    free(member);
    return code;
}

static int adjust(json_t *checks, struct h4l_err *err)
{
    for (size_t i = 0; i < json_array_size(checks); i++) {
        const json_t *check = json_array_get(checks, i);
        int code;

        if (!text_of(check, "holm") || json_object_get(check, "p_adjusted") ||
            is(text_of(check, "outcome"), "error"))
            continue;
        code = adjust_family(checks, i, err);
        if (code)
            return code;
    }
    return H4L_OK;
}

// ---- verdicts ----

// Rank of the verdict of a part (NULL: of a claim without parts); -1 where a check of it is an error.
static int verdict_of(const json_t *checks, const char *part)
{
    const json_t *check;
    size_t i, criteria = 0;
    int rank = 3;

    json_array_foreach(checks, i, check)
    {
        const char *role = text_of(check, "role"), *outcome = text_of(check, "outcome");
        const char *own = text_of(check, "part");
        int here = 3;

        if (part && own && strcmp(part, own) != 0)
            continue;
        if (is(outcome, "error"))
            return -1;
        if (is(role, "criterion")) {
            criteria++;
            here = is(outcome, "met") ? 3 : is(outcome, "unmet") ? 0 : 1;
        } else if (is(role, "audit")) {
            here = is(outcome, "met") ? 3 : 2;
        }
        rank = here < rank ? here : rank;
    }
    return criteria ? rank : -1; // a part without a criterion in this tier has measured nothing
}

static json_t *verdict_or_null(int rank)
{
    return rank < 0 ? json_null() : json_string(h4l_verdict_names[rank]);
}

// Does a measured verdict stand to what is registered? One that was found to differ between machines is not compared.
static bool is_as_registered(const char *registered, int rank)
{
    return is(registered, H4L_MACHINE_DEPENDENT) || h4l_verdict_rank(registered) == rank;
}

// Fills "parts" and returns the claim's rank through *ret_rank; *ret_changed where a part is not as registered.
static int judge(const struct evaluation *e, const json_t *checks, const json_t *registered,
                 json_t *parts_out, int *ret_rank, bool *ret_changed)
{
    const json_t *parts = json_object_get(e->claim, "parts"), *part;
    size_t i;
    int rank = parts ? 3 : verdict_of(checks, NULL);
    bool error = rank < 0;

    json_array_foreach(parts, i, part)
    {
        const char *name = json_string_value(part);
        const char *was = text_of(json_object_get(registered, "parts"), name);
        int own = verdict_of(checks, name);
        json_t *row = json_object();

        if (json_object_set_new(row, "part", json_string(name)) |
            json_object_set_new(row, "verdict", verdict_or_null(own)) |
            json_object_set_new(row, "registered", was ? json_string(was) : json_null()) |
            json_array_append_new(parts_out, row))
            return -1;
        error = error || own < 0;
        rank = own < rank ? own : rank;
        *ret_changed = *ret_changed || !is_as_registered(was, own);
    }
    *ret_rank = error ? -1 : rank;
    return 0;
}

static const char *state_of(const json_t *checks, const json_t *errors, int rank,
                            const json_t *registered, bool part_changed)
{
    const json_t *check;
    size_t i;

    if (rank < 0 || json_array_size(errors))
        return "error";
    if (!registered)
        return "not registered";
    if (!is_as_registered(text_of(registered, "verdict"), rank) || part_changed)
        return "verdict changed";
    json_array_foreach(checks, i, check)
    {
        if (is(text_of(check, "role"), "reference") && !is(text_of(check, "outcome"), "met"))
            return "outside tolerance";
    }
    return "as registered";
}

// ---- cost, files, commands ----

static int add_files(json_t *files, const char *family, const char *name, const json_t *result)
{
    const json_t *series;
    size_t i;
    int failed = json_array_append_new(files, h4l_claims_text("%s/%s.json", family, name));

    json_array_foreach(json_object_get(result, "series"), i, series)
    {
        const char *file = text_of(series, "file");
        failed = failed ||
                 (file && json_array_append_new(files, h4l_claims_text("%s/%s", family, file)));
    }
    return failed;
}

// " --case NAME" for every key.
static json_t *with_cases(json_t *command_stolen, const json_t *cases)
{
    json_t *command = command_stolen, *value;
    const char *name;

    json_object_foreach((json_t *)cases, name, value)
    {
        json_t *longer = h4l_claims_text("%s --case %s", json_string_value(command), name);
        json_decref(command);
        command = longer;
    }
    return command;
}

struct cost {
    double seconds, peak_rss_bytes;
    json_int_t threads;
    const char *cpu, *commit;
};

static void add_cost(struct cost *cost, const json_t *provenance)
{
    const char *commit = text_of(provenance, "git_commit");
    json_int_t threads = json_integer_value(json_object_get(provenance, "threads"));

    cost->seconds += json_number_value(json_object_get(provenance, "seconds"));
    cost->peak_rss_bytes = fmax(cost->peak_rss_bytes,
                                json_number_value(json_object_get(provenance, "peak_rss_bytes")));
    cost->threads = threads > cost->threads ? threads : cost->threads;
    cost->cpu = cost->cpu ? cost->cpu : text_of(provenance, "cpu");
    cost->commit = cost->commit && !is(commit, cost->commit) ? "several commits" : commit;
}

// What a reader wants to know of one run: where it came from and which pinned parameters it had.
static int add_run(json_t *runs, const char *family, const char *name, const json_t *result)
{
    static const char *const kept[] = {
        "version", "git_commit", "git_dirty", "compiler",  "flags", "cpu",  "simd",
        "threads", "started",    "seconds",   "libraries", "argv",  "data", "peak_rss_bytes"};
    const json_t *p = json_object_get(result, "provenance");
    json_t *run = json_object();
    int failed = json_object_set_new(run, "file", h4l_claims_text("%s/%s.json", family, name)) ||
                 json_object_set_new(run, "case", json_string(name)) ||
                 json_object_set(run, "seed", json_object_get(result, "seed"));

    for (size_t i = 0; i < sizeof kept / sizeof kept[0] && !failed; i++) {
        json_t *value = json_object_get(p, kept[i]);
        failed = value && json_object_set(run, kept[i], value);
    }
    return json_array_append_new(runs, run) || failed;
}

// Tells once of each commit but the program's own that made results.
static int add_warning(const struct evaluation *e, json_t *warnings, const json_t *result)
{
    const char *commit = text_of(json_object_get(result, "provenance"), "git_commit");
    json_t *warning, *earlier;
    size_t i;

    if (!e->query->commit || is(commit, e->query->commit))
        return 0;
    warning = h4l_claims_text("made by commit %.10s, this is %.10s", commit, e->query->commit);
    json_array_foreach(warnings, i, earlier)
    {
        if (json_equal(earlier, warning)) {
            json_decref(warning);
            return 0;
        }
    }
    return json_array_append_new(warnings, warning);
}

static int describe_runs(const struct evaluation *e, json_t *out)
{
    const char *family = text_of(e->registry, "family"), *name;
    struct cost cost = {0};
    json_t *result, *files = json_array(), *runs = json_array(), *commands = json_array(), *command;
    json_t *warnings = json_array();
    char program[200], checker[60];
    int failed = 0;

    h4l_root_family(family, program, sizeof program);
    h4l_root_program("claims", "hh4lif-claims", checker, sizeof checker);
    command = with_cases(h4l_claims_text("%s --tier %s", program, e->tier), e->usable);
    command = with_cases(command, e->case_errors);
    json_object_foreach(e->usable, name, result)
    {
        add_cost(&cost, json_object_get(result, "provenance"));
        failed = failed || add_files(files, family, name, result) ||
                 add_run(runs, family, name, result) || add_warning(e, warnings, result);
    }
    // Each of these takes its value over, also when it fails.
    failed |= json_object_set_new(out, "warnings", warnings);
    failed |= json_object_set_new(out, "files", files);
    failed |= json_object_set_new(out, "runs", runs);
    failed |= json_array_append_new(commands, command);
    failed |= json_array_append_new(
        commands, h4l_claims_text("%s --claim %s", checker, text_of(e->claim, "id")));
    failed |= json_object_set_new(out, "commands", commands);
    return failed || json_object_set_new(out, "cost",
                                         json_pack("{s:f, s:I, s:f, s:s?, s:s?}", "seconds",
                                                   cost.seconds, "threads", cost.threads,
                                                   "peak_rss_bytes", cost.peak_rss_bytes, "cpu",
                                                   cost.cpu, "git_commit", cost.commit));
}

static int copy_row(const struct evaluation *e)
{
    static const char *const kept[] = {"id",        "title", "source",  "beyond_paper", "statement",
                                       "criterion", "audit", "figures", "command"};
    json_t *surrogate = json_object_get(json_object_get(e->claim, "surrogate"), e->tier);
    int failed = 0;

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_t *value = json_object_get(e->claim, kept[i]);
        failed |= value && json_object_set(e->out, kept[i], value);
    }
    failed |= json_object_set(e->out, "family", json_object_get(e->registry, "family"));
    failed |= json_object_set_new(e->out, "tier", json_string(e->tier));
    failed |= json_object_set(e->out, "surrogate", surrogate ? surrogate : json_null());
    return failed;
}

// ---- one claim ----

static int note_cases(struct evaluation *e)
{
    const json_t *check;
    size_t i;

    json_array_foreach(json_object_get(e->claim, "checks"), i, check)
    {
        if (!e->query->tier && !e->tier)
            h4l_claims_each_term(check, note_tier, e);
    }
    if (!e->tier)
        e->tier = h4l_claims_tiers[0];
    json_array_foreach(json_object_get(e->claim, "checks"), i, check)
    {
        if (active(check, e->tier) && h4l_claims_each_term(check, note_case, e))
            return -1;
    }
    return 0;
}

static int collect_errors(const struct evaluation *e, const json_t *checks, json_t *errors)
{
    const char *name;
    json_t *message, *check;
    size_t i;
    int failed = 0;

    json_object_foreach(e->case_errors, name, message) failed |= json_array_append(errors, message);
    json_array_foreach(checks, i, check)
    {
        struct finder broken = {e->case_errors, NULL};
        const json_t *row = NULL, *r;
        size_t j;

        json_array_foreach(json_object_get(e->claim, "checks"), j, r)
        {
            if (is(text_of(r, "id"), text_of(check, "id")))
                row = r;
        }
        // One line per broken file is enough; the checks that read it say so themselves.
        if (is(text_of(check, "outcome"), "error") &&
            !h4l_claims_each_term(row, find_case, &broken))
            failed |= json_array_append_new(
                errors, h4l_claims_text("%s: %s", text_of(check, "id"), text_of(check, "message")));
    }
    return failed;
}

// The registered verdicts of the tiers above this one, smallest first. NULL: no memory.
static json_t *larger_tiers(const struct evaluation *e)
{
    const json_t *all = json_object_get(e->claim, "registered");
    json_t *list = json_array();
    bool above = false;

    for (size_t t = 0; t < 3 && list; t++) {
        const char *tier = h4l_claims_tiers[t];
        json_t *row = above ? json_object_get(all, tier) : NULL;

        if (row) {
            json_t *copy = json_copy(row);
            if (!copy || json_object_set_new(copy, "tier", json_string(tier)) ||
                json_array_append(list, copy)) {
                json_decref(list);
                list = NULL;
            }
            json_decref(copy);
        }
        above |= is(tier, e->tier);
    }
    return list;
}

static int finish_claim(struct evaluation *e, json_t *checks, json_t *errors, struct h4l_err *err)
{
    json_t *registered = json_object_get(json_object_get(e->claim, "registered"), e->tier);
    json_t *parts = json_array();
    bool changed = false;
    int rank = -1, failed = !parts;

    failed = failed || judge(e, checks, registered, parts, &rank, &changed) ||
             collect_errors(e, checks, errors);
    if (!failed && rank < 0 && json_array_size(errors) == 0)
        failed = json_array_append_new(
            errors,
            h4l_claims_text("no criterion applies in the tier %s: nothing was measured", e->tier));
    failed = failed || copy_row(e) || describe_runs(e, e->out) ||
             json_object_set(e->out, "checks", checks) ||
             json_object_set(e->out, "errors", errors) || json_object_set(e->out, "parts", parts) ||
             json_object_set(e->out, "registered", registered ? registered : json_null()) ||
             json_object_set_new(e->out, "larger", larger_tiers(e)) ||
             json_object_set_new(e->out, "verdict", verdict_or_null(rank)) ||
             json_object_set_new(e->out, "state",
                                 json_string(state_of(checks, errors, rank, registered, changed)));
    json_decref(parts);
    return failed ? no_memory(err) : H4L_OK;
}

static int evaluate_claim(struct evaluation *e, struct h4l_err *err)
{
    json_t *checks = json_array(), *errors = json_array();
    int code = H4L_OK;

    e->tier = e->query->tier;
    e->usable = json_object();
    e->case_errors = json_object();
    e->out = json_object();
    if (!checks || !errors || !e->usable || !e->case_errors || !e->out || note_cases(e))
        code = no_memory(err);
    if (!code)
        code = run_checks(e, checks, err);
    if (!code)
        code = adjust(checks, err);
    if (!code)
        code = finish_claim(e, checks, errors, err);
    json_decref(checks);
    json_decref(errors);
    json_decref(e->usable);
    json_decref(e->case_errors);
    if (code) {
        json_decref(e->out);
        e->out = NULL;
    }
    return code;
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
        if (code || (query->claim && !is(text_of(claim, "id"), query->claim)))
            continue;
        e.claim = claim;
        code = evaluate_claim(&e, err);
        if (!code && json_array_append_new(claims, e.out))
            code = no_memory(err);
    }
    if (!code && json_array_size(claims) == 0)
        code = h4l_fail(err, H4L_E_USAGE, "family %s has no claim \"%s\"",
                        text_of(registry, "family"), query->claim);
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
