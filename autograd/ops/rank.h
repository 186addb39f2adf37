/* The rank of matrices, by elimination with complete pivoting. */
#ifndef AG_OPS_RANK_H
#define AG_OPS_RANK_H

#include "core/internal.h"

/* Rows and columns in the order of their pivots; those behind the first `rank` depend on them up to rounding.
 */
typedef struct {
  int64_t rank, *row, *column;
  bool odd; /* whether the two orders together are an odd permutation */
} ag_pivots;

/* One for each square matrix of x, which has elements, in memory of the innermost scope; NULL and an error
 * when there is none. A matrix that is not finite counts as regular. */
const ag_pivots *ag_ranks(ag_site at, ag_tensor *x, bool *singular);

#endif
