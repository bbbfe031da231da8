// Dynamical systems as callbacks, and their integration together with tangent vectors.
//
// A flow is dx/dt = F(t, x) with its Jacobian J = dF/dx; k tangent vectors, the columns of W, obey dW/dt = J W. W is
// stored row by row, W[i * k + v] for component i of vector v, so that a product with J runs over contiguous memory.
#ifndef H4L_ANALYSIS_FLOW_H
#define H4L_ANALYSIS_FLOW_H

#include <stddef.h>

#include "base/err.h"

struct h4l_flow {
    int dim;         // number of state variables
    const void *ctx; // handed to the callbacks
    // F at (t, x) into ret_dx[dim] and, unless ret_J is NULL, the Jacobian into ret_J[dim * dim], row-major.
    void (*eval)(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J);
    // Optional (NULL: from eval): F and J W for k vectors, for systems whose Jacobian is large and sparse.
    void (*tangent)(const void *ctx, double t, const double *x, const double *W, int k,
                    double *ret_dx, double *ret_dW);
    // Optional: for a system with a continuous symmetry, moves x to a chosen representative of its orbit and projects the k vectors
    // onto the complement of the symmetry's directions. Exponents then belong to the quotient system. W is NULL when k is 0.
    void (*quotient)(const void *ctx, double *x, double *W, int k);
};

// A map x <- step(n, x), n = 0, 1, ..., with its Jacobian.
struct h4l_map {
    int dim;
    const void *ctx;
    // The image of x into ret_x (never the same memory) and, unless ret_J is NULL, the Jacobian at x, row-major.
    void (*step)(const void *ctx, size_t n, const double *x, double *ret_x, double *ret_J);
};

// Classical fourth-order Runge-Kutta of state and tangent vectors together, so the vectors follow the exact derivative of the
// discrete step. One stepper per thread.
struct h4l_rk4 {
    const struct h4l_flow *flow;
    int k;
    double *memory, *dx, *xs, *sum, *J, *dW, *Ws, *sumW;
};
int h4l_rk4_create(const struct h4l_flow *flow, int k, struct h4l_rk4 *ret, struct h4l_err *err);
void h4l_rk4_destroy(struct h4l_rk4 *rk4); // harmless on a zeroed struct
// One step of length h from (t, x, W), in place; W[dim * k] is not read when the stepper has k = 0. F at (t, x) stays in dx.
void h4l_rk4_step(struct h4l_rk4 *rk4, double t, double h, double *x, double *W);
// The same for the state alone, whatever k.
void h4l_rk4_step_state(struct h4l_rk4 *rk4, double t, double h, double *x);

// dW = J W, J[dim * dim], W and dW[dim * k].
void h4l_tangent_product(const double *J, const double *W, int dim, int k, double *ret_dW);

// Integration to prescribed accuracy: Prince-Dormand 8(9) of GSL with step control, for orbits and their monodromy matrices.
struct h4l_precise {
    const struct h4l_flow *flow;
    int k;
    double tolerance;
    void *impl;
};
// k tangent vectors (0: none) take part in the error control. tolerance: absolute and relative per step, 1e-14 .. 1e-2.
int h4l_precise_create(const struct h4l_flow *flow, int k, double tolerance,
                       struct h4l_precise *ret, struct h4l_err *err);
void h4l_precise_destroy(struct h4l_precise *precise);
// From t to t_end (either direction) in place; W as in h4l_rk4_step. H4L_E_NUMERIC when steps shrink to nothing or values leave the
// finite numbers; x and W are then undefined.
int h4l_precise_run(struct h4l_precise *precise, double t, double t_end, double *x, double *W,
                    struct h4l_err *err);

// Section crossing: from (t, x) on, the first time at which component `i` passes `level` in `direction` (+1 up, -1 down),
// found to rounding by Newton's method on the flow time. A start on the section itself (within 1e-9) does not count. W may be NULL.
// H4L_E_NUMERIC when there is none before t_end. On success x, W and *ret_t stand at the crossing.
int h4l_precise_to_section(struct h4l_precise *precise, double t, double t_end, int i, double level,
                           int direction, double *x, double *W, double *ret_t, struct h4l_err *err);

#endif
