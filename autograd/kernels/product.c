/* product.c - small matrix products: panels of B, and tiles of C that stay in registers.
 *
 * B is packed a panel at a time, as wide as two vectors and as deep as fits into the first-level cache; tiles
 * of C as wide as the panel and some rows high are then summed over the panel's depth. A is read where it
 * lies, one number for a whole row of the tile. */
#ifndef AG_REAL
#include "kernels/product.h"

#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/product_dots.h"

enum {
  DEPTH = AGK_PRODUCT_TERMS, /* rows of a panel: 32 KB in AVX-512, 16 KB in AVX2 */
  HEIGHT = 240,   /* rows of A that are multiplied by all panels before the next: half of a small L2 */
  VECTORS = 2,    /* of a panel's row */
  MAX_ROWS = 12,  /* of a tile */
  MIN_TERMS = 16, /* of a scalar product */
  SHALLOW = 16,   /* terms, and */
  LONG = 1024,    /* columns of C: then most of the time goes into writing C */
};

/* (A B)' = B' A'. */
static agk_product_geometry turned(const agk_product_geometry *g) {
  return (agk_product_geometry){.m = g->n,
                                .n = g->m,
                                .k = g->k,
                                .a = {g->b.column, g->b.row},
                                .b = {g->a.column, g->a.row},
                                .c = {g->c.column, g->c.row},
                                .from = {g->from.column, g->from.row},
                                .rectified = g->rectified};
}

/* Whether the elements of C are few and scalar products of adjacent numbers, for which nothing is packed. */
static bool are_dots(const agk_product_geometry *g) {
  return g->a.column == 1 && g->b.row == 1 && g->k >= MIN_TERMS &&
         (g->n <= AGK_DOTS_COLUMNS || g->m <= AGK_DOTS_COLUMNS);
}

/* Whether C is most of what a product moves, and B need not be packed to be read again. */
static bool is_shallow(const agk_product_geometry *g) {
  return g->k <= SHALLOW && g->n >= LONG && g->b.column == 1 && g->c.column == 1;
}

#define AG_SELF "kernels/product.c"
#include "core/each_isa.h"

typedef void product_f32(const agk_product_geometry *, const float *, const float *, const float *, float *);
typedef void product_f64(const agk_product_geometry *, const double *, const double *, const double *,
                         double *);
static product_f32 *const products_f32[] = AG_EACH_ISA(oriented_f32);
static product_f64 *const products_f64[] = AG_EACH_ISA(oriented_f64);

void agk_product_f32(const agk_product_geometry *g, const float *a, const float *b, const float *from,
                     float *c) {
  const agk_product_geometry t = turned(g);
  if (!are_dots(g))
    products_f32[ag_isa_here()](g, a, b, from, c);
  else if (g->n <= AGK_DOTS_COLUMNS)
    agk_product_dots_f32(g, a, b, from, c);
  else
    agk_product_dots_f32(&t, b, a, from, c);
}

void agk_product_f64(const agk_product_geometry *g, const double *a, const double *b, const double *from,
                     double *c) {
  const agk_product_geometry t = turned(g);
  if (!are_dots(g))
    products_f64[ag_isa_here()](g, a, b, from, c);
  else if (g->n <= AGK_DOTS_COLUMNS)
    agk_product_dots_f64(g, a, b, from, c);
  else
    agk_product_dots_f64(&t, b, a, from, c);
}
#else

#include "kernels/quad.h"

/* Rows of the highest tile: its sums, a row of B and a number of A fill the vector registers. */
enum { AG_NAME(ROWS) = AG_BYTES == 64 ? 12 : 6, AG_NAME(COLUMNS) = VECTORS * AG_WIDTH };

/* ---- Panels ---- */

/* to[k, j] = b[k * ld + j], filled up with zeros to `width` columns. */
static void AG_NAME(pack_rows)(int64_t depth, int64_t columns, int64_t ld, const AG_REAL *b, int64_t width,
                               AG_REAL *to) {
  for (int64_t k = 0; k < depth; k++, b += ld, to += width) {
    if (columns == width) {
      for (int64_t j = 0; j < width; j += AG_WIDTH) AG_STORE(to + j, AG_LOAD(b + j));
    } else {
      for (int64_t j = 0; j < columns; j++) to[j] = b[j];
      for (int64_t j = columns; j < width; j++) to[j] = 0;
    }
  }
}

/* to[k, j] = b[j * ld + k], filled up with zeros. */
static void AG_NAME(pack_columns)(int64_t depth, int64_t columns, int64_t ld, const AG_REAL *b, int64_t width,
                                  AG_REAL *to) {
  int64_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    int64_t k = 0;
    for (; k + 4 <= depth; k += 4) {
      AG_NAME(quad) block[4];
      for (int i = 0; i < 4; i++) block[i] = AG_LOAD_QUAD(b + (j + i) * ld + k);
      AG_NAME(turn)(block);
      for (int i = 0; i < 4; i++) AG_STORE_QUAD(to + (k + i) * width + j, block[i]);
    }
    for (; k < depth; k++)
      for (int i = 0; i < 4; i++) to[k * width + j + i] = b[(j + i) * ld + k];
  }
  for (; j < width; j++)
    for (int64_t k = 0; k < depth; k++) to[k * width + j] = j < columns ? b[j * ld + k] : 0;
}

