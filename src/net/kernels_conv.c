// Kernels of the 3x3 convolutions and of Adam; compiled once per instruction set.
#include <math.h>

#include "base/lanes.h"
#include "base/level.h"
#include "net/kernels.h"

// Samples that lie beside each other: one register, or several that go one after the other.
enum { SAMPLES = H4L_LANES };

// Output channels and columns whose sums stay in registers: 20 of 32, or 10 of 16.
#ifdef __AVX512F__
enum { CONV_BLOCK = 10, CONV_COLUMNS = 2, CONV_WEIGHT_BLOCK = 3 };
#else
enum { CONV_BLOCK = 5, CONV_COLUMNS = 2, CONV_WEIGHT_BLOCK = 1 };
#endif

// `block` output channels of `columns` neighbouring pixels, their sums in registers.
H4L_INLINE void conv_tile(int block, int columns, size_t side, size_t n_in, const float *in,
                          const float *w, const float *bias, float *out, size_t plane)
{
    const size_t row = (side + 2) * SAMPLES, framed = (side + 2) * row;
    lanes sum[CONV_BLOCK][CONV_COLUMNS];

    for (int c = 0; c < block; c++)
        for (int x = 0; x < columns; x++)
            sum[c][x] = SPLAT(bias ? bias[c] : 0);
    for (size_t k = 0; k < n_in; k++)
        for (size_t dy = 0; dy < 3; dy++) {
            const float *from = in + k * framed + dy * row;
            lanes pixel[CONV_COLUMNS + 2];

            for (int x = 0; x < columns + 2; x++)
                pixel[x] = LOAD(from + x * SAMPLES);
            for (int dx = 0; dx < 3; dx++, w += block)
                for (int c = 0; c < block; c++)
                    for (int x = 0; x < columns; x++)
                        sum[c][x] += pixel[x + dx] * w[c];
        }
    for (int c = 0; c < block; c++)
        for (int x = 0; x < columns; x++)
            STORE(out + ((size_t)c * plane + (size_t)x) * SAMPLES, sum[c][x]);
}

H4L_INLINE void conv_block(int block, size_t side, size_t n_in, const float *in, const float *w,
                           const float *bias, float *out, size_t pitch, size_t plane)
{
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x += CONV_COLUMNS)
            for (size_t i = 0; i < SAMPLES; i += LANES)
                conv_tile(block, CONV_COLUMNS, side, n_in, in + (y * (side + 2) + x) * SAMPLES + i,
                          w, bias, out + (y * pitch + x) * SAMPLES + i, plane);
}

static void conv(size_t side, size_t n_in, size_t n_out, const float *in, const float *packed,
                 const float *bias, float *out, size_t pitch, size_t plane)
{
    size_t c = 0;

    for (; c + CONV_BLOCK <= n_out; c += CONV_BLOCK)
        conv_block(CONV_BLOCK, side, n_in, in, packed + c * n_in * 9, bias ? bias + c : NULL,
                   out + c * plane * SAMPLES, pitch, plane);
    for (; c < n_out; c++)
        conv_block(1, side, n_in, in, packed + c * n_in * 9, bias ? bias + c : NULL,
                   out + c * plane * SAMPLES, pitch, plane);
}

// The nine taps of `block` output channels and one input channel, their sums in registers over all pixels.
H4L_INLINE void weights_block(int block, size_t side, const float *in, const float *dout,
                              size_t pitch, size_t plane, size_t n_in, float *sum_at)
{
    const size_t row = (side + 2) * SAMPLES, per_channel = n_in * 9 * SAMPLES;
    lanes sum[CONV_WEIGHT_BLOCK][9];

    for (int c = 0; c < block; c++)
        for (int i = 0; i < 9; i++)
            sum[c][i] = LOAD(sum_at + (size_t)c * per_channel + i * SAMPLES);
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            const float *from = in + y * row + x * SAMPLES;
            lanes d[CONV_WEIGHT_BLOCK];

            for (int c = 0; c < block; c++)
                d[c] = LOAD(dout + ((size_t)c * plane + y * pitch + x) * SAMPLES);
            for (int i = 0; i < 9; i++) {
                lanes pixel = LOAD(from + (size_t)(i / 3) * row + i % 3 * SAMPLES);

                for (int c = 0; c < block; c++)
                    sum[c][i] += pixel * d[c];
            }
        }
    for (int c = 0; c < block; c++)
        for (int i = 0; i < 9; i++)
            STORE(sum_at + (size_t)c * per_channel + i * SAMPLES, sum[c][i]);
}

