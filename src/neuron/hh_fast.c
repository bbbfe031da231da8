#include "neuron/hh_fast.h"

#include <math.h>
#include <stdlib.h>

#include "neuron/hh_fast_internal.h"

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
    fast = calloc(1, sizeof *fast);
    if (!fast || !(fast->consts = h4l_hh_fast_prepare(hh, dt)) ||
        !(fast->consts_float = h4l_hh_fast_prepare_float(hh, dt))) {
        h4l_hh_fast_destroy(fast);
        return h4l_fail(err, H4L_E_NOMEM, "HH neurons: out of memory");
    }
    fast->level = level;
    *ret = fast;
    return H4L_OK;
}

void h4l_hh_fast_destroy(struct h4l_hh_fast *fast)
{
    if (fast) {
        free(fast->consts);
        free(fast->consts_float);
    }
    free(fast);
}
