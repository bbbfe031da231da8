// Equilibria, Hopf points, periodic orbits with their Floquet multipliers, folds of cycles, and the continuation of branches, for
// autonomous flows with one parameter. Precise (1e-9 and better on HH), not only qualitative.
//
// Orbits are solved by single shooting with Newton's method; flow, monodromy matrix and parameter sensitivity come from one
// integration (Prince-Dormand 8(9), tolerance 1e-13). Sources of the methods: Kuznetsov, Elements of Applied Bifurcation
// Theory; Doedel, Keller & Kernevez (1991). Programs turn GSL's error handler off first (see dense.h).
#ifndef H4L_ANALYSIS_BIFURCATION_H
#define H4L_ANALYSIS_BIFURCATION_H

#include "analysis/flow.h"

struct h4l_complex {
    double re, im;
};

enum { H4L_SYSTEM_DIM = 12 };

struct h4l_system {
    int dim; // 1 .. H4L_SYSTEM_DIM
    const void *ctx;
    // F(x; p) into ret_dx[dim]; unless NULL the Jacobian into ret_J[dim * dim] and dF/dp into ret_dp[dim].
    void (*eval)(const void *ctx, double p, const double *x, double *ret_dx, double *ret_J,
                 double *ret_dp);
    const double *
        scale; // [dim], typical sizes of the variables (100 for mV, 1 for gates): for tolerances and arc length
};

// ---- equilibria ----

// Newton's method from x (guess in, solution out; untouched on failure) to a step below 1e-15 of the scale or no further progress.
// H4L_E_NUMERIC: no convergence.
int h4l_equilibrium(const struct h4l_system *system, double p, double *x, struct h4l_err *err);
// Eigenvalues of the Jacobian at (x, p), by descending real part: ret[dim].
int h4l_equilibrium_eigenvalues(const struct h4l_system *system, double p, const double *x,
                                struct h4l_complex *ret, struct h4l_err *err);

struct h4l_hopf {
    double p, x[H4L_SYSTEM_DIM];
    double omega; // imaginary part of the critical pair, rad per time unit
    struct h4l_complex eigenvalues[H4L_SYSTEM_DIM]; // by descending real part
    double slope;                                   // d Re(lambda) / dp along the equilibria
    double
        lyapunov_coefficient; // first Lyapunov coefficient l_1 (Kuznetsov, eq. 3.20); > 0: subcritical
    struct h4l_complex right[H4L_SYSTEM_DIM]; // critical eigenvector, <q, q> = 1
};
// The parameter in [low, high] at which a complex pair crosses the imaginary axis, along the equilibria that start from guess[dim] at
// low; its real part must change sign between low and high. l_1 comes from eighth-order differences of the Jacobian along the
// eigenvector with a step of 1/100 of the scale. H4L_E_NUMERIC: no such pair, no sign change.
int h4l_hopf_find(const struct h4l_system *system, double low, double high, const double *guess,
                  struct h4l_hopf *ret, struct h4l_err *err);

// ---- periodic orbits ----

struct h4l_orbit {
    double p, period;
    double x[H4L_SYSTEM_DIM]; // a point on it
};

// One integrator for shooting; one per thread; stays where it was created (it holds pointers into itself).
struct h4l_shooting {
    const struct h4l_system *system;
    double p;
    struct h4l_flow flow, varied;
    struct h4l_precise plain, full;
    double *scratch;
};
int h4l_shooting_create(const struct h4l_system *system, struct h4l_shooting *ret,
                        struct h4l_err *err);
void h4l_shooting_destroy(struct h4l_shooting *shooting);

// The periodic orbit at orbit->p near orbit->x with about orbit->period (in: guess, out: solution; untouched on failure).
// H4L_E_NUMERIC: no convergence in 30 steps, or onto an equilibrium.
int h4l_orbit_find(struct h4l_shooting *shooting, struct h4l_orbit *orbit, struct h4l_err *err);
// A guess for it: integrates from x for `settle` time units and takes the next two upward passages of variable i through level.
int h4l_orbit_guess(struct h4l_shooting *shooting, double p, const double *x, double settle, int i,
                    double level, struct h4l_orbit *ret, struct h4l_err *err);
