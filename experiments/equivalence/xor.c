// Cases xor-X1-X2 (claim E2): the published XOR network, two neurons driven by constants x1 and x2, and an output neuron driven
// by weight * (s1 - s2), where s is 1 in every step in which the input neuron is above threshold.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "equivalence.h"
#include "network.h"

enum { INPUT1, INPUT2, OUTPUT, NEURONS };

static void drive(void *ctx, double t, double *ret_I)
{
    const struct h4l_equivalence_xor *x = ctx;

    (void)t;
    ret_I[0] = x->x1;
    ret_I[1] = x->x2;
}

static const struct h4l_column trace_columns[] = {
    {"t_ms", "ms", "time"},
    {"V_hh_*_mV", "mV", "potential of HH, neuron * of the network"},
    {"V_tv_exact_order_*_mV", "mV", "potential of tv-LIF2HH stepped in the exact order"},
    {"V_tv_published_order_*_mV", "mV", "potential of tv-LIF2HH stepped in the published order"},
    {"abs_error_published_order_*_mV", "mV", "distance of the published order from HH"},
};
const struct h4l_series h4l_xor_trace_series =
    H4L_SERIES("xor-*-trace.csv", "sampled step", trace_columns);

static int put_trace(struct h4l_run *run, const struct h4l_network_results *results, double dt,
                     const char *inputs, struct h4l_err *err)
{
    static const char *const names[NEURONS] = {"input1", "input2", "output"};
    const struct h4l_network_trace *trace = &results->trace;
    struct h4l_header header = {.series = &h4l_xor_trace_series};
    struct h4l_csv *csv;

    h4l_header_add(&header, "t_ms", NULL);
    for (int i = 0; i < NEURONS; i++)
        for (int kind = 1; kind < h4l_xor_trace_series.n; kind++)
            h4l_header_add(&header, trace_columns[kind].name, names[i]);
    csv = h4l_series_begin_with(run, &header, inputs, err);
    if (!csv)
        return err->code;
    for (size_t k = 0; k < trace->samples; k++) {
        double row[1 + 4 * NEURONS] = {(double)(k * trace->every) * dt};

        for (int i = 0; i < NEURONS; i++) {
            size_t at = k * NEURONS + (size_t)i;
            row[1 + 4 * i] = trace->V_hh[at];
            row[2 + 4 * i] = trace->V_tv[0][at];
            row[3 + 4 * i] = trace->V_tv[1][at];
            row[4 + 4 * i] = fabs(trace->V_hh[at] - trace->V_tv[1][at]);
        }
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static void put_metrics(struct h4l_run *run, const struct h4l_network_results *results)
{
    static const size_t each[NEURONS + 1] = {INPUT1, INPUT2, OUTPUT, NEURONS};
    static const char *const names[NEURONS] = {"input1", "input2", "output"};
    const struct h4l_record *exact = &results->records[H4L_NET_EXACT];
    const struct h4l_record *published = &results->records[H4L_NET_PUBLISHED];
    char name[80];

    for (size_t i = 0; i < NEURONS; i++) {
        snprintf(name, sizeof name, "%s_spike_times_hh_ms", names[i]);
        h4l_network_put_times(run, exact, false, name, i, 1);
        snprintf(name, sizeof name, "%s_spike_times_tv_ms", names[i]); // as published
        h4l_network_put_times(run, published, true, name, i, 1);
        snprintf(name, sizeof name, "%s_spike_times_tv_exact_order_ms", names[i]);
        h4l_network_put_times(run, exact, true, name, i, 1);
    }
    h4l_network_put_times(run, &results->records[H4L_NET_EXACT_FLOAT], false,
                          "output_spike_times_hh_ms_float", OUTPUT, 1);
    h4l_network_put_times(run, &results->records[H4L_NET_EXACT_FLOAT], true,
                          "output_spike_times_tv_exact_order_ms_float", OUTPUT, 1);
    h4l_network_put_times(run, &results->records[H4L_NET_EXACT_OWN], true,
                          "output_spike_times_tv_exact_order_own_gates_ms", OUTPUT, 1);
    h4l_network_put_times(run, &results->records[H4L_NET_PUBLISHED_OWN], true,
                          "output_spike_times_tv_own_gates_ms", OUTPUT, 1);
    h4l_network_put_errors(run, results, each, NEURONS);
    h4l_network_put_differing(run, results, "samples_differing", OUTPUT, 1);
    h4l_network_put_differing(run, results, "samples_differing_inputs", INPUT1, 2);
    h4l_metric_int(run, "samples", (long long)exact->states - 1);
}

int h4l_equivalence_xor(struct h4l_run *run, struct h4l_err *err)
{
    static const size_t size[2] = {2, 1};
    const struct h4l_equivalence_xor *x = h4l_run_ctx(run);
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    double dt = o->dt_ms, weight = o->weight;
    size_t states = (size_t)llround(o->t_end_ms / dt);
    const double W[2] = {weight, -weight};
    const double *const matrices[2] = {NULL, W};
    struct h4l_layered net = {.layers = 2,
                              .size = size,
                              .W = matrices,
                              .threshold = -40,
                              .drive = drive,
                              .drive_ctx = (void *)(uintptr_t)x};
    struct h4l_network_results results;
    char inputs[60];
    int code;

    memcpy(net.start, h4l_published_start, sizeof net.start);
    code = h4l_network_run(h4l_run_pool(run), &net, dt, states, (size_t)fmax(1, round(0.02 / dt)),
                           &results, err);
    if (!code) {
        put_metrics(run, &results);
        snprintf(inputs, sizeof inputs, "%g-%g", x->x1, x->x2);
        code = h4l_network_put_spikes(run, &results, &net, &h4l_xor_spikes_series, inputs, err);
    }
    if (!code)
        code = put_trace(run, &results, dt, inputs, err);
    h4l_network_free(&results);
    return code;
}
