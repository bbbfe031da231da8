// The simulator alone under a sine of control: what the recorded trajectories of the tests are compared with.
#include "control.h"

#include <math.h>
#include <string.h>

enum { MAX_COLUMNS = 4 + H4L_PENDULUM_MAX_OBS + 2 * H4L_PENDULUM_MAX_DOF };

static const char *const columns_ip[] = {"step",  "action", "obs0",   "obs1",
                                         "obs2",  "obs3",   "qpos0",  "qpos1",
                                         "qvel0", "qvel1",  "reward", "terminated"};
static const char *const units_ip[] = {"1", "N/100", "m",   "rad",   "m/s", "rad/s",
                                       "m", "rad",   "m/s", "rad/s", "1",   "0 or 1"};
static const char *const columns_idp[] = {"step",  "action", "obs0",      "obs1",  "obs2",  "obs3",
                                          "obs4",  "obs5",   "obs6",      "obs7",  "obs8",  "obs9",
                                          "obs10", "qpos0",  "qpos1",     "qpos2", "qvel0", "qvel1",
                                          "qvel2", "reward", "terminated"};
static const char *const units_idp[] = {"1",   "N/500", "m",     "1",     "1",     "1",   "1",
                                        "m/s", "rad/s", "rad/s", "N",     "N m",   "N m", "m",
                                        "rad", "rad",   "m/s",   "rad/s", "rad/s", "1",   "0 or 1"};

// Start positions or velocities: zeros where they are not given.
static int take_start(struct h4l_run *run, const char *name, int n_dof, double *ret,
                      struct h4l_err *err)
{
    const double *values;

    memset(ret, 0, (size_t)n_dof * sizeof *ret);
    if (!h4l_run_given(run, name)) {
        json_t *zeros = json_array();
        for (int i = 0; i < n_dof; i++)
            json_array_append_new(zeros, json_real(0));
        h4l_run_record_param(run, name, zeros);
        return H4L_OK;
    }
    size_t n = h4l_run_reals(run, name, &values);
    if (n != (size_t)n_dof)
        return h4l_fail(err, H4L_E_USAGE, "%s has %zu numbers: env=%s has %d joints", name, n,
                        h4l_run_text(run, "env"), n_dof);
    memcpy(ret, values, n * sizeof *ret);
    return H4L_OK;
}

static void put_row(struct h4l_csv *csv, const struct h4l_pendulum *p, long step, double action,
                    const struct h4l_pendulum_step *s)
{
    double row[MAX_COLUMNS] = {(double)step, action};
    int n_obs = h4l_pendulum_n_obs(p), n_dof = h4l_pendulum_n_dof(p), n = 2 + n_obs + 2 * n_dof;

    memcpy(row + 2, s->obs, (size_t)n_obs * sizeof *row);
    h4l_pendulum_state(p, row + 2 + n_obs, row + 2 + n_obs + n_dof);
    row[n] = s->reward;
    row[n + 1] = s->terminated;
    h4l_csv_row(csv, row);
}

// Rows 0 (the state after the reset) to `steps`; goes on past termination, as the recorded files do.
static void roll(struct h4l_run *run, struct h4l_pendulum *p, const double *q, const double *v,
                 struct h4l_csv *csv)
{
    double amplitude = h4l_run_real(run, "amplitude"), phase = h4l_run_real(run, "phase");
    double sum = 0, qv[2 * H4L_PENDULUM_MAX_DOF];
    long steps = h4l_run_int(run, "steps"), first = 0;
    struct h4l_pendulum_step s = {0};
    size_t n_dof = (size_t)h4l_pendulum_n_dof(p);

    h4l_pendulum_reset_to(p, q, v, s.obs);
    put_row(csv, p, 0, 0, &s);
    for (long t = 1; t <= steps; t++) {
        double action = amplitude * sin(0.3 * (double)(t - 1) + phase);
        h4l_pendulum_step(p, action, &s);
        put_row(csv, p, t, action, &s);
        sum += s.reward;
        if (s.terminated && first == 0)
            first = t;
    }
    h4l_pendulum_state(p, qv, qv + n_dof);
    if (first > 0)
        h4l_metric_int(run, "first_terminated_step", first);
    else
        h4l_metric_null(run, "first_terminated_step");
    h4l_metric_real(run, "native_reward_sum", sum);
    h4l_metric_reals(run, "qpos_end", qv, n_dof);
    h4l_metric_reals(run, "qvel_end", qv + n_dof, n_dof);
}

int h4l_control_trajectory(struct h4l_run *run, struct h4l_err *err)
{
    bool single = strcmp(h4l_run_text(run, "env"), "ip") == 0;
    double q[H4L_PENDULUM_MAX_DOF], v[H4L_PENDULUM_MAX_DOF];
    struct h4l_pendulum *p = NULL;
    struct h4l_csv *csv = NULL;
    int code = h4l_pendulum_create(single ? H4L_IP : H4L_IDP, &p, err);

    if (code)
        return code;
    code = take_start(run, "qpos", h4l_pendulum_n_dof(p), q, err);
    if (code == H4L_OK)
        code = take_start(run, "qvel", h4l_pendulum_n_dof(p), v, err);
    if (code == H4L_OK) {
        csv = h4l_series_begin(run, "trajectory.csv", single ? columns_ip : columns_idp,
                               single ? units_ip : units_idp, single ? 12 : 21, err);
        code = csv ? H4L_OK : err->code;
    }
    if (code == H4L_OK)
        roll(run, p, q, v, csv);
    h4l_pendulum_destroy(p);
    return code;
}
