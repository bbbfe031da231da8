// The fast HH arrays at every instruction level, beside the plain neuron, the exponential in long double, and each other.
#include "neuron/hh_fast.h"

#include <float.h>

#include "base/rng.h"
#include "sim/integrators.h"
#include "check.h"

static struct h4l_hh_fast *make(const struct h4l_hh *hh, double dt, int level)
{
    struct h4l_hh_fast *fast = NULL;
    struct h4l_err err = {0};

    CHECK_OK(h4l_hh_fast_create(hh, dt, (enum h4l_simd)level, &fast, &err), err);
    return fast;
}

static int next_level(int level)
{
    while (++level < H4L_SIMD_LEVELS && !h4l_simd_available((enum h4l_simd)level))
        ;
    return level;
}
#define FOR_LEVELS(level) for (int level = 0; level < H4L_SIMD_LEVELS; level = next_level(level))

// ---- rates ----

enum { RATES = 6, POINTS = 40000 };
static const char *const rate_name[RATES] = {"am", "bm", "ah", "bh", "an", "bn"};

static long double linoid(long double x)
{
    return x == 0 ? 1 : x / -expm1l(-x);
}

// The six rates in long double at exactly V.
static void true_rates(const struct h4l_hh *hh, long double V, long double r[RATES])
{
    long double u = V + (long double)hh->v_0;

    r[0] = linoid((V + (long double)hh->v_m) / 10);
    r[1] = 4 * expl(-u / 18);
    r[2] = 0.07L * expl(-u / 20);
    r[3] = 1 / (1 + expl(-(V + (long double)hh->v_h) / 10));
    r[4] = 0.1L * linoid((V + (long double)hh->v_n) / 10);
    r[5] = 0.125L * expl(-u / 80);
}

// Potentials: random over the physiological range and 40 mV around it, close to and at both singularities.
static void potentials(const struct h4l_hh *hh, double V[POINTS])
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "unit hh_fast", 0);
    for (int i = 0; i < POINTS; i++) {
        double at = i % 2 ? -hh->v_m : -hh->v_n;

        V[i] = h4l_rng_between(&rng, -100, 60) + 65 - hh->v_0;
        if (i % 4 == 0)
            V[i] = at + h4l_rng_between(&rng, -1, 1) * exp2(-h4l_rng_between(&rng, 0, 50));
        if (i < 8)
            V[i] = at;
    }
}

static double error_ulp(double got, long double expected, int is_float)
{
    double x = fabs((double)expected);
    double ulp = is_float ? (double)nextafterf((float)x, INFINITY) - (double)(float)x
                          : nextafter(x, INFINITY) - x;

    return (double)(fabsl((long double)got - expected) / (long double)ulp);
}

// Largest error of each rate, in ulp of the true value. With dt = 1 the kernels give the rates themselves.
static void rate_errors(const struct h4l_hh *hh, int level, int is_float, double worst[RATES])
{
    static double V[POINTS], r[RATES][POINTS];
    static float Vf[POINTS], rf[RATES][POINTS];
    struct h4l_hh_fast_rates to = {r[0], r[1], r[2], r[3], r[4], r[5]};
    struct h4l_hh_fast_rates_float to_float = {rf[0], rf[1], rf[2], rf[3], rf[4], rf[5]};
    struct h4l_hh_fast *fast = make(hh, 1, level);

    potentials(hh, V);
    for (int i = 0; i < POINTS; i++)
        Vf[i] = (float)V[i];
    h4l_hh_fast_rates(fast, POINTS, V, &to);
    h4l_hh_fast_rates_float(fast, POINTS, Vf, &to_float);
    memset(worst, 0, RATES * sizeof *worst);
    for (int i = 0; i < POINTS; i++) {
        long double expected[RATES];

        true_rates(hh, is_float ? (long double)Vf[i] : (long double)V[i], expected);
        for (int j = 0; j < RATES; j++) {
            double e = error_ulp(is_float ? (double)rf[j][i] : r[j][i], expected[j], is_float);
            if (!(e <= worst[j])) // also a NaN
                worst[j] = e;
        }
    }
    h4l_hh_fast_destroy(fast);
}

