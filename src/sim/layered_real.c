// The layered network's run, compiled for each type (base/real.h).
#include "sim/layered.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/real.h"

#pragma GCC diagnostic warning "-Wdouble-promotion"

typedef struct TWIN(h4l_pair) pair_constants;

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

struct run {
    const struct h4l_layered *net;
    pair_constants pair;
    REAL *x, *y; // states, H4L_HH_DIM and H4L_TV_DIM a neuron
    REAL *W;     // all weight matrices, one after the other
    REAL *drive; // currents of layer 0 at three times: [3 * size[0]]
};

// Sum over the previous layer's n levels s of the weights to neuron k of m.
static REAL synaptic(const REAL *W, size_t n, size_t m, size_t k, const uint8_t *s)
{
    REAL sum = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i])
            sum += W[i * m + k];
    return sum;
}

// Input currents of layer 0 at the beginning, in the middle and at the end of the step from state j.
static void read_drive(struct run *run, size_t j, double dt, double *scratch)
{
    size_t n = run->net->size[0];

    for (size_t when = 0; when < 3; when++) {
        run->net->drive(run->net->drive_ctx, ((double)j + 0.5 * (double)when) * dt, scratch);
        for (size_t i = 0; i < n; i++)
            run->drive[when * n + i] = (REAL)scratch[i];
        if (run->pair.scheme == H4L_EULER || run->pair.scheme == H4L_EXP_EULER)
            return; // they read the beginning only
    }
}

// One step of all neurons, layer after layer, so that the levels of this step's tests (s) are known before they are read.
static void step(struct run *run, struct view *view)
{
    const struct h4l_layered *net = run->net;
    const REAL *W = run->W;
    size_t first = 0, first_before = 0;

    for (size_t l = 0; l < net->layers; l++) {
        size_t n = net->size[l], before = l > 0 ? net->size[l - 1] : 0;

        for (size_t k = 0; k < n; k++) {
            size_t at = first + k;
            REAL I_hh[3], I_tv[3], V = run->x[at * H4L_HH_DIM], read;

            for (size_t when = 0; l == 0 && when < 3; when++)
                I_hh[when] = I_tv[when] = run->drive[when * n + k];
            if (l > 0) {
                I_hh[0] = I_hh[1] = I_hh[2] = synaptic(W, before, n, k, view->s_hh + first_before);
                I_tv[0] = I_tv[1] = I_tv[2] = synaptic(W, before, n, k, view->s_tv + first_before);
            }
            read = TWIN(h4l_pair_step)(&run->pair, I_hh, I_tv, run->x + at * H4L_HH_DIM,
                                       run->y + at * H4L_TV_DIM);
            view->read_tv[at] = (double)read;
            view->s_hh[at] = V > (REAL)net->threshold;
            view->s_tv[at] = read > (REAL)net->threshold;
        }
        W += before * n;
        first_before = first;
        first += n;
    }
}

// Copies the potentials of the present state into view. False where one is not finite (its neuron: *ret_bad).
static bool look(const struct run *run, size_t neurons, struct view *view, size_t *ret_bad)
{
    for (size_t i = 0; i < neurons; i++) {
        view->V_hh[i] = (double)run->x[i * H4L_HH_DIM];
        view->V_tv[i] = (double)TWIN(h4l_tv_potential)(run->y + i * H4L_TV_DIM);
        if (!isfinite(view->V_hh[i]) || !isfinite(view->V_tv[i])) {
            *ret_bad = i;
            return false;
        }
    }
    return true;
}

static int loop(struct run *run, size_t states, struct view *view, h4l_layered_observer observe,
                void *ctx, double dt, struct h4l_err *err)
{
    size_t neurons = h4l_layered_neurons(run->net), bad = 0;
    struct h4l_layered_state state = {.V_hh = view->V_hh, .V_tv = view->V_tv};

    for (size_t j = 0; j < states; j++) {
        if (!look(run, neurons, view, &bad))
            return h4l_fail(err, H4L_E_NUMERIC,
                            "neuron %zu left the finite numbers at t = %g ms: dt = %g ms is too "
                            "long for this scheme",
                            bad, (double)j * dt, dt);
        state.state = j;
        if (j + 1 < states) {
            read_drive(run, j, dt, view->drive);
            step(run, view);
        }
        state.read_tv = j + 1 < states ? view->read_tv : NULL;
        state.s_hh = j + 1 < states ? view->s_hh : NULL;
        state.s_tv = j + 1 < states ? view->s_tv : NULL;
        observe(ctx, &state);
    }
    return H4L_OK;
}

static void fill(struct run *run, size_t neurons)
{
    const struct h4l_layered *net = run->net;
    REAL start[H4L_HH_DIM], *W = run->W;

    for (int i = 0; i < H4L_HH_DIM; i++)
        start[i] = (REAL)net->start[i];
    for (size_t i = 0; i < neurons; i++) {
        memcpy(run->x + i * H4L_HH_DIM, start, sizeof start);
        TWIN(h4l_tv_start)(start, run->y + i * H4L_TV_DIM);
    }
    for (size_t l = 1; l < net->layers; l++)
        for (size_t i = 0; i < net->size[l - 1] * net->size[l]; i++)
            *W++ = (REAL)net->W[l][i];
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

static void to_type(const struct h4l_pair *pair, pair_constants *ret)
{
#if H4L_REAL_BYTES == 4
    h4l_pair_to_float(pair, ret);
#else
    *ret = *pair;
#endif
}

int TWIN(h4l_layered_run)(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                          h4l_layered_observer observe, void *ctx, struct h4l_err *err)
{
    int code = check_run(net, pair, states, err);
    struct run run = {.net = net};
    struct view view = {0};
    size_t neurons;

    if (code != H4L_OK)
        return code;
    to_type(pair, &run.pair);
    neurons = h4l_layered_neurons(net);
    run.x = calloc(neurons * H4L_HH_DIM, sizeof(REAL));
    run.y = calloc(neurons * H4L_TV_DIM, sizeof(REAL));
    run.W = calloc(count_weights(net) + 1, sizeof(REAL));
    run.drive = calloc(3 * net->size[0], sizeof(REAL));
    code = view_make(&view, neurons, net->size[0], err);
    if (code == H4L_OK && (!run.x || !run.y || !run.W || !run.drive))
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for a network of %zu neurons", neurons);
    if (code == H4L_OK) {
        fill(&run, neurons);
        code = loop(&run, states, &view, observe, ctx, pair->dt, err);
    }
    view_free(&view);
    free(run.x);
    free(run.y);
    free(run.W);
    free(run.drive);
    return code;
}
