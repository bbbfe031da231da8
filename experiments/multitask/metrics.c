// The metrics of a training case.
#include "work.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cell/hh.h"

#define QUANTITY(name) H4L_EPOCH_KEYS + H4L_##name
const struct h4l_column h4l_epoch_columns[QUANTITY(QUANTITIES)] = {
    {"arm", "", "arm, or its network"},
    {"seed", "1", "seed"},
    {"epoch", "1", "epoch, from 0"},
    [QUANTITY(TASK1)] = {"accuracy_task1_percent", "percent", "test accuracy, first task"},
    [QUANTITY(TASK2)] = {"accuracy_task2_percent", "percent", "test accuracy, second task"},
    [QUANTITY(TRAIN_LOSS)] = {"train_loss", "1", "mean loss over the training images"},
    [QUANTITY(TEST_LOSS)] = {"test_loss", "1", "mean loss over the test images"},
    [QUANTITY(MEAN_RATE)] = {"mean_rate", "spikes per step",
                             "mean rate of the neurons on the test images"},
    [QUANTITY(VALIDATION1)] = {"validation_task1_percent", "percent",
                               "accuracy on the validation split, first task; empty: no split"},
    [QUANTITY(VALIDATION2)] = {"validation_task2_percent", "percent", "the same, second task"},
    [QUANTITY(TRAIN1)] = {"train_accuracy_task1_percent", "percent",
                          "accuracy on the training images, first task"},
    [QUANTITY(TRAIN2)] = {"train_accuracy_task2_percent", "percent", "the same, second task"},
    [QUANTITY(RATE)] = {"learning_rate", "1", "learning rate of the epoch"},
};

double h4l_multitask_quantity(const struct h4l_training_epoch *e, int which)
{
    const double values[H4L_QUANTITIES] = {
        [H4L_TASK1] = e->test_accuracy[0],
        [H4L_TASK2] = e->test_accuracy[1],
        [H4L_TRAIN_LOSS] = e->train_loss,
        [H4L_TEST_LOSS] = e->test_loss,
        [H4L_MEAN_RATE] = e->mean_rate,
        [H4L_VALIDATION1] = e->validation_accuracy[0],
        [H4L_VALIDATION2] = e->validation_accuracy[1],
        [H4L_TRAIN1] = e->train_accuracy[0],
        [H4L_TRAIN2] = e->train_accuracy[1],
        [H4L_RATE] = e->learning_rate,
    };

    return values[which];
}

// ---- the epoch that counts ----

static int chosen_epoch(const struct h4l_multitask_work *w, size_t arm, int seed)
{
    const struct h4l_training_epoch *e = h4l_multitask_epochs(w, arm, seed);
    int best = w->epochs - 1;

    if (!w->arms[arm].best_epoch)
        return best;
    for (int i = w->epochs - 1; i >= 0; i--) // of equals the earliest
        if (e[i].validation_accuracy[0] + e[i].validation_accuracy[1] >=
            e[best].validation_accuracy[0] + e[best].validation_accuracy[1])
            best = i;
    return best;
}

double h4l_multitask_chosen(const struct h4l_multitask_work *w, size_t arm, int seed, int which)
{
    const struct h4l_training_epoch *e = h4l_multitask_epochs(w, arm, seed);

    return h4l_multitask_quantity(e + chosen_epoch(w, arm, seed), which);
}

double h4l_multitask_share_of_gap(const struct h4l_multitask_work *w, size_t arm, int seed,
                                  int which)
{
    size_t end = 0;
    double from = h4l_multitask_chosen(w, 0, seed, which), to;

    while (end < w->n_arms && strcmp(w->c->arms[end].name, w->c->gap_to) != 0)
        end++;
    to = end < w->n_arms ? h4l_multitask_chosen(w, end, seed, which) : from;
    return to != from ? (h4l_multitask_chosen(w, arm, seed, which) - from) / (to - from) : NAN;
}

// How much of the first arm's accuracy this one lacks, with the same seed.
static double loss(const struct h4l_multitask_work *w, size_t arm, int seed, int which)
{
    return h4l_multitask_chosen(w, 0, seed, which) - h4l_multitask_chosen(w, arm, seed, which);
}

