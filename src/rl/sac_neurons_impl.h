// The spiking layer of sac.c for one precision: included like sac_impl.h, before it. No include guard.
// A vector holds 64 bytes of neighbouring neurons; a block of them runs through its whole window in registers, and the way
// back computes the potentials again instead of reading them from memory. Vectors go by pointer: by value, the calling convention
// would depend on the instruction level.

typedef REAL NAME(vec) __attribute__((vector_size(64), aligned(sizeof(REAL)), may_alias));
typedef INT NAME(mask) __attribute__((vector_size(64), aligned(sizeof(REAL)), may_alias));

// Constants of a layer. Per neuron and step: v <- a v (1 - reset s) + b I + c. Rows of Hp neurons, a multiple of a vector.
struct NAME(layer) {
    int Hp, W, R;
    REAL threshold, width, decay;
    INT resets; // all bits set, or none
    REAL mix[4];
    const REAL *a, *b, *c; // [T][Hp], [Hp], [T][Hp]
    size_t projection;     // between two projections of the input, each [n W][Hp]
};

// The four units of each neuron beside each other in memory, as the heads' weights want them; and apart again.
H4L_INLINE void NAME(store_units)(const NAME(vec) * x, REAL *to)
{
    NAME(vec)
    low = LOWS(x[0], x[2]), high = HIGHS(x[0], x[2]), low1 = LOWS(x[1], x[3]),
    high1 = HIGHS(x[1], x[3]);

    *(NAME(vec) *)to = LOWS(low, low1);
    *(NAME(vec) *)(to + LANES) = HIGHS(low, low1);
    *(NAME(vec) *)(to + 2 * LANES) = LOWS(high, high1);
    *(NAME(vec) *)(to + 3 * LANES) = HIGHS(high, high1);
}

H4L_INLINE void NAME(load_units)(const REAL *from, NAME(vec) * ret)
{
    NAME(vec) x[4];

    for (int i = 0; i < 4; i++)
        x[i] = *(const NAME(vec) *)(from + i * LANES);
    NAME(vec)
    even = EVENS(x[0], x[1]), even2 = EVENS(x[2], x[3]), odd = ODDS(x[0], x[1]),
    odd2 = ODDS(x[2], x[3]);
    ret[0] = EVENS(even, even2);
    ret[1] = EVENS(odd, odd2);
    ret[2] = ODDS(even, even2);
    ret[3] = ODDS(odd, odd2);
}

// One step: potentials v[U] from a, the drives b I + c of the first three units, and the mixed potentials of before.
H4L_INLINE void NAME(step)(int units, const struct NAME(layer) * l, const NAME(vec) * a,
                           const NAME(vec) * drive, NAME(vec) * v)
{
    NAME(vec) fourth = {0};

    if (units == 4)
        fourth = l->mix[0] * v[0] + l->mix[1] * v[1] + l->mix[2] * v[2] + l->mix[3];
    for (int u = 0; u < units; u++) {
        NAME(mask) cleared = (v[u] > l->threshold) & l->resets;
        NAME(vec) kept = *a * v[u];
        kept = (NAME(vec))(~cleared & (NAME(mask))kept);
        v[u] = kept + (u < 3 ? drive[u] : fourth);
    }
}

// Drives of one observation: inputs times b.
H4L_INLINE void NAME(load_drives)(enum neurons kind, const struct NAME(layer) * l,
                                  const REAL *input, int h, NAME(vec) * ret)
{
    for (size_t p = 0; p < (kind == FOURFOLD ? 3 : 1); p++) {
        ret[p] = *(const NAME(vec) *)(input + p * l->projection);
        if (kind == TABLES)
            ret[p] *= *(const NAME(vec) *)(l->b + h);
    }
}

// Factor of the potential in step t, and the step's own drive.
H4L_INLINE void NAME(load_tables)(enum neurons kind, const struct NAME(layer) * l, int t, int h,
                                  const NAME(vec) * drive, NAME(vec) * ret_a, NAME(vec) * ret_drive)
{
    size_t at = (size_t)t * (size_t)l->Hp + (size_t)h;

    for (int p = 0; p < (kind == FOURFOLD ? 3 : 1); p++)
        ret_drive[p] = drive[p];
    *ret_a = (NAME(vec)){0} + l->decay;
    if (kind == TABLES) {
        *ret_a = *(const NAME(vec) *)(l->a + at);
        ret_drive[0] += *(const NAME(vec) *)(l->c + at);
    }
}

