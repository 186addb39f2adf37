/* Elements that are overwritten between forward and backward: an error where the pass reads them, and nowhere else. */
#include "tests/test_engine.h"

#include <math.h>
#include <stdlib.h>

#define OVERWRITTEN " was overwritten after the operator was applied; differentiate first, or apply it again"

static const double numbers[] = {5, 7};

/* A parameter, which lives in the root scope. */
static ag_tensor *weight(void) {
  ag_tensor *w = ag_parameter(c, "w", AG_SHAPE(2));
  ag_assign(w, (const double[]){2, 3});
  return w;
}

START_TEST(a_pass_that_reads_old_elements_is_refused) {
  ag_tensor *w = weight(), *x = trained_leaf(c, AG_SHAPE(2), 1, 1, 2), *y = ag_sum((ag_mul)("the product", x, w)), *g;
  ag_assign(w, numbers);
  ag_backward(y);
  assert_error(c, AG_ESTATE, "the product", "mul, backward: operand 1, w," OVERWRITTEN);
  ck_assert_ptr_null(ag_gradient(x));
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true));
  assert_error(c, AG_ESTATE, "the product", "mul, backward: operand 1, w," OVERWRITTEN);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &w, .grads = &g)); /* reads x alone */
  ASSERT_ELEMENTS(g, AG_SHAPE(2), irregular(1, 0, 1, 2), irregular(1, 1, 1, 2));
  ag_backward(ag_sum(ag_mul(x, w))); /* applied again */
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2), 5, 7);
}
END_TEST

START_TEST(a_pass_that_does_not_read_them_goes_on) {
  ag_tensor *w = weight(), *x = trained_leaf(c, AG_SHAPE(2), 1, 1, 2), *seed = ag_full(c, AG_SHAPE(2), 3), *g;
  ag_tensor *y = ag_add(ag_sub(ag_square(x), w), ag_expand(ag_sum(w), AG_SHAPE(2)));
  ag_assign(w, numbers);
  ag_assign(seed, numbers);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = &seed));
  ASSERT_ELEMENTS(g, AG_SHAPE(2), 10 * irregular(1, 0, 1, 2), 14 * irregular(1, 1, 1, 2));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &w, .grads = &g, .grad_outputs = &seed));
  ASSERT_ELEMENTS(g, AG_SHAPE(2), 7, 5);
}
END_TEST

START_TEST(views_share_the_mark) {
  ag_tensor *w = weight(), *x = trained_leaf(c, AG_SHAPE(2, 1), 1, 1, 2), *y = ag_sum(ag_mul(x, ag_reshape(w, AG_SHAPE(2, 1))));
  ag_tensor *alias = ag_detach(w);
  ag_assign(alias, numbers); /* the elements of w */
  ASSERT_ELEMENTS(w, AG_SHAPE(2), 5, 7);
  (ag_backward)("here", y);
  ck_assert_int_eq(ag_error(c), AG_ESTATE);
  ag_clear_error(c);
  ag_tensor *copy = ag_add_scalar(w, 0);
  y = ag_sum(ag_mul(x, ag_reshape(copy, AG_SHAPE(2, 1))));
  ag_assign(w, numbers);
  ag_backward(y);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2, 1), 5, 7);
}
END_TEST

START_TEST(optimisers_and_files_overwrite) {
  char path[] = "overwritten-XXXXXX";
  const int file = mkstemp(path);
  ck_assert_int_ge(file, 0);
  ag_tensor *w = weight();
  ag_optim *optim = ag_optim_new(c, ag_sgd, .lr = 0.5);
  ck_assert(ag_save(c, path));
  for (int i = 0; i < 2; i++) {
    ag_scope_begin(c);
    ag_tensor *y = ag_sum((ag_square)("the square", w));
    ag_backward(y);
    i == 0 ? ag_optim_step(optim) : (void)ag_load(c, path);
    ag_backward(y);
    assert_error(c, AG_ESTATE, "the square", "square, backward: operand 0, w," OVERWRITTEN);
    ag_scope_end(c);
  }
  ASSERT_ELEMENTS(w, AG_SHAPE(2), 2, 3);
  remove(path);
}
END_TEST

START_TEST(running_statistics_are_overwritten) {
  ag_tensor *mean = ag_buffer(c, "mean", AG_SHAPE(2)), *var = ag_buffer(c, "var", AG_SHAPE(2)), *scale = ag_parameter(c, "scale", AG_SHAPE(2));
  ag_assign(var, (const double[]){1, 1});
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 2), 1, -1, 1);
  ag_tensor *y = ag_sum(ag_batch_norm(x, scale, NULL, mean, var));
  ag_batch_norm(x, scale, NULL, mean, var, .training = true);
  ag_backward(y); /* reads mean */
  ck_assert_int_eq(ag_error(c), AG_ESTATE);
  ag_clear_error(c);
  y = ag_sum(ag_batch_norm(x, scale, NULL, mean, var, .training = true));
  ag_batch_norm(x, scale, NULL, mean, var, .training = true);
  ag_backward(y); /* reads the statistics of its own batch */
}
END_TEST

START_TEST(gradients_that_add_up_are_overwritten) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 1, 2), *z = trained_leaf(c, AG_SHAPE(2), 2, 1, 2);
  ag_backward(ag_sum(ag_square(x)));
  ag_tensor *y = ag_sum((ag_mul)("the product", z, ag_gradient(x)));
  ag_backward(ag_sum(ag_square(x)));
  ag_backward(y);
  assert_error(c, AG_ESTATE, "the product", "mul, backward: operand 1" OVERWRITTEN);
  y = ag_sum((ag_mul)("the product", z, ag_gradient(x)));
  ag_backward(y);
  ASSERT_ELEMENTS(ag_gradient(z), AG_SHAPE(2), 4 * irregular(1, 0, 1, 2), 4 * irregular(1, 1, 1, 2));
}
END_TEST

TCase *overwritten_tests(void) {
  TCase *t = tcase_create("overwritten");
  with_context(t);
  tcase_add_test(t, a_pass_that_reads_old_elements_is_refused);
  tcase_add_test(t, a_pass_that_does_not_read_them_goes_on);
  tcase_add_test(t, views_share_the_mark);
  tcase_add_test(t, optimisers_and_files_overwrite);
  tcase_add_test(t, running_statistics_are_overwritten);
  tcase_add_test(t, gradients_that_add_up_are_overwritten);
  return t;
}
