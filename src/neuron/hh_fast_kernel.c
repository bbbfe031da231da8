// The kernels of hh_fast at one instruction level: meson compiles this file once per level, with H4L_LEVEL set to
// generic, avx2 or avx512 and the compiler told that it may use those instructions. The kernels of tv_fast, which step an HH
// neuron with every tv-LIF2HH neuron, come along.
#include "neuron/hh_fast_internal.h"

#include H4L_KERNEL_VECTORS

#include "neuron/kernel_double.h"
#include "neuron/hh_fast_impl.h"
#include "neuron/tv_fast_impl.h"
#include "neuron/kernel_end.h"

#include "neuron/kernel_float.h"
#include "neuron/hh_fast_impl.h"
#include "neuron/tv_fast_impl.h"

const struct h4l_hh_fast_kernels H4L_AT_LEVEL(h4l_hh_fast_kernels) = {
    .tile = 8,
    .tile_float = LEAST * VF_LANES,
    .run = run,
    .run_float = run_float,
    .run_pair = run_pair,
    .run_pair_float = run_pair_float,
    .rates = rates,
    .rates_float = rates_float,
};
