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
                                .rest = -65,
                                .s_lif = h4l_s_lif_published};
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
    h4l_hh_flow_init(&h4l_hh_form_a, &net.hh);
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

static const struct h4l_synapse *kind(const struct h4l_recurrent *net, int i)
{
    return i < net->n_exc ? &net->exc : &net->inh;
}

// ---- what the three kinds share ----

// Sums of the partners' gates, s at x[j * width + width - 1].
static inline void conductances(const struct h4l_recurrent *net, const double *x, int width, int i,
                                double *ret_exc, double *ret_inh)
{
    double exc = 0, inh = 0;

    for (int p = net->first[i]; p < net->first_inh[i]; p++)
        exc += x[net->from[p] * width + width - 1];
    for (int p = net->first_inh[i]; p < net->first[i + 1]; p++)
        inh += x[net->from[p] * width + width - 1];
    *ret_exc = net->exc.g * exc;
    *ret_inh = net->inh.g * inh;
}

// The gates' rows of W, vector by vector: gates[v * n + j]. Sums over the partners then run over plain arrays.
static void gather_gates(const struct h4l_recurrent *net, const double *W, int width, int k,
                         double *gates)
{
    for (int j = 0; j < net->n; j++)
        for (int v = 0; v < k; v++)
            gates[v * net->n + j] = W[(j * width + width - 1) * k + v];
}

// Variation of neuron i's conductances along each vector.
static void conductance_rows(const struct h4l_recurrent *net, const double *gates, int k, int i,
                             double *ret_exc, double *ret_inh)
{
    const int *from = net->from + net->first[i];
    int n_exc = net->first_inh[i] - net->first[i], n = net->first[i + 1] - net->first[i];

    for (int v = 0; v < k; v++) {
        const double *s = gates + v * net->n;
        double exc = 0, inh = 0;
        for (int p = 0; p < n_exc; p++)
            exc += s[from[p]];
        for (int p = n_exc; p < n; p++)
            inh += s[from[p]];
        ret_exc[v] = net->exc.g * exc;
        ret_inh[v] = net->inh.g * inh;
    }
}

static inline double gate_rate(const struct h4l_recurrent *net, const struct h4l_synapse *y,
                               double V, double s)
{
    double T = 1 / (1 + exp(-(V - net->Vp) / net->Kp));

    return y->alpha * T * (1 - s) - y->beta * s;
}

// Derivatives of the gate's rate with respect to V and s.
static inline void gate_slopes(const struct h4l_recurrent *net, const struct h4l_synapse *y,
                               double V, double s, double *ret_V, double *ret_s)
{
    double T = 1 / (1 + exp(-(V - net->Vp) / net->Kp));

    *ret_V = y->alpha * (1 - s) * T * (1 - T) / net->Kp;
    *ret_s = -y->alpha * T - y->beta;
}

size_t h4l_recurrent_scratch(const struct h4l_recurrent *net, int k)
{
    return (3 + (size_t)net->n) * (size_t)k + H4L_HH_DIM * H4L_HH_DIM;
}

// ---- HH ----

double h4l_recurrent_hh_potential(const double *x, int i)
{
    return x[i * H4L_RECURRENT_HH + H4L_HH_V];
}

void h4l_recurrent_hh(const struct h4l_recurrent *net, const double *extra, const double *x,
                      double *ret_dx)
{
    enum { D = H4L_RECURRENT_HH };

    for (int i = 0; i < net->n; i++) {
        const double *y = x + i * D;
        double exc, inh, V = y[H4L_HH_V];
        conductances(net, x, D, i, &exc, &inh);
        double I = net->drive[i] + (extra ? extra[i] : 0) + exc * (net->exc.E - V) +
                   inh * (net->inh.E - V);
        h4l_hh_flow_eval(&net->hh, y, I, ret_dx + i * D, NULL);
        ret_dx[i * D + D - 1] = gate_rate(net, kind(net, i), V, y[D - 1]);
    }
}

