// The constants of the hh_fast kernels and the calls that split arrays into their tiles, compiled for each type (base/real.h).
#include "neuron/hh_fast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neuron/hh_fast_internal.h"

// Coefficients c_i of exp(x) - 1 = x (c_0 + c_1 x + ...), from a Remez exchange for the least largest relative error on
// |x| <= ln 2 / 8 (poly_80: x = -r/80 with |r| <= 10 ln 2 mV) and ln 2 / 16 (poly_18: x = -r/18, |r| <= 18/16 ln 2 mV).
// That error is 6.8e-17, 1.1e-16, 4.2e-10 and 3.7e-9. (The polynomials of 18 are added to 1, so theirs shrinks by |x| < 0.044.)
//
// LIMIT (mV) and LIMIT_1: exp(-a/10) = 2^(2K) and its scale must stay inside the exponents of the type. HIGH: the upper bits of a step are
// its whole multiples of 1/HIGH, few enough for an exact product with every K inside LIMIT.
#if H4L_REAL_BYTES == 8
typedef uint64_t real_bits;
enum { MANTISSA = 52, LIMIT = 6500, LIMIT_1 = 600 };
#define TINY 0x1p-200
#define HIGH 0x1p34
static const double poly_80[] = {0x1.fffffffffffffp-1,  0x1.0000000000002p-1, 0x1.5555555557e5dp-3,
                                 0x1.555555554f2d6p-5,  0x1.111110a650f34p-7, 0x1.6c16c205d4a10p-10,
                                 0x1.a0303932de5b4p-13, 0x1.a01a018b4bdaep-16};
static const double poly_18[] = {0x1.0000000000000p+0, 0x1.00000000000a2p-1, 0x1.5555555555317p-3,
                                 0x1.5555554ad2f34p-5, 0x1.1111111a68897p-7, 0x1.6c1c391dc0002p-10,
                                 0x1.a01a01a37ee5bp-13};
#else
typedef uint32_t real_bits;
enum { MANTISSA = 23, LIMIT = 800, LIMIT_1 = 80 };
#define TINY 0x1p-60f
#define HIGH 0x1p8
static const double poly_80[] = {0x1.ffffffffe3263p-1, 0x1.fffffe5bbd759p-2, 0x1.555556bda89e9p-3,
                                 0x1.5570aba8cd103p-5, 0x1.111110fdc5007p-7};
static const double poly_18[] = {0x1.ffffffe079a3bp-1, 0x1.0000001a463b1p-1, 0x1.555d88de76b1ep-3,
                                 0x1.55555551febadp-5};
#endif

enum {
    TERMS_80 = NAME(H4L_HH_FAST_80),
    TERMS_18 = NAME(H4L_HH_FAST_18),
    MAX_TILE = H4L_HH_FAST_MAX_TILE,
    BLOCK = H4L_HH_FAST_BLOCK
};
_Static_assert(sizeof poly_80 / sizeof *poly_80 == TERMS_80, "terms");
_Static_assert(sizeof poly_18 / sizeof *poly_18 == TERMS_18, "terms");

static const struct TWIN(h4l_hh_fast_kernels) *const kernels[] =
    H4L_LEVELS_OF(TWIN(h4l_hh_fast_kernels));

