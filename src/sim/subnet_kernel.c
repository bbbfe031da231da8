// One source, compiled with the flags of each instruction level (src/sim/meson.build). The
// operations and their order are those of h4l_subnet_step, and nothing is contracted, so all levels give the same bits.
#define H4L_REGISTER_LANES

#include "sim/subnet_kernel.h"

#include <math.h>
#include <string.h>

#include "base/lanes.h"

// The lanes are taken in groups of two vectors: with one at a time the chain from unit to unit leaves the arithmetic units idle.
enum { PAIR = 2, GROUP = PAIR * LANES };
// The loops of the two kinds of run are made from the same functions, with `imposed` known to the compiler.
#define FOR_PAIR for (int v = 0; v < PAIR; v++)

struct unit_state {
    lanes u[PAIR], before[PAIR];
    lanes free_at[PAIR]; // first step in which the unit is no longer held
    masks above[PAIR], above_old[PAIR], held[PAIR];
};

struct work {
    struct unit_state unit[H4L_TOPOLOGY_UNITS];
    double rate[H4L_TOPOLOGY_UNITS]; // dt gain
};

H4L_INLINE void set_where(lanes *to, masks where, double value)
{
    masks new_bits = (masks)((lanes){0} + value);

    *to = (lanes)((where & new_bits) | (~where & (masks)*to));
}

// Adds the arrows into unit i to its current; *edge is the first of them and moves behind the last.
H4L_INLINE void add_arrows(const struct h4l_subnet *net, const struct work *w, int i, int *edge,
                           lanes I[PAIR])
{
    const struct h4l_topology *t = &net->topology;

    for (; *edge < t->n_edges && t->edges[*edge].to == i; ++*edge) {
        double weight = net->weight[*edge];
        int j = t->edges[*edge].from;
        const struct unit_state *from = &w->unit[j];

        if (t->edges[*edge].arrow == H4L_ARROW_MEMBRANE)
            FOR_PAIR I[v] += weight * (j < i ? from->before[v] : from->u[v]);
        else // weight * 1 or weight * 0, as the plain version has it: -0.0 included
            FOR_PAIR I[v] +=
                (lanes)((j < i ? from->above[v] : from->above_old[v]) & (masks)((lanes){0} + 1)) *
                weight;
    }
}

H4L_INLINE void advance(const struct h4l_subnet *net, struct work *w, int i, double now,
                        const lanes *x, int *edge)
{
    const struct h4l_unit *unit = &net->unit[i];
    struct unit_state *s = &w->unit[i];
    lanes I[PAIR] = {{0}};

    if (net->topology.input >> i & 1)
        FOR_PAIR I[v] = unit->input * x[v];
    add_arrows(net, w, i, edge, I);
    FOR_PAIR
    {
        lanes u = s->u[v], moved = u + w->rate[i] * (unit->leak * (unit->rest - u) + I[v]);
        masks held = now < s->free_at[v];

        s->before[v] = (lanes)((held & (masks)u) | (~held & (masks)moved));
        s->above[v] = (moved > unit->threshold) & ~held;
        s->held[v] = held;
    }
}

static void record(const masks *fired, double t, size_t capacity, double *ret_t, size_t *ret_n)
{
    for (int lane = 0; lane < GROUP; lane++) {
        if (!fired[lane / LANES][lane % LANES])
            continue;
        if (ret_n[lane] < capacity)
            ret_t[(size_t)lane * capacity + ret_n[lane]] = t;
        ret_n[lane]++;
    }
}

static void reset(const struct h4l_subnet *net, const double *hold, struct work *w, double now,
                  const masks *fired)
{
    for (int i = 0; i < net->topology.units; i++)
        FOR_PAIR
        {
            struct unit_state *s = &w->unit[i];
            masks where = net->topology.reset == H4L_RESET_AND ? fired[v] : s->above[v];

            set_where(&s->u[v], where, net->unit[i].reset);
            set_where(&s->free_at[v], where, now + 1 + hold[i]);
        }
}

static void start(const struct h4l_subnet *net, struct work *w)
{
    for (int i = 0; i < net->topology.units; i++) {
        w->rate[i] = net->dt * net->unit[i].gain;
        FOR_PAIR
        {
            w->unit[i].u[v] = (lanes){0} + net->unit[i].rest;
            w->unit[i].free_at[v] = (lanes){0};
            w->unit[i].above[v] = w->unit[i].above_old[v] = (masks){0};
        }
    }
}

