/* Reductions: every element of the operand is added to the element of the result that it belongs to. */
#include <math.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

/* The result's shape, and for an index of the operand the place of its result. */
static void reduced_axes(const oracle_call *k, bool *reduced, ag_shape *shape, ag_shape *kept) {
  const ag_reduce_attributes *a = k->attributes;
  const ag_shape from = k->in[0].shape;
  for (int i = 0; i < from.rank; i++) reduced[i] = a->axes.count == 0;
  for (int i = 0; i < a->axes.count; i++) reduced[axis_of(from.rank, a->axes.axis[i])] = true;
  *kept = from;
  *shape = (ag_shape){0};
  for (int i = 0; i < from.rank; i++) {
    if (reduced[i]) kept->dim[i] = 1;
    if (!reduced[i] || a->keepdim) shape->dim[shape->rank++] = kept->dim[i];
  }
}

typedef double combine(double sum, double x, double shift);

static double plus(double sum, double x, double shift) { return sum + (x - shift); }
static double greater(double sum, double x, double shift) { return x - shift > sum || isnan(x) ? x - shift : sum; }
static double times(double product, double x, double shift) { return product * (x - shift); }
static double plus_square(double sum, double x, double shift) { return sum + pow(x - shift, 2); }
static double plus_exp(double sum, double x, double shift) { return sum + exp(x - shift); }

/* y = start, then combine(y, x, shift) for each x; shift has the shape of the result or is empty. */
static array reduce(const oracle_call *k, combine *f, double start, const array *shift) {
  bool reduced[AG_MAX_RANK];
  ag_shape shape, kept;
  reduced_axes(k, reduced, &shape, &kept);
  array y = array_new(shape);
  for (int64_t i = 0; i < numel_of(shape); i++) y.data[i] = start;
  const double *x = k->in[0].data;
  EACH_INDEX(k->in[0].shape, index) {
    int64_t to[AG_MAX_RANK] = {0};
    for (int i = 0; i < kept.rank; i++) to[i] = reduced[i] ? 0 : index[i];
    const int64_t place = place_of(kept, to);
    y.data[place] = f(y.data[place], *x++, shift ? shift->data[place] : 0);
  }
  return y;
}

static void sum(oracle_call *k) {
  k->n_out = 1;
  k->out[0] = reduce(k, plus, 0, NULL);
}

static void max(oracle_call *k) {
  k->n_out = 1;
  k->out[0] = reduce(k, greater, -INFINITY, NULL);
}

static void logsumexp(oracle_call *k) {
  array most = reduce(k, greater, -INFINITY, NULL), y = reduce(k, plus_exp, 0, &most);
  for (int64_t i = 0; i < numel_of(y.shape); i++) y.data[i] = most.data[i] + log(y.data[i]);
  array_free(&most);
  k->n_out = 1;
  k->out[0] = y;
}

/* The variance and the mean. */
static void var(oracle_call *k) {
  const ag_var_attributes *a = k->attributes;
  oracle_call plain = *k;
  plain.attributes = &(const ag_reduce_attributes){a->axes, a->keepdim};
  array mean = reduce(&plain, plus, 0, NULL);
  const int64_t results = numel_of(mean.shape);
  const double n = (double)numel_of(k->in[0].shape) / (double)(results ? results : 1);
  for (int64_t i = 0; i < results; i++) mean.data[i] /= n;
  array y = reduce(&plain, plus_square, 0, &mean);
  for (int64_t i = 0; i < results; i++) y.data[i] /= a->biased ? n : fmax(n - 1, 0);
  k->n_out = 2;
  k->out[0] = y;
  k->out[1] = mean;
}

/* Losses: each, their mean or their sum. */
static void lose(oracle_call *k, double (*loss)(const oracle_call *k, int64_t i)) {
  const ag_loss_attributes *a = k->attributes;
  const int64_t n = numel_of(k->in[0].shape);
  array y = array_new(a->reduction == AG_NONE ? k->in[0].shape : AG_SCALAR);
  for (int64_t i = 0; i < n; i++) {
    if (a->reduction == AG_NONE) y.data[i] = loss(k, i);
    if (a->reduction == AG_MEAN) y.data[0] += loss(k, i) / (double)n;
    if (a->reduction == AG_SUM) y.data[0] += loss(k, i);
  }
  if (n == 0 && a->reduction == AG_MEAN) y.data[0] = NAN;
  k->n_out = 1;
  k->out[0] = y;
}

