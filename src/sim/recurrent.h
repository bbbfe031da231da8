// A recurrent network with conductance synapses, built of HH neurons, of tv-LIF2HH neurons, or of s-LIF2HH sub-networks: the
// same wiring, the same synapses and the same drive for all three.
//
// Neuron i: I_i = drive_i + Ge_i (Ee - V_i) + Gi_i (Ei - V_i) with the conductances Ge_i = ge sum of s_j over its excitatory
// partners and Gi_i likewise. Synapses are those of Destexhe, Mainen & Sejnowski (Neural Comput. 1994), one gate s_j per
// presynaptic neuron:
//     s' = alpha T (1 - s) - beta s,       T = 1 / (1 + exp(-(V - Vp) / Kp))  (transmitter, mM)
// so the whole network of HH or tv neurons is one smooth flow. s-LIF2HH has no action potential that could release transmitter
// by its shape: there T is a pulse of 1 mM that lasts pulse_ms from each spike on, as in the source, and V_i - Ee is read from the
// sub-network's input units u_i, which are measured from rest (V = rest + u).
//
// Every state vector goes neuron by neuron, the synaptic gate last.
#ifndef H4L_SIM_RECURRENT_H
#define H4L_SIM_RECURRENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "neuron/s_lif.h"
#include "neuron/tv_lif_flow.h"

struct h4l_synapse {
    double g;           // conductance of one synapse with s = 1, mS/cm^2
    double E;           // reversal potential, mV (form A)
    double alpha, beta; // 1/(mM ms), 1/ms
};

struct h4l_recurrent {
    int n, n_exc; // neurons 0..n_exc-1 excite, the others inhibit
    int *first,
        *from; // partners of neuron i: from[first[i]] .. from[first[i + 1] - 1], excitatory ones first
    int *first_inh; // where neuron i's inhibitory partners begin in `from`
    double *drive;  // uA/cm^2
    struct h4l_synapse exc, inh;
    double Vp, Kp, pulse_ms; // transmitter release: mV, mV, ms
    double rest;             // mV: where s-LIF2HH has u = 0
    struct h4l_hh_flow hh;
    struct h4l_s_lif s_lif;
};

struct h4l_recurrent_options {
    int n, n_exc; // 2 <= n; 1 <= n_exc < n
    int in_exc,
        in_inh; // partners of every neuron: exactly so many, drawn without repetition and without itself
    double g_exc, g_inh;            // mS/cm^2 per synapse
    double drive_mean, drive_range; // drives are even in mean +- range, uA/cm^2
    uint64_t seed, index;
};

// Draws wiring and drives from the stream (seed, "recurrent network", index). Constants: alpha 1.1, beta 0.19, E 0 (AMPA); alpha 5, beta 0.18,
// E -80 (GABA_A); Vp 2, Kp 5; form A; published s-LIF2HH. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_recurrent_create(const struct h4l_recurrent_options *options, struct h4l_recurrent *ret,
                         struct h4l_err *err);
void h4l_recurrent_destroy(struct h4l_recurrent *net); // harmless on a zeroed struct

// ---- HH and tv-LIF2HH: smooth flows ----

enum {
    H4L_RECURRENT_HH = H4L_HH_DIM + 1,
    H4L_RECURRENT_TV = H4L_TV_DIM + 1
}; // variables per neuron

// dx/dt of all neurons; `extra` (NULL: none) is added to the drives. x, ret_dx[n * variables].
void h4l_recurrent_hh(const struct h4l_recurrent *net, const double *extra, const double *x,
                      double *ret_dx);
void h4l_recurrent_tv(const struct h4l_recurrent *net, const double *extra, const double *x,
                      double *ret_dx);
// The same and the products J W for k tangent vectors, row by row (analysis/flow.h): W, ret_dW[n * variables * k].
// scratch[h4l_recurrent_scratch(net, k)].
void h4l_recurrent_hh_tangent(const struct h4l_recurrent *net, const double *x, const double *W,
                              int k, double *ret_dx, double *ret_dW, double *scratch);
void h4l_recurrent_tv_tangent(const struct h4l_recurrent *net, const double *x, const double *W,
                              int k, double *ret_dx, double *ret_dW, double *scratch);
size_t h4l_recurrent_scratch(const struct h4l_recurrent *net, int k);

// Neurons at V[i] (mV) with gates in their steady state there, synapses closed. (s-LIF2HH: u_1..3 = V - rest, u_4 = 0.)
void h4l_recurrent_hh_start(const struct h4l_recurrent *net, const double *V, double *ret_x);
void h4l_recurrent_tv_start(const struct h4l_recurrent *net, const double *V, double *ret_x);
void h4l_recurrent_s_lif_start(const struct h4l_recurrent *net, const double *V, double *ret_x);
// Potential of neuron i.
double h4l_recurrent_hh_potential(const double *x, int i);
double h4l_recurrent_tv_potential(const double *x, int i);

// Mean synaptic currents over the neurons, uA/cm^2: excitatory (inward: positive) and inhibitory.
void h4l_recurrent_hh_currents(const struct h4l_recurrent *net, const double *x, double *ret_exc,
                               double *ret_inh);

// ---- s-LIF2HH ----

enum { H4L_RECURRENT_S_LIF = H4L_S_LIF_UNITS + 1 };

// The published map (step s_lif.dt_ms) in the network: conductances of the old gates, then the units, then the gates (exactly over the
// step, with transmitter for neurons that fire in it). ret_fired[n]: 1 where the sub-network fired. In place.
void h4l_recurrent_s_lif_step(const struct h4l_recurrent *net, const double *extra, double *x,
                              unsigned char *ret_fired);

// The Jacobian of that step at x: ret_J[dim * dim], dim = n * H4L_RECURRENT_S_LIF; 0 in the rows of units that are reset.
void h4l_recurrent_s_lif_jacobian(const struct h4l_recurrent *net, const double *x, double *ret_J);

// Continuous time: dx/dt between spikes, u_i' = (-(u_i - U)(1 - decay) + I_i) / C; s' = -beta s.
void h4l_recurrent_s_lif(const struct h4l_recurrent *net, const double *extra, const double *x,
                         double *ret_dx);
void h4l_recurrent_s_lif_tangent(const struct h4l_recurrent *net, const double *x, const double *W,
                                 int k, double *ret_dx, double *ret_dW, double *scratch);
// Spike of neuron i: its units to U, and its gate by the whole pulse at once, s <- s + (s_inf - s)(1 - exp(-pulse / tau)) with
// s_inf = alpha / (alpha + beta), tau = 1 / (alpha + beta); the derivative on k vectors.
void h4l_recurrent_s_lif_fire(const struct h4l_recurrent *net, int i, double *x, double *W, int k);

#endif
