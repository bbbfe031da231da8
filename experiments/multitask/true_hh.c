// true-hh-gradient: one true HH neuron over one window, its smooth readout and the derivative by the current, plain and fast (A4).
#include <math.h>
#include <stdlib.h>

#include "multitask.h"
#include "neuron/true_hh_fast.h"

static int window_of(const struct h4l_multitask_options *o, struct h4l_true_hh *ret,
                     struct h4l_err *err)
{
    double steps = round(o->true_hh.window / o->true_hh.dt);

    *ret = h4l_true_hh_default;
    ret->dt = o->true_hh.dt;
    if (!(steps >= 1 && fabs(steps * ret->dt - o->true_hh.window) <= 1e-9 * o->true_hh.window))
        return h4l_fail(err, H4L_E_USAGE,
                        "--set window_ms=%g: expected a whole number of steps of dt_ms = %g",
                        o->true_hh.window, ret->dt);
    ret->steps = (size_t)steps;
    return H4L_OK;
}

// The derivative by the fast version; NaN where the window left the floating-point numbers.
static int fast_derivative(const struct h4l_true_hh *window, double current, double *ret,
                           struct h4l_err *err)
{
    float I = (float)current, rate, d_current;
    struct h4l_true_hh_windows x = {.N = 1,
                                    .I = &I,
                                    .I_stride = 1,
                                    .rate = &rate,
                                    .d_current = &d_current,
                                    .d_current_stride = 1,
                                    .least = -INFINITY,
                                    .most = INFINITY};
    struct h4l_true_hh_report report = {0};
    struct h4l_true_hh_fast *fast;
    void *scratch;
    int code = h4l_true_hh_fast_create(window, h4l_simd_level_id(), &fast, err);

    if (code)
        return code;
    scratch = aligned_alloc(64, h4l_true_hh_fast_scratch(fast));
    if (scratch) {
        h4l_true_hh_fast_run(fast, &x, scratch, &report);
        *ret = report.blown_up ? NAN : (double)d_current;
    } else {
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for a window of %zu steps", window->steps);
    }
    free(scratch);
    h4l_true_hh_fast_destroy(fast);
    return code;
}

int h4l_multitask_true_hh(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_multitask_options *o = h4l_run_options(run);
    double rate, d_current, d_current_float = NAN;
    struct h4l_true_hh_result ret = {.rate = &rate, .d_current = &d_current};
    struct h4l_true_hh window;
    int code = window_of(o, &window, err);

    if (!code)
        code = h4l_true_hh_run(&window, NULL, &o->true_hh.current, &ret, err);
    if (!code)
        code = fast_derivative(&window, o->true_hh.current, &d_current_float, err);
    if (!code && !(isfinite(rate) && isfinite(d_current)))
        code = h4l_fail(err, H4L_E_NUMERIC, "the potential left the finite numbers in the window");
    if (code)
        return code;
    h4l_metric_real(run, "rate", rate);
    h4l_metric_real(run, "d_rate_d_current", d_current);
    h4l_metric_real(run, "d_rate_d_current_float", d_current_float);
    return H4L_OK;
}
