// The constants of the hh_fast kernels, written once: hh_fast.c includes this file for double and for float, with REAL,
// BITS (the unsigned type of that size), MANTISSA (52 or 23), LIMIT, TINY,
// LIMIT_1, HIGH and NAME(x).

// Scale times 2^(j/8) or 2^(j/4) (steps = 8 or 4) as a table for vd_shift_add: the exponent part that the shifted K brings
// along, j/steps of it, is taken off beforehand.
static REAL NAME(table_entry)(double scale, int j, int steps)
{
    REAL value = (REAL)(scale * exp2((double)j / steps));
    BITS bits;

    memcpy(&bits, &value, sizeof bits);
    bits -= ((BITS)j << MANTISSA) / (BITS)steps;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

// exp(-x_r/10) - 1 with r one of the rates' shifts, from e = exp(-a/10) - 1 where a = V + near: the denominators
// scale (1 - exp(-(V + shift)/10)) = scale (1 - s) - scale s e, s = exp(-(shift - near)/10).
static void NAME(denominator)(double scale, double shift, double near, REAL *ret_0, REAL *ret_1)
{
    *ret_0 = (REAL)(scale * -expm1(-(shift - near) / 10));
    *ret_1 = (REAL)(scale * exp(-(shift - near) / 10));
}

static void NAME(prepare_scalars)(const struct h4l_hh *hh, double dt,
                                  struct NAME(h4l_hh_fast_scalars) * ret)
{
    // The lower singularity is where the larger shift puts it; [0] upper, [1] lower.
    double near[2] = {fmin(hh->v_m, hh->v_n), fmax(hh->v_m, hh->v_n)};
    double bh = exp(-(hh->v_h - hh->v_m) / 10), per_C = dt / hh->C;

    *ret = (struct NAME(h4l_hh_fast_scalars)){
        .limit = LIMIT,
        .middle = (REAL)(-(near[0] + 2 * near[1]) / 3), // not half-way: alpha_m cancels more
        .v_0 = (REAL)hh->v_0,
        .v_m = (REAL)hh->v_m,
        .v_n = (REAL)hh->v_n,
        .v_near = {(REAL)near[0], (REAL)near[1]},
        .tiny = TINY,
        .tiny_10 = TINY / 10,
        .round = (REAL)1.5 * (REAL)((BITS)1 << MANTISSA),
        .per_20 = (REAL)(-1 / (20 * M_LN2)),
        .step_20 = (REAL)(20 * M_LN2),
        .per_18 = (REAL)(-8 / (18 * M_LN2)),
        .step_18 = (REAL)(18 * M_LN2 / 8),
        .high_20 = (REAL)(floor(20 * M_LN2 * HIGH) / HIGH),
        .high_18 = (REAL)(floor(18 * M_LN2 / 8 * HIGH) / HIGH),
        .limit_1 = LIMIT_1,
        .per_1 = (REAL)(-8 / M_LN2),
        .step_1 = (REAL)(M_LN2 / 8),
        .high_1 = (REAL)(floor(M_LN2 / 8 * 16 * HIGH) / (16 * HIGH)),
        // beta_h dt = 1 / [(1 + exp(-(V + v_h)/10)) / dt], and exp(-(V + v_h)/10) = bh (1 - dm dt/10)
        .bh_0 = (REAL)((1 + bh) / dt),
        .bh_1 = (REAL)(bh / 10),
        .gNa = (REAL)(per_C * hh->gNa),
        .gK = (REAL)(per_C * hh->gK),
        .gL = (REAL)(per_C * hh->gL),
        .ENa = (REAL)hh->ENa,
        .EK = (REAL)hh->EK,
        .EL = (REAL)hh->EL,
        .I_0 = (REAL)(per_C * hh->gL * hh->EL),
        .I_1 = (REAL)per_C,
    };
    ret->low_20 = ret->step_20 - ret->high_20;
    ret->low_18 = ret->step_18 - ret->high_18;
    ret->low_1 = ret->step_1 - ret->high_1;
    for (int i = 0; i < N_80; i++)
        ret->poly_80[i] = (REAL)(POLY_80[i] * pow(-80, -(i + 1)));
    for (int i = 0; i < N_18; i++) {
        ret->poly_18[i] = (REAL)(POLY_18[i] * pow(-18, -(i + 1)));
        ret->poly_1[i] = (REAL)(i % 2 ? POLY_18[i] : -POLY_18[i]);
    }
    for (int j = 0; j < 8; j++) {
        double scale = 0.125 * dt * exp(-(hh->v_0 - near[j / 4]) / 80);

        ret->bn[j] = NAME(table_entry)(scale, j % 4, 4);
        ret->bm[j] = NAME(table_entry)(4 * dt, j, 8);
        ret->two[j] = NAME(table_entry)(1, j, 8);
    }
    for (int s = 0; s < 2; s++) {
        ret->ah[s] = (REAL)(0.07 * dt * exp(-(hh->v_0 - near[s]) / 20));
        NAME(denominator)(10 / dt, hh->v_m, near[s], &ret->am_0[s], &ret->am_1[s]);
        NAME(denominator)(100 / dt, hh->v_n, near[s], &ret->an_0[s], &ret->an_1[s]);
    }
}

static void NAME(prepare)(const struct h4l_hh *hh, double dt, struct NAME(h4l_hh_fast_consts) * ret)
{
    REAL values[sizeof ret->scalar / sizeof(REAL)];

    NAME(prepare_scalars)(hh, dt, &ret->scalar);
    memcpy(values, &ret->scalar, sizeof values);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t j = 0; j < H4L_HH_FAST_LANES(REAL); j++)
            ret->lanes[i][j] = values[i];
}

