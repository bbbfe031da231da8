// What the channels of the HH policies do: courses of the gates and conductances, which do not depend on the data, and spikes
// with and without channels under the same random input.
#include "control.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/statistics.h"
#include "base/rng.h"
#include "cell/hh.h"

enum { OBSERVATIONS = 5, REPEAT = 3, WINDOW = OBSERVATIONS * REPEAT };
enum trace { GATE_N, GATE_M, GATE_H, G_NA, G_K, TRACES };
static const char *const trace_names[TRACES] = {"n", "m", "h", "g_na", "g_k"};

struct gates {
    struct h4l_cell_constants neuron;
    double mean[TRACES][WINDOW], max[TRACES][WINDOW];
    long spikes, differing, compared;
};

// One neuron's courses: value before each step.
static void courses(const struct h4l_cell_constants *neuron, const double *r,
                    double ret[TRACES][WINDOW])
{
    h4l_cell_hh_gates(neuron, r, ret[GATE_N], ret[GATE_M], ret[GATE_H]);
    h4l_cell_hh_channels(neuron, r, ret[G_NA], ret[G_K]);
}

// Spikes of one neuron with and without channels; the input changes with each observation, as a policy's does.
static void compare_spikes(struct gates *g, const struct h4l_cell_constants *with, const double *r,
                           double sd, struct h4l_rng *rng)
{
    struct h4l_cell_constants without = *with;
    double input[WINDOW], v[WINDOW];
    uint8_t a[WINDOW], b[WINDOW];

    without.own[H4L_CELL_HH_G_NA] = without.own[H4L_CELL_HH_G_K] = 0;
    for (int i = 0; i < OBSERVATIONS; i++) {
        double x = sd * h4l_rng_normal(rng);
        for (int k = 0; k < REPEAT; k++)
            input[i * REPEAT + k] = x;
    }
    h4l_cell_forward(with, r, NULL, input, v, a);
    h4l_cell_forward(&without, r, NULL, input, v, b);
    for (int t = 0; t < WINDOW; t++) {
        g->spikes += a[t];
        g->differing += a[t] != b[t];
        g->compared++;
    }
}

static void population(struct gates *g, const struct h4l_sac_spec *sac, uint64_t seed, long neurons,
                       double input_sd)
{
    struct h4l_rng rng, input;
    double own[TRACES][WINDOW];

    h4l_rng_init(&rng, seed, "control gates", sac->n_obs == 4 ? 0 : 1);
    h4l_rng_init(&input, seed, "control gates input", sac->n_obs == 4 ? 0 : 1);
    for (long i = 0; i < neurons; i++) {
        struct h4l_cell_constants neuron = g->neuron;
        double rates[H4L_CELL_RATES], *dt = &neuron.own[H4L_CELL_HH_DT];
        do
            *dt = h4l_rng_between(&rng, 0, sac->dt_max);
        while (*dt <= 0);
        for (int k = 0; k < H4L_CELL_RATES; k++)
            rates[k] = h4l_rng_between(&rng, 0, sac->rate_max);
        courses(&neuron, rates, own);
        for (int q = 0; q < TRACES; q++)
            for (int t = 0; t < WINDOW; t++) {
                g->mean[q][t] += own[q][t] / (double)neurons;
                g->max[q][t] = fmax(g->max[q][t], own[q][t]);
            }
        compare_spikes(g, &neuron, rates, input_sd, &input);
    }
}

static const struct h4l_column gate_columns[] = {
    {"step", "time steps", "step of the window, from 0"},
    {"n_mean", "1", "gate n: mean over the neurons"},
    {"n_max", "1", "gate n: largest over the neurons"},
    {"m_mean", "1", "gate m: mean over the neurons"},
    {"m_max", "1", "gate m: largest over the neurons"},
    {"h_mean", "1", "gate h: mean over the neurons"},
    {"h_max", "1", "gate h: largest over the neurons"},
    {"g_na_mean", "mS/cm2", "sodium conductance: mean over the neurons"},
    {"g_na_max", "mS/cm2", "sodium conductance: largest over the neurons"},
    {"g_k_mean", "mS/cm2", "potassium conductance: mean over the neurons"},
    {"g_k_max", "mS/cm2", "potassium conductance: largest over the neurons"},
};
const struct h4l_series h4l_control_gates_series =
    H4L_SERIES("gates-*.csv", "step of the window", gate_columns);

static int write_series(struct h4l_run *run, const char *env, const struct gates *g,
                        struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_control_gates_series, env, err);

    if (!csv)
        return err->code;
    for (int t = 0; t < WINDOW; t++) {
        double row[1 + 2 * TRACES] = {t};
        for (int i = 0; i < 2 * TRACES; i++)
            row[1 + i] = i % 2 ? g->max[i / 2][t] : g->mean[i / 2][t];
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static void metric(struct h4l_run *run, const char *env, const char *name, double value)
{
    char text[80];

    snprintf(text, sizeof text, "%s_%s", name, env);
    h4l_metric_real(run, text, value);
}

static int one_environment(struct h4l_run *run, bool idp, struct h4l_err *err)
{
    const char *env = idp ? "idp" : "ip";
    const struct h4l_control_options *o = h4l_run_options(run);
    struct h4l_sac_spec sac;
    struct gates g = {0};
    int code = h4l_sac_published("hh", idp, &sac, err);

    if (code)
        return code;
    g.neuron = sac.neuron;
    population(&g, &sac, h4l_run_seed(run), o->neurons, o->input_sd);
    for (int q = 0; q < TRACES; q++) {
        char name[40];
        snprintf(name, sizeof name, "peak_%s%s", trace_names[q], q >= G_NA ? "_mS_per_cm2" : "");
        metric(run, env, name, h4l_max(g.max[q], WINDOW));
        snprintf(name, sizeof name, "mean_end_%s%s", trace_names[q],
                 q >= G_NA ? "_mS_per_cm2" : "");
        metric(run, env, name, g.mean[q][WINDOW - 1]);
    }
    metric(run, env, "peak_channels_over_leak",
           (h4l_max(g.max[G_NA], WINDOW) + h4l_max(g.max[G_K], WINDOW)) /
               g.neuron.own[H4L_CELL_HH_G_L]);
    metric(run, env, "spikes", (double)g.spikes);
    metric(run, env, "spikes_differing_without_channels", (double)g.differing);
    metric(run, env, "spikes_compared", (double)g.compared);
    return write_series(run, env, &g, err);
}

int h4l_control_gates(struct h4l_run *run, struct h4l_err *err)
{
    int code = h4l_control_need_simulator(err);

    for (int idp = 0; idp < 2 && code == H4L_OK; idp++)
        code = one_environment(run, idp, err);
    return code;
}
