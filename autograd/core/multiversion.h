/* multiversion.h - one binary, several instruction sets.
 *
 * AG_MULTIVERSION before a function compiles it for AVX-512, AVX2 and the baseline; the dynamic linker picks
 * one when the program starts. It belongs on serial hot loops only: the body that OpenMP outlines from a
 * function is not cloned with it, so the parallel driver stays plain and calls a multiversioned loop. Helpers
 * that such a loop calls must be AG_INLINE, or they keep the baseline instructions. No clone fuses a
 * multiplication with an addition (-ffp-contract=off), so every clone gives the same bits.
 *
 * Sanitizers start before the linker may resolve such functions, and clang and other C libraries treat the
 * attribute differently: there the baseline alone is built. */
#ifndef AG_CORE_MULTIVERSION_H
#define AG_CORE_MULTIVERSION_H

#include <stdlib.h> /* one of the C library's own headers, which says that it is glibc */

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__) &&                 \
    !defined(AG_SANITIZE)
#define AG_MULTIVERSION __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define AG_MULTIVERSION
#endif

#if defined(__GNUC__)
#define AG_INLINE static inline __attribute__((always_inline))
#else
#define AG_INLINE static inline
#endif

/* Before a loop over an array that is meant to lie in registers, whose rounds are few and known when this is
 * compiled: it becomes straight code while the compiler still turns such arrays into registers. Later on, an
 * array that an outer loop may leave as it is would be written to memory before and after that loop. */
#if defined(__GNUC__)
#define AG_UNROLL _Pragma("GCC unroll 16")
#else
#define AG_UNROLL
#endif

#endif
