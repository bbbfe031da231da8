// The kernels of hh_fast, written once: hh_fast_kernel.c includes this file for double and for float, and is compiled for
// every instruction level. It sets
//     REAL               double or float
//     NAME(x)            the name x of this type
//     VEC, MASK          the vector of this type and its mask
//     V(x)               the vector operation x of this type (vec_generic.h describes them)
//     LANES, TILE        of the vectors
//     MANTISSA           bits of the significand after the point: 52 or 23
//     N_80, N_18         terms of the polynomials

typedef VEC NAME(vec);
typedef MASK NAME(mask);

struct NAME(rates) {
    NAME(vec) am, bm, ah, bh, an, bn; // times dt
};

// r (c[0] + c[1] r + ... + c[n-1] r^(n-1))
VEC_INLINE NAME(vec) NAME(polynomial)(const REAL *c, int n, NAME(vec) r)
{
    NAME(vec) p = V(set1)(c[n - 1]);

#pragma GCC unroll 8
    for (int i = n - 2; i >= 0; i--)
        p = V(fma)(p, r, V(set1)(c[i]));
    return p * r;
}

// exp(2 x) - 1 from q = exp(x) - 1, without cancellation
VEC_INLINE NAME(vec) NAME(squared_m1)(NAME(vec) q)
{
    return V(fma)(q, q, q + q);
}

VEC_INLINE NAME(vec) NAME(pick)(NAME(mask) below, const REAL pair[2])
{
    return V(select)(below, V(set1)(pair[1]), V(set1)(pair[0]));
}

VEC_INLINE struct NAME(rates) NAME(rates_at)(const struct NAME(h4l_hh_fast_consts) * c, NAME(vec) v)
{
    struct NAME(rates) rates;
    const NAME(vec) round = V(set1)(c->round);
    NAME(vec) vc = V(clamp)(v, c->limit);

    // beta_m: with u = V + v_0 and K the whole number next to -8 u / (18 ln 2), exp(-u/18) = 2^(K/8) exp(-r/18) where
    // r = u + K 18/8 ln 2. The sum K + round holds K in its lowest bits; table entry K mod 8 carries what the shift leaves.
    NAME(vec) u = vc + V(set1)(c->v_0);
    NAME(vec) k18 = V(fma)(u, V(set1)(c->per_18), round);
    NAME(vec) r18 = V(reduce)(k18 - round, c->step_18, c->high_18, u);
    NAME(vec) q18 = NAME(polynomial)(c->poly_18, N_18, r18);
    NAME(vec) s18 = V(shift_add)(k18, MANTISSA - 3, V(lookup8)(c->bm, k18));
    rates.bm = V(fma)(s18, q18, s18);

    // The others: with a = V - (nearer singularity), exp(-a/20) = 2^K exp(-r/20). From q1 = exp(-r/80) - 1 follow those of
    // r/20 and r/10 by squaring; K = 0 near the singularity, where q8 = exp(-a/10) - 1 then has all its digits.
    NAME(mask) below = V(less)(vc, V(set1)(c->middle));
    NAME(vec) a = vc + NAME(pick)(below, c->v_near);
    NAME(vec) k20 = V(fma)(a, V(set1)(c->per_20), round);
    NAME(vec) r20 = V(reduce)(k20 - round, c->step_20, c->high_20, a);
    NAME(vec) q1 = NAME(polynomial)(c->poly_80, N_80, r20);
    NAME(vec) q4 = NAME(squared_m1)(NAME(squared_m1)(q1));
    NAME(vec) q8 = NAME(squared_m1)(q4);
    NAME(vec) s80 = V(lookup8)(c->bn, V(index_2_1)(k20, below)); // K mod 4, and the singularity
    s80 = V(shift_add)(k20, MANTISSA - 2, s80);
    rates.bn = V(fma)(s80, q1, s80);
    NAME(vec) s20 = V(shift_add)(k20, MANTISSA, NAME(pick)(below, c->ah));
    rates.ah = V(fma)(s20, q4, s20);
    NAME(vec) s10 = V(shift_add)(k20, MANTISSA + 1, V(set1)(1));
    // exp(-a/10) - 1. The tiny terms, here and in the two numerators, vanish in rounding except at a singularity itself,
    // where they turn 0/0 into its limit.
    NAME(vec) e = V(fma)(s10, q8, (s10 - V(set1)(1)) - V(set1)(c->tiny / 10));

    NAME(vec) dm = V(fnma)(NAME(pick)(below, c->am_1), e, NAME(pick)(below, c->am_0));
    NAME(vec) dn = V(fnma)(NAME(pick)(below, c->an_1), e, NAME(pick)(below, c->an_0));
    NAME(vec) dh = V(fnma)(V(set1)(c->bh_1), dm, V(set1)(c->bh_0));
    rates.am = (v + V(set1)(c->v_m) + V(set1)(c->tiny)) / dm;
    rates.an = (v + V(set1)(c->v_n) + V(set1)(c->tiny)) / dn;
    rates.bh = V(set1)(1) / dh;
    return rates;
}

// x + dt (alpha (1 - x) - beta x)
VEC_INLINE NAME(vec) NAME(gate_step)(NAME(vec) alpha, NAME(vec) beta, NAME(vec) x)
{
    return x + V(fnma)(alpha + beta, x, alpha);
}

struct NAME(neurons) {
    NAME(vec) v, m, h, n;
};

