/* Tensors: elements somewhere in a storage, with a shape and strides. */
#include <math.h>
#include <string.h>

#include "core/internal.h"
#include "kernels/strided.h"

bool ag_usable(ag_site at, const char *what, int operand, const ag_tensor *x) {
  if (ag_alive(x)) return true;
  ag_ctx *c = x->c;
  if (x == &c->nil) {
    ag_fail(c, AG_ESTATE, at, "%s: operand %d is the nil tensor that an earlier error left", what, operand);
  } else if (x->serial != c->scope[x->depth].serial) {
    ag_fail(c, AG_ESTATE, at, "%s: operand %d is stale: the scope that it was made in has ended; use ag_keep",
            what, operand);
  } else {
    ag_fail(c, AG_ESTATE, at, "%s: operand %d was released by the backward pass that made it", what, operand);
  }
  return false;
}

void ag_set_layout(ag_tensor *x, ag_shape shape) {
  int64_t stride = 1;
  x->rank = (uint8_t)shape.rank;
  for (int i = shape.rank - 1; i >= 0; i--) {
    x->dim[i] = shape.dim[i];
    x->stride[i] = stride;
    stride *= shape.dim[i];
  }
  x->numel = shape.rank && stride == 0 ? 0 : stride;
}

/* A tensor without elements and shape yet, in the innermost scope. */
static ag_tensor *bare_tensor(ag_ctx *c, ag_site at, ag_dtype dtype) {
  ag_scope *scope = &c->scope[c->depth];
  ag_tensor *x = ag_arena_take(&scope->tensors[scope->turn], sizeof *x, &c->allocator, &c->arena_bytes);
  if (!x) {
    ag_fail(c, AG_EMEMORY, at, "out of memory: no %zu bytes", sizeof *x);
    return NULL;
  }
  memset(x, 0, offsetof(ag_tensor, dim));
  x->c = c;
  x->serial = scope->serial;
  x->depth = (uint8_t)c->depth;
  x->dtype = dtype;
  x->transient = c->transient;
  x->older = scope->newest;
  return x;
}

/* Gives x elements of its own. Small data is taken from the arena, where it costs least; larger buffers come
 * from the pool and go back to it. All are aligned to 64. Only then does the scope know of the tensor. */
static bool fill(ag_ctx *c, ag_site at, ag_tensor *x) {
  const size_t small = 1024, bytes = (size_t)x->numel * ag_dtype_size(x->dtype);
  ag_scope *scope = &c->scope[c->depth];
  if (bytes <= small) {
    x->data = ag_scope_bytes(c, bytes < 64 ? 64 : bytes, at);
    if (!x->data) return false;
  } else {
    x->data = ag_pool_take(&c->pool, bytes, &c->allocator);
    if (!x->data) {
      ag_fail(c, AG_EMEMORY, at, "out of memory: no %zu bytes for a tensor", bytes);
      return false;
    }
    x->own.pooled = 1;
    x->own.older = scope->storage;
    scope->storage = &x->own;
  }
  x->own.data = x->data;
  x->own.references = 1;
  x->storage = &x->own;
  scope->newest = x;
  return true;
}

ag_tensor *ag_new_tensor(ag_ctx *c, ag_site at, ag_dtype dtype, ag_shape shape) {
  if (c->status != AG_OK) return NULL;
  if (ag_shape_numel(shape) < 0) {
    ag_fail(c, AG_ESHAPE, at, "a tensor cannot have shape %s", ag_shape_text(c, shape));
    return NULL;
  }
  if ((size_t)dtype >= AG_DTYPES) {
    ag_fail(c, AG_EDTYPE, at, "a tensor cannot have type %d", (int)dtype);
    return NULL;
  }
  ag_tensor *x = bare_tensor(c, at, dtype);
  if (!x) return NULL;
  ag_set_layout(x, shape);
  return fill(c, at, x) ? x : NULL;
}

ag_tensor *ag_new_like(ag_site at, ag_dtype dtype, const ag_tensor *x) {
  ag_tensor *y = bare_tensor(x->c, at, dtype);
  if (!y) return NULL;
  int64_t stride = 1;
  for (int i = x->rank - 1; i >= 0; i--) {
    y->dim[i] = x->dim[i];
    y->stride[i] = stride;
    stride *= x->dim[i];
  }
  y->rank = x->rank;
  y->numel = x->numel;
  return fill(x->c, at, y) ? y : NULL;
}

ag_tensor *ag_new_view(ag_site at, const ag_tensor *x) {
  ag_ctx *c = x->c;
  ag_tensor *view = bare_tensor(c, at, x->dtype);
  if (!view) return NULL;
  view->storage = x->storage;
  view->storage->references++;
  view->data = x->data;
  view->rank = x->rank;
  view->numel = x->numel;
  for (int i = 0; i < x->rank; i++) {
    view->dim[i] = x->dim[i];
    view->stride[i] = x->stride[i];
  }
  c->scope[c->depth].newest = view;
  return view;
}

void ag_drop(ag_tensor *x) {
  ag_storage *s = x->storage;
  if (!s) return;
  x->storage = NULL;
  if (--s->references == 0 && s->pooled) {
    ag_pool_give(&x->c->pool, s->data);
    s->data = NULL;
  }
}

ag_tensor *ag_packed(ag_site at, ag_tensor *x) {
  if (ag_is_contiguous(x)) return x;
  ag_ctx *c = x->c;
  ag_tensor *packed = ag_new_tensor(c, at, x->dtype, ag_shape_of(x));
  if (!packed) return NULL;
  agk_layout layout = {.rank = x->rank};
  memcpy(layout.size, x->dim, sizeof layout.size);
  memcpy(layout.stride, x->stride, sizeof layout.stride);
  if (x->numel) agk_copy_from_strided(c->threads, ag_dtype_size(x->dtype), &layout, x->data, packed->data);
  return packed;
}

ag_ctx *ag_context(const ag_tensor *x) { return x ? x->c : NULL; }

ag_shape ag_shape_of(const ag_tensor *x) {
  ag_shape shape = {0};
  if (!x) return shape;
  shape.rank = x->rank;
  memcpy(shape.dim, x->dim, (size_t)x->rank * sizeof shape.dim[0]);
  return shape;
}

int ag_rank(const ag_tensor *x) { return x ? x->rank : 0; }

int64_t ag_dim(const ag_tensor *x, int axis) {
  if (!x) return 0;
  const int i = ag_axis(x->rank, axis);
  return i < 0 ? 0 : x->dim[i];
}

int64_t ag_numel(const ag_tensor *x) { return x ? x->numel : 0; }

ag_dtype ag_dtype_of(const ag_tensor *x) { return x ? x->dtype : AG_F32; }

bool ag_is_contiguous(const ag_tensor *x) {
  int64_t stride = 1;
  if (!x || x->numel == 0) return true;
  for (int i = x->rank - 1; i >= 0; i--) {
    if (x->dim[i] != 1 && x->stride[i] != stride) return false;
    stride *= x->dim[i];
  }
  return true;
}

bool ag_is_nil(const ag_tensor *x) { return !x || x == &x->c->nil; }

void *ag_data(const ag_tensor *x) { return ag_is_nil(x) ? NULL : x->data; }

const char *ag_name(const ag_tensor *x) { return x && x->name ? x->name : ""; }

const int64_t *ag_stride_of(const ag_tensor *x) { return x->stride; }

bool ag_requires_grad(const ag_tensor *x) { return x && x->requires_grad; }

ag_tensor *ag_gradient(const ag_tensor *x) { return x ? x->gradient : NULL; }
