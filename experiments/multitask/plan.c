// What a case trains: how much, which networks, with which parameters.
#include "work.h"

#include <stdlib.h>

#include "net/count.h"

struct budget {
    size_t train, test;
    int epochs, seeds;
};

// The quick tier is a smoke test of the comparison in seconds per case; standard is a reduced experiment; full is the paper's.
static const struct budget budgets[][H4L_TIERS] = {
    [H4L_BUDGET_FC] = {{400, 32, 4, 2}, {120000, 20000, 12, 3}, {120000, 20000, 40, 5}},
    [H4L_BUDGET_FC_MANY] = {{128, 32, 2, 2}, {60000, 20000, 10, 3}, {120000, 20000, 40, 3}},
    [H4L_BUDGET_CONV] = {{256, 32, 3, 2}, {12000, 4000, 10, 2}, {120000, 20000, 40, 2}},
    [H4L_BUDGET_CONV_MANY] = {{32, 32, 2, 2}, {4000, 2000, 8, 2}, {120000, 20000, 40, 2}},
    [H4L_BUDGET_CONV_4LIF_MANY] = {{16, 16, 2, 2}, {2000, 1000, 6, 2}, {120000, 20000, 40, 2}},
    [H4L_BUDGET_TRUE_HH] = {{500, 200, 2, 2}, {60000, 20000, 10, 5}, {120000, 20000, 40, 3}},
    [H4L_BUDGET_CONV_4LIF] = {{32, 32, 2, 2}, {3000, 1000, 8, 2}, {120000, 20000, 40, 2}},
};

size_t h4l_multitask_at(const struct h4l_multitask_work *w, size_t arm, int seed)
{
    return arm * (size_t)w->seeds + (size_t)seed;
}

const struct h4l_training_epoch *h4l_multitask_epochs(const struct h4l_multitask_work *w,
                                                      size_t arm, int seed)
{
    return w->results + h4l_multitask_at(w, arm, seed) * (size_t)w->epochs;
}

unsigned long long h4l_multitask_seed(const struct h4l_multitask_work *w, int seed)
{
    return (unsigned long long)h4l_run_seed(w->run) + (unsigned long long)seed;
}

size_t h4l_multitask_parameters(const struct h4l_multitask_work *w, size_t arm)
{
    return h4l_net_layout(&w->arms[arm].spec).parameters;
}

// Makes each arm's options. Costs differ by a factor of hundreds (widths): the time left is told from operations.
static int plan_arms(struct h4l_multitask_work *w, const struct h4l_multitask_options *own,
                     struct h4l_err *err)
{
    for (size_t arm = 0; arm < w->n_arms; arm++) {
        const struct h4l_arm *a = &w->c->arms[arm];
        struct h4l_operations o;
        int code;

        w->arms[arm] = *own;
        code = h4l_multitask_arm(w->run, a, w->c->shown, &w->arms[arm], err);
        if (code == H4L_OK && w->arms[arm].transfer_images > 0)
            code =
                h4l_multitask_transfer_plan(&w->arms[arm].spec, own->transfer_fit, &w->fitted, err);
        if (code)
            return code;
        o = h4l_count_operations(&w->arms[arm].spec, H4L_COUNT_HOISTED);
        w->costs[arm] = o.add + o.mul;
        w->total += w->costs[arm] * w->seeds;
    }
    return H4L_OK;
}

// Reads the data, which decide how many images there are and whether they are the published ones, and records each arm's options.
static int take_data(struct h4l_multitask_work *w, const struct h4l_multitask_options *own,
                     struct h4l_err *err)
{
    size_t train = own->train_images, test = own->test_images;
    int code = w->c->shown == H4L_SHOWN_TIMING
                   ? h4l_multitask_timing(w->run, train, test, &w->data, err)
                   : h4l_multitask_load(w->run, train, test, &w->data, err);

    for (size_t arm = 0; arm < w->n_arms && !code; arm++) {
        struct h4l_multitask_options *o = &w->arms[arm];

        o->train_images = w->data.train.n; // images of the user's may be fewer
        o->test_images = w->data.test.n;
        o->any_data = o->any_data || o->data_dir;
        h4l_run_record(w->run, w->c->arms[arm].name, o);
    }
    return code;
}

static int allocate(struct h4l_multitask_work *w, struct h4l_err *err)
{
    size_t runs = w->n_arms * (size_t)w->seeds;

    w->results = calloc(runs * (size_t)w->epochs, sizeof *w->results);
    w->sha256 = calloc(runs, sizeof *w->sha256);
    w->trained = calloc(runs, sizeof(float *));
    w->levels = calloc(runs, sizeof *w->levels);
    w->inside = calloc(w->n_arms, sizeof *w->inside);
    w->membranes = calloc(runs, sizeof *w->membranes);
    w->horizons = calloc(w->n_arms, sizeof *w->horizons);
    w->transfers = calloc(runs, sizeof *w->transfers);
    if (w->results && w->sha256 && w->trained && w->levels && w->inside && w->membranes &&
        w->horizons && w->transfers)
        return H4L_OK;
    return h4l_fail(err, H4L_E_NOMEM, "no memory for the results of %zu runs", runs);
}

static int set_seeds(struct h4l_multitask_work *w, int by_tier, struct h4l_err *err)
{
    int code = h4l_run_seeds(w->run, by_tier, 1, H4L_MULTITASK_MAX_SEEDS, &w->seeds, err);

    if (!code)
        h4l_run_record_param(w->run, "seeds", json_integer(w->seeds));
    return code;
}

int h4l_multitask_plan(struct h4l_run *run, struct h4l_multitask_work *ret, struct h4l_err *err)
{
    struct h4l_multitask_options own = *(const struct h4l_multitask_options *)h4l_run_options(run);
    const struct h4l_multitask_case *c = h4l_run_ctx(run);
    const struct budget *b = &budgets[c->budget][h4l_run_tier(run)];
    bool part = h4l_run_tier(run) == H4L_QUICK && c->quick_arms;
    int code;

    *ret =
        (struct h4l_multitask_work){.run = run, .c = c, .n_arms = part ? c->quick_arms : c->n_arms};
    own.train_images = b->train;
    own.test_images = b->test;
    own.training.epochs = b->epochs;
    h4l_run_override(run, &own);
    if ((code = set_seeds(ret, b->seeds, err)))
        return code;
    ret->epochs = own.training.epochs;
    if (own.best_epoch && own.training.validation <= 0)
        return h4l_fail(err, H4L_E_USAGE,
                        "selection=best needs a validation split; add --set validation=0.1");
    ret->arms = calloc(ret->n_arms, sizeof *ret->arms);
    ret->costs = calloc(ret->n_arms, sizeof *ret->costs);
    if (!ret->arms || !ret->costs)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu arms", ret->n_arms);
    if ((code = plan_arms(ret, &own, err)) || (code = take_data(ret, &own, err)))
        return code;
    return allocate(ret, err);
}

void h4l_multitask_unplan(struct h4l_multitask_work *w)
{
    for (size_t i = 0; w->trained && i < w->n_arms * (size_t)w->seeds; i++)
        free(w->trained[i]);
    free(w->arms);
    free(w->costs);
    free(w->results);
    free(w->sha256);
    free(w->trained);
    free(w->levels);
    free(w->inside);
    free(w->membranes);
    free(w->horizons);
    free(w->transfers);
    if (w->data.owned) {
        h4l_multi_free(&w->data.train);
        h4l_multi_free(&w->data.test);
    }
}
