// Adaptive reference solutions of x' = rhs(x) with constant input: GSL's Runge-Kutta-Prince-Dormand 8(9), and CVODE (Adams,
// variable order) where SUNDIALS is there, so that one library's slip would show.
#ifndef H4L_TESTS_ADAPTIVE_H
#define H4L_TESTS_ADAPTIVE_H

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#if H4L_TESTS_CVODE
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#endif

struct adaptive {
    int n;
    void (*rhs)(const void *ctx, const double *x, double *ret_dx);
    const void *ctx;
};

static inline int adaptive_gsl_rhs(double t, const double x[], double dx[], void *params)
{
    const struct adaptive *a = params;

    (void)t;
    a->rhs(a->ctx, x, dx);
    return GSL_SUCCESS;
}

// Advances x[n] in place by the time span t; local tolerance relative and absolute. Returns 0, or the solver's error.
static inline int adaptive_gsl(const struct adaptive *a, double t, double tolerance, double *x)
{
    gsl_odeiv2_system system = {adaptive_gsl_rhs, NULL, (size_t)a->n, (void *)(uintptr_t)a};
    gsl_odeiv2_driver *driver =
        gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-4, tolerance, tolerance);
    double now = 0;
    int code = gsl_odeiv2_driver_apply(driver, &now, t, x);

    gsl_odeiv2_driver_free(driver);
    return code;
}

#if H4L_TESTS_CVODE
static inline int adaptive_cvode_rhs(sunrealtype t, N_Vector x, N_Vector dx, void *user)
{
    const struct adaptive *a = user;

    (void)t;
    a->rhs(a->ctx, N_VGetArrayPointer(x), N_VGetArrayPointer(dx));
    return 0;
}

static inline int adaptive_cvode(const struct adaptive *a, double t, double tolerance, double *x)
{
    SUNContext context = NULL;
    N_Vector z;
    SUNNonlinearSolver solver;
    void *cvode;
    sunrealtype now = 0;
    int code;

#ifdef SUN_COMM_NULL // from SUNDIALS 7 on; before, a pointer to a communicator
    SUNContext_Create(SUN_COMM_NULL, &context);
#else
    SUNContext_Create(NULL, &context);
#endif
    z = N_VMake_Serial(a->n, x, context);
    cvode = CVodeCreate(CV_ADAMS, context);
    solver = SUNNonlinSol_FixedPoint(z, 0, context);
    code = CVodeInit(cvode, adaptive_cvode_rhs, 0, z);
    if (!code)
        code = CVodeSStolerances(cvode, tolerance, tolerance);
    if (!code)
        code = CVodeSetUserData(cvode, (void *)(uintptr_t)a);
    if (!code)
        code = CVodeSetNonlinearSolver(cvode, solver);
    if (!code)
        code = CVodeSetMaxNumSteps(cvode, 1000000);
    if (!code)
        code = CVodeSetStopTime(cvode, t);
    if (!code)
        code = CVode(cvode, t, z, &now, CV_NORMAL);
    CVodeFree(&cvode);
    SUNNonlinSolFree(solver);
    N_VDestroy(z);
    SUNContext_Free(&context);
    return code < 0 ? code : 0;
}
#endif

#endif