// Rates against long double at the same V. What is left is mostly the rounding of V + shift; the plain version, in the last
// line of each block, has errors of the same size.
static void rates_are_accurate(void **state)
{
    const struct h4l_hh *const forms[] = {&h4l_hh_form_a, &h4l_hh_form_b};

    (void)state;
    for (int f = 0; f < 2; f++) {
        double worst[RATES] = {0}, V[POINTS];

        FOR_LEVELS(level)
        for (int is_float = 0; is_float < 2; is_float++) {
            rate_errors(forms[f], level, is_float, worst);
            for (int j = 0; j < RATES; j++) {
                printf("form %c %s %s %s ulp: ", 'A' + f, h4l_simd_name((enum h4l_simd)level),
                       is_float ? "float" : "double", rate_name[j]);
                CHECK_AT_MOST(worst[j], 10);
            }
        }
        potentials(forms[f], V);
        memset(worst, 0, sizeof worst);
        for (int i = 0; i < POINTS; i++) {
            struct h4l_hh_rates p;
            long double expected[RATES];

            h4l_hh_rates(forms[f], V[i], &p);
            true_rates(forms[f], (long double)V[i], expected);
            double got[RATES] = {p.am, p.bm, p.ah, p.bh, p.an, p.bn};
            for (int j = 0; j < RATES; j++)
                worst[j] = h4l_worst(worst[j], error_ulp(got[j], expected[j], 0));
        }
        printf("form %c plain double ulp: %.2f %.2f %.2f %.2f %.2f %.2f\n", 'A' + f, worst[0],
               worst[1], worst[2], worst[3], worst[4], worst[5]);
    }
}

// The exponentials themselves, against expl of the argument as the kernel rounds it (the sum of V and a shift) with the
// constant in front as it is stored: within 2 ulp, at every level and in both precisions.
static void exponentials_are_within_2_ulp(void **state)
{
    const struct h4l_hh *const forms[] = {&h4l_hh_form_a, &h4l_hh_form_b};
    static double V[POINTS], r[RATES][POINTS];
    static float Vf[POINTS], rf[RATES][POINTS];
    struct h4l_hh_fast_rates to = {r[0], r[1], r[2], r[3], r[4], r[5]};
    struct h4l_hh_fast_rates_float to_float = {rf[0], rf[1], rf[2], rf[3], rf[4], rf[5]};

    (void)state;
    for (int f = 0; f < 2; f++)
        FOR_LEVELS(level)
        {
            const struct h4l_hh *hh = forms[f];
            struct h4l_hh_fast *fast = make(hh, 1, level);
            double worst[2][3] = {{0}}, middle = -(hh->v_m + 2 * hh->v_n) / 3;

            potentials(hh, V);
            for (int i = 0; i < POINTS; i++)
                Vf[i] = (float)V[i];
            h4l_hh_fast_rates(fast, POINTS, V, &to);
            h4l_hh_fast_rates_float(fast, POINTS, Vf, &to_float);
            for (int i = 0; i < 2 * POINTS; i++) {
                int is_float = i >= POINTS, p = i % POINTS;
                double at = is_float ? (double)Vf[p] : V[p];
                double near = at < (is_float ? (double)(float)middle : middle) ? hh->v_n : hh->v_m;
                double a = at + near, u = at + hh->v_0, c20 = 0.07 * exp(-(hh->v_0 - near) / 20);
                double got[3];

                if (is_float) {
                    a = (double)(Vf[p] + (float)near);
                    u = (double)(Vf[p] + (float)hh->v_0);
                    c20 = (double)(float)c20;
                }
                long double expected[3] = {
                    4 * expl(-(long double)u / 18), (long double)c20 * expl(-(long double)a / 20),
                    0.125L * expl(-(long double)(hh->v_0 - near) / 80 - (long double)a / 80)};
                got[0] = is_float ? (double)rf[1][p] : r[1][p];
                got[1] = is_float ? (double)rf[2][p] : r[2][p];
                got[2] = is_float ? (double)rf[5][p] : r[5][p];
                for (int j = 0; j < 3; j++) {
                    double e = error_ulp(got[j], expected[j], is_float);
                    if (!(e <= worst[is_float][j]))
                        worst[is_float][j] = e;
                }
            }
            for (int j = 0; j < 6; j++) {
                printf("form %c %s %s exp(-u/%d) ulp: ", 'A' + f,
                       h4l_simd_name((enum h4l_simd)level), j / 3 ? "float" : "double",
                       (const int[]){18, 20, 80}[j % 3]);
                CHECK_AT_MOST(worst[j / 3][j % 3], 2);
            }
            h4l_hh_fast_destroy(fast);
        }
}

