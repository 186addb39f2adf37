dnl AG_BLAS_FLAVOUR: proves that BLAS multiplies matrices, and records in config.h how it runs its threads.
dnl
dnl The product is [1 2; 3 4] [5 6; 7 8] = [19 22; 43 50], and the numbers are small integers, so float32 is exact.
dnl Flavour matters: the OpenMP one follows our OpenMP regions, the pthread one must be told to keep to one thread.
AC_DEFUN([AG_BLAS_FLAVOUR], [
  AC_MSG_CHECKING([whether sgemm multiplies rightly])
  ag_save_CPPFLAGS=$CPPFLAGS ag_save_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $BLAS_CFLAGS" LIBS="$BLAS_LIBS $LIBS"
  AC_RUN_IFELSE([AC_LANG_PROGRAM([[#include <cblas.h>
#include <stdio.h>]], [[
    const float a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8}, expected[4] = {19, 22, 43, 50};
    float c[4] = {0, 0, 0, 0};
    const char *parallel[3] = {"sequential", "pthread", "OpenMP"};
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1.0f, a, 2, b, 2, 0.0f, c, 2);
    for (int i = 0; i < 4; i++)
      if (c[i] != expected[i]) return 1;
    FILE *out = fopen("conftest.blas", "w");
    if (!out) return 2;
    fprintf(out, "%s\n%s\n", parallel[openblas_get_parallel()], openblas_get_config());
    return fclose(out) != 0;]])],
    [AC_MSG_RESULT([yes])
     ag_blas_flavour=`$SED -n 1p conftest.blas`
     ag_blas_config=`$SED -n '2s/ *$//p' conftest.blas`],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([BLAS ($BLAS_LIBS) does not compute a 2 x 2 product rightly; see config.log, and install another one (Debian: apt-get install libopenblas-openmp-dev)])],
    [AC_MSG_RESULT([not tried: cross compiling])
     ag_blas_flavour=unknown ag_blas_config=unknown])
  rm -f conftest.blas
  CPPFLAGS=$ag_save_CPPFLAGS LIBS=$ag_save_LIBS
  AC_MSG_CHECKING([which OpenBLAS this is])
  AC_MSG_RESULT([$ag_blas_flavour: $ag_blas_config])
  AC_DEFINE_UNQUOTED([BLAS_FLAVOUR], ["$ag_blas_flavour"], [How the BLAS that configure found runs threads: sequential, pthread or OpenMP.])
  AC_DEFINE_UNQUOTED([BLAS_CONFIG], ["$ag_blas_config"], [What openblas_get_config() said to configure.])
])
