// frequency: do the models share HH's frequency content? (Claim D3.)
//
// Under broadband noise: spectra of the potential (averaged over each ms) and its coherence with HH's, wherever HH has its power.
// For a resetting neuron several signals may stand for the potential: those of its row (of s-LIF2HH u_1 and u_4; where it lists none,
// its potential), and the spike train; the one that is most coherent counts.
// Besides: the spectrum of HH's orbit at I = 10, and spectrograms under a sine whose frequency sweeps upward.
#include "dynamics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spectrum.h"
#include "model.h"
#include "neuron/hh.h"
#include "neurons.h"
#include "simulate.h"

#define STIMULUS_MEAN 10.0
#define STIMULUS_SD 5.0
#define STIMULUS_TAU_MS 5.0
#define REPETITION_TAU_MS 2.0
#define NOISE_STEP_MS 0.1
#define POWER_SHARE 0.99
#define LEVEL 0.95

static const struct h4l_spectrum_options estimator = {
    .step = 1, .segment = 1024, .tapers = 7, .half_bandwidth = 4};
enum { BINS = 1024 / 2 + 1 };

// A signal of a run: neurons in order, HH's potential first, and last HH with noise of its own.
enum { SPIKES = -1, SIGNALS = 1 + (H4L_NEURONS - 1) * (H4L_MODEL_SIGNALS + 1) + 1 };
struct signal {
    size_t run;          // number of the neuron; of the repetition one more than the last
    int which;           // signal of its row, or SPIKES
    char name[64];       // the neuron's name, and the signal's where it has several
    char short_name[32]; // the signal's
};

struct frequency {
    struct h4l_run *run;
    struct h4l_neurons neurons;
    struct h4l_sim sim;
    struct h4l_wave stimulus, noise;
    struct h4l_sim_result result[H4L_NEURONS + 1];
    size_t n;       // ms
    double *spikes; // spike train of a neuron: 1 in a ms with a spike
    size_t n_signals;
    struct signal signals[SIGNALS];
    double density[SIGNALS][BINS], coherence[SIGNALS][BINS], phase[SIGNALS][BINS], estimates;
    unsigned char support[BINS];
};

static void add_signal(struct frequency *f, size_t run, int which, const char *name)
{
    struct signal *s = &f->signals[f->n_signals++];
    const char *of = run < f->neurons.n ? f->neurons.at[run].model->name : "repetition";

    *s = (struct signal){.run = run, .which = which};
    snprintf(s->name, sizeof s->name, name ? "%s_%s" : "%s", of, name);
    snprintf(s->short_name, sizeof s->short_name, "%s", name ? name : of);
}

static void list_signals(struct frequency *f)
{
    for (size_t i = 0; i < f->neurons.n; i++) {
        const struct h4l_model *m = f->neurons.at[i].model;
        if (!m->event) {
            add_signal(f, i, 0, NULL);
            continue;
        }
        for (int k = 0; k < m->n_signals; k++)
            add_signal(f, i, k, m->signals[k].name);
        if (m->n_signals == 0)
            add_signal(f, i, 0, "potential");
        add_signal(f, i, SPIKES, "spikes");
    }
    add_signal(f, f->neurons.n, 0, NULL);
}

static int run_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct frequency *f = ctx;
    struct h4l_sim sim = f->sim;
    bool repetition = item == f->neurons.n;

    (void)worker;
    sim.noise = repetition ? &f->noise : NULL;
    return h4l_simulate(&sim, &f->neurons.at[repetition ? 0 : item], true, &f->result[item], err);
}

static const double *values_of(const struct frequency *f, const struct signal *s)
{
    const struct h4l_sim_result *r = &f->result[s->run];

    if (s->which != SPIKES)
        return r->signal[s->which];
    for (size_t i = 0; i < f->n; i++)
        f->spikes[i] = 0;
    for (size_t i = 0; i < r->n; i++)
        f->spikes[(size_t)r->t[i]] = 1;
    return f->spikes;
}

