// hh4lif-equivalence from outside: the published XOR network and, where the published files are at hand, the published fully
// connected one, figure by figure; the default fc; single against reference errors; any number of threads; refusals.
//
// Usage: equivalence PATH-OF-hh4lif-equivalence. With H4L_PUBLISHED_DIR set to a folder that holds the published weight.mat and
// input.png (they are not part of this project), their run is checked too.
#include "family_program.h"

#include "hh4lif_config.h"

static json_t *reference(const char *name)
{
    char path[500];

    snprintf(path, sizeof path, "%s/tests/data/%s", H4L_SOURCE_DIR, name);
    return load(path);
}

// metrics[name] lists the times (ms) of the samples that the reference numbers from 1: times[i] = (index - 1) * 0.001.
static void check_times(const json_t *m, const char *name, const json_t *indices)
{
    const json_t *times = json_object_get(m, name);
    double worst = 0;

    printf("  %s\n", name);
    CHECK_INT(json_array_size(times), json_array_size(indices));
    CHECK_AT_LEAST(json_array_size(indices), 1);
    for (size_t i = 0; i < json_array_size(indices); i++)
        worst = h4l_worst(
            worst, fabs(json_number_value(json_array_get(times, i)) -
                        ((double)json_integer_value(json_array_get(indices, i)) - 1) * 0.001));
    CHECK_AT_MOST(worst, 1e-9);
}

// ---- XOR ----

static void check_xor_neuron(const json_t *m, const json_t *ref, int neuron, const char *key,
                             const char *name)
{
    const json_t *r = json_object_get(ref, key);
    char times[80];

    CHECK_CLOSE(at(m, "max_abs_error_mV_published_order", neuron),
                at(r, "max_abs_V_HH_minus_F_plus_u4", -1), 1e-9);
    CHECK_CLOSE(at(m, "rms_error_mV_published_order", neuron), at(r, "rms", -1), 1e-9);
    CHECK_CLOSE(at(m, "max_abs_threshold_test_error_mV_published_order", neuron),
                at(r, "max_abs_V_HH_minus_thresholded_quantity", -1), 1e-9);
    CHECK_AT_MOST(at(m, "max_abs_error_mV_exact_order", neuron), 1e-9);
    if (!name)
        return;
    snprintf(times, sizeof times, "%s_spike_times_hh_ms", name);
    check_times(m, times, json_object_get(r, "first_high_index_hh"));
    snprintf(times, sizeof times, "%s_spike_times_tv_ms", name);
    check_times(m, times, json_object_get(r, "first_high_index_tv"));
}

static void check_xor(const char *name, const char *file)
{
    json_t *m, *ref = reference(file);

    CHECK_INT(run("--case %s --out xor", name), 0);
    m = metrics("xor", name);
    check_xor_neuron(m, ref, 0, "neuron1_input_x1", "input1");
    check_xor_neuron(m, ref, 1, "neuron3_input_x2", "input2");
    check_xor_neuron(m, ref, 2, "neuron2_output", NULL);
    check_times(m, "output_spike_times_hh_ms",
                json_object_get(json_object_get(ref, "output_hh"), "first_high_index"));
    check_times(m, "output_spike_times_tv_ms",
                json_object_get(json_object_get(ref, "output_tv"), "first_high_index"));
    CHECK_INT(at(m, "samples_differing_published_order", -1),
              json_array_size(json_object_get(ref, "samples_that_differ")));
    CHECK_INT(at(m, "samples_differing_exact_order", -1), 0);
    CHECK_INT(at(m, "samples", -1), at(ref, "n_output_samples", -1));
    json_decref(m);
    json_decref(ref);
}

static void test_xor_of_the_paper(void **state)
{
    (void)state;
    check_xor("xor-40-40", "xor_40_40.json");
    check_xor("xor-40-0", "xor_40_0.json");
}

