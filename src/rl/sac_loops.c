#include "rl/sac_loops.h"

#include <float.h>
#include <tgmath.h>

#include "base/lanes.h"

#if H4L_REAL_BYTES == 4
#define LEAST_NORMAL FLT_MIN
#else
#define LEAST_NORMAL DBL_MIN
#endif

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

// One of the rounds that transpose a square: with rows and columns counted in one number it turns the bits of that number by one.
H4L_INLINE void turn(const lanes *from, lanes *to)
{
    for (size_t i = 0; i < LANES / 2; i++) {
        to[2 * i] = LOWS(from[i], from[i + LANES / 2]);
        to[2 * i + 1] = HIGHS(from[i], from[i + LANES / 2]);
    }
}

H4L_INLINE void transpose_square(const REAL *from, size_t from_row, REAL *to, size_t to_row)
{
    lanes x[LANES], y[LANES];

    for (size_t i = 0; i < LANES; i++)
        x[i] = LOAD(from + i * from_row);
    turn(x, y); // log2(LANES) times in all
    if (LANES > 2)
        turn(y, x);
    if (LANES > 4)
        turn(x, y);
    if (LANES > 8)
        turn(y, x);
    for (size_t i = 0; i < LANES; i++)
        STORE(to + i * to_row, LANES == 16 || LANES == 4 ? x[i] : y[i]);
}

static void transpose(size_t rows, size_t columns, const REAL *from, size_t from_row, REAL *to,
                      size_t to_row)
{
    const size_t whole = columns / LANES * LANES;

    for (size_t r = 0; r < rows;) {
        bool square = r + LANES <= rows;
        size_t n = square ? LANES : 1;

        for (size_t c = 0; square && c < whole; c += LANES)
            transpose_square(from + r * from_row + c, from_row, to + c * to_row + r, to_row);
        for (size_t i = r; i < r + n; i++)
            for (size_t c = square ? whole : 0; c < columns; c++)
                to[c * to_row + i] = from[i * from_row + c];
        r += n;
    }
}

static void gate(int n, const REAL *from, REAL scale, const REAL *y, REAL *to)
{
    for (int k = 0; k < n; k++)
        to[k] = y[k] > 0 ? scale * from[k] : 0;
}

// x, or 0 where it is below the normal numbers. The moments of a unit that has died go there after some hundred updates and stay, as
// 0.9 of the least number rounds to itself; each operation on them then takes a hundred times as long. Against Adam's eps they are 0.
H4L_INLINE REAL normal(REAL x)
{
    return fabs(x) < LEAST_NORMAL ? 0 : x;
}

static void adam(size_t n, REAL step, REAL root, const REAL *grad, REAL *m, REAL *v, REAL *p,
                 REAL tau, REAL *slow)
{
    const REAL b1 = (REAL)0.9, b2 = (REAL)0.999, c1 = (REAL)(1 - 0.9), c2 = (REAL)(1 - 0.999),
               eps = (REAL)1e-8;

    for (size_t i = 0; i < n; i++) {
        m[i] = normal(b1 * m[i] + c1 * grad[i]);
        v[i] = normal(b2 * v[i] + c2 * grad[i] * grad[i]);
        p[i] -= step * m[i] / (sqrt(v[i]) * root + eps);
        if (slow)
            slow[i] = (1 - tau) * slow[i] + tau * p[i];
    }
}

H4L_DECLARE_LEVELS(const struct NAME(h4l_sac_loops), NAME(h4l_sac_loops));
const struct NAME(h4l_sac_loops) H4L_AT_LEVEL(NAME(h4l_sac_loops)) = {
    .transpose = transpose, .relu_back = relu_back, .gate = gate, .adam = adam};
