#include "base/args.h"

#include <cblas.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/provenance.h"
#include "base/root.h"

static void print_version(FILE *stream, struct argp_state *state)
{
    (void)state;
    fputs(h4l_version_text(), stream);
}

// The lower end of standard output: keeps the errno of the first write that failed, which stdio would lose by the end.
static struct {
    int error;
    bool told;
} out;

static ssize_t write_out(void *cookie, const char *bytes, size_t n)
{
    size_t done = 0;

    (void)cookie;
    while (done < n && !out.error) {
        ssize_t wrote = write(STDOUT_FILENO, bytes + done, n - done);

        if (wrote >= 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            out.error = errno;
    }
    return (ssize_t)done; // fewer than n sets the stream's error mark
}

// Without memory stdout stays as it is.
static void watch_stdout(void)
{
    FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_out});

    if (!stream)
        return;
    setvbuf(stream, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
    stdout = stream;
}

// Whoever read it may have left, as `head` does when it has enough: then nothing is lost that anyone wants. Told once.
static int flush_stdout(struct h4l_err *err)
{
    bool failed = ferror(stdout) != 0;

    errno = 0;
    failed = fflush(stdout) || failed;
    if (!out.error && failed)
        out.error = errno ? errno : EIO;
    if (!failed || out.error == EPIPE || out.told)
        return H4L_OK;
    out.told = true;
    return h4l_fail(err, H4L_E_IO, "cannot write to standard output: %s", strerror(out.error));
}

// argp ends the program itself after --help and --version: without this a full disk would pass for success.
static void check_stdout(void)
{
    struct h4l_err err;

    if (flush_stdout(&err)) {
        h4l_log(H4L_LOG_ERROR, "%s", err.message);
        _exit(h4l_exit_status(err.code));
    }
}

// OpenBLAS starts its threads when it is loaded. Each asks for 128 MB of addresses, without end where a limit (ulimit -v) refuses
// them, and is waited for at the end of the program.
static void replace_without_threads(char **argv)
{
    struct rlimit addresses;

    if (openblas_get_num_threads() > 1 && getrlimit(RLIMIT_AS, &addresses) == 0 &&
        addresses.rlim_cur != RLIM_INFINITY && setenv("OPENBLAS_NUM_THREADS", "1", 1) == 0)
        execv("/proc/self/exe", argv); // where it fails we go on as we are
}

void h4l_args_begin(const char *program, char **argv)
{
    replace_without_threads(argv);
    watch_stdout();
    h4l_log_setup(H4L_LOG_INFO, program);
    argp_program_version_hook = print_version;
    argp_err_exit_status = h4l_exit_status(H4L_E_USAGE);
    atexit(check_stdout);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    // The last bits of an OpenBLAS product depend on its number of threads: ours run above it, each with one.
    openblas_set_num_threads(1);
}

// ---- names ----

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Number of insertions, deletions, replacements and swaps of neighbours that lead from a to b.
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t na = strlen(a), nb = strlen(b), rows[3][LONGEST + 1];

    if (na > LONGEST || nb > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

void h4l_nearest_offer(struct h4l_nearest *nearest, const char *candidate)
{
    size_t length = strlen(nearest->name), d = distance(nearest->name, candidate);
    size_t near = length / 3 > 2 ? length / 3 : 2;

    if (length > 2 && strstr(candidate, nearest->name))
        d = least(d, 2); // a part of the name
    if (d <= near && d < length && (!nearest->best || d < nearest->distance)) {
        nearest->best = candidate;
        nearest->distance = d;
    }
}

const char *h4l_nearest_text(struct h4l_nearest *nearest, const char *prefix)
{
    nearest->text[0] = 0;
    if (nearest->best)
        snprintf(nearest->text, sizeof nearest->text, "; did you mean %s%s?", prefix,
                 nearest->best);
    return nearest->text;
}

// ---- options ----

static const struct argp_option own_options[] = {{"help", '?', NULL, 0, NULL, 0},
                                                 {"usage", 0, NULL, 0, NULL, 0},
                                                 {"version", 'V', NULL, 0, NULL, 0},
                                                 {NULL, 0, NULL, 0, NULL, 0}};

static bool ends_table(const struct argp_option *o)
{
    return !o->name && !o->key && !o->doc && !o->group;
}

// The option that word (n characters, without dashes) names in full or by an unambiguous beginning. *ret_hits: how many fit.
static const struct argp_option *find_option(const struct argp_option *table, const char *word,
                                             size_t n, int *hits)
{
    const struct argp_option *found = NULL;

    for (const struct argp_option *o = table; !ends_table(o); o++) {
        if (!o->name || strncmp(o->name, word, n) != 0)
            continue;
        found = o;
        if (!o->name[n]) {
            *hits = 1;
            return o;
        }
        ++*hits;
    }
    return found;
}

static void offer_options(struct h4l_nearest *nearest, const struct argp_option *table)
{
    for (const struct argp_option *o = table; !ends_table(o); o++)
        if (o->name)
            h4l_nearest_offer(nearest, o->name);
}

static int unknown_option(const struct argp *argp, const char *word, size_t n, struct h4l_err *err)
{
    char name[200];

    snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), word);
    struct h4l_nearest nearest = {.name = name};
    offer_options(&nearest, argp->options);
    offer_options(&nearest, own_options);
    return h4l_fail(err, H4L_E_USAGE, "unknown option --%s%s (--help lists the options)", name,
                    h4l_nearest_text(&nearest, "--"));
}

