/* Truths and what is chosen by them: any, all, masked_fill, masked_select, one_hot, and the triangles of
 * matrices. */
#include <math.h>

#include "ops/sample.h"
#include "tests/operators/walk.h"

/* ---- Oracles ---- */

static array *result(oracle_call *k, ag_shape shape) {
  k->n_out = 1;
  k->out[0] = array_new(shape);
  return &k->out[0];
}

/* How many elements of each group are true, and how many there are. */
static void count_groups(oracle_call *k, array *truths, array *all) {
  const ag_reduce_attributes *a = k->attributes;
  const ag_shape from = k->in[0].shape;
  bool reduced[AG_MAX_RANK];
  ag_shape kept = from, shape = {0};
  for (int i = 0; i < from.rank; i++) reduced[i] = a->axes.count == 0;
  for (int i = 0; i < a->axes.count; i++) reduced[axis_of(from.rank, a->axes.axis[i])] = true;
  for (int i = 0; i < from.rank; i++) {
    if (reduced[i]) kept.dim[i] = 1;
    if (!reduced[i] || a->keepdim) shape.dim[shape.rank++] = kept.dim[i];
  }
  *truths = array_new(shape);
  *all = array_new(shape);
  const double *x = k->in[0].data;
  EACH_INDEX(from, index) {
    int64_t to[AG_MAX_RANK] = {0};
    for (int i = 0; i < from.rank; i++) to[i] = reduced[i] ? 0 : index[i];
    truths->data[place_of(kept, to)] += *x++ == 0 ? 0 : 1;
    all->data[place_of(kept, to)] += 1;
  }
}

static void any_or_all(oracle_call *k, bool any) {
  array truths, all;
  count_groups(k, &truths, &all);
  array *y = result(k, truths.shape);
  for (int64_t i = 0; i < numel_of(y->shape); i++)
    y->data[i] = any ? truths.data[i] > 0 : truths.data[i] >= all.data[i];
  array_free(&truths), array_free(&all);
}

static void any(oracle_call *k) { any_or_all(k, true); }
static void all(oracle_call *k) { any_or_all(k, false); }

static int64_t chosen(const array *mask) {
  int64_t n = 0;
  for (int64_t i = 0; i < numel_of(mask->shape); i++) n += mask->data[i] != 0;
  return n;
}

static void masked_select(oracle_call *k) {
  array *y = result(k, AG_SHAPE(chosen(&k->in[1])));
  int64_t n = 0;
  for (int64_t i = 0; i < numel_of(k->in[1].shape); i++) {
    if (k->in[1].data[i] != 0) y->data[n++] = k->in[0].data[i];
  }
}

static void masked_select_grad(oracle_call *k) {
  array *y = result(k, k->in[1].shape);
  int64_t n = 0;
  for (int64_t i = 0; i < numel_of(k->in[1].shape); i++)
    y->data[i] = k->in[1].data[i] != 0 ? k->in[0].data[n++] : 0;
}

/* sign 1: what lies at most that far above the diagonal; -1: below. */
static void triangle(oracle_call *k, double sign) {
  const ag_triangle_attributes *a = k->attributes;
  const ag_shape shape = k->in[0].shape;
  array *y = result(k, shape);
  EACH_INDEX(shape, index) {
    const double above = (double)index[shape.rank - 1] - (double)index[shape.rank - 2];
    const int64_t place = place_of(shape, index);
    y->data[place] = sign * (above - (double)a->diagonal) <= 0 ? k->in[0].data[place] : 0;
  }
}

static void tril(oracle_call *k) { triangle(k, 1); }
static void triu(oracle_call *k) { triangle(k, -1); }

const oracle mask_oracles[] = {{"any", NULL, any},
                               {"all", NULL, all},
                               {"masked_select", NULL, masked_select},
                               {"masked_select_grad", NULL, masked_select_grad},
                               {"tril", NULL, tril},
                               {"triu", NULL, triu},
                               {NULL, NULL, NULL}};

/* ---- Large samples ---- */

#define OVER(...)                                                                                            \
  &(const ag_reduce_attributes) { .axes = AG_LIST(__VA_ARGS__) }
#define TRUTHS(name)                                                                                         \
  {name, {.in = {AG_LIST(300, 501)}, .attributes = OVER(0), .below = 2}},                                    \
      {name, {.in = {AG_LIST(300, 501)}, .attributes = OVER(1), .below = 2}}, {                              \
    name, { .in = {AG_LIST(30, 40, 170)}, .attributes = OVER(0, 2), .below = 2, .dtype = AG_BOOL }           \
  }
#define FROM(diagonal)                                                                                       \
  &(const ag_triangle_attributes) { diagonal }
