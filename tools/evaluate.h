// What hh4lif-claims and hh4lif-report share: find the registries, read them and their results, evaluate.
#ifndef H4L_TOOLS_EVALUATE_H
#define H4L_TOOLS_EVALUATE_H

#include <jansson.h>

#include "base/err.h"

enum { H4L_MOST_FOLDERS = 64 };

struct h4l_selection {
    const char *results; // folder with <family>/<case>.json
    const char *registries
        [H4L_MOST_FOLDERS]; // folders with claims.json or */claims.json; none: the source tree's experiments
    size_t n_registries;
    const char *families[H4L_MOST_FOLDERS]; // only these; none: all
    size_t n_families;
    const char *claim, *tier; // NULL: all, the results' own
};

// The claims of all selected registries, evaluated and sorted (analysis/claims.h). The caller owns the array.
// H4L_E_DATA: no registry, or one that is not well formed; H4L_E_USAGE: no such family or claim.
int h4l_evaluate_selection(const struct h4l_selection *selection, json_t **ret_claims,
                           struct h4l_err *err);

// One line per claim of the selected registries on stdout: family, id, title. Reads no results.
int h4l_list_claims(const struct h4l_selection *selection, struct h4l_err *err);

// Adds to one of the selection's lists. H4L_E_USAGE when it is full.
int h4l_add_folder(const char **list, size_t *n, const char *what, const char *value,
                   struct h4l_err *err);

#endif
