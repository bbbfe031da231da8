// The driver of windows (cell/window.h) for one cell in one type at one instruction level: meson compiles this file for each of
// them, with the cell's vector file as H4L_CELL_LANES. The functions of its tables begin with a copy of the constants: what they
// write cannot change it, so that it stays in registers.
#include "cell/window.h"

#include H4L_CELL_LANES

enum { STEPS = H4L_CELL_MAX_WINDOW };

// Sums over samples of the gradient to the mixing weights.
struct mixing {
    lanes sum[MIXING + 1];
};

// Numbers that are known when this is compiled, but for the cells that vary.
H4L_INLINE size_t n_states(const window *w)
{
    return VARIES ? (size_t)w->states : STATES;
}

H4L_INLINE size_t n_inputs(const window *w)
{
    return VARIES ? (size_t)w->inputs : INPUTS;
}

H4L_INLINE size_t n_trains(const window *w)
{
    return VARIES ? (size_t)w->trains : TRAINS;
}

H4L_INLINE size_t n_mixing(const window *w)
{
    return VARIES ? (size_t)w->mixing : MIXING;
}

H4L_INLINE void clear(size_t n, lanes *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = SPLAT(0);
}

H4L_INLINE void clear_masks(size_t n, masks *s)
{
    for (size_t i = 0; i < n; i++)
        s[i] = (masks){0};
}

// A sum over lanes has as many parts as a row has bytes at every width of a register, so that it is the same at every level.
enum { PARTS = H4L_CELL_ROW_BYTES / H4L_LANE_BYTES };

H4L_INLINE void clear_mixing(const window *w, size_t parts, struct mixing *dmix)
{
    for (size_t part = 0; part < parts; part++)
        clear(n_mixing(w), dmix[part].sum);
}

H4L_INLINE void add_mixing(const window *w, size_t parts, const struct mixing *dmix, double *ret)
{
    for (size_t k = 0; k < n_mixing(w); k++)
        for (size_t part = 0; part < parts; part++)
            for (int i = 0; i < LANES; i++)
                ret[k] += (double)dmix[part].sum[k][i];
}

#if H4L_FUSED

// Samples that lie beside each other: one register, or several that go one after the other.
enum { SAMPLES = H4L_CELL_SAMPLES };

// Inputs with the drive, `stride` numbers apart.
H4L_INLINE void load_inputs(const window *w, const REAL *z, size_t stride, lanes *in)
{
    for (size_t p = 0; p < n_inputs(w); p++)
        in[p] = LOAD(z + p * stride) + w->drive;
}

// The factors of step t of a neuron that is the same in all lanes; behind the window the tables are 1.
H4L_INLINE void load_factors(const window *w, int t, size_t column, struct factors *f)
{
    f->t = t;
    f->decay = FACTOR(w->decay);
    f->gain = FACTOR(w->gain);
    for (int k = 0; k < TABLES; k++)
        f->table[k] = FACTOR(
            t < w->T ? w->tables[(size_t)(k * w->T + t) * w->columns + column % w->columns] : 1);
}

// One step: the states x and trains s of step t from those of t - 1.
H4L_INLINE void advance(const window *w, int t, size_t column, const lanes *in, lanes *x, masks *s)
{
    struct factors f;

    load_factors(w, t, column, &f);
    step(w, &f, in, x, s);
    fire(w, x, s);
}

// The whole window with constant inputs: x[0] is the start, x[t + 1] the states after step t.
H4L_INLINE void run(const window *w, size_t column, const lanes *in, lanes (*x)[STATES])
{
    lanes now[STATES];
    masks s[TRAINS];

    clear(n_states(w), now);
    clear(n_states(w), x[0]);
    clear_masks(n_trains(w), s);
    for (int t = 0; t < w->T; t++) {
        advance(w, t, column, in, now, s);
        for (size_t u = 0; u < n_states(w); u++)
            x[t + 1][u] = now[u];
    }
}

