// Every allocation of src/base fails once: the n-th one for n = 1, 2, ... until the work succeeds. Each time the work must
// report that memory ran out (or do without), leave its outputs alone, lose no memory (checked under ASan) and leave no file.
// The linker's --wrap sends the library's calls to the functions below; jansson gets them by its own hook.
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/family.h"
#include "base/json.h"
#include "base/provenance.h"
#include "base/threads.h"

static atomic_long countdown; // the allocation that fails; 0: none
static atomic_bool sticky;    // all that follow fail too
static atomic_long failures;

static int fails(void)
{
    long left = atomic_load(&countdown);

    if (left <= 0)
        return 0;
    if (left > 1 || !atomic_load(&sticky))
        left = atomic_fetch_sub(&countdown, 1);
    if (left != 1)
        return 0;
    atomic_fetch_add(&failures, 1);
    errno = ENOMEM;
    return 1;
}

#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails() ? NULL : __real_##name arguments;                                           \
    }
WRAP(void *, malloc, (size_t n), (n))
WRAP(void *, calloc, (size_t n, size_t size), (n, size))
WRAP(void *, realloc, (void *p, size_t n), (p, n))
WRAP(char *, strdup, (const char *s), (s))
WRAP(char *, strndup, (const char *s, size_t n), (s, n))
WRAP(FILE *, fopencookie, (void *cookie, const char *mode, cookie_io_functions_t io),
     (cookie, mode, io))
WRAP(FILE *, open_memstream, (char **bytes, size_t *n), (bytes, n))
WRAP(locale_t, newlocale, (int mask, const char *name, locale_t base), (mask, name, base))

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
                          void *arg)
{
    return fails() ? EAGAIN : __real_pthread_create(thread, attr, start, arg);
}

int __wrap_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **ret, const char *format, ...)
{
    va_list args;
    int n;

    if (fails())
        return -1; // *ret is undefined then
    va_start(args, format);
    n = vasprintf(ret, format, args);
    va_end(args);
    return n;
}

static char dir[] = "/tmp/hh4lif-alloc-XXXXXX";

static const char *in_dir(const char *name)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static int entries(void)
{
    DIR *d = opendir(dir);
    int n = -2;

    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}

// work is run with the n-th allocation failing, n = 1, 2, ..., until it does not come so far; `least` failures must come up.
static void sweep_once(const char *name, int (*work)(struct h4l_err *err), int least)
{
    int wrong = 0, hit = 0;

    for (long n = 1;; n++) {
        struct h4l_err err = {0};
        int code;

        atomic_store(&failures, 0);
        atomic_store(&countdown, n);
        code = work(&err);
        atomic_store(&countdown, 0);
        if (atomic_load(&failures) == 0) {
            CHECK_OK(code, err);
            break;
        }
        hit++;
        if (code != H4L_OK && (code != H4L_E_NOMEM || err.code != code || !*err.message)) {
            printf("allocation %ld of %s: code %d \"%s\"\n", n, name, code, err.message);
            wrong++;
        }
        if (code != H4L_OK && entries() != 0) {
            printf("allocation %ld of %s: %d files left\n", n, name, entries());
            wrong++;
        }
    }
    printf("%s: %d allocations failed\n", name, hit);
    CHECK_INT(wrong, 0);
    CHECK_AT_LEAST(hit, least);
}

static void sweep(const char *name, int (*work)(struct h4l_err *err), int least)
{
    for (int s = 0; s < 2; s++) {
        atomic_store(&sticky, s);
        sweep_once(name, work, least);
    }
}

static int write_a_file(struct h4l_err *err)
{
    struct h4l_file file;
    int code = h4l_file_begin(in_dir("a.txt"), &file, err);

    if (code)
        return code;
    fputs("x", file.stream);
    code = h4l_file_commit(&file, err);
    if (!code)
        unlink(in_dir("a.txt"));
    return code;
}

static int make_a_folder(struct h4l_err *err)
{
    return h4l_make_dirs(dir, err);
}

static int read_a_file(struct h4l_err *err)
{
    char *bytes = NULL;
    size_t n = 77;
    int code = h4l_read_file("/proc/self/maps", 10000000, &bytes, &n, err);

    if (code && (bytes || n != 77))
        return H4L_E_INTERNAL;
    free(bytes);
    return code;
}

static int read_gz(struct h4l_err *err)
{
    char *bytes = NULL;
    size_t n = 77;
    int code = h4l_read_gz("/proc/self/maps", 10000000, &bytes, &n, err);

    if (code && (bytes || n != 77))
        return H4L_E_INTERNAL;
    free(bytes);
    return code;
}

