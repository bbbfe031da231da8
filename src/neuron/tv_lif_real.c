// The formulas of tv-LIF2HH, compiled for each type (base/real.h).
#include "neuron/tv_lif.h"

#include <math.h>

#include "base/real.h"

#pragma GCC diagnostic warning "-Wdouble-promotion"

typedef struct TWIN(h4l_hh) hh_constants;

void TWIN(h4l_tv_start)(const REAL x[H4L_HH_DIM], REAL ret_y[H4L_TV_DIM])
{
    ret_y[H4L_TV_U1] = ret_y[H4L_TV_U2] = ret_y[H4L_TV_U3] = ret_y[H4L_TV_F] = 0;
    ret_y[H4L_TV_U4] = x[H4L_HH_V];
    ret_y[H4L_TV_M] = x[H4L_HH_M];
    ret_y[H4L_TV_H] = x[H4L_HH_H];
    ret_y[H4L_TV_N] = x[H4L_HH_N];
}

REAL TWIN(h4l_tv_potential)(const REAL y[H4L_TV_CORE_DIM])
{
    return y[H4L_TV_F] + y[H4L_TV_U4];
}

void TWIN(h4l_tv_rebase)(const struct h4l_tv_options *options, REAL y[H4L_TV_CORE_DIM])
{
    if (options->rebase > 0 && MATH(fabs)(y[H4L_TV_F]) > (REAL)options->rebase) {
        y[H4L_TV_U4] += y[H4L_TV_F];
        y[H4L_TV_F] = 0;
    }
}

REAL TWIN(h4l_tv_step)(const hh_constants *hh, enum h4l_tv_order order, const REAL g[3], REAL I,
                       REAL input_gain, REAL output_gain, REAL y[H4L_TV_CORE_DIM])
{
    const REAL E[3] = {hh->ENa, hh->EK, hh->EL}, gs = g[0] + g[1] + g[2];
    REAL f = y[H4L_TV_F], u4 = y[H4L_TV_U4], df = 0, weighted = 0, f_read;

    for (int i = 0; i < 3; i++) {
        REAL du = input_gain * (E[i] + I / gs - y[i]);
        weighted += g[i] * y[i];
        df += g[i] * du;
        y[i] += du;
    }
    y[H4L_TV_F] = f + df; // one rounding at the size of f, which may be large
    f_read = order == H4L_TV_EXACT_ORDER ? f : y[H4L_TV_F];
    // f and u_4 first: they may be large and of opposite sign, and their sum is a potential.
    y[H4L_TV_U4] = u4 + output_gain * (weighted / gs - (f_read + u4));
    return f_read + u4;
}

void TWIN(h4l_tv_rhs)(const hh_constants *hh, const REAL g[3], REAL I,
                      const REAL y[H4L_TV_CORE_DIM], REAL ret_dy[H4L_TV_CORE_DIM])
{
    const REAL E[3] = {hh->ENa, hh->EK, hh->EL}, gs = g[0] + g[1] + g[2];
    REAL weighted = 0, df = 0;

    for (int i = 0; i < 3; i++) {
        ret_dy[i] = (E[i] + I / gs - y[i]) / hh->C;
        weighted += g[i] * y[i];
        df += g[i] * ret_dy[i];
    }
    ret_dy[H4L_TV_F] = df;
    ret_dy[H4L_TV_U4] = (weighted / gs - (y[H4L_TV_F] + y[H4L_TV_U4])) * gs / hh->C;
}

void TWIN(h4l_tv_own_rhs)(const hh_constants *hh, REAL I, const REAL y[H4L_TV_DIM],
                          REAL ret_dy[H4L_TV_DIM])
{
    REAL g[3];

    TWIN(h4l_hh_conductances)(hh, y + H4L_TV_M, g);
    TWIN(h4l_tv_rhs)(hh, g, I, y, ret_dy);
    TWIN(h4l_hh_gates_rhs)(hh, TWIN(h4l_tv_potential)(y), y + H4L_TV_M, ret_dy + H4L_TV_M);
}
