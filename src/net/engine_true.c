// Layers of true HH neurons in the fully connected engine. The rate of a window and its derivative by the currents come out of one
// call, so the way back is a product: the windows are run once.
#include <stdlib.h>

#include "net/engine_private.h"
#include "neuron/true_hh_fast.h"

enum { OWN = H4L_TRUE_HH_OWN };

struct h4l_net_true {
    struct h4l_true_hh_fast *fast;
    float *d;   // [pieces][H][B]: d rate / d I
    float *own; // [OWN][block * B], the same in a row; NULL: the constants of form A
    size_t own_stride;
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

    if (membrane == H4L_TRUE_FULL || membrane == H4L_TRUE_LINEAR)
        return true;
    t->own_stride = net->block * net->batch;
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
    h4l_true_hh_fast_run(
        t->fast,
        &(struct h4l_true_hh_windows){.N = n,
                                      .I = z,
                                      .I_stride = net->H * B,
                                      .own = t->own,
                                      .own_stride = t->own_stride,
                                      .rate = r,
                                      .d_current = job->backward ? t->d + first * B : NULL,
                                      .d_current_stride = net->H * B,
                                      .least = t->least,
                                      .most = t->most,
                                      .clip = (float)net->spec.true_hh.clip},
        t->scratch + (size_t)worker * t->scratch_bytes, report);
    for (size_t i = 0; i < n; i++)
        r[i] *= scale;
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
}
