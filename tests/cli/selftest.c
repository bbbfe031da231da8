// A family of small cases for the tests of the frame: each outcome, parameter type and kind of metric once.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/family.h"
#include "base/rng.h"

enum { WALKS = 1000 };

struct options {
    int how;
    long steps, rows;
    double width, half_width, wait_s, deaf_s, held_s, depth;
    struct h4l_reals levels_mV;
    const char *label;
};

// The errors that the case faulty can be asked for, then what else it can do wrong.
#define CODE(code, number, status, text) code,
#define NAME(code, number, status, text) #code "|"
static const int errors[] = {H4L_ERRORS(CODE)};
enum { ERRORS = sizeof errors / sizeof *errors, NONE = ERRORS, TWICE, UNRECORDED };
static const char how[] = H4L_ERRORS(NAME) "none|twice|unrecorded";

struct walks {
    uint64_t seed;
    long steps;
    double sums[WALKS];
};

static int walk(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct walks *w = ctx;
    struct h4l_rng rng;
    (void)worker, (void)err;

    h4l_rng_init(&rng, w->seed, "walk", i);
    for (long s = 0; s < w->steps; s++)
        w->sums[i] += h4l_rng_normal(&rng);
    return H4L_OK;
}

// Waits in small pieces, as a long case would compute.
static int wait_s(struct h4l_run *run, double seconds, struct h4l_err *err)
{
    for (int i = 0; i < (int)(seconds * 100); i++) {
        struct timespec ten_ms = {0, 10000000};

        if (h4l_run_interrupted(run))
            return h4l_fail(err, H4L_E_INTERRUPT, "interrupted after %d of %g s", i / 100, seconds);
        h4l_run_progress(run, "waiting", i, seconds * 100);
        nanosleep(&ten_ms, NULL);
    }
    return H4L_OK;
}

static void wait_deaf(double seconds)
{
    struct timespec left = {(time_t)seconds, (long)(fmod(seconds, 1) * 1e9)};

    while (nanosleep(&left, &left))
        continue;
}

static const struct h4l_column walk_columns[] = {{"walk", "", "number of the walk"},
                                                 {"sum", "mV", "where it ends"}};
static const struct h4l_series walks_series =
    H4L_SERIES("trace-walks.csv", "random walk", walk_columns);

// Random walks over the pool, with every kind of metric and a series.
static int run_trace(struct h4l_run *run, struct h4l_err *err)
{
    struct options o = *(const struct options *)h4l_run_options(run);
    struct walks w = {.seed = h4l_run_seed(run), .steps = o.steps};
    struct h4l_csv *csv = h4l_series_begin(run, &walks_series, NULL, err);
    double mean = 0;
    int code;

    if (!csv)
        return err->code;
    wait_deaf(o.deaf_s);
    if (o.held_s > 0) {
        h4l_run_hold(run);
        h4l_run_expect(run, o.held_s);
        wait_deaf(o.held_s);
        h4l_run_release(run);
    }
    code = wait_s(run, o.wait_s, err);
    if (!code)
        code = h4l_parallel_for(h4l_run_pool(run), WALKS, walk, &w, err);
    if (code)
        return code;
    for (int i = 0; i < WALKS; i++) {
        mean += w.sums[i] / WALKS;
        if (i < o.rows)
            h4l_csv_row(csv, (double[]){i, w.sums[i]});
    }
    h4l_metric_real(run, "mean_mV", mean);
    h4l_metric_int(run, "walks", WALKS);
    h4l_metric_text(run, "label", o.label ? o.label : "none");
    h4l_metric_reals(run, "first_sums_mV", w.sums, 6);
    h4l_metric_reals(run, "levels_mV", o.levels_mV.at, o.levels_mV.n);
    h4l_metric_ints(run, "counts", (long long[]){1, -2}, 2);
    h4l_metric_null(run, "missing_ms");
    h4l_metric_real(run, "infinite_mV", 1e308 * 10);
    o.half_width = o.width / 2;
    h4l_run_override(run, &o);
    h4l_run_record(run, NULL, &o);
    h4l_provenance_timing(run, "walk_s", 0.5);
    h4l_provenance_data(run, "walks.bin", "00");
    return H4L_OK;
}

