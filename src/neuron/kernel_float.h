// The same as kernel_double.h for float, functions named x_float.
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