H4L_INLINE void NAME(forward_of)(enum neurons kind, const struct NAME(layer) * l, int n,
                                 const REAL *input, REAL *z)
{
    const int units = kind == FOURFOLD ? 4 : 1;
    const size_t Hp = (size_t)l->Hp, W = (size_t)l->W;
    const REAL share = 1 / (REAL)(l->W * l->R);
    const NAME(vec) one = (NAME(vec)){0} + 1;

    for (int h = 0; h < l->Hp; h += LANES)
        for (size_t i = 0; i < (size_t)n; i++) {
            NAME(vec) v[4] = {0}, count[4] = {0};

            for (int w = 0; w < l->W; w++) {
                NAME(vec) drive[3], now[3], a;

                NAME(load_drives)(kind, l, input + (i * W + (size_t)w) * Hp + h, h, drive);
                if (kind == BINARY || kind == GRADED) { // memoryless: each repetition is the same
                    v[0] = (NAME(vec))((drive[0] > 0) & (NAME(mask))drive[0]);
                    count[0] +=
                        (kind == GRADED ? v[0]
                                        : (NAME(vec))((v[0] > l->threshold) & (NAME(mask))one)) *
                        (REAL)l->R;
                    continue;
                }
                for (int t = w * l->R; t < (w + 1) * l->R; t++) {
                    NAME(load_tables)(kind, l, t, h, drive, &a, now);
                    NAME(step)(units, l, &a, now, v);
                    for (int u = 0; u < units; u++)
                        count[u] += (NAME(vec))((v[u] > l->threshold) & (NAME(mask))one);
                }
            }
            for (int u = 0; u < units; u++)
                count[u] *= share;
            if (units == 4)
                NAME(store_units)(count, z + (i * Hp + (size_t)h) * 4);
            else
                *(NAME(vec) *)(z + i * Hp + (size_t)h) = count[0];
        }
}

// dL/dv of step t from that of the step after (both in d; old4: the fourth unit's), a_next the factor between them.
H4L_INLINE void NAME(step_back)(int units, const struct NAME(layer) * l, const NAME(vec) * a_next,
                                const NAME(vec) * v, const NAME(vec) * ds, NAME(vec) * d)
{
    NAME(vec) later4 = d[units - 1];

    for (int u = 0; u < units; u++) {
        NAME(vec) from = v[u] - l->threshold, carried = *a_next * d[u];
        NAME(mask) near = (NAME(vec))((NAME(mask))from & INT_MOST) < l->width; // |from|
        NAME(mask) cleared = (from > 0) & l->resets;
        NAME(vec) own = ds[u] - (NAME(vec))(l->resets & (NAME(mask))(v[u] * carried));

        d[u] = (NAME(vec))(near & (NAME(mask))own) + (NAME(vec))(~cleared & (NAME(mask))carried);
        if (units == 4 && u < 3)
            d[u] += l->mix[u] * later4;
    }
}

// Potentials of one sample's window, all steps.
H4L_INLINE void NAME(replay)(enum neurons kind, const struct NAME(layer) * l, const REAL *input,
                             int h, NAME(vec) v[][4])
{
    const int units = kind == FOURFOLD ? 4 : 1;
    NAME(vec) state[4] = {0};

    for (int w = 0; w < l->W; w++) {
        NAME(vec) drive[3], now[3], a;

        NAME(load_drives)(kind, l, input + (size_t)w * (size_t)l->Hp, h, drive);
        for (int t = w * l->R; t < (w + 1) * l->R; t++) {
            NAME(load_tables)(kind, l, t, h, drive, &a, now);
            NAME(step)(units, l, &a, now, state);
            for (int u = 0; u < units; u++)
                v[t][u] = state[u];
        }
    }
}

H4L_INLINE void NAME(sum_mix)(const NAME(vec) * d, double *ret)
{
    for (int u = 0; u < 4; u++)
        for (int i = 0; i < LANES; i++)
            ret[u] += (double)d[u][i];
}

