#include "rl/pendulum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hh4lif_config.h"

#if H4L_HAVE_MUJOCO

#include <mujoco/mujoco.h>

// The models, written from the tables of physical parameters (masses follow from the geoms and the default density).
static const char ip_xml[] =
    "<mujoco model='inverted pendulum'>"
    "<compiler inertiafromgeom='true'/>"
    "<option gravity='0 0 -9.81' integrator='RK4' timestep='0.02'/>"
    "<default>"
    "<joint armature='0' damping='1' limited='true'/>"
    "<geom contype='0' friction='1 0.1 0.1'/>"
    "</default>"
    "<worldbody>"
    "<geom name='rail' type='capsule' size='0.02 1' pos='0 0 0' quat='0.707 0 0.707 0'/>"
    "<body name='cart' pos='0 0 0'>"
    "<joint name='slider' type='slide' axis='1 0 0' pos='0 0 0' range='-1 1'/>"
    "<geom name='cart' type='capsule' size='0.1 0.1' pos='0 0 0' quat='0.707 0 0.707 0'/>"
    "<body name='pole' pos='0 0 0'>"
    "<joint name='hinge' type='hinge' axis='0 1 0' pos='0 0 0' range='-90 90'/>"
    "<geom name='pole' type='capsule' fromto='0 0 0 0.001 0 0.6' size='0.049 0.3'/>"
    "</body></body></worldbody>"
    "<actuator><motor joint='slider' gear='100' ctrllimited='true' ctrlrange='-3 3'/></actuator>"
    "</mujoco>";

static const char idp_xml[] =
    "<mujoco model='inverted double pendulum'>"
    "<compiler inertiafromgeom='true'/>"
    "<option gravity='1e-5 0 -9.81' integrator='RK4' timestep='0.01'/>"
    "<default>"
    "<joint armature='0' damping='0.05'/>"
    "<geom contype='0' friction='1 0.1 0.1'/>"
    "</default>"
    "<worldbody>"
    "<geom name='floor' type='plane' pos='0 0 -3' size='40 40 40'/>"
    "<geom name='rail' type='capsule' size='0.02 1' pos='0 0 0' quat='0.707 0 0.707 0'/>"
    "<body name='cart' pos='0 0 0'>"
    "<joint name='slider' type='slide' axis='1 0 0' pos='0 0 0' limited='true' margin='0.01' "
    "range='-1 1'/>"
    "<geom name='cart' type='capsule' size='0.1 0.1' pos='0 0 0' quat='0.707 0 0.707 0'/>"
    "<body name='pole1' pos='0 0 0'>"
    "<joint name='hinge1' type='hinge' axis='0 1 0' pos='0 0 0'/>"
    "<geom name='pole1' type='capsule' fromto='0 0 0 0 0 0.6' size='0.045 0.3'/>"
    "<body name='pole2' pos='0 0 0.6'>"
    "<joint name='hinge2' type='hinge' axis='0 1 0' pos='0 0 0'/>"
    "<geom name='pole2' type='capsule' fromto='0 0 0 0 0 0.6' size='0.045 0.3'/>"
    "<site name='tip' pos='0 0 0.6' size='0.01 0.01'/>"
    "</body></body></body></worldbody>"
    "<actuator><motor joint='slider' gear='500' ctrllimited='true' ctrlrange='-1 1'/></actuator>"
    "</mujoco>";

static const struct {
    const char *xml;
    int n_obs, n_dof, frame_skip;
    double max_action;
} task[] = {
    [H4L_IP] = {ip_xml, 4, 2, 2, 3},
    [H4L_IDP] = {idp_xml, 11, 3, 5, 1},
};

struct h4l_pendulum {
    enum h4l_pendulum_kind kind;
    mjModel *model;
    mjData *data;
    int steps; // environment steps since the reset
};

static mjModel *load_model(const char *xml, char *ret_error, int error_size)
{
    size_t n = strlen(xml);
    mjModel *model = NULL;
    mjVFS *vfs = malloc(sizeof *vfs); // several hundred kB: not for the stack

    if (!vfs)
        return NULL;
    mj_defaultVFS(vfs);
    int file = mj_makeEmptyFileVFS(vfs, "pendulum.xml", (int)n);
    if (file >= 0) {
        memcpy(vfs->filedata[file], xml, n);
        model = mj_loadXML("pendulum.xml", vfs, ret_error, error_size);
    }
    mj_deleteVFS(vfs);
    free(vfs);
    return model;
}

