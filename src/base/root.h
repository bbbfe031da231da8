// Where the suite's own files lie: experiments/*/claims.json, results/reference, results/warmup, plots, data.
#ifndef H4L_BASE_ROOT_H
#define H4L_BASE_ROOT_H

#include <stddef.h>

#include "base/err.h"

// The folder above them. The environment's H4L_DATADIR, if set; else that of the source tree, for a program in a build folder; else
// share/hh4lif beside the program's bin, wherever the installed suite has been moved to; else where it was configured to be. The
// folder need not exist. Static storage, without a final '/'.
const char *h4l_root(void);
// H4L_E_IO: where it is could not be read (too many open files, ...), so that h4l_root has not the right answer.
int h4l_root_check(struct h4l_err *err);
// How the user calls a program of the suite: "build/FOLDER/NAME" from a source tree, NAME where it is installed. *ret: of size, cut
// where it is too small.
void h4l_root_program(const char *folder, const char *name, char *ret, size_t size);
// The same for the program of a family.
void h4l_root_family(const char *family, char *ret, size_t size);

#endif
