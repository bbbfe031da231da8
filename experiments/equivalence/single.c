// Case single (claim E1): one HH neuron and one tv-LIF2HH neuron with the same input, for every scheme, step order and
// precision, six inputs and several time steps. Every (variant, input, dt) is a cell that writes its own slot.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "equivalence.h"
#include "record.h"
#include "sim/waveform.h"

struct variant {
    const char *name;
    enum h4l_scheme scheme;
    struct h4l_tv_options tv;
    bool single;      // float32
    bool first_order; // in theory; else exact up to rounding
};

#define EXACT .order = H4L_TV_EXACT_ORDER
#define PUBLISHED .order = H4L_TV_PUBLISHED_ORDER
#define OWN .gates = H4L_TV_OWN_GATES
#define REBASED .rebase = H4L_TV_REBASE

static const struct variant variants[] = {
    {"exact_order", H4L_EULER, {EXACT}, false, false},
    {"published_order", H4L_EULER, {PUBLISHED}, false, true},
    {"exact_order", H4L_EULER, {EXACT}, true, false},
    {"published_order", H4L_EULER, {PUBLISHED}, true, true},
    {"exact_order_own_gates", H4L_EULER, {EXACT, OWN}, false, false},
    {"published_order_own_gates", H4L_EULER, {PUBLISHED, OWN}, false, true},
    {"exact_order_own_gates", H4L_EULER, {EXACT, OWN}, true, false},
    {"published_order_own_gates", H4L_EULER, {PUBLISHED, OWN}, true, true},
    {"exp_euler_exact_order", H4L_EXP_EULER, {EXACT}, false, true},
    {"exp_euler_published_order", H4L_EXP_EULER, {PUBLISHED}, false, true},
    {"exp_euler_exact_order_own_gates", H4L_EXP_EULER, {EXACT, OWN}, false, true},
    {"exp_euler_published_order_own_gates", H4L_EXP_EULER, {PUBLISHED, OWN}, false, true},
    {"rk4", H4L_RK4, {EXACT}, false, false},
    {"rk4", H4L_RK4, {EXACT}, true, false},
    {"rk4_own_gates", H4L_RK4, {EXACT, OWN}, false, false},
    {"exact_order_rebased", H4L_EULER, {EXACT, REBASED}, false, false},
    {"exact_order_rebased", H4L_EULER, {EXACT, REBASED}, true, false},
    {"exact_order_own_gates_rebased", H4L_EULER, {EXACT, OWN, REBASED}, false, false},
    {"exact_order_own_gates_rebased", H4L_EULER, {EXACT, OWN, REBASED}, true, false},
    {"rk4_by_neuron_exact_order", H4L_RK4_BY_NEURON, {EXACT}, false, true},
    {"rk4_by_neuron_published_order", H4L_RK4_BY_NEURON, {PUBLISHED}, false, true},
};
enum {
    VARIANTS = sizeof variants / sizeof *variants,
    CORE_VARIANTS = 4,
    EXACT_ROW = 0,
    PUBLISHED_ROW = 1
};

// The interface's inputs first. All have the mean 10 uA/cm^2 and, where they vary, the frequency 0.05 per ms.
enum {
    CONST10,
    SINE10,
    INTERFACE_INPUTS,
    SQUARE10 = INTERFACE_INPUTS,
    SAWTOOTH10,
    TRIANGLE10,
    NOISE10,
    INPUTS
};
static const char *const input_names[INPUTS] = {"const10",    "sine10",     "square10",
                                                "sawtooth10", "triangle10", "noise10"};

struct cell {
    double max_error, shift; // mV, samples; NaN where the run left the finite numbers (dt too long)
    double differing;        // samples
    double spikes_hh, spikes_tv;
};

// Samples of a run at multiples of `every` states.
struct trace {
    size_t every, n;
    double *V_hh, *V_tv; // [n]
};

enum { LONG_RUNS = 4 }; // {shared, own gates} x {as it is, rebased}

struct experiment {
    const struct h4l_run *run;
    const double *dt; // [n_dt]
    size_t n_dt, finest;
    double t_end;
    struct h4l_wave inputs[INPUTS];
    struct cell *cells;             // [VARIANTS][INPUTS][n_dt]
    double *euler_error;            // [INTERFACE_INPUTS][n_dt]
    struct trace traces[INPUTS][2]; // exact and published order at the finest step
    const double *long_ms;          // [n_long]
    size_t n_long;
    double *long_error, *long_differing; // [LONG_RUNS][n_long]
};

