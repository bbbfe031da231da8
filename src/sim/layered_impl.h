// The layered network's run, written once for a floating-point type REAL; see neuron/hh_impl.h for REAL and NAME.

struct NAME(run) {
    const struct h4l_layered *net;
    struct NAME(h4l_pair) pair;
    REAL *x, *y; // states, H4L_HH_DIM and H4L_TV_DIM a neuron
    REAL *W;     // all weight matrices, one after the other
    REAL *drive; // currents of layer 0 at three times: [3 * size[0]]
};

// Sum over the previous layer's n levels s of the weights to neuron k of m.
static REAL NAME(synaptic)(const REAL *W, size_t n, size_t m, size_t k, const uint8_t *s)
{
    REAL sum = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i])
            sum += W[i * m + k];
    return sum;
}

// Input currents of layer 0 at the beginning, in the middle and at the end of the step from state j.
static void NAME(read_drive)(struct NAME(run) * run, size_t j, double dt, double *scratch)
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
static void NAME(step)(struct NAME(run) * run, struct view *view)
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
                I_hh[0] = I_hh[1] = I_hh[2] =
                    NAME(synaptic)(W, before, n, k, view->s_hh + first_before);
                I_tv[0] = I_tv[1] = I_tv[2] =
                    NAME(synaptic)(W, before, n, k, view->s_tv + first_before);
            }
            read = NAME(h4l_pair_step)(&run->pair, I_hh, I_tv, run->x + at * H4L_HH_DIM,
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
static bool NAME(look)(const struct NAME(run) * run, size_t neurons, struct view *view,
                       size_t *ret_bad)
{
    for (size_t i = 0; i < neurons; i++) {
        view->V_hh[i] = (double)run->x[i * H4L_HH_DIM];
        view->V_tv[i] = (double)NAME(h4l_tv_potential)(run->y + i * H4L_TV_DIM);
        if (!isfinite(view->V_hh[i]) || !isfinite(view->V_tv[i])) {
            *ret_bad = i;
            return false;
        }
    }
    return true;
}

static int NAME(loop)(struct NAME(run) * run, size_t states, struct view *view,
                      h4l_layered_observer observe, void *ctx, double dt, struct h4l_err *err)
{
    size_t neurons = h4l_layered_neurons(run->net), bad = 0;
    struct h4l_layered_state state = {.V_hh = view->V_hh, .V_tv = view->V_tv};

    for (size_t j = 0; j < states; j++) {
        if (!NAME(look)(run, neurons, view, &bad))
            return h4l_fail(err, H4L_E_NUMERIC,
                            "neuron %zu left the finite numbers at t = %g ms: dt = %g ms is too "
                            "long for this scheme",
                            bad, (double)j * dt, dt);
        state.state = j;
        if (j + 1 < states) {
            NAME(read_drive)(run, j, dt, view->drive);
            NAME(step)(run, view);
        }
        state.read_tv = j + 1 < states ? view->read_tv : NULL;
        state.s_hh = j + 1 < states ? view->s_hh : NULL;
        state.s_tv = j + 1 < states ? view->s_tv : NULL;
        observe(ctx, &state);
    }
    return H4L_OK;
}

static void NAME(fill)(struct NAME(run) * run, size_t neurons)
{
    const struct h4l_layered *net = run->net;
    REAL start[H4L_HH_DIM], *W = run->W;

    for (int i = 0; i < H4L_HH_DIM; i++)
        start[i] = (REAL)net->start[i];
    for (size_t i = 0; i < neurons; i++) {
        memcpy(run->x + i * H4L_HH_DIM, start, sizeof start);
        NAME(h4l_tv_start)(start, run->y + i * H4L_TV_DIM);
    }
    for (size_t l = 1; l < net->layers; l++)
        for (size_t i = 0; i < net->size[l - 1] * net->size[l]; i++)
            *W++ = (REAL)net->W[l][i];
}

static int NAME(run_network)(const struct h4l_layered *net, const struct NAME(h4l_pair) * pair,
                             double dt, size_t states, h4l_layered_observer observe, void *ctx,
                             struct h4l_err *err)
{
    size_t neurons = h4l_layered_neurons(net);
    struct NAME(run) run = {.net = net, .pair = *pair};
    struct view view = {0};
    int code;

    run.x = calloc(neurons * H4L_HH_DIM, sizeof(REAL));
    run.y = calloc(neurons * H4L_TV_DIM, sizeof(REAL));
    run.W = calloc(count_weights(net) + 1, sizeof(REAL));
    run.drive = calloc(3 * net->size[0], sizeof(REAL));
    code = view_make(&view, neurons, net->size[0], err);
    if (code == H4L_OK && (!run.x || !run.y || !run.W || !run.drive))
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for a network of %zu neurons", neurons);
    if (code == H4L_OK) {
        NAME(fill)(&run, neurons);
        code = NAME(loop)(&run, states, &view, observe, ctx, dt, err);
    }
    view_free(&view);
    free(run.x);
    free(run.y);
    free(run.W);
    free(run.drive);
    return code;
}
