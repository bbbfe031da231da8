#include "rl/sac_loops.h"

#include <tgmath.h>

static void finish(int n, int out, const REAL *bias, bool relu, REAL *y)
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

static void relu_back(int n, int out, const REAL *y, REAL *dy, REAL *db)
{
    for (int j = 0; j < out; j++)
        db[j] = 0;
    for (int i = 0; i < n; i++, y += out, dy += out)
        for (int j = 0; j < out; j++) {
            dy[j] = y[j] > 0 ? dy[j] : 0;
            db[j] += dy[j];
        }
}

static void bias_back(int n, int out, const REAL *dy, int row, REAL *db)
{
    for (int j = 0; j < out; j++)
        db[j] = 0;
    for (int i = 0; i < n; i++, dy += row)
        for (int j = 0; j < out; j++)
            db[j] += dy[j];
}

static void gate(int n, const REAL *from, REAL scale, const REAL *y, REAL *to)
{
    for (int k = 0; k < n; k++)
        to[k] = y[k] > 0 ? scale * from[k] : 0;
}

static void adam(size_t n, REAL step, REAL root, const REAL *grad, REAL *m, REAL *v, REAL *p,
                 REAL tau, REAL *slow)
{
    const REAL b1 = (REAL)0.9, b2 = (REAL)0.999, c1 = (REAL)(1 - 0.9), c2 = (REAL)(1 - 0.999),
               eps = (REAL)1e-8;

    for (size_t i = 0; i < n; i++) {
        m[i] = b1 * m[i] + c1 * grad[i];
        v[i] = b2 * v[i] + c2 * grad[i] * grad[i];
        p[i] -= step * m[i] / (sqrt(v[i]) * root + eps);
        if (slow)
            slow[i] = (1 - tau) * slow[i] + tau * p[i];
    }
}

H4L_DECLARE_LEVELS(const struct NAME(h4l_sac_loops), NAME(h4l_sac_loops));
const struct NAME(h4l_sac_loops) H4L_AT_LEVEL(NAME(h4l_sac_loops)) = {
    .finish = finish, .relu_back = relu_back, .bias_back = bias_back, .gate = gate, .adam = adam};
