/* Elementary functions against the C library's in double: a dense walk over the bits of all floats, their
 * borders, and the same bits from the vector code of the operators. */
#include "kernels/elementary.h"
#include "tests/test_kernels.h"

static double bell(double x) { return exp(x * x / -2); }
static double normal(double x) { return erfc(x * -0.70710678118654752440) / 2; }

static const struct {
  const char *name;
  float (*found)(float x);
  double (*exact)(double x);
  float from, to; /* between which it is defined */
  double error;   /* in units in the last place of the exact value, as kernels/elementary.h states them */
} functions[] = {
    {"exp", agk_exp_f32, exp, -INFINITY, INFINITY, 1.1},
    {"log", agk_log_f32, log, -INFINITY, INFINITY, 1},
    {"tanh", agk_tanh_f32, tanh, -INFINITY, INFINITY, 1.5},
    {"erfc", agk_erfc_f32, erfc, -INFINITY, INFINITY, 5},
    {"log1p_unit", agk_log1p_unit_f32, log1p, 0, 1, 1.5},
    {"expm1", agk_expm1_f32, expm1, -INFINITY, INFINITY, 2},
    {"log1p", agk_log1p_f32, log1p, -INFINITY, INFINITY, 3},
    {"bell", agk_bell_f32, bell, -3, 3, 9},
    {"normal", agk_normal_f32, normal, -3, 3, 11},
};

/* The distance in units in the last place that a float near the exact value has; subnormals have one unit
 * alone. */
static double distance(float found, double exact) {
  if (isnan(exact)) return isnan(found) ? 0 : INFINITY;
  if (isinf((float)exact)) return found == (float)exact ? 0 : INFINITY;
  int exponent;
  frexp(exact, &exponent);
  return fabs((double)found - exact) / fmax(ldexp(1, exponent - 24), 0x1p-149);
}

/* The distance of a function from the exact one, where it is defined. */
static double distance_at(int f, float x) {
  const bool defined = !(x < functions[f].from || x > functions[f].to);
  return defined ? distance(functions[f].found(x), functions[f].exact((double)x)) : 0;
}

static void assert_near(int64_t n, const float *x) {
  for (int f = 0; f < LENGTH(functions); f++) {
    ASSERT_EACH(i, n, distance_at(f, x[i]), 0, functions[f].error,
                "%s(%.9g) = %.9g, exact is %.17g; units in the last place", functions[f].name, (double)x[i],
                (double)functions[f].found(x[i]), functions[f].exact((double)x[i]));
  }
}

START_TEST(errors_are_as_stated) {
  const uint32_t step = 4099;
  const int64_t n = 0xffffffff / step + 1;
  float *x = room(n, sizeof *x);
  for (int64_t i = 0; i < n; i++) x[i] = agk_from_bits((uint32_t)i * step);
  assert_near(n, x);
  free(x);
}
END_TEST

/* Zeros, subnormal numbers, the ends of the range, where results overflow or vanish, and where branches meet.
 */
START_TEST(borders_are_exact_enough) {
  const float borders[] = {0,           0x1p-149f,  0x1p-127f,  FLT_MIN,     0x1p-24f,   0.625f,
                           0.70710678f, 1,          88.72283f,  88.72284f,   103.27893f, 103.97208f,
                           104.000015f, 10.054125f, 11.000001f, FLT_MAX,     INFINITY,   NAN,
                           0x1p-25f,    20,         20.000002f, 0.34657359f, 0.99999994f};
  float negative[LENGTH(borders)];
  for (int i = 0; i < LENGTH(borders); i++) negative[i] = -borders[i];
  assert_near(LENGTH(borders), borders);
  assert_near(LENGTH(borders), negative);
  ck_assert(signbit(agk_tanh_f32(-0.0f)) && !signbit(agk_tanh_f32(0.0f)));
  ck_assert(signbit(agk_expm1_f32(-0.0f)) && !signbit(agk_expm1_f32(0.0f)));
  ck_assert(signbit(agk_log1p_f32(-0.0f)) && !signbit(agk_log1p_f32(0.0f)));
}
END_TEST

