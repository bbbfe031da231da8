// The kernels of hh_tangent at one instruction level: meson compiles this file once per level, as hh_fast_kernel.c. The rates
// are those of hh_fast, their derivatives follow from the rates.
#include "neuron/hh_fast.lanes.h"

#include "neuron/hh_tangent_internal.h"

// The derivative of linoid(x) = x / (1 - exp(-x)) from its value L: L (1 + x - L) / x, and a series where that cancels.
H4L_INLINE lanes linoid_slope(lanes x, lanes L)
{
    static const double series[4] = {-1.0 / 151200, 1.0 / 5040, -1.0 / 180, 1.0 / 6};
    lanes y = x * x, p = SPLAT(series[0]);

#pragma GCC unroll 4
    for (int i = 1; i < 4; i++)
        p = FMA(p, y, SPLAT(series[i]));
    lane_mask near = lanes_less(y, SPLAT(0.01));
    lanes safe = lanes_select(near, SPLAT(1), x);
    return lanes_select(near, FMA(p, x, SPLAT(0.5)), L * (SPLAT(1) + x - L) / safe);
}

// Right-hand sides of the gates, and the slopes by which they depend on V and on themselves (with a minus sign).
struct gates {
    lanes d[3], by_V[3], decay[3];
};

H4L_INLINE struct gates gates_at(const struct h4l_hh_tangent_consts *c, lanes v, const lanes *x)
{
    struct rates r = rates_at(c->rates, v);
    lanes tenth = SPLAT(0.1), one = SPLAT(1);
    lanes am = linoid_slope((v + SPLAT(c->v_m)) * tenth, r.am) * tenth;
    lanes an = linoid_slope((v + SPLAT(c->v_n)) * tenth, r.an * SPLAT(10)) * SPLAT(0.01);
    lanes rates[3][2] = {{r.am, r.bm}, {r.ah, r.bh}, {r.an, r.bn}};
    lanes slopes[3][2] = {{am, r.bm * SPLAT(-1.0 / 18)},
                          {r.ah * SPLAT(-1.0 / 20), r.bh * (one - r.bh) * tenth},
                          {an, r.bn * SPLAT(-1.0 / 80)}};
    struct gates g;

#pragma GCC unroll 3
    for (int a = 0; a < 3; a++) {
        g.decay[a] = rates[a][0] + rates[a][1];
        g.d[a] = FNMA(g.decay[a], x[a], rates[a][0]);
        g.by_V[a] = FNMA(slopes[a][0] + slopes[a][1], x[a], slopes[a][0]);
    }
    return g;
}

enum {
    HH_VECTORS = H4L_HH_TANGENT_VECTORS,
    HH_ROWS = H4L_HH_TANGENT_ROWS,
    TV_VECTORS = H4L_TV_TANGENT_VECTORS,
    TV_ROWS = H4L_TV_TANGENT_ROWS
};

// What the rows of the tangent vectors take over from the four variables' right-hand sides.
struct hh_parts {
    struct gates gates;
    lanes open, fK, na, k, gL, to_Na, to_K;
};

// d[0..3] = derivative of the four variables y[0..3].
H4L_INLINE struct hh_parts hh_variables(const struct h4l_hh_tangent_consts *c, lanes I,
                                        const lanes *y, lanes *d)
{
    lanes v = y[0], m = y[1], h = y[2], n = y[3], inverse = SPLAT(1 / c->C);
    lanes m2 = m * m, n2 = n * n, open = SPLAT(c->g[0] / c->C) * m2,
          fK = SPLAT(c->g[1] / c->C) * n2;
    lanes na = open * m * h, k = fK * n2, gL = SPLAT(c->g[2] / c->C);
    lanes to_Na = v - SPLAT(c->E[0]), to_K = v - SPLAT(c->E[1]), to_L = v - SPLAT(c->E[2]);
    struct gates g = gates_at(c, v, y + 1);

    d[0] = FNMA(na, to_Na, FNMA(k, to_K, FNMA(gL, to_L, I * inverse)));
    d[1] = g.d[0];
    d[2] = g.d[1];
    d[3] = g.d[2];
    return (struct hh_parts){g, open, fK, na, k, gL, to_Na, to_K};
}

