#include "sim/srm.h"

#include <math.h>

int h4l_srm_check(const struct h4l_srm *m, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value, lo, hi;
    } fields[] = {
        {"dt", m->dt, 1e-9, 1e9},
        {"a", m->a, 0, 1e6},
        {"b", m->b, 0, 1e6},
        {"c", m->c, 0, 1e6},
        {"omega", m->omega, -1e6, 1e6},
        {"theta", m->theta, -1e300, 1e300},
        {"forget", m->forget, 0, 1},
        {"theta_jump", m->theta_jump, -1e300, 1e300},
        {"theta_rate", m->theta_rate, 0, 1e6},
        {"refractory_ms", m->refractory_ms, 0, 1e6 * m->dt},
    };

    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        if (!(fields[f].value >= fields[f].lo && fields[f].value <= fields[f].hi))
            return h4l_fail(err, H4L_E_RANGE, "spike response model: %s is %g, expected %g..%g",
                            fields[f].name, fields[f].value, fields[f].lo, fields[f].hi);
    for (int i = 0; i < H4L_SRM_MODES; i++)
        if (!isfinite(m->kappa[i]) || !isfinite(m->eta[i]))
            return h4l_fail(err, H4L_E_RANGE,
                            "spike response model: kernel amplitude %d is not finite", i);
    return H4L_OK;
}

// The exact propagator of one step: each mode keeps a factor of itself and takes up an amount of the held input.
struct step {
    double keep_a, keep_b, keep_re, keep_im;
    double take_a, take_b, take_re, take_im;
    double remember, theta, keep_rise, hold;
};

static double decay_integral(double rate, double dt) // integral of e^(-rate t) over the step
{
    return rate == 0 ? dt : -expm1(-rate * dt) / rate;
}

// The oscillating pair is one complex mode with the eigenvalue lambda = -c + i omega and the amplitude K = kappa_cos - i kappa_sin:
// it keeps e^(lambda dt) of itself and takes up K (e^(lambda dt) - 1) / lambda times the input.
static struct step propagator(const struct h4l_srm *m)
{
    double keep_re = exp(-m->c * m->dt) * cos(m->omega * m->dt);
    double keep_im = exp(-m->c * m->dt) * sin(m->omega * m->dt);
    double norm = m->c * m->c + m->omega * m->omega; // |lambda|^2
    double integral_re = norm > 0 ? (-m->c * (keep_re - 1) + m->omega * keep_im) / norm : m->dt;
    double integral_im = norm > 0 ? (-m->c * keep_im - m->omega * (keep_re - 1)) / norm : 0;
    double K_cos = m->kappa[H4L_SRM_COS], K_sin = m->kappa[H4L_SRM_SIN];

    return (struct step){
        .keep_a = exp(-m->a * m->dt),
        .keep_b = exp(-m->b * m->dt),
        .keep_re = keep_re,
        .keep_im = keep_im,
        .take_a = m->kappa[H4L_SRM_FAST] * decay_integral(m->a, m->dt),
        .take_b = m->kappa[H4L_SRM_SLOW] * decay_integral(m->b, m->dt),
        .take_re = K_cos * integral_re + K_sin * integral_im,
        .take_im = K_cos * integral_im - K_sin * integral_re,
        .remember = 1 - m->forget,
        .theta = m->theta,
        .keep_rise = exp(-m->theta_rate * m->dt),
        .hold = ceil(m->refractory_ms / m->dt - 1e-9),
    };
}

void h4l_srm_run(const struct h4l_srm *m, const double *x, size_t steps, size_t capacity,
                 double *ret_t, size_t *ret_n)
{
    const struct step p = propagator(m);
    double a = 0, b = 0, re = 0, im = 0;                 // of kappa
    double eta_a = 0, eta_b = 0, eta_re = 0, eta_im = 0; // of eta
    double free_at = 0, rise = 0;                        // rise: of theta
    size_t n = 0;

    for (size_t s = 0; s < steps; s++) {
        double I = x[s], old = re, eta_old = eta_re, u;

        a = p.keep_a * a + p.take_a * I;
        b = p.keep_b * b + p.take_b * I;
        re = p.keep_re * old - p.keep_im * im + p.take_re * I;
        im = p.keep_im * old + p.keep_re * im + p.take_im * I;
        eta_a = p.keep_a * eta_a;
        eta_b = p.keep_b * eta_b;
        eta_re = p.keep_re * eta_old - p.keep_im * eta_im;
        eta_im = p.keep_im * eta_old + p.keep_re * eta_im;
        rise *= p.keep_rise;
        u = a + b + re + (eta_a + eta_b + eta_re);
        if (!(u > p.theta + rise) || (double)s < free_at)
            continue;
        if (n < capacity)
            ret_t[n] = (double)s * m->dt;
        n++;
        free_at = (double)s + 1 + p.hold;
        rise += m->theta_jump;
        a *= p.remember;
        b *= p.remember;
        re *= p.remember;
        im *= p.remember;
        eta_a = m->eta[H4L_SRM_FAST];
        eta_b = m->eta[H4L_SRM_SLOW];
        eta_re = m->eta[H4L_SRM_COS];
        eta_im = -m->eta[H4L_SRM_SIN];
    }
    *ret_n = n;
}

