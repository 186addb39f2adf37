dnl AG_LAPACK: proves that the library of BLAS has the factorisations of LAPACK, by the names that Fortran gives them.
dnl
dnl The lower triangle of [4 2; 2 5], by columns 4 2 2 5, has the root [2 0; 1 2], and the LU factors of the matrix with columns
dnl (2, 4) and (1, 5) are found with one exchange of rows: 4 is the first pivot.
AC_DEFUN([AG_LAPACK], [
  AC_MSG_CHECKING([whether spotrf and dgetrf factorise rightly])
  ag_save_LIBS=$LIBS
  LIBS="$BLAS_LIBS $LIBS"
  AC_RUN_IFELSE([AC_LANG_PROGRAM([[#include <stddef.h>
void spotrf_(const char *, const int *, float *, const int *, int *, size_t);
void dpotrf_(const char *, const int *, double *, const int *, int *, size_t);
void sgetrf_(const int *, const int *, float *, const int *, int *, int *);
void dgetrf_(const int *, const int *, double *, const int *, int *, int *);]], [[
    float a[4] = {4, 2, 2, 5}, c[1] = {3};
    double b[4] = {2, 4, 1, 5}, d[1] = {9};
    const int one = 1, two = 2;
    int info[4], pivot[2], single[1];
    spotrf_("L", &two, a, &two, &info[0], 1);
    dpotrf_("U", &one, d, &one, &info[1], 1);
    dgetrf_(&two, &two, b, &two, pivot, &info[2]);
    sgetrf_(&one, &one, c, &one, single, &info[3]);
    for (int i = 0; i < 4; i++)
      if (info[i]) return 1;
    return a[0] != 2 || a[1] != 1 || a[3] != 2 || d[0] != 3 || b[0] != 4 || pivot[0] != 2 || c[0] != 3;]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([BLAS ($BLAS_LIBS) comes without LAPACK, or its integers are not int; see config.log, and install another one (Debian: apt-get install libopenblas-openmp-dev)])],
    [AC_MSG_RESULT([not tried: cross compiling])])
  LIBS=$ag_save_LIBS
])
