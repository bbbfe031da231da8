// What a claim's results were made by: files, commits, cost, and the commands that make them again.
#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/root.h"
#include "internal.h"

#define text_of h4l_claims_text_of
#define is h4l_claims_is

const char *h4l_claims_path(const struct evaluation *e, const char *key, char *ret, size_t size)
{
    const char *slash = strrchr(key, '/'), *family = text_of(e->registry, "family");

    if (slash)
        snprintf(ret, size, "%.*s/%s/%s.json", (int)(slash - key), key, family, slash + 1);
    else
        snprintf(ret, size, "%s/%s.json", family, key);
    return ret;
}

static int add_files(const struct evaluation *e, json_t *files, const char *key,
                     const json_t *result)
{
    const json_t *series;
    char path[600];
    size_t i, folder;
    int failed = json_array_append_new(
        files, h4l_claims_text("%s", h4l_claims_path(e, key, path, sizeof path)));

    folder = (size_t)(strrchr(path, '/') - path) + 1;
    json_array_foreach(json_object_get(result, "series"), i, series)
    {
        const char *file = text_of(series, "file");
        failed = failed || (file && json_array_append_new(
                                        files, h4l_claims_text("%.*s%s", (int)folder, path, file)));
    }
    return failed;
}

struct cost {
    double seconds, peak_rss_bytes;
    json_int_t threads;
    const char *cpu, *commit;
};

static void add_cost(struct cost *cost, const json_t *provenance)
{
    const char *commit = text_of(provenance, "git_commit"), *cpu = text_of(provenance, "cpu");
    json_int_t threads = json_integer_value(json_object_get(provenance, "threads"));

    cost->seconds += json_number_value(json_object_get(provenance, "seconds"));
    cost->peak_rss_bytes = fmax(cost->peak_rss_bytes,
                                json_number_value(json_object_get(provenance, "peak_rss_bytes")));
    cost->threads = threads > cost->threads ? threads : cost->threads;
    cost->cpu = cost->cpu && !is(cpu, cost->cpu) ? "several CPUs" : cpu;
    cost->commit = cost->commit && !is(commit, cost->commit) ? "several commits" : commit;
}

// What a reader wants to know of one run: where it came from and which pinned parameters it had.
static int add_run(const struct evaluation *e, json_t *runs, const char *key, const json_t *result)
{
    static const char *const kept[] = {
        "version", "git_commit", "git_dirty", "compiler",  "flags", "cpu",  "simd",
        "threads", "started",    "seconds",   "libraries", "argv",  "data", "peak_rss_bytes"};
    const json_t *p = json_object_get(result, "provenance");
    json_t *run = json_object();
    char path[600];
    int failed =
        json_object_set_new(run, "file",
                            h4l_claims_text("%s", h4l_claims_path(e, key, path, sizeof path))) ||
        json_object_set(run, "case", json_object_get(result, "case")) ||
        json_object_set(run, "seed", json_object_get(result, "seed"));

    for (size_t i = 0; i < sizeof kept / sizeof kept[0] && !failed; i++) {
        json_t *value = json_object_get(p, kept[i]);
        failed = value && json_object_set(run, kept[i], value);
    }
    return json_array_append_new(runs, run) || failed;
}

// Tells once of each commit but the program's own that made results.
static int add_warning(const struct evaluation *e, json_t *warnings, const json_t *result)
{
    const char *commit = text_of(json_object_get(result, "provenance"), "git_commit");
    json_t *warning, *earlier;
    size_t i;

    if (!e->query->commit || is(commit, e->query->commit))
        return 0;
    warning = h4l_claims_text("made by commit %.10s, this is %.10s", commit, e->query->commit);
    json_array_foreach(warnings, i, earlier)
    {
        if (json_equal(earlier, warning)) {
            json_decref(warning);
            return 0;
        }
    }
    return json_array_append_new(warnings, warning);
}

// ---- commands ----

// "--case NAME" and "--set KEY=VALUE" for a run of a row. names: the words that stand there already.
struct command {
    const struct evaluation *e;
    const char *run; // of the terms to be named; NULL: those without one
    json_t *text;    // an object whose keys are the words, in their order
    int failed;
};

