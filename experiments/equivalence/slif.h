// The cases of claim E4: the two-neuron chain for five waveforms, its agreement map, and its fragility under jitter.
#ifndef H4L_EQUIVALENCE_SLIF_H
#define H4L_EQUIVALENCE_SLIF_H

#include "base/family.h"
#include "sim/slif_chain.h"

// Chains whose HH neurons are simulated side by side in the map and the jitter: a multiple of the vector kernels' tile, and
// few enough that many threads share the work. Results do not depend on it.
enum { H4L_SLIF_BATCH = 32 };

// slif-const ... slif-triangle; the case's ctx is the waveform's name.
int h4l_slif_run(struct h4l_run *run, struct h4l_err *err);
// slif-map: counts, timing and coincidence over frequency x amplitude of each waveform, and of noise.
int h4l_slif_map_run(struct h4l_run *run, struct h4l_err *err);
// slif-jitter: every hand-set constant varied at random, alone and together.
int h4l_slif_jitter_run(struct h4l_run *run, struct h4l_err *err);

// The published chain with the given waveform and whatever of --set slif_* the user changed.
int h4l_slif_chain(const struct h4l_run *run, const struct h4l_wave *wave, struct h4l_chain *ret,
                   struct h4l_err *err);

// Stretches a waveform in time and scales its amplitude: x(t) -> offset + factor (x(frequency t) - offset); const scales its offset.
struct h4l_wave h4l_slif_scale(const struct h4l_wave *wave, double frequency_factor,
                               double amplitude_factor);
// Its frequency, 1/ms: omega / 2 pi, 1 / period; 0 for const.
double h4l_slif_frequency(const struct h4l_wave *wave);

#endif
