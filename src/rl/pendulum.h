// The two MuJoCo pendulums: InvertedPendulum (IP) and InvertedDoublePendulum (IDP), as the task definitions "-v4" state them.
//
// One environment step sets the control once and runs the simulator frame_skip times (IP: 2 x 0.02 s; IDP: 5 x 0.01 s),
// RK4. Stale-quantity rule: MuJoCo's RK4 step leaves positions and velocities of the new state, but tip position and
// constraint forces of the last RK4 stage; the task reads them as they stand, without another forward pass, so we do too.
//
// A build without MuJoCo has the same functions; h4l_pendulum_create then fails with H4L_E_SKIP and says what to install.
#ifndef H4L_RL_PENDULUM_H
#define H4L_RL_PENDULUM_H

#include <stdbool.h>

#include "base/err.h"
#include "base/rng.h"

enum h4l_pendulum_kind { H4L_IP, H4L_IDP };

enum { H4L_PENDULUM_MAX_OBS = 11, H4L_PENDULUM_MAX_DOF = 3, H4L_PENDULUM_TIME_LIMIT = 1000 };

struct h4l_pendulum; // one simulator with its own model and data: use it from one thread at a time

// What a step gives. Observations, IP: cart x (m), pole angle (rad from upright), cart velocity (m/s), angular velocity
// (rad/s). IDP: x; sin q1, sin q2; cos q1, cos q2; the three joint velocities clipped to [-10, 10]; the three joint-space
// constraint forces clipped to [-10, 10]. q1 from upright, q2 relative to the first pole.
struct h4l_pendulum_step {
    double obs[H4L_PENDULUM_MAX_OBS];
    double
        reward; // native: IP 1 per step; IDP 10 - (0.01 xt^2 + (zt-2)^2) - (0.001 w1^2 + 0.005 w2^2)
    bool terminated; // IP: |angle| > 0.2 or an entry not finite; IDP: tip height <= 1
    bool truncated;  // the time limit of 1000 environment steps was reached by this step
};

// Builds the model from the suite's own description. H4L_E_SKIP: built without MuJoCo; H4L_E_NOMEM; H4L_E_INTERNAL.
int h4l_pendulum_create(enum h4l_pendulum_kind kind, struct h4l_pendulum **ret,
                        struct h4l_err *err);
void h4l_pendulum_destroy(struct h4l_pendulum *p); // NULL is allowed

int h4l_pendulum_n_obs(const struct h4l_pendulum *p); // 4 or 11
int h4l_pendulum_n_dof(const struct h4l_pendulum *p); // 2 or 3
double h4l_pendulum_max_action(
    const struct h4l_pendulum *p); // 3 or 1: actions beyond are clamped by the simulator

// Full reset to positions q and velocities v (arrays of n_dof; m, rad, m/s, rad/s), then one forward pass. The
// observation goes to ret_obs (n_obs entries).
void h4l_pendulum_reset_to(struct h4l_pendulum *p, const double *q, const double *v,
                           double *ret_obs);
// Reset as the task does: IP positions and velocities uniform in +-0.01; IDP positions uniform in +-0.1, velocities 0.1
// times standard normal; all positions are drawn before all velocities.
void h4l_pendulum_reset(struct h4l_pendulum *p, struct h4l_rng *rng, double *ret_obs);
// One environment step with a control in [-max_action, max_action] (clamped beyond). The simulation goes on past
// termination if the caller wants it.
void h4l_pendulum_step(struct h4l_pendulum *p, double action, struct h4l_pendulum_step *ret);
// Current joint positions and velocities (n_dof each).
void h4l_pendulum_state(const struct h4l_pendulum *p, double *ret_q, double *ret_v);
// Current observation without stepping (the stale-quantity rule applies).
void h4l_pendulum_observe(const struct h4l_pendulum *p, double *ret_obs);
// Simulator steps only, frame_skip of them, without observation: the bare rate that a benchmark compares with.
void h4l_pendulum_bare_step(struct h4l_pendulum *p, double action);

// The shaped reward of the published training code: g(u, b) = 5 - 10 |u| / b if |u| <= b, else -5, summed over pieces, and
// -10 if done. as_published on IP reads obs[2], the cart's velocity, where the angle obs[1] is meant (intended = true).
double h4l_pendulum_shaped_reward(enum h4l_pendulum_kind kind, const double *obs, bool done,
                                  bool intended);

#endif
