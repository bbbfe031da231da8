// What a training case says: metrics by seed and epoch, and the same as a table for figures.
#include "information.h"

#include <math.h>
#include <string.h>

#include "base/json.h"

double h4l_information_zx(const struct h4l_information *w, const struct h4l_training_epoch *e,
                          double scale)
{
    return h4l_bottleneck_kl(&e->test_gaussian, w->test.n, w->o.latent, scale) / log(2);
}

double h4l_information_zy(const struct h4l_information *w, const struct h4l_training_epoch *e,
                          int task)
{
    double label = log2(H4L_MULTI_CLASSES);

    if (task >= 0)
        return label - e->test_losses[task] / log(2);
    return (w->o.two_entropies ? H4L_MULTI_TASKS : 1) * label - e->test_loss / log(2);
}

static const struct h4l_training_epoch *epochs_of(const struct h4l_information *w, int seed)
{
    return w->epochs + seed * w->o.training.epochs;
}

int h4l_information_reported(const struct h4l_information *w, int seed)
{
    const struct h4l_training_epoch *e = epochs_of(w, seed);
    int last = w->o.training.epochs - 1, best = 0;

    if (w->o.last_epoch)
        return last;
    for (int i = 1; i <= last; i++) // of equals the earliest
        if (e[i].score[w->o.score][0] + e[i].score[w->o.score][1] >
            e[best].score[w->o.score][0] + e[best].score[w->o.score][1])
            best = i;
    return best;
}

// ---- what is told of an epoch ----

enum {
    ZX,
    ZY_PUBLISHED,
    ZY_TASK1,
    ZY_TASK2,
    ZY,
    ACCURACY1,
    ACCURACY2,
    SCORE1,
    SCORE2,
    TRAIN_LOSS,
    RATE,
    QUANTITIES,
    KEYS = 3
};

static const struct h4l_column columns[KEYS + QUANTITIES] = {
    {"variant", "", "as_published or as_stated"},
    {"seed", "1", "seed"},
    {"epoch", "1", "epochs trained; 0: before training"},
    [KEYS + ZX] = {"i_zx_bits", "bit", "I(Z;X), upper bound, test images"},
    [KEYS + ZY_PUBLISHED] = {"i_zy_bits_published", "bit",
                             "I(Z;Y) as the published program has it: one task's entropy less both "
                             "cross-entropies"},
    [KEYS + ZY_TASK1] = {"i_zy_bits_task1", "bit", "I(Z;Y) of the first task, lower bound"},
    [KEYS + ZY_TASK2] = {"i_zy_bits_task2", "bit", "the same, second task"},
    [KEYS + ZY] = {"i_zy_bits", "bit", "I(Z;Y) of both tasks, as label_entropy has it"},
    [KEYS + ACCURACY1] = {"accuracy_task1_percent", "percent",
                          "test accuracy with one sample an image, first task"},
    [KEYS + ACCURACY2] = {"accuracy_task2_percent", "percent", "the same, second task"},
    [KEYS + SCORE1] = {"score_task1_percent", "percent",
                       "the same with several samples, as score_softmax has it, first task"},
    [KEYS + SCORE2] = {"score_task2_percent", "percent", "the same, second task"},
    [KEYS +
        TRAIN_LOSS] = {"train_loss", "nat",
                       "sum of the cross-entropies, mean over the epoch; empty before training"},
    [KEYS + RATE] = {"mean_rate", "spikes per step", "mean rate of the neurons on the test images"},
};
const struct h4l_series h4l_information_plane_series =
    H4L_SERIES("*-plane.csv", "seed and epoch: the way through the information plane", columns);

static double quantity(const struct h4l_information *w, const struct h4l_training_epoch *e,
                       int which)
{
    const double *score = e->score[w->o.score];
    const double values[QUANTITIES] = {
        [ZX] = h4l_information_zx(w, e, 1),
        [ZY_PUBLISHED] = log2(H4L_MULTI_CLASSES) - e->test_loss / log(2),
        [ZY_TASK1] = h4l_information_zy(w, e, 0),
        [ZY_TASK2] = h4l_information_zy(w, e, 1),
        [ZY] = h4l_information_zy(w, e, -1),
        [ACCURACY1] = e->test_accuracy[0],
        [ACCURACY2] = e->test_accuracy[1],
        [SCORE1] = score[0],
        [SCORE2] = score[1],
        [TRAIN_LOSS] = e->train_loss,
        [RATE] = e->mean_rate,
    };

    return values[which];
}