static size_t cell_at(const struct experiment *e, size_t variant, size_t input, size_t dt)
{
    return (variant * INPUTS + input) * e->n_dt + dt;
}

static void drive(void *ctx, double t, double *ret_I)
{
    ret_I[0] = h4l_wave_value(ctx, t);
}

static size_t count_states(double t_end, double dt)
{
    return (size_t)llround(t_end / dt) + 1;
}

static void keep_trace(void *ctx, const struct h4l_layered_state *state)
{
    struct trace *trace = ctx;
    size_t k = state->state / trace->every;

    if (state->state % trace->every == 0 && k < trace->n) {
        trace->V_hh[k] = state->V_hh[0];
        trace->V_tv[k] = state->V_tv[0];
    }
}

// One neuron, one input, one variant. A run that leaves the finite numbers is a result (the step is too long), not a failure.
static int run_one(const struct variant *variant, struct h4l_wave *wave, double dt, double t_end,
                   struct trace *trace, struct cell *ret, struct h4l_err *err)
{
    static const size_t size[1] = {1};
    const struct h4l_pair pair = {
        .hh = h4l_hh_form_a, .scheme = variant->scheme, .tv = variant->tv, .dt = dt};
    struct h4l_layered net = {
        .layers = 1, .size = size, .threshold = -40, .drive = drive, .drive_ctx = wave};
    struct h4l_record record;
    int code = h4l_record_make(1, &record, err);

    if (code)
        return code;
    memcpy(net.start, h4l_published_start, sizeof net.start);
    record.also = trace ? keep_trace : NULL;
    record.also_ctx = trace;
    code = h4l_record_run(&net, &pair, count_states(t_end, dt), variant->single, &record, err);
    if (code == H4L_OK)
        *ret = (struct cell){.max_error = record.neuron[0].max_error,
                             .shift = h4l_record_spike_shift(&record.neuron[0]),
                             .differing = (double)record.neuron[0].differing,
                             .spikes_hh = (double)record.neuron[0].hh.n,
                             .spikes_tv = (double)record.neuron[0].tv.n};
    else if (code == H4L_E_NUMERIC) {
        *ret = (struct cell){NAN, NAN, NAN, NAN, NAN};
        code = H4L_OK;
    }
    h4l_record_free(&record);
    return code;
}

// The longest cells (shortest dt) first, so that the workers end together.
static int cell_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct experiment *e = ctx;
    size_t k = e->n_dt - 1 - item / (VARIANTS * INPUTS), rest = item % (VARIANTS * INPUTS);
    size_t variant = rest / INPUTS, input = rest % INPUTS;
    struct trace *trace =
        k == e->finest && variant <= PUBLISHED_ROW ? &e->traces[input][variant] : NULL;

    (void)worker;
    if (h4l_run_interrupted(e->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    return run_one(&variants[variant], &e->inputs[input], e->dt[k], e->t_end, trace,
                   &e->cells[cell_at(e, variant, input, k)], err);
}

// What forward Euler itself costs: HH by Euler with step dt against RK4 with steps of at most 1 us (error below 1e-9 mV).
static int euler_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct experiment *e = ctx;
    size_t input = item / e->n_dt, k = item % e->n_dt;
    double dt = e->dt[k], worst = 0, euler[H4L_HH_DIM], rk4[H4L_HH_DIM];
    size_t parts = (size_t)ceil(dt / 0.001 - 1e-9);

    (void)worker;
    (void)err;
    memcpy(euler, h4l_published_start, sizeof euler);
    memcpy(rk4, h4l_published_start, sizeof rk4);
    for (size_t j = 0; j + 1 < count_states(e->t_end, dt); j++) {
        const double I = h4l_wave_value(&e->inputs[input], (double)j * dt);

        h4l_hh_step(&h4l_hh_form_a, H4L_EULER, dt, (double[3]){I, I, I}, euler);
        for (size_t p = 0; p < parts; p++) {
            double step = dt / (double)parts, t = (double)(j * parts + p) * step, at[3];

            for (int when = 0; when < 3; when++)
                at[when] = h4l_wave_value(&e->inputs[input], t + 0.5 * when * step);
            h4l_hh_step(&h4l_hh_form_a, H4L_RK4, step, at, rk4);
        }
        worst = fmax(worst, fabs(euler[H4L_HH_V] - rk4[H4L_HH_V]));
        if (!isfinite(euler[H4L_HH_V]))
            worst = NAN;
    }
    e->euler_error[item] = worst;
    return H4L_OK;
}

