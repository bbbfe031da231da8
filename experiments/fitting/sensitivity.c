// sensitivity: how much do the held-out scores of the fitted s-LIF2HH depend on what was chosen, and on each fitted constant?
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "fitting.h"

// Mean Gamma of a model on a set.
static int mean_gamma(const struct h4l_candidate *c, const struct h4l_candidate_model *model,
                      const struct h4l_fit_data *data, double *ret, struct h4l_err *err)
{
    struct h4l_fit_score *scores = malloc(data->set->n * sizeof *scores);
    int code;

    if (!scores)
        return h4l_fail(err, H4L_E_NOMEM, "sensitivity: out of memory");
    code = h4l_fit_evaluate(c, model, data, 4, scores, err);
    if (code == H4L_OK) {
        double sum = 0;

        for (size_t i = 0; i < data->set->n; i++)
            sum += scores[i].gamma;
        *ret = sum / (double)data->set->n;
    }
    free(scores);
    return code;
}

// Gamma for other precisions delta, the model unchanged.
static int over_delta(struct h4l_fitting *f, const struct h4l_candidate *c,
                      const struct h4l_candidate_model *model, struct h4l_err *err)
{
    static const double delta[] = {0.5, 1, 1.5, 2, 3, 4};
    enum { N = sizeof delta / sizeof *delta };
    double gamma[N];

    for (int i = 0; i < N; i++) {
        struct h4l_fit_data data;
        int code = h4l_fit_data(&f->heldout, f->o.dt_ms, delta[i], 0.5, &data, err);

        if (code != H4L_OK)
            return code;
        code = mean_gamma(c, model, &data, &gamma[i], err);
        h4l_fit_data_free(&data);
        if (code != H4L_OK)
            return code;
    }
    h4l_metric_reals(f->run, "delta_ms", delta, N);
    h4l_metric_reals(f->run, "gamma_over_delta", gamma, N);
    return H4L_OK;
}

// Gamma where another potential counts as an HH spike, or HH takes another step; the model unchanged.
static int over_hh(struct h4l_fitting *f, const struct h4l_candidate *c,
                   const struct h4l_candidate_model *model, struct h4l_err *err)
{
    static const double level[] = {-40, -20, 0, 20}, step_ms[] = {0.02, 0.01, 0.005};
    enum { LEVELS = 4, STEPS = 3 };
    double gamma[LEVELS + STEPS];

    for (int i = 0; i < LEVELS + STEPS; i++) {
        struct h4l_stim_options options = {.duration_ms = f->heldout.duration_ms,
                                           .per_class = f->o.heldout_per_class,
                                           .seed = h4l_run_seed(f->run),
                                           .hh_dt_ms =
                                               i < LEVELS ? f->o.hh_dt_ms : step_ms[i - LEVELS],
                                           .hh_level_mV = i < LEVELS ? level[i] : f->o.hh_level_mV,
                                           .pool = h4l_run_pool(f->run)};
        struct h4l_stim_set set;
        struct h4l_fit_data data;
        int code = h4l_stim_heldout(&options, &set, err);

        if (code != H4L_OK)
            return code;
        code = h4l_fit_data(&set, f->o.dt_ms, f->o.delta_ms, 0.5, &data, err);
        if (code == H4L_OK) {
            code = mean_gamma(c, model, &data, &gamma[i], err);
            h4l_fit_data_free(&data);
        }
        h4l_stim_free(&set);
        if (code != H4L_OK)
            return code;
    }
    h4l_metric_reals(f->run, "hh_level_mV", level, LEVELS);
    h4l_metric_reals(f->run, "gamma_over_hh_level", gamma, LEVELS);
    h4l_metric_reals(f->run, "hh_dt_ms", step_ms, STEPS);
    h4l_metric_reals(f->run, "gamma_over_hh_dt", gamma + LEVELS, STEPS);
    return H4L_OK;
}

// ---- jitter ----

static const double shares[] = {0.01, 0.02, 0.05, 0.1, 0.2};
enum { SHARES = sizeof shares / sizeof *shares };

struct jitter {
    const struct h4l_candidate *candidate;
    const struct h4l_candidate_model *model;
    const struct h4l_fit_data *data;
    uint64_t seed;
    size_t draws;
    double *gamma; // [SHARES * draws]
};

