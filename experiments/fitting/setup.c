// The stimuli of a run.
#include <stdlib.h>
#include <string.h>

#include "base/provenance.h"
#include "fitting.h"

// The screening part: the first stimuli of each class, noise to fill one group of lanes.
static int choose_screen(const struct h4l_stim_set *all, struct h4l_stim_set *ret,
                         struct h4l_err *err)
{
    size_t room = H4L_SUBNET_LANES, others = (room - 6) / (H4L_STIM_TRAINED - 1); // 2 of each class
    size_t count[H4L_STIM_CLASSES] = {0};
    struct h4l_stim_set screen = {.duration_ms = all->duration_ms};

    if ((screen.stim = calloc(room, sizeof *screen.stim)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");
    for (size_t i = 0; i < all->n && screen.n < room; i++) {
        enum h4l_stim_class class = all->stim[i].class;

        if (count[class]++ < (class == H4L_STIM_NOISE ? 6 : others))
            screen.stim[screen.n++] = all->stim[i];
    }
    *ret = screen;
    return H4L_OK;
}

static int make_stimuli(enum h4l_stim_family family, bool heldout,
                        const struct h4l_stim_options *options, struct h4l_stim_set *ret,
                        struct h4l_err *err)
{
    if (family == H4L_STIM_KISTLER)
        return h4l_stim_kistler(options, heldout, ret, err);
    return heldout ? h4l_stim_heldout(options, ret, err) : h4l_stim_training(options, ret, err);
}

// Where HH itself spikes so often that chance alone hits nearly every spike, no model can score, not even HH (see score() in fit.c).
static int check_precision(const struct h4l_stim_set *set, double delta_ms, struct h4l_err *err)
{
    for (size_t i = 0; i < set->n; i++) {
        double most = 0.45 * set->duration_ms / (double)set->stim[i].hh.n;

        if (delta_ms > most)
            return h4l_fail(
                err, H4L_E_RANGE,
                "delta_ms = %g: HH spikes %zu times in the %g ms of a stimulus, so that "
                "Gamma tells models apart below %.3g only",
                delta_ms, set->stim[i].hh.n, set->duration_ms, most);
    }
    return H4L_OK;
}

static int begin_training(const struct h4l_fitting *f, const struct h4l_stim_options *options,
                          struct h4l_fitting_training *t, struct h4l_err *err)
{
    const struct h4l_fitting_options *o = &f->o;
    int code;

    if ((code = make_stimuli(f->family, false, options, &t->all, err)) != H4L_OK ||
        (code = check_precision(&t->all, o->delta_ms, err)) != H4L_OK ||
        (code = choose_screen(&t->all, &t->screen, err)) != H4L_OK ||
        (code = h4l_fit_data(&t->all, o->dt_ms, o->delta_ms, o->noise_share, &t->all_data, err)) !=
            H4L_OK)
        return code;
    return h4l_fit_data(&t->screen, o->dt_ms, o->delta_ms, o->noise_share, &t->screen_data, err);
}

int h4l_fitting_begin(struct h4l_run *run, struct h4l_fitting *ret, struct h4l_err *err)
{
    return h4l_fitting_begin_on(run, H4L_STIM_MIXED, ret, err);
}

int h4l_fitting_begin_on(struct h4l_run *run, enum h4l_stim_family family, struct h4l_fitting *ret,
                         struct h4l_err *err)
{
    const struct h4l_fitting_options *o = h4l_run_options(run);
    struct h4l_fitting f = {.run = run, .pool = h4l_run_pool(run), .o = *o, .family = family};
    struct h4l_stim_options options = {.duration_ms = o->duration_ms,
                                       .per_class = o->per_class,
                                       .seed = h4l_run_seed(run),
                                       .hh_dt_ms = o->hh_dt_ms,
                                       .hh_level_mV = o->hh_level_mV,
                                       .pool = h4l_run_pool(run)};
    int fits, code = h4l_run_seeds(run, (int)o->fits, 1, H4L_FITTING_MAX_FITS, &fits, err);

    if (code)
        return code;
    f.o.fits = (size_t)fits;
    h4l_run_record(run, NULL, &f.o);
    if ((code = h4l_program_identity(f.program, err)))
        return code;
    f.training = calloc(f.o.fits, sizeof *f.training);
    if (!f.training)
        code = h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");
    for (size_t i = 0; i < f.o.fits && code == H4L_OK; i++) {
        options.replicate = (int)i;
        code = begin_training(&f, &options, &f.training[i], err);
    }
    options.replicate = 0;
    options.per_class = o->heldout_per_class;
    if (code == H4L_OK)
        code = make_stimuli(family, true, &options, &f.heldout, err);
    if (code == H4L_OK)
        code = check_precision(&f.heldout, o->delta_ms, err);
    if (code != H4L_OK)
        h4l_fitting_end(&f);
    else
        *ret = f;
    return code;
}

void h4l_fitting_end(struct h4l_fitting *f)
{
    for (size_t i = 0; f->training && i < f->o.fits; i++) {
        struct h4l_fitting_training *t = &f->training[i];

        h4l_fit_data_free(&t->screen_data);
        h4l_fit_data_free(&t->all_data);
        free(t->screen.stim);
        h4l_stim_free(&t->all);
    }
    h4l_stim_free(&f->heldout);
    free(f->training);
    *f = (struct h4l_fitting){.run = NULL};
}
