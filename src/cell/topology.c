// LIF units joined by a topology (neuron/topology.h): in step t unit u does
//
//     v_u[t] = decay v_u[t-1] (1 - r[t-1]) + sum over its arrows of c x[t-1], + c0 where it has arrows, + I_u + drive where it
//              is an input unit;                                          a_u[t] = [v_u[t] > threshold]
//
// x is the potential (membrane arrow, before a reset) or a (spike arrow) of the arrow's source, one step old; at the start
// all of them are 0. Reset `own`: r = a_u, and every output unit sends its a on: R output units. Reset `and`: r = s, the
// product of the output units' a; s alone is sent on: R = 1. reset = false leaves the factor (1 - r) out.
// Mixing weights, shared by all neurons of a layer: unit by unit in ascending order, for each unit with arrows the c of its
// arrows (by source, as in topology.edges) and then its c0. "3+1 output all reset own" is s-LIF2HH with its c1, c2, c3, c0.
// Input projections: one per input unit, in ascending order of the units.
#include <string.h>

#include "cell/lif_unit.h"
#include "cell/slif2hh.h"

// What the units of one step show: potentials, tests a, the product of the output units' tests.
struct step {
    double v[H4L_TOPOLOGY_UNITS], a[H4L_TOPOLOGY_UNITS], fires;
};

static bool has(uint32_t set, int unit)
{
    return set >> unit & 1;
}

// The factor that unit u is reset by.
static double reset_of(const struct h4l_cell_constants *k, const struct step *s, int u)
{
    return k->topology.reset == H4L_RESET_OWN ? s->a[u] : s->fires;
}

// Fills a and fires from v.
static void test_units(const struct h4l_cell_constants *k, struct step *s)
{
    s->fires = 1;
    for (int u = 0; u < k->topology.units; u++) {
        s->a[u] = h4l_cell_spike(k, s->v[u]);
        if (has(k->topology.output, u))
            s->fires *= s->a[u];
    }
}

static void one_step(const struct h4l_cell_constants *k, const double *mix, const double *input,
                     const struct step *before, struct step *after)
{
    const struct h4l_topology *g = &k->topology;

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
            in += input[p++ * k->window] + k->drive;
        after->v[u] = h4l_lif_unit_step(k, before->v[u], reset_of(k, before, u), in);
    }
    test_units(k, after);
}

static void forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_v, double *ret_s)
{
    const struct h4l_topology *g = &k->topology;
    const int T = k->window;
    struct step steps[2] = {0};

    (void)rates;
    for (int t = 0; t < T; t++) {
        struct step *now = &steps[t % 2];
        int train = 0;

        one_step(k, mix, input + t, &steps[(t + 1) % 2], now);
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
static void arrows_back(const struct h4l_cell_constants *k, const double *mix,
                        const struct step *now, const double *later, double *dv, double *dmix)
{
    const struct h4l_topology *g = &k->topology;

    for (int u = 0, edge = 0, at = 0; u < g->units; u++) {
        bool arrows = edge < g->n_edges && g->edges[edge].to == u;

        for (; edge < g->n_edges && g->edges[edge].to == u; edge++, at++) {
            int from = g->edges[edge].from;
            bool membrane = g->edges[edge].arrow == H4L_ARROW_MEMBRANE;

            dv[from] += mix[at] * later[u] * (membrane ? 1 : h4l_cell_inside(k, now->v[from]));
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
static double fires_back(const struct h4l_cell_constants *k, const struct step *now,
                         const double *later, double ds)
{
    for (int u = 0; u < k->topology.units && k->reset; u++)
        ds -= k->decay * now->v[u] * later[u];
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
static void step_back(const struct h4l_cell_constants *k, const double *mix, const struct step *now,
                      const double *ds, double *dv, double *dmix)
{
    const struct h4l_topology *g = &k->topology;
    const bool own = g->reset == H4L_RESET_OWN;
    double later[H4L_TOPOLOGY_UNITS], dfires = own ? 0 : fires_back(k, now, dv, *ds);

    memcpy(later, dv, sizeof later);
    for (int u = 0, train = 0; u < g->units; u++) {
        double slope = own        ? h4l_lif_unit_slope(k, now->v[u], now->a[u])
                       : k->reset ? k->decay * (1 - now->fires)
                                  : k->decay;
        double da = 0;

        if (has(g->output, u))
            da = own ? ds[train++ * k->window] : dfires * others_above(g, now, u);
        dv[u] = da * h4l_cell_inside(k, now->v[u]) + later[u] * slope;
    }
    arrows_back(k, mix, now, later, dv, dmix);
    constants_back(g, dv, dmix);
}

static void backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *v, const double *s, const double *ds, double *ret_dinput,
                     double *dmix)
{
    const struct h4l_topology *g = &k->topology;
    const int T = k->window;
    double dv[H4L_TOPOLOGY_UNITS] = {0};

    (void)rates;
    (void)s;
    for (int t = T - 1; t >= 0; t--) {
        struct step now;

        for (int u = 0; u < g->units; u++)
            now.v[u] = v[u * T + t];
        test_units(k, &now);
        step_back(k, mix, &now, ds + t, dv, dmix);
        for (int u = 0, p = 0; u < g->units; u++)
            if (has(g->input, u))
                ret_dinput[p++ * T + t] = dv[u];
        for (int u = 0; u < g->units && k->cut; u++)
            dv[u] = 0;
    }
}

static int units(const struct h4l_cell_constants *k)
{
    return k->topology.units;
}

static int inputs(const struct h4l_cell_constants *k)
{
    return __builtin_popcount(k->topology.input);
}

static int trains(const struct h4l_cell_constants *k)
{
    return k->topology.reset == H4L_RESET_OWN ? __builtin_popcount(k->topology.output) : 1;
}

static int arrows(const struct h4l_cell_constants *k, int u)
{
    int first;

    return h4l_topology_into(&k->topology, u, &first);
}

static int mixing(const struct h4l_cell_constants *k)
{
    int n = k->topology.n_edges;

    for (int u = 0; u < k->topology.units; u++)
        n += arrows(k, u) > 0;
    return n;
}

static int check(const struct h4l_cell_constants *k, struct h4l_err *err)
{
    return h4l_topology_check(&k->topology, err);
}

// Those of the LIF units and of the linear map of each unit's arrows, as the published counter has it for s-LIF2HH (15 and 14): a
// unit with n arrows has n - 1 additions, and a constant c0 that does not count.
static struct h4l_operations operations(const struct h4l_cell_constants *k)
{
    const struct h4l_topology *g = &k->topology;

    return (struct h4l_operations){.add = 3 * g->units + 2 * g->n_edges - mixing(k),
                                   .mul = 3 * g->units + g->n_edges};
}

// Not published: the constants of s-LIF2HH, and its topology.
const struct h4l_cell h4l_cell_topology = {
    .name = "topology",
    .label = "LIF topology",
    .description = "LIF units joined by a topology",
    .uses = H4L_CELL_DECAY | H4L_CELL_RESET | H4L_CELL_TOPOLOGY,
    .published = h4l_cell_slif2hh_published,
    .topology = "3+1 output all reset own",
    .units = units,
    .inputs = inputs,
    .trains = trains,
    .mixing = mixing,
    .arrows = arrows,
    .check = check,
    .forward = forward,
    .backward = backward,
    .operations = operations,
};
