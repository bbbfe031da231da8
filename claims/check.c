// One check: values in, outcome with got, expected, tolerance and used share out.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "base/json.h"

static const struct statistic statistics[] = {
    {"value", ONE_NUMBER, false},
    {"max", ONE_NUMBER, false},
    {"min", ONE_NUMBER, false},
    {"max_abs", ONE_NUMBER, false},
    {"mean", ONE_NUMBER, false},
    {"median", ONE_NUMBER, false},
    {"iqm", ONE_NUMBER, false},
    {"sum", ONE_NUMBER, false},
    {"count", ONE_NUMBER, false},
    {"differing", TWO_ARRAYS, true},
    {"ratio", TWO_ARRAYS, true},
    {"order", TWO_ARRAYS, true},
    {"mean_interval", INTERVAL, false},
    {"welch_interval", INTERVAL, true},
    {"ratio_interval", INTERVAL, true},
    {"given_interval", INTERVAL, false},
    {"low_interval", INTERVAL, true},
    {"fits_interval", INTERVAL, false},
    {"each", EACH, false},
};

const struct statistic *h4l_claims_statistic(const char *name)
{
    for (size_t i = 0; name && i < sizeof statistics / sizeof statistics[0]; i++)
        if (strcmp(statistics[i].name, name) == 0)
            return &statistics[i];
    return NULL;
}

static const struct direction directions[] = {
    {"at_most", true, true, "bound"},      {"at_least", true, true, "bound"},
    {"less", true, true, "bound"},         {"greater", true, true, "bound"},
    {"equal", true, false, "reference"},   {"within", true, false, "reference"},
    {"not_greater", false, true, "bound"}, {"different", false, true, NULL},
    {"equivalent", false, true, "margin"}, {"above", false, true, "delta"},
    {"alike", false, true, "margin"},      {"shown_above", false, true, "bound"},
    {"shown_below", false, true, "bound"}, {"mostly_within", false, true, "margin"},
};

const struct direction *h4l_claims_direction(const char *name)
{
    for (size_t i = 0; name && i < sizeof directions / sizeof directions[0]; i++)
        if (strcmp(directions[i].name, name) == 0)
            return &directions[i];
    return NULL;
}

static const char *const outcome_names[] = {"met", "met small", "unmet", "undecided"};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const char *unit_of(const struct comparison *c)
{
    const char *unit = text_of(c->check, "unit");

    return unit ? unit : "";
}

