#include "evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claims.h"
#include "base/args.h"
#include "base/json.h"
#include "base/paths.h"
#include "base/provenance.h"
#include "base/root.h"
#include "hh4lif_config.h"
#include "internal.h"
#include "join.h"
#include "registry_file.h"

int h4l_add_folder(const char **list, size_t *n, const char *what, const char *value,
                   struct h4l_err *err)
{
    if (*n == H4L_MOST_FOLDERS)
        return h4l_fail(err, H4L_E_USAGE, "%s: at most %d of them", what, H4L_MOST_FOLDERS);
    list[(*n)++] = value;
    return H4L_OK;
}

int h4l_selection_set(struct h4l_selection *s, int key, const char *arg, struct h4l_err *err)
{
    int choice;

    switch (key) {
    case H4L_KEY_RESULTS:
        if (s->results && !s->is_default)
            return h4l_add_folder(s->more, &s->n_more, "--results", arg, err);
        s->results = arg;
        s->is_default = 0;
        return H4L_OK;
    case H4L_KEY_REGISTRY:
        return h4l_add_folder(s->registries, &s->n_registries, "--registry", arg, err);
    case H4L_KEY_WITHOUT_SUITE:
        s->without_suite = 1;
        return H4L_OK;
    case H4L_KEY_FAMILY:
        return h4l_add_folder(s->families, &s->n_families, "--family", arg, err);
    case H4L_KEY_CLAIM:
        s->claim = arg;
        return H4L_OK;
    case H4L_KEY_ROW:
        s->row = arg;
        return H4L_OK;
    case H4L_KEY_TIER:
        s->tier = arg;
        return h4l_arg_choice("--tier", arg, "quick|standard|full", &choice, err);
    case H4L_KEY_AS_FOUND:
        s->as_found = 1;
        return H4L_OK;
    default:
        return h4l_fail(err, H4L_E_USAGE, "unexpected argument \"%s\": only options are allowed",
                        arg);
    }
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

// Reads one registry file and appends it, if its family is selected.
static int add_registry(const struct h4l_selection *s, const char *path, const char *folder,
                        json_t *list, struct h4l_err *err)
{
    json_t *registry = NULL;
    const char *family;
    char own[4096];
    size_t i = 0;
    int code = h4l_registry_read(path, &registry, err);

    if (code)
        return code;
    family = text_of(registry, "family");
    while (i < s->n_families && strcmp(s->families[i], family) != 0)
        i++;
    if (s->n_families && i == s->n_families) {
        json_decref(registry);
        return H4L_OK;
    }
    // Where the results are that are kept for it; what to call it; whether it is a user's own.
    snprintf(own, sizeof own, "%s/experiments", h4l_root());
    if (json_object_set_new(registry, "folder", json_string(folder)) |
        json_object_set_new(registry, "path", json_string(path)) |
        json_object_set_new(registry, "outside", json_boolean(strcmp(folder, own) != 0)) |
        json_array_append_new(list, registry))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %s", path);
    return H4L_OK;
}

static int add_folder(const struct h4l_selection *s, const char *folder, json_t *list,
                      struct h4l_err *err)
{
    static const char *const patterns[] = {"claims.json", "*/claims.json"};
    size_t found = 0;
    int code = H4L_OK;

    for (size_t p = 0; p < 2 && !code; p++) {
        struct h4l_paths hits = {0};

        code = h4l_paths_find(folder, patterns[p], &hits, err);
        for (size_t i = 0; i < hits.n && !code; i++, found++)
            code = add_registry(s, hits.path[i], folder, list, err);
        h4l_paths_free(&hits);
    }
    if (!code && found == 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected claims.json or */claims.json, found neither; name the folder "
                        "of a registry with --registry",
                        folder);
    return code;
}

// Every selected family has a registry.
static int check_families(const struct h4l_selection *s, const json_t *list, struct h4l_err *err)
{
    for (size_t f = 0; f < s->n_families; f++) {
        const json_t *registry;
        size_t i, found = 0;
        json_array_foreach(list, i, registry) found +=
            strcmp(text_of(registry, "family"), s->families[f]) == 0;
        if (found == 0)
            return h4l_fail(err, H4L_E_USAGE,
                            "--family %s: no registry of that family; --list shows what there is",
                            s->families[f]);
    }
    return H4L_OK;
}

// Takes the id of a claim or row down: seen has for each the path of the registry that brought it (that very text: a registry named
// twice clashes with itself).
static int note_id(json_t *seen, const json_t *registry, const json_t *of, struct h4l_err *err)
{
    const char *id = text_of(of, "id");
    json_t *path = json_object_get(registry, "path"), *before = json_object_get(seen, id);

    if (before && before != path)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: the id %s is in %s, too; give the claim and its rows ids of their "
                        "own, or leave the suite's claims out by --without-suite",
                        json_string_value(path), id, json_string_value(before));
    return json_object_set(seen, id, path)
               ? h4l_fail(err, H4L_E_NOMEM, "no memory for the registries")
               : H4L_OK;
}

