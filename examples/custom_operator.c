/* An operator of one's own: y = z / (1 + exp(-beta z)) with z = x + b, swish (Ramachandran et al. 2017)
 * behind a bias in one pass over memory. Nothing is registered: the object is enough to be recorded,
 * differentiated to any order, run by several threads, checked, profiled and searched for NaN. The rest of
 * this file does all of that, and fails where something is not so. */
#include <autograd.h>

#include <math.h>
#include <string.h>

/* ---- The operator ---- */

typedef struct {
  double beta;
} swish_attributes;

/* The shape of the result. What does not fit is refused with the operator's name and the file and line of the
 * call. */
static bool swish_shape(ag_call *call) {
  const ag_shape x = ag_shape_of(call->in[0]), b = ag_shape_of(call->in[1]);
  if (x.rank < 1 || b.rank != 1 || b.dim[0] != x.dim[x.rank - 1]) {
    return ag_reject(call, AG_ESHAPE,
                     "b is %s, wanted is one number for each place on the last axis of x, %s",
                     ag_shape_text(call->c, b), ag_shape_text(call->c, x));
  }
  call->shape[0] = x;
  return true;
}

/* A function for each real type, which the engine calls for pieces of the elements. Operands of any layout
 * arrive as a place to start from and a step, which is 0 where one number serves all. parameters are the
 * attributes. */
#define SWISH_LOOP(name, real)                                                                               \
  static void name(int64_t n, void *out, const void *const *in, const int64_t *step, const double *beta) {   \
    const real *x = in[0], *b = in[1];                                                                       \
    real *y = out;                                                                                           \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const double z = (double)x[i * step[0]] + (double)b[i * step[1]];                                      \
      y[i] = (real)(z / (1 + exp(-*beta * z)));                                                              \
    }                                                                                                        \
  }
SWISH_LOOP(swish_f32, float)
SWISH_LOOP(swish_f64, double)

/* dz = g (s + beta z s (1 - s)) with s = sigmoid(beta z), in operators, so that it can be differentiated
 * again. dx is dz, and so is db: the engine sums it over the axes along which b was repeated. */
static void swish_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const swish_attributes *a = ag_attributes(node);
  ag_tensor *bz = ag_mul_scalar(ag_add(ag_operand(node, 0), ag_operand(node, 1)), a->beta);
  ag_tensor *s = ag_sigmoid(bz), *rest = ag_add_scalar(ag_neg(s), 1);
  ag_tensor *dz = ag_mul(g[0], ag_mul(s, ag_add_scalar(ag_mul(bz, rest), 1)));
  for (int i = 0; i < 2; i++) {
    if (ag_needs(node, i)) dx[i] = dz;
  }
}

static const ag_op swish = {.name = "bias_swish",
                            .formula = "(x + b) / (1 + exp(-beta (x + b)))",
                            .n_in = 2,
                            .attribute_size = sizeof(swish_attributes),
                            .shape = swish_shape,
                            .loop = {swish_f32, swish_f64},
                            .vjp = swish_vjp};

/* What a caller sees: a function that takes the call site first, and a macro of the same name that fills it
 * in. */
static ag_tensor *bias_swish(ag_site at, ag_tensor *x, ag_tensor *b, double beta) {
  return ag_apply(at, &swish, 2, (ag_tensor *[]){x, b}, &(swish_attributes){beta});
}
#define bias_swish(...) bias_swish(AG_HERE, __VA_ARGS__)

/* ---- What it takes part in ---- */

static int failures;

static void expect(bool truth, const char *what) {
  printf("%s: %s\n", what, truth ? "yes" : "NO");
  failures += !truth;
}

static bool same(const ag_tensor *x, const ag_tensor *y) {
  return ag_numel(x) == ag_numel(y) &&
         memcmp(ag_data(x), ag_data(y), (size_t)ag_numel(x) * ag_dtype_size(ag_dtype_of(x))) == 0;
}

static ag_tensor *as_function(ag_tensor *const *in, void *user) {
  (void)user;
  return bias_swish(in[0], in[1], 1.5);
}