static double levels(const struct h4l_multitask_work *w, size_t arm, int seed, int which)
{
    (void)which;
    return w->levels[h4l_multitask_at(w, arm, seed)];
}

// ---- a metric of each arm ----

typedef json_t *(*make_fn)(const struct h4l_multitask_work *w, size_t arm, int which);
typedef double (*value_fn)(const struct h4l_multitask_work *w, size_t arm, int seed, int which);

// Under the metric's name: the value of the only arm, or an object with a value per arm.
static void per_arm(struct h4l_multitask_work *w, const char *name, make_fn make, int which)
{
    json_t *object;

    if (!w->c->arms[0].name) {
        h4l_metric_json(w->run, name, make(w, 0, which));
        return;
    }
    object = json_object();
    for (size_t arm = 0; arm < w->n_arms; arm++)
        h4l_json_set(&object, w->c->arms[arm].name, make(w, arm, which));
    h4l_metric_json(w->run, name, object);
}

// [seed]
static json_t *each_seed(const struct h4l_multitask_work *w, size_t arm, int which, value_fn value)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++)
        h4l_json_add(&all, h4l_json_real(value(w, arm, s, which)));
    return all;
}

// [seed][epoch]
static json_t *make_curves(const struct h4l_multitask_work *w, size_t arm, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++) {
        const struct h4l_training_epoch *e = h4l_multitask_epochs(w, arm, s);
        json_t *one = json_array();

        for (int i = 0; i < w->epochs; i++)
            h4l_json_add(&one, h4l_json_real(h4l_multitask_quantity(e + i, which)));
        h4l_json_add(&all, one);
    }
    return all;
}

static json_t *make_final(const struct h4l_multitask_work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, h4l_multitask_chosen);
}

static json_t *make_loss(const struct h4l_multitask_work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, loss);
}

static json_t *make_share(const struct h4l_multitask_work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, h4l_multitask_share_of_gap);
}

static json_t *make_levels(const struct h4l_multitask_work *w, size_t arm, int which)
{
    return each_seed(w, arm, which, levels);
}

static json_t *make_hashes(const struct h4l_multitask_work *w, size_t arm, int which)
{
    json_t *all = json_array();

    (void)which;
    for (int s = 0; s < w->seeds; s++)
        h4l_json_add(&all, json_string(w->sha256[h4l_multitask_at(w, arm, s)]));
    return all;
}

static json_t *make_size(const struct h4l_multitask_work *w, size_t arm, int which)
{
    (void)which;
    return json_integer((json_int_t)h4l_multitask_parameters(w, arm));
}

static json_t *make_inside(const struct h4l_multitask_work *w, size_t arm, int which)
{
    (void)which;
    return h4l_json_real(w->inside[arm]);
}

// ---- true HH neurons ----

// [seed][epoch]: of the windows that an epoch's training ran
static json_t *make_windows(const struct h4l_multitask_work *w, size_t arm, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++) {
        const struct h4l_training_epoch *e = h4l_multitask_epochs(w, arm, s);
        json_t *one = json_array();

        for (int i = 0; i < w->epochs; i++) {
            const double counts[] = {e[i].windows_run, e[i].windows_blown_up, e[i].currents_outside,
                                     e[i].derivatives_clipped};

            h4l_json_add(&one, json_integer((json_int_t)counts[which]));
        }
        h4l_json_add(&all, one);
    }
    return all;
}

enum { AFTER = 100 };
static const struct {
    const char *name;
    size_t offset;
} membranes[] = {{"sodium_charge_share", offsetof(struct h4l_membranes, sodium)},
                 {"potassium_charge_share", offsetof(struct h4l_membranes, potassium)},
                 {"leak_charge_share", offsetof(struct h4l_membranes, leak)},
                 {"spikes_per_window", offsetof(struct h4l_membranes, spikes)},
                 {"silent_neurons_share", offsetof(struct h4l_membranes, silent)},
                 {"constant_neurons_share", offsetof(struct h4l_membranes, constant)}};

// which: number of the row, and AFTER more after training. [seed]
static json_t *make_membranes(const struct h4l_multitask_work *w, size_t arm, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++) {
        const struct h4l_membranes *m = &w->membranes[h4l_multitask_at(w, arm, s)][which / AFTER];
        const char *at = (const char *)m + membranes[which % AFTER].offset;

        h4l_json_add(&all, h4l_json_real(*(const double *)at));
    }
    return all;
}

