# libautograd: the engine. Knows nothing of the other rooms.

autograd_manual = \
  %reldir%/manual/arrangement.h \
  %reldir%/manual/attention.h \
  %reldir%/manual/context.h \
  %reldir%/manual/convolution.h \
  %reldir%/manual/creation.h \
  %reldir%/manual/differentiation.h \
  %reldir%/manual/elementwise.h \
  %reldir%/manual/errors.h \
  %reldir%/manual/indexing.h \
  %reldir%/manual/layers.h \
  %reldir%/manual/linalg.h \
  %reldir%/manual/losses.h \
  %reldir%/manual/normalisation.h \
  %reldir%/manual/operator.h \
  %reldir%/manual/optimisers.h \
  %reldir%/manual/pooling.h \
  %reldir%/manual/products.h \
  %reldir%/manual/random.h \
  %reldir%/manual/recurrent.h \
  %reldir%/manual/reductions.h \
  %reldir%/manual/saving.h \
  %reldir%/manual/tensors.h \
  %reldir%/manual/tools.h
autograd_core = \
  %reldir%/core/apply.c \
  %reldir%/core/arena.c \
  %reldir%/core/arena.h \
  %reldir%/core/backward.c \
  %reldir%/core/checkpoint.c \
  %reldir%/core/context.c \
  %reldir%/core/convert.c \
  %reldir%/core/create.c \
  %reldir%/core/each_dtype.h \
  %reldir%/core/each_isa.h \
  %reldir%/core/each_isa_real.h \
  %reldir%/core/each_real.h \
  %reldir%/core/element.c \
  %reldir%/core/error.c \
  %reldir%/core/function.c \
  %reldir%/core/function.h \
  %reldir%/core/functional.c \
  %reldir%/core/internal.h \
  %reldir%/core/isa.c \
  %reldir%/core/isa.h \
  %reldir%/core/loop.c \
  %reldir%/core/memory.h \
  %reldir%/core/multiversion.h \
  %reldir%/core/parallel.h \
  %reldir%/core/pass.h \
  %reldir%/core/pool.c \
  %reldir%/core/pool.h \
  %reldir%/core/scope.c \
  %reldir%/core/shape.c \
  %reldir%/core/stream.c \
  %reldir%/core/tape.c \
  %reldir%/core/tensor.c \
  %reldir%/core/tool.c \
  %reldir%/core/tool.h
