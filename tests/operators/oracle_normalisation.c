/* Batch normalisation channel by channel, softmax lane by lane. */
#include <math.h>
#include <stdlib.h>

#include "ops/attributes.h"
#include "tests/operators/array.h"

/* ---- Batch normalisation: axis 1 is that of the channels ---- */

#define EACH_OF_CHANNEL(x, channel, i)                                                                       \
  for (int64_t i = 0; i < numel_of((x).shape); i++)                                                          \
    if (channel_of((x).shape, i) == (channel))

static int64_t channel_of(ag_shape x, int64_t i) {
  for (int axis = x.rank - 1; axis > 1; axis--) i /= x.dim[axis];
  return i % x.dim[1];
}

static void batch_norm(oracle_call *k) {
  const ag_batch_norm_attributes *a = k->attributes;
  const array x = k->in[0];
  const int64_t channels = x.shape.dim[1];
  const double m = (double)numel_of(x.shape) / (double)channels;
  k->n_out = 2;
  k->out[0] = array_new(x.shape);
  k->out[1] = array_new(AG_SHAPE(2, channels));
  for (int64_t channel = 0; channel < channels; channel++) {
    double mean = 0, var = 0;
    EACH_OF_CHANNEL(x, channel, i) mean += x.data[i] / m;
    EACH_OF_CHANNEL(x, channel, i) var += pow(x.data[i] - mean, 2) / m;
    EACH_OF_CHANNEL(x, channel, i) {
      const double xhat = (x.data[i] - mean) / sqrt(var + a->eps);
      k->out[0].data[i] = xhat * k->in[1].data[channel] + k->in[2].data[channel];
      if (a->relu && k->out[0].data[i] < 0) k->out[0].data[i] = 0;
    }
    k->out[1].data[channel] = mean;
    k->out[1].data[channels + channel] = var;
  }
}

static void batch_norm_grad(oracle_call *k) {
  const ag_batch_norm_attributes *a = k->attributes;
  /* g as it passes the rectifier */
  const array g = array_new(k->in[0].shape), x = k->in[1], w = k->in[2], bias = k->in[3], statistics = k->in[4];
  const int64_t channels = g.shape.dim[1];
  const double m = (double)numel_of(g.shape) / (double)channels;
  k->n_out = 3;
  k->out[0] = array_new(g.shape);
  k->out[1] = array_new(AG_SHAPE(channels));
  k->out[2] = array_new(AG_SHAPE(channels));
  for (int64_t channel = 0; channel < channels; channel++) {
    const double mean = statistics.data[channel], deviation = sqrt(statistics.data[channels + channel] + a->eps);
    double *dw = &k->out[1].data[channel], *db = &k->out[2].data[channel];
    EACH_OF_CHANNEL(g, channel, i) {
      const double z = (x.data[i] - mean) / deviation * w.data[channel] + bias.data[channel];
      g.data[i] = a->relu && z <= 0 ? 0 : k->in[0].data[i];
      *dw += g.data[i] * (x.data[i] - mean) / deviation;
      *db += g.data[i];
    }
    EACH_OF_CHANNEL(g, channel, i) {
      const double xhat = (x.data[i] - mean) / deviation;
      k->out[0].data[i] = w.data[channel] / deviation * (g.data[i] - *db / m - xhat * *dw / m);
    }
  }
  free(g.data);
}

/* ---- Softmax ---- */

/* The sum of f(x[j], y[j]) over all j in the lane of element `index`; a number is a lane of its own. */
static double lane_sum(const oracle_call *k, const array *x, const array *y, const int64_t *index,
                       double (*f)(double x, double y)) {
  const ag_axis_attributes *a = k->attributes;
  const int rank = x->shape.rank, axis = axis_of(rank ? rank : 1, a->axis);
  const int64_t length = rank ? x->shape.dim[axis] : 1;
  int64_t at[AG_MAX_RANK];
  double sum = 0;
  for (int i = 0; i < rank; i++) at[i] = index[i];
  for (at[axis] = 0; at[axis] < length; at[axis]++) {
    const int64_t place = place_of(x->shape, at);
    sum += f(x->data[place], y->data[place]);
  }
  return sum;
}

static double exponential(double x, double y) { return (void)y, exp(x); }
static double product(double x, double y) { return x * y; }
static double first(double x, double y) { return (void)y, x; }

static array *like_first(oracle_call *k) {
  k->n_out = 1;
  k->out[0] = array_new(k->in[0].shape);
  return &k->out[0];
}

/* exp(x) / sum, or NaN where the sum is infinite: what is infinitely great has no share in it. */
static void softmax(oracle_call *k) {
  const array x = k->in[0], *y = like_first(k);
  EACH_INDEX(x.shape, index) {
    const int64_t i = place_of(x.shape, index);
    const double sum = lane_sum(k, &x, &x, index, exponential);
    y->data[i] = isinf(sum) ? (double)NAN : exp(x.data[i]) / sum;
  }
}

static void log_softmax(oracle_call *k) {
  const array x = k->in[0], *y = like_first(k);
  EACH_INDEX(x.shape, index) {
    const int64_t i = place_of(x.shape, index);
    const double sum = lane_sum(k, &x, &x, index, exponential);
    y->data[i] = isinf(sum) ? (double)NAN : x.data[i] - log(sum);
  }
}

static void softmax_grad(oracle_call *k) {
  const array g = k->in[0], y = k->in[1], *z = like_first(k);
  EACH_INDEX(g.shape, index) {
    const int64_t i = place_of(g.shape, index);
    z->data[i] = y.data[i] * (g.data[i] - lane_sum(k, &g, &y, index, product));
  }
}

static void log_softmax_grad(oracle_call *k) {
  const array g = k->in[0], y = k->in[1], *z = like_first(k);
  EACH_INDEX(g.shape, index) {
    const int64_t i = place_of(g.shape, index);
    z->data[i] = g.data[i] - exp(y.data[i]) * lane_sum(k, &g, &y, index, first);
  }
}

const oracle normalisation_oracles[] = {{"batch_norm", NULL, batch_norm},
                                        {"batch_norm_grad", NULL, batch_norm_grad},
                                        {"softmax", NULL, softmax},
                                        {"log_softmax", NULL, log_softmax},
                                        {"softmax_grad", NULL, softmax_grad},
                                        {"log_softmax_grad", NULL, log_softmax_grad},
                                        {NULL, NULL, NULL}};
