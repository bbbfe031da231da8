#include "texts.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/paths.h"
#include "evaluate.h"
#include "fill.h"
#include "report.h"

enum { LARGEST = 4 << 20 };

int h4l_reference_claims(json_t **ret_claims, json_t **ret_files, struct h4l_err *err)
{
    const struct h4l_selection selection = {0}; // the kept results, all claims
    json_t *claims = NULL, *files = json_object();
    const json_t *claim, *file;
    size_t i, j;
    int code = files ? h4l_evaluate_selection(&selection, &claims, err)
                     : h4l_fail(err, H4L_E_NOMEM, "no memory for claims");

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "files"), j, file)
        {
            if (!code && json_object_set_new(files, json_string_value(file), json_true()))
                code = h4l_fail(err, H4L_E_NOMEM, "no memory for the files");
        }
    }
    if (code) {
        json_decref(claims);
        json_decref(files);
        return code;
    }
    *ret_claims = claims;
    *ret_files = files;
    return H4L_OK;
}

static const char folder[] = "docs/text";

static int make(struct h4l_fill *fill, const char *path, const char *shown, const json_t *claims,
                char **ret, struct h4l_err *err)
{
    char *text = NULL, *filled = NULL, *renewed = NULL;
    size_t n;
    int code = h4l_read_file(path, LARGEST, &text, &n, err);

    if (!code)
        code = h4l_fill_lint(shown, text, err);
    if (!code)
        code = h4l_fill_text(fill, shown, text, &filled, err);
    if (!code)
        code = h4l_renew_parts(shown, filled, claims, &renewed, err);
    if (!code && asprintf(ret,
                          "<!-- Made from %s by hh4lif-claims --texts: change that file, not this "
                          "one. -->\n%s",
                          shown, renewed) < 0)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %s", path);
    free(text);
    free(filled);
    free(renewed);
    return code;
}

int h4l_texts_make(const char *root, const char *template_path, const json_t *claims, char **ret,
                   struct h4l_err *err)
{
    struct h4l_fill *fill = NULL;
    int code = h4l_fill_open(root, claims, &fill, err);

    if (!code)
        code = make(fill, template_path, template_path, claims, ret, err);
    h4l_fill_close(fill);
    return code;
}

static int differs(const char *name, const char *is, const char *ought, struct h4l_err *err)
{
    int line = 1;

    while (*is == *ought && *is) {
        line += *is == '\n';
        is++;
        ought++;
    }
    if (*is == *ought)
        return H4L_OK;
    return h4l_fail(
        err, H4L_E_CHECK,
        "%s:%d: found \"%.*s\", expected \"%.*s\" by %s/%s and the results; hh4lif-claims "
        "--texts writes it anew",
        name, line, (int)strcspn(is, "\n"), is, (int)strcspn(ought, "\n"), ought, folder, name);
}

static int one_text(struct h4l_fill *fill, const char *root, const char *name, bool check,
                    const json_t *claims, struct h4l_err *err)
{
    char source[4096], shown[1000], target[4096], *made = NULL, *is = NULL;
    size_t n;
    int code;

    snprintf(source, sizeof source, "%s/%s/%s", root, folder, name);
    snprintf(shown, sizeof shown, "%s/%s", folder, name);
    snprintf(target, sizeof target, "%s/%s", root, name);
    code = make(fill, source, shown, claims, &made, err);
    if (!code && !check)
        code = h4l_file_write(target, made, err);
    else if (!code) {
        code = h4l_read_file(target, LARGEST, &is, &n, err);
        if (!code)
            code = differs(name, is, made, err);
    }
    free(made);
    free(is);
    return code;
}

int h4l_texts_check_one(struct h4l_fill *fill, const char *root, const char *name,
                        const json_t *claims, struct h4l_err *err)
{
    return one_text(fill, root, name, true, claims, err);
}

// A raw result that is JSON and that neither a row nor a text reads. Series are what the figures draw.
static int unread(const char *manifest, const json_t *files, const json_t *rows,
                  struct h4l_err *err)
{
    for (const char *line = manifest; *line; line += strcspn(line, "\n") + 1) {
        char path[1000];
        const char *end;

        snprintf(path, sizeof path, "%.*s", (int)strcspn(line + 66, "\n"), line + 66);
        end = strrchr(path, '.');
        if (end && strcmp(end, ".json") == 0 && !json_object_get(files, path) &&
            !json_object_get(rows, path))
            return h4l_fail(
                err, H4L_E_CHECK,
                "results/reference/%s: no row of the registry and no text reads this raw "
                "result",
                path);
    }
    return H4L_OK;
}

static int all_texts(const char *root, bool check, const json_t *claims, struct h4l_fill *fill,
                     struct h4l_err *err)
{
    char path[3000];
    struct h4l_paths texts = {0};
    int code;

    snprintf(path, sizeof path, "%s/%s", root, folder);
    code = h4l_paths_below(path, 8, &texts, err);
    if (!code && texts.n == 0)
        code = h4l_fail(err, H4L_E_DATA, "%s: expected texts, found none", path);
    for (size_t i = 0; i < texts.n && !code; i++) // the files that are made, below root
        code = one_text(fill, root, texts.path[i] + strlen(path) + 1, check, claims, err);
    h4l_paths_free(&texts);
    return code;
}

int h4l_texts_update(const char *root, const json_t *claims, struct h4l_err *err)
{
    struct h4l_fill *fill = NULL;
    char path[3000], *manifest = NULL;
    int code = h4l_fill_open(root, claims, &fill, err);

    if (!code)
        code = all_texts(root, false, claims, fill, err);
    if (!code)
        code = h4l_manifest_make(root, &manifest, err);
    if (!code) {
        snprintf(path, sizeof path, "%s/results/reference/MANIFEST", root);
        code = h4l_file_write(path, manifest, err);
    }
    free(manifest);
    h4l_fill_close(fill);
    return code;
}

int h4l_texts_check(const char *root, const json_t *claims, const json_t *rows, struct h4l_err *err)
{
    struct h4l_fill *fill = NULL;
    char path[3000], *manifest = NULL;
    size_t n;
    int code = h4l_manifest_check(root, err);

    if (!code)
        code = h4l_fill_open(root, claims, &fill, err);
    if (!code)
        code = all_texts(root, true, claims, fill, err);
    snprintf(path, sizeof path, "%s/results/reference/MANIFEST", root);
    if (!code)
        code = h4l_read_file(path, LARGEST, &manifest, &n, err);
    if (!code)
        code = unread(manifest, h4l_fill_files(fill), rows, err);
    free(manifest);
    h4l_fill_close(fill);
    return code;
}
