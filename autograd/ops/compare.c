/* Comparisons and tests: everything that follows from the lines of compare.def. */
#ifndef AG_TYPE
#include "core/multiversion.h"
#include "ops/catalogue.h"
#include "ops/sample.h"

/* What compares with 0 as an int64 does with p. Where both round to one double, p is whole, and the
 * difference is small. */
AG_INLINE double int64_against(int64_t x, double p) {
  const double rounded = (double)x;
  if (rounded != p) return rounded - p;
  return p >= 0x1p63 ? -1 : (double)(x - (int64_t)p);
}

#define AG_SELF "ops/compare.c"
#include "core/each_dtype.h"
#else

/* Kernels. */
#define LOOP AG_MULTIVERSION static void
#define ARGUMENTS int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters
#define EACH(elements, value)                                                                                \
  for (int64_t i = 0; i < n; i++) {                                                                          \
    elements;                                                                                                \
    o[i] = value;                                                                                            \
  }

#define TEST_LOOP(name, number, constants, value)                                                            \
  LOOP AG_NAME(name)(ARGUMENTS) {                                                                            \
    bool *o = out;                                                                                           \
    const AG_TYPE *a = in[0];                                                                                \
    const int64_t s = step[0];                                                                               \
    (void)parameters;                                                                                        \
    constants;                                                                                               \
    if (s == 1)                                                                                              \
      EACH(const AG_NUMBER x = number(a[i]), value)                                                          \
    else                                                                                                     \
      EACH(const AG_NUMBER x = number(a[i * s]), value)                                                      \
  }

#define COMPARE_LOOP(name, value)                                                                            \
  LOOP AG_NAME(name)(ARGUMENTS) {                                                                            \
    bool *o = out;                                                                                           \
    const AG_TYPE *a = in[0], *b = in[1];                                                                    \
    const int64_t s = step[0], t = step[1];                                                                  \
    (void)parameters;                                                                                        \
    if (s == 1 && t == 1) {                                                                                  \
      EACH(const AG_TYPE x = a[i]; const AG_TYPE y = b[i], value)                                            \
    } else if (s == 1 && t == 0) {                                                                           \
      const AG_TYPE y = *b;                                                                                  \
      EACH(const AG_TYPE x = a[i], value)                                                                    \
    } else {                                                                                                 \
      EACH(const AG_TYPE x = a[i * s]; const AG_TYPE y = b[i * t], value)                                    \
    }                                                                                                        \
  }

#define PLAIN(element) ((AG_NUMBER)(element))
#if AG_BITS == 64
#define AGAINST(element) int64_against(element, parameters[0])
#define LIMIT const double p = 0
#else
#define AGAINST PLAIN
#define LIMIT const AG_NUMBER p = (AG_NUMBER)parameters[0]
#endif

#define TEST(name, formula, value) TEST_LOOP(name, PLAIN, , value)
#define TEST_1(name, p, formula, value) TEST_LOOP(name, AGAINST, LIMIT, value)
#define COMPARE(name, formula, value) COMPARE_LOOP(name, value)
#include "ops/compare.def"
#include "ops/undefine.h"

#undef LOOP
#undef ARGUMENTS
#undef EACH
#undef TEST_LOOP
#undef COMPARE_LOOP
#undef PLAIN
#undef AGAINST
#undef LIMIT
#endif

#ifndef AG_TYPE

/* Samples, objects and public functions. Few different elements, so that some are equal. */
#define TYPED(type, with, ...)                                                                               \
  { AG_OPERANDS_(__VA_ARGS__), .attributes = with, .below = 3, .dtype = type }
#define EVERY_TYPE(with, ...)                                                                                \
  TYPED(AG_F32, with, __VA_ARGS__), TYPED(AG_I64, with, __VA_ARGS__), TYPED(AG_BOOL, with, __VA_ARGS__),     \
      TYPED(AG_I32, with, __VA_ARGS__), TYPED(AG_U8, with, __VA_ARGS__)
#define TEST_SAMPLES(name, with)                                                                             \
  static const ag_sample name##_samples[] = {EVERY_TYPE(with, AG_LIST(3, 4)), TYPED(AG_F32, with, AG_POINT), \
                                             TYPED(AG_F32, with, AG_LIST(2, 0)),                             \
                                             AG_WORKS(0.5, 2, with, AG_LIST(2, 3)), AG_NO_MORE};
#define COMPARE_SAMPLES(name)                                                                                \
  static const ag_sample name##_samples[] = {                                                                \
      EVERY_TYPE(NULL, AG_LIST(3, 4), AG_LIST(3, 4)),                                                        \
      EVERY_TYPE(NULL, AG_LIST(2, 1, 4), AG_LIST(3, 1)),                                                     \
      TYPED(AG_F32, NULL, AG_POINT, AG_LIST(2, 3)),                                                          \
      TYPED(AG_I64, NULL, AG_LIST(7), AG_POINT),                                                             \
      TYPED(AG_F32, NULL, AG_LIST(0, 3), AG_LIST(3)),                                                        \
      TYPED(AG_F32, NULL, AG_POINT, AG_POINT),                                                               \
      AG_WORKS(-2, 2, NULL, AG_LIST(3, 4), AG_LIST(3, 4)),                                                   \
      AG_REFUSED(#name ": 2x3 and 2 do not broadcast", NULL, AG_LIST(2, 3), AG_LIST(2)),                     \
      AG_NO_MORE};

#define OBJECT(title, text, operands, constants)                                                             \
  const ag_op ag_op_##title = {.name = #title,                                                               \
                               .formula = text,                                                              \
                               .n_in = operands,                                                             \
                               .in_dtype = {AG_ALIKE, AG_ALIKE},                                             \
                               .out_dtype = AG_BOOL,                                                         \
                               .attribute_size = constants * sizeof(double),                                 \
                               .loop = AG_EACH_DTYPE(title),                                                 \
                               .not_differentiable = "the result is a truth",                                \
                               .samples = title##_samples};

#define TEST(name, formula, value)                                                                           \
  TEST_SAMPLES(name, NULL)                                                                                   \
  OBJECT(name, formula, 1, 0)                                                                                \
  ag_tensor *(ag_##name)(ag_site at, ag_tensor * x) { return ag_apply(at, &ag_op_##name, 1, &x, NULL); }
#define TEST_1(name, p, formula, value)                                                                      \
  TEST_SAMPLES(name, ((const double[]){1}))                                                                  \
  OBJECT(name, formula, 1, 1)                                                                                \
  ag_tensor *(ag_##name)(ag_site at, ag_tensor * x, double p) {                                              \
    return ag_apply(at, &ag_op_##name, 1, &x, &p);                                                           \
  }
#define COMPARE(name, formula, value)                                                                        \
  COMPARE_SAMPLES(name)                                                                                      \
  OBJECT(name, formula, 2, 0)                                                                                \
  ag_tensor *(ag_##name)(ag_site at, ag_tensor * x, ag_tensor * y) {                                         \
    return ag_apply(at, &ag_op_##name, 2, (ag_tensor *[]){x, y}, NULL);                                      \
  }
#include "ops/compare.def"
#include "ops/undefine.h"
#endif
