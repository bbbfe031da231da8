// The calls that split arrays of pairs into the kernels' tiles, compiled for each type (base/real.h).
#include "neuron/tv_fast.h"

#include <math.h>
#include <string.h>

#include "neuron/tv_fast_internal.h"

enum {
    VARIABLES = H4L_HH_DIM + H4L_TV_CORE_DIM,
    MAX_TILE = H4L_HH_FAST_MAX_TILE,
    BLOCK = H4L_HH_FAST_BLOCK
};

static const struct TWIN(h4l_tv_fast_kernels) *const kernels[] =
    H4L_LEVELS_OF(TWIN(h4l_tv_fast_kernels));

// The last pairs, too few for a tile: copied into one, a block of steps at a time.
static void run_rest(const struct h4l_hh_fast *fast, size_t first, size_t tile, const hh_array *x,
                     const tv_array *y, enum h4l_tv_order order, double rebase, hh_input input,
                     size_t steps, const tv_compare *compare)
{
    REAL s[VARIABLES][MAX_TILE] = {{0}}, I[MAX_TILE * BLOCK] = {0}, error[MAX_TILE] = {0};
    uint32_t differing[MAX_TILE] = {0};
    REAL *const from[VARIABLES] = {x->V, x->m, x->h, x->n, y->u1, y->u2, y->u3, y->f, y->u4};
    hh_array xs = {tile, s[0], s[1], s[2], s[3]};
    tv_array ys = {s[4], s[5], s[6], s[7], s[8]};
    size_t n = x->N - first, bytes = n * sizeof(REAL);

    for (int i = 0; i < VARIABLES; i++)
        memcpy(s[i], from[i] + first, bytes);
    for (size_t done = 0, block; done < steps; done += block) {
        tv_compare c = {compare ? compare->threshold : 0, error, differing};

        block = steps - done < BLOCK ? steps - done : BLOCK;
        for (size_t k = 0; k < block; k++)
            memcpy(I + k * tile, input.I + (done + k) * input.stride + first, bytes);
        kernels[fast->level]->run(fast->TWIN(consts), &xs, &ys, order, rebase, (hh_input){I, tile},
                                  block, compare ? &c : NULL);
    }
    for (int i = 0; i < VARIABLES; i++)
        memcpy(from[i] + first, s[i], bytes);
    for (size_t i = 0; i < n && compare; i++) {
        if (compare->max_error && !(error[i] <= compare->max_error[first + i]) &&
            compare->max_error[first + i] == compare->max_error[first + i]) // a NaN stays
            compare->max_error[first + i] = error[i];
        if (compare->differing)
            compare->differing[first + i] += differing[i];
    }
}

int TWIN(h4l_tv_fast_run)(const struct h4l_hh_fast *fast, const hh_array *x, const tv_array *y,
                          const struct h4l_tv_options *options, hh_input input, size_t steps,
                          const tv_compare *compare, struct h4l_err *err)
{
    size_t tile = kernels[fast->level]->tile, whole = x->N - x->N % tile;
    double rebase = options->rebase > 0 ? options->rebase : (double)INFINITY;
    hh_array tiles = *x;

    if (options->gates != H4L_TV_SHARED_GATES)
        return h4l_fail(err, H4L_E_RANGE,
                        "tv neurons in arrays read the gates of the HH neuron beside them; use "
                        "h4l_pair_step for gates of their own");
    tiles.N = whole;
    for (size_t done = 0, now; done < steps; done += now) { // counts are kept in a REAL
        hh_input in = {input.I + done * input.stride, input.stride};

        now = steps - done < H4L_HH_FAST_MOST ? steps - done : H4L_HH_FAST_MOST;
        kernels[fast->level]->run(fast->TWIN(consts), &tiles, y, options->order, rebase, in, now,
                                  compare);
        if (x->N > whole)
            run_rest(fast, whole, tile, x, y, options->order, rebase, in, now, compare);
    }
    return H4L_OK;
}
