#include "net/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/provenance.h"
#include "base/rng.h"
#include "net/checkpoint.h"

struct run {
    struct h4l_net *net;
    const struct h4l_training_data *data;
    const struct h4l_training_options *o;
    const struct h4l_training_watch *watch;
    struct h4l_checkpoint at; // epochs: the caller's array
    char fingerprint[65];
    uint32_t *split,
        *order; // training images of this run (then those of the validation split); this epoch's order
    size_t n_train, n_validation;
    float noise[H4L_TASK_MAX_SIDE * H4L_TASK_MAX_SIDE];
    double saved; // time of the last checkpoint
};

double h4l_training_rate(const struct h4l_net_spec *spec, int epoch)
{
    double rate = spec->learning_rate;

    for (int i = 0; i < spec->n_milestones; i++)
        if (epoch >= spec->milestones[i])
            rate *= 0.1;
    if (spec->decay_epochs > 0)
        rate *= pow(spec->decay, epoch / spec->decay_epochs);
    return rate;
}

void h4l_training_noise(uint64_t seed, double amplitude, size_t n, float *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, "noise image", 0);
    for (size_t i = 0; i < n; i++)
        ret[i] = (float)(amplitude * h4l_rng_normal(&rng));
}

// Streams of fresh noise and of a bottleneck's samples: training takes the place of a sample in the whole run, test and validation a range far above it.
static const uint64_t TEST_STREAMS = 1, VALIDATION_STREAMS = 2;

static struct h4l_net_input input_of(const struct run *r, bool training, uint64_t first)
{
    const struct h4l_training_options *o = r->o;
    bool own = o->noise_kind == H4L_NOISE_FRESH || (o->noise_kind == H4L_NOISE_UNSEEN && !training);

    return (struct h4l_net_input){
        .scale = o->input_scale,
        .noise = o->noise > 0 && o->noise_kind == H4L_NOISE_FIXED ? r->noise : NULL,
        .fresh_amplitude = own ? o->noise : 0,
        .fresh_seed = o->seed,
        .fresh_first = first,
        .sample_seed = o->seed,
        .sample_first = first};
}

static int check(const struct h4l_training_data *data, const struct h4l_training_options *o,
                 struct h4l_err *err)
{
    if (o->epochs < 1 || o->epochs > 10000)
        return h4l_fail(err, H4L_E_RANGE, "epochs is %d; it must be 1 to 10000", o->epochs);
    if (o->batch < 1 || o->batch > 4096)
        return h4l_fail(err, H4L_E_RANGE, "batch is %zu; it must be 1 to 4096", o->batch);
    if (!(o->noise >= 0 && isfinite(o->noise)))
        return h4l_fail(err, H4L_E_RANGE, "noise is %g; it must be a number from 0 on", o->noise);
    if (!isfinite(o->input_scale) || o->input_scale == 0)
        return h4l_fail(err, H4L_E_RANGE, "input_scale is %g; it must be a number other than 0",
                        o->input_scale);
    if (o->shots > H4L_BOTTLENECK_MAX_SHOTS)
        return h4l_fail(err, H4L_E_RANGE, "shots is %zu; it must be 0 to %d", o->shots,
                        H4L_BOTTLENECK_MAX_SHOTS);
    if (!(o->validation >= 0 && o->validation <= 0.5))
        return h4l_fail(err, H4L_E_RANGE, "validation is %g; it must be 0 to 0.5", o->validation);
    if (o->validation > 0 && (size_t)((double)data->n_train * o->validation) == 0)
        return h4l_fail(err, H4L_E_RANGE,
                        "validation is %g: of %zu training images that keeps none; it must be 0, "
                        "or 1/%zu or more",
                        o->validation, data->n_train, data->n_train);
    if (data->n_train < 2 || data->n_test < 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "%zu training and %zu test images; at least 2 and 1 are needed",
                        data->n_train, data->n_test);
    return H4L_OK;
}

// The validation split: the last images of a permutation of its own; none: the images as they come.
static int make_split(struct run *r, struct h4l_err *err)
{
    size_t n = r->data->n_train;
    struct h4l_rng rng;

    r->split = malloc(n * sizeof *r->split);
    r->order = malloc(n * sizeof *r->order);
    if (!r->split || !r->order)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the order of %zu images", n);
    for (size_t i = 0; i < n; i++)
        r->split[i] = (uint32_t)i;
    r->n_validation = (size_t)((double)n * r->o->validation);
    r->n_train = n - r->n_validation;
    if (r->n_validation > 0) {
        h4l_rng_init(&rng, r->o->seed, "validation split", 0);
        h4l_rng_shuffle(&rng, r->split, n);
    }
    return H4L_OK;
}

static int save(struct run *r, struct h4l_err *err)
{
    r->saved = h4l_now();
    return r->o->checkpoint
               ? h4l_checkpoint_write(r->o->checkpoint, r->fingerprint, r->net, &r->at, err)
               : H4L_OK;
}

