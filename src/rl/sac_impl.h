// The arithmetic of sac.c for one precision: included twice, with REAL, NAME(x) and GEMM defined. No include guard.
// A dense layer is y[n][out] = x[n][in] w[out][in]^T + b; products go to BLAS, everything else is elementwise loops whose
// result does not depend on the instruction level (no contraction, no reordering).

struct NAME(agent) {
    REAL *sets[3];                                   // policy, critic, target (enum h4l_sac_set)
    REAL *m_policy, *v_policy, *m_critic, *v_critic; // Adam's moments
    REAL *g_policy, *g_critic;                       // gradients
    // Per neuron and time step: v <- a v (1 - reset s) + b I + c. Layout [T][Hp], b [Hp].
    REAL *a, *b, *c;
    // Workspace. The policy takes up to 2 B samples: an update's windows before and after their step go through it together. Windows
    // [2B W][O], projections [P][2B W][Hp], z [2B][Hp U]; the way back is for B.
    REAL *x, *input, *z, *dz, *dinput;
    REAL *head[2][2], *dhead[2], *out[2],
        *dout[2]; // heads: two hidden layers [2B][D], one output [2B]
    REAL *qx, *q_hidden[2][2], *dq_hidden, *dq_hidden2, *q[2], *dq; // critics
    REAL *memory; // the one block all of these point into
};

// y += bias, then ReLU if wanted.
H4L_CLONES static void NAME(finish)(int n, int out, const REAL *bias, bool relu, REAL *y)
{
    for (int i = 0; i < n; i++, y += out)
        if (relu)
            for (int j = 0; j < out; j++) {
                REAL value = y[j] + bias[j];
                y[j] = value < 0 ? 0 : value;
            }
        else
            for (int j = 0; j < out; j++)
                y[j] += bias[j];
}

// y = x w^T + b, then ReLU if wanted; rows of x are x_row apart.
static void NAME(dense)(int n, int in, int out, const REAL *x, int x_row, const REAL *w,
                        const REAL *bias, bool relu, REAL *y)
{
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1, x, x_row, w, in, 0, y, out);
    NAME(finish)(n, out, bias, relu, y);
}

// Given dy: dw is written, dx = dy w (skipped where NULL; added to dx if add). Rows of x and dx are x_row apart, of dy y_row.
static void NAME(dense_back)(int n, int in, int out, const REAL *x, int x_row, const REAL *w,
                             const REAL *dy, int y_row, REAL *dw, REAL *dx, bool add)
{
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, 1, dy, y_row, x, x_row, 0, dw, in);
    if (dx)
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1, dy, y_row, w, in,
             add ? 1 : 0, dx, x_row);
}

// Backward through a ReLU whose output was y: dy is cleared where y is 0. The columns' sums, the gradient of the bias, go to db.
H4L_CLONES static void NAME(relu_back)(int n, int out, const REAL *y, REAL *dy, REAL *db)
{
    for (int j = 0; j < out; j++)
        db[j] = 0;
    for (int i = 0; i < n; i++, y += out, dy += out)
        for (int j = 0; j < out; j++) {
            dy[j] = y[j] > 0 ? dy[j] : 0;
            db[j] += dy[j];
        }
}

// The columns' sums alone; rows of dy are `row` apart.
H4L_CLONES static void NAME(bias_back)(int n, int out, const REAL *dy, int row, REAL *db)
{
    for (int j = 0; j < out; j++)
        db[j] = 0;
    for (int i = 0; i < n; i++, dy += row)
        for (int j = 0; j < out; j++)
            db[j] += dy[j];
}

// The neuron layer as sac_neurons_impl.h takes it.
static enum neurons NAME(layer)(const struct h4l_sac *sac, const struct NAME(agent) * g,
                                struct NAME(layer) * ret)
{
    const struct h4l_cell_constants *n = &sac->spec.neuron;
    const REAL *mix = sac->mix >= 0 ? g->sets[H4L_SAC_POLICY] + sac->mix : NULL;

    *ret = (struct NAME(layer)){
        .Hp = sac->Hp,
        .W = sac->spec.observations,
        .R = sac->spec.repeat,
        .threshold = (REAL)n->threshold,
        .width = (REAL)n->half_width,
        .decay = (REAL)n->decay,
        .resets = n->reset ? -1 : 0,
        .a = g->a,
        .b = g->b,
        .c = g->c,
        .projection = sac->projection,
    };
    for (int u = 0; mix && u < 4; u++)
        ret->mix[u] = mix[u];
    if (h4l_cell_kept(n) == 0)
        return sac->spec.graded ? GRADED : BINARY;
    if (sac->mix >= 0)
        return FOURFOLD;
    return n->cell->tables > 0 || sac->spec.dt_max > 0 ? TABLES : UNIFORM;
}

