// Spike-train measures against reference values of independent code (tests/data/spike_train_measures.json), detection, rates
// and interval statistics against values worked out by hand.
#include "check.h"

#include <jansson.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"
#include "hh4lif_config.h"

#define TIGHT 1e-12

static struct h4l_spikes load_train(const json_t *array, double *memory, size_t room)
{
    size_t n = json_array_size(array);

    assert_true(n <= room);
    for (size_t i = 0; i < n; i++)
        memory[i] = json_number_value(json_array_get(array, i));
    return (struct h4l_spikes){memory, n};
}

static double at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_number(value))
        fail_msg("reference value %s is missing", key);
    return json_number_value(value);
}

static void check_time_resolved(const json_t *pair, struct h4l_spikes a, struct h4l_spikes b,
                                struct h4l_window w)
{
    const json_t *isi = json_object_get(pair, "isi_distance"),
                 *spike = json_object_get(pair, "spike_distance"),
                 *sync = json_object_get(pair, "spike_sync");
    struct h4l_err err;
    double d;

    CHECK_OK(h4l_isi_distance(a, b, w, H4L_EDGE_MAX, &d, &err), err);
    CHECK_CLOSE(d, at(isi, "edge_max"), TIGHT);
    CHECK_OK(h4l_isi_distance(a, b, w, H4L_EDGE_AUX, &d, &err), err);
    CHECK_CLOSE(d, at(isi, "edge_aux"), TIGHT);
    CHECK_OK(h4l_spike_distance(a, b, w, H4L_EDGE_MAX, &d, &err), err);
    CHECK_CLOSE(d, at(spike, "edge_max"), TIGHT);
    CHECK_OK(h4l_spike_distance(a, b, w, H4L_EDGE_AUX, &d, &err), err);
    CHECK_CLOSE(d, at(spike, "edge_aux"), TIGHT);
    CHECK_OK(h4l_spike_synchronization(a, b, w, 0, &d, &err), err);
    CHECK_CLOSE(d, at(sync, "strict"), TIGHT);
    CHECK_OK(h4l_spike_synchronization(a, b, w, 1, &d, &err), err);
    CHECK_CLOSE(d, at(sync, "inclusive"), TIGHT);
}

static void check_metrics(const json_t *pair, struct h4l_spikes a, struct h4l_spikes b)
{
    const json_t *vp = json_object_get(pair, "victor_purpura"),
                 *vr = json_object_get(pair, "van_rossum");
    const char *q[] = {"0", "0.1", "1", "10"}, *tau[] = {"1", "10"};
    struct h4l_err err;
    double d;

    for (int i = 0; i < 4; i++) {
        CHECK_OK(h4l_victor_purpura(a, b, atof(q[i]), &d, &err), err);
        CHECK_CLOSE(d, at(vp, q[i]), TIGHT);
    }
    for (int i = 0; i < 2; i++) {
        const json_t *r = json_object_get(vr, tau[i]);
        CHECK_OK(h4l_van_rossum(a, b, atof(tau[i]), H4L_VAN_ROSSUM_2001, &d, &err), err);
        CHECK_CLOSE(d, at(r, "D_vanRossum2001"), TIGHT);
        CHECK_CLOSE(d * d, at(r, "D2_vanRossum2001"), TIGHT * fmax(1, d * d));
        CHECK_OK(h4l_van_rossum(a, b, atof(tau[i]), H4L_VAN_ROSSUM_UNIT, &d, &err), err);
        CHECK_CLOSE(d, at(r, "D_unit"), TIGHT);
        CHECK_CLOSE(d * d, at(r, "D2_unit"), TIGHT * fmax(1, d * d));
    }
}

static void check_gamma(const json_t *pair, struct h4l_spikes a, struct h4l_spikes b,
                        struct h4l_window w)
{
    static const struct {
        const char *key;
        int swap;
        struct h4l_gamma_options options;
    } row[] = {{"a_data_b_model", 0, {2, H4L_MATCH_GREEDY, 0}},
               {"b_data_a_model", 1, {2, H4L_MATCH_GREEDY, 0}},
               {"a_data_b_model_strict", 0, {2, H4L_MATCH_GREEDY, 1}},
               {"a_data_b_model_one_to_one", 0, {2, H4L_MATCH_ONE_TO_ONE, 0}}};
    const json_t *gamma = json_object_get(pair, "gamma_Delta2");

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const json_t *r = json_object_get(gamma, row[i].key);
        struct h4l_gamma g;
        struct h4l_err err;
        CHECK_OK(h4l_gamma(row[i].swap ? b : a, row[i].swap ? a : b, w, &row[i].options, &g, &err),
                 err);
        CHECK_INT(g.coincidences, at(r, "N_coinc"));
        CHECK_CLOSE(g.expected, at(r, "N_expected"), TIGHT);
        CHECK_CLOSE(g.norm, at(r, "norm"), TIGHT);
        CHECK_CLOSE(g.gamma, at(r, "Gamma"), TIGHT);
    }
}

