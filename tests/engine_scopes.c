/* Contexts and scopes: nothing is shared between the ones, everything dies with the others. */
#include "tests/test_engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE "is stale: the scope that it was made in has ended; use ag_keep"

/* ---- Contexts ---- */

START_TEST(new_contexts_have_the_defaults) {
  ag_ctx *k = ag_ctx_new();
  ck_assert_int_eq(ag_default_dtype(k), AG_F32);
  ck_assert_int_eq(ag_error(k), AG_OK);
  ck_assert_str_eq(ag_error_message(k), "");
  ck_assert_int_ge(ag_threads(k), 1);
  ag_set_threads(k, 0);
  ck_assert_int_eq(ag_threads(k), 1);
  ag_set_threads(k, 5000);
  ck_assert_int_eq(ag_threads(k), 1024);
  ck_assert_ptr_null(ag_registered(k, 0));
  ck_assert_int_eq(ag_parameter_count(k), 0);
  ag_ctx_free(k);
  ag_ctx_free(NULL);
  ck_assert_int_eq(ag_error(NULL), AG_EMEMORY);
  ck_assert_str_eq(ag_error_message(NULL), "no context: out of memory");
}
END_TEST

/* A few numbers that depend on everything a context holds. */
static double something(ag_ctx *k) {
  ag_tensor *x = ag_normal(k, AG_SHAPE(3, 4), "data", 0, 1);
  ag_set_requires_grad(x, true);
  ag_backward(ag_sum(ag_dropout(ag_tanh(ag_matmul(x, ag_transpose(x, 0, 1))), 0.5, true)));
  return ag_item(ag_sum(ag_gradient(x)));
}

START_TEST(contexts_do_not_see_each_other) {
  ag_ctx *alone = ag_ctx_new(), *a = ag_ctx_new(), *b = ag_ctx_new();
  ag_seed(alone, 7);
  ag_seed(a, 7);
  ag_seed(b, 8);
  ag_set_dtype(b, AG_F64);
  const double first = something(alone), second = something(alone);
  ck_assert_double_ne(first, second);
  ck_assert_double_eq(something(a), first);
  ck_assert_double_ne(something(b), first);
  ag_parameter(b, "w", AG_SHAPE(2));
  ag_scope_begin(b);
  ag_no_grad_begin(b);
  ag_set_threads(b, 3);
  ag_add(ag_zeros(b, AG_SHAPE(2)), ag_zeros(b, AG_SHAPE(3)));
  ck_assert_int_eq(ag_error(b), AG_ESHAPE);
  ck_assert_double_eq(something(a), second);
  ck_assert_int_eq(ag_error(a), AG_OK);
  ck_assert_ptr_null(ag_find(a, "w"));
  ck_assert_int_eq(ag_default_dtype(a), AG_F32);
  ag_ctx_free(b);
  ck_assert_ptr_eq(ag_context(ag_zeros(a, AG_SCALAR)), a);
  ag_ctx_free(a);
  ag_ctx_free(alone);
}
END_TEST

/* ---- Life and death ---- */

