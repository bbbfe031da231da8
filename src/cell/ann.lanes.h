#include "cell/step.h"

enum { STATES = 1, INPUTS = 1, TRAINS = 1, MIXING = 0, TABLES = 0, MEMORYLESS = 1, VARIES = 0 };

H4L_INLINE void fire(const window *w, const lanes *v, masks *s)
{
    s[0] = v[0] > w->threshold;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *v,
                     const masks *s)
{
    (void)w;
    (void)f;
    (void)s;
    v[0] = WHERE(in[0] > 0, in[0]);
}

H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *v,
                          const lanes *before, const lanes *ds, lanes *dv, lanes *din, lanes *dmix)
{
    masks inside = ABS(v[0] - w->threshold) < w->half_width;

    (void)f;
    (void)before;
    (void)dv;
    (void)dmix;
    din[0] = WHERE(v[0] > 0, WHERE(inside, ds[0]));
}
