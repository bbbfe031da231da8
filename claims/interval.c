// The interval statistics of a check: t and bootstrap intervals, equivalence, ratios.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bootstrap.h"
#include "internal.h"
#include "analysis/hypothesis.h"

enum { RESAMPLES = 10000, BOOTSTRAP_SEED = 1 };

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int bootstrap_interval(struct comparison *c, double level, struct h4l_err *err)
{
    enum { LEAST = 20 }; // below, the bootstrap's interval is too narrow
    const struct h4l_bootstrap_options options = {
        .level = level, .resamples = RESAMPLES, .seed = BOOTSTRAP_SEED};
    bool welch = strcmp(c->statistic->name, "welch_interval") == 0;
    size_t sizes[2] = {c->x.n, welch ? c->y.n : 0};
    double *both = malloc((sizes[0] + sizes[1]) * sizeof *both);
    struct h4l_bootstrap b;
    int code;

    if (sizes[0] < LEAST || (welch && sizes[1] < LEAST)) {
        free(both);
        return h4l_fail(err, H4L_E_DATA,
                        "expected at least %d values for a bootstrap interval, "
                        "found %zu",
                        LEAST, welch && sizes[1] < sizes[0] ? sizes[1] : sizes[0]);
    }
    if (!both)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu values", sizes[0] + sizes[1]);
    memcpy(both, c->x.x, sizes[0] * sizeof *both);
    if (welch)
        memcpy(both + sizes[0], c->y.x, sizes[1] * sizeof *both);
    code = h4l_bootstrap(both, sizes, welch ? 2 : 1,
                         welch ? h4l_stat_mean_difference : h4l_stat_mean, NULL, &options, &b, err);
    free(both);
    if (code)
        return code;
    c->f.got = b.estimate;
    c->f.interval = b.bca;
    return H4L_OK;
}

// Test of the (difference of the) mean against `against`, which is first taken off.
static int t_interval(struct comparison *c, double level, double against, struct h4l_err *err)
{
    struct h4l_t_test t;
    double sd;
    int code;

    for (size_t i = 0; i < c->x.n; i++)
        c->x.x[i] -= against;
    code = h4l_claims_estimate(c, level, &t, err);
    for (size_t i = 0; i < c->x.n; i++)
        c->x.x[i] += against;
    if (code)
        return code;
    c->f.got = t.estimate + against;
    c->f.interval = (struct h4l_interval){t.interval.lo + against, t.interval.hi + against};
    c->f.p = t.p.two_sided;
    c->f.standard_error = t.standard_error;
    c->f.df = t.df;
    sd = t.standard_error * sqrt((double)c->x.n);
    if (strcmp(c->statistic->name, "mean_interval") == 0 && sd > 0 &&
        h4l_minimum_detectable_difference(c->x.n, sd, 1 - c->f.level, 0.8, &c->f.mdd, err))
        return err ? err->code : H4L_E_NUMERIC;
    return H4L_OK;
}

// The interval against a bound from one side (side 1: above it is wanted, -1: below).
static void against_bound(struct finding *f, int side, bool strict, double bound)
{
    double near = side > 0 ? f->interval.lo - bound : bound - f->interval.hi;
    double far = side > 0 ? f->interval.hi - bound : bound - f->interval.lo;
    double estimate = side * (f->got - bound);

    f->outcome = (strict ? near > 0 : near >= 0) ? MET : far <= 0 ? UNMET : UNDECIDED;
    // How much of the way from the estimate to the bound the uncertainty takes.
    if (f->outcome != UNMET && estimate > 0)
        f->used = (estimate - near) / estimate;
    else if (f->outcome == MET)
        f->used = 0;
}

static void against_no_effect(struct finding *f, double none, double margin)
{
    double lo = f->interval.lo - none, hi = f->interval.hi - none;
    bool inside = lo > -margin && hi < margin; // false for margin NaN

    f->outcome = lo > 0 || hi < 0 ? MET : inside || (lo == 0 && hi == 0) ? UNMET : UNDECIDED;
    f->used = f->outcome == MET ? (hi - lo) / 2 / fabs(f->got - none) : NAN;
}

static const char *interval_words(const char *direction)
{
    static const char *const words[][2] = {
        {"greater", "above"},       {"at_least", "at or above"},  {"less", "below"},
        {"at_most", "at or below"}, {"not_greater", "not above"}, {"different", "without"}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(direction, words[i][0]) == 0)
            return words[i][1];
    return "within +-";
}

static int equivalent(struct comparison *c, struct h4l_err *err)
{
    double margin = 0;
    struct h4l_tost t;
    struct finding *f = &c->f;
    bool bca = text_of(c->check, "interval") && strcmp(text_of(c->check, "interval"), "bca") == 0;
    bool given = strcmp(c->statistic->name, "given_interval") == 0;
    int code = h4l_claims_need(c, "margin", &margin, err);

    if (code)
        return code;
    if (!bca && !given) {
        code = strcmp(c->statistic->name, "welch_interval") == 0
                   ? h4l_tost_welch(c->x.x, c->x.n, c->y.x, c->y.n, margin, 1 - f->level, &t, err)
                   : h4l_tost_paired(c->x.x, c->x.n, margin, 1 - f->level, &t, err);
        if (code)
            return code;
        f->p = t.p;
        f->outcome = t.equivalent ? MET : t.different ? UNMET : UNDECIDED;
    } else {
        f->outcome = f->interval.lo > -margin && f->interval.hi < margin   ? MET
                     : f->interval.lo > margin || f->interval.hi < -margin ? UNMET
                                                                           : UNDECIDED;
    }
    f->expected = 0;
    f->tolerance = margin;
    f->used = fmax(fabs(f->interval.lo), fabs(f->interval.hi)) / margin;
    return H4L_OK;
}

