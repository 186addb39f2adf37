/* Layer normalisation (Ba, Kiros and Hinton 2016) of rows, which are what the last axes of x span.
 *
 *   layer_norm       y = (x - mean) r, r = 1 / sqrt(var + eps)
 *                    dx = layer_norm_grad(gy, y, r) - gr r^2 y / m
 *   layer_norm_grad  r (g - mean(g) - y mean(g y))
 *
 * with m numbers in a row. r is a result because layer_norm_grad needs it as operand; what its own gradient
 * says of it comes back here as gr, so that higher derivatives are complete. As a function of its operands g,
 * y and r with incoming gradient h,
 *
 *   sum(h layer_norm_grad(g, y, r)) = r (sum(h g) - m mean(h) mean(g) - m mean(h y) mean(g y))
 *
 * has the gradients
 *
 *   to g:  layer_norm_grad(h, y, r)
 *   to y:  -r (h mean(g y) + g mean(h y))
 *   to r:  sum(h g) - m mean(h) mean(g) - m mean(h y) mean(g y)
 */
#ifndef AG_REAL
#include <math.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/normalise.h"
#include "ops/sample.h"

/* Rows are summed in lanes of double, which are a few vectors wide. */
enum { LANES = 16 };

/* The shape of one number for each row, which broadcasts against x. */
static ag_shape per_row(ag_shape x, int axes) {
  for (int i = x.rank - axes; i < x.rank; i++) x.dim[i] = 1;
  return x;
}

/* The numbers in a row. */
static int64_t row_length(ag_shape x, int axes) {
  int64_t m = 1;
  for (int i = x.rank - axes; i < x.rank; i++) m *= x.dim[i];
  return m;
}

/* What the sum of a row is divided by for its mean; the mean of no numbers is 0. */
static inline double divisor(int64_t m) { return m > 0 ? (double)m : 1; }

static bool check_axes(const ag_call *call, ag_shape x) {
  const ag_layer_norm_attributes *a = call->attributes;
  if (a->axes >= 1 && a->axes <= x.rank) return true;
  return ag_reject(call, AG_EVALUE, "%d axes of %s cannot be normalised; there must be 1 to %d", a->axes,
                   ag_shape_text(call->c, x), x.rank);
}

static bool layer_norm_shape(ag_call *call) {
  const ag_layer_norm_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[0]);
  if (!check_axes(call, call->shape[0])) return false;
  call->shape[1] = per_row(call->shape[0], a->axes);
  return true;
}

static bool layer_norm_grad_shape(ag_call *call) {
  const ag_layer_norm_attributes *a = call->attributes;
  const ag_shape g = call->shape[0] = ag_shape_of(call->in[0]);
  return check_axes(call, g) && ag_check_shape(call, 1, "y", g, "the shape of g") &&
         ag_check_shape(call, 2, "r", per_row(g, a->axes), "one number for each row");
}

#define AG_SELF "ops/layer_norm.c"
#include "core/each_real.h"
#else

/* ---- Kernels ---- */

AG_INLINE double AG_NAME(total)(const double *lane) {
  double sum = 0;
  for (int l = 0; l < LANES; l++) sum += lane[l];
  return sum;
}

/* One row: y, and r as the result. The mean is taken first, so that nothing cancels. */
AG_MULTIVERSION static AG_REAL AG_NAME(normalise_row)(int64_t m, const AG_REAL *restrict x, double eps,
                                                      AG_REAL *restrict y) {
  double lane[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= m; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] += (double)x[i + l];
  for (; i < m; i++) rest += (double)x[i];
  const double mean = (AG_NAME(total)(lane) + rest) / divisor(m);
  for (int l = 0; l < LANES; l++) lane[l] = 0;
  rest = 0;
  for (i = 0; i + LANES <= m; i += LANES)
    for (int l = 0; l < LANES; l++) {
      const double d = (double)x[i + l] - mean;
      lane[l] += d * d;
    }
  for (; i < m; i++) rest += ((double)x[i] - mean) * ((double)x[i] - mean);
  const double r = 1 / sqrt((AG_NAME(total)(lane) + rest) / divisor(m) + eps);
  for (i = 0; i < m; i++) y[i] = (AG_REAL)(((double)x[i] - mean) * r);
  return (AG_REAL)r;
}

