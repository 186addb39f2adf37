dnl Compiler flags. Ours stand in AM_CFLAGS, before the user's CFLAGS on the command line, so that his win.

dnl AG_OPTIMISATION: -O3 is ours only where the user set no CFLAGS. Must come before AC_PROG_CC, which would set "-g -O2".
AC_DEFUN([AG_OPTIMISATION], [
  AS_IF([test "${CFLAGS+set}" = set], [ag_optimise=], [ag_optimise=-O3 CFLAGS=-g])
])

dnl AG_TRY_CFLAG(FLAG): adds FLAG to AM_CFLAGS if the compiler takes it. -Werror makes clang refuse what it does not know.
AC_DEFUN([AG_TRY_CFLAG], [
  AS_VAR_PUSHDEF([cache], [ag_cv_cflag_$1])
  AC_CACHE_CHECK([whether $CC accepts $1], [cache], [
    ag_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$ag_save_CFLAGS
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([AM_CFLAGS], [" $1"])])
  AS_VAR_POPDEF([cache])
])

dnl AG_COMPILER_FLAGS: the language, the warnings, and the three ways to build that configure offers.
dnl -ffp-contract=off keeps a*b+c two roundings in every clone of a kernel, so that all machines give the same bits.
dnl -fno-math-errno and -fno-trapping-math change no result: nobody reads errno or the flags of the floating-point unit after
dnl a computation, and loops with sqrt or a choice between numbers become vector code.
dnl -fno-semantic-interposition lets the position-independent objects, which all programs share, inline as freely as others.
AC_DEFUN([AG_COMPILER_FLAGS], [
  AC_ARG_ENABLE([debug], [AS_HELP_STRING([--enable-debug], [no optimisation, full symbols, released memory is poisoned])],
                [], [enable_debug=no])
  AC_ARG_ENABLE([sanitize], [AS_HELP_STRING([--enable-sanitize], [address and undefined-behaviour sanitizers])],
                [], [enable_sanitize=no])
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [warnings are errors])], [], [enable_werror=no])

  AG_CPPFLAGS='-D_GNU_SOURCE'
  AM_CFLAGS=
  AG_TRY_CFLAG([-std=c17])
  AS_IF([test "$ag_cv_cflag__std_c17" = no], [AC_MSG_ERROR([$CC does not know C17; set CC to a newer compiler (Debian: apt-get install gcc)])])
  AG_TRY_CFLAG([-ffp-contract=off])
  AG_TRY_CFLAG([-fno-math-errno])
  AG_TRY_CFLAG([-fno-trapping-math])
  AG_TRY_CFLAG([-fno-semantic-interposition])
  m4_foreach_w([flag], [-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes],
               [AG_TRY_CFLAG(flag)])
  dnl Leaving out what is zero is how options are given here.
  AG_TRY_CFLAG([-Wno-missing-field-initializers])

  AS_IF([test "$enable_debug" != no], [
    ag_optimise='-O0 -g3'
    AG_CPPFLAGS="$AG_CPPFLAGS -DAG_DEBUG=1"])
  AS_IF([test "$enable_sanitize" != no], [
    AS_IF([test "$ag_optimise" = -O3], [ag_optimise=-O1])
    AG_CPPFLAGS="$AG_CPPFLAGS -DAG_SANITIZE=1"
    ag_sanitizer='-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer'
    ag_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $ag_sanitizer"
    AC_MSG_CHECKING([whether sanitized programs link])
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
                   [AC_MSG_RESULT([no])
                    AC_MSG_ERROR([--enable-sanitize needs the compiler's sanitizer libraries (Debian: gcc has them; for clang, apt-get install clang libclang-rt-dev)])])
    CFLAGS=$ag_save_CFLAGS
    AM_CFLAGS="$AM_CFLAGS $ag_sanitizer"])
  AS_IF([test "$enable_werror" != no], [AM_CFLAGS="$AM_CFLAGS -Werror"])
  AM_CFLAGS=`AS_ECHO(["$ag_optimise $AM_CFLAGS"]) | $SED 's/^ *//;s/  */ /g'`
  AC_SUBST([AG_CPPFLAGS])
  AC_SUBST([AM_CFLAGS])
])

dnl AG_OPENMP: OpenMP, or with --disable-openmp a serial build that still heeds `omp simd`.
AC_DEFUN([AG_OPENMP], [
  AC_OPENMP
  AS_IF([test "$enable_openmp" = no],
        [ag_openmp='no (--disable-openmp)'
         AG_TRY_CFLAG([-fopenmp-simd])
         AG_TRY_CFLAG([-Wno-unknown-pragmas])],
        [test -z "$OPENMP_CFLAGS"],
        [AC_MSG_ERROR([$CC has no OpenMP; install it (Debian: gcc has it; for clang, apt-get install libomp-dev) or build serially with --disable-openmp])],
        [ag_openmp="yes ($OPENMP_CFLAGS)"
         AM_CFLAGS="$AM_CFLAGS $OPENMP_CFLAGS"])
])
