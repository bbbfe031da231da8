// Fitting many cells on all cores, with checkpoints.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/paths.h"
#include "fitting.h"

// How the evaluations of a cell are divided. Screening (most starts fail early, and the distance that they reach tells which),
// then all training stimuli for the best quarter, then Gamma for the best twelfth.
struct plan {
    size_t starts, kept, last;
    long screening, refining, ending; // evaluations per start of each round
};

static struct plan make_plan(const struct h4l_fitting_options *o)
{
    long total = o->evaluations;
    struct plan p = {.starts = o->starts};

    p.kept = (p.starts + 3) / 4;
    p.last = (p.starts + 11) / 12;
    p.screening = total * 60 / 100 / (long)p.starts;
    p.refining = total * 15 / 100 / (long)p.kept;
    p.ending = total * 25 / 100 / (long)p.last;
    return p;
}

// Each start needs a few evaluations in each of its rounds, or there is nothing to choose between.
static int check_plan(const struct plan *p, const struct h4l_fitting_options *o,
                      struct h4l_err *err)
{
    enum { FEW = 10 };
    const long rounds[] = {p->screening, p->refining, p->ending};

    for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++)
        if (rounds[i] < FEW)
            return h4l_fail(err, H4L_E_RANGE,
                            "evaluations = %ld are too few for starts = %zu: each start gets %ld, "
                            "expected at least %d",
                            (long)o->evaluations, (size_t)o->starts, rounds[i], FEW);
    return H4L_OK;
}

// ---- checkpoints ----

// Cells that this process has made, so that cases that share them do not fit twice. Keys are hashes.
static struct {
    char (*key)[65];
    size_t n;
} made;

static bool is_made(const char *key)
{
    for (size_t i = 0; i < made.n; i++)
        if (strcmp(made.key[i], key) == 0)
            return true;
    return false;
}

static void note_made(const char *key)
{
    void *more = realloc(made.key, (made.n + 1) * sizeof *made.key);

    if (!more)
        return; // only costs time
    made.key = more;
    memcpy(made.key[made.n++], key, 65);
}

// Which cell it is: what is fitted to what.
static json_t *cell_name(const struct h4l_fitting *f, const struct h4l_fitting_cell *cell)
{
    const struct h4l_candidate *c = cell->candidate;
    char text[H4L_TOPOLOGY_TEXT] = "";

    if (c->kind == H4L_CANDIDATE_SUBNET)
        h4l_topology_print(&c->topology, text, sizeof text);
    return json_pack("{s:I, s:i, s:s, s:b, s:b, s:b, s:b, s:i}", "fit", (json_int_t)cell->fit,
                     "kind", (int)c->kind, "topology", text, "refractory", c->refractory, "forget",
                     c->forget, "delay", c->delay, "dynamic", c->dynamic, "stimuli",
                     (int)f->family);
}

// All that a cell's result depends on, as JSON.
static json_t *cell_identity(const struct h4l_fitting *f, const struct h4l_fitting_cell *cell)
{
#define MEMBER(name) H4L_MEMBER(struct h4l_fitting_options, #name, name)
    static const struct h4l_member members[] = {
        MEMBER(duration_ms), MEMBER(dt_ms),    MEMBER(delta_ms),
        MEMBER(noise_share), MEMBER(hh_dt_ms), MEMBER(hh_level_mV),
        MEMBER(per_class),   MEMBER(starts),   MEMBER(evaluations)};
    json_t *id =
        json_pack("{s:s, s:s, s:I, s:i}", "schema", "hh4lif.fit/1", "program", f->program, "seed",
                  (json_int_t)h4l_run_seed(f->run), "last_search", (int)f->o.last_search);

    h4l_json_update(&id, cell_name(f, cell));
    h4l_json_update(&id, h4l_members_json(members, sizeof members / sizeof *members, &f->o));
    return id;
}

// The checkpoint's file name; key gets the hash. NULL when out of memory.
static char *checkpoint_path(const struct h4l_fitting *f, const struct h4l_fitting_cell *cell,
                             char key[65])
{
    json_t *id = cell_identity(f, cell);
    int code = h4l_json_sha256(id, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17), key);
    char *path = NULL;

    json_decref(id);
    if (code || asprintf(&path, "%s/fits/%.32s.json", h4l_run_dir(f->run), key) < 0)
        return NULL;
    return path;
}

