#include "cell/lif_unit.lanes.h"

enum { STATES = 4, INPUTS = 3, TRAINS = 4, MIXING = 4, TABLES = 0, MEMORYLESS = 0, VARIES = 0 };

H4L_INLINE void fire(const window *w, const lanes *v, masks *s)
{
    for (int u = 0; u < TRAINS; u++)
        s[u] = v[u] > w->threshold;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *v,
                     const masks *s)
{
    lanes fourth = v[0] * w->mix[0] + v[1] * w->mix[1] + v[2] * w->mix[2] + w->mix[3];

    for (int u = 0; u < STATES; u++)
        v[u] = lif_kept(w, f, v[u], s[u]) + (u < INPUTS ? in[u] : fourth);
}

H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *v,
                          const lanes *before, const lanes *ds, lanes *dv, lanes *din, lanes *dmix)
{
    lanes later_fourth = dv[3];

    for (int u = 0; u < STATES; u++) {
        dv[u] = lif_back(w, f, v[u], ds[u], dv[u]);
        if (u < INPUTS)
            din[u] = dv[u] += later_fourth * w->mix[u];
    }
    for (int u = 0; u < INPUTS; u++)
        dmix[u] += dv[3] * before[u];
    dmix[3] += dv[3];
}
