#include "net/task.h"

const struct h4l_task h4l_task_published = {.side = 36, .tasks = 2, .classes = 10, .hidden = 50};

int h4l_task_check(const struct h4l_task *task, struct h4l_err *err)
{
    const struct {
        const char *name;
        size_t value, least, most;
    } rows[] = {
        {"side", task->side, H4L_TASK_MIN_SIDE, H4L_TASK_MAX_SIDE},
        {"tasks", task->tasks, 1, H4L_TASK_MAX_TASKS},
        {"classes", task->classes, 2, H4L_TASK_MAX_CLASSES},
        {"hidden", task->hidden, 1, H4L_TASK_MAX_HIDDEN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value < rows[i].least || rows[i].value > rows[i].most)
            return h4l_fail(err, H4L_E_RANGE, "%s is %zu; it must be %zu to %zu", rows[i].name,
                            rows[i].value, rows[i].least, rows[i].most);
    return H4L_OK;
}
