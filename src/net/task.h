// The shape of what a network learns: the images that it is shown and the questions that its heads answer. A network carries one
// (struct h4l_net_spec), so that other data need no other network.
//
// Letters: D pixels of an image, D' pixels of a part, E width of the linear layer between the readout and the heads, O numbers that the heads give
// (logits): all classes of all tasks.
#ifndef H4L_NET_TASK_H
#define H4L_NET_TASK_H

#include <stddef.h>

#include "base/err.h"

enum {
    H4L_TASK_MIN_SIDE = 8,
    H4L_TASK_MAX_SIDE = 64,
    H4L_TASK_MAX_TASKS = 4,
    H4L_TASK_MAX_CLASSES = 64, // of one task
    H4L_TASK_MAX_HIDDEN = 1024,
};

// What each of T parts of a window shows of the image: all of it; side / T rows, one part after another (fc only); or the mean of these
// in every part, which has no time in it any more.
enum h4l_task_shows { H4L_TASK_SHOWS_IMAGE, H4L_TASK_SHOWS_ROWS, H4L_TASK_SHOWS_MEAN };

struct h4l_task {
    size_t side;    // images of side x side pixels, one byte each, row by row; 8..64
    size_t tasks;   // labels of an image, each answered by a head of its own; 1..4
    size_t classes; // of each task, labels 0..classes - 1; 2..64
    size_t hidden;  // E; 1..1024
    enum h4l_task_shows shows;
};

// The paper's: two tasks of ten classes on images of 36 x 36 pixels, through a linear layer of 50.
extern const struct h4l_task h4l_task_published;

// H4L_E_RANGE with the field's name unless every field is within its range.
int h4l_task_check(const struct h4l_task *task, struct h4l_err *err);

// D
static inline size_t h4l_task_pixels(const struct h4l_task *task)
{
    return task->side * task->side;
}

// D' in a window of T parts
static inline size_t h4l_task_step_pixels(const struct h4l_task *task, size_t T)
{
    return task->shows == H4L_TASK_SHOWS_IMAGE ? h4l_task_pixels(task) : h4l_task_pixels(task) / T;
}

// O
static inline size_t h4l_task_outputs(const struct h4l_task *task)
{
    return task->tasks * task->classes;
}

#endif
