// Learning neurons: the cells that the layers of the learning networks and policies are made of. They are NOT the neurons of
// neuron/hh.h, s_lif.h and tv_lif.h: no cell has a physical unit that survives its training code.
//
// A cell is one row. NAME.c is its plain definition (one neuron, one window, double, forward and backward through time with the
// rectangular surrogate) with the row at its end; NAME.lanes.h is the same step in vectors, for the one driver of
// windows (cell/window.c). The list of the names stands in src/cell/meson.build, and nowhere else.
//
// Letters: T steps of a window, U units of a neuron, P input projections, R spike trains that it sends on, M mixing weights,
// S state variables: U potentials, and behind them, unit by unit, what else a unit remembers.
#ifndef H4L_CELL_CELL_H
#define H4L_CELL_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "neuron/topology.h"

struct h4l_run; // base/family.h

enum {
    H4L_CELL_MAX_WINDOW = 64, // as many as an image has rows
    H4L_CELL_MAX_UNITS = H4L_TOPOLOGY_UNITS,
    H4L_CELL_MAX_STATES = H4L_TOPOLOGY_UNITS,
    H4L_CELL_MAX_INPUTS = H4L_TOPOLOGY_UNITS,
    H4L_CELL_MAX_MIXING = H4L_TOPOLOGY_EDGES + H4L_TOPOLOGY_UNITS,
    H4L_CELL_MAX_OWN = 16,   // constants of a cell's own
    H4L_CELL_MAX_TABLES = 4, // factors that change from step to step
    H4L_CELL_RATES = 6,      // numbers that a neuron may have for itself
    H4L_CELL_MAX_VALUES = 6 + H4L_CELL_MAX_OWN,
};

// Where a cell's published constants come from.
enum h4l_cell_experiment {
    H4L_CELL_FC,   // multi-task, fully connected
    H4L_CELL_CONV, // multi-task, convolutional
    H4L_CELL_MI,   // mutual information
    H4L_CELL_IP,   // reinforcement learning, InvertedPendulum
    H4L_CELL_IDP,  // reinforcement learning, InvertedDoublePendulum
    H4L_CELL_EXPERIMENTS
};

struct h4l_cell;

// A cell with its constants. Those that the cell does not use (struct h4l_cell.uses) stay as they are.
struct h4l_cell_constants {
    const struct h4l_cell *cell;
    int window;                   // T, 1..64
    double threshold;             // spike where v > threshold
    double half_width;            // surrogate: ds/dv = 1 where |v - threshold| < half_width, else 0
    double decay;                 // of a potential, per step
    bool reset;                   // the factor (1 - s) of the step after a spike
    double drive;                 // constant added to every input; published: 0
    double own[H4L_CELL_MAX_OWN]; // the cell's own, in the order of its row
    struct h4l_topology topology; // of cell "topology"
    // For tests: a spike is the ramp clamp(v - threshold + 1/2, 0, 1). With half_width 1/2 the surrogate is its derivative, so the
    // backward pass is then the gradient of the forward one.
    bool ramp;
    // The backward pass goes through one step only: a state counts as a function of the last step's input, the one before as a constant.
    bool cut;
};

// Which of the shared constants a cell uses; all of them use window, threshold, half_width and drive.
enum { H4L_CELL_DECAY = 1, H4L_CELL_RESET = 2, H4L_CELL_TOPOLOGY = 4 };

// A constant of a cell's own.
struct h4l_cell_own {
    const char *name, *unit, *help;
};

// What was published for a cell in an experiment, the constants of its network and its policy included.
struct h4l_cell_published {
    int window; // 0: not published; the cell's row of H4L_CELL_FC holds
    double threshold, half_width, decay;
    bool reset;
    double own[H4L_CELL_MAX_OWN];
    double projection_scale, learning_rate, l2; // see struct h4l_net_spec; 0: as all networks
    bool xavier;                                // see struct h4l_net_spec
    double dt_max, rate_max;                    // see struct h4l_sac_spec
};

// Operations of the paper's Fig. 5b (net/count.h).
struct h4l_operations {
    double add, mul;
};

struct h4l_cell {
    const char *name;        // as in "fc-NAME", on the command line and in checkpoints
    const char *label;       // as in figures
    const char *description; // one line
    unsigned uses;           // shared constants
    struct h4l_cell_own own[H4L_CELL_MAX_OWN];  // up to the first without a name
    const struct h4l_cell_published *published; // [H4L_CELL_EXPERIMENTS]
    const char *topology;                       // default of a cell that has one
    bool counter_slips; // the published counter takes the sums of its second conv for the products
    int rates;          // numbers of each neuron, drawn once and never trained, 0..H4L_CELL_RATES
    int tables;         // factors that change from step to step, 0..H4L_CELL_MAX_TABLES

    // U, P, R, M (NULL: 1, 1, 1, 0), and state variables per unit (0: 1, its potential).
    int (*units)(const struct h4l_cell_constants *k);
    int (*inputs)(const struct h4l_cell_constants *k);
    int (*trains)(const struct h4l_cell_constants *k);
    int (*mixing)(const struct h4l_cell_constants *k);
    int variables;
    // Mixing weights that unit u takes, its constant behind them not counted (NULL: none).
    int (*arrows)(const struct h4l_cell_constants *k, int u);

