// The page as a whole: the parts that stand for the marks of its skeleton, report.html.
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "print.h"
#include "report.h"

static const struct {
    const char *verdict, *sign, *words, *style;
} badges[] = {{"not-reproduced", "✗", "not reproduced", "not-reproduced"},
              {"inconclusive", "?", "inconclusive", "inconclusive"},
              {"reproduced-with-caveat", "◐", "reproduced, with caveat", "reproduced-with-caveat"},
              {"reproduced", "✓", "reproduced", "reproduced"},
              {"error", "!", "not evaluated", "error"},
              {"no", "✗", "no", "not-reproduced"},
              {"open", "?", "open", "inconclusive"},
              {"yes", "✓", "yes", "reproduced"},
              {"no verdict", "–", "no verdict", "inconclusive"},
              {"met", "✓", "met", "met"},
              {"met small", "◐", "met, small", "met"},
              {"refuted", "✗", "refuted", "unmet"},
              {"not measured", "–", "not measured", "undecided"},
              {"described", "–", "described", "undecided"},
              {"unmet", "✗", "unmet", "unmet"},
              {"undecided", "?", "undecided", "undecided"},
              {"holds", "✓", "holds", "reproduced"},
              {"in part", "◐", "in part", "reproduced-with-caveat"},
              {"does not hold", "✗", "does not hold", "not-reproduced"},
              {"fails so far", "✗", "not so far", "not-reproduced"},
              {"undecided part", "?", "not decided yet", "inconclusive"}};

void h4l_report_badge(FILE *stream, const char *verdict)
{
    for (size_t i = 0; i < sizeof badges / sizeof badges[0]; i++)
        if (strcmp(badges[i].verdict, verdict) == 0)
            fprintf(stream, "<span class=\"badge %s\"><i aria-hidden=\"true\">%s</i>%s</span>",
                    badges[i].style, badges[i].sign, badges[i].words);
}

void h4l_report_sign(FILE *stream, const char *verdict)
{
    for (size_t i = 0; i < sizeof badges / sizeof badges[0]; i++)
        if (strcmp(badges[i].verdict, verdict) == 0)
            fprintf(stream, "<span class=\"sign %s\" role=\"img\" aria-label=\"%s\">%s</span>",
                    badges[i].style, badges[i].words, badges[i].sign);
}

const char *h4l_report_words(const char *verdict)
{
    for (size_t i = 0; i < sizeof badges / sizeof badges[0]; i++)
        if (strcmp(badges[i].verdict, verdict) == 0)
            return badges[i].words;
    return "";
}

// A decimal number of more than four digits that count, rounded to four of them (whole from 1000 on), into ret; returns its length in
// text, or 0 where there is none to round: "0.386710094731", "12345.67", but not "71.66", "2.1.0" or "690734".
static size_t rounded(const char *text, char *ret, size_t size)
{
    size_t whole = strspn(text, "0123456789"), n = whole, zeros;

    if (whole == 0 || text[n] != '.')
        return 0;
    n += 1 + strspn(text + n + 1, "0123456789");
    zeros = strspn(text, "0.");
    if (text[n] == '.' || n < zeros || n - zeros - (zeros <= whole) <= 4 || n > 40)
        return 0;
    snprintf(ret, size, "%.*s", (int)n, text); // without the exponent that may follow
    double x = strtod(ret, NULL);
    snprintf(ret, size, x >= 1000 ? "%.0f" : "%.4g", x);
    return strpbrk(ret, "e") ? 0 : n;
}

void h4l_report_numbers(FILE *stream, const char *text)
{
    char piece[2] = "", few[64];
    int digits = 0; // the character before was a digit or a point of a number

    for (const char *c = text; *c; c++) {
        size_t sign = c[0] == 'e' && (c[1] == '-' || c[1] == '+');
        size_t n = c[0] == 'e' ? strspn(c + 1 + sign, "0123456789") : 0;

        size_t long_number = digits ? 0 : rounded(c, few, sizeof few);

        if (long_number && (c == text || !(isalnum((unsigned char)c[-1]) || c[-1] == '.'))) {
            fputs(few, stream);
            c += long_number - 1;
            digits = 1;
            continue;
        }
        if (digits && n) {
            const char *exponent = c + 1 + sign + strspn(c + 1 + sign, "0");
            size_t rest = n - ((size_t)(exponent - c) - 1 - sign);
            fprintf(stream, " × 10<sup>%s%.*s</sup>", c[1] == '-' ? "−" : "", rest ? (int)rest : 1,
                    rest ? exponent : "0");
            c += sign + n;
            continue;
        }
        if (c[0] == '+' && c[1] == '-') {
            fputs("±", stream);
            c++;
            continue;
        }
        if (c[0] == '-' && c[1] >= '0' && c[1] <= '9' && !digits) {
            fputs("−", stream);
            continue;
        }
        digits = (*c >= '0' && *c <= '9') || (digits && *c == '.');
        // Bytes of one character must stay together for the check of its validity.
        if ((unsigned char)*c >= 0x80) {
            char whole[5] = "";
            size_t k = 0;
            do
                whole[k++] = *c;
            while (k < 4 && ((unsigned char)c[1] & 0xc0) == 0x80 && *++c);
            h4l_print_escaped(stream, whole);
            continue;
        }
        piece[0] = *c;
        h4l_print_escaped(stream, piece);
    }
}

