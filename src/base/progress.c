#include "base/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/provenance.h"

// Least time between two lines: redrawn ones 0.1 s, lines of a log file a minute, or a second where asked for always.
static double pause_s(const struct h4l_progress *p)
{
    return p->on_line ? 0.1 : p->mode == H4L_PROGRESS_ALWAYS ? 1 : 60;
}

void h4l_progress_begin(struct h4l_progress *p, enum h4l_progress_mode mode)
{
    p->mode = mode;
    p->started = p->shown = h4l_now();
    p->found = 0;
    p->on_line = isatty(STDERR_FILENO);
}

static void put_duration(char *text, size_t n, double s)
{
    if (s < 59.5)
        snprintf(text, n, "%.0f s", s);
    else if (s < 3570)
        snprintf(text, n, "%.0f min %02.0f s", floor(s / 60), fmin(fmod(s, 60), 59));
    else
        snprintf(text, n, "%.0f h %02.0f min", floor(s / 3600), fmin(fmod(s, 3600) / 60, 59));
}

static size_t terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

void h4l_progress_found(struct h4l_progress *p, double units)
{
    p->found = units;
}

void h4l_progress_update(struct h4l_progress *p, const char *label, double done, double total)
{
    double now, share = fmin(fmax(done / total, 0), 1);
    char text[200], left[40] = "";

    if (p->mode == H4L_PROGRESS_NEVER)
        return;
    now = h4l_now();
    if (now - p->shown < pause_s(p))
        return;
    p->shown = now;
    if (done > p->found && share < 1)
        put_duration(left, sizeof left, (now - p->started) * (total - done) / (done - p->found));
    snprintf(text, sizeof text, "%s: %.1f %%%s%s%s", label, 100 * share, *left ? ", about " : "",
             left, *left ? " left" : "");
    if (p->on_line) {
        if (terminal_width() <= strlen(text))
            text[terminal_width() - 1] = 0; // a wrapped line could not be redrawn
        h4l_log_line(text);
    } else {
        h4l_log(H4L_LOG_INFO, "%s", text);
    }
}

void h4l_progress_end(struct h4l_progress *p)
{
    if (p->on_line)
        h4l_log_line(NULL);
}
