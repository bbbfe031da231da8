// The kernels of lif_fast at one instruction level and for one type: see hh_fast_kernel.c.
#define H4L_REGISTER_LANES

#include <string.h>

#include "base/lanes.h"
#include "neuron/lif_fast_internal.h"

// Vectors advanced side by side: enough to hide the latency of a step, and at most 64 lanes.
enum { TILE = H4L_LANE_BYTES == 64 && H4L_REAL_BYTES == 8 ? 8 : 4 };

// All steps of one tile, state in registers. driven: currents change from step to step; record: note spikes.
H4L_INLINE void run_tile(const struct h4l_lif *lif, REAL *v, const REAL *I, size_t stride,
                         size_t steps, const struct h4l_lif_spikes *spikes, size_t row_bytes,
                         size_t first, int driven, int record)
{
    const lanes decay = SPLAT((REAL)lif->decay), threshold = SPLAT((REAL)lif->threshold);
    const lanes zero = SPLAT(0), one = SPLAT(1);
    lanes x[TILE], i[TILE], count[TILE];

#pragma GCC unroll 8
    for (int j = 0; j < TILE; j++) {
        x[j] = LOAD(v + j * LANES);
        i[j] = LOAD(I + j * LANES);
        count[j] = zero;
    }
    for (size_t k = 0; k < steps; k++) {
        uint64_t bits = 0;

#pragma GCC unroll 8
        for (int j = 0; j < TILE; j++) {
            if (driven)
                i[j] = LOAD(I + k * stride + j * LANES);
            x[j] = decay * lanes_select(lanes_less(threshold, x[j]), zero, x[j]) + i[j];
            if (record) {
                lane_mask spike = lanes_less(threshold, x[j]);
                count[j] = count[j] + lanes_select(spike, one, zero);
                bits |= (uint64_t)lanes_bits(spike) << (j * LANES);
            }
        }
        if (record && spikes->raster)
#pragma GCC unroll 8
            for (int b = 0; b < TILE * LANES / 8; b++)
                spikes->raster[k * row_bytes + first / 8 + (size_t)b] = (uint8_t)(bits >> (8 * b));
    }
#pragma GCC unroll 8
    for (int j = 0; j < TILE; j++)
        STORE(v + j * LANES, x[j]);
    if (record && spikes->count) {
        REAL counts[TILE * LANES];
        for (int j = 0; j < TILE; j++)
            STORE(counts + j * LANES, count[j]);
        for (int j = 0; j < TILE * LANES; j++)
            spikes->count[first + (size_t)j] += (uint32_t)counts[j];
    }
}

// The neurons that fill no tile, one after the other.
static void run_rest(const struct h4l_lif *lif, size_t first, size_t N, REAL *v, const REAL *I,
                     size_t stride, size_t steps, const struct h4l_lif_spikes *spikes,
                     size_t row_bytes)
{
    const REAL decay = (REAL)lif->decay, threshold = (REAL)lif->threshold;

    for (size_t k = 0; k < steps; k++) {
        if (spikes && spikes->raster)
            memset(spikes->raster + k * row_bytes + first / 8, 0, row_bytes - first / 8);
        for (size_t i = first; i < N; i++) {
            REAL kept = v[i] > threshold ? 0 : v[i];

            v[i] = decay * kept + I[k * stride + i];
            if (!spikes || !(v[i] > threshold))
                continue;
            if (spikes->raster)
                spikes->raster[k * row_bytes + i / 8] |= (uint8_t)(1 << i % 8);
            if (spikes->count)
                spikes->count[i]++;
        }
    }
}

static void run(const struct h4l_lif *lif, size_t N, REAL *v, const REAL *I, size_t stride,
                size_t steps, const struct h4l_lif_spikes *spikes)
{
    size_t row_bytes = (N + 7) / 8, whole = N - N % (TILE * LANES);

    for (size_t j = 0; j < whole; j += TILE * LANES) {
        if (spikes && stride && steps > 1)
            run_tile(lif, v + j, I + j, stride, steps, spikes, row_bytes, j, 1, 1);
        else if (spikes)
            run_tile(lif, v + j, I + j, 0, steps, spikes, row_bytes, j, 0, 1);
        else if (stride && steps > 1)
            run_tile(lif, v + j, I + j, stride, steps, NULL, row_bytes, j, 1, 0);
        else
            run_tile(lif, v + j, I + j, 0, steps, NULL, row_bytes, j, 0, 0);
    }
    run_rest(lif, whole, N, v, I, stride, steps, spikes, row_bytes);
}

const struct TWIN(h4l_lif_fast_kernels) H4L_AT_LEVEL(TWIN(h4l_lif_fast_kernels)) = {.run = run};
