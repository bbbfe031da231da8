// The plane as a curve: the three published networks with each beta of a list.
#include "information.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

static const char *const models[] = {"hh", "slif2hh", "lif"};
enum { MODELS = sizeof models / sizeof *models };

static const struct h4l_column columns[] = {
    {"model", "", "learning neuron"},
    {"seed", "1", "seed"},
    {"beta", "1", "weight of the divergence in the loss"},
    {"i_zx_bits", "bit", "I(Z;X) of the reported epoch, upper bound, test images"},
    {"i_zy_bits", "bit", "I(Z;Y) of both tasks, as label_entropy has it"},
    {"accuracy_task1_percent", "percent", "test accuracy with one sample an image, first task"},
    {"accuracy_task2_percent", "percent", "the same, second task"},
};
enum { KEYS = 3, VALUES = sizeof columns / sizeof *columns - KEYS };
const struct h4l_series h4l_information_beta_series =
    H4L_SERIES("beta-curve.csv", "model, seed and beta: the point that is reported", columns);

struct curve {
    struct h4l_run *run;
    json_t *values[VALUES]; // objects: per model [beta][seed]
};

// A seed's point.
static void point_of(const struct h4l_information *w, int seed, double ret[VALUES])
{
    const struct h4l_training_epoch *e =
        w->epochs + seed * w->o.training.epochs + h4l_information_reported(w, seed);

    ret[0] = h4l_information_zx(w, e, 1);
    ret[1] = h4l_information_zy(w, e, -1);
    ret[2] = e->test_accuracy[0];
    ret[3] = e->test_accuracy[1];
}

// The points of one network into the metrics.
static void add_points(struct curve *c, const char *model, const struct h4l_information *w)
{
    double values[VALUES];

    for (int i = 0; i < VALUES; i++) {
        json_t *points = json_array();

        for (int s = 0; s < w->seeds; s++) {
            point_of(w, s, values);
            h4l_json_add(&points, h4l_json_real(values[i]));
        }
        json_t *all = json_incref(json_object_get(c->values[i], model));

        if (!all)
            all = json_array();
        h4l_json_add(&all, points);
        h4l_json_set(&c->values[i], model, all);
    }
}

static int check_betas(const struct h4l_reals *betas, struct h4l_err *err)
{
    for (size_t i = 0; i < betas->n; i++)
        for (size_t k = 0; k < i; k++)
            if (betas->at[i] == betas->at[k])
                return h4l_fail(err, H4L_E_USAGE, "betas has %g twice; name each value once",
                                betas->at[i]);
    return H4L_OK;
}

// A network of the curve.
struct arm {
    char name[64];
    double beta;
    struct h4l_information_case c;
    struct h4l_information w;
};

// All of them, planned before the first is trained: model by model, and for each beta by beta.
static int begin_arms(struct h4l_run *run, const struct h4l_reals *betas, struct arm *arms,
                      struct h4l_err *err)
{
    size_t n = MODELS * betas->n;
    int code = check_betas(betas, err);

    for (size_t i = 0; i < n && code == H4L_OK; i++) {
        struct arm *a = &arms[i];

        a->beta = betas->at[i % betas->n];
        snprintf(a->name, sizeof a->name, "%s_%g", models[i / betas->n], a->beta);
        a->c = (struct h4l_information_case){.name = "beta",
                                             .model = models[i / betas->n],
                                             .arm = a->name,
                                             .beta = &a->beta,
                                             .budget = H4L_CURVE};
        code = h4l_information_begin(run, &a->c, &a->w, err);
        a->w.done = (int)i * a->w.seeds;
        a->w.all = (int)n * a->w.seeds;
    }
    return code;
}

static int train_arms(struct curve *c, struct arm *arms, size_t n, struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t i = 0; i < n && code == H4L_OK; i++) {
        code = h4l_information_train(&arms[i].w, err);
        if (code == H4L_OK)
            add_points(c, arms[i].c.model, &arms[i].w);
    }
    return code;
}

// The table goes seed by seed along the curve.
static int write_table(struct h4l_run *run, const struct arm *arms, size_t n_betas,
                       struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_information_beta_series, NULL, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t m = 0; m < MODELS; m++)
        for (int s = 0; s < arms[0].w.seeds; s++)
            for (size_t b = 0; b < n_betas; b++) {
                const struct arm *a = &arms[m * n_betas + b];
                double values[VALUES];

                point_of(&a->w, s, values);
                h4l_csv_text(csv, models[m]);
                h4l_csv_int(csv, (long long)h4l_run_seed(run) + s);
                h4l_csv_real(csv, a->beta);
                for (int i = 0; i < VALUES; i++)
                    h4l_csv_real(csv, values[i]);
            }
    return H4L_OK;
}

static void hand_in(struct curve *c, const struct h4l_reals *betas, int seeds, bool keep)
{
    long long numbers[H4L_INFORMATION_MAX_SEEDS];

    for (int s = 0; s < seeds; s++)
        numbers[s] = (long long)h4l_run_seed(c->run) + s;
    for (int i = 0; i < VALUES; i++) {
        if (keep)
            h4l_metric_json(c->run, columns[KEYS + i].name, c->values[i]);
        else
            json_decref(c->values[i]);
    }
    if (!keep)
        return;
    h4l_metric_ints(c->run, "seeds", numbers, (size_t)seeds);
    h4l_metric_reals(c->run, "betas", betas->at, betas->n);
}

int h4l_information_beta(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_reals *betas =
        &((const struct h4l_information_options *)h4l_run_options(run))->betas;
    size_t n = MODELS * betas->n;
    struct curve c = {.run = run};
    struct arm *arms = calloc(n, sizeof *arms);
    int code = arms ? begin_arms(run, betas, arms, err)
                    : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu networks", n);

    for (int i = 0; i < VALUES; i++)
        c.values[i] = json_object();
    if (code == H4L_OK)
        code = train_arms(&c, arms, n, err);
    if (code == H4L_OK)
        code = write_table(run, arms, betas->n, err);
    for (size_t i = 0; i < n && code == H4L_OK; i++)
        h4l_information_forget(&arms[i].w);
    hand_in(&c, betas, code == H4L_OK ? arms[0].w.seeds : 0, code == H4L_OK);
    for (size_t i = 0; arms && i < n; i++)
        h4l_information_end(&arms[i].w);
    free(arms);
    return code;
}
