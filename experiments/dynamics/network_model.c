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

static void eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_network *w = ctx;

    (void)t;
    (void)ret_J; // tangent vectors come from the function below
    h4l_recurrent_eval(w->net, w->extra, x, ret_dx);
}

static void tangent(const void *ctx, double t, const double *x, const double *W, int k,
                    double *ret_dx, double *ret_dW)
{
    const struct h4l_network *w = ctx;

    (void)t;
    h4l_recurrent_tangent(w->net, x, W, k, ret_dx, ret_dW, w->scratch);
}

static void quotient(const void *ctx, double *x, double *W, int k)
{
    h4l_recurrent_quotient(((const struct h4l_network *)ctx)->net, x, W, k);
}

struct h4l_flow h4l_network_flow(const struct h4l_network *network)
{
    return (struct h4l_flow){.dim = h4l_recurrent_dim(network->net),
                             .ctx = network,
                             .eval = eval,
                             .tangent = tangent,
                             .quotient = network->net->neuron.model->quotient ? quotient : NULL};
}

static void values(const void *ctx, double t, const double *x, double *ret_g)
{
    const struct h4l_network *w = ctx;

    (void)t;
    for (int i = 0; w->net->neuron.model->event && i < w->net->n; i++)
        ret_g[i] = h4l_recurrent_event(w->net, x, i, NULL);
}

static void gradient(const void *ctx, int e, double t, const double *x, double *ret_gradient)
{
    (void)t;
    h4l_recurrent_event(((const struct h4l_network *)ctx)->net, x, e, ret_gradient);
}

static void jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    (void)t;
    h4l_recurrent_fire(((const struct h4l_network *)ctx)->net, e, x, W, k);
}

struct h4l_hybrid h4l_network_hybrid(const struct h4l_network *network)
{
    return (struct h4l_hybrid){.flow = h4l_network_flow(network),
                               .events = network->net->neuron.model->event ? network->net->n : 0,
                               .values = values,
                               .gradient = gradient,
                               .jump = jump};
}

static void map_step(const void *ctx, size_t n, const double *x, double *ret_x, double *ret_J)
{
    const struct h4l_network *w = ctx;

    (void)n;
    memcpy(ret_x, x, (size_t)h4l_recurrent_dim(w->net) * sizeof *x);
    h4l_recurrent_map(w->net, w->extra, ret_x, (unsigned char *)w->scratch);
    if (ret_J)
        h4l_recurrent_map_jacobian(w->net, x, ret_J);
}

struct h4l_map h4l_network_map(const struct h4l_network *network)
{
    return (struct h4l_map){
        .dim = h4l_recurrent_dim(network->net), .ctx = network, .step = map_step};
}
