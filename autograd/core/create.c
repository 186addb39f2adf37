/* New tensors, and the registry of parameters. */
#include <string.h>

#include "core/internal.h"
#include "kernels/random.h"

/* The result of a function that makes tensors. */
static ag_tensor *or_nil(ag_ctx *c, ag_tensor *x) { return x ? x : &c->nil; }

ag_tensor *ag_filled(ag_site at, ag_ctx *c, ag_dtype dtype, ag_shape shape, double value) {
  ag_tensor *x = ag_new_tensor(c, at, dtype, shape);
  if (x) ag_convert(x->numel, dtype, x->data, 1, AG_F64, &value, 0);
  return x;
}

ag_tensor *(ag_zeros)(ag_site at, ag_ctx *c, ag_shape shape) {
  return or_nil(c, ag_filled(at, c, c->dtype, shape, 0));
}

ag_tensor *(ag_full)(ag_site at, ag_ctx *c, ag_shape shape, double value) {
  return or_nil(c, ag_filled(at, c, c->dtype, shape, value));
}

ag_tensor *(ag_scalar)(ag_site at, ag_ctx *c, double value) {
  return or_nil(c, ag_filled(at, c, c->dtype, AG_SCALAR, value));
}

/* Whether there is memory to take the elements of a shape from. */
static bool has_data(ag_site at, ag_ctx *c, const char *what, ag_shape shape, const void *data) {
  if (data || ag_shape_numel(shape) <= 0) return true;
  ag_fail(c, AG_EVALUE, at, "%s: data is NULL, wanted are the elements of %s", what, ag_shape_text(c, shape));
  return false;
}

ag_tensor *(ag_from)(ag_site at, ag_ctx *c, ag_dtype dtype, ag_shape shape, const void *data) {
  ag_tensor *x = has_data(at, c, "from", shape, data) ? ag_new_tensor(c, at, dtype, shape) : NULL;
  if (x && x->numel) memcpy(x->data, data, (size_t)x->numel * ag_dtype_size(dtype));
  return or_nil(c, x);
}

ag_tensor *(ag_from_double)(ag_site at, ag_ctx *c, ag_shape shape, const double *data) {
  ag_tensor *x = has_data(at, c, "from_double", shape, data) ? ag_new_tensor(c, at, c->dtype, shape) : NULL;
  if (x) (ag_assign)(at, x, data);
  return or_nil(c, x);
}

ag_tensor *(ag_wrap)(ag_site at, ag_ctx *c, ag_dtype dtype, ag_shape shape, void *data) {
  const int64_t numel = ag_shape_numel(shape);
  ag_tensor *x = has_data(at, c, "wrap", shape, data) ? ag_new_tensor(c, at, dtype, AG_SHAPE(0)) : NULL;
  if (!x) return &c->nil;
  if (numel < 0) {
    ag_fail(c, AG_ESHAPE, at, "a tensor cannot have shape %s", ag_shape_text(c, shape));
    return &c->nil;
  }
  ag_set_layout(x, shape);
  x->storage->data = data ? data : x->storage->data;
  x->data = x->storage->data;
  return x;
}

/* A tensor of random numbers, mapped to a + b r. */
static ag_tensor *random_tensor(ag_site at, ag_ctx *c, ag_shape shape, const char *name, bool normal,
                                double a, double b) {
  ag_tensor *x = ag_new_tensor(c, at, c->dtype, shape);
  ag_stream_state *s = x ? ag_stream_find(c, name) : NULL;
  if (!s) return &c->nil;
  if (x->dtype == AG_F32) {
    float *data = (float *)(void *)x->data;
    (normal ? agk_random_normal_f32 : agk_random_uniform_f32)(c->threads, s->key, s->counter, x->numel, data);
    for (int64_t i = 0; i < x->numel; i++) data[i] = (float)(a + b * (double)data[i]);
  } else {
    double *data = (double *)(void *)x->data;
    (normal ? agk_random_normal_f64 : agk_random_uniform_f64)(c->threads, s->key, s->counter, x->numel, data);
    for (int64_t i = 0; i < x->numel; i++) data[i] = a + b * data[i];
  }
  s->counter += (uint64_t)x->numel;
  return x;
}

ag_tensor *(ag_uniform)(ag_site at, ag_ctx *c, ag_shape shape, const char *stream, double low, double high) {
  if (c->status == AG_OK && !(low <= high))
    ag_fail(c, AG_EVALUE, at, "uniform: there is no number from %g to %g", low, high);
  return random_tensor(at, c, shape, stream, false, low, high - low);
}

ag_tensor *(ag_normal)(ag_site at, ag_ctx *c, ag_shape shape, const char *stream, double mean,
                       double deviation) {
  if (c->status == AG_OK && !(deviation >= 0))
    ag_fail(c, AG_EVALUE, at, "normal: deviation %g must be at least 0", deviation);
  return random_tensor(at, c, shape, stream, true, mean, deviation);
}

/* Checks that a name can be registered now, and makes room for it. */
static bool registrable(ag_site at, ag_ctx *c, const char *name) {
  if (c->status != AG_OK) return false;
  if (!name) {
    ag_fail(c, AG_EVALUE, at, "parameter: the name is NULL; every parameter needs one");
    return false;
  }
  if (c->depth > 0) {
    ag_fail(c, AG_ESTATE, at,
            "parameter %s: parameters belong to the root scope; make it before ag_scope_begin", name);
    return false;
  }
  if (ag_find(c, name)) {
    ag_fail(c, AG_EVALUE, at, "parameter %s: this name is taken; every parameter needs its own", name);
    return false;
  }
  if (c->n_registered == c->room_registered) {
    const int room = c->room_registered ? 2 * c->room_registered : 32;
    ag_tensor **larger = ag_enlarge(c, c->registered, (size_t)c->n_registered * sizeof *larger,
                                    (size_t)room * sizeof *larger, at);
    if (!larger) return false;
    c->registered = larger;
    c->room_registered = room;
  }
  return true;
}

static ag_tensor *register_tensor(ag_site at, ag_ctx *c, const char *name, ag_shape shape, bool trainable) {
  if (!registrable(at, c, name)) return &c->nil;
  const size_t length = strlen(name) + 1;
  char *copy = ag_scope_bytes(c, length, at);
  ag_tensor *x = copy ? ag_filled(at, c, c->dtype, shape, 0) : NULL;
  if (!x) return &c->nil;
  memcpy(copy, name, length);
  x->name = copy;
  x->requires_grad = trainable;
  c->registered[c->n_registered++] = x;
  return x;
}

ag_tensor *(ag_parameter)(ag_site at, ag_ctx *c, const char *name, ag_shape shape) {
  return register_tensor(at, c, name, shape, true);
}

ag_tensor *(ag_buffer)(ag_site at, ag_ctx *c, const char *name, ag_shape shape) {
  return register_tensor(at, c, name, shape, false);
}

ag_tensor *ag_registered(const ag_ctx *c, int index) {
  return index >= 0 && index < c->n_registered ? c->registered[index] : NULL;
}

ag_tensor *ag_find(const ag_ctx *c, const char *name) {
  for (int i = 0; i < c->n_registered; i++) {
    if (strcmp(c->registered[i]->name, name) == 0) return c->registered[i];
  }
  return NULL;
}

int64_t ag_parameter_count(const ag_ctx *c) {
  int64_t count = 0;
  for (int i = 0; i < c->n_registered; i++)
    count += c->registered[i]->requires_grad ? c->registered[i]->numel : 0;
  return count;
}
