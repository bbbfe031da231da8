// Layers of true HH neurons in the fully connected engine. The rate of a window and its derivatives by the currents and by the
// neuron's constants come out of one call, so the way back is a product: the windows are run once.
#include <math.h>
#include <stdlib.h>

#include "net/engine_private.h"
#include "neuron/true_hh_fast.h"

enum { OWN = H4L_TRUE_HH_OWN };

struct h4l_net_true {
    struct h4l_true_hh_fast *fast;
    float *d; // [pieces][H][B]: d rate / d I
    // [OWN][block * B]: each window's constants; NULL: those of form A. Trained ones are a neuron's, and written for each block: a worker
    // has an array of its own.
    float *own;
    size_t own_stride;
    float *d_own;  // [OWN][H][B]: d rate / d own, where they are trained
    char *scratch; // per worker
    size_t scratch_bytes;
    float least, most;
};

static int prepare(struct h4l_net *net, struct h4l_net_true *t, struct h4l_err *err)
{
    const struct h4l_true_layer *layer = &net->spec.true_hh;
    struct h4l_true_hh window = h4l_true_layer_window(layer, net->pieces, net->spec.cut);
    enum h4l_simd level;
    double range[2];
    int code = h4l_simd_choose(&level, err);

    if (code == H4L_OK)
        code = h4l_true_hh_fast_create(&window, level, &t->fast, err);
    if (code)
        return code;
    h4l_true_layer_currents(layer, range);
    t->least = (float)range[0];
    t->most = (float)range[1];
    t->scratch_bytes = h4l_true_hh_fast_scratch(t->fast);
    return H4L_OK;
}

// One row per constant where they are not those of form A.
static bool fill_own(struct h4l_net *net, struct h4l_net_true *t)
{
    const enum h4l_true_membrane membrane = net->spec.true_hh.membrane;
    double own[OWN];

    t->own_stride = net->block * net->batch;
    if (net->spec.true_hh.own) {
        t->own = h4l_net_floats(net, (size_t)h4l_pool_workers(net->pool) * OWN * t->own_stride);
        t->d_own = h4l_net_floats(net, OWN * net->H * net->batch);
        return t->own && t->d_own;
    }
    if (membrane == H4L_TRUE_FULL || membrane == H4L_TRUE_LINEAR)
        return true;
    t->own = h4l_net_floats(net, OWN * t->own_stride);
    h4l_true_layer_own(&net->spec.true_hh, own);
    for (size_t i = 0; t->own && i < OWN * t->own_stride; i++)
        t->own[i] = (float)own[i / t->own_stride];
    return t->own != NULL;
}

int h4l_true_create(struct h4l_net *net, struct h4l_err *err)
{
    struct h4l_net_true *t = calloc(1, sizeof *t);
    size_t workers = (size_t)h4l_pool_workers(net->pool), blocks = net->H / net->block + 1;
    int code;

    net->true_hh = t;
    code = t ? prepare(net, t, err) : h4l_fail(err, H4L_E_NOMEM, "no memory for a network");
    if (code)
        return code;
    t->d = h4l_net_floats(net, net->pieces * net->H * net->batch);
    t->scratch = (void *)h4l_net_floats(net, workers * t->scratch_bytes / sizeof(float));
    net->reports = (void *)h4l_net_floats(net, blocks * sizeof *net->reports / sizeof(float));
    if (!fill_own(net, t) || !t->d || !t->scratch || !net->reports)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the windows of %zu neurons", net->H);
    return H4L_OK;
}

void h4l_true_destroy(struct h4l_net_true *t)
{
    if (t)
        h4l_true_hh_fast_destroy(t->fast);
    free(t);
}

// The trained constants of neuron i, and their derivatives by what is trained.
static void constants_of(const struct h4l_net *net, size_t i, double ret_own[OWN],
                         double ret_slope[OWN])
{
    double c[OWN];

    for (size_t k = 0; k < OWN; k++)
        c[k] = (double)net->w[net->at.own + k * net->H + i];
    h4l_true_layer_trained(&net->spec.true_hh, c, ret_own, ret_slope);
}

