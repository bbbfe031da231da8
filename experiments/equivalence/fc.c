// Case fc (claim E3): the fully connected 784-128-10 network as HH and as tv-LIF2HH neurons. Layer 1 is driven by the constant
// W01' * image, layer 2 by W12' * s, s the levels of layer 1.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "equivalence.h"
#include "fc_input.h"
#include "network.h"

static void drive(void *ctx, double t, double *ret_I)
{
    (void)t;
    memcpy(ret_I, ctx, H4L_FC_HIDDEN * sizeof(double));
}

static int note_file(struct h4l_run *run, const char *path, struct h4l_err *err)
{
    char hex[65];
    int code = h4l_sha256_file(path, hex, err);

    if (!code)
        h4l_provenance_data(run, path, hex);
    return code;
}

// The files where they are given, else what the suite draws.
static int get_input(struct h4l_run *run, struct h4l_fc_input *ret, struct h4l_err *err)
{
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    int code;

    if (o->image)
        code = h4l_fc_read_image(o->image, ret->image, err);
    else
        h4l_fc_draw_digit(ret->image), code = H4L_OK;
    if (!code && o->image)
        code = note_file(run, o->image, err);
    if (code)
        return code;
    if (!o->weights)
        return h4l_fc_draw_weights(h4l_run_seed(run), &o->scale, &ret->W01, &ret->W12, err);
    code = h4l_fc_read_weights(o->weights, &ret->W01, &ret->W12, err);
    return code ? code : note_file(run, o->weights, err);
}

// ---- results ----

// How many rising edges of tv (published order) come 1 or 2 samples early, in time, late; in neurons with equal counts.
static void put_edge_shifts(struct h4l_run *run, const struct h4l_record *record, const char *name,
                            size_t first, size_t n)
{
    long long shifts[5] = {0}; // -2 or less, -1, 0, 1, 2 or more

    for (size_t i = first; i < first + n; i++) {
        const struct h4l_neuron_record *neuron = &record->neuron[i];

        for (size_t k = 0; neuron->hh.n == neuron->tv.n && k < neuron->hh.n; k++) {
            long d = (long)neuron->tv.state[k] - (long)neuron->hh.state[k];
            shifts[(d < -2 ? -2 : d > 2 ? 2 : d) + 2]++;
        }
    }
    h4l_metric_ints(run, name, shifts, 5);
}

static void put_margins(struct h4l_run *run, const struct h4l_record *record)
{
    const size_t first[3] = {0, H4L_FC_HIDDEN, H4L_FC_HIDDEN + H4L_FC_OUTPUTS};
    double above[2] = {INFINITY, INFINITY}, below[2] = {-INFINITY, -INFINITY};

    for (int layer = 0; layer < 2; layer++)
        for (size_t i = first[layer]; i < first[layer + 1]; i++) {
            above[layer] = fmin(above[layer], record->neuron[i].lowest_peak_above);
            below[layer] = fmax(below[layer], record->neuron[i].highest_peak_below);
        }
    h4l_metric_reals(run, "lowest_peak_above_threshold_mV", above, 2);
    h4l_metric_reals(run, "highest_peak_below_threshold_mV", below, 2);
}

static void put_drive(struct h4l_run *run, const double *current)
{
    double lowest = INFINITY, highest = -INFINITY, sum = 0;

    for (int j = 0; j < H4L_FC_HIDDEN; j++) {
        lowest = fmin(lowest, current[j]);
        highest = fmax(highest, current[j]);
        sum += current[j];
    }
    h4l_metric_real(run, "layer1_drive_min_uA_per_cm2", lowest);
    h4l_metric_real(run, "layer1_drive_max_uA_per_cm2", highest);
    h4l_metric_real(run, "layer1_drive_mean_uA_per_cm2", sum / H4L_FC_HIDDEN);
}

