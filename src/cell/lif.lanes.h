#include "cell/lif_unit.lanes.h"

enum { STATES = 1, INPUTS = 1, TRAINS = 1, MIXING = 0, TABLES = 0, MEMORYLESS = 0, VARIES = 0 };

H4L_INLINE void fire(const window *w, const lanes *v, masks *s)
{
    s[0] = v[0] > w->threshold;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *v,
                     const masks *s)
{
    v[0] = lif_kept(w, f, v[0], s[0]) + in[0];
}

H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *v,
                          const lanes *before, const lanes *ds, lanes *dv, lanes *din, lanes *dmix)
{
    (void)before;
    (void)dmix;
    din[0] = dv[0] = lif_back(w, f, v[0], ds[0], dv[0]);
}
