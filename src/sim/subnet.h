// Sub-networks of leaky integrate-and-fire units on any topology (neuron/topology.h).
//
// Step s (s = 1, 2, ...) of length dt takes the state at (s-1) dt to s dt. The units advance in their order; unit i with
//
//     u_i <- u_i + dt gain_i ( leak_i (rest_i - u_i) + I_i )
//     I_i  = input_i x  +  sum over membrane arrows j -> i of weight u_j  +  sum over spike arrows of weight [j is above]
//
// x is the input's mean over the step; arrows from a unit before i carry its new value (before any reset), arrows from i itself or
// a later one the value of the previous step (potential after the reset). A unit is above when u > threshold and it is not refractory.
//     reset `and`: when all output units are above, the sub-network fires and all units are set to their reset values;
//     reset `own`: each unit that is above is set to its reset value; the sub-network fires if an output unit is above.
// A unit that was reset stays at its reset value, and is not above, for the following ceil(refractory / dt) steps.
//
// With the topology 3+1, gain 1/C = 1, leak 1 - decay = 0.1 per ms, rest = reset = 0, threshold 70, all weights 1 and dt = 1
// this is s-LIF2HH of He et al. (2024), rounding included: h4l_subnet_published. Units: mV, ms, uA/cm^2, uF/cm^2.
#ifndef H4L_SIM_SUBNET_H
#define H4L_SIM_SUBNET_H

#include "neuron/topology.h"

struct h4l_unit {
    double leak;          // mS/cm^2 (published: 1 - decay); the time constant is 1 / (gain leak)
    double gain;          // 1/C, cm^2/uF
    double threshold;     // mV
    double rest, reset;   // mV
    double input;         // weight of the input; must be 0 for units without a projection
    double refractory_ms; // absolute refractory time, >= 0
};

struct h4l_subnet {
    struct h4l_topology topology;
    double dt; // ms
    struct h4l_unit unit[H4L_TOPOLOGY_UNITS];
    double weight[H4L_TOPOLOGY_EDGES]; // of topology.edges, in their order
};

// s-LIF2HH with the published constants on any topology (models.md: threshold 70, decay 0.9, all weights 1, dt = 1).
void h4l_subnet_published(const struct h4l_topology *topology, struct h4l_subnet *ret);

// Topology as h4l_topology_check; dt > 0; all constants finite; gain > 0, leak >= 0, dt gain leak <= 1 (a longer step overshoots
// the rest); refractory 0..1e6 dt; input weight 0 where the topology gives none. H4L_E_USAGE / H4L_E_RANGE name the unit.
int h4l_subnet_check(const struct h4l_subnet *net, struct h4l_err *err);

// ---- the plain version, one step at a time ----

struct h4l_subnet_state {
    double u[H4L_TOPOLOGY_UNITS];      // potentials after the step
    double before[H4L_TOPOLOGY_UNITS]; // potentials of that step before the reset
    uint32_t above;                    // bit i: unit i was above in that step
    long hold[H4L_TOPOLOGY_UNITS];     // steps that the unit still stays at its reset value
};

// All units at rest, none refractory.
void h4l_subnet_rest(const struct h4l_subnet *net, struct h4l_subnet_state *ret);

// One step with the input x[i] of unit i (read for input units only). True when the sub-network fires. The constants must have
// passed h4l_subnet_check.
bool h4l_subnet_step(const struct h4l_subnet *net, const double *x, struct h4l_subnet_state *state);

// `steps` steps from *state with the same input x[s] for all input units. Step s (from 0) is recorded as a spike at its start, start +
// s dt (as the published chain does). The first `capacity` spike times go to ret_t; *ret_n is the number of spikes, which may
// be more. (The caller compares; a sub-network without refractory time can fire in each step.)
void h4l_subnet_run(const struct h4l_subnet *net, const double *x, size_t steps, double start_ms,
                    struct h4l_subnet_state *state, size_t capacity, double *ret_t, size_t *ret_n);

// One step in which the sub-network fires if and only if `fires` says so (with own resets: all output units or none of them fire;
// the others as usual). Returns the margin: what the rule left to itself compares with 0, that is u - threshold before the
// reset, of the output unit for which it is least (reset `and`) or largest (`own`). For fitting: the margins along a recorded spike
// train are smooth in the constants, free runs are not.
double h4l_subnet_step_imposed(const struct h4l_subnet *net, const double *x, bool fires,
                               struct h4l_subnet_state *state);

// ---- many stimuli at once ----

enum { H4L_SUBNET_LANES = 16 };

// The same sub-network on H4L_SUBNET_LANES stimuli side by side, each from rest: x[s * H4L_SUBNET_LANES + lane] (aligned to
// 64 bytes), spike times of lane l to ret_t[l * capacity ...], their number to ret_n[l], as h4l_subnet_run. Bit-identical to it at
// every instruction level (base/simd.h).
void h4l_subnet_run_lanes(const struct h4l_subnet *net, const double *x, size_t steps,
                          double start_ms, size_t capacity, double *ret_t,
                          size_t ret_n[H4L_SUBNET_LANES]);

// h4l_subnet_step_imposed in the same arrangement: bit l of fires[s] imposes a spike on lane l in step s; the margins go to
// ret_margin[s * H4L_SUBNET_LANES + lane] (aligned to 64 bytes).
void h4l_subnet_margin_lanes(const struct h4l_subnet *net, const double *x, const uint16_t *fires,
                             size_t steps, double *ret_margin);

#endif
