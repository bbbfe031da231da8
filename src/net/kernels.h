// The vector kernels of the fast engine but for the neurons' windows (cell/window.h): 3x3 convolutions and Adam. They are compiled once
// per instruction set (base/simd.h); everything here works on 16 samples at a time: the innermost axis of every array is a
// multiple of 16 samples ("lanes"). The letters of spec.h hold.
#ifndef H4L_NET_KERNELS_H
#define H4L_NET_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "cell/window.h"

enum { H4L_LANES = H4L_CELL_SAMPLES };

struct h4l_net_kernels {
    // out[c][y][x] = bias[c] + 3x3 convolution of in [n_in][side + 2][side + 2][16] (framed by zeros) with packed weights
    // (h4l_pack_conv); out at (c * plane + y * pitch + x) * 16; side even; bias NULL: 0.
    void (*conv)(size_t side, size_t n_in, size_t n_out, const float *in, const float *packed,
                 const float *bias, float *out, size_t pitch, size_t plane);
    // sum[c][k][9][16] += the lanes of the weight gradient; dout like out above.
    void (*conv_weights)(size_t side, size_t n_in, size_t n_out, const float *in, const float *dout,
                         size_t pitch, size_t plane, float *sum);
    // ret[i] += the sum of n vectors of 16 from in + i * n * 16, for i below planes, times scale.
    void (*sums)(size_t planes, size_t n, float scale, const float *in, float *ret);
    // Output channels per block of packed weights.
    size_t conv_block;

    // counts (bytes) into the inside of framed float planes.
    void (*expand)(size_t planes, size_t side, const uint8_t *counts, float *framed);

    // Adam, as h4l_adam_plain; scale1 = learning_rate / (1 - beta1^step), scale2 = 1 / sqrt(1 - 0.999^step).
    void (*adam)(float scale1, float scale2, float l2, double beta1, size_t n,
                 const float *gradient, float *parameters, float *m, float *v);
};

// The kernels of a level; level must be available (h4l_simd_available).
const struct h4l_net_kernels *h4l_net_kernels(enum h4l_simd level);

// Weights [n_out][n_in][9] times scale in the order that conv wants: [block][n_in][9][channel of the block], blocks of
// kernels->conv_block channels and then of one. flipped: for the gradient to the input: weights are [n_in][n_out][9], taps reversed.
void h4l_pack_conv(const struct h4l_net_kernels *kernels, size_t n_in, size_t n_out,
                   const float *weights, float scale, bool flipped, float *ret_packed);

#endif