// No two registries have a claim or a row of one id: a filter or a headline would mean both. None is read twice.
static int check_ids(const json_t *list, struct h4l_err *err)
{
    json_t *seen = json_object();
    const json_t *registry, *claim, *row;
    size_t i, j, k;
    int code = seen ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the registries");

    json_array_foreach(list, i, registry)
        json_array_foreach(json_object_get(registry, "claims"), j, claim)
    {
        code = code ? code : note_id(seen, registry, claim, err);
        json_array_foreach(json_object_get(claim, "rows"), k, row) code =
            code ? code : note_id(seen, registry, row, err);
    }
    json_decref(seen);
    return code;
}

int h4l_read_registries(const struct h4l_selection *s, json_t **ret, struct h4l_err *err)
{
    json_t *list = json_array();
    char own[4096];
    int code = list ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the registries");

    snprintf(own, sizeof own, "%s/experiments", h4l_root());
    if (!code && s->without_suite && s->n_registries == 0)
        code = h4l_fail(err, H4L_E_USAGE,
                        "--without-suite: no claims are left; name a folder of your own by "
                        "--registry DIR");
    if (!code && !s->without_suite)
        code = add_folder(s, own, list, err);
    for (size_t i = 0; i < s->n_registries && !code; i++)
        code = add_folder(s, s->registries[i], list, err);
    if (!code)
        code = check_families(s, list, err);
    if (!code)
        code = check_ids(list, err);
    if (code)
        json_decref(list);
    else
        *ret = list;
    return code;
}

// path, in single quotes for the shell where it needs them. *ret: of size, cut where it is too small.
static void quoted(const char *path, char *ret, size_t size)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+,:@%";
    size_t n = 0;

    if (*path && strspn(path, plain) == strlen(path)) {
        snprintf(ret, size, "%s", path);
        return;
    }
    n += (size_t)snprintf(ret, size, "'");
    for (; *path && n + 6 < size; path++)
        n += (size_t)snprintf(ret + n, size - n, *path == '\'' ? "'\\''" : "%c", *path);
    snprintf(ret + n, size - n, "'");
}

// The commit that this program was built from, "unknown" where none is known. *ret: of size.
static void own_commit(char *ret, size_t size)
{
    const char *line = strstr(h4l_version_text(), "commit");

    line = line ? line + strlen("commit") : "";
    line += strspn(line, " ");
    snprintf(ret, size, "%.*s", (int)strcspn(line, " \n"), line);
}

