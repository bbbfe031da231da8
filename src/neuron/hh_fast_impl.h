// The kernels of hh_fast, written once: hh_fast_kernel.c includes this file for double and for float, and is compiled for
// every instruction level. kernel_double.h and kernel_float.h set
//     REAL               double or float
//     NAME(x)            the name x of this type
//     VEC, MASK          the vector of this type and its mask
//     V(x)               the vector operation x of this type (vec_generic.h describes them)
//     LANES              of a vector
//     TILE, LEAST        vectors advanced side by side, so that one hides the latency of the other; how many at least, for 8 lanes
//     MANTISSA           bits of the significand after the point: 52 or 23
//     N_80, N_18         terms of the polynomials

// A constant in all lanes, and a row of such.
#define LANES_OF(name) (c->lanes + offsetof(struct NAME(h4l_hh_fast_scalars), name) / sizeof(REAL))
#define K(name) V(load)(*LANES_OF(name))

typedef VEC NAME(vec);
typedef MASK NAME(mask);

struct NAME(rates) {
    NAME(vec) am, bm, ah, bh, an, bn; // times dt
};

// r (c[0] + c[1] r + ... + c[n-1] r^(n-1))
VEC_INLINE NAME(vec) NAME(polynomial)(const REAL (*c)[H4L_HH_FAST_LANES(REAL)], int n, NAME(vec) r)
{
    NAME(vec) p = V(load)(c[n - 1]);

#pragma GCC unroll 8
    for (int i = n - 2; i >= 0; i--)
        p = V(fma)(p, r, V(load)(c[i]));
    return p * r;
}

// The same with even and odd powers apart: one product more, and a third shorter to wait for.
VEC_INLINE NAME(vec)
    NAME(polynomial_apart)(const REAL (*c)[H4L_HH_FAST_LANES(REAL)], int n, NAME(vec) r)
{
    int even = (n - 1) & ~1, odd = (n - 2) | 1;
    NAME(vec) rr = r * r, p = V(load)(c[even]), q = V(load)(c[odd]);

#pragma GCC unroll 8
    for (int i = even - 2; i >= 0; i -= 2)
        p = V(fma)(p, rr, V(load)(c[i]));
#pragma GCC unroll 8
    for (int i = odd - 2; i >= 1; i -= 2)
        q = V(fma)(q, rr, V(load)(c[i]));
    return V(fma)(rr, q, r * p);
}

// exp(2 x) - 1 from q = exp(x) - 1, without cancellation
VEC_INLINE NAME(vec) NAME(squared_m1)(NAME(vec) q)
{
    return V(fma)(q, q, q + q);
}

VEC_INLINE NAME(vec) NAME(pick)(NAME(mask) below, const REAL (*pair)[H4L_HH_FAST_LANES(REAL)])
{
    return V(select)(below, V(load)(pair[1]), V(load)(pair[0]));
}

VEC_INLINE struct NAME(rates) NAME(rates_at)(const struct NAME(h4l_hh_fast_consts) * c, NAME(vec) v)
{
    struct NAME(rates) rates;
    const NAME(vec) round = K(round);
    NAME(vec) vc = V(clamp)(v, K(limit));

    // beta_m: with u = V + v_0 and K the whole number next to -8 u / (18 ln 2), exp(-u/18) = 2^(K/8) exp(-r/18) where
    // r = u + K 18/8 ln 2. The sum K + round holds K in its lowest bits; table entry K mod 8 carries what the shift leaves.
    NAME(vec) u = vc + K(v_0);
    NAME(vec) k18 = V(fma)(u, K(per_18), round);
    NAME(vec) r18 = V(reduce)(k18 - round, K(step_18), K(high_18), K(low_18), u);
    NAME(vec) q18 = NAME(polynomial)(LANES_OF(poly_18), N_18, r18);
    NAME(vec) s18 = V(shift_add)(k18, MANTISSA - 3, V(lookup8)(c->scalar.bm, k18));
    rates.bm = V(fma)(s18, q18, s18);

    // The others: with a = V - (nearer singularity), exp(-a/20) = 2^K exp(-r/20). From q1 = exp(-r/80) - 1 follow those of
    // r/20 and r/10 by squaring; K = 0 near the singularity, where q8 = exp(-a/10) - 1 then has all its digits.
    NAME(mask) below = V(less)(vc, K(middle));
    NAME(vec)
    a = V(select)(below, vc + V(load)(LANES_OF(v_near)[1]), vc + V(load)(LANES_OF(v_near)[0]));
    NAME(vec) k20 = V(fma)(a, K(per_20), round);
    NAME(vec) r20 = V(reduce)(k20 - round, K(step_20), K(high_20), K(low_20), a);
    NAME(vec)
    q1 = N_80 < 6 ? NAME(polynomial)(LANES_OF(poly_80), N_80, r20)
                  : NAME(polynomial_apart)(LANES_OF(poly_80), N_80, r20);
    NAME(vec) q4 = NAME(squared_m1)(NAME(squared_m1)(q1));
    NAME(vec) q8 = NAME(squared_m1)(q4);
    NAME(vec)
    s80 = V(lookup8)(c->scalar.bn, V(index_2_1)(k20, below)); // K mod 4, and the singularity
    s80 = V(shift_add)(k20, MANTISSA - 2, s80);
    rates.bn = V(fma)(s80, q1, s80);
    NAME(vec) s20 = V(shift_add)(k20, MANTISSA, NAME(pick)(below, LANES_OF(ah)));
    rates.ah = V(fma)(s20, q4, s20);
    NAME(vec) s10 = V(shift_add)(k20, MANTISSA + 1, V(set1)(1));
    // exp(-a/10) - 1. The tiny terms, here and in the two numerators, vanish in rounding except at a singularity itself,
    // where they turn 0/0 into its limit.
    NAME(vec) e = V(fma)(s10, q8, (s10 - V(set1)(1)) - K(tiny_10));

    NAME(vec) dm = V(fnma)(NAME(pick)(below, LANES_OF(am_1)), e, NAME(pick)(below, LANES_OF(am_0)));
    NAME(vec) dn = V(fnma)(NAME(pick)(below, LANES_OF(an_1)), e, NAME(pick)(below, LANES_OF(an_0)));
    NAME(vec) dh = V(fnma)(K(bh_1), dm, K(bh_0));
    rates.am = (v + K(v_m) + K(tiny)) / dm;
    rates.an = (v + K(v_n) + K(tiny)) / dn;
    rates.bh = V(set1)(1) / dh;
    return rates;
}

