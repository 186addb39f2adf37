/* each_isa_real.h - the part of each_isa.h that goes through the real types for one instruction set. */
#define AG_REAL float
#define AG_REAL_BYTES 4
#define AG_NAME(name) AG_ISA_SUFFIX(name##_f32)
#define AG_OF_REAL(name) name##_f32
#define AG_FMA_OF(name) name##_ps
#define AG_EPSILON FLT_EPSILON
typedef AG_REAL AG_VECTOR __attribute__((vector_size(AG_BYTES)));
typedef AG_REAL AG_NAME(ag_anywhere) __attribute__((vector_size(AG_BYTES), aligned(4), may_alias));
#include AG_SELF
#undef AG_REAL
#undef AG_REAL_BYTES
#undef AG_NAME
#undef AG_OF_REAL
#undef AG_FMA_OF
#undef AG_EPSILON

#define AG_REAL double
#define AG_REAL_BYTES 8
#define AG_NAME(name) AG_ISA_SUFFIX(name##_f64)
#define AG_OF_REAL(name) name##_f64
#define AG_FMA_OF(name) name##_pd
#define AG_EPSILON DBL_EPSILON
typedef AG_REAL AG_VECTOR __attribute__((vector_size(AG_BYTES)));
typedef AG_REAL AG_NAME(ag_anywhere) __attribute__((vector_size(AG_BYTES), aligned(8), may_alias));
#include AG_SELF
#undef AG_REAL
#undef AG_REAL_BYTES
#undef AG_NAME
#undef AG_OF_REAL
#undef AG_FMA_OF
#undef AG_EPSILON
