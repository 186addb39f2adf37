/* Arrangement: operators that give the same elements another shape or order. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_ARRANGEMENT_H
#define AUTOGRAD_MANUAL_ARRANGEMENT_H

/* Views: they share memory with x wherever the strides allow it, and are differentiable. */
/* One dimension may be -1 and follows from the others. */
ag_tensor *ag_reshape(ag_site at, ag_tensor *x, ag_shape shape);
/* Axes from `from` to the last become one. */
ag_tensor *ag_flatten(ag_site at, ag_tensor *x, int from);
ag_tensor *ag_transpose(ag_site at, ag_tensor *x, int axis1, int axis2);
/* Axis i of the result is axis axes[i] of x. */
ag_tensor *ag_permute(ag_site at, ag_tensor *x, ag_axes axes);
/* Repeats axes of size 1, and new leading axes, without copying. -1 leaves an axis as it is. */
ag_tensor *ag_expand(ag_site at, ag_tensor *x, ag_shape shape);
/* Elements start, start + step, ... before stop. Negative bounds count from the end, and all are clipped as in Python.
 * A negative step walks backwards: start n - 1, stop -n - 1 and step -1 take all n elements. */
ag_tensor *ag_slice(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t stop, int64_t step);
/* Without axes of size 1: all of them, or those that are given; an axis of another size stays. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
} ag_squeeze_args;
ag_tensor *ag_squeeze(ag_squeeze_args a);
/* With a new axis of size 1 at that place. */
ag_tensor *ag_unsqueeze(ag_site at, ag_tensor *x, int axis);
/* In the opposite order along axes (none given: all of them). */
ag_tensor *ag_flip(ag_site at, ag_tensor *x, ag_axes axes);
/* Windows of `size` elements along an axis, `step` apart: (.., n, ..) gives (.., (n - size) / step + 1, .., size). */
ag_tensor *ag_unfold(ag_site at, ag_tensor *x, int axis, int64_t size, int64_t step);
/* y[..., k] = x[k][k + offset], or x[k - offset][k] where offset < 0, of the matrices that axis1 and axis2 span; the other
 * axes come first. */
ag_tensor *ag_diagonal(ag_site at, ag_tensor *x, int64_t offset, int axis1, int axis2);
/* With axis source[i] at place destination[i], negative ones from the last; the other axes keep their order. */
ag_tensor *ag_movedim(ag_site at, ag_tensor *x, ag_axes source, ag_axes destination);
/* `length` elements along an axis from start (negative: from the end) on, which must be there. */
ag_tensor *ag_narrow(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t length);
/* The one place of an axis (negative: from the end), without the axis. */
ag_tensor *ag_select(ag_site at, ag_tensor *x, int axis, int64_t index);
/* Consecutive parts of `size` elements along an axis, the last one smaller; so many chunks of one size, or fewer where
 * these use up the axis; all places of an axis, each without it. parts has room for so many pointers (for `chunks`);
 * they return how many were made, 0 after an error. */
int ag_split(ag_site at, ag_tensor *x, int64_t size, int axis, int room, ag_tensor **parts);
int ag_chunk(ag_site at, ag_tensor *x, int chunks, int axis, ag_tensor **parts);
int ag_unbind(ag_site at, ag_tensor *x, int axis, int room, ag_tensor **parts);
/* The same elements in row-major order; x itself when they already are. */
ag_tensor *ag_contiguous(ag_site at, ag_tensor *x);
/* The lower triangle of matrices (..., rows, columns) of any type, j - i <= diagonal, or the upper one, j - i >= diagonal;
 * 0 elsewhere. diagonal 0 is the main one, positive ones lie above it. */
ag_tensor *ag_tril(ag_site at, ag_tensor *x, int64_t diagonal);
ag_tensor *ag_triu(ag_site at, ag_tensor *x, int64_t diagonal);

/* Copies. */
/* y[i] = x[(i - shift) mod n] along an axis. */
ag_tensor *ag_roll(ag_site at, ag_tensor *x, int64_t shift, int axis);
/* x one after the other, so many times along each axis; more numbers than axes give new leading axes. */
ag_tensor *ag_repeat(ag_site at, ag_tensor *x, ag_shape times);
/* The same; fewer numbers than axes stand for the last ones. */
ag_tensor *ag_tile(ag_site at, ag_tensor *x, ag_shape times);
/* That diagonal of a matrix; of a vector, the matrix that has it there and zeros elsewhere. */
ag_tensor *ag_diag(ag_site at, ag_tensor *x, int64_t offset);
/* x with size[0] elements before and size[1] behind the last axis, size[2] and size[3] around the one before it, and so
 * on: those of `value` (AG_CONSTANT), the ones next to the border without it (AG_REFLECT), the border's (AG_REPLICATE),
 * or those of the other side (AG_CIRCULAR). Negative sizes take elements away. x has any type, to which value is converted
 * as by ag_cast. */
typedef struct {
  int count;
  int64_t size[2 * AG_MAX_RANK];
} ag_padding;
#define AG_PADDING(...) ((ag_padding){AG_COUNT_(__VA_ARGS__), {__VA_ARGS__}})
typedef enum { AG_CONSTANT, AG_REFLECT, AG_REPLICATE, AG_CIRCULAR } ag_pad_mode;
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_padding padding;
  ag_pad_mode mode;
  double value;
} ag_pad_args;
ag_tensor *ag_pad(ag_pad_args a);

#endif
