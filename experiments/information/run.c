// A training case: its parameters, the training of its network on its seeds with checkpoints, and the test before it.
#include "information.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/provenance.h"
#include "base/rng.h"

const char *const h4l_information_variants[H4L_INFORMATION_VARIANTS] = {"as_published",
                                                                        "as_stated"};

// The quick tier is a smoke test in seconds; full is the paper's scale but for the number of seeds, which was one.
static const struct {
    size_t train, test;
    int epochs, seeds;
} budgets[][H4L_TIERS] = {
    [H4L_ONE_NETWORK] = {{600, 300, 3, 2}, {60000, 20000, 20, 3}, {120000, 20000, 200, 5}},
    [H4L_CURVE] = {{300, 150, 2, 1}, {60000, 20000, 20, 1}, {120000, 20000, 200, 1}}};

// ---- parameters ----

// What the published program does and a reader does not expect, or not.
static void set_variant(struct h4l_information_options *o)
{
    bool stated = o->variant == H4L_INFORMATION_AS_STATED;

    o->total_gradient = stated;
    o->two_entropies = stated;
    o->score = stated ? H4L_SCORE_CLASSES : H4L_SCORE_BATCH;
    o->last_epoch = stated;
}

static int plan_options(struct h4l_information *w, struct h4l_err *err)
{
    struct h4l_information_options *o = &w->o;
    const double *decay;
    enum h4l_tier tier = h4l_run_tier(w->run);
    int code;

    *o = *(const struct h4l_information_options *)h4l_run_options(w->run);
    code = h4l_net_bottleneck_published(w->c->model ? w->c->model : o->neuron, &o->spec, err);
    if (code)
        return code;
    o->train_images = budgets[w->c->budget][tier].train;
    o->test_images = budgets[w->c->budget][tier].test;
    o->training.epochs = budgets[w->c->budget][tier].epochs;
    decay = h4l_cell_constant(&o->spec.neuron, "decay");
    o->decay = decay ? *decay : NAN;
    set_variant(o);
    h4l_run_override(w->run, o); // the variant's choices give way to --set
    h4l_cell_set(&o->spec.neuron, "decay", o->decay);
    if (!decay)
        o->decay = NAN;
    if (w->c->beta)
        o->beta = *w->c->beta;
    o->spec.task.hidden = 2 * o->latent;
    o->spec.bottleneck.beta = o->total_gradient ? o->beta : 0;
    o->training.evaluate_each = true;
    o->training.checkpoint_s = 60;
    o->training.resume = h4l_run_resume(w->run);
    code = h4l_cell_set_asked(&o->spec.neuron, w->run, err);
    return code ? code : h4l_net_check(&o->spec, err);
}

// The labels of the training images in another order, task by task: nothing can be learnt from them.
static int shuffle_labels(struct h4l_information *w, struct h4l_err *err)
{
    size_t n = w->train.n;
    uint32_t *order = malloc(n * sizeof *order);

    w->labels = malloc(n * H4L_MULTI_TASKS);
    if (!order || !w->labels) {
        free(order);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the labels of %zu images", n);
    }
    for (size_t task = 0; task < H4L_MULTI_TASKS; task++) {
        struct h4l_rng rng;

        for (size_t i = 0; i < n; i++)
            order[i] = (uint32_t)i;
        h4l_rng_init(&rng, (uint64_t)w->o.data_seed, "shuffled labels", task);
        h4l_rng_shuffle(&rng, order, n);
        for (size_t i = 0; i < n; i++)
            w->labels[H4L_MULTI_TASKS * i + task] =
                w->train.labels[H4L_MULTI_TASKS * order[i] + task];
    }
    free(order);
    return H4L_OK;
}

int h4l_information_begin(struct h4l_run *run, const struct h4l_information_case *c,
                          struct h4l_information *w, struct h4l_err *err)
{
    int code;

    *w = (struct h4l_information){.run = run, .c = c};
    code = h4l_run_seeds(run, budgets[c->budget][h4l_run_tier(run)].seeds, 1,
                         H4L_INFORMATION_MAX_SEEDS, &w->seeds, err);
    if (code == H4L_OK)
        code = plan_options(w, err);
    if (code == H4L_OK)
        code = h4l_information_load(run, &w->o, &w->train, &w->test, w->data_name, err);
    if (code == H4L_OK && w->o.shuffled)
        code = shuffle_labels(w, err);
    if (code)
        return code;
    w->o.training.data_name = w->data_name;
    w->o.train_images = w->train.n;
    w->o.test_images = w->test.n;
    h4l_run_record(run, c->arm, &w->o);
    w->all = w->seeds;
    h4l_run_record_param(run, "seeds", json_integer(w->seeds));
    w->epochs = calloc((size_t)(w->seeds * w->o.training.epochs), sizeof *w->epochs);
    w->before = calloc((size_t)w->seeds, sizeof *w->before);
    if (!w->epochs || !w->before)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the results of %d seeds", w->seeds);
    return H4L_OK;
}

