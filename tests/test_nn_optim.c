/* Optimisers against what torch.optim does, and their errors; schedules against their formula. */
#include "tests/test_nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/vectors/optim.h"

#define N_SETS LENGTH(optim_sets)

/* Steps p with exactly the gradient g: that of sum(p g). */
static void step_with(ag_optim *o, ag_tensor *p, const double *g) {
  ag_ctx *k = ag_context(p);
  ag_scope_begin(k);
  if (g) ag_backward(ag_sum(ag_mul(p, ag_from_double(k, ag_shape_of(p), g))));
  ag_optim_step(o);
  ag_scope_end(k);
}

static ag_optim *optimiser(ag_ctx *k, int set) {
  ag_optim_new_args options = optim_sets[set].options;
  options.at = AG_HERE;
  options.c = k;
  options.type = ag_optim_type_find(optim_sets[set].type);
  ag_optim *o = (ag_optim_new)(options);
  ck_assert_msg(o != NULL, "%s", ag_error_message(k));
  return o;
}

/* All steps of one set of options; the gradients of the parameter q beside p never come. */
static void follow(int set, ag_dtype dtype, double tolerance) {
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, dtype);
  ag_tensor *p = ag_parameter(k, "p", AG_SHAPE(OPTIM_SIZE)), *q = ag_parameter(k, "q", AG_SHAPE(2));
  ag_assign(p, optim_start);
  ag_init_constant(q, 3);
  ag_optim *o = optimiser(k, set);
  for (int i = 0; i < OPTIM_STEPS; i++) {
    step_with(o, p, optim_sets[set].gap && i == OPTIM_GAP ? NULL : optim_gradient[i]);
    for (int j = 0; j < OPTIM_SIZE; j++) {
      const double expected = optim_sets[set].expected[i][j];
      ck_assert_msg(fabs(at(p, j) - expected) <= tolerance * fmax(1, fabs(expected)),
                    "set %d (%s), step %d, element %d: %.17g, expected %.17g", set, optim_sets[set].type, i,
                    j, at(p, j), expected);
    }
  }
  ck_assert_double_eq(at(q, 0), 3);
  ck_assert_int_eq(ag_optim_steps(o), OPTIM_STEPS - optim_sets[set].gap);
  ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
  ag_ctx_free(k);
}

START_TEST(steps_are_those_of_torch) {
  for (int set = 0; set < N_SETS; set++) {
    follow(set, AG_F64, 1e-14);
    follow(set, AG_F32, 2e-6);
  }
}
END_TEST

#define MANY 200001

START_TEST(bits_do_not_depend_on_threads) {
  double *start = malloc(MANY * sizeof *start), *g = malloc(MANY * sizeof *g);
  float *first = malloc(MANY * sizeof *first);
  ck_assert(start && g && first);
  irregular(start, MANY, 1);
  irregular(g, MANY, 2);
  for (int set = 0; set < N_SETS; set++) {
    static const int threads[] = {1, 2, 3, 7};
    for (int t = 0; t < LENGTH(threads); t++) {
      ag_ctx *k = ag_ctx_new();
      ag_set_threads(k, threads[t]);
      ag_tensor *p = ag_parameter(k, "p", AG_SHAPE(MANY));
      ag_assign(p, start);
      ag_optim *o = optimiser(k, set);
      for (int i = 0; i < 3; i++) step_with(o, p, g);
      if (t == 0) memcpy(first, ag_data(p), MANY * sizeof *first);
      ck_assert_mem_eq(first, ag_data(p), MANY * sizeof *first);
      ag_ctx_free(k);
    }
  }
  free(start), free(g), free(first);
}
END_TEST

/* An update cuts the row of all parameters into chunks: where one ends in a chunk must not be seen in its
 * bits. */
