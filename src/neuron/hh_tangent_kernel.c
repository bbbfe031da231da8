// The kernels of hh_tangent at one instruction level: meson compiles this file once per level, as hh_fast_kernel.c. The rates
// are those of hh_fast, their derivatives follow from the rates.
#include "neuron/hh_tangent_internal.h"

#include H4L_KERNEL_VECTORS

#include "neuron/kernel_double.h"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function" // its whole runs are not used here
#include "neuron/hh_fast_impl.h"
#pragma GCC diagnostic pop

// The derivative of linoid(x) = x / (1 - exp(-x)) from its value L: L (1 + x - L) / x, and a series where that cancels.
VEC_INLINE vd linoid_slope(vd x, vd L)
{
    static const double series[4] = {-1.0 / 151200, 1.0 / 5040, -1.0 / 180, 1.0 / 6};
    vd y = x * x, p = vd_set1(series[0]);

#pragma GCC unroll 4
    for (int i = 1; i < 4; i++)
        p = vd_fma(p, y, vd_set1(series[i]));
    vd_mask near = vd_less(y, vd_set1(0.01));
    vd safe = vd_select(near, vd_set1(1), x);
    return vd_select(near, vd_fma(p, x, vd_set1(0.5)), L * (vd_set1(1) + x - L) / safe);
}

// Right-hand sides of the gates, and the slopes by which they depend on V and on themselves (with a minus sign).
struct gates {
    vd d[3], by_V[3], decay[3];
};

VEC_INLINE struct gates gates_at(const struct h4l_hh_tangent_consts *c, vd v, const vd *x)
{
    struct rates r = rates_at(c->rates, v);
    vd tenth = vd_set1(0.1), one = vd_set1(1);
    vd am = linoid_slope((v + vd_set1(c->v_m)) * tenth, r.am) * tenth;
    vd an = linoid_slope((v + vd_set1(c->v_n)) * tenth, r.an * vd_set1(10)) * vd_set1(0.01);
    vd rates[3][2] = {{r.am, r.bm}, {r.ah, r.bh}, {r.an, r.bn}};
    vd slopes[3][2] = {{am, r.bm * vd_set1(-1.0 / 18)},
                       {r.ah * vd_set1(-1.0 / 20), r.bh * (one - r.bh) * tenth},
                       {an, r.bn * vd_set1(-1.0 / 80)}};
    struct gates g;

#pragma GCC unroll 3
    for (int a = 0; a < 3; a++) {
        g.decay[a] = rates[a][0] + rates[a][1];
        g.d[a] = vd_fnma(g.decay[a], x[a], rates[a][0]);
        g.by_V[a] = vd_fnma(slopes[a][0] + slopes[a][1], x[a], slopes[a][0]);
    }
    return g;
}

enum {
    HH_VECTORS = H4L_HH_TANGENT_VECTORS,
    HH_ROWS = H4L_HH_TANGENT_ROWS,
    TV_VECTORS = H4L_TV_TANGENT_VECTORS,
    TV_ROWS = H4L_TV_TANGENT_ROWS
};

