#include "sim/recurrent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static int check(const struct h4l_recurrent_options *o, struct h4l_err *err)
{
    int n_inh = o->n - o->n_exc;

    if (o->n < 2 || o->n > 1000000 || o->n_exc < 1 || n_inh < 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "network: %d neurons, %d of them excitatory; expected 2..1000000 with both "
                        "kinds",
                        o->n, o->n_exc);
    if (o->in_exc < 0 || o->in_exc > o->n_exc - 1 || o->in_inh < 0 || o->in_inh > n_inh - 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "network: %d excitatory and %d inhibitory partners per neuron; expected at "
                        "most %d and %d",
                        o->in_exc, o->in_inh, o->n_exc - 1, n_inh - 1);
    if (!(o->g_exc >= 0) || !(o->g_inh >= 0) || !isfinite(o->g_exc) || !isfinite(o->g_inh) ||
        !isfinite(o->drive_mean) || !isfinite(o->drive_range))
        return h4l_fail(err, H4L_E_RANGE,
                        "network: conductances %g and %g, drive %g +- %g; expected finite values, "
                        "conductances >= 0",
                        o->g_exc, o->g_inh, o->drive_mean, o->drive_range);
    return H4L_OK;
}

// `count` different ones of the neurons low..high-1, without `self`, ascending as drawn.
static void draw(struct h4l_rng *rng, int low, int high, int self, int count, uint32_t *pool,
                 int *ret)
{
    int n = 0;

    for (int j = low; j < high; j++)
        if (j != self)
            pool[n++] = (uint32_t)j;
    for (int k = 0; k < count; k++) { // a partial Fisher-Yates shuffle
        int pick = k + (int)h4l_rng_below(rng, (uint64_t)(n - k));
        uint32_t swap = pool[k];
        pool[k] = pool[pick];
        pool[pick] = swap;
        ret[k] = (int)pool[k];
    }
}

int h4l_recurrent_create(const struct h4l_recurrent_options *o, struct h4l_recurrent *ret,
                         struct h4l_err *err)
{
    struct h4l_recurrent net = {.n = o->n,
                                .n_exc = o->n_exc,
                                .exc = {o->g_exc, 0, 1.1, 0.19},
                                .inh = {o->g_inh, -80, 5, 0.18},
                                .Vp = 2,
                                .Kp = 5,
                                .pulse_ms = 1,
                                .width = o->model->dim + 1};
    struct h4l_rng rng;
    int code = check(o, err), degree;

    if (code)
        return code;
    degree = o->in_exc + o->in_inh;
    net.first = malloc((2 * (size_t)o->n + 1 + (size_t)o->n * (size_t)degree) * sizeof *net.first);
    net.drive = malloc((size_t)o->n * sizeof *net.drive);
    uint32_t *pool = malloc((size_t)o->n * sizeof *pool);
    if (!net.first || !net.drive || !pool) {
        h4l_recurrent_destroy(&net);
        free(pool);
        return h4l_fail(err, H4L_E_NOMEM, "network: no memory for %d neurons", o->n);
    }
    net.first_inh = net.first + o->n + 1;
    net.from = net.first_inh + o->n;
    h4l_neuron_init(o->model, &net.neuron);
    h4l_rng_init(&rng, o->seed, "recurrent network", o->index);
    for (int i = 0; i < o->n; i++) {
        net.first[i] = i * degree;
        net.first_inh[i] = net.first[i] + o->in_exc;
        draw(&rng, 0, o->n_exc, i, o->in_exc, pool, net.from + net.first[i]);
        draw(&rng, o->n_exc, o->n, i, o->in_inh, pool, net.from + net.first_inh[i]);
        net.drive[i] = o->drive_mean + o->drive_range * h4l_rng_between(&rng, -1, 1);
    }
    net.first[o->n] = o->n * degree;
    free(pool);
    *ret = net;
    return H4L_OK;
}

void h4l_recurrent_destroy(struct h4l_recurrent *net)
{
    free(net->first);
    free(net->drive);
    *net = (struct h4l_recurrent){0};
}

static const struct h4l_synapse *synapse(const struct h4l_recurrent *net, int i)
{
    return i < net->n_exc ? &net->exc : &net->inh;
}

