// The first screen of the page: the answer, part by part of the paper's argument, the exchange rate, the table of claims.
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "fill.h"
#include "print.h"
#include "report.h"

// The parts of the argument, each with the claims that it rests on, and what is found: a sentence that is said only while these rows
// have these verdicts, with its numbers filled in.
static const struct {
    const char *name, *question, *claims, *holds_while, *found;
} parts[] = {
    {"Theory", "Is an HH neuron the same as four LIF neurons?", " E1 E2 E3 E4 ",
     "E1=reproduced-with-caveat E4=not-reproduced E4.const=reproduced-with-caveat "
     "E4.sine=reproduced-with-caveat",
     "With time-varying parameters the four are HH in other variables. With constant ones the "
     "number of spikes is HH's for two of five inputs."},
    {"Dynamics", "Have the four HH's spike times, chaos and spectra?", " D1 D2 D3 ",
     "D1.tv=reproduced D2.tv=reproduced D3.tv=reproduced D1.slif2hh=not-reproduced "
     "D2.slif2hh=not-reproduced D3.slif2hh=not-reproduced",
     "The identity keeps all of it; with the published constants it is lost."},
    {"Tasks", "Do HH and the simplified four learn alike, and better than LIF?", " L1 L2 R1 R2 I1 ",
     "L1=not-reproduced A1.fc=no L2=inconclusive R1=reproduced R2=inconclusive",
     "Fully connected, raw pixels, fresh seeds: HH leads LIF by {L1.hh-lif.task1:.1} and "
     "{L1.hh-lif.task2:.1} points, and the four by {L1.hh-slif.task1:.1} and "
     "{L1.hh-slif.task2:.1}: not alike. HH's channels do nothing there. "
     "The two learn the single pendulum alike, faster than LIF."},
    {"Robustness", "Does noise cost them alike, and less than LIF?", " L3 R3 ",
     "L3=inconclusive R3=inconclusive",
     "First round, exploratory: on the double pendulum the four lose {R3.lif-slif:first:abs:.2} "
     "reward per step more than LIF."},
    {"Cost", "Is HH cheaper than the four?", " F1 F2 F3 ",
     "F1=reproduced-with-caveat F3=reproduced",
     "Yes in memory and in time per step, as its networks are narrower: HH and LIF of one width "
     "have "
     "the same number of parameters."},
};

static int belongs(const char *list, const char *id)
{
    char word[40];

    snprintf(word, sizeof word, " %s ", id);
    return strstr(list, word) != NULL;
}

// How many of the statements in the table hold, hold with a caveat, do not hold, are not decided.
struct tally {
    int n, hold, caveat, fail;
};

static void tally_claim(const json_t *claim, struct tally *t)
{
    const json_t *rows = json_object_get(claim, "rows"), *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (!h4l_is_shown(row, rows))
            continue;
        t->n++;
        t->hold += h4l_text_is(row, "verdict", "reproduced");
        t->caveat += h4l_text_is(row, "verdict", "reproduced-with-caveat");
        t->fail += h4l_text_is(row, "verdict", "not-reproduced");
    }
}

static struct tally tally_of(const json_t *claims, const char *list)
{
    struct tally t = {0};
    const json_t *claim;
    size_t i;

    json_array_foreach(claims, i, claim)
    {
        if (belongs(list, h4l_text(claim, "id")))
            tally_claim(claim, &t);
    }
    return t;
}

static const char *mark_of(const struct tally *t)
{
    if (t->hold == t->n)
        return "holds";
    if (t->fail == t->n)
        return "does not hold";
    if (t->hold + t->caveat > 0)
        return "in part";
    return t->fail > 0 ? "fails so far" : "undecided part";
}

static void number_of(FILE *f, int *said, int number, const char *words)
{
    if (number == 0)
        return;
    fprintf(f, "%s%d %s", (*said)++ ? ", " : "", number, words);
}

static void sentence(FILE *f, const struct tally *t)
{
    int said = 0;

    int open = t->n - t->hold - t->caveat - t->fail;

    fprintf(f, "Of %d statement%s ", t->n, t->n == 1 ? "" : "s");
    number_of(f, &said, t->hold, t->hold == 1 ? "holds" : "hold");
    number_of(f, &said, t->caveat, t->caveat == 1 ? "holds with a caveat" : "hold with a caveat");
    number_of(f, &said, t->fail, t->fail == 1 ? "does not hold" : "do not hold");
    number_of(f, &said, open, open == 1 ? "is not decided yet" : "are not decided yet");
    fputs(".", f);
}

static void claim_marks(FILE *f, const json_t *claims, const char *list)
{
    const json_t *claim, *row;
    size_t i, j;

    json_array_foreach(claims, i, claim)
    {
        const json_t *rows = json_object_get(claim, "rows");
        if (!belongs(list, h4l_text(claim, "id")))
            continue;
        json_array_foreach(rows, j, row)
        {
            if (!h4l_is_shown(row, rows))
                continue;
            fprintf(f, " <a href=\"#%s\">%s</a> ", h4l_text(claim, "id"), h4l_text(row, "id"));
            h4l_report_sign(f, h4l_verdict_text(row));
        }
    }
}

