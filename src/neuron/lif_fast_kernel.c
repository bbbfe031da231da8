// The kernels of lif_fast at one instruction level: see hh_fast_kernel.c.
#include <string.h>

#include "neuron/lif_fast_internal.h"

#include H4L_KERNEL_VECTORS

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define REAL double
#define NAME(x) x
#define V(x) vd_##x
#define VEC vd
#define MASK vd_mask
#define LANES VD_LANES
#define TILE (VD_LANES == 8 ? 8 : 4)
#include "neuron/lif_fast_impl.h"
#undef REAL
#undef NAME
#undef V
#undef VEC
#undef MASK
#undef LANES
#undef TILE

#define REAL float
#define NAME(x) x##_float
#define V(x) vf_##x
#define VEC vf
#define MASK vf_mask
#define LANES VF_LANES
#define TILE 4
#include "neuron/lif_fast_impl.h"

const struct h4l_lif_fast_kernels JOIN(h4l_lif_fast_kernels_, H4L_KERNEL_LEVEL) = {
    .run = run,
    .run_float = run_float,
};