// Long float32 runs, dt 0.01 ms, constant input.
static int long_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct experiment *e = ctx;
    size_t kind = item % LONG_RUNS, k = e->n_long - 1 - item / LONG_RUNS;
    const struct variant variant = {
        .scheme = H4L_EULER,
        .single = true,
        .tv = {.gates = kind / 2 ? H4L_TV_OWN_GATES : H4L_TV_SHARED_GATES,
               .rebase = kind % 2 ? H4L_TV_REBASE : 0}};
    struct cell cell;
    int code = run_one(&variant, &e->inputs[CONST10], 0.01, e->long_ms[k], NULL, &cell, err);

    (void)worker;
    if (code)
        return code;
    e->long_error[kind * e->n_long + k] = cell.max_error;
    e->long_differing[kind * e->n_long + k] = cell.differing;
    return H4L_OK;
}

// ---- inputs ----

static int make_inputs(struct experiment *e, uint64_t seed, struct h4l_err *err)
{
    const double step = e->dt[e->finest], period = 20; // ms
    struct h4l_rng rng;

    e->inputs[CONST10] = h4l_wave_const(10);
    e->inputs[SINE10] = h4l_wave_sine(10, 5, 0.05, 0);
    e->inputs[SQUARE10] = (struct h4l_wave){
        .kind = H4L_WAVE_SQUARE, .offset = 10, .amplitude = 5, .period_ms = period};
    // The sawtooth runs from amplitude/2 to 3/2 amplitude above its offset, the triangle from 0 to amplitude/2: 5 to 15 both.
    e->inputs[SAWTOOTH10] = (struct h4l_wave){
        .kind = H4L_WAVE_SAWTOOTH, .offset = 0, .amplitude = 10, .period_ms = period};
    e->inputs[TRIANGLE10] = (struct h4l_wave){
        .kind = H4L_WAVE_TRIANGLE, .offset = 5, .amplitude = 20, .period_ms = period};
    // One path for all time steps: sampled at the finest, and read by the coarser ones at their own times.
    h4l_rng_init(&rng, seed, "equivalence noise", 0);
    return h4l_wave_noise(&rng, 10, 5, 5, step, count_states(e->t_end, step), &e->inputs[NOISE10],
                          err);
}

static int allocate(struct experiment *e, struct h4l_err *err)
{
    size_t every = (size_t)fmax(1, round(0.05 / e->dt[e->finest]));
    size_t n = (count_states(e->t_end, e->dt[e->finest]) - 1) / every + 1;
    bool ok;

    e->cells = calloc(VARIANTS * INPUTS * e->n_dt, sizeof *e->cells);
    e->euler_error = calloc(INTERFACE_INPUTS * e->n_dt, sizeof *e->euler_error);
    e->long_error = calloc(LONG_RUNS * e->n_long, sizeof *e->long_error);
    e->long_differing = calloc(LONG_RUNS * e->n_long, sizeof *e->long_differing);
    ok = e->cells && e->euler_error && e->long_error && e->long_differing;
    for (int i = 0; i < INPUTS * 2; i++) {
        struct trace *trace = &e->traces[i / 2][i % 2];

        *trace = (struct trace){every, n, calloc(n, sizeof(double)), calloc(n, sizeof(double))};
        ok = ok && trace->V_hh && trace->V_tv;
    }
    return ok ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu samples of the traces", n);
}

static void release(struct experiment *e)
{
    free(e->cells);
    free(e->euler_error);
    free(e->long_error);
    free(e->long_differing);
    for (int i = 0; i < INPUTS * 2; i++) {
        free(e->traces[i / 2][i % 2].V_hh);
        free(e->traces[i / 2][i % 2].V_tv);
    }
    h4l_wave_free(&e->inputs[NOISE10]);
}

// ---- results ----

static double maximum(double a,
                      double b) // NaN wins: a run without a result is not one without an error
{
    return isnan(a) || isnan(b) ? NAN : fmax(a, b);
}