autograd_kernels = \
  %reldir%/kernels/adjacent.c \
  %reldir%/kernels/adjacent.h \
  %reldir%/kernels/avg_pool2d.c \
  %reldir%/kernels/avg_pool2d_last.c \
  %reldir%/kernels/blas.c \
  %reldir%/kernels/blas.h \
  %reldir%/kernels/conv2d.c \
  %reldir%/kernels/conv2d.h \
  %reldir%/kernels/conv2d_backward.c \
  %reldir%/kernels/conv2d_depthwise.c \
  %reldir%/kernels/conv2d_depthwise.h \
  %reldir%/kernels/conv2d_depthwise_rows.c \
  %reldir%/kernels/conv2d_depthwise_sums.c \
  %reldir%/kernels/conv2d_grad_input.c \
  %reldir%/kernels/conv2d_grad_weight.c \
  %reldir%/kernels/conv2d_grey_last.c \
  %reldir%/kernels/conv2d_grey_last.h \
  %reldir%/kernels/conv2d_grey_last_rows.c \
  %reldir%/kernels/conv2d_grey_last_rows.h \
  %reldir%/kernels/conv2d_im2col.c \
  %reldir%/kernels/conv2d_im2col.h \
  %reldir%/kernels/conv2d_norms.c \
  %reldir%/kernels/conv2d_norms.h \
  %reldir%/kernels/conv2d_planes.c \
  %reldir%/kernels/conv2d_planes.h \
  %reldir%/kernels/conv2d_winograd.c \
  %reldir%/kernels/conv2d_winograd.h \
  %reldir%/kernels/conv2d_winograd_backward.c \
  %reldir%/kernels/conv2d_winograd_blocks.c \
  %reldir%/kernels/conv2d_winograd_blocks.h \
  %reldir%/kernels/conv2d_winograd_forward.c \
  %reldir%/kernels/conv2d_winograd_lines.h \
  %reldir%/kernels/conv2d_winograd_passes.h \
  %reldir%/kernels/conv2d_winograd_products.c \
  %reldir%/kernels/conv2d_winograd_products.h \
  %reldir%/kernels/conv2d_winograd_tiles.c \
  %reldir%/kernels/conv2d_winograd_tiles.h \
  %reldir%/kernels/conv2d_winograd_turn.c \
  %reldir%/kernels/conv2d_winograd_turn.h \
  %reldir%/kernels/conv2d_winograd_way.c \
  %reldir%/kernels/conv2d_winograd_way.h \
  %reldir%/kernels/conv2d_winograd_weights.c \
  %reldir%/kernels/conv2d_winograd_weights.h \
  %reldir%/kernels/cumulate.c \
  %reldir%/kernels/cumulate.h \
  %reldir%/kernels/elementary.h \
  %reldir%/kernels/finite.c \
  %reldir%/kernels/finite.h \
  %reldir%/kernels/gemm.c \
  %reldir%/kernels/gemm.h \
  %reldir%/kernels/im2col.c \
  %reldir%/kernels/im2col.h \
  %reldir%/kernels/interpolate.c \
  %reldir%/kernels/interpolate.h \
  %reldir%/kernels/lanes.h \
  %reldir%/kernels/lapack.c \
  %reldir%/kernels/lapack.h \
  %reldir%/kernels/linear_backward.c \
  %reldir%/kernels/linear_backward.h \
  %reldir%/kernels/linear_backward_parts.c \
  %reldir%/kernels/linear_backward_parts.h \
  %reldir%/kernels/max_pool2d.c \
  %reldir%/kernels/max_pool2d_last.c \
  %reldir%/kernels/max_pool2d_last_two.c \
  %reldir%/kernels/max_pool2d_two.c \
  %reldir%/kernels/norm.c \
  %reldir%/kernels/norm.h \
  %reldir%/kernels/norm_moments.c \
  %reldir%/kernels/norm_moments.h \
  %reldir%/kernels/norm_passes.h \
  %reldir%/kernels/norm_planes.c \
  %reldir%/kernels/norm_pool.c \
  %reldir%/kernels/norm_pool.h \
  %reldir%/kernels/norm_relu.c \
  %reldir%/kernels/norm_relu.h \
  %reldir%/kernels/norm_relu_whole.c \
  %reldir%/kernels/norm_relu_whole.h \
  %reldir%/kernels/norm_rows.c \
  %reldir%/kernels/norm_strips.h \
  %reldir%/kernels/optim.c \
  %reldir%/kernels/optim.h \
  %reldir%/kernels/order.c \
  %reldir%/kernels/order.h \
  %reldir%/kernels/peak.c \
  %reldir%/kernels/peak.h \
  %reldir%/kernels/philox.c \
  %reldir%/kernels/philox.h \
  %reldir%/kernels/pool2d.h \
  %reldir%/kernels/product.c \
  %reldir%/kernels/product.h \
  %reldir%/kernels/product_dots.c \
  %reldir%/kernels/product_dots.h \
  %reldir%/kernels/quad.h \
  %reldir%/kernels/random.c \
  %reldir%/kernels/random.h \
  %reldir%/kernels/reduce.h \
  %reldir%/kernels/reduce_extreme.c \
  %reldir%/kernels/reduce_prod.c \
  %reldir%/kernels/reduce_sum.c \
  %reldir%/kernels/softmax.c \
  %reldir%/kernels/softmax.h \
  %reldir%/kernels/special.h \
  %reldir%/kernels/square.h \
  %reldir%/kernels/strided.c \
  %reldir%/kernels/strided.h \
  %reldir%/kernels/transpose.c \
  %reldir%/kernels/transpose.h \
  %reldir%/kernels/vector32.h \
  %reldir%/kernels/whole.c \
  %reldir%/kernels/whole.h
