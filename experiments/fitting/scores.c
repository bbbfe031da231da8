// Held-out scores with their intervals, as metrics and series.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "fitting.h"

// Values of the stimuli of one class; returns their number.
static size_t pick_class(const struct h4l_fitting *f, const double *x, enum h4l_stim_class class,
                         double *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < f->heldout.n; i++)
        if (f->heldout.stim[i].class == class)
            ret[n++] = x[i];
    return n;
}

static json_t *triple(double mean, struct h4l_interval i)
{
    return json_pack("[o, o, o]", h4l_json_real(mean), h4l_json_real(i.lo), h4l_json_real(i.hi));
}

static void set_triple(double ret[3], double mean, struct h4l_interval i)
{
    ret[0] = mean;
    ret[1] = i.lo;
    ret[2] = i.hi;
}

static void metric_name(char *ret, size_t size, const char *what, const char *name)
{
    snprintf(ret, size, "gamma%s%s_%s", *what ? "_" : "", what, name);
}

static int report_classes(struct h4l_fitting *f, struct h4l_scores *s, double *values,
                          struct h4l_err *err)
{
    json_t *classes = json_object();
    struct h4l_interval interval;
    char metric[100];
    int code = H4L_OK;

    for (int c = 0; c < H4L_STIM_CLASSES && code == H4L_OK; c++) {
        size_t n = pick_class(f, s->mean, (enum h4l_stim_class)c, values);

        if (n == 0 || (code = h4l_fitting_mean_interval(f, values, n, &interval, err)) != H4L_OK)
            continue;
        h4l_json_set(&classes, h4l_stim_class_name((enum h4l_stim_class)c),
                     triple(h4l_mean(values, n), interval));
        set_triple(s->by_class[c], h4l_mean(values, n), interval);
        if (c != H4L_STIM_NOISE)
            continue;
        metric_name(metric, sizeof metric, "noise_mean", s->name);
        h4l_metric_real(f->run, metric, h4l_mean(values, n));
        metric_name(metric, sizeof metric, "noise_interval", s->name);
        h4l_metric_reals(f->run, metric, (const double[]){interval.lo, interval.hi}, 2);
    }
    metric_name(metric, sizeof metric, "by_class", s->name);
    h4l_metric_json(f->run, metric, classes);
    return code;
}

// gamma_fits_by_stimuli_NAME: a row per fit, for errors over both.
static void report_matrix(struct h4l_fitting *f, const struct h4l_scores *s)
{
    json_t *rows = json_array();
    char metric[100];

    for (size_t k = 0; k < s->fits; k++)
        h4l_json_add(&rows, h4l_json_reals(s->gamma + k * s->n, s->n));
    metric_name(metric, sizeof metric, "fits_by_stimuli", s->name);
    h4l_metric_json(f->run, metric, rows);
}

int h4l_scores_report(struct h4l_fitting *f, struct h4l_scores *s,
                      const struct h4l_fitting_cell *cells, struct h4l_err *err)
{
    double *values = malloc((s->n > s->fits ? s->n : s->fits) * sizeof *values);
    struct h4l_interval interval;
    char metric[100];
    int code;

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for scores");
    code = h4l_fitting_mean_interval(f, s->mean, s->n, &interval, err);
    if (code == H4L_OK) {
        metric_name(metric, sizeof metric, "", s->name);
        h4l_metric_reals(f->run, metric, s->mean, s->n);
        metric_name(metric, sizeof metric, "mean", s->name);
        h4l_metric_real(f->run, metric, h4l_mean(s->mean, s->n));
        metric_name(metric, sizeof metric, "interval", s->name);
        h4l_metric_reals(f->run, metric, (const double[]){interval.lo, interval.hi}, 2);
        set_triple(s->all, h4l_mean(s->mean, s->n), interval);
        for (size_t k = 0; k < s->fits; k++)
            values[k] = h4l_mean(s->gamma + k * s->n, s->n);
        metric_name(metric, sizeof metric, "by_fit", s->name);
        h4l_metric_reals(f->run, metric, values, s->fits);
        for (size_t k = 0; k < s->fits; k++)
            values[k] = cells[k].best.gamma;
        s->training = h4l_mean(values, s->fits);
        metric_name(metric, sizeof metric, "training", s->name);
        h4l_metric_reals(f->run, metric, values, s->fits);
        snprintf(metric, sizeof metric, "free_constants_%s", s->name);
        h4l_metric_int(f->run, metric, cells->candidate->n);
        report_matrix(f, s);
        code = report_classes(f, s, values, err);
    }
    free(values);
    return code;
}

// ---- fields ----

int h4l_field_begin(struct h4l_fitting *f, struct h4l_candidate *candidates, size_t n,
                    struct h4l_field *ret, struct h4l_err *err)
{
    size_t stimuli = f->heldout.n;
    struct h4l_field field = {.n = n};
    int code;

