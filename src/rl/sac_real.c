// The arithmetic of an agent in one type (base/real.h): double is the definition, float trains. Its products (rl/product.h) want one
// factor and the result in whole vectors, so on the way forward the activations of a layer lie by unit, y[out][n] = w[out][in] x[in][n]
// + b, and on the way back by sample, dx[n][in] = dy[n][out] w[out][in] and dw[out][in] = dy[n][out]^T x[n][in]: a layer is
// transposed once, its weights never. Everything else is elementwise loops whose result does not depend on the instruction level
// (no contraction, no reordering).
#include "rl/sac_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cell/window.h"
#include "rl/product.h"
#include "rl/sac_loops.h"

#define tabulate NAME(h4l_window_tabulate)

enum { HUGE_PAGE = 2 << 20, VECTOR_BYTES = 64, LANES = VECTOR_BYTES / (int)sizeof(REAL) };
enum { LEARNED = 24 }; // rows of a gradient that Adam takes at a time: four tiles high

H4L_DECLARE_LEVELS(const struct NAME(h4l_sac_loops), NAME(h4l_sac_loops));
static const struct NAME(h4l_sac_loops) *const loops[] = H4L_LEVELS_OF(NAME(h4l_sac_loops));
H4L_DECLARE_LEVELS(const struct NAME(h4l_products), NAME(h4l_products));
static const struct NAME(h4l_products) *const products[] = H4L_LEVELS_OF(NAME(h4l_products));

struct h4l_sac_agent {
    REAL *sets[3];                                   // policy, critic, target (enum h4l_sac_set)
    REAL *m_policy, *v_policy, *m_critic, *v_critic; // Adam's moments
    REAL *g_policy, *g_critic;                       // gradients
    REAL *tables, *decays, *gains;                   // of the neurons: [tables][T][Hp], [Hp], [Hp]
    struct NAME(h4l_policy_layer) layer;
    const struct NAME(h4l_policy_windows) * windows;
    const struct NAME(h4l_sac_loops) * loops;
    const struct NAME(h4l_products) * products;
    // Workspace. The policy takes up to 2 B samples: an update's windows before and after their step go through it together. Windows
    // [2B W][O + 1], each observation with a 1 behind it, so that the bias is one more weight; weights of one projection and their
    // gradient as [O + 1][Hp]; projections [P][2B W][Hp], z [2B][Hp R]; the way back is for B.
    REAL *x, *w_in, *dw_in, *input, *z, *dz, *dinput;
    // By unit: z, the hidden layers of the heads and their outputs, rows of 2B; the critics' input [O + 1], hidden layers and
    // outputs, rows of B. Rows are whole vectors.
    REAL *z_units, *head_units[2][2], *out[2], *qx, *q_units[2][2], *q[2];
    // By sample, of B: hidden layers [B][D] and [B][C], gradients.
    REAL *head[2], *dhead[2], *dout[2], *q_hidden[2], *dq_hidden[2], *dq;
    REAL *dw; // gradient of LEARNED rows of a layer's weights
    REAL *dw_q,
        *w_action; // gradient of a critic's first layer, [O + 1][C]; its weights of the action [C]
    REAL *memory;  // the one block all of these point into
};

