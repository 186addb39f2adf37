/* norm_relu_whole.c - norm_relu.c on all rows of an array: chunks of rows are shared among threads. */
#ifndef AG_REAL
#include "kernels/norm_relu_whole.h"

#define AG_SELF "kernels/norm_relu_whole.c"
#include "core/each_real.h"
#else

void AG_NAME(agk_norm_relu_forward)(int threads, int64_t rows, int64_t c, const AG_REAL *x,
                                    const AG_REAL *norm, AG_REAL *z) {
  const int64_t chunks = agk_norm_relu_chunks(rows, c);
  AG_PARALLEL_FOR(ag_team(threads, chunks, rows * c))
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, rows);
    AG_NAME(agk_norm_relu)(r.end - r.begin, c, x + r.begin * c, norm, z + r.begin * c);
  }
}

size_t AG_NAME(agk_norm_relu_workspace)(int64_t rows, int64_t c) {
  return (size_t)((agk_norm_relu_chunks(rows, c) + 1) * c) * sizeof(agk_norm_sums);
}

void AG_NAME(agk_norm_relu_backward)(int threads, int64_t rows, int64_t c, const AG_REAL *x,
                                     const AG_REAL *norm, const AG_REAL *gz, AG_REAL *gx, AG_REAL *gnorm,
                                     void *workspace) {
  const int64_t chunks = agk_norm_relu_chunks(rows, c);
  agk_norm_sums *sums = workspace;
  AG_PARALLEL_FOR(ag_team(threads, chunks, 2 * rows * c))
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, rows);
    const int64_t at = r.begin * c;
    agk_norm_sums *s = sums + i * c;
    for (int64_t j = 0; j < c; j++) s[j] = (agk_norm_sums){0, 0};
    AG_NAME(agk_norm_relu_grad)(r.end - r.begin, c, x + at, norm, gz + at, gx + at, s);
  }
  AG_NAME(agk_norm_relu_settle)(chunks, c, sums, norm, gnorm);
}
#endif
