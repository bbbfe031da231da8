// Inside of cell "hh", for the audits of its channels: its constants' places and the courses of its gates, which do not depend on
// the data.
#ifndef H4L_CELL_HH_H
#define H4L_CELL_HH_H

#include "cell/cell.h"

extern const struct h4l_cell h4l_cell_hh;

// Places in h4l_cell_constants.own.
enum {
    H4L_CELL_HH_DT,
    H4L_CELL_HH_G_NA, // peak conductances, published 120, 36, 0.3 (C = 1)
    H4L_CELL_HH_G_K,
    H4L_CELL_HH_G_L,
    H4L_CELL_HH_E_NA, // reversal potentials, published 115, -12, 10.6
    H4L_CELL_HH_E_K,
    H4L_CELL_HH_E_L,
    H4L_CELL_HH_DETACHED, // conv: the ionic currents take no part in the gradient
    H4L_CELL_HH_SWAPPED,  // conv: alpha and beta of h exchanged
};

// Places in the rates of a neuron.
enum {
    H4L_CELL_HH_A_N,
    H4L_CELL_HH_B_N,
    H4L_CELL_HH_A_M,
    H4L_CELL_HH_B_M,
    H4L_CELL_HH_A_H,
    H4L_CELL_HH_B_H,
};

// The gating variables n, m, h before each step, [T] each. They start at 0.
void h4l_cell_hh_gates(const struct h4l_cell_constants *k, const double *rates, double *ret_n,
                       double *ret_m, double *ret_h);
// The conductances of the channels before each step, [T] each (mS/cm2 in the published units).
void h4l_cell_hh_channels(const struct h4l_cell_constants *k, const double *rates, double *ret_na,
                          double *ret_k);
// ret_g[t] = g_Na m^3 h + g_K n^4 + g_L and ret_e[t] = sum of g_i E_i, with the gates before step t, so that
// v <- v + dt (I - g v + e).
void h4l_cell_hh_currents(const struct h4l_cell_constants *k, const double *rates, double *ret_g,
                          double *ret_e);

#endif
