#include "neuron/topology.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static uint32_t all_units(int units)
{
    return units >= 32 ? UINT32_MAX : (1u << units) - 1;
}

static int edge_order(const void *a, const void *b)
{
    const struct h4l_edge *p = a, *q = b;

    return p->to != q->to ? p->to - q->to : p->from - q->from;
}

static void sort_edges(struct h4l_topology *t)
{
    qsort(t->edges, (size_t)t->n_edges, sizeof *t->edges, edge_order);
}

static void add_edge(struct h4l_topology *t, int from, int to, enum h4l_arrow arrow)
{
    t->edges[t->n_edges++] =
        (struct h4l_edge){.from = (uint8_t)from, .to = (uint8_t)to, .arrow = (uint8_t)arrow};
}

// ---- checking ----

// Units that can be reached from `start` along the edges (or against them).
static uint32_t reach(const struct h4l_topology *t, uint32_t start, bool backwards)
{
    uint32_t seen = start, before;

    do {
        before = seen;
        for (int e = 0; e < t->n_edges; e++) {
            uint32_t from = 1u << t->edges[e].from, to = 1u << t->edges[e].to;

            if (backwards ? (seen & to) : (seen & from))
                seen |= backwards ? from : to;
        }
    } while (seen != before);
    return seen;
}

static int first_missing(const struct h4l_topology *t, uint32_t set)
{
    for (int i = 0; i < t->units; i++)
        if (!(set >> i & 1))
            return i;
    return -1;
}

static int check_edges(const struct h4l_topology *t, struct h4l_err *err)
{
    for (int e = 0; e < t->n_edges; e++) {
        const struct h4l_edge *edge = &t->edges[e];
        int from = edge->from + 1, to = edge->to + 1;

        if (from > t->units || to > t->units)
            return h4l_fail(err, H4L_E_USAGE,
                            "topology: edge %d>%d names unit %d, but there are only %d units", from,
                            to, from > t->units ? from : to, t->units);
        if (edge->arrow != H4L_ARROW_MEMBRANE && edge->arrow != H4L_ARROW_SPIKE)
            return h4l_fail(err, H4L_E_USAGE, "topology: edge %d>%d: unknown kind of arrow %d",
                            from, to, edge->arrow);
        if (from == to && edge->arrow == H4L_ARROW_MEMBRANE)
            return h4l_fail(err, H4L_E_USAGE,
                            "topology: edge %d>%d: a membrane arrow of a unit to itself only "
                            "changes its decay; leave it out or make it a spike arrow (%d->%d)",
                            from, to, from, to);
        if (e > 0 && edge_order(edge - 1, edge) == 0)
            return h4l_fail(err, H4L_E_USAGE, "topology: edge %d>%d is given twice", from, to);
        if (e > 0 && edge_order(edge - 1, edge) > 0)
            return h4l_fail(err, H4L_E_USAGE, "topology: edge %d>%d is out of order (to, from)",
                            from, to);
    }
    return H4L_OK;
}

int h4l_topology_check(const struct h4l_topology *t, struct h4l_err *err)
{
    int missing, code;

    if (t->units < 1 || t->units > H4L_TOPOLOGY_UNITS)
        return h4l_fail(err, H4L_E_USAGE, "topology: %d units, expected 1..%d", t->units,
                        H4L_TOPOLOGY_UNITS);
    if (t->n_edges < 0 || t->n_edges > H4L_TOPOLOGY_EDGES)
        return h4l_fail(err, H4L_E_USAGE, "topology: %d edges, expected 0..%d", t->n_edges,
                        H4L_TOPOLOGY_EDGES);
    if (t->reset != H4L_RESET_AND && t->reset != H4L_RESET_OWN)
        return h4l_fail(err, H4L_E_USAGE, "topology: unknown reset rule %d", (int)t->reset);
    if ((t->input | t->output) & ~all_units(t->units))
        return h4l_fail(err, H4L_E_USAGE, "topology: the %s set names a unit beyond the last, %d",
                        t->input & ~all_units(t->units) ? "input" : "output", t->units);
    if (t->input == 0 || t->output == 0)
        return h4l_fail(err, H4L_E_USAGE, "topology: no %s unit; expected at least one",
                        t->input == 0 ? "input" : "output");
    if ((code = check_edges(t, err)) != H4L_OK)
        return code;
    if ((missing = first_missing(t, reach(t, t->input, false))) >= 0)
        return h4l_fail(err, H4L_E_USAGE,
                        "topology: unit %d is not reached from any input unit; give it the input "
                        "or an arrow",
                        missing + 1);
    if ((missing = first_missing(t, reach(t, t->output, true))) >= 0)
        return h4l_fail(err, H4L_E_USAGE,
                        "topology: unit %d has no path to an output unit, so it changes nothing; "
                        "give it an arrow, make it an output, or leave it out",
                        missing + 1);
    return H4L_OK;
}

