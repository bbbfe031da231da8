#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/root.h"

struct budget {
    long steps;
    int seeds;
};

// quick shows in seconds that everything runs, standard is a reduced experiment, full is the paper's scale.
static const struct budget budgets[][H4L_TIERS] = {
    [H4L_CONTROL_IP] = {{200, 2}, {12000, 4}, {101100, 5}},
    [H4L_CONTROL_IDP] = {{200, 2}, {8000, 4}, {301100, 3}},
    [H4L_CONTROL_OTHER] = {{200, 2}, {12000, 2}, {101100, 5}},
    [H4L_CONTROL_OTHER2] = {{200, 2}, {8000, 2}, {301100, 3}},
    [H4L_CONTROL_WIDE] = {{120, 2}, {3000, 2}, {101100, 5}},
    [H4L_CONTROL_WIDE2] = {{120, 2}, {3000, 2}, {301100, 3}},
};

int h4l_control_need_simulator(struct h4l_err *err)
{
    struct h4l_pendulum *p = NULL;
    int code = h4l_pendulum_create(H4L_IP, &p, err);

    h4l_pendulum_destroy(p);
    return code;
}

// ---- the warm-up policy ----

// The file that plays the first steps of each episode where none is given: of the source tree, then of the user's data.
static int default_file(enum h4l_pendulum_kind kind, char **ret, struct h4l_err *err)
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    const char *name = kind == H4L_IP ? "ip" : "idp";
    char *tree = NULL, *own = NULL;
    int made = asprintf(&tree, "%s/results/warmup/%s.json", h4l_root(), name);

    if (made >= 0)
        made = xdg && *xdg ? asprintf(&own, "%s/hh4lif/warmup/%s.json", xdg, name)
                           : asprintf(&own, "%s/.local/share/hh4lif/warmup/%s.json",
                                      home ? home : "", name);
    if (made < 0) {
        free(tree);
        free(own);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
    }
    if (access(tree, R_OK) != 0 && access(own, R_OK) != 0) {
        int code = h4l_fail(err, H4L_E_DATA,
                            "the warm-up policy is missing: expected %s or %s; give one by "
                            "--warmup FILE, or do without by --warmup none",
                            tree, own);
        free(tree);
        free(own);
        return code;
    }
    bool in_tree = access(tree, R_OK) == 0;
    *ret = in_tree ? tree : own;
    free(in_tree ? own : tree);
    return H4L_OK;
}

// Also leaves in the plan's options what a result says of it: without a place of this installation.
static int load_warmup(struct h4l_run *run, struct h4l_control_plan *plan, struct h4l_err *err)
{
    const char *text = plan->o.warmup;
    char *file = NULL;
    int code;

    if (text ? strcmp(text, "none") == 0 : plan->o.as_stated) {
        plan->o.warmup = "none";
        return H4L_OK;
    }
    if (text)
        file = strdup(text);
    code = text ? file ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name")
                : default_file(plan->c->kind, &file, err);
    if (code == H4L_OK)
        code = h4l_warmup_read(file, plan->o.train.sac.n_obs, &plan->warmup, err);
    if (code == H4L_OK) {
        plan->warms_up = true;
        code = h4l_sha256_file(file, plan->warmup_sha256, err);
        h4l_provenance_data(run, file, plan->warmup_sha256);
        if (!text)
            plan->o.warmup = plan->c->kind == H4L_IP ? "ip.json" : "idp.json";
    }
    if (code == H4L_E_DATA && file)
        h4l_fail_context(err, code, "the warm-up policy (without one: --warmup none)");
    free(file);
    return code;
}

// ---- the agent and its training ----

// A constant of cells that have it.
static void record_constant(struct h4l_run *run, const char *name, struct h4l_cell_constants *n)
{
    const double *at = h4l_cell_constant(n, name);

    if (at)
        h4l_run_record_param(run, name, json_real(*at));
}

// What a case has of its own: its audit and its amount of training.
static int set_own(struct h4l_run *run, struct h4l_control_plan *plan, struct h4l_err *err)
{
    const struct budget *b = &budgets[plan->c->budget][h4l_run_tier(run)];
    struct h4l_train_spec *train = &plan->o.train;

    if (plan->c->no_channels) {
        h4l_cell_set(&train->sac.neuron, "g_na", 0);
        h4l_cell_set(&train->sac.neuron, "g_k", 0);
    }
    if (plan->c->hh_time)
        train->sac.dt_max = 0.2;
    train->seed = h4l_run_seed(run);
    train->steps = b->steps;
    return h4l_run_seeds(run, b->seeds, 1, H4L_CONTROL_MAX_SEEDS, &plan->seeds, err);
}

// --set cell.NAME=VALUE.
static int set_constants(const struct h4l_run *run, struct h4l_sac_spec *sac, struct h4l_err *err)
{
    const char *name;
    double value;

    for (size_t i = 0; h4l_run_constant(run, i, &name, &value); i++) {
        int code = h4l_cell_set_own(&sac->neuron, name, value, err);

        if (code == H4L_OK && strcmp(name, "dt") == 0 && sac->dt_max > 0)
            code = h4l_fail(err, H4L_E_USAGE,
                            "cell.dt: the neurons of this policy draw a step each, up to %g ms",
                            sac->dt_max);
        if (code)
            return code;
    }
    return h4l_cell_check(&sac->neuron, err);
}

static void record(struct h4l_run *run, struct h4l_control_plan *plan)
{
    h4l_run_record(run, NULL, &plan->o);
    record_constant(run, "g_na", &plan->o.train.sac.neuron);
    record_constant(run, "g_k", &plan->o.train.sac.neuron);
    h4l_run_record_param(run, "seeds", json_integer(plan->seeds));
    h4l_run_record_param(run, "moving_mean_steps", json_integer(plan->window));
}

int h4l_control_plan(struct h4l_run *run, struct h4l_control_plan *ret, struct h4l_err *err)
{
    struct h4l_control_plan plan = {.c = h4l_run_ctx(run),
                                    .o = *(const struct h4l_control_options *)h4l_run_options(run)};
    const char *model = plan.c->model ? plan.c->model : plan.o.neuron;
    int code = h4l_control_need_simulator(err);

    if (code == H4L_OK)
        code = h4l_train_published(model, plan.c->kind, plan.o.as_stated, &plan.o.train, err);
    if (code == H4L_OK)
        code = set_own(run, &plan, err);
    if (code)
        return code;
    h4l_run_override(run, &plan.o);
    plan.window = plan.o.train.steps < 2000 ? (plan.o.train.steps + 1) / 2 : 1000;
    code = set_constants(run, &plan.o.train.sac, err);
    if (code == H4L_OK)
        code = load_warmup(run, &plan, err);
    if (code == H4L_OK)
        record(run, &plan);
    if (code)
        h4l_warmup_free(&plan.warmup);
    else
        *ret = plan;
    return code;
}
