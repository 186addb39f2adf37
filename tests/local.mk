# Tests: one Check program a room, and scripts for the documents and the house. They run at the top of the build tree, with
# the source tree's path in $srcdir.
# `make check` runs all; `make check-engine` only those of the engine, `make check-valgrind` these under valgrind.

# Numbers of PyTorch: the cases of a family are in vectors/cases/FAMILY.py, what is made of them in vectors/FAMILY.c.
vector_families = \
  activations \
  arithmetic \
  arrange \
  attention \
  basics \
  class_losses \
  comparisons \
  convolutions \
  einsum \
  elementwise \
  gradients_elementwise \
  gradients_structured \
  indexing \
  lanes \
  linalg \
  losses \
  masks \
  normalisation \
  pooling \
  recurrent \
  reductions \
  triangular \
  types \
  whole_order \
  whole_reductions
vector_sources = \
  %reldir%/vectors/activations.c \
  %reldir%/vectors/arithmetic.c \
  %reldir%/vectors/arrange.c \
  %reldir%/vectors/attention.c \
  %reldir%/vectors/basics.c \
  %reldir%/vectors/class_losses.c \
  %reldir%/vectors/comparisons.c \
  %reldir%/vectors/convolutions.c \
  %reldir%/vectors/einsum.c \
  %reldir%/vectors/elementwise.c \
  %reldir%/vectors/gradients_elementwise.c \
  %reldir%/vectors/gradients_structured.c \
  %reldir%/vectors/indexing.c \
  %reldir%/vectors/lanes.c \
  %reldir%/vectors/linalg.c \
  %reldir%/vectors/losses.c \
  %reldir%/vectors/masks.c \
  %reldir%/vectors/normalisation.c \
  %reldir%/vectors/pooling.c \
  %reldir%/vectors/recurrent.c \
  %reldir%/vectors/reductions.c \
  %reldir%/vectors/triangular.c \
  %reldir%/vectors/types.c \
  %reldir%/vectors/whole_order.c \
  %reldir%/vectors/whole_reductions.c
tests_data = \
  %reldir%/installcheck.sh \
  %reldir%/runtimes.supp \
  %reldir%/vectors/cases/__init__.py \
  $(vector_families:%=%reldir%/vectors/cases/%.py) \
  %reldir%/vectors/functional.h \
  %reldir%/vectors/make_functional.py \
  %reldir%/vectors/make_npz.py \
  %reldir%/vectors/make_operators.py \
  %reldir%/vectors/make_optim.py \
  %reldir%/vectors/npz.h \
  %reldir%/vectors/optim.h
EXTRA_DIST += $(tests_data)
# Threads that wait leave their cores to the other test programs: otherwise they spin for most of the time that make -j has.
AM_TESTS_ENVIRONMENT = OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY; \
  LSAN_OPTIONS="suppressions=$(srcdir)/%reldir%/runtimes.supp:print_suppressions=0"; export LSAN_OPTIONS; \
  CC='$(CC)' NM='$(NM)' FLAGS='$(AM_CFLAGS) $(CFLAGS)' COMPILE='$(COMPILE)' LIBRARIES='$(CHECK_LIBS)' \
  OPERATOR_TEST_OBJECTS='$(%canon_reldir%_test_operators_OBJECTS)' \
  PYTHON_TORCH='$(PYTHON_TORCH)'; \
  export CC NM FLAGS COMPILE LIBRARIES OPERATOR_TEST_OBJECTS PYTHON_TORCH;

# Whether the documents say the truth and the sources keep the rules, and whether kills and full disks lose nothing; the recipes of HACKING.md build on the tests below.
TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = $(SHELL)
dist_check_SCRIPTS = \
  %reldir%/full.sh \
  %reldir%/house.sh \
  %reldir%/isa.sh \
  %reldir%/kill.sh \
  %reldir%/readme.sh \
  %reldir%/recipes.sh
TESTS += %reldir%/full.sh %reldir%/house.sh %reldir%/kill.sh %reldir%/readme.sh

# Of the engine, and of the rooms built on it.
engine_tests = \
  %reldir%/test-engine \
  %reldir%/test-kernels \
  %reldir%/test-mutants \
  %reldir%/test-nn \
  %reldir%/test-operators
other_tests = \
  %reldir%/test-bench \
  %reldir%/test-data \
  %reldir%/test-experiments \
  %reldir%/test-models \
  %reldir%/test-report