// d = derivative of y: the four variables, then the rows of the tangent vectors.
VEC_INLINE void hh_derivative(const struct h4l_hh_tangent_consts *c, vd I, const vd *y, vd *d)
{
    enum { K = HH_VECTORS, D = H4L_HH_DIM };
    vd v = y[0], m = y[1], h = y[2], n = y[3], inverse = vd_set1(1 / c->C);
    vd m2 = m * m, n2 = n * n, open = vd_set1(c->g[0] / c->C) * m2,
       fK = vd_set1(c->g[1] / c->C) * n2;
    vd na = open * m * h, k = fK * n2, gL = vd_set1(c->g[2] / c->C);
    vd to_Na = v - vd_set1(c->E[0]), to_K = v - vd_set1(c->E[1]), to_L = v - vd_set1(c->E[2]);
    struct gates g = gates_at(c, v, y + 1);
    const vd *w = y + D;
    vd *dw = d + D;

    d[0] = vd_fnma(na, to_Na, vd_fnma(k, to_K, vd_fnma(gL, to_L, I * inverse)));
    d[1] = g.d[0];
    d[2] = g.d[1];
    d[3] = g.d[2];
    vd by_v = na + k + gL, by_m = vd_set1(3) * open * h * to_Na, by_h = open * m * to_Na,
       by_n = vd_set1(4) * fK * n * to_K;
#pragma GCC unroll 4
    for (int j = 0; j < K; j++) {
        vd sum = vd_fma(by_v, w[j], by_m * w[K + j]);
        sum = vd_fma(by_h, w[2 * K + j], vd_fma(by_n, w[3 * K + j], sum));
        dw[j] = vd_set1(0) - sum;
        dw[K + j] = vd_fnma(g.decay[0], w[K + j], g.by_V[0] * w[j]);
        dw[2 * K + j] = vd_fnma(g.decay[1], w[2 * K + j], g.by_V[1] * w[j]);
        dw[3 * K + j] = vd_fnma(g.decay[2], w[3 * K + j], g.by_V[2] * w[j]);
    }
}

// The same for tv-LIF2HH; the entries of its Jacobian as in tv_lif_flow.c.
VEC_INLINE void tv_derivative(const struct h4l_hh_tangent_consts *c, vd I, const vd *y, vd *d)
{
    enum { K = TV_VECTORS, D = H4L_TV_DIM };
    vd m = y[H4L_TV_M], h = y[H4L_TV_H], n = y[H4L_TV_N], v = y[H4L_TV_F] + y[H4L_TV_U4];
    vd inverse = vd_set1(1 / c->C), n3 = n * n * n, m2 = m * m;
    vd cond[3] = {vd_set1(c->g[0]) * m2 * m * h, vd_set1(c->g[1]) * n3 * n, vd_set1(c->g[2])};
    vd gs = cond[0] + cond[1] + cond[2], over = vd_set1(1) / gs, drive = I * over;
    struct gates g = gates_at(c, v, y + H4L_TV_M);
    vd du[3], df = vd_set1(0), sum = vd_set1(0);

#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        du[i] = (vd_set1(c->E[i]) - y[i] + drive) * inverse;
        df = vd_fma(cond[i], du[i], df);
        sum = vd_fma(cond[i], y[i], sum);
        d[i] = du[i];
    }
    d[H4L_TV_F] = df;
    d[H4L_TV_U4] = vd_fnma(gs, v, sum) * inverse;
#pragma GCC unroll 3
    for (int a = 0; a < 3; a++)
        d[H4L_TV_M + a] = g.d[a];

    vd slope[3] = {vd_set1(3 * c->g[0]) * m2 * h, vd_set1(c->g[0]) * m2 * m,
                   vd_set1(4 * c->g[1]) * n3};
    vd reach[3], f[3], u4[3], per = drive * over * inverse;
#pragma GCC unroll 3
    for (int a = 0; a < 3; a++) {
        int of = a == 2;
        reach[a] = vd_set1(0) - per * slope[a];
        f[a] = vd_fma(slope[a], du[of], gs * reach[a]);
        u4[a] = slope[a] * (y[of] - v) * inverse;
        cond[a] = cond[a] * inverse;
    }
    vd leak = gs * inverse;
    const vd *w = y + D;
    vd *dw = d + D;
