// hh4lif-dynamics: do the LIF models share HH's dynamics, and is HH HH? Claims D1 to D4; see README.md beside this file.

#include "dynamics.h"
#include "neuron/model.h"

// Groups of cases with parameters of their own.
enum {
    FI_CURVE = 1,
    REST = 2,
    PERIODIC = 4,
    CHAOTIC = 8,
    LYAPUNOV = REST | PERIODIC | CHAOTIC,
    METRICS = 16,
    TIMING = 32,
    FREQUENCY = 64,
    NETWORK = 128,
    BIFURCATIONS = 256
};

static const struct h4l_case cases[] = {
    {"bifurcations", "rest, Hopf points, folds of cycles and the bifurcation diagram of HH",
     h4l_dynamics_bifurcations, NULL, BIFURCATIONS},
    {"fi-curve", "interval, peak and Floquet exponents of HH's orbit over the current",
     h4l_dynamics_fi_curve, NULL, FI_CURVE},
    {"lyapunov-rest", "Lyapunov spectra at rest: HH, tv-LIF2HH, s-LIF2HH",
     h4l_dynamics_lyapunov_rest, NULL, REST},
    {"lyapunov-periodic", "Lyapunov spectra on the limit cycle, with its Floquet exponents",
     h4l_dynamics_lyapunov_periodic, NULL, PERIODIC},
    {"lyapunov-chaotic", "Lyapunov spectra under a sine current that makes HH chaotic",
     h4l_dynamics_lyapunov_chaotic, NULL, CHAOTIC},
    {"spike-metrics",
     "all distances between two spike trains in files (--set a=FILE --set b=FILE), or of every "
     "pair of "
     "many (--set trains=FILE)",
     h4l_dynamics_spike_metrics, NULL, METRICS | H4L_ON_DEMAND},
    {"spike-timing", "spike trains of each model against HH and against noisy repetitions of HH",
     h4l_dynamics_spike_timing, NULL, TIMING | H4L_MANY_SEEDS},
    {"frequency", "spectra, coherence and spectrograms of each model beside HH",
     h4l_dynamics_frequency, NULL, FREQUENCY},
    {"network", "a recurrent network of each model: spike trains and Lyapunov exponents",
     h4l_dynamics_network, NULL, NETWORK | H4L_MANY_SEEDS},
};

