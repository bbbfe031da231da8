// hh4lif-fitting: do fitted networks of LIF units predict the spikes of a Hodgkin-Huxley neuron on new inputs, and how many units
// does it take? Claims E5 and E6; see README.md beside this file.
#include "fitting.h"

static const struct h4l_case cases[] = {
    {"heldout",
     "fitted s-LIF2HH on stimuli it was not fitted to, against LIF, threshold models and the "
     "published constants (E5)",
     h4l_fitting_heldout_case, NULL},
    {"units", "held-out Gamma against the number of units, 1 to 6 (E6)", h4l_fitting_units_case,
     NULL},
    {"topologies",
     "held-out Gamma of all topologies of up to five units, or of your own, with intervals",
     h4l_fitting_topologies_case, NULL},
    {"sensitivity",
     "the fitted s-LIF2HH under other precisions, HH settings and jittered constants",
     h4l_fitting_sensitivity_case, NULL},
};

#define REAL(name, value, min, max, help)                                                          \
    {                                                                                              \
        name, H4L_REAL, {value}, min, max, NULL, NULL, help                                        \
    }
#define INT(name, quick, standard, full, min, max, cases, help)                                    \
    {                                                                                              \
        name, H4L_INT, {quick, standard, full}, min, max, NULL, cases, help                        \
    }

static const struct h4l_param params[] = {
    {"duration_ms",
     H4L_REAL,
     {"300", "400", "500"},
     50,
     1e5,
     NULL,
     NULL,
     "length of each stimulus, ms"},
    INT("per_class", "3", "6", "12", 1, 500, NULL,
        "training stimuli of each class (noise twice as many)"),
    INT("heldout_per_class", "5", "12", "24", 2, 500, NULL, "held-out stimuli of each class"),
    INT("fits", "2", "5", "10", 1, 100, "heldout units sensitivity",
        "independent fits of each candidate, with other training noise and other starts"),
    INT("fits", "1", "2", "5", 1, 100, "topologies",
        "independent fits of each candidate, with other training noise and other starts"),
    INT("starts", "12", "24", "96", 1, 10000, NULL, "starts of each fit"),
    INT("evaluations", "15000", "30000", "200000", 1000, 1e9, NULL,
        "runs of the training set through the model, per fit"),
    REAL("dt_ms", "0.2", 0.01, 0.4, "step of the fitted models, ms"),
    REAL("delta_ms", "2", 0.1, 20, "spikes at most this far apart coincide, ms"),
    REAL("noise_share", "0.5", 0, 1, "weight of the noise stimuli together in training"),
    REAL("hh_dt_ms", "0.01", 1e-4, 0.05, "Runge-Kutta step of the HH neuron, ms"),
    REAL("hh_level_mV", "0", -60, 40, "an HH spike is an upward crossing of this potential, mV"),
    {"variants",
     H4L_CHOICE,
     {"paper", "three", "four"},
     0,
     0,
     "paper|three|four",
     "topologies",
     "paper: membrane arrows, joint reset; three: also own resets, with membrane and with spike "
     "arrows; four: also spike arrows with joint reset"},
    {"topologies",
     H4L_TEXT,
     {NULL},
     0,
     0,
     NULL,
     "topologies",
     "your own list in the place of the built-in one, separated by |: \"3+1|ring4 reset own\""},
    {"topology_file",
     H4L_TEXT,
     {NULL},
     0,
     0,
     NULL,
     "topologies",
     "a file with one more topology (notation: src/neuron/topology.h)"},
    INT("jitter_draws", "20", "100", "400", 2, 100000, "sensitivity", "draws per jitter"),
};

int main(int argc, char **argv)
{
    static const struct h4l_family family = {
        .name = "fitting",
        .question = "Does a network of LIF units with fitted constants predict the spikes of a "
                    "Hodgkin-Huxley neuron on inputs it was not fitted to, and how many units does "
                    "that take?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .many_seeds = "*",
    };

    return h4l_family_main(&family, argc, argv);
}
