// The float windows of true HH neurons against the plain ones, at every instruction level; and what must not change their bytes:
// threads, place, blocks, avx2 against avx512.
#include "check.h"

#include "base/threads.h"
#include "neuron/true_hh_internal.h"

enum { OWN = H4L_TRUE_HH_OWN, N = 67, PIECES = 5, MOST_PIECES = 36 };
static struct h4l_err err;

// ---- a layer of windows ----

struct layer {
    float I[MOST_PIECES * N], own[OWN * N], rate[N], d_current[MOST_PIECES * N], d_own[OWN * N];
    struct h4l_true_hh_report report;
};

static struct h4l_true_hh_windows windows_of(struct layer *l, bool own)
{
    return (struct h4l_true_hh_windows){.N = N,
                                        .I = l->I,
                                        .I_stride = N,
                                        .own = own ? l->own : NULL,
                                        .own_stride = N,
                                        .rate = l->rate,
                                        .d_current = l->d_current,
                                        .d_current_stride = N,
                                        .d_own = own ? l->d_own : NULL,
                                        .d_own_stride = N,
                                        .least = -1000,
                                        .most = 1000};
}

// Currents from -10 to 60, changing by up to 10 from piece to piece; constants around those of form A, and the ladder's arms.
static void fill(struct layer *l, const struct h4l_true_hh *w)
{
    static const float arms[5][OWN] = {{120, 36, 0.3f, 1, 1, 1},
                                       {120, 36, 0.3f, 0, 0, 0},
                                       {120, 0, 0.3f, 1, 1, 1},
                                       {0, 36, 0.3f, 1, 1, 1},
                                       {0, 0, 0.3f, 0, 0, 0}};

    memset(l, 0, sizeof *l);
    for (int i = 0; i < N; i++) {
        for (size_t p = 0; p < w->pieces; p++)
            l->I[p * N + (size_t)i] = -10 + 70.0f * (float)i / (N - 1) +
                                      (p ? 10 * sinf((float)(3 * i) + 1.7f * (float)p) : 0);
        for (int o = 0; o < OWN; o++)
            l->own[o * N + i] = i < 5 ? arms[i][o] : arms[0][o] * (1 + 0.2f * sinf((float)(i + o)));
    }
}

static struct h4l_true_hh_fast *create(const struct h4l_true_hh *w, enum h4l_simd level)
{
    struct h4l_true_hh_fast *fast;

    CHECK_OK(h4l_true_hh_fast_create(w, level, &fast, &err), err);
    return fast;
}

static void run(const struct h4l_true_hh_fast *fast, const struct h4l_true_hh_windows *x,
                struct h4l_true_hh_report *report)
{
    void *scratch = aligned_alloc(64, h4l_true_hh_fast_scratch(fast));

    assert_non_null(scratch);
    h4l_true_hh_fast_run(fast, x, scratch, report);
    free(scratch);
}

// ---- accuracy ----

struct errors {
    double rate, current, own; // largest; derivatives in proportion, see compare
};

// Window i by the plain version. A derivative's error counts in proportion to the sum of the magnitudes that the steps contribute, for
// the constants to that of the largest entry in a change by the whole constant.
static void compare(const struct h4l_true_hh *w, const struct layer *l, int i, bool with_own,
                    struct errors *worst)
{
    double I[MOST_PIECES], own[OWN], rate, d_current[MOST_PIECES], d_own[OWN];
    double *d_V = calloc(w->steps + 1, sizeof *d_V), magnitude = 0, own_norm;
    struct h4l_true_hh_result ret = {
        .rate = &rate, .d_current = d_current, .d_own = d_own, .d_V = d_V};

    assert_non_null(d_V);
    for (size_t p = 0; p < w->pieces; p++)
        I[p] = (double)l->I[p * N + (size_t)i];
    for (int o = 0; o < OWN; o++)
        own[o] = (double)l->own[o * N + i];
    if (h4l_true_hh_run(w, with_own ? own : NULL, I, &ret, &err))
        fail_msg("%s", err.message);
    for (size_t k = 1; k <= w->steps; k++)
        magnitude += fabs(d_V[k]) * w->dt / w->hh.C;
    // Spikes: without a sample in the band the derivative is 0. A steep sigma ends at 4e-18 in the fast version.
    magnitude = fmax(magnitude, w->k <= 1 ? 1e-12 : 1e-30);
    own_norm = 1e-30;
    for (int o = 0; o < OWN; o++)
        own_norm = fmax(own_norm, fabs(d_own[o]) * (own[o] > 0 ? own[o] : 1));
    worst->rate = h4l_worst(worst->rate, fabs((double)l->rate[i] - rate));
    for (size_t p = 0; p < w->pieces; p++)
        worst->current =
            h4l_worst(worst->current,
                      fabs((double)l->d_current[p * N + (size_t)i] - d_current[p]) / magnitude);
    for (int o = 0; with_own && o < OWN; o++)
        worst->own = h4l_worst(worst->own, fabs((double)l->d_own[o * N + i] - d_own[o]) *
                                               (own[o] > 0 ? own[o] : 1) / own_norm);
    free(d_V);
}

