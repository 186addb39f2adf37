/* The kernels under the operators: sizes and layouts that no operator asks for, published answers, bits and
 * threads. */
#include "tests/test_kernels.h"

int main(void) {
  TCase *(*const groups[])(void) = {
      gemm_kernel_tests,         linear_kernel_tests,       conv2d_kernel_tests,     grey_last_kernel_tests,
      winograd_kernel_tests,     conv2d_norms_kernel_tests, norm_kernel_tests,       norm_parts_kernel_tests,
      norm_moments_kernel_tests, norm_relu_kernel_tests,    norm_pool_kernel_tests,  pool_kernel_tests,
      reduce_kernel_tests,       random_kernel_tests,       elementary_kernel_tests, order_kernel_tests,
      strided_kernel_tests};
  return run_suite("kernels", groups, LENGTH(groups));
}
