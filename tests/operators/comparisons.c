/* Comparisons and tests of numbers: oracles, large samples, and what no sample of the walk has: NaN, infinities, integers
 * that no double holds, operands of other types. */
#include <math.h>

#include "ops/sample.h"
#include "tests/operators/walk.h"

/* ---- Oracles ---- */

#define DEFINE(name, value)                                                                                  \
  static double name##_of(const double *v, const double *p) {                                                \
    (void)p;                                                                                                 \
    return value ? 1.0 : 0.0;                                                                                \
  }
#define X v[0]
#define Y v[1]
#define P p[0]

DEFINE(eq, X <= Y && X >= Y)
DEFINE(ne, !(X <= Y && X >= Y))
DEFINE(lt, Y > X)
DEFINE(le, Y >= X)
DEFINE(gt, Y < X)
DEFINE(ge, Y <= X)
DEFINE(eq_scalar, X <= P && X >= P)
DEFINE(ne_scalar, !(X <= P && X >= P))
DEFINE(lt_scalar, P > X)
DEFINE(le_scalar, P >= X)
DEFINE(gt_scalar, P < X)
DEFINE(ge_scalar, P <= X)
DEFINE(logical_not, X * X <= 0)
DEFINE(logical_and, !(X * X <= 0 || Y * Y <= 0))
DEFINE(logical_or, !(X * X + Y * Y <= 0))
DEFINE(logical_xor, (X * X <= 0) + (Y * Y <= 0) == 1)
DEFINE(isnan, fpclassify(X) == FP_NAN)
DEFINE(isinf, fpclassify(X) == FP_INFINITE)
DEFINE(isfinite, fpclassify(X) != FP_INFINITE && fpclassify(X) != FP_NAN)

#define ROW(name) {#name, name##_of, NULL}
const oracle comparison_oracles[] = {
    ROW(eq),        ROW(ne),        ROW(lt),        ROW(le),          ROW(gt),          ROW(ge),         ROW(eq_scalar),
    ROW(ne_scalar), ROW(lt_scalar), ROW(le_scalar), ROW(gt_scalar),   ROW(ge_scalar),   ROW(logical_not), ROW(logical_and),
    ROW(logical_or), ROW(logical_xor), ROW(isnan),  {"isinf", isinf_of, NULL}, ROW(isfinite), {NULL, NULL, NULL}};

/* ---- Large samples ---- */

#define ONE(name, with)                                                                                      \
  {name, {.in = {AG_LIST(300, 257)}, .attributes = with, .below = 3}},                                       \
      {name, {.in = {AG_LIST(300, 257)}, .attributes = with, .below = 3, .dtype = AG_I64}}
#define TWO(name)                                                                                            \
  {name, {.in = {AG_LIST(300, 257), AG_LIST(300, 257)}, .below = 3}},                                        \
      {name, {.in = {AG_LIST(37, 1, 129), AG_LIST(61, 1)}, .below = 3}},                                     \
      {name, {.in = {AG_LIST(65536), AG_POINT}, .below = 3, .dtype = AG_U8}}
#define NUMBER (const double[]){1}
const large_sample comparison_large[] = {
    TWO("eq"), TWO("ne"), TWO("lt"), TWO("le"), TWO("gt"), TWO("ge"),
    TWO("logical_and"), TWO("logical_or"), TWO("logical_xor"), ONE("logical_not", NULL),
    ONE("eq_scalar", NUMBER), ONE("ne_scalar", NUMBER), ONE("lt_scalar", NUMBER),
    ONE("le_scalar", NUMBER), ONE("gt_scalar", NUMBER), ONE("ge_scalar", NUMBER),
    ONE("isnan", NULL), ONE("isinf", NULL), ONE("isfinite", NULL),
    {NULL, {.n_in = 0}},
};

/* ---- Edges ---- */

#define LOST ((double)NAN)
#define ENDLESS ((double)INFINITY)
#define REALS(...) ag_from(c, AG_F64, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const double[]){__VA_ARGS__})
#define WHOLE(...) ag_from(c, AG_I64, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const int64_t[]){__VA_ARGS__})

START_TEST(nan_equals_nothing) {
  ag_tensor *x = REALS(LOST, LOST, ENDLESS, -ENDLESS, -0.0), *y = REALS(LOST, 1, ENDLESS, ENDLESS, 0);
  for (int dtype = AG_F32; dtype <= AG_F64; dtype++) {
    x = ag_cast(x, (ag_dtype)dtype), y = ag_cast(y, (ag_dtype)dtype);
    ASSERT_ELEMENTS(ag_eq(x, y), AG_SHAPE(5), 0, 0, 1, 0, 1);
    ASSERT_ELEMENTS(ag_ne(x, y), AG_SHAPE(5), 1, 1, 0, 1, 0);
    ASSERT_ELEMENTS(ag_lt(x, y), AG_SHAPE(5), 0, 0, 0, 1, 0);
    ASSERT_ELEMENTS(ag_le(x, y), AG_SHAPE(5), 0, 0, 1, 1, 1);
    ASSERT_ELEMENTS(ag_gt(y, x), AG_SHAPE(5), 0, 0, 0, 1, 0);
    ASSERT_ELEMENTS(ag_ge(y, x), AG_SHAPE(5), 0, 0, 1, 1, 1);
    ASSERT_ELEMENTS(ag_eq_scalar(x, LOST), AG_SHAPE(5), 0, 0, 0, 0, 0);
    ASSERT_ELEMENTS(ag_ne_scalar(x, LOST), AG_SHAPE(5), 1, 1, 1, 1, 1);
    ASSERT_ELEMENTS(ag_le_scalar(x, ENDLESS), AG_SHAPE(5), 0, 0, 1, 1, 1);
    ASSERT_ELEMENTS(ag_ge_scalar(x, ENDLESS), AG_SHAPE(5), 0, 0, 1, 0, 0);
    ASSERT_ELEMENTS(ag_isnan(x), AG_SHAPE(5), 1, 1, 0, 0, 0);
    ASSERT_ELEMENTS(ag_isinf(x), AG_SHAPE(5), 0, 0, 1, 1, 0);
    ASSERT_ELEMENTS(ag_isfinite(x), AG_SHAPE(5), 0, 0, 0, 0, 1);
    ASSERT_ELEMENTS(ag_logical_not(x), AG_SHAPE(5), 0, 0, 0, 0, 1);
    ASSERT_ELEMENTS(ag_logical_and(x, y), AG_SHAPE(5), 1, 1, 1, 1, 0);
    ASSERT_ELEMENTS(ag_logical_or(x, y), AG_SHAPE(5), 1, 1, 1, 1, 0);
    ASSERT_ELEMENTS(ag_logical_xor(x, ag_cast(ag_logical_not(x), (ag_dtype)dtype)), AG_SHAPE(5), 1, 1, 1, 1, 1);
  }
}
END_TEST

