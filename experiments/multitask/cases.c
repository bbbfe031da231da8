// The cases of hh4lif-multitask: which networks, with which changes, on which amount of training.
#include "multitask.h"

#define ARMS(...)                                                                                  \
    (const struct h4l_arm[]){__VA_ARGS__},                                                         \
        sizeof((const struct h4l_arm[]){__VA_ARGS__}) / sizeof(struct h4l_arm)
#define ARM(name_, network_, ...)                                                                  \
    {                                                                                              \
        .name = name_, .network = network_, .noise = -1, __VA_ARGS__                               \
    }
#define NOISE(name_, network_, amplitude)                                                          \
    {                                                                                              \
        .name = name_, .network = network_, .noise = amplitude                                     \
    }

// The groups of parameters of a case as published whose arms fix nothing.
#define PUBLISHED                                                                                  \
    (H4L_TAKES_PUBLISHED | H4L_TAKES_SCALE | H4L_TAKES_WIDTH | H4L_TAKES_NOISE |                   \
     H4L_TAKES_NOISE_KIND | H4L_TAKES_CELL)
// The same of a network that nobody published.
#define UNPUBLISHED ((PUBLISHED & ~H4L_TAKES_SCALE) | H4L_TAKES_UNIT_SCALE | H4L_TAKES_PROBE)

// Those where the arms set these groups, or all but some.
#define FIXING(groups) ((PUBLISHED & ~(groups)) | H4L_FIXES(groups))

// A case: its name, one line about it, the parameters it takes, how much it trains, and its fields.
#define CASE(name_, summary_, takes_, budget_, ...)                                                \
    {                                                                                              \
        name_, summary_, h4l_multitask_run,                                                        \
            &(const struct h4l_multitask_case){.name = name_, .budget = budget_, __VA_ARGS__},     \
            (takes_) | H4L_MANY_SEEDS                                                              \
    }
// One network as published.
#define ALONE(network_, what, budget_)                                                             \
    CASE(network_, what, PUBLISHED, budget_, .arms = ARMS(ARM(NULL, network_, .drive = 0)))
// One network of any learning neuron.
#define ANY_NEURON(network_, what, budget_)                                                        \
    CASE(network_ "-neuron", what ", the neuron of --set neuron (--list-neurons)",                 \
         PUBLISHED | H4L_TAKES_NEURON | H4L_ON_DEMAND, budget_,                                    \
         .arms = ARMS(ARM(NULL, network_, .any_neuron = true)))
// Real neurons, and tasks in time (A4).
#define TRUE_HH(name_, what, shown_)                                                               \
    CASE(name_, what, (UNPUBLISHED & ~H4L_TAKES_CELL) | H4L_TAKES_LAYER | H4L_ON_DEMAND,           \
         H4L_BUDGET_TRUE_HH, .shown = shown_, .arms = ARMS(ARM(NULL, "fc-truehh", .drive = 0)))
#define IN_TIME(model_, what)                                                                      \
    CASE("rows-" model_, what ", the rows of the images step by step",                             \
         UNPUBLISHED | H4L_ON_DEMAND, H4L_BUDGET_FC_MANY, .shown = H4L_SHOWN_ROWS,                 \
         .arms = ARMS(ARM(NULL, "fc-" model_, .drive = 0))),                                       \
        CASE("timing-" model_, what ", spike-time patterns", UNPUBLISHED | H4L_ON_DEMAND,          \
             H4L_BUDGET_FC_MANY, .shown = H4L_SHOWN_TIMING,                                        \
             .arms = ARMS(ARM(NULL, "fc-" model_, .drive = 0)))
#define ANY_IN_TIME(name_, what, shown_)                                                           \
    CASE(name_ "-neuron", what ", the neuron of --set neuron (--list-neurons)",                    \
         UNPUBLISHED | H4L_TAKES_NEURON | H4L_ON_DEMAND, H4L_BUDGET_FC_MANY, .shown = shown_,      \
         .arms = ARMS(ARM(NULL, "fc", .any_neuron = true)))
// The amplitudes of Fig. 4h, on the same seeds.
#define NOISY(network_, what, budget_)                                                             \
    CASE("noise-" network_, what ", noise amplitudes 0, 25, 50, 75", FIXING(H4L_TAKES_NOISE),      \
         budget_, .noise = true,                                                                   \
         .arms = ARMS(NOISE("a0", network_, 0), NOISE("a25", network_, 25),                        \
                      NOISE("a50", network_, 50), NOISE("a75", network_, 75)))
