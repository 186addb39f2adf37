/* Data types: every conversion at its edges, operands that must be alike, elements read, written and printed. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdlib.h>

#define LOST ((double)NAN)
#define ENDLESS ((double)INFINITY)
#define ROW(...) ag_from(c, AG_F64, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const double[]){__VA_ARGS__})
#define WHOLE(...) ag_from(c, AG_I64, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const int64_t[]){__VA_ARGS__})

START_TEST(types_have_names_and_sizes) {
  const char *const names[] = {"float32", "float64", "int64", "bool", "int32", "uint8"};
  const size_t sizes[] = {4, 8, 8, 1, 4, 1};
  ck_assert_int_eq(LENGTH(names), AG_DTYPES);
  for (int i = 0; i < AG_DTYPES; i++) {
    ck_assert_str_eq(ag_dtype_name((ag_dtype)i), names[i]);
    ck_assert_uint_eq(ag_dtype_size((ag_dtype)i), sizes[i]);
  }
  ck_assert_str_eq(ag_dtype_name(AG_ANY), "unknown type");
  ck_assert_uint_eq(ag_dtype_size(AG_ALIKE), 0);
  ag_from(c, AG_ANY, AG_SHAPE(2), names);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "a tensor cannot have type 255");
  ag_cast(ROW(1, 2), AG_ALIKE);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cast: 254 is not a data type");
  ag_set_dtype(c, AG_I32);
  assert_error(c, AG_EDTYPE, "ag_set_dtype", "int32 is not a real type; take float32 or float64");
}
END_TEST

/* What every type holds, in every other one and back. */
START_TEST(small_integers_survive_every_pair) {
  const double numbers[] = {0, 1, 2, 100, 255}, truths[] = {0, 1, 1, 1, 1};
  ag_tensor *x = ROW(0, 1, 2, 100, 255);
  for (int from = 0; from < AG_DTYPES; from++) {
    for (int to = 0; to < AG_DTYPES; to++) {
      ag_tensor *y = ag_cast(ag_cast(x, (ag_dtype)from), (ag_dtype)to);
      ck_assert_int_eq(ag_dtype_of(y), to);
      assert_elements(y, AG_SHAPE(5), from == AG_BOOL || to == AG_BOOL ? truths : numbers);
    }
  }
}
END_TEST

