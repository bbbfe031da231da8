// The kernels of lif_fast at one instruction level: see hh_fast_kernel.c.
#include <string.h>

#include "neuron/lif_fast_internal.h"

#include H4L_KERNEL_VECTORS

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#include "neuron/kernel_double.h"
#include "neuron/lif_fast_impl.h"
#include "neuron/kernel_end.h"

#include "neuron/kernel_float.h"
#include "neuron/lif_fast_impl.h"

const struct h4l_lif_fast_kernels JOIN(h4l_lif_fast_kernels_, H4L_KERNEL_LEVEL) = {
    .run = run,
    .run_float = run_float,
};
