// heldout: does the fitted s-LIF2HH predict spikes on inputs that it was not fitted to? Against a single LIF, threshold models, a neuron with
// adaptation and the published constants, all fitted with the same budget (E5).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fitting.h"

enum {
    SLIF2HH,
    SLIF2HH_OWN,
    PUBLISHED,
    LIF,
    LIF_REFRACTORY,
    SRM0_HH,
    SRM0,
    SRM,
    AEIF,
    SRM_DYNAMIC,
    MODELS
};
enum { NEURONS = 16, MOST = MODELS + NEURONS }; // neurons that --set neuron=... adds

// Candidates of a run; the names of the neurons are "NAME_published", as the paper's are also fitted here, or "NAME_set" where the user
// changed a constant.
struct candidates {
    size_t n;
    struct h4l_candidate at[MOST];
    char names[NEURONS][64];
};

static bool is_published(const struct h4l_neuron *neuron)
{
    struct h4l_neuron published;

    h4l_neuron_init(neuron->model, &published);
    return memcmp(published.constants, neuron->constants, sizeof published.constants) == 0;
}

static int make_neurons(const struct h4l_run *run, struct candidates *ret, struct h4l_err *err)
{
    const struct h4l_fitting_options *o = h4l_run_options(run);
    const struct h4l_model *models[NEURONS];
    struct h4l_neuron neurons[NEURONS];
    size_t n = 0;
    int code = h4l_models_named(o->neuron, NEURONS, models, &n, err);

    for (size_t i = 0; i < n; i++)
        h4l_neuron_init(models[i], &neurons[i]);
    if (code || (code = h4l_neurons_given(run, neurons, n, err)))
        return code;
    for (size_t i = 0; i < n; i++) {
        char *name = ret->names[i];
        snprintf(name, sizeof ret->names[i], "%s_%s", models[i]->name,
                 is_published(&neurons[i]) ? "published" : "set");
        ret->at[MODELS + i] = h4l_candidate_neuron(name, &neurons[i], o->dt_ms, o->hh_level_mV);
    }
    ret->n = MODELS + n;
    return H4L_OK;
}

static int make_candidates(const struct h4l_run *run, struct candidates *ret_c, struct h4l_err *err)
{
    struct h4l_candidate *ret = ret_c->at;
    double dt = ((const struct h4l_fitting_options *)h4l_run_options(run))->dt_ms;
    int code = make_neurons(run, ret_c, err);

    if (code != H4L_OK)
        return code;
    ret[PUBLISHED] = h4l_candidate_published("published");
    ret[SRM0] = h4l_candidate_srm("srm0", false, dt);
    ret[SRM] = h4l_candidate_srm("srm", true, dt);
    ret[AEIF] = h4l_candidate_aeif("aeif", dt);
    ret[SRM_DYNAMIC] = h4l_candidate_srm_dynamic("srm_dynamic", dt);
    h4l_candidate_free_delay(&ret[AEIF]);
    h4l_candidate_free_delay(&ret[SRM_DYNAMIC]);
    if ((code = h4l_candidate_srm_hh("srm0_hh", dt, &ret[SRM0_HH], err)) ||
        (code = h4l_candidate_subnet("slif2hh", "3+1", true, dt, &ret[SLIF2HH], err)) ||
        (code = h4l_candidate_subnet("slif2hh_own", "3+1 reset own", true, dt, &ret[SLIF2HH_OWN],
                                     err)) ||
        (code = h4l_candidate_subnet("lif", "1", false, dt, &ret[LIF], err)) ||
        (code = h4l_candidate_subnet("lif_refractory", "1", true, dt, &ret[LIF_REFRACTORY], err)))
        return code;
    return H4L_OK;
}

static const struct h4l_column stimulus_columns[] = {
    {"stimulus", "1", "held-out stimulus, from 0"},
    {"class_index", "1", "number of its class; the order of gamma_by_class_*"},
    {"spikes_hh", "1", "spikes of HH"},
    {"*", "1", "Gamma of the model *, mean over its fits"},
};
const struct h4l_series h4l_heldout_stimuli_series =
    H4L_SERIES("heldout-stimuli.csv", "held-out stimulus", stimulus_columns);

