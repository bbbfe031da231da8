#include "net/checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/param.h"
#include "base/provenance.h"

static const char magic[] = "hh4lif checkpoint 1\n";
enum { HEX = 64, FLAGS = JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17) };

// Numbers of an epoch's result, in file order.
enum { EPOCH_NUMBERS = sizeof(struct h4l_training_epoch) / sizeof(double) };

static json_t *neuron_json(const struct h4l_cell_constants *k)
{
    struct h4l_cell_value values[H4L_CELL_MAX_VALUES];
    int n = h4l_cell_values(k, values);
    json_t *neuron = json_pack("{s:s}", "cell", k->cell->name);
    char text[H4L_TOPOLOGY_TEXT];

    for (int i = 0; i < n; i++)
        h4l_json_set(&neuron, values[i].name, json_real(values[i].value));
    if (k->cell->uses & H4L_CELL_TOPOLOGY) {
        h4l_topology_print(&k->topology, text, sizeof text);
        h4l_json_set(&neuron, "topology", json_string(text));
    }
    return neuron;
}

#define SPEC(name, place) H4L_MEMBER(struct h4l_net_spec, name, place)
static const struct h4l_member spec_members[] = {
    SPEC("conv", conv),          SPEC("channels", channels),
    SPEC("readout", readout),    SPEC("scale", projection_scale),
    SPEC("rate", learning_rate), SPEC("l2", l2),
    SPEC("n", n_milestones),     SPEC("side", task.side),
    SPEC("tasks", task.tasks),   SPEC("classes", task.classes),
    SPEC("hidden", task.hidden), SPEC("shows", task.shows),
};

#define TRUE_HH(name) SPEC(#name, true_hh.name)
static const struct h4l_member true_members[] = {
    TRUE_HH(membrane), TRUE_HH(window_ms), TRUE_HH(dt_ms), TRUE_HH(spikes), TRUE_HH(trace_ms),
    TRUE_HH(drive),    TRUE_HH(gain),      TRUE_HH(scale), TRUE_HH(clip),   SPEC("parts", parts),
};

// What the networks of Fig. 5d have beside the others.
static const struct h4l_member gaussian_members[] = {
    SPEC("on", bottleneck.on),     SPEC("shift", bottleneck.shift),
    SPEC("beta", bottleneck.beta), SPEC("xavier", xavier),
    SPEC("beta1", beta1),          SPEC("decay", decay),
    SPEC("every", decay_epochs),   SPEC("average", average),
};

#define OPTION(name, place) H4L_MEMBER(struct h4l_training_options, name, place)
static const struct h4l_member option_members[] = {
    OPTION("seed", seed),
    OPTION("epochs", epochs),
    OPTION("batch", batch),
    OPTION("input_scale", input_scale),
    OPTION("noise", noise),
    OPTION("noise_kind", noise_kind),
    OPTION("validation", validation),
    OPTION("evaluate_each", evaluate_each),
};

#define DATA(name, place) H4L_MEMBER(struct h4l_training_data, name, place)
static const struct h4l_member data_members[] = {
    DATA("n_train", n_train),
    DATA("n_test", n_test),
};

#define WINDOWS(name) H4L_MEMBER(struct h4l_net_windows, #name, name)
static const struct h4l_member windows_members[] = {WINDOWS(run), WINDOWS(blown_up),
                                                    WINDOWS(outside), WINDOWS(clipped)};

#define JSON_OF(members, base) h4l_members_json(members, sizeof members / sizeof *members, base)

// All that a training run depends on.
static json_t *run_json(const struct h4l_net_spec *s, const struct h4l_training_options *o,
                        const struct h4l_training_data *data)
{
    json_t *spec = JSON_OF(spec_members, s), *options = JSON_OF(option_members, o);

    h4l_json_set(&spec, "milestones",
                 json_pack("[i,i,i]", s->milestones[0], s->milestones[1], s->milestones[2]));
    h4l_json_set(&spec, "neuron",
                 s->neuron.cell ? neuron_json(&s->neuron) : JSON_OF(true_members, s));
    if (s->cut)
        h4l_json_set(&spec, "cut", json_true());
    if (!s->neuron.cell && s->true_hh.own)
        h4l_json_set(&spec, "own", json_true());
    if (s->bottleneck.on || s->xavier || s->beta1 > 0 || s->decay_epochs > 0 || s->average > 0)
        h4l_json_set(&spec, "gaussian", JSON_OF(gaussian_members, s));
    if (o->shots > 0)
        h4l_json_set(&options, "shots", json_integer((json_int_t)o->shots));
    h4l_json_set(&options, "data", json_string(o->data_name ? o->data_name : ""));
    h4l_json_update(&options, JSON_OF(data_members, data));
    return json_pack("{s:o,s:o}", "spec", spec, "options", options);
}

int h4l_checkpoint_fingerprint(const struct h4l_net_spec *spec,
                               const struct h4l_training_options *options,
                               const struct h4l_training_data *data, char ret_hex[65],
                               struct h4l_err *err)
{
    json_t *run = run_json(spec, options, data);
    int code = h4l_json_sha256(run, FLAGS, ret_hex);

