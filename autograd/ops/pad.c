/* Padding: more elements on both sides of the last axes.
 *
 *   pad        y[i][j] = x[map(i)][map(j)], or the value where a map leads nowhere     dx = pad_grad(g)
 *   pad_grad   y[map(i)][map(j)] += x[i][j], from zeros                 dx = pad(g), where the value is 0
 *
 * Along an axis of size n, with p elements before, map(i) of k = i - p is
 *   constant   k, nowhere outside of 0 .. n - 1
 *   reflect    ... 2 1 [0 1 2 .. n-1] n-2 n-3 ...
 *   replicate  ... 0 0 [0 1 2 .. n-1] n-1 n-1 ...
 *   circular   ... n-2 n-1 [0 1 2 .. n-1] 0 1 ...
 * Negative sizes take elements away; what circular repeats is what they leave, as in PyTorch.
 *
 * The leading axes without padding are blocks that do not touch each other; within one, elements that meet in
 * one place are added in row-major order. */
#ifndef AG_TYPE
#include <inttypes.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* ---- Modes ---- */

/* An axis of n elements, of which begin .. end - 1 stay where they are. */
typedef struct {
  int64_t n, begin, end;
} span;

static int64_t constant(int64_t k, const span *s) { return k < 0 || k >= s->n ? -1 : k; }
static int64_t reflect(int64_t k, const span *s) { return k < 0 ? -k : k >= s->n ? 2 * (s->n - 1) - k : k; }
static int64_t replicate(int64_t k, const span *s) { return k < 0 ? 0 : k >= s->n ? s->n - 1 : k; }
static int64_t circular(int64_t k, const span *s) {
  const int64_t turn = s->end - s->begin;
  return k < s->begin ? k + turn : k >= s->end ? k - turn : k;
}

/* The most that a mode can add on one side. */
static int64_t any(const span *s) {
  (void)s;
  return INT32_MAX;
}
static int64_t all_but_one(const span *s) { return s->n - 1; }
static int64_t any_where_there_is_one(const span *s) { return s->n > 0 ? INT32_MAX : 0; }
static int64_t one_turn(const span *s) { return s->end - s->begin; }

static const struct {
  const char *name;
  int64_t (*map)(int64_t k, const span *s);
  int64_t (*most)(const span *s);
} modes[] = {[AG_CONSTANT] = {"constant", constant, any},
             [AG_REFLECT] = {"reflect", reflect, all_but_one},
             [AG_REPLICATE] = {"replicate", replicate, any_where_there_is_one},
             [AG_CIRCULAR] = {"circular", circular, one_turn}};

/* ---- Shapes ---- */

/* What is added before (side 0) and behind (side 1) an axis. */
static int64_t added(const ag_pad_attributes *a, int rank, int axis, int side) {
  const int at = 2 * (rank - 1 - axis) + side;
  return at < a->padding.count ? a->padding.size[at] : 0;
}

static span span_of(const ag_pad_attributes *a, ag_shape x, int axis) {
  const int64_t before = added(a, x.rank, axis, 0), behind = added(a, x.rank, axis, 1), n = x.dim[axis];
  return (span){n, before < 0 ? -before : 0, behind < 0 ? n + behind : n};
}

static bool padded(const ag_call *call, ag_shape x, const ag_pad_attributes *a, ag_shape *result) {
  if ((unsigned)a->mode > AG_CIRCULAR)
    return ag_reject(call, AG_EVALUE, "mode %d is none of constant, reflect, replicate, circular",
                     (int)a->mode);
  if (a->padding.count < 0 || a->padding.count % 2 != 0 || a->padding.count > 2 * x.rank) {
    return ag_reject(call, AG_EVALUE,
                     "%d sizes are given for %s; two for each axis, from the last, are wanted",
                     a->padding.count, ag_shape_text(call->c, x));
  }
  *result = x;
  for (int i = 0; i < x.rank; i++) {
    for (int side = 0; side < 2; side++) {
      const int64_t size = added(a, x.rank, i, side);
      const span s = size < -x.dim[i] ? (span){0, 0, -1} : span_of(a, x, i);
      if (s.end < s.begin)
        return ag_reject(call, AG_EVALUE, "more elements are taken from axis %d of %s than it has", i,
                         ag_shape_text(call->c, x));
      if (size > 0 && size > modes[a->mode].most(&s))
        return ag_reject(call, AG_EVALUE, "%" PRId64 " elements cannot be added to axis %d of %s in mode %s",
                         size, i, ag_shape_text(call->c, x), modes[a->mode].name);
      result->dim[i] += size;
    }
  }
  return true;
}

