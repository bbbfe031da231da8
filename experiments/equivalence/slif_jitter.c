// slif-jitter: how fragile is each agreement? Every constant that was set by hand is multiplied by a factor drawn evenly from
// 1 - jitter .. 1 + jitter: each alone, in groups, and all together; counted is how often the outcome is still an agreement.
//
// Left out: the biophysical constants of HH (from the literature), HH's step (numerical), and the constants that are 0, which no factor
// changes (U, the potentials' start).
#include "slif.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "base/rng.h"
#include "equivalence.h"
#include "slif_compare.h"

#define LEVEL 0.95 // of the intervals

enum constant {
    OFFSET,
    AMPLITUDE,
    FREQUENCY,
    HH_M0,
    HH_H0,
    HH_N0,
    HH_THRESHOLD,
    LIF_THRESHOLD,
    LIF_LEAK,
    LIF_C,
    LIF_DT,
    WEIGHT,
    CONSTANTS
};
#define BIT(c) (1u << (c))
#define INPUT (BIT(OFFSET) | BIT(AMPLITUDE) | BIT(FREQUENCY))
#define HH (BIT(HH_M0) | BIT(HH_H0) | BIT(HH_N0) | BIT(HH_THRESHOLD))
#define LIF (BIT(LIF_THRESHOLD) | BIT(LIF_LEAK) | BIT(LIF_C) | BIT(LIF_DT))

// What is varied: a row of the result. A group draws one factor for each of its constants.
static const struct vary {
    const char *name;
    unsigned constants;
} rows[] = {
    {"input offset", BIT(OFFSET)},
    {"input amplitude", BIT(AMPLITUDE)},
    {"input frequency", BIT(FREQUENCY)},
    {"HH m(0)", BIT(HH_M0)},
    {"HH h(0)", BIT(HH_H0)},
    {"HH n(0)", BIT(HH_N0)},
    {"HH threshold", BIT(HH_THRESHOLD)},
    {"LIF threshold", BIT(LIF_THRESHOLD)},
    {"LIF leak", BIT(LIF_LEAK)},
    {"LIF capacitance", BIT(LIF_C)},
    {"LIF step", BIT(LIF_DT)},
    {"weight", BIT(WEIGHT)},
    {"all of the input", INPUT},
    {"all of HH", HH},
    {"all of s-LIF2HH", LIF},
    {"all", INPUT | HH | LIF | BIT(WEIGHT)},
};
enum { ROWS = sizeof rows / sizeof *rows };

// One draw's outcome.
struct draw {
    double factor; // of a single constant; NaN for groups
    struct h4l_slif_comparison comparison;
};

struct study {
    struct h4l_run *run;
    struct h4l_chain published;
    // Of the published constants: HH's spikes, for draws that leave HH and its input alone, and the outcome.
    struct h4l_chain_spikes hh[2];
    struct h4l_slif_comparison outcome;
    const char *wave;
    size_t n_draws;
    double jitter, delta_ms;
    int leak_by_decay;    // vary decay itself instead of the leak 1 - decay
    struct draw *draws;   // [row * n_draws + draw]
    size_t *todo, n_todo; // the draws that change HH or its input
};

// A row that has nothing to vary for this waveform (the constant has no amplitude and no frequency).
static int row_exists(const struct study *s, const struct vary *row)
{
    return s->published.wave.kind != H4L_WAVE_CONST ||
           (row->constants & ~(BIT(AMPLITUDE) | BIT(FREQUENCY))) != 0;
}

