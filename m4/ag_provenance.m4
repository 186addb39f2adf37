dnl AG_PROVENANCE: the report says by which compiler and with which flags its numbers were made.
AC_DEFUN([AG_PROVENANCE], [
  ag_cc_version=`$CC --version 2>/dev/null | $SED -n '1s/@<:@\\"@:>@//g;1p'`
  ag_cflags=`AS_ECHO(["$AM_CFLAGS $CPPFLAGS $CFLAGS"]) | $SED 's/@<:@\\"@:>@//g;s/  */ /g;s/ *$//'`
  AC_DEFINE_UNQUOTED([AG_CC_VERSION], ["$ag_cc_version"], [The compiler: the first line that it prints of its version.])
  AC_DEFINE_UNQUOTED([AG_CFLAGS], ["$ag_cflags"], [The compiler flags: ours, then the user's.])
])

dnl AG_SUMMARY: what was chosen, and one line that installs whatever is missing.
AC_DEFUN([AG_SUMMARY], [
  AC_MSG_NOTICE([
  $PACKAGE_STRING
    compiler    $ag_cc_version
    flags       $ag_cflags
    OpenMP      $ag_openmp
    BLAS        $ag_blas_flavour: $ag_blas_config
    tests       ${ag_have_CHECK} (make check)
    figures     ${GNUPLOT:-no} (make report)
    PyTorch     ${PYTHON_TORCH:-no} (make bench)])
  AS_IF([test -n "$ag_missing"], [AC_MSG_NOTICE([for all of it, on Debian or Ubuntu run: apt-get install$ag_missing])])
])
