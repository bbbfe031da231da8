// What must hold for any spike trains: identity, symmetry, range, triangle inequality, invariance under shift and change of
// time unit, agreement with slow definitions. Random trains, the same in every run.
#include "check.h"

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"

enum { ROOM = 40, ROUNDS = 150 };

static uint64_t random_state = 2024;

static double uniform(void) // splitmix64
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

// 0..ROOM spikes in [0, 100], on a grid of 0.5 in every third train so that ties happen.
static struct h4l_spikes random_train(double *memory)
{
    size_t n = (size_t)(uniform() * uniform() * ROOM), k = 0;
    int grid = uniform() < 0.33;
    double t = 0;

    for (size_t i = 0; i < n && t < 100; i++) {
        t += -log(1 - uniform()) * 100 / (double)n;
        if (grid)
            t = ceil(t * 2) / 2;
        if (t <= 100 && (!k || t > memory[k - 1]))
            memory[k++] = t;
    }
    return (struct h4l_spikes){memory, k};
}

static const struct h4l_window window = {0, 100};

// All the distances at once: every one is 0 for identical trains and symmetric.
enum {
    ISI_MAX,
    ISI_AUX,
    SPIKE_MAX,
    SPIKE_AUX,
    UNSYNC,
    VP_SLOW,
    VP_FAST,
    VR_2001,
    VR_UNIT,
    DISTANCES
};

static void distances(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window w,
                      double d[DISTANCES])
{
    int code = 0;

    code |= h4l_isi_distance(a, b, w, H4L_EDGE_MAX, &d[ISI_MAX], NULL);
    code |= h4l_isi_distance(a, b, w, H4L_EDGE_AUX, &d[ISI_AUX], NULL);
    code |= h4l_spike_distance(a, b, w, H4L_EDGE_MAX, &d[SPIKE_MAX], NULL);
    code |= h4l_spike_distance(a, b, w, H4L_EDGE_AUX, &d[SPIKE_AUX], NULL);
    code |= h4l_spike_synchronization(a, b, w, 0, &d[UNSYNC], NULL);
    d[UNSYNC] = 1 - d[UNSYNC];
    code |= h4l_victor_purpura(a, b, 0.05, &d[VP_SLOW], NULL);
    code |= h4l_victor_purpura(a, b, 2, &d[VP_FAST], NULL);
    code |= h4l_van_rossum(a, b, 10, H4L_VAN_ROSSUM_2001, &d[VR_2001], NULL);
    code |= h4l_van_rossum(a, b, 0.7, H4L_VAN_ROSSUM_UNIT, &d[VR_UNIT], NULL);
    assert_int_equal(code, 0);
}

static void test_metric_properties(void **state)
{
    double worst_symmetry = 0, worst_triangle = -INFINITY, largest = 0, worst_identity = 0,
           worst_range = -INFINITY;
    int differing = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        double ta[ROOM], tb[ROOM], tc[ROOM];
        double ab[DISTANCES], ba[DISTANCES], ac[DISTANCES], bc[DISTANCES], aa[DISTANCES];
        struct h4l_spikes a = random_train(ta), b = random_train(tb), c = random_train(tc);
        distances(a, b, window, ab);
        distances(b, a, window, ba);
        distances(a, c, window, ac);
        distances(b, c, window, bc);
        distances(a, a, window, aa);
        for (int k = 0; k < DISTANCES; k++) {
            worst_symmetry = h4l_worst(worst_symmetry, fabs(ab[k] - ba[k]) / fmax(1, ab[k]));
            worst_identity = h4l_worst(worst_identity, fabs(aa[k]));
            assert_true(ab[k] >= 0);
            if (k <= UNSYNC)
                worst_range = h4l_worst(worst_range, ab[k] - 1);
            largest = h4l_worst(largest, ab[k]);
        }
        for (int k = VP_SLOW; k <= VR_UNIT; k++)
            worst_triangle = h4l_worst(worst_triangle, ab[k] - ac[k] - bc[k]);
        differing += ab[VP_SLOW] > 0;
    }
    CHECK_AT_MOST(worst_symmetry, 1e-13);
    CHECK_AT_MOST(worst_identity, 0.0);
    CHECK_AT_MOST(worst_range, 0.0);
    CHECK_AT_MOST(worst_triangle, 1e-12);
    CHECK_AT_LEAST(largest, 10);           // the trains do differ,
    CHECK_AT_LEAST(differing, ROUNDS / 2); // most of them
}

