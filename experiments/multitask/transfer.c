// A trained network of true HH neurons that goes on with others in their place: is one HH neuron worth a tv-LIF2HH, a fitted s-LIF2HH?
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/root.h"
#include "multitask.h"
#include "net/plain.h"

// ---- the fitted sub-network ----

struct file {
    const char *path;
    struct h4l_err *err;
};

static int missing(const struct file *f, const char *what)
{
    return h4l_fail(f->err, H4L_E_DATA,
                    "%s: no %s; expected a result of hh4lif-fitting --case heldout", f->path, what);
}

// The number of the fit with the highest Γ in training; -1: none. (The held-out Γ must not choose.)
static int best_fit(const json_t *metrics)
{
    const json_t *gamma = json_object_get(metrics, "gamma_training_slif2hh");
    int best = -1;

    for (size_t i = 0; i < json_array_size(gamma); i++)
        if (best < 0 || json_number_value(json_array_get(gamma, i)) >
                            json_number_value(json_array_get(gamma, (size_t)best)))
            best = (int)i;
    return best;
}

static bool number(const json_t *object, const char *name, double *ret)
{
    const json_t *value = json_object_get(object, name);

    *ret = json_number_value(value);
    return json_is_number(value);
}

// Fitted units have potentials in uA/cm^2: u' = (rest - u + input) / time constant.
static bool take_unit(const json_t *object, struct h4l_unit *ret)
{
    double tau;

    *ret = (struct h4l_unit){.leak = 1};
    if (!number(object, "time_constant_ms", &tau) ||
        !number(object, "threshold", &ret->threshold) || !number(object, "rest", &ret->rest) ||
        !number(object, "reset", &ret->reset) || !number(object, "input_weight", &ret->input) ||
        !number(object, "refractory_ms", &ret->refractory_ms))
        return false;
    ret->gain = 1 / tau;
    return true;
}

static int take_constants(const struct file *f, const json_t *fit, struct h4l_subnet *ret)
{
    const json_t *units = json_object_get(fit, "units"), *edges = json_object_get(fit, "edges");
    const char *topology = json_string_value(json_object_get(fit, "topology"));
    int code;

    if (!topology || !number(fit, "dt_ms", &ret->dt))
        return missing(f, "topology and dt_ms in constants_slif2hh");
    if ((code = h4l_topology_parse(topology, &ret->topology, f->err)))
        return code;
    if (json_array_size(units) != (size_t)ret->topology.units ||
        json_array_size(edges) != (size_t)ret->topology.n_edges)
        return missing(f, "unit and arrow of its topology in constants_slif2hh");
    for (size_t i = 0; i < json_array_size(units); i++)
        if (!take_unit(json_array_get(units, i), &ret->unit[i]))
            return missing(f, "whole unit in constants_slif2hh");
    for (size_t i = 0; i < json_array_size(edges); i++)
        if (!number(json_array_get(edges, i), "weight", &ret->weight[i]))
            return missing(f, "weight of an arrow in constants_slif2hh");
    return h4l_subnet_check(ret, f->err);
}

int h4l_multitask_transfer_plan(const struct h4l_net_spec *spec, const char *fit,
                                struct h4l_subnet *ret, struct h4l_err *err)
{
    char registered[4096];
    struct file f = {fit, err};
    json_t *root;
    int code, best;

    if (spec->true_hh.membrane == H4L_TRUE_LINEAR)
        return h4l_fail(err, H4L_E_USAGE,
                        "membrane=linear has no neurons in its place; leave transfer_images at 0");
    if (!spec->true_hh.spikes)
        return H4L_OK;
    if (!fit) {
        snprintf(registered, sizeof registered,
                 "%s/results/reference/standard/fitting/heldout.json", h4l_root());
        f.path = registered;
    }
    if ((code = h4l_json_read(f.path, &root, err)))
        return code;
    const json_t *metrics = json_object_get(root, "metrics");
    const json_t *constants = json_object_get(metrics, "constants_slif2hh");

    best = best_fit(metrics);
    code = best < 0 || json_array_size(constants) <= (size_t)best
               ? missing(&f, "constants_slif2hh and gamma_training_slif2hh")
               : take_constants(&f, json_array_get(constants, (size_t)best), ret);
    json_decref(root);
    return code;
}

