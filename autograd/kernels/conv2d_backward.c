/* conv2d_backward.c - both gradients of a convolution, where the second costs less than alone. */
#ifndef AG_REAL
#include "kernels/conv2d.h"
#include "kernels/conv2d_winograd.h"

#define AG_SELF "kernels/conv2d_backward.c"
#include "core/each_real.h"
#else

size_t AG_NAME(agk_conv2d_backward_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_backward_workspace)(g, threads, false, true, true);
  const size_t input = AG_NAME(agk_conv2d_grad_input_workspace)(g, threads),
               weight = AG_NAME(agk_conv2d_grad_weight_workspace)(g, threads);
  return input > weight ? input : weight;
}

void AG_NAME(agk_conv2d_backward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                  const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw, AG_REAL *gb,
                                  void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_backward)(threads, g, NULL, x, gy, w, gx, gw, gb, workspace);
    return;
  }
  AG_NAME(agk_conv2d_grad_input)(threads, g, gy, w, gx, workspace);
  AG_NAME(agk_conv2d_grad_weight)(threads, g, x, gy, gw, gb, workspace);
}
#endif
