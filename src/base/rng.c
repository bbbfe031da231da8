#include "base/rng.h"

#include <math.h>
#include <string.h>

#include <Random123/philox.h>

enum { WORDS = 4 }; // 64-bit words of a Philox block

// 64-bit FNV-1a (Fowler, Noll, Vo; offset basis and prime as in draft-eastlake-fnv).
uint64_t h4l_rng_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        hash = (hash ^ *c) * UINT64_C(0x100000001b3);
    return hash;
}

// Computes the block with number rng->block. The counter is (block, index, 0, 0): two streams of a purpose differ in the
// second word in every block, so they never meet, and each has 2^64 blocks.
static void next_block(struct h4l_rng *rng)
{
    philox4x64_ctr_t counter = {{rng->block, rng->index, 0, 0}};
    philox4x64_key_t key = {{rng->key[0], rng->key[1]}};
    philox4x64_ctr_t out = philox4x64_R(10, counter, key);

    memcpy(rng->buffer, out.v, sizeof rng->buffer);
    rng->block++;
    rng->used = 0;
}

void h4l_rng_init(struct h4l_rng *rng, uint64_t seed, const char *purpose, uint64_t index)
{
    memset(rng, 0, sizeof *rng);
    rng->key[0] = seed;
    rng->key[1] = h4l_rng_hash(purpose);
    rng->index = index;
    rng->used = WORDS;
}

void h4l_rng_seek(struct h4l_rng *rng, uint64_t n)
{
    rng->block = n / WORDS;
    rng->used = WORDS;
    if (n % WORDS) {
        next_block(rng);
        rng->used = (unsigned)(n % WORDS);
    }
}

uint64_t h4l_rng_tell(const struct h4l_rng *rng)
{
    return rng->block * WORDS - (WORDS - rng->used);
}

uint64_t h4l_rng_u64(struct h4l_rng *rng)
{
    if (rng->used == WORDS)
        next_block(rng);
    return rng->buffer[rng->used++];
}

double h4l_rng_uniform(struct h4l_rng *rng)
{
    return (double)(h4l_rng_u64(rng) >> 11) * 0x1p-53;
}

double h4l_rng_between(struct h4l_rng *rng, double lo, double hi)
{
    double x = lo + (hi - lo) * h4l_rng_uniform(rng);

    // the sum may round up to hi, which the half-open interval excludes
    return x < hi ? x : lo < hi ? nextafter(hi, lo) : lo;
}

double h4l_rng_normal(struct h4l_rng *rng)
{
    static const double two_pi = 6.283185307179586476925;
    double u = 1.0 - h4l_rng_uniform(rng); // (0, 1]: the logarithm stays finite
    double angle = two_pi * h4l_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(angle);
}

uint64_t h4l_rng_below(struct h4l_rng *rng, uint64_t n)
{
    // Lemire, ACM Trans. Model. Comput. Simul. 29 (2019), algorithm 5: the high word of word * n is uniform once the low
    // words below 2^64 mod n are rejected.
    unsigned __int128 product = (unsigned __int128)h4l_rng_u64(rng) * n;

    if ((uint64_t)product < n) {
        uint64_t rest = (0 - n) % n; // 2^64 mod n

        while ((uint64_t)product < rest)
            product = (unsigned __int128)h4l_rng_u64(rng) * n;
    }
    return (uint64_t)(product >> 64);
}

void h4l_rng_shuffle(struct h4l_rng *rng, uint32_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)h4l_rng_below(rng, i);
        uint32_t item = items[j];

        items[j] = items[i - 1];
        items[i - 1] = item;
    }
}