// All constants times 1 - share .. 1 + share, independently.
static int jitter_item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    const struct jitter *j = ctx;
    double share = shares[i / j->draws];
    struct h4l_candidate_model model = *j->model;
    struct h4l_rng rng;

    (void)worker;
    h4l_rng_init(&rng, j->seed, "fitting jitter", i);
    for (int u = 0; u < model.subnet.topology.units; u++) {
        struct h4l_unit *unit = &model.subnet.unit[u];
        double *constants[] = {&unit->leak, &unit->threshold, &unit->reset, &unit->input,
                               &unit->refractory_ms};

        for (size_t k = 0; k < sizeof constants / sizeof *constants; k++)
            *constants[k] *= h4l_rng_between(&rng, 1 - share, 1 + share);
    }
    for (int e = 0; e < model.subnet.topology.n_edges; e++)
        model.subnet.weight[e] *= h4l_rng_between(&rng, 1 - share, 1 + share);
    model.delay_ms *= h4l_rng_between(&rng, 1 - share, 1 + share);
    return mean_gamma(j->candidate, &model, j->data, &j->gamma[i], err);
}

static int over_jitter(struct h4l_fitting *f, const struct h4l_candidate *c,
                       const struct h4l_candidate_model *model, const struct h4l_fit_data *data,
                       struct h4l_err *err)
{
    struct jitter j = {.candidate = c,
                       .model = model,
                       .data = data,
                       .seed = h4l_run_seed(f->run),
                       .draws = f->o.jitter_draws};
    double mean[SHARES], low[SHARES], high[SHARES];
    int code;

    if ((j.gamma = malloc(SHARES * j.draws * sizeof *j.gamma)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "sensitivity: out of memory");
    code = h4l_parallel_for(h4l_run_pool(f->run), SHARES * j.draws, jitter_item, &j, err);
    for (size_t s = 0; s < SHARES && code == H4L_OK; s++) {
        double *g = j.gamma + s * j.draws;

        mean[s] = h4l_mean(g, j.draws);
        h4l_sort(g, j.draws);
        low[s] = h4l_quantile_sorted(g, j.draws, 0.05);
        high[s] = h4l_quantile_sorted(g, j.draws, 0.95);
    }
    free(j.gamma);
    if (code != H4L_OK)
        return code;
    h4l_metric_reals(f->run, "jitter_share", shares, SHARES);
    h4l_metric_reals(f->run, "gamma_jittered_mean", mean, SHARES);
    h4l_metric_reals(f->run, "gamma_jittered_quantile_05", low, SHARES);
    h4l_metric_reals(f->run, "gamma_jittered_quantile_95", high, SHARES);
    return H4L_OK;
}

static int measure(struct h4l_fitting *f, const struct h4l_fitting_cell *cell, struct h4l_err *err)
{
    struct h4l_fit_data data;
    struct h4l_candidate_model model;
    double gamma = NAN;
    int code = h4l_candidate_decode(cell->candidate, cell->best.z, &model, err);

    if (code != H4L_OK ||
        (code = h4l_fit_data(&f->heldout, f->o.dt_ms, f->o.delta_ms, 0.5, &data, err)) != H4L_OK)
        return code;
    if ((code = mean_gamma(cell->candidate, &model, &data, &gamma, err)) == H4L_OK) {
        h4l_metric_real(f->run, "gamma_best_fit", gamma);
        code = over_jitter(f, cell->candidate, &model, &data, err);
    }
    h4l_fit_data_free(&data);
    if (code == H4L_OK)
        code = over_delta(f, cell->candidate, &model, err);
    return code == H4L_OK ? over_hh(f, cell->candidate, &model, err) : code;
}

int h4l_fitting_sensitivity_case(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_fitting_options *o = h4l_run_options(run);
    struct h4l_candidate c;
    struct h4l_fitting f;
    struct h4l_field field;
    int code = h4l_candidate_subnet("slif2hh", "3+1", true, o->dt_ms, &c, err);

    if (code != H4L_OK || (code = h4l_fitting_begin(run, &f, err)) != H4L_OK)
        return code;
    if ((code = h4l_field_begin(&f, &c, 1, &field, err)) == H4L_OK) {
        code = h4l_constants_report(&f, &field, 0, err);
        if (code == H4L_OK)
            code = measure(&f, h4l_field_best(&f, &field, 0), err);
        h4l_field_end(&field);
    }
    h4l_fitting_end(&f);
    return code;
}
