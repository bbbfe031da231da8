// The published two-neuron chain: a waveform drives neuron 1, neuron 1 drives neuron 2; once with HH neurons, once with
// s-LIF2HH sub-networks (He et al. 2024, Fig. 3d, with the constants of its published code).
//
//     HH        form B, forward Euler, step j from (j-1) dt to j dt: neuron 1 gets x(j dt), neuron 2 gets weight dt s_1, where
//               s_1 = [V_1 > threshold] of the same step: a level, so that neuron 2 is driven in every step of the spike
//     s-LIF2HH  step s from (s-1) dt to s dt: units 1 to 3 of sub-network 1 get the mean of x over the step, those of sub-network 2
//               weight dt s_i + s_4, where s_i is unit i's own threshold test of the same step, before the reset
//
// With the weight 1e5 per ms, neuron 2 repeats neuron 1 (a relay). Units: ms, mV, uA/cm^2.
#ifndef H4L_SIM_SLIF_CHAIN_H
#define H4L_SIM_SLIF_CHAIN_H

#include <stddef.h>

#include "base/err.h"
#include "neuron/hh.h"
#include "neuron/s_lif.h"
#include "sim/waveform.h"

enum { H4L_CHAIN_LAYERS = 2 };

// Every constant that somebody set by hand is a field, so that each can be varied.
struct h4l_chain {
    struct h4l_wave wave;        // x(t)
    struct h4l_hh hh;            // form B
    double hh_start[H4L_HH_DIM]; // V 0, m 0.0489, h 0.1341, n 0.6446 (not at rest), of both neurons
    double hh_dt_ms;             // 0.001
    double hh_threshold;         // 70 mV above rest
    struct h4l_s_lif lif;        // dt 1, C 1, decay 0.9, U 0, threshold 70; potentials start at 0
    double weight_per_ms;        // 1e5
    double duration_ms;          // 80
};

// The chain with the published constants and the given waveform.
struct h4l_chain h4l_chain_published(const struct h4l_wave *wave);
// H4L_E_RANGE names the constant that is not finite or outside its range (steps, capacitances, duration > 0; at least one
// step of each kind, at most 10^8).
int h4l_chain_check(const struct h4l_chain *chain, struct h4l_err *err);
// Number of whole steps within the duration.
size_t h4l_chain_hh_steps(const struct h4l_chain *chain);
size_t h4l_chain_lif_steps(const struct h4l_chain *chain);

// The spikes of one neuron, by the published convention in both models: at the start of the step in which the neuron's flag rises.
// A flag that stays up (an HH spike lasts many steps, a sub-network may fire in consecutive ones) is one spike; `high_steps` counts the
// steps with the flag up, which is the number of firings of a sub-network. Free with h4l_chain_spikes_free.
struct h4l_chain_spikes {
    double *t_ms; // [n]
    size_t n, high_steps;
};
void h4l_chain_spikes_free(struct h4l_chain_spikes spikes[H4L_CHAIN_LAYERS]);

// Runs the two HH neurons. ret_V[layer], if not NULL, receives the potentials after each step (h4l_chain_hh_steps values).
// H4L_E_RANGE as h4l_chain_check; H4L_E_NUMERIC when a potential leaves the finite numbers (names the time); H4L_E_NOMEM.
int h4l_chain_run_hh(const struct h4l_chain *chain, double *const ret_V[H4L_CHAIN_LAYERS],
                     struct h4l_chain_spikes ret[H4L_CHAIN_LAYERS], struct h4l_err *err);

// The same for n chains side by side on the vector kernels of neuron/hh_fast.h, many times as fast: for maps and draws. All must have
// the same hh, hh_dt_ms and duration_ms. ret[i] are the spikes of chain i. A chain's result does not depend on its neighbours.
// The potentials differ from those of h4l_chain_run_hh by rounding, the spikes in the tests not at all; where a spike's existence
// hangs on the last digits the plain version is the definition. H4L_E_RANGE, also where the chains differ in what they must share.
int h4l_chain_run_hh_many(const struct h4l_chain *chains, size_t n,
                          struct h4l_chain_spikes (*ret)[H4L_CHAIN_LAYERS], struct h4l_err *err);

// Runs the two sub-networks. input, if not NULL, replaces the means of the waveform (h4l_chain_lif_steps values).
// ret_steps[layer], if not NULL, receives what each step gave. Errors as h4l_chain_run_hh.
int h4l_chain_run_lif(const struct h4l_chain *chain, const double *input,
                      struct h4l_s_lif_flags *const ret_steps[H4L_CHAIN_LAYERS],
                      struct h4l_chain_spikes ret[H4L_CHAIN_LAYERS], struct h4l_err *err);

#endif
