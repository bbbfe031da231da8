// The convolutional networks. One tile of 16 samples goes through the whole network, and back, on one thread, so that its
// activations stay near; each tile has a gradient of its own, and these (they are small) are summed in fixed order.
//
// Pooling takes means of four spikes: the kernels keep counts, and the factor 1/4 (exact) goes into the weights behind them.
#include "net/engine_private.h"

#include <cblas.h>
#include <string.h>

enum {
    L = H4L_LANES,
    CHUNK = 2048 // parameters per item of the update
};

// Side, pixels, and pixels with a frame of one around them, of the maps: 1 the image and the first layer, 2 the second layer, 3 what is
// read.
struct maps {
    size_t side1, side2, side3, plane1, plane2, plane3, framed1, framed2;
};

static struct maps maps_of(const struct h4l_net *net)
{
    size_t side = net->spec.task.side, half = side / 2, quarter = side / 4;

    return (struct maps){.side1 = side,
                         .side2 = half,
                         .side3 = quarter,
                         .plane1 = side * side,
                         .plane2 = half * half,
                         .plane3 = quarter * quarter,
                         .framed1 = (side + 2) * (side + 2),
                         .framed2 = (half + 2) * (half + 2)};
}

struct h4l_conv_scratch {
    float *image;    // [framed1][L]
    float *z1;       // [P][H][plane1][L], then its gradient
    uint8_t *counts; // [T][H][plane2][L]
    float *in2;      // [H][framed2][L]
    float *z2;       // [P][H][plane2][L]
    float *v2;       // [T][H][plane2][S][L]
    float *sum2;     // [H][plane2][max(R, S)][L]: sums of spikes [R], then dx [S]
    float *r;        // [H][plane3][R][L]
    float *dr;       // the same
    float *dz2;      // [P][H][framed2][L]
    float *dcounts;  // [T][H][plane2][L]
    float *dw1;      // [P H][1][9][L]
    float *dw2;      // [P H][H][9][L]
    float *hidden, *dhidden, *logits, *dlogits, *read, *dread;
};

static size_t n_tiles(const struct h4l_net *net)
{
    return net->batch / L;
}

static bool scratch_create(struct h4l_net *net, struct h4l_conv_scratch *s)
{
    const struct maps m = maps_of(net);
    size_t H = net->H, Z = net->P * H, S = net->S, R = net->R, T = net->T;
    size_t W = net->at.width;
    const struct {
        float **at;
        size_t n;
    } arrays[] = {{&s->image, m.framed1},
                  {&s->z1, Z * m.plane1},
                  {(float **)&s->counts, T * H * m.plane2 / sizeof(float) + 1},
                  {&s->in2, H * m.framed2},
                  {&s->z2, Z * m.plane2},
                  {&s->v2, T * H * m.plane2 * S},
                  {&s->sum2, H * m.plane2 * (R > S ? R : S)},
                  {&s->r, H * m.plane3 * R},
                  {&s->dr, H * m.plane3 * R},
                  {&s->dz2, Z * m.framed2},
                  {&s->dcounts, T * H * m.plane2},
                  {&s->dw1, Z * 9},
                  {&s->dw2, Z * H * 9},
                  {&s->hidden, net->E},
                  {&s->dhidden, net->E},
                  {&s->logits, net->O},
                  {&s->dlogits, net->O},
                  {&s->read, W},
                  {&s->dread, W}};
    size_t total = 0, at = 0;
    float *all;

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        total += arrays[i].n * L;
    all = h4l_net_floats(net, total);
    for (size_t i = 0; all && i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i].at = all + at;
        at += arrays[i].n * L;
    }
    return all != NULL;
}

int h4l_conv_create(struct h4l_net *net, struct h4l_err *err)
{
    size_t Z = net->P * net->H, workers = (size_t)h4l_pool_workers(net->pool);
    bool ok;

    net->packed1 = h4l_net_floats(net, Z * 9);
    net->packed2 = h4l_net_floats(net, Z * net->H * 9);
    net->packed_back = h4l_net_floats(net, Z * net->H * 9);
    net->bias2 = h4l_net_floats(net, Z);
    net->dmix = (void *)h4l_net_floats(net, n_tiles(net) * net->at.mixing * sizeof *net->dmix /
                                                sizeof(float));
    net->tile_g = h4l_net_floats(net, n_tiles(net) * net->at.parameters);
    net->scratch = (void *)h4l_net_floats(net, workers * sizeof *net->scratch / sizeof(float));
    ok = net->packed1 && net->packed2 && net->packed_back && net->bias2 && net->dmix &&
         net->tile_g && net->scratch;
    for (size_t i = 0; ok && i < workers; i++)
        ok = scratch_create(net, net->scratch + i);
    if (!ok)
        return h4l_fail(err, H4L_E_NOMEM,
                        "no memory for the activations of %zu maps on %zu threads", net->H,
                        workers);
    return H4L_OK;
}