/* ---- Tiles ---- */

/* The tiles below one panel of B. */
typedef struct {
  int64_t columns, depth; /* of C that lie under the panel, and of the panel */
  agk_steps a, c, from;
  const AG_REAL *b;
  int64_t ldb;
  bool first; /* of the panels: it meets rows of A that lie in no near cache yet */
  bool whole; /* rows of C under the panel are whole vectors of adjacent numbers */
  bool rectified;
} AG_NAME(strip);

/* tile = F under it, and C = tile, number by number. */
static void AG_NAME(fetch)(const AG_NAME(strip) * s, int64_t rows, const AG_REAL *from, AG_REAL *tile) {
  memset(tile, 0, (size_t)(rows * AG_NAME(COLUMNS)) * sizeof *tile);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < s->columns; j++)
      tile[i * AG_NAME(COLUMNS) + j] = from[i * s->from.row + j * s->from.column];
}

static void AG_NAME(place)(const AG_NAME(strip) * s, int64_t rows, const AG_REAL *tile, AG_REAL *c) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < s->columns; j++)
      c[i * s->c.row + j * s->c.column] = tile[i * AG_NAME(COLUMNS) + j];
}

typedef AG_BITS AG_NAME(mask) __attribute__((vector_size(AG_BYTES)));

/* max(x, 0), but NaN for NaN. */
AG_INLINE AG_VECTOR AG_NAME(rectify)(AG_VECTOR x) {
  const AG_NAME(mask) kept = ~(x <= (AG_VECTOR){0});
  return (AG_VECTOR)(kept & (AG_NAME(mask))x);
}

/* One tile of `rows` rows and `vectors` vectors; both are constants where this is inlined. */
AG_INLINE void AG_NAME(tile)(const AG_NAME(strip) * s, int rows, int vectors, const AG_REAL *a,
                             const AG_REAL *from, AG_REAL *c) {
  AG_VECTOR sum[MAX_ROWS][VECTORS];
  AG_REAL edge[MAX_ROWS * AG_NAME(COLUMNS)];
  const AG_REAL *b = s->b;
  AG_UNROLL for (int i = 0; i < rows; i++) AG_UNROLL for (int v = 0; v < vectors; v++) sum[i][v] = AG_ALL(0);
  for (int64_t k = 0; k < s->depth; k++, b += s->ldb, a += s->a.column) {
    AG_VECTOR row[VECTORS];
    AG_UNROLL for (int v = 0; v < vectors; v++) row[v] = AG_LOAD(b + v * AG_WIDTH);
    AG_UNROLL for (int i = 0; i < rows; i++) {
      const AG_VECTOR x = AG_ALL(a[i * s->a.row]);
      AG_UNROLL for (int v = 0; v < vectors; v++) sum[i][v] = AG_FMA(x, row[v], sum[i][v]);
    }
  }
  agk_steps step = s->from;
  if (from && !s->whole && step.column) {
    AG_NAME(fetch)(s, rows, from, edge);
    from = edge;
    step = (agk_steps){AG_NAME(COLUMNS), 1};
  }
  if (from) AG_UNROLL for (int i = 0; i < rows; i++) AG_UNROLL for (int v = 0; v < vectors; v++) {
      if (step.column)
        sum[i][v] += AG_LOAD(from + i * step.row + v * AG_WIDTH);
      else
        sum[i][v] += AG_ALL(from[i * step.row]);
    }
  if (s->rectified)
    AG_UNROLL for (int i = 0; i < rows; i++) AG_UNROLL for (int v = 0; v < vectors; v++) sum[i][v] =
        AG_NAME(rectify)(sum[i][v]);
  AG_REAL *to = s->whole ? c : edge;
  const int64_t ld = s->whole ? s->c.row : AG_NAME(COLUMNS);
  AG_UNROLL for (int i = 0; i < rows; i++) AG_UNROLL for (int v = 0; v < vectors; v++)
      AG_STORE(to + i * ld + v * AG_WIDTH, sum[i][v]);
  if (!s->whole) AG_NAME(place)(s, rows, edge, c);
}

/* Asks for rows of A, which the next tile reads in an order that no prefetcher follows. With shorter vectors
 * the tiles themselves load as often as they can, and would wait for it. */
AG_INLINE void AG_NAME(read_ahead)(const AG_NAME(strip) * s, int64_t rows, const AG_REAL *a) {
  const int64_t line = 64 / (int64_t)sizeof(AG_REAL);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t k = 0; k < s->depth; k += line) __builtin_prefetch(a + i * s->a.row + k);
}