// n up to whole vectors.
static size_t whole(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

// One layer forward for n samples whose units lie `row` apart: y[out][n] = w x[in][n] + b, then ReLU if wanted. row 1: there is one
// sample.
static void dense(const struct h4l_sac_agent *g, int n, size_t row, int in, int out, const REAL *x,
                  const REAL *w, const REAL *bias, bool relu, REAL *y)
{
    if (row == 1)
        g->products->dots((size_t)out, (size_t)in, w, x, bias, relu, y);
    else
        g->products->multiply(&(struct NAME(h4l_product)){.rows = (size_t)out,
                                                          .columns = whole((size_t)n),
                                                          .depth = (size_t)in,
                                                          .a = w,
                                                          .a_row = (size_t)in,
                                                          .a_depth = 1,
                                                          .b = x,
                                                          .b_depth = row,
                                                          .c = y,
                                                          .c_row = row,
                                                          .bias = bias,
                                                          .relu = relu});
}

// dw[out][in] = dy[n][out]^T x[n][in]; rows of x are x_row apart, of dy y_row.
static void weights_back(const struct h4l_sac_agent *g, int n, int in, int out, const REAL *x,
                         int x_row, const REAL *dy, int y_row, REAL *dw)
{
    g->products->multiply(&(struct NAME(h4l_product)){.rows = (size_t)out,
                                                      .columns = (size_t)in,
                                                      .depth = (size_t)n,
                                                      .a = dy,
                                                      .a_row = 1,
                                                      .a_depth = (size_t)y_row,
                                                      .b = x,
                                                      .b_depth = (size_t)x_row,
                                                      .c = dw,
                                                      .c_row = (size_t)in});
}

// dx[n][in] = dy[n][out] w[out][in], or added to dx; rows of dx are x_row apart.
static void inputs_back(const struct h4l_sac_agent *g, int n, int in, int out, const REAL *w,
                        const REAL *dy, REAL *dx, int x_row, bool add)
{
    g->products->multiply(&(struct NAME(h4l_product)){.rows = (size_t)n,
                                                      .columns = (size_t)in,
                                                      .depth = (size_t)out,
                                                      .a = dy,
                                                      .a_row = (size_t)out,
                                                      .a_depth = 1,
                                                      .b = w,
                                                      .b_depth = (size_t)in,
                                                      .c = dx,
                                                      .c_row = (size_t)x_row,
                                                      .add = add});
}

// Adam's factors, and what it changes: moments, parameters, and the critics' slow copies (NULL: there are none).
struct adam {
    REAL step, root, tau;
    REAL *m, *v, *p, *slow;
};

static struct adam adam_of(const struct h4l_sac *sac, const struct h4l_sac_agent *g, bool critics)
{
    double n = (double)sac->updates;

    return (struct adam){.step = (REAL)(sac->spec.learning_rate / (1 - pow(0.9, n))),
                         .root = (REAL)(1 / sqrt(1 - pow(0.999, n))),
                         .tau = (REAL)sac->spec.tau,
                         .m = critics ? g->m_critic : g->m_policy,
                         .v = critics ? g->v_critic : g->v_policy,
                         .p = g->sets[critics ? H4L_SAC_CRITIC : H4L_SAC_POLICY],
                         .slow = critics ? g->sets[H4L_SAC_TARGET] : NULL};
}

// Parameters from number `first` to `end`, whose gradient begins at gradient.
static void learn(const struct h4l_sac_agent *g, const struct adam *a, size_t first, size_t end,
                  const REAL *gradient)
{
    g->loops->adam(end - first, a->step, a->root, gradient, a->m + first, a->v + first,
                   a->p + first, a->tau, a->slow ? a->slow + first : NULL);
}

// The weights from number `at` on learn: their gradient as in weights_back, some rows at a time, which Adam takes out of the cache.
// A whole gradient would go to memory and come back. It is kept, too, in `keep`, the set's gradient, unless that is NULL.
static void learn_weights(const struct h4l_sac_agent *g, int n, int in, int out, const REAL *x,
                          int x_row, const REAL *dy, const struct adam *a, size_t at, REAL *keep)
{
    for (int first = 0; first < out; first += LEARNED) {
        int rows = out - first < LEARNED ? out - first : LEARNED;
        size_t begin = at + (size_t)first * (size_t)in;
        REAL *dw = keep ? keep + begin : g->dw;

        weights_back(g, n, in, rows, x, x_row, dy + first, out, dw);
        learn(g, a, begin, begin + (size_t)rows * (size_t)in, dw);
    }
}

// dw[in][out] = x[in][n] dy[n][out] for few inputs: the outputs are what lies in whole vectors. x(i, k) = x[i x_row + k x_depth].
static void few_weights_back(const struct h4l_sac_agent *g, int n, int in, int out, const REAL *x,
                             int x_row, int x_depth, const REAL *dy, int y_row, REAL *dw)
{
    g->products->multiply(&(struct NAME(h4l_product)){.rows = (size_t)in,
                                                      .columns = (size_t)out,
                                                      .depth = (size_t)n,
                                                      .a = x,
                                                      .a_row = (size_t)x_row,
                                                      .a_depth = (size_t)x_depth,
                                                      .b = dy,
                                                      .b_depth = (size_t)y_row,
                                                      .c = dw,
                                                      .c_row = (size_t)y_row});
}

// The neurons' inputs, y[rows][Hp] = x[rows][O + 1] w, for one projection's weights [H][O] and bias.
static void project(const struct h4l_sac *sac, struct h4l_sac_agent *g, int rows, const REAL *w,
                    const REAL *bias, REAL *y)
{
    size_t O = (size_t)sac->spec.n_obs, H = (size_t)sac->spec.hidden, Hp = (size_t)sac->Hp;

    g->loops->transpose(H, O, w, O, g->w_in, Hp);
    memcpy(g->w_in + O * Hp, bias, H * sizeof *bias);
    g->products->multiply(&(struct NAME(h4l_product)){.rows = (size_t)rows,
                                                      .columns = Hp,
                                                      .depth = O + 1,
                                                      .a = g->x,
                                                      .a_row = O + 1,
                                                      .a_depth = 1,
                                                      .b = g->w_in,
                                                      .b_depth = Hp,
                                                      .c = y,
                                                      .c_row = Hp});
}

// Its way back: gradients of weights and bias.
static void project_back(const struct h4l_sac *sac, struct h4l_sac_agent *g, int rows,
                         const REAL *dy, REAL *dw, REAL *dbias)
{
    size_t O = (size_t)sac->spec.n_obs, H = (size_t)sac->spec.hidden, Hp = (size_t)sac->Hp;

    few_weights_back(g, rows, sac->spec.n_obs + 1, sac->Hp, g->x, 1, sac->spec.n_obs + 1, dy,
                     sac->Hp, g->dw_in);
    g->loops->transpose(O, H, g->dw_in, Hp, dw, O);
    memcpy(dbias, g->dw_in + O * Hp, H * sizeof *dbias);
}

// Rows of the policy's units, and of the critics'.
static size_t policy_row(const struct h4l_sac *sac)
{
    return whole(2 * (size_t)sac->spec.batch);
}

static size_t critic_row(const struct h4l_sac *sac)
{
    return whole((size_t)sac->spec.batch);
}

// Policy on n windows in g->x; fills z, heads, out[0] (mean), out[1] (log_std before the clamp).
static void policy_forward(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY], *z = g->z;
    int D = s->heads, zw = s->hidden * sac->R;
    size_t row = n > 1 ? policy_row(sac) : 1;

    for (int k = 0; k < sac->P; k++)
        project(sac, g, n * s->observations, p + sac->at_in[k][0], p + sac->at_in[k][1],
                g->input + (size_t)k * sac->projection);
    g->windows->forward(&g->layer, n, g->input, g->z);
    if (n > 1) { // of one sample the two orders are the same
        g->loops->transpose((size_t)n, (size_t)zw, g->z, (size_t)sac->Hp * (size_t)sac->R,
                            g->z_units, row);
        z = g->z_units;
    }
    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        REAL *const *y = g->head_units[j];
        dense(g, n, row, zw, D, z, p + at[0], p + at[1], true, y[0]);
        dense(g, n, row, D, D, y[0], p + at[2], p + at[3], true, y[1]);
        dense(g, n, row, D, 1, y[1], p + at[4], p + at[5], false, g->out[j]);
    }
}