START_TEST(a_number_is_rounded_to_float32) {
  ag_tensor *x = ag_cast(REALS(0.1, 0.3), AG_F32);
  ASSERT_ELEMENTS(ag_eq_scalar(x, 0.1), AG_SHAPE(2), 1, 0);
  ASSERT_ELEMENTS(ag_eq_scalar(ag_cast(x, AG_F64), 0.1), AG_SHAPE(2), 0, 0);
}
END_TEST

/* 2^53 + 1 is no double; nor is INT64_MAX, whose nearest one, 2^63, is no int64. */
START_TEST(integers_are_compared_with_all_of_the_number) {
  const double limit = 9007199254740992;
  ag_tensor *x = WHOLE(9007199254740991, 9007199254740992, 9007199254740993, -9007199254740993);
  ASSERT_ELEMENTS(ag_eq_scalar(x, limit), AG_SHAPE(4), 0, 1, 0, 0);
  ASSERT_ELEMENTS(ag_ne_scalar(x, limit), AG_SHAPE(4), 1, 0, 1, 1);
  ASSERT_ELEMENTS(ag_gt_scalar(x, limit), AG_SHAPE(4), 0, 0, 1, 0);
  ASSERT_ELEMENTS(ag_ge_scalar(x, limit), AG_SHAPE(4), 0, 1, 1, 0);
  ASSERT_ELEMENTS(ag_lt_scalar(x, limit), AG_SHAPE(4), 1, 0, 0, 1);
  ASSERT_ELEMENTS(ag_lt_scalar(x, -limit), AG_SHAPE(4), 0, 0, 0, 1);
  ASSERT_ELEMENTS(ag_eq(x, WHOLE(9007199254740993)), AG_SHAPE(4), 0, 0, 1, 0);
  ag_tensor *ends = WHOLE(INT64_MAX, INT64_MIN);
  ASSERT_ELEMENTS(ag_lt_scalar(ends, 0x1p63), AG_SHAPE(2), 1, 1);
  ASSERT_ELEMENTS(ag_eq_scalar(ends, 0x1p63), AG_SHAPE(2), 0, 0);
  ASSERT_ELEMENTS(ag_eq_scalar(ends, -0x1p63), AG_SHAPE(2), 0, 1);
  ASSERT_ELEMENTS(ag_gt_scalar(ends, -ENDLESS), AG_SHAPE(2), 1, 1);
  ASSERT_ELEMENTS(ag_le_scalar(ends, LOST), AG_SHAPE(2), 0, 0);
  ASSERT_ELEMENTS(ag_gt_scalar(ag_cast(WHOLE(0, 2, 3), AG_U8), 2.5), AG_SHAPE(3), 0, 0, 1);
  ASSERT_ELEMENTS(ag_lt_scalar(ag_cast(WHOLE(0, 2, 3), AG_I32), -0.5), AG_SHAPE(3), 0, 0, 0);
  ASSERT_ELEMENTS(ag_le_scalar(ag_cast(WHOLE(0, 2), AG_BOOL), 0.5), AG_SHAPE(2), 1, 0);
  ASSERT_ELEMENTS(ag_isnan(ends), AG_SHAPE(2), 0, 0);
  ASSERT_ELEMENTS(ag_isfinite(ends), AG_SHAPE(2), 1, 1);
}
END_TEST

START_TEST(comparisons_have_no_gradient) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3), 1, -1, 1);
  ck_assert_int_eq(ag_dtype_of(ag_gt_scalar(x, 0)), AG_BOOL);
  ck_assert(!ag_requires_grad(ag_gt_scalar(x, 0)));
  ck_assert(!ag_requires_grad(ag_isfinite(x)));
}
END_TEST

START_TEST(types_of_comparisons_must_fit) {
  ag_tensor *x = REALS(1, 2), *whole = WHOLE(1, 2);
  ag_eq(x, whole);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "eq: operands are float64 and int64; all must have one type");
  ag_logical_and(ag_cast(whole, AG_BOOL), whole);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "logical_and: operands are bool and int64; all must have one type");
  ag_lt(whole, WHOLE(1, 2, 3));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "lt: 2 and 3 do not broadcast");
}
END_TEST

TCase *comparison_tests(void) {
  TCase *t = tcase_create("comparisons");
  with_context(t);
  tcase_add_test(t, nan_equals_nothing);
  tcase_add_test(t, a_number_is_rounded_to_float32);
  tcase_add_test(t, integers_are_compared_with_all_of_the_number);
  tcase_add_test(t, comparisons_have_no_gradient);
  tcase_add_test(t, types_of_comparisons_must_fit);
  return t;
}