// Slope of log error over log dt by least squares, over the steps of at most 0.01 ms; NaN with fewer than two.
static double convergence_order(const struct experiment *e, size_t variant, size_t input)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;

    for (size_t k = 0; k < e->n_dt; k++) {
        double lx = log(e->dt[k]), ly = log(e->cells[cell_at(e, variant, input, k)].max_error);

        if (e->dt[k] > 0.01 * (1 + 1e-9))
            continue;
        n += 1;
        x += lx;
        y += ly;
        xx += lx * lx;
        xy += lx * ly;
    }
    return n < 2 ? NAN : (n * xy - x * y) / (n * xx - x * x);
}

static void metric_name(char ret[160], const char *what, const struct variant *variant,
                        const char *input)
{
    snprintf(ret, 160, "%s_%s%s%s%s", what, variant->name, *input ? "_" : "", input,
             variant->single ? "_float" : "");
}

static void put_reals(struct h4l_run *run, const char *what, const struct variant *variant,
                      const char *input, const double *values, size_t n)
{
    char name[160];

    metric_name(name, what, variant, input);
    h4l_metric_reals(run, name, values, n);
}

static void put_real(struct h4l_run *run, const char *what, const struct variant *variant,
                     double value)
{
    char name[160];

    metric_name(name, what, variant, "");
    h4l_metric_real(run, name, value);
}

// A count that NaN marks as not there.
static json_t *count(double value)
{
    return isnan(value) ? json_null() : json_integer((json_int_t)value);
}

static void put_counts(struct h4l_run *run, const char *name, const double *values, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        h4l_json_add(&array, count(values[i]));
    h4l_metric_json(run, name, array);
}

// The metrics of one variant. Per input only for the four core variants; single-cells.csv holds all cells.
static void put_variant(struct h4l_run *run, const struct experiment *e, size_t v, double *scratch)
{
    const struct variant *variant = &variants[v];
    double *error = scratch, *differing = scratch + e->n_dt, *worst = scratch + 2 * e->n_dt;
    double *shift = scratch + 3 * e->n_dt;
    char name[160];

    for (size_t k = 0; k < e->n_dt; k++)
        worst[k] = shift[k] = 0;
    for (size_t input = 0; input < INPUTS; input++) {
        for (size_t k = 0; k < e->n_dt; k++) {
            const struct cell *cell = &e->cells[cell_at(e, v, input, k)];

            error[k] = cell->max_error;
            differing[k] = cell->differing;
            worst[k] = maximum(worst[k], cell->max_error);
            shift[k] = maximum(shift[k], cell->shift);
        }
        if (v < CORE_VARIANTS) {
            put_reals(run, "max_abs_error_mV", variant, input_names[input], error, e->n_dt);
            metric_name(name, "samples_differing", variant, input_names[input]);
            put_counts(run, name, differing, e->n_dt);
        }
        if (input + 1 == INTERFACE_INPUTS)
            put_reals(run, "max_abs_error_mV", variant, "", worst, e->n_dt);
    }
    put_reals(run, "max_abs_error_mV", variant, "all_inputs", worst, e->n_dt);
    metric_name(name, "max_spike_shift_samples", variant, "");
    put_counts(run, name, shift, e->n_dt);
}

// Over all inputs and time steps: what claim E1 looks at.
static void put_summary(struct h4l_run *run, const struct experiment *e, size_t v)
{
    const struct variant *variant = &variants[v];
    double differing = 0, worst = 0, lowest = INFINITY, highest = -INFINITY;
    char name[160];

    for (size_t input = 0; input < INPUTS; input++) {
        for (size_t k = 0; k < e->n_dt; k++) {
            differing += e->cells[cell_at(e, v, input, k)].differing;
            worst = maximum(worst, e->cells[cell_at(e, v, input, k)].max_error);
        }
        lowest = fmin(lowest, convergence_order(e, v, input));
        highest = fmax(highest, convergence_order(e, v, input));
    }
    metric_name(name, "total_samples_differing", variant, "");
    h4l_metric_json(run, name, count(differing));
    put_real(run, "worst_abs_error_mV", variant, worst);
    if (variant->first_order && !variant->single && isfinite(lowest)) {
        put_real(run, "min_convergence_order", variant, lowest);
        put_real(run, "max_convergence_order", variant, highest);
    }
}

static void put_hh(struct h4l_run *run, const struct experiment *e, double *scratch)
{
    char name[80];

    for (size_t input = 0; input < INPUTS; input++) {
        for (size_t k = 0; k < e->n_dt; k++)
            scratch[k] = e->cells[cell_at(e, EXACT_ROW, input, k)].spikes_hh;
        snprintf(name, sizeof name, "spike_counts_hh_%s", input_names[input]);
        put_counts(run, name, scratch, e->n_dt);
    }
    for (size_t input = 0; input < INTERFACE_INPUTS; input++) {
        snprintf(name, sizeof name, "max_abs_error_mV_hh_euler_%s", input_names[input]);
        h4l_metric_reals(run, name, e->euler_error + input * e->n_dt, e->n_dt);
    }
}