static struct errors errors_of(const struct h4l_true_hh *w, enum h4l_simd level, bool own)
{
    static struct layer l;
    struct h4l_true_hh_fast *fast = create(w, level);
    struct h4l_true_hh_windows x = windows_of(&l, own);
    struct errors worst = {0};

    fill(&l, w);
    run(fast, &x, &l.report);
    CHECK_INT(l.report.blown_up, 0);
    for (int i = 0; i < N; i++)
        compare(w, &l, i, own, &worst);
    h4l_true_hh_fast_destroy(fast);
    return worst;
}

static void for_all_levels(void (*test)(enum h4l_simd level))
{
    for (int level = 0; level < H4L_SIMD_LEVELS; level++)
        if (h4l_simd_available((enum h4l_simd)level)) {
            printf("%s\n", h4l_simd_name((enum h4l_simd)level));
            test((enum h4l_simd)level);
        }
}

static void accuracy(enum h4l_simd level)
{
    static const double dt[3] = {0.01, 0.02, 0.05}, rate[3] = {2e-5, 1e-5, 1e-5},
                        current[3] = {1e-3, 1e-3, 1e-2}, own[3] = {1e-3, 1e-3, 1e-2};

    for (int i = 0; i < 3; i++)
        for (int pieces = 1; pieces <= MOST_PIECES; pieces += MOST_PIECES - 1)
            for (int with_own = 0; with_own < 2; with_own++) {
                struct h4l_true_hh w = h4l_true_hh_default;

                w.dt = dt[i];
                w.steps = (size_t)(20 / dt[i] + 0.5);
                w.pieces = (size_t)pieces;
                w.trace_ms = with_own ? 5 : 0;
                printf("dt %g ms, %d pieces, %s constants\n", dt[i], pieces,
                       with_own ? "own" : "shared");
                struct errors e = errors_of(&w, level, with_own);
                CHECK_AT_MOST(e.rate, rate[i]);
                CHECK_AT_MOST(e.current, current[i]);
                CHECK_AT_MOST(e.own, own[i]);
            }
}

static void test_accuracy(void **state)
{
    (void)state;
    for_all_levels(accuracy);
}

static void linear(enum h4l_simd level)
{
    for (int own = 0; own < 2; own++) {
        struct h4l_true_hh w = h4l_true_hh_default;

        w.linear = true;
        w.pieces = PIECES;
        struct errors e = errors_of(&w, level, own);
        CHECK_AT_MOST(e.rate, 1e-4);
        CHECK_AT_MOST(e.current, 1e-4);
        CHECK_AT_MOST(e.own, 1e-4);
    }
}

static void test_linear(void **state)
{
    (void)state;
    for_all_levels(linear);
}

// A readout steeper or flatter than the usual one, at another place. An upstroke takes 6 mV in a step, so where in a steep one its samples fall
// decides: the derivative is that of few samples.
static void steepness(enum h4l_simd level)
{
    static const double k[] = {0.5, 1, 8};

    for (int i = 0; i < 3; i++) {
        struct h4l_true_hh w = h4l_true_hh_default;

        w.k = k[i];
        w.theta = -30 + 10 * i;
        w.pieces = PIECES;
        struct errors e = errors_of(&w, level, false);
        CHECK_AT_MOST(e.rate, 1e-4);
        CHECK_AT_MOST(e.current, 5e-2);
    }
}

static void test_steepness(void **state)
{
    (void)state;
    for_all_levels(steepness);
}

static void cut(enum h4l_simd level)
{
    for (int own = 0; own < 2; own++) {
        struct h4l_true_hh w = h4l_true_hh_default;

        w.cut = true;
        w.pieces = PIECES;
        struct errors e = errors_of(&w, level, own);
        CHECK_AT_MOST(e.rate, 1e-5);
        CHECK_AT_MOST(e.current, 1e-4);
        CHECK_AT_MOST(e.own, 1e-4);
    }
}

static void test_cut(void **state)
{
    (void)state;
    for_all_levels(cut);
}

