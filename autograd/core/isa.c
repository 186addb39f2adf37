/* The instruction set of this processor. */
#include "core/isa.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[AG_ISAS] = {"portable", "avx2", "avx512"};

/* Set once before main, and read alone from then on. */
static struct {
  ag_isa isa;
  const char *problem;
} chosen;

int ag_isa_available(ag_isa isa) {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  if (isa == AG_ISA_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == AG_ISA_AVX512) {
    return ag_isa_available(AG_ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  }
#endif
  return isa == AG_ISA_PORTABLE;
}

__attribute__((constructor)) static void choose(void) {
  for (int i = 0; i < AG_ISAS; i++) {
    if (ag_isa_available((ag_isa)i)) chosen.isa = (ag_isa)i;
  }
  const char *wanted = getenv("AUTOGRAD_ISA");
  if (!wanted || !*wanted) return;
  for (int i = 0; i < AG_ISAS; i++) {
    if (strcmp(wanted, names[i]) != 0) continue;
    if (ag_isa_available((ag_isa)i)) {
      chosen.isa = (ag_isa)i;
    } else {
      chosen.problem = "AUTOGRAD_ISA names an instruction set that this processor does not have; unset it";
    }
    return;
  }
  chosen.problem = "AUTOGRAD_ISA must be portable, avx2 or avx512, or not be set";
}

ag_isa ag_isa_here(void) { return chosen.isa; }

const char *ag_isa_name(ag_isa isa) { return names[isa]; }

const char *ag_isa_problem(void) { return chosen.problem; }
