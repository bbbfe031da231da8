#include "neuron/true_hh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { V = H4L_HH_V, M = H4L_HH_M, DIM = H4L_HH_DIM, OWN = H4L_TRUE_HH_OWN, GATES = 3 };

const struct h4l_true_hh h4l_true_hh_default = {
    .hh = {.C = 1,
           .gNa = 120,
           .gK = 36,
           .gL = 0.3,
           .ENa = 50,
           .EK = -77,
           .EL = -54.387,
           .v_0 = 65,
           .v_n = 55,
           .v_m = 40,
           .v_h = 35},
    .start = -65,
    .dt = 0.02,
    .steps = 1000,
    .pieces = 1,
    .theta = -20,
    .k = 2,
    .half_width = 10,
};

static bool positive(double x)
{
    return x > 0 && isfinite(x);
}

int h4l_true_hh_check(const struct h4l_true_hh *w, struct h4l_err *err)
{
    const double finite[] = {w->hh.gNa, w->hh.gK,  w->hh.gL,  w->hh.ENa, w->hh.EK, w->hh.EL,
                             w->hh.v_0, w->hh.v_m, w->hh.v_n, w->hh.v_h, w->start, w->theta};

    if (!positive(w->dt) || !positive(w->hh.C) || !positive(w->k) || !positive(w->half_width))
        return h4l_fail(err, H4L_E_RANGE,
                        "true HH: dt is %g ms, C %g uF/cm^2, k %g mV, half width %g mV, expected "
                        "all > 0",
                        w->dt, w->hh.C, w->k, w->half_width);
    if (!(w->pieces >= 1 && w->pieces <= w->steps))
        return h4l_fail(err, H4L_E_RANGE, "true HH: %zu pieces in %zu steps, expected 1 to %zu",
                        w->pieces, w->steps, w->steps);
    if (!(w->trace_ms >= 0 && isfinite(w->trace_ms)))
        return h4l_fail(err, H4L_E_RANGE, "true HH: the trace's time constant is %g ms",
                        w->trace_ms);
    for (size_t i = 0; i < sizeof finite / sizeof *finite; i++)
        if (!isfinite(finite[i]))
            return h4l_fail(err, H4L_E_RANGE, "true HH: a parameter is not finite");
    return H4L_OK;
}

void h4l_true_hh_shared(const struct h4l_hh *hh, double ret_own[OWN])
{
    const double own[OWN] = {hh->gNa, hh->gK, hh->gL, 1, 1, 1};

    memcpy(ret_own, own, sizeof own);
}

void h4l_true_hh_weights(const struct h4l_true_hh *w, double *ret)
{
    double sum = 0;

    for (size_t i = 0; i < w->steps; i++) {
        double before_end = (double)(w->steps - 1 - i) * w->dt;
        ret[i] = w->trace_ms > 0 ? exp(-before_end / w->trace_ms) : 1;
        sum += ret[i];
    }
    for (size_t i = 0; i < w->steps; i++)
        ret[i] /= sum;
}

void h4l_true_hh_currents(const struct h4l_true_hh *w, double ret_range[2])
{
    double low = w->start - 1000, high = w->start, x[DIM];

    for (int i = 0; i < 60; i++) { // the rate falls with V: bisection
        double middle = (low + high) / 2;
        struct h4l_hh_rates r;

        h4l_hh_rates(&w->hh, middle, &r);
        *(w->dt * (r.am + r.bm) > 2 ? &low : &high) = middle;
    }
    h4l_hh_steady_state(&w->hh, high, x);
    ret_range[0] = h4l_hh_ionic_current(&w->hh, x);
    ret_range[1] = 500;
}

size_t h4l_true_hh_piece(const struct h4l_true_hh *w, size_t p)
{
    return (p * w->steps + w->pieces - 1) /
           w->pieces; // the least k with floor(k pieces / steps) = p
}

// ---- one step ----

