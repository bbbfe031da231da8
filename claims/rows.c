// One row: its results, its checks, the verdict that follows (docs/second-round.md, section 1), and what other rows add to it.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "fill.h"
#include "internal.h"

#define text_of h4l_claims_text_of
#define is h4l_claims_is
#define no_memory h4l_claims_no_memory

static const double alpha = 0.05; // of Holm's procedure over the checks of a row

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

// ---- adjusted p values ----

// Holm's adjustment over the checks that carry the same text under "holm", for the first member at `first`.
static int adjust_family(json_t *checks, size_t first, struct h4l_err *err)
{
    size_t n = json_array_size(checks), members = 0;
    const char *family = text_of(json_array_get(checks, first), "holm");
    double *p = malloc(n * sizeof *p), own = alpha;
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
        own = is(text_of(member[i], "direction"), "equivalent") ? (1 - level) / 2 : 1 - level;
        // A tenth of a billionth: it is the difference of two rounded numbers.
        if (!failed && is(text_of(member[i], "outcome"), "met") && p[i] > own + 1e-10)
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

int h4l_claims_adjust(json_t *checks, struct h4l_err *err)
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

// ---- what the checks say together ----

// The test that would show the opposite of the check: its p value, 0 or 1 where nothing is random.
static double p_refuted(const json_t *check)
{
    double p = number_of(check, "p_refuted");

    return isnan(p) ? is(text_of(check, "outcome"), "unmet") ? 0 : 1 : p;
}

// Of the criteria: refuted is what stays so after Holm's adjustment over them all.
static int refute(json_t *checks, struct h4l_err *err)
{
    size_t n = json_array_size(checks), members = 0;
    double *p = malloc((n + 1) * sizeof *p);
    json_t **member = malloc((n + 1) * sizeof *member);
    int code = p && member ? H4L_OK : no_memory(err);

    for (size_t i = 0; i < n && !code; i++) {
        json_t *check = json_array_get(checks, i);
        if (!is(text_of(check, "role"), "criterion") || is(text_of(check, "outcome"), "error"))
            continue;
        member[members] = check;
        p[members++] = p_refuted(check);
    }
    if (!code && members)
        code = h4l_holm(p, members, p, err);
    for (size_t i = 0; i < members && !code; i++) {
        bool unmet = is(text_of(member[i], "outcome"), "unmet");
        int failed = 0;

        if (json_is_number(json_object_get(member[i], "p_refuted")))
            failed = json_object_set_new(member[i], "p_refuted_adjusted", json_real(p[i]));
        if (unmet)
            failed |= json_object_set_new(member[i], "outcome",
                                          json_string(p[i] < alpha ? "refuted" : "undecided"));
        if (failed)
            code = no_memory(err);
    }
    free(p);
    free(member);
    return code;
}

static json_t *check_called(json_t *checks, const char *id)
{
    json_t *check;
    size_t i;

    json_array_foreach(checks, i, check)
    {
        if (is(text_of(check, "id"), id))
            return check;
    }
    return NULL;
}

// Do two one-sided tests put the other check's difference within the margin? Then the margin says nothing.
static bool within_margin(const json_t *other, double margin)
{
    double estimate = number_of(other, "got"), se = number_of(other, "standard_error");
    struct h4l_t_test low, high;

    if (h4l_t_of(estimate + margin, se, number_of(other, "df"), 0.9, &low, NULL) ||
        h4l_t_of(estimate - margin, se, number_of(other, "df"), 0.9, &high, NULL))
        return false;
    return fmax(low.p.greater, high.p.less) < alpha;
}

static int guard(json_t *checks)
{
    json_t *check;
    size_t i;
    int failed = 0;

    json_array_foreach(checks, i, check)
    {
        const char *id = text_of(check, "guard");

        if (id && is(text_of(check, "outcome"), "met") &&
            within_margin(check_called(checks, id), number_of(check, "margin")))
            failed |= json_object_set_new(check, "outcome", json_string("undecided")) ||
                      json_object_set_new(
                          check, "message",
                          h4l_claims_text("the margin says nothing: %s is within it, too", id));
    }
    return failed;
}

static bool is_met(const json_t *check)
{
    return is(text_of(check, "outcome"), "met") || is(text_of(check, "outcome"), "met small");
}

// Does the interval of a difference that was to be above 0 lie wholly below it?
static bool reversed(const json_t *checks)
{
    const json_t *check;
    size_t i;

    json_array_foreach(checks, i, check)
    {
        if (is(text_of(check, "direction"), "above") && number_of(check, "got") < 0 &&
            number_of(check, "p") < alpha)
            return true;
    }
    return false;
}

static double mean_of(const json_t *array)
{
    const json_t *value;
    size_t i;
    double sum = 0;

    json_array_foreach(array, i, value) sum += json_number_value(value);
    return sum / (double)json_array_size(array);
}

// Have all arms come so close to the largest possible value that no advantage could show?
static bool at_ceiling(const json_t *row, const json_t *checks)
{
    double near = 0.95 * number_of(row, "ceiling");
    const json_t *check;
    size_t i;

    if (isnan(near))
        return false;
    json_array_foreach(checks, i, check)
    {
        if (!(mean_of(json_object_get(check, "values")) >= near &&
              mean_of(json_object_get(check, "values_against")) >= near))
            return false;
    }
    return true;
}

// Rank of the verdict (claims.h); -1 where a check is an error.
static int rank_of(const json_t *row, const json_t *checks)
{
    size_t i, against = 0, shown = 0, refuted = 0, open = 0, caveats = 0, described = 0;
    const json_t *check;

    json_array_foreach(checks, i, check)
    {
        const char *role = text_of(check, "role"), *outcome = text_of(check, "outcome");

        if (is(outcome, "error"))
            return -1;
        if (is(role, "description")) {
            described++;
        } else if (is(role, "against")) {
            against++;
            shown += is_met(check);
        } else if (is(role, "caveat")) {
            caveats += !is_met(check);
        } else {
            refuted += is(outcome, "refuted");
            open += !is_met(check);
            caveats += is(outcome, "met small");
        }
    }
    if (described && described == json_array_size(checks))
        return 1;
    if (open == 0)
        return caveats ? 2 : 3;
    if (against)
        return shown == against ? 0 : 1;
    if (refuted == 0 || (at_ceiling(row, checks) && !reversed(checks)))
        return 1;
    return 0;
}

// ---- the results of a row ----

// How many values a result has: its seeds, or what the row counts.
static size_t count_in(const json_t *row, const json_t *result)
{
    const char *of = text_of(row, "of");
    const json_t *names = json_object_get(json_object_get(result, "metrics"), of ? of : "seeds");
    const json_t *parameter = json_object_get(json_object_get(result, "parameters"), of ? of : "");

    return names ? json_array_size(names) : (size_t)json_integer_value(parameter);
}

// The least number of values over the results of the row; 0 where one is not there.
static size_t count_found(const struct evaluation *e)
{
    const char *key;
    json_t *result;
    size_t least = SIZE_MAX;

    if (json_object_size(e->missing))
        return 0;
    json_object_foreach(e->usable, key, result)
    {
        size_t n = json_object_get(e->row, "n") ? count_in(e->row, result) : 1;
        least = n < least ? n : least;
    }
    return least == SIZE_MAX ? 0 : least;
}

static int note_results(struct evaluation *e, struct h4l_err *err)
{
    const json_t *check;
    size_t i;

    json_array_foreach(json_object_get(e->row, "checks"), i, check)
    {
        if (h4l_claims_note_cases(e, check))
            return no_memory(err);
    }
    return H4L_OK;
}

// Where the results gave errors those, else those of the checks.
static int row_errors(const struct evaluation *e, const json_t *checks, json_t *errors)
{
    const json_t *check;
    size_t i;
    int failed = h4l_claims_put_errors(e->case_errors, errors);

    json_array_foreach(checks, i, check)
    {
        if (is(text_of(check, "outcome"), "error") && json_object_size(e->case_errors) == 0)
            failed |= json_array_append_new(
                errors, h4l_claims_text("%s: %s", text_of(check, "id"), text_of(check, "message")));
    }
    return failed;
}

// Every check as "not measured".
static int leave_out(const struct evaluation *e, json_t *checks, struct h4l_err *err)
{
    const json_t *check;
    size_t i;

    json_array_foreach(json_object_get(e->row, "checks"), i, check)
    {
        json_t *out = h4l_claims_check_error(check, "");

        if (!out || json_object_set_new(out, "outcome", json_string("not measured")) ||
            json_array_append_new(checks, out))
            return no_memory(err);
    }
    return H4L_OK;
}

static int run_checks(const struct evaluation *e, json_t *checks, struct h4l_err *err)
{
    const json_t *check;
    size_t i;
    int code = H4L_OK;

    json_array_foreach(json_object_get(e->row, "checks"), i, check)
    {
        json_t *outcome = NULL;

        if (!code)
            code = h4l_claims_one_check(e, check, &outcome, err);
        if (!code && json_array_append_new(checks, outcome))
            code = no_memory(err);
    }
    if (!code)
        code = h4l_claims_adjust(checks, err);
    if (!code)
        code = refute(checks, err);
    if (!code && guard(checks))
        code = no_memory(err);
    return code;
}

// ---- the first round beside it ----

// The checks on the results of the first round, which has its own n and decides nothing: those that its results hold.
static int first_round_checks(struct evaluation *e, json_t *list, struct h4l_err *err)
{
    const char *decides = text_of(e->row, "results"), *first = text_of(e->row, "first_round");
    const json_t *check;
    size_t i;
    int code = H4L_OK;

    json_array_foreach(json_object_get(e->row, "checks"), i, check)
    {
        struct evaluation own = *e;
        json_t *outcome = NULL;

        if (code || !first)
            continue;
        own.source.renamed = decides;
        own.source.renamed_to = first;
        own.source.first = 0;
        own.row = NULL;
        code = h4l_claims_begin_cases(&own, err);
        if (!code && h4l_claims_note_cases(&own, check))
            code = no_memory(err);
        own.row = e->row;
        own.source.n = count_found(&own);
        if (!code && own.source.n >= 2 && !json_object_size(own.case_errors))
            code = h4l_claims_one_check(&own, check, &outcome, err);
        if (!code && outcome && !is(text_of(outcome, "outcome"), "error") &&
            json_array_append(list, outcome))
            code = no_memory(err);
        json_decref(outcome);
        h4l_claims_end_cases(&own);
    }
    return code;
}

// What the first round found, as it is registered, with the checks of this row on its results. Null where there was none.
static int put_first_round(struct evaluation *e, json_t *out, struct h4l_err *err)
{
    const json_t *own = json_object_get(json_object_get(e->row, "registered"), "first_round");
    json_t *checks = json_array(), *copy = json_object();
    int code = H4L_OK;

    if (json_object_set_new(out, "first_round", copy) || !checks ||
        (own && json_object_update(copy, (json_t *)own)))
        code = no_memory(err);
    if (!code)
        code = first_round_checks(e, checks, err);
    if (!code && json_object_set(copy, "checks", checks))
        code = no_memory(err);
    if (!code && !own && json_array_size(checks) == 0 &&
        json_object_set_new(out, "first_round", json_null()))
        code = no_memory(err);
    json_decref(checks);
    return code;
}

// ---- the whole row ----

static int copy_row(const struct evaluation *e, json_t *out)
{
    static const char *const kept[] = {"id",   "statement", "setting", "criterion", "tier",
                                       "seed", "power",     "edition", "results",   "caveats"};
    json_t *kind = json_object_get(e->row, "kind"), *planned = json_object_get(e->row, "n");
    const char *of = text_of(e->row, "of");
    json_t *list = json_array();
    int failed = 0;

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(e->row, kept[i]);
        failed |= value && json_object_set(out, kept[i], value);
    }
    failed |= json_object_set(out, "claim", json_object_get(e->claim, "id"));
    failed |= json_object_set(out, "kind", kind ? kind : json_object_get(e->claim, "kind"));
    failed |= json_object_set(out, "planned", planned ? planned : json_null());
    failed |=
        json_object_set_new(out, "of", planned ? json_string(of ? of : "seeds") : json_null());
    failed |= json_object_set_new(out, "commands", list);
    return failed || h4l_claims_commands(e, e->row, list);
}

