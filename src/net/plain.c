#include "net/plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/bottleneck.h"

// One layer of neurons in one sample: in, din [neuron][P][T]; v [neuron][S][T]; s, ds [neuron][R][T].
struct layer {
    size_t neurons;
    double *in, *v, *ds, *din;
    uint8_t *s;
};

struct work {
    const struct h4l_net_spec *spec;
    struct h4l_net_layout at;
    struct h4l_cell_constants neuron; // of the spec, with its cut
    const double *p, *constants;
    size_t H, P, S, R, T; // T: parts of the window
    size_t pieces;        // fc: inputs of a window
    size_t D;             // fc: pixels that a part shows
    size_t side, N1, N2,
        N3; // of an image; pixels of an image, of the pooled maps, of what is read (conv)
    struct layer one, two;
    double *map;     // [N1], one map at a time
    double *sums;    // [H]
    double *mean;    // fc: [D], of the parts of an image
    double *current; // [T], true HH: of one neuron
    double *by_own;  // true HH that trains its constants: derivatives by them, as in at.own
    double *hidden, *dhidden; // [E]
    double *seen, *dseen;     // bottleneck: [Z]
    double *pooled, *dpooled; // conv: layer 2's input maps, [T][H][N2]
    double *read, *dread;     // [W]
    double *gradient;         // NULL: forward only
    bool first_only;          // of the layers
    h4l_stand_in_fn stand_in; // NULL: true HH's own
    const void *stand_in_ctx;
};

// out[c][y][x] += the 3x3 convolution (zero padding 1) of in with w[c][k][3][3].
static void conv(size_t side, size_t n_in, size_t n_out, const double *in, const double *w,
                 double *out)
{
    for (size_t c = 0; c < n_out; c++)
        for (size_t k = 0; k < n_in; k++)
            for (size_t i = 0; i < 9; i++)
                for (size_t y = i / 3 == 0; y + i / 3 < side + 1 && y < side; y++) {
                    const double weight = w[(c * n_in + k) * 9 + i];
                    const size_t dx = i % 3, first = dx == 0, end = dx == 2 ? side - 1 : side;
                    const double *restrict from = in + (k * side + y + i / 3 - 1) * side;
                    double *restrict to = out + (c * side + y) * side;

                    for (size_t x = first; x < end; x++)
                        to[x] += weight * from[x + dx - 1];
                }
}

// The gradients of conv: dw += ..., and din += ... unless din is NULL.
static void conv_back(size_t side, size_t n_in, size_t n_out, const double *in, const double *w,
                      const double *dout, double *dw, double *din)
{
    for (size_t c = 0; c < n_out; c++)
        for (size_t k = 0; k < n_in; k++)
            for (size_t i = 0; i < 9; i++)
                for (size_t y = i / 3 == 0; y + i / 3 < side + 1 && y < side; y++)
                    for (size_t x = i % 3 == 0; x + i % 3 < side + 1 && x < side; x++) {
                        size_t from = (k * side + y + i / 3 - 1) * side + x + i % 3 - 1;
                        double d = dout[(c * side + y) * side + x];

                        dw[(c * n_in + k) * 9 + i] += d * in[from];
                        if (din)
                            din[from] += d * w[(c * n_in + k) * 9 + i];
                    }
}

// fc: one set of rates per neuron; conv: one per image column.
static void run_layer(const struct work *w, struct layer *l, const double *rates, size_t n_rates)
{
    double own[H4L_CELL_RATES] = {0};

    for (size_t i = 0; i < l->neurons; i++) {
        if (n_rates > 0)
            h4l_net_rates(w->spec, rates, n_rates, i % n_rates, own);
        h4l_cell_forward(&w->neuron, own, w->p + w->at.mix, l->in + i * w->P * w->T,
                         l->v + i * w->S * w->T, l->s + i * w->R * w->T);
    }
}

static void back_layer(const struct work *w, struct layer *l, const double *rates, size_t n_rates)
{
    double own[H4L_CELL_RATES] = {0};

    for (size_t i = 0; i < l->neurons; i++) {
        if (n_rates > 0)
            h4l_net_rates(w->spec, rates, n_rates, i % n_rates, own);
        h4l_cell_backward(&w->neuron, own, w->p + w->at.mix, l->v + i * w->S * w->T,
                          l->s + i * w->R * w->T, l->ds + i * w->R * w->T, l->din + i * w->P * w->T,
                          w->gradient + w->at.mix);
    }
}

