// One step of a neuron and its way back, in lanes: the definitions of neuron/learning.c, shared by the kernels of fc and conv.
// kind is a constant where these are used, so each kernel keeps only its own branch.
#ifndef H4L_NET_KERNELS_NEURON_H
#define H4L_NET_KERNELS_NEURON_H

#include "net/kernels.h"
#include "net/lanes.h"

enum { MAX_U = 4, MAX_P = 3 }; // of the neurons here; any topology: kernels_topology.c

#define UNITS(kind) ((kind) == H4L_LEARNING_SLIF ? 4 : 1)
#define INPUTS(kind) ((kind) == H4L_LEARNING_SLIF ? 3 : 1)

// v: potentials, s: spikes of the step before (masks), both replaced. in: inputs with the drive added. a, b: HH's tables.
H4L_INLINE void neuron_step(int kind, const struct h4l_window *w, float a, float b, const lanes *in,
                            lanes *v, masks *s)
{
    if (kind == H4L_LEARNING_HH) {
        v[0] = v[0] * a + (in[0] * w->dt + b);
    } else if (kind == H4L_LEARNING_BINARY) {
        v[0] = WHERE(in[0] > 0, in[0]);
    } else {
        lanes fourth = SPLAT(0);

        if (kind == H4L_LEARNING_SLIF)
            fourth = v[0] * w->mix[0] + v[1] * w->mix[1] + v[2] * w->mix[2] + w->mix[3];
        for (int u = 0; u < UNITS(kind); u++) {
            lanes kept = v[u] * w->decay;

            if (w->reset)
                kept = UNLESS(s[u], kept);
            v[u] = kept + (u < 3 ? in[u] : fourth);
        }
    }
    for (int u = 0; u < UNITS(kind); u++)
        s[u] = v[u] > w->threshold;
}

// v: potentials of step t; before: of step t - 1 (first: t is 0); ds: gradient to the spikes; a_next: HH, factor of step t + 1.
// dv: in: of step t + 1, out: of t. din: gradient to the inputs. dmix: added to.
H4L_INLINE void neuron_back(int kind, const struct h4l_window *w, bool first, float a_next,
                            const lanes *v, const lanes *before, const lanes *ds, lanes *dv,
                            lanes *din, lanes *dmix)
{
    lanes later_fourth = dv[UNITS(kind) - 1];

    for (int u = 0; u < UNITS(kind); u++) {
        masks inside = ABS(v[u] - w->threshold) < w->half_width;
        lanes own = WHERE(inside, ds[u]);

        if (kind == H4L_LEARNING_HH) {
            dv[u] = dv[u] * a_next + own;
            din[u] = dv[u] * w->dt;
        } else if (kind == H4L_LEARNING_BINARY) {
            din[u] = WHERE(v[u] > 0, own);
        } else {
            lanes slope = SPLAT(1);

            if (w->reset)
                slope = UNLESS(v[u] > w->threshold, slope) - WHERE(inside, v[u]);
            dv[u] = dv[u] * (slope * w->decay) + own;
            if (kind == H4L_LEARNING_SLIF && u < 3)
                dv[u] += later_fourth * w->mix[u];
            if (u < INPUTS(kind))
                din[u] = dv[u];
        }
    }
    if (kind == H4L_LEARNING_SLIF) {
        for (int u = 0; u < 3 && !first; u++)
            dmix[u] += dv[3] * before[u];
        dmix[3] += dv[3];
    }
}

H4L_INLINE float table(const float *t, const struct h4l_window *w, int step, size_t column)
{
    return t ? t[(size_t)step * w->n_tables + column % w->n_tables] : 0;
}

// The factor of HH's potential in the step after t, as the gradient sees it.
H4L_INLINE float next_factor(const struct h4l_window *w, int t, size_t column)
{
    return w->detached || t + 1 >= w->T ? 1 : table(w->a, w, t + 1, column);
}

H4L_INLINE void add_mix(const lanes *dmix, double *ret)
{
    for (int u = 0; u < 4; u++)
        for (int i = 0; i < H4L_LANES; i++)
            ret[u] += (double)dmix[u][i];
}

// Calls body with the neuron kind as a constant.
#define FOR_KIND(kind_, call, topology)                                                            \
    switch (kind_) {                                                                               \
    case H4L_LEARNING_TOPOLOGY:                                                                    \
        topology;                                                                                  \
        break;                                                                                     \
    case H4L_LEARNING_LIF:                                                                         \
        call(H4L_LEARNING_LIF);                                                                    \
        break;                                                                                     \
    case H4L_LEARNING_HH:                                                                          \
        call(H4L_LEARNING_HH);                                                                     \
        break;                                                                                     \
    case H4L_LEARNING_SLIF:                                                                        \
        call(H4L_LEARNING_SLIF);                                                                   \
        break;                                                                                     \
    case H4L_LEARNING_BINARY:                                                                      \
        call(H4L_LEARNING_BINARY);                                                                 \
    }

#endif
