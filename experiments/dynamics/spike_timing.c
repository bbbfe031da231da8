// spike-timing: does a model keep HH's spikes better than HH itself does when it is a little noisy? (Claim D1.)
//
// Four stimuli, several seeds each. For every run: HH and the other neurons without noise, and two repetitions of HH that each
// get a weak noise current of their own. Nine measures compare each neuron with HH, and the two repetitions with each other.
#include "dynamics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "measures.h"
#include "neurons.h"
#include "simulate.h"

#define NOISE_STEP_MS 0.1
#define STIMULUS_TAU_MS 5.0
#define REPETITION_TAU_MS 2.0

// Stimuli: constant, sine, noise about a current at which HH fires steadily, noise about one at which it rests.
static const struct stimulus {
    const char *name;
    double mean, amplitude, frequency_per_ms, sd;
} stimuli[] = {{"const", 10, 0, 0, 0},
               {"sine", 10, 5, 0.05, 0},
               {"noise-high", 10, 0, 0, 5},
               {"noise-low", 4, 0, 0, 4}};
enum { STIMULI = sizeof stimuli / sizeof *stimuli };

enum { MEASURES = H4L_MEASURES, REPETITIONS = 2 };

// Pairs: neuron p + 1 and HH, for all neurons but HH; after them the two repetitions.
struct timing_run {
    double d[H4L_NEURONS][MEASURES];
    double rate[H4L_NEURONS], cv[H4L_NEURONS],
        lv[H4L_NEURONS]; // of each neuron: spikes per ms, ...
};

struct timing {
    struct h4l_run *run;
    struct h4l_neurons neurons;
    size_t seeds;
    double duration, dt, threshold, noise_sd;
    struct h4l_measure_options measure;
    struct timing_run *runs; // [STIMULI * seeds]
};

static int noise_wave(const struct timing *t, const char *purpose, uint64_t index, double mean,
                      double sd, double tau, struct h4l_wave *ret, struct h4l_err *err)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, h4l_run_seed(t->run), purpose, index);
    return h4l_wave_noise(&rng, mean, sd, tau, NOISE_STEP_MS,
                          (size_t)ceil(t->duration / NOISE_STEP_MS) + 1, ret, err);
}

static const char *pair_name(const struct timing *t, size_t p)
{
    return p + 1 < t->neurons.n ? t->neurons.at[p + 1].model->name : "repetitions";
}

// Results of the neurons, then of the repetitions.
static int simulate_all(const struct timing *t, size_t item, const struct h4l_wave *wave,
                        struct h4l_sim_result *r, struct h4l_err *err)
{
    struct h4l_sim sim = {t->duration, t->dt, t->threshold, wave, NULL};
    int code = H4L_OK;

    for (size_t i = 0; i < t->neurons.n && !code; i++)
        code = h4l_simulate(&sim, &t->neurons.at[i], false, &r[i], err);
    for (uint64_t i = 0; i < REPETITIONS && !code; i++) {
        struct h4l_wave noise;
        code = noise_wave(t, "spike-timing repetition", REPETITIONS * item + i, 0, t->noise_sd,
                          REPETITION_TAU_MS, &noise, err);
        if (code)
            break;
        sim.noise = &noise;
        code = h4l_simulate(&sim, &t->neurons.at[0], false, &r[t->neurons.n + i], err);
        h4l_wave_free(&noise);
    }
    return code;
}

static int describe(const struct timing *t, const struct h4l_sim_result *r, struct timing_run *ret,
                    struct h4l_err *err)
{
    size_t n = t->neurons.n;

    for (size_t p = 0; p < n; p++) {
        size_t a = p + 1 < n ? 0 : n; // of the last pair the first repetition
        int code = h4l_measure_all(h4l_sim_train(&r[a]), h4l_sim_train(&r[p + 1 + (a == n)]),
                                   &t->measure, ret->d[p], err);
        if (code)
            return code;
    }
    for (size_t i = 0; i < n; i++) {
        struct h4l_isi_stats s;
        int code = h4l_spikes_isi(h4l_sim_train(&r[i]), &s, err);
        if (code)
            return code;
        ret->rate[i] = (double)r[i].n / t->duration;
        ret->cv[i] = s.cv;
        ret->lv[i] = s.lv;
    }
    return H4L_OK;
}

