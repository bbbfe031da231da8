// Generated parts of Markdown documents.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "print.h"
#include "report.h"

enum { LARGEST = 4 << 20 };
static const char begin_mark[] = "<!-- generated: ", mark_end[] = " -->\n";
static const char end_mark[] = "<!-- end generated -->";

static void write_summary(FILE *stream, const json_t *claims)
{
    char text[400];

    h4l_totals_text(claims, text, sizeof text);
    fprintf(stream, "%s.\n", text);
}

static const struct {
    const char *name;
    void (*write)(FILE *stream, const json_t *claims);
} parts[] = {{"verdicts", h4l_markdown_verdicts},
             {"claims", h4l_markdown_claims},
             {"summary", write_summary}};
enum { PARTS = sizeof parts / sizeof parts[0] };

// Writes the generated part whose opening mark stands at `mark`, and sets *ret_after behind its closing mark.
static int write_part(FILE *out, const char *path, const char *mark, const json_t *claims,
                      const char **ret_after, struct h4l_err *err)
{
    const char *name = mark + strlen(begin_mark), *name_end = strstr(name, mark_end);
    const char *end = strstr(mark, end_mark), *next = strstr(name, begin_mark);
    size_t n = name_end ? (size_t)(name_end - name) : 0, i = 0;

    while (i < PARTS && (strlen(parts[i].name) != n || strncmp(parts[i].name, name, n) != 0))
        i++;
    if (i == PARTS)
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: \"%.40s\": expected verdicts, claims or summary, then \" -->\" and the "
            "end of the line",
            path, mark);
    if (!end || end < name_end || (next && next < end))
        return h4l_fail(err, H4L_E_DATA, "%s: the generated part %s has no \"%s\"", path,
                        parts[i].name, end_mark);
    fprintf(out, "%s%s%s", begin_mark, parts[i].name, mark_end);
    parts[i].write(out, claims);
    fputs(end_mark, out);
    *ret_after = end + strlen(end_mark);
    return H4L_OK;
}

int h4l_renew_parts(const char *path, const char *text, const json_t *claims, char **ret,
                    struct h4l_err *err)
{
    char *made = NULL;
    size_t n;
    FILE *out = open_memstream(&made, &n);
    const char *mark = strstr(text, begin_mark);
    int code = H4L_OK;

    if (!out)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %s", path);
    while (!code && mark) {
        fwrite(text, 1, (size_t)(mark - text), out);
        code = write_part(out, path, mark, claims, &text, err);
        mark = code ? NULL : strstr(text, begin_mark);
    }
    fputs(text, out);
    if (fclose(out) && !code)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %s", path);
    if (code)
        free(made);
    else
        *ret = made;
    return code;
}

static bool is_cost(const char *line)
{
    return strncmp(line, "Cost:", 5) == 0;
}

// H4L_E_CHECK at the first line that differs.
static int compare(const char *path, const char *is, const char *ought, struct h4l_err *err)
{
    for (size_t line = 1; *is || *ought; line++) {
        size_t a = strcspn(is, "\n"), b = strcspn(ought, "\n");

        if (!(is_cost(is) && is_cost(ought)) && (a != b || strncmp(is, ought, a) != 0))
            return h4l_fail(
                err, H4L_E_CHECK,
                "%s:%zu: the generated part is not up to date: found \"%.*s\", expected "
                "\"%.*s\"; run hh4lif-report --update-docs %s",
                path, line, (int)(a < 200 ? a : 200), is, (int)(b < 200 ? b : 200), ought, path);
        is += a + (is[a] != 0);
        ought += b + (ought[b] != 0);
    }
    return H4L_OK;
}

int h4l_update_document(const char *path, const json_t *claims, int check, struct h4l_err *err)
{
    char *text = NULL, *made = NULL;
    size_t n;
    int code = h4l_read_file(path, LARGEST, &text, &n, err);

    if (code)
        return code;
    if (!strstr(text, begin_mark))
        code = h4l_fail(err, H4L_E_DATA, "%s: expected a line \"%sverdicts -->\", found none", path,
                        begin_mark);
    if (!code)
        code = h4l_renew_parts(path, text, claims, &made, err);
    if (!code && check)
        code = compare(path, text, made, err);
    else if (!code && strcmp(text, made) != 0)
        code = h4l_file_write(path, made, err);
    free(text);
    free(made);
    return code;
}
