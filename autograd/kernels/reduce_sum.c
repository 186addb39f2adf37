/* reduce_sum.c - sums by pairwise addition.
 *
 * A sum of n numbers is the sum of its two halves, down to blocks that are added by independent lanes; so the
 * rounding error grows with log(n) instead of n, and the lanes keep the vector units busy. Where rows are
 * summed (inner > 1) the same is done to all columns of a strip at once. Long sums with few results are cut
 * into parts, whose sums wait in the workspace. Source: Higham, "The Accuracy of Floating Point Summation",
 * SIAM J. Sci. Comput. 14, 1993. */
#ifndef AG_REAL
#include <stdbool.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/reduce.h"

enum {
  BLOCK = 1024,    /* elements added by lanes: at most BLOCK / AGK_LANES roundings in each */
  STRIP = 1024,    /* columns summed together, whose partial sums live on the stack */
  BLOCK_ROWS = 32, /* rows added one after the other, by fours */
};

static int64_t strips_of(const agk_reduce_geometry *g) { return ag_chunks(g->inner, STRIP); }

/* Where a sum of more than a pair of blocks is cut: behind whole pairs, about in the middle. */
static int64_t middle(int64_t n) {
  const int64_t pairs = n / (4 * BLOCK);
  if (pairs > 0) return pairs * 2 * BLOCK;
  return n > 2 * BLOCK ? 2 * BLOCK : BLOCK;
}

/* The terms of a sum: the x themselves, or the squares of their distances from one y, or of each from its
 * own. */
enum { NUMBERS, AROUND, BETWEEN };

#define AG_SELF "kernels/reduce_sum.c"
#include "core/each_real.h"
#else

#include "kernels/lanes.h"

/* Number i of a sum. */
AG_INLINE AG_REAL AG_NAME(term)(int kind, const AG_REAL *x, const AG_REAL *y, int64_t i) {
  if (kind == NUMBERS) return x[i];
  const AG_REAL d = x[i] - y[kind == AROUND ? 0 : i];
  return d * d;
}

/* At most BLOCK terms. */
AG_INLINE AG_REAL AG_NAME(block)(int kind, int64_t n, const AG_REAL *x, const AG_REAL *y) {
  AG_REAL lane[AGK_LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + AGK_LANES <= n; i += AGK_LANES)
    for (int l = 0; l < AGK_LANES; l++) lane[l] += AG_NAME(term)(kind, x, y, i + l);
  for (; i < n; i++) rest += AG_NAME(term)(kind, x, y, i);
  return AG_NAME(total)(lane) + rest;
}

/* Two whole blocks at once, in twice as many lanes: what lies in a cache comes faster than one block's lanes
 * can be added to. */
AG_INLINE AG_REAL AG_NAME(pair)(int kind, const AG_REAL *x, const AG_REAL *y) {
  AG_REAL first[AGK_LANES] = {0}, second[AGK_LANES] = {0};
  for (int64_t i = 0; i < 2 * BLOCK; i += 2 * AGK_LANES)
    for (int l = 0; l < AGK_LANES; l++) {
      first[l] += AG_NAME(term)(kind, x, y, i + l);
      second[l] += AG_NAME(term)(kind, x, y, i + AGK_LANES + l);
    }
  return AG_NAME(total)(first) + AG_NAME(total)(second);
}

/* sum[j] = the sum over at most BLOCK_ROWS rows of column j. */
AG_INLINE void AG_NAME(columns)(bool squared, int64_t rows, int64_t ld, int64_t width,
                                const AG_REAL *restrict x, const AG_REAL *restrict centre,
                                AG_REAL *restrict sum) {
#define TERM(place) AG_NAME(term)(squared ? BETWEEN : NUMBERS, x + (place), centre, j)
  int64_t r = 0;
  for (int64_t j = 0; j < width; j++) sum[j] = 0;
  for (; r + 4 <= rows; r += 4, x += 4 * ld)
    for (int64_t j = 0; j < width; j++) sum[j] += (TERM(0) + TERM(ld)) + (TERM(2 * ld) + TERM(3 * ld));
  for (; r < rows; r++, x += ld)
    for (int64_t j = 0; j < width; j++) sum[j] += TERM(0);
#undef TERM
}

/* What is summed: of a row, and of several columns at once. y moves on by `step` from one x to the next. */
typedef struct {
  AG_REAL (*block)(int64_t n, const AG_REAL *x, const AG_REAL *y);
  AG_REAL (*pair)(const AG_REAL *x, const AG_REAL *y);
  void (*columns)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x, const AG_REAL *y, AG_REAL *sum);
  int64_t step;
} AG_NAME(terms);