static void test_limits_of_victor_purpura(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        double ta[ROOM], tb[ROOM], zero, infinite, q[3];
        struct h4l_spikes a = random_train(ta), b = random_train(tb);
        size_t common = 0;
        for (size_t i = 0; i < a.n; i++)
            for (size_t j = 0; j < b.n; j++)
                common += a.t[i] == b.t[j];
        assert_int_equal(h4l_victor_purpura(a, b, 0, &zero, NULL), 0);
        assert_int_equal(h4l_victor_purpura(a, b, INFINITY, &infinite, NULL), 0);
        assert_true(zero == fabs((double)a.n - (double)b.n));
        assert_true(infinite == (double)(a.n + b.n - 2 * common));
        for (int i = 0; i < 3; i++)
            assert_int_equal(h4l_victor_purpura(a, b, 0.01 * pow(10, i), &q[i], NULL), 0);
        assert_true(zero <= q[0] && q[0] <= q[1] && q[1] <= q[2] && q[2] <= infinite);
    }
}

static void test_van_rossum_by_double_sum(void **state)
{
    double worst = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        double ta[ROOM], tb[ROOM], d, sum = 0, tau = 0.5 + 20 * uniform();
        struct h4l_spikes a = random_train(ta), b = random_train(tb);
        for (size_t i = 0; i < a.n + b.n; i++)
            for (size_t j = 0; j < a.n + b.n; j++) {
                double u = i < a.n ? a.t[i] : b.t[i - a.n], v = j < a.n ? a.t[j] : b.t[j - a.n];
                sum += ((i < a.n) == (j < a.n) ? 0.5 : -0.5) * exp(-fabs(u - v) / tau);
            }
        assert_int_equal(h4l_van_rossum(a, b, tau, H4L_VAN_ROSSUM_2001, &d, NULL), 0);
        worst = h4l_worst(worst, fabs(d * d - sum) / fmax(1, sum));
    }
    CHECK_AT_MOST(worst, 1e-12);
}

static void test_shift_and_scale(void **state)
{
    double worst = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        double ta[ROOM], tb[ROOM], d[DISTANCES], s[DISTANCES];
        struct h4l_spikes a = random_train(ta), b = random_train(tb);
        distances(a, b, window, d);
        for (size_t i = 0; i < a.n; i++)
            ta[i] = 4 * ta[i] - 64; // exact in binary
        for (size_t i = 0; i < b.n; i++)
            tb[i] = 4 * tb[i] - 64;
        distances(a, b, (struct h4l_window){-64, 336}, s);
        for (int k = 0; k <= UNSYNC; k++) // the measures without a time scale
            worst = h4l_worst(worst, fabs(d[k] - s[k]));
    }
    CHECK_AT_MOST(worst, 1e-12);
}

// The same where squares of the times leave the range of a double: 2^-600 is 2e-181, 2^600 is 4e180.
static void test_extreme_scales(void **state)
{
    double worst = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        double ta[ROOM], tb[ROOM], d[DISTANCES], s[DISTANCES];
        double scale = ldexp(1, round % 2 ? 600 : -600);
        struct h4l_spikes a = random_train(ta), b = random_train(tb);
        struct h4l_isi_stats one, other;

        distances(a, b, window, d);
        assert_int_equal(h4l_spikes_isi(a, &one, NULL), 0);
        for (size_t i = 0; i < a.n; i++)
            ta[i] *= scale;
        for (size_t i = 0; i < b.n; i++)
            tb[i] *= scale;
        distances(a, b, (struct h4l_window){0, 100 * scale}, s);
        for (int k = 0; k <= UNSYNC; k++)
            worst = h4l_worst(worst, fabs(d[k] - s[k]));
        assert_int_equal(h4l_spikes_isi(a, &other, NULL), 0);
        if (one.n > 1)
            worst = h4l_worst(worst, fabs(one.cv - other.cv) + fabs(one.lv - other.lv));
    }
    CHECK_AT_MOST(worst, 1e-12);
}

