/* What the engine takes from its allocator, and what it does when there is nothing left. */
#include "tests/test_engine.h"

#include <math.h>
#include <string.h>

/* ---- A small training run ---- */

typedef struct {
  ag_tensor *kernel, *scale, *shift, *weight, *bias, *mean, *var;
  ag_optim *optim;
} network;

static ag_tensor *found_or_made(ag_ctx *k, const char *name, ag_shape shape, bool trainable) {
  ag_tensor *x = ag_find(k, name);
  return x ? x : trainable ? ag_parameter(k, name, shape) : ag_buffer(k, name, shape);
}

static void set(ag_tensor *x, uint64_t salt) {
  double values[1200];
  const int64_t n = ag_numel(x);
  ck_assert_int_le(n, LENGTH(values));
  for (int64_t i = 0; i < n; i++) values[i] = irregular(salt, i, -0.2, 0.5);
  ag_assign(x, values);
}

/* Makes what is not there yet, so that it can be called again after an error. */
static network make_network(ag_ctx *k) {
  network m = {found_or_made(k, "kernel", AG_SHAPE(6, 2, 3, 3), true), found_or_made(k, "scale", AG_SHAPE(6), true),
               found_or_made(k, "shift", AG_SHAPE(6), true),           found_or_made(k, "weight", AG_SHAPE(5, 216), true),
               found_or_made(k, "bias", AG_SHAPE(5), true),            found_or_made(k, "mean", AG_SHAPE(6), false),
               found_or_made(k, "var", AG_SHAPE(6), false),            NULL};
  m.optim = ag_optim_new(k, ag_adam, .lr = 0.01);
  return m;
}

static double train_step(ag_ctx *k, const network *m) {
  static const int64_t labels[] = {4, 0, 2};
  ag_scope_begin(k);
  ag_tensor *x = ag_uniform(k, AG_SHAPE(3, 2, 14, 14), "data", -1, 1);
  x = ag_conv2d(x, m->kernel);
  x = ag_relu(ag_batch_norm(x, m->scale, m->shift, m->mean, m->var, .training = true));
  x = ag_dropout(ag_max_pool2d(x, 2), 0.1, true);
  ag_tensor *logits = ag_linear(ag_flatten(x, 1), m->weight, m->bias);
  ag_tensor *loss = ag_cross_entropy(logits, ag_from(k, AG_I64, AG_SHAPE(3), labels));
  ag_backward(loss);
  ag_optim_step(m->optim);
  const double value = ag_item(loss);
  ag_scope_end(k);
  return value;
}

/* The loss of the first step from fixed values. */
static double first_loss(ag_ctx *k) {
  ag_seed(k, 1);
  const network m = make_network(k);
  if (ag_error(k) != AG_OK) return NAN;
  ag_tensor *const trained[] = {m.kernel, m.scale, m.shift, m.weight, m.bias};
  for (int i = 0; i < LENGTH(trained); i++) set(trained[i], (uint64_t)i);
  return train_step(k, &m);
}

/* ---- Steady state ---- */

START_TEST(steps_settle_on_the_memory_they_have) {
  counter count = {.fail_at = -1};
  ag_ctx *k = ag_ctx_new_with(counting(&count));
  const network m = make_network(k);
  set(m.kernel, 1);
  set(m.weight, 2);
  set(m.scale, 3);
  for (int step = 0; step < 3; step++) train_step(k, &m);
  const int64_t calls = count.calls, live = count.live;
  const size_t memory = ag_memory(k), peak = ag_memory_peak(k);
  for (int step = 0; step < 20; step++) train_step(k, &m);
  ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
  ck_assert_int_eq(count.calls, calls);
  ck_assert_int_eq(count.live, live);
  ck_assert_uint_eq(ag_memory(k), memory);
  ck_assert_uint_eq(ag_memory_peak(k), peak);
  ck_assert_int_le((int64_t)ag_memory_peak(k), count.bytes);
  ag_ctx_free(k);
  ck_assert_int_eq(count.live, 0);
  ck_assert_int_eq(count.bytes, 0);
}
END_TEST

