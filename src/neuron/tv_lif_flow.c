#include "neuron/tv_lif_flow.h"

#include <stddef.h>
#include <string.h>

#include "neuron/hh_tangent.h"

void h4l_tv_flow_from_hh(const double hh[H4L_HH_DIM], double ret_x[H4L_TV_DIM])
{
    double x[H4L_TV_DIM] = {0, 0, 0, 0, hh[H4L_HH_V], hh[H4L_HH_M], hh[H4L_HH_H], hh[H4L_HH_N]};

    memcpy(ret_x, x, sizeof x);
}

void h4l_tv_flow_to_hh(const double x[H4L_TV_DIM], double ret_hh[H4L_HH_DIM])
{
    ret_hh[H4L_HH_V] = x[H4L_TV_F] + x[H4L_TV_U4];
    ret_hh[H4L_HH_M] = x[H4L_TV_M];
    ret_hh[H4L_HH_H] = x[H4L_TV_H];
    ret_hh[H4L_HH_N] = x[H4L_TV_N];
}

void h4l_tv_flow_quotient(double x[H4L_TV_DIM], double *W, int k)
{
    x[H4L_TV_U4] += x[H4L_TV_F];
    x[H4L_TV_F] = 0;
    for (int v = 0; v < k; v++) {
        double half = (W[H4L_TV_F * k + v] + W[H4L_TV_U4 * k + v]) / 2;
        W[H4L_TV_F * k + v] = W[H4L_TV_U4 * k + v] = half;
    }
}

enum { GATES = 3, D = H4L_TV_DIM };

// The entries of the Jacobian. The columns of f and u_4 are equal, as only V = f + u_4 acts; the three input units feel a gate
// in the same way, through I / gs.
struct entries {
    double C, g[3], gs;
    double reach[GATES];              // d u_i' / d gate
    double f[GATES], u4[GATES];       // d f' / d gate, d u_4' / d gate
    double by_V[GATES], decay[GATES]; // d gate' / d V, - d gate' / d gate
};

// Right-hand side and, unless it is NULL, the entries.
static inline void evaluate(const struct h4l_hh_flow *flow, const double x[D], double I,
                            double ret_dx[D], struct entries *e)
{
    const struct h4l_hh *hh = &flow->hh;
    const double E[3] = {hh->ENa, hh->EK, hh->EL};
    double m = x[H4L_TV_M], h = x[H4L_TV_H], n = x[H4L_TV_N], V = x[H4L_TV_F] + x[H4L_TV_U4];
    double n3 = n * n * n;
    double g[3] = {hh->gNa * m * m * m * h, hh->gK * n3 * n, hh->gL}, gs = g[0] + g[1] + g[2];
    double du[3], df = 0, sum = 0;
    struct h4l_hh_rates r, d;

    h4l_hh_flow_rates(flow, V, &r, e ? &d : NULL);
    for (int i = 0; i < 3; i++) {
        du[i] = (-(x[i] - E[i]) + I / gs) / hh->C;
        df += g[i] * du[i];
        sum += g[i] * x[i];
        ret_dx[i] = du[i];
    }
    ret_dx[H4L_TV_F] = df;
    ret_dx[H4L_TV_U4] = (-x[H4L_TV_U4] - x[H4L_TV_F] + sum / gs) * gs / hh->C;
    ret_dx[H4L_TV_M] = r.am * (1 - m) - r.bm * m;
    ret_dx[H4L_TV_H] = r.ah * (1 - h) - r.bh * h;
    ret_dx[H4L_TV_N] = r.an * (1 - n) - r.bn * n;
    if (!e)
        return;

    static const int of[GATES] = {
        0, 0, 1}; // the conductance that a gate changes, and gs by the same amount
    const double slope[GATES] = {3 * hh->gNa * m * m * h, hh->gNa * m * m * m, 4 * hh->gK * n3};
    e->C = hh->C;
    e->gs = gs;
    memcpy(e->g, g, sizeof g);
    for (int a = 0; a < GATES; a++) {
        e->reach[a] = -I / (gs * gs) * slope[a] / hh->C;
        e->f[a] = slope[a] * du[of[a]] + gs * e->reach[a];
        e->u4[a] = slope[a] * (x[of[a]] - V) / hh->C;
    }
    e->by_V[0] = d.am * (1 - m) - d.bm * m;
    e->by_V[1] = d.ah * (1 - h) - d.bh * h;
    e->by_V[2] = d.an * (1 - n) - d.bn * n;
    e->decay[0] = r.am + r.bm;
    e->decay[1] = r.ah + r.bh;
    e->decay[2] = r.an + r.bn;
}

