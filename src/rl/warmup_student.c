#include "rl/warmup_student.h"

#include <cblas.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cell/window.h"

// As published: 15 steps of the LIF neurons of the reinforcement-learning networks.
enum { T = 15 };
static const double log_std_min = -20, log_std_max = 2;

// Parameters in one array: w1 [H][O], b1 [H], w2 [H][H], b2 [H], heads [2][H] (mean, log_std), their biases [2].
struct h4l_student {
    struct h4l_cell_constants cell;
    struct h4l_window_float window;
    const struct h4l_policy_windows_float *windows;
    int O, H, B;
    size_t n, at_b1, at_w2, at_b2, at_heads, at_bias; // number of parameters, offsets
    double *center, *scale;                           // [O]
    float *p, *g, *m, *v;                             // parameters, gradient, Adam's moments
    long updates;
    // One batch: x [B][O], input of layer 1 [B][H]; potentials and spikes [T][B][H] of both layers; rates [B][H], out [B][2]; d...: gradients
    float *x, *input, *v1, *s1, *v2, *s2, *rate, *out, *dout, *drate, *d2, *ds1;
    float *memory;
};

struct h4l_student *h4l_student_create(int n_obs, int hidden, int batch, const double *center,
                                       const double *scale, struct h4l_rng *rng)
{
    struct h4l_student *s = calloc(1, sizeof *s);
    size_t O = (size_t)n_obs, H = (size_t)hidden, B = (size_t)batch, used = 0;

    if (!s)
        return NULL;
    s->O = n_obs;
    s->H = hidden;
    s->B = batch;
    s->cell = h4l_cell_published(h4l_cell_find("lif"), H4L_CELL_IP);
    s->window = h4l_window_of_float(&s->cell, NULL, NULL, 0);
    s->windows = h4l_cell_policy_windows_float(s->cell.cell, h4l_simd_level_id());
    s->at_b1 = H * O;
    s->at_w2 = s->at_b1 + H;
    s->at_b2 = s->at_w2 + H * H;
    s->at_heads = s->at_b2 + H;
    s->at_bias = s->at_heads + 2 * H;
    s->n = s->at_bias + 2;
    const struct {
        float **place;
        size_t n;
    } rows[] = {
        {&s->p, s->n},       {&s->g, s->n},       {&s->m, s->n},       {&s->v, s->n},
        {&s->x, B * O},      {&s->input, B * H},  {&s->v1, T * B * H}, {&s->s1, T * B * H},
        {&s->v2, T * B * H}, {&s->s2, T * B * H}, {&s->rate, B * H},   {&s->out, B * 2},
        {&s->dout, B * 2},   {&s->drate, B * H},  {&s->d2, T * B * H}, {&s->ds1, T * B * H},
    };
    const size_t n_rows = sizeof rows / sizeof rows[0];
    for (size_t i = 0; i < n_rows; i++)
        used += rows[i].n;
    s->memory = calloc(used, sizeof(float));
    s->center = malloc(O * sizeof *center);
    s->scale = malloc(O * sizeof *scale);
    if (!s->memory || !s->center || !s->scale) {
        h4l_student_destroy(s);
        return NULL;
    }
    used = 0;
    for (size_t i = 0; i < n_rows; used += rows[i++].n)
        *rows[i].place = s->memory + used;
    memcpy(s->center, center, O * sizeof *center);
    memcpy(s->scale, scale, O * sizeof *scale);
    // A neuron with constant input I first fires above I = 0.16 (it settles at I / 0.8): inputs of layer 1 are spread about that, so that
    // the neurons' thresholds lie at different places of the observations' range.
    double bound = sqrt(3.0 / (double)O) * 0.5, bound2 = sqrt(6.0 / (double)(H + H));
    for (size_t i = 0; i < s->n; i++) {
        double span = i < s->at_b1      ? bound
                      : i < s->at_w2    ? 0.5
                      : i < s->at_b2    ? bound2
                      : i < s->at_heads ? 0.1
                                        : sqrt(6.0 / (double)(H + 2));
        s->p[i] = i >= s->at_bias ? 0 : (float)h4l_rng_between(rng, -span, span);
    }
    return s;
}

void h4l_student_destroy(struct h4l_student *s)
{
    if (!s)
        return;
    free(s->memory);
    free(s->center);
    free(s->scale);
    free(s);
}

// y [rows][out] = x [rows][in] w[out][in]^T + b.
static void dense(int rows, int in, int out, const float *x, const float *w, const float *b,
                  float *y)
{
    for (int i = 0; i < rows; i++)
        memcpy(y + (size_t)i * (size_t)out, b, (size_t)out * sizeof *b);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, x, in, w, in, 1, y, out);
}

// dw [out][in] = dy^T x, db [out] = the columns' sums of dy.
static void dense_weights(int rows, int in, int out, const float *x, const float *dy, float *dw,
                          float *db)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, 1, dy, out, x, in, 0, dw,
                in);
    memset(db, 0, (size_t)out * sizeof *db);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < out; j++)
            db[j] += dy[(size_t)i * (size_t)out + (size_t)j];
}

static double clamp_log_std(double x)
{
    return x < log_std_min ? log_std_min : x > log_std_max ? log_std_max : x;
}

