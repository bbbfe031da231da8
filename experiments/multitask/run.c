#include "multitask.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/provenance.h"
#include "cell/hh.h"
#include "net/count.h"
#include "net/checkpoint.h"

struct budget {
    size_t train, test;
    int epochs, seeds;
};

// The quick tier is a smoke test of the comparison in seconds per case; standard is a reduced experiment; full is the paper's.
static const struct budget budgets[][H4L_TIERS] = {
    [H4L_BUDGET_FC] = {{4000, 1000, 4, 3}, {120000, 20000, 12, 3}, {120000, 20000, 40, 5}},
    [H4L_BUDGET_FC_MANY] = {{2000, 500, 3, 3}, {60000, 20000, 10, 3}, {120000, 20000, 40, 3}},
    [H4L_BUDGET_CONV] = {{1000, 500, 3, 2}, {12000, 4000, 10, 2}, {120000, 20000, 40, 2}},
    [H4L_BUDGET_CONV_MANY] = {{480, 320, 2, 2}, {4000, 2000, 8, 2}, {120000, 20000, 40, 2}},
    [H4L_BUDGET_CONV_4LIF_MANY] = {{64, 64, 2, 2}, {2000, 1000, 6, 2}, {120000, 20000, 40, 2}},
    [H4L_BUDGET_CONV_4LIF] = {{320, 160, 2, 2}, {3000, 1000, 8, 2}, {120000, 20000, 40, 2}},
};

struct work {
    struct h4l_run *run;
    const struct h4l_multitask_case *c;
    struct h4l_multitask_data data;
    struct budget budget;
    struct h4l_training_epoch *epochs; // [arm][seed][epoch]
    char (*parameters)[65];            // [arm][seed]: SHA-256 of the trained parameters
    float **trained;                   // [arm][seed], where parameters are compared
    size_t *n_parameters;              // [arm]
    double *inside;                    // [arm]
    double *levels;                    // [arm][seed], fully connected
    struct h4l_channel_traces traces;  // of the first arm and seed, where the case asks for them
    struct h4l_net_spec *specs;        // [arm]
    size_t n_arms, arm;
    int seed; // from 0
    // For the progress line, in operations per image (summed over what is to be trained):
    double *costs; // [arm], of one seed
    double total, before, found;
    bool started; // the training at work has reported
};

static struct h4l_training_epoch *epochs_of(const struct work *w, size_t arm, int seed)
{
    return w->epochs + (arm * (size_t)w->budget.seeds + (size_t)seed) * (size_t)w->budget.epochs;
}

static void effective_budget(struct work *w)
{
    struct budget *b = &w->budget;
    struct h4l_run *run = w->run;

    *b = budgets[w->c->budget][h4l_run_tier(run)];
    if (h4l_run_given(run, "train_limit"))
        b->train = (size_t)h4l_run_int(run, "train_limit");
    if (h4l_run_given(run, "test_limit"))
        b->test = (size_t)h4l_run_int(run, "test_limit");
    if (h4l_run_given(run, "epochs"))
        b->epochs = (int)h4l_run_int(run, "epochs");
    if (h4l_run_seeds(run) > 0)
        b->seeds = h4l_run_seeds(run) < H4L_MULTITASK_MAX_SEEDS ? h4l_run_seeds(run)
                                                                : H4L_MULTITASK_MAX_SEEDS;
    h4l_run_record_param(run, "train_limit", json_integer((json_int_t)b->train));
    h4l_run_record_param(run, "test_limit", json_integer((json_int_t)b->test));
    h4l_run_record_param(run, "epochs", json_integer(b->epochs));
    h4l_run_record_param(run, "seeds", json_integer(b->seeds));
}

static struct h4l_training_options options_of(const struct work *w, const struct h4l_arm *arm)
{
    static const char *const kinds[] = {"fixed", "fresh", "unseen"};
    struct h4l_run *run = w->run;
    struct h4l_training_options o = {
        .seed = h4l_run_seed(run) + (uint64_t)w->seed,
        .epochs = w->budget.epochs,
        .batch = (size_t)h4l_run_int(run, "batch"),
        .input_scale = arm->input_scale != 0 ? arm->input_scale : h4l_run_real(run, "input_scale"),
        .noise = arm->noise >= 0 ? arm->noise : h4l_run_real(run, "noise"),
        .validation = h4l_run_real(run, "validation"),
        .evaluate_each = true,
        .resume = h4l_run_resume(run),
        .checkpoint_s = 60,
        .data_name = w->data.name};