// alpha_m = 1 and alpha_n = 0.1 at the singularities, and nothing jumps beside them.
static void singularities(void **state)
{
    (void)state;
    FOR_LEVELS(level)
    {
        const struct h4l_hh *hh = &h4l_hh_form_a;
        struct h4l_hh_fast *fast = make(hh, 1, level);
        double V[2] = {-hh->v_m, -hh->v_n}, r[RATES][2];
        float Vf[2] = {-40, -55}, rf[RATES][2];
        struct h4l_hh_fast_rates to = {r[0], r[1], r[2], r[3], r[4], r[5]};
        struct h4l_hh_fast_rates_float to_float = {rf[0], rf[1], rf[2], rf[3], rf[4], rf[5]};

        h4l_hh_fast_rates(fast, 2, V, &to);
        h4l_hh_fast_rates_float(fast, 2, Vf, &to_float);
        CHECK_REL(r[0][0], 1, 4 * DBL_EPSILON);
        CHECK_REL(r[4][1], 0.1, 4 * DBL_EPSILON);
        CHECK_REL((double)rf[0][0], 1, 4 * (double)FLT_EPSILON);
        CHECK_REL((double)rf[4][1], 0.1, 4 * (double)FLT_EPSILON);
        h4l_hh_fast_destroy(fast);
    }
}

// Far outside any neuron's range: finite or infinite as the formulas say, and NaN stays NaN.
static void extreme_potentials(void **state)
{
    (void)state;
    FOR_LEVELS(level)
    {
        struct h4l_hh_fast *fast = make(&h4l_hh_form_a, 1, level);
        double V[4] = {-5000, 5000, NAN, 1e300}, r[RATES][4];
        struct h4l_hh_fast_rates to = {r[0], r[1], r[2], r[3], r[4], r[5]};

        h4l_hh_fast_rates(fast, 4, V, &to);
        CHECK_REL(r[0][1], 504, 1e-14);
        CHECK_REL(r[4][1], 50.55, 1e-14);
        CHECK_CLOSE(r[0][0], 0, 1e-100);
        CHECK_REL(r[1][0], (double)(4 * expl(4935.0L / 18)), 1e-12);
        CHECK_CLOSE(r[1][1], 0, 1e-100);
        CHECK_CLOSE(r[3][0], 0, 1e-100);
        CHECK_CLOSE(r[3][1], 1, 1e-15);
        for (int j = 0; j < RATES; j++)
            CHECK_TRUE(isnan(r[j][2]));
        CHECK_REL(r[0][3], 1e299, 1e-14);
        h4l_hh_fast_destroy(fast);
    }
}

// ---- trajectories ----

enum { N = 45 }; // no multiple of any tile

struct population {
    double V[N], m[N], h[N], n[N], I[N];
    float Vf[N], mf[N], hf[N], nf[N], If[N];
};

static struct h4l_hh_array array_of(struct population *p)
{
    return (struct h4l_hh_array){N, p->V, p->m, p->h, p->n};
}
static struct h4l_hh_array_float array_float_of(struct population *p)
{
    return (struct h4l_hh_array_float){N, p->Vf, p->mf, p->hf, p->nf};
}