// (1 - exp(-z)) / z: what the exponential Euler rule makes of a step whose rate is z / dt; 1 at z = 0. As beta_m above, with
// ln 2 / 8 for the step of K.
VEC_INLINE NAME(vec) NAME(gain)(const struct NAME(h4l_hh_fast_consts) * c, NAME(vec) z)
{
    const NAME(vec) round = K(round), tiny = K(tiny);
    NAME(vec) zc = V(clamp)(z, K(limit_1));
    NAME(vec) k = V(fma)(zc, K(per_1), round);
    NAME(vec) r = V(reduce)(k - round, K(step_1), K(high_1), K(low_1), zc);
    NAME(vec) q = NAME(polynomial)(LANES_OF(poly_1), N_18, r);
    NAME(vec) s = V(shift_add)(k, MANTISSA - 3, V(lookup8)(c->scalar.two, k));
    NAME(vec) e = V(fma)(s, q, s - V(set1)(1));

    return (tiny - e) / (z + tiny);
}

// x + dt (alpha (1 - x) - beta x), or the exponential Euler rule
VEC_INLINE NAME(vec) NAME(gate_step)(const struct NAME(h4l_hh_fast_consts) * c, NAME(vec) alpha,
                                     NAME(vec) beta, NAME(vec) x, int exponential)
{
    NAME(vec) rate = alpha + beta, dx = V(fnma)(rate, x, alpha);

    if (exponential)
        dx = dx * NAME(gain)(c, rate);
    return x + dx;
}

struct NAME(neurons) {
    NAME(vec) v, m, h, n;
};

// dt/C times the conductances of sodium and potassium.
struct NAME(conductances) {
    NAME(vec) Na, K;
};

VEC_INLINE struct NAME(conductances)
    NAME(conductances)(const struct NAME(h4l_hh_fast_consts) * c, struct NAME(neurons) x)
{
    NAME(vec) n2 = x.n * x.n;

    return (struct NAME(conductances)){(K(gNa) * x.m) * x.m * (x.m * x.h), (K(gK) * n2) * n2};
}

// One step of one vector of neurons with their conductances g; i is dt/C (I + gL EL). exponential is a constant wherever this
// is inlined.
VEC_INLINE struct NAME(neurons)
    NAME(step)(const struct NAME(h4l_hh_fast_consts) * c, struct NAME(neurons) x,
               struct NAME(conductances) g, NAME(vec) i, int exponential)
{
    struct NAME(rates) r = NAME(rates_at)(c, x.v);
    struct NAME(neurons) y;
    NAME(vec) dv = V(fnma)(K(gL), x.v, i);

    dv = V(fnma)(g.Na, x.v - K(ENa), dv);
    dv = V(fnma)(g.K, x.v - K(EK), dv);
    if (exponential)
        dv = dv * NAME(gain)(c, g.Na + g.K + K(gL));
    y.v = x.v + dv;
    y.m = NAME(gate_step)(c, r.am, r.bm, x.m, exponential);
    y.h = NAME(gate_step)(c, r.ah, r.bh, x.h, exponential);
    y.n = NAME(gate_step)(c, r.an, r.bn, x.n, exponential);
    return y;
}

// The bits of the lanes of a tile, as bytes.
VEC_INLINE void NAME(put_bits)(uint64_t bits, int lanes, uint8_t *to)
{
#pragma GCC unroll 8
    for (int b = 0; b < lanes / 8; b++)
        to[b] = (uint8_t)(bits >> (8 * b));
}

