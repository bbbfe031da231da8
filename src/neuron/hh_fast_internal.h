// What hh_fast.c, hh_fast_real.c and the kernels, compiled once per type and instruction level, share.
#ifndef H4L_NEURON_HH_FAST_INTERNAL_H
#define H4L_NEURON_HH_FAST_INTERNAL_H

#include "base/real.h"
#include "neuron/hh_fast.h"

enum {
    H4L_HH_FAST_80_double = 8, // terms of the polynomials, see hh_fast_real.c
    H4L_HH_FAST_18_double = 7,
    H4L_HH_FAST_80_float = 5,
    H4L_HH_FAST_18_float = 4,
    H4L_HH_FAST_MAX_TILE = 16, // the kernels' tile, at most
    H4L_HH_FAST_BLOCK = 64,    // steps of a tile's rest per call
    // Steps per call: kernels count in a REAL, which holds whole numbers up to 2^24 at least.
    H4L_HH_FAST_MOST = 1 << 23,
};

// Constants of the kernels; all rates carry the factor dt. Pairs x[2] hold the value near the upper and the lower singularity.
struct TWIN(h4l_hh_fast_scalars) {
    REAL limit;         // rates see V clamped to +-limit
    REAL middle;        // below it the lower singularity is the nearer one
    REAL v_0, v_m, v_n; // of struct h4l_hh
    REAL v_near[2];     // V + v_near: distance from the nearer singularity
    REAL tiny, tiny_10; // far below the spacing of V + v_m
    REAL round;         // 1.5 2^52 or 1.5 2^23: adding it rounds to a whole number
    // -1 / (20 ln 2), 20 ln 2 mV, its upper bits, the rest; -8 / (18 ln 2), 18/8 ln 2 mV, its upper bits, the rest
    REAL per_20, step_20, high_20, low_20;
    REAL per_18, step_18, high_18, low_18;
    REAL limit_1;                      // the argument of gain is clamped to it
    REAL per_1, step_1, high_1, low_1; // -8 / ln 2, ln 2 / 8, its upper bits, the rest
    REAL poly_1[7];                    // exp(-r) - 1
    REAL two[8];                       // 2^(j/8) for lanes_lookup8
    REAL poly_80[8];                   // exp(-r/80) - 1 = r (c[0] + c[1] r + ...)
    REAL poly_18[7];                   // exp(-r/18) - 1
    REAL bn[8], bm[8];                 // scales of beta_n, beta_m: tables for lanes_lookup8
    REAL ah[2];                        // scale of alpha_h
    REAL am_0[2], am_1[2];             // denominators a_0 - a_1 (exp(-x) - 1)
    REAL an_0[2], an_1[2];
    REAL bh_0, bh_1;  // denominator of beta_h from that of alpha_m
    REAL gNa, gK, gL; // dt/C times the conductances
    REAL ENa, EK, EL;
    REAL I_0, I_1; // dt/C (I + gL EL) = I_1 I + I_0
};

// The same once more with every number repeated to fill a vector of the widest level, ready to be an operand: setting up
// the constants in registers would cost a call as much as half a step of a tile.
enum { H4L_HH_FAST_LANES = 64 / sizeof(REAL) };
struct TWIN(h4l_hh_fast_consts) {
    REAL lanes[sizeof(struct TWIN(h4l_hh_fast_scalars)) / sizeof(REAL)][H4L_HH_FAST_LANES]
        __attribute__((aligned(64)));
    struct TWIN(h4l_hh_fast_scalars) scalar;
};

// Short names for the type of this file.
typedef struct TWIN(h4l_hh_fast_scalars) rate_scalars;
typedef struct TWIN(h4l_hh_fast_consts) rate_consts;
typedef struct TWIN(h4l_hh_array) hh_array;
typedef struct TWIN(h4l_hh_input) hh_input;
typedef struct TWIN(h4l_hh_fast_rates) hh_rates;

// A prepared set; dt as for h4l_hh_fast_create. NULL: no memory. To be freed.
struct h4l_hh_fast_consts *h4l_hh_fast_prepare(const struct h4l_hh *hh, double dt);
struct h4l_hh_fast_consts_float *h4l_hh_fast_prepare_float(const struct h4l_hh *hh, double dt);

struct h4l_hh_fast {
    enum h4l_simd level;
    struct h4l_hh_fast_consts *consts;
    struct h4l_hh_fast_consts_float *consts_float;
};

// The kernels of one level. N must be a multiple of tile (8 or 16); level and onset advance by row_bytes from step to step.
struct TWIN(h4l_hh_fast_kernels) {
    size_t tile;
    void (*run)(const rate_consts *c, const hh_array *x, hh_input input, size_t steps,
                const struct h4l_hh_spikes *spikes, size_t row_bytes, int exponential);
    void (*rates)(const rate_consts *c, size_t N, const REAL *V, const hh_rates *ret);
};
H4L_DECLARE_LEVELS(const struct TWIN(h4l_hh_fast_kernels), TWIN(h4l_hh_fast_kernels));

#endif
