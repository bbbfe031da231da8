#include "neuron/tv_lif.h"

#include <tgmath.h>
#undef I // <complex.h> comes with <tgmath.h>; here I is a current

#pragma GCC diagnostic warning "-Wdouble-promotion"

#define REAL double
#define NAME(x) x
#include "neuron/tv_lif_impl.h"
#undef REAL
#undef NAME
#define REAL float
#define NAME(x) x##_float
#include "neuron/tv_lif_impl.h"
#undef REAL
#undef NAME

const struct h4l_tv_options h4l_tv_as_stated = {.order = H4L_TV_EXACT_ORDER};
const struct h4l_tv_options h4l_tv_as_published = {.order = H4L_TV_PUBLISHED_ORDER};

// Rows u_1..3, f and u_4 of the Jacobian, columns of the gates: conductances depend on them, and u_i' through I/gs.
static void gate_columns(const struct h4l_hh *hh, double I, const double g[3],
                         const double y[H4L_TV_OWN_DIM], double *J)
{
    enum { D = H4L_TV_OWN_DIM };
    double m = y[H4L_TV_M], h = y[H4L_TV_H], n = y[H4L_TV_N], gs = g[0] + g[1] + g[2];
    const double dg[3][3] = {// conductance i by gate k
                             {3 * hh->gNa * m * m * h, hh->gNa * m * m * m, 0},
                             {0, 0, 4 * hh->gK * n * n * n}};
    double dy[H4L_TV_DIM];

    h4l_tv_rhs(hh, g, I, y, dy);
    for (int k = 0; k < 3; k++) {
        double dgs = dg[0][k] + dg[1][k], du = -I * dgs / (gs * gs) / hh->C;
        double df = 0, du4 = -dgs * h4l_tv_potential(y);

        for (int i = 0; i < 3; i++) {
            J[D * i + H4L_TV_M + k] = du;
            df += dg[i][k] * dy[i] + g[i] * du;
            du4 += dg[i][k] * y[i];
        }
        J[D * H4L_TV_F + H4L_TV_M + k] = df;
        J[D * H4L_TV_U4 + H4L_TV_M + k] = du4 / hh->C;
    }
}

void h4l_tv_own_jacobian(const struct h4l_hh *hh, double I, const double y[H4L_TV_OWN_DIM],
                         double ret_J[H4L_TV_OWN_DIM * H4L_TV_OWN_DIM])
{
    enum { D = H4L_TV_OWN_DIM };
    double V = h4l_tv_potential(y), x[H4L_HH_DIM] = {V, y[H4L_TV_M], y[H4L_TV_H], y[H4L_TV_N]};
    double g[3], J_hh[H4L_HH_DIM * H4L_HH_DIM], *J = ret_J;

    h4l_hh_conductances(hh, y + H4L_TV_M, g);
    h4l_hh_jacobian(hh, x, J_hh);
    for (int i = 0; i < D * D; i++)
        J[i] = 0;
    for (int i = 0; i < 3; i++) {
        J[D * i + i] = -1 / hh->C;
        J[D * H4L_TV_F + i] = -g[i] / hh->C;
        J[D * H4L_TV_U4 + i] = g[i] / hh->C;
    }
    J[D * H4L_TV_U4 + H4L_TV_F] = J[D * H4L_TV_U4 + H4L_TV_U4] = -(g[0] + g[1] + g[2]) / hh->C;
    gate_columns(hh, I, g, y, J);
    for (int k = 0; k < 3; k++) { // rows of the gates: as in HH, with V = f + u_4
        double *row = J + D * (H4L_TV_M + k), *row_hh = J_hh + H4L_HH_DIM * (H4L_HH_M + k);

        row[H4L_TV_F] = row[H4L_TV_U4] = row_hh[H4L_HH_V];
        row[H4L_TV_M + k] = row_hh[H4L_HH_M + k];
    }
}
