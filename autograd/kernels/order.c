/* order.c - sorting and selection.
 *
 * A lane is copied into items: a key, which orders as the numbers do but is an integer, and a place. No two
 * items are equal, so there is one order. Short runs are sorted by insertion and merged from the bottom up; a
 * long lane is merged by all threads, each piece of the result finding where it begins in both halves (Green,
 * Odeh and Birk, "Merge Path", 2012). Selection is Hoare's quickselect (1961) with a bound on its rounds,
 * behind which the rest is sorted. */
#ifndef AG_TYPE
#include <string.h>

#include "core/parallel.h"
#include "kernels/order.h"

enum {
  SHORT = 16,        /* items that are sorted by insertion */
  PIECE = 1 << 14,   /* items that one thread sorts or merges at a time */
  FEW_LANES = 16,    /* lanes that are too few to balance the cores */
  MOST_ROUNDS = 100, /* of a selection; with good luck it takes log2(n) of them */
};

typedef struct {
  uint64_t key;
  int64_t place;
} item;

static inline bool before(const item *a, const item *b) {
  return (a->key < b->key) | ((a->key == b->key) & (a->place < b->place));
}

static const uint64_t sign = (uint64_t)1 << 63;

/* The bits of a number with the sign turned over, and of a negative one all bits. */
static inline uint64_t key_of_real(double x) {
  uint64_t bits;
  x += 0.0; /* -0 becomes 0 */
  memcpy(&bits, &x, sizeof bits);
  return x != x ? ~(uint64_t)0 : bits & sign ? ~bits : bits | sign;
}

static inline uint64_t key_of_whole(int64_t x) { return (uint64_t)x ^ sign; }

static void insert(item *x, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const item moved = x[i];
    int64_t j = i;
    for (; j > 0 && before(&moved, &x[j - 1]); j--) x[j] = x[j - 1];
    x[j] = moved;
  }
}

static void merge(const item *a, int64_t n_a, const item *b, int64_t n_b, item *out) {
  const item *end_a = a + n_a, *end_b = b + n_b;
  while (a < end_a && b < end_b) {
    const bool second = before(b, a);
    *out++ = second ? *b : *a;
    b += second;
    a += !second;
  }
  if (a < end_a) memcpy(out, a, (size_t)(end_a - a) * sizeof *out);
  if (b < end_b) memcpy(out, b, (size_t)(end_b - b) * sizeof *out);
}

/* Sorts n items in the calling thread; spare has room for as many. */
static void sort_run(item *x, int64_t n, item *spare) {
  item *from = x, *to = spare;
  for (int64_t i = 0; i < n; i += SHORT) insert(x + i, n - i < SHORT ? n - i : SHORT);
  for (int64_t width = SHORT; width < n; width *= 2) {
    for (int64_t i = 0; i < n; i += 2 * width) {
      const int64_t middle = n - i < width ? n - i : width, end = n - i < 2 * width ? n - i : 2 * width;
      merge(from + i, middle, from + i + middle, end - middle, to + i);
    }
    item *other = from;
    from = to;
    to = other;
  }
  if (from != x) memcpy(x, from, (size_t)n * sizeof *x);
}

