// The simulator alone under a sine of control: what the recorded trajectories of the tests are compared with.
#include "control.h"

#include <math.h>
#include <string.h>

enum { MAX_COLUMNS = 4 + H4L_PENDULUM_MAX_OBS + 2 * H4L_PENDULUM_MAX_DOF };

static const struct h4l_column columns_ip[] = {
    {"step", "1", "step; 0: after the reset"},
    {"action", "N/100", "force on the cart"},
    {"obs0", "m", "observation: place of the cart"},
    {"obs1", "rad", "angle of the pole"},
    {"obs2", "m/s", "speed of the cart"},
    {"obs3", "rad/s", "speed of the pole"},
    {"qpos0", "m", "place of the cart"},
    {"qpos1", "rad", "angle of the pole"},
    {"qvel0", "m/s", "speed of the cart"},
    {"qvel1", "rad/s", "speed of the pole"},
    {"reward", "1", "native reward"},
    {"terminated", "0 or 1", "1: the episode has ended"},
};
static const struct h4l_column columns_idp[] = {
    {"step", "1", "step; 0: after the reset"},
    {"action", "N/500", "force on the cart"},
    {"obs0", "m", "observation: place of the cart"},
    {"obs1", "1", "sine of the first angle"},
    {"obs2", "1", "sine of the second angle"},
    {"obs3", "1", "cosine of the first angle"},
    {"obs4", "1", "cosine of the second angle"},
    {"obs5", "m/s", "speed of the cart"},
    {"obs6", "rad/s", "speed of the first pole"},
    {"obs7", "rad/s", "speed of the second pole"},
    {"obs8", "N", "constraint force on the cart"},
    {"obs9", "N m", "constraint torque on the first joint"},
    {"obs10", "N m", "constraint torque on the second joint"},
    {"qpos0", "m", "place of the cart"},
    {"qpos1", "rad", "first angle"},
    {"qpos2", "rad", "second angle"},
    {"qvel0", "m/s", "speed of the cart"},
    {"qvel1", "rad/s", "speed of the first pole"},
    {"qvel2", "rad/s", "speed of the second pole"},
    {"reward", "1", "native reward"},
    {"terminated", "0 or 1", "1: the episode has ended"},
};
const struct h4l_series h4l_trajectory_ip_series =
    H4L_SERIES("trajectory.csv", "step of the inverted pendulum (env=ip)", columns_ip);
const struct h4l_series h4l_trajectory_idp_series =
    H4L_SERIES("trajectory.csv", "step of the inverted double pendulum (env=idp)", columns_idp);

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
        csv = h4l_series_begin(
            run, o.env == H4L_IP ? &h4l_trajectory_ip_series : &h4l_trajectory_idp_series, NULL,
            err);
        code = csv ? H4L_OK : err->code;
    }
    if (code == H4L_OK)
        roll(run, &o, p, csv);
    h4l_pendulum_destroy(p);
    return code;
}