// All steps of one tile of `tile` vectors, state in registers. driven: currents change from step to step; record: note spikes.
// tile, driven, record and exponential are constants wherever this is inlined.
VEC_INLINE void NAME(run_tile)(const struct NAME(h4l_hh_fast_consts) * c, REAL *v, REAL *m, REAL *h,
                               REAL *n, const REAL *I, size_t stride, size_t steps,
                               const struct h4l_hh_spikes *spikes, size_t row_bytes, size_t first,
                               int tile, int driven, int record, int exponential)
{
    const NAME(vec) one = V(set1)(1), zero = V(set1)(0);
    const NAME(vec) threshold = V(set1)(record ? (REAL)spikes->threshold : 0);
    struct NAME(neurons) x[TILE];
    NAME(vec) i[TILE], count[TILE];
    NAME(mask) above[TILE];

#pragma GCC unroll 8
    for (int j = 0; j < tile; j++) {
        x[j].v = V(load)(v + j * LANES);
        x[j].m = V(load)(m + j * LANES);
        x[j].h = V(load)(h + j * LANES);
        x[j].n = V(load)(n + j * LANES);
        i[j] = V(fma)(V(load)(I + j * LANES), K(I_1), K(I_0));
        count[j] = zero;
        above[j] = V(less)(threshold, x[j].v);
    }
    for (size_t k = 0; k < steps; k++) {
        uint64_t level = 0, onset = 0;

#pragma GCC unroll 8
        for (int j = 0; j < tile; j++) {
            if (driven)
                i[j] = V(fma)(V(load)(I + k * stride + j * LANES), K(I_1), K(I_0));
            x[j] = NAME(step)(c, x[j], NAME(conductances)(c, x[j]), i[j], exponential);
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
            NAME(put_bits)(level, tile * LANES, spikes->level + k * row_bytes + first / 8);
        if (record && spikes->onset)
            NAME(put_bits)(onset, tile * LANES, spikes->onset + k * row_bytes + first / 8);
    }
#pragma GCC unroll 8
    for (int j = 0; j < tile; j++) {
        V(store)(v + j * LANES, x[j].v);
        V(store)(m + j * LANES, x[j].m);
        V(store)(h + j * LANES, x[j].h);
        V(store)(n + j * LANES, x[j].n);
    }
    if (record && spikes->count) {
        REAL counts[TILE * LANES];
        for (int j = 0; j < tile; j++)
            V(store)(counts + j * LANES, count[j]);
        for (int j = 0; j < tile * LANES; j++)
            spikes->count[first + (size_t)j] += (uint32_t)counts[j];
    }
}

// The tile of `tile` vectors that begins with neuron j.
VEC_INLINE void NAME(run_tile_at)(const struct NAME(h4l_hh_fast_consts) * c, size_t j,
                                  const struct NAME(h4l_hh_array) * x,
                                  struct NAME(h4l_hh_input) input, size_t steps,
                                  const struct h4l_hh_spikes *spikes, size_t row_bytes,
                                  int exponential, int tile)
{
    REAL *v = x->V + j, *m = x->m + j, *h = x->h + j, *n = x->n + j;
    const REAL *I = input.I + j;

    // A single step gets code of its own: before a loop, compilers copy the constants to the stack, which takes as long as
    // a step.
    if (exponential && spikes)
        NAME(run_tile)(c, v, m, h, n, I, input.stride, steps, spikes, row_bytes, j, tile, 1, 1, 1);
    else if (exponential)
        NAME(run_tile)(c, v, m, h, n, I, input.stride, steps, NULL, row_bytes, j, tile, 1, 0, 1);
    else if (steps == 1 && spikes)
        NAME(run_tile)(c, v, m, h, n, I, 0, 1, spikes, row_bytes, j, tile, 0, 1, 0);
    else if (steps == 1)
        NAME(run_tile)(c, v, m, h, n, I, 0, 1, NULL, row_bytes, j, tile, 0, 0, 0);
    else if (spikes)
        NAME(run_tile)(c, v, m, h, n, I, input.stride, steps, spikes, row_bytes, j, tile, 1, 1, 0);
    else if (input.stride)
        NAME(run_tile)(c, v, m, h, n, I, input.stride, steps, NULL, row_bytes, j, tile, 1, 0, 0);
    else
        NAME(run_tile)(c, v, m, h, n, I, 0, steps, NULL, row_bytes, j, tile, 0, 0, 0);
}

static void NAME(run)(const struct NAME(h4l_hh_fast_consts) * c,
                      const struct NAME(h4l_hh_array) * x, struct NAME(h4l_hh_input) input,
                      size_t steps, const struct h4l_hh_spikes *spikes, size_t row_bytes,
                      int exponential)
{
    size_t j = 0;

    for (; j + TILE * LANES <= x->N; j += TILE * LANES)
        NAME(run_tile_at)(c, j, x, input, steps, spikes, row_bytes, exponential, TILE);
    for (; j < x->N; j += LEAST * LANES)
        NAME(run_tile_at)(c, j, x, input, steps, spikes, row_bytes, exponential, LEAST);
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
