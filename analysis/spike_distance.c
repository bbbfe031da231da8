#include "analysis/spike_distance.h"

#include <math.h>
#include <stdlib.h>

// A train that covers the window: spikes e[0] <= start, ..., e[k-1] >= end, and for each its distance d to the nearest
// spike of the other covering train.
struct cover {
    double *e, *d;
    size_t k;
    int outer_left, outer_right; // 1 where e[0] / e[k-1] is not a spike of the train
};

static int cover_make(struct h4l_spikes a, struct h4l_window w, enum h4l_spike_edge edge,
                      struct cover *ret, struct h4l_err *err)
{
    double *e = malloc(2 * (a.n + 2) * sizeof *e);
    size_t k = 0, n = a.n;
    int left = !n || a.t[0] > w.start, right = !n || a.t[n - 1] < w.end, aux = edge == H4L_EDGE_AUX;

    if (!e)
        return h4l_fail(err, H4L_E_NOMEM, "spike distance: no memory for %zu spikes", n);
    if (left)
        e[k++] = aux || n < 2 ? w.start : fmin(w.start, 2 * a.t[0] - a.t[1]);
    for (size_t i = 0; i < n; i++)
        e[k++] = a.t[i];
    if (right)
        e[k++] = aux || n < 2 ? w.end : fmax(w.end, 2 * a.t[n - 1] - a.t[n - 2]);
    *ret = (struct cover){.e = e, .d = e + n + 2, .k = k, .outer_left = left, .outer_right = right};
    return H4L_OK;
}

// Distance of each spike of a to the nearest of b; both ascending.
static void cover_nearest(struct cover *a, const struct cover *b)
{
    for (size_t i = 0, j = 0; i < a->k; i++) {
        while (j + 1 < b->k && fabs(b->e[j + 1] - a->e[i]) <= fabs(b->e[j] - a->e[i]))
            j++;
        a->d[i] = fabs(b->e[j] - a->e[i]);
    }
}

static int cover_both(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window w,
                      enum h4l_spike_edge edge, struct cover ret[2], struct h4l_err *err)
{
    struct h4l_spikes train[2] = {a, b};
    struct cover c[2] = {{0}, {0}};
    int code;

    for (int i = 0; i < 2; i++)
        if ((code = h4l_spikes_check_window(train[i], w, err)))
            return h4l_fail_context(err, code, "train %c", "ab"[i]);
    for (int i = 0; i < 2; i++)
        if ((code = cover_make(train[i], w, edge, &c[i], err))) {
            free(c[0].e);
            return code;
        }
    cover_nearest(&c[0], &c[1]);
    cover_nearest(&c[1], &c[0]);
    for (int i = 0; i < 2; i++)
        // The outer spikes of H4L_EDGE_MAX stand for unknown ones: they take over the distance of the first known spike.
        if (edge == H4L_EDGE_MAX && train[i].n) {
            if (c[i].outer_left)
                c[i].d[0] = c[i].d[1];
            if (c[i].outer_right)
                c[i].d[c[i].k - 1] = c[i].d[c[i].k - 2];
        }
    ret[0] = c[0];
    ret[1] = c[1];
    return H4L_OK;
}

static double profile_isi(const struct cover *a, const struct cover *b, size_t i, size_t j,
                          double t)
{
    double u = a->e[i + 1] - a->e[i], v = b->e[j + 1] - b->e[j];

    (void)t;
    return fabs(u - v) / fmax(u, v);
}

// Below and above, squares of intervals and products of their parts leave the range of a double, or lose digits at its edge.
#define LEAST_SQUARE 1e-280

// profile_spike by shares alone: the distance has no unit.
static double scaled_spike(const struct cover *a, const struct cover *b, size_t i, size_t j,
                           double t)
{
    double u = a->e[i + 1] - a->e[i], v = b->e[j + 1] - b->e[j], both = u / 2 + v / 2;
    double x = (t - a->e[i]) / u, y = (t - b->e[j]) / v;
    double sa = a->d[i] / both * (1 - x) + a->d[i + 1] / both * x;
    double sb = b->d[j] / both * (1 - y) + b->d[j + 1] / both * y;

    return (sa * (v / both) + sb * (u / both)) / 2;
}

static double profile_spike(const struct cover *a, const struct cover *b, size_t i, size_t j,
                            double t)
{
    double u = a->e[i + 1] - a->e[i], v = b->e[j + 1] - b->e[j];
    double square = (u + v) * (u + v);

    if (!(square > LEAST_SQUARE && square < 1 / LEAST_SQUARE))
        return scaled_spike(a, b, i, j, t);
    double sa = (a->d[i] * (a->e[i + 1] - t) + a->d[i + 1] * (t - a->e[i])) / u;
    double sb = (b->d[j] * (b->e[j + 1] - t) + b->d[j + 1] * (t - b->e[j])) / v;

    return 2 * (sa * v + sb * u) / square;
}