static double within(double bound, double x)
{
    return bound > 0 ? fmin(fmax(x, -bound), bound) : x;
}

// A window of a true HH neuron: what it sends goes to read; din: its derivative by the projections, [T].
static int run_true(struct work *w, struct h4l_err *err)
{
    enum { OWN = H4L_TRUE_HH_OWN };
    const struct h4l_true_layer *l = &w->spec->true_hh;
    struct h4l_true_hh window = h4l_true_layer_window(l, w->pieces, w->spec->cut);
    double own[OWN], slope[OWN], d_own[OWN], range[2];
    int code = H4L_OK;

    h4l_true_layer_currents(l, range);
    for (size_t i = 0; i < w->H && code == H4L_OK; i++) {
        double *I = w->current, *d = w->one.din + i * w->T, rate;
        struct h4l_true_hh_result ret = {.rate = &rate,
                                         .d_current = w->gradient ? d : NULL,
                                         .d_own = w->gradient && l->own ? d_own : NULL};

        h4l_net_true_own(w->spec, w->p, i, own, slope);
        for (size_t p = 0; p < w->pieces; p++)
            I[p] = fmin(fmax(l->drive + l->gain * w->one.in[i * w->T + p], range[0]), range[1]);
        code = w->stand_in ? w->stand_in(w->stand_in_ctx, &window, own, I, &rate, err)
                           : h4l_true_hh_run(&window, own, I, &ret, err);
        if (code)
            return code;
        w->read[i] = l->scale * rate;
        for (size_t p = 0; p < w->pieces && w->gradient; p++)
            d[p] = l->scale * l->gain * within(l->clip, d[p]);
        for (size_t k = 0; k < w->at.n_own / w->H && w->gradient; k++)
            w->by_own[k * w->H + i] = l->scale * within(l->clip, d_own[k] * slope[k]);
    }
    return code;
}

// The derivatives of run_true times the gradient to what is sent.
static void back_true(struct work *w)
{
    for (size_t i = 0; i < w->H * w->T; i++)
        w->one.din[i] *= w->dread[i / w->T];
    for (size_t i = 0; i < w->at.n_own; i++)
        w->gradient[w->at.own + i] += w->dread[i % w->H] * w->by_own[i];
}

// The projections of what the parts show (fc): the image in every one, or its rows one after another, or their mean.
static const double *shown(const struct work *w, const double *image, size_t t)
{
    switch (w->spec->task.shows) {
    case H4L_TASK_SHOWS_ROWS:
        return image + t * w->D;
    case H4L_TASK_SHOWS_MEAN:
        return w->mean;
    case H4L_TASK_SHOWS_IMAGE:
        break;
    }
    return image;
}

static void collapse(struct work *w, const double *image)
{
    for (size_t i = 0; i < w->D; i++) {
        w->mean[i] = 0;
        for (size_t t = 0; t < w->T; t++)
            w->mean[i] += image[t * w->D + i] / (double)w->T;
    }
}

typedef double pair __attribute__((vector_size(16)));

// sums = bias + matrix . x, each from its first term to its last: matrix [rows][n]. Eight rows go side by side, two in a vector, as an
// addition waits for the one before it.
static void product(const double *matrix, const double *bias, const double *x, size_t rows,
                    size_t n, double *sums)
{
    enum { SIDE = 8 };

    memcpy(sums, bias, rows * sizeof *sums);
    for (size_t r = 0; r < rows; r += SIDE) {
        const double *at[SIDE];
        double part[SIDE];
        pair sum[SIDE / 2];

        for (size_t k = 0; k < SIDE; k++) {
            size_t row = r + k < rows ? r + k : r;

            at[k] = matrix + row * n;
            part[k] = sums[row];
        }
        memcpy(sum, part, sizeof sum);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < SIDE / 2; k++)
                sum[k] += (pair){at[2 * k][i], at[2 * k + 1][i]} * x[i];
        memcpy(part, sum, sizeof part);
        for (size_t k = 0; k < SIDE && r + k < rows; k++)
            sums[r + k] = part[k];
    }
}

