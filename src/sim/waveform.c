#include "sim/waveform.h"

#include <math.h>
#include <string.h>

// The published constants, in the order of enum h4l_wave_kind.
static const struct h4l_wave published[H4L_WAVE_PUBLISHED] = {
    {.kind = H4L_WAVE_CONST, .offset = 9},
    {.kind = H4L_WAVE_SINE, .offset = 11.5, .amplitude = -19, .omega_per_ms = 1.2},
    {.kind = H4L_WAVE_SQUARE,
     .offset = 9,
     .amplitude = -15.5,
     .period_ms = 8.5,
     .tick_ms = 1,
     .edge_ms = 0.001},
    {.kind = H4L_WAVE_SAWTOOTH, .offset = 6.5, .amplitude = 11, .period_ms = 8.5},
    {.kind = H4L_WAVE_TRIANGLE, .offset = 7, .amplitude = 7, .period_ms = 8.5},
};
static const char *const names[] = {"const", "sine", "square", "sawtooth", "triangle", "table"};

const char *h4l_wave_name(enum h4l_wave_kind kind)
{
    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : NULL;
}

int h4l_wave_published(enum h4l_wave_kind kind, struct h4l_wave *ret, struct h4l_err *err)
{
    if ((unsigned)kind >= H4L_WAVE_PUBLISHED)
        return h4l_fail(err, H4L_E_RANGE,
                        "waveform %d has no published constants: expected const, sine, square, "
                        "sawtooth or triangle",
                        (int)kind);
    *ret = published[kind];
    return H4L_OK;
}

int h4l_wave_published_by_name(const char *name, struct h4l_wave *ret, struct h4l_err *err)
{
    for (int i = 0; i < H4L_WAVE_PUBLISHED; i++)
        if (strcmp(name, names[i]) == 0) {
            *ret = published[i];
            return H4L_OK;
        }
    return h4l_fail(err, H4L_E_RANGE,
                    "unknown waveform \"%s\": expected const, sine, square, sawtooth or triangle",
                    name);
}

struct h4l_wave h4l_wave_const(double offset)
{
    return (struct h4l_wave){.kind = H4L_WAVE_CONST, .offset = offset};
}

struct h4l_wave h4l_wave_sine(double offset, double amplitude, double frequency_per_ms,
                              double phase)
{
    return (struct h4l_wave){.kind = H4L_WAVE_SINE,
                             .offset = offset,
                             .amplitude = amplitude,
                             .omega_per_ms = 2 * M_PI * frequency_per_ms,
                             .phase = phase};
}

int h4l_wave_check(const struct h4l_wave *w, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value;
        int ok;
    } fields[] = {
        {"offset", w->offset, isfinite(w->offset)},
        {"amplitude", w->amplitude, isfinite(w->amplitude)},
        {"omega_per_ms", w->omega_per_ms, isfinite(w->omega_per_ms)},
        {"phase", w->phase, isfinite(w->phase)},
        {"period_ms", w->period_ms,
         w->kind < H4L_WAVE_SQUARE || w->kind > H4L_WAVE_TRIANGLE ||
             (isfinite(w->period_ms) && w->period_ms > 0)},
        {"tick_ms", w->tick_ms, isfinite(w->tick_ms) && w->tick_ms >= 0},
        {"edge_ms", w->edge_ms, isfinite(w->edge_ms)},
    };

    if (!h4l_wave_name(w->kind))
        return h4l_fail(err, H4L_E_RANGE, "unknown waveform kind %d", (int)w->kind);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!fields[i].ok)
            return h4l_fail(err, H4L_E_RANGE, "%s waveform: %s = %g is outside its valid range",
                            h4l_wave_name(w->kind), fields[i].name, fields[i].value);
    if (w->kind == H4L_WAVE_TABLE && w->table.n < 1)
        return h4l_fail(err, H4L_E_RANGE, "table waveform: no samples");
    return H4L_OK;
}

static double mod(double t, double period)
{
    return t - period * floor(t / period);
}

static double sgn(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}

// sgn of the square at time t; constant within a tick.
static double square_sign(const struct h4l_wave *w, double t)
{
    double P = w->period_ms, q = w->tick_ms;

    if (q > 0)
        return sgn(mod(q * floor(t / q), P) - (P - q) / 2 - w->edge_ms);
    return sgn(mod(t, P) - P / 2 - w->edge_ms);
}

