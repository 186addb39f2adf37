/* The profiler: what it counts is known beforehand, what it times is bounded. */
#include "tests/test_engine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A machine that is known: 100 operations and 50 bytes a nanosecond. */
#define PEAK 1e11
#define BANDWIDTH 5e10
#define BEGIN(...) ag_profile_begin(.c = c, .peak = PEAK, .bandwidth = BANDWIDTH, __VA_ARGS__)

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The line of that name and kind; all zero where there is none. */
static ag_profile_row row(const char *name, const char *kind) {
  ag_profile_row r;
  for (int i = 0; ag_profile_get(c, i, &r); i++)
    if (strcmp(r.name, name) == 0 && strcmp(r.kind, kind) == 0) return r;
  return (ag_profile_row){.name = name, .kind = kind};
}

static void assert_row(const char *name, const char *kind, int64_t calls, double bytes, double flops) {
  const ag_profile_row r = row(name, kind);
  ck_assert_msg(r.calls == calls && r.bytes == bytes && r.flops == flops,
                "%s %s: %lld calls, %.17g bytes, %.17g flops", name, kind, (long long)r.calls, r.bytes, r.flops);
}

/* Calls of all lines, so that none is there beside those that were looked at. */
static int64_t all_calls(void) {
  int64_t calls = 0;
  ag_profile_row r;
  for (int i = 0; ag_profile_get(c, i, &r); i++) calls += r.calls;
  return calls;
}

/* ---- Counts ---- */

START_TEST(calls_are_counted_exactly) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, -1, 1);
  ag_tanh(x);
  BEGIN();
  for (int i = 0; i < 2; i++) {
    ag_scope_begin(c);
    ag_tensor *y = ag_tanh(ag_tanh(ag_tanh(x)));
    ag_backward(ag_sum(y));
    ag_scope_end(c);
  }
  ag_profile_end(c);
  ag_tanh(x);
  const double n = 6 * 8;
  assert_row("tanh", "forward", 6, 6 * 2 * n, 6 * 6);
  assert_row("sum", "forward", 2, 2 * (n + 8), 2 * 6);
  assert_row("tanh_grad", "backward", 6, 4 * 3 * n + 2 * (2 * n + 8), 6 * 6); /* the first g is one number */
  assert_row("expand", "backward", 2, 0, 0);
  assert_row("reshape", "backward", 2, 0, 0);
  assert_row("pass", "whole", 2, 0, 0);
  assert_row("scope", "whole", 2, 0, 0);
  ck_assert_int_eq(all_calls(), 22);
}
END_TEST

START_TEST(a_new_profile_starts_afresh) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(4), 1, -1, 1);
  for (int calls = 1; calls <= 2; calls++) {
    BEGIN();
    for (int i = 0; i < calls; i++) ag_exp(x);
    ag_profile_end(c);
    assert_row("exp", "forward", calls, calls * 64, calls * 4);
    ck_assert_int_eq(all_calls(), calls);
  }
}
END_TEST

START_TEST(a_scope_that_was_open_before_is_left_out) {
  ag_scope_begin(c);
  BEGIN();
  ag_scope_end(c);
  ag_profile_end(c);
  ck_assert_int_eq(all_calls(), 0);
}
END_TEST

/* ---- Bytes and operations ---- */

