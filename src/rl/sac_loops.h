// The elementwise loops of sac_real.c, compiled per type (base/real.h) and instruction level (base/level.h); without contraction and
// reordering all levels give the same bytes.
#ifndef H4L_RL_SAC_LOOPS_H
#define H4L_RL_SAC_LOOPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

struct NAME(h4l_sac_loops) {
    // to[c to_row + r] = from[r from_row + c].
    void (*transpose)(size_t rows, size_t columns, const REAL *from, size_t from_row, REAL *to,
                      size_t to_row);
    // Backward through a ReLU whose output was y: dy is cleared where y is 0. The columns' sums, the gradient of the bias, go to db.
    void (*relu_back)(int n, int out, const REAL *y, REAL *dy, REAL *db);
    // to[k] = scale * from[k] where y[k] > 0, else 0.
    void (*gate)(int n, const REAL *from, REAL scale, const REAL *y, REAL *to);
    // Adam as torch.optim.Adam without weight decay: beta 0.9, 0.999, eps 1e-8; step = rate / (1 - 0.9^count), root =
    // 1 / sqrt(1 - 0.999^count). A slow copy follows in the same pass if there is one: slow <- (1 - tau) slow + tau p.
    // Moments below the normal numbers become 0.
    void (*adam)(size_t n, REAL step, REAL root, const REAL *grad, REAL *m, REAL *v, REAL *p,
                 REAL tau, REAL *slow);
};

#endif