AG_MULTIVERSION static void AG_NAME(grad_row)(int64_t m, const AG_REAL *restrict g, const AG_REAL *restrict y,
                                              AG_REAL r, AG_REAL *restrict dx) {
  double lane[LANES] = {0}, product[LANES] = {0}, rest = 0, rest_product = 0;
  int64_t i = 0;
  for (; i + LANES <= m; i += LANES)
    for (int l = 0; l < LANES; l++) {
      lane[l] += (double)g[i + l];
      product[l] += (double)g[i + l] * (double)y[i + l];
    }
  for (; i < m; i++) {
    rest += (double)g[i];
    rest_product += (double)g[i] * (double)y[i];
  }
  const AG_REAL offset = (AG_REAL)((AG_NAME(total)(lane) + rest) / divisor(m)),
                slope = (AG_REAL)((AG_NAME(total)(product) + rest_product) / divisor(m));
  for (i = 0; i < m; i++) dx[i] = r * (g[i] - offset - y[i] * slope);
}

static void AG_NAME(layer_norm)(const ag_call *call) {
  const ag_layer_norm_attributes *a = call->attributes;
  const int64_t m = row_length(call->shape[0], a->axes), rows = call->out[1]->numel,
                chunks = ag_chunks(rows, 16);
  const AG_REAL *x = ag_data(call->in[0]);
  AG_REAL *y = ag_data(call->out[0]), *r = ag_data(call->out[1]);
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, 4 * call->out[0]->numel))
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range range = ag_chunk_range(i, chunks, rows);
    for (int64_t k = range.begin; k < range.end; k++)
      r[k] = AG_NAME(normalise_row)(m, x + k * m, a->eps, y + k * m);
  }
}

static void AG_NAME(layer_norm_grad)(const ag_call *call) {
  const ag_layer_norm_attributes *a = call->attributes;
  const int64_t m = row_length(call->shape[0], a->axes), rows = call->in[2]->numel,
                chunks = ag_chunks(rows, 16);
  const AG_REAL *g = ag_data(call->in[0]), *y = ag_data(call->in[1]), *r = ag_data(call->in[2]);
  AG_REAL *dx = ag_data(call->out[0]);
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, 4 * call->out[0]->numel))
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range range = ag_chunk_range(i, chunks, rows);
    for (int64_t k = range.begin; k < range.end; k++)
      AG_NAME(grad_row)(m, g + k * m, y + k * m, r[k], dx + k * m);
  }
}
#endif

#ifndef AG_REAL

/* ---- Gradients ---- */

static ag_tensor *grad(const ag_node *node, ag_tensor *g, ag_tensor *y, ag_tensor *r) {
  return ag_apply(AG_HERE, &ag_op_layer_norm_grad, 3, (ag_tensor *[]){g, y, r}, node->attributes);
}

static void layer_norm_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_layer_norm_attributes *a = node->attributes;
  ag_tensor *y = node->out[0], *r = node->out[1];
  if (g[0]) dx[0] = grad(node, g[0], y, r);
  if (!g[1]) return;
  const double m = divisor(row_length(ag_shape_of(y), a->axes));
  ag_tensor *through_r = ag_mul(ag_mul_scalar(ag_mul(g[1], ag_square(r)), -1 / m), y);
  dx[0] = g[0] ? ag_add(dx[0], through_r) : through_r;
}

/* The sum of each row. */
static ag_tensor *sum(const ag_node *node, ag_tensor *x) {
  const ag_layer_norm_attributes *a = node->attributes;
  ag_axes axes = {.count = a->axes};
  for (int i = 0; i < a->axes; i++) axes.axis[i] = -1 - i;
  return ag_sum(x, .axes = axes, .keepdim = true);
}

static void layer_norm_grad_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  const ag_layer_norm_attributes *a = node->attributes;
  ag_tensor *g = node->in[0], *y = node->in[1], *r = node->in[2];
  const double share = 1 / divisor(row_length(ag_shape_of(g), a->axes));
  if (ag_needs(node, 0)) dx[0] = grad(node, h[0], y, r);
  if (!ag_needs(node, 1) && !ag_needs(node, 2)) return;
  ag_tensor *gy = sum(node, ag_mul(g, y)), *hy = sum(node, ag_mul(h[0], y));
  if (ag_needs(node, 1)) {
    ag_tensor *products = ag_add(ag_mul(h[0], gy), ag_mul(g, hy));
    dx[1] = ag_mul(ag_mul_scalar(r, -share), products);
  }
  if (ag_needs(node, 2)) {
    ag_tensor *means = ag_add(ag_mul(sum(node, h[0]), sum(node, g)), ag_mul(hy, gy));
    dx[2] = ag_sub(sum(node, ag_mul(h[0], g)), ag_mul_scalar(means, share));
  }
}

