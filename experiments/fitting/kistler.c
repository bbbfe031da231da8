// Kistler's noise: how many of HH's spikes do its own kernels and one threshold hit, fitted on the noise on which the published 90 % were
// found (Kistler, Gerstner and van Hemmen 1997)? A share of spikes, and not a Gamma.
#include <math.h>
#include <stdlib.h>

#include "analysis/spike_coincidence.h"
#include "fitting.h"

// Adds the share of HH's spikes within delta of one of the model's, and Gamma, of each stimulus, over `fits`.
static int add_fit(const struct h4l_fitting *f, const struct h4l_fitting_cell *cell,
                   const struct h4l_fit_data *data, double *share, double *gamma,
                   struct h4l_err *err)
{
    const struct h4l_gamma_options how = {.delta_ms = data->delta_ms,
                                          .matching = H4L_MATCH_ONE_TO_ONE};
    const struct h4l_window window = {0, data->set->duration_ms};
    struct h4l_fit_score *scores = malloc(data->set->n * sizeof *scores);
    struct h4l_candidate_model model;
    int code = scores ? h4l_candidate_decode(cell->candidate, cell->best.z, &model, err)
                      : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for scores");

    if (code == H4L_OK)
        code = h4l_fit_evaluate(cell->candidate, &model, data, 4, scores, err);
    for (size_t i = 0; i < data->set->n && code == H4L_OK; i++) {
        struct h4l_spikes hh = data->set->stim[i].hh;
        struct h4l_gamma hits;
        double *t = NULL;
        size_t n;

        code = h4l_fit_train(cell->candidate, &model, data, i, &t, &n, err);
        if (code == H4L_OK)
            code = h4l_gamma(hh, (struct h4l_spikes){t, n}, window, &how, &hits, err);
        if (code == H4L_OK) // no spike to hit: NaN
            share[i] += (double)hits.coincidences / (double)hh.n / (double)f->o.fits;
        gamma[i] += scores[i].gamma / (double)f->o.fits;
        free(t);
    }
    free(scores);
    return code;
}

static int measure(struct h4l_fitting *f, const struct h4l_fitting_cell *cells, struct h4l_err *err)
{
    size_t n = f->heldout.n;
    double *values = calloc(3 * n, sizeof *values), *share = values, *gamma = values + n,
           *spikes = values + 2 * n;
    struct h4l_fit_data data;
    int code = H4L_OK;

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for %zu stimuli", n);
    if ((code = h4l_fit_data(&f->heldout, cells->candidate->dt, f->o.delta_ms, 1, &data, err))) {
        free(values);
        return code;
    }
    for (size_t k = 0; k < f->o.fits && code == H4L_OK; k++)
        code = add_fit(f, &cells[k], &data, share, gamma, err);
    for (size_t i = 0; i < n; i++)
        spikes[i] = (double)f->heldout.stim[i].hh.n;
    if (code == H4L_OK) {
        h4l_metric_reals(f->run, "kistler_spikes_hh", spikes, n);
        h4l_metric_reals(f->run, "kistler_hit_share_srm0_hh", share, n);
        h4l_metric_reals(f->run, "kistler_gamma_srm0_hh", gamma, n);
    }
    h4l_fit_data_free(&data);
    free(values);
    return code;
}

int h4l_fitting_kistler(const struct h4l_fitting *f, struct h4l_err *err)
{
    struct h4l_fitting_cell *cells = calloc(f->o.fits, sizeof *cells);
    struct h4l_candidate c;
    struct h4l_fitting own;
    int code = cells ? h4l_candidate_srm_hh("srm0_hh on Kistler's noise", f->o.dt_ms, &c, err)
                     : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");

    if (code == H4L_OK &&
        (code = h4l_fitting_begin_on(f->run, H4L_STIM_KISTLER, &own, err)) == H4L_OK) {
        if (f->o.report_delay == H4L_DELAY_FREE)
            h4l_candidate_free_delay(&c);
        if ((code = h4l_fitting_run(&own, &c, 1, cells, err)) == H4L_OK)
            code = measure(&own, cells, err);
        h4l_fitting_end(&own);
    }
    free(cells);
    return code;
}
