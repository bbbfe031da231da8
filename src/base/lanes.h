// Vectors of 64 bytes, 16 floats or 8 doubles: GCC's and clang's vector extension, so that one source serves every instruction
// set. The type is that of base/real.h.
#ifndef H4L_BASE_LANES_H
#define H4L_BASE_LANES_H

#include <stdint.h>

#include "base/real.h"

#define H4L_INLINE static inline __attribute__((always_inline))
#define H4L_VECTOR(bytes, align) __attribute__((vector_size(bytes), aligned(align), may_alias))

#if H4L_REAL_BYTES == 4
enum { LANES = 16 };
typedef int32_t h4l_lane_mask;
#define H4L_ABS_MASK INT32_MAX
#else
enum { LANES = 8 };
typedef int64_t h4l_lane_mask;
#define H4L_ABS_MASK INT64_MAX
#endif

typedef REAL lanes H4L_VECTOR(64, sizeof(REAL));
typedef h4l_lane_mask masks H4L_VECTOR(64, sizeof(REAL));
typedef uint8_t lane_bytes H4L_VECTOR(64 / sizeof(REAL), 1);

// By macro and not by function: a vector that crosses a function in an instruction set without it changes the calling convention.
#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, x) (*(lanes *)(p) = (x))
#define SPLAT(x) ((REAL)(x) - (lanes){0})
// x where the mask is set, else 0; x where it is not set, else 0.
#define WHERE(mask, x) ((lanes)((mask) & (masks)(x)))
#define UNLESS(mask, x) ((lanes)(~(mask) & (masks)(x)))
#define ABS(x) ((lanes)((masks)(x)&H4L_ABS_MASK))
#define TO_REAL(m) __builtin_convertvector((m), lanes)

#if H4L_REAL_BYTES == 4
#define H4L_EXP_TERMS 7
#define H4L_EXP_MOST 87
#define H4L_EXP_ROUND 0x1.8p23f
#define H4L_EXP_MANTISSA 23
#define H4L_LN2_HIGH 0x1.63p-1f
#define H4L_LN2_LOW -0x1.bd0106p-13f
#else
#define H4L_EXP_TERMS 13
#define H4L_EXP_MOST 708
#define H4L_EXP_ROUND 0x1.8p52
#define H4L_EXP_MANTISSA 52
#define H4L_LN2_HIGH 0x1.62e42feep-1
#define H4L_LN2_LOW 0x1.a39ef35793c76p-33
#endif

// *x becomes its exponential, held within +-87 (float) or +-708 (double): 2^n times the Taylor sum at the rest r, |r| <= ln 2 / 2.
// Relative error below 5e-16 in double (tests/unit/cell_windows.c). Without fusing, the same bits at every instruction level. By
// pointer, for the reason above.
H4L_INLINE void lanes_exp(lanes *x)
{
    masks low = *x > (REAL)-H4L_EXP_MOST, high = *x < (REAL)H4L_EXP_MOST;
    lanes sum = SPLAT(1), held = WHERE(low, *x) + UNLESS(low, SPLAT(-H4L_EXP_MOST)), r, n;

    held = WHERE(high, held) + UNLESS(high, SPLAT(H4L_EXP_MOST));
    n = held * (REAL)0x1.71547652b82fep+0 +
        H4L_EXP_ROUND; // the whole number stands in the last bits
    r = held - (n - H4L_EXP_ROUND) * H4L_LN2_HIGH - (n - H4L_EXP_ROUND) * H4L_LN2_LOW;
    for (int k = H4L_EXP_TERMS; k > 0; k--)
        sum = sum * r * (1 / (REAL)k) + 1;
    *x = (lanes)((masks)sum + (((masks)n - (masks)SPLAT(H4L_EXP_ROUND)) << H4L_EXP_MANTISSA));
}

// Vectors x, y to x0 y0 x1 y1 ... of their lower and upper halves; and to the entries of even and odd number of x and then y.
#if H4L_REAL_BYTES == 4
#define LOWS(x, y)                                                                                 \
    __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGHS(x, y)                                                                                \
    __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define EVENS(x, y)                                                                                \
    __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODDS(x, y)                                                                                 \
    __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#else
#define LOWS(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGHS(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define EVENS(x, y) __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODDS(x, y) __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15)
#endif

#endif
