// What a network of the multi-task experiments is made of: its parts as data, and where each of its parameters lies.
//
//   fc:   image -> neurons (H) -> mean of the spikes -> linear to E -> a linear head for each task
//   conv: image -> 3x3 conv, neurons, 2x2 mean -> 3x3 conv, neurons, 2x2 mean -> mean over the window -> linear to E -> heads
//
// Published: images of 36 x 36 pixels, E = 50, two tasks of ten classes (net/task.h).
//
// Letters: B batch, T steps, H channels (fc: neurons; conv: maps), U units, P input projections, R spike trains and M mixing
// weights of a neuron (cell/cell.h), W width of the readout, K classes of a task; D, E, O of net/task.h.
#ifndef H4L_NET_SPEC_H
#define H4L_NET_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cell/cell.h"
#include "net/task.h"
#include "net/true_layer.h"

// Which trains of a neuron the readout sees.
enum h4l_net_readout { H4L_NET_READ_ALL, H4L_NET_READ_LAST };

// A Gaussian between the linear layer and the heads (a variational information bottleneck, fc only). The linear layer gives E = 2 Z
// numbers h; for each image
//     mean_j = h_j,   sd_j = softplus(h_{Z+j} + shift),   z_j = mean_j + sd_j eps_j,   eps_j ~ N(0, 1),   j < Z
// and the heads see z. KL is the divergence of N(mean, sd^2) from N(0, 1), in nats: sum of (mean^2 + sd^2 - 1) / 2 - ln sd over j.
struct h4l_net_bottleneck {
    bool on;
    double shift; // published: -5
    double
        beta; // the gradient is that of the cross-entropies plus beta KL; 0: of the cross-entropies alone
};

struct h4l_net_spec {
    struct h4l_task
        task; // conv: side a multiple of 4, as two layers pool it; rows and their mean: the parts divide the side
    bool conv;
    struct h4l_cell_constants neuron; // cell NULL: true HH neurons, fc only
    struct h4l_true_layer true_hh;    // of these
    size_t parts;                     // of their window; of a cell's window it is the steps
    // The gradient cut to one step, for the probe whether a task needs dynamics: a state counts as a function of the last step's input,
    // the state before it as a constant (fc only).
    bool cut;
    int channels; // H: fc 1..16384 neurons (published 512; 4LIF 2048); conv 1..64 maps (10; 4LIF 40)
    enum h4l_net_readout readout; // published: all
    double
        projection_scale; // initial projection weights (not biases) of fc times this; published: HH 0.01, else 1
    struct h4l_net_bottleneck bottleneck;
    bool xavier; // fc: the projection starts uniform in +-sqrt(6 / (D' + H)), its bias at zero
    // Training as published.
    double learning_rate, l2;
    int n_milestones;
    int milestones[3]; // learning rate x 0.1 after so many epochs
    double beta1;      // of Adam; 0: 0.9
    double decay;      // learning rate times this after every decay_epochs epochs
    int decay_epochs;  // 0: never
    double
        average; // share that the exponential average of the parameters keeps of itself in a step; 0: none
};

// The network of a cell: name "fc-MODEL" or "conv-MODEL", MODEL the name of a cell (h4l_cells), or 4 and that name: four times as
// wide. Published are lif, 4lif, hh, slif2hh and ann; others have the training of these. "fc-truehh", and four times as wide, are of true
// HH neurons. H4L_E_USAGE otherwise.
int h4l_net_published(const char *name, struct h4l_net_spec *ret, struct h4l_err *err);
// The same network of s-LIF2HH with its sub-networks joined by another topology: 512 neurons (fc) or 10 maps (conv) of them, so the
// number of units differs. Not published. H4L_E_USAGE: h4l_topology_check.
int h4l_net_of_topology(bool conv, const struct h4l_topology *topology, struct h4l_net_spec *ret,
                        struct h4l_err *err);
