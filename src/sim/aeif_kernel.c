// One source, compiled with the flags of each instruction level (src/sim/meson.build). Nothing is contracted, so all levels give the same
// bits.
#define H4L_REGISTER_LANES

#include "sim/aeif_kernel.h"

#include <string.h>

#include "base/lanes.h"

// Two vectors at a time: the exponential is a long chain that would leave the arithmetic units idle.
enum { PAIR = 2, GROUP = PAIR * LANES };
#define FOR_PAIR for (int v = 0; v < PAIR; v++)

struct work {
    lanes V[PAIR], w[PAIR], free_at[PAIR];
};

// One part of a step: a mask of the lanes that cross the cut.
H4L_INLINE void advance(const struct h4l_adaptive *p, double h, struct work *s, const lanes *I,
                        double now, masks *ret_above)
{
    const double per_D = 1 / p->D, per_C = h / p->C, per_tau = h / p->tau_w,
                 upstroke = p->gL * p->D;
    lanes up[PAIR];

    FOR_PAIR up[v] = (s->V[v] - p->VT) * per_D;
    FOR_PAIR lanes_exp(&up[v]);
    FOR_PAIR
    {
        lanes V = s->V[v], w = s->w[v];
        masks held = now < s->free_at[v];

        s->V[v] = V + UNLESS(held, per_C * (upstroke * up[v] - p->gL * (V - p->EL) - w + I[v]));
        s->w[v] = w + per_tau * (p->a * (V - p->EL) - w);
        ret_above[v] = s->V[v] > p->cut;
    }
}

static void spike(const struct h4l_aeif_job *job, struct work *s, int first, double k,
                  const masks *above)
{
    const struct h4l_aeif *m = job->aeif;

    for (int lane = 0; lane < GROUP; lane++) {
        int v = lane / LANES, l = lane % LANES;
        size_t at = (size_t)(first + lane);

        if (!above[v][l])
            continue;
        if (job->ret_n[at] < job->capacity)
            job->ret_t[at * job->capacity + job->ret_n[at]] = k * (m->dt / H4L_AEIF_PARTS);
        job->ret_n[at]++;
        s->V[v][l] = m->adaptive.reset;
        s->w[v][l] = s->w[v][l] * m->keep + m->adaptive.b;
        s->free_at[v][l] = k + 1 + job->hold;
    }
}

void H4L_AT_LEVEL(h4l_aeif_lanes)(const struct h4l_aeif_job *job)
{
    const struct h4l_aeif *m = job->aeif;

    memset(job->ret_n, 0, H4L_SUBNET_LANES * sizeof *job->ret_n);
    for (int first = 0; first < H4L_SUBNET_LANES; first += GROUP) {
        struct work s;

        FOR_PAIR
        {
            s.V[v] = SPLAT(m->adaptive.EL);
            s.w[v] = s.free_at[v] = SPLAT(0);
        }
        for (size_t k = 0; k < job->steps * H4L_AEIF_PARTS; k++) {
            const double *x = job->x + k / H4L_AEIF_PARTS * H4L_SUBNET_LANES + first;
            const lanes I[PAIR] = {LOAD(x), LOAD(x + LANES)};
            masks above[PAIR];

            advance(&m->adaptive, m->dt / H4L_AEIF_PARTS, &s, I, (double)k, above);
            if (lanes_any(above[0] | above[1]))
                spike(job, &s, first, (double)k, above);
        }
    }
}