// An increment d of a variable before the rule has its say, and z: the variable's own rate times dt. by[] are derivatives with
// respect to the old state, own[] with respect to the constants.
struct increment {
    double d, z;
    double d_by[DIM], z_by[DIM];
    double d_own[OWN], z_own[OWN];
};

// The tangent of the right-hand side, at the start of the window.
struct tangent {
    double x[DIM];
    struct h4l_hh_rates rate, slope;
};

static void tangent_at(const struct h4l_true_hh *w, struct tangent *ret)
{
    h4l_hh_steady_state(&w->hh, w->start, ret->x);
    h4l_hh_rates(&w->hh, w->start, &ret->rate);
    h4l_hh_rates_derivative(&w->hh, w->start, &ret->slope);
}

// Channel c's current per conductance, p (V - E) with p = m^3 h, n^4 or 1, and the derivatives of both.
struct channel {
    double p, p_by[DIM], current, current_by[DIM];
};

static void channels_at(const struct h4l_hh *hh, const double *x, struct channel ret[3])
{
    double m = x[1], h = x[2], n = x[3], E[3] = {hh->ENa, hh->EK, hh->EL};

    memset(ret, 0, 3 * sizeof *ret);
    ret[0].p = m * m * m * h;
    ret[0].p_by[1] = 3 * m * m * h;
    ret[0].p_by[2] = m * m * m;
    ret[1].p = n * n * n * n;
    ret[1].p_by[3] = 4 * n * n * n;
    ret[2].p = 1;
    for (int c = 0; c < 3; c++) {
        ret[c].current = ret[c].p * (x[V] - E[c]);
        ret[c].current_by[V] = ret[c].p;
        for (int i = M; i < DIM; i++)
            ret[c].current_by[i] = ret[c].p_by[i] * (x[V] - E[c]);
    }
}

// The same on the tangent: currents are linear in x, conductances those at the start.
static void channels_linear(const struct h4l_hh *hh, const struct tangent *t, const double *x,
                            struct channel ret[3])
{
    channels_at(hh, t->x, ret);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < DIM; i++) {
            ret[c].current += ret[c].current_by[i] * (x[i] - t->x[i]);
            ret[c].p_by[i] = 0;
        }
}

static void membrane(const struct h4l_true_hh *w, const struct channel *channels, const double *own,
                     double I, struct increment *ret)
{
    double per_C = w->dt / w->hh.C;

    memset(ret, 0, sizeof *ret);
    ret->d = per_C * I;
    for (int c = 0; c < 3; c++) {
        ret->d -= per_C * own[c] * channels[c].current;
        ret->z += per_C * own[c] * channels[c].p;
        ret->d_own[c] = -per_C * channels[c].current;
        ret->z_own[c] = per_C * channels[c].p;
        for (int i = 0; i < DIM; i++) {
            ret->d_by[i] -= per_C * own[c] * channels[c].current_by[i];
            ret->z_by[i] += per_C * own[c] * channels[c].p_by[i];
        }
    }
}

// Gate g (0 m, 1 h, 2 n) with rates a, b and their slopes; on the tangent (t not NULL) the rates are those of the start.
static void gate(const struct h4l_true_hh *w, const struct tangent *t, const double *x, int g,
                 const double rate[2], const double slope[2], double speed, struct increment *ret)
{
    int i = M + g, own = H4L_TRUE_HH_SPEED_M + g;
    double sum = w->dt * (rate[0] + rate[1]), at = t ? t->x[i] : x[i];
    double by_V = w->dt * (slope[0] * (1 - at) - slope[1] * at);

    memset(ret, 0, sizeof *ret);
    ret->d_own[own] = w->dt * rate[0] - sum * x[i] + (t ? by_V * (x[V] - t->x[V]) : 0);
    ret->z_own[own] = sum;
    ret->d = speed * ret->d_own[own];
    ret->z = speed * sum;
    ret->d_by[V] = speed * by_V;
    ret->d_by[i] = -speed * sum;
    ret->z_by[V] = t ? 0 : speed * w->dt * (slope[0] + slope[1]);
}

