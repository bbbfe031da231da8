// hh4lif-multitask: which neurons learn the two-task images, and why. Claims L1 to L3, audits A1 to A3; see README.md beside this file.
#include "multitask.h"

#include "cell/cell.h"

#define NUMBER(name, place, ...) H4L_NUMBER(struct h4l_multitask_options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...) H4L_CHOICE(struct h4l_multitask_options, name, place, __VA_ARGS__)
#define TEXT(name, place, ...) H4L_TEXT(struct h4l_multitask_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    TEXT("mnist_dir", mnist_dir, "searched", 0,
         "folder with the four MNIST files, plain or .gz (not given: data/mnist of the source "
         "tree, then $XDG_DATA_HOME/hh4lif/mnist)"),
    TEXT("fashion_dir", fashion_dir, "searched", 0,
         "the same for Fashion-MNIST (not given: data/fashion-mnist, "
         "$XDG_DATA_HOME/hh4lif/fashion-mnist, /usr/share/datasets/fashion-mnist)"),
    CHOICE("data_check", any_data, "published|none", 0,
           "whether mnist_dir and fashion_dir must hold the published files; none: any IDX sets of "
           "28 x 28 pixels and ten classes, on which no registered claim is judged",
           "published"),
    TEXT("data_dir", data_dir, "none", 0,
         "folder with two-task images of yours in place of both sets: train-images-idx3-ubyte (N x "
         "S x S, S 8 to 64, scaled to 36), train-labels-idx2-ubyte (N x 2, 0 to 9), and t10k-..., "
         "plain or .gz"),
    TEXT("trained_dir", trained_dir, "none", H4L_TAKES_TRAINING,
         "folder that keeps trained networks: what a case or run has trained alike is taken from "
         "there"),
    NUMBER("data_seed", data_seed, 0, 1e15, 0, "seed of the composition of the two-task images",
           "1"),
    NUMBER("epochs", training.epochs, 1, 10000, H4L_TAKES_TRAINING,
           "passes over the training images (not given: by tier and case)", H4L_OWN),
    NUMBER("train_limit", train_images, 2, 120000, H4L_TAKES_TRAINING,
           "training images used (not given: by tier and case)", H4L_OWN),
    NUMBER("test_limit", test_images, 1, 20000, H4L_TAKES_TRAINING,
           "test images used (not given: by tier and case)", H4L_OWN),
    NUMBER("batch", training.batch, 1, 4096, H4L_TAKES_TRAINING, "samples per step", "128"),
    NUMBER("input_scale", training.input_scale, -1e6, 1e6, H4L_TAKES_SCALE,
           "pixels (with noise) times this; 1: raw pixels, as published (an arm with a scale of "
           "its own, such as lif_255 or a slow membrane, keeps it)",
           "1"),
    NUMBER("input_scale", training.input_scale, -1e6, 1e6, H4L_TAKES_UNIT_SCALE,
           "pixels (with noise) times this", "0.00392156862745098"),
    NUMBER("noise", training.noise, 0, 1e6, H4L_TAKES_NOISE,
           "amplitude A of the noise, in pixel units", "0"),
    CHOICE("noise_kind", training.noise_kind, "fixed|fresh|unseen", H4L_TAKES_NOISE_KIND,
           "one image per seed for all samples (as published) | a new image per sample | the same, "
           "in the test only",
           "fixed"),
    NUMBER("validation", training.validation, 0, 0.5, H4L_TAKES_PUBLISHED,
           "share of the training images kept for validation", "0"),
    CHOICE("selection", best_epoch, "last|best", H4L_TAKES_PUBLISHED,
           "accuracy of the last epoch (as published) or of the best one on the validation split",
           "last"),
    NUMBER("validation", training.validation, 0.001, 0.5, H4L_TAKES_STATED,
           "the same: no choice may fall on the test images", "0.1"),
    CHOICE("selection", best_epoch, "last|best", H4L_TAKES_STATED, "the same", "best"),
    {.member = H4L_MEMBER(struct h4l_multitask_options, "topology", topology),
     .of = H4L_TAKES_TOPOLOGY,
     .help = "how the units of a sub-network are joined, in the notation of src/neuron/topology.h",
     .defaults = {"3+1 output all reset own"}},
    {.member = H4L_MEMBER(struct h4l_multitask_options, "neuron", neuron),
     .of = H4L_TAKES_NEURON,
     .help = "neuron of the network: a name of --list-neurons",
     .defaults = {"lif"}},
    NUMBER("channels", spec.channels, 1, 16384, H4L_TAKES_WIDTH,
           "neurons (fc) or maps (conv) per layer (not given: the network's)", H4L_OWN),
    NUMBER("window", spec.neuron.window, 1, 64, H4L_TAKES_CELL,
           "time steps (not given: the network's)", H4L_OWN),
    NUMBER("threshold", spec.neuron.threshold, -1e6, 1e6, H4L_TAKES_CELL,
           "spike threshold (not given: the network's)", H4L_OWN),
    NUMBER("half_width", spec.neuron.half_width, 1e-9, 1e6, H4L_TAKES_CELL,
           "half width of the surrogate window (not given: the network's)", H4L_OWN),
    CHOICE("reset", reset, "off|on", H4L_TAKES_CELL,
           "LIF and s-LIF2HH: reset after a spike (not given: the arm's)", H4L_OWN),
    NUMBER("drive", spec.neuron.drive, -1e6, 1e6, H4L_TAKES_CELL,
           "constant added to every input (not given: the arm's)", H4L_OWN),
    NUMBER("decay", decay, 0, 1, H4L_TAKES_CELL,
           "LIF and s-LIF2HH: share of the potential kept per step (not given: the arm's)",
           H4L_OWN),
    NUMBER("projection_scale", spec.projection_scale, -1e6, 1e6, H4L_TAKES_TRAINING,
           "fc: initial projection weights times this (not given: the arm's)", H4L_OWN),
    NUMBER("g_na", g_na, -1e6, 1e6, H4L_TAKES_CELL,
           "HH: peak sodium conductance, mS/cm^2 (not given: 120, or 0 in an arm without channels)",
           H4L_OWN),
    NUMBER("g_k", g_k, -1e6, 1e6, H4L_TAKES_CELL,
           "HH: peak potassium conductance, mS/cm^2 (not given: 36, or 0)", H4L_OWN),
    NUMBER("learning_rate", spec.learning_rate, 0, 10, H4L_TAKES_TRAINING,
           "of Adam (not given: the network's)", H4L_OWN),
    NUMBER("l2", spec.l2, 0, 10, H4L_TAKES_TRAINING,
           "added to the gradient (not given: the network's)", H4L_OWN),
    CHOICE("probe", probe, "none|mean|cut", H4L_TAKES_PROBE,
           "does the task need dynamics? every step shows the mean over the window | the gradient "
           "goes back through one step only",
           "none"),
    CHOICE("membrane", spec.true_hh.membrane, "full|frozen|sodium|potassium|linear|passive",
           H4L_TAKES_LAYER,
           "true HH | its gates frozen at rest | without K | without Na | its tangent at rest | "
           "leak alone",
           "full"),
    CHOICE(
        "constants", spec.true_hh.own, "shared|trained", H4L_TAKES_LAYER,
        "peak conductances and speeds of the gates: those of form A | each neuron's own, trained "
        "between 2/3 and 3/2 of them (dt_ms at most 0.02)",
        "shared"),
    NUMBER("window_ms", spec.true_hh.window_ms, 1e-3, 1e4, H4L_TAKES_LAYER,
           "window, a whole number of steps, ms (not given: 20, of tasks in time 36)", H4L_OWN),
    NUMBER("dt_ms", spec.true_hh.dt_ms, 1e-4, 0.05, H4L_TAKES_LAYER, "step of forward Euler, ms",
           "0.02"),
    CHOICE("readout", spec.true_hh.spikes, "smooth|spikes", H4L_TAKES_LAYER,
           "what a neuron sends: mean of sigma((V + 20 mV) / 2 mV) | upward crossings of -20 mV "
           "per ms, with a surrogate",
           "smooth"),
    NUMBER("trace_ms", spec.true_hh.trace_ms, 0, 1e4, H4L_TAKES_LAYER,
           "time constant of a synaptic trace that is read at the window's end, ms; 0: the mean",
           "0"),
    NUMBER("drive_uA_per_cm2", spec.true_hh.drive, -1e6, 1e6, H4L_TAKES_LAYER,
           "current that is always there, uA/cm^2", "6"),
    NUMBER("current_gain", spec.true_hh.gain, -1e6, 1e6, H4L_TAKES_LAYER,
           "current per unit of the projection, uA/cm^2", "1"),
    NUMBER("readout_gain", spec.true_hh.scale, -1e6, 1e6, H4L_TAKES_LAYER,
           "what is sent, times this", "10"),
    NUMBER("derivative_clip", spec.true_hh.clip, 0, 1e6, H4L_TAKES_LAYER,
           "bound of a window's derivative by a current, per uA/cm^2; 0: none", "1"),
    NUMBER("transfer_images", transfer_images, 0, 20000, H4L_TAKES_LAYER,
           "first test images that the trained network also sees with its neurons replaced, "
           "by tv-LIF2HH and (readout=spikes) by fitted s-LIF2HH; 0: none",
           "0"),
    TEXT("transfer_fit", transfer_fit, "registered", H4L_TAKES_LAYER,
         "result file of hh4lif-fitting --case heldout that has the s-LIF2HH (not given: the "
         "registered one)"),
    NUMBER("current_uA_per_cm2", true_hh.current, -20, 1000, H4L_TAKES_TRUE_HH,
           "input current, uA/cm^2", "10"),
    NUMBER("window_ms", true_hh.window, 1e-4, 1e5, H4L_TAKES_TRUE_HH,
           "window, a whole number of steps, ms", "20"),
    NUMBER("dt_ms", true_hh.dt, 1e-4, 0.05, H4L_TAKES_TRUE_HH, "step of forward Euler, ms", "0.02"),
};