/* ---- Objects ---- */

#define ROWS(...) AG_WITH(ag_layer_norm_attributes, __VA_ARGS__)
static const ag_sample layer_norm_samples[] = {
    AG_WORKS(-2, 2, ROWS(1, 1e-5), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, ROWS(2, 1e-2), AG_LIST(2, 3, 2)),
    AG_WORKS(0.5, 3, ROWS(1, 0.1), AG_LIST(2, 2, 19)),
    AG_WORKS(-2, 2, ROWS(1, 1e-3), AG_LIST(7)),
    AG_WORKS(-2, 2, ROWS(1, 1e-5), AG_LIST(0, 3)),
    AG_REFUSED("layer_norm: 3 axes of 2x3 cannot be normalised; there must be 1 to 2", ROWS(3, 1e-5),
               AG_LIST(2, 3)),
    AG_REFUSED("layer_norm: 1 axes of scalar cannot be normalised; there must be 1 to 0", ROWS(1, 1e-5),
               AG_POINT),
    AG_NO_MORE,
};

static const ag_sample layer_norm_grad_samples[] = {
    AG_WORKS(0.3, 2, ROWS(1), AG_LIST(3, 5), AG_LIST(3, 5), AG_LIST(3, 1)),
    AG_WORKS(-2, 2, ROWS(2), AG_LIST(2, 3, 2), AG_LIST(2, 3, 2), AG_LIST(2, 1, 1)),
    AG_WORKS(-2, 2, ROWS(1), AG_LIST(2, 2, 19), AG_LIST(2, 2, 19), AG_LIST(2, 2, 1)),
    AG_WORKS(-2, 2, ROWS(1), AG_LIST(0, 3), AG_LIST(0, 3), AG_LIST(0, 1)),
    AG_REFUSED("layer_norm_grad: y is 2x4, wanted is 2x3, the shape of g", ROWS(1), AG_LIST(2, 3),
               AG_LIST(2, 4), AG_LIST(2, 1)),
    AG_REFUSED("layer_norm_grad: r is 2, wanted is 2x1, one number for each row", ROWS(1), AG_LIST(2, 3),
               AG_LIST(2, 3), AG_LIST(2)),
    AG_REFUSED("layer_norm_grad: 0 axes of 2x3 cannot be normalised; there must be 1 to 2", ROWS(0),
               AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(2, 1)),
    AG_NO_MORE,
};

const ag_op ag_op_layer_norm = {.name = "layer_norm",
                                .formula =
                                    "(x - mean) / sqrt(var + eps) of each row, and 1 / sqrt(var + eps)",
                                .shapes = "(..., m) -> (..., m), (..., 1)",
                                .n_in = 1,
                                .n_out = 2,
                                .attribute_size = sizeof(ag_layer_norm_attributes),
                                .shape = layer_norm_shape,
                                .forward = {layer_norm_f32, layer_norm_f64},
                                .vjp = layer_norm_vjp,
                                .samples = layer_norm_samples};

const ag_op ag_op_layer_norm_grad = {.name = "layer_norm_grad",
                                     .formula = "r (g - mean(g) - y mean(g y)) of each row",
                                     .shapes = "(..., m), (..., m), (..., 1) -> (..., m)",
                                     .n_in = 3,
                                     .attribute_size = sizeof(ag_layer_norm_attributes),
                                     .shape = layer_norm_grad_shape,
                                     .forward = {layer_norm_grad_f32, layer_norm_grad_f64},
                                     .vjp = layer_norm_grad_vjp,
                                     .samples = layer_norm_grad_samples};

ag_tensor *(ag_layer_norm)(ag_layer_norm_args a) {
  ag_tensor *result;
  if (!ag_normalised_ready(a.at, "layer_norm", a.x, a.shape, a.weight, a.bias, &result)) return result;
  const ag_layer_norm_attributes attributes = {a.shape.rank, a.eps != 0 ? a.eps : 1e-5};
  return ag_affine(a.at, ag_apply(a.at, &ag_op_layer_norm, 1, &a.x, &attributes), a.weight, a.bias);
}
#endif
