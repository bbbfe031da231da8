// The HH neuron as a flow: right-hand side and Jacobian in one call, with two exponentials in place of twelve.
//
// The fast companion of h4l_hh_rhs and h4l_hh_jacobian (hh.h), which define it; tests/unit/hh_flow.c bounds the difference
// (relative 1e-13). For Lyapunov exponents, orbits and networks, where the pair is evaluated many million times.
#ifndef H4L_NEURON_HH_FLOW_H
#define H4L_NEURON_HH_FLOW_H

#include "neuron/hh.h"
#include "neuron/model.h"

struct h4l_hh_flow {
    struct h4l_hh hh;
    double shift_m, shift_h, shift_n; // exp((v_0 - v_x) / 10)
};

void h4l_hh_flow_init(const struct h4l_hh *hh, struct h4l_hh_flow *ret);

// The rates at V, and their derivatives with respect to V unless ret_d is NULL. With z = exp(-(V + v_0)/80) the exponentials
// of (V + v_x)/10, /20 and /80 are z^8, z^4 and z times constants.
void h4l_hh_flow_rates(const struct h4l_hh_flow *flow, double V, struct h4l_hh_rates *ret,
                       struct h4l_hh_rates *ret_d);

// dx/dt at state x (order of hh.h) and input current I, and the Jacobian ret_J[16], row-major, unless it is NULL.
void h4l_hh_flow_eval(const struct h4l_hh_flow *flow, const double x[H4L_HH_DIM], double I,
                      double ret_dx[H4L_HH_DIM], double *ret_J);

// The row of form A. Its constants are a struct h4l_hh_flow.
extern const struct h4l_model h4l_model_hh;

#endif
