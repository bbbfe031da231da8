#include "data/timing.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "net/task.h"

enum { WAVES = 8, GRID = 1000 };

struct curve {
    double amplitude[WAVES], phase[WAVES], least, most;
};

static double value(const struct curve *c, double x)
{
    double sum = 0;

    for (int k = 1; k <= WAVES; k++)
        sum += c->amplitude[k - 1] / (k * k) * sin(2 * M_PI * (k * x + c->phase[k - 1]));
    return sum;
}

static struct curve draw(uint64_t seed, uint64_t number)
{
    struct curve c = {.least = INFINITY, .most = -INFINITY};
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, "timing manifold", number);
    for (int k = 0; k < WAVES; k++) {
        c.amplitude[k] = h4l_rng_between(&rng, -1, 1);
        c.phase[k] = h4l_rng_between(&rng, 0, 1);
    }
    for (int i = 0; i < GRID; i++) {
        c.least = fmin(c.least, value(&c, (double)i / GRID));
        c.most = fmax(c.most, value(&c, (double)i / GRID));
    }
    return c;
}

static void pattern(const struct curve *curves, size_t side, double x, uint8_t *ret)
{
    for (size_t u = 0; u < side; u++) {
        const struct curve *c = curves + u;
        double t = floor((double)side * (value(c, x) - c->least) / (c->most - c->least));

        // x may lie beyond the grid's extremes by a little
        ret[(size_t)fmin(fmax(t, 0), (double)side - 1) * side + u] = 255;
    }
}

int h4l_timing_make(size_t side, size_t n, uint64_t seed, enum h4l_split split,
                    struct h4l_multi *ret, struct h4l_err *err)
{
    const size_t classes = H4L_MULTI_CLASSES;
    struct h4l_multi made = {.n = n};
    struct curve *curves;

    if (n == 0 || side < H4L_TASK_MIN_SIDE || side > H4L_TASK_MAX_SIDE)
        return h4l_fail(err, H4L_E_RANGE,
                        "%zu patterns of side %zu; it must be 1 or more of side %d to %d", n, side,
                        H4L_TASK_MIN_SIDE, H4L_TASK_MAX_SIDE);
    curves = calloc(classes * side, sizeof *curves);
    made.pixels = calloc(n, side * side);
    made.labels = calloc(n, 1);
    if (!curves || !made.pixels || !made.labels) {
        free(curves);
        h4l_multi_free(&made);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu spike-time patterns", n);
    }
    for (size_t i = 0; i < classes * side; i++)
        curves[i] = draw(seed, i);
    for (size_t i = 0; i < n; i++) {
        struct h4l_rng rng;

        h4l_rng_init(&rng, seed, split == H4L_TRAIN ? "timing train" : "timing test", i);
        made.labels[i] = (uint8_t)(i % classes);
        pattern(curves + i % classes * side, side, h4l_rng_between(&rng, 0, 1),
                made.pixels + i * side * side);
    }
    free(curves);
    *ret = made;
    return H4L_OK;
}
