/* Convolutions, poolings and what else works on images: oracles and large samples. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#include <math.h>

#define POOL(k, s, p) &(const ag_pool2d_attributes){{k, k}, {s, s}, {p, p}, {1, 1}}

#define CONV(...) &(const ag_conv2d_attributes){__VA_ARGS__}
#define CONV_GRAD(...) &(const ag_conv2d_grad_attributes){__VA_ARGS__}
#define COLUMNS {{1, 1}, {1, 1}, {1, 1}, 1}, {3, 3}
#define SHARES(h, w) &(const ag_pool2d_attributes){.adaptive = true, .output = {h, w}}

/* ---- Interpolation ---- */

/* Keys' kernel. */
static double keys(double d) {
  const double a = -0.75;
  if (d < 1) return (a + 2) * pow(d, 3) - (a + 3) * pow(d, 2) + 1;
  return d < 2 ? a * pow(d, 3) - 5 * a * pow(d, 2) + 8 * a * d - 4 * a : 0;
}

/* Where element o of `out` lies among those of `in`. */
static double place_among(const ag_interpolate_attributes *a, double scale, int64_t in, int64_t out, int64_t o) {
  const double half = a->mode == AG_NEAREST ? 0 : 0.5, step = scale > 0 ? 1 / scale : (double)in / (double)out;
  if (a->align_corners) return out == 1 ? 0 : (double)(o * (in - 1)) / (double)(out - 1);
  const double place = ((double)o + half) * step - half;
  return a->mode == AG_LINEAR ? fmin(fmax(place, 0), (double)(in - 1)) : place;
}

/* What element i of `in` counts in element o of `out`. */
static double share_of(const ag_interpolate_attributes *a, double scale, int64_t in, int64_t out, int64_t o, int64_t i) {
  const double half = a->mode == AG_NEAREST ? 0 : 0.5, place = place_among(a, scale, in, out, o);
  double sum = 0;
  if (a->mode == AG_NEAREST || a->mode == AG_NEAREST_EXACT) {
    /* The last element that begins at the place or before it. */
    const double begin = scale > 0 ? (double)i : (double)i * (double)out, at = scale > 0 ? (double)(float)(place + half) : ((double)o + half) * (double)in;
    const double length = scale > 0 ? 1 : (double)out;
    return begin <= at && (at < begin + length || i == in - 1);
  }
  if (a->mode == AG_LINEAR) return fmax(0, 1 - fabs(place - (double)i));
  for (int64_t j = i == 0 ? -4 : i; j <= (i == in - 1 ? in + 4 : i); j++) sum += keys(fabs(place - (double)j));
  return sum;
}

/* Whether that is felt where it is 0: a neighbour may count nothing, but its NaN does. */
static bool is_felt(const ag_interpolate_attributes *a, double scale, int64_t in, int64_t out, int64_t o, int64_t i) {
  const double place = place_among(a, scale, in, out, o), reach = a->mode == AG_LINEAR ? 1 : 2;
  if (a->mode != AG_LINEAR && a->mode != AG_CUBIC) return share_of(a, scale, in, out, o, i) > 0;
  return ((double)i > place - reach || i == in - 1) && ((double)i <= place + reach || i == 0);
}

/* How much of x[p, q] of the small image there is in y[r, s] of the other; sequences have height 1. */
static double weight_between(const ag_interpolate_attributes *a, ag_shape x, ag_shape y, const int64_t *in_x, const int64_t *in_y) {
  const int last = x.rank - 1;
  const double along = share_of(a, a->scale[1], x.dim[last], y.dim[last], in_y[last], in_x[last]);
  return x.rank == 3 ? along : along * share_of(a, a->scale[0], x.dim[2], y.dim[2], in_y[2], in_x[2]);
}

static bool is_between(const ag_interpolate_attributes *a, ag_shape x, ag_shape y, const int64_t *in_x, const int64_t *in_y) {
  const int last = x.rank - 1;
  return is_felt(a, a->scale[1], x.dim[last], y.dim[last], in_y[last], in_x[last]) &&
         (x.rank == 3 || is_felt(a, a->scale[0], x.dim[2], y.dim[2], in_y[2], in_x[2]));
}

/* Adds to `to` what every pair of elements of one plane gives. */
static void each_pair(const ag_interpolate_attributes *a, const array *x, const array *y, const array *from, array *to) {
  EACH_INDEX(x->shape, i) {
    EACH_INDEX(y->shape, j) {
      if (i[0] != j[0] || i[1] != j[1] || !is_between(a, x->shape, y->shape, i, j)) continue;
      const int64_t in_x = place_of(x->shape, i), in_y = place_of(y->shape, j);
      to->data[to == x ? in_x : in_y] += weight_between(a, x->shape, y->shape, i, j) * from->data[from == x ? in_x : in_y];
    }
  }
}

static ag_shape resized(ag_shape x, const int64_t *size) {
  if (x.rank == 4) x.dim[2] = size[0];
  x.dim[x.rank - 1] = size[1];
  return x;
}

static void interpolate(oracle_call *k) {
  const ag_interpolate_attributes *a = k->attributes;
  k->n_out = 1;
  k->out[0] = array_new(resized(k->in[0].shape, a->size));
  each_pair(a, &k->in[0], &k->out[0], &k->in[0], &k->out[0]);
}