static void increments(const struct h4l_true_hh *w, const struct tangent *t, const double *own,
                       const double *x, double I, struct increment ret[DIM])
{
    struct channel channels[3];
    struct h4l_hh_rates r = t->rate, s = t->slope;

    if (w->linear) {
        channels_linear(&w->hh, t, x, channels);
    } else {
        channels_at(&w->hh, x, channels);
        h4l_hh_rates(&w->hh, x[V], &r);
        h4l_hh_rates_derivative(&w->hh, x[V], &s);
    }
    const double rates[GATES][2] = {{r.am, r.bm}, {r.ah, r.bh}, {r.an, r.bn}};
    const double slopes[GATES][2] = {{s.am, s.bm}, {s.ah, s.bh}, {s.an, s.bn}};

    membrane(w, channels, own, I, &ret[V]);
    for (int g = 0; g < GATES; g++)
        gate(w, w->linear ? t : NULL, x, g, rates[g], slopes[g], own[H4L_TRUE_HH_SPEED_M + g],
             &ret[M + g]);
}

// The exponential rule's factor (1 - exp(-z)) / z of an increment, and its derivative (exp(-z) - gain) / z; that cancels below
// |z| = 0.5, where the series sum_n (-z)^n / (n + 1)! serves, to a relative 1e-17.
static void gain_of(double z, double *ret_gain, double *ret_slope)
{
    double gain = 0, slope = 0, term = 1;

    if (fabs(z) >= 0.5) {
        *ret_gain = -expm1(-z) / z;
        *ret_slope = (exp(-z) - *ret_gain) / z;
        return;
    }
    for (int n = 0; n < 16; n++) { // term: (-z)^n / (n + 1)!
        gain += term;
        slope -= (n + 1) * term / (n + 2);
        term *= -z / (n + 2);
    }
    *ret_gain = gain;
    *ret_slope = slope;
}

// The Jacobian of a step, with respect to the old state, the constants and the current.
struct jacobian {
    double by[DIM][DIM], own[DIM][OWN], by_I;
};

// One step of x, in place. jacobian NULL: not wanted.
static void step(const struct h4l_true_hh *w, const struct tangent *t, const double *own, double I,
                 double *x, struct jacobian *jacobian)
{
    struct increment increment[DIM];

    increments(w, t, own, x, I, increment);
    for (int i = 0; i < DIM; i++) {
        const struct increment *d = &increment[i];
        double gain = 1, slope = 0;

        if (w->exponential)
            gain_of(d->z, &gain, &slope);
        x[i] += gain * d->d;
        if (!jacobian)
            continue;
        for (int j = 0; j < DIM; j++)
            jacobian->by[i][j] = (i == j) + gain * d->d_by[j] + slope * d->d * d->z_by[j];
        for (int j = 0; j < OWN; j++)
            jacobian->own[i][j] = gain * d->d_own[j] + slope * d->d * d->z_own[j];
        if (i == V)
            jacobian->by_I = gain * w->dt / w->hh.C;
    }
}

// ---- the readout ----

struct readout {
    double value,
        slope; // before the weight; the derivative is with respect to the potential after the step
};

static struct readout readout_of(const struct h4l_true_hh *w, double before, double after)
{
    double x = (after - w->theta) / w->k, e = exp(-fabs(x));
    bool armed = before <= w->theta, near = fabs(after - w->theta) < w->half_width;

    if (w->spikes)
        return (struct readout){(armed && after > w->theta) / w->dt,
                                armed && near ? 1 / (2 * w->half_width * w->dt) : 0};
    return (struct readout){(x < 0 ? e : 1) / (1 + e), e / ((1 + e) * (1 + e) * w->k)};
}

// ---- the window ----

