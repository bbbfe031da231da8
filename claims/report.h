// The report: one HTML page that needs nothing but itself.
#ifndef H4L_CLAIMS_REPORT_H
#define H4L_CLAIMS_REPORT_H

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

struct h4l_page {
    FILE *stream;
    const json_t *claims; // evaluated (claims.h)
    const char *
        results; // folder with figures/kept/*.svg (of the kept results, at the scale of the claims) and
                 // figures/*.svg, which stand for those that are not there
    const char *link_base; // from the page's folder to the results' folder: "" or "some/where/"
    int figures;           // drawings put in so far: their number is the prefix of their ids
    int missing_figures;
};

// Writes the whole page; write errors show when the stream is closed. H4L_E_NOMEM; H4L_E_DATA: the skeleton has an unknown mark.
int h4l_report_page(struct h4l_page *page, struct h4l_err *err);

// ---- parts, for the page's own files ----

// The style sheet and the page's skeleton with marks {{NAME}}: report.css and report.html, embedded.
extern const char h4l_report_css[], h4l_report_html[];
int h4l_report_claim(struct h4l_page *page, const json_t *claim, struct h4l_err *err);
void h4l_report_provenance(struct h4l_page *page);
// A verdict ("reproduced", ..., "error") as a badge: sign, words and colour.
void h4l_report_badge(FILE *stream, const char *verdict);
// The same as its sign alone, with the words as its accessible name.
void h4l_report_sign(FILE *stream, const char *verdict);
// Its words ("not reproduced"); "" for none.
const char *h4l_report_words(const char *verdict);
// The answer by part of the paper's argument; how many claims have which verdict, and how many figures agree; links to the claims; the
// rows of the table.
void h4l_report_answer(FILE *stream, const json_t *claims);
void h4l_report_totals(FILE *stream, const json_t *claims);
void h4l_report_nav(FILE *stream, const json_t *claims);
void h4l_report_table(FILE *stream, const json_t *claims);
// The drawing of the exchange rate; nothing where it is not there. H4L_E_NOMEM.
int h4l_report_hero(struct h4l_page *page, struct h4l_err *err);
// Text with numbers of a table: four digits that count, 1e-09 as 1 × 10^-9, a minus sign before digits.
void h4l_report_numbers(FILE *stream, const char *text);
// A link to a file of the results.
void h4l_report_link(const struct h4l_page *page, const char *file, const char *label);
// Seconds of all runs that the claims use, each counted once.
double h4l_report_seconds(const json_t *claims);
// "85 s", "12 min", "3.4 h".
void h4l_report_duration(FILE *stream, double seconds);

// ---- parts of documents ----

// The text with its generated parts made anew, those of h4l_update_document; path names it in messages. *ret is to be freed.
// H4L_E_DATA: an unknown part, or one without an end. H4L_E_NOMEM.
int h4l_renew_parts(const char *path, const char *text, const json_t *claims, char **ret,
                    struct h4l_err *err);

// Replaces what stands between "<!-- generated: NAME -->" and "<!-- end generated -->" in the Markdown file by what belongs
// there now: NAME is verdicts (the table), claims (claim by claim) or summary (one sentence). check: changes nothing and
// returns H4L_E_CHECK where a line differs (lines that begin with "Cost:" are left out). H4L_E_DATA: no such marks, or
// unknown names; H4L_E_IO, H4L_E_NOMEM.
int h4l_update_document(const char *path, const json_t *claims, int check, struct h4l_err *err);

#endif
