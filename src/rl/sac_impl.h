// The arithmetic of sac.c for one precision: included twice, with REAL, NAME(x) and GEMM defined. No include guard.
// A dense layer is y[n][out] = x[n][in] w[out][in]^T + b; products go to BLAS, everything else is elementwise loops whose
// result does not depend on the instruction level (no contraction, no reordering).

struct NAME(agent) {
    REAL *sets[3];                                   // policy, critic, target (enum h4l_sac_set)
    REAL *m_policy, *v_policy, *m_critic, *v_critic; // Adam's moments
    REAL *g_policy, *g_critic;                       // gradients
    // Per neuron and time step: v <- a v (1 - reset s) + b I + c. Layout [T][H], b [H].
    REAL *a, *b, *c;
    // Workspace, B samples. Policy: windows [B W][O], projections [P][B W][H], potentials [B][U][T][H], z [B][H U].
    REAL *x, *input, *v, *z, *dz, *dinput, *delta;
    REAL *head[2][2], *dhead[2], *out[2],
        *dout[2]; // heads: two hidden layers [B][D], one output [B]
    REAL *qx, *q_hidden[2][2], *dq_hidden, *dq_hidden2, *q[2], *dq, *dqx; // critics
    REAL *zeros;                                                          // [H]
    REAL *memory; // the one block all of these point into
};

// y = x w^T + b, then ReLU if wanted.
static void NAME(dense)(int n, int in, int out, const REAL *x, const REAL *w, const REAL *bias,
                        bool relu, REAL *y)
{
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1, x, in, w, in, 0, y, out);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < out; j++) {
            REAL value = y[(size_t)i * (size_t)out + (size_t)j] + bias[j];
            y[(size_t)i * (size_t)out + (size_t)j] = relu && value < 0 ? 0 : value;
        }
}

// Given dy: dw and db are written (skipped where NULL), dx = dy w (skipped where NULL; added to dx if add).
static void NAME(dense_back)(int n, int in, int out, const REAL *x, const REAL *w, const REAL *dy,
                             REAL *dw, REAL *db, REAL *dx, bool add)
{
    if (dw)
        GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, 1, dy, out, x, in, 0, dw, in);
    if (db) {
        memset(db, 0, (size_t)out * sizeof *db);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < out; j++)
                db[j] += dy[(size_t)i * (size_t)out + (size_t)j];
    }
    if (dx)
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1, dy, out, w, in, add ? 1 : 0,
             dx, in);
}

// Backward through a ReLU whose output was y: dy is cleared where y is 0.
static void NAME(relu_back)(size_t n, const REAL *y, REAL *dy)
{
    for (size_t i = 0; i < n; i++)
        dy[i] = y[i] > 0 ? dy[i] : 0;
}

// One time step of n neurons of one unit; count gets what the readout sees of it.
H4L_CLONES static void NAME(lif_step)(int n, const REAL *before, const REAL *a, const REAL *b,
                                      const REAL *c, const REAL *current, REAL threshold,
                                      REAL reset, REAL *v, REAL *count)
{
    for (int h = 0; h < n; h++) {
        REAL keep = before[h] > threshold ? 1 - reset : 1;
        REAL now = a[h] * before[h] * keep + b[h] * current[h] + c[h];
        v[h] = now;
        count[h] += now > threshold ? (REAL)1 : (REAL)0;
    }
}

// The same for memoryless neurons: v = max(I, 0).
H4L_CLONES static void NAME(binary_step)(int n, const REAL *current, REAL threshold, bool graded,
                                         REAL *v, REAL *count)
{
    for (int h = 0; h < n; h++) {
        REAL now = current[h] > 0 ? current[h] : 0;
        v[h] = now;
        count[h] += graded ? now : now > threshold ? (REAL)1 : (REAL)0;
    }
}

// Input of the fourth unit: the mixed potentials v1, v2, v3 before this step.
H4L_CLONES static void NAME(mix_step)(int n, const REAL *mix, const REAL *v1, const REAL *v2,
                                      const REAL *v3, REAL *ret)
{
    for (int h = 0; h < n; h++)
        ret[h] = mix[0] * v1[h] + mix[1] * v2[h] + mix[2] * v3[h] + mix[3];
}

