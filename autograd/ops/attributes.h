/* The attributes of the structured operators: what the tape keeps beside their operands. They are what the
 * user wrote, with defaults filled in; shape rules check them. */
#ifndef AG_OPS_ATTRIBUTES_H
#define AG_OPS_ATTRIBUTES_H

#include <autograd.h>

/* sum, prod, logsumexp, max, min, argmax, argmin, max_along, min_along, median, any, all. */
typedef struct {
  ag_axes axes; /* none stands for all */
  bool keepdim;
} ag_reduce_attributes;

/* cast. */
typedef struct {
  ag_dtype dtype;
} ag_cast_attributes;

/* cumsum and recurrence. */
typedef struct {
  int axis;
  bool reverse; /* from the last element to the first */
} ag_cumulate_attributes;

/* sort. Of no axes, here and below, the last one is meant. */
typedef struct {
  ag_axes axes;
  bool descending;
} ag_sort_attributes;

/* topk: the greatest k, or the smallest. */
typedef struct {
  int64_t k;
  ag_axes axes;
  bool smallest;
} ag_topk_attributes;

/* kthvalue: the k-th least, counted from 1. */
typedef struct {
  int64_t k;
  ag_axes axes;
  bool keepdim;
} ag_kthvalue_attributes;

/* var. */
typedef struct {
  ag_axes axes; /* none stands for all */
  bool keepdim, biased;
} ag_var_attributes;

/* mse_loss, gaussian_nll_loss. */
typedef struct {
  ag_reduction reduction;
  bool full; /* with the constant of the normal density */
} ag_loss_attributes;

/* gaussian_nll_loss_grad: what is multiplied with the gradient. */
typedef struct {
  double scale;
} ag_scale_attributes;

/* reshape, where one size may be -1, and expand. */
typedef struct {
  ag_shape shape;
} ag_shape_attributes;

/* permute: axis i of the result is axis axes[i] of the operand. */
typedef struct {
  ag_axes axes;
} ag_permute_attributes;

/* slice: elements start, start + step, ... before stop along the axis. */
typedef struct {
  int axis;
  int64_t start, stop, step;
} ag_slice_attributes;

/* slice_grad: the slice, and the shape that it was taken from. */
typedef struct {
  ag_slice_attributes slice;
  ag_shape shape;
} ag_slice_grad_attributes;

/* diagonal: of the matrices that the two axes span, `offset` places to the right of the main one. */
typedef struct {
  int64_t offset;
  int axis1, axis2;
} ag_diagonal_attributes;

/* diagonal_grad: the diagonal, and the shape that it was taken from. */
typedef struct {
  ag_diagonal_attributes diagonal;
  ag_shape shape;
} ag_diagonal_grad_attributes;

/* unfold: windows of `size` elements, `step` apart. */
typedef struct {
  int axis;
  int64_t size, step;
} ag_unfold_attributes;

/* unfold_grad: the windows, and the shape that they were taken from. */
typedef struct {
  ag_unfold_attributes unfold;
  ag_shape shape;
} ag_unfold_grad_attributes;

/* What takes an axis and no more: concat, gather, softmax, cumprod and their like, and some gradients. */
typedef struct {
  int axis;
} ag_axis_attributes;

/* gather_grad, index_select_grad: the axis, and the shape that was taken from. */
typedef struct {
  int axis;
  ag_shape shape;
} ag_gather_grad_attributes;

/* tril, triu. */
typedef struct {
  int64_t diagonal;
} ag_triangle_attributes;

/* cholesky, which asks for .upper alone, and solve_triangular. */
typedef struct {
  bool upper;         /* the triangle that is made or read */
  bool unitriangular; /* its diagonal is taken for ones */
  bool transposed;    /* a' in place of a */
  bool right;         /* x a = b in place of a x = b */
} ag_triangular_attributes;

/* solve: a' in place of a. */
typedef struct {
  bool transposed;
} ag_solve_attributes;

/* pad. */
typedef struct {
  ag_padding padding;
  ag_pad_mode mode;
  double value;
} ag_pad_attributes;

/* pad_grad: the padding, and the shape that was padded. */
typedef struct {
  ag_pad_attributes pad;
  ag_shape shape;
} ag_pad_grad_attributes;

/* conv2d. Index 0 of a pair is the height's, 1 the width's. Padding is that before the first row and column;
 * behind the last there is `beyond` more (or less). */
typedef struct {
  int64_t stride[2], padding[2], dilation[2], groups, beyond[2];
  bool channels_last; /* images are (n, h, w, c) */
} ag_conv2d_attributes;

/* linear_backward: whether the gradient of x is left out. */
typedef struct {
  bool only_weight;
} ag_linear_backward_attributes;

/* conv2d_moments: windows of pool x pool that the result is pooled by, 0 where it is not; whether there are
 * no moments; and whether what is pooled is not kept. */
typedef struct {
  ag_conv2d_attributes conv;
  int64_t pool;
  bool no_moments, not_kept;
} ag_conv2d_moments_attributes;

/* conv2d_moments_grad: with the same pooling, and whether the gradients of x and norm are left out. */
typedef struct {
  ag_conv2d_attributes conv;
  int64_t pool;
  bool only_weight;
} ag_conv2d_moments_grad_attributes;

/* conv2d_grad_input and conv_transpose2d with the height and width of the result, conv2d_grad_weight with
 * those of the kernel. */
typedef struct {
  ag_conv2d_attributes conv;
  int64_t size[2];
} ag_conv2d_grad_attributes;

/* im2col; col2im with the height and width of its result. groups is 1. */
typedef struct {
  ag_conv2d_attributes conv;
  int64_t kernel[2], size[2];
} ag_im2col_attributes;

/* max_pool2d and its like; avg_pool2d with dilation 1, which alone reads the last two. */
typedef struct {
  int64_t kernel[2], stride[2], padding[2], dilation[2];
  bool ceil_mode;       /* counts a last window that reaches beyond the padding */
  bool exclude_padding; /* from what is counted in an average */
  int64_t divisor;      /* of an average; 0 stands for the size of the window */
  bool adaptive;        /* the windows share the plane, and this is how many there are; all else is 0 */
  int64_t output[2];
  bool channels_last; /* images are (n, h, w, c) */
} ag_pool2d_attributes;

/* avg_pool2d_grad: the pooling, and height and width of x. */
typedef struct {
  ag_pool2d_attributes pool;
  int64_t size[2];
} ag_avg_pool2d_grad_attributes;

/* interpolate: to this height and width (of sequences, the width is the length and there is no height), with
 * the scale that the user gave or 0. */
typedef struct {
  ag_interpolation mode;
  bool align_corners;
  int64_t size[2];
  double scale[2];
} ag_interpolate_attributes;

/* interpolate_grad: the interpolation, and height and width of its operand. */
typedef struct {
  ag_interpolate_attributes interpolate;
  int64_t from[2];
} ag_interpolate_grad_attributes;

/* batch_norm, batch_norm_grad. */
typedef struct {
  double eps;
  bool relu; /* max(y, 0) in place of y */
} ag_batch_norm_attributes;

/* layer_norm, layer_norm_grad: of rows that so many last axes span. */
typedef struct {
  int axes;
  double eps;
} ag_layer_norm_attributes;

#endif