double h4l_claims_number(const struct comparison *c, const char *key)
{
    const json_t *value = h4l_claims_for_tier(json_object_get(c->check, key), c->source->tier);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

int h4l_claims_need(const struct comparison *c, const char *key, double *ret, struct h4l_err *err)
{
    double value = h4l_claims_number(c, key);

    if (isnan(value))
        return h4l_fail(err, H4L_E_DATA, "the row has no number \"%s\" for the tier %s", key,
                        c->source->tier);
    *ret = value;
    return H4L_OK;
}

static double max_abs(const struct values *v)
{
    return fmax(fabs(h4l_min(v->x, v->n)), fabs(h4l_max(v->x, v->n)));
}

// Places at which the arrays differ; a place that only one of them has counts.
static int differing(struct comparison *c, struct h4l_err *err)
{
    size_t least = c->x.n < c->y.n ? c->x.n : c->y.n;
    size_t count = c->x.n + c->y.n - 2 * least;

    if (c->x.n + c->y.n == 0)
        return h4l_fail(err, H4L_E_DATA, "both arrays are empty: nothing was compared");
    for (size_t i = 0; i < least; i++)
        count += c->x.x[i] != c->y.x[i];
    c->f.got = (double)count;
    c->f.n = c->x.n > c->y.n ? c->x.n : c->y.n;
    return H4L_OK;
}

int h4l_claims_log(struct values *v, struct h4l_err *err)
{
    for (size_t i = 0; i < v->n; i++) {
        if (!(v->x[i] > 0))
            return h4l_fail(err, H4L_E_DATA,
                            "expected numbers above 0 (of which a logarithm is "
                            "taken), found %g",
                            v->x[i]);
        v->x[i] = log(v->x[i]);
    }
    return H4L_OK;
}

static int two_arrays(struct comparison *c, struct h4l_err *err)
{
    const char *name = c->statistic->name;
    int code;

    if (strcmp(name, "differing") == 0)
        return differing(c, err);
    if (c->x.n != c->y.n)
        return h4l_fail(err, H4L_E_DATA, "expected x and y of one length, found %zu and %zu",
                        c->x.n, c->y.n);
    if (strcmp(name, "ratio") == 0) {
        if (c->x.n != 1)
            return h4l_fail(err, H4L_E_DATA, "expected one number each for a ratio, found %zu",
                            c->x.n);
        c->f.got = c->x.x[0] / c->y.x[0];
    } else {
        code = h4l_claims_log(&c->x, err);
        if (!code)
            code = h4l_claims_log(&c->y, err);
        if (code)
            return code;
        c->f.got = h4l_slope(c->y.x, c->x.x, c->x.n);
    }
    if (!isfinite(c->f.got))
        return h4l_fail(err, H4L_E_DATA, "the %s of %zu values is not a number", name, c->x.n);
    return H4L_OK;
}

static int one_number(struct comparison *c, struct h4l_err *err)
{
    const char *name = c->statistic->name;
    double *x = c->x.x;
    size_t n = c->x.n;

    if (strcmp(name, "count") == 0)
        c->f.got = (double)n;
    else if (n == 0)
        return h4l_fail(err, H4L_E_DATA, "expected values, found an empty array");
    else if (strcmp(name, "value") == 0 && n != 1)
        return h4l_fail(err, H4L_E_DATA, "expected one number, found %zu", n);
    else
        c->f.got = strcmp(name, "value") == 0     ? x[0]
                   : strcmp(name, "max") == 0     ? h4l_max(x, n)
                   : strcmp(name, "min") == 0     ? h4l_min(x, n)
                   : strcmp(name, "max_abs") == 0 ? max_abs(&c->x)
                   : strcmp(name, "mean") == 0    ? h4l_mean(x, n)
                   : strcmp(name, "median") == 0  ? h4l_median(x, n)
                   : strcmp(name, "iqm") == 0     ? h4l_iqm(x, n)
                                                  : h4l_sum(x, n);
    if (!isfinite(c->f.got))
        return h4l_fail(err, H4L_E_DATA, "the %s of %zu values is not finite", name, n);
    return H4L_OK;
}

// Share of an upper bound that a number uses; a lower bound is an upper one of the negatives.
static double used_share(double got, double bound, bool upper)
{
    double share = upper ? got / bound : bound / got;

    if (!(upper ? bound > 0 : got > 0))
        return (upper ? got <= bound : got >= bound) ? 0 : NAN;
    return fmax(share, 0);
}

static void compare_bound(struct comparison *c, double bound)
{
    const char *name = c->direction->name;
    bool upper = strcmp(name, "at_most") == 0 || strcmp(name, "less") == 0;
    bool strict = strcmp(name, "less") == 0 || strcmp(name, "greater") == 0;
    double got = c->f.got;
    bool met = upper ? strict ? got < bound : got <= bound : strict ? got > bound : got >= bound;

    c->f.outcome = met ? MET : UNMET;
    c->f.expected = bound;
    c->f.used = used_share(got, bound, upper);
    snprintf(c->f.expected_text, sizeof c->f.expected_text, "%s %.12g",
             upper    ? strict ? "below" : "at most"
             : strict ? "above"
                      : "at least",
             bound);
}

// Tolerance of a reference: absolute, or relative to it.
static int tolerance_at(const struct comparison *c, double reference, double *ret,
                        struct h4l_err *err)
{
    double absolute = h4l_claims_number(c, "tolerance"),
           relative = h4l_claims_number(c, "relative_tolerance");

    if (isnan(absolute) && isnan(relative))
        return h4l_fail(err, H4L_E_DATA, "the row has no tolerance for the tier %s",
                        c->source->tier);
    *ret = isnan(absolute) ? relative * fabs(reference) : absolute;
    return H4L_OK;
}

static void compare_reference(struct comparison *c, double reference, double tolerance)
{
    double error = fabs(c->f.got - reference);

    c->f.outcome = error <= tolerance ? MET : UNMET;
    c->f.expected = reference;
    c->f.tolerance = tolerance;
    c->f.used = tolerance > 0 ? error / tolerance : error > 0 ? NAN : 0;
    snprintf(c->f.expected_text, sizeof c->f.expected_text, "%.12g", reference);
}

static int compare_equal(struct comparison *c, struct h4l_err *err)
{
    const json_t *reference =
        h4l_claims_for_tier(json_object_get(c->check, "reference"), c->source->tier);
    const json_t *single = c->x.single;

    if (!reference)
        return h4l_fail(err, H4L_E_DATA, "the row has no \"reference\" for the tier %s",
                        c->source->tier);
    if (!single && json_is_number(reference)) {
        compare_reference(c, json_number_value(reference), 0);
        return H4L_OK;
    }
    if (!single || json_typeof(single) != json_typeof(reference))
        return h4l_fail(err, H4L_E_DATA, "expected %s, found %s",
                        json_is_string(reference)    ? "a text"
                        : json_is_boolean(reference) ? "true or false"
                                                     : "a number",
                        single ? "another type" : "a number");
    c->f.got_single = single;
    c->f.outcome = json_equal(single, reference) ? MET : UNMET;
    c->f.used = c->f.outcome == MET ? 0 : NAN;
    snprintf(c->f.expected_text, sizeof c->f.expected_text, "%s",
             json_is_string(reference) ? json_string_value(reference)
             : json_is_true(reference) ? "true"
                                       : "false");
    return H4L_OK;
}

static int compare_number(struct comparison *c, struct h4l_err *err)
{
    const char *name = c->direction->name;
    double wanted = 0, tolerance = 0;
    int code;

    if (strcmp(name, "equal") == 0)
        return compare_equal(c, err);
    if (strcmp(name, "within") == 0) {
        code = h4l_claims_need(c, "reference", &wanted, err);
        if (!code)
            code = tolerance_at(c, wanted, &tolerance, err);
        if (!code)
            compare_reference(c, wanted, tolerance);
        return code;
    }
    code = h4l_claims_need(c, "bound", &wanted, err);
    if (!code)
        compare_bound(c, wanted);
    return code;
}

// Every element against its own reference; the worst one is reported.
static int compare_each(struct comparison *c, struct h4l_err *err)
{
    const json_t *reference =
        h4l_claims_for_tier(json_object_get(c->check, "reference"), c->source->tier);
    size_t n = json_array_size(reference);
    struct finding worst = c->f;

    if (!json_is_array(reference) || n == 0)
        return h4l_fail(err, H4L_E_DATA, "the row has no array \"reference\" for the tier %s",
                        c->source->tier);
    if (c->x.n != n)
        return h4l_fail(err, H4L_E_DATA, "expected %zu values, found %zu", n, c->x.n);
    for (size_t i = 0; i < n; i++) {
        double wanted = json_number_value(json_array_get(reference, i)), tolerance = 0;
        int code = strcmp(c->direction->name, "equal") == 0
                       ? H4L_OK
                       : tolerance_at(c, wanted, &tolerance, err);

        if (code)
            return code;
        c->f.got = c->x.x[i];
        compare_reference(c, wanted, tolerance);
        if (n > 1)
            snprintf(c->f.message, sizeof c->f.message, "worst of %zu values: element %zu", n, i);
        // NaN marks a share above everything (tolerance 0).
        if (i == 0 || (!isnan(worst.used) && !(c->f.used <= worst.used)))
            worst = c->f;
    }
    c->f = worst;
    c->f.n = n;
    return H4L_OK;
}

// ---- counts and names of the values ----

struct naming {
    const struct source *source;
    const char *metric;
    const json_t *first;
    const char *first_case;
    size_t n;
    struct h4l_err *err;
};

static int check_names(void *ctx, const json_t *term)
{
    struct naming *n = ctx;
    const char *name = text_of(term, "case");
    const json_t *metrics = json_object_get(h4l_claims_result(n->source, term), "metrics");
    const json_t *names = json_object_get(metrics, n->metric);

    if (json_array_size(names) != n->n)
        return h4l_fail(n->err, H4L_E_DATA, "case %s: expected %zu values in \"%s\", found %zu",
                        name, n->n, n->metric, json_array_size(names));
    for (size_t i = 0; i < n->n; i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(names, i), json_array_get(names, j)))
                return h4l_fail(n->err, H4L_E_DATA, "case %s: \"%s\" has a value twice", name,
                                n->metric);
    for (size_t i = 0; n->source->first && i < n->n; i++)
        if (json_integer_value(json_array_get(names, i)) != n->source->first + (json_int_t)i)
            return h4l_fail(n->err, H4L_E_DATA,
                            "case %s: expected the %s from %lld on, found %lld at place %zu", name,
                            n->metric, (long long)n->source->first,
                            (long long)json_integer_value(json_array_get(names, i)), i);
    if (n->first && !json_equal(n->first, names))
        return h4l_fail(n->err, H4L_E_DATA,
                        "cases %s and %s: \"%s\" are not the same, so nothing "
                        "can be paired",
                        n->first_case, name, n->metric);
    n->first = names;
    n->first_case = name;
    return 0;
}