// Step t backwards: x[t], x[t + 1] as from run.
H4L_INLINE void retreat(const window *w, int t, size_t column, lanes (*x)[STATES], const lanes *ds,
                        lanes *dx, lanes *sum, struct mixing *dmix)
{
    struct factors f;
    lanes din[INPUTS];

    load_factors(w, t + 1, column, &f);
    step_back(w, &f, x[t + 1], x[t], ds, dx, din, dmix->sum);
    for (size_t p = 0; p < n_inputs(w); p++)
        sum[p] += din[p];
}

// ---- fc: one row is one neuron, the whole window runs in registers ----

static void forward(const window *given, size_t column, size_t rows, size_t N, const REAL *z,
                    size_t z_stride, REAL *r)
{
    const window own = *given, *w = &own;
    const REAL share = 1 / (REAL)w->T;

    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += LANES) {
            lanes in[INPUTS], x[STATES];
            masks s[TRAINS], count[TRAINS];

            clear(n_states(w), x);
            clear_masks(n_trains(w), s);
            clear_masks(n_trains(w), count);
            load_inputs(w, z + row * N + n, z_stride, in);
            for (int t = 0; t < w->T; t++) {
                advance(w, t, column + row, in, x, s);
                for (size_t u = 0; u < n_trains(w); u++)
                    count[u] -= s[u];
            }
            for (size_t u = 0; u < n_trains(w); u++)
                STORE(r + (row * n_trains(w) + u) * N + n, TO_REAL(count[u]) * share);
        }
}

static void backward(const window *given, size_t column, size_t rows, size_t N, const REAL *z,
                     size_t z_stride, const REAL *dr, REAL *dz, double *ret_dmix)
{
    const window own = *given, *w = &own;
    const REAL share = 1 / (REAL)w->T;
    lanes x[STEPS + 1][STATES];
    struct mixing dmix[PARTS];

    clear_mixing(w, PARTS, dmix);
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += LANES) {
            lanes in[INPUTS], ds[TRAINS], dx[STATES], sum[INPUTS];

            load_inputs(w, z + row * N + n, z_stride, in);
            run(w, column + row, in, x);
            for (size_t u = 0; u < n_trains(w); u++)
                ds[u] = LOAD(dr + (row * n_trains(w) + u) * N + n) * share;
            clear(n_states(w), dx);
            clear(n_inputs(w), sum);
            for (int t = w->T - 1; t >= 0; t--) {
                retreat(w, t, column + row, x, ds, dx, sum, dmix + n / LANES % PARTS);
                if (w->cut)
                    clear(n_states(w), dx);
            }
            for (size_t p = 0; p < n_inputs(w); p++)
                STORE(dz + p * z_stride + row * N + n, sum[p]);
        }
    add_mixing(w, PARTS, dmix, ret_dmix);
}

// ---- fc, each step with an input of its own ----

static void forward_pieces(const window *given, size_t column, size_t rows, size_t N, const REAL *z,
                           size_t z_stride, size_t step_stride, REAL *r)
{
    const window own = *given, *w = &own;
    const REAL share = 1 / (REAL)w->T;

    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += LANES) {
            lanes in[INPUTS], x[STATES];
            masks s[TRAINS], count[TRAINS];

            clear(n_states(w), x);
            clear_masks(n_trains(w), s);
            clear_masks(n_trains(w), count);
            for (int t = 0; t < w->T; t++) {
                load_inputs(w, z + (size_t)t * step_stride + row * N + n, z_stride, in);
                advance(w, t, column + row, in, x, s);
                for (size_t u = 0; u < n_trains(w); u++)
                    count[u] -= s[u];
            }
            for (size_t u = 0; u < n_trains(w); u++)
                STORE(r + (row * n_trains(w) + u) * N + n, TO_REAL(count[u]) * share);
        }
}

