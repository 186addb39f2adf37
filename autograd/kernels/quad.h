/* quad.h - vectors of four numbers, in any instruction set: what turns rows into columns.
 *
 * Included inside of a file that is compiled by core/each_isa.h, and so without a guard. */
#include "core/multiversion.h"

/* Integers as wide as the real type. */
#define AG_BITS __typeof__(_Generic((AG_REAL)0, float : (int32_t)0, double : (int64_t)0))

#ifdef __clang__
#define AG_SHUFFLE(x, y, i, j, k, l) __builtin_shufflevector(x, y, i, j, k, l)
#else
#define AG_SHUFFLE(x, y, i, j, k, l) __builtin_shuffle(x, y, (AG_NAME(quad_places)){i, j, k, l})
#endif

typedef AG_REAL AG_NAME(quad) __attribute__((vector_size(4 * sizeof(AG_REAL))));
typedef AG_BITS AG_NAME(quad_places) __attribute__((vector_size(4 * sizeof(AG_REAL))));
typedef AG_REAL AG_NAME(quad_anywhere)
    __attribute__((vector_size(4 * sizeof(AG_REAL)), aligned(sizeof(AG_REAL)), may_alias));

/* Moves four numbers from and to any address that is aligned for a number. */
#define AG_LOAD_QUAD(p) (*(const AG_NAME(quad_anywhere) *)(const void *)(p))
#define AG_STORE_QUAD(p, q) (*(AG_NAME(quad_anywhere) *)(void *)(p) = (q))

/* The rows of a 4x4 matrix become its columns. */
AG_INLINE void AG_NAME(turn)(AG_NAME(quad) r[4]) {
  const AG_NAME(quad) s[] = {AG_SHUFFLE(r[0], r[1], 0, 4, 1, 5), AG_SHUFFLE(r[2], r[3], 0, 4, 1, 5),
                             AG_SHUFFLE(r[0], r[1], 2, 6, 3, 7), AG_SHUFFLE(r[2], r[3], 2, 6, 3, 7)};
  r[0] = AG_SHUFFLE(s[0], s[1], 0, 1, 4, 5);
  r[1] = AG_SHUFFLE(s[0], s[1], 2, 3, 6, 7);
  r[2] = AG_SHUFFLE(s[2], s[3], 0, 1, 4, 5);
  r[3] = AG_SHUFFLE(s[2], s[3], 2, 3, 6, 7);
}