static REAL sum_of(int n, const REAL *x)
{
    REAL sum = 0;

    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

// Hidden layers y of n samples, by unit, and the gradient dy [n] to their output: the second layer's weights, number at[2] on, learn;
// gradients of its bias, of the output's parameters and of the first layer's bias go to dp, at[3], [4], [5] and [1]. The two layers
// by sample go to hidden, the gradients to their sums to dhidden.
static void tail_back(const struct h4l_sac_agent *g, int n, int width, size_t row, REAL *const y[2],
                      const REAL *dy, const size_t at[6], const struct adam *a, REAL *dp,
                      REAL *keep, REAL *const hidden[2], REAL *const dhidden[2])
{
    const REAL *p = a->p;

    for (int k = 0; k < 2; k++)
        g->loops->transpose((size_t)width, (size_t)n, y[k], row, hidden[k], (size_t)width);
    weights_back(g, n, width, 1, hidden[1], width, dy, 1, dp + at[4]);
    dp[at[5]] = sum_of(n, dy);
    inputs_back(g, n, width, 1, p + at[4], dy, dhidden[1], width, false);
    g->loops->relu_back(n, width, hidden[1], dhidden[1], dp + at[3]);
    inputs_back(g, n, width, width, p + at[2], dhidden[1], dhidden[0], width, false);
    learn_weights(g, n, width, width, hidden[0], width, dhidden[1], a, at[2], keep);
    g->loops->relu_back(n, width, hidden[0], dhidden[0], dp + at[1]);
}

// What learn_weights has left of a set of n parameters: all but these matrices in ascending order, each from number [0] to [1].
static void learn_rest(const struct h4l_sac_agent *g, const struct adam *a, size_t n,
                       const REAL *gradient, const size_t matrices[][2], int count)
{
    size_t at = 0;

    for (int i = 0; i < count; i++) {
        learn(g, a, at, matrices[i][0], gradient + at);
        at = matrices[i][1];
    }
    learn(g, a, at, n, gradient + at);
}

// Backward through the policy for its first n samples; g->dout[0], [1] hold the gradients to mean and log_std. The policy learns.
static void policy_back(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const struct adam adam = adam_of(sac, g, false);
    REAL *dp = g->g_policy, *keep = s->keep_gradient ? dp : NULL;
    double dmix[H4L_CELL_MAX_MIXING] = {0};
    int D = s->heads, zw = s->hidden * sac->R, z_row = sac->Hp * sac->R;
    size_t learned[4][2];

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];

        tail_back(g, n, D, policy_row(sac), g->head_units[j], g->dout[j], at, &adam, dp, keep,
                  g->head, g->dhead);
        inputs_back(g, n, zw, D, adam.p + at[0], g->dhead[0], g->dz, z_row, j > 0);
        learn_weights(g, n, zw, D, g->z, z_row, g->dhead[0], &adam, at[0], keep);
        for (int k = 0; k < 2; k++) { // to where their biases begin
            learned[2 * j + k][0] = at[2 * k];
            learned[2 * j + k][1] = at[2 * k + 1];
        }
    }
    g->windows->backward(&g->layer, n, g->input, g->dz, g->dinput, dmix);
    for (int u = 0; u < sac->M; u++)
        dp[sac->mix + (size_t)u] = (REAL)dmix[u];
    for (int k = 0; k < sac->P; k++)
        project_back(sac, g, n * s->observations, g->dinput + (size_t)k * sac->projection,
                     dp + sac->at_in[k][0], dp + sac->at_in[k][1]);
    learn_rest(g, &adam, sac->n_policy, dp, learned, 4);
}