/* Gradients of the first and the second order against differences, in float64. */
static void check_gradients(ag_ctx *c) {
  ag_set_dtype(c, AG_F64);
  ag_tensor *in[] = {ag_normal(c, AG_SHAPE(3, 4), "check", 0, 1), ag_normal(c, AG_SHAPE(4), "check", 0, 1)};
  expect(ag_gradcheck(.c = c, .fn = as_function, .n_inputs = 2, .inputs = in, .order = 2),
         "differentiable twice");
  ag_set_dtype(c, AG_F32);
}

static void check_threads(ag_ctx *c) {
  const int threads = ag_threads(c);
  ag_tensor *x = ag_normal(c, AG_SHAPE(1000, 64), "check", 0, 1),
            *b = ag_normal(c, AG_SHAPE(64), "check", 0, 1);
  ag_set_threads(c, 1);
  ag_tensor *alone = bias_swish(x, b, 1);
  ag_set_threads(c, 3);
  expect(same(bias_swish(x, b, 1), alone), "the same bits with three threads");
  ag_set_threads(c, threads);
}

/* The arguments of the operator, and numbers that are not finite, are reported with its name. */
static void check_errors(ag_ctx *c) {
  ag_tensor *x = ag_zeros(c, AG_SHAPE(2, 3));
  bias_swish(x, ag_zeros(c, AG_SHAPE(2)), 1);
  expect(strstr(ag_error_message(c), ": bias_swish: b is 2, wanted is ") != NULL,
         "refuses what does not fit");
  ag_clear_error(c);
  ag_set_detect_anomaly(c, true);
  bias_swish(x, ag_full(c, AG_SHAPE(3), (double)INFINITY), 1);
  expect(strstr(ag_error_message(c), ": bias_swish: element 0 of the result 2x3 is inf; ") != NULL,
         "is found by the search for NaN");
  ag_clear_error(c);
  ag_set_detect_anomaly(c, false);
}

typedef struct {
  ag_tensor *weight, *bias;
  ag_linear_layer out;
} network;

static ag_tensor *network_call(const network *net, ag_tensor *x) {
  return ag_linear_layer_call(&net->out, bias_swish(ag_matmul(x, net->weight), net->bias, 1));
}

/* Learns x^2 with the operator between two layers, under the profiler. */
static void check_training(ag_ctx *c, const network *net) {
  ag_optim *adam = ag_optim_new(c, ag_adam, .lr = 0.02);
  double loss = INFINITY;
  ag_profile_begin(.c = c, .peak = 1e10, .bandwidth = 1e10);
  for (int step = 0; step < 300 && !ag_error(c); step++) {
    ag_scope_begin(c);
    ag_tensor *x = ag_uniform(c, AG_SHAPE(64, 1), "data", -1, 1),
              *y = ag_mse_loss(network_call(net, x), ag_square(x));
    ag_backward(y);
    ag_optim_step(adam);
    loss = ag_item(y);
    ag_scope_end(c);
  }
  ag_profile_end(c);
  expect(loss < 1e-3, "learns");
  int64_t calls = 0;
  ag_profile_row row;
  for (int i = 0; ag_profile_get(c, i, &row); i++) {
    if (strcmp(row.name, "bias_swish") == 0) calls += row.calls;
  }
  expect(calls == 300, "has a line in the profile");
}

/* Its parameters are parameters like others. */
static void check_saving(ag_ctx *c, const network *net) {
  const char *path = "custom_operator.npz";
  ag_tensor *x = ag_uniform(c, AG_SHAPE(5, 1), "data", -1, 1), *before = network_call(net, x);
  ag_save(c, path);
  ag_init_constant(net->bias, 9);
  expect(!same(network_call(net, x), before) && ag_load(c, path) && same(network_call(net, x), before),
         "is saved and loaded");
  remove(path);
}

int main(void) {
  ag_ctx *c = ag_ctx_new();
  network net = {ag_parameter(c, "swish.weight", AG_SHAPE(1, 16)),
                 ag_parameter(c, "swish.bias", AG_SHAPE(16)), ag_linear_layer_new(c, "out", 16, 1)};
  ag_init_uniform(net.weight, -2, 2);
  check_training(c, &net);
  check_saving(c, &net);
  check_gradients(c);
  check_threads(c);
  check_errors(c);
  if (ag_error(c)) fprintf(stderr, "%s\n", ag_error_message(c));
  failures += ag_error(c) != AG_OK;
  ag_ctx_free(c);
  return failures > 0;
}
