// Intervals of means, and paired comparisons over stimuli and over fits.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/bootstrap.h"
#include "analysis/hypothesis.h"
#include "base/json.h"
#include "base/rng.h"
#include "fitting.h"

enum { RESAMPLES = 10000, BOOTSTRAP_FROM = 20 };
static const double level = 0.95;

// BCa bootstrap, or Student's t below 20 values, where the bootstrap is too narrow.
int h4l_fitting_mean_interval(const struct h4l_fitting *f, const double *x, size_t n,
                              struct h4l_interval *ret, struct h4l_err *err)
{
    const struct h4l_bootstrap_options options = {level, RESAMPLES, 1, f->pool};
    struct h4l_bootstrap b;
    int code;

    if (n < 2) {
        *ret = (struct h4l_interval){NAN, NAN};
        return H4L_OK;
    }
    if (n < BOOTSTRAP_FROM)
        return h4l_t_interval(x, n, level, ret, err);
    if (h4l_min(x, n) == h4l_max(x, n)) { // all the same: nothing to resample
        *ret = (struct h4l_interval){x[0], x[0]};
        return H4L_OK;
    }
    code = h4l_bootstrap(x, &n, 1, h4l_stat_mean, NULL, &options, &b, err);
    if (code == H4L_OK)
        *ret = b.bca;
    return code;
}

// The mean difference when both the fits and the stimuli are drawn again (crossed, each with replacement: Owen, Ann. Appl. Stat. 1,
// 2007, the pigeonhole bootstrap, which is conservative): RESAMPLES values into ret.
static void resample_both(const struct h4l_contrast *c, size_t *drawn, double *ret)
{
    size_t fits = c->a->fits, n = c->a->n;

    for (size_t r = 0; r < RESAMPLES; r++) {
        struct h4l_rng rng;
        double sum = 0;

        h4l_rng_init(&rng, 1, "fitting two-way bootstrap", r);
        for (size_t i = 0; i < n; i++)
            drawn[i] = (size_t)h4l_rng_below(&rng, n);
        for (size_t k = 0; k < fits; k++) {
            size_t row = (size_t)h4l_rng_below(&rng, fits) * n;

            for (size_t i = 0; i < n; i++)
                sum += c->a->gamma[row + drawn[i]] - c->b->gamma[row + drawn[i]];
        }
        ret[r] = sum / (double)(fits * n);
    }
}

static struct h4l_interval percentile(double *means, double alpha)
{
    h4l_sort(means, RESAMPLES);
    return (struct h4l_interval){h4l_quantile_sorted(means, RESAMPLES, alpha / 2),
                                 h4l_quantile_sorted(means, RESAMPLES, 1 - alpha / 2)};
}

// Fills means[RESAMPLES] too.
static int over_fits_and_stimuli(struct h4l_contrast *c, double *means, struct h4l_err *err)
{
    size_t *drawn = malloc(c->a->n * sizeof *drawn), below = 0, above = 0;

    if (!drawn)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for resampling");
    resample_both(c, drawn, means);
    for (size_t r = 0; r < RESAMPLES; r++) {
        below += means[r] <= 0;
        above += means[r] >= 0;
    }
    c->both = percentile(means, 1 - level);
    c->p_both = fmin(1, 2.0 * (double)(1 + (below < above ? below : above)) / (1 + RESAMPLES));
    free(drawn);
    return H4L_OK;
}

// Each contrast's interval at the level at which Holm's procedure tests it: with m contrasts, the one with the i-th smallest p at
// alpha / (m - i + 1), and all from the first that is not rejected on at the level of that one.
static void holm_intervals(struct h4l_contrast *family, size_t n, double *means)
{
    double alpha = 1 - level, step = 0;
    bool rejecting = true;

    for (size_t i = 0; i < n; i++)
        family[i].holm.lo = NAN; // not taken yet
    for (size_t i = 0; i < n; i++) {
        size_t least = n;

        for (size_t k = 0; k < n; k++)
            if (isnan(family[k].holm.lo) && (least == n || family[k].p_both < family[least].p_both))
                least = k;
        if (rejecting)
            step = alpha / (double)(n - i);
        rejecting = rejecting && family[least].p_both <= step;
        family[least].holm = percentile(means + least * RESAMPLES, step);
    }
}

