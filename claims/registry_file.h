// A family's registry on disk: claims.json (what is asked) and verdicts.json (what came out), in their short form.
// docs/claims-format.md is the format.
#ifndef H4L_CLAIMS_REGISTRY_FILE_H
#define H4L_CLAIMS_REGISTRY_FILE_H

#include "base/err.h"
#include "base/json.h"

#define H4L_REGISTERED_SCHEMA "hh4lif.registered/2"

// Writes the short form out: every combination of a "for" as a check of its own, the keys that a group shares in each of its
// checks, the pinned parameters of each case, and every claim's registered verdicts beside it. verdicts: the content of
// verdicts.json, NULL where nothing is registered yet. The caller owns *ret, which h4l_claims_validate has still to see.
// H4L_E_DATA: "claims[3] (E4): {waveform}: no such name"; a pattern that no case has; a verdict of an unknown claim. H4L_E_NOMEM.
int h4l_registry_expand(const json_t *claims, const json_t *verdicts, json_t **ret,
                        struct h4l_err *err);

// Reads claims.json at path and verdicts.json beside it (where it is there), expands and validates them. The caller owns *ret.
// H4L_E_DATA: missing, malformed; H4L_E_NOMEM.
int h4l_registry_read(const char *path, json_t **ret, struct h4l_err *err);

// The one layout of claims.json and verdicts.json: keys in a fixed order, a check in three to six lines, at most 120 columns
// but for a long text, shortest digits of a number. *ret: the whole file, to be freed. H4L_E_NOMEM.
int h4l_registry_format(const json_t *file, char **ret, struct h4l_err *err);

#endif