// Results that are there in another number than registered: what is to be said of it, or NULL.
static json_t *count_error(const struct evaluation *e, size_t found)
{
    size_t n = (size_t)json_integer_value(json_object_get(e->row, "n"));
    const char *of = text_of(e->row, "of");

    if (!n || found <= n || e->query->as_found)
        return NULL;
    return h4l_claims_text("%s: %zu %s are there, %zu are registered: --seeds-as-found judges them",
                           text_of(e->row, "id"), found, of ? of : "seeds", n);
}

// Is what decides not what is registered: another number of values, or of other seeds?
static bool is_as_found(const struct evaluation *e, size_t found)
{
    const json_t *planned = json_object_get(e->row, "n"), *seed = json_object_get(e->row, "seed");
    const char *key;
    json_t *result;
    bool others = false;

    json_object_foreach(e->usable, key, result) others |=
        seed && !json_equal(json_object_get(result, "seed"), seed);
    return e->query->as_found && planned &&
           (others || found != (size_t)json_integer_value(planned));
}

static int judge(struct evaluation *e, json_t *checks, json_t *errors, int *ret_rank,
                 bool *ret_complete, size_t *ret_n, struct h4l_err *err)
{
    size_t n = (size_t)json_integer_value(json_object_get(e->row, "n")), found;
    int code = note_results(e, err);
    bool as_found = e->query->as_found;
    json_t *wrong;

    if (code)
        return code;
    found = count_found(e);
    wrong = found ? count_error(e, found) : NULL;
    if (!found && h4l_claims_nothing_found(e, &wrong))
        return no_memory(err);
    *ret_n = found;
    *ret_complete =
        json_object_size(e->missing) == 0 && found > 0 && (found >= n || (as_found && found >= 2));
    *ret_rank = wrong || json_object_size(e->case_errors) ? -1 : 1;
    if (wrong && json_array_append_new(errors, wrong))
        return no_memory(err);
    if (*ret_rank < 0 || !*ret_complete) {
        code = leave_out(e, checks, err);
    } else {
        e->source.n = as_found && n ? found : 0;
        e->source.first = as_found || !n ? 0 : json_integer_value(json_object_get(e->row, "seed"));
        code = run_checks(e, checks, err);
        *ret_rank = rank_of(e->row, checks);
    }
    return !code && row_errors(e, checks, errors) ? no_memory(err) : code;
}