#pragma GCC unroll 7
    for (int j = 0; j < K; j++) {
        const vd *wm = w + H4L_TV_M * K, *wh = w + H4L_TV_H * K, *wn = w + H4L_TV_N * K;
        vd dv = w[H4L_TV_F * K + j] + w[H4L_TV_U4 * K + j];
        vd common = vd_fma(reach[0], wm[j], vd_fma(reach[1], wh[j], reach[2] * wn[j]));
        vd mixed = vd_fma(cond[0], w[j], vd_fma(cond[1], w[K + j], cond[2] * w[2 * K + j]));
        vd to_f = vd_fma(f[0], wm[j], vd_fma(f[1], wh[j], f[2] * wn[j]));
        vd to_u = vd_fma(u4[0], wm[j], vd_fma(u4[1], wh[j], u4[2] * wn[j]));
        dw[j] = vd_fnma(inverse, w[j], common);
        dw[K + j] = vd_fnma(inverse, w[K + j], common);
        dw[2 * K + j] = vd_fnma(inverse, w[2 * K + j], common);
        dw[H4L_TV_F * K + j] = to_f - mixed;
        dw[H4L_TV_U4 * K + j] = vd_fnma(leak, dv, mixed + to_u);
        dw[H4L_TV_M * K + j] = vd_fnma(g.decay[0], wm[j], g.by_V[0] * dv);
        dw[H4L_TV_H * K + j] = vd_fnma(g.decay[1], wh[j], g.by_V[1] * dv);
        dw[H4L_TV_N * K + j] = vd_fnma(g.decay[2], wn[j], g.by_V[2] * dv);
    }
}

typedef void (*derivative_fn)(const struct h4l_hh_tangent_consts *, vd, const vd *, vd *);

// One step of the lanes of one vector: y advances, the sums of the stages gather in place.
VEC_INLINE void rk4(const struct h4l_hh_tangent_consts *c, derivative_fn derivative, int rows, vd h,
                    const vd I[3], vd *y)
{
    vd d[TV_ROWS], t[TV_ROWS], sum[TV_ROWS], half = h * vd_set1(0.5), sixth = h * vd_set1(1.0 / 6);

    derivative(c, I[0], y, d);
    for (int i = 0; i < rows; i++) {
        sum[i] = d[i];
        t[i] = vd_fma(half, d[i], y[i]);
    }
    derivative(c, I[1], t, d);
    for (int i = 0; i < rows; i++) {
        sum[i] = vd_fma(vd_set1(2), d[i], sum[i]);
        t[i] = vd_fma(half, d[i], y[i]);
    }
    derivative(c, I[1], t, d);
    for (int i = 0; i < rows; i++) {
        sum[i] = vd_fma(vd_set1(2), d[i], sum[i]);
        t[i] = vd_fma(h, d[i], y[i]);
    }
    derivative(c, I[2], t, d);
    for (int i = 0; i < rows; i++)
        y[i] = vd_fma(sixth, sum[i] + d[i], y[i]);
}

VEC_INLINE void run_rows(const struct h4l_hh_tangent_consts *c, derivative_fn derivative, int rows,
                         double h, size_t N, size_t steps, const double *I, double *state)
{
    for (size_t j = 0; j < N; j += VD_LANES) {
        vd y[TV_ROWS];
        for (int i = 0; i < rows; i++)
            y[i] = vd_load(state + (size_t)i * N + j);
        for (size_t s = 0; s < steps; s++) {
            const double *at = I + 2 * s * N + j;
            vd current[3] = {vd_load(at), vd_load(at + N), vd_load(at + 2 * N)};
            rk4(c, derivative, rows, vd_set1(h), current, y);
        }
        for (int i = 0; i < rows; i++)
            vd_store(state + (size_t)i * N + j, y[i]);
    }
}

static void hh(const struct h4l_hh_tangent_consts *c, double h, size_t N, size_t steps,
               const double *I, double *state)
{
    run_rows(c, hh_derivative, HH_ROWS, h, N, steps, I, state);
}

static void tv(const struct h4l_hh_tangent_consts *c, double h, size_t N, size_t steps,
               const double *I, double *state)
{
    run_rows(c, tv_derivative, TV_ROWS, h, N, steps, I, state);
}

const struct h4l_tangent_kernels H4L_AT_LEVEL(h4l_tangent_kernels) = {.hh = hh, .tv = tv};
