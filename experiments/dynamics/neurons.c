#include "neurons.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "dynamics.h"

static int add(const char *name, struct h4l_neurons *n, struct h4l_err *err)
{
    const struct h4l_model *model = h4l_model_find(name);
    struct h4l_nearest nearest = {.name = name};

    for (size_t i = 0; i < h4l_n_models; i++)
        h4l_nearest_offer(&nearest, h4l_models[i]->name);
    if (!model)
        return h4l_fail(err, H4L_E_USAGE, "neuron %s: no such neuron%s (--list-neurons shows them)",
                        name, h4l_nearest_text(&nearest, ""));
    for (size_t i = 0; i < n->n; i++)
        if (n->at[i] == model)
            return h4l_fail(err, H4L_E_USAGE, "neuron %s is compared already", name);
    if (n->n == H4L_NEURONS)
        return h4l_fail(err, H4L_E_USAGE, "neuron %s: expected at most %d neurons", name,
                        H4L_NEURONS);
    n->at[n->n++] = model;
    return H4L_OK;
}

static int add_named(const char *list, struct h4l_neurons *n, struct h4l_err *err)
{
    char name[64];
    int code = H4L_OK;

    for (const char *at = list; at && *at && !code; at += *at == ',') {
        size_t length = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        code = add(name, n, err);
        at += length;
    }
    return code;
}

int h4l_neurons(const struct h4l_run *run, struct h4l_neurons *ret, struct h4l_err *err)
{
    struct h4l_neurons n = {0};
    const char *named = ((const struct h4l_dynamics_options *)h4l_run_options(run))->neuron;
    size_t used = 0;
    int code = H4L_OK;

    for (size_t i = 0; i < h4l_n_models && !code; i++)
        if (h4l_models[i]->paper)
            code = add(h4l_models[i]->name, &n, err);
    if (!code)
        code = add_named(named, &n, err);
    for (size_t i = 0; i < n.n && used < sizeof n.key; i++)
        used += (size_t)snprintf(n.key + used, sizeof n.key - used, "%s%zu %s", i ? ", " : "", i,
                                 n.at[i]->label);
    if (!code)
        *ret = n;
    return code;
}

void h4l_columns_add(struct h4l_columns *c, const char *unit, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(c->name[c->n], sizeof c->name[0], format, arguments);
    va_end(arguments);
    c->unit[c->n++] = unit;
}

struct h4l_csv *h4l_columns_begin(struct h4l_run *run, const char *file,
                                  const struct h4l_columns *c, struct h4l_err *err)
{
    const char *names[H4L_COLUMNS];

    for (int i = 0; i < c->n; i++)
        names[i] = c->name[i];
    return h4l_series_begin(run, file, names, c->unit, c->n, err);
}