// ---- shapes ----

static void make_layers(struct h4l_topology *t, const int *sizes, int n, enum h4l_arrow arrow)
{
    int first = 0;

    *t = (struct h4l_topology){.units = 0};
    for (int l = 0; l < n; l++) {
        int next = first + sizes[l];

        for (int to = next; l + 1 < n && to < next + sizes[l + 1]; to++)
            for (int from = first; from < next; from++)
                add_edge(t, from, to, arrow);
        t->units = next;
        if (l == 0)
            t->input = all_units(next);
        if (l == n - 1)
            t->output = all_units(next) & ~all_units(first);
        first = next;
    }
}

static void make_ring(struct h4l_topology *t, int units, enum h4l_arrow arrow)
{
    *t = (struct h4l_topology){
        .units = units, .input = all_units(units), .output = all_units(units)};
    for (int i = 0; i < units; i++)
        add_edge(t, i, (i + 1) % units, arrow);
    sort_edges(t);
}

// ---- parsing ----

struct cursor {
    const char *text, *at;
    struct h4l_err *err;
};

static void skip_blanks(struct cursor *c)
{
    for (;; c->at++) {
        if (*c->at == '#')
            while (c->at[1] != '\0' && c->at[1] != '\n')
                c->at++;
        else if (*c->at == '\0' || strchr(" \t\r\n", *c->at) == NULL)
            return;
    }
}

// Fails at position `at`: "line 2, column 5: expected ..., found 'x...'".
__attribute__((format(printf, 3, 4))) static int fail_at(struct cursor *c, const char *at,
                                                         const char *format, ...)
{
    const char *line_start = c->text, *newline = strchr(c->text, '\n');
    int n = (int)strcspn(at, " \t\r\n;#"), line = 1;
    char what[400], where[60], found[40];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    for (const char *p = c->text; p < at; p++)
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    if (newline != NULL && newline[strspn(newline, " \t\r\n")] != '\0') // more than one line
        snprintf(where, sizeof where, "line %d, column %d", line, (int)(at - line_start) + 1);
    else
        snprintf(where, sizeof where, "column %d", (int)(at - line_start) + 1);
    if (*at == '\0')
        snprintf(found, sizeof found, "the end");
    else if (n == 0 && (unsigned char)*at < ' ')
        snprintf(found, sizeof found, "the end of the line");
    else if (n == 0)
        snprintf(found, sizeof found, "'%c'", *at);
    else
        snprintf(found, sizeof found, "\"%.*s\"", n < 20 ? n : 20, at);
    return h4l_fail(c->err, H4L_E_USAGE, "topology, %s: %s, found %s", where, what, found);
}

static bool is_digit(char x)
{
    return x >= '0' && x <= '9';
}

