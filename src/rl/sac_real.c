// The arithmetic of an agent in one type (base/real.h): double is the definition, float trains. A dense layer is
// y[n][out] = x[n][in] w[out][in]^T + b; products go to BLAS, everything else is elementwise loops whose result does not depend on
// the instruction level (no contraction, no reordering).
#include "rl/sac_private.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cell/window.h"
#include "rl/sac_loops.h"

#if H4L_REAL_BYTES == 4
#define GEMM cblas_sgemm
#define DOT cblas_sdot
#else
#define GEMM cblas_dgemm
#define DOT cblas_ddot
#endif

#define tabulate NAME(h4l_window_tabulate)

enum { VECTOR_BYTES = 64, LANES = VECTOR_BYTES / (int)sizeof(REAL) };

H4L_DECLARE_LEVELS(const struct NAME(h4l_sac_loops), NAME(h4l_sac_loops));
static const struct NAME(h4l_sac_loops) *const loops[] = H4L_LEVELS_OF(NAME(h4l_sac_loops));

struct h4l_sac_agent {
    REAL *sets[3];                                   // policy, critic, target (enum h4l_sac_set)
    REAL *m_policy, *v_policy, *m_critic, *v_critic; // Adam's moments
    REAL *g_policy, *g_critic;                       // gradients
    REAL *tables, *decays, *gains;                   // of the neurons: [tables][T][Hp], [Hp], [Hp]
    struct NAME(h4l_policy_layer) layer;
    const struct NAME(h4l_policy_windows) * windows;
    const struct NAME(h4l_sac_loops) * loops;
    // Workspace. The policy takes up to 2 B samples: an update's windows before and after their step go through it together. Windows
    // [2B W][O], projections [P][2B W][Hp], z [2B][Hp R]; the way back is for B.
    REAL *x, *input, *z, *dz, *dinput;
    REAL *head[2][2], *dhead[2], *out[2],
        *dout[2]; // heads: two hidden layers [2B][D], one output [2B]
    REAL *qx, *q_hidden[2][2], *dq_hidden, *dq_hidden2, *q[2], *dq; // critics
    REAL *memory; // the one block all of these point into
};

// y = x w^T + b, then ReLU if wanted; rows of x are x_row apart.
static void dense(const struct h4l_sac_agent *g, int n, int in, int out, const REAL *x, int x_row,
                  const REAL *w, const REAL *bias, bool relu, REAL *y)
{
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1, x, x_row, w, in, 0, y, out);
    g->loops->finish(n, out, bias, relu, y);
}

// Given dy: dw is written, dx = dy w (skipped where NULL; added to dx if add). Rows of x and dx are x_row apart, of dy y_row.
static void dense_back(int n, int in, int out, const REAL *x, int x_row, const REAL *w,
                       const REAL *dy, int y_row, REAL *dw, REAL *dx, bool add)
{
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, 1, dy, y_row, x, x_row, 0, dw, in);
    if (dx)
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1, dy, y_row, w, in,
             add ? 1 : 0, dx, x_row);
}

// y = x w^T + b for the neurons' inputs: rows of Hp, of which H are written.
static void project(const struct h4l_sac *sac, int rows, const REAL *x, const REAL *w,
                    const REAL *bias, REAL *y)
{
    int O = sac->spec.n_obs, H = sac->spec.hidden;

    for (int i = 0; i < rows; i++)
        memcpy(y + (size_t)i * (size_t)sac->Hp, bias, (size_t)H * sizeof *bias);
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, rows, H, O, 1, x, O, w, O, 1, y, sac->Hp);
}

