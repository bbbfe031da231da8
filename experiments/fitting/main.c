// hh4lif-fitting: do fitted networks of LIF units predict the spikes of a Hodgkin-Huxley neuron on new inputs, and how many units
// does it take? Claims E5 and E6; see README.md beside this file.
#include "fitting.h"

// Groups of cases with parameters of their own.
enum { FEW = 1, MANY = 2, SENSITIVITY = 4, HELDOUT = 8 }; // few or many candidates

static const struct h4l_case cases[] = {
    {"heldout",
     "fitted s-LIF2HH on stimuli it was not fitted to, against LIF, threshold models and the "
     "published constants (E5)",
     h4l_fitting_heldout_case, NULL, H4L_MANY_SEEDS | FEW | HELDOUT},
    {"units", "held-out Gamma against the number of units, 1 to 6 (E6)", h4l_fitting_units_case,
     NULL, H4L_MANY_SEEDS | FEW},
    {"topologies",
     "held-out Gamma of all topologies of up to five units, or of your own, with intervals",
     h4l_fitting_topologies_case, NULL, H4L_MANY_SEEDS | MANY},
    {"sensitivity",
     "the fitted s-LIF2HH under other precisions, HH settings and jittered constants",
     h4l_fitting_sensitivity_case, NULL, H4L_MANY_SEEDS | FEW | SENSITIVITY},
};

#define NUMBER(name, place, ...) H4L_NUMBER(struct h4l_fitting_options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...) H4L_CHOICE(struct h4l_fitting_options, name, place, __VA_ARGS__)
#define TEXT(name, place, ...) H4L_TEXT(struct h4l_fitting_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    NUMBER("duration_ms", duration_ms, 50, 1e5, 0, "length of each stimulus, ms", "300", "400",
           "500"),
    NUMBER("per_class", per_class, 1, 500, 0,
           "training stimuli of each class (noise twice as many)", "3", "6", "12"),
    NUMBER("heldout_per_class", heldout_per_class, 2, 500, 0, "held-out stimuli of each class", "5",
           "12", "24"),
    NUMBER("fits", fits, 1, H4L_FITTING_MAX_FITS, FEW,
           "independent fits of each candidate, with other training noise and other starts", "2",
           "5", "10"),
    NUMBER("fits", fits, 1, H4L_FITTING_MAX_FITS, MANY,
           "independent fits of each candidate, with other training noise and other starts", "1",
           "2", "5"),
    NUMBER("starts", starts, 1, 10000, 0, "starts of each fit", "4", "24", "96"),
    NUMBER("evaluations", evaluations, 1000, 1e9, 0,
           "runs of the training set through the model, per fit", "2000", "30000", "200000"),
    NUMBER("dt_ms", dt_ms, 0.01, 0.4, 0, "step of the fitted models, ms", "0.2"),
    NUMBER("delta_ms", delta_ms, 0.1, 5, 0, "spikes at most this far apart coincide, ms", "2"),
    NUMBER("noise_share", noise_share, 0, 1, 0, "weight of the noise stimuli together in training",
           "0.5"),
    NUMBER("hh_dt_ms", hh_dt_ms, 1e-4, 0.05, 0, "Runge-Kutta step of the HH neuron, ms", "0.01"),
    NUMBER("hh_level_mV", hh_level_mV, -60, 40, 0,
           "an HH spike is an upward crossing of this potential, mV", "0"),
    CHOICE("report_delay", report_delay, "free|none", 0,
           "whether each fitted model has a constant delay of its own, -1 to 4 ms, with which it "
           "reports a spike; none: only aeif and srm_dynamic",
           "free"),
    CHOICE("last_search", last_search, "cmaes|sbplx", 0,
           "the search that ends each fit, on Gamma: an evolution strategy with covariance matrix "
           "adaptation, or the subplex method",
           "cmaes"),
    CHOICE("variants", variants, "paper|three|four", MANY,
           "paper: membrane arrows, joint reset; three: also own resets, with membrane and with "
           "spike arrows; four: also spike arrows with joint reset",
           "paper", "three", "four"),
    TEXT("neuron", neuron, "none", HELDOUT,
         "further candidates, with nothing to fit: names of --list-neurons with commas between"),
    TEXT("topologies", topologies, "built-in", MANY,
         "your own list in the place of the built-in one, separated by |: \"3+1|ring4 reset own\""),
    TEXT("topology_file", topology_file, "none", MANY,
         "a file with one more topology (notation: src/neuron/topology.h)"),
    NUMBER("jitter_draws", jitter_draws, 2, 100000, SENSITIVITY, "draws per jitter", "20", "100",
           "400"),
};

static const struct h4l_answer answers[] = {{"heldout units", "gamma_mean_* gamma_noise_mean_*"},
                                            {0}};

static const struct h4l_undefined undefined[] = {
    {NULL, "topologies_* smaller_topologies_* contrasts* gamma_*_minus_*",
     "an interval over the fits needs at least two (fits), one over the stimuli two of them"},
    {NULL, "gamma_*_interval_* gamma_interval_* gamma_noise_interval_* gamma_by_class_*",
     "an interval needs two stimuli of the kind"},
    {NULL, "kistler_hit_share_*", "HH does not spike on this stimulus: there is nothing to hit"},
    {NULL, "slif2hh_against one_unit_more*", "an interval over the fits needs at least two (fits)"},
    {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {&h4l_heldout_stimuli_series,
                                                      &h4l_heldout_classes_series,
                                                      &h4l_heldout_raster_series,
                                                      &h4l_heldout_rows_series,
                                                      &h4l_heldout_fi_series,
                                                      &h4l_topologies_series,
                                                      &h4l_units_series};
    static const struct h4l_constants constants = {
        "model",
        "a constant of a neuron that --set neuron names, by neuron and name; tv has those of hh. "
        "The HH "
        "that is predicted stays as it is. --list-neurons shows values, units and ranges.",
        HELDOUT, h4l_model_constant_listed};
    static const struct h4l_family family = {
        .name = "fitting",
        .question = "Does a network of LIF units with fitted constants predict the spikes of a "
                    "Hodgkin-Huxley neuron on inputs it was not fitted to, and how many units does "
                    "that take?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .series = series,
        .n_series = sizeof series / sizeof *series,
        .constants = &constants,
        .answers = answers,
        .undefined = undefined,
        .neuron = h4l_model_listed,
        .options_size = sizeof(struct h4l_fitting_options)};

    return h4l_family_main(&family, argc, argv);
}
