/* The gradients of convolution between normalisations, all in one go; conv2d_moments.c has the formulas.
 *
 *   conv2d_moments_grad(g, x, weight, y, line, norm) = gx, gw, gb, gnorm
 *
 * Without norm gnorm is empty, and so is gx where the weights alone are asked for. With pool g is that of q,
 * and line has a fourth row, the signs. */
#ifndef AG_REAL
#include "kernels/conv2d_norms.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/conv2d.h"
#include "ops/conv2d_moments.h"
#include "ops/norm_relu.h"
#include "ops/sample.h"

static int norm_of(int n_in) { return n_in == 6 ? 5 : AG_NO_OPERAND; }

static bool conv2d_moments_grad_shape(ag_call *call) {
  if (call->n_in < 5 || call->n_in > 6)
    return ag_reject(call, AG_EVALUE,
                     "%d operands given; g, x, weight, y, line and optionally norm are wanted", call->n_in);
  const ag_conv2d_moments_grad_attributes *a = call->attributes;
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 1, norm_of(call->n_in), a->pool, &a->conv, &g)) return false;
  const ag_shape images = ag_conv2d_images(&a->conv, g.n, g.c_out, g.h_out, g.w_out);
  call->shape[0] = a->only_weight ? AG_SHAPE(0) : ag_shape_of(call->in[1]);
  call->shape[1] = ag_shape_of(call->in[2]);
  call->shape[2] = AG_SHAPE(g.c_out);
  call->shape[3] = call->n_in == 6 && !a->only_weight ? AG_SHAPE(AGK_NORM_ROWS, g.c_in) : AG_SHAPE(0);
  const ag_shape result =
      a->pool ? ag_conv2d_images(&a->conv, g.n, g.c_out, g.h_out / a->pool, g.w_out / a->pool) : images;
  return ag_check_shape(call, 0, "g", result, "the shape of the result") &&
         ag_check_shape(call, 3, "y", images, "the shape of the convolution") &&
         ag_check_shape(call, 4, "line", AG_SHAPE(AGK_LINE_ROWS + (a->pool != 0), g.c_out),
                        a->pool ? "mean, offset, slope and sign of each channel of y"
                                : "mean, offset and slope of each channel of y");
}

#define AG_SELF "ops/conv2d_moments_grad.c"
#include "core/each_real.h"
#else

static void AG_NAME(conv2d_moments_grad)(const ag_call *call) {
  const ag_conv2d_moments_grad_attributes *a = call->attributes;
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 1, norm_of(call->n_in), a->pool, &a->conv, &g)) return;
  void *workspace =
      ag_scratch(call, AG_NAME(agk_conv2d_norms_backward_workspace)(&g, call->threads, !a->only_weight));
  if (!workspace) return;
  const AG_NAME(agk_conv2d_norms) norms = {.norm = call->n_in == 6 ? ag_data(call->in[5]) : NULL,
                                           .pool = a->pool,
                                           .y = ag_data(call->in[3]),
                                           .line = ag_data(call->in[4]),
                                           .gnorm = ag_data(call->out[3])};
  AG_NAME(agk_conv2d_norms_backward)
  (call->threads, &g, &norms, ag_data(call->in[1]), ag_data(call->in[0]), ag_data(call->in[2]),
   a->only_weight ? NULL : ag_data(call->out[0]), ag_data(call->out[1]), ag_data(call->out[2]), workspace);
}
#endif

#ifndef AG_REAL

static double conv2d_moments_grad_flops(const ag_call *call) {
  const ag_conv2d_moments_grad_attributes *a = call->attributes;
  const double window = ag_conv2d_window(call->in[2]), elements = (double)ag_numel(call->in[1]);
  return (double)ag_numel(call->in[3]) * ((a->only_weight ? 2 : 4) * window + 5) +
         (call->n_in == 6 ? (a->only_weight ? 3 : 7) * elements : 0);
}

#define OPTIONS(pool, only, sh, sw, ph, pw, dh, dw, groups)                                                  \
  AG_WITH(ag_conv2d_moments_grad_attributes, {{sh, sw}, {ph, pw}, {dh, dw}, groups, .channels_last = true},  \
          pool, only)