// Moves the orbit's point to its upward (direction 1) or downward (-1) passage of variable i through level.
int h4l_orbit_to_section(struct h4l_shooting *shooting, int i, double level, int direction,
                         struct h4l_orbit *orbit, struct h4l_err *err);
// Least and largest value of variable i along the orbit, to rounding; either may be NULL.
int h4l_orbit_extremes(struct h4l_shooting *shooting, const struct h4l_orbit *orbit, int i,
                       double *ret_min, double *ret_max, struct h4l_err *err);
// Floquet multipliers (eigenvalues of the monodromy matrix, by descending modulus): ret[dim]. Those below about 1e-13 of the largest
// are lost in rounding; their logarithms are what h4l_orbit_exponents is for.
int h4l_orbit_multipliers(struct h4l_shooting *shooting, const struct h4l_orbit *orbit,
                          struct h4l_complex *ret, struct h4l_err *err);
// Floquet exponents ln|mu| / period by QR along the orbit, repeated until it is periodic: ret[dim], descending, each to about 1e-9
// however small mu is. *ret_divergence (may be NULL): the mean divergence, to which they must add up (Liouville).
int h4l_orbit_exponents(struct h4l_shooting *shooting, const struct h4l_orbit *orbit, double *ret,
                        double *ret_divergence, struct h4l_err *err);

// ---- branches of periodic orbits ----
//
// Branches are followed by multiple shooting, as the unstable orbits of HH have multipliers beyond 1e6, where a single shot
// from one point loses them.

enum { H4L_BRANCH_NODES = 20 };

struct h4l_branch_point {
    struct h4l_orbit orbit; // its point is node 0
    double nodes[H4L_BRANCH_NODES *
                 H4L_SYSTEM_DIM]; // states at the times k period / nodes: nodes[k * dim + i]
    double tangent[H4L_BRANCH_NODES * H4L_SYSTEM_DIM +
                   2]; // of (nodes, period, p) along the branch, scaled, norm 1
    struct h4l_complex multipliers[H4L_SYSTEM_DIM]; // by descending modulus
    int unstable; // number of multipliers outside the unit circle, the trivial one left out
};

struct h4l_branch_options {
    double step, step_min,
        step_max; // arc length in scaled variables (period and p over their scales)
    double period_scale, p_scale;
    double p_min, p_max; // the branch ends where p leaves this range,
    double extent_min;   // where the orbit shrinks below this extent in variable 0,
    int points;          // or after so many points
    // Called at every point in order; nonzero stops.
    int (*point)(void *ctx, const struct h4l_branch_point *point);
    void *point_ctx;
};

// Pseudo-arclength continuation from `start`, which is first corrected within the hyperplane orthogonal to first[dim + 2] (its point,
// period, p; (0, ..., 0, +-1) keeps p) and then followed into its direction. H4L_E_NUMERIC when the step falls below step_min.
// *ret_last (may be NULL): the last point.
int h4l_branch_run(struct h4l_shooting *shooting, const struct h4l_orbit *start,
                   const double *first, const struct h4l_branch_options *options,
                   struct h4l_branch_point *ret_last, struct h4l_err *err);
// The orbit of small amplitude that leaves a Hopf point: x + amplitude Re(q e^{i omega t}), a start for h4l_branch_run,
// with the direction of growing amplitude as its ret_first[dim + 2].
void h4l_orbit_from_hopf(const struct h4l_system *system, const struct h4l_hopf *hopf,
                         double amplitude, struct h4l_orbit *ret, double *ret_first);
// The fold of cycles (dp = 0 along the branch) between two neighbouring points of a branch whose tangents differ in the sign
// of dp. H4L_E_NUMERIC.
int h4l_fold_find(struct h4l_shooting *shooting, const struct h4l_branch_options *options,
                  const struct h4l_branch_point *a, const struct h4l_branch_point *b,
                  struct h4l_orbit *ret, struct h4l_err *err);

#endif
