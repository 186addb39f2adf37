/* Checkpoints: how much memory they need, and what they say of mistakes. */
#include "tests/test_engine.h"

#include <math.h>
#include <string.h>

#define GIVEN(...) .n_inputs = (int)(sizeof((ag_tensor *[]){__VA_ARGS__}) / sizeof(ag_tensor *)), .inputs = (ag_tensor *[]){__VA_ARGS__}

static ag_tensor *checkpointed(ag_function *fn, void *user, ag_tensor *x) { return ag_checkpoint(.fn = fn, .user = user, GIVEN(x)); }

static ag_tensor *scaled_cube(ag_tensor *const *in, void *user) { return ag_mul(ag_square(in[0]), ag_mul(in[0], user)); }

static ag_tensor *inner(ag_tensor *const *in, void *user) { return ag_mul(ag_tanh(ag_matmul(in[0], user)), in[0]); }
static ag_tensor *outer(ag_tensor *const *in, void *user) {
  return ag_exp(ag_checkpoint(.fn = inner, .user = user, .n_inputs = 1, .inputs = in));
}

/* ---- Memory ---- */

enum { LAYERS = 16, LARGE = 1 << 16 };

/* Some layers of four large tensors each; what they hold after forward and at the peak, in large tensors. */
static ag_tensor *layer(ag_tensor *const *in, void *user) {
  return ag_tanh(ag_mul(ag_sigmoid(ag_add(in[0], user)), ag_exp(ag_mul_scalar(in[0], 0.1))));
}

static void measure(bool held, double *forward, double *peak, double *after) {
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  ag_tensor *w = trained_leaf(k, AG_SHAPE(LARGE), 1, -1, 1), *x = w;
  const double unit = LARGE * sizeof(double);
  const size_t start = ag_memory(k);
  for (int i = 0; i < LAYERS; i++) x = held ? layer(&x, w) : checkpointed(layer, w, x);
  *forward = (double)(ag_memory(k) - start) / unit;
  ag_backward(ag_sum(x));
  *peak = (double)(ag_memory_peak(k) - start) / unit;
  *after = (double)(ag_memory(k) - start) / unit;
  ck_assert_int_eq(ag_error(k), AG_OK);
  ck_assert_ptr_nonnull(ag_gradient(w));
  ag_ctx_free(k);
}

START_TEST(only_the_ends_are_held) {
  double forward[2], peak[2], after[2];
  for (int i = 0; i < 2; i++) measure(i == 0, &forward[i], &peak[i], &after[i]);
  ck_assert_double_gt(forward[0], 6 * LAYERS - 1);
  ck_assert_double_gt(peak[0], 6 * LAYERS);
  ck_assert_msg(forward[1] < LAYERS + 0.5, "%.2f tensors after forward", forward[1]);
  ck_assert_msg(peak[1] < LAYERS + 12, "%.2f tensors at the peak", peak[1]);
  ck_assert_msg(after[1] < LAYERS + 1.5, "%.2f tensors after the pass", after[1]);
}
END_TEST

START_TEST(steps_settle_on_the_memory_they_have) {
  counter count = {.fail_at = -1};
  ag_ctx *k = ag_ctx_new_with(counting(&count));
  ag_tensor *w = ag_parameter(k, "w", AG_SHAPE(20, 20));
  int64_t calls = 0;
  for (int step = 0; step < 8; step++) {
    ag_scope_begin(k);
    ag_backward(ag_sum(checkpointed(outer, w, trained_leaf(k, AG_SHAPE(20, 20), 1, -1, 1))));
    ag_scope_end(k);
    if (step == 2) calls = count.calls;
  }
  ck_assert_int_eq(ag_error(k), AG_OK);
  ck_assert_int_eq(count.calls, calls);
  ag_ctx_free(k);
  ck_assert_int_eq(count.live, 0);
}
END_TEST

/* The gradient of a nested checkpoint by w, of the second order. */
static ag_tensor *second_order(ag_ctx *k) {
  ag_tensor *x = trained_leaf(k, AG_SHAPE(20, 20), 1, -0.2, 0.2), *w = trained_leaf(k, AG_SHAPE(20, 20), 2, -0.2, 0.2);
  ag_tensor *y = ag_sum(checkpointed(outer, w, x)), *g = NULL;
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true);
  ag_backward(g ? ag_sum(ag_square(g)) : ag_zeros(k, AG_SCALAR));
  return ag_gradient(w);
}

START_TEST(memory_may_end_anywhere) {
  ag_tensor *expected = second_order(c);
  bool failed = true;
  for (int64_t n = 1; failed; n++) {
    counter count = {.fail_at = n, .once = true};
    ag_ctx *k = ag_ctx_new_with(counting(&count));
    ag_set_dtype(k, AG_F64);
    ag_scope_begin(k);
    ag_tensor *found = second_order(k);
    failed = ag_error(k) != AG_OK;
    if (failed) {
      ag_scope_end(k);
      ck_assert_int_eq(ag_error(k), AG_EMEMORY);
      ag_clear_error(k);
      ag_scope_begin(k);
      found = second_order(k);
    }
    assert_same_bits(found, expected);
    ag_ctx_free(k);
    ck_assert_int_eq(count.live, 0);
  }
}
END_TEST

/* ---- Mistakes ---- */

