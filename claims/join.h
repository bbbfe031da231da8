#ifndef H4L_CLAIMS_JOIN_H
#define H4L_CLAIMS_JOIN_H

#include "base/err.h"
#include "base/json.h"

// One result (schema hh4lif.result/1) over the seeds of both, in the order of the seeds that they begin with: what has a value per seed
// goes on, the parameter "seeds" (how many) is that of both, everything else is that of the first. The caller owns *ret. H4L_E_DATA: another case
// or tier, another parameter than "seeds" (the message has its name and both values), no seeds, or a seed that both have. H4L_E_NOMEM.
int h4l_claims_join(const json_t *a, const json_t *b, json_t **ret, struct h4l_err *err);

#endif
