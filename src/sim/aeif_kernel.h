// The vector kernel of aeif.c, compiled once per instruction level. Fields as the arguments of h4l_aeif_run_lanes.
#ifndef H4L_SIM_AEIF_KERNEL_H
#define H4L_SIM_AEIF_KERNEL_H

#include "base/level.h"
#include "sim/aeif.h"

struct h4l_aeif_job {
    const struct h4l_aeif *aeif;
    double hold; // refractory time in parts
    const double *x;
    size_t steps, capacity;
    double *ret_t;
    size_t *ret_n;
};

typedef void h4l_aeif_lanes_fn(const struct h4l_aeif_job *job);
H4L_DECLARE_LEVELS(h4l_aeif_lanes_fn, h4l_aeif_lanes);

#endif
