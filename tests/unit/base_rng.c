// Random streams: published known answers, an independent computation, positions, and moments.
#include "tests/check.h"

#include "base/rng.h"

// Philox4x64-10 written out from the paper (Salmon et al., SC 2011, section 3.3), independent of Random123's header.
static void philox(const uint64_t counter[4], const uint64_t key[2], uint64_t ret[4])
{
    uint64_t c[4], k[2] = {key[0], key[1]};

    memcpy(c, counter, sizeof c);
    for (int round = 0; round < 10; round++) {
        unsigned __int128 p0 = (unsigned __int128)c[0] * UINT64_C(0xD2E7470EE14C6C93);
        unsigned __int128 p1 = (unsigned __int128)c[2] * UINT64_C(0xCA5A826395121157);
        uint64_t c0 = (uint64_t)(p1 >> 64) ^ c[1] ^ k[0], c2 = (uint64_t)(p0 >> 64) ^ c[3] ^ k[1];

        c[1] = (uint64_t)p1;
        c[3] = (uint64_t)p0;
        c[0] = c0;
        c[2] = c2;
        k[0] += UINT64_C(0x9E3779B97F4A7C15);
        k[1] += UINT64_C(0xBB67AE8584CAA73B);
    }
    memcpy(ret, c, sizeof c);
}

static const uint64_t ones = UINT64_MAX;