static void backward_pieces(const window *given, size_t column, size_t rows, size_t N,
                            const REAL *z, size_t z_stride, size_t step_stride, const REAL *dr,
                            REAL *dz, double *ret_dmix)
{
    const window own = *given, *w = &own;
    const REAL share = 1 / (REAL)w->T;
    lanes x[STEPS + 1][STATES];
    struct mixing dmix[PARTS];

    clear_mixing(w, PARTS, dmix);
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += LANES) {
            lanes in[INPUTS], now[STATES], ds[TRAINS], dx[STATES];
            masks s[TRAINS];

            clear(n_states(w), now);
            clear(n_states(w), x[0]);
            clear(n_states(w), dx);
            clear_masks(n_trains(w), s);
            for (int t = 0; t < w->T; t++) {
                load_inputs(w, z + (size_t)t * step_stride + row * N + n, z_stride, in);
                advance(w, t, column + row, in, now, s);
                for (size_t u = 0; u < n_states(w); u++)
                    x[t + 1][u] = now[u];
            }
            for (size_t u = 0; u < n_trains(w); u++)
                ds[u] = LOAD(dr + (row * n_trains(w) + u) * N + n) * share;
            for (int t = w->T - 1; t >= 0; t--) {
                lanes din[INPUTS];

                clear(n_inputs(w), din);
                retreat(w, t, column + row, x, ds, dx, din, dmix + n / LANES % PARTS);
                if (w->cut)
                    clear(n_states(w), dx);
                for (size_t p = 0; p < n_inputs(w); p++)
                    STORE(dz + (size_t)t * step_stride + p * z_stride + row * N + n, din[p]);
            }
        }
    add_mixing(w, PARTS, dmix, ret_dmix);
}

// ---- conv, layer 1: a place of 2 x 2 pixels at a time, as their spikes are pooled ----

static void maps_forward(const window *given, size_t H, size_t side, const REAL *z, uint8_t *counts)
{
    const window own = *given, *w = &own;
    const size_t half = side / 2, plane = side * side, places = half * half;

    for (size_t c = 0; c < H; c++)
        for (size_t place = 0; place < places; place++)
            for (size_t part = 0; part < SAMPLES; part += LANES) {
                size_t column = 2 * (place % half), at = 2 * (place / half) * side + column;
                lanes in[4][INPUTS], x[4][STATES];
                masks s[4][TRAINS];

                for (size_t i = 0; i < 4; i++) {
                    clear(n_states(w), x[i]);
                    clear_masks(n_trains(w), s[i]);
                    load_inputs(w, z + (c * plane + at + i / 2 * side + i % 2) * SAMPLES + part,
                                H * plane * SAMPLES, in[i]);
                }
                for (int t = 0; t < w->T; t++) {
                    masks count = {0};

                    for (size_t i = 0; i < 4; i++) {
                        advance(w, t, column + i % 2, in[i], x[i], s[i]);
                        for (size_t u = 0; u < n_trains(w); u++)
                            count -= s[i][u];
                    }
                    *(lane_bytes *)(counts + (((size_t)t * H + c) * places + place) * SAMPLES +
                                    part) = __builtin_convertvector(count, lane_bytes);
                }
            }
}

// The neuron at z, dcounts of step 0 of its place.
H4L_INLINE void pixel_backward(const window *w, size_t column, const REAL *z, size_t z_stride,
                               const REAL *dcounts, size_t stride, REAL *dz, lanes (*x)[STATES],
                               struct mixing *dmix)
{
    lanes in[INPUTS], ds[TRAINS], dx[STATES], sum[INPUTS];

    load_inputs(w, z, z_stride, in);
    run(w, column, in, x);
    clear(n_states(w), dx);
    clear(n_inputs(w), sum);
    for (int t = w->T - 1; t >= 0; t--) {
        for (size_t u = 0; u < n_trains(w); u++)
            ds[u] = LOAD(dcounts + (size_t)t * stride);
        retreat(w, t, column, x, ds, dx, sum, dmix);
    }
    for (size_t p = 0; p < n_inputs(w); p++)
        STORE(dz + p * z_stride, sum[p]);
}

static void maps_backward(const window *given, size_t H, size_t side, const REAL *z,
                          const REAL *dcounts, REAL *dz, double *ret_dmix)
{
    const window own = *given, *w = &own;
    const size_t half = side / 2, plane = side * side, places = half * half;
    lanes x[STEPS + 1][STATES];
    struct mixing dmix[PARTS];

    clear_mixing(w, PARTS, dmix);
    for (size_t c = 0; c < H; c++)
        for (size_t pixel = 0; pixel < plane; pixel++) {
            size_t column = pixel % side, place = pixel / side / 2 * half + column / 2;
            size_t at = (c * plane + pixel) * SAMPLES, from = (c * places + place) * SAMPLES;

            for (size_t i = 0; i < SAMPLES; i += LANES)
                pixel_backward(w, column, z + at + i, H * plane * SAMPLES, dcounts + from + i,
                               H * places * SAMPLES, dz + at + i, x, dmix + i / LANES);
        }
    add_mixing(w, PARTS, dmix, ret_dmix);
}