// Policy on n windows in g->x [n W][O]; fills z, heads, out[0] (mean), out[1] (log_std before the clamp).
static void policy_forward(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY];
    int D = s->heads, zw = s->hidden * sac->R, z_row = sac->Hp * sac->R;

    for (int k = 0; k < sac->P; k++)
        project(sac, n * s->observations, g->x, p + sac->at_in[k][0], p + sac->at_in[k][1],
                g->input + (size_t)k * sac->projection);
    g->windows->forward(&g->layer, n, g->input, g->z);
    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        dense(g, n, zw, D, g->z, z_row, p + at[0], p + at[1], true, g->head[j][0]);
        dense(g, n, D, D, g->head[j][0], D, p + at[2], p + at[3], true, g->head[j][1]);
        dense(g, n, D, 1, g->head[j][1], D, p + at[4], p + at[5], false, g->out[j]);
    }
}

// Backward through the policy for its first n samples; g->dout[0], [1] hold the gradients to mean and log_std. Writes g->g_policy.
static void policy_back(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY];
    REAL *dp = g->g_policy;
    double dmix[H4L_CELL_MAX_MIXING] = {0};
    int D = s->heads, zw = s->hidden * sac->R, z_row = sac->Hp * sac->R;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        dense_back(n, D, 1, g->head[j][1], D, p + at[4], g->dout[j], 1, dp + at[4], g->dhead[1],
                   false);
        g->loops->bias_back(n, 1, g->dout[j], 1, dp + at[5]);
        g->loops->relu_back(n, D, g->head[j][1], g->dhead[1], dp + at[3]);
        dense_back(n, D, D, g->head[j][0], D, p + at[2], g->dhead[1], D, dp + at[2], g->dhead[0],
                   false);
        g->loops->relu_back(n, D, g->head[j][0], g->dhead[0], dp + at[1]);
        dense_back(n, zw, D, g->z, z_row, p + at[0], g->dhead[0], D, dp + at[0], g->dz, j > 0);
    }
    g->windows->backward(&g->layer, n, g->input, g->dz, g->dinput, dmix);
    for (int u = 0; u < sac->M; u++)
        dp[sac->mix + (size_t)u] = (REAL)dmix[u];
    for (int k = 0; k < sac->P; k++) {
        const REAL *dy = g->dinput + (size_t)k * sac->projection;
        int rows = n * s->observations;
        dense_back(rows, s->n_obs, s->hidden, g->x, s->n_obs, NULL, dy, sac->Hp,
                   dp + sac->at_in[k][0], NULL, false);
        g->loops->bias_back(rows, s->hidden, dy, sac->Hp, dp + sac->at_in[k][1]);
    }
}

// Both critics of one parameter set on g->qx [n][O + 1]; fills q_hidden and q.
static void critic_forward(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n, const REAL *p)
{
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];
        dense(g, n, in, C, g->qx, in, p + at[0], p + at[1], true, g->q_hidden[j][0]);
        dense(g, n, C, C, g->q_hidden[j][0], C, p + at[2], p + at[3], true, g->q_hidden[j][1]);
        dense(g, n, C, 1, g->q_hidden[j][1], C, p + at[4], p + at[5], false, g->q[j]);
    }
}

// Backward through critic j, dq in g->dq: gradients of its parameters.
static void critic_back(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n, int j)
{
    const REAL *p = g->sets[H4L_SAC_CRITIC];
    REAL *dp = g->g_critic;
    const size_t *at = sac->at_critic[j];
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    dense_back(n, C, 1, g->q_hidden[j][1], C, p + at[4], g->dq, 1, dp + at[4], g->dq_hidden, false);
    g->loops->bias_back(n, 1, g->dq, 1, dp + at[5]);
    g->loops->relu_back(n, C, g->q_hidden[j][1], g->dq_hidden, dp + at[3]);
    dense_back(n, C, C, g->q_hidden[j][0], C, p + at[2], g->dq_hidden, C, dp + at[2], g->dq_hidden2,
               false);
    g->loops->relu_back(n, C, g->q_hidden[j][0], g->dq_hidden2, dp + at[1]);
    dense_back(n, in, C, g->qx, in, p + at[0], g->dq_hidden2, C, dp + at[0], NULL, false);
}

