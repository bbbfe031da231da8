// slif-map: where in the plane of frequency and amplitude do HH and s-LIF2HH give the same output?
//
// Each published waveform is stretched in time and scaled (the published one is the cell with both factors 1); the constant input has no
// frequency and is scaled itself; noise, which the paper does not use, runs over correlation time and standard deviation.
#include "slif.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "equivalence.h"
#include "slif_compare.h"

#define OCTAVES 2.0        // frequency factors 2^-2 .. 2^2, evenly spaced in the logarithm
#define LARGEST_FACTOR 2.0 // amplitude factors 0 .. 2
// Noise: mean of the published constant input, factor 1 at these
#define NOISE_TAU_MS 4.0
#define NOISE_SD 6.0
#define NOISE_STEP_MS 0.01 // far below the shortest correlation time, 1 ms

enum { NOISE = H4L_WAVE_PUBLISHED, MAPS };

struct cell {
    double frequency_factor, amplitude_factor, frequency_per_ms, amplitude;
    size_t lif_firings;   // in every LIF step; consecutive ones count as one spike in n_lif
    size_t unlike_single; // LIF steps in which the sub-network does not do what one unit would
    struct h4l_slif_comparison comparison;
};

struct map {
    struct h4l_run *run;
    int which; // enum h4l_wave_kind or NOISE
    size_t frequencies, amplitudes;
    struct h4l_chain published;
    double delta_ms;
    struct cell *cells; // [frequency * amplitudes + amplitude]
};

static const char *map_name(int which)
{
    return which == NOISE ? "noise" : h4l_wave_name((enum h4l_wave_kind)which);
}

// The waveform of a cell. A table must be released with h4l_wave_free.
static int cell_wave(const struct map *m, struct cell *cell, struct h4l_wave *ret,
                     struct h4l_err *err)
{
    struct h4l_rng rng;
    double tau, duration = m->published.duration_ms;

    if (m->which != NOISE) {
        *ret = h4l_slif_scale(&m->published.wave, cell->frequency_factor, cell->amplitude_factor);
        cell->frequency_per_ms = h4l_slif_frequency(ret);
        cell->amplitude = ret->kind == H4L_WAVE_CONST ? ret->offset : fabs(ret->amplitude);
        return H4L_OK;
    }
    tau = NOISE_TAU_MS / cell->frequency_factor;
    cell->frequency_per_ms = 1 / (2 * M_PI * tau);
    cell->amplitude = NOISE_SD * cell->amplitude_factor;
    h4l_rng_init(&rng, h4l_run_seed(m->run), "slif-map noise",
                 0); // the same draws in every cell, so that neighbours compare
    return h4l_wave_noise(&rng, m->published.wave.offset, cell->amplitude, tau, NOISE_STEP_MS,
                          (size_t)ceil(duration / NOISE_STEP_MS) + 1, ret, err);
}

// s-LIF2HH's answer to the waveform of a cell, and its comparison with that of HH.
static int compare(const struct map *m, struct cell *cell, const struct h4l_chain *chain,
                   const struct h4l_chain_spikes hh[2], struct h4l_err *err)
{
    struct h4l_chain_spikes lif[2] = {0};
    struct h4l_s_lif_flags *steps = calloc(h4l_chain_lif_steps(chain), sizeof *steps);
    int code = steps ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the steps of s-LIF2HH");

    if (!code)
        code = h4l_chain_run_lif(chain, NULL, (struct h4l_s_lif_flags *[]){steps, NULL}, lif, err);
    if (!code) {
        cell->lif_firings = lif[1].high_steps;
        cell->unlike_single = h4l_slif_unlike_single(chain, steps);
        code = h4l_slif_compare((struct h4l_spikes){hh[1].t_ms, hh[1].n},
                                (struct h4l_spikes){lif[1].t_ms, lif[1].n}, chain->duration_ms,
                                m->delta_ms, &cell->comparison, err);
    }
    h4l_chain_spikes_free(lif);
    free(steps);
    return code;
}

