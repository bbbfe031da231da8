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
static int take_start(const struct h4l_control_options *o, const char *name, int n_dof,
                      struct h4l_reals *start, struct h4l_err *err)
{
    static const double zeros[H4L_PENDULUM_MAX_DOF];

    if (!start->at)
        *start = (struct h4l_reals){(size_t)n_dof, zeros};
    if (start->n != (size_t)n_dof)
        return h4l_fail(err, H4L_E_USAGE, "%s has %zu numbers: env=%s has %d joints", name,
                        start->n, o->env == H4L_IP ? "ip" : "idp", n_dof);
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
static void roll(struct h4l_run *run, const struct h4l_control_options *o, struct h4l_pendulum *p,
                 struct h4l_csv *csv)
{
    double sum = 0, qv[2 * H4L_PENDULUM_MAX_DOF];
    long first = 0;
    struct h4l_pendulum_step s = {0};
    size_t n_dof = (size_t)h4l_pendulum_n_dof(p);

    h4l_pendulum_reset_to(p, o->qpos.at, o->qvel.at, s.obs);
    put_row(csv, p, 0, 0, &s);
    for (long t = 1; t <= o->trajectory_steps; t++) {
        double action = o->amplitude * sin(0.3 * (double)(t - 1) + o->phase);
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
    struct h4l_control_options o = *(const struct h4l_control_options *)h4l_run_options(run);
    bool single = o.env == H4L_IP;
    struct h4l_pendulum *p = NULL;
    struct h4l_csv *csv = NULL;
    int code = h4l_pendulum_create(o.env, &p, err);

    if (code)
        return code;
    code = take_start(&o, "qpos", h4l_pendulum_n_dof(p), &o.qpos, err);
    if (code == H4L_OK)
        code = take_start(&o, "qvel", h4l_pendulum_n_dof(p), &o.qvel, err);
    h4l_run_record(run, NULL, &o);
    if (code == H4L_OK) {
        csv = h4l_series_begin(run, "trajectory.csv", single ? columns_ip : columns_idp,
                               single ? units_ip : units_idp, single ? 12 : 21, err);
        code = csv ? H4L_OK : err->code;
    }
    if (code == H4L_OK)
        roll(run, &o, p, csv);
    h4l_pendulum_destroy(p);
    return code;
}
