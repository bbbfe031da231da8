// One vector of HH neurons: the rates, and a step of forward or exponential Euler. What hh_fast_kernel.c, tv_fast_kernel.c,
// hh_tangent_kernel.c and true_hh_kernel.c, compiled once per instruction level, are made of; in the type of base/real.h.
#ifndef H4L_NEURON_HH_FAST_LANES_H
#define H4L_NEURON_HH_FAST_LANES_H

#ifndef H4L_REGISTER_LANES
#define H4L_REGISTER_LANES
#endif

#include "base/lanes.h"
#include "neuron/hh_fast_internal.h"

enum { TERMS_80 = NAME(H4L_HH_FAST_80), TERMS_18 = NAME(H4L_HH_FAST_18) };
// Vectors that a kernel advances side by side, so that one hides the latency of the other; how many at least, for 8 lanes.
enum { TILE = H4L_LANE_BYTES == 32 ? 2 : 4, LEAST = LANES < 8 ? 8 / LANES : 1 };

// A constant in all lanes, and a row of such.
#define LANES_OF(name) (c->lanes + offsetof(struct TWIN(h4l_hh_fast_scalars), name) / sizeof(REAL))
#define K(name) LOAD(*LANES_OF(name))

struct rates {
    lanes am, bm, ah, bh, an, bn; // times dt
};

// r (c[0] + c[1] r + ... + c[n-1] r^(n-1))
H4L_INLINE lanes polynomial(const REAL (*c)[H4L_HH_FAST_LANES], int n, lanes r)
{
    lanes p = LOAD(c[n - 1]);

#pragma GCC unroll 8
    for (int i = n - 2; i >= 0; i--)
        p = FMA(p, r, LOAD(c[i]));
    return p * r;
}

// The same with even and odd powers apart: one product more, and a third shorter to wait for.
H4L_INLINE lanes polynomial_apart(const REAL (*c)[H4L_HH_FAST_LANES], int n, lanes r)
{
    int even = (n - 1) & ~1, odd = (n - 2) | 1;
    lanes rr = r * r, p = LOAD(c[even]), q = LOAD(c[odd]);

#pragma GCC unroll 8
    for (int i = even - 2; i >= 0; i -= 2)
        p = FMA(p, rr, LOAD(c[i]));
#pragma GCC unroll 8
    for (int i = odd - 2; i >= 1; i -= 2)
        q = FMA(q, rr, LOAD(c[i]));
    return FMA(rr, q, r * p);
}

// exp(2 x) - 1 from q = exp(x) - 1, without cancellation
H4L_INLINE lanes squared_m1(lanes q)
{
    return FMA(q, q, q + q);
}

H4L_INLINE lanes pick(lane_mask below, const REAL (*pair)[H4L_HH_FAST_LANES])
{
    return lanes_select(below, LOAD(pair[1]), LOAD(pair[0]));
}

