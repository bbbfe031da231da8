// What lif_fast.c and the kernels, compiled once per type and instruction level, share.
#ifndef H4L_NEURON_LIF_FAST_INTERNAL_H
#define H4L_NEURON_LIF_FAST_INTERNAL_H

#include "base/real.h"
#include "neuron/lif_fast.h"

// The arguments are those of h4l_lif_fast_run; steps at most 2^23, spikes may be NULL.
struct TWIN(h4l_lif_fast_kernels) {
    void (*run)(const struct h4l_lif *lif, size_t N, REAL *v, const REAL *I, size_t stride,
                size_t steps, const struct h4l_lif_spikes *spikes);
};
H4L_DECLARE_LEVELS(const struct TWIN(h4l_lif_fast_kernels), TWIN(h4l_lif_fast_kernels));

#endif