static const char *const own_names[H4L_TRUE_HH_OWN] = {
    [H4L_TRUE_HH_G_NA] = "own_g_na",       [H4L_TRUE_HH_G_K] = "own_g_k",
    [H4L_TRUE_HH_G_L] = "own_g_l",         [H4L_TRUE_HH_SPEED_M] = "own_speed_m",
    [H4L_TRUE_HH_SPEED_H] = "own_speed_h", [H4L_TRUE_HH_SPEED_N] = "own_speed_n"};

// which: constant, and AFTER more for its standard deviation. [seed], after training
static json_t *make_own(const struct h4l_multitask_work *w, size_t arm, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++) {
        const struct h4l_membranes *m = &w->membranes[h4l_multitask_at(w, arm, s)][1];

        h4l_json_add(&all, h4l_json_real((which < AFTER ? m->own : m->own_sd)[which % AFTER]));
    }
    return all;
}

static json_t *make_exponent(const struct h4l_multitask_work *w, size_t arm, int after)
{
    return h4l_json_real(w->horizons[arm][after].exponent);
}

// Quantities of a transfer, in the order of their names below.
enum { PER_TRANSFER = 4 };
static json_t *make_transfer(const struct h4l_multitask_work *w, size_t arm, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++) {
        const struct h4l_transfer *t = &w->transfers[h4l_multitask_at(w, arm, s)];
        int neuron = which / PER_TRANSFER;
        const double values[PER_TRANSFER] = {t->accuracy[neuron][0], t->accuracy[neuron][1],
                                             t->same[neuron], t->rate[neuron]};

        h4l_json_add(&all, h4l_json_real(values[which % PER_TRANSFER]));
    }
    return all;
}

static void transfer_metrics(struct h4l_multitask_work *w)
{
    static const char *const neurons[H4L_TRANSFERS] = {"truehh", "tv_lif2hh", "slif2hh"};
    static const char *const quantities[PER_TRANSFER] = {"task1_accuracy_percent",
                                                         "task2_accuracy_percent",
                                                         "same_predictions_percent", "mean_rate"};
    char name[80];

    for (int i = 0; i < H4L_TRANSFERS * PER_TRANSFER; i++) {
        snprintf(name, sizeof name, "transfer_%s_%s", neurons[i / PER_TRANSFER],
                 quantities[i % PER_TRANSFER]);
        per_arm(w, name, make_transfer, i);
    }
}

static void true_hh_metrics(struct h4l_multitask_work *w)
{
    static const char *const windows[] = {"windows_run", "windows_blown_up", "currents_clamped",
                                          "derivatives_clipped"};
    char name[64];

    for (int i = 0; i < 4; i++)
        per_arm(w, windows[i], make_windows, i);
    per_arm(w, "lyapunov_exponent_per_ms", make_exponent, 1);
    per_arm(w, "lyapunov_exponent_at_start_per_ms", make_exponent, 0);
    for (int i = 0; i < (int)(sizeof membranes / sizeof *membranes); i++) {
        per_arm(w, membranes[i].name, make_membranes, AFTER + i);
        snprintf(name, sizeof name, "%s_at_start", membranes[i].name);
        per_arm(w, name, make_membranes, i);
    }
    if (w->arms[0].transfer_images > 0)
        transfer_metrics(w);
    if (!w->arms[0].spec.true_hh.own)
        return;
    for (int i = 0; i < H4L_TRUE_HH_OWN; i++) {
        per_arm(w, own_names[i], make_own, i);
        snprintf(name, sizeof name, "%s_sd", own_names[i]);
        per_arm(w, name, make_own, AFTER + i);
    }
}

// ---- audit A1 ----

// Parameters that differ between the first two arms after training, and by how much at most, per seed.
static void compare_parameters(struct h4l_multitask_work *w)
{
    double differing[H4L_MULTITASK_MAX_SEEDS], largest[H4L_MULTITASK_MAX_SEEDS];
    size_t n = h4l_multitask_parameters(w, 0);

    for (int s = 0; s < w->seeds; s++) {
        const float *a = w->trained[s], *b = w->trained[w->seeds + s];

        differing[s] = largest[s] = 0;
        for (size_t i = 0; i < n; i++) {
            differing[s] += memcmp(a + i, b + i, sizeof *a) != 0;
            largest[s] = fmax(largest[s], fabs((double)a[i] - (double)b[i]));
        }
    }
    h4l_metric_reals(w->run, "differing_parameters", differing, (size_t)w->seeds);
    h4l_metric_reals(w->run, "largest_parameter_difference", largest, (size_t)w->seeds);
}