static void test_reference(void **state)
{
    json_error_t where;
    json_t *root =
        json_load_file(H4L_SOURCE_DIR "/tests/data/spike_train_measures.json", 0, &where);
    size_t pairs = 0;
    const char *name;
    json_t *pair;

    (void)state;
    assert_non_null(root);
    json_object_foreach(json_object_get(root, "pairs"), name, pair)
    {
        double ta[64], tb[64];
        struct h4l_spikes a = load_train(json_object_get(pair, "a"), ta, 64),
                          b = load_train(json_object_get(pair, "b"), tb, 64);
        struct h4l_window w = {at(pair, "T0"), at(pair, "T1")};
        printf("pair %s\n", name);
        check_time_resolved(pair, a, b, w);
        check_metrics(pair, a, b);
        check_gamma(pair, a, b, w);
        pairs++;
    }
    CHECK_INT(pairs, 4);
    json_decref(root);
}

static void test_detection(void **state)
{
    const double V[] = {5, -1, 1, 3, 0, -0.5, 2, -3, 0, 4, -1, NAN, 1};
    const double back[] = {-3, 1, -2, 1, -1.9, 1, -2.1, 1}; // at -2 rearms, above it does not
    size_t n = sizeof V / sizeof *V, found;
    struct h4l_detector d;
    struct h4l_err err;
    double t[8];

    (void)state;
    // Samples at 10 + 0.5 k; the trace begins above the level, which is no crossing.
    CHECK_OK(h4l_detector_init(0, 0, H4L_CROSSING_SAMPLE, &d, &err), err);
    CHECK_OK(h4l_detect(V, n, 10, 0.5, &d, 8, t, &found, &err), err);
    CHECK_INT(found, 4);
    CHECK_CLOSE(t[0], 11, 0);
    CHECK_CLOSE(t[1], 13, 0);
    CHECK_CLOSE(t[2], 14.5, 0);
    CHECK_CLOSE(t[3], 16, 0);
    CHECK_OK(h4l_detector_init(0, 0, H4L_CROSSING_LINEAR, &d, &err), err);
    CHECK_OK(h4l_detect(V, n, 10, 0.5, &d, 8, t, &found, &err), err);
    CHECK_INT(found, 4);
    CHECK_CLOSE(t[0], 10.75, 1e-15);
    CHECK_CLOSE(t[1], 12.6, 1e-14); // -0.5 -> 2
    CHECK_CLOSE(t[2], 14, 1e-15);   // 0 -> 4: crosses at the sample that still equals the level
    CHECK_CLOSE(t[3], 15.5, 1e-14); // across the missing sample
    // The dip to -0.5 and the touch of 0 do not rearm at -2.
    CHECK_OK(h4l_detector_init(0, -2, H4L_CROSSING_SAMPLE, &d, &err), err);
    CHECK_OK(h4l_detect(V, n, 10, 0.5, &d, 8, t, &found, &err), err);
    CHECK_INT(found, 1);
    CHECK_CLOSE(t[0], 14.5, 0);
    CHECK_OK(h4l_detect(back, 8, 0, 1, &d, 8, t, &found, &err), err);
    CHECK_INT(found, 3);
    CHECK_CLOSE(t[1], 3, 0);
    CHECK_CLOSE(t[2], 7, 0);
    t[0] = 7;
    CHECK_OK(h4l_detector_init(0, 0, H4L_CROSSING_SAMPLE, &d, &err), err);
    CHECK_INT(h4l_detect(V, n, 10, 0.5, &d, 3, t, &found, &err), H4L_E_RANGE);
    CHECK_CLOSE(t[0], 7, 0); // outputs stay untouched on failure
    CHECK_INT(h4l_detect(V, n, 10, 0, &d, 8, t, &found, &err), H4L_E_RANGE);
    CHECK_INT(h4l_detector_init(0, 1, H4L_CROSSING_SAMPLE, &d, &err), H4L_E_RANGE);
}