// Sums of the partners' gates, s at x[j * width + width - 1].
static inline void conductances(const struct h4l_recurrent *net, const double *x, int i,
                                double *ret_exc, double *ret_inh)
{
    const double *s = x + net->width - 1;
    double exc = 0, inh = 0;

    for (int p = net->first[i]; p < net->first_inh[i]; p++)
        exc += s[net->from[p] * net->width];
    for (int p = net->first_inh[i]; p < net->first[i + 1]; p++)
        inh += s[net->from[p] * net->width];
    *ret_exc = net->exc.g * exc;
    *ret_inh = net->inh.g * inh;
}

// What reaches neuron i.
static inline struct h4l_input input(const struct h4l_recurrent *net, const double *extra,
                                     const double *x, int i)
{
    struct h4l_input in = {.I = net->drive[i] + (extra ? extra[i] : 0),
                           .E = {net->exc.E, net->inh.E}};

    conductances(net, x, i, &in.g[H4L_EXCITATORY], &in.g[H4L_INHIBITORY]);
    return in;
}

// Sums of gates take so many columns at once: the sums of one column wait for each other, those of several do not.
enum { COLUMNS = 4 };

static size_t columns(int k)
{
    return ((size_t)k + COLUMNS) / COLUMNS * COLUMNS;
}

// All gates in one small array, gates[j * columns(k) + c]: their k variations, the gate itself, zeros.
static void gather_gates(const struct h4l_recurrent *net, const double *x, const double *W, int k,
                         double *gates)
{
    size_t K = columns(k);

    for (int j = 0; j < net->n; j++) {
        int gate = (j + 1) * net->width - 1;
        double *row = gates + (size_t)j * K;
        memcpy(row, W + (size_t)gate * (size_t)k, (size_t)k * sizeof *row);
        row[k] = x[gate];
        for (size_t c = (size_t)k + 1; c < K; c++)
            row[c] = 0;
    }
}

// g times the sum over n partners, column by column: ret[columns].
static void sum_gates(const double *restrict gates, const int *from, int n, size_t K, double g,
                      double *restrict ret)
{
    for (size_t c = 0; c < K; c += COLUMNS) {
        double sum[COLUMNS] = {0};
        for (int p = 0; p < n; p++)
            for (size_t a = 0; a < COLUMNS; a++)
                sum[a] += gates[(size_t)from[p] * K + c + a];
        for (size_t a = 0; a < COLUMNS; a++)
            ret[c + a] = g * sum[a];
    }
}

static inline double transmitter(const struct h4l_recurrent *net, double V)
{
    return 1 / (1 + exp(-(V - net->Vp) / net->Kp));
}

// Rate of the gate of neuron i, whose variables are y.
static inline double gate_rate(const struct h4l_recurrent *net, int i, const double *y)
{
    const struct h4l_model *m = net->neuron.model;
    const struct h4l_synapse *gate = synapse(net, i);
    double s = y[m->dim];

    if (m->event)
        return -gate->beta * s;
    return gate->alpha * transmitter(net, m->potential(net->neuron.constants, y, NULL)) * (1 - s) -
           gate->beta * s;
}

// J W for the gate of neuron i: its own row, and the part that the potential takes in it.
static void gate_tangent(const struct h4l_recurrent *net, int i, const double *y,
                         const double *restrict w, int k, double *restrict ret_dw)
{
    const struct h4l_model *m = net->neuron.model;
    const struct h4l_synapse *gate = synapse(net, i);
    const double *restrict ws = w + m->dim * k;
    double gradient[H4L_MODEL_DIM], s = y[m->dim];

    if (m->event) { // transmitter comes with the spike, not with the potential
        for (int v = 0; v < k; v++)
            ret_dw[v] = 0 + -gate->beta * ws[v];
        return;
    }
    double T = transmitter(net, m->potential(net->neuron.constants, y, gradient));
    double by_V = gate->alpha * (1 - s) * T * (1 - T) / net->Kp;
    double by_s = -gate->alpha * T - gate->beta;
    for (int v = 0; v < k; v++)
        ret_dw[v] = 0;
    for (int a = 0; a < m->dim; a++) { // the potential's variation
        if (gradient[a] == 0)
            continue;
        for (int v = 0; v < k; v++)
            ret_dw[v] += gradient[a] * w[a * k + v];
    }
    for (int v = 0; v < k; v++)
        ret_dw[v] = by_V * ret_dw[v] + by_s * ws[v];
}