static void test_profile_averages_to_distance(void **state)
{
    enum { POINTS = 20001 };
    static double profile[POINTS];
    double worst = 0;

    (void)state;
    for (int round = 0; round < 20; round++) {
        double ta[ROOM], tb[ROOM], d;
        struct h4l_spikes a = random_train(ta), b = random_train(tb);
        for (int which = 0; which < 4; which++) {
            enum h4l_spike_edge edge = which & 1 ? H4L_EDGE_AUX : H4L_EDGE_MAX;
            enum h4l_profile p = which & 2 ? H4L_PROFILE_SPIKE : H4L_PROFILE_ISI;
            double sum = 0;
            assert_int_equal(h4l_distance_profile(a, b, window, edge, p, POINTS, profile, NULL), 0);
            assert_int_equal((p == H4L_PROFILE_ISI ? h4l_isi_distance : h4l_spike_distance)(
                                 a, b, window, edge, &d, NULL),
                             0);
            for (int i = 0; i < POINTS; i++)
                sum += profile[i] * (i == 0 || i == POINTS - 1 ? 0.5 : 1) / (POINTS - 1);
            worst = h4l_worst(worst, fabs(sum - d));
        }
    }
    CHECK_AT_MOST(worst, 2e-3); // at most 80 jumps, each off by half a step
}

// The largest matching of spikes within delta, by trying everything (few spikes).
static size_t best_matching(struct h4l_spikes a, struct h4l_spikes b, size_t i, unsigned used,
                            double delta)
{
    if (i == a.n)
        return 0;
    size_t best = best_matching(a, b, i + 1, used, delta);
    for (size_t j = 0; j < b.n; j++)
        if (!(used >> j & 1) && fabs(a.t[i] - b.t[j]) <= delta) {
            size_t with = 1 + best_matching(a, b, i + 1, used | 1u << j, delta);
            best = with > best ? with : best;
        }
    return best;
}

static void test_gamma(void **state)
{
    int greedy_larger = 0;

    (void)state;
    for (int round = 0; round < 3 * ROUNDS; round++) {
        double ta[ROOM], tb[ROOM];
        struct h4l_spikes a = random_train(ta), b = random_train(tb);
        if (a.n > 7)
            a.n = 7;
        if (b.n > 7)
            b.n = 7;
        struct h4l_gamma_options o = {4, H4L_MATCH_ONE_TO_ONE, 0};
        struct h4l_gamma one, greedy, back, self;
        size_t near = 0;
        assert_int_equal(h4l_gamma(a, b, window, &o, &one, NULL), 0);
        assert_int_equal(h4l_gamma(b, a, window, &o, &back, NULL), 0);
        assert_int_equal(h4l_gamma(a, a, window, &o, &self, NULL), 0);
        o.matching = H4L_MATCH_GREEDY;
        assert_int_equal(h4l_gamma(a, b, window, &o, &greedy, NULL), 0);
        for (size_t i = 0; i < a.n; i++) {
            int any = 0;
            for (size_t j = 0; j < b.n; j++)
                any |= fabs(a.t[i] - b.t[j]) <= 4;
            near += (size_t)any;
        }
        assert_int_equal(greedy.coincidences, near);
        assert_int_equal(one.coincidences, best_matching(a, b, 0, 0, 4));
        assert_int_equal(one.coincidences, back.coincidences);
        assert_true(one.coincidences <= greedy.coincidences);
        greedy_larger += one.coincidences < greedy.coincidences;
        if (a.n)
            assert_true(fabs(self.gamma - 1) < 1e-12);
        else
            assert_true(isnan(self.gamma));
    }
    CHECK_AT_LEAST(greedy_larger, 10); // the two ways of counting do differ
}

static void test_sample_distance(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        double a[ROOM], b[ROOM], mean = 0, ks, w1, back_ks, back_w1;
        for (int i = 0; i < ROOM; i++) {
            a[i] = uniform();
            b[i] = 3 + uniform(); // apart: the Wasserstein distance is the difference of the means
            mean += (b[i] - a[i]) / ROOM;
        }
        assert_int_equal(h4l_sample_distance(a, ROOM, b, ROOM, &ks, &w1, NULL), 0);
        assert_int_equal(h4l_sample_distance(b, ROOM, a, ROOM, &back_ks, &back_w1, NULL), 0);
        assert_true(ks == 1 && back_ks == 1);
        assert_true(fabs(w1 - mean) < 1e-13 && fabs(back_w1 - w1) < 1e-13);
        assert_int_equal(h4l_sample_distance(a, ROOM, a, ROOM, &ks, &w1, NULL), 0);
        assert_true(ks == 0 && w1 == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metric_properties),
        cmocka_unit_test(test_limits_of_victor_purpura),
        cmocka_unit_test(test_van_rossum_by_double_sum),
        cmocka_unit_test(test_shift_and_scale),
        cmocka_unit_test(test_extreme_scales),
        cmocka_unit_test(test_profile_averages_to_distance),
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_sample_distance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
