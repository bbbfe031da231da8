// The kernels of true_hh_fast at one instruction level: meson compiles this file once per level, as hh_fast_kernel.c. The exponentials are those
// of hh_fast, their derivatives follow from the rates.
#include "neuron/hh_fast.lanes.h"

#include <string.h>

#include "neuron/true_hh_internal.h"

// What a step notes for the way back. The first eleven are the entries of the Jacobian and the readout's slope, signs left out.
enum {
    DECAY_V, // 1 - d V' / d V
    V_BY_M,  // - d V' / d m
    V_BY_H,
    V_BY_N,
    DECAY_M, // 1 - d m' / d m
    DECAY_H,
    DECAY_N,
    M_BY_V,
    H_BY_V,
    N_BY_V,
    SLOPE,  // of the weighted readout at the potential before the step
    BY_OWN, // - d V' / d conductance, three; d gate' / d speed, three
    NOTES = H4L_TRUE_HH_NOTES,
    NOTES_OWN = H4L_TRUE_HH_NOTES_OWN
};
_Static_assert((int)BY_OWN == (int)NOTES && BY_OWN + H4L_TRUE_HH_OWN == NOTES_OWN, "rows");

// ---- rates and their slopes ----

struct channel_rates {
    lanes a[3], decay[3]; // alpha dt and (alpha + beta) dt of m, h, n
    lanes by_V[3];        // d (alpha (1 - x) - beta x) dt / d V
    lanes sigma;          // 1 / (1 + exp(-(V - theta)/k))
};

// exp(-z), z clamped to +-40: a sigma below 4e-18 counts as that
H4L_INLINE lanes exp_minus(const rate_consts *c, lanes z)
{
    const lanes round = K(round);
    lanes zc = lanes_clamp(z, SPLAT(40));
    lanes k = FMA(zc, K(per_1), round);
    lanes r = lanes_reduce(k - round, K(step_1), K(high_1), K(low_1), zc);
    lanes q = polynomial(LANES_OF(poly_1), TERMS_18, r);
    lanes s = lanes_shift_add(k, H4L_EXP_MANTISSA - 3, lanes_lookup8(c->scalar.two, k));

    return FMA(s, q, s);
}

H4L_INLINE lanes sigmoid(const rate_consts *c, lanes z)
{
    return SPLAT(1) / (SPLAT(1) + exp_minus(c, z));
}

// d/dV of scale dt L(x/10), L(x) = x / (1 - exp(-x)), where rate is that value and per = scale / [(10/dt) (1 - exp(-x/10))]:
// per (1 - L) + rate / 10, and near 0, where that cancels, the series scale dt/10 (1/2 + y/6 - y^3/180), y = x/10.
H4L_INLINE lanes linoid_slope(const struct h4l_true_hh_consts *t, float scale, lanes x, lanes per,
                              lanes rate)
{
    lanes y = x * SPLAT(0.1f), yy = y * y;
    lanes near = FMA(yy, SPLAT(-scale * t->dt / 1800), SPLAT(scale * t->dt / 60));

    near = FMA(near, y, SPLAT(scale * t->dt / 20));
    return lanes_select(
        lanes_less(yy, SPLAT(0.04f)), near,
        FMA(per, FNMA(rate, SPLAT(t->per_dt / scale), SPLAT(1)), rate * SPLAT(0.1f)));
}

// What is read out. With k = 2 mV, the usual one, exp(-(V - theta)/k) is the fifth power of an exponential that the rates need.
enum readout { SMOOTH, SMOOTH_2_MV, SPIKES };

// The rates that are exponentials, and exp(-a/10), where a is V less the nearer singularity, also less 1 with all its digits.
struct exponentials {
    lanes bm, bn, ah, exp10, exp10_m1;
    lane_mask below;
};