int h4l_recurrent_dim(const struct h4l_recurrent *net)
{
    return net->n * net->width;
}

void h4l_recurrent_start(const struct h4l_recurrent *net, const double *V, double *ret_x)
{
    const struct h4l_model *m = net->neuron.model;

    for (int i = 0; i < net->n; i++) {
        m->start(net->neuron.constants, V[i], ret_x + i * net->width);
        ret_x[i * net->width + m->dim] = 0;
    }
}

double h4l_recurrent_potential(const struct h4l_recurrent *net, const double *x, int i)
{
    return net->neuron.model->potential(net->neuron.constants, x + i * net->width, NULL);
}

void h4l_recurrent_currents(const struct h4l_recurrent *net, const double *x, double *ret_exc,
                            double *ret_inh)
{
    double sum_exc = 0, sum_inh = 0;

    for (int i = 0; i < net->n; i++) {
        double exc, inh, V = h4l_recurrent_potential(net, x, i);
        conductances(net, x, i, &exc, &inh);
        sum_exc += exc * (net->exc.E - V);
        sum_inh += inh * (net->inh.E - V);
    }
    *ret_exc = sum_exc / net->n;
    *ret_inh = sum_inh / net->n;
}

// ---- the flow ----

void h4l_recurrent_eval(const struct h4l_recurrent *net, const double *extra, const double *x,
                        double *ret_dx)
{
    const struct h4l_model *m = net->neuron.model;

    for (int i = 0; i < net->n; i++) {
        const double *y = x + i * net->width;
        struct h4l_input in = input(net, extra, x, i);
        m->eval(net->neuron.constants, &in, y, ret_dx + i * net->width, NULL, NULL);
        ret_dx[i * net->width + m->dim] = gate_rate(net, i, y);
    }
}

size_t h4l_recurrent_scratch(const struct h4l_recurrent *net, int k)
{
    return (2 + (size_t)net->n) * columns(k) + (size_t)k;
}

// dx/dt and J W of one neuron from its Jacobian, for models that have no tangent of their own. The inner loops run over the vectors.
static void from_jacobian(const struct h4l_neuron *neuron, const struct h4l_input *in,
                          const double *y, const double *restrict w,
                          const double *const dg[H4L_CONDUCTANCES], int k, double *ret_dy,
                          double *restrict ret_dw)
{
    enum { MOST = H4L_MODEL_DIM };
    double J[MOST * MOST], by[(1 + H4L_CONDUCTANCES) * MOST];
    int d = neuron->model->dim;

    neuron->model->eval(neuron->constants, in, y, ret_dy, J, by);
    for (int i = 0; i < d; i++) {
        double exc = by[d + i], inh = by[2 * d + i], *restrict dw = ret_dw + i * k;
        for (int v = 0; v < k; v++)
            dw[v] = 0;
        for (int j = 0; j < d; j++) {
            double a = J[i * d + j];
            if (a == 0)
                continue;
            for (int v = 0; v < k; v++)
                dw[v] += a * w[j * k + v];
        }
        if (exc == 0 && inh == 0)
            continue;
        for (int v = 0; v < k; v++)
            dw[v] += dg[H4L_EXCITATORY][v] * exc + dg[H4L_INHIBITORY][v] * inh;
    }
}

void h4l_recurrent_tangent(const struct h4l_recurrent *net, const double *x, const double *W, int k,
                           double *ret_dx, double *ret_dW, double *scratch)
{
    const struct h4l_model *m = net->neuron.model;
    size_t K = columns(k);
    double *exc = scratch, *inh = exc + K, *rest = inh + K, *gates = rest + k;
    const double *const dg[H4L_CONDUCTANCES] = {exc, inh};

    gather_gates(net, x, W, k, gates);
    for (int i = 0; i < net->n; i++) {
        const int *from = net->from + net->first[i], *from_inh = net->from + net->first_inh[i];
        const double *y = x + i * net->width, *w = W + i * net->width * k;
        double *dy = ret_dx + i * net->width, *dw = ret_dW + i * net->width * k;
        sum_gates(gates, from, (int)(from_inh - from), K, net->exc.g, exc);
        sum_gates(gates, from_inh, net->first[i + 1] - net->first_inh[i], K, net->inh.g, inh);
        struct h4l_input in = {
            .I = net->drive[i], .g = {exc[k], inh[k]}, .E = {net->exc.E, net->inh.E}};
        if (m->tangent)
            m->tangent(net->neuron.constants, &in, y, w, dg, k, dy, dw, rest);
        else
            from_jacobian(&net->neuron, &in, y, w, dg, k, dy, dw);
        dy[m->dim] = gate_rate(net, i, y);
        gate_tangent(net, i, y, w, k, dw + m->dim * k);
    }
}