%canon_reldir%_test_engine_SOURCES = \
  %reldir%/each.h \
  %reldir%/engine_anomaly.c \
  %reldir%/engine_backward.c \
  %reldir%/engine_checkpoint.c \
  %reldir%/engine_checkpoint_limits.c \
  %reldir%/engine_errors.c \
  %reldir%/engine_functional.c \
  %reldir%/engine_grad.c \
  %reldir%/engine_memory.c \
  %reldir%/engine_operators.c \
  %reldir%/engine_overwritten.c \
  %reldir%/engine_profile.c \
  %reldir%/engine_random.c \
  %reldir%/engine_scopes.c \
  %reldir%/engine_trace.c \
  %reldir%/engine_views.c \
  %reldir%/support.c \
  %reldir%/support.h \
  %reldir%/test_engine.c \
  %reldir%/test_engine.h
%canon_reldir%_test_engine_LDADD = $(engine_tests_libraries)

%canon_reldir%_test_kernels_SOURCES = \
  %reldir%/each.h \
  %reldir%/support.c \
  %reldir%/support.h \
  %reldir%/test_kernels.c \
  %reldir%/test_kernels.h \
  %reldir%/test_kernels_conv2d.c \
  %reldir%/test_kernels_conv2d_norms.c \
  %reldir%/test_kernels_elementary.c \
  %reldir%/test_kernels_gemm.c \
  %reldir%/test_kernels_grey_last.c \
  %reldir%/test_kernels_linear.c \
  %reldir%/test_kernels_norm.c \
  %reldir%/test_kernels_norm_pool.c \
  %reldir%/test_kernels_norm_relu.c \
  %reldir%/test_kernels_norm_moments.c \
  %reldir%/test_kernels_norm_parts.c \
  %reldir%/test_kernels_pool.c \
  %reldir%/test_kernels_order.c \
  %reldir%/test_kernels_random.c \
  %reldir%/test_kernels_reduce.c \
  %reldir%/test_kernels_strided.c \
  %reldir%/test_kernels_winograd.c
%canon_reldir%_test_kernels_LDADD = $(engine_tests_libraries)

%canon_reldir%_test_nn_SOURCES = \
  %reldir%/each.h \
  %reldir%/test_nn.c \
  %reldir%/test_nn.h \
  %reldir%/test_nn_gradcheck.c \
  %reldir%/test_nn_layers.c \
  %reldir%/test_nn_moments.c \
  %reldir%/test_nn_npz.c \
  %reldir%/test_nn_optim.c \
  %reldir%/test_nn_second_order.c
%canon_reldir%_test_nn_LDADD = $(engine_tests_libraries)

# The walk over the operators, its samples and its oracles, and what else is known of operators.
walk_sources = \
  %reldir%/each.h \
  %reldir%/operators/adjoint.c \
  %reldir%/operators/arrangements.c \
  %reldir%/operators/array.c \
  %reldir%/operators/array.h \
  %reldir%/operators/attention.c \
  %reldir%/operators/batch_norm_map.c \
  %reldir%/operators/checks.c \
  %reldir%/operators/comparisons.c \
  %reldir%/operators/composites.c \
  %reldir%/operators/conv2d_moments.c \
  %reldir%/operators/convolution_composites.c \
  %reldir%/operators/convolutions.c \
  %reldir%/operators/covered.c \
  %reldir%/operators/creation.c \
  %reldir%/operators/edges.c \
  %reldir%/operators/einsum.c \
  %reldir%/operators/elementwise.c \
  %reldir%/operators/evaluate.c \
  %reldir%/operators/large.c \
  %reldir%/operators/linalg.c \
  %reldir%/operators/losses.c \
  %reldir%/operators/losses_more.c \
  %reldir%/operators/masks.c \
  %reldir%/operators/normalisation.c \
  %reldir%/operators/oracle_elementwise.c \
  %reldir%/operators/oracle_indexing.c \
  %reldir%/operators/oracle_lanes.c \
  %reldir%/operators/oracle_linalg.c \
  %reldir%/operators/oracle_moments.c \
  %reldir%/operators/oracle_normalisation.c \
  %reldir%/operators/oracle_pooling.c \
  %reldir%/operators/oracle_products.c \
  %reldir%/operators/oracle_reductions.c \
  %reldir%/operators/oracle_types.c \
  %reldir%/operators/oracle_views.c \
  %reldir%/operators/recurrent.c \
  %reldir%/operators/reductions.c \
  %reldir%/operators/samples.c \
  %reldir%/operators/tries.c \
  %reldir%/operators/types.c \
  %reldir%/operators/vectors.c \
  %reldir%/operators/vectors.h \
  %reldir%/operators/walk.c \
  %reldir%/operators/walk.h \
  %reldir%/support.c \
  %reldir%/support.h \
  $(vector_sources)
%canon_reldir%_test_operators_SOURCES = $(walk_sources) \
  %reldir%/operators/page.c \
  %reldir%/test_operators.c