static int contrast(const struct h4l_fitting *f, struct h4l_contrast *c, double *difference,
                    double *means, struct h4l_err *err)
{
    size_t n = c->a->n;
    struct h4l_rank_test test;
    int code;

    for (size_t i = 0; i < n; i++)
        difference[i] = c->a->mean[i] - c->b->mean[i];
    c->mean = h4l_mean(difference, n);
    c->both = c->holm = (struct h4l_interval){NAN, NAN};
    c->p_both = c->p_both_holm = NAN;
    if ((code = h4l_fitting_mean_interval(f, difference, n, &c->stimuli, err)) != H4L_OK ||
        (code = h4l_wilcoxon_signed_rank(difference, n, &test, err)) != H4L_OK)
        return code;
    c->p = test.p.two_sided;
    return c->a->fits > 1 ? over_fits_and_stimuli(c, means, err) : H4L_OK;
}

int h4l_contrasts(const struct h4l_fitting *f, struct h4l_contrast *family, size_t n,
                  struct h4l_err *err)
{
    double *difference = malloc(f->heldout.n * sizeof *difference);
    double *p = malloc((n + 1) * sizeof *p), *p_both = malloc((n + 1) * sizeof *p_both);
    double *means = malloc((n + 1) * RESAMPLES * sizeof *means);
    int code = difference && p && p_both && means
                   ? H4L_OK
                   : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");

    for (size_t i = 0; i < n && code == H4L_OK; i++) {
        code = contrast(f, &family[i], difference, means + i * RESAMPLES, err);
        p[i] = family[i].p;
        p_both[i] = family[i].p_both;
    }
    if (code == H4L_OK && n > 0)
        code = h4l_holm(p, n, p, err);
    if (code == H4L_OK && n > 0 && f->o.fits > 1)
        code = h4l_holm(p_both, n, p_both, err);
    if (code == H4L_OK && f->o.fits > 1)
        holm_intervals(family, n, means);
    for (size_t i = 0; i < n && code == H4L_OK; i++) {
        family[i].p_holm = p[i];
        family[i].p_both_holm = f->o.fits > 1 ? p_both[i] : NAN;
    }
    free(difference);
    free(p);
    free(p_both);
    free(means);
    return code;
}

static json_t *pair(struct h4l_interval i)
{
    return json_pack("[o, o]", h4l_json_real(i.lo), h4l_json_real(i.hi));
}

void h4l_contrasts_report(struct h4l_fitting *f, const char *metric,
                          const struct h4l_contrast *family, size_t n)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct h4l_contrast *c = &family[i];

        json_t *row = json_pack("{s:s, s:s, s:o}", "a", c->a->name, "b", c->b->name,
                                "mean_difference", h4l_json_real(c->mean));

        h4l_json_set(&row, "interval_stimuli", pair(c->stimuli));
        h4l_json_set(&row, "interval_fits_and_stimuli", pair(c->both));
        h4l_json_set(&row, "interval_holm", pair(c->holm));
        h4l_json_set(&row, "p_stimuli", h4l_json_real(c->p));
        h4l_json_set(&row, "p_stimuli_holm", h4l_json_real(c->p_holm));
        h4l_json_set(&row, "p_fits_and_stimuli", h4l_json_real(c->p_both));
        h4l_json_set(&row, "p_fits_and_stimuli_holm", h4l_json_real(c->p_both_holm));
        h4l_json_add(&rows, row);
    }
    h4l_metric_json(f->run, metric, rows);
}

void h4l_contrast_metric(struct h4l_fitting *f, const struct h4l_contrast *c, bool holm)
{
    struct h4l_interval interval = holm ? c->holm : c->both;
    char metric[200];

    snprintf(metric, sizeof metric, "gamma_%s_minus_%s%s", c->a->name, c->b->name,
             holm ? "_holm" : "");
    h4l_metric_reals(f->run, metric, (const double[]){c->mean, interval.lo, interval.hi}, 3);
}