static void project_dense(struct work *w, const double *image, size_t u)
{
    size_t first = u * w->H;

    for (size_t t = 0; t < w->T; t++) {
        if (t == 0 || w->pieces != 1) // else constant over the window: projected once
            product(w->p + w->at.layer1_weight + first * w->D, w->p + w->at.layer1_bias + first,
                    shown(w, image, t), w->H, w->D, w->sums);
        for (size_t c = 0; c < w->H; c++)
            w->one.in[(c * w->P + u) * w->T + t] = w->sums[c];
    }
}

static void project_map(struct work *w, const double *image, size_t u, size_t c)
{
    size_t row = u * w->H + c;

    for (size_t i = 0; i < w->N1; i++)
        w->map[i] = w->p[w->at.layer1_bias + row];
    conv(w->side, 1, 1, image, w->p + w->at.layer1_weight + row * 9, w->map);
    for (size_t i = 0; i < w->N1; i++)
        for (size_t t = 0; t < w->T; t++)
            w->one.in[((c * w->N1 + i) * w->P + u) * w->T + t] = w->map[i];
}

static void project_image(struct work *w, const double *image)
{
    for (size_t u = 0; u < w->P; u++) {
        for (size_t c = 0; c < w->H && w->spec->conv; c++)
            project_map(w, image, u, c);
        if (!w->spec->conv)
            project_dense(w, image, u);
    }
}

static void project_dense_back(struct work *w, const double *image, size_t row, const double *din)
{
    double sum = 0;

    for (size_t t = 0; t < w->T; t++)
        sum += din[t];
    w->gradient[w->at.layer1_bias + row] += sum;
    for (size_t t = 0; t < w->T; t++) {
        const double *x = shown(w, image, t);
        bool constant = w->pieces == 1;

        for (size_t i = 0; i < w->D && (t == 0 || !constant); i++)
            w->gradient[w->at.layer1_weight + row * w->D + i] += (constant ? sum : din[t]) * x[i];
    }
}

static void project_map_back(struct work *w, const double *image, size_t u, size_t c)
{
    size_t row = u * w->H + c;

    for (size_t i = 0; i < w->N1; i++) {
        w->map[i] = 0;
        for (size_t t = 0; t < w->T; t++)
            w->map[i] += w->one.din[((c * w->N1 + i) * w->P + u) * w->T + t];
        w->gradient[w->at.layer1_bias + row] += w->map[i];
    }
    conv_back(w->side, 1, 1, image, NULL, w->map, w->gradient + w->at.layer1_weight + row * 9,
              NULL);
}

static void project_image_back(struct work *w, const double *image)
{
    for (size_t u = 0; u < w->P; u++)
        for (size_t c = 0; c < w->H; c++)
            if (w->spec->conv)
                project_map_back(w, image, u, c);
            else
                project_dense_back(w, image, u * w->H + c, w->one.din + (c * w->P + u) * w->T);
}

// Place of the pooled pixel that pixel i of a side x side map falls into.
static size_t pool(size_t side, size_t i)
{
    return i / side / 2 * (side / 2) + i % side / 2;
}

// Layer 1's spikes, pooled, summed over the trains, through layer 2's convs; the bias counts once per train.
static void second_layer(struct work *w)
{
    const size_t N1 = w->N1, N2 = w->N2;
    double *map = w->map;

    memset(w->pooled, 0, w->T * w->H * N2 * sizeof(double));
    for (size_t i = 0; i < w->one.neurons; i++)
        for (size_t u = 0; u < w->R; u++)
            for (size_t t = 0; t < w->T; t++)
                w->pooled[(t * w->H + i / N1) * N2 + pool(w->side, i % N1)] +=
                    0.25 * w->one.s[(i * w->R + u) * w->T + t];
    for (size_t u = 0; u < w->P; u++)
        for (size_t t = 0; t < w->T; t++)
            for (size_t c = 0; c < w->H; c++) {
                for (size_t i = 0; i < N2; i++)
                    map[i] = (double)w->R * w->p[w->at.layer2_bias + u * w->H + c];
                conv(w->side / 2, w->H, 1, w->pooled + t * w->H * N2,
                     w->p + w->at.layer2_weight + (u * w->H + c) * w->H * 9, map);
                for (size_t i = 0; i < N2; i++)
                    w->two.in[((c * N2 + i) * w->P + u) * w->T + t] = map[i];
            }
}

