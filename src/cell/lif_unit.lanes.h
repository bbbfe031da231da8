// The LIF unit in vectors: cell/lif_unit.h.
#ifndef H4L_CELL_LIF_UNIT_LANES_H
#define H4L_CELL_LIF_UNIT_LANES_H

#include "cell/step.h"

// What is left of v: the step without its input. s: its spike.
H4L_INLINE lanes lif_kept(const window *w, const struct factors *f, lanes v, masks s)
{
    lanes kept = v * f->decay;

    return w->reset ? UNLESS(s, kept) : kept;
}

// The gradient to v from that to the potential of the step after (later) and from outside to its spike (ds). Where sums and
// products may fuse, the slope is one factor; where not, the order is that of the recorded policies. It decides the last bit.
H4L_INLINE lanes lif_back(const window *w, const struct factors *f, lanes v, lanes ds, lanes later)
{
    masks inside = ABS(v - w->threshold) < w->half_width;
    lanes slope = SPLAT(1), carried = later * f->decay;

    if (H4L_FUSED) {
        if (w->reset)
            slope = UNLESS(v > w->threshold, slope) - WHERE(inside, v);
        return later * (slope * f->decay) + WHERE(inside, ds);
    }
    if (!w->reset)
        return carried + WHERE(inside, ds);
    return WHERE(inside, ds - v * carried) + UNLESS(v > w->threshold, carried);
}

#endif
