// What a program says: error codes, option values, suggestions, log and progress lines, provenance.
#include "tests/check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/args.h"
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/provenance.h"

static void error_codes(void **state)
{
    struct h4l_err err = {0};
    char long_text[2000];
    (void)state;

    CHECK_INT(h4l_fail(&err, H4L_E_DATA, "%s: %d", "file", 3), H4L_E_DATA);
    CHECK_STR(err.message, "file: 3");
    CHECK_INT(h4l_fail_context(&err, H4L_E_IO, "while %s", "writing"), H4L_E_IO);
    CHECK_STR(err.message, "while writing: file: 3");
    CHECK_INT(err.code, H4L_E_IO);
    CHECK_INT(h4l_fail(NULL, H4L_E_NOMEM, "x"), H4L_E_NOMEM);
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = 0;
    h4l_fail(&err, H4L_E_DATA, "%s", long_text);
    CHECK_INT(strlen(err.message), sizeof err.message - 1);
    h4l_fail_context(&err, H4L_E_DATA, "%s", long_text);
    CHECK_INT(strlen(err.message), sizeof err.message - 1);
    CHECK_STR(h4l_code_name(H4L_E_DATA), "H4L_E_DATA");
    CHECK_STR(h4l_code_name(0), "H4L_OK");
    CHECK_STR(h4l_code_text(-99), "?");
    const int statuses[][2] = {{H4L_OK, 0},          {H4L_E_CHECK, 1},       {H4L_E_USAGE, 2},
                               {H4L_E_RANGE, 2},     {H4L_E_DATA, 3},        {H4L_E_NOMEM, 4},
                               {H4L_E_IO, 4},        {H4L_E_SKIP, 77},       {H4L_E_NUMERIC, 99},
                               {H4L_E_INTERNAL, 99}, {H4L_E_INTERRUPT, 130}, {-99, 99}};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        CHECK_INT(h4l_exit_status(statuses[i][0]), statuses[i][1]);
}

static void values(void **state)
{
    struct h4l_err err;
    long long n = 7;
    double x = 7;
    int index = 7;
    (void)state;

    CHECK_OK(h4l_arg_int("--n", "-12", -12, 5, &n, &err), err);
    CHECK_INT(n, -12);
    const char *const bad_ints[] = {"",     "-",   "+1", " 1",  "1 ",
                                    "0x10", "1.0", "6",  "-13", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad_ints / sizeof bad_ints[0]; i++)
        CHECK_INT(h4l_arg_int("--n", bad_ints[i], -12, 5, &n, &err), H4L_E_USAGE);
    CHECK_STR(err.message,
              "--n is \"99999999999999999999\": expected a whole number from -12 to 5");
    CHECK_INT(n, -12);
    CHECK_OK(h4l_arg_real("--x", "1e-3", 0, 1, &x, &err), err);
    CHECK_CLOSE(x, 1e-3, 0);
    const char *const bad_reals[] = {"", "1.5", "-0.1", "nan", "inf", "1e-3x", "1e999", "0,5"};
    for (size_t i = 0; i < sizeof bad_reals / sizeof bad_reals[0]; i++)
        CHECK_INT(h4l_arg_real("--x", bad_reals[i], 0, 1, &x, &err), H4L_E_USAGE);
    CHECK_CLOSE(x, 1e-3, 0);
    CHECK_OK(h4l_arg_choice("--c", "bc", "a|bc|d", &index, &err), err);
    CHECK_INT(index, 1);
    CHECK_INT(h4l_arg_choice("--c", "b", "a|bc|d", &index, &err), H4L_E_USAGE);
    CHECK_INT(h4l_arg_choice("--c", "", "a|bc|d", &index, &err), H4L_E_USAGE);
    CHECK_STR(err.message, "--c is \"\": expected one of a|bc|d");
    CHECK_INT(h4l_arg_choice("--tier", "quik", "quick|full", &index, &err), H4L_E_USAGE);
    CHECK_STR(err.message, "--tier is \"quik\": expected one of quick|full; did you mean quick?");
    CHECK_INT(index, 1);
}

