/* Reductions, cumulations and order where the walk and the numbers of PyTorch do not reach: gradients of any order where
 * factors are 0, infinities, norms and deviations, places, and what is refused. */
#include "tests/operators/walk.h"

#include <math.h>

#define LOST ((double)NAN)
#define ENDLESS ((double)INFINITY)
#define ROW(...) ag_from_double(c, AG_SHAPE(COUNT(__VA_ARGS__)), (const double[]){__VA_ARGS__})
#define COUNT(...) (int64_t)(sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static ag_tensor *trained(ag_tensor *x) {
  ag_set_requires_grad(x, true);
  return x;
}

/* The gradient of the sum of y to x, to be differentiated again. */
static ag_tensor *gradient(ag_tensor *y, ag_tensor *x) {
  ag_tensor *sum = ag_sum(y), *g = NULL;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true));
  return g;
}

static void assert_gradients(ag_tensor *(*fn)(ag_tensor *const *in, void *user), ag_tensor *x) {
  ck_assert_msg(ag_gradcheck(c, fn, NULL, 1, &x, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2), "%s", ag_error_message(c));
}

/* ---- Products ---- */

/* x y z and its derivatives, by hand. */
START_TEST(products_forgive_zeros_to_any_order) {
  ag_tensor *x = trained(ROW(0, 3, 0)), *first = gradient(ag_prod(x), x);
  ASSERT_ELEMENTS(first, AG_SHAPE(3), 0, 0, 0);
  ASSERT_ELEMENTS(gradient(ag_mul(first, ROW(1, 0, 0)), x), AG_SHAPE(3), 0, 0, 3);
  ASSERT_ELEMENTS(gradient(ag_mul(first, ROW(0, 1, 0)), x), AG_SHAPE(3), 0, 0, 0);
  ag_tensor *second = gradient(ag_mul(first, ROW(1, 0, 0)), x);
  ASSERT_ELEMENTS(gradient(ag_mul(second, ROW(0, 0, 1)), x), AG_SHAPE(3), 0, 1, 0);

  ag_tensor *grown = gradient(ag_cumprod(x, 0), x); /* of x + x y + x y z */
  ASSERT_ELEMENTS(grown, AG_SHAPE(3), 4, 0, 0);
  ASSERT_ELEMENTS(gradient(ag_mul(grown, ROW(1, 0, 0)), x), AG_SHAPE(3), 0, 1, 3);
}
END_TEST

/* PyTorch divides by the factor where none is 0, and has NaN here. */
START_TEST(products_forgive_infinities) {
  ag_tensor *x = trained(ROW(1, ENDLESS, 2));
  ASSERT_ELEMENTS(gradient(ag_prod(x), x), AG_SHAPE(3), ENDLESS, 2, ENDLESS);
  ASSERT_ELEMENTS(gradient(ag_cumprod(x, 0), x), AG_SHAPE(3), ENDLESS, 3, ENDLESS);
  ag_tensor *y = trained(ROW(LOST, 2, 3));
  ASSERT_ELEMENTS(gradient(ag_prod(y), y), AG_SHAPE(3), 6, LOST, LOST);
}
END_TEST

static ag_tensor *products(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = ag_mul(in[0], ag_from_double(c, AG_SHAPE(2, 3), (double[]){1, 0, 1, 0, 1, 0}));
  ag_tensor *parts[] = {ag_prod(x, .axes = AG_AXES(0)), ag_flatten(ag_cumprod(x, 1), 0), ag_expand(ag_prod(in[0]), AG_SHAPE(1)),
                        ag_flatten(ag_cumprod(ag_transpose(in[0], 0, 1), 0), 0)};
  return ag_concat(LENGTH(parts), parts, 0);
}

START_TEST(products_are_differentiated) { assert_gradients(products, trained_leaf(c, AG_SHAPE(2, 3), 2, -1, 1)); }
END_TEST

/* Half of float32's factors alone would overflow, the product of all does not. */
START_TEST(products_of_floats_do_not_overflow_on_their_way) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = ROW(1e30, 1e30, 1e-30, 1e-30), *columns = ag_reshape(x, AG_SHAPE(4, 1));
  ck_assert_double_eq_tol(ag_item(ag_prod(x)), 1, 1e-5);
  ck_assert_double_eq_tol(element(ag_cumprod(ag_expand(columns, AG_SHAPE(4, 3)), 0), 11), 1, 1e-5);
}
END_TEST

/* ---- Infinities ---- */

/* Where all terms so far are -infinity, PyTorch's gradient of logcumsumexp is NaN; here it is 0, as that of logsumexp. */
START_TEST(logarithms_of_nothing_have_no_slope) {
  ag_tensor *x = trained(ROW(-ENDLESS, -ENDLESS, 1, 2)), *g = gradient(ag_logcumsumexp(x, 0), x);
  const double low = 1 / (1 + M_E), high = M_E / (1 + M_E);
  ASSERT_ELEMENTS(g, AG_SHAPE(4), 0, 0, 1 + low, high);
  ASSERT_ELEMENTS(gradient(g, x), AG_SHAPE(4), 0, 0, 0, 0);
}
END_TEST

/* ---- Norms and deviations ---- */

