// One source, compiled with the flags of each instruction level (src/sim/meson.build). Nothing is contracted, so all levels give the
// same bits.
#define H4L_REGISTER_LANES

#include "sim/subnet_kernel.h"

#include <math.h>
#include <string.h>

#include "base/lanes.h"

enum { WIDTH = H4L_SUBNET_LANES, UNITS = H4L_TOPOLOGY_UNITS };
// The lanes l to l + LANES - 1 at a time.
#define EACH_VECTOR for (int l = 0; l < WIDTH; l += LANES)

typedef double values[WIDTH] __attribute__((aligned(64)));

H4L_INLINE void add(double *to, lanes x)
{
    STORE(to, LOAD(to) + x);
}

// Of a row of 0 and 1: where it is 1.
H4L_INLINE lane_mask is_one(const double *ones)
{
    return lanes_less(SPLAT(0), LOAD(ones));
}

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
    EACH_VECTOR
    {
        lanes d = LOAD(before + l) - threshold, so_far = LOAD(margin + l);
        lane_mask passes = joint ? lanes_less(d, so_far) : lanes_less(so_far, d);

        STORE(margin + l, lanes_select(passes, d, so_far));
    }
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
        EACH_VECTOR STORE(ret + l, SPLAT(net->unit[j].rest));
        return;
    }
    unpack(net->topology.reset == H4L_RESET_AND ? fires[k - 1] : tape->above[at], was_reset);
    EACH_VECTOR STORE(
        ret + l, lanes_select(is_one(was_reset + l), SPLAT(net->unit[j].reset), LOAD(before + l)));
}

// From the potentials after the resets to those before them, and the margin's part.
static void through_reset(const struct h4l_subnet *net, const struct h4l_subnet_tape *tape,
                          const uint16_t *fires, size_t k, const double *d_margin, struct sweep *w)
{
    const struct h4l_topology *t = &net->topology;
    bool joint = t->reset == H4L_RESET_AND;
    values best, was_reset;

    EACH_VECTOR STORE(best + l, SPLAT(joint ? HUGE_VAL : -HUGE_VAL));
    for (int i = 0; i < t->units; i++) {
        size_t at = k * (size_t)t->units + (size_t)i;
        const double *before = tape->before + at * WIDTH;

        unpack(joint ? fires[k] : tape->above[at], was_reset);
        EACH_VECTOR
        {
            lane_mask reset = is_one(was_reset + l);
            lanes d_u = LOAD(&w->d_u[i][l]);

            add(&w->reset[i][l], lanes_select(reset, d_u, SPLAT(0)));
            STORE(&w->d_before[i][l], lanes_select(reset, SPLAT(0), d_u));
        }
        if (t->output >> i & 1)
            keep_margin(before, net->unit[i].threshold, joint, best);
    }
    for (int i = t->units - 1; i >= 0; i--) {
        const double *before = tape->before + (k * (size_t)t->units + (size_t)i) * WIDTH;

        if (!(t->output >> i & 1))
            continue;
        EACH_VECTOR
        {
            lanes above = LOAD(before + l) - net->unit[i].threshold;
            lanes d = WHERE(above == LOAD(best + l), LOAD(d_margin + l));

            add(&w->d_before[i][l], d);
            add(&w->threshold[i][l], -d);
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
    EACH_VECTOR
    {
        lane_mask is_held = is_one(held + l);
        lanes all = LOAD(&w->d_before[i][l]), part = lanes_select(is_held, SPLAT(0), all * rate);

        STORE(d + l, part);
        add(&w->d_u_earlier[i][l], lanes_select(is_held, all, all - part * unit->leak));
        add(&w->leak[i][l], part * (unit->rest - LOAD(u + l)));
        add(&w->rest[i][l], part * unit->leak);
    }
    if (t->input >> i & 1)
        EACH_VECTOR add(&w->input[i][l], LOAD(d + l) * LOAD(x + l));
    for (int e = first; e < first + n; e++) {
        int j = t->edges[e].from;
        double weight = net->weight[e];
        values from;

        if (t->edges[e].arrow == H4L_ARROW_SPIKE) {
            if (j < i || k > 0)
                unpack(tape->above[(j < i ? row : row - (size_t)t->units) + (size_t)j], from);
            else
                memset(from, 0, sizeof from);
        } else if (j < i) {
            memcpy(from, tape->before + (row + (size_t)j) * WIDTH, sizeof from);
            EACH_VECTOR add(&w->d_before[j][l], LOAD(d + l) * weight);
        } else {
            at_start(net, tape, fires, k, j, from);
            EACH_VECTOR add(&w->d_u_earlier[j][l], LOAD(d + l) * weight);
        }
        EACH_VECTOR add(d_weight + e * WIDTH + l, LOAD(d + l) * LOAD(from + l));
    }
}

static double sum(const double *x)
{
    double s = 0;

    for (int l = 0; l < WIDTH; l++)
        s += x[l];
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
