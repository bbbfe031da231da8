#include "rl/warmup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cell/lif_unit.h"

enum { MAX_HIDDEN = 1024, MAX_STEPS = 1000 };

static int read_number(const json_t *root, const char *path, const char *name, double min,
                       double max, double *ret, struct h4l_err *err)
{
    const json_t *value = json_object_get(root, name);

    if (!json_is_number(value) ||
        !(json_number_value(value) >= min && json_number_value(value) <= max))
        return h4l_fail(err, H4L_E_DATA, "%s: \"%s\" must be a number between %g and %g", path,
                        name, min, max);
    *ret = json_number_value(value);
    return H4L_OK;
}

static int read_tensor(const json_t *tensors, const char *path, const char *name, size_t n,
                       double **ret, struct h4l_err *err)
{
    const json_t *data = json_object_get(json_object_get(tensors, name), "data");

    if (json_array_size(data) != n)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: tensor \"%s\" needs %zu numbers in \"data\", found %zu", path, name, n,
                        json_array_size(data));
    double *values = malloc(n * sizeof *values);
    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory reading %s", path);
    for (size_t i = 0; i < n; i++) {
        const json_t *x = json_array_get(data, i);
        values[i] = json_number_value(x);
        if (!json_is_number(x) || !isfinite(values[i])) {
            free(values);
            return h4l_fail(err, H4L_E_DATA, "%s: tensor \"%s\", entry %zu is not a finite number",
                            path, name, i);
        }
    }
    *ret = values;
    return H4L_OK;
}

// The bounds of log_std; the published ones where the file has none.
static int read_clamp(const json_t *root, const char *path, struct h4l_warmup *p,
                      struct h4l_err *err)
{
    const json_t *clamp = json_object_get(root, "log_std_clamp");
    const json_t *min = json_array_get(clamp, 0), *max = json_array_get(clamp, 1);

    p->log_std_min = clamp ? json_number_value(min) : -20;
    p->log_std_max = clamp ? json_number_value(max) : 2;
    if (clamp && !(json_array_size(clamp) == 2 && json_is_number(min) && json_is_number(max) &&
                   p->log_std_min <= p->log_std_max && fabs(p->log_std_min) <= 100 &&
                   fabs(p->log_std_max) <= 100))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: \"log_std_clamp\" must be two ascending numbers between -100 and 100",
                        path);
    return H4L_OK;
}

static int read_policy(const json_t *root, const char *path, int n_obs, struct h4l_warmup *p,
                       struct h4l_err *err)
{
    double obs = 0, hidden = 0, steps = 0;
    int code;

    if ((code = read_number(root, path, "n_obs", 1, 1000, &obs, err)) ||
        (code = read_number(root, path, "hidden", 1, MAX_HIDDEN, &hidden, err)) ||
        (code = read_number(root, path, "time_steps", 1, MAX_STEPS, &steps, err)) ||
        (code = read_number(root, path, "action_limit", 1e-6, 1e6, &p->action_limit, err)) ||
        (code = read_number(root, path, "decay", 0, 1, &p->decay, err)) ||
        (code = read_number(root, path, "threshold", -1e6, 1e6, &p->threshold, err)))
        return code;
    if ((int)obs != n_obs)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: the policy sees %d numbers, the environment gives %d: it belongs to "
                        "another environment",
                        path, (int)obs, n_obs);
    p->n_obs = n_obs;
    p->hidden = (int)hidden;
    p->time_steps = (int)steps;
    code = read_clamp(root, path, p, err);
    if (code)
        return code;
    size_t H = (size_t)hidden, O = (size_t)n_obs;
    const struct {
        const char *name;
        size_t n;
        double **to;
    } rows[] = {
        {"lif1.weight", H * O, &p->w1},        {"lif1.bias", H, &p->b1},
        {"lif2.weight", H * H, &p->w2},        {"lif2.bias", H, &p->b2},
        {"mean_head.weight", H, &p->w_mean},   {"mean_head.bias", 1, &p->b_mean},
        {"log_std_head.weight", H, &p->w_std}, {"log_std_head.bias", 1, &p->b_std},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((code = read_tensor(json_object_get(root, "tensors"), path, rows[i].name, rows[i].n,
                                rows[i].to, err)))
            return code;
    return H4L_OK;
}

int h4l_warmup_read(const char *path, int n_obs, struct h4l_warmup *ret, struct h4l_err *err)
{
    struct h4l_warmup policy = {0};
    json_t *root;
    int code = h4l_json_read(path, &root, err);

    if (code)
        return code;
    code = read_policy(root, path, n_obs, &policy, err);
    json_decref(root);
    if (code)
        h4l_warmup_free(&policy);
    else
        *ret = policy;
    return code;
}

void h4l_warmup_free(struct h4l_warmup *p)
{
    double **all[] = {&p->w1, &p->b1, &p->w2, &p->b2, &p->w_mean, &p->b_mean, &p->w_std, &p->b_std};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(*all[i]);
        *all[i] = NULL;
    }
}

static double affine(const double *w, double b, const double *x, int n)
{
    double sum = b;

    for (int i = 0; i < n; i++)
        sum += w[i] * x[i];
    return sum;
}

void h4l_warmup_forward(const struct h4l_warmup *p, const double *obs, double *ret_mean,
                        double *ret_log_std, int *ret_spikes1, int *ret_spikes2)
{
    const struct h4l_cell_constants k = {
        .threshold = p->threshold, .decay = p->decay, .reset = true};
    int H = p->hidden;
    double input[MAX_HIDDEN], v1[MAX_HIDDEN] = {0}, v2[MAX_HIDDEN] = {0}, s1[MAX_HIDDEN] = {0},
                              s2[MAX_HIDDEN] = {0};
    double rate[MAX_HIDDEN] = {0};

    for (int h = 0; h < H; h++) {
        input[h] = affine(p->w1 + (size_t)h * (size_t)p->n_obs, p->b1[h], obs, p->n_obs);
        if (ret_spikes1)
            ret_spikes1[h] = 0;
        if (ret_spikes2)
            ret_spikes2[h] = 0;
    }
    for (int t = 0; t < p->time_steps; t++) {
        for (int h = 0; h < H; h++) {
            v1[h] = h4l_lif_unit_step(&k, v1[h], s1[h], input[h]);
            s1[h] = h4l_cell_spike(&k, v1[h]);
            if (ret_spikes1)
                ret_spikes1[h] += s1[h] > 0;
        }
        for (int h = 0; h < H; h++) {
            v2[h] = h4l_lif_unit_step(&k, v2[h], s2[h],
                                      affine(p->w2 + (size_t)h * (size_t)H, p->b2[h], s1, H));
            s2[h] = h4l_cell_spike(&k, v2[h]);
            rate[h] += s2[h] / p->time_steps;
            if (ret_spikes2)
                ret_spikes2[h] += s2[h] > 0;
        }
    }
    *ret_mean = affine(p->w_mean, *p->b_mean, rate, H);
    *ret_log_std = fmin(fmax(affine(p->w_std, *p->b_std, rate, H), p->log_std_min), p->log_std_max);
}

double h4l_warmup_act(const struct h4l_warmup *p, const double *obs, double eps)
{
    double mean, log_std;

    h4l_warmup_forward(p, obs, &mean, &log_std, NULL, NULL);
    return p->action_limit * tanh(mean + exp(log_std) * eps);
}
