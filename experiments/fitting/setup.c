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

static int begin_training(const struct h4l_run *run, const struct h4l_stim_options *options,
                          struct h4l_fitting_training *t, struct h4l_err *err)
{
    double dt = h4l_run_real(run, "dt_ms"), delta = h4l_run_real(run, "delta_ms"),
           noise = h4l_run_real(run, "noise_share");
    int code;

    if ((code = h4l_stim_training(options, &t->all, err)) != H4L_OK ||
        (code = choose_screen(&t->all, &t->screen, err)) != H4L_OK ||
        (code = h4l_fit_data(&t->all, dt, delta, noise, &t->all_data, err)) != H4L_OK)
        return code;
    return h4l_fit_data(&t->screen, dt, delta, noise, &t->screen_data, err);
}

static char *program_hash(void)
{
    char hex[65];

    return strdup(h4l_program_sha256(hex) == H4L_OK ? hex : "unknown");
}

int h4l_fitting_begin(struct h4l_run *run, struct h4l_fitting *ret, struct h4l_err *err)
{
    int seeds = h4l_run_seeds(run), code = H4L_OK;
    struct h4l_fitting f = {.run = run,
                            .pool = h4l_run_pool(run),
                            .fits = (size_t)(seeds > 0 ? seeds : h4l_run_int(run, "fits")),
                            .dt_ms = h4l_run_real(run, "dt_ms")};
    struct h4l_stim_options options = {.duration_ms = h4l_run_real(run, "duration_ms"),
                                       .per_class = (int)h4l_run_int(run, "per_class"),
                                       .seed = h4l_run_seed(run),
                                       .hh_dt_ms = h4l_run_real(run, "hh_dt_ms"),
                                       .hh_level_mV = h4l_run_real(run, "hh_level_mV"),
                                       .pool = h4l_run_pool(run)};

    h4l_run_record_param(run, "fits", json_integer((json_int_t)f.fits));
    f.program = program_hash();
    f.training = calloc(f.fits, sizeof *f.training);
    if (!f.program || !f.training)
        code = h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory");
    for (size_t i = 0; i < f.fits && code == H4L_OK; i++) {
        options.replicate = (int)i;
        code = begin_training(run, &options, &f.training[i], err);
    }
    options.replicate = 0;
    options.per_class = (int)h4l_run_int(run, "heldout_per_class");
    if (code == H4L_OK)
        code = h4l_stim_heldout(&options, &f.heldout, err);
    if (code != H4L_OK)
        h4l_fitting_end(&f);
    else
        *ret = f;
    return code;
}

void h4l_fitting_end(struct h4l_fitting *f)
{
    for (size_t i = 0; f->training && i < f->fits; i++) {
        struct h4l_fitting_training *t = &f->training[i];

        h4l_fit_data_free(&t->screen_data);
        h4l_fit_data_free(&t->all_data);
        free(t->screen.stim);
        h4l_stim_free(&t->all);
    }
    h4l_stim_free(&f->heldout);
    free(f->training);
    free(f->program);
    *f = (struct h4l_fitting){.run = NULL};
}