static bool read_checkpoint(const char *path, struct h4l_fitting_cell *cell)
{
    json_t *file, *z;
    bool good;

    if (h4l_json_read(path, &file, NULL) != H4L_OK)
        return false;
    z = json_object_get(file, "z");
    good = json_array_size(z) == (size_t)cell->candidate->n &&
           json_is_real(json_object_get(file, "gamma")) &&
           json_is_real(json_object_get(file, "objective")) &&
           json_is_integer(json_object_get(file, "evaluations"));
    for (size_t i = 0; good && i < json_array_size(z); i++) {
        good = json_is_number(json_array_get(z, i));
        cell->best.z[i] = json_number_value(json_array_get(z, i));
    }
    if (good) {
        cell->best.gamma = json_real_value(json_object_get(file, "gamma"));
        cell->best.objective = json_real_value(json_object_get(file, "objective"));
        cell->evaluations = json_integer_value(json_object_get(file, "evaluations"));
    }
    json_decref(file);
    return good;
}

static int write_checkpoint(const struct h4l_fitting *f, const struct h4l_fitting_cell *cell,
                            const char *path, struct h4l_err *err)
{
    json_t *z = json_array(), *file;
    int code;

    for (int i = 0; i < cell->candidate->n; i++)
        h4l_json_add(&z, json_real(cell->best.z[i]));
    file = json_pack("{s:o, s:f, s:f, s:I, s:o}", "z", z, "gamma", cell->best.gamma, "objective",
                     cell->best.objective, "evaluations", (json_int_t)cell->evaluations, "of",
                     cell_identity(f, cell));
    code = file ? h4l_json_write(path, file, err)
                : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for a checkpoint");
    json_decref(file);
    return code;
}

// ---- rounds ----

struct round {
    const struct h4l_fitting *f;
    const struct plan *plan;
    struct h4l_fitting_cell **cells; // of this batch
    struct h4l_fit_state *states;    // [cells * starts], the survivors first
    size_t per_cell;                 // survivors
    int number;                      // 0, 1, 2
};

static int round_item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    const struct round *r = ctx;
    struct h4l_fitting_cell *cell = r->cells[i / r->per_cell];
    struct h4l_fit_state *state = &r->states[i / r->per_cell * r->plan->starts + i % r->per_cell];
    const struct h4l_fitting_training *t = &r->f->training[cell->fit];

    (void)worker;
    if (r->number ==
        0) // even starts are led, odd ones search globally: each finds what the other misses
        return h4l_fit_round(cell->candidate, &t->screen_data,
                             state->start % 2 == 0 ? H4L_FIT_LED : H4L_FIT_GLOBAL,
                             r->plan->screening, state, err);
    if (r->number == 1)
        return h4l_fit_round(cell->candidate, &t->all_data, H4L_FIT_DISTANCE, r->plan->refining,
                             state, err);
    return h4l_fit_round(cell->candidate, &t->all_data,
                         r->f->o.last_search == H4L_LAST_CMAES ? H4L_FIT_POLISH : H4L_FIT_GAMMA,
                         r->plan->ending, state, err);
}

static int by_objective(const void *a, const void *b)
{
    const struct h4l_fit_state *p = a, *q = b;

    if (p->objective != q->objective)
        return p->objective < q->objective ? -1 : 1;
    return p->start < q->start ? -1 : p->start > q->start;
}

