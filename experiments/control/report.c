#include "control.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "base/json.h"

enum { POINTS = 400, LAST_EPISODES = 10 };

struct report {
    struct h4l_run *run;
    const struct h4l_control_plan *plan;
    const struct h4l_control_record *records;
    size_t seeds;
    long n_means; // moving means of a run: one for each step that has a whole window in front of it
    long plotted; // of them, those that the published figure shows
    double **mean; // [seeds][n_means]: forward moving mean of the shaped reward
};

// ---- moving means ----

// value i = mean of the rewards i .. i + window - 1, as in the published figure.
static void moving_mean(const float *rewards, long steps, long window, double *ret)
{
    // A running sum: rewards are below 25 with 24 bits, so 1e5 additions in double leave an error below 1e-9.
    double sum = 0;
    for (long i = 0; i < steps; i++) {
        sum += (double)rewards[i];
        if (i >= window)
            sum -= (double)rewards[i - window];
        if (i >= window - 1)
            ret[i - window + 1] = sum / (double)window;
    }
}

static int make_means(struct report *r, struct h4l_err *err)
{
    r->mean = calloc(r->seeds, sizeof(double *));
    for (size_t s = 0; r->mean && s < r->seeds; s++) {
        r->mean[s] = calloc((size_t)r->n_means, sizeof(double));
        if (!r->mean[s])
            return h4l_fail(err, H4L_E_NOMEM, "no memory for the learning curves");
        moving_mean(r->records[s].rewards, r->plan->o.train.steps, r->plan->window, r->mean[s]);
    }
    return r->mean ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the learning curves");
}

// Mean and population standard deviation over the seeds (the band of the published figure), and Student's 95 % interval.
static void across_seeds(const struct report *r, long step, double ret[4])
{
    double x[H4L_CONTROL_MAX_SEEDS], n = (double)r->seeds;
    struct h4l_interval t = {NAN, NAN};

    for (size_t s = 0; s < r->seeds; s++)
        x[s] = r->mean[s][step];
    ret[0] = h4l_mean(x, r->seeds);
    ret[1] = r->seeds > 1 ? h4l_sd(x, r->seeds) * sqrt((n - 1) / n) : 0;
    if (r->seeds > 1)
        h4l_t_interval(x, r->seeds, 0.95, &t, NULL);
    ret[2] = t.lo;
    ret[3] = t.hi;
}

// ---- metrics ----

static void by_seed(struct report *r, const char *name, double (*of)(const struct report *, size_t))
{
    double values[H4L_CONTROL_MAX_SEEDS];

    for (size_t s = 0; s < r->seeds; s++)
        values[s] = of(r, s);
    h4l_metric_reals(r->run, name, values, r->seeds);
}

static double area(const struct report *r, size_t s)
{
    return h4l_mean(r->mean[s], (size_t)r->plotted);
}
static double full_area(const struct report *r, size_t s)
{
    return h4l_mean(r->mean[s], (size_t)r->n_means);
}
static double last_mean(const struct report *r, size_t s)
{
    return r->mean[s][r->n_means - 1];
}
static double native_mean(const struct report *r, size_t s)
{
    double sum = 0;
    size_t n = r->records[s].n_episodes;

    for (size_t i = 0; i < n; i++)
        sum += r->records[s].episodes[i].native_return;
    return n ? sum / (double)n : NAN;
}

static double seed_of(const struct report *r, size_t s)
{
    return (double)h4l_run_seed(r->run) + (double)s;
}
static double final_return(const struct report *r, size_t s)
{
    return r->records[s].final.mean_return;
}
static double final_length(const struct report *r, size_t s)
{
    return r->records[s].final.mean_length;
}

// [seed][every window steps]
static json_t *means_by_window(const struct report *r)
{
    json_t *all = json_array();

    for (size_t s = 0; s < r->seeds; s++) {
        json_t *one = json_array();
        for (long i = 0; i < r->n_means; i += r->plan->window)
            h4l_json_add(&one, h4l_json_real(r->mean[s][i]));
        h4l_json_add(&all, one);
    }
    return all;
}