static int run_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct timing *t = ctx;
    const struct stimulus *s = &stimuli[item / t->seeds];
    struct h4l_sim_result r[H4L_NEURONS + REPETITIONS] = {{0}};
    struct h4l_wave wave = h4l_wave_sine(s->mean, s->amplitude, s->frequency_per_ms, 0);
    int code = H4L_OK;

    (void)worker;
    if (h4l_run_interrupted(t->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    if (s->sd > 0)
        code = noise_wave(t, "spike-timing stimulus", item, s->mean, s->sd, STIMULUS_TAU_MS, &wave,
                          err);
    if (!code)
        code = simulate_all(t, item, &wave, r, err);
    if (!code)
        code = describe(t, r, &t->runs[item], err);
    for (int i = 0; i < H4L_NEURONS + REPETITIONS; i++)
        h4l_sim_free(&r[i]);
    h4l_wave_free(&wave);
    return code ? h4l_fail_context(err, code, "stimulus %s", s->name) : H4L_OK;
}

static int put_measures(const struct timing *t, struct h4l_err *err)
{
    size_t n = STIMULI * t->seeds;
    double *values = malloc(n * sizeof *values);
    char name[96];

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu runs", n);
    for (size_t p = 0; p < t->neurons.n; p++)
        for (int m = 0; m < MEASURES; m++) {
            for (size_t i = 0; i < n; i++)
                values[i] = t->runs[i].d[p][m];
            snprintf(name, sizeof name, "%s_%s", h4l_measure_names[m], pair_name(t, p));
            h4l_metric_reals(t->run, name, values, n);
        }
    for (size_t i = 0; i < n; i++) // names the runs: stimulus number * 1000 + seed number
        values[i] = (double)(1000 * (i / t->seeds + 1) + i % t->seeds + 1);
    h4l_metric_reals(t->run, "runs", values, n);
    free(values);
    return H4L_OK;
}

#define STIMULUS_KEY "1 const, 2 sine, 3 noise-high, 4 noise-low"

static const struct h4l_column distance_columns[] = {
    {"stimulus", STIMULUS_KEY, "which current"},
    {"seed", "1", "seed, from 1"},
    {"pair", "*", "which two trains"},
    {"isi_distance", "1", "ISI-distance"},
    {"spike_distance", "1", "SPIKE-distance"},
    {"spike_synchronization_loss", "1", "1 minus the SPIKE-synchronization"},
    {"victor_purpura", "1", "distance of Victor and Purpura"},
    {"van_rossum", "1", "van Rossum's distance"},
    {"gamma_loss", "1", "1 minus the coincidence factor"},
    {"isi_distribution_distance", "ms", "Wasserstein-1 distance of the intervals"},
    {"cv_difference", "1", "difference of the coefficients of variation"},
    {"lv_difference", "1", "difference of the local variations"},
};
const struct h4l_series h4l_spike_timing_series =
    H4L_SERIES("spike-timing.csv", "stimulus, seed and pair of trains", distance_columns);

static int write_distances(const struct timing *t, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_spike_timing_series};
    struct h4l_csv *csv;
    char key[1024];
    size_t used = 0;

    for (size_t p = 0; p + 1 < t->neurons.n && used < sizeof key; p++)
        used += (size_t)snprintf(key + used, sizeof key - used, "%zu %s and HH, ", p,
                                 t->neurons.at[p + 1].model->label);
    if (used < sizeof key)
        snprintf(key + used, sizeof key - used, "%zu two noisy repetitions of HH",
                 t->neurons.n - 1);
    h4l_header_all(&header, key);
    if (!(csv = h4l_series_begin_with(t->run, &header, NULL, err)))
        return err->code;
    for (size_t i = 0; i < STIMULI * t->seeds; i++)
        for (size_t p = 0; p < t->neurons.n; p++) {
            double row[3 + MEASURES] = {(double)(i / t->seeds + 1), (double)(i % t->seeds + 1),
                                        (double)p};
            for (int m = 0; m < MEASURES; m++)
                row[3 + m] = t->runs[i].d[p][m];
            h4l_csv_row(csv, row);
        }
    return H4L_OK;
}