void h4l_tv_flow_eval(const struct h4l_hh_flow *flow, const double x[H4L_TV_DIM], double I,
                      double ret_dx[H4L_TV_DIM], double *J)
{
    struct entries e;

    evaluate(flow, x, I, ret_dx, J ? &e : NULL);
    if (!J)
        return;
    memset(J, 0, D * D * sizeof *J);
    for (int i = 0; i < 3; i++) {
        J[i * D + i] = -1 / e.C;
        J[H4L_TV_F * D + i] = -e.g[i] / e.C;
        J[H4L_TV_U4 * D + i] = e.g[i] / e.C;
    }
    J[H4L_TV_U4 * D + H4L_TV_F] = J[H4L_TV_U4 * D + H4L_TV_U4] = -e.gs / e.C;
    for (int a = 0; a < GATES; a++) {
        int gate = H4L_TV_M + a;
        for (int i = 0; i < 3; i++)
            J[i * D + gate] = e.reach[a];
        J[H4L_TV_F * D + gate] = e.f[a];
        J[H4L_TV_U4 * D + gate] = e.u4[a];
        J[gate * D + H4L_TV_F] = J[gate * D + H4L_TV_U4] = e.by_V[a];
        J[gate * D + gate] = -e.decay[a];
    }
}

// A constant k lets the compiler vectorise over the vectors.
static inline __attribute__((always_inline)) void products(const struct entries *e, const double *W,
                                                           const double *dI, int k, double *dW)
{
    const double *m = W + H4L_TV_M * k, *h = W + H4L_TV_H * k, *n = W + H4L_TV_N * k;

    for (int v = 0; v < k; v++) {
        double V = W[H4L_TV_F * k + v] + W[H4L_TV_U4 * k + v], current = dI ? dI[v] : 0;
        double common =
            e->reach[0] * m[v] + e->reach[1] * h[v] + e->reach[2] * n[v] + current / (e->gs * e->C);
        double sum = (e->g[0] * W[v] + e->g[1] * W[k + v] + e->g[2] * W[2 * k + v]) / e->C;
        for (int i = 0; i < 3; i++)
            dW[i * k + v] = -W[i * k + v] / e->C + common;
        dW[H4L_TV_F * k + v] =
            -sum + e->f[0] * m[v] + e->f[1] * h[v] + e->f[2] * n[v] + current / e->C;
        dW[H4L_TV_U4 * k + v] =
            sum - e->gs / e->C * V + e->u4[0] * m[v] + e->u4[1] * h[v] + e->u4[2] * n[v];
        for (int a = 0; a < GATES; a++)
            dW[(H4L_TV_M + a) * k + v] = e->by_V[a] * V - e->decay[a] * W[(H4L_TV_M + a) * k + v];
    }
}

void h4l_tv_flow_tangent(const struct h4l_hh_flow *flow, const double x[H4L_TV_DIM], double I,
                         const double *restrict W, const double *dI, int k,
                         double ret_dx[H4L_TV_DIM], double *restrict ret_dW)
{
    struct entries e;

    evaluate(flow, x, I, ret_dx, &e);
    if (k == 7 && !dI)
        products(&e, W, NULL, 7, ret_dW);
    else
        products(&e, W, dI, k, ret_dW);
}