    // What h4l_cell_check asks beyond ranges; NULL: nothing.
    int (*check)(const struct h4l_cell_constants *k, struct h4l_err *err);

    // Runs one neuron through its window. rates: [rates]; mix: [M]; input: [P][T]. ret_x: state after each step, before a
    // reset, [S][T]; ret_s: spikes 0, 1 (or ramps) of its trains, [R][T].
    void (*forward)(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                    const double *input, double *ret_x, double *ret_s);
    // Back through the window. x, s: from the forward run; ds: gradient of the loss to each spike from outside, [R][T].
    // ret_dinput: [P][T]; dmix: the gradient of mix is added to dmix[M].
    void (*backward)(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                     const double *x, const double *s, const double *ds, double *ret_dinput,
                     double *dmix);

    // For the vector files: ret[tables][T], factors of the steps of a neuron with these rates; and the factor of its input
    // in a step (NULL: 1).
    void (*tabulate)(const struct h4l_cell_constants *k, const double *rates, double *ret);
    double (*gain)(const struct h4l_cell_constants *k);

    // Operations of a neuron in a step, as the published counter counts them; numbers that it keeps from step to step
    // (NULL: its state variables).
    struct h4l_operations (*operations)(const struct h4l_cell_constants *k);
    int (*kept)(const struct h4l_cell_constants *k);
};

// All cells, in the order of src/cell/meson.build; NULL behind the last.
extern const struct h4l_cell *const h4l_cells[];
// Row i of the table for a list: its name, and one line about it; NULL behind the last.
const char *h4l_cell_listed(size_t i, const char **ret_description);
// The cell of that name; NULL if there is none.
const struct h4l_cell *h4l_cell_find(const char *name);
// "lif, hh, ..." for messages; cut off behind size - 1 characters.
void h4l_cell_names(char *ret, size_t size);

// The published constants of a cell in an experiment, or its own default ones where nothing was published.
struct h4l_cell_constants h4l_cell_published(const struct h4l_cell *cell,
                                             enum h4l_cell_experiment experiment);
// The row these come from.
const struct h4l_cell_published *h4l_cell_source(const struct h4l_cell *cell,
                                                 enum h4l_cell_experiment experiment);

// H4L_E_RANGE with the constant's name unless: there is a cell; 1 <= window <= 64; half_width > 0; all constants that the cell uses finite; what
// the cell asks.
int h4l_cell_check(const struct h4l_cell_constants *k, struct h4l_err *err);

int h4l_cell_units(const struct h4l_cell_constants *k);  // U
int h4l_cell_inputs(const struct h4l_cell_constants *k); // P
int h4l_cell_trains(const struct h4l_cell_constants *k); // R
int h4l_cell_mixing(const struct h4l_cell_constants *k); // M
int h4l_cell_states(const struct h4l_cell_constants *k); // S
int h4l_cell_arrows(const struct h4l_cell_constants *k,
                    int u); // mixing weights of unit u, but for its constant
int h4l_cell_kept(const struct h4l_cell_constants *k); // numbers kept from step to step

// The constants that the cell uses, by name, in a fixed order: window, threshold, half_width, drive, decay, reset, its own. Flags are 0
// or 1; a topology is not among them. Returns their number.
struct h4l_cell_value {
    const char *name;
    double value;
};
int h4l_cell_values(const struct h4l_cell_constants *k,
                    struct h4l_cell_value ret[H4L_CELL_MAX_VALUES]);
// Where the constant of that name lies (not window and reset, which are no doubles); NULL if the cell does not use it.
double *h4l_cell_constant(struct h4l_cell_constants *k, const char *name);
// Sets it; a cell that does not use it stays as it is.
void h4l_cell_set(struct h4l_cell_constants *k, const char *name, double value);

// Sets a constant of the cell's own. H4L_E_USAGE: it has none of that name, and the message lists those it has; or there is no cell.
int h4l_cell_set_own(struct h4l_cell_constants *k, const char *name, double value,
                     struct h4l_err *err);

// Sets those that the user gave as --set cell.NAME=VALUE (struct h4l_constants, base/family.h), in their order. Errors: those of h4l_cell_set_own.
int h4l_cell_set_asked(struct h4l_cell_constants *k, const struct h4l_run *run,
                       struct h4l_err *err);

// Runs one neuron, as struct h4l_cell says; spikes as 0, 1.
void h4l_cell_forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                      const double *input, double *ret_x, uint8_t *ret_s);
void h4l_cell_backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                       const double *x, const uint8_t *s, const double *ds, double *ret_dinput,
                       double *dmix);

// For the plain files: the spike at potential v, and its surrogate derivative.
static inline double h4l_cell_spike(const struct h4l_cell_constants *k, double v)
{
    double a = v - k->threshold + 0.5;

    if (!k->ramp)
        return v > k->threshold;
    return a < 0 ? 0 : a > 1 ? 1 : a;
}

static inline double h4l_cell_inside(const struct h4l_cell_constants *k, double v)
{
    double from = v - k->threshold;

    return from < k->half_width && from > -k->half_width ? 1.0 : 0.0;
}

#endif