static bool wants_stop(struct run *r)
{
    double epoch = (double)r->at.epoch + (double)r->at.done / (double)r->n_train;

    return r->watch && r->watch->progress &&
           !r->watch->progress(r->watch->ctx, epoch / (double)r->o->epochs, r->at.epoch);
}

static int train_epoch(struct run *r, struct h4l_err *err)
{
    double rate = h4l_training_rate(h4l_net_spec(r->net), r->at.epoch);
    struct h4l_rng rng;
    int code = H4L_OK;

    memcpy(r->order, r->split, r->n_train * sizeof *r->order);
    h4l_rng_init(&rng, r->o->seed, "training order", (uint64_t)r->at.epoch);
    h4l_rng_shuffle(&rng, r->order, r->n_train);
    while (code == H4L_OK && r->at.done < r->n_train) {
        size_t rest = r->n_train - r->at.done, n = rest < r->o->batch ? rest : r->o->batch;
        struct h4l_net_samples samples = {.n = n,
                                          .pixels = r->data->train_pixels,
                                          .labels = r->data->train_labels,
                                          .index = r->order + r->at.done};
        struct h4l_net_input input = input_of(r, true, (uint64_t)r->at.epoch * r->data->n_train);

        code = h4l_net_train(r->net, &samples, &input, rate, &r->at.stats, err);
        r->at.done += n;
        if (code == H4L_OK && !isfinite(r->at.stats.loss))
            code = h4l_fail(err, H4L_E_NUMERIC,
                            "the loss is no longer finite in epoch %d; try a smaller learning rate",
                            r->at.epoch + 1);
        if (code == H4L_OK && wants_stop(r)) {
            code = save(r, err);
            if (code == H4L_OK)
                code = h4l_fail(err, H4L_E_INTERRUPT, "training was stopped in epoch %d of %d",
                                r->at.epoch + 1, r->o->epochs);
        } else if (code == H4L_OK && r->o->checkpoint &&
                   h4l_now() - r->saved > r->o->checkpoint_s) {
            code = save(r, err);
        }
    }
    return code;
}

// Percentages by task; behind the last task NaN.
static void accuracies(const struct run *r, const struct h4l_net_stats *stats, double *ret)
{
    for (size_t task = 0; task < H4L_TASK_MAX_TASKS; task++)
        ret[task] = task < h4l_net_spec(r->net)->task.tasks
                        ? 100 * (double)stats->correct[task] / (double)stats->n
                        : NAN;
}

// An epoch of which nothing is known yet.
static struct h4l_training_epoch unknown(void)
{
    struct h4l_training_epoch e = {
        .train_loss = NAN, .validation_loss = NAN, .test_loss = NAN, .mean_rate = NAN};

    for (int task = 0; task < H4L_TASK_MAX_TASKS; task++) {
        e.train_accuracy[task] = e.validation_accuracy[task] = e.test_accuracy[task] = NAN;
        e.test_losses[task] = NAN;
        for (int score = 0; score < H4L_SCORES; score++)
            e.score[score][task] = NAN;
    }
    return e;
}

static int validate(struct run *r, struct h4l_training_epoch *e, struct h4l_err *err)
{
    struct h4l_net_samples samples = {.n = r->n_validation,
                                      .pixels = r->data->train_pixels,
                                      .labels = r->data->train_labels,
                                      .index = r->split + r->n_train};
    struct h4l_net_input input = input_of(r, false, VALIDATION_STREAMS << 62);
    struct h4l_net_stats stats = {0};
    int code = h4l_net_infer(r->net, &samples, &input, &stats, NULL, err);

    if (code)
        return code;
    accuracies(r, &stats, e->validation_accuracy);
    e->validation_loss = stats.loss / (double)stats.n;
    return H4L_OK;
}

static void note_test(const struct run *r, const struct h4l_net_stats *stats, const float *logits,
                      struct h4l_training_epoch *e)
{
    const struct h4l_task *task = &h4l_net_spec(r->net)->task;
    size_t right[H4L_TASK_MAX_TASKS];

    accuracies(r, stats, e->test_accuracy);
    e->test_loss = stats->loss / (double)stats->n;
    e->mean_rate = stats->rate / (double)stats->n;
    e->test_gaussian = stats->gaussian;
    for (size_t t = 0; t < task->tasks; t++)
        e->test_losses[t] = stats->losses[t] / (double)stats->n;
    for (int score = 0; score < H4L_SCORES && logits; score++) {
        h4l_bottleneck_score((enum h4l_score)score, r->data->n_test, r->o->batch, r->o->shots,
                             task->tasks, task->classes, logits, r->data->test_labels, right);
        for (size_t t = 0; t < task->tasks; t++)
            e->score[score][t] = 100 * (double)right[t] / (double)r->data->n_test;
    }
}

