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
