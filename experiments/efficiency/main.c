// hh4lif-efficiency: what HH, s-LIF2HH, 4LIF and LIF cost. Claims F1 to F4; see README.md beside this file.
#include "efficiency.h"

// Cases with parameters.
enum { SPEED = 1, SYNAPSES = 2, EXCHANGE = 4, TIME = 8, MEMORY = 16 };

static const struct h4l_case cases[] = {
    {"operations", "F2: additions and multiplications per image: published, reproduced, corrected",
     h4l_efficiency_operations, NULL, 0},
    {"memory", "F1: parameters, optimiser and activation memory, peak memory of a process",
     h4l_efficiency_memory, NULL, MEMORY},
    {"speed", "F3: training and inference speed of the engine, all models in turns",
     h4l_efficiency_speed, NULL, SPEED},
    {"simulated-time", "F3: time per simulated second: HH, tv-LIF2HH, s-LIF2HH, LIF, four LIF",
     h4l_efficiency_simulated_time, NULL, TIME},
    {"synapses", "F4: footprint, sparsity, dense and effective synaptic operations",
     h4l_efficiency_synapses, NULL, SYNAPSES},
    {"exchange-rate", "how many LIF neurons one HH neuron is worth, from results that are kept",
     h4l_efficiency_exchange, NULL, EXCHANGE},
};

#define NUMBER(name, place, ...) H4L_NUMBER(struct h4l_efficiency_options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...) H4L_CHOICE(struct h4l_efficiency_options, name, place, __VA_ARGS__)
#define TEXT(name, place, ...) H4L_TEXT(struct h4l_efficiency_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    CHOICE("clock", wall_clock, "cpu|wall", SPEED,
           "cpu: one thread, seconds of the CPU; wall: all threads, seconds", "cpu"),
    NUMBER("batches", batches, 1, 10000, SPEED, "batches per measurement", "1", "4", "16"),
    NUMBER("batch", batch, 1, H4L_EFFICIENCY_BATCH, SPEED | MEMORY, "samples of a batch", "128"),
    NUMBER("rounds", rounds, 3, 32, SPEED | TIME, "measurements per model", "3", "10", "20"),
    NUMBER("simulated_ms", simulated_ms, 1, 1e4, TIME,
           "simulated ms of HH per measurement; with steps of 1 ms a thousand times as many", "10",
           "50", "500"),
    NUMBER("train_steps", train_steps, 0, 1e6, SYNAPSES,
           "batches of 128 that a model is trained on before its activity is counted", "2", "200",
           "2000"),
    NUMBER("images", images, 1, 10000, SYNAPSES, "test images counted over", "1", "32", "64"),
    TEXT("results", results, "searched", EXCHANGE,
         "folder with TIER/FAMILY/CASE.json (not given: results/reference of the source tree, or "
         "as installed)"),
    TEXT("neuron", neuron, "HH", EXCHANGE,
         "learning neuron in place of HH: its rate in the results that ./reproduce --neuron "
         "NAME keeps under learning-*"),
    TEXT("mnist_dir", mnist_dir, "searched", SYNAPSES,
         "folder with the four MNIST files, plain or .gz (not given: data/mnist of the source "
         "tree, then $XDG_DATA_HOME/hh4lif/mnist)"),
    TEXT("fashion_dir", fashion_dir, "searched", SYNAPSES,
         "the same for Fashion-MNIST (not given: data/fashion-mnist, "
         "$XDG_DATA_HOME/hh4lif/fashion-mnist, /usr/share/datasets/fashion-mnist)"),
};

static const struct h4l_answer answers[] = {
    {"exchange-rate", "rate"},
    {"speed", "ratio_*"},
    {"simulated-time", "step_ms cpu_s_per_simulated_s_* ratio_*"},
    {0}};

static const struct h4l_undefined undefined[] = {
    {"exchange-rate", "*", "the kept results bound it on one side only, or have no interval"}, {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {&h4l_operations_series, &h4l_memory_series,
                                                      &h4l_exchange_series};
    static const struct h4l_family family = {
        .name = "efficiency",
        .question =
            "Does HH need fewer parameters, operations, memory and time than s-LIF2HH and 4LIF "
            "(claims F1 to F3), and what do they cost in neuromorphic terms (F4)?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .series = series,
        .n_series = sizeof series / sizeof *series,
        .answers = answers,
        .undefined = undefined,
        .options_size = sizeof(struct h4l_efficiency_options)};

    return h4l_family_main(&family, argc, argv);
}
