// The kernels of hh_fast at one instruction level: meson compiles this file once per level, with H4L_KERNEL_LEVEL set to
// generic, avx2 or avx512 and the compiler told that it may use those instructions. The kernels of tv_fast, which step an HH
// neuron with every tv-LIF2HH neuron, come along.
#include "neuron/hh_fast_internal.h"

#include H4L_KERNEL_VECTORS

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define REAL double
#define NAME(x) x
#define V(x) vd_##x
#define VEC vd
#define MASK vd_mask
#define LANES VD_LANES
#define TILE VD_TILE
#define LEAST (8 / VD_LANES)
#define MANTISSA 52
#define N_80 H4L_HH_FAST_DOUBLE_80
#define N_18 H4L_HH_FAST_DOUBLE_18
#include "neuron/hh_fast_impl.h"
#include "neuron/tv_fast_impl.h"
#undef REAL
#undef NAME
#undef V
#undef VEC
#undef MASK
#undef LANES
#undef TILE
#undef LEAST
#undef MANTISSA
#undef N_80
#undef N_18
#undef K
#undef LANES_OF

#define REAL float
#define NAME(x) x##_float
#define V(x) vf_##x
#define VEC vf
#define MASK vf_mask
#define LANES VF_LANES
#define TILE VF_TILE
#define LEAST (VF_LANES > 8 ? 1 : 8 / VF_LANES)
#define MANTISSA 23
#define N_80 H4L_HH_FAST_FLOAT_80
#define N_18 H4L_HH_FAST_FLOAT_18
#include "neuron/hh_fast_impl.h"
#include "neuron/tv_fast_impl.h"

const struct h4l_hh_fast_kernels JOIN(h4l_hh_fast_kernels_, H4L_KERNEL_LEVEL) = {
    .tile = 8,
    .tile_float = LEAST * VF_LANES,
    .run = run,
    .run_float = run_float,
    .run_pair = run_pair,
    .run_pair_float = run_pair_float,
    .rates = rates,
    .rates_float = rates_float,
};
