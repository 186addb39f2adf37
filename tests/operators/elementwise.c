/* Elementwise operators where the walk's samples do not lead: tails and small arguments, where formulas as
 * they are written would lose digits, the third derivative, corners that PyTorch has otherwise or in its own
 * type alone, and prelu, which is made of operators. */
#include "tests/operators/walk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define LOST ((double)NAN)
#define ENDLESS ((double)INFINITY)
#define COUNT(...) (int64_t)(sizeof((double[]){__VA_ARGS__}) / sizeof(double))
#define ROW(...) ag_from_double(c, AG_SHAPE(COUNT(__VA_ARGS__)), (const double[]){__VA_ARGS__})

static ag_tensor *trained(ag_tensor *x) {
  ag_set_requires_grad(x, true);
  return x;
}

/* The gradient of the sum of y to x. */
static ag_tensor *gradient(ag_tensor *y, ag_tensor *x) {
  ag_tensor *sum = ag_sum(y), *g = NULL;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &g,
                    .create_graph = true));
  return g;
}

/* ---- Accuracy ---- */

typedef ag_tensor *unary(ag_site at, ag_tensor *x);

static long double logsigmoid_of(long double x) { return x < 0 ? x - log1pl(expl(x)) : -log1pl(expl(-x)); }
static long double softplus_of(long double x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }
static long double silu_of(long double x) { return x / (1 + expl(-x)); }
static long double mish_of(long double x) { return x * tanhl(softplus_of(x)); }
static long double elu_of(long double x) { return x > 0 ? x : expm1l(x); }
static long double gelu_tanh_of(long double x) {
  return x / (1 + expl(-2 * sqrtl(2 / acosl(-1)) * (x + 0.044715L * x * x * x)));
}
static ag_tensor *elu_1(ag_site at, ag_tensor *x) { return (ag_elu)(at, x, 1); }

/* Relative errors in float32 and float64, in epsilons, and the greatest |x|. Beyond it the result is so small
 * that the rounding of the exponential's argument is what one sees. */
static const struct {
  const char *name;
  unary *f;
  long double (*exact)(long double x);
  double error[2], most;
} functions[] = {
    {"expm1", ag_expm1, expm1l, {2, 2}, 80},
    {"sinh", ag_sinh, sinhl, {3, 3}, 80},
    {"asinh", ag_asinh, asinhl, {3, 3}, 80},
    {"tanh", ag_tanh, tanhl, {3, 3}, 80},
    {"erf", ag_erf, erfl, {3, 3}, 80},
    {"erfc", ag_erfc, erfcl, {5, 5}, 5},
    {"elu", elu_1, elu_of, {2, 2}, 80},
    {"logsigmoid", ag_logsigmoid, logsigmoid_of, {3, 3}, 80},
    {"softplus", ag_softplus, softplus_of, {3, 3}, 80},
    {"silu", ag_silu, silu_of, {4, 4}, 80},
    {"mish", ag_mish, mish_of, {5, 5}, 80},
    {"gelu_tanh", ag_gelu_tanh, gelu_tanh_of, {30, 30}, 5},
};

static const double sizes[] = {1e-30, 1e-12, 1e-8, 3e-5, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 1,
                               1.5,   2,     3.3,  5,    8,    13,   20,  35,  50,  80};

static void assert_accurate(int f, ag_dtype dtype) {
  enum { N = 2 * LENGTH(sizes) };
  double x[N];
  for (int i = 0; i < N; i++) x[i] = (double)(float)(i % 2 ? -sizes[i / 2] : sizes[i / 2]);
  ag_set_dtype(c, dtype);
  double *found = elements(functions[f].f(AG_HERE, ag_from_double(c, AG_SHAPE(N), x)));
  for (int i = 0; i < N; i++) {
    if (fabs(x[i]) > functions[f].most) continue;
    const long double exact = functions[f].exact(x[i]);
    const long double unit = fabsl(exact) * (dtype == AG_F32 ? FLT_EPSILON : DBL_EPSILON);
    ck_assert_msg(fabsl((long double)found[i] - exact) <= functions[f].error[dtype == AG_F64] * unit,
                  "%s(%.9g) = %.17g in %s, exact is %.17Lg", functions[f].name, x[i], found[i],
                  ag_dtype_name(dtype), exact);
  }
  free(found);
}

