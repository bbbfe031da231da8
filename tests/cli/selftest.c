// A family of small cases for the tests of the frame: each outcome, parameter type and kind of metric once.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/family.h"
#include "base/rng.h"

enum { WALKS = 1000 };

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

// Random walks over the pool, with every kind of metric and a series.
static int run_trace(struct h4l_run *run, struct h4l_err *err)
{
    static const char *const columns[] = {"walk", "sum"}, *const units[] = {"", "mV"};
    struct walks w = {.seed = h4l_run_seed(run), .steps = h4l_run_int(run, "steps")};
    struct h4l_csv *csv = h4l_series_begin(run, "trace-walks.csv", columns, units, 2, err);
    const double *levels;
    size_t n = h4l_run_reals(run, "levels_mV", &levels);
    double mean = 0;
    int code;

    if (!csv)
        return err->code;
    wait_deaf(h4l_run_real(run, "deaf_s"));
    code = wait_s(run, h4l_run_real(run, "wait_s"), err);
    if (!code)
        code = h4l_parallel_for(h4l_run_pool(run), WALKS, walk, &w, err);
    if (code)
        return code;
    for (int i = 0; i < WALKS; i++) {
        mean += w.sums[i] / WALKS;
        if (i < h4l_run_int(run, "rows"))
            h4l_csv_row(csv, (double[]){i, w.sums[i]});
    }
    h4l_metric_real(run, "mean_mV", mean);
    h4l_metric_int(run, "walks", WALKS);
    h4l_metric_text(run, "label", h4l_run_text(run, "label") ? h4l_run_text(run, "label") : "none");
    h4l_metric_reals(run, "first_sums_mV", w.sums, 6);
    h4l_metric_reals(run, "levels_mV", levels, n);
    h4l_metric_ints(run, "counts", (long long[]){1, -2}, 2);
    h4l_metric_null(run, "missing_ms");
    h4l_metric_real(run, "infinite_mV", 1e308 * 10);
    if (!h4l_run_given(run, "half_width"))
        h4l_run_record_param(run, "half_width", json_real(h4l_run_real(run, "width") / 2));
    h4l_provenance_timing(run, "walk_s", 0.5);
    h4l_provenance_data(run, "walks.bin", "00");
    return H4L_OK;
}

static int run_absent(struct h4l_run *run, struct h4l_err *err)
{
    (void)run;
    return h4l_fail(err, H4L_E_SKIP, "this case never runs here");
}

// Fails in the way that is asked for.
static int run_faulty(struct h4l_run *run, struct h4l_err *err)
{
    static const char *const columns[] = {"a"};
    const char *how = h4l_run_text(run, "how");

    h4l_metric_int(run, "answer", 42);
    if (!h4l_series_begin(run, "faulty.csv", columns, columns, 1, err))
        return err->code;
#define H4L_FAULT(code, number, status, text)                                                      \
    if (strcmp(how, #code) == 0)                                                                   \
        return h4l_fail(err, code, "asked to fail");
    H4L_ERRORS(H4L_FAULT)
#undef H4L_FAULT
    if (strcmp(how, "twice") == 0)
        h4l_metric_int(run, "answer", 43);
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

static const struct h4l_case cases[] = {
    {"trace", "random walks with a series", run_trace, NULL},
    {"absent", "is never run", run_absent, NULL},
    {"faulty", "fails as asked", run_faulty, NULL},
    {"faulty-silent", "measures nothing", run_silent, NULL},
};

static const struct h4l_param params[] = {
    {"steps", H4L_INT, {"10", "100", NULL}, 1, 1e6, NULL, "trace", "steps of each walk"},
    {"rows", H4L_INT, {"3"}, 0, 1e9, NULL, "trace", "rows of the series"},
    {"width", H4L_REAL, {"0.5"}, 0, 10, NULL, "trace", "a width"},
    {"half_width", H4L_REAL, {NULL}, 0, 5, NULL, "trace", "half of it"},
    {"wait_s", H4L_REAL, {"0"}, 0, 100, NULL, "trace", "seconds to wait before the work"},
    {"deaf_s", H4L_REAL, {"0"}, 0, 100, NULL, "trace", "the same without looking for signals"},
    {"levels_mV", H4L_REALS, {"-1,0.25"}, -9, 9, NULL, "trace", "levels"},
    {"label", H4L_TEXT, {NULL}, 0, 0, NULL, "trace", "a label"},
    {"how",
     H4L_CHOICE,
     {"H4L_E_NUMERIC"},
     0,
     0,
     "H4L_E_CHECK|H4L_E_USAGE|H4L_E_RANGE|H4L_E_DATA|H4L_E_NOMEM|H4L_E_IO|H4L_E_SKIP|H4L_E_NUMERIC|"
     "H4L_E_INTERNAL|H4L_E_INTERRUPT|none|twice",
     "faulty absent",
     "the error to return"},
};

static const char *const file_options[] = {"label"};

int main(int argc, char **argv)
{
    static const struct h4l_family family = {
        .name = "selftest",
        .question = "Does the frame of the experiment programs keep its promises?",
        .neuron = neuron,
        .cases = cases,
        .n_cases = sizeof cases / sizeof cases[0],
        .params = params,
        .n_params = sizeof params / sizeof params[0],
        .file_options = file_options,
        .n_file_options = 1,
        .many_seeds = "tr*",
    };

    return h4l_family_main(&family, argc, argv);
}
