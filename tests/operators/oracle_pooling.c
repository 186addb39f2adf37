/* Pooling, window by window. */
#include <math.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

/* How many windows fit along axis d: counted, not computed. With ceil_mode the last may reach beyond the
 * padding, but begins before it. */
static int64_t windows(int64_t size, const ag_pool2d_attributes *a, int d) {
  int64_t count = 0;
  if (a->adaptive) return a->output[d];
  for (int64_t at = -a->padding[d];; at += a->stride[d]) {
    const int64_t last = at + (a->kernel[d] - 1) * a->dilation[d], end = size + a->padding[d];
    const bool whole = last < end, part = a->ceil_mode && last < end + a->stride[d] - 1 && at < size;
    if (!whole && !part) return count;
    count++;
  }
}

static ag_shape pooled(ag_shape x, const ag_pool2d_attributes *a) {
  return AG_SHAPE(x.dim[0], x.dim[1], windows(x.dim[2], a, 0), windows(x.dim[3], a, 1));
}

/* Whether row i of `size` and share p of the `shares` that the axis is cut into have a part in common. */
static bool is_shared(int64_t i, int64_t size, int64_t p, int64_t shares) {
  return i * shares < (p + 1) * size && (i + 1) * shares > p * size;
}

/* The place in the plane of x of element i of window p, q; -1 in the padding. Where windows share the plane,
 * element i is that of the plane. */
static int64_t place_in_window(ag_shape x, const ag_pool2d_attributes *a, int64_t p, int64_t q, int64_t i) {
  if (a->adaptive) {
    const int64_t columns = x.dim[3];
    const bool inside =
        is_shared(i / columns, x.dim[2], p, a->output[0]) && is_shared(i % columns, columns, q, a->output[1]);
    return inside ? i : -1;
  }
  const int64_t h = p * a->stride[0] - a->padding[0] + i / a->kernel[1] * a->dilation[0],
                w = q * a->stride[1] - a->padding[1] + i % a->kernel[1] * a->dilation[1];
  return h < 0 || w < 0 || h >= x.dim[2] || w >= x.dim[3] ? -1 : h * x.dim[3] + w;
}

static int64_t elements_of_window(ag_shape x, const ag_pool2d_attributes *a) {
  return a->adaptive ? x.dim[2] * x.dim[3] : a->kernel[0] * a->kernel[1];
}

/* The plane that an index lies in. */
static double *plane(const array *a, const int64_t *index) { return at4(a, index[0], index[1], 0, 0); }

/* The place in its plane of the greatest x of window `index`, or of the last NaN; -1 where it sees padding
 * alone. */
