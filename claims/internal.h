// Parts of the evaluator that its files share; not for use outside claims/.
#ifndef H4L_CLAIMS_INTERNAL_H
#define H4L_CLAIMS_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

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
};

struct values {
    double *x;
    size_t n;
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

enum outcome { MET, UNMET, UNDECIDED };

// What the comparison of one check found; NaN stands for "there is none".
struct finding {
    enum outcome outcome;
    double got, expected, tolerance, used;
    const json_t *got_single; // instead of got: a text, true, false, or null for "does not exist"
    struct h4l_interval interval;
    double level, p, mdd;
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
// Fills c->f for a statistic with an interval.
int h4l_claims_compare_interval(struct comparison *c, struct h4l_err *err);

// Evaluates one check into a new object (see claims.h). Only H4L_E_NOMEM fails; what is wrong with the data becomes the
// outcome "error".
int h4l_claims_check(const struct source *source, const json_t *check, json_t **ret,
                     struct h4l_err *err);

// Outcome "error" with that message, for a check whose results are not usable.
json_t *h4l_claims_check_error(const json_t *check, const char *message);

#endif