    json_decref(run);
    return code ? h4l_fail(err, code, "no memory for the description of a training run") : H4L_OK;
}

// The sums of an epoch under way, in file order.
enum { SUMS = 4 + H4L_TASK_MAX_TASKS };

static void take_sums(const struct h4l_net_stats *s, double ret[SUMS])
{
    const double sums[4] = {s->loss, s->rate, s->gaussian.squares, s->gaussian.logs};

    memcpy(ret, sums, sizeof sums);
    memcpy(ret + 4, s->losses, sizeof s->losses);
}

static void give_sums(const double sums[SUMS], struct h4l_net_stats *ret)
{
    ret->loss = sums[0];
    ret->rate = sums[1];
    ret->gaussian = (struct h4l_bottleneck_sums){sums[2], sums[3]};
    memcpy(ret->losses, sums + 4, sizeof ret->losses);
}

// The arrays of floats; returns their number.
static size_t arrays_of(struct h4l_net *net, float *ret[4])
{
    struct h4l_net_state state = h4l_net_state(net);

    ret[0] = state.parameters;
    ret[1] = state.m;
    ret[2] = state.v;
    ret[3] = state.average;
    return state.average ? 4 : 3;
}

static char *header_text(const char *fingerprint, const char *program, struct h4l_net *net,
                         const struct h4l_checkpoint *c)
{
    json_t *epochs = json_array(), *correct = json_array(), *head;
    double sums[SUMS];
    json_t *windows = JSON_OF(windows_members, &c->stats.windows);
    char *text;

    take_sums(&c->stats, sums);
    for (int i = 0; i < c->epoch; i++)
        h4l_json_add(&epochs, h4l_json_reals((const double *)&c->epochs[i], EPOCH_NUMBERS));
    for (int task = 0; task < H4L_TASK_MAX_TASKS; task++)
        h4l_json_add(&correct, json_integer((json_int_t)c->stats.correct[task]));
    head = json_pack("{s:s,s:s,s:i,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o}", "fingerprint", fingerprint,
                     "program", program, "epoch", c->epoch, "done", (json_int_t)c->done, "step",
                     (json_int_t)*h4l_net_state(net).step, "parameters",
                     (json_int_t)h4l_net_places(net)->parameters, "n", (json_int_t)c->stats.n,
                     "correct", correct, "sums", h4l_json_reals(sums, SUMS), "windows", windows,
                     "epochs", epochs);
    text = h4l_json_dump(head, FLAGS);
    json_decref(head);
    return text;
}

int h4l_checkpoint_write(const char *path, const char *fingerprint, struct h4l_net *net,
                         const struct h4l_checkpoint *c, struct h4l_err *err)
{
    float *arrays[4];
    size_t n_arrays = arrays_of(net, arrays);
    size_t n = h4l_net_places(net)->parameters * sizeof(float), head, total;
    char program[HEX + 1], *text, *all, hex[HEX + 1];
    struct h4l_file file;
    int code = h4l_program_identity(program, err);

    if (code)
        return code;
    text = header_text(fingerprint, program, net, c);
    head = text ? strlen(magic) + strlen(text) + 1 : 0;
    total = head + n_arrays * n + HEX;
    all = text ? malloc(total + 1) : NULL;
    if (!all) {
        free(text);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a checkpoint of %zu bytes", total);
    }
    sprintf(all, "%s%s\n", magic, text);
    free(text);
    for (size_t i = 0; i < n_arrays; i++)
        memcpy(all + head + i * n, arrays[i], n);
    h4l_sha256(all, total - HEX, hex);
    memcpy(all + total - HEX, hex, HEX);
    code = h4l_file_begin(path, &file, err);
    if (code == H4L_OK) {
        fwrite(all, 1, total, file.stream); // an error shows at commit
        code = h4l_file_commit(&file, err);
    }
    free(all);
    return code;
}

static struct h4l_net_windows windows_of(const json_t *windows)
{
    return (struct h4l_net_windows){
        .run = (size_t)json_integer_value(json_object_get(windows, "run")),
        .blown_up = (size_t)json_integer_value(json_object_get(windows, "blown_up")),
        .outside = (size_t)json_integer_value(json_object_get(windows, "outside")),
        .clipped = (size_t)json_integer_value(json_object_get(windows, "clipped"))};
}

static double number_of(const json_t *value)
{
    return json_is_null(value) ? NAN : json_number_value(value);
}