static int run_absent(struct h4l_run *run, struct h4l_err *err)
{
    (void)run;
    return h4l_fail(err, H4L_E_SKIP, "this case never runs here");
}

static const struct h4l_column faulty_columns[] = {{"a", "a", "nothing"}};
static const struct h4l_series faulty_series = H4L_SERIES("faulty.csv", "nothing", faulty_columns);

// Fails in the way that is asked for.
static int run_faulty(struct h4l_run *run, struct h4l_err *err)
{
    struct options o = *(const struct options *)h4l_run_options(run);

    h4l_metric_int(run, "answer", 42);
    if (!h4l_series_begin(run, &faulty_series, NULL, err))
        return err->code;
    if (o.how < ERRORS)
        return h4l_fail(err, errors[o.how], "asked to fail");
    if (o.how == TWICE)
        h4l_metric_int(run, "answer", 43);
    if (o.how != UNRECORDED)
        h4l_run_record(run, NULL, &o);
    return H4L_OK;
}

static int run_silent(struct h4l_run *run, struct h4l_err *err)
{
    (void)run, (void)err;
    return H4L_OK;
}

static const char *neuron(size_t i, const char **ret_summary)
{
    static const char *const rows[][2] = {{"one", "the first"}, {"second", "the last"}};

    if (i >= 2)
        return NULL;
    *ret_summary = rows[i][1];
    return rows[i][0];
}

enum { TRACE = 1, FAILING = 2, FAULTY = 4 };

static const struct h4l_case cases[] = {
    {"trace", "random walks with a series", run_trace, NULL, TRACE | H4L_MANY_SEEDS},
    {"absent", "is never run", run_absent, NULL, FAILING},
    {"faulty", "fails as asked", run_faulty, NULL, FAILING | FAULTY},
    {"faulty-silent", "measures nothing", run_silent, NULL, 0},
};

#define NUMBER(name, place, ...) H4L_NUMBER(struct options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    NUMBER("steps", steps, 1, 1e6, TRACE, "steps of each walk", "10", "100", NULL),
    NUMBER("rows", rows, 0, 1e9, TRACE, "rows of the series", "3"),
    NUMBER("width", width, 0, 10, TRACE, "a width", "0.5"),
    NUMBER("half_width", half_width, 0, 5, TRACE, "half of it", H4L_OWN),
    NUMBER("wait_s", wait_s, 0, 100, TRACE, "seconds to wait before the work", "0"),
    NUMBER("deaf_s", deaf_s, 0, 100, TRACE, "the same without looking for signals", "0"),
    NUMBER("held_s", held_s, 0, 100, TRACE, "the same with something to save", "0"),
    NUMBER("levels_mV", levels_mV, -9, 9, TRACE, "levels", "-1,0.25"),
    H4L_FILE(struct options, "label", label, "none", TRACE, "a label"),
    NUMBER("depth", depth, 0, 1, FAULTY, "a depth that the case knows itself", H4L_OWN),
    H4L_CHOICE(struct options, "how", how, how, FAILING, "the error to return", "H4L_E_NUMERIC"),
};

static const struct h4l_undefined undefined[] = {{"faulty*", "missing_ms", "another case's reason"},
                                                 {"trace", "missing_*", "nobody measured it"},
                                                 {NULL, "infinite_* mean_*", "beyond all numbers"},
                                                 {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {&walks_series, &faulty_series};
    static const struct h4l_family family = {
        .name = "selftest",
        .question = "Does the frame of the experiment programs keep its promises?",
        .neuron = neuron,
        .undefined = undefined,
        .cases = cases,
        .n_cases = sizeof cases / sizeof cases[0],
        .params = params,
        .n_params = sizeof params / sizeof params[0],
        .series = series,
        .n_series = sizeof series / sizeof *series,
        .options_size = sizeof(struct options),
    };

    return h4l_family_main(&family, argc, argv);
}
