/* Operators that are defined outside of the library take part like its own. */
#include "tests/test_engine.h"

#include <math.h>

/* ---- rotation: two operands, two results, an attribute ----
 *
 *   u = x cos a - y sin a,   v = x sin a + y cos a       dx = gu cos a + gv sin a,   dy = -gu sin a + gv cos a
 */
typedef struct {
  double angle;
} rotation_attributes;

static bool rotation_shape(ag_call *call) {
  if (ag_numel(call->in[0]) != ag_numel(call->in[1])) {
    return ag_reject(call, AG_ESHAPE, "%s and %s hold different numbers of elements",
                     ag_shape_text(call->c, ag_shape_of(call->in[0])), ag_shape_text(call->c, ag_shape_of(call->in[1])));
  }
  call->shape[0] = call->shape[1] = ag_shape_of(call->in[0]);
  return true;
}

static void rotation_forward(const ag_call *call) {
  const rotation_attributes *a = call->attributes;
  const double *x = ag_data(call->in[0]), *y = ag_data(call->in[1]);
  double *u = ag_data(call->out[0]), *v = ag_data(call->out[1]);
  double *turn = ag_scratch(call, 2 * sizeof *turn);
  if (!turn) return;
  turn[0] = cos(a->angle);
  turn[1] = sin(a->angle);
  for (int64_t i = 0; i < ag_numel(call->in[0]); i++) {
    u[i] = x[i] * turn[0] - y[i] * turn[1];
    v[i] = x[i] * turn[1] + y[i] * turn[0];
  }
}

static ag_tensor *weighted(ag_tensor *x, double p, ag_tensor *y, double q) {
  if (!x) return ag_mul_scalar(y, q);
  return y ? ag_add(ag_mul_scalar(x, p), ag_mul_scalar(y, q)) : ag_mul_scalar(x, p);
}

static void rotation_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const rotation_attributes *a = ag_attributes(node);
  if (ag_needs(node, 0)) dx[0] = weighted(g[0], cos(a->angle), g[1], sin(a->angle));
  if (ag_needs(node, 1)) dx[1] = weighted(g[0], -sin(a->angle), g[1], cos(a->angle));
}

static const ag_op rotation = {.name = "rotation", .formula = "(x, y) turned by an angle", .n_in = 2, .n_out = 2,
                               .attribute_size = sizeof(rotation_attributes), .shape = rotation_shape,
                               .forward = {NULL, rotation_forward}, .vjp = rotation_vjp};

static bool rotate(ag_tensor *x, ag_tensor *y, double angle, ag_tensor **out) {
  rotation_attributes a = {angle};
  const bool done = ag_apply_all("rotate", &rotation, 2, (ag_tensor *[]){x, y}, &a, out);
  a.angle = NAN; /* the tape has its own copy */
  return done;
}

START_TEST(an_operator_from_outside_is_differentiated) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, -2, 2), *y = trained_leaf(c, AG_SHAPE(2), 2, -2, 2), *out[2];
  ck_assert(rotate(x, y, 0.3, out));
  const double p = cos(0.3), q = sin(0.3), u = irregular(1, 1, -2, 2) * p - irregular(2, 1, -2, 2) * q;
  ck_assert_double_eq_tol(element(out[0], 1), u, 1e-15);
  ag_backward(ag_sum(ag_add(ag_mul_scalar(out[0], 2), ag_mul_scalar(out[1], 5))));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2), 2 * p + 5 * q, 2 * p + 5 * q);
  ASSERT_ELEMENTS(ag_gradient(y), AG_SHAPE(2), 5 * p - 2 * q, 5 * p - 2 * q);
}
END_TEST

START_TEST(results_without_a_gradient_are_null) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, -2, 2), *out[2];
  ck_assert(rotate(x, x, 0.3, out));
  ag_backward(ag_sum(out[1]));
  const double d = sin(0.3) + cos(0.3);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2), d, d);
}
END_TEST

START_TEST(operands_are_packed_for_those_who_want_that) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(3, 4), 1, -2, 2), *y = irregular_leaf(c, AG_SHAPE(4, 3), 2, -2, 2);
  ag_tensor *strided[2], *plain[2];
  ck_assert(rotate(ag_transpose(x, 0, 1), y, 1.1, strided));
  ck_assert(rotate(ag_contiguous(ag_transpose(x, 0, 1)), y, 1.1, plain));
  assert_same_bits(strided[0], plain[0]);
  assert_same_bits(strided[1], plain[1]);
}
END_TEST

START_TEST(its_shape_rule_speaks_for_it) {
  ag_tensor *out[2], *x = ag_zeros(c, AG_SHAPE(2, 3)), *operands[] = {x, ag_zeros(c, AG_SHAPE(5))};
  ck_assert(!ag_apply_all(AG_HERE, &rotation, 2, operands, &(rotation_attributes){1}, out));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "rotation: 2x3 and 5 hold different numbers of elements");
  ck_assert(ag_is_nil(out[0]) && ag_is_nil(out[1]));
}
END_TEST

