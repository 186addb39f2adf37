/* each_dtype.h - compiles one source for every data type.
 *
 * A file that wants that is used like those of each_real.h:
 *
 *   #ifndef AG_TYPE
 *   #define AG_SELF "ops/where.c"
 *   #include "core/each_dtype.h"
 *   #else
 *   static void AG_NAME(where)(...) { ... }       becomes where_f32, where_f64, where_i64, where_b8,
 * where_i32, where_u8 #endif
 *
 * and its table of functions is AG_EACH_DTYPE(where). Inside, the type is AG_TYPE and
 *   AG_NAME(f)   is f_f32 and so on,
 *   AG_NUMBER    is float for float, else double, which holds all other elements but large int64 ones
 *                exactly,
 *   AG_BITS      is the number of bits of a whole number, 0 for real types,
 *   AG_RING      is the type to add in: that of real elements, uint64_t for whole numbers, which wrap around.
 *
 * There is no include guard: each use is another series of inclusions. */
#ifndef AG_SELF
#error "define AG_SELF as the path of the file to compile for each data type"
#endif
#include <stdbool.h>
#include <stdint.h>

/* In the order of ag_dtype. */
#define AG_EACH_DTYPE(name)                                                                                  \
  { name##_f32, name##_f64, name##_i64, name##_b8, name##_i32, name##_u8 }

#define AG_TYPE float
#define AG_RING float
#define AG_NAME(name) name##_f32
#define AG_NUMBER float
#define AG_BITS 0
#include AG_SELF
#undef AG_TYPE
#undef AG_RING
#undef AG_NAME
#undef AG_NUMBER
#undef AG_BITS

#define AG_NUMBER double

#define AG_TYPE double
#define AG_RING double
#define AG_NAME(name) name##_f64
#define AG_BITS 0
#include AG_SELF
#undef AG_TYPE
#undef AG_RING
#undef AG_NAME
#undef AG_BITS

#define AG_RING uint64_t

#define AG_TYPE int64_t
#define AG_NAME(name) name##_i64
#define AG_BITS 64
#include AG_SELF
#undef AG_TYPE
#undef AG_NAME
#undef AG_BITS

#define AG_TYPE bool
#define AG_NAME(name) name##_b8
#define AG_BITS 1
#include AG_SELF
#undef AG_TYPE
#undef AG_NAME
#undef AG_BITS

#define AG_TYPE int32_t
#define AG_NAME(name) name##_i32
#define AG_BITS 32
#include AG_SELF
#undef AG_TYPE
#undef AG_NAME
#undef AG_BITS

#define AG_TYPE uint8_t
#define AG_NAME(name) name##_u8
#define AG_BITS 8
#include AG_SELF
#undef AG_TYPE
#undef AG_NAME
#undef AG_BITS

#undef AG_RING
#undef AG_NUMBER
#undef AG_SELF