void h4l_information_end(struct h4l_information *w)
{
    free(w->labels);
    free(w->epochs);
    free(w->before);
}

// ---- training ----

static bool progress(void *ctx, double done, int epoch)
{
    struct h4l_information *w = ctx;
    char label[100];

    if (!w->started) // what it starts from is a checkpoint's
        h4l_run_progress_found(w->run, w->done + w->seed + done);
    w->started = true;
    h4l_run_expect(w->run, w->test_s); // a test comes behind each epoch
    snprintf(label, sizeof label, "%s%sseed %d of %d, epoch %d of %d", w->c->arm ? w->c->arm : "",
             w->c->arm ? ", " : "", w->seed + 1, w->seeds, epoch + 1, w->o.training.epochs);
    h4l_run_progress(w->run, label, w->done + w->seed + done, w->all);
    return !h4l_run_interrupted(w->run);
}

static void anew(void *ctx, const char *why)
{
    const struct h4l_information *w = ctx;

    h4l_log(H4L_LOG_WARN, "%s: seed %llu is trained anew; %s", w->c->name,
            (unsigned long long)w->o.training.seed, why);
}

static char *checkpoint_path(const struct h4l_information *w)
{
    char *path = NULL;
    int made = asprintf(&path, "%s/checkpoints/%s%s%s-%llu", h4l_run_dir(w->run), w->c->name,
                        w->c->arm ? "-" : "", w->c->arm ? w->c->arm : "",
                        (unsigned long long)w->o.training.seed);

    return made < 0 ? NULL : path;
}

static int train_seed(struct h4l_information *w, struct h4l_net *net, struct h4l_err *err)
{
    struct h4l_training_options *o = &w->o.training;
    struct h4l_training_data data = {.n_train = w->train.n,
                                     .n_test = w->test.n,
                                     .train_pixels = w->train.pixels,
                                     .train_labels = w->labels ? w->labels : w->train.labels,
                                     .test_pixels = w->test.pixels,
                                     .test_labels = w->test.labels};
    struct h4l_training_watch watch = {w, progress, anew};
    char *path = checkpoint_path(w);
    double start = h4l_now();
    int code = path ? h4l_net_start(net, o->seed, err)
                    : h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");

    if (code == H4L_OK)
        code = h4l_training_test(net, &data, o, -1, &w->before[w->seed], err);
    w->test_s = h4l_now() - start;
    w->started = false;
    o->checkpoint = path;
    if (code == H4L_OK) {
        h4l_run_hold(w->run); // for its checkpoint
        code = h4l_training_run(net, &data, o, &watch, w->epochs + w->seed * o->epochs, err);
        h4l_run_release(w->run);
    }
    o->checkpoint = NULL;
    free(path);
    return code;
}

int h4l_information_train(struct h4l_information *w, struct h4l_err *err)
{
    double start = h4l_now();
    char name[100];
    struct h4l_net *net = NULL;
    int code = h4l_net_create(&w->o.spec, w->o.training.batch, h4l_run_pool(w->run), &net, err);

    for (w->seed = 0; w->seed < w->seeds && code == H4L_OK; w->seed++) {
        w->o.training.seed = h4l_run_seed(w->run) + (uint64_t)w->seed;
        code = train_seed(w, net, err);
    }
    h4l_net_destroy(net);
    snprintf(name, sizeof name, "train_%s_s", w->c->arm ? w->c->arm : "all");
    h4l_provenance_timing(w->run, name, h4l_now() - start);
    return code;
}

void h4l_information_forget(struct h4l_information *w)
{
    for (w->seed = 0; w->seed < w->seeds; w->seed++) {
        char *path;

        w->o.training.seed = h4l_run_seed(w->run) + (uint64_t)w->seed;
        path = checkpoint_path(w);
        if (path)
            unlink(path);
        free(path);
    }
    h4l_run_checkpoints_done(w->run);
}

int h4l_information_run(struct h4l_run *run, struct h4l_err *err)
{
    struct h4l_information w;
    int code = h4l_information_begin(run, h4l_run_ctx(run), &w, err);

    if (code == H4L_OK)
        code = h4l_information_train(&w, err);
    if (code == H4L_OK)
        code = h4l_information_report(&w, err);
    if (code == H4L_OK)
        h4l_information_forget(&w);
    h4l_information_end(&w);
    return code;
}
