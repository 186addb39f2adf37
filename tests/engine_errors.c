/* The first mistake is kept, the rest is silence. */
#include "tests/test_engine.h"

#include <math.h>
#include <string.h>

static int calls;
static char heard[512];

static void listen(const char *message, void *user) {
  calls += *(int *)user;
  snprintf(heard, sizeof heard, "%s", message);
}

START_TEST(the_first_error_sticks) {
  int weight = 10;
  calls = 0;
  ag_set_trap(c, listen, &weight);
  ag_tensor *x = trained_leaf(c, AG_SHAPE(32, 128), 1, -1, 1), *y = irregular_leaf(c, AG_SHAPE(64, 10), 2, -1, 1);
  ag_tensor *z = ag_matmul(x, y);
  const int line = __LINE__ - 1;
  char message[512];
  snprintf(message, sizeof message, "%s:%d: matmul: 32x128 and 64x10 do not fit", __FILE__, line);
  ck_assert_str_eq(ag_error_message(c), message);
  ck_assert_int_eq(calls, 10);
  ck_assert_str_eq(heard, message);

  ck_assert(ag_is_nil(z));
  ck_assert_ptr_null(ag_data(z));
  ck_assert(isnan(ag_item(z)));
  ck_assert_int_eq(ag_numel(z), 0);
  ck_assert_ptr_eq(ag_context(z), c);
  ck_assert(ag_is_nil(ag_relu(z)) && ag_is_nil(ag_relu(x)) && ag_is_nil(ag_sum(x)) && ag_is_nil(ag_var(x)));
  ck_assert(ag_is_nil(ag_zeros(c, AG_SHAPE(2))) && ag_is_nil(ag_uniform(c, AG_SHAPE(2), "u", 0, 1)));
  ck_assert(ag_is_nil(ag_parameter(c, "w", AG_SHAPE(2))) && ag_is_nil(ag_stack(2, ((ag_tensor *[]){x, x}), 0)));
  ck_assert(ag_is_nil(ag_mse_loss(x, y)) && ag_is_nil(ag_cross_entropy(x, y)) && ag_is_nil(ag_detach(x)));
  ag_tensor *g = x;
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &z, .n_inputs = 1, .inputs = &x, .grads = &g));
  ck_assert_ptr_null(g);
  ag_backward(z);
  ag_zero_grad(c);
  ag_fail(c, AG_EIO, "elsewhere", "a later error");
  ck_assert_ptr_null(ag_gradient(x));
  ck_assert_str_eq(ag_error_message(c), message);
  ck_assert_int_eq(ag_error(c), AG_ESHAPE);
  ck_assert_int_eq(calls, 10);
  ck_assert_ptr_null(ag_find(c, "w"));

  ag_clear_error(c);
  ck_assert_str_eq(ag_error_message(c), "");
  ck_assert(ag_is_nil(z));
  ck_assert_double_eq(ag_item(ag_sum(ag_full(c, AG_SHAPE(3), 2))), 6);
  ck_assert(ag_is_nil(ag_neg(z)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "neg: operand 0 is the nil tensor that an earlier error left");
  ck_assert_int_eq(calls, 20);
  ag_set_trap(c, NULL, NULL);
}
END_TEST