// Both critics of one parameter set on g->qx; fills q_units and q.
static void critic_forward(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n, const REAL *p)
{
    int C = sac->spec.critics;
    size_t row = critic_row(sac);

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];
        REAL *const *y = g->q_units[j];
        dense(g, n, row, sac->spec.n_obs + 1, C, g->qx, p + at[0], p + at[1], true, y[0]);
        dense(g, n, row, C, C, y[0], p + at[2], p + at[3], true, y[1]);
        dense(g, n, row, C, 1, y[1], p + at[4], p + at[5], false, g->q[j]);
    }
}

// Backward through critic j, dq in g->dq: its second layer's weights learn, gradients of its other parameters.
static void critic_back(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n, int j,
                        const struct adam *adam)
{
    const size_t *at = sac->at_critic[j];
    REAL *dp = g->g_critic;
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    tail_back(g, n, C, critic_row(sac), g->q_units[j], g->dq, at, adam, dp, NULL, g->q_hidden,
              g->dq_hidden);
    few_weights_back(g, n, in, C, g->qx, (int)critic_row(sac), 1, g->dq_hidden[0], C, g->dw_q);
    g->loops->transpose((size_t)in, (size_t)C, g->dw_q, (size_t)C, dp + at[0], (size_t)in);
}

// dQ/da of each sample by the critic that gives it the smaller Q (a tie: the first), times `scale`, to g->dq. Only that critic's
// rows are computed, and of the last product only the action's column.
static void action_slopes(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n, REAL scale)
{
    const REAL *p = g->sets[H4L_SAC_CRITIC];
    int C = sac->spec.critics, in = sac->spec.n_obs + 1, rows;
    size_t width = (size_t)C;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];

        for (int k = 0; k < 2; k++)
            g->loops->transpose(width, (size_t)n, g->q_units[j][k], critic_row(sac), g->q_hidden[k],
                                width);
        for (int i = rows = 0; i < n; i++)
            if ((g->q[1][i] < g->q[0][i]) == (j == 1))
                g->loops->gate(C, p + at[4], scale, g->q_hidden[1] + (size_t)i * width,
                               g->dq_hidden[1] + (size_t)rows++ * width);
        inputs_back(g, rows, C, C, p + at[2], g->dq_hidden[1], g->dq_hidden[0], C, false);
        g->loops->transpose(width, 1, p + at[0] + in - 1, (size_t)in, g->w_action, width);
        for (int i = rows = 0; i < n; i++)
            if ((g->q[1][i] < g->q[0][i]) == (j == 1)) {
                REAL *row = g->dq_hidden[0] + (size_t)rows++ * width;
                g->loops->gate(C, row, 1, g->q_hidden[0] + (size_t)i * width, row);
                g->products->dots(1, width, row, g->w_action, NULL, false, &g->dq[i]);
            }
    }
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
    size_t O = (size_t)sac->spec.n_obs, W = (size_t)sac->spec.observations;
    REAL *to = g->x + (size_t)first * W * (O + 1);

    for (size_t i = 0; i < (size_t)n * W; i++, windows += O) {
        for (size_t k = 0; k < O; k++)
            *to++ = windows[k];
        *to++ = 1;
    }
}