// Line by line as in rates_at (hh_fast.lanes.h explains them).
H4L_INLINE struct exponentials exponentials_at(const rate_consts *c, lanes v)
{
    struct exponentials ret;
    const lanes round = K(round), one = SPLAT(1);
    lanes vc = lanes_clamp(v, SPLAT(150));

    lanes u = vc + K(v_0);
    lanes k18 = FMA(u, K(per_18), round);
    lanes r18 = lanes_reduce(k18 - round, K(step_18), K(high_18), K(low_18), u);
    lanes q18 = polynomial(LANES_OF(poly_18), TERMS_18, r18);
    lanes s18 = lanes_shift_add(k18, H4L_EXP_MANTISSA - 3, lanes_lookup8(c->scalar.bm, k18));
    ret.bm = FMA(s18, q18, s18);

    ret.below = lanes_less(vc, K(middle));
    lanes a = vc + pick(ret.below, LANES_OF(v_near));
    lanes k20 = FMA(a, K(per_20), round);
    lanes r20 = lanes_reduce(k20 - round, K(step_20), K(high_20), K(low_20), a);
    lanes q1 = polynomial(LANES_OF(poly_80), TERMS_80, r20);
    lanes q4 = squared_m1(squared_m1(q1)), q8 = squared_m1(q4);
    lanes s80 = lanes_lookup8(c->scalar.bn, lanes_index_2_1(k20, ret.below));
    s80 = lanes_shift_add(k20, H4L_EXP_MANTISSA - 2, s80);
    ret.bn = FMA(s80, q1, s80);
    lanes s20 = lanes_shift_add(k20, H4L_EXP_MANTISSA, pick(ret.below, LANES_OF(ah)));
    ret.ah = FMA(s20, q4, s20);
    lanes s10 = lanes_shift_add(k20, H4L_EXP_MANTISSA + 1, one);
    ret.exp10 = FMA(s10, q8, s10);
    ret.exp10_m1 = FMA(s10, q8, (s10 - one) - K(tiny_10));
    return ret;
}

// One division serves the three denominators and the readout's. readout; slopes, whether they are wanted: constants wherever this is
// inlined. x: m, h, n.
H4L_INLINE struct channel_rates rates_and_slopes(const rate_consts *c,
                                                 const struct h4l_true_hh_consts *t, lanes v,
                                                 const lanes *x, enum readout readout, int slopes)
{
    struct channel_rates ret;
    struct exponentials of_v = exponentials_at(c, v);
    const lane_mask below = of_v.below;
    const lanes one = SPLAT(1), e = of_v.exp10_m1, bm = of_v.bm, bn = of_v.bn, ah = of_v.ah;

    lanes dm = FNMA(pick(below, LANES_OF(am_1)), e, pick(below, LANES_OF(am_0)));
    lanes dn = FNMA(pick(below, LANES_OF(an_1)), e, pick(below, LANES_OF(an_0)));
    lanes dh = FNMA(K(bh_1), dm, K(bh_0));
    lanes mn = dm * dn, mnh = mn * dh, per;
    if (readout == SPIKES) {
        ret.sigma = one;
        per = one / mnh;
    } else {
        // 1 + exp, times 1e-9 to leave the product of all four room at the lowest potentials
        const lanes tiny = SPLAT(1e-9f);
        lanes exp5 = of_v.exp10 * of_v.exp10, ds;
        if (readout == SMOOTH_2_MV)
            ds = FMA(exp5 * exp5 * of_v.exp10,
                     lanes_select(below, SPLAT(t->fifth[1]), SPLAT(t->fifth[0])), tiny);
        else
            ds = FMA(exp_minus(c, FMA(v, SPLAT(t->per_k), SPLAT(t->theta_k))), tiny, tiny);
        lanes all = one / (mnh * ds);
        ret.sigma = (all * tiny) * mnh;
        per = all * ds;
    }
    lanes bh = per * mn, per_mn = per * dh, per_m = per_mn * dn, per_n = per_mn * dm;
    lanes xm = v + K(v_m), xn = v + K(v_n);
    lanes am = (xm + K(tiny)) * per_m, an = (xn + K(tiny)) * per_n;

    ret.a[0] = am, ret.a[1] = ah, ret.a[2] = an;
    ret.decay[0] = am + bm, ret.decay[1] = ah + bh, ret.decay[2] = an + bn;
    if (slopes) {
        // per_n is 1 / [(100/dt) (1 - exp)]: both as linoid_slope wants them
        lanes am_V = linoid_slope(t, 1, xm, per_m, am), an_V = linoid_slope(t, 0.1f, xn, per_n, an);
        lanes bh_V = (bh * SPLAT(0.1f)) * FNMA(bh, SPLAT(t->per_dt), one),
              ah_V = ah * SPLAT(-0.05f);

        ret.by_V[0] = FNMA(FMA(bm, SPLAT(-1.0f / 18), am_V), x[0], am_V);
        ret.by_V[1] = FNMA(ah_V + bh_V, x[1], ah_V);
        ret.by_V[2] = FNMA(FMA(bn, SPLAT(-1.0f / 80), an_V), x[2], an_V);
    }
    return ret;
}

