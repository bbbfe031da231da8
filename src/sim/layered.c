#include "sim/layered.h"

const double h4l_published_start[H4L_HH_DIM] = {-70, 0.0289, 0.7541, 0.2446};

size_t h4l_layered_neurons(const struct h4l_layered *net)
{
    size_t n = 0;

    for (size_t l = 0; l < net->layers; l++)
        n += net->size[l];
    return n;
}