// The critics' input: the last observation of each window, and an action that the caller fills in at the place returned.
static REAL *load_last(const struct h4l_sac *sac, struct h4l_sac_agent *g, int n,
                       const float *windows)
{
    size_t O = (size_t)sac->spec.n_obs, W = (size_t)sac->spec.observations, row = critic_row(sac);

    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t k = 0; k < O; k++)
            g->qx[k * row + i] = windows[(i * W + W - 1) * O + k];
    return g->qx + O * row;
}

static void update_critics(struct h4l_sac *sac, struct h4l_sac_agent *g,
                           const struct h4l_sac_batch *batch, const double *eps,
                           struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch;
    double *y = sac->scratch;
    REAL *action;

    // Both windows at once: the policy does not change before the end of the update.
    load_windows(sac, g, 0, B, batch->state);
    load_windows(sac, g, B, B, batch->next_state);
    policy_forward(sac, g, 2 * B);
    action = load_last(sac, g, B, batch->next_state);
    for (int i = 0; i < B; i++) {
        struct sample a = draw(s, g->out[0][B + i], g->out[1][B + i], eps[i]);
        action[i] = (REAL)a.action;
        y[i] = a.log_prob;
    }
    critic_forward(sac, g, B, g->sets[H4L_SAC_TARGET]);
    for (int i = 0; i < B; i++) {
        double q = fmin((double)g->q[0][i], (double)g->q[1][i]) - s->alpha * y[i];
        y[i] = (double)batch->reward[i] + (double)batch->mask[i] * s->gamma * q;
    }
    action = load_last(sac, g, B, batch->state);
    for (int i = 0; i < B; i++)
        action[i] = batch->action[i];
    critic_forward(sac, g, B, g->sets[H4L_SAC_CRITIC]);
    double loss[2] = {0, 0};
    const struct adam adam = adam_of(sac, g, true);
    size_t learned[2][2];
    for (int j = 0; j < 2; j++) {
        for (int i = 0; i < B; i++) {
            double error = (double)g->q[j][i] - (double)(REAL)y[i];
            loss[j] += error * error;
            g->dq[i] = (REAL)(2 * error / B);
        }
        critic_back(sac, g, B, j, &adam);
        learned[j][0] = sac->at_critic[j][2];
        learned[j][1] = sac->at_critic[j][3];
    }
    losses->qa = loss[0] / B;
    losses->qb = loss[1] / B;
    learn_rest(g, &adam, sac->n_critic, g->g_critic, learned, 2);
}

