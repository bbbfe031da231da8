// One source in two types: meson compiles a file once with -DH4L_REAL=float and once with -DH4L_REAL=double.
//
// REAL is the type, and NAME(x) is x_float or x_double. A file that is compiled once has float.
#ifndef H4L_BASE_REAL_H
#define H4L_BASE_REAL_H

#include "base/level.h"

#ifndef H4L_REAL
#define H4L_REAL float
#endif

#define REAL H4L_REAL
#define NAME(x) H4L_JOIN(x, H4L_REAL)

// x_float or x: of what is defined in double and has a twin in float.
#define H4L_TWIN_float(x) x##_float
#define H4L_TWIN_double(x) x
#define TWIN(x) H4L_JOIN(H4L_TWIN, H4L_REAL)(x)

// The function of <math.h>: expf or exp.
#define H4L_MATH_float(x) x##f
#define H4L_MATH_double(x) x
#define MATH(x) H4L_JOIN(H4L_MATH, H4L_REAL)(x)

// For #if: the bytes of a REAL.
#define H4L_BYTES_float 4
#define H4L_BYTES_double 8
#define H4L_REAL_BYTES H4L_JOIN(H4L_BYTES, H4L_REAL)

// How many of them a vector of base/lanes.h has.
#define H4L_LANE_COUNT_16_float 4
#define H4L_LANE_COUNT_32_float 8
#define H4L_LANE_COUNT_64_float 16
#define H4L_LANE_COUNT_16_double 2
#define H4L_LANE_COUNT_32_double 4
#define H4L_LANE_COUNT_64_double 8
#define H4L_LANE_COUNT H4L_JOIN(H4L_JOIN(H4L_LANE_COUNT, H4L_LANE_BYTES), H4L_REAL)

#endif
