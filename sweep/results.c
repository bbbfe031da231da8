// Results of one case over the seeds of a sweep, as one run over all of them would have written it.
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "internal.h"

// One cell's result of the case at work.
struct result {
    json_t *value;
    size_t cell;
    json_int_t seed;
    size_t seeds; // how many it has
};

// How a metric goes over several cells that is not what its shape says: a list as long as the cell has seeds is joined, and of
// everything else the first seed's is kept, as one run keeps it.
static const struct {
    const char *pattern;
    enum { FIRST, NONE } keep;
} exceptions[] = {
    {"*_over_seeds", NONE},      // made of all seeds
    {"peak_*", FIRST},           // an element per layer
    {"moving_mean_step", FIRST}, // an element per step
};

static const json_t *member(const struct result *r, const char *a, const char *b)
{
    return json_object_get(json_object_get(r->value, a), b);
}

static bool is_joined(const char *name)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (fnmatch(exceptions[i].pattern, name, 0) == 0)
            return false;
    return true;
}

static bool is_kept(const char *name)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (exceptions[i].keep == NONE && fnmatch(exceptions[i].pattern, name, 0) == 0)
            return false;
    return true;
}

// NULL: no memory, or one of the cells has no such metric, which *ret_wrong says.
static json_t *join_value(const json_t *const *values, const struct result *r, size_t n,
                          const char **ret_wrong)
{
    json_t *all, *sub;
    const char *key;

    if (json_is_object(values[0])) {
        const json_t **below = calloc(n, sizeof(json_t *));

        all = below ? json_object() : NULL;
        json_object_foreach((json_t *)values[0], key, sub)
        {
            for (size_t i = 0; all && i < n; i++)
                below[i] = json_object_get(values[i], key);
            if (all)
                h4l_json_set(&all, key, join_value(below, r, n, ret_wrong));
        }
        free(below);
        return all;
    }
    for (size_t i = 0; i < n; i++) {
        if (!values[i]) {
            *ret_wrong = "different metrics";
            return NULL;
        }
        if (!json_is_array(values[i]) || json_array_size(values[i]) != r[i].seeds)
            return json_incref((json_t *)values[0]);
    }
    all = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_extend(all, (json_t *)values[i])) {
            json_decref(all);
            return NULL;
        }
    return all;
}

// NULL as of join_value.
static json_t *join_metrics(const struct result *r, size_t n, const char **ret_wrong)
{
    const json_t **values = calloc(n, sizeof(json_t *));
    json_t *all = values ? json_object() : NULL, *value;
    const char *name;

    json_object_foreach(json_object_get(r[0].value, "metrics"), name, value)
    {
        if (!all || !is_kept(name))
            continue;
        for (size_t i = 0; i < n; i++)
            values[i] = member(&r[i], "metrics", name);
        h4l_json_set(&all, name,
                     is_joined(name) ? join_value(values, r, n, ret_wrong) : json_incref(value));
    }
    free(values);
    return all;
}

// Whether two cells' parameters are the same but for what chooses the seeds.
static bool same_but_seeds(const json_t *a, const json_t *b)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)a, name, value)
    {
        if (strcmp(name, "case") != 0 && strcmp(name, "seed") != 0 && strcmp(name, "seeds") != 0 &&
            !json_equal(value, json_object_get(b, name)))
            return false;
    }
    return true;
}

// Why these cells make no one result, or NULL.
static const char *why_apart(const struct h4l_sweep_joint *joint, const struct result *r, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const json_t *a = joint->parameters[r[0].cell], *b = joint->parameters[r[i].cell];

        if (!same_but_seeds(a, b) || !same_but_seeds(b, a))
            return "the cells differ in more than the seed";
        if (r[i].seed < r[i - 1].seed + (json_int_t)r[i - 1].seeds)
            return "a seed is there twice";
        if (!json_equal(member(&r[i], "provenance", "git_commit"),
                        member(&r[0], "provenance", "git_commit")))
            return "the cells were made by several commits";
    }
    for (size_t i = 0; i < n && n > 1; i++)
        if (!r[i].seeds)
            return "the case has no list of seeds";
    return NULL;
}

// The provenance of the first cell, with the cost of all and the cells' names. A run would not take it for one of its own to keep.
// NULL: no memory, or the first cell has none.
static json_t *join_provenance(const struct h4l_sweep_joint *joint, const struct result *r,
                               size_t n)
{
    json_t *all = h4l_json_copy(json_object_get(r[0].value, "provenance"));
    json_t *cells = json_array();
    double seconds = 0, largest = 0;

    for (size_t i = 0; i < n; i++) {
        double bytes = json_number_value(member(&r[i], "provenance", "peak_rss_bytes"));

        seconds += json_number_value(member(&r[i], "provenance", "seconds"));
        largest = bytes > largest ? bytes : largest;
        h4l_json_add(&cells, json_string(joint->cells->cell[r[i].cell].id));
    }
    json_object_del(all, "asked");
    json_object_del(all, "timings");
    h4l_json_set(&all, "seconds", json_real(seconds));
    h4l_json_set(&all, "peak_rss_bytes", json_integer((json_int_t)largest));
    h4l_json_set(&all, "joined_cells", cells);
    return all;
}

