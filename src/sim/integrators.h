// One step in time of an HH neuron, alone or with a tv-LIF2HH neuron beside it, by four integration schemes.
//
// A step goes from state k at time t to state k + 1 at t + dt. Input currents are given as I[3], at t, t + dt/2 and t + dt;
// the Euler schemes use I[0] only. dt > 0 (ms).
#ifndef H4L_SIM_INTEGRATORS_H
#define H4L_SIM_INTEGRATORS_H

#include "neuron/hh.h"
#include "neuron/tv_lif.h"

enum h4l_scheme {
    // Forward Euler: every variable moves dt times its derivative at the old state (order 1).
    H4L_EULER,
    // Exponential Euler: every variable is solved exactly with all others frozen at the old state (Rush & Larsen 1978; order
    // 1). Component by component it does not keep f + u_4 equal to V: the tv neuron then has a first-order error.
    H4L_EXP_EULER,
    // The classical Runge-Kutta method of order 4 on the whole system; f is a stage variable with f' = sum_i g_i u_i', which
    // makes the tv neuron exact. The order of h4l_tv_options has no meaning here.
    H4L_RK4,
    // Runge-Kutta 4 for the HH neuron, but each LIF neuron for itself with conductances, f and the other potentials
    // frozen over the step, as a simulator that treats the four as separate neurons would do: order 1 only.
    H4L_RK4_BY_NEURON,
    H4L_SCHEMES
};

// "euler", "exp_euler", "rk4", "rk4_by_neuron"; NULL for other values.
const char *h4l_scheme_name(enum h4l_scheme scheme);

// How a pair of an HH and a tv-LIF2HH neuron is integrated.
struct h4l_pair {
    struct h4l_hh hh; // constants of both
    enum h4l_scheme scheme;
    struct h4l_tv_options tv;
    double dt; // ms
};

// One step of an HH neuron in place.
void h4l_hh_step(const struct h4l_hh *hh, enum h4l_scheme scheme, double dt, const double I[3],
                 double x[H4L_HH_DIM]);

// One step of both neurons in place: the HH neuron x with input I_hh, and the tv-LIF2HH neuron y with input I_tv, which reads
// the HH neuron's gates (shared) or its own. Returns the potential that the tv neuron's threshold test of this step reads
// (see h4l_tv_step); the HH neuron's is its potential before the step.
double h4l_pair_step(const struct h4l_pair *pair, const double I_hh[3], const double I_tv[3],
                     double x[H4L_HH_DIM], double y[H4L_TV_DIM]);

// ---- single precision (integrators_real.c is compiled for both types) ----

struct h4l_pair_float {
    struct h4l_hh_float hh;
    enum h4l_scheme scheme;
    struct h4l_tv_options tv;
    float dt;
};

void h4l_pair_to_float(const struct h4l_pair *pair, struct h4l_pair_float *ret);
void h4l_hh_step_float(const struct h4l_hh_float *hh, enum h4l_scheme scheme, float dt,
                       const float I[3], float x[H4L_HH_DIM]);
float h4l_pair_step_float(const struct h4l_pair_float *pair, const float I_hh[3],
                          const float I_tv[3], float x[H4L_HH_DIM], float y[H4L_TV_DIM]);

#endif