// Scale times 2^(j/8) or 2^(j/4) (steps = 8 or 4) as a table for lanes_shift_add: the exponent part that the shifted K brings
// along, j/steps of it, is taken off beforehand.
static REAL table_entry(double scale, int j, int steps)
{
    REAL value = (REAL)(scale * exp2((double)j / steps));
    real_bits bits;

    memcpy(&bits, &value, sizeof bits);
    bits -= ((real_bits)j << MANTISSA) / (real_bits)steps;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

// exp(-x_r/10) - 1 with r one of the rates' shifts, from e = exp(-a/10) - 1 where a = V + near: the denominators
// scale (1 - exp(-(V + shift)/10)) = scale (1 - s) - scale s e, s = exp(-(shift - near)/10).
static void denominator(double scale, double shift, double near, REAL *ret_0, REAL *ret_1)
{
    *ret_0 = (REAL)(scale * -expm1(-(shift - near) / 10));
    *ret_1 = (REAL)(scale * exp(-(shift - near) / 10));
}

static void prepare_scalars(const struct h4l_hh *hh, double dt, rate_scalars *ret)
{
    // The lower singularity is where the larger shift puts it; [0] upper, [1] lower.
    double near[2] = {fmin(hh->v_m, hh->v_n), fmax(hh->v_m, hh->v_n)};
    double bh = exp(-(hh->v_h - hh->v_m) / 10), per_C = dt / hh->C;

    *ret = (rate_scalars){
        .limit = LIMIT,
        .middle = (REAL)(-(near[0] + 2 * near[1]) / 3), // not half-way: alpha_m cancels more
        .v_0 = (REAL)hh->v_0,
        .v_m = (REAL)hh->v_m,
        .v_n = (REAL)hh->v_n,
        .v_near = {(REAL)near[0], (REAL)near[1]},
        .tiny = TINY,
        .tiny_10 = TINY / 10,
        .round = (REAL)1.5 * (REAL)((real_bits)1 << MANTISSA),
        .per_20 = (REAL)(-1 / (20 * M_LN2)),
        .step_20 = (REAL)(20 * M_LN2),
        .per_18 = (REAL)(-8 / (18 * M_LN2)),
        .step_18 = (REAL)(18 * M_LN2 / 8),
        .high_20 = (REAL)(floor(20 * M_LN2 * HIGH) / HIGH),
        .high_18 = (REAL)(floor(18 * M_LN2 / 8 * HIGH) / HIGH),
        .limit_1 = LIMIT_1,
        .per_1 = (REAL)(-8 / M_LN2),
        .step_1 = (REAL)(M_LN2 / 8),
        .high_1 = (REAL)(floor(M_LN2 / 8 * 16 * HIGH) / (16 * HIGH)),
        // beta_h dt = 1 / [(1 + exp(-(V + v_h)/10)) / dt], and exp(-(V + v_h)/10) = bh (1 - dm dt/10)
        .bh_0 = (REAL)((1 + bh) / dt),
        .bh_1 = (REAL)(bh / 10),
        .gNa = (REAL)(per_C * hh->gNa),
        .gK = (REAL)(per_C * hh->gK),
        .gL = (REAL)(per_C * hh->gL),
        .ENa = (REAL)hh->ENa,
        .EK = (REAL)hh->EK,
        .EL = (REAL)hh->EL,
        .I_0 = (REAL)(per_C * hh->gL * hh->EL),
        .I_1 = (REAL)per_C,
    };
    ret->low_20 = ret->step_20 - ret->high_20;
    ret->low_18 = ret->step_18 - ret->high_18;
    ret->low_1 = ret->step_1 - ret->high_1;
    for (int i = 0; i < TERMS_80; i++)
        ret->poly_80[i] = (REAL)(poly_80[i] * pow(-80, -(i + 1)));
    for (int i = 0; i < TERMS_18; i++) {
        ret->poly_18[i] = (REAL)(poly_18[i] * pow(-18, -(i + 1)));
        ret->poly_1[i] = (REAL)(i % 2 ? poly_18[i] : -poly_18[i]);
    }
    for (int j = 0; j < 8; j++) {
        double scale = 0.125 * dt * exp(-(hh->v_0 - near[j / 4]) / 80);

        ret->bn[j] = table_entry(scale, j % 4, 4);
        ret->bm[j] = table_entry(4 * dt, j, 8);
        ret->two[j] = table_entry(1, j, 8);
    }
    for (int s = 0; s < 2; s++) {
        ret->ah[s] = (REAL)(0.07 * dt * exp(-(hh->v_0 - near[s]) / 20));
        denominator(10 / dt, hh->v_m, near[s], &ret->am_0[s], &ret->am_1[s]);
        denominator(100 / dt, hh->v_n, near[s], &ret->an_0[s], &ret->an_1[s]);
    }
}

rate_consts *TWIN(h4l_hh_fast_prepare)(const struct h4l_hh *hh, double dt)
{
    rate_consts *c = aligned_alloc(64, sizeof *c);
    REAL values[sizeof c->scalar / sizeof(REAL)];

    if (!c)
        return NULL;
    prepare_scalars(hh, dt, &c->scalar);
    memcpy(values, &c->scalar, sizeof values);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t j = 0; j < H4L_HH_FAST_LANES; j++)
            c->lanes[i][j] = values[i];
    return c;
}

