#include "kernels/blas.h"

#include <cblas.h>
#ifdef _OPENMP
#include <omp.h>
#else
/* Built without OpenMP, but BLAS may bring its runtime along: then these are not null. */
extern int omp_get_max_threads(void) __attribute__((weak));
extern void omp_set_num_threads(int) __attribute__((weak));
#endif

static int omp_threads(void) {
#ifndef _OPENMP
  if (!omp_get_max_threads || !omp_set_num_threads) return 1;
#endif
  return omp_get_max_threads();
}

int agk_blas_begin(void) {
  if (openblas_get_parallel() == OPENBLAS_THREAD && openblas_get_num_threads() != 1)
    openblas_set_num_threads(1);
  const int threads = omp_threads();
  if (threads != 1) omp_set_num_threads(1);
  return threads;
}

void agk_blas_end(int state) {
  if (state != 1) omp_set_num_threads(state);
}
