#include "candidate.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "neuron.h"

// Ranges of the free constants; potentials in uA/cm^2 (see the gauge in the header).
static const double tau_lo = 0.4, tau_hi = 100; // ms, on a logarithmic scale
static const double threshold_and[2] = {-10,
                                        25}; // a threshold below rest: always above, unless reset
static const double threshold_own[2] = {0.5, 25}; // a unit that resets itself must rest below it
static const double drop_hi = 80;                 // threshold - reset
static const double refractory_hi = 15;           // ms
static const double delay[2] = {-1, 4};           // ms
const double h4l_candidate_no_delay = 0.2;
static const double weight_membrane = 3, weight_level = 40, weight_kick = 25; // +-

static double linear(double z, double lo, double hi)
{
    return lo + z * (hi - lo);
}

static double logarithmic(double z, double lo, double hi)
{
    return lo * exp(z * log(hi / lo));
}

// ---- sub-networks ----

static int count_free(const struct h4l_candidate *c)
{
    int refractory = !c->refractory                       ? 0
                     : c->topology.reset == H4L_RESET_AND ? 1
                                                          : c->topology.units;

    return 3 * c->topology.units + c->topology.n_edges + refractory;
}

int h4l_candidate_subnet(const char *name, const char *topology, bool refractory, double dt,
                         struct h4l_candidate *ret, struct h4l_err *err)
{
    struct h4l_candidate c = {
        .name = name, .kind = H4L_CANDIDATE_SUBNET, .refractory = refractory, .dt = dt};
    int code = h4l_topology_parse(topology, &c.topology, err);

    if (code != H4L_OK)
        return code;
    c.n = count_free(&c);
    if (c.n > H4L_CANDIDATE_MAX - 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "topology \"%s\" has %d free constants, expected at most %d", topology, c.n,
                        H4L_CANDIDATE_MAX - 1);
    *ret = c;
    return H4L_OK;
}

// Weight of an arrow, scaled so that it is the part of the target's steady potential (membrane, and spike levels with
// joint resets) or the jump that a spike makes in it (spike events with own resets).
static double decode_weight(const struct h4l_candidate *c, const struct h4l_edge *edge, double z,
                            double leak)
{
    if (edge->arrow == H4L_ARROW_MEMBRANE)
        return linear(z, -weight_membrane, weight_membrane) * leak;
    if (c->topology.reset == H4L_RESET_AND)
        return linear(z, -weight_level, weight_level) * leak;
    return linear(z, -weight_kick, weight_kick) / c->dt;
}

static void decode_subnet(const struct h4l_candidate *c, const double *z, struct h4l_subnet *net)
{
    const struct h4l_topology *t = &c->topology;
    const double *range = t->reset == H4L_RESET_AND ? threshold_and : threshold_own;
    int next = 3 * t->units + t->n_edges;

    net->topology = *t;
    net->dt = c->dt;
    for (int i = 0; i < t->units; i++) {
        struct h4l_unit *unit = &net->unit[i];

        unit->gain = 1;
        unit->leak = 1 / logarithmic(z[3 * i], tau_lo, tau_hi);
        unit->threshold = linear(z[3 * i + 1], range[0], range[1]);
        unit->reset = unit->threshold - linear(z[3 * i + 2], 0, drop_hi);
        unit->rest = 0;
        unit->input = t->input >> i & 1 ? unit->leak : 0;
        unit->refractory_ms = 0;
        if (c->refractory) {
            unit->refractory_ms = linear(z[next], 0, refractory_hi);
            next += t->reset == H4L_RESET_OWN;
        }
    }
    for (int e = 0; e < t->n_edges; e++)
        net->weight[e] =
            decode_weight(c, &t->edges[e], z[3 * t->units + e], net->unit[t->edges[e].to].leak);
}

void h4l_candidate_chain(const struct h4l_candidate *c, const double *z,
                         const struct h4l_subnet *net, const struct h4l_subnet_gradient *g,
                         double *ret_dz)
{
    const struct h4l_topology *t = &c->topology;
    const double *range = t->reset == H4L_RESET_AND ? threshold_and : threshold_own;
    double d_leak[H4L_TOPOLOGY_UNITS];

    for (int i = 0; i < c->n; i++)
        ret_dz[i] = 0;
    for (int i = 0; i < t->units; i++) {
        d_leak[i] = g->leak[i] + (t->input >> i & 1 ? g->input[i] : 0);
        ret_dz[3 * i + 1] = (g->threshold[i] + g->reset[i]) * (range[1] - range[0]);
        ret_dz[3 * i + 2] = -g->reset[i] * drop_hi;
    }
    for (int e = 0; e < t->n_edges; e++) {
        const struct h4l_edge *edge = &t->edges[e];
        double leak = net->unit[edge->to].leak, d = g->weight[e], *dz = &ret_dz[3 * t->units + e];

        // decode_weight is linear in z, and where it takes the leak as a factor, linear in that too
        *dz = d * (decode_weight(c, edge, 1, leak) - decode_weight(c, edge, 0, leak));
        d_leak[edge->to] += d * (decode_weight(c, edge, z[3 * t->units + e], 1) -
                                 decode_weight(c, edge, z[3 * t->units + e], 0));
    }
    for (int i = 0; i < t->units; i++)
        ret_dz[3 * i] = -d_leak[i] * net->unit[i].leak * log(tau_hi / tau_lo);
}