// The three philox4x64 10 lines of Random123's file of known-answer vectors (kat_vectors).
static const struct {
    uint64_t counter[4], key[2], answer[4];
} known[] = {
    {{0, 0, 0, 0},
     {0, 0},
     {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
    {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
     {UINT64_MAX, UINT64_MAX},
     {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
    {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
     {0x452821e638d01377, 0xbe5466cf34e90c6c},
     {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
};

static void known_answers(void **state)
{
    struct h4l_rng rng;
    (void)state;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t got[4];

        philox(known[i].counter, known[i].key, got);
        for (int w = 0; w < 4; w++)
            CHECK_TRUE(got[w] == known[i].answer[w]);
    }
    // the first of them is a stream of ours: key 0, counter 0
    h4l_rng_init(&rng, 0, "", 0);
    rng.key[1] = 0;
    for (int w = 0; w < 4; w++)
        CHECK_TRUE(h4l_rng_u64(&rng) == known[0].answer[w]);
}

static void streams_are_philox(void **state)
{
    const uint64_t seeds[] = {0, 1, 42, ones}, indices[] = {0, 1, 2, UINT64_C(1) << 40, ones};
    int compared = 0, wrong = 0;
    (void)state;

    for (size_t s = 0; s < 4; s++)
        for (size_t i = 0; i < 5; i++) {
            struct h4l_rng rng;

            h4l_rng_init(&rng, seeds[s], "weights", indices[i]);
            for (uint64_t block = 0; block < 50; block++) {
                uint64_t counter[4] = {block, indices[i], 0, 0}, expected[4];
                uint64_t key[2] = {seeds[s], h4l_rng_hash("weights")};

                philox(counter, key, expected);
                for (int w = 0; w < 4; w++, compared++)
                    wrong += h4l_rng_u64(&rng) != expected[w];
            }
        }
    CHECK_INT(compared, 4 * 5 * 200);
    CHECK_INT(wrong, 0);
}

// Vectors of the FNV reference (64-bit FNV-1a).
static void hash_vectors(void **state)
{
    (void)state;
    CHECK_TRUE(h4l_rng_hash("") == UINT64_C(0xcbf29ce484222325));
    CHECK_TRUE(h4l_rng_hash("a") == UINT64_C(0xaf63dc4c8601ec8c));
    CHECK_TRUE(h4l_rng_hash("foobar") == UINT64_C(0x85944171f73967e8));
}

static void seek_and_tell(void **state)
{
    enum { N = 1000 };
    struct h4l_rng rng;
    uint64_t words[N];
    int wrong = 0;
    (void)state;

    h4l_rng_init(&rng, 7, "seek", 3);
    for (size_t i = 0; i < N; i++) {
        wrong += h4l_rng_tell(&rng) != i;
        words[i] = h4l_rng_u64(&rng);
    }
    for (size_t step = 0; step < N; step++) {
        size_t at = (step * 389) % N; // every position, forwards and backwards

        h4l_rng_seek(&rng, at);
        wrong += h4l_rng_tell(&rng) != at;
        for (size_t i = at; i < at + 6 && i < N; i++)
            wrong += h4l_rng_u64(&rng) != words[i];
    }
    CHECK_INT(wrong, 0);
    h4l_rng_seek(&rng, ones);
    CHECK_TRUE(h4l_rng_tell(&rng) == ones);
    h4l_rng_seek(&rng, 10);
    h4l_rng_normal(&rng);
    CHECK_INT(h4l_rng_tell(&rng), 12);
    h4l_rng_uniform(&rng);
    CHECK_INT(h4l_rng_tell(&rng), 13);
    h4l_rng_between(&rng, 2, 3);
    CHECK_INT(h4l_rng_tell(&rng), 14);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

// Streams that differ in seed, purpose or index only share no word (a chance meeting of 1.2e6 words of 64 bits: 4e-8).
static void streams_are_disjoint(void **state)
{
    enum { STREAMS = 30, WORDS = 40000, ALL = STREAMS * WORDS };
    const char *const purposes[] = {"weights", "jitter", "inputs"};
    uint64_t *words = malloc(ALL * sizeof *words);
    size_t n = 0;
    int shared = 0;
    (void)state;

    CHECK_TRUE(words != NULL);
    for (uint64_t seed = 1; seed <= 2; seed++)
        for (size_t p = 0; p < 3; p++)
            for (uint64_t index = 0; index < 5; index++) {
                struct h4l_rng rng;

                h4l_rng_init(&rng, seed, purposes[p], index);
                for (int i = 0; i < WORDS; i++)
                    words[n++] = h4l_rng_u64(&rng);
            }
    CHECK_INT(n, ALL);
    qsort(words, n, sizeof *words, by_value);
    for (size_t i = 1; i < n; i++)
        shared += words[i] == words[i - 1];
    CHECK_INT(shared, 0);
    free(words);
}

// 64 words of 0..2^64-1 at the ends of the range, by setting the buffer.
static void ends_of_the_range(void **state)
{
    struct h4l_rng rng = {.used = 0, .buffer = {0, UINT64_MAX, 0, UINT64_MAX}};
    (void)state;

    CHECK_CLOSE(h4l_rng_uniform(&rng), 0.0, 0);
    double top = h4l_rng_uniform(&rng);
    CHECK_TRUE(top < 1.0);
    CHECK_CLOSE(top, 1.0 - 0x1p-53, 0);
    rng.used = 1;
    CHECK_TRUE(h4l_rng_between(&rng, 1e16, 1e16 + 2) < 1e16 + 2);
    rng.used = 1;
    CHECK_CLOSE(h4l_rng_between(&rng, 5, 5), 5, 0);
    rng.used = 1; // u = 2^-53: the largest normal, sqrt(106 ln 2)
    rng.buffer[2] = 0;
    CHECK_CLOSE(h4l_rng_normal(&rng), sqrt(106 * log(2)), 1e-14);
    rng.used = 2; // u = 1
    CHECK_CLOSE(h4l_rng_normal(&rng), 0.0, 0);
}

// Moments against their own standard errors: mean, variance, third and fourth moment within 4 standard errors.
static void moments(void **state)
{
    enum { N = 1000000 };
    struct h4l_rng rng;
    double u1 = 0, u2 = 0, z1 = 0, z2 = 0, z3 = 0, z4 = 0;
    (void)state;

    h4l_rng_init(&rng, 1, "moments", 0);
    for (int i = 0; i < N; i++) {
        double u = h4l_rng_uniform(&rng), z = h4l_rng_normal(&rng);

        u1 += u;
        u2 += (u - 0.5) * (u - 0.5);
        z1 += z;
        z2 += z * z;
        z3 += z * z * z;
        z4 += z * z * z * z;
    }
    CHECK_CLOSE(u1 / N, 0.5, 4 * sqrt(1.0 / 12 / N));
    CHECK_CLOSE(u2 / N, 1.0 / 12, 4 * sqrt(1.0 / 180 / N));
    CHECK_CLOSE(z1 / N, 0, 4 * sqrt(1.0 / N));
    CHECK_CLOSE(z2 / N, 1, 4 * sqrt(2.0 / N));
    CHECK_CLOSE(z3 / N, 0, 4 * sqrt(15.0 / N));
    CHECK_CLOSE(z4 / N, 3, 4 * sqrt(96.0 / N));
}

// Kolmogorov-Smirnov distance of the normal numbers from Phi: below 1.95 / sqrt(n) except once in 1000 streams.
static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void normal_distribution(void **state)
{
    enum { N = 100000 };
    double *z = malloc(N * sizeof *z), distance = 0;
    struct h4l_rng rng;
    (void)state;

    CHECK_TRUE(z != NULL);
    h4l_rng_init(&rng, 1, "ks", 0);
    for (int i = 0; i < N; i++)
        z[i] = h4l_rng_normal(&rng);
    qsort(z, N, sizeof *z, by_double);
    for (int i = 0; i < N; i++) {
        double phi = 0.5 * erfc(-z[i] / sqrt(2));

        distance = h4l_worst(distance, fmax(fabs(phi - (double)i / N), fabs((i + 1.0) / N - phi)));
    }
    CHECK_AT_MOST(distance, 1.95 / sqrt(N));
    free(z);
}

// Chi-square of the bins within 4.5 standard deviations of its mean.
static void below_is_uniform(void **state)
{
    enum { N = 600000 };
    const uint64_t sizes[] = {1, 2, 3, 7, 100};
    (void)state;

    for (size_t s = 0; s < 5; s++) {
        uint64_t n = sizes[s];
        double count[100] = {0}, chi2 = 0, expected = (double)N / (double)n;
        struct h4l_rng rng;

        h4l_rng_init(&rng, 3, "below", n);
        for (int i = 0; i < N; i++) {
            uint64_t x = h4l_rng_below(&rng, n);

            if (x >= n)
                CHECK_TRUE(x < n);
            count[x]++;
        }
        for (uint64_t i = 0; i < n; i++)
            chi2 += (count[i] - expected) * (count[i] - expected) / expected;
        CHECK_AT_MOST(fabs(chi2 - (double)(n - 1)), 4.5 * sqrt(2 * (double)(n - 1)));
    }
}

// For n = 3 * 2^62 a quarter of the words must be rejected; without rejection every third value would come up twice as
// often: the third part of the range above 2^63 would have probability 1/4 instead of 1/3.
static void below_rejects(void **state)
{
    enum { N = 300000 };
    const uint64_t n = UINT64_C(3) << 62;
    struct h4l_rng rng;
    double third[3] = {0}, residue[3] = {0};
    (void)state;

    h4l_rng_init(&rng, 3, "reject", 0);
    for (int i = 0; i < N; i++) {
        uint64_t x = h4l_rng_below(&rng, n);

        third[x >> 62]++;
        residue[x % 3]++;
    }
    for (int i = 0; i < 3; i++) {
        CHECK_CLOSE(third[i] / N, 1.0 / 3, 4.5 * sqrt(2.0 / 9 / N));
        CHECK_CLOSE(residue[i] / N, 1.0 / 3, 4.5 * sqrt(2.0 / 9 / N));
    }
    CHECK_CLOSE((double)h4l_rng_tell(&rng) / N, 4.0 / 3, 4.5 * sqrt(4.0 / 9 / N));
    CHECK_INT(h4l_rng_below(&rng, 1), 0);
}

static void shuffles(void **state)
{
    enum { N = 60000 };
    double count[6] = {0};
    struct h4l_rng rng;
    (void)state;

    h4l_rng_init(&rng, 9, "shuffle", 0);
    for (int i = 0; i < N; i++) {
        uint32_t a[3] = {0, 1, 2};

        h4l_rng_shuffle(&rng, a, 3);
        CHECK_TRUE(i || a[0] + a[1] + a[2] == 3);
        count[a[0] * 2 + (a[1] > a[2])]++;
    }
    for (int i = 0; i < 6; i++)
        CHECK_CLOSE(count[i] / N, 1.0 / 6, 4.5 * sqrt(5.0 / 36 / N));
    uint32_t big[1000];
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 1000; i++)
        big[i] = i;
    h4l_rng_shuffle(&rng, big, 1000);
    for (int i = 0; i < 1000; i++)
        sum += big[i];
    CHECK_INT(sum, 999 * 500);
    h4l_rng_shuffle(&rng, big, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(streams_are_philox),
        cmocka_unit_test(hash_vectors),
        cmocka_unit_test(seek_and_tell),
        cmocka_unit_test(streams_are_disjoint),
        cmocka_unit_test(ends_of_the_range),
        cmocka_unit_test(moments),
        cmocka_unit_test(normal_distribution),
        cmocka_unit_test(below_is_uniform),
        cmocka_unit_test(below_rejects),
        cmocka_unit_test(shuffles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