// y = x w^T + b for the neurons' inputs: rows of Hp, of which H are written.
static void NAME(project)(const struct h4l_sac *sac, int rows, const REAL *x, const REAL *w,
                          const REAL *bias, REAL *y)
{
    int O = sac->spec.n_obs, H = sac->spec.hidden;

    for (int i = 0; i < rows; i++)
        memcpy(y + (size_t)i * (size_t)sac->Hp, bias, (size_t)H * sizeof *bias);
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, rows, H, O, 1, x, O, w, O, 1, y, sac->Hp);
}

// Policy on n windows in g->x [n W][O]; fills z, heads, out[0] (mean), out[1] (log_std before the clamp).
static void NAME(policy_forward)(const struct h4l_sac *sac, struct NAME(agent) * g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY];
    int D = s->heads, zw = s->hidden * sac->U, z_row = sac->Hp * sac->U;
    struct NAME(layer) layer;
    enum neurons kind = NAME(layer)(sac, g, &layer);

    for (int k = 0; k < sac->P; k++)
        NAME(project)
    (sac, n * s->observations, g->x, p + sac->at_in[k][0], p + sac->at_in[k][1],
     g->input + (size_t)k * sac->projection);
    NAME(windows)(kind, &layer, n, g->input, g->z);
    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        NAME(dense)(n, zw, D, g->z, z_row, p + at[0], p + at[1], true, g->head[j][0]);
        NAME(dense)(n, D, D, g->head[j][0], D, p + at[2], p + at[3], true, g->head[j][1]);
        NAME(dense)(n, D, 1, g->head[j][1], D, p + at[4], p + at[5], false, g->out[j]);
    }
}

// Backward through the policy for its first n samples; g->dout[0], [1] hold the gradients to mean and log_std. Writes g->g_policy.
static void NAME(policy_back)(const struct h4l_sac *sac, struct NAME(agent) * g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY];
    REAL *dp = g->g_policy;
    double dmix[4] = {0};
    int D = s->heads, zw = s->hidden * sac->U, z_row = sac->Hp * sac->U;
    struct NAME(layer) layer;
    enum neurons kind = NAME(layer)(sac, g, &layer);

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        NAME(dense_back)
        (n, D, 1, g->head[j][1], D, p + at[4], g->dout[j], 1, dp + at[4], g->dhead[1], false);
        NAME(bias_back)(n, 1, g->dout[j], 1, dp + at[5]);
        NAME(relu_back)(n, D, g->head[j][1], g->dhead[1], dp + at[3]);
        NAME(dense_back)
        (n, D, D, g->head[j][0], D, p + at[2], g->dhead[1], D, dp + at[2], g->dhead[0], false);
        NAME(relu_back)(n, D, g->head[j][0], g->dhead[0], dp + at[1]);
        NAME(dense_back)
        (n, zw, D, g->z, z_row, p + at[0], g->dhead[0], D, dp + at[0], g->dz, j > 0);
    }
    NAME(windows_back)(kind, &layer, n, g->input, g->dz, g->dinput, dmix);
    for (int u = 0; sac->mix >= 0 && u < 4; u++)
        dp[sac->mix + u] = (REAL)dmix[u];
    for (int k = 0; k < sac->P; k++) {
        const REAL *dy = g->dinput + (size_t)k * sac->projection;
        int rows = n * s->observations;
        NAME(dense_back)
        (rows, s->n_obs, s->hidden, g->x, s->n_obs, NULL, dy, sac->Hp, dp + sac->at_in[k][0], NULL,
         false);
        NAME(bias_back)(rows, s->hidden, dy, sac->Hp, dp + sac->at_in[k][1]);
    }
}

// Both critics of one parameter set on g->qx [n][O + 1]; fills q_hidden and q.
static void NAME(critic_forward)(const struct h4l_sac *sac, struct NAME(agent) * g, int n,
                                 const REAL *p)
{
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];
        NAME(dense)(n, in, C, g->qx, in, p + at[0], p + at[1], true, g->q_hidden[j][0]);
        NAME(dense)(n, C, C, g->q_hidden[j][0], C, p + at[2], p + at[3], true, g->q_hidden[j][1]);
        NAME(dense)(n, C, 1, g->q_hidden[j][1], C, p + at[4], p + at[5], false, g->q[j]);
    }
}