// One sample through its window. current: [P] pointers to [W][H]; v: [U][T][H]; z: [H U]; work: [2][H].
static void NAME(neurons)(const struct h4l_sac *sac, const struct NAME(agent) * g,
                          const REAL *const *current, const REAL *mix, REAL *v, REAL *z, REAL *work)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int H = s->hidden, T = sac->T, U = sac->U;
    REAL threshold = (REAL)s->neuron.threshold, reset = s->neuron.reset ? 1 : 0,
         inv_T = 1 / (REAL)T;
    size_t plane = (size_t)T * (size_t)H;
    REAL *drive = work, *count = work + H;

    for (int u = 0; u < U; u++) {
        memset(count, 0, (size_t)H * sizeof *count);
        for (int t = 0; t < T; t++) {
            size_t row = (size_t)t * (size_t)H, last = row - (size_t)H;
            REAL *now = v + (size_t)u * plane + row;
            const REAL *in = u < sac->P ? current[u] + (size_t)(t / s->repeat) * (size_t)H : drive;
            if (u == 3 && t == 0)
                NAME(mix_step)(H, mix, g->zeros, g->zeros, g->zeros, drive);
            else if (u == 3)
                NAME(mix_step)(H, mix, v + last, v + plane + last, v + 2 * plane + last, drive);
            if (s->neuron.kind == H4L_LEARNING_BINARY)
                NAME(binary_step)(H, in, threshold, s->graded, now, count);
            else
                NAME(lif_step)
            (H, t ? now - H : g->zeros, g->a + row, g->b, g->c + row, in, threshold, reset, now,
             count);
        }
        for (int h = 0; h < H; h++)
            z[h * U + u] = count[h] * inv_T;
    }
}

// Policy on n windows in g->x [n W][O]; fills z, heads, out[0] (mean), out[1] (log_std before the clamp).
static void NAME(policy_forward)(const struct h4l_sac *sac, struct NAME(agent) * g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY], *mix = sac->mix >= 0 ? p + sac->mix : NULL;
    int H = s->hidden, D = s->heads, rows = n * s->observations, zw = H * sac->U;
    size_t projection = (size_t)s->batch * (size_t)s->observations * (size_t)H;

    for (int k = 0; k < sac->P; k++)
        NAME(dense)
    (rows, s->n_obs, H, g->x, p + sac->at_in[k][0], p + sac->at_in[k][1], false,
     g->input + (size_t)k * projection);
    for (int i = 0; i < n; i++) {
        const REAL *input[3];
        for (int k = 0; k < sac->P; k++)
            input[k] =
                g->input + (size_t)k * projection + (size_t)i * (size_t)s->observations * (size_t)H;
        NAME(neurons)
        (sac, g, input, mix, g->v + (size_t)i * sac->per_sample, g->z + (size_t)i * (size_t)zw,
         g->delta);
    }
    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        NAME(dense)(n, zw, D, g->z, p + at[0], p + at[1], true, g->head[j][0]);
        NAME(dense)(n, D, D, g->head[j][0], p + at[2], p + at[3], true, g->head[j][1]);
        NAME(dense)(n, D, 1, g->head[j][1], p + at[4], p + at[5], false, g->out[j]);
    }
}

// dL/dv of one time step of n neurons of one unit. ds: from the readout; later: dL/dv of the next step, a: its decay.
H4L_CLONES static void NAME(lif_step_back)(int n, const REAL *ds, const REAL *v, const REAL *a,
                                           const REAL *later, REAL threshold, REAL width,
                                           REAL reset, REAL *ret)
{
    for (int h = 0; h < n; h++) {
        REAL from_threshold = v[h] - threshold, carried = a[h] * later[h];
        REAL slope = from_threshold < width && -from_threshold < width ? (REAL)1 : (REAL)0;
        REAL keep = from_threshold > 0 ? 1 - reset : 1;
        ret[h] = slope * (ds[h] - reset * v[h] * carried) + carried * keep;
    }
}