START_TEST(neighbours_do_not_change_a_parameter) {
  static const int64_t size[] = {5000, 1, 3, 60295, 2, 4096}; /* enough for two threads */
  static double start[60295], g[60295];
  irregular(start, LENGTH(start), 1);
  irregular(g, LENGTH(g), 2);
  for (int set = 0; set < N_SETS; set++) {
    ag_ctx *k = ag_ctx_new();
    ag_set_threads(k, 2);
    ag_tensor *p[LENGTH(size)];
    char name[] = "p0";
    for (int i = 0; i < LENGTH(size); i++, name[1]++) {
      p[i] = ag_parameter(k, name, AG_SHAPE(size[i]));
      ag_assign(p[i], start);
    }
    ag_optim *o = optimiser(k, set);
    for (int step = 0; step < 2; step++) {
      ag_scope_begin(k);
      for (int i = 0; i < LENGTH(size); i++) { /* the third gets no gradient */
        if (i != 2) ag_backward(ag_sum(ag_mul(p[i], ag_from_double(k, ag_shape_of(p[i]), g))));
      }
      ag_optim_step(o);
      ag_scope_end(k);
    }
    for (int i = 0; i < LENGTH(size); i++) {
      ag_ctx *alone = ag_ctx_new();
      ag_tensor *q = ag_parameter(alone, "q", AG_SHAPE(size[i]));
      ag_assign(q, start);
      ag_optim *other = optimiser(alone, set);
      for (int step = 0; step < 2 && i != 2; step++) step_with(other, q, g);
      ck_assert_mem_eq(ag_data(p[i]), ag_data(q), (size_t)size[i] * sizeof(float));
      ag_ctx_free(alone);
    }
    ag_ctx_free(k);
  }
}
END_TEST

START_TEST(state_without_gradients_fades_to_zero) {
  ag_ctx *k = ag_ctx_new();
  ag_tensor *p = ag_parameter(k, "p", AG_SHAPE(OPTIM_SIZE));
  ag_optim *all[] = {ag_optim_new(k, ag_adam, .beta2 = 0.8),
                     ag_optim_new(k, ag_rmsprop, .alpha = 0.8, .momentum = 0.8, .centered = true),
                     ag_optim_new(k, ag_sgd, .momentum = 0.8)};
  static const double none[OPTIM_SIZE];
  for (int i = 0; i < LENGTH(all); i++) {
    step_with(all[i], p, optim_gradient[0]);
    for (int step = 0; step < 1500; step++) step_with(all[i], p, none);
    ag_tensor *state;
    for (int j = 1; (state = ag_optim_state(all[i], j)); j++) {
      for (int e = 0; e < OPTIM_SIZE; e++)
        ck_assert_msg(at(state, e) == 0, "%s is %g", ag_name(state), at(state, e));
    }
  }
  for (int e = 0; e < OPTIM_SIZE; e++) ck_assert(isfinite(at(p, e)));
  ck_assert_int_eq(ag_error(k), AG_OK);
  ag_ctx_free(k);
}
END_TEST

START_TEST(state_can_be_saved_and_restored) {
  for (int set = 0; set < N_SETS; set++) {
    ag_ctx *k[2];
    ag_tensor *p[2];
    ag_optim *o[2];
    for (int i = 0; i < 2; i++) {
      k[i] = ag_ctx_new();
      p[i] = ag_parameter(k[i], "p", AG_SHAPE(OPTIM_SIZE));
      ag_assign(p[i], optim_start);
      o[i] = optimiser(k[i], set);
    }
    for (int i = 0; i < 2; i++) step_with(o[0], p[0], optim_gradient[i]);
    double values[OPTIM_SIZE];
    ag_to_double(p[0], values);
    ag_assign(p[1], values);
    int count = 0;
    for (; ag_optim_state(o[0], count); count++) {
      ag_tensor *from = ag_optim_state(o[0], count), *to = ag_optim_state(o[1], count);
      ck_assert_str_eq(ag_name(from), ag_name(to));
      ag_to_double(from, values);
      ag_assign(to, values);
    }
    ck_assert_ptr_null(ag_optim_state(o[1], count));
    ck_assert_int_eq(ag_optim_steps(o[1]), 2);
    for (int i = 2; i < OPTIM_STEPS; i++) {
      for (int j = 0; j < 2; j++) step_with(o[j], p[j], optim_gradient[i]);
    }
    ck_assert_mem_eq(ag_data(p[0]), ag_data(p[1]), OPTIM_SIZE * sizeof(float));
    for (int i = 0; i < 2; i++) ag_ctx_free(k[i]);
  }
}
END_TEST