// Backward through critic j, dq in g->dq: gradients of its parameters.
static void NAME(critic_back)(const struct h4l_sac *sac, struct NAME(agent) * g, int n, int j)
{
    const REAL *p = g->sets[H4L_SAC_CRITIC];
    REAL *dp = g->g_critic;
    const size_t *at = sac->at_critic[j];
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    NAME(dense_back)
    (n, C, 1, g->q_hidden[j][1], C, p + at[4], g->dq, 1, dp + at[4], g->dq_hidden, false);
    NAME(bias_back)(n, 1, g->dq, 1, dp + at[5]);
    NAME(relu_back)(n, C, g->q_hidden[j][1], g->dq_hidden, dp + at[3]);
    NAME(dense_back)
    (n, C, C, g->q_hidden[j][0], C, p + at[2], g->dq_hidden, C, dp + at[2], g->dq_hidden2, false);
    NAME(relu_back)(n, C, g->q_hidden[j][0], g->dq_hidden2, dp + at[1]);
    NAME(dense_back)
    (n, in, C, g->qx, in, p + at[0], g->dq_hidden2, C, dp + at[0], NULL, false);
}

// to[k] = from[k] where y[k] > 0, else 0; and with `scale`, times it.
H4L_CLONES static void NAME(gate)(int n, const REAL *from, REAL scale, const REAL *y, REAL *to)
{
    for (int k = 0; k < n; k++)
        to[k] = y[k] > 0 ? scale * from[k] : 0;
}

// dQ/da of each sample by the critic that gives it the smaller Q (a tie: the first), times `scale`, to g->dq. Only that critic's
// rows are computed, and of the last product only the action's column.
static void NAME(action_slopes)(const struct h4l_sac *sac, struct NAME(agent) * g, int n,
                                REAL scale)
{
    const REAL *p = g->sets[H4L_SAC_CRITIC];
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];
        int rows = 0;

        for (int i = 0; i < n; i++)
            if ((g->q[1][i] < g->q[0][i]) == (j == 1))
                NAME(gate)
        (C, p + at[4], scale, g->q_hidden[j][1] + (size_t)i * (size_t)C,
         g->dq_hidden + (size_t)rows++ * (size_t)C);
        if (rows == 0)
            continue;
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, C, C, 1, g->dq_hidden, C, p + at[2],
             C, 0, g->dq_hidden2, C);
        rows = 0;
        for (int i = 0; i < n; i++)
            if ((g->q[1][i] < g->q[0][i]) == (j == 1)) {
                REAL *row = g->dq_hidden2 + (size_t)rows++ * (size_t)C;
                NAME(gate)(C, row, 1, g->q_hidden[j][0] + (size_t)i * (size_t)C, row);
                g->dq[i] = DOT(C, row, 1, p + at[0] + in - 1, in);
            }
    }
}

// Adam as torch.optim.Adam without weight decay: beta 0.9, 0.999, eps 1e-8; count from 1. A slow copy follows in the same pass if
// there is one: slow <- (1 - tau) slow + tau p.
H4L_CLONES static void NAME(adam)(size_t n, uint64_t count, double rate, const REAL *grad, REAL *m,
                                  REAL *v, REAL *p, REAL tau, REAL *slow)
{
    const REAL step = (REAL)(rate / (1 - pow(0.9, (double)count))),
               root = (REAL)(1 / sqrt(1 - pow(0.999, (double)count)));
    const REAL b1 = (REAL)0.9, b2 = (REAL)0.999, c1 = (REAL)(1 - 0.9), c2 = (REAL)(1 - 0.999),
               eps = (REAL)1e-8;

    for (size_t i = 0; i < n; i++) {
        m[i] = b1 * m[i] + c1 * grad[i];
        v[i] = b2 * v[i] + c2 * grad[i] * grad[i];
        p[i] -= step * m[i] / (SQRT(v[i]) * root + eps);
        if (slow)
            slow[i] = (1 - tau) * slow[i] + tau * p[i];
    }
}

struct NAME(sample) {
    double action, log_prob, slope, dlogp_du,
        u_scale; // da/du; d log p / du; du / d log_std = std eps
    bool clamped;
};