// [seed][evaluation]; which 0: counted step, 1: return, 2: length.
static json_t *evaluations(const struct report *r, int which)
{
    json_t *all = json_array();

    for (size_t s = 0; s < r->seeds; s++) {
        json_t *one = json_array();
        for (size_t i = 0; i < r->records[s].n_evaluations; i++) {
            const struct h4l_train_evaluation *e = &r->records[s].evaluations[i];
            h4l_json_add(&one, which == 0   ? json_integer(e->counted)
                               : which == 1 ? h4l_json_real(e->mean_return)
                                            : h4l_json_real(e->mean_length));
        }
        h4l_json_add(&all, one);
    }
    return all;
}

static json_t *hashes(const struct report *r)
{
    json_t *all = json_array();

    for (size_t s = 0; s < r->seeds; s++)
        h4l_json_add(&all, json_string(r->records[s].parameters_sha256));
    return all;
}

static void band_metrics(struct report *r)
{
    json_t *mean = json_array(), *sd = json_array(), *steps = json_array();

    for (long i = 0; i < r->n_means; i += r->plan->window) {
        double x[4];
        across_seeds(r, i, x);
        h4l_json_add(&steps, json_integer(i));
        h4l_json_add(&mean, h4l_json_real(x[0]));
        h4l_json_add(&sd, h4l_json_real(x[1]));
    }
    h4l_metric_json(r->run, "moving_mean_step", steps);
    h4l_metric_json(r->run, "reward_moving_mean_over_seeds", mean);
    h4l_metric_json(r->run, "reward_moving_mean_sd_over_seeds", sd);
}

static void write_metrics(struct report *r)
{
    long long seeds[H4L_CONTROL_MAX_SEEDS], episodes[H4L_CONTROL_MAX_SEEDS];

    for (size_t s = 0; s < r->seeds; s++) {
        seeds[s] = (long long)h4l_run_seed(r->run) + (long long)s;
        episodes[s] = (long long)r->records[s].n_episodes;
    }
    h4l_metric_ints(r->run, "seeds", seeds, r->seeds);
    h4l_metric_json(r->run, "reward_moving_mean", means_by_window(r));
    band_metrics(r);
    by_seed(r, "area_under_curve", area);
    by_seed(r, "area_under_whole_curve", full_area);
    by_seed(r, "reward_last_moving_mean", last_mean);
    by_seed(r, "native_return_mean", native_mean);
    h4l_metric_ints(r->run, "episodes", episodes, r->seeds);
    by_seed(r, "final_evaluation_return", final_return);
    by_seed(r, "final_evaluation_length", final_length);
    h4l_metric_json(r->run, "evaluation_step", evaluations(r, 0));
    h4l_metric_json(r->run, "evaluation_return", evaluations(r, 1));
    h4l_metric_json(r->run, "evaluation_length", evaluations(r, 2));
    h4l_metric_real(r->run, "untrained_readout", r->records[0].untrained_readout);
    h4l_metric_real(r->run, "first_stored_reward", r->records[0].first_stored_reward);
    h4l_metric_int(r->run, "policy_parameters", (long long)r->records[0].policy_parameters);
    h4l_metric_int(r->run, "critic_parameters", (long long)r->records[0].critic_parameters);
    h4l_metric_json(r->run, "parameters_sha256", hashes(r));
    if (r->plan->warms_up)
        h4l_metric_text(r->run, "warmup_sha256", r->plan->warmup_sha256);
}

// ---- series ----

static struct h4l_csv *begin(struct report *r, const struct h4l_series *series, struct h4l_err *err)
{
    return h4l_series_begin(r->run, series, r->plan->c->name, err);
}

// Mean native return of the last episodes that had ended by a counted step; NaN before the first one.
static double recent_return(const struct h4l_control_record *record, long step, size_t *cursor)
{
    double sum = 0;
    size_t from;

    while (*cursor < record->n_episodes && record->episodes[*cursor].counted <= step)
        ++*cursor;
    from = *cursor > LAST_EPISODES ? *cursor - LAST_EPISODES : 0;
    for (size_t i = from; i < *cursor; i++)
        sum += record->episodes[i].native_return;
    return *cursor ? sum / (double)(*cursor - from) : NAN;
}