%canon_reldir%_test_operators_LDADD = $(engine_tests_libraries)
%canon_reldir%_test_mutants_SOURCES = $(walk_sources) \
  %reldir%/operators/mutants.c \
  %reldir%/operators/mutations.c \
  %reldir%/test_mutants.c
%canon_reldir%_test_mutants_LDADD = $(engine_tests_libraries)

%canon_reldir%_test_bench_SOURCES = \
  %reldir%/test_bench.c \
  %reldir%/test_bench.h \
  %reldir%/test_bench_program.c
%canon_reldir%_test_bench_LDADD = bench/libbench.la $(SQLITE_LIBS) $(CHECK_LIBS)

%canon_reldir%_test_data_SOURCES = \
  %reldir%/each.h \
  %reldir%/test_data.c \
  %reldir%/test_data.h \
  %reldir%/test_data_cache.c \
  %reldir%/test_data_folder.c \
  %reldir%/test_data_parse.c \
  %reldir%/test_data_sets.c
%canon_reldir%_test_data_LDADD = $(other_tests_libraries)

%canon_reldir%_test_experiments_SOURCES = \
  %reldir%/test_experiments.c \
  %reldir%/test_experiments.h \
  %reldir%/test_experiments_agx.c \
  %reldir%/test_experiments_catalogue.c \
  %reldir%/test_experiments_checkpoint.c \
  %reldir%/test_experiments_commands.c \
  %reldir%/test_experiments_compare.c \
  %reldir%/test_experiments_config.c \
  %reldir%/test_experiments_custom.c \
  %reldir%/test_experiments_damage.c \
  %reldir%/test_experiments_refused.c \
  %reldir%/test_experiments_resume.c \
  %reldir%/test_experiments_runs.c \
  %reldir%/test_experiments_sitting.c \
  %reldir%/test_experiments_sitting.h \
  %reldir%/test_experiments_store.c \
  %reldir%/test_experiments_supervisor.c \
  %reldir%/test_experiments_train.c
%canon_reldir%_test_experiments_LDADD = $(other_tests_libraries)

%canon_reldir%_test_models_SOURCES = \
  %reldir%/test_models.c \
  %reldir%/test_models.h \
  %reldir%/test_models_steady.c \
  %reldir%/test_models_values.c
%canon_reldir%_test_models_LDADD = $(other_tests_libraries)

%canon_reldir%_test_report_SOURCES = \
  %reldir%/report_stores.c \
  %reldir%/test_report.c \
  %reldir%/test_report.h \
  %reldir%/test_report_html.c \
  %reldir%/test_report_parts.c \
  %reldir%/test_report_pictures.c \
  %reldir%/test_report_statistics.c \
  %reldir%/test_report_verdicts.c \
  %reldir%/test_report_whole.c
%canon_reldir%_test_report_LDADD = $(other_tests_libraries)

engine_tests_libraries = autograd/libengine.la $(CHECK_LIBS)
other_tests_libraries = report/libreport.la $(CHECK_LIBS)

.PHONY: check-engine check-valgrind docs
if HAVE_CHECK
check_PROGRAMS += $(engine_tests) $(other_tests)
TESTS += $(engine_tests) $(other_tests) %reldir%/isa.sh %reldir%/recipes.sh

check-engine: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(engine_tests)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(engine_tests)' check_PROGRAMS='$(engine_tests)'
docs: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) %reldir%/test-operators
	srcdir=$(srcdir) AG_OPERATORS_PAGE=$(srcdir)/docs/operators.md CK_RUN_CASE=page %reldir%/test-operators
else
check-local check-engine docs:
	@echo 'make $@: the library Check is missing (Debian: apt-get install check); configure again with it' >&2; exit 1
endif

check-valgrind:
	$(MAKE) $(AM_MAKEFLAGS) check-engine \
	  LOG_COMPILER='valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite'

installcheck-local:
	CC='$(CC)' CFLAGS='$(CFLAGS)' PKG_CONFIG='$(PKG_CONFIG)' NM='$(NM)' $(SHELL) $(srcdir)/%reldir%/installcheck.sh \
	  '$(DESTDIR)$(prefix)' '$(DESTDIR)$(libdir)' '$(srcdir)/examples/quickstart.c' '$(srcdir)/examples/custom_operator.c'

# The numbers of PyTorch anew. The tests need no Python: what is made is committed.
.PHONY: vectors
vectors:
	@test -n '$(PYTHON_TORCH)' || { echo 'make vectors: there is no Python with PyTorch; install python3-torch and run ./configure again' >&2; exit 1; }
	@cd $(srcdir)/%reldir%/vectors && for family in $(vector_families); do \
	  $(PYTHON_TORCH) -B make_operators.py $$family >$$family.tmp && mv $$family.tmp $$family.c || exit 1; \
	done