static bool is_letter(char x)
{
    return (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z');
}

// A whole number in lo..hi, called `what` in messages.
static int parse_number(struct cursor *c, const char *what, int lo, int hi, int *ret)
{
    const char *start;
    long value = 0;

    skip_blanks(c);
    start = c->at;
    if (!is_digit(*c->at))
        return fail_at(c, start, "expected %s (%d..%d)", what, lo, hi);
    for (; is_digit(*c->at); c->at++)
        value = value > 100000 ? value : 10 * value + (*c->at - '0');
    if (value < lo || value > hi)
        return fail_at(c, start, "expected %s (%d..%d)", what, lo, hi);
    *ret = (int)value;
    return H4L_OK;
}

// Takes `word` if it stands here as a whole word (a digit may follow, as in ring4).
static bool take_word(struct cursor *c, const char *word)
{
    size_t n = strlen(word);

    skip_blanks(c);
    if (strncmp(c->at, word, n) != 0 || is_letter(c->at[n]))
        return false;
    c->at += n;
    return true;
}

static bool take_char(struct cursor *c, char x)
{
    skip_blanks(c);
    if (*c->at != x)
        return false;
    c->at++;
    return true;
}

// What the text says, before the arrows' default kind and the defaults of input and output are known.
struct draft {
    enum { LAYERS, RING, UNITS } shape;
    int sizes[H4L_TOPOLOGY_UNITS], n_sizes, units;
    uint32_t input, output;
    enum h4l_arrow arrow;
    enum h4l_reset reset;
    bool has_input, has_output, has_edges, has_arrow, has_reset;
    struct h4l_edge edges[H4L_TOPOLOGY_EDGES];
    bool plain[H4L_TOPOLOGY_EDGES]; // written a>b: of the default kind
    int n_edges;
};

static int parse_layers(struct cursor *c, struct draft *d)
{
    const char *start;
    int code;

    d->shape = LAYERS;
    do {
        int size;

        skip_blanks(c);
        start = c->at;
        if ((code = parse_number(c, "the number of units of a layer", 1, H4L_TOPOLOGY_UNITS,
                                 &size)) != H4L_OK)
            return code;
        if (d->units + size > H4L_TOPOLOGY_UNITS)
            return fail_at(c, start, "expected at most %d units in all, this layer makes %d",
                           H4L_TOPOLOGY_UNITS, d->units + size);
        d->sizes[d->n_sizes++] = size;
        d->units += size;
    } while (take_char(c, '+'));
    skip_blanks(c);
    start = c->at;
    if (!take_char(c, '('))
        return H4L_OK;
    if (d->n_sizes > 1)
        return fail_at(c, start, "expected no \"(parallel)\" after several layers");
    if (!take_word(c, "parallel"))
        return fail_at(c, c->at, "expected \"parallel\"");
    if (!take_char(c, ')'))
        return fail_at(c, c->at, "expected \")\"");
    return H4L_OK;
}

static int parse_shape(struct cursor *c, struct draft *d)
{
    skip_blanks(c);
    if (is_digit(*c->at))
        return parse_layers(c, d);
    if (take_word(c, "ring")) {
        d->shape = RING;
        return parse_number(c, "the number of units of the ring", 2, H4L_TOPOLOGY_UNITS, &d->units);
    }
    if (take_word(c, "units")) {
        d->shape = UNITS;
        return parse_number(c, "the number of units", 1, H4L_TOPOLOGY_UNITS, &d->units);
    }
    return fail_at(c, c->at, "expected a shape: layer sizes (3+1), ring N, or units N");
}

static int parse_set(struct cursor *c, const struct draft *d, uint32_t *ret)
{
    uint32_t set = 0;

    if (take_word(c, "all")) {
        *ret = all_units(d->units);
        return H4L_OK;
    }
    do {
        int first, last, code;
        const char *start;

        if ((code = parse_number(c, "a unit or \"all\"", 1, d->units, &first)) != H4L_OK)
            return code;
        last = first;
        skip_blanks(c);
        if (*c->at == '-') {
            start = ++c->at;
            if ((code = parse_number(c, "the last unit of the range", 1, d->units, &last)) !=
                H4L_OK)
                return code;
            if (last < first)
                return fail_at(c, start, "expected a unit not below %d", first);
        }
        set |= all_units(last) & ~all_units(first - 1);
    } while (take_char(c, ','));
    *ret = set;
    return H4L_OK;
}

static int parse_edge(struct cursor *c, struct draft *d)
{
    enum h4l_arrow arrow = H4L_ARROW_MEMBRANE;
    const char *start;
    bool plain = false;
    int from, to, code;

    skip_blanks(c);
    start = c->at;
    if ((code = parse_number(c, "the unit where an edge starts", 1, d->units, &from)) != H4L_OK)
        return code;
    skip_blanks(c);
    if (c->at[0] == '>') {
        plain = true;
        c->at += 1;
    } else if ((c->at[0] == '=' || c->at[0] == '-') && c->at[1] == '>') {
        arrow = c->at[0] == '=' ? H4L_ARROW_MEMBRANE : H4L_ARROW_SPIKE;
        c->at += 2;
    } else
        return fail_at(c, c->at, "expected an arrow: > (default kind), => (membrane), -> (spike)");
    if ((code = parse_number(c, "the unit where the edge ends", 1, d->units, &to)) != H4L_OK)
        return code;
    for (int e = 0; e < d->n_edges; e++)
        if (d->edges[e].from == from - 1 && d->edges[e].to == to - 1)
            return fail_at(c, start, "expected each edge once, %d>%d is given twice", from, to);
    d->plain[d->n_edges] = plain;
    d->edges[d->n_edges++] = (struct h4l_edge){
        .from = (uint8_t)(from - 1), .to = (uint8_t)(to - 1), .arrow = (uint8_t)arrow};
    return H4L_OK;
}

static int once(struct cursor *c, const char *start, const char *clause, bool *seen)
{
    if (*seen)
        return fail_at(c, start, "expected the clause \"%s\" only once", clause);
    *seen = true;
    return H4L_OK;
}

static int parse_edges(struct cursor *c, struct draft *d)
{
    int code;

    do
        if ((code = parse_edge(c, d)) != H4L_OK)
            return code;
    while (take_char(c, ','));
    return H4L_OK;
}

static int parse_arrow(struct cursor *c, struct draft *d)
{
    if (take_word(c, "membrane"))
        d->arrow = H4L_ARROW_MEMBRANE;
    else if (take_word(c, "spike"))
        d->arrow = H4L_ARROW_SPIKE;
    else
        return fail_at(c, c->at, "expected \"membrane\" or \"spike\"");
    return H4L_OK;
}

static int parse_reset(struct cursor *c, struct draft *d)
{
    if (take_word(c, "and"))
        d->reset = H4L_RESET_AND;
    else if (take_word(c, "own"))
        d->reset = H4L_RESET_OWN;
    else
        return fail_at(c, c->at, "expected \"and\" or \"own\"");
    return H4L_OK;
}

static int parse_clause(struct cursor *c, struct draft *d)
{
    const char *start;
    int code;

    skip_blanks(c);
    start = c->at;
    if (take_word(c, "input"))
        return (code = once(c, start, "input", &d->has_input)) ? code : parse_set(c, d, &d->input);
    if (take_word(c, "output"))
        return (code = once(c, start, "output", &d->has_output)) ? code
                                                                 : parse_set(c, d, &d->output);
    if (take_word(c, "edges"))
        return (code = once(c, start, "edges", &d->has_edges)) ? code : parse_edges(c, d);
    if (take_word(c, "arrow"))
        return (code = once(c, start, "arrow", &d->has_arrow)) ? code : parse_arrow(c, d);
    if (take_word(c, "reset"))
        return (code = once(c, start, "reset", &d->has_reset)) ? code : parse_reset(c, d);
    return fail_at(c, start, "expected a clause (input, output, edges, arrow, reset)%s",
                   d->shape == LAYERS && d->n_edges == 0 ? " or + and a further layer" : "");
}

// Shape, clauses and defaults into a topology.
static int assemble(const struct draft *d, struct h4l_topology *t, struct h4l_err *err)
{
    int shape_edges;

    if (d->shape == LAYERS)
        make_layers(t, d->sizes, d->n_sizes, d->arrow);
    else if (d->shape == RING)
        make_ring(t, d->units, d->arrow);
    else if (d->has_input && d->has_output)
        *t = (struct h4l_topology){.units = d->units};
    else
        return h4l_fail(err, H4L_E_USAGE,
                        "topology: \"units %d\" needs the clause \"%s\" (for example: units 2 "
                        "input 1 output 2 edges 1>2)",
                        d->units, d->has_input ? "output" : "input");
    shape_edges = t->n_edges;
    for (int i = 0; i < d->n_edges; i++) {
        const struct h4l_edge *edge = &d->edges[i];

        for (int e = 0; e < shape_edges; e++)
            if (t->edges[e].from == edge->from && t->edges[e].to == edge->to)
                return h4l_fail(err, H4L_E_USAGE,
                                "topology: edge %d>%d is already part of the shape; leave it out "
                                "or start from \"units %d\"",
                                edge->from + 1, edge->to + 1, d->units);
        add_edge(t, edge->from, edge->to, d->plain[i] ? d->arrow : (enum h4l_arrow)edge->arrow);
    }
    sort_edges(t);
    t->reset = d->reset;
    if (d->has_input)
        t->input = d->input;
    if (d->has_output)
        t->output = d->output;
    else if (d->reset == H4L_RESET_AND)
        t->output = all_units(d->units);
    return h4l_topology_check(t, err);
}

static int parse(struct cursor *c, struct draft *d)
{
    int code = parse_shape(c, d);

    while (code == H4L_OK) {
        skip_blanks(c);
        if (take_char(c, ';'))
            skip_blanks(c);
        if (*c->at == '\0')
            break;
        code = parse_clause(c, d);
    }
    return code;
}

int h4l_topology_parse(const char *text, struct h4l_topology *ret, struct h4l_err *err)
{
    struct cursor c = {.text = text, .at = text, .err = err};
    struct h4l_topology t;
    struct draft d = {.arrow = H4L_ARROW_MEMBRANE, .reset = H4L_RESET_AND};
    int code;

    if (strlen(text) > 65535)
        return h4l_fail(err, H4L_E_USAGE, "topology: %zu characters, expected at most 65535",
                        strlen(text));
    if ((code = parse(&c, &d)) != H4L_OK || (code = assemble(&d, &t, err)) != H4L_OK)
        return code;
    *ret = t;
    return H4L_OK;
}

int h4l_topology_read(const char *path, struct h4l_topology *ret, struct h4l_err *err)
{
    struct h4l_err inner;
    char *text;
    size_t n;
    int code = h4l_read_file(path, 65535, &text, &n, err);

    if (code != H4L_OK)
        return code;
    code = strlen(text) == n ? h4l_topology_parse(text + h4l_text_start(text), ret, &inner)
                             : h4l_fail(&inner, H4L_E_DATA, "expected text, found a 0 byte");
    free(text);
    return code == H4L_OK ? H4L_OK : h4l_fail(err, H4L_E_DATA, "%s: %s", path, inner.message);
}

// ---- printing ----

struct text {
    char *buffer;
    size_t size, n;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *out, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out->n < out->size ? out->buffer + out->n : NULL,
                  out->n < out->size ? out->size - out->n : 0, format, args);
    va_end(args);
    out->n += n > 0 ? (size_t)n : 0;
}