static void test_other_xor_inputs(void **state)
{
    json_t *m;

    (void)state;
    CHECK_INT(run("--case 'xor-0-*' --out xor"), 0);
    m = metrics("xor", "xor-0-0");
    for (int i = 0; i < 3; i++) { // nothing drives any neuron: all three do the same
        CHECK_CLOSE(at(m, "max_abs_error_mV_published_order", i),
                    at(m, "max_abs_error_mV_published_order", 0), 0);
        CHECK_AT_MOST(at(m, "max_abs_error_mV_exact_order", i), 1e-9);
    }
    CHECK_CLOSE(at(m, "output_spike_times_hh_ms", 0), 4.992, 1e-9); // the transient of the start
    CHECK_INT(json_array_size(json_object_get(m, "output_spike_times_hh_ms")), 1);
    json_decref(m);
    m = metrics("xor", "xor-0-40");
    CHECK_INT(at(m, "samples_differing_exact_order", -1), 0);
    CHECK_CLOSE(at(m, "max_abs_error_mV_published_order", 1), 0.4889333722988809,
                1e-9); // as input 1 of xor-40-*
    CHECK_AT_LEAST(json_array_size(json_object_get(m, "output_spike_times_hh_ms")), 1);
    json_decref(m);
}

// ---- fc ----

static void test_fc_default(void **state)
{
    json_t *m;
    const json_t *counts;
    json_int_t fewest = 1000, most = 0;

    (void)state;
    CHECK_INT(run("--case fc --out fc"), 0);
    m = metrics("fc", "fc");
    CHECK_INT(at(m, "samples_differing_exact_order", -1), 0);
    CHECK_INT(at(m, "samples_differing_layer1_exact_order", -1), 0);
    CHECK_AT_LEAST(at(m, "samples_differing_published_order", -1), 1); // edges move by a sample
    CHECK_TRUE(json_equal(json_object_get(m, "output_spike_counts_hh"),
                          json_object_get(m, "output_spike_counts_tv")));
    CHECK_TRUE(json_equal(json_object_get(m, "layer1_spike_counts_hh"),
                          json_object_get(m, "layer1_spike_counts_tv_exact_order")));
    for (int layer = 0; layer < 2; layer++) {
        CHECK_AT_MOST(at(m, "max_abs_error_mV_exact_order", layer), 1e-9);
        // the weights are drawn so that no count is near the threshold (the published ones: 0.007 mV)
        CHECK_AT_LEAST(at(m, "lowest_peak_above_threshold_mV", layer), -40 + 5);
        CHECK_AT_MOST(at(m, "highest_peak_below_threshold_mV", layer), -40 - 5);
    }
    counts = json_object_get(m, "layer1_spike_counts_hh");
    CHECK_INT(json_array_size(counts), 128);
    for (size_t i = 0; i < 128; i++) {
        json_int_t n = json_integer_value(json_array_get(counts, i));
        fewest = n < fewest ? n : fewest;
        most = n > most ? n : most;
    }
    CHECK_INT(fewest, 1);    // from the transient alone ...
    CHECK_AT_LEAST(most, 6); // ... to fast firing
    json_decref(m);
}