// The content of a result file; a text that says why it cannot be read; {"missing": text} where there is none. NULL: no memory, or
// *err says why the system could not read it.
static json_t *read_file(const char *path, const char *missing, struct h4l_err *err)
{
    struct h4l_err own = {0};
    json_t *result = NULL;

    if (access(path, F_OK) != 0)
        return json_pack("{s:s}", "missing", missing);
    if (h4l_json_read(path, &result, &own)) {
        if (own.code == H4L_E_DATA)
            return h4l_claims_text("%s", own.message);
        h4l_fail(err, own.code, "%s", own.message);
        return NULL;
    }
    // A file that holds only a text must not pass for a message of ours.
    if (!json_is_object(result)) {
        json_decref(result);
        return h4l_claims_text("%s: expected an object", path);
    }
    return result;
}

// Both results as one; what is wrong with them where they are none. NULL as of read_file.
static json_t *with_one_more(json_t *result, json_t *more, struct h4l_err *err)
{
    struct h4l_err own = {0};
    json_t *joined = NULL;

    if (json_object_get(more, "missing"))
        return json_incref(result);
    if (json_object_get(result, "missing"))
        return json_incref(more);
    if (!json_is_object(result) || !json_is_object(more))
        return json_incref(json_is_object(result) ? more : result);
    if (!h4l_claims_join(result, more, &joined, &own))
        return joined;
    if (own.code == H4L_E_DATA)
        return h4l_claims_text("%s", own.message);
    h4l_fail(err, own.code, "%s", own.message);
    return NULL;
}

// The result with those of further goes, where they are there, too.
static json_t *with_more(const struct h4l_selection *s, const char *family, const char *name,
                         json_t *result, struct h4l_err *err)
{
    char path[4096];

    for (size_t i = 0; i < s->n_more && result; i++) {
        json_t *more, *joined;

        snprintf(path, sizeof path, "%s/%s/%s.json", s->more[i], family, name);
        more = read_file(path, "", err);
        joined = more ? with_one_more(result, more, err) : NULL;
        json_decref(more);
        json_decref(result);
        result = joined;
    }
    return result;
}

static json_t *read_result(const struct h4l_selection *s, const char *family, const char *name,
                           struct h4l_err *err)
{
    char path[4096], folder[4096], program[200], missing[9000];

    snprintf(path, sizeof path, "%s/%s/%s.json", s->results, family, name);
    quoted(s->results, folder, sizeof folder);
    h4l_root_family(family, program, sizeof program);
    snprintf(missing, sizeof missing, "not there; make it by: %s --case %s%s%s --out %s", program,
             name, s->tier ? " --tier " : "", s->tier ? s->tier : "", folder);
    return with_more(s, family, name, read_file(path, missing, err), err);
}

// Why the results could not be read: what read_file said, or no memory.
static int results_failed(const struct h4l_err *why, struct h4l_err *err)
{
    return why->code ? h4l_fail(err, why->code, "%s", why->message)
                     : h4l_fail(err, H4L_E_NOMEM, "no memory for the results");
}

// Results of a folder by their case.
static int read_results(const struct h4l_selection *s, const json_t *registry, json_t **ret,
                        struct h4l_err *err)
{
    json_t *results = json_object(), *row;
    struct h4l_err why = {0};
    const char *name;

    json_object_foreach(json_object_get(registry, "cases"), name, row)
    {
        if (results)
            h4l_json_set(&results, name, read_result(s, text_of(registry, "family"), name, &why));
    }
    if (!results)
        return results_failed(&why, err);
    *ret = results;
    return H4L_OK;
}

// ---- results that are kept, by their run ----

struct kept {
    const char *root, *family;
    struct source source;
    json_t *results; // NULL: failed
    struct h4l_err why;
};

static int read_kept(void *ctx, const json_t *term)
{
    struct kept *k = ctx;
    char key[400], path[4096];
    const char *slash;

    h4l_claims_case_key(&k->source, term, key, sizeof key);
    slash = strrchr(key, '/');
    if (!k->results || json_object_get(k->results, key) || !slash)
        return 0;
    snprintf(path, sizeof path, "%s/%.*s/%s/%s.json", k->root, (int)(slash - key), key, k->family,
             slash + 1);
    h4l_json_set(&k->results, key, read_file(path, "not there", &k->why));
    return 0;
}

