// SVG files as part of an HTML page.
#ifndef H4L_CLAIMS_SVG_H
#define H4L_CLAIMS_SVG_H

#include <stdio.h>

#include "base/err.h"

// Writes the drawing in path to stream as an <svg> element: without prolog, width and height (it scales with its place),
// every id and every reference to one with `prefix` in front, so that several drawings can share a page, and with alt as its
// accessible name. Bitmaps may be in it, as PNG in base64. Drawings that could run code, fetch something or restyle the page are refused.
// H4L_E_DATA (nothing is written then): not there, not SVG, or refused. H4L_E_NOMEM.
int h4l_svg_inline(FILE *stream, const char *path, const char *prefix, const char *alt,
                   struct h4l_err *err);

#endif