    if (arm->noise_kind)
        o.noise_kind = (enum h4l_noise_kind)(arm->noise_kind - 1);
    for (int i = 0; i < 3 && !arm->noise_kind; i++)
        if (strcmp(h4l_run_text(run, "noise_kind"), kinds[i]) == 0)
            o.noise_kind = (enum h4l_noise_kind)i;
    return o;
}

static bool progress(void *ctx, double done, int epoch)
{
    struct work *w = ctx;
    const char *name = w->c->arms[w->arm].name;
    char label[100];

    if (!w->started) { // what it starts from is a checkpoint's
        w->found += done * w->costs[w->arm];
        h4l_run_progress_found(w->run, w->found);
        w->started = true;
    }
    snprintf(label, sizeof label, "%s%sseed %d of %d, epoch %d of %d", name ? name : "",
             name ? ", " : "", w->seed + 1, w->budget.seeds, epoch + 1, w->budget.epochs);
    h4l_run_progress(w->run, label, w->before + done * w->costs[w->arm], w->total);
    return !h4l_run_interrupted(w->run);
}

// In --set trained_dir a network's file is named by all that its training depends on, the program included: it fits any case.
static int kept_path(struct work *w, const struct h4l_net_spec *spec,
                     const struct h4l_training_options *o, const struct h4l_training_data *data,
                     char **ret, struct h4l_err *err)
{
    char all[2 * 65], hex[65];
    int code = h4l_checkpoint_fingerprint(spec, o, data, all, err);

    if (code == H4L_OK && h4l_program_sha256(all + 64))
        code = h4l_fail(err, H4L_E_IO,
                        "this program's file cannot be read, so that trained_dir cannot say which "
                        "program trained; leave trained_dir out");
    if (code)
        return code;
    h4l_sha256(all, 128, hex);
    if (asprintf(ret, "%s/%.32s", h4l_run_text(w->run, "trained_dir"), hex) < 0) {
        *ret = NULL;
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
    }
    return code;
}

static char *checkpoint_path(const struct work *w)
{
    const char *arm = w->c->arms[w->arm].name;
    char *path = NULL;
    int made = asprintf(&path, "%s/checkpoints/%s%s%s-%llu", h4l_run_dir(w->run), w->c->name,
                        arm ? "-" : "", arm ? arm : "",
                        (unsigned long long)h4l_run_seed(w->run) + (unsigned long long)w->seed);

    return made < 0 ? NULL : path;
}

static int place_checkpoint(struct work *w, const struct h4l_net_spec *spec,
                            const struct h4l_training_data *data, struct h4l_training_options *o,
                            char **ret, struct h4l_err *err)
{
    if (h4l_run_given(w->run, "trained_dir")) {
        o->resume = o->keep = true;
        return kept_path(w, spec, o, data, ret, err);
    }
    *ret = checkpoint_path(w);
    return *ret ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
}

// Trains one arm on one seed.
static int train_one(struct work *w, struct h4l_err *err)
{
    const struct h4l_arm *arm = &w->c->arms[w->arm];
    const struct h4l_net_spec *spec = &w->specs[w->arm];
    struct h4l_training_options o = options_of(w, arm);
    struct h4l_training_data data = {.n_train = w->data.train.n,
                                     .n_test = w->data.test.n,
                                     .train_pixels = w->data.train.pixels,
                                     .train_labels = w->data.train.labels,
                                     .test_pixels = w->data.test.pixels,
                                     .test_labels = w->data.test.labels};
    struct h4l_training_watch watch = {w, progress};
    size_t cell = w->arm * (size_t)w->budget.seeds + (size_t)w->seed, n, bytes;
    char *checkpoint = NULL;
    struct h4l_net *net = NULL;
    int code = place_checkpoint(w, spec, &data, &o, &checkpoint, err);

    if (code == H4L_OK)
        code = h4l_net_create(spec, o.batch, h4l_run_pool(w->run), &net, err);
    if (code == H4L_OK) {
        o.checkpoint = checkpoint;
        code = h4l_training_run(net, &data, &o, &watch, epochs_of(w, w->arm, w->seed), err);
    }
    if (code == H4L_OK && w->seed == 0)
        code =
            h4l_multitask_inside(spec, &o, &w->data.test, w->data.test.n < 16 ? w->data.test.n : 16,
                                 &w->inside[w->arm], err);
    if (code == H4L_OK && !spec->conv)
        code = h4l_multitask_levels(spec, &o, h4l_net_state(net).parameters, &w->data.test,
                                    &w->levels[cell], err);
    if (code == H4L_OK && w->c->audits_channels && w->arm == 0 && w->seed == 0)
        code = h4l_multitask_traces(spec, &o, h4l_net_state(net).parameters, &w->data.test,
                                    &w->traces, err);
    if (code == H4L_OK) {
        n = h4l_net_places(net)->parameters;
        bytes = n * sizeof(float);
        w->n_parameters[w->arm] = n;
        h4l_sha256(h4l_net_state(net).parameters, bytes, w->parameters[cell]);
        if (w->c->audits_channels) {
            w->trained[cell] = malloc(bytes);
            if (w->trained[cell])
                memcpy(w->trained[cell], h4l_net_state(net).parameters, bytes);
            else
                code = h4l_fail(err, H4L_E_NOMEM, "no memory for %zu trained parameters", n);
        }
    }
    h4l_net_destroy(net);
    free(checkpoint);
    return code;
}

