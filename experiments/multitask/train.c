// Training the arms of a case on its seeds, with checkpoints.
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/provenance.h"
#include "net/checkpoint.h"

// An evaluation comes behind each epoch. It takes at most as long as training on as many images.
static void expect_evaluation(struct h4l_multitask_work *w, double done, int epoch)
{
    double now = h4l_now();
    double images = (done - w->seen) * w->epochs * (double)w->data.train.n;

    if (w->started && epoch == w->seen_epoch && images > 0)
        h4l_run_expect(w->run, (now - w->seen_s) / images * (double)w->data.test.n);
    w->seen = done;
    w->seen_s = now;
    w->seen_epoch = epoch;
}

static bool progress(void *ctx, double done, int epoch)
{
    struct h4l_multitask_work *w = ctx;
    const char *name = w->c->arms[w->arm].name;
    char label[100];

    expect_evaluation(w, done, epoch);
    if (!w->started) { // what it starts from is a checkpoint's
        w->found += done * w->costs[w->arm];
        h4l_run_progress_found(w->run, w->found);
        w->started = true;
    }
    snprintf(label, sizeof label, "%s%sseed %d of %d, epoch %d of %d", name ? name : "",
             name ? ", " : "", w->seed + 1, w->seeds, epoch + 1, w->epochs);
    h4l_run_progress(w->run, label, w->before + done * w->costs[w->arm], w->total);
    return !h4l_run_interrupted(w->run);
}

static void anew(void *ctx, const char *why)
{
    const struct h4l_multitask_work *w = ctx;

    h4l_log(H4L_LOG_WARN, "%s: seed %llu is trained anew; %s", w->c->name,
            h4l_multitask_seed(w, w->seed), why);
}

// ---- checkpoints ----

// In --set trained_dir a network's file is named by all that its training depends on, the program included: it fits any case.
static int kept_path(const struct h4l_multitask_options *arm, const struct h4l_training_options *o,
                     const struct h4l_training_data *data, char **ret, struct h4l_err *err)
{
    char all[2 * 65], hex[65];
    int code = h4l_checkpoint_fingerprint(&arm->spec, o, data, all, err);

    if (code == H4L_OK)
        code = h4l_program_identity(all + 64, err);
    if (code)
        return code;
    h4l_sha256(all, 128, hex);
    if (asprintf(ret, "%s/%.32s", arm->trained_dir, hex) < 0) {
        *ret = NULL;
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
    }
    return code;
}

static char *checkpoint_path(const struct h4l_multitask_work *w)
{
    const char *arm = w->c->arms[w->arm].name;
    char *path = NULL;
    int made = asprintf(&path, "%s/checkpoints/%s%s%s-%llu", h4l_run_dir(w->run), w->c->name,
                        arm ? "-" : "", arm ? arm : "", h4l_multitask_seed(w, w->seed));

    return made < 0 ? NULL : path;
}

static int place_checkpoint(const struct h4l_multitask_work *w,
                            const struct h4l_training_data *data, struct h4l_training_options *o,
                            char **ret, struct h4l_err *err)
{
    if (w->arms[w->arm].trained_dir) {
        o->resume = o->keep = true;
        return kept_path(&w->arms[w->arm], o, data, ret, err);
    }
    *ret = checkpoint_path(w);
    return *ret ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
}

// ---- one arm on one seed ----

static struct h4l_training_options training_of(const struct h4l_multitask_work *w)
{
    struct h4l_training_options o = w->arms[w->arm].training;

    o.seed = h4l_multitask_seed(w, w->seed);
    o.evaluate_each = true;
    o.resume = h4l_run_resume(w->run);
    o.checkpoint_s = 60;
    o.data_name = w->data.name;
    return o;
}

static int keep_parameters(struct h4l_multitask_work *w, const float *parameters,
                           struct h4l_err *err)
{
    size_t n = h4l_multitask_parameters(w, w->arm), bytes = n * sizeof *parameters;
    size_t at = h4l_multitask_at(w, w->arm, w->seed);

    h4l_sha256(parameters, bytes, w->sha256[at]);
    if (!w->c->audits_channels)
        return H4L_OK;
    w->trained[at] = malloc(bytes);
    if (!w->trained[at])
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu trained parameters", n);
    memcpy(w->trained[at], parameters, bytes);
    return H4L_OK;
}

