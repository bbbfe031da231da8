// tv-LIF2HH with gates of its own as one autonomous flow: four time-varying LIF neurons and the gates that set their
// conductances. For Lyapunov exponents and orbits; the networks of the paper step the same equations by forward Euler.
//
//     u_i' = [-(u_i - E_i) + I / gs] / C           i = 1, 2, 3, E = (ENa, EK, EL)
//     f'   = sum_i g_i u_i'
//     u_4' = [-u_4 - f + (sum_i g_i u_i) / gs] gs / C
//     m', h', n' as in HH, at V = f + u_4
// with g_1 = gNa m^3 h, g_2 = gK n^4, g_3 = gL, gs = g_1 + g_2 + g_3 (He et al. 2024). V obeys the HH membrane equation whatever
// the u_i do, so the Jacobian is block triangular in (V, m, h, n | u_1, u_2, u_3 | f): the spectrum is that of HH, three times
// -1/C, and one 0 from the symmetry f + c, u_4 - c. h4l_tv_flow_quotient takes that symmetry out.
#ifndef H4L_NEURON_TV_LIF_FLOW_H
#define H4L_NEURON_TV_LIF_FLOW_H

#include "neuron/hh_flow.h"
#include "neuron/tv_lif.h"

// dx/dt and, unless it is NULL, the Jacobian ret_J[64], row-major. V' = 0 / 0 never occurs: gs >= gL > 0.
void h4l_tv_flow_eval(const struct h4l_hh_flow *flow, const double x[H4L_TV_DIM], double I,
                      double ret_dx[H4L_TV_DIM], double *ret_J);

// dx/dt and J W for k tangent vectors W[8 * k] (row by row), without the zeros of J. dI[k] (NULL: none) is the variation of the input
// current along each vector, for neurons whose input depends on the state: it adds dI / (gs C) to the u_i and dI / C to f.
void h4l_tv_flow_tangent(const struct h4l_hh_flow *flow, const double x[H4L_TV_DIM], double I,
                         const double *W, const double *dI, int k, double ret_dx[H4L_TV_DIM],
                         double *ret_dW);

// The tv state that stands at the HH state: u_1..3 = 0 (the published start), f = 0, u_4 = V.
void h4l_tv_flow_from_hh(const double hh[H4L_HH_DIM], double ret_x[H4L_TV_DIM]);
// The HH state (V, m, h, n) of a tv state.
void h4l_tv_flow_to_hh(const double x[H4L_TV_DIM], double ret_hh[H4L_HH_DIM]);

// Takes out the symmetry: f <- 0, u_4 <- f + u_4 (f would else grow by about 86 mV per spike and eat the digits of V), and
// makes the f and u_4 components of the k tangent vectors W[8 * k] (row-major) equal at the same sum.
void h4l_tv_flow_quotient(double x[H4L_TV_DIM], double *W, int k);

// The row with the constants of h4l_model_hh, which it is in other coordinates.
extern const struct h4l_model h4l_model_tv_lif;

#endif