START_TEST(state_has_the_names_of_torch) {
  (void)ag_parameter(c, "a", AG_SHAPE(2));
  (void)ag_buffer(c, "running", AG_SHAPE(2));
  (void)ag_parameter(c, "b", AG_SHAPE(3));
  static const char *const adam[] = {"a.step", "a.exp_avg", "a.exp_avg_sq",
                                     "b.step", "b.exp_avg", "b.exp_avg_sq"};
  static const char *const rmsprop[] = {"a.step", "a.square_avg", "a.momentum_buffer", "a.grad_avg",
                                        "b.step", "b.square_avg", "b.momentum_buffer", "b.grad_avg"};
  static const char *const sgd[] = {"a.step", "b.step"};
  const struct {
    ag_optim *o;
    const char *const *names;
    int count;
  } cases[] = {
      {ag_optim_new(c, ag_adam), adam, LENGTH(adam)},
      {ag_optim_new(c, ag_rmsprop, .momentum = 0.5, .centered = true), rmsprop, LENGTH(rmsprop)},
      {ag_optim_new(c, ag_sgd), sgd, LENGTH(sgd)},
  };
  for (int i = 0; i < LENGTH(cases); i++) {
    for (int k = 0; k < cases[i].count; k++)
      ck_assert_str_eq(ag_name(ag_optim_state(cases[i].o, k)), cases[i].names[k]);
    ck_assert_ptr_null(ag_optim_state(cases[i].o, cases[i].count));
  }
}
END_TEST

START_TEST(rates_have_defaults_and_can_be_moved) {
  ag_tensor *p = ag_parameter(c, "p", AG_SCALAR);
  ck_assert_double_eq(ag_optim_lr(ag_optim_new(c, ag_sgd)), 0.01);
  ck_assert_double_eq(ag_optim_lr(ag_optim_new(c, ag_rmsprop)), 0.01);
  ag_optim *adam = ag_optim_new(c, ag_adam), *sgd = ag_optim_new(c, ag_sgd, 0.5);
  ck_assert_double_eq(ag_optim_lr(adam), 0.001);
  ag_optim_set_lr(sgd, 0.25);
  step_with(sgd, p, (double[]){3});
  ck_assert_double_eq(at(p, 0), -0.75);
  ag_optim_set_lr(sgd, 0);
  step_with(sgd, p, (double[]){3});
  ck_assert_double_eq(at(p, 0), -0.75);
  ag_optim_set_lr(sgd, -1);
  expect_error(c, AG_EVALUE, "ag_optim_set_lr", "sgd: lr is -1; it must be a finite number, at least 0");
  ck_assert_double_eq(ag_optim_lr(sgd), 0);
}
END_TEST

START_TEST(an_error_stops_updates) {
  ag_tensor *p = ag_parameter(c, "p", AG_SHAPE(2));
  ag_optim *o = ag_optim_new(c, ag_sgd, 1);
  ag_scope_begin(c);
  ag_backward(ag_sum(p));
  (void)ag_add(p, ag_zeros(c, AG_SHAPE(3)));
  ck_assert_int_eq(ag_error(c), AG_ESHAPE);
  ag_optim_step(o);
  ag_scope_end(c);
  ag_clear_error(c);
  ck_assert_double_eq(at(p, 0), 0);
  ck_assert_int_eq(ag_optim_steps(o), 0);
  ag_optim_step(NULL);
  ck_assert_int_eq(ag_optim_steps(NULL), 0);
  ck_assert(isnan(ag_optim_lr(NULL)));
}
END_TEST