// dQ/da of each sample by the critic that gives it the smaller Q (a tie: the first), times `scale`, to g->dq. Only that critic's
// rows are computed, and of the last product only the action's column.
static void action_slopes(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n, REAL scale)
{
    const REAL *p = g->sets[H4L_SAC_CRITIC];
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];
        int rows = 0;

        for (int i = 0; i < n; i++)
            if ((g->q[1][i] < g->q[0][i]) == (j == 1))
                g->loops->gate(C, p + at[4], scale, g->q_hidden[j][1] + (size_t)i * (size_t)C,
                               g->dq_hidden + (size_t)rows++ * (size_t)C);
        if (rows == 0)
            continue;
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, C, C, 1, g->dq_hidden, C, p + at[2],
             C, 0, g->dq_hidden2, C);
        rows = 0;
        for (int i = 0; i < n; i++)
            if ((g->q[1][i] < g->q[0][i]) == (j == 1)) {
                REAL *row = g->dq_hidden2 + (size_t)rows++ * (size_t)C;
                g->loops->gate(C, row, 1, g->q_hidden[j][0] + (size_t)i * (size_t)C, row);
                g->dq[i] = DOT(C, row, 1, p + at[0] + in - 1, in);
            }
    }
}

// The two factors of Adam's step.
static REAL adam_step(const struct h4l_sac *sac)
{
    return (REAL)(sac->spec.learning_rate / (1 - pow(0.9, (double)sac->updates)));
}

static REAL adam_root(const struct h4l_sac *sac)
{
    return (REAL)(1 / sqrt(1 - pow(0.999, (double)sac->updates)));
}

struct sample {
    double action, log_prob, slope, dlogp_du,
        u_scale; // da/du; d log p / du; du / d log_std = std eps
    bool clamped;
};

// Action and its log-probability from mean, log_std (before the clamp) and eps.
static struct sample draw(const struct h4l_sac_spec *s, REAL mean, REAL raw_log_std, double eps)
{
    REAL log_std = raw_log_std < -20 ? -20 : raw_log_std > 2 ? 2 : raw_log_std;
    REAL scale = (REAL)exp((double)log_std) * (REAL)eps, u = mean + scale;
    REAL t = (REAL)tanh((double)u);
    double e = exp(-2 * fabs((double)u)),
           one_minus = 4 * e / ((1 + e) * (1 + e)); // 1 - tanh(u)^2 with all digits

    if (s->published_log_prob)
        one_minus = (double)(1 - t * t);
    double density = s->action_limit * one_minus;
    return (struct sample){
        .action = s->action_limit * (double)t,
        .log_prob =
            -0.5 * eps * eps - (double)log_std - 0.91893853320467274178 - log(density + 1e-6),
        .slope = density,
        .dlogp_du = 2 * (double)t * density / (density + 1e-6),
        .u_scale = (double)scale,
        .clamped = raw_log_std < -20 || raw_log_std > 2,
    };
}

static void load_windows(const struct h4l_sac *sac, struct h4l_sac_agent *g, int first, int n,
                         const float *windows)
{
    size_t window = (size_t)sac->spec.observations * (size_t)sac->spec.n_obs;
    REAL *to = g->x + (size_t)first * window;

    for (size_t i = 0; i < (size_t)n * window; i++)
        to[i] = windows[i];
}

// The critics' input: the last observation of each window, and an action that the caller fills in.
static void load_last(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n,
                      const float *windows)
{
    int O = sac->spec.n_obs, W = sac->spec.observations;

    for (int i = 0; i < n; i++)
        for (int k = 0; k < O; k++)
            g->qx[(size_t)i * (size_t)(O + 1) + (size_t)k] =
                windows[((size_t)i * (size_t)W + (size_t)(W - 1)) * (size_t)O + (size_t)k];
}