static int estimate(struct frequency *f, struct h4l_err *err)
{
    int code;

    for (size_t s = 0; s < f->n_signals; s++) {
        const double *x = values_of(f, &f->signals[s]);
        if ((code = h4l_spectrum(x, f->n, &estimator, f->density[s], err)) ||
            (code = h4l_coherence(f->result[0].signal[0], x, f->n, &estimator, f->coherence[s],
                                  f->phase[s], err)))
            return h4l_fail_context(err, code, "signal %s", f->signals[s].name);
    }
    f->estimates = h4l_spectrum_estimates(f->n, &estimator);
    h4l_spectrum_support(f->density[0], BINS, POWER_SHARE, f->support);
    return H4L_OK;
}

// Over the bins that hold HH's power: least coherence, mean weighted with HH's power, and share of the power above 0.9.
static void band(const struct frequency *f, size_t s, double *ret_min, double *ret_mean,
                 double *ret_share)
{
    double power = 0, above = 0, sum = 0, least = 1;

    for (size_t b = 0; b < BINS; b++)
        if (f->support[b]) {
            double P = f->density[0][b], c = f->coherence[s][b];
            power += P;
            sum += P * c;
            above += c > 0.9 ? P : 0;
            least = fmin(least, c);
        }
    *ret_min = least;
    *ret_mean = sum / power;
    *ret_share = above / power;
}

static void put(const struct frequency *f, const char *quantity, const char *of, double value)
{
    char name[128];

    snprintf(name, sizeof name, "%s_%s", quantity, of);
    h4l_metric_real(f->run, name, value);
}

static void put_band(const struct frequency *f, const char *of, size_t s)
{
    double least, mean, share;

    band(f, s, &least, &mean, &share);
    put(f, "coherence_min", of, least);
    put(f, "coherence_mean", of, mean);
    put(f, "coherence_power_share_above_09", of, share);
}

// The most coherent signal of a neuron.
static size_t best_signal(const struct frequency *f, size_t neuron)
{
    double best = -1, least, mean, share;
    size_t at = 0;

    for (size_t s = 0; s < f->n_signals; s++)
        if (f->signals[s].run == neuron) {
            band(f, s, &least, &mean, &share);
            if (least > best) {
                best = least;
                at = s;
            }
        }
    return at;
}

static int put_coherence(const struct frequency *f, struct h4l_err *err)
{
    double highest = 0;
    size_t count = 0;

    for (size_t b = 0; b < BINS; b++)
        if (f->support[b]) {
            count++;
            highest = h4l_spectrum_frequency(&estimator, b) * 1000;
        }
    h4l_metric_int(f->run, "bins_with_power", (long long)count);
    h4l_metric_real(f->run, "highest_bin_with_power_Hz", highest);
    h4l_metric_real(f->run, "coherence_estimates", f->estimates);
    h4l_metric_real(f->run, "coherence_threshold_unrelated",
                    h4l_coherence_threshold(f->estimates, LEVEL));
    for (size_t s = 1; s < f->n_signals; s++) {
        struct h4l_spectral_distance d;
        int code = h4l_spectral_distance(f->density[s], f->density[0], 1, BINS - 1, &d, err);
        if (code)
            return code;
        put_band(f, f->signals[s].name, s);
        put(f, "spectral_total_variation", f->signals[s].name, d.total_variation);
        put(f, "spectral_log_distance_dB", f->signals[s].name, d.log_dB);
    }
    for (size_t i = 0; i < f->neurons.n; i++)
        if (f->neurons.at[i].model->event)
            put_band(f, f->neurons.at[i].model->name, best_signal(f, i));
    return H4L_OK;
}

// Limits of the coherence are drawn for the first signal of a resetting neuron and for its spikes.
static bool has_limits(const struct frequency *f, size_t s)
{
    const struct signal *at = &f->signals[s];

    return at->run < f->neurons.n && f->neurons.at[at->run].model->event && at->which <= 0;
}

// The neuron's name behind a column that names a signal, unless the neuron is the paper's.
static const char *owner(const struct frequency *f, size_t s)
{
    const struct h4l_model *m = f->neurons.at[f->signals[s].run].model;

    return m->paper ? "" : m->name;
}