// ---- one step forward ----

// One vector of windows on its way.
struct unit {
    lanes v, x[3], before; // V; m, h, n; the potential one step ago
    lanes rate;            // the readout so far
    lanes own[H4L_TRUE_HH_OWN];
};

// What a pass is to do; constants wherever it is inlined. linear only with own. wide: vectors side by side, so that one hides the
// latency of the other: half of a step's operations wait for each other, and gates need a step's potential one step later.
enum { WIDEST = H4L_TRUE_HH_WIDEST };
struct mode {
    int own, linear;
    enum readout readout;
    int note, wide;
};

// Rows of the notes, of mode.wide vectors each; notes points to this vector's share of a step's first row.
H4L_INLINE void note(float *notes, int row, lanes x, struct mode mode)
{
    STORE(notes + row * mode.wide * LANES, x);
}

// The readout of the potential that the step starts from, with weight w of V_k.
H4L_INLINE void read_out(const struct h4l_true_hh_consts *t, float w, lanes sigma, struct unit *u,
                         struct mode mode, float *notes)
{
    lanes slope;

    if (mode.readout == SPIKES) {
        lanes theta = SPLAT(t->theta), zero = SPLAT(0), away = u->v - theta;
        lane_mask was_above = lanes_less(theta, u->before);
        lane_mask crossed = lanes_and_not(lanes_less(theta, u->v), was_above);
        lane_mask near = lanes_and_not(lanes_less(away * away, SPLAT(t->half_width2)), was_above);

        u->rate = u->rate + lanes_select(crossed, SPLAT(w * t->crossing), zero);
        slope = lanes_select(near, SPLAT(w * t->slope), zero);
    } else {
        u->rate = FMA(SPLAT(w), sigma, u->rate);
        slope = FNMA(sigma, sigma, sigma) * SPLAT(w * t->per_k);
    }
    if (mode.note)
        note(notes, SLOPE, slope, mode);
}

// Both kinds of step: the channels' currents per conductance times dt/C, negative, and the gates' increments per speed.
H4L_INLINE void apply_own(struct unit *u, const lanes current[3], const lanes gate[3], lanes i,
                          struct mode mode, float *notes)
{
    u->v = u->v + i;
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
        u->v = FNMA(u->own[j], current[j], u->v);
        u->x[j] = FMA(u->own[3 + j], gate[j], u->x[j]);
        if (mode.note) {
            note(notes, BY_OWN + j, current[j], mode);
            note(notes, BY_OWN + 3 + j, gate[j], mode);
        }
    }
}

// i: dt/C I
H4L_INLINE void step_linear(const rate_consts *c, const struct h4l_true_hh_consts *t, float w,
                            lanes i, struct unit *u, struct mode mode, float *notes)
{
    const struct h4l_true_hh_tangent *l = &t->tangent;
    lanes z = FMA(u->v, SPLAT(t->per_k), SPLAT(t->theta_k)), current[3], gate[3],
          dv = u->v - SPLAT(l->x[0]);
    lanes sigma = sigmoid(c, z), dx[3], decay = SPLAT(0);

    read_out(t, w, sigma, u, mode, notes);
    u->before = u->v;
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
        dx[j] = u->x[j] - SPLAT(l->x[1 + j]);
        gate[j] = FNMA(SPLAT(l->decay[j]), dx[j], SPLAT(l->by_V[j]) * dv);
    }
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
        current[j] = FMA(SPLAT(l->by[j][0]), dv, SPLAT(l->at[j]));
        decay = FMA(u->own[j], SPLAT(l->by[j][0]), decay);
    }
    current[0] = FMA(SPLAT(l->by[0][1]), dx[0], FMA(SPLAT(l->by[0][2]), dx[1], current[0]));
    current[1] = FMA(SPLAT(l->by[1][3]), dx[2], current[1]);
    if (mode.note) {
        note(notes, DECAY_V, decay, mode);
        note(notes, V_BY_M, u->own[0] * SPLAT(l->by[0][1]), mode);
        note(notes, V_BY_H, u->own[0] * SPLAT(l->by[0][2]), mode);
        note(notes, V_BY_N, u->own[1] * SPLAT(l->by[1][3]), mode);
        for (int j = 0; j < 3; j++) {
            note(notes, DECAY_M + j, u->own[3 + j] * SPLAT(l->decay[j]), mode);
            note(notes, M_BY_V + j, u->own[3 + j] * SPLAT(l->by_V[j]), mode);
        }
    }
    apply_own(u, current, gate, i, mode, notes);
}