int h4l_claims_row(struct evaluation *e, json_t **ret, struct h4l_err *err)
{
    json_t *out = json_object(), *checks = json_array(), *errors = json_array();
    int rank = -1, code = out && checks && errors ? H4L_OK : no_memory(err);
    bool complete = false;
    size_t n = 0;

    e->source = (struct source){.tier = text_of(e->row, "tier"),
                                .flat_run = e->query->by_run ? NULL : text_of(e->row, "results")};
    if (!code)
        code = h4l_claims_begin_cases(e, err);
    if (!code)
        code = judge(e, checks, errors, &rank, &complete, &n, err);
    if (!code)
        code = put_first_round(e, out, err);
    if (!code)
        code = h4l_claims_pool(checks,
                               json_object_get(json_object_get(out, "first_round"), "checks"), err);
    if (!code &&
        (copy_row(e, out) || json_object_set(out, "checks", checks) ||
         json_object_set(out, "errors", errors) ||
         json_object_set_new(out, "rank", json_integer(rank)) ||
         json_object_set_new(out, "complete", json_boolean(complete)) ||
         json_object_set_new(out, "n", json_integer((json_int_t)n)) ||
         json_object_set_new(out, "as_found", json_boolean(complete && is_as_found(e, n))) ||
         json_object_set_new(out, "reversed", json_boolean(reversed(checks)))))
        code = no_memory(err);
    h4l_claims_end_cases(e);
    json_decref(checks);
    json_decref(errors);
    if (code)
        json_decref(out);
    else
        *ret = out;
    return code;
}