// Steps the last x->N neurons, too few for a tile: copies them into one, a block of steps at a time.
static void run_rest(const struct h4l_hh_fast *fast, size_t tile, const hh_array *x, hh_input input,
                     size_t steps, const struct h4l_hh_spikes *spikes, size_t row_bytes,
                     int exponential)
{
    REAL V[MAX_TILE] = {0}, m[MAX_TILE] = {0}, h[MAX_TILE] = {0}, n[MAX_TILE] = {0};
    REAL I[MAX_TILE * BLOCK] = {0};
    uint8_t level[MAX_TILE / 8 * BLOCK], onset[MAX_TILE / 8 * BLOCK];
    uint32_t count[MAX_TILE] = {0};
    hh_array whole = {tile, V, m, h, n};
    size_t bytes = x->N * sizeof *V;

    memcpy(V, x->V, bytes);
    memcpy(m, x->m, bytes);
    memcpy(h, x->h, bytes);
    memcpy(n, x->n, bytes);
    memcpy(I, input.I, bytes);
    for (size_t done = 0, block; done < steps; done += block) {
        hh_input in = {I, input.stride ? tile : 0};
        struct h4l_hh_spikes out;

        block = !input.stride && !spikes ? steps : steps - done < BLOCK ? steps - done : BLOCK;
        for (size_t k = 0; input.stride && k < block; k++)
            memcpy(I + k * tile, input.I + (done + k) * input.stride, bytes);
        if (spikes)
            out = (struct h4l_hh_spikes){spikes->threshold, level, onset, count};
        kernels[fast->level]->run(fast->TWIN(consts), &whole, in, block, spikes ? &out : NULL,
                                  tile / 8, exponential);
        for (size_t k = 0; spikes && k < block; k++)
            for (size_t b = 0; b < (x->N + 7) / 8; b++) {
                uint8_t used = (uint8_t)(0xff >> (x->N < 8 * b + 8 ? 8 * b + 8 - x->N : 0));
                size_t from = k * (tile / 8) + b, to = (done + k) * row_bytes + b;

                if (spikes->level)
                    spikes->level[to] = level[from] & used;
                if (spikes->onset)
                    spikes->onset[to] = onset[from] & used;
            }
    }
    memcpy(x->V, V, bytes);
    memcpy(x->m, m, bytes);
    memcpy(x->h, h, bytes);
    memcpy(x->n, n, bytes);
    for (size_t i = 0; spikes && spikes->count && i < x->N; i++)
        spikes->count[i] += count[i];
}

static void run_some(const struct h4l_hh_fast *fast, const hh_array *x, hh_input input,
                     size_t steps, const struct h4l_hh_spikes *spikes, int exponential)
{
    size_t tile = kernels[fast->level]->tile, whole = x->N - x->N % tile,
           row_bytes = (x->N + 7) / 8;
    hh_array tiles = *x,
             rest = {x->N - whole, x->V + whole, x->m + whole, x->h + whole, x->n + whole};

    tiles.N = whole;
    kernels[fast->level]->run(fast->TWIN(consts), &tiles, input, steps, spikes, row_bytes,
                              exponential);
    if (rest.N) {
        struct h4l_hh_spikes s;

        if (spikes)
            s = (struct h4l_hh_spikes){spikes->threshold,
                                       spikes->level ? spikes->level + whole / 8 : NULL,
                                       spikes->onset ? spikes->onset + whole / 8 : NULL,
                                       spikes->count ? spikes->count + whole : NULL};
        input.I += whole;
        run_rest(fast, tile, &rest, input, steps, spikes ? &s : NULL, row_bytes, exponential);
    }
}

static void run_all(const struct h4l_hh_fast *fast, const hh_array *x, hh_input input, size_t steps,
                    const struct h4l_hh_spikes *spikes, int exponential)
{
    size_t row_bytes = (x->N + 7) / 8;

    for (size_t done = 0, now; done < steps; done += now) {
        hh_input in = {input.I + done * input.stride, input.stride};
        struct h4l_hh_spikes s;

        now = steps - done < H4L_HH_FAST_MOST ? steps - done : H4L_HH_FAST_MOST;
        if (spikes)
            s = (struct h4l_hh_spikes){
                spikes->threshold, spikes->level ? spikes->level + done * row_bytes : NULL,
                spikes->onset ? spikes->onset + done * row_bytes : NULL, spikes->count};
        run_some(fast, x, in, now, spikes ? &s : NULL, exponential);
    }
}

void TWIN(h4l_hh_fast_run)(const struct h4l_hh_fast *fast, const hh_array *x, hh_input input,
                           size_t steps, const struct h4l_hh_spikes *spikes)
{
    run_all(fast, x, input, steps, spikes, 0);
}

void TWIN(h4l_hh_fast_run_exp)(const struct h4l_hh_fast *fast, const hh_array *x, hh_input input,
                               size_t steps, const struct h4l_hh_spikes *spikes)
{
    run_all(fast, x, input, steps, spikes, 1);
}

void TWIN(h4l_hh_fast_rates)(const struct h4l_hh_fast *fast, size_t N, const REAL *V,
                             const hh_rates *ret)
{
    size_t tile = kernels[fast->level]->tile, whole = N - N % tile, rest = N - whole;
    REAL *const to[6] = {ret->am, ret->bm, ret->ah, ret->bh, ret->an, ret->bn};
    REAL v[MAX_TILE] = {0}, r[6][MAX_TILE];
    hh_rates ret_rest = {r[0], r[1], r[2], r[3], r[4], r[5]};

    kernels[fast->level]->rates(fast->TWIN(consts), whole, V, ret);
    if (!rest)
        return;
    memcpy(v, V + whole, rest * sizeof *v);
    kernels[fast->level]->rates(fast->TWIN(consts), tile, v, &ret_rest);
    for (int j = 0; j < 6; j++)
        memcpy(to[j] + whole, r[j], rest * sizeof *v);
}
