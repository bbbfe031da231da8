// Evaluated claims (claims.h) as text, Markdown, JSON, JUnit and CSV.
#ifndef H4L_CLAIMS_PRINT_H
#define H4L_CLAIMS_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

// All of them write claims (an array) to stream; write errors show when the stream is closed. They return H4L_OK or
// H4L_E_NOMEM.
int h4l_print_text(FILE *stream, const json_t *claims, struct h4l_err *err);    // every check
int h4l_print_summary(FILE *stream, const json_t *claims, struct h4l_err *err); // a line a claim
int h4l_print_json(FILE *stream, const json_t *claims, struct h4l_err *err);
int h4l_print_junit(FILE *stream, const json_t *claims, struct h4l_err *err);
int h4l_print_csv(FILE *stream, const json_t *claims, struct h4l_err *err);
int h4l_print_markdown(FILE *stream, const json_t *claims, struct h4l_err *err);

// A line for each check above or alike of every row: power at the registered n, and the smallest difference that is found.
int h4l_print_power(FILE *stream, const json_t *claims, struct h4l_err *err);

// The two Markdown parts by themselves: the table of verdicts, and claim by claim with its figures.
void h4l_markdown_verdicts(FILE *stream, const json_t *claims);
void h4l_markdown_claims(FILE *stream, const json_t *claims);

// Writes text with &, <, >, " and ' as entities, and characters that XML 1.0 forbids as U+FFFD.
void h4l_print_escaped(FILE *stream, const char *text);
// Text into a cell of a Markdown table: no line breaks, no bare bars.
void h4l_print_cell(FILE *stream, const char *text);

// The text under key, "" where there is none.
const char *h4l_text(const json_t *object, const char *key);
int h4l_text_is(const json_t *object, const char *key, const char *text);

// The verdict of a claim or row, "error", or "no verdict" where no row was judged; and in words how that stands to the registry:
// "as registered", "CHANGED, registered: no", "0 of 10 seeds", ...
const char *h4l_verdict_text(const json_t *claim_or_row);
void h4l_registered_text(const json_t *claim_or_row, char *ret, size_t size);
// A verdict in words and with its mark: "✗ not reproduced", "✓ yes", "! error".
const char *h4l_verdict_mark(const char *verdict);
// Whether a row stands in the tables: the first of its claim's or question's rows, and of a claim's one that says something else than that.
bool h4l_is_shown(const json_t *row, const json_t *rows);
// The used share of a check as text: "0.17", "over", "-".
void h4l_used_text(const json_t *check, char *ret, size_t size);
// "16 claims of the paper: 1 reproduced, 6 reproduced with caveat, ...; 7 questions: ..."; "2 claims: ..." where one is a user's own. Empty where no row was judged.
void h4l_totals_text(const json_t *claims, char *ret, size_t size);
// "this machine: 210 of 210 registered figures agree", with how many differ or were not measured. Empty where there are none.
void h4l_agreement_text(const json_t *claims, char *ret, size_t size);

#endif