H4L_INLINE void hh_alone(const struct h4l_hh_tangent_consts *c, lanes I, const lanes *y, lanes *d)
{
    hh_variables(c, I, y, d);
}

// d = derivative of y: the four variables, then the rows of the tangent vectors.
H4L_INLINE void hh_derivative(const struct h4l_hh_tangent_consts *c, lanes I, const lanes *y,
                              lanes *d)
{
    enum { K = HH_VECTORS, D = H4L_HH_DIM };
    struct hh_parts p = hh_variables(c, I, y, d);
    struct gates g = p.gates;
    lanes m = y[1], h = y[2], n = y[3];
    const lanes *w = y + D;
    lanes *dw = d + D;
    lanes by_v = p.na + p.k + p.gL, by_m = SPLAT(3) * p.open * h * p.to_Na,
          by_h = p.open * m * p.to_Na, by_n = SPLAT(4) * p.fK * n * p.to_K;

#pragma GCC unroll 4
    for (int j = 0; j < K; j++) {
        lanes sum = FMA(by_v, w[j], by_m * w[K + j]);
        sum = FMA(by_h, w[2 * K + j], FMA(by_n, w[3 * K + j], sum));
        dw[j] = SPLAT(0) - sum;
        dw[K + j] = FNMA(g.decay[0], w[K + j], g.by_V[0] * w[j]);
        dw[2 * K + j] = FNMA(g.decay[1], w[2 * K + j], g.by_V[1] * w[j]);
        dw[3 * K + j] = FNMA(g.decay[2], w[3 * K + j], g.by_V[2] * w[j]);
    }
}

// The same for tv-LIF2HH; the entries of its Jacobian as in tv_lif_flow.c.
H4L_INLINE void tv_derivative(const struct h4l_hh_tangent_consts *c, lanes I, const lanes *y,
                              lanes *d)
{
    enum { K = TV_VECTORS, D = H4L_TV_DIM };
    lanes m = y[H4L_TV_M], h = y[H4L_TV_H], n = y[H4L_TV_N], v = y[H4L_TV_F] + y[H4L_TV_U4];
    lanes inverse = SPLAT(1 / c->C), n3 = n * n * n, m2 = m * m;
    lanes cond[3] = {SPLAT(c->g[0]) * m2 * m * h, SPLAT(c->g[1]) * n3 * n, SPLAT(c->g[2])};
    lanes gs = cond[0] + cond[1] + cond[2], over = SPLAT(1) / gs, drive = I * over;
    struct gates g = gates_at(c, v, y + H4L_TV_M);
    lanes du[3], df = SPLAT(0), sum = SPLAT(0);

#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        du[i] = (SPLAT(c->E[i]) - y[i] + drive) * inverse;
        df = FMA(cond[i], du[i], df);
        sum = FMA(cond[i], y[i], sum);
        d[i] = du[i];
    }
    d[H4L_TV_F] = df;
    d[H4L_TV_U4] = FNMA(gs, v, sum) * inverse;
#pragma GCC unroll 3
    for (int a = 0; a < 3; a++)
        d[H4L_TV_M + a] = g.d[a];

    lanes slope[3] = {SPLAT(3 * c->g[0]) * m2 * h, SPLAT(c->g[0]) * m2 * m,
                      SPLAT(4 * c->g[1]) * n3};
    lanes reach[3], f[3], u4[3], per = drive * over * inverse;
#pragma GCC unroll 3
    for (int a = 0; a < 3; a++) {
        int of = a == 2;
        reach[a] = SPLAT(0) - per * slope[a];
        f[a] = FMA(slope[a], du[of], gs * reach[a]);
        u4[a] = slope[a] * (y[of] - v) * inverse;
        cond[a] = cond[a] * inverse;
    }
    lanes leak = gs * inverse;
    const lanes *w = y + D;
    lanes *dw = d + D;