// ---- metrics ----

// [seed][epoch]
static void curves(struct h4l_information *w, int which)
{
    json_t *all = json_array();

    for (int s = 0; s < w->seeds; s++) {
        json_t *one = json_array();

        for (int i = 0; i < w->o.training.epochs; i++)
            h4l_json_add(&one, h4l_json_real(quantity(w, epochs_of(w, s) + i, which)));
        h4l_json_add(&all, one);
    }
    h4l_metric_json(w->run, columns[KEYS + which].name, all);
}

// Of each seed: `scale` 0: the scale at which I(Z;X) is least.
static void reported(struct h4l_information *w, const char *name, bool trained, double scale)
{
    double values[H4L_INFORMATION_MAX_SEEDS];

    for (int s = 0; s < w->seeds; s++) {
        const struct h4l_training_epoch *e =
            trained ? epochs_of(w, s) + h4l_information_reported(w, s) : &w->before[s];
        double best = h4l_bottleneck_best_scale(&e->test_gaussian, w->test.n, w->o.latent);

        values[s] = h4l_information_zx(w, e, scale > 0 ? scale : best);
    }
    h4l_metric_reals(w->run, name, values, (size_t)w->seeds);
}

static void reported_zy(struct h4l_information *w, const char *name, bool trained)
{
    double values[H4L_INFORMATION_MAX_SEEDS];

    for (int s = 0; s < w->seeds; s++)
        values[s] = h4l_information_zy(
            w, trained ? epochs_of(w, s) + h4l_information_reported(w, s) : &w->before[s], -1);
    h4l_metric_reals(w->run, name, values, (size_t)w->seeds);
}

static void metrics(struct h4l_information *w)
{
    long long seeds[H4L_INFORMATION_MAX_SEEDS], epochs[H4L_INFORMATION_MAX_SEEDS];

    for (int s = 0; s < w->seeds; s++) {
        seeds[s] = (long long)h4l_run_seed(w->run) + s;
        epochs[s] = h4l_information_reported(w, s) + 1;
    }
    h4l_metric_ints(w->run, "seeds", seeds, (size_t)w->seeds);
    h4l_metric_int(w->run, "parameters", (long long)h4l_net_layout(&w->o.spec).parameters);
    for (int which = 0; which < QUANTITIES; which++)
        curves(w, which);
    h4l_metric_ints(w->run, "reported_epoch", epochs, (size_t)w->seeds);
    reported(w, "reported_i_zx_bits", true, 1);
    reported_zy(w, "reported_i_zy_bits", true);
    reported(w, "reported_i_zx_bits_half_scale", true, 0.5);
    reported(w, "reported_i_zx_bits_double_scale", true, 2);
    reported(w, "reported_i_zx_bits_least_scale", true, 0);
    reported(w, "untrained_i_zx_bits", false, 1);
    reported_zy(w, "untrained_i_zy_bits", false);
}

// ---- the table ----

static void row(struct h4l_information *w, struct h4l_csv *csv, int seed, int epoch,
                const struct h4l_training_epoch *e)
{
    h4l_csv_text(csv, h4l_information_variants[w->o.variant]);
    h4l_csv_int(csv, (long long)h4l_run_seed(w->run) + seed);
    h4l_csv_int(csv, epoch);
    for (int which = 0; which < QUANTITIES; which++)
        h4l_csv_real(csv, quantity(w, e, which));
}

int h4l_information_report(struct h4l_information *w, struct h4l_err *err)
{
    struct h4l_csv *csv;

    metrics(w);
    csv = h4l_series_begin(w->run, &h4l_information_plane_series, w->c->name, err);
    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (int s = 0; s < w->seeds; s++) {
        row(w, csv, s, 0, &w->before[s]);
        for (int i = 0; i < w->o.training.epochs; i++)
            row(w, csv, s, i + 1, epochs_of(w, s) + i);
    }
    return H4L_OK;
}