static const struct h4l_answer answers[] = {
    {"factorial-* width-* audit-* noise-* topologies-* stated-*",
     "seeds final_accuracy_* accuracy_loss_* share_of_gap_* differing_parameters "
     "peak_i_na_over_leak"},
    {0}};

static const struct h4l_undefined undefined[] = {
    {"true-hh-gradient", "d_rate_d_current_float",
     "in single precision the potential leaves the finite numbers"},
    {"timing-*", "*task2*", "the task has one label, and no second one"},
    {"factorial-*", "share_of_gap_*", "LIF and HH are equally accurate: there is no gap to share"},
    {"*-truehh", "lyapunov_exponent*",
     "measured for membranes whose gates move and with a channel: full, sodium, potassium, with "
     "shared constants"},
    {"*-truehh", "own_*",
     "the membrane does not have this channel, its gates stand still, or there is one neuron"},
    {"*-truehh", "transfer_*slif2hh*",
     "LIF units have no potential of HH's to read smoothly: --set readout=spikes"},
    {NULL, "validation_*", "no image is kept for validation"},
    {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {
        &h4l_multitask_epochs_series,  &h4l_multitask_final_series,
        &h4l_multitask_cost_series,    &h4l_multitask_traces_series,
        &h4l_multitask_samples_series, &h4l_multitask_membranes_series,
        &h4l_multitask_horizon_series};
    static const struct h4l_constants constants = {
        "cell",
        "a constant that the network's neuron has of its own, such as cell.tau_w of adex; a wrong "
        "name lists them.",
        H4L_TAKES_TRAINING, NULL};
    const struct h4l_family family = {.name = "multitask",
                                      .question = "Do HH and s-LIF2HH learn the two-task images "
                                                  "alike, and better than LIF (claims L1 to L3)? "
                                                  "And is it the channels, the input scale or the "
                                                  "readout that makes the difference (A1 to A3)?",
                                      .cases = h4l_multitask_cases,
                                      .n_cases = h4l_multitask_n_cases,
                                      .params = params,
                                      .n_params = sizeof params / sizeof *params,
                                      .series = series,
                                      .n_series = sizeof series / sizeof *series,
                                      .answers = answers,
                                      .undefined = undefined,
                                      .constants = &constants,
                                      .neuron = h4l_cell_listed,
                                      .options_size = sizeof(struct h4l_multitask_options)};

    return h4l_family_main(&family, argc, argv);
}
