// A neuron of h4l_models under a waveform as a flow, a flow with jumps or a map for analysis/. What the experiments know of a
// neuron they know through here and through its row (neuron/model.h).
#ifndef H4L_DYNAMICS_MODEL_H
#define H4L_DYNAMICS_MODEL_H

#include "analysis/bifurcation.h"
#include "analysis/hybrid.h"
#include "analysis/lyapunov.h"
#include "base/rng.h"
#include "neuron/hh_tangent.h"
#include "neuron/model.h"
#include "sim/waveform.h"

// A smooth neuron with the current as the parameter, for equilibria and orbits. `neuron` must outlive the system.
struct h4l_system h4l_model_system(const struct h4l_neuron *neuron);
// The state in which the neuron rests at current I, ret_x[dim]: an equilibrium of its flow, found from its rest_mV; of a neuron in other
// coordinates where the other one rests. H4L_E_NUMERIC.
int h4l_model_rest(const struct h4l_neuron *neuron, double I, double *ret_x, struct h4l_err *err);
// A start for its periodic orbit at H4L_MODEL_ORBIT_I uA/cm^2: what it settles to from state x in 300 ms, from one upward passage of
// 0 mV to the next. H4L_E_NUMERIC, with what to do: it does not fire there.
#define H4L_MODEL_ORBIT_I 10
int h4l_model_orbit(struct h4l_shooting *s, const double *x, struct h4l_orbit *ret,
                    struct h4l_err *err);
// The state of the neuron that stands at the state x of the one that it is in other coordinates; a copy of x for any other.
void h4l_model_place(const struct h4l_model *model, const double *x, double *ret_x);

// Into how many parts a step of `step` ms has to be cut so that the neuron's flow bears it (step_ms); mostly 1.
int h4l_model_parts(const struct h4l_model *model, double step);

struct h4l_driven {
    struct h4l_neuron neuron;
    struct h4l_wave wave;
};
// The neuron (copied) under the wave (shared, not copied).
void h4l_driven_init(const struct h4l_neuron *neuron, const struct h4l_wave *wave,
                     struct h4l_driven *ret);
// The flow, without any jumps. `driven` must outlive what these return.
struct h4l_flow h4l_driven_flow(const struct h4l_driven *driven);
// A resetting neuron's flow with its jump.
struct h4l_hybrid h4l_driven_hybrid(const struct h4l_driven *driven);
// A stepped neuron's map: input is the mean of the wave over the step. ret_J is 0 in a step that resets all to a constant.
struct h4l_map h4l_driven_map(const struct h4l_driven *driven);

// Relative noise on every component of the tangent vectors at each orthonormalisation, for showing what rounding, which is such
// noise of size 1e-16, does to exponents. size 0: none.
struct h4l_tangent_noise {
    double size;
    struct h4l_rng rng;
};
// h4l_driven_flow with noise. Both must outlive the flow; one thread only, as the random stream advances.
struct h4l_noisy {
    const struct h4l_driven *driven;
    struct h4l_tangent_noise *noise;
};
struct h4l_flow h4l_noisy_flow(const struct h4l_noisy *noisy);

// A neuron with a vector kernel as an ensemble of H4L_HH_TANGENT_LANES trajectories (neuron/hh_tangent.h), for h4l_lyapunov_ensemble.
struct h4l_driven_ensemble {
    const struct h4l_driven *driven;
    const struct h4l_hh_tangent *kernel;
    double step;                        // ms
    double start[H4L_HH_TANGENT_LANES]; // time of each trajectory's first step
    struct h4l_tangent_noise *noise;    // NULL: none
};
struct h4l_ensemble h4l_driven_ensemble(const struct h4l_driven_ensemble *ensemble);

#endif