static void test_rates(void **state)
{
    const double times[] = {0, 1, 1.5, 10};
    struct h4l_spikes a = {times, 4}, none = {NULL, 0};
    struct h4l_window w = {0, 10};
    struct h4l_err err;
    double rate, bins[5], smooth[12];

    (void)state;
    CHECK_OK(h4l_spikes_rate(a, w, &rate, &err), err);
    CHECK_CLOSE(rate, 0.4, 1e-16);
    CHECK_OK(h4l_spikes_rate(none, w, &rate, &err), err);
    CHECK_CLOSE(rate, 0, 0);
    CHECK_OK(h4l_spikes_histogram(a, w, 5, bins, &err), err);
    CHECK_CLOSE(bins[0], 1.5, 0);
    CHECK_CLOSE(bins[1], 0, 0);
    CHECK_CLOSE(bins[4], 0.5, 0); // the spike at the closed end
    CHECK_OK(h4l_spikes_smooth_rate(a, 2, 0, 1, 12, smooth, &err), err);
    CHECK_CLOSE(smooth[0], 0.5, 1e-15);
    for (int k = 0; k < 12; k++) { // against the definition, a double sum
        double sum = 0;
        for (int i = 0; i < 4; i++)
            sum += times[i] <= k ? exp(-(k - times[i]) / 2) / 2 : 0;
        CHECK_CLOSE(smooth[k], sum, 1e-15);
    }
    CHECK_INT(h4l_spikes_rate(a, (struct h4l_window){0, 9}, &rate, &err), H4L_E_RANGE);
    CHECK_INT(h4l_spikes_rate(a, (struct h4l_window){5, 5}, &rate, &err), H4L_E_RANGE);
    CHECK_INT(h4l_spikes_histogram(a, w, 0, bins, &err), H4L_E_RANGE);
    CHECK_INT(h4l_spikes_smooth_rate(a, 0, 0, 1, 12, smooth, &err), H4L_E_RANGE);
}

static void test_intervals(void **state)
{
    const double times[] = {0, 1, 4, 6}, twice[] = {0, 2, 2};
    struct h4l_isi_stats s;
    struct h4l_err err;

    (void)state; // intervals 1, 3, 2
    CHECK_OK(h4l_spikes_isi((struct h4l_spikes){times, 4}, &s, &err), err);
    CHECK_INT(s.n, 3);
    CHECK_CLOSE(s.mean, 2, 0);
    CHECK_CLOSE(s.min, 1, 0);
    CHECK_CLOSE(s.max, 3, 0);
    CHECK_CLOSE(s.sd, sqrt(2.0 / 3), 1e-15);
    CHECK_CLOSE(s.cv, sqrt(2.0 / 3) / 2, 1e-15);
    CHECK_CLOSE(s.cv2, (1 + 0.4) / 2, 1e-15);
    CHECK_CLOSE(s.lv, 3 * (0.25 + 0.04) / 2, 1e-15);
    CHECK_OK(h4l_spikes_isi((struct h4l_spikes){times, 1}, &s, &err), err);
    CHECK_INT(s.n, 0);
    CHECK_TRUE(isnan(s.mean) && isnan(s.cv) && isnan(s.lv));
    CHECK_INT(h4l_spikes_isi((struct h4l_spikes){twice, 3}, &s, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "spike 3") != NULL);
}

