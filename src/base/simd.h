// Which vector instructions the fast kernels use: chosen once per program from the CPU and, for tests, the environment.
//
// The kernels of src/neuron (hh_fast, lif_fast) are compiled several times with different instruction sets; the best one
// that the CPU and the operating system support is taken at run time, so one build runs on every machine of its
// architecture. The environment variable H4L_SIMD=generic|avx2|avx512 forces a level (to compare them, or to get the
// same last bits on different machines).
#ifndef H4L_BASE_SIMD_H
#define H4L_BASE_SIMD_H

#include <stdbool.h>

#include "base/err.h"

enum h4l_simd {
    H4L_SIMD_GENERIC, // what the compiler may use anyway: SSE2 on x86-64, NEON on aarch64
    H4L_SIMD_AVX2,    // AVX2 and FMA, 256 bit
    H4L_SIMD_AVX512,  // AVX-512 F, DQ, BW, VL, 512 bit
    H4L_SIMD_LEVELS
};

// "generic", "avx2", "avx512"; "?" for any other value.
const char *h4l_simd_name(enum h4l_simd level);

// True if this build contains the level and this machine can run it. H4L_SIMD_GENERIC always is.
bool h4l_simd_available(enum h4l_simd level);

// The level to use: that of H4L_SIMD if set and not empty, else the best available one. H4L_E_USAGE if H4L_SIMD is none
// of the names, or names a level that is not available here; the message lists those that are.
int h4l_simd_choose(enum h4l_simd *ret_level, struct h4l_err *err);

// The same without an error: a wrong H4L_SIMD counts as not set. For provenance and for callers that have checked before.
enum h4l_simd h4l_simd_level_id(void);
// Its name.
const char *h4l_simd_level(void);

#endif