// Sets up each arm's network and its cost. Costs differ by a factor of hundreds (widths): the time left is told from operations.
static int plan_arms(struct work *w, struct h4l_err *err)
{
    for (size_t arm = 0; arm < w->n_arms; arm++) {
        struct h4l_operations o;
        int code = h4l_multitask_spec(w->run, &w->c->arms[arm], &w->specs[arm], err);

        if (code)
            return code;
        o = h4l_count_operations(&w->specs[arm], H4L_COUNT_HOISTED);
        w->costs[arm] = o.add + o.mul;
        w->total += w->costs[arm] * w->budget.seeds;
    }
    return H4L_OK;
}

static int train_all(struct work *w, struct h4l_err *err)
{
    int code = plan_arms(w, err);

    for (w->arm = 0; w->arm < w->n_arms && code == H4L_OK; w->arm++) {
        double start = h4l_now();
        char name[100];

        for (w->seed = 0; w->seed < w->budget.seeds && code == H4L_OK; w->seed++) {
            w->started = false;
            code = train_one(w, err);
            w->before += w->costs[w->arm];
            if (!w->started) // complete, kept by another run
                w->found += w->costs[w->arm];
        }
        snprintf(name, sizeof name, "train_%s_s",
                 w->c->arms[w->arm].name ? w->c->arms[w->arm].name : "all");
        h4l_provenance_timing(w->run, name, h4l_now() - start);
    }
    return code;
}

// ---- metrics ----

enum quantity {
    TASK1,
    TASK2,
    TRAIN_LOSS,
    TEST_LOSS,
    MEAN_RATE,
    VALIDATION1,
    VALIDATION2,
    TRAIN1,
    TRAIN2,
    RATE,
    QUANTITIES
};
static const char *const quantity_names[QUANTITIES] = {"accuracy_task1_percent",
                                                       "accuracy_task2_percent",
                                                       "train_loss",
                                                       "test_loss",
                                                       "mean_rate",
                                                       "validation_task1_percent",
                                                       "validation_task2_percent",
                                                       "train_accuracy_task1_percent",
                                                       "train_accuracy_task2_percent",
                                                       "learning_rate"};

static double quantity(const struct h4l_training_epoch *e, int which)
{
    const double values[QUANTITIES] = {e->test_accuracy[0],
                                       e->test_accuracy[1],
                                       e->train_loss,
                                       e->test_loss,
                                       e->mean_rate,
                                       e->validation_accuracy[0],
                                       e->validation_accuracy[1],
                                       e->train_accuracy[0],
                                       e->train_accuracy[1],
                                       e->learning_rate};

    return values[which];
}

// [seed][epoch]
static json_t *curves(const struct work *w, size_t arm, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->budget.seeds; s++) {
        json_t *one = json_array();

        for (int e = 0; e < w->budget.epochs; e++)
            json_array_append_new(one, h4l_json_real(quantity(epochs_of(w, arm, s) + e, which)));
        json_array_append_new(all, one);
    }
    return all;
}