enum { LANES = H4L_SUBNET_LANES };

struct lanes {
    double a[LANES], b[LANES], re[LANES], im[LANES];
    double eta_a[LANES], eta_b[LANES], eta_re[LANES], eta_im[LANES];
    double u[LANES], theta[LANES], rise[LANES], free_at[LANES];
};

// One step of all lanes; true when some lane is above the threshold. Written so that the compiler makes vectors of it.
static int advance(const struct step *p, struct lanes *v, const double *x)
{
    int above = 0;

    for (int l = 0; l < LANES; l++) {
        double I = x[l], old = v->re[l], eta_old = v->eta_re[l];

        v->a[l] = p->keep_a * v->a[l] + p->take_a * I;
        v->b[l] = p->keep_b * v->b[l] + p->take_b * I;
        v->re[l] = p->keep_re * old - p->keep_im * v->im[l] + p->take_re * I;
        v->im[l] = p->keep_im * old + p->keep_re * v->im[l] + p->take_im * I;
        v->eta_a[l] = p->keep_a * v->eta_a[l];
        v->eta_b[l] = p->keep_b * v->eta_b[l];
        v->eta_re[l] = p->keep_re * eta_old - p->keep_im * v->eta_im[l];
        v->eta_im[l] = p->keep_im * eta_old + p->keep_re * v->eta_im[l];
        v->rise[l] = p->keep_rise * v->rise[l];
        v->theta[l] = p->theta + v->rise[l];
        v->u[l] = v->a[l] + v->b[l] + v->re[l] + (v->eta_a[l] + v->eta_b[l] + v->eta_re[l]);
    }
    for (int l = 0; l < LANES; l++)
        above |= v->u[l] > v->theta[l];
    return above;
}

static void spike(const struct h4l_srm *m, const struct step *p, struct lanes *v, int l, double s)
{
    v->free_at[l] = s + 1 + p->hold;
    v->rise[l] += m->theta_jump;
    v->a[l] *= p->remember;
    v->b[l] *= p->remember;
    v->re[l] *= p->remember;
    v->im[l] *= p->remember;
    v->eta_a[l] = m->eta[H4L_SRM_FAST];
    v->eta_b[l] = m->eta[H4L_SRM_SLOW];
    v->eta_re[l] = m->eta[H4L_SRM_COS];
    v->eta_im[l] = -m->eta[H4L_SRM_SIN];
}

void h4l_srm_run_lanes(const struct h4l_srm *m, const double *x, size_t steps, size_t capacity,
                       double *ret_t, size_t ret_n[LANES])
{
    const struct step p = propagator(m);
    struct lanes v = {0};

    for (int l = 0; l < LANES; l++)
        ret_n[l] = 0;
    for (size_t s = 0; s < steps; s++) {
        if (!advance(&p, &v, x + s * LANES))
            continue;
        for (int l = 0; l < LANES; l++) {
            if (!(v.u[l] > v.theta[l]) || (double)s < v.free_at[l])
                continue;
            if (ret_n[l] < capacity)
                ret_t[(size_t)l * capacity + ret_n[l]] = (double)s * m->dt;
            ret_n[l]++;
            spike(m, &p, &v, l, (double)s);
        }
    }
}

void h4l_srm_margin_lanes(const struct h4l_srm *m, const double *x, const uint16_t *fires,
                          size_t steps, double *ret_margin)
{
    const struct step p = propagator(m);
    struct lanes v = {0};

    for (size_t s = 0; s < steps; s++) {
        double *margin = ret_margin + s * LANES;

        advance(&p, &v, x + s * LANES);
        for (int l = 0; l < LANES; l++) {
            double d = v.u[l] - v.theta[l];

            margin[l] = (double)s < v.free_at[l] && d > 0 ? 0 : d;
        }
        for (int l = 0; fires[s] && l < LANES; l++)
            if (fires[s] >> l & 1)
                spike(m, &p, &v, l, (double)s);
    }
}
