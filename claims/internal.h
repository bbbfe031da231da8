// Parts of the evaluator that its files share; not for use outside claims/.
#ifndef H4L_CLAIMS_INTERNAL_H
#define H4L_CLAIMS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "claims/claims.h"

#include "analysis/hypothesis.h"
#include "analysis/statistics.h"

enum statistic_kind { ONE_NUMBER, TWO_ARRAYS, INTERVAL, EACH };

struct statistic {
    const char *name;
    enum statistic_kind kind;
    bool needs_y;
};

// NULL where there is none of that name.
const struct statistic *h4l_claims_statistic(const char *name);

struct direction {
    const char *name;
    bool number, interval; // usable with one number, with an interval
    const char *needs;     // key that must be there: "bound", "reference", "margin"; NULL
};

const struct direction *h4l_claims_direction(const char *name);

// A JSON text made as by printf. Bytes that are not UTF-8 (a message cut in the middle of a character, a path) make every
// byte outside ASCII a question mark instead of a failure. NULL without memory.
json_t *h4l_claims_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

extern const char *const h4l_claims_tiers[3];
// The value itself, or the tier's own where it is an object by tier; NULL where that tier has none.
const json_t *h4l_claims_for_tier(const json_t *value, const char *tier);
bool h4l_claims_is_by_tier(const json_t *value);

// Where the values of a check come from. The results have been checked (schema, family, case, seed, parameters).
struct source {
    const json_t *results; // case -> result
    const char *tier;
    bool null_unmet; // a metric that is null is "does not exist" and no error
    // What a row asks of its results, beside the check's own keys; all zero for a registered figure.
    const char *flat_run; // results of this run stand under their case alone
    const char *renamed,
        *renamed_to; // results of the one run are taken from the other; NULL: as named
    const char
        *figure_run; // the run of terms that name none; NULL: results stand under their case alone
    size_t n;        // values that are there, where they are judged as found; 0: as the check says
    json_int_t
        first; // number of the first seed, where the seeds have to be those registered; 0: any
};

// Under which name the result that a term reads stands among the results: "CASE", or "RUN/CASE". *ret: of size; returns it.
const char *h4l_claims_case_key(const struct source *source, const json_t *term, char *ret,
                                size_t size);
// That result; NULL if there is none.
const json_t *h4l_claims_result(const struct source *source, const json_t *term);

struct values {
    double *x;
    size_t n;
    size_t rows; // of a matrix of n numbers; 0: a list
    const json_t *
        single; // borrowed: the value itself where a lone term is no array and no number (text, true, false)
    bool missing; // null, and null_unmet was set
};

// Sum of the terms (an object or an array of objects). Errors of the data are H4L_E_DATA.
int h4l_claims_values(const struct source *source, const json_t *terms, struct values *ret,
                      struct h4l_err *err);
void h4l_claims_values_free(struct values *values);
// The metric that path names ("add_millions/reproduced"), NULL if there is none.
const json_t *h4l_claims_follow(const json_t *metrics, const char *path);

// Calls visit for each term below x and y of a check until one returns non-zero, and returns that.
typedef int (*h4l_term_fn)(void *ctx, const json_t *term);
int h4l_claims_each_term(const json_t *check, h4l_term_fn visit, void *ctx);

enum outcome { MET, MET_SMALL, UNMET, UNDECIDED };

// What the comparison of one check found; NaN stands for "there is none".
struct finding {
    enum outcome outcome;
    double got, expected, tolerance, used;
    const json_t *got_single; // instead of got: a text, true, false, or null for "does not exist"
    struct h4l_interval interval;
    double level, p, mdd;
    double p_refuted; // of the test that would show the opposite of the check; NaN: not a test
    double estimate, standard_error, df; // of the difference that a test looked at
    size_t n;
    char expected_text[200], message[300];
};

struct comparison {
    const struct source *source;
    const json_t *check;
    const struct statistic *statistic;
    const struct direction *direction;
    struct values x, y;
    struct finding f;
};

// A number of the check's row by key, of this tier; NaN if it is not there.
double h4l_claims_number(const struct comparison *c, const char *key);
// The same, and its absence in this tier is an error.
int h4l_claims_need(const struct comparison *c, const char *key, double *ret, struct h4l_err *err);
// Natural logarithms in place; H4L_E_DATA for a number that is not above 0.
int h4l_claims_log(struct values *v, struct h4l_err *err);
// Whether it is a direction with a test: above, alike, shown_above, shown_below, mostly_within.
bool h4l_claims_is_test(const char *direction);
// The level of the interval that goes with such a direction's test: 0.90 where the tests are one-sided, else 0.95, also for other directions.
double h4l_claims_level(const char *direction);
// Fills c->f for one of the directions above, alike, shown_above, shown_below, mostly_within (docs/second-round.md, section 1).
int h4l_claims_decide(struct comparison *c, struct h4l_err *err);
// Estimate, standard error and degrees of freedom of the (difference of the) mean; H4L_E_DATA where the values do not give one.
int h4l_claims_estimate(const struct comparison *c, double level, struct h4l_t_test *ret,
                        struct h4l_err *err);