START_TEST(a_long_chain_of_numbers_settles_too) {
  counter count = {.fail_at = -1};
  ag_ctx *k = ag_ctx_new_with(counting(&count));
  ag_tensor *w = ag_parameter(k, "w", AG_SCALAR);
  int64_t calls = 0;
  for (int step = 0; step < 6; step++) {
    ag_scope_begin(k);
    ag_tensor *x = ag_add_scalar(w, 0.5);
    for (int i = 0; i < 3000; i++) x = ag_tanh(ag_add(x, w));
    ag_backward(x);
    ag_scope_end(k);
    if (step == 2) calls = count.calls;
  }
  ck_assert_int_eq(ag_error(k), AG_OK);
  ck_assert_int_eq(count.calls, calls);
  ag_ctx_free(k);
  ck_assert_int_eq(count.live, 0);
}
END_TEST

/* The last batch of an epoch is smaller: it fits into the memory of the others. */
START_TEST(a_smaller_batch_takes_nothing_new) {
  counter count = {.fail_at = -1};
  ag_ctx *k = ag_ctx_new_with(counting(&count));
  ag_tensor *w = ag_parameter(k, "w", AG_SHAPE(3000));
  static const int batch[] = {10, 10, 10, 7, 10, 3, 10};
  int64_t calls = 0;
  for (int step = 0; step < LENGTH(batch); step++) {
    ag_scope_begin(k);
    ag_tensor *x = ag_uniform(k, AG_SHAPE(batch[step], 3000), "data", -1, 1);
    for (int i = 0; i < 5; i++) x = ag_tanh(ag_mul(x, w));
    ag_backward(ag_sum(x));
    ag_scope_end(k);
    if (step == 2) calls = count.calls;
  }
  ck_assert_int_eq(ag_error(k), AG_OK);
  ck_assert_int_eq(count.calls, calls);
  ag_ctx_free(k);
  ck_assert_int_eq(count.live, 0);
}
END_TEST

/* ---- Peak ---- */

enum { LONG = 20, LARGE = 1 << 17 };
#define MEGABYTE ((size_t)LARGE * sizeof(double))

/* Asserts how many large tensors a chain of LONG links, which make `each` of them, needs at its peak, and after its pass. */
static void assert_peak(ag_tensor *(*link)(ag_tensor *), int each, double more) {
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  ag_tensor *w = trained_leaf(k, AG_SHAPE(LARGE), 1, -1, 1), *x = w;
  const size_t start = ag_memory(k);
  for (int i = 0; i < LONG; i++) x = link(x);
  ag_backward(ag_sum(x));
  ck_assert_int_eq(ag_error(k), AG_OK);
  ck_assert_ptr_nonnull(ag_gradient(w));
  const double peak = (double)(ag_memory_peak(k) - start) / (double)MEGABYTE;
  const double after = (double)(ag_memory(k) - start) / (double)MEGABYTE;
  ck_assert_msg(peak < LONG * each + more, "the peak is %.2f tensors", peak);
  ck_assert_msg(after < LONG * each + 1.5, "after the pass %.2f tensors are held", after); /* the gradient is one */
  ag_ctx_free(k);
}

static ag_tensor *tanh_link(ag_tensor *x) { return ag_tanh(x); }
static ag_tensor *branching_link(ag_tensor *x) { return ag_add(x, ag_mul_scalar(x, 0.25)); }
static ag_tensor *view_link(ag_tensor *x) {
  return ag_reshape(ag_square(x), ag_rank(x) == 1 ? AG_SHAPE(LARGE / 8, 8) : AG_SHAPE(LARGE));
}

START_TEST(backward_drops_what_it_has_used) {
  assert_peak(tanh_link, 1, 2.5);
  assert_peak(branching_link, 2, 3.5);
  assert_peak(view_link, 1, 3.5);
}
END_TEST

/* ---- Out of memory ---- */

