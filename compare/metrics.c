// The metrics of one case on both sides, flattened to one row per array or value.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/internal.h"

// How two values of one shape differ.
struct tally {
    double size, scale; // largest absolute difference, largest |a|
    double tolerance;   // the least that is registered for an element that differs, NAN: none
    bool differs;       // in any bit of a number, or as the note says
    bool untolerated;   // a number differs beyond what is registered
    bool unregistered;  // a number differs for which nothing is
    const char *note;   // why there is no size; NULL
};

static const char *kind(const json_t *value)
{
    return json_is_number(value)    ? "a number"
           : json_is_string(value)  ? "a text"
           : json_is_array(value)   ? "an array"
           : json_is_object(value)  ? "an object"
           : json_is_null(value)    ? "null"
           : json_is_boolean(value) ? "true or false"
                                    : "nothing";
}

static void tally_number(const struct h4l_pair_of_results *pair, const char *metric, size_t at,
                         const json_t *a, const json_t *b, struct tally *t)
{
    double x = json_number_value(a), y = json_number_value(b), tolerance;

    t->scale = fmax(t->scale, fabs(x));
    if (memcmp(&x, &y, sizeof x) == 0)
        return;
    t->differs = true;
    t->size = fmax(t->size, fabs(x - y));
    if (!h4l_compare_tolerated(pair, metric, at, x, y, &tolerance))
        t->untolerated = true;
    t->unregistered |= isnan(tolerance);
    t->tolerance = fmin(t->tolerance, tolerance); // fmin passes over a NAN
}

// at: index in the outermost array.
static void tally_value(const struct h4l_pair_of_results *pair, const char *metric, size_t at,
                        int depth, const json_t *a, const json_t *b, struct tally *t)
{
    const json_t *element;
    size_t i;

    if (json_is_number(a) && json_is_number(b)) {
        tally_number(pair, metric, at, a, b, t);
    } else if (json_is_array(a) && json_is_array(b)) {
        if (json_array_size(a) != json_array_size(b))
            t->note = "another number of values";
        else
            json_array_foreach(a, i, element) tally_value(pair, metric, depth ? at : i, depth + 1,
                                                          element, json_array_get(b, i), t);
    } else if (!json_equal(a, b)) {
        t->note = json_typeof(a) != json_typeof(b) ? "another kind of value" : "another value";
    }
}

static json_t *real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *row(const struct h4l_pair_of_results *pair, const char *metric, const char *outcome,
                   const struct tally *t, json_t *seeds)
{
    bool number = t && !t->note;

    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "case", pair->name, "metric",
                     metric, "outcome", outcome, "size", number ? json_real(t->size) : json_null(),
                     "relative", number && t->scale > 0 ? real(t->size / t->scale) : json_null(),
                     "tolerance", t && !t->unregistered ? real(t->tolerance) : json_null(), "note",
                     t && t->note ? json_string(t->note) : json_null(), "seeds",
                     seeds ? seeds : json_null());
}

static int compare_leaf(const struct h4l_pair_of_results *pair, const char *metric, const json_t *a,
                        const json_t *b, json_t *list, struct h4l_err *err)
{
    struct tally t = {.tolerance = NAN};

    tally_value(pair, metric, 0, 0, a, b, &t);
    if (!t.differs && !t.note)
        return h4l_compare_append(list, row(pair, metric, "same", NULL, NULL), err);
    if (!t.note && !t.untolerated)
        return h4l_compare_append(list, row(pair, metric, "within", &t, NULL), err);
    return h4l_compare_append(list, row(pair, metric, "differs", &t, h4l_compare_seeds(pair, a, b)),
                              err);
}

static int only_one(const struct h4l_pair_of_results *pair, const char *metric, const char *side,
                    const json_t *value, json_t *list, struct h4l_err *err)
{
    char note[60];

    snprintf(note, sizeof note, "only in %s: %s", side, kind(value));
    return h4l_compare_append(
        list, row(pair, metric, "differs", &(struct tally){.tolerance = NAN, .note = note}, NULL),
        err);
}

// Objects are walked through, so that a metric by arm or by network becomes a row for each.
static int compare_objects(const struct h4l_pair_of_results *pair, const char *prefix,
                           const json_t *a, const json_t *b, json_t *list, struct h4l_err *err)
{
    const char *key;
    json_t *x;
    int code = H4L_OK;

    json_object_foreach((json_t *)a, key, x)
    {
        const json_t *y = json_object_get(b, key);
        char name[600];

        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "/" : "", key);
        if (code)
            break;
        if (!y)
            code = only_one(pair, name, "A", x, list, err);
        else if (json_is_object(x) && json_is_object(y))
            code = compare_objects(pair, name, x, y, list, err);
        else
            code = compare_leaf(pair, name, x, y, list, err);
    }
    json_object_foreach((json_t *)b, key, x)
    {
        char name[600];

        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "/" : "", key);
        if (!code && !json_object_get(a, key))
            code = only_one(pair, name, "B", x, list, err);
    }
    return code;
}

int h4l_compare_metrics(const struct h4l_pair_of_results *pair, json_t *list, struct h4l_err *err)
{
    return compare_objects(pair, "", json_object_get(pair->a, "metrics"),
                           json_object_get(pair->b, "metrics"), list, err);
}