static const struct h4l_column spectra_columns[] = {
    {"frequency", "Hz", "frequency"},
    {"P_*", "mV^2/Hz", "power of the potential of *; repetition: HH under other noise"},
    {"has_power", "1", "1: the input has power here, else 0"},
    {"coherence_*", "1", "coherence of the signal * with HH"},
    {"low_*", "1", "its interval, lower end"},
    {"high_*", "1", "upper end"},
    {"threshold", "1", "coherence that independent signals pass rarely"},
};
const struct h4l_series h4l_frequency_spectra_series =
    H4L_SERIES("frequency-spectra.csv", "frequency", spectra_columns);

static void name_spectra(const struct frequency *f, struct h4l_header *header)
{
    char of[80];

    h4l_header_add(header, "frequency", NULL);
    for (size_t s = 0; s < f->n_signals; s++)
        if (f->signals[s].which == 0)
            h4l_header_add(header, "P_*",
                           f->signals[s].run < f->neurons.n
                               ? f->neurons.at[f->signals[s].run].model->name
                               : "repetition");
    h4l_header_add(header, "has_power", NULL);
    for (size_t s = 1; s < f->n_signals; s++) {
        h4l_header_add(header, "coherence_*", f->signals[s].name);
        if (!has_limits(f, s))
            continue;
        snprintf(of, sizeof of, "%s%s%s", f->signals[s].short_name, *owner(f, s) ? "_" : "",
                 owner(f, s));
        h4l_header_add(header, "low_*", of);
        h4l_header_add(header, "high_*", of);
    }
    h4l_header_add(header, "threshold", NULL);
}

