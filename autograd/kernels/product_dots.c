/* product_dots.c - scalar products, some rows by some columns at a time.
 *
 * Term k is added in lane k mod LANES, and the lanes are added in a fixed order at the end. LANES is 64 bytes
 * of numbers whatever the instruction set, so that the bits are the same; a shorter vector passes several
 * times over the terms, for one part of the lanes at a time. The last terms are filled up with zeros. */
#ifndef AG_REAL
#include "kernels/product_dots.h"

#include "core/isa.h"
#include "core/multiversion.h"

enum { ROWS = 4, COLUMNS = 3 }; /* of the largest tile: with its rows of A and B they fill the registers */

#define AG_SELF "kernels/product_dots.c"
#include "core/each_isa.h"

typedef void dots_f32(const agk_product_geometry *, const float *, const float *, const float *, float *);
typedef void dots_f64(const agk_product_geometry *, const double *, const double *, const double *, double *);

void agk_product_dots_f32(const agk_product_geometry *g, const float *a, const float *b, const float *from,
                          float *c) {
  static dots_f32 *const dots[] = AG_EACH_ISA(dots_f32);
  dots[ag_isa_here()](g, a, b, from, c);
}

void agk_product_dots_f64(const agk_product_geometry *g, const double *a, const double *b, const double *from,
                          double *c) {
  static dots_f64 *const dots[] = AG_EACH_ISA(dots_f64);
  dots[ag_isa_here()](g, a, b, from, c);
}
#else

#include "kernels/quad.h"

enum { AG_NAME(LANES) = 64 / sizeof(AG_REAL) };

/* The last k mod LANES numbers of each of `count` rows, filled up with zeros. */
static void AG_NAME(tails)(int64_t count, int64_t k, const AG_REAL *x, int64_t ld, AG_REAL *tail) {
  const int64_t whole = k / AG_NAME(LANES) * AG_NAME(LANES);
  for (int64_t i = 0; i < count; i++)
    for (int64_t l = 0; l < AG_NAME(LANES); l++)
      tail[i * AG_NAME(LANES) + l] = whole + l < k ? x[i * ld + whole + l] : 0;
}

/* sum[i, j] += a row of A times a row of B, vector by vector. */
AG_INLINE void AG_NAME(add_terms)(int rows, int columns, const AG_REAL *a, int64_t lda, const AG_REAL *b,
                                  int64_t ldb, AG_VECTOR sum[ROWS][COLUMNS]) {
  AG_VECTOR x[ROWS];
  for (int i = 0; i < rows; i++) x[i] = AG_LOAD(a + i * lda);
  for (int j = 0; j < columns; j++) {
    const AG_VECTOR y = AG_LOAD(b + j * ldb);
    for (int i = 0; i < rows; i++) sum[i][j] = AG_FMA(x[i], y, sum[i][j]);
  }
}

/* dots[i] = the sum of the lanes of row i: of every fourth lane first, then of the four sums. */
AG_INLINE void AG_NAME(add_lanes)(int rows, const AG_REAL *lane, AG_REAL *dots) {
  AG_NAME(quad) four[ROWS] = {0};
  for (int i = 0; i < rows; i++, lane += AG_NAME(LANES)) {
    four[i] = AG_LOAD_QUAD(lane);
    for (int l = 4; l < AG_NAME(LANES); l += 4) four[i] += AG_LOAD_QUAD(lane + l);
  }
  AG_NAME(turn)(four);
  AG_STORE_QUAD(dots, (four[0] + four[1]) + (four[2] + four[3]));
}

/* dots[j * ROWS + i] of a tile; its sizes are constants where this is inlined. */
AG_INLINE void AG_NAME(tile)(int rows, int columns, int64_t k, const AG_REAL *a, int64_t lda,
                             const AG_REAL *tail_a, const AG_REAL *b, int64_t ldb, const AG_REAL *tail_b,
                             AG_REAL *dots) {
  AG_REAL lane[COLUMNS][ROWS * AG_NAME(LANES)] __attribute__((aligned(64)));
  for (int64_t part = 0; part < AG_NAME(LANES); part += AG_WIDTH) {
    AG_VECTOR sum[ROWS][COLUMNS] = {0};
    int64_t l = part;
    for (; l - part + AG_NAME(LANES) <= k; l += AG_NAME(LANES))
      AG_NAME(add_terms)(rows, columns, a + l, lda, b + l, ldb, sum);
    if (k % AG_NAME(LANES)) AG_NAME(add_terms)
    (rows, columns, tail_a + part, AG_NAME(LANES), tail_b + part, AG_NAME(LANES), sum);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) AG_STORE(lane[j] + i * AG_NAME(LANES) + part, sum[i][j]);
  }
  for (int j = 0; j < columns; j++) AG_NAME(add_lanes)(rows, lane[j], dots + j * ROWS);
}

/* Some rows of C by all its columns. */
AG_INLINE void AG_NAME(some_rows)(const agk_product_geometry *g, int rows, const AG_REAL *a, const AG_REAL *b,
                                  const AG_REAL *tail_b, const AG_REAL *from, AG_REAL *c) {
  AG_REAL tail_a[ROWS * AG_NAME(LANES)] __attribute__((aligned(64))), dots[ROWS * COLUMNS];
  if (g->k % AG_NAME(LANES)) AG_NAME(tails)(rows, g->k, a, g->a.row, tail_a);
  int columns;
  for (int64_t j = 0; j < g->n; j += columns) {
    const AG_REAL *to = b + j * g->b.column, *tail = tail_b + j * AG_NAME(LANES);
    columns = g->n - j < COLUMNS ? (int)(g->n - j) : COLUMNS;
    if (columns == 3)
      AG_NAME(tile)(rows, 3, g->k, a, g->a.row, tail_a, to, g->b.column, tail, dots);
    else if (columns == 2)
      AG_NAME(tile)(rows, 2, g->k, a, g->a.row, tail_a, to, g->b.column, tail, dots);
    else
      AG_NAME(tile)(rows, 1, g->k, a, g->a.row, tail_a, to, g->b.column, tail, dots);
    for (int i = 0; i < rows; i++)
      for (int l = 0; l < columns; l++) {
        AG_REAL y = dots[l * ROWS + i];
        if (from) y += from[i * g->from.row + (j + l) * g->from.column];
        c[i * g->c.row + (j + l) * g->c.column] = g->rectified && y <= 0 ? 0 : y;
      }
  }
}

static void AG_NAME(dots)(const agk_product_geometry *g, const AG_REAL *a, const AG_REAL *b,
                          const AG_REAL *from, AG_REAL *c) {
  AG_REAL tail_b[AGK_DOTS_COLUMNS * AG_NAME(LANES)] __attribute__((aligned(64)));
  if (g->k % AG_NAME(LANES)) AG_NAME(tails)(g->n, g->k, b, g->b.column, tail_b);
  int64_t i = 0;
  for (; i + ROWS <= g->m; i += ROWS) AG_NAME(some_rows)
  (g, ROWS, a + i * g->a.row, b, tail_b, from ? from + i * g->from.row : NULL, c + i * g->c.row);
  for (; i < g->m; i++) AG_NAME(some_rows)
  (g, 1, a + i * g->a.row, b, tail_b, from ? from + i * g->from.row : NULL, c + i * g->c.row);
}
#endif