/* How many of the first `taken` items of the merged halves are of a. */
static int64_t split(const item *a, int64_t n_a, const item *b, int64_t n_b, int64_t taken) {
  int64_t low = taken > n_b ? taken - n_b : 0, high = taken < n_a ? taken : n_a;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (before(&a[middle], &b[taken - middle - 1]))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Items begin .. end - 1 of `to`, where the sorted runs of `from`, each `width` long, become runs of twice
 * that. */
static void merge_piece(const item *from, int64_t n, int64_t width, int64_t begin, int64_t end, item *to) {
  const int64_t pair = begin / (2 * width) * (2 * width), rest = n - pair;
  const int64_t n_a = rest < width ? rest : width, n_b = rest - n_a < width ? rest - n_a : width;
  const item *a = from + pair, *b = a + n_a;
  const int64_t a_begin = split(a, n_a, b, n_b, begin - pair), a_end = split(a, n_a, b, n_b, end - pair);
  const int64_t b_begin = begin - pair - a_begin, b_end = end - pair - a_end;
  merge(a + a_begin, a_end - a_begin, b + b_begin, b_end - b_begin, to + begin);
}

/* Sorts n items; returns where they are then, x or spare. */
static item *sort_items(int threads, item *x, int64_t n, item *spare) {
  const int64_t pieces = ag_chunks(n, PIECE);
  if (pieces <= 1) {
    sort_run(x, n, spare);
    return x;
  }
  AG_PARALLEL_FOR(ag_team(threads, pieces, 16 * n))
  for (int64_t p = 0; p < pieces; p++) {
    const int64_t begin = p * PIECE, length = n - begin < PIECE ? n - begin : PIECE;
    sort_run(x + begin, length, spare + begin);
  }
  for (int64_t width = PIECE; width < n; width *= 2) {
    AG_PARALLEL_FOR(ag_team(threads, pieces, 4 * n))
    for (int64_t p = 0; p < pieces; p++) {
      const int64_t begin = p * PIECE, length = n - begin < PIECE ? n - begin : PIECE;
      merge_piece(x, n, width, begin, begin + length, spare);
    }
    item *other = x;
    x = spare;
    spare = other;
  }
  return x;
}

static void exchange(item *a, item *b) {
  const item c = *a;
  *a = *b;
  *b = c;
}

/* The one in the middle of the first, the middle and the last item. */
static item pivot_of(const item *x, int64_t n) {
  item three[] = {x[0], x[n / 2], x[n - 1]};
  insert(three, 3);
  return three[1];
}

/* Puts the item that belongs at place k there, and those that belong before it before it. */
static void select_item(item *x, int64_t n, int64_t k, item *spare) {
  int rounds = 0;
  while (n > SHORT && rounds++ < MOST_ROUNDS) {
    const item pivot = pivot_of(x, n);
    int64_t i = -1, j = n;
    for (;;) {
      do i++;
      while (before(&x[i], &pivot));
      do j--;
      while (before(&pivot, &x[j]));
      if (i >= j) break;
      exchange(&x[i], &x[j]);
    }
    if (k <= j) {
      n = j + 1;
    } else {
      x += j + 1;
      n -= j + 1;
      k -= j + 1;
    }
  }
  sort_run(x, n, spare);
}

/* Whether the threads share each lane, one after the other, rather than the lanes. */
static bool shares_lanes(const agk_reduce_geometry *g) {
  return g->outer * g->inner < FEW_LANES && g->reduce > PIECE;
}

/* The part of the workspace that belongs to the calling thread: items, and as many spare ones. */
static item *items_of_thread(const agk_reduce_geometry *g, void *workspace) {
  return (item *)workspace + (shares_lanes(g) ? 0 : ag_thread_index() * 2 * g->reduce);
}

/* No more threads work than there are lanes, so this is at most 32 bytes for each element of the operand,
 * which the memory holds already. */
size_t agk_order_workspace(const agk_reduce_geometry *g, int threads) {
  const int64_t lanes = g->outer * g->inner, team = shares_lanes(g) ? 1 : lanes < threads ? lanes : threads;
  return 2 * (size_t)(team * g->reduce) * sizeof(item);
}

#define AG_SELF "kernels/order.c"
#include "core/each_dtype.h"
#else

typedef struct {
  agk_reduce_geometry g;
  int64_t count, k;
  bool descending, nan_wins;
  const AG_TYPE *x;
  AG_TYPE *y;
  int64_t *index;
  void *workspace;
} AG_NAME(job);

#if AG_BITS == 0
static inline uint64_t AG_NAME(key_of)(AG_TYPE x) { return key_of_real((double)x); }
static inline bool AG_NAME(is_nan)(AG_TYPE x) { return x != x; }
#else
static inline uint64_t AG_NAME(key_of)(AG_TYPE x) { return key_of_whole((int64_t)x); }
static inline bool AG_NAME(is_nan)(AG_TYPE x) { return (void)x, false; }
#endif

/* Copies a lane into items; returns the place of its first NaN, or -1. */
static int64_t AG_NAME(load)(const AG_NAME(job) * j, const AG_TYPE *x, item *items) {
  const uint64_t turned = j->descending ? ~(uint64_t)0 : 0;
  int64_t nan = -1;
  for (int64_t r = 0; r < j->g.reduce; r++) {
    const AG_TYPE value = x[r * j->g.inner];
    items[r] = (item){AG_NAME(key_of)(value) ^ turned, r};
    if (AG_NAME(is_nan)(value) && nan < 0) nan = r;
  }
  return nan;
}

/* The first `count` elements of a lane in order. */
static void AG_NAME(order_lane)(const AG_NAME(job) * j, int threads, int64_t lane) {
  const int64_t n = j->g.reduce, inner = j->g.inner, outer = lane / inner, i = lane % inner;
  const AG_TYPE *x = j->x + outer * n * inner + i;
  item *items = items_of_thread(&j->g, j->workspace), *spare = items + n;
  if (j->count == 0) return;
  AG_NAME(load)(j, x, items);
  if (j->count < n) select_item(items, n, j->count - 1, spare);
  items = sort_items(threads, items, j->count, spare);
  for (int64_t r = 0; r < j->count; r++) {
    const int64_t to = (outer * j->count + r) * inner + i;
    j->y[to] = x[items[r].place * inner];
    j->index[to] = items[r].place;
  }
}

static void AG_NAME(pick_lane)(const AG_NAME(job) * j, int64_t lane) {
  const int64_t n = j->g.reduce, inner = j->g.inner;
  const AG_TYPE *x = j->x + lane / inner * n * inner + lane % inner;
  item *items = items_of_thread(&j->g, j->workspace);
  const int64_t nan = AG_NAME(load)(j, x, items);
  if (nan < 0 || !j->nan_wins) select_item(items, n, j->k, items + n);
  j->index[lane] = nan < 0 || !j->nan_wins ? items[j->k].place : nan;
  j->y[lane] = x[j->index[lane] * inner];
}

void AG_NAME(agk_order)(int threads, const agk_reduce_geometry *g, int64_t count, bool descending,
                        const AG_TYPE *x, AG_TYPE *y, int64_t *index, void *workspace) {
  const AG_NAME(job) j = {.g = *g,
                          .count = count,
                          .descending = descending,
                          .x = x,
                          .y = y,
                          .index = index,
                          .workspace = workspace};
  const int64_t lanes = g->outer * g->inner;
  if (shares_lanes(g)) {
    for (int64_t lane = 0; lane < lanes; lane++) AG_NAME(order_lane)(&j, threads, lane);
    return;
  }
  AG_PARALLEL_FOR(ag_team(threads, lanes, 16 * lanes * g->reduce))
  for (int64_t lane = 0; lane < lanes; lane++) AG_NAME(order_lane)(&j, 1, lane);
}

void AG_NAME(agk_pick)(int threads, const agk_reduce_geometry *g, int64_t k, bool nan_wins, const AG_TYPE *x,
                       AG_TYPE *y, int64_t *index, void *workspace) {
  const AG_NAME(job)
      j = {.g = *g, .k = k, .nan_wins = nan_wins, .x = x, .y = y, .index = index, .workspace = workspace};
  const int64_t lanes = g->outer * g->inner;
  AG_PARALLEL_FOR(ag_team(shares_lanes(g) ? 1 : threads, lanes, 8 * lanes * g->reduce))
  for (int64_t lane = 0; lane < lanes; lane++) AG_NAME(pick_lane)(&j, lane);
}
#endif
