#include <math.h>
#include <stdlib.h>

#include "analysis/ranks_internal.h"

static int by_value(const void *a, const void *b)
{
    const struct h4l_ranked *x = a, *y = b;

    return x->value < y->value ? -1 : x->value > y->value;
}

double h4l_ranks_doubled(struct h4l_ranked *x, size_t n, size_t *ret_rank, size_t *ret_sum)
{
    double ties = 0;

    qsort(x, n, sizeof *x, by_value);
    *ret_sum = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && x[j].value == x[i].value; j++)
            ;
        for (size_t k = i; k < j; k++) {
            ret_rank[k] = i + j + 1; // 2 * mean of ranks i+1 .. j
            *ret_sum += x[k].marked ? ret_rank[k] : 0;
        }
        ties += pow((double)(j - i), 3) - (double)(j - i);
    }
    return ties;
}

struct h4l_p_values h4l_ranks_p(double le, double ge)
{
    return (struct h4l_p_values){
        .two_sided = fmin(1, 2 * fmin(le, ge)), .greater = fmin(1, ge), .less = fmin(1, le)};
}
