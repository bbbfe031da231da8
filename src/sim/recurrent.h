// A recurrent network with conductance synapses, built of any neuron of h4l_models (neuron/model.h): the same wiring, the same
// synapses and the same drive for all of them.
//
// Neuron i gets the current drive_i and two conductances, I_i = drive_i + Ge_i (Ee - V_i) + Gi_i (Ei - V_i) with Ge_i = ge sum of s_j
// over its excitatory partners and Gi_i likewise. Synapses are those of Destexhe, Mainen & Sejnowski (Neural Comput. 1994), one gate
// s_j per presynaptic neuron:
//     s' = alpha T (1 - s) - beta s,       T = 1 / (1 + exp(-(V - Vp) / Kp))  (transmitter, mM)
// so the whole network of smooth neurons is one smooth flow. A resetting neuron has no action potential that could release transmitter
// by its shape: there T is a pulse of 1 mM that lasts pulse_ms from each spike on, as in the source, and s' = -beta s between spikes.
//
// Every state vector goes neuron by neuron, the synaptic gate last.
#ifndef H4L_SIM_RECURRENT_H
#define H4L_SIM_RECURRENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "neuron/model.h"

struct h4l_synapse {
    double g;           // conductance of one synapse with s = 1, mS/cm^2
    double E;           // reversal potential, mV (form A)
    double alpha, beta; // 1/(mM ms), 1/ms
};

struct h4l_recurrent {
    int n, n_exc; // neurons 0..n_exc-1 excite, the others inhibit
    // Partners of neuron i: from[first[i]] .. from[first[i + 1] - 1], excitatory ones first.
    int *first, *from;
    int *first_inh; // where neuron i's inhibitory partners begin in `from`
    double *drive;  // uA/cm^2
    struct h4l_synapse exc, inh;
    double Vp, Kp, pulse_ms;  // transmitter release: mV, mV, ms
    struct h4l_neuron neuron; // all are alike
    int width;                // variables per neuron: those of the neuron, and the gate
};

struct h4l_recurrent_options {
    const struct h4l_model *model;
    int n, n_exc; // 2 <= n; 1 <= n_exc < n
    // Partners of every neuron: exactly so many, drawn without repetition and without itself.
    int in_exc, in_inh;
    double g_exc, g_inh;            // mS/cm^2 per synapse
    double drive_mean, drive_range; // drives are even in mean +- range, uA/cm^2
    uint64_t seed, index;
};

// Draws wiring and drives from the stream (seed, "recurrent network", index), the same for every model. Constants: alpha 1.1, beta 0.19,
// E 0 (AMPA); alpha 5, beta 0.18, E -80 (GABA_A); Vp 2, Kp 5; the published neuron. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_recurrent_create(const struct h4l_recurrent_options *options, struct h4l_recurrent *ret,
                         struct h4l_err *err);
void h4l_recurrent_destroy(struct h4l_recurrent *net); // harmless on a zeroed struct

// Variables of the whole network, n * width.
int h4l_recurrent_dim(const struct h4l_recurrent *net);

// Neurons at V[i] (mV) with their other variables in their steady state there, synapses closed.
void h4l_recurrent_start(const struct h4l_recurrent *net, const double *V, double *ret_x);
// Potential of neuron i, mV.
double h4l_recurrent_potential(const struct h4l_recurrent *net, const double *x, int i);
// Mean synaptic currents over the neurons, uA/cm^2: excitatory (inward: positive) and inhibitory.
void h4l_recurrent_currents(const struct h4l_recurrent *net, const double *x, double *ret_exc,
                            double *ret_inh);

// ---- the flow (of resetting neurons: between spikes) ----

// dx/dt of all neurons; `extra` (NULL: none) is added to the drives. x, ret_dx[dim].
void h4l_recurrent_eval(const struct h4l_recurrent *net, const double *extra, const double *x,
                        double *ret_dx);
// The same, without extra currents, and the products J W for k tangent vectors, row by row (analysis/flow.h): W, ret_dW[dim * k].
// scratch[h4l_recurrent_scratch(net, k)].
void h4l_recurrent_tangent(const struct h4l_recurrent *net, const double *x, const double *W, int k,
                           double *ret_dx, double *ret_dW, double *scratch);
size_t h4l_recurrent_scratch(const struct h4l_recurrent *net, int k);
// Takes the neurons' symmetry out, where they have one; W[dim * k], NULL where k is 0.
void h4l_recurrent_quotient(const struct h4l_recurrent *net, double *x, double *W, int k);

// ---- spikes of resetting neurons ----

// The event function of neuron i and, unless NULL, its gradient ret_gradient[dim].
double h4l_recurrent_event(const struct h4l_recurrent *net, const double *x, int i,
                           double *ret_gradient);
// Spike of neuron i: its jump, and its gate by the whole pulse at once, s <- s + (s_inf - s)(1 - exp(-pulse / tau)) with
// s_inf = alpha / (alpha + beta), tau = 1 / (alpha + beta); the derivative on k vectors.
void h4l_recurrent_fire(const struct h4l_recurrent *net, int i, double *x, double *W, int k);

// ---- the map of stepped neurons ----

// A step of map_ms: conductances of the old gates, then the neurons, then the gates (exactly over the step, with transmitter for
// neurons that fire in it). ret_fired[n]: 1 where the neuron fired. In place.
void h4l_recurrent_map(const struct h4l_recurrent *net, const double *extra, double *x,
                       unsigned char *ret_fired);
// The Jacobian of that step at x: ret_J[dim * dim].
void h4l_recurrent_map_jacobian(const struct h4l_recurrent *net, const double *x, double *ret_J);

#endif
