// Spike-time patterns: classes of random smooth manifolds of spike times, after Zenke and Vogels (Neural Computation 33 (2021)), made
// from a seed. Every input unit spikes once in every pattern, so that a pattern's mean over time tells nothing of its class.
#ifndef H4L_DATA_TIMING_H
#define H4L_DATA_TIMING_H

#include "data/multi.h"

// The first n patterns of a split. A pattern is an image of side x side pixels: row t is time t, column u is unit u, 255 where the unit
// spikes and 0 elsewhere. Pattern i is of class i modulo 10; labels are [n][1]. Of class c unit u spikes at time floor(side f(x)),
//     f(x) = sum over k = 1..8 of k^-2 a_k sin(2 pi (k x + p_k)), brought to 0..1 over x,
// with a_k uniform in -1..1 and p_k in 0..1 of the class and unit, x uniform in 0..1 of the pattern. H4L_E_RANGE (n 0, side not 8..64),
// H4L_E_NOMEM.
int h4l_timing_make(size_t side, size_t n, uint64_t seed, enum h4l_split split,
                    struct h4l_multi *ret, struct h4l_err *err);

#endif