H4L_CLONES static void NAME(binary_step_back)(int n, const REAL *ds, const REAL *v, REAL threshold,
                                              REAL width, bool graded, REAL *ret)
{
    for (int h = 0; h < n; h++) {
        REAL from_threshold = v[h] - threshold;
        REAL slope =
            graded || (from_threshold < width && -from_threshold < width) ? (REAL)1 : (REAL)0;
        ret[h] = v[h] > 0 ? slope * ds[h] : 0;
    }
}

H4L_CLONES static void NAME(add_scaled)(int n, const REAL *scale, REAL factor, const REAL *x,
                                        REAL *to)
{
    if (scale)
        for (int h = 0; h < n; h++)
            to[h] += scale[h] * x[h];
    else
        for (int h = 0; h < n; h++)
            to[h] += factor * x[h];
}

// Backward through one sample's window; dz [H U] in, gradient of the projections [P][W][H] added into dinput's pointers.
// delta: scratch, two blocks [T + 1][H] (fourth unit, the unit at work) and a row [H].
static void NAME(neurons_back)(const struct h4l_sac *sac, const struct NAME(agent) * g,
                               const REAL *mix, const REAL *v, const REAL *dz, REAL *const *dinput,
                               REAL *dmix, REAL *delta)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int H = s->hidden, T = sac->T, U = sac->U;
    size_t plane = (size_t)T * (size_t)H;
    REAL threshold = (REAL)s->neuron.threshold, width = (REAL)s->neuron.half_width,
         inv_T = 1 / (REAL)T;
    REAL reset = s->neuron.reset ? 1 : 0;
    bool binary = s->neuron.kind == H4L_LEARNING_BINARY;
    REAL *delta4 = delta, *own = delta + plane + (size_t)H, *ds = own + plane + (size_t)H;

    for (int u = U - 1; u >= 0; u--) {
        REAL *d = u == 3 ? delta4 : own;
        for (int h = 0; h < H; h++)
            ds[h] = dz[h * U + u] * inv_T;
        memset(d + plane, 0, (size_t)H * sizeof *d); // nothing comes from behind the window
        for (int t = T - 1; t >= 0; t--) {
            size_t row = (size_t)t * (size_t)H;
            REAL *now = d + row, *later = now + H;
            const REAL *vt = v + (size_t)u * plane + row,
                       *a = t + 1 < T ? g->a + row + H : g->zeros;
            if (binary)
                NAME(binary_step_back)(H, ds, vt, threshold, width, s->graded, now);
            else
                NAME(lif_step_back)(H, ds, vt, a, later, threshold, width, reset, now);
            if (U == 4 && u < 3 && t + 1 < T)
                NAME(add_scaled)(H, NULL, mix[u], delta4 + row + H, now);
            if (u < sac->P)
                NAME(add_scaled)
            (H, binary ? NULL : g->b, 1, now, dinput[u] + (size_t)(t / s->repeat) * (size_t)H);
        }
    }
    if (U == 4) // gradient of the shared mixing weights and their bias
        for (int t = 0; t < T; t++)
            for (int h = 0; h < H; h++) {
                REAL d4 = delta4[(size_t)t * (size_t)H + (size_t)h];
                for (int u = 0; u < 3 && t; u++)
                    dmix[u] += d4 * v[(size_t)u * plane + (size_t)(t - 1) * (size_t)H + (size_t)h];
                dmix[3] += d4;
            }
}

