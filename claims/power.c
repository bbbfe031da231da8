// What the registered n of a row can find, from the spread of the values that are there.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/hypothesis.h"
#include "analysis/statistics.h"
#include "base/rng.h"
#include "print.h"

enum { SAMPLES = 20000, MOST = 1000 };

// One check to be planned: sd of the paired differences, or of the two groups (sd_y above 0).
struct plan {
    double sd, sd_y, at, margin; // at: the true difference; margin: of alike, else 0
    size_t n;
};

static void draw(struct h4l_rng *rng, double mean, double sd, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = mean + sd * h4l_rng_normal(rng);
}

// Is the check met on one sample of normal values?
static int is_met(const struct plan *p, const double *x, const double *y)
{
    struct h4l_t_test t;
    struct h4l_tost e;
    int failed;

    if (p->margin > 0)
        failed = p->sd_y > 0 ? h4l_tost_welch(x, p->n, y, p->n, p->margin, 0.05, &e, NULL)
                             : h4l_tost_paired(x, p->n, p->margin, 0.05, &e, NULL);
    else
        failed = p->sd_y > 0 ? h4l_welch_t(x, p->n, y, p->n, 0.95, &t, NULL)
                             : h4l_paired_t(x, p->n, 0.95, &t, NULL);
    return !failed && (p->margin > 0 ? e.equivalent : t.interval.lo > 0);
}

// Share of SAMPLES samples on which the check is met.
static double power_of(const struct plan *p)
{
    double x[MOST], y[MOST];
    struct h4l_rng rng;
    size_t met = 0;

    h4l_rng_init(&rng, 1, "power", 0);
    for (int i = 0; i < SAMPLES; i++) {
        draw(&rng, p->at, p->sd, x, p->n);
        if (p->sd_y > 0)
            draw(&rng, 0, p->sd_y, y, p->n);
        met += (size_t)is_met(p, x, y);
    }
    return (double)met / SAMPLES;
}

// sd of an array of numbers; NaN for fewer than two.
static double sd_of(const json_t *array)
{
    double x[MOST];
    size_t n = json_array_size(array);

    if (n < 2 || n > MOST)
        return NAN;
    for (size_t i = 0; i < n; i++)
        x[i] = json_number_value(json_array_get(array, i));
    return h4l_sd(x, n);
}

// The evaluated check, or, where its row is not complete, the same on the first round's results.
static const json_t *with_values(const json_t *row, const json_t *check)
{
    const json_t *other;
    size_t i;

    if (json_object_get(check, "values"))
        return check;
    json_array_foreach(json_object_get(json_object_get(row, "first_round"), "checks"), i, other)
    {
        if (strcmp(h4l_text(other, "id"), h4l_text(check, "id")) == 0)
            return other;
    }
    return check;
}

// The least difference that n values find with power 0.8: of the paired t test exactly, of two groups by their standard error.
static double smallest(const struct plan *p)
{
    double found = NAN, sd = p->sd_y > 0 ? hypot(p->sd, p->sd_y) : p->sd;

    return h4l_minimum_detectable_difference(p->n, sd, 0.05, 0.8, &found, NULL) ? NAN : found;
}

static void print_plan(FILE *stream, const json_t *row, const json_t *check)
{
    const json_t *from = with_values(row, check), *values = json_object_get(from, "values");
    const json_t *against = json_object_get(from, "values_against");
    double delta = json_number_value(json_object_get(check, "delta"));
    double margin = json_number_value(json_object_get(check, "margin"));
    int alike = h4l_text_is(check, "direction", "alike");
    struct plan p = {.sd = sd_of(values),
                     .sd_y = against ? sd_of(against) : 0,
                     .at = alike ? 0 : delta,
                     .margin = alike ? margin : 0,
                     .n = (size_t)json_integer_value(json_object_get(row, "planned"))};
    struct plan twice = p;

    if (!alike && !h4l_text_is(check, "direction", "above"))
        return;
    twice.sd *= 2;
    twice.sd_y *= 2;
    if (!(p.sd > 0) || p.n < 2 || p.n > MOST) {
        fprintf(stream, "%-28s no spread is known yet\n", h4l_text(check, "id"));
        return;
    }
    fprintf(stream, "%-28s %4zu %8.3g %5zu  %s %-6.3g %6.2f %8.2f %10.3g\n", h4l_text(check, "id"),
            p.n, p.sd_y > 0 ? hypot(p.sd, p.sd_y) : p.sd, json_array_size(values),
            alike ? "alike at 0 within" : "above 0 where it is", alike ? margin : delta,
            power_of(&p), power_of(&twice), smallest(&p));
}

int h4l_print_power(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim, *row, *check;
    size_t i, j, k;

    (void)err;
    fprintf(stream, "%-28s %4s %8s %5s  %-26s %6s %8s %10s\n", "check", "n", "sd", "from",
            "power to find it", "power", "at 2 sd", "smallest");
    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            json_array_foreach(json_object_get(row, "checks"), k, check)
                print_plan(stream, row, check);
        }
    }
    fputs("n: registered. sd: of the paired differences, of two groups sqrt(sd^2 + sd^2), from as "
          "many kept "
          "values as \"from\" says.\npower: share of 20 000 samples of normal values on which the "
          "check is met. "
          "smallest: difference that n values find with power 0.8.\n",
          stream);
    return H4L_OK;
}