// One forward Euler step of one vector of neurons; i is dt/C (I + gL EL).
VEC_INLINE struct NAME(neurons)
    NAME(step)(const struct NAME(h4l_hh_fast_consts) * c, struct NAME(neurons) x, NAME(vec) i)
{
    struct NAME(rates) r = NAME(rates_at)(c, x.v);
    struct NAME(neurons) y;
    NAME(vec) n2 = x.n * x.n;
    NAME(vec) gNa = (V(set1)(c->gNa) * x.m) * x.m * (x.m * x.h);
    NAME(vec) gK = (V(set1)(c->gK) * n2) * n2;
    NAME(vec) dv = V(fnma)(V(set1)(c->gL), x.v, i);

    dv = V(fnma)(gNa, x.v - V(set1)(c->ENa), dv);
    dv = V(fnma)(gK, x.v - V(set1)(c->EK), dv);
    y.v = x.v + dv;
    y.m = NAME(gate_step)(r.am, r.bm, x.m);
    y.h = NAME(gate_step)(r.ah, r.bh, x.h);
    y.n = NAME(gate_step)(r.an, r.bn, x.n);
    return y;
}

// The bits of the lanes of a tile, as bytes.
VEC_INLINE void NAME(put_bits)(uint64_t bits, uint8_t *to)
{
#pragma GCC unroll 8
    for (int b = 0; b < TILE * LANES / 8; b++)
        to[b] = (uint8_t)(bits >> (8 * b));
}

// All steps of one tile, state in registers. driven: currents change from step to step; record: note spikes.
VEC_INLINE void NAME(run_tile)(const struct NAME(h4l_hh_fast_consts) * c, REAL *v, REAL *m, REAL *h,
                               REAL *n, const REAL *I, size_t stride, size_t steps,
                               const struct h4l_hh_spikes *spikes, size_t row_bytes, size_t first,
                               int driven, int record)
{
    const NAME(vec) one = V(set1)(1), zero = V(set1)(0);
    const NAME(vec) threshold = V(set1)(record ? (REAL)spikes->threshold : 0);
    struct NAME(neurons) x[TILE];
    NAME(vec) i[TILE], count[TILE];
    NAME(mask) above[TILE];

#pragma GCC unroll 8
    for (int j = 0; j < TILE; j++) {
        x[j].v = V(load)(v + j * LANES);
        x[j].m = V(load)(m + j * LANES);
        x[j].h = V(load)(h + j * LANES);
        x[j].n = V(load)(n + j * LANES);
        i[j] = V(fma)(V(load)(I + j * LANES), V(set1)(c->I_1), V(set1)(c->I_0));
        count[j] = zero;
        above[j] = V(less)(threshold, x[j].v);
    }
    for (size_t k = 0; k < steps; k++) {
        uint64_t level = 0, onset = 0;

#pragma GCC unroll 8
        for (int j = 0; j < TILE; j++) {
            if (driven)
                i[j] =
                    V(fma)(V(load)(I + k * stride + j * LANES), V(set1)(c->I_1), V(set1)(c->I_0));
            x[j] = NAME(step)(c, x[j], i[j]);
            if (record) {
                NAME(mask) now = V(less)(threshold, x[j].v);
                NAME(mask) crossed = V(and_not)(now, above[j]);
                above[j] = now;
                count[j] = count[j] + V(select)(crossed, one, zero);
                level |= (uint64_t)V(bits)(now) << (j * LANES);
                onset |= (uint64_t)V(bits)(crossed) << (j * LANES);
            }
        }
        if (record && spikes->level)
            NAME(put_bits)(level, spikes->level + k * row_bytes + first / 8);
        if (record && spikes->onset)
            NAME(put_bits)(onset, spikes->onset + k * row_bytes + first / 8);
    }
#pragma GCC unroll 8
    for (int j = 0; j < TILE; j++) {
        V(store)(v + j * LANES, x[j].v);
        V(store)(m + j * LANES, x[j].m);
        V(store)(h + j * LANES, x[j].h);
        V(store)(n + j * LANES, x[j].n);
    }
    if (record && spikes->count) {
        REAL counts[TILE * LANES];
        for (int j = 0; j < TILE; j++)
            V(store)(counts + j * LANES, count[j]);
        for (int j = 0; j < TILE * LANES; j++)
            spikes->count[first + (size_t)j] += (uint32_t)counts[j];
    }
}

static void NAME(run)(const struct NAME(h4l_hh_fast_consts) * c,
                      const struct NAME(h4l_hh_array) * x, struct NAME(h4l_hh_input) input,
                      size_t steps, const struct h4l_hh_spikes *spikes, size_t row_bytes)
{
    for (size_t j = 0; j < x->N; j += TILE * LANES) {
        REAL *v = x->V + j, *m = x->m + j, *h = x->h + j, *n = x->n + j;
        const REAL *I = input.I + j;

        if (spikes)
            NAME(run_tile)(c, v, m, h, n, I, input.stride, steps, spikes, row_bytes, j, 1, 1);
        else if (input.stride && steps > 1)
            NAME(run_tile)(c, v, m, h, n, I, input.stride, steps, spikes, row_bytes, j, 1, 0);
        else
            NAME(run_tile)(c, v, m, h, n, I, 0, steps, spikes, row_bytes, j, 0, 0);
    }
}

static void NAME(rates)(const struct NAME(h4l_hh_fast_consts) * c, size_t N, const REAL *V_mV,
                        const struct NAME(h4l_hh_fast_rates) * ret)
{
    for (size_t j = 0; j < N; j += LANES) {
        struct NAME(rates) r = NAME(rates_at)(c, V(load)(V_mV + j));
        V(store)(ret->am + j, r.am);
        V(store)(ret->bm + j, r.bm);
        V(store)(ret->ah + j, r.ah);
        V(store)(ret->bh + j, r.bh);
        V(store)(ret->an + j, r.an);
        V(store)(ret->bn + j, r.bn);
    }
}