static int turn;
static ag_tensor *changing(ag_tensor *const *in, void *user) {
  (void)user;
  return turn++ == 0 ? ag_square(in[0]) : turn == 2 ? ag_sum(in[0]) : ag_detach(ag_square(in[0]));
}

static ag_tensor *passing(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *y = ag_sum(ag_square(in[0]));
  (ag_backward)("inside", y);
  return y;
}

static ag_tensor *dying(ag_tensor *const *in, void *user) {
  (void)user;
  ag_scope_begin(ag_context(in[0]));
  ag_tensor *y = ag_square(in[0]);
  ag_scope_end(ag_context(in[0]));
  return y;
}

static ag_tensor *nothing_at_all(ag_tensor *const *in, void *user) {
  (void)in;
  (void)user;
  return NULL;
}

static ag_tensor *logarithm(ag_tensor *const *in, void *user) {
  (void)user;
  return (ag_log)("the logarithm", in[0]);
}

START_TEST(mistakes_are_named) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 1, 2), *none = NULL, *y;
  ag_checkpoint(.fn = nothing_at_all, GIVEN(x));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "checkpoint: fn returned no tensor");
  ag_checkpoint(.fn = dying, GIVEN(x));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "checkpoint: fn returned a tensor whose scope has ended");
  ag_checkpoint(.fn = NULL, GIVEN(x));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "checkpoint: there is no fn");
  ag_checkpoint(.fn = logarithm, GIVEN(x, none));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "checkpoint: operand 1 is NULL");
  ck_assert_ptr_null(ag_checkpoint(.fn = logarithm, GIVEN(none)));
  ck_assert(ag_is_nil(ag_checkpoint(.fn = passing, GIVEN(x))));
  assert_error(c, AG_ESTATE, "inside", "a function under ag_checkpoint cannot start a pass of its own");
  static const char *const texts[] = {"checkpoint: fn returned float64 2 first, and float64 scalar when it was called again",
                                      "checkpoint: fn returned float64 2 first, and float64 2 without history when it was called again"};
  for (int i = 0; i < 2; i++) {
    turn = 0;
    y = (ag_checkpoint)((ag_checkpoint_args){.at = "here", .fn = changing, GIVEN(x)});
    turn = 1 + i;
    ag_backward(ag_sum(y));
    assert_error(c, AG_EVALUE, "here", texts[i]);
  }
  ck_assert_ptr_null(ag_gradient(x)); /* and a pass that failed leaves nothing behind */
  ag_backward(ag_sum(checkpointed(scaled_cube, x, x)));
  ck_assert_double_eq_tol(element(ag_gradient(x), 1), 4 * pow(irregular(1, 1, 1, 2), 3), 1e-13);
}
END_TEST

START_TEST(what_is_read_twice_must_stay) {
  ag_tensor *x = ag_full(c, AG_SHAPE(2), 2), *w = ag_parameter(c, "w", AG_SHAPE(2));
  ag_tensor *y = (ag_checkpoint)((ag_checkpoint_args){.at = "here", .fn = scaled_cube, .user = w, GIVEN(x)});
  ag_assign(w, (const double[]){1, 2});
  ag_backward(ag_sum(y));
  assert_error(c, AG_ESTATE, "here",
               "checkpoint, backward: operand 0, w, was overwritten after the operator was applied; differentiate first, or apply it again");
  y = (ag_checkpoint)((ag_checkpoint_args){.at = "here", .fn = scaled_cube, .user = w, GIVEN(x)});
  ag_assign(x, (const double[]){1, 2});
  ag_backward(ag_sum(y));
  assert_error(c, AG_ESTATE, "here", "checkpoint, backward: input 0 was overwritten after fn had read it");
}
END_TEST

START_TEST(tools_see_both_calls) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 1, 2);
  ag_profile_begin(.c = c, .peak = 1e9, .bandwidth = 1e9);
  ag_backward(ag_sum(checkpointed(logarithm, NULL, x)));
  ag_profile_end(c);
  int forward = 0, backward = 0, whole = 0;
  ag_profile_row row;
  for (int i = 0; ag_profile_get(c, i, &row); i++) {
    if (strcmp(row.name, "log") == 0) *(strcmp(row.kind, "forward") == 0 ? &forward : &backward) += (int)row.calls;
    if (strcmp(row.name, "checkpoint") == 0 && strcmp(row.kind, "whole") == 0) whole += (int)row.calls;
  }
  ck_assert(forward == 1 && backward == 1 && whole == 1);
  ag_assign(x, (const double[]){1, 0});
  ag_set_detect_anomaly(c, true);
  checkpointed(logarithm, NULL, x);
  assert_error(c, AG_EANOMALY, "the logarithm", "log: element 1 of the result 2 is -inf; the operands are finite");
  ag_set_detect_anomaly(c, false);
}
END_TEST

TCase *checkpoint_limit_tests(void) {
  TCase *t = tcase_create("checkpoint limits");
  with_context(t);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, only_the_ends_are_held);
  tcase_add_test(t, steps_settle_on_the_memory_they_have);
  tcase_add_test(t, memory_may_end_anywhere);
  tcase_add_test(t, mistakes_are_named);
  tcase_add_test(t, what_is_read_twice_must_stay);
  tcase_add_test(t, tools_see_both_calls);
  return t;
}
