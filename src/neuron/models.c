#include "neuron/model.h"

#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/family.h"

#include "neuron/model_list.h"

#define DECLARE(name) extern const struct h4l_model h4l_model_##name;
#define ROW(name) &h4l_model_##name,

H4L_MODEL_LIST(DECLARE)
const struct h4l_model *const h4l_models[] = {H4L_MODEL_LIST(ROW)};
const size_t h4l_n_models = sizeof h4l_models / sizeof *h4l_models;

const struct h4l_model *h4l_model_find(const char *name)
{
    for (size_t i = 0; i < h4l_n_models; i++)
        if (strcmp(h4l_models[i]->name, name) == 0)
            return h4l_models[i];
    return NULL;
}

static int add(const char *name, size_t most, const struct h4l_model **ret, size_t *ret_n,
               struct h4l_err *err)
{
    const struct h4l_model *model = h4l_model_find(name);
    struct h4l_nearest nearest = {.name = name};

    for (size_t i = 0; i < h4l_n_models; i++)
        h4l_nearest_offer(&nearest, h4l_models[i]->name);
    if (!model)
        return h4l_fail(err, H4L_E_USAGE, "neuron %s: no such neuron%s (--list-neurons shows them)",
                        name, h4l_nearest_text(&nearest, ""));
    for (size_t i = 0; i < *ret_n; i++)
        if (ret[i] == model)
            return h4l_fail(err, H4L_E_USAGE, "neuron %s is compared already", name);
    if (*ret_n == most)
        return h4l_fail(err, H4L_E_USAGE, "neuron %s: expected at most %zu neurons", name, most);
    ret[(*ret_n)++] = model;
    return H4L_OK;
}

int h4l_models_named(const char *list, size_t most, const struct h4l_model **ret, size_t *ret_n,
                     struct h4l_err *err)
{
    char name[64];
    int code = H4L_OK;

    for (const char *at = list; at && *at && !code; at += *at == ',') {
        size_t length = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        code = add(name, most, ret, ret_n, err);
        at += length;
    }
    return code;
}

const char *h4l_model_listed(size_t i, const char **ret_summary)
{
    if (i >= h4l_n_models)
        return NULL;
    *ret_summary = h4l_models[i]->summary;
    return h4l_models[i]->name;
}

void h4l_neuron_init(const struct h4l_model *model, struct h4l_neuron *ret)
{
    *ret = (struct h4l_neuron){.model = model};
    model->constants(ret->constants);
}

// ---- constants that may be changed ----

// The row whose constants a row has.
static const struct h4l_model *owner(const struct h4l_model *model)
{
    return model->of ? model->of : model;
}

static double *place(struct h4l_neuron *neuron, const struct h4l_model_constant *constant)
{
    return (double *)(void *)((char *)neuron->constants + constant->offset);
}

const struct h4l_model_constant *h4l_model_settable(const struct h4l_model *model, size_t *ret_n)
{
    const struct h4l_model_constant *all = owner(model)->settable;
    size_t n = 0;

    while (all && all[n].name)
        n++;
    *ret_n = n;
    return all;
}

bool h4l_model_constant_listed(size_t i, struct h4l_constant *ret)
{
    for (size_t m = 0; m < h4l_n_models; m++) {
        const struct h4l_model *model = h4l_models[m];
        const struct h4l_model_constant *all;
        struct h4l_neuron published;
        size_t n;

        if (model->of)
            continue;
        all = h4l_model_settable(model, &n);
        if (i >= n) {
            i -= n;
            continue;
        }
        h4l_neuron_init(model, &published);
        *ret = (struct h4l_constant){.unit = all[i].unit,
                                     .help = all[i].help,
                                     .min = all[i].min,
                                     .max = all[i].max,
                                     .value = *place(&published, &all[i])};
        snprintf(ret->name, sizeof ret->name, "%s.%s", model->name, all[i].name);
        return true;
    }
    return false;
}

static int set(struct h4l_neuron *neuron, const char *name, double value, struct h4l_err *err)
{
    const struct h4l_model *model = owner(neuron->model);
    size_t n;
    const struct h4l_model_constant *all = h4l_model_settable(model, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].name, name) != 0)
            continue;
        if (!(value >= all[i].min && value <= all[i].max))
            return h4l_fail(err, H4L_E_RANGE, "%s of %s is %g; expected %g to %g %s", name,
                            model->name, value, all[i].min, all[i].max, all[i].unit);
        *place(neuron, &all[i]) = value;
        if (model->derive)
            model->derive(neuron->constants);
        return H4L_OK;
    }
    return h4l_fail(err, H4L_E_USAGE, "%s has no constant %s (--list-neurons shows them)",
                    model->name, name);
}

int h4l_neurons_set(struct h4l_neuron *neurons, size_t n, const char *name, double value,
                    struct h4l_err *err)
{
    size_t length = strcspn(name, ".");
    bool found = false;

    for (size_t i = 0; i < n; i++) {
        const char *of = owner(neurons[i].model)->name;
        int code;

        if (strlen(of) != length || strncmp(of, name, length) != 0)
            continue;
        found = true;
        code = set(&neurons[i], name + length + (name[length] == '.'), value, err);
        if (code)
            return code;
    }
    return found ? H4L_OK
                 : h4l_fail(
                       err, H4L_E_USAGE,
                       "model.%s: the neuron %.*s is no part of this run (--set neuron=%.*s where "
                       "the case takes it)",
                       name, (int)length, name, (int)length, name);
}

int h4l_neurons_check(const struct h4l_neuron *neurons, size_t n, struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t i = 0; i < n && !code; i++) {
        const struct h4l_model *model = owner(neurons[i].model);

        if (model->check && (code = model->check(neurons[i].constants, err)))
            code = h4l_fail_context(err, code, "neuron %s", model->name);
    }
    return code;
}

int h4l_neurons_given(const struct h4l_run *run, struct h4l_neuron *neurons, size_t n,
                      struct h4l_err *err)
{
    const char *name;
    double value;
    int code = H4L_OK;

    for (size_t i = 0; !code && h4l_run_constant(run, i, &name, &value); i++)
        code = h4l_neurons_set(neurons, n, name, value, err);
    return code ? code : h4l_neurons_check(neurons, n, err);
}