// Largest of a trace over the window, per layer; over: in parts of the largest of this trace, or -1.
static void trace_metric(struct h4l_multitask_work *w, const char *name, int trace, int over)
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

static void audit_channels(struct h4l_multitask_work *w)
{
    compare_parameters(w);
    trace_metric(w, "peak_i_na_uA_per_cm2", H4L_TRACE_I_NA_MAX, -1);
    trace_metric(w, "peak_i_k_uA_per_cm2", H4L_TRACE_I_K_MAX, -1);
    trace_metric(w, "peak_i_leak_uA_per_cm2", H4L_TRACE_I_LEAK_MAX, -1);
    trace_metric(w, "peak_input_uA_per_cm2", H4L_TRACE_INPUT_MAX, -1);
    trace_metric(w, "peak_i_na_over_leak", H4L_TRACE_I_NA_MAX, H4L_TRACE_I_LEAK_MAX);
    trace_metric(w, "peak_i_k_over_leak", H4L_TRACE_I_K_MAX, H4L_TRACE_I_LEAK_MAX);
}

// The channels of the first arm's neurons, where these are HH.
static int channel_metrics(struct h4l_multitask_work *w, struct h4l_err *err)
{
    const struct h4l_net_spec *spec = &w->arms[0].spec;
    size_t layers = spec->conv ? 2 : 1;
    double na[2], k[2];
    int code;

    if (spec->neuron.cell != &h4l_cell_hh)
        return H4L_OK;
    code = h4l_multitask_peaks(spec, h4l_run_seed(w->run), na, k, err);
    if (code)
        return code;
    h4l_metric_reals(w->run, "peak_g_na_mS_per_cm2", na, layers);
    h4l_metric_reals(w->run, "peak_g_k_mS_per_cm2", k, layers);
    h4l_metric_real(w->run, "g_leak_mS_per_cm2", spec->neuron.own[H4L_CELL_HH_G_L]);
    return H4L_OK;
}

int h4l_multitask_metrics(struct h4l_multitask_work *w, struct h4l_err *err)
{
    const struct h4l_net_spec *spec = &w->arms[0].spec;
    int last = w->arms[0].training.validation > 0 ? H4L_VALIDATION2 : H4L_MEAN_RATE;
    long long seeds[H4L_MULTITASK_MAX_SEEDS];

    for (int s = 0; s < w->seeds; s++)
        seeds[s] = (long long)h4l_multitask_seed(w, s);
    h4l_metric_ints(w->run, "seeds", seeds, (size_t)w->seeds);
    per_arm(w, "parameters", make_size, 0);
    if (spec->neuron.cell)
        per_arm(w, "share_inside_surrogate_window_at_start", make_inside, 0);
    else
        true_hh_metrics(w);
    for (int q = 0; q <= last; q++)
        per_arm(w, h4l_epoch_columns[H4L_EPOCH_KEYS + q].name, make_curves, q);
    per_arm(w, "final_accuracy_task1_percent", make_final, H4L_TASK1);
    per_arm(w, "final_accuracy_task2_percent", make_final, H4L_TASK2);
    per_arm(w, "parameters_sha256", make_hashes, 0);
    if (w->c->noise) {
        per_arm(w, "accuracy_loss_task1_percent", make_loss, H4L_TASK1);
        per_arm(w, "accuracy_loss_task2_percent", make_loss, H4L_TASK2);
    }
    if (!spec->conv && spec->neuron.cell)
        per_arm(w, "output_levels", make_levels, 0);
    if (w->c->gap_to) {
        per_arm(w, "share_of_gap_task1", make_share, H4L_TASK1);
        per_arm(w, "share_of_gap_task2", make_share, H4L_TASK2);
    }
    if (w->c->audits_channels)
        audit_channels(w);
    return channel_metrics(w, err);
}