static void start(struct population *p)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "unit hh_fast", 1);
    for (int i = 0; i < N; i++) {
        p->V[i] = h4l_rng_between(&rng, -80, -50);
        p->m[i] = h4l_rng_uniform(&rng);
        p->h[i] = h4l_rng_uniform(&rng);
        p->n[i] = h4l_rng_uniform(&rng);
        p->I[i] = i % 5 ? h4l_rng_between(&rng, -5, 40) : 10;
        p->Vf[i] = (float)p->V[i];
        p->mf[i] = (float)p->m[i];
        p->hf[i] = (float)p->h[i];
        p->nf[i] = (float)p->n[i];
        p->If[i] = (float)p->I[i];
    }
}

static void plain_step(const struct h4l_hh *hh, enum h4l_scheme scheme, double dt,
                       struct population *p, const double *I)
{
    for (int i = 0; i < N; i++) {
        double x[H4L_HH_DIM] = {p->V[i], p->m[i], p->h[i], p->n[i]};

        h4l_hh_step(hh, scheme, dt, (const double[]){I[i], I[i], I[i]}, x);
        p->V[i] = x[H4L_HH_V];
        p->m[i] = x[H4L_HH_M];
        p->h[i] = x[H4L_HH_H];
        p->n[i] = x[H4L_HH_N];
    }
}

// Largest distance from the plain version over `steps` steps: of potentials (mV) and of gates, at I = 10 [0] and at the random
// currents [1], some of which lie close to the threshold of firing, where rounding errors grow most.
static void distance(const struct h4l_hh *hh, int level, enum h4l_scheme scheme, double dt,
                     int steps, double ret_V[2], double ret_gate[2])
{
    struct h4l_hh_fast *fast = make(hh, dt, level);
    struct population p, q;
    struct h4l_hh_array x = array_of(&p);

    start(&p);
    for (int i = 0; i < N; i++)
        p.V[i] += 65 - hh->v_0;
    q = p;
    memset(ret_V, 0, 2 * sizeof *ret_V);
    memset(ret_gate, 0, 2 * sizeof *ret_gate);
    for (int k = 0; k < steps; k++) {
        if (scheme == H4L_EULER)
            h4l_hh_fast_run(fast, &x, (struct h4l_hh_input){p.I, 0}, 1, NULL);
        else
            h4l_hh_fast_run_exp(fast, &x, (struct h4l_hh_input){p.I, 0}, 1, NULL);
        plain_step(hh, scheme, dt, &q, q.I);
        for (int i = 0; i < N; i++) {
            int other = i % 5 != 0;
            double e = fabs(p.m[i] - q.m[i]) + fabs(p.h[i] - q.h[i]) + fabs(p.n[i] - q.n[i]);
            double e_V = fabs(p.V[i] - q.V[i]);

            ret_V[other] = e_V <= ret_V[other] ? ret_V[other] : e_V; // also a NaN
            ret_gate[other] = e <= ret_gate[other] ? ret_gate[other] : e;
        }
    }
    h4l_hh_fast_destroy(fast);
}

// Every step of 100 ms beside the plain version.
static void follows_plain_euler(void **state)
{
    (void)state;
    FOR_LEVELS(level)
    for (int form = 0; form < 2; form++) {
        double V[2], gate[2];

        distance(form ? &h4l_hh_form_b : &h4l_hh_form_a, level, H4L_EULER, 0.01, 10000, V, gate);
        printf("%s, form %c:\n", h4l_simd_name((enum h4l_simd)level), 'A' + form);
        CHECK_AT_MOST(V[0], 1e-10);
        CHECK_AT_MOST(gate[0], 1e-12);
        CHECK_AT_MOST(V[1], 1e-8);
        CHECK_AT_MOST(gate[1], 1e-10);
    }
}

