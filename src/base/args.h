// What every program of the project does with its command line: GNU options by argp, unknown names answered with the
// nearest known one, numbers checked against their range, and the interface's exit status.
//
//     int main(int argc, char **argv)
//     {
//         struct h4l_err err = {0};
//         h4l_args_begin("hh4lif-report", argv);
//         int code = h4l_args_parse(&argp, argc, argv, &options, &err);
//         if (!code)
//             code = work(&options, &err);
//         return h4l_args_end(code, &err);
//     }
//
// The argp parser's function fills an err of its own input and returns EINVAL for a bad value; h4l_args_parse then
// returns the code that stands in that err (pass the same one). --help, --usage and --version come by themselves.
#ifndef H4L_BASE_ARGS_H
#define H4L_BASE_ARGS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

// Sets the program's name for log lines, --version, and the exit status of argp's own errors (2); has a failed write to
// stdout end the program with status 4 and one message (not where whoever read it has left, as `head` does); makes a closed pipe
// and a file-size limit errors of the write, not signals. Limits OpenBLAS to one thread; under a limit on addresses
// (ulimit -v) the program (argv) starts anew with one from the beginning, as OpenBLAS's others could make it hang at its end.
void h4l_args_begin(const char *program, char **argv);

// Checks the options' names (a wrong one: H4L_E_USAGE with the nearest known one), then runs argp_parse. Returns H4L_OK,
// err->code where the parser function set it, or H4L_E_NOMEM. argp itself exits for --help, --usage, --version (0) and for
// a missing value (2).
int h4l_args_parse(const struct argp *argp, int argc, char **argv, void *input,
                   struct h4l_err *err);

// Whether argp calls the parser function with this key to tell of a stage of its work, not of an option or an argument.
bool h4l_args_is_event(int key);

// Shows the message of a failure on stderr, flushes stdout, and returns the exit status for main.
int h4l_args_end(int code, const struct h4l_err *err);

// A whole number in [min, max], a finite real in [min, max], one of the names in "a|b|c" (ret: its index). `what` names the
// option or parameter in the message ("--seed"). H4L_E_USAGE with what, the text, and what is allowed.
int h4l_arg_int(const char *what, const char *text, long long min, long long max, long long *ret,
                struct h4l_err *err);
int h4l_arg_real(const char *what, const char *text, double min, double max, double *ret,
                 struct h4l_err *err);
int h4l_arg_choice(const char *what, const char *text, const char *choices, int *ret,
                   struct h4l_err *err);

// Keeps the candidate nearest to a mistyped name. Begin with {.name = name}, offer every candidate, then print the text of
// h4l_nearest_text: "; did you mean NAME?", or "" if nothing is near.
struct h4l_nearest {
    const char *name, *best;
    size_t distance;
    char text[120];
};
void h4l_nearest_offer(struct h4l_nearest *nearest, const char *candidate);
const char *h4l_nearest_text(struct h4l_nearest *nearest, const char *prefix);

#endif