static void scale(const struct study *s, struct h4l_chain *c, enum constant which, double factor)
{
    switch (which) {
    case OFFSET:
        c->wave.offset *= factor;
        break;
    case AMPLITUDE:
        c->wave.amplitude *= factor;
        break;
    case FREQUENCY:
        c->wave = h4l_slif_scale(&c->wave, factor, 1);
        break;
    case HH_M0:
        c->hh_start[H4L_HH_M] *= factor;
        break;
    case HH_H0:
        c->hh_start[H4L_HH_H] *= factor;
        break;
    case HH_N0:
        c->hh_start[H4L_HH_N] *= factor;
        break;
    case HH_THRESHOLD:
        c->hh_threshold *= factor;
        break;
    case LIF_THRESHOLD:
        c->lif.threshold *= factor;
        break;
    case LIF_LEAK:
        c->lif.decay = s->leak_by_decay ? c->lif.decay * factor : 1 - (1 - c->lif.decay) * factor;
        break;
    case LIF_C:
        c->lif.C *= factor;
        break;
    case LIF_DT:
        c->lif.dt_ms *= factor;
        break;
    case WEIGHT:
        c->weight_per_ms *= factor;
        break;
    case CONSTANTS:
        break;
    }
}

// The chain of one draw: a random stream of its own, one number per constant in the order of the list.
static struct h4l_chain jittered(const struct study *s, const struct vary *row, size_t draw,
                                 double *ret_factor)
{
    struct h4l_chain c = s->published;
    struct h4l_rng rng;
    char purpose[96];

    snprintf(purpose, sizeof purpose, "slif-jitter %s %s", s->wave, row->name);
    h4l_rng_init(&rng, h4l_run_seed(s->run), purpose, draw);
    *ret_factor = NAN;
    for (int i = 0; i < CONSTANTS; i++)
        if (row->constants & BIT(i)) {
            double factor = h4l_rng_between(&rng, 1 - s->jitter, 1 + s->jitter);
            scale(s, &c, (enum constant)i, factor);
            if (row->constants == BIT(i))
                *ret_factor = factor;
        }
    return c;
}

// Runs s-LIF2HH and compares its output with the given spikes of HH.
static int compare(const struct study *s, const struct h4l_chain *chain,
                   const struct h4l_chain_spikes hh[2], struct h4l_slif_comparison *ret,
                   struct h4l_err *err)
{
    struct h4l_chain_spikes lif[2] = {0};
    int code = h4l_chain_run_lif(chain, NULL, NULL, lif, err);

    if (!code)
        code = h4l_slif_compare((struct h4l_spikes){hh[1].t_ms, hh[1].n},
                                (struct h4l_spikes){lif[1].t_ms, lif[1].n}, chain->duration_ms,
                                s->delta_ms, ret, err);
    h4l_chain_spikes_free(lif);
    return code;
}