H4L_INLINE void weights_blocks(int block, size_t side, size_t n_in, const float *in,
                               const float *dout, size_t pitch, size_t plane, float *sum)
{
    const size_t framed = (side + 2) * (side + 2) * SAMPLES;

    for (size_t k = 0; k < n_in; k++)
        for (size_t i = 0; i < SAMPLES; i += LANES)
            weights_block(block, side, in + k * framed + i, dout + i, pitch, plane, n_in,
                          sum + k * 9 * SAMPLES + i);
}

static void conv_weights(size_t side, size_t n_in, size_t n_out, const float *in, const float *dout,
                         size_t pitch, size_t plane, float *sum)
{
    size_t c = 0;

    for (; c + CONV_WEIGHT_BLOCK <= n_out; c += CONV_WEIGHT_BLOCK)
        weights_blocks(CONV_WEIGHT_BLOCK, side, n_in, in, dout + c * plane * SAMPLES, pitch, plane,
                       sum + c * n_in * 9 * SAMPLES);
    for (; c < n_out; c++)
        weights_blocks(1, side, n_in, in, dout + c * plane * SAMPLES, pitch, plane,
                       sum + c * n_in * 9 * SAMPLES);
}

static void expand(size_t planes, size_t side, const uint8_t *counts, float *framed)
{
    for (size_t k = 0; k < planes; k++)
        for (size_t y = 0; y < side; y++) {
            const uint8_t *from = counts + (k * side + y) * side * SAMPLES;
            float *to = framed + ((k * (side + 2) + y + 1) * (side + 2) + 1) * SAMPLES;

            for (size_t i = 0; i < side * SAMPLES; i++)
                to[i] = (float)from[i];
        }
}

static void sums(size_t planes, size_t n, float scale, const float *in, float *ret)
{
    for (size_t i = 0; i < planes; i++) {
        float all = 0;

        for (size_t part = 0; part < SAMPLES; part += LANES) {
            lanes sum[2] = {0};

            for (size_t j = 0; j < n; j++)
                sum[j % 2] += LOAD(in + (i * n + j) * SAMPLES + part);
            for (int k = 0; k < LANES; k++)
                all += sum[0][k] + sum[1][k];
        }
        ret[i] += scale * all;
    }
}

static void adam(float scale1, float scale2, float l2, double beta1, size_t n,
                 const float *restrict gradient, float *restrict parameters, float *restrict m,
                 float *restrict v)
{
    const float keep1 = (float)beta1, beta2 = 0.999f, epsilon = 1e-8f;
    const float rest1 = (float)(1 - beta1), rest2 = (float)(1 - 0.999);

    for (size_t i = 0; i < n; i++) {
        float g = gradient[i] + l2 * parameters[i];

        m[i] = keep1 * m[i] + rest1 * g;
        v[i] = beta2 * v[i] + rest2 * g * g;
        parameters[i] -= scale1 * m[i] / (sqrtf(v[i]) * scale2 + epsilon);
    }
}

extern const struct h4l_net_kernels H4L_AT_LEVEL(h4l_net_kernels);
const struct h4l_net_kernels H4L_AT_LEVEL(h4l_net_kernels) = {
    .conv = conv,
    .conv_weights = conv_weights,
    .sums = sums,
    .conv_block = CONV_BLOCK,
    .expand = expand,
    .adam = adam,
};
