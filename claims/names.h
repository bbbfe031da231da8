// Numbers in texts, filled in by their names, so that no text holds one that the results do not.
#ifndef H4L_CLAIMS_NAMES_H
#define H4L_CLAIMS_NAMES_H

#include <jansson.h>

#include "base/err.h"

// The text with every {NAME} replaced by what evaluated claims (claims.h) hold: NAME is the id of a check ("L1.hh-slif.task1": its
// estimate, three digits), or the id and one of " interval" ("1.2 to 3.4"), " level" ("95 %"), " n", " p", " first" (the estimate
// of the first round), or the id of a row and " verdict", " n" ("10"), " planned", " headline". Within a row its own id may be left
// out: {hh-slif.task1}. row: that row, NULL for none. The caller frees *ret. H4L_E_DATA: no such name, or no number there yet.
int h4l_claims_fill_names(const char *text, const json_t *claims, const json_t *row, char **ret,
                          struct h4l_err *err);

#endif
