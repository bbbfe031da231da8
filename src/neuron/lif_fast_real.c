// The calls of lif_fast, compiled for each type (base/real.h).
#include "neuron/lif_fast.h"

#include "neuron/lif_fast_internal.h"

static const struct TWIN(h4l_lif_fast_kernels) *const kernels[] =
    H4L_LEVELS_OF(TWIN(h4l_lif_fast_kernels));

// The kernels count spikes in a REAL, which holds whole numbers up to 2^24 at least.
enum { MOST = 1 << 23 };

static size_t block(size_t steps, size_t done)
{
    return steps - done < MOST ? steps - done : MOST;
}

static struct h4l_lif_spikes from(const struct h4l_lif_spikes *spikes, size_t step, size_t N)
{
    struct h4l_lif_spikes s = {0};

    if (spikes) {
        s.raster = spikes->raster ? spikes->raster + step * ((N + 7) / 8) : NULL;
        s.count = spikes->count;
    }
    return s;
}

void TWIN(h4l_lif_fast_run)(const struct h4l_lif *lif, enum h4l_simd level, size_t N, REAL *v,
                            const REAL *I, size_t stride, size_t steps,
                            const struct h4l_lif_spikes *spikes)
{
    for (size_t done = 0; done < steps; done += block(steps, done)) {
        struct h4l_lif_spikes s = from(spikes, done, N);

        kernels[level]->run(lif, N, v, I + done * stride, stride, block(steps, done),
                            spikes ? &s : NULL);
    }
}