void h4l_report_link(const struct h4l_page *page, const char *file, const char *label)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./~";

    fputs("<a href=\"", page->stream);
    for (int part = 0; part < 2; part++)
        for (const char *c = part ? file : page->link_base; *c; c++)
            if (strchr(plain, *c))
                fputc(*c, page->stream);
            else
                fprintf(page->stream, "%%%02X", (unsigned char)*c);
    fputs("\">", page->stream);
    h4l_print_escaped(page->stream, label);
    fputs("</a>", page->stream);
}

void h4l_report_duration(FILE *stream, double seconds)
{
    if (seconds < 1)
        fputs("under 1 s", stream);
    else if (seconds < 120)
        fprintf(stream, "%.0f s", seconds);
    else if (seconds < 7200)
        fprintf(stream, "%.0f min", seconds / 60);
    else
        fprintf(stream, "%.1f h", seconds / 3600);
}

static void alarms(FILE *f, const json_t *claims)
{
    const json_t *claim;
    char registered[300];
    size_t i, n = 0;

    json_array_foreach(claims, i, claim)
    {
        if (h4l_text_is(claim, "state", "as registered") ||
            h4l_text_is(claim, "state", "nothing measured"))
            continue;
        fputs(n++ ? "" : "<div class=\"alarm\" role=\"alert\"><b>Not as registered:</b><ul>\n", f);
        h4l_registered_text(claim, registered, sizeof registered);
        fprintf(f, "<li><a href=\"#%s\">", h4l_text(claim, "id"));
        h4l_print_escaped(f, h4l_text(claim, "id"));
        fputs("</a>: ", f);
        h4l_print_escaped(f, registered);
        fputs("</li>\n", f);
    }
    if (n)
        fputs("</ul></div>\n", f);
}

static int claim_sections(struct h4l_page *page, struct h4l_err *err)
{
    const json_t *claim;
    size_t i;
    int code = H4L_OK;

    json_array_foreach(page->claims, i, claim) if (!code) code = h4l_report_claim(page, claim, err);
    return code;
}

// What stands for a mark of report.html.
static int fill(struct h4l_page *page, const char *name, size_t n, struct h4l_err *err)
{
    FILE *f = page->stream;

#define IS(text) (n == sizeof text - 1 && memcmp(name, text, n) == 0)
    if (IS("style"))
        fputs(h4l_report_css, f);
    else if (IS("answer"))
        h4l_report_answer(f, page->claims);
    else if (IS("hero"))
        return h4l_report_hero(page, err);
    else if (IS("totals"))
        h4l_report_totals(f, page->claims);
    else if (IS("claim-links"))
        h4l_report_nav(f, page->claims);
    else if (IS("alarms"))
        alarms(f, page->claims);
    else if (IS("verdict-rows"))
        h4l_report_table(f, page->claims);
    else if (IS("claims"))
        return claim_sections(page, err);
    else if (IS("provenance"))
        h4l_report_provenance(page);
    else
        return h4l_fail(err, H4L_E_DATA, "report.html has an unknown mark: %.*s", (int)n, name);
#undef IS
    return H4L_OK;
}

// A mark at the end of a line stands for whole lines, so its own end goes with it.
static int page_from(struct h4l_page *page, const char *skeleton, struct h4l_err *err)
{
    const char *mark, *end;
    int code = H4L_OK;

    while (!code && (mark = strstr(skeleton, "{{")) && (end = strstr(mark, "}}"))) {
        fwrite(skeleton, 1, (size_t)(mark - skeleton), page->stream);
        code = fill(page, mark + 2, (size_t)(end - mark - 2), err);
        skeleton = end + 2 + (end[2] == '\n');
    }
    if (!code)
        fputs(skeleton, page->stream);
    return code;
}

int h4l_report_page(struct h4l_page *page, struct h4l_err *err)
{
    return page_from(page, h4l_report_html, err);
}