// H4L_E_DATA: the checkpoint is not one of this run by this program.
static int check_origin(const char *path, const char *fingerprint, const char *program,
                        const json_t *head, struct h4l_err *err)
{
    const char *of = json_string_value(json_object_get(head, "fingerprint"));
    const char *by = json_string_value(json_object_get(head, "program"));

    if (!of || strcmp(of, fingerprint) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: this checkpoint belongs to a run with other settings or data", path);
    if (!by || strcmp(by, program) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: this checkpoint was written by another program (commit, compiler, "
                        "flags, instruction level or libraries)",
                        path);
    return H4L_OK;
}

static int parse_head(const char *path, json_t *head, size_t parameters, int max_epochs,
                      struct h4l_checkpoint *c, long *ret_step, struct h4l_err *err)
{
    const json_t *epochs = json_object_get(head, "epochs"), *sums = json_object_get(head, "sums");
    double of[SUMS];

    c->epoch = (int)json_integer_value(json_object_get(head, "epoch"));
    c->done = (size_t)json_integer_value(json_object_get(head, "done"));
    c->stats.n = (size_t)json_integer_value(json_object_get(head, "n"));
    for (size_t task = 0; task < H4L_TASK_MAX_TASKS; task++)
        c->stats.correct[task] =
            (size_t)json_integer_value(json_array_get(json_object_get(head, "correct"), task));
    for (size_t i = 0; i < SUMS; i++)
        of[i] = number_of(json_array_get(sums, i));
    give_sums(of, &c->stats);
    c->stats.windows = windows_of(json_object_get(head, "windows"));
    *ret_step = (long)json_integer_value(json_object_get(head, "step"));
    if (c->epoch < 0 || c->epoch > max_epochs || json_array_size(epochs) != (size_t)c->epoch ||
        json_integer_value(json_object_get(head, "parameters")) != (json_int_t)parameters)
        return h4l_fail(err, H4L_E_DATA, "%s: this checkpoint contradicts itself; delete it", path);
    for (int i = 0; i < c->epoch; i++)
        for (size_t k = 0; k < EPOCH_NUMBERS; k++)
            ((double *)&c->epochs[i])[k] =
                number_of(json_array_get(json_array_get(epochs, (size_t)i), k));
    return H4L_OK;
}

// Checks the frame: magic, a line of JSON, SHA-256. *ret_head: the JSON; *ret_floats: what follows its line.
static int open_frame(const char *path, const char *all, size_t total, json_t **ret_head,
                      const char **ret_floats, size_t *ret_n, struct h4l_err *err)
{
    const char *text = all + strlen(magic), *end;
    json_error_t error;
    char hex[HEX + 1];
    int code;

    if (total < strlen(magic) + HEX || memcmp(all, magic, strlen(magic)) != 0)
        return h4l_fail(err, H4L_E_DATA, "%s: this is not a checkpoint of hh4lif; delete it", path);
    h4l_sha256(all, total - HEX, hex);
    end = memchr(text, '\n', total - strlen(magic) - HEX);
    if (memcmp(hex, all + total - HEX, HEX) != 0 || !end)
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: this checkpoint is damaged (expected SHA-256 %.12s..., found %.12s...); "
            "delete it to start anew",
            path, hex, all + total - HEX);
    code = h4l_json_parse(text, (size_t)(end - text), 0, ret_head, &error);
    if (code == H4L_E_NOMEM)
        return h4l_fail(err, code, "out of memory while reading %s", path);
    if (code)
        return h4l_fail(err, H4L_E_DATA, "%s: the head of this checkpoint is not JSON; delete it",
                        path);
    *ret_floats = end + 1;
    *ret_n = total - HEX - (size_t)(end + 1 - all);
    return H4L_OK;
}

int h4l_checkpoint_read(const char *path, const char *fingerprint, struct h4l_net *net,
                        int max_epochs, bool *ret_found, struct h4l_checkpoint *ret,
                        struct h4l_err *ret_other, struct h4l_err *err)
{
    float *arrays[4];
    size_t parameters = h4l_net_places(net)->parameters, n = parameters * sizeof(float), total,
           size = 0, n_arrays = arrays_of(net, arrays);
    struct h4l_checkpoint c = {.epochs = ret->epochs};
    json_t *head = NULL;
    const char *floats = NULL;
    char *all, program[HEX + 1];
    long step = 0;
    int code;

    *ret_other = (struct h4l_err){0};
    *ret_found = false;
    if (access(path, F_OK) != 0)
        return H4L_OK;
    if ((code = h4l_program_identity(program, err)) ||
        (code = h4l_read_file(path, (size_t)1 << 32, &all, &total, err)))
        return code;
    code = open_frame(path, all, total, &head, &floats, &size, err);
    if (code || check_origin(path, fingerprint, program, head, ret_other))
        goto cleanup;
    code = parse_head(path, head, parameters, max_epochs, &c, &step, err);
    if (code == H4L_OK && size != n_arrays * n)
        code =
            h4l_fail(err, H4L_E_DATA, "%s: expected %zu bytes of parameters, found %zu; delete it",
                     path, n_arrays * n, size);
    if (code == H4L_OK) {
        for (size_t i = 0; i < n_arrays; i++)
            memcpy(arrays[i], floats + i * n, n);
        *h4l_net_state(net).step = step;
        *ret = c;
        *ret_found = true;
    }
cleanup:
    json_decref(head);
    free(all);
    return code;
}
