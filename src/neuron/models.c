#include "neuron/model.h"

#include <string.h>

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
