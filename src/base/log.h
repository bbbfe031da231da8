// Log lines of a program: to stderr, one line each, only from main-side code (families, tools), never from src/ numerics.
#ifndef H4L_BASE_LOG_H
#define H4L_BASE_LOG_H

enum h4l_log_level { H4L_LOG_ERROR, H4L_LOG_WARN, H4L_LOG_INFO, H4L_LOG_DEBUG };

// Sets the least severe level that is still shown (default H4L_LOG_INFO) and the program's name that prefixes each line.
// The one global state of the library.
void h4l_log_setup(enum h4l_log_level level, const char *program);

// Writes one line "program: level: text" to stderr (no level word for INFO). Clears a progress line that stands there.
void h4l_log(enum h4l_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