H4L_INLINE void step_own(const rate_consts *c, const struct h4l_true_hh_consts *t, float w, lanes i,
                         struct unit *u, struct mode mode, float *notes)
{
    lanes m = u->x[0], h = u->x[1], n = u->x[2], current[3], gate[3], per_C = SPLAT(t->per_C);
    struct channel_rates r = rates_and_slopes(c, t, u->v, u->x, mode.readout, mode.note);
    lanes m2 = (m * m) * per_C, n3 = (n * n) * (n * per_C), m3 = m2 * m;
    lanes to_Na = u->v - K(ENa), to_K = u->v - K(EK);

    read_out(t, w, r.sigma, u, mode, notes);
    u->before = u->v;
    current[0] = (m3 * h) * to_Na;
    current[1] = (n3 * n) * to_K;
    current[2] = (u->v - K(EL)) * per_C;
    if (mode.note) {
        lanes decay = FMA(u->own[0], m3 * h, FMA(u->own[1], n3 * n, u->own[2] * per_C));
        lanes Na = u->own[0] * to_Na;

        note(notes, DECAY_V, decay, mode);
        note(notes, V_BY_M, (Na * h) * (m2 * SPLAT(3)), mode);
        note(notes, V_BY_H, Na * m3, mode);
        note(notes, V_BY_N, (u->own[1] * to_K) * (n3 * SPLAT(4)), mode);
    }
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
        gate[j] = FNMA(r.decay[j], u->x[j], r.a[j]);
        if (mode.note) {
            note(notes, DECAY_M + j, u->own[3 + j] * r.decay[j], mode);
            note(notes, M_BY_V + j, u->own[3 + j] * r.by_V[j], mode);
        }
    }
    apply_own(u, current, gate, i, mode, notes);
}

// i: dt/C (I + gL EL)
H4L_INLINE void step_shared(const rate_consts *c, const struct h4l_true_hh_consts *t, float w,
                            lanes i, struct unit *u, struct mode mode, float *notes)
{
    lanes m = u->x[0], h = u->x[1], n = u->x[2], n2 = n * n;
    struct channel_rates r = rates_and_slopes(c, t, u->v, u->x, mode.readout, mode.note);
    lanes open = (K(gNa) * m) * m, Na = open * (m * h), k2 = K(gK) * n2, Kn = k2 * n2;
    lanes to_Na = u->v - K(ENa), to_K = u->v - K(EK);

    read_out(t, w, r.sigma, u, mode, notes);
    u->before = u->v;
    if (mode.note) {
        lanes by = open * to_Na;

        note(notes, DECAY_V, (Na + Kn) + K(gL), mode);
        note(notes, V_BY_M, by * (h * SPLAT(3)), mode);
        note(notes, V_BY_H, by * m, mode);
        note(notes, V_BY_N, (k2 * to_K) * (n * SPLAT(4)), mode);
    }
    u->v = u->v + FNMA(Kn, to_K, FNMA(Na, to_Na, FNMA(K(gL), u->v, i)));
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
        u->x[j] = u->x[j] + FNMA(r.decay[j], u->x[j], r.a[j]);
        if (mode.note) {
            note(notes, DECAY_M + j, r.decay[j], mode);
            note(notes, M_BY_V + j, r.by_V[j], mode);
        }
    }
}

// ---- passes over steps ----

static size_t note_row(struct mode mode)
{
    return (size_t)((mode.own ? NOTES_OWN : NOTES) * mode.wide * LANES);
}

// Where vector j of those from window `first` on has its share of a row.
static size_t at(size_t first, int j)
{
    return first + (size_t)j * LANES;
}

