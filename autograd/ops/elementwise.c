/* Functions of numbers, element by element: everything that follows from the lines of arithmetic.def and
 * elementwise.def. */
#ifndef AG_REAL
#include <tgmath.h>

#include "core/internal.h"
#include "core/multiversion.h"
#include "kernels/elementary.h"
#include "kernels/special.h"
#include "ops/catalogue.h"
#include "ops/integer.h"

/* ln(2), ln(10), 1 / sqrt(pi). */
#define LN_2 0.69314718055994530942
#define LN_10 2.30258509299404568402
#define ROOT_1_PI 0.56418958354775628695

#define AG_SELF "ops/elementwise.c"
#include "core/each_real.h"
#else

#include "ops/elementwise_loops.h"
#include "ops/arithmetic.def"
#include "ops/elementwise.def"
#include "ops/undefine.h"
#endif

#ifndef AG_REAL
#include "ops/elementwise_objects.h"

/* Numbers of every type. */
#define WANTED AG_ALIKE
#define LOOPS(name)                                                                                          \
  { [AG_F32] = name##_f32, name##_f64, ag_##name##_i64, [AG_I32] = ag_##name##_i32, ag_##name##_u8 }
#include "ops/arithmetic.def"
#undef WANTED
#undef LOOPS

/* Real numbers alone. */
#define WANTED AG_F32
#define LOOPS(name)                                                                                          \
  { name##_f32, name##_f64 }
#include "ops/elementwise.def"
#include "ops/undefine.h"
#endif