// ---- conv, layer 2: its input changes from step to step, so the states are kept ----

// The states at `from`, or zeros before the first step.
H4L_INLINE void load_states(const window *w, int t, const REAL *from, lanes *x)
{
    clear(n_states(w), x);
    for (size_t u = 0; u < n_states(w) && t > 0; u++)
        x[u] = LOAD(from + u * SAMPLES);
}

H4L_INLINE void neuron_step(const window *w, int t, size_t column, const REAL *z, size_t z_stride,
                            const REAL *before, REAL *after, REAL *sum)
{
    lanes in[INPUTS], x[STATES];
    masks s[TRAINS];

    load_inputs(w, z, z_stride, in);
    load_states(w, t, before, x);
    clear_masks(n_trains(w), s);
    if (t > 0)
        fire(w, x, s);
    advance(w, t, column, in, x, s);
    for (size_t u = 0; u < n_states(w); u++)
        STORE(after + u * SAMPLES, x[u]);
    for (size_t u = 0; u < n_trains(w); u++)
        STORE(sum + u * SAMPLES, LOAD(sum + u * SAMPLES) + WHERE(s[u], SPLAT(1)));
}

static void one_step(const window *given, int t, size_t H, size_t side, const REAL *z,
                     const REAL *before, REAL *after, REAL *sum)
{
    const window own = *given, *w = &own;
    const size_t plane = side * side;

    for (size_t n = 0; n < H * plane; n++)
        for (size_t i = 0; i < SAMPLES; i += LANES) {
            size_t state = n * n_states(w) * SAMPLES + i;

            neuron_step(w, t, n % side, z + n * SAMPLES + i, H * plane * SAMPLES, before + state,
                        after + state, sum + n * n_trains(w) * SAMPLES + i);
        }
}

H4L_INLINE void neuron_step_back(const window *w, int t, size_t column, const REAL *before,
                                 const REAL *after, const REAL *ds, REAL *dx, REAL *dz,
                                 size_t dz_stride, struct mixing *dmix)
{
    lanes now[STATES], old[STATES], back[TRAINS], carry[STATES], din[INPUTS];
    struct factors f;

    load_states(w, 1, after, now);
    load_states(w, t, before, old);
    load_states(w, 1, dx, carry);
    for (size_t u = 0; u < n_trains(w); u++)
        back[u] = LOAD(ds + u * SAMPLES);
    load_factors(w, t + 1, column, &f);
    step_back(w, &f, now, old, back, carry, din, dmix->sum);
    for (size_t u = 0; u < n_states(w); u++)
        STORE(dx + u * SAMPLES, carry[u]);
    for (size_t p = 0; p < n_inputs(w); p++)
        STORE(dz + p * dz_stride, din[p]);
}

// Without a copy: with it gcc fuses other products, and the last bits of the recorded s-LIF2HH networks move.
static void one_step_back(const window *w, int t, size_t H, size_t side, const REAL *before,
                          const REAL *after, const REAL *ds, REAL *dx, REAL *dz, double *ret_dmix)
{
    const size_t half = side / 2, row = side + 2, framed = row * row;
    struct mixing dmix[PARTS];

    clear_mixing(w, PARTS, dmix);
    for (size_t c = 0; c < H; c++)
        for (size_t y = 0; y < side; y++)
            for (size_t x = 0; x < side; x++)
                for (size_t i = 0; i < SAMPLES; i += LANES) {
                    size_t at = ((c * side + y) * side + x) * n_states(w) * SAMPLES + i;
                    size_t from = ((c * half + y / 2) * half + x / 2) * n_trains(w) * SAMPLES + i;
                    size_t to = (c * framed + (y + 1) * row + x + 1) * SAMPLES + i;

                    neuron_step_back(w, t, x, before + at, after + at, ds + from, dx + at, dz + to,
                                     H * framed * SAMPLES, dmix + i / LANES);
                }
    add_mixing(w, PARTS, dmix, ret_dmix);
}

