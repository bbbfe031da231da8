#include "neuron/learning.h"

#include <math.h>

#include "neuron/learning_topology.h"

struct h4l_learning_neuron h4l_learning_published(enum h4l_learning_kind kind,
                                                  enum h4l_learning_experiment experiment)
{
    bool conv = experiment == H4L_LEARNING_CONV, fc = experiment == H4L_LEARNING_FC;
    bool rl = experiment == H4L_LEARNING_RL;
    struct h4l_learning_neuron n = {.kind = kind,
                                    .window = rl ? 5 : 15,
                                    .half_width = fc || conv ? 0.5 : 0.4,
                                    .decay = 0.2,
                                    .reset = true,
                                    .dt = 0.01,
                                    .g_na = 120,
                                    .g_k = 36,
                                    .g_l = 0.3,
                                    .e_na = 115,
                                    .e_k = -12,
                                    .e_l = 10.6};

    switch (kind) {
    case H4L_LEARNING_LIF:
        n.threshold = fc || conv ? 0.3 : 0.2;
        break;
    case H4L_LEARNING_HH:
        n.reset = false;
        n.threshold = fc ? 0.2 : 2.3;
        if (fc)
            n.half_width = 0.3;
        if (conv || rl)
            n.dt = 0.1;
        n.currents_detached = n.h_rates_swapped = conv;
        break;
    case H4L_LEARNING_TOPOLOGY:
        h4l_topology_parse("3+1 output all reset own", &n.topology, NULL);
        // fall through
    case H4L_LEARNING_SLIF:
        n.threshold = fc ? 2 : conv ? 0.3 : 0.8;
        n.half_width = 0.4;
        if (fc)
            n.decay = 0.5;
        if (conv)
            n.window = 10;
        break;
    case H4L_LEARNING_BINARY:
        n.reset = false;
        n.threshold = 0.5;
        n.window = 1;
        break;
    }
    return n;
}

int h4l_learning_check(const struct h4l_learning_neuron *n, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value;
    } fields[] = {{"threshold", n->threshold},
                  {"half_width", n->half_width},
                  {"decay", n->decay},
                  {"drive", n->drive},
                  {"dt", n->dt},
                  {"g_na", n->g_na},
                  {"g_k", n->g_k},
                  {"g_l", n->g_l},
                  {"e_na", n->e_na},
                  {"e_k", n->e_k},
                  {"e_l", n->e_l}};

    if (n->window < 1 || n->window > H4L_LEARNING_MAX_WINDOW)
        return h4l_fail(err, H4L_E_RANGE, "window is %d; it must be 1 to %d steps", n->window,
                        H4L_LEARNING_MAX_WINDOW);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!isfinite(fields[i].value))
            return h4l_fail(err, H4L_E_RANGE, "%s is %g; it must be a finite number",
                            fields[i].name, fields[i].value);
    if (n->half_width <= 0)
        return h4l_fail(err, H4L_E_RANGE, "half_width is %g; it must be positive", n->half_width);
    switch (n->kind) {
    case H4L_LEARNING_LIF:
    case H4L_LEARNING_SLIF:
    case H4L_LEARNING_BINARY:
        return H4L_OK;
    case H4L_LEARNING_HH:
        if (n->dt <= 0)
            return h4l_fail(err, H4L_E_RANGE, "dt is %g; it must be positive", n->dt);
        return H4L_OK;
    case H4L_LEARNING_TOPOLOGY:
        return h4l_topology_check(&n->topology, err);
    }
    return h4l_fail(err, H4L_E_RANGE, "kind is %d; there is no such neuron", (int)n->kind);
}

int h4l_learning_units(const struct h4l_learning_neuron *n)
{
    if (n->kind == H4L_LEARNING_TOPOLOGY)
        return n->topology.units;
    return n->kind == H4L_LEARNING_SLIF ? 4 : 1;
}

int h4l_learning_inputs(const struct h4l_learning_neuron *n)
{
    if (n->kind == H4L_LEARNING_TOPOLOGY)
        return __builtin_popcount(n->topology.input);
    return n->kind == H4L_LEARNING_SLIF ? 3 : 1;
}

int h4l_learning_trains(const struct h4l_learning_neuron *n)
{
    if (n->kind == H4L_LEARNING_TOPOLOGY)
        return n->topology.reset == H4L_RESET_OWN ? __builtin_popcount(n->topology.output) : 1;
    return n->kind == H4L_LEARNING_SLIF ? 4 : 1;
}

