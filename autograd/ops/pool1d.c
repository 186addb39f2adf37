/* Pooling of sequences (n, c, l): that of images (n, c, 1, l). */
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/pool2d.h"

static ag_tensor *pool(ag_site at, const char *what, const ag_op *op, ag_tensor *x, ag_pool2d_attributes a) {
  ag_tensor *result;
  if (!ag_ready(at, what, 1, &x, &result)) return result;
  if (x->rank != 3) {
    ag_fail(x->c, AG_ESHAPE, at, "%s: x must be (n, c, l), found %s", what,
            ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  ag_tensor *image = (ag_reshape)(at, x, AG_SHAPE(x->dim[0], x->dim[1], 1, x->dim[2]));
  ag_tensor *y = ag_apply(at, op, 1, &image, &a);
  return (ag_reshape)(at, y, AG_SHAPE(x->dim[0], x->dim[1], ag_dim(y, -1)));
}

/* Windows of one row, and what is asked for of their columns. */
static ag_pool2d_attributes options(ag_pool_options columns, bool ceil_mode) {
  return ag_pool2d_options((ag_pool_options){1, 1, 0, 1}, columns, ceil_mode);
}

static ag_pool2d_attributes options_of(const ag_max_pool1d_args *a) {
  return options((ag_pool_options){a->kernel, a->stride, a->padding, a->dilation}, a->ceil_mode);
}

ag_tensor *(ag_max_pool1d)(ag_max_pool1d_args a) {
  return pool(a.at, "max_pool1d", &ag_op_max_pool2d, a.x, options_of(&a));
}

ag_tensor *(ag_max_pool1d_indices)(ag_max_pool1d_args a) {
  return pool(a.at, "max_pool1d_indices", &ag_op_max_pool2d_indices, a.x, options_of(&a));
}

ag_tensor *(ag_avg_pool1d)(ag_avg_pool1d_args a) {
  ag_pool2d_attributes attributes = options((ag_pool_options){a.kernel, a.stride, a.padding, 1}, a.ceil_mode);
  attributes.exclude_padding = a.exclude_padding;
  return pool(a.at, "avg_pool1d", &ag_op_avg_pool2d, a.x, attributes);
}

ag_tensor *(ag_adaptive_avg_pool1d)(ag_site at, ag_tensor *x, int64_t l) {
  return pool(at, "adaptive_avg_pool1d", &ag_op_adaptive_avg_pool2d, x, ag_pool2d_shares(1, l));
}

ag_tensor *(ag_adaptive_max_pool1d)(ag_site at, ag_tensor *x, int64_t l) {
  return pool(at, "adaptive_max_pool1d", &ag_op_adaptive_max_pool2d, x, ag_pool2d_shares(1, l));
}

ag_tensor *(ag_adaptive_max_pool1d_indices)(ag_site at, ag_tensor *x, int64_t l) {
  return pool(at, "adaptive_max_pool1d_indices", &ag_op_max_pool2d_indices, x, ag_pool2d_shares(1, l));
}