static void nearest(void **state)
{
    static const struct {
        const char *name, *best;
    } rows[] = {{"thraeds", "threads"},
                {"thread", "threads"},
                {"lyapunov", "lyapunov-rest"},
                {"xyz", NULL},
                {"", NULL},
                {"a", NULL},
                {"no-such-case", NULL},
                {"fi_curve", "fi-curve"}};
    static const char *const names[] = {"fi-curve", "lyapunov-rest", "lyapunov-chaotic", "threads"};
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct h4l_nearest n = {.name = rows[i].name};
        char expected[100] = "";

        for (int k = 0; k < 4; k++)
            h4l_nearest_offer(&n, names[k]);
        if (rows[i].best)
            snprintf(expected, sizeof expected, "; did you mean --%s?", rows[i].best);
        CHECK_STR(h4l_nearest_text(&n, "--"), expected);
    }
}

// ---- command lines ----

struct options {
    const char *out;
    int verbose, bad;
    struct h4l_err *err;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;

    switch (key) {
    case 'o':
        o->out = arg;
        return 0;
    case 'v':
        o->verbose++;
        return 0;
    case 'b':
        h4l_fail(o->err, H4L_E_RANGE, "--bad is bad");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_table[] = {{"out", 'o', "DIR", 0, "folder", 0},
                                                  {"verbose", 'v', NULL, 0, "more", 0},
                                                  {"verbatim", 'b', NULL, 0, "bad", 0},
                                                  {NULL, 0, NULL, 0, NULL, 0}};
static const struct argp argp = {.options = option_table, .parser = parse, .doc = "A test."};

static int parse_words(struct options *o, struct h4l_err *err, int argc, const char *const *words)
{
    char *argv[10] = {(char *)"test"};

    *o = (struct options){.err = err};
    *err = (struct h4l_err){0};
    for (int i = 0; i < argc; i++)
        argv[i + 1] = (char *)words[i];
    return h4l_args_parse(&argp, argc + 1, argv, o, err);
}

static void command_lines(void **state)
{
    struct options o;
    struct h4l_err err;
    (void)state;

    CHECK_OK(parse_words(&o, &err, 4, (const char *[]){"--out", "--x", "-v", "--verbos"}), err);
    CHECK_STR(o.out, "--x"); // the value of an option is no option
    CHECK_INT(o.verbose, 2);
    CHECK_OK(parse_words(&o, &err, 1, (const char *[]){"--out=--y"}), err);
    CHECK_STR(o.out, "--y");
    CHECK_INT(parse_words(&o, &err, 1, (const char *[]){"--outt=3"}), H4L_E_USAGE);
    CHECK_STR(err.message, "unknown option --outt; did you mean --out? (--help lists the options)");
    CHECK_INT(parse_words(&o, &err, 1, (const char *[]){"--versoin"}), H4L_E_USAGE);
    CHECK_STR(err.message,
              "unknown option --versoin; did you mean --version? (--help lists the options)");
    CHECK_INT(parse_words(&o, &err, 2, (const char *[]){"-v", "--out"}), H4L_E_USAGE);
    CHECK_STR(err.message, "--out needs a value: DIR (--help lists the options)");
    CHECK_INT(parse_words(&o, &err, 1, (const char *[]){"--verbatim"}), H4L_E_RANGE);
    CHECK_STR(err.message, "--bad is bad");
}

// ---- stderr ----

// Sends stderr to fd while work runs, and reads what came out of the other end.
static void capture(int to, int from, void (*work)(void), char *text, size_t n)
{
    struct pollfd ready = {.fd = from, .events = POLLIN};
    size_t used = 0;
    ssize_t got;
    int saved;

    fflush(stderr);
    saved = dup(STDERR_FILENO);
    dup2(to, STDERR_FILENO);
    work();
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    while (used < n - 1 && poll(&ready, 1, 200) == 1 && // a terminal may pass the text on late
           (got = read(from, text + used, n - 1 - used)) > 0)
        used += (size_t)got;
    text[used] = 0;
}

static void log_lines(void)
{
    h4l_log_setup(H4L_LOG_WARN, "prog");
    h4l_log(H4L_LOG_ERROR, "e%d", 1);
    h4l_log(H4L_LOG_WARN, "w");
    h4l_log(H4L_LOG_INFO, "hidden");
    h4l_log_setup(H4L_LOG_DEBUG, NULL);
    h4l_log(H4L_LOG_INFO, "i");
    h4l_log(H4L_LOG_DEBUG, "d");
    h4l_log_line("50 %");
    h4l_log(H4L_LOG_INFO, "after");
}

static void log_text(void **state)
{
    char text[500];
    int ends[2];
    (void)state;

    CHECK_INT(pipe(ends), 0);
    capture(ends[1], ends[0], log_lines, text, sizeof text);
    CHECK_STR(text, "prog: error: e1\nprog: warning: w\nprog: i\nprog: debug: d\n"
                    "\r50 %\033[K\r\033[Kprog: after\n");
    close(ends[0]);
    close(ends[1]);
}

static enum h4l_progress_mode mode;

static double found;

static void progress_calls(void)
{
    struct h4l_progress p;
    double until;

    h4l_progress_begin(&p, mode);
    h4l_progress_found(&p, found);
    p.started -= 100;
    until = h4l_now() + 0.25;
    while (h4l_now() < until)
        h4l_progress_update(&p, "case", 25, 100);
    p.shown -= 61;
    h4l_progress_update(&p, "case", 50, 100);
    h4l_progress_end(&p);
}

static int occurrences(const char *text, const char *word)
{
    int n = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

static void progress_in_a_log(void **state)
{
    char text[2000];
    int ends[2];
    (void)state;

    CHECK_INT(pipe(ends), 0);
    mode = H4L_PROGRESS_AUTO;
    capture(ends[1], ends[0], progress_calls, text, sizeof text);
    CHECK_STR(text, "prog: case: 50.0 %, about 1 min 40 s left\n");
    found = 30; // computed since the start: 20 in 100 s, so that 50 more take 250
    capture(ends[1], ends[0], progress_calls, text, sizeof text);
    CHECK_TRUE(strstr(text, "prog: case: 50.0 %, about 4 min 1") == text);
    found = 50; // nothing to tell a pace from
    capture(ends[1], ends[0], progress_calls, text, sizeof text);
    CHECK_STR(text, "prog: case: 50.0 %\n");
    found = 0;
    mode = H4L_PROGRESS_NEVER;
    capture(ends[1], ends[0], progress_calls, text, sizeof text);
    CHECK_STR(text, "");
    mode = H4L_PROGRESS_ALWAYS;
    capture(ends[1], ends[0], progress_calls, text, sizeof text);
    CHECK_INT(occurrences(text, "\n"), 1);
    close(ends[0]);
    close(ends[1]);
}

static void progress_on_a_terminal(void **state)
{
    char text[4000];
    struct winsize size = {.ws_col = 30, .ws_row = 10};
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    (void)state;

    CHECK_TRUE(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK_TRUE(slave >= 0 && ioctl(slave, TIOCSWINSZ, &size) == 0);
    mode = H4L_PROGRESS_AUTO;
    capture(slave, master, progress_calls, text, sizeof text);
    printf("  drawn: ");
    for (const char *c = text; *c; c++)
        printf(*c >= ' ' ? "%c" : "<%d>", *c);
    printf("\n");
    CHECK_INT(occurrences(text, "\n"), 0);
    CHECK_AT_LEAST(occurrences(text, "\rcase: 25.0 %, about 5 min "), 1); // cut to the width of 30
    CHECK_AT_MOST(occurrences(text, "\rcase: 25.0 %"), 3);
    CHECK_TRUE(strstr(text, "\rcase: 50.0 %") != NULL);
    CHECK_STR(text + strlen(text) - 4, "\r\033[K");
    close(slave);
    close(master);
}

// ---- provenance ----

static void provenance(void **state)
{
    static const char *const texts[] = {"version", "git_commit", "compiler",      "flags",
                                        "cpu",     "simd",       "hostname_hash", "started"};
    static const char *const libraries[] = {"glibc",  "gsl",      "jansson",
                                            "nettle", "openblas", "zlib"};
    char *argv[] = {(char *)"prog", (char *)"\xc3\xa4\xff", NULL};
    json_t *p;
    char host[100];
    (void)state;

    CHECK_INT(h4l_provenance(2, argv, 3, &p, NULL), H4L_OK);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = json_string_value(json_object_get(p, texts[i]));

        h4l_check(text && *text, __FILE__, __LINE__, "%s: %s", texts[i], text ? text : "(null)");
    }
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        const char *text =
            json_string_value(json_object_get(json_object_get(p, "libraries"), libraries[i]));

        h4l_check(text && strpbrk(text, "0123456789"), __FILE__, __LINE__, "%s: %s", libraries[i],
                  text ? text : "(null)");
    }
    const char *commit = json_string_value(json_object_get(p, "git_commit"));
    CHECK_TRUE(strcmp(commit, "unknown") == 0 ||
               (strlen(commit) == 40 && strspn(commit, "0123456789abcdef") == 40));
    CHECK_TRUE(json_is_boolean(json_object_get(p, "git_dirty")));
    CHECK_INT(json_integer_value(json_object_get(p, "threads")), 3);
    CHECK_STR(json_string_value(json_array_get(json_object_get(p, "argv"), 1)), "???");
    const char *started = json_string_value(json_object_get(p, "started"));
    CHECK_TRUE(strlen(started) == 20 && started[10] == 'T' && started[19] == 'Z');
    CHECK_INT(gethostname(host, sizeof host), 0);
    char *dump = json_dumps(p, 0);
    // a short name may stand in another text by chance
    CHECK_TRUE(strlen(host) < 6 || !strstr(dump, host));
    free(dump);
    CHECK_CLOSE(json_real_value(json_object_get(p, "seconds")), 0, 0);
    CHECK_INT(h4l_provenance_finish(p, NULL), H4L_OK);
    double seconds = json_real_value(json_object_get(p, "seconds"));
    CHECK_TRUE(seconds > 0 && seconds < 3600);
    CHECK_AT_LEAST(json_integer_value(json_object_get(p, "peak_rss_bytes")), 1000000);
    json_decref(p);
    CHECK_TRUE(strncmp(h4l_version_text(), "hh4lif ", 7) == 0);
    CHECK_TRUE(strstr(h4l_version_text(), "openblas") && strstr(h4l_version_text(), "simd"));
    double before = h4l_now();
    CHECK_AT_LEAST(h4l_now(), before);
}

// The helper of the tests themselves: a NaN among the errors must not be lost, whichever comes first.
static void worst_keeps_nan(void **state)
{
    const double orders[][3] = {{1, NAN, 2}, {NAN, 1, 2}, {1, 2, NAN}};
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        double worst = 0;

        for (size_t k = 0; k < 3; k++)
            worst = h4l_worst(worst, orders[i][k]);
        CHECK_TRUE(isnan(worst));
    }
    CHECK_CLOSE(h4l_worst(h4l_worst(0, 2), 1), 2, 0);
    CHECK_CLOSE(h4l_worst(-INFINITY, -3), -3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_codes),
        cmocka_unit_test(values),
        cmocka_unit_test(nearest),
        cmocka_unit_test(command_lines),
        cmocka_unit_test(log_text),
        cmocka_unit_test(progress_in_a_log),
        cmocka_unit_test(progress_on_a_terminal),
        cmocka_unit_test(provenance),
        cmocka_unit_test(worst_keeps_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