int h4l_learning_mixing(const struct h4l_learning_neuron *n)
{
    int mixing = n->topology.n_edges;

    if (n->kind != H4L_LEARNING_TOPOLOGY)
        return n->kind == H4L_LEARNING_SLIF ? 4 : 0;
    for (int u = 0, first; u < n->topology.units; u++)
        mixing += h4l_topology_into(&n->topology, u, &first) > 0;
    return mixing;
}

void h4l_learning_hh_gates(const struct h4l_learning_neuron *neuron,
                           const struct h4l_learning_rates *rates, double *ret_n, double *ret_m,
                           double *ret_h)
{
    double a_h = neuron->h_rates_swapped ? rates->b_h : rates->a_h;
    double b_h = neuron->h_rates_swapped ? rates->a_h : rates->b_h;
    double dt = neuron->dt, n = 0, m = 0, h = 0;

    for (int t = 0; t < neuron->window; t++) {
        ret_n[t] = n;
        ret_m[t] = m;
        ret_h[t] = h;
        n += dt * (rates->a_n * (1 - n) - rates->b_n * n);
        m += dt * (rates->a_m * (1 - m) - rates->b_m * m);
        h += dt * (a_h * (1 - h) - b_h * h);
    }
}

void h4l_learning_hh_channels(const struct h4l_learning_neuron *neuron,
                              const struct h4l_learning_rates *rates, double *ret_na, double *ret_k)
{
    double n[H4L_LEARNING_MAX_WINDOW], m[H4L_LEARNING_MAX_WINDOW], h[H4L_LEARNING_MAX_WINDOW];

    h4l_learning_hh_gates(neuron, rates, n, m, h);
    for (int t = 0; t < neuron->window; t++) {
        ret_na[t] = neuron->g_na * (m[t] * m[t] * m[t]) * h[t];
        ret_k[t] = neuron->g_k * (n[t] * n[t] * n[t] * n[t]);
    }
}

void h4l_learning_hh_currents(const struct h4l_learning_neuron *neuron,
                              const struct h4l_learning_rates *rates, double *ret_g, double *ret_e)
{
    double na[H4L_LEARNING_MAX_WINDOW], k[H4L_LEARNING_MAX_WINDOW];

    h4l_learning_hh_channels(neuron, rates, na, k);
    for (int t = 0; t < neuron->window; t++) {
        ret_g[t] = na[t] + k[t] + neuron->g_l;
        ret_e[t] = na[t] * neuron->e_na + k[t] * neuron->e_k + neuron->g_l * neuron->e_l;
    }
}

static double lif_step(const struct h4l_learning_neuron *n, double v, int s, double input)
{
    return n->decay * v * (n->reset && s ? 0.0 : 1.0) + input;
}

static void forward_slif(const struct h4l_learning_neuron *n, const double *mix,
                         const double *input, double *ret_v, uint8_t *ret_s)
{
    const int T = n->window;
    double v[4] = {0};
    int s[4] = {0};

    for (int t = 0; t < T; t++) {
        // The fourth unit sees the others' potentials of the step before.
        double fourth = mix[0] * v[0] + mix[1] * v[1] + mix[2] * v[2] + mix[3];

        for (int u = 0; u < 4; u++) {
            v[u] = lif_step(n, v[u], s[u], u < 3 ? input[u * T + t] + n->drive : fourth);
            s[u] = v[u] > n->threshold;
            ret_v[u * T + t] = v[u];
            ret_s[u * T + t] = (uint8_t)s[u];
        }
    }
}

static void forward_topology(const struct h4l_learning_neuron *n, const double *mix,
                             const double *input, double *ret_v, uint8_t *ret_s)
{
    double trains[H4L_LEARNING_MAX_UNITS * H4L_LEARNING_MAX_WINDOW];
    int spikes = h4l_learning_trains(n) * n->window;

    h4l_learning_topology_forward(n, false, mix, input, ret_v, trains);
    for (int i = 0; i < spikes; i++)
        ret_s[i] = trains[i] > 0;
}

