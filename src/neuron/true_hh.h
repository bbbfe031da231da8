// The true Hodgkin-Huxley neuron as a unit that learns: a window of it turns input currents into a rate, and the derivative of that
// rate with respect to the currents and to the neuron's own constants comes along. Plain and in double: the definition that
// the fast version (true_hh_fast.h) is compared with.
//
// Equations and constants as in hh.h (Hodgkin & Huxley, J. Physiol. 117 (1952)), with one factor more per gate, its speed s_x:
//
//     C V' = I - gNa m^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL),    x' = s_x [alpha_x(V) (1 - x) - beta_x(V) x].
//
// A window starts at V = start with the gates at their steady state there, and takes `steps` steps of dt; every right-hand side sees the
// old state. The ablations of a real neuron are values of these constants: sodium only gK = 0, potassium only gNa = 0, passive
// membrane both 0 (best with frozen gates, whose rates then cannot blow up far from rest), gates frozen at rest s = {0, 0, 0}; and `linear` replaces the right-hand side by its tangent at the start.
// A membrane's own speed is not a constant of its own: C only scales the currents and all conductances together.
//
// The derivative is the adjoint of these very steps (discretise, then differentiate): with J_k the Jacobian of step k and r the
// readout, lambda_k = J_k^T lambda_(k+1) + dr/dx_k, as in backpropagation through time (Werbos, Proc. IEEE 78 (1990)).
#ifndef H4L_NEURON_TRUE_HH_H
#define H4L_NEURON_TRUE_HH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "neuron/hh.h"

// A neuron's own constants: peak conductances in mS/cm^2, speeds of the gates (no unit).
enum h4l_true_hh_own {
    H4L_TRUE_HH_G_NA,
    H4L_TRUE_HH_G_K,
    H4L_TRUE_HH_G_L,
    H4L_TRUE_HH_SPEED_M,
    H4L_TRUE_HH_SPEED_H,
    H4L_TRUE_HH_SPEED_N,
    H4L_TRUE_HH_OWN
};

// What all neurons of a layer share. h4l_true_hh_default: form A, 20 ms in steps of 0.02 ms, one piece, forward Euler, smooth.
struct h4l_true_hh {
    struct h4l_hh hh;
    double start; // mV
    double dt;    // ms
    size_t steps; // of the window
    // The window's parts with an input of their own; step k belongs to piece floor(k pieces / steps).
    size_t pieces;
    // Exponential Euler (each variable solved exactly with the others frozen), else forward Euler.
    bool exponential;
    bool linear; // linearised at the start: resonance without spikes
    // What is sent on, of the potentials V_1 ... V_steps after each step, with weights w_k that sum to 1:
    //     smooth   sum_k w_k sigma((V_k - theta) / k),  sigma(x) = 1 / (1 + exp(-x))                  no unit, 0 to 1
    //     spikes   sum_k w_k [V_k > theta and V_(k-1) <= theta] / dt, upward crossings                1/ms
    // The derivative of a crossing with respect to V_k is a rectangle of area 1, 1/(2 half_width) where |V_k - theta| < half_width, if
    // V_(k-1) <= theta, else 0. The flag of the step before counts as a constant: otherwise a potential that stays above theta would
    // be pushed down, since a dip would make a second crossing.
    bool spikes;
    // The derivative cut to one step, for the probe whether a task needs dynamics at all: V_k counts as a function of the last step's
    // input, the state before it as a constant.
    bool cut;
    double theta, k, half_width; // mV
    // w_k: 0 for equal weights, else exp(-(T - t_k)/trace_ms), the weights of a synaptic trace read at the end T.
    double trace_ms;
};
extern const struct h4l_true_hh h4l_true_hh_default;

// H4L_E_RANGE with the reason: dt, C, k, half_width not finite and > 0, steps 0, pieces not in 1..steps, trace_ms negative, anything
// not finite.
int h4l_true_hh_check(const struct h4l_true_hh *window, struct h4l_err *err);

// The constants of `hh` with speeds 1.
void h4l_true_hh_shared(const struct h4l_hh *hh, double ret_own[H4L_TRUE_HH_OWN]);

// The constant currents, uA/cm^2, between which the steps of forward Euler stay stable: ret_range[0] holds V where dt (alpha_m +
// beta_m) = 2, the limit of stability of the fastest gate (dt 0.01 ms: -24.3, 0.02: -20.5, 0.05: -15.6 for form A); ret_range[1] is 500,
// safe up to dt = 0.05 ms, far beyond the block of spiking near 150. Up to dt = 0.02 ms the current may also change between them
// within the window; at 0.05 ms a fall below -6 with the potassium channels open is too much. For the shared constants; a passive or
// linear membrane has no such limits.
void h4l_true_hh_currents(const struct h4l_true_hh *window, double ret_range[2]);

// The weights w_1 ... w_steps.
void h4l_true_hh_weights(const struct h4l_true_hh *window, double *ret_weights);

// Where piece p begins: its first step. Piece `pieces` begins at `steps`.
size_t h4l_true_hh_piece(const struct h4l_true_hh *window, size_t p);

// Results of a window. Any pointer may be NULL; without d_current, d_own and d_V no derivative is computed.
struct h4l_true_hh_result {
    double *rate;      // the readout
    double *d_current; // [pieces]: d rate / d I of each piece, per uA/cm^2
    double *d_own;     // [H4L_TRUE_HH_OWN]: d rate / d own
    double *states; // [(steps + 1) * H4L_HH_DIM]: V, m, h, n before the first and after each step
    // [3]: integral of the magnitude of each channel's current over the window, Na, K, leak, nC/cm^2
    double *charge;
    // [steps + 1]: d rate / d V_k, the whole effect of a push at time k (the gradient's horizon)
    double *d_V;
};

// One window of one neuron with the currents I[pieces] (uA/cm^2). own NULL: h4l_true_hh_shared. Far outside the range in which
// the steps are stable the state blows up, and the results are then not finite. H4L_E_RANGE as h4l_true_hh_check, H4L_E_NOMEM.
int h4l_true_hh_run(const struct h4l_true_hh *window, const double own[H4L_TRUE_HH_OWN],
                    const double *I, const struct h4l_true_hh_result *ret, struct h4l_err *err);

#endif
