// hh4lif-bench: runs the table of benchmarks and prints JSON lines or a table.
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/json.h"
#include "base/log.h"
#include "bench.h"

enum { KEY_JSON = 1000, KEY_ONLY, KEY_LIST, KEY_THREADS, KEY_SECONDS, MOST_ONLY = 64 };

static const struct argp_option options_table[] = {
    {"json", KEY_JSON, NULL, 0, "one JSON object a line instead of a table", 0},
    {"only", KEY_ONLY, "NAME", 0,
     "run this benchmark, or all that match a pattern such as 'hh_*' (repeatable; default: all)",
     0},
    {"list", KEY_LIST, NULL, 0, "list the benchmarks and end", 0},
    {"threads", KEY_THREADS, "N", 0, "threads that each benchmark uses (default: all cores)", 0},
    {"seconds", KEY_SECONDS, "S", 0, "least time for which each benchmark is timed (default 0.3)",
     0},
    {0}};

struct options {
    int json, list, n_only;
    const char *only[MOST_ONLY];
    long long threads;
    double seconds;
    struct h4l_err *err;
};

static int set_option(struct options *o, int key, char *arg)
{
    switch (key) {
    case KEY_JSON:
        o->json = 1;
        return H4L_OK;
    case KEY_LIST:
        o->list = 1;
        return H4L_OK;
    case KEY_ONLY:
        if (o->n_only == MOST_ONLY)
            return h4l_fail(o->err, H4L_E_USAGE, "--only: at most %d times", MOST_ONLY);
        o->only[o->n_only++] = arg;
        return H4L_OK;
    case KEY_THREADS:
        return h4l_arg_int("--threads", arg, 1, 1024, &o->threads, o->err);
    case KEY_SECONDS:
        return h4l_arg_real("--seconds", arg, 1e-3, 3600, &o->seconds, o->err);
    default:
        return h4l_fail(o->err, H4L_E_USAGE, "unexpected argument \"%s\": only options are allowed",
                        arg);
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    return !h4l_args_is_event(key) && set_option(state->input, key, arg) ? EINVAL : 0;
}

static const struct argp argp = {
    options_table,
    parse_option,
    NULL,
    "Times the parts of hh4lif that decide how long experiments take.\v"
    "Each benchmark is warmed up and then repeated; \"value\" is the median over the repetitions "
    "and \"best\" the largest, in units per second of wall-clock time. A benchmark dominated by "
    "matrix products gets a second line, NAME_fraction_of_ceiling, its share of sgemm_gflops in "
    "the same run; a fully connected network a third, NAME_products_fraction_of_ceiling, the share "
    "while its threads are in those products. The environment variable "
    "H4L_SIMD=generic|avx2|avx512 sets the instruction "
    "level of the neuron kernels. Nothing here fails for being slow.\n"
    "Exit status: 0 done; 2 wrong usage; 4 out of memory; 99 a benchmark computed something "
    "wrong.",
    NULL,
    NULL,
    NULL};

// ---- selection ----

static int selected(const struct options *o, const char *name)
{
    for (int i = 0; i < o->n_only; i++)
        if (fnmatch(o->only[i], name, 0) == 0)
            return 1;
    return o->n_only == 0;
}

static int check_only(const struct options *o, struct h4l_err *err)
{
    for (int i = 0; i < o->n_only; i++) {
        struct h4l_nearest nearest = {.name = o->only[i]};
        int hits = 0;

        for (const struct h4l_bench_row *row = h4l_bench_rows; row->name; row++) {
            hits += fnmatch(o->only[i], row->name, 0) == 0;
            h4l_nearest_offer(&nearest, row->name);
        }
        if (!hits)
            return h4l_fail(err, H4L_E_USAGE,
                            "--only: there is no benchmark \"%s\"%s (--list shows all)", o->only[i],
                            h4l_nearest_text(&nearest, ""));
    }
    return H4L_OK;
}

// ---- output ----

static void put_row(const struct options *o, const struct h4l_bench_row *row,
                    const struct h4l_bench *b)
{
    if (o->json) {
        char *text;
        json_t *line =
            json_pack("{s:s, s:f, s:s, s:i, s:f, s:i, s:s}", "benchmark", row->name, "value",
                      b->median, "unit", row->unit, "threads", b->threads, "best", b->best,
                      "repetitions", b->repetitions, "simd", h4l_simd_name(b->simd));

        text = line ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
        if (text)
            puts(text);
        free(text);
        json_decref(line);
    } else {
        printf("%-34s %12.4g %12.4g  %-14s %s\n", row->name, b->median, b->best, row->unit,
               row->summary);
    }
    fflush(stdout);
}

static void put_fraction(const struct options *o, const struct h4l_bench_row *row,
                         const struct h4l_bench *b, const struct h4l_bench *ceiling)
{
    char name[100];
    struct h4l_bench_row fraction = {name, "1", "share of sgemm_gflops", NULL};
    struct h4l_bench f = *b;
    double gflop = b->flop_per_unit * 1e-9;

    snprintf(name, sizeof name, "%s_fraction_of_ceiling", row->name);
    f.median = b->median * gflop / ceiling->median;
    f.best = b->best * gflop / ceiling->best;
    put_row(o, &fraction, &f);
    if (b->product_seconds_per_unit > 0) {
        // all threads in their products at once would do so much; a mean, so it is set against both of the ceiling's figures
        double rate = gflop * b->threads / b->product_seconds_per_unit;

        snprintf(name, sizeof name, "%s_products_fraction_of_ceiling", row->name);
        fraction.summary = "the same while in matrix products";
        f.median = rate / ceiling->median;
        f.best = rate / ceiling->best;
        put_row(o, &fraction, &f);
    }
}

// ---- running ----

static int run_row(const struct options *o, const struct h4l_bench_row *row,
                   struct h4l_bench *ceiling, struct h4l_err *err)
{
    struct h4l_bench b = {.threads = ceiling->threads,
                          .pool = ceiling->pool,
                          .simd = ceiling->simd,
                          .seconds = o->seconds};
    int code = row->run(&b, err);

    if (code == H4L_E_SKIP) {
        h4l_log(H4L_LOG_WARN, "%s: not run: %s", row->name, err->message);
        return H4L_OK;
    }
    if (code)
        return h4l_fail_context(err, code, "benchmark %s", row->name);
    put_row(o, row, &b);
    if (row == h4l_bench_rows)
        *ceiling = b;
    if (b.flop_per_unit <= 0)
        return H4L_OK;
    if (ceiling->repetitions == 0) { // not selected, but needed
        code = h4l_bench_rows[0].run(ceiling, err);
        if (code)
            return h4l_fail_context(err, code, "benchmark %s", h4l_bench_rows[0].name);
    }
    put_fraction(o, row, &b, ceiling);
    return H4L_OK;
}

static int work(const struct options *o, struct h4l_err *err)
{
    struct h4l_bench ceiling = {.threads = (int)o->threads, .seconds = o->seconds};
    int code = check_only(o, err);

    if (!code)
        code = h4l_simd_choose(&ceiling.simd, err);
    if (code)
        return code;
    if (o->list) {
        for (const struct h4l_bench_row *row = h4l_bench_rows; row->name; row++)
            if (selected(o, row->name))
                printf("%-28s %s\n", row->name, row->summary);
        return H4L_OK;
    }
    code = h4l_pool_create(ceiling.threads, &ceiling.pool, err);
    if (code)
        return code;
    if (!o->json)
        printf("%d thread%s, instruction level %s\n%-34s %12s %12s\n", ceiling.threads,
               ceiling.threads > 1 ? "s" : "", h4l_simd_name(ceiling.simd), "", "median", "best");
    for (const struct h4l_bench_row *row = h4l_bench_rows; row->name && !code; row++)
        if (selected(o, row->name))
            code = run_row(o, row, &ceiling, err);
    h4l_pool_destroy(ceiling.pool);
    return code;
}

int main(int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options options = {.threads = h4l_cores(), .seconds = 0.3, .err = &err};
    int code;

    h4l_args_begin("hh4lif-bench", argv);
    code = h4l_args_parse(&argp, argc, argv, &options, &err);
    if (!code)
        code = work(&options, &err);
    return h4l_args_end(code, &err);
}
