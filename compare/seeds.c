// Where a metric holds a value per seed: Welch's test of the two sides, adjusted over all metrics.
#include <stdlib.h>
#include <string.h>

#include "analysis/hypothesis.h"
#include "base/json.h"
#include "compare/internal.h"

static const double level = 0.95;

static const json_t *seeds_of(const json_t *result)
{
    return json_object_get(json_object_get(result, "metrics"), "seeds");
}

// One number per seed: the value itself, or the last of its epochs. NULL where they are not all numbers. The caller frees it.
static double *per_seed(const json_t *values, size_t n)
{
    double *x = calloc(n, sizeof *x);

    for (size_t i = 0; x && i < n; i++) {
        const json_t *value = json_array_get(values, i);

        while (json_array_size(value))
            value = json_array_get(value, json_array_size(value) - 1);
        if (!json_is_number(value)) {
            free(x);
            return NULL;
        }
        x[i] = json_number_value(value);
    }
    return x;
}

static json_t *test(const double *x, size_t n_a, const double *y, size_t n_b)
{
    struct h4l_t_test t;

    if (h4l_welch_t(y, n_b, x, n_a, level, &t, NULL))
        return NULL;
    return json_pack("{s:I, s:I, s:o, s:[o, o], s:f, s:f}", "n_a", (json_int_t)n_a, "n_b",
                     (json_int_t)n_b, "difference", h4l_json_real(t.estimate), "interval",
                     h4l_json_real(t.interval.lo), h4l_json_real(t.interval.hi), "level", level,
                     "p", t.p.two_sided);
}

json_t *h4l_compare_seeds(const struct h4l_pair_of_results *pair, const json_t *a, const json_t *b)
{
    size_t n_a = json_array_size(seeds_of(pair->a)), n_b = json_array_size(seeds_of(pair->b));
    double *x, *y;
    json_t *found = NULL;

    if (n_a < 2 || n_b < 2 || json_array_size(a) != n_a || json_array_size(b) != n_b ||
        a == seeds_of(pair->a))
        return NULL;
    x = per_seed(a, n_a);
    y = per_seed(b, n_b);
    if (x && y)
        found = test(x, n_a, y, n_b);
    free(x);
    free(y);
    return found;
}

int h4l_compare_judge_seeds(json_t *rows, struct h4l_err *err)
{
    double *p = calloc(json_array_size(rows) + 1, sizeof *p);
    size_t i, n = 0;
    json_t *row;
    int code = p ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "out of memory for the tests of seeds");

    if (code)
        return code;
    json_array_foreach(rows, i, row)
    {
        const json_t *seeds = json_object_get(row, "seeds");

        if (json_is_object(seeds))
            p[n++] = json_number_value(json_object_get(seeds, "p"));
    }
    if (n)
        code = h4l_holm(p, n, p, err);
    n = 0;
    json_array_foreach(rows, i, row)
    {
        json_t *seeds = json_object_get(row, "seeds");

        if (code || !json_is_object(seeds))
            continue;
        const char *judged = p[n] < 1 - level ? "different" : "no difference seen";
        if (json_object_set_new(seeds, "p_adjusted", json_real(p[n++])) ||
            json_object_set_new(seeds, "judged", json_string(judged)))
            code = h4l_fail(err, H4L_E_NOMEM, "out of memory for the tests of seeds");
    }
    free(p);
    return code;
}