double h4l_wave_value(const struct h4l_wave *w, double t)
{
    double P = w->period_ms;

    switch (w->kind) {
    case H4L_WAVE_CONST:
        return w->offset;
    case H4L_WAVE_SINE:
        return w->offset + w->amplitude * sin(w->omega_per_ms * t + w->phase);
    case H4L_WAVE_SQUARE:
        return w->offset + w->amplitude * square_sign(w, t);
    case H4L_WAVE_SAWTOOTH:
        return w->offset + w->amplitude / P * fabs(mod(t, P) + P / 2);
    case H4L_WAVE_TRIANGLE:
        return w->offset + w->amplitude / P * fabs(mod(t, P) - P / 2);
    case H4L_WAVE_TABLE:
        return h4l_wave_table_value(&w->table, t);
    }
    return NAN;
}

// Integral of the periodic part's shape (square: sgn, sawtooth and triangle: |...|) from 0 to r, 0 <= r <= period.
static double shape_integral(const struct h4l_wave *w, double r)
{
    double P = w->period_ms, half = P / 2, edge;

    switch (w->kind) {
    case H4L_WAVE_SQUARE: // -1 before the edge, +1 after it
        edge = fmin(fmax(half + w->edge_ms, 0), P);
        return r <= edge ? -r : r - 2 * edge;
    case H4L_WAVE_SAWTOOTH:
        return r * (r + P) / 2;
    case H4L_WAVE_TRIANGLE:
        return r <= half ? r * (P - r) / 2 : (P * P / 2 - r * (P - r)) / 2;
    case H4L_WAVE_CONST: // these have no such part
    case H4L_WAVE_SINE:
    case H4L_WAVE_TABLE:
        break;
    }
    return NAN;
}

// Mean of the shape over [a, b]: whole periods plus the two ends.
static double shape_mean(const struct h4l_wave *w, double a, double b)
{
    double P = w->period_ms, whole = floor(b / P) - floor(a / P);

    return (whole * shape_integral(w, P) + shape_integral(w, mod(b, P)) -
            shape_integral(w, mod(a, P))) /
           (b - a);
}

// Mean of the sign of a square that advances in ticks: constant in each tick. The sum takes O((b - a) / tick) terms.
static double tick_mean(const struct h4l_wave *w, double a, double b)
{
    double q = w->tick_ms, sum = 0;
    double first = floor(a / q), last = floor(b / q);

    if (first == last)
        return square_sign(w, a);
    for (double k = first; k <= last; k++) {
        double from = fmax(a, k * q), to = fmin(b, (k + 1) * q);
        if (to > from)
            sum += (to - from) * square_sign(w, (k + 0.5) * q);
    }
    return sum / (b - a);
}

// (sin x) / x
static double sinc(double x)
{
    return x == 0 ? 1 : sin(x) / x;
}

double h4l_wave_mean(const struct h4l_wave *w, double t0, double t1)
{
    switch (w->kind) {
    case H4L_WAVE_CONST:
        return w->offset;
    case H4L_WAVE_SINE: // the sum-to-product form of the difference of cosines keeps its digits when t1 - t0 is small
        return w->offset + w->amplitude * sin(w->omega_per_ms * (t0 + t1) / 2 + w->phase) *
                               sinc(w->omega_per_ms * (t1 - t0) / 2);
    case H4L_WAVE_SQUARE:
        return w->offset +
               w->amplitude * (w->tick_ms > 0 ? tick_mean(w, t0, t1) : shape_mean(w, t0, t1));
    case H4L_WAVE_SAWTOOTH:
    case H4L_WAVE_TRIANGLE:
        return w->offset + w->amplitude / w->period_ms * shape_mean(w, t0, t1);
    case H4L_WAVE_TABLE:
        return h4l_wave_table_mean(&w->table, t0, t1);
    }
    return NAN;
}

void h4l_wave_fill(const struct h4l_wave *wave, double start, double step, size_t n, double *ret)
{
    for (size_t k = 0; k < n; k++)
        ret[k] = h4l_wave_value(wave, start + (double)k * step);
}

void h4l_wave_fill_means(const struct h4l_wave *wave, double start, double step, size_t n,
                         double *ret)
{
    for (size_t k = 0; k < n; k++)
        ret[k] = h4l_wave_mean(wave, start + (double)k * step, start + (double)(k + 1) * step);
}
