// What tv_fast_real.c and the kernels, compiled once per type and instruction level, share.
#ifndef H4L_NEURON_TV_FAST_INTERNAL_H
#define H4L_NEURON_TV_FAST_INTERNAL_H

#include "neuron/hh_fast_internal.h"
#include "neuron/tv_fast.h"

// Short names for the type of this file.
typedef struct TWIN(h4l_tv_array) tv_array;
typedef struct TWIN(h4l_tv_compare) tv_compare;

// The kernels of one level: HH and tv-LIF2HH neurons side by side, N a multiple of tile; rebase is in mV, infinite for never.
struct TWIN(h4l_tv_fast_kernels) {
    size_t tile;
    void (*run)(const rate_consts *c, const hh_array *x, const tv_array *y, enum h4l_tv_order order,
                double rebase, hh_input input, size_t steps, const tv_compare *compare);
};
H4L_DECLARE_LEVELS(const struct TWIN(h4l_tv_fast_kernels), TWIN(h4l_tv_fast_kernels));

#endif
