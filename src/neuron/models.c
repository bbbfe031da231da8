#include "neuron/model.h"

#include <stdio.h>
#include <string.h>

#include "base/args.h"

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
