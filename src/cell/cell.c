#include "cell/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/family.h"
#include "cell/cell_list.h" // H4L_CELL_LIST(X), from meson.build

#define DECLARE(name) extern const struct h4l_cell h4l_cell_##name;
#define POINTER(name) &h4l_cell_##name,
H4L_CELL_LIST(DECLARE)
const struct h4l_cell *const h4l_cells[] = {H4L_CELL_LIST(POINTER) NULL};

const char *h4l_cell_listed(size_t i, const char **ret_description)
{
    if (!h4l_cells[i])
        return NULL;
    *ret_description = h4l_cells[i]->description;
    return h4l_cells[i]->name;
}

const struct h4l_cell *h4l_cell_find(const char *name)
{
    for (size_t i = 0; h4l_cells[i]; i++)
        if (strcmp(h4l_cells[i]->name, name) == 0)
            return h4l_cells[i];
    return NULL;
}

void h4l_cell_names(char *ret, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; h4l_cells[i] && used < size; i++)
        used +=
            (size_t)snprintf(ret + used, size - used, "%s%s", i ? ", " : "", h4l_cells[i]->name);
}

const struct h4l_cell_published *h4l_cell_source(const struct h4l_cell *cell,
                                                 enum h4l_cell_experiment experiment)
{
    return &cell->published[cell->published[experiment].window > 0 ? experiment : H4L_CELL_FC];
}

struct h4l_cell_constants h4l_cell_published(const struct h4l_cell *cell,
                                             enum h4l_cell_experiment experiment)
{
    const struct h4l_cell_published *p = h4l_cell_source(cell, experiment);
    struct h4l_cell_constants k = {.cell = cell,
                                   .window = p->window,
                                   .threshold = p->threshold,
                                   .half_width = p->half_width,
                                   .decay = p->decay,
                                   .reset = p->reset};

    memcpy(k.own, p->own, sizeof k.own);
    if (cell->topology)
        h4l_topology_parse(cell->topology, &k.topology, NULL);
    return k;
}

static int n_own(const struct h4l_cell *cell)
{
    int n = 0;

    while (n < H4L_CELL_MAX_OWN && cell->own[n].name)
        n++;
    return n;
}

int h4l_cell_values(const struct h4l_cell_constants *k,
                    struct h4l_cell_value ret[H4L_CELL_MAX_VALUES])
{
    int n = 0;

    ret[n++] = (struct h4l_cell_value){"window", k->window};
    ret[n++] = (struct h4l_cell_value){"threshold", k->threshold};
    ret[n++] = (struct h4l_cell_value){"half_width", k->half_width};
    ret[n++] = (struct h4l_cell_value){"drive", k->drive};
    if (k->cell->uses & H4L_CELL_DECAY)
        ret[n++] = (struct h4l_cell_value){"decay", k->decay};
    if (k->cell->uses & H4L_CELL_RESET)
        ret[n++] = (struct h4l_cell_value){"reset", k->reset};
    for (int i = 0; i < n_own(k->cell); i++)
        ret[n++] = (struct h4l_cell_value){k->cell->own[i].name, k->own[i]};
    return n;
}

double *h4l_cell_constant(struct h4l_cell_constants *k, const char *name)
{
    const struct {
        const char *name;
        double *at;
    } shared[] = {{"threshold", &k->threshold},
                  {"half_width", &k->half_width},
                  {"drive", &k->drive},
                  {"decay", k->cell->uses & H4L_CELL_DECAY ? &k->decay : NULL}};

    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (strcmp(shared[i].name, name) == 0)
            return shared[i].at;
    for (int i = 0; i < n_own(k->cell); i++)
        if (strcmp(k->cell->own[i].name, name) == 0)
            return &k->own[i];
    return NULL;
}