START_TEST(products_count_two_for_each_multiply_add) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = trained_leaf(c, AG_SHAPE(32, 128), 1, -1, 1), *y = trained_leaf(c, AG_SHAPE(128, 10), 2, -1, 1);
  ag_tensor *w = irregular_leaf(c, AG_SHAPE(10, 128), 3, -1, 1), *b = irregular_leaf(c, AG_SHAPE(10), 4, -1, 1);
  BEGIN();
  ag_backward(ag_sum(ag_matmul(x, y)));
  ag_linear(x, w, b);
  ag_linear(x, w);
  ag_profile_end(c);
  const double matrices = 4 * (32 * 128 + 128 * 10 + 32 * 10), flops = 2 * 32 * 128 * 10;
  assert_row("matmul", "forward", 1, matrices, flops);
  assert_row("linear", "forward", 2, 2 * matrices + 40, 2 * flops + 320);
  /* The incoming gradient is one number, repeated: 4 bytes instead of 4 * 320. */
  assert_row("matmul", "backward", 2, 4 * (1 + 128 * 10 + 32 * 128) + 4 * (32 * 128 + 1 + 128 * 10), 2 * flops);
  const ag_profile_row r = row("matmul", "forward");
  ck_assert_double_eq_tol(r.bound, fmax(flops / PEAK, matrices / BANDWIDTH), 1e-18);
}
END_TEST

START_TEST(gradients_of_a_layer_count_two_products_and_a_sum) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = trained_leaf(c, AG_SHAPE(32, 128), 1, -1, 1), *w = trained_leaf(c, AG_SHAPE(10, 128), 2, -1, 1);
  const double in = 32 * 128, weight = 10 * 128, out = 32 * 10, adds = 2 * 128 * out;
  for (int only_weight = 0; only_weight < 2; only_weight++) {
    BEGIN();
    ag_backward(ag_sum(ag_square(ag_linear_relu(only_weight ? ag_detach(x) : x, w))));
    ag_profile_end(c);
    const double read = out + in + weight + out, written = (only_weight ? 0 : in) + weight + 10;
    assert_row("linear_backward", "backward", 1, 4 * (read + written), (only_weight ? 1 : 2) * adds + 2 * out);
  }
}
END_TEST

START_TEST(convolutions_count_the_direct_algorithm) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = trained_leaf(c, AG_SHAPE(5, 4, 9, 8), 1, -1, 1);
  ag_tensor *w = trained_leaf(c, AG_SHAPE(6, 2, 3, 2), 2, -1, 1), *b = trained_leaf(c, AG_SHAPE(6), 3, -1, 1);
  BEGIN();
  ag_tensor *y = ag_conv2d(x, w, b, .groups = 2, .stride = 2, .padding = 1);
  ag_backward(ag_sum(ag_square(y)));
  ag_profile_end(c);
  const double in = 5 * 4 * 9 * 8, weight = 6 * 2 * 3 * 2, out = 5 * 6 * 5 * 5, adds = 2 * 2 * 3 * 2 * out;
  ck_assert_int_eq(ag_numel(y), (int)out);
  assert_row("conv2d", "forward", 1, 4 * (in + weight + 6 + out), adds + out);
  assert_row("conv2d_backward", "backward", 1, 4 * (out + in + weight + in + weight + 6), 2 * adds + out);
}
END_TEST

START_TEST(gradients_of_one_operand_count_their_part) {
  ag_set_dtype(c, AG_F32);
  const double in = 5 * 4 * 9 * 8, weight = 6 * 2 * 3 * 2, out = 5 * 6 * 5 * 5, adds = 2 * 2 * 3 * 2 * out;
  for (int k = 0; k < 2; k++) {
    ag_tensor *x = trained_leaf(c, AG_SHAPE(5, 4, 9, 8), 1, -1, 1), *w = trained_leaf(c, AG_SHAPE(6, 2, 3, 2), 2, -1, 1);
    ag_tensor *y = ag_conv2d(k == 0 ? x : ag_detach(x), k == 1 ? w : ag_detach(w), .groups = 2, .stride = 2, .padding = 1);
    BEGIN();
    ag_backward(ag_sum(ag_square(y)));
    ag_profile_end(c);
    if (k == 0) assert_row("conv2d_grad_input", "backward", 1, 4 * (out + weight + in), adds);
    if (k == 1) assert_row("conv2d_grad_weight", "backward", 1, 4 * (in + out + weight + 6), adds + out);
  }
}
END_TEST