const struct NAME(h4l_windows) H4L_AT_LEVEL(NAME(H4L_JOIN(h4l_windows, H4L_CELL))) = {
    .forward = forward,
    .backward = backward,
    .forward_pieces = forward_pieces,
    .backward_pieces = backward_pieces,
    .maps_forward = maps_forward,
    .maps_backward = maps_backward,
    .step = one_step,
    .step_back = one_step_back,
};

#else

// ---- policies: neighbouring neurons in a vector, an input that changes with the observation ----
//
// A block of neurons runs through its whole window in registers, and the way back computes the states again instead of reading
// them from memory. What scales the input does so once per observation, so that to a step the gain is 1. each: the neurons
// have decays and gains of their own. Where a cell has no memory, one step stands for all repetitions of an observation.

typedef struct NAME(h4l_policy_layer) layer;

// Inputs of one observation, times their gain.
H4L_INLINE void load_observation(bool each, const layer *l, const REAL *input, int h, lanes *in)
{
    for (size_t p = 0; p < n_inputs(&l->w); p++) {
        in[p] = LOAD(input + p * l->projection) + l->w.drive;
        if (each)
            in[p] *= LOAD(l->gains + h);
    }
}

// The factors of step t of neurons h, h + 1, ...; behind the window the tables are 1.
H4L_INLINE void load_factors(bool each, const layer *l, int t, int h, struct factors *f)
{
    f->t = t;
    f->gain = FACTOR(1);
    f->decay = FACTOR(l->w.decay);
    if (each)
        f->decay = LOAD(l->decays + h);
    for (int k = 0; k < TABLES; k++) {
        f->table[k] = FACTOR(1);
        if (t < l->w.T)
            f->table[k] = LOAD(l->w.tables + (size_t)(k * l->w.T + t) * l->w.columns + h);
    }
}

H4L_INLINE void advance(bool each, const layer *l, int t, int h, const lanes *in, lanes *x,
                        masks *s)
{
    struct factors f;

    load_factors(each, l, t, h, &f);
    step(&l->w, &f, in, x, s);
    fire(&l->w, x, s);
}

// The trains of each neuron beside each other in memory, as the heads' weights want them; and apart again.
H4L_INLINE void store_trains(size_t trains, const lanes *x, REAL *to)
{
    if (trains == 1) {
        STORE(to, x[0]);
    } else if (trains == 4) {
        lanes low = LOWS(x[0], x[2]), high = HIGHS(x[0], x[2]);
        lanes low1 = LOWS(x[1], x[3]), high1 = HIGHS(x[1], x[3]);

        STORE(to, LOWS(low, low1));
        STORE(to + LANES, HIGHS(low, low1));
        STORE(to + 2 * LANES, LOWS(high, high1));
        STORE(to + 3 * LANES, HIGHS(high, high1));
    } else {
        for (size_t u = 0; u < trains; u++)
            for (size_t i = 0; i < LANES; i++)
                to[i * trains + u] = x[u][i];
    }
}

H4L_INLINE void load_trains(size_t trains, const REAL *from, lanes *ret)
{
    if (trains == 1) {
        ret[0] = LOAD(from);
    } else if (trains == 4) {
        lanes x0 = LOAD(from), x1 = LOAD(from + LANES), x2 = LOAD(from + 2 * LANES),
              x3 = LOAD(from + 3 * LANES);
        lanes even = EVENS(x0, x1), even2 = EVENS(x2, x3), odd = ODDS(x0, x1), odd2 = ODDS(x2, x3);

        ret[0] = EVENS(even, even2);
        ret[1] = EVENS(odd, odd2);
        ret[2] = ODDS(even, even2);
        ret[3] = ODDS(odd, odd2);
    } else {
        for (size_t u = 0; u < trains; u++)
            for (size_t i = 0; i < LANES; i++)
                ret[u][i] = from[i * trains + u];
    }
}