// Steps the last x->N neurons, too few for a tile: copies them into one, a block of steps at a time.
static void NAME(run_rest)(const struct h4l_hh_fast_kernels *kernels,
                           const struct NAME(h4l_hh_fast_consts) * c, size_t tile,
                           const struct NAME(h4l_hh_array) * x, struct NAME(h4l_hh_input) input,
                           size_t steps, const struct h4l_hh_spikes *spikes, size_t row_bytes,
                           int exponential)
{
    REAL V[MAX_TILE] = {0}, m[MAX_TILE] = {0}, h[MAX_TILE] = {0}, n[MAX_TILE] = {0};
    REAL I[MAX_TILE * BLOCK] = {0};
    uint8_t level[MAX_TILE / 8 * BLOCK], onset[MAX_TILE / 8 * BLOCK];
    uint32_t count[MAX_TILE] = {0};
    struct NAME(h4l_hh_array) whole = {tile, V, m, h, n};
    size_t bytes = x->N * sizeof *V;

    memcpy(V, x->V, bytes);
    memcpy(m, x->m, bytes);
    memcpy(h, x->h, bytes);
    memcpy(n, x->n, bytes);
    memcpy(I, input.I, bytes);
    for (size_t done = 0, block; done < steps; done += block) {
        struct NAME(h4l_hh_input) in = {I, input.stride ? tile : 0};
        struct h4l_hh_spikes out;

        block = !input.stride && !spikes ? steps : steps - done < BLOCK ? steps - done : BLOCK;
        for (size_t k = 0; input.stride && k < block; k++)
            memcpy(I + k * tile, input.I + (done + k) * input.stride, bytes);
        if (spikes)
            out = (struct h4l_hh_spikes){spikes->threshold, level, onset, count};
        kernels->NAME(run)(c, &whole, in, block, spikes ? &out : NULL, tile / 8, exponential);
        for (size_t k = 0; spikes && k < block; k++)
            for (size_t b = 0; b < (x->N + 7) / 8; b++) {
                uint8_t used = (uint8_t)(0xff >> (x->N < 8 * b + 8 ? 8 * b + 8 - x->N : 0));
                size_t from = k * (tile / 8) + b, to = (done + k) * row_bytes + b;

                if (spikes->level)
                    spikes->level[to] = level[from] & used;
                if (spikes->onset)
                    spikes->onset[to] = onset[from] & used;
            }
    }
    memcpy(x->V, V, bytes);
    memcpy(x->m, m, bytes);
    memcpy(x->h, h, bytes);
    memcpy(x->n, n, bytes);
    for (size_t i = 0; spikes && spikes->count && i < x->N; i++)
        spikes->count[i] += count[i];
}

