/* Matrix products and convolutions as sums over all indices. */
#include "ops/attributes.h"
#include "tests/operators/array.h"

/* ---- Matrices ---- */

/* The place of the first element of the matrix that belongs to a batch index of the result. */
static int64_t matrix_at(ag_shape shape, ag_shape batch, const int64_t *index) {
  int64_t own[AG_MAX_RANK] = {0};
  for (int i = 0; i < shape.rank - 2; i++) own[i] = shape.dim[i] == 1 ? 0 : index[i + batch.rank - (shape.rank - 2)];
  return place_of(shape, own);
}

static void matmul(oracle_call *k) {
  const array x = k->in[0], y = k->in[1];
  const int64_t m = x.shape.dim[x.shape.rank - 2], n = y.shape.dim[y.shape.rank - 1], l = x.shape.dim[x.shape.rank - 1];
  ag_shape batch = {.rank = (x.shape.rank > y.shape.rank ? x.shape.rank : y.shape.rank) - 2};
  for (int i = 0; i < batch.rank; i++) {
    const int p = i - (batch.rank - (x.shape.rank - 2)), q = i - (batch.rank - (y.shape.rank - 2));
    batch.dim[i] = p >= 0 && x.shape.dim[p] != 1 ? x.shape.dim[p] : q >= 0 ? y.shape.dim[q] : 1;
  }
  ag_shape shape = batch;
  shape.dim[shape.rank++] = m;
  shape.dim[shape.rank++] = n;
  k->n_out = 1;
  k->out[0] = array_new(shape);
  double *z = k->out[0].data;
  EACH_INDEX(batch, index) {
    const double *a = x.data + matrix_at(x.shape, batch, index), *b = y.data + matrix_at(y.shape, batch, index);
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++, z++) {
        for (int64_t t = 0; t < l; t++) *z += a[i * l + t] * b[t * n + j];
      }
    }
  }
}

static void linear(oracle_call *k) {
  const array x = k->in[0], w = k->in[1];
  const int64_t in = w.shape.dim[1], out = w.shape.dim[0];
  ag_shape shape = x.shape;
  shape.dim[shape.rank - 1] = out;
  k->n_out = 1;
  k->out[0] = array_new(shape);
  for (int64_t i = 0; i < numel_of(shape); i++) {
    double sum = k->n_in == 3 ? k->in[2].data[i % out] : 0;
    for (int64_t j = 0; j < in; j++) sum += x.data[i / out * in + j] * w.data[i % out * in + j];
    k->out[0].data[i] = sum;
  }
}

static void linear_relu(oracle_call *k) {
  linear(k);
  const array y = k->out[0];
  for (int64_t i = 0; i < numel_of(y.shape); i++) y.data[i] = y.data[i] < 0 ? 0 : y.data[i];
}

static void linear_backward(oracle_call *k) {
  const bool only_weight = ((const ag_linear_backward_attributes *)k->attributes)->only_weight;
  const array g = k->in[0], x = k->in[1], w = k->in[2];
  const int64_t in = w.shape.dim[1], out = w.shape.dim[0];
  k->n_out = 3;
  k->out[0] = array_new(only_weight ? AG_SHAPE(0) : x.shape);
  k->out[1] = array_new(w.shape);
  k->out[2] = array_new(AG_SHAPE(out));
  for (int64_t i = 0; i < numel_of(g.shape); i++) {
    const int64_t row = i / out, o = i % out;
    const double h = k->n_in == 4 && k->in[3].data[i] <= 0 ? 0 : g.data[i];
    k->out[2].data[o] += h;
    for (int64_t j = 0; j < in; j++) {
      k->out[1].data[o * in + j] += h * x.data[row * in + j];
      if (!only_weight) k->out[0].data[row * in + j] += h * w.data[o * in + j];
    }
  }
}

const oracle product_oracles[] = {{"matmul", NULL, matmul},
                                  {"linear", NULL, linear},
                                  {"linear_backward", NULL, linear_backward},
                                  {"linear_relu", NULL, linear_relu},
                                  {NULL, NULL, NULL}};

/* ---- Convolution ---- */

/* One multiplication of the definition: y[n, o, p, q] += w[o, c, i, j] x[n, group of o + c, h, v]. */
typedef struct {
  bool last; /* images are (n, h, w, c) */
  int64_t n, o, c, i, j, p, q, channel, h, v;
} term;
typedef void each_term(oracle_call *k, const term *t);

static ag_shape images(bool last, int64_t n, int64_t c, int64_t h, int64_t w) {
  return last ? AG_SHAPE(n, h, w, c) : AG_SHAPE(n, c, h, w);
}

/* The same of a shape of images: its channels, its height or width. */
static int64_t channels(bool last, ag_shape s) { return s.dim[last ? 3 : 1]; }
static int64_t side(bool last, ag_shape s, int d) { return s.dim[(last ? 1 : 2) + d]; }

static double *x_of(const array *a, const term *t) {
  return t->last ? at4(a, t->n, t->h, t->v, t->channel) : at4(a, t->n, t->channel, t->h, t->v);
}

static double *y_of(const array *a, const term *t) {
  return t->last ? at4(a, t->n, t->p, t->q, t->o) : at4(a, t->n, t->o, t->p, t->q);
}