const large_sample mask_large[] = {
    TRUTHS("any"),
    TRUTHS("all"),
    {"masked_select", {.in = {AG_LIST(300, 501), AG_LIST(300, 501)}, .low = -2, .high = 2, .below = 2}},
    {"masked_select_grad", {.in = {AG_LIST(75397), AG_LIST(1, 150300)}, .low = -2, .high = 2, .below = 2}},
    {"tril", {.in = {AG_LIST(3, 300, 257)}, .attributes = FROM(3)}},
    {"triu", {.in = {AG_LIST(3, 300, 257)}, .attributes = FROM(-3)}},
    {NULL, {.n_in = 0}},
};

/* ---- Edges ---- */

#define LOST ((double)NAN)
#define REALS(...) ag_from_double(c, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const double[]){__VA_ARGS__})
#define WHOLE(...) ag_from(c, AG_I64, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const int64_t[]){__VA_ARGS__})
#define MASK(...) ag_from(c, AG_BOOL, AG_SHAPE(AG_COUNT_(__VA_ARGS__)), (const bool[]){__VA_ARGS__})

static ag_tensor *gradient(ag_tensor *y, ag_tensor *x) {
  ag_tensor *sum = ag_sum(y), *g = NULL;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &g));
  return g;
}

START_TEST(nan_is_true) {
  ASSERT_ELEMENTS(ag_any(REALS(0, LOST)), AG_SCALAR, 1);
  ASSERT_ELEMENTS(ag_all(REALS(1, LOST)), AG_SCALAR, 1);
  ASSERT_ELEMENTS(ag_all(REALS(-0.0, LOST)), AG_SCALAR, 0);
  ck_assert_int_eq(ag_dtype_of(ag_any(WHOLE(0, 256))), AG_BOOL);
  ASSERT_ELEMENTS(ag_any(WHOLE(0, 256)), AG_SCALAR, 1);
}
END_TEST

START_TEST(truths_of_rank_8) {
  ag_tensor *x = ag_zeros(c, AG_SHAPE(2, 1, 2, 1, 2, 1, 2, 1));
  double elements[16] = {0};
  elements[5] = 1; /* 0, 1, 0, 1 of the axes that are longer than 1 */
  ag_assign(x, elements);
  ASSERT_ELEMENTS(ag_any(x, .axes = AG_AXES(1, 2, 3, 4, 5, 7)), AG_SHAPE(2, 2), 0, 1, 0, 0);
  ASSERT_ELEMENTS(ag_all(ag_eq_scalar(x, 0), .axes = AG_AXES(0, 1, 3, 5, 6, 7)), AG_SHAPE(2, 2), 1, 1, 0, 1);
}
END_TEST

/* What is not chosen does not leak: neither its value nor its gradient. */
START_TEST(masked_fill_replaces) {
  ag_tensor *x = REALS(1, LOST, 3, -4), *mask = MASK(false, true, true, false);
  ag_set_requires_grad(x, true);
  ag_tensor *y = ag_masked_fill(x, mask, -0.5);
  ASSERT_ELEMENTS(y, AG_SHAPE(4), 1, -0.5, -0.5, -4);
  ASSERT_ELEMENTS(gradient(ag_square(y), x), AG_SHAPE(4), 2, 0, 0, -8);
  ASSERT_ELEMENTS(ag_masked_fill(WHOLE(1, 2), ag_reshape(mask, AG_SHAPE(2, 2)), 7.9), AG_SHAPE(2, 2), 1, 7, 7,
                  2);
  ASSERT_ELEMENTS(ag_masked_fill(x, MASK(true), (double)-INFINITY), AG_SHAPE(4), -INFINITY, -INFINITY,
                  -INFINITY, -INFINITY);
  ASSERT_ELEMENTS(ag_masked_fill(ag_scalar(c, 2), ag_reshape(MASK(true), AG_SCALAR), 3), AG_SCALAR, 3);
  ag_masked_fill(x, x, 0);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "masked_fill: mask is float64, wanted is bool");
  ag_masked_fill(x, MASK(true, false), 0);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "masked_fill: x 4 and mask 2 do not broadcast");
}
END_TEST

START_TEST(masked_select_broadcasts) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(2, 3), (const double[]){1, 2, 3, 4, 5, 6});
  ag_set_requires_grad(x, true);
  ag_tensor *y = ag_masked_select(x, MASK(true, false, true));
  ASSERT_ELEMENTS(y, AG_SHAPE(4), 1, 3, 4, 6);
  ASSERT_ELEMENTS(gradient(ag_square(y), x), AG_SHAPE(2, 3), 2, 0, 6, 8, 0, 12);
  ag_tensor *row = REALS(7, 8);
  ag_set_requires_grad(row, true);
  y = ag_masked_select(row, ag_from(c, AG_BOOL, AG_SHAPE(2, 2), (const bool[]){true, true, false, true}));
  ASSERT_ELEMENTS(y, AG_SHAPE(3), 7, 8, 8);
  ASSERT_ELEMENTS(gradient(y, row), AG_SHAPE(2), 1, 2);
  ASSERT_ELEMENTS(ag_masked_select(ag_transpose(x, 0, 1), MASK(false, true)), AG_SHAPE(3), 4, 5, 6);
  y = ag_masked_select(x, MASK(false));
  ASSERT_ELEMENTS(y, AG_SHAPE(0), 0);
  ASSERT_ELEMENTS(gradient(y, x), AG_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  ag_masked_select(x, WHOLE(1, 0, 1));
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "masked_select: mask is int64, wanted is bool");
  ag_masked_select(x, MASK(true, false));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "masked_select: x 2x3 and mask 2 do not broadcast");
}
END_TEST

