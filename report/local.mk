# The report: reads the store of runs, judges, draws and writes.

report_sources = \
  %reldir%/choices.c \
  %reldir%/choices.h \
  %reldir%/claim_rules.c \
  %reldir%/claim_rules.h \
  %reldir%/claim_rules_cell.c \
  %reldir%/claim_rules_identity.c \
  %reldir%/claim_rules_trend.c \
  %reldir%/claims.c \
  %reldir%/claims.h \
  %reldir%/claims_table.c \
  %reldir%/evidence.c \
  %reldir%/evidence.h \
  %reldir%/failures.c \
  %reldir%/failures.h \
  %reldir%/figure.c \
  %reldir%/figure.h \
  %reldir%/figure_classifier.c \
  %reldir%/figure_classifier.h \
  %reldir%/figure_curves.c \
  %reldir%/figure_curves.h \
  %reldir%/figure_pixels.c \
  %reldir%/figure_points.c \
  %reldir%/figure_points.h \
  %reldir%/figure_regressor.c \
  %reldir%/figure_regressor.h \
  %reldir%/figure_training.c \
  %reldir%/figure_training.h \
  %reldir%/figure_write.c \
  %reldir%/files.c \
  %reldir%/files.h \
  %reldir%/finding.c \
  %reldir%/finding.h \
  %reldir%/gnuplot.c \
  %reldir%/gnuplot.h \
  %reldir%/html.c \
  %reldir%/html.h \
  %reldir%/html_inline.c \
  %reldir%/json.c \
  %reldir%/json.h \
  %reldir%/labels.c \
  %reldir%/labels.h \
  %reldir%/measure.c \
  %reldir%/measure.h \
  %reldir%/notice.c \
  %reldir%/notice.h \
  %reldir%/numbers.c \
  %reldir%/numbers.h \
  %reldir%/page.c \
  %reldir%/page.h \
  %reldir%/pictures.c \
  %reldir%/pictures.h \
  %reldir%/provenance.c \
  %reldir%/provenance.h \
  %reldir%/published.c \
  %reldir%/published.h \
  %reldir%/report.c \
  %reldir%/report.h \
  %reldir%/results.c \
  %reldir%/results.h \
  %reldir%/section.c \
  %reldir%/section.h \
  %reldir%/statistics.c \
  %reldir%/statistics.h \
  %reldir%/table.c \
  %reldir%/table.h \
  %reldir%/table_final.c \
  %reldir%/table_final.h \
  %reldir%/table_sweep.c \
  %reldir%/table_sweep.h \
  %reldir%/template.c \
  %reldir%/template.h \
  %reldir%/variation.c \
  %reldir%/variation.h \
  %reldir%/verdict.c \
  %reldir%/verdict.h \
  %reldir%/verdicts.c \
  %reldir%/verdicts.h

# What is read when the report is written: the template, the style sheet, the gnuplot scripts.
report_data = \
  %reldir%/curves.gp \
  %reldir%/image.gp \
  %reldir%/page.css \
  %reldir%/points.gp \
  %reldir%/shapes.gp \
  %reldir%/style.gp \
  %reldir%/template.md
EXTRA_DIST += $(report_data)

noinst_LTLIBRARIES += %reldir%/libreport.la
%canon_reldir%_libreport_la_SOURCES = $(report_sources)
%canon_reldir%_libreport_la_LIBADD = experiments/libexperiments.la

noinst_PROGRAMS += %reldir%/agx-report
%canon_reldir%_agx_report_SOURCES = %reldir%/main.c
%canon_reldir%_agx_report_LDADD = %reldir%/libreport.la

# make report [PROFILE=quick|full] [SEEDS=n] [JOBS=n] [THREADS=n] [STRICT=1]
PROFILE = full
SEEDS = 3
JOBS =
THREADS =
STRICT =

# Seed by seed, with a report after each: an interruption leaves a whole report of fewer seeds, and the same command goes on.
# A run that failed (3) belongs into the report, so the report is written all the same, and make fails in the end.
.PHONY: report
report: $(BUILT_SOURCES)
	@$(MAKE) $(AM_MAKEFLAGS) agx$(EXEEXT) %reldir%/agx-report$(EXEEXT)
	@set -- --profile '$(PROFILE)' --store results.db; \
	test -z '$(JOBS)' || set -- "$$@" --jobs '$(JOBS)'; \
	test -z '$(THREADS)' || set -- "$$@" --threads '$(THREADS)'; \
	strict=; test -z '$(STRICT)' || strict=--strict; \
	seed=1; runs=0; \
	while :; do \
	  ./agx run --seeds "$$seed" "$$@"; runs=$$?; \
	  test $$runs -eq 0 || test $$runs -eq 3 || exit $$runs; \
	  %reldir%/agx-report --profile '$(PROFILE)' --store results.db --parts $(srcdir)/%reldir% --out %reldir%/out $$strict; \
	  report=$$?; \
	  test $$report -ne 1 || exit 1; \
	  test "$$seed" -lt '$(SEEDS)' || break; \
	  seed=$$((seed + 1)); \
	done; \
	test $$runs -eq 0 || exit $$runs; exit $$report

# The report as PDF, where there is pandoc and one of the programs by which it makes PDF; they take PNG for figures.
.PHONY: report-pdf
report-pdf:
	@command -v pandoc >/dev/null || { echo 'make report-pdf: pandoc is not installed' >&2; exit 1; }
	@test -s %reldir%/out/report.md || { echo 'make report-pdf: there is no report yet; run: make report' >&2; exit 1; }
	@cd %reldir%/out && sed 's/\.svg)/.png)/' report.md >report.tmp && \
	  { pandoc -f gfm --metadata title='The published report, rerun' -o report.pdf report.tmp; status=$$?; rm -f report.tmp; exit $$status; }
	@echo %reldir%/out/report.pdf
