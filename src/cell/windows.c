// Which driver a cell has, in one type; and its constants in that type.
#include "cell/window.h"

#include <stddef.h>

#include "cell/cell_list.h" // H4L_CELL_LIST(X), from meson.build

#define DECLARE(cell)                                                                              \
    H4L_DECLARE_LEVELS(const struct NAME(h4l_policy_windows), NAME(h4l_policy_windows_##cell));
#define LEVELS(cell) H4L_LEVELS_OF(NAME(h4l_policy_windows_##cell)),

H4L_CELL_LIST(DECLARE)
static const struct NAME(h4l_policy_windows) *const policy_windows[][H4L_SIMD_LEVELS] = {
    H4L_CELL_LIST(LEVELS)};

static size_t number_of(const struct h4l_cell *cell)
{
    size_t i = 0;

    while (h4l_cells[i] != cell)
        i++;
    return i;
}

const struct NAME(h4l_policy_windows) *
    NAME(h4l_cell_policy_windows)(const struct h4l_cell *cell, enum h4l_simd level)
{
    return policy_windows[number_of(cell)][level];
}

#if H4L_REAL_BYTES == 4
#define DECLARE_NETWORKS(cell)                                                                     \
    H4L_DECLARE_LEVELS(const struct h4l_windows_float, h4l_windows_##cell##_float);
#define NETWORK_LEVELS(cell) H4L_LEVELS_OF(h4l_windows_##cell##_float),

H4L_CELL_LIST(DECLARE_NETWORKS)
static const struct h4l_windows_float *const windows[][H4L_SIMD_LEVELS] = {
    H4L_CELL_LIST(NETWORK_LEVELS)};

const struct h4l_windows_float *h4l_cell_windows(const struct h4l_cell *cell, enum h4l_simd level)
{
    return windows[number_of(cell)][level];
}
#endif

struct NAME(h4l_window) NAME(h4l_window_of)(const struct h4l_cell_constants *k, const REAL *mix,
                                            const REAL *tables, size_t columns)
{
    struct NAME(h4l_window) w = {.T = k->window,
                                 .states = h4l_cell_states(k),
                                 .inputs = h4l_cell_inputs(k),
                                 .trains = h4l_cell_trains(k),
                                 .mixing = h4l_cell_mixing(k),
                                 .threshold = (REAL)k->threshold,
                                 .half_width = (REAL)k->half_width,
                                 .decay = (REAL)k->decay,
                                 .drive = (REAL)k->drive,
                                 .gain = k->cell->gain ? (REAL)k->cell->gain(k) : 1,
                                 .reset = k->reset,
                                 .cut = k->cut,
                                 .topology = &k->topology,
                                 .mix = mix,
                                 .tables = tables,
                                 .columns = columns};

    for (int i = 0; i < H4L_CELL_MAX_OWN; i++)
        w.own[i] = (REAL)k->own[i];
    return w;
}

void NAME(h4l_window_tabulate)(const struct h4l_cell_constants *k, const double *rates, size_t i,
                               size_t columns, REAL *tables)
{
    double steps[H4L_CELL_MAX_TABLES * H4L_CELL_MAX_WINDOW];
    size_t n = (size_t)(k->cell->tables * k->window);

    k->cell->tabulate(k, rates, steps);
    for (size_t at = 0; at < n; at++)
        tables[at * columns + i] = (REAL)steps[at];
}
