/* product_dots.c - scalar products, some rows by some columns at a time.
 *
 * Term k is added in lane k mod LANES, and the lanes are added in a fixed order at the end. LANES is 64 bytes
 * of numbers whatever the instruction set, so that the bits are the same; a shorter vector passes several
 * times over the terms, for one part of the lanes at a time. The last terms are filled up with zeros. */
#ifndef AG_REAL
#include "kernels/product_dots.h"

#include "core/isa.h"
#include "core/multiversion.h"
#include "core/parallel.h"

enum { MOST = 5 }; /* rows or columns of any tile */

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

/* Rows and columns of the largest tile: its sums, a vector of each column and one of a row fill the vector
 * registers, and a pass over the terms multiplies more than it loads. */
enum {
  AG_NAME(LANES) = 64 / sizeof(AG_REAL),
  AG_NAME(ROWS) = AG_BYTES == 64 ? 5 : 4,
  AG_NAME(COLUMNS) = AG_BYTES == 64 ? 5 : 3,
  AG_NAME(DOTS) = (AG_NAME(ROWS) * AG_NAME(COLUMNS) + 3) / 4 * 4 /* of a tile, in whole quads */
};

/* The last k mod LANES numbers of each of `count` rows, filled up with zeros. */
static void AG_NAME(tails)(int64_t count, int64_t k, const AG_REAL *x, int64_t ld, AG_REAL *tail) {
  const int64_t whole = k / AG_NAME(LANES) * AG_NAME(LANES);
  for (int64_t i = 0; i < count; i++)
    for (int64_t l = 0; l < AG_NAME(LANES); l++)
      tail[i * AG_NAME(LANES) + l] = whole + l < k ? x[i * ld + whole + l] : 0;
}

/* sum[i, j] += a row of A times a column of B, vector by vector. */
AG_INLINE void AG_NAME(add_terms)(int rows, int columns, const AG_REAL *a, int64_t lda, const AG_REAL *b,
                                  int64_t ldb, AG_VECTOR sum[MOST][MOST]) {
  AG_VECTOR y[MOST];
  AG_UNROLL
  for (int j = 0; j < columns; j++) y[j] = AG_LOAD(b + j * ldb);
  AG_UNROLL
  for (int i = 0; i < rows; i++) {
    const AG_VECTOR x = AG_LOAD(a + i * lda);
    AG_UNROLL
    for (int j = 0; j < columns; j++) sum[i][j] = AG_FMA(x, y[j], sum[i][j]);
  }
}

/* dots[0..3] = the sums of the lanes of four: of every fourth lane first, then of the four sums. */
AG_INLINE void AG_NAME(add_lanes)(const AG_REAL *lane, AG_REAL *dots) {
  AG_NAME(quad) four[4];
  AG_UNROLL
  for (int i = 0; i < 4; i++, lane += AG_NAME(LANES)) {
    four[i] = AG_LOAD_QUAD(lane);
    AG_UNROLL
    for (int l = 4; l < AG_NAME(LANES); l += 4) four[i] += AG_LOAD_QUAD(lane + l);
  }
  AG_NAME(turn)(four);
  AG_STORE_QUAD(dots, (four[0] + four[1]) + (four[2] + four[3]));
}

/* C = F + the dots of a tile, and of that max(C, 0) where it is rectified. */
AG_INLINE void AG_NAME(finish)(const agk_product_geometry *g, int rows, int columns, AG_REAL *dots,
                               const AG_REAL *from, AG_REAL *c) {
  if (from)
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) dots[i * columns + j] += from[i * g->from.row + j * g->from.column];
  if (g->rectified)
    for (int d = 0; d < rows * columns; d++) dots[d] = dots[d] <= 0 ? 0 : dots[d];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) c[i * g->c.row + j * g->c.column] = dots[i * columns + j];
}

