/* What the pooling operators share. */
#ifndef AG_OPS_POOL2D_H
#define AG_OPS_POOL2D_H

#include "kernels/pool2d.h"
#include "ops/attributes.h"

/* The pooling of an x of this shape; stores the error, and returns false, where it does not fit. */
bool ag_pool2d_geometry(const ag_call *call, ag_shape x, const ag_pool2d_attributes *a,
                        agk_pool2d_geometry *g);
/* Images of another height and width. */
ag_shape ag_pool2d_resized(ag_shape x, const ag_pool2d_attributes *a, int64_t h, int64_t w);
/* One operation for each element of each window. */
double ag_pool2d_flops(const ag_call *call);
/* The same for `numel` windows, or for the planes of `whole` elements that they share. */
double ag_pool2d_work(const ag_pool2d_attributes *a, int64_t numel, int64_t whole);

/* What the user writes along one axis; 0 is the default. */
typedef struct {
  int kernel, stride, padding, dilation;
} ag_pool_options;
ag_pool2d_attributes ag_pool2d_options(ag_pool_options height, ag_pool_options width, bool ceil_mode);
/* The width's, which are the height's where they say nothing else. */
ag_pool_options ag_pool_width(ag_pool_options height, ag_pool_options width);
/* Those of adaptive pooling to h x w. */
ag_pool2d_attributes ag_pool2d_shares(int64_t h, int64_t w);

#endif
