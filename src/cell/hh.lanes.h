#include "cell/hh.h"
#include "cell/step.h"

enum { STATES = 1, INPUTS = 1, TRAINS = 1, MIXING = 0, TABLES = 2, MEMORYLESS = 0, VARIES = 0 };

H4L_INLINE void fire(const window *w, const lanes *v, masks *s)
{
    s[0] = v[0] > w->threshold;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *v,
                     const masks *s)
{
    (void)w;
    (void)s;
    v[0] = v[0] * f->table[0] + (in[0] * f->gain + f->table[1]);
}

H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *v,
                          const lanes *before, const lanes *ds, lanes *dv, lanes *din, lanes *dmix)
{
    masks inside = ABS(v[0] - w->threshold) < w->half_width;
    factor a = f->table[0];

    (void)before;
    (void)dmix;
    if (w->own[H4L_CELL_HH_DETACHED] != 0)
        a = FACTOR(1);
    dv[0] = dv[0] * a + WHERE(inside, ds[0]);
    din[0] = dv[0] * f->gain;
}
