// The formulas of the plain HH neuron, compiled for each type (base/real.h). R() makes a constant a REAL, so that no operation of the
// float twin happens in double (-Wdouble-promotion watches over it).
#include "neuron/hh.h"

#include <math.h>

#include "base/real.h"

#pragma GCC diagnostic warning "-Wdouble-promotion"

#define R(constant) ((REAL)(constant))

typedef struct TWIN(h4l_hh) hh_constants;
typedef struct TWIN(h4l_hh_rates) hh_rates;

REAL TWIN(h4l_hh_linoid)(REAL x)
{
    // expm1 keeps all digits where 1 - exp(-x) cancels; only 0/0 itself needs the limit.
    return x == 0 ? 1 : x / -MATH(expm1)(-x);
}

void TWIN(h4l_hh_rates)(const hh_constants *hh, REAL V, hh_rates *ret)
{
    REAL u = V + hh->v_0;

    ret->am = TWIN(h4l_hh_linoid)((V + hh->v_m) / 10); // 0.1 * 10 * linoid
    ret->bm = 4 * MATH(exp)(-u / 18);
    ret->ah = R(0.07) * MATH(exp)(-u / 20);
    ret->bh = 1 / (1 + MATH(exp)(-(V + hh->v_h) / 10));
    ret->an = R(0.1) * TWIN(h4l_hh_linoid)((V + hh->v_n) / 10); // 0.01 * 10 * linoid
    ret->bn = R(0.125) * MATH(exp)(-u / 80);
}

void TWIN(h4l_hh_gates_rhs)(const hh_constants *hh, REAL V, const REAL gates[3], REAL ret_dgates[3])
{
    hh_rates r;

    TWIN(h4l_hh_rates)(hh, V, &r);
    ret_dgates[0] = r.am * (1 - gates[0]) - r.bm * gates[0];
    ret_dgates[1] = r.ah * (1 - gates[1]) - r.bh * gates[1];
    ret_dgates[2] = r.an * (1 - gates[2]) - r.bn * gates[2];
}

void TWIN(h4l_hh_conductances)(const hh_constants *hh, const REAL gates[3], REAL ret_g[3])
{
    REAL m = gates[0], h = gates[1], n2 = gates[2] * gates[2];

    ret_g[0] = hh->gNa * (m * m * m) * h;
    ret_g[1] = hh->gK * (n2 * n2);
    ret_g[2] = hh->gL;
}

REAL TWIN(h4l_hh_ionic_current)(const hh_constants *hh, const REAL x[H4L_HH_DIM])
{
    REAL V = x[H4L_HH_V], g[3];

    TWIN(h4l_hh_conductances)(hh, x + H4L_HH_M, g);
    return g[0] * (V - hh->ENa) + g[1] * (V - hh->EK) + g[2] * (V - hh->EL);
}

void TWIN(h4l_hh_rhs)(const hh_constants *hh, const REAL x[H4L_HH_DIM], REAL I,
                      REAL ret_dx[H4L_HH_DIM])
{
    ret_dx[H4L_HH_V] = (I - TWIN(h4l_hh_ionic_current)(hh, x)) / hh->C;
    TWIN(h4l_hh_gates_rhs)(hh, x[H4L_HH_V], x + H4L_HH_M, ret_dx + H4L_HH_M);
}