#define KIND(name, kind)                                                                                     \
  AG_MULTIVERSION static AG_REAL AG_NAME(name##_block)(int64_t n, const AG_REAL *x, const AG_REAL *y) {      \
    return AG_NAME(block)(kind, n, x, y);                                                                    \
  }                                                                                                          \
  AG_MULTIVERSION static AG_REAL AG_NAME(name##_pair)(const AG_REAL *x, const AG_REAL *y) {                  \
    return AG_NAME(pair)(kind, x, y);                                                                        \
  }                                                                                                          \
  AG_MULTIVERSION static void AG_NAME(name##_columns)(int64_t rows, int64_t ld, int64_t width,               \
                                                      const AG_REAL *x, const AG_REAL *y, AG_REAL *sum) {    \
    AG_NAME(columns)(kind != NUMBERS, rows, ld, width, x, y, sum);                                           \
  }                                                                                                          \
  static const AG_NAME(terms) AG_NAME(name) = {AG_NAME(name##_block), AG_NAME(name##_pair),                  \
                                               AG_NAME(name##_columns), kind == BETWEEN};
KIND(numbers, NUMBERS)
KIND(around, AROUND)
KIND(between, BETWEEN)
#undef KIND

/* The sum of n adjacent terms. */
static AG_REAL AG_NAME(sum_row)(const AG_NAME(terms) * t, int64_t n, const AG_REAL *x, const AG_REAL *y) {
  if (n <= BLOCK) return t->block(n, x, y);
  if (n == 2 * BLOCK) return t->pair(x, y);
  const int64_t half = middle(n);
  return AG_NAME(sum_row)(t, half, x, y) + AG_NAME(sum_row)(t, n - half, x + half, y + half * t->step);
}

AG_REAL AG_NAME(agk_sum)(int64_t n, const AG_REAL *x) { return AG_NAME(sum_row)(&AG_NAME(numbers), n, x, x); }

/* sum[j] = the sum over the rows of column j for 0 <= j < width <= STRIP. */
static void AG_NAME(sum_rows)(const AG_NAME(terms) * t, int64_t rows, int64_t ld, int64_t width,
                              const AG_REAL *x, const AG_REAL *y, AG_REAL *sum) {
  if (rows <= BLOCK_ROWS) {
    t->columns(rows, ld, width, x, y, sum);
    return;
  }
  AG_REAL other[STRIP];
  const int64_t half = rows / 2;
  AG_NAME(sum_rows)(t, half, ld, width, x, y, sum);
  AG_NAME(sum_rows)(t, rows - half, ld, width, x + half * ld, y, other);
  for (int64_t j = 0; j < width; j++) sum[j] += other[j];
}

/* Units `range` of sum[outer, part, inner] = the sum over each part of the reduced axis, in the calling
 * thread. A step of 1 in y is for a single row, of which each part has its own y. */
static void AG_NAME(sum_units)(const AG_NAME(terms) * t, const agk_reduce_geometry *g, int64_t parts,
                               ag_range range, const AG_REAL *x, const AG_REAL *y, AG_REAL *sum) {
  const int64_t strips = strips_of(g);
  for (int64_t u = range.begin; u < range.end; u++) {
    const int64_t outer = u / strips / parts, part = u / strips % parts;
    const ag_range r = ag_chunk_range(part, parts, g->reduce),
                   j = ag_chunk_range(u % strips, strips, g->inner);
    const AG_REAL *from = x + (outer * g->reduce + r.begin) * g->inner + j.begin;
    const AG_REAL *with = y + outer * g->inner + j.begin + r.begin * t->step;
    AG_REAL *to = sum + (outer * parts + part) * g->inner + j.begin;
    if (g->inner == 1)
      *to = AG_NAME(sum_row)(t, r.end - r.begin, from, with);
    else
      AG_NAME(sum_rows)(t, r.end - r.begin, g->inner, j.end - j.begin, from, with, to);
  }
}

static void AG_NAME(sum_parts)(int threads, const AG_NAME(terms) * t, const agk_reduce_geometry *g,
                               int64_t parts, const AG_REAL *x, const AG_REAL *y, AG_REAL *sum) {
  const int64_t units = g->outer * parts * strips_of(g);
  const int team = ag_team(threads, units, g->outer * g->reduce * g->inner / 4);
  if (team == 1) {
    AG_NAME(sum_units)(t, g, parts, (ag_range){0, units}, x, y, sum);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) AG_NAME(sum_units)(t, g, parts, (ag_range){u, u + 1}, x, y, sum);
}

size_t AG_NAME(agk_reduce_sum_workspace)(const agk_reduce_geometry *g, int threads) {
  (void)threads;
  const int64_t parts = agk_reduce_parts(g, STRIP);
  return parts == 1 ? 0 : (size_t)(g->outer * parts * g->inner) * sizeof(AG_REAL);
}

/* The sums of all parts, and of these. */
static void AG_NAME(sum_all)(int threads, const AG_NAME(terms) * t, const agk_reduce_geometry *g,
                             const AG_REAL *x, const AG_REAL *y, AG_REAL *sum, void *workspace) {
  const int64_t parts = agk_reduce_parts(g, STRIP);
  if (parts == 1) {
    AG_NAME(sum_parts)(threads, t, g, 1, x, y, sum);
    return;
  }
  AG_NAME(sum_parts)(threads, t, g, parts, x, y, workspace);
  const agk_reduce_geometry last = {g->outer, parts, g->inner};
  AG_NAME(sum_parts)(1, &AG_NAME(numbers), &last, 1, workspace, workspace, sum);
}

void AG_NAME(agk_reduce_sum)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             void *workspace) {
  AG_NAME(sum_all)(threads, &AG_NAME(numbers), g, x, x, y, workspace);
}

void AG_NAME(agk_reduce_squares)(int threads, const agk_reduce_geometry *g, const AG_REAL *x,
                                 const AG_REAL *centre, AG_REAL *y, void *workspace) {
  AG_NAME(sum_all)(threads, &AG_NAME(around), g, x, centre, y, workspace);
}

void AG_NAME(agk_reduce_distance)(int threads, int64_t n, const AG_REAL *x, const AG_REAL *other, AG_REAL *y,
                                  void *workspace) {
  AG_NAME(sum_all)(threads, &AG_NAME(between), &(agk_reduce_geometry){1, n, 1}, x, other, y, workspace);
}
#endif