// The exponential rule, with dt up to 1 ms, where it is still stable and the arguments of its exponentials reach 100.
static void follows_plain_exponential_euler(void **state)
{
    static const double dts[] = {0.01, 0.1, 1};

    (void)state;
    FOR_LEVELS(level)
    for (int d = 0; d < 3; d++) {
        double V[2], gate[2];

        distance(&h4l_hh_form_a, level, H4L_EXP_EULER, dts[d], (int)(100 / dts[d]), V, gate);
        printf("%s, dt %g ms:\n", h4l_simd_name((enum h4l_simd)level), dts[d]);
        CHECK_AT_MOST(V[0], 1e-10);
        CHECK_AT_MOST(gate[0], 1e-12);
        CHECK_AT_MOST(V[1], 1e-8);
        CHECK_AT_MOST(gate[1], 1e-10);
    }
}

// The exponential rule in float32 and with spikes noted, beside double.
static void exponential_float(void **state)
{
    (void)state;
    FOR_LEVELS(level)
    {
        struct h4l_hh_fast *fast = make(&h4l_hh_form_a, 0.05, level);
        struct population p;
        struct h4l_hh_array x = array_of(&p);
        struct h4l_hh_array_float y = array_float_of(&p);
        uint32_t count[N] = {0}, count_float[N] = {0};
        struct h4l_hh_spikes s = {.threshold = 0, .count = count};
        struct h4l_hh_spikes sf = {.threshold = 0, .count = count_float};
        double worst = 0;
        size_t spikes = 0;

        start(&p);
        h4l_hh_fast_run_exp(fast, &x, (struct h4l_hh_input){p.I, 0}, 400, &s);
        h4l_hh_fast_run_exp_float(fast, &y, (struct h4l_hh_input_float){p.If, 0}, 400, &sf);
        for (int i = 0; i < N; i++) {
            double error = fabs((double)p.Vf[i] - p.V[i]);
            worst = error <= worst ? worst : error;
            spikes += count[i];
        }
        printf("%s: ", h4l_simd_name((enum h4l_simd)level));
        CHECK_AT_MOST(worst, 0.5);
        CHECK_AT_LEAST(spikes, 30);
        CHECK_TRUE(memcmp(count, count_float, sizeof count) == 0);
        h4l_hh_fast_destroy(fast);
    }
}

// float32: 20 ms from the same start end within 0.5 mV (some neurons in the upstroke of a spike), with the same number of spikes.
static void float_follows_double(void **state)
{
    (void)state;
    FOR_LEVELS(level)
    {
        struct h4l_hh_fast *fast = make(&h4l_hh_form_a, 0.01, level);
        struct population p;
        struct h4l_hh_array x = array_of(&p);
        struct h4l_hh_array_float y = array_float_of(&p);
        uint32_t count[N] = {0}, count_float[N] = {0};
        struct h4l_hh_spikes s = {.threshold = 0, .count = count};
        struct h4l_hh_spikes sf = {.threshold = 0, .count = count_float};
        double worst = 0;

        start(&p);
        h4l_hh_fast_run(fast, &x, (struct h4l_hh_input){p.I, 0}, 2000, &s);
        h4l_hh_fast_run_float(fast, &y, (struct h4l_hh_input_float){p.If, 0}, 2000, &sf);
        for (int i = 0; i < N; i++) {
            double error = fabs((double)p.Vf[i] - p.V[i]);
            worst = error <= worst ? worst : error;
        }
        printf("%s: ", h4l_simd_name((enum h4l_simd)level));
        CHECK_AT_MOST(worst, 0.5);
        CHECK_TRUE(memcmp(count, count_float, sizeof count) == 0);
        h4l_hh_fast_destroy(fast);
    }
}