static int add_word(void *ctx, const json_t *term)
{
    struct command *c = ctx;
    const char *run = text_of(term, "run");
    char word[300];

    if ((c->run != NULL) != (run != NULL) || (run && strcmp(run, c->run) != 0))
        return 0;
    snprintf(word, sizeof word, "--case %s", text_of(term, "case"));
    c->failed |= json_object_set_new(c->text, word, json_true());
    return 0;
}

static int note_run(void *ctx, const json_t *term)
{
    json_t *runs = ctx;
    const char *run = text_of(term, "run");

    return run && json_object_set_new(runs, run, json_true());
}

static bool matches(const char *pattern, const struct command *c)
{
    const char *word;
    json_t *value;
    char key[400];

    json_object_foreach(c->text, word, value)
    {
        snprintf(key, sizeof key, "%s/%s", c->run, word + strlen("--case "));
        if (fnmatch(pattern, key, 0) == 0)
            return true;
    }
    return false;
}

// One pin of the run. Several values: the one that was chosen is for whoever types the command, so the name in capitals stands there.
static int note_setting(json_t *settings, const char *key, const json_t *value, bool own)
{
    char name[100];
    size_t i = 0;

    if (own && json_is_number(value))
        return json_object_set_new(settings, key,
                                   h4l_claims_text("%.15g", json_number_value(value)));
    if (own && json_is_string(value))
        return json_object_set(settings, key, (json_t *)value);
    if (!json_object_get(value, "any"))
        return 0;
    for (; key[i] && i < sizeof name - 1; i++)
        name[i] = (char)toupper((unsigned char)key[i]);
    name[i] = 0;
    return json_object_set_new(settings, key, json_string(name));
}

// What patterns with a slash pin for the cases of the run: "RUN/CASE", "RUN/*" its own number or word, any of them what is to be chosen.
// Returns whether there is something to set.
static bool add_settings(struct command *c)
{
    const char *pattern, *key;
    json_t *pinned, *value, *settings = json_object();
    size_t n = c->run ? strlen(c->run) : 0;
    char word[300];
    bool found;

    c->failed |= !settings;
    json_object_foreach(json_object_get(c->e->registry, "pins"), pattern, pinned)
    {
        bool own = n && strncmp(pattern, c->run, n) == 0 && pattern[n] == '/' &&
                   !strchr(pattern + n + 1, '/');

        if (!n || !strchr(pattern, '/') || !matches(pattern, c))
            continue;
        json_object_foreach(pinned, key, value) c->failed |=
            note_setting(settings, key, value, own);
    }
    found = json_object_size(settings) > 0;
    json_object_foreach(settings, key, value)
    {
        const char *text = json_string_value(value), *quote = text[strcspn(text, "| ")] ? "'" : "";

        snprintf(word, sizeof word, "--set %s%s=%s%s", quote, key, text, quote);
        c->failed |= json_object_set_new(c->text, word, json_true());
    }
    json_decref(settings);
    return found;
}

// The folder below which the row's result is looked for: other settings want another one.
static void add_folder(struct command *c)
{
    const char *folder = text_of(c->e->registry, "folder"), *root = "results";
    char path[4096], word[4400];

    snprintf(path, sizeof path, "%s/reference", folder ? folder : "");
    if (folder && access(path, F_OK) == 0)
        root = folder;
    snprintf(word, sizeof word, "--out %s/reference/%s", root, c->run);
    c->failed |= json_object_set_new(c->text, word, json_true());
}

static json_t *command_text(struct command *c, const json_t *row)
{
    const json_t *seed = json_object_get(row, "seed"), *n = json_object_get(row, "n");
    char program[200], seeds[100] = "";
    const char *word;
    json_t *value, *command, *longer;

    h4l_root_family(text_of(c->e->registry, "family"), program, sizeof program);
    if (seed)
        snprintf(seeds, sizeof seeds, " --seed %" JSON_INTEGER_FORMAT, json_integer_value(seed));
    if (n && !text_of(row, "of"))
        snprintf(seeds + strlen(seeds), sizeof seeds - strlen(seeds),
                 " --seeds %" JSON_INTEGER_FORMAT, json_integer_value(n));
    command = h4l_claims_text("%s --tier %s%s", program, text_of(row, "tier"), seeds);
    json_object_foreach(c->text, word, value)
    {
        longer = command ? h4l_claims_text("%s %s", json_string_value(command), word) : NULL;
        json_decref(command);
        command = longer;
    }
    return command;
}

