// The vector kernel of subnet.c, compiled once per instruction level from subnet_kernel.c. Arguments as h4l_subnet_run_lanes;
// hold[i]: refractory steps of unit i.
#ifndef H4L_SIM_SUBNET_KERNEL_H
#define H4L_SIM_SUBNET_KERNEL_H

#include "sim/subnet.h"

#define H4L_SUBNET_KERNEL(name)                                                                    \
    void name(const struct h4l_subnet *net, const double *hold, const double *x, size_t steps,     \
              double start_ms, size_t capacity, double *ret_t, size_t ret_n[H4L_SUBNET_LANES])

H4L_SUBNET_KERNEL(h4l_subnet_lanes_generic);
H4L_SUBNET_KERNEL(h4l_subnet_lanes_avx2);
H4L_SUBNET_KERNEL(h4l_subnet_lanes_avx512);

#endif
