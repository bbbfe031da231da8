// Kernels of sub-networks of any topology, 16 samples at a time; compiled once per instruction set. The steps of
// neuron/learning_topology.c: units and arrows are loops over the description, so nothing stays in registers between steps, but
// a window's state fits the first-level cache.
#include "net/kernels_level.h"
#include "net/lanes.h"

enum { UNITS = H4L_TOPOLOGY_UNITS, STEPS = H4L_LEARNING_MAX_WINDOW };

// Sums over samples of the gradient to the mixing weights.
struct mixing {
    lanes sum[H4L_LEARNING_MAX_MIXING];
};

static int is(uint32_t set, int unit)
{
    return (int)(set >> unit & 1);
}

// Whether unit is above threshold; first: before the first step nothing is.
H4L_INLINE masks above(const struct h4l_window *w, int first, lanes v)
{
    masks a = v > w->threshold;

    return a & (first ? 0 : -1);
}

// Whether the sub-network fires by the rule `and`: all output units but `unit` (-1: all) are above threshold.
H4L_INLINE masks fires(const struct h4l_window *w, int first, const lanes *v, int unit)
{
    masks all = (masks){0} == 0;

    for (int u = 0; u < w->topology->units; u++)
        if (u != unit && is(w->topology->output, u))
            all &= above(w, first, v[u]);
    return all;
}

// in: inputs with the drive added, by input unit; before: potentials (first: zeros); after: the potentials of the next step.
H4L_INLINE void units_step(const struct h4l_window *w, int first, const lanes *in,
                           const lanes *before, lanes *after)
{
    const struct h4l_topology *g = w->topology;
    const float *c = w->mixing;
    int joint = g->reset == H4L_RESET_AND;
    masks fired = (masks){0};

    if (joint && w->reset)
        fired = fires(w, first, before, -1);
    for (int u = 0, edge = 0; u < g->units; u++) {
        int first_edge = edge;
        lanes sum = SPLAT(0), kept = before[u] * w->decay;

        for (; edge < g->n_edges && g->edges[edge].to == u; edge++) {
            lanes x = before[g->edges[edge].from];

            if (g->edges[edge].arrow == H4L_ARROW_SPIKE)
                x = WHERE(above(w, first, x), SPLAT(1));
            sum += x * *c++;
        }
        if (edge > first_edge)
            sum += *c++;
        if (is(g->input, u))
            sum += *in++;
        if (w->reset && joint)
            kept = UNLESS(fired, kept);
        else if (w->reset)
            kept = UNLESS(above(w, first, before[u]), kept);
        after[u] = kept + sum;
    }
}

// The trains of a step as masks; their number.
H4L_INLINE int trains_of(const struct h4l_window *w, const lanes *v, masks *ret)
{
    int n = 0;

    if (w->topology->reset == H4L_RESET_AND) {
        ret[0] = fires(w, 0, v, -1);
        return 1;
    }
    for (int u = 0; u < w->topology->units; u++)
        if (is(w->topology->output, u))
            ret[n++] = v[u] > w->threshold;
    return n;
}

// What the arrows pass back from the step after (later) to the step now, and to the mixing weights; dv: of now, added to.
H4L_INLINE void arrows_back(const struct h4l_window *w, const lanes *now, const lanes *later,
                            lanes *dv, struct mixing *dmix)
{
    const struct h4l_topology *g = w->topology;

    for (int edge = 0, at = 0, to = -1; edge < g->n_edges; edge++, at++) {
        int from = g->edges[edge].from, spike = g->edges[edge].arrow == H4L_ARROW_SPIKE;
        lanes x = now[from], d = later[g->edges[edge].to];

        at += to >= 0 && g->edges[edge].to != to; // behind the arrows of a unit stands its constant
        to = g->edges[edge].to;
        if (spike) {
            dmix->sum[at] += WHERE(x > w->threshold, d);
            d = WHERE(ABS(x - w->threshold) < w->half_width, d);
        } else {
            dmix->sum[at] += d * x;
        }
        dv[from] += d * w->mixing[at];
    }
}

