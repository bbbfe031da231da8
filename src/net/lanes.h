// Vectors of 16 floats for the kernels: GCC's and clang's vector extension, so that one source serves every instruction set.
#ifndef H4L_NET_LANES_H
#define H4L_NET_LANES_H

#include <stdint.h>

#define H4L_INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t masks __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));

// By macro and not by function: a vector that crosses a function in an instruction set without it changes the calling convention.
#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, x) (*(lanes *)(p) = (x))
#define SPLAT(x) ((lanes){0} + (float)(x))
// x where the mask is set, else 0; x where it is not set, else 0.
#define WHERE(mask, x) ((lanes)((mask) & (masks)(x)))
#define UNLESS(mask, x) ((lanes)(~(mask) & (masks)(x)))
#define ABS(x) ((lanes)((masks)(x)&0x7fffffff))
#define TO_FLOAT(m) __builtin_convertvector((m), lanes)

#endif
