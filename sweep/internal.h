// What the files that join a sweep share.
#ifndef H4L_SWEEP_INTERNAL_H
#define H4L_SWEEP_INTERNAL_H

#include "join.h"

// A sweep as it is joined.
struct h4l_sweep_joint {
    const char *out;
    const struct h4l_sweep_cells *cells;
    bool (*stopped)(void);
    json_t **parameters; // of each cell
    json_t *given; // names of all of them but the case, in the order in which they first appear
};

// One file of a cell, by its name below the cell's folder: "FAMILY/CASE.json".
struct h4l_sweep_part {
    char *below;
    size_t cell;
};
struct h4l_sweep_parts {
    struct h4l_sweep_part *part; // by name, then by cell
    size_t n, room;
};

// H4L_E_INTERRUPT where the user wants to stop: asked between two files.
int h4l_sweep_look(const struct h4l_sweep_joint *joint, struct h4l_err *err);

// The files of all cells that match a pattern such as "*/*.csv". H4L_E_NOMEM.
int h4l_sweep_find(const struct h4l_sweep_joint *joint, const char *pattern,
                   struct h4l_sweep_parts *ret, struct h4l_err *err);
void h4l_sweep_parts_free(struct h4l_sweep_parts *parts);
// How many parts from `first` on have its name.
size_t h4l_sweep_same_name(const struct h4l_sweep_parts *parts, size_t first);

// One of the three of h4l_sweep_join each.
int h4l_sweep_join_tables(const struct h4l_sweep_joint *joint, struct h4l_err *err);
int h4l_sweep_join_results(const struct h4l_sweep_joint *joint, struct h4l_err *err);
int h4l_sweep_summary(const struct h4l_sweep_joint *joint, struct h4l_err *err);

#endif