static void pack(struct h4l_net *net)
{
    size_t H = net->H, Z = net->P * H;
    const float *w2 = net->w + net->at.layer2_weight;

    h4l_pack_conv(net->kernels, 1, Z, net->w + net->at.layer1_weight, 1, false, net->packed1);
    h4l_pack_conv(net->kernels, H, Z, w2, 0.25f, false, net->packed2);
    h4l_pack_conv(net->kernels, Z, H, w2, 0.25f, true, net->packed_back);
    // The second layer's convs see the sum over the trains' maps, each with the bias.
    for (size_t i = 0; i < Z; i++)
        net->bias2[i] = (float)net->R * net->w[net->at.layer2_bias + i];
}

static void load_tile(const struct h4l_net_job *job, size_t first, struct h4l_conv_scratch *s)
{
    const struct maps m = maps_of(job->net);

    memset(s->image, 0, m.framed1 * L * sizeof(float));
    for (size_t i = 0; i < L && first + i < job->n; i++)
        h4l_net_load(job, first + i, s->image + (m.side1 + 2 + 1) * L + i, L, m.side1 + 2);
}

// What the readout sees: mean over the window and the four pixels of a cell.
static void read_cells(const struct h4l_net *net, struct h4l_conv_scratch *s)
{
    const struct maps m = maps_of(net);
    const size_t R = net->R;
    const float share = 0.25f / (float)net->T;
    float *to = s->r;

    for (size_t c = 0; c < net->H; c++)
        for (size_t y = 0; y < m.side3; y++)
            for (size_t x = 0; x < m.side3; x++, to += R * L) {
                const float *from = s->sum2 + ((c * m.side2 + 2 * y) * m.side2 + 2 * x) * R * L;

                for (size_t k = 0; k < R * L; k++)
                    to[k] = share * (from[k] + from[R * L + k] + from[m.side2 * R * L + k] +
                                     from[(m.side2 + 1) * R * L + k]);
            }
    if (net->at.width == net->H * m.plane3 * R)
        memcpy(s->read, s->r, net->at.width * L * sizeof(float));
    else
        for (size_t i = 0; i < net->at.width; i++)
            memcpy(s->read + i * L, s->r + (i * R + R - 1) * L, L * sizeof(float));
}

static void forward_tile(const struct h4l_net_job *job, struct h4l_conv_scratch *s)
{
    const struct h4l_net *net = job->net;
    const struct maps m = maps_of(net);
    const struct h4l_net_kernels *k = net->kernels;
    size_t H = net->H, Z = net->P * H, per_step = H * m.plane2 * net->S * L;

    k->conv(m.side1, 1, Z, s->image, net->packed1, net->w + net->at.layer1_bias, s->z1, m.side1,
            m.plane1);
    net->windows->maps_forward(&net->window1, H, m.side1, s->z1, s->counts);
    memset(s->sum2, 0, H * m.plane2 * net->R * L * sizeof(float));
    for (size_t t = 0; t < net->T; t++) {
        float *after = s->v2 + t * per_step;

        k->expand(H, m.side2, s->counts + t * H * m.plane2 * L, s->in2);
        k->conv(m.side2, H, Z, s->in2, net->packed2, net->bias2, s->z2, m.side2, m.plane2);
        net->windows->step(&net->window2, (int)t, H, m.side2, s->z2,
                           t > 0 ? after - per_step : after, after, s->sum2);
    }
    read_cells(net, s);
}

static void readout_back(const struct h4l_net_job *job, struct h4l_conv_scratch *s, float *g)
{
    const struct h4l_net *net = job->net;
    const struct maps m = maps_of(net);
    size_t W = net->at.width, R = net->R;
    const float share = 0.25f / (float)net->T;

    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)W, L, (int)net->E, share,
                net->w + net->at.readout_weight, (int)W, s->dhidden, L, 0, s->dread, L);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)net->E, (int)W, L, 1, s->dhidden, L,
                s->read, L, 0, g + net->at.readout_weight, (int)W);
    h4l_net_head_gradient(job, L, L, s->hidden, s->dlogits, s->dhidden, g);
    if (W == net->H * m.plane3 * R) {
        memcpy(s->dr, s->dread, W * L * sizeof(float));
        return;
    }
    memset(s->dr, 0, net->H * m.plane3 * R * L * sizeof(float));
    for (size_t i = 0; i < W; i++)
        memcpy(s->dr + (i * R + R - 1) * L, s->dread + i * L, L * sizeof(float));
}

