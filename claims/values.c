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
    json_t *value = NULL;
    va_list args;
    int n;

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        return NULL;
    value = json_string(text);
    if (!value) {
        // Cut in the middle of a character, or never UTF-8 (a path): keep what every reader can read.
        for (char *c = text; *c; c++)
            *c = (unsigned char)*c < 0x80 ? *c : '?';
        value = json_string(text);
    }
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

    for (size_t s = 0; s < 2; s++) {
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

struct place { // for messages
    const char *name, *metric;
};

static int bad(const struct place *p, struct h4l_err *err, const char *expected,
               const json_t *found)
{
    char *text =
        found ? json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
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

// The value of a term: one number, or one number per element of the outer array.
static int gather(const json_t *value, const char *how, const struct place *p, struct values *v,
                  struct h4l_err *err)
{
    bool nested = json_is_array(json_array_get(value, 0));
    int code = H4L_OK;

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

static int one_term(const struct source *source, const json_t *term, struct values *v,
                    struct h4l_err *err)
{
    const char *how = json_string_value(json_object_get(term, "reduce"));
    const json_t *at = json_object_get(term, "at"), *times = json_object_get(term, "times");
    struct place p = place_of(term);
    const json_t *result = json_object_get(source->results, p.name), *value, *metrics;
    int code;

    metrics = json_object_get(term, "timing")
                  ? json_object_get(json_object_get(result, "provenance"), "timings")
                  : json_object_get(result, "metrics");
    value = h4l_claims_follow(metrics, p.metric);
    if (!value)
        return bad(&p, err, "a value", NULL);
    if (at && (code = pick(metrics, at, &p, &value, err)))
        return code;
    if (json_is_null(value) && source->null_unmet) {
        v->missing = true;
        return H4L_OK;
    }
    if (json_is_string(value) || json_is_boolean(value)) {
        v->single = value;
        return H4L_OK;
    }
    code = gather(value, how, &p, v, err);
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
