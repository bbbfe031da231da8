// Evaluated claims (claims.h) as text, Markdown, JSON, JUnit and CSV.
#ifndef H4L_CLAIMS_PRINT_H
#define H4L_CLAIMS_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"

// All of them write claims (an array) to stream; write errors show when the stream is closed. They return H4L_OK or
// H4L_E_NOMEM.
int h4l_print_text(FILE *stream, const json_t *claims, struct h4l_err *err);    // every check
int h4l_print_summary(FILE *stream, const json_t *claims, struct h4l_err *err); // a line a claim
int h4l_print_json(FILE *stream, const json_t *claims, struct h4l_err *err);
int h4l_print_junit(FILE *stream, const json_t *claims, struct h4l_err *err);
int h4l_print_csv(FILE *stream, const json_t *claims, struct h4l_err *err);
int h4l_print_markdown(FILE *stream, const json_t *claims, struct h4l_err *err);

// The two Markdown parts by themselves: the table of verdicts, and claim by claim with its figures.
void h4l_markdown_verdicts(FILE *stream, const json_t *claims);
void h4l_markdown_claims(FILE *stream, const json_t *claims);

// Writes text with &, <, >, " and ' as entities, and characters that XML 1.0 forbids as U+FFFD.
void h4l_print_escaped(FILE *stream, const char *text);

// The text under key, "" where there is none.
const char *h4l_text(const json_t *object, const char *key);
int h4l_text_is(const json_t *object, const char *key, const char *text);

// "reproduced", ..., or "error"; and in words how that stands to the registry: "as registered", "registered: reproduced", ...
const char *h4l_verdict_text(const json_t *claim);
void h4l_registered_text(const json_t *claim, char *ret, size_t size);
// What is registered for the largest tier above the one that was evaluated; NULL if that is nothing, or if the evaluated tier
// is no surrogate: then its own verdict stands.
const json_t *h4l_larger(const json_t *claim);
// The verdict that a reader should take away: that of the larger run where there is one and this run is as registered, else this
// run's own, or "error".
const char *h4l_leading_verdict(const json_t *claim);
// The claims in the order of their leading verdicts, failed ones first; of equals surrogates last; else, and where there is no
// memory for a list, as they come. A new reference.
json_t *h4l_by_leading_verdict(const json_t *claims);
// The used share of a check as text: "0.17", "over", "-".
void h4l_used_text(const json_t *check, char *ret, size_t size);
// "3 claims: 1 not reproduced, ...; 24 checks, of 18 reference figures all within tolerance", or how many are within, outside
// and not measured; then how many verdicts are not the registered ones or have none for their tier.
void h4l_summary_text(const json_t *claims, char *ret, size_t size);

#endif