// MuJoCo passes failed allocations off as errors of the model. It is ours and right: where there is no memory either, that was it.
static bool is_memory_short(void)
{
    void *volatile some = malloc(sizeof(mjVFS)); // volatile: the compiler may not spare it

    free(some);
    return !some;
}

int h4l_pendulum_create(enum h4l_pendulum_kind kind, struct h4l_pendulum **ret, struct h4l_err *err)
{
    char error[500] = "";
    struct h4l_pendulum *p = calloc(1, sizeof *p);

    if (!p)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a pendulum");
    p->kind = kind;
    p->model = load_model(task[kind].xml, error, sizeof error);
    if (!p->model) // one failed allocation: a second try has its memory
        p->model = load_model(task[kind].xml, error, sizeof error);
    if (!p->model) {
        free(p);
        return !*error || is_memory_short()
                   ? h4l_fail(err, H4L_E_NOMEM, "out of memory for MuJoCo's model of a pendulum")
                   : h4l_fail(err, H4L_E_INTERNAL, "MuJoCo does not take the pendulum's model: %s",
                              error);
    }
    p->data = mj_makeData(p->model);
    if (!p->data) {
        h4l_pendulum_destroy(p);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for MuJoCo's data");
    }
    mj_forward(p->model, p->data);
    *ret = p;
    return H4L_OK;
}

void h4l_pendulum_destroy(struct h4l_pendulum *p)
{
    if (!p)
        return;
    if (p->data)
        mj_deleteData(p->data);
    if (p->model)
        mj_deleteModel(p->model);
    free(p);
}

int h4l_pendulum_n_obs(const struct h4l_pendulum *p)
{
    return task[p->kind].n_obs;
}

int h4l_pendulum_n_dof(const struct h4l_pendulum *p)
{
    return task[p->kind].n_dof;
}

double h4l_pendulum_max_action(const struct h4l_pendulum *p)
{
    return task[p->kind].max_action;
}

static double clip10(double x)
{
    return x < -10 ? -10 : x > 10 ? 10 : x;
}

void h4l_pendulum_observe(const struct h4l_pendulum *p, double *ret_obs)
{
    const mjData *d = p->data;

    if (p->kind == H4L_IP) {
        for (int i = 0; i < 2; i++) {
            ret_obs[i] = d->qpos[i];
            ret_obs[2 + i] = d->qvel[i];
        }
        return;
    }
    ret_obs[0] = d->qpos[0];
    for (int i = 0; i < 2; i++) {
        ret_obs[1 + i] = sin(d->qpos[1 + i]);
        ret_obs[3 + i] = cos(d->qpos[1 + i]);
    }
    for (int i = 0; i < 3; i++) {
        ret_obs[5 + i] = clip10(d->qvel[i]);
        ret_obs[8 + i] = clip10(d->qfrc_constraint[i]);
    }
}

void h4l_pendulum_reset_to(struct h4l_pendulum *p, const double *q, const double *v,
                           double *ret_obs)
{
    mj_resetData(p->model, p->data);
    for (int i = 0; i < task[p->kind].n_dof; i++) {
        p->data->qpos[i] = q[i];
        p->data->qvel[i] = v[i];
    }
    mj_forward(p->model, p->data);
    p->steps = 0;
    h4l_pendulum_observe(p, ret_obs);
}

void h4l_pendulum_bare_step(struct h4l_pendulum *p, double action)
{
    p->data->ctrl[0] = action;
    for (int i = 0; i < task[p->kind].frame_skip; i++)
        mj_step(p->model, p->data);
}

