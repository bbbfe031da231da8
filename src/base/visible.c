#include "base/visible.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

uint32_t h4l_visible_character(const char *text, size_t *ret_n)
{
    const unsigned char *b = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *b < 0x80 ? 1 : *b < 0xc0 ? 0 : *b < 0xe0 ? 2 : *b < 0xf0 ? 3 : *b < 0xf8 ? 4 : 0;
    uint32_t c = n <= 1 ? *b : *b & (0x7fu >> n);

    *ret_n = 1;
    if (n == 0)
        return UINT32_MAX;
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return UINT32_MAX;
        c = c << 6 | (b[i] & 0x3f);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return UINT32_MAX;
    *ret_n = n;
    return c;
}

// Not seen, or turning what follows: marks of direction, line and paragraph separators, byte-order mark.
static bool is_hidden(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

void h4l_visible(const char *text, char *ret, size_t size)
{
    size_t used = 0, n;

    for (; *text; text += n) {
        uint32_t c = h4l_visible_character(text, &n);
        char shown[12];

        if (c == '\n' || c == '\t' || c == '\r')
            snprintf(shown, sizeof shown, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
        else if (c == UINT32_MAX || c < 0x20 || c == 0x7f)
            snprintf(shown, sizeof shown, "\\x%02x", (unsigned char)*text);
        else if ((c >= 0x80 && c < 0xa0) || is_hidden(c))
            snprintf(shown, sizeof shown, "\\u%04x", (unsigned)c);
        else
            snprintf(shown, sizeof shown, "%.*s", (int)n, text);
        if (used + strlen(shown) + 1 > size)
            break;
        used += (size_t)snprintf(ret + used, size - used, "%s", shown);
    }
    ret[used] = 0;
}