// The network of the mutual information (Fig. 5d) of a cell, MODEL its name, or 4 and that name: images of 36 x 36 pixels, two tasks
// of ten classes, a bottleneck of Z = 256, beta 0. Published are lif, hh and slif2hh; others train as these and start as PyTorch's
// Linear does. H4L_E_USAGE otherwise.
int h4l_net_bottleneck_published(const char *model, struct h4l_net_spec *ret, struct h4l_err *err);
// The names of the published networks, in the order above; NULL behind the last.
extern const char *const h4l_net_names[];

// H4L_E_RANGE with the field's name unless every field is within its range.
int h4l_net_check(const struct h4l_net_spec *spec, struct h4l_err *err);

// Places of the tensors in the flat arrays of trainable parameters, constants, gradients. All row-major.
struct h4l_net_layout {
    size_t layer1_weight; // fc [P][H][D']; conv [P][H][1][3][3]
    size_t layer1_bias;   // [P][H]
    size_t layer2_weight; // conv [P][H][H][3][3]
    size_t layer2_bias;   // conv [P][H]
    size_t mix;           // [M], s-LIF2HH: c1, c2, c3, c0; conv: shared by both layers
    size_t
        own; // [6][H], true HH neurons that train their constants (net/true_layer.h), as in enum h4l_true_hh_own; else nothing
    size_t readout_weight; // [E][W]; input (channel * pixels + pixel) * R + train
    size_t readout_bias;   // [E]
    size_t head_weight;    // [tasks][K][seen] = [O][seen]
    size_t head_bias;      // [O]
    size_t parameters;     // number of trainable parameters
    size_t width;          // W
    size_t seen;           // numbers that the heads see: E, or Z of a bottleneck
    size_t mixing;         // M
    size_t n_own;          // 6 H, or 0
    size_t rates1, rates2; // HH: [6][n1], [6][n2], rate by rate, among the constants
    size_t
        n_rates1; // fc: H, one set per neuron; conv: side, one set per image column, the same in all rows and maps
    size_t n_rates2;  // conv: side / 2
    size_t constants; // number of constants, never trained
};
// Of a neuron: input projections P, trains R, mixing weights M; and the parts of its window, which may show different things.
size_t h4l_net_inputs(const struct h4l_net_spec *spec);
size_t h4l_net_trains(const struct h4l_net_spec *spec);
size_t h4l_net_mixing(const struct h4l_net_spec *spec);
size_t h4l_net_parts(const struct h4l_net_spec *spec);
// The inputs of a window: 1 where all parts show the same, else one for each.
size_t h4l_net_pieces(const struct h4l_net_spec *spec);

// spec must have passed h4l_net_check.
struct h4l_net_layout h4l_net_layout(const struct h4l_net_spec *spec);

// Draws initial parameters (ret_parameters[layout.parameters]) and constants (ret_constants[layout.constants]), each unless it is
// NULL, from the streams (seed, "net ...", tensor): weights and biases uniform in +-1/sqrt(fan_in) as in PyTorch's
// Linear and Conv2d, fc's projection weights times projection_scale, mixing weights of each unit in +-1/sqrt(its arrows), the fc networks' (not c0) as absolute values
// unless they have a bottleneck, trained constants of true HH 0, HH rates U(0, 0.01).
void h4l_net_init(const struct h4l_net_spec *spec, uint64_t seed, double *ret_parameters,
                  double *ret_constants);

// The constants of true HH neuron i with these parameters: the layer's, or its own, and then their derivatives by what is trained
// (ret_slope may be NULL).
void h4l_net_true_own(const struct h4l_net_spec *spec, const double *parameters, size_t i,
                      double ret_own[H4L_TRUE_HH_OWN], double ret_slope[H4L_TRUE_HH_OWN]);

// The rates of a neuron: number i (0..n-1) of the block of constants that begins at rates.
void h4l_net_rates(const struct h4l_net_spec *spec, const double *rates, size_t n, size_t i,
                   double ret[H4L_CELL_RATES]);

#endif