static void NAME(run_some)(const struct h4l_hh_fast *fast, const struct NAME(h4l_hh_array) * x,
                           struct NAME(h4l_hh_input) input, size_t steps,
                           const struct h4l_hh_spikes *spikes, int exponential)
{
    const struct h4l_hh_fast_kernels *kernels = fast->kernels;
    size_t tile = kernels->NAME(tile), whole = x->N - x->N % tile, row_bytes = (x->N + 7) / 8;
    struct NAME(h4l_hh_array) tiles = *x, rest = {x->N - whole, x->V + whole, x->m + whole,
                                                  x->h + whole, x->n + whole};

    tiles.N = whole;
    kernels->NAME(run)(&fast->NAME(consts), &tiles, input, steps, spikes, row_bytes, exponential);
    if (rest.N) {
        struct h4l_hh_spikes s;

        if (spikes)
            s = (struct h4l_hh_spikes){spikes->threshold,
                                       spikes->level ? spikes->level + whole / 8 : NULL,
                                       spikes->onset ? spikes->onset + whole / 8 : NULL,
                                       spikes->count ? spikes->count + whole : NULL};
        input.I += whole;
        NAME(run_rest)
        (kernels, &fast->NAME(consts), tile, &rest, input, steps, spikes ? &s : NULL, row_bytes,
         exponential);
    }
}

static void NAME(run_all)(const struct h4l_hh_fast *fast, const struct NAME(h4l_hh_array) * x,
                          struct NAME(h4l_hh_input) input, size_t steps,
                          const struct h4l_hh_spikes *spikes, int exponential)
{
    // The kernels count spikes in a REAL, which holds whole numbers up to 2^24 at least.
    const size_t most = (size_t)1 << 23;
    size_t row_bytes = (x->N + 7) / 8;

    for (size_t done = 0, now; done < steps; done += now) {
        struct NAME(h4l_hh_input) in = {input.I + done * input.stride, input.stride};
        struct h4l_hh_spikes s;

        now = steps - done < most ? steps - done : most;
        if (spikes)
            s = (struct h4l_hh_spikes){
                spikes->threshold, spikes->level ? spikes->level + done * row_bytes : NULL,
                spikes->onset ? spikes->onset + done * row_bytes : NULL, spikes->count};
        NAME(run_some)(fast, x, in, now, spikes ? &s : NULL, exponential);
    }
}

void NAME(h4l_hh_fast_run)(const struct h4l_hh_fast *fast, const struct NAME(h4l_hh_array) * x,
                           struct NAME(h4l_hh_input) input, size_t steps,
                           const struct h4l_hh_spikes *spikes)
{
    NAME(run_all)(fast, x, input, steps, spikes, 0);
}

void NAME(h4l_hh_fast_run_exp)(const struct h4l_hh_fast *fast, const struct NAME(h4l_hh_array) * x,
                               struct NAME(h4l_hh_input) input, size_t steps,
                               const struct h4l_hh_spikes *spikes)
{
    NAME(run_all)(fast, x, input, steps, spikes, 1);
}

void NAME(h4l_hh_fast_rates)(const struct h4l_hh_fast *fast, size_t N, const REAL *V,
                             const struct NAME(h4l_hh_fast_rates) * ret)
{
    size_t tile = fast->kernels->NAME(tile), whole = N - N % tile, rest = N - whole;
    REAL *const to[6] = {ret->am, ret->bm, ret->ah, ret->bh, ret->an, ret->bn};
    REAL v[MAX_TILE] = {0}, r[6][MAX_TILE];
    struct NAME(h4l_hh_fast_rates) ret_rest = {r[0], r[1], r[2], r[3], r[4], r[5]};

    fast->kernels->NAME(rates)(&fast->NAME(consts), whole, V, ret);
    if (!rest)
        return;
    memcpy(v, V + whole, rest * sizeof *v);
    fast->kernels->NAME(rates)(&fast->NAME(consts), tile, v, &ret_rest);
    for (int j = 0; j < 6; j++)
        memcpy(to[j] + whole, r[j], rest * sizeof *v);
}