static void second_layer_back(struct work *w)
{
    const size_t N1 = w->N1, N2 = w->N2;
    double *map = w->map;

    memset(w->dpooled, 0, w->T * w->H * N2 * sizeof(double));
    for (size_t u = 0; u < w->P; u++)
        for (size_t t = 0; t < w->T; t++)
            for (size_t c = 0; c < w->H; c++) {
                size_t row = u * w->H + c;

                for (size_t i = 0; i < N2; i++) {
                    map[i] = w->two.din[((c * N2 + i) * w->P + u) * w->T + t];
                    w->gradient[w->at.layer2_bias + row] += (double)w->R * map[i];
                }
                conv_back(w->side / 2, w->H, 1, w->pooled + t * w->H * N2,
                          w->p + w->at.layer2_weight + row * w->H * 9, map,
                          w->gradient + w->at.layer2_weight + row * w->H * 9,
                          w->dpooled + t * w->H * N2);
            }
    for (size_t i = 0; i < w->one.neurons; i++)
        for (size_t u = 0; u < w->R; u++)
            for (size_t t = 0; t < w->T; t++)
                w->one.ds[(i * w->R + u) * w->T + t] =
                    0.25 * w->dpooled[(t * w->H + i / N1) * N2 + pool(w->side, i % N1)];
}

// Place in the readout of train u of neuron i of the last layer, and the weight it enters with; false where it is not read.
static bool read_place(const struct work *w, size_t i, size_t u, size_t *ret_at, double *ret_weight)
{
    size_t R = w->R;

    if (w->spec->readout == H4L_NET_READ_LAST) {
        if (u + 1 < R)
            return false;
        u = 0;
        R = 1;
    }
    *ret_at = i * R + u;
    if (w->spec->conv)
        *ret_at = ((i / w->N2) * w->N3 + pool(w->side / 2, i % w->N2)) * R + u;
    *ret_weight = (w->spec->conv ? 0.25 : 1) / (double)w->T;
    return true;
}

static void read_spikes(struct work *w, const struct layer *l)
{
    memset(w->read, 0, w->at.width * sizeof(double));
    for (size_t i = 0; i < l->neurons; i++)
        for (size_t u = 0; u < w->R; u++) {
            size_t at;
            double weight;
            int count = 0;

            for (size_t t = 0; t < w->T; t++)
                count += l->s[(i * w->R + u) * w->T + t];
            if (read_place(w, i, u, &at, &weight))
                w->read[at] += weight * count;
        }
}

static void read_spikes_back(const struct work *w, struct layer *l)
{
    for (size_t i = 0; i < l->neurons; i++)
        for (size_t u = 0; u < w->R; u++) {
            size_t at = 0;
            double weight = 0;
            bool read = read_place(w, i, u, &at, &weight);

            for (size_t t = 0; t < w->T; t++)
                l->ds[(i * w->R + u) * w->T + t] = read ? weight * w->dread[at] : 0;
        }
}

// The sample z of the Gaussian from hidden; eps NULL: its means. Returns the divergence from N(0, 1).
static double sample(struct work *w, const double *eps)
{
    const size_t Z = w->at.seen;
    double kl = 0;

    for (size_t j = 0; j < Z; j++) {
        double mean = w->hidden[j];
        struct h4l_gaussian g = h4l_gaussian_of(w->hidden[Z + j] + w->spec->bottleneck.shift);

        w->seen[j] = mean + (eps ? g.sd * eps[j] : 0);
        kl += 0.5 * (mean * mean + g.sd * g.sd - 1) - g.log_sd;
    }
    return kl;
}

// From dseen to dhidden, and the gradient of share beta KL.
static void sample_back(struct work *w, const double *eps, double share)
{
    const size_t Z = w->at.seen;
    double beta = share * w->spec->bottleneck.beta;

    for (size_t j = 0; j < Z; j++) {
        struct h4l_gaussian g = h4l_gaussian_of(w->hidden[Z + j] + w->spec->bottleneck.shift);

        w->dhidden[j] = w->dseen[j] + beta * w->hidden[j];
        w->dhidden[Z + j] =
            (eps ? w->dseen[j] * eps[j] * g.slope : 0) + beta * (g.sd * g.slope - g.share);
    }
}