static void update_policy(struct h4l_sac *sac, struct h4l_sac_agent *g,
                          const struct h4l_sac_batch *batch, const double *eps,
                          struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch;
    double loss = 0;
    REAL *action = load_last(sac, g, B, batch->state);

    for (int i = 0; i < B; i++)
        action[i] = (REAL)draw(s, g->out[0][i], g->out[1][i], eps[i]).action;
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
}

// ---- memory ----

struct piece {
    REAL **place;
    size_t n;
};

// Puts n pieces behind the `used` numbers of base, each on whole vectors; returns how many are used then. base NULL: only counts.
static size_t put(REAL *base, size_t used, size_t n, const struct piece *pieces)
{
    for (size_t i = 0; i < n; used += whole(pieces[i++].n))
        if (base)
            *pieces[i].place = base + used;
    return used;
}

#define PUT(base, used, pieces) put(base, used, sizeof(pieces) / sizeof(pieces)[0], pieces)

static size_t put_learned(const struct h4l_sac *sac, struct h4l_sac_agent *g, REAL *base)
{
    size_t np = sac->n_policy, nc = sac->n_critic;
    const struct piece pieces[] = {
        {&g->sets[0], np},  {&g->sets[1], nc},  {&g->sets[2], nc},
        {&g->m_policy, np}, {&g->v_policy, np}, {&g->m_critic, nc},
        {&g->v_critic, nc}, {&g->g_policy, np}, {&g->g_critic, nc},
    };

    return PUT(base, 0, pieces);
}

static size_t put_neurons(const struct h4l_sac *sac, struct h4l_sac_agent *g, REAL *base,
                          size_t used)
{
    const struct h4l_sac_spec *s = &sac->spec;
    size_t B = (size_t)s->batch, W = (size_t)s->observations, O = (size_t)s->n_obs,
           Hp = (size_t)sac->Hp, zw = Hp * (size_t)sac->R, P = (size_t)sac->P;
    const struct piece pieces[] = {
        {&g->tables, (size_t)(s->neuron.cell->tables * s->neuron.window) * Hp},
        {&g->decays, Hp},
        {&g->gains, Hp},
        {&g->x, 2 * B * W * (O + 1)},
        {&g->w_in, (O + 1) * Hp},
        {&g->dw_in, (O + 1) * Hp},
        {&g->input, P * sac->projection},
        {&g->dinput, P * sac->projection},
        {&g->z, 2 * B * zw},
        {&g->dz, B * zw},
        {&g->z_units, zw * policy_row(sac)},
    };

    return PUT(base, used, pieces);
}

