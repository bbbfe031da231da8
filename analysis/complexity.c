#include "analysis/complexity.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

// Suffix automaton (Blumer et al. 1985) of the whole sequence. State q stands for a set of substrings with the same end
// positions; first[q] is the earliest of these, which tells whether a substring has occurred before a given place.
struct automaton {
    int32_t *next; // next[q * alphabet + symbol], -1: none
    int32_t *link, *length, *first;
    int32_t states, last;
    unsigned alphabet;
};

static void automaton_extend(struct automaton *a, unsigned c, int32_t position)
{
    int32_t A = (int32_t)a->alphabet, q = a->states++, p = a->last;

    a->length[q] = a->length[p] + 1;
    a->first[q] = position;
    for (int32_t k = 0; k < A; k++)
        a->next[q * A + k] = -1;
    for (; p >= 0 && a->next[p * A + (int32_t)c] < 0; p = a->link[p])
        a->next[p * A + (int32_t)c] = q;
    a->last = q;
    if (p < 0) {
        a->link[q] = 0;
        return;
    }
    int32_t r = a->next[p * A + (int32_t)c];
    if (a->length[r] == a->length[p] + 1) {
        a->link[q] = r;
        return;
    }
    int32_t clone = a->states++;
    a->length[clone] = a->length[p] + 1;
    a->first[clone] = a->first[r];
    a->link[clone] = a->link[r];
    for (int32_t k = 0; k < A; k++)
        a->next[clone * A + k] = a->next[r * A + k];
    for (; p >= 0 && a->next[p * A + (int32_t)c] == r; p = a->link[p])
        a->next[p * A + (int32_t)c] = clone;
    a->link[q] = a->link[r] = clone;
}

static size_t parse(const struct automaton *a, const unsigned char *s, size_t n, size_t *ret_ends)
{
    size_t phrases = 0, A = a->alphabet;
    int32_t q = 0;

    for (size_t i = 0; i < n; i++) {
        q = a->next[(size_t)q * A + s[i]];
        // The phrase is new when it ends here for the first time.
        if ((size_t)a->first[q] == i || i + 1 == n) {
            if (ret_ends)
                ret_ends[phrases] = i + 1;
            phrases++;
            q = 0;
        }
    }
    return phrases;
}

int h4l_lz76(const unsigned char *s, size_t n, unsigned alphabet, struct h4l_lz76 *ret,
             size_t *ret_ends, struct h4l_err *err)
{
    size_t states = 2 * n + 1;

    if (alphabet < 2 || alphabet > 256)
        return h4l_fail(err, H4L_E_RANGE, "LZ76: alphabet of %u symbols, expected 2..256",
                        alphabet);
    if (n < 1 || states * alphabet > INT32_MAX)
        return h4l_fail(err, H4L_E_RANGE,
                        "LZ76: %zu symbols of an alphabet of %u, expected at least 1 and at most "
                        "%d / alphabet",
                        n, alphabet, INT32_MAX / 2);
    for (size_t i = 0; i < n; i++)
        if (s[i] >= alphabet)
            return h4l_fail(err, H4L_E_RANGE, "LZ76: symbol %zu is %u, expected 0..%u", i + 1, s[i],
                            alphabet - 1);
    int32_t *memory = malloc(states * (alphabet + 3) * sizeof *memory);
    if (!memory)
        return h4l_fail(err, H4L_E_NOMEM, "LZ76: no memory for %zu symbols", n);
    struct automaton a = {.next = memory,
                          .link = memory + states * alphabet,
                          .length = memory + states * (alphabet + 1),
                          .first = memory + states * (alphabet + 2),
                          .states = 1,
                          .alphabet = alphabet};
    a.link[0] = -1;
    a.length[0] = 0;
    a.first[0] = -1;
    for (unsigned k = 0; k < alphabet; k++)
        a.next[k] = -1;
    for (size_t i = 0; i < n; i++)
        automaton_extend(&a, s[i], (int32_t)i);
    ret->phrases = parse(&a, s, n, ret_ends);
    ret->normalised =
        n < 2 ? NAN : (double)ret->phrases * (log((double)n) / log(alphabet)) / (double)n;
    free(memory);
    return H4L_OK;
}

// The ordinal pattern as a number below order! (Lehmer code).
static uint32_t pattern(const double *x, unsigned order, size_t lag)
{
    uint32_t code = 0;

    for (unsigned i = 0; i < order; i++) {
        uint32_t smaller = 0;
        for (unsigned j = i + 1; j < order; j++)
            smaller += x[j * lag] < x[i * lag];
        code = code * (order - i) + smaller;
    }
    return code;
}

static int ascending_codes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

int h4l_permutation_entropy(const double *x, size_t n, unsigned order, size_t lag,
                            struct h4l_permutation_entropy *ret, struct h4l_err *err)
{
    struct h4l_permutation_entropy p = {0};

    if (order < 2 || order > 12 || lag < 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "permutation entropy: order %u, lag %zu; expected order 2..12, lag >= 1",
                        order, lag);
    if (lag > n || n <= (order - 1) * lag)
        return h4l_fail(err, H4L_E_RANGE,
                        "permutation entropy: %zu values, order %u and lag %zu need more than "
                        "(order - 1) lag",
                        n, order, lag);
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i]))
            return h4l_fail(err, H4L_E_RANGE, "permutation entropy: value %zu is NaN", i + 1);
    p.patterns = n - (order - 1) * lag;
    uint32_t *codes = malloc(p.patterns * sizeof *codes);
    if (!codes)
        return h4l_fail(err, H4L_E_NOMEM, "permutation entropy: no memory for %zu patterns",
                        p.patterns);
    for (size_t i = 0; i < p.patterns; i++)
        codes[i] = pattern(x + i, order, lag);
    qsort(codes, p.patterns, sizeof *codes, ascending_codes);
    for (size_t i = 0; i < p.patterns;) {
        size_t j = i;
        while (j < p.patterns && codes[j] == codes[i])
            j++;
        double share = (double)(j - i) / (double)p.patterns;
        if (share < 1) // keeps an exact 0 (and not -0) for a single pattern
            p.nats -= share * log(share);
        p.distinct++;
        i = j;
    }
    free(codes);
    double most = 0; // log(order!)
    for (unsigned k = 2; k <= order; k++)
        most += log(k);
    p.bits = p.nats / log(2);
    p.normalised = p.nats / most;
    *ret = p;
    return H4L_OK;
}