#define NUMBER(name, place, ...) H4L_NUMBER(struct h4l_dynamics_options, name, place, __VA_ARGS__)
#define TEXT(name, place, ...) H4L_TEXT(struct h4l_dynamics_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    NUMBER("currents_uA_per_cm2", currents, 0, 250, FI_CURVE,
           "currents, uA/cm^2; HH as published has no orbit below 6.2603 and above 154.52",
           "6.3,6.5,7,8,9,10,12,15,20,25,30,40,50,60,62.8,63,70,80,100,120,140,150", NULL,
           "6.27,6.3,6.35,6.4,6.5,6.75,7,7.5,8,8.5,9,9.5,10,11,12,13,14,15,17.5,20,22.5,25,27.5,30,"
           "35,40,45,50,55,60,62.8,63,65,70,75,80,85,90,95,100,105,110,115,120,125,130,135,140,145,"
           "150,152,154"),
    NUMBER("i0", i0, -20, 300, REST, "constant current, uA/cm^2", "0"),
    NUMBER("i0", i0, -10, 300, PERIODIC | CHAOTIC, "constant part of the current, uA/cm^2", "10"),
    NUMBER("amplitude", amplitude, -30, 30, CHAOTIC,
           "amplitude of the sine current, uA/cm^2: I = i0 + amplitude sin(2 pi frequency t)",
           "2.5"),
    NUMBER("frequency_per_ms", frequency_per_ms, 0, 10, CHAOTIC,
           "frequency of the sine current, 1/ms", "0.17"),
    NUMBER("duration_ms", duration_ms, 1000, 1e9, CHAOTIC,
           "total length of all trajectories per model, ms (transients not counted)", "250000",
           "4000000", "20000000"),
    NUMBER("trajectories", trajectories, 8, 100000, CHAOTIC,
           "number of trajectories (a multiple of 8), each with 1000 ms of transient and 10 blocks",
           "32", "64", "160"),
    NUMBER("step_ms", step_ms, 1e-4, 0.03, CHAOTIC, "step of RK4, ms", "0.02"),
    NUMBER("slif_duration_ms", slif_duration_ms, 1000, 1e8, LYAPUNOV,
           "length of the s-LIF2HH runs, ms", "10000", "30000", "100000"),
    NUMBER("runs", runs, 2, H4L_DYNAMICS_MAX_RUNS, TIMING,
           "runs per stimulus (--seeds sets it too)", "5", "40", "200"),
    NUMBER("duration_ms", duration_ms, 100, 1e6, TIMING, "length of a run, ms (whole)", "2000",
           "4000", NULL),
    NUMBER("duration_ms", duration_ms, 4096, 1e8, FREQUENCY,
           "length of the runs under noise, ms (whole)", "32768", "262144", "1048576"),
    NUMBER("step_ms", step_ms, 1e-4, 0.05, TIMING | FREQUENCY | NETWORK,
           "step of RK4, ms; 1 over a whole number", "0.02"),
    NUMBER("threshold_mV", threshold_mV, -60, 40, TIMING | FREQUENCY | NETWORK,
           "an HH or tv-LIF2HH neuron spikes when it rises above this, mV", "0"),
    NUMBER("noise_uA_per_cm2", noise_sd, 0, 3, TIMING | FREQUENCY | NETWORK,
           "standard deviation of the noise current that each repetition of HH gets (correlation "
           "time 2 ms)",
           "0.5"),
    NUMBER("networks", networks, 2, H4L_DYNAMICS_MAX_NETWORKS, NETWORK,
           "wirings whose spike trains are compared (--seeds sets it too)", "3", "20", "100"),
    NUMBER("window_ms", window_ms, 50, 1000, NETWORK,
           "length of the compared spike trains, ms (whole)", "200"),
    NUMBER("raster_ms", raster_ms, 100, 1e5, NETWORK,
           "length of the run for raster and rates, ms (whole)", "1000"),
    NUMBER(
        "trajectories", trajectories, 2, 1000, NETWORK,
        "starts for the Lyapunov exponents, each with 300 ms of transient (three times its length, "
        "if that is less) and 10 blocks",
        "2", "10", "40"),
    NUMBER("exponents", exponents, 1, 32, NETWORK, "leading Lyapunov exponents of HH and tv-LIF2HH",
           "3", "8", "20"),
    NUMBER("lyapunov_ms", lyapunov_ms, 10, 1e6, NETWORK, "length per start, ms", "120", "1000",
           "2000"),
    NUMBER("g_exc_mS_per_cm2", g_exc, 0, 10, NETWORK,
           "conductance of an open excitatory synapse, mS/cm^2", "0.05"),
    NUMBER("g_inh_mS_per_cm2", g_inh, 0, 10, NETWORK,
           "conductance of an open inhibitory synapse, mS/cm^2", "0.5"),
    NUMBER("drive_uA_per_cm2", drive, -100, 100, NETWORK,
           "mean constant current of the neurons, uA/cm^2", "10"),
    NUMBER("drive_range_uA_per_cm2", drive_range, 0, 100, NETWORK,
           "each neuron's current is drawn from mean +- this", "3"),
    TEXT("neuron", neuron, "none", FI_CURVE | LYAPUNOV | TIMING | FREQUENCY | NETWORK,
         "further neurons beside those of the paper: names of --list-neurons with commas between"),
    TEXT("a", a, "none", METRICS, "file with one spike time (ms) per line; data train of gamma"),
    TEXT("b", b, "none", METRICS, "file with one spike time (ms) per line; model train of gamma"),
    TEXT("trains", trains, "none", METRICS,
         "file with many trains, for the distances of every pair: CSV with a column t_ms (each "
         "combination of the other columns is a train), or a train of times (ms) per line"),
    NUMBER("t_start_ms", t_start_ms, -1e12, 1e12, METRICS, "start of the window, ms", "0"),
    NUMBER("t_end_ms", t_end_ms, -1e12, 1e12, METRICS,
           "end of the window, ms (not given: the last spike)", H4L_OWN),
    NUMBER("q_per_ms", q_per_ms, 0, 1e9, METRICS | TIMING | NETWORK,
           "cost of moving a spike by 1 ms in the Victor-Purpura distance", "0.1"),
    NUMBER("tau_ms", tau_ms, 1e-9, 1e9, METRICS | TIMING | NETWORK,
           "time constant of the van Rossum distance, ms", "10"),
    NUMBER("delta_ms", delta_ms, 0, 1e9, METRICS | TIMING | NETWORK,
           "spikes at most this far apart coincide in gamma, ms", "2"),
};