static const struct h4l_column curve_columns[] = {
    {"seed", "1", "seed"},
    {"step", "counted steps", "first counted step of the window"},
    {"reward_moving_mean", "per step", "mean reward over the window"},
    {"native_return", "per episode",
     "mean native return of the last episodes; empty: none has ended"},
};
const struct h4l_series h4l_control_curve_series =
    H4L_SERIES("*-curve.csv", "seed and plotted step", curve_columns);

static int write_curves(struct report *r, struct h4l_err *err)
{
    long stride = (r->n_means + POINTS - 1) / POINTS;
    struct h4l_csv *csv = begin(r, &h4l_control_curve_series, err);

    if (!csv)
        return err->code;
    for (size_t s = 0; s < r->seeds; s++) {
        size_t cursor = 0;
        for (long i = 0; i < r->n_means; i += stride) {
            double row[4] = {seed_of(r, s), (double)i, r->mean[s][i],
                             recent_return(&r->records[s], i, &cursor)};
            h4l_csv_row(csv, row);
        }
    }
    return H4L_OK;
}

static const struct h4l_column band_columns[] = {
    {"step", "counted steps", "first counted step of the window"},
    {"mean", "per step", "moving mean of the reward: mean over the seeds"},
    {"sd", "per step", "its standard deviation over the seeds"},
    {"low", "per step", "95 % interval of the mean, lower end"},
    {"high", "per step", "upper end"},
};
const struct h4l_series h4l_control_band_series =
    H4L_SERIES("*-band.csv", "plotted step", band_columns);

