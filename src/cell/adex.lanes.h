#include "cell/step.h"

enum { STATES = 2, INPUTS = 1, TRAINS = 1, MIXING = 0, TABLES = 0, MEMORYLESS = 0, VARIES = 0 };
enum { DT, TAU_M, TAU_W, D, A, B, MOST = 5 }; // the order of adex.c

H4L_INLINE void fire(const window *w, const lanes *x, masks *s)
{
    s[0] = x[0] > w->threshold;
}

// The upstroke at u; *ret_under: where its exponent is below its most.
H4L_INLINE lanes upstroke(const window *w, lanes u, masks *ret_under)
{
    lanes e = (u - 1) * (1 / w->own[D]);

    *ret_under = e < (REAL)MOST;
    e = WHERE(*ret_under, e) + UNLESS(*ret_under, SPLAT(MOST));
    lanes_exp(&e);
    return e;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *x,
                     const masks *s)
{
    lanes u = w->reset ? UNLESS(s[0], x[0]) : x[0], z = x[1] + WHERE(s[0], SPLAT(w->own[B]));
    REAL g = w->own[DT] / w->own[TAU_M];
    masks under;

    x[0] = u + (w->own[D] * upstroke(w, u, &under) - u - z) * g + in[0] * f->gain;
    x[1] = z + (w->own[A] * u - z) * (w->own[DT] / w->own[TAU_W]);
}

H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *x,
                          const lanes *before, const lanes *ds, lanes *dx, lanes *din, lanes *dmix)
{
    REAL g = w->own[DT] / w->own[TAU_M], h = w->own[DT] / w->own[TAU_W];
    masks s = x[0] > w->threshold, inside = ABS(x[0] - w->threshold) < w->half_width, under;
    lanes u = w->reset ? UNLESS(s, x[0]) : x[0];
    lanes e = upstroke(w, u, &under), slope = WHERE(under, e) - 1;
    lanes du = dx[0] + dx[0] * slope * g + dx[1] * (h * w->own[A]);
    lanes dz = dx[1] * (1 - h) - dx[0] * g, dspike = ds[0] + dz * w->own[B];

    (void)before;
    (void)dmix;
    if (w->reset)
        dspike -= du * x[0];
    dx[0] = (w->reset ? UNLESS(s, du) : du) + WHERE(inside, dspike);
    dx[1] = dz;
    din[0] = dx[0] * f->gain;
}
