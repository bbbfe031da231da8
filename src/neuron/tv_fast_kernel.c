// The kernels of tv_fast at one instruction level and for one type, as hh_fast_kernel.c: an HH neuron steps with every tv-LIF2HH
// neuron.
#include "neuron/hh_fast.lanes.h"
#include "neuron/tv_fast_internal.h"

struct tv {
    lanes u1, u2, u3, f, u4;
};

// One step of tv neurons y with the scaled conductances g of the HH neurons' old state, as h4l_tv_step: with a = dt/C and
// s = dt/C gs, the products of a and g there are g here. `current` is dt/C I. Leaves in *ret_read what the threshold test reads.
H4L_INLINE struct tv tv_step(const rate_consts *c, struct tv y, struct conductances g,
                             lanes current, int published, lanes *ret_read)
{
    const lanes a = K(I_1), gL = K(gL);
    lanes s = g.Na + g.K + gL, offset = current / s; // I / gs
    lanes d1 = K(ENa) + offset - y.u1, d2 = K(EK) + offset - y.u2, d3 = K(EL) + offset - y.u3;
    lanes df = FMA(gL, d3, FMA(g.K, d2, g.Na * d1));
    lanes weighted = FMA(gL, y.u3, FMA(g.K, y.u2, g.Na * y.u1));
    struct tv z;

    z.u1 = FMA(a, d1, y.u1);
    z.u2 = FMA(a, d2, y.u2);
    z.u3 = FMA(a, d3, y.u3);
    z.f = y.f + df;
    *ret_read = (published ? z.f : y.f) + y.u4;
    z.u4 = y.u4 + FNMA(s, *ret_read, weighted);
    return z;
}

H4L_INLINE lanes magnitude(lanes a)
{
    lanes negative = SPLAT(0) - a;
    return lanes_select(lanes_less(a, negative), negative, a);
}

// Adds f to u_4 where |f| > rebase.
H4L_INLINE struct tv tv_rebase(struct tv y, lanes rebase)
{
    lane_mask far = lanes_less(rebase, magnitude(y.f));

    y.u4 = lanes_select(far, y.u4 + y.f, y.u4);
    y.f = lanes_select(far, SPLAT(0), y.f);
    return y;
}

// 1 where just one of the two is above threshold
H4L_INLINE lanes differ(lanes threshold, lanes a, lanes b)
{
    const lanes one = SPLAT(1), zero = SPLAT(0);
    lane_mask x = lanes_less(threshold, a), y = lanes_less(threshold, b);

    return lanes_select(lanes_and_not(x, y), one, lanes_select(lanes_and_not(y, x), one, zero));
}

// All steps of one tile of `tile` vectors from pair `first` on, state in registers. tile and published are constants wherever
// this is inlined.
H4L_INLINE void run_pair_tile(const rate_consts *c, const hh_array *xs, const tv_array *ys,
                              size_t first, lanes rebase, hh_input input, size_t steps,
                              const tv_compare *compare, int tile, int published)
{
    REAL *const at[9] = {xs->V + first,  xs->m + first,  xs->h + first,
                         xs->n + first,  ys->u1 + first, ys->u2 + first,
                         ys->u3 + first, ys->f + first,  ys->u4 + first};
    const lanes threshold = SPLAT(compare ? compare->threshold : 0);
    struct neurons x[TILE];
    struct tv y[TILE];
    lanes error[TILE], count[TILE];

#pragma GCC unroll 4
    for (int j = 0; j < tile; j++) {
        int l = j * LANES;
        x[j] = (struct neurons){LOAD(at[0] + l), LOAD(at[1] + l), LOAD(at[2] + l), LOAD(at[3] + l)};
        y[j] = (struct tv){LOAD(at[4] + l), LOAD(at[5] + l), LOAD(at[6] + l), LOAD(at[7] + l),
                           LOAD(at[8] + l)};
        error[j] = count[j] = SPLAT(0);
    }
    for (size_t k = 0; k < steps; k++)
#pragma GCC unroll 4
        for (int j = 0; j < tile; j++) {
            lanes I = LOAD(input.I + k * input.stride + first + j * LANES), read, v = x[j].v;
            struct conductances g = conductances(c, x[j]);

            y[j] = tv_rebase(tv_step(c, y[j], g, I * K(I_1), published, &read), rebase);
            x[j] = step(c, x[j], g, FMA(I, K(I_1), K(I_0)), 0);
            if (compare) {
                lanes e = magnitude(x[j].v - (y[j].f + y[j].u4));
                error[j] = lanes_select(lanes_less(e, error[j]), error[j], e); // a NaN stays
                count[j] = count[j] + differ(threshold, v, read);
            }
        }
#pragma GCC unroll 4
    for (int j = 0; j < tile; j++) {
        const lanes state[9] = {x[j].v,  x[j].m,  x[j].h, x[j].n, y[j].u1,
                                y[j].u2, y[j].u3, y[j].f, y[j].u4};
        REAL e[LANES], n[LANES];

        for (int i = 0; i < 9; i++)
            STORE(at[i] + j * LANES, state[i]);
        STORE(e, error[j]);
        STORE(n, count[j]);
        for (size_t i = 0, p = first + (size_t)j * LANES; i < LANES && compare; i++, p++) {
            if (compare->max_error && !(e[i] <= compare->max_error[p]) &&
                compare->max_error[p] == compare->max_error[p]) // a NaN of an earlier call stays
                compare->max_error[p] = e[i];
            if (compare->differing)
                compare->differing[p] += (uint32_t)n[i];
        }
    }
}

static void run_pair(const rate_consts *c, const hh_array *x, const tv_array *y,
                     enum h4l_tv_order order, double rebase, hh_input input, size_t steps,
                     const tv_compare *compare)
{
    enum { PAIR_TILE = LEAST > 2 ? LEAST : 2 };
    const lanes far = SPLAT((REAL)rebase);
    size_t j = 0;

    for (; j + PAIR_TILE * LANES <= x->N; j += PAIR_TILE * LANES)
        if (order == H4L_TV_EXACT_ORDER)
            run_pair_tile(c, x, y, j, far, input, steps, compare, PAIR_TILE, 0);
        else
            run_pair_tile(c, x, y, j, far, input, steps, compare, PAIR_TILE, 1);
    for (; j < x->N; j += LEAST * LANES)
        if (order == H4L_TV_EXACT_ORDER)
            run_pair_tile(c, x, y, j, far, input, steps, compare, LEAST, 0);
        else
            run_pair_tile(c, x, y, j, far, input, steps, compare, LEAST, 1);
}

const struct TWIN(h4l_tv_fast_kernels) H4L_AT_LEVEL(TWIN(h4l_tv_fast_kernels)) = {
    .tile = LEAST * LANES,
    .run = run_pair,
};
