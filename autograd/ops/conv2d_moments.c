/* Convolution between two batch normalisations: it makes the map of the one before as it reads x, and sums
 * the moments for the one behind as it writes y.
 *
 *   z = max((x - norm[0]) norm[1] + norm[2], 0), or x where there is no norm
 *   y = conv2d(z, weight) + bias,   moments (2, o) = mean and biased variance of each channel of y
 *
 * With m values in each channel, g the gradient of y and (gm, gv) that of the moments, y has in all the
 * gradient
 *
 *   t = g + offset + (y - mean) slope,   line (3, o) = mean, offset, slope = mean, gm / m, 2 gv / m
 *
 * and with (gz, gw, gb) = conv2d_backward(t, z, weight) and h = gz where z > 0, else 0,
 *
 *   gx = h norm[1],   gnorm = -norm[1] sum(h), sum(h (x - norm[0])), sum(h).
 *
 * conv2d_moments_grad makes all of that in one go, for training. A pass that is recorded has the same from
 * operators that can be differentiated again. */
#ifndef AG_REAL
#include "kernels/conv2d_norms.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/conv2d.h"
#include "ops/conv2d_moments.h"
#include "ops/norm_relu.h"
#include "ops/sample.h"

bool ag_conv2d_moments_geometry(const ag_call *call, int x, int norm, const ag_conv2d_attributes *a,
                                agk_conv2d_geometry *g) {
  if (!a->channels_last)
    return ag_reject(call, AG_EVALUE, "norm and moments want images with their channels last");
  if (!ag_conv2d_geometry(call, ag_shape_of(call->in[x]), ag_shape_of(call->in[x + 1]), a, g)) return false;
  if (g->n * g->h_out * g->w_out == 0)
    return ag_reject(call, AG_ESHAPE, "there are no moments of %s images",
                     ag_shape_text(call->c, ag_shape_of(call->in[x])));
  return call->n_in <= norm || ag_check_shape(call, norm, "norm", AG_SHAPE(AGK_NORM_ROWS, g->c_in),
                                              "mean, scale and shift of each channel of x");
}

static bool conv2d_moments_shape(ag_call *call) {
  if (call->n_in < 3 || call->n_in > 4)
    return ag_reject(call, AG_EVALUE, "%d operands given; x, weight, bias and optionally norm are wanted",
                     call->n_in);
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 0, 3, call->attributes, &g)) return false;
  call->shape[0] = ag_conv2d_images(call->attributes, g.n, g.c_out, g.h_out, g.w_out);
  call->shape[1] = AG_SHAPE(2, g.c_out);
  return ag_check_shape(call, 2, "bias", AG_SHAPE(g.c_out), "one number for each output channel");
}

#define AG_SELF "ops/conv2d_moments.c"
#include "core/each_real.h"
#else

static void AG_NAME(conv2d_moments)(const ag_call *call) {
  agk_conv2d_geometry g;
  if (!ag_conv2d_moments_geometry(call, 0, 3, call->attributes, &g)) return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_norms_forward_workspace)(&g, call->threads));
  if (!workspace) return;
  const AG_NAME(agk_conv2d_norms)
      norms = {.norm = call->n_in == 4 ? ag_data(call->in[3]) : NULL, .moments = ag_data(call->out[1])};
  AG_NAME(agk_conv2d_norms_forward)
  (call->threads, &g, &norms, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->in[2]),
   ag_data(call->out[0]), workspace);
}
#endif

#ifndef AG_REAL

/* Row i of (k, c), as (1, c). */
static ag_tensor *row(ag_tensor *rows, int i) { return ag_slice(rows, 0, i, i + 1, 1); }

/* Mean, offset and slope. */
static ag_tensor *line_of(const ag_node *node, ag_tensor *g) {
  ag_tensor *y = node->out[0], *mean = row(node->out[1], 0);
  const double share = (double)y->dim[3] / (double)y->numel;
  ag_tensor *offset = g ? ag_mul_scalar(row(g, 0), share) : ag_mul_scalar(mean, 0);
  ag_tensor *slope = g ? ag_mul_scalar(row(g, 1), 2 * share) : offset;
  return ag_concat(3, ((ag_tensor *[]){mean, offset, slope}), 0);
}

/* The gradients in one go. */
static void fused(const ag_node *node, ag_tensor *g, ag_tensor *line, bool only_weight, ag_tensor **dx) {
  const ag_conv2d_moments_grad_attributes a = {*(const ag_conv2d_attributes *)node->attributes, only_weight};
  ag_tensor *in[] = {g, node->in[0], node->in[1], node->out[0], line, node->n_in == 4 ? node->in[3] : NULL},
            *out[4] = {NULL};
  if (!ag_apply_all(AG_HERE, &ag_op_conv2d_moments_grad, node->n_in == 4 ? 6 : 5, in, &a, out)) return;
  for (int i = 0; i < node->n_in; i++)
    if (ag_needs(node, i)) dx[i] = out[i];
}

