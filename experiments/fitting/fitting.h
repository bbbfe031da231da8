// What the cases of hh4lif-fitting share: stimuli, the fitting of many candidates with checkpoints, and their held-out scores.
//
// A cell is one candidate fitted once: `starts` starts on a screening part of the training stimuli, the best quarter of them on all, the
// best few to the end (h4l_fitting_run). A candidate is fitted `fits` times, each time with other noise in its training
// stimuli and other starts; every candidate of a run gets the same number of evaluations and the same stimuli.
#ifndef H4L_FITTING_FITTING_H
#define H4L_FITTING_FITTING_H

#include "analysis/statistics.h"
#include "base/family.h"
#include "fit.h"

enum { H4L_FITTING_MAX_FITS = 100 }; // of a candidate, by the parameter fits or by --seeds
// The stimuli of a run: the classes, or Kistler's noise.
enum h4l_stim_family { H4L_STIM_MIXED, H4L_STIM_KISTLER };
enum h4l_last_search { H4L_LAST_CMAES, H4L_LAST_SBPLX };
enum h4l_report_delay { H4L_DELAY_FREE, H4L_DELAY_NONE };
enum h4l_variants { H4L_VARIANTS_PAPER, H4L_VARIANTS_THREE, H4L_VARIANTS_FOUR };

// Values of the parameters, which main.c lists.
struct h4l_fitting_options {
    double duration_ms, dt_ms, delta_ms, noise_share, hh_dt_ms, hh_level_mV;
    int per_class, heldout_per_class;
    size_t fits, starts, jitter_draws;
    long evaluations;
    enum h4l_last_search last_search;
    enum h4l_report_delay report_delay;
    enum h4l_variants variants;
    const char *neuron; // further candidates: names of h4l_models with commas between; NULL: none
    const char *topologies;    // NULL: the built-in list
    const char *topology_file; // NULL: none
};

struct h4l_fitting_training {
    struct h4l_stim_set all;
    struct h4l_stim_set screen; // some of all's stimuli (not owned), one group of lanes
    struct h4l_fit_data all_data, screen_data;
};

struct h4l_fitting {
    struct h4l_run *run;
    struct h4l_pool *pool; // the run's
    struct h4l_fitting_options o;
    enum h4l_stim_family family;
    struct h4l_fitting_training *training; // [o.fits]
    struct h4l_stim_set heldout;
    char program[65]; // what the checkpoints are bound to, see base/provenance.h
    bool said_anew;   // that those which are there are of something else
};

// Makes the stimuli that the parameters ask for.
int h4l_fitting_begin(struct h4l_run *run, struct h4l_fitting *ret, struct h4l_err *err);
int h4l_fitting_begin_on(struct h4l_run *run, enum h4l_stim_family family, struct h4l_fitting *ret,
                         struct h4l_err *err);
void h4l_fitting_end(struct h4l_fitting *f);

struct h4l_fitting_cell {
    const struct h4l_candidate *candidate;
    size_t fit; // 0..fits-1
    struct h4l_fit_state best;
    long evaluations; // of all starts
};

// Fits all candidates `fits` times: ret[candidate * fits + fit]. Finished cells are kept in DIR/fitting/fits/KEY.json, where KEY is a hash
// of all that the result depends on; with --resume, and for cells that an earlier case of this process made, they are read
// instead of made again. H4L_E_INTERRUPT between cells.
int h4l_fitting_run(struct h4l_fitting *f, const struct h4l_candidate *candidates, size_t n,
                    struct h4l_fitting_cell *ret, struct h4l_err *err);

// Gamma of every cell on every held-out stimulus: ret[cell * heldout.n + stimulus].
int h4l_fitting_heldout(struct h4l_fitting *f, const struct h4l_fitting_cell *cells, size_t n_cells,
                        double *ret, struct h4l_err *err);

// ---- results ----

// Held-out scores of one candidate.
struct h4l_scores {
    const char *name;    // of metrics
    size_t fits, n;      // n stimuli
    const double *gamma; // [fits * n]
    double *mean;        // [n], over the fits
    // Mean and 95 % interval over all stimuli and over those of each class; filled by h4l_scores_report.
    double all[3], by_class[H4L_STIM_CLASSES][3];
    double training; // mean training Gamma of the fits, also
};

