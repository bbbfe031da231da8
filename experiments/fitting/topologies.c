// topologies: which graph of LIF units predicts the HH neuron best? All graphs of four and five units that the paper's readers have
// tried, smaller ones, and the user's own, with membrane and spike arrows, joint and own resets.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fitting.h"

static const char *const shapes[] = {
    "3+1",   "1",   "2",   "4",     "1+3",   "2+2",   "1+2+1",   "1+1+1+1",
    "ring4", "1+4", "4+1", "1+3+1", "1+1+3", "1+2+2", "1+1+2+1", "1+1+1+1+1",
};
enum { SHAPES = sizeof shapes / sizeof *shapes, MOST = 200 };

struct list {
    struct h4l_candidate candidate[MOST];
    char *name[MOST]; // owned
    size_t n;
};

static void free_list(struct list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->name[i]);
    free(list);
}

// Adds the topology under its canonical text with _ for blanks; a description that is already there is left out.
static int add(struct list *list, const char *description, double dt, struct h4l_err *err)
{
    struct h4l_candidate c;
    char text[H4L_TOPOLOGY_TEXT];
    int code = h4l_candidate_subnet(NULL, description, true, dt, &c, err);

    if (code != H4L_OK)
        return code;
    h4l_topology_print(&c.topology, text, sizeof text);
    for (char *p = text; *p; p++)
        *p = *p == ' ' ? '_' : *p;
    for (size_t i = 0; i < list->n; i++)
        if (h4l_topology_equal(&list->candidate[i].topology, &c.topology))
            return H4L_OK;
    if (list->n == MOST)
        return h4l_fail(err, H4L_E_RANGE, "more than %d topologies", MOST);
    if (strlen(text) > 70) // metric names stay readable; the full text is in the constants
        snprintf(text + 60, 10, "..._%zu", list->n + 1);
    if ((list->name[list->n] = strdup(text)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "topologies: out of memory");
    c.name = list->name[list->n];
    list->candidate[list->n++] = c;
    return H4L_OK;
}

// Topologies of --set topologies=A|B|...
static int add_given(struct list *list, const char *given, double dt, struct h4l_err *err)
{
    char *copy = strdup(given), *rest = copy;
    int code = copy ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "topologies: out of memory");

    while (code == H4L_OK && rest) {
        char *one = strsep(&rest, "|");

        if ((code = add(list, one, dt, err)) != H4L_OK)
            h4l_fail_context(err, code, "--set topologies, \"%s\"", one);
    }
    free(copy);
    return code;
}

static int add_file(struct list *list, const char *path, double dt, struct h4l_err *err)
{
    char text[H4L_TOPOLOGY_TEXT];
    struct h4l_topology t;
    int code = h4l_topology_read(path, &t, err);

    if (code != H4L_OK)
        return code;
    h4l_topology_print(&t, text, sizeof text);
    return add(list, text, dt, err);
}

static int add_built_in(struct list *list, enum h4l_variants variants, double dt,
                        struct h4l_err *err)
{
    static const char *const variant[] = {"", "reset own", "arrow spike reset own", "arrow spike"};
    static const size_t used[] = {1, 3, 4}; // of these, by enum h4l_variants
    size_t n = used[variants];

    for (size_t v = 0; v < n; v++)
        for (size_t s = 0; s < SHAPES; s++) {
            char text[100];
            int code;

            snprintf(text, sizeof text, "%s %s", shapes[s], variant[v]);
            // "1 reset own" is the same model as "1"; its text differs, so it is left out here
            if (v > 0 && strcmp(shapes[s], "1") == 0)
                continue;
            if ((code = add(list, text, dt, err)) != H4L_OK)
                return code;
        }
    return H4L_OK;
}

static int make_list(struct h4l_run *run, struct list *list, struct h4l_err *err)
{
    const struct h4l_fitting_options *o = h4l_run_options(run);
    int code = o->topologies ? add_given(list, o->topologies, o->dt_ms, err)
                             : add_built_in(list, o->variants, o->dt_ms, err);
    char hex[65];

    if (code != H4L_OK || !o->topology_file)
        return code;
    code = add_file(list, o->topology_file, o->dt_ms, err);
    if (code == H4L_OK)
        code = h4l_sha256_file(o->topology_file, hex, err);
    if (code == H4L_OK)
        h4l_provenance_data(run, o->topology_file, hex);
    return code;
}

// How many topologies are better or worse than the first, by Holm's procedure over fits and stimuli; null for a single fit. And
// how many of those with fewer units are not worse.
static void report_counts(struct h4l_fitting *f, const struct h4l_field *field,
                          const struct h4l_contrast *against)
{
    int better = 0, worse = 0, smaller = 0, units = field->cells[0].candidate->topology.units;

    if (f->o.fits < 2) {
        h4l_metric_null(f->run, "topologies_better_than_first");
        h4l_metric_null(f->run, "topologies_worse_than_first");
        h4l_metric_null(f->run, "smaller_topologies_not_worse_than_first");
        return;
    }
    for (size_t i = 0; i + 1 < field->n; i++) {
        const struct h4l_candidate *c = field->cells[(i + 1) * f->o.fits].candidate;
        bool significant = against[i].p_both_holm <= 0.05,
             is_worse = significant && against[i].mean < 0;

        better += significant && against[i].mean > 0;
        worse += is_worse;
        smaller += c->topology.units < units && !is_worse;
    }
    h4l_metric_int(f->run, "topologies_better_than_first", better);
    h4l_metric_int(f->run, "topologies_worse_than_first", worse);
    h4l_metric_int(f->run, "smaller_topologies_not_worse_than_first", smaller);
}

// Everything against the first of the list: the paper's 3+1 unless the user gave a list.
static int report(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    struct h4l_contrast *against = calloc(field->n, sizeof *against);
    int code = against ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "topologies: out of memory");

    h4l_stimuli_report(f);
    for (size_t i = 0; i < field->n && code == H4L_OK; i++)
        code = h4l_constants_report(f, field, i, err);
    for (size_t i = 1; i < field->n && code == H4L_OK; i++)
        against[i - 1] = (struct h4l_contrast){.a = &field->scores[i], .b = &field->scores[0]};
    if (code == H4L_OK && (code = h4l_contrasts(f, against, field->n - 1, err)) == H4L_OK) {
        h4l_contrasts_report(f, "against_first", against, field->n - 1);
        report_counts(f, field, against);
        code = h4l_field_series(f, field, &h4l_topologies_series, err);
    }
    free(against);
    return code;
}

int h4l_fitting_topologies_case(struct h4l_run *run, struct h4l_err *err)
{
    struct list *list = calloc(1, sizeof *list);
    struct h4l_fitting f;
    struct h4l_field field;
    int code =
        list ? make_list(run, list, err) : h4l_fail(err, H4L_E_NOMEM, "topologies: out of memory");

    if (code == H4L_OK && (code = h4l_fitting_begin(run, &f, err)) == H4L_OK) {
        if ((code = h4l_field_begin(&f, list->candidate, list->n, &field, err)) == H4L_OK) {
            code = report(&f, &field, err);
            h4l_field_end(&field);
        }
        h4l_fitting_end(&f);
    }
    if (list)
        free_list(list);
    return code;
}
