// fi-curve: interval, peak and Floquet exponents of HH's stable orbit over the current, by shooting (no transients to wait
// for, no detector that misses small orbits); the intervals of the resetting neurons beside it.
#include "dynamics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/spike_train.h"
#include "base/grow.h"
#include "model.h"
#include "neurons.h"
#include "simulate.h"

struct orbits {
    struct h4l_run *run;
    struct h4l_orbit *at; // stable ones, found on the way
    size_t n, room;
    int no_memory;
};

static int keep_stable(void *ctx, const struct h4l_branch_point *p)
{
    struct orbits *o = ctx;

    if (p->unstable || h4l_run_interrupted(o->run))
        return 1;
    if (!h4l_grow(&o->at, o->n, &o->room, sizeof *o->at)) {
        o->no_memory = 1;
        return 1;
    }
    o->at[o->n++] = p->orbit;
    return 0;
}

// Stable orbits from I = 10 in both directions, as starts for the currents that are asked for.
static int collect(struct h4l_shooting *s, struct orbits *o, struct h4l_err *err)
{
    const struct h4l_branch_options options = {.step = 0.02,
                                               .step_min = 1e-7,
                                               .step_max = 0.2,
                                               .period_scale = 10,
                                               .p_scale = 10,
                                               .p_min = 0,
                                               .p_max = 250,
                                               .extent_min = 0.3,
                                               .points = 2000,
                                               .point = keep_stable,
                                               .point_ctx = o};
    const struct h4l_neuron *hh = s->system->ctx;
    struct h4l_orbit start;
    double rest[H4L_HH_DIM];
    int code;

    hh->model->start(hh->constants, hh->model->rest_mV, rest);
    if ((code = h4l_model_orbit(s, rest, &start, err)))
        return code;
    for (int direction = -1; direction <= 1 && !code; direction += 2) {
        double first[H4L_HH_DIM + 2] = {0};
        first[H4L_HH_DIM + 1] = direction;
        code = h4l_branch_run(s, &start, first, &options, NULL, err);
    }
    if (!code && o->no_memory)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the orbits");
    if (!code && h4l_run_interrupted(o->run))
        code = h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    return code;
}

struct point {
    double isi, peak, trough, exponents[H4L_HH_DIM], multiplier;
    double isi_of[H4L_NEURONS]; // of the resetting neurons
};

// Whether `next` converges to a stable orbit like `orbit`. Only a failure of the numbers is an answer: without memory nothing is known.
static int follows(struct h4l_shooting *s, const struct h4l_orbit *orbit, struct h4l_orbit *next,
                   bool *ret, struct h4l_err *err)
{
    struct h4l_complex z[H4L_HH_DIM];
    int code = h4l_orbit_find(s, next, err);

    if (!code)
        code = h4l_orbit_multipliers(s, next, z, err);
    *ret =
        !code && fabs(next->period / orbit->period - 1) < 0.1 && hypot(z[0].re, z[0].im) < 1 + 1e-6;
    return code == H4L_E_NUMERIC ? H4L_OK : code;
}

// Brings a stable orbit to current I, in as many steps as it takes; *ret_there: the branch reaches I (no fold, no Hopf point before it).
static int bring_to(struct h4l_shooting *s, double I, struct h4l_orbit *orbit, bool *ret_there,
                    struct h4l_err *err)
{
    double step = I - orbit->p;
    int code = H4L_OK;

    *ret_there = true;
    while (orbit->p != I && *ret_there && !code) {
        struct h4l_orbit next = *orbit;
        bool met;

        next.p = fabs(I - orbit->p) <= fabs(step) ? I : orbit->p + step;
        code = follows(s, orbit, &next, &met, err);
        if (met)
            *orbit = next;
        else
            *ret_there = fabs(step /= 2) >= 1e-6;
    }
    return code;
}

// The stable orbit at current I, from the nearest collected one. NaN where there is none.
static int orbit_at(struct h4l_shooting *s, const struct orbits *o, double I, struct point *ret,
                    struct h4l_err *err)
{
    struct h4l_complex z[H4L_HH_DIM];
    struct h4l_orbit orbit = o->at[0];
    bool there;
    int code;

    ret->isi = ret->peak = ret->trough = ret->multiplier = NAN;
    for (int i = 0; i < H4L_HH_DIM; i++)
        ret->exponents[i] = NAN;
    for (size_t i = 0; i < o->n; i++)
        if (fabs(o->at[i].p - I) < fabs(orbit.p - I))
            orbit = o->at[i];
    if ((code = bring_to(s, I, &orbit, &there, err)) || !there)
        return code;
    if ((code = h4l_orbit_find(s, &orbit, err)) ||
        (code = h4l_orbit_extremes(s, &orbit, H4L_HH_V, &ret->trough, &ret->peak, err)) ||
        (code = h4l_orbit_multipliers(s, &orbit, z, err)) ||
        (code = h4l_orbit_exponents(s, &orbit, ret->exponents, NULL, err)))
        return code;
    ret->isi = orbit.period;
    ret->multiplier = z[1].re;
    return H4L_OK;
}