static void test_fc_published(void **state)
{
    const char *given = getenv("H4L_PUBLISHED_DIR");
    char dir[PATH_MAX]; // absolute: the program runs in another folder
    json_t *m, *ref, *expected[2];
    const json_t *layer;

    (void)state;
    if (!given || !H4L_HAVE_MATIO || !H4L_HAVE_PNG) {
        printf("  not run: needs H4L_PUBLISHED_DIR, libmatio and libpng\n");
        skip();
    }
    assert_non_null(realpath(given, dir));
    CHECK_INT(
        run("--case fc --weights '%s/weight.mat' --image '%s/input.png' --out published", dir, dir),
        0);
    m = metrics("published", "fc");
    ref = reference("fully_connected.json");
    static const char *const same[] = {"output_spike_counts_hh", "output_spike_counts_tv",
                                       "layer1_spike_counts_hh", "layer1_spike_counts_tv"};
    for (size_t i = 0; i < 4; i++)
        h4l_check(json_equal(json_object_get(m, same[i]), json_object_get(ref, same[i])), __FILE__,
                  __LINE__, "%s: as published", same[i]);
    for (int tv = 0; tv < 2; tv++) { // all output neurons' times, one neuron after the other
        const json_t *raster =
            json_object_get(json_object_get(ref, "output_raster"), tv ? "tv" : "hh");

        expected[tv] = json_array();
        for (int k = 1; k <= 10; k++) {
            char key[4];

            snprintf(key, sizeof key, "%d", k);
            json_array_extend(expected[tv],
                              json_object_get(json_object_get(raster, key), "first_high_index"));
        }
        check_times(m, tv ? "output_spike_times_tv_ms" : "output_spike_times_hh_ms", expected[tv]);
        json_decref(expected[tv]);
    }
    CHECK_INT(at(m, "samples_differing_published_order", -1), 19);
    CHECK_INT(at(m, "samples_differing_exact_order", -1), 0);
    CHECK_INT(at(m, "samples_differing_layer1_published_order", -1),
              at(ref, "layer1_spike_samples_that_differ", -1));
    CHECK_INT(at(m, "samples", -1), at(ref, "output_samples_total", -1));
    for (int l = 0; l < 2; l++) {
        layer = json_object_get(ref, l ? "layer2" : "layer1");
        CHECK_CLOSE(at(m, "max_abs_error_mV_published_order", l),
                    at(layer, "max_abs_V_HH_minus_F_plus_u4", -1), 1e-9);
        CHECK_CLOSE(at(m, "rms_error_mV_published_order", l), at(layer, "rms", -1), 1e-9);
        CHECK_CLOSE(at(m, "lowest_peak_above_threshold_mV", l),
                    at(layer, "lowest_peak_above_threshold", -1), 1e-9);
        CHECK_CLOSE(at(m, "highest_peak_below_threshold_mV", l),
                    at(layer, "highest_peak_below_threshold", -1), 1e-9);
        CHECK_AT_MOST(at(m, "max_abs_error_mV_exact_order", l), 1e-9);
    }
    json_decref(m);
    json_decref(ref);
}

// ---- single ----

static void test_single(void **state)
{
    json_t *m, *ref = reference("convergence_euler_and_expeuler.json"), *row;
    size_t i, checked = 0;

    (void)state;
    CHECK_INT(run("--case single --set float_run_ms=100 --out single"), 0);
    m = metrics("single", "single");
    CHECK_INT(json_array_size(json_object_get(m, "dt_ms")), 5);
    json_array_foreach(ref, i, row)
    {
        const char *order = json_string_value(json_object_get(row, "F_in_u4"));
        const char *input = json_string_value(json_object_get(row, "input"));
        char name[80];

        if (strcmp(json_string_value(json_object_get(row, "scheme")), "FE") ||
            strcmp(json_string_value(json_object_get(row, "gates")), "shared") ||
            strcmp(json_string_value(json_object_get(row, "precision")), "double"))
            continue;
        snprintf(name, sizeof name, "max_abs_error_mV_%s_order_%s",
                 strcmp(order, "new") ? "exact" : "published",
                 strcmp(input, "const10") ? "sine10" : "const10");
        for (int k = 0; k < 5; k++)
            if (at(m, "dt_ms", k) == at(row, "dt_ms", -1)) {
                printf("  %s at dt = %g\n", name, at(row, "dt_ms", -1));
                CHECK_CLOSE(at(m, name, k), at(row, "max_err_sync", -1), 1e-9);
                checked++;
            }
    }
    CHECK_INT(checked, 2 * 2 * 5);
    for (int k = 0; k < 5; k++) {
        CHECK_CLOSE(at(m, "max_abs_error_mV_published_order", k),
                    fmax(at(m, "max_abs_error_mV_published_order_const10", k),
                         at(m, "max_abs_error_mV_published_order_sine10", k)),
                    0);
        CHECK_AT_MOST(at(m, "max_abs_error_mV_exact_order_all_inputs", k), 1e-9);
    }
    CHECK_INT(at(m, "total_samples_differing_exact_order", -1), 0);
    CHECK_INT(at(m, "total_samples_differing_rk4", -1), 0);
    CHECK_AT_MOST(at(m, "worst_abs_error_mV_rk4", -1), 1e-9);
    CHECK_CLOSE(at(m, "min_convergence_order_published_order", -1), 1, 0.05);
    CHECK_CLOSE(at(m, "max_convergence_order_published_order", -1), 1, 0.05);
    json_decref(m);
    json_decref(ref);
}

