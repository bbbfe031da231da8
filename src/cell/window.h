// Windows of many neurons in vectors: the one driver of the learning networks and policies, in both types (base/real.h), at every
// instruction level (base/level.h) and for every cell. What is computed is the cell's plain definition (cell/cell.h).
//
// The innermost axis of every array is a multiple of H4L_CELL_ROW_BYTES: SAMPLES (H4L_CELL_SAMPLES) in the networks, neighbouring neurons in the
// policies. Letters as in cell.h; N: numbers of a row.
#ifndef H4L_CELL_WINDOW_H
#define H4L_CELL_WINDOW_H

#include "base/real.h"
#include "cell/cell.h"

enum { H4L_CELL_ROW_BYTES = 64, H4L_CELL_SAMPLES = H4L_CELL_ROW_BYTES / sizeof(float) };

// A cell's constants as the vector files take them.
struct NAME(h4l_window) {
    int T;
    int states, inputs, trains, mixing;
    REAL threshold, half_width, decay, drive, gain;
    bool reset;
    bool cut; // fc: the gradient goes back through one step only
    REAL own[H4L_CELL_MAX_OWN];
    const struct h4l_topology *topology;
    const REAL *mix; // [M]
    const REAL
        *tables; // [tables][T][columns]: factors of the steps, for neuron i in column i % columns
    size_t columns;
};

// Constants of a layer with mixing weights at mix and tables (NULL where there are none) of `columns` columns. k must live as long
// as the result.
struct NAME(h4l_window) NAME(h4l_window_of)(const struct h4l_cell_constants *k, const REAL *mix,
                                            const REAL *tables, size_t columns);
// Fills column i of tables [tables][T][columns] for a neuron with these rates.
void NAME(h4l_window_tabulate)(const struct h4l_cell_constants *k, const double *rates, size_t i,
                               size_t columns, REAL *tables);

// The networks: a neuron's input is the same in all steps (fc, conv layer 1) or steps come one by one (conv layer 2).
struct NAME(h4l_windows) {
    // fc: windows of `rows` neurons, the first with table column `column`. z: [P][rows][N], input p at z + p * z_stride; r:
    // [rows][R][N], spikes per step.
    void (*forward)(const struct NAME(h4l_window) * w, size_t column, size_t rows, size_t N,
                    const REAL *z, size_t z_stride, REAL *r);
    // And back: dr: like r; dz: like z; dmix[M] is added to.
    void (*backward)(const struct NAME(h4l_window) * w, size_t column, size_t rows, size_t N,
                     const REAL *z, size_t z_stride, const REAL *dr, REAL *dz, double *dmix);

    // The same where each step has an input of its own: that of step t at z + t * step_stride, and so for dz.
    void (*forward_pieces)(const struct NAME(h4l_window) * w, size_t column, size_t rows, size_t N,
                           const REAL *z, size_t z_stride, size_t step_stride, REAL *r);
    void (*backward_pieces)(const struct NAME(h4l_window) * w, size_t column, size_t rows, size_t N,
                            const REAL *z, size_t z_stride, size_t step_stride, const REAL *dr,
                            REAL *dz, double *dmix);

    // conv, layer 1: windows of H maps of side x side pixels with the constant inputs z [P][H][side][side][SAMPLES]; counts:
    // [T][H][side/2][side/2][SAMPLES], spikes of the 2 x 2 pixels and R trains of a place, 0..4 R.
    void (*maps_forward)(const struct NAME(h4l_window) * w, size_t H, size_t side, const REAL *z,
                         uint8_t *counts);
    // And back: dcounts: the gradient to counts, of the same shape; dz: like z, may be z itself.
    void (*maps_backward)(const struct NAME(h4l_window) * w, size_t H, size_t side, const REAL *z,
                          const REAL *dcounts, REAL *dz, double *dmix);

    // conv, layer 2, one step t: z [P][H][side*side][SAMPLES] inputs; before, after: states [H][side*side][S][SAMPLES] of steps
    // t - 1 (ignored at t = 0) and t; spikes of t are added to sum, [H][side*side][R][SAMPLES].
    void (*step)(const struct NAME(h4l_window) * w, int t, size_t H, size_t side, const REAL *z,
                 const REAL *before, REAL *after, REAL *sum);
    // And back: ds: gradient to each spike of this step, pooled: [H][side/2][side/2][R][SAMPLES]; dx: like after, carried from
    // step t + 1 to t, zero at first; dz: [P][H][side + 2][side + 2][SAMPLES], whose frame is left alone.
    void (*step_back)(const struct NAME(h4l_window) * w, int t, size_t H, size_t side,
                      const REAL *before, const REAL *after, const REAL *ds, REAL *dx, REAL *dz,
                      double *dmix);
};

// A layer of a policy: H neurons beside each other in rows of `row` numbers (a multiple of 64 bytes, H of them used), whose input
// changes with the observation.
struct NAME(h4l_policy_layer) {
    struct NAME(h4l_window) w; // T = observations * repeat; tables [tables][T][row]
    int observations, repeat, row;
    bool graded; // spikes are not counted, potentials summed; only for cells without memory
    const REAL *decays, *gains; // [row], of each neuron; or both NULL
    size_t projection;          // numbers from one projection of the input to the next
};

struct NAME(h4l_policy_windows) {
    // Windows of n samples: input [P][n][observations][row] to spikes per step z [n][row][R].
    void (*forward)(const struct NAME(h4l_policy_layer) * l, int n, const REAL *input, REAL *z);
    // And back: dz like z, dinput like input; dmix[M] is added to.
    void (*backward)(const struct NAME(h4l_policy_layer) * l, int n, const REAL *input,
                     const REAL *dz, REAL *dinput, double *dmix);
    // A layer whose spikes feed another one, every step of it kept: n neurons (a multiple of 64 bytes); input of step t, [P][n], at
    // input + t * stride (0: the same in all steps); x [T][S][n], s [T][R][n].
    void (*unroll)(const struct NAME(h4l_window) * w, size_t n, const REAL *input, size_t stride,
                   REAL *x, REAL *s);
    // And back: ds of step t, [R][n], at ds + t * stride; dinput [T][P][n]; dmix[M] is added to.
    void (*unroll_back)(const struct NAME(h4l_window) * w, size_t n, const REAL *ds, size_t stride,
                        const REAL *x, REAL *dinput, double *dmix);
};

// The driver of a cell at a level, which must be available (h4l_simd_available). The networks are float only.
#if H4L_REAL_BYTES == 4
const struct h4l_windows_float *h4l_cell_windows(const struct h4l_cell *cell, enum h4l_simd level);
#endif
const struct NAME(h4l_policy_windows) *
    NAME(h4l_cell_policy_windows)(const struct h4l_cell *cell, enum h4l_simd level);

#endif
