// The vector kernels of the fast engine. They are compiled once per instruction set (base/simd.h); everything here works on
// 16 samples at a time: the innermost axis of every array is a multiple of 16 samples ("lanes").
//
// The letters of spec.h hold, and N: lanes of a row (a multiple of 16). Formulas: neuron/learning.h, in float.
#ifndef H4L_NET_KERNELS_H
#define H4L_NET_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "neuron/learning.h"

enum { H4L_LANES = 16 };

// A neuron's constants as the kernels take them.
struct h4l_window {
    enum h4l_learning_kind kind;
    int T;
    float threshold, half_width, decay, drive, dt;
    bool reset, detached;
    float mix[4]; // s-LIF2HH
    // topology: the units, and the layer's mixing weights in the order of neuron/learning.h
    const struct h4l_topology *topology;
    const float *mixing;
    // HH: v <- a v + (dt I + b), a = 1 - dt g, b = dt e; [T][n_tables], column i % n_tables. (others: NULL)
    const float *a, *b;
    size_t n_tables;
};

struct h4l_net_kernels {
    // fc: windows of `rows` neurons, the first with table column `column`. z: [P][rows][N], input p at z + p * z_stride; r:
    // [rows][R][N], spikes per step.
    void (*forward)(const struct h4l_window *w, size_t column, size_t rows, size_t N,
                    const float *z, size_t z_stride, float *r);
    // And back: dr: like r; dz: like z; dmix[M] is added to.
    void (*backward)(const struct h4l_window *w, size_t column, size_t rows, size_t N,
                     const float *z, size_t z_stride, const float *dr, float *dz, double *dmix);

    // conv, layer 1: windows of H maps of side x side pixels with the constant inputs z [P][H][side][side][16]; counts:
    // [T][H][side/2][side/2][16], spikes of the 2 x 2 pixels and R trains of a cell, 0..4 R.
    void (*conv_forward)(const struct h4l_window *w, size_t H, size_t side, const float *z,
                         uint8_t *counts);
    // And back: dcounts: the gradient to counts, [T][H][side/2][side/2][16]; dz: like z, may be z itself.
    void (*conv_backward)(const struct h4l_window *w, size_t H, size_t side, const float *z,
                          const float *dcounts, float *dz, double *dmix);

    // conv, layer 2, one step t: z [P][H][side*side][16] inputs; before, after: potentials [H][side*side][U][16] of steps
    // t - 1 (ignored at t = 0) and t; spikes of t are added to sum, [H][side*side][R][16].
    void (*step)(const struct h4l_window *w, int t, size_t H, size_t side, const float *z,
                 const float *before, float *after, float *sum);
    // And back: ds: gradient to each spike of this step, pooled: [H][side/2][side/2][R][16]; dv: like after, carried from step
    // t + 1 to t, zero at first; dz: [P][H][side + 2][side + 2][16], whose frame is left alone.
    void (*step_back)(const struct h4l_window *w, int t, size_t H, size_t side, const float *before,
                      const float *after, const float *ds, float *dv, float *dz, double *dmix);

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

    // Adam, as h4l_adam_plain; scale1 = learning_rate / (1 - 0.9^step), scale2 = 1 / sqrt(1 - 0.999^step).
    void (*adam)(float scale1, float scale2, float l2, size_t n, const float *gradient,
                 float *parameters, float *m, float *v);
};

// The kernels of a level; level must be available (h4l_simd_available).
const struct h4l_net_kernels *h4l_net_kernels(enum h4l_simd level);

// Weights [n_out][n_in][9] times scale in the order that conv wants: [block][n_in][9][channel of the block], blocks of
// kernels->conv_block channels and then of one. flipped: for the gradient to the input: weights are [n_in][n_out][9], taps reversed.
void h4l_pack_conv(const struct h4l_net_kernels *kernels, size_t n_in, size_t n_out,
                   const float *weights, float scale, bool flipped, float *ret_packed);

#endif