// Action and its log-probability from mean, log_std (before the clamp) and eps.
static struct NAME(sample)
    NAME(draw)(const struct h4l_sac_spec *s, REAL mean, REAL raw_log_std, double eps)
{
    REAL log_std = raw_log_std < -20 ? -20 : raw_log_std > 2 ? 2 : raw_log_std;
    REAL scale = (REAL)exp((double)log_std) * (REAL)eps, u = mean + scale;
    REAL t = (REAL)tanh((double)u);
    double e = exp(-2 * fabs((double)u)),
           one_minus = 4 * e / ((1 + e) * (1 + e)); // 1 - tanh(u)^2 with all digits

    if (s->published_log_prob)
        one_minus = (double)(1 - t * t);
    double density = s->action_limit * one_minus;
    return (struct NAME(sample)){
        .action = s->action_limit * (double)t,
        .log_prob =
            -0.5 * eps * eps - (double)log_std - 0.91893853320467274178 - log(density + 1e-6),
        .slope = density,
        .dlogp_du = 2 * (double)t * density / (density + 1e-6),
        .u_scale = (double)scale,
        .clamped = raw_log_std < -20 || raw_log_std > 2,
    };
}

static void NAME(load_windows)(const struct h4l_sac *sac, struct NAME(agent) * g, int first, int n,
                               const float *windows)
{
    size_t window = (size_t)sac->spec.observations * (size_t)sac->spec.n_obs;
    REAL *to = g->x + (size_t)first * window;

    for (size_t i = 0; i < (size_t)n * window; i++)
        to[i] = windows[i];
}

// The critics' input: the last observation of each window, and an action that the caller fills in.
static void NAME(load_last)(const struct h4l_sac *sac, struct NAME(agent) * g, int n,
                            const float *windows)
{
    int O = sac->spec.n_obs, W = sac->spec.observations;

    for (int i = 0; i < n; i++)
        for (int k = 0; k < O; k++)
            g->qx[(size_t)i * (size_t)(O + 1) + (size_t)k] =
                windows[((size_t)i * (size_t)W + (size_t)(W - 1)) * (size_t)O + (size_t)k];
}

static void NAME(update_critics)(struct h4l_sac *sac, struct NAME(agent) * g,
                                 const struct h4l_sac_batch *batch, const double *eps,
                                 struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch, stride = s->n_obs + 1;
    double *y = sac->scratch;

    // Both windows at once: the policy does not change before the end of the update.
    NAME(load_windows)(sac, g, 0, B, batch->state);
    NAME(load_windows)(sac, g, B, B, batch->next_state);
    NAME(policy_forward)(sac, g, 2 * B);
    NAME(load_last)(sac, g, B, batch->next_state);
    for (int i = 0; i < B; i++) {
        struct NAME(sample) a = NAME(draw)(s, g->out[0][B + i], g->out[1][B + i], eps[i]);
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] = (REAL)a.action;
        y[i] = a.log_prob;
    }
    NAME(critic_forward)(sac, g, B, g->sets[H4L_SAC_TARGET]);
    for (int i = 0; i < B; i++) {
        double q = fmin((double)g->q[0][i], (double)g->q[1][i]) - s->alpha * y[i];
        y[i] = (double)batch->reward[i] + (double)batch->mask[i] * s->gamma * q;
    }
    NAME(load_last)(sac, g, B, batch->state);
    for (int i = 0; i < B; i++)
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] = batch->action[i];
    NAME(critic_forward)(sac, g, B, g->sets[H4L_SAC_CRITIC]);
    double loss[2] = {0, 0};
    for (int j = 0; j < 2; j++) {
        for (int i = 0; i < B; i++) {
            double error = (double)g->q[j][i] - (double)(REAL)y[i];
            loss[j] += error * error;
            g->dq[i] = (REAL)(2 * error / B);
        }
        NAME(critic_back)(sac, g, B, j);
    }
    losses->qa = loss[0] / B;
    losses->qb = loss[1] / B;
    NAME(adam)
    (sac->n_critic, sac->updates, s->learning_rate, g->g_critic, g->m_critic, g->v_critic,
     g->sets[H4L_SAC_CRITIC], (REAL)s->tau, g->sets[H4L_SAC_TARGET]);
}

