// What the cells of a sweep left, put together: tables with the cell in each row, results over seeds, sweep.csv.
#ifndef H4L_SWEEP_JOIN_H
#define H4L_SWEEP_JOIN_H

#include <stdbool.h>

#include "base/json.h"
#include "sweep.h"

// OUT/ID/BELOW, malloc'ed; NULL: no memory.
char *h4l_sweep_path(const char *out, const struct h4l_sweep_cell *cell, const char *below);

// What a finished cell left in its file "done".
struct h4l_sweep_done {
    bool finished;  // else the rest says nothing
    int status;     // of its program
    double seconds; // that it took
};

// H4L_E_NOMEM, H4L_E_IO: the file could not be read, which does not mean that the cell has not finished.
int h4l_sweep_read_done(const char *out, const struct h4l_sweep_cell *cell,
                        struct h4l_sweep_done *ret, struct h4l_err *err);

// What a cell's words say: an object, name -> text, of its options and of the parameters after --set. An option that is there
// twice has both texts, with a blank between. The caller owns *ret. H4L_E_NOMEM.
int h4l_sweep_parameters(const struct h4l_sweep_cell *cell, json_t **ret, struct h4l_err *err);

// Puts together, in the order of the cells, whoever ran them:
//   OUT/FAMILY/FILE.csv   the rows of all cells that have this table with the same columns; behind them the cell, and those of its
//                         parameters that differ between these cells and are no column yet
//   OUT/FAMILY/CASE.json  one result over the seeds of the cells of this case, where these differ in nothing but seeds; the
//                         metrics are those of one run over the same seeds, without what ends with _over_seeds
//   OUT/sweep.csv         a row per cell and case: id, status, seconds, cell, its parameters, its metrics up to 64 values each
// stopped (NULL: never) says whether the user wants to stop: H4L_E_INTERRUPT. H4L_E_DATA, H4L_E_IO, H4L_E_NOMEM; H4L_E_CHECK, after
// everything is written, where a cell failed or did not run.
int h4l_sweep_join(const char *out, const struct h4l_sweep_cells *cells, bool (*stopped)(void),
                   struct h4l_err *err);

#endif