// Draws number batch * H4L_SLIF_BATCH on of s->todo, whose HH neurons run side by side.
static int run_batch(void *ctx, size_t batch, int worker, struct h4l_err *err)
{
    const struct study *s = ctx;
    size_t first = batch * H4L_SLIF_BATCH, left = s->n_todo - first;
    size_t n = left < H4L_SLIF_BATCH ? left : H4L_SLIF_BATCH;
    struct h4l_chain chains[H4L_SLIF_BATCH];
    struct h4l_chain_spikes hh[H4L_SLIF_BATCH][2] = {0};
    int code;

    (void)worker;
    if (h4l_run_interrupted(s->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    for (size_t i = 0; i < n; i++) {
        size_t draw = s->todo[first + i];
        chains[i] =
            jittered(s, &rows[draw / s->n_draws], draw % s->n_draws, &s->draws[draw].factor);
    }
    code = h4l_chain_run_hh_many(chains, n, hh, err);
    for (size_t i = 0; i < n; i++) {
        if (!code)
            code = compare(s, &chains[i], hh[i], &s->draws[s->todo[first + i]].comparison, err);
        h4l_chain_spikes_free(hh[i]);
    }
    return code;
}

// A draw that leaves HH and its input alone: HH spikes as with the published constants.
static int run_lif_draw(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    const struct study *s = ctx;
    const struct vary *row = &rows[i / s->n_draws];
    struct h4l_chain chain;

    (void)worker;
    if (row->constants & ~LIF)
        return H4L_OK;
    chain = jittered(s, row, i % s->n_draws, &s->draws[i].factor);
    return compare(s, &chain, s->hh, &s->draws[i].comparison, err);
}

// ---- what comes of it ----

struct summary {
    size_t verdicts[4];
    double mean_difference, sd_difference; // spike count of s-LIF2HH minus that of HH
    double mean_gamma;                     // over the draws in which it is defined
    // Smallest |factor - 1| among the draws of a single constant that turn agreement of the counts into
    // disagreement, or the other way round; NaN: none does, or it is a group.
    double nearest_flip_percent;
    double agree[3], holds[3]; // percent and its interval
};

static int share(size_t successes, size_t trials, double ret[3], struct h4l_err *err)
{
    struct h4l_interval interval;
    int code = h4l_wilson_interval(successes, trials, LEVEL, &interval, err);

    if (code)
        return code;
    ret[0] = 100.0 * (double)successes / (double)trials;
    ret[1] = 100 * interval.lo;
    ret[2] = 100 * interval.hi;
    return H4L_OK;
}

static int summarise(const struct draw *draws, size_t n, int published_agrees, struct summary *ret,
                     struct h4l_err *err)
{
    struct summary s = {.nearest_flip_percent = NAN};
    double sum = 0, square = 0, gamma = 0, gammas = 0;
    int code;

    for (size_t i = 0; i < n; i++) {
        const struct h4l_slif_comparison *c = &draws[i].comparison;
        enum h4l_slif_verdict verdict = h4l_slif_verdict(c);
        double d = (double)c->n_lif - (double)c->n_hh;
        s.verdicts[verdict]++;
        sum += d;
        square += d * d;
        if (isfinite(c->gamma)) {
            gamma += c->gamma;
            gammas++;
        }
        if ((verdict != H4L_SLIF_COUNTS_DIFFER) != published_agrees) // fmin passes over NaN
            s.nearest_flip_percent = fmin(s.nearest_flip_percent, 100 * fabs(draws[i].factor - 1));
    }
    s.mean_difference = sum / (double)n;
    s.sd_difference = sqrt(fmax(0, square / (double)n - s.mean_difference * s.mean_difference));
    s.mean_gamma = gamma / gammas;
    code = share(n - s.verdicts[H4L_SLIF_COUNTS_DIFFER], n, s.agree, err);
    if (!code)
        code = share(s.verdicts[H4L_SLIF_HOLDS], n, s.holds, err);
    if (!code)
        *ret = s;
    return code;
}

static void write_summary(struct h4l_csv *csv, const struct study *study, const struct vary *row,
                          const struct summary *s)
{
    const double values[] = {(double)study->published.wave.kind,
                             (double)(row - rows),
                             (double)study->n_draws,
                             (double)(study->n_draws - s->verdicts[H4L_SLIF_COUNTS_DIFFER]),
                             s->agree[0],
                             s->agree[1],
                             s->agree[2],
                             (double)s->verdicts[H4L_SLIF_HOLDS],
                             s->holds[0],
                             s->holds[1],
                             s->holds[2],
                             (double)s->verdicts[H4L_SLIF_SILENT],
                             s->mean_difference,
                             s->sd_difference,
                             s->mean_gamma,
                             s->nearest_flip_percent};

    h4l_csv_text(csv, study->wave);
    h4l_csv_text(csv, row->name);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        h4l_csv_real(csv, isfinite(values[i]) ? values[i] : NAN); // empty where there is no number
}

static void write_draws(struct h4l_csv *csv, int wave, int row, const struct draw *draws, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct h4l_slif_comparison *c = &draws[i].comparison;
        h4l_csv_row(csv, (double[]){wave, row, (double)i, draws[i].factor, (double)c->n_hh,
                                    (double)c->n_lif, h4l_slif_verdict(c),
                                    c->mean_abs_time_difference_over_isi, c->gamma});
    }
}

static void metrics(struct h4l_run *run, const char *wave, const char *what,
                    const double percent[3])
{
    static const char *const ends[] = {"percent", "low_percent", "high_percent"};
    char name[96];

    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s_%s_%s", wave, what, ends[i]);
        h4l_metric_real(run, name, percent[i]);
    }
}

