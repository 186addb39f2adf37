/* What the files of the kernels' suite share. Kernels are tested for both real types from one source, as they
 * are compiled: each file includes itself through core/each_real.h. */
#ifndef TESTS_TEST_KERNELS_H
#define TESTS_TEST_KERNELS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support.h"

TCase *elementary_kernel_tests(void);
TCase *gemm_kernel_tests(void);
TCase *linear_kernel_tests(void);
TCase *conv2d_kernel_tests(void);
TCase *grey_last_kernel_tests(void);
TCase *winograd_kernel_tests(void);
TCase *conv2d_norms_kernel_tests(void);
TCase *norm_kernel_tests(void);
TCase *norm_relu_kernel_tests(void);
TCase *norm_pool_kernel_tests(void);
TCase *norm_moments_kernel_tests(void);
TCase *norm_parts_kernel_tests(void);
TCase *pool_kernel_tests(void);
TCase *reduce_kernel_tests(void);
TCase *order_kernel_tests(void);
TCase *random_kernel_tests(void);
TCase *strided_kernel_tests(void);

/* Memory for n elements of a size, aligned as kernels want their workspaces. */
static inline void *room(int64_t n, size_t size) {
  void *memory = NULL;
  ck_assert_int_eq(posix_memalign(&memory, 64, (size_t)(n + 1) * size), 0);
  return memory;
}

/* n irregular numbers in [-1, 1). */
static inline float *numbers_f32(uint64_t salt, int64_t n) {
  float *x = room(n, sizeof *x);
  for (int64_t i = 0; i < n; i++) x[i] = (float)irregular(salt, i, -1, 1);
  return x;
}
static inline double *numbers_f64(uint64_t salt, int64_t n) {
  double *x = room(n, sizeof *x);
  for (int64_t i = 0; i < n; i++) x[i] = irregular(salt, i, -1, 1);
  return x;
}

#endif
