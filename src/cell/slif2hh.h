// The published constants of s-LIF2HH, which cell "topology" takes as its own.
#ifndef H4L_CELL_SLIF2HH_H
#define H4L_CELL_SLIF2HH_H

#include "cell/cell.h"

extern const struct h4l_cell_published h4l_cell_slif2hh_published[H4L_CELL_EXPERIMENTS];

#endif