static void put_set(struct text *out, uint32_t set, int units)
{
    const char *separator = "";

    if (set == all_units(units)) {
        put(out, "all");
        return;
    }
    for (int i = 0; i < units; i++) {
        int last = i;

        if (!(set >> i & 1))
            continue;
        while (last + 1 < units && (set >> (last + 1) & 1))
            last++;
        put(out, last > i ? "%s%d-%d" : "%s%d", separator, i + 1, last + 1);
        separator = ",";
        i = last;
    }
}

static bool same_edges(const struct h4l_topology *a, const struct h4l_topology *b)
{
    if (a->units != b->units || a->n_edges != b->n_edges)
        return false;
    for (int e = 0; e < a->n_edges; e++)
        if (a->edges[e].from != b->edges[e].from || a->edges[e].to != b->edges[e].to ||
            a->edges[e].arrow != b->edges[e].arrow)
            return false;
    return true;
}

// The layer sizes whose full connections are exactly t's edges: unit 0's first target is where the second layer starts,
// and so on. Returns their number, or 0 if t has no such layers; *shape is what they make.
static int find_layers(const struct h4l_topology *t, enum h4l_arrow arrow,
                       int sizes[H4L_TOPOLOGY_UNITS], struct h4l_topology *shape)
{
    int n = 0, first = 0;

    while (first < t->units) {
        int next = t->units;

        for (int e = 0; e < t->n_edges; e++)
            if (t->edges[e].from == first && t->edges[e].to > first && t->edges[e].to < next)
                next = t->edges[e].to;
        sizes[n++] = next - first;
        first = next;
    }
    make_layers(shape, sizes, n, arrow);
    return same_edges(t, shape) ? n : 0;
}

