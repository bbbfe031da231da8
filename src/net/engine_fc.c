// The fully connected networks. Each block of 64 or 128 neurons is one item of work: its rows of W, its windows, its rows of the gradient
// and its Adam belong to one thread at a time, so nothing large is ever reduced.
#include "net/engine_private.h"

#include <cblas.h>
#include <string.h>

static size_t n_blocks(const struct h4l_net *net)
{
    return (net->H + net->block - 1) / net->block;
}

static size_t n_groups(const struct h4l_net *net)
{
    return (net->H + net->group - 1) / net->group;
}

int h4l_fc_create(struct h4l_net *net, struct h4l_err *err)
{
    size_t B = net->batch, workers = (size_t)h4l_pool_workers(net->pool);

    // Wider blocks pack the images less often (5 % of a step), narrower ones keep more threads busy.
    // A true HH neuron's windows take longer than all of its products: even narrower.
    net->block = !net->spec.neuron.cell ? 16 : net->H >= 512 ? 128 : 64;
    net->group = net->H >= 1024 ? 128 : 64;
    net->x = h4l_net_floats(net, B * net->D);
    net->z = h4l_net_floats(net, net->pieces * net->P * net->H * B);
    net->r = h4l_net_floats(net, net->H * net->R * B);
    net->hidden = h4l_net_floats(net, net->E * B);
    net->dhidden = h4l_net_floats(net, net->E * B);
    net->logits = h4l_net_floats(net, net->O * B);
    net->dlogits = h4l_net_floats(net, net->O * B);
    net->dr = h4l_net_floats(net, workers * net->block * net->R * B);
    net->dmix = (void *)h4l_net_floats(net, n_groups(net) * net->at.mixing * sizeof *net->dmix /
                                                sizeof(float));
    if (!net->x || !net->z || !net->r || !net->hidden || !net->dhidden || !net->logits ||
        !net->dlogits || !net->dr || !net->dmix ||
        !h4l_gaussian_create(net, B, true, &net->gaussian))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the activations of %zu neurons", net->H);
    return net->spec.neuron.cell ? H4L_OK : h4l_true_create(net, err);
}

// The mean of the parts of an image takes the place of the first.
static void collapse(const struct h4l_net *net, float *x)
{
    size_t parts = net->D / net->shown;

    for (size_t i = 0; i < net->shown; i++) {
        for (size_t p = 1; p < parts; p++)
            x[i] += x[p * net->shown + i];
        x[i] /= (float)parts;
    }
}

static int load_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    const size_t D = job->net->D;
    float *x = job->wide ? job->net->wide.x : job->net->x;

    (void)worker;
    (void)err;
    for (size_t i = item * H4L_LANES; i < (item + 1) * H4L_LANES; i++) {
        float *to = x + i * D;

        if (i < job->n) {
            h4l_net_load(job, i, to, 1, job->net->spec.task.side);
            if (job->net->spec.task.shows == H4L_TASK_SHOWS_MEAN)
                collapse(job->net, to);
        } else
            memset(to, 0, D * sizeof(float));
    }
    return H4L_OK;
}

// Rows of the readout's input that come from a block: first row and number.
static void read_rows(const struct h4l_net *net, size_t neuron, size_t neurons, size_t *ret_first,
                      size_t *ret_n)
{
    size_t per_neuron = net->at.width / net->H;

    *ret_first = neuron * per_neuron;
    *ret_n = neurons * per_neuron;
}

// z [rows][B] = weights of `rows` neurons times what piece `piece` of the window shows of the images x, plus their biases.
static void project(struct h4l_net *net, size_t piece, size_t row, size_t rows, size_t B,
                    const float *x, float *z)
{
    double began;

    for (size_t i = 0; i < rows; i++)
        for (size_t b = 0; b < B; b++)
            z[i * B + b] = net->w[net->at.layer1_bias + row + i];
    began = h4l_net_product_begin(net);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)B, (int)net->shown, 1,
                net->w + net->at.layer1_weight + row * net->shown, (int)net->shown,
                x + piece * net->shown, (int)net->D, 1, z, (int)B);
    h4l_net_product_end(net, began);
}

// The windows of a block. z: its inputs, z_stride from one projection to the next and, behind all of them, from piece to piece.
static void run_windows(const struct h4l_net *net, size_t first, size_t rows, size_t B,
                        const float *z, size_t z_stride, float *r)
{
    if (net->pieces == 1)
        net->windows->forward(&net->window1, first, rows, B, z, z_stride, r);
    else
        net->windows->forward_pieces(&net->window1, first, rows, B, z, z_stride, net->P * z_stride,
                                     r);
}