// ret[i] += scale times the sum of the 16 lanes of in[i].
static void add_lanes(size_t n, float scale, const float *in, float *ret)
{
    for (size_t i = 0; i < n; i++) {
        float sum = 0;

        for (size_t k = 0; k < L; k++)
            sum += in[i * L + k];
        ret[i] += scale * sum;
    }
}

static void backward_tile(const struct h4l_net_job *job, struct h4l_conv_scratch *s, float *g,
                          double *dmix)
{
    const struct h4l_net *net = job->net;
    const struct maps m = maps_of(net);
    const struct h4l_net_kernels *k = net->kernels;
    size_t H = net->H, Z = net->P * H, per_step = H * m.plane2 * net->S * L;
    float *dx = s->sum2;

    readout_back(job, s, g);
    memset(dx, 0, per_step * sizeof(float));
    memset(s->dw1, 0, Z * 9 * L * sizeof(float));
    memset(s->dw2, 0, Z * H * 9 * L * sizeof(float));
    for (size_t t = net->T; t-- > 0;) {
        const float *after = s->v2 + t * per_step;

        net->windows->step_back(&net->window2, (int)t, H, m.side2, t > 0 ? after - per_step : after,
                                after, s->dr, dx, s->dz2, dmix);
        k->expand(H, m.side2, s->counts + t * H * m.plane2 * L, s->in2);
        k->conv_weights(m.side2, H, Z, s->in2, s->dz2 + (m.side2 + 2 + 1) * L, m.side2 + 2,
                        m.framed2, s->dw2);
        k->sums(Z, m.framed2, (float)net->R, s->dz2, g + net->at.layer2_bias);
        k->conv(m.side2, Z, H, s->dz2, net->packed_back, NULL, s->dcounts + t * H * m.plane2 * L,
                m.side2, m.plane2);
    }
    net->windows->maps_backward(&net->window1, H, m.side1, s->z1, s->dcounts, s->z1, dmix);
    k->conv_weights(m.side1, 1, Z, s->image, s->z1, m.side1, m.plane1, s->dw1);
    k->sums(Z, m.plane1, 1, s->z1, g + net->at.layer1_bias);
    add_lanes(Z * 9, 1, s->dw1, g + net->at.layer1_weight);
    add_lanes(Z * H * 9, 0.25f, s->dw2, g + net->at.layer2_weight);
    for (size_t u = 0; u < net->at.mixing; u++)
        g[net->at.mix + u] = (float)dmix[u];
}

static int tile_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    struct h4l_net *net = job->net;
    struct h4l_conv_scratch *s = net->scratch + worker;
    float *g = net->tile_g + item * net->at.parameters;
    double *dmix = net->dmix + item * net->at.mixing;

    (void)err;
    load_tile(job, item * L, s);
    forward_tile(job, s);
    h4l_net_head(job, item * L, L, L, s->read, s->hidden, s->logits, s->dlogits, s->dhidden,
                 net->parts + item);
    if (!job->backward)
        return H4L_OK;
    memset(g, 0, net->at.parameters * sizeof(float));
    memset(dmix, 0, net->at.mixing * sizeof *dmix);
    backward_tile(job, s, g, dmix);
    return H4L_OK;
}

static int update_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    struct h4l_net *net = job->net;
    size_t n = net->at.parameters, first = item * CHUNK,
           end = first + CHUNK < n ? first + CHUNK : n;

    (void)worker;
    (void)err;
    memcpy(net->g + first, net->tile_g + first, (end - first) * sizeof(float));
    for (size_t tile = 1; tile * L < job->n; tile++)
        for (size_t i = first; i < end; i++)
            net->g[i] += net->tile_g[tile * n + i];
    h4l_net_update(job, first, end - first);
    return H4L_OK;
}

void h4l_conv_run(const struct h4l_net_job *job)
{
    struct h4l_net *net = job->net;
    void *ctx = (void *)(uintptr_t)job;

    pack(net);
    // The items cannot fail.
    h4l_parallel_for(net->pool, job->padded / L, tile_item, ctx, NULL);
    if (job->backward)
        h4l_parallel_for(net->pool, (net->at.parameters + CHUNK - 1) / CHUNK, update_item, ctx,
                         NULL);
}
