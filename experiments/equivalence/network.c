#include "network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *suffix;
    struct h4l_tv_options tv;
    bool single; // float32
} variants[H4L_NET_VARIANTS] = {
    [H4L_NET_EXACT] = {"exact_order", {H4L_TV_EXACT_ORDER, H4L_TV_SHARED_GATES, 0}, false},
    [H4L_NET_PUBLISHED] = {"published_order",
                           {H4L_TV_PUBLISHED_ORDER, H4L_TV_SHARED_GATES, 0},
                           false},
    [H4L_NET_EXACT_FLOAT] = {"exact_order_float",
                             {H4L_TV_EXACT_ORDER, H4L_TV_SHARED_GATES, 0},
                             true},
    [H4L_NET_PUBLISHED_FLOAT] = {"published_order_float",
                                 {H4L_TV_PUBLISHED_ORDER, H4L_TV_SHARED_GATES, 0},
                                 true},
    [H4L_NET_EXACT_OWN] = {"exact_order_own_gates",
                           {H4L_TV_EXACT_ORDER, H4L_TV_OWN_GATES, 0},
                           false},
    [H4L_NET_PUBLISHED_OWN] = {"published_order_own_gates",
                               {H4L_TV_PUBLISHED_ORDER, H4L_TV_OWN_GATES, 0},
                               false},
};

// ---- runs ----

struct job {
    const struct h4l_layered *net;
    double dt;
    size_t states;
    struct h4l_network_results *results;
};

struct trace_job {
    struct h4l_network_trace *trace;
    bool published;
};

static void keep_trace(void *ctx, const struct h4l_layered_state *state)
{
    const struct trace_job *job = ctx;
    struct h4l_network_trace *trace = job->trace;
    size_t k = state->state / trace->every, bytes = trace->neurons * sizeof(double);

    if (state->state % trace->every || k >= trace->samples)
        return;
    memcpy(trace->V_tv[job->published] + k * trace->neurons, state->V_tv, bytes);
    if (!job->published)
        memcpy(trace->V_hh + k * trace->neurons, state->V_hh, bytes);
}

static int run_variant(void *ctx, size_t v, int worker, struct h4l_err *err)
{
    struct job *job = ctx;
    struct h4l_record *record = &job->results->records[v];
    struct trace_job trace = {&job->results->trace, v == H4L_NET_PUBLISHED};
    const struct h4l_pair pair = {
        .hh = h4l_hh_form_a, .scheme = H4L_EULER, .tv = variants[v].tv, .dt = job->dt};

    (void)worker;
    if (v <= H4L_NET_PUBLISHED && trace.trace->every > 0) {
        record->also = keep_trace;
        record->also_ctx = &trace;
    }
    return h4l_record_run(job->net, &pair, job->states, variants[v].single, record, err);
}

int h4l_network_run(struct h4l_pool *pool, const struct h4l_layered *net, double dt, size_t states,
                    size_t trace_every, struct h4l_network_results *ret, struct h4l_err *err)
{
    struct job job = {net, dt, states, ret};
    struct h4l_network_trace *trace = &ret->trace;
    size_t neurons = h4l_layered_neurons(net);
    int code = H4L_OK;

    memset(ret, 0, sizeof *ret);
    for (int v = 0; v < H4L_NET_VARIANTS && !code; v++)
        code = h4l_record_make(neurons, &ret->records[v], err);
    if (code)
        return code;
    if (trace_every > 0) {
        *trace = (struct h4l_network_trace){
            .every = trace_every, .samples = (states - 1) / trace_every + 1, .neurons = neurons};
        trace->V_hh = calloc(trace->samples * neurons, sizeof(double));
        trace->V_tv[0] = calloc(trace->samples * neurons, sizeof(double));
        trace->V_tv[1] = calloc(trace->samples * neurons, sizeof(double));
        if (!trace->V_hh || !trace->V_tv[0] || !trace->V_tv[1])
            return h4l_fail(err, H4L_E_NOMEM, "no memory for traces of %zu samples",
                            trace->samples);
    }
    return h4l_parallel_for(pool, H4L_NET_VARIANTS, run_variant, &job, err);
}

void h4l_network_free(struct h4l_network_results *results)
{
    for (int v = 0; v < H4L_NET_VARIANTS; v++)
        h4l_record_free(&results->records[v]);
    free(results->trace.V_hh);
    free(results->trace.V_tv[0]);
    free(results->trace.V_tv[1]);
    memset(results, 0, sizeof *results);
}