// The same for images with noise of their own: never seen in training, or new for every sample of training and test. As stated:
// 10 % of the training images are kept for validation (with noise as in the test), and the best epoch on them counts.
#define UNSEEN(name_, network_, amplitude)                                                         \
    {                                                                                              \
        .name = name_, .network = network_, .noise = amplitude, .noise_kind = 1 + H4L_NOISE_UNSEEN \
    }
#define FRESH(name_, network_, amplitude)                                                          \
    {                                                                                              \
        .name = name_, .network = network_, .noise = amplitude, .noise_kind = 1 + H4L_NOISE_FRESH  \
    }
#define STATED(network_, what, budget_)                                                            \
    CASE("stated-" network_, what ", best epoch on a validation split",                            \
         H4L_TAKES_STATED | H4L_TAKES_SCALE | H4L_TAKES_WIDTH | H4L_TAKES_NOISE |                  \
             H4L_TAKES_NOISE_KIND | H4L_TAKES_CELL,                                                \
         budget_, .arms = ARMS(ARM(NULL, network_, .drive = 0)))
#define STATED_NOISY(network_, what)                                                               \
    CASE("stated-noise-" network_, what ", noise of each image's own, unseen in training or not",  \
         H4L_TAKES_STATED | H4L_TAKES_SCALE | H4L_TAKES_WIDTH | H4L_TAKES_CELL |                   \
             H4L_FIXES(H4L_TAKES_NOISE | H4L_TAKES_NOISE_KIND),                                    \
         H4L_BUDGET_FC_MANY, .noise = true,                                                        \
         .arms = ARMS(UNSEEN("a0", network_, 0), UNSEEN("unseen25", network_, 25),                 \
                      UNSEEN("unseen50", network_, 50), UNSEEN("unseen75", network_, 75),          \
                      FRESH("fresh50", network_, 50)))