static void put_metrics(struct h4l_run *run, const struct h4l_network_results *results)
{
    static const size_t layers[3] = {0, H4L_FC_HIDDEN, H4L_FC_HIDDEN + H4L_FC_OUTPUTS};
    const struct h4l_record *exact = &results->records[H4L_NET_EXACT];
    const struct h4l_record *published = &results->records[H4L_NET_PUBLISHED];
    const size_t out = H4L_FC_HIDDEN;

    h4l_network_put_counts(run, exact, false, "output_spike_counts_hh", out, H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, published, true, "output_spike_counts_tv", out, H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, exact, true, "output_spike_counts_tv_exact_order", out,
                           H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, exact, false, "layer1_spike_counts_hh", 0, H4L_FC_HIDDEN);
    h4l_network_put_counts(run, published, true, "layer1_spike_counts_tv", 0, H4L_FC_HIDDEN);
    h4l_network_put_counts(run, exact, true, "layer1_spike_counts_tv_exact_order", 0,
                           H4L_FC_HIDDEN);
    h4l_network_put_times(run, exact, false, "output_spike_times_hh_ms", out, H4L_FC_OUTPUTS);
    h4l_network_put_times(run, published, true, "output_spike_times_tv_ms", out, H4L_FC_OUTPUTS);
    h4l_network_put_times(run, exact, true, "output_spike_times_tv_exact_order_ms", out,
                          H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, &results->records[H4L_NET_EXACT_FLOAT], false,
                           "output_spike_counts_hh_float", out, H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, &results->records[H4L_NET_EXACT_FLOAT], true,
                           "output_spike_counts_tv_exact_order_float", out, H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, &results->records[H4L_NET_EXACT_OWN], true,
                           "output_spike_counts_tv_exact_order_own_gates", out, H4L_FC_OUTPUTS);
    h4l_network_put_counts(run, &results->records[H4L_NET_PUBLISHED_OWN], true,
                           "output_spike_counts_tv_own_gates", out, H4L_FC_OUTPUTS);
    h4l_network_put_errors(run, results, layers, 2);
    h4l_network_put_differing(run, results, "samples_differing", out, H4L_FC_OUTPUTS);
    h4l_network_put_differing(run, results, "samples_differing_layer1", 0, H4L_FC_HIDDEN);
    h4l_metric_int(run, "samples", (long long)(exact->states - 1) * H4L_FC_OUTPUTS);
    h4l_metric_int(run, "samples_layer1", (long long)(exact->states - 1) * H4L_FC_HIDDEN);
    put_edge_shifts(run, published, "edge_shifts_layer1_published_order", 0, H4L_FC_HIDDEN);
    put_edge_shifts(run, published, "edge_shifts_output_published_order", out, H4L_FC_OUTPUTS);
    put_margins(run, exact);
}

static const struct h4l_column image_columns[] = {
    {"row", "1", "row of the pixel, from 0"},
    {"column", "1", "column of the pixel, from 0"},
    {"grey", "1", "its grey value"},
};
const struct h4l_series h4l_fc_image_series =
    H4L_SERIES("fc-image.csv", "pixel of the image", image_columns);

static int put_series(struct h4l_run *run, const struct h4l_network_results *results,
                      const struct h4l_layered *net, const struct h4l_fc_input *input,
                      struct h4l_err *err)
{
    struct h4l_csv *csv;
    int code = h4l_network_put_spikes(run, results, net, &h4l_fc_spikes_series, NULL, err);

    if (code)
        return code;
    csv = h4l_series_begin(run, &h4l_fc_image_series, NULL, err);
    if (!csv)
        return err->code;
    for (int p = 0; p < H4L_FC_PIXELS; p++)
        h4l_csv_row(csv, (double[]){p / H4L_FC_SIDE, p % H4L_FC_SIDE, input->image[p]});
    return H4L_OK;
}

int h4l_equivalence_fc(struct h4l_run *run, struct h4l_err *err)
{
    static const size_t size[2] = {H4L_FC_HIDDEN, H4L_FC_OUTPUTS};
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    double dt = o->dt_ms, current[H4L_FC_HIDDEN];
    size_t states = (size_t)llround(o->t_end_ms / dt);
    struct h4l_fc_input input = {.W01 = NULL};
    struct h4l_network_results results = {0};
    int code = get_input(run, &input, err);

    if (!code) {
        const double *const W[2] = {NULL, input.W12};
        struct h4l_layered net = {.layers = 2,
                                  .size = size,
                                  .W = W,
                                  .threshold = -40,
                                  .drive = drive,
                                  .drive_ctx = current};

        memcpy(net.start, h4l_published_start, sizeof net.start);
        h4l_fc_drive(&input, current);
        code = h4l_network_run(h4l_run_pool(run), &net, dt, states, 0, &results, err);
        if (!code) {
            put_drive(run, current);
            put_metrics(run, &results);
            code = put_series(run, &results, &net, &input, err);
        }
    }
    h4l_network_free(&results);
    free(input.W01);
    free(input.W12);
    return code;
}
