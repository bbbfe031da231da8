#include "analysis/exchange.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"

// A run of equal values stands for its block: two blocks of one mean may as well be one.
static size_t run_before(const double *y, size_t end)
{
    size_t begin = end;

    while (begin > 0 && y[begin - 1] == y[end - 1])
        begin--;
    return begin;
}

void h4l_isotonic(const double *y, size_t n, double *ret)
{
    memmove(ret, y, n * sizeof *y);
    for (size_t i = 1; i < n; i++) {
        size_t begin = i;

        while (begin > 0 && ret[begin - 1] > ret[begin]) {
            size_t first = run_before(ret, begin);
            double left = (double)(begin - first), right = (double)(i + 1 - begin);
            double mean = (left * ret[first] + right * ret[begin]) / (left + right);

            for (size_t j = first; j <= i; j++)
                ret[j] = mean;
            begin = first;
        }
    }
}

static double crossing(const double *x, const double *y, double target)
{
    size_t i = 0;

    while (y[i] < target)
        i++;
    return i == 0 ? x[0] : x[i - 1] + (x[i] - x[i - 1]) * (target - y[i - 1]) / (y[i] - y[i - 1]);
}

int h4l_reach_of(const double *x, const double *y, size_t n, double target, double *ret,
                 enum h4l_reach *ret_reach, struct h4l_err *err)
{
    double *curve;

    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]) || (i > 0 && x[i] <= x[i - 1]))
            return h4l_fail(err, H4L_E_RANGE,
                            "point %zu of the curve: expected finite numbers, x ascending", i + 1);
    if (n == 0 || !isfinite(target))
        return h4l_fail(err, H4L_E_RANGE, "expected a curve of one point or more and a level");
    curve = malloc(n * sizeof *curve);
    if (!curve)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a curve of %zu points", n);
    h4l_isotonic(y, n, curve);
    *ret_reach = target > curve[n - 1] ? H4L_REACH_ABOVE
                 : target < curve[0]   ? H4L_REACH_BELOW
                                       : H4L_REACHED;
    *ret = *ret_reach == H4L_REACH_ABOVE   ? x[n - 1]
           : *ret_reach == H4L_REACH_BELOW ? x[0]
                                           : crossing(x, curve, target);
    free(curve);
    return H4L_OK;
}

int h4l_exchange_rate(const double *log2_k, const enum h4l_reach *reach, size_t n, double level,
                      struct h4l_rate *ret, struct h4l_err *err)
{
    struct h4l_rate rate = {H4L_REACHED, NAN, NAN, NAN};
    struct h4l_interval interval;

    for (size_t i = 0; i < n; i++) {
        if (reach[i] == H4L_REACHED)
            continue;
        if (rate.reach != H4L_REACHED && rate.reach != reach[i])
            return h4l_fail(err, H4L_E_RANGE,
                            "some seeds need more than the last width, and some "
                            "less than the first: there is no bound");
        rate.reach = reach[i];
    }
    if (rate.reach == H4L_REACH_ABOVE)
        rate.k = exp2(h4l_min(log2_k, n));
    else if (rate.reach == H4L_REACH_BELOW)
        rate.k = exp2(h4l_max(log2_k, n));
    else
        rate.k = exp2(h4l_mean(log2_k, n));
    if (rate.reach == H4L_REACHED && n >= 2) {
        int code = h4l_t_interval(log2_k, n, level, &interval, err);
        if (code)
            return code;
        rate.lo = exp2(interval.lo);
        rate.hi = exp2(interval.hi);
    }
    *ret = rate;
    return H4L_OK;
}
