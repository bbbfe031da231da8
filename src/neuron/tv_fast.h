// Arrays of tv-LIF2HH neurons, each beside the HH neuron whose gates it reads, forward Euler, many neurons per vector.
//
// The fast companion of h4l_pair_step (sim/integrators.h) with H4L_EULER and H4L_TV_SHARED_GATES, which defines it, in both
// step orders and with rebasing; for populations far larger than the plain version's, and long runs. The HH neurons
// advance with exactly the bits of h4l_hh_fast_run. Per step the tv neuron costs one division and 13 products more.
//
// Accuracy, held by tests/unit/tv_fast.c: f + u_4 within 1e-9 mV of the plain version at every step of 100 ms; in exact order
// |V - (f + u_4)| stays at rounding (below 1e-9 mV over 1 s with rebasing).
#ifndef H4L_NEURON_TV_FAST_H
#define H4L_NEURON_TV_FAST_H

#include "neuron/hh_fast.h"
#include "neuron/tv_lif.h"

// The state of as many tv neurons as there are HH neurons, one array per variable, mV (tv_lif.h).
struct h4l_tv_array {
    double *u1, *u2, *u3, *f, *u4;
};
struct h4l_tv_array_float {
    float *u1, *u2, *u3, *f, *u4;
};

// Comparisons of each pair; a pointer may be NULL.
struct h4l_tv_compare {
    double threshold; // mV
    double *
        max_error; // [N] raised to the largest |V - (f + u_4)| after a step, mV; NaN once there was one
    uint32_t *
        differing; // [N] += steps in which just one of the two is above threshold, each as its own test reads it (V before
                   // the step, and what h4l_pair_step returns)
};
struct h4l_tv_compare_float {
    float threshold;
    float *max_error;
    uint32_t *differing;
};

// Advances x->N pairs by `steps` steps; both neurons of a pair get the same current. compare may be NULL. H4L_E_RANGE for
// options->gates other than H4L_TV_SHARED_GATES.
int h4l_tv_fast_run(const struct h4l_hh_fast *fast, const struct h4l_hh_array *x,
                    const struct h4l_tv_array *y, const struct h4l_tv_options *options,
                    struct h4l_hh_input input, size_t steps, const struct h4l_tv_compare *compare,
                    struct h4l_err *err);
int h4l_tv_fast_run_float(const struct h4l_hh_fast *fast, const struct h4l_hh_array_float *x,
                          const struct h4l_tv_array_float *y, const struct h4l_tv_options *options,
                          struct h4l_hh_input_float input, size_t steps,
                          const struct h4l_tv_compare_float *compare, struct h4l_err *err);

#endif
