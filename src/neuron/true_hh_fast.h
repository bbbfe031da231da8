// Many windows of true HH neurons in float32, each with its derivative, a vector of them side by side: the fast companion of
// h4l_true_hh_run (true_hh.h), which defines it, under forward Euler.
//
// Every window turns currents of its own into one number, so its derivative does not have to wait for the rest of the network: rate
// and d rate / d I come out of one call, and a network multiplies them by what arrives from behind. Per step the forward pass notes
// the entries of the step's Jacobian and the readout's slope, 44 bytes a window; the backward pass is twelve sums of products per step
// that read them again. Two vectors run side by side while their notes stay in the second-level cache (1000 steps with avx512: 1.4 MB).
// A window whose notes take more than 4 MiB is cut into blocks of that size, or of sqrt(steps) steps if those are more: the first pass
// keeps the state at each block's start only, and the way back runs each block forward once more, so that memory grows as sqrt(steps)
// (checkpointing: Griewank & Walther, ACM Trans. Math. Softw. 26 (2000)).
//
// The gates' rates as in hh_fast.h, with one division for all three denominators and the readout. They see V clamped to 150 mV around
// the start; more than 60 mV below it, alpha_m, alpha_n and beta_h may be taken for 0 (they are below 2e-3 per ms there). A sigma
// below 4e-18 counts as that. Potentials are measured from the window's start, where a float resolves ten times more of them.
//
// Instruction levels as in hh_fast.h: avx2 and avx512 give the same bits. A window's results depend on nothing but its own inputs: not
// on N, its place, or threads. Accuracy: see h4l_true_hh_fast_run.
#ifndef H4L_NEURON_TRUE_HH_FAST_H
#define H4L_NEURON_TRUE_HH_FAST_H

#include "base/simd.h"
#include "neuron/true_hh.h"

// Constants prepared for one kind of window and one level: immutable, may be shared by threads.
struct h4l_true_hh_fast;

// H4L_E_RANGE: as h4l_true_hh_check and h4l_hh_fast_create; exponential Euler, which only the plain version has. H4L_E_NOMEM.
int h4l_true_hh_fast_create(const struct h4l_true_hh *window, enum h4l_simd level,
                            struct h4l_true_hh_fast **ret, struct h4l_err *err);
void h4l_true_hh_fast_destroy(struct h4l_true_hh_fast *fast); // NULL is allowed

// Bytes of scratch memory, aligned to 64, that each thread needs of its own.
size_t h4l_true_hh_fast_scratch(const struct h4l_true_hh_fast *fast);

// N windows. Arrays with rows have their own stride, in floats, at least N; alignment is any.
struct h4l_true_hh_windows {
    size_t N;
    const float *I; // [pieces] rows: currents, uA/cm^2
    size_t I_stride;
    const float *own; // [H4L_TRUE_HH_OWN] rows: each window's own constants; NULL: shared ones
    size_t own_stride;
    float *rate;      // [N]
    float *d_current; // [pieces] rows; NULL: no derivative
    size_t d_current_stride;
    float *d_own; // [H4L_TRUE_HH_OWN] rows; NULL: not wanted (only with d_current)
    size_t d_own_stride;
    float least,
        most; // currents are taken into [least, most]; the derivative is that at the edge, so that they find back
    float clip; // derivatives with respect to a current are taken into [-clip, clip]; 0: no bound
};

// What did not go well: nothing of it spoils the results of other windows.
struct h4l_true_hh_report {
    size_t
        blown_up; // windows that left the floating-point numbers: their rate and derivatives are set to 0
    size_t outside; // currents outside [least, most]
    size_t clipped; // derivatives with respect to a current beyond clip
};

// Runs the windows. Against the plain version, windows of 20 ms with currents of -10 to 60 uA/cm^2, smooth readout:
//
//     dt, ms                                                      0.01     0.02     0.05
//     rate, largest difference                                    2e-5     1e-5     1e-5
//     derivatives, in proportion to what the steps contribute     1e-3     1e-3     1e-2
//
// (the sum of the magnitudes of the steps' contributions; for the own constants, the largest entry times its constant). Typical are
// a tenth of that; the largest stand where a spike hangs in the balance. scratch: h4l_true_hh_fast_scratch bytes, aligned to 64. Adds to *report.
void h4l_true_hh_fast_run(const struct h4l_true_hh_fast *fast, const struct h4l_true_hh_windows *x,
                          void *scratch, struct h4l_true_hh_report *report);

#endif