static int json_round_trip(struct h4l_err *err)
{
    json_t *value =
        json_pack("{s:[f,i,s],s:{s:n,s:[{s:i}]}}", "a", 0.5, 3, "t", "b", "c", "d", "e", 1);
    json_t *back = NULL;
    int code;

    if (!value)
        return h4l_fail(err, H4L_E_NOMEM, "json_pack");
    code = h4l_json_write(in_dir("v.json"), value, err);
    if (!code) {
        code = h4l_json_read(in_dir("v.json"), &back, err);
        if (!code && !json_equal(value, back))
            code = H4L_E_INTERNAL;
        unlink(in_dir("v.json"));
    }
    json_decref(value);
    json_decref(back);
    return code;
}

// Texts of every length up to one that fills jansson's buffer three times: where it grows it could lose a letter, a text's end among them.
static int json_texts(struct h4l_err *err)
{
    enum { LONGEST = 70 };
    char bytes[LONGEST * (LONGEST + 8)] = "[\"\"";
    size_t n = strlen(bytes);
    json_t *texts;
    int code;

    for (size_t k = 1; k <= LONGEST; k++) {
        n += (size_t)snprintf(bytes + n, sizeof bytes - n, ",\"");
        memset(bytes + n, 'a', k);
        n += k;
        bytes[n++] = '"';
    }
    bytes[n++] = ']';
    code = h4l_json_parse(bytes, n, 0, &texts, NULL);
    if (code)
        return h4l_fail(err, code, "texts in JSON");
    for (size_t k = 0; k <= LONGEST; k++)
        if (json_string_length(json_array_get(texts, k)) != k)
            code = H4L_E_INTERNAL;
    json_decref(texts);
    return code;
}

static int csv_round_trip(struct h4l_err *err)
{
    static const char *const names[] = {"a", "b"};
    struct h4l_csv csv;
    struct h4l_table table = {0};
    int code = h4l_csv_begin(dir, "t.csv", names, 2, &csv, err);

    if (code)
        return code;
    for (int i = 0; i < 100; i++)
        h4l_csv_row(&csv, (double[]){i, NAN});
    code = h4l_csv_commit(&csv, err);
    if (!code) {
        code = h4l_table_read(in_dir("t.csv"), &table, err);
        if (code ? table.values || table.names : table.rows != 100)
            code = H4L_E_INTERNAL;
        unlink(in_dir("t.csv"));
    }
    h4l_table_free(&table);
    return code;
}

static void nothing(void *ctx, int worker, int workers)
{
    (void)ctx, (void)worker, (void)workers;
}

static int make_a_pool(struct h4l_err *err)
{
    struct h4l_pool *pool = NULL;
    int code = h4l_pool_create(4, &pool, err);

    if (code && pool)
        return H4L_E_INTERNAL;
    h4l_pool_run(code ? NULL : pool, nothing, NULL);
    h4l_pool_destroy(pool);
    return code;
}

static int make_provenance(struct h4l_err *err)
{
    char *argv[] = {(char *)"program", (char *)"\xff", NULL};
    json_t *p;
    int code = h4l_provenance(2, argv, 1, &p, err);

    if (code)
        return code;
    int whole = json_object_size(json_object_get(p, "libraries")) >= 6 &&
                json_array_size(json_object_get(p, "argv")) == 2;
    code = h4l_provenance_finish(p, err);
    json_decref(p);
    return code ? code : whole ? H4L_OK : H4L_E_INTERNAL;
}

static void functions(void **state)
{
    (void)state;
    sweep("file", write_a_file, 4);
    sweep("folders", make_a_folder, 1);
    sweep("read", read_a_file, 2);
    sweep("read gz", read_gz, 2);
    sweep("json", json_round_trip, 20);
    sweep("json texts", json_texts, 70);
    sweep("csv", csv_round_trip, 10);
    sweep("pool", make_a_pool, 5);
    sweep("provenance", make_provenance, 20);
}

// ---- the frame: a whole run of a case, in a child, as main would do it ----

struct options {
    struct h4l_reals levels;
    double x_mV, depth;
    bool how;
    const char *file;
};

static const struct h4l_column columns[] = {{"t_ms", "ms", "time"}, {"V_mV", "mV", "potential"}};
static const struct h4l_series series = H4L_SERIES("case.csv", "step", columns);

