// The values behind a {name} of a text, and their forms.
#ifndef H4L_CLAIMS_FILL_VALUE_H
#define H4L_CLAIMS_FILL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

// x: one number, or one a seed. y: where two samples are independent, the second; the value is mean(x) - mean(y) then.
struct h4l_fill_value {
    double *x, *y;
    size_t n, n_y;
    double lo, hi, level; // the interval that a check has; level 0: none
    bool three;           // three digits where no decimals are said; else that is refused
    char *text;           // a text instead of numbers
};

void h4l_fill_value_free(struct h4l_fill_value *value);

// H4L_E_NOMEM.
int h4l_fill_value_of_number(double number, struct h4l_fill_value *ret, struct h4l_err *err);
// The metric of a result at that path ("add_millions/reproduced"; also "parameters/..." and "provenance/..."). selector: NULL, or
// what stands behind "[": "3]" (element, from 0), "last]", "first]", "mean]" or "half]" (mean of the second half) of the innermost
// arrays; several follow each other. H4L_E_DATA: no such metric, or neither a number, a text nor an array of numbers.
int h4l_fill_value_of_metric(const json_t *result, const char *metric, const char *selector,
                             struct h4l_fill_value *ret, struct h4l_err *err);
// "L1.hh-slif.task1": what that check of the evaluated claims got, with its interval, or what the first word of form asks for: n, level,
// p, first (what it got in the first round). "L1": of the row what form says: verdict, headline, n, planned. In a text of a row (NULL:
// none) its own id may be left out: "hh-slif.task1". H4L_E_DATA: no such check or row, or nothing of that kind there.
int h4l_fill_value_of_check(const json_t *claims, const json_t *row, const char *name,
                            const char *form, struct h4l_fill_value *ret, struct h4l_err *err);

// sum = sum OP value for + - * / (element by element; one number goes with every element) and ~ (independent samples:
// difference of their means). Takes value over, also on failure. H4L_E_DATA: lengths that do not fit.
int h4l_fill_value_combine(struct h4l_fill_value *sum, char op, struct h4l_fill_value *value,
                           struct h4l_err *err);

// form: words with ':' between them. What is shown: mean (default where there are several), sd (divisor n - 1), interval (95 %, t;
// Welch's of independent samples), interval90, values, n, min, max. How: abs, percent (times 100), millions (a millionth), ".2"
// (decimals), "e1" (powers of ten). p, first: see above. H4L_E_DATA: an unknown word, a broken number of a raw result without
// decimals named (a check's has three digits then), an interval of fewer than three values.
int h4l_fill_value_print(FILE *out, const struct h4l_fill_value *value, const char *form,
                         struct h4l_err *err);

#endif
