// Products of the small matrices of an agent, compiled per type (base/real.h) and instruction level (base/level.h). A library packs
// both factors of each product and clears its result first, which for 64 samples costs as much as a third of the work; here one
// factor is read as it lies, a number at a time, and the other and the result in whole vectors.
#ifndef H4L_RL_PRODUCT_H
#define H4L_RL_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

// C(r, c) = start + sum over k of A(r, k) B(k, c), summed from k = 0 on; then ReLU if wanted. A(r, k) = a[r a_row + k a_depth],
// B(k, c) = b[k b_depth + c], C(r, c) = c[r c_row + c]. start: C itself if `add`, else bias[r], or 0 without one (NULL).
// Up to a vector (64 bytes) behind the last column of B and C may be read, never written; what stands there does not matter.
struct NAME(h4l_product) {
    size_t rows, columns, depth;
    const REAL *a;
    size_t a_row, a_depth;
    const REAL *b;
    size_t b_depth;
    REAL *c;
    size_t c_row;
    const REAL *bias;
    bool relu, add;
};

// The sums have one order at every level, whatever the number of lanes. avx2 and avx512 fuse products and sums and give the same
// bytes as each other, generic does not fuse.
struct NAME(h4l_products) {
    void (*multiply)(const struct NAME(h4l_product) * p);
    // The same for one column: y[r] = sum over k of a[r depth + k] x[k], plus bias[r] if there is one (not NULL); then ReLU if
    // wanted. Both factors lie in the direction of the sum, so it has 64 bytes of partial sums.
    void (*dots)(size_t rows, size_t depth, const REAL *a, const REAL *x, const REAL *bias,
                 bool relu, REAL *y);
};

#endif