static int forward_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    struct h4l_net *net = job->net;
    size_t first = item * net->block, B = job->padded, rows = net->H - first;
    bool last_only = net->spec.readout == H4L_NET_READ_LAST && net->R > 1;
    float *all = last_only ? net->dr + (size_t)worker * net->block * net->R * net->batch
                           : net->r + first * net->R * B;

    (void)err;
    if (rows > net->block)
        rows = net->block;
    for (size_t i = 0; i < net->pieces * net->P; i++)
        project(net, i / net->P, i % net->P * net->H + first, rows, B, net->x,
                net->z + (i * net->H + first) * B);
    if (net->true_hh) {
        net->reports[item] = (struct h4l_true_hh_report){0};
        h4l_true_forward(job, first, rows, worker, &net->reports[item]);
        return H4L_OK;
    }
    run_windows(net, first, rows, B, net->z + first * B, net->H * B, all);
    for (size_t i = 0; i < rows && last_only; i++)
        memcpy(net->r + (first + i) * B, all + (i * net->R + net->R - 1) * B, B * sizeof(float));
    return H4L_OK;
}

static int head_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    struct h4l_net *net = job->net;
    size_t first = item * H4L_NET_COLUMNS, columns = job->padded - first;

    (void)worker;
    (void)err;
    if (columns > H4L_NET_COLUMNS)
        columns = H4L_NET_COLUMNS;
    h4l_net_head(job, first, columns, job->padded, net->r + first, net->hidden + first,
                 net->logits + first, net->dlogits + first, net->dhidden + first,
                 net->parts + item);
    return H4L_OK;
}

// The gradient to what the readout sees of a block, [rows][R][B], and the readout's gradient and update for these columns.
static void readout_back(const struct h4l_net_job *job, size_t first, size_t rows, float *dr)
{
    struct h4l_net *net = job->net;
    size_t B = job->padded, W = net->at.width, from, n;
    double began;

    read_rows(net, first, rows, &from, &n);
    began = h4l_net_product_begin(net);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)B, (int)net->E, 1,
                net->w + net->at.readout_weight + from, (int)W, net->dhidden, (int)B, 0, dr,
                (int)B);
    h4l_net_product_end(net, began);
    for (size_t i = rows;
         i-- > 0 && n < rows * net->R;) { // only the last train is read: zeros for the others
        memmove(dr + (i * net->R + net->R - 1) * B, dr + i * B, B * sizeof(float));
        memset(dr + i * net->R * B, 0, (net->R - 1) * B * sizeof(float));
    }
    began = h4l_net_product_begin(net);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)net->E, (int)n, (int)B, 1,
                net->dhidden, (int)B, net->r + from * B, (int)B, 0,
                net->g + net->at.readout_weight + from, (int)W);
    h4l_net_product_end(net, began);
    for (size_t j = 0; j < net->E; j++)
        h4l_net_update(job, net->at.readout_weight + j * W + from, n);
}

// The projection's gradient and update for `rows` rows.
static void project_back(const struct h4l_net_job *job, size_t row, size_t rows)
{
    struct h4l_net *net = job->net;
    size_t B = job->padded, weight = net->at.layer1_weight + row * net->shown;
    size_t bias = net->at.layer1_bias + row;

    for (size_t piece = 0; piece < net->pieces; piece++) {
        const float *dz = net->z + (piece * net->P * net->H + row) * B;
        float before = piece > 0; // what the earlier pieces gave
        double began = h4l_net_product_begin(net);

        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)net->shown, (int)B,
                    1, dz, (int)B, net->x + piece * net->shown, (int)net->D, before,
                    net->g + weight, (int)net->shown);
        h4l_net_product_end(net, began);
        cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)rows, (int)B, 1, dz, (int)B, net->ones, 1,
                    before, net->g + bias, 1);
    }
    h4l_net_update(job, weight, rows * net->shown);
    h4l_net_update(job, bias, rows);
}

// The windows of a block backward: from dr [rows][R][B] to the inputs' gradient in z.
static void windows_back(const struct h4l_net_job *job, size_t first, size_t rows, const float *dr)
{
    struct h4l_net *net = job->net;
    size_t B = job->padded;

    for (size_t at = 0; at < rows; at += net->group) {
        size_t n = rows - at < net->group ? rows - at : net->group;
        double *dmix = net->dmix + (first + at) / net->group * net->at.mixing;
        float *z = net->z + (first + at) * B;

        memset(dmix, 0, net->at.mixing * sizeof *dmix);
        if (net->pieces == 1)
            net->windows->backward(&net->window1, first + at, n, B, z, net->H * B,
                                   dr + at * net->R * B, z, dmix);
        else
            net->windows->backward_pieces(&net->window1, first + at, n, B, z, net->H * B,
                                          net->P * net->H * B, dr + at * net->R * B, z, dmix);
    }
}

static int backward_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    struct h4l_net *net = job->net;
    size_t first = item * net->block, B = job->padded, rows = net->H - first;
    float *dr = net->dr + (size_t)worker * net->block * net->R * net->batch;

    (void)err;
    if (item == n_blocks(net)) {
        h4l_net_head_gradient(job, B, B, net->spec.bottleneck.on ? net->gaussian.z : net->hidden,
                              net->dlogits, net->dhidden, net->g);
        h4l_net_update(job, net->at.readout_bias, net->at.parameters - net->at.readout_bias);
        return H4L_OK;
    }
    if (rows > net->block)
        rows = net->block;
    readout_back(job, first, rows, dr);
    if (net->true_hh)
        h4l_true_backward(job, first, rows, dr);
    else
        windows_back(job, first, rows, dr);
    for (size_t p = 0; p < net->P; p++)
        project_back(job, p * net->H + first, rows);
    return H4L_OK;
}

