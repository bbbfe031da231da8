// Cells of a sweep: independent runs of experiment programs, each with a folder of its own.
#ifndef H4L_SWEEP_SWEEP_H
#define H4L_SWEEP_SWEEP_H

#include <stddef.h>

#include "base/err.h"

// One cell: the words of its command and the folder of its results.
struct h4l_sweep_cell {
    char **words; // family, then arguments; NULL behind the last
    char *text;   // the same as one line
    size_t line;  // of the file, from 1
    // First twelve digits of the SHA-256 of the text: the folder's name, whatever else is in the file.
    char id[13];
};

struct h4l_sweep_cells {
    struct h4l_sweep_cell *cell;
    size_t n, room, bytes; // bytes: of all texts
};

// Reads cells from a text: a line is a family and arguments, words separated by blanks; '#' begins a comment. {a,b,c} and {1..5}
// in a word stand for each of these; several of them give every combination. A byte-order mark at the start is skipped. Time and memory
// grow with the length of what comes out. H4L_E_USAGE with the line: no UTF-8, a brace that is not closed, a range that is none, more than
// 100000 cells or 2^26 bytes of them in all, no family name, the same cell twice; H4L_E_NOMEM.
int h4l_sweep_cells_parse(const char *text, struct h4l_sweep_cells *ret, struct h4l_err *err);
void h4l_sweep_cells_free(struct h4l_sweep_cells *cells);

#endif
