// The fast LIF arrays at every instruction level: the bits of the plain neuron.
#include "neuron/lif_fast.h"

#include "base/rng.h"
#include "check.h"

enum { N = 203, STEPS = 90, ROW = (N + 7) / 8 }; // N: whole tiles and a rest at every level

static double I[STEPS][N];
static float I_float[STEPS][N];

static void inputs(void)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "unit lif_fast", 0);
    for (int k = 0; k < STEPS; k++)
        for (int i = 0; i < N; i++) {
            I[k][i] = h4l_rng_between(&rng, -0.2, 0.5);
            I_float[k][i] = (float)I[k][i];
        }
    for (int k = 0; k < STEPS;
         k++) { // exactly at threshold: no spike; just above: a spike; signed zeros
        I[k][0] = 0.3, I[k][1] = nextafter(0.3, 1), I[k][2] = -0.0, I[k][3] = 0;
        for (int i = 0; i < 4; i++)
            I_float[k][i] = (float)I[k][i];
    }
}

static int step_float(const struct h4l_lif *lif, float i, float *v)
{
    float kept = *v > (float)lif->threshold ? 0 : *v;

    *v = (float)lif->decay * kept + i;
    return *v > (float)lif->threshold;
}

struct outcome {
    double v[N];
    float vf[N];
    uint8_t raster[STEPS][ROW];
    uint32_t count[N];
};

static void plain(const struct h4l_lif *lif, int driven, int is_float, struct outcome *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int k = 0; k < STEPS; k++)
        for (int i = 0; i < N; i++) {
            int s = is_float ? step_float(lif, I_float[driven ? k : 0][i], &ret->vf[i])
                             : h4l_lif_step(lif, I[driven ? k : 0][i], &ret->v[i]);

            ret->raster[k][i / 8] |= (uint8_t)(s << i % 8);
            ret->count[i] += (uint32_t)s;
        }
}

static void same_bits_as_plain(void **state)
{
    const struct h4l_lif kinds[] = {{0.2, 0.3}, {0.9, 0.1}, {0.5, 0.2}, {-0.5, -0.1}};
    size_t spikes = 0;

    (void)state;
    inputs();
    for (int level = 0; level < H4L_SIMD_LEVELS; level++)
        for (int c = 0; c < 16 && h4l_simd_available((enum h4l_simd)level); c++) {
            int driven = c & 1, is_float = c >> 1 & 1;
            const struct h4l_lif *lif = &kinds[c >> 2];
            struct outcome a, b;
            struct h4l_lif_spikes s = {b.raster[0], b.count};

            plain(lif, driven, is_float, &a);
            memset(&b, 0, sizeof b);
            memset(b.raster, 0xff, sizeof b.raster);
            if (is_float)
                h4l_lif_fast_run_float(lif, (enum h4l_simd)level, N, b.vf, I_float[0],
                                       driven ? N : 0, STEPS, &s);
            else
                h4l_lif_fast_run(lif, (enum h4l_simd)level, N, b.v, I[0], driven ? N : 0, STEPS,
                                 &s);
            printf("%s %s %s decay %g: ", h4l_simd_name((enum h4l_simd)level),
                   driven ? "driven" : "constant", is_float ? "float" : "double", lif->decay);
            CHECK_TRUE(memcmp(&a, &b, sizeof a) == 0);
            for (int i = 0; i < N; i++)
                spikes += a.count[i];

            // Without records, and split into single steps, the potentials are the same.
            memset(b.v, 0, sizeof b.v);
            memset(b.vf, 0, sizeof b.vf);
            for (int k = 0; k < STEPS; k++)
                if (is_float)
                    h4l_lif_fast_run_float(lif, (enum h4l_simd)level, N, b.vf,
                                           I_float[driven ? k : 0], N, 1, NULL);
                else
                    h4l_lif_fast_run(lif, (enum h4l_simd)level, N, b.v, I[driven ? k : 0], 0, 1,
                                     NULL);
            CHECK_TRUE(memcmp(a.v, b.v, sizeof a.v) == 0 && memcmp(a.vf, b.vf, sizeof a.vf) == 0);
        }
    CHECK_AT_LEAST(spikes, 1000);
}

// Small N, from nothing to a little more than a tile.
static void every_small_number(void **state)
{
    (void)state;
    inputs();
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        size_t wrong = 0;

        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        for (size_t n = 0; n <= 140; n++) {
            double v[N] = {0}, expected[N] = {0};

            h4l_lif_fast_run(&h4l_lif_learning, (enum h4l_simd)level, n, v, I[0], N, STEPS, NULL);
            for (size_t i = 0; i < n; i++)
                for (int k = 0; k < STEPS; k++)
                    h4l_lif_step(&h4l_lif_learning, I[k][i], &expected[i]);
            wrong += memcmp(v, expected, sizeof v) != 0;
        }
        CHECK_INT(wrong, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_as_plain),
        cmocka_unit_test(every_small_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