// One waveform: its rows into the two tables, its shares with everything jittered into the metrics.
static int report(const struct study *s, struct h4l_csv *table, struct h4l_csv *raw,
                  struct h4l_err *err)
{
    double alone[CONSTANTS];
    char name[96];

    for (int r = 0; r < ROWS; r++) {
        const struct draw *draws = s->draws + (size_t)r * s->n_draws;
        struct summary summary;
        int code;
        if (r < CONSTANTS)
            alone[r] = NAN;
        if (!row_exists(s, &rows[r]))
            continue;
        code = summarise(draws, s->n_draws, h4l_slif_verdict(&s->outcome) != H4L_SLIF_COUNTS_DIFFER,
                         &summary, err);
        if (code)
            return code;
        write_summary(table, s, &rows[r], &summary);
        write_draws(raw, (int)s->published.wave.kind, r, draws, s->n_draws);
        if (r < CONSTANTS)
            alone[r] = summary.agree[0];
        if (r == ROWS - 1) {
            snprintf(name, sizeof name, "%s_all_draws", s->wave);
            h4l_metric_int(s->run, name, (long long)s->n_draws);
            snprintf(name, sizeof name, "%s_all_counts_agree", s->wave);
            h4l_metric_int(s->run, name,
                           (long long)(s->n_draws - summary.verdicts[H4L_SLIF_COUNTS_DIFFER]));
            metrics(s->run, s->wave, "all_counts_agree", summary.agree);
            metrics(s->run, s->wave, "all_criterion_holds", summary.holds);
        }
    }
    snprintf(name, sizeof name, "%s_alone_counts_agree_percent", s->wave);
    h4l_metric_reals(s->run, name, alone, CONSTANTS);
    return H4L_OK;
}

// The published outcome and all draws.
static int simulate(struct study *s, struct h4l_err *err)
{
    struct h4l_pool *pool = h4l_run_pool(s->run);
    size_t n = (size_t)ROWS * s->n_draws;
    int code = h4l_chain_run_hh(&s->published, NULL, s->hh, err);

    if (!code)
        code = compare(s, &s->published, s->hh, &s->outcome, err);
    for (size_t i = 0; i < n; i++)
        if (row_exists(s, &rows[i / s->n_draws]) && (rows[i / s->n_draws].constants & ~LIF))
            s->todo[s->n_todo++] = i;
    if (!code)
        code = h4l_parallel_for(pool, (s->n_todo + H4L_SLIF_BATCH - 1) / H4L_SLIF_BATCH, run_batch,
                                s, err);
    if (!code)
        code = h4l_parallel_for(pool, n, run_lif_draw, s, err);
    return code;
}

static int run_study(struct study *s, struct h4l_csv *table, struct h4l_csv *raw,
                     struct h4l_err *err)
{
    int code;

    s->draws = calloc((size_t)ROWS * s->n_draws, sizeof *s->draws);
    s->todo = calloc((size_t)ROWS * s->n_draws, sizeof *s->todo);
    if (s->draws && s->todo)
        code = simulate(s, err);
    else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %zu draws", ROWS * s->n_draws);
    if (!code)
        code = report(s, table, raw, err);
    h4l_chain_spikes_free(s->hh);
    free(s->draws);
    free(s->todo);
    return code;
}

