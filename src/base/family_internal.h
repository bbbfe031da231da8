// What the files of the frame share: family.c (run the cases), family_args.c (command line and parameters),
// family_list.c (what it says of itself), family_run.c (what a case sees, and its result file), family_resume.c (what is kept),
// family_print.c (its lines on stdout), family_stop.c (signals).
#ifndef H4L_BASE_FAMILY_INTERNAL_H
#define H4L_BASE_FAMILY_INTERNAL_H

#include "base/family.h"

// The largest --seed and --seeds. A JSON number and a double of a table hold their sum exactly: it is below 2^53.
#define H4L_LAST_SEED 9000000000000000LL
enum { H4L_MOST_SEEDS = 1000000 };

struct assignment { // one --set name=value
    char *name;
    const char *value;
    bool by_set; // by --set; else by an option of its own, which names a file of the user's
};

struct options {
    const struct h4l_family *family;
    bool *selected; // per case of the family
    const char **patterns;
    size_t n_patterns;
    struct assignment *sets;
    size_t n_sets;
    enum h4l_tier tier;
    uint64_t seed;
    int seeds, threads;
    const char *out;
    char *own_out; // what out is where parameters were set and no folder was named
    bool list, list_files, list_neurons, list_parameters, resume, quiet;
    enum h4l_progress_mode progress;
    int argc;
    char **argv;
    struct h4l_err *err;
};

struct series {
    struct h4l_csv csv;
    json_t *entry; // {file, columns, units}
    char *path;
};

struct h4l_run {
    const struct options *options;
    const struct h4l_case *the_case;
    const char *dir; // DIR/<family>
    char *path;      // DIR/<family>/<case>.json
    struct h4l_pool *pool;
    struct h4l_progress progress;
    struct h4l_value *values;
    size_t n_values;
    void *taken;   // the family's options: values and defaults in their places
    bool has_arms; // parameters of a first arm are recorded
    json_t *parameters, *metrics, *provenance;
    struct series **series; // each on its own, as cases keep pointers
    size_t n_series;
    struct h4l_err trouble; // first failure of a function that cannot return one
};

// ---- family_args.c ----

// Reads the command line into *o (zeroed but for family, argc, argv and err) and selects the cases.
int h4l_family_options(struct options *o, struct h4l_err *err);
void h4l_family_options_free(struct options *o);
// Checks every default of the table (H4L_E_INTERNAL: the table is wrong), every --set against it, and that some chosen case
// takes --seeds if it is given (H4L_E_USAGE).
int h4l_family_check_params(const struct options *o, struct h4l_err *err);
// The parameters that the case takes with their values in effect. The caller frees them with h4l_values_free.
int h4l_family_values(const struct options *o, const struct h4l_case *the_case,
                      struct h4l_value **ret_values, size_t *ret_n, struct h4l_err *err);
void h4l_values_free(struct h4l_value *values, size_t n);

bool h4l_case_takes(const struct h4l_case *the_case, const struct h4l_param *param);
// "i0 = -30, amplitude = 4": what the user set of what the case takes, for messages; nothing where nothing was set.
void h4l_run_put_given(FILE *text, const struct h4l_run *run);
// Does the text name one of these?
bool h4l_run_names_given(const struct h4l_run *run, const char *text);

// The name behind the prefix of the family's constants, where that is what the text names; else NULL.
const char *h4l_family_constant(const struct h4l_family *family, const char *name);

// ---- family_list.c ----

// Was one of the lists asked for?
bool h4l_family_lists(const struct options *o);
// Prints it.
int h4l_family_list(const struct options *o, struct h4l_err *err);

// ---- family_run.c ----

// Everything for the case but the pool and the interruption; the parameters with their values are set.
int h4l_run_begin(const struct options *o, const struct h4l_case *the_case, const char *dir,
                  struct h4l_pool *pool, struct h4l_run *ret, struct h4l_err *err);
void h4l_run_end(struct h4l_run *run);
// Commits the series and writes the result file: both or none.
int h4l_run_write(struct h4l_run *run, double seconds, struct h4l_err *err);
// Removes what a run has under construction. Safe in a signal handler.
void h4l_run_unlink_series(const struct h4l_run *run);
// Why the metric has no value, or some of what it lists has none; NULL: it has, or nobody says.
const char *h4l_run_why_undefined(const struct h4l_run *run, const char *metric);

// ---- family_print.c ----

// Does one of the patterns (as of the shell, with spaces between them) match the name? NULL matches all.
bool h4l_is_among(const char *patterns, const char *name);
// The metrics as a table on stdout.
void h4l_run_print_metrics(const struct h4l_run *run);

// ---- family_resume.c ----

// True if the result file of the run is there, complete, and what this run would make again (see --resume). Else *ret_why says why not;
// without a code where there is none.
bool h4l_run_is_done(const struct h4l_run *run, struct h4l_err *ret_why);

// ---- family_stop.c ----

// Catches SIGINT, SIGTERM and SIGHUP from here on, until the end. H4L_E_NOMEM: no thread.
int h4l_stop_begin(struct h4l_err *err);
void h4l_stop_end(void);
// The run that a signal is for from now on; NULL: none.
void h4l_stop_run(struct h4l_run *run);
// The signal that came first; 0: none.
int h4l_stop_signal(void);

#endif
