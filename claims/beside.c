// What stands beside a check of a row and decides nothing, from 10 values on: an exact rank test, the probability of improvement, and
// the estimate over both rounds (docs/second-round.md, section 1).
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "internal.h"

enum { LEAST = 10, MOST = 100 }; // values; of fewer an exact test says little
static const double level = 0.95;

static int put_interval(json_t *o, double estimate, struct h4l_interval interval)
{
    return json_object_set_new(o, "estimate", h4l_json_real(estimate)) |
           json_object_set_new(
               o, "interval",
               json_pack("[o, o]", h4l_json_real(interval.lo), h4l_json_real(interval.hi))) |
           json_object_set_new(o, "level", json_real(level));
}

static int put_test(json_t *beside, const char *name, double statistic,
                    const struct h4l_p_values *p)
{
    return json_object_set_new(
        beside, "rank_test",
        json_pack("{s:s, s:f, s:f}", "name", name, "statistic", statistic, "p", p->two_sided));
}

// Of pairs: signed ranks, and the share of those that differ in which x is the greater.
static int of_pairs(const struct values *d, json_t *beside, struct h4l_err *err)
{
    struct h4l_rank_test test;
    struct h4l_interval interval;
    json_t *improvement;
    size_t greater = 0;
    int code = h4l_wilcoxon_signed_rank(d->x, d->n, &test, err);

    if (code || !test.exact)
        return code;
    if (put_test(beside, "Wilcoxon signed rank", test.w, &test.p))
        return h4l_claims_no_memory(err);
    if (!test.n)
        return H4L_OK;
    for (size_t i = 0; i < d->n; i++)
        greater += d->x[i] > 0;
    code = h4l_wilson_interval(greater, test.n, level, &interval, err);
    if (code)
        return code;
    improvement = json_object();
    return json_object_set_new(beside, "improvement", improvement) |
                   put_interval(improvement, (double)greater / (double)test.n, interval) |
                   json_object_set_new(improvement, "method",
                                       json_string("share of the pairs that differ, Wilson"))
               ? h4l_claims_no_memory(err)
               : H4L_OK;
}

static int of_groups(const struct values *x, const struct values *y, json_t *beside,
                     struct h4l_err *err)
{
    struct h4l_rank_sum test;
    struct h4l_interval interval;
    double estimate;
    json_t *improvement;
    int code = h4l_mann_whitney(x->x, x->n, y->x, y->n, &test, err);

    if (!code)
        code = h4l_improvement(test.u, x->n, y->n, level, &estimate, &interval, err);
    if (code)
        return code;
    improvement = json_object();
    return put_test(beside, "Mann-Whitney", test.u, &test.p) |
                   json_object_set_new(beside, "improvement", improvement) |
                   put_interval(improvement, estimate, interval) |
                   json_object_set_new(improvement, "method",
                                       json_string("share of all pairs, score interval (Newcombe)"))
               ? h4l_claims_no_memory(err)
               : H4L_OK;
}

int h4l_claims_put_beside(const struct comparison *c, json_t *check, struct h4l_err *err)
{
    bool pairs = strcmp(c->statistic->name, "mean_interval") == 0;
    bool groups = strcmp(c->statistic->name, "welch_interval") == 0;
    json_t *beside;
    int code;

    if (!h4l_claims_is_test(c->direction->name) || !(pairs || groups) || c->x.n < LEAST ||
        (groups && c->y.n < LEAST) || c->x.n + c->y.n > MOST)
        return H4L_OK;
    beside = json_object();
    if (!beside)
        return h4l_claims_no_memory(err);
    code = pairs ? of_pairs(&c->x, beside, err) : of_groups(&c->x, &c->y, beside, err);
    if (!code && json_object_size(beside) && json_object_set(check, "beside", beside))
        code = h4l_claims_no_memory(err);
    json_decref(beside);
    return code;
}

// ---- both rounds ----

// The values of both checks, one behind the other; *ret_n 0 where one has none or one is not a number. NULL: no memory.
static double *joined(const json_t *first, const json_t *second, const char *key, size_t *ret_n)
{
    const json_t *lists[2] = {json_object_get(first, key), json_object_get(second, key)};
    size_t n[2] = {json_array_size(lists[0]), json_array_size(lists[1])}, at = 0;
    double *x = malloc((n[0] + n[1] + 1) * sizeof *x);

    *ret_n = 0;
    for (size_t list = 0; x && list < 2; list++)
        for (size_t i = 0; i < n[list]; i++) {
            const json_t *value = json_array_get(lists[list], i);

            if (!json_is_number(value))
                return x;
            x[at++] = json_number_value(value);
        }
    *ret_n = n[0] && n[1] ? at : 0;
    return x;
}

// The mean (difference) over the seeds of both rounds, with its t interval.
static int pool(json_t *check, const json_t *before, struct h4l_err *err)
{
    bool groups = h4l_claims_is(h4l_claims_text_of(check, "statistic"), "welch_interval");
    size_t n, n_against;
    double *x = joined(before, check, "values", &n);
    double *y = joined(before, check, "values_against", &n_against);
    struct h4l_t_test t;
    json_t *pooled;
    int code = x && y ? H4L_OK : h4l_claims_no_memory(err);

    if (!code && n && (!groups || n_against)) {
        code = groups ? h4l_welch_t(x, n, y, n_against, level, &t, err)
                      : h4l_paired_t(x, n, level, &t, err);
        pooled = code ? NULL : json_object();
        if (!code && (json_object_set_new(check, "pooled", pooled) ||
                      put_interval(pooled, t.estimate, t.interval) ||
                      json_object_set_new(pooled, "n", json_integer((json_int_t)n)) ||
                      json_object_set_new(pooled, "first_round",
                                          json_object_get(before, "n")
                                              ? json_incref(json_object_get(before, "n"))
                                              : json_null())))
            code = h4l_claims_no_memory(err);
    }
    free(x);
    free(y);
    return code;
}

int h4l_claims_pool(json_t *checks, const json_t *first_round, struct h4l_err *err)
{
    json_t *check;
    const json_t *before;
    size_t i, j;
    int code = H4L_OK;

    json_array_foreach(checks, i, check) json_array_foreach(first_round, j, before)
    {
        const char *statistic = h4l_claims_text_of(check, "statistic");

        if (!code && json_equal(json_object_get(check, "id"), json_object_get(before, "id")) &&
            (h4l_claims_is(statistic, "mean_interval") ||
             h4l_claims_is(statistic, "welch_interval")))
            code = pool(check, before, err);
    }
    return code;
}
