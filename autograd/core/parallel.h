/* parallel.h - the one way in which loops are shared among threads.
 *
 * Work is cut into chunks whose number depends on shapes alone, each chunk is computed by one thread from
 * start to end, and partial results are combined in the order of the chunks. So the bits do not depend on the
 * number of threads, which every parallel kernel takes as an upper bound:
 *
 *   int64_t chunks = ag_chunks(n, 4096);
 *   AG_PARALLEL_FOR(ag_team(threads, chunks, n))
 *   for (int64_t i = 0; i < chunks; i++) { ag_range r = ag_chunk_range(i, chunks, n); ... r.begin <= j <
 * r.end ...
 * }
 *
 * Without OpenMP the same code compiles to serial loops. */
#ifndef AG_CORE_PARALLEL_H
#define AG_CORE_PARALLEL_H

#include <stddef.h>
#include <stdint.h>
#ifdef _OPENMP
#include <omp.h>
#define AG_PRAGMA(text) _Pragma(#text)
/* Runs the iterations of the for statement that follows on `team` threads, in contiguous equal shares. */
#define AG_PARALLEL_FOR(team) AG_PRAGMA(omp parallel for schedule(static) num_threads(team))
/* Says that the iterations of the for statement that follows do not touch what others write, so that they may
 * become vector code; the bits are the same. */
#define AG_SIMD AG_PRAGMA(omp simd)
#else
#define AG_PARALLEL_FOR(team) (void)(team);
#define AG_SIMD
#endif

/* Waking a thread costs a few microseconds; a share of the work must cost more than that. Unit: an elementary
 * operation on an element, about 0.3 ns. */
#define AG_PARALLEL_GRAIN 32768

/* What it costs a core to write a number that another has read, or to read what another has written, in the
 * same unit: 5 to 50 ns for a cache line. */
#define AG_MOVED 6

/* The half-open range begin <= i < end. */
typedef struct {
  int64_t begin, end;
} ag_range;

/* The team that `work` elementary operations in `chunks` pieces deserve: one thread, or all of them. Nothing
 * between, for the runtime ends the threads that a smaller team leaves over and starts new ones for the next.
 */
static inline int ag_team(int threads, int64_t chunks, int64_t work) {
  return chunks > 1 && work >= 2 * AG_PARALLEL_GRAIN ? threads : 1;
}

/* The number of chunks of about `grain` elements that n elements are cut into: ceil(n / grain). */
static inline int64_t ag_chunks(int64_t n, int64_t grain) { return n / grain + (n % grain != 0); }

/* Chunk i of `chunks` nearly equal chunks of 0 <= j < n; the first n % chunks of them hold one element more.
 */
static inline ag_range ag_chunk_range(int64_t i, int64_t chunks, int64_t n) {
  const int64_t size = n / chunks, more = n % chunks;
  const int64_t begin = i * size + (i < more ? i : more);
  return (ag_range){begin, begin + size + (i < more)};
}

/* The same in whole runs of `line` elements, such as those of a cache line: elements that several threads
 * would write otherwise. */
static inline ag_range ag_chunk_lines(int64_t i, int64_t chunks, int64_t n, int64_t line) {
  const ag_range r = ag_chunk_range(i, chunks, ag_chunks(n, line));
  const int64_t begin = r.begin * line, end = r.end * line;
  return (ag_range){begin < n ? begin : n, end < n ? end : n};
}

/* Rounds a number of bytes up to whole cache lines, so that the parts of a workspace are aligned. */
static inline size_t ag_aligned_size(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* The index of the calling thread in its team, from 0: selects its part of a workspace. */
static inline int ag_thread_index(void) {
#ifdef _OPENMP
  return omp_get_thread_num();
#else
  return 0;
#endif
}

#endif