// The epoch whose accuracy counts: the last one as published, or the best one on the validation split.
static int chosen_epoch(const struct work *w, size_t arm, int seed)
{
    const struct h4l_training_epoch *e = epochs_of(w, arm, seed);
    int best = w->budget.epochs - 1;

    if (strcmp(h4l_run_text(w->run, "selection"), "best") != 0)
        return best;
    for (int i = w->budget.epochs - 1; i >= 0; i--) // of equals the earliest
        if (e[i].validation_accuracy[0] + e[i].validation_accuracy[1] >=
            e[best].validation_accuracy[0] + e[best].validation_accuracy[1])
            best = i;
    return best;
}

static double chosen(const struct work *w, size_t arm, int seed, int which)
{
    return quantity(epochs_of(w, arm, seed) + chosen_epoch(w, arm, seed), which);
}

// [seed]: value of each seed of an arm.
static json_t *each_seed(const struct work *w, size_t arm, int which,
                         double (*value)(const struct work *, size_t, int, int))
{
    json_t *all = json_array();

    for (int s = 0; s < w->budget.seeds; s++)
        json_array_append_new(all, h4l_json_real(value(w, arm, s, which)));
    return all;
}

// Under the metric's name: the value of the only arm, or an object with a value per arm.
static void per_arm(struct work *w, const char *name,
                    json_t *(*make)(const struct work *, size_t, int), int which)
{
    json_t *object;

    if (!w->c->arms[0].name) {
        h4l_metric_json(w->run, name, make(w, 0, which));
        return;
    }
    object = json_object();
    for (size_t arm = 0; arm < w->n_arms; arm++)
        json_object_set_new(object, w->c->arms[arm].name, make(w, arm, which));
    h4l_metric_json(w->run, name, object);
}

static json_t *make_final(const struct work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, chosen);
}

// How much of the first arm's accuracy this one lacks, with the same seed.
static double loss(const struct work *w, size_t arm, int seed, int which)
{
    return chosen(w, 0, seed, which) - chosen(w, arm, seed, which);
}

static json_t *make_loss(const struct work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, loss);
}

// How much of the way from the first arm's accuracy to that of gap_to this arm goes, with the same seed; NaN without a gap.
static double share_of_gap(const struct work *w, size_t arm, int seed, int which)
{
    size_t end = 0;
    double from = chosen(w, 0, seed, which), to;

    while (end < w->n_arms && strcmp(w->c->arms[end].name, w->c->gap_to) != 0)
        end++;
    to = end < w->n_arms ? chosen(w, end, seed, which) : from;
    return to != from ? (chosen(w, arm, seed, which) - from) / (to - from) : NAN;
}

static json_t *make_share(const struct work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, share_of_gap);
}

static double levels(const struct work *w, size_t arm, int seed, int which)
{
    (void)which;
    return w->levels[arm * (size_t)w->budget.seeds + (size_t)seed];
}

static json_t *make_levels(const struct work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, levels);
}

static json_t *make_hashes(const struct work *w, size_t arm, int which)
{
    json_t *all = json_array();

    (void)which;
    for (int s = 0; s < w->budget.seeds; s++)
        json_array_append_new(
            all, json_string(w->parameters[arm * (size_t)w->budget.seeds + (size_t)s]));
    return all;
}

static json_t *make_number(const struct work *w, size_t arm, int which)
{
    return which == 0 ? json_integer((json_int_t)w->n_parameters[arm])
                      : h4l_json_real(w->inside[arm]);
}

// Audit A1: parameters that differ between the first two arms after training, and by how much at most, per seed.
static void compare_parameters(struct work *w)
{
    double differing[H4L_MULTITASK_MAX_SEEDS], largest[H4L_MULTITASK_MAX_SEEDS];

    for (int s = 0; s < w->budget.seeds; s++) {
        const float *a = w->trained[s], *b = w->trained[w->budget.seeds + s];

        differing[s] = largest[s] = 0;
        for (size_t i = 0; i < w->n_parameters[0]; i++) {
            differing[s] += memcmp(a + i, b + i, sizeof *a) != 0;
            largest[s] = fmax(largest[s], fabs((double)a[i] - (double)b[i]));
        }
    }
    h4l_metric_reals(w->run, "differing_parameters", differing, (size_t)w->budget.seeds);
    h4l_metric_reals(w->run, "largest_parameter_difference", largest, (size_t)w->budget.seeds);
}