START_TEST(tails_are_accurate) {
  assert_accurate(_i, AG_F32);
  assert_accurate(_i, AG_F64);
}
END_TEST

/* What a step of Newton's method, in long double, changes in y = erfinv(x). Near 1, 1 - x is exact and erfc
 * does not cancel. */
static double newton_step(double x, double y) {
  const long double a = fabs(x), b = fabs(y), slope = 2 / sqrtl(acosl(-1)) * expl(-b * b);
  return (double)(a < 0.5L ? (erfl(b) - a) / slope : ((1 - a) - erfcl(b)) / slope);
}

START_TEST(erfinv_is_accurate) {
  for (int dtype = AG_F32; dtype <= AG_F64; dtype++) {
    enum { N = 4001 };
    double x[N];
    const double step = dtype == AG_F32 ? 0x1p-24 : 0x1p-53;
    ag_set_dtype(c, (ag_dtype)dtype);
    for (int i = 0; i < N; i++) x[i] = (i - N / 2) / (N / 2 + 0.5);
    for (int i = 0; i < 20; i++) x[i] = (i % 2 ? -1 : 1) * (1 - step * pow(3, i / 2));
    for (int i = 20; i < 40; i++) x[i] = (i % 2 ? -1 : 1) * pow(0.02, i / 2 - 9);
    ag_tensor *in = ag_from_double(c, AG_SHAPE(N), x);
    double *from = elements(in), *to = elements(ag_erfinv(in));
    const double epsilon = dtype == AG_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    ASSERT_EACH(i, N, newton_step(from[i], to[i]), 0, 2 * epsilon * fabs(to[i]),
                "erfinv(%.17g) = %.17g, from which a step of Newton's method takes off", from[i], to[i]);
    ASSERT_EACH(i, N, !signbit(to[i]), !signbit(from[i]), 0, "erfinv(%.17g) = %.17g, without its sign",
                from[i], to[i]);
    free(from);
    free(to);
  }
}
END_TEST

/* ---- Derivatives ---- */

static ag_tensor *elu_half(ag_site at, ag_tensor *x) { return (ag_elu)(at, x, 0.5); }
static ag_tensor *celu_half(ag_site at, ag_tensor *x) { return (ag_celu)(at, x, 0.5); }
static ag_tensor *softplus_twice(ag_site at, ag_tensor *x) { return (ag_softplus_beta)(at, x, 2, 3); }
static ag_tensor *powers(ag_site at, ag_tensor *x) {
  return (ag_logaddexp)(at, ag_hypot(x, ag_exp(x)), ag_xlogy(x, ag_exp(x)));
}

static unary *const smooth[] = {ag_erf,    ag_erfinv,      ag_tan,        ag_asin,       ag_atanh, ag_exp2,
                                ag_silu,   ag_mish,        ag_gelu_tanh,  ag_softsign,   ag_selu,  elu_half,
                                celu_half, softplus_twice, ag_logsigmoid, ag_tanhshrink, powers};

static ag_tensor *slope(ag_tensor *const *in, void *user) {
  unary *const *f = user;
  return gradient((*f)(AG_HERE, in[0]), in[0]);
}

/* The gradient itself is checked up to its second order. */
START_TEST(third_derivatives_are_right) {
  unary *f = smooth[_i];
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 2), 5, -0.8, 0.8);
  ck_assert_msg(ag_gradcheck(c, slope, &f, 1, &x, .eps = 1e-5, .rtol = 1e-5, .atol = 1e-6, .order = 2),
                "function %d: %s", _i, ag_error_message(c));
}
END_TEST

