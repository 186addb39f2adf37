/* What the machine can do at best: the roofline of Williams, Waterman and Patterson (2009). */
#include <string.h>
#include <time.h>

#include "core/parallel.h"
#include "kernels/peak.h"
#include "tools/profile.h"

#define LONG_ENOUGH 10000000 /* nanoseconds of trying */
#define ROUNDS 20000
#define COPIED (INT64_C(24) << 20) /* bytes: with the copy, more than most caches hold */

/* A thread's share of some work; returns how much it was. */
typedef double share(int thread, int threads, char *memory);

static double compute(int thread, int threads, char *memory) {
  (void)thread, (void)threads, (void)memory;
  return agk_peak_flops(false, ROUNDS);
}

static double compute_wide(int thread, int threads, char *memory) {
  (void)thread, (void)threads, (void)memory;
  return agk_peak_flops(true, ROUNDS);
}

/* Bytes read and bytes written. */
static double copy(int thread, int threads, char *memory) {
  const ag_range r = ag_chunk_range(thread, threads, COPIED);
  memcpy(memory + COPIED + r.begin, memory + r.begin, (size_t)(r.end - r.begin));
  return 2 * (double)(r.end - r.begin);
}

/* Seconds that the calling thread was running: what other programs take does not count. */
static double own_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What all threads together do in a second, the best of several tries. */
static double best_rate(int threads, share *work, char *memory, double *rate) {
  const int64_t begun = ag_clock();
  double best = 0;
  do {
    double sum = 0;
    AG_PARALLEL_FOR(threads)
    for (int i = 0; i < threads; i++) {
      const double before = own_seconds(), amount = work(i, threads, memory);
      rate[i] = amount / (own_seconds() - before);
    }
    for (int i = 0; i < threads; i++) sum += rate[i];
    if (sum > best) best = sum;
  } while (ag_clock() - begun < LONG_ENOUGH);
  return best;
}

bool ag_roofline_measure(ag_ctx *c, ag_site at, ag_roofline *r) {
  const size_t bytes = 2 * (size_t)COPIED, rates = (size_t)c->threads * sizeof(double);
  if (r->peak[0] > 0 && r->bandwidth > 0) return true;
  char *memory = ag_allocate(c, bytes + rates, at);
  if (!memory) return false;
  double *rate = (double *)(void *)(memory + bytes);
  memset(memory, 1, bytes); /* so that the pages are there */
  if (r->peak[0] == 0) {
    r->peak[0] = best_rate(c->threads, compute, memory, rate);
    r->peak[1] = best_rate(c->threads, compute_wide, memory, rate);
  }
  if (r->bandwidth == 0) r->bandwidth = best_rate(c->threads, copy, memory, rate);
  ag_release(c, memory);
  return true;
}