static int channel_metrics(struct work *w, struct h4l_err *err)
{
    double na[2], k[2];
    struct h4l_net_spec spec;
    int code = h4l_multitask_spec(w->run, &w->c->arms[0], &spec, err);

    if (code || spec.neuron.cell != &h4l_cell_hh)
        return code;
    code = h4l_multitask_peaks(&spec, h4l_run_seed(w->run), na, k, err);
    if (code)
        return code;
    h4l_metric_reals(w->run, "peak_g_na_mS_per_cm2", na, spec.conv ? 2 : 1);
    h4l_metric_reals(w->run, "peak_g_k_mS_per_cm2", k, spec.conv ? 2 : 1);
    h4l_metric_real(w->run, "g_leak_mS_per_cm2", spec.neuron.own[H4L_CELL_HH_G_L]);
    return H4L_OK;
}

// Largest of a trace over the window, per layer; over: in parts of the largest of this trace, or -1.
static void trace_metric(struct work *w, const char *name, int trace, int over)
{
    double largest[2] = {0}, of[2] = {0};

    for (int layer = 0; layer < w->traces.layers; layer++) {
        for (int t = 0; t < w->traces.steps; t++) {
            largest[layer] = fmax(largest[layer], w->traces.at[layer][t][trace]);
            if (over >= 0)
                of[layer] = fmax(of[layer], w->traces.at[layer][t][over]);
        }
        if (over >= 0)
            largest[layer] /= of[layer];
    }
    h4l_metric_reals(w->run, name, largest, (size_t)w->traces.layers);
}

static int write_traces(struct work *w, struct h4l_err *err)
{
    const char *columns[2 + H4L_TRACES] = {"layer", "step"};
    const char *units[2 + H4L_TRACES] = {"1", "1"};
    double row[2 + H4L_TRACES];
    char file[120];
    struct h4l_csv *csv;

    trace_metric(w, "peak_i_na_uA_per_cm2", H4L_TRACE_I_NA_MAX, -1);
    trace_metric(w, "peak_i_k_uA_per_cm2", H4L_TRACE_I_K_MAX, -1);
    trace_metric(w, "peak_i_leak_uA_per_cm2", H4L_TRACE_I_LEAK_MAX, -1);
    trace_metric(w, "peak_input_uA_per_cm2", H4L_TRACE_INPUT_MAX, -1);
    trace_metric(w, "peak_i_na_over_leak", H4L_TRACE_I_NA_MAX, H4L_TRACE_I_LEAK_MAX);
    trace_metric(w, "peak_i_k_over_leak", H4L_TRACE_I_K_MAX, H4L_TRACE_I_LEAK_MAX);
    for (int i = 0; i < H4L_TRACES; i++) {
        columns[2 + i] = h4l_channel_trace_names[i];
        units[2 + i] = h4l_channel_trace_units[i];
    }
    snprintf(file, sizeof file, "%s-traces.csv", w->c->name);
    csv = h4l_series_begin(w->run, file, columns, units, 2 + H4L_TRACES, err);
    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (int layer = 0; layer < w->traces.layers; layer++)
        for (int t = 0; t < w->traces.steps; t++) {
            row[0] = layer + 1;
            row[1] = t;
            memcpy(row + 2, w->traces.at[layer][t], sizeof w->traces.at[layer][t]);
            h4l_csv_row(csv, row);
        }
    return H4L_OK;
}

// A number for a table: empty where it is not a number.
static void real_text(double x, char text[32])
{
    *text = 0;
    if (!isnan(x))
        snprintf(text, 32, "%.17g", x);
}

static int write_curves(struct work *w, struct h4l_err *err)
{
    const char *columns[3 + QUANTITIES] = {"arm", "seed", "epoch"};
    const char *units[3 + QUANTITIES] = {"", "1", "1"};
    char file[120];
    struct h4l_csv *csv;

    for (int q = 0; q < QUANTITIES; q++) {
        columns[3 + q] = quantity_names[q];
        units[3 + q] = strstr(quantity_names[q], "percent") ? "percent"
                       : q == MEAN_RATE                     ? "spikes per step"
                                                            : "1";
    }
    snprintf(file, sizeof file, "%s-epochs.csv", w->c->name);
    csv = h4l_series_begin(w->run, file, columns, units, 3 + QUANTITIES, err);
    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->budget.seeds; s++)
            for (int e = 0; e < w->budget.epochs; e++) {
                char text[3 + QUANTITIES][32];
                const char *row[3 + QUANTITIES];

                snprintf(text[1], 32, "%llu",
                         (unsigned long long)h4l_run_seed(w->run) + (unsigned long long)s);
                snprintf(text[2], 32, "%d", e);
                for (int q = 0; q < QUANTITIES; q++)
                    real_text(quantity(epochs_of(w, arm, s) + e, q), text[3 + q]);
                for (int i = 0; i < 3 + QUANTITIES; i++)
                    row[i] = text[i];
                row[0] = w->c->arms[arm].name ? w->c->arms[arm].name : w->c->arms[arm].network;
                h4l_csv_row_text(csv, row);
            }
    return H4L_OK;
}

