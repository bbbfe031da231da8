// Many HH or tv-LIF2HH neurons at once, each with a full set of tangent vectors, by the classical Runge-Kutta method: for Lyapunov
// spectra over ensembles of trajectories; HH neurons also without them.
//
// The fast companion of h4l_rk4_step on h4l_hh_flow_eval and h4l_tv_flow_tangent, which define it: the same formulas with one trajectory
// per vector lane. tests/unit/hh_tangent.c holds state and vectors within 1e-12 (relative) of them at every instruction level.
//
// Layout: state[row * N + j] for trajectory j. The first rows are the variables (hh.h or tv_lif.h), then come the tangent
// vectors row by row, W[i * k + v] for component i of vector v: k = 4 for HH, 7 for tv-LIF2HH (its symmetry leaves seven).
#ifndef H4L_NEURON_HH_TANGENT_H
#define H4L_NEURON_HH_TANGENT_H

#include <stddef.h>

#include "base/simd.h"
#include "neuron/tv_lif_flow.h"

enum {
    H4L_HH_TANGENT_LANES = 8, // N must be a multiple of this
    H4L_HH_TANGENT_VECTORS = 4,
    H4L_HH_TANGENT_ROWS = H4L_HH_DIM * (1 + H4L_HH_TANGENT_VECTORS),
    H4L_TV_TANGENT_VECTORS = 7,
    H4L_TV_TANGENT_ROWS = H4L_TV_DIM * (1 + H4L_TV_TANGENT_VECTORS)
};

// Constants prepared for one set of parameters and one level: immutable, may be shared by threads.
struct h4l_hh_tangent;

// H4L_E_RANGE and H4L_E_NOMEM as h4l_hh_fast_create.
int h4l_hh_tangent_create(const struct h4l_hh *hh, enum h4l_simd level, struct h4l_hh_tangent **ret,
                          struct h4l_err *err);
void h4l_hh_tangent_destroy(struct h4l_hh_tangent *tangent); // NULL is allowed

// Advances N trajectories by `steps` steps of length h (ms), in place. I[i * N + j]: current of trajectory j at the time
// i h / 2 after the start, i = 0 .. 2 steps. state[rows * N] with the rows of HH or of tv-LIF2HH.
void h4l_hh_tangent_run(const struct h4l_hh_tangent *tangent, double h, size_t N, size_t steps,
                        const double *I, double *state);
void h4l_tv_tangent_run(const struct h4l_hh_tangent *tangent, double h, size_t N, size_t steps,
                        const double *I, double *state);

// HH neurons by the same steps without tangent vectors: state[H4L_HH_DIM * N]. stride: N, or 0 where all rows of currents are the
// one row I[N].
void h4l_hh_rk4_run(const struct h4l_hh_tangent *tangent, double h, size_t N, size_t steps,
                    const double *I, size_t stride, double *state);

#endif
