// What hh_tangent.c and its kernels, compiled once per instruction level, share.
#ifndef H4L_NEURON_HH_TANGENT_INTERNAL_H
#define H4L_NEURON_HH_TANGENT_INTERNAL_H

#include "base/level.h"
#include "neuron/hh_fast_internal.h"
#include "neuron/hh_tangent.h"

struct h4l_hh_tangent_consts {
    const struct h4l_hh_fast_consts *rates; // prepared with dt = 1: rates per ms
    double C, g[3], E[3];                   // conductances and reversal potentials Na, K, leak
    double v_m, v_n;                        // mV
};

typedef void (*h4l_tangent_kernel_fn)(const struct h4l_hh_tangent_consts *c, double h, size_t N,
                                      size_t steps, const double *I, double *state);
struct h4l_tangent_kernels {
    h4l_tangent_kernel_fn hh, tv;
    void (*hh_bare)(const struct h4l_hh_tangent_consts *c, double h, size_t N, size_t steps,
                    const double *I, size_t stride, double *state);
};
H4L_DECLARE_LEVELS(const struct h4l_tangent_kernels, h4l_tangent_kernels);

#endif