static const json_t *row_of(const json_t *claims, const char *id, size_t n)
{
    const json_t *claim, *row;
    size_t i, j;

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            const char *own = h4l_text(row, "id");
            if (strlen(own) == n && strncmp(own, id, n) == 0)
                return row;
        }
    }
    return NULL;
}

// Has each row of "ROW=VERDICT ROW=VERDICT" that verdict?
static int all_hold(const json_t *claims, const char *words)
{
    while (*words) {
        size_t n = strcspn(words, " "), id = strcspn(words, "=");
        const char *verdict = h4l_text(row_of(claims, words, id), "verdict");

        if (strlen(verdict) != n - id - 1 || strncmp(verdict, words + id + 1, n - id - 1) != 0)
            return 0;
        words += n + strspn(words + n, " ");
    }
    return 1;
}

// False where it is not said.
static int found(FILE *f, const json_t *claims, size_t part)
{
    struct h4l_err own = {0};
    char *text = NULL;

    if (!all_hold(claims, parts[part].holds_while) ||
        h4l_fill_row_text(parts[part].found, claims, NULL, &text, &own))
        return 0;
    fputs("<span class=\"found\">", f);
    h4l_report_numbers(f, text);
    fputs("</span>", f);
    free(text);
    return 1;
}

void h4l_report_answer(FILE *f, const json_t *claims)
{
    fputs("<ul class=\"answer\">\n", f);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct tally t = tally_of(claims, parts[i].claims);
        if (t.n == 0)
            continue;
        fprintf(f, "<li><b>%s.</b> %s ", parts[i].name, parts[i].question);
        h4l_report_badge(f, mark_of(&t));
        if (!found(f, claims, i))
            sentence(f, &t);
        fputs("<span class=\"small soft\">", f);
        claim_marks(f, claims, parts[i].claims);
        fputs("</span></li>\n", f);
    }
    fputs("</ul>\n", f);
}

void h4l_report_totals(FILE *f, const json_t *claims)
{
    char text[400];

    h4l_totals_text(claims, text, sizeof text);
    if (*text)
        fprintf(f, "<p class=\"totals\"><b>%s.</b></p>\n", text);
    h4l_agreement_text(claims, text, sizeof text);
    if (*text)
        fprintf(f, "<p class=\"totals soft\">%s.</p>\n", text);
}

// ---- navigation and table ----

void h4l_report_nav(FILE *f, const json_t *claims)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(claims, i, claim)
    {
        fprintf(f, "<li><a href=\"#%s\"><b>%s</b> ", h4l_text(claim, "id"), h4l_text(claim, "id"));
        h4l_report_sign(f, h4l_verdict_text(claim));
        fputs(" ", f);
        h4l_print_escaped(f, h4l_text(claim, "title"));
        fputs("</a></li>\n", f);
    }
}

// id: of the table's row, which the claim's section leads back to; NULL: not the first of its claim. row: NULL where none was judged.
static void table_row(FILE *f, const json_t *claim, const json_t *row, const char *id)
{
    const char *first = h4l_text(json_object_get(row, "first_round"), "verdict");
    const json_t *said = row ? row : claim;

    if (id)
        fprintf(f, "<tr id=\"row-%s\">", id);
    else
        fputs("<tr>", f);
    fprintf(f, "<td><a href=\"#%s\">", h4l_text(claim, "id"));
    h4l_print_escaped(f, h4l_text(said, "id"));
    fputs(h4l_text_is(claim, "kind", "question") ? "*</a></td>" : "</a></td>", f);
    fputs("<td data-label=\"Claim\">", f);
    h4l_print_escaped(f, row ? h4l_text(row, "statement") : h4l_text(claim, "title"));
    fputs("</td><td data-label=\"Mark\">", f);
    h4l_report_badge(f, h4l_verdict_text(said));
    fputs("</td><td data-label=\"What was found\">", f);
    h4l_report_numbers(f, h4l_text(said, "headline"));
    if (*first && !json_is_true(json_object_get(row, "complete"))) {
        fputs(" <span class=\"small soft\">· first round, exploratory: ", f);
        h4l_report_sign(f, first);
        fprintf(f, " %s</span>", h4l_report_words(first));
    }
    fputs("</td></tr>\n", f);
}

void h4l_report_table(FILE *f, const json_t *claims)
{
    const json_t *claim, *row;
    size_t i, j;

    json_array_foreach(claims, i, claim)
    {
        const json_t *rows = json_object_get(claim, "rows");

        if (json_array_size(rows) == 0)
            table_row(f, claim, NULL, h4l_text(claim, "id"));
        json_array_foreach(rows, j, row)
        {
            if (h4l_is_shown(row, rows))
                table_row(f, claim, row, j == 0 ? h4l_text(claim, "id") : NULL);
        }
    }
}