// ---- baselines ----

struct h4l_candidate h4l_candidate_published(const char *name)
{
    struct h4l_candidate c = {.name = name, .kind = H4L_CANDIDATE_PUBLISHED, .dt = 1};

    h4l_topology_parse("3+1", &c.topology, NULL);
    return c;
}

struct h4l_candidate h4l_candidate_neuron(const char *name, const struct h4l_neuron *neuron,
                                          double dt, double level_mV)
{
    const struct h4l_model *model = neuron->model;

    return (struct h4l_candidate){.name = name,
                                  .kind = H4L_CANDIDATE_NEURON,
                                  .neuron = *neuron,
                                  .level_mV = level_mV,
                                  .dt = model->map ? model->map_ms : dt};
}

struct h4l_candidate h4l_candidate_srm(const char *name, bool forget, double dt)
{
    return (struct h4l_candidate){
        .name = name, .kind = H4L_CANDIDATE_SRM, .forget = forget, .dt = dt, .n = 12 + forget};
}

struct h4l_candidate h4l_candidate_srm_dynamic(const char *name, double dt)
{
    struct h4l_candidate c = h4l_candidate_srm(name, true, dt);

    c.dynamic = true;
    c.n += 2;
    return c;
}

int h4l_candidate_srm_hh(const char *name, double dt, struct h4l_candidate *ret,
                         struct h4l_err *err)
{
    *ret = (struct h4l_candidate){.name = name, .kind = H4L_CANDIDATE_SRM_HH, .dt = dt, .n = 2};
    return h4l_srm_record(&h4l_hh_form_a, &ret->source, err);
}

void h4l_candidate_free_delay(struct h4l_candidate *c)
{
    if (c->n == 0 || c->delay)
        return;
    c->delay = true;
    c->n++;
}

bool h4l_candidate_has_margins(const struct h4l_candidate *c)
{
    return c->kind != H4L_CANDIDATE_AEIF && c->kind != H4L_CANDIDATE_NEURON;
}

// ---- the adaptive neuron ----

// Its gauge: potentials may be shifted and stretched together with C, gL and a, so gL is HH's leak, about, and EL its rest. The cut lies
// where the upstroke is steep; what it takes from there on is less than 0.03 C / gL.
static const double aeif_gL = 0.25, aeif_EL = -65, aeif_cut = 3.5; // mS/cm^2, mV, D
enum { AEIF_CONSTANTS = 9 };

struct h4l_candidate h4l_candidate_aeif(const char *name, double dt)
{
    struct h4l_candidate c = {
        .name = name, .kind = H4L_CANDIDATE_AEIF, .dt = dt, .n = AEIF_CONSTANTS};

    h4l_neuron_init(h4l_model_find("adex"), &c.neuron);
    h4l_neurons_set(&c.neuron, 1, "adex.gL", aeif_gL, NULL);
    h4l_neurons_set(&c.neuron, 1, "adex.EL", aeif_EL, NULL);
    return c;
}

static int decode_aeif(const struct h4l_candidate *c, const double *z, struct h4l_aeif *ret,
                       struct h4l_err *err)
{
    const double D = logarithmic(z[1], 0.3, 8), VT = linear(z[2], -63, 0);
    const struct {
        const char *name;
        double value;
    } constants[] = {
        {"adex.C", aeif_gL * logarithmic(z[0], 0.42, 39)},
        {"adex.D", D},
        {"adex.VT", VT},
        {"adex.cut", VT + aeif_cut * D},
        {"adex.tau_w", logarithmic(z[3], 1, 300)},
        {"adex.a", linear(z[4], 0, 1)},
        {"adex.reset", linear(z[5], -120, VT)},
        {"adex.b", linear(z[6], 0, 200)}, // about 60 and more where it is fitted to HH
    };
    struct h4l_neuron row = c->neuron;

    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        int code = h4l_neurons_set(&row, 1, constants[i].name, constants[i].value, err);

