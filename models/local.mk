# The models: architectures alone, written against <autograd.h>.

models_sources = \
  %reldir%/activation.c \
  %reldir%/activation.h \
  %reldir%/cnn.c \
  %reldir%/cnn.h \
  %reldir%/gaussian_regressor.c \
  %reldir%/gaussian_regressor.h \
  %reldir%/mlp.c \
  %reldir%/mlp.h \
  %reldir%/trunk.c \
  %reldir%/trunk.h

noinst_LTLIBRARIES += %reldir%/libmodels.la
%canon_reldir%_libmodels_la_SOURCES = $(models_sources)
%canon_reldir%_libmodels_la_LIBADD = autograd/libengine.la
