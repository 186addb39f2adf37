# The experiments: data, catalogue, training, store and supervisor in a library, and the driver agx.

experiments_data = \
  %reldir%/data/content.c \
  %reldir%/data/content.h \
  %reldir%/data/data.h \
  %reldir%/data/digest.c \
  %reldir%/data/digest.h \
  %reldir%/data/embedded.h \
  %reldir%/data/embedded_digits.c \
  %reldir%/data/embedded_houses.c \
  %reldir%/data/fetch.c \
  %reldir%/data/fetch.h \
  %reldir%/data/glyphs.c \
  %reldir%/data/glyphs.h \
  %reldir%/data/gunzip.c \
  %reldir%/data/gunzip.h \
  %reldir%/data/load.c \
  %reldir%/data/noise.c \
  %reldir%/data/noise.h \
  %reldir%/data/obtain.c \
  %reldir%/data/obtain.h \
  %reldir%/data/parse.h \
  %reldir%/data/parse_digits.c \
  %reldir%/data/parse_houses.c \
  %reldir%/data/say.c \
  %reldir%/data/say.h \
  %reldir%/data/split.c \
  %reldir%/data/split.h \
  %reldir%/data/text.c \
  %reldir%/data/text.h

experiments_sources = \
  %reldir%/added.c \
  %reldir%/added.h \
  %reldir%/bytes.c \
  %reldir%/bytes.h \
  %reldir%/catalogue.c \
  %reldir%/catalogue.h \
  %reldir%/catalogue_digits.c \
  %reldir%/catalogue_houses.c \
  %reldir%/catalogue_rows.h \
  %reldir%/catalogue_variation.c \
  %reldir%/checkpoint.c \
  %reldir%/checkpoint.h \
  %reldir%/checkpoint_file.c \
  %reldir%/checkpoint_file.h \
  %reldir%/claim.c \
  %reldir%/claim.h \
  %reldir%/cmd_data.c \
  %reldir%/cmd_diff.c \
  %reldir%/cmd_explain.c \
  %reldir%/cmd_export.c \
  %reldir%/cmd_gc.c \
  %reldir%/cmd_list.c \
  %reldir%/cmd_predict.c \
  %reldir%/cmd_run.c \
  %reldir%/cmd_show.c \
  %reldir%/cmd_status.c \
  %reldir%/cmd_sweep.c \
  %reldir%/command.c \
  %reldir%/command.h \
  %reldir%/compare.c \
  %reldir%/compare.h \
  %reldir%/config.c \
  %reldir%/config.h \
  %reldir%/config_fields.c \
  %reldir%/custom.c \
  %reldir%/custom.h \
  %reldir%/dataset.c \
  %reldir%/dataset.h \
  %reldir%/evaluate.c \
  %reldir%/evaluate.h \
  %reldir%/export.c \
  %reldir%/export.h \
  %reldir%/identity.c \
  %reldir%/identity.h \
  %reldir%/launch.c \
  %reldir%/launch.h \
  %reldir%/leftovers.c \
  %reldir%/leftovers.h \
  %reldir%/live.c \
  %reldir%/live.h \
  %reldir%/loss.c \
  %reldir%/loss.h \
  %reldir%/message.c \
  %reldir%/message.h \
  %reldir%/network.c \
  %reldir%/network.h \
  %reldir%/plan.c \
  %reldir%/plan.h \
  %reldir%/predictor.c \
  %reldir%/predictor.h \
  %reldir%/problem_digits.c \
  %reldir%/problem_houses.c \
  %reldir%/profile.c \
  %reldir%/profile.h \
  %reldir%/progress.c \
  %reldir%/progress.h \
  %reldir%/provenance.c \
  %reldir%/provenance.h \
  %reldir%/request.c \
  %reldir%/request.h \
  %reldir%/samples.c \
  %reldir%/samples.h \
  %reldir%/sitting.c \
  %reldir%/sitting.h \
  %reldir%/standing.c \
  %reldir%/standing.h \
  %reldir%/store.c \
  %reldir%/store.h \
  %reldir%/store_custom.c \
  %reldir%/store_internal.h \
  %reldir%/store_query.c \
  %reldir%/store_read.c \
  %reldir%/store_schema.c \
  %reldir%/store_write.c \
  %reldir%/supervisor.c \
  %reldir%/supervisor.h \
  %reldir%/sweep.c \
  %reldir%/sweep.h \
  %reldir%/train.c \
  %reldir%/train.h \
  %reldir%/wanted.c \
  %reldir%/wanted.h \
  %reldir%/worker.c \
  %reldir%/worker.h

noinst_LTLIBRARIES += %reldir%/libexperiments.la
%canon_reldir%_libexperiments_la_SOURCES = $(experiments_data) $(experiments_sources)
nodist_%canon_reldir%_libexperiments_la_SOURCES = %reldir%/revision.h
%canon_reldir%_libexperiments_la_LIBADD = models/libmodels.la $(BLAS_LIBS) $(SQLITE_LIBS) $(ZLIB_LIBS) $(MD_LIBS)

bin_PROGRAMS += agx
agx_SOURCES = %reldir%/agx.c

# Which source this is, for provenance: looked at by every make, changed only when the answer has.
BUILT_SOURCES += %reldir%/revision.h
CLEANFILES += %reldir%/revision.h
%reldir%/revision.h: always
	@$(MKDIR_P) %reldir%; $(SHELL) $(srcdir)/m4/revision.sh $(srcdir) $(PACKAGE_VERSION) > $@.tmp && \
	if cmp -s $@.tmp $@; then rm -f $@.tmp; else mv $@.tmp $@; fi
