// Arrays of discrete LIF neurons, many per vector: the fast companion of h4l_lif_step (lif.h), which defines it,
//
//     v <- decay v (1 - s) + I,   s = [v > threshold].
//
// The product and the sum are rounded one after the other, as in the plain version: every instruction level gives exactly
// its bits (tests/unit/lif_fast.c), and a neuron's result depends on nothing but its own state and input.
#ifndef H4L_NEURON_LIF_FAST_H
#define H4L_NEURON_LIF_FAST_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "neuron/lif.h"

// What to note about spikes; each pointer may be NULL.
struct h4l_lif_spikes {
    uint8_t *
        raster; // one row of (N + 7) / 8 bytes per step: neuron i is bit i % 8 of byte i / 8; spare bits are 0
    uint32_t *count; // [N], the number of spikes is added
};

// Advances N neurons with potentials v[N] by `steps` steps. Neuron i gets I[k * stride + i] in step k; stride 0: the same
// currents I[N] in all steps, with the state in registers. spikes NULL: none noted. The level must be available here
// (h4l_simd_available; h4l_simd_level_id gives one that is).
void h4l_lif_fast_run(const struct h4l_lif *lif, enum h4l_simd level, size_t N, double *v,
                      const double *I, size_t stride, size_t steps,
                      const struct h4l_lif_spikes *spikes);
// The same in float32: decay and threshold are rounded to float first.
void h4l_lif_fast_run_float(const struct h4l_lif *lif, enum h4l_simd level, size_t N, float *v,
                            const float *I, size_t stride, size_t steps,
                            const struct h4l_lif_spikes *spikes);

#endif