static bool pad_shape(ag_call *call) {
  return padded(call, ag_shape_of(call->in[0]), call->attributes, &call->shape[0]);
}

static bool pad_grad_shape(ag_call *call) {
  const ag_pad_grad_attributes *a = call->attributes;
  ag_shape large;
  if (!padded(call, a->shape, &a->pad, &large)) return false;
  call->shape[0] = a->shape;
  return ag_check_shape(call, 0, "x", large, "the shape with padding");
}

/* ---- Routes ---- */

/* How the elements of a padded tensor find theirs in the small one: for each axis from `first` on, the offset
 * of each place, -1 for nowhere. Of a row (all places along the last axis), those from `begin` on lie side by
 * side in the small one. */
typedef struct {
  int first, rank;
  int64_t blocks, rows, small; /* rows of the padded tensor and elements of the small one, of each block */
  int64_t length, begin, inside;
  ag_shape shape; /* of the padded tensor */
  int64_t *offset[AG_MAX_RANK];
} route;

static bool route_of(const ag_call *call, ag_shape small, ag_shape large, const ag_pad_attributes *a,
                     route *r) {
  *r = (route){.rank = large.rank, .blocks = 1, .rows = 1, .small = 1, .shape = large};
  int64_t places = 0;
  while (r->first < r->rank - 1 && !added(a, r->rank, r->first, 0) && !added(a, r->rank, r->first, 1))
    r->blocks *= large.dim[r->first++];
  for (int i = r->first; i < r->rank; i++) places += large.dim[i];
  int64_t *next = ag_scratch(call, (size_t)places * sizeof *next);
  if (!next) return false;
  for (int i = r->rank - 1; i >= r->first; i--) {
    const span s = span_of(a, small, i);
    const int64_t before = added(a, r->rank, i, 0);
    r->offset[i] = next;
    for (int64_t k = 0; k < large.dim[i]; k++) {
      const int64_t to = modes[a->mode].map(k - before, &s);
      *next++ = to < 0 ? -1 : to * r->small;
    }
    r->small *= small.dim[i];
    if (i < r->rank - 1) {
      r->rows *= large.dim[i];
    } else {
      r->length = large.dim[i];
      r->begin = before > 0 ? before : 0;
      r->inside = s.end - s.begin;
    }
  }
  return true;
}

/* Where a row of a block of the padded tensor lies in that of the small one; -1 for nowhere. */
static int64_t row_begin(const route *r, int64_t row) {
  int64_t sum = 0;
  for (int i = r->rank - 2; i >= r->first; i--) {
    const int64_t offset = r->offset[i][row % r->shape.dim[i]];
    if (offset < 0) return -1;
    sum += offset;
    row /= r->shape.dim[i];
  }
  return sum;
}

#define AG_SELF "ops/pad.c"
#include "core/each_dtype.h"
#else

/* ---- Kernels ---- */

AG_MULTIVERSION static void AG_NAME(fill)(int64_t n, AG_TYPE value, AG_TYPE *y) {
  for (int64_t k = 0; k < n; k++) y[k] = value;
}

/* One row y from its row x of the small tensor. */
static void AG_NAME(spread)(const route *r, const AG_TYPE *x, AG_TYPE value, AG_TYPE *y) {
  const int64_t *offset = r->offset[r->rank - 1];
  for (int64_t k = 0; k < r->begin; k++) y[k] = offset[k] < 0 ? value : x[offset[k]];
  if (r->inside) memcpy(y + r->begin, x + offset[r->begin], (size_t)r->inside * sizeof *y);
  for (int64_t k = r->begin + r->inside; k < r->length; k++) y[k] = offset[k] < 0 ? value : x[offset[k]];
}

#if AG_BITS == 0
/* Adds one row x to its row y of the small tensor. */
AG_MULTIVERSION static void AG_NAME(collect)(const route *r, const AG_TYPE *x, AG_TYPE *y) {
  const int64_t *offset = r->offset[r->rank - 1];
  for (int64_t k = 0; k < r->begin; k++)
    if (offset[k] >= 0) y[offset[k]] += x[k];
  if (r->inside) {
    AG_TYPE *to = y + offset[r->begin];
    for (int64_t k = 0; k < r->inside; k++) to[k] += x[r->begin + k];
  }
  for (int64_t k = r->begin + r->inside; k < r->length; k++)
    if (offset[k] >= 0) y[offset[k]] += x[k];
}

#endif