/* Calls f for every term that lies inside of x, and, where it is given, beside for every other one. */
static void each(oracle_call *k, const ag_conv2d_attributes *a, ag_shape x, ag_shape w, ag_shape y, each_term *f,
                 each_term *beside) {
  const bool last = a->channels_last;
  const ag_shape all = AG_SHAPE(y.dim[0], channels(last, y), side(last, y, 0), side(last, y, 1));
  EACH_INDEX(all, at_y) {
    const ag_shape window = AG_SHAPE(w.dim[1], w.dim[2], w.dim[3]);
    EACH_INDEX(window, at_w) {
      term t = {.last = last, .n = at_y[0], .o = at_y[1], .p = at_y[2], .q = at_y[3], .c = at_w[0], .i = at_w[1], .j = at_w[2]};
      t.channel = t.o / (w.dim[0] / a->groups) * w.dim[1] + t.c;
      t.h = t.p * a->stride[0] + t.i * a->dilation[0] - a->padding[0];
      t.v = t.q * a->stride[1] + t.j * a->dilation[1] - a->padding[1];
      const bool inside = t.h >= 0 && t.h < side(last, x, 0) && t.v >= 0 && t.v < side(last, x, 1);
      if (inside || beside) (inside ? f : beside)(k, &t);
    }
  }
}

/* How many windows fit along axis d: counted, not computed. */
static int64_t windows(const ag_conv2d_attributes *a, int d, int64_t size, int64_t kernel) {
  const int64_t end = size + a->padding[d] + a->beyond[d];
  int64_t count = 0;
  for (int64_t at = -a->padding[d]; at + (kernel - 1) * a->dilation[d] < end; at += a->stride[d]) count++;
  return count;
}

static void to_y(oracle_call *k, const term *t) {
  *y_of(&k->out[0], t) += *x_of(&k->in[0], t) * *at4(&k->in[1], t->o, t->c, t->i, t->j);
}

/* The zeros of the padding, which are felt where w is not finite. */
static void zero_to_y(oracle_call *k, const term *t) {
  *y_of(&k->out[0], t) += 0 * *at4(&k->in[1], t->o, t->c, t->i, t->j);
}

static void conv2d(oracle_call *k) {
  const ag_conv2d_attributes *a = k->attributes;
  const bool last = a->channels_last;
  const ag_shape x = k->in[0].shape, w = k->in[1].shape;
  const ag_shape y = images(last, x.dim[0], w.dim[0], windows(a, 0, side(last, x, 0), w.dim[2]), windows(a, 1, side(last, x, 1), w.dim[3]));
  k->n_out = 1;
  k->out[0] = array_new(y);
  each(k, a, x, w, y, to_y, zero_to_y);
  if (k->n_in == 2) return;
  EACH_INDEX(y, index) k->out[0].data[place_of(y, index)] += k->in[2].data[index[last ? 3 : 1]];
}

static void to_x(oracle_call *k, const term *t) {
  *x_of(&k->out[0], t) += *y_of(&k->in[0], t) * *at4(&k->in[1], t->o, t->c, t->i, t->j);
}

static void conv2d_grad_input(oracle_call *k) {
  const ag_conv2d_grad_attributes *a = k->attributes;
  const ag_shape g = k->in[0].shape, w = k->in[1].shape;
  k->n_out = 1;
  k->out[0] = array_new(images(a->conv.channels_last, g.dim[0], w.dim[1] * a->conv.groups, a->size[0], a->size[1]));
  each(k, &a->conv, k->out[0].shape, w, g, to_x, NULL);
}

static void conv_transpose2d(oracle_call *k) {
  conv2d_grad_input(k);
  const ag_shape y = k->out[0].shape;
  if (k->n_in == 2) return;
  EACH_INDEX(y, index) k->out[0].data[place_of(y, index)] += k->in[2].data[index[1]];
}

static void to_w(oracle_call *k, const term *t) {
  *at4(&k->out[0], t->o, t->c, t->i, t->j) += *x_of(&k->in[0], t) * *y_of(&k->in[1], t);
}

static void conv2d_grad_weight(oracle_call *k) {
  const ag_conv2d_grad_attributes *a = k->attributes;
  const bool last = a->conv.channels_last;
  const ag_shape x = k->in[0].shape, g = k->in[1].shape;
  k->n_out = 2;
  k->out[0] = array_new(AG_SHAPE(channels(last, g), channels(last, x) / a->conv.groups, a->size[0], a->size[1]));
  k->out[1] = array_new(AG_SHAPE(channels(last, g)));
  each(k, &a->conv, x, k->out[0].shape, g, to_w, NULL);
  EACH_INDEX(g, index) k->out[1].data[index[last ? 3 : 1]] += k->in[1].data[place_of(g, index)];
}

static void to_x_and_w(oracle_call *k, const term *t) {
  const double g = *y_of(&k->in[0], t);
  *x_of(&k->out[0], t) += g * *at4(&k->in[2], t->o, t->c, t->i, t->j);
  *at4(&k->out[1], t->o, t->c, t->i, t->j) += g * *x_of(&k->in[1], t);
}

static void conv2d_backward(oracle_call *k) {
  const ag_conv2d_attributes *a = k->attributes;
  const bool last = a->channels_last;
  const ag_shape g = k->in[0].shape;
  k->n_out = 3;
  k->out[0] = array_new(k->in[1].shape);
  k->out[1] = array_new(k->in[2].shape);
  k->out[2] = array_new(AG_SHAPE(channels(last, g)));
  each(k, a, k->in[1].shape, k->in[2].shape, g, to_x_and_w, NULL);
  EACH_INDEX(g, index) k->out[2].data[index[last ? 3 : 1]] += k->in[0].data[place_of(g, index)];
}

const oracle convolution_oracles[] = {{"conv2d", NULL, conv2d},
                                      {"conv2d_backward", NULL, conv2d_backward},
                                      {"conv2d_grad_input", NULL, conv2d_grad_input},
                                      {"conv2d_grad_weight", NULL, conv2d_grad_weight},
                                      {"conv_transpose2d", NULL, conv_transpose2d},
                                      {NULL, NULL, NULL}};
