// The integration schemes, compiled for each type (base/real.h).
#include "sim/integrators.h"

#include <math.h>
#include <string.h>

#include "base/real.h"

#pragma GCC diagnostic warning "-Wdouble-promotion"

enum {
    RK4_MAX = H4L_HH_DIM + H4L_TV_CORE_DIM
}; // the largest system: an HH neuron and a tv neuron that shares its gates

typedef struct TWIN(h4l_hh) hh_constants;
typedef struct TWIN(h4l_hh_rates) hh_rates;
typedef struct TWIN(h4l_pair) pair_constants;

// What a right-hand side of the Runge-Kutta scheme may need: the HH state comes first, then the tv state where there is one.
struct stage {
    const hh_constants *hh;
    const REAL *I_hh, *I_tv; // at the beginning, in the middle and at the end of the step
};
typedef void (*rhs_fn)(const struct stage *stage, int when, const REAL *z, REAL *ret_dz);

// The share of the way to its target that a variable with rate z / dt goes in one step, everything else frozen.
static REAL gain(enum h4l_scheme scheme, REAL z)
{
    switch (scheme) {
    case H4L_EXP_EULER:
        return -MATH(expm1)(-z);
    case H4L_RK4_BY_NEURON: // 1 minus the method's stability polynomial at -z
        return z * (1 - z / 2 * (1 - z / 3 * (1 - z / 4)));
    case H4L_EULER:
    case H4L_RK4:
    case H4L_SCHEMES:
        break;
    }
    return z;
}

static void rhs_hh(const struct stage *stage, int when, const REAL *z, REAL *ret_dz)
{
    TWIN(h4l_hh_rhs)(stage->hh, z, stage->I_hh[when], ret_dz);
}

static void rhs_tv_own(const struct stage *stage, int when, const REAL *z, REAL *ret_dz)
{
    TWIN(h4l_tv_own_rhs)(stage->hh, stage->I_tv[when], z, ret_dz);
}

static void rhs_shared(const struct stage *stage, int when, const REAL *z, REAL *ret_dz)
{
    REAL g[3];

    TWIN(h4l_hh_rhs)(stage->hh, z, stage->I_hh[when], ret_dz);
    TWIN(h4l_hh_conductances)(stage->hh, z + H4L_HH_M, g);
    TWIN(h4l_tv_rhs)(stage->hh, g, stage->I_tv[when], z + H4L_HH_DIM, ret_dz + H4L_HH_DIM);
}

