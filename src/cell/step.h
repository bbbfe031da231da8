// What the vector files (NAME.lanes.h) are written in. Such a file defines, for vectors of neurons that lie beside each other,
//
//   enum { STATES, INPUTS, TRAINS, MIXING, TABLES, MEMORYLESS, VARIES }
//                 S, P, R, M (with VARIES: the most of them, and struct h4l_window has the numbers), tables; MEMORYLESS:
//                 all steps with the same input are the same
//   fire(w, x, s)                     trains s[R] of the states x[S], as masks
//   step(w, f, in, x, s)              states x[S] of step t from those of t - 1; s: the trains of t - 1; in[P]: inputs with the drive
//   step_back(w, f, x, before, ds, dx, din, dmix)
//                 dx[S]: the gradient to the states of step t + 1 comes in, that to the states x of step t goes out; f: factors of
//                 step t + 1; before: states of t - 1 (zeros before the first); ds[R]: gradient to the trains of t; din[P]: to its
//                 inputs; dmix[M] is added to
#ifndef H4L_CELL_STEP_H
#define H4L_CELL_STEP_H

#include "base/lanes.h"
#include "cell/window.h"

// Whether products and sums may fuse: 1 in the networks, 0 in the policies (meson.build).
#ifndef H4L_FUSED
#define H4L_FUSED 0
#endif

typedef struct NAME(h4l_window) window;

// What a step multiplies by. A neuron of a network lies beside itself, in 16 samples; one of a policy beside its neighbours.
#if H4L_FUSED
typedef REAL factor;
#define FACTOR(x) ((REAL)(x))
#else
typedef lanes factor;
#define FACTOR(x) SPLAT(x)
#endif

// gain: of the input; tables: see struct h4l_cell.
struct factors {
    int t;
    factor decay, gain, table[H4L_CELL_MAX_TABLES];
};

#endif
