/* transpose.h - a matrix becomes its transpose. */
#ifndef AG_KERNELS_TRANSPOSE_H
#define AG_KERNELS_TRANSPOSE_H
#include <stddef.h>
#include <stdint.h>

/* How a matrix lies in memory: the elements from a row to the next one, and the bytes to the matrix that will
 * be wanted after it, which is asked for on the way; 0 where nothing is to be asked for. */
typedef struct {
  int64_t row, ahead;
} agk_rows;

/* Copies n x m elements of 4 or 8 bytes, in the calling thread: element (a, b), which lies in `from` at
 * a * row + b, goes to b * row + a in `to`. Neither the two nor the rows of `to` overlap. */
void agk_transpose(size_t size, int64_t n, int64_t m, const void *from, agk_rows from_rows, void *to,
                   agk_rows to_rows);

#endif