// One row per arm and seed: what the chosen epoch gave.
static int write_finals(struct work *w, struct h4l_err *err)
{
    static const char *const columns[] = {"arm_number",
                                          "arm",
                                          "noise",
                                          "seed",
                                          "accuracy_task1_percent",
                                          "accuracy_task2_percent",
                                          "share_of_gap_task1",
                                          "share_of_gap_task2"};
    static const char *const units[] = {"1",       "",        "pixel units", "1",
                                        "percent", "percent", "1",           "1"};
    const int n = w->c->gap_to ? 8 : 6;
    char file[120], text[8][32];
    const char *row[8];
    struct h4l_csv *csv;

    snprintf(file, sizeof file, "%s-final.csv", w->c->name);
    csv = h4l_series_begin(w->run, file, columns, units, n, err);
    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->budget.seeds; s++) {
            const struct h4l_arm *a = &w->c->arms[arm];

            snprintf(text[0], 32, "%zu", arm);
            snprintf(text[2], 32, "%g", a->noise >= 0 ? a->noise : h4l_run_real(w->run, "noise"));
            snprintf(text[3], 32, "%llu",
                     (unsigned long long)h4l_run_seed(w->run) + (unsigned long long)s);
            snprintf(text[4], 32, "%.17g", chosen(w, arm, s, TASK1));
            snprintf(text[5], 32, "%.17g", chosen(w, arm, s, TASK2));
            for (int task = 0; task < 2 && w->c->gap_to; task++)
                real_text(share_of_gap(w, arm, s, task == 0 ? TASK1 : TASK2), text[6 + task]);
            for (int i = 0; i < n; i++)
                row[i] = text[i];
            row[1] = a->name ? a->name : a->network;
            h4l_csv_row_text(csv, row);
        }
    return H4L_OK;
}

// One row per arm and seed: accuracy beside what the network costs, for the sweeps of width and of input scale.
static int write_costs(struct work *w, struct h4l_err *err)
{
    static const char *const columns[] = {"network",
                                          "channels",
                                          "seed",
                                          "accuracy_task1_percent",
                                          "accuracy_task2_percent",
                                          "parameters",
                                          "operations_millions",
                                          "state_numbers",
                                          "input_scale"};
    static const char *const units[] = {"",  "1",       "1", "percent", "percent",
                                        "1", "million", "1", "1"};
    char file[120], text[9][32];
    const char *row[9];
    struct h4l_csv *csv;

    snprintf(file, sizeof file, "%s-cost.csv", w->c->name);
    csv = h4l_series_begin(w->run, file, columns, units, 9, err);
    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t arm = 0; arm < w->n_arms; arm++)
        for (int s = 0; s < w->budget.seeds; s++) {
            const struct h4l_net_spec *spec = &w->specs[arm];
            struct h4l_operations o = h4l_count_operations(spec, H4L_COUNT_HOISTED);

            snprintf(text[1], 32, "%d", spec->channels);
            snprintf(text[2], 32, "%llu",
                     (unsigned long long)h4l_run_seed(w->run) + (unsigned long long)s);
            snprintf(text[3], 32, "%.17g", chosen(w, arm, s, TASK1));
            snprintf(text[4], 32, "%.17g", chosen(w, arm, s, TASK2));
            snprintf(text[5], 32, "%zu", w->n_parameters[arm]);
            snprintf(text[6], 32, "%.17g", (o.add + o.mul) / 1e6);
            snprintf(text[7], 32, "%zu", h4l_count_state(spec));
            snprintf(text[8], 32, "%.17g", options_of(w, &w->c->arms[arm]).input_scale);
            for (int i = 0; i < 9; i++)
                row[i] = text[i];
            row[0] = w->c->arms[arm].network;
            h4l_csv_row_text(csv, row);
        }
    return H4L_OK;
}