static int write_joined(const struct h4l_sweep_joint *joint, const char *path,
                        const struct result *r, size_t n, struct h4l_err *err)
{
    json_t *all = h4l_json_copy(r[0].value), *parameters = json_object_get(all, "parameters");
    const char *wrong =
        json_is_object(json_object_get(r[0].value, "provenance")) ? NULL : "no provenance";
    size_t seeds = 0;
    int failed, code;

    for (size_t i = 0; i < n; i++)
        seeds += r[i].seeds;
    failed = !all ||
             (seeds && json_object_get(parameters, "seeds") &&
              json_object_set_new(parameters, "seeds", json_integer((json_int_t)seeds))) ||
             json_object_set_new(all, "metrics", join_metrics(r, n, &wrong)) ||
             json_object_set_new(all, "provenance", join_provenance(joint, r, n));
    if (failed)
        code = wrong ? h4l_fail(err, H4L_E_DATA, "%s: the cells' results have %s", path, wrong)
                     : h4l_fail(err, H4L_E_NOMEM, "no memory to join %s", path);
    else
        code = h4l_json_write(path, all, err);
    json_decref(all);
    return code;
}

static int by_seed(const void *left, const void *right)
{
    const struct result *a = left, *b = right;

    return (a->seed > b->seed) - (a->seed < b->seed);
}

static bool is_result(const json_t *value)
{
    const char *schema = json_string_value(json_object_get(value, "schema"));

    return schema && strcmp(schema, "hh4lif.result/1") == 0;
}

// Removes what an earlier run of the sweep joined under that name; nobody else's file.
static void remove_joined(const char *path)
{
    json_t *old;

    if (h4l_json_read(path, &old, NULL))
        return;
    if (json_object_get(json_object_get(old, "provenance"), "joined_cells"))
        unlink(path);
    json_decref(old);
}

static int read_results(const struct h4l_sweep_joint *joint, const struct h4l_sweep_part *part,
                        size_t n, struct result *r, size_t *ret_n, struct h4l_err *err)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        char *path = h4l_sweep_path(joint->out, &joint->cells->cell[part[i].cell], part->below);
        json_t *value = NULL;
        int code = path ? h4l_sweep_look(joint, err)
                        : h4l_fail(err, H4L_E_NOMEM, "no memory to join a sweep");

        if (!code)
            code = h4l_json_read(path, &value, err);
        free(path);
        if (code)
            return code;
        r[found] = (struct result){.value = value, .cell = part[i].cell};
        r[found].seed = json_integer_value(json_object_get(value, "seed"));
        r[found].seeds = json_array_size(member(&r[found], "metrics", "seeds"));
        if (is_result(value))
            found++;
        else
            json_decref(value);
        *ret_n = found;
    }
    return H4L_OK;
}

static int join_result(const struct h4l_sweep_joint *joint, const struct h4l_sweep_part *part,
                       size_t n, struct h4l_err *err)
{
    struct result *r = calloc(n, sizeof *r);
    char *path = NULL;
    size_t found = 0;
    const char *why;
    int code = !r || asprintf(&path, "%s/%s", joint->out, part->below) < 0
                   ? h4l_fail(err, H4L_E_NOMEM, "no memory to join a sweep")
                   : read_results(joint, part, n, r, &found, err);

    if (!code && found) {
        qsort(r, found, sizeof *r, by_seed);
        why = why_apart(joint, r, found);
        if (why) {
            remove_joined(path);
            h4l_log(H4L_LOG_INFO, "%s is not joined: %s", part->below, why);
        } else {
            code = write_joined(joint, path, r, found, err);
        }
    }
    for (size_t i = 0; i < found; i++)
        json_decref(r[i].value);
    free(r);
    free(path);
    return code;
}

int h4l_sweep_join_results(const struct h4l_sweep_joint *joint, struct h4l_err *err)
{
    struct h4l_sweep_parts parts;
    int code = h4l_sweep_find(joint, "*/*.json", &parts, err);

    if (code)
        return code;
    for (size_t i = 0, n; i < parts.n && !code; i += n) {
        n = h4l_sweep_same_name(&parts, i);
        code = h4l_sweep_look(joint, err);
        if (!code)
            code = join_result(joint, parts.part + i, n, err);
    }
    h4l_sweep_parts_free(&parts);
    return code;
}