// Classical Runge-Kutta step of z[n] in place.
static void rk4(const struct stage *stage, rhs_fn rhs, int n, REAL dt, REAL *z)
{
    REAL k1[RK4_MAX], k2[RK4_MAX], k3[RK4_MAX], k4[RK4_MAX], w[RK4_MAX];

    rhs(stage, 0, z, k1);
    for (int i = 0; i < n; i++)
        w[i] = z[i] + dt / 2 * k1[i];
    rhs(stage, 1, w, k2);
    for (int i = 0; i < n; i++)
        w[i] = z[i] + dt / 2 * k2[i];
    rhs(stage, 1, w, k3);
    for (int i = 0; i < n; i++)
        w[i] = z[i] + dt * k3[i];
    rhs(stage, 2, w, k4);
    for (int i = 0; i < n; i++)
        z[i] += dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

// Gates over one step with the potential frozen at its old value V.
static void step_gates(const hh_constants *hh, enum h4l_scheme scheme, REAL dt, REAL V,
                       REAL gates[3])
{
    hh_rates r;
    REAL d[3];

    if (scheme == H4L_EULER) {
        TWIN(h4l_hh_gates_rhs)(hh, V, gates, d);
        for (int i = 0; i < 3; i++)
            gates[i] += dt * d[i];
        return;
    }
    TWIN(h4l_hh_rates)(hh, V, &r);
    const REAL a[3] = {r.am, r.ah, r.an}, b[3] = {r.bm, r.bh, r.bn};
    for (int i = 0; i < 3; i++)
        gates[i] += gain(scheme, dt * (a[i] + b[i])) * (a[i] / (a[i] + b[i]) - gates[i]);
}

void TWIN(h4l_hh_step)(const hh_constants *hh, enum h4l_scheme scheme, REAL dt, const REAL I[3],
                       REAL x[H4L_HH_DIM])
{
    REAL V = x[H4L_HH_V];

    if (scheme == H4L_RK4 || scheme == H4L_RK4_BY_NEURON) {
        const struct stage stage = {.hh = hh, .I_hh = I};
        rk4(&stage, rhs_hh, H4L_HH_DIM, dt, x);
        return;
    }
    if (scheme == H4L_EXP_EULER) {
        REAL g[3], gs;
        TWIN(h4l_hh_conductances)(hh, x + H4L_HH_M, g);
        gs = g[0] + g[1] + g[2];
        x[H4L_HH_V] += gain(scheme, dt * gs / hh->C) *
                       ((g[0] * hh->ENa + g[1] * hh->EK + g[2] * hh->EL + I[0]) / gs - V);
    } else {
        x[H4L_HH_V] += dt * (I[0] - TWIN(h4l_hh_ionic_current)(hh, x)) / hh->C;
    }
    step_gates(hh, scheme, dt, V, x + H4L_HH_M);
}

// Runge-Kutta on the whole system: HH and tv together where the gates are shared.
static REAL pair_rk4(const pair_constants *pair, const REAL I_hh[3], const REAL I_tv[3],
                     REAL x[H4L_HH_DIM], REAL y[H4L_TV_DIM])
{
    const struct stage stage = {.hh = &pair->hh, .I_hh = I_hh, .I_tv = I_tv};
    REAL read = TWIN(h4l_tv_potential)(y), z[H4L_HH_DIM + H4L_TV_CORE_DIM];

    if (pair->tv.gates == H4L_TV_OWN_GATES) {
        rk4(&stage, rhs_hh, H4L_HH_DIM, pair->dt, x);
        rk4(&stage, rhs_tv_own, H4L_TV_DIM, pair->dt, y);
        return read;
    }
    memcpy(z, x, sizeof(REAL) * H4L_HH_DIM);
    memcpy(z + H4L_HH_DIM, y, sizeof(REAL) * H4L_TV_CORE_DIM);
    rk4(&stage, rhs_shared, H4L_HH_DIM + H4L_TV_CORE_DIM, pair->dt, z);
    memcpy(x, z, sizeof(REAL) * H4L_HH_DIM);
    memcpy(y, z + H4L_HH_DIM, sizeof(REAL) * H4L_TV_CORE_DIM);
    return read;
}

REAL TWIN(h4l_pair_step)(const pair_constants *pair, const REAL I_hh[3], const REAL I_tv[3],
                         REAL x[H4L_HH_DIM], REAL y[H4L_TV_DIM])
{
    const hh_constants *hh = &pair->hh;
    int own = pair->tv.gates == H4L_TV_OWN_GATES;
    REAL g[3], read, V = TWIN(h4l_tv_potential)(y), z = pair->dt / hh->C;

    if (pair->scheme == H4L_RK4) {
        read = pair_rk4(pair, I_hh, I_tv, x, y);
    } else {
        TWIN(h4l_hh_conductances)(hh, own ? y + H4L_TV_M : x + H4L_HH_M, g);
        read = TWIN(h4l_tv_step)(hh, pair->tv.order, g, I_tv[0], gain(pair->scheme, z),
                                 gain(pair->scheme, z * (g[0] + g[1] + g[2])), y);
        if (own)
            step_gates(hh, pair->scheme, pair->dt, V, y + H4L_TV_M);
        TWIN(h4l_hh_step)(hh, pair->scheme, pair->dt, I_hh, x);
    }
    TWIN(h4l_tv_rebase)(&pair->tv, y);
    return read;
}