static void update_critics(struct h4l_sac *sac, struct h4l_sac_agent *g,
                           const struct h4l_sac_batch *batch, const double *eps,
                           struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch, stride = s->n_obs + 1;
    double *y = sac->scratch;

    // Both windows at once: the policy does not change before the end of the update.
    load_windows(sac, g, 0, B, batch->state);
    load_windows(sac, g, B, B, batch->next_state);
    policy_forward(sac, g, 2 * B);
    load_last(sac, g, B, batch->next_state);
    for (int i = 0; i < B; i++) {
        struct sample a = draw(s, g->out[0][B + i], g->out[1][B + i], eps[i]);
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] = (REAL)a.action;
        y[i] = a.log_prob;
    }
    critic_forward(sac, g, B, g->sets[H4L_SAC_TARGET]);
    for (int i = 0; i < B; i++) {
        double q = fmin((double)g->q[0][i], (double)g->q[1][i]) - s->alpha * y[i];
        y[i] = (double)batch->reward[i] + (double)batch->mask[i] * s->gamma * q;
    }
    load_last(sac, g, B, batch->state);
    for (int i = 0; i < B; i++)
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] = batch->action[i];
    critic_forward(sac, g, B, g->sets[H4L_SAC_CRITIC]);
    double loss[2] = {0, 0};
    for (int j = 0; j < 2; j++) {
        for (int i = 0; i < B; i++) {
            double error = (double)g->q[j][i] - (double)(REAL)y[i];
            loss[j] += error * error;
            g->dq[i] = (REAL)(2 * error / B);
        }
        critic_back(sac, g, B, j);
    }
    losses->qa = loss[0] / B;
    losses->qb = loss[1] / B;
    g->loops->adam(sac->n_critic, adam_step(sac), adam_root(sac), g->g_critic, g->m_critic,
                   g->v_critic, g->sets[H4L_SAC_CRITIC], (REAL)s->tau, g->sets[H4L_SAC_TARGET]);
}

static void update_policy(struct h4l_sac *sac, struct h4l_sac_agent *g,
                          const struct h4l_sac_batch *batch, const double *eps,
                          struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch, stride = s->n_obs + 1;
    double loss = 0;

    load_last(sac, g, B, batch->state);
    for (int i = 0; i < B; i++)
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] =
            (REAL)draw(s, g->out[0][i], g->out[1][i], eps[i]).action;
    critic_forward(sac, g, B, g->sets[H4L_SAC_CRITIC]);
    action_slopes(sac, g, B, (REAL)(-1.0 / B));
    for (int i = 0; i < B; i++) {
        struct sample a = draw(s, g->out[0][i], g->out[1][i], eps[i]);
        double dq_da = (double)g->dq[i];
        double du = s->alpha / B * a.dlogp_du + dq_da * a.slope;
        loss += s->alpha * a.log_prob - fmin((double)g->q[0][i], (double)g->q[1][i]);
        g->dout[0][i] = (REAL)du;
        g->dout[1][i] = a.clamped ? 0 : (REAL)(du * a.u_scale - s->alpha / B);
    }
    losses->policy = loss / B;
    policy_back(sac, g, B);
    g->loops->adam(sac->n_policy, adam_step(sac), adam_root(sac), g->g_policy, g->m_policy,
                   g->v_policy, g->sets[H4L_SAC_POLICY], 0, NULL);
}