static const struct h4l_column summary_columns[] = {
    {"waveform", "", "waveform of the current"},
    {"varied", "", "what is jittered"},
    {"waveform_index", "index", "number of the waveform"},
    {"varied_index", "index", "number of what is jittered"},
    {"draws", "1", "draws"},
    {"counts_agree", "1", "draws in which both neurons spike as often"},
    {"counts_agree_percent", "%", "their share"},
    {"counts_agree_low_percent", "%", "its 95 % interval, lower end"},
    {"counts_agree_high_percent", "%", "upper end"},
    {"criterion_holds", "1", "draws in which the criterion holds"},
    {"criterion_holds_percent", "%", "their share"},
    {"criterion_holds_low_percent", "%", "its 95 % interval, lower end"},
    {"criterion_holds_high_percent", "%", "upper end"},
    {"both_silent", "1", "draws in which no neuron spikes"},
    {"mean_count_difference", "1", "spikes of s-LIF2HH minus those of HH: mean"},
    {"sd_count_difference", "1", "its standard deviation"},
    {"mean_gamma", "1", "coincidence factor, mean over the draws that have one"},
    {"nearest_flip_percent", "%",
     "smallest change of a single constant that changes whether the counts agree; empty: none"},
};
static const struct h4l_column draw_columns[] = {
    {"waveform_index", "index", "number of the waveform"},
    {"varied_index", "index", "number of what is jittered"},
    {"draw", "1", "draw, from 0"},
    {"factor", "1", "factor of a single constant; empty for several"},
    {"spikes_hh", "1", "spikes of HH"},
    {"spikes_lif", "1", "spikes of s-LIF2HH"},
    {"verdict", "0 silent, 1 counts differ, 2 counts agree, 3 criterion holds",
     "outcome of the draw"},
    {"mean_abs_time_difference_over_isi", "1",
     "mean distance of paired spikes, over the mean interval of HH"},
    {"gamma", "1", "coincidence factor"},
};
const struct h4l_series h4l_slif_jitter_series =
    H4L_SERIES("slif-jitter.csv", "waveform and set of jittered constants", summary_columns);
const struct h4l_series h4l_slif_jitter_draws_series =
    H4L_SERIES("slif-jitter-draws.csv", "draw", draw_columns);

static int begin_tables(struct h4l_run *run, struct h4l_csv **ret_table, struct h4l_csv **ret_raw,
                        struct h4l_err *err)
{
    *ret_table = h4l_series_begin(run, &h4l_slif_jitter_series, NULL, err);
    if (!*ret_table)
        return err->code;
    *ret_raw = h4l_series_begin(run, &h4l_slif_jitter_draws_series, NULL, err);
    return *ret_raw ? H4L_OK : err->code;
}

// The order of the arrays <waveform>_alone_counts_agree_percent.
static void name_constants(struct h4l_run *run)
{
    char text[400] = "";

    for (int i = 0; i < CONSTANTS; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s", i ? ", " : "", rows[i].name);
    }
    h4l_metric_text(run, "alone_order", text);
}

// The longest step that is drawn has to fit into the run.
static int check_steps(const struct study *s, struct h4l_err *err)
{
    double longest = s->published.lif.dt_ms * (1 + s->jitter);

    return longest <= s->published.duration_ms
               ? H4L_OK
               : h4l_fail(err, H4L_E_RANGE,
                          "slif_duration_ms = %g: expected at least %g, the longest step of "
                          "s-LIF2HH that is drawn (slif_lif_dt_ms = %g, slif_jitter_share = %g)",
                          s->published.duration_ms, longest, s->published.lif.dt_ms, s->jitter);
}

int h4l_slif_jitter_run(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_equivalence_options *o = h4l_run_options(run);
    struct h4l_csv *table = NULL, *raw = NULL;
    int code = begin_tables(run, &table, &raw, err);

    name_constants(run);
    for (int kind = 0; kind < H4L_WAVE_PUBLISHED && !code; kind++) {
        struct study s = {.run = run,
                          .wave = h4l_wave_name((enum h4l_wave_kind)kind),
                          .n_draws = o->jitter_draws,
                          .jitter = o->jitter_share,
                          .delta_ms = o->delta_ms,
                          .leak_by_decay = o->jitter_decay};
        struct h4l_wave wave;
        h4l_run_progress(run, s.wave, kind, H4L_WAVE_PUBLISHED);
        code = h4l_wave_published((enum h4l_wave_kind)kind, &wave, err);
        if (!code)
            code = h4l_slif_chain(run, &wave, &s.published, err);
        if (!code)
            code = check_steps(&s, err);
        if (!code)
            code = run_study(&s, table, raw, err);
    }
    return code;
}
