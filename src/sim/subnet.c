#include "sim/subnet.h"

#include <math.h>

#include "base/simd.h"
#include "sim/subnet_kernel.h"

void h4l_subnet_published(const struct h4l_topology *topology, struct h4l_subnet *ret)
{
    ret->topology = *topology;
    ret->dt = 1;
    for (int i = 0; i < topology->units; i++)
        ret->unit[i] = (struct h4l_unit){
            .leak = 1 - 0.9, // not 0.1: the published expression rounds this way
            .gain = 1,
            .threshold = 70,
            .input = topology->input >> i & 1,
        };
    for (int e = 0; e < topology->n_edges; e++)
        ret->weight[e] = 1;
}

static int check_unit(const struct h4l_subnet *net, int i, struct h4l_err *err)
{
    const struct h4l_unit *u = &net->unit[i];
    const struct {
        const char *name;
        double value;
    } fields[] = {
        {"leak", u->leak},
        {"gain", u->gain},
        {"threshold", u->threshold},
        {"rest", u->rest},
        {"reset", u->reset},
        {"input", u->input},
        {"refractory_ms", u->refractory_ms},
    };

    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        if (!isfinite(fields[f].value))
            return h4l_fail(err, H4L_E_RANGE, "sub-network, unit %d: %s is %g, expected a number",
                            i + 1, fields[f].name, fields[f].value);
    if (!(u->gain > 0) || !(u->leak >= 0))
        return h4l_fail(
            err, H4L_E_RANGE,
            "sub-network, unit %d: gain %g and leak %g, expected gain > 0 and leak >= 0", i + 1,
            u->gain, u->leak);
    if (net->dt * u->gain * u->leak > 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "sub-network, unit %d: time constant %g ms is shorter than the step %g ms",
                        i + 1, 1 / (u->gain * u->leak), net->dt);
    if (u->refractory_ms < 0 || u->refractory_ms > 1e6 * net->dt)
        return h4l_fail(err, H4L_E_RANGE,
                        "sub-network, unit %d: refractory time %g ms, expected 0..%g", i + 1,
                        u->refractory_ms, 1e6 * net->dt);
    if (u->input != 0 && !(net->topology.input >> i & 1))
        return h4l_fail(err, H4L_E_RANGE,
                        "sub-network, unit %d: input weight %g, but the topology gives it no input",
                        i + 1, u->input);
    return H4L_OK;
}

int h4l_subnet_check(const struct h4l_subnet *net, struct h4l_err *err)
{
    int code = h4l_topology_check(&net->topology, err);

    if (code != H4L_OK)
        return code;
    if (!(net->dt > 0) || !isfinite(net->dt))
        return h4l_fail(err, H4L_E_RANGE, "sub-network: dt is %g ms, expected > 0", net->dt);
    for (int i = 0; i < net->topology.units; i++)
        if ((code = check_unit(net, i, err)) != H4L_OK)
            return code;
    for (int e = 0; e < net->topology.n_edges; e++)
        if (!isfinite(net->weight[e]))
            return h4l_fail(
                err, H4L_E_RANGE, "sub-network: the weight of edge %d>%d is %g, expected a number",
                net->topology.edges[e].from + 1, net->topology.edges[e].to + 1, net->weight[e]);
    return H4L_OK;
}

void h4l_subnet_rest(const struct h4l_subnet *net, struct h4l_subnet_state *ret)
{
    *ret = (struct h4l_subnet_state){.above = 0};
    for (int i = 0; i < net->topology.units; i++)
        ret->u[i] = ret->before[i] = net->unit[i].rest;
}

// A refractory time that is a whole number of steps must not become one more by the rounding of the quotient.
static long refractory_steps(const struct h4l_subnet *net, int i)
{
    return (long)ceil(net->unit[i].refractory_ms / net->dt - 1e-9);
}

static void reset_unit(const struct h4l_subnet *net, int i, struct h4l_subnet_state *state)
{
    state->u[i] = net->unit[i].reset;
    state->hold[i] = refractory_steps(net, i);
}

// Current into unit i; *edge is the first edge into it and moves behind the last.
static double current(const struct h4l_subnet *net, int i, double x, uint32_t above_new, int *edge,
                      const struct h4l_subnet_state *state)
{
    const struct h4l_topology *t = &net->topology;
    double I = t->input >> i & 1 ? net->unit[i].input * x : 0;

    for (; *edge < t->n_edges && t->edges[*edge].to == i; ++*edge) {
        int j = t->edges[*edge].from;
        double value;

        if (t->edges[*edge].arrow == H4L_ARROW_MEMBRANE)
            value = j < i ? state->before[j] : state->u[j];
        else
            value = (j < i ? above_new : state->above) >> j & 1;
        I += net->weight[*edge] * value;
    }
    return I;
}