// How many values there are: of a matrix its rows.
static size_t count_of(const struct values *v)
{
    return v->rows ? v->rows : v->n;
}

static int check_count(struct comparison *c, struct h4l_err *err)
{
    const char *pairs = text_of(c->check, "pairs");
    size_t y = count_of(&c->y);
    double n = (double)c->source->n;
    int code = H4L_OK;

    if (!json_object_get(c->check, "n"))
        return H4L_OK;
    if (n == 0)
        code = h4l_claims_need(c, "n", &n, err);
    if (code)
        return code;
    if ((double)count_of(&c->x) != n || (c->y.x && (double)y != n))
        return h4l_fail(err, H4L_E_DATA, "expected %g values, found %zu", n,
                        (double)count_of(&c->x) != n ? count_of(&c->x) : y);
    if (pairs) {
        struct naming naming = {c->source, pairs, NULL, NULL, count_of(&c->x), err};
        return h4l_claims_each_term(c->check, check_names, &naming);
    }
    return H4L_OK;
}

// ---- the whole ----

static int compare(struct comparison *c, struct h4l_err *err)
{
    const json_t *y = json_object_get(c->check, "y");
    int code = h4l_claims_values(c->source, json_object_get(c->check, "x"), &c->x, err);

    if (!code && y)
        code = h4l_claims_values(c->source, y, &c->y, err);
    if (code)
        return code;
    if (c->x.missing || c->y.missing) {
        // Compared as NaN: unmet whatever the bound, with the bound for the reader.
        code = c->direction->number ? compare_number(c, err) : H4L_OK;
        c->f.outcome = UNMET;
        c->f.got_single = json_null();
        c->f.used = NAN;
        snprintf(c->f.message, sizeof c->f.message, "the measure does not exist here (null)");
        return code;
    }
    if (c->x.single && strcmp(c->direction->name, "equal") == 0 &&
        strcmp(c->statistic->name, "value") == 0)
        return compare_equal(c, err);
    if (c->x.single || c->y.single)
        return h4l_fail(err, H4L_E_DATA, "expected numbers, found %s",
                        json_is_string(c->x.single ? c->x.single : c->y.single) ? "a text"
                                                                                : "true or false");
    code = check_count(c, err);
    if (code)
        return code;
    switch (c->statistic->kind) {
    case EACH:
        return compare_each(c, err);
    case INTERVAL:
        return h4l_claims_is_test(c->direction->name) ? h4l_claims_decide(c, err)
                                                      : h4l_claims_compare_interval(c, err);
    case ONE_NUMBER:
        code = one_number(c, err);
        break;
    case TWO_ARRAYS:
        code = two_arrays(c, err);
        break;
    }
    return code ? code : compare_number(c, err);
}