H4L_INLINE struct rates rates_at(const rate_consts *c, lanes v)
{
    struct rates rates;
    const lanes round = K(round);
    lanes vc = lanes_clamp(v, K(limit));

    // beta_m: with u = V + v_0 and K the whole number next to -8 u / (18 ln 2), exp(-u/18) = 2^(K/8) exp(-r/18) where
    // r = u + K 18/8 ln 2. The sum K + round holds K in its lowest bits; table entry K mod 8 carries what the shift leaves.
    lanes u = vc + K(v_0);
    lanes k18 = FMA(u, K(per_18), round);
    lanes r18 = lanes_reduce(k18 - round, K(step_18), K(high_18), K(low_18), u);
    lanes q18 = polynomial(LANES_OF(poly_18), TERMS_18, r18);
    lanes s18 = lanes_shift_add(k18, H4L_EXP_MANTISSA - 3, lanes_lookup8(c->scalar.bm, k18));
    rates.bm = FMA(s18, q18, s18);

    // The others: with a = V - (nearer singularity), exp(-a/20) = 2^K exp(-r/20). From q1 = exp(-r/80) - 1 follow those of
    // r/20 and r/10 by squaring; K = 0 near the singularity, where q8 = exp(-a/10) - 1 then has all its digits.
    lane_mask below = lanes_less(vc, K(middle));
    lanes a = lanes_select(below, vc + LOAD(LANES_OF(v_near)[1]), vc + LOAD(LANES_OF(v_near)[0]));
    lanes k20 = FMA(a, K(per_20), round);
    lanes r20 = lanes_reduce(k20 - round, K(step_20), K(high_20), K(low_20), a);
    lanes q1 = TERMS_80 < 6 ? polynomial(LANES_OF(poly_80), TERMS_80, r20)
                            : polynomial_apart(LANES_OF(poly_80), TERMS_80, r20);
    lanes q4 = squared_m1(squared_m1(q1));
    lanes q8 = squared_m1(q4);
    lanes s80 =
        lanes_lookup8(c->scalar.bn, lanes_index_2_1(k20, below)); // K mod 4, and the singularity
    s80 = lanes_shift_add(k20, H4L_EXP_MANTISSA - 2, s80);
    rates.bn = FMA(s80, q1, s80);
    lanes s20 = lanes_shift_add(k20, H4L_EXP_MANTISSA, pick(below, LANES_OF(ah)));
    rates.ah = FMA(s20, q4, s20);
    lanes s10 = lanes_shift_add(k20, H4L_EXP_MANTISSA + 1, SPLAT(1));
    // exp(-a/10) - 1. The tiny terms, here and in the two numerators, vanish in rounding except at a singularity itself,
    // where they turn 0/0 into its limit.
    lanes e = FMA(s10, q8, (s10 - SPLAT(1)) - K(tiny_10));

    lanes dm = FNMA(pick(below, LANES_OF(am_1)), e, pick(below, LANES_OF(am_0)));
    lanes dn = FNMA(pick(below, LANES_OF(an_1)), e, pick(below, LANES_OF(an_0)));
    lanes dh = FNMA(K(bh_1), dm, K(bh_0));
    rates.am = (v + K(v_m) + K(tiny)) / dm;
    rates.an = (v + K(v_n) + K(tiny)) / dn;
    rates.bh = SPLAT(1) / dh;
    return rates;
}

// (1 - exp(-z)) / z: what the exponential Euler rule makes of a step whose rate is z / dt; 1 at z = 0. As beta_m above, with
// ln 2 / 8 for the step of K.
H4L_INLINE lanes gain(const rate_consts *c, lanes z)
{
    const lanes round = K(round), tiny = K(tiny);
    lanes zc = lanes_clamp(z, K(limit_1));
    lanes k = FMA(zc, K(per_1), round);
    lanes r = lanes_reduce(k - round, K(step_1), K(high_1), K(low_1), zc);
    lanes q = polynomial(LANES_OF(poly_1), TERMS_18, r);
    lanes s = lanes_shift_add(k, H4L_EXP_MANTISSA - 3, lanes_lookup8(c->scalar.two, k));
    lanes e = FMA(s, q, s - SPLAT(1));

    return (tiny - e) / (z + tiny);
}

// x + dt (alpha (1 - x) - beta x), or the exponential Euler rule
H4L_INLINE lanes gate_step(const rate_consts *c, lanes alpha, lanes beta, lanes x, int exponential)
{
    lanes rate = alpha + beta, dx = FNMA(rate, x, alpha);

    if (exponential)
        dx = dx * gain(c, rate);
    return x + dx;
}

struct neurons {
    lanes v, m, h, n;
};

// dt/C times the conductances of sodium and potassium.
struct conductances {
    lanes Na, K;
};

H4L_INLINE struct conductances conductances(const rate_consts *c, struct neurons x)
{
    lanes n2 = x.n * x.n;

    return (struct conductances){(K(gNa) * x.m) * x.m * (x.m * x.h), (K(gK) * n2) * n2};
}

// One step of one vector of neurons with their conductances g; i is dt/C (I + gL EL). exponential is a constant wherever this
// is inlined.
H4L_INLINE struct neurons step(const rate_consts *c, struct neurons x, struct conductances g,
                               lanes i, int exponential)
{
    struct rates r = rates_at(c, x.v);
    struct neurons y;
    lanes dv = FNMA(K(gL), x.v, i);

    dv = FNMA(g.Na, x.v - K(ENa), dv);
    dv = FNMA(g.K, x.v - K(EK), dv);
    if (exponential)
        dv = dv * gain(c, g.Na + g.K + K(gL));
    y.v = x.v + dv;
    y.m = gate_step(c, r.am, r.bm, x.m, exponential);
    y.h = gate_step(c, r.ah, r.bh, x.h, exponential);
    y.n = gate_step(c, r.an, r.bn, x.n, exponential);
    return y;
}

#endif