H4L_INLINE void NAME(backward_of)(enum neurons kind, const struct NAME(layer) * l, int n,
                                  const REAL *input, const REAL *dz, REAL *dinput, double *dmix)
{
    const int units = kind == FOURFOLD ? 4 : 1, T = l->W * l->R;
    const size_t Hp = (size_t)l->Hp, W = (size_t)l->W;
    const REAL share = 1 / (REAL)T;

    for (int h = 0; h < l->Hp; h += LANES) {
        NAME(vec) mixed[4] = {0};

        for (size_t i = 0; i < (size_t)n; i++) {
            NAME(vec) v[H4L_CELL_MAX_WINDOW][4], ds[4], d[4] = {0};
            const REAL *in = input + i * W * Hp + h;

            if (units == 4)
                NAME(load_units)(dz + (i * Hp + (size_t)h) * 4, ds);
            else
                ds[0] = *(const NAME(vec) *)(dz + i * Hp + (size_t)h);
            for (int u = 0; u < units; u++)
                ds[u] *= share;
            NAME(replay)(kind, l, in, h, v);
            for (int w = l->W - 1; w >= 0; w--) {
                NAME(vec) sum[3] = {0};

                for (int t = (w + 1) * l->R - 1; t >= w * l->R; t--) {
                    NAME(vec) a_next = (NAME(vec)){0} + l->decay;

                    if (kind == TABLES && t + 1 < T)
                        a_next = *(const NAME(vec) *)(l->a + (size_t)(t + 1) * Hp + h);
                    NAME(step_back)(units, l, &a_next, v[t], ds, d);
                    for (int p = 0; p < (units == 4 ? 3 : 1); p++)
                        sum[p] += d[p];
                    for (int u = 0; units == 4 && u < 3 && t > 0; u++)
                        mixed[u] += d[3] * v[t - 1][u];
                    mixed[3] += d[units - 1];
                }
                if (kind == TABLES)
                    sum[0] *= *(const NAME(vec) *)(l->b + h);
                for (size_t p = 0; p < (units == 4 ? 3 : 1); p++)
                    *(NAME(vec) *)(dinput + p * l->projection + (i * W + (size_t)w) * Hp + h) =
                        sum[p];
            }
        }
        if (units == 4)
            NAME(sum_mix)(mixed, dmix);
    }
}

// Memoryless neurons: each observation counts R times on its own.
H4L_INLINE void NAME(backward_memoryless)(enum neurons kind, const struct NAME(layer) * l, int n,
                                          const REAL *input, const REAL *dz, REAL *dinput)
{
    const size_t Hp = (size_t)l->Hp, W = (size_t)l->W;
    const REAL share = 1 / (REAL)(l->W * l->R), times = (REAL)l->R;

    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t w = 0; w < W; w++)
            for (size_t h = 0; h < Hp; h += LANES) {
                NAME(vec) in = *(const NAME(vec) *)(input + (i * W + w) * Hp + h);
                NAME(vec)
                from = in - l->threshold,
                ds = *(const NAME(vec) *)(dz + i * Hp + h) * share * times;
                NAME(mask) near = (NAME(vec))((NAME(mask))from & INT_MOST) < l->width; // |from|

                if (kind == BINARY)
                    ds = (NAME(vec))(near & (NAME(mask))ds);
                *(NAME(vec) *)(dinput + (i * W + w) * Hp + h) =
                    (NAME(vec))((in > 0) & (NAME(mask))ds);
            }
}

// Windows of n samples: input [P][n W][Hp] to spikes per step z [n][Hp U].
H4L_CLONES static void NAME(windows)(enum neurons kind, const struct NAME(layer) * l, int n,
                                     const REAL *input, REAL *z)
{
    switch (kind) {
    case UNIFORM:
        NAME(forward_of)(UNIFORM, l, n, input, z);
        break;
    case TABLES:
        NAME(forward_of)(TABLES, l, n, input, z);
        break;
    case FOURFOLD:
        NAME(forward_of)(FOURFOLD, l, n, input, z);
        break;
    case BINARY:
        NAME(forward_of)(BINARY, l, n, input, z);
        break;
    case GRADED:
        NAME(forward_of)(GRADED, l, n, input, z);
        break;
    }
}

// And back: dz to dinput, like z and input; the gradient to the mixing weights is added to dmix[4].
H4L_CLONES static void NAME(windows_back)(enum neurons kind, const struct NAME(layer) * l, int n,
                                          const REAL *input, const REAL *dz, REAL *dinput,
                                          double *dmix)
{
    switch (kind) {
    case UNIFORM:
        NAME(backward_of)(UNIFORM, l, n, input, dz, dinput, dmix);
        break;
    case TABLES:
        NAME(backward_of)(TABLES, l, n, input, dz, dinput, dmix);
        break;
    case FOURFOLD:
        NAME(backward_of)(FOURFOLD, l, n, input, dz, dinput, dmix);
        break;
    case BINARY:
        NAME(backward_memoryless)(BINARY, l, n, input, dz, dinput);
        break;
    case GRADED:
        NAME(backward_memoryless)(GRADED, l, n, input, dz, dinput);
        break;
    }
}