/* PyTorch leaves open what becomes of NaN and of what is out of range; here it is 0 and the nearest bound. */
START_TEST(real_numbers_lose_their_fraction) {
  const double values[] = {1.9, -1.9, 0.5, -0.5, 255.9, 256, 2147483647.5, 2147483648, -2147483648.5, -2147483649, 1e30, -1e30, LOST, ENDLESS, -ENDLESS};
  const int64_t n = LENGTH(values);
  ag_tensor *x = ag_from(c, AG_F64, AG_SHAPE(n), values);
  ASSERT_ELEMENTS(ag_cast(x, AG_U8), AG_SHAPE(n), 1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 255, 0, 0, 255, 0);
  ASSERT_ELEMENTS(ag_cast(x, AG_I32), AG_SHAPE(n), 1, -1, 0, 0, 255, 256, 2147483647, 2147483647, -2147483648.0, -2147483648.0, 2147483647,
                  -2147483648.0, 0, 2147483647, -2147483648.0);
  ASSERT_ELEMENTS(ag_cast(x, AG_BOOL), AG_SHAPE(n), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  ASSERT_ELEMENTS(ag_cast(ROW(0, -0.0, 5e-324), AG_BOOL), AG_SHAPE(3), 0, 0, 1);
  const int64_t *whole = ag_data(ag_cast(x, AG_I64));
  const int64_t expected[] = {1, -1, 0, 0, 255, 256, 2147483647, 2147483648, -2147483648, -2147483649, INT64_MAX, INT64_MIN, 0, INT64_MAX, INT64_MIN};
  for (int64_t i = 0; i < n; i++) ck_assert_int_eq(whole[i], expected[i]);
  whole = ag_data(ag_cast(ROW(0x1p63, 0x1p63 - 1024, -0x1p63, -0x1p63 - 2048, 9007199254740993.0), AG_I64));
  const int64_t bounds[] = {INT64_MAX, INT64_MAX - 1023, INT64_MIN, INT64_MIN, 9007199254740992};
  for (int i = 0; i < LENGTH(bounds); i++) ck_assert_int_eq(whole[i], bounds[i]);
}
END_TEST

START_TEST(float32_converts_like_float64) {
  const float values[] = {1.9f, -300.5f, 0x1p31f, 0x1p63f, -0x1p63f, (float)NAN, (float)INFINITY};
  ag_tensor *x = ag_from(c, AG_F32, AG_SHAPE(7), values), *fine = ag_cast(x, AG_F64);
  const ag_dtype types[] = {AG_I64, AG_I32, AG_U8, AG_BOOL};
  for (int i = 0; i < LENGTH(types); i++) assert_same_bits(ag_cast(x, types[i]), ag_cast(fine, types[i]));
  ASSERT_ELEMENTS(fine, AG_SHAPE(7), (double)1.9f, -300.5, 0x1p31, 0x1p63, -0x1p63, LOST, ENDLESS);
  ASSERT_ELEMENTS(ag_cast(ROW(0.1, 1e300, -1e300, LOST, 1e-300), AG_F32), AG_SHAPE(5), (double)0.1f, ENDLESS, -ENDLESS, LOST, 0);
}
END_TEST

START_TEST(integers_keep_their_lowest_bits) {
  ag_tensor *x = WHOLE(-1, 256, 511, 4294967295, -2147483649, INT64_MIN, INT64_MAX);
  ASSERT_ELEMENTS(ag_cast(x, AG_U8), AG_SHAPE(7), 255, 0, 255, 255, 255, 0, 255);
  ASSERT_ELEMENTS(ag_cast(x, AG_I32), AG_SHAPE(7), -1, 256, 511, -1, 2147483647, 0, -1);
  ASSERT_ELEMENTS(ag_cast(x, AG_BOOL), AG_SHAPE(7), 1, 1, 1, 1, 1, 1, 1);
  ASSERT_ELEMENTS(ag_cast(x, AG_F32), AG_SHAPE(7), -1, 256, 511, 4294967296.0, -2147483648.0, -0x1p63, 0x1p63);
  ASSERT_ELEMENTS(ag_cast(ag_cast(x, AG_I32), AG_U8), AG_SHAPE(7), 255, 0, 255, 255, 255, 0, 255);
  ASSERT_ELEMENTS(ag_cast(ag_cast(x, AG_I32), AG_I64), AG_SHAPE(7), -1, 256, 511, -1, 2147483647, 0, -1);
}
END_TEST

START_TEST(casts_pass_gradients_between_real_types) {
  ag_tensor *x = ROW(0.1, 2), *whole = WHOLE(3, 4), *g[2], *out;
  ag_set_requires_grad(x, true);
  ck_assert_ptr_eq(ag_cast(x, AG_F64), x);
  ck_assert(ag_is_nil(ag_cast(NULL, AG_F64)));
  ag_tensor *single = ag_cast(x, AG_F32);
  ck_assert(ag_requires_grad(single));
  ck_assert(!ag_requires_grad(ag_cast(x, AG_I64)));
  ck_assert(!ag_requires_grad(ag_cast(whole, AG_F64)));
  out = ag_sum(ag_mul(single, ag_mul(single, ag_cast(whole, AG_F32))));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &out, .n_inputs = 1, .inputs = &x, .grads = g, .create_graph = true));
  ck_assert_int_eq(ag_dtype_of(g[0]), AG_F64);
  ASSERT_ELEMENTS(g[0], AG_SHAPE(2), (double)(2 * 3 * 0.1f), 16);
  out = ag_sum(g[0]);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &out, .n_inputs = 1, .inputs = &x, .grads = g));
  ASSERT_ELEMENTS(g[0], AG_SHAPE(2), 6, 8);
  ag_backward(ag_sum(ag_cast(ag_cast(x, AG_I32), AG_F64)));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "backward: the output depends on nothing that requires a gradient");
}
END_TEST

START_TEST(casts_read_strides) {
  ag_tensor *x = ag_from(c, AG_I32, AG_SHAPE(2, 3), (const int32_t[]){1, 2, 3, 4, 5, 6});
  ASSERT_ELEMENTS(ag_cast(ag_transpose(x, 0, 1), AG_F32), AG_SHAPE(3, 2), 1, 4, 2, 5, 3, 6);
  ASSERT_ELEMENTS(ag_cast(ag_expand(ag_slice(x, 1, 2, 3, 1), AG_SHAPE(2, 2)), AG_U8), AG_SHAPE(2, 2), 3, 3, 6, 6);
}
END_TEST

