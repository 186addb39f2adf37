# The benchmark: our programs against the same written for PyTorch, and against what the hardware allows.

bench_sources = \
  %reldir%/growth.c \
  %reldir%/growth.h \
  %reldir%/kind_adam.c \
  %reldir%/kind_cnn.c \
  %reldir%/kind_conv.c \
  %reldir%/kind_hardware.c \
  %reldir%/kind_mlp.c \
  %reldir%/kind_operator.c \
  %reldir%/kind_scalar.c \
  %reldir%/kinds.c \
  %reldir%/kinds.h \
  %reldir%/measure.c \
  %reldir%/measure.h \
  %reldir%/options.c \
  %reldir%/options.h \
  %reldir%/report.c \
  %reldir%/report.h \
  %reldir%/report_json.c \
  %reldir%/serve.c \
  %reldir%/serve.h \
  %reldir%/side.c \
  %reldir%/side.h \
  %reldir%/statistics.c \
  %reldir%/statistics.h \
  %reldir%/text.c \
  %reldir%/text.h \
  %reldir%/workload.h \
  %reldir%/workloads.c

bench_data = \
  %reldir%/chart.gp \
  %reldir%/growth.gp \
  %reldir%/speed.gp \
  %reldir%/twin.py
EXTRA_DIST += $(bench_data)

noinst_LTLIBRARIES += %reldir%/libbench.la
%canon_reldir%_libbench_la_SOURCES = $(bench_sources)
%canon_reldir%_libbench_la_LIBADD = models/libmodels.la

noinst_PROGRAMS += %reldir%/bench
%canon_reldir%_bench_SOURCES = %reldir%/main.c
%canon_reldir%_bench_LDADD = %reldir%/libbench.la

# make bench [WORKLOAD='names'] [BENCH_THREADS='1 2'] [BENCH_SECONDS=n]
WORKLOAD =
BENCH_THREADS =
BENCH_SECONDS = 360

# The charts are of the whole table; growth needs no PyTorch, speed is a comparison.
bench_draw = $(GNUPLOT) -d -e "folder = '%reldir%/out'; parts = '$(srcdir)/%reldir%'"
.PHONY: bench
bench: $(BUILT_SOURCES)
	@$(MAKE) $(AM_MAKEFLAGS) %reldir%/bench$(EXEEXT)
	@$(MKDIR_P) %reldir%/out
	@%reldir%/bench --match '$(WORKLOAD)' --threads '$(BENCH_THREADS)' --seconds '$(BENCH_SECONDS)' \
	  --python '$(PYTHON_TORCH)' --twin $(srcdir)/%reldir%/twin.py --out %reldir%/out
	@if test -z '$(GNUPLOT)'; then echo 'make bench: no charts, gnuplot is missing (Debian: gnuplot-nox)' >&2; \
	elif test -z '$(WORKLOAD)'; then $(bench_draw) $(srcdir)/%reldir%/growth.gp; \
	  test -z '$(PYTHON_TORCH)' || $(bench_draw) $(srcdir)/%reldir%/speed.gp; \
	fi