static int write_spectra(const struct frequency *f, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_frequency_spectra_series};
    struct h4l_csv *csv;

    name_spectra(f, &header);
    if (!(csv = h4l_series_begin_with(f->run, &header, NULL, err)))
        return err->code;
    for (size_t b = 1; b < BINS; b++) {
        double row[H4L_COLUMNS] = {1000 * h4l_spectrum_frequency(&estimator, b)};
        int n = 1;
        for (size_t s = 0; s < f->n_signals; s++)
            if (f->signals[s].which == 0)
                row[n++] = f->density[s][b] / 1000;
        row[n++] = f->support[b];
        for (size_t s = 1; s < f->n_signals; s++) {
            row[n++] = f->coherence[s][b];
            if (has_limits(f, s)) {
                h4l_coherence_limits(f->coherence[s][b], f->estimates, LEVEL, &row[n], &row[n + 1]);
                n += 2;
            }
        }
        row[n] = h4l_coherence_threshold(f->estimates, LEVEL);
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static int noise_part(struct frequency *f, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(f->run);
    struct h4l_rng rng;
    size_t samples = f->n * 10 + 1;
    int code;

    h4l_rng_init(&rng, h4l_run_seed(f->run), "frequency stimulus", 0);
    if ((code = h4l_wave_noise(&rng, STIMULUS_MEAN, STIMULUS_SD, STIMULUS_TAU_MS, NOISE_STEP_MS,
                               samples, &f->stimulus, err)))
        return code;
    h4l_rng_init(&rng, h4l_run_seed(f->run), "frequency repetition", 0);
    if ((code = h4l_wave_noise(&rng, 0, o->noise_sd, REPETITION_TAU_MS, NOISE_STEP_MS, samples,
                               &f->noise, err)))
        return code;
    f->spikes = calloc(f->n, sizeof *f->spikes);
    if (!f->spikes)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu samples", f->n);
    f->sim.stimulus = &f->stimulus;
    if ((code = h4l_parallel_for(h4l_run_pool(f->run), f->neurons.n + 1, run_item, f, err)) ||
        (code = estimate(f, err)) || (code = put_coherence(f, err)))
        return code;
    return write_spectra(f, err);
}

// ---- the orbit at I = 10 ----

enum { PER_PERIOD = 4096, HARMONICS = 10 };

// One period of V on HH's orbit, sampled by the precise integrator.
static int sample_orbit(struct h4l_shooting *s, const struct h4l_orbit *o, double *ret,
                        struct h4l_err *err)
{
    double x[H4L_SYSTEM_DIM], h = o->period / PER_PERIOD;
    int code = H4L_OK;

    memcpy(x, o->x, sizeof x);
    s->p = o->p;
    for (int i = 0; i < PER_PERIOD && !code; i++) {
        ret[i] = x[0];
        code = h4l_precise_run(&s->plain, 0, h, x, NULL, err);
    }
    return code;
}

// The same of a neuron that is HH in other coordinates, after 30 periods of RK4 with these steps.
static int sample_twin(const struct h4l_neuron *neuron, const struct h4l_orbit *o, double *ret,
                       struct h4l_err *err)
{
    const struct h4l_model *model = neuron->model;
    struct h4l_wave wave = h4l_wave_const(o->p);
    struct h4l_driven driven;
    struct h4l_flow flow;
    struct h4l_rk4 rk4;
    double y[H4L_MODEL_DIM], h = o->period / PER_PERIOD;
    int code;

    h4l_driven_init(neuron, &wave, &driven);
    flow = h4l_driven_flow(&driven);
    if ((code = h4l_rk4_create(&flow, 0, &rk4, err)))
        return code;
    h4l_model_place(model, o->x, y);
    for (int i = 0; i < 31 * PER_PERIOD; i++) {
        ret[i % PER_PERIOD] = model->potential(driven.neuron.constants, y, NULL);
        h4l_rk4_step_state(&rk4, i * h, h, y);
        if (flow.quotient && i % 64 == 63)
            flow.quotient(flow.ctx, y, NULL, 0);
    }
    h4l_rk4_destroy(&rk4);
    return H4L_OK;
}

static void put_harmonics(const struct frequency *f, const struct h4l_model *m,
                          const double harmonics[HARMONICS])
{
    char name[96];

    snprintf(name, sizeof name, "harmonics_I10_%s_mV", m->name);
    h4l_metric_reals(f->run, name, harmonics, HARMONICS);
}

// V[PER_PERIOD] is scratch.
static int put_orbit(const struct frequency *f, struct h4l_shooting *shooting,
                     const struct h4l_neuron *hh, double *V, struct h4l_err *err)
{
    struct h4l_orbit orbit;
    double start[H4L_MODEL_DIM], harmonics[HARMONICS];
    int code;

    hh->model->start(hh->constants, hh->model->rest_mV, start);
    if ((code = h4l_model_orbit(shooting, start, &orbit, err)) ||
        (code = h4l_orbit_find(shooting, &orbit, err)) ||
        (code = sample_orbit(shooting, &orbit, V, err)) ||
        (code = h4l_harmonics(V, PER_PERIOD, 1, HARMONICS, harmonics, NULL, err)))
        return code;
    h4l_metric_real(f->run, "fundamental_I10_Hz", 1000 / orbit.period);
    put_harmonics(f, hh->model, harmonics);
    for (size_t i = 0; i < f->neurons.n; i++)
        if (f->neurons.at[i].model->of == hh->model) {
            if ((code = sample_twin(&f->neurons.at[i], &orbit, V, err)) ||
                (code = h4l_harmonics(V, PER_PERIOD, 1, HARMONICS, harmonics, NULL, err)))
                return code;
            put_harmonics(f, f->neurons.at[i].model, harmonics);
        }
    return H4L_OK;
}

static int orbit_part(const struct frequency *f, struct h4l_err *err)
{
    const struct h4l_neuron *hh = &f->neurons.at[0];
    struct h4l_system system = h4l_model_system(hh);
    struct h4l_shooting shooting;
    double *V = malloc(PER_PERIOD * sizeof *V);
    int code = V ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the orbit");

    if (!code && !(code = h4l_shooting_create(&system, &shooting, err))) {
        code = put_orbit(f, &shooting, hh, V, err);
        h4l_shooting_destroy(&shooting);
    }
    free(V);
    return code;
}

// ---- a sweep ----

enum { SWEEP_MS = 8192, SWEEP_SEGMENT = 256 };
#define SWEEP_LOW 0.005 // 1/ms
#define SWEEP_HIGH 0.2

static const struct h4l_column sweep_columns[] = {
    {"time", "ms", "middle of the segment"},
    {"frequency", "Hz", "frequency"},
    {"P_*", "mV^2/Hz", "power of the potential of the neuron *"},
};
const struct h4l_series h4l_frequency_sweep_series =
    H4L_SERIES("frequency-sweep.csv", "segment of the sweep and frequency", sweep_columns);

static int write_sweep(const struct frequency *f, double *const power[H4L_NEURONS],
                       const struct h4l_spectrum_options *o, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_frequency_sweep_series};
    struct h4l_csv *csv;
    size_t bins = h4l_spectrum_bins(o), segments = h4l_spectrum_segments(SWEEP_MS, o);

    h4l_header_add(&header, "time", NULL);
    h4l_header_add(&header, "frequency", NULL);
    for (size_t m = 0; m < f->neurons.n; m++)
        h4l_header_add(&header, "P_*", f->neurons.at[m].model->name);
    if (!(csv = h4l_series_begin_with(f->run, &header, NULL, err)))
        return err->code;
    for (size_t s = 0; s < segments; s++)
        for (size_t b = 1; b < bins; b++) {
            double row[2 + H4L_NEURONS] = {(double)(s * 64 + SWEEP_SEGMENT / 2),
                                           1000 * h4l_spectrum_frequency(o, b)};
            for (size_t m = 0; m < f->neurons.n; m++)
                row[2 + m] = power[m][s * bins + b] / 1000;
            h4l_csv_row(csv, row);
        }
    return H4L_OK;
}