static ag_tensor *norms(ag_tensor *const *in, void *user) {
  (void)user;
  const double p[] = {0, 1, 1.5, 2, 3, 4.5, -1, INFINITY, -INFINITY};
  ag_tensor *parts[LENGTH(p) + 2];
  for (int i = 0; i < LENGTH(p); i++) parts[i] = ag_norm(in[0], .p = p[i], .axes = AG_AXES(1));
  parts[LENGTH(p)] = ag_std(in[0], .axes = AG_AXES(1));
  parts[LENGTH(p) + 1] = ag_std(in[0], .axes = AG_AXES(1), .biased = true);
  return ag_concat(LENGTH(parts), parts, 0);
}

START_TEST(norms_are_differentiated) { assert_gradients(norms, trained_leaf(c, AG_SHAPE(3, 4), 3, -2, 2)); }
END_TEST

START_TEST(norms_say_what_they_miss) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 0), 1, -1, 1);
  ASSERT_ELEMENTS(ag_norm(x, .p = 3, .axes = AG_AXES(1)), AG_SHAPE(2), 0, 0);
  ag_norm(x, .p = -2, .axes = AG_AXES(-1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "norm: axis 1 of 2x0 has no elements, which have no norm for p = -2");
  ag_norm(x, .p = INFINITY);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "norm: axis 1 of 2x0 has no elements, which have no norm for p = inf");
  ag_norm(x, .axes = AG_AXES(2));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "norm: axis 2 does not exist in 2x0");
  ag_std(x, .axes = AG_AXES(2));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "std: axis 2 does not exist in 2x0");
}
END_TEST

/* ---- Order ---- */

START_TEST(equal_elements_keep_their_order) {
  ag_tensor *x = trained(ROW(2, 0, LOST, -0.0, 2, LOST, 0, -ENDLESS)), *places;
  ASSERT_ELEMENTS(ag_sort(x, .indices = &places), AG_SHAPE(8), -ENDLESS, 0, 0, 0, 2, 2, LOST, LOST);
  ASSERT_ELEMENTS(places, AG_SHAPE(8), 7, 1, 3, 6, 0, 4, 2, 5);
  ASSERT_ELEMENTS(ag_argsort(x, .descending = true), AG_SHAPE(8), 2, 5, 0, 4, 1, 3, 6, 7);
  ck_assert(signbit(element(ag_sort(x), 2)) && !signbit(element(ag_sort(x), 3)));
  ag_topk(x, 3, .smallest = true, .indices = &places);
  ASSERT_ELEMENTS(places, AG_SHAPE(3), 7, 1, 3);
  ag_kthvalue(x, 4, .indices = &places);
  ASSERT_ELEMENTS(places, AG_SCALAR, 6);
  ag_median(x, .indices = &places);
  ASSERT_ELEMENTS(places, AG_SCALAR, 2);
  ag_cummin(x, 0, .indices = &places);
  ASSERT_ELEMENTS(places, AG_SHAPE(8), 0, 1, 2, 2, 2, 5, 5, 5);
}
END_TEST

/* Places can be gathered from, have no gradients, and are not asked for by those who do not want them. */
START_TEST(places_are_places) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 4), 5, -1, 1), *places, *least = ag_min_along(x, .axes = AG_AXES(1), .keepdim = true, .indices = &places);
  assert_same_bits(ag_gather(x, 1, places), least);
  ck_assert(!ag_requires_grad(places) && ag_requires_grad(least));
  ck_assert(!ag_requires_grad(ag_argsort(x)));
  assert_same_bits(ag_gather(x, 0, ag_argsort(x, AG_AXES(0))), ag_sort(x, AG_AXES(0)));
  ag_topk(x, 5, .indices = &places);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "topk: k 5 is not in 0 .. 4, axis -1 of 3x4");
  ck_assert(ag_is_nil(places));
}
END_TEST

START_TEST(places_have_an_order_too) {
  ag_tensor *order = ag_argsort(ROW(3, 1, 2));
  ASSERT_ELEMENTS(ag_argsort(order), AG_SHAPE(3), 2, 0, 1);
  ck_assert_ptr_null(ag_argsort(NULL));
  ag_argsort(ROW(1), .axes = AG_AXES(1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "sort: axis 1 does not exist in 1");
}
END_TEST

START_TEST(eight_axes_are_not_too_many) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 1, 2, 1, 2, 1, 1, 3), 6, 0.5, 1), *flat = ag_reshape(x, AG_SHAPE(8, 3));
  assert_close(ag_reshape(ag_prod(x, .axes = AG_AXES(1, 3, -1)), AG_SHAPE(8)), ag_prod(flat, .axes = AG_AXES(1)), 1e-14);
  assert_same_bits(ag_reshape(ag_sort(x), AG_SHAPE(8, 3)), ag_sort(flat));
  assert_close(gradient(ag_prod(x), x), ag_div(ag_prod(x), x), 1e-12);
}
END_TEST

TCase *reduction_tests(void) {
  TCase *t = tcase_create("reductions");
  with_context(t);
  tcase_add_test(t, products_forgive_zeros_to_any_order);
  tcase_add_test(t, products_forgive_infinities);
  tcase_add_test(t, products_are_differentiated);
  tcase_add_test(t, products_of_floats_do_not_overflow_on_their_way);
  tcase_add_test(t, logarithms_of_nothing_have_no_slope);
  tcase_add_test(t, norms_are_differentiated);
  tcase_add_test(t, norms_say_what_they_miss);
  tcase_add_test(t, equal_elements_keep_their_order);
  tcase_add_test(t, places_are_places);
  tcase_add_test(t, places_have_an_order_too);
  tcase_add_test(t, eight_axes_are_not_too_many);
  return t;
}