autograd_ops = \
  %reldir%/ops/activations.c \
  %reldir%/ops/arrange.c \
  %reldir%/ops/attention.c \
  %reldir%/ops/attributes.h \
  %reldir%/ops/avg_pool2d.c \
  %reldir%/ops/batch_norm.c \
  %reldir%/ops/batch_norm.h \
  %reldir%/ops/batch_norm_grad.c \
  %reldir%/ops/batch_norm_map.c \
  %reldir%/ops/cast.c \
  %reldir%/ops/catalogue.c \
  %reldir%/ops/catalogue.h \
  %reldir%/ops/check.c \
  %reldir%/ops/check.h \
  %reldir%/ops/choice.c \
  %reldir%/ops/choice.h \
  %reldir%/ops/cholesky.c \
  %reldir%/ops/compare.c \
  %reldir%/ops/concat.c \
  %reldir%/ops/conv1d.c \
  %reldir%/ops/conv2d.c \
  %reldir%/ops/conv2d.h \
  %reldir%/ops/conv2d_backward.c \
  %reldir%/ops/conv2d_grad.c \
  %reldir%/ops/conv2d_moments.c \
  %reldir%/ops/conv2d_moments.h \
  %reldir%/ops/conv2d_moments_grad.c \
  %reldir%/ops/conv_transpose2d.c \
  %reldir%/ops/cumulate.c \
  %reldir%/ops/cumulate.h \
  %reldir%/ops/cumulate_extreme.c \
  %reldir%/ops/determinant.c \
  %reldir%/ops/diagonal.c \
  %reldir%/ops/draw.c \
  %reldir%/ops/dropout.c \
  %reldir%/ops/einsum.c \
  %reldir%/ops/elementwise.c \
  %reldir%/ops/elementwise_loops.h \
  %reldir%/ops/elementwise_objects.h \
  %reldir%/ops/embedding.c \
  %reldir%/ops/gather.c \
  %reldir%/ops/im2col.c \
  %reldir%/ops/index_select.c \
  %reldir%/ops/integer.c \
  %reldir%/ops/integer.h \
  %reldir%/ops/interpolate.c \
  %reldir%/ops/lanes.c \
  %reldir%/ops/lanes.h \
  %reldir%/ops/layer_norm.c \
  %reldir%/ops/linear.c \
  %reldir%/ops/linear.h \
  %reldir%/ops/linear_backward.c \
  %reldir%/ops/loss.c \
  %reldir%/ops/loss.h \
  %reldir%/ops/loss_class.c \
  %reldir%/ops/loss_margin.c \
  %reldir%/ops/mask.c \
  %reldir%/ops/matmul.c \
  %reldir%/ops/matrices.c \
  %reldir%/ops/matrices.h \
  %reldir%/ops/max_pool2d.c \
  %reldir%/ops/moments.c \
  %reldir%/ops/norm.c \
  %reldir%/ops/norm_relu.c \
  %reldir%/ops/norm_relu.h \
  %reldir%/ops/normalise.c \
  %reldir%/ops/normalise.h \
  %reldir%/ops/pad.c \
  %reldir%/ops/pool1d.c \
  %reldir%/ops/pool2d.c \
  %reldir%/ops/pool2d.h \
  %reldir%/ops/prelu.c \
  %reldir%/ops/prod.c \
  %reldir%/ops/products.c \
  %reldir%/ops/range.c \
  %reldir%/ops/rank.c \
  %reldir%/ops/rank.h \
  %reldir%/ops/recurrent.c \
  %reldir%/ops/recurrent.h \
  %reldir%/ops/reduce.c \
  %reldir%/ops/reduce.h \
  %reldir%/ops/reduce_extreme.c \
  %reldir%/ops/regression_loss.c \
  %reldir%/ops/sample.h \
  %reldir%/ops/scatter.c \
  %reldir%/ops/slice.c \
  %reldir%/ops/softmax.c \
  %reldir%/ops/solve.c \
  %reldir%/ops/solve_triangular.c \
  %reldir%/ops/sort.c \
  %reldir%/ops/triangle.c \
  %reldir%/ops/truth.c \
  %reldir%/ops/undefine.h \
  %reldir%/ops/unfold.c \
  %reldir%/ops/var.c \
  %reldir%/ops/view.c \
  %reldir%/ops/where.c