/* One run whose allocation number n fails; returns whether none did. */
static bool survives(int64_t n, bool once, double expected) {
  counter count = {.fail_at = n, .once = once};
  ag_ctx *k = ag_ctx_new_with(counting(&count));
  if (!k) {
    ck_assert_int_eq(n, 0);
    ck_assert_int_eq(count.live, 0);
    return false;
  }
  double loss = first_loss(k);
  const bool failed = count.calls > n;
  ck_assert_int_eq(ag_error(k), failed ? AG_EMEMORY : AG_OK);
  if (failed) {
    ck_assert_ptr_nonnull(strstr(ag_error_message(k), "out of memory: no "));
    ag_clear_error(k);
    loss = once ? first_loss(k) : expected; /* everything is as it should be as soon as there is memory again */
    ck_assert_msg(ag_error(k) == AG_OK, "after failure %lld: %s", (long long)n, ag_error_message(k));
  }
  ck_assert_double_eq(loss, expected);
  ag_ctx_free(k);
  ck_assert_int_eq(count.live, 0);
  ck_assert_int_eq(count.bytes, 0);
  return !failed;
}

START_TEST(every_allocation_may_fail) {
  ag_ctx *k = ag_ctx_new();
  const double expected = first_loss(k);
  ag_ctx_free(k);
  ck_assert(isfinite(expected));
  for (int once = 0; once < 2; once++) {
    int64_t n = 0;
    while (!survives(n, once != 0, expected)) n++;
    ck_assert_int_gt(n, 20);
  }
}
END_TEST

static ag_tensor *gradient_norm(ag_ctx *k, ag_tensor *x) {
  ag_tensor *y = ag_sum(ag_exp(ag_matmul(ag_tanh(x), x))), *g = NULL;
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true);
  ag_backward(g ? ag_sum(ag_square(g)) : ag_zeros(k, AG_SCALAR));
  return ag_gradient(x);
}

START_TEST(differentiating_twice_may_fail_anywhere) {
  ag_tensor *expected = gradient_norm(c, trained_leaf(c, AG_SHAPE(30, 30), 1, -0.2, 0.2));
  bool failed = true;
  for (int64_t n = 1; failed; n++) {
    counter count = {.fail_at = n, .once = true};
    ag_ctx *k = ag_ctx_new_with(counting(&count));
    ag_set_dtype(k, AG_F64);
    ag_scope_begin(k);
    ag_tensor *x = trained_leaf(k, AG_SHAPE(30, 30), 1, -0.2, 0.2);
    gradient_norm(k, x);
    failed = ag_error(k) != AG_OK;
    if (failed) {
      ag_scope_end(k);
      ck_assert_int_eq(ag_error(k), AG_EMEMORY);
      ag_clear_error(k);
      ag_scope_begin(k);
      x = trained_leaf(k, AG_SHAPE(30, 30), 1, -0.2, 0.2);
      gradient_norm(k, x);
    }
    assert_same_bits(ag_gradient(x), expected);
    ag_ctx_free(k);
    ck_assert_int_eq(count.live, 0);
  }
}
END_TEST

START_TEST(the_message_tells_how_much_was_wanted) {
  counter count = {.fail_at = -1};
  ag_ctx *k = ag_ctx_new_with(counting(&count));
  ag_tensor *x = ag_zeros(k, AG_SHAPE(3));
  count.fail_at = 0;
  ag_expand(x, AG_SHAPE(1000, 3)); /* a view: takes no memory for elements */
  ck_assert_int_eq(ag_error(k), AG_OK);
  ag_zeros(k, AG_SHAPE(1000, 1000));
  ASSERT_ERROR_ABOVE(k, AG_EMEMORY, "out of memory: no 4000000 bytes for a tensor");
  ag_zeros(k, AG_SHAPE(((int64_t)1 << 57) - 1));
  ASSERT_ERROR_ABOVE(k, AG_EMEMORY, "out of memory: no 576460752303423484 bytes for a tensor");
  count.fail_at = -1;
  ck_assert_double_eq(ag_item(ag_sum(x)), 0);
  ag_ctx_free(k);
  ck_assert_int_eq(count.live, 0);
}
END_TEST

TCase *memory_tests(void) {
  TCase *t = tcase_create("memory");
  with_context(t);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, steps_settle_on_the_memory_they_have);
  tcase_add_test(t, a_long_chain_of_numbers_settles_too);
  tcase_add_test(t, a_smaller_batch_takes_nothing_new);
  tcase_add_test(t, backward_drops_what_it_has_used);
  tcase_add_test(t, every_allocation_may_fail);
  tcase_add_test(t, differentiating_twice_may_fail_anywhere);
  tcase_add_test(t, the_message_tells_how_much_was_wanted);
  return t;
}