typedef double (*profile_fn)(const struct cover *, const struct cover *, size_t, size_t, double);

// Mean of a profile that is linear between the spikes of the two covers.
static double profile_mean(const struct cover c[2], struct h4l_window w, profile_fn profile)
{
    const struct cover *a = &c[0], *b = &c[1];
    double t = w.start, sum = 0;
    size_t i = 0, j = 0;

    while (t < w.end) {
        double next = fmin(fmin(a->e[i + 1], b->e[j + 1]), w.end);
        sum += (next - t) * (profile(a, b, i, j, t) + profile(a, b, i, j, next)) / 2;
        t = next;
        if (i + 2 < a->k && a->e[i + 1] <= t)
            i++;
        if (j + 2 < b->k && b->e[j + 1] <= t)
            j++;
    }
    return sum / (w.end - w.start);
}

static int distance(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window w,
                    enum h4l_spike_edge edge, profile_fn profile, double *ret, struct h4l_err *err)
{
    struct cover c[2];
    int code = cover_both(a, b, w, edge, c, err);

    if (code)
        return code;
    *ret = profile_mean(c, w, profile);
    free(c[0].e);
    free(c[1].e);
    return H4L_OK;
}

int h4l_isi_distance(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                     enum h4l_spike_edge edge, double *ret, struct h4l_err *err)
{
    return distance(a, b, window, edge, profile_isi, ret, err);
}

int h4l_spike_distance(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                       enum h4l_spike_edge edge, double *ret, struct h4l_err *err)
{
    return distance(a, b, window, edge, profile_spike, ret, err);
}

int h4l_distance_profile(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window w,
                         enum h4l_spike_edge edge, enum h4l_profile which, size_t points,
                         double *ret, struct h4l_err *err)
{
    profile_fn profile = which == H4L_PROFILE_ISI ? profile_isi : profile_spike;
    struct cover c[2];
    int code;

    if (points < 2)
        return h4l_fail(err, H4L_E_RANGE, "distance profile: %zu points, expected at least 2",
                        points);
    if ((code = cover_both(a, b, w, edge, c, err)))
        return code;
    for (size_t p = 0, i = 0, j = 0; p < points; p++) {
        double t = w.start + (w.end - w.start) * (double)p / (double)(points - 1);
        while (i + 2 < c[0].k && c[0].e[i + 1] <= t)
            i++;
        while (j + 2 < c[1].k && c[1].e[j + 1] <= t)
            j++;
        ret[p] = profile(&c[0], &c[1], i, j, t);
    }
    free(c[0].e);
    free(c[1].e);
    return H4L_OK;
}

// Half of the smallest interval next to spike i of a or spike j of b; the window where there is none.
static double coincidence_window(struct h4l_spikes a, struct h4l_spikes b, size_t i, size_t j,
                                 double longest)
{
    double m = longest;

    if (i > 0)
        m = fmin(m, a.t[i] - a.t[i - 1]);
    if (i + 1 < a.n)
        m = fmin(m, a.t[i + 1] - a.t[i]);
    if (j > 0)
        m = fmin(m, b.t[j] - b.t[j - 1]);
    if (j + 1 < b.n)
        m = fmin(m, b.t[j + 1] - b.t[j]);
    return m / 2;
}

// Spikes of a with a partner in b. As the window is at most half of b's intervals, only the nearest spikes of b can qualify.
static size_t synchronous(struct h4l_spikes a, struct h4l_spikes b, double longest, int inclusive)
{
    size_t count = 0;

    if (!b.n)
        return 0;
    for (size_t i = 0, j = 0; i < a.n; i++) {
        while (j + 1 < b.n && b.t[j + 1] <= a.t[i])
            j++;
        int hit =
            0; // b.t[j] is the last spike at or before a.t[i] (or the first of all), so the next is the other neighbour
        for (size_t k = j; k < b.n && k <= j + 1; k++) {
            double gap = fabs(a.t[i] - b.t[k]), tau = coincidence_window(a, b, i, k, longest);
            hit |= gap < tau || (inclusive && gap == tau);
        }
        count += (size_t)hit;
    }
    return count;
}

int h4l_spike_synchronization(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                              int inclusive, double *ret, struct h4l_err *err)
{
    double longest = window.end - window.start;
    int code;

    if ((code = h4l_spikes_check_window(a, window, err)))
        return h4l_fail_context(err, code, "train a");
    if ((code = h4l_spikes_check_window(b, window, err)))
        return h4l_fail_context(err, code, "train b");
    if (a.n + b.n == 0) {
        *ret = 1;
        return H4L_OK;
    }
    *ret = (double)(synchronous(a, b, longest, inclusive) + synchronous(b, a, longest, inclusive)) /
           (double)(a.n + b.n);
    return H4L_OK;
}