START_TEST(it_is_differentiated_twice) {
  ag_tensor *in[] = {irregular_leaf(c, AG_SHAPE(3), 1, -2, 2), irregular_leaf(c, AG_SHAPE(3), 2, -2, 2)}, *out[2];
  ag_set_requires_grad(in[0], true);
  ck_assert(rotate(in[0], in[1], 0.7, out));
  ck_assert(ag_requires_grad(out[0]) && ag_requires_grad(out[1]));
  ag_tensor *g[1], *y = ag_sum(ag_mul(out[0], out[1]));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = in, .grads = g, .create_graph = true));
  ag_backward(ag_sum(g[0])); /* d2/dx2 of (x p - y q) (x q + y p) is 2 p q */
  const double d = 2 * cos(0.7) * sin(0.7);
  ASSERT_ELEMENTS(ag_gradient(in[0]), AG_SHAPE(3), d, d, d);
}
END_TEST

/* ---- twin: hands one tensor to both operands and counts ---- */

static int vjp_calls;

static void sum_loop(int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters) {
  const double *x = in[0], *y = in[1];
  (void)parameters;
  for (int64_t i = 0; i < n; i++) ((double *)out)[i] = x[i * step[0]] + y[i * step[1]];
}

static void twin_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  (void)node;
  vjp_calls++;
  dx[0] = dx[1] = ag_mul_scalar(g[0], 1);
}

static const ag_op twin = {.name = "twin", .formula = "x + y", .n_in = 2, .loop = {NULL, sum_loop}, .vjp = twin_vjp};

static ag_tensor *twin_of(ag_tensor *x, ag_tensor *y) {
  return ag_apply("twin_of", &twin, 2, (ag_tensor *[]){x, y}, NULL);
}

START_TEST(one_tensor_for_two_operands_is_not_shared) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, -2, 2), *y = trained_leaf(c, AG_SHAPE(2), 2, -2, 2);
  ag_backward(ag_sum(ag_add(twin_of(x, y), twin_of(x, x))));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2), 3, 3);
  ASSERT_ELEMENTS(ag_gradient(y), AG_SHAPE(2), 1, 1);
  ag_backward(ag_sum(ag_mul_scalar(x, 4)));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2), 7, 7);
  ASSERT_ELEMENTS(ag_gradient(y), AG_SHAPE(2), 1, 1);
}
END_TEST

START_TEST(it_may_know_one_type_alone) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = ag_zeros(c, AG_SHAPE(2)), *out[2];
  twin_of(x, x);
  assert_error(c, AG_EDTYPE, "twin_of", "twin: there is no kernel for float32");
  ck_assert(!rotate(x, x, 1, out));
  assert_error(c, AG_EDTYPE, "rotate", "rotation: there is no kernel for float32");
}
END_TEST

START_TEST(its_operands_broadcast) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 1), 1, -2, 2), *y = trained_leaf(c, AG_SHAPE(2), 2, -2, 2), *z = twin_of(x, y);
  ck_assert_double_eq(element(z, 5), irregular(1, 2, -2, 2) + irregular(2, 1, -2, 2));
  ag_backward(ag_sum(z));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(3, 1), 2, 2, 2);
  ASSERT_ELEMENTS(ag_gradient(y), AG_SHAPE(2), 3, 3);
}
END_TEST

START_TEST(branches_without_need_are_left_out) {
  ag_tensor *a = trained_leaf(c, AG_SCALAR, 1, 1, 2), *b = trained_leaf(c, AG_SCALAR, 2, 1, 2), *k = ag_scalar(c, 3);
  ag_tensor *of_b = twin_of(twin_of(b, b), k), *loss = ag_mul(ag_square(a), of_b), *g[1];
  twin_of(a, a); /* leads nowhere */
  vjp_calls = 0;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 1, .inputs = &a, .grads = g));
  ck_assert_int_eq(vjp_calls, 0);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 1, .inputs = &of_b, .grads = g));
  ck_assert_double_eq(ag_item(g[0]), pow(irregular(1, 0, 1, 2), 2));
  ck_assert_int_le(vjp_calls, 1); /* of_b's own may be asked, for nothing; those before it may not */
  vjp_calls = 0;
  ag_backward(loss);
  ck_assert_int_eq(vjp_calls, 2);
  ag_tensor *still = twin_of(k, ag_scalar(c, 1));
  ck_assert(!ag_requires_grad(still));
}
END_TEST

/* ---- Rules that fail ---- */

static void failing_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_fail(ag_context(ag_operand(node, 0)), AG_EVALUE, "vjp", "no gradient today");
  dx[0] = g[0];
}

static void nesting_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_backward(ag_result(node, 0));
  const int line = __LINE__ - 1;
  assert_error_at(c, AG_ESTATE, __FILE__, line, "a vjp must be written in operators; it cannot start a pass of its own");
  dx[0] = g[0];
}

static void copy_loop(int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters) {
  const double *x = in[0];
  (void)parameters;
  for (int64_t i = 0; i < n; i++) ((double *)out)[i] = x[i * step[0]];
}

