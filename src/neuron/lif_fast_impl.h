// The kernels of lif_fast, written once: lif_fast_kernel.c includes this file for double and for float, with REAL, NAME(x),
// V(x), VEC, MASK and LANES as in hh_fast_impl.h (kernel_double.h, kernel_float.h).

// Vectors advanced side by side: enough to hide the latency of a step, and at most 64 lanes.
#define LIF_TILE (LANES == 8 && sizeof(REAL) == sizeof(double) ? 8 : 4)

// All steps of one tile, state in registers. driven: currents change from step to step; record: note spikes.
VEC_INLINE void NAME(run_tile)(const struct h4l_lif *lif, REAL *v, const REAL *I, size_t stride,
                               size_t steps, const struct h4l_lif_spikes *spikes, size_t row_bytes,
                               size_t first, int driven, int record)
{
    const VEC decay = V(set1)((REAL)lif->decay), threshold = V(set1)((REAL)lif->threshold);
    const VEC zero = V(set1)(0), one = V(set1)(1);
    VEC x[LIF_TILE], i[LIF_TILE], count[LIF_TILE];

#pragma GCC unroll 8
    for (int j = 0; j < LIF_TILE; j++) {
        x[j] = V(load)(v + j * LANES);
        i[j] = V(load)(I + j * LANES);
        count[j] = zero;
    }
    for (size_t k = 0; k < steps; k++) {
        uint64_t bits = 0;

#pragma GCC unroll 8
        for (int j = 0; j < LIF_TILE; j++) {
            if (driven)
                i[j] = V(load)(I + k * stride + j * LANES);
            x[j] = decay * V(select)(V(less)(threshold, x[j]), zero, x[j]) + i[j];
            if (record) {
                MASK spike = V(less)(threshold, x[j]);
                count[j] = count[j] + V(select)(spike, one, zero);
                bits |= (uint64_t)V(bits)(spike) << (j * LANES);
            }
        }
        if (record && spikes->raster)
#pragma GCC unroll 8
            for (int b = 0; b < LIF_TILE * LANES / 8; b++)
                spikes->raster[k * row_bytes + first / 8 + (size_t)b] = (uint8_t)(bits >> (8 * b));
    }
#pragma GCC unroll 8
    for (int j = 0; j < LIF_TILE; j++)
        V(store)(v + j * LANES, x[j]);
    if (record && spikes->count) {
        REAL counts[LIF_TILE * LANES];
        for (int j = 0; j < LIF_TILE; j++)
            V(store)(counts + j * LANES, count[j]);
        for (int j = 0; j < LIF_TILE * LANES; j++)
            spikes->count[first + (size_t)j] += (uint32_t)counts[j];
    }
}

// The neurons that fill no tile, one after the other.
static void NAME(run_rest)(const struct h4l_lif *lif, size_t first, size_t N, REAL *v,
                           const REAL *I, size_t stride, size_t steps,
                           const struct h4l_lif_spikes *spikes, size_t row_bytes)
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

static void NAME(run)(const struct h4l_lif *lif, size_t N, REAL *v, const REAL *I, size_t stride,
                      size_t steps, const struct h4l_lif_spikes *spikes)
{
    size_t row_bytes = (N + 7) / 8, whole = N - N % (LIF_TILE * LANES);

    for (size_t j = 0; j < whole; j += LIF_TILE * LANES) {
        if (spikes && stride && steps > 1)
            NAME(run_tile)(lif, v + j, I + j, stride, steps, spikes, row_bytes, j, 1, 1);
        else if (spikes)
            NAME(run_tile)(lif, v + j, I + j, 0, steps, spikes, row_bytes, j, 0, 1);
        else if (stride && steps > 1)
            NAME(run_tile)(lif, v + j, I + j, stride, steps, NULL, row_bytes, j, 1, 0);
        else
            NAME(run_tile)(lif, v + j, I + j, 0, steps, NULL, row_bytes, j, 0, 0);
    }
    NAME(run_rest)(lif, whole, N, v, I, stride, steps, spikes, row_bytes);
}

#undef LIF_TILE