static void interpolate_grad(oracle_call *k) {
  const ag_interpolate_grad_attributes *a = k->attributes;
  k->n_out = 1;
  k->out[0] = array_new(resized(k->in[0].shape, a->from));
  each_pair(&a->interpolate, &k->out[0], &k->in[0], &k->in[0], &k->out[0]);
}

/* ---- Windows as columns ---- */

/* The columns of an image, (n, c, i, j, p, q). */
static ag_shape columns_of(const ag_im2col_attributes *a, ag_shape image) {
  int64_t count[2] = {0, 0};
  for (int d = 0; d < 2; d++) {
    const int64_t end = image.dim[2 + d] + a->conv.padding[d];
    for (int64_t at = -a->conv.padding[d]; at + (a->kernel[d] - 1) * a->conv.dilation[d] < end; at += a->conv.stride[d]) count[d]++;
  }
  return AG_SHAPE(image.dim[0], image.dim[1], a->kernel[0], a->kernel[1], count[0], count[1]);
}

/* The place in the image of an element of the columns, -1 in the padding. */
static int64_t place_in_image(const ag_im2col_attributes *a, ag_shape image, const int64_t *i) {
  const int64_t h = i[4] * a->conv.stride[0] + i[2] * a->conv.dilation[0] - a->conv.padding[0],
                w = i[5] * a->conv.stride[1] + i[3] * a->conv.dilation[1] - a->conv.padding[1];
  const bool inside = h >= 0 && w >= 0 && h < image.dim[2] && w < image.dim[3];
  return inside ? place_of(image, (int64_t[]){i[0], i[1], h, w}) : -1;
}

static void im2col(oracle_call *k) {
  const ag_shape x = k->in[0].shape, y = columns_of(k->attributes, x);
  k->n_out = 1;
  k->out[0] = array_new(AG_SHAPE(y.dim[0], y.dim[1] * y.dim[2] * y.dim[3], y.dim[4] * y.dim[5]));
  EACH_INDEX(y, index) {
    const int64_t from = place_in_image(k->attributes, x, index);
    k->out[0].data[place_of(y, index)] = from < 0 ? 0 : k->in[0].data[from];
  }
}

static void col2im(oracle_call *k) {
  const ag_im2col_attributes *a = k->attributes;
  const ag_shape x = k->in[0].shape;
  k->n_out = 1;
  k->out[0] = array_new(AG_SHAPE(x.dim[0], x.dim[1] / (a->kernel[0] * a->kernel[1]), a->size[0], a->size[1]));
  const ag_shape y = k->out[0].shape, columns = columns_of(a, y);
  EACH_INDEX(columns, index) {
    const int64_t to = place_in_image(a, y, index);
    if (to >= 0) k->out[0].data[to] += k->in[0].data[place_of(columns, index)];
  }
}

const oracle image_oracles[] = {{"col2im", NULL, col2im},
                                {"im2col", NULL, im2col},
                                {"interpolate", NULL, interpolate},
                                {"interpolate_grad", NULL, interpolate_grad},
                                {NULL, NULL, NULL}};

/* ---- Large samples ---- */

const large_sample convolution_large[] = {
    {"adaptive_avg_pool2d", {.in = {AG_LIST(8, 16, 33, 27)}, .attributes = SHARES(7, 7)}},
    {"adaptive_max_pool2d", {.in = {AG_LIST(8, 16, 33, 27)}, .attributes = SHARES(7, 7)}},
    {"col2im", {.in = {AG_LIST(4, 72, 400)}, .attributes = &(const ag_im2col_attributes){COLUMNS, {20, 20}}}},
    {"conv2d", {.in = {AG_LIST(6, 24, 30, 31), AG_LIST(24, 1, 3, 3), AG_LIST(24)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 24)}},
    {"conv2d_grad_input", {.in = {AG_LIST(6, 24, 15, 16), AG_LIST(24, 1, 3, 3)}, .attributes = CONV_GRAD({{2, 2}, {1, 1}, {1, 1}, 24}, {30, 31})}},
    {"conv2d_grad_weight", {.in = {AG_LIST(6, 24, 30, 31), AG_LIST(6, 24, 15, 16)}, .attributes = CONV_GRAD({{2, 2}, {1, 1}, {1, 1}, 24}, {3, 3})}},
    {"conv_transpose2d", {.in = {AG_LIST(6, 16, 12, 12), AG_LIST(16, 8, 3, 3), AG_LIST(8)}, .attributes = CONV_GRAD({{2, 2}, {1, 1}, {1, 1}, 1}, {24, 24})}},
    {"conv_transpose2d", {.in = {AG_LIST(5, 16, 11, 18), AG_LIST(16, 17, 3, 3), AG_LIST(17)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {11, 18})}},
    {"im2col", {.in = {AG_LIST(4, 8, 20, 20)}, .attributes = &(const ag_im2col_attributes){COLUMNS, {0, 0}}}},
    {"interpolate", {.in = {AG_LIST(6, 8, 30, 31)}, .attributes = &(const ag_interpolate_attributes){AG_LINEAR, false, {47, 53}}}},
    {"interpolate", {.in = {AG_LIST(6, 8, 30, 31)}, .attributes = &(const ag_interpolate_attributes){AG_NEAREST, false, {47, 53}}}},
    {"interpolate_grad", {.in = {AG_LIST(6, 8, 47, 53)}, .attributes = &(const ag_interpolate_grad_attributes){{AG_CUBIC, false, {47, 53}}, {30, 31}}}},
    {"max_pool2d_indices", {.in = {AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1)}},
    {NULL, {.n_in = 0}},
};
