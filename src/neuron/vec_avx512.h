// Vectors of 512 bits, AVX-512 F, DQ, BW, VL. The operations are described in vec_generic.h.
#ifndef H4L_NEURON_VEC_AVX512_H
#define H4L_NEURON_VEC_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define VEC_INLINE static inline __attribute__((always_inline))

enum { VD_LANES = 8, VD_TILE = 4, VF_LANES = 16, VF_TILE = 4 };

typedef __m512d vd;
typedef __mmask8 vd_mask;

VEC_INLINE vd vd_load(const double *p)
{
    return _mm512_loadu_pd(p);
}
VEC_INLINE void vd_store(double *p, vd a)
{
    _mm512_storeu_pd(p, a);
}
VEC_INLINE vd vd_set1(double x)
{
    return _mm512_set1_pd(x);
}
VEC_INLINE vd vd_fma(vd a, vd b, vd c)
{
    return _mm512_fmadd_pd(a, b, c);
}
VEC_INLINE vd vd_fnma(vd a, vd b, vd c)
{
    return _mm512_fnmadd_pd(a, b, c);
}
VEC_INLINE vd vd_clamp(vd a, vd limit)
{
    return _mm512_max_pd(_mm512_sub_pd(vd_set1(0), limit), _mm512_min_pd(limit, a));
}
VEC_INLINE vd vd_reduce(vd k, vd step, vd high, vd low, vd u)
{
    (void)high, (void)low;
    return vd_fma(k, step, u);
}
VEC_INLINE vd_mask vd_less(vd a, vd b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
VEC_INLINE vd_mask vd_and_not(vd_mask a, vd_mask b)
{
    return (vd_mask)(a & ~b);
}
VEC_INLINE unsigned vd_bits(vd_mask m)
{
    return m;
}
VEC_INLINE vd vd_select(vd_mask m, vd a, vd b)
{
    return _mm512_mask_blend_pd(m, b, a);
}
VEC_INLINE vd vd_index_2_1(vd t, vd_mask m)
{
    __m512i i = _mm512_and_epi64(_mm512_castpd_si512(t), _mm512_set1_epi64(3));
    return _mm512_castsi512_pd(_mm512_mask_or_epi64(i, m, i, _mm512_set1_epi64(4)));
}
VEC_INLINE vd vd_lookup8(const double table[8], vd index)
{
    return _mm512_permutexvar_pd(_mm512_castpd_si512(index), _mm512_loadu_pd(table));
}
VEC_INLINE vd vd_shift_add(vd t, int shift, vd b)
{
    __m512i i = _mm512_slli_epi64(_mm512_castpd_si512(t), (unsigned)shift);
    return _mm512_castsi512_pd(_mm512_add_epi64(i, _mm512_castpd_si512(b)));
}

typedef __m512 vf;
typedef __mmask16 vf_mask;

VEC_INLINE vf vf_load(const float *p)
{
    return _mm512_loadu_ps(p);
}
VEC_INLINE void vf_store(float *p, vf a)
{
    _mm512_storeu_ps(p, a);
}
VEC_INLINE vf vf_set1(float x)
{
    return _mm512_set1_ps(x);
}
VEC_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}
VEC_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
VEC_INLINE vf vf_clamp(vf a, vf limit)
{
    return _mm512_max_ps(_mm512_sub_ps(vf_set1(0), limit), _mm512_min_ps(limit, a));
}
VEC_INLINE vf vf_reduce(vf k, vf step, vf high, vf low, vf u)
{
    (void)high, (void)low;
    return vf_fma(k, step, u);
}
VEC_INLINE vf_mask vf_less(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
VEC_INLINE vf_mask vf_and_not(vf_mask a, vf_mask b)
{
    return (vf_mask)(a & ~b);
}
VEC_INLINE unsigned vf_bits(vf_mask m)
{
    return m;
}
VEC_INLINE vf vf_select(vf_mask m, vf a, vf b)
{
    return _mm512_mask_blend_ps(m, b, a);
}
VEC_INLINE vf vf_index_2_1(vf t, vf_mask m)
{
    __m512i i = _mm512_and_epi32(_mm512_castps_si512(t), _mm512_set1_epi32(3));
    return _mm512_castsi512_ps(_mm512_mask_or_epi32(i, m, i, _mm512_set1_epi32(4)));
}
VEC_INLINE vf vf_lookup8(const float table[8], vf index)
{
    // The permutation takes four bits of the index: the table stands there twice.
    __m512 twice = _mm512_broadcast_f32x8(_mm256_loadu_ps(table));
    return _mm512_permutexvar_ps(_mm512_castps_si512(index), twice);
}
VEC_INLINE vf vf_shift_add(vf t, int shift, vf b)
{
    __m512i i = _mm512_slli_epi32(_mm512_castps_si512(t), (unsigned)shift);
    return _mm512_castsi512_ps(_mm512_add_epi32(i, _mm512_castps_si512(b)));
}

#endif
