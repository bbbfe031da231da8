// The neurons of the dynamics experiments as flows for analysis/: HH, tv-LIF2HH (gates of its own, exact step order), and
// s-LIF2HH in continuous time and as its published map.
#ifndef H4L_DYNAMICS_MODEL_H
#define H4L_DYNAMICS_MODEL_H

#include "analysis/bifurcation.h"
#include "analysis/hybrid.h"
#include "analysis/lyapunov.h"
#include "neuron/hh_tangent.h"
#include "neuron/s_lif.h"
#include "neuron/tv_lif_flow.h"
#include "base/rng.h"
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

// Relative noise on every component of the tangent vectors at each orthonormalisation, for showing what rounding, which is such
// noise of size 1e-16, does to exponents. size 0: none.
struct h4l_tangent_noise {
    double size;
    struct h4l_rng rng;
};
// h4l_driven_tv with noise. Both must outlive the flow; one thread only, as the random stream advances.
struct h4l_noisy_tv {
    const struct h4l_driven *driven;
    struct h4l_tangent_noise *noise;
};
struct h4l_flow h4l_driven_noisy_tv(const struct h4l_noisy_tv *noisy);

// HH or tv-LIF2HH as an ensemble of H4L_HH_TANGENT_LANES trajectories (neuron/hh_tangent.h), for h4l_lyapunov_ensemble.
struct h4l_driven_ensemble {
    const struct h4l_driven *driven;
    const struct h4l_hh_tangent *kernel;
    int tv;
    double step;                        // ms
    double start[H4L_HH_TANGENT_LANES]; // time of each trajectory's first step
    struct h4l_tangent_noise *noise;    // of tv-LIF2HH, NULL: none
};
struct h4l_ensemble h4l_driven_ensemble(const struct h4l_driven_ensemble *ensemble);

// s-LIF2HH in continuous time: u_i' = (-(u_i - U)(1 - decay) + I(t)) / C for i = 1, 2, 3, u_4' likewise with u_1 + u_2 + u_3;
// when the lowest of the four reaches the threshold all are set to U. The published map is its forward Euler step with dt = 1.
struct h4l_hybrid h4l_driven_s_lif(const struct h4l_driven *driven);
// The published map (h4l_s_lif_step): input is the mean of the wave over the step. Its Jacobian is 0 in a step that fires.
struct h4l_map h4l_driven_s_lif_map(const struct h4l_driven *driven);

#endif
