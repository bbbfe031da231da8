// hh4lif-dynamics from outside: spike trains in files against reference distances, Lyapunov spectra against eigenvalues and
// Floquet exponents, the same metrics for any number of threads, other ones for another seed, refusals.
//
// Usage: dynamics PATH-OF-hh4lif-dynamics.
#include "family_program.h"

#include "hh4lif_config.h"

static void write_train(const char *name, const json_t *times)
{
    char text[4000] = "# a comment and a blank line\n\n";
    size_t n = strlen(text);

    for (size_t i = 0; i < json_array_size(times); i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.17g\n",
                              json_number_value(json_array_get(times, i)));
    write_file(name, text);
}

static void test_spike_metrics(void **state)
{
    json_t *root = load(H4L_SOURCE_DIR "/tests/data/spike_train_measures.json"), *pair;
    const char *name;

    (void)state;
    json_object_foreach(json_object_get(root, "pairs"), name, pair)
    {
        const json_t *vr = json_object_get(json_object_get(pair, "van_rossum"), "10"),
                     *gamma = json_object_get(pair, "gamma_Delta2");
        printf("%s\n", name);
        write_train("a.txt", json_object_get(pair, "a"));
        write_train("b.txt", json_object_get(pair, "b"));
        CHECK_INT(run("--case spike-metrics --set a=a.txt --set b=b.txt --set t_end_ms=%g --out m",
                      at(pair, "T1", -1)),
                  0);
        json_t *m = metrics("m", "spike-metrics");
        CHECK_CLOSE(at(m, "isi_distance", -1),
                    at(json_object_get(pair, "isi_distance"), "edge_max", -1), 1e-12);
        CHECK_CLOSE(at(m, "spike_distance", -1),
                    at(json_object_get(pair, "spike_distance"), "edge_max", -1), 1e-12);
        CHECK_CLOSE(at(m, "spike_distance_auxiliary_edges", -1),
                    at(json_object_get(pair, "spike_distance"), "edge_aux", -1), 1e-12);
        CHECK_CLOSE(at(m, "spike_synchronization", -1),
                    at(json_object_get(pair, "spike_sync"), "strict", -1), 1e-12);
        CHECK_CLOSE(at(m, "victor_purpura", -1),
                    at(json_object_get(pair, "victor_purpura"), "0.1", -1), 1e-12);
        CHECK_CLOSE(at(m, "van_rossum", -1), at(vr, "D_vanRossum2001", -1), 1e-12);
        CHECK_CLOSE(at(m, "van_rossum_unit", -1), at(vr, "D_unit", -1), 1e-12);
        CHECK_CLOSE(at(m, "gamma", -1), at(json_object_get(gamma, "a_data_b_model"), "Gamma", -1),
                    1e-12);
        CHECK_CLOSE(at(m, "gamma_b_data_a_model", -1),
                    at(json_object_get(gamma, "b_data_a_model"), "Gamma", -1), 1e-12);
        json_decref(m);
    }
    json_decref(root);
}

static void test_bad_trains(void **state)
{
    (void)state;
    write_file("good.txt", "1\n2\n3.5\n");
    write_file("word.txt", "1\ntwo\n");
    write_file("order.txt", "1\n3\n2\n");
    write_file("twice.txt", "1 2\n");
    CHECK_INT(run("--case spike-metrics --out n"), 77);
    CHECK_TRUE(stderr_has("--set a=FILE"));
    CHECK_INT(run("--case spike-metrics --set a=good.txt --out n"), 2);
    CHECK_TRUE(stderr_has("b=FILE"));
    CHECK_INT(run("--case spike-metrics --set a=good.txt --set b=none.txt --out n"), 3);
    CHECK_TRUE(stderr_has("none.txt"));
    CHECK_INT(run("--case spike-metrics --set a=good.txt --set b=word.txt --out n"), 3);
    CHECK_TRUE(stderr_has("word.txt, line 2") && stderr_has("two"));
    CHECK_INT(run("--case spike-metrics --set a=good.txt --set b=order.txt --out n"), 3);
    CHECK_TRUE(stderr_has("order.txt, line 3") && stderr_has("later"));
    CHECK_INT(run("--case spike-metrics --set a=good.txt --set b=twice.txt --out n"), 3);
    CHECK_INT(
        run("--case spike-metrics --set a=good.txt --set b=good.txt --set t_end_ms=3 --out n"), 2);
    CHECK_TRUE(stderr_has("good.txt") && stderr_has("window"));
    CHECK_INT(
        run("--case spike-metrics --set a=good.txt --set b=good.txt --set t_start_ms=9 --out n"),
        2);
    check_no_result("n", "spike-metrics");
}

