// Lyapunov spectra: variational equations with repeated QR (Benettin et al. 1980; Shimada & Nagashima 1979), the growth of
// the distance of two trajectories as a cross-check, standard errors from blocks.
//
// Every estimator returns the exponents' means over consecutive blocks of the run, ret_blocks[block * exponents + i], so that
// runs can be pooled (h4l_lyapunov_summary) and their scatter gives the error. Exponents come in the order of QR, which is
// descending up to sampling noise. Unit: 1/(time unit of the flow), or 1/iteration for maps.
#ifndef H4L_ANALYSIS_LYAPUNOV_H
#define H4L_ANALYSIS_LYAPUNOV_H

#include "analysis/flow.h"
#include "analysis/hybrid.h"

struct h4l_lyapunov_options {
    int exponents; // number of leading exponents, 1 .. dim (less where the flow has a quotient)
    double start;  // time of the initial state
    double step;   // step of the integrator (RK4)
    long
        steps_per_qr; // steps between orthonormalisations: growth in between should stay far below 1e8
    long transient_qr; // orthonormalisations before the first block (state and vectors settle)
    long qr_per_block; // orthonormalisations per block
    int blocks;        // number of blocks
    int (*stop)(
        void *); // optional: called between blocks; nonzero ends the run with H4L_E_INTERRUPT
    void *stop_ctx;
};

// Spectrum of a flow from x[dim]; x is left at the end of the run (undefined on failure). H4L_E_RANGE, H4L_E_NOMEM;
// H4L_E_NUMERIC when the state leaves the finite numbers.
int h4l_lyapunov_flow(const struct h4l_flow *flow, const struct h4l_lyapunov_options *options,
                      double *x, double *ret_blocks, struct h4l_err *err);

// Many trajectories at once, for systems that come with an integrator of their own (one trajectory per vector lane, say).
struct h4l_ensemble {
    int dim, exponents;
    size_t n;        // trajectories
    const void *ctx; // handed to the callbacks
    // Advances all of them, with their tangent vectors, by `steps` steps from step number `first` on. state[row * n + j]:
    // first the dim variables of trajectory j, then the rows W[i * exponents + v] of its vectors.
    void (*advance)(const void *ctx, long first, long steps, double *state);
    // As in struct h4l_flow, for one trajectory; NULL: none.
    void (*quotient)(const void *ctx, double *x, double *W, int k);
};

// Spectra of all trajectories from the states x[i * n + j]; x is left at the end of the run. Of the options `exponents` and `start` are not
// used; `step` is the length of a step. ret_blocks[(j * blocks + block) * exponents + i].
int h4l_lyapunov_ensemble(const struct h4l_ensemble *ensemble,
                          const struct h4l_lyapunov_options *options, double *x, double *ret_blocks,
                          struct h4l_err *err);

// Spectrum of a flow with jumps, by saltation matrices (hybrid.h). Exponents can be -infinity.
int h4l_lyapunov_hybrid(const struct h4l_hybrid *hybrid, const struct h4l_lyapunov_options *options,
                        double *x, double *ret_blocks, struct h4l_err *err);

// Spectrum of a map; step and start are not used, a "step" is an iteration. An exponent is -infinity where the Jacobian
// annihilates a direction (a reset to a constant does).
int h4l_lyapunov_map(const struct h4l_map *map, const struct h4l_lyapunov_options *options,
                     double *x, double *ret_blocks, struct h4l_err *err);

// Largest exponent from two trajectories that start `distance` apart and are pulled together to that distance again every
// steps_per_qr steps; needs no Jacobian. ret_blocks[blocks]; options->exponents is not used. distance: small against the
// attractor, large against rounding (1e-7 of the state's size, say). The quotient, if any, measures the distance.
int h4l_lyapunov_two_trajectories(const struct h4l_flow *flow,
                                  const struct h4l_lyapunov_options *options, double distance,
                                  double *x, double *ret_blocks, struct h4l_err *err);

// Means over blocks[n * k] and their standard errors, sd / sqrt(n) (NaN for n = 1): ret_mean[k], ret_stderr[k]. Blocks
// must be longer than the correlation time of the growth rates for the error to be right. Either may be NULL.
void h4l_lyapunov_summary(const double *blocks, size_t n, int k, double *ret_mean,
                          double *ret_stderr);

// Kaplan-Yorke dimension of a descending spectrum; 0 when the largest exponent is negative. Of a driven flow time is no variable here: the
// spectrum has no exponent 0 for it, and the dimension is that of the state alone (with time as a variable it is larger by 1).
double h4l_kaplan_yorke(const double *spectrum, int n);

// Modified Gram-Schmidt: replaces the columns of W[dim * k] by an orthonormal basis of the same flag; ret_norms[k] gets the
// diagonal of R, all >= 0. A column that depends on those before it has norm 0 and is replaced by a fresh direction.
void h4l_orthonormalise(double *W, int dim, int k, double *ret_norms);

// A start basis in general position: fixed, orthonormal, along no axis. ret_W[dim * k].
void h4l_generic_basis(int dim, int k, double *ret_W);

#endif