// One block of memory for the whole agent; pointers into it. Returns the number of REALs if base is NULL.
static size_t place(const struct h4l_sac *sac, struct h4l_sac_agent *g, REAL *base)
{
    const struct h4l_sac_spec *s = &sac->spec;
    size_t B = (size_t)s->batch, W = (size_t)s->observations, O = (size_t)s->n_obs,
           Hp = (size_t)sac->Hp;
    size_t T = (size_t)s->neuron.window, R = (size_t)sac->R, P = (size_t)sac->P,
           D = (size_t)s->heads, C = (size_t)s->critics;
    size_t np = sac->n_policy, nc = sac->n_critic, used = 0;
    struct {
        REAL **place;
        size_t n;
    } rows[] = {
        {&g->sets[0], np},
        {&g->sets[1], nc},
        {&g->sets[2], nc},
        {&g->m_policy, np},
        {&g->v_policy, np},
        {&g->m_critic, nc},
        {&g->v_critic, nc},
        {&g->g_policy, np},
        {&g->g_critic, nc},
        {&g->tables, (size_t)s->neuron.cell->tables * T * Hp},
        {&g->decays, Hp},
        {&g->gains, Hp},
        {&g->x, 2 * B * W * O},
        {&g->input, P * sac->projection},
        {&g->dinput, P * sac->projection},
        {&g->z, 2 * B * Hp * R},
        {&g->dz, B * Hp * R},
        {&g->head[0][0], 2 * B * D},
        {&g->head[0][1], 2 * B * D},
        {&g->head[1][0], 2 * B * D},
        {&g->head[1][1], 2 * B * D},
        {&g->dhead[0], B * D},
        {&g->dhead[1], B * D},
        {&g->out[0], 2 * B},
        {&g->out[1], 2 * B},
        {&g->dout[0], B},
        {&g->dout[1], B},
        {&g->qx, B * (O + 1)},
        {&g->q_hidden[0][0], B * C},
        {&g->q_hidden[0][1], B * C},
        {&g->q_hidden[1][0], B * C},
        {&g->q_hidden[1][1], B * C},
        {&g->dq_hidden, B * C},
        {&g->dq_hidden2, B * C},
        {&g->q[0], B},
        {&g->q[1], B},
        {&g->dq, B},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (base)
            *rows[i].place = base + used;
        used += (rows[i].n + LANES - 1) / LANES * LANES; // whole cache lines
    }
    return used;
}

// ---- the type's table ----

static void neurons(struct h4l_sac *sac)
{
    const struct h4l_cell_constants *n = &sac->spec.neuron;
    const double leak = 0.3; // of HH
    struct h4l_sac_agent *g = sac->agent;

    for (int h = 0; h < sac->spec.hidden; h++) {
        struct h4l_cell_constants own = *n;
        double decay = n->decay, gain = 1, *dt = h4l_cell_constant(&own, "dt");

        if (dt) {
            *dt = sac->dt[h];
        } else if (sac->spec.dt_max > 0) {
            decay = 1 - leak * sac->dt[h];
            gain = sac->dt[h];
        }
        g->decays[h] = (REAL)decay;
        g->gains[h] = (REAL)(n->cell->gain ? n->cell->gain(&own) : gain);
        if (n->cell->tables > 0)
            tabulate(&own, sac->rates + h * H4L_CELL_RATES, (size_t)h, (size_t)sac->Hp, g->tables);
    }
}

static struct NAME(h4l_policy_layer)
    layer_of(const struct h4l_sac *sac, const struct h4l_sac_agent *g)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const struct h4l_cell *cell = s->neuron.cell;
    bool each = cell->gain || cell->tables > 0 || s->dt_max > 0;
    struct NAME(h4l_policy_layer) l = {
        .w = NAME(h4l_window_of)(&s->neuron, g->sets[H4L_SAC_POLICY] + sac->mix, g->tables,
                                 (size_t)sac->Hp),
        .observations = s->observations,
        .repeat = s->repeat,
        .row = sac->Hp,
        .graded = s->graded,
        .decays = each ? g->decays : NULL,
        .gains = each ? g->gains : NULL,
        .projection = sac->projection,
    };

    if (s->graded) // the slope of what is read is 1 everywhere
        l.w.half_width = (REAL)INFINITY;
    return l;
}

static bool create(struct h4l_sac *sac)
{
    struct h4l_sac_agent *g = sac->agent = calloc(1, sizeof *g);
    size_t bytes = g ? place(sac, g, NULL) * sizeof(REAL) : 0;

    if (g)
        g->memory = aligned_alloc(VECTOR_BYTES, bytes);
    if (!g || !g->memory)
        return false;
    memset(g->memory, 0, bytes);
    place(sac, g, g->memory);
    g->windows = NAME(h4l_cell_policy_windows)(sac->spec.neuron.cell, sac->level);
    g->loops = loops[sac->level];
    g->layer = layer_of(sac, g);
    return true;
}

