// Small dense linear algebra for the dynamics code, over GSL: solve and eigenvalues with errors as codes.
//
// GSL's default error handler aborts the program; programs that use the analysis library call gsl_set_error_handler_off().
// The type is spelled _Complex, as the macro I of complex.h would meet every current of that name.
#ifndef H4L_ANALYSIS_DENSE_H
#define H4L_ANALYSIS_DENSE_H

#include "analysis/bifurcation.h"

// Solves A x = b, A[n * n] row-major; LU with partial pivoting. b and ret_x may be the same. H4L_E_NUMERIC: singular to
// rounding; H4L_E_NOMEM.
int h4l_solve(const double *A, int n, const double *b, double *ret_x, struct h4l_err *err);
int h4l_solve_complex(const double _Complex *A, int n, const double _Complex *b,
                      double _Complex *ret_x, struct h4l_err *err);

// Eigenvalues of A[n * n], by descending real part, pairs with the positive imaginary part first: ret[n]. H4L_E_NUMERIC.
int h4l_eigenvalues(const double *A, int n, struct h4l_complex *ret, struct h4l_err *err);

// The null vector of A - lambda, by inverse iteration, with norm 1: ret[n]. `transposed`: of A' - lambda (a left eigenvector, without
// conjugation). lambda must be an eigenvalue. H4L_E_NUMERIC, H4L_E_NOMEM.
int h4l_eigenvector(const double *A, int n, double _Complex lambda, int transposed,
                    double _Complex *ret, struct h4l_err *err);

#endif
