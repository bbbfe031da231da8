#include "sim/integrators.h"

#include <stddef.h>

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