static int test(struct run *r, int epoch, struct h4l_training_epoch *e, struct h4l_err *err)
{
    const struct h4l_training_data *d = r->data;
    struct h4l_net_samples samples = {
        .n = d->n_test, .pixels = d->test_pixels, .labels = d->test_labels};
    struct h4l_net_input input = input_of(r, false, TEST_STREAMS << 62);
    size_t outputs = h4l_task_outputs(&h4l_net_spec(r->net)->task);
    struct h4l_net_stats stats = {0};
    float *logits = NULL;
    int code = H4L_OK;

    input.sample_first += (uint64_t)(epoch + 1) * d->n_test;
    input.shots = r->o->shots;
    if (r->o->shots > 0)
        logits = malloc(d->n_test * r->o->shots * outputs * sizeof *logits);
    if (r->o->shots > 0 && !logits)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %zu answers to each of %zu test images",
                        r->o->shots, d->n_test);
    if (code == H4L_OK)
        code = h4l_net_infer(r->net, &samples, &input, &stats, logits, err);
    if (code == H4L_OK)
        note_test(r, &stats, logits, e);
    free(logits);
    return code;
}

int h4l_training_test(struct h4l_net *net, const struct h4l_training_data *data,
                      const struct h4l_training_options *options, int epoch,
                      struct h4l_training_epoch *ret, struct h4l_err *err)
{
    struct run r = {.net = net, .data = data, .o = options};
    struct h4l_training_epoch e = unknown();
    int code = check(data, options, err);

    h4l_training_noise(options->seed, options->noise, h4l_task_pixels(&h4l_net_spec(net)->task),
                       r.noise);
    if (code == H4L_OK)
        code = test(&r, epoch, &e, err);
    if (code == H4L_OK)
        *ret = e;
    return code;
}

// Evaluates the epoch that has just been trained and notes its results.
static int finish_epoch(struct run *r, struct h4l_err *err)
{
    const struct h4l_net_stats *stats = &r->at.stats;
    struct h4l_training_epoch e = unknown();
    int code = H4L_OK;

    e.learning_rate = h4l_training_rate(h4l_net_spec(r->net), r->at.epoch);
    e.train_loss = stats->loss / (double)stats->n;
    e.train_gaussian = stats->gaussian;
    e.windows_run = (double)stats->windows.run;
    e.windows_blown_up = (double)stats->windows.blown_up;
    e.currents_outside = (double)stats->windows.outside;
    e.derivatives_clipped = (double)stats->windows.clipped;
    accuracies(r, stats, e.train_accuracy);
    h4l_net_swap_average(r->net);
    if (r->n_validation > 0)
        code = validate(r, &e, err);
    if (code == H4L_OK && (r->o->evaluate_each || r->at.epoch + 1 == r->o->epochs))
        code = test(r, r->at.epoch, &e, err);
    h4l_net_swap_average(r->net);
    if (code)
        return code;
    r->at.epochs[r->at.epoch] = e;
    r->at.epoch++;
    r->at.done = 0;
    r->at.stats = (struct h4l_net_stats){0};
    return h4l_now() - r->saved >= r->o->checkpoint_s ? save(r, err) : H4L_OK;
}

static int begin(struct run *r, struct h4l_err *err)
{
    struct h4l_err other = {0};
    bool found = false;
    int code = make_split(r, err);

    if (code == H4L_OK)
        code = h4l_checkpoint_fingerprint(h4l_net_spec(r->net), r->o, r->data, r->fingerprint, err);
    if (code == H4L_OK)
        code = h4l_net_start(r->net, r->o->seed, err);
    if (code == H4L_OK && r->o->checkpoint && r->o->resume)
        code = h4l_checkpoint_read(r->o->checkpoint, r->fingerprint, r->net, r->o->epochs, &found,
                                   &r->at, &other, err);
    if (code == H4L_OK && other.code && r->watch && r->watch->anew)
        r->watch->anew(r->watch->ctx, other.message);
    h4l_training_noise(r->o->seed, r->o->noise, h4l_task_pixels(&h4l_net_spec(r->net)->task),
                       r->noise);
    r->saved = h4l_now();
    return code;
}

int h4l_training_run(struct h4l_net *net, const struct h4l_training_data *data,
                     const struct h4l_training_options *options,
                     const struct h4l_training_watch *watch, struct h4l_training_epoch *ret_epochs,
                     struct h4l_err *err)
{
    struct run r = {.net = net, .data = data, .o = options, .watch = watch};
    int code = check(data, options, err);
    bool trained;

    if (code)
        return code;
    r.at.epochs = calloc((size_t)options->epochs, sizeof *r.at.epochs);
    if (!r.at.epochs)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the results of %d epochs",
                        options->epochs);
    code = begin(&r, err);
    trained = code == H4L_OK && r.at.epoch < options->epochs;
    while (code == H4L_OK && r.at.epoch < options->epochs) {
        code = train_epoch(&r, err);
        if (code == H4L_OK)
            code = finish_epoch(&r, err);
    }
    if (code == H4L_OK && trained && options->keep)
        code = save(&r, err);
    if (code == H4L_OK)
        memcpy(ret_epochs, r.at.epochs, (size_t)options->epochs * sizeof *ret_epochs);
    free(r.at.epochs);
    free(r.split);
    free(r.order);
    return code;
}
