// Text of files for a terminal: what would move the cursor, change colours or hide is shown as an escape instead.
#ifndef H4L_BASE_VISIBLE_H
#define H4L_BASE_VISIBLE_H

#include <stddef.h>
#include <stdint.h>

// Copies text to ret (size bytes with the final 0 byte; what does not fit is left out). Printable UTF-8 stays; control characters become
// \n, \t, \r or \x1b, marks that are not seen or turn the line's direction \ufeff, bytes that are no UTF-8 \xff.
void h4l_visible(const char *text, char *ret, size_t size);

// The character that text begins with: its code point, and in *ret_n its bytes. Bytes that are no UTF-8 (RFC 3629; also too long forms
// and surrogates): UINT32_MAX and 1.
uint32_t h4l_visible_character(const char *text, size_t *ret_n);

#endif
