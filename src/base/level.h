// One source at every instruction level: meson compiles a file once per level of src/meson.build, with -DH4L_LEVEL=generic and so
// on, and base/simd.h chooses at run time.
#ifndef H4L_BASE_LEVEL_H
#define H4L_BASE_LEVEL_H

#include "base/simd.h"

#ifndef H4L_LEVEL
#define H4L_LEVEL generic
#endif

#define H4L_JOIN_(a, b) a##_##b
#define H4L_JOIN(a, b) H4L_JOIN_(a, b)

// The name of something at the level that is being compiled: x_generic, x_avx2, x_avx512.
#define H4L_AT_LEVEL(x) H4L_JOIN(x, H4L_LEVEL)

// Bytes of a vector register, which is what a vector of base/lanes.h is: wider ones would live in memory. A file that wants what
// operators do not say, and vectors that lie at multiples of their size, says #define H4L_REGISTER_LANES before its first header.
#if defined __AVX512F__
#define H4L_LANE_BYTES 64
#elif defined __AVX2__
#define H4L_LANE_BYTES 32
#else
#define H4L_LANE_BYTES 16
#endif
#ifdef H4L_REGISTER_LANES
#define H4L_LANE_ALIGN H4L_LANE_BYTES
#define H4L_LANES_IN_MEMORY unaligned_lanes
#else
#define H4L_LANE_ALIGN sizeof(REAL)
#define H4L_LANES_IN_MEMORY lanes
#endif

// Declares `type x_generic` and so on, and makes the initialiser of an array of pointers to them, by enum h4l_simd.
#ifdef __x86_64__
#define H4L_DECLARE_LEVELS(type, x)                                                                \
    extern type H4L_JOIN(x, generic), H4L_JOIN(x, avx2), H4L_JOIN(x, avx512)
#define H4L_LEVELS_OF(x)                                                                           \
    {                                                                                              \
        &H4L_JOIN(x, generic), &H4L_JOIN(x, avx2), &H4L_JOIN(x, avx512)                            \
    }
#else
#define H4L_DECLARE_LEVELS(type, x) extern type H4L_JOIN(x, generic)
#define H4L_LEVELS_OF(x)                                                                           \
    {                                                                                              \
        &H4L_JOIN(x, generic)                                                                      \
    }
#endif

#endif
