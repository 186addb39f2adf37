/* Whether any or all elements are true, over any set of axes. Whatever is not 0, NaN too, is true.
 *
 *   any  y = whether some x is true; false where there is none
 *   all  y = whether every x is true, that is, none is false
 *
 * Elements are read where they lie. The inner loop runs along the last axis, which is either reduced to one
 * result or compared with a row of them; what lies before it is counted in rows, which threads share. */
#ifndef AG_TYPE
#include "core/multiversion.h"
#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

static bool truth_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  call->shape[0].rank = 0;
  for (int i = 0; i < shape.rank; i++) {
    if (!in_set[i] || a->keepdim) call->shape[0].dim[call->shape[0].rank++] = in_set[i] ? 1 : shape.dim[i];
  }
  return true;
}

/* Some axes of the operand. */
typedef struct {
  int rank;
  int64_t count, dim[AG_MAX_RANK], stride[AG_MAX_RANK];
} axes;

static void add_axis(axes *a, int64_t dim, int64_t stride) {
  a->dim[a->rank] = dim;
  a->stride[a->rank++] = stride;
  a->count *= dim;
}

/* The offset of number i of the elements along these axes. */
static int64_t offset_of(const axes *a, int64_t i) {
  int64_t offset = 0;
  for (int k = a->rank - 1; k >= 0; k--) {
    offset += i % a->dim[k] * a->stride[k];
    i /= a->dim[k];
  }
  return offset;
}

/* What is kept and what is reduced before the last axis, and the last axis: `step` counts elements of the
 * operand, `out` those of the result. */
typedef struct {
  axes kept, reduced;
  int64_t length, step, out;
} plan;

static plan plan_of(const ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0];
  const int64_t *stride = ag_stride_of(x);
  const ag_shape shape = ag_shape_of(x);
  plan p = {.kept.count = 1, .reduced.count = 1, .length = 1};
  bool in_set[AG_MAX_RANK];
  ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set);
  for (int i = 0; i < shape.rank - 1; i++)
    add_axis(in_set[i] ? &p.reduced : &p.kept, shape.dim[i], stride[i]);
  if (shape.rank > 0) {
    const int last = shape.rank - 1;
    p.length = shape.dim[last];
    p.step = stride[last];
    p.out = !in_set[last];
  }
  return p;
}

#define AG_SELF "ops/truth.c"
#include "core/each_dtype.h"
#else

/* y = y or, for elements whose truth is `wanted`, true. */
AG_MULTIVERSION static void AG_NAME(find)(int64_t n, bool *y, int64_t y_step, const AG_TYPE *x,
                                          int64_t x_step, bool wanted) {
  if (y_step == 0) {
    bool found = *y;
    for (int64_t i = 0; i < n; i++) found |= (x[i * x_step] != 0) == wanted;
    *y = found;
  } else if (x_step == 1) {
    for (int64_t i = 0; i < n; i++) y[i] |= (x[i] != 0) == wanted;
  } else {
    for (int64_t i = 0; i < n; i++) y[i] |= (x[i * x_step] != 0) == wanted;
  }
}

/* Rows begin .. end - 1 of the result: whether elements of the wanted truth were found, or not. */
static void AG_NAME(rows)(const ag_call *call, const plan *p, ag_range r, bool wanted) {
  const AG_TYPE *x = ag_data(call->in[0]);
  bool *y = ag_data(call->out[0]);
  const int64_t length = p->out ? p->length : 1;
  for (int64_t row = r.begin; row < r.end; row++) {
    bool *place = y + row * length;
    const AG_TYPE *from = x + offset_of(&p->kept, row);
    for (int64_t i = 0; i < length; i++) place[i] = false;
    for (int64_t k = 0; k < p->reduced.count; k++) {
      AG_NAME(find)(p->length, place, p->out, from + offset_of(&p->reduced, k), p->step, wanted);
    }
    for (int64_t i = 0; i < length && !wanted; i++) place[i] = !place[i];
  }
}