START_TEST(operands_must_be_there_and_fit) {
  ag_ctx *other = ag_ctx_new();
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3), 1, -1, 1), *nothing = NULL;
  ag_tensor *foreign = ag_zeros(other, AG_SHAPE(2, 3));
  const int64_t labels[] = {1, 2};
  ag_tensor *integers = ag_from(c, AG_I64, AG_SHAPE(2), labels);
  ag_set_dtype(c, AG_F32);
  ag_tensor *single = ag_zeros(c, AG_SHAPE(2, 3));
  ag_set_dtype(c, AG_F64);

  ag_add(x, nothing);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "add: operand 1 is NULL");
  ag_add(nothing, x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "add: operand 0 is NULL");
  ag_concat(3, ((ag_tensor *[]){x, x, nothing}), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "concat: operand 2 is NULL");
  ag_mse_loss(x, nothing);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "mse_loss: operand 1 is NULL");
  ck_assert_ptr_null(ag_neg(nothing));
  ck_assert_ptr_null(ag_mean(nothing));
  ck_assert(isnan(ag_item(nothing)));

  ag_mul(x, foreign);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "mul: operand 1 belongs to another context");
  ag_l1_loss(x, foreign);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "l1_loss: operand 1 belongs to another context");
  ck_assert_int_eq(ag_error(other), AG_OK);

  ag_sub(x, single);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "sub: operands are float64 and float32; all must have one type");
  ag_matmul(single, x);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "matmul: operands are float32 and float64; all real operands must have one type");
  ag_exp(integers);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "exp: operand 0 is int64, wanted is float32 or float64; cast it first");
  ag_mean(integers);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "mean: operand 0 is int64, wanted is float32 or float64; cast it first");
  ag_std(integers);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "std: operand 0 is int64, wanted is float32 or float64; cast it first");
  ag_gather(x, 1, single);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "gather: operand 1 is float32, wanted is int64");
  ag_where(x, x, x);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "where: operand 0 is float64, wanted is bool");

  ag_maximum(x, irregular_leaf(c, AG_SHAPE(3, 2), 1, -1, 1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "maximum: 2x3 and 3x2 do not broadcast");
  ag_apply(AG_HERE, ag_op_find("relu"), 2, (ag_tensor *[]){x, x}, NULL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "relu: 2 operands given, 1 wanted");
  ck_assert_ptr_null(ag_apply(AG_HERE, ag_op_find("relu"), 0, NULL, NULL));
  ck_assert_ptr_null(ag_concat(0, NULL, 0));
  ag_ctx_free(other);
}
END_TEST

START_TEST(tensors_must_be_possible) {
  double numbers[2] = {0};
  ag_zeros(c, AG_SHAPE(3, -1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape 3x-1");
  ag_zeros(c, AG_SHAPE((int64_t)1 << 40, (int64_t)1 << 40));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape 1099511627776x1099511627776");
  ag_zeros(c, ((ag_shape){.rank = 9}));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape of rank 9");
  ag_reshape(ag_zeros(c, AG_SHAPE(2)), ((ag_shape){.rank = 12, .dim = {-1}}));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "reshape: of rank 12 is not a shape");
  ag_tensor *x = ag_zeros(c, AG_SHAPE(1));
  const int64_t many = (int64_t)1 << 40;
  ag_add(ag_expand(x, AG_SHAPE(many, 1)), ag_expand(x, AG_SHAPE(many)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "add: the result would have shape 1099511627776x1099511627776, which no tensor can have");
  ag_wrap(c, AG_F64, AG_SHAPE(-2), numbers);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape -2");
  ck_assert(isnan(ag_item(ag_zeros(c, AG_SHAPE(2, 3)))));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "item: a tensor of shape 2x3 has not exactly one element");
  ag_assign(ag_neg(trained_leaf(c, AG_SHAPE(2), 1, -1, 1)), numbers);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "assign: the result of an operator cannot be overwritten; assign to leaf tensors");
  ag_set_dtype(c, AG_BOOL);
  assert_error(c, AG_EDTYPE, "ag_set_dtype", "bool is not a real type; take float32 or float64");
  ck_assert_int_eq(ag_default_dtype(c), AG_F64);
}
END_TEST

/* What is passed by address may be forgotten. */
START_TEST(addresses_must_be_there) {
  ag_from(c, AG_I64, AG_SHAPE(3), NULL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "from: data is NULL, wanted are the elements of 3");
  ck_assert(ag_is_nil(ag_from_double(c, AG_SHAPE(2, 3), NULL)));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "from_double: data is NULL, wanted are the elements of 2x3");
  ck_assert(ag_is_nil(ag_wrap(c, AG_F64, AG_SHAPE(3), NULL)));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "wrap: data is NULL, wanted are the elements of 3");
  ck_assert_int_eq(ag_numel(ag_wrap(c, AG_F64, AG_SHAPE(3, 0), NULL)), 0);
  ag_tensor *x = ag_parameter(c, "x", AG_SHAPE(3));
  ag_assign(x, NULL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "assign: data is NULL, wanted are the elements of 3");
  ag_parameter(c, NULL, AG_SHAPE(3));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "parameter: the name is NULL; every parameter needs one");
  ag_einsum(NULL, 1, &x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "einsum: the equation is NULL");
  ck_assert_ptr_null(ag_einsum("i", 1, NULL));
  ck_assert_ptr_null(ag_concat(1, NULL, 0));
  ag_gradcheck(.c = c, .n_inputs = 1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "gradcheck: inputs is NULL");
  ck_assert(!ag_save(c, NULL));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "save: the path is NULL");
  ck_assert(!ag_load(c, NULL));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "load: the path is NULL");
}
END_TEST