// Loss of the batch, and its gradient to the heads' outputs.
static double compare(struct h4l_student *s, const float *mean, const float *log_std)
{
    double sum = 0;

    for (int i = 0; i < s->B; i++) {
        double std = exp((double)log_std[i]), off = ((double)s->out[2 * i] - (double)mean[i]) / std;
        double raw = (double)s->out[2 * i + 1], wide = clamp_log_std(raw) - (double)log_std[i];

        sum += (fabs(off) < 1 ? off * off / 2 : fabs(off) - 0.5) + wide * wide / 2;
        s->dout[2 * i] = (float)(fmax(-1, fmin(off, 1)) / std / s->B);
        s->dout[2 * i + 1] = raw < log_std_min || raw > log_std_max ? 0 : (float)(wide / s->B);
    }
    return sum / s->B;
}

static void adam(struct h4l_student *s, double learning_rate)
{
    s->updates++;
    float step = (float)(learning_rate / (1 - pow(0.9, (double)s->updates)));
    float root = (float)(1 / sqrt(1 - pow(0.999, (double)s->updates)));

    for (size_t i = 0; i < s->n; i++) {
        s->m[i] = 0.9f * s->m[i] + 0.1f * s->g[i];
        s->v[i] = 0.999f * s->v[i] + 0.001f * s->g[i] * s->g[i];
        s->p[i] -= step * s->m[i] / (sqrtf(s->v[i]) * root + 1e-8f);
    }
}

double h4l_student_step(struct h4l_student *s, const float *obs, const float *mean,
                        const float *log_std, double learning_rate)
{
    int O = s->O, H = s->H, B = s->B;
    size_t n = (size_t)B * (size_t)H;
    float *p = s->p, *g = s->g;

    for (int i = 0; i < B * O; i++)
        s->x[i] = (float)(((double)obs[i] - s->center[i % O]) / s->scale[i % O]);
    dense(B, O, H, s->x, p, p + s->at_b1, s->input);
    s->windows->unroll(&s->window, n, s->input, 0, s->v1, s->s1);
    dense(T * B, H, H, s->s1, p + s->at_w2, p + s->at_b2,
          s->d2); // d2 lends its place to the inputs
    s->windows->unroll(&s->window, n, s->d2, n, s->v2, s->s2);
    memset(s->rate, 0, n * sizeof *s->rate);
    for (size_t t = 0; t < T; t++)
        for (size_t i = 0; i < n; i++)
            s->rate[i] += s->s2[t * n + i] / T;
    dense(B, H, 2, s->rate, p + s->at_heads, p + s->at_bias, s->out);

    double loss = compare(s, mean, log_std);
    dense_weights(B, H, 2, s->rate, s->dout, g + s->at_heads, g + s->at_bias);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, B, H, 2, 1.0f / T, s->dout, 2,
                p + s->at_heads, H, 0, s->drate, H);
    s->windows->unroll_back(&s->window, n, s->drate, 0, s->v2, s->d2, NULL);
    dense_weights(T * B, H, H, s->s1, s->d2, g + s->at_w2, g + s->at_b2);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, T * B, H, H, 1, s->d2, H, p + s->at_w2,
                H, 0, s->ds1, H);
    s->windows->unroll_back(&s->window, n, s->ds1, n, s->v1, s->d2, NULL); // d2 is done with
    memset(s->drate, 0, n * sizeof *s->drate);
    for (size_t t = 0; t < T; t++)
        for (size_t i = 0; i < n; i++)
            s->drate[i] += s->d2[t * n + i];
    dense_weights(B, O, H, s->x, s->drate, g, g + s->at_b1);
    adam(s, learning_rate);
    return loss;
}

static double *doubles(const float *from, size_t n)
{
    double *copy = malloc(n * sizeof *copy);

    for (size_t i = 0; copy && i < n; i++)
        copy[i] = (double)from[i];
    return copy;
}

int h4l_student_export(const struct h4l_student *s, double action_limit, struct h4l_warmup *ret,
                       struct h4l_err *err)
{
    size_t O = (size_t)s->O, H = (size_t)s->H;
    struct h4l_warmup policy = {.n_obs = s->O,
                                .hidden = s->H,
                                .time_steps = T,
                                .decay = s->cell.decay,
                                .threshold = s->cell.threshold,
                                .action_limit = action_limit,
                                .log_std_min = log_std_min,
                                .log_std_max = log_std_max,
                                .w1 = doubles(s->p, H * O),
                                .b1 = doubles(s->p + s->at_b1, H),
                                .w2 = doubles(s->p + s->at_w2, H * H),
                                .b2 = doubles(s->p + s->at_b2, H),
                                .w_mean = doubles(s->p + s->at_heads, H),
                                .w_std = doubles(s->p + s->at_heads + H, H),
                                .b_mean = doubles(s->p + s->at_bias, 1),
                                .b_std = doubles(s->p + s->at_bias + 1, 1)};

    if (!policy.w1 || !policy.b1 || !policy.w2 || !policy.b2 || !policy.w_mean || !policy.w_std ||
        !policy.b_mean || !policy.b_std) {
        h4l_warmup_free(&policy);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a warm-up policy");
    }
    for (size_t h = 0; h < H; h++)
        for (size_t o = 0; o < O; o++) {
            policy.w1[h * O + o] /= s->scale[o];
            policy.b1[h] -= policy.w1[h * O + o] * s->center[o];
        }
    *ret = policy;
    return H4L_OK;
}
