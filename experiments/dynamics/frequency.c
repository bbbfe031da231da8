// frequency: do the models share HH's frequency content? (Claim D3.)
//
// Under broadband noise: spectra of the potential (averaged over each ms) and its coherence with HH's, wherever HH has its power.
// For s-LIF2HH three signals may stand for the potential: u_1, u_4, and the spike train; the one that is most coherent counts.
// Besides: the spectrum of HH's orbit at I = 10, and spectrograms under a sine whose frequency sweeps upward.
#include "dynamics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spectrum.h"
#include "model.h"
#include "simulate.h"

#define STIMULUS_MEAN 10.0
#define STIMULUS_SD 5.0
#define STIMULUS_TAU_MS 5.0
#define REPETITION_TAU_MS 2.0
#define NOISE_STEP_MS 0.1
#define POWER_SHARE 0.99
#define LEVEL 0.95

// Signals, the first HH's own.
enum { HH, TV, SLIF_U1, SLIF_U4, SLIF_SPIKES, REPETITION, SIGNALS };
static const char *const names[SIGNALS] = {
    "hh", "tv", "slif2hh_u1", "slif2hh_u4", "slif2hh_spikes", "repetition"};
enum { RUNS = 4 }; // HH, tv, s-LIF2HH, HH with noise of its own

static const struct h4l_spectrum_options estimator = {
    .step = 1, .segment = 1024, .tapers = 7, .half_bandwidth = 4};
enum { BINS = 1024 / 2 + 1 };

struct frequency {
    struct h4l_run *run;
    struct h4l_sim sim;
    struct h4l_wave stimulus, noise;
    struct h4l_sim_result result[RUNS];
    size_t n; // ms
    double *spikes;
    double density[SIGNALS][BINS], coherence[SIGNALS][BINS], phase[SIGNALS][BINS], estimates;
    unsigned char support[BINS];
};

static int run_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    static const enum h4l_sim_model models[RUNS] = {H4L_SIM_HH, H4L_SIM_TV, H4L_SIM_S_LIF,
                                                    H4L_SIM_HH};
    struct frequency *f = ctx;
    struct h4l_sim sim = f->sim;

    (void)worker;
    sim.noise = item == RUNS - 1 ? &f->noise : NULL;
    return h4l_simulate(&sim, models[item], 1, &f->result[item], err);
}

static const double *signal(const struct frequency *f, int which)
{
    switch (which) {
    case HH:
        return f->result[0].mean;
    case TV:
        return f->result[1].mean;
    case SLIF_U1:
        return f->result[2].mean;
    case SLIF_U4:
        return f->result[2].output;
    case SLIF_SPIKES:
        return f->spikes;
    default:
        return f->result[3].mean;
    }
}

static int estimate(struct frequency *f, struct h4l_err *err)
{
    int code;

    for (size_t i = 0; i < f->result[2].n; i++)
        f->spikes[(size_t)f->result[2].t[i]] = 1;
    for (int s = 0; s < SIGNALS; s++)
        if ((code = h4l_spectrum(signal(f, s), f->n, &estimator, f->density[s], err)) ||
            (code = h4l_coherence(f->result[0].mean, signal(f, s), f->n, &estimator,
                                  f->coherence[s], f->phase[s], err)))
            return h4l_fail_context(err, code, "signal %s", names[s]);
    f->estimates = h4l_spectrum_estimates(f->n, &estimator);
    h4l_spectrum_support(f->density[HH], BINS, POWER_SHARE, f->support);
    return H4L_OK;
}

// Over the bins that hold HH's power: least coherence, mean weighted with HH's power, and share of the power above 0.9.
static void band(const struct frequency *f, int s, double *ret_min, double *ret_mean,
                 double *ret_share)
{
    double power = 0, above = 0, sum = 0, least = 1;

    for (size_t b = 0; b < BINS; b++)
        if (f->support[b]) {
            double P = f->density[HH][b], c = f->coherence[s][b];
            power += P;
            sum += P * c;
            above += c > 0.9 ? P : 0;
            least = fmin(least, c);
        }
    *ret_min = least;
    *ret_mean = sum / power;
    *ret_share = above / power;
}

static int put_coherence(const struct frequency *f, struct h4l_err *err)
{
    double best_min = -1, best_mean = 0, best_share = 0, least, mean, share, highest = 0;
    size_t count = 0;
    char name[96];

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
    for (int s = TV; s < SIGNALS; s++) {
        struct h4l_spectral_distance d;
        int code = h4l_spectral_distance(f->density[s], f->density[HH], 1, BINS - 1, &d, err);
        if (code)
            return code;
        band(f, s, &least, &mean, &share);
        if (s >= SLIF_U1 && s <= SLIF_SPIKES && least > best_min) {
            best_min = least;
            best_mean = mean;
            best_share = share;
        }
        snprintf(name, sizeof name, "coherence_min_%s", names[s]);
        h4l_metric_real(f->run, name, least);
        snprintf(name, sizeof name, "coherence_mean_%s", names[s]);
        h4l_metric_real(f->run, name, mean);
        snprintf(name, sizeof name, "coherence_power_share_above_09_%s", names[s]);
        h4l_metric_real(f->run, name, share);
        snprintf(name, sizeof name, "spectral_total_variation_%s", names[s]);
        h4l_metric_real(f->run, name, d.total_variation);
        snprintf(name, sizeof name, "spectral_log_distance_dB_%s", names[s]);
        h4l_metric_real(f->run, name, d.log_dB);
    }
    h4l_metric_real(f->run, "coherence_min_slif2hh", best_min);
    h4l_metric_real(f->run, "coherence_mean_slif2hh", best_mean);
    h4l_metric_real(f->run, "coherence_power_share_above_09_slif2hh", best_share);
    return H4L_OK;
}

