// Signals to a running experiment program: the first lets the case stop in order, a second ends the program at once, an ignored
// one stays ignored; each time nothing half-written is left. (A shell cannot do this: its background jobs ignore SIGINT.)
// Usage: cli-signals PATH-OF-hh4lif-selftest
#include "tests/check.h"
#include "tests/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *program;

// Files in the results folder whose name begins with prefix.
static int count(const char *prefix)
{
    char path[200];
    int n = 0;
    DIR *d;

    snprintf(path, sizeof path, "%s/selftest", dir);
    d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));)
        n += strncmp(e->d_name, prefix, strlen(prefix)) == 0 && strcmp(e->d_name, ".") != 0 &&
             strcmp(e->d_name, "..") != 0;
    if (d)
        closedir(d);
    return n;
}

// Starts the program on a case that waits as `how` says, and returns once its series is begun: wait_s=S; deaf_s=S: without looking
// at the signals; held_s=S: the same, with something to save.
static pid_t start(const char *how, int ignored)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        char path[200];

        snprintf(path, sizeof path, "%s/stderr", dir);
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        dup2(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        signal(SIGINT, SIG_DFL); // a shell's background job inherits SIGINT ignored, nohup's SIGHUP
        signal(SIGHUP, SIG_DFL);
        if (ignored)
            signal(ignored, SIG_IGN);
        execl(program, program, "--case", "trace", "--out", dir, "--set", how, (char *)NULL);
        _exit(125);
    }
    for (int i = 0; i < 1000 && !count(".trace-walks.csv."); i++)
        sleep_ms(10);
    CHECK_INT(count(".trace-walks.csv."), 1);
    return pid;
}

// Exit status, or 1000 + number of the signal that killed the program.
static int end(pid_t pid)
{
    int status = 0;

    CHECK_TRUE(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void first_signal_stops_the_case(void **state)
{
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;

    for (int i = 0; i < 3; i++) {
        pid_t pid = start("wait_s=30", 0);

        kill(pid, numbers[i]);
        CHECK_INT(end(pid), 128 + numbers[i]);
        CHECK_INT(count("."), 0);
        CHECK_INT(count("trace"), 0);
    }
}

static void second_signal_ends_at_once(void **state)
{
    pid_t pid = start("deaf_s=10", 0);
    time_t started = time(NULL);
    (void)state;

    kill(pid, SIGINT);
    sleep_ms(100);
    CHECK_INT(waitpid(pid, NULL, WNOHANG), 0); // the case has its time to return
    kill(pid, SIGINT);
    CHECK_INT(end(pid), 130);
    CHECK_AT_MOST(time(NULL) - started, 5);
    CHECK_INT(count("."), 0);
    CHECK_INT(count("trace"), 0);
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool said(const char *text)
{
    char path[200], bytes[1000] = "";
    FILE *file;

    snprintf(path, sizeof path, "%s/stderr", dir);
    file = fopen(path, "r");
    CHECK_TRUE(file);
    bytes[fread(bytes, 1, sizeof bytes - 1, file)] = 0;
    fclose(file);
    return strstr(bytes, text) != NULL;
}

// A case with nothing to save is not waited for.
static void first_signal_ends_a_deaf_case(void **state)
{
    pid_t pid = start("deaf_s=30", 0);
    double sent = now_s();
    (void)state;

    kill(pid, SIGINT);
    CHECK_INT(end(pid), 130);
    CHECK_AT_MOST(now_s() - sent, 1);
    CHECK_TRUE(said("trace: interrupted"));
    CHECK_INT(count("."), 0);
    CHECK_INT(count("trace"), 0);
}

// One that has something to save says when it will stop, and a second signal still ends it at once.
static void a_case_that_saves_says_when(void **state)
{
    pid_t pid = start("held_s=20", 0);
    double sent = now_s();
    (void)state;

    kill(pid, SIGINT);
    while (!said("trace: stops within about 20 s") && now_s() - sent < 5)
        sleep_ms(10);
    CHECK_AT_MOST(now_s() - sent, 1);
    CHECK_INT(waitpid(pid, NULL, WNOHANG), 0);
    kill(pid, SIGINT);
    CHECK_INT(end(pid), 130);
    CHECK_AT_MOST(now_s() - sent, 2);
    CHECK_INT(count("."), 0);
}

// A case that ends in spite of the signal has a complete result, and the program still says that it was interrupted.
static void late_signal_keeps_the_result(void **state)
{
    pid_t pid = start("held_s=0.5", 0);
    (void)state;

    kill(pid, SIGTERM);
    CHECK_INT(end(pid), 143);
    CHECK_INT(count("trace.json"), 1);
    CHECK_INT(count("trace-walks.csv"), 1);
    CHECK_INT(count("."), 0);
}

static void ignored_signal_stays_ignored(void **state)
{
    pid_t pid = start("wait_s=0.3", SIGHUP);
    (void)state;

    kill(pid, SIGHUP);
    CHECK_INT(end(pid), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_signal_stops_the_case),
        cmocka_unit_test(second_signal_ends_at_once),
        cmocka_unit_test(first_signal_ends_a_deaf_case),
        cmocka_unit_test(a_case_that_saves_says_when),
        cmocka_unit_test(late_signal_keeps_the_result),
        cmocka_unit_test(ignored_signal_stays_ignored),
    };

    if (argc != 2)
        return 99;
    program = argv[1];
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