static int write_stimuli(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_heldout_stimuli_series};
    struct h4l_csv *csv;
    double row[3 + MOST];

    for (int i = 0; i < 3; i++)
        h4l_header_add(&header, stimulus_columns[i].name, NULL);
    for (size_t m = 0; m < field->n; m++)
        h4l_header_add(&header, "*", field->scores[m].name);
    csv = h4l_series_begin_with(f->run, &header, NULL, err);
    if (!csv)
        return H4L_E_IO;
    for (size_t i = 0; i < f->heldout.n; i++) {
        row[0] = (double)i;
        row[1] = f->heldout.stim[i].class;
        row[2] = (double)f->heldout.stim[i].hh.n;
        for (size_t m = 0; m < field->n; m++)
            row[3 + m] = field->scores[m].mean[i];
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static const struct h4l_column class_columns[] = {
    {"class_index", "1", "number of the class; the last one: all stimuli"},
    {"model_index", "1", "number of the model, in the order of heldout-stimuli.csv"},
    {"gamma_mean", "1", "Gamma over the stimuli of the class: mean"},
    {"gamma_low", "1", "its 95 % interval, lower end"},
    {"gamma_high", "1", "upper end"},
};
const struct h4l_series h4l_heldout_classes_series =
    H4L_SERIES("heldout-classes.csv", "class of stimuli and model", class_columns);

static int write_classes(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(f->run, &h4l_heldout_classes_series, NULL, err);

    if (!csv)
        return H4L_E_IO;
    for (int c = 0; c <= H4L_STIM_CLASSES; c++)
        for (size_t m = 0; m < field->n; m++) {
            const struct h4l_scores *s = &field->scores[m];
            const double *x = c < H4L_STIM_CLASSES ? s->by_class[c] : s->all;

            h4l_csv_row(csv, (const double[]){c, (double)m, x[0], x[1], x[2]});
        }
    return H4L_OK;
}

// Models of the raster, HH above them.
static const int shown[] = {SLIF2HH, SRM, LIF_REFRACTORY, LIF, PUBLISHED};
enum { SHOWN = sizeof shown / sizeof *shown, RASTERS = 3 };

static int raster_model(struct h4l_fitting *f, const struct h4l_field *field, int m,
                        size_t stimulus, size_t panel, size_t row, struct h4l_csv *times,
                        struct h4l_csv *rows, struct h4l_err *err)
{
    const struct h4l_fitting_cell *cell = h4l_field_best(f, field, (size_t)m);
    size_t fit = (size_t)(cell - field->cells) % f->o.fits, n = 0;
    struct h4l_fit_data data;
    struct h4l_candidate_model model;
    double *t = NULL;
    int code = h4l_fit_data(&f->heldout, cell->candidate->dt, f->o.delta_ms, 0.5, &data, err);

    if (code != H4L_OK)
        return code;
    if ((code = h4l_candidate_decode(cell->candidate, cell->best.z, &model, err)) == H4L_OK &&
        (code = h4l_fit_train(cell->candidate, &model, &data, stimulus, &t, &n, err)) == H4L_OK) {
        for (size_t k = 0; k < n; k++)
            h4l_csv_row(times, (const double[]){(double)panel, (double)row, t[k]});
        h4l_csv_row(rows, (const double[]){(double)panel, (double)row, (double)stimulus,
                                           field->scores[m].gamma[fit * f->heldout.n + stimulus]});
    }
    free(t);
    h4l_fit_data_free(&data);
    return code;
}

static const struct h4l_column raster_columns[] = {
    {"panel", "1", "panel: the first noise stimuli"},
    {"row", "1", "row of the panel; 0: HH"},
    {"t_ms", "ms", "time of the spike"},
};
static const struct h4l_column row_columns[] = {
    {"panel", "1", "panel"},
    {"row", "1", "row of the panel, from 1"},
    {"stimulus", "1", "held-out stimulus, from 0"},
    {"gamma", "1", "Gamma of the row"},
};
const struct h4l_series h4l_heldout_raster_series =
    H4L_SERIES("heldout-raster.csv", "spike", raster_columns);
const struct h4l_series h4l_heldout_rows_series =
    H4L_SERIES("heldout-raster-rows.csv", "row of a panel but for that of HH", row_columns);

// Spike trains on the first held-out noise stimuli: row 0 HH, then the shown models with their best fit on the training set.
static int write_rasters(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    struct h4l_csv *times = h4l_series_begin(f->run, &h4l_heldout_raster_series, NULL, err);
    struct h4l_csv *rows =
        times ? h4l_series_begin(f->run, &h4l_heldout_rows_series, NULL, err) : NULL;
    size_t panel = 0;
    int code = rows ? H4L_OK : H4L_E_IO;

    for (size_t i = 0; i < f->heldout.n && panel < RASTERS && code == H4L_OK; i++) {
        struct h4l_spikes hh = f->heldout.stim[i].hh;

        if (f->heldout.stim[i].class != H4L_STIM_NOISE)
            continue;
        for (size_t k = 0; k < hh.n; k++)
            h4l_csv_row(times, (const double[]){(double)panel, 0, hh.t[k]});
        for (size_t m = 0; m < SHOWN && code == H4L_OK; m++)
            code = raster_model(f, field, shown[m], i, panel, m + 1, times, rows, err);
        panel++;
    }
    return code;
}

// Rate in the second half of each constant stimulus, Hz: one over the mean interval (a count would have steps of 2 Hz).
static double late_rate(const struct h4l_spikes train, double duration)
{
    size_t first = 0;

    while (first < train.n && train.t[first] < duration / 2)
        first++;
    if (train.n < first + 2)
        return 2000 * (double)(train.n - first) / duration;
    return 1000 * (double)(train.n - 1 - first) / (train.t[train.n - 1] - train.t[first]);
}

static const struct h4l_column fi_columns[] = {
    {"current_uA_per_cm2", "uA/cm^2", "current"},
    {"hh_Hz", "Hz", "rate of HH in the second half"},
    {"slif2hh_Hz", "Hz", "the same of the best fit of slif2hh"},
    {"srm_Hz", "Hz", "of srm"},
    {"lif_refractory_Hz", "Hz", "of lif_refractory"},
    {"lif_Hz", "Hz", "of lif"},
    {"published_Hz", "Hz", "of published"},
};
const struct h4l_series h4l_heldout_fi_series =
    H4L_SERIES("heldout-fi.csv", "constant current", fi_columns);

// f-I curves of HH and of the shown models (best fits).
static int write_fi(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    enum { LEVELS = 61 };
    struct h4l_stim_options options = {.duration_ms = 1000,
                                       .per_class = 1,
                                       .hh_dt_ms = f->o.hh_dt_ms,
                                       .hh_level_mV = f->o.hh_level_mV,
                                       .pool = h4l_run_pool(f->run)};
    double level[LEVELS], rate[LEVELS][2 + SHOWN];
    struct h4l_stim_set set;
    struct h4l_csv *csv;
    int code;

    for (int i = 0; i < LEVELS; i++)
        level[i] = 0.5 * i;
    if ((code = h4l_stim_constants(&options, level, LEVELS, &set, err)) != H4L_OK)
        return code;
    for (int i = 0; i < LEVELS; i++) {
        rate[i][0] = level[i];
        rate[i][1] = late_rate(set.stim[i].hh, set.duration_ms);
    }
    for (int m = 0; m < SHOWN && code == H4L_OK; m++) {
        const struct h4l_fitting_cell *cell = h4l_field_best(f, field, (size_t)shown[m]);
        struct h4l_fit_data data;
        struct h4l_candidate_model model;

        if ((code = h4l_candidate_decode(cell->candidate, cell->best.z, &model, err)) != H4L_OK ||
            (code = h4l_fit_data(&set, cell->candidate->dt, 2, 0, &data, err)) != H4L_OK)
            break;
        for (int i = 0; i < LEVELS && code == H4L_OK; i++) {
            double *t;
            size_t n;

            code = h4l_fit_train(cell->candidate, &model, &data, (size_t)i, &t, &n, err);
            if (code != H4L_OK)
                break;
            rate[i][2 + m] = late_rate((struct h4l_spikes){t, n}, set.duration_ms);
            free(t);
        }
        h4l_fit_data_free(&data);
    }
    h4l_stim_free(&set);
    if (code != H4L_OK)
        return code;
    csv = h4l_series_begin(f->run, &h4l_heldout_fi_series, NULL, err);
    for (int i = 0; csv && i < LEVELS; i++)
        h4l_csv_row(csv, rate[i]);
    return csv ? H4L_OK : H4L_E_IO;
}

static int report(struct h4l_fitting *f, struct h4l_field *field, struct h4l_err *err)
{
    struct h4l_contrast against[MOST - 1];
    size_t n = 0;
    int code = H4L_OK;

    h4l_stimuli_report(f);
    for (size_t m = 0; m < field->n; m++) {
        if (code == H4L_OK)
            code = h4l_constants_report(f, field, m, err);
        if (m != SLIF2HH)
            against[n++] =
                (struct h4l_contrast){.a = &field->scores[SLIF2HH], .b = &field->scores[m]};
    }
    if (code != H4L_OK || (code = h4l_contrasts(f, against, n, err)) != H4L_OK)
        return code;
    h4l_contrasts_report(f, "slif2hh_against", against, n);
    for (size_t i = 0; i < n; i++)
        h4l_contrast_metric(f, &against[i], false);
    if ((code = write_stimuli(f, field, err)) != H4L_OK ||
        (code = write_classes(f, field, err)) != H4L_OK ||
        (code = write_rasters(f, field, err)) != H4L_OK)
        return code;
    return write_fi(f, field, err);
}

int h4l_fitting_heldout_case(struct h4l_run *run, struct h4l_err *err)
{
    struct candidates candidates;
    struct h4l_fitting f;
    struct h4l_field field;
    int code = make_candidates(run, &candidates, err);

    if (code != H4L_OK || (code = h4l_fitting_begin(run, &f, err)) != H4L_OK)
        return code;
    if ((code = h4l_field_begin(&f, candidates.at, candidates.n, &field, err)) == H4L_OK) {
        code = report(&f, &field, err);
        h4l_field_end(&field);
    }
    if (code == H4L_OK)
        code = h4l_fitting_kistler(&f, err);
    h4l_fitting_end(&f);
    return code;
}
