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

# make bench [WORKLOAD='names'] [BENCH_THREADS='1 2'] [BENCH_SECONDS=360]
WORKLOAD =
BENCH_THREADS =
BENCH_SECONDS = 360

.PHONY: bench
bench: $(BUILT_SOURCES)
	@$(MAKE) $(AM_MAKEFLAGS) %reldir%/bench$(EXEEXT)
	@$(MKDIR_P) %reldir%/out
	@%reldir%/bench --match '$(WORKLOAD)' --threads '$(BENCH_THREADS)' --seconds '$(BENCH_SECONDS)' \
	  --python '$(PYTHON_TORCH)' --twin $(srcdir)/%reldir%/twin.py --out %reldir%/out