// Appends "case: metric at dt_ms 0.01 (last)" and so on, cut off at the end of the text.
static void describe_term(char *text, size_t size, const json_t *term)
{
    const char *metric = text_of(term, "metric"), *how = text_of(term, "reduce");
    const json_t *at = json_object_get(term, "at");
    const char *key = at ? json_object_iter_key(json_object_iter((json_t *)at)) : NULL;
    double factor = fabs(
        json_object_get(term, "times") ? json_number_value(json_object_get(term, "times")) : 1);
    char times[40] = "", where[100] = "";

    if (factor != 1)
        snprintf(times, sizeof times, "%g ", factor);
    if (at)
        snprintf(where, sizeof where, " at %s %g", key,
                 json_number_value(json_object_get(at, key)));
    snprintf(text + strlen(text), size - strlen(text), "%s%s: %s%s%s%s%s", times,
             text_of(term, "case"), metric ? metric : text_of(term, "timing"), where,
             how ? " (" : "", how ? how : "", how ? ")" : "");
}

static void describe_side(char *text, size_t size, const json_t *terms)
{
    size_t n = json_is_array(terms) ? json_array_size(terms) : terms != NULL;

    for (size_t i = 0; i < n; i++) {
        const json_t *term = json_is_array(terms) ? json_array_get(terms, i) : terms;
        bool minus = json_number_value(json_object_get(term, "times")) < 0;

        snprintf(text + strlen(text), size - strlen(text), "%s",
                 i == 0  ? minus ? "-" : ""
                 : minus ? " - "
                         : " + ");
        describe_term(text, size, term);
    }
}