static void put_long_runs(struct h4l_run *run, const struct experiment *e)
{
    static const char *const kinds[LONG_RUNS] = {"", "_rebased", "_own_gates",
                                                 "_own_gates_rebased"};
    char name[80];

    h4l_metric_reals(run, "float_run_ms", e->long_ms, e->n_long);
    for (size_t kind = 0; kind < LONG_RUNS; kind++) {
        snprintf(name, sizeof name, "max_abs_error_mV_float_run%s", kinds[kind]);
        h4l_metric_reals(run, name, e->long_error + kind * e->n_long, e->n_long);
        snprintf(name, sizeof name, "samples_differing_float_run%s", kinds[kind]);
        put_counts(run, name, e->long_differing + kind * e->n_long, e->n_long);
    }
}

static const struct h4l_column trace_columns[] = {
    {"t_ms", "ms", "time"},
    {"I_uA_per_cm2", "uA/cm^2", "current"},
    {"V_hh_mV", "mV", "potential of HH"},
    {"V_tv_exact_order_mV", "mV", "potential of tv-LIF2HH stepped in the exact order"},
    {"V_tv_published_order_mV", "mV", "potential of tv-LIF2HH stepped in the published order"},
    {"abs_error_exact_order_mV", "mV", "distance of the exact order from HH"},
    {"abs_error_published_order_mV", "mV", "distance of the published order from HH"},
};
const struct h4l_series h4l_single_trace_series =
    H4L_SERIES("single-trace-*.csv", "sampled step under one input", trace_columns);

static int put_traces(struct h4l_run *run, const struct experiment *e, struct h4l_err *err)
{
    for (size_t input = 0; input < INPUTS; input++) {
        const struct trace *exact = &e->traces[input][EXACT_ROW];
        const struct trace *published = &e->traces[input][PUBLISHED_ROW];
        struct h4l_csv *csv =
            h4l_series_begin(run, &h4l_single_trace_series, input_names[input], err);

        if (!csv)
            return err->code;
        for (size_t k = 0; k < exact->n; k++) {
            double t = (double)(k * exact->every) * e->dt[e->finest], V = exact->V_hh[k];
            double row[] = {t,
                            h4l_wave_value(&e->inputs[input], t),
                            V,
                            exact->V_tv[k],
                            published->V_tv[k],
                            fabs(V - exact->V_tv[k]),
                            fabs(V - published->V_tv[k])};
            h4l_csv_row(csv, row);
        }
    }
    return H4L_OK;
}

static const struct h4l_column error_columns[] = {
    {"dt_ms", "ms", "time step"},
    {"*_mV", "mV",
     "largest distance of that variant of tv-LIF2HH from HH; _float: in single precision"},
    {"hh_euler_mV", "mV", "largest distance of HH by forward Euler from HH by Runge-Kutta"},
};
const struct h4l_series h4l_single_errors_series =
    H4L_SERIES("single-errors.csv", "time step", error_columns);

