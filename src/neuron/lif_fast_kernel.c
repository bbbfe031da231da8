// The kernels of lif_fast at one instruction level: see hh_fast_kernel.c.
#include <string.h>

#include "neuron/lif_fast_internal.h"

#include H4L_KERNEL_VECTORS

#include "neuron/kernel_double.h"
#include "neuron/lif_fast_impl.h"
#include "neuron/kernel_end.h"

#include "neuron/kernel_float.h"
#include "neuron/lif_fast_impl.h"

const struct h4l_lif_fast_kernels H4L_AT_LEVEL(h4l_lif_fast_kernels) = {
    .run = run,
    .run_float = run_float,
};