// All of that for a list of candidates: fits, held-out scores and their metrics.
struct h4l_field {
    size_t n;                       // candidates
    struct h4l_fitting_cell *cells; // [n * fits]
    double *gamma, *mean;           // [n * fits * stimuli], [n * stimuli]
    struct h4l_scores *scores;      // [n]
};
// Frees a report delay in each candidate with free constants, where the parameter asks for it.
int h4l_field_begin(struct h4l_fitting *f, struct h4l_candidate *candidates, size_t n,
                    struct h4l_field *ret, struct h4l_err *err);
void h4l_field_end(struct h4l_field *field);
// The cell of candidate i with the best training objective.
const struct h4l_fitting_cell *h4l_field_best(const struct h4l_fitting *f,
                                              const struct h4l_field *field, size_t i);
// The series of the CSV files, each declared where it is written.
extern const struct h4l_series h4l_topologies_series, h4l_units_series, h4l_heldout_stimuli_series,
    h4l_heldout_classes_series, h4l_heldout_raster_series, h4l_heldout_rows_series,
    h4l_heldout_fi_series;
// A row per candidate; series: one of the first two. Errors: those of h4l_series_begin.
int h4l_field_series(struct h4l_fitting *f, const struct h4l_field *field,
                     const struct h4l_series *series, struct h4l_err *err);
// Metrics of the stimuli: stimulus_class, stimulus_label (texts), stimulus_spikes_hh, per held-out stimulus.
void h4l_stimuli_report(struct h4l_fitting *f);
// Metric constants_NAME: the fitted constants, an array over the fits.
int h4l_constants_report(struct h4l_fitting *f, const struct h4l_field *field, size_t i,
                         struct h4l_err *err);

// Metrics gamma_NAME (per stimulus, mean over fits), gamma_mean_NAME, gamma_interval_NAME (95 %, over stimuli), gamma_noise_mean_NAME,
// gamma_noise_interval_NAME, gamma_by_class_NAME {class: [mean, low, high]}, gamma_by_fit_NAME (mean over stimuli, per
// fit), gamma_fits_by_stimuli_NAME (a row per fit), gamma_training_NAME (per fit), free_constants_NAME.
int h4l_scores_report(struct h4l_fitting *f, struct h4l_scores *scores,
                      const struct h4l_fitting_cell *cells, struct h4l_err *err);

// 95 % interval of the mean of x[0..n-1]; NaN for n < 2.
int h4l_fitting_mean_interval(const struct h4l_fitting *f, const double *x, size_t n,
                              struct h4l_interval *ret, struct h4l_err *err);

// A paired comparison a - b over the held-out stimuli. Two kinds of interval and p value: over the stimuli, given these fits;
// and over fits and stimuli, that is with other fits too (what another run would find). A fit is a matter of luck to some degree,
// so that a difference of two candidates counts only if the second kind shows it; it needs at least two fits (else NaN).
struct h4l_contrast {
    const struct h4l_scores *a, *b;
    double mean;
    struct h4l_interval stimuli; // 95 %, BCa over stimuli (t interval below 20)
    struct h4l_interval both;    // 95 %, percentile, fits and stimuli resampled crosswise
    struct h4l_interval holm;    // the same at the level at which Holm's procedure tests it
    double p,
        p_holm; // Wilcoxon's signed-rank test over stimuli, two-sided; adjusted over the family
    double p_both, p_both_holm; // from the resampling, two-sided; adjusted over the family
};
// Fills the family's numbers from a and b.
int h4l_contrasts(const struct h4l_fitting *f, struct h4l_contrast *family, size_t n,
                  struct h4l_err *err);
// As one metric: an array of objects.
void h4l_contrasts_report(struct h4l_fitting *f, const char *metric,
                          const struct h4l_contrast *family, size_t n);
// Metric gamma_A_minus_B[_holm]: mean difference and the ends of its interval over fits and stimuli, for the registry.
void h4l_contrast_metric(struct h4l_fitting *f, const struct h4l_contrast *c, bool holm);

// Metrics of the threshold model with HH's kernels on Kistler's noise, per held-out stimulus, mean over the fits:
// kistler_hit_share_srm0_hh (of HH's spikes, within delta; null where there is none), kistler_gamma_srm0_hh, kistler_spikes_hh.
int h4l_fitting_kistler(const struct h4l_fitting *f, struct h4l_err *err);

// ---- cases ----

int h4l_fitting_heldout_case(struct h4l_run *run, struct h4l_err *err);
int h4l_fitting_units_case(struct h4l_run *run, struct h4l_err *err);
int h4l_fitting_topologies_case(struct h4l_run *run, struct h4l_err *err);
int h4l_fitting_sensitivity_case(struct h4l_run *run, struct h4l_err *err);

#endif
