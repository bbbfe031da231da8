// The series of a training case: CSV files for figures.
#include "work.h"

#include <stdio.h>
#include <string.h>

#include "net/count.h"

static struct h4l_csv *begin(struct h4l_multitask_work *w, const char *what,
                             const struct h4l_column *columns, int n, struct h4l_err *err)
{
    char file[120];

    snprintf(file, sizeof file, "%s-%s.csv", w->c->name, what);
    return h4l_series_columns(w->run, file, columns, n, err);
}

static const char *label_of(const struct h4l_multitask_work *w, size_t arm)
{
    return w->c->arms[arm].name ? w->c->arms[arm].name : w->arms[arm].network;
}

// One row per arm, seed and epoch: how the training went.
static int write_epochs(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_column columns[3 + H4L_QUANTITIES] = {{"arm", ""}, {"seed", "1"}, {"epoch", "1"}};
    struct h4l_csv *csv;

    memcpy(columns + 3, h4l_quantities, sizeof h4l_quantities);
    csv = begin(w, "epochs", columns, 3 + H4L_QUANTITIES, err);
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

// One row per arm and seed: what the chosen epoch gave.
static int write_finals(struct h4l_multitask_work *w, struct h4l_err *err)
{
    static const struct h4l_column columns[] = {{"arm_number", "1"},
                                                {"arm", ""},
                                                {"noise", "pixel units"},
                                                {"seed", "1"},
                                                {"accuracy_task1_percent", "percent"},
                                                {"accuracy_task2_percent", "percent"},
                                                {"share_of_gap_task1", "1"},
                                                {"share_of_gap_task2", "1"}};
    struct h4l_csv *csv = begin(w, "final", columns, w->c->gap_to ? 8 : 6, err);

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

// One row per arm and seed: accuracy beside what the network costs, for the sweeps of width and of input scale.
static int write_costs(struct h4l_multitask_work *w, struct h4l_err *err)
{
    static const struct h4l_column columns[] = {{"network", ""},
                                                {"channels", "1"},
                                                {"seed", "1"},
                                                {"accuracy_task1_percent", "percent"},
                                                {"accuracy_task2_percent", "percent"},
                                                {"parameters", "1"},
                                                {"operations_millions", "million"},
                                                {"state_numbers", "1"},
                                                {"input_scale", "1"}};
    struct h4l_csv *csv = begin(w, "cost", columns, 9, err);

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

// One row per layer and step: what the channels do.
static int write_traces(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_column columns[2 + H4L_TRACES] = {{"layer", "1"}, {"step", "1"}};
    struct h4l_csv *csv;

    memcpy(columns + 2, h4l_channel_traces, sizeof h4l_channel_traces);
    csv = begin(w, "traces", columns, 2 + H4L_TRACES, err);
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

int h4l_multitask_tables(struct h4l_multitask_work *w, struct h4l_err *err)
{
    int code = write_epochs(w, err);

    if (code == H4L_OK)
        code = write_finals(w, err);
    if (code == H4L_OK && w->c->audits_channels)
        code = write_traces(w, err);
    if (code == H4L_OK && w->c->costs)
        code = write_costs(w, err);
    return code;
}
