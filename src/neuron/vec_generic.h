// Vectors of 128 bits in the compiler's own vector types: SSE2 on x86-64, NEON on aarch64, plain code elsewhere.
//
// The three vec_*.h files give the kernels one set of operations, on vectors of doubles (vd_) and of floats (vf_); a
// kernel is written once and compiled with each of them. +, -, * and / work on the vectors directly. VD_LANES and
// VF_LANES are the lanes of a vector, VD_TILE and VF_TILE how many vectors a kernel advances side by side (so that one
// hides the latency of the other); lanes times tile is a multiple of 8, the bits of a byte.
//
// This level never fuses a product and a sum, so that it gives the same bits on every machine; the other two always fuse
// where vd_fma stands, and give the same bits as each other.
#ifndef H4L_NEURON_VEC_GENERIC_H
#define H4L_NEURON_VEC_GENERIC_H

#include <stdint.h>
#include <string.h>

#define VEC_INLINE static inline __attribute__((always_inline))

enum { VD_LANES = 2, VD_TILE = 4, VF_LANES = 4, VF_TILE = 4 };

typedef double vd __attribute__((vector_size(16)));
typedef int64_t vd_mask __attribute__((vector_size(16))); // all bits of a lane, or none

VEC_INLINE vd vd_load(const double *p)
{
    vd a;
    memcpy(&a, p, sizeof a);
    return a;
}
VEC_INLINE void vd_store(double *p, vd a)
{
    memcpy(p, &a, sizeof a);
}
VEC_INLINE vd vd_set1(double x)
{
    return (vd){x, x};
}
// a b + c and c - a b
VEC_INLINE vd vd_fma(vd a, vd b, vd c)
{
    return a * b + c;
}
VEC_INLINE vd vd_fnma(vd a, vd b, vd c)
{
    return c - a * b;
}
// u + k step, nearly exact where the two cancel; step = high + low with so few bits in high that k high needs no rounding
VEC_INLINE vd vd_reduce(vd k, vd step, vd high, vd low, vd u)
{
    (void)step;
    return (u + k * high) + k * low;
}
VEC_INLINE vd_mask vd_less(vd a, vd b)
{
    return (vd_mask)(a < b);
}
// a where b is not set
VEC_INLINE vd_mask vd_and_not(vd_mask a, vd_mask b)
{
    return a & ~b;
}
// bit j: lane j of the mask
VEC_INLINE unsigned vd_bits(vd_mask m)
{
    return (unsigned)(m[0] & 1) | (unsigned)(m[1] & 2);
}
// m ? a : b
VEC_INLINE vd vd_select(vd_mask m, vd a, vd b)
{
    return (vd)((m & (vd_mask)a) | (~m & (vd_mask)b));
}
// a inside [-limit, limit]; a NaN stays one
VEC_INLINE vd vd_clamp(vd a, vd limit)
{
    a = vd_select(vd_less(limit, a), limit, a);
    return vd_select(vd_less(a, -limit), -limit, a);
}
// An index for vd_lookup8: the two lowest bits of t's pattern, and 4 where m is set.
VEC_INLINE vd vd_index_2_1(vd t, vd_mask m)
{
    return (vd)(((vd_mask)t & 3) | (m & 4));
}
// table[the three lowest bits of the pattern of index], lane by lane
VEC_INLINE vd vd_lookup8(const double table[8], vd index)
{
    vd_mask i = (vd_mask)index & 7;
    return (vd){table[i[0]], table[i[1]]};
}
// The bit patterns as whole numbers: (t << shift) + b. With t = K + 1.5 2^52 and shift 52 it multiplies b by 2^K.
VEC_INLINE vd vd_shift_add(vd t, int shift, vd b)
{
    typedef uint64_t bits __attribute__((vector_size(16)));
    return (vd)(((bits)t << shift) + (bits)b);
}

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vf_mask __attribute__((vector_size(16)));

VEC_INLINE vf vf_load(const float *p)
{
    vf a;
    memcpy(&a, p, sizeof a);
    return a;
}
VEC_INLINE void vf_store(float *p, vf a)
{
    memcpy(p, &a, sizeof a);
}
VEC_INLINE vf vf_set1(float x)
{
    return (vf){x, x, x, x};
}
VEC_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return a * b + c;
}
VEC_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return c - a * b;
}
VEC_INLINE vf vf_reduce(vf k, vf step, vf high, vf low, vf u)
{
    (void)step;
    return (u + k * high) + k * low;
}
VEC_INLINE vf_mask vf_less(vf a, vf b)
{
    return (vf_mask)(a < b);
}
VEC_INLINE vf_mask vf_and_not(vf_mask a, vf_mask b)
{
    return a & ~b;
}
VEC_INLINE unsigned vf_bits(vf_mask m)
{
    vf_mask one = m & (vf_mask){1, 2, 4, 8};
    return (unsigned)(one[0] | one[1] | one[2] | one[3]);
}
VEC_INLINE vf vf_select(vf_mask m, vf a, vf b)
{
    return (vf)((m & (vf_mask)a) | (~m & (vf_mask)b));
}
VEC_INLINE vf vf_clamp(vf a, vf limit)
{
    a = vf_select(vf_less(limit, a), limit, a);
    return vf_select(vf_less(a, -limit), -limit, a);
}
VEC_INLINE vf vf_index_2_1(vf t, vf_mask m)
{
    return (vf)(((vf_mask)t & 3) | (m & 4));
}
VEC_INLINE vf vf_lookup8(const float table[8], vf index)
{
    vf_mask i = (vf_mask)index & 7;
    return (vf){table[i[0]], table[i[1]], table[i[2]], table[i[3]]};
}
VEC_INLINE vf vf_shift_add(vf t, int shift, vf b)
{
    typedef uint32_t bits __attribute__((vector_size(16)));
    return (vf)(((bits)t << shift) + (bits)b);
}

#endif
