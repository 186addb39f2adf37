/* each_isa.h - compiles one source for every real type and every instruction set.
 *
 * Used like each_real.h, by files whose kernels work on vectors:
 *
 *   #ifndef AG_REAL
 *   #define AG_SELF "kernels/panel.c"
 *   #include "core/each_isa.h"
 *   typedef void panel_f32(...);
 *   static panel_f32 *const panels_f32[] = AG_EACH_ISA(panel_f32);     call panels_f32[ag_isa_here()](...)
 *   #else
 *   static void AG_NAME(panel)(...) { ... }              becomes panel_f32_avx2, panel_f64_portable and so on
 *   #endif
 *
 * Inside, beside AG_REAL and AG_EPSILON,
 *   AG_OF_REAL(f)     is f_f32 or f_f64, which each_real.h has made for all instruction sets,
 *   AG_VECTOR         is a vector of AG_WIDTH numbers: + - * / work on it, and so does v[i],
 *   AG_LOAD(p), AG_STORE(p, v)   move one from and to any address that is aligned for a number,
 *   AG_ALL(x)         is x in every place,
 *   AG_FMA(a, b, c)   is a b + c, rounded once where the processor can.
 * There is no include guard: each use is another series of inclusions. */
#ifndef AG_SELF
#error "define AG_SELF as the path of the file to compile for each instruction set"
#endif
#include <float.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AG_EACH_ISA(name)                                                                                    \
  { name##_portable, name##_avx2, name##_avx512 }
#else
#define AG_EACH_ISA(name)                                                                                    \
  { name##_portable }
#endif

#define AG_VECTOR AG_NAME(ag_vector)
#define AG_WIDTH ((int)(sizeof(AG_VECTOR) / sizeof(AG_REAL)))
#define AG_LOAD(p) (*(const AG_NAME(ag_anywhere) *)(const void *)(p))
#define AG_STORE(p, v) (*(AG_NAME(ag_anywhere) *)(void *)(p) = (v))
#define AG_ALL(x)                                                                                            \
  ((x) - (AG_VECTOR){0}) /* for x = -0, x - 0 is x and 0 + x is not, so this costs no addition */

/* Portable: the 16 bytes that every 64-bit processor has. */
#define AG_FMA(a, b, c) ((a) * (b) + (c))
#define AG_BYTES 16
#define AG_ISA_SUFFIX(name) name##_portable
#include "core/each_isa_real.h"
#undef AG_FMA
#undef AG_BYTES
#undef AG_ISA_SUFFIX

#if defined(__x86_64__) && defined(__GNUC__)
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define AG_FMA(a, b, c) AG_FMA_OF(_mm256_fmadd)(a, b, c)
#define AG_BYTES 32
#define AG_ISA_SUFFIX(name) name##_avx2
#include "core/each_isa_real.h"
#undef AG_FMA
#undef AG_BYTES
#undef AG_ISA_SUFFIX
#ifdef __clang__
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))),                  \
                             apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2,fma")
#endif
#define AG_FMA(a, b, c) AG_FMA_OF(_mm512_fmadd)(a, b, c)
#define AG_BYTES 64
#define AG_ISA_SUFFIX(name) name##_avx512
#include "core/each_isa_real.h"
#undef AG_FMA
#undef AG_BYTES
#undef AG_ISA_SUFFIX
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

#undef AG_VECTOR
#undef AG_WIDTH
#undef AG_LOAD
#undef AG_STORE
#undef AG_ALL
#undef AG_SELF
