#include "network_model.h"

#include <stdlib.h>
#include <string.h>

int h4l_network_create(const struct h4l_recurrent *net, int k, struct h4l_network *ret,
                       struct h4l_err *err)
{
    // k + 1: a jump carries the flow as one more vector; the fired flags of the map share the memory
    size_t n = h4l_recurrent_scratch(net, k + 1) + (size_t)net->n;
    double *scratch = malloc(n * sizeof *scratch);

    if (!scratch)
        return h4l_fail(err, H4L_E_NOMEM, "network: no memory for %d neurons", net->n);
    *ret = (struct h4l_network){net, NULL, scratch};
    return H4L_OK;
}

void h4l_network_destroy(struct h4l_network *network)
{
    free(network->scratch);
    network->scratch = NULL;
}

static void hh_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_network *w = ctx;

    (void)t;
    (void)ret_J; // tangent vectors come from hh_tangent
    h4l_recurrent_hh(w->net, w->extra, x, ret_dx);
}

static void hh_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                       double *ret_dx, double *ret_dW)
{
    const struct h4l_network *w = ctx;

    (void)t;
    h4l_recurrent_hh_tangent(w->net, x, W, k, ret_dx, ret_dW, w->scratch);
}

struct h4l_flow h4l_network_hh(const struct h4l_network *network)
{
    return (struct h4l_flow){.dim = network->net->n * H4L_RECURRENT_HH,
                             .ctx = network,
                             .eval = hh_eval,
                             .tangent = hh_tangent};
}

static void tv_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_network *w = ctx;

    (void)t;
    (void)ret_J;
    h4l_recurrent_tv(w->net, w->extra, x, ret_dx);
}

static void tv_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                       double *ret_dx, double *ret_dW)
{
    const struct h4l_network *w = ctx;

    (void)t;
    h4l_recurrent_tv_tangent(w->net, x, W, k, ret_dx, ret_dW, w->scratch);
}

static void tv_quotient(const void *ctx, double *x, double *W, int k)
{
    const struct h4l_network *w = ctx;

    for (int i = 0; i < w->net->n; i++)
        h4l_tv_flow_quotient(x + i * H4L_RECURRENT_TV, k ? W + i * H4L_RECURRENT_TV * k : NULL, k);
}

struct h4l_flow h4l_network_tv(const struct h4l_network *network)
{
    return (struct h4l_flow){.dim = network->net->n * H4L_RECURRENT_TV,
                             .ctx = network,
                             .eval = tv_eval,
                             .tangent = tv_tangent,
                             .quotient = tv_quotient};
}

enum { S = H4L_RECURRENT_S_LIF };

static void s_lif_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_network *w = ctx;

    (void)t;
    (void)ret_J;
    h4l_recurrent_s_lif(w->net, w->extra, x, ret_dx);
}

static void s_lif_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                          double *ret_dx, double *ret_dW)
{
    const struct h4l_network *w = ctx;

    (void)t;
    h4l_recurrent_s_lif_tangent(w->net, x, W, k, ret_dx, ret_dW, w->scratch);
}

static int lowest(const double *u)
{
    int at = 0;

    for (int a = 1; a < H4L_S_LIF_UNITS; a++)
        if (u[a] < u[at])
            at = a;
    return at;
}

static void s_lif_values(const void *ctx, double t, const double *x, double *ret_g)
{
    const struct h4l_network *w = ctx;

    (void)t;
    for (int i = 0; i < w->net->n; i++)
        ret_g[i] = x[i * S + lowest(x + i * S)] - w->net->s_lif.threshold;
}

static void s_lif_gradient(const void *ctx, int e, double t, const double *x, double *ret_gradient)
{
    const struct h4l_network *w = ctx;

    (void)t;
    memset(ret_gradient, 0, (size_t)(w->net->n * S) * sizeof *ret_gradient);
    ret_gradient[e * S + lowest(x + e * S)] = 1;
}

static void s_lif_jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    const struct h4l_network *w = ctx;

    (void)t;
    h4l_recurrent_s_lif_fire(w->net, e, x, W, k);
}

struct h4l_hybrid h4l_network_s_lif(const struct h4l_network *network)
{
    return (struct h4l_hybrid){.flow = {.dim = network->net->n * S,
                                        .ctx = network,
                                        .eval = s_lif_eval,
                                        .tangent = s_lif_tangent},
                               .events = network->net->n,
                               .values = s_lif_values,
                               .gradient = s_lif_gradient,
                               .jump = s_lif_jump};
}

static void map_step(const void *ctx, size_t n, const double *x, double *ret_x, double *ret_J)
{
    const struct h4l_network *w = ctx;

    (void)n;
    memcpy(ret_x, x, (size_t)(w->net->n * S) * sizeof *x);
    h4l_recurrent_s_lif_step(w->net, w->extra, ret_x, (unsigned char *)w->scratch);
    if (ret_J)
        h4l_recurrent_s_lif_jacobian(w->net, x, ret_J);
}

struct h4l_map h4l_network_s_lif_map(const struct h4l_network *network)
{
    return (struct h4l_map){.dim = network->net->n * S, .ctx = network, .step = map_step};
}
