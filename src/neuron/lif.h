// Leaky integrate-and-fire neurons, plain and in double.
//
// Two definitions that must not be mixed up:
//   h4l_lif      the discrete LIF of the published learning code: dimensionless, reset by the step after a spike;
//   h4l_lif_ct   the textbook LIF in continuous time with its closed form (Gerstner et al., Neuronal Dynamics, chapter 1),
//                which tests and fits compare with.
// The sub-network s-LIF2HH of the two-neuron chain is in s_lif.h.
#ifndef H4L_NEURON_LIF_H
#define H4L_NEURON_LIF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "neuron/model.h"

// ---- discrete ----

//     v <- decay v (1 - s) + I,   s = [v > threshold]
// The spike of a step clears the potential in the next one, so the potential itself is the whole state.
struct h4l_lif {
    double decay;     // per step, 0 <= decay < 1 in the published settings; any finite value works
    double threshold; // in the unit of v
};

extern const struct h4l_lif h4l_lif_learning; // decay 0.2, threshold 0.3 (fc, conv)
extern const struct h4l_lif
    h4l_lif_learning_rl; // decay 0.2, threshold 0.2 (RL, mutual information)

// One step from *v with input I; returns the spike (0 or 1) and leaves the new potential in *v.
int h4l_lif_step(const struct h4l_lif *lif, double I, double *v);

// T steps from potential 0 with the inputs I[0..T-1]. Writes the potentials ret_v[T] and spikes ret_s[T] (each may be NULL) and
// returns the number of spikes.
size_t h4l_lif_run(const struct h4l_lif *lif, const double *I, size_t T, double *ret_v,
                   uint8_t *ret_s);

// The number of spikes in T steps from potential 0 under the constant input I, in closed form: with k the first step whose
// geometric sum I (1 - decay^k) / (1 - decay) exceeds the threshold, every k-th step spikes, floor(T / k) in all. (For T = 15 the
// possible numbers are 0, 1, 2, 3, 5, 7, 15, whatever the constants: that coarse is the code of such a neuron.) Valid for
// 0 <= decay < 1 and threshold >= 0.
size_t h4l_lif_count(const struct h4l_lif *lif, double I, size_t T);

// ---- continuous time ----

//     tau V' = -(V - rest) + R I;   at V >= threshold: spike, V <- reset, held there for `refractory`
struct h4l_lif_ct {
    double tau_ms;                 // > 0
    double R;                      // mV per unit of current
    double rest, threshold, reset; // mV; reset < threshold
    double refractory_ms;          // >= 0
};

// H4L_E_RANGE names the parameter that is not finite or outside its range.
int h4l_lif_ct_check(const struct h4l_lif_ct *lif, struct h4l_err *err);
// Potential after dt >= 0 without spike under constant I: V_inf + (V - V_inf) exp(-dt / tau), V_inf = rest + R I.
double h4l_lif_ct_relax(const struct h4l_lif_ct *lif, double V, double I, double dt_ms);
// Time until V reaches the threshold under constant I: 0 if it is there, infinity if it never comes.
double h4l_lif_ct_time_to_threshold(const struct h4l_lif_ct *lif, double V, double I);
// Interval of regular firing under constant I, refractory + tau ln((V_inf - reset) / (V_inf - threshold)); infinity below rheobase.
double h4l_lif_ct_isi(const struct h4l_lif_ct *lif, double I);

struct h4l_lif_ct_state {
    double V;           // mV
    double held_for_ms; // what is left of the refractory time
};

// Advances by dt under constant I, exactly (event by event). Returns the number of spikes and writes the times, counted from
// the beginning of the step, of the first `capacity` of them to ret_times (may be NULL if capacity is 0).
// With refractory 0 and a reset at the threshold the interval would be 0: h4l_lif_ct_check refuses that.
size_t h4l_lif_ct_advance(const struct h4l_lif_ct *lif, struct h4l_lif_ct_state *state, double I,
                          double dt_ms, size_t capacity, double *ret_times);

// The same as a row, without refractory time; constants are a struct h4l_lif_ct. They are those of one unit of the published chain
// (s_lif.h): C = 1 uF/cm^2 and a leak of 1 - 0.9 per ms give 10 ms and 10 mV per uA/cm^2; the threshold is 70 mV above rest and reset,
// which are put at HH's -65 mV. So it fires above 7 uA/cm^2, near where HH does.
extern const struct h4l_model h4l_model_lif;

#endif