START_TEST(pools_count_their_windows) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3, 6, 6), 1, -1, 1);
  BEGIN();
  ag_backward(ag_sum(ag_max_pool2d(x, 3)));
  ag_backward(ag_sum(ag_avg_pool2d(x, 2)));
  ag_profile_end(c);
  assert_row("max_pool2d", "forward", 1, 8 * (216 + 24), 9 * 24);
  assert_row("max_pool2d_grad", "backward", 1, 8 * (1 + 216 + 216), 216);
  assert_row("avg_pool2d", "forward", 1, 8 * (216 + 54), 4 * 54);
  assert_row("avg_pool2d_grad", "backward", 1, 8 * (1 + 216), 4 * 54);
}
END_TEST

START_TEST(elements_count_one) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(20, 30), 1, -1, 1), *y = irregular_leaf(c, AG_SHAPE(30), 2, -1, 1);
  BEGIN();
  ag_add(x, y);
  ag_mul(ag_expand(y, AG_SHAPE(7, 30)), y);
  ag_max(x, .axes = AG_AXES(1));
  ag_profile_end(c);
  assert_row("add", "forward", 1, 8 * (600 + 30 + 600), 600);
  assert_row("mul", "forward", 1, 8 * (30 + 30 + 210), 210);
  assert_row("max", "forward", 1, 8 * (600 + 20), 600);
  /* float64: half of the peak. */
  ck_assert_double_eq_tol(row("add", "forward").bound, 8 * 1230 / BANDWIDTH, 1e-18);
}
END_TEST

START_TEST(wide_numbers_have_half_of_the_peak) {
  for (int wide = 0; wide < 2; wide++) {
    ag_set_dtype(c, wide ? AG_F64 : AG_F32);
    ag_tensor *x = irregular_leaf(c, AG_SHAPE(60, 60), 1, -1, 1);
    ag_profile_begin(.c = c, .peak = PEAK, .bandwidth = 1e15);
    ag_matmul(x, x);
    ag_profile_end(c);
    ck_assert_double_eq_tol(row("matmul", "forward").bound, (1 + wide) * 2 * 60 * 60 * 60 / PEAK, 1e-15);
  }
}
END_TEST

START_TEST(views_move_nothing_unless_they_copy) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 6), 1, -1, 1);
  BEGIN();
  ag_tensor *turned = ag_transpose(ag_reshape(x, AG_SHAPE(3, 4)), 0, 1);
  ag_profile_end(c);
  assert_row("reshape", "forward", 1, 0, 0);
  assert_row("permute", "forward", 1, 0, 0);
  BEGIN();
  ag_reshape(turned, AG_SHAPE(12));
  ag_profile_end(c);
  assert_row("reshape", "forward", 1, 8 * 24, 0);
}
END_TEST

START_TEST(sums_of_cotangents_are_seen) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(5), 1, -1, 1);
  BEGIN();
  ag_backward(ag_sum(ag_add(ag_exp(x), ag_neg(x))));
  ag_profile_end(c);
  assert_row("add", "forward", 1, 3 * 40, 5);
  assert_row("add", "backward", 1, 3 * 40, 5);
}
END_TEST

START_TEST(optimiser_steps_are_lines) {
  ag_tensor *w = ag_parameter(c, "w", AG_SHAPE(10, 3)), *unused = ag_parameter(c, "unused", AG_SHAPE(1000));
  ag_optim *adam = ag_optim_new(c, ag_adam), *sgd = ag_optim_new(c, ag_sgd, .lr = 0.1);
  ck_assert_ptr_nonnull(unused);
  BEGIN();
  ag_backward(ag_sum(ag_square(w)));
  ag_optim_step(adam);
  ag_optim_step(adam);
  ag_optim_step(sgd);
  ag_profile_end(c);
  assert_row("adam", "update", 2, 2 * 7 * 240, 0);
  assert_row("sgd", "update", 1, 3 * 240, 0);
}
END_TEST

