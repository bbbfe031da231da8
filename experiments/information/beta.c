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

// One value of every point, by model, beta and seed.
static json_t *points(const struct arm *arms, size_t n_betas, int which)
{
    json_t *all = json_object();

    for (size_t m = 0; m < MODELS; m++) {
        json_t *curve = json_array();

        for (size_t b = 0; b < n_betas; b++) {
            const struct h4l_information *w = &arms[m * n_betas + b].w;
            json_t *one = json_array();
            double values[VALUES];

            for (int s = 0; s < w->seeds; s++) {
                point_of(w, s, values);
                h4l_json_add(&one, h4l_json_real(values[which]));
            }
            h4l_json_add(&curve, one);
        }
        h4l_json_set(&all, models[m], curve);
    }
    return all;
}

static void put_metrics(struct h4l_run *run, const struct arm *arms, const struct h4l_reals *betas)
{
    long long seeds[H4L_INFORMATION_MAX_SEEDS];

    for (int s = 0; s < arms[0].w.seeds; s++)
        seeds[s] = (long long)h4l_run_seed(run) + s;
    for (int i = 0; i < VALUES; i++)
        h4l_metric_json(run, columns[KEYS + i].name, points(arms, betas->n, i));
    h4l_metric_ints(run, "seeds", seeds, (size_t)arms[0].w.seeds);
    h4l_metric_reals(run, "betas", betas->at, betas->n);
}

int h4l_information_beta(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_reals *betas =
        &((const struct h4l_information_options *)h4l_run_options(run))->betas;
    size_t n = MODELS * betas->n;
    struct arm *arms = calloc(n, sizeof *arms);
    int code = arms ? begin_arms(run, betas, arms, err)
                    : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu networks", n);

    for (size_t i = 0; i < n && code == H4L_OK; i++)
        code = h4l_information_train(&arms[i].w, err);
    if (code == H4L_OK)
        code = write_table(run, arms, betas->n, err);
    if (code == H4L_OK)
        put_metrics(run, arms, betas);
    for (size_t i = 0; i < n && code == H4L_OK; i++)
        h4l_information_forget(&arms[i].w);
    for (size_t i = 0; arms && i < n; i++)
        h4l_information_end(&arms[i].w);
    free(arms);
    return code;
}
