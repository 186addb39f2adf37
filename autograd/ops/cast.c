/* Conversion between data types.
 *
 *   cast  y = x in another type       dx = g in the type of x, where both are real
 */
#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

static bool cast_shape(ag_call *call) {
  const ag_cast_attributes *a = call->attributes;
  if ((size_t)a->dtype >= AG_DTYPES) {
    return ag_reject(call, AG_EVALUE, "%d is not a data type", (int)a->dtype);
  }
  call->shape[0] = ag_shape_of(call->in[0]);
  call->dtype[0] = a->dtype;
  return true;
}

static void cast(const ag_call *call) {
  const ag_tensor *x = call->in[0], *y = call->out[0];
  const int64_t n = x->numel, chunks = ag_chunks(n, 16384);
  const size_t from = ag_dtype_size(x->dtype), to = ag_dtype_size(y->dtype);
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, n))
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, n);
    const size_t begin = (size_t)r.begin;
    ag_convert(r.end - r.begin, y->dtype, y->data + begin * to, 1, x->dtype, x->data + begin * from, 1);
  }
}

/* No cotangent comes from a type that is not real. */
static void cast_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_cast(g[0], node->in[0]->dtype);
}

#define TO(type) AG_WITH(ag_cast_attributes, type)
#define REAL_TO(type) AG_WORKS(-3, 300, TO(type), AG_LIST(3, 4))
#define FROM(type, to)                                                                                       \
  { .in = {AG_LIST(3, 4)}, .n_in = 1, .attributes = TO(to), .below = 3, .dtype = type }
static const ag_sample cast_samples[] = {
    REAL_TO(AG_F32),
    REAL_TO(AG_F64),
    REAL_TO(AG_I64),
    REAL_TO(AG_BOOL),
    REAL_TO(AG_I32),
    REAL_TO(AG_U8),
    AG_WORKS(-2, 2, TO(AG_F64), AG_POINT),
    AG_WORKS(-2, 2, TO(AG_F64), AG_LIST(2, 0)),
    FROM(AG_I64, AG_F64),
    FROM(AG_BOOL, AG_F64),
    FROM(AG_I32, AG_F32),
    FROM(AG_U8, AG_F32),
    FROM(AG_I64, AG_U8),
    FROM(AG_BOOL, AG_I32),
    FROM(AG_U8, AG_BOOL),
    AG_REFUSED("cast: 6 is not a data type", TO((ag_dtype)6), AG_LIST(2)),
    AG_NO_MORE,
};

const ag_op ag_op_cast = {.name = "cast",
                          .formula = "x in another data type",
                          .shapes = "x -> the same",
                          .n_in = 1,
                          .in_dtype = {AG_ANY},
                          .attribute_size = sizeof(ag_cast_attributes),
                          .shape = cast_shape,
                          .forward = AG_EVERY_DTYPE(cast),
                          .vjp = cast_vjp,
                          .samples = cast_samples};

ag_tensor *(ag_cast)(ag_site at, ag_tensor *x, ag_dtype dtype) {
  ag_tensor *result;
  if (!ag_ready(at, "cast", 1, &x, &result)) return result;
  return x->dtype == dtype ? x : ag_apply(at, &ag_op_cast, 1, &x, &(ag_cast_attributes){dtype});
}
