#include "net/bottleneck.h"

#include <math.h>

#include "base/rng.h"
#include "net/task.h"

// Where e^x is lost beside 1, or 1 beside e^x: softplus(x) is e^x, or x.
enum { FAR = 36 };

struct h4l_gaussian h4l_gaussian_of(double x)
{
    double e = exp(x < FAR ? x : FAR);
    struct h4l_gaussian g = {.sd = x < FAR ? log1p(e) : x, .slope = e / (1 + e)};

    g.log_sd = x < -FAR ? x : log(g.sd);
    g.share = x < -FAR ? 1 : g.slope / g.sd;
    return g;
}

void h4l_bottleneck_draw(uint64_t seed, uint64_t index, size_t shot, size_t Z, size_t stride,
                         float *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, "latent sample", index);
    h4l_rng_seek(&rng, 2 * shot * Z); // a normal number takes two words
    for (size_t i = 0; i < Z; i++)
        ret[i * stride] = (float)h4l_rng_normal(&rng);
}

double h4l_bottleneck_kl(const struct h4l_bottleneck_sums *sums, size_t n, size_t Z, double scale)
{
    double per_image = scale * scale * sums->squares - sums->logs;

    return 0.5 * (per_image / (double)n - (double)Z * (1 + 2 * log(scale)));
}

double h4l_bottleneck_best_scale(const struct h4l_bottleneck_sums *sums, size_t n, size_t Z)
{
    return sqrt((double)Z * (double)n / sums->squares);
}

// ln of the sum of e^z over n numbers, `step` apart.
static double log_sum(const float *z, size_t n, size_t step)
{
    double top = -INFINITY, sum = 0;

    for (size_t j = 0; j < n; j++)
        top = fmax(top, (double)z[j * step]);
    for (size_t j = 0; j < n; j++)
        sum += exp((double)z[j * step] - top);
    return top + log(sum);
}

// Logits of a batch for one task: those of image i and shot s at z + i * image + s * shot.
struct answers {
    size_t n, shots, K, image, shot;
    const float *z;
};

// The class with the largest sum over the shots of e^(logit - norm); the norm of shot s and class k: norms[s * stride + k * step].
static size_t best_class(const struct answers *a, size_t i, const double *norms, size_t stride,
                         size_t step)
{
    double most = -1;
    size_t best = 0;

    for (size_t k = 0; k < a->K; k++) {
        double sum = 0;

        for (size_t s = 0; s < a->shots; s++)
            sum += exp((double)a->z[i * a->image + s * a->shot + k] - norms[s * stride + k * step]);
        if (sum > most) {
            most = sum;
            best = k;
        }
    }
    return best;
}

static size_t right_over_batch(const struct answers *a, const uint8_t *labels, size_t tasks)
{
    double norms[H4L_BOTTLENECK_MAX_SHOTS * H4L_TASK_MAX_CLASSES];
    size_t right = 0;

    for (size_t s = 0; s < a->shots; s++)
        for (size_t k = 0; k < a->K; k++)
            norms[s * a->K + k] = log_sum(a->z + s * a->shot + k, a->n, a->image);
    for (size_t i = 0; i < a->n; i++)
        right += best_class(a, i, norms, a->K, 1) == labels[i * tasks];
    return right;
}

static size_t right_over_classes(const struct answers *a, const uint8_t *labels, size_t tasks)
{
    double norms[H4L_BOTTLENECK_MAX_SHOTS];
    size_t right = 0;

    for (size_t i = 0; i < a->n; i++) {
        for (size_t s = 0; s < a->shots; s++)
            norms[s] = log_sum(a->z + i * a->image + s * a->shot, a->K, 1);
        right += best_class(a, i, norms, 1, 0) == labels[i * tasks];
    }
    return right;
}

void h4l_bottleneck_score(enum h4l_score score, size_t n, size_t batch, size_t shots, size_t tasks,
                          size_t K, const float *logits, const uint8_t *labels, size_t *ret)
{
    struct answers a = {.shots = shots, .K = K, .image = shots * tasks * K, .shot = tasks * K};

    for (size_t task = 0; task < tasks; task++) {
        ret[task] = 0;
        for (size_t first = 0; first < n; first += batch) {
            const uint8_t *own = labels + first * tasks + task;

            a.n = n - first < batch ? n - first : batch;
            a.z = logits + first * a.image + task * K;
            ret[task] += score == H4L_SCORE_BATCH ? right_over_batch(&a, own, tasks)
                                                  : right_over_classes(&a, own, tasks);
        }
    }
}
