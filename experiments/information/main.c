// hh4lif-information: what the networks of Fig. 5d know of their input and of its labels. Claim I1; see README.md beside this file.
#include "information.h"

#include "cell/cell.h"

// Groups of cases with parameters of their own.
enum { PUBLISHED = 1, STATED = 2, TRAIN = PUBLISHED | STATED, NEURON = 4, BETA = 8, BETAS = 16 };

#define CASE(name_, model_, summary_, takes_)                                                      \
    {                                                                                              \
        name_, summary_, h4l_information_run,                                                      \
            &(const struct h4l_information_case){.name = name_, .model = model_},                  \
            (takes_) | H4L_MANY_SEEDS                                                              \
    }
#define BOTH(model_, label_)                                                                       \
    CASE("vib-" model_, model_, "I1: " label_ " in the plane, as published", PUBLISHED | BETA),    \
        CASE("stated-vib-" model_, model_, "I1: " label_ " in the plane, as stated",               \
             STATED | BETA)

static const struct h4l_case cases[] = {
    BOTH("lif", "LIF"),
    BOTH("hh", "HH"),
    BOTH("slif2hh", "s-LIF2HH"),
    BOTH("4lif", "4LIF, 2048 LIF neurons (not published),"),
    CASE("vib-neuron", NULL, "the neuron of --set neuron (--list-neurons) in the plane",
         PUBLISHED | NEURON | BETA | H4L_ON_DEMAND),
    {"beta", "the plane as a curve: HH, s-LIF2HH and LIF as stated, with each beta of a list",
     h4l_information_beta, NULL, STATED | BETAS | H4L_FIXES(BETA) | H4L_MANY_SEEDS},
    {"distance", "I1: how far apart HH, s-LIF2HH and LIF end, from the results of the cases above",
     h4l_information_distance, NULL, 0},
};

#define NUMBER(name, place, ...)                                                                   \
    H4L_NUMBER(struct h4l_information_options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...)                                                                   \
    H4L_CHOICE(struct h4l_information_options, name, place, __VA_ARGS__)
#define TEXT(name, place, ...) H4L_TEXT(struct h4l_information_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    TEXT("mnist_dir", mnist_dir, "searched", TRAIN,
         "folder with the four MNIST files, plain or .gz (not given: data/mnist of the source "
         "tree, then $XDG_DATA_HOME/hh4lif/mnist)"),
    TEXT("fashion_dir", fashion_dir, "searched", TRAIN,
         "the same for Fashion-MNIST (not given: data/fashion-mnist, "
         "$XDG_DATA_HOME/hh4lif/fashion-mnist, /usr/share/datasets/fashion-mnist)"),
    NUMBER("data_seed", data_seed, 0, 1e15, TRAIN, "seed of the composition of the two-task images",
           "1"),
    CHOICE("variant", variant, "as_published|as_stated", PUBLISHED,
           "gradient=class label_entropy=one score_softmax=batch reported=best_test | "
           "gradient=total label_entropy=two score_softmax=classes reported=last",
           "as_published"),
    CHOICE("variant", variant, "as_published|as_stated", STATED, "the same", "as_stated"),
    CHOICE("gradient", total_gradient, "class|total", TRAIN,
           "of the cross-entropies alone: beta has no effect | with beta times the divergence (not "
           "given: the variant's)",
           H4L_OWN),
    CHOICE("label_entropy", two_entropies, "one|two", TRAIN,
           "I(Z;Y): the two cross-entropies are taken from log2(10) | from 2 log2(10) bits (not "
           "given: the variant's)",
           H4L_OWN),
    CHOICE("score_softmax", score, "batch|classes", TRAIN,
           "softmax of the score over the images of a batch | over the classes (not given: the "
           "variant's)",
           H4L_OWN),
    CHOICE("reported", last_epoch, "best_test|last", TRAIN,
           "epoch with the best score on the test images | the last one (not given: the variant's)",
           H4L_OWN),
    NUMBER("beta", beta, 0, 1e6, BETA, "weight of the divergence in the loss", "0.001"),
    {.member = H4L_MEMBER(struct h4l_information_options, "betas", betas),
     .min = 0,
     .max = 1e6,
     .of = BETAS,
     .help = "the weights that are tried",
     .defaults = {"0,0.001,1", "0,0.0001,0.001,0.01,0.1,1"}},
    NUMBER("epochs", training.epochs, 1, 10000, TRAIN,
           "passes over the training images (not given: by tier)", H4L_OWN),
    NUMBER("train_limit", train_images, 2, 120000, TRAIN,
           "training images used (not given: by tier)", H4L_OWN),
    NUMBER("test_limit", test_images, 1, 20000, TRAIN, "test images used (not given: by tier)",
           H4L_OWN),
    NUMBER("batch", training.batch, 1, 4096, TRAIN, "samples per step", "128"),
    NUMBER("shots", training.shots, 1, H4L_BOTTLENECK_MAX_SHOTS, TRAIN,
           "samples of an image in its score", "12"),
    CHOICE("labels", shuffled, "true|shuffled", TRAIN,
           "of the training images; shuffled: there is nothing to learn from them", "true"),
    NUMBER("input_scale", training.input_scale, -1e6, 1e6, TRAIN,
           "pixels times this; 1: raw pixels, as published", "1"),
    NUMBER("latent", latent, 1, H4L_TASK_MAX_HIDDEN / 2, TRAIN, "numbers of a sample", "256"),
    {.member = H4L_MEMBER(struct h4l_information_options, "neuron", neuron),
     .of = NEURON,
     .help = "neuron of the network: a name of --list-neurons, or 4 and a name: four times as wide",
     .defaults = {"lif"}},
    NUMBER("channels", spec.channels, 1, 16384, TRAIN, "neurons (not given: the network's)",
           H4L_OWN),
    NUMBER("window", spec.neuron.window, 1, 64, TRAIN, "time steps (not given: the network's)",
           H4L_OWN),
    NUMBER("threshold", spec.neuron.threshold, -1e6, 1e6, TRAIN,
           "spike threshold (not given: the network's)", H4L_OWN),
    NUMBER("half_width", spec.neuron.half_width, 1e-9, 1e6, TRAIN,
           "half width of the surrogate window (not given: the network's)", H4L_OWN),
    NUMBER("decay", decay, 0, 1, TRAIN,
           "LIF and s-LIF2HH: share of the potential kept per step (not given: the network's)",
           H4L_OWN),
    NUMBER("learning_rate", spec.learning_rate, 0, 10, TRAIN,
           "of Adam, with the betas 0.5 and 0.999; x 0.97 after every second epoch (not given: "
           "1e-4)",
           H4L_OWN),
    NUMBER("average", spec.average, 0, 0.999999, TRAIN,
           "share that the average of the weights, which is tested, keeps in a step; 0: the "
           "weights are tested (not given: 0.999)",
           H4L_OWN),
};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {&h4l_information_plane_series,
                                                      &h4l_information_distance_series,
                                                      &h4l_information_beta_series};
    static const struct h4l_constants constants = {
        "cell",
        "a constant that the network's neuron has of its own, such as cell.g_na of hh; a wrong "
        "name lists them.",
        TRAIN, NULL};
    static const struct h4l_family family = {
        .name = "information",
        .question = "Do networks of HH and of s-LIF2HH lie closer together in the information "
                    "plane than HH and LIF (claim I1)?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .series = series,
        .n_series = sizeof series / sizeof *series,
        .constants = &constants,
        .neuron = h4l_cell_listed,
        .options_size = sizeof(struct h4l_information_options)};

    return h4l_family_main(&family, argc, argv);
}
