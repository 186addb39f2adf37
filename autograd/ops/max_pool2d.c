/* Maximum over windows.
 *
 *   max_pool2d         y[p, q] = max x in window (p, q), index = its place in the plane       dx =
 * max_pool2d_grad(g, index) max_pool2d_grad    y = zeros with g[p, q] added at index[p, q] dg =
 * max_pool2d_gather(h, index) max_pool2d_gather  y[p, q] = x at index[p, q], 0 for index -1 dx =
 * max_pool2d_grad(g, index)
 *
 * The first of equal elements gets the whole gradient. A window that sees padding alone has index -1. */
#ifndef AG_REAL
#include <inttypes.h>

#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"
#include "ops/pool2d.h"

static bool max_pool2d_shape(ag_call *call) {
  agk_pool2d_geometry g;
  const ag_shape x = ag_shape_of(call->in[0]);
  if (!ag_pool2d_geometry(call, x, call->attributes, &g)) return false;
  call->shape[0] = call->shape[1] = ag_pool2d_result(x, &g);
  call->dtype[1] = AG_I64;
  return true;
}

/* Operand 1 points into planes of the given size. */
static bool check_places(const ag_call *call, int64_t h, int64_t w) {
  int64_t at;
  const int64_t *bad = ag_find_outside(call->in[1], -1, h * w - 1, &at);
  if (!bad) return true;
  return ag_reject(call, AG_EVALUE,
                   "index %" PRId64 " at %" PRId64 " is not in a plane of %" PRId64 "x%" PRId64, *bad, at, h,
                   w);
}

static bool max_pool2d_grad_shape(ag_call *call) {
  const ag_max_pool2d_grad_attributes *a = call->attributes;
  const ag_shape g = ag_shape_of(call->in[0]);
  if (g.rank != 4)
    return ag_reject(call, AG_ESHAPE, "g must be (n, c, h, w), found %s", ag_shape_text(call->c, g));
  call->shape[0] = AG_SHAPE(g.dim[0], g.dim[1], a->size[0], a->size[1]);
  return ag_check_shape(call, 1, "index", g, "the shape of g") && check_places(call, a->size[0], a->size[1]);
}

static bool max_pool2d_gather_shape(ag_call *call) {
  const ag_shape x = ag_shape_of(call->in[0]), index = ag_shape_of(call->in[1]);
  if (x.rank != 4 || index.rank != 4 || x.dim[0] != index.dim[0] || x.dim[1] != index.dim[1]) {
    return ag_reject(call, AG_ESHAPE, "x %s and index %s must be (n, c, h, w) with the same n and c",
                     ag_shape_text(call->c, x), ag_shape_text(call->c, index));
  }
  call->shape[0] = index;
  return check_places(call, x.dim[2], x.dim[3]);
}

/* All that the kernels of the gradients ask for. */
static agk_pool2d_geometry planes_of(const ag_tensor *large, const ag_tensor *small) {
  return (agk_pool2d_geometry){.planes = large->dim[0] * large->dim[1],
                               .h = large->dim[2],
                               .w = large->dim[3],
                               .h_out = small->dim[2],
                               .w_out = small->dim[3]};
}

#define AG_SELF "ops/max_pool2d.c"
#include "core/each_real.h"
#else

static void AG_NAME(max_pool2d)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, ag_shape_of(call->in[0]), call->attributes, &g)) return;
  AG_NAME(agk_max_pool2d_forward)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]));
}

static void AG_NAME(max_pool2d_grad)(const ag_call *call) {
  const agk_pool2d_geometry g = planes_of(call->out[0], call->in[0]);
  AG_NAME(agk_max_pool2d_backward)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->out[0]));
}

static void AG_NAME(max_pool2d_gather)(const ag_call *call) {
  const agk_pool2d_geometry g = planes_of(call->in[0], call->out[0]);
  AG_NAME(agk_max_pool2d_gather)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

static ag_tensor *scatter(ag_tensor *g, ag_tensor *index, const ag_tensor *x) {
  const ag_max_pool2d_grad_attributes a = {{x->dim[2], x->dim[3]}};
  return ag_apply(AG_HERE, &ag_op_max_pool2d_grad, 2, (ag_tensor *[]){g, index}, &a);
}

static void max_pool2d_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = scatter(g[0], node->out[1], node->in[0]);
}

static void max_pool2d_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, &ag_op_max_pool2d_gather, 2, (ag_tensor *[]){g[0], node->in[1]}, NULL);
}

static void max_pool2d_gather_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = scatter(g[0], node->in[1], node->in[0]);
}

