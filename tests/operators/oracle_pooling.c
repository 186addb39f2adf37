/* Pooling, window by window. */
#include <math.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

/* How many windows fit: counted, not computed. */
static int64_t windows(int64_t size, const ag_pool2d_attributes *a) {
  int64_t count = 0;
  for (int64_t at = -a->padding; at + (a->kernel - 1) * a->dilation < size + a->padding; at += a->stride) count++;
  return count;
}

static ag_shape pooled(ag_shape x, const ag_pool2d_attributes *a) {
  return AG_SHAPE(x.dim[0], x.dim[1], windows(x.dim[2], a), windows(x.dim[3], a));
}

/* The place in the plane of x of element i, j of window p, q; -1 in the padding. */
static int64_t place_in_window(ag_shape x, const ag_pool2d_attributes *a, int64_t p, int64_t q, int64_t i, int64_t j) {
  const int64_t h = p * a->stride - a->padding + i * a->dilation, w = q * a->stride - a->padding + j * a->dilation;
  return h < 0 || w < 0 || h >= x.dim[2] || w >= x.dim[3] ? -1 : h * x.dim[3] + w;
}

/* The plane that an index lies in. */
static double *plane(const array *a, const int64_t *index) { return at4(a, index[0], index[1], 0, 0); }

/* The place in its plane of the greatest x of window `index`; -1 where it sees padding alone. */
static int64_t greatest(const array *x, const ag_pool2d_attributes *a, const int64_t *index) {
  int64_t place = -1;
  for (int64_t i = 0; i < a->kernel * a->kernel; i++) {
    const int64_t at = place_in_window(x->shape, a, index[2], index[3], i / a->kernel, i % a->kernel);
    if (at >= 0 && (place < 0 || plane(x, index)[at] > plane(x, index)[place])) place = at;
  }
  return place;
}

/* y of the shape of the pooling of x: h where x is greatest, `none` in windows that see padding alone. */
static void take(oracle_call *k, const array *x, const array *h, double none) {
  const ag_shape y = pooled(x->shape, k->attributes);
  k->n_out = 1;
  k->out[0] = array_new(y);
  EACH_INDEX(y, index) {
    const int64_t at = greatest(x, k->attributes, index);
    k->out[0].data[place_of(y, index)] = at < 0 ? none : plane(h, index)[at];
  }
}

static void max_pool2d(oracle_call *k) { take(k, &k->in[0], &k->in[0], -INFINITY); }

static void max_pool2d_grad(oracle_call *k) {
  const ag_shape g = k->in[0].shape;
  k->n_out = 1;
  k->out[0] = array_new(k->in[1].shape);
  EACH_INDEX(g, index) {
    const int64_t to = greatest(&k->in[1], k->attributes, index);
    if (to >= 0) plane(&k->out[0], index)[to] += k->in[0].data[place_of(g, index)];
  }
}

static void max_pool2d_gather(oracle_call *k) { take(k, &k->in[1], &k->in[0], 0); }

static void avg_pool2d(oracle_call *k) {
  const ag_pool2d_attributes *a = k->attributes;
  const ag_shape x = k->in[0].shape, y = pooled(x, a);
  k->n_out = 1;
  k->out[0] = array_new(y);
  EACH_INDEX(y, index) {
    double sum = 0;
    for (int64_t i = 0; i < a->kernel * a->kernel; i++) {
      const int64_t at = place_in_window(x, a, index[2], index[3], i / a->kernel, i % a->kernel);
      sum += at < 0 ? 0 : plane(&k->in[0], index)[at];
    }
    k->out[0].data[place_of(y, index)] = sum / (double)(a->kernel * a->kernel);
  }
}

static void avg_pool2d_grad(oracle_call *k) {
  const ag_avg_pool2d_grad_attributes *a = k->attributes;
  const ag_shape g = k->in[0].shape, x = AG_SHAPE(g.dim[0], g.dim[1], a->size[0], a->size[1]);
  k->n_out = 1;
  k->out[0] = array_new(x);
  EACH_INDEX(g, index) {
    const double share = k->in[0].data[place_of(g, index)] / (double)(a->pool.kernel * a->pool.kernel);
    for (int64_t i = 0; i < a->pool.kernel * a->pool.kernel; i++) {
      const int64_t at = place_in_window(x, &a->pool, index[2], index[3], i / a->pool.kernel, i % a->pool.kernel);
      if (at >= 0) plane(&k->out[0], index)[at] += share;
    }
  }
}

const oracle pooling_oracles[] = {{"max_pool2d", NULL, max_pool2d},
                                  {"max_pool2d_grad", NULL, max_pool2d_grad},
                                  {"max_pool2d_gather", NULL, max_pool2d_gather},
                                  {"avg_pool2d", NULL, avg_pool2d},
                                  {"avg_pool2d_grad", NULL, avg_pool2d_grad},
                                  {NULL, NULL, NULL}};
