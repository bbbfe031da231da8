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

// For #if: the bytes of a REAL.
#define H4L_BYTES_float 4
#define H4L_BYTES_double 8
#define H4L_REAL_BYTES H4L_JOIN(H4L_BYTES, H4L_REAL)

#endif