H4L_INLINE void constants_back(const struct h4l_topology *g, const lanes *dv, struct mixing *dmix)
{
    for (int edge = 0, at = 0; edge < g->n_edges; edge++, at++) {
        int to = g->edges[edge].to;

        if (edge + 1 == g->n_edges || g->edges[edge + 1].to != to)
            dmix->sum[++at] += dv[to];
    }
}

// now: potentials of step t; ds: gradients to its trains; dv: to the potentials of t + 1 (behind the window: 0), replaced by
// those of t; din: to the inputs.
H4L_INLINE void units_back(const struct h4l_window *w, const lanes *now, const lanes *ds, lanes *dv,
                           lanes *din, struct mixing *dmix)
{
    const struct h4l_topology *g = w->topology;
    int joint = g->reset == H4L_RESET_AND;
    lanes later[UNITS], dfires = *ds;
    masks fired = fires(w, 0, now, -1);

    for (int u = 0; u < g->units; u++) {
        later[u] = dv[u];
        if (joint && w->reset)
            dfires -= now[u] * later[u] * w->decay;
    }
    for (int u = 0; u < g->units; u++) {
        masks inside = ABS(now[u] - w->threshold) < w->half_width;
        lanes slope = SPLAT(1), da = SPLAT(0);

        if (w->reset && joint)
            slope = UNLESS(fired, slope);
        else if (w->reset)
            slope = UNLESS(now[u] > w->threshold, slope) - WHERE(inside, now[u]);
        if (is(g->output, u) && joint)
            da = WHERE(fires(w, 0, now, u), dfires);
        else if (is(g->output, u))
            da = *ds++;
        dv[u] = later[u] * (slope * w->decay) + WHERE(inside, da);
    }
    arrows_back(w, now, later, dv, dmix);
    constants_back(g, dv, dmix);
    for (int u = 0; u < g->units; u++)
        if (is(g->input, u))
            *din++ = dv[u];
}

static void add_mixing(const struct mixing *dmix, size_t n, double *ret)
{
    for (size_t k = 0; k < n; k++)
        for (int i = 0; i < H4L_LANES; i++)
            ret[k] += (double)dmix->sum[k][i];
}

static size_t mixing_begin(const struct h4l_window *w, struct mixing *dmix)
{
    const struct h4l_topology *g = w->topology;
    size_t n = (size_t)g->n_edges;

    for (int edge = 0; edge < g->n_edges; edge++)
        n += edge == 0 || g->edges[edge - 1].to != g->edges[edge].to;
    for (size_t k = 0; k < n; k++)
        dmix->sum[k] = SPLAT(0);
    return n;
}

// Constant inputs, `stride` floats apart, with the drive; their number.
H4L_INLINE size_t load_inputs(const struct h4l_window *w, const float *z, size_t stride, lanes *in)
{
    size_t n = (size_t)__builtin_popcount(w->topology->input);

    for (size_t p = 0; p < n; p++)
        in[p] = LOAD(z + p * stride) + w->drive;
    return n;
}

// The whole window: v[0] is the start, v[t + 1] the potentials after step t.
static void run_window(const struct h4l_window *w, const lanes *in, lanes (*v)[UNITS])
{
    for (int u = 0; u < w->topology->units; u++)
        v[0][u] = SPLAT(0);
    for (int t = 0; t < w->T; t++)
        units_step(w, t == 0, in, v[t], v[t + 1]);
}

// ---- fc ----

void H4L_LEVEL_NAME(h4l_kernel_topology_forward)(const struct h4l_window *w, size_t rows, size_t N,
                                                 const float *z, size_t z_stride, float *r)
{
    const float share = 1.0f / (float)w->T;
    lanes in[UNITS], v[2][UNITS];
    masks count[UNITS], now[UNITS];
    int trains = 0;

    for (size_t row = 0; row < rows; row++, r += (size_t)trains * N)
        for (size_t n = 0; n < N; n += H4L_LANES) {
            load_inputs(w, z + row * N + n, z_stride, in);
            for (int u = 0; u < w->topology->units; u++) {
                v[0][u] = SPLAT(0);
                count[u] = (masks){0};
            }
            for (int t = 0; t < w->T; t++) {
                units_step(w, t == 0, in, v[t % 2], v[(t + 1) % 2]);
                trains = trains_of(w, v[(t + 1) % 2], now);
                for (int k = 0; k < trains; k++)
                    count[k] -= now[k];
            }
            for (int k = 0; k < trains; k++)
                STORE(r + (size_t)k * N + n, TO_FLOAT(count[k]) * share);
        }
}