// Errors over dt, worst over the interface's inputs: one column a variant.
static int put_errors(struct h4l_run *run, const struct experiment *e, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_single_errors_series};
    struct h4l_csv *csv;

    h4l_header_add(&header, "dt_ms", NULL);
    for (size_t v = 0; v < VARIANTS; v++) {
        char name[60];

        snprintf(name, sizeof name, "%s%s", variants[v].name, variants[v].single ? "_float" : "");
        h4l_header_add(&header, "*_mV", name);
    }
    h4l_header_add(&header, "hh_euler_mV", NULL);
    csv = h4l_series_begin_with(run, &header, NULL, err);
    if (!csv)
        return err->code;
    for (size_t k = 0; k < e->n_dt; k++) {
        double row[VARIANTS + 2] = {e->dt[k]};

        for (size_t v = 0; v < VARIANTS; v++)
            row[v + 1] = maximum(e->cells[cell_at(e, v, CONST10, k)].max_error,
                                 e->cells[cell_at(e, v, SINE10, k)].max_error);
        row[VARIANTS + 1] = maximum(e->euler_error[k], e->euler_error[e->n_dt + k]);
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static const struct h4l_column cell_columns[] = {
    {"scheme", "", "integrator"},
    {"step_order", "", "order of the updates in a step; empty: all at once"},
    {"gates", "", "whether tv-LIF2HH has gates of its own"},
    {"precision", "", "double or float"},
    {"input", "", "current"},
    {"rebase_mV", "mV",
     "size past which the reset potential is folded into the fourth unit; 0: never"},
    {"dt_ms", "ms", "time step"},
    {"max_abs_error_mV", "mV",
     "largest distance of tv-LIF2HH from HH; empty: left the finite numbers"},
    {"samples_differing", "1",
     "samples in which one of the two is above threshold and the other is not"},
    {"max_spike_shift_samples", "1", "largest distance of paired spikes in samples"},
    {"spikes_hh", "1", "spikes of HH"},
    {"spikes_tv", "1", "spikes of tv-LIF2HH"},
};
const struct h4l_series h4l_single_cells_series =
    H4L_SERIES("single-cells.csv", "variant, input and time step", cell_columns);

static void put_cell(struct h4l_csv *csv, const struct variant *variant, const char *input,
                     double dt, const struct cell *cell)
{
    const double values[] = {variant->tv.rebase, dt,          cell->max_error,
                             cell->differing,    cell->shift, cell->spikes_hh,
                             cell->spikes_tv};
    const char *order = variant->tv.order == H4L_TV_EXACT_ORDER ? "exact" : "published";

    h4l_csv_text(csv, h4l_scheme_name(variant->scheme));
    h4l_csv_text(csv, variant->scheme == H4L_RK4 ? "" : order); // all variables at once
    h4l_csv_text(csv, variant->tv.gates == H4L_TV_OWN_GATES ? "own" : "shared");
    h4l_csv_text(csv, variant->single ? "float" : "double");
    h4l_csv_text(csv, input);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        h4l_csv_real(csv, values[i]);
}

// Every cell: one row each.
static int put_cells(struct h4l_run *run, const struct experiment *e, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_single_cells_series, NULL, err);

    if (!csv)
        return err->code;
    for (size_t v = 0; v < VARIANTS; v++)
        for (size_t input = 0; input < INPUTS; input++)
            for (size_t k = 0; k < e->n_dt; k++)
                put_cell(csv, &variants[v], input_names[input], e->dt[k],
                         &e->cells[cell_at(e, v, input, k)]);
    return H4L_OK;
}

static int report(struct h4l_run *run, const struct experiment *e, struct h4l_err *err)
{
    double *scratch = calloc(4 * e->n_dt, sizeof *scratch);
    int code;

    if (!scratch)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu time steps", e->n_dt);
    h4l_metric_reals(run, "dt_ms", e->dt, e->n_dt);
    for (size_t v = 0; v < VARIANTS; v++) {
        put_variant(run, e, v, scratch);
        put_summary(run, e, v);
    }
    put_hh(run, e, scratch);
    put_long_runs(run, e);
    free(scratch);
    code = put_traces(run, e, err);
    if (!code)
        code = put_errors(run, e, err);
    return code ? code : put_cells(run, e, err);
}

int h4l_equivalence_single(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    struct experiment e = {.run = run,
                           .t_end = o->t_end_ms,
                           .n_dt = o->steps_ms.n,
                           .dt = o->steps_ms.at,
                           .n_long = o->float_run_ms.n,
                           .long_ms = o->float_run_ms.at};
    struct h4l_pool *pool = h4l_run_pool(run);
    int code;

    if (e.n_dt > 64)
        return h4l_fail(err, H4L_E_RANGE, "dt_ms: at most 64 time steps, got %zu", e.n_dt);
    for (size_t k = 0; k < e.n_dt; k++)
        if (e.dt[k] < e.dt[e.finest])
            e.finest = k;
    code = allocate(&e, err);
    if (!code)
        code = make_inputs(&e, h4l_run_seed(run), err);
    if (!code)
        code = h4l_parallel_for(pool, LONG_RUNS * e.n_long, long_item, &e, err);
    if (!code)
        code = h4l_parallel_for(pool, VARIANTS * INPUTS * e.n_dt, cell_item, &e, err);
    if (!code)
        code = h4l_parallel_for(pool, INTERFACE_INPUTS * e.n_dt, euler_item, &e, err);
    if (!code)
        code = report(run, &e, err);
    release(&e);
    return code;
}