// One width of the four types of neuron.
#define WIDTH(n)                                                                                   \
    ARM("lif_" #n, "fc-lif", .channels = n), ARM("hh_" #n, "fc-hh", .channels = n),                \
        ARM("slif2hh_" #n, "fc-slif2hh", .channels = n), ARM("ann_" #n, "fc-ann", .channels = n)
// One width of LIF with the inputs on the scale that most codes give them.
#define SCALED(n) ARM("lif_255_" #n, "fc-lif", .channels = n, .input_scale = 1 / 255.0)
// The widths of both sweeps, which are compared width by width; those of the quick tier first.
#define EACH_WIDTH(of) of(64), of(256), of(1024), of(128), of(512), of(2048), of(4096)
// HH and LIF with their inputs multiplied by the same number.
#define TIMES(name_, scale)                                                                        \
    ARM("hh_" name_, "fc-hh", .input_scale = scale),                                               \
        ARM("lif_" name_, "fc-lif", .input_scale = scale)
// What the name of a sub-network's arm says, every unit read out and reset on its own as in s-LIF2HH.
#define SHAPE(name_, shape) ARM(name_, "fc-slif2hh", .topology = shape " output all reset own")

// At a drive of 0.24 = 0.3 (1 - 0.2) a LIF neuron without input comes to rest at its threshold, as HH's constant drive gL EL
// takes HH across its own within the window.
#define DRIVE .drive = 0.24
#define SCALE .projection_scale = 0.01
#define NO_RESET .reset = H4L_OFF
// HH's membrane without its currents: it keeps 1 - dt gL = 0.997 of its potential per step and takes in dt = 0.01 of its input.
#define SLOW .decay = 0.997, .input_scale = 0.01

const struct h4l_case h4l_multitask_cases[] = {
    ALONE("fc-lif", "fully connected, LIF", H4L_BUDGET_FC),
    ALONE("fc-4lif", "fully connected, four times as many LIF neurons", H4L_BUDGET_FC),
    ALONE("fc-hh", "fully connected, HH (learning form)", H4L_BUDGET_FC),
    ALONE("fc-slif2hh", "fully connected, s-LIF2HH", H4L_BUDGET_FC),
    ALONE("fc-ann", "fully connected, binary activation", H4L_BUDGET_FC),
    ALONE("conv-lif", "convolutional, LIF", H4L_BUDGET_CONV),
    ALONE("conv-4lif", "convolutional, four times as many LIF neurons", H4L_BUDGET_CONV_4LIF),
    ALONE("conv-hh", "convolutional, HH (learning form)", H4L_BUDGET_CONV),
    ALONE("conv-slif2hh", "convolutional, s-LIF2HH", H4L_BUDGET_CONV),
    ALONE("conv-ann", "convolutional, binary activation", H4L_BUDGET_CONV),
    NOISY("fc-lif", "fully connected, LIF", H4L_BUDGET_FC_MANY),
    NOISY("fc-4lif", "fully connected, four times as many LIF neurons", H4L_BUDGET_FC_MANY),
    NOISY("fc-hh", "fully connected, HH (learning form)", H4L_BUDGET_FC_MANY),
    NOISY("fc-slif2hh", "fully connected, s-LIF2HH", H4L_BUDGET_FC_MANY),
    NOISY("conv-lif", "convolutional, LIF", H4L_BUDGET_CONV_MANY),
    NOISY("conv-hh", "convolutional, HH (learning form)", H4L_BUDGET_CONV_MANY),
    NOISY("conv-slif2hh", "convolutional, s-LIF2HH", H4L_BUDGET_CONV_MANY),
    NOISY("conv-4lif", "convolutional, four times as many LIF neurons", H4L_BUDGET_CONV_4LIF_MANY),
    CASE("audit-channels-fc", "A1: HH fc with and without its Na and K channels, same seeds",
         PUBLISHED, H4L_BUDGET_FC_MANY, .audits_channels = true,
         .arms = ARMS(ARM("hh", "fc-hh", .drive = 0),
                      ARM("no_channels", "fc-hh", .no_channels = true))),
    CASE("audit-channels-conv", "A1: HH conv with and without its Na and K channels, same seeds",
         PUBLISHED, H4L_BUDGET_CONV_MANY, .audits_channels = true,
         .arms = ARMS(ARM("hh", "conv-hh", .drive = 0),
                      ARM("no_channels", "conv-hh", .no_channels = true))),
    CASE("audit-scale-fc", "A2: fc with pixels / 255 and with the projection scale of HH",
         PUBLISHED, H4L_BUDGET_FC_MANY,
         .arms = ARMS(ARM("hh", "fc-hh", .drive = 0), ARM("lif", "fc-lif", .drive = 0),
                      ARM("lif_255", "fc-lif", .input_scale = 1 / 255.0),
                      ARM("lif_001", "fc-lif", SCALE),
                      ARM("4lif_255", "fc-4lif", .input_scale = 1 / 255.0),
                      ARM("slif2hh_255", "fc-slif2hh", .input_scale = 1 / 255.0),
                      ARM("slif2hh_001", "fc-slif2hh", SCALE))),
    CASE("audit-scale-conv", "A2: conv with pixels / 255", PUBLISHED, H4L_BUDGET_CONV_MANY,
         .arms = ARMS(ARM("hh", "conv-hh", .drive = 0), ARM("lif", "conv-lif", .drive = 0),
                      ARM("lif_255", "conv-lif", .input_scale = 1 / 255.0),
                      ARM("slif2hh_255", "conv-slif2hh", .input_scale = 1 / 255.0))),
    CASE("audit-readout-fc", "A3: s-LIF2HH read out on its fourth unit only; LIF with 2048 outputs",
         PUBLISHED, H4L_BUDGET_FC_MANY,
         .arms = ARMS(ARM("lif", "fc-lif", .drive = 0), ARM("slif2hh", "fc-slif2hh", .drive = 0),
                      ARM("slif2hh_last", "fc-slif2hh", .last_unit = true),
                      ARM("4lif", "fc-4lif", .drive = 0))),
    CASE("factorial-fc",
         "reset x drive x weight scale x output levels, and the slow membrane: what separates LIF "
         "from HH",
         PUBLISHED, H4L_BUDGET_FC_MANY, .gap_to = "hh",
         .arms = ARMS(
             ARM("lif", "fc-lif", .drive = 0), ARM("lif_noreset", "fc-lif", NO_RESET),
             ARM("lif_drive", "fc-lif", DRIVE), ARM("lif_scale", "fc-lif", SCALE),
             ARM("lif_noreset_drive", "fc-lif", NO_RESET, DRIVE),
             ARM("lif_noreset_scale", "fc-lif", NO_RESET, SCALE),
             ARM("lif_drive_scale", "fc-lif", DRIVE, SCALE),
             ARM("lif_noreset_drive_scale", "fc-lif", NO_RESET, DRIVE, SCALE),
             ARM("hh", "fc-hh", .drive = 0), ARM("hh_nodrive", "fc-hh", .no_leak_drive = true),
             ARM("hh_fullscale", "fc-hh", .projection_scale = 1), ARM("lif_slow", "fc-lif", SLOW),
             ARM("lif_slow_noreset", "fc-lif", SLOW, NO_RESET),
             ARM("lif_slow_noreset_scale", "fc-lif", SLOW, NO_RESET, SCALE),
             ARM("hh_1step", "fc-hh", .window = 1), ARM("hh_3steps", "fc-hh", .window = 3),
             ARM("hh_7steps", "fc-hh", .window = 7))),
    CASE("fc-topology", "fully connected, sub-networks of --set topology",
         PUBLISHED | H4L_TAKES_TOPOLOGY, H4L_BUDGET_FC_MANY,
         .arms = ARMS(ARM(NULL, "fc-slif2hh", .any_topology = true))),
    CASE("conv-topology", "convolutional, sub-networks of --set topology",
         PUBLISHED | H4L_TAKES_TOPOLOGY, H4L_BUDGET_CONV_MANY,
         .arms = ARMS(ARM(NULL, "conv-slif2hh", .any_topology = true))),
    CASE("topologies-fc", "fully connected: four units joined in six ways", PUBLISHED,
         H4L_BUDGET_FC_MANY,
         .arms =
             ARMS(SHAPE("parallel4", "4"), SHAPE("chain", "1+1+1+1"), SHAPE("two_two", "2+2"),
                  SHAPE("three_one", "3+1"), SHAPE("one_three", "1+3"), SHAPE("ring4", "ring 4"))),
    CASE("width-fc", "fully connected, 64 to 4096 neurons per type (quick tier: 64, 256, 1024)",
         FIXING(H4L_TAKES_WIDTH), H4L_BUDGET_FC_MANY, .costs = true, .quick_arms = 12,
         .arms = ARMS(EACH_WIDTH(WIDTH))),
    CASE("width-scale-fc",
         "the LIF networks of width-fc with pixels / 255 (quick tier: 64, 256, 1024)",
         FIXING(H4L_TAKES_WIDTH | H4L_TAKES_SCALE), H4L_BUDGET_FC_MANY, .costs = true,
         .quick_arms = 3, .arms = ARMS(EACH_WIDTH(SCALED))),
    CASE(
        "audit-input-scale-fc",
        "HH and LIF fc with pixels times 0.001 to 10 (quick tier: 1/255, 0.1, 1): each at its best",
        FIXING(H4L_TAKES_SCALE), H4L_BUDGET_FC_MANY, .costs = true, .quick_arms = 6,
        .arms = ARMS(TIMES("255", 1 / 255.0), TIMES("01", 0.1), TIMES("1", 1), TIMES("0001", 0.001),
                     TIMES("001", 0.01), TIMES("003", 0.03), TIMES("03", 0.3), TIMES("3", 3),
                     TIMES("10", 10))),
    STATED("fc-lif", "fully connected, LIF", H4L_BUDGET_FC),
    STATED("fc-hh", "fully connected, HH (learning form)", H4L_BUDGET_FC),
    STATED("fc-slif2hh", "fully connected, s-LIF2HH", H4L_BUDGET_FC),
    STATED("conv-lif", "convolutional, LIF", H4L_BUDGET_CONV),
    STATED("conv-hh", "convolutional, HH (learning form)", H4L_BUDGET_CONV),
    STATED("conv-slif2hh", "convolutional, s-LIF2HH", H4L_BUDGET_CONV),
    STATED_NOISY("fc-lif", "fully connected, LIF"),
    STATED_NOISY("fc-4lif", "fully connected, four times as many LIF neurons"),
    STATED_NOISY("fc-hh", "fully connected, HH (learning form)"),
    STATED_NOISY("fc-slif2hh", "fully connected, s-LIF2HH"),
    {"samples", "a picture of the composed images, and their SHA-256", h4l_multitask_samples, NULL,
     0},
    ANY_NEURON("fc", "fully connected", H4L_BUDGET_FC),
    ANY_NEURON("conv", "convolutional", H4L_BUDGET_CONV),
    TRUE_HH("fc-truehh", "fully connected, true HH neurons (voltage-dependent rates)",
            H4L_SHOWN_IMAGES),
    TRUE_HH("rows-truehh", "fully connected, true HH neurons, the rows of the images step by step",
            H4L_SHOWN_ROWS),
    TRUE_HH("timing-truehh", "fully connected, true HH neurons, spike-time patterns",
            H4L_SHOWN_TIMING),
    IN_TIME("lif", "fully connected, LIF"),
    IN_TIME("4lif", "fully connected, four times as many LIF neurons"),
    IN_TIME("hh", "fully connected, HH (learning form)"),
    IN_TIME("slif2hh", "fully connected, s-LIF2HH"),
    IN_TIME("adlif", "fully connected, adaptive LIF"),
    ANY_IN_TIME("rows", "the rows of the images step by step", H4L_SHOWN_ROWS),
    ANY_IN_TIME("timing", "spike-time patterns", H4L_SHOWN_TIMING),
    {"true-hh-gradient", "one true HH neuron: rate over a window and its derivative by the current",
     h4l_multitask_true_hh, NULL, H4L_TAKES_TRUE_HH},
};

const size_t h4l_multitask_n_cases = sizeof h4l_multitask_cases / sizeof *h4l_multitask_cases;