static int write_spectra(const struct frequency *f, struct h4l_err *err)
{
    static const char *const columns[] = {"frequency",
                                          "P_hh",
                                          "P_tv",
                                          "P_slif2hh",
                                          "P_repetition",
                                          "has_power",
                                          "coherence_tv",
                                          "coherence_slif2hh_u1",
                                          "low_u1",
                                          "high_u1",
                                          "coherence_slif2hh_u4",
                                          "coherence_slif2hh_spikes",
                                          "low_spikes",
                                          "high_spikes",
                                          "coherence_repetition",
                                          "threshold"};
    static const char *const units[] = {"Hz", "mV^2/Hz", "mV^2/Hz", "mV^2/Hz", "mV^2/Hz", "1",
                                        "1",  "1",       "1",       "1",       "1",       "1",
                                        "1",  "1",       "1",       "1"};
    struct h4l_csv *csv =
        h4l_series_begin(f->run, "frequency-spectra.csv", columns, units, 16, err);
    double threshold = h4l_coherence_threshold(f->estimates, LEVEL);

    if (!csv)
        return err->code;
    for (size_t b = 1; b < BINS; b++) {
        double low1, high1, low2, high2;
        h4l_coherence_limits(f->coherence[SLIF_U1][b], f->estimates, LEVEL, &low1, &high1);
        h4l_coherence_limits(f->coherence[SLIF_SPIKES][b], f->estimates, LEVEL, &low2, &high2);
        h4l_csv_row(csv,
                    (double[]){1000 * h4l_spectrum_frequency(&estimator, b),
                               f->density[HH][b] / 1000, f->density[TV][b] / 1000,
                               f->density[SLIF_U1][b] / 1000, f->density[REPETITION][b] / 1000,
                               f->support[b], f->coherence[TV][b], f->coherence[SLIF_U1][b], low1,
                               high1, f->coherence[SLIF_U4][b], f->coherence[SLIF_SPIKES][b], low2,
                               high2, f->coherence[REPETITION][b], threshold});
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
    if ((code = h4l_parallel_for(h4l_run_pool(f->run), RUNS, run_item, f, err)) ||
        (code = estimate(f, err)) || (code = put_coherence(f, err)))
        return code;
    return write_spectra(f, err);
}

// ---- the orbit at I = 10 ----

enum { PER_PERIOD = 4096, HARMONICS = 10 };

// One period of V on the orbit, sampled by the precise integrator (HH), or after 30 periods of RK4 with these steps (tv).
static int sample_period(struct h4l_shooting *s, const struct h4l_orbit *o, int tv, double *ret,
                         struct h4l_err *err)
{
    struct h4l_wave wave = h4l_wave_const(o->p);
    struct h4l_driven driven;
    struct h4l_flow flow;
    struct h4l_rk4 rk4;
    double x[H4L_SYSTEM_DIM], y[H4L_TV_DIM], h = o->period / PER_PERIOD;
    int code = H4L_OK;

    memcpy(x, o->x, sizeof x);
    if (!tv) {
        s->p = o->p;
        for (int i = 0; i < PER_PERIOD && !code; i++) {
            ret[i] = x[0];
            code = h4l_precise_run(&s->plain, 0, h, x, NULL, err);
        }
        return code;
    }
    h4l_driven_init(&wave, &driven);
    flow = h4l_driven_tv(&driven);
    if ((code = h4l_rk4_create(&flow, 0, &rk4, err)))
        return code;
    h4l_tv_flow_from_hh(x, y);
    for (int i = 0; i < 31 * PER_PERIOD; i++) {
        ret[i % PER_PERIOD] = y[H4L_TV_F] + y[H4L_TV_U4];
        h4l_rk4_step_state(&rk4, i * h, h, y);
        if (i % 64 == 63)
            h4l_tv_flow_quotient(y, NULL, 0);
    }
    h4l_rk4_destroy(&rk4);
    return H4L_OK;
}

static int orbit_part(const struct frequency *f, struct h4l_err *err)
{
    struct h4l_hh_flow flow;
    struct h4l_system system;
    struct h4l_shooting shooting;
    struct h4l_orbit orbit;
    double rest[H4L_HH_DIM], *V = malloc(PER_PERIOD * sizeof *V), hh[HARMONICS], tv[HARMONICS];
    int code = V ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the orbit");

    h4l_hh_flow_init(&h4l_hh_form_a, &flow);
    system = h4l_model_system(&flow);
    h4l_hh_steady_state(&h4l_hh_form_a, -65, rest);
    if (code || (code = h4l_shooting_create(&system, &shooting, err))) {
        free(V);
        return code;
    }
    if (!(code = h4l_orbit_guess(&shooting, 10, rest, 300, H4L_HH_V, 0, &orbit, err)) &&
        !(code = h4l_orbit_find(&shooting, &orbit, err)) &&
        !(code = sample_period(&shooting, &orbit, 0, V, err)) &&
        !(code = h4l_harmonics(V, PER_PERIOD, 1, HARMONICS, hh, NULL, err)) &&
        !(code = sample_period(&shooting, &orbit, 1, V, err)))
        code = h4l_harmonics(V, PER_PERIOD, 1, HARMONICS, tv, NULL, err);
    h4l_shooting_destroy(&shooting);
    free(V);
    if (code)
        return code;
    h4l_metric_real(f->run, "fundamental_I10_Hz", 1000 / orbit.period);
    h4l_metric_reals(f->run, "harmonics_I10_hh_mV", hh, HARMONICS);
    h4l_metric_reals(f->run, "harmonics_I10_tv_mV", tv, HARMONICS);
    return H4L_OK;
}

// ---- a sweep ----

enum { SWEEP_MS = 8192, SWEEP_SEGMENT = 256, SWEEP_MODELS = 3 };
#define SWEEP_LOW 0.005 // 1/ms
#define SWEEP_HIGH 0.2

static int write_sweep(struct h4l_run *run, double *const power[SWEEP_MODELS],
                       const struct h4l_spectrum_options *o, struct h4l_err *err)
{
    static const char *const columns[] = {"time", "frequency", "P_hh", "P_tv", "P_slif2hh"};
    static const char *const units[] = {"ms", "Hz", "mV^2/Hz", "mV^2/Hz", "mV^2/Hz"};
    struct h4l_csv *csv = h4l_series_begin(run, "frequency-sweep.csv", columns, units, 5, err);
    size_t bins = h4l_spectrum_bins(o), segments = h4l_spectrum_segments(SWEEP_MS, o);

    if (!csv)
        return err->code;
    for (size_t s = 0; s < segments; s++)
        for (size_t b = 1; b < bins; b++)
            h4l_csv_row(
                csv, (double[]){(double)(s * 64 + SWEEP_SEGMENT / 2),
                                1000 * h4l_spectrum_frequency(o, b), power[0][s * bins + b] / 1000,
                                power[1][s * bins + b] / 1000, power[2][s * bins + b] / 1000});
    return H4L_OK;
}

static int sweep_part(const struct frequency *f, struct h4l_err *err)
{
    const struct h4l_spectrum_options o = {.step = 1, .segment = SWEEP_SEGMENT, .overlap = 0.75};
    static const enum h4l_sim_model models[SWEEP_MODELS] = {H4L_SIM_HH, H4L_SIM_TV, H4L_SIM_S_LIF};
    size_t samples = SWEEP_MS * 20 + 1,
           cells = h4l_spectrum_segments(SWEEP_MS, &o) * h4l_spectrum_bins(&o);
    double *t = malloc(2 * samples * sizeof *t), *power[SWEEP_MODELS] = {NULL};
    struct h4l_wave wave = {0};
    struct h4l_sim sim = f->sim;
    int code = t ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the sweep");

    for (size_t i = 0; i < samples && !code; i++) { // frequency grows exponentially
        double rate = log(SWEEP_HIGH / SWEEP_LOW) / SWEEP_MS;
        t[i] = (double)i / 20;
        t[samples + i] = 10 + 5 * sin(2 * M_PI * SWEEP_LOW * expm1(rate * t[i]) / rate);
    }
    if (!code)
        code = h4l_wave_samples(t, t + samples, samples, H4L_WAVE_LINEAR, &wave, err);
    sim.stimulus = &wave;
    sim.duration_ms = SWEEP_MS;
    for (int m = 0; m < SWEEP_MODELS && !code; m++) {
        struct h4l_sim_result r = {0};
        power[m] = malloc(cells * sizeof *power[m]);
        if (!power[m])
            code = h4l_fail(err, H4L_E_NOMEM, "no memory for the spectrograms");
        if (!code && !(code = h4l_simulate(&sim, models[m], 1, &r, err)))
            code = h4l_spectrogram(r.mean, SWEEP_MS, &o, power[m], err);
        h4l_sim_free(&r);
    }
    if (!code)
        code = write_sweep(f->run, power, &o, err);
    for (int m = 0; m < SWEEP_MODELS; m++)
        free(power[m]);
    h4l_wave_free(&wave);
    free(t);
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
    if (!(code = noise_part(f, err)) && !(code = orbit_part(f, err)))
        code = sweep_part(f, err);
    for (int i = 0; i < RUNS; i++)
        h4l_sim_free(&f->result[i]);
    h4l_wave_free(&f->stimulus);
    h4l_wave_free(&f->noise);
    free(f->spikes);
    free(f);
    return code;
}