H4L_INLINE void forward_of(bool each, bool graded, const layer *l, int n, const REAL *input,
                           REAL *z)
{
    const int repeats = MEMORYLESS ? 1 : l->repeat;
    const size_t row = (size_t)l->row, W = (size_t)l->observations, R = n_trains(&l->w);
    const REAL share = 1 / (REAL)(l->observations * l->repeat);
    const REAL times = MEMORYLESS ? (REAL)l->repeat : 1;

    for (int h = 0; h < l->row; h += LANES)
        for (size_t i = 0; i < (size_t)n; i++) {
            lanes in[INPUTS], x[STATES], level[TRAINS];
            masks s[TRAINS], count[TRAINS];

            clear(n_states(&l->w), x);
            clear(R, level);
            clear_masks(R, s);
            clear_masks(R, count);
            for (int o = 0; o < l->observations; o++) {
                load_observation(each, l, input + (i * W + (size_t)o) * row + h, h, in);
                for (int t = o * repeats; t < (o + 1) * repeats; t++) {
                    advance(each, l, t, h, in, x, s);
                    for (size_t u = 0; u < R; u++) {
                        count[u] -= s[u];
                        if (graded)
                            level[u] += x[u] * times;
                    }
                }
            }
            for (size_t u = 0; u < R; u++) {
                if (!graded)
                    level[u] = TO_REAL(count[u]) * times;
                level[u] *= share;
            }
            store_trains(R, level, z + (i * row + (size_t)h) * R);
        }
}

// States of one sample's window: x[0] is the start, x[t + 1] those after step t.
H4L_INLINE void replay(bool each, const layer *l, int repeats, const REAL *input, int h,
                       lanes (*x)[STATES])
{
    lanes in[INPUTS], now[STATES];
    masks s[TRAINS];

    clear(n_states(&l->w), now);
    clear(n_states(&l->w), x[0]);
    clear_masks(n_trains(&l->w), s);
    for (int o = 0; o < l->observations; o++) {
        load_observation(each, l, input + (size_t)o * (size_t)l->row, h, in);
        for (int t = o * repeats; t < (o + 1) * repeats; t++) {
            advance(each, l, t, h, in, now, s);
            for (size_t u = 0; u < n_states(&l->w); u++)
                x[t + 1][u] = now[u];
        }
    }
}

// One sample of neurons h, h + 1, ... backwards; dinput at the first observation.
H4L_INLINE void sample_back(bool each, const layer *l, const REAL *input, const lanes *ds, int h,
                            REAL *dinput, struct mixing *dmix)
{
    const int repeats = MEMORYLESS ? 1 : l->repeat;
    lanes x[STEPS + 1][STATES], dx[STATES];

    replay(each, l, repeats, input, h, x);
    clear(n_states(&l->w), dx);
    for (int o = l->observations - 1; o >= 0; o--) {
        lanes sum[INPUTS];

        clear(n_inputs(&l->w), sum);
        for (int t = (o + 1) * repeats - 1; t >= o * repeats; t--) {
            struct factors f;
            lanes din[INPUTS];

            load_factors(each, l, t + 1, h, &f);
            step_back(&l->w, &f, x[t + 1], x[t], ds, dx, din, dmix->sum);
            for (size_t p = 0; p < n_inputs(&l->w); p++)
                sum[p] += din[p];
        }
        for (size_t p = 0; p < n_inputs(&l->w); p++) {
            if (each)
                sum[p] *= LOAD(l->gains + h);
            STORE(dinput + p * l->projection + (size_t)o * (size_t)l->row, sum[p]);
        }
    }
}

H4L_INLINE void backward_of(bool each, const layer *l, int n, const REAL *input, const REAL *dz,
                            REAL *dinput, double *ret_dmix)
{
    const size_t row = (size_t)l->row, R = n_trains(&l->w);
    const REAL share = 1 / (REAL)(l->observations * l->repeat);

    for (int h = 0; h < l->row; h += LANES) {
        struct mixing dmix;

        clear_mixing(&l->w, 1, &dmix);
        for (size_t i = 0; i < (size_t)n; i++) {
            size_t at = i * (size_t)l->observations * row + (size_t)h;
            lanes ds[TRAINS];

            load_trains(R, dz + (i * row + (size_t)h) * R, ds);
            for (size_t u = 0; u < R; u++) {
                ds[u] *= share;
                if (MEMORYLESS)
                    ds[u] *= (REAL)l->repeat;
            }
            sample_back(each, l, input + at, ds, h, dinput + at, &dmix);
        }
        add_mixing(&l->w, 1, &dmix, ret_dmix);
    }
}