/* The same in operators; line goes through y. */
static void recorded(const ag_node *node, ag_tensor *g, ag_tensor *line, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *y = node->out[0], *norm = node->n_in == 4 ? node->in[3] : NULL;
  ag_tensor *z = norm ? ag_norm_relu(x, norm) : x;
  ag_tensor *total = ag_add(ag_add(g, row(line, 1)), ag_mul(ag_sub(y, row(line, 0)), row(line, 2)));
  ag_apply_all(AG_HERE, &ag_op_conv2d_backward, 3, (ag_tensor *[]){total, z, node->in[1]}, node->attributes,
               dx);
  if (!norm) return;
  ag_tensor *h = ag_relu_grad(dx[0], z);
  dx[0] = ag_mul(h, ag_norm_relu_row(norm, AGK_SCALE));
  dx[3] = ag_norm_relu_to_norm(h, ag_norm_relu_centred(x, norm), norm);
}

static void conv2d_moments_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *of_y = g[0] ? g[0] : ag_mul_scalar(node->out[0], 0), *line = line_of(node, g[1]);
  const bool only_weight = !ag_needs(node, 0) && !(node->n_in == 4 && ag_needs(node, 3));
  if (node->c->transient)
    fused(node, of_y, line, only_weight, dx);
  else
    recorded(node, of_y, line, dx);
}

static double conv2d_moments_flops(const ag_call *call) {
  return (double)call->out[0]->numel * (2.0 * ag_conv2d_window(call->in[1]) + 4) +
         (call->n_in == 4 ? 3 * (double)ag_numel(call->in[0]) : 0);
}

#define OPTIONS(sh, sw, ph, pw, dh, dw, ...)                                                                 \
  AG_WITH(ag_conv2d_attributes, {sh, sw}, {ph, pw}, {dh, dw}, __VA_ARGS__, .channels_last = true)
#define PLAIN OPTIONS(1, 1, 0, 0, 1, 1, 1)
static const ag_sample conv2d_moments_samples[] = {
    AG_WORKS(-1, 1, PLAIN, AG_LIST(2, 6, 5, 1), AG_LIST(3, 1, 3, 3), AG_LIST(3)),
    AG_WORKS(-1, 1, PLAIN, AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(3, 3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 2, 2), AG_LIST(2, 5, 6, 4), AG_LIST(2, 2, 3, 2), AG_LIST(2),
             AG_LIST(3, 4)),
    AG_REFUSED("conv2d_moments: norm and moments want images with their channels last",
               AG_WITH(ag_conv2d_attributes, {1, 1}, {0, 0}, {1, 1}, 1), AG_LIST(2, 1, 5, 5),
               AG_LIST(8, 1, 3, 3), AG_LIST(8)),
    AG_REFUSED("conv2d_moments: norm is 2x3, wanted is 3x3, mean, scale and shift of each channel of x",
               PLAIN, AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4), AG_LIST(2, 3)),
    AG_REFUSED("conv2d_moments: there are no moments of 0x5x4x3 images", PLAIN, AG_LIST(0, 5, 4, 3),
               AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_REFUSED("conv2d_moments: bias is 3, wanted is 4, one number for each output channel", PLAIN,
               AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3), AG_LIST(3)),
    AG_REFUSED("conv2d_moments: x must be (n, h, w, c), found 5x4x3", PLAIN, AG_LIST(5, 4, 3),
               AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_REFUSED("conv2d_moments: 2 operands given; x, weight, bias and optionally norm are wanted", PLAIN,
               AG_LIST(2, 5, 4, 3), AG_LIST(4, 3, 3, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_conv2d_moments = {
    .name = "conv2d_moments",
    .formula = "conv2d of max((x - norm[0]) norm[1] + norm[2], 0), or of x, and mean and var of the result",
    .shapes = "(n, h, w, c), (o, c / groups, kh, kw), (o), optionally (3, c) -> (n, h', w', o), (2, o)",
    .n_in = -1,
    .n_out = 2,
    .attribute_size = sizeof(ag_conv2d_attributes),
    .shape = conv2d_moments_shape,
    .forward = {conv2d_moments_f32, conv2d_moments_f64},
    .vjp = conv2d_moments_vjp,
    .flops = conv2d_moments_flops,
    .samples = conv2d_moments_samples};

ag_tensor *ag_conv2d_with_moments(const ag_conv2d_args *a, const ag_conv2d_attributes *options) {
  ag_tensor *bias = a->bias, *out[2], *result;
  if (!ag_ready(a->at, "conv2d", 2, (ag_tensor *[]){a->x, a->weight}, &result)) {
    if (a->moments) *a->moments = result;
    return result;
  }
  if (!bias) bias = ag_filled(a->at, a->x->c, a->x->dtype, AG_SHAPE(ag_dim(a->weight, 0)), 0);
  ag_apply_all(a->at, &ag_op_conv2d_moments, a->norm ? 4 : 3, (ag_tensor *[]){a->x, a->weight, bias, a->norm},
               options, out);
  if (a->moments) *a->moments = out[1];
  return out[0];
}
#endif