void h4l_recurrent_hh_tangent(const struct h4l_recurrent *net, const double *x, const double *W,
                              int k, double *ret_dx, double *ret_dW, double *scratch)
{
    enum { D = H4L_RECURRENT_HH, N = H4L_HH_DIM };
    double *exc_row = scratch, *inh_row = scratch + k, *J = scratch + 3 * k;
    double *gates = J + N * N;

    gather_gates(net, W, D, k, gates);
    for (int i = 0; i < net->n; i++) {
        const double *y = x + i * D, *w = W + i * D * k;
        double *dw = ret_dW + i * D * k, exc, inh, V = y[H4L_HH_V], by_V, by_s;
        conductances(net, x, D, i, &exc, &inh);
        conductance_rows(net, gates, k, i, exc_row, inh_row);
        double I = net->drive[i] + exc * (net->exc.E - V) + inh * (net->inh.E - V);
        h4l_hh_flow_eval(&net->hh, y, I, ret_dx + i * D, J);
        ret_dx[i * D + D - 1] = gate_rate(net, kind(net, i), V, y[D - 1]);
        J[0] -= (exc + inh) / net->hh.hh.C;
        gate_slopes(net, kind(net, i), V, y[D - 1], &by_V, &by_s);
        for (int v = 0; v < k; v++) { // row 0 is full; the gates depend on V and on themselves
            dw[v] = J[0] * w[v] + J[1] * w[k + v] + J[2] * w[2 * k + v] + J[3] * w[3 * k + v] +
                    (exc_row[v] * (net->exc.E - V) + inh_row[v] * (net->inh.E - V)) / net->hh.hh.C;
            for (int a = 1; a < N; a++)
                dw[a * k + v] = J[a * N] * w[v] + J[a * N + a] * w[a * k + v];
            dw[N * k + v] = by_V * w[v] + by_s * w[N * k + v];
        }
    }
}

void h4l_recurrent_hh_start(const struct h4l_recurrent *net, const double *V, double *ret_x)
{
    for (int i = 0; i < net->n; i++) {
        h4l_hh_steady_state(&net->hh.hh, V[i], ret_x + i * H4L_RECURRENT_HH);
        ret_x[i * H4L_RECURRENT_HH + H4L_HH_DIM] = 0;
    }
}

void h4l_recurrent_hh_currents(const struct h4l_recurrent *net, const double *x, double *ret_exc,
                               double *ret_inh)
{
    double sum_exc = 0, sum_inh = 0;

    for (int i = 0; i < net->n; i++) {
        double exc, inh, V = h4l_recurrent_hh_potential(x, i);
        conductances(net, x, H4L_RECURRENT_HH, i, &exc, &inh);
        sum_exc += exc * (net->exc.E - V);
        sum_inh += inh * (net->inh.E - V);
    }
    *ret_exc = sum_exc / net->n;
    *ret_inh = sum_inh / net->n;
}

// ---- tv-LIF2HH ----

double h4l_recurrent_tv_potential(const double *x, int i)
{
    return x[i * H4L_RECURRENT_TV + H4L_TV_F] + x[i * H4L_RECURRENT_TV + H4L_TV_U4];
}

void h4l_recurrent_tv(const struct h4l_recurrent *net, const double *extra, const double *x,
                      double *ret_dx)
{
    enum { D = H4L_RECURRENT_TV };

    for (int i = 0; i < net->n; i++) {
        const double *y = x + i * D;
        double exc, inh, V = y[H4L_TV_F] + y[H4L_TV_U4];
        conductances(net, x, D, i, &exc, &inh);
        double I = net->drive[i] + (extra ? extra[i] : 0) + exc * (net->exc.E - V) +
                   inh * (net->inh.E - V);
        h4l_tv_flow_eval(&net->hh, y, I, ret_dx + i * D, NULL);
        ret_dx[i * D + D - 1] = gate_rate(net, kind(net, i), V, y[D - 1]);
    }
}

