// Case own: a current of the user's into one HH neuron, the tv-LIF2HH neuron beside it, and one s-LIF2HH sub-network.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "base/csv.h"
#include "base/grow.h"
#include "equivalence.h"
#include "neuron/s_lif.h"
#include "sim/integrators.h"
#include "sim/layered.h"
#include "sim/waveform.h"

#define SERIES_STEP_MS 0.05 // potentials are written at this spacing; spikes come from every step
#define THRESHOLD_MV (-40.0)
#define MAX_STEPS 4e9
enum { STRIDE = 1 << 14 }; // steps between two looks at the signals: a few milliseconds

enum { HH, TV, LIF, MODELS };

struct train {
    double *t;
    size_t n, room;
    int up; // the threshold test of the last step
};

struct own {
    struct h4l_run *run;
    struct h4l_equivalence_options o;
    struct h4l_wave wave;
    double start, end; // of the file, ms
    struct h4l_pair pair;
    struct h4l_s_lif lif;
    struct train trains[MODELS];
    double max_error;
    long long differing;
};

// ---- the current ----

static int wave_of(const char *path, const struct h4l_table *table, struct h4l_wave *ret,
                   struct h4l_err *err)
{
    int t = h4l_table_column(table, "t_ms"), I = h4l_table_column(table, "I_uA_per_cm2"), code;
    double *copy;

    if (t < 0 || I < 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected a header with the columns t_ms and I_uA_per_cm2; there is no "
                        "column %s (the first one is \"%s\")",
                        path, t < 0 ? "t_ms" : "I_uA_per_cm2", table->names[0]);
    if (table->rows < 2)
        return h4l_fail(err, H4L_E_DATA, "%s: expected at least two rows, found %zu", path,
                        table->rows);
    copy = calloc(2 * table->rows, sizeof *copy);
    if (!copy)
        return h4l_fail(err, H4L_E_NOMEM, "%s: no memory for %zu rows", path, table->rows);
    for (size_t k = 0; k < table->rows; k++) {
        copy[k] = table->values[k * table->columns + (size_t)t];
        copy[table->rows + k] = table->values[k * table->columns + (size_t)I];
    }
    code = h4l_wave_samples(copy, copy + table->rows, table->rows, H4L_WAVE_LINEAR, ret, err);
    free(copy);
    return code == H4L_E_RANGE ? h4l_fail_context(err, H4L_E_DATA, "%s", path) : code;
}

static int read_current(struct own *own, struct h4l_err *err)
{
    struct h4l_table table;
    char hash[65];
    int code = h4l_table_read(own->o.current, &table, err);

    if (code)
        return code;
    code = wave_of(own->o.current, &table, &own->wave, err);
    if (!code)
        code = h4l_sha256_file(own->o.current, hash, err);
    if (!code) {
        h4l_provenance_data(own->run, own->o.current, hash);
        own->start = own->wave.table.t[0];
        own->end = own->wave.table.t[own->wave.table.n - 1];
    }
    h4l_table_free(&table);
    return code;
}

// Whole steps of length dt in the file's time; the small addition keeps 80 / 0.001 at 80000.
static int count_steps(const struct own *own, const char *what, double dt, size_t *ret,
                       struct h4l_err *err)
{
    double n = floor((own->end - own->start) / dt * (1 + 1e-12));

    if (n < 1 || n > MAX_STEPS)
        return h4l_fail(err, H4L_E_USAGE,
                        "%s = %g makes %g steps of the %g ms of %s: expected 1 to %g", what, dt, n,
                        own->end - own->start, own->o.current, MAX_STEPS);
    *ret = (size_t)n;
    return H4L_OK;
}

// ---- the three models ----

static int add_spike(struct train *train, int above, double t, struct h4l_err *err)
{
    int rises = above && !train->up;

    train->up = above;
    if (rises && !h4l_grow(&train->t, train->n, &train->room, sizeof *train->t))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for more than %zu spikes", train->n);
    if (rises)
        train->t[train->n++] = t;
    return H4L_OK;
}