static double distance(const oracle_call *k, int64_t i) { return pow(k->in[0].data[i] - k->in[1].data[i], 2); }
static void mse_loss(oracle_call *k) { lose(k, distance); }

/* -log of the density of a normal distribution, but for its constant. */
static double surprise(const oracle_call *k, int64_t i) {
  const ag_loss_attributes *a = k->attributes;
  const double deviation = exp(k->in[1].data[i] / 2), z = (k->in[2].data[i] - k->in[0].data[i]) / deviation;
  return z * z / 2 + log(deviation) + (a->full ? log(2 * M_PI) / 2 : 0);
}
static void gaussian_nll_loss(oracle_call *k) { lose(k, surprise); }

static void gaussian_nll_loss_grad(oracle_call *k) {
  const ag_scale_attributes *a = k->attributes;
  const array g = k->in[0], x = k->in[1];
  k->n_out = 2;
  k->out[0] = array_new(x.shape);
  k->out[1] = array_new(x.shape);
  for (int64_t i = 0; i < numel_of(x.shape); i++) {
    const double h = a->scale * g.data[g.shape.rank ? i : 0], d = k->in[3].data[i] - x.data[i], variance = exp(k->in[2].data[i]);
    k->out[0].data[i] = -2 * h * d / variance;
    k->out[1].data[i] = h - h * d * d / variance;
  }
}

/* The first element that equals the greatest. */
static void argmax(oracle_call *k) {
  const ag_reduce_attributes *a = k->attributes;
  bool reduced[AG_MAX_RANK];
  ag_shape shape, kept;
  reduced_axes(k, reduced, &shape, &kept);
  array most = reduce(k, greater, -INFINITY, NULL), y = array_new(shape);
  for (int64_t i = 0; i < numel_of(shape); i++) y.data[i] = -1;
  const int axis = a->axes.count ? axis_of(k->in[0].shape.rank, a->axes.axis[0]) : -1;
  EACH_INDEX(k->in[0].shape, index) {
    int64_t to[AG_MAX_RANK] = {0};
    for (int i = 0; i < kept.rank; i++) to[i] = reduced[i] ? 0 : index[i];
    const int64_t from = place_of(k->in[0].shape, index), place = place_of(kept, to);
    const double x = k->in[0].data[from];
    const bool first = y.data[place] < 0 && (x >= most.data[place] || isnan(x));
    if (first) y.data[place] = (double)(axis < 0 ? from : index[axis]);
  }
  array_free(&most);
  k->n_out = 1;
  k->out[0] = y;
}

static void prod(oracle_call *k) {
  k->n_out = 1;
  k->out[0] = reduce(k, times, 1, NULL);
}

/* Runs the oracle of greatest elements on -x; result number `value` is then -y, and -1 stands for none. */
static void on_negative(oracle_call *k, void (*whole)(oracle_call *k), int value) {
  const array x = k->in[0];
  k->in[0] = array_new(x.shape);
  for (int64_t i = 0; i < numel_of(x.shape); i++) k->in[0].data[i] = -x.data[i];
  whole(k);
  array_free(&k->in[0]);
  k->in[0] = x;
  for (int64_t i = 0; value >= 0 && i < numel_of(k->out[value].shape); i++) k->out[value].data[i] *= -1;
}

static void max_along(oracle_call *k) {
  argmax(k);
  k->n_out = 2;
  k->out[1] = k->out[0];
  k->out[0] = reduce(k, greater, -INFINITY, NULL);
}

static void min(oracle_call *k) { on_negative(k, max, 0); }
static void argmin(oracle_call *k) { on_negative(k, argmax, -1); }
static void min_along(oracle_call *k) { on_negative(k, max_along, 0); }

const oracle reduction_oracles[] = {{"sum", NULL, sum},
                                    {"prod", NULL, prod},
                                    {"max", NULL, max},
                                    {"min", NULL, min},
                                    {"logsumexp", NULL, logsumexp},
                                    {"argmax", NULL, argmax},
                                    {"argmin", NULL, argmin},
                                    {"max_along", NULL, max_along},
                                    {"var", NULL, var},
                                    {"min_along", NULL, min_along},
                                    {"mse_loss", NULL, mse_loss},
                                    {"gaussian_nll_loss", NULL, gaussian_nll_loss},
                                    {"gaussian_nll_loss_grad", NULL, gaussian_nll_loss_grad},
                                    {NULL, NULL, NULL}};
