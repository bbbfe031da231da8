#include "neuron/tv_fast.h"

#include <math.h>
#include <string.h>

#include "neuron/hh_fast_internal.h"

enum {
    VARIABLES = H4L_HH_DIM + H4L_TV_CORE_DIM,
    MAX_TILE = H4L_HH_FAST_MAX_TILE,
    BLOCK = H4L_HH_FAST_BLOCK,
    MOST = 1 << 23
};

#define REAL double
#define NAME(x) x
#include "neuron/tv_fast_run_impl.h"
#undef REAL
#undef NAME

#define REAL float
#define NAME(x) x##_float
#include "neuron/tv_fast_run_impl.h"