static void read_checks(struct kept *k, const json_t *checks)
{
    const json_t *check;
    size_t i;

    json_array_foreach(checks, i, check) h4l_claims_each_term(check, read_kept, k);
}

static void read_claim(struct kept *k, const json_t *claim)
{
    const json_t *rows = json_object_get(claim, "rows"), *row, *first = json_array_get(rows, 0);
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *before = text_of(row, "first_round");

        k->source = (struct source){0};
        read_checks(k, json_object_get(row, "checks"));
        k->source.renamed = before ? text_of(row, "results") : NULL;
        k->source.renamed_to = before;
        if (before)
            read_checks(k, json_object_get(row, "checks"));
    }
    k->source = (struct source){
        .figure_run = text_of(first, text_of(first, "first_round") ? "first_round" : "results")};
    read_checks(k, json_object_get(claim, "checks"));
}

static int read_all_kept(const json_t *registry, json_t **ret, struct h4l_err *err)
{
    const char *folder = text_of(registry, "folder");
    char root[4096];
    struct kept k = {root, text_of(registry, "family"), {0}, json_object(), {0}};
    const json_t *claim;
    size_t i;

    snprintf(root, sizeof root, "%s/reference", folder);
    if (access(root, F_OK) != 0)
        snprintf(root, sizeof root, "%s/results/reference", h4l_root());
    json_array_foreach(json_object_get(registry, "claims"), i, claim) read_claim(&k, claim);
    if (!k.results)
        return results_failed(&k.why, err);
    *ret = k.results;
    return H4L_OK;
}

// Does an array of claims or rows have that id? NULL: no id is asked for.
static int has_id(const json_t *array, const char *id)
{
    const json_t *element;
    size_t i;

    if (!id)
        return 1;
    json_array_foreach(array, i, element)
    {
        if (strcmp(text_of(element, "id"), id) == 0)
            return 1;
    }
    return 0;
}

// Has the registry a claim that is selected?
static int has_selected(const struct h4l_selection *s, const json_t *registry)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(json_object_get(registry, "claims"), i, claim)
    {
        if ((!s->claim || strcmp(text_of(claim, "id"), s->claim) == 0) &&
            has_id(json_object_get(claim, "rows"), s->row))
            return 1;
    }
    return 0;
}

// The claims of one registry on one set of results, appended to list.
static int evaluate_on(const json_t *registry, const json_t *results,
                       const struct h4l_claims_query *query, json_t *list, struct h4l_err *err)
{
    json_t *evaluated = NULL, *claim;
    size_t i;
    int code = h4l_claims_evaluate(registry, results, query, &evaluated, err);

    json_array_foreach(json_object_get(evaluated, "claims"), i, claim)
    {
        if (!code &&
            (json_object_set_new(claim, "figures_of",
                                 json_string(query->by_run ? "kept results" : "this machine")) ||
             json_object_set(claim, "outside", json_object_get(registry, "outside"))))
            code = h4l_fail(err, H4L_E_NOMEM, "no memory for the claims");
    }
    if (!code && json_array_extend(list, json_object_get(evaluated, "claims")))
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the claims");
    json_decref(evaluated);
    return code;
}

static int evaluate_kept(const struct h4l_selection *s, const json_t *registry, json_t *list,
                         struct h4l_err *err)
{
    const struct h4l_claims_query query = {.claim = s->claim,
                                           .row = s->row,
                                           .by_run = true,
                                           .no_figures = s->results != NULL,
                                           .as_found = s->as_found};
    json_t *results = NULL;
    int code = read_all_kept(registry, &results, err);

    if (!code)
        code = evaluate_on(registry, results, &query, list, err);
    json_decref(results);
    return code;
}

