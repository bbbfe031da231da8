// What the registry says about how far a figure may move: a reference with its tolerance, or an upper bound on an error.
#include <math.h>
#include <string.h>

#include "claims/print.h"
#include "compare/internal.h"

// A number of a row, the tier's own where it has one per tier; NAN where it is not there.
static double number(const json_t *row, const char *key, const char *tier)
{
    const json_t *value = json_object_get(row, key);

    if (json_is_object(value))
        value = json_object_get(value, tier);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static bool in_tier(const json_t *check, const char *tier)
{
    const json_t *tiers = json_object_get(check, "tiers"), *name;
    size_t i;

    json_array_foreach(tiers, i, name)
    {
        if (strcmp(json_string_value(name), tier) == 0)
            return true;
    }
    return !tiers;
}

// Whether the term's "at" is element `at` of the metric (no "at": every element).
static bool is_element(const json_t *term, const json_t *result, size_t at)
{
    const json_t *place = json_object_get(term, "at");
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)place, key, value)
    {
        const json_t *axis = json_object_get(json_object_get(result, "metrics"), key);

        if (strcmp(key, "index") == 0)
            return json_integer_value(value) == (json_int_t)at;
        return json_number_value(json_array_get(axis, at)) == json_number_value(value);
    }
    return true;
}

// Whether the check is about this very element: no other term, nothing reduced or scaled.
static bool is_about(const json_t *check, const struct h4l_pair_of_results *pair,
                     const char *metric, size_t at)
{
    const json_t *x = json_object_get(check, "x");

    if (json_array_size(x) == 1)
        x = json_array_get(x, 0);
    return json_is_object(x) && !json_object_get(check, "y") && !json_object_get(x, "reduce") &&
           !json_object_get(x, "times") && h4l_text_is(x, "case", h4l_text(pair->a, "case")) &&
           h4l_text_is(x, "metric", metric) && is_element(x, pair->a, at);
}

// A statistic that moves no further than the elements do.
static bool follows_elements(const json_t *check)
{
    static const char *const names[] = {"value", "each",   "max", "min",
                                        "mean",  "median", "iqm", "max_abs"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (h4l_text_is(check, "statistic", names[i]))
            return true;
    return false;
}

// An upper bound on a rounding error or on how far a figure may be off, and no threshold of a claim.
static bool bounds_an_error(const json_t *check)
{
    return (h4l_text_is(check, "direction", "at_most") ||
            h4l_text_is(check, "direction", "less")) &&
           (h4l_text_is(check, "statistic", "max") || h4l_text_is(check, "statistic", "max_abs") ||
            (h4l_text_is(check, "statistic", "value") && h4l_text_is(check, "role", "reference")));
}

// What one check allows: the tolerance, and whether a and b keep it. NAN: nothing.
static double allowed(const json_t *check, const char *tier, double a, double b, bool *ret_kept)
{
    double tolerance = number(check, "tolerance", tier), bound = number(check, "bound", tier);

    if (h4l_text_is(check, "direction", "within")) {
        if (isnan(tolerance))
            tolerance =
                number(check, "relative_tolerance", tier) * fabs(number(check, "reference", tier));
        *ret_kept = fabs(a - b) <= tolerance;
        return tolerance;
    }
    *ret_kept = bounds_an_error(check) && fmax(fabs(a), fabs(b)) <= bound;
    return bounds_an_error(check) ? bound : NAN;
}

// checks: a claim's registered figures, or those of a row.
static bool tolerated_by(const struct h4l_pair_of_results *pair, const json_t *checks,
                         const char *metric, size_t at, double a, double b, double *ret_tolerance,
                         bool *ret_broken)
{
    const char *tier = h4l_text(pair->a, "tier");
    const json_t *check;
    size_t i;
    bool found = false;

    json_array_foreach(checks, i, check)
    {
        bool kept = false;
        double tolerance = NAN;

        if (follows_elements(check) && in_tier(check, tier) && is_about(check, pair, metric, at))
            tolerance = allowed(check, tier, a, b, &kept);
        if (isnan(tolerance))
            continue;
        found = true;
        *ret_broken |= !kept;
        *ret_tolerance = fmin(*ret_tolerance, tolerance);
    }
    return found;
}

static bool tolerated_by_claim(const struct h4l_pair_of_results *pair, const json_t *claim,
                               const char *metric, size_t at, double a, double b,
                               double *ret_tolerance, bool *ret_broken)
{
    bool found = tolerated_by(pair, json_object_get(claim, "checks"), metric, at, a, b,
                              ret_tolerance, ret_broken);
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(claim, "rows"), i, row)
    {
        found |= tolerated_by(pair, json_object_get(row, "checks"), metric, at, a, b, ret_tolerance,
                              ret_broken);
    }
    return found;
}

bool h4l_compare_tolerated(const struct h4l_pair_of_results *pair, const char *metric, size_t at,
                           double a, double b, double *ret_tolerance)
{
    const json_t *registry, *claim;
    bool found = false, broken = false;
    size_t i, j;

    *ret_tolerance = NAN;
    if (!h4l_text_is(pair->b, "tier", h4l_text(pair->a, "tier")))
        return false;
    json_array_foreach(pair->registries, i, registry)
    {
        if (h4l_text_is(registry, "family", h4l_text(pair->a, "family")))
            json_array_foreach(json_object_get(registry, "claims"), j, claim) found |=
                tolerated_by_claim(pair, claim, metric, at, a, b, ret_tolerance, &broken);
    }
    return found && !broken;
}