// Cells first .. first + BATCH - 1, whose HH neurons run side by side.
static int run_batch(void *ctx, size_t batch, int worker, struct h4l_err *err)
{
    const struct map *m = ctx;
    size_t first = batch * H4L_SLIF_BATCH, all = m->frequencies * m->amplitudes;
    size_t n = all - first < H4L_SLIF_BATCH ? all - first : H4L_SLIF_BATCH;
    struct h4l_chain chains[H4L_SLIF_BATCH];
    struct h4l_chain_spikes hh[H4L_SLIF_BATCH][2] = {0};
    size_t waves = 0;
    int code = H4L_OK;

    (void)worker;
    if (h4l_run_interrupted(m->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    while (waves < n && !code) {
        size_t f = (first + waves) / m->amplitudes, a = (first + waves) % m->amplitudes;
        struct cell *cell = &m->cells[first + waves];
        double octaves =
            m->frequencies > 1 ? OCTAVES * (2.0 * (double)f / (double)(m->frequencies - 1) - 1) : 0;
        cell->frequency_factor = exp2(octaves);
        cell->amplitude_factor = LARGEST_FACTOR * (double)a / (double)(m->amplitudes - 1);
        chains[waves] = m->published;
        code = cell_wave(m, cell, &chains[waves].wave, err);
        waves += !code;
    }
    if (!code)
        code = h4l_chain_run_hh_many(chains, n, hh, err);
    for (size_t i = 0; i < waves; i++) {
        if (!code)
            code = compare(m, &m->cells[first + i], &chains[i], hh[i], err);
        h4l_chain_spikes_free(hh[i]);
        h4l_wave_free(&chains[i].wave);
    }
    return code;
}

static const struct h4l_column cell_columns[] = {
    {"frequency_factor", "1", "frequency over the published one"},
    {"amplitude_factor", "1", "amplitude over the published one"},
    {"frequency_per_ms", "1/ms", "frequency of the current"},
    {"amplitude_uA_per_cm2", "uA/cm^2", "amplitude of the current"},
    {"spikes_hh", "1", "spikes of HH in the second layer"},
    {"spikes_lif", "1", "spikes of s-LIF2HH; firings in a row count as one"},
    {"firings_lif", "1", "steps in which s-LIF2HH fires"},
    {"verdict", "0 silent, 1 counts differ, 2 counts agree, 3 criterion holds",
     "outcome of the cell"},
    {"mean_isi_difference_ms", "ms", "mean interval of s-LIF2HH minus that of HH"},
    {"mean_abs_time_difference_over_isi", "1",
     "mean distance of paired spikes, over the mean interval of HH"},
    {"gamma", "1", "coincidence factor"},
    {"spike_distance", "1", "SPIKE-distance"},
};
const struct h4l_series h4l_slif_map_series = H4L_SERIES(
    "slif-map-*.csv", "cell of the map: one frequency and amplitude of the waveform", cell_columns);

static int write_cells(const struct map *m, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(m->run, &h4l_slif_map_series, map_name(m->which), err);

    if (!csv)
        return err->code;
    for (size_t i = 0; i < m->frequencies * m->amplitudes; i++) {
        const struct cell *c = &m->cells[i];
        const struct h4l_slif_comparison *q = &c->comparison;
        h4l_csv_row(csv, (double[]){c->frequency_factor, c->amplitude_factor, c->frequency_per_ms,
                                    c->amplitude, (double)q->n_hh, (double)q->n_lif,
                                    (double)c->lif_firings, h4l_slif_verdict(q),
                                    q->mean_isi_difference_ms, q->mean_abs_time_difference_over_isi,
                                    q->gamma, q->spike_distance});
    }
    return H4L_OK;
}

static void metric(struct h4l_run *run, const char *map, const char *what, double value)
{
    char name[80];

    snprintf(name, sizeof name, "%s_%s", map, what);
    h4l_metric_real(run, name, value);
}

// Shares are of the cells in which at least one of the two neurons fires; the mean of gamma is over those in which it is defined.
static void report(const struct map *m)
{
    const char *name = map_name(m->which);
    size_t n = m->frequencies * m->amplitudes, verdicts[4] = {0}, active, single = 0;
    double gamma = 0, gammas = 0, distance = 0, difference = 0;

    for (size_t i = 0; i < n; i++) {
        const struct h4l_slif_comparison *q = &m->cells[i].comparison;
        enum h4l_slif_verdict v = h4l_slif_verdict(q);
        verdicts[v]++;
        single += m->cells[i].unlike_single == 0;
        if (v == H4L_SLIF_SILENT)
            continue;
        if (isfinite(q->gamma)) {
            gamma += q->gamma;
            gammas++;
        }
        distance += q->spike_distance;
        difference += fabs((double)q->n_lif - (double)q->n_hh);
    }
    active = n - verdicts[H4L_SLIF_SILENT];
    metric(m->run, name, "cells", (double)n);
    metric(m->run, name, "cells_active", (double)active);
    metric(m->run, name, "counts_agree_percent",
           100.0 * (double)(verdicts[H4L_SLIF_COUNTS_AGREE] + verdicts[H4L_SLIF_HOLDS]) /
               (double)active);
    metric(m->run, name, "criterion_holds_percent",
           100.0 * (double)verdicts[H4L_SLIF_HOLDS] / (double)active);
    metric(m->run, name, "same_as_single_unit_percent", 100.0 * (double)single / (double)n);
    metric(m->run, name, "mean_abs_count_difference", difference / (double)active);
    metric(m->run, name, "mean_gamma", gamma / gammas);
    metric(m->run, name, "mean_spike_distance", distance / (double)active);
}

static int run_map(struct map *m, struct h4l_err *err)
{
    int code;

    m->cells = calloc(m->frequencies * m->amplitudes, sizeof *m->cells);
    if (!m->cells)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a map of %zu x %zu cells", m->frequencies,
                        m->amplitudes);
    code = h4l_parallel_for(h4l_run_pool(m->run),
                            (m->frequencies * m->amplitudes + H4L_SLIF_BATCH - 1) / H4L_SLIF_BATCH,
                            run_batch, m, err);
    if (!code)
        code = write_cells(m, err);
    if (!code)
        report(m);
    free(m->cells);
    return code;
}

int h4l_slif_map_run(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    size_t points_f = o->map_frequencies, points_a = o->map_amplitudes;

    for (int which = 0; which < MAPS; which++) {
        struct map m = {.run = run,
                        .which = which,
                        .frequencies = which == H4L_WAVE_CONST ? 1 : points_f,
                        .amplitudes = points_a,
                        .delta_ms = o->delta_ms};
        struct h4l_wave wave;
        int code = h4l_wave_published(which == NOISE ? H4L_WAVE_CONST : (enum h4l_wave_kind)which,
                                      &wave, err);
        h4l_run_progress(run, map_name(which), which, MAPS);
        if (!code)
            code = h4l_slif_chain(run, &wave, &m.published, err);
        if (!code)
            code = run_map(&m, err);
        if (code)
            return code;
    }
    return H4L_OK;
}