int h4l_claims_commands(const struct evaluation *e, const json_t *row, json_t *list)
{
    json_t *runs = json_object(), *value;
    const json_t *check;
    const char *run;
    size_t i;
    int failed = !runs;

    json_array_foreach(json_object_get(row, "checks"), i, check) failed =
        failed || h4l_claims_each_term(check, note_run, runs);
    if (!failed && json_object_size(runs) == 0)
        failed = json_object_set_new(runs, "", json_true());
    json_object_foreach(runs, run, value)
    {
        struct command c = {e, *run ? run : NULL, json_object(), 0};

        json_array_foreach(json_object_get(row, "checks"), i, check)
            h4l_claims_each_term(check, add_word, &c);
        if ((add_settings(&c) || json_object_size(runs) > 1) && c.run)
            add_folder(&c);
        failed |= c.failed || json_array_append_new(list, command_text(&c, row));
        json_decref(c.text);
    }
    json_decref(runs);
    return failed;
}

// What is missing of the row, "FAMILY/CASE.json" after "FAMILY/CASE.json".
static json_t *missing_text(const struct evaluation *e)
{
    json_t *text = json_string(""), *longer, *message;
    const char *key;
    char path[600];

    json_object_foreach(e->missing, key, message)
    {
        longer =
            h4l_claims_text("%s%s%s", json_string_value(text), *json_string_value(text) ? ", " : "",
                            h4l_claims_path(e, key, path, sizeof path));
        json_decref(text);
        text = longer;
        if (!text)
            return NULL;
    }
    return text;
}

// The row's commands, which write into the folder that is judged. Where it takes several runs, those with settings keep a folder each.
static json_t *commands_text(const struct evaluation *e)
{
    json_t *list = json_array(), *text = json_string(""), *longer, *command;
    bool failed = !list || !text || h4l_claims_commands(e, e->row, list);
    size_t i;

    json_array_foreach(failed ? NULL : list, i, command)
    {
        const char *line = json_string_value(command), *out = strstr(line, " --out ");
        bool own = !out || json_array_size(list) == 1;

        longer = h4l_claims_text("%s%s%.*s%s%s", text ? json_string_value(text) : "", i ? "; " : "",
                                 (int)(own && out ? out - line : 4000), line, own ? " --out " : "",
                                 own ? e->query->folder : "");
        json_decref(text);
        text = longer;
    }
    json_decref(list);
    if (failed) {
        json_decref(text);
        return NULL;
    }
    return text;
}

int h4l_claims_nothing_found(const struct evaluation *e, json_t **ret)
{
    json_t *missing, *commands, *text = NULL;

    if (!e->query->folder || !is(e->query->row, text_of(e->row, "id")) ||
        json_object_size(e->case_errors) || json_object_size(e->missing) == 0)
        return 0;
    missing = missing_text(e);
    commands = commands_text(e);
    if (missing && commands)
        text = h4l_claims_text(
            "%s: no results of the %s tier%s in %s, missing: %s; make them by: %s",
            text_of(e->row, "id"), text_of(e->row, "tier"),
            json_object_get(e->row, "n") ? " and the registered seeds" : "", e->query->folder,
            json_string_value(missing), json_string_value(commands));
    json_decref(missing);
    json_decref(commands);
    if (text)
        *ret = text;
    return !text;
}

int h4l_claims_describe_runs(const struct evaluation *e, json_t *out)
{
    struct cost cost = {0};
    json_t *result, *files = json_array(), *runs = json_array(), *warnings = json_array();
    const char *key;
    int failed = 0;

    json_object_foreach(e->used, key, result)
    {
        add_cost(&cost, json_object_get(result, "provenance"));
        failed = failed || add_files(e, files, key, result) || add_run(e, runs, key, result) ||
                 add_warning(e, warnings, result);
    }
    // Each of these takes its value over, also when it fails.
    failed |= json_object_set_new(out, "warnings", warnings);
    failed |= json_object_set_new(out, "files", files);
    failed |= json_object_set_new(out, "runs", runs);
    return failed || json_object_set_new(out, "cost",
                                         json_pack("{s:f, s:I, s:f, s:s?, s:s?}", "seconds",
                                                   cost.seconds, "threads", cost.threads,
                                                   "peak_rss_bytes", cost.peak_rss_bytes, "cpu",
                                                   cost.cpu, "git_commit", cost.commit));
}