static int run_case(struct h4l_run *run, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &series, NULL, err);
    struct options o = *(const struct options *)h4l_run_options(run);

    if (!csv)
        return err->code;
    h4l_csv_row(csv, (double[]){1, 2});
    h4l_metric_reals(run, "levels", o.levels.at, o.levels.n);
    h4l_metric_real(run, "x_mV", o.x_mV);
    h4l_metric_text(run, "text", "t");
    h4l_metric_ints(run, "counts", (long long[]){1, 2}, 2);
    h4l_run_record_param(run, "y_mV", json_real(2));
    for (int arm = 0; arm < 2; arm++) {
        o.depth = arm;
        h4l_run_record(run, arm ? "deep" : "flat", &o);
    }
    h4l_provenance_timing(run, "step_s", 1);
    h4l_provenance_data(run, "file", "00");
    return H4L_OK;
}

enum { CASE = 1 };
static const struct h4l_case cases[] = {{"case", "a case", run_case, NULL, CASE}};
static const struct h4l_param params[] = {
    H4L_NUMBER(struct options, "levels", levels, 0, 9, 0, "levels", "1,2"),
    H4L_NUMBER(struct options, "x_mV", x_mV, 0, 9, CASE, "x", "1"),
    H4L_NUMBER(struct options, "depth", depth, 0, 9, CASE, "depth", H4L_OWN),
    H4L_CHOICE(struct options, "how", how, "a|b", 0, "how", "a"),
    H4L_FILE(struct options, "file", file, "none", 0, "a file"),
};
static const struct h4l_series *const all_series[] = {&series};
static const struct h4l_family family = {.name = "alloc",
                                         .question = "Does memory run out cleanly?",
                                         .cases = cases,
                                         .n_cases = 1,
                                         .params = params,
                                         .n_params = 5,
                                         .series = all_series,
                                         .n_series = 1,
                                         .options_size = sizeof(struct options)};

// Exit status of the frame with the n-th allocation failing; 200 if there were fewer.
static int child_status(long n, int argc, char **argv)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen(in_dir("stderr"), "w", stderr))
            _exit(201);
        atomic_store(&failures, 0);
        atomic_store(&countdown, n);
        status = h4l_family_main(&family, argc, argv);
        atomic_store(&countdown, 0);
        exit(status == 0 && atomic_load(&failures) == 0 ? 200 : status);
    }
    CHECK_TRUE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int exists(const char *name)
{
    return access(in_dir(name), F_OK) == 0;
}

static int has_text(const char *name)
{
    struct stat st;

    return stat(in_dir(name), &st) == 0 && st.st_size > 0;
}

// Removes the results folder; false if it holds anything but the two files.
static int clean_up(void)
{
    int known = exists("out/alloc/case.json") + exists("out/alloc/case.csv");

    unlink(in_dir("out/alloc/case.json"));
    unlink(in_dir("out/alloc/case.csv"));
    if (rmdir(in_dir("out/alloc")) && errno != ENOENT)
        return 0;
    return rmdir(in_dir("out")) == 0 || (errno == ENOENT && known == 0);
}

static void sweep_frame(int argc, char **argv)
{
    int wrong = 0, failed = 0, status;
    long step = atomic_load(&sticky)
                    ? 7
                    : 1; // every allocation on its own, and a sample of the lasting failures

    for (long n = 1; (status = child_status(n, argc, argv)) != 200; n += step) {
        int both = exists("out/alloc/case.json") && exists("out/alloc/case.csv");
        int none = !exists("out/alloc/case.json") && !exists("out/alloc/case.csv");
        int ok = status == 0 ? both : status == 4 && none && has_text("stderr");

        if (!clean_up() || !ok) {
            printf("allocation %ld: status %d, %s\n", n, status,
                   both   ? "a result"
                   : none ? "no result"
                          : "half");
            wrong++;
        }
        failed += status == 4;
        if (n > 5000)
            CHECK_TRUE(n <= 5000);
    }
    clean_up();
    printf("frame: %d allocations failed\n", failed);
    CHECK_INT(wrong, 0);
    CHECK_AT_LEAST(failed, 200 / step);
}

static void frame(void **state)
{
    char out[200];
    char *argv[] = {(char *)"hh4lif-alloc",
                    (char *)"--out",
                    out,
                    (char *)"--threads",
                    (char *)"2",
                    (char *)"--set",
                    (char *)"x_mV=3",
                    (char *)"--set",
                    (char *)"how=b",
                    (char *)"--file=f",
                    (char *)"--case",
                    (char *)"c*",
                    NULL};
    (void)state;

    snprintf(out, sizeof out, "%s/out", dir);
    for (int s = 0; s < 2; s++) {
        atomic_store(&sticky, s);
        sweep_frame(12, argv);
    }
}

static int set_up(void **state)
{
    (void)state;
    json_set_alloc_funcs(malloc, free); // this file's malloc: the wrapped one
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[300];
    (void)state;

    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions),
        cmocka_unit_test(frame),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
