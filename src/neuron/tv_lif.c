#include "neuron/tv_lif.h"

const struct h4l_tv_options h4l_tv_as_stated = {.order = H4L_TV_EXACT_ORDER};
const struct h4l_tv_options h4l_tv_as_published = {.order = H4L_TV_PUBLISHED_ORDER};