/* Above the threshold the line is straight, and so it is for all derivatives. */
START_TEST(softplus_is_straight_above_the_threshold) {
  ag_tensor *x = trained(ROW(-1, 1, 2)), *y = ag_softplus_beta(x, 2, 3), *g = gradient(y, x);
  ASSERT_ELEMENTS(y, AG_SHAPE(3), log1p(exp(-2)) / 2, log1p(exp(2)) / 2, 2);
  ASSERT_ELEMENTS(g, AG_SHAPE(3), 1 / (1 + exp(2)), 1 / (1 + exp(-2)), 1);
  ASSERT_ELEMENTS(gradient(g, x), AG_SHAPE(3), 1 / (1 + cosh(2)), 1 / (1 + cosh(2)), 0);
}
END_TEST

/* ---- Corners ---- */

/* The greatest numbers are those of the type. */
START_TEST(nan_to_num_knows_the_type) {
  const double greatest[] = {(double)FLT_MAX, DBL_MAX};
  for (int dtype = AG_F32; dtype <= AG_F64; dtype++) {
    ag_set_dtype(c, (ag_dtype)dtype);
    const double most = greatest[dtype == AG_F64];
    ag_tensor *x = trained(ROW(LOST, ENDLESS, -ENDLESS, -2, 0));
    ASSERT_ELEMENTS(ag_nan_to_num(x, 0, NAN, NAN), AG_SHAPE(5), 0, most, -most, -2, 0);
    ASSERT_ELEMENTS(ag_nan_to_num(x, -1, 0, 1), AG_SHAPE(5), -1, 0, 1, -2, 0);
    ASSERT_ELEMENTS(ag_nan_to_num(x, NAN, INFINITY, -INFINITY), AG_SHAPE(5), LOST, ENDLESS, -ENDLESS, -2, 0);
    ASSERT_ELEMENTS(gradient(ag_mul(ag_nan_to_num(x, 0, 1, 1), ROW(LOST, LOST, LOST, 3, 4)), x), AG_SHAPE(5),
                    0, 0, 0, 3, 4);
  }
}
END_TEST

/* PyTorch 1.13 makes 0 of NaN in softshrink always, and in hardshrink where its vector code is at work; its
 * hardsigmoid has the derivative 1 / 6 as a float32; its softsign has none at infinity, where this is the
 * limit. */
START_TEST(some_corners_are_our_own) {
  ag_tensor *x = trained(ROW(LOST, ENDLESS, -ENDLESS, 3, -3, 0.5, -0.5));
  ASSERT_ELEMENTS(ag_hardshrink(x, 0.5), AG_SHAPE(7), LOST, ENDLESS, -ENDLESS, 3, -3, 0, 0);
  ASSERT_ELEMENTS(ag_softshrink(x, 0.5), AG_SHAPE(7), LOST, ENDLESS, -ENDLESS, 2.5, -2.5, 0, 0);
  ASSERT_ELEMENTS(gradient(ag_softshrink(x, 0.5), x), AG_SHAPE(7), 0, 1, 1, 1, 1, 0, 0);
  ASSERT_ELEMENTS(gradient(ag_hardsigmoid(x), x), AG_SHAPE(7), 0, 0, 0, 0, 0, 1.0 / 6, 1.0 / 6);
  ASSERT_ELEMENTS(gradient(ag_softsign(x), x), AG_SHAPE(7), LOST, 0, 0, 0.0625, 0.0625, 1 / 2.25, 1 / 2.25);
}
END_TEST

/* Where a function has a kink its second derivatives are PyTorch's, too, and those of two operands commute.
 */
START_TEST(second_derivatives_at_kinks) {
  ag_tensor *x = trained(ROW(0, -1, 1)), *w = trained(ROW(0.5, 0.5, 0.5)), *g, *of_x, *of_w;
  ag_tensor *(*const smooth_below[])(ag_site, ag_tensor *, double) = {ag_elu, ag_celu};
  for (int i = 0; i < LENGTH(smooth_below); i++) {
    ag_tensor *y = ag_sum(smooth_below[i](AG_HERE, x, 1));
    ck_assert(ag_grad(1, &y, 1, &x, &g, .create_graph = true));
    ASSERT_ELEMENTS(gradient(g, x), AG_SHAPE(3), 0, 0.36787944117144233, 0);
  }
  ag_tensor *y = ag_sum(ag_prelu(x, ag_select(w, 0, 0)));
  ck_assert(ag_grad(1, &y, 1, &x, &of_x, .create_graph = true) &&
            ag_grad(1, &y, 1, &w, &of_w, .create_graph = true));
  ASSERT_ELEMENTS(gradient(of_x, w), AG_SHAPE(3), 2, 0, 0);
  ASSERT_ELEMENTS(gradient(of_w, x), AG_SHAPE(3), 1, 1, 0);
}
END_TEST

