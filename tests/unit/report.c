// Text on its way into HTML, XML and Markdown: escaping, numbers, durations, drawings.
#include "check.h"

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

// A larger run's verdict leads over a surrogate, not over a full run's own, and not where this run is not as registered.
static void leading(void **state)
{
    static const char *const rows[][2] = {
        {"{\"verdict\": \"reproduced\", \"state\": \"as registered\"}", "reproduced"},
        {"{\"verdict\": \"not-reproduced\", \"state\": \"as registered\", \"surrogate\": "
         "\"small\", "
         "\"larger\": [{\"verdict\": \"reproduced\"}, {\"verdict\": \"inconclusive\"}]}",
         "inconclusive"},
        {"{\"verdict\": \"not-reproduced\", \"state\": \"as registered\", "
         "\"larger\": [{\"verdict\": \"inconclusive\"}]}",
         "not-reproduced"},
        {"{\"verdict\": \"reproduced\", \"state\": \"verdict changed\", \"surrogate\": \"small\", "
         "\"larger\": [{\"verdict\": \"not-reproduced\"}]}",
         "reproduced"},
        {"{\"state\": \"error\", \"surrogate\": \"small\", "
         "\"larger\": [{\"verdict\": \"not-reproduced\"}]}",
         "error"},
        {"{\"verdict\": \"not-reproduced\", \"state\": \"as registered\", \"surrogate\": "
         "\"small\"}",
         "not-reproduced"},
        {"{\"verdict\": \"not-reproduced\", \"state\": \"as registered\"}", "not-reproduced"}};
    static const int order[] = {4, 2, 6, 5, 1, 0, 3};
    json_t *claims = json_array(), *sorted;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *claim = json_loads(rows[i][0], 0, NULL);

        assert_non_null(claim);
        CHECK_STR(h4l_leading_verdict(claim), rows[i][1]);
        json_array_append_new(claims, claim);
    }
    sorted = h4l_by_leading_verdict(claims);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_TRUE(json_array_get(sorted, i) == json_array_get(claims, (size_t)order[i]));
    json_decref(sorted);
    json_decref(claims);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escaping),  cmocka_unit_test(leading),    cmocka_unit_test(numbers),
        cmocka_unit_test(durations), cmocka_unit_test(used_share), cmocka_unit_test(inline_drawing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
