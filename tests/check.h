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

// |got - expected| <= tolerance (absolute).
#define CHECK_CLOSE(got, expected, tolerance)                                                      \
    h4l_check_close((got), (expected), (tolerance), #got, __FILE__, __LINE__)
// |got - expected| <= relative * |expected|; an expected 0 needs exactly 0.
#define CHECK_REL(got, expected, relative)                                                         \
    h4l_check_close((got), (expected), (relative)*fabs(expected), #got, __FILE__, __LINE__)
// got <= bound.
#define CHECK_AT_MOST(got, bound)                                                                  \
    h4l_check((got) <= (bound), __FILE__, __LINE__, "%s: got %.17g at most %.17g", #got,           \
              (double)(got), (double)(bound))
#define CHECK_AT_LEAST(got, bound)                                                                 \
    h4l_check((got) >= (bound), __FILE__, __LINE__, "%s: got %.17g at least %.17g", #got,          \
              (double)(got), (double)(bound))
#define CHECK_INT(got, expected)                                                                   \
    h4l_check((long long)(got) == (long long)(expected), __FILE__, __LINE__,                       \
              "%s: got %lld expected %lld", #got, (long long)(got), (long long)(expected))
#define CHECK_STR(got, expected)                                                                   \
    h4l_check(strcmp((got), (expected)) == 0, __FILE__, __LINE__,                                  \
              "%s: got \"%s\" expected \"%s\"", #got, (got), (expected))
#define CHECK_TRUE(condition) h4l_check(!!(condition), __FILE__, __LINE__, "%s", #condition)
// code is H4L_OK; otherwise the message of err is shown.
#define CHECK_OK(code, err)                                                                        \
    do {                                                                                           \
        int check_code_ = (code);                                                                  \
        h4l_check(check_code_ == 0, __FILE__, __LINE__, "%s: code %d %s", #code, check_code_,      \
                  check_code_ ? (err).message : "");                                               \
    } while (0)

#endif
