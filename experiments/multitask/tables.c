// The series of a training case: CSV files for figures.
#include "work.h"

#include <stdio.h>

#include "net/count.h"

static const char *label_of(const struct h4l_multitask_work *w, size_t arm)
{
    return w->c->arms[arm].name ? w->c->arms[arm].name : w->arms[arm].network;
}

const struct h4l_series h4l_multitask_epochs_series =
    H4L_SERIES("*-epochs.csv", "arm, seed and epoch: how the training went", h4l_epoch_columns);

static int write_epochs(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(w->run, &h4l_multitask_epochs_series, w->c->name, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->seeds; s++)
            for (int e = 0; e < w->epochs; e++) {
                h4l_csv_text(csv, label_of(w, arm));
                h4l_csv_int(csv, (long long)h4l_multitask_seed(w, s));
                h4l_csv_int(csv, e);
                for (int q = 0; q < H4L_QUANTITIES; q++)
                    h4l_csv_real(csv,
                                 h4l_multitask_quantity(h4l_multitask_epochs(w, arm, s) + e, q));
            }
    return H4L_OK;
}

static const struct h4l_column final_columns[] = {
    {"arm_number", "1", "number of the arm, from 0"},
    {"arm", "", "arm, or its network"},
    {"noise", "pixel units", "noise of the test images"},
    {"seed", "1", "seed"},
    {"accuracy_task1_percent", "percent", "test accuracy of the chosen epoch, first task"},
    {"accuracy_task2_percent", "percent", "the same, second task"},
    {"share_of_gap_task1", "1",
     "share of the gap between two arms that this one closes, first task; only of cases that have "
     "such arms"},
    {"share_of_gap_task2", "1", "the same, second task"},
};
const struct h4l_series h4l_multitask_final_series =
    H4L_SERIES("*-final.csv", "arm and seed: what the chosen epoch gave", final_columns);

static int write_finals(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_multitask_final_series};
    struct h4l_csv *csv;

    for (int i = 0; i < (w->c->gap_to ? 8 : 6); i++)
        h4l_header_add(&header, final_columns[i].name, NULL);
    csv = h4l_series_begin_with(w->run, &header, w->c->name, err);
    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->seeds; s++) {
            char noise[32];

            snprintf(noise, sizeof noise, "%g", w->arms[arm].training.noise);
            h4l_csv_int(csv, (long long)arm);
            h4l_csv_text(csv, label_of(w, arm));
            h4l_csv_text(csv, noise);
            h4l_csv_int(csv, (long long)h4l_multitask_seed(w, s));
            h4l_csv_real(csv, h4l_multitask_chosen(w, arm, s, H4L_TASK1));
            h4l_csv_real(csv, h4l_multitask_chosen(w, arm, s, H4L_TASK2));
            if (w->c->gap_to) {
                h4l_csv_real(csv, h4l_multitask_share_of_gap(w, arm, s, H4L_TASK1));
                h4l_csv_real(csv, h4l_multitask_share_of_gap(w, arm, s, H4L_TASK2));
            }
        }
    return H4L_OK;
}

static const struct h4l_column cost_columns[] = {
    {"network", "", "network"},
    {"channels", "1", "channels, or neurons of a fully connected layer"},
    {"seed", "1", "seed"},
    {"accuracy_task1_percent", "percent", "test accuracy of the chosen epoch, first task"},
    {"accuracy_task2_percent", "percent", "the same, second task"},
    {"parameters", "1", "parameters"},
    {"operations_millions", "million", "additions and multiplications per image"},
    {"state_numbers", "1", "numbers of state per image"},
    {"input_scale", "1", "factor of the input"},
};
const struct h4l_series h4l_multitask_cost_series =
    H4L_SERIES("*-cost.csv", "arm and seed: accuracy beside what the network costs", cost_columns);

// For the sweeps of width and of input scale.
static int write_costs(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(w->run, &h4l_multitask_cost_series, w->c->name, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->seeds; s++) {
            const struct h4l_net_spec *spec = &w->arms[arm].spec;

            h4l_csv_text(csv, w->arms[arm].network);
            h4l_csv_int(csv, spec->channels);
            h4l_csv_int(csv, (long long)h4l_multitask_seed(w, s));
            h4l_csv_real(csv, h4l_multitask_chosen(w, arm, s, H4L_TASK1));
            h4l_csv_real(csv, h4l_multitask_chosen(w, arm, s, H4L_TASK2));
            h4l_csv_int(csv, (long long)h4l_multitask_parameters(w, arm));
            h4l_csv_real(csv, w->costs[arm] / 1e6);
            h4l_csv_int(csv, (long long)h4l_count_state(spec));
            h4l_csv_real(csv, w->arms[arm].training.input_scale);
        }
    return H4L_OK;
}