static int is_timing(void *ctx, const json_t *term)
{
    (void)ctx;
    return json_object_get(term, "timing") != NULL;
}

static json_t *skeleton(const json_t *check, const char *outcome, const char *message)
{
    static const char *const kept[] = {"id",    "title",     "role",      "unit",   "why",  "holm",
                                       "guard", "statistic", "direction", "margin", "delta"};
    char measured[600] = "";
    json_t *o = json_object();
    int failed = !o;

    for (size_t i = 0; i < sizeof kept / sizeof kept[0] && !failed; i++) {
        json_t *value = json_object_get(check, kept[i]);
        failed = value && json_object_set(o, kept[i], value);
    }
    describe_side(measured, sizeof measured, json_object_get(check, "x"));
    if (json_object_get(check, "y"))
        snprintf(measured + strlen(measured), sizeof measured - strlen(measured), " against ");
    describe_side(measured, sizeof measured, json_object_get(check, "y"));
    failed = failed || json_object_set_new(o, "measured", h4l_claims_text("%s", measured)) ||
             json_object_set_new(o, "timing",
                                 json_boolean(h4l_claims_each_term(check, is_timing, NULL))) ||
             json_object_set_new(o, "outcome", json_string(outcome)) ||
             json_object_set_new(o, "message", h4l_claims_text("%s", message));
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

json_t *h4l_claims_check_error(const json_t *check, const char *message)
{
    json_t *o = skeleton(check, "error", message);

    if (o && (json_object_set_new(o, "got", json_null()) ||
              json_object_set_new(o, "got_text", json_string("-")) ||
              json_object_set_new(o, "expected_text", json_string("-")) ||
              json_object_set_new(o, "tolerance_text", json_string("-")) ||
              json_object_set_new(o, "used", json_null()))) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *with_unit(const char *text, const char *unit)
{
    return h4l_claims_text("%s%s%s", text, *unit ? " " : "", unit);
}

static json_t *got_text(const struct comparison *c)
{
    const struct finding *f = &c->f;
    char number_text[100];

    if (f->got_single)
        return json_string(json_is_string(f->got_single) ? json_string_value(f->got_single)
                           : json_is_null(f->got_single) ? "does not exist"
                           : json_is_true(f->got_single) ? "true"
                                                         : "false");
    if (c->statistic->kind == INTERVAL && f->n == 2 && c->x.n == 2)
        snprintf(number_text, sizeof number_text, "%.6g (two values: %.6g and %.6g)", f->got,
                 c->x.x[0], c->x.x[1]);
    else if (c->statistic->kind == INTERVAL)
        snprintf(number_text, sizeof number_text, "%.6g [%.6g, %.6g]", f->got, f->interval.lo,
                 f->interval.hi);
    else
        snprintf(number_text, sizeof number_text, "%.12g", f->got);
    return with_unit(number_text, unit_of(c));
}

// The single values, so that a reader can look for himself; no matrix, nothing long.
static int put_values(json_t *o, const char *key, const struct values *v)
{
    if (v->rows || v->n < 2 || v->n > 100)
        return 0;
    return json_object_set_new(o, key, h4l_json_reals(v->x, v->n));
}

// What belongs to an interval: of two values there is none, only the values.
static int fill_interval(json_t *o, const struct comparison *c)
{
    const struct finding *f = &c->f;
    int failed = 0;

    if (f->n != 2) {
        failed |=
            json_object_set_new(o, "interval", json_pack("[f, f]", f->interval.lo, f->interval.hi));
        failed |= json_object_set_new(o, "level", json_real(f->level));
    }
    failed |= json_object_set_new(o, "p", h4l_json_real(f->p));
    failed |= json_object_set_new(o, "p_refuted", h4l_json_real(f->p_refuted));
    failed |= json_object_set_new(o, "standard_error", h4l_json_real(f->standard_error));
    failed |= json_object_set_new(o, "df", h4l_json_real(f->df));
    failed |= json_object_set_new(o, "minimum_detectable_difference", h4l_json_real(f->mdd));
    failed |= put_values(o, "values", &c->x);
    return failed | put_values(o, "values_against", &c->y);
}

static int fill(json_t *o, const struct comparison *c)
{
    const struct finding *f = &c->f;
    char tolerance[60] = "-";
    int failed = 0;

    if (!isnan(f->tolerance))
        snprintf(tolerance, sizeof tolerance, "%.3g", f->tolerance);
    failed |= f->got_single ? json_object_set(o, "got", (json_t *)f->got_single)
                            : json_object_set_new(o, "got", h4l_json_real(f->got));
    failed |= json_object_set_new(o, "got_text", got_text(c));
    failed |= json_object_set_new(o, "expected", h4l_json_real(f->expected));
    failed |= json_object_set_new(
        o, "expected_text",
        with_unit(f->expected_text, h4l_claims_is_test(c->direction->name) ? "" : unit_of(c)));
    failed |= json_object_set_new(o, "tolerance", h4l_json_real(f->tolerance));
    failed |= json_object_set_new(o, "tolerance_text", json_string(tolerance));
    failed |= json_object_set_new(o, "used", h4l_json_real(f->used));
    if (f->n)
        failed |= json_object_set_new(o, "n", json_integer((json_int_t)f->n));
    if (c->statistic->kind == INTERVAL && !f->got_single)
        failed |= fill_interval(o, c);
    return failed;
}

int h4l_claims_check(const struct source *source, const json_t *check, json_t **ret,
                     struct h4l_err *err)
{
    struct comparison c = {.source = source,
                           .check = check,
                           .statistic = h4l_claims_statistic(text_of(check, "statistic")),
                           .direction = h4l_claims_direction(text_of(check, "direction")),
                           .f = {.got = NAN,
                                 .expected = NAN,
                                 .tolerance = NAN,
                                 .used = NAN,
                                 .p = NAN,
                                 .p_refuted = NAN,
                                 .standard_error = NAN,
                                 .df = NAN,
                                 .mdd = NAN}};
    struct h4l_err own = {0};
    json_t *o = NULL;
    int code = compare(&c, &own);

    if (code == H4L_E_NOMEM) {
        code = h4l_fail(err, code, "%s", own.message);
    } else if (code) {
        o = h4l_claims_check_error(check, own.message);
        code = H4L_OK;
    } else {
        bool describes = h4l_claims_is(text_of(check, "role"), "description");
        o = skeleton(check, describes ? "described" : outcome_names[c.f.outcome], c.f.message);
        if (o && (fill(o, &c) || h4l_claims_put_beside(&c, o, &own))) {
            json_decref(o);
            o = NULL;
        }
    }
    h4l_claims_values_free(&c.x);
    h4l_claims_values_free(&c.y);
    if (!code && !o)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory to evaluate a check");
    if (!code)
        *ret = o;
    return code;
}