START_TEST(tensors_live_as_long_as_their_scope) {
  ag_tensor *outer = ag_full(c, AG_SHAPE(2), 1.25), *sum = NULL;
  ag_scope_begin(c);
  ag_tensor *middle = ag_add_scalar(outer, 0.5);
  ag_scope_begin(c);
  sum = ag_add(outer, middle);
  ASSERT_ELEMENTS(sum, AG_SHAPE(2), 3, 3);
  ag_scope_end(c);
  ASSERT_ELEMENTS(ag_add(middle, outer), AG_SHAPE(2), 3, 3);
  ck_assert(ag_is_nil(ag_add(middle, sum)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "add: operand 1 " STALE);
  ag_scope_end(c);
  ck_assert(ag_is_nil(ag_neg(middle)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "neg: operand 0 " STALE);
  ASSERT_ELEMENTS(ag_neg(outer), AG_SHAPE(2), -1.25, -1.25);
}
END_TEST

START_TEST(tensors_of_the_step_before_are_recognised) {
  ag_tensor *before = NULL;
  for (int step = 0; step < 5; step++) {
    ag_scope_begin(c);
    ag_tensor *now = ag_full(c, AG_SHAPE(2), step);
    if (before) {
      ck_assert_ptr_ne(before, now);
      ck_assert(ag_is_nil(ag_mul(now, before)));
      ASSERT_ERROR_ABOVE(c, AG_ESTATE, "mul: operand 1 " STALE);
      ck_assert(ag_is_nil(ag_matmul(before, now)));
      ASSERT_ERROR_ABOVE(c, AG_ESTATE, "matmul: operand 0 " STALE);
    }
    before = now;
    ag_scope_end(c);
  }
}
END_TEST

START_TEST(every_function_recognises_stale_tensors) {
  double number[1] = {3};
  ag_scope_begin(c);
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2);
  ag_scope_end(c);
  ag_scope_begin(c);
  ck_assert(isnan(ag_item(x)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "item: operand 0 " STALE);
  ag_assign(x, number);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "assign: operand 0 " STALE);
  ag_backward(x);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "backward: operand 0 " STALE);
  ck_assert(ag_is_nil(ag_keep(x)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "keep: operand 0 " STALE);
  ck_assert(ag_is_nil(ag_detach(x)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "detach: operand 0 " STALE);
  ag_set_requires_grad(x, true);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "set_requires_grad: operand 0 " STALE);
  ck_assert(ag_is_nil(ag_mean(x)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "mean: operand 0 " STALE);
  ag_to_double(x, number);
  ck_assert(isnan(number[0]));
  ag_scope_end(c);
}
END_TEST

START_TEST(printing_shows_what_there_is) {
  char *text = NULL;
  size_t length = 0;
  FILE *file = open_memstream(&text, &length);
  ck_assert_ptr_nonnull(file);
  const double numbers[] = {1.5, -2, 0.25, 1e-9, 3, 7};
  ag_print(file, "x", ag_transpose(ag_from_double(c, AG_SHAPE(3, 2), numbers), 0, 1));
  ag_print(file, "s", ag_scalar(c, 4));
  ag_print(file, "none", NULL);
  ag_scope_begin(c);
  ag_tensor *old = ag_scalar(c, 4);
  ag_scope_end(c);
  ag_print(file, "old", old);
  ck_assert_int_eq(fclose(file), 0);
  ck_assert_str_eq(text, "x: float64 2x3\n[[1.5, 0.25, 3]\n [-2, 1e-09, 7]]\ns: float64 scalar\n4\nnone: nil\nold: stale\n");
  free(text);
}
END_TEST

START_TEST(keeping_copies_to_the_scope_around) {
  ag_scope_begin(c);
  ag_scope_begin(c);
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 4), 1, -2, 2), *square = ag_square(x);
  ag_tensor *kept = ag_keep(ag_transpose(square, 0, 1));
  ck_assert(!ag_requires_grad(kept));
  ag_scope_end(c);
  ck_assert_int_eq(ag_dim(kept, 0), 4);
  ck_assert(ag_is_contiguous(kept));
  for (int i = 0; i < 12; i++) {
    const double value = irregular(1, i % 3 * 4 + i / 3, -2, 2);
    ck_assert_double_eq(element(kept, i), value * value);
  }
  ag_tensor *twice = ag_keep(kept);
  const int64_t labels[] = {5, -7};
  ag_tensor *integers = ag_keep(ag_from(c, AG_I64, AG_SHAPE(2), labels));
  ag_scope_end(c);
  ASSERT_ELEMENTS(ag_slice(twice, 0, 0, 0, 1), AG_SHAPE(0, 3), 0);
  ck_assert_double_eq(element(twice, 11), irregular(1, 11, -2, 2) * irregular(1, 11, -2, 2));
  ASSERT_ELEMENTS(integers, AG_SHAPE(2), 5, -7);
  ck_assert(ag_is_nil(ag_keep(twice)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "keep: there is no scope around the root scope");
  ck_assert_ptr_null(ag_keep(NULL));
}
END_TEST

START_TEST(scopes_open_and_close_in_pairs) {
  ag_scope_end(c);
  assert_error(c, AG_ESTATE, "ag_scope_end", "there is no open scope; ag_ctx_free closes the root scope");
  for (int depth = 1; depth < 64; depth++) ag_scope_begin(c);
  ck_assert_int_eq(ag_error(c), AG_OK);
  ag_tensor *deep = ag_full(c, AG_SHAPE(300), 2);
  ck_assert_double_eq(ag_item(ag_sum(deep)), 600);
  ag_scope_begin(c);
  assert_error(c, AG_ESTATE, "ag_scope_begin", "scopes nest at most 64 deep; is an ag_scope_end missing?");
  ck_assert_double_eq(ag_item(ag_sum(deep)), 600);
  ag_scope_end(c); /* of the scope that was not opened */
  ck_assert_double_eq(ag_item(ag_sum(deep)), 600);
  for (int depth = 1; depth < 64; depth++) ag_scope_end(c);
  ck_assert_int_eq(ag_error(c), AG_OK);
  ag_scope_end(c);
  assert_error(c, AG_ESTATE, "ag_scope_end", "there is no open scope; ag_ctx_free closes the root scope");
}
END_TEST

/* ---- Parameters ---- */

START_TEST(parameters_are_registered_in_the_root) {
  ag_tensor *w = ag_parameter(c, "fc.weight", AG_SHAPE(2, 3)), *m = ag_buffer(c, "bn.running_mean", AG_SHAPE(5));
  ag_tensor *b = ag_parameter(c, "fc.bias", AG_SHAPE(2));
  ASSERT_ELEMENTS(w, AG_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  ck_assert(ag_requires_grad(w) && !ag_requires_grad(m) && ag_requires_grad(b));
  ck_assert(ag_registered(c, 0) == w && ag_registered(c, 1) == m && ag_registered(c, 2) == b);
  ck_assert_ptr_null(ag_registered(c, 3));
  ck_assert_ptr_null(ag_registered(c, -1));
  ck_assert_ptr_eq(ag_find(c, "fc.bias"), b);
  ck_assert_ptr_null(ag_find(c, "fc"));
  ck_assert_str_eq(ag_name(m), "bn.running_mean");
  ck_assert_str_eq(ag_name(ag_neg(w)), "");
  ck_assert_int_eq(ag_parameter_count(c), 8);
  ck_assert(ag_is_nil(ag_parameter(c, "fc.bias", AG_SHAPE(4))));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "parameter fc.bias: this name is taken; every parameter needs its own");
  ag_scope_begin(c);
  ck_assert(ag_is_nil(ag_parameter(c, "late", AG_SHAPE(4))));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "parameter late: parameters belong to the root scope; make it before ag_scope_begin");
  ck_assert(ag_is_nil(ag_buffer(c, "late", AG_SHAPE(4))));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "parameter late: parameters belong to the root scope; make it before ag_scope_begin");
  ag_scope_end(c);
  ck_assert_ptr_null(ag_registered(c, 3));
}
END_TEST

