/* Pooling. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_POOLING_H
#define AUTOGRAD_MANUAL_POOLING_H

/* Pooling of (n, c, h, w) by kernel x kernel windows; stride 0 stands for the kernel's size. padding is at most
 * half of the kernel; padded places count as -infinity in max_pool2d and as zeros in avg_pool2d. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding, dilation;
} ag_max_pool2d_args;
ag_tensor *ag_max_pool2d(ag_max_pool2d_args a);
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding;
} ag_avg_pool2d_args;
ag_tensor *ag_avg_pool2d(ag_avg_pool2d_args a);

#endif
