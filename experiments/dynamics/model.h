// The neurons of the dynamics experiments as flows for analysis/: HH, tv-LIF2HH (gates of its own, exact step order), and
// s-LIF2HH in continuous time and as its published map.
#ifndef H4L_DYNAMICS_MODEL_H
#define H4L_DYNAMICS_MODEL_H

#include "analysis/bifurcation.h"
#include "analysis/hybrid.h"
#include "neuron/s_lif.h"
#include "neuron/tv_lif_flow.h"
#include "sim/waveform.h"

// HH form A with the current as the parameter, for equilibria and orbits. `flow` must outlive the system.
struct h4l_system h4l_model_system(const struct h4l_hh_flow *flow);

// A neuron under a waveform.
struct h4l_driven {
    struct h4l_hh_flow hh;
    struct h4l_s_lif s_lif;
    struct h4l_wave wave;
};
// Form A, the published s-LIF2HH, and the wave (shared, not copied).
void h4l_driven_init(const struct h4l_wave *wave, struct h4l_driven *ret);
// Flows of dimension 4 (V, m, h, n) and 8 (tv_lif.h; symmetry taken out, so 7 exponents).
struct h4l_flow h4l_driven_hh(const struct h4l_driven *driven);
struct h4l_flow h4l_driven_tv(const struct h4l_driven *driven);

// s-LIF2HH in continuous time: u_i' = (-(u_i - U)(1 - decay) + I(t)) / C for i = 1, 2, 3, u_4' likewise with u_1 + u_2 + u_3;
// when the lowest of the four reaches the threshold all are set to U. The published map is its forward Euler step with dt = 1.
struct h4l_hybrid h4l_driven_s_lif(const struct h4l_driven *driven);
// The published map (h4l_s_lif_step): input is the mean of the wave over the step. Its Jacobian is 0 in a step that fires.
struct h4l_map h4l_driven_s_lif_map(const struct h4l_driven *driven);

#endif