autograd_nn = \
  %reldir%/nn/attention.c \
  %reldir%/nn/batch_norm.c \
  %reldir%/nn/conv2d_norm.c \
  %reldir%/nn/convolution.c \
  %reldir%/nn/embedding.c \
  %reldir%/nn/init.c \
  %reldir%/nn/layer.c \
  %reldir%/nn/layer.h \
  %reldir%/nn/linear.c \
  %reldir%/nn/normalisation.c \
  %reldir%/nn/recurrent.c
autograd_optim = \
  %reldir%/optim/adam.c \
  %reldir%/optim/optim.c \
  %reldir%/optim/optim.h \
  %reldir%/optim/rmsprop.c \
  %reldir%/optim/schedule.c \
  %reldir%/optim/sgd.c
autograd_io = \
  %reldir%/io/file.c \
  %reldir%/io/file.h \
  %reldir%/io/npy.c \
  %reldir%/io/npy.h \
  %reldir%/io/npz.c \
  %reldir%/io/zip.c \
  %reldir%/io/zip.h
autograd_tools = \
  %reldir%/tools/anomaly.c \
  %reldir%/tools/gradcheck.c \
  %reldir%/tools/profile.c \
  %reldir%/tools/profile.h \
  %reldir%/tools/profile_print.c \
  %reldir%/tools/profile_trace.c \
  %reldir%/tools/roofline.c

# The programs of this tree link with libengine, which hides nothing, so that tests reach the kernels;
# libautograd is the same objects with ag_* alone to be seen.
noinst_LTLIBRARIES += %reldir%/libengine.la
%canon_reldir%_libengine_la_SOURCES = %reldir%/autograd.h $(autograd_manual) $(autograd_core) $(autograd_kernels) $(autograd_ops) \
  $(autograd_nn) $(autograd_optim) $(autograd_io) $(autograd_tools)
%canon_reldir%_libengine_la_LIBADD = $(BLAS_LIBS) $(ZLIB_LIBS)

lib_LTLIBRARIES += libautograd.la
libautograd_la_SOURCES =
libautograd_la_LIBADD = %reldir%/libengine.la
libautograd_la_LIBTOOLFLAGS =
libautograd_la_LDFLAGS = -export-symbols-regex '^ag_' -version-info 0:0:0

include_HEADERS = %reldir%/autograd.h
operatorsdir = $(includedir)/autograd
nodist_operators_HEADERS = %reldir%/operators.h
manualdir = $(includedir)/autograd/manual
manual_HEADERS = $(autograd_manual)

# The prototypes of the elementwise operators and the macros that fill in call sites.
BUILT_SOURCES += %reldir%/operators.h
CLEANFILES += %reldir%/operators.h
autograd_tables = \
  %reldir%/ops/activations.def \
  %reldir%/ops/arithmetic.def \
  %reldir%/ops/catalogue.def \
  %reldir%/ops/compare.def \
  %reldir%/ops/elementwise.def
EXTRA_DIST += %reldir%/operators.awk $(autograd_tables)
%reldir%/operators.h: %reldir%/operators.awk $(autograd_tables) $(autograd_manual)
	$(AM_V_GEN)$(MKDIR_P) %reldir% && \
	$(AWK) -f $(srcdir)/%reldir%/operators.awk $(srcdir)/%reldir%/ops/arithmetic.def $(srcdir)/%reldir%/ops/elementwise.def \
	  $(srcdir)/%reldir%/ops/activations.def $(srcdir)/%reldir%/ops/compare.def \
	  $(srcdir)/%reldir%/manual/*.h \
	  > $@.tmp && mv $@.tmp $@