void h4l_recurrent_quotient(const struct h4l_recurrent *net, double *x, double *W, int k)
{
    for (int i = 0; net->neuron.model->quotient && i < net->n; i++)
        net->neuron.model->quotient(x + i * net->width, k ? W + i * net->width * k : NULL, k);
}

// ---- spikes ----

double h4l_recurrent_event(const struct h4l_recurrent *net, const double *x, int i,
                           double *ret_gradient)
{
    if (ret_gradient)
        memset(ret_gradient, 0, (size_t)h4l_recurrent_dim(net) * sizeof *ret_gradient);
    return net->neuron.model->event(net->neuron.constants, x + i * net->width,
                                    ret_gradient ? ret_gradient + i * net->width : NULL);
}

void h4l_recurrent_fire(const struct h4l_recurrent *net, int i, double *x, double *W, int k)
{
    const struct h4l_model *m = net->neuron.model;
    const struct h4l_synapse *y = synapse(net, i);
    double rate = y->alpha + y->beta, keep = exp(-rate * net->pulse_ms);
    double *mine = x + i * net->width, *w = k ? W + i * net->width * k : NULL;

    m->jump(net->neuron.constants, mine, w, k);
    mine[m->dim] = y->alpha / rate + (mine[m->dim] - y->alpha / rate) * keep;
    for (int v = 0; v < k; v++)
        w[m->dim * k + v] *= keep;
}

// ---- the map ----

void h4l_recurrent_map(const struct h4l_recurrent *net, const double *extra, double *x,
                       unsigned char *ret_fired)
{
    const struct h4l_model *m = net->neuron.model;

    for (int i = 0; i < net->n; i++) { // gates are not touched before the second loop
        struct h4l_input in = input(net, extra, x, i);
        ret_fired[i] = m->map(net->neuron.constants, &in, x + i * net->width, NULL, NULL, 0, NULL);
    }
    for (int i = 0; i < net->n; i++) {
        const struct h4l_synapse *y = synapse(net, i);
        double *s = x + i * net->width + m->dim, rate = y->beta + (ret_fired[i] ? y->alpha : 0);
        double open = ret_fired[i] ? y->alpha / rate : 0;
        *s = open + (*s - open) * exp(-rate * m->map_ms);
    }
}

void h4l_recurrent_map_jacobian(const struct h4l_recurrent *net, const double *x, double *ret_J)
{
    enum { MOST = H4L_MODEL_DIM, K = MOST + H4L_CONDUCTANCES };
    const struct h4l_model *m = net->neuron.model;
    const double exc[K] = {[MOST] = net->exc.g}, inh[K] = {[MOST + 1] = net->inh.g};
    const double *const dg[H4L_CONDUCTANCES] = {exc, inh};
    size_t dim = (size_t)h4l_recurrent_dim(net);

    memset(ret_J, 0, dim * dim * sizeof *ret_J);
    for (int i = 0; i < net->n;
         i++) { // columns: the neuron's own variables, an open partner of each kind
        const struct h4l_synapse *y = synapse(net, i);
        double own[MOST], W[MOST * K] = {0}, *rows = ret_J + (size_t)(i * net->width) * dim;
        struct h4l_input in = input(net, NULL, x, i);
        memcpy(own, x + i * net->width, (size_t)m->dim * sizeof *own);
        for (int a = 0; a < m->dim; a++)
            W[a * K + a] = 1;
        bool fired = m->map(net->neuron.constants, &in, own, W, dg, K, NULL);
        for (int a = 0; a < m->dim; a++, rows += dim) {
            for (int b = 0; b < m->dim; b++)
                rows[i * net->width + b] = W[a * K + b];
            for (int p = net->first[i]; p < net->first[i + 1]; p++)
                rows[net->from[p] * net->width + m->dim] =
                    W[a * K + MOST + (p >= net->first_inh[i])];
        }
        rows[i * net->width + m->dim] = exp(-(y->beta + (fired ? y->alpha : 0)) * m->map_ms);
    }
}