/* Beyond 3 the errors of bell and normal grow as x^2; what is less than FLT_MIN is 0, and infinities have
 * their limits. */
START_TEST(tails_are_as_stated) {
  enum { MOST = 1 << 17 };
  float *x = room(MOST, sizeof *x);
  int64_t n = 0;
  for (float at = 3; at < 13 && n < MOST; at += 1e-4f) x[n++] = at;
  ck_assert_int_lt(n, MOST);
  const struct {
    const char *name;
    float (*found)(float x);
    double (*exact)(double x);
    float sign;
    double error; /* in units in the last place, or 0 where they grow */
  } tails[] = {{"bell", agk_bell_f32, bell, 1, 0},
               {"bell", agk_bell_f32, bell, -1, 0},
               {"normal", agk_normal_f32, normal, -1, 0},
               {"normal", agk_normal_f32, normal, 1, 1}};
  for (int t = 0; t < LENGTH(tails); t++) {
    const float sign = tails[t].sign;
    ASSERT_EACH(i, n, distance(tails[t].found(sign * x[i]), tails[t].exact((double)(sign * x[i]))), 0,
                tails[t].error > 0 ? tails[t].error : 1.5 * (double)x[i] * (double)x[i],
                "%s(%.9g) = %.9g, exact is %.17g; units in the last place", tails[t].name,
                (double)(sign * x[i]), (double)tails[t].found(sign * x[i]),
                tails[t].exact((double)(sign * x[i])));
  }
  free(x);
  const float far[] = {13.5f, 14, 20, FLT_MAX, INFINITY};
  for (int i = 0; i < LENGTH(far); i++) {
    ck_assert(agk_bell_f32(far[i]) == 0 && agk_bell_f32(-far[i]) == 0);
    ck_assert(agk_normal_f32(-far[i]) == 0 && agk_normal_f32(far[i]) == 1);
  }
  ck_assert(isnan(agk_bell_f32(NAN)) && isnan(agk_normal_f32(NAN)));
}
END_TEST

/* Where NaN is expected, any of them will do. */
static void assert_bits(int64_t n, const float *found, float *expected, const char *name) {
  for (int64_t i = 0; i < n; i++)
    if (isnan(expected[i]) && isnan(found[i])) expected[i] = found[i];
  ASSERT_EACH_BIT(n, found, expected, "%s of vectors", name);
}

/* Numbers of every size, more than a vector of any kind and some that are left over. */
START_TEST(vectors_give_the_same_bits) {
  enum { N = 1000 + 13 };
  float x[N], expected[N];
  for (int i = 0; i < N; i++) x[i] = agk_from_bits((uint32_t)i * 4241003u);
  ag_ctx *k = ag_ctx_new();
  ag_tensor *in = ag_from(k, AG_F32, AG_SHAPE(N), x);
  ag_tensor *const out[] = {ag_exp(in),   ag_log(in),   ag_tanh(in), NULL, NULL,
                            ag_expm1(in), ag_log1p(in), NULL,        NULL},
                   *gelu = ag_gelu(in);
  for (int f = 0; f < LENGTH(functions); f++) {
    for (int i = 0; i < N && out[f]; i++) expected[i] = functions[f].found(x[i]);
    if (out[f]) assert_bits(N, ag_data(out[f]), expected, functions[f].name);
  }
  for (int i = 0; i < N; i++) expected[i] = x[i] * agk_normal_f32(x[i]);
  assert_bits(N, ag_data(gelu), expected, "gelu");
  ag_ctx_free(k);
}
END_TEST

TCase *elementary_kernel_tests(void) {
  TCase *t = tcase_create("elementary");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, errors_are_as_stated);
  tcase_add_test(t, borders_are_exact_enough);
  tcase_add_test(t, tails_are_as_stated);
  tcase_add_test(t, vectors_give_the_same_bits);
  return t;
}