static void test_edge_cases(void **state)
{
    const double one[] = {4}, dense[] = {1, 2, 3}, rounded[] = {31.001}, later[] = {33.001},
                 a[] = {1.5, 3}, infinite[] = {1, INFINITY};
    struct h4l_spikes none = {NULL, 0}, single = {one, 1};
    struct h4l_window w = {0, 40};
    struct h4l_gamma_options o = {2, H4L_MATCH_GREEDY, 0};
    struct h4l_gamma g;
    struct h4l_err err;
    double d, ks, w1;

    (void)state;
    CHECK_OK(h4l_spike_distance(none, none, w, H4L_EDGE_MAX, &d, &err), err);
    CHECK_CLOSE(d, 0, 0);
    CHECK_OK(h4l_isi_distance(none, single, w, H4L_EDGE_MAX, &d, &err), err);
    CHECK_CLOSE(d, (4 * 36 / 40.0 + 36 * 4 / 40.0) / 40, 1e-15); // intervals 4 and 36 against 40
    CHECK_OK(h4l_spike_synchronization(none, none, w, 0, &d, &err), err);
    CHECK_CLOSE(d, 1, 0);
    CHECK_OK(h4l_spike_synchronization(none, single, w, 0, &d, &err), err);
    CHECK_CLOSE(d, 0, 0);
    CHECK_OK(h4l_victor_purpura((struct h4l_spikes){dense, 3}, (struct h4l_spikes){a, 2}, INFINITY,
                                &d, &err),
             err);
    CHECK_CLOSE(d, 3, 0); // 3 stays, 1 and 2 go, 1.5 comes
    CHECK_OK(h4l_van_rossum(none, single, 7, H4L_VAN_ROSSUM_2001, &d, &err), err);
    CHECK_CLOSE(d * d, 0.5, 1e-15);
    CHECK_OK(h4l_van_rossum(none, single, 7, H4L_VAN_ROSSUM_UNIT, &d, &err), err);
    CHECK_CLOSE(d, 1, 1e-15);
    // 33.001 - 31.001 is not 2 in double, but means 2.
    CHECK_OK(
        h4l_gamma((struct h4l_spikes){rounded, 1}, (struct h4l_spikes){later, 1}, w, &o, &g, &err),
        err);
    CHECK_INT(g.coincidences, 1);
    o.strict = 1;
    CHECK_OK(
        h4l_gamma((struct h4l_spikes){rounded, 1}, (struct h4l_spikes){later, 1}, w, &o, &g, &err),
        err);
    CHECK_INT(g.coincidences, 0);
    // One model spike near two data spikes: greedy counts both, one-to-one only one.
    o = (struct h4l_gamma_options){1, H4L_MATCH_GREEDY, 0};
    CHECK_OK(h4l_gamma((struct h4l_spikes){dense, 2}, (struct h4l_spikes){a, 1}, w, &o, &g, &err),
             err);
    CHECK_INT(g.coincidences, 2);
    o.matching = H4L_MATCH_ONE_TO_ONE;
    CHECK_OK(h4l_gamma((struct h4l_spikes){dense, 2}, (struct h4l_spikes){a, 1}, w, &o, &g, &err),
             err);
    CHECK_INT(g.coincidences, 1);
    CHECK_OK(h4l_gamma(none, none, w, &o, &g, &err), err);
    CHECK_TRUE(isnan(g.gamma));
    // Half a mean interval of the model's is the end: there chance hits every spike, and beyond it the formula would call two trains
    // that share nothing better than perfect.
    o = (struct h4l_gamma_options){0.99, H4L_MATCH_GREEDY, 0};
    struct h4l_window four = {0, 4};
    struct h4l_spikes two = {(double[]){1, 3}, 2}, other = {(double[]){0, 2}, 2};
    CHECK_OK(h4l_gamma(other, two, four, &o, &g, &err), err);
    CHECK_CLOSE(g.gamma, -99, 1e-9); // (0 - 1.98) / 2 / 0.01
    o.delta_ms = 1;
    CHECK_OK(h4l_gamma(two, two, four, &o, &g, &err), err);
    CHECK_TRUE(isnan(g.gamma));
    o.delta_ms = 5;
    CHECK_OK(h4l_gamma((struct h4l_spikes){(double[]){0}, 1}, two, four, &o, &g, &err), err);
    CHECK_TRUE(isnan(g.gamma));
    CHECK_OK(h4l_sample_distance(dense, 3, a, 2, &ks, &w1, &err), err);
    CHECK_CLOSE(ks, 1.0 / 3, 1e-15);
    CHECK_CLOSE(w1, 0.5 / 3 + 0.5 / 6 + 1.0 / 6,
                1e-15); // |1/3|, |1/3 - 1/2|, |2/3 - 1/2| over 0.5, 0.5, 1
    CHECK_INT(h4l_sample_distance(dense, 0, a, 2, &ks, &w1, &err), H4L_E_RANGE);
    CHECK_INT(h4l_van_rossum(none, single, 0, H4L_VAN_ROSSUM_UNIT, &d, &err), H4L_E_RANGE);
    CHECK_INT(h4l_victor_purpura(none, single, -1, &d, &err), H4L_E_RANGE);
    CHECK_INT(h4l_victor_purpura(none, (struct h4l_spikes){infinite, 2}, 1, &d, &err), H4L_E_RANGE);
    CHECK_INT(h4l_spike_distance(none, single, (struct h4l_window){0, 3}, H4L_EDGE_MAX, &d, &err),
              H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "train b") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),  cmocka_unit_test(test_detection),
        cmocka_unit_test(test_rates),      cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_edge_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
