// Vectors of a register of the level (base/level.h). GCC's and clang's vector extension, so that one source serves every instruction
// set. The type is that of base/real.h.
#ifndef H4L_BASE_LANES_H
#define H4L_BASE_LANES_H

#include <stdint.h>

#include "base/real.h"

#define H4L_INLINE static inline __attribute__((always_inline))
#define H4L_VECTOR(bytes, align) __attribute__((vector_size(bytes), aligned(align), may_alias))

#if H4L_REAL_BYTES == 4
enum { LANES = H4L_LANE_COUNT };
typedef int32_t h4l_lane_mask;
#define H4L_ABS_MASK INT32_MAX
#else
enum { LANES = H4L_LANE_COUNT };
typedef int64_t h4l_lane_mask;
#define H4L_ABS_MASK INT64_MAX
#endif

typedef REAL lanes H4L_VECTOR(H4L_LANE_BYTES, H4L_LANE_ALIGN);
typedef h4l_lane_mask masks H4L_VECTOR(H4L_LANE_BYTES, H4L_LANE_ALIGN);
typedef uint8_t lane_bytes H4L_VECTOR(H4L_LANE_BYTES / sizeof(REAL), 1);

// By macro and not by function: a vector that crosses a function in an instruction set without it changes the calling convention.
#define LOAD(p) (*(const H4L_LANES_IN_MEMORY *)(p))
#define STORE(p, x) (*(H4L_LANES_IN_MEMORY *)(p) = (x))
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

#ifndef H4L_REGISTER_LANES
// Vectors x, y to x0 y0 x1 y1 ... of their lower and upper halves; and to the entries of even and odd number of x and then y.
#if H4L_LANE_COUNT == 16
#define LOWS(x, y)                                                                                 \
    __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGHS(x, y)                                                                                \
    __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define EVENS(x, y)                                                                                \
    __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODDS(x, y)                                                                                 \
    __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#elif H4L_LANE_COUNT == 8
#define LOWS(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGHS(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define EVENS(x, y) __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODDS(x, y) __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15)
#elif H4L_LANE_COUNT == 4
#define LOWS(x, y) __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define HIGHS(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#define EVENS(x, y) __builtin_shufflevector(x, y, 0, 2, 4, 6)
#define ODDS(x, y) __builtin_shufflevector(x, y, 1, 3, 5, 7)
#else
#define LOWS(x, y) __builtin_shufflevector(x, y, 0, 2)
#define HIGHS(x, y) __builtin_shufflevector(x, y, 1, 3)
#define EVENS(x, y) __builtin_shufflevector(x, y, 0, 2)
#define ODDS(x, y) __builtin_shufflevector(x, y, 1, 3)
#endif
#else
typedef REAL unaligned_lanes H4L_VECTOR(H4L_LANE_BYTES, sizeof(REAL));
#if H4L_REAL_BYTES == 4
typedef uint32_t lane_bits H4L_VECTOR(H4L_LANE_BYTES, sizeof(REAL));
#else
typedef uint64_t lane_bits H4L_VECTOR(H4L_LANE_BYTES, sizeof(REAL));
#endif

// ---- a register of the level: what operators do not say ----
//
// generic never fuses a product and a sum, so that it gives the same bits on every machine; the other two always fuse where FMA stands,
// and give the same bits as each other. A lane_mask is what a comparison gives: a bit per lane where the level has registers of them.
#if H4L_LANE_BYTES > 16
#include <immintrin.h>

// The intrinsic of this width and type: _mm256_max_pd, _mm512_mask_or_epi64 and so on.
#if H4L_LANE_BYTES == 64
#define H4L_MM _mm512
#else
#define H4L_MM _mm256
#endif
#if H4L_REAL_BYTES == 4
#define H4L_MM_OF(op) H4L_JOIN(H4L_JOIN(H4L_MM, op), ps)
#define H4L_MM_INT(op) H4L_JOIN(H4L_JOIN(H4L_MM, op), epi32)
#else
#define H4L_MM_OF(op) H4L_JOIN(H4L_JOIN(H4L_MM, op), pd)
#define H4L_MM_INT(op) H4L_JOIN(H4L_JOIN(H4L_MM, op), epi64)
#endif

// a b + c and c - a b
#define FMA(a, b, c) ((lanes)H4L_MM_OF(fmadd)(a, b, c))
#define FNMA(a, b, c) ((lanes)H4L_MM_OF(fnmadd)(a, b, c))
#else
#define FMA(a, b, c) ((a) * (b) + (c))
#define FNMA(a, b, c) ((c) - (a) * (b))
#endif

#if H4L_LANE_BYTES == 64 && H4L_REAL_BYTES == 4
typedef __mmask16 lane_mask;
#elif H4L_LANE_BYTES == 64
typedef __mmask8 lane_mask;
#else
typedef masks lane_mask;
#endif

H4L_INLINE lane_mask lanes_less(lanes a, lanes b)
{
#if H4L_LANE_BYTES == 64
    return H4L_JOIN(H4L_MM_OF(cmp), mask)(a, b, _CMP_LT_OQ);
#elif H4L_LANE_BYTES == 32
    return (masks)H4L_MM_OF(cmp)(a, b, _CMP_LT_OQ);
#else
    return a < b;
#endif
}

// a where b is not set
H4L_INLINE lane_mask lanes_and_not(lane_mask a, lane_mask b)
{
    return (lane_mask)(a & ~b);
}

// mask ? a : b
H4L_INLINE lanes lanes_select(lane_mask mask, lanes a, lanes b)
{
#if H4L_LANE_BYTES == 64
    return H4L_MM_OF(mask_blend)(mask, b, a);
#elif H4L_LANE_BYTES == 32
    return H4L_MM_OF(blendv)(b, a, (lanes)mask);
#else
    return (lanes)((mask & (masks)a) | (~mask & (masks)b));
#endif
}