#define PLAIN(only) OPTIONS(0, only, 1, 1, 0, 0, 1, 1, 1)
static const ag_sample conv2d_moments_grad_samples[] = {
    AG_WORKS(-1, 1, PLAIN(true), AG_LIST(2, 4, 3, 3), AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3),
             AG_LIST(2, 4, 3, 3), AG_LIST(3, 3)),
    AG_WORKS(-1, 1, PLAIN(false), AG_LIST(2, 4, 3, 3), AG_LIST(2, 6, 5, 2), AG_LIST(3, 2, 3, 3),
             AG_LIST(2, 4, 3, 3), AG_LIST(3, 3)),
    AG_WORKS(-1, 1, PLAIN(false), AG_LIST(2, 3, 2, 4), AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3),
             AG_LIST(2, 3, 2, 4), AG_LIST(3, 4), AG_LIST(3, 3)),
    AG_WORKS(-1, 1, OPTIONS(0, false, 2, 1, 2, 1, 1, 2, 2), AG_LIST(2, 4, 6, 2), AG_LIST(2, 5, 6, 4),
             AG_LIST(2, 2, 3, 2), AG_LIST(2, 4, 6, 2), AG_LIST(3, 2), AG_LIST(3, 4)),
    AG_WORKS(-1, 1, OPTIONS(2, true, 1, 1, 0, 0, 1, 1, 1), AG_LIST(2, 2, 1, 3), AG_LIST(2, 6, 5, 1),
             AG_LIST(3, 1, 3, 3), AG_LIST(2, 4, 3, 3), AG_LIST(4, 3)),
    AG_WORKS(-1, 1, OPTIONS(3, false, 2, 1, 2, 1, 1, 2, 2), AG_LIST(2, 1, 2, 2), AG_LIST(2, 5, 6, 4),
             AG_LIST(2, 2, 3, 2), AG_LIST(2, 4, 6, 2), AG_LIST(4, 2), AG_LIST(3, 4)),
    AG_REFUSED("conv2d_moments_grad: g is 2x4x3x3, wanted is 2x2x1x3, the shape of the result",
               OPTIONS(2, true, 1, 1, 0, 0, 1, 1, 1), AG_LIST(2, 4, 3, 3), AG_LIST(2, 6, 5, 1),
               AG_LIST(3, 1, 3, 3), AG_LIST(2, 4, 3, 3), AG_LIST(4, 3)),
    AG_REFUSED(
        "conv2d_moments_grad: line is 3x3, wanted is 4x3, mean, offset, slope and sign of each channel of y",
        OPTIONS(2, true, 1, 1, 0, 0, 1, 1, 1), AG_LIST(2, 2, 1, 3), AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3),
        AG_LIST(2, 4, 3, 3), AG_LIST(3, 3)),
    AG_REFUSED("conv2d_moments_grad: y is 2x4x3x2, wanted is 2x4x3x3, the shape of the convolution",
               PLAIN(true), AG_LIST(2, 4, 3, 3), AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3),
               AG_LIST(2, 4, 3, 2), AG_LIST(3, 3)),
    AG_REFUSED("conv2d_moments_grad: line is 2x3, wanted is 3x3, mean, offset and slope of each channel of y",
               PLAIN(true), AG_LIST(2, 4, 3, 3), AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3),
               AG_LIST(2, 4, 3, 3), AG_LIST(2, 3)),
    AG_REFUSED("conv2d_moments_grad: 3 operands given; g, x, weight, y, line and optionally norm are wanted",
               PLAIN(true), AG_LIST(2, 4, 3, 3), AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_conv2d_moments_grad = {
    .name = "conv2d_moments_grad",
    .formula = "gradients of conv2d_moments to x, weight, bias and norm",
    .shapes = "(n, h', w', o), (n, h, w, c), (o, c / groups, kh, kw), (n, h', w', o), (3, o), optionally "
              "(3, c) -> (n, h, w, c), (o, c / groups, kh, kw), (o), (3, c); with pool g is "
              "(n, h' / pool, w' / pool, o) and line (4, o)",
    .n_in = -1,
    .n_out = 4,
    .attribute_size = sizeof(ag_conv2d_moments_grad_attributes),
    .shape = conv2d_moments_grad_shape,
    .forward = {conv2d_moments_grad_f32, conv2d_moments_grad_f64},
    .not_differentiable = AG_NORM_RELU_PLAIN,
    .flops = conv2d_moments_grad_flops,
    .samples = conv2d_moments_grad_samples};
#endif
