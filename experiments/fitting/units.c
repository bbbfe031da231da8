// units: how many LIF units does it take? Gamma on held-out stimuli against k = 1..6 in the paper's pattern, k - 1 input units that
// feed one, with joint and with own resets, at equal numbers of evaluations (E6).
#include <stdio.h>

#include "fitting.h"

enum { LARGEST = 6, CANDIDATES = 2 * LARGEST - 1 }; // with one unit both resets are the same
static const char *const names[CANDIDATES] = {"k1",     "k2",     "k3",     "k4",     "k5",    "k6",
                                              "k2_own", "k3_own", "k4_own", "k5_own", "k6_own"};

static int units_of(size_t candidate)
{
    return (int)(candidate < LARGEST ? candidate + 1 : candidate - LARGEST + 2);
}

static int make_candidates(double dt, struct h4l_candidate *ret, struct h4l_err *err)
{
    for (size_t i = 0; i < CANDIDATES; i++) {
        char topology[40];
        int k = units_of(i), code;

        if (k == 1)
            snprintf(topology, sizeof topology, "1");
        else
            snprintf(topology, sizeof topology, "%d+1%s", k - 1, i < LARGEST ? "" : " reset own");
        if ((code = h4l_candidate_subnet(names[i], topology, true, dt, &ret[i], err)) != H4L_OK)
            return code;
    }
    return H4L_OK;
}

// k against k - 1, one family per reset rule.
static int compare(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    struct h4l_contrast joint[LARGEST - 1], own[LARGEST - 1];
    int code;

    for (size_t k = 1; k < LARGEST; k++) {
        const struct h4l_scores *s = field->scores, *own_scores = s + LARGEST - 1;

        joint[k - 1] = (struct h4l_contrast){.a = &s[k], .b = &s[k - 1]};
        own[k - 1] =
            (struct h4l_contrast){.a = &own_scores[k], .b = k == 1 ? s : &own_scores[k - 1]};
    }
    if ((code = h4l_contrasts(f, joint, LARGEST - 1, err)) != H4L_OK ||
        (code = h4l_contrasts(f, own, LARGEST - 1, err)) != H4L_OK)
        return code;
    h4l_contrasts_report(f, "one_unit_more", joint, LARGEST - 1);
    h4l_contrasts_report(f, "one_unit_more_own", own, LARGEST - 1);
    for (size_t k = 0; k < LARGEST - 1; k++) {
        h4l_contrast_metric(f, &joint[k], true);
        h4l_contrast_metric(f, &own[k], true);
    }
    return H4L_OK;
}

static int report(struct h4l_fitting *f, const struct h4l_field *field, struct h4l_err *err)
{
    h4l_stimuli_report(f);
    for (size_t i = 0; i < CANDIDATES; i++) {
        int code = h4l_constants_report(f, field, i, err);

        if (code != H4L_OK)
            return code;
    }
    return compare(f, field, err);
}

int h4l_fitting_units_case(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_fitting_options *o = h4l_run_options(run);
    struct h4l_candidate candidates[CANDIDATES];
    struct h4l_fitting f;
    struct h4l_field field;
    int code = make_candidates(o->dt_ms, candidates, err);

    if (code != H4L_OK || (code = h4l_fitting_begin(run, &f, err)) != H4L_OK)
        return code;
    if ((code = h4l_field_begin(&f, candidates, CANDIDATES, &field, err)) == H4L_OK) {
        code = report(&f, &field, err);
        if (code == H4L_OK)
            code = h4l_field_series(&f, &field, &h4l_units_series, err);
        h4l_field_end(&field);
    }
    h4l_fitting_end(&f);
    return code;
}