    for (size_t i = 0; f->o.report_delay == H4L_DELAY_FREE && i < n; i++)
        h4l_candidate_free_delay(&candidates[i]);
    field.cells = calloc(n * f->o.fits, sizeof *field.cells);
    field.gamma = malloc(n * f->o.fits * stimuli * sizeof *field.gamma);
    field.mean = calloc(n * stimuli, sizeof *field.mean);
    field.scores = calloc(n, sizeof *field.scores);
    code = field.cells && field.gamma && field.mean && field.scores
               ? h4l_fitting_run(f, candidates, n, field.cells, err)
               : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for %zu candidates", n);
    if (code == H4L_OK)
        code = h4l_fitting_heldout(f, field.cells, n * f->o.fits, field.gamma, err);
    for (size_t i = 0; i < n && code == H4L_OK; i++) {
        double *gamma = field.gamma + i * f->o.fits * stimuli, *mean = field.mean + i * stimuli;

        for (size_t k = 0; k < f->o.fits; k++)
            for (size_t s = 0; s < stimuli; s++)
                mean[s] += gamma[k * stimuli + s] / (double)f->o.fits;
        field.scores[i] = (struct h4l_scores){.name = candidates[i].name,
                                              .fits = f->o.fits,
                                              .n = stimuli,
                                              .gamma = gamma,
                                              .mean = mean};
        code = h4l_scores_report(f, &field.scores[i], field.cells + i * f->o.fits, err);
    }
    if (code != H4L_OK)
        h4l_field_end(&field);
    else
        *ret = field;
    return code;
}

void h4l_field_end(struct h4l_field *field)
{
    free(field->cells);
    free(field->gamma);
    free(field->mean);
    free(field->scores);
    *field = (struct h4l_field){.n = 0};
}

const struct h4l_fitting_cell *h4l_field_best(const struct h4l_fitting *f,
                                              const struct h4l_field *field, size_t i)
{
    const struct h4l_fitting_cell *best = &field->cells[i * f->o.fits];

    for (size_t k = 1; k < f->o.fits; k++)
        if (field->cells[i * f->o.fits + k].best.objective < best->best.objective)
            best = &field->cells[i * f->o.fits + k];
    return best;
}

static const char *arrow_name(const struct h4l_topology *t)
{
    int spikes = 0;

    for (int e = 0; e < t->n_edges; e++)
        spikes += t->edges[e].arrow == H4L_ARROW_SPIKE;
    return t->n_edges == 0        ? "none"
           : spikes == 0          ? "membrane"
           : spikes == t->n_edges ? "spike"
                                  : "mixed";
}

static const struct h4l_column field_columns[] = {
    {"topology", "", "candidate"},
    {"units", "1", "LIF units"},
    {"reset", "", "and: joint reset, own: each unit its own"},
    {"arrow", "", "what joins the units: membrane, spike, mixed or none"},
    {"constants", "1", "constants that are fitted"},
    {"gamma_mean", "1", "Gamma on the held-out stimuli: mean"},
    {"gamma_low", "1", "its 95 % interval, lower end"},
    {"gamma_high", "1", "upper end"},
    {"noise_mean", "1", "the same on the noise stimuli"},
    {"noise_low", "1", "lower end"},
    {"noise_high", "1", "upper end"},
    {"training_mean", "1", "Gamma on the training stimuli: mean"},
};
const struct h4l_series h4l_topologies_series =
    H4L_SERIES("topologies.csv", "topology", field_columns);
const struct h4l_series h4l_units_series =
    H4L_SERIES("units.csv", "network, by its number of units", field_columns);

int h4l_field_series(struct h4l_fitting *f, const struct h4l_field *field,
                     const struct h4l_series *series, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(f->run, series, NULL, err);

    if (!csv)
        return H4L_E_IO;
    for (size_t i = 0; i < field->n; i++) {
        const struct h4l_scores *s = &field->scores[i];
        const struct h4l_candidate *c = field->cells[i * f->o.fits].candidate;
        const double *noise = s->by_class[H4L_STIM_NOISE];
        const double x[] = {s->all[0], s->all[1], s->all[2],  noise[0],
                            noise[1],  noise[2],  s->training};

        h4l_csv_text(csv, s->name);
        h4l_csv_int(csv, c->topology.units);
        h4l_csv_text(csv, c->topology.reset == H4L_RESET_AND ? "and" : "own");
        h4l_csv_text(csv, arrow_name(&c->topology));
        h4l_csv_int(csv, c->n);
        for (size_t k = 0; k < sizeof x / sizeof *x; k++)
            h4l_csv_real(csv, x[k]);
    }
    return H4L_OK;
}

void h4l_stimuli_report(struct h4l_fitting *f)
{
    json_t *class = json_array(), *label = json_array(), *spikes = json_array();

    for (size_t i = 0; i < f->heldout.n; i++) {
        const struct h4l_stim *stim = &f->heldout.stim[i];

        h4l_json_add(&class, json_string(h4l_stim_class_name(stim->class)));
        h4l_json_add(&label, json_string(stim->label));
        h4l_json_add(&spikes, json_integer((json_int_t)stim->hh.n));
    }
    h4l_metric_json(f->run, "stimulus_class", class);
    h4l_metric_json(f->run, "stimulus_label", label);
    h4l_metric_json(f->run, "stimulus_spikes_hh", spikes);
}

int h4l_constants_report(struct h4l_fitting *f, const struct h4l_field *field, size_t i,
                         struct h4l_err *err)
{
    json_t *fits = json_array();
    char metric[100];

    for (size_t k = 0; k < f->o.fits; k++) {
        const struct h4l_fitting_cell *cell = &field->cells[i * f->o.fits + k];
        struct h4l_candidate_model model;
        int code = h4l_candidate_decode(cell->candidate, cell->best.z, &model, err);

        if (code != H4L_OK) {
            json_decref(fits);
            return code;
        }
        h4l_json_add(&fits, h4l_candidate_json(cell->candidate, &model));
    }
    snprintf(metric, sizeof metric, "constants_%s", field->scores[i].name);
    h4l_metric_json(f->run, metric, fits);
    return H4L_OK;
}
