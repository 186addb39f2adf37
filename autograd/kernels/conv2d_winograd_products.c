/* conv2d_winograd_products.c - the products, in blocks of rows and two vectors of columns that stay in
 * registers.
 *
 * A step of a block loads two vectors of b and multiplies them with one number of each row of a. 6 rows take
 * 12 of the 16 registers of AVX2, 12 rows 24 of the 32 of AVX-512. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_products.h"

#include "core/multiversion.h"
#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_weights.h"

#define AG_SELF "kernels/conv2d_winograd_products.c"
#include "core/each_isa.h"
#else

#if AG_BYTES == 64
enum { AG_NAME(MOST_ROWS) = 12 };
#else
enum { AG_NAME(MOST_ROWS) = 6 };
#endif

/* A block of `rows` x `vectors`, both known when this is compiled. */
AG_INLINE void AG_NAME(block)(const int rows, const int vectors, const agk_product *p, const AG_REAL *a,
                              const AG_REAL *b, AG_REAL *to) {
  AG_VECTOR sum[12][2];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < vectors; j++) sum[i][j] = (AG_VECTOR){0};
  const int64_t a_row = p->a_row, a_step = p->a_step, b_step = p->b_step, to_row = p->to_row;
  const bool add = p->add;
  int64_t k = p->depth;
  do {
    AG_VECTOR right[2];
    for (int j = 0; j < vectors; j++) right[j] = AG_LOAD(b + j * AG_WIDTH);
    for (int i = 0; i < rows; i++) {
      const AG_VECTOR left = AG_ALL(a[i * a_row]);
      for (int j = 0; j < vectors; j++) sum[i][j] = AG_FMA(left, right[j], sum[i][j]);
    }
    a += a_step, b += b_step;
  } while (--k > 0);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < vectors; j++) {
      AG_REAL *place = to + i * to_row + j * AG_WIDTH;
      if (add) sum[i][j] += AG_LOAD(place);
      AG_STORE(place, sum[i][j]);
    }
}

typedef void AG_NAME(block_of)(const agk_product *p, const AG_REAL *a, const AG_REAL *b, AG_REAL *to);

#define ROWS(n)                                                                                              \
  static void AG_NAME(narrow_##n)(const agk_product *p, const AG_REAL *a, const AG_REAL *b, AG_REAL *to) {   \
    AG_NAME(block)(n, 1, p, a, b, to);                                                                       \
  }                                                                                                          \
  static void AG_NAME(wide_##n)(const agk_product *p, const AG_REAL *a, const AG_REAL *b, AG_REAL *to) {     \
    AG_NAME(block)(n, 2, p, a, b, to);                                                                       \
  }
ROWS(1)
ROWS(2)
ROWS(3)
ROWS(4)
ROWS(5)
ROWS(6)
#if AG_BYTES == 64
ROWS(7)
ROWS(8)
ROWS(9)
ROWS(10)
ROWS(11)
ROWS(12)
#endif
#undef ROWS

/* blocks[vectors - 1][rows - 1] */
#if AG_BYTES == 64
#define ALL_ROWS(kind)                                                                                       \
  {                                                                                                          \
    AG_NAME(kind##_1), AG_NAME(kind##_2), AG_NAME(kind##_3), AG_NAME(kind##_4), AG_NAME(kind##_5),           \
        AG_NAME(kind##_6), AG_NAME(kind##_7), AG_NAME(kind##_8), AG_NAME(kind##_9), AG_NAME(kind##_10),      \
        AG_NAME(kind##_11), AG_NAME(kind##_12)                                                               \
  }
#else
#define ALL_ROWS(kind)                                                                                       \
  {                                                                                                          \
    AG_NAME(kind##_1), AG_NAME(kind##_2), AG_NAME(kind##_3), AG_NAME(kind##_4), AG_NAME(kind##_5),           \
        AG_NAME(kind##_6)                                                                                    \
  }
#endif
static AG_NAME(block_of) *const AG_NAME(blocks)[2][AG_NAME(MOST_ROWS)] = {ALL_ROWS(narrow), ALL_ROWS(wide)};
#undef ALL_ROWS

/* The rows are shared among as few blocks as can be, equally. */
void AG_NAME(agk_product_of)(const agk_product *p, const AG_REAL *a, const AG_REAL *b, AG_REAL *to) {
  const int64_t pieces = (p->rows + AG_NAME(MOST_ROWS) - 1) / AG_NAME(MOST_ROWS);
  const int64_t size = p->rows / pieces, more = p->rows % pieces;
  for (int64_t j = 0; j < p->columns; j += AG_PANEL, b += p->b_panel) {
    const bool wide = p->columns - j >= AG_PANEL;
    for (int64_t piece = 0, i = 0; piece < pieces; piece++) {
      const int64_t rows = size + (piece < more);
      AG_NAME(blocks)[wide][rows - 1](p, a + i * p->a_row, b, to + i * p->to_row + j);
      i += rows;
    }
  }
}

void AG_NAME(agk_winograd_multiply)(int64_t point, int64_t tiles, const agk_winograd_side *from_side,
                                    const agk_winograd_side *to_side, const AG_REAL *from, const AG_REAL *u,
                                    AG_REAL *to) {
  const int64_t depth = from_side->channels,
                u_step = AG_NAME(agk_winograd_weight_step)(depth, to_side->filled);
  const agk_product product = {.rows = tiles,
                               .depth = depth,
                               .columns = to_side->filled,
                               .a_row = from_side->pitch,
                               .a_step = 1,
                               .b_step = AG_PANEL,
                               .b_panel = depth * AG_PANEL,
                               .to_row = to_side->pitch};
  AG_NAME(agk_product_of)
  (&product, from + point * from_side->step, u + point * u_step, to + point * to_side->step);
}

int64_t AG_NAME(agk_winograd_sum_step)(const agk_winograd_plan *p) {
  return agk_winograd_step(p->in.channels * p->out.filled, sizeof(AG_REAL));
}

void AG_NAME(agk_winograd_correlate)(const agk_winograd_plan *p, int64_t point, int64_t tiles, bool add,
                                     const AG_REAL *v, const AG_REAL *q, AG_REAL *sum) {
  const agk_product product = {.rows = p->in.channels,
                               .depth = tiles,
                               .columns = p->out.filled,
                               .a_row = 1,
                               .a_step = p->in.pitch,
                               .b_step = p->out.pitch,
                               .b_panel = AG_PANEL,
                               .to_row = p->out.filled,
                               .add = add};
  const int64_t step = AG_NAME(agk_winograd_sum_step)(p);
  AG_NAME(agk_product_of)(&product, v + point * p->in.step, q + point * p->out.step, sum + point * step);
}
#endif
