/* Puts every operator of the catalogue through every check; with AG_OPERATOR=name in the environment, that one alone. */
#include "tests/operators/walk.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Runs a check on n samples of an operator. */
static void walk(const char *name, check *f, const ag_op *op, const ag_sample *samples, int n) {
  for (int i = 0; i < n; i++) {
    const char *bad = f(op, &samples[i]);
    ck_assert_msg(!bad, "%s of %s, sample %d: %s", name, op->name, i, bad);
  }
}

static void walk_good(const char *name, check *f, int index) {
  ag_sample samples[MOST_SAMPLES];
  const ag_op *op = ag_catalogue(index);
  const int n = good_samples(op, samples);
  ck_assert_msg(n > 0, "%s has no sample", op->name);
  walk(name, f, op, samples, n);
}

START_TEST(values) { walk_good("values", check_values, _i); }
END_TEST

/* What is differentiable at all is differentiated twice on one sample at least. */
START_TEST(gradients) {
  ag_sample samples[MOST_SAMPLES];
  const ag_op *op = ag_catalogue(_i);
  int order = 0;
  for (int n = good_samples(op, samples); n-- > 0;) order = gradient_order(op, &samples[n]) > order ? gradient_order(op, &samples[n]) : order;
  ck_assert_msg(order >= 2 || !op->vjp, "%s has no sample that is small enough for the second order", op->name);
  walk_good("gradients", check_gradients, _i);
}
END_TEST

START_TEST(adjoint) {
  ag_sample samples[MOST_SAMPLES];
  const ag_op *op = ag_catalogue(_i);
  walk_good("adjoint", check_adjoint, _i);
  walk("adjoint, large", check_adjoint, op, samples, big_samples(op, samples));
}
END_TEST

START_TEST(shapes) { walk_good("shapes", check_shapes, _i); }
END_TEST

START_TEST(types) { walk_good("types", check_types, _i); }
END_TEST

START_TEST(numbers) { walk_good("numbers", check_numbers, _i); }
END_TEST

START_TEST(precision) { walk_good("precision", check_precision, _i); }
END_TEST

START_TEST(layouts) { walk_good("layouts", check_layouts, _i); }
END_TEST

START_TEST(refusals) {
  ag_sample samples[MOST_SAMPLES];
  const ag_op *op = ag_catalogue(_i);
  walk("refusal", check_refusal, op, samples, bad_samples(op, samples));
}
END_TEST

START_TEST(threads) {
  ag_sample samples[MOST_SAMPLES];
  const ag_op *op = ag_catalogue(_i);
  const int n = op->view ? 0 : big_samples(op, samples);
  ck_assert_msg(n > 0 || op->view, "%s has no large sample: add one to the table of its family", op->name);
  walk("threads", check_threads, op, samples, n);
}
END_TEST

/* ---- The catalogue itself ---- */

START_TEST(objects_are_whole) {
  const ag_op *op = ag_catalogue(_i);
  ck_assert_ptr_eq(ag_op_find(op->name), op);
  ck_assert_uint_gt(strlen(op->formula), 0);
  for (const char *p = op->name; *p; p++) ck_assert(islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_');
  ck_assert_int_ge(op->n_in, -1);
  ck_assert_int_ne(op->n_in, 0);
  ck_assert_int_le(op->n_out, AG_MAX_OUTPUTS);
  const ag_dtype first = op->in_dtype[0] < AG_DTYPES && !is_real(op->in_dtype[0]) ? op->in_dtype[0] : AG_F32;
  int loops = 0, forwards = 0;
  for (int dtype = 0; dtype < AG_DTYPES; dtype++) loops += op->loop[dtype] != NULL, forwards += op->forward[dtype] != NULL;
  const int ways = (op->view != NULL) + (loops > 0) + (forwards > 0);
  ck_assert_msg(ways == 1, "%s has %d ways to be computed", op->name, ways);
  const bool other = op->n_in > 1 && (is_real(op->in_dtype[1]) || op->in_dtype[1] == AG_ALIKE);
  const int wanted = first == AG_F32 || other ? 2 : 1;
  ck_assert_msg(op->view || loops + forwards >= wanted, "%s lacks a kernel", op->name);
  ck_assert_msg(op->shape || loops > 0, "%s has no shape rule", op->name);
  ck_assert_msg(op->samples || op->low < op->high, "%s has neither samples nor a domain", op->name);
  ck_assert_msg((op->vjp != NULL) != (op->not_differentiable != NULL), "%s has neither a vjp nor a reason for that, or both", op->name);
}
END_TEST

START_TEST(the_catalogue_ends) {
  int n = 0;
  while (ag_catalogue(n)) n++;
  ck_assert_int_gt(n, 60);
  ck_assert_ptr_null(ag_catalogue(-1));
  ck_assert_ptr_null(ag_catalogue(n + 1));
  ck_assert_ptr_null(ag_op_find("no such operator"));
}
END_TEST

void chosen_operators(int *first, int *end) {
  const char *name = getenv("AG_OPERATOR");
  for (*first = *end = 0; ag_catalogue(*end); (*end)++) {
    if (!name || strcmp(ag_catalogue(*end)->name, name) != 0) continue;
    *first = (*end)++;
    return;
  }
  if (!name) return;
  fprintf(stderr, "AG_OPERATOR=%s: the catalogue has no operator of that name\n", name);
  exit(EXIT_FAILURE);
}

TCase *walk_tests(void) {
  TCase *t = tcase_create("walk");
  int first, end;
  chosen_operators(&first, &end);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, the_catalogue_ends);
  tcase_add_loop_test(t, objects_are_whole, first, end);
  tcase_add_loop_test(t, values, first, end);
  tcase_add_loop_test(t, gradients, first, end);
  tcase_add_loop_test(t, adjoint, first, end);
  tcase_add_loop_test(t, precision, first, end);
  tcase_add_loop_test(t, layouts, first, end);
  tcase_add_loop_test(t, refusals, first, end);
  tcase_add_loop_test(t, shapes, first, end);
  tcase_add_loop_test(t, types, first, end);
  tcase_add_loop_test(t, numbers, first, end);
  tcase_add_loop_test(t, threads, first, end);
  return t;
}