        if (code != H4L_OK)
            return code;
    }
    *ret = (struct h4l_aeif){
        .keep = z[8], .refractory_ms = linear(z[7], 0, refractory_hi), .dt = c->dt};
    memcpy(&ret->adaptive, row.constants, sizeof ret->adaptive);
    return H4L_OK;
}

// ---- all ----

// theta is 1: the scale of u is free otherwise.
static void decode_srm(const struct h4l_candidate *c, const double *z, struct h4l_srm *m)
{
    *m = (struct h4l_srm){.dt = c->dt, .theta = 1};
    m->a = 1 / logarithmic(z[0], 0.1, 5);
    m->b = 1 / logarithmic(z[1], 1, 100);
    m->c = 1 / logarithmic(z[2], 1, 50);
    m->omega = linear(z[3], 0, 1);
    for (int i = 0; i < H4L_SRM_MODES; i++)
        m->kappa[i] = linear(z[4 + i], -0.3, 0.3);
    m->eta[H4L_SRM_FAST] = 0; // dead before the refractory time ends
    for (int i = 1; i < H4L_SRM_MODES; i++)
        m->eta[i] = linear(z[7 + i], -15, 15);
    m->refractory_ms = linear(z[11], 0, refractory_hi);
    m->forget = c->forget ? z[12] : 0;
    if (c->dynamic) {
        m->theta_jump = linear(z[13], 0, 5);
        m->theta_rate = 1 / logarithmic(z[14], 1, 300);
    }
}

int h4l_candidate_decode(const struct h4l_candidate *c, const double *z,
                         struct h4l_candidate_model *ret, struct h4l_err *err)
{
    int code = H4L_OK;

    ret->delay_ms = c->delay ? linear(z[c->n - 1], delay[0], delay[1]) : 0;
    switch (c->kind) {
    case H4L_CANDIDATE_SUBNET:
        decode_subnet(c, z, &ret->subnet);
        break;
    case H4L_CANDIDATE_PUBLISHED:
        h4l_subnet_published(&c->topology, &ret->subnet);
        break;
    case H4L_CANDIDATE_SRM:
        decode_srm(c, z, &ret->srm);
        break;
    case H4L_CANDIDATE_SRM_HH:
        code = h4l_srm_from_hh(&c->source, c->dt, linear(z[1], 2, refractory_hi), &ret->srm, err);
        if (code == H4L_OK)
            ret->srm.theta = linear(z[0], 1, 20); // mV
        break;
    case H4L_CANDIDATE_NEURON:
        ret->neuron = c->neuron;
        break;
    case H4L_CANDIDATE_AEIF:
        code = decode_aeif(c, z, &ret->aeif, err);
    }
    return code;
}

static int run_neuron(const struct h4l_candidate *c, const struct h4l_neuron *neuron,
                      const double *x, size_t steps, size_t capacity, double *ret_t, size_t *ret_n,
                      struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t l = 0; l < H4L_SUBNET_LANES && code == H4L_OK; l++)
        code = h4l_fitting_neuron_run(neuron, c->level_mV, x + l, H4L_SUBNET_LANES, steps, c->dt,
                                      capacity, ret_t + l * capacity, &ret_n[l], err);
    return code;
}

// Reports the n spikes of one lane later; those that leave 0..end are not reported. A train beyond the capacity stays as it is: no score
// looks at its times.
static size_t report_later(double by, double end, size_t capacity, double *t, size_t n)
{
    size_t kept = 0;

    if (by == 0 || n > capacity)
        return n;
    for (size_t k = 0; k < n; k++)
        if (t[k] + by >= 0 && t[k] + by < end)
            t[kept++] = t[k] + by;
    return kept;
}

int h4l_candidate_run(const struct h4l_candidate *c, const struct h4l_candidate_model *model,
                      const struct h4l_stim_input *input, size_t g, size_t capacity, double *ret_t,
                      size_t ret_n[H4L_SUBNET_LANES], struct h4l_err *err)
{
    const double *x = input->x + g * input->steps * H4L_SUBNET_LANES;

    switch (c->kind) {
    case H4L_CANDIDATE_SUBNET:
    case H4L_CANDIDATE_PUBLISHED:
        h4l_subnet_run_lanes(&model->subnet, x, input->steps, 0, capacity, ret_t, ret_n);
        break;
    case H4L_CANDIDATE_SRM:
    case H4L_CANDIDATE_SRM_HH:
        h4l_srm_run_lanes(&model->srm, x, input->steps, capacity, ret_t, ret_n);
        break;
    case H4L_CANDIDATE_NEURON:
        return run_neuron(c, &model->neuron, x, input->steps, capacity, ret_t, ret_n, err);
    case H4L_CANDIDATE_AEIF:
        h4l_aeif_run_lanes(&model->aeif, x, input->steps, capacity, ret_t, ret_n);
    }
    for (size_t l = 0; l < H4L_SUBNET_LANES; l++)
        ret_n[l] = report_later(model->delay_ms, (double)input->steps * input->dt_ms, capacity,
                                ret_t + l * capacity, ret_n[l]);
    return H4L_OK;
}

