// One source, compiled with the flags of each instruction level. Loops over the lanes are
// written for the compiler to turn into vectors.
#define H4L_REGISTER_LANES

#include "sim/subnet_kernel.h"

#include <math.h>
#include <string.h>

#include "base/lanes.h"

enum { WIDTH = H4L_SUBNET_LANES, UNITS = H4L_TOPOLOGY_UNITS };
// The lanes are independent of each other; without the pragma the compiler would have to fear that the arrays overlap.
#define EACH_LANE for (int l = 0; l < WIDTH; l++)
#define FOR_LANES _Pragma("omp simd") EACH_LANE

typedef double values[WIDTH] __attribute__((aligned(64)));

// A bit per lane as 0 or 1. Most steps have none.
static void unpack(uint16_t bits, double *ret)
{
    memset(ret, 0, sizeof(values));
    for (int l = 0; bits >> l; l += LANES)
        STORE(ret + l, lanes_ones((unsigned)bits >> l));
}

// The least (joint) or largest margin of the output units so far.
static void keep_margin(const double *before, double threshold, bool joint, double *margin)
{
    if (joint)
        FOR_LANES margin[l] = before[l] - threshold < margin[l] ? before[l] - threshold : margin[l];
    else
        FOR_LANES margin[l] = before[l] - threshold > margin[l] ? before[l] - threshold : margin[l];
}

// Derivatives with respect to u before the step, u after the step (before the reset), and the sums per constant.
struct sweep {
    values d_u[UNITS], d_u_earlier[UNITS], d_before[UNITS];
    values leak[UNITS], input[UNITS], threshold[UNITS], rest[UNITS], reset[UNITS];
};

// Potential of unit j at the start of step k.
static void at_start(const struct h4l_subnet *net, const struct h4l_subnet_tape *tape,
                     const uint16_t *fires, size_t k, int j, double *ret)
{
    size_t units = (size_t)net->topology.units, at = (k - 1) * units + (size_t)j;
    const double *before = tape->before + at * WIDTH;
    values was_reset;

    if (k == 0) {
        FOR_LANES ret[l] = net->unit[j].rest;
        return;
    }
    unpack(net->topology.reset == H4L_RESET_AND ? fires[k - 1] : tape->above[at], was_reset);
    FOR_LANES ret[l] = was_reset[l] != 0 ? net->unit[j].reset : before[l];
}

// From the potentials after the resets to those before them, and the margin's part.
static void through_reset(const struct h4l_subnet *net, const struct h4l_subnet_tape *tape,
                          const uint16_t *fires, size_t k, const double *d_margin, struct sweep *w)
{
    const struct h4l_topology *t = &net->topology;
    bool joint = t->reset == H4L_RESET_AND;
    values best, was_reset;

    FOR_LANES best[l] = joint ? HUGE_VAL : -HUGE_VAL;
    for (int i = 0; i < t->units; i++) {
        size_t at = k * (size_t)t->units + (size_t)i;
        const double *before = tape->before + at * WIDTH;

        unpack(joint ? fires[k] : tape->above[at], was_reset);
        FOR_LANES
        {
            w->reset[i][l] += was_reset[l] != 0 ? w->d_u[i][l] : 0;
            w->d_before[i][l] = was_reset[l] != 0 ? 0 : w->d_u[i][l];
        }
        if (t->output >> i & 1)
            keep_margin(before, net->unit[i].threshold, joint, best);
    }
    for (int i = t->units - 1; i >= 0; i--) {
        const double *before = tape->before + (k * (size_t)t->units + (size_t)i) * WIDTH;

        if (!(t->output >> i & 1))
            continue;
        FOR_LANES
        {
            double d = before[l] - net->unit[i].threshold == best[l] ? d_margin[l] : 0;

            w->d_before[i][l] += d;
            w->threshold[i][l] -= d;
        }
    }
}

// From unit i's potential after the step to what it was made of.
static void through_step(const struct h4l_subnet *net, const struct h4l_subnet_tape *tape,
                         const double *x, const uint16_t *fires, size_t k, int i, int first, int n,
                         struct sweep *w, double *d_weight)
{
    const struct h4l_topology *t = &net->topology;
    const struct h4l_unit *unit = &net->unit[i];
    double rate = net->dt * unit->gain;
    size_t row = k * (size_t)t->units;
    values held, u, d;

    unpack(tape->held[row + (size_t)i], held);
    at_start(net, tape, fires, k, i, u);
    FOR_LANES
    {
        double all = w->d_before[i][l];

        d[l] = held[l] != 0 ? 0 : all * rate;
        w->d_u_earlier[i][l] += held[l] != 0 ? all : all - d[l] * unit->leak;
        w->leak[i][l] += d[l] * (unit->rest - u[l]);
        w->rest[i][l] += d[l] * unit->leak;
    }
    if (t->input >> i & 1)
        FOR_LANES w->input[i][l] += d[l] * x[l];
    for (int e = first; e < first + n; e++) {
        int j = t->edges[e].from;
        double weight = net->weight[e];
        values from;

        if (t->edges[e].arrow == H4L_ARROW_SPIKE) {
            if (j < i || k > 0)
                unpack(tape->above[(j < i ? row : row - (size_t)t->units) + (size_t)j], from);
            else
                FOR_LANES from[l] = 0;
        } else if (j < i) {
            memcpy(from, tape->before + (row + (size_t)j) * WIDTH, sizeof from);
            FOR_LANES w->d_before[j][l] += d[l] * weight;
        } else {
            at_start(net, tape, fires, k, j, from);
            FOR_LANES w->d_u_earlier[j][l] += d[l] * weight;
        }
        FOR_LANES d_weight[e * WIDTH + l] += d[l] * from[l];
    }
}

static double sum(const double *x)
{
    double s = 0;

    EACH_LANE s += x[l];
    return s;
}

void H4L_AT_LEVEL(h4l_subnet_backward)(const struct h4l_subnet *net, const double *x,
                                       const uint16_t *fires, const struct h4l_subnet_tape *tape,
                                       const double *margin_gradient,
                                       struct h4l_subnet_gradient *gradient)
{
    const struct h4l_topology *t = &net->topology;
    double d_weight[H4L_TOPOLOGY_EDGES * WIDTH] __attribute__((aligned(64)));
    int first[UNITS], n[UNITS];
    struct sweep w;

    memset(&w, 0, sizeof w);
    memset(d_weight, 0, (size_t)t->n_edges * sizeof(values));
    for (int i = 0; i < t->units; i++)
        n[i] = h4l_topology_into(t, i, &first[i]);
    for (size_t k = tape->steps; k-- > 0;) {
        through_reset(net, tape, fires, k, margin_gradient + k * WIDTH, &w);
        memset(w.d_u_earlier, 0, (size_t)t->units * sizeof(values));
        for (int i = t->units - 1; i >= 0; i--)
            through_step(net, tape, x + k * WIDTH, fires, k, i, first[i], n[i], &w, d_weight);
        memcpy(w.d_u, w.d_u_earlier, (size_t)t->units * sizeof(values));
    }
    for (int i = 0; i < t->units; i++) {
        gradient->leak[i] += sum(w.leak[i]);
        gradient->input[i] += sum(w.input[i]);
        gradient->threshold[i] += sum(w.threshold[i]);
        gradient->rest[i] += sum(w.rest[i]) + sum(w.d_u[i]); // potentials start at rest
        gradient->reset[i] += sum(w.reset[i]);
    }
    for (int e = 0; e < t->n_edges; e++)
        gradient->weight[e] += sum(d_weight + e * WIDTH);
}
