#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/visible.h"

static struct {
    enum h4l_log_level level;
    char program[64];
    int line_shown; // a transient line stands at the end of stderr
} state = {H4L_LOG_INFO, "hh4lif", 0};

void h4l_log_setup(enum h4l_log_level level, const char *program)
{
    state.level = level;
    if (program)
        snprintf(state.program, sizeof state.program, "%s", program);
}

void h4l_log_line(const char *text)
{
    if (text)
        fprintf(stderr, "\r%s\033[K", text);
    else if (state.line_shown)
        fputs("\r\033[K", stderr);
    state.line_shown = text != NULL;
    fflush(stderr);
}

void h4l_log(enum h4l_log_level level, const char *format, ...)
{
    static const char *const words[] = {"error: ", "warning: ", "", "debug: "};
    char text[1200], shown[4 * sizeof text];
    va_list args;

    if (level > state.level)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    h4l_visible(text, shown, sizeof shown); // a file's bytes are not the terminal's
    h4l_log_line(NULL);
    fprintf(stderr, "%s: %s%s\n", state.program, words[level], shown);
}
