// One source, compiled with the flags of each instruction level (src/sim/meson.build); KERNEL is the function's name. The
// operations and their order are those of h4l_subnet_step, and nothing is contracted, so all levels give the same bits.
#include "sim/subnet_kernel.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

// The lanes are taken in groups of one native vector each: wider ones would be lowered to scalar code.
#if defined __AVX512F__
enum { WIDTH = 8 };
#elif defined __AVX2__
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif
typedef double reals __attribute__((vector_size(8 * WIDTH)));
typedef long long masks __attribute__((vector_size(8 * WIDTH))); // 0 or -1 per lane

struct work {
    reals u[H4L_TOPOLOGY_UNITS], before[H4L_TOPOLOGY_UNITS];
    reals free_at[H4L_TOPOLOGY_UNITS]; // first step in which the unit is no longer held
    masks above[H4L_TOPOLOGY_UNITS], above_old[H4L_TOPOLOGY_UNITS];
    double rate[H4L_TOPOLOGY_UNITS]; // dt gain
};

static inline void set_where(reals *to, const masks *where, double value)
{
    masks new_bits = (masks)((reals){0} + value);

    *to = (reals)((*where & new_bits) | (~*where & (masks)*to));
}

// True if any lane is set.
static inline bool any(const masks *m)
{
#if defined __AVX512F__
    return _mm512_test_epi64_mask((__m512i)*m, (__m512i)*m) != 0;
#elif defined __AVX2__
    return !_mm256_testz_si256((__m256i)*m, (__m256i)*m);
#else
    return ((*m)[0] | (*m)[1]) != 0;
#endif
}

static inline void advance(const struct h4l_subnet *net, struct work *w, int i, double step,
                           const reals *x, int *edge)
{
    const struct h4l_topology *t = &net->topology;
    const struct h4l_unit *unit = &net->unit[i];
    reals u = w->u[i], I = {0}, moved;
    masks held;

    if (t->input >> i & 1)
        I = unit->input * *x;
    for (; *edge < t->n_edges && t->edges[*edge].to == i; ++*edge) {
        double weight = net->weight[*edge];
        int j = t->edges[*edge].from;

        if (t->edges[*edge].arrow == H4L_ARROW_MEMBRANE)
            I += weight * (j < i ? w->before[j] : w->u[j]);
        else // weight * 1 or weight * 0, as the plain version has it: -0.0 included
            I +=
                (reals)((j < i ? w->above[j] : w->above_old[j]) & (masks)((reals){0} + 1)) * weight;
    }
    held = step < w->free_at[i];
    moved = u + w->rate[i] * (unit->leak * (unit->rest - u) + I);
    w->before[i] = (reals)((held & (masks)u) | (~held & (masks)moved));
    w->above[i] = (moved > unit->threshold) & ~held;
}

static void record(const masks *fired, double t, size_t capacity, double *ret_t, size_t *ret_n)
{
    for (int lane = 0; lane < WIDTH; lane++) {
        if (!(*fired)[lane])
            continue;
        if (ret_n[lane] < capacity)
            ret_t[(size_t)lane * capacity + ret_n[lane]] = t;
        ret_n[lane]++;
    }
}

static void reset(const struct h4l_subnet *net, const double *hold, struct work *w, double step,
                  const masks *fired)
{
    for (int i = 0; i < net->topology.units; i++) {
        const masks *where = net->topology.reset == H4L_RESET_AND ? fired : &w->above[i];

        set_where(&w->u[i], where, net->unit[i].reset);
        set_where(&w->free_at[i], where, step + 1 + hold[i]);
    }
}

// One group of lanes; x, ret_t and ret_n begin at its first lane.
static void run_group(const struct h4l_subnet *net, const double *hold, const double *x,
                      size_t steps, double start_ms, size_t capacity, double *ret_t, size_t *ret_n)
{
    const struct h4l_topology *t = &net->topology;
    bool joint = t->reset == H4L_RESET_AND;
    struct work w;

    for (int i = 0; i < t->units; i++) {
        w.u[i] = (reals){0} + net->unit[i].rest;
        w.free_at[i] = (reals){0};
        w.above[i] = w.above_old[i] = (masks){0};
        w.rate[i] = net->dt * net->unit[i].gain;
    }
    for (int lane = 0; lane < WIDTH; lane++)
        ret_n[lane] = 0;
    for (size_t s = 0; s < steps; s++) {
        const reals *in = __builtin_assume_aligned(x + s * H4L_SUBNET_LANES, sizeof(reals));
        masks fired = (masks){0} - (long long)joint, some = {0};
        int edge = 0;

        for (int i = 0; i < t->units; i++) {
            advance(net, &w, i, (double)s, in, &edge);
            some |= w.above[i];
            if (t->output >> i & 1)
                fired = joint ? fired & w.above[i] : fired | w.above[i];
        }
        for (int i = 0; i < t->units; i++) {
            w.u[i] = w.before[i];
            w.above_old[i] = w.above[i];
        }
        if (any(joint ? &fired : &some)) {
            record(&fired, start_ms + (double)s * net->dt, capacity, ret_t, ret_n);
            reset(net, hold, &w, (double)s, &fired);
        }
    }
}

H4L_SUBNET_KERNEL(KERNEL)
{
    for (int lane = 0; lane < H4L_SUBNET_LANES; lane += WIDTH)
        run_group(net, hold, x + lane, steps, start_ms, capacity, ret_t + (size_t)lane * capacity,
                  ret_n + lane);
}