static void NAME(update_policy)(struct h4l_sac *sac, struct NAME(agent) * g,
                                const struct h4l_sac_batch *batch, const double *eps,
                                struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch, stride = s->n_obs + 1;
    double loss = 0;

    NAME(load_last)(sac, g, B, batch->state);
    for (int i = 0; i < B; i++)
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] =
            (REAL)NAME(draw)(s, g->out[0][i], g->out[1][i], eps[i]).action;
    NAME(critic_forward)(sac, g, B, g->sets[H4L_SAC_CRITIC]);
    NAME(action_slopes)(sac, g, B, (REAL)(-1.0 / B));
    for (int i = 0; i < B; i++) {
        struct NAME(sample) a = NAME(draw)(s, g->out[0][i], g->out[1][i], eps[i]);
        double dq_da = (double)g->dq[i];
        double du = s->alpha / B * a.dlogp_du + dq_da * a.slope;
        loss += s->alpha * a.log_prob - fmin((double)g->q[0][i], (double)g->q[1][i]);
        g->dout[0][i] = (REAL)du;
        g->dout[1][i] = a.clamped ? 0 : (REAL)(du * a.u_scale - s->alpha / B);
    }
    losses->policy = loss / B;
    NAME(policy_back)(sac, g, B);
    NAME(adam)
    (sac->n_policy, sac->updates, s->learning_rate, g->g_policy, g->m_policy, g->v_policy,
     g->sets[H4L_SAC_POLICY], 0, NULL);
}

// Coefficients of the neurons' recursion from the spec and, for HH, from dt[H] and rates[H].
static void NAME(coefficients)(const struct h4l_sac *sac, struct NAME(agent) * g)
{
    const struct h4l_cell_constants *n = &sac->spec.neuron;
    int H = sac->spec.hidden, T = sac->T;
    const double leak = 0.3; // of HH
    const bool tables = n->cell->tables > 0, hh_time = !tables && sac->spec.dt_max > 0;
    double factors[H4L_CELL_MAX_TABLES * H4L_CELL_MAX_WINDOW];

    for (int h = 0; h < H; h++) {
        struct h4l_cell_constants own = *n;
        double *dt = h4l_cell_constant(&own, "dt");

        if (dt)
            *dt = sac->dt[h];
        if (tables)
            n->cell->tabulate(&own, sac->rates + h * H4L_CELL_RATES, factors);
        g->b[h] = (REAL)(tables || hh_time ? sac->dt[h] : 1);
        for (int t = 0; t < T; t++) {
            size_t at = (size_t)t * (size_t)sac->Hp + (size_t)h;
            double decay = hh_time ? 1 - leak * sac->dt[h] : n->decay;
            g->a[at] = (REAL)(tables ? factors[t] : decay);
            g->c[at] = (REAL)(tables ? factors[T + t] : 0);
        }
    }
}

// One block of memory for the whole agent; pointers into it. Returns the number of REALs if base is NULL.
static size_t NAME(place)(const struct h4l_sac *sac, struct NAME(agent) * g, REAL *base)
{
    const struct h4l_sac_spec *s = &sac->spec;
    size_t B = (size_t)s->batch, W = (size_t)s->observations, O = (size_t)s->n_obs,
           Hp = (size_t)sac->Hp;
    size_t T = (size_t)sac->T, U = (size_t)sac->U, P = (size_t)sac->P, D = (size_t)s->heads,
           C = (size_t)s->critics;
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
        {&g->a, T * Hp},
        {&g->b, Hp},
        {&g->c, T * Hp},
        {&g->x, 2 * B * W * O},
        {&g->input, P * sac->projection},
        {&g->dinput, P * sac->projection},
        {&g->z, 2 * B * Hp * U},
        {&g->dz, B * Hp * U},
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

// What training changes: parameters of policy, critics and targets, Adam's moments.
static void NAME(learned)(const struct h4l_sac *sac, const struct NAME(agent) * g, struct part *ret)
{
    size_t np = sac->n_policy * sizeof(REAL), nc = sac->n_critic * sizeof(REAL);

    *ret++ = (struct part){g->sets[0], np};
    *ret++ = (struct part){g->sets[1], nc};
    *ret++ = (struct part){g->sets[2], nc};
    *ret++ = (struct part){g->m_policy, np};
    *ret++ = (struct part){g->v_policy, np};
    *ret++ = (struct part){g->m_critic, nc};
    *ret++ = (struct part){g->v_critic, nc};
}
