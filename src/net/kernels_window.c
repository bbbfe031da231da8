// Kernels of the neurons' windows; compiled once per instruction set.
#include "net/kernels_level.h"
#include "net/kernels_neuron.h"

// ---- fc: one row is one neuron, the whole window runs in registers ----

H4L_INLINE void fc_forward(int kind, const struct h4l_window *w, size_t column, size_t rows,
                           size_t N, const float *z, size_t z_stride, float *r)
{
    const float share = 1.0f / (float)w->T;

    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += H4L_LANES) {
            lanes in[MAX_P], v[MAX_U] = {0};
            masks s[MAX_U] = {0}, count[MAX_U] = {0};

            for (int p = 0; p < INPUTS(kind); p++)
                in[p] = LOAD(z + (size_t)p * z_stride + row * N + n) + w->drive;
            for (int t = 0; t < w->T; t++) {
                neuron_step(kind, w, table(w->a, w, t, column + row),
                            table(w->b, w, t, column + row), in, v, s);
                for (int u = 0; u < UNITS(kind); u++)
                    count[u] -= s[u];
            }
            for (int u = 0; u < UNITS(kind); u++)
                STORE(r + (row * UNITS(kind) + (size_t)u) * N + n, TO_FLOAT(count[u]) * share);
        }
}

H4L_INLINE void fc_backward(int kind, const struct h4l_window *w, size_t column, size_t rows,
                            size_t N, const float *z, size_t z_stride, const float *dr, float *dz,
                            double *ret_dmix)
{
    const float share = 1.0f / (float)w->T;
    lanes v[H4L_LEARNING_MAX_WINDOW + 1][MAX_U], dmix[4] = {0};

    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < N; n += H4L_LANES) {
            lanes in[MAX_P], now[MAX_U] = {0}, ds[MAX_U], dv[MAX_U] = {0}, din[MAX_P];
            lanes sum[MAX_P] = {0};
            masks s[MAX_U] = {0};

            for (int p = 0; p < INPUTS(kind); p++)
                in[p] = LOAD(z + (size_t)p * z_stride + row * N + n) + w->drive;
            for (int u = 0; u < UNITS(kind); u++) {
                v[0][u] = SPLAT(0);
                ds[u] = LOAD(dr + (row * UNITS(kind) + (size_t)u) * N + n) * share;
            }
            for (int t = 0; t < w->T; t++) {
                neuron_step(kind, w, table(w->a, w, t, column + row),
                            table(w->b, w, t, column + row), in, now, s);
                for (int u = 0; u < UNITS(kind); u++)
                    v[t + 1][u] = now[u];
            }
            for (int t = w->T - 1; t >= 0; t--) {
                neuron_back(kind, w, t == 0, next_factor(w, t, column + row), v[t + 1], v[t], ds,
                            dv, din, dmix);
                for (int p = 0; p < INPUTS(kind); p++)
                    sum[p] += din[p];
            }
            for (int p = 0; p < INPUTS(kind); p++)
                STORE(dz + (size_t)p * z_stride + row * N + n, sum[p]);
        }
    if (kind == H4L_LEARNING_SLIF)
        add_mix(dmix, ret_dmix);
}

static void forward(const struct h4l_window *w, size_t column, size_t rows, size_t N,
                    const float *z, size_t z_stride, float *r)
{
#define CALL(kind) fc_forward(kind, w, column, rows, N, z, z_stride, r)
    FOR_KIND(w->kind, CALL, H4L_LEVEL_NAME(h4l_kernel_topology_forward)(w, rows, N, z, z_stride, r))
#undef CALL
}

static void backward(const struct h4l_window *w, size_t column, size_t rows, size_t N,
                     const float *z, size_t z_stride, const float *dr, float *dz, double *dmix){
#define CALL(kind) fc_backward(kind, w, column, rows, N, z, z_stride, dr, dz, dmix)
    FOR_KIND(w->kind, CALL,
             H4L_LEVEL_NAME(h4l_kernel_topology_backward)(w, rows, N, z, z_stride, dr, dz, dmix))
#undef CALL
}

// ---- conv, layer 1: a cell of 2 x 2 pixels at a time, as their spikes are pooled ----

