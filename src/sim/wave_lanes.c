#include "sim/wave_lanes.h"

#include <math.h>

static void sine(const struct h4l_wave *w, const double *start, int lanes, double step,
                 size_t values, double *ret)
{
    double s[H4L_WAVE_LANES], c[H4L_WAVE_LANES];
    double turn_s = sin(w->omega_per_ms * step), turn_c = cos(w->omega_per_ms * step);

    for (int j = 0; j < lanes; j++) {
        double angle = w->omega_per_ms * start[j] + w->phase;
        s[j] = sin(angle);
        c[j] = cos(angle);
    }
    for (size_t i = 0; i < values; i++)
        for (int j = 0; j < lanes; j++) {
            double next = s[j] * turn_c + c[j] * turn_s;
            ret[i * (size_t)lanes + (size_t)j] = w->offset + w->amplitude * s[j];
            c[j] = c[j] * turn_c - s[j] * turn_s;
            s[j] = next;
        }
}

void h4l_wave_lanes(const struct h4l_wave *wave, const double *start_ms, int lanes, double step_ms,
                    size_t values, double *ret)
{
    if (wave->kind == H4L_WAVE_SINE) {
        sine(wave, start_ms, lanes, step_ms, values, ret);
        return;
    }
    for (size_t i = 0; i < values; i++)
        for (int j = 0; j < lanes; j++)
            ret[i * (size_t)lanes + (size_t)j] =
                h4l_wave_value(wave, start_ms[j] + (double)i * step_ms);
}
