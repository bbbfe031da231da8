#include "base/family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/family_internal.h"
#include "base/log.h"
#include "base/provenance.h"
#include "base/simd.h"

static const char *outcome(int code)
{
    return code == H4L_OK            ? "done"
           : code == H4L_E_SKIP      ? "not run"
           : code == H4L_E_CHECK     ? "check failed"
           : code == H4L_E_INTERRUPT ? "interrupted"
                                     : "failed";
}

// Where the user set something, a computation that left the finite numbers or did not converge is no fault of the program (it is one
// with the program's own values), and a value that the case cannot work with follows from what was set. The message says what that is.
static int blame_what_was_set(const struct h4l_run *run, int code, struct h4l_err *err)
{
    char names[400] = "";
    FILE *text = fmemopen(names, sizeof names, "w");

    if (text) {
        h4l_run_put_given(text, run);
        fclose(text);
    }
    if (!*names || (code != H4L_E_NUMERIC && h4l_run_names_given(run, err->message)))
        return code;
    return h4l_fail_context(err, H4L_E_RANGE, "with %s", names);
}

static int measure(struct h4l_run *run, double started, struct h4l_err *err)
{
    int code = run->the_case->run(run, err);

    if (code == H4L_E_NUMERIC || code == H4L_E_RANGE || code == H4L_E_USAGE)
        code = blame_what_was_set(run, code, err);
    h4l_progress_end(&run->progress);
    if (code)
        return code;
    h4l_run_hold(run);
    code = h4l_run_write(run, h4l_now() - started, err);
    h4l_run_release(run);
    return code;
}

// One case from its parameters to its result file and its lines on stdout.
static int run_case(const struct options *o, const struct h4l_case *the_case, const char *dir,
                    struct h4l_pool *pool, struct h4l_err *err)
{
    struct h4l_run run;
    struct h4l_err why = {0};
    double started = h4l_now();
    int code = h4l_run_begin(o, the_case, dir, pool, &run, err);
    bool kept;

    if (code)
        return code;
    h4l_stop_run(&run);
    kept = o->resume && h4l_run_is_done(&run, &why);
    if (why.code)
        h4l_log(H4L_LOG_WARN, "%s: run anew; the result that is there is %s", the_case->name,
                why.message);
    if (!kept)
        code = measure(&run, started, err);
    if (!o->quiet) {
        printf("%s  %s  %.1f s", the_case->name, kept ? "kept" : outcome(code),
               h4l_now() - started);
        if (!code) {
            printf("  %s\n", run.path);
            h4l_run_print_metrics(&run);
        } else {
            putchar('\n');
        }
        fflush(stdout);
    }
    h4l_stop_run(NULL);
    h4l_run_end(&run);
    return code;
}

// What was said last, and of how many cases behind the one that it was said of it holds too.
struct said {
    struct h4l_err err;
    const char *of, *last; // the first and the last of the cases
    int more;
};

static void end_said(struct said *said)
{
    const bool skipped = said->err.code == H4L_E_SKIP;

    if (said->more)
        h4l_log(skipped ? H4L_LOG_WARN : H4L_LOG_ERROR,
                "the same of %d more case%s, the last of them %s", said->more,
                said->more > 1 ? "s" : "", said->last);
    *said = (struct said){0};
}

// One message a cause: where data are missing every case says the same.
static void report(const struct h4l_case *the_case, int code, const struct h4l_err *err,
                   struct said *said)
{
    const char *text = err->code && *err->message ? err->message : h4l_code_text(code);

    if (!code)
        return;
    if (said->of && said->err.code == code && strcmp(said->err.message, text) == 0) {
        said->last = the_case->name;
        said->more++;
        return;
    }
    end_said(said);
    h4l_fail(&said->err, code, "%s", text);
    said->of = the_case->name;
    if (code == H4L_E_SKIP)
        h4l_log(H4L_LOG_WARN, "%s: not run: %s", the_case->name, text);
    else
        h4l_log(H4L_LOG_ERROR, "%s: %s", the_case->name, text);
}

// Rank of an exit status among those of several cases: the worst one is the program's.
static int severity(int status)
{
    static const int order[] = {0, 77, 1, 2, 3, 4, 99};

    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++)
        if (order[i] == status)
            return i;
    return 100; // interrupted
}

static int run_cases(const struct options *o, const char *dir, struct h4l_pool *pool)
{
    const struct h4l_family *family = o->family;
    int worst = 0, ran = 0, skipped = 0;
    struct said said = {0};

    for (size_t c = 0; c < family->n_cases && !h4l_stop_signal(); c++) {
        struct h4l_err err = {0};
        int code, status;

        if (!o->selected[c])
            continue;
        code = run_case(o, &family->cases[c], dir, pool, &err);
        report(&family->cases[c], code, &err, &said);
        status = h4l_exit_status(code);
        ran++;
        skipped += code == H4L_E_SKIP;
        if (code != H4L_E_SKIP && severity(status) > severity(worst))
            worst = status;
    }
    end_said(&said);
    if (h4l_stop_signal())
        return 128 + h4l_stop_signal();
    return ran && skipped == ran ? h4l_exit_status(H4L_E_SKIP) : worst;
}

// Makes DIR/<family> and tries it out, so that an unusable folder is known before the work and not after it.
static int prepare_dir(const struct options *o, char **ret_dir, struct h4l_err *err)
{
    struct h4l_file probe;
    char *dir = NULL, *name = NULL;
    int code = H4L_OK;

    if (asprintf(&dir, "%s/%s", o->out, o->family->name) < 0)
        dir = NULL;
    if (!dir || asprintf(&name, "%s/probe", dir) < 0) {
        name = NULL;
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for the path of the results");
    }
    if (!code)
        code = h4l_file_begin(name, &probe, err);
    free(name);
    if (code) {
        free(dir);
        return code;
    }
    h4l_file_abort(&probe);
    *ret_dir = dir;
    return H4L_OK;
}

static int work(struct options *o, int *status, struct h4l_err *err)
{
    struct h4l_pool *pool;
    enum h4l_simd level; // checked here, so that a wrong H4L_SIMD is an error and not another level
    char *dir;
    int code = h4l_family_options(o, err);

    if (!code)
        code = h4l_family_check_params(o, err);
    if (code || h4l_family_lists(o))
        return code ? code : h4l_family_list(o, err);
    code = h4l_simd_choose(&level, err);
    if (code)
        return code;
    if (o->quiet)
        h4l_log_setup(H4L_LOG_WARN, NULL);
    code = prepare_dir(o, &dir, err);
    if (code)
        return code;
    code = h4l_pool_create(o->threads, &pool, err);
    if (!code) {
        code = h4l_stop_begin(err);
        if (!code) {
            *status = run_cases(o, dir, pool);
            h4l_stop_end();
        }
        h4l_pool_destroy(pool);
    }
    free(dir);
    return code;
}

int h4l_family_main(const struct h4l_family *family, int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options o = {.family = family, .argc = argc, .argv = argv, .err = &err};
    char program[100];
    int status = 0, end;

    snprintf(program, sizeof program, "hh4lif-%s", family->name);
    h4l_args_begin(program, argv);
    end = h4l_args_end(work(&o, &status, &err), &err);
    h4l_family_options_free(&o);
    return end ? end : status;
}
