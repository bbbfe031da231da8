// The multi-task experiments: cases as lists of arms. An arm is a network with what an audit changes in it; a case trains each of
// its arms on the same seeds, data, order and noise.
#ifndef H4L_MULTITASK_H
#define H4L_MULTITASK_H

#include "base/family.h"
#include "data/multi.h"
#include "net/train.h"
#include "sim/subnet.h"

enum { H4L_MULTITASK_MAX_SEEDS = 64 };

// How much a case trains in each tier, unless --set or --seeds say otherwise.
enum h4l_budget {
    H4L_BUDGET_FC,             // one fully connected network
    H4L_BUDGET_FC_MANY,        // several of them
    H4L_BUDGET_CONV,           // one convolutional network
    H4L_BUDGET_CONV_MANY,      // several of them
    H4L_BUDGET_CONV_4LIF,      // the one that costs 16 times as much
    H4L_BUDGET_CONV_4LIF_MANY, // several of it
    H4L_BUDGET_TRUE_HH,        // one fully connected network of true HH neurons
};

// What the networks are shown: the two-task images; their rows one after another; spike-time patterns, too (data/timing.h).
enum h4l_shown { H4L_SHOWN_IMAGES, H4L_SHOWN_ROWS, H4L_SHOWN_TIMING };

// Does a task need dynamics? The same network without them: every part of the window shows the mean of the parts, or the gradient goes
// back through one step only.
enum h4l_probe { H4L_PROBE_NONE, H4L_PROBE_MEAN, H4L_PROBE_CUT };

enum h4l_switch { H4L_AS_PUBLISHED, H4L_ON, H4L_OFF };

struct h4l_arm {
    const char *name;        // in the metrics; NULL: the only arm, metrics without a name
    const char *network;     // a published network; of any_neuron: "fc" or "conv"
    double input_scale;      // 0: --set input_scale
    double projection_scale; // 0: the network's
    double noise;            // amplitude (milestones 10, 20, 30); negative: --set noise
    int noise_kind;          // 1 + enum h4l_noise_kind; 0: --set noise_kind
    int channels;            // 0: the network's
    double drive;            // constant added to every input
    double decay;            // LIF, s-LIF2HH: 0: the network's
    enum h4l_switch reset;   // LIF
    bool no_channels;        // HH: gNa = gK = 0
    bool no_leak_drive;      // HH: EL = 0, which takes away the constant drive gL EL
    bool last_unit;          // s-LIF2HH: readout of the fourth unit only
    int window;              // steps; 0: the network's
    const char *topology;    // sub-networks of this topology; NULL: the network's neurons
    bool any_topology;       // the same, of --set topology
    bool any_neuron;         // the network of --set neuron
};

// Values of the parameters, which main.c lists, and of what an arm changes.
struct h4l_multitask_options {
    const char *mnist_dir, *fashion_dir; // NULL: the folders that data/idx.h searches
    const char *data_dir;    // two-task images of the user's, ready; NULL: composed ones
    bool any_data;           // mnist_dir and fashion_dir need not be the published sets
    const char *trained_dir; // NULL: none
    long data_seed;
    size_t train_images, test_images;
    struct h4l_training_options training;
    bool best_epoch; // of the validation split; else the last epoch counts
    const char *topology;
    const char *neuron;
    char network[48];        // of the arm: "fc-lif"
    double decay, g_na, g_k; // of cells that have them; NaN: none
    int reset;               // the same; -1: none
    enum h4l_probe probe;
    size_t transfer_images;
    const char *transfer_fit; // NULL: the registered result
    struct h4l_net_spec spec;
    struct {
        double current, window, dt; // uA/cm^2, ms, ms
    } true_hh;
};

// Groups of cases with parameters of their own.
enum h4l_multitask_takes {
    H4L_TAKES_PUBLISHED = 1, // they train, as published
    H4L_TAKES_STATED = 2,    // they train, as stated in the paper: other defaults
    H4L_TAKES_TRAINING = H4L_TAKES_PUBLISHED | H4L_TAKES_STATED,
    // Where not all arms fix it themselves: elsewhere the parameter would do nothing, or make the arms' names wrong.
    H4L_TAKES_SCALE = 4,
    H4L_TAKES_WIDTH = 8,
    H4L_TAKES_NOISE = 16,
    H4L_TAKES_NOISE_KIND = 32,
    H4L_TAKES_TOPOLOGY = 64,
    H4L_TAKES_TRUE_HH = 128,
    H4L_TAKES_NEURON = 256,
    H4L_TAKES_CELL = 512,   // constants of cells
    H4L_TAKES_LAYER = 1024, // of layers of true HH neurons
    H4L_TAKES_PROBE = 2048,
    H4L_TAKES_UNIT_SCALE =
        4096, // the input's scale of networks that nobody published: pixels / 255
};

