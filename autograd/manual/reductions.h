/* Reductions: operators that make axes disappear. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_REDUCTIONS_H
#define AUTOGRAD_MANUAL_REDUCTIONS_H

/* Reductions over axes (default: all); keepdim leaves axes of size 1. Extremes and order are those of any type, of truths
 * false is the least; sums and products of integers and truths, also those that grow, are int64 and wrap around. All else
 * takes real numbers. Empty sums are 0, empty means NaN. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim;
} ag_reduce_args;
ag_tensor *ag_sum(ag_reduce_args a);
ag_tensor *ag_mean(ag_reduce_args a);
/* Greatest and least element; NaN wins. The gradient is shared evenly among equal ones (torch.amax, torch.amin, and
 * these names are the same functions). AG_EVALUE where there is no element. */
ag_tensor *ag_max(ag_reduce_args a);
ag_tensor *ag_min(ag_reduce_args a);
ag_tensor *ag_amax(ag_reduce_args a);
ag_tensor *ag_amin(ag_reduce_args a);
/* Product; an empty one is 1. Its gradient is right, to any order, where factors are 0 or infinite, too. */
ag_tensor *ag_prod(ag_reduce_args a);
/* log(sum(exp(x))), computed without overflow. */
ag_tensor *ag_logsumexp(ag_reduce_args a);
/* sum((x - mean)^2) / (n - correction). correction is 1 unless .biased is set. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim, biased;
} ag_var_args;
ag_tensor *ag_var(ag_var_args a);
/* sqrt(var). Where it is 0, so is its gradient. */
ag_tensor *ag_std(ag_var_args a);
/* (sum |x|^p)^(1/p) (torch.linalg.vector_norm); max |x| for p = INFINITY, min |x| for -INFINITY. p 0 stands for 2, so
 * .nonzero asks for what PyTorch calls p = 0: how many x are not 0. Where the norm is 0, so is its gradient. AG_EVALUE
 * where there is no element and p is negative or infinite. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  double p;
  ag_axes axes;
  bool keepdim, nonzero;
} ag_norm_args;
ag_tensor *ag_norm(ag_norm_args a);
/* Index (int64) of the greatest or least element along one axis, or of the flattened tensor; the first wins, NaN too. */
ag_tensor *ag_argmax(ag_reduce_args a);
ag_tensor *ag_argmin(ag_reduce_args a);

/* Elements that are chosen along one axis, or from the flattened tensor. indices, where given, receives their places
 * (int64). The whole gradient of a result goes to the element that was chosen. AG_EVALUE where there is no element. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim;
  ag_tensor **indices;
} ag_along_args;
/* Greatest and least element and the first place that has it; the first NaN wins (torch.max, torch.min with dim). */
ag_tensor *ag_max_along(ag_along_args a);
ag_tensor *ag_min_along(ag_along_args a);
/* The element in the middle, of two the lower one, and its place (torch.median); NaN where there is one. */
ag_tensor *ag_median(ag_along_args a);

/* What grows along an axis; the result has the shape of x. A number has the axes 0 and -1. Sums and products of
 * float32 are kept in double. y[i] = x[0] + ... + x[i]. */
ag_tensor *ag_cumsum(ag_site at, ag_tensor *x, int axis);
/* y[i] = x[0] ... x[i]. Its gradient is right, to any order, where factors are 0, too. */
ag_tensor *ag_cumprod(ag_site at, ag_tensor *x, int axis);
/* y[i] = log(exp(x[0]) + ... + exp(x[i])), computed without overflow. */
ag_tensor *ag_logcumsumexp(ag_site at, ag_tensor *x, int axis);
/* y[0] = b[0], y[i] = a[i-1] y[i-1] + b[i], or in reverse, from the last one, y[i] = a[i] y[i+1] + b[i]: a linear
 * recurrence. a has the shape of b with one element less along the axis (AG_ESHAPE). */
ag_tensor *ag_recurrence(ag_site at, ag_tensor *a, ag_tensor *b, int axis, bool reverse);
/* The greatest and the least of x[0] ... x[i]; indices, where given, receives the places (int64), of equal ones the
 * last. The first NaN stays. The whole gradient goes to the element that was chosen. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int axis;
  ag_tensor **indices;
} ag_cumulate_args;
ag_tensor *ag_cummax(ag_cumulate_args a);
ag_tensor *ag_cummin(ag_cumulate_args a);

/* Order along one axis, of none the last. NaN counts as greater than every number, and equal elements keep their order
 * (torch.sort with stable=True). indices, where given, receives the places of the results (int64). Gradients go to the
 * elements that were chosen. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool descending;
  ag_tensor **indices;
} ag_sort_args;
/* All elements from the least on, or from the greatest. */
ag_tensor *ag_sort(ag_sort_args a);
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool descending;
} ag_argsort_args;
/* The places alone. */
ag_tensor *ag_argsort(ag_argsort_args a);
typedef struct {
  ag_site at;
  ag_tensor *x;
  int64_t k;
  ag_axes axes;
  bool smallest;
  ag_tensor **indices;
} ag_topk_args;
/* The k greatest from the greatest on, or the k smallest from the smallest on. AG_EVALUE for a k that is not in 0 ..
 * the size of the axis. */
ag_tensor *ag_topk(ag_topk_args a);
typedef struct {
  ag_site at;
  ag_tensor *x;
  int64_t k;
  ag_axes axes;
  bool keepdim;
  ag_tensor **indices;
} ag_kthvalue_args;
/* The k-th least element, counted from 1. AG_EVALUE for a k that is not in 1 .. the size of the axis. */
ag_tensor *ag_kthvalue(ag_kthvalue_args a);
/* Whether any or all elements, of any type, are not 0; NaN is not. bool; of no elements, false and true. */
ag_tensor *ag_any(ag_reduce_args a);
ag_tensor *ag_all(ag_reduce_args a);

#endif