static const struct h4l_column rate_columns[] = {
    {"stimulus", STIMULUS_KEY, "which current"},
    {"seed", "1", "seed, from 1"},
    {"rate_*", "Hz", "rate of the neuron *"},
    {"cv_*", "1", "coefficient of variation of its intervals"},
    {"lv_*", "1", "local variation of its intervals"},
};
const struct h4l_series h4l_spike_rates_series =
    H4L_SERIES("spike-timing-rates.csv", "stimulus and seed", rate_columns);

static int write_rates(const struct timing *t, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_spike_rates_series};
    struct h4l_csv *csv;
    size_t n = t->neurons.n;

    h4l_header_add(&header, "stimulus", NULL);
    h4l_header_add(&header, "seed", NULL);
    for (int c = 2; c < h4l_spike_rates_series.n; c++)
        for (size_t k = 0; k < n; k++)
            h4l_header_add(&header, rate_columns[c].name, t->neurons.at[k].model->name);
    if (!(csv = h4l_series_begin_with(t->run, &header, NULL, err)))
        return err->code;
    for (size_t i = 0; i < STIMULI * t->seeds; i++) {
        const struct timing_run *r = &t->runs[i];
        double row[2 + 3 * H4L_NEURONS] = {(double)(i / t->seeds + 1), (double)(i % t->seeds + 1)};
        for (size_t k = 0; k < n; k++) {
            row[2 + k] = 1000 * r->rate[k];
            row[2 + n + k] = r->cv[k];
            row[2 + 2 * n + k] = r->lv[k];
        }
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

// Means per stimulus, for people: the claim is decided on all runs.
static void put_means(const struct timing *t)
{
    for (size_t p = 0; p < t->neurons.n; p++)
        for (int s = 0; s < STIMULI; s++) {
            double mean[MEASURES] = {0};
            char name[96];
            for (size_t i = 0; i < t->seeds; i++)
                for (int m = 0; m < MEASURES; m++)
                    mean[m] += t->runs[(size_t)s * t->seeds + i].d[p][m] / (double)t->seeds;
            snprintf(name, sizeof name, "mean_measures_%s_%s", pair_name(t, p), stimuli[s].name);
            h4l_metric_reals(t->run, name, mean, MEASURES);
        }
}

int h4l_dynamics_spike_timing(struct h4l_run *run, struct h4l_err *err)
{
    struct h4l_dynamics_options o = *(const struct h4l_dynamics_options *)h4l_run_options(run);
    struct timing t = {
        .run = run,
        .duration = o.duration_ms,
        .dt = o.step_ms,
        .threshold = o.threshold_mV,
        .noise_sd = o.noise_sd,
        .measure = {.q_per_ms = o.q_per_ms, .tau_ms = o.tau_ms, .delta_ms = o.delta_ms}};
    int runs, code = h4l_run_seeds(run, (int)o.runs, 2, H4L_DYNAMICS_MAX_RUNS, &runs, err);

    if (code)
        return code;
    o.runs = t.seeds = (size_t)runs;
    h4l_run_record(run, NULL, &o);
    if ((code = h4l_neurons(run, &t.neurons, err)))
        return code;
    t.duration = t.measure.duration_ms = round(t.duration);
    t.runs = calloc(STIMULI * t.seeds, sizeof *t.runs);
    if (!t.runs)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu runs", STIMULI * t.seeds);
    code = h4l_parallel_for(h4l_run_pool(run), STIMULI * t.seeds, run_item, &t, err);
    if (!code && !(code = put_measures(&t, err)) && !(code = write_distances(&t, err)) &&
        !(code = write_rates(&t, err)))
        put_means(&t);
    free(t.runs);
    return code;
}
