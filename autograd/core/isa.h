/* isa.h - the instruction set that kernels with code of their own for each are run with.
 *
 * Most loops need no such code: AG_MULTIVERSION lets the compiler make their versions. Kernels that keep
 * accumulators in registers or fuse multiplications with additions are written on vectors instead, compiled
 * for each set by core/each_isa.h, and picked from a table by ag_isa_here().
 *
 * The choice is made when the program starts, as the dynamic linker's is: the best set that the processor
 * has, or the one that the environment variable AUTOGRAD_ISA names (portable, avx2 or avx512). avx2 and
 * avx512 give the same bits; portable rounds the product of a multiply-add once more. */
#ifndef AG_CORE_ISA_H
#define AG_CORE_ISA_H

typedef enum { AG_ISA_PORTABLE, AG_ISA_AVX2, AG_ISA_AVX512, AG_ISAS } ag_isa;

ag_isa ag_isa_here(void);
/* Whether this processor, and this build, have it. */
int ag_isa_available(ag_isa isa);
/* "portable", "avx2", "avx512". */
const char *ag_isa_name(ag_isa isa);
/* What is wrong with AUTOGRAD_ISA, in one line; NULL when nothing is. */
const char *ag_isa_problem(void);

#endif
