/* Conversions between all data types, those of C made safe: real numbers lose their fraction when they become
 * integers, NaN becomes 0 and what is out of range the nearest bound; integers keep their lowest bits, as
 * two's complement; whatever is not 0, NaN too, is true. */
#ifndef AG_TYPE
#include "core/internal.h"
#include "core/multiversion.h"

/* The bounds are compared as double: MOST + 1 and LEAST - 1 are either exact there or round to the one double
 * that separates what fits from what does not. */
#define SATURATED(name, type, least, most)                                                                   \
  AG_INLINE type name(double x) {                                                                            \
    if (x != x) return 0;                                                                                    \
    return (type)(x >= (double)(most) + 1 ? (most) : x <= (double)(least)-1 ? (least) : (type)x);            \
  }
SATURATED(saturated_i64, int64_t, INT64_MIN, INT64_MAX)
SATURATED(saturated_i32, int32_t, INT32_MIN, INT32_MAX)
SATURATED(saturated_u8, uint8_t, 0, UINT8_MAX)

#define AG_SELF "core/convert.c"
#include "core/each_dtype.h"
#else

#if AG_BITS == 0
#define WHOLE(type, saturated) saturated((double)x)
#else
#define WHOLE(type, saturated) (type) x
#endif
#define EACH(place, value)                                                                                   \
  for (int64_t i = 0; i < n; i++) {                                                                          \
    const AG_TYPE x = place;                                                                                 \
    value;                                                                                                   \
  }
#define TO(suffix, type, value)                                                                              \
  AG_MULTIVERSION static void AG_NAME(to_##suffix)(int64_t n, void *out, int64_t s, const void *in,          \
                                                   int64_t t) {                                              \
    type *y = out;                                                                                           \
    const AG_TYPE *a = in;                                                                                   \
    if (s == 1 && t == 1) {                                                                                  \
      EACH(a[i], y[i] = value)                                                                               \
    } else if (s == 1 && t == 0) {                                                                           \
      EACH(*a, y[i] = value)                                                                                 \
    } else {                                                                                                 \
      EACH(a[i * t], y[i * s] = value)                                                                       \
    }                                                                                                        \
  }

TO(f32, float, (float)x)
TO(f64, double, (double)x)
TO(i64, int64_t, WHOLE(int64_t, saturated_i64))
TO(b8, bool, x != 0)
TO(i32, int32_t, WHOLE(int32_t, saturated_i32))
TO(u8, uint8_t, WHOLE(uint8_t, saturated_u8))

#undef WHOLE
#undef EACH
#undef TO
#endif

#ifndef AG_TYPE

typedef void conversion(int64_t n, void *to, int64_t to_step, const void *from, int64_t from_step);

void ag_convert(int64_t n, ag_dtype to_type, void *to, int64_t to_step, ag_dtype from_type, const void *from,
                int64_t from_step) {
  static conversion *const table[AG_DTYPES][AG_DTYPES] = {AG_EACH_DTYPE(to_f32), AG_EACH_DTYPE(to_f64),
                                                          AG_EACH_DTYPE(to_i64), AG_EACH_DTYPE(to_b8),
                                                          AG_EACH_DTYPE(to_i32), AG_EACH_DTYPE(to_u8)};
  table[to_type][from_type](n, to, to_step, from, from_step);
}
#endif
