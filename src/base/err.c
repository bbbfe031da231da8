#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int h4l_fail(struct h4l_err *err, int code, const char *format, ...)
{
    if (err) {
        va_list args;
        err->code = code;
        va_start(args, format);
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
    }
    return code;
}

int h4l_fail_context(struct h4l_err *err, int code, const char *format, ...)
{
    if (err) {
        char rest[sizeof err->message - 2]; // what fits behind ": "
        va_list args;
        int n;

        memcpy(rest, err->message, sizeof rest);
        rest[sizeof rest - 1] = 0;
        err->code = code;
        va_start(args, format);
        n = vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
        if (n >= 0 && (size_t)n + 3 < sizeof err->message)
            snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", rest);
    }
    return code;
}

static const struct {
    int code, status;
    const char *name, *text;
} table[] = {{H4L_OK, 0, "H4L_OK", "no error"},
#define H4L_ERR_ROW(code, number, status, text) {code, status, #code, text},
             H4L_ERRORS(H4L_ERR_ROW)};
enum { TABLE_ROWS = sizeof table / sizeof table[0] };

const char *h4l_code_name(int code)
{
    for (int i = 0; i < TABLE_ROWS; i++)
        if (table[i].code == code)
            return table[i].name;
    return "?";
}

const char *h4l_code_text(int code)
{
    for (int i = 0; i < TABLE_ROWS; i++)
        if (table[i].code == code)
            return table[i].text;
    return "?";
}

int h4l_exit_status(int code)
{
    for (int i = 0; i < TABLE_ROWS; i++)
        if (table[i].code == code)
            return table[i].status;
    return 99;
}
