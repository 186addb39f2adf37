/* Convolution of sequences (n, c, l), and its transposed: that of images (n, c, 1, l). */
#include "ops/check.h"

/* Whether x and weight are sequences; what the function returns is in *result where they are not. */
static bool check_ranks(ag_site at, const char *what, const char *of_weight, int n,
                        ag_tensor *const *operands, ag_tensor **result) {
  if (!ag_ready(at, what, n, operands, result)) return false;
  const char *const names[] = {"x", "weight"}, *const shapes[] = {"(n, c, l)", of_weight};
  for (int i = 0; i < 2; i++) {
    if (operands[i]->rank == 3) continue;
    ag_ctx *c = operands[i]->c;
    ag_fail(c, AG_ESHAPE, at, "%s: %s must be %s, found %s", what, names[i], shapes[i],
            ag_shape_text(c, ag_shape_of(operands[i])));
    return false;
  }
  return true;
}

/* (a, b, l) as (a, b, 1, l), and back. */
static ag_tensor *image(ag_site at, ag_tensor *x) {
  return (ag_reshape)(at, x, AG_SHAPE(x->dim[0], x->dim[1], 1, x->dim[2]));
}

static ag_tensor *sequence(ag_site at, ag_tensor *y) {
  return (ag_reshape)(at, y, AG_SHAPE(ag_dim(y, 0), ag_dim(y, 1), ag_dim(y, 3)));
}

ag_tensor *(ag_conv1d)(ag_conv1d_args a) {
  ag_tensor *result, *const operands[] = {a.x, a.weight, a.bias};
  if (!check_ranks(a.at, "conv1d", "(o, c / groups, k)", a.bias ? 3 : 2, operands, &result)) return result;
  if (a.sides.top != 0 || a.sides.bottom != 0) {
    ag_fail(a.x->c, AG_EVALUE, a.at, "conv1d: sides has padding above and below, %d and %d; both must be 0",
            a.sides.top, a.sides.bottom);
    return result;
  }
  ag_tensor *y = (ag_conv2d)((ag_conv2d_args){.at = a.at,
                                              .x = image(a.at, a.x),
                                              .weight = image(a.at, a.weight),
                                              .bias = a.bias,
                                              .stride = 1,
                                              .stride_w = a.stride,
                                              .padding_w = a.padding,
                                              .dilation = 1,
                                              .dilation_w = a.dilation,
                                              .groups = a.groups,
                                              .sides = a.sides,
                                              .same = a.same});
  return sequence(a.at, y);
}

ag_tensor *(ag_conv_transpose1d)(ag_conv_transpose1d_args a) {
  ag_tensor *result, *const operands[] = {a.x, a.weight, a.bias};
  if (!check_ranks(a.at, "conv_transpose1d", "(c, o / groups, k)", a.bias ? 3 : 2, operands, &result))
    return result;
  ag_tensor *y = (ag_conv_transpose2d)((ag_conv_transpose2d_args){.at = a.at,
                                                                  .x = image(a.at, a.x),
                                                                  .weight = image(a.at, a.weight),
                                                                  .bias = a.bias,
                                                                  .stride = 1,
                                                                  .stride_w = a.stride,
                                                                  .padding_w = a.padding,
                                                                  .output_padding_w = a.output_padding,
                                                                  .groups = a.groups,
                                                                  .dilation = 1,
                                                                  .dilation_w = a.dilation});
  return sequence(a.at, y);
}
