#include "neuron/tv_lif_flow.h"

#include <stddef.h>
#include <string.h>

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

void h4l_tv_flow_eval(const struct h4l_hh_flow *flow, const double x[H4L_TV_DIM], double I,
                      double ret_dx[H4L_TV_DIM], double *J)
{
    const struct h4l_hh *hh = &flow->hh;
    const double E[3] = {hh->ENa, hh->EK, hh->EL};
    double m = x[H4L_TV_M], h = x[H4L_TV_H], n = x[H4L_TV_N], V = x[H4L_TV_F] + x[H4L_TV_U4];
    double n3 = n * n * n;
    double g[3] = {hh->gNa * m * m * m * h, hh->gK * n3 * n, hh->gL}, gs = g[0] + g[1] + g[2];
    double du[3], df = 0, sum = 0;
    struct h4l_hh_rates r, d;

    h4l_hh_flow_rates(flow, V, &r, J ? &d : NULL);
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
    if (!J)
        return;

    enum { D = H4L_TV_DIM };
    static const int gate[3] = {H4L_TV_M, H4L_TV_H, H4L_TV_N}, of[3] = {0, 0, 1};
    const double dg[3] = {3 * hh->gNa * m * m * h, hh->gNa * m * m * m, 4 * hh->gK * n3};
    memset(J, 0, D * D * sizeof *J);
    for (int i = 0; i < 3; i++) {
        J[i * D + i] = -1 / hh->C;
        J[H4L_TV_F * D + i] = -g[i] / hh->C;
        J[H4L_TV_U4 * D + i] = g[i] / hh->C;
    }
    J[H4L_TV_U4 * D + H4L_TV_F] = J[H4L_TV_U4 * D + H4L_TV_U4] = -gs / hh->C;
    for (int a = 0; a < 3; a++) { // gate a changes conductance of[a], and gs by the same amount
        double slope = dg[a], reach = -I / (gs * gs) * slope / hh->C;
        for (int i = 0; i < 3; i++)
            J[i * D + gate[a]] = reach;
        J[H4L_TV_F * D + gate[a]] = slope * du[of[a]] + gs * reach;
        J[H4L_TV_U4 * D + gate[a]] = slope * (x[of[a]] - V) / hh->C;
    }
    const double by_V[3] = {d.am * (1 - m) - d.bm * m, d.ah * (1 - h) - d.bh * h,
                            d.an * (1 - n) - d.bn * n};
    const double decay[3] = {r.am + r.bm, r.ah + r.bh, r.an + r.bn};
    for (int a = 0; a < 3; a++) {
        J[gate[a] * D + H4L_TV_F] = J[gate[a] * D + H4L_TV_U4] = by_V[a];
        J[gate[a] * D + gate[a]] = -decay[a];
    }
}

void h4l_tv_flow_by_current(const struct h4l_hh_flow *flow, const double x[H4L_TV_DIM],
                            double ret[H4L_TV_DIM])
{
    const struct h4l_hh *hh = &flow->hh;
    double m = x[H4L_TV_M], n2 = x[H4L_TV_N] * x[H4L_TV_N];
    double gs = hh->gNa * m * m * m * x[H4L_TV_H] + hh->gK * n2 * n2 + hh->gL;

    memset(ret, 0, H4L_TV_DIM * sizeof *ret);
    ret[H4L_TV_U1] = ret[H4L_TV_U2] = ret[H4L_TV_U3] = 1 / (gs * hh->C);
    ret[H4L_TV_F] = 1 / hh->C; // sum of g_i over gs
}