void h4l_pendulum_step(struct h4l_pendulum *p, double action, struct h4l_pendulum_step *ret)
{
    const mjData *d = p->data;

    h4l_pendulum_bare_step(p, action);
    p->steps++;
    h4l_pendulum_observe(p, ret->obs);
    ret->truncated = p->steps >= H4L_PENDULUM_TIME_LIMIT;
    if (p->kind == H4L_IP) {
        bool finite = true;
        for (int i = 0; i < 4; i++)
            finite = finite && isfinite(ret->obs[i]);
        ret->reward = 1;
        ret->terminated = !finite || fabs(ret->obs[1]) > 0.2;
    } else {
        double x = d->site_xpos[0], z = d->site_xpos[2], w1 = d->qvel[1], w2 = d->qvel[2];
        double distance = 0.01 * (x * x) + (z - 2) * (z - 2);
        double velocity = 1e-3 * (w1 * w1) + 5e-3 * (w2 * w2);
        ret->reward = 10 - distance - velocity;
        ret->terminated = z <= 1;
    }
}

void h4l_pendulum_state(const struct h4l_pendulum *p, double *ret_q, double *ret_v)
{
    for (int i = 0; i < task[p->kind].n_dof; i++) {
        ret_q[i] = p->data->qpos[i];
        ret_v[i] = p->data->qvel[i];
    }
}

void h4l_pendulum_reset(struct h4l_pendulum *p, struct h4l_rng *rng, double *ret_obs)
{
    double q[H4L_PENDULUM_MAX_DOF], v[H4L_PENDULUM_MAX_DOF];
    int n = task[p->kind].n_dof;

    for (int i = 0; i < n; i++)
        q[i] =
            p->kind == H4L_IP ? h4l_rng_between(rng, -0.01, 0.01) : h4l_rng_between(rng, -0.1, 0.1);
    for (int i = 0; i < n; i++)
        v[i] = p->kind == H4L_IP ? h4l_rng_between(rng, -0.01, 0.01) : 0.1 * h4l_rng_normal(rng);
    h4l_pendulum_reset_to(p, q, v, ret_obs);
}

#else // without MuJoCo: the family reports what to install; nothing else can be reached

int h4l_pendulum_create(enum h4l_pendulum_kind kind, struct h4l_pendulum **ret, struct h4l_err *err)
{
    (void)kind;
    (void)ret;
    return h4l_fail(err, H4L_E_SKIP,
                    "built without MuJoCo: install the Debian package libmujoco-dev and configure "
                    "the build again");
}

void h4l_pendulum_destroy(struct h4l_pendulum *p)
{
    (void)p;
}

int h4l_pendulum_n_obs(const struct h4l_pendulum *p)
{
    (void)p;
    return 0;
}

int h4l_pendulum_n_dof(const struct h4l_pendulum *p)
{
    (void)p;
    return 0;
}

double h4l_pendulum_max_action(const struct h4l_pendulum *p)
{
    (void)p;
    return 0;
}

void h4l_pendulum_observe(const struct h4l_pendulum *p, double *ret_obs)
{
    (void)p;
    (void)ret_obs;
}

void h4l_pendulum_reset_to(struct h4l_pendulum *p, const double *q, const double *v,
                           double *ret_obs)
{
    (void)p;
    (void)q;
    (void)v;
    (void)ret_obs;
}

void h4l_pendulum_bare_step(struct h4l_pendulum *p, double action)
{
    (void)p;
    (void)action;
}

void h4l_pendulum_step(struct h4l_pendulum *p, double action, struct h4l_pendulum_step *ret)
{
    (void)p;
    (void)action;
    (void)ret;
}

void h4l_pendulum_state(const struct h4l_pendulum *p, double *ret_q, double *ret_v)
{
    (void)p;
    (void)ret_q;
    (void)ret_v;
}

void h4l_pendulum_reset(struct h4l_pendulum *p, struct h4l_rng *rng, double *ret_obs)
{
    (void)p;
    (void)rng;
    (void)ret_obs;
}

#endif

static double piece(double u, double b)
{
    return fabs(u) <= b ? 5 - 10 * fabs(u) / b : -5;
}

double h4l_pendulum_shaped_reward(enum h4l_pendulum_kind kind, const double *obs, bool done,
                                  bool intended)
{
    double reward;

    if (kind == H4L_IP)
        reward = piece(obs[0], 1.0) + piece(intended ? obs[1] : obs[2], 0.418);
    else
        reward = piece(obs[0], 2.0) + piece(obs[1], 0.418) + piece(obs[2], 0.1);
    return done ? reward - 10 : reward;
}
