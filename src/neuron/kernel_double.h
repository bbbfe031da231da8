// What the kernels' *_impl.h files are written in, for double: the type, its vectors, and constants of the exponential. Included before
// them, kernel_end.h after; no include guard.
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