// Whether the user wants to stop; also shows how far the run is.
static int look_up(const struct own *own, const char *what, size_t k, size_t n, struct h4l_err *err)
{
    if (k % STRIDE)
        return H4L_OK;
    if (h4l_run_interrupted(own->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    h4l_run_progress(own->run, what, (double)k, (double)n);
    return H4L_OK;
}

// The state at the start of a step: its row in the trace, and the tests that read it.
static int note_state(struct own *own, struct h4l_csv *csv, size_t k, size_t stride, double V,
                      double V_tv, double I, struct h4l_err *err)
{
    double t = own->start + (double)k * own->pair.dt;
    int code = add_spike(&own->trains[HH], V > THRESHOLD_MV, t, err);

    own->max_error = fmax(own->max_error, fabs(V - V_tv));
    own->differing += (V > THRESHOLD_MV) != (V_tv > THRESHOLD_MV);
    if (k % stride == 0)
        h4l_csv_row(csv, (double[]){t, I, V, V_tv});
    if (!isfinite(V) || !isfinite(V_tv))
        code = h4l_fail(err, H4L_E_NUMERIC,
                        "the HH potential left the finite numbers at %g ms (step %g ms, current "
                        "%g uA/cm^2): expected a smaller step or current",
                        t, own->pair.dt, I);
    return code ? code : add_spike(&own->trains[TV], V_tv > THRESHOLD_MV, t, err);
}

static const struct h4l_column trace_columns[] = {
    {"t_ms", "ms", "time"},
    {"I_uA_per_cm2", "uA/cm^2", "current"},
    {"V_hh_mV", "mV", "potential of HH"},
    {"V_tv_exact_order_mV", "mV", "potential of tv-LIF2HH, stepped in the exact order"},
};
const struct h4l_series h4l_own_trace_series =
    H4L_SERIES("own-trace.csv", "sampled step of HH and tv-LIF2HH", trace_columns);

static int run_pair(struct own *own, struct h4l_err *err)
{
    size_t n = 0, stride = (size_t)fmax(1, round(SERIES_STEP_MS / own->pair.dt));
    double x[H4L_HH_DIM], y[H4L_TV_DIM];
    struct h4l_csv *csv;
    int code = count_steps(own, "dt_ms", own->pair.dt, &n, err);

    if (code)
        return code;
    csv = h4l_series_begin(own->run, &h4l_own_trace_series, NULL, err);
    if (!csv)
        return err->code;
    if (own->o.starts_at_rest)
        h4l_hh_steady_state(&own->pair.hh, -65, x);
    else
        memcpy(x, h4l_published_start, sizeof x);
    h4l_tv_start(x, y);
    for (size_t k = 0; k <= n && !code; k++) {
        double I = h4l_wave_value(&own->wave, own->start + (double)k * own->pair.dt);

        code = note_state(own, csv, k, stride, x[H4L_HH_V], h4l_tv_potential(y), I, err);
        if (!code)
            code = look_up(own, "HH and tv-LIF2HH", k, n, err);
        h4l_pair_step(&own->pair, (double[3]){I, I, I}, (double[3]){I, I, I}, x, y);
    }
    return code;
}

static const struct h4l_column lif_columns[] = {
    {"t_start_ms", "ms", "start of the step"},
    {"I_mean_uA_per_cm2", "uA/cm^2", "mean current over the step"},
    {"u1_mV", "mV", "potential of unit 1 before its reset"},
    {"u2_mV", "mV", "the same, unit 2"},
    {"u3_mV", "mV", "the same, unit 3"},
    {"u4_mV", "mV", "the same, unit 4, which adds up the others"},
    {"fires", "1", "1: all four units are above threshold, else 0"},
};
const struct h4l_series h4l_own_lif_series =
    H4L_SERIES("own-lif.csv", "step of s-LIF2HH", lif_columns);

static int run_lif(struct own *own, struct h4l_err *err)
{
    double u[H4L_S_LIF_UNITS] = {0}, dt = own->lif.dt_ms;
    struct h4l_csv *csv;
    size_t n = 0;
    int code = count_steps(own, "slif_lif_dt_ms", dt, &n, err);

    if (code)
        return code;
    csv = h4l_series_begin(own->run, &h4l_own_lif_series, NULL, err);
    if (!csv)
        return err->code;
    for (size_t k = 0; k < n && !code; k++) {
        double t = own->start + (double)k * dt;
        double I = h4l_wave_mean(&own->wave, t, own->start + (double)(k + 1) * dt);
        struct h4l_s_lif_flags f;

        h4l_s_lif_step(&own->lif, (double[]){I, I, I}, u, &f);
        if (!isfinite(f.u[3]))
            return h4l_fail(err, H4L_E_NUMERIC,
                            "an s-LIF2HH potential left the finite numbers at %g ms", t);
        h4l_csv_row(csv, (double[]){t, I, f.u[0], f.u[1], f.u[2], f.u[3], f.joint});
        code = add_spike(&own->trains[LIF], f.joint, t, err);
        if (!code)
            code = look_up(own, "s-LIF2HH", k, n, err);
    }
    return code;
}

// ---- what is reported ----

static const struct h4l_column spike_columns[] = {
    {"model", "0 HH, 1 tv-LIF2HH, 2 s-LIF2HH", "which neuron"},
    {"t_ms", "ms", "time of the spike"},
};
const struct h4l_series h4l_own_spikes_series =
    H4L_SERIES("own-spikes.csv", "spike", spike_columns);

static int put_spikes(struct own *own, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(own->run, &h4l_own_spikes_series, NULL, err);

    if (!csv)
        return err->code;
    for (int m = 0; m < MODELS; m++)
        for (size_t i = 0; i < own->trains[m].n; i++)
            h4l_csv_row(csv, (double[]){m, own->trains[m].t[i]});
    return H4L_OK;
}

static int put_metrics(struct own *own, struct h4l_err *err)
{
    static const char *const times[MODELS] = {"spike_times_hh_ms", "spike_times_tv_ms",
                                              "spike_times_lif_ms"};
    const struct h4l_spikes hh = {own->trains[HH].t, own->trains[HH].n},
                            lif = {own->trains[LIF].t, own->trains[LIF].n};
    const struct h4l_window window = {own->start, own->end};
    const struct h4l_gamma_options options = {.delta_ms = own->o.delta_ms,
                                              .matching = H4L_MATCH_ONE_TO_ONE};
    struct h4l_gamma gamma;
    double distance;
    int code = h4l_gamma(hh, lif, window, &options, &gamma, err);

    if (!code)
        code = h4l_spike_distance(hh, lif, window, H4L_EDGE_MAX, &distance, err);
    if (code)
        return code;
    for (int m = 0; m < MODELS; m++)
        h4l_metric_reals(own->run, times[m], own->trains[m].t, own->trains[m].n);
    h4l_metric_real(own->run, "max_abs_error_mV_exact_order", own->max_error);
    h4l_metric_int(own->run, "samples_differing_exact_order", own->differing);
    h4l_metric_real(own->run, "gamma", gamma.gamma);
    h4l_metric_real(own->run, "spike_distance", distance);
    return H4L_OK;
}

// Potentials leave the finite numbers because of a step or constant that was set, which the frame then names, or of the file.
static int blame(const struct own *own, int code, struct h4l_err *err)
{
    static const char *const names[] = {"dt_ms", "slif_lif_dt_ms", "slif_lif_decay",
                                        "slif_lif_C_uF_per_cm2"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (h4l_run_given(own->run, names[i]))
            return code;
    return code == H4L_E_NUMERIC ? h4l_fail_context(err, H4L_E_DATA, "%s", own->o.current) : code;
}

int h4l_equivalence_own(struct h4l_run *run, struct h4l_err *err)
{
    struct own own = {
        .run = run,
        .o = {.chain.lif = h4l_s_lif_published},
        .pair = {.hh = h4l_hh_form_a, .scheme = H4L_EULER, .tv = {.order = H4L_TV_EXACT_ORDER}}};
    int code;

    h4l_run_override(run, &own.o);
    if (!own.o.current)
        return h4l_fail(err, H4L_E_SKIP,
                        "own runs on a current of yours: give --current FILE (CSV with the columns "
                        "t_ms and I_uA_per_cm2)");
    own.pair.dt = own.o.dt_ms;
    own.lif = own.o.chain.lif;
    code = read_current(&own, err);
    if (!code)
        code = blame(&own, run_pair(&own, err), err);
    if (!code)
        code = blame(&own, run_lif(&own, err), err);
    if (!code)
        code = put_metrics(&own, err);
    if (!code)
        code = put_spikes(&own, err);
    for (int m = 0; m < MODELS; m++)
        free(own.trains[m].t);
    h4l_wave_free(&own.wave);
    return code;
}