static void forward(const layer *given, int n, const REAL *input, REAL *z)
{
    const layer own = *given, *l = &own;

    if (l->graded && MEMORYLESS)
        forward_of(false, true, l, n, input, z);
    else if (l->gains)
        forward_of(true, false, l, n, input, z);
    else
        forward_of(false, false, l, n, input, z);
}

static void backward(const layer *given, int n, const REAL *input, const REAL *dz, REAL *dinput,
                     double *dmix)
{
    const layer own = *given, *l = &own;

    if (l->gains)
        backward_of(true, l, n, input, dz, dinput, dmix);
    else
        backward_of(false, l, n, input, dz, dinput, dmix);
}

// ---- a layer of which every step is kept ----

static void unroll(const window *given, size_t n, const REAL *input, size_t stride, REAL *x,
                   REAL *s)
{
    const layer own = {.w = *given, .projection = n}, *l = &own;
    const size_t S = n_states(&l->w), R = n_trains(&l->w);

    for (size_t i = 0; i < n; i += LANES) {
        lanes in[INPUTS], now[STATES];
        masks fired[TRAINS];

        clear(S, now);
        clear_masks(R, fired);
        for (int t = 0; t < l->w.T; t++) {
            load_observation(false, l, input + (size_t)t * stride + i, 0, in);
            advance(false, l, t, 0, in, now, fired);
            for (size_t u = 0; u < S; u++)
                STORE(x + ((size_t)t * S + u) * n + i, now[u]);
            for (size_t u = 0; u < R; u++)
                STORE(s + ((size_t)t * R + u) * n + i, WHERE(fired[u], SPLAT(1)));
        }
    }
}

// The states at `from`, n apart, or zeros before the first step.
H4L_INLINE void load_kept(const window *w, int t, const REAL *from, size_t n, lanes *x)
{
    clear(n_states(w), x);
    for (size_t u = 0; u < n_states(w) && t >= 0; u++)
        x[u] = LOAD(from + ((size_t)t * n_states(w) + u) * n);
}

static void unroll_back(const window *given, size_t n, const REAL *ds, size_t stride, const REAL *x,
                        REAL *dinput, double *ret_dmix)
{
    const layer own = {.w = *given}, *l = &own;
    const size_t R = n_trains(&l->w), P = n_inputs(&l->w);
    struct mixing dmix[PARTS];

    clear_mixing(&l->w, PARTS, dmix);
    for (size_t i = 0; i < n; i += LANES) {
        const size_t part = i / LANES % PARTS;
        lanes dx[STATES];

        clear(n_states(&l->w), dx);
        for (int t = l->w.T - 1; t >= 0; t--) {
            lanes now[STATES], before[STATES], from[TRAINS], din[INPUTS];
            struct factors f;

            load_kept(&l->w, t, x + i, n, now);
            load_kept(&l->w, t - 1, x + i, n, before);
            for (size_t u = 0; u < R; u++)
                from[u] = LOAD(ds + (size_t)t * stride + u * n + i);
            load_factors(false, l, t + 1, 0, &f);
            step_back(&l->w, &f, now, before, from, dx, din, dmix[part].sum);
            for (size_t p = 0; p < P; p++)
                STORE(dinput + ((size_t)t * P + p) * n + i, din[p]);
        }
    }
    add_mixing(&l->w, PARTS, dmix, ret_dmix);
}

const struct NAME(h4l_policy_windows) H4L_AT_LEVEL(NAME(H4L_JOIN(h4l_policy_windows, H4L_CELL))) = {
    .forward = forward, .backward = backward, .unroll = unroll, .unroll_back = unroll_back};

#endif
