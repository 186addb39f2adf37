/* whole.c - reductions of whole numbers.
 *
 * A strip of adjacent lanes is reduced one row after the other, so that the loop over them becomes vector
 * code; what has come of them so far lies on the stack. A strip of one lane is compiled apart, where that
 * stays in a register. */
#ifndef AG_TYPE
#include "kernels/whole.h"

#include "core/multiversion.h"
#include "core/parallel.h"

enum { STRIP = 64 };

/* The lanes [first, first + width) of one outer index. */
typedef struct {
  agk_reduce_geometry g;
  bool reverse, least;
  const void *x;
  void *y;
  int64_t *index;
} job;

typedef void strip(const job *j, int64_t outer, int64_t first, int64_t width);

static void each_strip(int threads, const job *j, strip *f) {
  const int64_t strips = ag_chunks(j->g.inner, STRIP), units = j->g.outer * strips;
  AG_PARALLEL_FOR(ag_team(threads, units, j->g.outer * j->g.reduce * j->g.inner))
  for (int64_t u = 0; u < units; u++) {
    const ag_range lanes = ag_chunk_range(u % strips, strips, j->g.inner);
    f(j, u / strips, lanes.begin, lanes.end - lanes.begin);
  }
}

/* The sum or the product, modulo 2^64, of each lane; with all, what it has grown to at each place. */
AG_INLINE void accumulate_strip(const job *j, int64_t outer, int64_t first, int64_t width, bool product,
                                bool all) {
  uint64_t grown[STRIP];
  for (int64_t k = 0; k < width; k++) grown[k] = product;
  for (int64_t i = 0; i < j->g.reduce; i++) {
    const int64_t r = j->reverse ? j->g.reduce - 1 - i : i;
    const int64_t row = (outer * j->g.reduce + r) * j->g.inner + first;
    const int64_t *x = (const int64_t *)j->x + row;
    int64_t *y = (int64_t *)j->y + row;
    for (int64_t k = 0; k < width; k++)
      grown[k] = product ? grown[k] * (uint64_t)x[k] : grown[k] + (uint64_t)x[k];
    for (int64_t k = 0; k < width && all; k++) y[k] = (int64_t)grown[k];
  }
  int64_t *y = (int64_t *)j->y + outer * j->g.inner + first;
  for (int64_t k = 0; k < width && !all; k++) y[k] = (int64_t)grown[k];
}

AG_INLINE void accumulate(const job *j, int64_t outer, int64_t first, int64_t width, bool product, bool all) {
  if (width == 1)
    accumulate_strip(j, outer, first, 1, product, all);
  else
    accumulate_strip(j, outer, first, width, product, all);
}

AG_MULTIVERSION static void sum_strip(const job *j, int64_t outer, int64_t first, int64_t width) {
  accumulate(j, outer, first, width, false, false);
}
AG_MULTIVERSION static void prod_strip(const job *j, int64_t outer, int64_t first, int64_t width) {
  accumulate(j, outer, first, width, true, false);
}
AG_MULTIVERSION static void cumsum_strip(const job *j, int64_t outer, int64_t first, int64_t width) {
  accumulate(j, outer, first, width, false, true);
}
AG_MULTIVERSION static void cumprod_strip(const job *j, int64_t outer, int64_t first, int64_t width) {
  accumulate(j, outer, first, width, true, true);
}

void agk_reduce_sum_i64(int threads, const agk_reduce_geometry *g, const int64_t *x, int64_t *y,
                        void *workspace) {
  (void)workspace;
  each_strip(threads, &(job){.g = *g, .x = x, .y = y}, sum_strip);
}

void agk_reduce_prod_i64(int threads, const agk_reduce_geometry *g, const int64_t *x, int64_t *y,
                         void *workspace) {
  (void)workspace;
  each_strip(threads, &(job){.g = *g, .x = x, .y = y}, prod_strip);
}

void agk_cumsum_i64(int threads, const agk_reduce_geometry *g, bool reverse, const int64_t *x, int64_t *y) {
  each_strip(threads, &(job){.g = *g, .reverse = reverse, .x = x, .y = y}, cumsum_strip);
}

void agk_cumprod_i64(int threads, const agk_reduce_geometry *g, const int64_t *x, int64_t *y) {
  each_strip(threads, &(job){.g = *g, .x = x, .y = y}, cumprod_strip);
}

#define AG_SELF "kernels/whole.c"
#include "core/each_dtype.h"
#elif AG_BITS > 0

AG_INLINE void AG_NAME(extreme)(const job *j, int64_t outer, int64_t first, int64_t width) {
  const int64_t begin = outer * j->g.reduce * j->g.inner + first, to = outer * j->g.inner + first;
  const AG_TYPE *x = (const AG_TYPE *)j->x + begin;
  AG_TYPE best[STRIP];
  int64_t place[STRIP] = {0};
  for (int64_t k = 0; k < width; k++) best[k] = x[k];
  for (int64_t r = 1; r < j->g.reduce; r++) {
    x += j->g.inner;
    for (int64_t k = 0; k < width; k++) {
      const bool better = j->least ? x[k] < best[k] : x[k] > best[k];
      place[k] = better ? r : place[k];
      best[k] = better ? x[k] : best[k];
    }
  }
  for (int64_t k = 0; k < width && j->y; k++) ((AG_TYPE *)j->y)[to + k] = best[k];
  for (int64_t k = 0; k < width && j->index; k++) j->index[to + k] = place[k];
}

AG_MULTIVERSION static void AG_NAME(extreme_strip)(const job *j, int64_t outer, int64_t first,
                                                   int64_t width) {
  if (width == 1)
    AG_NAME(extreme)(j, outer, first, 1);
  else
    AG_NAME(extreme)(j, outer, first, width);
}

void AG_NAME(agk_reduce_max)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                             int64_t *index) {
  each_strip(threads, &(job){.g = *g, .x = x, .y = y, .index = index}, AG_NAME(extreme_strip));
}

void AG_NAME(agk_reduce_min)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                             int64_t *index) {
  each_strip(threads, &(job){.g = *g, .least = true, .x = x, .y = y, .index = index}, AG_NAME(extreme_strip));
}
#endif