START_TEST(elements_of_every_type_are_read_written_and_printed) {
  ag_tensor *x = ag_from(c, AG_I32, AG_SHAPE(2, 2), (const int32_t[]){1, -2, 2147483647, 4});
  ASSERT_ELEMENTS(ag_transpose(x, 0, 1), AG_SHAPE(2, 2), 1, 2147483647, -2, 4);
  ag_assign(ag_transpose(x, 0, 1), (const double[]){1.75, LOST, -1e10, 7});
  ASSERT_ELEMENTS(x, AG_SHAPE(2, 2), 1, -2147483648.0, 0, 7);
  ck_assert_double_eq(ag_item(ag_from(c, AG_U8, AG_SCALAR, (const uint8_t[]){200})), 200);
  ck_assert_double_eq(ag_item(ag_from(c, AG_BOOL, AG_SCALAR, (const bool[]){true})), 1);
  char *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);
  ck_assert_ptr_nonnull(file);
  ag_print(file, "x", WHOLE(INT64_MAX, -3));
  ag_print(file, "b", ag_cast(WHOLE(2, 0), AG_BOOL));
  fclose(file);
  ck_assert_str_eq(text, "x: int64 2\n[9223372036854775807, -3]\nb: bool 2\n[1, 0]\n");
  free(text);
}
END_TEST

START_TEST(operands_that_must_be_alike) {
  const bool truth[] = {true, false};
  ag_tensor *choice = ag_from(c, AG_BOOL, AG_SHAPE(2), truth), *real = ROW(1, 2), *whole = WHOLE(3, 4);
  ASSERT_ELEMENTS(ag_where(choice, whole, WHOLE(5)), AG_SHAPE(2), 3, 5);
  ck_assert_int_eq(ag_dtype_of(ag_where(choice, choice, choice)), AG_BOOL);
  ag_where(choice, real, whole);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "where: operands are float64 and int64; all must have one type");
  ag_where(choice, whole, ag_cast(whole, AG_I32));
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "where: operands are int64 and int32; all must have one type");
  ag_mean(ag_cast(whole, AG_U8));
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "mean: operand 0 is uint8, wanted is float32 or float64; cast it first");
}
END_TEST

START_TEST(integers_wrap_around) {
  ag_tensor *x = WHOLE(INT64_MAX, INT64_MIN, 3), *one = WHOLE(1);
  const int64_t *sum = ag_data(ag_add(x, one)), *difference = ag_data(ag_sub(x, one)), *negative = ag_data(ag_neg(x)), *square = ag_data(ag_square(x));
  ck_assert(sum[0] == INT64_MIN && sum[1] == INT64_MIN + 1 && sum[2] == 4);
  ck_assert(difference[0] == INT64_MAX - 1 && difference[1] == INT64_MAX && difference[2] == 2);
  ck_assert(negative[0] == -INT64_MAX && negative[1] == INT64_MIN && negative[2] == -3);
  ck_assert(square[0] == 1 && square[1] == 0 && square[2] == 9);
  const int64_t *product = ag_data(ag_mul(x, WHOLE(2)));
  ck_assert(product[0] == -2 && product[1] == 0 && product[2] == 6);
  ag_tensor *y = ag_cast(WHOLE(2147483647, -2147483648, 65536), AG_I32);
  ASSERT_ELEMENTS(ag_add(y, y), AG_SHAPE(3), -2, 0, 131072);
  ASSERT_ELEMENTS(ag_square(y), AG_SHAPE(3), 1, 0, 0);
  ck_assert_int_eq(ag_dtype_of(ag_mul(y, y)), AG_I32);
  ag_tensor *bytes = ag_cast(WHOLE(200, 0, 255), AG_U8);
  ASSERT_ELEMENTS(ag_add(bytes, ag_cast(WHOLE(100), AG_U8)), AG_SHAPE(3), 44, 100, 99);
  ASSERT_ELEMENTS(ag_neg(bytes), AG_SHAPE(3), 56, 0, 1);
  ck_assert(!ag_requires_grad(ag_add(bytes, bytes)));
  ag_tensor *truths = ag_cast(bytes, AG_BOOL);
  ag_add(truths, truths);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "add: there is no kernel for bool");
}
END_TEST