static void AG_NAME(pad)(const ag_call *call) {
  const ag_pad_attributes *a = call->attributes;
  const ag_tensor *small = call->in[0], *large = call->out[0];
  const AG_TYPE *x = ag_data(small);
  AG_TYPE *y = ag_data(large), value;
  route r;
  ag_convert(1, large->dtype, &value, 1, AG_F64, &a->value, 1);
  if (large->numel == 0) return;
  if (large->rank == 0) {
    *y = *x;
    return;
  }
  if (!route_of(call, ag_shape_of(small), ag_shape_of(large), a, &r)) return;
  const int64_t rows = r.blocks * r.rows, chunks = ag_chunks(rows, 1 + 4096 / r.length);
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, large->numel))
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range range = ag_chunk_range(chunk, chunks, rows);
    for (int64_t row = range.begin; row < range.end; row++) {
      const int64_t begin = row_begin(&r, row % r.rows);
      AG_TYPE *to = y + row * r.length;
      if (begin < 0)
        AG_NAME(fill)(r.length, value, to);
      else
        AG_NAME(spread)(&r, x + row / r.rows * r.small + begin, value, to);
    }
  }
}

#if AG_BITS == 0
static void AG_NAME(pad_grad)(const ag_call *call) {
  const ag_pad_grad_attributes *a = call->attributes;
  const ag_tensor *large = call->in[0], *small = call->out[0];
  const AG_TYPE *x = ag_data(large);
  AG_TYPE *y = ag_data(small);
  route r;
  memset(y, 0, (size_t)small->numel * sizeof *y);
  if (large->numel == 0 || small->numel == 0) return;
  if (large->rank == 0) {
    *y = *x;
    return;
  }
  if (!route_of(call, ag_shape_of(small), ag_shape_of(large), &a->pad, &r)) return;
  AG_PARALLEL_FOR(ag_team(call->threads, r.blocks, large->numel))
  for (int64_t block = 0; block < r.blocks; block++) {
    for (int64_t row = 0; row < r.rows; row++) {
      const int64_t begin = row_begin(&r, row);
      if (begin >= 0)
        AG_NAME(collect)(&r, x + (block * r.rows + row) * r.length, y + block * r.small + begin);
    }
  }
}
#endif
#endif

#ifndef AG_TYPE

static void pad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_pad_grad_attributes back = {*(const ag_pad_attributes *)node->attributes,
                                       ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_pad_grad, 1, g, &back);
}

static void pad_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_pad_attributes forth = ((const ag_pad_grad_attributes *)node->attributes)->pad;
  forth.value = 0;
  dx[0] = ag_apply(AG_HERE, &ag_op_pad, 1, g, &forth);
}

#define PAD(mode, value, ...) AG_WITH(ag_pad_attributes, AG_LIST(__VA_ARGS__), mode, value)
static const ag_sample pad_samples[] = {
    AG_WORKS(-2, 2, PAD(AG_CONSTANT, 0.5, 1, 2), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, PAD(AG_CONSTANT, 0, -1, 2, 1, -2), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, PAD(AG_CONSTANT, -1, 0, 0, 1, 0), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, PAD(AG_CONSTANT, 1, 2, 1), AG_LIST(2, 0)),
    AG_WORKS(-2, 2, PAD(AG_CONSTANT, 1, -2, -1), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, AG_WITH(ag_pad_attributes, AG_POINT), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, AG_WITH(ag_pad_attributes, AG_POINT), AG_POINT),
    AG_WORKS(-2, 2, PAD(AG_REFLECT, 0, 2, 1, 1, 3), AG_LIST(2, 4, 3)),
    AG_WORKS(-2, 2, PAD(AG_REFLECT, 0, 2, -1, -2, 3), AG_LIST(4, 5)),
    AG_WORKS(-2, 2, PAD(AG_REPLICATE, 0, 2, 3, 0, 1), AG_LIST(2, 2, 1)),
    AG_WORKS(-2, 2, PAD(AG_REPLICATE, 0, -2, 3), AG_LIST(4)),
    AG_WORKS(-2, 2, PAD(AG_CIRCULAR, 0, 2, 1, 1, 1, 0, 2), AG_LIST(2, 3, 2)),
    AG_WORKS(-2, 2, PAD(AG_CIRCULAR, 0, 2, -1, -1, 3), AG_LIST(4, 5)),
    AG_WORKS(-2, 2, PAD(AG_CIRCULAR, 0, 0, 0), AG_LIST(2, 0)),
    AG_WORKS_IN(AG_I64, 2, PAD(AG_CONSTANT, 2, 1, 2, 1, 0), AG_LIST(2, 3)),
    AG_WORKS_IN(AG_BOOL, 1, PAD(AG_CONSTANT, 1, 1, 2, 1, 0), AG_LIST(2, 3)),
    AG_WORKS_IN(AG_I32, 8, PAD(AG_REFLECT, 0, 1, 2), AG_LIST(2, 3)),
    AG_WORKS_IN(AG_U8, 8, PAD(AG_CIRCULAR, 0, 1, 2), AG_LIST(2, 3)),
    AG_REFUSED("pad: 3 sizes are given for 2x3; two for each axis, from the last, are wanted",
               PAD(AG_CONSTANT, 0, 1, 1, 1), AG_LIST(2, 3)),
    AG_REFUSED("pad: 4 sizes are given for 3; two for each axis, from the last, are wanted",
               PAD(AG_CONSTANT, 0, 1, 1, 1, 1), AG_LIST(3)),
    AG_REFUSED("pad: 3 elements cannot be added to axis 1 of 2x3 in mode reflect", PAD(AG_REFLECT, 0, 1, 3),
               AG_LIST(2, 3)),
    AG_REFUSED("pad: 1 elements cannot be added to axis 0 of 0 in mode replicate", PAD(AG_REPLICATE, 0, 1, 0),
               AG_LIST(0)),
    AG_REFUSED("pad: 4 elements cannot be added to axis 1 of 2x3 in mode circular", PAD(AG_CIRCULAR, 0, 4, 0),
               AG_LIST(2, 3)),
    AG_REFUSED("pad: 2147483648 elements cannot be added to axis 0 of 3 in mode constant",
               PAD(AG_CONSTANT, 0, 0, 2147483648), AG_LIST(3)),
    AG_REFUSED("pad: more elements are taken from axis 1 of 2x3 than it has", PAD(AG_CONSTANT, 0, -2, -2),
               AG_LIST(2, 3)),
    AG_REFUSED("pad: more elements are taken from axis 1 of 2x3 than it has",
               PAD(AG_REFLECT, 0, INT64_MIN + 1, 1), AG_LIST(2, 3)),
    AG_REFUSED("pad: mode 4 is none of constant, reflect, replicate, circular", PAD((ag_pad_mode)4, 0, 1, 1),
               AG_LIST(2, 3)),
    AG_NO_MORE,
};

