// The kernels of hh_fast at one instruction level and for one type: meson compiles this file once for each, with H4L_LEVEL set to
// generic, avx2 or avx512 and the compiler told that it may use those instructions.
#include "neuron/hh_fast.lanes.h"

// The bits of the lanes of a tile, as bytes.
H4L_INLINE void put_bits(uint64_t bits, int n, uint8_t *to)
{
#pragma GCC unroll 8
    for (int b = 0; b < n / 8; b++)
        to[b] = (uint8_t)(bits >> (8 * b));
}

// All steps of one tile of `tile` vectors, state in registers. driven: currents change from step to step; record: note spikes.
// tile, driven, record and exponential are constants wherever this is inlined.
H4L_INLINE void run_tile(const rate_consts *c, REAL *v, REAL *m, REAL *h, REAL *n, const REAL *I,
                         size_t stride, size_t steps, const struct h4l_hh_spikes *spikes,
                         size_t row_bytes, size_t first, int tile, int driven, int record,
                         int exponential)
{
    const lanes one = SPLAT(1), zero = SPLAT(0);
    const lanes threshold = SPLAT(record ? (REAL)spikes->threshold : 0);
    struct neurons x[TILE];
    lanes i[TILE], count[TILE];
    lane_mask above[TILE];

#pragma GCC unroll 8
    for (int j = 0; j < tile; j++) {
        x[j].v = LOAD(v + j * LANES);
        x[j].m = LOAD(m + j * LANES);
        x[j].h = LOAD(h + j * LANES);
        x[j].n = LOAD(n + j * LANES);
        i[j] = FMA(LOAD(I + j * LANES), K(I_1), K(I_0));
        count[j] = zero;
        above[j] = lanes_less(threshold, x[j].v);
    }
    for (size_t k = 0; k < steps; k++) {
        uint64_t level = 0, onset = 0;

#pragma GCC unroll 8
        for (int j = 0; j < tile; j++) {
            if (driven)
                i[j] = FMA(LOAD(I + k * stride + j * LANES), K(I_1), K(I_0));
            x[j] = step(c, x[j], conductances(c, x[j]), i[j], exponential);
            if (record) {
                lane_mask now = lanes_less(threshold, x[j].v);
                lane_mask crossed = lanes_and_not(now, above[j]);
                above[j] = now;
                count[j] = count[j] + lanes_select(crossed, one, zero);
                level |= (uint64_t)lanes_bits(now) << (j * LANES);
                onset |= (uint64_t)lanes_bits(crossed) << (j * LANES);
            }
        }
        if (record && spikes->level)
            put_bits(level, tile * LANES, spikes->level + k * row_bytes + first / 8);
        if (record && spikes->onset)
            put_bits(onset, tile * LANES, spikes->onset + k * row_bytes + first / 8);
    }
#pragma GCC unroll 8
    for (int j = 0; j < tile; j++) {
        STORE(v + j * LANES, x[j].v);
        STORE(m + j * LANES, x[j].m);
        STORE(h + j * LANES, x[j].h);
        STORE(n + j * LANES, x[j].n);
    }
    if (record && spikes->count) {
        REAL counts[TILE * LANES];
        for (int j = 0; j < tile; j++)
            STORE(counts + j * LANES, count[j]);
        for (int j = 0; j < tile * LANES; j++)
            spikes->count[first + (size_t)j] += (uint32_t)counts[j];
    }
}

// The tile of `tile` vectors that begins with neuron j.
H4L_INLINE void run_tile_at(const rate_consts *c, size_t j, const hh_array *x, hh_input input,
                            size_t steps, const struct h4l_hh_spikes *spikes, size_t row_bytes,
                            int exponential, int tile)
{
    REAL *v = x->V + j, *m = x->m + j, *h = x->h + j, *n = x->n + j;
    const REAL *I = input.I + j;

    // A single step gets code of its own: before a loop, compilers copy the constants to the stack, which takes as long as
    // a step.
    if (exponential && spikes)
        run_tile(c, v, m, h, n, I, input.stride, steps, spikes, row_bytes, j, tile, 1, 1, 1);
    else if (exponential)
        run_tile(c, v, m, h, n, I, input.stride, steps, NULL, row_bytes, j, tile, 1, 0, 1);
    else if (steps == 1 && spikes)
        run_tile(c, v, m, h, n, I, 0, 1, spikes, row_bytes, j, tile, 0, 1, 0);
    else if (steps == 1)
        run_tile(c, v, m, h, n, I, 0, 1, NULL, row_bytes, j, tile, 0, 0, 0);
    else if (spikes)
        run_tile(c, v, m, h, n, I, input.stride, steps, spikes, row_bytes, j, tile, 1, 1, 0);
    else if (input.stride)
        run_tile(c, v, m, h, n, I, input.stride, steps, NULL, row_bytes, j, tile, 1, 0, 0);
    else
        run_tile(c, v, m, h, n, I, 0, steps, NULL, row_bytes, j, tile, 0, 0, 0);
}

static void run(const rate_consts *c, const hh_array *x, hh_input input, size_t steps,
                const struct h4l_hh_spikes *spikes, size_t row_bytes, int exponential)
{
    size_t j = 0;

    for (; j + TILE * LANES <= x->N; j += TILE * LANES)
        run_tile_at(c, j, x, input, steps, spikes, row_bytes, exponential, TILE);
    for (; j < x->N; j += LEAST * LANES)
        run_tile_at(c, j, x, input, steps, spikes, row_bytes, exponential, LEAST);
}

static void rates(const rate_consts *c, size_t N, const REAL *V_mV, const hh_rates *ret)
{
    for (size_t j = 0; j < N; j += LANES) {
        struct rates r = rates_at(c, LOAD(V_mV + j));
        STORE(ret->am + j, r.am);
        STORE(ret->bm + j, r.bm);
        STORE(ret->ah + j, r.ah);
        STORE(ret->bh + j, r.bh);
        STORE(ret->an + j, r.an);
        STORE(ret->bn + j, r.bn);
    }
}

const struct TWIN(h4l_hh_fast_kernels) H4L_AT_LEVEL(TWIN(h4l_hh_fast_kernels)) = {
    .tile = LEAST * LANES,
    .run = run,
    .rates = rates,
};