/* All tiles below a panel of `vectors` vectors. */
AG_INLINE void AG_NAME(tiles)(const AG_NAME(strip) * s, int vectors, int64_t m, const AG_REAL *a,
                              const AG_REAL *from, AG_REAL *c) {
  int64_t i = 0;
  const bool ahead = AG_BYTES == 64 && s->first && s->a.column == 1;
#define TILES(rows)                                                                                          \
  for (; i + (rows) <= m; i += (rows)) {                                                                     \
    if (ahead && i + 2 * (rows) <= m) AG_NAME(read_ahead)(s, rows, a + (i + (rows)) * s->a.row);             \
    AG_NAME(tile)                                                                                            \
    (s, rows, vectors, a + i * s->a.row, from ? from + i * s->from.row : NULL, c + i * s->c.row);            \
  }
  TILES(AG_NAME(ROWS))
  TILES(6)
  TILES(4)
  TILES(2)
  TILES(1)
#undef TILES
}

static void AG_NAME(wide_tiles)(const AG_NAME(strip) * s, int64_t m, const AG_REAL *a, const AG_REAL *from,
                                AG_REAL *c) {
  AG_NAME(tiles)(s, VECTORS, m, a, from, c);
}

static void AG_NAME(narrow_tiles)(const AG_NAME(strip) * s, int64_t m, const AG_REAL *a, const AG_REAL *from,
                                  AG_REAL *c) {
  AG_NAME(tiles)(s, 1, m, a, from, c);
}

/* Whether rows this far apart fall into different places of the cache, so that packing them would gain
 * nothing: they are an odd number of cache lines apart, and few of them. */
static bool AG_NAME(lies_well)(int64_t step) {
  const int64_t bytes = step * (int64_t)sizeof(AG_REAL);
  return bytes % 128 == 64 && bytes < 1024;
}

/* The columns of C under one panel, for the terms k of the sums. */
static void AG_NAME(panel)(const agk_product_geometry *g, ag_range k, ag_range n, const AG_REAL *a,
                           const AG_REAL *b, const AG_REAL *from, AG_REAL *c) {
  AG_REAL packed[DEPTH * AG_NAME(COLUMNS)] __attribute__((aligned(64)));
  const int64_t columns = n.end - n.begin, depth = k.end - k.begin;
  const bool narrow = columns <= AG_WIDTH;
  const int64_t width = narrow ? AG_WIDTH : AG_NAME(COLUMNS);
  AG_NAME(strip) s = {.columns = columns, .depth = depth, .a = g->a, .c = g->c, .from = g->from, .b = packed};
  s.ldb = width;
  s.first = n.begin == 0;
  s.whole = columns == width && g->c.column == 1 && g->from.column <= 1;
  s.rectified = g->rectified && k.end == g->k;
  b += k.begin * g->b.row + n.begin * g->b.column;
  if (g->b.column == 1 && columns == width && (g->m <= AG_NAME(ROWS) || AG_NAME(lies_well)(g->b.row))) {
    s.b = b;
    s.ldb = g->b.row;
  } else if (g->b.column == 1) {
    AG_NAME(pack_rows)(depth, columns, g->b.row, b, width, packed);
  } else {
    AG_NAME(pack_columns)(depth, columns, g->b.column, b, width, packed);
  }
  if (k.begin > 0) { /* goes on from what the terms before gave */
    from = c;
    s.from = g->c;
  }
  (narrow ? AG_NAME(narrow_tiles) : AG_NAME(wide_tiles))(&s, g->m, a + k.begin * g->a.column,
                                                         from ? from + n.begin * s.from.column : NULL,
                                                         c + n.begin * g->c.column);
}

/* ---- The product ---- */

/* A shallow product with long rows makes one row of tiles after the other, so that few rows of C are written
 * at a time, from end to end; those of all tiles below a panel would be more than prefetchers follow. */
static void AG_NAME(product)(const agk_product_geometry *whole, const AG_REAL *a, const AG_REAL *b,
                             const AG_REAL *from, AG_REAL *c) {
  agk_product_geometry g = *whole;
  const int64_t height = is_shallow(whole) ? AG_NAME(ROWS) : HEIGHT;
  for (int64_t k = 0; k == 0 || k < whole->k; k += DEPTH)
    for (int64_t m = 0; m < whole->m; m += height) {
      g.m = m + height < whole->m ? height : whole->m - m;
      for (int64_t n = 0; n < g.n; n += AG_NAME(COLUMNS)) AG_NAME(panel)
      (&g, (ag_range){k, k + DEPTH < g.k ? k + DEPTH : g.k},
       (ag_range){n, n + AG_NAME(COLUMNS) < g.n ? n + AG_NAME(COLUMNS) : g.n}, a + m * g.a.row, b,
       from ? from + m * g.from.row : NULL, c + m * g.c.row);
    }
}

/* Where C is narrower than a vector but higher, its columns make the rows of the tiles. */
static void AG_NAME(oriented)(const agk_product_geometry *g, const AG_REAL *a, const AG_REAL *b,
                              const AG_REAL *from, AG_REAL *c) {
  const agk_product_geometry t = turned(g);
  if (g->n < AG_WIDTH && g->m > g->n)
    AG_NAME(product)(&t, b, a, from, c);
  else
    AG_NAME(product)(g, a, b, from, c);
}
#endif