double h4l_candidate_margins(const struct h4l_candidate *c, const struct h4l_candidate_model *model,
                             const struct h4l_stim_input *input, size_t g, const uint16_t *fires,
                             double *ret_margin)
{
    const double *x = input->x + g * input->steps * H4L_SUBNET_LANES;

    if (c->kind == H4L_CANDIDATE_SUBNET || c->kind == H4L_CANDIDATE_PUBLISHED) {
        h4l_subnet_margin_lanes(&model->subnet, x, fires, input->steps, ret_margin);
        return 1; // uA/cm^2; the HH neuron's rheobase is about 6
    }
    h4l_srm_margin_lanes(&model->srm, x, fires, input->steps, ret_margin);
    return c->kind == H4L_CANDIDATE_SRM ? 1.0 / 6 : 1; // theta is 1; about 6 mV
}

// ---- JSON ----

static json_t *subnet_json(const struct h4l_subnet *net)
{
    char text[H4L_TOPOLOGY_TEXT];
    json_t *units = json_array(), *edges = json_array();

    h4l_topology_print(&net->topology, text, sizeof text);
    for (int i = 0; i < net->topology.units; i++) {
        const struct h4l_unit *u = &net->unit[i];

        h4l_json_add(&units, json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "time_constant_ms",
                                       1 / (u->gain * u->leak), "input_weight", u->input / u->leak,
                                       "threshold", u->threshold, "rest", u->rest, "reset",
                                       u->reset, "refractory_ms", u->refractory_ms));
    }
    for (int e = 0; e < net->topology.n_edges; e++) {
        const struct h4l_edge *edge = &net->topology.edges[e];

        h4l_json_add(&edges,
                     json_pack("{s:i, s:i, s:s, s:f}", "from", edge->from + 1, "to", edge->to + 1,
                               "arrow", edge->arrow == H4L_ARROW_MEMBRANE ? "membrane" : "spike",
                               "weight", net->weight[e]));
    }
    return json_pack("{s:s, s:f, s:o, s:o}", "topology", text, "dt_ms", net->dt, "units", units,
                     "edges", edges);
}

static json_t *srm_json(const struct h4l_candidate *c, const struct h4l_srm *m)
{
    json_t *all = json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:o, s:o}", "dt_ms", m->dt,
                            "a_per_ms", m->a, "b_per_ms", m->b, "c_per_ms", m->c, "omega_per_ms",
                            m->omega, "theta", m->theta, "forget", m->forget, "refractory_ms",
                            m->refractory_ms, "kappa", h4l_json_reals(m->kappa, H4L_SRM_MODES),
                            "eta", h4l_json_reals(m->eta, H4L_SRM_MODES));

    if (c->dynamic) {
        h4l_json_set(&all, "theta_jump", h4l_json_real(m->theta_jump));
        h4l_json_set(&all, "theta_rate_per_ms", h4l_json_real(m->theta_rate));
    }
    return all;
}

// The row's constants by their names, as --set has them, and what is no constant of the row.
static json_t *aeif_json(const struct h4l_aeif *m)
{
    json_t *all = json_pack("{s:f, s:f, s:f}", "dt_ms", m->dt, "refractory_ms", m->refractory_ms,
                            "w_kept_at_spike", m->keep);

    for (const struct h4l_model_constant *s = h4l_adaptive_settable; s->name; s++) {
        double value;

        memcpy(&value, (const char *)&m->adaptive + s->offset, sizeof value);
        h4l_json_set(&all, s->name, h4l_json_real(value));
    }
    return all;
}

json_t *h4l_candidate_json(const struct h4l_candidate *c, const struct h4l_candidate_model *model)
{
    json_t *all = NULL;

    switch (c->kind) {
    case H4L_CANDIDATE_SUBNET:
    case H4L_CANDIDATE_PUBLISHED:
        all = subnet_json(&model->subnet);
        break;
    case H4L_CANDIDATE_SRM:
    case H4L_CANDIDATE_SRM_HH:
        all = srm_json(c, &model->srm);
        break;
    case H4L_CANDIDATE_NEURON:
        all = json_pack("{s:s}", "neuron", c->neuron.model->name);
        break;
    case H4L_CANDIDATE_AEIF:
        all = aeif_json(&model->aeif);
    }
    if (c->delay)
        h4l_json_set(&all, "report_delay_ms", h4l_json_real(model->delay_ms));
    return all;
}
