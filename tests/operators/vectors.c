/* Operators and losses against the numbers that PyTorch gives (vectors/make_operators.py). */
#include "tests/operators/walk.h"
#include "tests/vectors/operators.h"

#include <string.h>

static const int64_t labels[] = {2, 0, 3, 2}, places[] = {2, 0, 2, 1, 1, 0};

/* ---- The same calls, under the names of the vectors ---- */

#define CALL(name, call)                                                                                     \
  static ag_tensor *call_##name(ag_tensor *const *in) { return call; }
CALL(sum, ag_sum(in[0], .axes = AG_AXES(0, 2)))
CALL(mean, ag_mean(in[0], .axes = AG_AXES(1), .keepdim = true))
CALL(var, ag_var(in[0], .axes = AG_AXES(0, 2)))
CALL(biased_var, ag_var(in[0], .axes = AG_AXES(1), .biased = true))
CALL(max, ag_max(in[0], .axes = AG_AXES(0, 1)))
CALL(logsumexp, ag_logsumexp(in[0], .axes = AG_AXES(0)))
CALL(softmax, ag_softmax(in[0], 1))
CALL(log_softmax, ag_log_softmax(in[0], 1))
CALL(matmul, ag_matmul(in[0], in[1]))
CALL(linear, ag_linear(in[0], in[1], in[2]))
CALL(conv2d, ag_conv2d(in[0], in[1], in[2], .stride = 2, .stride_w = 1, .padding_w = 1))
CALL(grouped_conv2d, ag_conv2d(in[0], in[1], in[2], .dilation = 2, .groups = 2))
CALL(max_pool2d, ag_max_pool2d(in[0], .kernel = 3, .stride = 2, .padding = 1))
CALL(avg_pool2d, ag_avg_pool2d(in[0], .kernel = 3, .stride = 2, .padding = 1))
CALL(batch_norm, ag_batch_norm(in[0], in[1], in[2], .training = true, .eps = 1e-3))
CALL(gather, ag_gather(in[0], 1, ag_from(c, AG_I64, AG_SHAPE(2, 3), places)))
CALL(gelu, ag_gelu(in[0]))
CALL(softplus, ag_softplus(in[0]))
CALL(leaky_relu, ag_leaky_relu(in[0], 0.2))
CALL(pow, ag_pow(ag_exp(in[0]), in[1]))
CALL(mse_loss, ag_mse_loss(in[0], in[1]))
CALL(l1_loss, ag_l1_loss(in[0], in[1], .reduction = AG_NONE))
CALL(smooth_l1_loss, ag_smooth_l1_loss(in[0], in[1], .reduction = AG_SUM, .beta = 0.7))
CALL(nll_loss, ag_nll_loss(in[0], ag_from(c, AG_I64, AG_SHAPE(4), labels), .reduction = AG_NONE))
CALL(cross_entropy, ag_cross_entropy(in[0], ag_from(c, AG_I64, AG_SHAPE(4), labels)))
CALL(gaussian_nll_loss, ag_gaussian_nll_loss(in[0], in[1], in[2], .full = true))

#define ROW(name)                                                                                            \
  { #name, call_##name }
static const struct {
  const char *name;
  ag_tensor *(*call)(ag_tensor *const *in);
} calls[] = {ROW(sum),
             ROW(mean),
             ROW(var),
             ROW(biased_var),
             ROW(max),
             ROW(logsumexp),
             ROW(softmax),
             ROW(log_softmax),
             ROW(matmul),
             ROW(linear),
             ROW(conv2d),
             ROW(grouped_conv2d),
             ROW(max_pool2d),
             ROW(avg_pool2d),
             ROW(batch_norm),
             ROW(gather),
             ROW(gelu),
             ROW(softplus),
             ROW(leaky_relu),
             ROW(pow),
             ROW(mse_loss),
             ROW(l1_loss),
             ROW(smooth_l1_loss),
             ROW(nll_loss),
             ROW(cross_entropy),
             ROW(gaussian_nll_loss)};

/* ---- Comparing ---- */

static void assert_vector(const char *name, const char *what, const ag_tensor *x, ag_shape shape,
                          const double *expected) {
  array found = array_of(x);
  ck_assert_int_eq(found.shape.rank, shape.rank);
  ck_assert_mem_eq(found.shape.dim, shape.dim, (size_t)shape.rank * sizeof *shape.dim);
  const char *difference = differ(numel_of(shape), found.data, expected, 1e-10, 1e-12);
  array_free(&found);
  ck_assert_msg(!difference, "%s, %s: %s", name, what, difference);
}

/* Gradients are those of the sum of the result, weighted by 1/2, 1/3, 1/4, ... */
START_TEST(agrees_with_pytorch) {
  const char *name = operator_vectors[_i].name;
  const int n_in = operator_vectors[_i].n_in;
  ag_tensor *in[3], *gradient[3], *out = NULL;
  for (int i = 0; i < n_in; i++) {
    in[i] = ag_from_double(c, operator_vectors[_i].in_shape[i], operator_vectors[_i].in[i]);
    ag_set_requires_grad(in[i], true);
  }
  for (int i = 0; i < LENGTH(calls); i++) {
    if (strcmp(calls[i].name, name) == 0) out = calls[i].call(in);
  }
  ck_assert_msg(out != NULL, "%s is not called", name);
  assert_vector(name, "value", out, operator_vectors[_i].out_shape, operator_vectors[_i].out);
  double share[VECTOR_SIZE];
  for (int i = 0; i < VECTOR_SIZE; i++) share[i] = 1.0 / (2 + i);
  ag_tensor *weights = ag_from_double(c, ag_shape_of(out), share);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &out, .n_inputs = n_in, .inputs = in, .grads = gradient,
                    .grad_outputs = &weights));
  for (int i = 0; i < n_in; i++) {
    assert_vector(name, "gradient", gradient[i], operator_vectors[_i].in_shape[i],
                  operator_vectors[_i].gradient[i]);
  }
}
END_TEST

TCase *vector_tests(void) {
  TCase *t = tcase_create("vectors");
  with_context(t);
  tcase_add_loop_test(t, agrees_with_pytorch, 0, LENGTH(operator_vectors));
  return t;
}
