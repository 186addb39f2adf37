/* product_dots.h - products whose elements are scalar products of adjacent numbers: C = F + A B where the
 * rows of A and the columns of B are both adjacent along k, and B has few columns. */
#ifndef AG_REAL
#ifndef AG_KERNELS_PRODUCT_DOTS_H
#define AG_KERNELS_PRODUCT_DOTS_H
#include "kernels/product.h"

enum { AGK_DOTS_COLUMNS = 12 }; /* the most that B may have */

#define AG_SELF "kernels/product_dots.h"
#include "core/each_real.h"
#endif
#else

/* The contract of agk_product, with g->a.column = g->b.row = 1 and g->n <= AGK_DOTS_COLUMNS. */
void AG_NAME(agk_product_dots)(const agk_product_geometry *g, const AG_REAL *a, const AG_REAL *b,
                               const AG_REAL *from, AG_REAL *c);
#endif