static int write_metrics(struct work *w, struct h4l_err *err)
{
    struct h4l_run *run = w->run;
    long long seeds[H4L_MULTITASK_MAX_SEEDS];
    int code = channel_metrics(w, err);

    for (int s = 0; s < w->budget.seeds; s++)
        seeds[s] = (long long)h4l_run_seed(run) + s;
    h4l_metric_ints(run, "seeds", seeds, (size_t)w->budget.seeds);
    per_arm(w, "parameters", make_number, 0);
    per_arm(w, "share_inside_surrogate_window_at_start", make_number, 1);
    for (int q = 0; q <= MEAN_RATE; q++)
        per_arm(w, quantity_names[q], curves, q);
    for (int q = VALIDATION1; q <= VALIDATION2 && h4l_run_real(run, "validation") > 0; q++)
        per_arm(w, quantity_names[q], curves, q);
    per_arm(w, "final_accuracy_task1_percent", make_final, TASK1);
    per_arm(w, "final_accuracy_task2_percent", make_final, TASK2);
    per_arm(w, "parameters_sha256", make_hashes, 0);
    if (w->c->noise) {
        per_arm(w, "accuracy_loss_task1_percent", make_loss, TASK1);
        per_arm(w, "accuracy_loss_task2_percent", make_loss, TASK2);
    }
    if (!w->specs[0].conv)
        per_arm(w, "output_levels", make_levels, 0);
    if (w->c->gap_to) {
        per_arm(w, "share_of_gap_task1", make_share, TASK1);
        per_arm(w, "share_of_gap_task2", make_share, TASK2);
    }
    if (w->c->audits_channels)
        compare_parameters(w);
    return code;
}

static void remove_checkpoints(struct work *w)
{
    for (w->arm = 0; w->arm < w->n_arms; w->arm++)
        for (w->seed = 0; w->seed < w->budget.seeds; w->seed++) {
            char *path = checkpoint_path(w);

            if (path)
                unlink(path);
            free(path);
        }
    h4l_run_checkpoints_done(w->run);
}

int h4l_multitask_run(struct h4l_run *run, struct h4l_err *err)
{
    struct work w = {.run = run, .c = h4l_run_ctx(run)};
    size_t cells;
    int code;

    w.n_arms = h4l_run_tier(run) == H4L_QUICK && w.c->quick_arms ? w.c->quick_arms : w.c->n_arms;
    effective_budget(&w);
    if (strcmp(h4l_run_text(run, "selection"), "best") == 0 && h4l_run_real(run, "validation") <= 0)
        return h4l_fail(err, H4L_E_USAGE,
                        "selection=best needs a validation split; add --set validation=0.1");
    code = h4l_multitask_load(run, w.budget.train, w.budget.test, &w.data, err);
    if (code)
        return code;
    cells = w.n_arms * (size_t)w.budget.seeds;
    w.epochs = calloc(cells * (size_t)w.budget.epochs, sizeof *w.epochs);
    w.parameters = calloc(cells, sizeof *w.parameters);
    w.trained = calloc(cells, sizeof(float *));
    w.n_parameters = calloc(w.n_arms, sizeof *w.n_parameters);
    w.inside = calloc(w.n_arms, sizeof *w.inside);
    w.levels = calloc(cells, sizeof *w.levels);
    w.specs = calloc(w.n_arms, sizeof *w.specs);
    w.costs = calloc(w.n_arms, sizeof *w.costs);
    if (w.costs && w.specs && w.epochs && w.parameters && w.trained && w.n_parameters && w.inside &&
        w.levels)
        code = train_all(&w, err);
    else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the results of %zu runs", cells);
    if (code == H4L_OK)
        code = write_metrics(&w, err);
    if (code == H4L_OK)
        code = write_curves(&w, err);
    if (code == H4L_OK)
        code = write_finals(&w, err);
    if (code == H4L_OK && w.c->audits_channels)
        code = write_traces(&w, err);
    if (code == H4L_OK && w.c->costs)
        code = write_costs(&w, err);
    if (code == H4L_OK)
        remove_checkpoints(&w);
    for (size_t i = 0; w.trained && i < cells; i++)
        free(w.trained[i]);
    free(w.epochs);
    free(w.parameters);
    free(w.trained);
    free(w.n_parameters);
    free(w.inside);
    free(w.levels);
    free(w.specs);
    free(w.costs);
    return code;
}
