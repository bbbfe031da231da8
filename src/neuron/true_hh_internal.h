// What true_hh_fast.c and its kernels, compiled once per instruction level, share.
#ifndef H4L_NEURON_TRUE_HH_INTERNAL_H
#define H4L_NEURON_TRUE_HH_INTERNAL_H

#include "base/level.h"
#include "neuron/hh_fast_internal.h"
#include "neuron/true_hh_fast.h"

enum {
    H4L_TRUE_HH_NOTES = 11, // rows that a step notes, and with the derivatives by own constants
    H4L_TRUE_HH_NOTES_OWN = 17,
    H4L_TRUE_HH_WIDEST = 2, // vectors side by side
    H4L_TRUE_HH_KEPT = 5,   // rows of a block's start: V, m, h, n and the potential before
};

// The tangent at the window's start, per unit of conductance and speed: currents[c] = at[c] + by[c][i] (x_i - x0_i), times dt/C;
// gates -decay (x - x0) + by_V (V - V0), times dt.
struct h4l_true_hh_tangent {
    float x[4], at[3], by[3][4], decay[3], by_V[3];
};

// Potentials are measured from the window's start.
struct h4l_true_hh_consts {
    size_t steps, pieces, block;
    bool wide;            // the notes of vectors side by side stay in the cache
    const float *weights; // [steps + 1]: of V_k; that of V_0 is 0
    float start[4];       // V, m, h, n
    float shared[H4L_TRUE_HH_OWN];
    float dt, per_dt, per_C;     // ms, 1/ms, dt/C
    float theta, per_k, theta_k; // mV, 1/mV, -theta/k
    // exp(-(V - theta)/2 mV) 1e-9 from exp(-a/10)^5, where a is V less the upper or the lower singularity of the rates.
    float fifth[2];
    float half_width2, crossing, slope; // spikes: squared half width, 1/dt, 1/(2 half_width dt)
    struct h4l_true_hh_tangent tangent;
};

// Windows of whole tiles; pointers and strides as in struct h4l_true_hh_windows.
struct h4l_true_hh_job {
    const struct h4l_hh_fast_consts_float *rates;
    const struct h4l_true_hh_consts *consts;
    const struct h4l_true_hh_windows *x;
    float *notes, *kept; // scratch
    bool linear, spikes, cut;
};

struct h4l_true_hh_kernels {
    size_t tile; // lanes of a vector
    void (*run)(const struct h4l_true_hh_job *job);
};
H4L_DECLARE_LEVELS(const struct h4l_true_hh_kernels, h4l_true_hh_kernels);

struct h4l_true_hh_fast {
    const struct h4l_true_hh_kernels *kernels;
    struct h4l_true_hh window;
    struct h4l_hh_fast *rates; // owns the rates' constants
    struct h4l_true_hh_consts consts;
    float *weights;
};

// Steps that a block of such a window has, so that its notes take 4 MiB or there are as many blocks as steps in a block.
size_t h4l_true_hh_fast_block(size_t steps, size_t tile);

#endif
