// The neurons of the paper's learning experiments. They are NOT the neurons of hh.h, s_lif.h and tv_lif.h: the "HH" here has
// rates that do not depend on the voltage, and no neuron here has a physical unit that survives its training code.
//
// This is the plain definition: one neuron, one window of T steps, double precision, forward and backward through time with
// the rectangular surrogate. The engine of src/net is tested against it.
// Letters: T steps of the window, U units of a neuron (4 for s-LIF2HH, else 1), P input projections (3 for s-LIF2HH, else 1),
// R spike trains that it sends on (4 for s-LIF2HH, else 1), M mixing weights (4 for s-LIF2HH, else 0). For a sub-network of
// any topology: U its units, P its input units, R and M as written at struct h4l_learning_neuron.
#ifndef H4L_NEURON_LEARNING_H
#define H4L_NEURON_LEARNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "neuron/topology.h"

enum h4l_learning_kind {
    H4L_LEARNING_LIF, // v <- decay v (1 - s) + I
    H4L_LEARNING_HH,  // Euler step of the HH membrane, gates with constant rates, no reset
    H4L_LEARNING_SLIF, // s-LIF2HH: three LIF units with inputs of their own, a fourth that mixes their potentials
    H4L_LEARNING_BINARY,   // ANN: [max(I, 0) > threshold], memoryless
    H4L_LEARNING_TOPOLOGY, // LIF units joined by a topology; s-LIF2HH is "3+1 output all reset own"
};

// Where a neuron's published constants come from.
enum h4l_learning_experiment {
    H4L_LEARNING_FC,   // multi-task, fully connected
    H4L_LEARNING_CONV, // multi-task, convolutional
    H4L_LEARNING_MI,   // mutual information
    H4L_LEARNING_RL, // reinforcement learning, InvertedDoublePendulum (InvertedPendulum: see h4l_learning_published)
};

enum {
    H4L_LEARNING_MAX_WINDOW = 32,
    H4L_LEARNING_MAX_UNITS = H4L_TOPOLOGY_UNITS,
    H4L_LEARNING_MAX_INPUTS = H4L_TOPOLOGY_UNITS,
    H4L_LEARNING_MAX_MIXING = H4L_TOPOLOGY_EDGES + H4L_TOPOLOGY_UNITS,
};

// A sub-network of topology (neuron/topology.h) as a learning neuron: in step t unit u does
//
//     v_u[t] = decay v_u[t-1] (1 - r[t-1]) + sum over its arrows of c x[t-1], + c0 where it has arrows, + I_u + drive where it
//              is an input unit;                                          a_u[t] = [v_u[t] > threshold]
//
// x is the potential (membrane arrow, before a reset) or a (spike arrow) of the arrow's source, one step old; at the start
// all of them are 0. Reset `own`: r = a_u, and every output unit sends its a on: R output units. Reset `and`: r = s, the
// product of the output units' a; s alone is sent on: R = 1. reset = false leaves the factor (1 - r) out.
// Mixing weights, shared by all neurons of a layer: unit by unit in ascending order, for each unit with arrows the c of its
// arrows (by source, as in topology.edges) and then its c0. For 3+1 these are s-LIF2HH's c1, c2, c3, c0.
// Input projections: one per input unit, in ascending order of the units.

struct h4l_learning_neuron {
    enum h4l_learning_kind kind;
    int window;                   // T, 1..32
    double threshold;             // spike where v > threshold
    double half_width;            // surrogate: ds/dv = 1 where |v - threshold| < half_width, else 0
    double decay;                 // LIF, s-LIF2HH, topology
    bool reset;                   // the same: the factor (1 - s); the published neurons have it
    double drive;                 // constant added to every input; published: 0
    double dt;                    // HH
    double g_na, g_k, g_l;        // HH: peak conductances, published 120, 36, 0.3 (C = 1)
    double e_na, e_k, e_l;        // HH: reversal potentials, published 115, -12, 10.6
    bool currents_detached;       // HH, conv: the ionic currents take no part in the gradient
    bool h_rates_swapped;         // HH, conv: alpha and beta of h exchanged
    struct h4l_topology topology; // topology
};

// The six constant rates of one HH neuron.
struct h4l_learning_rates {
    double a_n, b_n, a_m, b_m, a_h, b_h;
};

// The published constants of kind in experiment. RL: window 5, threshold of HH 2.3, dt 0.1 (its mean; it is drawn per neuron
// from U(0, 0.2)); InvertedPendulum's HH threshold is 2.0. Mixing weights start as in the engine's initialisation. Topology (not
// published): the constants of s-LIF2HH, and its topology.
struct h4l_learning_neuron h4l_learning_published(enum h4l_learning_kind kind,
                                                  enum h4l_learning_experiment experiment);

// H4L_E_RANGE with the field's name unless: kind is one of the above; 1 <= window <= 32; half_width > 0; all numbers finite; HH:
// dt > 0. Topology: what h4l_topology_check says.
int h4l_learning_check(const struct h4l_learning_neuron *neuron, struct h4l_err *err);

int h4l_learning_units(const struct h4l_learning_neuron *neuron);  // U
int h4l_learning_inputs(const struct h4l_learning_neuron *neuron); // P
int h4l_learning_trains(const struct h4l_learning_neuron *neuron); // R
int h4l_learning_mixing(const struct h4l_learning_neuron *neuron); // M

// HH: the conductances do not depend on the data, only on the rates. ret_g[t] = g_Na m^3 h + g_K n^4 + g_L and
// ret_e[t] = sum of g_i E_i with the gates before step t (they start at 0), so that v <- v + dt (I - g v + e).
void h4l_learning_hh_currents(const struct h4l_learning_neuron *neuron,
                              const struct h4l_learning_rates *rates, double *ret_g, double *ret_e);
// The same, channel by channel: ret_na[t], ret_k[t] (mS/cm2 in the published units), for the audit of the channels.
void h4l_learning_hh_channels(const struct h4l_learning_neuron *neuron,
                              const struct h4l_learning_rates *rates, double *ret_na,
                              double *ret_k);
// The gating variables n, m, h before each step, [T] each. They start at 0.
void h4l_learning_hh_gates(const struct h4l_learning_neuron *neuron,
                           const struct h4l_learning_rates *rates, double *ret_n, double *ret_m,
                           double *ret_h);

// Runs one neuron through its window. input: [P][T]; mix: [M], s-LIF2HH's c1, c2, c3, c0 (NULL where M is 0); rates: HH (else
// NULL). ret_v: potentials after each step (BINARY: max(I, 0)), before a reset, [U][T]; ret_s: spikes 0/1 of its trains, [R][T].
void h4l_learning_forward(const struct h4l_learning_neuron *neuron,
                          const struct h4l_learning_rates *rates, const double *mix,
                          const double *input, double *ret_v, uint8_t *ret_s);

// Back through the window. v, s: from the forward run; ds: gradient of the loss to each spike from outside, [R][T].
// ret_dinput: [P][T]; dmix: the gradient of mix is added to dmix[M] (NULL where M is 0).
void h4l_learning_backward(const struct h4l_learning_neuron *neuron,
                           const struct h4l_learning_rates *rates, const double *mix,
                           const double *v, const uint8_t *s, const double *ds, double *ret_dinput,
                           double *dmix);

#endif
