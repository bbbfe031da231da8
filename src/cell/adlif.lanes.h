#include "cell/lif_unit.lanes.h"

enum { STATES = 2, INPUTS = 1, TRAINS = 1, MIXING = 0, TABLES = 0, MEMORYLESS = 0, VARIES = 0 };
enum { RHO, A, B }; // the order of adlif.c

H4L_INLINE void fire(const window *w, const lanes *x, masks *s)
{
    s[0] = x[0] > w->threshold;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *x,
                     const masks *s)
{
    lanes z = x[1] + WHERE(s[0], SPLAT(w->own[B]));

    x[0] = lif_kept(w, f, x[0], s[0]) + in[0] - z;
    x[1] = z * w->own[RHO] + x[0] * ((1 - w->own[RHO]) * w->own[A]);
}

// dx[1] carries the gradient to w of the step after; what z of that step gets goes to w and to the spike of this one.
H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *x,
                          const lanes *before, const lanes *ds, lanes *dx, lanes *din, lanes *dmix)
{
    lanes dw = dx[1];

    (void)before;
    (void)dmix;
    dx[0] =
        lif_back(w, f, x[0], ds[0] + dw * w->own[B], dx[0]) + dw * ((1 - w->own[RHO]) * w->own[A]);
    din[0] = dx[0];
    dx[1] = dw * w->own[RHO] - dx[0];
}