/* The quotient of 6 and 0.1 is a little less than 60, but rounds to it. Zeros keep their sign. */
START_TEST(floors_are_those_of_the_exact_quotient) {
  ag_tensor *x = ROW(6, -6, 0.3, -0.3), *y = ROW(0.1, 0.1, 0.1, -0.1);
  ASSERT_ELEMENTS(ag_floor_divide(x, y), AG_SHAPE(4), 59, -60, 2, 2);
  ag_tensor *rest = ag_sub(x, ag_mul(ag_floor_divide(x, y), y));
  assert_close(ag_remainder(x, y), rest, 1e-14);
  ck_assert(signbit(element(ag_remainder(ROW(-0.0), ROW(3)), 0)));
  ck_assert(signbit(element(ag_round(ROW(-0.25)), 0)));
  ck_assert(signbit(element(ag_expm1(ROW(-0.0)), 0)));
}
END_TEST

/* ---- prelu ---- */

static ag_tensor *prelu(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_prelu(in[0], in[1]);
}

START_TEST(prelu_has_a_slope_for_each_channel) {
  ag_tensor *x = trained(ag_from_double(c, AG_SHAPE(2, 2, 2), (const double[]){1, -1, -2, 2, -3, 3, 4, -4}));
  ag_tensor *w = trained(ROW(0.5, -0.25)), *y = ag_prelu(x, w);
  ASSERT_ELEMENTS(y, AG_SHAPE(2, 2, 2), 1, -0.5, 0.5, 2, -1.5, 3, 4, 1);
  ASSERT_ELEMENTS(gradient(y, x), AG_SHAPE(2, 2, 2), 1, 0.5, -0.25, 1, 0.5, 1, 1, -0.25);
  ASSERT_ELEMENTS(gradient(y, w), AG_SHAPE(2), -4, -6);
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(3, 4, 2), 1, -1, 1), trained_leaf(c, AG_SHAPE(4), 2, -1, 1)};
  ck_assert_msg(ag_gradcheck(c, prelu, NULL, 2, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2),
                "%s", ag_error_message(c));
}
END_TEST

START_TEST(prelu_refuses_weights_that_do_not_fit) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 4), 1, -1, 1),
            *row = irregular_leaf(c, AG_SHAPE(4), 2, -1, 1);
  const char *text = "prelu: weight 4 must be one number or one for each of the 3 channels of x 2x3x4";
  ag_prelu(x, row);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, text);
  text = "prelu: weight 4 must be one number or one for each of the 1 channels of x 4";
  ag_prelu(row, row);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, text);
  text = "prelu: weight 1x1 must be one number or one for each of the 3 channels of x 2x3x4";
  ag_prelu(x, ag_full(c, AG_SHAPE(1, 1), 1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, text);
  ag_prelu(x, NULL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "prelu: operand 1 is NULL");
}
END_TEST

TCase *elementwise_tests(void) {
  TCase *t = tcase_create("elementwise");
  with_context(t);
  tcase_add_loop_test(t, tails_are_accurate, 0, LENGTH(functions));
  tcase_add_test(t, erfinv_is_accurate);
  tcase_add_loop_test(t, third_derivatives_are_right, 0, LENGTH(smooth));
  tcase_add_test(t, softplus_is_straight_above_the_threshold);
  tcase_add_test(t, nan_to_num_knows_the_type);
  tcase_add_test(t, some_corners_are_our_own);
  tcase_add_test(t, second_derivatives_at_kinks);
  tcase_add_test(t, floors_are_those_of_the_exact_quotient);
  tcase_add_test(t, prelu_has_a_slope_for_each_channel);
  tcase_add_test(t, prelu_refuses_weights_that_do_not_fit);
  return t;
}