START_TEST(many_parameters_find_room) {
  char name[16];
  for (int i = 0; i < 300; i++) {
    snprintf(name, sizeof name, "p%d", i);
    ag_parameter(c, name, AG_SHAPE(i % 3 + 1));
  }
  memset(name, 'x', sizeof name - 1); /* names are copied */
  ck_assert_int_eq(ag_parameter_count(c), 600);
  for (int i = 0; i < 300; i += 37) {
    snprintf(name, sizeof name, "p%d", i);
    ck_assert_str_eq(ag_name(ag_registered(c, i)), name);
    ck_assert_ptr_eq(ag_find(c, name), ag_registered(c, i));
  }
}
END_TEST

TCase *scope_tests(void) {
  TCase *t = tcase_create("scopes");
  with_context(t);
  tcase_add_test(t, new_contexts_have_the_defaults);
  tcase_add_test(t, contexts_do_not_see_each_other);
  tcase_add_test(t, tensors_live_as_long_as_their_scope);
  tcase_add_test(t, tensors_of_the_step_before_are_recognised);
  tcase_add_test(t, every_function_recognises_stale_tensors);
  tcase_add_test(t, printing_shows_what_there_is);
  tcase_add_test(t, keeping_copies_to_the_scope_around);
  tcase_add_test(t, scopes_open_and_close_in_pairs);
  tcase_add_test(t, parameters_are_registered_in_the_root);
  tcase_add_test(t, many_parameters_find_room);
  return t;
}