// Crossings are the same; their surrogate counts samples inside a band, and a sample at its edge may fall out of it.
static void spikes(enum h4l_simd level)
{
    for (int own = 0; own < 2; own++) {
        struct h4l_true_hh w = h4l_true_hh_default;

        w.spikes = true;
        w.pieces = PIECES;
        struct errors e = errors_of(&w, level, own);
        CHECK_AT_MOST(e.rate, 1e-7);
        CHECK_AT_MOST(e.current, 1e-2);
        CHECK_AT_MOST(e.own, 1e-2);
    }
}

static void test_spikes(void **state)
{
    (void)state;
    for_all_levels(spikes);
}

// ---- what must not change a byte ----

struct split {
    const struct h4l_true_hh_fast *fast;
    const struct h4l_true_hh_windows *x;
    struct h4l_true_hh_report reports[7];
};

// Worker t's windows, cut where it happens to be.
static void part(void *ctx, int worker, int workers)
{
    struct split *s = ctx;
    size_t from = N * (size_t)worker / (size_t)workers,
           to = N * (size_t)(worker + 1) / (size_t)workers;
    struct h4l_true_hh_windows x = *s->x;

    x.N = to - from;
    x.I += from, x.rate += from, x.d_current += from;
    x.own = x.own ? x.own + from : NULL;
    x.d_own = x.d_own ? x.d_own + from : NULL;
    run(s->fast, &x, &s->reports[worker]);
}

static void check_same(const struct layer *a, const struct layer *b)
{
    CHECK_TRUE(memcmp(a->rate, b->rate, sizeof a->rate) == 0);
    CHECK_TRUE(memcmp(a->d_current, b->d_current, sizeof a->d_current) == 0);
    CHECK_TRUE(memcmp(a->d_own, b->d_own, sizeof a->d_own) == 0);
}

static void same_bytes(enum h4l_simd level)
{
    static const int threads[] = {2, 3, 7};
    struct h4l_true_hh w = h4l_true_hh_default;
    static struct layer whole, cut;

    w.pieces = PIECES;
    for (int own = 0; own < 2; own++) {
        struct h4l_true_hh_fast *fast = create(&w, level);
        struct h4l_true_hh_windows x = windows_of(&whole, own), y = windows_of(&cut, own);

        fill(&whole, &w);
        run(fast, &x, &whole.report);
        for (int t = 0; t < 3; t++) {
            struct split s = {fast, &y, {{0}}};
            struct h4l_pool *pool;

            fill(&cut, &w);
            CHECK_OK(h4l_pool_create(threads[t], &pool, &err), err);
            h4l_pool_run(pool, part, &s);
            h4l_pool_destroy(pool);
            check_same(&whole, &cut);
        }
        // Blocks of the window run twice, none of them as long as a piece, or just one step.
        for (size_t block = 1; block < w.steps; block = block * 7 + 3) {
            fill(&cut, &w);
            fast->consts.block = block;
            run(fast, &y, &cut.report);
            check_same(&whole, &cut);
        }
        // Without the derivative: the same rates.
        fill(&cut, &w);
        y.d_current = y.d_own = NULL;
        run(fast, &y, &cut.report);
        CHECK_TRUE(memcmp(whole.rate, cut.rate, sizeof whole.rate) == 0);
        h4l_true_hh_fast_destroy(fast);
    }
}

static void test_same_bytes(void **state)
{
    (void)state;
    for_all_levels(same_bytes);
}

static void test_avx2_as_avx512(void **state)
{
    static struct layer l[2];

    (void)state;
    if (!h4l_simd_available(H4L_SIMD_AVX512))
        skip();
    for (int kind = 0; kind < 4; kind++) {
        struct h4l_true_hh w = h4l_true_hh_default;

        w.pieces = PIECES;
        w.linear = kind == 2;
        w.spikes = kind == 3;
        for (int i = 0; i < 2; i++) {
            struct h4l_true_hh_fast *fast = create(&w, i ? H4L_SIMD_AVX512 : H4L_SIMD_AVX2);
            struct h4l_true_hh_windows x = windows_of(&l[i], kind > 0);

            fill(&l[i], &w);
            run(fast, &x, &l[i].report);
            h4l_true_hh_fast_destroy(fast);
        }
        check_same(&l[0], &l[1]);
    }
}

// A long window: memory grows as the square root of its steps, and the derivative is still that of the plain version.
static void test_long_window(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    size_t bytes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        w.steps = (size_t)100000000 << (2 * i);
        struct h4l_true_hh_fast *fast = calloc(1, sizeof *fast);
        assert_non_null(fast);
        fast->kernels = &h4l_true_hh_kernels_generic;
        fast->consts.steps = w.steps;
        fast->consts.pieces = 1;
        fast->consts.block = h4l_true_hh_fast_block(w.steps, 4);
        bytes[i] = h4l_true_hh_fast_scratch(fast);
        free(fast);
    }
    CHECK_AT_MOST((double)bytes[1] / (double)bytes[0], 2.1);
}

