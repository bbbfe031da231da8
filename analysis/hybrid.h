// Flows with jumps (spiking neurons with threshold and reset), and their tangent vectors through saltation matrices.
//
// Between events the state follows a flow. When an event function g_e(x) rises through 0 the state jumps, x <- R_e(x). A
// neighbouring trajectory meets the event a little earlier or later, so a tangent vector w is not carried by DR alone but by
//     S w = DR w + (F(x+) - DR F(x-)) (grad g . w) / (grad g . F(x-)),
// F before and after the jump (Aizerman & Gantmakher 1958; Müller 1995). For an autonomous flow S maps F(x-) to F(x+): the
// neutral direction survives the jump. With a reset to a constant DR = 0 and S has rank one: all but one exponent of a single
// reset neuron are -infinity, and the one that is left says how spike times move.
#ifndef H4L_ANALYSIS_HYBRID_H
#define H4L_ANALYSIS_HYBRID_H

#include "analysis/flow.h"

struct h4l_hybrid {
    struct h4l_flow flow;
    int events; // number of event functions
    // Values of all event functions: ret_g[events]. An event fires where g passes from negative to >= 0.
    void (*values)(const void *ctx, double t, const double *x, double *ret_g);
    // Gradient of event function e: ret_gradient[dim]; the event functions do not depend on time explicitly.
    void (*gradient)(const void *ctx, int e, double t, const double *x, double *ret_gradient);
    // Applies jump e to x and its derivative at x to the k columns of W (W[dim * k]), in place; k may be 0. The jump must leave
    // g_e negative. Where it lifts another event function to >= 0 (a pulse that makes the next neuron fire), that event
    // follows at the same instant, lower numbers first.
    void (*jump)(const void *ctx, int e, double t, double *x, double *W, int k);
};

// Called at every event, in order of time; e: which.
typedef void (*h4l_event_fn)(void *observer, double t, int e, const double *x);

struct h4l_hybrid_run {
    const struct h4l_hybrid *hybrid;
    int k;
    struct h4l_rk4 rk4;
    double *memory, *g, *g_end, *x_old, *W_old, *x_try, *gradient, *f_minus, *shift;
    h4l_event_fn observe;
    void *observer;
};

// An integrator with k tangent vectors (0: state only). observe may be NULL.
int h4l_hybrid_create(const struct h4l_hybrid *hybrid, int k, h4l_event_fn observe, void *observer,
                      struct h4l_hybrid_run *ret, struct h4l_err *err);
void h4l_hybrid_destroy(struct h4l_hybrid_run *run);
// One RK4 step of length h from (t, x, W) in place, cut at every event that falls into it; event times are solved for to rounding
// of the step. H4L_E_NUMERIC: more than 1000 events per event function in one step (a jump that does not take its g below 0).
int h4l_hybrid_step(struct h4l_hybrid_run *run, double t, double h, double *x, double *W,
                    struct h4l_err *err);

#endif
