/* Order and selection against the C library's qsort, in runs long and short, with equal elements and NaN
 * among them. */
#ifndef AG_REAL
#include "kernels/order.h"
#include "tests/test_kernels.h"

static const agk_reduce_geometry shapes[] = {{1, 50001, 1},  {1, 16384, 1}, {1, 16385, 1}, {2, 17000, 2},
                                             {16, 16400, 1}, {1, 1, 1},     {7, 0, 3},     {0, 4, 5},
                                             {7, 33, 9},     {60, 100, 5},  {3, 16, 1}};

/* Irregular, many equal, rising, falling, up and down, all equal. */
enum { PATTERNS = 6 };
static double pattern(int kind, int64_t i, int64_t n) {
  const double any = irregular(9, i, -1, 1);
  const double values[PATTERNS] = {
      any, floor(any * 20), (double)i, (double)-i, (double)(i < n / 2 ? i : n - i), 0};
  return any > 0.97 && kind < 2 ? (double)NAN : values[kind];
}

/* A number, its place, and whether greater ones come first; NaN is greater than every number. */
typedef struct {
  double value;
  int64_t place;
  bool descending;
} entry;

static int compare(const void *a, const void *b) {
  const entry *p = a, *q = b;
  const int nan = isnan(p->value) - isnan(q->value), place = p->place > q->place ? 1 : -1;
  const int value = nan ? nan : p->value > q->value ? 1 : p->value < q->value ? -1 : 0;
  return value == 0 ? place : p->descending ? -value : value;
}

/* What says where a lane is. */
#define LANE (long long)lane, (long long)g->outer, (long long)g->reduce, (long long)g->inner

#define AG_SELF "tests/test_kernels_order.c"
#include "core/each_real.h"
#else

/* The lanes of x in order, one after the other. */
static entry *AG_NAME(sorted)(const agk_reduce_geometry *g, const AG_REAL *x, bool descending) {
  entry *e = room(g->outer * g->reduce * g->inner, sizeof *e);
  for (int64_t lane = 0; lane < g->outer * g->inner; lane++) {
    const AG_REAL *first = x + lane / g->inner * g->reduce * g->inner + lane % g->inner;
    for (int64_t r = 0; r < g->reduce; r++)
      e[lane * g->reduce + r] = (entry){(double)first[r * g->inner], r, descending};
    qsort(e + lane * g->reduce, (size_t)g->reduce, sizeof *e, compare);
  }
  return e;
}

static bool AG_NAME(equal)(AG_REAL x, double y) { return (double)x == y || (x != x && y != y); }

static void AG_NAME(check_order)(const agk_reduce_geometry *g, const AG_REAL *x, const entry *e,
                                 bool descending, int64_t count, int threads) {
  const int64_t lanes = g->outer * g->inner;
  AG_REAL *y = room(lanes * count, sizeof *y);
  int64_t *index = room(lanes * count, sizeof *index);
  void *workspace = room((int64_t)agk_order_workspace(g, threads), 1);
  AG_NAME(agk_order)(threads, g, count, descending, x, y, index, workspace);
  for (int64_t lane = 0; lane < lanes; lane++, e += g->reduce) {
    const int64_t first = lane / g->inner * count * g->inner + lane % g->inner;
    ASSERT_EACH(r, count, index[first + r * g->inner], e[r].place, 0, "lane %lld of %lldx%lldx%lld, places",
                LANE);
    ASSERT_EACH(r, count, AG_NAME(equal)(y[first + r * g->inner], e[r].value), true, 0,
                "lane %lld of %lldx%lldx%lld, whether %.17g is %.17g", LANE, (double)y[first + r * g->inner],
                e[r].value);
  }
  free(y), free(index), free(workspace);
}

static void AG_NAME(check_pick)(const agk_reduce_geometry *g, const AG_REAL *x, const entry *e, int64_t k,
                                int threads) {
  const int64_t lanes = g->outer * g->inner;
  AG_REAL *y = room(lanes, sizeof *y);
  int64_t *index = room(lanes, sizeof *index);
  entry *picked = room(lanes, sizeof *picked);
  void *workspace = room((int64_t)agk_order_workspace(g, threads), 1);
  for (int nan_wins = 0; nan_wins < 2; nan_wins++) {
    AG_NAME(agk_pick)(threads, g, k, nan_wins, x, y, index, workspace);
    for (int64_t lane = 0; lane < lanes; lane++) {
      const entry *first = e + lane * g->reduce;
      int64_t r = k;
      if (nan_wins && isnan(first[g->reduce - 1].value))
        for (r = 0; !isnan(first[r].value);) r++;
      picked[lane] = first[r];
    }
    ASSERT_EACH(lane, lanes, index[lane], picked[lane].place, 0, "lane %lld of %lldx%lldx%lld, places", LANE);
    ASSERT_EACH(lane, lanes, AG_NAME(equal)(y[lane], picked[lane].value), true, 0,
                "lane %lld of %lldx%lldx%lld, whether %.17g is %.17g", LANE, (double)y[lane],
                picked[lane].value);
  }
  free(y), free(index), free(workspace), free(picked);
}

static void AG_NAME(orders)(int s) {
  const agk_reduce_geometry *g = &shapes[s];
  const int64_t n = g->outer * g->reduce * g->inner;
  AG_REAL *x = room(n, sizeof *x);
  for (int kind = 0; kind < PATTERNS; kind++) {
    for (int64_t i = 0; i < n; i++) x[i] = (AG_REAL)pattern(kind, i, n);
    for (int way = 0; way < 2; way++) {
      entry *e = AG_NAME(sorted)(g, x, way);
      AG_NAME(check_order)(g, x, e, way, g->reduce, 1 + 2 * way);
      AG_NAME(check_order)(g, x, e, way, g->reduce / 3, 3 - 2 * way);
      for (int last = 0; last < 2 && g->reduce > 0 && !way; last++) {
        AG_NAME(check_pick)(g, x, e, last ? g->reduce - 1 : g->reduce / 2, 1 + 2 * last);
      }
      free(e);
    }
  }
  free(x);
}
#endif

#ifndef AG_REAL
START_TEST(order_is_that_of_the_c_library) {
  orders_f32(_i);
  orders_f64(_i);
}
END_TEST

TCase *order_kernel_tests(void) {
  TCase *t = tcase_create("order");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, order_is_that_of_the_c_library, 0, LENGTH(shapes));
  return t;
}
#endif