static void destroy(struct h4l_sac *sac)
{
    if (sac->agent)
        free(sac->agent->memory);
    free(sac->agent);
}

static REAL *values_of(const struct h4l_sac *sac, enum h4l_sac_set set)
{
    return set == H4L_SAC_POLICY_GRADIENT ? sac->agent->g_policy : sac->agent->sets[set];
}

static void get(const struct h4l_sac *sac, enum h4l_sac_set set, double *ret_values)
{
    const REAL *from = values_of(sac, set);

    for (size_t i = 0, n = h4l_sac_size(sac, set); i < n; i++)
        ret_values[i] = (double)from[i];
}

static void set_values(struct h4l_sac *sac, enum h4l_sac_set set, const double *values)
{
    REAL *to = values_of(sac, set);

    for (size_t i = 0, n = h4l_sac_size(sac, set); i < n; i++)
        to[i] = (REAL)values[i];
}

static void policy(struct h4l_sac *sac, int n, const float *windows, double *ret_mean,
                   double *ret_log_std, double *ret_z)
{
    size_t zw = (size_t)sac->spec.hidden * (size_t)sac->R, row = (size_t)sac->Hp * (size_t)sac->R;
    struct h4l_sac_agent *g = sac->agent;

    load_windows(sac, g, 0, n, windows);
    policy_forward(sac, g, n);
    for (int i = 0; i < n; i++) {
        ret_mean[i] = (double)g->out[0][i];
        ret_log_std[i] = fmin(fmax((double)g->out[1][i], -20), 2);
    }
    for (size_t i = 0; ret_z && i < zw * (size_t)n; i++)
        ret_z[i] = (double)g->z[i / zw * row + i % zw];
}

static void critics(struct h4l_sac *sac, int n, const float *obs, const float *actions,
                    double *ret_qa, double *ret_qb)
{
    size_t O = (size_t)sac->spec.n_obs;
    struct h4l_sac_agent *g = sac->agent;

    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t k = 0; k <= O; k++)
            g->qx[i * (O + 1) + k] = (REAL)(k < O ? obs[i * O + k] : actions[i]);
    critic_forward(sac, g, n, g->sets[H4L_SAC_CRITIC]);
    for (int i = 0; i < n; i++) {
        ret_qa[i] = (double)g->q[0][i];
        ret_qb[i] = (double)g->q[1][i];
    }
}

static void update(struct h4l_sac *sac, const struct h4l_sac_batch *batch, const double *eps_next,
                   const double *eps_policy, struct h4l_sac_losses *ret)
{
    update_critics(sac, sac->agent, batch, eps_next, ret);
    update_policy(sac, sac->agent, batch, eps_policy, ret);
}

static void learned(const struct h4l_sac *sac, struct h4l_sac_part *ret)
{
    const struct h4l_sac_agent *g = sac->agent;
    size_t np = sac->n_policy * sizeof(REAL), nc = sac->n_critic * sizeof(REAL);

    *ret++ = (struct h4l_sac_part){g->sets[0], np};
    *ret++ = (struct h4l_sac_part){g->sets[1], nc};
    *ret++ = (struct h4l_sac_part){g->sets[2], nc};
    *ret++ = (struct h4l_sac_part){g->m_policy, np};
    *ret++ = (struct h4l_sac_part){g->v_policy, np};
    *ret++ = (struct h4l_sac_part){g->m_critic, nc};
    *ret++ = (struct h4l_sac_part){g->v_critic, nc};
}

const struct h4l_sac_type NAME(h4l_sac_type) = {.lanes = LANES,
                                                .create = create,
                                                .destroy = destroy,
                                                .get = get,
                                                .set = set_values,
                                                .policy = policy,
                                                .critics = critics,
                                                .update = update,
                                                .neurons = neurons,
                                                .learned = learned};
