// Comparisons for the tests: each prints got, expected, tolerance and the used share of it, also when it passes; NaN fails.
// (cmocka's own float assertion casts to float, so a 1e-12 check through it would be void.)
#ifndef H4L_TESTS_CHECK_H
#define H4L_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline void h4l_check(int ok, const char *file, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("%s %s:%d ", ok ? "  ok  " : "  FAIL", file, line);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    fflush(stdout);
    if (!ok)
        _fail(file, line);
}

// For what a test needs before it can begin, such as jansson's changes of a value.
static inline void must(int failed)
{
    if (failed)
        abort();
}

// The larger of the worst error so far and one more. Unlike fmax, which drops NaN, it keeps one: the check at the end fails.
static inline double h4l_worst(double worst, double x)
{
    return isnan(x) || x > worst ? x : worst;
}

static inline void h4l_check_close(double got, double expected, double tolerance, const char *what,
                                   const char *file, int line)
{
    double error = fabs(got - expected);
    int ok = error <= tolerance; // false for NaN

    h4l_check(ok, file, line, "%s: got %.17g expected %.17g tolerance %.3g used %.3g", what, got,
              expected, tolerance,
              tolerance > 0 ? error / tolerance
              : error > 0   ? INFINITY
                            : 0.0);
}

static inline void h4l_check_at_most(double got, double bound, const char *what, const char *file,
                                     int line)
{
    h4l_check(got <= bound, file, line, "%s: got %.17g at most %.17g", what, got, bound);
}

static inline void h4l_check_at_least(double got, double bound, const char *what, const char *file,
                                      int line)
{
    h4l_check(got >= bound, file, line, "%s: got %.17g at least %.17g", what, got, bound);
}

static inline void h4l_check_int(long long got, long long expected, const char *what,
                                 const char *file, int line)
{
    h4l_check(got == expected, file, line, "%s: got %lld expected %lld", what, got, expected);
}

static inline void h4l_check_str(const char *got, const char *expected, const char *what,
                                 const char *file, int line)
{
    h4l_check(got && strcmp(got, expected) == 0, file, line, "%s: got \"%s\" expected \"%s\"", what,
              got ? got : "(null)", expected);
}

// The macros evaluate each argument once, so a call under test may stand in them.

// |got - expected| <= tolerance (absolute).
#define CHECK_CLOSE(got, expected, tolerance)                                                      \
    h4l_check_close((got), (expected), (tolerance), #got, __FILE__, __LINE__)
// |got - expected| <= relative * |expected|; an expected 0 needs exactly 0.
#define CHECK_REL(got, expected, relative)                                                         \
    do {                                                                                           \
        double check_expected_ = (expected);                                                       \
        h4l_check_close((got), check_expected_, (relative)*fabs(check_expected_), #got, __FILE__,  \
                        __LINE__);                                                                 \
    } while (0)
// got <= bound.
#define CHECK_AT_MOST(got, bound)                                                                  \
    h4l_check_at_most((double)(got), (double)(bound), #got, __FILE__, __LINE__)
#define CHECK_AT_LEAST(got, bound)                                                                 \
    h4l_check_at_least((double)(got), (double)(bound), #got, __FILE__, __LINE__)
#define CHECK_INT(got, expected)                                                                   \
    h4l_check_int((long long)(got), (long long)(expected), #got, __FILE__, __LINE__)
#define CHECK_STR(got, expected) h4l_check_str((got), (expected), #got, __FILE__, __LINE__)
#define CHECK_TRUE(condition) h4l_check(!!(condition), __FILE__, __LINE__, "%s", #condition)
// code is H4L_OK; otherwise the message of err is shown.
#define CHECK_OK(code, err)                                                                        \
    do {                                                                                           \
        int check_code_ = (code);                                                                  \
        h4l_check(check_code_ == 0, __FILE__, __LINE__, "%s: code %d %s", #code, check_code_,      \
                  check_code_ ? (err).message : "");                                               \
    } while (0)

#endif