// One head and its cross-entropy on what the heads see; with a gradient also its way back, added to dseen. share: 1 / B.
static double head(struct work *w, size_t task, const double *seen, double *dseen, size_t label,
                   double share, double *z)
{
    const size_t n = w->at.seen, K = w->spec->task.classes;
    const double *weight = w->p + w->at.head_weight + task * K * n;
    double top = -INFINITY, sum = 0, *g = w->gradient;

    for (size_t k = 0; k < K; k++) {
        z[k] = w->p[w->at.head_bias + task * K + k];
        for (size_t j = 0; j < n; j++)
            z[k] += weight[k * n + j] * seen[j];
        top = fmax(top, z[k]);
    }
    for (size_t k = 0; k < K; k++)
        sum += exp(z[k] - top);
    for (size_t k = 0; k < K && g; k++) {
        size_t row = task * K + k;
        double dz = share * (exp(z[k] - top) / sum - (k == label));

        g[w->at.head_bias + row] += dz;
        for (size_t j = 0; j < n; j++) {
            g[w->at.head_weight + row * n + j] += dz * seen[j];
            dseen[j] += dz * weight[k * n + j];
        }
    }
    return top + log(sum) - z[label];
}

// Readout, heads, cross-entropies of one sample; with a gradient also their way back to dread. Adds its share of loss and KL.
static void readout(struct work *w, const uint8_t *labels, const double *eps, double share,
                    double *logits, double *loss, double *kl)
{
    const size_t W = w->at.width, E = w->spec->task.hidden, K = w->spec->task.classes;
    bool gaussian = w->spec->bottleneck.on;
    double *hidden = w->hidden, *dhidden = w->dhidden, *g = w->gradient;
    double *seen = gaussian ? w->seen : hidden, *dseen = gaussian ? w->dseen : dhidden, sum = 0;

    product(w->p + w->at.readout_weight, w->p + w->at.readout_bias, w->read, E, W, hidden);
    if (gaussian)
        *kl += share * sample(w, eps);
    memset(dseen, 0, w->at.seen * sizeof(double));
    for (size_t task = 0; task < w->spec->task.tasks; task++)
        sum += head(w, task, seen, dseen, labels[task], share, logits + task * K);
    *loss += sum * share;
    if (!g)
        return;
    if (gaussian)
        sample_back(w, eps, share);
    memset(w->dread, 0, W * sizeof(double));
    for (size_t j = 0; j < E; j++) {
        g[w->at.readout_bias + j] += dhidden[j];
        for (size_t i = 0; i < W; i++) {
            g[w->at.readout_weight + j * W + i] += dhidden[j] * w->read[i];
            w->dread[i] += dhidden[j] * w->p[w->at.readout_weight + j * W + i];
        }
    }
}

static void show(const struct h4l_net_plain_out *out, size_t sample, int layer,
                 const struct layer *l)
{
    if (out->watch)
        out->watch(out->watch_ctx,
                   &(struct h4l_net_plain_layer){sample, layer, l->neurons, l->in, l->v, l->s});
}

// All neurons of a sample, and what is read of them.
static int run_neurons(struct work *w, struct h4l_err *err)
{
    if (!w->spec->neuron.cell)
        return run_true(w, err);
    run_layer(w, &w->one, w->constants + w->at.rates1, w->at.n_rates1);
    if (w->first_only)
        return H4L_OK;
    if (w->spec->conv) {
        second_layer(w);
        run_layer(w, &w->two, w->constants + w->at.rates2, w->at.n_rates2);
    }
    read_spikes(w, w->spec->conv ? &w->two : &w->one);
    return H4L_OK;
}

static void back_neurons(struct work *w)
{
    if (!w->spec->neuron.cell) {
        back_true(w);
        return;
    }
    read_spikes_back(w, w->spec->conv ? &w->two : &w->one);
    if (w->spec->conv) {
        back_layer(w, &w->two, w->constants + w->at.rates2, w->at.n_rates2);
        second_layer_back(w);
    }
    back_layer(w, &w->one, w->constants + w->at.rates1, w->at.n_rates1);
}