// The last interval of a resetting neuron within 2 s of constant input; NaN where it has fewer than two spikes in it.
static int interval(const struct h4l_neuron *neuron, double I, double *ret, struct h4l_err *err)
{
    const struct h4l_wave wave = h4l_wave_const(I);
    const struct h4l_sim sim = {.duration_ms = 2000, .dt_ms = 0.05, .stimulus = &wave};
    struct h4l_sim_result r;
    int code = h4l_simulate(&sim, neuron, false, &r, err);

    if (code)
        return code;
    *ret = r.n < 2 ? NAN : r.t[r.n - 1] - r.t[r.n - 2];
    h4l_sim_free(&r);
    return H4L_OK;
}

static int intervals(const struct h4l_neurons *neurons, double I, struct point *ret,
                     struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t k = 0; k < neurons->n && !code; k++)
        if (neurons->at[k].model->event)
            code = interval(&neurons->at[k], I, &ret->isi_of[k], err);
    return code;
}

static const struct h4l_column point_columns[] = {
    {"I", "uA/cm^2", "current"},
    {"isi_hh", "ms", "interval of HH"},
    {"rate_hh", "Hz", "rate of HH"},
    {"peak_hh", "mV", "largest potential of the orbit of HH"},
    {"trough_hh", "mV", "smallest potential of the orbit of HH"},
    {"multiplier_2", "1", "largest Floquet multiplier of the orbit but for the trivial one"},
    {"exponent_2", "1/ms", "second Floquet exponent of the orbit"},
    {"exponent_3", "1/ms", "third"},
    {"exponent_4", "1/ms", "fourth"},
    {"isi_*", "ms", "interval of the resetting neuron *"},
    {"rate_*", "Hz", "its rate"},
};
const struct h4l_series h4l_fi_curve_series = H4L_SERIES("fi-curve.csv", "current", point_columns);