/* One tile of C; its sizes are constants where this is inlined. */
AG_INLINE void AG_NAME(tile)(const agk_product_geometry *g, int rows, int columns, const AG_REAL *a,
                             const AG_REAL *tail_a, const AG_REAL *b, const AG_REAL *tail_b,
                             const AG_REAL *from, AG_REAL *c) {
  AG_REAL lane[AG_NAME(DOTS) * AG_NAME(LANES)] __attribute__((aligned(64))), dots[AG_NAME(DOTS)];
  for (int d = rows * columns * AG_NAME(LANES); d % (4 * AG_NAME(LANES)); d++) lane[d] = 0;
  for (int64_t part = 0; part < AG_NAME(LANES); part += AG_WIDTH) {
    AG_VECTOR sum[MOST][MOST];
    AG_UNROLL
    for (int i = 0; i < rows; i++) AG_UNROLL
    for (int j = 0; j < columns; j++) sum[i][j] = AG_ALL(0);
    int64_t l = part;
    for (; l - part + AG_NAME(LANES) <= g->k; l += AG_NAME(LANES))
      AG_NAME(add_terms)(rows, columns, a + l, g->a.row, b + l, g->b.column, sum);
    if (g->k % AG_NAME(LANES)) AG_NAME(add_terms)
    (rows, columns, tail_a + part, AG_NAME(LANES), tail_b + part, AG_NAME(LANES), sum);
    AG_UNROLL
    for (int i = 0; i < rows; i++) AG_UNROLL
    for (int j = 0; j < columns; j++) AG_STORE(lane + (i * columns + j) * AG_NAME(LANES) + part, sum[i][j]);
  }
  for (int d = 0; d < rows * columns; d += 4) AG_NAME(add_lanes)(lane + d * AG_NAME(LANES), dots + d);
  AG_NAME(finish)(g, rows, columns, dots, from, c);
}

/* Some rows of C by all its columns, in tiles as equal in width as can be: a narrow one would load more than
 * it multiplies. */
AG_INLINE void AG_NAME(some_rows)(const agk_product_geometry *g, int rows, const AG_REAL *a, const AG_REAL *b,
                                  const AG_REAL *tail_b, const AG_REAL *from, AG_REAL *c) {
  AG_REAL tail_a[MOST * AG_NAME(LANES)] __attribute__((aligned(64)));
  if (g->k % AG_NAME(LANES)) AG_NAME(tails)(rows, g->k, a, g->a.row, tail_a);
  const int64_t tiles = ag_chunks(g->n, AG_NAME(COLUMNS));
  for (int64_t t = 0; t < tiles; t++) {
    const ag_range j = ag_chunk_range(t, tiles, g->n);
#define TILE(columns)                                                                                        \
  if (j.end - j.begin == (columns) && (columns) <= AG_NAME(COLUMNS)) AG_NAME(tile)                           \
  (g, rows, columns, a, tail_a, b + j.begin * g->b.column, tail_b + j.begin * AG_NAME(LANES),                \
   from ? from + j.begin * g->from.column : NULL, c + j.begin * g->c.column)
    TILE(1);
    TILE(2);
    TILE(3);
    TILE(4);
    TILE(5);
#undef TILE
  }
}

static void AG_NAME(dots)(const agk_product_geometry *g, const AG_REAL *a, const AG_REAL *b,
                          const AG_REAL *from, AG_REAL *c) {
  AG_REAL tail_b[AGK_DOTS_COLUMNS * AG_NAME(LANES)] __attribute__((aligned(64)));
  if (g->k % AG_NAME(LANES)) AG_NAME(tails)(g->n, g->k, b, g->b.column, tail_b);
  int64_t i = 0;
#define SOME_ROWS(rows)                                                                                      \
  for (; i + (rows) <= g->m; i += (rows)) AG_NAME(some_rows)                                                 \
  (g, rows, a + i * g->a.row, b, tail_b, from ? from + i * g->from.row : NULL, c + i * g->c.row)
  if (g->n > 1) SOME_ROWS(AG_NAME(ROWS)); /* a single column makes whole quads of four rows */
  SOME_ROWS(4);
  SOME_ROWS(1);
#undef SOME_ROWS
}
#endif