// The input of piece p for the vector at window i, as the step takes it.
H4L_INLINE lanes input(const struct h4l_true_hh_job *job, size_t i, size_t p, struct mode mode)
{
    const rate_consts *c = job->rates;
    lanes least = SPLAT(job->x->least), most = SPLAT(job->x->most);
    lanes I = LOAD(job->x->I + p * job->x->I_stride + i);

    I = lanes_select(lanes_less(I, least), least, I);
    I = lanes_select(lanes_less(most, I), most, I);
    if (mode.own)
        return I * SPLAT(job->consts->per_C);
    return FMA(I, K(I_1), K(I_0));
}

H4L_INLINE void steps(const struct h4l_true_hh_job *job, const lanes *i, size_t from, size_t to,
                      struct unit *units, struct mode mode, float *notes)
{
    const struct h4l_true_hh_consts *t = job->consts;
    struct unit x[WIDEST];

    memcpy(x, units, (size_t)mode.wide * sizeof *x);
    for (size_t k = from; k < to; k++) {
#pragma GCC unroll 2
        for (int j = 0; j < mode.wide; j++)
            if (mode.linear)
                step_linear(job->rates, t, t->weights[k], i[j], &x[j], mode, notes + j * LANES);
            else if (mode.own)
                step_own(job->rates, t, t->weights[k], i[j], &x[j], mode, notes + j * LANES);
            else
                step_shared(job->rates, t, t->weights[k], i[j], &x[j], mode, notes + j * LANES);
        if (mode.note)
            notes += note_row(mode);
    }
    memcpy(units, x, (size_t)mode.wide * sizeof *x);
}

static size_t piece_end(const struct h4l_true_hh_consts *t, size_t p)
{
    return ((p + 1) * t->steps + t->pieces - 1) / t->pieces;
}

// Steps from..to - 1, piece after piece.
H4L_INLINE void forward(const struct h4l_true_hh_job *job, size_t first, size_t from, size_t to,
                        struct unit *units, struct mode mode)
{
    const struct h4l_true_hh_consts *t = job->consts;
    float *notes = job->notes;

    for (size_t p = from * t->pieces / t->steps; from < to; p++) {
        size_t end = piece_end(t, p) < to ? piece_end(t, p) : to;
        lanes i[WIDEST];

        for (int j = 0; j < mode.wide; j++)
            i[j] = input(job, at(first, j), p, mode);
        steps(job, i, from, end, units, mode, notes);
        notes += mode.note ? (end - from) * note_row(mode) : 0;
        from = end;
    }
}

// The derivatives on their way back.
struct adjoint {
    lanes v, x[3], current, own[H4L_TRUE_HH_OWN];
};

// A row of the notes of a step.
H4L_INLINE lanes noted(const float *notes, int row, struct mode mode)
{
    return LOAD(notes + row * mode.wide * LANES);
}

H4L_INLINE void step_back(const float *notes, struct adjoint *l, struct mode mode)
{
    lanes v = l->v, sum = FMA(noted(notes, H_BY_V, mode), l->x[1], noted(notes, SLOPE, mode));

    l->current = l->current + v;
    sum = FMA(noted(notes, N_BY_V, mode), l->x[2], sum);
    sum = FMA(noted(notes, M_BY_V, mode), l->x[0], sum); // last, as m is the one that arrives last
    if (mode.own) {
#pragma GCC unroll 3
        for (int j = 0; j < 3; j++) {
            l->own[j] = FNMA(noted(notes, BY_OWN + j, mode), v, l->own[j]);
            l->own[3 + j] = FMA(noted(notes, BY_OWN + 3 + j, mode), l->x[j], l->own[3 + j]);
        }
    }
    l->v = FNMA(noted(notes, DECAY_V, mode), v, v + sum);
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++)
        l->x[j] = FNMA(noted(notes, V_BY_M + j, mode), v,
                       FNMA(noted(notes, DECAY_M + j, mode), l->x[j], l->x[j]));
}

// The derivative through this step alone (struct h4l_true_hh).
H4L_INLINE void step_cut(const float *notes, struct adjoint *l, struct mode mode)
{
    l->current = l->current + l->v;
    for (int j = 0; j < 3 && mode.own; j++)
        l->own[j] = FNMA(noted(notes, BY_OWN + j, mode), l->v, l->own[j]);
    l->v = noted(notes, SLOPE, mode);
}