/* ---- Times ---- */

START_TEST(times_add_up_to_no_more_than_there_is) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(200, 200), 1, -1, 1);
  double parts = 0, backward = 0, last = INFINITY;
  const double begun = now();
  BEGIN();
  for (int i = 0; i < 5; i++) {
    ag_scope_begin(c);
    ag_backward(ag_sum(ag_tanh(ag_matmul(x, x))));
    ag_scope_end(c);
  }
  ag_profile_end(c);
  const double whole = now() - begun;
  ag_profile_row r;
  for (int i = 0; ag_profile_get(c, i, &r); i++) {
    ck_assert_double_le(r.seconds, last); /* the most expensive first */
    last = r.seconds;
    if (strcmp(r.kind, "whole") == 0) continue;
    parts += r.seconds;
    if (strcmp(r.kind, "backward") == 0) backward += r.seconds;
  }
  ck_assert_double_gt(parts, 0);
  ck_assert_double_gt(row("matmul", "forward").seconds, 0);
  ck_assert_double_le(backward, row("pass", "whole").seconds);
  ck_assert_double_le(row("pass", "whole").seconds, row("scope", "whole").seconds);
  ck_assert_double_le(parts, row("scope", "whole").seconds);
  ck_assert_double_le(row("scope", "whole").seconds, ag_profile_seconds(c));
  ck_assert_double_le(ag_profile_seconds(c), whole);
  ck_assert_double_gt(ag_profile_seconds(c), whole / 2);
}
END_TEST

START_TEST(the_machine_is_measured) {
  ag_set_threads(c, 1);
  ag_profile_begin(.c = c);
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(300, 300), 1, -1, 1);
  for (int i = 0; i < 5; i++) ag_matmul(x, x);
  ag_profile_end(c);
  /* Products may use better instructions than the portable peak; other programs may take the processor away. */
  const ag_profile_row r = row("matmul", "forward");
  ck_assert_double_gt(r.bound, r.seconds / 200);
  ck_assert_double_lt(r.bound, 20 * r.seconds);
}
END_TEST

START_TEST(results_are_the_same_bits) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(50, 40), 1, -1, 1), *gradient[2];
  for (int i = 0; i < 2; i++) {
    if (i) BEGIN();
    ag_tensor *y = ag_sum(ag_softmax(ag_matmul(x, ag_transpose(x, 0, 1)), 1));
    ag_tensor *inputs[] = {x}, *outputs[] = {y};
    ag_grad(.n_outputs = 1, .outputs = outputs, .n_inputs = 1, .inputs = inputs, .grads = &gradient[i]);
  }
  ag_profile_end(c);
  assert_same_bits(gradient[1], gradient[0]);
}
END_TEST

TCase *profile_tests(void) {
  TCase *t = tcase_create("profile");
  with_context(t);
  tcase_add_test(t, calls_are_counted_exactly);
  tcase_add_test(t, a_new_profile_starts_afresh);
  tcase_add_test(t, a_scope_that_was_open_before_is_left_out);
  tcase_add_test(t, products_count_two_for_each_multiply_add);
  tcase_add_test(t, gradients_of_a_layer_count_two_products_and_a_sum);
  tcase_add_test(t, convolutions_count_the_direct_algorithm);
  tcase_add_test(t, gradients_of_one_operand_count_their_part);
  tcase_add_test(t, pools_count_their_windows);
  tcase_add_test(t, elements_count_one);
  tcase_add_test(t, wide_numbers_have_half_of_the_peak);
  tcase_add_test(t, views_move_nothing_unless_they_copy);
  tcase_add_test(t, sums_of_cotangents_are_seen);
  tcase_add_test(t, optimiser_steps_are_lines);
  tcase_add_test(t, times_add_up_to_no_more_than_there_is);
  tcase_add_test(t, the_machine_is_measured);
  tcase_add_test(t, results_are_the_same_bits);
  return t;
}
