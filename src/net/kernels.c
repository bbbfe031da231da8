#include "net/kernels.h"

extern const struct h4l_net_kernels h4l_net_kernels_generic;
#ifdef __x86_64__
extern const struct h4l_net_kernels h4l_net_kernels_avx2, h4l_net_kernels_avx512;
#endif

const struct h4l_net_kernels *h4l_net_kernels(enum h4l_simd level)
{
#ifdef __x86_64__
    if (level == H4L_SIMD_AVX512)
        return &h4l_net_kernels_avx512;
    if (level == H4L_SIMD_AVX2)
        return &h4l_net_kernels_avx2;
#endif
    (void)level;
    return &h4l_net_kernels_generic;
}

void h4l_pack_conv(const struct h4l_net_kernels *kernels, size_t n_in, size_t n_out,
                   const float *weights, float scale, bool flipped, float *ret_packed)
{
    for (size_t c = 0; c < n_out;) {
        size_t block = c + kernels->conv_block <= n_out ? kernels->conv_block : 1;

        for (size_t k = 0; k < n_in; k++)
            for (size_t i = 0; i < 9; i++)
                for (size_t j = 0; j < block; j++)
                    *ret_packed++ = scale * (flipped ? weights[(k * n_out + c + j) * 9 + 8 - i]
                                                     : weights[((c + j) * n_in + k) * 9 + i]);
        c += block;
    }
}
