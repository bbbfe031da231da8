// How a program of a family stops: the first signal asks the case to, a second one ends the program.
//
// A case that holds (h4l_run_hold) has something to save. It is waited for, and the user is told for how long. Any other case may be
// ended where it is, so that no long loop of a library needs to know of signals.
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/family_internal.h"
#include "base/log.h"
#include "base/provenance.h"

#define GRACE_S 0.4 // for a case to see the signal and to return

static atomic_int signal_came;
static struct h4l_run *_Atomic current_run;

// The watch is a thread that sleeps until a signal comes. `lock` keeps it from ending the program in the middle of what a hold or
// a change of cases protects.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t released;
    int holds;
    bool over;        // no case runs any more
    double longest;   // seconds between two looks of a thread at the signal, or what it expects
    atomic_int cases; // how many have begun: a thread's last look may be of an earlier one
    sem_t came;
    pthread_t thread;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .released = PTHREAD_COND_INITIALIZER};

static _Thread_local struct {
    double at, longest;
    int of_case; // 0: none
} last_look;

static void on_signal(int number)
{
    int none = 0, error = errno;
    struct h4l_run *run;

    if (atomic_compare_exchange_strong(&signal_came, &none, number)) {
        sem_post(&watch.came);
        errno = error;
        return;
    }
    run = atomic_load(&current_run);
    if (run)
        h4l_run_unlink_series(run);
    _exit(128 + number);
}

// A signal that the parent has set to be ignored (nohup, a background job) stays ignored.
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

int h4l_stop_signal(void)
{
    return atomic_load_explicit(&signal_came, memory_order_relaxed);
}

// ---- the thread that watches ----

static void say_when(const struct h4l_run *run)
{
    if (watch.longest > 0)
        h4l_log(H4L_LOG_WARN,
                "%s: stops within about %.0f s, when what is done is saved; a second signal stops "
                "at once",
                run->the_case->name, ceil(watch.longest));
    else
        h4l_log(
            H4L_LOG_WARN,
            "%s: stops after its first steps, when they are saved; a second signal stops at once",
            run->the_case->name);
}

// With the lock.
static void end_program(struct h4l_run *run)
{
    h4l_run_unlink_series(run);
    h4l_log_line(NULL);
    if (!run->options->quiet)
        printf("%s  interrupted  %.1f s\n", run->the_case->name, h4l_now() - run->progress.started);
    fflush(stdout);
    h4l_log(H4L_LOG_ERROR, "%s: interrupted", run->the_case->name);
    _exit(128 + atomic_load(&signal_came));
}

static void *keep_watch(void *ctx)
{
    const struct timespec grace = {0, (long)(GRACE_S * 1e9)};
    bool said = false;
    (void)ctx;

    while (sem_wait(&watch.came) && errno == EINTR)
        continue;
    pthread_mutex_lock(&watch.lock);
    while (!watch.over) {
        struct h4l_run *run;

        pthread_mutex_unlock(&watch.lock);
        nanosleep(&grace, NULL);
        pthread_mutex_lock(&watch.lock);
        run = atomic_load(&current_run);
        if (watch.over || !run)
            continue;
        if (watch.holds == 0)
            end_program(run);
        if (!said)
            say_when(run);
        said = true;
        while (watch.holds > 0)
            pthread_cond_wait(&watch.released, &watch.lock);
    }
    pthread_mutex_unlock(&watch.lock);
    return NULL;
}

int h4l_stop_begin(struct h4l_err *err)
{
    sigset_t all, old;
    int error;

    sem_init(&watch.came, 0, 0);
    sigfillset(&all); // signals are for the main thread
    pthread_sigmask(SIG_BLOCK, &all, &old);
    error = pthread_create(&watch.thread, NULL, keep_watch, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (error)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the thread that waits for signals");
    catch_signals();
    return H4L_OK;
}

void h4l_stop_end(void)
{
    pthread_mutex_lock(&watch.lock);
    watch.over = true;
    pthread_mutex_unlock(&watch.lock);
    sem_post(&watch.came);
    pthread_join(watch.thread, NULL);
}

void h4l_stop_run(struct h4l_run *run)
{
    pthread_mutex_lock(&watch.lock);
    atomic_store(&current_run, run);
    watch.longest = 0;
    atomic_fetch_add(&watch.cases, 1);
    pthread_mutex_unlock(&watch.lock);
}

// ---- what a case calls ----

void h4l_run_hold(const struct h4l_run *run)
{
    (void)run;
    pthread_mutex_lock(&watch.lock);
    watch.holds++;
    pthread_mutex_unlock(&watch.lock);
}

void h4l_run_release(const struct h4l_run *run)
{
    (void)run;
    pthread_mutex_lock(&watch.lock);
    if (--watch.holds == 0)
        pthread_cond_broadcast(&watch.released);
    pthread_mutex_unlock(&watch.lock);
}

static void note_longest(double seconds)
{
    pthread_mutex_lock(&watch.lock);
    watch.longest = fmax(watch.longest, seconds);
    pthread_mutex_unlock(&watch.lock);
}

void h4l_run_expect(const struct h4l_run *run, double seconds)
{
    (void)run;
    note_longest(seconds);
}

bool h4l_run_interrupted(const struct h4l_run *run)
{
    double now = h4l_now();
    int this_case = atomic_load_explicit(&watch.cases, memory_order_relaxed);
    (void)run;

    if (last_look.of_case != this_case) {
        last_look.of_case = this_case;
        last_look.longest = 0;
    } else if (now - last_look.at > last_look.longest) {
        last_look.longest = now - last_look.at;
        note_longest(last_look.longest);
    }
    last_look.at = now;
    return h4l_stop_signal() != 0;
}