static void AG_NAME(reduce)(const ag_call *call, bool wanted) {
  const plan p = plan_of(call);
  const int64_t n = p.kept.count, chunks = n < 256 ? n : 256;
  if (call->out[0]->numel == 0) return;
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, call->in[0]->numel))
  for (int64_t i = 0; i < chunks; i++) AG_NAME(rows)(call, &p, ag_chunk_range(i, chunks, n), wanted);
}

static void AG_NAME(any)(const ag_call *call) { AG_NAME(reduce)(call, true); }

static void AG_NAME(all)(const ag_call *call) { AG_NAME(reduce)(call, false); }
#endif

#ifndef AG_TYPE

#define OVER(...) AG_WITH(ag_reduce_attributes, AG_LIST(__VA_ARGS__), false)
#define KEEPING(...) AG_WITH(ag_reduce_attributes, AG_LIST(__VA_ARGS__), true)
#define ALL AG_WITH(ag_reduce_attributes, .keepdim = false)
#define SAMPLES(name)                                                                                        \
  AG_WORKS_IN(AG_BOOL, 1, OVER(1), AG_LIST(5, 2, 3)), AG_WORKS_IN(AG_BOOL, 1, OVER(-1), AG_LIST(3, 4, 2)),   \
      AG_WORKS_IN(AG_BOOL, 1, ALL, AG_LIST(2, 2)), AG_WORKS_IN(AG_BOOL, 1, ALL, AG_POINT),                   \
      AG_WORKS_IN(AG_BOOL, 1, ALL, AG_LIST(3, 0)), AG_WORKS_IN(AG_BOOL, 1, OVER(0), AG_LIST(0, 3)),          \
      AG_WORKS_IN(AG_BOOL, 1, OVER(1), AG_LIST(0, 3)),                                                       \
      AG_WORKS_IN(AG_BOOL, 1, KEEPING(-1, 0), AG_LIST(2, 4, 1, 2)),                                          \
      AG_WORKS_IN(AG_F32, 1, OVER(0), AG_LIST(2, 7)), AG_WORKS_IN(AG_I64, 1, OVER(0, 2), AG_LIST(2, 5, 1)),  \
      AG_WORKS_IN(AG_I32, 1, KEEPING(1), AG_LIST(4, 2)), AG_WORKS_IN(AG_U8, 1, OVER(1), AG_LIST(4, 2)),      \
      AG_WORKS_IN(AG_BOOL, 1, OVER(0, 1, 2), AG_LIST(1, 1, 1)),                                              \
      AG_REFUSED(name ": axis 2 does not exist in 2x3", OVER(2), AG_LIST(2, 3)),                             \
      AG_REFUSED(name ": axis -1 of 2x3 is given twice", OVER(1, -1), AG_LIST(2, 3)), AG_NO_MORE
static const ag_sample any_samples[] = {SAMPLES("any")};
static const ag_sample all_samples[] = {SAMPLES("all")};

const ag_op ag_op_any = {.name = "any",
                         .formula = "whether some x over axes is not 0",
                         .shapes = "x -> x without the axes, or with size 1 there",
                         .n_in = 1,
                         .in_dtype = {AG_ALIKE},
                         .out_dtype = AG_BOOL,
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = truth_shape,
                         .forward = AG_EACH_DTYPE(any),
                         .strided = true,
                         .not_differentiable = "the result is a truth",
                         .samples = any_samples};

const ag_op ag_op_all = {.name = "all",
                         .formula = "whether no x over axes is 0",
                         .shapes = "x -> x without the axes, or with size 1 there",
                         .n_in = 1,
                         .in_dtype = {AG_ALIKE},
                         .out_dtype = AG_BOOL,
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = truth_shape,
                         .forward = AG_EACH_DTYPE(all),
                         .strided = true,
                         .not_differentiable = "the result is a truth",
                         .samples = all_samples};

static ag_tensor *reduce(const ag_op *op, const ag_reduce_args *a) {
  return ag_apply(a->at, op, 1, &a->x, &(ag_reduce_attributes){a->axes, a->keepdim});
}

ag_tensor *(ag_any)(ag_reduce_args a) { return reduce(&ag_op_any, &a); }

ag_tensor *(ag_all)(ag_reduce_args a) { return reduce(&ag_op_all, &a); }
#endif
