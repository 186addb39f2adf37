/* strided.h - copies between strided views and contiguous arrays.
 *
 * Element (i0, i1, ...) of a view lies at base[i0 * stride[0] + i1 * stride[1] + ...]; strides count elements
 * and may be 0 (expanded axes) or negative. Its contiguous copy is in row-major order. Elements are copied as
 * bits, so any type of size 1, 4 or 8 is served. */
#ifndef AG_KERNELS_STRIDED_H
#define AG_KERNELS_STRIDED_H
#include <stddef.h>
#include <stdint.h>

enum { AGK_MAX_RANK = 8 };

typedef struct {
  int rank; /* 0 to AGK_MAX_RANK; 0 is a single element */
  int64_t size[AGK_MAX_RANK];
  int64_t stride[AGK_MAX_RANK];
} agk_layout;

/* to (contiguous) = from (strided by the layout). The two do not overlap. */
void agk_copy_from_strided(int threads, size_t element_size, const agk_layout *layout, const void *from,
                           void *to);

/* to (strided by the layout) = from (contiguous). No two elements of the view may share a place. The two do
 * not overlap. */
void agk_copy_to_strided(int threads, size_t element_size, const agk_layout *layout, const void *from,
                         void *to);

#endif
