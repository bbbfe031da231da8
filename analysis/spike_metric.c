#include "analysis/spike_metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int check_both(struct h4l_spikes a, struct h4l_spikes b, struct h4l_err *err)
{
    int code;

    if ((code = h4l_spikes_check(a, err)))
        return h4l_fail_context(err, code, "train a");
    if ((code = h4l_spikes_check(b, err)))
        return h4l_fail_context(err, code, "train b");
    return H4L_OK;
}

// Row i of the table of least costs in place: cost[j] is that between the first i spikes of a and the first j of b.
static void next_row(double *cost, size_t i, double t, struct h4l_spikes b, double q)
{
    double diagonal = cost[0]; // of i-1, j-1
    double before = (double)i; // of i, j-1: the one number that each step waits for

    cost[0] = before;
    for (size_t j = 1; j <= b.n; j++) {
        double gap = fabs(t - b.t[j - 1]);
        double move = diagonal + (gap > 0 ? q * gap : 0); // inf * 0 would be NaN
        double other = cost[j] + 1;
        diagonal = cost[j];
        other = move < other ? move : other;
        before += 1;
        cost[j] = before = other < before ? other : before;
    }
}

int h4l_victor_purpura_watched(struct h4l_spikes a, struct h4l_spikes b, double q,
                               const struct h4l_watch *watch, double *ret, struct h4l_err *err)
{
    enum { BETWEEN_LOOKS = 1 << 21 };
    int code = check_both(a, b, err);
    size_t steps = 0;

    if (code)
        return code;
    if (!(q >= 0))
        return h4l_fail(err, H4L_E_RANGE, "Victor-Purpura: cost q = %g per ms, expected q >= 0", q);
    double *cost = malloc((b.n + 1) * sizeof *cost);
    if (!cost)
        return h4l_fail(err, H4L_E_NOMEM, "Victor-Purpura: no memory for %zu spikes", b.n);
    for (size_t j = 0; j <= b.n; j++)
        cost[j] = (double)j;
    for (size_t i = 1; i <= a.n && !code; i++) {
        next_row(cost, i, a.t[i - 1], b, q);
        steps += b.n;
        if (watch && (steps >= BETWEEN_LOOKS || i == a.n)) {
            if (watch->look(watch->ctx, steps))
                code = h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
            steps = 0;
        }
    }
    if (!code)
        *ret = cost[b.n];
    free(cost);
    return code;
}

int h4l_victor_purpura(struct h4l_spikes a, struct h4l_spikes b, double q, double *ret,
                       struct h4l_err *err)
{
    return h4l_victor_purpura_watched(a, b, q, NULL, ret, err);
}

int h4l_van_rossum(struct h4l_spikes a, struct h4l_spikes b, double tau,
                   enum h4l_van_rossum normalisation, double *ret, struct h4l_err *err)
{
    int code = check_both(a, b, err);
    // The filtered difference x decays between events and jumps by +1 or -1 at them; the integral of x^2 over a stretch
    // is a positive term, so nothing cancels and identical trains give exactly 0.
    double x = 0, sum = 0;
    size_t i = 0, j = 0;

    if (code)
        return code;
    if (!(tau > 0) || !isfinite(tau))
        return h4l_fail(err, H4L_E_RANGE, "van Rossum: tau = %g ms, expected tau > 0", tau);
    while (i < a.n || j < b.n) {
        double t = i < a.n ? a.t[i] : b.t[j];
        if (j < b.n && b.t[j] < t)
            t = b.t[j];
        int jump = 0;
        if (i < a.n && a.t[i] == t)
            jump++, i++;
        if (j < b.n && b.t[j] == t)
            jump--, j++;
        x += jump;
        double next = i < a.n ? a.t[i] : INFINITY;
        if (j < b.n && b.t[j] < next)
            next = b.t[j];
        sum += x * x * -expm1(-2 * (next - t) / tau) / 2;
        x *= exp(-(next - t) / tau);
    }
    *ret = sqrt(normalisation == H4L_VAN_ROSSUM_UNIT ? 2 * sum : sum);
    return H4L_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int h4l_sample_distance(const double *a, size_t n_a, const double *b, size_t n_b, double *ret_ks,
                        double *ret_w1, struct h4l_err *err)
{
    double ks = 0, w1 = 0;

    if (!n_a || !n_b)
        return h4l_fail(err, H4L_E_RANGE, "distance of samples: sizes %zu and %zu, expected >= 1",
                        n_a, n_b);
    for (size_t i = 0; i < n_a + n_b; i++)
        if (isnan(i < n_a ? a[i] : b[i - n_a]))
            return h4l_fail(err, H4L_E_RANGE, "distance of samples: value %zu of sample %c is NaN",
                            (i < n_a ? i : i - n_a) + 1, i < n_a ? 'a' : 'b');
    double *x = malloc((n_a + n_b) * sizeof *x);
    if (!x)
        return h4l_fail(err, H4L_E_NOMEM, "distance of samples: no memory for %zu values",
                        n_a + n_b);
    double *y = x + n_a;
    memcpy(x, a, n_a * sizeof *x);
    memcpy(y, b, n_b * sizeof *y);
    qsort(x, n_a, sizeof *x, ascending);
    qsort(y, n_b, sizeof *y, ascending);
    double t = fmin(x[0], y[0]), gap = 0;
    for (size_t i = 0, j = 0; i < n_a || j < n_b;) {
        double next = fmin(i < n_a ? x[i] : INFINITY, j < n_b ? y[j] : INFINITY);
        w1 += gap * (next - t);
        t = next;
        while (i < n_a && x[i] <= t)
            i++;
        while (j < n_b && y[j] <= t)
            j++;
        gap = fabs((double)i / (double)n_a - (double)j / (double)n_b);
        ks = fmax(ks, gap);
    }
    free(x);
    if (ret_ks)
        *ret_ks = ks;
    if (ret_w1)
        *ret_w1 = w1;
    return H4L_OK;
}
