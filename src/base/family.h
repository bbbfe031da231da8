// The frame of an experiment binary: a table of cases and parameters in, the whole command line of the interface out.
//
// An experiment's main.c is a `struct h4l_family` and `return h4l_family_main(&family, argc, argv);`. The frame parses
// the common options (--list --list-files --list-parameters --case --tier --seed --seeds --out --threads --resume --progress --quiet --set --help
// --version), checks every --set against the parameter table, runs the selected cases, writes DIR/<family>/<case>.json
// with parameters, metrics, series and provenance, and turns error codes into the interface's exit status.
#ifndef H4L_BASE_FAMILY_H
#define H4L_BASE_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/param.h"
#include "base/progress.h"
#include "base/series.h"
#include "base/threads.h"

struct h4l_run;

struct h4l_case {
    const char *name, *summary; // summary: one line, shown by --list
    // Runs the case and fills run's metrics and series. Never prints. H4L_E_SKIP with a reason where it cannot run here.
    int (*run)(struct h4l_run *run, struct h4l_err *err);
    const void *ctx; // the case's own constants (h4l_run_ctx)
    // Groups of parameters that it takes, and H4L_FIXES those that it sets itself; beside them enum h4l_case_kind. A group is a bit below
    // 1 << 14 that the family names.
    unsigned takes;
};

// Groups whose parameters the case sets itself: it records them, and refuses --set.
#define H4L_FIXES(groups) ((groups) << 14)

enum h4l_case_kind {
    // It runs several seeds (it calls h4l_run_seeds). --seeds is refused where no chosen case does, as it would change nothing.
    H4L_MANY_SEEDS = 1 << 30,
    // It waits for a file or a choice of the user's: it runs where --case names it and is no part of "all cases".
    H4L_ON_DEMAND = 1 << 29
};

// Numbers that cases take beside the table, as --set PREFIX.NAME=VALUE: constants that a neuron has of its own. The case gets those
// that were given from h4l_run_constant; the frame records them under PREFIX.NAME, and no registered claim is judged on such a result unless
// it pins that name.
struct h4l_constants {
    const char *prefix, *help;
    unsigned of; // groups of cases that take them
    // Constant i, false past the last one: the frame then checks name and range before anything runs, and lists them. NULL: only the case
    // knows the names.
    bool (*listed)(size_t i, struct h4l_constant *ret);
};

// Of the cases that one of these patterns matches, the metrics and timings that are shown on stdout: what the case was run for. The
// others are named by their number. Patterns as of the shell, with spaces between them. A case without such a row, or of which
// none matches, shows all.
struct h4l_answer {
    const char *cases, *shown;
};

// Why metrics have no value where they have none: the result says it beside them, under `undefined`. The first row counts whose patterns
// match the name of a metric that is null, or holds null. Patterns as above; cases NULL: all of the family.
struct h4l_undefined {
    const char *cases, *metrics, *why;
};

struct h4l_family {
    const char *name;     // "equivalence": the binary is hh4lif-equivalence
    const char *question; // one or two sentences for --help
    const struct h4l_case *cases;
    size_t n_cases;
    const struct h4l_param *params;
    size_t n_params;
    size_t options_size;                    // of the struct that the parameters' places lie in
    const struct h4l_series *const *series; // every CSV file that the cases write, for --list-files
    size_t n_series;
    const struct h4l_constants *constants; // NULL: none
    const struct h4l_answer
        *answers; // the first row that fits counts; ended by cases NULL. NULL: none
    const struct h4l_undefined *undefined; // ended by metrics NULL. NULL: every metric has a value
    // Row i of the neurons that the family's parameters may name: its name, and one line about it. NULL past the last row. Makes the
    // option --list-neurons; NULL: no such option.
    const char *(*neuron)(size_t i, const char **ret_summary);
};

// Returns the program's exit status. Of several cases the worst counts (interrupted, 99, 4, 3, 2, 1), and 77 only where no
// case ran; a failed case does not stop the others. SIGINT, SIGTERM and SIGHUP end the program with 128 + number after the
// running case has returned (see h4l_run_hold), a second one at once. With --resume a case is kept where its result file is complete (its
// series are there) and was made by the same program (version, commit, and for a changed tree the hash of the binary) for
// the same tier, seed, seeds and parameters from the same input data (files named in provenance.data that can be read).
int h4l_family_main(const struct h4l_family *family, int argc, char **argv);

// ---- what a case sees ----

const void *h4l_run_ctx(const struct h4l_run *run);
enum h4l_tier h4l_run_tier(const struct h4l_run *run);
uint64_t h4l_run_seed(const struct h4l_run *run); // --seed, default 1
// How many seeds, from --seed on: --seeds, or the case's own number where it is not given. H4L_E_USAGE: --seeds is outside the range
// that the case can run. See H4L_MANY_SEEDS.
int h4l_run_seeds(const struct h4l_run *run, int own, int least, int most, int *ret,
                  struct h4l_err *err);
