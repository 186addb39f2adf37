/* Shapes, axes and data types. */
#include <string.h>

#include "core/internal.h"

static const struct {
  const char *name;
  size_t size;
} dtypes[] = {[AG_F32] = {"float32", 4}, [AG_F64] = {"float64", 8}, [AG_I64] = {"int64", 8},
              [AG_BOOL] = {"bool", 1},   [AG_I32] = {"int32", 4},   [AG_U8] = {"uint8", 1}};

const char *ag_dtype_name(ag_dtype dtype) {
  return (size_t)dtype < AG_DTYPES ? dtypes[dtype].name : "unknown type";
}

size_t ag_dtype_size(ag_dtype dtype) { return (size_t)dtype < AG_DTYPES ? dtypes[dtype].size : 0; }

/* The product must leave room for the size of an element and for alignment. */
int64_t ag_shape_numel(ag_shape shape) {
  const int64_t most = INT64_MAX / 64;
  int64_t numel = 1;
  bool empty = false;
  if (shape.rank < 0 || shape.rank > AG_MAX_RANK) return -1;
  for (int i = 0; i < shape.rank; i++) {
    const int64_t size = shape.dim[i];
    if (size < 0) return -1;
    if (size == 0) empty = true;
    if (size > 0 && numel > most / size) return -1;
    if (size > 0) numel *= size;
  }
  return empty ? 0 : numel;
}

bool ag_shape_equal(ag_shape a, ag_shape b) {
  return a.rank == b.rank && memcmp(a.dim, b.dim, (size_t)a.rank * sizeof a.dim[0]) == 0;
}

bool ag_broadcast(ag_shape a, ag_shape b, ag_shape *out) {
  out->rank = a.rank > b.rank ? a.rank : b.rank;
  for (int i = 1; i <= out->rank; i++) {
    const int64_t p = i <= a.rank ? a.dim[a.rank - i] : 1;
    const int64_t q = i <= b.rank ? b.dim[b.rank - i] : 1;
    if (p != q && p != 1 && q != 1) return false;
    out->dim[out->rank - i] = p == 1 ? q : p;
  }
  return true;
}

int ag_axis(int rank, int64_t axis) {
  if (axis < 0) axis += rank;
  return axis >= 0 && axis < rank ? (int)axis : -1;
}

const char *ag_shape_text(ag_ctx *c, ag_shape shape) {
  char *text = c->shape_text[c->next_shape_text];
  const size_t size = sizeof c->shape_text[0];
  c->next_shape_text = (c->next_shape_text + 1) % 8;
  if (shape.rank <= 0 || shape.rank > AG_MAX_RANK) {
    snprintf(text, size, shape.rank == 0 ? "scalar" : "of rank %d", shape.rank);
    return text;
  }
  size_t length = 0;
  for (int i = 0; i < shape.rank && length < size; i++) {
    length += (size_t)snprintf(text + length, size - length, "%s%lld", i ? "x" : "", (long long)shape.dim[i]);
  }
  return text;
}
