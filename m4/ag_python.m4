dnl AG_PYTHON_TORCH: a Python 3 that has PyTorch, for `make bench` alone, which compares with it. Sets PYTHON_TORCH, or
dnl leaves it empty. The first python3 of the PATH may be another than that for which the system has packages.
AC_DEFUN([AG_PYTHON_TORCH], [
  AC_PATH_PROGS_FEATURE_CHECK([PYTHON_TORCH], [python3],
    [AS_IF([$ac_path_PYTHON_TORCH -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch"))' >/dev/null 2>&1],
           [ac_cv_path_PYTHON_TORCH=$ac_path_PYTHON_TORCH ac_path_PYTHON_TORCH_found=:])],
    [], [$PATH$PATH_SEPARATOR/usr/bin])
  AC_SUBST([PYTHON_TORCH], [$ac_cv_path_PYTHON_TORCH])
])