struct h4l_multitask_case {
    const char *name; // of the case, for its files
    enum h4l_budget budget;
    enum h4l_shown shown;
    // A1: are the trained parameters of the first two arms the same, and what do the channels of the first one do?
    bool audits_channels;
    // Metrics also as shares of the way from the first arm to this one; NULL: not.
    const char *gap_to;
    bool noise;        // metrics also as losses of accuracy against the first arm
    bool costs;        // a table of accuracy beside cost
    size_t quick_arms; // the quick tier runs the first of the arms only; 0: all
    const struct h4l_arm *arms;
    size_t n_arms;
};

// The table of cases.
extern const struct h4l_case h4l_multitask_cases[];
extern const size_t h4l_multitask_n_cases;

struct h4l_multitask_data {
    struct h4l_multi train, test; // belong to the process, not to the caller
    char name[200];               // SHA-256 of the sources, seed of the composition
    bool owned;                   // train and test are the caller's, to be freed
};

// Reads and composes the two data sets (--set mnist_dir, fashion_dir, data_check, data_seed), or reads data_dir, at the first case that asks, gives the first
// `train` and `test` images, and notes the files in the provenance.
int h4l_multitask_load(struct h4l_run *run, size_t train, size_t test,
                       struct h4l_multitask_data *ret, struct h4l_err *err);

// The same for spike-time patterns (--set data_seed), which need no file.
int h4l_multitask_timing(const struct h4l_run *run, size_t train, size_t test,
                         struct h4l_multitask_data *ret, struct h4l_err *err);

// A case of struct h4l_multitask_case.
int h4l_multitask_run(struct h4l_run *run, struct h4l_err *err);
// The CSV files of the cases, each declared where it is written.
extern const struct h4l_series h4l_multitask_epochs_series, h4l_multitask_final_series,
    h4l_multitask_cost_series, h4l_multitask_traces_series, h4l_multitask_samples_series,
    h4l_multitask_membranes_series, h4l_multitask_horizon_series;

// samples: a picture of composed images, as a table of pixels.
int h4l_multitask_samples(struct h4l_run *run, struct h4l_err *err);
// true-hh-gradient: the gradient of A4, of one neuron.
int h4l_multitask_true_hh(struct h4l_run *run, struct h4l_err *err);

// The parameters of one arm: what the case has in *o, then the arm's network and own values, then --set. H4L_E_RANGE, H4L_E_USAGE.
int h4l_multitask_arm(const struct h4l_run *run, const struct h4l_arm *arm, enum h4l_shown shown,
                      struct h4l_multitask_options *o, struct h4l_err *err);

// Share of (neuron or unit, step) of the first layer that lie inside the surrogate window before training, over the first images.
int h4l_multitask_inside(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const struct h4l_multi *images, size_t n, double *ret,
                         struct h4l_err *err);
// Fully connected: how many different spike counts a train sends to the readout over the first images (window + 1 at most, images at
// most), mean over the trains. parameters: of the trained network, [layout.parameters].
int h4l_multitask_levels(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const float *parameters, const struct h4l_multi *images, double *ret,
                         struct h4l_err *err);