/* Neither through double, which has no number between these. */
START_TEST(large_integers_keep_their_order) {
  const int64_t most = INT64_MAX, least = INT64_MIN;
  ag_tensor *x = WHOLE(most - 1, least, most, least + 1, -1), *places;
  const int64_t *sorted = ag_data(ag_sort(x, .indices = &places));
  ck_assert(sorted[0] == least && sorted[1] == least + 1 && sorted[2] == -1 && sorted[3] == most - 1 && sorted[4] == most);
  ASSERT_ELEMENTS(places, AG_SHAPE(5), 1, 3, 4, 0, 2);
  const int64_t *greatest = ag_data(ag_max(x)), *median = ag_data(ag_median(x)), *second = ag_data(ag_kthvalue(x, 2));
  ck_assert(*greatest == most && *median == -1 && *second == least + 1);
  ASSERT_ELEMENTS(ag_argmin(x), AG_SCALAR, 1);
  const int64_t *top = ag_data(ag_topk(x, 2)), *higher = ag_data(ag_maximum(x, WHOLE(most - 1)));
  ck_assert(top[0] == most && top[1] == most - 1 && higher[0] == most - 1 && higher[2] == most && higher[1] == most - 1);
}
END_TEST

START_TEST(sums_of_integers_are_int64) {
  ag_tensor *bytes = ag_from(c, AG_U8, AG_SHAPE(2, 2), (const uint8_t[]){255, 255, 2, 3}), *truths = ag_gt_scalar(bytes, 2);
  ag_tensor *const sums[] = {ag_sum(bytes), ag_sum(truths), ag_prod(bytes), ag_cumsum(truths, 1), ag_cumprod(bytes, 0)};
  for (int i = 0; i < LENGTH(sums); i++) ck_assert_int_eq(ag_dtype_of(sums[i]), AG_I64);
  ASSERT_ELEMENTS(sums[0], AG_SCALAR, 515);
  ASSERT_ELEMENTS(sums[1], AG_SCALAR, 3);
  ASSERT_ELEMENTS(sums[2], AG_SCALAR, 390150);
  const int64_t *sum = ag_data(ag_sum(WHOLE(INT64_MAX, 1))), *product = ag_data(ag_prod(WHOLE(INT64_MAX, 2)));
  ck_assert(*sum == INT64_MIN && *product == -2);
  ck_assert_int_eq(ag_dtype_of(ag_sum(ag_zeros(c, AG_SHAPE(2)))), AG_F64);
  ck_assert_ptr_null(ag_sum(NULL));
}
END_TEST

/* Their bounds are converted as by ag_cast. */
START_TEST(integers_are_clamped) {
  ag_tensor *x = WHOLE(INT64_MIN, -3, 0, 4, INT64_MAX);
  const int64_t *open = ag_data(ag_clamp(x, -INFINITY, INFINITY)), *size = ag_data(ag_abs(x));
  ck_assert_mem_eq(open, ag_data(x), 5 * sizeof *open);
  ck_assert(size[0] == INT64_MIN && size[1] == 3 && size[4] == INT64_MAX);
  ASSERT_ELEMENTS(ag_clamp(x, -2.5, 3.5), AG_SHAPE(5), -2, -2, 0, 3, 3);
  ASSERT_ELEMENTS(ag_clamp(ag_cast(x, AG_U8), -1, 1e9), AG_SHAPE(5), 0, 253, 0, 4, 255);
}
END_TEST

TCase *type_tests(void) {
  TCase *t = tcase_create("types");
  with_context(t);
  tcase_add_test(t, types_have_names_and_sizes);
  tcase_add_test(t, small_integers_survive_every_pair);
  tcase_add_test(t, real_numbers_lose_their_fraction);
  tcase_add_test(t, float32_converts_like_float64);
  tcase_add_test(t, integers_keep_their_lowest_bits);
  tcase_add_test(t, casts_pass_gradients_between_real_types);
  tcase_add_test(t, casts_read_strides);
  tcase_add_test(t, elements_of_every_type_are_read_written_and_printed);
  tcase_add_test(t, integers_wrap_around);
  tcase_add_test(t, large_integers_keep_their_order);
  tcase_add_test(t, sums_of_integers_are_int64);
  tcase_add_test(t, integers_are_clamped);
  tcase_add_test(t, operands_that_must_be_alike);
  return t;
}