#pragma GCC unroll 7
    for (int j = 0; j < K; j++) {
        const lanes *wm = w + H4L_TV_M * K, *wh = w + H4L_TV_H * K, *wn = w + H4L_TV_N * K;
        lanes dv = w[H4L_TV_F * K + j] + w[H4L_TV_U4 * K + j];
        lanes common = FMA(reach[0], wm[j], FMA(reach[1], wh[j], reach[2] * wn[j]));
        lanes mixed = FMA(cond[0], w[j], FMA(cond[1], w[K + j], cond[2] * w[2 * K + j]));
        lanes to_f = FMA(f[0], wm[j], FMA(f[1], wh[j], f[2] * wn[j]));
        lanes to_u = FMA(u4[0], wm[j], FMA(u4[1], wh[j], u4[2] * wn[j]));
        dw[j] = FNMA(inverse, w[j], common);
        dw[K + j] = FNMA(inverse, w[K + j], common);
        dw[2 * K + j] = FNMA(inverse, w[2 * K + j], common);
        dw[H4L_TV_F * K + j] = to_f - mixed;
        dw[H4L_TV_U4 * K + j] = FNMA(leak, dv, mixed + to_u);
        dw[H4L_TV_M * K + j] = FNMA(g.decay[0], wm[j], g.by_V[0] * dv);
        dw[H4L_TV_H * K + j] = FNMA(g.decay[1], wh[j], g.by_V[1] * dv);
        dw[H4L_TV_N * K + j] = FNMA(g.decay[2], wn[j], g.by_V[2] * dv);
    }
}

typedef void (*derivative_fn)(const struct h4l_hh_tangent_consts *, lanes, const lanes *, lanes *);

// One step of the lanes of one vector: y advances, the sums of the stages gather in place.
H4L_INLINE void rk4(const struct h4l_hh_tangent_consts *c, derivative_fn derivative, int rows,
                    lanes h, const lanes I[3], lanes *y)
{
    lanes d[TV_ROWS], t[TV_ROWS], sum[TV_ROWS], half = h * SPLAT(0.5), sixth = h * SPLAT(1.0 / 6);

    derivative(c, I[0], y, d);
    for (int i = 0; i < rows; i++) {
        sum[i] = d[i];
        t[i] = FMA(half, d[i], y[i]);
    }
    derivative(c, I[1], t, d);
    for (int i = 0; i < rows; i++) {
        sum[i] = FMA(SPLAT(2), d[i], sum[i]);
        t[i] = FMA(half, d[i], y[i]);
    }
    derivative(c, I[1], t, d);
    for (int i = 0; i < rows; i++) {
        sum[i] = FMA(SPLAT(2), d[i], sum[i]);
        t[i] = FMA(h, d[i], y[i]);
    }
    derivative(c, I[2], t, d);
    for (int i = 0; i < rows; i++)
        y[i] = FMA(sixth, sum[i] + d[i], y[i]);
}

// stride: from one row of currents to the next, N or 0.
H4L_INLINE void run_rows(const struct h4l_hh_tangent_consts *c, derivative_fn derivative, int rows,
                         double h, size_t N, size_t steps, const double *I, size_t stride,
                         double *state)
{
    for (size_t j = 0; j < N; j += LANES) {
        lanes y[TV_ROWS];
        for (int i = 0; i < rows; i++)
            y[i] = LOAD(state + (size_t)i * N + j);
        for (size_t s = 0; s < steps; s++) {
            const double *at = I + 2 * s * stride + j;
            lanes current[3] = {LOAD(at), LOAD(at + stride), LOAD(at + 2 * stride)};
            rk4(c, derivative, rows, SPLAT(h), current, y);
        }
        for (int i = 0; i < rows; i++)
            STORE(state + (size_t)i * N + j, y[i]);
    }
}

static void hh(const struct h4l_hh_tangent_consts *c, double h, size_t N, size_t steps,
               const double *I, double *state)
{
    run_rows(c, hh_derivative, HH_ROWS, h, N, steps, I, N, state);
}

static void tv(const struct h4l_hh_tangent_consts *c, double h, size_t N, size_t steps,
               const double *I, double *state)
{
    run_rows(c, tv_derivative, TV_ROWS, h, N, steps, I, N, state);
}

static void hh_bare(const struct h4l_hh_tangent_consts *c, double h, size_t N, size_t steps,
                    const double *I, size_t stride, double *state)
{
    run_rows(c, hh_alone, H4L_HH_DIM, h, N, steps, I, stride, state);
}

const struct h4l_tangent_kernels H4L_AT_LEVEL(h4l_tangent_kernels) = {
    .hh = hh, .tv = tv, .hh_bare = hh_bare};
