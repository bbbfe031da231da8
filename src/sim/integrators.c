#include "sim/integrators.h"

#include <stddef.h>
#include <string.h>
#include <tgmath.h>
#undef I // <complex.h> comes with <tgmath.h>; here I is a current

#pragma GCC diagnostic warning "-Wdouble-promotion"

enum {
    RK4_MAX = H4L_HH_DIM + H4L_TV_CORE_DIM
}; // the largest system: an HH neuron and a tv neuron that shares its gates

#define REAL double
#define NAME(x) x
#include "sim/integrators_impl.h"
#undef REAL
#undef NAME
#define REAL float
#define NAME(x) x##_float
#include "sim/integrators_impl.h"
#undef REAL
#undef NAME

const char *h4l_scheme_name(enum h4l_scheme scheme)
{
    static const char *const names[H4L_SCHEMES] = {"euler", "exp_euler", "rk4", "rk4_by_neuron"};

    return (unsigned)scheme < H4L_SCHEMES ? names[scheme] : NULL;
}

void h4l_pair_to_float(const struct h4l_pair *pair, struct h4l_pair_float *ret)
{
    ret->scheme = pair->scheme;
    ret->tv = pair->tv;
    ret->dt = (float)pair->dt;
    h4l_hh_to_float(&pair->hh, &ret->hh);
}
