/* What the machine can do at best: the roofline of Williams, Waterman and Patterson (2009). */
#include <string.h>

#include "kernels/peak.h"
#include "tools/profile.h"

#define LONG_ENOUGH 10000000 /* nanoseconds of trying */
#define ROUNDS 20000
#define COPIED (INT64_C(24) << 20) /* bytes: with the copy, more than most caches hold */

/* The best of several tries: whatever else the machine does can only make one slower. */
static double peak(int threads, bool wide) {
  const int64_t first = ag_clock();
  double best = 0;
  for (int64_t begun = first, now; begun - first < LONG_ENOUGH; begun = now) {
    const double flops = agk_peak_flops(threads, wide, ROUNDS);
    now = ag_clock();
    if (flops / (double)(now - begun) > best) best = flops / (double)(now - begun);
  }
  return 1e9 * best;
}

/* Bytes read and bytes written. */
static double bandwidth(int threads, const char *from, char *to) {
  const int64_t first = ag_clock();
  int64_t best = INT64_MAX;
  for (int64_t begun = first, now; begun - first < LONG_ENOUGH; begun = now) {
    agk_peak_copy(threads, COPIED, from, to);
    now = ag_clock();
    if (now - begun < best) best = now - begun;
  }
  return 2e9 * (double)COPIED / (double)best;
}

bool ag_roofline_measure(ag_ctx *c, ag_site at, ag_roofline *r) {
  for (int wide = 0; wide < 2; wide++) {
    if (r->peak[wide] == 0) r->peak[wide] = peak(c->threads, wide);
  }
  if (r->bandwidth != 0) return true;
  char *memory = ag_allocate(c, 2 * (size_t)COPIED, at);
  if (!memory) return false;
  memset(memory, 1, 2 * (size_t)COPIED); /* so that the pages are there */
  r->bandwidth = bandwidth(c->threads, memory, memory + COPIED);
  ag_release(c, memory);
  return true;
}