void h4l_recurrent_tv_tangent(const struct h4l_recurrent *net, const double *x, const double *W,
                              int k, double *ret_dx, double *ret_dW, double *scratch)
{
    enum { D = H4L_RECURRENT_TV, N = H4L_TV_DIM };
    double *exc_row = scratch, *inh_row = scratch + k, *current = scratch + 2 * k;
    double *gates = scratch + 3 * k;

    gather_gates(net, W, D, k, gates);
    for (int i = 0; i < net->n; i++) {
        const double *y = x + i * D, *w = W + i * D * k;
        double *dw = ret_dW + i * D * k, exc, inh, V = y[H4L_TV_F] + y[H4L_TV_U4], by_V, by_s;
        conductances(net, x, D, i, &exc, &inh);
        conductance_rows(net, gates, k, i, exc_row, inh_row);
        double I = net->drive[i] + exc * (net->exc.E - V) + inh * (net->inh.E - V);
        gate_slopes(net, kind(net, i), V, y[D - 1], &by_V, &by_s);
        for (int v = 0; v < k;
             v++) { // variation of the input current, through V and through the partners
            double dV = w[H4L_TV_F * k + v] + w[H4L_TV_U4 * k + v];
            current[v] =
                -(exc + inh) * dV + exc_row[v] * (net->exc.E - V) + inh_row[v] * (net->inh.E - V);
            dw[N * k + v] = by_V * dV + by_s * w[N * k + v];
        }
        h4l_tv_flow_tangent(&net->hh, y, I, w, current, k, ret_dx + i * D, dw);
        ret_dx[i * D + D - 1] = gate_rate(net, kind(net, i), V, y[D - 1]);
    }
}

void h4l_recurrent_tv_start(const struct h4l_recurrent *net, const double *V, double *ret_x)
{
    for (int i = 0; i < net->n; i++) {
        double hh[H4L_HH_DIM];
        h4l_hh_steady_state(&net->hh.hh, V[i], hh);
        h4l_tv_flow_from_hh(hh, ret_x + i * H4L_RECURRENT_TV);
        ret_x[i * H4L_RECURRENT_TV + H4L_TV_DIM] = 0;
    }
}

// ---- s-LIF2HH ----

enum { UNITS = H4L_S_LIF_UNITS, INPUTS = H4L_S_LIF_INPUTS, S = H4L_RECURRENT_S_LIF };

// Current of unit a of sub-network i; reversal potentials are measured from rest.
static inline double unit_current(const struct h4l_recurrent *net, int i, double extra, double exc,
                                  double inh, double u)
{
    return net->drive[i] + extra + exc * (net->exc.E - net->rest - u) +
           inh * (net->inh.E - net->rest - u);
}

void h4l_recurrent_s_lif_start(const struct h4l_recurrent *net, const double *V, double *ret_x)
{
    for (int i = 0; i < net->n; i++) {
        for (int a = 0; a < INPUTS; a++)
            ret_x[i * S + a] = V[i] - net->rest;
        ret_x[i * S + INPUTS] = ret_x[i * S + UNITS] = 0;
    }
}

void h4l_recurrent_s_lif_step(const struct h4l_recurrent *net, const double *extra, double *x,
                              unsigned char *ret_fired)
{
    struct h4l_s_lif_flags flags;

    for (int i = 0; i < net->n; i++) {
        double I[INPUTS], exc, inh, *u = x + i * S;
        conductances(net, x, S, i, &exc, &inh); // gates are not touched before the second loop
        for (int a = 0; a < INPUTS; a++)
            I[a] = unit_current(net, i, extra ? extra[i] : 0, exc, inh, u[a]);
        h4l_s_lif_step(&net->s_lif, I, u, &flags);
        ret_fired[i] = (unsigned char)flags.joint;
    }
    for (int i = 0; i < net->n; i++) {
        const struct h4l_synapse *y = kind(net, i);
        double *s = x + i * S + UNITS, rate = y->beta + (ret_fired[i] ? y->alpha : 0);
        double open = ret_fired[i] ? y->alpha / rate : 0;
        *s = open + (*s - open) * exp(-rate * net->s_lif.dt_ms);
    }
}