// ---- metrics ----

void h4l_network_put_errors(struct h4l_run *run, const struct h4l_network_results *results,
                            const size_t *first, size_t n)
{
    double values[8], read[8], rms[8];
    char name[80];

    for (int v = 0; v < H4L_NET_VARIANTS; v++) {
        const struct h4l_record *record = &results->records[v];

        for (size_t g = 0; g < n && g < 8; g++) {
            size_t count = first[g + 1] - first[g];
            values[g] = h4l_record_max_error(record, first[g], count);
            read[g] = h4l_record_max_read_error(record, first[g], count);
            rms[g] = h4l_record_rms_error(record, first[g], count);
        }
        snprintf(name, sizeof name, "max_abs_error_mV_%s", variants[v].suffix);
        h4l_metric_reals(run, name, values, n);
        snprintf(name, sizeof name, "rms_error_mV_%s", variants[v].suffix);
        h4l_metric_reals(run, name, rms, n);
        snprintf(name, sizeof name, "max_abs_threshold_test_error_mV_%s", variants[v].suffix);
        h4l_metric_reals(run, name, read, n);
    }
}

void h4l_network_put_differing(struct h4l_run *run, const struct h4l_network_results *results,
                               const char *what, size_t first, size_t n)
{
    char name[120];

    for (int v = 0; v < H4L_NET_VARIANTS; v++) {
        snprintf(name, sizeof name, "%s_%s", what, variants[v].suffix);
        h4l_metric_int(run, name, h4l_record_differing(&results->records[v], first, n));
    }
}

static const struct h4l_record_spikes *spikes_of(const struct h4l_record *record, bool tv, size_t i)
{
    return tv ? &record->neuron[i].tv : &record->neuron[i].hh;
}

void h4l_network_put_times(struct h4l_run *run, const struct h4l_record *record, bool tv,
                           const char *name, size_t first, size_t n)
{
    json_t *times = json_array();

    for (size_t i = first; i < first + n; i++) {
        const struct h4l_record_spikes *spikes = spikes_of(record, tv, i);
        for (size_t k = 0; k < spikes->n; k++)
            h4l_json_add(&times, json_real((double)spikes->state[k] * record->dt));
    }
    h4l_metric_json(run, name, times);
}

void h4l_network_put_counts(struct h4l_run *run, const struct h4l_record *record, bool tv,
                            const char *name, size_t first, size_t n)
{
    json_t *counts = json_array();

    for (size_t i = first; i < first + n; i++)
        h4l_json_add(&counts, json_integer((json_int_t)spikes_of(record, tv, i)->n));
    h4l_metric_json(run, name, counts);
}

static const struct h4l_column spike_columns[] = {
    {"model", "1", "0 HH, 1 tv-LIF2HH in the exact order, 2 in the published order"},
    {"layer", "1", "layer, from 1"},
    {"neuron", "1", "neuron of its layer, from 1"},
    {"row", "1", "neuron of the network, from 1: a line of a raster"},
    {"t_ms", "ms", "time of the spike"},
};
const struct h4l_series h4l_fc_spikes_series = H4L_SERIES("fc-spikes.csv", "spike", spike_columns);
const struct h4l_series h4l_xor_spikes_series =
    H4L_SERIES("xor-*-spikes.csv", "spike", spike_columns);

int h4l_network_put_spikes(struct h4l_run *run, const struct h4l_network_results *results,
                           const struct h4l_layered *net, const struct h4l_series *series,
                           const char *star, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, series, star, err);

    if (!csv)
        return err->code;
    for (int model = 0; model < 3; model++) {
        const struct h4l_record *record =
            &results->records[model == 2 ? H4L_NET_PUBLISHED : H4L_NET_EXACT];
        size_t i = 0;

        for (size_t l = 0; l < net->layers; l++)
            for (size_t k = 0; k < net->size[l]; k++, i++) {
                const struct h4l_record_spikes *spikes = spikes_of(record, model > 0, i);

                for (size_t s = 0; s < spikes->n; s++)
                    h4l_csv_row(csv,
                                (double[]){model, (double)(l + 1), (double)(k + 1), (double)(i + 1),
                                           (double)spikes->state[s] * record->dt});
            }
    }
    return H4L_OK;
}
