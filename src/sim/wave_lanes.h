// A waveform seen by several trajectories at once, each with a time of its own: the currents of the ensemble kernels.
#ifndef H4L_SIM_WAVE_LANES_H
#define H4L_SIM_WAVE_LANES_H

#include "sim/waveform.h"

enum { H4L_WAVE_LANES = 16 }; // at most

// ret[i * lanes + j] = wave at start_ms[j] + i step_ms, i = 0 .. values - 1, 1 <= lanes <= H4L_WAVE_LANES. A sine is turned on from its
// exact start by rotation, two products a value; the error grows to values times 1e-16 of the amplitude.
void h4l_wave_lanes(const struct h4l_wave *wave, const double *start_ms, int lanes, double step_ms,
                    size_t values, double *ret);

#endif
