// What lif_fast.c and the kernels, compiled once per instruction level, share.
#ifndef H4L_NEURON_LIF_FAST_INTERNAL_H
#define H4L_NEURON_LIF_FAST_INTERNAL_H

#include "base/level.h"
#include "neuron/lif_fast.h"

// The arguments are those of h4l_lif_fast_run; steps at most 2^23, spikes may be NULL.
struct h4l_lif_fast_kernels {
    void (*run)(const struct h4l_lif *lif, size_t N, double *v, const double *I, size_t stride,
                size_t steps, const struct h4l_lif_spikes *spikes);
    void (*run_float)(const struct h4l_lif *lif, size_t N, float *v, const float *I, size_t stride,
                      size_t steps, const struct h4l_lif_spikes *spikes);
};
H4L_DECLARE_LEVELS(const struct h4l_lif_fast_kernels, h4l_lif_fast_kernels);

#endif
