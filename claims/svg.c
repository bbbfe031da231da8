#include "svg.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "print.h"

enum { LARGEST = 32 << 20 };

// What a drawing must not contain; compared without case.
static const char *const refused[] = {
    "<script",  "<foreignobject", "<style",      "<iframe",  "<animate", "<set",
    "<!entity", "<!doctype",      "javascript:", "href=\"h", "href='h",  "href=\"/",
    "href='/",  "url(h",          "url('h",      "url(\"h",  "url(/",    "@import"};

static int is_event_attribute(const char *text)
{
    // white space, "on", letters, "="
    size_t n = 3;

    if (!isspace((unsigned char)text[0]) || tolower((unsigned char)text[1]) != 'o' ||
        tolower((unsigned char)text[2]) != 'n' || !isalpha((unsigned char)text[n]))
        return 0;
    while (isalpha((unsigned char)text[n]))
        n++;
    return text[n] == '=';
}

// A bitmap is part of the drawing where its bytes stand in it, as PNG; anything else under "data:" could be a document.
static int is_other_data(const char *text)
{
    static const char png[] = "data:image/png;base64,";
    const char *data = text;

    while ((data = strcasestr(data, "data:")) != NULL) {
        if (strncmp(data, png, sizeof png - 1) != 0)
            return 1;
        data += sizeof png - 1;
        data += strspn(data,
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \n\r\t");
    }
    return 0;
}

static int check_harmless(const char *path, const char *text, struct h4l_err *err)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strcasestr(text, refused[i]))
            return h4l_fail(err, H4L_E_DATA, "%s: not put into the page, as it contains \"%s\"",
                            path, refused[i]);
    if (is_other_data(text))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: not put into the page, as it contains data that are no PNG", path);
    // Attributes stand inside tags only.
    for (const char *tag = strchr(text, '<'); tag; tag = strchr(tag + 1, '<'))
        for (const char *c = tag; *c && *c != '>'; c++)
            if (is_event_attribute(c))
                return h4l_fail(err, H4L_E_DATA,
                                "%s: not put into the page, as it has an event attribute", path);
    return H4L_OK;
}

// Length of the pattern at text after which a name stands that gets the prefix: id=", href="#, url(#; 0 elsewhere.
static size_t name_follows(const char *text)
{
    static const char *const patterns[] = {"href=\"#", "href='#", "url(#", "url('#", "url(\"#"};

    if (isspace((unsigned char)text[0]) &&
        (strncmp(text + 1, "id=\"", 4) == 0 || strncmp(text + 1, "id='", 4) == 0))
        return 5;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (strncmp(text, patterns[i], strlen(patterns[i])) == 0)
            return strlen(patterns[i]);
    return 0;
}

static void write_body(FILE *stream, const char *body, const char *end, const char *prefix)
{
    const char *title = strstr(body, "<title>"),
               *title_end = title ? strstr(title, "</title>") : NULL;
    const char *first_child = body + strspn(body, " \t\r\n");

    // The drawing's own title (a file name) would show as a tooltip; the accessible name replaces it.
    if (title == first_child && title_end && title_end < end)
        body = title_end + strlen("</title>");
    while (body < end) {
        size_t n = name_follows(body);
        if (n) {
            fwrite(body, 1, n, stream);
            fputs(prefix, stream);
            body += n;
        } else {
            fputc(*body++, stream);
        }
    }
}

// The value of viewBox, or width and height as one, into ret. 0 if the tag has neither.
static int view_box(const char *tag, const char *tag_end, char *ret, size_t size)
{
    const char *v = strstr(tag, "viewBox="), *w = strstr(tag, " width="),
               *h = strstr(tag, " height=");

    if (v && v < tag_end) {
        char quote = v[8];
        const char *stop = strchr(v + 9, quote);
        if (!stop || stop > tag_end || (size_t)(stop - v - 9) >= size)
            return 0;
        snprintf(ret, size, "%.*s", (int)(stop - v - 9), v + 9);
        return strspn(ret, "0123456789.+- eE\t\n\r,") == strlen(ret);
    }
    if (!w || !h || w > tag_end || h > tag_end)
        return 0;
    snprintf(ret, size, "0 0 %g %g", strtod(w + 8, NULL), strtod(h + 9, NULL));
    return 1;
}

static int write_svg(FILE *stream, const char *path, const char *text, const char *prefix,
                     const char *alt, struct h4l_err *err)
{
    const char *tag = strstr(text, "<svg"), *tag_end = tag ? strchr(tag, '>') : NULL;
    const char *end = NULL, *next = tag_end;
    char box[100];
    int code;

    while (next && (next = strstr(next, "</svg>"))) {
        end = next;
        next += 6;
    }
    if (!tag || !tag_end || !end || !view_box(tag, tag_end, box, sizeof box))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected a complete SVG drawing with viewBox or width and height",
                        path);
    code = check_harmless(path, tag, err);
    if (code)
        return code;
    fputs("<svg role=\"img\" aria-label=\"", stream);
    h4l_print_escaped(stream, alt);
    fprintf(stream, "\" viewBox=\"%s\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">", box);
    write_body(stream, tag_end + 1, end, prefix);
    fputs("</svg>\n", stream);
    return H4L_OK;
}

int h4l_svg_inline(FILE *stream, const char *path, const char *prefix, const char *alt,
                   struct h4l_err *err)
{
    char *text;
    size_t n;
    int code = h4l_read_file(path, LARGEST, &text, &n, err);

    if (code)
        return code;
    code = strlen(text) == n
               ? write_svg(stream, path, text, prefix, alt, err)
               : h4l_fail(err, H4L_E_DATA, "%s: expected SVG, found a zero byte", path);
    free(text);
    return code;
}