static const ag_op failing = {.name = "failing", .formula = "x", .n_in = 1, .loop = {NULL, copy_loop}, .vjp = failing_vjp};
static const ag_op nesting = {.name = "nesting", .formula = "x", .n_in = 1, .loop = {NULL, copy_loop}, .vjp = nesting_vjp};
static const ag_op frozen = {.name = "frozen", .formula = "x", .n_in = 1, .loop = {NULL, copy_loop}};

START_TEST(a_pass_that_fails_leaves_nothing_behind) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2), *y = trained_leaf(c, AG_SCALAR, 2, 1, 2);
  ag_tensor *bad = ag_mul(ag_apply(AG_HERE, &failing, 1, &x, NULL), ag_mul(x, y)), *good = ag_mul(ag_square(x), y), *g = x;
  ag_backward(bad);
  assert_error(c, AG_EVALUE, "vjp", "no gradient today");
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &bad, .n_inputs = 1, .inputs = &x, .grads = &g));
  assert_error(c, AG_EVALUE, "vjp", "no gradient today");
  ck_assert_ptr_null(g);
  ck_assert(ag_requires_grad(ag_square(x))); /* recording goes on */
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &good, .n_inputs = 1, .inputs = &x, .grads = &g));
  ASSERT_ELEMENTS(g, AG_SCALAR, 2 * irregular(1, 0, 1, 2) * irregular(2, 0, 1, 2));
}
END_TEST

START_TEST(passes_do_not_nest) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2);
  ag_backward(ag_apply(AG_HERE, &nesting, 1, &x, NULL));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 1);
}
END_TEST

START_TEST(operators_without_a_vjp_stop_the_gradient) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 1, 2);
  ck_assert(!ag_requires_grad(ag_apply(AG_HERE, &frozen, 1, &x, NULL)));
}
END_TEST

/* ---- twice: a vjp that errs in the way of its attribute ---- */

typedef enum { IN_A_ROW, OF_THE_OTHER_TYPE, GONE, REPEATED, LEFT_OUT } mistake;

static bool same_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return true;
}

static void twice_forward(const ag_call *call) {
  const double *x = ag_data(call->in[0]);
  double *y = ag_data(call->out[0]);
  for (int64_t i = 0; i < ag_numel(call->in[0]); i++) y[i] = 2 * x[i];
}

static void twice_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const mistake *m = ag_attributes(node);
  ag_tensor *d = ag_mul_scalar(g[0], 2);
  if (*m == IN_A_ROW) dx[0] = ag_flatten(d, 0);
  if (*m == OF_THE_OTHER_TYPE) dx[0] = ag_cast(d, AG_F32);
  if (*m == REPEATED) dx[0] = ag_expand(d, AG_SHAPE(5, 2, 3));
  if (*m != GONE) return;
  ag_scope_begin(c);
  dx[0] = ag_neg(d);
  ag_scope_end(c);
}

static const ag_op twice = {.name = "twice", .formula = "2 x", .n_in = 1, .attribute_size = sizeof(mistake), .shape = same_shape,
                            .forward = {NULL, twice_forward}, .vjp = twice_vjp};

START_TEST(what_a_vjp_leaves_is_checked) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, -2, 2), *y[5];
  for (int m = IN_A_ROW; m <= LEFT_OUT; m++) y[m] = ag_sum(ag_apply("user", &twice, 1, &x, &(mistake){(mistake)m}));
  ag_backward(y[IN_A_ROW]);
  assert_error(c, AG_ESHAPE, "user", "twice, backward: the gradient of operand 0 is float64 6, the operand float64 2x3");
  ag_backward(y[OF_THE_OTHER_TYPE]);
  assert_error(c, AG_ESHAPE, "user", "twice, backward: the gradient of operand 0 is float32 2x3, the operand float64 2x3");
  ag_backward(y[GONE]);
  assert_error(c, AG_ESTATE, "user", "twice, backward: the gradient of operand 0 is no tensor of an open scope");
  ck_assert_ptr_null(ag_gradient(x));
  ag_backward(y[LEFT_OUT]);
  ck_assert_ptr_null(ag_gradient(x));
  ag_backward(y[REPEATED]);
  ck_assert_double_eq(element(ag_gradient(x), 3), 10);
}
END_TEST

TCase *operator_tests(void) {
  TCase *t = tcase_create("operators");
  with_context(t);
  tcase_add_test(t, an_operator_from_outside_is_differentiated);
  tcase_add_test(t, results_without_a_gradient_are_null);
  tcase_add_test(t, operands_are_packed_for_those_who_want_that);
  tcase_add_test(t, its_shape_rule_speaks_for_it);
  tcase_add_test(t, it_is_differentiated_twice);
  tcase_add_test(t, one_tensor_for_two_operands_is_not_shared);
  tcase_add_test(t, it_may_know_one_type_alone);
  tcase_add_test(t, its_operands_broadcast);
  tcase_add_test(t, branches_without_need_are_left_out);
  tcase_add_test(t, a_pass_that_fails_leaves_nothing_behind);
  tcase_add_test(t, passes_do_not_nest);
  tcase_add_test(t, operators_without_a_vjp_stop_the_gradient);
  tcase_add_test(t, what_a_vjp_leaves_is_checked);
  return t;
}
