#include "sim/layered.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic warning "-Wdouble-promotion"

const double h4l_published_start[H4L_HH_DIM] = {-70, 0.0289, 0.7541, 0.2446};

// What the observer sees, in double for both types, and the drive callback's output.
struct view {
    double *V_hh, *V_tv, *read_tv, *drive;
    uint8_t *s_hh, *s_tv;
};

static int view_make(struct view *ret, size_t neurons, size_t inputs, struct h4l_err *err)
{
    ret->V_hh = calloc(neurons, sizeof *ret->V_hh);
    ret->V_tv = calloc(neurons, sizeof *ret->V_tv);
    ret->read_tv = calloc(neurons, sizeof *ret->read_tv);
    ret->drive = calloc(inputs, sizeof *ret->drive);
    ret->s_hh = calloc(neurons, 1);
    ret->s_tv = calloc(neurons, 1);
    if (!ret->V_hh || !ret->V_tv || !ret->read_tv || !ret->drive || !ret->s_hh || !ret->s_tv)
        return h4l_fail(err, H4L_E_NOMEM, "no memory to observe %zu neurons", neurons);
    return H4L_OK;
}

static void view_free(struct view *view)
{
    free(view->V_hh);
    free(view->V_tv);
    free(view->read_tv);
    free(view->drive);
    free(view->s_hh);
    free(view->s_tv);
}

static size_t count_weights(const struct h4l_layered *net)
{
    size_t n = 0;

    for (size_t l = 1; l < net->layers; l++)
        n += net->size[l - 1] * net->size[l];
    return n;
}

#define REAL double
#define NAME(x) x
#include "sim/layered_impl.h"
#undef REAL
#undef NAME
#define REAL float
#define NAME(x) x##_float
#include "sim/layered_impl.h"
#undef REAL
#undef NAME

size_t h4l_layered_neurons(const struct h4l_layered *net)
{
    size_t n = 0;

    for (size_t l = 0; l < net->layers; l++)
        n += net->size[l];
    return n;
}

static int check_run(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                     struct h4l_err *err)
{
    if (net->layers < 1)
        return h4l_fail(err, H4L_E_RANGE, "a network needs at least one layer");
    for (size_t l = 0; l < net->layers; l++)
        if (net->size[l] < 1)
            return h4l_fail(err, H4L_E_RANGE, "layer %zu has no neurons", l);
    for (int i = 0; i < H4L_HH_DIM; i++)
        if (!isfinite(net->start[i]))
            return h4l_fail(err, H4L_E_RANGE, "start value %d is not finite", i);
    if (!(pair->dt > 0 && isfinite(pair->dt)))
        return h4l_fail(err, H4L_E_RANGE, "dt = %g ms: expected a finite number above 0", pair->dt);
    if (states < 1)
        return h4l_fail(err, H4L_E_RANGE, "a run needs at least one state");
    return H4L_OK;
}

int h4l_layered_run(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                    h4l_layered_observer observe, void *ctx, struct h4l_err *err)
{
    int code = check_run(net, pair, states, err);

    if (code != H4L_OK)
        return code;
    return run_network(net, pair, pair->dt, states, observe, ctx, err);
}

int h4l_layered_run_float(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                          h4l_layered_observer observe, void *ctx, struct h4l_err *err)
{
    int code = check_run(net, pair, states, err);
    struct h4l_pair_float pair_float;

    if (code != H4L_OK)
        return code;
    h4l_pair_to_float(pair, &pair_float);
    return run_network_float(net, &pair_float, pair->dt, states, observe, ctx, err);
}
