// A folder that a test has to itself: a group's set-up makes it, its tear-down removes it with everything in it.
#ifndef H4L_TESTS_SCRATCH_H
#define H4L_TESTS_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static char dir[] = "/tmp/hh4lif-test-XXXXXX";

static inline int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static inline int tear_down(void **state)
{
    char command[100];
    (void)state;

    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static inline void sleep_ms(long ms)
{
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

#endif
