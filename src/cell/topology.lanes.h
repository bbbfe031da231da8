// Units and arrows are loops over the description, so nothing stays in registers between steps, but a window's states fit the
// first-level cache.
#include "cell/lif_unit.lanes.h"

enum {
    STATES = H4L_TOPOLOGY_UNITS,
    INPUTS = H4L_TOPOLOGY_UNITS,
    TRAINS = H4L_TOPOLOGY_UNITS,
    MIXING = H4L_CELL_MAX_MIXING,
    TABLES = 0,
    MEMORYLESS = 0,
    VARIES = 1
};

static int is(uint32_t set, int unit)
{
    return (int)(set >> unit & 1);
}

// Whether a unit is above threshold; before the first step (t = 0) none is.
H4L_INLINE masks above(const window *w, const struct factors *f, lanes v)
{
    masks a = v > w->threshold;

    return a & (f->t == 0 ? 0 : -1);
}

// Whether the sub-network fires by the rule `and`: all output units but `unit` (-1: all) are above threshold.
H4L_INLINE masks fires(const window *w, const lanes *v, int unit)
{
    masks all = (masks){0} == 0;

    for (int u = 0; u < w->topology->units; u++)
        if (u != unit && is(w->topology->output, u))
            all &= v[u] > w->threshold;
    return all;
}

H4L_INLINE void fire(const window *w, const lanes *v, masks *s)
{
    if (w->topology->reset == H4L_RESET_AND)
        *s = fires(w, v, -1);
    for (int u = 0; u < w->topology->units && w->topology->reset == H4L_RESET_OWN; u++)
        if (is(w->topology->output, u))
            *s++ = v[u] > w->threshold;
}

H4L_INLINE void step(const window *w, const struct factors *f, const lanes *in, lanes *v,
                     const masks *s)
{
    const struct h4l_topology *g = w->topology;
    const REAL *c = w->mix;
    const int joint = g->reset == H4L_RESET_AND;
    lanes before[STATES];

    for (int u = 0; u < g->units; u++)
        before[u] = v[u];
    for (int u = 0, edge = 0; u < g->units; u++) {
        int first_edge = edge;
        lanes sum = SPLAT(0);

        for (; edge < g->n_edges && g->edges[edge].to == u; edge++) {
            lanes x = before[g->edges[edge].from];

            if (g->edges[edge].arrow == H4L_ARROW_SPIKE)
                x = WHERE(above(w, f, x), SPLAT(1));
            sum += x * *c++;
        }
        if (edge > first_edge)
            sum += *c++;
        if (is(g->input, u))
            sum += *in++;
        v[u] = lif_kept(w, f, before[u], joint ? s[0] : above(w, f, before[u])) + sum;
    }
}

// What the arrows pass back from the step after (later) to the step now, and to the mixing weights; dv: of now, added to.
H4L_INLINE void arrows_back(const window *w, const lanes *now, const lanes *later, lanes *dv,
                            lanes *dmix)
{
    const struct h4l_topology *g = w->topology;

    for (int edge = 0, at = 0, to = -1; edge < g->n_edges; edge++, at++) {
        int from = g->edges[edge].from, spike = g->edges[edge].arrow == H4L_ARROW_SPIKE;
        lanes x = now[from], d = later[g->edges[edge].to];

        at += to >= 0 && g->edges[edge].to != to; // behind the arrows of a unit stands its constant
        to = g->edges[edge].to;
        if (spike) {
            dmix[at] += WHERE(x > w->threshold, d);
            d = WHERE(ABS(x - w->threshold) < w->half_width, d);
        } else {
            dmix[at] += d * x;
        }
        dv[from] += d * w->mix[at];
    }
}

H4L_INLINE void constants_back(const struct h4l_topology *g, const lanes *dv, lanes *dmix)
{
    for (int edge = 0, at = 0; edge < g->n_edges; edge++, at++) {
        int to = g->edges[edge].to;

        if (edge + 1 == g->n_edges || g->edges[edge + 1].to != to)
            dmix[++at] += dv[to];
    }
}

// Reset `and`: the spike, and with it the reset of all units, is that of all output units together.
H4L_INLINE void joint_back(const window *w, const struct factors *f, const lanes *v,
                           const lanes *later, lanes dfires, lanes *dv)
{
    const struct h4l_topology *g = w->topology;
    masks fired = fires(w, v, -1);

    for (int u = 0; u < g->units && w->reset; u++)
        dfires -= v[u] * later[u] * w->decay;
    for (int u = 0; u < g->units; u++) {
        masks inside = ABS(v[u] - w->threshold) < w->half_width;
        lanes slope = SPLAT(1), da = SPLAT(0);

        if (w->reset)
            slope = UNLESS(fired, slope);
        if (is(g->output, u))
            da = WHERE(fires(w, v, u), dfires);
        dv[u] = later[u] * (slope * f->decay) + WHERE(inside, da);
    }
}

H4L_INLINE void step_back(const window *w, const struct factors *f, const lanes *v,
                          const lanes *before, const lanes *ds, lanes *dv, lanes *din, lanes *dmix)
{
    const struct h4l_topology *g = w->topology;
    lanes later[STATES];

    (void)before; // the mixing weights' gradient takes the sources' potentials from its own step
    for (int u = 0; u < g->units; u++)
        later[u] = dv[u];
    if (g->reset == H4L_RESET_AND)
        joint_back(w, f, v, later, *ds, dv);
    for (int u = 0; u < g->units && g->reset == H4L_RESET_OWN; u++) {
        lanes own = SPLAT(0);

        if (is(g->output, u))
            own = *ds++;
        dv[u] = lif_back(w, f, v[u], own, later[u]);
    }
    arrows_back(w, v, later, dv, dmix);
    constants_back(g, dv, dmix);
    for (int u = 0; u < g->units; u++)
        if (is(g->input, u))
            *din++ = dv[u];
}