const struct h4l_series h4l_multitask_traces_series =
    H4L_SERIES("*-traces.csv", "layer and step: what the channels do", h4l_trace_columns);

static int write_traces(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(w->run, &h4l_multitask_traces_series, w->c->name, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (int layer = 0; layer < w->traces.layers; layer++)
        for (int t = 0; t < w->traces.steps; t++) {
            h4l_csv_int(csv, layer + 1);
            h4l_csv_int(csv, t);
            for (int i = 0; i < H4L_TRACES; i++)
                h4l_csv_real(csv, w->traces.at[layer][t][i]);
        }
    return H4L_OK;
}

static const char *const whens[2] = {"start", "trained"};

static const struct h4l_column membrane_columns[] = {
    {"arm", "", "arm, or its network"},
    {"membrane", "1", "full 0, frozen 1, sodium 2, potassium 3, linear 4, passive 5"},
    {"seed", "1", "seed"},
    {"when", "", "start: before training; trained"},
    {"sodium", "1", "share of the charge that flows through sodium channels"},
    {"potassium", "1", "the same of potassium"},
    {"leak", "1", "the same of the leak"},
    {"spikes", "1", "spikes of a neuron in a window"},
    {"silent", "1", "share of the neurons that send nothing to any image"},
    {"constant", "1", "share of the neurons that send the same to all images"},
};
const struct h4l_series h4l_multitask_membranes_series = H4L_SERIES(
    "*-membranes.csv", "arm and seed of true HH, before and after training", membrane_columns);

static int write_membranes(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_csv *csv =
        h4l_series_begin(w->run, &h4l_multitask_membranes_series, w->c->name, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->seeds; s++)
            for (int after = 0; after < 2; after++) {
                const struct h4l_membranes *m = &w->membranes[h4l_multitask_at(w, arm, s)][after];
                const double values[] = {m->sodium, m->potassium, m->leak,
                                         m->spikes, m->silent,    m->constant};

                h4l_csv_text(csv, label_of(w, arm));
                h4l_csv_int(csv, w->arms[arm].spec.true_hh.membrane);
                h4l_csv_int(csv, (long long)h4l_multitask_seed(w, s));
                h4l_csv_text(csv, whens[after]);
                for (size_t i = 0; i < sizeof values / sizeof *values; i++)
                    h4l_csv_real(csv, values[i]);
            }
    return H4L_OK;
}

static const struct h4l_column horizon_columns[] = {
    {"arm", "", "arm, or its network"},
    {"membrane", "1", "as in *-membranes.csv"},
    {"when", "", "start: before training; trained"},
    {"distance_ms", "ms", "time to the window's end"},
    {"gradient_per_mV", "1/mV", "mean magnitude of d rate / d V there"},
    {"exponent_per_ms", "1/ms",
     "mean largest Lyapunov exponent of these neurons, where they have one"},
};
const struct h4l_series h4l_multitask_horizon_series = H4L_SERIES(
    "*-horizon.csv", "arm of true HH and distance, first seed, before and after training",
    horizon_columns);

static int write_horizons(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(w->run, &h4l_multitask_horizon_series, w->c->name, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int after = 0; after < 2; after++)
            for (int i = 0; i < H4L_HORIZON_POINTS; i++) {
                const struct h4l_horizon *h = &w->horizons[arm][after];

                h4l_csv_text(csv, label_of(w, arm));
                h4l_csv_int(csv, w->arms[arm].spec.true_hh.membrane);
                h4l_csv_text(csv, whens[after]);
                h4l_csv_real(csv, h->distance_ms[i]);
                h4l_csv_real(csv, h->gradient[i]);
                h4l_csv_real(csv, h->exponent);
            }
    return H4L_OK;
}

int h4l_multitask_tables(struct h4l_multitask_work *w, struct h4l_err *err)
{
    int code = write_epochs(w, err);

    if (code == H4L_OK)
        code = write_finals(w, err);
    if (code == H4L_OK && w->c->audits_channels)
        code = write_traces(w, err);
    if (code == H4L_OK && w->c->costs)
        code = write_costs(w, err);
    if (code == H4L_OK && !w->arms[0].spec.neuron.cell)
        code = write_membranes(w, err);
    if (code == H4L_OK && !w->arms[0].spec.neuron.cell)
        code = write_horizons(w, err);
    return code;
}