// avx2 and avx512 fuse the same products with the same sums: the same bits, in both precisions.
static void avx_levels_agree_bitwise(void **state)
{
    struct population p[2];
    int finite = 0;

    (void)state;
    if (!h4l_simd_available(H4L_SIMD_AVX512)) {
        printf("this machine has no avx512: nothing to compare\n");
        skip();
    }
    for (int l = 0; l < 2; l++) {
        struct h4l_hh_fast *fast = make(&h4l_hh_form_a, 0.02, l ? H4L_SIMD_AVX512 : H4L_SIMD_AVX2);
        struct h4l_hh_array x = array_of(&p[l]);
        struct h4l_hh_array_float y = array_float_of(&p[l]);

        memset(&p[l], 0, sizeof p[l]);
        start(&p[l]);
        h4l_hh_fast_run(fast, &x, (struct h4l_hh_input){p[l].I, 0}, 5000, NULL);
        h4l_hh_fast_run_float(fast, &y, (struct h4l_hh_input_float){p[l].If, 0}, 5000, NULL);
        h4l_hh_fast_run_exp(fast, &x, (struct h4l_hh_input){p[l].I, 0}, 5000, NULL);
        h4l_hh_fast_run_exp_float(fast, &y, (struct h4l_hh_input_float){p[l].If, 0}, 5000, NULL);
        h4l_hh_fast_destroy(fast);
    }
    for (int i = 0; i < N; i++)
        finite += isfinite(p[0].V[i]) && isfinite(p[0].Vf[i]);
    CHECK_INT(finite, N);
    CHECK_TRUE(memcmp(&p[0], &p[1], sizeof p[0]) == 0);
}

// ---- arrays, currents, spikes ----

enum { STEPS = 150 }; // more than two blocks of an incomplete tile

// A neuron's result does not depend on its place, on N, on how steps are split over calls, or on stride and spike records.
static void one_by_one(void **state)
{
    (void)state;
    FOR_LEVELS(level)
    {
        struct h4l_hh_fast *fast = make(&h4l_hh_form_a, 0.01, level);
        struct population whole, single;
        struct h4l_hh_array x = array_of(&whole);
        struct h4l_hh_array_float y = array_float_of(&whole);
        static double rows[STEPS][N];
        uint32_t count[N] = {0};
        struct h4l_hh_spikes s = {.threshold = -40, .count = count};

        memset(&whole, 0, sizeof whole);
        memset(&single, 0, sizeof single);
        start(&whole);
        start(&single);
        h4l_hh_fast_run(fast, &x, (struct h4l_hh_input){whole.I, 0}, STEPS, NULL);
        h4l_hh_fast_run_float(fast, &y, (struct h4l_hh_input_float){whole.If, 0}, STEPS, NULL);
        for (int k = 0; k < STEPS; k++)
            memcpy(rows[k], single.I, sizeof rows[k]);
        for (int i = 0; i < N; i++) {
            struct population *q = &single;
            struct h4l_hh_array one = {1, q->V + i, q->m + i, q->h + i, q->n + i};
            struct h4l_hh_array_float onef = {1, q->Vf + i, q->mf + i, q->hf + i, q->nf + i};
            size_t head = (size_t)i % STEPS;

            h4l_hh_fast_run(fast, &one, (struct h4l_hh_input){q->I + i, 0}, head, NULL);
            h4l_hh_fast_run(fast, &one, (struct h4l_hh_input){rows[0] + i, N}, STEPS - head,
                            i % 2 ? &s : NULL);
            h4l_hh_fast_run_float(fast, &onef, (struct h4l_hh_input_float){q->If + i, 0}, STEPS,
                                  NULL);
        }
        CHECK_TRUE(memcmp(&whole, &single, sizeof whole) == 0);
        CHECK_TRUE(isfinite(whole.V[0]) && isfinite(whole.V[N - 1]) && isfinite(whole.Vf[N - 1]));
        h4l_hh_fast_destroy(fast);
    }
}

