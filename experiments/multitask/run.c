// A training case from its plan to its results.
#include "work.h"

int h4l_multitask_run(struct h4l_run *run, struct h4l_err *err)
{
    struct h4l_multitask_work w;
    int code = h4l_multitask_plan(run, &w, err);

    if (code == H4L_OK)
        code = h4l_multitask_train(&w, err);
    if (code == H4L_OK)
        code = h4l_multitask_metrics(&w, err);
    if (code == H4L_OK)
        code = h4l_multitask_tables(&w, err);
    if (code == H4L_OK)
        h4l_multitask_forget(&w);
    h4l_multitask_unplan(&w);
    return code;
}