static int pair_logs(struct comparison *c, struct h4l_err *err)
{
    int code;

    if (c->x.n != c->y.n)
        return h4l_fail(err, H4L_E_DATA, "expected pairs, found %zu and %zu values", c->x.n,
                        c->y.n);
    code = h4l_claims_log(&c->x, err);
    if (!code)
        code = h4l_claims_log(&c->y, err);
    for (size_t i = 0; !code && i < c->x.n; i++)
        c->x.x[i] -= c->y.x[i];
    return code;
}

// An interval that the case itself has made: [estimate, low, high].
static int given_interval(struct comparison *c, struct h4l_err *err)
{
    const double *x = c->x.x;

    if (c->x.n != 3 || !(x[1] <= x[2]) || !isfinite(x[0] + x[1] + x[2]))
        return h4l_fail(err, H4L_E_DATA,
                        "expected [estimate, low, high] of an interval, found %zu values%s", c->x.n,
                        c->x.n == 3 ? " that are not in that order" : "");
    c->f.got = x[0];
    c->f.interval = (struct h4l_interval){x[1], x[2]};
    return H4L_OK;
}

// A ratio whose interval the case has made by t on the logarithms of n rounds: x its estimate, y its lower end. The upper end
// lies as far above on that scale.
static int low_interval(struct comparison *c, struct h4l_err *err)
{
    double n = h4l_claims_number(c, "rounds"), half, se;
    struct h4l_t_test t;
    int code;

    if (c->x.n != 1 || c->y.n != 1 || !(c->x.x[0] > 0 && c->y.x[0] > 0 && c->y.x[0] <= c->x.x[0]))
        return h4l_fail(err, H4L_E_DATA,
                        "expected a ratio above 0 and the lower end of its interval");
    code = h4l_t_of(0, 1, n - 1, 0.95, &t, err);
    if (code)
        return code;
    half = log(c->x.x[0] / c->y.x[0]);
    se = half / t.interval.hi;
    c->x.x[0] = log(c->x.x[0]);
    code = h4l_t_of(c->x.x[0] - log(h4l_claims_number(c, "bound")), se, n - 1, 0.95, &t, err);
    c->f.got = c->x.x[0];
    c->f.interval = (struct h4l_interval){c->x.x[0] - half, c->x.x[0] + half};
    c->f.p = t.p.two_sided;
    c->f.n = (size_t)n;
    return code;
}

// The interval of the statistic into c->f; limit is the bound in the units of the values (logarithms for ratios).
static int make_interval(struct comparison *c, double level, double limit, struct h4l_err *err)
{
    const char *kind = text_of(c->check, "interval");

    if (strcmp(c->statistic->name, "given_interval") == 0)
        return given_interval(c, err);
    if (strcmp(c->statistic->name, "low_interval") == 0)
        return low_interval(c, err);
    if (kind && strcmp(kind, "bca") == 0)
        return bootstrap_interval(c, level, err);
    return t_interval(c, level, limit, err);
}

static void judge_interval(struct comparison *c, double limit)
{
    const char *name = c->direction->name;
    struct finding *f = &c->f;

    if (strcmp(name, "different") == 0)
        against_no_effect(f, limit, h4l_claims_number(c, "margin"));
    else if (strcmp(name, "not_greater") == 0)
        f->outcome = f->interval.lo <= limit ? MET : UNMET;
    else
        against_bound(f, name[0] == 'g' || strcmp(name, "at_least") == 0 ? 1 : -1,
                      name[0] == 'g' || name[0] == 'l', limit);
}

int h4l_claims_compare_interval(struct comparison *c, struct h4l_err *err)
{
    bool low = strcmp(c->statistic->name, "low_interval") == 0;
    bool ratio = low || strcmp(c->statistic->name, "ratio_interval") == 0;
    bool tost = strcmp(c->direction->name, "equivalent") == 0;
    bool given = strcmp(c->statistic->name, "given_interval") == 0;
    bool bounded = c->direction->needs && !tost;
    double level = h4l_claims_number(c, "level"), bound = ratio ? 1 : 0, limit;
    struct finding *f = &c->f;
    int code = bounded ? h4l_claims_need(c, "bound", &bound, err) : H4L_OK;

    if (!code && ratio && !low)
        code = pair_logs(c, err);
    if (code)
        return code;
    limit = ratio ? log(bound) : bound;
    f->n = c->x.rows ? c->x.rows : c->x.n;
    f->level = isnan(level) ? 0.95 : level;
    // Two one-sided tests at 1 - level go with the interval of level 2 level - 1.
    code = make_interval(c, tost ? 2 * f->level - 1 : f->level, limit, err);
    if (!code && tost)
        code = equivalent(c, err);
    if (code)
        return code;
    if (tost && !given)
        f->level = 2 * f->level - 1;
    if (!tost)
        judge_interval(c, limit);
    f->p_refuted = f->outcome == UNMET ? f->p : 1;
    f->expected = bound;
    snprintf(f->expected_text, sizeof f->expected_text, "interval %s%s%.12g",
             interval_words(c->direction->name), tost ? "" : " ", tost ? f->tolerance : bound);
    if (ratio) {
        f->got = exp(f->got);
        f->interval = (struct h4l_interval){exp(f->interval.lo), exp(f->interval.hi)};
        f->mdd = NAN;
    }
    return H4L_OK;
}