// ---- after all rows: caveats from other rows, verdict, state, headline ----

static json_t *row_called(const json_t *claims, const char *id)
{
    const json_t *claim;
    json_t *row;
    size_t i, j;

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            if (is(text_of(row, "id"), id))
                return row;
        }
    }
    return NULL;
}

static int rank_in(const json_t *row)
{
    return row ? (int)json_integer_value(json_object_get(row, "rank")) : -1;
}

// Does the other row say what makes the caveat: "no", "reversed", or that its first-named check is not met?
static bool applies(const json_t *claims, const json_t *caveat)
{
    const json_t *other = row_called(claims, text_of(caveat, "row"));
    const char *what = text_of(caveat, "is");

    if (!other || !json_is_true(json_object_get(other, "complete")))
        return false;
    if (is(what, "reversed"))
        return json_is_true(json_object_get(other, "reversed"));
    return h4l_verdict_rank(what) >= 0 && rank_in(other) == h4l_verdict_rank(what);
}

// The caveats that hold: texts of other rows' answers, and the row's own checks that are met small or not.
static json_t *caveats_of(const json_t *claims, const json_t *row)
{
    json_t *texts = json_array();
    const json_t *element;
    size_t i;
    int failed = !texts;

    json_array_foreach(json_object_get(row, "caveats"), i, element)
    {
        if (json_is_true(json_object_get(row, "complete")) && applies(claims, element))
            failed |= json_array_append(texts, json_object_get(element, "text"));
    }
    json_array_foreach(json_object_get(row, "checks"), i, element)
    {
        bool small = is(text_of(element, "outcome"), "met small");
        bool own = is(text_of(element, "role"), "caveat") && !is_met(element) &&
                   !is(text_of(element, "outcome"), "not measured");

        if (small || own)
            failed |= json_array_append_new(
                texts, h4l_claims_text(small ? "small: %s" : "%s", text_of(element, "title")));
    }
    if (failed) {
        json_decref(texts);
        return NULL;
    }
    return texts;
}