void H4L_LEVEL_NAME(h4l_kernel_topology_backward)(const struct h4l_window *w, size_t rows, size_t N,
                                                  const float *z, size_t z_stride, const float *dr,
                                                  float *dz, double *ret_dmix)
{
    const struct h4l_topology *g = w->topology;
    const float share = 1.0f / (float)w->T;
    const size_t trains = g->reset == H4L_RESET_AND ? 1 : (size_t)__builtin_popcount(g->output);
    lanes v[STEPS + 1][UNITS], in[UNITS], ds[UNITS], dv[UNITS], din[UNITS], sum[UNITS];
    struct mixing dmix;
    size_t n_mix = mixing_begin(w, &dmix);

    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += H4L_LANES) {
            size_t inputs = load_inputs(w, z + row * N + n, z_stride, in);

            run_window(w, in, v);
            for (size_t k = 0; k < trains; k++)
                ds[k] = LOAD(dr + (row * trains + k) * N + n) * share;
            for (int u = 0; u < g->units; u++)
                dv[u] = sum[u] = SPLAT(0);
            for (int t = w->T - 1; t >= 0; t--) {
                units_back(w, v[t + 1], ds, dv, din, &dmix);
                for (size_t p = 0; p < inputs; p++)
                    sum[p] += din[p];
            }
            for (size_t p = 0; p < inputs; p++)
                STORE(dz + p * z_stride + row * N + n, sum[p]);
        }
    add_mixing(&dmix, n_mix, ret_dmix);
}

// ---- conv, layer 1 ----

void H4L_LEVEL_NAME(h4l_kernel_topology_cells)(const struct h4l_window *w, size_t H, size_t side,
                                               const float *z, uint8_t *counts)
{
    const size_t half = side / 2, plane = side * side, cells = half * half;
    lanes in[UNITS], v[STEPS + 1][UNITS];
    masks now[UNITS];

    for (size_t c = 0; c < H; c++)
        for (size_t cell = 0; cell < cells; cell++) {
            masks count[STEPS] = {0};

            for (size_t i = 0; i < 4; i++) {
                size_t pixel = 2 * (cell / half) * side + 2 * (cell % half) + i / 2 * side + i % 2;

                load_inputs(w, z + (c * plane + pixel) * H4L_LANES, H * plane * H4L_LANES, in);
                run_window(w, in, v);
                for (int t = 0; t < w->T; t++)
                    for (int k = trains_of(w, v[t + 1], now); k-- > 0;)
                        count[t] -= now[k];
            }
            for (int t = 0; t < w->T; t++)
                *(bytes16 *)(counts + (((size_t)t * H + c) * cells + cell) * H4L_LANES) =
                    __builtin_convertvector(count[t], bytes16);
        }
}

