#include "neuron/learning_topology.h"

#include <math.h>
#include <string.h>

// What the units of one step show: potentials, tests a, the product of the output units' tests.
struct step {
    double v[H4L_TOPOLOGY_UNITS], a[H4L_TOPOLOGY_UNITS], fires;
};

static bool has(uint32_t set, int unit)
{
    return set >> unit & 1;
}

static double above(const struct h4l_learning_neuron *n, bool ramp, double v)
{
    double a = v - n->threshold + 0.5;

    if (!ramp)
        return v > n->threshold;
    return a < 0 ? 0 : a > 1 ? 1 : a;
}

static double inside(const struct h4l_learning_neuron *n, double v)
{
    return fabs(v - n->threshold) < n->half_width ? 1.0 : 0.0;
}

// The factor that unit u is reset by.
static double reset_of(const struct h4l_learning_neuron *n, const struct step *s, int u)
{
    return !n->reset ? 0 : n->topology.reset == H4L_RESET_OWN ? s->a[u] : s->fires;
}

// Fills a and fires from v.
static void test_units(const struct h4l_learning_neuron *n, bool ramp, struct step *s)
{
    s->fires = 1;
    for (int u = 0; u < n->topology.units; u++) {
        s->a[u] = above(n, ramp, s->v[u]);
        if (has(n->topology.output, u))
            s->fires *= s->a[u];
    }
}

static void one_step(const struct h4l_learning_neuron *n, bool ramp, const double *mix,
                     const double *input, const struct step *before, struct step *after)
{
    const struct h4l_topology *g = &n->topology;

    for (int u = 0, edge = 0, p = 0; u < g->units; u++) {
        double in = 0;
        bool arrows = edge < g->n_edges && g->edges[edge].to == u;

        for (; edge < g->n_edges && g->edges[edge].to == u; edge++) {
            int from = g->edges[edge].from;

            in += *mix++ *
                  (g->edges[edge].arrow == H4L_ARROW_MEMBRANE ? before->v[from] : before->a[from]);
        }
        if (arrows)
            in += *mix++;
        if (has(g->input, u))
            in += input[p++ * n->window] + n->drive;
        after->v[u] = n->decay * before->v[u] * (1 - reset_of(n, before, u)) + in;
    }
    test_units(n, ramp, after);
}

void h4l_learning_topology_forward(const struct h4l_learning_neuron *n, bool ramp,
                                   const double *mix, const double *input, double *ret_v,
                                   double *ret_s)
{
    const struct h4l_topology *g = &n->topology;
    const int T = n->window;
    struct step steps[2] = {0};

    for (int t = 0; t < T; t++) {
        struct step *now = &steps[t % 2];
        int train = 0;

        one_step(n, ramp, mix, input + t, &steps[(t + 1) % 2], now);
        for (int u = 0; u < g->units; u++)
            ret_v[u * T + t] = now->v[u];
        if (g->reset == H4L_RESET_AND)
            ret_s[t] = now->fires;
        for (int u = 0; u < g->units && g->reset == H4L_RESET_OWN; u++)
            if (has(g->output, u))
                ret_s[train++ * T + t] = now->a[u];
    }
}

// What the step after t passes back along the arrows, to their sources, and to the mixing weights: x of step t times the
// gradient to the target's potential of step t + 1.
static void arrows_back(const struct h4l_learning_neuron *n, const double *mix,
                        const struct step *now, const double *later, double *dv, double *dmix)
{
    const struct h4l_topology *g = &n->topology;

    for (int u = 0, edge = 0, at = 0; u < g->units; u++) {
        bool arrows = edge < g->n_edges && g->edges[edge].to == u;

        for (; edge < g->n_edges && g->edges[edge].to == u; edge++, at++) {
            int from = g->edges[edge].from;
            bool membrane = g->edges[edge].arrow == H4L_ARROW_MEMBRANE;

            dv[from] += mix[at] * later[u] * (membrane ? 1 : inside(n, now->v[from]));
            dmix[at] += later[u] * (membrane ? now->v[from] : now->a[from]);
        }
        at += arrows;
    }
}

// The gradients to the constants c0, which act in every step.
static void constants_back(const struct h4l_topology *g, const double *dv, double *dmix)
{
    for (int u = 0, edge = 0; u < g->units; u++) {
        bool arrows = edge < g->n_edges && g->edges[edge].to == u;

        for (; edge < g->n_edges && g->edges[edge].to == u; edge++)
            dmix++;
        if (arrows)
            *dmix++ += dv[u];
    }
}

// The gradient to the product of the output units' tests: from outside, and through the resets of the step after.
static double fires_back(const struct h4l_learning_neuron *n, const struct step *now,
                         const double *later, double ds)
{
    for (int u = 0; u < n->topology.units && n->reset; u++)
        ds -= n->decay * now->v[u] * later[u];
    return ds;
}

// The product of the tests of the output units other than unit.
static double others_above(const struct h4l_topology *g, const struct step *now, int unit)
{
    double product = 1;

    for (int u = 0; u < g->units; u++)
        if (u != unit && has(g->output, u))
            product *= now->a[u];
    return product;
}

// dv: the gradients to the potentials of step t + 1, replaced by those of t. ds: of step t, trains T apart.
static void step_back(const struct h4l_learning_neuron *n, const double *mix,
                      const struct step *now, const double *ds, double *dv, double *dmix)
{
    const struct h4l_topology *g = &n->topology;
    const bool own = g->reset == H4L_RESET_OWN;
    double later[H4L_TOPOLOGY_UNITS], dfires = own ? 0 : fires_back(n, now, dv, *ds);

    memcpy(later, dv, sizeof later);
    for (int u = 0, train = 0; u < g->units; u++) {
        double window = inside(n, now->v[u]);
        double slope = n->decay * (1 - reset_of(n, now, u));
        double da = 0;

        if (own && n->reset)
            slope = n->decay * (1 - now->a[u] - now->v[u] * window);
        if (has(g->output, u))
            da = own ? ds[train++ * n->window] : dfires * others_above(g, now, u);
        dv[u] = da * window + later[u] * slope;
    }
    arrows_back(n, mix, now, later, dv, dmix);
    constants_back(g, dv, dmix);
}

void h4l_learning_topology_backward(const struct h4l_learning_neuron *n, bool ramp,
                                    const double *mix, const double *v, const double *ds,
                                    double *ret_dinput, double *dmix)
{
    const struct h4l_topology *g = &n->topology;
    const int T = n->window;
    double dv[H4L_TOPOLOGY_UNITS] = {0};

    for (int t = T - 1; t >= 0; t--) {
        struct step now;

        for (int u = 0; u < g->units; u++)
            now.v[u] = v[u * T + t];
        test_units(n, ramp, &now);
        step_back(n, mix, &now, ds + t, dv, dmix);
        for (int u = 0, p = 0; u < g->units; u++)
            if (has(g->input, u))
                ret_dinput[p++ * T + t] = dv[u];
    }
}
