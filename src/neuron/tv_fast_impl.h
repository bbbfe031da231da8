// The kernels of tv_fast, written once: included after hh_fast_impl.h, whose types, macros and HH step it uses.

struct NAME(tv) {
    NAME(vec) u1, u2, u3, f, u4;
};

// One step of tv neurons y with the scaled conductances g of the HH neurons' old state, as h4l_tv_step: with a = dt/C and
// s = dt/C gs, the products of a and g there are g here. `current` is dt/C I. Leaves in *ret_read what the threshold test reads.
VEC_INLINE struct NAME(tv) NAME(tv_step)(const struct NAME(h4l_hh_fast_consts) * c,
                                         struct NAME(tv) y, struct NAME(conductances) g,
                                         NAME(vec) current, int published, NAME(vec) * ret_read)
{
    const NAME(vec) a = K(I_1), gL = K(gL);
    NAME(vec) s = g.Na + g.K + gL, offset = current / s; // I / gs
    NAME(vec) d1 = K(ENa) + offset - y.u1, d2 = K(EK) + offset - y.u2, d3 = K(EL) + offset - y.u3;
    NAME(vec) df = V(fma)(gL, d3, V(fma)(g.K, d2, g.Na * d1));
    NAME(vec) weighted = V(fma)(gL, y.u3, V(fma)(g.K, y.u2, g.Na * y.u1));
    struct NAME(tv) z;

    z.u1 = V(fma)(a, d1, y.u1);
    z.u2 = V(fma)(a, d2, y.u2);
    z.u3 = V(fma)(a, d3, y.u3);
    z.f = y.f + df;
    *ret_read = (published ? z.f : y.f) + y.u4;
    z.u4 = y.u4 + V(fnma)(s, *ret_read, weighted);
    return z;
}

VEC_INLINE NAME(vec) NAME(magnitude)(NAME(vec) a)
{
    NAME(vec) negative = V(set1)(0) - a;
    return V(select)(V(less)(a, negative), negative, a);
}

// Adds f to u_4 where |f| > rebase.
VEC_INLINE struct NAME(tv) NAME(tv_rebase)(struct NAME(tv) y, NAME(vec) rebase)
{
    NAME(mask) far = V(less)(rebase, NAME(magnitude)(y.f));

    y.u4 = V(select)(far, y.u4 + y.f, y.u4);
    y.f = V(select)(far, V(set1)(0), y.f);
    return y;
}

// 1 where just one of the two is above threshold
VEC_INLINE NAME(vec) NAME(differ)(NAME(vec) threshold, NAME(vec) a, NAME(vec) b)
{
    const NAME(vec) one = V(set1)(1), zero = V(set1)(0);
    NAME(mask) x = V(less)(threshold, a), y = V(less)(threshold, b);

    return V(select)(V(and_not)(x, y), one, V(select)(V(and_not)(y, x), one, zero));
}

// All steps of one tile of `tile` vectors from pair `first` on, state in registers. tile and published are constants wherever
// this is inlined.
VEC_INLINE void NAME(run_pair_tile)(const struct NAME(h4l_hh_fast_consts) * c,
                                    const struct NAME(h4l_hh_array) * xs,
                                    const struct NAME(h4l_tv_array) * ys, size_t first,
                                    NAME(vec) rebase, struct NAME(h4l_hh_input) input, size_t steps,
                                    const struct NAME(h4l_tv_compare) * compare, int tile,
                                    int published)
{
    REAL *const at[9] = {xs->V + first,  xs->m + first,  xs->h + first,
                         xs->n + first,  ys->u1 + first, ys->u2 + first,
                         ys->u3 + first, ys->f + first,  ys->u4 + first};
    const NAME(vec) threshold = V(set1)(compare ? compare->threshold : 0);
    struct NAME(neurons) x[TILE];
    struct NAME(tv) y[TILE];
    NAME(vec) error[TILE], count[TILE];

#pragma GCC unroll 4
    for (int j = 0; j < tile; j++) {
        int l = j * LANES;
        x[j] = (struct NAME(neurons)){V(load)(at[0] + l), V(load)(at[1] + l), V(load)(at[2] + l),
                                      V(load)(at[3] + l)};
        y[j] = (struct NAME(tv)){V(load)(at[4] + l), V(load)(at[5] + l), V(load)(at[6] + l),
                                 V(load)(at[7] + l), V(load)(at[8] + l)};
        error[j] = count[j] = V(set1)(0);
    }
    for (size_t k = 0; k < steps; k++)
#pragma GCC unroll 4
        for (int j = 0; j < tile; j++) {
            NAME(vec) I = V(load)(input.I + k * input.stride + first + j * LANES), read, v = x[j].v;
            struct NAME(conductances) g = NAME(conductances)(c, x[j]);

            y[j] = NAME(tv_rebase)(NAME(tv_step)(c, y[j], g, I * K(I_1), published, &read), rebase);
            x[j] = NAME(step)(c, x[j], g, V(fma)(I, K(I_1), K(I_0)), 0);
            if (compare) {
                NAME(vec) e = NAME(magnitude)(x[j].v - (y[j].f + y[j].u4));
                error[j] = V(select)(V(less)(e, error[j]), error[j], e); // a NaN stays
                count[j] = count[j] + NAME(differ)(threshold, v, read);
            }
        }
#pragma GCC unroll 4
    for (int j = 0; j < tile; j++) {
        const NAME(vec)
            state[9] = {x[j].v, x[j].m, x[j].h, x[j].n, y[j].u1, y[j].u2, y[j].u3, y[j].f, y[j].u4};
        REAL e[LANES], n[LANES];

        for (int i = 0; i < 9; i++)
            V(store)(at[i] + j * LANES, state[i]);
        V(store)(e, error[j]);
        V(store)(n, count[j]);
        for (size_t i = 0, p = first + (size_t)j * LANES; i < LANES && compare; i++, p++) {
            if (compare->max_error && !(e[i] <= compare->max_error[p]) &&
                compare->max_error[p] == compare->max_error[p]) // a NaN of an earlier call stays
                compare->max_error[p] = e[i];
            if (compare->differing)
                compare->differing[p] += (uint32_t)n[i];
        }
    }
}

static void NAME(run_pair)(const struct NAME(h4l_hh_fast_consts) * c,
                           const struct NAME(h4l_hh_array) * x, const struct NAME(h4l_tv_array) * y,
                           enum h4l_tv_order order, double rebase, struct NAME(h4l_hh_input) input,
                           size_t steps, const struct NAME(h4l_tv_compare) * compare)
{
    enum { PAIR_TILE = LEAST > 2 ? LEAST : 2 };
    const NAME(vec) far = V(set1)((REAL)rebase);
    size_t j = 0;

    for (; j + PAIR_TILE * LANES <= x->N; j += PAIR_TILE * LANES)
        if (order == H4L_TV_EXACT_ORDER)
            NAME(run_pair_tile)(c, x, y, j, far, input, steps, compare, PAIR_TILE, 0);
        else
            NAME(run_pair_tile)(c, x, y, j, far, input, steps, compare, PAIR_TILE, 1);
    for (; j < x->N; j += LEAST * LANES)
        if (order == H4L_TV_EXACT_ORDER)
            NAME(run_pair_tile)(c, x, y, j, far, input, steps, compare, LEAST, 0);
        else
            NAME(run_pair_tile)(c, x, y, j, far, input, steps, compare, LEAST, 1);
}
