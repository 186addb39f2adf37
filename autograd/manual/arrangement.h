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
/* Repeats axes of size 1, and new leading axes, without copying. */
ag_tensor *ag_expand(ag_site at, ag_tensor *x, ag_shape shape);
/* Elements start, start + step, ... before stop. Negative bounds count from the end, and all are clipped as in Python.
 * A negative step walks backwards: start n - 1, stop -n - 1 and step -1 take all n elements. */
ag_tensor *ag_slice(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t stop, int64_t step);
/* The same elements in row-major order; x itself when they already are. */
ag_tensor *ag_contiguous(ag_site at, ag_tensor *x);

#endif