void H4L_LEVEL_NAME(h4l_kernel_topology_cells_back)(const struct h4l_window *w, size_t H,
                                                    size_t side, const float *z,
                                                    const float *dcounts, float *dz,
                                                    double *ret_dmix)
{
    const struct h4l_topology *g = w->topology;
    const size_t half = side / 2, plane = side * side, cells = half * half;
    lanes v[STEPS + 1][UNITS], in[UNITS], ds[UNITS], dv[UNITS], din[UNITS], sum[UNITS];
    struct mixing dmix;
    size_t n_mix = mixing_begin(w, &dmix);

    for (size_t c = 0; c < H; c++)
        for (size_t pixel = 0; pixel < plane; pixel++) {
            size_t cell = pixel / side / 2 * half + pixel % side / 2;
            size_t at = (c * plane + pixel) * H4L_LANES, stride = H * plane * H4L_LANES;
            size_t inputs = load_inputs(w, z + at, stride, in);

            run_window(w, in, v);
            for (int u = 0; u < g->units; u++)
                dv[u] = sum[u] = SPLAT(0);
            for (int t = w->T - 1; t >= 0; t--) {
                lanes d = LOAD(dcounts + (((size_t)t * H + c) * cells + cell) * H4L_LANES);

                for (int u = 0; u < g->units; u++)
                    ds[u] = d;
                units_back(w, v[t + 1], ds, dv, din, &dmix);
                for (size_t p = 0; p < inputs; p++)
                    sum[p] += din[p];
            }
            for (size_t p = 0; p < inputs; p++)
                STORE(dz + p * stride + at, sum[p]);
        }
    add_mixing(&dmix, n_mix, ret_dmix);
}

// ---- conv, layer 2 ----

void H4L_LEVEL_NAME(h4l_kernel_topology_step)(const struct h4l_window *w, int t, size_t H,
                                              size_t side, const float *z, const float *before,
                                              float *after, float *sum)
{
    const size_t plane = side * side, units = (size_t)w->topology->units;
    lanes in[UNITS], old[UNITS], v[UNITS];
    masks now[UNITS];

    for (size_t i = 0; i < H * plane; i++) {
        int trains;

        load_inputs(w, z + i * H4L_LANES, H * plane * H4L_LANES, in);
        for (size_t u = 0; u < units; u++)
            old[u] = SPLAT(0);
        for (size_t u = 0; u < units && t > 0; u++)
            old[u] = LOAD(before + (i * units + u) * H4L_LANES);
        units_step(w, t == 0, in, old, v);
        trains = trains_of(w, v, now);
        for (size_t u = 0; u < units; u++)
            STORE(after + (i * units + u) * H4L_LANES, v[u]);
        for (int k = 0; k < trains; k++, sum += H4L_LANES)
            STORE(sum, LOAD(sum) + WHERE(now[k], SPLAT(1)));
    }
}

void H4L_LEVEL_NAME(h4l_kernel_topology_step_back)(const struct h4l_window *w, int t, size_t H,
                                                   size_t side, const float *before,
                                                   const float *after, const float *ds, float *dv,
                                                   float *dz, double *ret_dmix)
{
    const struct h4l_topology *g = w->topology;
    const size_t half = side / 2, framed = (side + 2) * (side + 2), units = (size_t)g->units;
    const size_t inputs = (size_t)__builtin_popcount(g->input);
    const size_t trains = g->reset == H4L_RESET_AND ? 1 : (size_t)__builtin_popcount(g->output);
    lanes v[UNITS], own[UNITS], carry[UNITS], din[UNITS];
    struct mixing dmix;
    size_t n_mix = mixing_begin(w, &dmix);

    (void)t;
    (void)before; // the mixing weights' gradient takes the sources' potentials from its own step
    for (size_t i = 0; i < H * side * side; i++) {
        size_t c = i / (side * side), y = i / side % side, x = i % side;
        size_t from = ((c * half + y / 2) * half + x / 2) * trains * H4L_LANES;

        for (size_t u = 0; u < units; u++) {
            v[u] = LOAD(after + (i * units + u) * H4L_LANES);
            carry[u] = LOAD(dv + (i * units + u) * H4L_LANES);
        }
        for (size_t k = 0; k < trains; k++)
            own[k] = LOAD(ds + from + k * H4L_LANES);
        units_back(w, v, own, carry, din, &dmix);
        for (size_t u = 0; u < units; u++)
            STORE(dv + (i * units + u) * H4L_LANES, carry[u]);
        for (size_t p = 0; p < inputs; p++)
            STORE(dz + ((p * H + c) * framed + (y + 1) * (side + 2) + x + 1) * H4L_LANES, din[p]);
    }
    add_mixing(&dmix, n_mix, ret_dmix);
}