void h4l_recurrent_s_lif_jacobian(const struct h4l_recurrent *net, const double *x, double *ret_J)
{
    const struct h4l_s_lif *p = &net->s_lif;
    size_t dim = (size_t)net->n * S;
    double gain = p->dt_ms / p->C, keep = 1 - gain * (1 - p->decay);

    memset(ret_J, 0, dim * dim * sizeof *ret_J);
    for (int i = 0; i < net->n; i++) {
        const struct h4l_synapse *y = kind(net, i);
        struct h4l_s_lif_flags flags;
        double exc, inh, I[INPUTS], u[UNITS];
        conductances(net, x, S, i, &exc, &inh);
        memcpy(u, x + i * S, sizeof u);
        for (int a = 0; a < INPUTS; a++)
            I[a] = unit_current(net, i, 0, exc, inh, u[a]);
        h4l_s_lif_step(p, I, u, &flags);
        double *row = ret_J + (size_t)(i * S) * dim;
        row[UNITS * dim + (size_t)(i * S + UNITS)] =
            exp(-(y->beta + (flags.joint ? y->alpha : 0)) * p->dt_ms);
        if (flags.joint) // reset to a constant
            continue;
        for (int a = 0; a < INPUTS; a++) {
            double force = x[i * S + a] + net->rest;
            double *line = row + (size_t)a * dim, *last = row + INPUTS * dim;
            line[i * S + a] = keep - gain * (exc + inh);
            for (int q = net->first[i]; q < net->first[i + 1]; q++) {
                const struct h4l_synapse *from = kind(net, net->from[q]);
                line[net->from[q] * S + UNITS] = gain * from->g * (from->E - force);
            }
            for (size_t c = 0; c < dim; c++) // unit 4 gets the new potentials
                last[c] += gain * line[c];
        }
        row[INPUTS * dim + (size_t)(i * S + INPUTS)] += keep;
    }
}

void h4l_recurrent_s_lif(const struct h4l_recurrent *net, const double *extra, const double *x,
                         double *ret_dx)
{
    const struct h4l_s_lif *p = &net->s_lif;
    double leak = 1 - p->decay;

    for (int i = 0; i < net->n; i++) {
        const double *u = x + i * S;
        double exc, inh, sum = 0, *du = ret_dx + i * S;
        conductances(net, x, S, i, &exc, &inh);
        for (int a = 0; a < INPUTS; a++) {
            double I = unit_current(net, i, extra ? extra[i] : 0, exc, inh, u[a]);
            du[a] = (-(u[a] - p->U) * leak + I) / p->C;
            sum += u[a];
        }
        du[INPUTS] = (-(u[INPUTS] - p->U) * leak + sum) / p->C;
        du[UNITS] = -kind(net, i)->beta * u[UNITS];
    }
}

void h4l_recurrent_s_lif_tangent(const struct h4l_recurrent *net, const double *x, const double *W,
                                 int k, double *ret_dx, double *ret_dW, double *scratch)
{
    const struct h4l_s_lif *p = &net->s_lif;
    double leak = 1 - p->decay, *exc_row = scratch, *inh_row = scratch + k, *gates = inh_row + k;

    gather_gates(net, W, S, k, gates);
    h4l_recurrent_s_lif(net, NULL, x, ret_dx);
    for (int i = 0; i < net->n; i++) {
        const double *u = x + i * S, *w = W + i * S * k;
        double exc, inh, *dw = ret_dW + i * S * k;
        conductances(net, x, S, i, &exc, &inh);
        conductance_rows(net, gates, k, i, exc_row, inh_row);
        for (int v = 0; v < k; v++) {
            double sum = 0;
            for (int a = 0; a < INPUTS; a++) {
                double force = exc_row[v] * (net->exc.E - net->rest - u[a]) +
                               inh_row[v] * (net->inh.E - net->rest - u[a]);
                dw[a * k + v] = (-(leak + exc + inh) * w[a * k + v] + force) / p->C;
                sum += w[a * k + v];
            }
            dw[INPUTS * k + v] = (-leak * w[INPUTS * k + v] + sum) / p->C;
            dw[UNITS * k + v] = -kind(net, i)->beta * w[UNITS * k + v];
        }
    }
}

void h4l_recurrent_s_lif_fire(const struct h4l_recurrent *net, int i, double *x, double *W, int k)
{
    const struct h4l_synapse *y = kind(net, i);
    double rate = y->alpha + y->beta, keep = exp(-rate * net->pulse_ms), *u = x + i * S;

    for (int a = 0; a < UNITS; a++) {
        u[a] = net->s_lif.U;
        for (int v = 0; v < k; v++)
            W[(i * S + a) * k + v] = 0;
    }
    u[UNITS] = y->alpha / rate + (u[UNITS] - y->alpha / rate) * keep;
    for (int v = 0; v < k; v++)
        W[(i * S + UNITS) * k + v] *= keep;
}