// Backward through the policy; g->dout[0], [1] hold the gradients to mean and log_std. Writes g->g_policy.
static void NAME(policy_back)(const struct h4l_sac *sac, struct NAME(agent) * g, int n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    const REAL *p = g->sets[H4L_SAC_POLICY], *mix = sac->mix >= 0 ? p + sac->mix : NULL;
    REAL *dp = g->g_policy, none[4] = {0}, *dmix = sac->mix >= 0 ? dp + sac->mix : none;
    int H = s->hidden, D = s->heads, rows = n * s->observations, zw = H * sac->U;
    size_t projection = (size_t)s->batch * (size_t)s->observations * (size_t)H;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_head[j];
        NAME(dense_back)
        (n, D, 1, g->head[j][1], p + at[4], g->dout[j], dp + at[4], dp + at[5], g->dhead[1], false);
        NAME(relu_back)((size_t)n * (size_t)D, g->head[j][1], g->dhead[1]);
        NAME(dense_back)
        (n, D, D, g->head[j][0], p + at[2], g->dhead[1], dp + at[2], dp + at[3], g->dhead[0],
         false);
        NAME(relu_back)((size_t)n * (size_t)D, g->head[j][0], g->dhead[0]);
        NAME(dense_back)
        (n, zw, D, g->z, p + at[0], g->dhead[0], dp + at[0], dp + at[1], g->dz, j > 0);
    }
    memset(g->dinput, 0, (size_t)sac->P * projection * sizeof *g->dinput);
    memset(dmix, 0, 4 * sizeof *dmix);
    for (int i = 0; i < n; i++) {
        REAL *dinput[3];
        for (int k = 0; k < sac->P; k++)
            dinput[k] = g->dinput + (size_t)k * projection +
                        (size_t)i * (size_t)s->observations * (size_t)H;
        NAME(neurons_back)
        (sac, g, mix, g->v + (size_t)i * sac->per_sample, g->dz + (size_t)i * (size_t)zw, dinput,
         dmix, g->delta);
    }
    for (int k = 0; k < sac->P; k++)
        NAME(dense_back)
    (rows, s->n_obs, H, g->x, NULL, g->dinput + (size_t)k * projection, dp + sac->at_in[k][0],
     dp + sac->at_in[k][1], NULL, false);
}

// Both critics of one parameter set on g->qx [n][O + 1]; fills q_hidden and q.
static void NAME(critic_forward)(const struct h4l_sac *sac, struct NAME(agent) * g, int n,
                                 const REAL *p)
{
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;

    for (int j = 0; j < 2; j++) {
        const size_t *at = sac->at_critic[j];
        NAME(dense)(n, in, C, g->qx, p + at[0], p + at[1], true, g->q_hidden[j][0]);
        NAME(dense)(n, C, C, g->q_hidden[j][0], p + at[2], p + at[3], true, g->q_hidden[j][1]);
        NAME(dense)(n, C, 1, g->q_hidden[j][1], p + at[4], p + at[5], false, g->q[j]);
    }
}

// Backward through critic j, dq in g->dq. Parameter gradients go to dp (NULL: none), that of the input to g->dqx (if dqx).
static void NAME(critic_back)(const struct h4l_sac *sac, struct NAME(agent) * g, int n, int j,
                              REAL *dp, bool dqx, bool add)
{
    const REAL *p = g->sets[H4L_SAC_CRITIC];
    const size_t *at = sac->at_critic[j];
    int C = sac->spec.critics, in = sac->spec.n_obs + 1;
    size_t size = (size_t)n * (size_t)C;

    NAME(dense_back)
    (n, C, 1, g->q_hidden[j][1], p + at[4], g->dq, dp ? dp + at[4] : NULL, dp ? dp + at[5] : NULL,
     g->dq_hidden, false);
    NAME(relu_back)(size, g->q_hidden[j][1], g->dq_hidden);
    NAME(dense_back)
    (n, C, C, g->q_hidden[j][0], p + at[2], g->dq_hidden, dp ? dp + at[2] : NULL,
     dp ? dp + at[3] : NULL, g->dq_hidden2, false);
    NAME(relu_back)(size, g->q_hidden[j][0], g->dq_hidden2);
    NAME(dense_back)
    (n, in, C, g->qx, p + at[0], g->dq_hidden2, dp ? dp + at[0] : NULL, dp ? dp + at[1] : NULL,
     dqx ? g->dqx : NULL, add);
}