// Adds the sample's share of the cross-entropies and of the divergence.
static int one_sample(struct work *w, const double *image, const uint8_t *labels, const double *eps,
                      double share, double *logits, double *loss, double *kl, struct h4l_err *err)
{
    int code;

    if (w->spec->task.shows == H4L_TASK_SHOWS_MEAN)
        collapse(w, image);
    project_image(w, image);
    code = run_neurons(w, err);
    if (code || w->first_only)
        return code;
    readout(w, labels, eps, share, logits, loss, kl);
    if (!w->gradient)
        return H4L_OK;
    back_neurons(w);
    project_image_back(w, image);
    return H4L_OK;
}

static bool layer_create(const struct work *w, size_t neurons, struct layer *l)
{
    l->neurons = neurons;
    l->in = calloc(neurons * w->P * w->T + 1, sizeof(double));
    l->din = calloc(neurons * w->P * w->T + 1, sizeof(double));
    l->v = calloc(neurons * w->S * w->T + 1, sizeof(double));
    l->ds = calloc(neurons * w->R * w->T + 1, sizeof(double));
    l->s = calloc(neurons * w->R * w->T + 1, 1);
    return l->in && l->din && l->v && l->ds && l->s;
}

static void layer_free(struct layer *l)
{
    free(l->in);
    free(l->din);
    free(l->v);
    free(l->ds);
    free(l->s);
}

static int check_batch(const struct h4l_task *task, size_t batch, const uint8_t *labels,
                       struct h4l_err *err)
{
    if (batch == 0)
        return h4l_fail(err, H4L_E_RANGE, "the batch is empty; it needs at least one sample");
    for (size_t i = 0; i < batch * task->tasks; i++)
        if (labels[i] >= task->classes)
            return h4l_fail(err, H4L_E_RANGE, "sample %zu has label %d; labels are 0 to %zu",
                            i / task->tasks, labels[i], task->classes - 1);
    return H4L_OK;
}

static bool doubles(double **ret, size_t n)
{
    *ret = calloc(n + 1, sizeof(double));
    return *ret != NULL;
}

static bool work_create(struct work *w, bool backward)
{
    const struct h4l_net_spec *spec = w->spec;
    bool ok;

    w->at = h4l_net_layout(spec);
    w->H = (size_t)spec->channels;
    w->neuron = spec->neuron;
    w->neuron.cut = spec->cut;
    w->P = h4l_net_inputs(spec);
    w->S = spec->neuron.cell ? (size_t)h4l_cell_states(&spec->neuron) : 0;
    w->R = h4l_net_trains(spec);
    w->T = h4l_net_parts(spec);
    w->pieces = h4l_net_pieces(spec);
    w->side = spec->task.side;
    w->N1 = h4l_task_pixels(&spec->task);
    w->N2 = w->N1 / 4;
    w->D = h4l_task_step_pixels(&spec->task, w->T);
    w->N3 = w->N2 / 4;
    ok = layer_create(w, spec->conv ? w->H * w->N1 : w->H, &w->one);
    ok = layer_create(w, spec->conv ? w->H * w->N2 : 0, &w->two) && ok;
    ok = doubles(&w->pooled, spec->conv ? w->T * w->H * w->N2 : 0) && ok;
    ok = doubles(&w->dpooled, spec->conv ? w->T * w->H * w->N2 : 0) && ok;
    ok = doubles(&w->map, w->N1) && ok;
    ok = doubles(&w->sums, w->H) && ok;
    ok = doubles(&w->mean, w->D) && ok;
    ok = doubles(&w->current, w->T) && ok;
    ok = doubles(&w->by_own, w->at.n_own) && ok;
    ok = doubles(&w->hidden, spec->task.hidden) && ok;
    ok = doubles(&w->dhidden, spec->task.hidden) && ok;
    ok = doubles(&w->seen, w->at.seen) && ok;
    ok = doubles(&w->dseen, w->at.seen) && ok;
    ok = doubles(&w->read, w->at.width) && ok;
    ok = doubles(&w->dread, w->at.width) && ok;
    return (!backward || doubles(&w->gradient, w->at.parameters)) && ok;
}