// ---- as a row of h4l_models; the constants are those of HH ----

static void constants(void *ret_c)
{
    h4l_model_hh.constants(ret_c);
}

static void start(const void *c, double V, double *ret_x)
{
    double hh[H4L_HH_DIM];

    h4l_model_hh.start(c, V, hh);
    h4l_tv_flow_from_hh(hh, ret_x);
}

static double potential(const void *c, const double *x, double *ret_gradient)
{
    (void)c;
    for (int i = 0; ret_gradient && i < D; i++)
        ret_gradient[i] = i == H4L_TV_F || i == H4L_TV_U4;
    return x[H4L_TV_F] + x[H4L_TV_U4];
}

static void eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                 double *ret_J, double *ret_by)
{
    const struct h4l_hh_flow *flow = c;
    double V = x[H4L_TV_F] + x[H4L_TV_U4], by[D] = {0}, g[3];

    h4l_tv_flow_eval(flow, x, h4l_input_current(in, 0, V), ret_dx, ret_J);
    if (!ret_J && !ret_by)
        return;
    h4l_hh_conductances(&flow->hh, x + H4L_TV_M, g);
    for (int i = 0; i < 3; i++)
        by[i] = 1 / ((g[0] + g[1] + g[2]) * flow->hh.C);
    by[H4L_TV_F] = 1 / flow->hh.C;
    for (int i = 0; ret_J && i < D; i++) {
        ret_J[i * D + H4L_TV_F] -= by[i] * (in->g[0] + in->g[1]);
        ret_J[i * D + H4L_TV_U4] -= by[i] * (in->g[0] + in->g[1]);
    }
    for (int i = 0; ret_by && i < D; i++) {
        ret_by[i] = by[i];
        for (int e = 0; e < H4L_CONDUCTANCES; e++)
            ret_by[(1 + e) * D + i] = by[i] * (in->E[e] - V);
    }
}

static void tangent(const void *c, const struct h4l_input *in, const double *x, const double *W,
                    const double *const dg[H4L_CONDUCTANCES], int k, double *ret_dx, double *ret_dW,
                    double *scratch)
{
    double V = x[H4L_TV_F] + x[H4L_TV_U4], *dI = dg ? scratch : NULL;

    for (int v = 0; dg && v < k; v++) { // through V, and through the conductances
        double dV = W[H4L_TV_F * k + v] + W[H4L_TV_U4 * k + v];
        dI[v] = -(in->g[0] + in->g[1]) * dV + dg[0][v] * (in->E[0] - V) + dg[1][v] * (in->E[1] - V);
    }
    h4l_tv_flow_tangent(c, x, h4l_input_current(in, 0, V), W, dI, k, ret_dx, ret_dW);
}

// -1/C, of the input neurons.
static void more(const void *c, double *ret_exponents)
{
    const struct h4l_hh_flow *flow = c;

    for (int i = 0; i < 3; i++)
        ret_exponents[i] = -1 / flow->hh.C;
}

const struct h4l_model h4l_model_tv_lif = {
    .name = "tv",
    .label = "tv-LIF2HH",
    .summary = "tv-LIF2HH, four LIF neurons with varying parameters that equal HH (He et al. 2024)",
    .paper = true,
    .dim = D,
    .exponents = D - 1, // the symmetry of f and u_4 takes one
    .scale = (const double[]){100, 100, 100, 100, 100, 1, 1, 1},
    .constants = constants,
    .rest_mV = -65,
    .start = start,
    .eval = eval,
    .tangent = tangent,
    .quotient = h4l_tv_flow_quotient,
    .potential = potential,
    .of = &h4l_model_hh,
    .embed = h4l_tv_flow_from_hh,
    .more = more,
    .lanes = h4l_tv_tangent_run,
};
