/* Choosing by a mask of truths, which broadcasts against x.
 *
 *   masked_fill         y = mask ? value : x                                            a where
 *   masked_select       y = the elements of x where mask is true, in row-major order    dx =
 * masked_select_grad(g, mask) masked_select_grad  zeros, and x in order where mask is true dx =
 * masked_select(g, mask)
 *
 * How many elements are chosen is a question of data, so the shape rule counts them. */
#ifndef AG_TYPE
#include <inttypes.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

#define GRAIN 16384
#define MOST_CHUNKS 256

/* The true elements of a mask that start at data and run along `axis` and those after it. */
static int64_t count_true(const ag_tensor *mask, int axis, const bool *data) {
  if (axis == mask->rank) return *data;
  int64_t count = 0;
  if (axis == mask->rank - 1) {
    for (int64_t i = 0; i < mask->dim[axis]; i++) count += data[i * mask->stride[axis]];
    return count;
  }
  for (int64_t i = 0; i < mask->dim[axis]; i++)
    count += count_true(mask, axis + 1, data + i * mask->stride[axis]);
  return count;
}

static int64_t chosen(const ag_tensor *mask) {
  return mask->numel ? count_true(mask, 0, (const bool *)(const void *)mask->data) : 0;
}

static bool masked_select_shape(ag_call *call) {
  if (!ag_check_shape(call, 1, "mask", ag_shape_of(call->in[0]), "the shape of x")) return false;
  call->shape[0] = AG_SHAPE(chosen(call->in[1]));
  return true;
}

static bool masked_select_grad_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[1]);
  return ag_check_shape(call, 0, "x", AG_SHAPE(chosen(call->in[1])), "one element for each that is chosen");
}

/* A mask cut into chunks, with the number of elements that are chosen before each. */
typedef struct {
  const bool *mask;
  int team;
  int64_t n, chunks, before[MOST_CHUNKS];
} cuts;

static cuts cuts_of(const ag_call *call) {
  const ag_tensor *mask = call->in[1];
  cuts c = {.mask = ag_data(mask), .n = mask->numel, .chunks = ag_chunks(mask->numel, GRAIN)};
  if (c.chunks > MOST_CHUNKS) c.chunks = MOST_CHUNKS;
  c.team = ag_team(call->threads, c.chunks, c.n);
  int64_t *count = c.before;
  AG_PARALLEL_FOR(c.team)
  for (int64_t i = 0; i < c.chunks; i++) {
    const ag_range r = ag_chunk_range(i, c.chunks, c.n);
    int64_t found = 0;
    for (int64_t j = r.begin; j < r.end; j++) found += c.mask[j];
    count[i] = found;
  }
  int64_t before = 0;
  for (int64_t i = 0; i < c.chunks; i++) {
    const int64_t found = c.before[i];
    c.before[i] = before;
    before += found;
  }
  return c;
}

#define AG_SELF "ops/mask.c"
#include "core/each_dtype.h"
#else

static void AG_NAME(masked_select)(const ag_call *call) {
  const cuts c = cuts_of(call);
  const AG_TYPE *x = ag_data(call->in[0]);
  AG_TYPE *y = ag_data(call->out[0]);
  AG_PARALLEL_FOR(c.team)
  for (int64_t i = 0; i < c.chunks; i++) {
    const ag_range r = ag_chunk_range(i, c.chunks, c.n);
    AG_TYPE *to = y + c.before[i];
    for (int64_t j = r.begin; j < r.end; j++) {
      if (c.mask[j]) *to++ = x[j];
    }
  }
}

static void AG_NAME(masked_select_grad)(const ag_call *call) {
  const cuts c = cuts_of(call);
  const AG_TYPE *x = ag_data(call->in[0]);
  AG_TYPE *y = ag_data(call->out[0]);
  AG_PARALLEL_FOR(c.team)
  for (int64_t i = 0; i < c.chunks; i++) {
    const ag_range r = ag_chunk_range(i, c.chunks, c.n);
    const AG_TYPE *from = x + c.before[i];
    for (int64_t j = r.begin; j < r.end; j++) y[j] = c.mask[j] ? *from++ : 0;
  }
}
#endif

#ifndef AG_TYPE

static void masked_select_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, &ag_op_masked_select_grad, 2, (ag_tensor *[]){g[0], node->in[1]}, NULL);
}

static void masked_select_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, &ag_op_masked_select, 2, (ag_tensor *[]){g[0], node->in[1]}, NULL);
}

#define TYPED(type, ...)                                                                                     \
  { AG_OPERANDS_(__VA_ARGS__), .below = 3, .dtype = type }