static int run_rounds(struct round *r, size_t n_cells, struct h4l_err *err)
{
    const size_t starts = r->plan->starts, survivors[] = {starts, r->plan->kept, r->plan->last};
    int code = H4L_OK;

    for (size_t c = 0; c < n_cells; c++)
        for (size_t s = 0; s < starts; s++)
            r->states[c * starts + s] =
                h4l_fit_start(h4l_run_seed(r->f->run), 100000 * r->cells[c]->fit + s);
    for (r->number = 0; r->number < 3 && code == H4L_OK; r->number++) {
        r->per_cell = survivors[r->number];
        code = h4l_parallel_for(h4l_run_pool(r->f->run), n_cells * r->per_cell, round_item, r, err);
        for (size_t c = 0; code == H4L_OK && c < n_cells; c++)
            qsort(r->states + c * starts, r->per_cell, sizeof *r->states, by_objective);
    }
    for (size_t c = 0; code == H4L_OK && c < n_cells; c++) {
        r->cells[c]->best = r->states[c * starts];
        r->cells[c]->evaluations = 0;
        for (size_t s = 0; s < starts; s++)
            r->cells[c]->evaluations += r->states[c * starts + s].evaluations;
    }
    return code;
}

// A candidate without free constants needs one evaluation.
static int run_fixed(const struct h4l_fitting *f, struct h4l_fitting_cell *cell,
                     struct h4l_err *err)
{
    struct h4l_fit_data data;
    int code = h4l_fit_data(&f->training[cell->fit].all, cell->candidate->dt, f->o.delta_ms,
                            f->o.noise_share, &data, err);

    if (code != H4L_OK)
        return code;
    cell->best = h4l_fit_start(0, 0);
    code = h4l_fit_round(cell->candidate, &data, H4L_FIT_GAMMA, 10, &cell->best, err);
    cell->evaluations = cell->best.evaluations;
    h4l_fit_data_free(&data);
    return code;
}

static int run_batch(const struct h4l_fitting *f, const struct plan *plan,
                     struct h4l_fitting_cell **cells, size_t n, struct h4l_err *err)
{
    struct round r = {.f = f, .plan = plan, .cells = cells};
    int code;

    r.states = malloc(n * plan->starts * sizeof *r.states);
    if (!r.states)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for %zu starts", plan->starts);
    code = run_rounds(&r, n, err);
    free(r.states);
    for (size_t c = 0; code == H4L_OK && c < n; c++) {
        char key[65], *path = checkpoint_path(f, cells[c], key);

        h4l_run_hold(f->run);
        code = path ? write_checkpoint(f, cells[c], path, err)
                    : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");
        h4l_run_release(f->run);
        if (code == H4L_OK)
            note_made(key);
        free(path);
    }
    return code;
}

// Reads the cell's checkpoint where that is allowed.
static bool is_there(const struct h4l_fitting *f, struct h4l_fitting_cell *cell)
{
    char key[65], *path = checkpoint_path(f, cell, key);
    bool there = path && (h4l_run_resume(f->run) || is_made(key)) && read_checkpoint(path, cell);

    free(path);
    return there;
}

static bool has_name(const json_t *of, json_t *name)
{
    const char *member;
    json_t *value;

    json_object_foreach(name, member, value)
    {
        if (!json_equal(value, json_object_get(of, member)))
            return false;
    }
    return true;
}

// Whether the checkpoint is of a cell with one of these names.
static bool is_of(const char *path, const json_t *names)
{
    json_t *file = NULL;
    bool one = false;

    if (h4l_json_read(path, &file, NULL) == H4L_OK)
        for (size_t i = 0; i < json_array_size(names) && !one; i++)
            one = has_name(json_object_get(file, "of"), json_array_get(names, i));
    json_decref(file);
    return one;
}

// With --resume: none of these cells is there; where fits of them lie in the folder, those are of something else.
static void say_anew(struct h4l_fitting *f, struct h4l_fitting_cell *const *cells, size_t n)
{
    json_t *names = json_array();
    char *folder = NULL;
    struct h4l_paths found = {0};
    size_t others = 0;

    for (size_t i = 0; i < n; i++)
        h4l_json_add(&names, cell_name(f, cells[i]));
    if (names && asprintf(&folder, "%s/fits", h4l_run_dir(f->run)) > 0 &&
        h4l_paths_find(folder, "*.json", &found, NULL) == H4L_OK)
        for (size_t i = 0; i < found.n; i++)
            others += is_of(found.path[i], names);
    if (others)
        h4l_log(H4L_LOG_WARN,
                "fitted anew; the %zu that lie in %s are of another program or other parameters",
                others, folder);
    f->said_anew |= others > 0;
    h4l_paths_free(&found);
    free(folder);
    json_decref(names);
}

