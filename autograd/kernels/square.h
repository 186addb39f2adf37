/* square.h - a square of numbers in registers becomes its transpose, in any instruction set.
 *
 * Row i of W = AG_WIDTH rows is a vector of W numbers. Vectors consist of lanes of 16 bytes, in which
 * shuffles are cheapest, so the squares inside of lanes are transposed first and then the square of lanes.
 * Two vectors give a vector of their places of even numbers and one of those of odd numbers; such halving
 * once transposes squares of two, twice squares of four.
 *
 * Included inside of a file that is compiled by core/each_isa.h, and so without a guard. */
#include "core/multiversion.h"

/* Where place l of the even (odd = 0) or odd ones (odd = 1) comes from, among the numbers of two vectors of
 * W. What is numbered are units of u numbers, within groups of g units. */
#define AG_PLACE(l, odd, u, g, W)                                                                            \
  ((l) / ((g) * (u)) * ((g) * (u)) + (l) % (u) + (odd) * (u) +                                               \
   ((l) / (u) % (g) < (g) / 2 ? (l) / (u) % (g)*2 * (u) : (W) + ((l) / (u) % (g)*2 - (g)) * (u)))
#define AG_PLACES_2(l, odd, u, g, W) AG_PLACE(l, odd, u, g, W), AG_PLACE(l + 1, odd, u, g, W)
#define AG_PLACES_4(l, odd, u, g, W) AG_PLACES_2(l, odd, u, g, W), AG_PLACES_2(l + 2, odd, u, g, W)
#define AG_PLACES_8(l, odd, u, g, W) AG_PLACES_4(l, odd, u, g, W), AG_PLACES_4(l + 4, odd, u, g, W)
#define AG_PLACES_16(l, odd, u, g, W) AG_PLACES_8(l, odd, u, g, W), AG_PLACES_8(l + 8, odd, u, g, W)
#if AG_BYTES / AG_REAL_BYTES == 2
#define AG_PLACES(odd, u, g) AG_PLACES_2(0, odd, u, g, 2)
#elif AG_BYTES / AG_REAL_BYTES == 4
#define AG_PLACES(odd, u, g) AG_PLACES_4(0, odd, u, g, 4)
#elif AG_BYTES / AG_REAL_BYTES == 8
#define AG_PLACES(odd, u, g) AG_PLACES_8(0, odd, u, g, 8)
#else
#define AG_PLACES(odd, u, g) AG_PLACES_16(0, odd, u, g, 16)
#endif
#define AG_EVEN(a, b, u, g) __builtin_shufflevector(a, b, AG_PLACES(0, u, g))
#define AG_ODD(a, b, u, g) __builtin_shufflevector(a, b, AG_PLACES(1, u, g))

/* Squares of two and of four units of u numbers, in rows that are u apart. */
#define AG_TURN_TWO(u)                                                                                       \
  AG_UNROLL for (int i = 0; i < AG_WIDTH; i++) {                                                             \
    if (i & (u)) continue;                                                                                   \
    const AG_VECTOR a = row[i], b = row[i + (u)];                                                            \
    row[i] = AG_EVEN(a, b, u, 2);                                                                            \
    row[i + (u)] = AG_ODD(a, b, u, 2);                                                                       \
  }
#define AG_TURN_FOUR(u)                                                                                      \
  AG_UNROLL for (int i = 0; i < AG_WIDTH; i++) {                                                             \
    if (i & (3 * (u))) continue;                                                                             \
    const AG_VECTOR a = AG_EVEN(row[i], row[i + (u)], u, 4), b = AG_ODD(row[i], row[i + (u)], u, 4),         \
                    c = AG_EVEN(row[i + 2 * (u)], row[i + 3 * (u)], u, 4),                                   \
                    d = AG_ODD(row[i + 2 * (u)], row[i + 3 * (u)], u, 4);                                    \
    row[i] = AG_EVEN(a, c, u, 4);                                                                            \
    row[i + (u)] = AG_EVEN(b, d, u, 4);                                                                      \
    row[i + 2 * (u)] = AG_ODD(a, c, u, 4);                                                                   \
    row[i + 3 * (u)] = AG_ODD(b, d, u, 4);                                                                   \
  }

AG_INLINE void AG_NAME(turn_square)(AG_VECTOR row[AG_WIDTH]) {
#if AG_REAL_BYTES == 4
  AG_TURN_FOUR(1)
#else
  AG_TURN_TWO(1)
#endif
#if AG_BYTES == 32
  AG_TURN_TWO(16 / AG_REAL_BYTES)
#elif AG_BYTES == 64
  AG_TURN_FOUR(16 / AG_REAL_BYTES)
#endif
}

#undef AG_PLACE
#undef AG_PLACES_2
#undef AG_PLACES_4
#undef AG_PLACES_8
#undef AG_PLACES_16
#undef AG_PLACES
#undef AG_EVEN
#undef AG_ODD
#undef AG_TURN_TWO
#undef AG_TURN_FOUR