// What the channels of an HH network do, step by step of the window and layer by layer, over all neurons and some test images.
// Currents are C dv/dt in the published units, uA/cm^2, at the potential and gates that the step starts from.
enum h4l_channel_trace {
    H4L_TRACE_N_MEAN, // gating variables: mean over the drawn rates, and largest
    H4L_TRACE_N_MAX,
    H4L_TRACE_M_MEAN,
    H4L_TRACE_M_MAX,
    H4L_TRACE_H_MEAN,
    H4L_TRACE_H_MAX,
    H4L_TRACE_G_NA_MAX, // conductances, mS/cm^2
    H4L_TRACE_G_K_MAX,
    H4L_TRACE_I_NA_MEAN, // magnitudes of the currents: mean over neurons and images, and largest
    H4L_TRACE_I_NA_MAX,
    H4L_TRACE_I_K_MEAN,
    H4L_TRACE_I_K_MAX,
    H4L_TRACE_I_LEAK_MEAN,
    H4L_TRACE_I_LEAK_MAX,
    H4L_TRACE_INPUT_MEAN,
    H4L_TRACE_INPUT_MAX,
    H4L_TRACES
};
// The columns of *-traces.csv: what tells the rows apart, then the traces.
enum { H4L_TRACE_KEYS = 2 };
extern const struct h4l_column h4l_trace_columns[H4L_TRACE_KEYS + H4L_TRACES];
struct h4l_channel_traces {
    int layers, steps;
    double at[2][H4L_CELL_MAX_WINDOW][H4L_TRACES];
};
// spec: HH. parameters: of the trained network. H4L_E_NOMEM, H4L_E_RANGE.
int h4l_multitask_traces(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const float *parameters, const struct h4l_multi *images,
                         struct h4l_channel_traces *ret, struct h4l_err *err);

// What the neurons of a network of true HH neurons do over the first images.
struct h4l_membranes {
    double sodium, potassium, leak; // shares of the charge (the integral of a current's magnitude)
    double spikes;                  // of a neuron in a window
    double silent,
        constant; // shares of the neurons: that send next to nothing to any image, the same to all images (to 0.001)
    double own[H4L_TRUE_HH_OWN],
        own_sd
            [H4L_TRUE_HH_OWN]; // of trained constants, in parts of those of form A: mean and standard deviation over the neurons
};
// trained: its parameters; NULL: before training. H4L_E_NOMEM.
int h4l_multitask_membranes(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                            const float *trained, const struct h4l_multi *images,
                            struct h4l_membranes *ret, struct h4l_err *err);

// How far back a push acts: mean over neurons and images of |d rate / d V(t)|, per mV, at distances from the window's end; and their mean
// largest Lyapunov exponent, per ms, at the window's mean current (NaN where gates stand still, the membrane is linear, or constants are
// trained).
enum { H4L_HORIZON_POINTS = 41 };
struct h4l_horizon {
    double distance_ms[H4L_HORIZON_POINTS], gradient[H4L_HORIZON_POINTS], exponent;
};
// As h4l_multitask_membranes, over the first 32 neurons and 4 images.
int h4l_multitask_horizon(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                          const float *trained, const struct h4l_multi *images,
                          struct h4l_horizon *ret, struct h4l_err *err);

// A trained network of true HH neurons whose neurons are replaced, without training again (net/stand_in.h).
enum h4l_transfer_neuron { H4L_TRANSFER_TRUE, H4L_TRANSFER_TV, H4L_TRANSFER_SLIF, H4L_TRANSFERS };
struct h4l_transfer {
    // By neuron; NaN where it was not run. Accuracy of both tasks, and the share of predictions that are those of true HH, percent;
    // mean of what is sent, times readout_gain.
    double accuracy[H4L_TRANSFERS][2], same[H4L_TRANSFERS], rate[H4L_TRANSFERS];
};
// What has to be known before training: *ret is the fitted s-LIF2HH of the file `fit` (NULL: the registered one), of its fits the one with
// the highest Γ in training. It is read where neurons send spikes. H4L_E_USAGE: a linear membrane, for which nothing stands in;
// H4L_E_DATA: no such constants; H4L_E_RANGE: constants that are none.
int h4l_multitask_transfer_plan(const struct h4l_net_spec *spec, const char *fit,
                                struct h4l_subnet *ret, struct h4l_err *err);
// Over the first `n` images; fitted: as planned. H4L_E_NOMEM.
int h4l_multitask_transfer(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                           const float *trained, const struct h4l_multi *images, size_t n,
                           const struct h4l_subnet *fitted, struct h4l_pool *pool,
                           struct h4l_transfer *ret, struct h4l_err *err);

// HH: largest conductances g_Na, g_K that the rates of a seed reach within the window, mS/cm^2.
int h4l_multitask_peaks(const struct h4l_net_spec *spec, uint64_t seed, double ret_na[2],
                        double ret_k[2], struct h4l_err *err);

#endif