int h4l_cell_check(const struct h4l_cell_constants *k, struct h4l_err *err)
{
    struct h4l_cell_value values[H4L_CELL_MAX_VALUES];
    int n;

    if (!k->cell)
        return h4l_fail(err, H4L_E_RANGE, "cell is not given");
    n = h4l_cell_values(k, values);
    if (k->window < 1 || k->window > H4L_CELL_MAX_WINDOW)
        return h4l_fail(err, H4L_E_RANGE, "window is %d; it must be 1 to %d steps", k->window,
                        H4L_CELL_MAX_WINDOW);
    for (int i = 0; i < n; i++)
        if (!isfinite(values[i].value))
            return h4l_fail(err, H4L_E_RANGE, "%s is %g; it must be a finite number",
                            values[i].name, values[i].value);
    if (k->half_width <= 0)
        return h4l_fail(err, H4L_E_RANGE, "half_width is %g; it must be positive", k->half_width);
    return k->cell->check ? k->cell->check(k, err) : H4L_OK;
}

int h4l_cell_units(const struct h4l_cell_constants *k)
{
    return k->cell->units ? k->cell->units(k) : 1;
}

int h4l_cell_inputs(const struct h4l_cell_constants *k)
{
    return k->cell->inputs ? k->cell->inputs(k) : 1;
}

int h4l_cell_trains(const struct h4l_cell_constants *k)
{
    return k->cell->trains ? k->cell->trains(k) : 1;
}

int h4l_cell_mixing(const struct h4l_cell_constants *k)
{
    return k->cell->mixing ? k->cell->mixing(k) : 0;
}

int h4l_cell_states(const struct h4l_cell_constants *k)
{
    return h4l_cell_units(k) * (k->cell->variables ? k->cell->variables : 1);
}

int h4l_cell_kept(const struct h4l_cell_constants *k)
{
    return k->cell->kept ? k->cell->kept(k) : h4l_cell_states(k);
}

void h4l_cell_forward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                      const double *input, double *ret_x, uint8_t *ret_s)
{
    double s[H4L_CELL_MAX_UNITS * H4L_CELL_MAX_WINDOW];
    int n = h4l_cell_trains(k) * k->window;

    k->cell->forward(k, rates, mix, input, ret_x, s);
    for (int i = 0; i < n; i++)
        ret_s[i] = s[i] > 0;
}

void h4l_cell_backward(const struct h4l_cell_constants *k, const double *rates, const double *mix,
                       const double *x, const uint8_t *s, const double *ds, double *ret_dinput,
                       double *dmix)
{
    double spikes[H4L_CELL_MAX_UNITS * H4L_CELL_MAX_WINDOW];
    int n = h4l_cell_trains(k) * k->window;

    for (int i = 0; i < n; i++)
        spikes[i] = s[i];
    k->cell->backward(k, rates, mix, x, spikes, ds, ret_dinput, dmix);
}

int h4l_cell_arrows(const struct h4l_cell_constants *k, int u)
{
    return k->cell->arrows ? k->cell->arrows(k, u) : 0;
}

void h4l_cell_set(struct h4l_cell_constants *k, const char *name, double value)
{
    double *at = h4l_cell_constant(k, name);

    if (at)
        *at = value;
}

int h4l_cell_set_own(struct h4l_cell_constants *k, const char *name, double value,
                     struct h4l_err *err)
{
    char names[200] = "";
    size_t used = 0;

    if (!k->cell)
        return h4l_fail(err, H4L_E_USAGE, "these neurons are no cells: no constant %s", name);
    for (int i = 0; i < n_own(k->cell); i++) {
        if (strcmp(k->cell->own[i].name, name) == 0) {
            k->own[i] = value;
            return H4L_OK;
        }
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                     k->cell->own[i].name);
    }
    if (n_own(k->cell) == 0)
        return h4l_fail(err, H4L_E_USAGE, "the neuron %s has no constants of its own: no %s",
                        k->cell->name, name);
    return h4l_fail(err, H4L_E_USAGE, "the neuron %s has no constant %s; it has: %s", k->cell->name,
                    name, names);
}

int h4l_cell_set_asked(struct h4l_cell_constants *k, const struct h4l_run *run, struct h4l_err *err)
{
    const char *name;
    double value;
    int code = H4L_OK;

    for (size_t i = 0; code == H4L_OK && h4l_run_constant(run, i, &name, &value); i++)
        code = h4l_cell_set_own(k, name, value, err);
    return code;
}
