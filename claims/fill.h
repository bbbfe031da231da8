// Texts whose numbers are filled in from results by name, so that they cannot drift from what was measured. docs/texts.md is
// the notation.
#ifndef H4L_CLAIMS_FILL_H
#define H4L_CLAIMS_FILL_H

#include "base/err.h"
#include "base/json.h"

struct h4l_fill;

// Prepares to fill from root/results/reference and, where claims is not NULL, from claims that have been evaluated (claims.h;
// borrowed for the life of *ret). H4L_E_NOMEM. To be closed.
int h4l_fill_open(const char *root, const json_t *claims, struct h4l_fill **ret,
                  struct h4l_err *err);
void h4l_fill_close(struct h4l_fill *fill);

// The text with every {name} filled in and its block of names left out. `where` names the text in messages. *ret is to be
// freed. H4L_E_DATA: "docs/text/README.md:12: {…}: ..." where a name has no value or its number no number of decimals. H4L_E_NOMEM.
int h4l_fill_text(struct h4l_fill *fill, const char *where, const char *text, char **ret,
                  struct h4l_err *err);

// A headline or a reason of a row of evaluated claims: the same names, but for raw results. The caller frees *ret. H4L_E_DATA: no such
// name, or no number there yet. H4L_E_NOMEM.
int h4l_fill_row_text(const char *text, const json_t *claims, const json_t *row, char **ret,
                      struct h4l_err *err);

// The raw files that were read so far, paths below results/reference ("full/multitask/fc-hh.json", a member of an archive as
// "full/multitask/cells.tar.gz/MEMBER") as the keys of an object. Borrowed.
const json_t *h4l_fill_files(const struct h4l_fill *fill);

// H4L_E_CHECK where a text to be filled holds a result that nothing fills in: a number with decimals or in percent outside
// of {names}, code, links and comments.
int h4l_fill_lint(const char *where, const char *text, struct h4l_err *err);

#endif
