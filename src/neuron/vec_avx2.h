// Vectors of 256 bits, AVX2 and FMA. The operations are described in vec_generic.h.
#ifndef H4L_NEURON_VEC_AVX2_H
#define H4L_NEURON_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define VEC_INLINE static inline __attribute__((always_inline))

enum { VD_LANES = 4, VD_TILE = 2, VF_LANES = 8, VF_TILE = 2 };

typedef __m256d vd;
typedef __m256d vd_mask;

VEC_INLINE vd vd_load(const double *p)
{
    return _mm256_loadu_pd(p);
}
VEC_INLINE void vd_store(double *p, vd a)
{
    _mm256_storeu_pd(p, a);
}
VEC_INLINE vd vd_set1(double x)
{
    return _mm256_set1_pd(x);
}
VEC_INLINE vd vd_fma(vd a, vd b, vd c)
{
    return _mm256_fmadd_pd(a, b, c);
}
VEC_INLINE vd vd_fnma(vd a, vd b, vd c)
{
    return _mm256_fnmadd_pd(a, b, c);
}
VEC_INLINE vd vd_clamp(vd a, vd limit)
{
    return _mm256_max_pd(_mm256_sub_pd(vd_set1(0), limit), _mm256_min_pd(limit, a));
}
VEC_INLINE vd vd_reduce(vd k, vd step, vd high, vd low, vd u)
{
    (void)high, (void)low;
    return vd_fma(k, step, u);
}
VEC_INLINE vd_mask vd_less(vd a, vd b)
{
    return _mm256_cmp_pd(a, b, _CMP_LT_OQ);
}
VEC_INLINE vd_mask vd_and_not(vd_mask a, vd_mask b)
{
    return _mm256_andnot_pd(b, a);
}
VEC_INLINE unsigned vd_bits(vd_mask m)
{
    return (unsigned)_mm256_movemask_pd(m);
}
VEC_INLINE vd vd_select(vd_mask m, vd a, vd b)
{
    return _mm256_blendv_pd(b, a, m);
}
VEC_INLINE vd vd_index_2_1(vd t, vd_mask m)
{
    vd low = _mm256_and_pd(t, _mm256_castsi256_pd(_mm256_set1_epi64x(3)));
    return _mm256_or_pd(low, _mm256_and_pd(m, _mm256_castsi256_pd(_mm256_set1_epi64x(4))));
}
VEC_INLINE vd vd_lookup8(const double table[8], vd index)
{
    // AVX2 permutes 32-bit pieces only: index j of a double becomes the pair 2 j, 2 j + 1, once for each half of the table.
    __m256i i = _mm256_castpd_si256(index);
    __m256 even = _mm256_castsi256_ps(_mm256_slli_epi64(i, 1));
    __m256i pair = _mm256_or_si256(_mm256_castps_si256(_mm256_moveldup_ps(even)),
                                   _mm256_set1_epi64x(0x100000000));
    __m256i low = _mm256_castpd_si256(_mm256_loadu_pd(table));
    __m256i high = _mm256_castpd_si256(_mm256_loadu_pd(table + 4));

    low = _mm256_permutevar8x32_epi32(low, pair);
    high = _mm256_permutevar8x32_epi32(high, pair);
    return _mm256_blendv_pd(_mm256_castsi256_pd(low), _mm256_castsi256_pd(high),
                            _mm256_castsi256_pd(_mm256_slli_epi64(i, 61)));
}
VEC_INLINE vd vd_shift_add(vd t, int shift, vd b)
{
    __m256i i = _mm256_slli_epi64(_mm256_castpd_si256(t), shift);
    return _mm256_castsi256_pd(_mm256_add_epi64(i, _mm256_castpd_si256(b)));
}

typedef __m256 vf;
typedef __m256 vf_mask;

VEC_INLINE vf vf_load(const float *p)
{
    return _mm256_loadu_ps(p);
}
VEC_INLINE void vf_store(float *p, vf a)
{
    _mm256_storeu_ps(p, a);
}
VEC_INLINE vf vf_set1(float x)
{
    return _mm256_set1_ps(x);
}
VEC_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}
VEC_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
VEC_INLINE vf vf_clamp(vf a, vf limit)
{
    return _mm256_max_ps(_mm256_sub_ps(vf_set1(0), limit), _mm256_min_ps(limit, a));
}
VEC_INLINE vf vf_reduce(vf k, vf step, vf high, vf low, vf u)
{
    (void)high, (void)low;
    return vf_fma(k, step, u);
}
VEC_INLINE vf_mask vf_less(vf a, vf b)
{
    return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}
VEC_INLINE vf_mask vf_and_not(vf_mask a, vf_mask b)
{
    return _mm256_andnot_ps(b, a);
}
VEC_INLINE unsigned vf_bits(vf_mask m)
{
    return (unsigned)_mm256_movemask_ps(m);
}
VEC_INLINE vf vf_select(vf_mask m, vf a, vf b)
{
    return _mm256_blendv_ps(b, a, m);
}
VEC_INLINE vf vf_index_2_1(vf t, vf_mask m)
{
    vf low = _mm256_and_ps(t, _mm256_castsi256_ps(_mm256_set1_epi32(3)));
    return _mm256_or_ps(low, _mm256_and_ps(m, _mm256_castsi256_ps(_mm256_set1_epi32(4))));
}
VEC_INLINE vf vf_lookup8(const float table[8], vf index)
{
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), _mm256_castps_si256(index));
}
VEC_INLINE vf vf_shift_add(vf t, int shift, vf b)
{
    __m256i i = _mm256_slli_epi32(_mm256_castps_si256(t), shift);
    return _mm256_castsi256_ps(_mm256_add_epi32(i, _mm256_castps_si256(b)));
}

#endif