H4L_INLINE void cells_forward(int kind, const struct h4l_window *w, size_t H, size_t side,
                              const float *z, uint8_t *counts)
{
    const size_t half = side / 2, plane = side * side, cells = half * half;

    for (size_t c = 0; c < H; c++)
        for (size_t cell = 0; cell < cells; cell++) {
            size_t x = 2 * (cell % half), at = 2 * (cell / half) * side + x;
            lanes in[4][MAX_P], v[4][MAX_U] = {0};
            masks s[4][MAX_U] = {0};

            for (size_t i = 0; i < 4; i++)
                for (size_t p = 0; p < INPUTS(kind); p++)
                    in[i][p] =
                        LOAD(z + ((p * H + c) * plane + at + i / 2 * side + i % 2) * H4L_LANES) +
                        w->drive;
            for (int t = 0; t < w->T; t++) {
                masks count = {0};

                for (size_t i = 0; i < 4; i++) {
                    neuron_step(kind, w, table(w->a, w, t, x + i % 2), table(w->b, w, t, x + i % 2),
                                in[i], v[i], s[i]);
                    for (int u = 0; u < UNITS(kind); u++)
                        count -= s[i][u];
                }
                *(bytes16 *)(counts + (((size_t)t * H + c) * cells + cell) * H4L_LANES) =
                    __builtin_convertvector(count, bytes16);
            }
        }
}

H4L_INLINE void cells_backward(int kind, const struct h4l_window *w, size_t H, size_t side,
                               const float *z, const float *dcounts, float *dz, double *ret_dmix)
{
    const size_t half = side / 2, plane = side * side, cells = half * half;
    lanes v[H4L_LEARNING_MAX_WINDOW + 1][MAX_U], dmix[4] = {0};

    for (size_t c = 0; c < H; c++)
        for (size_t pixel = 0; pixel < plane; pixel++) {
            size_t x = pixel % side, cell = pixel / side / 2 * half + x / 2;
            lanes in[MAX_P], now[MAX_U] = {0}, dv[MAX_U] = {0}, sum[MAX_P] = {0}, din[MAX_P];
            masks s[MAX_U] = {0};

            for (size_t p = 0; p < INPUTS(kind); p++)
                in[p] = LOAD(z + ((p * H + c) * plane + pixel) * H4L_LANES) + w->drive;
            for (int u = 0; u < UNITS(kind); u++)
                v[0][u] = SPLAT(0);
            for (int t = 0; t < w->T; t++) {
                neuron_step(kind, w, table(w->a, w, t, x), table(w->b, w, t, x), in, now, s);
                for (int u = 0; u < UNITS(kind); u++)
                    v[t + 1][u] = now[u];
            }
            for (int t = w->T - 1; t >= 0; t--) {
                lanes ds[MAX_U];

                for (int u = 0; u < UNITS(kind); u++)
                    ds[u] = LOAD(dcounts + (((size_t)t * H + c) * cells + cell) * H4L_LANES);
                neuron_back(kind, w, t == 0, next_factor(w, t, x), v[t + 1], v[t], ds, dv, din,
                            dmix);
                for (int p = 0; p < INPUTS(kind); p++)
                    sum[p] += din[p];
            }
            for (size_t p = 0; p < INPUTS(kind); p++)
                STORE(dz + ((p * H + c) * plane + pixel) * H4L_LANES, sum[p]);
        }
    if (kind == H4L_LEARNING_SLIF)
        add_mix(dmix, ret_dmix);
}

static void conv_forward(const struct h4l_window *w, size_t H, size_t side, const float *z,
                         uint8_t *counts)
{
#define CALL(kind) cells_forward(kind, w, H, side, z, counts)
    FOR_KIND(w->kind, CALL, H4L_LEVEL_NAME(h4l_kernel_topology_cells)(w, H, side, z, counts))
#undef CALL
}

static void conv_backward(const struct h4l_window *w, size_t H, size_t side, const float *z,
                          const float *dcounts, float *dz, double *dmix){
#define CALL(kind) cells_backward(kind, w, H, side, z, dcounts, dz, dmix)
    FOR_KIND(w->kind, CALL,
             H4L_LEVEL_NAME(h4l_kernel_topology_cells_back)(w, H, side, z, dcounts, dz, dmix))
#undef CALL
}

// ---- conv, layer 2: its input changes from step to step, so the potentials are kept ----

