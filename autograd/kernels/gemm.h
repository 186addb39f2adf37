/* gemm.h - matrix products, one or a batch of them.
 *
 *   C[b] = op(A[b]) op(B[b]) + beta C[b],   op(A): m x k,  op(B): k x n,  C: m x n,   0 <= b < batch
 *
 * All matrices are row-major: element (i, j) of A lies at A[i * lda + j], transposed or not. Strides between
 * the matrices of a batch are in elements; a stride of 0 uses the same A or B for each product. Sizes may be
 * 0: with k = 0, C = beta C. With beta = 0, C is written and never read, so it may hold anything. NaN and Inf
 * propagate as IEEE 754 says. Products of moderate size are our own (product.h), larger ones are BLAS's.
 * Sizes and leading dimensions must be below 2^31 (the limit of BLAS). */
#ifndef AG_REAL
#ifndef AG_KERNELS_GEMM_H
#define AG_KERNELS_GEMM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/parallel.h"

typedef struct {
  bool trans_a, trans_b; /* op(A) = A transposed */
  int64_t m, n, k;
  int64_t lda, ldb, ldc;
  int64_t batch; /* number of products; 1 for a single one */
  int64_t stride_a, stride_b,
      stride_c; /* elements from one product to the next; stride_c is not 0 where batch > 1 */
} agk_gemm_geometry;

enum {
  AGK_GEMM_SPEED = 16,      /* multiply-adds in the time of one elementary operation of a plain loop */
  AGK_GEMM_PIECE = 1 << 19, /* multiply-adds worth a thread: about 15 microseconds in float */
  AGK_GEMM_PIECES = 16,     /* enough to balance the cores, few enough to pack A and B seldom */
};

/* Elementary operations of `products` products with m rows that share an m x k and an m x n matrix: what they
 * compute, and what of these another core may hold. */
static inline int64_t agk_gemm_work(int64_t products, int64_t m, int64_t n, int64_t k) {
  return products * m * n * k / AGK_GEMM_SPEED + AG_MOVED * m * (n + k);
}

#define AG_SELF "kernels/gemm.h"
#include "core/each_real.h"
#endif
#else

/* Bytes of scratch memory that agk_gemm needs; 0 for most shapes (the partial sums of a long k for a small m
 * and n). */
size_t AG_NAME(agk_gemm_workspace)(const agk_gemm_geometry *g, int threads);

/* C[b] = op(A[b]) op(B[b]) + beta C[b]. C overlaps neither A nor B. */
void AG_NAME(agk_gemm)(int threads, const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b,
                       AG_REAL beta, AG_REAL *c, void *workspace);

/* C[b] = op(A[b]) op(B[b]) + bias in each row, and of that max(C, 0) where it is rectified; bias (n) may be
 * NULL. */
void AG_NAME(agk_gemm_affine)(int threads, const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b,
                              const AG_REAL *bias, bool rectified, AG_REAL *c, void *workspace);
#endif