// Rows of currents against the plain loop, and the three spike records against thresholds applied to single steps.
static void driven_with_spikes(void **state)
{
    static double rows[STEPS][N];
    struct h4l_rng rng;
    enum { ROW = (N + 7) / 8 };

    (void)state;
    h4l_rng_init(&rng, 1, "unit hh_fast", 2);
    for (int k = 0; k < STEPS; k++)
        for (int i = 0; i < N; i++)
            rows[k][i] = h4l_rng_between(&rng, 0, 100);
    FOR_LEVELS(level)
    {
        const double dt = 0.02;
        struct h4l_hh_fast *fast = make(&h4l_hh_form_a, dt, level);
        struct population p, q;
        struct h4l_hh_array x = array_of(&p);
        uint8_t bits[STEPS][ROW], onset[STEPS][ROW], expected[STEPS][ROW] = {{0}};
        uint8_t expected_onset[STEPS][ROW] = {{0}};
        uint32_t count[N], expected_count[N];
        struct h4l_hh_spikes s = {-40, bits[0], onset[0], count};
        size_t spikes = 0, wrong = 0;
        double worst = 0;

        start(&p);
        start(&q);
        memset(bits, 0xff, sizeof bits);
        memset(onset, 0xff, sizeof onset);
        for (int i = 0; i < N; i++)
            count[i] = expected_count[i] = 7; // added to
        h4l_hh_fast_run(fast, &x, (struct h4l_hh_input){rows[0], N}, STEPS, &s);
        for (int k = 0; k < STEPS; k++) {
            struct population old = q;

            plain_step(&h4l_hh_form_a, H4L_EULER, dt, &q, rows[k]);
            for (int i = 0; i < N; i++) {
                uint8_t bit = (uint8_t)(1 << i % 8);

                if (q.V[i] > -40)
                    expected[k][i / 8] |= bit;
                if (q.V[i] > -40 && !(old.V[i] > -40)) {
                    expected_onset[k][i / 8] |= bit;
                    expected_count[i]++;
                    spikes++;
                }
            }
        }
        for (int i = 0; i < N; i++)
            worst = h4l_worst(worst, fabs(p.V[i] - q.V[i]));
        for (int k = 0; k < STEPS; k++)
            for (int b = 0; b < ROW; b++)
                wrong += expected[k][b] != bits[k][b] || expected_onset[k][b] != onset[k][b];
        CHECK_AT_MOST(worst, 1e-10);
        CHECK_AT_LEAST(spikes, 10);
        CHECK_INT(wrong, 0);
        CHECK_TRUE(memcmp(count, expected_count, sizeof count) == 0);
        h4l_hh_fast_destroy(fast);
    }
}

static void bad_arguments(void **state)
{
    struct h4l_hh_fast *fast = NULL;
    struct h4l_hh hh = h4l_hh_form_a;
    struct h4l_err err = {0};
    const enum h4l_simd level = H4L_SIMD_GENERIC;

    (void)state;
    CHECK_INT(h4l_hh_fast_create(&hh, 0, level, &fast, &err), H4L_E_RANGE);
    CHECK_INT(h4l_hh_fast_create(&hh, NAN, level, &fast, &err), H4L_E_RANGE);
    hh.C = 0;
    CHECK_INT(h4l_hh_fast_create(&hh, 0.01, level, &fast, &err), H4L_E_RANGE);
    hh = h4l_hh_form_a;
    hh.gK = INFINITY;
    CHECK_INT(h4l_hh_fast_create(&hh, 0.01, level, &fast, &err), H4L_E_RANGE);
    hh = h4l_hh_form_a;
    hh.v_n = hh.v_m + 0.5;
    CHECK_INT(h4l_hh_fast_create(&hh, 0.01, level, &fast, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "0.5 mV apart") != NULL);
    CHECK_INT(h4l_hh_fast_create(&h4l_hh_form_a, 0.01, H4L_SIMD_LEVELS, &fast, &err), H4L_E_RANGE);
    CHECK_TRUE(fast == NULL);
    h4l_hh_fast_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_accurate),
        cmocka_unit_test(exponentials_are_within_2_ulp),
        cmocka_unit_test(singularities),
        cmocka_unit_test(extreme_potentials),
        cmocka_unit_test(follows_plain_euler),
        cmocka_unit_test(follows_plain_exponential_euler),
        cmocka_unit_test(float_follows_double),
        cmocka_unit_test(exponential_float),
        cmocka_unit_test(avx_levels_agree_bitwise),
        cmocka_unit_test(one_by_one),
        cmocka_unit_test(driven_with_spikes),
        cmocka_unit_test(bad_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
