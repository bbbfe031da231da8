// What hh4lif-claims and hh4lif-report share: find the registries, read them and their results, evaluate.
#ifndef H4L_CLAIMS_EVALUATE_H
#define H4L_CLAIMS_EVALUATE_H

#include "base/err.h"
#include "base/json.h"

enum { H4L_MOST_FOLDERS = 64 };

struct h4l_selection {
    const char *
        results; // folder with <family>/<case>.json; NULL: the results that are kept with the suite
    const char *more[H4L_MOST_FOLDERS]; // further goes of the same, over other seeds: joined
    size_t n_more;
    int is_default;     // `results` is what the program takes where the user names none
    int with_reference; // rows are judged on the kept results, whatever `results` is
    int as_found;       // as many values as there are, whatever is registered
    const char *registries
        [H4L_MOST_FOLDERS]; // folders with claims.json or */claims.json, beside the suite's own
    size_t n_registries;
    int without_suite;                      // only those
    const char *families[H4L_MOST_FOLDERS]; // only these; none: all
    size_t n_families;
    const char *claim, *row, *tier; // NULL: all, all, the results' own
};

// The options of these programs that fill a selection: keys and rows for their tables.
enum {
    H4L_KEY_RESULTS = 2000,
    H4L_KEY_REGISTRY,
    H4L_KEY_WITHOUT_SUITE,
    H4L_KEY_CLAIM,
    H4L_KEY_ROW,
    H4L_KEY_TIER,
    H4L_KEY_AS_FOUND,
    H4L_KEY_FAMILY = 'f',
};
#define H4L_SELECTION_OPTIONS                                                                      \
    {"results",                                                                                    \
     H4L_KEY_RESULTS,                                                                              \
     "DIR",                                                                                        \
     0,                                                                                            \
     "folder of results (default: those kept with the suite); several: joined over their seeds",   \
     0},                                                                                           \
        {"registry",                                                                               \
         H4L_KEY_REGISTRY,                                                                         \
         "DIR",                                                                                    \
         0,                                                                                        \
         "folder with claims.json, or with FAMILY/claims.json (repeatable): claims kept outside "  \
         "the tree are added to the suite's own; their kept results are in DIR/reference",         \
         0},                                                                                       \
        {"without-suite",                                                                          \
         H4L_KEY_WITHOUT_SUITE,                                                                    \
         NULL,                                                                                     \
         0,                                                                                        \
         "leave the suite's own claims out: only those of --registry",                             \
         0},                                                                                       \
        {"family",                                                                                 \
         H4L_KEY_FAMILY,                                                                           \
         "NAME",                                                                                   \
         0,                                                                                        \
         "only the claims of this family (repeatable; default: all)",                              \
         0},                                                                                       \
        {"claim", H4L_KEY_CLAIM, "ID", 0, "only this claim, with all its rows", 0},                \
        {"row",                                                                                    \
         H4L_KEY_ROW,                                                                              \
         "ID",                                                                                     \
         0,                                                                                        \
         "only this row of a claim (L1, L1.stated), without its registered figures",               \
         0},                                                                                       \
        {"seeds-as-found",                                                                         \
         H4L_KEY_AS_FOUND,                                                                         \
         NULL,                                                                                     \
         0,                                                                                        \
         "judge as many seeds as there are, and say that these are not the registered ones",       \
         0},                                                                                       \
    {                                                                                              \
        "tier", H4L_KEY_TIER, "quick|standard|full", 0,                                            \
            "the tier that the results must have (default: the one they have)", 0                  \
    }

// Takes one of those options, whose text must outlive the selection. H4L_E_USAGE: a value that is not allowed, or none of them.
int h4l_selection_set(struct h4l_selection *selection, int key, const char *arg,
                      struct h4l_err *err);

// The claims of all selected registries, evaluated and sorted (claims.h). The caller owns the array.
// H4L_E_DATA: no registry, one that is not well formed, or an id in two of them; H4L_E_USAGE: no such family, claim or row, or
// without_suite where no registry is named.
int h4l_evaluate_selection(const struct h4l_selection *selection, json_t **ret_claims,
                           struct h4l_err *err);

// The selected registries, each checked. The caller owns the array. Failures as of h4l_evaluate_selection.
int h4l_read_registries(const struct h4l_selection *selection, json_t **ret, struct h4l_err *err);

// One line per claim of the selected registries on stdout: family, id, title. Reads no results.
int h4l_list_claims(const struct h4l_selection *selection, struct h4l_err *err);

// Adds to one of the selection's lists. H4L_E_USAGE when it is full.
int h4l_add_folder(const char **list, size_t *n, const char *what, const char *value,
                   struct h4l_err *err);

#endif
