// From the terms of a check to the numbers they name.
#include "internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"

const char *const h4l_claims_tiers[3] = {"quick", "standard", "full"};

json_t *h4l_claims_text(const char *format, ...)
{
    char *text = NULL;
    json_t *value;
    va_list args;
    int n;

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        return NULL;
    value = h4l_json_text(text); // it may be cut in the middle of a character
    free(text);
    return value;
}

bool h4l_claims_is_by_tier(const json_t *value)
{
    for (size_t i = 0; i < 3; i++)
        if (json_object_get(value, h4l_claims_tiers[i]))
            return true;
    return false;
}

const json_t *h4l_claims_for_tier(const json_t *value, const char *tier)
{
    return h4l_claims_is_by_tier(value) ? json_object_get(value, tier) : value;
}

int h4l_claims_each_term(const json_t *check, h4l_term_fn visit, void *ctx)
{
    static const char *const sides[] = {"x", "y"};

    for (size_t s = 0; s < sizeof sides / sizeof *sides; s++) {
        const json_t *terms = json_object_get(check, sides[s]), *term;
        size_t i;
        int stop = 0;

        if (json_is_object(terms))
            stop = visit(ctx, terms);
        json_array_foreach(terms, i, term)
        {
            stop = visit(ctx, term);
            if (stop)
                break;
        }
        if (stop)
            return stop;
    }
    return 0;
}

void h4l_claims_values_free(struct values *values)
{
    free(values->x);
    *values = (struct values){0};
}

const char *h4l_claims_case_key(const struct source *source, const json_t *term, char *ret,
                                size_t size)
{
    const char *name = json_string_value(json_object_get(term, "case"));
    const char *run = json_string_value(json_object_get(term, "run"));

    run = run ? run : source->figure_run;
    if (run && source->renamed && strcmp(run, source->renamed) == 0)
        run = source->renamed_to;
    if (!run || (source->flat_run && strcmp(run, source->flat_run) == 0))
        snprintf(ret, size, "%s", name);
    else
        snprintf(ret, size, "%s/%s", run, name);
    return ret;
}

const json_t *h4l_claims_result(const struct source *source, const json_t *term)
{
    char key[400];

    return json_object_get(source->results, h4l_claims_case_key(source, term, key, sizeof key));
}

struct place { // for messages
    const char *name, *metric;
};

