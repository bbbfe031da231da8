// The LIF unit, plain: cell "lif" is one of them, "slif2hh" and "topology" join several.
//
//     v[t] = decay v[t-1] (1 - s[t-1]) + I[t],   s[t] = [v[t] > threshold]
//
// The spike of a step clears the potential in the next one (without reset: never).
#ifndef H4L_CELL_LIF_UNIT_H
#define H4L_CELL_LIF_UNIT_H

#include "cell/cell.h"

// v[t] from v[t-1] and s[t-1].
static inline double h4l_lif_unit_step(const struct h4l_cell_constants *k, double v, double s,
                                       double input)
{
    return k->decay * v * (k->reset ? 1 - s : 1) + input;
}

// dv[t+1] / dv[t], the way through the spike in the reset factor included.
static inline double h4l_lif_unit_slope(const struct h4l_cell_constants *k, double v, double s)
{
    return k->reset ? k->decay * ((1 - s) - v * h4l_cell_inside(k, v)) : k->decay;
}

#endif