// Adam as torch.optim.Adam without weight decay: beta 0.9, 0.999, eps 1e-8; count from 1.
H4L_CLONES static void NAME(adam)(size_t n, uint64_t count, double rate, const REAL *grad, REAL *m,
                                  REAL *v, REAL *p)
{
    const REAL step = (REAL)(rate / (1 - pow(0.9, (double)count))),
               root = (REAL)sqrt(1 - pow(0.999, (double)count));
    const REAL b1 = (REAL)0.9, b2 = (REAL)0.999, c1 = (REAL)(1 - 0.9), c2 = (REAL)(1 - 0.999),
               eps = (REAL)1e-8;

    for (size_t i = 0; i < n; i++) {
        m[i] = b1 * m[i] + c1 * grad[i];
        v[i] = b2 * v[i] + c2 * grad[i] * grad[i];
        p[i] -= step * m[i] / (SQRT(v[i]) / root + eps);
    }
}

H4L_CLONES static void NAME(blend)(size_t n, REAL tau, const REAL *from, REAL *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (1 - tau) * to[i] + tau * from[i];
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

static void NAME(load_windows)(const struct h4l_sac *sac, struct NAME(agent) * g, int n,
                               const float *windows)
{
    size_t size = (size_t)n * (size_t)sac->spec.observations * (size_t)sac->spec.n_obs;

    for (size_t i = 0; i < size; i++)
        g->x[i] = windows[i];
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

    NAME(load_windows)(sac, g, B, batch->next_state);
    NAME(policy_forward)(sac, g, B);
    NAME(load_last)(sac, g, B, batch->next_state);
    for (int i = 0; i < B; i++) {
        struct NAME(sample) a = NAME(draw)(s, g->out[0][i], g->out[1][i], eps[i]);
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
        NAME(critic_back)(sac, g, B, j, g->g_critic, false, false);
    }
    losses->qa = loss[0] / B;
    losses->qb = loss[1] / B;
    NAME(adam)
    (sac->n_critic, sac->updates, s->learning_rate, g->g_critic, g->m_critic, g->v_critic,
     g->sets[H4L_SAC_CRITIC]);
}

static void NAME(update_policy)(struct h4l_sac *sac, struct NAME(agent) * g,
                                const struct h4l_sac_batch *batch, const double *eps,
                                struct h4l_sac_losses *losses)
{
    const struct h4l_sac_spec *s = &sac->spec;
    int B = s->batch, stride = s->n_obs + 1;
    double loss = 0;

    NAME(load_windows)(sac, g, B, batch->state);
    NAME(policy_forward)(sac, g, B);
    NAME(load_last)(sac, g, B, batch->state);
    for (int i = 0; i < B; i++)
        g->qx[(size_t)i * (size_t)stride + (size_t)s->n_obs] =
            (REAL)NAME(draw)(s, g->out[0][i], g->out[1][i], eps[i]).action;
    NAME(critic_forward)(sac, g, B, g->sets[H4L_SAC_CRITIC]);
    for (int j = 0; j < 2; j++) { // the gradient goes to the smaller of the two
        for (int i = 0; i < B; i++)
            g->dq[i] = (g->q[j][i] < g->q[1 - j][i] || (j == 0 && !(g->q[1][i] < g->q[0][i])))
                           ? (REAL)(-1.0 / B)
                           : 0;
        NAME(critic_back)(sac, g, B, j, NULL, true, j > 0);
    }
    for (int i = 0; i < B; i++) {
        struct NAME(sample) a = NAME(draw)(s, g->out[0][i], g->out[1][i], eps[i]);
        double dq_da = (double)g->dqx[(size_t)i * (size_t)stride + (size_t)s->n_obs];
        double du = s->alpha / B * a.dlogp_du + dq_da * a.slope;
        loss += s->alpha * a.log_prob - fmin((double)g->q[0][i], (double)g->q[1][i]);
        g->dout[0][i] = (REAL)du;
        g->dout[1][i] = a.clamped ? 0 : (REAL)(du * a.u_scale - s->alpha / B);
    }
    losses->policy = loss / B;
    NAME(policy_back)(sac, g, B);
    NAME(adam)
    (sac->n_policy, sac->updates, s->learning_rate, g->g_policy, g->m_policy, g->v_policy,
     g->sets[H4L_SAC_POLICY]);
}

// Coefficients of the neurons' recursion from the spec and, for HH, from dt[H] and rates[H].
static void NAME(coefficients)(const struct h4l_sac *sac, struct NAME(agent) * g)
{
    const struct h4l_learning_neuron *n = &sac->spec.neuron;
    int H = sac->spec.hidden, T = sac->T;
    double g_t[H4L_LEARNING_MAX_WINDOW], e_t[H4L_LEARNING_MAX_WINDOW];

    for (int h = 0; h < H; h++) {
        struct h4l_learning_neuron own = *n;
        bool lif_hh_time = n->kind == H4L_LEARNING_LIF && sac->spec.dt_max > 0;
        own.dt = sac->dt[h];
        if (n->kind == H4L_LEARNING_HH)
            h4l_learning_hh_currents(&own, &sac->rates[h], g_t, e_t);
        g->b[h] = (REAL)(n->kind == H4L_LEARNING_HH || lif_hh_time ? own.dt : 1);
        for (int t = 0; t < T; t++) {
            size_t at = (size_t)t * (size_t)H + (size_t)h;
            double decay = lif_hh_time ? 1 - own.g_l * own.dt : n->decay;
            g->a[at] = (REAL)(n->kind == H4L_LEARNING_HH ? 1 - own.dt * g_t[t] : decay);
            g->c[at] = (REAL)(n->kind == H4L_LEARNING_HH ? own.dt * e_t[t] : 0);
        }
    }
}

// One block of memory for the whole agent; pointers into it. Returns the number of REALs if base is NULL.
static size_t NAME(place)(const struct h4l_sac *sac, struct NAME(agent) * g, REAL *base)
{
    const struct h4l_sac_spec *s = &sac->spec;
    size_t B = (size_t)s->batch, W = (size_t)s->observations, O = (size_t)s->n_obs,
           H = (size_t)s->hidden;
    size_t T = (size_t)sac->T, U = (size_t)sac->U, P = (size_t)sac->P, D = (size_t)s->heads,
           C = (size_t)s->critics;
    size_t np = sac->n_policy, nc = sac->n_critic, used = 0;
    struct {
        REAL **place;
        size_t n;
    } rows[] = {
        // The trainable state first and in one piece: h4l_sac_save copies it.
        {&g->sets[0], np},
        {&g->sets[1], nc},
        {&g->sets[2], nc},
        {&g->m_policy, np},
        {&g->v_policy, np},
        {&g->m_critic, nc},
        {&g->v_critic, nc},
        {&g->g_policy, np},
        {&g->g_critic, nc},
        {&g->a, T * H},
        {&g->b, H},
        {&g->c, T * H},
        {&g->x, B * W * O},
        {&g->input, P * B * W * H},
        {&g->dinput, P * B * W * H},
        {&g->v, B * U * T * H},
        {&g->z, B * H * U},
        {&g->dz, B * H * U},
        {&g->delta, (2 * (T + 1) + 1) * H},
        {&g->head[0][0], B * D},
        {&g->head[0][1], B * D},
        {&g->head[1][0], B * D},
        {&g->head[1][1], B * D},
        {&g->dhead[0], B * D},
        {&g->dhead[1], B * D},
        {&g->out[0], B},
        {&g->out[1], B},
        {&g->dout[0], B},
        {&g->dout[1], B},
        {&g->qx, B * (O + 1)},
        {&g->dqx, B * (O + 1)},
        {&g->q_hidden[0][0], B * C},
        {&g->q_hidden[0][1], B * C},
        {&g->q_hidden[1][0], B * C},
        {&g->q_hidden[1][1], B * C},
        {&g->dq_hidden, B * C},
        {&g->dq_hidden2, B * C},
        {&g->q[0], B},
        {&g->q[1], B},
        {&g->dq, B},
        {&g->zeros, H},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (base)
            *rows[i].place = base + used;
        used += rows[i].n;
    }
    return used;
}