// ---- the images ----

struct work {
    const struct h4l_net_spec *spec;
    const struct h4l_training_options *o;
    const struct h4l_multi *images;
    const double *parameters;
    h4l_stand_in_fn stand_in;
    const struct h4l_subnet *subnet;
    int *predictions; // [image][task]
    double *rates;    // [image]
};

static int largest(const double *x, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return (int)best;
}

static int one_image(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    const struct work *w = ctx;
    const struct h4l_task *task = &w->spec->task;
    size_t D = h4l_task_pixels(task);
    double *x = calloc(D, sizeof *x), *logits = calloc(h4l_task_outputs(task), sizeof *logits);
    struct h4l_net_plain_out out = {
        .logits = logits, .stand_in = w->stand_in, .stand_in_ctx = w->subnet};
    int code = x && logits ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for an image");

    (void)worker;
    for (size_t k = 0; k < D && code == H4L_OK; k++)
        x[k] = w->o->input_scale * w->images->pixels[i * D + k];
    if (code == H4L_OK)
        code = h4l_net_plain(w->spec, w->parameters, NULL, 1, x,
                             w->images->labels + i * task->tasks, &out, err);
    for (size_t t = 0; t < task->tasks && code == H4L_OK; t++)
        w->predictions[i * task->tasks + t] = largest(logits + t * task->classes, task->classes);
    w->rates[i] = out.mean_rate;
    free(x);
    free(logits);
    return code;
}

// What the neuron did; first: the predictions of true HH.
static void sum_up(const struct work *w, size_t n, const int *first, double ret_accuracy[2],
                   double *ret_same, double *ret_rate)
{
    size_t tasks = w->spec->task.tasks, same = 0, right[2] = {0};
    double rate = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t t = 0; t < tasks; t++) {
            right[t] += w->predictions[i * tasks + t] == w->images->labels[i * tasks + t];
            same += w->predictions[i * tasks + t] == first[i * tasks + t];
        }
        rate += w->rates[i];
    }
    for (size_t t = 0; t < 2; t++)
        ret_accuracy[t] = t < tasks ? 100 * (double)right[t] / (double)n : NAN;
    *ret_same = 100 * (double)same / (double)(n * tasks);
    *ret_rate = rate / (double)n;
}

int h4l_multitask_transfer(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                           const float *trained, const struct h4l_multi *images, size_t n,
                           const struct h4l_subnet *fitted, struct h4l_pool *pool,
                           struct h4l_transfer *ret, struct h4l_err *err)
{
    static const h4l_stand_in_fn neurons[H4L_TRANSFERS] = {
        [H4L_TRANSFER_TV] = h4l_stand_in_tv, [H4L_TRANSFER_SLIF] = h4l_stand_in_subnet};
    const int runs = spec->true_hh.spikes ? H4L_TRANSFERS : H4L_TRANSFER_SLIF;
    size_t parameters = h4l_net_layout(spec).parameters, tasks = spec->task.tasks;
    struct work w = {.spec = spec, .o = o, .images = images, .subnet = fitted};
    double *p = calloc(parameters, sizeof *p);
    int *first, code = H4L_OK;

    n = n < images->n ? n : images->n;
    first = calloc(2 * n * tasks, sizeof *first);
    w.parameters = p;
    w.rates = calloc(n, sizeof *w.rates);
    if (!p || !first || !w.rates)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the transfer of %zu images", n);
    for (size_t i = 0; i < parameters && code == H4L_OK; i++)
        p[i] = trained[i];
    for (int k = 0; k < H4L_TRANSFERS && code == H4L_OK; k++) {
        ret->accuracy[k][0] = ret->accuracy[k][1] = ret->same[k] = ret->rate[k] = NAN;
        if (k >= runs)
            continue;
        w.stand_in = neurons[k];
        w.predictions = first + (k == H4L_TRANSFER_TRUE ? 0 : n * tasks);
        code = h4l_parallel_for(pool, n, one_image, &w, err);
        if (code == H4L_OK)
            sum_up(&w, n, first, ret->accuracy[k], &ret->same[k], &ret->rate[k]);
    }
    free(p);
    free(first);
    free(w.rates);
    return code;
}