static int bad(const struct place *p, struct h4l_err *err, const char *expected,
               const json_t *found)
{
    char *text = h4l_json_dump(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    int code = h4l_fail(err, H4L_E_DATA, "case %s, metric %s: expected %s, found %.60s", p->name,
                        p->metric, expected, found ? text ? text : "?" : "nothing");

    free(text);
    return code;
}

const json_t *h4l_claims_follow(const json_t *metrics, const char *path)
{
    char key[128];
    const json_t *value = json_object_get(metrics, path);

    while (!value && metrics) {
        size_t n = strcspn(path, "/");
        if (n >= sizeof key)
            return NULL;
        memcpy(key, path, n);
        key[n] = 0;
        metrics = json_object_get(metrics, key);
        if (!path[n])
            return metrics;
        path += n + 1;
    }
    return value;
}

// The one element that `at` names.
static int pick(const json_t *metrics, const json_t *at, const struct place *p, const json_t **ret,
                struct h4l_err *err)
{
    const json_t *array = *ret, *wanted, *other;
    const char *key = json_object_iter_key(json_object_iter((json_t *)at));
    size_t found = 0, n = json_array_size(array), index = 0;

    wanted = json_object_get(at, key);
    if (!json_is_array(array))
        return bad(p, err, "an array", array);
    if (strcmp(key, "index") == 0) {
        index = (size_t)json_integer_value(wanted);
        found = index < n;
    } else {
        other = h4l_claims_follow(metrics, key);
        if (json_array_size(other) != n)
            return h4l_fail(err, H4L_E_DATA,
                            "case %s: expected an array %s as long as %s (%zu), found %zu values",
                            p->name, key, p->metric, n, json_array_size(other));
        for (size_t i = 0; i < n; i++)
            if (json_is_number(json_array_get(other, i)) &&
                json_number_value(json_array_get(other, i)) == json_number_value(wanted)) {
                index = i;
                found++;
            }
    }
    if (found != 1)
        return h4l_fail(err, H4L_E_DATA,
                        "case %s, metric %s: expected one element at %s = %g, found %zu", p->name,
                        p->metric, key, json_number_value(wanted), found);
    *ret = json_array_get(array, index);
    return H4L_OK;
}

// All elements of an array of numbers.
static int numbers(const json_t *array, const struct place *p, double **ret_x, size_t *ret_n,
                   struct h4l_err *err)
{
    size_t n = json_array_size(array);
    double *x = malloc((n + 1) * sizeof *x);

    if (!x)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu values", n);
    for (size_t i = 0; i < n; i++) {
        const json_t *element = json_array_get(array, i);
        x[i] = json_number_value(element);
        if (!json_is_number(element) || !isfinite(x[i])) {
            free(x);
            return bad(p, err, "an array of finite numbers", element);
        }
    }
    *ret_x = x;
    *ret_n = n;
    return H4L_OK;
}

static double reduced(const char *how, const double *x, size_t n)
{
    if (strcmp(how, "count") == 0)
        return (double)n;
    if (strcmp(how, "sum") == 0)
        return h4l_sum(x, n);
    if (n == 0)
        return NAN;
    if (strcmp(how, "last") == 0)
        return x[n - 1];
    if (strcmp(how, "first") == 0)
        return x[0];
    if (strcmp(how, "mean_last_half") == 0)
        return h4l_mean(x + n / 2, n - n / 2);
    if (strcmp(how, "mean") == 0)
        return h4l_mean(x, n);
    return strcmp(how, "max") == 0 ? h4l_max(x, n) : h4l_min(x, n);
}

// One number from a flat array, `how` NULL for a value that is a number already.
static int one_number(const json_t *value, const char *how, const struct place *p, double *ret,
                      struct h4l_err *err)
{
    double *x;
    size_t n;
    int code;

    if (!how) {
        if (!json_is_number(value) || !isfinite(json_number_value(value)))
            return bad(p, err, "a finite number", value);
        *ret = json_number_value(value);
        return H4L_OK;
    }
    if (!json_is_array(value))
        return bad(p, err, "an array to reduce", value);
    code = numbers(value, p, &x, &n, err);
    if (code)
        return code;
    *ret = reduced(how, x, n);
    free(x);
    if (!isfinite(*ret))
        return bad(p, err, "a number to reduce to (not an empty array)", value);
    return H4L_OK;
}

// All elements of an array of arrays of one length, row by row.
static int matrix(const json_t *value, const struct place *p, struct values *v, struct h4l_err *err)
{
    size_t rows = json_array_size(value), columns = json_array_size(json_array_get(value, 0));
    double *all = malloc((rows * columns + 1) * sizeof *all);

    if (!all)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu values", rows * columns);
    for (size_t i = 0; i < rows; i++) {
        const json_t *row = json_array_get(value, i);
        double *x = NULL;
        size_t n = 0;
        int code = json_is_array(row) && json_array_size(row) == columns
                       ? numbers(row, p, &x, &n, err)
                       : bad(p, err, "rows of one length", row);

        if (code) {
            free(all);
            return code;
        }
        memcpy(all + i * columns, x, columns * sizeof *all);
        free(x);
    }
    v->x = all;
    v->n = rows * columns;
    v->rows = rows;
    return columns ? H4L_OK : bad(p, err, "rows that are not empty", value);
}

// The value of a term: one number, or one number per element of the outer array.
static int gather(const json_t *value, const char *how, const struct place *p, struct values *v,
                  struct h4l_err *err)
{
    bool nested = json_is_array(json_array_get(value, 0));
    int code = H4L_OK;

    if (how && strcmp(how, "matrix") == 0)
        return nested ? matrix(value, p, v, err) : bad(p, err, "an array of arrays", value);
    if (json_is_array(value) && !nested && !how)
        return numbers(value, p, &v->x, &v->n, err);
    v->n = json_is_array(value) && nested ? json_array_size(value) : 1;
    v->x = malloc(v->n * sizeof *v->x);
    if (!v->x)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu values", v->n);
    if (!nested)
        return one_number(value, how, p, &v->x[0], err);
    if (!how)
        return bad(p, err, "an array of numbers (or a reduction of the inner arrays)", value);
    for (size_t i = 0; i < v->n && !code; i++)
        code = one_number(json_array_get(value, i), how, p, &v->x[i], err);
    return code;
}

static struct place place_of(const json_t *term)
{
    const char *timing = json_string_value(json_object_get(term, "timing"));

    return (struct place){json_string_value(json_object_get(term, "case")),
                          timing ? timing : json_string_value(json_object_get(term, "metric"))};
}

// Is element i of the array named by "where" the one that is asked for, or, under "not", another one?
static bool is_wanted(const json_t *names, size_t i, const json_t *wanted)
{
    const json_t *other = json_object_get(wanted, "not");

    return other ? !json_equal(json_array_get(names, i), other)
                 : json_equal(json_array_get(names, i), wanted);
}

static json_t *kept_of(const json_t *array, const json_t *names, const json_t *wanted)
{
    json_t *kept = json_array();

    for (size_t i = 0; kept && i < json_array_size(array); i++)
        if (is_wanted(names, i, wanted) && json_array_append(kept, json_array_get(array, i))) {
            json_decref(kept);
            kept = NULL;
        }
    return kept;
}

// The elements of an array, or of each array in it, at which the array that "where" names has the wanted value. The caller owns *ret.
static int filter(const json_t *metrics, const json_t *where, const json_t *value,
                  const struct place *p, json_t **ret, struct h4l_err *err)
{
    const char *key = json_object_iter_key(json_object_iter((json_t *)where));
    const json_t *names = h4l_claims_follow(metrics, key), *wanted = json_object_get(where, key);
    bool nested = json_is_array(json_array_get(value, 0));
    json_t *kept = nested ? json_array() : NULL;
    size_t n = json_array_size(nested ? json_array_get(value, 0) : value);

    if (!json_is_array(value) || json_array_size(names) != n) {
        json_decref(kept);
        return h4l_fail(err, H4L_E_DATA,
                        "case %s: expected an array %s as long as %s (%zu), found %zu values",
                        p->name, key, p->metric, n, json_array_size(names));
    }
    if (!nested)
        kept = kept_of(value, names, wanted);
    for (size_t i = 0; nested && kept && i < json_array_size(value); i++)
        if (json_array_append_new(kept, kept_of(json_array_get(value, i), names, wanted))) {
            json_decref(kept);
            kept = NULL;
        }
    *ret = kept;
    return kept ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu values", n);
}

// Divides by what "over" names, number by number.
static int divide(const json_t *metrics, const char *over, const struct place *p, struct values *v,
                  struct h4l_err *err)
{
    const struct place below = {p->name, over};
    struct values d = {0};
    const json_t *value = h4l_claims_follow(metrics, over);
    int code = value ? gather(value, NULL, &below, &d, err) : bad(&below, err, "a value", NULL);

    if (!code && d.n != v->n)
        code = h4l_fail(err, H4L_E_DATA, "case %s: expected %zu values of %s as of %s, found %zu",
                        p->name, v->n, over, p->metric, d.n);
    for (size_t i = 0; !code && i < v->n; i++) {
        v->x[i] /= d.x[i];
        if (!isfinite(v->x[i]))
            code = h4l_fail(err, H4L_E_DATA, "case %s: %s over %s is not finite", p->name,
                            p->metric, over);
    }
    h4l_claims_values_free(&d);
    return code;
}

static int one_term(const struct source *source, const json_t *term, struct values *v,
                    struct h4l_err *err)
{
    const char *how = json_string_value(json_object_get(term, "reduce"));
    const char *over = json_string_value(json_object_get(term, "over"));
    const json_t *at = json_object_get(term, "at"), *times = json_object_get(term, "times");
    const json_t *where = json_object_get(term, "where");
    struct place p = place_of(term);
    const json_t *result = h4l_claims_result(source, term), *value, *metrics;
    json_t *kept = NULL;
    int code = H4L_OK;

    metrics = json_object_get(term, "timing")
                  ? json_object_get(json_object_get(result, "provenance"), "timings")
                  : json_object_get(result, "metrics");
    value = h4l_claims_follow(metrics, p.metric);
    if (!value)
        return bad(&p, err, "a value", NULL);
    if (at && (code = pick(metrics, at, &p, &value, err)))
        return code;
    if (where && (code = filter(metrics, where, value, &p, &kept, err)))
        return code;
    value = kept ? kept : value;
    if (json_is_null(value) && source->null_unmet) {
        v->missing = true;
        return H4L_OK;
    }
    if (json_is_string(value) || json_is_boolean(value)) {
        v->single = value;
        return H4L_OK;
    }
    code = gather(value, how, &p, v, err);
    if (!code && over)
        code = divide(metrics, over, &p, v, err);
    json_decref(kept);
    if (code)
        h4l_claims_values_free(v);
    for (size_t i = 0; !code && times && i < v->n; i++)
        v->x[i] *= json_number_value(times);
    return code;
}

static int add(struct values *sum, const struct values *v, const json_t *term, struct h4l_err *err)
{
    struct place p = place_of(term);

    if (v->single || sum->single)
        return h4l_fail(err, H4L_E_DATA, "case %s, metric %s: a text cannot be added", p.name,
                        p.metric);
    if (sum->n != v->n)
        return h4l_fail(err, H4L_E_DATA,
                        "case %s, metric %s: expected %zu values as in the term before, found %zu",
                        p.name, p.metric, sum->n, v->n);
    for (size_t i = 0; i < v->n; i++)
        sum->x[i] += v->x[i];
    return H4L_OK;
}

int h4l_claims_values(const struct source *source, const json_t *terms, struct values *ret,
                      struct h4l_err *err)
{
    size_t n = json_is_array(terms) ? json_array_size(terms) : 1;
    struct values sum = {0};
    int code = H4L_OK;

    for (size_t i = 0; i < n && !code; i++) {
        const json_t *term = json_is_array(terms) ? json_array_get(terms, i) : terms;
        struct values v = {0};

        code = one_term(source, term, &v, err);
        if (!code && v.missing) {
            sum.missing = true;
            break;
        }
        if (!code && i == 0) {
            sum = v;
            continue;
        }
        if (!code)
            code = add(&sum, &v, term, err);
        h4l_claims_values_free(&v);
    }
    if (code)
        h4l_claims_values_free(&sum);
    else
        *ret = sum;
    return code;
}