#define BACK(mode, sizes, ...) AG_WITH(ag_pad_grad_attributes, {AG_LIST sizes, mode, 0}, AG_LIST(__VA_ARGS__))
static const ag_sample pad_grad_samples[] = {
    AG_WORKS(-2, 2, BACK(AG_CONSTANT, (-1, 2, 1, -2), 2, 3, 4), AG_LIST(2, 2, 5)),
    AG_WORKS(-2, 2, BACK(AG_CONSTANT, (2, 1), 2, 0), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, BACK(AG_REFLECT, (2, 1, 1, 3), 2, 4, 3), AG_LIST(2, 8, 6)),
    AG_WORKS(-2, 2, BACK(AG_REPLICATE, (2, 3, 0, 1), 2, 2, 1), AG_LIST(2, 3, 6)),
    AG_WORKS(-2, 2, BACK(AG_CIRCULAR, (2, 1), 2, 3), AG_LIST(2, 6)),
    AG_WORKS(-2, 2, BACK(AG_CIRCULAR, (2, -1), 5), AG_LIST(6)),
    AG_WORKS(-2, 2, AG_WITH(ag_pad_grad_attributes, {AG_POINT}, AG_POINT), AG_POINT),
    AG_REFUSED("pad_grad: x is 2x5, wanted is 2x6, the shape with padding", BACK(AG_CIRCULAR, (2, 1), 2, 3),
               AG_LIST(2, 5)),
    AG_NO_MORE,
};

const ag_op ag_op_pad = {.name = "pad",
                         .formula = "x with more elements on both sides of the last axes",
                         .shapes = "(..., n, ...) -> (..., before + n + behind, ...)",
                         .n_in = 1,
                         .in_dtype = {AG_ANY},
                         .attribute_size = sizeof(ag_pad_attributes),
                         .shape = pad_shape,
                         .forward = AG_EACH_DTYPE(pad),
                         .vjp = pad_vjp,
                         .samples = pad_samples};

const ag_op ag_op_pad_grad = {.name = "pad_grad",
                              .formula = "x with its padding added to what it was made of",
                              .shapes = "(..., before + n + behind, ...) -> (..., n, ...)",
                              .n_in = 1,
                              .attribute_size = sizeof(ag_pad_grad_attributes),
                              .shape = pad_grad_shape,
                              .forward = {pad_grad_f32, pad_grad_f64},
                              .vjp = pad_grad_vjp,
                              .samples = pad_grad_samples};

ag_tensor *(ag_pad)(ag_pad_args a) {
  return ag_apply(a.at, &ag_op_pad, 1, &a.x, &(ag_pad_attributes){a.padding, a.mode, a.value});
}
#endif