static const struct h4l_answer answers[] = {
    {"spike-timing", "isi_distance_* spike_distance_* gamma_loss_*"},
    {"network",
     "networks isi_distance_* gamma_loss_* tv_deviation_over_error_bar sign_of_largest_*"},
    {"frequency", "coherence_min_* coherence_mean_*"},
    {0}};

#define TOO_FAST                                                                                   \
    "spikes so often that chance alone hits every one (2 times rate times delta reaches 1)"
static const struct h4l_undefined undefined[] = {
    {"lyapunov-*", "largest_*_map_per_ms",
     "minus infinity: the map fires, and a step that fires has the Jacobian 0"},
    {"lyapunov-* network", "largest_* spectrum_*",
     "minus infinity: the neuron is reset, and a reset forgets what was before"},
    {"spike-metrics", "gamma*", "no train has a spike, or the train of the model " TOO_FAST},
    {"spike-metrics", "mean_isi_ms cv cv2 lv",
     "a train has too few spikes: two for an interval, three for a variation of intervals"},
    {"spike-timing network", "gamma_loss_* mean_measures_*", "the neuron " TOO_FAST},
    {"spike-timing network", "isi_distribution_distance_* cv_difference_* lv_difference_*",
     "one of the two trains has too few spikes: two for an interval, three for a variation"},
    {"fi-curve", "floquet_* isi_* peak_mV trough_mV",
     "the neuron does not fire steadily at this current"},
    {"bifurcations", "fold_of_cycles_uA_per_cm2",
     "no fold of cycles was met below the upper Hopf point"},
    {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {
        &h4l_equilibria_series,        &h4l_cycles_series,          &h4l_bifurcations_series,
        &h4l_fi_curve_series,          &h4l_fi_branch_series,       &h4l_lyapunov_series,
        &h4l_spike_timing_series,      &h4l_spike_rates_series,     &h4l_spike_pairs_series,
        &h4l_frequency_spectra_series, &h4l_frequency_sweep_series, &h4l_network_lyapunov_series,
        &h4l_network_raster_series};
    static const struct h4l_constants constants = {
        "model",
        "a constant of a simulated neuron of the case, by neuron and name; tv has those of hh. "
        "--list-neurons shows values, units and ranges.",
        FI_CURVE | LYAPUNOV | TIMING | FREQUENCY | NETWORK | BIFURCATIONS,
        h4l_model_constant_listed};
    static const struct h4l_family family = {
        .name = "dynamics",
        .question = "Is the Hodgkin-Huxley neuron of this suite the Hodgkin-Huxley neuron, and do "
                    "tv-LIF2HH and s-LIF2HH share its dynamics: spike timing, Lyapunov spectra, "
                    "frequency content?",
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
        .options_size = sizeof(struct h4l_dynamics_options)};

    return h4l_family_main(&family, argc, argv);
}