START_TEST(impossible_options_say_why) {
  ck_assert_ptr_null(ag_optim_new(c, ag_sgd));
  expect_error(c, AG_ESTATE, __FILE__,
               "sgd: the context has no parameters; make the layers before the optimiser");
  (void)ag_parameter(c, "p", AG_SCALAR);
  ck_assert_ptr_null(ag_optim_new(c, NULL));
  expect_error(c, AG_EVALUE, __FILE__, "optim: there is no type; take ag_sgd, ag_rmsprop or ag_adam");
  ck_assert_ptr_null(ag_optim_new(c, ag_adam, -0.1));
  expect_error(c, AG_EVALUE, __FILE__, "adam: lr is -0.1; it must be a finite number, at least 0");
  ck_assert_ptr_null(ag_optim_new(c, ag_adam, (double)NAN));
  expect_error(c, AG_EVALUE, __FILE__, "adam: lr is nan; it must be a finite number, at least 0");
  ck_assert_ptr_null(ag_optim_new(c, ag_adam, .momentum = 0.9));
  expect_error(c, AG_EVALUE, __FILE__,
               "adam: there is no option momentum; the options are lr, beta1, beta2, eps, weight_decay");
  ck_assert_ptr_null(ag_optim_new(c, ag_adam, .beta2 = 1));
  expect_error(c, AG_EVALUE, __FILE__, "adam: beta2 is 1; it must be at least 0 and less than 1");
  ck_assert_ptr_null(ag_optim_new(c, ag_sgd, .alpha = 0.9));
  expect_error(
      c, AG_EVALUE, __FILE__,
      "sgd: there is no option alpha; the options are lr, momentum, dampening, weight_decay, nesterov");
  ck_assert_ptr_null(ag_optim_new(c, ag_sgd, .centered = true));
  expect_error(
      c, AG_EVALUE, __FILE__,
      "sgd: there is no option centered; the options are lr, momentum, dampening, weight_decay, nesterov");
  ck_assert_ptr_null(ag_optim_new(c, ag_sgd, .nesterov = true));
  expect_error(c, AG_EVALUE, __FILE__, "sgd: nesterov needs a momentum above 0 and no dampening");
  ck_assert_ptr_null(ag_optim_new(c, ag_sgd, .nesterov = true, .momentum = 0.9, .dampening = 0.1));
  expect_error(c, AG_EVALUE, __FILE__, "sgd: nesterov needs a momentum above 0 and no dampening");
  ck_assert_ptr_null(ag_optim_new(c, ag_rmsprop, .weight_decay = -1));
  expect_error(c, AG_EVALUE, __FILE__, "rmsprop: weight_decay is -1; it must be a finite number, at least 0");
  ag_scope_begin(c);
  ck_assert_ptr_null(ag_optim_new(c, ag_sgd));
  ag_scope_end(c);
  expect_error(c, AG_ESTATE, __FILE__,
               "sgd: optimisers belong to the root scope; make it before ag_scope_begin");
}
END_TEST

START_TEST(types_are_found_by_name) {
  ck_assert_ptr_eq(ag_optim_type_find("sgd"), ag_sgd);
  ck_assert_ptr_eq(ag_optim_type_find("rmsprop"), ag_rmsprop);
  ck_assert_ptr_eq(ag_optim_type_find("adam"), ag_adam);
  ck_assert_ptr_null(ag_optim_type_find("Adam"));
  ck_assert_ptr_null(ag_optim_type_find(NULL));
  ck_assert_str_eq(ag_optim_type_name(ag_rmsprop), "rmsprop");
}
END_TEST

START_TEST(schedules_follow_their_formula) {
  const ag_schedule none = ag_schedule_none(), step = ag_step_lr(10, 0.1), nonsense = ag_step_lr(0, 0.1);
  ck_assert_str_eq(none.name, "none");
  ck_assert_str_eq(step.name, "step");
  ck_assert_double_eq(ag_schedule_rate(&none, 0.03, 1000), 0.03);
  static const double expected[] = {0.01, 0.01, 0.001, 0.001, 0.0001};
  static const int64_t epoch[] = {0, 9, 10, 19, 20};
  for (int i = 0; i < 5; i++)
    ck_assert_double_eq_tol(ag_schedule_rate(&step, 0.01, epoch[i]), expected[i], 1e-17);
  ck_assert(isnan(ag_schedule_rate(&nonsense, 0.01, 3)));
}
END_TEST

TCase *optim_tests(void) {
  TCase *t = tcase_create("optim");
  with_context(t);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, steps_are_those_of_torch);
  tcase_add_test(t, bits_do_not_depend_on_threads);
  tcase_add_test(t, neighbours_do_not_change_a_parameter);
  tcase_add_test(t, state_without_gradients_fades_to_zero);
  tcase_add_test(t, state_can_be_saved_and_restored);
  tcase_add_test(t, state_has_the_names_of_torch);
  tcase_add_test(t, rates_have_defaults_and_can_be_moved);
  tcase_add_test(t, an_error_stops_updates);
  tcase_add_test(t, impossible_options_say_why);
  tcase_add_test(t, types_are_found_by_name);
  tcase_add_test(t, schedules_follow_their_formula);
  return t;
}
