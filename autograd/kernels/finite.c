/* finite.c - x - x is 0 for finite x alone. Blocks are tried as a whole, which vectorises. */
#ifndef AG_REAL
#include "kernels/finite.h"

#include "core/multiversion.h"
#include "core/parallel.h"

enum { BLOCK = 1024 };

#define AG_SELF "kernels/finite.c"
#include "core/each_real.h"
#else

/* Whether there is such a number among n. */
AG_MULTIVERSION static int AG_NAME(any_in)(int64_t n, const AG_REAL *x) {
  int lane[16] = {0}, any = 0;
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    AG_SIMD
    for (int l = 0; l < 16; l++) lane[l] |= !(x[i + l] - x[i + l] == 0);
  }
  for (; i < n; i++) any |= !(x[i] - x[i] == 0);
  for (int l = 0; l < 16; l++) any |= lane[l];
  return any;
}

int64_t AG_NAME(agk_find_not_finite)(int64_t n, const AG_REAL *x) {
  for (int64_t begin = 0; begin < n; begin += BLOCK) {
    const int64_t size = n - begin < BLOCK ? n - begin : BLOCK;
    if (!AG_NAME(any_in)(size, x + begin)) continue;
    int64_t i = begin;
    while (x[i] - x[i] == 0) i++;
    return i;
  }
  return -1;
}
#endif