bool h4l_run_resume(const struct h4l_run *run);
const char *h4l_run_dir(const struct h4l_run *run); // DIR/<family>, exists
// Removes the folder DIR/<family>/checkpoints if it is empty: other cases may have checkpoints in it.
void h4l_run_checkpoints_done(const struct h4l_run *run);
struct h4l_pool *h4l_run_pool(const struct h4l_run *run);
bool h4l_run_interrupted(
    const struct h4l_run *run); // SIGINT or SIGTERM came: save, then return H4L_E_INTERRUPT
// Between these two the case has something to save, or is saving it: the first signal waits for it to look at
// h4l_run_interrupted and to save, and says for about how long. Elsewhere there is nothing to wait for: a case that does not return
// within half a second is ended, and what it has under construction is removed. From any thread; each hold needs its release.
void h4l_run_hold(const struct h4l_run *run);
void h4l_run_release(const struct h4l_run *run);
// How long the calling thread may take from here to its next look, in seconds, where it knows better than that it takes as long as
// the longest time that it took before.
void h4l_run_expect(const struct h4l_run *run, double seconds);
void h4l_run_progress(struct h4l_run *run, const char *label, double done,
                      double total); // main thread only
// How many of the units done were found in checkpoints and not computed by this run; see h4l_progress_found. Main thread only.
void h4l_run_progress_found(struct h4l_run *run, double units);

// The family's options with what the parameters' rows and --set say; a place without a default and not given is zero.
const void *h4l_run_options(const struct h4l_run *run);
// For a case with values of its own: puts what was given, and defaults, over them in a struct of the same type.
void h4l_run_override(const struct h4l_run *run, void *options);
// Records the values in effect as the result's `parameters`: of a case with several arms those of the arm that comes first, and
// under parameters.arms.<arm> what another arm has different. arm: NULL where there is only one. The frame records
// h4l_run_options before the case starts. A result with a parameter that has no value is H4L_E_INTERNAL.
void h4l_run_record(struct h4l_run *run, const char *arm, const void *options);

// What the user gave for that parameter; NULL: nothing, or the case does not take it.
const char *h4l_run_given(const struct h4l_run *run, const char *name);

// Constant i of those that were given as --set PREFIX.NAME=VALUE, in the order of the command line: of a name that stands there twice
// the last one counts. False behind the last one.
bool h4l_run_constant(const struct h4l_run *run, size_t i, const char **ret_name,
                      double *ret_value);

// Records a value in effect that no row of the table binds: "seeds", which stands in `parameters` only where it was given or is
// recorded so, and what the case derives.
void h4l_run_record_param(struct h4l_run *run, const char *name, json_t *value_stolen);

// Each metric has one name (a second value under it is H4L_E_INTERNAL), and a case without metrics is one too.
// Metrics: units in the name's suffix; deterministic for a seed, never a timing. A non-finite number is written as null: the
// family's table `undefined` says why.
void h4l_metric_real(struct h4l_run *run, const char *name, double value);
void h4l_metric_int(struct h4l_run *run, const char *name, long long value);
void h4l_metric_text(struct h4l_run *run, const char *name, const char *value);
void h4l_metric_null(struct h4l_run *run, const char *name);
void h4l_metric_reals(struct h4l_run *run, const char *name, const double *values, size_t n);
void h4l_metric_ints(struct h4l_run *run, const char *name, const long long *values, size_t n);
void h4l_metric_json(struct h4l_run *run, const char *name, json_t *value_stolen);

// A series file DIR/<family>/<file> with the declared columns; listed in the result when the case ends well. The frame commits
// open series after the case returned H4L_OK and removes them when it failed. star: stands for the '*' of the file's name, NULL
// where it has none. H4L_E_INTERNAL: the family does not list the series, a '*' without a text, or a file begun twice.
struct h4l_csv *h4l_series_begin(struct h4l_run *run, const struct h4l_series *series,
                                 const char *star, struct h4l_err *err);
// The same with those of the declared columns that the header has, in its order.
struct h4l_csv *h4l_series_begin_with(struct h4l_run *run, const struct h4l_header *header,
                                      const char *star, struct h4l_err *err);

// Timings and other run-dependent facts: under provenance.timings / provenance.data[file] = sha256 (a file of the source folder
// by its name in there).
void h4l_provenance_timing(struct h4l_run *run, const char *name_s, double value);
void h4l_provenance_data(struct h4l_run *run, const char *file, const char *sha256);
// The input data are not the published ones: provenance.data_check is "none", and no registered claim is judged on the result.
void h4l_provenance_own_data(struct h4l_run *run);

#endif