static void mix_gradient(const struct h4l_net_job *job)
{
    struct h4l_net *net = job->net;
    size_t M = net->at.mixing;

    for (size_t u = 0; u < M; u++) {
        double sum = 0;

        for (size_t i = 0; i < n_groups(net); i++)
            sum += net->dmix[i * M + u];
        net->g[net->at.mix + u] = (float)sum;
    }
    h4l_net_update(job, net->at.mix, M);
}

void h4l_fc_run(const struct h4l_net_job *job)
{
    struct h4l_net *net = job->net;
    void *ctx = (void *)(uintptr_t)job;

    // The items cannot fail.
    h4l_parallel_for(net->pool, job->padded / H4L_LANES, load_item, ctx, NULL);
    h4l_parallel_for(net->pool, n_blocks(net), forward_item, ctx, NULL);
    h4l_parallel_for(net->pool, (job->padded + H4L_NET_COLUMNS - 1) / H4L_NET_COLUMNS, head_item,
                     ctx, NULL);
    if (!job->backward)
        return;
    h4l_parallel_for(net->pool, n_blocks(net) + 1, backward_item, ctx, NULL);
    if (net->at.mixing > 0)
        mix_gradient(job);
}

// ---- inference: wider products, inputs that are not kept ----

int h4l_fc_infer_begin(struct h4l_net *net, struct h4l_err *err)
{
    struct h4l_net_wide *w = &net->wide;
    size_t workers = (size_t)h4l_pool_workers(net->pool), B = H4L_NET_WIDE;
    bool some = net->spec.readout == H4L_NET_READ_LAST && net->R > 1;

    if (w->x)
        return H4L_OK;
    w->r = h4l_net_floats(net, net->at.width * B);
    w->hidden = h4l_net_floats(net, net->E * B);
    w->logits = h4l_net_floats(net, net->O * B);
    w->z = h4l_net_floats(net, workers * net->pieces * net->P * H4L_NET_WIDE_BLOCK * B);
    w->all = h4l_net_floats(net, some ? workers * H4L_NET_WIDE_BLOCK * net->R * B : 1);
    if (w->r && w->hidden && w->logits && w->z && w->all &&
        h4l_gaussian_create(net, B, false, &w->gaussian))
        w->x = h4l_net_floats(net, net->D * B);
    if (!w->x)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the activations of %zu neurons", net->H);
    return H4L_OK;
}

static int infer_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    struct h4l_net *net = job->net;
    const struct h4l_net_wide *w = &net->wide;
    size_t first = item * H4L_NET_WIDE_BLOCK, B = job->padded, rows = net->H - first;
    bool some = net->spec.readout == H4L_NET_READ_LAST && net->R > 1;
    float *z = w->z + (size_t)worker * net->pieces * net->P * H4L_NET_WIDE_BLOCK * H4L_NET_WIDE;
    float *all = some ? w->all + (size_t)worker * H4L_NET_WIDE_BLOCK * net->R * H4L_NET_WIDE
                      : w->r + first * net->R * B;

    (void)err;
    if (rows > H4L_NET_WIDE_BLOCK)
        rows = H4L_NET_WIDE_BLOCK;
    for (size_t i = 0; i < net->pieces * net->P; i++)
        project(net, i / net->P, i % net->P * net->H + first, rows, B, w->x, z + i * rows * B);
    run_windows(net, first, rows, B, z, rows * B, all);
    for (size_t i = 0; i < rows && some; i++)
        memcpy(w->r + (first + i) * B, all + (i * net->R + net->R - 1) * B, B * sizeof(float));
    return H4L_OK;
}

static int infer_head_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct h4l_net_job *job = ctx;
    const struct h4l_net_wide *w = &job->net->wide;
    size_t first = item * H4L_NET_COLUMNS, columns = job->padded - first;

    (void)worker;
    (void)err;
    if (columns > H4L_NET_COLUMNS)
        columns = H4L_NET_COLUMNS;
    h4l_net_head(job, first, columns, job->padded, w->r + first, w->hidden + first,
                 w->logits + first, NULL, NULL, job->net->parts + item);
    return H4L_OK;
}

void h4l_fc_infer(const struct h4l_net_job *job)
{
    struct h4l_net *net = job->net;
    void *ctx = (void *)(uintptr_t)job;
    size_t blocks = (net->H + H4L_NET_WIDE_BLOCK - 1) / H4L_NET_WIDE_BLOCK;

    // The items cannot fail.
    h4l_parallel_for(net->pool, job->padded / H4L_LANES, load_item, ctx, NULL);
    h4l_parallel_for(net->pool, blocks, infer_item, ctx, NULL);
    h4l_parallel_for(net->pool, (job->padded + H4L_NET_COLUMNS - 1) / H4L_NET_COLUMNS,
                     infer_head_item, ctx, NULL);
}
