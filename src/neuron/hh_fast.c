#include "neuron/hh_fast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neuron/hh_fast_internal.h"

// Coefficients c_i of exp(x) - 1 = x (c_0 + c_1 x + ...), from a Remez exchange for the least largest relative error on
// |x| <= ln 2 / 8 (poly_80: x = -r/80 with |r| <= 10 ln 2 mV) and ln 2 / 16 (poly_18: x = -r/18, |r| <= 18/16 ln 2 mV).
// That error is 6.8e-17, 1.1e-16, 4.2e-10 and 3.7e-9. (The polynomials of 18 are added to 1, so theirs shrinks by |x| < 0.044.)
static const double poly_80[] = {0x1.fffffffffffffp-1,  0x1.0000000000002p-1, 0x1.5555555557e5dp-3,
                                 0x1.555555554f2d6p-5,  0x1.111110a650f34p-7, 0x1.6c16c205d4a10p-10,
                                 0x1.a0303932de5b4p-13, 0x1.a01a018b4bdaep-16};
static const double poly_18[] = {0x1.0000000000000p+0, 0x1.00000000000a2p-1, 0x1.5555555555317p-3,
                                 0x1.5555554ad2f34p-5, 0x1.1111111a68897p-7, 0x1.6c1c391dc0002p-10,
                                 0x1.a01a01a37ee5bp-13};
static const double poly_80_float[] = {0x1.ffffffffe3263p-1, 0x1.fffffe5bbd759p-2,
                                       0x1.555556bda89e9p-3, 0x1.5570aba8cd103p-5,
                                       0x1.111110fdc5007p-7};
static const double poly_18_float[] = {0x1.ffffffe079a3bp-1, 0x1.0000001a463b1p-1,
                                       0x1.555d88de76b1ep-3, 0x1.55555551febadp-5};

_Static_assert(sizeof poly_80 / sizeof *poly_80 == H4L_HH_FAST_DOUBLE_80, "terms");
_Static_assert(sizeof poly_18 / sizeof *poly_18 == H4L_HH_FAST_DOUBLE_18, "terms");
_Static_assert(sizeof poly_80_float / sizeof *poly_80 == H4L_HH_FAST_FLOAT_80, "terms");
_Static_assert(sizeof poly_18_float / sizeof *poly_18 == H4L_HH_FAST_FLOAT_18, "terms");

enum { MAX_TILE = H4L_HH_FAST_MAX_TILE, BLOCK = H4L_HH_FAST_BLOCK };

// LIMIT (mV) and LIMIT_1: exp(-a/10) = 2^(2K) and its scale must stay inside the exponents of the type. HIGH: the upper bits of a step are
// its whole multiples of 1/HIGH, few enough for an exact product with every K inside LIMIT.
#define REAL double
#define BITS uint64_t
#define MANTISSA 52
#define LIMIT 6500
#define LIMIT_1 600
#define TINY 0x1p-200
#define HIGH 0x1p34
#define POLY_80 poly_80
#define POLY_18 poly_18
#define N_80 H4L_HH_FAST_DOUBLE_80
#define N_18 H4L_HH_FAST_DOUBLE_18
#define NAME(x) x
#include "neuron/hh_fast_prepare_impl.h"
#undef REAL
#undef BITS
#undef MANTISSA
#undef LIMIT
#undef LIMIT_1
#undef TINY
#undef HIGH
#undef POLY_80
#undef POLY_18
#undef N_80
#undef N_18
#undef NAME

#define REAL float
#define BITS uint32_t
#define MANTISSA 23
#define LIMIT 800
#define LIMIT_1 80
#define TINY 0x1p-60f
#define HIGH 0x1p8
#define POLY_80 poly_80_float
#define POLY_18 poly_18_float
#define N_80 H4L_HH_FAST_FLOAT_80
#define N_18 H4L_HH_FAST_FLOAT_18
#define NAME(x) x##_float
#include "neuron/hh_fast_prepare_impl.h"

static const struct h4l_hh_fast_kernels *const kernels[] = H4L_LEVELS_OF(h4l_hh_fast_kernels);

static int check(const struct h4l_hh *hh, double dt, enum h4l_simd level, struct h4l_err *err)
{
    const double values[] = {hh->gNa, hh->gK,  hh->gL,  hh->ENa, hh->EK,
                             hh->EL,  hh->v_0, hh->v_m, hh->v_n, hh->v_h};
    double apart = fabs(hh->v_m - hh->v_n);

    if (!(dt > 0 && dt <= 1000))
        return h4l_fail(err, H4L_E_RANGE, "HH neurons: dt is %g ms, expected 0 < dt <= 1000", dt);
    if (!(hh->C > 0 && isfinite(hh->C)))
        return h4l_fail(err, H4L_E_RANGE, "HH neurons: C is %g uF/cm^2, expected > 0", hh->C);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!isfinite(values[i]))
            return h4l_fail(err, H4L_E_RANGE, "HH neurons: a parameter is not finite");
    if (!(apart == 0 || (apart >= 1 && apart <= 100)))
        return h4l_fail(err, H4L_E_RANGE,
                        "HH neurons: v_m and v_n are %g mV apart, the fast version takes 0 or 1 to "
                        "100 (use the plain one)",
                        apart);
    if (!h4l_simd_available(level))
        return h4l_fail(err, H4L_E_RANGE, "HH neurons: instruction level %s is not available here",
                        h4l_simd_name(level));
    return H4L_OK;
}

int h4l_hh_fast_create(const struct h4l_hh *hh, double dt, enum h4l_simd level,
                       struct h4l_hh_fast **ret, struct h4l_err *err)
{
    int code = check(hh, dt, level, err);
    struct h4l_hh_fast *fast;

    if (code)
        return code;
    fast = aligned_alloc(64, sizeof *fast);
    if (!fast)
        return h4l_fail(err, H4L_E_NOMEM, "HH neurons: out of memory");
    fast->kernels = kernels[level];
    prepare(hh, dt, &fast->consts);
    prepare_float(hh, dt, &fast->consts_float);
    *ret = fast;
    return H4L_OK;
}

void h4l_hh_fast_destroy(struct h4l_hh_fast *fast)
{
    free(fast);
}

const struct h4l_hh_fast_consts *h4l_hh_fast_double_consts(const struct h4l_hh_fast *fast)
{
    return &fast->consts;
}