/* Longer than the pieces in which a mask is counted. */
START_TEST(masked_select_of_many) {
  enum { N = 100000 };
  ag_tensor *x = ag_arange(c, 0, N), *mask = ag_gt_scalar(ag_randint(c, AG_SHAPE(N), "mask", 0, 3), 0);
  ag_set_requires_grad(x, true);
  ag_tensor *y = ag_masked_select(x, mask), *g = gradient(ag_square(y), x);
  const bool *chosen_ones = ag_data(mask);
  const double *found = ag_data(y), *slope = ag_data(g);
  static int64_t place[N];
  int64_t n = 0;
  for (int64_t i = 0; i < N; i++)
    if (chosen_ones[i]) place[n++] = i;
  ck_assert_int_eq(ag_numel(y), n);
  ASSERT_EACH(i, n, found[i], place[i], 0, "masked_select");
  ASSERT_EACH(i, N, slope[i], chosen_ones[i] ? 2 * i : 0, 0, "gradient");
  ck_assert(n > N / 2 && n < N);
}
END_TEST

static ag_tensor *select_positive(ag_tensor *const *in, void *mask) {
  return ag_square(ag_masked_select(in[0], mask));
}

START_TEST(masked_select_is_differentiable_twice) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 4), 1, -2, 2);
  ck_assert(ag_gradcheck(c, select_positive, ag_gt_scalar(x, 0), 1, &x, .order = 2));
  ck_assert(ag_gradcheck(c, select_positive, ag_gt_scalar(ag_slice(x, 0, 0, 1, 1), 0), 1, &x, .order = 2));
}
END_TEST

START_TEST(one_hot_marks_the_class) {
  ag_tensor *labels = WHOLE(2, 0);
  ASSERT_ELEMENTS(ag_one_hot(labels, 3), AG_SHAPE(2, 3), 0, 0, 1, 1, 0, 0);
  ASSERT_ELEMENTS(ag_one_hot(labels, -1), AG_SHAPE(2, 3), 0, 0, 1, 1, 0, 0);
  ck_assert_int_eq(ag_dtype_of(ag_one_hot(labels, 3)), AG_I64);
  ASSERT_ELEMENTS(ag_one_hot(ag_reshape(WHOLE(1), AG_SCALAR), 2), AG_SHAPE(2), 0, 1);
  ASSERT_ELEMENTS(ag_one_hot(ag_slice(WHOLE(2, 5, 1, 5), 0, 0, 4, 2), 3), AG_SHAPE(2, 3), 0, 0, 1, 0, 1, 0);
  ASSERT_ELEMENTS(ag_one_hot(ag_slice(labels, 0, 0, 0, 1), 3), AG_SHAPE(0, 3), 0);
  ag_one_hot(labels, 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "one_hot: index 2 at 0 is not in 0 .. 1");
  ag_one_hot(WHOLE(0, -1), -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "one_hot: index -1 at 1 is not in 0 .. 0");
  ag_one_hot(ag_slice(labels, 0, 0, 0, 1), -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "one_hot: -1 classes; the number of classes must be given here");
  ag_one_hot(labels, -2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "one_hot: -2 classes; the number of classes must be given here");
  ag_one_hot(REALS(1), 2);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "one_hot: index is float64, wanted is int64");
  ag_one_hot(ag_reshape(labels, AG_SHAPE(2, 1, 1, 1, 1, 1, 1, 1)), 3);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "one_hot: an axis of classes would be one too many for 2x1x1x1x1x1x1x1");
}
END_TEST

TCase *mask_tests(void) {
  TCase *t = tcase_create("masks");
  with_context(t);
  tcase_add_test(t, nan_is_true);
  tcase_add_test(t, truths_of_rank_8);
  tcase_add_test(t, masked_fill_replaces);
  tcase_add_test(t, masked_select_broadcasts);
  tcase_add_test(t, masked_select_of_many);
  tcase_add_test(t, masked_select_is_differentiable_twice);
  tcase_add_test(t, one_hot_marks_the_class);
  return t;
}
