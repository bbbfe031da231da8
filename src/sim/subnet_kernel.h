// The vector kernels of subnet.c and subnet_gradient.c, compiled once per instruction level. Fields as the arguments of
// h4l_subnet_run_lanes and h4l_subnet_margin_lanes.
#ifndef H4L_SIM_SUBNET_KERNEL_H
#define H4L_SIM_SUBNET_KERNEL_H

#include "base/level.h"
#include "sim/subnet_gradient.h"

// Either ret_t and ret_n are given (a free run) or fires and ret_margin (imposed spikes); the others are NULL.
struct h4l_subnet_job {
    const struct h4l_subnet *net;
    double hold[H4L_TOPOLOGY_UNITS]; // refractory steps
    const double *x;
    size_t steps;
    double start_ms;
    size_t capacity;
    double *ret_t;
    size_t *ret_n;
    const uint16_t *fires;
    double *ret_margin;
    struct h4l_subnet_tape *tape; // NULL: none is kept
};

typedef void h4l_subnet_lanes_fn(const struct h4l_subnet_job *job);
typedef void h4l_subnet_backward_fn(const struct h4l_subnet *net, const double *x,
                                    const uint16_t *fires, const struct h4l_subnet_tape *tape,
                                    const double *margin_gradient,
                                    struct h4l_subnet_gradient *gradient);
H4L_DECLARE_LEVELS(h4l_subnet_lanes_fn, h4l_subnet_lanes);
H4L_DECLARE_LEVELS(h4l_subnet_backward_fn, h4l_subnet_backward);

// Runs the job at the instruction level of the machine (fills hold).
void h4l_subnet_run_job(struct h4l_subnet_job *job);

#endif