H4L_INLINE void layer_step(int kind, const struct h4l_window *w, int t, size_t H, size_t side,
                           const float *z, const float *before, float *after, float *sum)
{
    const size_t plane = side * side;

    for (size_t i = 0; i < H * plane; i++) {
        lanes in[MAX_P], v[MAX_U];
        masks s[MAX_U];
        size_t at = i * UNITS(kind) * H4L_LANES;

        for (size_t p = 0; p < INPUTS(kind); p++)
            in[p] = LOAD(z + (p * H * plane + i) * H4L_LANES) + w->drive;
        for (size_t u = 0; u < UNITS(kind); u++) {
            v[u] = SPLAT(0);
            s[u] = (masks){0};
            if (t > 0) {
                v[u] = LOAD(before + at + u * H4L_LANES);
                s[u] = v[u] > w->threshold;
            }
        }
        neuron_step(kind, w, table(w->a, w, t, i % side), table(w->b, w, t, i % side), in, v, s);
        for (size_t u = 0; u < UNITS(kind); u++) {
            STORE(after + at + u * H4L_LANES, v[u]);
            STORE(sum + at + u * H4L_LANES, LOAD(sum + at + u * H4L_LANES) + WHERE(s[u], SPLAT(1)));
        }
    }
}

H4L_INLINE void layer_step_back(int kind, const struct h4l_window *w, int t, size_t H, size_t side,
                                const float *before, const float *after, const float *ds, float *dv,
                                float *dz, double *ret_dmix)
{
    const size_t half = side / 2, framed = (side + 2) * (side + 2);
    lanes dmix[4] = {0};

    for (size_t c = 0; c < H; c++)
        for (size_t y = 0; y < side; y++)
            for (size_t x = 0; x < side; x++) {
                size_t at = ((c * side + y) * side + x) * UNITS(kind) * H4L_LANES;
                size_t from = ((c * half + y / 2) * half + x / 2) * UNITS(kind) * H4L_LANES;
                lanes v[MAX_U], old[MAX_U], own[MAX_U], carry[MAX_U], din[MAX_P];

                for (size_t u = 0; u < UNITS(kind); u++) {
                    v[u] = LOAD(after + at + u * H4L_LANES);
                    old[u] = SPLAT(0);
                    if (t > 0)
                        old[u] = LOAD(before + at + u * H4L_LANES);
                    own[u] = LOAD(ds + from + u * H4L_LANES);
                    carry[u] = LOAD(dv + at + u * H4L_LANES);
                }
                neuron_back(kind, w, t == 0, next_factor(w, t, x), v, old, own, carry, din, dmix);
                for (size_t u = 0; u < UNITS(kind); u++)
                    STORE(dv + at + u * H4L_LANES, carry[u]);
                for (size_t p = 0; p < INPUTS(kind); p++)
                    STORE(dz + ((p * H + c) * framed + (y + 1) * (side + 2) + x + 1) * H4L_LANES,
                          din[p]);
            }
    if (kind == H4L_LEARNING_SLIF)
        add_mix(dmix, ret_dmix);
}

static void step(const struct h4l_window *w, int t, size_t H, size_t side, const float *z,
                 const float *before, float *after, float *sum)
{
#define CALL(kind) layer_step(kind, w, t, H, side, z, before, after, sum)
    FOR_KIND(w->kind, CALL,
             H4L_LEVEL_NAME(h4l_kernel_topology_step)(w, t, H, side, z, before, after, sum))
#undef CALL
}

static void step_back(const struct h4l_window *w, int t, size_t H, size_t side, const float *before,
                      const float *after, const float *ds, float *dv, float *dz, double *dmix)
{
#define CALL(kind) layer_step_back(kind, w, t, H, side, before, after, ds, dv, dz, dmix)
    FOR_KIND(w->kind, CALL,
             H4L_LEVEL_NAME(h4l_kernel_topology_step_back)(w, t, H, side, before, after, ds, dv, dz,
                                                           dmix))
#undef CALL
}

const struct h4l_net_kernels H4L_LEVEL_NAME(h4l_net_kernels) = {
    .forward = forward,
    .backward = backward,
    .conv_forward = conv_forward,
    .conv_backward = conv_backward,
    .step = step,
    .step_back = step_back,
    .conv = H4L_LEVEL_NAME(h4l_kernel_conv),
    .conv_weights = H4L_LEVEL_NAME(h4l_kernel_conv_weights),
    .sums = H4L_LEVEL_NAME(h4l_kernel_sums),
    .conv_block = H4L_CONV_BLOCK,
    .expand = H4L_LEVEL_NAME(h4l_kernel_expand),
    .adam = H4L_LEVEL_NAME(h4l_kernel_adam),
};