static int evaluate_folder(const struct h4l_selection *s, const json_t *registry, json_t *list,
                           struct h4l_err *err)
{
    char commit[80], folder[4096];
    const struct h4l_claims_query query = {.claim = s->claim,
                                           .row = s->row,
                                           .folder = folder,
                                           .tier = s->tier,
                                           .version = H4L_VERSION,
                                           .commit = commit,
                                           .no_rows = s->with_reference != 0,
                                           .as_found = s->as_found != 0};
    json_t *results = NULL;
    int code = read_results(s, registry, &results, err);

    own_commit(commit, sizeof commit);
    quoted(s->results, folder, sizeof folder);
    if (!code)
        code = evaluate_on(registry, results, &query, list, err);
    json_decref(results);
    return code;
}

// The rows of the one evaluation with the figures, runs and errors of the other, claim by claim.
static int join(json_t *judged, const json_t *measured, struct h4l_err *err)
{
    static const char *const of_figures[] = {"checks", "warnings", "cost", "tier", "figures_of"};
    static const char *const lists[] = {"errors", "runs", "files"};
    json_t *claim;
    size_t i;
    int failed = 0;

    json_array_foreach(judged, i, claim)
    {
        const json_t *other = json_array_get(measured, i);

        for (size_t k = 0; k < sizeof of_figures / sizeof *of_figures; k++)
            failed |= json_object_set(claim, of_figures[k], json_object_get(other, of_figures[k]));
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
            failed |= json_array_extend(json_object_get(claim, lists[k]),
                                        json_object_get(other, lists[k]));
        failed |= h4l_claims_set_state(claim);
    }
    return failed ? h4l_fail(err, H4L_E_NOMEM, "no memory for the claims") : H4L_OK;
}

static int evaluate_registry(const struct h4l_selection *s, const json_t *registry, json_t *claims,
                             struct h4l_err *err)
{
    json_t *judged = json_array(), *measured = json_array();
    bool kept = !s->results || s->with_reference;
    int code = judged && measured ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the claims");

    if (!code && kept)
        code = evaluate_kept(s, registry, judged, err);
    if (!code && s->results)
        code = evaluate_folder(s, registry, kept ? measured : judged, err);
    if (!code && kept && s->results)
        code = join(judged, measured, err);
    if (!code && json_array_extend(claims, judged))
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the claims");
    json_decref(judged);
    json_decref(measured);
    return code;
}

int h4l_evaluate_selection(const struct h4l_selection *s, json_t **ret_claims, struct h4l_err *err)
{
    json_t *registries = NULL, *claims = json_array();
    const json_t *registry;
    size_t i;
    int code = claims ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the claims");

    if (!code)
        code = h4l_read_registries(s, &registries, err);
    json_array_foreach(registries, i, registry)
    {
        if (!code && ((!s->claim && !s->row) || has_selected(s, registry)))
            code = evaluate_registry(s, registry, claims, err);
    }
    if (!code && (s->claim || s->row) && json_array_size(claims) == 0)
        code = h4l_fail(err, H4L_E_USAGE, "--%s %s: no such %s; %s", s->row ? "row" : "claim",
                        s->row ? s->row : s->claim, s->row ? "row" : "claim",
                        s->row ? "--summary shows what there is" : "--list shows what there is");
    if (!code)
        code = h4l_claims_sort(claims, err);
    json_decref(registries);
    if (code)
        json_decref(claims);
    else
        *ret_claims = claims;
    return code;
}

int h4l_list_claims(const struct h4l_selection *s, struct h4l_err *err)
{
    json_t *registries = NULL;
    const json_t *registry, *claim;
    size_t i, j;
    int code = h4l_read_registries(s, &registries, err);

    json_array_foreach(registries, i, registry)
        json_array_foreach(json_object_get(registry, "claims"), j, claim)
            printf("%-4s %-12s %s\n", text_of(claim, "id"), text_of(registry, "family"),
                   text_of(claim, "title"));
    json_decref(registries);
    return code;
}
