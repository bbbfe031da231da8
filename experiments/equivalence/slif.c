// slif-const, slif-sine, slif-square, slif-sawtooth, slif-triangle: the published chain and the published measures.
#include "slif.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "equivalence.h"
#include "slif_compare.h"

#define SERIES_STEP_MS 0.05 // potentials are written at this spacing; spikes come from every step

double h4l_slif_frequency(const struct h4l_wave *w)
{
    if (w->kind == H4L_WAVE_SINE)
        return w->omega_per_ms / (2 * M_PI);
    return w->period_ms > 0 ? 1 / w->period_ms : 0;
}

struct h4l_wave h4l_slif_scale(const struct h4l_wave *wave, double frequency_factor,
                               double amplitude_factor)
{
    struct h4l_wave w = *wave;

    w.omega_per_ms *= frequency_factor;
    w.period_ms /= frequency_factor;
    w.tick_ms /= frequency_factor; // the ticks of the square belong to its shape
    w.edge_ms /= frequency_factor;
    if (w.kind == H4L_WAVE_CONST)
        w.offset *= amplitude_factor;
    else
        w.amplitude *= amplitude_factor;
    return w;
}

int h4l_slif_chain(const struct h4l_run *run, const struct h4l_wave *wave, struct h4l_chain *ret,
                   struct h4l_err *err)
{
    struct h4l_equivalence_options o = {.chain = h4l_chain_published(wave)};
    int code;

    h4l_run_override(run, &o);
    code = h4l_chain_check(&o.chain, err);
    if (!code)
        *ret = o.chain;
    return code;
}

// The published waveform with the constants that the user gave, which are recorded.
static int waveform(struct h4l_run *run, struct h4l_wave *ret, struct h4l_err *err)
{
    struct h4l_equivalence_options o =
        *(const struct h4l_equivalence_options *)h4l_run_options(run);
    struct h4l_wave w;
    double published;
    int code = h4l_wave_published_by_name(h4l_run_ctx(run), &w, err);

    if (code)
        return code;
    published = h4l_slif_frequency(&w);
    o.wave.offset = w.offset;
    o.wave.amplitude = w.amplitude;
    o.wave.frequency = published;
    h4l_run_override(run, &o);
    w.offset = o.wave.offset;
    w.amplitude = o.wave.amplitude;
    if (o.wave.frequency != published)
        w = h4l_slif_scale(&w, o.wave.frequency / published, 1);
    h4l_run_record(run, NULL, &o);
    *ret = w;
    return H4L_OK;
}

static const struct h4l_column hh_columns[] = {
    {"t_ms", "ms", "time"},
    {"I_uA_per_cm2", "uA/cm^2", "current"},
    {"V1_mV", "mV", "potential of the first neuron"},
    {"V2_mV", "mV", "potential of the second neuron"},
};
const struct h4l_series h4l_slif_hh_series =
    H4L_SERIES("slif-*-hh.csv", "sampled step of the HH neurons", hh_columns);

static int write_hh(struct h4l_run *run, const char *name, const struct h4l_chain *chain,
                    double *const V[2], struct h4l_err *err)
{
    size_t n = h4l_chain_hh_steps(chain),
           stride = (size_t)fmax(1, round(SERIES_STEP_MS / chain->hh_dt_ms));
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_slif_hh_series, name, err);

    if (!csv)
        return err->code;
    for (size_t k = stride - 1; k < n; k += stride) {
        double t = (double)(k + 1) * chain->hh_dt_ms;
        h4l_csv_row(csv, (double[]){t, h4l_wave_value(&chain->wave, t), V[0][k], V[1][k]});
    }
    return H4L_OK;
}

