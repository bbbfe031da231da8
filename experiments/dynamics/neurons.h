// The neurons that a case compares: those of the paper, HH first, and then those that --set neuron=NAME,... names.
#ifndef H4L_DYNAMICS_NEURONS_H
#define H4L_DYNAMICS_NEURONS_H

#include "base/family.h"
#include "neuron/model.h"

enum { H4L_NEURONS = 16 }; // most neurons of a case

struct h4l_neurons {
    size_t n;
    const struct h4l_model *at[H4L_NEURONS]; // at[0]: HH, with which the others are compared
    char key[512]; // "0 HH, 1 tv-LIF2HH, ...": the unit of a column that numbers them
};

// Reads the parameter "neuron". H4L_E_USAGE: a name that no row has, one that is there already, or too many.
int h4l_neurons(const struct h4l_run *run, struct h4l_neurons *ret, struct h4l_err *err);
// Columns of a series, some of them named after neurons.
enum { H4L_COLUMNS = 8 * H4L_NEURONS };
struct h4l_columns {
    int n;
    char name[H4L_COLUMNS][64];
    const char *unit[H4L_COLUMNS];
};
// One more column; the name by printf's rules.
__attribute__((format(printf, 3, 4))) void
h4l_columns_add(struct h4l_columns *columns, const char *unit, const char *format, ...);
// h4l_series_begin with them.
struct h4l_csv *h4l_columns_begin(struct h4l_run *run, const char *file,
                                  const struct h4l_columns *columns, struct h4l_err *err);

#endif
