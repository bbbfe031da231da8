// Spike trains from files of the user's.
#ifndef H4L_DYNAMICS_SPIKE_FILES_H
#define H4L_DYNAMICS_SPIKE_FILES_H

#include "analysis/spike_train.h"
#include "base/family.h"

struct h4l_train_file {
    char *
        name; // "model=0 layer=1" from the other columns of a CSV file, or the train's number in the file
    double *t; // [n], ms, ascending
    size_t n, room;
};

struct h4l_train_files {
    struct h4l_train_file *trains;
    size_t n, room;
};

enum { H4L_MOST_TRAINS = 1000 }; // of one file: the matrices of more would not fit a result file

// Appends the one train of a file with a time (ms) per line; blank lines and lines that start with # are left out.
// H4L_E_DATA names file and line; the file's hash goes into the provenance.
int h4l_train_file_read(struct h4l_run *run, const char *path, struct h4l_train_files *ret,
                        struct h4l_err *err);

// Appends the trains of a file that holds many. Either a CSV file with a header that has a column t_ms (or time): each combination
// of the other columns is a train, in the order in which they first appear. Or without a header: a train per line, its times
// separated by blanks, commas or semicolons. Blank lines and lines that start with # are left out.
int h4l_train_files_read(struct h4l_run *run, const char *path, struct h4l_train_files *ret,
                         struct h4l_err *err);

void h4l_train_files_free(struct h4l_train_files *files);

static inline struct h4l_spikes h4l_train_of(const struct h4l_train_files *files, size_t i)
{
    return (struct h4l_spikes){files->trains[i].t, files->trains[i].n};
}

// The window from t_start_ms to t_end_ms, which where it is not given is the last spike of all (and recorded so). H4L_E_USAGE: it is
// empty; H4L_E_RANGE: a spike lies outside (names the train as names[i], or by its own name where names is NULL).
int h4l_train_window(struct h4l_run *run, const struct h4l_train_files *files,
                     const char *const *names, struct h4l_window *ret, struct h4l_err *err);

#endif