// Does the row need another row's yes that none of those it names says? Then it is open, and the text says why.
static const json_t *unanswered(const json_t *registry, const json_t *claims, const json_t *row)
{
    const json_t *of = row_called(json_object_get(registry, "claims"), text_of(row, "id"));
    const json_t *needs = json_object_get(of, "needs"), *id, *other;
    size_t i;

    if (!needs || rank_in(row) < 0 || !json_is_true(json_object_get(row, "complete")))
        return NULL;
    json_array_foreach(json_object_get(needs, "yes"), i, id)
    {
        other = row_called(claims, json_string_value(id));
        if (json_is_true(json_object_get(other, "complete")) && rank_in(other) >= 2)
            return NULL;
    }
    return json_object_get(needs, "text");
}

static const char *state_of(const json_t *row, const char *verdict, const json_t *registered)
{
    if (json_array_size(json_object_get(row, "errors")) || !verdict)
        return "error";
    if (!json_is_true(json_object_get(row, "complete")))
        return "incomplete";
    if (json_is_true(json_object_get(row, "as_found")))
        return "as found";
    if (!text_of(registered, "verdict"))
        return "not registered";
    return is(text_of(registered, "verdict"), verdict) ? "as registered" : "verdict changed";
}

static const json_t *registered_for(const json_t *registry, const char *id)
{
    const json_t *row = row_called(json_object_get(registry, "claims"), id);
    const json_t *own = json_object_get(row, "registered");

    return text_of(own, "verdict") ? own : NULL;
}

// The measure that stands for the row: its check named by "effect", or the first.
static int put_effect(const json_t *registry, json_t *row)
{
    const char *names[][2] = {
        {"effect", "got"}, {"unit", "unit"}, {"interval", "interval"}, {"level", "level"}};
    const json_t *of = row_called(json_object_get(registry, "claims"), text_of(row, "id"));
    json_t *checks = json_object_get(row, "checks");
    const json_t *check = text_of(of, "effect") ? check_called(checks, text_of(of, "effect"))
                                                : json_array_get(checks, 0);
    int failed = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(check, names[i][1]);
        failed |= value ? json_object_set(row, names[i][0], value)
                        : json_object_set_new(row, names[i][0], json_null());
    }
    return failed | json_object_set(row, "effect_of", json_object_get(check, "id"));
}

static int finish_row(const json_t *registry, const json_t *claims, json_t *row)
{
    const json_t *registered = registered_for(registry, text_of(row, "id"));
    bool question = is(text_of(row, "kind"), "question");
    const json_t *open = unanswered(registry, claims, row);
    json_t *texts = caveats_of(claims, row);
    int rank = rank_in(row), failed;
    const char *verdict;

    if (rank == 3 && json_array_size(texts))
        rank = 2;
    if (open && texts && json_array_append(texts, (json_t *)open)) {
        json_decref(texts);
        texts = NULL;
    }
    rank = open ? 1 : rank;
    verdict = h4l_verdict_name(question, rank);
    failed = json_object_set_new(row, "caveats", texts);
    failed |= json_object_set_new(row, "verdict", verdict ? json_string(verdict) : json_null());
    failed |= registered ? json_object_set(row, "registered", (json_t *)registered)
                         : json_object_set_new(row, "registered", json_null());
    failed |= json_object_set_new(row, "state", json_string(state_of(row, verdict, registered)));
    return failed | put_effect(registry, row);
}

