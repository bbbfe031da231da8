#include "net/stand_in.h"

#include <math.h>
#include <stdlib.h>

#include "neuron/tv_lif.h"

// The weights of the window's steps, to be freed; NULL: no memory.
static double *weights_of(const struct h4l_true_hh *window, struct h4l_err *err)
{
    double *ret = calloc(window->steps, sizeof *ret);

    if (ret)
        h4l_true_hh_weights(window, ret);
    else
        h4l_fail(err, H4L_E_NOMEM, "no memory for the weights of %zu steps", window->steps);
    return ret;
}

// The piece of step k, from that of a step before it.
static size_t piece_at(const struct h4l_true_hh *window, size_t k, size_t piece)
{
    while (piece + 1 < window->pieces && h4l_true_hh_piece(window, piece + 1) <= k)
        piece++;
    return piece;
}

int h4l_stand_in_tv(const void *ctx, const struct h4l_true_hh *window, const double *own,
                    const double *I, double *ret_rate, struct h4l_err *err)
{
    struct h4l_hh hh = window->hh;
    double x[H4L_HH_DIM], y[H4L_TV_DIM], dt = window->dt, sum = 0, *weights;
    size_t piece = 0;

    (void)ctx;
    if (window->exponential || window->linear)
        return h4l_fail(err, H4L_E_RANGE,
                        "tv-LIF2HH stands in for forward Euler of the full equations only");
    if (!(weights = weights_of(window, err)))
        return H4L_E_NOMEM;
    h4l_hh_steady_state(&hh, window->start, x);
    h4l_tv_start(x, y);
    hh.gNa = own[H4L_TRUE_HH_G_NA];
    hh.gK = own[H4L_TRUE_HH_G_K];
    hh.gL = own[H4L_TRUE_HH_G_L];
    for (size_t k = 0; k < window->steps; k++) {
        double V = h4l_tv_potential(y), g[3], slope[3], total, after;

        piece = piece_at(window, k, piece);
        h4l_hh_conductances(&hh, y + H4L_TV_M, g);
        total = g[0] + g[1] + g[2];
        h4l_hh_gates_rhs(&hh, V, y + H4L_TV_M, slope);
        for (int gate = 0; gate < 3; gate++)
            y[H4L_TV_M + gate] += dt * own[H4L_TRUE_HH_SPEED_M + gate] * slope[gate];
        h4l_tv_step(&hh, H4L_TV_EXACT_ORDER, g, I[piece], dt / hh.C, dt * total / hh.C, y);
        after = h4l_tv_potential(y);
        if (!window->spikes)
            sum += weights[k] / (1 + exp(-(after - window->theta) / window->k));
        else if (after > window->theta && V <= window->theta)
            sum += weights[k] / dt;
    }
    free(weights);
    *ret_rate = sum;
    return H4L_OK;
}

int h4l_stand_in_subnet(const void *ctx, const struct h4l_true_hh *window, const double *own,
                        const double *I, double *ret_rate, struct h4l_err *err)
{
    const struct h4l_subnet *net = ctx;
    struct h4l_subnet_state state;
    double sum = 0, length = (double)window->steps * window->dt, *weights;
    size_t steps = (size_t)ceil(length / net->dt - 1e-9), piece = 0;

    (void)own;
    if (!window->spikes)
        return h4l_fail(err, H4L_E_RANGE,
                        "LIF units have no potential of HH's: a readout of spikes is needed");
    if (!(weights = weights_of(window, err)))
        return H4L_E_NOMEM;
    h4l_subnet_rest(net, &state);
    for (size_t s = 0; s < steps; s++) {
        size_t k = (size_t)((double)s * net->dt / window->dt + 1e-9);
        double x[H4L_TOPOLOGY_UNITS];

        k = k < window->steps ? k : window->steps - 1;
        piece = piece_at(window, k, piece);
        for (int i = 0; i < H4L_TOPOLOGY_UNITS; i++)
            x[i] = I[piece];
        if (h4l_subnet_step(net, x, &state))
            sum += weights[k] / window->dt;
    }
    free(weights);
    *ret_rate = sum;
    return H4L_OK;
}
