// tv-LIF2HH: four leaky integrate-and-fire neurons with time-varying parameters that together equal one Hodgkin-Huxley
// neuron (He et al. 2024, Fig. 2). With the HH conductances g_1 = gNa m^3 h, g_2 = gK n^4, g_3 = gL, their sum gs and the
// rests E_1 = ENa, E_2 = EK, E_3 = EL:
//
//     u_i' = [-(u_i - E_i) + I/gs] / C                     i = 1, 2, 3     three input neurons, leak 1 mS/cm^2, time constant C
//     f'   = sum_i g_i u_i'  (per 1 mS/cm^2)                               accumulated connection term
//     u_4' = [-u_4 - f + (sum_i g_i u_i)/gs] / (C/gs)                      fourth neuron, time constant C/gs
//     V    = f + u_4
//
// Adding f' and u_4' gives C V' = I - sum_i g_i (V - E_i), the HH membrane equation, whatever u_i and the split of V into f
// and u_4 are. (Conductances inside the connection term count in units of the input neurons' leak, 1 mS/cm^2.)
//
// One step from state k to k + 1 with factors a = dt/tau (forward Euler):
//
//     u_i[k+1] = u_i[k] + a_C (E_i + I/gs - u_i[k])
//     f[k+1]   = f[k] + sum_i g_i (u_i[k+1] - u_i[k])
//     u_4[k+1] = u_4[k] + a_gs ((sum_i g_i u_i[k])/gs - f[*] - u_4[k])
//
// exact order: f[*] = f[k], and the threshold test of step k reads V[k] = f[k] + u_4[k]. Then V[k+1] is the HH potential of a
//     forward Euler step: in exact arithmetic there is no difference at all.
// published order: f[*] = f[k+1], and the threshold test reads f[k+1] + u_4[k], as in the published code. Per forward Euler
//     step this leaves a defect of exactly -(dt/C)^2 gs D, D = sum_i g_i (E_i - u_i[k]) + I (uA/cm^2): an error of about
//     dt D / C and threshold crossings that move by a sample.
#ifndef H4L_NEURON_TV_LIF_H
#define H4L_NEURON_TV_LIF_H

#include <stdbool.h>

#include "neuron/hh.h"

// State vector: the five variables above, then the gates that the neuron has of its own (H4L_TV_OWN_GATES only).
enum {
    H4L_TV_U1,
    H4L_TV_U2,
    H4L_TV_U3,
    H4L_TV_F,
    H4L_TV_U4,
    H4L_TV_CORE_DIM,
    H4L_TV_M = H4L_TV_CORE_DIM,
    H4L_TV_H,
    H4L_TV_N,
    H4L_TV_DIM
};

enum h4l_tv_order { H4L_TV_EXACT_ORDER, H4L_TV_PUBLISHED_ORDER };

enum h4l_tv_gates {
    H4L_TV_SHARED_GATES, // the conductances are read from an HH neuron beside it, as in the published networks
    H4L_TV_OWN_GATES, // m, h, n are integrated with V = f + u_4
};

struct h4l_tv_options {
    enum h4l_tv_order order;
    enum h4l_tv_gates gates;
    // f and u_4 drift apart without bound (about 86 mV per spike at I = 10), and f + u_4 loses digits. With rebase > 0 (mV)
    // f is added to u_4 and set to 0 after every step that leaves |f| > rebase. This is no change in exact arithmetic.
    // H4L_TV_REBASE keeps the spacing of the numbers near f below that near V. 0: never, as published.
    double rebase;
};

#define H4L_TV_REBASE 64.0 // mV

extern const struct h4l_tv_options
    h4l_tv_as_stated; // exact order, shared gates, no rebasing: the paper's equations
extern const struct h4l_tv_options
    h4l_tv_as_published; // the published code's step order, else the same

// The published start beside an HH neuron in state x: u_1..3 = 0, f = 0, u_4 = V, and the same gates.
void h4l_tv_start(const double x[H4L_HH_DIM], double ret_y[H4L_TV_DIM]);

// V = f + u_4.
double h4l_tv_potential(const double y[H4L_TV_CORE_DIM]);

// Adds f to u_4 and sets it to 0, if options ask for it: see struct h4l_tv_options. V does not change, not even by rounding.
void h4l_tv_rebase(const struct h4l_tv_options *options, double y[H4L_TV_CORE_DIM]);

// One step of the five variables in the given order with the conductances g (h4l_hh_conductances) of the old state, without
// rebasing. input_gain = a_C is the factor of the three input neurons, output_gain = a_gs that of the fourth: dt/C and dt gs/C
// give forward Euler, 1 - exp(-dt/C) and 1 - exp(-dt gs/C) the exponential Euler rule. Returns the potential that the
// threshold test of this step reads: f[k] + u_4[k] (exact order) or f[k+1] + u_4[k] (published order).
double h4l_tv_step(const struct h4l_hh *hh, enum h4l_tv_order order, const double g[3], double I,
                   double input_gain, double output_gain, double y[H4L_TV_CORE_DIM]);

// Right-hand side of the five differential equations with given conductances, mV/ms.
void h4l_tv_rhs(const struct h4l_hh *hh, const double g[3], double I,
                const double y[H4L_TV_CORE_DIM], double ret_dy[H4L_TV_CORE_DIM]);

// Right-hand side of the whole system of eight with gates of its own: an autonomous system for constant I. (Its Jacobian and
// what Lyapunov exponents need: tv_lif_flow.h.)
void h4l_tv_own_rhs(const struct h4l_hh *hh, double I, const double y[H4L_TV_DIM],
                    double ret_dy[H4L_TV_DIM]);

// ---- single precision: the same formulas with every operation in float (tv_lif_real.c is compiled for both types) ----

void h4l_tv_start_float(const float x[H4L_HH_DIM], float ret_y[H4L_TV_DIM]);
float h4l_tv_potential_float(const float y[H4L_TV_CORE_DIM]);
void h4l_tv_rebase_float(const struct h4l_tv_options *options, float y[H4L_TV_CORE_DIM]);
float h4l_tv_step_float(const struct h4l_hh_float *hh, enum h4l_tv_order order, const float g[3],
                        float I, float input_gain, float output_gain, float y[H4L_TV_CORE_DIM]);
void h4l_tv_rhs_float(const struct h4l_hh_float *hh, const float g[3], float I,
                      const float y[H4L_TV_CORE_DIM], float ret_dy[H4L_TV_CORE_DIM]);
void h4l_tv_own_rhs_float(const struct h4l_hh_float *hh, float I, const float y[H4L_TV_DIM],
                          float ret_dy[H4L_TV_DIM]);

#endif
