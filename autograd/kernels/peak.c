/* peak.c - chains of multiply-adds, as many beside each other as hide their latency and fit into registers.
 */
#ifndef AG_REAL
#include "kernels/peak.h"

#include "core/isa.h"

#define CHAINS 10
#define AG_SELF "kernels/peak.c"
#include "core/each_isa.h"

/* `rounds` multiply-adds of each chain; returns the operations, and leaves the sum of the chains in *sum. */
typedef double chains(int64_t rounds, double *sum);
static chains *const of_type[][AG_ISAS] = {AG_EACH_ISA(chains_f32), AG_EACH_ISA(chains_f64)};

double agk_peak_flops(bool wide, int64_t rounds) {
  double sum;
  return of_type[wide][ag_isa_here()](rounds, &sum);
}
#else

#define EACH_CHAIN(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9)
static double AG_NAME(chains)(int64_t rounds, double *sum) {
  const AG_VECTOR p = AG_ALL((AG_REAL)0.5), q = AG_ALL((AG_REAL)0.25);
#define BEGIN(i) AG_VECTOR v##i = AG_ALL((AG_REAL)i);
  EACH_CHAIN(BEGIN)
#undef BEGIN
  for (int64_t r = 0; r < rounds; r++) {
#define STEP(i) v##i = AG_FMA(v##i, p, q);
    EACH_CHAIN(STEP)
#undef STEP
  }
  AG_VECTOR total = AG_ALL(0);
#define END(i) total += v##i;
  EACH_CHAIN(END)
#undef END
  *sum = (double)total[0];
  return 2.0 * CHAINS * (double)(sizeof(AG_VECTOR) / sizeof(AG_REAL)) * (double)rounds;
}
#undef EACH_CHAIN
#endif