void h4l_learning_forward(const struct h4l_learning_neuron *n,
                          const struct h4l_learning_rates *rates, const double *mix,
                          const double *input, double *ret_v, uint8_t *ret_s)
{
    double g[H4L_LEARNING_MAX_WINDOW], e[H4L_LEARNING_MAX_WINDOW], v = 0;
    int s = 0;

    if (n->kind == H4L_LEARNING_SLIF) {
        forward_slif(n, mix, input, ret_v, ret_s);
        return;
    }
    if (n->kind == H4L_LEARNING_TOPOLOGY) {
        forward_topology(n, mix, input, ret_v, ret_s);
        return;
    }
    if (n->kind == H4L_LEARNING_HH)
        h4l_learning_hh_currents(n, rates, g, e);
    for (int t = 0; t < n->window; t++) {
        double in = input[t] + n->drive;

        switch (n->kind) {
        case H4L_LEARNING_HH:
            v += n->dt * (in - g[t] * v + e[t]);
            break;
        case H4L_LEARNING_LIF:
            v = lif_step(n, v, s, in);
            break;
        case H4L_LEARNING_BINARY:
            v = in > 0 ? in : 0;
            break;
        case H4L_LEARNING_SLIF: // returned above
        case H4L_LEARNING_TOPOLOGY:
            break;
        }
        s = v > n->threshold;
        ret_v[t] = v;
        ret_s[t] = (uint8_t)s;
    }
}

// The surrogate derivative of the spike.
static double window(const struct h4l_learning_neuron *n, double v)
{
    return fabs(v - n->threshold) < n->half_width ? 1.0 : 0.0;
}

// d v[t+1] / d v[t] of a LIF unit, the way through the spike in the reset factor included.
static double lif_slope(const struct h4l_learning_neuron *n, double v, int s)
{
    return n->reset ? n->decay * ((s ? 0.0 : 1.0) - v * window(n, v)) : n->decay;
}

static void backward_slif(const struct h4l_learning_neuron *n, const double *mix, const double *v,
                          const uint8_t *s, const double *ds, double *ret_dinput, double *dmix)
{
    const int T = n->window;
    double dv[4] = {0};

    for (int t = T - 1; t >= 0; t--) {
        double later_fourth = dv[3]; // gradient to v4[t+1], hence to its input

        for (int u = 0; u < 4; u++) {
            double vt = v[u * T + t];

            dv[u] = ds[u * T + t] * window(n, vt) + dv[u] * lif_slope(n, vt, s[u * T + t]);
            if (u < 3) {
                dv[u] += mix[u] * later_fourth;
                ret_dinput[u * T + t] = dv[u];
            }
        }
        for (int u = 0; u < 3 && t > 0; u++)
            dmix[u] += dv[3] * v[u * T + t - 1];
        dmix[3] += dv[3];
    }
}

void h4l_learning_backward(const struct h4l_learning_neuron *n,
                           const struct h4l_learning_rates *rates, const double *mix,
                           const double *v, const uint8_t *s, const double *ds, double *ret_dinput,
                           double *dmix)
{
    double g[H4L_LEARNING_MAX_WINDOW], e[H4L_LEARNING_MAX_WINDOW], dv = 0;

    if (n->kind == H4L_LEARNING_SLIF) {
        backward_slif(n, mix, v, s, ds, ret_dinput, dmix);
        return;
    }
    if (n->kind == H4L_LEARNING_TOPOLOGY) {
        h4l_learning_topology_backward(n, false, mix, v, ds, ret_dinput, dmix);
        return;
    }
    if (n->kind == H4L_LEARNING_HH)
        h4l_learning_hh_currents(n, rates, g, e);
    for (int t = n->window - 1; t >= 0; t--) {
        double own = ds[t] * window(n, v[t]);

        switch (n->kind) {
        case H4L_LEARNING_HH: // slope of step t + 1 to v[t]; dv is 0 behind the last step
            if (t + 1 < n->window && !n->currents_detached)
                dv *= 1 - n->dt * g[t + 1];
            dv += own;
            ret_dinput[t] = n->dt * dv;
            break;
        case H4L_LEARNING_BINARY: // the slope of max(I, 0) at v = 0 is 0
            ret_dinput[t] = v[t] > 0 ? own : 0;
            break;
        case H4L_LEARNING_LIF:
            dv = own + dv * lif_slope(n, v[t], s[t]);
            ret_dinput[t] = dv;
            break;
        case H4L_LEARNING_SLIF: // returned above
        case H4L_LEARNING_TOPOLOGY:
            break;
        }
    }
}