#define POOL(...) AG_WITH(ag_pool2d_attributes, __VA_ARGS__)
static const ag_sample max_pool2d_samples[] = {
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 3, 4, 6)),
    AG_WORKS(-2, 2, POOL(3, 2, 1, 1), AG_LIST(1, 2, 7, 5)),
    AG_WORKS(-2, 2, POOL(2, 1, 1, 3), AG_LIST(2, 1, 7, 8)),
    AG_WORKS(-2, 2, POOL(1, 1, 0, 1), AG_LIST(1, 1, 1, 1)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(0, 2, 4, 4)),
    AG_REFUSED("max_pool2d: x must be (n, c, h, w), found 3x4x4", POOL(2, 2, 0, 1), AG_LIST(3, 4, 4)),
    AG_REFUSED("max_pool2d: kernel 0, stride 2 and dilation 1 must be at least 1 and below 2^31",
               POOL(0, 2, 0, 1), AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("max_pool2d: padding 2 must be at least 0 and at most half of kernel 3", POOL(3, 2, 2, 1),
               AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("max_pool2d: kernel 5 with dilation 1 does not fit into x 1x3x4x4 with padding 0",
               POOL(5, 2, 0, 1), AG_LIST(1, 3, 4, 4)),
    AG_NO_MORE,
};

#define SIZE(h, w) AG_WITH(ag_max_pool2d_grad_attributes, {h, w})
static const ag_sample max_pool2d_grad_samples[] = {
    AG_WORKS_UP_TO(23, -2, 2, SIZE(4, 6), AG_LIST(2, 3, 2, 3), AG_LIST(2, 3, 2, 3)),
    AG_WORKS_UP_TO(2, -2, 2, SIZE(1, 3), AG_LIST(1, 1, 5, 1), AG_LIST(1, 1, 5, 1)),
    AG_REFUSED("max_pool2d_grad: g must be (n, c, h, w), found 3x2x3", SIZE(4, 6), AG_LIST(3, 2, 3),
               AG_LIST(3, 2, 3)),
    AG_REFUSED("max_pool2d_grad: index is 2x3x2x2, wanted is 2x3x2x3, the shape of g", SIZE(4, 6),
               AG_LIST(2, 3, 2, 3), AG_LIST(2, 3, 2, 2)),
    AG_REFUSED("max_pool2d_grad: index 0 at 0 is not in a plane of 4x0", SIZE(4, 0), AG_LIST(1, 1, 1, 1),
               AG_LIST(1, 1, 1, 1)),
    AG_NO_MORE,
};

static const ag_sample max_pool2d_gather_samples[] = {
    AG_WORKS_UP_TO(23, -2, 2, NULL, AG_LIST(2, 3, 4, 6), AG_LIST(2, 3, 2, 3)),
    AG_WORKS_UP_TO(2, -2, 2, NULL, AG_LIST(1, 1, 1, 3), AG_LIST(1, 1, 5, 1)),
    AG_REFUSED("max_pool2d_gather: x 2x3x4x6 and index 2x2x2x3 must be (n, c, h, w) with the same n and c",
               NULL, AG_LIST(2, 3, 4, 6), AG_LIST(2, 2, 2, 3)),
    AG_REFUSED("max_pool2d_gather: index 0 at 0 is not in a plane of 4x0", NULL, AG_LIST(1, 1, 4, 0),
               AG_LIST(1, 1, 1, 1)),
    AG_NO_MORE,
};

const ag_op ag_op_max_pool2d = {.name = "max_pool2d",
                                .formula = "greatest x of each window, and its place",
                                .n_in = 1,
                                .n_out = 2,
                                .attribute_size = sizeof(ag_pool2d_attributes),
                                .shape = max_pool2d_shape,
                                .forward = {max_pool2d_f32, max_pool2d_f64},
                                .vjp = max_pool2d_vjp,
                                .flops = ag_pool2d_flops,
                                .samples = max_pool2d_samples};

const ag_op ag_op_max_pool2d_grad = {.name = "max_pool2d_grad",
                                     .formula = "zeros with g added at the places of the greatest",
                                     .n_in = 2,
                                     .in_dtype = {AG_F32, AG_I64},
                                     .attribute_size = sizeof(ag_max_pool2d_grad_attributes),
                                     .shape = max_pool2d_grad_shape,
                                     .forward = {max_pool2d_grad_f32, max_pool2d_grad_f64},
                                     .vjp = max_pool2d_grad_vjp,
                                     .samples = max_pool2d_grad_samples};

const ag_op ag_op_max_pool2d_gather = {.name = "max_pool2d_gather",
                                       .formula = "x at the places of the greatest",
                                       .n_in = 2,
                                       .in_dtype = {AG_F32, AG_I64},
                                       .shape = max_pool2d_gather_shape,
                                       .forward = {max_pool2d_gather_f32, max_pool2d_gather_f64},
                                       .vjp = max_pool2d_gather_vjp,
                                       .samples = max_pool2d_gather_samples};

ag_tensor *(ag_max_pool2d)(ag_max_pool2d_args a) {
  const ag_pool2d_attributes attributes = {a.kernel, a.stride ? a.stride : a.kernel, a.padding,
                                           a.dilation ? a.dilation : 1};
  return ag_apply(a.at, &ag_op_max_pool2d, 1, &a.x, &attributes);
}
#endif