static int look_at_membranes(struct h4l_multitask_work *w, const struct h4l_training_options *o,
                             const float *parameters, struct h4l_err *err)
{
    const struct h4l_net_spec *spec = &w->arms[w->arm].spec;
    struct h4l_membranes *ret = w->membranes[h4l_multitask_at(w, w->arm, w->seed)];
    int code = h4l_multitask_membranes(spec, o, NULL, &w->data.test, ret, err);

    if (code == H4L_OK)
        code = h4l_multitask_membranes(spec, o, parameters, &w->data.test, ret + 1, err);
    for (int after = 0; after < 2 && w->seed == 0 && code == H4L_OK; after++)
        code = h4l_multitask_horizon(spec, o, after ? parameters : NULL, &w->data.test,
                                     &w->horizons[w->arm][after], err);
    if (code == H4L_OK && w->arms[w->arm].transfer_images > 0)
        code = h4l_multitask_transfer(
            spec, o, parameters, &w->data.test, w->arms[w->arm].transfer_images, &w->fitted,
            h4l_run_pool(w->run), &w->transfers[h4l_multitask_at(w, w->arm, w->seed)], err);
    return code ? code : keep_parameters(w, parameters, err);
}

// What is measured on the trained network.
static int look_inside(struct h4l_multitask_work *w, const struct h4l_training_options *o,
                       const float *parameters, struct h4l_err *err)
{
    const struct h4l_net_spec *spec = &w->arms[w->arm].spec;
    const struct h4l_multi *test = &w->data.test;
    int code = H4L_OK;

    if (!spec->neuron.cell)
        return look_at_membranes(w, o, parameters, err);
    if (w->seed == 0)
        code = h4l_multitask_inside(spec, o, test, test->n < 16 ? test->n : 16, &w->inside[w->arm],
                                    err);
    if (code == H4L_OK && !spec->conv)
        code = h4l_multitask_levels(spec, o, parameters, test,
                                    &w->levels[h4l_multitask_at(w, w->arm, w->seed)], err);
    if (code == H4L_OK && w->c->audits_channels && w->arm == 0 && w->seed == 0)
        code = h4l_multitask_traces(spec, o, parameters, test, &w->traces, err);
    return code ? code : keep_parameters(w, parameters, err);
}

static int train_one(struct h4l_multitask_work *w, struct h4l_err *err)
{
    struct h4l_training_options o = training_of(w);
    struct h4l_training_data data = {.n_train = w->data.train.n,
                                     .n_test = w->data.test.n,
                                     .train_pixels = w->data.train.pixels,
                                     .train_labels = w->data.train.labels,
                                     .test_pixels = w->data.test.pixels,
                                     .test_labels = w->data.test.labels};
    struct h4l_training_watch watch = {w, progress, anew};
    struct h4l_training_epoch *epochs =
        w->results + h4l_multitask_at(w, w->arm, w->seed) * (size_t)w->epochs;
    char *checkpoint = NULL;
    struct h4l_net *net = NULL;
    int code = place_checkpoint(w, &data, &o, &checkpoint, err);

    if (code == H4L_OK)
        code = h4l_net_create(&w->arms[w->arm].spec, o.batch, h4l_run_pool(w->run), &net, err);
    if (code == H4L_OK) {
        o.checkpoint = checkpoint;
        h4l_run_hold(w->run); // for its checkpoint
        code = h4l_training_run(net, &data, &o, &watch, epochs, err);
        h4l_run_release(w->run);
    }
    if (code == H4L_OK)
        code = look_inside(w, &o, h4l_net_state(net).parameters, err);
    h4l_net_destroy(net);
    free(checkpoint);
    return code;
}

int h4l_multitask_train(struct h4l_multitask_work *w, struct h4l_err *err)
{
    int code = H4L_OK;

    for (w->arm = 0; w->arm < w->n_arms && code == H4L_OK; w->arm++) {
        const char *arm = w->c->arms[w->arm].name;
        double start = h4l_now();
        char name[100];

        for (w->seed = 0; w->seed < w->seeds && code == H4L_OK; w->seed++) {
            w->started = false;
            code = train_one(w, err);
            w->before += w->costs[w->arm];
            if (!w->started) // complete, kept by another run
                w->found += w->costs[w->arm];
        }
        snprintf(name, sizeof name, "train_%s_s", arm ? arm : "all");
        h4l_provenance_timing(w->run, name, h4l_now() - start);
    }
    return code;
}

void h4l_multitask_forget(struct h4l_multitask_work *w)
{
    for (w->arm = 0; w->arm < w->n_arms; w->arm++)
        for (w->seed = 0; w->seed < w->seeds; w->seed++) {
            char *path = checkpoint_path(w);

            if (path)
                unlink(path);
            free(path);
        }
    h4l_run_checkpoints_done(w->run);
}