// a inside [-limit, limit]; a NaN stays one
H4L_INLINE lanes lanes_clamp(lanes a, lanes limit)
{
#if H4L_LANE_BYTES > 16
    return H4L_MM_OF(max)(SPLAT(0) - limit, H4L_MM_OF(min)(limit, a));
#else
    a = lanes_select(lanes_less(limit, a), limit, a);
    return lanes_select(lanes_less(a, -limit), -limit, a);
#endif
}

// u + k step, nearly exact where the two cancel; step = high + low with so few bits in high that k high needs no rounding
H4L_INLINE lanes lanes_reduce(lanes k, lanes step, lanes high, lanes low, lanes u)
{
#if H4L_LANE_BYTES > 16
    (void)high, (void)low;
    return FMA(k, step, u);
#else
    (void)step;
    return (u + k * high) + k * low;
#endif
}

// bit j: lane j of the mask
H4L_INLINE unsigned lanes_bits(lane_mask mask)
{
#if H4L_LANE_BYTES == 64
    return mask;
#elif H4L_LANE_BYTES == 32
    return (unsigned)H4L_MM_OF(movemask)((lanes)mask);
#elif H4L_REAL_BYTES == 4
    masks one = mask & (masks){1, 2, 4, 8};
    return (unsigned)(one[0] | one[1] | one[2] | one[3]);
#else
    return (unsigned)(mask[0] & 1) | (unsigned)(mask[1] & 2);
#endif
}

// The same of a mask that is a vector, and whether any lane of it is set.
H4L_INLINE unsigned lanes_bits_of(masks mask)
{
#if H4L_LANE_BYTES == 64 && H4L_REAL_BYTES == 4
    return _mm512_movepi32_mask((__m512i)mask);
#elif H4L_LANE_BYTES == 64
    return _mm512_movepi64_mask((__m512i)mask);
#else
    return lanes_bits(mask);
#endif
}
H4L_INLINE int lanes_any(masks mask)
{
#if H4L_LANE_BYTES == 64
    return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask) != 0;
#elif H4L_LANE_BYTES == 32
    return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#else
    return lanes_bits(mask) != 0;
#endif
}

// 1 in lane j where bit j is set, else 0.
H4L_INLINE lanes lanes_ones(unsigned bits)
{
#if H4L_LANE_BYTES == 64 && H4L_REAL_BYTES == 4
    return _mm512_maskz_mov_ps((__mmask16)bits, SPLAT(1));
#elif H4L_LANE_BYTES == 64
    return _mm512_maskz_mov_pd((__mmask8)bits, SPLAT(1));
#else
    lane_bits place, set = (lane_bits){0} + bits;

    for (int j = 0; j < LANES; j++)
        place[j] = 1u << j;
    return WHERE((set & place) == place, SPLAT(1));
#endif
}

// An index for lanes_lookup8: the two lowest bits of t's pattern, and 4 where the mask is set.
H4L_INLINE lanes lanes_index_2_1(lanes t, lane_mask mask)
{
#if H4L_LANE_BYTES == 64
    masks low = (masks)t & 3;
    return (lanes)H4L_MM_INT(mask_or)((__m512i)low, mask, (__m512i)low, (__m512i)((masks){0} + 4));
#elif H4L_LANE_BYTES == 32 // among the floats, where the mask is
    lanes low = H4L_MM_OF(and)(t, (lanes)((masks){0} + 3));
    return H4L_MM_OF(or)(low, H4L_MM_OF(and)((lanes)mask, (lanes)((masks){0} + 4)));
#else
    return (lanes)(((masks)t & 3) | (mask & 4));
#endif
}

// table[the three lowest bits of the pattern of index], lane by lane
H4L_INLINE lanes lanes_lookup8(const REAL table[8], lanes index)
{
#if H4L_LANE_BYTES == 64 && H4L_REAL_BYTES == 4
    // It takes four bits of the index: the table stands there twice.
    __m512 twice = _mm512_broadcast_f32x8(_mm256_loadu_ps(table));
    return _mm512_permutexvar_ps((__m512i)index, twice);
#elif H4L_LANE_BYTES == 64
    return _mm512_permutexvar_pd((__m512i)index, _mm512_loadu_pd(table));
#elif H4L_LANE_BYTES == 32 && H4L_REAL_BYTES == 4
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)index);
#elif H4L_LANE_BYTES == 32
    // AVX2 permutes 32-bit pieces only: index j of a double becomes the pair 2 j, 2 j + 1, once for each half of the table.
    __m256 even = (__m256)((masks)index << 1);
    __m256i pair =
        _mm256_or_si256((__m256i)_mm256_moveldup_ps(even), _mm256_set1_epi64x(0x100000000));
    __m256i low = _mm256_permutevar8x32_epi32((__m256i)LOAD(table), pair);
    __m256i high = _mm256_permutevar8x32_epi32((__m256i)LOAD(table + 4), pair);

    return lanes_select((masks)index << 61, (lanes)high, (lanes)low);
#elif H4L_REAL_BYTES == 4
    masks i = (masks)index & 7;
    return (lanes){table[i[0]], table[i[1]], table[i[2]], table[i[3]]};
#else
    masks i = (masks)index & 7;
    return (lanes){table[i[0]], table[i[1]]};
#endif
}

// The bit patterns as whole numbers: (t << shift) + b. With t = K + 1.5 2^52 and shift 52 it multiplies b by 2^K.
H4L_INLINE lanes lanes_shift_add(lanes t, int shift, lanes b)
{
    return (lanes)((((lane_bits)t) << shift) + (lane_bits)b);
}
#endif

#endif
