// Counter-based random numbers: Philox4x64-10 (Salmon et al., SC 2011) from Random123.
//
// A stream is named by (seed, purpose, index): the seed is the run's, the purpose says what the numbers are for ("fc
// weights", "jitter"), the index counts independent streams of that purpose (sample, neuron, worker's item). Streams
// never overlap, so the numbers do not depend on how work is split over threads, ranks or restarts.
#ifndef H4L_BASE_RNG_H
#define H4L_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct h4l_rng {
    uint64_t key[2];    // seed, hash of the purpose
    uint64_t block;     // number of the next block of four words
    uint64_t index;     // stream index
    uint64_t buffer[4]; // words of the current block
    unsigned used;      // words of buffer already given out (0..4)
};

// 64-bit FNV-1a hash of a text.
uint64_t h4l_rng_hash(const char *text);

// Starts the stream (seed, purpose, index) at its beginning. purpose is any short text; its 64-bit FNV-1a hash enters the key.
void h4l_rng_init(struct h4l_rng *rng, uint64_t seed, const char *purpose, uint64_t index);

// Moves the stream to its n-th 64-bit word (n from 0): O(1), so a saved position can be resumed.
void h4l_rng_seek(struct h4l_rng *rng, uint64_t n);
// Number of 64-bit words given out so far.
uint64_t h4l_rng_tell(const struct h4l_rng *rng);

uint64_t h4l_rng_u64(struct h4l_rng *rng);
// Uniform on [0, 1) with 53 random bits: one word.
double h4l_rng_uniform(struct h4l_rng *rng);
// Uniform on [lo, hi); lo <= hi, hi - lo finite (lo == hi gives lo): one word.
double h4l_rng_between(struct h4l_rng *rng, double lo, double hi);
// Standard normal by Box-Muller (cosine branch): always two words, so positions stay countable.
double h4l_rng_normal(struct h4l_rng *rng);
// Uniform integer in 0..n-1 without modulo bias (Lemire 2019); n >= 1. Usually one word.
uint64_t h4l_rng_below(struct h4l_rng *rng, uint64_t n);
// Fisher-Yates permutation of items[0..n-1].
void h4l_rng_shuffle(struct h4l_rng *rng, uint32_t *items, size_t n);

#endif