// The constants of each window of `rows` neurons, into the worker's array.
static float *own_of(const struct h4l_net *net, size_t first, size_t rows, size_t B, int worker)
{
    const struct h4l_net_true *t = net->true_hh;
    float *to = t->own + (size_t)worker * OWN * t->own_stride;
    double own[OWN];

    for (size_t i = 0; i < rows; i++) {
        constants_of(net, first + i, own, NULL);
        for (size_t k = 0; k < OWN; k++)
            for (size_t b = 0; b < B; b++)
                to[k * t->own_stride + i * B + b] = (float)own[k];
    }
    return to;
}

void h4l_true_forward(const struct h4l_net_job *job, size_t first, size_t rows, int worker,
                      struct h4l_true_hh_report *report)
{
    struct h4l_net *net = job->net;
    const struct h4l_net_true *t = net->true_hh;
    const float drive = (float)net->spec.true_hh.drive, gain = (float)net->spec.true_hh.gain;
    const float scale = (float)net->spec.true_hh.scale;
    size_t B = job->padded, n = rows * B;
    float *z = net->z + first * B, *r = net->r + first * B;

    for (size_t p = 0; p < net->pieces; p++)
        for (size_t i = 0; i < n; i++)
            z[p * net->H * B + i] = drive + gain * z[p * net->H * B + i];
    h4l_true_hh_fast_run(t->fast,
                         &(struct h4l_true_hh_windows){
                             .N = n,
                             .I = z,
                             .I_stride = net->H * B,
                             .own = net->at.n_own ? own_of(net, first, rows, B, worker) : t->own,
                             .own_stride = t->own_stride,
                             .rate = r,
                             .d_current = job->backward ? t->d + first * B : NULL,
                             .d_current_stride = net->H * B,
                             .d_own = job->backward && net->at.n_own ? t->d_own + first * B : NULL,
                             .d_own_stride = net->H * B,
                             .least = t->least,
                             .most = t->most,
                             .clip = (float)net->spec.true_hh.clip},
                         t->scratch + (size_t)worker * t->scratch_bytes, report);
    for (size_t i = 0; i < n; i++)
        r[i] *= scale;
}

// The gradient of the trained constants of `rows` neurons, and their update.
static void own_back(const struct h4l_net_job *job, size_t first, size_t rows, const float *dr)
{
    struct h4l_net *net = job->net;
    const struct h4l_true_layer *l = &net->spec.true_hh;
    const double bound = l->clip > 0 ? l->clip : INFINITY;
    size_t B = job->padded;

    for (size_t i = 0; i < rows; i++) {
        double own[OWN], slope[OWN];

        constants_of(net, first + i, own, slope);
        for (size_t k = 0; k < OWN; k++) {
            const float *d = net->true_hh->d_own + (k * net->H + first + i) * B;
            double sum = 0;

            for (size_t b = 0; b < B; b++)
                sum += (double)dr[i * B + b] * fmin(fmax(slope[k] * (double)d[b], -bound), bound);
            net->g[net->at.own + k * net->H + first + i] = (float)(l->scale * sum);
        }
    }
    for (size_t k = 0; k < OWN; k++)
        h4l_net_update(job, net->at.own + k * net->H + first, rows);
}

void h4l_true_backward(const struct h4l_net_job *job, size_t first, size_t rows, const float *dr)
{
    struct h4l_net *net = job->net;
    const float share = (float)(net->spec.true_hh.scale * net->spec.true_hh.gain);
    size_t B = job->padded;

    for (size_t p = 0; p < net->pieces; p++) {
        const float *d = net->true_hh->d + (p * net->H + first) * B;
        float *dz = net->z + (p * net->H + first) * B;

        for (size_t i = 0; i < rows * B; i++)
            dz[i] = share * dr[i] * d[i];
    }
    if (net->at.n_own)
        own_back(job, first, rows, dr);
}
