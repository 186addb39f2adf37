/* product.h - one matrix product in the calling thread, for sizes at which a call of BLAS costs more than it
 * saves.
 *
 *   C = F + A B,   A: m x k,  B: k x n,  C and F: m x n,   and of that max(C, 0) where it is rectified
 *
 * Each matrix has a step from row to row and one from column to column, in elements, so a transposed matrix
 * is one with its steps exchanged, and a step of 0 in F repeats a row or a column (a bias). F may be C
 * itself. One step of B is 1, and one of C.
 *
 * An element of C is the sum over k in order, with one rounding for each term where the processor fuses
 * multiply and add; after every AGK_PRODUCT_TERMS terms the sum is added to F, and what follows starts anew.
 * So its bits depend on its row of A and its column of B alone, and not on the instruction set or on how C is
 * cut into several products. The exception are products with few rows or columns whose factors are adjacent
 * along k: these are summed in 64-byte lanes. */
#ifndef AG_REAL
#ifndef AG_KERNELS_PRODUCT_H
#define AG_KERNELS_PRODUCT_H
#include <stdbool.h>
#include <stdint.h>

/* Elements from one row to the next, and from one column to the next. */
typedef struct {
  int64_t row, column;
} agk_steps;

typedef struct {
  int64_t m, n, k;
  agk_steps a, b, c, from;
  bool rectified;
} agk_product_geometry;

enum { AGK_PRODUCT_TERMS = 256 };

#define AG_SELF "kernels/product.h"
#include "core/each_real.h"
#endif
#else

/* C = F + A B. from is F, or NULL for 0. C overlaps neither A nor B. */
void AG_NAME(agk_product)(const agk_product_geometry *g, const AG_REAL *a, const AG_REAL *b,
                          const AG_REAL *from, AG_REAL *c);
#endif