static void test_spectra(void **state)
{
    (void)state;
    CHECK_INT(
        run("--case lyapunov-rest --case lyapunov-periodic --set slif_duration_ms=1000 --out l"),
        0);
    json_t *rest = metrics("l", "lyapunov-rest"), *cycle = metrics("l", "lyapunov-periodic");
    for (int i = 0; i < 4; i++) {
        CHECK_CLOSE(at(rest, "spectrum_hh_per_ms", i), at(rest, "eigenvalues_re_per_ms", i), 1e-6);
        CHECK_CLOSE(at(cycle, "spectrum_hh_per_ms", i), at(cycle, "floquet_exponents_per_ms", i),
                    1e-6);
    }
    CHECK_INT(json_array_size(json_object_get(rest, "spectrum_tv_per_ms")), 7);
    for (int i = 3; i < 6; i++)
        CHECK_CLOSE(at(rest, "spectrum_tv_per_ms", i), -1, 1e-9);
    CHECK_TRUE(json_is_null(json_object_get(cycle, "largest_slif2hh_map_per_ms"))); // -infinity
    json_decref(rest);
    json_decref(cycle);
    CHECK_INT(run("--case lyapunov-rest --set i0=50 --out l2"), 2);
    CHECK_TRUE(stderr_has("unstable"));
    CHECK_INT(run("--case lyapunov-periodic --set i0=2 --out l2"), 2);
    CHECK_TRUE(stderr_has("i0 = 2"));
    CHECK_INT(run("--case lyapunov-chaotic --set trajectories=20 --out l2"), 2);
    CHECK_TRUE(stderr_has("multiple of 8"));
}

// Neurons are listed, and further ones are named by --set neuron=NAME,...
static void test_neurons(void **state)
{
    (void)state;
    CHECK_INT(run("--list-neurons"), 0);
    CHECK_TRUE(stream_has("stdout", "hh ") && stream_has("stdout", "tv ") &&
               stream_has("stdout", "slif2hh "));
    CHECK_INT(run("--case spike-timing --set neuron=hhh --out p"), 2);
    CHECK_TRUE(stderr_has("neuron hhh") && stderr_has("did you mean hh?"));
    CHECK_INT(run("--case network --set neuron=tv --out p"), 2);
    CHECK_TRUE(stderr_has("neuron tv is compared already"));
    CHECK_INT(run("--case bifurcations --set neuron=tv --out p"), 2);
    CHECK_TRUE(stderr_has("parameter neuron is not used by the chosen cases"));
}

// Short runs of a case with one and with three threads, and with another seed.
static void check_threads(const char *name, const char *settings, int depends_on_seed)
{
    CHECK_INT(run("--case %s %s --threads 1 --out one", name, settings), 0);
    CHECK_INT(run("--case %s %s --threads 3 --out three", name, settings), 0);
    CHECK_INT(run("--case %s %s --threads 2 --seed 2 --out other", name, settings), 0);
    json_t *one = metrics("one", name), *three = metrics("three", name),
           *other = metrics("other", name);
    printf("  %s\n", name);
    CHECK_AT_LEAST(json_object_size(one), 3);
    CHECK_TRUE(json_equal(one, three));
    CHECK_TRUE(json_equal(one, other) != depends_on_seed);
    json_decref(one);
    json_decref(three);
    json_decref(other);
}

static void test_threads(void **state)
{
    (void)state;
    check_threads("lyapunov-chaotic",
                  "--set duration_ms=2000 --set trajectories=8 --set slif_duration_ms=1000", 1);
    check_threads("spike-timing", "--set runs=2 --set duration_ms=200", 1);
    check_threads("frequency", "--set duration_ms=4096", 1);
    check_threads("network",
                  "--set networks=2 --set window_ms=50 --set raster_ms=100 --set trajectories=2 "
                  "--set lyapunov_ms=10 --set exponents=2 --set step_ms=0.05",
                  1);
    check_threads("fi-curve", "--set currents_uA_per_cm2=10,154.6", 0);
    json_t *m = metrics("one", "fi-curve");
    CHECK_CLOSE(at(m, "isi_ms", 0), 14.636209989831557, 1e-9);
    CHECK_TRUE(json_is_null(
        json_array_get(json_object_get(m, "isi_ms"), 1))); // beyond the upper Hopf point
    json_decref(m);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spike_metrics), cmocka_unit_test(test_bad_trains),
        cmocka_unit_test(test_spectra), cmocka_unit_test(test_neurons),
        cmocka_unit_test(test_threads)};

    return RUN_FAMILY_TESTS("dynamics", tests, argc, argv);
}