size_t h4l_topology_print(const struct h4l_topology *t, char *buffer, size_t size)
{
    struct text out = {.buffer = buffer, .size = size};
    enum h4l_arrow arrow = H4L_ARROW_SPIKE;
    int sizes[H4L_TOPOLOGY_UNITS], n;
    bool edges = false, fixed = false;
    struct h4l_topology shape;

    if (size > 0)
        buffer[0] = '\0';
    for (int e = 0; e < t->n_edges; e++)
        if (t->edges[e].arrow == H4L_ARROW_MEMBRANE)
            arrow = H4L_ARROW_MEMBRANE;
    if (t->n_edges == 0)
        arrow = H4L_ARROW_MEMBRANE;
    if ((n = find_layers(t, arrow, sizes, &shape)) > 0) {
        for (int l = 0; l < n; l++)
            put(&out, l > 0 ? "+%d" : "%d", sizes[l]);
    } else if (t->units >= 2 && (make_ring(&shape, t->units, arrow), same_edges(t, &shape))) {
        put(&out, "ring%d", t->units);
    } else {
        put(&out, "units %d", t->units);
        edges = t->n_edges > 0;
        fixed = true;
    }
    if (t->reset == H4L_RESET_AND)
        shape.output = all_units(t->units);
    if (fixed || t->input != shape.input) {
        put(&out, " input ");
        put_set(&out, t->input, t->units);
    }
    if (fixed || t->output != shape.output) {
        put(&out, " output ");
        put_set(&out, t->output, t->units);
    }
    if (edges)
        put(&out, " edges ");
    for (int e = 0; edges && e < t->n_edges; e++)
        put(&out, "%s%d%s%d", e > 0 ? "," : "", t->edges[e].from + 1,
            t->edges[e].arrow == arrow ? ">" : "->", t->edges[e].to + 1);
    if (arrow == H4L_ARROW_SPIKE)
        put(&out, " arrow spike");
    if (t->reset == H4L_RESET_OWN)
        put(&out, " reset own");
    return out.n;
}

