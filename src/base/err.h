// Errors: one list of codes, one struct that carries the message of the first failure.
//
// Every function of src/ and analysis/ that can fail returns int: H4L_OK (0) or a negative H4L_E_* code, and takes a
// `struct h4l_err *err` as its last argument (NULL if the caller does not want the message). On failure the outputs
// (named ret_*) are untouched, and err->message says what failed, where, what was expected, and what to do.
// Nothing in the library prints or exits: main decides, with h4l_exit_status().
#ifndef H4L_BASE_ERR_H
#define H4L_BASE_ERR_H

// code, number, exit status of a program that fails with it (interface: exit status), short text
#define H4L_ERRORS(X)                                                                              \
    X(H4L_E_CHECK, -1, 1, "a claim or a check failed")                                             \
    X(H4L_E_USAGE, -2, 2, "wrong usage")                                                           \
    X(H4L_E_RANGE, -3, 2, "a value is outside its valid range")                                    \
    X(H4L_E_DATA, -4, 3, "input data is missing or corrupt")                                       \
    X(H4L_E_NOMEM, -5, 4, "out of memory")                                                         \
    X(H4L_E_IO, -6, 4, "output could not be written")                                              \
    X(H4L_E_SKIP, -7, 77, "not run")                                                               \
    X(H4L_E_NUMERIC, -8, 99, "a computation did not converge or left the finite numbers")          \
    X(H4L_E_INTERNAL, -9, 99, "internal error")                                                    \
    X(H4L_E_INTERRUPT, -10, 130, "interrupted")

#define H4L_ERR_ENUM(code, number, status, text) code = number,
enum h4l_code { H4L_OK = 0, H4L_ERRORS(H4L_ERR_ENUM) };

struct h4l_err {
    int code;           // H4L_OK or the code of the failure
    char message[1000]; // "" or what failed, one line, without a final newline
};

// Records code and the formatted message in *err (if not NULL; an earlier message is replaced) and returns code.
// Use: return h4l_fail(err, H4L_E_DATA, "%s: expected %zu bytes, found %zu", path, expected, found);
int h4l_fail(struct h4l_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Puts the formatted text in front of the message that *err already carries ("while reading X: ...") and returns code.
int h4l_fail_context(struct h4l_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The symbolic name ("H4L_E_DATA") and the short text of a code; "H4L_OK"/"no error" for 0, "?" for unknown ones.
const char *h4l_code_name(int code);
const char *h4l_code_text(int code);

// The exit status that the interface fixes for a code: 0 for H4L_OK, 99 for an unknown code.
int h4l_exit_status(int code);

#endif