START_TEST(tensors_take_any_type_and_layout) {
  const int64_t integers[] = {7, -3, INT64_C(1) << 40};
  const bool truths[] = {true, false};
  const float singles[] = {0.5f, -1.25f};
  double mine[] = {1, 2, 3, 4};
  ASSERT_ELEMENTS(ag_from(c, AG_I64, AG_SHAPE(3), integers), AG_SHAPE(3), 7, -3, 1099511627776);
  ASSERT_ELEMENTS(ag_from(c, AG_BOOL, AG_SHAPE(2, 1), truths), AG_SHAPE(2, 1), 1, 0);
  ASSERT_ELEMENTS(ag_from(c, AG_F32, AG_SHAPE(1, 2), singles), AG_SHAPE(1, 2), 0.5, -1.25);
  ag_tensor *wrapped = ag_wrap(c, AG_F64, AG_SHAPE(2, 2), mine);
  ck_assert_ptr_eq(ag_data(wrapped), mine);
  mine[1] = 9;
  ASSERT_ELEMENTS(ag_transpose(wrapped, 0, 1), AG_SHAPE(2, 2), 1, 3, 9, 4);
  ASSERT_ELEMENTS(ag_zeros(c, AG_SHAPE(0, 4)), AG_SHAPE(0, 4), 0);
  ck_assert_int_eq(ag_dim(wrapped, -1), 2);
  ck_assert_int_eq(ag_dim(wrapped, 2), 0);
  ck_assert_int_eq(ag_dim(wrapped, -3), 0);
  ck_assert_uint_eq((uintptr_t)ag_data(ag_zeros(c, AG_SHAPE(5))) % 64, 0);
  ck_assert_uint_eq((uintptr_t)ag_data(ag_zeros(c, AG_SHAPE(5000))) % 64, 0);
}
END_TEST

START_TEST(texts_are_whole) {
  const char *const names[] = {"float32", "float64", "int64", "bool"};
  const size_t sizes[] = {4, 8, 8, 1};
  for (int i = 0; i < 4; i++) {
    ck_assert_str_eq(ag_dtype_name((ag_dtype)i), names[i]);
    ck_assert_uint_eq(ag_dtype_size((ag_dtype)i), sizes[i]);
  }
  ck_assert_str_eq(ag_status_text(AG_OK), "no error");
  ck_assert_str_eq(ag_status_text(AG_EIO), "a file cannot be read or written");
  ck_assert_str_eq(ag_status_text((ag_status)99), "unknown error");
  ck_assert_str_eq(ag_shape_text(c, AG_SCALAR), "scalar");
  const char *first = ag_shape_text(c, AG_SHAPE(2, 3));
  for (int i = 0; i < 7; i++) ag_shape_text(c, AG_SHAPE(i));
  ck_assert_str_eq(first, "2x3");
  const int64_t most = INT64_MAX;
  const char *text = ag_shape_text(c, AG_SHAPE(most, most, most, most, most, most, most, most));
  ck_assert_uint_lt(strlen(text), 128);
}
END_TEST

START_TEST(long_messages_are_cut) {
  char name[2000];
  memset(name, 'n', sizeof name);
  name[sizeof name - 1] = '\0';
  ag_fail(c, AG_EVALUE, "here", "%s", name);
  ck_assert_uint_eq(strlen(ag_error_message(c)), 511);
  ck_assert_int_eq(strncmp(ag_error_message(c), "here: nnn", 9), 0);
  ag_clear_error(c);
  ag_fail(c, AG_EVALUE, name, "text");
  ck_assert_uint_eq(strlen(ag_error_message(c)), 511);
  ag_clear_error(c);
}
END_TEST

TCase *error_tests(void) {
  TCase *t = tcase_create("errors");
  with_context(t);
  tcase_add_test(t, the_first_error_sticks);
  tcase_add_test(t, operands_must_be_there_and_fit);
  tcase_add_test(t, tensors_must_be_possible);
  tcase_add_test(t, addresses_must_be_there);
  tcase_add_test(t, tensors_take_any_type_and_layout);
  tcase_add_test(t, texts_are_whole);
  tcase_add_test(t, long_messages_are_cut);
  return t;
}
