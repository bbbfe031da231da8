// The documents that are made from docs/text, and the manifest of the raw results.
#ifndef H4L_CLAIMS_TEXTS_H
#define H4L_CLAIMS_TEXTS_H

#include "base/err.h"
#include "base/json.h"
#include "fill.h"

// All claims of the suite, evaluated on its kept results. The caller owns *ret_claims (an array, claims.h) and *ret_files, an
// object whose keys are the raw results that their rows and figures read, paths below results/reference. H4L_E_DATA, H4L_E_NOMEM.
int h4l_reference_claims(json_t **ret_claims, json_t **ret_files, struct h4l_err *err);

// One text: names filled in, generated parts (docs.c) renewed, a first line that says where it comes from. claims: evaluated, for
// both. *ret is to be freed. H4L_E_DATA: a name without a value; H4L_E_CHECK: a result that is not filled in.
int h4l_texts_make(const char *root, const char *template_path, const json_t *claims, char **ret,
                   struct h4l_err *err);

// Every file below root/docs/text is the text of the file of the same name below root. Writes them all, and
// results/reference/MANIFEST. H4L_E_DATA, H4L_E_IO.
int h4l_texts_update(const char *root, const json_t *claims, struct h4l_err *err);
// H4L_E_CHECK where one of them is not what its text and the results make of it, where the manifest is not that of the raw
// results, or where no row and no text reads a raw result. rows: paths below results/reference that rows read (keys).
int h4l_texts_check(const char *root, const json_t *claims, const json_t *rows,
                    struct h4l_err *err);

// The same of the one document `name`, by a fill that may have read results before.
int h4l_texts_check_one(struct h4l_fill *fill, const char *root, const char *name,
                        const json_t *claims, struct h4l_err *err);

// The manifest: a line "SHA256  PATH" for each raw result below results/reference, sorted by path; members of archives as
// ARCHIVE/MEMBER. *ret is to be freed. H4L_E_DATA, H4L_E_NOMEM.
int h4l_manifest_make(const char *root, char **ret, struct h4l_err *err);
// H4L_E_CHECK names the first raw file that differs from its line, is not in it, or is gone.
int h4l_manifest_check(const char *root, struct h4l_err *err);

#endif
