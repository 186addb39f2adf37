/* conv2d_winograd_products.h - the matrix products between Winograd's transforms.
 *
 *   to[i, j] = sum over k of a[i, k] b[k, j]     0 <= i < rows, 0 <= k < depth, 0 <= j < columns
 *
 * The transforms write a and b as the products want to read them, so nothing is packed. Each element is
 * summed in the order of k with one rounding a step (portable: two), so its bits depend neither on the width
 * of the vectors nor on the blocks. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_PRODUCTS_H
#define AG_KERNELS_CONV2D_WINOGRAD_PRODUCTS_H
#include "kernels/conv2d_winograd_blocks.h"

/* a[i, k] lies at a[i * a_row + k * a_step]. b comes in panels of AG_PANEL columns, the last of which may be
 * narrower: row k of a panel at k * b_step, the next panel b_panel after it. `to` is row-major. The number of
 * columns is a multiple of what 64 bytes hold. */
typedef struct {
  int64_t rows, depth, columns;
  int64_t a_row, a_step, b_step, b_panel, to_row;
  bool add; /* to what is there */
} agk_product;

#define AG_SELF "kernels/conv2d_winograd_products.h"
#include "core/each_isa.h"
#endif
#else

void AG_NAME(agk_product_of)(const agk_product *p, const AG_REAL *a, const AG_REAL *b, AG_REAL *to);

/* The points of one side from those of the other, for some tiles: to[point] = from[point] u[point], with u as
 * agk_winograd_weights makes it. */
void AG_NAME(agk_winograd_multiply)(int64_t point, int64_t tiles, const agk_winograd_side *from_side,
                                    const agk_winograd_side *to_side, const AG_REAL *from, const AG_REAL *u,
                                    AG_REAL *to);
/* Numbers from one point of the sums below to the next. */
int64_t AG_NAME(agk_winograd_sum_step)(const agk_winograd_plan *p);
/* sum[point] (+)= v[point]^T q[point] over some tiles: a row for each input channel. */
void AG_NAME(agk_winograd_correlate)(const agk_winograd_plan *p, int64_t point, int64_t tiles, bool add,
                                     const AG_REAL *v, const AG_REAL *q, AG_REAL *sum);

/* Columns of a panel: two vectors. */
#define AG_PANEL (2 * AG_WIDTH)
#endif