static int write_points(struct h4l_run *run, const struct h4l_neurons *neurons, const double *I,
                        const struct point *p, size_t n, struct h4l_err *err)
{
    enum { FIXED = 9 }; // the columns of HH
    struct h4l_header header = {.series = &h4l_fi_curve_series};
    struct h4l_csv *csv;

    for (int i = 0; i < FIXED; i++)
        h4l_header_add(&header, point_columns[i].name, NULL);
    for (size_t k = 0; k < neurons->n; k++)
        if (neurons->at[k].model->event) {
            h4l_header_add(&header, "isi_*", neurons->at[k].model->name);
            h4l_header_add(&header, "rate_*", neurons->at[k].model->name);
        }
    if (!(csv = h4l_series_begin_with(run, &header, NULL, err)))
        return err->code;
    for (size_t i = 0; i < n; i++) {
        double row[H4L_COLUMNS] = {I[i],
                                   p[i].isi,
                                   1000 / p[i].isi,
                                   p[i].peak,
                                   p[i].trough,
                                   p[i].multiplier,
                                   p[i].exponents[1],
                                   p[i].exponents[2],
                                   p[i].exponents[3]};
        int at = FIXED;
        for (size_t k = 0; k < neurons->n; k++)
            if (neurons->at[k].model->event) {
                row[at++] = p[i].isi_of[k];
                row[at++] = 1000 / p[i].isi_of[k];
            }
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

// "0 HH, 2 s-LIF2HH": the numbers of HH and of the resetting neurons.
static void curve_key(const struct h4l_neurons *neurons, size_t size, char *ret)
{
    size_t used = (size_t)snprintf(ret, size, "0 %s", neurons->at[0].model->label);

    for (size_t k = 1; k < neurons->n && used < size; k++)
        if (neurons->at[k].model->event)
            used += (size_t)snprintf(ret + used, size - used, ", %zu %s", k,
                                     neurons->at[k].model->label);
}

static const struct h4l_column branch_columns[] = {
    {"model", "*", "which neuron"},
    {"I", "uA/cm^2", "current"},
    {"interval", "ms", "interval; empty: silent"},
    {"rate", "Hz", "rate"},
};
const struct h4l_series h4l_fi_branch_series =
    H4L_SERIES("fi-curve-branch.csv", "point of a curve", branch_columns);

// The curves for drawing: the orbits met on the way along the branch, and the resetting neurons on a grid: fine for the whole steps of
// a map, where the interval jumps; coarse for a flow, whose curve is smooth.
static int write_curves(struct h4l_run *run, const struct h4l_neurons *neurons,
                        const struct orbits *o, struct h4l_err *err)
{
    char key[512];
    struct h4l_header header = {.series = &h4l_fi_branch_series};
    struct h4l_csv *csv;

    curve_key(neurons, sizeof key, key);
    h4l_header_all(&header, key);
    if (!(csv = h4l_series_begin_with(run, &header, NULL, err)))
        return err->code;
    for (size_t i = 0; i < o->n; i++)
        h4l_csv_row(csv, (double[]){0, o->at[i].p, o->at[i].period, 1000 / o->at[i].period});
    for (size_t m = 1; m < neurons->n; m++)
        for (int k = 0; neurons->at[m].model->event && k <= 3200;
             k += neurons->at[m].model->map ? 1 : 20) {
            double I = 0.05 * k, isi;
            int code = interval(&neurons->at[m], I, &isi, err);
            if (code)
                return code;
            h4l_csv_row(csv, (double[]){(double)m, I, isi, isnan(isi) ? 0 : 1000 / isi});
        }
    return H4L_OK;
}

static int put_array(struct h4l_run *run, const char *name, const struct point *p, size_t offset,
                     size_t n, struct h4l_err *err)
{
    double *values = malloc(n * sizeof *values);

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu currents", n);
    for (size_t i = 0; i < n; i++)
        values[i] = *(const double *)((const char *)&p[i] + offset);
    h4l_metric_reals(run, name, values, n);
    free(values);
    return H4L_OK;
}

static int put_metrics(struct h4l_run *run, const struct h4l_neurons *neurons, const double *I,
                       const struct point *p, size_t n, struct h4l_err *err)
{
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {{"isi_ms", offsetof(struct point, isi)},
                {"peak_mV", offsetof(struct point, peak)},
                {"trough_mV", offsetof(struct point, trough)},
                {"floquet_multiplier_2", offsetof(struct point, multiplier)},
                {"floquet_exponent_2_per_ms", offsetof(struct point, exponents[1])},
                {"floquet_exponent_3_per_ms", offsetof(struct point, exponents[2])},
                {"floquet_exponent_4_per_ms", offsetof(struct point, exponents[3])}};
    char name[96];
    int code = H4L_OK;

    h4l_metric_reals(run, "current_uA_per_cm2", I, n);
    for (size_t r = 0; r < sizeof rows / sizeof *rows && !code; r++)
        code = put_array(run, rows[r].name, p, rows[r].offset, n, err);
    for (size_t k = 0; k < neurons->n && !code; k++)
        if (neurons->at[k].model->event) {
            snprintf(name, sizeof name, "isi_%s_ms", neurons->at[k].model->name);
            code = put_array(run, name, p, offsetof(struct point, isi_of) + k * sizeof(double), n,
                             err);
        }
    return code;
}

// Spike times at I = 10 from rest over 200 ms: upward passages of 0 mV, to rounding.
static int spikes_from_rest(struct h4l_run *run, struct h4l_shooting *s, struct h4l_err *err)
{
    double x[H4L_HH_DIM], t = 0, times[64];
    size_t n = 0;
    int code;

    if ((code = h4l_model_rest(s->system->ctx, 0, x, err)))
        return code;
    s->p = 10;
    while (n < 64 &&
           !(code = h4l_precise_to_section(&s->plain, t, 200, H4L_HH_V, 0, 1, x, NULL, &t, err)))
        times[n++] = t;
    if (code != H4L_E_NUMERIC || n == 0) // the search ends with "no crossing before 200"
        return code ? code : h4l_fail(err, H4L_E_INTERNAL, "more than 64 spikes in 200 ms");
    h4l_metric_reals(run, "spike_times_from_rest_I10_ms", times, n);
    return H4L_OK;
}

int h4l_dynamics_fi_curve(struct h4l_run *run, struct h4l_err *err)
{
    struct h4l_neurons neurons;
    struct h4l_system system;
    struct h4l_shooting shooting;
    struct orbits orbits = {.run = run};
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    const double *I = o->currents.at;
    size_t n = o->currents.n;
    struct point *points = malloc(n * sizeof *points);
    int code = points ? h4l_neurons(run, &neurons, err)
                      : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu currents", n);

    if (!code)
        system = h4l_model_system(&neurons.at[0]);
    if (!code && !(code = h4l_shooting_create(&system, &shooting, err))) {
        code = collect(&shooting, &orbits, err);
        for (size_t i = 0; i < n && !code; i++) {
            h4l_run_progress(run, "currents", (double)i, (double)n);
            code = orbit_at(&shooting, &orbits, I[i], &points[i], err);
            if (!code)
                code = intervals(&neurons, I[i], &points[i], err);
            if (!code && h4l_run_interrupted(run))
                code = h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
        }
        if (!code)
            code = spikes_from_rest(run, &shooting, err);
        h4l_shooting_destroy(&shooting);
    }
    if (!code && !(code = put_metrics(run, &neurons, I, points, n, err)))
        code = write_points(run, &neurons, I, points, n, err);
    if (!code)
        code = write_curves(run, &neurons, &orbits, err);
    free(points);
    free(orbits.at);
    return code;
}