// Whether the units' potentials make the sub-network fire, and by how much.
struct decision {
    masks fired[PAIR];
    masks some; // some lane needs a reset
    lanes margin[PAIR];
};

H4L_INLINE void decide(const struct h4l_subnet *net, struct work *w, int i, bool imposed,
                       const masks *impose, struct decision *d)
{
    bool joint = net->topology.reset == H4L_RESET_AND, output = net->topology.output >> i & 1;
    struct unit_state *s = &w->unit[i];

    if (imposed && output)
        FOR_PAIR
        {
            lanes margin = s->before[v] - net->unit[i].threshold;
            masks better = joint ? margin < d->margin[v] : margin > d->margin[v];

            d->margin[v] = (lanes)((better & (masks)margin) | (~better & (masks)d->margin[v]));
            if (!joint)
                s->above[v] = impose[v];
        }
    if (output)
        FOR_PAIR d->fired[v] = joint ? d->fired[v] & s->above[v] : d->fired[v] | s->above[v];
    if (!joint)
        FOR_PAIR d->some |= s->above[v];
}

// One bit per lane of the group.
H4L_INLINE unsigned bits(const masks *m)
{
    return lanes_bits_of(m[0]) | lanes_bits_of(m[1]) << LANES;
}

// What the backward sweep needs of step k.
H4L_INLINE void keep(struct h4l_subnet_tape *tape, const struct work *w, size_t k, int units,
                     int lane)
{
    for (int i = 0; i < units; i++) {
        size_t at = k * (size_t)units + (size_t)i;
        unsigned above = bits(w->unit[i].above), held = bits(w->unit[i].held);

        memcpy(tape->before + at * H4L_SUBNET_LANES + lane, w->unit[i].before,
               sizeof w->unit[i].before);
        tape->above[at] = (uint16_t)((lane ? tape->above[at] : 0u) | above << lane);
        tape->held[at] = (uint16_t)((lane ? tape->held[at] : 0u) | held << lane);
    }
}

H4L_INLINE void step(const struct h4l_subnet_job *job, struct work *w, size_t k, int lane,
                     bool imposed)
{
    const struct h4l_subnet *net = job->net;
    const lanes *in = __builtin_assume_aligned(job->x + k * H4L_SUBNET_LANES + lane, sizeof(lanes));
    bool joint = net->topology.reset == H4L_RESET_AND;
    masks impose[PAIR] = {{0}};
    struct decision d;
    int edge = 0;

    if (imposed && job->fires[k] >> lane)
        for (int l = 0; l < GROUP; l++)
            impose[l / LANES][l % LANES] = -(job->fires[k] >> (lane + l) & 1);
    d.some = (masks){0};
    FOR_PAIR
    {
        d.fired[v] = (masks){0} - (int64_t)joint;
        d.margin[v] = (lanes){0} + (joint ? HUGE_VAL : -HUGE_VAL);
    }
    for (int i = 0; i < net->topology.units; i++) {
        advance(net, w, i, (double)k, in, &edge);
        decide(net, w, i, imposed, impose, &d);
    }
    if (joint)
        FOR_PAIR
        {
            d.fired[v] = imposed ? impose[v] : d.fired[v];
            d.some |= d.fired[v];
        }
    for (int i = 0; i < net->topology.units; i++)
        FOR_PAIR
        {
            w->unit[i].u[v] = w->unit[i].before[v];
            w->unit[i].above_old[v] = w->unit[i].above[v];
        }
    if (imposed)
        memcpy(job->ret_margin + k * H4L_SUBNET_LANES + lane, d.margin, sizeof d.margin);
    if (imposed && job->tape)
        keep(job->tape, w, k, net->topology.units, lane);
    if (!lanes_any(d.some))
        return;
    if (!imposed)
        record(d.fired, job->start_ms + (double)k * net->dt, job->capacity,
               job->ret_t + (size_t)lane * job->capacity, job->ret_n + lane);
    reset(net, job->hold, w, (double)k, d.fired);
}

void H4L_AT_LEVEL(h4l_subnet_lanes)(const struct h4l_subnet_job *job)
{
    for (int lane = 0; lane < H4L_SUBNET_LANES; lane += GROUP) {
        struct work w;

        start(job->net, &w);
        if (job->fires) {
            for (size_t k = 0; k < job->steps; k++)
                step(job, &w, k, lane, true);
            continue;
        }
        memset(job->ret_n + lane, 0, GROUP * sizeof *job->ret_n);
        for (size_t k = 0; k < job->steps; k++)
            step(job, &w, k, lane, false);
    }
}
