#include "neurons.h"

#include <stdio.h>

#include "dynamics.h"
#include "neuron/hh_flow.h"

int h4l_neurons_hh(const struct h4l_run *run, struct h4l_neuron *ret, struct h4l_err *err)
{
    struct h4l_neuron hh;
    int code;

    h4l_neuron_init(&h4l_model_hh, &hh);
    if (!(code = h4l_neurons_given(run, &hh, 1, err)))
        *ret = hh;
    return code;
}

int h4l_neurons(const struct h4l_run *run, struct h4l_neurons *ret, struct h4l_err *err)
{
    struct h4l_neurons n = {0};
    const struct h4l_model *models[H4L_NEURONS];
    const char *named = ((const struct h4l_dynamics_options *)h4l_run_options(run))->neuron;
    size_t used = 0;
    int code;

    for (size_t i = 0; i < h4l_n_models; i++)
        if (h4l_models[i]->paper)
            models[n.n++] = h4l_models[i];
    code = h4l_models_named(named, H4L_NEURONS, models, &n.n, err);
    for (size_t i = 0; i < n.n; i++)
        h4l_neuron_init(models[i], &n.at[i]);
    for (size_t i = 0; i < n.n && used < sizeof n.key; i++)
        used += (size_t)snprintf(n.key + used, sizeof n.key - used, "%s%zu %s", i ? ", " : "", i,
                                 n.at[i].model->label);
    if (!code && !(code = h4l_neurons_given(run, n.at, n.n, err)))
        *ret = n;
    return code;
}