// Adds "beside" to the evaluated check of a row: exact rank test and probability of improvement, of a test on 10 values or more (groups: each)
// and at most 100 together; else nothing. They decide nothing.
int h4l_claims_put_beside(const struct comparison *c, json_t *check, struct h4l_err *err);
// Adds "pooled" to each check that the first round's results hold, too: the mean difference over the seeds of both, with its 95 % interval.
int h4l_claims_pool(json_t *checks, const json_t *first_round, struct h4l_err *err);

// Fills c->f for a statistic with an interval.
int h4l_claims_compare_interval(struct comparison *c, struct h4l_err *err);

// ---- one claim at a time (claims.c, rows.c, runs.c) ----

// What is known while the claims of one registry are evaluated.
struct evaluation {
    const json_t *registry, *results;
    const struct h4l_claims_query *query;
    const json_t *claim, *row; // row: NULL at the registered figures
    struct source source;      // tier, and how the results are named
    json_t *usable;            // key (h4l_claims_case_key) -> result, those that passed inspection
    json_t *case_errors;       // key -> message, those that did not
    json_t *missing;           // key -> message, those that are not there
    json_t *used;              // all usable ones of the claim, figures and rows
};

const char *h4l_claims_text_of(const json_t *object, const char *key);
bool h4l_claims_is(const char *a, const char *b);
int h4l_claims_no_memory(struct h4l_err *err);

// The file that a key stands for: "FAMILY/CASE.json" or "RUN/FAMILY/CASE.json". *ret: of size; returns it.
const char *h4l_claims_path(const struct evaluation *e, const char *key, char *ret, size_t size);
// Calls visit for each parameter of the result that the user set, except those that only say where files lie, until one returns
// true; says whether one did.
typedef bool (*h4l_asked_fn)(void *ctx, const char *name);
bool h4l_claims_each_asked(const json_t *result, h4l_asked_fn visit, void *ctx);
// Sorts the results of the check's terms into usable, case_errors and missing. Non-zero without memory.
int h4l_claims_note_cases(struct evaluation *e, const json_t *check);
// Adds the messages of an object as case_errors or missing to the errors, a line per file. Non-zero without memory.
int h4l_claims_put_errors(const json_t *by_key, json_t *errors);
int h4l_claims_begin_cases(struct evaluation *e, struct h4l_err *err);
void h4l_claims_end_cases(struct evaluation *e);
// Evaluates one check of the row or figures at hand; a check whose results are not usable becomes an "error".
int h4l_claims_one_check(const struct evaluation *e, const json_t *check, json_t **ret,
                         struct h4l_err *err);
// Holm's adjustment over the checks that carry the same text under "holm".
int h4l_claims_adjust(json_t *checks, struct h4l_err *err);

// Evaluates e->row into a new object, all but caveats from other rows, state and headline.
int h4l_claims_row(struct evaluation *e, json_t **ret, struct h4l_err *err);
// Those: over all evaluated claims of a registry, with the registered verdicts (registry).
int h4l_claims_finish_rows(const json_t *registry, json_t *claims, struct h4l_err *err);

// "verdict" and "headline" of an evaluated claim, those of its first row, and its state. Non-zero without memory.
int h4l_claims_finish_claim(json_t *claim);
// "state" of an evaluated claim from its rows, figures and errors. Non-zero without memory.
int h4l_claims_set_state(json_t *claim);

// Appends to list the commands that make the row's results, one for each run. Non-zero without memory.
int h4l_claims_commands(const struct evaluation *e, const json_t *row, json_t *list);
// Why the row that was asked for has nothing to be judged on in the folder (query->folder): tier, files and the commands that make them.
// *ret stays where something is there, or no single row was asked for. Non-zero without memory.
int h4l_claims_nothing_found(const struct evaluation *e, json_t **ret);
// "warnings", "files", "runs" and "cost" of the evaluated claim. Non-zero without memory.
int h4l_claims_describe_runs(const struct evaluation *e, json_t *out);

// Evaluates one check into a new object (see claims.h). Only H4L_E_NOMEM fails; what is wrong with the data becomes the
// outcome "error".
int h4l_claims_check(const struct source *source, const json_t *check, json_t **ret,
                     struct h4l_err *err);

// Outcome "error" with that message, for a check whose results are not usable.
json_t *h4l_claims_check_error(const json_t *check, const char *message);

#endif