// getopt's message for an unknown option cannot suggest one, so the names are looked up before argp sees them.
static int check_names(const struct argp *argp, int argc, char **argv, struct h4l_err *err)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i] + 2;
        size_t n;
        int hits = 0;

        if (strcmp(argv[i], "--") == 0)
            break;
        if (strncmp(argv[i], "--", 2) != 0)
            continue;
        n = strcspn(word, "=");
        const struct argp_option *o = find_option(argp->options, word, n, &hits);
        bool exact = hits == 1 && o && strlen(o->name) == n;
        if (!exact) {
            const struct argp_option *own = find_option(own_options, word, n, &hits);

            o = own ? own : o;
        }
        if (hits == 0)
            return unknown_option(argp, word, n, err);
        if (hits != 1 || !o->arg || word[n])
            continue;
        if (++i ==
            argc) // the next word is its value; getopt would name neither the values nor us briefly
            return h4l_fail(err, H4L_E_USAGE, "--%s needs a value: %s (--help lists the options)",
                            o->name, o->arg);
    }
    return H4L_OK;
}

int h4l_args_parse(const struct argp *argp, int argc, char **argv, void *input, struct h4l_err *err)
{
    struct h4l_err own;
    int error, code;

    gsl_set_error_handler_off(); // every program begins here: GSL's failures come back as codes
    if (!err)
        err = &own;
    err->code = H4L_OK;
    code = h4l_root_check(err);
    if (!code)
        code = check_names(argp, argc, argv, err);
    if (code)
        return code;
    error = argp_parse(argp, argc, argv, 0, NULL, input);
    if (error == ENOMEM)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading the command line");
    if (error && !err->code)
        return h4l_fail(err, H4L_E_USAGE, "wrong command line: %s", strerror(error));
    return err->code;
}

bool h4l_args_is_event(int key)
{
    switch (key) {
    case ARGP_KEY_INIT:
    case ARGP_KEY_ARGS:
    case ARGP_KEY_NO_ARGS:
    case ARGP_KEY_END:
    case ARGP_KEY_SUCCESS:
    case ARGP_KEY_ERROR:
    case ARGP_KEY_FINI:
        return true;
    default:
        return false;
    }
}

int h4l_args_end(int code, const struct h4l_err *err)
{
    struct h4l_err own;

    // A check that failed is not all that matters to one who does not get its result.
    if (flush_stdout(&own) && (!code || code == H4L_E_CHECK)) {
        code = own.code;
        err = &own;
    }
    if (code)
        h4l_log(H4L_LOG_ERROR, "%s",
                err && err->code == code && *err->message ? err->message : h4l_code_text(code));
    return h4l_exit_status(code);
}

// ---- values ----

int h4l_arg_int(const char *what, const char *text, long long min, long long max, long long *ret,
                struct h4l_err *err)
{
    size_t sign = *text == '-';
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (!text[sign] || text[sign + strspn(text + sign, "0123456789")] || errno || value < min ||
        value > max)
        return h4l_fail(err, H4L_E_USAGE, "%s is \"%s\": expected a whole number from %lld to %lld",
                        what, text, min, max);
    *ret = value;
    return H4L_OK;
}

int h4l_arg_real(const char *what, const char *text, double min, double max, double *ret,
                 struct h4l_err *err)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !isfinite(value) || !(value >= min && value <= max))
        return h4l_fail(err, H4L_E_USAGE, "%s is \"%s\": expected a number from %g to %g", what,
                        text, min, max);
    *ret = value;
    return H4L_OK;
}

int h4l_arg_choice(const char *what, const char *text, const char *choices, int *ret,
                   struct h4l_err *err)
{
    struct h4l_nearest nearest = {.name = text};
    char *names = strdup(choices), *rest = names, *name;
    int index = 0, code;

    if (!names)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory");
    for (; (name = strsep(&rest, "|")); index++) {
        if (strcmp(name, text) == 0) {
            *ret = index;
            free(names);
            return H4L_OK;
        }
        h4l_nearest_offer(&nearest, name);
    }
    code = h4l_fail(err, H4L_E_USAGE, "%s is \"%s\": expected one of %s%s", what, text, choices,
                    h4l_nearest_text(&nearest, ""));
    free(names);
    return code;
}