static int write_band(struct report *r, struct h4l_err *err)
{
    long stride = (r->n_means + POINTS - 1) / POINTS;
    struct h4l_csv *csv = begin(r, &h4l_control_band_series, err);

    if (!csv)
        return err->code;
    for (long i = 0; i < r->n_means; i += stride) {
        double x[4];
        across_seeds(r, i, x);
        double row[5] = {(double)i, x[0], x[1], x[2], x[3]};
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static const struct h4l_column final_columns[] = {
    {"seed", "1", "seed"},
    {"area_under_curve", "per step",
     "mean of the moving mean of the reward over the plotted steps"},
    {"reward_last_moving_mean", "per step", "moving mean of the reward at the end"},
    {"native_return_mean", "per episode", "mean native return of the episodes"},
    {"final_evaluation_return", "per episode", "mean return of the last evaluation"},
    {"final_evaluation_length", "steps", "mean length of the last evaluation"},
    {"episodes", "1", "episodes that ended"},
};
const struct h4l_series h4l_control_final_series = H4L_SERIES("*-final.csv", "seed", final_columns);

static int write_finals(struct report *r, struct h4l_err *err)
{
    struct h4l_csv *csv = begin(r, &h4l_control_final_series, err);

    if (!csv)
        return err->code;
    for (size_t s = 0; s < r->seeds; s++) {
        double row[7] = {seed_of(r, s),
                         area(r, s),
                         last_mean(r, s),
                         native_mean(r, s),
                         final_return(r, s),
                         final_length(r, s),
                         (double)r->records[s].n_episodes};
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static const struct h4l_column noise_columns[] = {
    {"state_noise", "1", "noise of the state"},
    {"reward_noise", "1", "noise of the reward"},
    {"seed", "1", "seed"},
    {"area_under_curve", "per step",
     "mean of the moving mean of the reward over the plotted steps"},
    {"native_return_mean", "per episode", "mean native return of the episodes"},
    {"final_evaluation_return", "per episode", "mean return of the last evaluation"},
};
const struct h4l_series h4l_control_noise_series =
    H4L_SERIES("*-noise.csv", "seed, where --set gave the noise", noise_columns);

// A run whose noise was set by hand is a point of a sweep over it: its table says where it stands, so that hh4lif-sweep can join
// such tables and plots/control-noise-sweep draw them.
static int write_noise(struct report *r, struct h4l_err *err)
{
    const struct h4l_train_spec *spec = &r->plan->o.train;
    struct h4l_csv *csv;

    if (!h4l_run_given(r->run, "state_noise") && !h4l_run_given(r->run, "reward_noise"))
        return H4L_OK;
    csv = begin(r, &h4l_control_noise_series, err);
    if (!csv)
        return err->code;
    for (size_t s = 0; s < r->seeds; s++) {
        double row[6] = {spec->state_noise, spec->reward_noise, seed_of(r, s),
                         area(r, s),        native_mean(r, s),  final_return(r, s)};
        h4l_csv_row(csv, row);
    }
    return H4L_OK;
}

static const struct h4l_column evaluation_columns[] = {
    {"seed", "1", "seed"},
    {"step", "counted steps", "when it was evaluated"},
    {"mean_return", "per episode", "mean return of the evaluation"},
    {"mean_length", "steps", "mean length of its episodes"},
};
const struct h4l_series h4l_control_evaluation_series =
    H4L_SERIES("*-evaluation.csv", "seed and evaluation", evaluation_columns);

static int write_evaluations(struct report *r, struct h4l_err *err)
{
    struct h4l_csv *csv = begin(r, &h4l_control_evaluation_series, err);

    if (!csv)
        return err->code;
    for (size_t s = 0; s < r->seeds; s++)
        for (size_t i = 0; i < r->records[s].n_evaluations; i++) {
            const struct h4l_train_evaluation *e = &r->records[s].evaluations[i];
            double row[4] = {seed_of(r, s), (double)e->counted, e->mean_return, e->mean_length};
            h4l_csv_row(csv, row);
        }
    return H4L_OK;
}

static const struct h4l_column strip_columns[] = {
    {"trained", "0 or 1", "0: before the training, 1: after"},
    {"step", "environment steps", "step of the first evaluation episode"},
    {"x", "m", "place of the cart"},
    {"q1", "rad", "angle of the first pole"},
    {"q2", "rad", "angle of the second; 0 where there is none"},
    {"action", "of the control range", "action"},
};
const struct h4l_series h4l_control_strip_series =
    H4L_SERIES("*-strip.csv", "step of an episode", strip_columns);

// The first evaluation episode of the first seed: pendulum by pendulum, before and after the training.
static int write_strip(struct report *r, struct h4l_err *err)
{
    struct h4l_csv *csv = begin(r, &h4l_control_strip_series, err);

    if (!csv)
        return err->code;
    for (int trained = 0; trained < 2; trained++) {
        const struct h4l_control_strip *strip = &r->records[0].strips[trained];
        for (size_t i = 0; i < strip->n; i++) {
            const struct h4l_control_pose *p = &strip->poses[i];
            double row[6] = {trained, (double)i, p->q[0],
                             p->q[1], p->q[2],   p->action / r->plan->o.train.sac.action_limit};
            h4l_csv_row(csv, row);
        }
    }
    return H4L_OK;
}

int h4l_control_report(struct h4l_run *run, const struct h4l_control_plan *plan,
                       const struct h4l_control_record *records, struct h4l_err *err)
{
    struct report r = {.run = run, .plan = plan, .records = records, .seeds = (size_t)plan->seeds};
    long shown = plan->c->kind == H4L_IP ? 40000 : 300000; // the axis of the published figure
    int code;

    r.n_means = plan->o.train.steps - plan->window + 1;
    r.plotted = r.n_means < shown ? r.n_means : shown;
    code = make_means(&r, err);
    if (code == H4L_OK) {
        write_metrics(&r);
        code = write_curves(&r, err);
    }
    if (code == H4L_OK)
        code = write_band(&r, err);
    if (code == H4L_OK)
        code = write_finals(&r, err);
    if (code == H4L_OK)
        code = write_noise(&r, err);
    if (code == H4L_OK)
        code = write_evaluations(&r, err);
    if (code == H4L_OK)
        code = write_strip(&r, err);
    for (size_t s = 0; r.mean && s < r.seeds; s++)
        free(r.mean[s]);
    free(r.mean);
    return code;
}