static size_t put_heads(const struct h4l_sac *sac, struct h4l_sac_agent *g, REAL *base, size_t used)
{
    size_t B = (size_t)sac->spec.batch, D = (size_t)sac->spec.heads, row = policy_row(sac);
    const struct piece pieces[] = {
        {&g->head_units[0][0], D * row},
        {&g->head_units[0][1], D * row},
        {&g->head_units[1][0], D * row},
        {&g->head_units[1][1], D * row},
        {&g->out[0], row},
        {&g->out[1], row},
        {&g->head[0], B * D},
        {&g->head[1], B * D},
        {&g->dhead[0], B * D},
        {&g->dhead[1], B * D},
        {&g->dout[0], B},
        {&g->dout[1], B},
    };

    return PUT(base, used, pieces);
}

static size_t put_critics(const struct h4l_sac *sac, struct h4l_sac_agent *g, REAL *base,
                          size_t used)
{
    size_t B = (size_t)sac->spec.batch, C = (size_t)sac->spec.critics,
           in = (size_t)sac->spec.n_obs + 1, row = critic_row(sac);
    size_t D = (size_t)sac->spec.heads, zw = (size_t)sac->spec.hidden * (size_t)sac->R,
           widest = zw > D ? zw : D;
    const struct piece pieces[] = {
        {&g->qx, in * row},
        {&g->q_units[0][0], C * row},
        {&g->q_units[0][1], C * row},
        {&g->q_units[1][0], C * row},
        {&g->q_units[1][1], C * row},
        {&g->q[0], row},
        {&g->q[1], row},
        {&g->q_hidden[0], B * C},
        {&g->q_hidden[1], B * C},
        {&g->dq_hidden[0], B * C},
        {&g->dq_hidden[1], B * C},
        {&g->dq, B},
        {&g->dw_q, in * C},
        {&g->dw, LEARNED * (widest > C ? widest : C)},
        {&g->w_action, C + LANES}, // the last: a product may read a vector beyond its factor
    };

    return PUT(base, used, pieces);
}

// One block of memory for the whole agent; pointers into it. Returns the number of REALs; only that if base is NULL.
static size_t place(const struct h4l_sac *sac, struct h4l_sac_agent *g, REAL *base)
{
    size_t used = put_learned(sac, g, base);

    used = put_neurons(sac, g, base, used);
    used = put_heads(sac, g, base, used);
    return put_critics(sac, g, base, used);
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

// An agent of large networks goes through more small pages in an update than the processor keeps addresses of.
static void *get_memory(size_t *bytes)
{
    const size_t page = *bytes < HUGE_PAGE ? VECTOR_BYTES : HUGE_PAGE;
    void *memory;

    *bytes = (*bytes + page - 1) / page * page;
    memory = aligned_alloc(page, *bytes);
#ifdef MADV_HUGEPAGE
    if (memory && page == HUGE_PAGE)
        (void)madvise(memory, *bytes,
                      MADV_HUGEPAGE); // a wish: nothing depends on whether it is granted
#endif
    return memory;
}

static bool create(struct h4l_sac *sac)
{
    struct h4l_sac_agent *g = sac->agent = calloc(1, sizeof *g);
    size_t bytes = g ? place(sac, g, NULL) * sizeof(REAL) : 0;

    if (g)
        g->memory = get_memory(&bytes);
    if (!g || !g->memory)
        return false;
    memset(g->memory, 0, bytes);
    place(sac, g, g->memory);
    g->windows = NAME(h4l_cell_policy_windows)(sac->spec.neuron.cell, sac->level);
    g->loops = loops[sac->level];
    g->products = products[sac->level];
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
    size_t O = (size_t)sac->spec.n_obs, row = critic_row(sac);
    struct h4l_sac_agent *g = sac->agent;

    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t k = 0; k <= O; k++)
            g->qx[k * row + i] = k < O ? obs[i * O + k] : actions[i];
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

const struct h4l_sac_type NAME(h4l_sac_type) = {.row = H4L_CELL_ROW_BYTES / sizeof(REAL),
                                                .create = create,
                                                .destroy = destroy,
                                                .get = get,
                                                .set = set_values,
                                                .policy = policy,
                                                .critics = critics,
                                                .update = update,
                                                .neurons = neurons,
                                                .learned = learned};
