/* What the hardware does best, as the bounds of the rest: n multiply-adds of float32 that never leave the
 * registers, and a copy of n numbers. The work is shared among the threads evenly. */
#ifndef AG_REAL
#include <string.h>

#include "bench/kinds.h"
#include "core/isa.h"
#include "core/parallel.h"

typedef float fma_f32(int64_t n);
#define AG_SELF "bench/kind_hardware.c"
#include "core/each_isa.h"

typedef struct {
  sizes sizes;
  const float *from;
  float *to;
  float sums[1024]; /* of each thread, so that the compiler has to compute them */
} state;

static fma_f32 *const fma_f32_of[] = AG_EACH_ISA(fma_f32);

static void *fma_make(ag_ctx *c, const sizes *s) {
  (void)c;
  state *t = state_new(sizeof *t);
  t->sizes = *s;
  return t;
}

static void fma_run(void *data) {
  state *t = data;
  const int team = t->sizes.threads;
  fma_f32 *const multiply_add = fma_f32_of[ag_isa_here()];
  AG_PARALLEL_FOR(team)
  for (int i = 0; i < team; i++) t->sums[i] = multiply_add(t->sizes.n / team);
}

static void *copy_make(ag_ctx *c, const sizes *s) {
  state *t = fma_make(c, s);
  t->from = ag_data(numbers(c, AG_SHAPE(s->n)));
  t->to = ag_data(numbers(c, AG_SHAPE(s->n)));
  return t;
}

static void copy_share(const state *t, int i) {
  const ag_range r = ag_chunk_range(i, t->sizes.threads, t->sizes.n);
  memcpy(t->to + r.begin, t->from + r.begin, (size_t)(r.end - r.begin) * sizeof *t->to);
}

/* Alone without a parallel region, which costs more than a thousand numbers. */
static void copy_run(void *data) {
  const state *t = data;
  const int team = t->sizes.threads;
  if (team == 1) {
    copy_share(t, 0);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int i = 0; i < team; i++) copy_share(t, i);
}

const kind kind_fma = {"fma", fma_make, fma_run, NULL, false};
const kind kind_copy = {"copy", copy_make, copy_run, NULL, false};

/* A tenth of a gigabyte of multiply-adds takes milliseconds, which is long enough to be measured. */
bound bound_multiply_adds(double multiply_adds, int threads) {
  const int64_t n = 100000000;
  return (bound){"fma", {.n = n, .threads = threads}, multiply_adds / (double)n, "multiply-adds"};
}

bound bound_copy(double bytes, double moved, int threads) {
  const int64_t n = (int64_t)(bytes / (2 * sizeof(float)));
  return (bound){"copy", {.n = n, .threads = threads}, moved / bytes, "copy"};
}
#else

/* Twelve sums: two units times the latency of a multiply-add, and what is left of 16 registers holds the
 * factors. The bounds are those of float32; the versions for float64 come with the header. */
__attribute__((unused)) static AG_REAL AG_NAME(fma)(int64_t n) {
  enum { SUMS = 12 };
  AG_VECTOR sum[SUMS], a = AG_ALL((AG_REAL)0.999), b = AG_ALL((AG_REAL)0.001), total = AG_ALL((AG_REAL)0);
  for (int i = 0; i < SUMS; i++) sum[i] = AG_ALL((AG_REAL)i);
  for (int64_t done = 0; done < n; done += SUMS * AG_WIDTH)
    for (int i = 0; i < SUMS; i++) sum[i] = AG_FMA(sum[i], a, b);
  for (int i = 0; i < SUMS; i++) total += sum[i];
  AG_REAL all = 0;
  for (int i = 0; i < AG_WIDTH; i++) all += total[i];
  return all;
}
#endif
