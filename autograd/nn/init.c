/* Initial values of parameters.
 *
 * Numbers are drawn in float64 from the stream "init" and rounded to the tensor's type, so that a float32
 * model and a float64 model of one seed start alike. fan_in is the number of values that one output sums up.
 *
 *   He et al. 2015:          U(-b, b), b = gain sqrt(3 / fan_in), gain = sqrt(2 / (1 + slope^2))
 *   Glorot and Bengio 2010:  U(-b, b), b = gain sqrt(6 / (fan_in + fan_out)) */
#include "core/internal.h"

#include <math.h>

#include "kernels/random.h"

typedef void fill_function(int threads, uint64_t key, uint64_t counter, int64_t n, double *out);

/* x = shift + scale z for n draws z. */
static void draw(ag_site at, ag_tensor *x, fill_function *fill, double shift, double scale) {
  if (ag_is_nil(x) || ag_numel(x) == 0 || x->c->status != AG_OK) return;
  ag_ctx *c = ag_context(x);
  const int64_t n = ag_numel(x);
  ag_stream_state *stream = ag_stream_find(c, "init");
  double *values = stream ? ag_allocate(c, (size_t)n * sizeof *values, at) : NULL;
  if (!values) return;
  fill(ag_threads(c), stream->key, stream->counter, n, values);
  stream->counter += (uint64_t)n;
  for (int64_t i = 0; i < n; i++) values[i] = shift + scale * values[i];
  (ag_assign)(at, x, values);
  ag_release(c, values);
}

void ag_init_uniform(ag_tensor *x, double low, double high) {
  if (!ag_is_nil(x) && !(low <= high))
    ag_fail(x->c, AG_EVALUE, "ag_init_uniform", "there is no number from %g to %g", low, high);
  draw("ag_init_uniform", x, agk_random_uniform_f64, low, high - low);
}

void ag_init_normal(ag_tensor *x, double mean, double deviation) {
  if (!ag_is_nil(x) && !(deviation >= 0))
    ag_fail(x->c, AG_EVALUE, "ag_init_normal", "deviation %g must be at least 0", deviation);
  draw("ag_init_normal", x, agk_random_normal_f64, mean, deviation);
}

void ag_init_constant(ag_tensor *x, double value) {
  if (ag_is_nil(x) || ag_numel(x) == 0) return;
  ag_ctx *c = ag_context(x);
  double *values = ag_allocate(c, (size_t)ag_numel(x) * sizeof *values, "ag_init_constant");
  if (!values) return;
  for (int64_t i = 0; i < ag_numel(x); i++) values[i] = value;
  (ag_assign)("ag_init_constant", x, values);
  ag_release(c, values);
}

/* Whether weight has an axis of outputs and one of inputs, and elements to fill. */
static bool has_fans(ag_site at, const ag_tensor *weight) {
  if (ag_is_nil(weight) || ag_numel(weight) == 0) return false;
  if (ag_rank(weight) >= 2) return true;
  ag_ctx *c = ag_context(weight);
  ag_fail(c, AG_ESHAPE, at,
          "a weight has at least 2 axes, (out, in, ...), this tensor is %s; use ag_init_uniform",
          ag_shape_text(c, ag_shape_of(weight)));
  return false;
}

static double fan_in(const ag_tensor *weight) { return (double)(ag_numel(weight) / ag_dim(weight, 0)); }
static double fan_out(const ag_tensor *weight) { return (double)(ag_numel(weight) / ag_dim(weight, 1)); }

void ag_init_kaiming_uniform(ag_tensor *weight, double slope) {
  if (!has_fans("ag_init_kaiming_uniform", weight)) return;
  const double bound = sqrt(2 / (1 + slope * slope)) * sqrt(3 / fan_in(weight));
  ag_init_uniform(weight, -bound, bound);
}

void ag_init_xavier_uniform(ag_tensor *weight, double gain) {
  if (!has_fans("ag_init_xavier_uniform", weight)) return;
  const double bound = gain * sqrt(6 / (fan_in(weight) + fan_out(weight)));
  ag_init_uniform(weight, -bound, bound);
}
