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
#include <stdbool.h>
#include <stdint.h>

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

/* Columns of a panel: two vectors. */
#define AG_PANEL (2 * AG_WIDTH)
#endif
