/* lanes.h - what the lanes of a loop come to: their sum, or the extreme of them.
 *
 * Each step halves the lanes. The width of a step is a constant where it is inlined, so that it is a few
 * vector instructions and no loop. Included inside of a file that is compiled by core/each_real.h, and so
 * without a guard. */
#include <stdbool.h>

#include "core/multiversion.h"

#ifndef AGK_LANES
#define AGK_LANES 32 /* four vectors of eight floats hide the latency of an addition */
#endif

AG_INLINE void AG_NAME(add_half)(int width, AG_REAL *lane) {
  for (int l = 0; l < width; l++) lane[l] += lane[l + width];
}

AG_INLINE AG_REAL AG_NAME(total)(AG_REAL lane[AGK_LANES]) {
  AG_NAME(add_half)(16, lane);
  AG_NAME(add_half)(8, lane);
  AG_NAME(add_half)(4, lane);
  AG_NAME(add_half)(2, lane);
  return lane[0] + lane[1];
}

AG_INLINE bool AG_NAME(beats)(bool least, AG_REAL x, AG_REAL best) { return least ? x < best : x > best; }

/* The one that stays of two; NaN beats every number. Neither comparison is a branch: which one wins cannot be
 * foreseen. */
AG_INLINE AG_REAL AG_NAME(winner)(bool least, AG_REAL x, AG_REAL best) {
  return (AG_NAME(beats)(least, x, best) | (x != x)) ? x : best;
}

AG_INLINE void AG_NAME(best_half)(bool least, int width, AG_REAL *lane) {
  for (int l = 0; l < width; l++) lane[l] = AG_NAME(winner)(least, lane[l + width], lane[l]);
}

/* The last four stay a vector, which is turned. */
AG_INLINE void AG_NAME(best_turned)(bool least, int by, AG_REAL *lane) {
  AG_REAL other[4];
  for (int l = 0; l < 4; l++) other[l] = lane[(l + by) % 4];
  for (int l = 0; l < 4; l++) lane[l] = AG_NAME(winner)(least, other[l], lane[l]);
}

AG_INLINE AG_REAL AG_NAME(best_lane)(bool least, AG_REAL lane[AGK_LANES]) {
  AG_NAME(best_half)(least, 16, lane);
  AG_NAME(best_half)(least, 8, lane);
  AG_NAME(best_half)(least, 4, lane);
  AG_NAME(best_turned)(least, 2, lane);
  AG_NAME(best_turned)(least, 1, lane);
  return lane[0];
}
