// hh4lif-efficiency: what HH, s-LIF2HH, 4LIF and LIF cost. Claims F1 to F4; see README.md beside this file.
#include "efficiency.h"

static const struct h4l_case cases[] = {
    {"operations", "F2: additions and multiplications per image: published, reproduced, corrected",
     h4l_efficiency_operations, NULL},
    {"memory", "F1: parameters, optimiser and activation memory, peak memory of a process",
     h4l_efficiency_memory, NULL},
    {"speed", "F3: training and inference speed of the engine, all models in turns",
     h4l_efficiency_speed, NULL},
    {"synapses", "F4: footprint, sparsity, dense and effective synaptic operations",
     h4l_efficiency_synapses, NULL},
};

static const struct h4l_param params[] = {
    {"clock",
     H4L_CHOICE,
     {"cpu"},
     0,
     0,
     "cpu|wall",
     "speed",
     "cpu: one thread, seconds of the CPU; wall: all threads, seconds"},
    {"batches",
     H4L_INT,
     {"1", "4", "16"},
     1,
     10000,
     NULL,
     "speed",
     "batches of 128 per measurement"},
    {"rounds", H4L_INT, {"3", "10", "20"}, 3, 32, NULL, "speed", "measurements per model"},
    {"train_steps",
     H4L_INT,
     {"4", "200", "2000"},
     0,
     1e6,
     NULL,
     "synapses",
     "batches of 128 that a model is trained on before its activity is counted"},
    {"images", H4L_INT, {"2", "32", "64"}, 1, 10000, NULL, "synapses", "test images counted over"},
    {"mnist_dir",
     H4L_TEXT,
     {NULL},
     0,
     0,
     NULL,
     "synapses",
     "folder with the four MNIST files, plain or .gz (not given: data/mnist of the source tree, "
     "then "
     "$XDG_DATA_HOME/hh4lif/mnist)"},
    {"fashion_dir",
     H4L_TEXT,
     {NULL},
     0,
     0,
     NULL,
     "synapses",
     "the same for Fashion-MNIST (not given: data/fashion-mnist, "
     "$XDG_DATA_HOME/hh4lif/fashion-mnist, "
     "/usr/share/datasets/fashion-mnist)"},
};

int main(int argc, char **argv)
{
    static const struct h4l_family family = {
        .name = "efficiency",
        .question =
            "Does HH need fewer parameters, operations, memory and time than s-LIF2HH and 4LIF "
            "(claims F1 to F3), and what do they cost in neuromorphic terms (F4)?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params};

    return h4l_family_main(&family, argc, argv);
}
