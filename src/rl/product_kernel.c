#define H4L_REGISTER_LANES
#include "rl/product.h"

#include <string.h>

#include "base/lanes.h"

// A tile of C stays in registers: 24 of 32, or 12 of 16. Its part of B, DEPTH rows, stays in the first-level cache for all tiles
// of a panel of columns.
enum { ROWS = 6, VECTORS = H4L_LANE_BYTES == 64 ? 4 : 2, DEPTH = 128 };
enum { GROUP = 64 / sizeof(REAL), PIECES = GROUP / LANES };

typedef struct NAME(h4l_product) product;

// Where a tile begins, and the part of the depth that it adds.
struct place {
    size_t row, column, first, last;
};

H4L_INLINE void start(size_t R, size_t V, const product *p, const struct place *at,
                      lanes sum[ROWS][VECTORS])
{
    const REAL *c = p->c + at->row * p->c_row + at->column;

    for (size_t i = 0; i < R; i++)
        for (size_t v = 0; v < V; v++)
            if (at->first > 0 || p->add)
                sum[i][v] = LOAD(c + i * p->c_row + v * LANES);
            else
                sum[i][v] = SPLAT(p->bias ? p->bias[at->row + i] : 0);
}

// width: columns to write; V vectors, or fewer than one.
H4L_INLINE void finish(size_t R, size_t V, size_t width, const product *p, const struct place *at,
                       lanes sum[ROWS][VECTORS])
{
    const bool relu = p->relu && at->last == p->depth;
    REAL *c = p->c + at->row * p->c_row + at->column;

    for (size_t i = 0; i < R; i++, c += p->c_row)
        for (size_t v = 0; v < V; v++) {
            lanes x = sum[i][v];

            if (relu)
                x = UNLESS((masks)(x < 0), x);
            if (width >= LANES)
                STORE(c + v * LANES, x);
            else // the remainder is width itself, and 0 in tiles that never come here
                memcpy(c, &x, width % LANES * sizeof *c);
        }
}

// R rows and V vectors of C; R and V are constants where this is called.
H4L_INLINE void tile(size_t R, size_t V, size_t width, const product *p, const struct place *at)
{
    const size_t a_row = p->a_row, a_depth = p->a_depth, b_depth = p->b_depth;
    const REAL *a = p->a + at->row * a_row + at->first * a_depth;
    const REAL *b = p->b + at->first * b_depth + at->column;
    lanes sum[ROWS][VECTORS];

    start(R, V, p, at, sum);
    for (size_t k = at->first; k < at->last; k++, a += a_depth, b += b_depth) {
        lanes right[VECTORS];

        for (size_t v = 0; v < V; v++)
            right[v] = LOAD(b + v * LANES);
        for (size_t i = 0; i < R; i++) {
            lanes left = SPLAT(a[i * a_row]);

            for (size_t v = 0; v < V; v++)
                sum[i][v] = FMA(left, right[v], sum[i][v]);
        }
    }
    finish(R, V, width, p, at, sum);
}

// All rows of a panel of V vectors.
H4L_INLINE void panel(size_t V, size_t width, const product *p, struct place at)
{
    for (at.row = 0; at.row + ROWS <= p->rows; at.row += ROWS)
        tile(ROWS, V, width, p, &at);
    switch (p->rows - at.row) {
    case 5:
        tile(5, V, width, p, &at);
        break;
    case 4:
        tile(4, V, width, p, &at);
        break;
    case 3:
        tile(3, V, width, p, &at);
        break;
    case 2:
        tile(2, V, width, p, &at);
        break;
    case 1:
        tile(1, V, width, p, &at);
        break;
    default:
        break;
    }
}

static void multiply(const product *given)
{
    const product own = *given, *p = &own;
    struct place at = {0};

    while (at.column < p->columns) {
        size_t left = p->columns - at.column;
        size_t width = left >= VECTORS * LANES ? VECTORS * LANES : left < LANES ? left : LANES;

        for (at.first = 0; at.first < p->depth; at.first = at.last) {
            at.last = at.first + DEPTH < p->depth ? at.first + DEPTH : p->depth;
            if (width == VECTORS * LANES)
                panel(VECTORS, width, p, at);
            else
                panel(1, width, p, at);
        }
        at.column += width;
    }
}

// The partial sums are added in halves.
H4L_INLINE REAL total(const lanes sum[PIECES])
{
    REAL part[GROUP];

    memcpy(part, sum, sizeof part);
    for (size_t half = GROUP / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

static void dots(size_t rows, size_t depth, const REAL *a, const REAL *x, const REAL *bias,
                 bool relu, REAL *y)
{
    const size_t whole = depth / GROUP * GROUP;

    for (size_t r = 0; r < rows; r++, a += depth) {
        lanes sum[PIECES];
        REAL value;

        for (size_t i = 0; i < PIECES; i++)
            sum[i] = SPLAT(0);
        for (size_t k = 0; k < whole; k += GROUP)
            for (size_t i = 0; i < PIECES; i++)
                sum[i] = FMA(LOAD(a + k + i * LANES), LOAD(x + k + i * LANES), sum[i]);
        value = total(sum);
        for (size_t k = whole; k < depth; k++)
            value += a[k] * x[k];
        if (bias)
            value += bias[r];
        y[r] = relu && value < 0 ? 0 : value;
    }
}

H4L_DECLARE_LEVELS(const struct NAME(h4l_products), NAME(h4l_products));
const struct NAME(h4l_products)
    H4L_AT_LEVEL(NAME(h4l_products)) = {.multiply = multiply, .dots = dots};