static const struct h4l_column lif_columns[] = {
    {"t_start_ms", "ms", "start of the step"},
    {"I_mean_uA_per_cm2", "uA/cm^2", "mean current over the step"},
    {"layer1_u1_mV", "mV", "potential of unit 1 of the first neuron before its reset"},
    {"layer1_u2_mV", "mV", "potential of unit 2 of the first neuron before its reset"},
    {"layer1_u3_mV", "mV", "potential of unit 3 of the first neuron before its reset"},
    {"layer1_u4_mV", "mV", "potential of unit 4 of the first neuron before its reset"},
    {"layer2_u1_mV", "mV", "potential of unit 1 of the second neuron before its reset"},
    {"layer2_u2_mV", "mV", "potential of unit 2 of the second neuron before its reset"},
    {"layer2_u3_mV", "mV", "potential of unit 3 of the second neuron before its reset"},
    {"layer2_u4_mV", "mV", "potential of unit 4 of the second neuron before its reset"},
    {"layer1_fires", "1", "1: the first neuron fires, else 0"},
    {"layer2_fires", "1", "1: the second neuron fires, else 0"},
};
const struct h4l_series h4l_slif_lif_series =
    H4L_SERIES("slif-*-lif.csv", "step of the s-LIF2HH neurons", lif_columns);

static int write_lif(struct h4l_run *run, const char *name, const struct h4l_chain *chain,
                     struct h4l_s_lif_flags *const steps[2], struct h4l_err *err)
{
    double dt = chain->lif.dt_ms;
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_slif_lif_series, name, err);

    if (!csv)
        return err->code;
    for (size_t k = 0; k < h4l_chain_lif_steps(chain); k++) {
        const struct h4l_s_lif_flags *a = &steps[0][k], *b = &steps[1][k];
        double t = (double)k * dt;
        h4l_csv_row(csv, (double[]){t, h4l_wave_mean(&chain->wave, t, (double)(k + 1) * dt),
                                    a->u[0], a->u[1], a->u[2], a->u[3], b->u[0], b->u[1], b->u[2],
                                    b->u[3], a->joint, b->joint});
    }
    return H4L_OK;
}

static const struct h4l_column spike_columns[] = {
    {"model", "0 HH, 1 s-LIF2HH", "which neuron"},
    {"layer", "1", "1: first neuron, 2: second"},
    {"t_ms", "ms", "time of the spike"},
};
const struct h4l_series h4l_slif_spikes_series =
    H4L_SERIES("slif-*-spikes.csv", "spike", spike_columns);

static int write_spikes(struct h4l_run *run, const char *name, const struct h4l_chain_spikes hh[2],
                        const struct h4l_chain_spikes lif[2], struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_slif_spikes_series, name, err);

    if (!csv)
        return err->code;
    for (int model = 0; model < 2; model++)
        for (int layer = 0; layer < 2; layer++) {
            const struct h4l_chain_spikes *s = model ? &lif[layer] : &hh[layer];
            for (size_t i = 0; i < s->n; i++)
                h4l_csv_row(csv, (double[]){model, layer + 1, s->t_ms[i]});
        }
    return H4L_OK;
}

static int report(struct h4l_run *run, const struct h4l_chain *chain,
                  const struct h4l_chain_spikes hh[2], const struct h4l_chain_spikes lif[2],
                  struct h4l_err *err)
{
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    struct h4l_slif_comparison c;
    int code = h4l_slif_compare((struct h4l_spikes){hh[1].t_ms, hh[1].n},
                                (struct h4l_spikes){lif[1].t_ms, lif[1].n}, chain->duration_ms,
                                o->delta_ms, &c, err);

