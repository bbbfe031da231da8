// Ctrl-C to the long cases of the families: each ends within a second, or says within it when it will.
// Usage: cli-interrupt BUILD: the folder of the programs. A case whose data or simulator is not installed here is passed over.
#include "tests/check.h"
#include "tests/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *family, *name;
    double reads_s; // longest time to read its data and begin
} cases[] = {{"equivalence", "fc", 0.3},       {"equivalence", "single", 0.3},
             {"dynamics", "frequency", 0.3},   {"dynamics", "network", 0.3},
             {"fitting", "topologies", 0.3},   {"efficiency", "synapses", 1},
             {"multitask", "fc-slif2hh", 1},   {"control", "idp-4lif", 0.3},
             {"information", "vib-slif2hh", 1}};

enum { LONGEST_WAIT_S = 15 }; // for a case that says when it stops
static const char *build;

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The standard tier: no case is through before its signal comes.
static pid_t start(const char *family, const char *name)
{
    char program[1000], errors[200];
    pid_t pid;

    snprintf(program, sizeof program, "%s/experiments/%s/hh4lif-%s", build, family, family);
    snprintf(errors, sizeof errors, "%s/stderr", dir);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        dup2(open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        signal(SIGINT, SIG_DFL);
        execl(program, program, "--case", name, "--out", dir, "--tier", "standard", "--progress",
              "never", (char *)NULL);
        _exit(125);
    }
    return pid;
}

// Does it say when it stops? *ret_s: in how many seconds; NAN where it says "after its first steps".
static bool says_when(double *ret_s)
{
    static const char within[] = ": stops within about ";
    char path[200], bytes[4000] = "";
    const char *at;
    FILE *file;

    snprintf(path, sizeof path, "%s/stderr", dir);
    file = fopen(path, "r");
    if (!file)
        return false;
    bytes[fread(bytes, 1, sizeof bytes - 1, file)] = 0;
    fclose(file);
    at = strstr(bytes, within);
    *ret_s = at ? atof(at + sizeof within - 1) : NAN;
    return strstr(bytes, ": stops ") && strstr(bytes, "a second signal stops at once");
}

static int count_hidden(const char *family)
{
    char path[200];
    int n = 0;
    DIR *d;

    snprintf(path, sizeof path, "%s/%s", dir, family);
    d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] == '.' && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (d)
        closedir(d);
    return n;
}

// Waits for the end until the time; true: it has ended, with this status.
static bool ends_by(pid_t pid, double until, int *ret_status)
{
    int status;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (now_s() > until)
            return false;
        sleep_ms(5);
    }
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    return true;
}

static void answer_of(const char *family, const char *name, double reads_s)
{
    pid_t pid = start(family, name);
    double sent, said = NAN;
    int status = 0;

    if (ends_by(pid, now_s() + reads_s, &status)) {
        print_message("%s %s: not run here (%d)\n", family, name, status);
        CHECK_TRUE(status == 0 || status == 3 || status == 77);
        return;
    }
    sent = now_s();
    kill(pid, SIGINT);
    while (!ends_by(pid, now_s(), &status) && !says_when(&said) && now_s() - sent < 10)
        sleep_ms(5);
    print_message("%s %s: %s after %.2f s\n", family, name, status ? "ended" : "said when",
                  now_s() - sent);
    CHECK_AT_MOST(now_s() - sent, 1);
    if (!status && said <= LONGEST_WAIT_S) { // what it says holds, about
        bool ended = ends_by(pid, sent + 1.5 * said + 1, &status);
        print_message("    said %.0f s, %s after %.2f s\n", said, ended ? "ended" : "still runs",
                      now_s() - sent);
        CHECK_TRUE(ended);
    }
    if (!status) {
        kill(pid, SIGINT);
        CHECK_TRUE(ends_by(pid, now_s() + 5, &status));
    } else {
        CHECK_INT(count_hidden(family), 0);
    }
    CHECK_INT(status, 130);
}

static void every_long_case_answers_within_a_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        answer_of(cases[i].family, cases[i].name, cases[i].reads_s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_long_case_answers_within_a_second)};

    if (argc != 2)
        return 99;
    build = argv[1];
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