// ---- what goes wrong ----

static void trouble(enum h4l_simd level)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    static struct layer good, bad;
    struct h4l_true_hh_fast *fast = create(&w, level);
    struct h4l_true_hh_windows x = windows_of(&good, false), y = windows_of(&bad, false);
    double range[2];

    fill(&good, &w);
    run(fast, &x, &good.report);
    CHECK_INT(good.report.blown_up + good.report.outside + good.report.clipped, 0);

    fill(&bad, &w);
    bad.I[3] = -80; // far below the range of currents
    bad.I[20] = NAN;
    run(fast, &y, &bad.report);
    CHECK_INT(bad.report.blown_up, 2);
    for (int i = 0; i < N; i++)
        if (i == 3 || i == 20)
            CHECK_TRUE(bad.rate[i] == 0 && bad.d_current[i] == 0);
        else
            assert_true(bad.rate[i] == good.rate[i] && bad.d_current[i] == good.d_current[i]);

    h4l_true_hh_currents(&w, range);
    y.least = (float)range[0], y.most = 40, y.clip = 1e-3f;
    fill(&bad, &w);
    memset(&bad.report, 0, sizeof bad.report);
    bad.I[3] = -80;
    bad.I[N - 2] = 40;
    run(fast, &y, &bad.report);
    size_t above = 0, clipped = 0;
    for (int i = 0; i < N; i++) {
        above += bad.I[i] > 40;
        clipped += fabsf(bad.d_current[i]) >= 1e-3f;
        assert_true(fabsf(bad.d_current[i]) <= 1e-3f);
    }
    CHECK_INT(bad.report.blown_up, 0);
    CHECK_INT(bad.report.outside, above + 1);
    CHECK_AT_LEAST(clipped, 1);
    CHECK_INT(bad.report.clipped, clipped);
    CHECK_TRUE(bad.rate[N - 1] == bad.rate[N - 2]); // 60 is taken for 40
    CHECK_TRUE(bad.d_current[N - 1] == bad.d_current[N - 2]);
    h4l_true_hh_fast_destroy(fast);
}

static void test_trouble(void **state)
{
    (void)state;
    for_all_levels(trouble);
}

// Potentials at and around both singularities of the rates, as starts of a window: one step has the plain derivative.
static void singular(enum h4l_simd level)
{
    static const double offsets[] = {0, 1e-6, -1e-4, 0.01, -0.3, 1.9, 2.1, -2.5};

    for (int which = 0; which < 2; which++)
        for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
            struct h4l_true_hh w = h4l_true_hh_default;
            struct errors worst = {0};
            static struct layer l;

            w.steps = 40;
            w.start = (which ? -55 : -40) + offsets[i];
            struct h4l_true_hh_fast *fast = create(&w, level);
            struct h4l_true_hh_windows x = windows_of(&l, true);
            fill(&l, &w);
            run(fast, &x, &l.report);
            compare(&w, &l, 0, true, &worst);
            CHECK_AT_MOST(worst.rate, 1e-5);
            CHECK_AT_MOST(worst.current, 1e-4);
            CHECK_AT_MOST(worst.own, 1e-4);
            h4l_true_hh_fast_destroy(fast);
        }
}

static void test_singular(void **state)
{
    (void)state;
    for_all_levels(singular);
}

static void test_refusals(void **state)
{
    struct h4l_true_hh w = h4l_true_hh_default;
    struct h4l_true_hh_fast *fast = NULL;

    (void)state;
    w.exponential = true;
    CHECK_INT(h4l_true_hh_fast_create(&w, H4L_SIMD_GENERIC, &fast, &err), H4L_E_RANGE);
    w.exponential = false;
    w.dt = 0;
    CHECK_INT(h4l_true_hh_fast_create(&w, H4L_SIMD_GENERIC, &fast, &err), H4L_E_RANGE);
    w.dt = 0.02;
    w.hh.v_m = w.hh.v_n + 0.5; // the fast rates take singularities 1 to 100 mV apart
    CHECK_INT(h4l_true_hh_fast_create(&w, H4L_SIMD_GENERIC, &fast, &err), H4L_E_RANGE);
    CHECK_TRUE(!fast);
    h4l_true_hh_fast_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracy),    cmocka_unit_test(test_linear),
        cmocka_unit_test(test_spikes),      cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_long_window), cmocka_unit_test(test_avx2_as_avx512),
        cmocka_unit_test(test_trouble),     cmocka_unit_test(test_singular),
        cmocka_unit_test(test_cut),         cmocka_unit_test(test_steepness),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