static void work_free(struct work *w)
{
    layer_free(&w->one);
    layer_free(&w->two);
    free(w->pooled);
    free(w->dpooled);
    free(w->map);
    free(w->sums);
    free(w->mean);
    free(w->current);
    free(w->by_own);
    free(w->hidden);
    free(w->dhidden);
    free(w->seen);
    free(w->dseen);
    free(w->read);
    free(w->dread);
    free(w->gradient);
}

// The batch, sample by sample; logits [B][O] and rates [B][W] are filled, loss and kl are added to.
static int all_samples(struct work *w, size_t batch, const double *images, const uint8_t *labels,
                       const struct h4l_net_plain_out *out, double *logits, double *rates,
                       double *loss, double *kl, struct h4l_err *err)
{
    const struct h4l_task *task = &w->spec->task;
    int code = H4L_OK;

    for (size_t b = 0; b < batch && code == H4L_OK; b++) {
        code = one_sample(w, images + b * w->N1, labels + b * task->tasks,
                          out->eps ? out->eps + b * w->at.seen : NULL, 1 / (double)batch,
                          logits + b * h4l_task_outputs(task), loss, kl, err);
        show(out, b, 0, &w->one);
        if (w->spec->conv && !w->first_only)
            show(out, b, 1, &w->two);
        memcpy(rates + b * w->at.width, w->read, w->at.width * sizeof(double));
    }
    return code;
}

static void keep(const struct work *w, size_t batch, const double *logits, const double *rates,
                 double loss, double kl, struct h4l_net_plain_out *out)
{
    size_t n_logits = batch * h4l_task_outputs(&w->spec->task), n_rates = batch * w->at.width;
    double sum = 0;

    for (size_t i = 0; i < n_rates; i++)
        sum += rates[i];
    out->loss = loss;
    out->kl = kl;
    out->mean_rate = sum / (double)n_rates;
    if (out->logits)
        memcpy(out->logits, logits, n_logits * sizeof(double));
    if (out->rates)
        memcpy(out->rates, rates, n_rates * sizeof(double));
    if (out->gradient)
        memcpy(out->gradient, w->gradient, w->at.parameters * sizeof(double));
}

int h4l_net_plain(const struct h4l_net_spec *spec, const double *parameters,
                  const double *constants, size_t batch, const double *images,
                  const uint8_t *labels, struct h4l_net_plain_out *out, struct h4l_err *err)
{
    struct work w = {.spec = spec,
                     .p = parameters,
                     .constants = constants,
                     .first_only = out->first_only,
                     .stand_in = out->stand_in,
                     .stand_in_ctx = out->stand_in_ctx};
    double *logits = NULL, *rates = NULL, loss = 0, kl = 0;
    int code = h4l_net_check(spec, err);

    if (!code)
        code = check_batch(&spec->task, batch, labels, err);
    if (!code && out->stand_in && (spec->neuron.cell || out->gradient))
        code = h4l_fail(err, H4L_E_RANGE,
                        "only true HH neurons have a stand-in, and it has no gradient");
    if (code)
        return code;
    if (work_create(&w, out->gradient && !out->first_only) &&
        doubles(&logits, batch * h4l_task_outputs(&spec->task)) &&
        doubles(&rates, batch * w.at.width))
        code = all_samples(&w, batch, images, labels, out, logits, rates, &loss, &kl, err);
    else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for one sample of the network");
    if (code == H4L_OK && !out->first_only)
        keep(&w, batch, logits, rates, loss, kl, out);
    work_free(&w);
    free(logits);
    free(rates);
    return code;
}

void h4l_adam_plain(double learning_rate, double l2, double beta1, long step, size_t n,
                    const double *gradient, double *parameters, double *m, double *v)
{
    const double beta2 = 0.999, epsilon = 1e-8;
    double correction1 = 1 - pow(beta1, (double)step), correction2 = 1 - pow(beta2, (double)step);

    for (size_t i = 0; i < n; i++) {
        double g = gradient[i] + l2 * parameters[i];

        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        parameters[i] -=
            learning_rate / correction1 * m[i] / (sqrt(v[i]) / sqrt(correction2) + epsilon);
    }
}
