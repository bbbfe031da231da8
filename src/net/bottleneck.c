#include "net/bottleneck.h"

#include <math.h>
#include <string.h>

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

enum { PAIRS = 64 }; // drawn at a time, in loops that the compiler turns into vectors

// sqrt(-2 ln u) of u = (k + 1/2) 2^-32. The logarithm's polynomial is that of Cephes' logf (Moshier).
static void radii(const uint32_t *k, float *ret)
{
    for (int i = 0; i < PAIRS; i++) {
        float u = ((float)k[i] + 0.5f) * 0x1p-32f, x, y, z, e;
        int32_t bits, exponent;

        memcpy(&bits, &u, sizeof bits);
        exponent = (bits - 0x3f3504f3) >> 23; // the mantissa comes between sqrt(1/2) and sqrt(2)
        bits -= exponent * (1 << 23);
        memcpy(&x, &bits, sizeof x);
        e = (float)exponent;
        x -= 1;
        z = x * x;
        y = 7.0376836292e-2f * x - 1.1514610310e-1f;
        y = y * x + 1.1676998740e-1f;
        y = y * x - 1.2420140846e-1f;
        y = y * x + 1.4249322787e-1f;
        y = y * x - 1.6668057665e-1f;
        y = y * x + 2.0000714765e-1f;
        y = y * x - 2.4999993993e-1f;
        y = y * x + 3.3333331174e-1f;
        y = y * x * z - 2.12194440e-4f * e - 0.5f * z;
        ret[i] = sqrtf(fmaxf(0, -2 * (x + y + 0.693359375f * e)));
    }
}

// Cosine and sine of 2 pi k 2^-32: of the distance to the nearest quarter turn, by the polynomials of Cephes' sinf and cosf.
static void turns(const uint32_t *k, float *ret_cos, float *ret_sin)
{
    for (int i = 0; i < PAIRS; i++) {
        uint32_t quarter = (k[i] + (1U << 29)) >> 30;
        float x = (float)(int32_t)(k[i] - (quarter << 30)) * (float)(0x1p-31 * M_PI), z = x * x;
        float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * x + x;
        float c =
            ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z *
                z -
            0.5f * z + 1;
        float cosine = quarter & 1 ? s : c, sine = quarter & 1 ? c : s;

        ret_cos[i] = (quarter + 1) & 2 ? -cosine : cosine;
        ret_sin[i] = quarter & 2 ? -sine : sine;
    }
}

// Box-Muller in float: two numbers from the two halves of a word of the stream.
void h4l_bottleneck_draw(uint64_t seed, uint64_t index, size_t shot, size_t Z, size_t stride,
                         float *ret)
{
    size_t pairs = (Z + 1) / 2;
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, "latent sample", index);
    h4l_rng_seek(&rng, shot * pairs);
    for (size_t first = 0; first < pairs; first += PAIRS) {
        uint32_t low[PAIRS] = {0}, high[PAIRS] = {0};
        float radius[PAIRS], cosine[PAIRS], sine[PAIRS];
        size_t n = pairs - first < PAIRS ? pairs - first : PAIRS;

        for (size_t i = 0; i < n; i++) {
            uint64_t word = h4l_rng_u64(&rng);

            low[i] = (uint32_t)word;
            high[i] = (uint32_t)(word >> 32);
        }
        radii(low, radius);
        turns(high, cosine, sine);
        for (size_t i = 0; i < n; i++) {
            size_t at = 2 * (first + i);

            ret[at * stride] = radius[i] * cosine[i];
            if (at + 1 < Z)
                ret[(at + 1) * stride] = radius[i] * sine[i];
        }
    }
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
