// Arrays of uncoupled (or individually driven) Hodgkin-Huxley neurons, forward Euler, many neurons per vector.
//
// The fast companion of h4l_hh_rhs under forward Euler (hh.h), which defines it: old gates and old potential on the right,
//
//     V <- V + dt/C [I - gNa m^3 h (V-ENa) - gK n^4 (V-EK) - gL (V-EL)],    x <- x + dt [alpha_x (1-x) - beta_x x].
//
// Per neuron and step it costs two exponentials in place of six (exp(-u/80) serves the rates with 80, 20 and 10 mV by squaring,
// exp(-u/18) stands alone), 43 products and 3 divisions. alpha_m and alpha_n keep full precision at and around their
// removable singularities, since the exponential is reduced about the nearer of the two and kept as exp(x) - 1.
//
// Accuracy, held by tests/unit/hh_fast.c at every level and in both precisions: the exponentials within 2 ulp of exp of their
// argument; all rates within 10 ulp of the true value at V, -100 to 60 mV of form A (the plain version: 8), nearly all of it the
// rounding of V + shift; potentials within 1e-10 mV of the plain double version at every step of 100 ms at I = 10. Rates
// for |V| beyond 6500 mV (float: 800 mV) use exponentials of that bound.
//
// Instruction levels (base/simd.h): the same source is compiled for each. avx2 and avx512 give the same bits; generic,
// which cannot fuse a product with a sum, differs from them in the last bits. Within a level a neuron's result depends on
// nothing but its own state and input: not on N, its place in the array, the way steps are split over calls, or threads.
#ifndef H4L_NEURON_HH_FAST_H
#define H4L_NEURON_HH_FAST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/simd.h"
#include "neuron/hh.h"

// Constants prepared for one set of parameters, step and instruction level: immutable, may be shared by threads.
struct h4l_hh_fast;

// Prepares dt (ms) > 0 at the given level. H4L_E_RANGE: dt, C not finite and positive, a parameter not finite, |v_m - v_n|
// less than 1 mV (unless equal) or more than 100 mV, a level that is not available here; H4L_E_NOMEM.
int h4l_hh_fast_create(const struct h4l_hh *hh, double dt, enum h4l_simd level,
                       struct h4l_hh_fast **ret, struct h4l_err *err);
void h4l_hh_fast_destroy(struct h4l_hh_fast *fast); // NULL is allowed

// The state of N neurons, one array per variable (any alignment): V in mV, the gates in [0, 1].
struct h4l_hh_array {
    size_t N;
    double *V, *m, *h, *n;
};
struct h4l_hh_array_float {
    size_t N;
    float *V, *m, *h, *n;
};

// The input currents of a run, uA/cm^2: neuron i gets I[k * stride + i] in step k. stride 0: constant currents I[N], the
// fastest case; stride >= N: one row of currents per step.
struct h4l_hh_input {
    const double *I;
    size_t stride;
};
struct h4l_hh_input_float {
    const float *I;
    size_t stride;
};

// What to note about spikes; every pointer may be NULL. Neuron i is bit i % 8 of byte i / 8 of a row; a row has
// (N + 7) / 8 bytes, spare bits are 0.
struct h4l_hh_spikes {
    double threshold; // mV
    uint8_t *level;   // one row per step: V > threshold after the step
    uint8_t *onset;   // one row per step: V > threshold after the step and not before it
    uint32_t *count;  // [N], the number of onsets is added
};

// Advances all neurons by `steps` steps. spikes NULL: none noted. With constant currents the state stays in registers.
void h4l_hh_fast_run(const struct h4l_hh_fast *fast, const struct h4l_hh_array *x,
                     struct h4l_hh_input input, size_t steps, const struct h4l_hh_spikes *spikes);
void h4l_hh_fast_run_float(const struct h4l_hh_fast *fast, const struct h4l_hh_array_float *x,
                           struct h4l_hh_input_float input, size_t steps,
                           const struct h4l_hh_spikes *spikes);

// The same by the exponential Euler rule (every variable solved exactly with the others frozen, as H4L_EXP_EULER of
// sim/integrators.h): each forward Euler increment times (1 - exp(-z)) / z, z = dt (alpha + beta) or dt/C (gNa m^3 h + gK n^4 +
// gL). About half as fast.
void h4l_hh_fast_run_exp(const struct h4l_hh_fast *fast, const struct h4l_hh_array *x,
                         struct h4l_hh_input input, size_t steps,
                         const struct h4l_hh_spikes *spikes);
void h4l_hh_fast_run_exp_float(const struct h4l_hh_fast *fast, const struct h4l_hh_array_float *x,
                               struct h4l_hh_input_float input, size_t steps,
                               const struct h4l_hh_spikes *spikes);

// The six rates times dt (that is how the steps use them) at N potentials, one array each: for tests and tables.
struct h4l_hh_fast_rates {
    double *am, *bm, *ah, *bh, *an, *bn;
};
struct h4l_hh_fast_rates_float {
    float *am, *bm, *ah, *bh, *an, *bn;
};
void h4l_hh_fast_rates(const struct h4l_hh_fast *fast, size_t N, const double *V,
                       const struct h4l_hh_fast_rates *ret);
void h4l_hh_fast_rates_float(const struct h4l_hh_fast *fast, size_t N, const float *V,
                             const struct h4l_hh_fast_rates_float *ret);

#endif
