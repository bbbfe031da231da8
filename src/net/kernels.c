#include "net/kernels.h"

#include "base/level.h"

H4L_DECLARE_LEVELS(const struct h4l_net_kernels, h4l_net_kernels);

const struct h4l_net_kernels *h4l_net_kernels(enum h4l_simd level)
{
    static const struct h4l_net_kernels *const kernels[] = H4L_LEVELS_OF(h4l_net_kernels);

    return kernels[level];
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