// Back over the steps that job->notes holds, from..to - 1; a piece's derivative is complete where the piece begins.
H4L_INLINE void backward(const struct h4l_true_hh_job *job, size_t first, size_t from, size_t to,
                         struct adjoint *adjoint, struct mode mode)
{
    const struct h4l_true_hh_consts *t = job->consts;
    const float *notes = job->notes + (to - from) * note_row(mode);
    struct adjoint l[WIDEST];

    memcpy(l, adjoint, (size_t)mode.wide * sizeof *l);
    for (size_t p = (to - 1) * t->pieces / t->steps; to > from; p--) {
        size_t begin = p ? piece_end(t, p - 1) : 0, stop = begin > from ? begin : from;

        for (; to > stop; to--) {
            notes -= note_row(mode);
#pragma GCC unroll 2
            for (int j = 0; j < mode.wide; j++)
                if (job->cut)
                    step_cut(notes + j * LANES, &l[j], mode);
                else
                    step_back(notes + j * LANES, &l[j], mode);
        }
        for (int j = 0; j < mode.wide && to == begin; j++) {
            STORE(job->x->d_current + p * job->x->d_current_stride + at(first, j),
                  l[j].current * SPLAT(t->per_C));
            l[j].current = SPLAT(0);
        }
    }
    memcpy(adjoint, l, (size_t)mode.wide * sizeof *l);
}

// ---- a window from its start to its end ----

static void start(const struct h4l_true_hh_job *job, size_t i, struct unit *ret)
{
    const struct h4l_true_hh_consts *t = job->consts;

    ret->v = ret->before = SPLAT(t->start[0]);
    ret->rate = SPLAT(0);
    for (int g = 0; g < 3; g++)
        ret->x[g] = SPLAT(t->start[1 + g]);
    for (size_t o = 0; o < H4L_TRUE_HH_OWN; o++) {
        ret->own[o] = SPLAT(t->shared[o]);
        if (job->x->own)
            ret->own[o] = LOAD(job->x->own + o * job->x->own_stride + i);
    }
}

// The readout of the potential after the last step, and the derivatives' start.
H4L_INLINE void finish(const struct h4l_true_hh_job *job, size_t i, struct unit *u,
                       struct adjoint *ret, struct mode mode)
{
    const struct h4l_true_hh_consts *t = job->consts;
    lanes z = FMA(u->v, SPLAT(t->per_k), SPLAT(t->theta_k));
    float notes[NOTES * LANES];

    mode.note = mode.wide = 1;
    read_out(t, t->weights[t->steps], sigmoid(job->rates, z), u, mode, notes);
    STORE(job->x->rate + i, u->rate);
    ret->v = LOAD(notes + SLOPE * LANES);
    ret->current = SPLAT(0);
    for (int g = 0; g < 3; g++)
        ret->x[g] = SPLAT(0);
    for (int o = 0; o < H4L_TRUE_HH_OWN; o++)
        ret->own[o] = SPLAT(0);
}

// A block's start.
static void keep(const struct unit *u, float *kept)
{
    STORE(kept, u->v);
    for (int g = 0; g < 3; g++)
        STORE(kept + (1 + g) * LANES, u->x[g]);
    STORE(kept + 4 * LANES, u->before);
}

static void take(struct unit *u, const float *kept)
{
    u->v = LOAD(kept);
    for (int g = 0; g < 3; g++)
        u->x[g] = LOAD(kept + (1 + g) * LANES);
    u->before = LOAD(kept + 4 * LANES);
}