int h4l_fitting_run(struct h4l_fitting *f, const struct h4l_candidate *candidates, size_t n,
                    struct h4l_fitting_cell *ret, struct h4l_err *err)
{
    const struct plan plan = make_plan(&f->o);
    size_t total = n * f->o.fits, done = 0, fixed = 0, waiting = 0;
    // Cells per batch: so many that the last round, which has the fewest items, still feeds all workers.
    size_t batch = ((size_t)h4l_pool_workers(h4l_run_pool(f->run)) + plan.last - 1) / plan.last;
    struct h4l_fitting_cell **cells = calloc(total + 1, sizeof *cells);
    clock_t start = clock();
    int code = H4L_OK;

    if (!cells)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");
    code = check_plan(&plan, &f->o, err);
    for (size_t i = 0; i < total && code == H4L_OK; i++) {
        ret[i] = (struct h4l_fitting_cell){.candidate = &candidates[i / f->o.fits],
                                           .fit = i % f->o.fits};
        if (ret[i].candidate->n == 0) {
            code = run_fixed(f, &ret[i], err);
            fixed++;
        } else if (!is_there(f, &ret[i])) {
            cells[waiting++] = &ret[i];
            continue;
        }
        done++;
    }
    if (waiting > 0 && done == fixed && h4l_run_resume(f->run) && !f->said_anew)
        say_anew(f, cells, waiting);
    for (size_t i = 0; i < waiting && code == H4L_OK; i += batch) {
        size_t now = waiting - i < batch ? waiting - i : batch;

        h4l_run_progress(f->run, cells[i]->candidate->name, (double)(done + i), (double)total);
        if (h4l_run_interrupted(f->run))
            code =
                h4l_fail(err, H4L_E_INTERRUPT,
                         "interrupted after %zu of %zu fits; --resume continues", done + i, total);
        else
            code = run_batch(f, &plan, cells + i, now, err);
    }
    if (waiting > 0) // CPU time of one fit, over all threads
        h4l_provenance_timing(f->run, "cpu_per_fit_s",
                              (double)(clock() - start) / CLOCKS_PER_SEC / (double)waiting);
    free(cells);
    return code;
}

// ---- held-out ----

struct scoring {
    const struct h4l_fitting *f;
    const struct h4l_fitting_cell *cells;
    const struct h4l_fit_data *usual; // for the run's dt
    double *gamma;
};

static int score_cell(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    const struct scoring *s = ctx;
    const struct h4l_fitting_cell *cell = &s->cells[i];
    size_t n = s->f->heldout.n;
    struct h4l_fit_score *scores = malloc(n * sizeof *scores);
    struct h4l_fit_data own = {.set = NULL};
    const struct h4l_fit_data *data = s->usual;
    struct h4l_candidate_model model;
    int code = H4L_OK;

    (void)worker;
    if (!scores)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for scores");
    if (cell->candidate->dt != s->f->o.dt_ms) {
        code = h4l_fit_data(&s->f->heldout, cell->candidate->dt, data->delta_ms, 0.5, &own, err);
        data = &own;
    }
    if (code == H4L_OK)
        code = h4l_candidate_decode(cell->candidate, cell->best.z, &model, err);
    if (code == H4L_OK)
        code = h4l_fit_evaluate(cell->candidate, &model, data, 4, scores, err);
    for (size_t k = 0; code == H4L_OK && k < n; k++)
        s->gamma[i * n + k] = scores[k].gamma;
    h4l_fit_data_free(&own);
    free(scores);
    return code;
}

int h4l_fitting_heldout(struct h4l_fitting *f, const struct h4l_fitting_cell *cells, size_t n_cells,
                        double *ret, struct h4l_err *err)
{
    struct h4l_fit_data data;
    int code = h4l_fit_data(&f->heldout, f->o.dt_ms, f->o.delta_ms, 0.5, &data, err);
    struct scoring s = {f, cells, &data, ret};

    if (code != H4L_OK)
        return code;
    code = h4l_parallel_for(h4l_run_pool(f->run), n_cells, score_cell, &s, err);
    h4l_fit_data_free(&data);
    return code;
}