static int sweep_wave(struct h4l_wave *ret, struct h4l_err *err)
{
    size_t samples = SWEEP_MS * 20 + 1;
    double *t = malloc(2 * samples * sizeof *t), rate = log(SWEEP_HIGH / SWEEP_LOW) / SWEEP_MS;
    int code;

    if (!t)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the sweep");
    for (size_t i = 0; i < samples; i++) { // frequency grows exponentially
        t[i] = (double)i / 20;
        t[samples + i] = 10 + 5 * sin(2 * M_PI * SWEEP_LOW * expm1(rate * t[i]) / rate);
    }
    code = h4l_wave_samples(t, t + samples, samples, H4L_WAVE_LINEAR, ret, err);
    free(t);
    return code;
}

static int sweep_part(const struct frequency *f, struct h4l_err *err)
{
    const struct h4l_spectrum_options o = {.step = 1, .segment = SWEEP_SEGMENT, .overlap = 0.75};
    size_t cells = h4l_spectrum_segments(SWEEP_MS, &o) * h4l_spectrum_bins(&o);
    double *power[H4L_NEURONS] = {NULL};
    struct h4l_wave wave = {0};
    struct h4l_sim sim = f->sim;
    int code = sweep_wave(&wave, err);

    sim.stimulus = &wave;
    sim.duration_ms = SWEEP_MS;
    for (size_t m = 0; m < f->neurons.n && !code; m++) {
        struct h4l_sim_result r = {0};
        power[m] = malloc(cells * sizeof *power[m]);
        if (!power[m])
            code = h4l_fail(err, H4L_E_NOMEM, "no memory for the spectrograms");
        if (!code && !(code = h4l_simulate(&sim, &f->neurons.at[m], true, &r, err)))
            code = h4l_spectrogram(r.signal[0], SWEEP_MS, &o, power[m], err);
        h4l_sim_free(&r);
    }
    if (!code)
        code = write_sweep(f, power, &o, err);
    for (size_t m = 0; m < H4L_NEURONS; m++)
        free(power[m]);
    h4l_wave_free(&wave);
    return code;
}

int h4l_dynamics_frequency(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct frequency *f = calloc(1, sizeof *f);
    int code;

    if (!f)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the spectra");
    f->run = run;
    f->n = (size_t)lround(o->duration_ms);
    f->sim = (struct h4l_sim){
        .duration_ms = (double)f->n, .dt_ms = o->step_ms, .threshold_mV = o->threshold_mV};
    if (!(code = h4l_neurons(run, &f->neurons, err))) {
        list_signals(f);
        code = noise_part(f, err);
    }
    if (!code && !(code = orbit_part(f, err)))
        code = sweep_part(f, err);
    for (int i = 0; i <= H4L_NEURONS; i++)
        h4l_sim_free(&f->result[i]);
    h4l_wave_free(&f->stimulus);
    h4l_wave_free(&f->noise);
    free(f->spikes);
    free(f);
    return code;
}
