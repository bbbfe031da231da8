// The comparisons of hh4lif-fitting: intervals over fits and stimuli, and Holm's procedure on them.
#include "check.h"

#include "analysis/hypothesis.h"
#include "base/rng.h"
#include "fitting.h"

enum { FITS = 5, STIMULI = 30, MODELS = 6 };

struct field {
    double gamma[MODELS][FITS * STIMULI], mean[MODELS][STIMULI];
    struct h4l_scores scores[MODELS];
};

// Model m is `effect[m]` better than model 0; the luck of a fit has the deviation `luck`, that of a stimulus 0.2.
static void make_field(const double *effect, double luck, uint64_t index, struct field *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "fitting contrasts test", index);
    for (int m = 0; m < MODELS; m++) {
        for (int i = 0; i < STIMULI; i++)
            ret->mean[m][i] = 0;
        for (int k = 0; k < FITS; k++) {
            double fit = effect[m] + luck * h4l_rng_normal(&rng);

            for (int i = 0; i < STIMULI; i++) {
                double x = fit + 0.2 * h4l_rng_normal(&rng);

                ret->gamma[m][k * STIMULI + i] = x;
                ret->mean[m][i] += x / FITS;
            }
        }
        ret->scores[m] = (struct h4l_scores){
            .name = "m", .fits = FITS, .n = STIMULI, .gamma = ret->gamma[m], .mean = ret->mean[m]};
    }
}

static void compare(const struct field *field, const int *order, struct h4l_contrast *family)
{
    const struct h4l_fitting f = {.o.fits = FITS, .heldout = {.n = STIMULI}};
    struct h4l_err err;

    for (int i = 0; i < MODELS - 1; i++)
        family[i] = (struct h4l_contrast){.a = &field->scores[order[i]], .b = &field->scores[0]};
    CHECK_OK(h4l_contrasts(&f, family, MODELS - 1, &err), err);
}

static const int in_order[] = {1, 2, 3, 4, 5};
static struct field field;

// The interval at Holm's level leaves 0 out exactly where Holm's procedure rejects, and is never narrower than the plain one.
static void test_holm_intervals_decide_like_holm(void **state)
{
    int rejected = 0, kept = 0;

    (void)state;
    for (uint64_t run = 0; run < 12; run++) {
        const double effect[MODELS] = {0, 0.02, -0.05, 0.08, 0.15, 0};
        struct h4l_contrast family[MODELS - 1];

        make_field(effect, 0.03, run, &field);
        compare(&field, in_order, family);
        for (int i = 0; i < MODELS - 1; i++) {
            const struct h4l_contrast *c = &family[i];
            bool without = c->holm.lo > 0 || c->holm.hi < 0;

            CHECK_TRUE(without == (c->p_both_holm <= 0.05));
            CHECK_TRUE(c->holm.lo <= c->both.lo && c->holm.hi >= c->both.hi);
            CHECK_TRUE(c->both.lo <= c->mean && c->mean <= c->both.hi);
            rejected += without;
            kept += !without;
        }
    }
    CHECK_TRUE(rejected > 5 && kept > 5); // both happened
}

static void test_order_does_not_matter(void **state)
{
    static const double effect[MODELS] = {0, 0.02, -0.05, 0.08, 0.15, 0};
    static const int other[] = {4, 1, 5, 3, 2};
    struct h4l_contrast a[MODELS - 1], b[MODELS - 1];

    (void)state;
    make_field(effect, 0.03, 99, &field);
    compare(&field, in_order, a);
    compare(&field, other, b);
    for (int i = 0; i < MODELS - 1; i++) {
        const struct h4l_contrast *same = &a[other[i] - 1];

        CHECK_CLOSE(b[i].holm.lo, same->holm.lo, 0);
        CHECK_CLOSE(b[i].holm.hi, same->holm.hi, 0);
        CHECK_CLOSE(b[i].p_both_holm, same->p_both_holm, 0);
        CHECK_CLOSE(b[i].p_holm, same->p_holm, 0);
    }
}

// Luck of the fits widens the interval over fits and stimuli, and not the one over stimuli.
static void test_luck_of_fits_counts(void **state)
{
    static const double effect[MODELS] = {0, 0, 0, 0, 0, 0};
    struct h4l_contrast calm[MODELS - 1], lucky[MODELS - 1];
    double calm_width = 0, lucky_width = 0, calm_stimuli = 0, lucky_stimuli = 0;

    (void)state;
    make_field(effect, 0, 7, &field);
    compare(&field, in_order, calm);
    make_field(effect, 0.2, 7, &field);
    compare(&field, in_order, lucky);
    for (int i = 0; i < MODELS - 1; i++) {
        calm_width += calm[i].both.hi - calm[i].both.lo;
        lucky_width += lucky[i].both.hi - lucky[i].both.lo;
        calm_stimuli += calm[i].stimuli.hi - calm[i].stimuli.lo;
        lucky_stimuli += lucky[i].stimuli.hi - lucky[i].stimuli.lo;
    }
    CHECK_TRUE(lucky_width > 2 * calm_width);
    CHECK_AT_MOST(lucky_stimuli / calm_stimuli, 1.2);
}

// A single fit has no interval over fits, and no fewer than one decision is made from it.
static void test_single_fit(void **state)
{
    static const double effect[MODELS] = {0, 0.3, 0, 0, 0, 0};
    const struct h4l_fitting f = {.o.fits = 1, .heldout = {.n = STIMULI}};
    struct h4l_contrast c;
    struct h4l_err err;

    (void)state;
    make_field(effect, 0, 3, &field);
    for (int m = 0; m < 2; m++)
        field.scores[m].fits = 1;
    c = (struct h4l_contrast){.a = &field.scores[1], .b = &field.scores[0]};
    CHECK_OK(h4l_contrasts(&f, &c, 1, &err), err);
    CHECK_TRUE(isnan(c.both.lo) && isnan(c.holm.hi) && isnan(c.p_both) && isnan(c.p_both_holm));
    CHECK_TRUE(c.stimuli.lo > 0.1 && c.p < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holm_intervals_decide_like_holm),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_luck_of_fits_counts),
        cmocka_unit_test(test_single_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