// mode.wide vectors with their derivatives. Forward over all blocks, noting the last one only; then back, each earlier block run once more.
H4L_INLINE void with_derivative(const struct h4l_true_hh_job *job, size_t first, struct mode mode)
{
    const struct h4l_true_hh_consts *t = job->consts;
    size_t blocks = (t->steps + t->block - 1) / t->block, last = (blocks - 1) * t->block;
    size_t kept = (size_t)(H4L_TRUE_HH_KEPT * LANES * mode.wide);
    struct mode plain = mode;
    struct adjoint adjoint[WIDEST];
    struct unit units[WIDEST];

    plain.note = 0;
    for (int j = 0; j < mode.wide; j++)
        start(job, at(first, j), &units[j]);
    for (size_t b = 0; b + 1 < blocks; b++) {
        for (int j = 0; j < mode.wide; j++)
            keep(&units[j], job->kept + b * kept + j * H4L_TRUE_HH_KEPT * LANES);
        forward(job, first, b * t->block, (b + 1) * t->block, units, plain);
    }
    forward(job, first, last, t->steps, units, mode);
    for (int j = 0; j < mode.wide; j++)
        finish(job, at(first, j), &units[j], &adjoint[j], mode);
    backward(job, first, last, t->steps, adjoint, mode);
    for (size_t b = blocks - 1; b-- > 0;) {
        for (int j = 0; j < mode.wide; j++)
            take(&units[j], job->kept + b * kept + j * H4L_TRUE_HH_KEPT * LANES);
        forward(job, first, b * t->block, (b + 1) * t->block, units, mode);
        backward(job, first, b * t->block, (b + 1) * t->block, adjoint, mode);
    }
    for (size_t o = 0; job->x->d_own && o < H4L_TRUE_HH_OWN; o++)
        for (int j = 0; j < mode.wide; j++)
            STORE(job->x->d_own + o * job->x->d_own_stride + at(first, j), adjoint[j].own[o]);
}

// mode.wide vectors without.
H4L_INLINE void rate_only(const struct h4l_true_hh_job *job, size_t first, struct mode mode)
{
    struct unit units[WIDEST];
    struct adjoint unused;

    for (int j = 0; j < mode.wide; j++)
        start(job, at(first, j), &units[j]);
    forward(job, first, 0, job->consts->steps, units, mode);
    for (int j = 0; j < mode.wide; j++)
        finish(job, at(first, j), &units[j], &unused, mode);
}

// The functions of one kind of neuron and readout.
#define RUN(pass, wide, ...)                                                                       \
    {                                                                                              \
        size_t i = 0;                                                                              \
        for (; wide && i + WIDEST * LANES <= job->x->N; i += WIDEST * LANES)                       \
            pass(job, i, (struct mode){__VA_ARGS__, WIDEST});                                      \
        for (; i < job->x->N; i += LANES)                                                          \
            pass(job, i, (struct mode){__VA_ARGS__, 1});                                           \
    }
// The larger notes of derivatives by own constants would not stay in the cache for two vectors.
#define WINDOWS(name, own, linear, readout)                                                        \
    static void name##_derivative(const struct h4l_true_hh_job *job)                               \
        RUN(with_derivative, !own && job->consts->wide, own, linear, readout, 1) static void       \
        name(const struct h4l_true_hh_job *job) RUN(rate_only, true, own, linear, readout, 0)
WINDOWS(shared_smooth, 0, 0, SMOOTH)
WINDOWS(shared_smooth_2_mV, 0, 0, SMOOTH_2_MV)
WINDOWS(shared_spikes, 0, 0, SPIKES)
WINDOWS(own_smooth, 1, 0, SMOOTH)
WINDOWS(own_smooth_2_mV, 1, 0, SMOOTH_2_MV)
WINDOWS(own_spikes, 1, 0, SPIKES)
WINDOWS(linear_smooth, 1, 1, SMOOTH)
WINDOWS(linear_spikes, 1, 1, SPIKES)

static void run_windows(const struct h4l_true_hh_job *job)
{
#define BOTH(name)                                                                                 \
    {                                                                                              \
        name, name##_derivative                                                                    \
    }
    static void (*const kinds[3][3][2])(const struct h4l_true_hh_job *) = {
        {BOTH(shared_smooth), BOTH(shared_smooth_2_mV), BOTH(shared_spikes)},
        {BOTH(own_smooth), BOTH(own_smooth_2_mV), BOTH(own_spikes)},
        {BOTH(linear_smooth), BOTH(linear_smooth), BOTH(linear_spikes)}};
    int neuron = job->linear ? 2 : job->x->own || job->x->d_own;
    // the fifth power of a low potential needs room in the product of all denominators, the more the higher theta is
    bool fifth = job->consts->per_k == 0.5f && job->consts->theta <= 60;
    enum readout readout = job->spikes ? SPIKES : fifth ? SMOOTH_2_MV : SMOOTH;

    kinds[neuron][readout][job->x->d_current != NULL](job);
}

const struct h4l_true_hh_kernels H4L_AT_LEVEL(h4l_true_hh_kernels) = {
    .tile = LANES,
    .run = run_windows,
};
