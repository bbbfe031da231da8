#include "neuron/tv_lif.h"

#include <tgmath.h>
#undef I // <complex.h> comes with <tgmath.h>; here I is a current

#pragma GCC diagnostic warning "-Wdouble-promotion"

#define REAL double
#define NAME(x) x
#include "neuron/tv_lif_impl.h"
#undef REAL
#undef NAME
#define REAL float
#define NAME(x) x##_float
#include "neuron/tv_lif_impl.h"
#undef REAL
#undef NAME

const struct h4l_tv_options h4l_tv_as_stated = {.order = H4L_TV_EXACT_ORDER};
const struct h4l_tv_options h4l_tv_as_published = {.order = H4L_TV_PUBLISHED_ORDER};