// How the claim stands: the worst state of its rows and figures.
static const char *claim_state(const json_t *claim)
{
    static const char *const order[] = {"error", "verdict changed", "not registered", "as found"};
    const json_t *rows = json_object_get(claim, "rows"), *element;
    size_t i;

    if (json_array_size(json_object_get(claim, "errors")))
        return "error";
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        json_array_foreach(rows, i, element)
        {
            if (is(text_of(element, "state"), order[k]))
                return order[k];
        }
    json_array_foreach(json_object_get(claim, "checks"), i, element)
    {
        if (!is(text_of(element, "outcome"), "met"))
            return "outside tolerance";
    }
    if (json_array_size(rows) + json_array_size(json_object_get(claim, "checks")) == 0)
        return "nothing measured";
    return "as registered";
}

int h4l_claims_set_state(json_t *claim)
{
    return json_object_set_new(claim, "state", json_string(claim_state(claim)));
}

int h4l_claims_finish_claim(json_t *claim)
{
    const json_t *first = json_array_get(json_object_get(claim, "rows"), 0);
    json_t *verdict = json_object_get(first, "verdict"),
           *headline = json_object_get(first, "headline");
    int failed = 0;

    failed |= verdict ? json_object_set(claim, "verdict", verdict)
                      : json_object_set_new(claim, "verdict", json_null());
    failed |= headline ? json_object_set(claim, "headline", headline)
                       : json_object_set_new(claim, "headline", json_null());
    return failed | h4l_claims_set_state(claim);
}

// The reason that is registered for the verdict, with its numbers.
static int fill_reason(const json_t *claims, json_t *row, struct h4l_err *err)
{
    json_t *own = json_object_get(row, "registered"), *filled;
    const char *reason = text_of(own, "reason");
    char *text = NULL;
    int code;

    if (!reason || !strchr(reason, '{') || !json_is_true(json_object_get(row, "complete")) ||
        rank_in(row) < 0)
        return H4L_OK;
    code = h4l_fill_row_text(reason, claims, row, &text, err);
    if (code)
        return code;
    filled = json_object();
    if (!filled || json_object_update(filled, own) ||
        json_object_set_new(filled, "reason", json_string(text)) ||
        json_object_set(row, "registered", filled))
        code = no_memory(err);
    json_decref(filled);
    free(text);
    return code;
}

// The row's headline with its numbers; where they are not there, how many values are.
static int put_headline(const json_t *registry, const json_t *claims, json_t *row,
                        struct h4l_err *err)
{
    const json_t *of = row_called(json_object_get(registry, "claims"), text_of(row, "id"));
    const json_t *planned = json_object_get(row, "planned");
    char *text = NULL;
    json_t *value;
    int code;

    if (json_is_true(json_object_get(row, "complete")) && rank_in(row) >= 0) {
        code = h4l_fill_row_text(text_of(of, "headline"), claims, row, &text, err);
        if (code)
            return code;
        value = json_string(text);
        free(text);
    } else if (json_is_integer(planned))
        value = h4l_claims_text("%lld of %lld %s",
                                (long long)json_integer_value(json_object_get(row, "n")),
                                (long long)json_integer_value(planned), text_of(row, "of"));
    else
        value = json_string("no result yet");
    return json_object_set_new(row, "headline", value) ? no_memory(err) : H4L_OK;
}

int h4l_claims_finish_rows(const json_t *registry, json_t *claims, struct h4l_err *err)
{
    json_t *claim, *row;
    size_t i, j;
    int code = H4L_OK;

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            if (!code && finish_row(registry, claims, row))
                code = no_memory(err);
        }
    }
    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            code = code ? code : put_headline(registry, claims, row, err);
            code = code ? code : fill_reason(claims, row, err);
        }
        if (!code && h4l_claims_finish_claim(claim))
            code = no_memory(err);
    }
    return code;
}
