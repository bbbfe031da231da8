// The tests by which a row is decided (docs/second-round.md, section 1): above, alike, and their one-sided relatives.
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "internal.h"

static const double alpha = 0.05; // of every one-sided test

static bool has_statistic(const struct comparison *c, const char *name)
{
    return strcmp(c->statistic->name, name) == 0;
}

int h4l_claims_estimate(const struct comparison *c, double level, struct h4l_t_test *ret,
                        struct h4l_err *err)
{
    const struct values *x = &c->x, *y = &c->y;
    int code;

    if (has_statistic(c, "welch_interval"))
        return h4l_welch_t(x->x, x->n, y->x, y->n, level, ret, err);
    if (!has_statistic(c, "fits_interval"))
        return h4l_paired_t(x->x, x->n, level, ret, err);
    if (!x->rows || (y->n && (!y->rows || y->n / y->rows != x->n / x->rows)))
        return h4l_fail(
            err, H4L_E_DATA,
            "expected fits x stimuli (\"reduce\": \"matrix\"), of the same stimuli in x "
            "and y");
    code = h4l_fits_t(x->x, x->rows, y->x, y->rows, x->n / x->rows, level, ret, err);
    return code;
}

// p values of the estimate against `bound` in place of 0.
static int against(const struct h4l_t_test *t, double bound, struct h4l_p_values *ret,
                   struct h4l_err *err)
{
    struct h4l_t_test shifted;
    int code = h4l_t_of(t->estimate - bound, t->standard_error, t->df, 0.95, &shifted, err);

    if (!code)
        *ret = shifted.p;
    return code;
}

static void say(struct finding *f, const char *format, double bound)
{
    f->expected = bound;
    snprintf(f->expected_text, sizeof f->expected_text, format, bound);
}

// 95 % interval wholly above 0; small where the 90 % interval ends below delta.
static int above(struct comparison *c, const struct h4l_t_test *t, struct h4l_err *err)
{
    struct finding *f = &c->f;
    struct h4l_p_values at_least;
    struct h4l_t_test narrow;
    double delta;
    int code = h4l_claims_need(c, "delta", &delta, err);

    if (!code)
        code = against(t, delta, &at_least, err);
    if (!code)
        code = h4l_t_of(t->estimate, t->standard_error, t->df, 1 - 2 * alpha, &narrow, err);
    if (code)
        return code;
    f->p = t->p.two_sided;
    f->p_refuted = t->interval.lo > 0 ? 1 : at_least.less;
    f->outcome = t->interval.lo > 0     ? narrow.interval.hi < delta ? MET_SMALL : MET
                 : f->p_refuted < alpha ? UNMET
                                        : UNDECIDED;
    f->tolerance = delta;
    say(f, "95 %% interval above 0; refuted where at least %.6g is excluded", delta);
    f->expected = 0;
    return H4L_OK;
}

// Two one-sided tests within the margin; refuted where one shows that it is passed.
static int alike(struct comparison *c, const struct h4l_t_test *t, struct h4l_err *err)
{
    struct finding *f = &c->f;
    struct h4l_p_values low, high;
    double margin;
    int code = h4l_claims_need(c, "margin", &margin, err);

    if (!code)
        code = against(t, -margin, &low, err);
    if (!code)
        code = against(t, margin, &high, err);
    if (code)
        return code;
    f->p = fmax(low.greater, high.less);
    f->p_refuted = fmin(low.less, high.greater);
    f->outcome = f->p < alpha ? MET : f->p_refuted < alpha ? UNMET : UNDECIDED;
    say(f, "two one-sided tests within +-%.6g", margin);
    f->expected = 0;
    f->tolerance = margin;
    f->used = fmax(fabs(t->interval.lo), fabs(t->interval.hi)) / margin;
    return H4L_OK;
}

// A one-sided test shows which side of the bound the estimate is on; side 1: above is wanted.
static int shown(struct comparison *c, const struct h4l_t_test *t, int side, struct h4l_err *err)
{
    struct finding *f = &c->f;
    struct h4l_p_values p;
    double bound;
    int code = h4l_claims_need(c, "bound", &bound, err);

    if (!code)
        code = against(t, bound, &p, err);
    if (code)
        return code;
    f->p = side > 0 ? p.greater : p.less;
    f->p_refuted = side > 0 ? p.less : p.greater;
    f->outcome = f->p < alpha ? MET : f->p_refuted < alpha ? UNMET : UNDECIDED;
    say(f, side > 0 ? "shown to be above %.6g (one-sided)" : "shown to be below %.6g (one-sided)",
        bound);
    return H4L_OK;
}

// Exact sign test of "most of the values lie within the margin": for values so alike that a t interval says nothing.
static int mostly_within(struct comparison *c, struct h4l_err *err)
{
    struct finding *f = &c->f;
    unsigned inside = 0, n = (unsigned)c->x.n;
    double margin;
    int code = h4l_claims_need(c, "margin", &margin, err);

    if (code)
        return code;
    for (unsigned i = 0; i < n; i++)
        inside += fabs(c->x.x[i]) < margin;
    f->p = inside ? gsl_cdf_binomial_Q(inside - 1, 0.5, n) : 1;
    f->p_refuted = 1;
    f->outcome = f->p < alpha ? MET : UNDECIDED;
    say(f, "most values within +-%.6g (sign test)", margin);
    f->tolerance = margin;
    snprintf(f->message, sizeof f->message, "%u of %u values within %.6g", inside, n, margin);
    return H4L_OK;
}

bool h4l_claims_is_test(const char *direction)
{
    static const char *const names[] = {"above", "alike", "shown_above", "shown_below",
                                        "mostly_within"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(direction, names[i]) == 0)
            return true;
    return false;
}

double h4l_claims_level(const char *direction)
{
    static const char *const one_sided[] = {"alike", "shown_above", "shown_below"};

    for (size_t i = 0; i < sizeof one_sided / sizeof *one_sided; i++)
        if (strcmp(direction, one_sided[i]) == 0)
            return 1 - 2 * alpha;
    return 0.95;
}

int h4l_claims_decide(struct comparison *c, struct h4l_err *err)
{
    const char *name = c->direction->name;
    struct finding *f = &c->f;
    struct h4l_t_test t;
    int code = h4l_claims_estimate(c, h4l_claims_level(name), &t, err);

    if (code)
        return code;
    f->got = t.estimate;
    f->interval = t.interval;
    f->level = h4l_claims_level(name);
    f->n = c->x.rows ? c->x.rows : c->x.n;
    f->estimate = t.estimate;
    f->standard_error = t.standard_error;
    f->df = t.df;
    if (t.standard_error > 0)
        f->mdd =
            (gsl_cdf_tdist_Pinv(0.975, t.df) + gsl_cdf_tdist_Pinv(0.8, t.df)) * t.standard_error;
    if (strcmp(name, "above") == 0)
        return above(c, &t, err);
    if (strcmp(name, "alike") == 0)
        return alike(c, &t, err);
    if (strcmp(name, "mostly_within") == 0)
        return mostly_within(c, err);
    return shown(c, &t, strcmp(name, "shown_above") == 0 ? 1 : -1, err);
}
