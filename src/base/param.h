// A parameter is one row of a table. It binds a name to a place in the family's options struct, with its range, its default,
// the cases that take it and its help. What --set accepts, where a value goes, what a result records and what --help says all
// come from that row. A member is the first part of a row: a name and a place, for descriptions and fingerprints of a struct.
#ifndef H4L_BASE_PARAM_H
#define H4L_BASE_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

enum h4l_tier { H4L_QUICK, H4L_STANDARD, H4L_FULL, H4L_TIERS };
extern const char *const h4l_tier_names[H4L_TIERS];

// A list of numbers. The options of a run do not own it.
struct h4l_reals {
    size_t n;
    const double *at;
};

// How a value lies in its struct. H4L_MEMBER takes it from the C type of the place.
enum h4l_store {
    H4L_AS_DOUBLE,
    H4L_AS_BOOL,
    H4L_AS_INT,
    H4L_AS_ENUM,
    H4L_AS_LONG,
    H4L_AS_SIZE,
    H4L_AS_STRING, // NULL: none
    H4L_AS_REALS
};

struct h4l_member {
    const char *name;
    enum h4l_store store;
    size_t offset;
};

#define H4L_STORE(struct_, place_)                                                                 \
    _Generic(((struct_ *)0)->place_, double                                                        \
             : H4L_AS_DOUBLE, bool                                                                    \
             : H4L_AS_BOOL, int                                                                       \
             : H4L_AS_INT, unsigned                                                                   \
             : H4L_AS_ENUM, long                                                                      \
             : H4L_AS_LONG, size_t                                                                    \
             : H4L_AS_SIZE, const char *                                                              \
             : H4L_AS_STRING, struct h4l_reals                                                        \
             : H4L_AS_REALS)
#define H4L_MEMBER(struct_, name_, place_)                                                         \
    {                                                                                              \
        name_, H4L_STORE(struct_, place_), offsetof(struct_, place_)                               \
    }

// The value as JSON: real, integer, boolean, string (NULL: null) or array. NULL without memory.
json_t *h4l_member_json(const struct h4l_member *member, const void *base);
// The same of n members, under their names.
json_t *h4l_members_json(const struct h4l_member *members, size_t n, const void *base);
// The value of a number, enum or bool as a real. A list or a string has none: NaN.
double h4l_member_number(const struct h4l_member *member, const void *base);

struct h4l_param {
    struct h4l_member
        member;      // the name with its unit in the suffix; the place in the family's options
    double min, max; // valid range of a number and of each of a list (inclusive)
    // For a bool, int or enum: "a|b|c", the names of 0, 1, 2. NULL: a number.
    const char *choices;
    unsigned of;                     // groups of cases that take it, see struct h4l_case; 0: all
    const char *help;                // one line: meaning, unit
    const char *absent;              // of a string: what a result records where there is none
    bool option;                     // also a command-line option of its own, which takes a file
    const char *defaults[H4L_TIERS]; // NULL: as in the tier before; [0] NULL: none, the case's own
};

// A number beside the table (struct h4l_constants): its name behind the prefix, its unit and meaning, its valid range (inclusive), and its value
// where nothing is set.
struct h4l_constant {
    char name[64];
    const char *unit, *help;
    double min, max, value;
};

#define H4L_OWN NULL // in the place of a default: the case has its own value

// Rows of a table. The last arguments are the default of each tier, as one would write it behind --set NAME=. A name may stand
// in several rows for different cases: the first row that a case takes counts.
#define H4L_NUMBER(struct_, name_, place_, min_, max_, of_, help_, ...)                            \
    {                                                                                              \
        .member = H4L_MEMBER(struct_, name_, place_), .min = min_, .max = max_, .of = of_,         \
        .help = help_, .defaults = {                                                               \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define H4L_CHOICE(struct_, name_, place_, choices_, of_, help_, ...)                              \
    {                                                                                              \
        .member = H4L_MEMBER(struct_, name_, place_), .choices = choices_, .of = of_,              \
        .help = help_, .defaults = {                                                               \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define H4L_TEXT(struct_, name_, place_, absent_, of_, help_)                                      \
    {                                                                                              \
        .member = H4L_MEMBER(struct_, name_, place_), .of = of_, .help = help_, .absent = absent_  \
    }
#define H4L_FILE(struct_, name_, place_, absent_, of_, help_)                                      \
    {                                                                                              \
        .member = H4L_MEMBER(struct_, name_, place_), .of = of_, .help = help_, .absent = absent_, \
        .option = true                                                                             \
    }

// The default in a tier, or NULL.
const char *h4l_param_default(const struct h4l_param *param, enum h4l_tier tier);

// What was given for a parameter, or its default.
struct h4l_value {
    const struct h4l_param *param;
    bool given;       // by the user
    const char *text; // NULL: not given, and no default
    double real;
    long long integer; // of a choice: its number
    struct h4l_reals reals;
    double *owned; // the numbers of the list
};

// Fills v from text by its row, which stands in v->param. `what` names it in the message. H4L_E_USAGE with what is allowed.
int h4l_value_parse(const char *what, const char *text, struct h4l_value *v, struct h4l_err *err);
// Puts the value in its place; without a text it leaves what is there.
void h4l_value_put(const struct h4l_value *v, void *options);
void h4l_value_free(struct h4l_value *v);

// What a result records of the value in effect: a choice by its name, a missing string by the row's word for it. "none" for what
// does not act: a real that is NaN, a choice below 0.
json_t *h4l_param_json(const struct h4l_param *param, const void *options);

// Checks every default against its row. H4L_E_INTERNAL: the table is wrong.
int h4l_params_check(const struct h4l_param *params, size_t n, struct h4l_err *err);

// Text for --help: meaning, range or choices, defaults. The kind of value in capitals is h4l_param_kind.
void h4l_param_describe(FILE *text, const struct h4l_param *param);
const char *h4l_param_kind(const struct h4l_param *param);

#endif
