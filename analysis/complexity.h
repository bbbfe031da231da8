// Complexity of symbol sequences and time series: Lempel-Ziv (1976) complexity and permutation entropy.
#ifndef H4L_ANALYSIS_COMPLEXITY_H
#define H4L_ANALYSIS_COMPLEXITY_H

#include <stddef.h>

#include "base/err.h"

struct h4l_lz76 {
    size_t phrases; // number of components of the exhaustive history; an unfinished last one counts
    double
        normalised; // phrases log_alphabet(n) / n: tends to 1 for independent uniform symbols; NaN for n < 2
};

// Lempel & Ziv (IEEE Trans. Inf. Theory 1976): the sequence s[0..n-1] is read left to right and cut each time the current
// phrase cannot be copied from what precedes its last symbol (copies may overlap). Symbols are 0..alphabet-1,
// 2 <= alphabet <= 256; n >= 1. ret_ends, if not NULL, gets the end (exclusive) of each phrase and needs room for n. O(n) time,
// 8 n (alphabet + 3) bytes. H4L_E_RANGE (a symbol outside the alphabet, n out of 1..2^30), H4L_E_NOMEM.
int h4l_lz76(const unsigned char *s, size_t n, unsigned alphabet, struct h4l_lz76 *ret,
             size_t *ret_ends, struct h4l_err *err);

struct h4l_permutation_entropy {
    double nats, bits, normalised; // normalised: over log(order!), 0..1
    size_t patterns, distinct; // number of windows; number of different ordinal patterns among them
};

// Bandt & Pompe (Phys. Rev. Lett. 2002): Shannon entropy of the ordinal patterns of x[i], x[i+lag], ..., x[i+(order-1) lag].
// Equal values rank by their position (the earlier is the smaller). 2 <= order <= 12, lag >= 1, n > (order-1) lag, x without
// NaN. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_permutation_entropy(const double *x, size_t n, unsigned order, size_t lag,
                            struct h4l_permutation_entropy *ret, struct h4l_err *err);

#endif
