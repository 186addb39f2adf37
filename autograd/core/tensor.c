/* Tensors: elements somewhere in a storage, with a shape and strides. */
#include <math.h>
#include <string.h>

#include "core/internal.h"
#include "kernels/strided.h"

bool ag_usable(ag_site at, const char *what, int operand, const ag_tensor *x) {
  ag_ctx *c = x->c;
  if (x == &c->nil) {
    ag_fail(c, AG_ESTATE, at, "%s: operand %d is the nil tensor that an earlier error left", what, operand);
    return false;
  }
  if (x->depth > c->depth || x->serial != c->scope[x->depth].serial) {
    ag_fail(c, AG_ESTATE, at, "%s: operand %d is stale: the scope that it was made in has ended; use ag_keep",
            what, operand);
    return false;
  }
  if (!x->storage || !x->storage->data) {
    ag_fail(c, AG_ESTATE, at, "%s: operand %d was released by the backward pass that made it", what, operand);
    return false;
  }
  return true;
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

/* A tensor without elements yet, in the innermost scope. */
static ag_tensor *bare_tensor(ag_ctx *c, ag_site at) {
  ag_scope *scope = &c->scope[c->depth];
  ag_tensor *x = ag_arena_take(&scope->tensors[scope->turn], sizeof *x, &c->allocator, &c->arena_bytes);
  if (!x) {
    ag_fail(c, AG_EMEMORY, at, "out of memory: no %zu bytes", sizeof *x);
    return NULL;
  }
  *x = (ag_tensor){.c = c,
                   .serial = scope->serial,
                   .depth = (uint8_t)c->depth,
                   .older = scope->newest,
                   .transient = c->transient};
  return x;
}

/* Small data is taken from the arena, where it costs least; larger buffers come from the pool and go back to
 * it. */
static ag_storage *new_storage(ag_ctx *c, ag_site at, size_t bytes) {
  const size_t small = 1024;
  ag_scope *scope = &c->scope[c->depth];
  const size_t header = (sizeof(ag_storage) + 63) / 64 * 64;
  ag_storage *s = ag_scope_bytes(c, bytes <= small ? header + (bytes + 63) / 64 * 64 : header, at);
  if (!s) return NULL;
  *s = (ag_storage){.data = (char *)s + header, .references = 1};
  if (bytes > small) {
    s->data = ag_pool_take(&c->pool, bytes, &c->allocator);
    if (!s->data) {
      ag_fail(c, AG_EMEMORY, at, "out of memory: no %zu bytes for a tensor", bytes);
      return NULL;
    }
    s->bytes = bytes;
    s->older = scope->storage;
    scope->storage = s;
  }
  return s;
}

ag_tensor *ag_new_tensor(ag_ctx *c, ag_site at, ag_dtype dtype, ag_shape shape) {
  if (c->status != AG_OK) return NULL;
  const int64_t numel = ag_shape_numel(shape);
  if (numel < 0) {
    ag_fail(c, AG_ESHAPE, at, "a tensor cannot have shape %s", ag_shape_text(c, shape));
    return NULL;
  }
  ag_tensor *x = bare_tensor(c, at);
  if (!x) return NULL;
  x->storage = new_storage(c, at, (size_t)numel * ag_dtype_size(dtype));
  if (!x->storage) return NULL;
  x->data = x->storage->data;
  x->dtype = dtype;
  ag_set_layout(x, shape);
  c->scope[c->depth].newest = x;
  return x;
}

ag_tensor *ag_new_view(ag_site at, const ag_tensor *x) {
  ag_ctx *c = x->c;
  ag_tensor *view = bare_tensor(c, at);
  if (!view) return NULL;
  view->storage = x->storage;
  view->storage->references++;
  view->data = x->data;
  view->dtype = x->dtype;
  view->rank = x->rank;
  view->numel = x->numel;
  memcpy(view->dim, x->dim, sizeof view->dim);
  memcpy(view->stride, x->stride, sizeof view->stride);
  c->scope[c->depth].newest = view;
  return view;
}

void ag_drop(ag_tensor *x) {
  ag_storage *s = x->storage;
  if (!s) return;
  x->storage = NULL;
  if (--s->references == 0 && s->bytes && s->data) {
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
