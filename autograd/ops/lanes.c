/* Checking and walking lanes. A lane of the large tensor belongs to one lane of the index alone, so lanes are
 * shared among threads; within a lane the order is that of the index. */
#include <inttypes.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "ops/lanes.h"

bool ag_check_lanes(const ag_call *call, ag_shape shape, int attribute) {
  const ag_shape index = ag_shape_of(call->in[1]);
  if (!ag_check_axis(call, shape, attribute)) return false;
  const int axis = ag_axis(shape.rank, attribute);
  bool fits = index.rank == shape.rank;
  for (int i = 0; i < shape.rank && fits; i++) fits = i == axis || index.dim[i] <= shape.dim[i];
  if (!fits) {
    return ag_reject(call, AG_ESHAPE, "index %s does not fit %s; it may be larger along axis %d alone",
                     ag_shape_text(call->c, index), ag_shape_text(call->c, shape), axis);
  }
  int64_t at;
  const int64_t *bad = ag_find_outside(call->in[1], 0, shape.dim[axis] - 1, &at);
  if (!bad) return true;
  return ag_reject(call, AG_EVALUE,
                   "index %" PRId64 " at %" PRId64 " is not in 0 .. %" PRId64 ", axis %d of %s", *bad, at,
                   shape.dim[axis] - 1, axis, ag_shape_text(call->c, shape));
}

ag_lanes ag_lanes_of(const ag_tensor *index, const ag_tensor *large, int attribute) {
  ag_lanes l = {.index = index, .large = large, .axis = ag_axis(index->rank, attribute)};
  l.length = index->dim[l.axis];
  l.count = l.length ? index->numel / l.length : 0;
  l.index_step = l.large_step = 1;
  for (int i = l.axis + 1; i < index->rank; i++) {
    l.index_step *= index->dim[i];
    l.large_step *= large->dim[i];
  }
  return l;
}

void ag_lane_begin(const ag_lanes *l, int64_t lane, int64_t *in_index, int64_t *in_large) {
  int64_t index_stride = 1, large_stride = 1;
  *in_index = *in_large = 0;
  for (int i = l->index->rank - 1; i >= 0; i--) {
    if (i != l->axis) {
      const int64_t place = lane % l->index->dim[i];
      lane /= l->index->dim[i];
      *in_index += place * index_stride;
      *in_large += place * large_stride;
    }
    index_stride *= l->index->dim[i];
    large_stride *= l->large->dim[i];
  }
}

/* Copies the lanes of a range. `bytes` is a constant where this is inlined. */
AG_INLINE void copy_range(size_t bytes, const ag_lanes *l, ag_range r, char *small, char *large,
                          bool from_small) {
  const int64_t *index = (const int64_t *)(const void *)l->index->data, size = (int64_t)bytes;
  for (int64_t lane = r.begin; lane < r.end; lane++) {
    int64_t s, t;
    ag_lane_begin(l, lane, &s, &t);
    for (int64_t i = 0; i < l->length; i++, s += l->index_step) {
      char *few = small + s * size, *many = large + (t + index[s] * l->large_step) * size;
      memcpy(from_small ? many : few, from_small ? few : many, bytes);
    }
  }
}

void ag_lanes_copy(int threads, const ag_lanes *l, size_t size, char *small, char *large, bool from_small) {
  const int64_t chunks = ag_chunks(l->count, 64);
  AG_PARALLEL_FOR(ag_team(threads, chunks, 8 * l->index->numel))
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk_range(chunk, chunks, l->count);
    if (size == 4)
      copy_range(4, l, r, small, large, from_small);
    else if (size == 8)
      copy_range(8, l, r, small, large, from_small);
    else
      copy_range(size, l, r, small, large, from_small);
  }
}

ag_tensor *ag_apply_to_lanes(ag_site at, const ag_op *op, ag_tensor *x, int axis, ag_tensor *index,
                             ag_tensor *src) {
  ag_tensor *result;
  if (!ag_ready(at, op->name, 3, (ag_tensor *[]){x, index, src}, &result)) return result;
  if (src->rank == 0) src = (ag_expand)(at, src, ag_shape_of(index));
  for (int i = 0; i < src->rank && src->rank == index->rank; i++)
    if (src->dim[i] > index->dim[i]) src = (ag_slice)(at, src, i, 0, index->dim[i], 1);
  return ag_apply(at, op, 3, (ag_tensor *[]){x, index, src}, &(ag_axis_attributes){axis});
}
