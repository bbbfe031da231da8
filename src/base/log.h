// Log lines of a program: to stderr, one line each, only from main-side code (families, tools) on the main thread, never
// from src/ numerics.
#ifndef H4L_BASE_LOG_H
#define H4L_BASE_LOG_H

enum h4l_log_level { H4L_LOG_ERROR, H4L_LOG_WARN, H4L_LOG_INFO, H4L_LOG_DEBUG };

// Sets the least severe level that is still shown (default H4L_LOG_INFO) and the program's name that prefixes each line
// (NULL: as before).
// The one global state of the library.
void h4l_log_setup(enum h4l_log_level level, const char *program);

// Writes one line "program: level: text" to stderr (no level word for INFO). Clears a progress line that stands there.
void h4l_log(enum h4l_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Draws text (one line, shorter than the terminal is wide) in place of the last such line at the end of stderr, for
// progress on a terminal; NULL removes it.
void h4l_log_line(const char *text);

#endif