static int64_t greatest(const array *x, const ag_pool2d_attributes *a, const int64_t *index) {
  int64_t place = -1;
  for (int64_t i = 0; i < elements_of_window(x->shape, a); i++) {
    const int64_t at = place_in_window(x->shape, a, index[2], index[3], i);
    if (at >= 0 && (place < 0 || plane(x, index)[at] > plane(x, index)[place] || isnan(plane(x, index)[at])))
      place = at;
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

static void max_pool2d_of_planes(oracle_call *k) { take(k, &k->in[0], &k->in[0], -INFINITY); }

static void max_pool2d_grad_of_planes(oracle_call *k) {
  const ag_shape g = k->in[0].shape;
  k->n_out = 1;
  k->out[0] = array_new(k->in[1].shape);
  EACH_INDEX(g, index) {
    const int64_t to = greatest(&k->in[1], k->attributes, index);
    if (to >= 0) plane(&k->out[0], index)[to] += k->in[0].data[place_of(g, index)];
  }
}

static void max_pool2d_gather_of_planes(oracle_call *k) { take(k, &k->in[1], &k->in[0], 0); }

static void max_pool2d_indices_of_planes(oracle_call *k) {
  const ag_shape y = pooled(k->in[0].shape, k->attributes);
  k->n_out = 1;
  k->out[0] = array_new(y);
  EACH_INDEX(y, index) k->out[0].data[place_of(y, index)] = (double)greatest(&k->in[0], k->attributes, index);
}

/* What the sum of window p, q is divided by: its elements, but not those behind the padding, or those inside
 * alone. */
static double divisor_of(ag_shape x, const ag_pool2d_attributes *a, int64_t p, int64_t q) {
  double count = 0;
  if (a->divisor) return (double)a->divisor;
  for (int64_t i = 0; i < elements_of_window(x, a); i++) {
    if (a->exclude_padding || a->adaptive) {
      count += place_in_window(x, a, p, q, i) >= 0;
      continue;
    }
    const bool padded = p * a->stride[0] + i / a->kernel[1] < x.dim[2] + 2 * a->padding[0] &&
                        q * a->stride[1] + i % a->kernel[1] < x.dim[3] + 2 * a->padding[1];
    count += padded;
  }
  return count;
}

static void avg_pool2d_of_planes(oracle_call *k) {
  const ag_pool2d_attributes *a = k->attributes;
  const ag_shape x = k->in[0].shape, y = pooled(x, a);
  k->n_out = 1;
  k->out[0] = array_new(y);
  EACH_INDEX(y, index) {
    double sum = 0;
    for (int64_t i = 0; i < elements_of_window(x, a); i++) {
      const int64_t at = place_in_window(x, a, index[2], index[3], i);
      sum += at < 0 ? 0 : plane(&k->in[0], index)[at];
    }
    k->out[0].data[place_of(y, index)] = sum / divisor_of(x, a, index[2], index[3]);
  }
}

static void avg_pool2d_grad_of_planes(oracle_call *k) {
  const ag_avg_pool2d_grad_attributes *a = k->attributes;
  const ag_shape g = k->in[0].shape, x = AG_SHAPE(g.dim[0], g.dim[1], a->size[0], a->size[1]);
  k->n_out = 1;
  k->out[0] = array_new(x);
  EACH_INDEX(g, index) {
    const double share = k->in[0].data[place_of(g, index)] / divisor_of(x, &a->pool, index[2], index[3]);
    for (int64_t i = 0; i < elements_of_window(x, &a->pool); i++) {
      const int64_t at = place_in_window(x, &a->pool, index[2], index[3], i);
      if (at >= 0) plane(&k->out[0], index)[at] += share;
    }
  }
}

/* ---- Images whose channels are last ---- */

/* Axis i of the result is axis axes[i] of x. */
static array turned(const array *x, const int *axes) {
  ag_shape shape = {.rank = 4};
  for (int i = 0; i < 4; i++) shape.dim[i] = x->shape.dim[axes[i]];
  array y = array_new(shape);
  EACH_INDEX(shape, index) {
    int64_t of_x[4];
    for (int i = 0; i < 4; i++) of_x[axes[i]] = index[i];
    y.data[place_of(shape, index)] = *at4(x, of_x[0], of_x[1], of_x[2], of_x[3]);
  }
  return y;
}

/* The pooling of planes, between which and images with their channels last everything is turned. */
static void pool(oracle_call *k, const ag_pool2d_attributes *a, void (*of_planes)(oracle_call *k)) {
  if (!a->channels_last) {
    of_planes(k);
    return;
  }
  oracle_call planes = *k;
  for (int i = 0; i < k->n_in; i++) planes.in[i] = turned(&k->in[i], (int[]){0, 3, 1, 2});
  of_planes(&planes);
  k->n_out = 1;
  k->out[0] = turned(&planes.out[0], (int[]){0, 2, 3, 1});
  for (int i = 0; i < k->n_in; i++) array_free(&planes.in[i]);
  array_free(&planes.out[0]);
}

static void max_pool2d(oracle_call *k) { pool(k, k->attributes, max_pool2d_of_planes); }
static void max_pool2d_grad(oracle_call *k) { pool(k, k->attributes, max_pool2d_grad_of_planes); }
static void max_pool2d_gather(oracle_call *k) { pool(k, k->attributes, max_pool2d_gather_of_planes); }
static void max_pool2d_indices(oracle_call *k) { pool(k, k->attributes, max_pool2d_indices_of_planes); }
static void avg_pool2d(oracle_call *k) { pool(k, k->attributes, avg_pool2d_of_planes); }
static void avg_pool2d_grad(oracle_call *k) {
  const ag_avg_pool2d_grad_attributes *a = k->attributes;
  pool(k, &a->pool, avg_pool2d_grad_of_planes);
}

/* ---- Behind a normalisation ---- */

/* z of element i of x, whose channels are last. */
static double normalised(const array *x, const array *norm, int64_t i) {
  const int64_t c = norm->shape.dim[1], channel = i % c;
  const double v = (x->data[i] - norm->data[channel]) * norm->data[c + channel] + norm->data[2 * c + channel];
  return v <= 0 ? 0 : v;
}

static void norm_relu(oracle_call *k) {
  k->n_out = 1;
  k->out[0] = array_new(k->in[0].shape);
  for (int64_t i = 0; i < numel_of(k->in[0].shape); i++)
    k->out[0].data[i] = normalised(&k->in[0], &k->in[1], i);
}

/* h arrives behind the rectifier at element i of x: its gradient, and the sums over h (x - mean) and h. */
static void add_gradients(oracle_call *k, int64_t i, double h) {
  const array *norm = &k->in[2];
  const int64_t c = norm->shape.dim[1], channel = i % c;
  double *gnorm = k->out[1].data + channel;
  k->out[0].data[i] = h * norm->data[c + channel];
  gnorm[c] += h * (k->in[1].data[i] - norm->data[channel]);
  gnorm[2 * c] += h;
}

static void start_gradients(oracle_call *k) {
  k->n_out = 2;
  for (int i = 0; i < 2; i++) k->out[i] = array_new(k->in[i + 1].shape);
}

/* The gradient of the mean, from the sum over h. */
static void end_gradients(oracle_call *k) {
  const int64_t c = k->in[2].shape.dim[1];
  for (int64_t i = 0; i < c; i++) k->out[1].data[i] = -k->in[2].data[c + i] * k->out[1].data[2 * c + i];
}

static void norm_relu_grad(oracle_call *k) {
  start_gradients(k);
  for (int64_t i = 0; i < numel_of(k->in[1].shape); i++)
    add_gradients(k, i, normalised(&k->in[1], &k->in[2], i) <= 0 ? 0 : k->in[0].data[i]);
  end_gradients(k);
}

const oracle pooling_oracles[] = {{"adaptive_avg_pool2d", NULL, avg_pool2d},
                                  {"adaptive_max_pool2d", NULL, max_pool2d},
                                  {"max_pool2d", NULL, max_pool2d},
                                  {"max_pool2d_grad", NULL, max_pool2d_grad},
                                  {"max_pool2d_gather", NULL, max_pool2d_gather},
                                  {"max_pool2d_indices", NULL, max_pool2d_indices},
                                  {"avg_pool2d", NULL, avg_pool2d},
                                  {"avg_pool2d_grad", NULL, avg_pool2d_grad},
                                  {"norm_relu", NULL, norm_relu},
                                  {"norm_relu_grad", NULL, norm_relu_grad},
                                  {NULL, NULL, NULL}};