static const ag_sample masked_select_samples[] = {
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(3, 4), AG_LIST(3, 4)),
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(2, 3, 5), AG_LIST(2, 3, 5)),
    AG_WORKS_UP_TO(0, -2, 2, NULL, AG_LIST(5), AG_LIST(5)),
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(3, 0), AG_LIST(3, 0)),
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_POINT, AG_POINT),
    TYPED(AG_I64, AG_LIST(3, 4), AG_LIST(3, 4)),
    TYPED(AG_BOOL, AG_LIST(3, 4), AG_LIST(3, 4)),
    TYPED(AG_I32, AG_LIST(3, 4), AG_LIST(3, 4)),
    TYPED(AG_U8, AG_LIST(3, 4), AG_LIST(3, 4)),
    AG_REFUSED("masked_select: mask is 3, wanted is 2x3, the shape of x", NULL, AG_LIST(2, 3), AG_LIST(3)),
    AG_NO_MORE,
};

static const ag_sample masked_select_grad_samples[] = {
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(3), AG_LIST(1, 7)),
    AG_WORKS_UP_TO(1, -2, 2, NULL, AG_LIST(2), AG_LIST(1, 3, 1)),
    AG_WORKS_UP_TO(0, -2, 2, NULL, AG_LIST(0), AG_LIST(2, 3)),
    TYPED(AG_I64, AG_LIST(3), AG_LIST(1, 7)),
    AG_REFUSED("masked_select_grad: x is 1, wanted is 0, one element for each that is chosen", NULL,
               AG_LIST(1), AG_LIST(2, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_masked_select = {.name = "masked_select",
                                   .formula = "the elements of x where mask is true, in a row",
                                   .shapes = "x, x -> (chosen)",
                                   .n_in = 2,
                                   .in_dtype = {AG_ALIKE, AG_BOOL},
                                   .shape = masked_select_shape,
                                   .forward = AG_EACH_DTYPE(masked_select),
                                   .vjp = masked_select_vjp,
                                   .samples = masked_select_samples};

const ag_op ag_op_masked_select_grad = {.name = "masked_select_grad",
                                        .formula = "zeros with the elements of x where mask is true",
                                        .shapes = "(chosen), x -> x",
                                        .n_in = 2,
                                        .in_dtype = {AG_ALIKE, AG_BOOL},
                                        .shape = masked_select_grad_shape,
                                        .forward = AG_EACH_DTYPE(masked_select_grad),
                                        .vjp = masked_select_grad_vjp,
                                        .samples = masked_select_grad_samples};

/* Whether mask may choose from x; *shape is what they broadcast to. */
static bool mask_ready(ag_site at, const char *what, ag_tensor *x, ag_tensor *mask, ag_shape *shape,
                       ag_tensor **result) {
  if (!ag_ready(at, what, 2, (ag_tensor *[]){x, mask}, result)) return false;
  ag_ctx *c = x->c;
  if (mask->dtype != AG_BOOL) {
    ag_fail(c, AG_EDTYPE, at, "%s: mask is %s, wanted is bool", what, ag_dtype_name(mask->dtype));
  } else if (!ag_broadcast(ag_shape_of(x), ag_shape_of(mask), shape)) {
    ag_fail(c, AG_ESHAPE, at, "%s: x %s and mask %s do not broadcast", what, ag_shape_text(c, ag_shape_of(x)),
            ag_shape_text(c, ag_shape_of(mask)));
  }
  return c->status == AG_OK;
}

ag_tensor *(ag_masked_fill)(ag_site at, ag_tensor *x, ag_tensor *mask, double value) {
  ag_tensor *result;
  ag_shape shape;
  if (!mask_ready(at, "masked_fill", x, mask, &shape, &result)) return result;
  ag_tensor *filling = ag_filled(at, x->c, x->dtype, AG_SCALAR, value);
  return filling ? (ag_where)(at, mask, filling, x) : result;
}

ag_tensor *(ag_masked_select)(ag_site at, ag_tensor *x, ag_tensor *mask) {
  ag_tensor *result;
  ag_shape shape;
  if (!mask_ready(at, "masked_select", x, mask, &shape, &result)) return result;
  if (!ag_shape_equal(ag_shape_of(x), shape)) x = (ag_expand)(at, x, shape);
  if (!ag_shape_equal(ag_shape_of(mask), shape)) mask = (ag_expand)(at, mask, shape);
  return ag_apply(at, &ag_op_masked_select, 2, (ag_tensor *[]){x, mask}, NULL);
}
#endif