static double forward(const struct h4l_true_hh *w, const struct tangent *t, const double *own,
                      const double *weights, const double *I, double *states)
{
    double rate = 0;

    memcpy(states, t->x, sizeof t->x);
    for (size_t p = 0; p < w->pieces; p++)
        for (size_t k = h4l_true_hh_piece(w, p); k < h4l_true_hh_piece(w, p + 1); k++) {
            double *x = states + DIM * k, *y = x + DIM;

            memcpy(y, x, sizeof t->x);
            step(w, t, own, I[p], y, NULL);
            rate += weights[k] * readout_of(w, x[V], y[V]).value;
        }
    return rate;
}

static void charges(const struct h4l_true_hh *w, const struct tangent *t, const double *own,
                    const double *states, double ret[3])
{
    for (int c = 0; c < 3; c++)
        ret[c] = 0;
    for (size_t k = 0; k < w->steps; k++) {
        struct channel channels[3];

        if (w->linear)
            channels_linear(&w->hh, t, states + DIM * k, channels);
        else
            channels_at(&w->hh, states + DIM * k, channels);
        for (int c = 0; c < 3; c++)
            ret[c] += w->dt * own[c] * fabs(channels[c].current);
    }
}

// lambda after a step becomes lambda before it.
static void back(const struct jacobian *J, double *lambda, double *d_own)
{
    double before[DIM] = {0};

    for (int i = 0; i < DIM; i++) {
        for (int j = 0; j < DIM; j++)
            before[j] += J->by[i][j] * lambda[i];
        for (int j = 0; j < OWN; j++)
            d_own[j] += J->own[i][j] * lambda[i];
    }
    memcpy(lambda, before, sizeof before);
}

static void backward(const struct h4l_true_hh *w, const struct tangent *t, const double *own,
                     const double *weights, const double *I, const double *states,
                     const struct h4l_true_hh_result *ret)
{
    double lambda[DIM] = {0}, d_own[OWN] = {0};

    for (size_t p = w->pieces; p-- > 0;) {
        double d_current = 0;

        for (size_t k = h4l_true_hh_piece(w, p + 1); k-- > h4l_true_hh_piece(w, p);) {
            double x[DIM], before = states[DIM * k + V], after = states[DIM * (k + 1) + V];
            struct jacobian J;

            lambda[V] += weights[k] * readout_of(w, before, after).slope;
            if (ret->d_V)
                ret->d_V[k + 1] = lambda[V];
            memcpy(x, states + DIM * k, sizeof x);
            step(w, t, own, I[p], x, &J);
            d_current += J.by_I * lambda[V];
            back(&J, lambda, d_own);
            if (w->cut)
                memset(lambda, 0, sizeof lambda);
        }
        if (ret->d_current)
            ret->d_current[p] = d_current;
    }
    if (ret->d_V)
        ret->d_V[0] = lambda[V];
    if (ret->d_own)
        memcpy(ret->d_own, d_own, sizeof d_own);
}

int h4l_true_hh_run(const struct h4l_true_hh *w, const double own[OWN], const double *I,
                    const struct h4l_true_hh_result *ret, struct h4l_err *err)
{
    double shared[OWN], *weights, *states, rate;
    struct tangent t;
    int code = h4l_true_hh_check(w, err);

    if (code)
        return code;
    weights = calloc(w->steps, sizeof *weights);
    states = calloc(w->steps + 1, DIM * sizeof *states);
    if (!weights || !states) {
        free(weights), free(states);
        return h4l_fail(err, H4L_E_NOMEM, "true HH: out of memory for %zu steps", w->steps);
    }
    h4l_true_hh_shared(&w->hh, shared);
    own = own ? own : shared;
    h4l_true_hh_weights(w, weights);
    tangent_at(w, &t);
    rate = forward(w, &t, own, weights, I, states);
    if (ret->rate)
        *ret->rate = rate;
    if (ret->d_current || ret->d_own || ret->d_V)
        backward(w, &t, own, weights, I, states, ret);
    if (ret->charge)
        charges(w, &t, own, states, ret->charge);
    if (ret->states)
        memcpy(ret->states, states, (w->steps + 1) * DIM * sizeof *states);
    free(weights), free(states);
    return H4L_OK;
}
