// One progress line with an estimate of the time left: redrawn on a terminal, a line a minute elsewhere, or nothing.
#ifndef H4L_BASE_PROGRESS_H
#define H4L_BASE_PROGRESS_H

enum h4l_progress_mode { H4L_PROGRESS_AUTO, H4L_PROGRESS_ALWAYS, H4L_PROGRESS_NEVER };

struct h4l_progress {
    enum h4l_progress_mode mode;
    double started, shown;
    double found; // of the units that are done: what did not have to be computed now
    int on_line;
};

void h4l_progress_begin(struct h4l_progress *p, enum h4l_progress_mode mode);
// done of total units (total > 0), with a short label; cheap enough for thousands of calls a second. Main thread only.
void h4l_progress_update(struct h4l_progress *p, const char *label, double done, double total);
// How many of the units that are done were found (in a checkpoint, or kept by another run) and not computed since the start: the
// time left is estimated from the others. 0 at the start.
void h4l_progress_found(struct h4l_progress *p, double units);
// Removes the line.
void h4l_progress_end(struct h4l_progress *p);

#endif