// Potentials of the step before any reset; returns which units are above. With own resets and *fires not NULL the output units
// are above if and only if *fires says so.
static uint32_t advance(const struct h4l_subnet *net, const double *x, const bool *fires,
                        struct h4l_subnet_state *state)
{
    const struct h4l_topology *t = &net->topology;
    uint32_t imposed = fires && t->reset == H4L_RESET_OWN ? t->output : 0, above = 0;
    int edge = 0;

    for (int i = 0; i < t->units; i++) {
        const struct h4l_unit *unit = &net->unit[i];
        double I = current(net, i, x[i], above, &edge, state), u = state->u[i];

        bool held = state->hold[i] > 0;

        state->hold[i] -= held;
        state->before[i] =
            held ? u : u + net->dt * unit->gain * (unit->leak * (unit->rest - u) + I);
        if (imposed >> i & 1)
            above |= (uint32_t)*fires << i;
        else
            above |= (uint32_t)(!held && state->before[i] > unit->threshold) << i;
    }
    return above;
}

static void finish(const struct h4l_subnet *net, uint32_t above, bool fires,
                   struct h4l_subnet_state *state)
{
    const struct h4l_topology *t = &net->topology;

    for (int i = 0; i < t->units; i++) {
        state->u[i] = state->before[i];
        if (t->reset == H4L_RESET_AND ? fires : above >> i & 1)
            reset_unit(net, i, state);
    }
    state->above = above;
}

bool h4l_subnet_step(const struct h4l_subnet *net, const double *x, struct h4l_subnet_state *state)
{
    const struct h4l_topology *t = &net->topology;
    uint32_t above = advance(net, x, NULL, state);
    bool fires =
        t->reset == H4L_RESET_AND ? (above & t->output) == t->output : (above & t->output) != 0;

    finish(net, above, fires, state);
    return fires;
}

double h4l_subnet_step_imposed(const struct h4l_subnet *net, const double *x, bool fires,
                               struct h4l_subnet_state *state)
{
    const struct h4l_topology *t = &net->topology;
    bool joint = t->reset == H4L_RESET_AND;
    double margin = joint ? HUGE_VAL : -HUGE_VAL;
    uint32_t above = advance(net, x, &fires, state);

    for (int i = 0; i < t->units; i++) {
        double m = state->before[i] - net->unit[i].threshold;

        if ((t->output >> i & 1) && (joint ? m < margin : m > margin))
            margin = m;
    }
    finish(net, above, fires, state);
    return margin;
}

void h4l_subnet_run(const struct h4l_subnet *net, const double *x, size_t steps, double start_ms,
                    struct h4l_subnet_state *state, size_t capacity, double *ret_t, size_t *ret_n)
{
    double same[H4L_TOPOLOGY_UNITS];
    size_t n = 0;

    for (size_t s = 0; s < steps; s++) {
        for (int i = 0; i < net->topology.units; i++)
            same[i] = x[s];
        if (!h4l_subnet_step(net, same, state))
            continue;
        if (n < capacity)
            ret_t[n] = start_ms + (double)s * net->dt;
        n++;
    }
    *ret_n = n;
}

static h4l_subnet_lanes_fn *const lanes[] = H4L_LEVELS_OF(h4l_subnet_lanes);

void h4l_subnet_run_job(struct h4l_subnet_job *job)
{
    for (int i = 0; i < job->net->topology.units; i++)
        job->hold[i] = (double)refractory_steps(job->net, i);
    lanes[h4l_simd_level_id()](job);
}

void h4l_subnet_run_lanes(const struct h4l_subnet *net, const double *x, size_t steps,
                          double start_ms, size_t capacity, double *ret_t,
                          size_t ret_n[H4L_SUBNET_LANES])
{
    struct h4l_subnet_job job = {.net = net,
                                 .x = x,
                                 .steps = steps,
                                 .start_ms = start_ms,
                                 .capacity = capacity,
                                 .ret_t = ret_t,
                                 .ret_n = ret_n};

    h4l_subnet_run_job(&job);
}

void h4l_subnet_margin_lanes(const struct h4l_subnet *net, const double *x, const uint16_t *fires,
                             size_t steps, double *ret_margin)
{
    struct h4l_subnet_job job = {
        .net = net, .x = x, .steps = steps, .fires = fires, .ret_margin = ret_margin};

    h4l_subnet_run_job(&job);
}
