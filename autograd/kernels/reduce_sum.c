/* reduce_sum.c - sums by pairwise addition.
 *
 * A sum of n numbers is the sum of its two halves, down to blocks that are added by independent lanes; so the
 * rounding error grows with log(n) instead of n, and the lanes keep the vector units busy. Where rows are
 * summed (inner > 1) the same is done to all columns of a strip at once. Long sums with few results are cut
 * into parts, whose sums wait in the workspace. Source: Higham, "The Accuracy of Floating Point Summation",
 * SIAM J. Sci. Comput. 14, 1993. */
#ifndef AG_REAL
#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/reduce.h"

enum {
  LANES = 32,      /* four vectors of eight floats hide the latency of an addition */
  BLOCK = 1024,    /* elements added by lanes: at most BLOCK / LANES roundings in each */
  STRIP = 1024,    /* columns summed together, whose partial sums live on the stack */
  BLOCK_ROWS = 32, /* rows added one after the other, by fours */
  PART = 1 << 15,  /* elements of a part that pay for a thread */
  MAX_UNITS = 64,  /* parts that are enough to balance the cores */
};

static int64_t strips_of(const agk_reduce_geometry *g) { return ag_chunks(g->inner, STRIP); }

/* The number of parts that each sum is cut into. */
static int64_t parts_of(const agk_reduce_geometry *g) {
  const int64_t units = g->outer * strips_of(g);
  if (units == 0 || units >= MAX_UNITS) return 1;
  const int64_t width = g->inner < STRIP ? g->inner : STRIP;
  const int64_t parts = g->reduce * width / PART, most = MAX_UNITS / units;
  if (parts < 2) return 1;
  return parts < most ? parts : most;
}

#define AG_SELF "kernels/reduce_sum.c"
#include "core/each_real.h"
#else

AG_MULTIVERSION static AG_REAL AG_NAME(block_sum)(int64_t n, const AG_REAL *x) {
  AG_REAL lane[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] += x[i + l];
  for (; i < n; i++) rest += x[i];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) lane[l] += lane[l + width];
  return lane[0] + rest;
}

AG_REAL AG_NAME(agk_sum)(int64_t n, const AG_REAL *x) {
  if (n <= BLOCK) return AG_NAME(block_sum)(n, x);
  const int64_t half = n / 2 / BLOCK * BLOCK > 0 ? n / 2 / BLOCK * BLOCK : BLOCK;
  return AG_NAME(agk_sum)(half, x) + AG_NAME(agk_sum)(n - half, x + half);
}

AG_MULTIVERSION static void AG_NAME(block_rows)(int64_t rows, int64_t ld, int64_t width,
                                                const AG_REAL *restrict x, AG_REAL *restrict sum) {
  int64_t r = 0;
  for (int64_t j = 0; j < width; j++) sum[j] = 0;
  for (; r + 4 <= rows; r += 4, x += 4 * ld)
    for (int64_t j = 0; j < width; j++) sum[j] += (x[j] + x[ld + j]) + (x[2 * ld + j] + x[3 * ld + j]);
  for (; r < rows; r++, x += ld)
    for (int64_t j = 0; j < width; j++) sum[j] += x[j];
}

/* sum[j] = sum over the rows of x[row * ld + j] for 0 <= j < width <= STRIP. */
static void AG_NAME(sum_rows)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x, AG_REAL *sum) {
  if (rows <= BLOCK_ROWS) {
    AG_NAME(block_rows)(rows, ld, width, x, sum);
    return;
  }
  AG_REAL other[STRIP];
  const int64_t half = rows / 2;
  AG_NAME(sum_rows)(half, ld, width, x, sum);
  AG_NAME(sum_rows)(rows - half, ld, width, x + half * ld, other);
  for (int64_t j = 0; j < width; j++) sum[j] += other[j];
}

/* y[outer, part, inner] = the sum over each part of the reduced axis. */
static void AG_NAME(sum_parts)(int threads, const agk_reduce_geometry *g, int64_t parts, const AG_REAL *x,
                               AG_REAL *y) {
  const int64_t strips = strips_of(g), units = g->outer * parts * strips;
  AG_PARALLEL_FOR(ag_team(threads, units, g->outer * g->reduce * g->inner / 4))
  for (int64_t u = 0; u < units; u++) {
    const int64_t outer = u / strips / parts, part = u / strips % parts;
    const ag_range r = ag_chunk_range(part, parts, g->reduce),
                   j = ag_chunk_range(u % strips, strips, g->inner);
    const AG_REAL *from = x + (outer * g->reduce + r.begin) * g->inner + j.begin;
    AG_REAL *to = y + (outer * parts + part) * g->inner + j.begin;
    if (g->inner == 1)
      *to = AG_NAME(agk_sum)(r.end - r.begin, from);
    else
      AG_NAME(sum_rows)(r.end - r.begin, g->inner, j.end - j.begin, from, to);
  }
}

size_t AG_NAME(agk_reduce_sum_workspace)(const agk_reduce_geometry *g, int threads) {
  (void)threads;
  const int64_t parts = parts_of(g);
  return parts == 1 ? 0 : (size_t)(g->outer * parts * g->inner) * sizeof(AG_REAL);
}

void AG_NAME(agk_reduce_sum)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             void *workspace) {
  const int64_t parts = parts_of(g);
  if (parts == 1) {
    AG_NAME(sum_parts)(threads, g, 1, x, y);
    return;
  }
  AG_NAME(sum_parts)(threads, g, parts, x, workspace);
  const agk_reduce_geometry last = {g->outer, parts, g->inner};
  AG_NAME(sum_parts)(1, &last, 1, workspace, y);
}
#endif