// ---- threads, refusals ----

static void test_threads_do_not_matter(void **state)
{
    static const char *const names[] = {"single", "xor-40-0", "fc"};
    static const int threads[] = {1, 2, 3, 7};
    json_t *first[3] = {NULL};

    (void)state;
    for (int t = 0; t < 4; t++) {
        CHECK_INT(run("--case single --case xor-40-0 --case fc --set t_end_ms=4 --set dt_ms=0.005 "
                      "--set float_run_ms=10 --threads %d --out threads%d",
                      threads[t], threads[t]),
                  0);
        for (int i = 0; i < 3; i++) {
            char out[20];
            json_t *m;

            snprintf(out, sizeof out, "threads%d", threads[t]);
            m = metrics(out, names[i]);
            if (!first[i])
                first[i] = json_incref(m);
            h4l_check(json_equal(first[i], m), __FILE__, __LINE__, "%s: %d threads as 1", names[i],
                      threads[t]);
            json_decref(m);
        }
    }
    for (int i = 0; i < 3; i++)
        json_decref(first[i]);
}

static void test_seed_matters(void **state)
{
    json_t *a, *b;

    (void)state;
    CHECK_INT(run("--case fc --set t_end_ms=2 --seed 1 --out seed1"), 0);
    CHECK_INT(run("--case fc --set t_end_ms=2 --seed 2 --out seed2"), 0);
    a = metrics("seed1", "fc");
    b = metrics("seed2", "fc");
    CHECK_TRUE(at(a, "layer1_drive_mean_uA_per_cm2", -1) !=
               at(b, "layer1_drive_mean_uA_per_cm2", -1));
    json_decref(a);
    json_decref(b);
}

static void test_refusals(void **state)
{
    (void)state;
    write_file("foreign", "neither a MATLAB file nor an image\n");
    if (H4L_HAVE_MATIO) {
        CHECK_INT(run("--case fc --weights foreign --out bad"), 3);
        CHECK_TRUE(stderr_has("foreign: expected a MATLAB 5.0 MAT-file"));
        CHECK_INT(run("--case fc --weights absent.mat --out bad"), 3);
        CHECK_TRUE(stderr_has("absent.mat"));
    } else {
        CHECK_INT(run("--case fc --weights foreign --out bad"), 77);
        CHECK_TRUE(stderr_has("libmatio-dev"));
    }
    if (H4L_HAVE_PNG) {
        CHECK_INT(run("--case fc --image foreign --out bad"), 3);
        CHECK_TRUE(stderr_has("foreign: expected a PNG image"));
    } else {
        CHECK_INT(run("--case fc --image foreign --out bad"), 77);
        CHECK_TRUE(stderr_has("libpng-dev"));
    }
    check_no_result("bad", "fc");
    CHECK_INT(run("--case fd --out bad"), 2);
    CHECK_TRUE(stderr_has("fd"));
    CHECK_INT(run("--case fc --set dt_ms=0.2 --out bad"), 2);
    CHECK_TRUE(stderr_has("dt_ms"));
    CHECK_INT(run("--case single --set dt_ms=0.01,x --out bad"), 2);
    CHECK_INT(run("--case single --set weight_uA_per_cm2=3 --out bad"), 2);
    check_no_result("bad", "fc");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xor_of_the_paper), cmocka_unit_test(test_other_xor_inputs),
        cmocka_unit_test(test_fc_default),       cmocka_unit_test(test_fc_published),
        cmocka_unit_test(test_single),           cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_seed_matters),     cmocka_unit_test(test_refusals),
    };

    return RUN_FAMILY_TESTS("equivalence", tests, argc, argv);
}
