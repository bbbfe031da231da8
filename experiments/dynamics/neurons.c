#include "neurons.h"

#include <stdio.h>

#include "dynamics.h"

int h4l_neurons(const struct h4l_run *run, struct h4l_neurons *ret, struct h4l_err *err)
{
    struct h4l_neurons n = {0};
    const char *named = ((const struct h4l_dynamics_options *)h4l_run_options(run))->neuron;
    size_t used = 0;
    int code;

    for (size_t i = 0; i < h4l_n_models; i++)
        if (h4l_models[i]->paper)
            n.at[n.n++] = h4l_models[i];
    code = h4l_models_named(named, H4L_NEURONS, n.at, &n.n, err);
    for (size_t i = 0; i < n.n && used < sizeof n.key; i++)
        used += (size_t)snprintf(n.key + used, sizeof n.key - used, "%s%zu %s", i ? ", " : "", i,
                                 n.at[i]->label);
    if (!code)
        *ret = n;
    return code;
}
