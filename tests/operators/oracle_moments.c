/* Convolution between normalisations in single steps, with the oracles of convolution in the middle. */
#include <math.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

/* What channel i % c of three rows, or of two, has in a row. */
#define COLUMN(rows, row, i) (rows).data[(row) * (rows).shape.dim[1] + (i) % (rows).shape.dim[1]]

/* max((x - mean) scale + shift, 0), or x where there is no norm. NaN stays. */
static array mapped(const array *x, const array *norm) {
  array z = array_new(x->shape);
  for (int64_t i = 0; i < numel_of(x->shape); i++) {
    z.data[i] = x->data[i];
    if (!norm) continue;
    const double v = (x->data[i] - COLUMN(*norm, 0, i)) * COLUMN(*norm, 1, i) + COLUMN(*norm, 2, i);
    z.data[i] = v <= 0 ? 0 : v;
  }
  return z;
}

/* Mean and biased variance of each column of y. */
static array moments_of(const array *y) {
  const int64_t channels = y->shape.dim[3], n = numel_of(y->shape);
  array m = array_new(AG_SHAPE(2, channels));
  const double count = (double)(n / channels);
  for (int64_t i = 0; i < n; i++) COLUMN(m, 0, i) += y->data[i] / count;
  for (int64_t i = 0; i < n; i++) COLUMN(m, 1, i) += pow(y->data[i] - COLUMN(m, 0, i), 2) / count;
  return m;
}

/* The element of y that a window, of which q has element i, gives: the first of the greatest, or of the least
 * where the channel's sign is negative. */
static int64_t winner(const array *y, const double *sign, int64_t pool, int64_t i) {
  const int64_t c = y->shape.dim[3], h = y->shape.dim[1], w = y->shape.dim[2], across = w / pool, down = h / pool;
  const int64_t window = i / c, image = window / across / down, row = window / across % down * pool,
                column = window % across * pool;
  const double s = sign[i % c] < 0 ? -1 : 1;
  int64_t best = -1;
  for (int64_t k = 0; k < pool * pool; k++) {
    const int64_t at = ((image * h + row + k / pool) * w + column + k % pool) * c + i % c;
    if (best < 0 || isnan(y->data[at]) || s * y->data[at] > s * y->data[best]) best = at;
  }
  return best;
}

static ag_shape pooled_shape(ag_shape y, int64_t pool) {
  return AG_SHAPE(y.dim[0], y.dim[1] / pool, y.dim[2] / pool, y.dim[3]);
}

static void conv2d_moments(oracle_call *k) {
  const ag_conv2d_moments_attributes *a = k->attributes;
  const bool normed = k->n_in - (a->pool > 0) == 4;
  array z = mapped(&k->in[0], normed ? &k->in[3] : NULL);
  oracle_call conv = {.n_in = 3, .in = {z, k->in[1], k->in[2]}, .attributes = &a->conv};
  consult_oracle("conv2d", &conv);
  const array y = conv.out[0];
  k->n_out = 3;
  k->out[0] = y;
  k->out[1] = a->no_moments ? array_new(AG_SHAPE(0)) : moments_of(&y);
  k->out[2] = a->pool && !a->not_kept ? y : array_new(AG_SHAPE(0));
  if (a->pool) k->out[0] = array_new(pooled_shape(y.shape, a->pool));
  for (int64_t i = 0; a->pool && i < numel_of(k->out[0].shape); i++)
    k->out[0].data[i] = y.data[winner(&y, k->in[k->n_in - 1].data, a->pool, i)];
  if (a->not_kept) array_free(&conv.out[0]);
  array_free(&z);
}

/* The gradient of y, from that of the result. */
static array spread(const array *g, const array *y, const array *line, int64_t pool) {
  array of_y = array_new(y->shape);
  for (int64_t i = 0; i < numel_of(g->shape); i++)
    of_y.data[pool ? winner(y, line->data + 3 * y->shape.dim[3], pool, i) : i] = g->data[i];
  return of_y;
}

/* g + offset + (y - mean) slope. */
static array total_of(const array *g, const array *y, const array *line) {
  array total = array_new(g->shape);
  for (int64_t i = 0; i < numel_of(g->shape); i++)
    total.data[i] =
        g->data[i] + COLUMN(*line, 1, i) + (y->data[i] - COLUMN(*line, 0, i)) * COLUMN(*line, 2, i);
  return total;
}

/* From the gradient of z, in its place, that of x; and that of norm. */
static array through_norm(const array *x, const array *z, const array *norm, array *gz) {
  array gnorm = array_new(norm->shape);
  for (int64_t i = 0; i < numel_of(x->shape); i++) {
    const double h = z->data[i] <= 0 ? 0 : gz->data[i], scale = COLUMN(*norm, 1, i);
    gz->data[i] = h * scale;
    COLUMN(gnorm, 0, i) -= h * scale;
    COLUMN(gnorm, 1, i) += h * (x->data[i] - COLUMN(*norm, 0, i));
    COLUMN(gnorm, 2, i) += h;
  }
  return gnorm;
}

static void conv2d_moments_grad(oracle_call *k) {
  const ag_conv2d_moments_grad_attributes *a = k->attributes;
  const array *norm = k->n_in == 6 ? &k->in[5] : NULL;
  array z = mapped(&k->in[1], norm), g = spread(&k->in[0], &k->in[3], &k->in[4], a->pool),
        total = total_of(&g, &k->in[3], &k->in[4]);
  oracle_call conv = {.n_in = 3, .in = {total, z, k->in[2]}, .attributes = &a->conv};
  consult_oracle("conv2d_backward", &conv);
  k->n_out = 4;
  for (int i = 0; i < 3; i++) k->out[i] = conv.out[i];
  k->out[3] =
      norm && !a->only_weight ? through_norm(&k->in[1], &z, norm, &k->out[0]) : array_new(AG_SHAPE(0));
  if (a->only_weight) {
    array_free(&k->out[0]);
    k->out[0] = array_new(AG_SHAPE(0));
  }
  array_free(&z);
  array_free(&g);
  array_free(&total);
}

const oracle moments_oracles[] = {{"conv2d_moments", NULL, conv2d_moments},
                                  {"conv2d_moments_grad", NULL, conv2d_moments_grad},
                                  {NULL, NULL, NULL}};
