dnl Dependencies. Each is looked for by pkg-config, else by its plain name, and is believed only once a program links with it.

dnl AG_LIBRARY(VARIABLE, MODULE, LIBRARY, DEBIAN-PACKAGE, PURPOSE, HEADER, EXPRESSION, [optional])
dnl sets VARIABLE_CFLAGS, VARIABLE_LIBS, ag_have_VARIABLE, and ag_from_VARIABLE (the module, or empty where only the plain name was found).
AC_DEFUN([AG_LIBRARY], [
  PKG_CHECK_MODULES([$1], [$2], [ag_from_$1=$2], [
    ag_from_$1=
    $1_LIBS=${$1_LIBS--l$3}])
  AC_MSG_CHECKING([whether a program links with $$1_LIBS])
  ag_save_CPPFLAGS=$CPPFLAGS ag_save_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $$1_CFLAGS" LIBS="$$1_LIBS $LIBS"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdint.h>
#include <sys/types.h>
#include <$6>]], [[return $7;]])], [ag_have_$1=yes], [ag_have_$1=no])
  CPPFLAGS=$ag_save_CPPFLAGS LIBS=$ag_save_LIBS
  AC_MSG_RESULT([$ag_have_$1])
  AS_IF([test "$ag_have_$1" = no], [
    ag_missing="$ag_missing $4"
    m4_if([$8], [optional],
          [AC_MSG_WARN([$2 is missing ($5); Debian: apt-get install $4])],
          [ag_missing_names="$ag_missing_names, $2 ($5)"])])
])

dnl AG_REQUIRE_LIBRARIES: one error that names all missing libraries at once.
AC_DEFUN([AG_REQUIRE_LIBRARIES], [
  AS_IF([test -n "$ag_missing_names"], [
    ag_missing_names=`AS_ECHO(["$ag_missing_names"]) | $SED 's/^, //'`
    AC_MSG_ERROR([missing: $ag_missing_names; on Debian or Ubuntu run: apt-get install$ag_missing])])
])

dnl AG_PROGRAM(VARIABLE, PROGRAM, DEBIAN-PACKAGE, PURPOSE): a program that only part of the work needs; its absence is a warning.
AC_DEFUN([AG_PROGRAM], [
  AC_CHECK_PROG([$1], [$2], [$2])
  AS_IF([test -z "$$1"], [
    ag_missing="$ag_missing $3"
    AC_MSG_WARN([$2 is missing ($4); Debian: apt-get install $3])])
])

dnl AG_PRIVATE_LIBRARIES(VARIABLE...): what a static libautograd needs of others, for autograd.pc: the modules of libraries that
dnl pkg-config knows, the plain names of the others.
AC_DEFUN([AG_PRIVATE_LIBRARIES], [
  PC_REQUIRES_PRIVATE= PC_LIBS_PRIVATE="$LIBS $OPENMP_CFLAGS"
  m4_foreach_w([variable], [$1], [
    AS_IF([test -n "$ag_from_[]variable"], [AS_VAR_APPEND([PC_REQUIRES_PRIVATE], [" $ag_from_[]variable"])],
          [PC_LIBS_PRIVATE="$[]variable[]_LIBS $PC_LIBS_PRIVATE"])])
  AC_SUBST([PC_REQUIRES_PRIVATE])
  AC_SUBST([PC_LIBS_PRIVATE])
])
