/* each_real.h - compiles one source for every real type.
 *
 * A file that wants that ends in
 *
 *   #ifndef AG_REAL
 *   #include "kernels/softmax.h"
 *   #define AG_SELF "kernels/softmax.c"
 *   #include "core/each_real.h"
 *   #else
 *   void AG_NAME(agk_softmax)(...) { ... }        becomes agk_softmax_f32 and agk_softmax_f64
 *   #endif
 *
 * and is included once for float and once for double. Inside, the type is AG_REAL and
 *   AG_NAME(f)     is f_f32 or f_f64,
 *   AG_BLAS(gemm)  is cblas_sgemm or cblas_dgemm,
 *   AG_LAPACK(getrf) is sgetrf_ or dgetrf_,
 *   AG_MATH(exp)   is expf or exp,
 *   AG_EPSILON     is FLT_EPSILON or DBL_EPSILON,
 *   AG_REAL_BYTES  is 4 or 8, for the preprocessor as well.
 * A debugger steps through such a file as through any other, which a body inside a macro does not allow.
 * There is no include guard: each use is another pair of inclusions. */
#ifndef AG_SELF
#error "define AG_SELF as the path of the file to compile for each real type"
#endif
#include <float.h>

#define AG_REAL float
#define AG_REAL_BYTES 4
#define AG_NAME(name) name##_f32
#define AG_BLAS(name) cblas_s##name
#define AG_LAPACK(name) s##name##_
#define AG_MATH(name) name##f
#define AG_EPSILON FLT_EPSILON
#include AG_SELF
#undef AG_REAL
#undef AG_REAL_BYTES
#undef AG_NAME
#undef AG_BLAS
#undef AG_LAPACK
#undef AG_MATH
#undef AG_EPSILON

#define AG_REAL double
#define AG_REAL_BYTES 8
#define AG_NAME(name) name##_f64
#define AG_BLAS(name) cblas_d##name
#define AG_LAPACK(name) d##name##_
#define AG_MATH(name) name
#define AG_EPSILON DBL_EPSILON
#include AG_SELF
#undef AG_REAL
#undef AG_REAL_BYTES
#undef AG_NAME
#undef AG_BLAS
#undef AG_LAPACK
#undef AG_MATH
#undef AG_EPSILON

#undef AG_SELF