// ---- the rest ----

bool h4l_topology_equal(const struct h4l_topology *a, const struct h4l_topology *b)
{
    return same_edges(a, b) && a->input == b->input && a->output == b->output &&
           a->reset == b->reset;
}

int h4l_topology_into(const struct h4l_topology *t, int unit, int *ret_first)
{
    int first = 0, n = 0;

    while (first < t->n_edges && t->edges[first].to < unit)
        first++;
    while (first + n < t->n_edges && t->edges[first + n].to == unit)
        n++;
    *ret_first = first;
    return n;
}

int h4l_topology_permute(const struct h4l_topology *topology, const int *order,
                         struct h4l_topology *ret, int *ret_edges, struct h4l_err *err)
{
    struct h4l_topology t = *topology;
    uint32_t seen = 0;

    for (int i = 0; i < t.units; i++) {
        if (order[i] < 0 || order[i] >= t.units || (seen >> order[i] & 1))
            return h4l_fail(err, H4L_E_RANGE,
                            "topology: the new number %d of unit %d is outside 0..%d or taken",
                            order[i], i, t.units - 1);
        seen |= 1u << order[i];
    }
    t.input = t.output = 0;
    for (int i = 0; i < t.units; i++) {
        t.input |= (topology->input >> i & 1) << order[i];
        t.output |= (topology->output >> i & 1) << order[i];
    }
    for (int e = 0; e < t.n_edges; e++) {
        t.edges[e].from = (uint8_t)order[topology->edges[e].from];
        t.edges[e].to = (uint8_t)order[topology->edges[e].to];
    }
    sort_edges(&t);
    for (int e = 0; ret_edges != NULL && e < t.n_edges; e++)
        for (int f = 0; f < t.n_edges; f++)
            if (order[topology->edges[e].from] == t.edges[f].from &&
                order[topology->edges[e].to] == t.edges[f].to)
                ret_edges[e] = f;
    *ret = t;
    return H4L_OK;
}