    if (code)
        return code;
    h4l_metric_reals(run, "spike_times_hh_ms", hh[1].t_ms, hh[1].n);
    h4l_metric_reals(run, "spike_times_lif_ms", lif[1].t_ms, lif[1].n);
    h4l_metric_reals(run, "spike_times_hh_layer1_ms", hh[0].t_ms, hh[0].n);
    h4l_metric_reals(run, "spike_times_lif_layer1_ms", lif[0].t_ms, lif[0].n);
    h4l_metric_int(run, "spike_count_hh", (long long)hh[1].n);
    h4l_metric_int(run, "spike_count_lif", (long long)lif[1].n);
    h4l_metric_int(run, "spike_count_difference", (long long)lif[1].n - (long long)hh[1].n);
    h4l_metric_real(run, "mean_isi_difference_ms", c.mean_isi_difference_ms); // NaN becomes null
    h4l_metric_real(run, "mean_abs_time_difference_over_isi", c.mean_abs_time_difference_over_isi);
    h4l_metric_real(run, "gamma", c.gamma);
    h4l_metric_real(run, "spike_distance", c.spike_distance);
    return H4L_OK;
}

// What the sub-network of four units amounts to: how far units 1 to 3 part, in how many steps unit 4 is above threshold while the
// sub-network stays silent, and in how many steps one unit alone would do otherwise.
static void report_structure(struct h4l_run *run, const struct h4l_chain *chain,
                             struct h4l_s_lif_flags *const steps[2])
{
    double part = 0;
    long long waiting = 0, relay = 0;

    for (size_t k = 0; k < h4l_chain_lif_steps(chain); k++) {
        const struct h4l_s_lif_flags *a = &steps[0][k];
        part = fmax(part, fmax(fabs(a->u[0] - a->u[1]), fabs(a->u[0] - a->u[2])));
        waiting += a->over[3] && !a->joint;
        relay += a->joint != steps[1][k].joint;
    }
    h4l_metric_real(run, "lif_units_1_to_3_max_difference_mV", part);
    h4l_metric_int(run, "lif_steps_unit_4_above_threshold_alone", waiting);
    h4l_metric_int(run, "lif_steps_differing_from_single_unit",
                   (long long)h4l_slif_unlike_single(chain, steps[0]));
    h4l_metric_int(run, "lif_steps_layers_differ", relay);
}

// What the models leave behind while they run; released by the caller.
struct chain_run {
    struct h4l_chain chain;
    double *V[2];
    struct h4l_s_lif_flags *steps[2];
    struct h4l_chain_spikes hh[2], lif[2];
};

static int simulate_and_write(struct h4l_run *run, struct chain_run *r, struct h4l_err *err)
{
    const char *name = h4l_run_ctx(run);
    size_t n_hh = h4l_chain_hh_steps(&r->chain), n_lif = h4l_chain_lif_steps(&r->chain);
    int code;

    for (int i = 0; i < 2; i++) {
        r->V[i] = calloc(n_hh, sizeof *r->V[i]);
        r->steps[i] = calloc(n_lif, sizeof *r->steps[i]);
        if (!r->V[i] || !r->steps[i])
            return h4l_fail(err, H4L_E_NOMEM, "no memory for the traces of %zu steps", n_hh);
    }
    code = h4l_chain_run_hh(&r->chain, r->V, r->hh, err);
    if (!code)
        code = h4l_chain_run_lif(&r->chain, NULL, r->steps, r->lif, err);
    if (!code)
        code = report(run, &r->chain, r->hh, r->lif, err);
    if (!code)
        report_structure(run, &r->chain, r->steps);
    if (!code)
        code = write_hh(run, name, &r->chain, r->V, err);
    if (!code)
        code = write_lif(run, name, &r->chain, r->steps, err);
    if (!code)
        code = write_spikes(run, name, r->hh, r->lif, err);
    return code;
}

int h4l_slif_run(struct h4l_run *run, struct h4l_err *err)
{
    struct chain_run r = {0};
    struct h4l_wave wave;
    int code = waveform(run, &wave, err);

    if (!code)
        code = h4l_slif_chain(run, &wave, &r.chain, err);
    if (!code)
        code = simulate_and_write(run, &r, err);
    h4l_chain_spikes_free(r.hh);
    h4l_chain_spikes_free(r.lif);
    for (int i = 0; i < 2; i++) {
        free(r.V[i]);
        free(r.steps[i]);
    }
    return code;
}
